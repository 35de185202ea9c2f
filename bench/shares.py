#!/usr/bin/env python3
"""Whose code runs while messages pass, in percent of the time: `shares.py RUST_FOLDER FOLDER [SCENARIO...]`.

FOLDER has the programs of `./run bench`, and wsoup's are looked at by perf. Without scenarios, those
with messages of a megabyte are taken, which say little in instructions: see profile.py for small ones.
"""

import dataclasses
import pathlib
import re
import signal
import subprocess
import sys

from scenarios import SCENARIOS, Client, Settings
from subjects import CLIENTS, SERVERS, Place

LARGE = ["4x1-1m", "client-4x1-1m", "tls-4x1-1m", "client-tls-4x1-1m"]
PERF = ["perf", "record", "-q", "-e", "cpu-clock", "-F", "2000", "-o"]

# The first that matches is it.
GROUPS = (
    ("the kernel", r"^\[|vmlinux"),
    ("GnuTLS", r"gnutls|nettle|hogweed|gmp"),
    ("GLib", r"libg(lib|object|io)-"),
    ("wsoup", r"libwsoup"),
    ("the C library: copying, comparing", r"^libc\.|^ld-linux"),
)


def record(place, scenario, settings, file):
    """Runs wsoup's program of the scenario under perf."""
    if isinstance(scenario, Client):
        client = CLIENTS["wsoup-c"]
        command = " ".join([*PERF, str(file), client.command])
        scenario.measure(place, dataclasses.replace(client, command=command), settings)
        return
    run_load = place.run_load

    def traced(*arguments):
        """perf looks at the server for as long as the load generator runs."""
        pid = str(arguments[arguments.index("--pid") + 1])
        perf = subprocess.Popen([*PERF, str(file), "-p", pid])
        try:
            return run_load(*arguments)
        finally:
            perf.send_signal(signal.SIGINT)
            perf.wait()

    place.run_load = traced
    scenario.measure(place, SERVERS["wsoup-c"], settings)


def shares(file):
    """Percent of the time by group."""
    command = ["perf", "report", "-i", file, "--no-children", "-g", "none", "--sort", "dso", "--stdio"]
    listing = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = dict.fromkeys([title for title, _ in GROUPS] + ["the rest"], 0.0)
    for percent, name in re.findall(r"^ *([\d.]+)%  (\S+)", listing, re.M):
        title = next((title for title, pattern in GROUPS if re.search(pattern, name)), "the rest")
        found[title] += float(percent)
    return found


def main():
    rust, folder, *names = sys.argv[1:]
    names = names or LARGE
    settings = Settings(rounds=1, seconds=3)
    file = pathlib.Path(folder, "perf.data").resolve()
    columns = []
    for name in names:
        place = Place(folder, rust, sys.executable, sys.executable)
        place.make_certificates()
        record(place, SCENARIOS[name], settings, file)
        columns.append(shares(file))
    print("| % of the time | " + " | ".join(names) + " |")
    print("| --- |" + " ---: |" * len(names))
    for title in columns[0]:
        print(f"| {title} | " + " | ".join(f"{column[title]:.0f}" for column in columns) + " |")


if __name__ == "__main__":
    main()
