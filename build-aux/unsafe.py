#!/usr/bin/env python3
"""Counts the unsafe code of what is shipped: the crate, the C ABI, the tool.

    unsafe.py             a table: blocks and implementations by folder or file
    unsafe.py --reasons   each of them, with its SAFETY comment
    unsafe.py --write     puts the table into docs/security.md

A block is `unsafe { … }`, an implementation `unsafe impl`. Unsafe functions are promises of their
callers and have blocks of their own, since `unsafe_op_in_unsafe_fn` is denied; tests are left out.
Ends with status 1 if one has no reason.
"""

import collections
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
PAGE = TOP / "docs/security.md"
BEGIN, END = "<!-- made by build-aux/unsafe.py --write -->\n", "<!-- end -->\n"
SOURCES = ["src/**/*.rs", "capi/src/**/*.rs", "cli/src/**/*.rs"]
UNSAFE = re.compile(r"\bunsafe\s*(\{|impl\b)")
LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"')

Place = collections.namedtuple("Place", "file line kind reason")


def places_of(name, text):
    """The unsafe places of a file, in order."""
    reason, is_open = [], False
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if stripped.startswith("#[cfg(test)]"):
            # Unit tests stand at the end.
            break
        if stripped.startswith("//"):
            comment = stripped.lstrip("/! ")
            if comment.startswith("SAFETY:"):
                reason, is_open = [comment.removeprefix("SAFETY:").strip()], True
            elif is_open:
                reason.append(comment)
            continue
        is_open = False
        for found in UNSAFE.finditer(LITERAL.sub('""', line.split(" // ")[0])):
            kind = "implementation" if found[1] == "impl" else "block"
            yield Place(name, number, kind, " ".join(reason))
        # A reason is for the statement behind it.
        if stripped.endswith((";", "}")) or not stripped:
            reason = []


def places():
    for pattern in SOURCES:
        for path in sorted(TOP.glob(pattern)):
            name = path.relative_to(TOP).as_posix()
            if "/tests" not in name:
                yield from places_of(name, path.read_text())


def group(name):
    """What a row of the table is for: the C ABI and the event loop as a whole, and other files."""
    for folder in ("capi/src/", "src/event_loop/"):
        if name.startswith(folder):
            return folder
    return name


def table(found):
    rows = collections.Counter()
    for place in found:
        rows[group(place.file), place.kind] += 1
    names = sorted({name for name, _ in rows})
    lines = ["| where | blocks | implementations |", "| --- | ---: | ---: |"]
    for name in names:
        lines.append(f"| `{name}` | {rows[name, 'block']} | {rows[name, 'implementation']} |")
    total = [sum(rows[name, kind] for name in names) for kind in ("block", "implementation")]
    lines.append(f"| all | {total[0]} | {total[1]} |")
    return "\n".join(lines) + "\n"


def in_page(text):
    """The table as it stands in a page."""
    return text.split(BEGIN, 1)[1].split(END, 1)[0]


def main():
    found = list(places())
    if "--reasons" in sys.argv:
        for place in found:
            print(f"{place.file}:{place.line}: {place.reason or 'NO REASON'}")
    if "--write" in sys.argv:
        text = PAGE.read_text()
        PAGE.write_text(text.replace(BEGIN + in_page(text) + END, BEGIN + table(found) + END))
    print(table(found), end="")
    return 1 if any(not place.reason for place in found) else 0


if __name__ == "__main__":
    sys.exit(main())
