"""What a server promises: it answers plain HTTP requests beside the WebSockets, and tells where it
listens."""

import http.client
import unittest

from support import Gio, GLib, TestCase, Wsoup, call_in_thread


class Requests(TestCase):
    def get(self, path, method="GET", headers=None):
        """Sends a request; returns status, body and headers of the answer."""
        (uri,) = self.server.get_uris()

        def request():
            client = http.client.HTTPConnection("127.0.0.1", uri.get_port(), timeout=10)
            try:
                client.request(method, path, headers=headers or {})
                response = client.getresponse()
                return response.status, response.read().decode(), response.headers
            finally:
                client.close()

        return call_in_thread(request)

    def test_plain_request_is_answered(self):
        def hello(server, message, path, query):
            self.assertIs(server, self.server)
            self.assertEqual((message.get_method(), path), ("GET", "/hello"))
            name = query["name"] if query else "you"
            message.set_status(Wsoup.Status.OK, None)
            message.set_response("text/plain", Wsoup.MemoryUse.COPY, f"hello, {name}!".encode())

        self.server.add_handler("/hello", hello)
        status, body, headers = self.get("/hello")
        self.assertEqual((status, body), (200, "hello, you!"))
        self.assertEqual(headers["Content-Type"], "text/plain")
        self.assertEqual(self.get("/hello?name=World")[:2], (200, "hello, World!"))
        self.server.remove_handler("/hello")
        self.assertEqual(self.get("/hello")[0], 404)

    def test_no_handler_is_404(self):
        self.assertEqual(self.get("/nothing")[0], 404)

    def test_plain_request_to_a_websocket_is_400(self):
        self.assertEqual(self.get("/echo")[0], 400)
        self.assertEqual(self.peers, [])

    def test_wrong_version_is_426_and_names_13(self):
        status, _body, headers = self.get(
            "/echo",
            headers={
                "Upgrade": "websocket",
                "Connection": "Upgrade",
                "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
                "Sec-WebSocket-Version": "8",
            },
        )
        self.assertEqual((status, headers["Sec-WebSocket-Version"]), (426, "13"))

    def test_uris_tell_where_it_listens(self):
        (uri,) = self.server.get_uris()
        self.assertEqual((uri.get_scheme(), uri.get_host()), ("http", "127.0.0.1"))
        self.assertGreater(uri.get_port(), 0)
        self.server.disconnect()
        self.assertEqual(self.server.get_uris(), [])

    def test_port_in_use_is_an_error(self):
        (uri,) = self.server.get_uris()
        with self.assertRaises(GLib.Error) as raised:
            Wsoup.Server().listen_local(uri.get_port(), Wsoup.ServerListenOptions.IPV4_ONLY)
        self.assertTrue(
            raised.exception.matches(Gio.io_error_quark(), Gio.IOErrorEnum.ADDRESS_IN_USE)
        )

    def test_handler_takes_clients_of_several_origins(self):
        origins = ["http://friend.invalid", "http://other.invalid"]
        self.server.add_websocket_handler_for_origins("/some", origins, None, self.keep_peer)
        for origin in origins:
            self.connect("/some", origin=origin)
        error = self.connect_fails("/some", origin="http://foe.invalid")
        self.assertTrue(
            error.matches(Wsoup.WebsocketError.quark(), Wsoup.WebsocketError.NOT_WEBSOCKET)
        )

    def test_early_handler_chooses_the_subprotocol(self):
        def choose(_server, message, _path, _query):
            message.get_response_headers().append("Sec-WebSocket-Protocol", "two")

        self.server.add_early_handler("/echo", choose)
        client = self.connect("/echo", protocols=["one", "two"])
        for end in client, self.peer:
            self.assertEqual(end.connection.get_protocol(), "two")


if __name__ == "__main__":
    unittest.main()
