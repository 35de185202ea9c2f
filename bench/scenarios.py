"""What is done with the programs, and what is counted."""

import dataclasses
import json
import math
import re
import shutil
import signal
import subprocess
import time

from subjects import CLIENTS, SERVERS, Failure

KIB = 1 << 10
MIB = 1 << 20


@dataclasses.dataclass(frozen=True)
class Settings:
    """How long things take."""

    rounds: int = 5
    seconds: float = 2.0
    warmup: float = 0.5
    # Connections that are idle are divided by it.
    scale: int = 1
    # Of keepalives, in seconds.
    keepalive: int = 30
    idle_seconds: float = 2.0

    @classmethod
    def quick(cls):
        return cls(rounds=1, seconds=0.2, warmup=0.1, scale=100, keepalive=1, idle_seconds=0.3)


@dataclasses.dataclass(frozen=True)
class Scenario:
    """Something to do. `measure(place, subject, settings)` returns the numbers of one round."""

    title: str
    # Which of the numbers it is about, and in what.
    value: str
    unit: str
    subjects: dict
    more_is_better: bool = True
    # Counts come out the same each time.
    once: bool = False

    def measure(self, place, subject, settings):
        raise NotImplementedError


@dataclasses.dataclass(frozen=True)
class Echo(Scenario):
    """Messages that a server sends back."""

    connections: int = 1
    in_flight: int = 1
    size: int = 16
    idle: int = 0
    text: bool = False
    tls: bool = False

    def shape(self, settings):
        options = ["--connections", self.connections, "--in-flight", self.in_flight]
        options += ["--size", self.size]
        return options + ["--duration", settings.seconds, "--warmup", settings.warmup]

    def measure(self, place, subject, settings):
        server_options = []
        load_options = self.shape(settings) + ["--text"] * self.text
        load_options += ["--idle", math.ceil(self.idle / settings.scale)]
        if self.tls:
            server_options = ["--tls", str(place.certificates / "server.pem")]
            load_options += ["--tls", place.certificates / "ca.pem"]
        if subject.raw:
            load_options.append("--raw")
        with place.started(subject, *server_options) as server:
            pid = server.process.pid
            return json.loads(
                place.run_load("run", server.address, "--pid", pid, *load_options)
            )


@dataclasses.dataclass(frozen=True)
class Client(Echo):
    """Messages that a client sends to the load generator's server, and gets back."""

    def measure(self, place, subject, settings):
        server_options, client_options, scheme = [], [], "ws"
        if self.tls:
            server_options = ["--tls", str(place.certificates / "server.pem")]
            client_options, scheme = ["--tls", place.certificates / "ca.pem"], "wss"
        with place.started(SERVERS["limit"], *server_options, on_load_cores=True) as server:
            uri = f"{scheme}://{server.address}/"
            command = [*place.command(subject), uri, *client_options, *self.shape(settings)]
            return json.loads(place.output(list(map(str, command)), place.subject_cores))


@dataclasses.dataclass(frozen=True)
class Idle(Scenario):
    """Connections on which nothing happens, or nothing but keepalives."""

    idle: int = 10_000
    keepalive: bool = False

    def measure(self, place, subject, settings):
        options, seconds = [], 0.1
        if self.keepalive:
            options, seconds = ["--keepalive", str(settings.keepalive)], settings.keepalive
        shape = ["--connections", 0, "--idle", math.ceil(self.idle / settings.scale)]
        shape += ["--warmup", settings.keepalive if self.keepalive else settings.warmup]
        shape += ["--duration", seconds] + ["--raw"] * subject.raw
        with place.started(subject, *options) as server:
            pid = server.process.pid
            result = json.loads(place.run_load("run", server.address, "--pid", pid, *shape))
        if self.keepalive and result["pings"] < shape[3] / 2:
            raise Failure(f"only {result['pings']} pings came")
        result["milliseconds"] = result["server_cpu"] * 1000
        return result


@dataclasses.dataclass(frozen=True)
class Connect(Scenario):
    """Connections that are opened and closed again."""

    # The backlog of a GSocketListener is 10: libsoup lets those beyond wait for a second.
    connections: int = 8

    def measure(self, place, subject, settings):
        with place.started(subject) as server:
            return json.loads(place.run_load(
                "connect", server.address, "--pid", server.process.pid,
                "--connections", self.connections,
                "--duration", settings.seconds, "--warmup", settings.warmup,
            ))


