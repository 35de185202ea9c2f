"""What a session promises about opening a connection: subprotocols, TLS, Unix sockets, and an
error that tells what went wrong when it cannot."""

import os
import socket
import tempfile
import unittest

from support import (
    TEXT,
    Gio,
    GLib,
    TestCase,
    Wsoup,
    load_certificate,
    make_certificates,
    wait_for,
)


class Handshake(TestCase):
    def test_status_is_101(self):
        message = self.message("/echo")
        client = self.connect(message)
        self.assertEqual(message.get_status(), Wsoup.Status.SWITCHING_PROTOCOLS)
        self.close(client, self.peer)

    def test_subprotocol_is_agreed_on(self):
        ours = ["chat.v2", "chat.v1"]
        self.server.add_websocket_handler("/chat", None, ours, self.keep_peer)
        client = self.connect("/chat", protocols=["chat.v0", "chat.v1", "chat.v2"])
        self.assertIn(client.connection.get_protocol(), ours)
        self.assertEqual(
            client.connection.get_protocol(), self.peer.connection.get_protocol()
        )
        self.close(client, self.peer)

    def test_no_common_subprotocol_is_refused(self):
        self.server.add_websocket_handler("/chat", None, ["chat"], self.keep_peer)
        message = self.message("/chat")
        error = self.connect_fails(message, protocols=["other"])
        self.assertTrue(
            error.matches(Wsoup.WebsocketError.quark(), Wsoup.WebsocketError.NOT_WEBSOCKET)
        )
        self.assertEqual(message.get_status(), Wsoup.Status.BAD_REQUEST)
        self.assertEqual(self.peers, [])

    def test_origin_arrives(self):
        self.server.add_websocket_handler(
            "/private", "http://friend.invalid", None, self.keep_peer
        )
        client = self.connect("/private", origin="http://friend.invalid")
        self.assertEqual(client.connection.get_origin(), "http://friend.invalid")
        self.assertEqual(self.peer.connection.get_origin(), "http://friend.invalid")
        self.close(client, self.peer)

    def test_headers_of_the_message_are_sent(self):
        tokens = []

        def handler(_server, message, _path, connection):
            tokens.append(message.get_request_headers().get_one("x-token"))
            connection.close(1000, None)

        self.server.add_websocket_handler("/header", None, None, handler)
        message = self.message("/header")
        message.get_request_headers().append("X-Token", "s3cret")
        client = self.connect(message)
        self.wait_closed(client)
        self.assertEqual(tokens, ["s3cret"])


class Refused(TestCase):
    def assert_refused(self, target, status, **arguments):
        message = self.message(target)
        error = self.connect_fails(message, **arguments)
        self.assertTrue(
            error.matches(Wsoup.WebsocketError.quark(), Wsoup.WebsocketError.NOT_WEBSOCKET), error
        )
        self.assertEqual(message.get_status(), status)
        self.assertEqual(self.peers, [])
        return message

    def test_no_handler_is_404(self):
        self.assert_refused("/nothing", Wsoup.Status.NOT_FOUND)

    def test_wrong_origin_is_403(self):
        self.server.add_websocket_handler(
            "/private", "http://friend.invalid", None, self.keep_peer
        )
        self.assert_refused("/private", Wsoup.Status.FORBIDDEN, origin="http://foe.invalid")

    def test_status_and_headers_stay_readable(self):
        def refuse(_server, message, _path, _query):
            message.get_response_headers().append("X-Why", "not today")
            message.set_status(Wsoup.Status.SERVICE_UNAVAILABLE, None)

        self.server.add_handler("/refused", refuse)
        message = self.assert_refused("/refused", Wsoup.Status.SERVICE_UNAVAILABLE)
        self.assertEqual(message.get_response_headers().get_one("x-why"), "not today")


