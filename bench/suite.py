#!/usr/bin/env python3
"""Measures wsoup beside other libraries, and beside what GLib and the sockets cost themselves.

    suite.py [OPTION...] FOLDER [PATTERN...]

FOLDER has the programs, and gets results.json and report.md. PATTERN selects scenarios by name, such
as 64x1* or calls-*; what FOLDER knows of the others is kept. What is measured has a processor for
itself, the load generator the remaining ones, and the programs take turns, round by round.
`./run bench` builds all of it and calls this.
"""

import argparse
import dataclasses
import fnmatch
import json
import os
import pathlib
import platform
import sys
import time

import report
from scenarios import SCENARIOS, Settings
from subjects import Failure, Place, versions


def machine():
    """What the numbers depend on."""
    names = [line for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
             if line.startswith("model name")]
    name = names[0].partition(":")[2].strip() if names else platform.machine()
    return {
        "processor": f"{name}, {os.cpu_count()} cores",
        "system": f"Linux {platform.release()}",
        "versions": versions(),
    }


def busy():
    """How much of all processors something else uses. Their load would tell of what has ended, too."""
    def times():
        return [int(time) for time in pathlib.Path("/proc/stat").read_text().split()[1:9]]

    before = times()
    time.sleep(1)
    spent = [after - then for after, then in zip(times(), before)]
    # The fourth and fifth are idle, and idle while something is read.
    return 1 - sum(spent[3:5]) / max(sum(spent), 1)


def measure(place, scenario, names, settings):
    """The results of each subject, round by round; those that fail have none."""
    results, failed = {name: [] for name in names}, {}
    for number in range(1 if scenario.once else settings.rounds):
        # Another one begins each time: who comes after whom is not always the same.
        turn = number % max(len(names), 1)
        for name in names[turn:] + names[:turn]:
            if name in failed:
                continue
            try:
                result = scenario.measure(place, scenario.subjects[name], settings)
            except Failure as failure:
                failed[name] = str(failure)
                print(f"  {name}: FAILED: {failure}", flush=True)
                continue
            results[name].append(result)
            print(f"  {name}: {report.number(result[scenario.value])} {scenario.unit}", flush=True)
    return {name: found for name, found in results.items() if found}, failed


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("patterns", nargs="*")
    parser.add_argument("--rust", required=True, help="the folder of the programs in Rust")
    parser.add_argument("--system-python", default=sys.executable)
    parser.add_argument("--venv-python", default=sys.executable)
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--only", help="subjects, separated by commas")
    parser.add_argument("--quick", action="store_true", help="each for a moment, to see that it works")
    parser.add_argument("--check", action="store_true", help="quick, and only what the tests need")
    parser.add_argument("--write", action="store_true", help="renew docs/benchmarks.md")
    parser.add_argument("--list", action="store_true", help="name the scenarios")
    options = parser.parse_intermixed_args()
    if options.write and (options.quick or options.check):
        parser.error("what was only tried is not written")
    return options


def main():
    options = parse()
    if options.list:
        print("\n".join(SCENARIOS))
        return 0
    settings = Settings.quick() if options.quick or options.check else Settings()
    given = {"rounds": options.rounds, "seconds": options.seconds}
    settings = dataclasses.replace(settings, **{k: v for k, v in given.items() if v is not None})
    patterns = options.patterns or ["*"]
    chosen = [name for name in SCENARIOS if any(fnmatch.fnmatch(name, p) for p in patterns)]
    if not chosen:
        sys.exit(f"no scenario is named {' or '.join(patterns)}; --list names them")
    wanted = options.only.split(",") if options.only else None

    place = Place(options.folder, options.rust, options.system_python, options.venv_python)
    place.make_certificates()
    # Quick results are no results.
    file = place.folder / ("quick.json" if options.quick or options.check else "results.json")
    known = json.loads(file.read_text()) if file.exists() else {"scenarios": {}}
    known["machine"] = machine()
    known["date"] = time.strftime("%Y-%m-%d")
    known["settings"] = dataclasses.asdict(settings)
    others = busy()
    known["busy"] = max(others, 0 if patterns == ["*"] else known.get("busy", 0))
    if others > report.QUIET and not (options.quick or options.check):
        print(f"warning: the machine is busy with something else: {others:.0%} of its processors")

    failures = []
    for name in chosen:
        scenario = SCENARIOS[name]
        subjects = [
            subject for subject, program in scenario.subjects.items()
            if (wanted is None or subject in wanted) and (program.checked or not options.check)
        ]
        if not subjects:
            continue
        print(f"{name}: {scenario.title}", flush=True)
        found, failed = measure(place, scenario, subjects, settings)
        known["scenarios"].setdefault(name, {}).update(found)
        failures += [f"{name}, {subject}: {why}" for subject, why in failed.items()]
        file.write_text(json.dumps(known, indent=1) + "\n")

    text = report.tables(known)
    (place.folder / "report.md").write_text(text)
    if options.check:
        print(f"{len(chosen)} scenarios, {len(failures)} failures")
    else:
        print(f"\n{text}\nin {place.folder / 'report.md'}; all numbers in {file}")
    if options.write:
        report.write_page(known, text)
    for failure in failures:
        print(f"FAILED: {failure}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
