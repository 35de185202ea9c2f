"""What compression promises."""

import unittest

from gi.repository import GLib
from support import TEXT, TestCase, Wsoup

DEFLATE = Wsoup.WebsocketExtensionDeflate


class Compression(TestCase):
    def test_both_sides_agree_on_it_by_themselves(self):
        client = self.connect("/echo")
        for end in (client, self.peer):
            (deflate,) = end.connection.get_extensions()
            self.assertIsInstance(deflate, DEFLATE)
            self.assertTrue(deflate.get_compress())
        text = "compressible " * 1000
        client.connection.send_text(text)
        self.assertEqual(client.wait_messages(1), [(TEXT, text.encode())])
        self.close(client, self.peer)

    def test_properties_are_asked_for(self):
        self.server.add_websocket_extension_with_properties(
            DEFLATE, ["server-no-context-takeover", "client-max-window-bits"], [True, 10]
        )
        manager = self.session.get_feature(Wsoup.WebsocketExtensionManager)
        manager.add_extension_with_properties(DEFLATE, ["server-max-window-bits"], [11])
        message = self.message("/echo")
        client = self.connect(message)
        self.assertEqual(
            message.get_request_headers().get_list("Sec-WebSocket-Extensions"),
            "permessage-deflate; server_max_window_bits=11; client_max_window_bits",
        )
        for end in (client, self.peer):
            (deflate,) = end.connection.get_extensions()
            self.assertTrue(deflate.get_server_no_context_takeover())
            self.assertFalse(deflate.get_client_no_context_takeover())
            self.assertEqual(deflate.get_client_max_window_bits(), 10)
            self.assertEqual(deflate.props.server_max_window_bits, 11)
        self.close(client, self.peer)

    def test_it_can_be_left(self):
        self.server.remove_websocket_extension(DEFLATE)
        client = self.connect("/echo")
        self.assertEqual(client.connection.get_extensions(), [])
        self.close(client, self.peer)
        self.server.add_websocket_extension(DEFLATE)
        self.session.remove_feature_by_type(DEFLATE)
        self.peers.clear()
        client = self.connect("/echo")
        self.assertEqual(client.connection.get_extensions(), [])
        self.close(client, self.peer)

    def test_settings_change_on_the_way(self):
        deflate = DEFLATE()
        changes = []
        deflate.connect("notify", lambda _deflate, prop: changes.append(prop.name))
        deflate.set_level(9)
        deflate.set_memory_level(1)
        deflate.set_minimum_size(0)
        deflate.set_compress(False)
        deflate.set_compress(False)
        self.assertEqual(changes, ["level", "memory-level", "minimum-size", "compress"])
        self.assertEqual(deflate.get_level(), 9)
        self.assertEqual(deflate.get_memory_level(), 1)
        self.assertEqual(deflate.get_minimum_size(), 0)

    def test_it_works_without_a_connection(self):
        server, client = DEFLATE(), DEFLATE()
        self.assertEqual(client.get_request_params(), "; client_max_window_bits")
        offered = {"client_max_window_bits": "9"}
        server.configure(Wsoup.WebsocketConnectionType.SERVER, offered)
        self.assertEqual(server.get_response_params(), "; client_max_window_bits=9")
        client.configure(Wsoup.WebsocketConnectionType.CLIENT, offered)
        with self.assertRaises(GLib.Error) as raised:
            client.configure(Wsoup.WebsocketConnectionType.CLIENT, {"no_such": "thing"})
        self.assertTrue(
            raised.exception.matches(
                Wsoup.websocket_error_quark(), Wsoup.WebsocketError.BAD_HANDSHAKE
            )
        )


if __name__ == "__main__":
    unittest.main()
