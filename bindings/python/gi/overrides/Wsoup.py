"""What Python programs have beyond the introspected API of wsoup: `await` and `async for`.

PyGObject finds this file beside its own overrides, by name. It adds methods and changes none, but that
`Server.add_websocket_handler()` also takes coroutine functions.

The coroutines run wherever the main context of the connection is iterated: by `Wsoup.run()`, under another
asyncio event loop that iterates it (that of PyGObject 3.50), or without asyncio, started by
`Wsoup.start()` in a program that runs a `GLib.MainLoop` or a `Gtk.Application`.
"""

import collections
import functools
import inspect
import sys

from gi.module import get_introspection_module
from gi.overrides import override
from gi.repository import Gio, GLib

Wsoup = get_introspection_module("Wsoup")

__all__ = []


def export(thing):
    __all__.append(thing.__name__)
    return thing


def running_event_loop():
    """The event loop of asyncio that runs this code, or None. Does not import asyncio."""
    asyncio = sys.modules.get("asyncio")
    return asyncio._get_running_loop() if asyncio else None


class Outcome:
    """What will have a result: the future of those who do not run asyncio."""

    def __init__(self):
        self._is_done = False
        self._result = self._error = None
        self._waiting = []

    def done(self):
        """Whether there is a result."""
        return self._is_done

    def cancelled(self):
        """Whether it was cancelled."""
        return self._is_done and isinstance(self._error, cancelled_error())

    def result(self):
        """Returns the result, or raises the exception that it ended with."""
        if not self._is_done:
            raise RuntimeError("there is no result yet")
        if self._error is not None:
            raise self._error
        return self._result

    def exception(self):
        """Returns the exception that it ended with, or None."""
        return self._error

    def set_result(self, result):
        self._end(result, None)

    def set_exception(self, error):
        self._end(None, error)

    def cancel(self):
        if not self._is_done:
            self.set_exception(cancelled_error()())

    def add_done_callback(self, callback):
        """Has `callback` called with this once there is a result."""
        if self._is_done:
            callback(self)
        else:
            self._waiting.append(callback)

    def _end(self, result, error):
        self._is_done, self._result, self._error = True, result, error
        waiting, self._waiting = self._waiting, []
        for callback in waiting:
            callback(self)

    def __await__(self):
        if not self._is_done:
            yield self
        return self.result()


@export
class Task(Outcome):
    """A coroutine that runs in a `GLib.MainContext`, without asyncio: what `Wsoup.start()` returns.

    It can be awaited by other such coroutines. If nobody does, an exception that it ends with is reported
    as one that nobody has caught.
    """

    def __init__(self, coroutine):
        super().__init__()
        self._coroutine = coroutine
        self._awaited = None
        self._wants_cancelling = False

    def cancel(self):
        """Raises `asyncio.CancelledError` in the coroutine, where it waits."""
        if self._awaited is not None:
            self._awaited.cancel()
        elif not self.done():
            self._wants_cancelling = True

    def _go_on(self, _awaited=None):
        self._awaited = None
        send, argument = self._coroutine.send, None
        while not self.done():
            if self._wants_cancelling:
                self._wants_cancelling = False
                send, argument = self._coroutine.throw, cancelled_error()()
            try:
                awaited = send(argument)
            except StopIteration as end:
                self.set_result(end.value)
            except BaseException as error:
                self._fail(error)
            else:
                if isinstance(awaited, Outcome):
                    self._awaited = awaited
                    if self._wants_cancelling:
                        self._wants_cancelling = False
                        awaited.cancel()
                    awaited.add_done_callback(self._go_on)
                    return
                send = self._coroutine.throw
                argument = RuntimeError(f"{awaited!r} needs asyncio: use Wsoup.run() instead of Wsoup.start()")

    def _fail(self, error):
        is_awaited = bool(self._waiting)
        self.set_exception(error)
        if not is_awaited and not isinstance(error, cancelled_error()):
            sys.excepthook(type(error), error, error.__traceback__)


def cancelled_error():
    from asyncio import CancelledError

    return CancelledError


