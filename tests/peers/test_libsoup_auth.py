"""libsoup 3 as a client answers what a server of wsoup asks."""

import unittest

import gi

gi.require_version("Soup", "3.0")

from gi.repository import Soup
from support import TestCase, Wsoup

# Not ASCII: what the two make of it has to be the same.
NAME, PASSWORD = "Jürgen", "geheim: ¢¥"


class LibsoupClient(TestCase):
    client_library = Soup
    server_library = Wsoup

    def check(self, domain, is_known):
        """Connects as somebody unknown, as somebody wrong, and as somebody known, twice."""
        domain.add_path("/echo")
        self.server.add_auth_domain(domain)
        message = self.message("/echo")
        self.connect_fails(message)
        self.assertEqual(message.get_status(), Soup.Status.UNAUTHORIZED)

        asked = []

        def answer(_message, auth, retrying):
            asked.append((auth.get_scheme_name(), auth.get_realm(), retrying))
            auth.authenticate(NAME, PASSWORD if retrying else "wrong")
            return True

        for _time in range(2):
            message = self.message("/echo")
            message.connect("authenticate", answer)
            client = self.connect(message)
            self.close(client, self.peer)
        scheme = type(domain).__name__.removeprefix("AuthDomain")
        self.assertEqual(asked, [(scheme, "some \"realm\"", retrying) for retrying in (False, True)])
        self.assertTrue(is_known)

    def test_basic(self):
        domain, known = Wsoup.AuthDomainBasic(realm='some "realm"'), []

        def check(_domain, _message, name, password):
            known.append((name, password) == (NAME, PASSWORD))
            return known[-1]

        domain.set_auth_callback(check)
        self.check(domain, known)

    def test_digest(self):
        domain, known = Wsoup.AuthDomainDigest(realm='some "realm"'), []

        def look_up(_domain, _message, name):
            known.append(name == NAME)
            return Wsoup.AuthDomainDigest.encode_password(name, 'some "realm"', PASSWORD)

        domain.set_auth_callback(look_up)
        self.check(domain, known)


if __name__ == "__main__":
    unittest.main()
