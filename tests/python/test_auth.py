"""What HTTP authentication promises a program: to be asked, a server that asks, and classes to
derive from. The clients of the server are those of Python's library."""

import unittest
import urllib.error
import urllib.request

from support import TestCase, Wsoup, call_in_thread

NAME, PASSWORD = "Aladdin", "open sesame"


class Token(Wsoup.Auth):
    """Of a scheme that wsoup does not know."""

    answer = None

    def do_authenticate(self, username, password):
        self.answer = (username, password)

    def do_is_authenticated(self):
        return self.answer is not None


class Asking(TestCase):
    def test_handlers_are_asked_until_one_answers(self):
        message = Wsoup.Message.new("GET", "ws://host.invalid/")
        asked = []

        def decline(_message, _auth, retrying):
            asked.append(("decline", retrying))
            return False

        def answer(_message, auth, retrying):
            asked.append(("answer", retrying))
            auth.authenticate("Aladdin", "open sesame")
            return True

        auth = Token(realm="r", authority="host.invalid:80")
        self.assertFalse(message.emit("authenticate", auth, False))
        for handler in decline, answer, decline:
            message.connect("authenticate", handler)
        self.assertTrue(message.emit("authenticate", auth, True))
        self.assertEqual(asked, [("decline", True), ("answer", True)])
        self.assertEqual(auth.answer, ("Aladdin", "open sesame"))

    def test_properties_say_who_asks(self):
        auth = Token(realm="r", authority="host.invalid:80", is_for_proxy=True)
        self.assertEqual(auth.get_realm(), "r")
        self.assertEqual(auth.get_authority(), "host.invalid:80")
        self.assertTrue(auth.is_for_proxy())
        self.assertIsNone(auth.props.scheme_name)

    def test_what_is_cancelled_cannot_be_answered(self):
        auth, changed = Token(), []
        auth.connect("notify", lambda _auth, pspec: changed.append(pspec.name))
        auth.authenticate("a", "b")
        auth.authenticate("c", "d")
        self.assertTrue(auth.is_authenticated())
        auth.cancel()
        auth.authenticate("e", "f")
        self.assertTrue(auth.props.is_cancelled)
        self.assertFalse(auth.props.is_authenticated)
        self.assertEqual(auth.answer, ("c", "d"))
        self.assertEqual(changed, ["is-authenticated", "is-cancelled"])

    def test_the_class_is_abstract(self):
        with self.assertRaises(TypeError):
            Wsoup.Auth()


class Bearer(Wsoup.AuthDomain):
    """Of a scheme that wsoup does not know."""

    def do_accepts(self, _message, header):
        return "somebody" if header == "Bearer 1234" else None

    def do_challenge(self, _message):
        return f'Bearer realm="{self.get_realm()}"'

    def do_check_password(self, _message, username, password):
        return (username, password) == ("somebody", "1234")