@export
def start(coroutine):
    """Starts a coroutine, which goes on whenever what it awaits is there, and returns its `Task`.

    For programs whose loop is a `GLib.MainLoop` or `Gtk.Application`. The coroutine may await what this
    module offers and other such tasks, and begins at once. Where asyncio runs, the task is one of asyncio,
    which may await anything, and begins in the next turn.
    """
    event_loop = running_event_loop()
    if event_loop is not None:
        task = event_loop.create_task(coroutine)
        # The event loop itself does not keep it.
        _tasks.add(task)
        task.add_done_callback(_tasks.discard)
        return task
    task = Task(coroutine)
    task._go_on()
    return task


_tasks = set()


@export
def new_event_loop(context=None):
    """Returns an asyncio event loop that iterates a `GLib.MainContext`: the default one if none is given.

    What happens in the context happens between the callbacks of asyncio, and both sleep together.
    """
    from gi.overrides._WsoupEventLoop import EventLoop

    return EventLoop(context or GLib.MainContext.default())


@export
def run(coroutine, *, debug=None):
    """Runs a coroutine as `asyncio.run()` does, while the default `GLib.MainContext` is iterated."""
    import asyncio

    with asyncio.Runner(debug=debug, loop_factory=new_event_loop) as runner:
        return runner.run(coroutine)


def new_outcome():
    event_loop = running_event_loop()
    return event_loop.create_future() if event_loop is not None else Outcome()


async def operation(begin, finish, reception=None):
    """Awaits an asynchronous function of GIO. To be cancelled is to cancel its `Gio.Cancellable`.

    `reception` is given a result that has come too late for the one who waited.
    """
    cancellable = Gio.Cancellable()
    outcome = new_outcome()
    has_called_back = False

    def on_ready(_source, task):
        nonlocal has_called_back
        has_called_back = True
        result = error = None
        try:
            result = finish(task)
        except Exception as failure:
            error = failure
        if outcome.done():
            if reception:
                reception.end(result)
        elif error is not None:
            outcome.set_exception(error)
        else:
            outcome.set_result(result)

    begin(cancellable, on_ready)
    try:
        return await outcome
    except BaseException:
        if not has_called_back:
            if reception:
                reception.is_ending = True
            cancellable.cancel()
        elif reception and not outcome.cancelled() and outcome.exception() is None:
            # Cancelled in the moment between the result and its taking.
            reception.end(outcome.result())
        raise


class Reception:
    """What is left of receiving that was cancelled."""

    def __init__(self):
        self.unread = collections.deque()
        # GIO has not called back yet, and nobody else may receive.
        self.is_ending = False
        self._waiting = []

    async def wait(self):
        while self.is_ending:
            outcome = new_outcome()
            self._waiting.append(outcome)
            await outcome

    def end(self, message):
        self.is_ending = False
        if message is not None:
            self.unread.append(message)
        waiting, self._waiting = self._waiting, []
        for outcome in waiting:
            if not outcome.done():
                outcome.set_result(None)


