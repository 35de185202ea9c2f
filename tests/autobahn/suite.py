#!/usr/bin/env python3
"""Runs Autobahn's test suite against wsoup, as server and as client, and judges what it found.

    suite.py WSTEST PEER FOLDER [CASE...]

WSTEST is the suite's command, PEER the program of src/main.rs, FOLDER gets the specifications, the
logs and the reports (in server/ and client/, each with an index.html); CASE is a pattern such as
9.1.*, all cases if none is given. Ends with 1 if any case of either role is not as it has to be.
"""

import collections
import contextlib
import fnmatch
import json
import pathlib
import shutil
import socket
import subprocess
import sys
import time

AGENT = "wsoup"
# Left out, each with the reason. Nothing may be left out without one.
EXCLUDED = {}
# As the suite writes them. INFORMATIONAL stands for what RFC 6455 leaves open; everything else,
# NON-STRICT and UNIMPLEMENTED included, is a fault.
GOOD = {"OK", "INFORMATIONAL"}
# How long a role may take. The slowest cases, 9.*, 12.* and 13.*, have limits of their own, of
# minutes each.
ROLE_SECONDS = 3600
START_SECONDS = 60


def specification(folder, cases, **more):
    file = folder.with_suffix(".json")
    spec = {"outdir": str(folder), "cases": cases, "exclude-cases": list(EXCLUDED), **more}
    file.write_text(json.dumps(spec, indent=1))
    return file


@contextlib.contextmanager
def started(command, log, **more):
    """A program that runs as long as the block does."""
    with open(log, "w") as output:
        program = subprocess.Popen(command, stderr=output, **{"stdout": output, **more})
        try:
            yield program
        finally:
            program.kill()
            program.wait()


def finish(program, what, log):
    """Waits for a program that ends by itself."""
    try:
        status = program.wait(ROLE_SECONDS)
    except subprocess.TimeoutExpired:
        sys.exit(f"{what} did not end within {ROLE_SECONDS} s, see {log}")
    if status != 0:
        sys.exit(f"{what} ended with status {status}, see {log}")


def test_server(wstest, peer, folder, cases):
    log, peer_log = folder.with_suffix(".log"), folder.with_suffix(".peer.log")
    with started([peer, "server"], peer_log, stdout=subprocess.PIPE) as server:
        uri = server.stdout.readline().decode().strip()
        if not uri:
            sys.exit(f"the server did not start, see {peer_log}")
        spec = specification(folder, cases, servers=[{"agent": AGENT, "url": uri}])
        with started([wstest, "--mode", "fuzzingclient", "--spec", spec], log) as client:
            finish(client, "the fuzzing client", log)


def test_client(wstest, peer, folder, cases):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    uri = f"ws://127.0.0.1:{port}"
    spec = specification(folder, cases, url=uri)
    log, peer_log = folder.with_suffix(".log"), folder.with_suffix(".peer.log")
    command = [wstest, "--mode", "fuzzingserver", "--webport", "0", "--spec", spec]
    with started(command, log) as server:
        deadline = time.monotonic() + START_SECONDS
        while not is_open(port):
            if server.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"the fuzzing server did not start, see {log}")
            time.sleep(0.05)
        with started([peer, "client", uri, AGENT], peer_log) as client:
            finish(client, "the client", peer_log)


def is_open(port):
    with contextlib.suppress(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port)).close()
        return True
    return False


def judge(role, folder):
    """Prints what came out of one role; returns its cases and how many of them are not good."""
    index = folder / "index.json"
    results = json.loads(index.read_text()).get(AGENT, {}) if index.exists() else {}
    for what in "behavior", "behaviorClose":
        counts = collections.Counter(result[what] for result in results.values())
        text = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
        print(f"{role}, {'results' if what == 'behavior' else 'closing'}: {text or 'none'}")
    bad = {
        case: result
        for case, result in results.items()
        if not {result["behavior"], result["behaviorClose"]} <= GOOD
    }
    for case in sorted(bad, key=in_order):
        result = bad[case]
        detail = json.loads((folder / result["reportfile"]).read_text())
        print(f"  {case}: {result['behavior']}, closing {result['behaviorClose']}")
        print(f"    expected: {detail['expectation']}")
        print(f"    found: {detail['result']} {detail['resultClose']}")
    return set(results), len(bad)


def in_order(case):
    return [int(number) for number in case.split(".")]


def main(wstest, peer, folder, *cases):
    folder = pathlib.Path(folder).resolve()
    cases = list(cases) or ["*"]
    roles = {"server": test_server, "client": test_client}
    for pattern, reason in EXCLUDED.items():
        print(f"left out: {pattern}: {reason}")
    ran, faults = {}, 0
    for role, test in roles.items():
        shutil.rmtree(folder / role, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
        test(wstest, peer, folder / role, cases)
        ran[role], bad = judge(role, folder / role)
        faults += bad
        print(f"{role}, report: {folder / role / 'index.html'}", flush=True)

    # A case that a role lost would be no fault of any report.
    for case in sorted(ran["server"] ^ ran["client"], key=in_order):
        print(f"  {case}: without a result in one of the roles")
        faults += 1
    for pattern in cases:
        if not any(fnmatch.fnmatch(case, pattern) for case in ran["server"]):
            print(f"  {pattern}: no such case was run")
            faults += 1
    print(f"{sum(map(len, ran.values()))} cases, {faults} not as they have to be")
    return 1 if faults else 0


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