class Domains(TestCase):
    def setUp(self):
        super().setUp()
        self.paths = []
        self.server.add_handler("/", self.on_request)

    def on_request(self, _server, message, path, _query):
        self.paths.append(path)
        message.set_status(Wsoup.Status.OK, None)

    def add(self, domain, path="/"):
        domain.add_path(path)
        self.server.add_auth_domain(domain)
        return domain

    def get(self, path, *handlers, headers=None):
        """Requests a path; returns status and headers of the answer."""
        url = self.uri(path).replace("ws:", "http:")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), *handlers)

        def request():
            try:
                with opener.open(urllib.request.Request(url, headers=headers or {}), timeout=10) as r:
                    return r.status, r.headers
            except urllib.error.HTTPError as error:
                return error.code, error.headers

        return call_in_thread(request)

    def user(self, handler_class, name=NAME, password=PASSWORD):
        manager = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        manager.add_password(None, self.uri("/").replace("ws:", "http:"), name, password)
        return handler_class(manager)

    def check_users(self, handler_class):
        self.assertEqual(self.get("/")[0], 401)
        for name, password in (NAME, "wrong"), ("nobody", PASSWORD):
            self.assertNotEqual(self.get("/", self.user(handler_class, name, password))[0], 200)
        self.assertEqual(self.paths, [])
        user = self.user(handler_class)
        for path in "/a", "/b?c=d%20e":
            self.assertEqual(self.get(path, user)[0], 200)
        self.assertEqual(self.paths, ["/a", "/b"])

    def test_basic_lets_those_pass_who_are_known(self):
        domain = self.add(Wsoup.AuthDomainBasic(realm="r"))
        domain.set_auth_callback(
            lambda _domain, _message, name, password: (name, password) == (NAME, PASSWORD)
        )
        self.check_users(urllib.request.HTTPBasicAuthHandler)

    def test_digest_lets_those_pass_who_are_known(self):
        domain = self.add(Wsoup.AuthDomainDigest(realm="r"))
        encoded = Wsoup.AuthDomainDigest.encode_password(NAME, "r", PASSWORD)
        domain.set_auth_callback(
            lambda _domain, _message, name: encoded if name == NAME else None
        )
        self.check_users(urllib.request.HTTPDigestAuthHandler)

    def test_one_callback_serves_every_scheme(self):
        for handler_class, domain_class in (
            (urllib.request.HTTPBasicAuthHandler, Wsoup.AuthDomainBasic),
            (urllib.request.HTTPDigestAuthHandler, Wsoup.AuthDomainDigest),
        ):
            self.paths.clear()
            domain = self.add(domain_class(realm="r"))
            domain.set_generic_auth_callback(
                lambda domain, message, name: name == NAME
                and domain.check_password(message, name, PASSWORD)
            )
            self.check_users(handler_class)
            self.server.remove_auth_domain(domain)

    def test_a_derived_class_decides(self):
        self.add(Bearer(realm="mine"))
        status, headers = self.get("/")
        self.assertEqual((status, headers["WWW-Authenticate"]), (401, 'Bearer realm="mine"'))
        self.assertEqual(self.get("/", headers={"Authorization": "Bearer 1234"})[0], 200)
        self.assertEqual(self.get("/", headers={"Authorization": "Bearer 123"})[0], 401)

    def test_paths_and_the_filter_say_who_is_asked(self):
        domain = self.add(Bearer(realm="mine"), "/private")
        domain.remove_path("/private/not")
        domain.set_filter(lambda _domain, message: "free" not in message.get_uri().get_path())
        for path, status in (
            ("/", 200),
            ("/private", 401),
            ("/private/a", 401),
            ("/%70rivate", 401),
            ("/private/not/a", 200),
            ("/private/free", 200),
        ):
            self.assertEqual(self.get(path)[0], status, path)

    def test_a_request_can_be_asked_about(self):
        domain, seen = Bearer(realm="mine"), []
        domain.add_path("/private")

        def look(_server, message):
            seen.append((domain.covers(message), domain.accepts(message)))
            self.assertTrue(domain.check_password(message, "somebody", "1234"))
            domain.challenge(message)

        self.server.connect("request-read", look)
        status, headers = self.get("/private", headers={"Authorization": "Bearer 1234"})
        self.assertEqual((status, headers["WWW-Authenticate"]), (401, 'Bearer realm="mine"'))
        self.get("/")
        self.assertEqual(seen, [(True, "somebody"), (False, None)])

    def test_a_proxy_asks_for_everything(self):
        self.server.add_auth_domain(Bearer(realm="mine", proxy=True))
        status, headers = self.get("/anything")
        self.assertEqual((status, headers["Proxy-Authenticate"]), (407, 'Bearer realm="mine"'))
        self.assertEqual(self.get("/", headers={"Proxy-Authorization": "Bearer 1234"})[0], 200)

    def test_a_handshake_of_somebody_unknown_is_refused(self):
        self.add(Bearer(realm="mine"), "/echo")
        message = self.message("/echo")
        self.connect_fails(message)
        self.assertEqual(message.get_status(), Wsoup.Status.UNAUTHORIZED)
        message = self.message("/echo")
        message.get_request_headers().append("Authorization", "Bearer 1234")
        client = self.connect(message)
        self.close(client, self.peer)


if __name__ == "__main__":
    unittest.main()
