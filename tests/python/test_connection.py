"""What an open connection promises: messages arrive as they were sent, both sides can close, and
the signals say so in order."""

import gc
import socket
import unittest

from support import BINARY, CLOSED, CLOSING, OPEN, TEXT, Gio, GLib, TestCase, Wsoup, wait_for


class Messages(TestCase):
    def setUp(self):
        super().setUp()
        self.client = self.connect("/echo")
        self.addCleanup(lambda: self.close(self.client, self.peer))

    def assert_echoed(self, *messages):
        self.client.wait_messages(len(messages))
        self.assertEqual(self.peer.messages, list(messages))
        self.assertEqual(self.client.messages, list(messages))

    def test_text_comes_back(self):
        self.client.connection.send_text("hello")
        self.assert_echoed((TEXT, b"hello"))

    def test_unicode_text_comes_back(self):
        text = "γειά σου, 世界, 🦀"
        self.client.connection.send_text(text)
        self.assert_echoed((TEXT, text.encode()))

    def test_text_with_nuls_comes_back(self):
        text = b"\0one\0two\0"
        self.client.connection.send_message(TEXT, GLib.Bytes.new(text))
        self.assert_echoed((TEXT, text))

    def test_every_byte_comes_back(self):
        data = bytes(range(256))
        self.client.connection.send_message(BINARY, GLib.Bytes.new(data))
        self.client.connection.send_binary(data)
        self.assert_echoed((BINARY, data), (BINARY, data))

    def test_empty_messages_come_back(self):
        self.client.connection.send_text("")
        self.client.connection.send_binary(None)
        self.client.connection.send_message(TEXT, GLib.Bytes.new(b""))
        self.client.connection.send_message(BINARY, GLib.Bytes.new(b""))
        empty = [(kind, data or b"") for kind, data in self.client.wait_messages(4)]
        self.assertEqual(empty, [(TEXT, b""), (BINARY, b""), (TEXT, b""), (BINARY, b"")])

    def test_16_mib_come_back(self):
        data = (bytes(range(251)) * 66_842)[: 16 * 2**20]
        self.assertEqual(len(data), 16 * 2**20)
        for end in (self.client, self.peer):
            end.connection.set_max_incoming_payload_size(2 * len(data))
            end.connection.set_max_total_message_size(2 * len(data))
        self.client.connection.send_message(BINARY, GLib.Bytes.new(data))
        self.client.wait_messages(1)
        # Not assertEqual: a difference would be printed.
        self.assertTrue(self.peer.messages == [(BINARY, data)])
        self.assertTrue(self.client.messages == [(BINARY, data)])

    def test_messages_keep_their_order(self):
        texts = [str(number) for number in range(1000)]
        for text in texts:
            self.client.connection.send_text(text)
        self.assert_echoed(*[(TEXT, text.encode()) for text in texts])

    def test_keepalive_gets_pongs(self):
        self.client.connection.set_keepalive_interval(1)
        wait_for(lambda: self.client.pongs, "a pong")

    def test_properties_are_readable(self):
        connection = self.client.connection
        self.assertEqual(connection.props.state, OPEN)
        self.assertEqual(connection.props.state.value_nick, "open")
        self.assertEqual(connection.props.connection_type, Wsoup.WebsocketConnectionType.CLIENT)
        self.assertEqual(
            self.peer.connection.get_connection_type(), Wsoup.WebsocketConnectionType.SERVER
        )
        self.assertEqual(connection.get_uri().to_string(), self.uri("/echo"))
        self.assertEqual(self.peer.connection.get_uri().get_path(), "/echo")
        self.assertIsInstance(connection.get_io_stream(), Gio.IOStream)
        self.assertIsNone(connection.get_protocol())
        self.assertIsNone(connection.get_origin())
        self.assertEqual(len(connection.get_extensions()), 1)
        connection.props.keepalive_interval = 7
        self.assertEqual(connection.get_keepalive_interval(), 7)
        self.assertEqual(connection.props.max_incoming_payload_size, 128 * 1024)

    def test_late_properties_are_readable(self):
        connection = self.client.connection
        connection.props.keepalive_pong_timeout = 5
        self.assertEqual(connection.get_keepalive_pong_timeout(), 5)
        self.assertEqual(connection.props.max_total_message_size, 0)
        self.assertEqual(self.peer.connection.get_max_total_message_size(), 128 * 1024)


