"""The tests that docs/known-faults.md names exist, and still have these names."""

import pathlib
import re
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
PAGE = TOP / "docs/known-faults.md"

#: What the definition of a test of this name looks like, by the kind of file.
DEFINITIONS = {
    ".rs": r"^ *(?:async )?fn {}\(",
    ".py": r"^ *def {}\(",
    ".js": r"^test\('{}'",
    ".c": r"\"{}[/a-z0-9-]*\"",
    ".txt": r"^{} +\|",
}


def references(page):
    """All pairs of file and test in a page."""
    return re.findall(r"`((?:fuzz|tests|src)/[^`:]+): ([^`]+)`", page)


def is_defined(path, name):
    file = TOP / path
    pattern = DEFINITIONS[file.suffix].format(re.escape(name))
    return file.is_file() and re.search(pattern, file.read_text(), re.M) is not None


class KnownFaults(unittest.TestCase):
    def test_every_test_that_is_named_exists(self):
        missing = [pair for pair in references(PAGE.read_text()) if not is_defined(*pair)]
        self.assertEqual(missing, [])

    def test_every_fault_has_a_test(self):
        rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")]
        faults = [row for row in rows if not row.startswith(("| fault |", "| --- |"))]
        self.assertGreater(len(faults), 30)
        self.assertEqual([row for row in faults if not references(row)], [])

    def test_what_is_not_there_is_missed(self):
        for path, name in (
            ("tests/memory.rs", "no_such_test"),
            ("tests/no_such_file.rs", "most_memory_is_counted"),
            ("tests/conformance/frames.txt", "opcode"),
            ("tests/python/test_connection.py", "test_text"),
        ):
            self.assertFalse(is_defined(path, name), f"{path}: {name}")


if __name__ == "__main__":
    unittest.main()
