"""What a client that stays connected promises."""

import unittest

from support import GLib, Gio, TestCase, Wsoup, wait_for

STATE = Wsoup.ReconnectingState


class Reconnecting(TestCase):
    def client(self, path="/echo"):
        client = Wsoup.ReconnectingClient.new(self.session, self.uri(path), None, ["chat"])
        client.props.initial_delay = 1
        client.props.max_delay = 20
        self.addCleanup(self.stop, client)
        return client

    def stop(self, client):
        client.stop()
        wait_for(lambda: client.props.state == STATE.STOPPED, "the stop")

    def test_it_comes_back_after_the_server_has_gone(self):
        client, received, codes = self.client(), [], []
        client.connect("message", lambda _client, _type, data: received.append(data.get_data()))
        client.connect(
            "disconnected",
            lambda _client, connection, error, is_final: codes.append(
                (connection.get_close_code(), error, is_final)
            ),
        )
        client.send_text("one")
        client.start()
        wait_for(lambda: received == [b"one"], "the first echo")
        self.peer.connection.close(Wsoup.WebsocketCloseCode.GOING_AWAY, None)
        wait_for(lambda: codes, "the end")
        client.send_binary(b"two")
        wait_for(lambda: received == [b"one", b"two"], "the second echo")
        self.assertEqual(codes, [(1001, None, False)])

    def test_it_gives_up_unless_told_otherwise(self):
        client, answers, failures = self.client("/nothing"), [True, False], []
        seen = []

        def on_attempt_failed(_client, message, error, is_final):
            seen.append((message.get_status(), is_final))
            self.assertTrue(
                error.matches(Wsoup.WebsocketError.quark(), Wsoup.WebsocketError.NOT_WEBSOCKET)
            )
            return answers.pop(0)

        client.connect("attempt-failed", on_attempt_failed)
        client.connect("failed", lambda _client, error: failures.append(error))
        client.start()
        wait_for(lambda: failures, "the end")
        self.assertEqual(seen, [(404, True)] * 2)
        self.assertEqual(client.props.state, STATE.FAILED)
        with self.assertRaises(GLib.Error) as raised:
            client.send_text("too late")
        self.assertTrue(
            raised.exception.matches(Gio.io_error_quark(), Gio.IOErrorEnum.NOT_CONNECTED)
        )

    def test_a_token_is_renewed_for_each_attempt(self):
        client, tokens, prepared = self.client("/token"), [], []

        def answer(_server, message, _path, _query):
            tokens.append(message.get_request_headers().get_one("Authorization"))
            message.set_status(503, None)

        def renew(message):
            message.get_request_headers().append("Authorization", f"Bearer {len(prepared)}")
            client.proceed()
            return GLib.SOURCE_REMOVE

        def on_prepare(_client, message):
            prepared.append(message)
            GLib.idle_add(renew, message)
            return True

        self.server.add_handler("/token", answer)
        client.connect("prepare", on_prepare)
        client.start()
        wait_for(lambda: len(tokens) >= 3, "three attempts")
        self.assertEqual(tokens[:3], ["Bearer 1", "Bearer 2", "Bearer 3"])

    def test_the_last_reference_may_be_dropped_in_any_handler(self):
        for signal in ("prepare", "connected", "message", "notify::state"):
            with self.subTest(signal):
                clients = [
                    Wsoup.ReconnectingClient.new(self.session, self.uri("/echo"), None, None)
                ]
                gone = []
                clients[0].weak_ref(gone.append, True)
                clients[0].connect(signal, lambda *_arguments: clients.clear())
                clients[0].send_text("hello")
                clients[0].start()
                wait_for(lambda: gone, "the end")

    def test_what_is_no_uri_makes_no_client(self):
        with self.assertRaises(TypeError):
            Wsoup.ReconnectingClient.new(self.session, "nowhere", None, None)


if __name__ == "__main__":
    unittest.main()
