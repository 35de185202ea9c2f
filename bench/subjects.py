"""What is measured: the programs, how they are started, and which versions they are of."""

import contextlib
import dataclasses
import os
import pathlib
import random
import re
import signal
import socket
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent
START_SECONDS = 30


@dataclasses.dataclass(frozen=True)
class Subject:
    """A program. In its command, {bin} is the folder of the C programs, {rust} that of cargo."""

    title: str
    command: str
    # It sends the bytes back as they came.
    raw: bool = False
    # It has the options of echo.c.
    has_options: bool = False
    # `--check` runs it: it is quickly built from what is there for the tests.
    checked: bool = False


SERVERS = {
    "wsoup-c": Subject("wsoup, C", "{bin}/wsoup-echo", has_options=True, checked=True),
    "wsoup-rust": Subject("wsoup, Rust", "{rust}/wsoup-rust", checked=True),
    "wsoup-python": Subject("wsoup, Python", "{system_python} {servers}/python/wsoup_echo.py"),
    "libsoup": Subject("libsoup 3, C", "{bin}/libsoup-echo", has_options=True),
    "floor": Subject("GLib floor", "{bin}/floor", raw=True, checked=True),
    "libwebsockets": Subject("libwebsockets, C", "{bin}/libwebsockets"),
    "beast": Subject("Boost.Beast, C++", "{bin}/beast"),
    "tungstenite": Subject("tokio-tungstenite, Rust", "{rust}/tungstenite"),
    "fastwebsockets": Subject("fastwebsockets, Rust", "{rust}/fastwebsockets"),
    "ws": Subject("ws, Node.js", "node {servers}/node/ws-echo.js"),
    "websockets": Subject("websockets, Python", "{venv_python} {servers}/python/websockets_echo.py"),
    "limit": Subject("load generator itself", "{rust}/load serve", checked=True),
}

CLIENTS = {
    "wsoup-c": Subject("wsoup, C", "{bin}/wsoup-client", checked=True),
    "libsoup": Subject("libsoup 3, C", "{bin}/libsoup-client"),
}


class Place:
    """Where the programs are, and on which processors they run."""

    def __init__(self, folder, rust, system_python, venv_python):
        self.folder = pathlib.Path(folder).resolve()
        self.words = {
            "bin": self.folder / "bin",
            "rust": rust,
            "servers": HERE / "servers",
            "system_python": system_python,
            "venv_python": venv_python,
        }
        self.load = f"{rust}/load"
        self.certificates = self.folder / "certificates"
        cores = sorted(os.sched_getaffinity(0))
        # What is measured has the first for itself, the load all others.
        self.subject_cores = cores[:1]
        self.load_cores = cores[1:] or cores
        self.environment = {
            **os.environ,
            "NODE_PATH": str(self.folder / "node/node_modules"),
            "GIO_USE_VFS": "local",
            "GIO_USE_PROXY_RESOLVER": "dummy",
            "GSETTINGS_BACKEND": "memory",
        }

    def command(self, subject):
        return [word.format(**self.words) for word in subject.command.split(" ")]

    def make_certificates(self):
        if not self.certificates.exists():
            self.certificates.mkdir(parents=True)
            subprocess.run([TOP / "tests/certificates/make", self.certificates], check=True)

    @contextlib.contextmanager
    def started(self, subject, *options, on_load_cores=False, **environment):
        """The subject as a server, as long as the block runs; gives a `Server`."""
        port = free_port()
        # The load generator takes an address, as it does everywhere.
        where = f"127.0.0.1:{port}" if subject.command.startswith("{rust}/load") else str(port)
        cores = self.load_cores if on_load_cores else self.subject_cores
        log_file = self.folder / "server.log"
        with open(log_file, "w") as log:
            process = subprocess.Popen(
                [*self.command(subject), where, *options],
                env={**self.environment, **environment},
                stdout=subprocess.PIPE, stderr=log, text=True,
                preexec_fn=lambda: os.sched_setaffinity(0, cores),
            )
            try:
                wait_for(port, process, subject, log_file)
                yield Server(process, port)
            finally:
                process.kill()
                process.wait()
                process.stdout.close()

    def run_load(self, *arguments):
        """One run of the load generator; returns what it prints."""
        command = [self.load, *map(str, arguments)]
        return self.output(command, self.load_cores)

    def output(self, command, cores):
        done = subprocess.run(
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            preexec_fn=lambda: os.sched_setaffinity(0, cores),
        )
        if done.returncode != 0:
            raise Failure(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "no reason")
        return done.stdout


class Failure(Exception):
    """A measurement that has no result, and why."""


@dataclasses.dataclass
class Server:
    process: subprocess.Popen
    port: int

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def terminate(self):
        """Asks it to end; returns what it printed."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.communicate(timeout=START_SECONDS)[0]


def free_port():
    """One that no connection is given by the system meanwhile: those are above."""
    while True:
        port = random.randrange(10_000, 30_000)
        with contextlib.suppress(OSError):
            socket.create_server(("127.0.0.1", port)).close()
            return port


def wait_for(port, process, subject, log):
    deadline = time.monotonic() + START_SECONDS
    while True:
        with contextlib.suppress(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port)).close()
            return
        if process.poll() is not None or time.monotonic() > deadline:
            sys.exit(f"{subject.title} did not start: {' '.join(process.args)}, see {log}")
        time.sleep(0.02)


def versions():
    """The version of each library, by the name of its subject."""
    lock = (HERE / "Cargo.lock").read_text()

    def crate(name):
        return re.search(rf'name = "{name}"\nversion = "(.*)"', lock)[1]

    def package(name):
        done = subprocess.run(["pkg-config", "--modversion", name], stdout=subprocess.PIPE, text=True)
        return done.stdout.strip()

    commit = ["git", "-C", TOP, "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(commit, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    wsoup = re.search(r'^version = "(.*)"', (TOP / "Cargo.toml").read_text(), re.M)[1]
    boost = pathlib.Path("/usr/include/boost/version.hpp")
    boost = re.search(r'BOOST_LIB_VERSION "(.*)"', boost.read_text())[1] if boost.exists() else ""
    return {
        "wsoup": f"{wsoup} ({commit.stdout.strip()})",
        "GLib": package("glib-2.0"),
        "libsoup": package("libsoup-3.0"),
        "libwebsockets": package("libwebsockets"),
        "Boost.Beast": boost.replace("_", "."),
        "tokio-tungstenite": crate("tokio-tungstenite"),
        "fastwebsockets": crate("fastwebsockets"),
        "ws": (HERE / "servers/node/version.txt").read_text().strip(),
        "websockets": re.search(
            r"^websockets==(.*)", (TOP / "build-aux/requirements.txt").read_text(), re.M
        )[1],
    }
