"""What HTTP authentication promises a program: to be asked, and classes to derive from."""

import unittest

from support import TestCase, Wsoup


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


if __name__ == "__main__":
    unittest.main()
