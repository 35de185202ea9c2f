"""What `meson install` puts into a staging folder can be used, and so can wsoup as a subproject."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

PROGRAM = """\
#include <wsoup/wsoup.h>

int
main (void)
{
  g_autoptr (WsoupSession) session = wsoup_session_new ();

  return WSOUP_IS_SESSION (session) && WSOUP_CHECK_VERSION (0, 1, 0) ? 0 : 1;
}
"""

PROJECT = """\
project('user', 'c', default_options: ['buildtype=debug'])
wsoup = dependency('wsoup-1.0', fallback: 'wsoup')
test('user', executable('user', 'user.c', dependencies: wsoup))
"""

source, build = (pathlib.Path(path) for path in sys.argv.pop().split(":"))


def run(*command, **environment):
    """Runs a command, and returns what it prints."""
    result = subprocess.run(
        command, env=os.environ | environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if result.returncode:
        raise AssertionError(f"{command} failed:\n{result.stdout}")
    return result.stdout


class Installation(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "user.c").write_text(PROGRAM)

    def test_staged_files_are_complete(self):
        stage = self.folder / "stage"
        run("meson", "install", "-C", build, "--no-rebuild", "--quiet", DESTDIR=str(stage))
        [config] = stage.rglob("wsoup-1.0.pc")
        library = config.parent.parent
        prefix = next(line for line in config.read_text().splitlines() if line.startswith("prefix="))
        staged = prefix.replace("prefix=", f"prefix={stage}")
        config.write_text(config.read_text().replace(prefix, staged, 1))

        flags = run("pkg-config", "--cflags", "--libs", "wsoup-1.0", PKG_CONFIG_PATH=str(config.parent))
        program = self.folder / "user"
        run("cc", self.folder / "user.c", "-o", program, *flags.split())
        environment = {
            "LD_LIBRARY_PATH": str(library),
            "GI_TYPELIB_PATH": str(library / "girepository-1.0"),
        }
        run(program, **environment)
        self.check_overrides(stage, environment)
        bound = "import gi; gi.require_version('Wsoup', '1.0'); from gi.repository import Wsoup; Wsoup.Session()"
        run("/usr/bin/python3", "-c", bound, **environment)
        for name in ("libwsoup-1.0.so", "Wsoup-1.0.gir", "wsoup-1.0.vapi", "wsoup-1.0.deps"):
            self.assertEqual(len(list(stage.rglob(name))), 1, name)

    def check_overrides(self, stage, environment):
        """Python and GJS find what they add to the typelib."""
        [python] = stage.rglob("gi/overrides/Wsoup.py")
        [gjs] = stage.rglob("overrides/Wsoup.js")
        program = (
            "import gi; gi.require_version('Wsoup', '1.0'); from gi.repository import GLib, Wsoup\n"
            "async def main(): return Wsoup.WebsocketConnection.receive.__module__\n"
            "print(Wsoup.run(main()))"
        )
        # In the stage it is not where Python looks by itself.
        site_packages = str(python.parents[2])
        printed = run("/usr/bin/python3", "-c", program, **environment, PYTHONPATH=site_packages)
        self.assertEqual(printed.strip(), "gi.overrides.Wsoup")
        known = run("/usr/bin/python3", "-c", "import sys; print(*sys.path, sep='\\n')").split()
        self.assertIn("/" + str(python.parents[2].relative_to(stage)), known)
        (self.folder / "check.js").write_text(
            "import Wsoup from 'gi://Wsoup?version=1.0';\n"
            "print(Symbol.asyncIterator in Wsoup.WebsocketConnection.prototype);\n"
        )
        printed = run(
            "gjs", "-m", self.folder / "check.js", **environment, GJS_PATH=str(gjs.parents[1])
        )
        self.assertEqual(printed.strip(), "true")

    def test_subproject_is_used_uninstalled(self):
        (self.folder / "meson.build").write_text(PROJECT)
        (self.folder / "subprojects").mkdir()
        (self.folder / "subprojects" / "wsoup").symlink_to(source)
        output = self.folder / "build"
        # The library that is installed, if there is one, is not the one to be tested.
        run("meson", "setup", output, self.folder, "--wrap-mode=forcefallback")
        cargo = os.environ.get("CARGO_TARGET_DIR", str(build / "cargo"))
        run("meson", "test", "-C", output, CARGO_TARGET_DIR=cargo)


if __name__ == "__main__":
    unittest.main()