class Closing(TestCase):
    def setUp(self):
        super().setUp()
        self.client = self.connect("/echo")

    def assert_closed_once(self, end):
        self.assertEqual(end.events, ["closing", "closed"])
        self.assertEqual(end.errors, [])
        self.assertEqual(end.state_changes, 2)

    def check_close(self, closer, other):
        closer.connection.close(4321, "enough, 世界")
        self.assertEqual(closer.connection.get_state(), CLOSING)
        self.wait_closed(closer, other)
        self.assertEqual(other.connection.get_close_code(), 4321)
        self.assertEqual(other.connection.get_close_data(), "enough, 世界")
        self.assertEqual(closer.connection.get_close_code(), 4321)
        self.assertEqual(closer.connection.get_state(), CLOSED)
        self.assert_closed_once(closer)
        self.assert_closed_once(other)

    def test_client_closes(self):
        self.check_close(self.client, self.peer)

    def test_server_closes(self):
        self.check_close(self.peer, self.client)

    def test_no_status_stays_no_status(self):
        self.client.connection.close(Wsoup.WebsocketCloseCode.NO_STATUS, None)
        self.wait_closed(self.client, self.peer)
        self.assertEqual(
            self.peer.connection.get_close_code(), Wsoup.WebsocketCloseCode.NO_STATUS
        )
        self.assert_closed_once(self.peer)

    def test_queued_messages_come_before_the_close(self):
        self.peer.connection.send_text("one")
        self.peer.connection.send_text("two")
        self.peer.connection.close(Wsoup.WebsocketCloseCode.GOING_AWAY, None)
        self.wait_closed(self.client, self.peer)
        self.assertEqual(self.client.events, ["message", "message", "closing", "closed"])
        self.assertEqual(self.peer.events, ["closing", "closed"])

    def test_close_inside_a_handler(self):
        def answer_and_close(connection, _kind, _data):
            connection.send_text("bye")
            connection.close(4000, "from the handler")

        self.peer.connection.connect("message", answer_and_close)
        self.client.connection.send_text("go")
        self.wait_closed(self.client, self.peer)
        self.assertEqual(self.client.messages, [(TEXT, b"go"), (TEXT, b"bye")])
        self.assertEqual(self.client.connection.get_close_data(), "from the handler")

    def test_too_big_a_message_closes_with_1009(self):
        self.client.connection.send_binary(bytes(128 * 1024 + 1))
        self.wait_closed(self.client, self.peer)
        self.assertEqual(self.peer.events, ["error", "closing", "closed"])
        self.assertEqual(
            self.client.connection.get_close_code(), Wsoup.WebsocketCloseCode.TOO_BIG
        )

    def test_connection_goes_away_with_its_last_reference(self):
        references = [end.connection.weak_ref() for end in (self.client, self.peer)]
        self.close(self.client, self.peer)
        self.client = None
        self.peers.clear()
        gc.collect()
        wait_for(lambda: not any(reference() for reference in references), "both to be finalised")


class OutputStream(Gio.OutputStream, Gio.PollableOutputStream):
    """An output stream of the program, which asks for its connection while it is written to."""

    def __init__(self, base):
        super().__init__()
        self.base = base
        self.connection = None
        self.states = []

    def do_can_poll(self):
        return True

    def do_is_writable(self):
        # What GIO's write of a pollable stream asks first.
        if self.connection:
            self.states.append(self.connection.get_state())
        return False

    def do_create_source(self, cancellable):
        return self.base.create_source(cancellable)


class Stream(Gio.IOStream):
    def __init__(self, base):
        super().__init__()
        self.base = base
        self.output = OutputStream(base.get_output_stream())

    def do_get_input_stream(self):
        return self.base.get_input_stream()

    def do_get_output_stream(self):
        return self.output


class OwnStreams(unittest.TestCase):
    def test_pong_has_the_payload_of_the_peer(self):
        near, far = socket.socketpair()
        self.addCleanup(far.close)
        stream = Gio.Socket.new_from_fd(near.detach()).connection_factory_create_connection()
        uri = GLib.Uri.parse("ws://example.invalid/", GLib.UriFlags.NONE)
        client = Wsoup.WebsocketConnectionType.CLIENT
        connection = Wsoup.WebsocketConnection.new(stream, uri, client, None, None, [])
        pongs = []
        connection.connect("pong", lambda _connection, payload: pongs.append(payload))
        far.sendall(b"\x8a\x05a\0b\xff\0" b"\x8a\0")
        wait_for(lambda: len(pongs) == 2, "two pongs")
        self.assertIsInstance(pongs[0], GLib.Bytes)
        self.assertEqual([pong.get_data() or b"" for pong in pongs], [b"a\0b\xff\0", b""])

    def test_stream_may_look_at_the_connection_that_writes_to_it(self):
        near, far = socket.socketpair()
        self.addCleanup(far.close)
        base = Gio.Socket.new_from_fd(near.detach()).connection_factory_create_connection()
        stream = Stream(base)
        uri = GLib.Uri.parse("ws://example.invalid/", GLib.UriFlags.NONE)
        client = Wsoup.WebsocketConnectionType.CLIENT
        connection = Wsoup.WebsocketConnection.new(stream, uri, client, None, None, [])
        stream.output.connection = connection
        connection.send_text("never taken")
        wait_for(lambda: stream.output.states, "the stream to be asked")
        stream.output.connection = None
        self.assertEqual(set(stream.output.states), {OPEN})
        # The stream is closed in a thread, which needs its Python half until then.
        far.close()
        wait_for(stream.is_closed, "the stream to be closed")


if __name__ == "__main__":
    unittest.main()
