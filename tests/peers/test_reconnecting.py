"""A client that stays connected finds servers of the Python package “websockets” again that are killed.

They run in processes of their own, as what is killed by SIGKILL says nothing more to anybody."""

import signal
import socket
import subprocess
import sys
import unittest

from support import GLib, Wsoup, wait_for

SERVER = """
import sys
from websockets.sync.server import serve

def echo(connection):
    for message in connection:
        connection.send(message)

serve(echo, "127.0.0.1", int(sys.argv[1])).serve_forever()
"""


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Killed(unittest.TestCase):
    def test_a_server_that_is_killed_is_found_again(self):
        port = free_port()
        client = Wsoup.ReconnectingClient.new(
            Wsoup.Session(), f"ws://127.0.0.1:{port}/", None, None
        )
        client.props.initial_delay = 10
        client.props.max_delay = 100
        received, ends, failures = [], [], []
        client.connect("message", lambda _client, _type, data: received.append(data.get_data()))
        client.connect("disconnected", lambda *_arguments: ends.append(True) and False)
        client.connect("failed", lambda _client, error: failures.append(error))
        client.start()
        for number in range(3):
            with subprocess.Popen([sys.executable, "-c", SERVER, str(port)]) as server:
                try:
                    text = f"number {number}"
                    client.send_text(text)
                    wait_for(lambda: received[-1:] == [text.encode()], "the echo", seconds=30)
                finally:
                    server.send_signal(signal.SIGKILL)
            wait_for(lambda: len(ends) == number + 1, "the end")
        self.assertEqual(received, [b"number 0", b"number 1", b"number 2"])
        self.assertEqual(failures, [])
        client.stop()


if __name__ == "__main__":
    unittest.main()
