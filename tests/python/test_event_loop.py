"""What the override promises of what runs coroutines: the event loop of `Wsoup.run()`, and the tasks of
`Wsoup.start()`."""

import asyncio
import os
import sys
import threading
import time
import unittest

from support import GLib, TestCase, Wsoup, asyncio_free_pause, call_in_thread, wait_for


class EventLoop(TestCase):
    """The event loop of `Wsoup.run()` is one like asyncio's own, and GLib's besides."""

    def test_timers_of_both(self):
        order = []

        async def run():
            GLib.timeout_add(30, lambda: order.append("GLib") or False)
            await asyncio.sleep(0.015)
            order.append("asyncio")
            await asyncio.sleep(0.03)
            order.append("asyncio again")

        Wsoup.run(run())
        self.assertEqual(order, ["asyncio", "GLib", "asyncio again"])

    def test_callbacks_of_glib_wake_asyncio(self):
        async def run():
            future = asyncio.get_running_loop().create_future()
            GLib.timeout_add(10, lambda: future.set_result("woken") or False)
            return await asyncio.wait_for(future, 10)

        self.assertEqual(Wsoup.run(run()), "woken")

    def test_threads_wake_it(self):
        async def run():
            loop = asyncio.get_running_loop()
            future = loop.create_future()
            thread = threading.Timer(0.02, loop.call_soon_threadsafe, (future.set_result, "woken"))
            thread.start()
            result = await asyncio.wait_for(future, 10)
            thread.join()
            return result, await asyncio.to_thread(lambda: "in a thread")

        self.assertEqual(Wsoup.run(run()), ("woken", "in a thread"))

    def test_streams_and_processes(self):
        async def serve(reader, writer):
            writer.write(await reader.read(1000))
            await writer.drain()
            writer.close()

        async def run():
            async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
                address = server.sockets[0].getsockname()
                reader, writer = await asyncio.open_connection(*address)
                writer.write(b"x" * 1000)
                echoed = await reader.readexactly(1000)
                writer.close()
            process = await asyncio.create_subprocess_exec(
                "/bin/echo", "hello", stdout=asyncio.subprocess.PIPE
            )
            printed, _ = await process.communicate()
            return echoed, printed

        self.assertEqual(Wsoup.run(run()), (b"x" * 1000, b"hello\n"))

    def test_cancelled_with_the_message_in_hand(self):
        """In the moment in which asyncio has the message and the coroutine has not."""

        async def run():
            loop = asyncio.get_running_loop()
            async with self.session.websocket_connect(self.uri("/echo")) as connection:
                finish = connection.receive_finish
                connection.receive_finish = lambda task: loop.call_soon(receiving.cancel) and finish(task)
                receiving = asyncio.ensure_future(connection.receive())
                await connection.send("kept")
                with self.assertRaises(asyncio.CancelledError):
                    await receiving
                connection.receive_finish = finish
                return await asyncio.wait_for(connection.receive(), 10)

        self.assertEqual(Wsoup.run(run()), "kept")

    def test_nobody_is_busy_without_timers(self):
        async def run():
            future = asyncio.get_running_loop().create_future()
            GLib.timeout_add(500, lambda: future.set_result(time.process_time()) or False)
            before = time.process_time()
            return await future - before

        self.assertLess(Wsoup.run(run()), 0.1)

    def test_nobody_is_busy_while_nothing_happens(self):
        async def run():
            async with self.session.websocket_connect(self.uri("/echo")) as connection:
                receiving = asyncio.ensure_future(connection.receive())
                await connection.ping()
                before = time.process_time()
                await asyncio.sleep(0.5)
                used = time.process_time() - before
                connection.send_text("done")
                await receiving
                return used

        self.assertLess(Wsoup.run(run()), 0.1)

    def test_context_of_its_own(self):
        """In another thread, which has another context."""

        def run_in_thread():
            context = GLib.MainContext.new()
            context.push_thread_default()
            try:
                with asyncio.Runner(loop_factory=lambda: Wsoup.new_event_loop(context)) as runner:
                    return runner.run(talk())
            finally:
                context.pop_thread_default()

        async def talk():
            async with Wsoup.Session().websocket_connect(self.uri("/echo")) as connection:
                await connection.send("from a thread")
                return await connection.receive()

        self.assertEqual(call_in_thread(run_in_thread), "from a thread")

    def test_tasks_are_forgotten(self):
        tasks = sys.modules["gi.overrides.Wsoup"]._tasks

        async def run():
            await Wsoup.start(asyncio.sleep(0))

        Wsoup.run(run())
        self.assertEqual(len(tasks), 0)


class Tasks(TestCase):
    """The tasks of `Wsoup.start()` without asyncio."""

    def test_begins_at_once_and_has_a_result(self):
        async def answer():
            return 42

        task = Wsoup.start(answer())
        self.assertTrue(task.done())
        self.assertEqual(task.result(), 42)

    def test_is_cancelled_where_it_waits(self):
        async def wait():
            try:
                await asyncio_free_pause()
            except asyncio.CancelledError:
                events.append("cancelled")
                raise

        events = []
        task = Wsoup.start(wait())
        with self.assertRaises(RuntimeError):
            task.result()
        task.cancel()
        self.assertEqual((events, task.cancelled()), (["cancelled"], True))

    def test_what_needs_asyncio_says_so(self):
        class Foreign:
            def __await__(self):
                yield "something"

        async def wait():
            with self.assertRaisesRegex(RuntimeError, "Wsoup.run"):
                await Foreign()
            return "went on"

        self.assertEqual(Wsoup.start(wait()).result(), "went on")

    def test_asyncio_is_not_imported_for_nothing(self):
        program = (
            "import sys, gi; gi.require_version('Wsoup', '1.0');"
            "from gi.repository import Gio, GLib; before = 'asyncio' in sys.modules;"
            "from gi.repository import Wsoup; Wsoup.Session();"
            "sys.exit(('asyncio' in sys.modules) != before)"
        )
        self.assertEqual(os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "-c", program]), 0)


if __name__ == "__main__":
    unittest.main()
