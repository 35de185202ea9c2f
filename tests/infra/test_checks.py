"""The programs of build-aux/ that count and check."""

import json
import pathlib
import sys
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "build-aux"))

import licences  # noqa: E402
import totals  # noqa: E402
import tree  # noqa: E402
from totals import Count  # noqa: E402


class Totals(unittest.TestCase):
    def suite(self, kind, status, text):
        with tempfile.TemporaryDirectory() as folder:
            log = pathlib.Path(folder, "log")
            if text is not None:
                log.write_text(text)
            return totals.suite(kind, status, log)

    def test_cargo_programs_and_doctests_add_up(self):
        text = (
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n"
            "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out\n"
        )
        self.assertEqual(self.suite("cargo", 101, text), Count(15, 2, 1))

    def test_unittest_summaries(self):
        text = (
            "Ran 5 tests in 0.010s\n\nOK (skipped=2)\n"
            "Ran 1 test in 0.010s\n\nOK\n"
            "Ran 4 tests in 0.1s\n\nFAILED (failures=1, errors=1, unexpected successes=1)\n"
        )
        self.assertEqual(self.suite("unittest", 1, text), Count(5, 3, 2))

    def test_tap_lines(self):
        text = "1..4\nok 1 /a\nnot ok 2 /b\nok 3 /c # SKIP no network\nnot ok 4 /d # TODO\nokay\n"
        self.assertEqual(totals.tap(text), Count(2, 1, 1))

    def test_meson_counts_inside_programs_that_count_and_others_as_one(self):
        records = [
            {"result": "OK", "stdout": "ok 1 /a\nok 2 /b\n"},
            {"result": "OK", "stdout": "", "stderr": "Ran 7 tests in 1s\n\nOK\n"},
            {"result": "OK", "stdout": "done\n"},
            {"result": "SKIP", "stdout": ""},
            {"result": "TIMEOUT", "stdout": "ok 1 /a\n"},
            {"result": "FAIL", "stdout": "not ok 1 /a\n"},
        ]
        text = "".join(json.dumps(record) + "\n" for record in records)
        self.assertEqual(self.suite("meson", 1, text), Count(11, 2, 1))

    def test_what_ended_badly_or_ran_nothing_is_a_failure(self):
        self.assertEqual(self.suite("cargo", 101, "error: could not compile\n"), Count(failed=1))
        self.assertEqual(self.suite("meson", 1, None), Count(failed=1))
        self.assertEqual(self.suite("unittest", 0, ""), Count(failed=1))


class Licences(unittest.TestCase):
    RULES = {"allow": ["MIT", "Unicode-3.0"], "exceptions": [{"crate": "tool", "allow": ["MPL-2.0"]}]}

    def faults(self, name, expression):
        package = {"name": name, "version": "1.0.0", "license": expression}
        return list(licences.licence_faults([package], self.RULES))

    def test_expressions(self):
        for fine in ("MIT", "Apache-2.0/MIT", "(GPL-3.0 OR MIT) AND Unicode-3.0"):
            self.assertEqual(self.faults("a", fine), [], fine)
        for wrong in ("GPL-3.0", "MIT AND GPL-3.0", "MIT WITH Something", "", None):
            self.assertEqual(len(self.faults("a", wrong)), 1, wrong)

    def test_an_expression_that_cannot_be_read_is_no_permission(self):
        for broken in ("(MIT", "MIT MIT"):
            with self.assertRaises(ValueError):
                self.faults("a", broken)

    def test_an_exception_is_for_one_crate(self):
        self.assertEqual(self.faults("tool", "MPL-2.0"), [])
        self.assertEqual(len(self.faults("other", "MPL-2.0")), 1)

    def test_sources(self):
        def fault(source, registry=None, requirement="^1", path=None):
            dependency = {"name": "b", "registry": registry, "req": requirement, "path": path}
            package = {"name": "a", "source": source, "dependencies": [dependency]}
            return list(licences.source_faults([package], []))

        self.assertEqual(fault("registry+x"), [])
        self.assertEqual(len(fault("git+x")), 1)
        self.assertEqual(len(fault("registry+x", registry="y")), 1)
        self.assertEqual(len(fault("registry+x", requirement="*")), 1)
        self.assertEqual(fault("registry+x", requirement="*", path="."), [])

    def test_two_versions_of_what_is_shipped(self):
        packages = [{"name": "a", "version": version} for version in ("1.0.0", "2.0.0")]
        self.assertEqual(len(list(licences.duplicate_faults(packages))), 1)
        self.assertEqual(list(licences.duplicate_faults(packages[:1])), [])

    def test_dependencies_of_tests_and_tools_are_told_apart(self):
        def node(name, *edges):
            deps = [{"pkg": pkg, "dep_kinds": [{"kind": kind}]} for pkg, kind in edges]
            return {"id": name, "deps": deps}

        nodes = [node("top", ("a", None), ("t", "dev")), node("a"), node("t", ("u", None)), node("u")]
        metadata = {
            "packages": [{"id": name, "name": name} for name in ("top", "a", "t", "u")],
            "resolve": {"nodes": nodes},
            "workspace_members": ["top"],
        }
        self.assertEqual(licences.reachable(metadata, False), {"top", "a"})
        self.assertEqual(licences.reachable(metadata, True), {"top", "a", "t", "u"})
        self.assertEqual(licences.reachable(metadata, True, ["t"]), {"top", "a"})


class Tree(unittest.TestCase):
    def faults(self, name, text):
        return [fault for _, fault in tree.faults_of(name, text, {"test"})]

    def test_unsafe_code_only_where_listed(self):
        line = "#![allow(unsafe_code)]\n"
        self.assertEqual(len(self.faults("src/session/mod.rs", line)), 1)
        self.assertEqual(self.faults("src/event_loop/source.rs", line), [])

    def test_c_functions_stay_out_of_the_crate(self):
        line = "pub unsafe extern \"C\" fn wsoup_x() {}\n"
        self.assertEqual(len(self.faults("src/session/mod.rs", line)), 1)
        self.assertEqual(self.faults("capi/src/session.rs", line), [])

    def test_long_files_hosts_and_unknown_words(self):
        self.assertEqual(len(self.faults("src/a.rs", "\n" * 601)), 1)
        self.assertEqual(len(self.faults("README.md", "see https://" + "pypi" + ".org/project/x\n")), 1)
        self.assertEqual(len(self.faults("README.md", "Run `./run " + "tset`, then\n")), 1)
        self.assertEqual(self.faults("README.md", "Run `./run test`; ./run does the rest\n"), [])


if __name__ == "__main__":
    unittest.main()