@export
@override
class WebsocketConnection(Wsoup.WebsocketConnection):
    """Messages are `str` for text and `bytes` for binary ones.

    A coroutine that uses the connection keeps a reference to it: see `Wsoup.start()` and `Wsoup.run()`.
    """

    async def send(self, message):
        """Sends a `str` as text, or what is like `bytes` as binary, and waits until it is written.

        Who waits for each message holds no more than one in memory, however slow the peer is. To be
        cancelled takes the message back, as long as nothing of it was written.
        """
        if isinstance(message, str):
            kind, message = Wsoup.WebsocketDataType.TEXT, message.encode()
        else:
            kind = Wsoup.WebsocketDataType.BINARY
        if not isinstance(message, GLib.Bytes):
            message = GLib.Bytes.new(bytes(memoryview(message)))
        await operation(
            functools.partial(self.send_message_async, kind, message), self.send_message_finish
        )

    async def receive(self):
        """Returns the next message, or None when the peer has closed the connection in order.

        Messages wait from the first call on, as `receive_async()` says: no more are emitted by `message`.
        To be cancelled loses none.
        """
        reception = self.__dict__.setdefault("_reception", Reception())
        await reception.wait()
        if reception.unread:
            return reception.unread.popleft()
        return await operation(self.receive_async, self._finish_receiving, reception)

    def _finish_receiving(self, task):
        message, kind = self.receive_finish(task)
        if message is None:
            return None
        data = message.get_data() or b""
        return data.decode() if kind == Wsoup.WebsocketDataType.TEXT else data

    async def ping(self, payload=None):
        """Pings the peer, and returns the seconds until the pong came."""
        payload = None if payload is None else GLib.Bytes.new(bytes(memoryview(payload)))
        microseconds = await operation(
            functools.partial(self.ping_async, payload), self.ping_finish
        )
        return microseconds / 1_000_000

    async def close_and_wait(self, code=Wsoup.WebsocketCloseCode.NORMAL, reason=None):
        """Closes the connection as `close()` does, and waits until it is closed.

        Raises a `GLib.Error` if the peer does not answer in time, or the connection ends without.
        """
        await operation(functools.partial(self.close_async, code, reason), self.close_finish)

    def __aiter__(self):
        """The messages, until the peer closes the connection in order. Another end raises."""
        return self

    async def __anext__(self):
        message = await self.receive()
        if message is None:
            raise StopAsyncIteration
        return message

    async def __aenter__(self):
        return self

    async def __aexit__(self, _kind, error, _traceback):
        """Closes the connection and waits, with 1011 if there is an exception, unless it is closed."""
        if self.get_state() == Wsoup.WebsocketState.CLOSED:
            return
        if error is None:
            await self.close_and_wait()
            return
        try:
            await self.close_and_wait(Wsoup.WebsocketCloseCode.SERVER_ERROR)
        except GLib.Error:
            # The one that is there says more.
            pass


class Connecting:
    """A connection to come: to be awaited, or entered by `async with`, which closes it at the end."""

    def __init__(self, begin, finish):
        self._operation = functools.partial(operation, begin, finish)
        self._connection = None

    def __await__(self):
        return self._operation().__await__()

    async def __aenter__(self):
        self._connection = await self
        return self._connection

    async def __aexit__(self, *exception):
        await self._connection.__aexit__(*exception)


@export
@override
class Session(Wsoup.Session):
    def websocket_connect(
        self, target, *, origin=None, protocols=None, io_priority=GLib.PRIORITY_DEFAULT
    ):
        """Connects to a URI, or with a `Wsoup.Message`: to be awaited, or entered by `async with`.

        The connection is paused, so that no message is lost before the first one is received. A program
        that wants them by the signal `message` calls `resume()`.
        """
        if isinstance(target, str):
            target = Wsoup.Message.new("GET", target)

        def finish(task):
            connection = self.websocket_connect_finish(task)
            connection.pause()
            return connection

        return Connecting(
            functools.partial(self.websocket_connect_async, target, origin, protocols, io_priority),
            finish,
        )


@export
@override
class Server(Wsoup.Server):
    def add_websocket_handler(self, path, origin, protocols, callback, *user_data):
        """As introspected, but for a `callback` that is a coroutine function.

        That is started for each connection, which is paused, so that it can be received from, and closed
        when it returns (1000) or raises (1011).
        """
        if inspect.iscoroutinefunction(callback):
            callback = functools.partial(serve, callback)
        return super().add_websocket_handler(path, origin, protocols, callback, *user_data)


def serve(handler, server, message, path, connection, *user_data):
    connection.pause()
    start(serve_until_the_end(handler, server, message, path, connection, *user_data))


async def serve_until_the_end(handler, server, message, path, connection, *user_data):
    try:
        async with connection:
            await handler(server, message, path, connection, *user_data)
    except GLib.Error:
        # A peer that went away is no failure of the handler.
        if connection.get_state() != Wsoup.WebsocketState.CLOSED or connection.props.closed_cleanly:
            raise
