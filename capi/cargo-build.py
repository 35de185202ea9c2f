#!/usr/bin/env python3
"""Builds the C ABI crate with cargo for meson: hands over the archive and what it depends on."""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys

parser = argparse.ArgumentParser()
parser.add_argument('--cargo', required=True)
parser.add_argument('--source-dir', required=True)
parser.add_argument('--target-dir', required=True, help='overridden by CARGO_TARGET_DIR')
parser.add_argument('--profile', required=True)
parser.add_argument('--output', required=True)
parser.add_argument('--depfile', required=True)
args = parser.parse_args()

# Shared with other calls of cargo, so that `cargo test` and meson compile everything once.
target_dir = os.environ.get('CARGO_TARGET_DIR') or args.target_dir
command = [
    args.cargo, 'build', '--locked',
    '--manifest-path', os.path.join(args.source_dir, 'Cargo.toml'),
    '--package', 'wsoup-capi', '--lib',
    '--target-dir', target_dir,
    '--profile', args.profile,
]
status = subprocess.run(command).returncode
if status:
    sys.exit(status)

folder = 'debug' if args.profile == 'dev' else args.profile
# Where a target is named, as sanitizers need it, cargo has a folder for it.
target = os.environ.get('CARGO_BUILD_TARGET', '')
archive = pathlib.Path(target_dir, target, folder, 'libwsoup_capi.a')
shutil.copyfile(archive, args.output)
# Cargo lists what the archive was made of, under the archive's own name.
_, sources = archive.with_suffix('.d').read_text().split(': ', 1)
pathlib.Path(args.depfile).write_text(f'{args.output}: {sources}')