@dataclasses.dataclass(frozen=True)
class Fairness(Scenario):
    """How late a timer of 10 ms comes while one connection floods the same main loop."""

    in_flight: int = 1024
    size: int = 125

    def measure(self, place, subject, settings):
        with place.started(subject, "--timer") as server:
            place.run_load(
                "run", server.address, "--in-flight", self.in_flight, "--size", self.size,
                "--duration", settings.seconds, "--warmup", settings.warmup,
            )
            return json.loads(server.terminate())


@dataclasses.dataclass(frozen=True)
class Calls(Echo):
    """System calls of a message, those of the opening divided among them."""

    def measure(self, place, subject, settings):
        raw = ["--raw"] * subject.raw
        with place.started(subject) as server:
            with Tracing(place, server) as tracing:
                load = place.run_load("run", server.address, *self.shape(settings), *raw)
        result = json.loads(load)
        result["calls"] = tracing.calls
        result["calls_per_message"] = sum(tracing.calls.values()) / max(result["total_messages"], 1)
        return result


@dataclasses.dataclass(frozen=True)
class IdleCalls(Scenario):
    """System calls of a server whose connections are idle."""

    connections: int = 100

    def measure(self, place, subject, settings):
        raw = ["--raw"] * subject.raw
        seconds = settings.idle_seconds
        with place.started(subject) as server:
            load = subprocess.Popen(
                [place.load, "run", server.address, *raw, "--connections", "0",
                 "--idle", str(self.connections), "--warmup", "0", "--duration", str(seconds + 2)],
                stdout=subprocess.DEVNULL,
            )
            try:
                # What opening them has left to be done is done then.
                time.sleep(1)
                with Tracing(place, server) as tracing:
                    time.sleep(seconds)
                if load.poll() is not None:
                    raise Failure("the connections did not stay open")
            finally:
                load.kill()
                load.wait()
        return {"calls": tracing.calls, "count": sum(tracing.calls.values())}


@dataclasses.dataclass(frozen=True)
class Allocations(Echo):
    """Allocations of a message, counted by allocations.c."""

    def measure(self, place, subject, settings):
        raw = ["--raw"] * subject.raw
        counter = place.folder / "allocations.counter"
        counter.unlink(missing_ok=True)
        environment = {
            "LD_PRELOAD": str(place.folder / "bin/allocations.so"),
            "WSOUP_BENCH_COUNTER": str(counter),
            # Older versions of GLib allocate without asking the C library.
            "G_SLICE": "always-malloc",
        }
        with place.started(subject, **environment) as server:
            result = json.loads(place.run_load(
                "run", server.address, "--counter", counter, *self.shape(settings), *raw
            ))
        result["allocations_per_message"] = result["allocations"] / result["messages"]
        return result


class Tracing:
    """Counts the system calls of a server, those of all its threads."""

    def __init__(self, place, server):
        self.output = place.folder / "strace.txt"
        self.pid = server.process.pid
        self.calls = {}

    def __enter__(self):
        if shutil.which("strace") is None:
            raise Failure("there is no strace")
        self.output.unlink(missing_ok=True)
        self.strace = subprocess.Popen(
            ["strace", "-f", "-c", "-U", "name,calls", "-o", self.output, "-p", str(self.pid)],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )
        # It says so when it is attached, or why not.
        said = self.strace.stderr.readline()
        if "attached" not in said:
            self.strace.wait()
            raise Failure(said.strip())
        return self

    def __exit__(self, *_):
        self.strace.send_signal(signal.SIGINT)
        self.strace.communicate()
        for line in self.output.read_text().splitlines():
            if (found := re.fullmatch(r"\s*(\w+)\s+(\d+)", line)) and found[1] != "total":
                self.calls[found[1]] = int(found[2])


def only(*names):
    return {name: SERVERS[name] for name in names}


def without(*names):
    return {name: subject for name, subject in SERVERS.items() if name not in names}


def echo(title, **shape):
    return Echo(title, "rate", "messages/s", shape.pop("subjects", SERVERS), **shape)


def client(title, **shape):
    return Client(title, "rate", "messages/s", CLIENTS, **shape)


