"""wsoup and libsoup 3 understand each other in one process, whichever is the server."""

import unittest

import gi

gi.require_version("Soup", "3.0")

from gi.repository import GLib, Soup
from support import BINARY, TEXT, TestCase, Wsoup, wait_for

MIB = 2**20
MESSAGES = [
    (TEXT, "γειά σου, 世界, 🦀".encode()),
    (TEXT, b"\0one\0two\0"),
    (BINARY, bytes(range(256))),
    (TEXT, b""),
    (BINARY, b""),
    (TEXT, b"x" * MIB),
    (BINARY, bytes(range(256)) * (MIB // 256)),
]


class Conversation:
    """What must work in both directions."""

    def keep_peer(self, server, message, path, connection):
        self.offered = message.get_request_headers().get_list("Sec-WebSocket-Extensions")
        self.answered = message.get_response_headers().get_list("Sec-WebSocket-Extensions")
        self.raise_limits(connection)
        super().keep_peer(server, message, path, connection)

    @staticmethod
    def raise_limits(connection):
        connection.set_max_incoming_payload_size(2 * MIB)
        if isinstance(connection, Wsoup.WebsocketConnection):
            connection.set_max_total_message_size(2 * MIB)

    def test_the_two_ends_are_different_libraries(self):
        client = self.connect("/echo")
        self.assertIsInstance(client.connection, self.client_library.WebsocketConnection)
        self.assertIsInstance(self.peer.connection, self.server_library.WebsocketConnection)
        self.assertIsNot(self.client_library, self.server_library)
        self.close(client, self.peer)

    def test_messages_come_back(self):
        client = self.connect("/echo")
        self.raise_limits(client.connection)
        for kind, data in MESSAGES:
            library_kind = self.client_library.WebsocketDataType(int(kind))
            client.connection.send_message(library_kind, GLib.Bytes.new(data))
        client.wait_messages(len(MESSAGES))
        for end in (self.peer, client):
            self.assertTrue([(kind, data or b"") for kind, data in end.messages] == MESSAGES)
        self.close(client, self.peer)

    def check_close(self, closer, other):
        closer.connection.close(4321, "enough, 世界")
        self.wait_closed(closer, other)
        self.assertEqual(other.connection.get_close_code(), 4321)
        self.assertEqual(other.connection.get_close_data(), "enough, 世界")
        self.assertEqual(closer.connection.get_close_code(), 4321)
        for end in (closer, other):
            self.assertEqual(end.events, ["closing", "closed"])

    def test_client_closes_with_code_and_reason(self):
        client = self.connect("/echo")
        self.check_close(client, self.peer)

    def test_server_closes_with_code_and_reason(self):
        client = self.connect("/echo")
        self.check_close(self.peer, client)

    def test_subprotocol_is_agreed_on(self):
        self.server.add_websocket_handler("/chat", None, ["v2", "v1"], self.keep_peer)
        client = self.connect("/chat", protocols=["v0", "v1"])
        self.assertEqual(client.connection.get_protocol(), "v1")
        self.assertEqual(self.peer.connection.get_protocol(), "v1")
        self.close(client, self.peer)

    def test_pings_are_answered_both_ways(self):
        client = self.connect("/echo")
        client.connection.set_keepalive_interval(1)
        self.peer.connection.set_keepalive_interval(1)
        wait_for(lambda: client.pongs and self.peer.pongs, "pongs at both ends")
        self.close(client, self.peer)

    def test_refusal_has_its_status(self):
        message = self.message("/nothing")
        error = self.connect_fails(message)
        library = self.client_library
        self.assertTrue(
            error.matches(library.websocket_error_quark(), library.WebsocketError.NOT_WEBSOCKET)
        )
        self.assertEqual(int(message.props.status_code), 404)

    def test_compression_is_agreed_on(self):
        client = self.connect("/echo")
        peer = self.peer
        self.assertTrue(self.offered.startswith("permessage-deflate"), self.offered)
        self.assertTrue(self.answered.startswith("permessage-deflate"), self.answered)
        ends = ((client, self.client_library), (peer, self.server_library))
        for end, library in ends:
            (deflate,) = end.connection.get_extensions()
            self.assertIsInstance(deflate, library.WebsocketExtensionDeflate)
        for _ in range(3):
            client.connection.send_text("compressible " * 100)
        self.assertEqual(client.wait_messages(3), [(TEXT, b"compressible " * 100)] * 3)
        self.close(client, peer)


class LibsoupClient(Conversation, TestCase):
    client_library = Soup
    server_library = Wsoup

    def setUp(self):
        super().setUp()
        self.session.add_feature_by_type(Soup.WebsocketExtensionManager)


class LibsoupServer(Conversation, TestCase):
    client_library = Wsoup
    server_library = Soup


class LibsoupAsks(TestCase):
    """A server of libsoup that wants to know who the user is."""

    client_library = Wsoup
    server_library = Soup

    def close_to_strangers(self, domain):
        domain.add_path("/echo")
        self.server.add_auth_domain(domain)

    def digest(self):
        domain = Soup.AuthDomainDigest(realm="closed")
        encode = Soup.AuthDomainDigest.encode_password
        domain.set_auth_callback(
            lambda _domain, _message, user: encode(user, "closed", "s3cret, 世界")
        )
        self.close_to_strangers(domain)

    def basic(self):
        domain = Soup.AuthDomainBasic(realm="closed")
        domain.set_auth_callback(
            lambda _domain, _message, _user, password: password == "s3cret, 世界"
        )
        self.close_to_strangers(domain)

    def check_answers(self, scheme):
        asked = []

        def answer(_message, auth, retrying):
            asked.append((auth.get_scheme_name(), auth.get_realm(), retrying))
            auth.authenticate("Aladdin", "s3cret, 世界" if retrying else "wrong")
            return True

        first = self.message("/echo")
        first.connect("authenticate", answer)
        self.close(self.connect(first), self.peer)
        self.assertEqual(asked, [(scheme, "closed", False), (scheme, "closed", True)])
        # The session remembers.
        self.close(self.connect("/echo"), self.peer)
        self.assertEqual(len(self.peers), 2)

    def test_digest(self):
        self.digest()
        self.check_answers("Digest")

    def test_basic(self):
        self.basic()
        self.check_answers("Basic")

    def test_the_strongest_is_chosen(self):
        self.basic()
        self.digest()
        self.check_answers("Digest")

    def test_user_and_password_may_stand_in_the_uri(self):
        self.digest()
        uri = self.uri("/echo?x=y").replace("//", "//Aladdin:s3cret%2c%20%e4%b8%96%e7%95%8c@")
        self.close(self.connect(Wsoup.Message.new("GET", uri)), self.peer)

    def test_without_an_answer_it_is_a_refusal(self):
        self.digest()
        message = self.message("/echo")
        error = self.connect_fails(message)
        self.assertTrue(
            error.matches(Wsoup.WebsocketError.quark(), Wsoup.WebsocketError.NOT_WEBSOCKET)
        )
        self.assertEqual(message.get_status(), Wsoup.Status.UNAUTHORIZED)


if __name__ == "__main__":
    unittest.main()
