"""What the override promises: `await`, `async for` and `async with`, under asyncio and without it."""

import asyncio
import contextlib
import gc
import io
import os
import sys
import time
import unittest

import gi
from support import CLOSED, TEXT, Gio, GLib, TestCase, Wsoup, asyncio_free_pause, wait_for

MIB = 1024 * 1024


class Promises:
    """Run once by each way to run coroutines: see `run_coroutine`."""

    def setUp(self):
        super().setUp()
        self.handled = []
        self.failures = []
        self.serve("/mirror", self.mirror)

    def serve(self, path, handler):
        self.server.add_websocket_handler(path, None, None, handler)

    async def mirror(self, _server, _message, _path, connection):
        """Sends back what comes, by the same means."""
        connection.set_max_total_message_size(0)
        connection.set_max_incoming_payload_size(0)
        async for message in connection:
            await connection.send(message)
        self.handled.append(connection.props.close_code)

    def connecting(self, path, **options):
        return self.session.websocket_connect(self.uri(path), **options)

    def check(self, function):
        """Runs a coroutine function to its end, or the deadline."""
        return self.run_coroutine(function())

    def test_text_is_str_and_binary_is_bytes(self):
        messages = ["", "γειά\0\ufeff", b"", b"\0\xff"]

        async def talk():
            async with self.connecting("/mirror") as connection:
                for message in messages:
                    await connection.send(message)
                await connection.send(bytearray(b"array"))
                await connection.send(memoryview(b"a view")[2:])
                await connection.send(GLib.Bytes.new(b"GBytes"))
                return [await connection.receive() for _ in range(7)]

        self.assertEqual(self.check(talk), messages + [b"array", b"view", b"GBytes"])
        wait_for(lambda: self.handled)
        self.assertEqual(self.handled, [1000])

    def test_what_is_no_message_is_a_type_error(self):
        async def talk():
            async with self.connecting("/mirror") as connection:
                for wrong in (5, None, ["x"]):
                    with self.assertRaises(TypeError):
                        await connection.send(wrong)
                await connection.send("still open")
                return await connection.receive()

        self.assertEqual(self.check(talk), "still open")

    def test_nothing_is_lost_before_the_first_message_is_received(self):
        async def greet(_server, _message, _path, connection):
            for number in range(100):
                await connection.send(str(number))

        async def talk():
            connection = await self.connecting("/greet")
            # In which messages arrive, and the end behind them.
            await asyncio_free_pause()
            messages = [message async for message in connection]
            self.assertTrue(connection.props.closed_cleanly)
            return messages

        self.serve("/greet", greet)
        self.assertEqual(self.check(talk), [str(number) for number in range(100)])

    def test_nothing_is_lost_before_a_handler_receives(self):
        async def wait_first(_server, _message, _path, connection):
            await asyncio_free_pause()
            await connection.send(await connection.receive())

        async def talk():
            connection = await self.connecting("/wait")
            await connection.send("early")
            return await connection.receive()

        self.serve("/wait", wait_first)
        self.assertEqual(self.check(talk), "early")

    def test_iteration_ends_at_an_orderly_close_only(self):
        async def leave(_server, _message, _path, connection):
            await connection.send("last")
            connection.get_io_stream().close(None)

        async def talk():
            received = []
            connection = await self.connecting("/leave")
            with self.assertRaises(GLib.Error) as raised:
                async for message in connection:
                    received.append(message)
            return received, raised.exception

        self.serve("/leave", leave)
        received, error = self.check(talk)
        self.assertEqual(received, ["last"])
        self.assertTrue(
            error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CONNECTION_CLOSED), error
        )

    def test_receive_is_none_at_the_end(self):
        async def close(_server, _message, _path, connection):
            await connection.close_and_wait(3333, "enough")

        async def talk():
            connection = await self.connecting("/close")
            self.assertIsNone(await connection.receive())
            self.assertIsNone(await connection.receive())
            await connection.close_and_wait()
            return connection.props.close_code, connection.props.close_reason

        self.serve("/close", close)
        self.assertEqual(self.check(talk), (3333, "enough"))

    def test_send_waits_for_a_slow_peer(self):
        ends = []

        def keep(_server, _message, _path, connection):
            connection.set_max_total_message_size(0)
            connection.set_max_incoming_payload_size(0)
            connection.pause()
            ends.append(connection)

        self.server.add_websocket_handler("/slow", None, None, keep)

        async def talk():
            sent = []
            connection = await self.connecting("/slow")

            async def send():
                for number in range(16):
                    await connection.send(os.urandom(MIB))
                    self.assertEqual(connection.props.buffered_amount, 0)
                    sent.append(number)

            task = Wsoup.start(send())
            await connection.ping()
            self.assertLess(len(sent), 16)
            ends[0].resume()
            await task
            return len(sent)

        self.assertEqual(self.check(talk), 16)

    def test_ping_is_in_seconds(self):
        async def talk():
            async with self.connecting("/mirror") as connection:
                begin = time.monotonic()
                seconds = await connection.ping(b"payload")
                return seconds, time.monotonic() - begin

        seconds, most = self.check(talk)
        self.assertIsInstance(seconds, float)
        self.assertTrue(0 <= seconds <= most, (seconds, most))

    def test_connecting_fails(self):
        async def talk():
            with self.assertRaises(GLib.Error) as raised:
                await self.connecting("/nowhere")
            with self.assertRaises(GLib.Error):
                async with self.connecting("/nowhere"):
                    self.fail("it connected")
            return raised.exception

        error = self.check(talk)
        self.assertTrue(
            error.matches(Wsoup.WebsocketError.quark(), Wsoup.WebsocketError.NOT_WEBSOCKET)
        )

    def test_connecting_takes_a_message_and_options(self):
        self.server.add_websocket_handler("/chat", "https://here", ["b"], self.mirror)

        async def talk():
            message = self.message("/chat")
            async with self.session.websocket_connect(
                message, origin="https://here", protocols=["a", "b"]
            ) as connection:
                return connection.get_protocol(), connection.get_origin()

        self.assertEqual(self.check(talk), ("b", "https://here"))

    def test_leaving_by_an_exception_closes_with_1011(self):
        async def talk():
            async with self.connecting("/mirror") as connection:
                kept.append(connection)
                raise KeyError("mine")

        kept = []
        with self.assertRaises(KeyError):
            self.check(talk)
        self.assertEqual(int(kept[0].get_state()), int(CLOSED))
        wait_for(lambda: self.handled)
        self.assertEqual(self.handled, [1011])

    def test_cancelled_receive_loses_nothing(self):
        async def talk():
            async with self.connecting("/mirror") as connection:
                received = []
                for number in range(50):
                    await connection.send(str(number))
                    task = Wsoup.start(connection.receive())
                    # Cancelled at another moment each time, also when it has the message.
                    for _ in range(number % 5):
                        await connection.ping()
                    task.cancel()
                    try:
                        received.append(await task)
                    except asyncio.CancelledError:
                        pass
                while len(received) < 50:
                    received.append(await connection.receive())
                return received

        self.assertEqual(self.check(talk), [str(number) for number in range(50)])

    def test_cancelled_send_is_taken_back(self):
        async def talk():
            async with self.connecting("/mirror") as connection:
                connection.set_max_incoming_payload_size(0)
                much = Wsoup.start(connection.send(os.urandom(8 * MIB)))
                cancelled = Wsoup.start(connection.send("cancelled"))
                await asyncio_free_pause()
                cancelled.cancel()
                with self.assertRaises(asyncio.CancelledError):
                    await cancelled
                await much
                await connection.send("behind")
                return [len(await connection.receive()) for _ in range(2)]

        self.assertEqual(self.check(talk), [8 * MIB, 6])

    def test_cancelled_connecting_leaves_no_connection(self):
        async def talk():
            task = Wsoup.start(connect())
            await asyncio_free_pause()
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task

        async def connect():
            # This one does not answer.
            await self.session.websocket_connect(f"ws://127.0.0.1:{silent.get_local_address().get_port()}/")

        silent = Gio.Socket.new(Gio.SocketFamily.IPV4, Gio.SocketType.STREAM, 0)
        silent.bind(Gio.InetSocketAddress.new_from_string("127.0.0.1", 0), False)
        silent.listen()
        self.check(talk)

    def test_second_receiver_is_refused(self):
        async def talk():
            async with self.connecting("/mirror") as connection:
                first = Wsoup.start(connection.receive())
                await connection.ping()
                with self.assertRaises(GLib.Error) as raised:
                    await connection.receive()
                await connection.send("for the first")
                return raised.exception.code, await first

        self.assertEqual(self.check(talk), (int(Gio.IOErrorEnum.PENDING), "for the first"))

    def test_handler_that_fails_closes_with_1011(self):
        async def fail(_server, _message, _path, connection):
            await connection.receive()
            raise ValueError("mine")

        async def talk():
            connection = await self.connecting("/fail")
            await connection.send("go")
            self.assertIsNone(await connection.receive())
            while not reports.getvalue():
                await asyncio_free_pause()
            return connection.props.close_code

        self.serve("/fail", fail)
        with self.reported() as reports:
            self.assertEqual(self.check(talk), 1011)
        self.assertEqual(reports.getvalue(), "ValueError: mine\n")

    def test_handler_of_a_peer_that_vanishes_is_no_failure(self):
        async def handle(*arguments):
            try:
                await self.mirror(*arguments)
            finally:
                ended.append(arguments[3].props.close_code)

        async def talk():
            connection = await self.connecting("/vanish")
            await connection.ping()
            connection.get_io_stream().close(None)
            while not ended:
                await asyncio_free_pause()
            await asyncio_free_pause()

        ended = []
        self.serve("/vanish", handle)
        with self.reported() as reports:
            self.check(talk)
            gc.collect()
        self.assertEqual((ended, reports.getvalue()), ([1006], ""))


    @contextlib.contextmanager
    def reported(self):
        """What is printed of exceptions that nobody has caught."""
        reports = io.StringIO()
        hook = sys.excepthook
        sys.excepthook = lambda kind, error, _traceback: reports.write(f"{kind.__name__}: {error}\n")
        self.report = lambda _loop, context: reports.write(
            f"{type(context['exception']).__name__}: {context['exception']}\n"
        )
        try:
            yield reports
        finally:
            sys.excepthook = hook
            self.report = None

    report = None


