"""An asyncio event loop whose selector is a `GLib.MainContext`.

asyncio asks its selector to sleep until a file is ready or a time has come. This one iterates the context
meanwhile, so that GLib's sources are dispatched and wake asyncio, and the other way round. There are no
threads and nobody polls: both sleep in the one `poll()` of the context.
"""

import asyncio
import math
import selectors
import time

from gi.repository import GLib

CONDITIONS = {
    selectors.EVENT_READ: GLib.IOCondition.IN | GLib.IOCondition.HUP | GLib.IOCondition.ERR,
    selectors.EVENT_WRITE: GLib.IOCondition.OUT | GLib.IOCondition.HUP | GLib.IOCondition.ERR,
}

# What `poll()` takes.
MAX_MILLISECONDS = 2**31 - 1


class FileSource(GLib.Source):
    """Ready when one of its files is, or its time has come.

    Its time is no `ready_time`: to set that wakes the context, which is what sets it.
    """

    def __init__(self):
        self.tags = {}
        self.deadline = None

    def prepare(self):
        if self.deadline is None:
            return False, -1
        seconds = self.deadline - time.monotonic()
        return seconds <= 0, min(max(0, math.ceil(seconds * 1000)), MAX_MILLISECONDS)

    def check(self):
        if self.deadline is not None and self.deadline <= time.monotonic():
            return True
        return any(self.query_unix_fd(tag) for tag in self.tags.values())

    def dispatch(self, _callback, _arguments):
        self.deadline = None
        return GLib.SOURCE_CONTINUE


class ContextSelector(selectors.BaseSelector):
    def __init__(self, context):
        self._context = context
        self._keys = {}
        self._source = FileSource()
        self._source.set_can_recurse(True)
        self._source.attach(context)

    def register(self, fileobj, events, data=None):
        fd = fileobj if isinstance(fileobj, int) else fileobj.fileno()
        if fd in self._keys:
            raise KeyError(f"{fileobj!r} is registered already")
        condition = GLib.IOCondition(0)
        for event, conditions in CONDITIONS.items():
            if events & event:
                condition |= conditions
        key = self._keys[fd] = selectors.SelectorKey(fileobj, fd, events, data)
        self._source.tags[fd] = self._source.add_unix_fd(fd, condition)
        return key

    def unregister(self, fileobj):
        fd = fileobj if isinstance(fileobj, int) else fileobj.fileno()
        key = self._keys.pop(fd)
        self._source.remove_unix_fd(self._source.tags.pop(fd))
        return key

    def select(self, timeout=None):
        """Dispatches what is ready in the context; sleeps once at most, and no longer than `timeout`."""
        may_block = timeout is None or timeout > 0
        self._source.deadline = time.monotonic() + timeout if timeout and may_block else None
        self._context.iteration(may_block)
        self._source.deadline = None
        return list(self._ready())

    def _ready(self):
        for fd, tag in self._source.tags.items():
            condition = self._source.query_unix_fd(tag)
            key = self._keys[fd]
            events = sum(event for event, mask in CONDITIONS.items() if condition & mask)
            if events & key.events:
                yield key, events & key.events

    def get_map(self):
        return {key.fileobj: key for key in self._keys.values()}

    def get_key(self, fileobj):
        return self._keys[fileobj if isinstance(fileobj, int) else fileobj.fileno()]

    def close(self):
        self._source.destroy()
        self._source.tags.clear()
        self._keys.clear()


class EventLoop(asyncio.SelectorEventLoop):
    """The event loop of `Wsoup.run()`."""

    def __init__(self, context):
        super().__init__(ContextSelector(context))
