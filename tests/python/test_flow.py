"""What Python programs are promised about the flow of messages, by the introspected functions: results,
bounds, water marks, receiving at one's own pace, streams, pings, closing, and threads."""

import os
import threading
import unittest

from support import BINARY, OPEN, TEXT, Gio, GLib, TestCase, Wsoup, wait_for

MIB = 1024 * 1024


class Call:
    """An asynchronous function that was called, until it has called back."""

    def __init__(self, function, finish, *arguments):
        self.outcome = []
        self.finish = finish
        function(*arguments, self.on_ready)

    def on_ready(self, _source, task):
        try:
            self.outcome.append(self.finish(task))
        except GLib.Error as error:
            self.outcome.append(error)

    def wait(self):
        wait_for(lambda: self.outcome, str(self.finish))
        (outcome,) = self.outcome
        if isinstance(outcome, GLib.Error):
            raise outcome
        return outcome


def send(connection, data, cancellable=None, kind=BINARY):
    return Call(
        connection.send_message_async, connection.send_message_finish, kind, GLib.Bytes.new(data),
        cancellable,
    )


def send_stream(connection, stream, cancellable=None):
    return Call(
        connection.send_stream_async, connection.send_stream_finish, BINARY, stream, 0, cancellable
    )


def receive(connection, cancellable=None):
    return Call(connection.receive_async, connection.receive_finish, cancellable)


def receive_stream(connection, cancellable=None):
    return Call(connection.receive_stream_async, connection.receive_stream_finish, cancellable)


def ping(connection, payload=None, cancellable=None):
    payload = payload if payload is None else GLib.Bytes.new(payload)
    return Call(connection.ping_async, connection.ping_finish, payload, cancellable)


def close(connection, code=1000, cancellable=None):
    return Call(connection.close_async, connection.close_finish, code, None, cancellable)


def read(stream):
    """The length of what can be read from a stream until its end."""
    length = 0
    while True:
        part = Call(stream.read_bytes_async, stream.read_bytes_finish, 256 * 1024, 0, None).wait()
        if part.get_size() == 0:
            return length
        length += part.get_size()


class FlowCase(TestCase):
    def setUp(self):
        super().setUp()
        self.accept_all("/quiet")
        self.client = self.connect("/quiet")
        self.connection = self.client.connection
        self.far = self.peer.connection
        self.far.set_max_incoming_payload_size(0)
        self.far.set_max_total_message_size(0)

    def accept_all(self, path):
        self.server.add_websocket_handler(path, None, None, self.keep_peer)

    def assert_error(self, code, call, *arguments):
        with self.assertRaises(GLib.Error) as raised:
            call(*arguments)
        self.assertTrue(raised.exception.matches(Gio.io_error_quark(), code), raised.exception)


