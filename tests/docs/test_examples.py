"""The echo clients and servers of examples/ in C, Python, GJS and Vala understand each other; those
in Rust are run by main.rs beside this file.

Environment: WSOUP_TEST_BUILD, the build folder of meson.
"""

import os
import pathlib
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ["WSOUP_TEST_BUILD"]).resolve()
EXAMPLES = ROOT / "examples"
DEADLINE = 30

LANGUAGES = {
    "C": lambda program: [BUILD / "examples/c" / program],
    "Python": lambda program: [
        "/usr/bin/python3", EXAMPLES / "python" / f"{program.replace('-', '_')}.py",
    ],
    "GJS": lambda program: ["gjs", "-m", EXAMPLES / "gjs" / f"{program}.js"],
}
if (BUILD / "wsoup-1.0.vapi").exists():
    LANGUAGES["Vala"] = lambda program: [BUILD / "examples/vala" / program]


class Server:
    def __init__(self, command):
        self.process = subprocess.Popen([*command, "0"], stdout=subprocess.PIPE, text=True)
        self.first_line = self.process.stdout.readline()
        self.uri = self.first_line.split()[-1]

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self.process.kill()
        self.process.wait(DEADLINE)
        self.process.stdout.close()


def run_client(language, uri, program="echo-client"):
    """What the client printed, what it complained about, and its exit status."""
    done = subprocess.run(
        [*LANGUAGES[language](program), uri],
        capture_output=True, text=True, timeout=DEADLINE,
    )
    return done.stdout.splitlines(), done.stderr, done.returncode


class Examples(unittest.TestCase):
    def test_each_client_talks_to_each_server(self):
        for server_language, command in LANGUAGES.items():
            with Server(command("echo-server")) as server:
                self.assertRegex(
                    server.first_line, r"^listening on ws://127\.0\.0\.1:[1-9]\d*/\n$"
                )
                for language in LANGUAGES:
                    with self.subTest(server=server_language, client=language):
                        self.check(language, run_client(language, server.uri))

    def check(self, language, outcome):
        printed = [
            f'{language}: sent "hello", got "hello"',
            f"{language}: sent 4 bytes, got 4 bytes",
            f"{language}: closed with 1000",
        ]
        self.assertEqual(outcome, (printed, "", 0))

    def test_the_flow_of_messages_is_what_the_tours_say(self):
        # Those in C and Python are the programs of docs/flow-control.md and docs/staying-connected.md.
        said = [
            'written, and got "hello" back',
            "refused: true",
            "congested",
            "drained, and everything came back",
            "a stream of 100000 bytes came back",
            "pinged: true",
            "resumed",
            "closed in order: true",
            "a client that stays connected was answered",
        ]
        with Server(LANGUAGES["C"]("echo-server")) as server:
            for language in {"GJS", "Vala"} & set(LANGUAGES):
                with self.subTest(language):
                    printed = [f"{language}: {line}" for line in said]
                    outcome = run_client(language, server.uri, "flow-tour")
                    self.assertEqual(outcome, (printed, "", 0))

    def test_a_client_without_a_server_fails(self):
        with Server(LANGUAGES["Python"]("echo-server")) as server:
            uri = server.uri
        for language in LANGUAGES:
            with self.subTest(client=language):
                printed, complaint, status = run_client(language, uri)
                self.assertEqual((printed, status), ([], 1))
                self.assertRegex(complaint, f"^{language}: no connection: .*refused")

    def test_a_client_refuses_what_is_no_uri(self):
        for language in LANGUAGES:
            with self.subTest(client=language):
                printed, complaint, status = run_client(language, "nonsense")
                self.assertEqual((printed, status), ([], 1))
                self.assertRegex(complaint, f"^{language}: .*nonsense is no URI to connect to")


if __name__ == "__main__":
    unittest.main()
