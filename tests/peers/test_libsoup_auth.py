"""wsoup and libsoup 3 know the users of each other, whichever is the server."""

import unittest

import gi

gi.require_version("Soup", "3.0")

from gi.repository import Soup
from support import TestCase, Wsoup

REALM = 'some "realm"'
# Not ASCII: what the two make of it has to be the same.
NAME, PASSWORD = "Jürgen", "geheim: ¢¥"


class Users:
    """What must work in both directions."""

    def check(self, domain, seen):
        """Connects as somebody unknown, as somebody wrong, and as somebody known, twice."""
        domain.add_path("/echo")
        self.server.add_auth_domain(domain)
        message = self.message("/echo")
        self.connect_fails(message)
        self.assertEqual(message.get_status(), 401)
        self.assertEqual(seen, [])

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
        self.assertEqual(asked, [(scheme, REALM, retrying) for retrying in (False, True)])
        self.assertEqual(set(seen), {NAME})

    def test_basic(self):
        domain, seen = self.server_library.AuthDomainBasic(realm=REALM), []

        def check(_domain, _message, name, password, *_data):
            seen.append(name)
            return (name, password) == (NAME, PASSWORD)

        domain.set_auth_callback(check)
        self.check(domain, seen)

    def test_digest(self):
        domain, seen = self.server_library.AuthDomainDigest(realm=REALM), []

        def look_up(_domain, _message, name, *_data):
            seen.append(name)
            return self.server_library.AuthDomainDigest.encode_password(name, REALM, PASSWORD)

        domain.set_auth_callback(look_up)
        self.check(domain, seen)


class LibsoupClient(Users, TestCase):
    client_library = Soup
    server_library = Wsoup


class LibsoupServer(Users, TestCase):
    client_library = Wsoup
    server_library = Soup


if __name__ == "__main__":
    unittest.main()
