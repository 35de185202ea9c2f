#!/usr/bin/env python3
"""Holds the dependencies to deny.toml, offline, where cargo-deny is not installed.

Covers, for the targets that deny.toml names and for dependencies of every kind: licences
([licenses] allow and exceptions), two versions of one crate outside of what only tests need ([bans]
multiple-versions and skip-tree), wildcard requirements, and sources other than the default registry
([sources]). Cargo itself compares the checksums in Cargo.lock.

Does not cover what needs knowledge from outside: security advisories and yanked versions. Those
are `cargo deny check advisories`, which .ci/run runs where the program and its database are there.
"""

import json
import re
import subprocess
import sys
import tomllib


def alternatives(expression):
    """The sets of licences each of which satisfies an SPDX expression."""
    # `/` is how crates wrote OR before SPDX expressions were asked for.
    words = re.findall(r"[()]|[^\s()/]+(?:\s+WITH\s+[^\s()]+)?|/", expression)

    def disjunction():
        found = conjunction()
        while words and words[0] in ("OR", "/"):
            words.pop(0)
            found = found + conjunction()
        return found

    def conjunction():
        found = single()
        while words and words[0] == "AND":
            words.pop(0)
            right = single()
            found = [a | b for a in found for b in right]
        return found

    def single():
        word = words.pop(0)
        if word == "(":
            inside = disjunction()
            if not words or words.pop(0) != ")":
                raise ValueError(f"unbalanced parenthesis in {expression!r}")
            return inside
        return [frozenset({" ".join(word.split())})]

    found = disjunction()
    if words:
        raise ValueError(f"unexpected {words[0]!r} in {expression!r}")
    return found


def licence_faults(packages, rules):
    allowed = set(rules["allow"])
    for package in packages:
        name, expression = package["name"], package["license"]
        if not expression:
            yield f"{name} {package['version']}: states no licence"
            continue
        mine = allowed.union(*(e["allow"] for e in rules.get("exceptions", []) if e["crate"] == name))
        if not any(licences <= mine for licences in alternatives(expression)):
            yield f"{name} {package['version']}: licence {expression} is not allowed"


def source_faults(packages, members):
    sources = {package["source"] for package in packages}
    if len(sources) > 1:
        yield f"more than one source: {', '.join(map(str, sorted(sources, key=str)))}"
    for source in sources:
        if not str(source).startswith("registry+"):
            yield f"not from a registry: {source}"
    for package in packages + members:
        for dependency in package["dependencies"]:
            what = f"{package['name']}: dependency {dependency['name']}"
            if dependency["registry"]:
                yield f"{what} is from another registry"
            if dependency["req"] == "*" and not dependency.get("path"):
                yield f"{what} has no version"


def duplicate_faults(packages):
    versions = {}
    for package in packages:
        versions.setdefault(package["name"], set()).add(package["version"])
    for name, found in sorted(versions.items()):
        if len(found) > 1:
            yield f"{name}: {len(found)} versions: {', '.join(sorted(found))}"


def reachable(metadata, with_tests, without=()):
    """The ids of what the workspace needs, with or without what its tests need, and without the
    crates of these names and what only they need."""
    left_out = {package["id"] for package in metadata["packages"] if package["name"] in without}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    seen, left = set(), list(metadata["workspace_members"])
    while left:
        here = left.pop()
        if here in seen | left_out:
            continue
        seen.add(here)
        for edge in nodes[here]["deps"]:
            if with_tests or any(kind["kind"] != "dev" for kind in edge["dep_kinds"]):
                left.append(edge["pkg"])
    return seen


def faults(metadata, rules):
    members = set(metadata["workspace_members"])
    needed = reachable(metadata, True)
    tools = [entry["crate"] for entry in rules["bans"].get("skip-tree", [])]
    shipped = reachable(metadata, False, tools)
    foreign = [p for p in metadata["packages"] if p["id"] in needed - members]
    yield from licence_faults(foreign, rules["licenses"])
    yield from source_faults(foreign, [p for p in metadata["packages"] if p["id"] in members])
    yield from duplicate_faults([p for p in foreign if p["id"] in shipped])


def main():
    with open("deny.toml", "rb") as file:
        rules = tomllib.load(file)
    found = set()
    for target in rules["graph"]["targets"]:
        command = ["cargo", "metadata", "--locked", "--format-version", "1", "--all-features"]
        command += ["--filter-platform", target]
        answer = subprocess.run(command, stdout=subprocess.PIPE, check=True)
        found.update(faults(json.loads(answer.stdout), rules))
    for fault in sorted(found):
        print(fault)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