class Tls(TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = make_certificates(cls)
        cls.certificate = load_certificate(cls.folder, "server.pem")

    def setUp(self):
        super().setUp()
        self.request = self.message("/echo")

    def trust_the_authority(self):
        self.session.set_tls_database(
            Gio.TlsFileDatabase.new(os.path.join(self.folder, "ca.pem"))
        )

    def assert_echoes(self, client):
        client.connection.send_text("secret")
        self.assertEqual(client.wait_messages(1), [(TEXT, b"secret")])
        self.close(client, self.peer)

    def assert_refused(self, flag):
        error = self.connect_fails(self.request)
        self.assertTrue(error.matches(Gio.tls_error_quark(), Gio.TlsError.BAD_CERTIFICATE), error)
        self.assertTrue(self.request.get_tls_peer_certificate_errors() & flag)
        self.assertEqual(self.peers, [])

    def test_certificate_trusted_by_database(self):
        self.trust_the_authority()
        client = self.connect(self.request)
        self.assertIsInstance(self.request.get_tls_peer_certificate(), Gio.TlsCertificate)
        self.assertEqual(self.request.get_tls_peer_certificate_errors(), 0)
        self.assert_echoes(client)

    def test_certificate_accepted_by_signal(self):
        seen = []

        def accept(_message, certificate, errors):
            seen.append((certificate, errors))
            return True

        self.request.connect("accept-certificate", accept)
        self.assert_echoes(self.connect(self.request))
        ((certificate, errors),) = seen
        self.assertIsInstance(certificate, Gio.TlsCertificate)
        self.assertTrue(errors & Gio.TlsCertificateFlags.UNKNOWN_CA)

    def test_certificate_declined_by_signal_is_refused(self):
        self.request.connect("accept-certificate", lambda *_arguments: False)
        self.assert_refused(Gio.TlsCertificateFlags.UNKNOWN_CA)

    def test_certificate_of_unknown_authority_is_refused(self):
        self.assert_refused(Gio.TlsCertificateFlags.UNKNOWN_CA)

    def test_certificate_for_another_name_is_refused(self):
        self.server.set_tls_certificate(load_certificate(self.folder, "stranger.pem"))
        self.trust_the_authority()
        self.assert_refused(Gio.TlsCertificateFlags.BAD_IDENTITY)


class Addresses(TestCase):
    def bound_socket(self):
        """A socket on 127.0.0.1 that has a port, so that nobody else gets it."""
        bound = socket.socket()
        self.addCleanup(bound.close)
        bound.bind(("127.0.0.1", 0))
        return bound, f"ws://127.0.0.1:{bound.getsockname()[1]}/"

    def test_unix_socket(self):
        with tempfile.TemporaryDirectory(prefix="wsoup-test-") as folder:
            address = Gio.UnixSocketAddress.new(os.path.join(folder, "socket"))
            server = Wsoup.Server()
            server.listen(address, Wsoup.ServerListenOptions(0))
            self.addCleanup(server.disconnect)
            server.add_websocket_handler(None, None, None, self.keep_peer)
            session = Wsoup.Session(remote_connectable=address)
            message = Wsoup.Message.new("GET", "ws://localhost/unix")
            client = self.connect(message, session=session)
            client.connection.send_text("over there")
            self.assertEqual(self.peer.wait_messages(1), [(TEXT, b"over there")])
            self.close(client, self.peer)

    def test_unreachable_port_is_connection_refused(self):
        _never_listening, uri = self.bound_socket()
        error = self.connect_fails(Wsoup.Message.new("GET", uri))
        self.assertTrue(
            error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CONNECTION_REFUSED), error
        )

    # Which error of the resolver it is depends on whether there is a network; RFC 2606 §2 keeps
    # the name free.
    def test_wrong_host_is_an_error_of_the_resolver(self):
        error = self.connect_fails(Wsoup.Message.new("GET", "ws://no-such-host.invalid/"))
        self.assertEqual(error.domain, GLib.quark_to_string(Gio.resolver_error_quark()))

    def test_cancelled_before_is_cancelled(self):
        cancellable = Gio.Cancellable()
        cancellable.cancel()
        error = self.connect_fails("/echo", cancellable=cancellable)
        self.assertTrue(error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED), error)

    def test_cancelled_while_the_server_is_silent(self):
        silent, uri = self.bound_socket()
        silent.listen()
        cancellable = Gio.Cancellable()
        accepted = []

        def on_acceptable(_fd, _condition):
            accepted.append(silent.accept()[0])
            cancellable.cancel()
            return False

        GLib.unix_fd_add_full(
            GLib.PRIORITY_DEFAULT, silent.fileno(), GLib.IOCondition.IN, on_acceptable
        )
        error = self.connect_fails(Wsoup.Message.new("GET", uri), cancellable=cancellable)
        self.assertTrue(error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED), error)
        self.assertEqual(len(accepted), 1)
        accepted[0].close()


if __name__ == "__main__":
    unittest.main()