class Sending(FlowCase):
    def test_result_says_whether_it_was_queued(self):
        self.assertTrue(self.connection.try_send_text("one"))
        self.assertTrue(self.connection.try_send_binary(b"\0\xff"))
        self.assertTrue(self.connection.try_send_message(TEXT, GLib.Bytes.new(b"three")))
        self.assertEqual(
            self.peer.wait_messages(3), [(TEXT, b"one"), (BINARY, b"\0\xff"), (TEXT, b"three")]
        )
        with self.assertRaises(GLib.Error) as raised:
            self.connection.try_send_message(TEXT, GLib.Bytes.new(b"\xff"))
        self.assertTrue(
            raised.exception.matches(Wsoup.WebsocketError.quark(), Wsoup.WebsocketError.BAD_DATA)
        )
        self.close(self.client, self.peer)
        self.assert_error(Gio.IOErrorEnum.CLOSED, self.connection.try_send_text, "late")
        self.assert_error(Gio.IOErrorEnum.CLOSED, send(self.connection, b"late").wait)

    def test_bound_refuses(self):
        # Not to be compressed, so that it counts as what it is.
        random_text = os.urandom(45).hex()
        self.connection.props.max_buffered_amount = 100
        self.assert_error(
            Gio.IOErrorEnum.MESSAGE_TOO_LARGE, self.connection.try_send_binary, bytes(101)
        )
        self.connection.try_send_text(random_text)
        self.assertEqual(int(self.connection.props.overflow_policy), Wsoup.WebsocketOverflowPolicy.REFUSE)
        self.assert_error(Gio.IOErrorEnum.WOULD_BLOCK, self.connection.try_send_text, "y" * 90)
        self.peer.wait_messages(1)
        wait_for(lambda: self.connection.props.buffered_amount == 0)
        self.connection.try_send_text("z" * 90)
        self.assertEqual(self.peer.wait_messages(2)[1], (TEXT, b"z" * 90))

    def test_overflow_may_close(self):
        self.connection.props.max_buffered_amount = 10
        self.connection.props.overflow_policy = Wsoup.WebsocketOverflowPolicy.CLOSE
        self.assert_error(
            Gio.IOErrorEnum.MESSAGE_TOO_LARGE, self.connection.try_send_text, "more than that"
        )
        self.wait_closed(self.client, self.peer)
        self.assertEqual(self.far.props.close_code, Wsoup.WebsocketCloseCode.POLICY_VIOLATION)

    def test_water_marks(self):
        events = []
        self.connection.props.high_water_mark = 50000
        self.connection.props.low_water_mark = 10000
        self.connection.connect("congested", lambda _connection: events.append("congested"))
        self.connection.connect("drained", lambda _connection: events.append("drained"))
        for _ in range(4):
            self.connection.send_binary(os.urandom(20000))
        self.assertEqual(events, ["congested"])
        self.peer.wait_messages(4)
        wait_for(lambda: len(events) > 1)
        self.assertEqual(events, ["congested", "drained"])

    def test_is_done_when_it_is_written(self):
        self.far.props.receive_buffer_size = 1
        self.far.pause()
        self.connection.send_text("first")
        much = send(self.connection, os.urandom(16 * MIB))
        wait_for(lambda: self.connection.props.buffered_amount < 16 * MIB)
        cancellable = Gio.Cancellable()
        cancelled = send(self.connection, b"cancelled", cancellable)
        cancellable.cancel()
        self.assert_error(Gio.IOErrorEnum.CANCELLED, cancelled.wait)
        self.assertEqual(much.outcome, [])
        self.far.resume()
        self.assertTrue(much.wait())
        self.close(self.client, self.peer)
        self.assertEqual([len(data) for _kind, data in self.peer.messages], [5, 16 * MIB])

    def test_stream_is_one_message(self):
        stream = Gio.MemoryInputStream.new_from_bytes(GLib.Bytes.new(b"a" * 300000))
        sending = send_stream(self.connection, stream)
        self.connection.send_text("behind")
        self.assertTrue(sending.wait())
        self.assertEqual(self.peer.wait_messages(2), [(BINARY, b"a" * 300000), (TEXT, b"behind")])


class Receiving(FlowCase):
    def test_messages_and_the_end(self):
        self.far.send_text("one")
        self.far.send_binary(b"\0")
        self.far.close(1000, "done")
        for kind, data in ((TEXT, b"one"), (BINARY, b"\0")):
            message, got = receive(self.connection).wait()
            self.assertEqual((got, message.get_data()), (kind, data))
        self.assertIsNone(receive(self.connection).wait()[0])
        self.assertEqual(self.client.messages, [])
        wait_for(self.client.is_closed)
        self.assertEqual((self.connection.props.close_code, self.connection.props.close_reason), (1000, "done"))
        self.assertTrue(self.connection.props.closed_cleanly)

    def test_broken_end_is_an_error(self):
        receiving = receive(self.connection)
        self.far.get_io_stream().close(None)
        self.assert_error(Gio.IOErrorEnum.CONNECTION_CLOSED, receiving.wait)

    def test_one_at_a_time_and_cancelled(self):
        cancellable = Gio.Cancellable()
        first = receive(self.connection, cancellable)
        self.assert_error(Gio.IOErrorEnum.PENDING, receive(self.connection).wait)
        cancellable.cancel()
        self.assert_error(Gio.IOErrorEnum.CANCELLED, first.wait)
        self.far.send_text("kept")
        self.assertEqual(receive(self.connection).wait()[0].get_data(), b"kept")

    def test_paused_messages_wait(self):
        changes = []
        self.connection.connect("notify::paused", lambda *_: changes.append(self.connection.props.paused))
        self.connection.pause()
        self.far.send_text("one")
        # What is behind it is answered, so it has arrived.
        self.assertGreaterEqual(ping(self.far).wait(), 0)
        self.assertEqual(self.client.messages, [])
        self.connection.resume()
        self.assertEqual(self.client.wait_messages(1), [(TEXT, b"one")])
        self.assertEqual(changes, [True, False])

    def test_stream_is_read_while_it_arrives(self):
        source = Gio.MemoryInputStream.new_from_bytes(GLib.Bytes.new(bytes(32 * MIB)))
        self.connection.set_max_total_message_size(MIB)
        sending = send_stream(self.far, source)
        stream, kind = receive_stream(self.connection).wait()
        self.assertEqual((kind, sending.outcome), (BINARY, []))
        self.assertLess(self.far.props.buffered_amount, MIB)
        self.assertEqual(read(stream), 32 * MIB)
        self.assertTrue(sending.wait())

    def test_stream_that_is_dropped_is_skipped(self):
        source = GLib.Bytes.new(bytes(MIB))
        sending = [
            send_stream(self.far, Gio.MemoryInputStream.new_from_bytes(source)) for _ in range(2)
        ]
        self.far.send_text("next")
        receive_stream(self.connection).wait()[0].close(None)
        stream, _kind = receive_stream(self.connection).wait()
        self.assertTrue(Call(stream.close_async, stream.close_finish, 0, None).wait())
        self.assertEqual(receive(self.connection).wait()[0].get_data(), b"next")
        for one in sending:
            self.assertTrue(one.wait())


