#!/usr/bin/env python3
"""What a message costs an echo server in C, in instructions: `profile.py FOLDER [SIZE...]`.

Valgrind counts them, so the numbers are the same on a busy machine; what the kernel does is not in
them. FOLDER has the programs of `./run bench`. Two runs of different length are compared, so that
what a process costs once does not count.
"""

import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time

# Messages of the two runs, in flights of so many.
RUNS = (3_200, 16_000)
IN_FLIGHT = 32
START_SECONDS = 60

# The first that matches is it.
GROUPS = (
    ("reading frames", r"wsoup::protocol::(endpoint::Endpoint::(poll_event|handle)|receiver|frame::FrameHeader"
                       r"|mask|message|utf8|parts)"),
    ("sending", r"wsoup::protocol::|wsoup_websocket_connection_send|connection::(sending|writing)"
                r"|Driver::(send|command|flush|endpoint_for_command)|check_text"),
    ("driver and event loop", r"wsoup::|wsoup_|raw_vec"),
    ("GObject: emission, references, checks of types",
     r"g_signal|g_closure|g_object|g_type_|marshal|g_hash_table|g_value|g_datalist|0x0000000000"),
    ("memory, GBytes", r"malloc|free|realloc|g_slice|g_bytes|g_atomic|g_private|getspecific|memalign"),
    ("copying", r"mem(cpy|move|set)"),
)
HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def connect(port):
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port))
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                sys.exit("the server does not start")
            time.sleep(0.05)


def load(port, messages, size):
    """Sends so many messages, a flight at a time, and reads them back."""
    frame = bytes([0x82, 0x80 | size, 1, 2, 3, 4]) + b"x" * size
    with connect(port) as stream:
        stream.sendall(HANDSHAKE)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += stream.recv(4096)
        for _ in range(messages // IN_FLIGHT):
            stream.sendall(frame * IN_FLIGHT)
            left = (size + 2) * IN_FLIGHT
            while left:
                left -= len(stream.recv(65536))


def count(program, messages, size):
    """Instructions by function."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "callgrind.out")
        port = free_port()
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={file}", program, str(port)]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
            try:
                load(port, messages, size)
            finally:
                server.terminate()
        listing = subprocess.run(
            ["callgrind_annotate", "--auto=no", "--threshold=100", file], check=True, capture_output=True, text=True
        ).stdout
    found = {}
    for cost, name in re.findall(r"^ *([\d,]+) \([ \d.]+%\)  (.*?)(?: \[.*)?$", listing, re.M):
        if name != "PROGRAM TOTALS":
            found[name] = found.get(name, 0) + int(cost.replace(",", ""))
    return found


def group_of(function):
    return next((title for title, pattern in GROUPS if re.search(pattern, function)), "the rest")


def profile(program, size):
    """Instructions a message, by group."""
    short, long = (count(program, messages, size) for messages in RUNS)
    costs = dict.fromkeys([title for title, _ in GROUPS] + ["the rest"], 0.0)
    for function, cost in long.items():
        costs[group_of(function)] += (cost - short.get(function, 0)) / (RUNS[1] - RUNS[0])
    return costs


def main():
    folder, *sizes = sys.argv[1:]
    sizes = [int(size) for size in sizes] or [16, 125]
    program = os.path.join(folder, "bin/wsoup-echo")
    profiles = [profile(program, size) for size in sizes]
    print("| instructions a message | " + " | ".join(f"{size} B" for size in sizes) + " |")
    print("| --- |" + " ---: |" * len(sizes))
    for title in profiles[0]:
        print(f"| {title} | " + " | ".join(f"{costs[title]:.0f}" for costs in profiles) + " |")
    totals = [sum(costs.values()) for costs in profiles]
    print("| **together** | " + " | ".join(f"**{total:.0f}**" for total in totals) + " |")


if __name__ == "__main__":
    main()
