#!/usr/bin/env python3
"""Compares what two programs print: `compare.py AGAINST_LIBSOUP AGAINST_WSOUP`.

That each program is linked to its own library, and to that alone, is checked first.
"""

import difflib
import subprocess
import sys


def libraries(program):
    listing = subprocess.run(['ldd', program], check=True, capture_output=True, text=True).stdout
    return {name for name in ('libsoup-3.0', 'libwsoup-1.0') if f'{name}.so' in listing}


def output(program, library):
    result = subprocess.run([program], capture_output=True, text=True)
    if result.returncode:
        sys.exit(f'{program} failed: {result.returncode}\n{result.stdout}{result.stderr}')
    if libraries(program) != {library}:
        sys.exit(f'{program} is not linked to {library} alone')
    if not result.stdout:
        sys.exit(f'{program} printed nothing')
    return result.stdout.splitlines(keepends=True)


def main(against_libsoup, against_wsoup):
    expected = output(against_libsoup, 'libsoup-3.0')
    found = output(against_wsoup, 'libwsoup-1.0')
    sys.stdout.writelines(found)
    difference = list(difflib.unified_diff(expected, found, 'libsoup', 'wsoup'))
    if difference:
        print('--- not the same:')
        sys.stdout.writelines(difference)
    return 1 if difference else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
