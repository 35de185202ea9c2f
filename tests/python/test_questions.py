"""What a session promises when connecting takes more than one step: it tells of redirects, and asks
for credentials and certificates, which a program gives at once or later."""

import os
import unittest

from support import TEXT, Gio, GLib, TestCase, Wsoup, load_certificate, make_certificates


def later(call, *arguments):
    GLib.timeout_add(20, lambda: call(*arguments) and False)


class Redirect(TestCase):
    def setUp(self):
        super().setUp()
        self.server.add_handler(
            "/old", lambda _server, message, *_rest: message.set_redirect(302, "/echo")
        )
        self.request = self.message("/old")
        self.restarts = []
        self.request.connect(
            "restarted",
            lambda message: self.restarts.append(
                (int(message.props.status_code), message.get_uri().get_path())
            ),
        )

    def test_followed_and_told(self):
        self.close(self.connect(self.request), self.peer)
        self.assertEqual(self.restarts, [(302, "/echo")])
        self.assertEqual(self.request.get_uri().get_path(), "/echo")

    def test_not_followed_against_the_will(self):
        self.request.add_flags(Wsoup.MessageFlags.NO_REDIRECT)
        error = self.connect_fails(self.request)
        self.assertTrue(
            error.matches(Wsoup.WebsocketError.quark(), Wsoup.WebsocketError.NOT_WEBSOCKET)
        )
        self.assertEqual(self.request.get_status(), Wsoup.Status.FOUND)
        self.assertIsNotNone(self.request.get_response_headers().get_one("Location"))
        self.assertEqual(self.restarts, [])


class Authentication(TestCase):
    def setUp(self):
        super().setUp()
        # Aladdin and his password, as in RFC 7617 §2.
        self.answer = "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
        self.server.add_early_handler("/echo", self.ask)
        self.request = self.message("/echo")

    def ask(self, _server, message, *_rest):
        if message.get_request_headers().get_one("Authorization") != self.answer:
            message.get_response_headers().append("WWW-Authenticate", 'Basic realm="cave"')
            message.set_status(Wsoup.Status.UNAUTHORIZED, None)

    def answer_by(self, decide):
        asked = []

        def on_authenticate(_message, auth, retrying):
            asked.append((auth.get_realm(), retrying))
            return decide(auth, retrying)

        self.request.connect("authenticate", on_authenticate)
        return asked

    def test_answered_at_once(self):
        asked = self.answer_by(
            lambda auth, _retrying: auth.authenticate("Aladdin", "open sesame") or True
        )
        self.close(self.connect(self.request), self.peer)
        self.assertEqual(asked, [("cave", False)])

    def test_answered_later_and_again(self):
        def decide(auth, retrying):
            later(auth.authenticate, "Aladdin", "open sesame" if retrying else "open barley")
            return True

        asked = self.answer_by(decide)
        self.close(self.connect(self.request), self.peer)
        self.assertEqual(asked, [("cave", False), ("cave", True)])

    def test_cancelled_later_is_refused(self):
        self.answer_by(lambda auth, _retrying: later(auth.cancel) or True)
        self.connect_fails(self.request)
        self.assertEqual(self.request.get_status(), Wsoup.Status.UNAUTHORIZED)

    def test_remembered_by_the_session(self):
        self.answer_by(lambda auth, _retrying: auth.authenticate("Aladdin", "open sesame") or True)
        self.close(self.connect(self.request), self.peer)
        self.close(self.connect("/echo"), self.peer)


class Interaction(Gio.TlsInteraction):
    """Of a program that can only block."""

    certificate = None
    asked = 0

    def do_request_certificate(self, connection, _flags, _cancellable):
        self.asked += 1
        connection.set_certificate(self.certificate)
        return Gio.TlsInteractionResult.HANDLED


class ClientCertificate(TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = make_certificates(cls)
        cls.certificate = load_certificate(cls.folder, "server.pem")
        cls.of_client = load_certificate(cls.folder, "client.pem")

    def setUp(self):
        # The TLS handshake runs in a thread, which would run a context that nobody owns.
        context = GLib.MainContext.default()
        context.acquire()
        self.addCleanup(context.release)
        super().setUp()
        trusted = Gio.TlsFileDatabase.new(os.path.join(self.folder, "ca.pem"))
        self.session.set_tls_database(trusted)
        self.server.set_tls_database(trusted)
        self.server.set_tls_auth_mode(Gio.TlsAuthenticationMode.REQUESTED)
        self.server.connect("request-started", self.on_request_started)
        self.shown = []
        self.request = self.message("/echo")

    def on_request_started(self, _server, message):
        message.connect("accept-certificate", lambda _message, _shown, errors: errors == 0)
        message.connect("got-headers", self.on_got_headers)

    def on_got_headers(self, message):
        self.shown.append(message.get_tls_peer_certificate())

    def check_shown(self):
        client = self.connect(self.request)
        client.connection.send_text("secret")
        self.assertEqual(client.wait_messages(1), [(TEXT, b"secret")])
        self.close(client, self.peer)
        ((shown),) = self.shown
        self.assertTrue(shown.is_same(self.of_client))

    def test_set_at_once(self):
        self.request.connect(
            "request-certificate",
            lambda message, _connection: message.set_tls_client_certificate(self.of_client) or True,
        )
        self.check_shown()

    def test_set_later(self):
        self.request.connect(
            "request-certificate",
            lambda message, _connection: later(message.set_tls_client_certificate, self.of_client)
            or True,
        )
        self.check_shown()

    def test_set_by_the_interaction_of_the_session(self):
        interaction = Interaction()
        interaction.certificate = self.of_client
        self.session.set_tls_interaction(interaction)
        self.check_shown()
        self.assertEqual(interaction.asked, 1)

    def test_handlers_come_before_the_interaction_of_the_session(self):
        interaction, declined = Interaction(), []
        interaction.certificate = self.of_client
        self.session.set_tls_interaction(interaction)
        self.request.connect(
            "request-certificate",
            lambda _message, connection: declined.append(connection) or False,
        )
        self.check_shown()
        self.assertEqual((len(declined), interaction.asked), (1, 1))
        self.assertIs(declined[0].get_interaction(), interaction)

    def test_password_set_later(self):
        answers = []

        def on_request_certificate(message, connection):
            # What GIO does if the key is in a token, which there is none of here.
            password = Gio.TlsPassword.new(Gio.TlsPasswordFlags.NONE, "token")

            def on_answer(interaction, result):
                answers.append((interaction.ask_password_finish(result), password.get_value()))
                message.set_tls_client_certificate(self.of_client)

            connection.get_interaction().ask_password_async(password, None, on_answer)
            return True

        def on_request_password(message, password):
            password.set_value(b"sesame")
            later(message.tls_client_certificate_password_request_complete)
            return True

        self.request.connect("request-certificate", on_request_certificate)
        self.request.connect("request-certificate-password", on_request_password)
        self.check_shown()
        self.assertEqual(answers, [(Gio.TlsInteractionResult.HANDLED, b"sesame")])


if __name__ == "__main__":
    unittest.main()