RATE = {
    "64x32-16": echo("64 × 32, 16 B", connections=64, in_flight=32),
    "64x32-125": echo("64 × 32, 125 B", connections=64, in_flight=32, size=125),
    "64x1-16": echo("64 × 1, 16 B", connections=64),
    "1x1-16": echo("1 × 1, 16 B"),
    "64x8-1k": echo("64 × 8, 1 KiB", connections=64, in_flight=8, size=KIB),
    "64x8-1k-text": echo(
        "64 × 8, 1 KiB of text", connections=64, in_flight=8, size=KIB, text=True
    ),
    "16x4-16k": echo("16 × 4, 16 KiB", connections=16, in_flight=4, size=16 * KIB),
    "4x1-1m": echo("4 × 1, 1 MiB", connections=4, size=MIB),
    "1x1-16m": echo("1 × 1, 16 MiB", size=16 * MIB),
    "64x1-16-idle-1000": echo("64 × 1, 16 B, beside 1,000 idle", connections=64, idle=1_000),
    "64x1-16-idle-10000": echo("64 × 1, 16 B, beside 10,000 idle", connections=64, idle=10_000),
    "tls-64x8-1k": echo(
        "TLS, 64 × 8, 1 KiB", subjects=only("wsoup-c", "libsoup"),
        connections=64, in_flight=8, size=KIB, tls=True,
    ),
    "tls-4x1-1m": echo(
        "TLS, 4 × 1, 1 MiB", subjects=only("wsoup-c", "libsoup"), connections=4, size=MIB, tls=True
    ),
}

CLIENT = {
    "client-64x32-16": client("64 × 32, 16 B", connections=64, in_flight=32),
    "client-64x32-125": client("64 × 32, 125 B", connections=64, in_flight=32, size=125),
    "client-64x1-16": client("64 × 1, 16 B", connections=64),
    "client-1x1-16": client("1 × 1, 16 B"),
    "client-64x8-1k": client("64 × 8, 1 KiB", connections=64, in_flight=8, size=KIB),
    "client-16x4-16k": client("16 × 4, 16 KiB", connections=16, in_flight=4, size=16 * KIB),
    "client-4x1-1m": client("4 × 1, 1 MiB", connections=4, size=MIB),
    "client-1x1-16m": client("1 × 1, 16 MiB", size=16 * MIB),
    "client-tls-64x8-1k": client(
        "TLS, 64 × 8, 1 KiB", connections=64, in_flight=8, size=KIB, tls=True
    ),
    "client-tls-4x1-1m": client("TLS, 4 × 1, 1 MiB", connections=4, size=MIB, tls=True),
}

OTHER = {
    "connect": Connect("opened and closed", "rate", "connections/s", without("floor")),
    "memory": Idle(
        "memory of an idle connection, of 10,000", "bytes_per_connection", "bytes", SERVERS, False
    ),
    "keepalive": Idle(
        "10,000 idle with keepalives, for one interval of 30 s", "milliseconds", "ms of processor",
        only("wsoup-c", "libsoup"), False, once=True, keepalive=True,
    ),
    "fairness-125": Fairness(
        "delay of a timer in a flood of 125 B", "p99_us", "µs, p99",
        only("wsoup-c", "libsoup"), False,
    ),
    "fairness-64k": Fairness(
        "delay of a timer in a flood of 64 KiB", "p99_us", "µs, p99",
        only("wsoup-c", "libsoup"), False, in_flight=64, size=64 * KIB,
    ),
    "idle-calls": IdleCalls(
        "system calls while idle, in 2 s", "count", "calls", SERVERS, False, True
    ),
    "calls-64x32-16": Calls(
        "system calls, 64 × 32, 16 B", "calls_per_message", "a message", SERVERS, False, True,
        connections=64, in_flight=32,
    ),
    "calls-64x1-16": Calls(
        "system calls, 64 × 1, 16 B", "calls_per_message", "a message", SERVERS, False, True,
        connections=64,
    ),
    "calls-16x4-16k": Calls(
        "system calls, 16 × 4, 16 KiB", "calls_per_message", "a message", SERVERS, False, True,
        connections=16, in_flight=4, size=16 * KIB,
    ),
    "allocations-64x32-16": Allocations(
        "allocations, 64 × 32, 16 B", "allocations_per_message", "a message", SERVERS, False, True,
        connections=64, in_flight=32,
    ),
    "allocations-64x8-1k": Allocations(
        "allocations, 64 × 8, 1 KiB", "allocations_per_message", "a message", SERVERS, False, True,
        connections=64, in_flight=8, size=KIB,
    ),
}

SCENARIOS = {**RATE, **CLIENT, **OTHER}