class PingsAndClosing(FlowCase):
    def test_ping(self):
        self.assertGreaterEqual(ping(self.connection, b"there?").wait(), 0)
        self.assertEqual(self.client.pongs, [b"there?"])
        self.assert_error(Gio.IOErrorEnum.INVALID_ARGUMENT, ping(self.connection, bytes(126)).wait)
        waiting = ping(self.connection)
        self.far.get_io_stream().close(None)
        self.assert_error(Gio.IOErrorEnum.CONNECTION_CLOSED, waiting.wait)
        self.assert_error(Gio.IOErrorEnum.CLOSED, ping(self.connection).wait)

    def test_keepalive_measures_the_latency(self):
        changes = []
        self.assertEqual(self.connection.props.latency, -1)
        self.connection.connect("notify::latency", lambda *_: changes.append(True))
        self.connection.set_keepalive_interval(1)
        wait_for(lambda: changes)
        self.assertGreaterEqual(self.connection.props.latency, 0)

    def test_close_waits_for_the_end(self):
        self.assertTrue(close(self.connection).wait())
        self.assertTrue(self.client.is_closed())
        self.assertTrue(self.connection.get_closed_cleanly())
        self.assertTrue(close(self.connection).wait())

    def test_cancelled_close_closes_all_the_same(self):
        cancellable = Gio.Cancellable()
        closing = close(self.connection, cancellable=cancellable)
        cancellable.cancel()
        with self.assertRaises(GLib.Error):
            closing.wait()
        self.wait_closed(self.client, self.peer)

    def test_close_times_out(self):
        self.connection.props.close_timeout = 1
        # It does not look at what comes.
        self.far.props.receive_buffer_size = 1
        self.far.pause()
        self.connection.send_text("never read")
        self.connection.send_text("nor is what is behind")
        self.assert_error(Gio.IOErrorEnum.TIMED_OUT, close(self.connection).wait)
        self.assertFalse(self.connection.props.closed_cleanly)
        self.assertNotEqual(int(self.connection.get_state()), int(OPEN))


class Threads(FlowCase):
    def test_messages_of_a_thread_keep_their_order(self):
        def send_all(name):
            for number in range(1000):
                self.connection.send_text(f"{name} {number}")

        threads = [threading.Thread(target=send_all, args=(name,)) for name in "abcd"]
        for thread in threads:
            thread.start()
        self.peer.wait_messages(4000)
        for thread in threads:
            thread.join()
        for name in "abcd":
            numbers = [
                int(data.split()[1])
                for _kind, data in self.peer.messages
                if data.decode().startswith(name)
            ]
            self.assertEqual(numbers, list(range(1000)))


if __name__ == "__main__":
    unittest.main()
