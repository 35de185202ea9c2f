#!/usr/bin/env python3
"""Checks of the source tree that no compiler makes. Prints each fault and ends with status 1.

- Unsafe code stays in the files listed below: `deny(unsafe_code)` stops it elsewhere, and this
  stops a new file from excusing itself.
- The Rust crate exports no C function: that is what `capi/` is for.
- No source file grows past the size at which it has a second subject.
- Nothing names a package registry's host, or somebody's home directory.
- Each `./run WORD` that a page mentions as a command is one of `./run help`.
"""

import os
import pathlib
import re
import sys

UNSAFE = re.compile(
    r"src/(event_loop/|("
    r"class|feature|cookie/(class|suffix)|extension/class|http/auth/class|"
    r"server/auth_domain/(class|callback)|connection/(extension_list|message_bytes|message_signal|message_stream)"
    r")\.rs$)"
)
LONGEST = 600
SOURCES = {".rs", ".py", ".c", ".h", ".js", ".vala", ".sh", ".build", ".toml", ".html"}
TEXTS = SOURCES | {".md", ".yml", ".in", ".map", ".txt", ""}
GENERATED = {"Cargo.lock", "include/wsoup/wsoup.h", "include/wsoup-soup/libsoup/soup.h"}
LEFT_OUT = {"target", "build", "_build", "__pycache__", "node_modules", "subprojects"}

# Spelled apart, so that this file may be checked too.
HOSTS = [
    ".".join(labels)
    for labels in (
        ("deb", "debian", "org"),
        ("index", "crates", "io"),
        ("static", "crates", "io"),
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry", "npmjs"),
    )
]
PERSONAL = re.compile("|".join(map(re.escape, HOSTS)) + r"|(?<![\w.])/(root|home/\w+)/")


def files(top):
    for folder, folders, names in os.walk(top):
        folders[:] = [name for name in folders if name not in LEFT_OUT and not name.startswith(".")]
        if pathlib.Path(folder) == top:
            folders.append(".ci")
        for name in names:
            path = pathlib.Path(folder, name)
            if path.suffix in TEXTS and not path.is_symlink():
                yield path.relative_to(top).as_posix(), path


def faults_of(name, text, words):
    """What is wrong with one file, as (line, fault)."""
    lines = text.splitlines()
    if name not in GENERATED and pathlib.Path(name).suffix in SOURCES and len(lines) > LONGEST:
        yield len(lines), f"longer than {LONGEST} lines: what is its second subject?"
    rust_crate = name.startswith("src/")
    for number, line in enumerate(lines, 1):
        if rust_crate and not UNSAFE.search(name) and re.search(r"(allow|expect)\(unsafe_code", line):
            yield number, "unsafe code outside of the files that build-aux/tree.py lists"
        if rust_crate and re.search(r'no_mangle|extern "C" fn \w', line) and not UNSAFE.search(name):
            yield number, "C functions belong in capi/"
        if name not in GENERATED and (found := PERSONAL.search(line)):
            yield number, f"names {found[0]}"
        for word in re.findall(r"(?:`|^\s*\$?\s*)\./run ([a-z]+)", line):
            if word not in words:
                yield number, f"./run has no word {word}"


def main():
    top = pathlib.Path(__file__).resolve().parent.parent
    words = set(re.findall(r"^(\w+)_word\(\)", (top / "run").read_text(), re.M))
    count = 0
    for name, path in sorted(files(top)):
        for line, fault in faults_of(name, path.read_text(errors="replace"), words):
            print(f"{name}:{line}: {fault}")
            count += 1
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
