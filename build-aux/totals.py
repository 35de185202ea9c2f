#!/usr/bin/env python3
"""Adds up what the suites of `./run test` say and prints one line of totals.

The first argument is a file for the three numbers, which .ci/run reads. Each other one is
KIND:NAME:STATUS:LOG: how to read LOG, the suite's name, the exit status of its command and what
it wrote. A suite that ended badly counts as one failure at least, so that a crash, a build error
or a log that is not there cannot look like success.
"""

import json
import pathlib
import re
import sys
from typing import NamedTuple


class Count(NamedTuple):
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other):
        return Count(*map(sum, zip(self, other)))

    def __str__(self):
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def cargo(text):
    """One line for each test program and each crate's doctests."""
    total = Count()
    pattern = r"^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored"
    for numbers in re.findall(pattern, text, re.M):
        total += Count(*map(int, numbers))
    return total


def unittest(text):
    """Python's unittest: "Ran 12 tests in 0.1s", then "OK (skipped=1)" or "FAILED (errors=2)"."""
    total = Count()
    for ran, rest in re.findall(r"^Ran (\d+) tests? in .*\n+(?:OK|FAILED|NO TESTS RAN)(.*)", text, re.M):
        notes = {name: int(number) for name, number in re.findall(r"(\w[\w ]*)=(\d+)", rest)}
        failed = sum(notes.get(name, 0) for name in ("failures", "errors", "unexpected successes"))
        skipped = notes.get("skipped", 0)
        total += Count(max(int(ran) - failed - skipped, 0), failed, skipped)
    return total


def tap(text):
    """The Test Anything Protocol, which GLib's tests in C, Vala and GJS speak."""
    total = Count()
    for bad, rest in re.findall(r"^(not )?ok\b(.*)", text, re.M):
        if re.search(r"#\s*skip", rest, re.I):
            total += Count(skipped=1)
        elif bad and not re.search(r"#\s*todo", rest, re.I):
            total += Count(failed=1)
        else:
            total += Count(passed=1)
    return total


def meson_test(record):
    """One program that meson ran: its own tests where it counts them, else itself as one."""
    total = tap(record.get("stdout") or "")
    total += unittest("\n".join(filter(None, (record.get("stdout"), record.get("stderr")))))
    result = record["result"]
    if result == "SKIP":
        return total if total.skipped else total + Count(skipped=1)
    if result in ("OK", "EXPECTEDFAIL"):
        return total if any(total) else Count(passed=1)
    return total if total.failed else total + Count(failed=1)


def meson(text):
    """meson's testlog.json: one JSON object a line."""
    return sum((meson_test(json.loads(line)) for line in text.splitlines() if line), Count())


READERS = {"cargo": cargo, "meson": meson, "unittest": unittest}


def suite(kind, status, log):
    """What one suite did, given how its command ended."""
    count = READERS[kind](log.read_text(errors="replace")) if log.exists() else Count()
    if (status != 0 or not any(count)) and not count.failed:
        count += Count(failed=1)
    return count


def main(arguments):
    numbers, *suites = arguments
    total = Count()
    for argument in suites:
        kind, name, status, log = argument.split(":", 3)
        count = suite(kind, int(status), pathlib.Path(log))
        print(f"{name + ':':<10}{count}")
        total += count
    pathlib.Path(numbers).write_text(" ".join(map(str, total)) + "\n")
    print(total)
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
