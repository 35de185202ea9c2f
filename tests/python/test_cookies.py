"""What a jar promises: a session keeps the cookies of servers and sends them, and tells of changes."""

import unittest

from gi.repository import GLib
from support import TestCase, Wsoup


class Jar(Wsoup.CookieJar):
    __gtype_name__ = "PythonJar"

    def __init__(self):
        super().__init__()
        self.changes = []

    def do_changed(self, old_cookie, new_cookie):
        self.changes.append((old_cookie, new_cookie and new_cookie.get_value()))


class Cookies(TestCase):
    def test_cookies_of_answers_go_with_later_requests(self):
        seen = []

        def handler(_server, message, _path, _query):
            seen.append(message.get_request_headers().get_one("Cookie"))
            message.get_response_headers().append("Set-Cookie", "a=1; Path=/")
            message.set_status(403, None)

        self.server.add_handler("/cookie", handler)
        self.session.add_feature_by_type(Wsoup.CookieJar)
        self.connect_fails("/cookie")
        self.connect_fails("/cookie")
        self.assertEqual(seen, [None, "a=1"])
        jar = self.session.get_feature(Wsoup.CookieJar)
        (cookie,) = jar.all_cookies()
        self.assertEqual(cookie.to_set_cookie_header(), "a=1; path=/; domain=127.0.0.1")

    def test_a_derived_jar_learns_of_changes(self):
        jar = Jar()
        heard = []
        jar.connect("changed", lambda _jar, old, new: heard.append((old, new.get_value())))
        jar.add_cookie(Wsoup.Cookie.new("a", "1", ".example.com", "/", -1))
        self.assertEqual(jar.changes, [(None, "1")])
        self.assertEqual(heard, jar.changes)
        uri = GLib.Uri.parse("wss://www.example.com/chat", GLib.UriFlags.NONE)
        self.assertEqual(jar.get_cookies(uri, True), "a=1")

    def test_policy_is_a_property(self):
        jar = Wsoup.CookieJar(accept_policy=Wsoup.CookieJarAcceptPolicy.NEVER)
        self.assertEqual(jar.get_accept_policy(), Wsoup.CookieJarAcceptPolicy.NEVER)


if __name__ == "__main__":
    unittest.main()
