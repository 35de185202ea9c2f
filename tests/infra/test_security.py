"""What docs/security.md says: its numbers come from the sources, and the tests that it names exist."""

import pathlib
import re
import sys
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
PAGE = TOP / "docs/security.md"
sys.path.insert(0, str(TOP / "build-aux"))
sys.path.insert(0, str(TOP / "tests/infra"))

import unsafe  # noqa: E402
from test_known_faults import is_defined, references  # noqa: E402


class Vulnerabilities(unittest.TestCase):
    def test_every_test_that_is_named_exists(self):
        missing = [pair for pair in references(PAGE.read_text()) if not is_defined(*pair)]
        self.assertEqual(missing, [])

    def test_every_vulnerability_has_a_test(self):
        rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| CVE-")]
        self.assertGreater(len(rows), 20)
        self.assertEqual([row for row in rows if not references(row)], [])


class Unsafe(unittest.TestCase):
    def test_the_page_has_the_numbers_of_the_sources(self):
        table = unsafe.table(list(unsafe.places()))
        self.assertEqual(unsafe.in_page(PAGE.read_text()), table, "build-aux/unsafe.py --write")

    def test_every_place_has_a_reason(self):
        places = list(unsafe.places())
        self.assertGreater(len(places), 100)
        self.assertEqual([place for place in places if not place.reason], [])

    def test_places_are_found_with_their_reasons(self):
        text = (
            "// SAFETY: it is\n// so.\nunsafe { a() }; // unsafe { no }\n"
            'let b = "unsafe { no }";\nunsafe fn c() {\n    unsafe { d() }\n}\n'
            "// SAFETY: e.\nunsafe impl F for G {}\n#[cfg(test)]\nmod tests { unsafe { h() } }\n"
        )
        found = [place[1:] for place in unsafe.places_of("x.rs", text)]
        expected = [(3, "block", "it is so."), (6, "block", ""), (9, "implementation", "e.")]
        self.assertEqual(found, expected)

    def test_no_unsafe_code_in_the_protocol_core(self):
        self.assertIn("#![forbid(unsafe_code)]", (TOP / "src/protocol/mod.rs").read_text())


class Limits(unittest.TestCase):
    """The limits of the page, where they are one constant."""

    CONSTANTS = {
        "src/protocol/queue.rs: MAX_PONGS": ("64", "pongs that wait"),
        "src/session/response.rs: MAX_BODY": ("64 * 1024", "refusal, as a client | 64 KiB"),
        "src/session/redirect.rs: MAX_REDIRECTS": ("20", "redirects | 20"),
        "src/session/connect.rs: MAX_INTERIM_RESPONSES": ("16", "before the answer | 16"),
        "src/session/authentication.rs: MAX_CHALLENGES": ("10", "authenticate | 10"),
        "src/http/chunked.rs: MAX_EXTENSIONS": ("16 * 1024", "trailers | 16 KiB"),
        "src/cookie/store.rs: MAX_COOKIES": ("3000", "3000 in all"),
        "src/cookie/store.rs: MAX_OF_DOMAIN": ("180", "180 a domain"),
        "src/protocol/config.rs: DEFAULT_SIZE": ("128 * 1024", "inflated | 128 KiB"),
    }

    def test_they_are_those_of_the_sources(self):
        page = PAGE.read_text()
        for constant, (value, said) in self.CONSTANTS.items():
            file, name = constant.split(": ")
            pattern = rf"const {name}: \w+ = {re.escape(value)};"
            self.assertTrue(re.search(pattern, (TOP / file).read_text()), constant)
            self.assertIn(said, page)

    def test_defaults_of_servers_are_those_of_the_sources(self):
        text, page = (TOP / "src/server/limits.rs").read_text(), PAGE.read_text()
        for field, said in (
            ("handshake_timeout: 30,", "30 seconds: `Server:handshake-timeout`"),
            ("max_header_size: 64 * 1024,", "64 KiB: `Server:max-header-size`"),
            ("max_body_size: 1 << 20,", "1 MiB: `Server:max-body-size`"),
            ("max_connections: 0,", "none: `Server:max-connections`"),
        ):
            self.assertIn(field, text)
            self.assertIn(said, page)


if __name__ == "__main__":
    unittest.main()
