"""wsoup and the Python package “websockets” understand each other, whichever is the server.

The package blocks, so it runs in threads; wsoup stays with the main context of the main thread."""

import os
import ssl
import threading
import unittest

import websockets.exceptions
import websockets.sync.client
import websockets.sync.server
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory
from support import (
    BINARY,
    TEXT,
    End,
    Gio,
    GLib,
    TestCase,
    Wsoup,
    call_in_thread,
    load_certificate,
    make_certificates,
    wait_for,
)

MIB = 2**20
BIG_TEXT = "0123456789abcde√" * (MIB // 18)
BIG_DATA = bytes(range(256)) * (MIB // 256)
MESSAGES = [
    "hello",
    "γειά σου, 世界, 🦀",
    "\0one\0two\0",
    bytes(range(256)),
    "",
    b"",
    BIG_TEXT,
    BIG_DATA,
]


class PeerTestCase(TestCase):
    def assert_no_close_came(self, end):
        self.assertEqual(end.events.count("closed"), 1)
        self.assertEqual(end.events[-1], "closed")
        self.assertIn(end.connection.get_close_code(), (0, Wsoup.WebsocketCloseCode.ABNORMAL))
        self.assertFalse(end.connection.get_close_data())


class WebsocketsClient(PeerTestCase):
    """A client of the package at a server of wsoup's."""

    def keep_peer(self, server, message, path, connection):
        connection.set_max_incoming_payload_size(2 * MIB)
        connection.set_max_total_message_size(2 * MIB)
        super().keep_peer(server, message, path, connection)

    def talk(self, use, path="/echo", **options):
        """Connects, and calls the function with the connection, in a thread."""
        uri = self.uri(path)

        def run():
            with websockets.sync.client.connect(uri, max_size=None, **options) as client:
                return use(client)

        return call_in_thread(run)

    def test_messages_come_back(self):
        def use(client):
            for message in MESSAGES:
                client.send(message)
            return [client.recv(timeout=10) for _ in MESSAGES]

        self.assertTrue(self.talk(use) == MESSAGES)
        self.assertEqual(len(self.peer.connection.get_extensions()), 1)
        wait_for(self.peer.is_closed)
        self.assertEqual(self.peer.events, ["message"] * len(MESSAGES) + ["closing", "closed"])

    def test_messages_come_back_uncompressed(self):
        def use(client):
            client.send(BIG_TEXT)
            return client.recv(timeout=10)

        self.assertTrue(self.talk(use, compression=None) == BIG_TEXT)
        self.assertEqual(self.peer.connection.get_extensions(), [])

    def test_messages_come_back_with_any_parameters(self):
        def use(client):
            for message in MESSAGES * 2:
                client.send(message)
            return [client.recv(timeout=10) for _ in MESSAGES * 2]

        for parameters in (
            {"server_no_context_takeover": True, "client_no_context_takeover": True},
            {"server_max_window_bits": 9, "client_max_window_bits": 9},
            {"server_max_window_bits": 8, "client_max_window_bits": 15},
            {"server_max_window_bits": 12, "server_no_context_takeover": True},
        ):
            with self.subTest(**parameters):
                factory = ClientPerMessageDeflateFactory(**parameters)
                messages = self.talk(use, compression=None, extensions=[factory])
                self.assertTrue(messages == MESSAGES * 2)
                (deflate,) = self.peer.connection.get_extensions()
                for name, value in parameters.items():
                    self.assertEqual(deflate.get_property(name.replace("_", "-")), value)

    def test_fragments_become_one_message(self):
        def use(client):
            client.send(["frag", "men", "", "ted"])
            client.send([b"\0", b"\1\2", b""])
            return client.recv(timeout=10), client.recv(timeout=10)

        self.assertEqual(self.talk(use), ("fragmented", b"\0\1\2"))
        self.assertEqual(self.peer.messages, [(TEXT, b"fragmented"), (BINARY, b"\0\1\2")])

    def test_pings_of_the_client_are_answered(self):
        self.assertTrue(self.talk(lambda client: client.ping(b"payload").wait(10)))

    def test_pings_of_the_server_are_answered(self):
        uri = self.uri("/echo")
        finish = threading.Event()

        def use():
            with websockets.sync.client.connect(uri):
                finish.wait(20)

        thread = threading.Thread(target=use, daemon=True)
        thread.start()
        self.peer.connection.set_keepalive_interval(1)
        wait_for(lambda: self.peer.pongs, "a pong")
        finish.set()
        wait_for(self.peer.is_closed)
        thread.join()

    def test_client_closes_with_code_and_reason(self):
        def use(client):
            client.close(4321, "enough, 世界")
            return client.protocol.close_rcvd.code

        self.assertEqual(self.talk(use), 4321)
        wait_for(self.peer.is_closed)
        self.assertEqual(self.peer.connection.get_close_code(), 4321)
        self.assertEqual(self.peer.connection.get_close_data(), "enough, 世界")
        self.assertEqual(self.peer.events, ["closing", "closed"])

    def test_server_closes_with_code_and_reason(self):
        def handler(_server, _message, _path, connection):
            self.peers.append(End(connection))
            connection.send_text("before")
            connection.close(4321, "enough, 世界")

        def use(client):
            first = client.recv(timeout=10)
            with self.assertRaises(websockets.exceptions.ConnectionClosedError) as raised:
                client.recv(timeout=10)
            return first, raised.exception.rcvd.code, raised.exception.rcvd.reason

        self.server.add_websocket_handler("/close", None, None, handler)
        self.assertEqual(self.talk(use, "/close"), ("before", 4321, "enough, 世界"))
        wait_for(self.peer.is_closed)
        self.assertEqual(self.peer.connection.get_close_code(), 4321)

    def test_vanished_client_closes(self):
        def use(client):
            client.socket.shutdown(2)

        self.talk(use)
        wait_for(self.peer.is_closed)
        self.assert_no_close_came(self.peer)

    def test_subprotocol_is_agreed_on(self):
        self.server.add_websocket_handler("/chat", None, ["v2", "v1"], self.keep_peer)
        chosen = self.talk(lambda client: client.subprotocol, "/chat", subprotocols=["v0", "v1"])
        self.assertEqual(chosen, "v1")
        self.assertEqual(self.peer.connection.get_protocol(), "v1")

    def refused(self, path, **options):
        with self.assertRaises(websockets.exceptions.InvalidStatus) as raised:
            self.talk(lambda client: None, path, **options)
        return raised.exception.response.status_code

    def test_refusal_has_its_status(self):
        self.server.add_websocket_handler("/private", "http://friend.invalid", None, self.keep_peer)
        self.assertEqual(self.refused("/nothing"), 404)
        self.assertEqual(self.refused("/private", origin="http://foe.invalid"), 403)
        self.assertEqual(self.peers, [])


class WebsocketsClientOverTls(TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = make_certificates(cls)
        cls.certificate = load_certificate(cls.folder, "server.pem")

    def talk(self, authority):
        uri = self.uri("/echo")
        context = ssl.create_default_context(cafile=authority)

        def run():
            with websockets.sync.client.connect(uri, ssl=context) as client:
                client.send("secret")
                return client.recv(timeout=10)

        return call_in_thread(run)

    def test_trusted_certificate(self):
        self.assertEqual(self.talk(os.path.join(self.folder, "ca.pem")), "secret")
        wait_for(self.peer.is_closed)
        self.assertEqual(self.peer.events, ["message", "closing", "closed"])

    def test_unknown_authority_harms_nobody_else(self):
        with self.assertRaises(ssl.SSLCertVerificationError):
            self.talk(None)
        self.assertEqual(self.talk(os.path.join(self.folder, "ca.pem")), "secret")


class WebsocketsServer(PeerTestCase):
    """A client of wsoup's at a server of the package."""

    tls = None

    def setUp(self):
        super().setUp()
        self.seen = []
        websockets_server = websockets.sync.server.serve(
            self.handle,
            "127.0.0.1",
            0,
            max_size=None,
            ping_interval=None,
            ssl=self.tls,
            subprotocols=["v2", "v1"],
            select_subprotocol=self.select_subprotocol,
            process_request=self.process_request,
        )
        self.port = websockets_server.socket.getsockname()[1]
        thread = threading.Thread(target=websockets_server.serve_forever, daemon=True)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(websockets_server.shutdown)

    def uri(self, path):
        return f"{'wss' if self.tls else 'ws'}://127.0.0.1:{self.port}{path}"

    @staticmethod
    def select_subprotocol(_connection, offered):
        return "v1" if "v1" in offered else None

    @staticmethod
    def process_request(connection, request):
        if request.path == "/refused":
            return connection.respond(418, "a teapot\n")
        return None

    def handle(self, connection):
        """What the server does with a connection, in a thread; tells at its end how it closed."""
        try:
            if connection.request.path == "/fragments":
                connection.send(["frag", "men", "", "ted"])
                connection.send([b"\0", b"\1\2", b""])
            elif connection.request.path == "/ping":
                connection.send("answered" if connection.ping(b"payload").wait(10) else "silence")
            elif connection.request.path == "/close":
                connection.send("before")
                connection.close(4321, "enough, 世界")
            elif connection.request.path == "/vanish":
                connection.socket.shutdown(2)
            while True:
                connection.send(connection.recv())
        except websockets.exceptions.ConnectionClosed as closed:
            self.seen.append(closed.rcvd and (closed.rcvd.code, closed.rcvd.reason))
            GLib.MainContext.default().wakeup()

    def end(self, client):
        client.connection.close(1000, None)
        wait_for(client.is_closed)
        wait_for(lambda: self.seen, "the server to see the close")

    def test_messages_come_back(self):
        client = self.connect("/echo")
        self.assertEqual(len(client.connection.get_extensions()), 1)
        client.connection.set_max_incoming_payload_size(2 * MIB)
        expected = []
        for message in MESSAGES:
            kind = TEXT if isinstance(message, str) else BINARY
            data = message.encode() if kind == TEXT else message
            client.connection.send_message(kind, GLib.Bytes.new(data))
            expected.append((kind, data))
        client.wait_messages(len(MESSAGES))
        self.assertTrue([(kind, data or b"") for kind, data in client.messages] == expected)
        self.end(client)
        self.assertEqual(self.seen, [(1000, "")])

    def test_fragments_become_one_message(self):
        client = self.connect("/fragments")
        self.assertEqual(
            client.wait_messages(2), [(TEXT, b"fragmented"), (BINARY, b"\0\1\2")]
        )
        self.end(client)

    def test_pings_of_the_server_are_answered(self):
        client = self.connect("/ping")
        self.assertEqual(client.wait_messages(1), [(TEXT, b"answered")])
        self.end(client)

    def test_pings_of_the_client_are_answered(self):
        client = self.connect("/echo")
        client.connection.set_keepalive_interval(1)
        wait_for(lambda: client.pongs, "a pong")
        self.end(client)

    def test_client_closes_with_code_and_reason(self):
        client = self.connect("/echo")
        client.connection.close(4321, "enough, 世界")
        wait_for(lambda: client.is_closed() and self.seen)
        self.assertEqual(self.seen, [(4321, "enough, 世界")])
        self.assertEqual(client.connection.get_close_code(), 4321)
        self.assertEqual(client.events, ["closing", "closed"])

    def test_server_closes_with_code_and_reason(self):
        client = self.connect("/close")
        wait_for(client.is_closed)
        self.assertEqual(client.messages, [(TEXT, b"before")])
        self.assertEqual(client.connection.get_close_code(), 4321)
        self.assertEqual(client.connection.get_close_data(), "enough, 世界")
        self.assertEqual(client.events, ["message", "closing", "closed"])

    def test_vanished_server_closes(self):
        client = self.connect("/vanish")
        wait_for(client.is_closed)
        self.assert_no_close_came(client)

    def test_subprotocol_is_agreed_on(self):
        client = self.connect("/echo", protocols=["v0", "v1"])
        self.assertEqual(client.connection.get_protocol(), "v1")
        self.end(client)

    def test_refusal_has_its_status(self):
        message = self.message("/refused")
        error = self.connect_fails(message)
        self.assertTrue(
            error.matches(Wsoup.WebsocketError.quark(), Wsoup.WebsocketError.NOT_WEBSOCKET)
        )
        self.assertEqual(int(message.props.status_code), 418)


class WebsocketsServerOverTls(WebsocketsServer):
    """All of it again over TLS, and the certificates."""

    @classmethod
    def setUpClass(cls):
        cls.folder = make_certificates(cls)
        cls.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        cls.tls.load_cert_chain(os.path.join(cls.folder, "server.pem"))

    def setUp(self):
        super().setUp()
        self.session.set_tls_database(
            Gio.TlsFileDatabase.new(os.path.join(self.folder, "ca.pem"))
        )

    def test_unknown_authority_is_refused(self):
        error = self.connect_fails(self.message("/echo"), session=Wsoup.Session())
        self.assertTrue(error.matches(Gio.tls_error_quark(), Gio.TlsError.BAD_CERTIFICATE))


if __name__ == "__main__":
    unittest.main()
