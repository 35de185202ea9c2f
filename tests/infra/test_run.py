"""`./run` and `.ci/run` themselves: their words, and what they say where something is missing."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
FEW_TOOLS = "bash cut dirname env grep head id realpath sed sort tr".split()


def run(*arguments, **environment):
    return subprocess.run(
        [shutil.which("bash"), TOP / "run", *arguments],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


class Words(unittest.TestCase):
    def test_help_lists_every_word(self):
        words = re.findall(r"^(\w+)_word\(\)", (TOP / "run").read_text(), re.M)
        listed = re.findall(r"^  \./run (\w+)", run("help").stdout, re.M)
        self.assertEqual(sorted(words), sorted(listed))
        self.assertIn("demo", words)

    def test_no_word_means_help(self):
        self.assertEqual(run().stdout, run("help").stdout)

    def test_an_unknown_word_is_an_error_that_shows_the_known_ones(self):
        answer = run("tset")
        self.assertNotEqual(answer.returncode, 0)
        self.assertIn("unknown word: tset", answer.stderr)
        self.assertIn("./run test", answer.stderr)


class MissingTools(unittest.TestCase):
    """A machine without a compiler: what it is told, by distribution."""

    def bare(self, release):
        with tempfile.TemporaryDirectory() as folder:
            for name in FEW_TOOLS:
                os.symlink(shutil.which(name), pathlib.Path(folder, name))
            os_release = pathlib.Path(folder, "os-release")
            os_release.write_text(release)
            environment = {"PATH": folder, "HOME": folder, "CARGO_HOME": folder}
            answer = run("setup", WSOUP_OS_RELEASE=str(os_release), **environment)
        self.assertNotEqual(answer.returncode, 0)
        self.assertRegex(answer.stderr, r"Rust \d+\.\d+ or newer")
        self.assertIn("command meson", answer.stderr)
        return answer.stderr

    def test_fedora(self):
        said = self.bare("ID=fedora\nVERSION_ID=43\n")
        self.assertRegex(said, r"dnf install .*\bninja-build\b.*\bvala\b")
        self.assertNotIn("apt-get", said)

    def test_arch(self):
        self.assertRegex(self.bare("ID=arch\n"), r"pacman -S --needed .*\bmeson ninja\b")

    def test_newer_debian_is_sent_to_rustup(self):
        said = self.bare('ID=debian\nVERSION_ID="13"\n')
        self.assertRegex(said, r"apt-get install .*\bmeson\b.*\brustup\b.*\bvalac\b")
        self.assertNotIn("rustc-web", said)

    def test_ubuntu(self):
        self.assertIn("apt-get install", self.bare("ID=ubuntu\nID_LIKE=debian\nVERSION_ID=24.04\n"))

    def test_others_are_told_all_three(self):
        said = self.bare("ID=plan9\n")
        for program in ("apt-get", "dnf", "pacman"):
            self.assertIn(f"{program} ", said)


class Table(unittest.TestCase):
    def test_each_line_names_a_group_a_probe_and_packages_of_three_systems(self):
        text = (TOP / "build-aux/system.sh").read_text()
        lines = re.search(r"^tools='\n(.*?)^'", text, re.M | re.S)[1].splitlines()
        self.assertGreater(len(lines), 20)
        for line in lines:
            cells = [cell.strip() for cell in line.split("|")]
            self.assertEqual(len(cells), 5, line)
            groups = {"build", "demo", "test", "bench", "check", "profile", "asan", "tsan"}
            self.assertIn(cells[0], groups, line)
            self.assertTrue(all(cells), line)


if __name__ == "__main__":
    unittest.main()