class WithAsyncio(Promises, TestCase):
    """By `Wsoup.run()`."""

    def run_coroutine(self, coroutine):
        async def run():
            if self.report:
                asyncio.get_running_loop().set_exception_handler(self.report)
            return await asyncio.wait_for(coroutine, 30)

        return Wsoup.run(run())


class WithoutAsyncio(Promises, TestCase):
    """By `Wsoup.start()` in a program that iterates a main context."""

    def run_coroutine(self, coroutine):
        async def run():
            try:
                outcome.append((await coroutine, None))
            except BaseException as error:
                outcome.append((None, error))

        outcome = []
        Wsoup.start(run())
        wait_for(lambda: outcome, "the coroutine", seconds=30)
        result, error = outcome[0]
        if error is not None:
            raise error
        return result


class WhatWasThere(TestCase):
    """The override changes nothing that programs know."""

    def test_messages_are_emitted_without_it(self):
        client = self.connect("/echo")
        self.assertFalse(client.connection.props.paused)
        client.connection.send_text("hello")
        self.assertEqual(client.wait_messages(1), [(TEXT, b"hello")])
        self.close(client, self.peer)

    def test_types_are_the_introspected_ones(self):
        connection = self.connect("/echo").connection
        self.assertIs(type(connection), Wsoup.WebsocketConnection)
        self.assertEqual(Wsoup.WebsocketConnection.__gtype__.name, "WsoupWebsocketConnection")
        self.assertEqual(Wsoup.Session.__gtype__.name, "WsoupSession")
        self.assertEqual(connection.close.__name__, "close")

    def test_classes_can_be_derived_from(self):
        class MySession(Wsoup.Session):
            pass

        self.session = MySession()
        self.close(self.connect("/echo"), self.peer)

    def test_resuming_turns_to_signals(self):
        outcome = []

        async def connect():
            connection = await self.session.websocket_connect(self.uri("/echo"))
            connection.connect("message", lambda _connection, kind, data: outcome.append(data.get_data()))
            connection.resume()
            connection.send_text("hello")
            return connection

        task = Wsoup.start(connect())
        wait_for(lambda: outcome)
        self.assertEqual(outcome, [b"hello"])
        self.assertEqual(int(task.result().get_state()), int(Wsoup.WebsocketState.OPEN))


if gi.version_info >= (3, 50):
    import gi.events

    class WithPyGObject(Promises, TestCase):
        """By the event loop that PyGObject has since 3.50."""

        def run_coroutine(self, coroutine):
            async def run():
                if self.report:
                    asyncio.get_running_loop().set_exception_handler(self.report)
                return await asyncio.wait_for(coroutine, 30)

            policy = gi.events.GLibEventLoopPolicy()
            asyncio.set_event_loop_policy(policy)
            try:
                return policy.get_event_loop().run_until_complete(run())
            finally:
                asyncio.set_event_loop_policy(None)


if __name__ == "__main__":
    unittest.main()
