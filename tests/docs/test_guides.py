"""The guides tell the truth: their programs compile and run, and print what the guides say.

A block of code whose first line is a comment with a file name becomes that file. The blocks marked
`console` are then followed in their order, in a folder with the files: a line behind `$` is run (one
that ends with `&` goes on in the background), the lines below it are what it prints. The port 8080
of the guides is replaced by a free one.

Environment: WSOUP_TEST_BUILD, the build folder of meson.
"""

import os
import pathlib
import queue
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ["WSOUP_TEST_BUILD"]).resolve()
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
DEADLINE = 60

BLOCK = re.compile(r"^```([\w,]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE_NAME = re.compile(r"(?://|/\*|#) ([\w-]+\.\w+)(?: \*/)?\n")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")


def blocks(page):
    return BLOCK.findall(page.read_text())


def steps(console):
    """What a block of commands says: each command and the lines that it prints."""
    found = []
    for line in console.splitlines():
        if line.startswith("$ "):
            found.append((line.removeprefix("$ "), []))
        else:
            found[-1][1].append(line)
    return found


def free_port():
    with socket.create_server(("localhost", 0)) as listener:
        return listener.getsockname()[1]


class Guide:
    """A folder in which the commands of a page are run."""

    def __init__(self, test, page):
        self.test = test
        self.page = page
        self.port = str(free_port())
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="wsoup-test-"))
        test.addCleanup(shutil.rmtree, self.folder)
        self.environment = self.make_environment()

    def make_environment(self):
        """As if the library of the build folder were installed."""
        tools = self.folder / ".tools"
        vapi = self.folder / ".share/vala/vapi"
        tools.mkdir()
        vapi.mkdir(parents=True)
        (tools / "python3").symlink_to("/usr/bin/python3")
        if (BUILD / "wsoup-1.0.vapi").exists():
            shutil.copy(BUILD / "wsoup-1.0.vapi", vapi)
            shutil.copy(BUILD / "meson-private/wsoup-1.0.deps", vapi)
        return {
            **os.environ,
            "PATH": f"{tools}:{os.environ['PATH']}",
            "LD_LIBRARY_PATH": str(BUILD),
            "GI_TYPELIB_PATH": str(BUILD),
            "PYTHONPATH": str(ROOT / "bindings/python"),
            "GJS_PATH": str(ROOT / "bindings/gjs"),
            "PKG_CONFIG_PATH": str(BUILD / "meson-uninstalled"),
            "XDG_DATA_DIRS": f"{self.folder / '.share'}:/usr/local/share:/usr/share",
            # valac's C is not written to be free of warnings.
            "CC": "cc -w",
            "G_DEBUG": "fatal-warnings",
            "PYTHONUNBUFFERED": "1",
        }

    def follow(self):
        commands = 0
        for language, text in blocks(self.page):
            text = text.replace("8080", self.port)
            if language == "console":
                for command, expected in steps(text):
                    self.run(command, expected)
                    commands += 1
            elif name := FILE_NAME.match(text):
                (self.folder / name[1]).write_text(text)
        return commands

    def run(self, command, expected):
        process = subprocess.Popen(
            ["/bin/bash", "-c", "exec " + command.removesuffix("&")],
            cwd=self.folder, env=self.environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )
        self.test.addCleanup(process.stdout.close)
        lines = queue.SimpleQueue()
        reader = threading.Thread(target=self.read, args=(process, lines))
        reader.start()
        # The last cleanup comes first.
        self.test.addCleanup(reader.join)
        self.test.addCleanup(process.wait)
        self.test.addCleanup(process.kill)
        goes_on = command.endswith("&")
        printed = []
        end = time.monotonic() + DEADLINE
        while not goes_on or len(printed) < len(expected):
            try:
                line = lines.get(timeout=max(0, end - time.monotonic()))
            except queue.Empty:
                self.test.fail(f"{command} printed only {printed} in {DEADLINE} s")
            if line is None:
                break
            printed.append(line.removesuffix("\n"))
        self.test.assertEqual(printed, expected, command)
        if not goes_on:
            self.test.assertEqual(process.wait(DEADLINE), 0, command)

    @staticmethod
    def read(process, lines):
        for line in process.stdout:
            lines.put(line)
        lines.put(None)


class Guides(unittest.TestCase):
    def follow(self, name, commands):
        """Follows a page, which has that many commands: none is overlooked."""
        self.assertEqual(Guide(self, ROOT / name).follow(), commands)

    def test_c(self):
        self.follow("docs/getting-started-c.md", 6)

    def test_python(self):
        self.follow("docs/getting-started-python.md", 4)

    def test_gjs(self):
        self.follow("docs/getting-started-gjs.md", 4)

    def test_vala(self):
        self.follow("docs/getting-started-vala.md", 8)

    def test_extensions(self):
        self.follow("docs/extensions.md", 6)

    def test_servers(self):
        self.follow("docs/servers.md", 2)

    def test_staying_connected(self):
        self.follow("docs/staying-connected.md", 4)
    def test_flow_control(self):
        self.follow("docs/flow-control.md", 14)

    def test_readme(self):
        self.follow("README.md", 3)


class Pages(unittest.TestCase):
    def test_links_lead_somewhere(self):
        for page in PAGES:
            for link in LINK.findall(page.read_text()):
                with self.subTest(page=page.name, link=link):
                    self.assertTrue((page.parent / link).exists())

    def test_files_that_are_named_exist(self):
        """In the pages about the source: `src/…`, `capi/…` and so on."""
        named = re.compile(r"`((?:src|capi|cli|bindings|docs|examples|fuzz|include|tests|build-aux)/[^`\s…]*)`")
        for page in (ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md", ROOT / "README.md"):
            for name in named.findall(page.read_text()):
                with self.subTest(page=page.name, name=name):
                    self.assertTrue(list(ROOT.glob(name.rstrip("/"))), name)


if __name__ == "__main__":
    unittest.main()
