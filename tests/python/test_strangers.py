"""A server among strangers: what they may take is bounded, it listens on what others hand over, and
its end is orderly."""

import signal
import socket
import struct
import subprocess
import sys
import unittest

from support import CLOSED, Gio, GLib, TestCase, Wsoup, call_in_thread, wait_for

INHERITED = """
import gi
gi.require_version("Wsoup", "1.0")
from gi.repository import GLib, Wsoup

server = Wsoup.Server()
assert server.listen_fds("none", 0) == 0
assert server.listen_fds("two", 0) == 1
assert server.listen_fds(None, 0) == 1
assert server.listen_fds(None, 0) == 0
server.add_websocket_handler(None, None, None, lambda *_: None)
loop = GLib.MainLoop()

def on_shut_down(server, result):
    assert server.shutdown_finish(result)
    loop.quit()

def on_term():
    server.shutdown_async(1001, None, 10, None, on_shut_down)
    return GLib.SOURCE_REMOVE

GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, 15, on_term)
print("ready", flush=True)
loop.run()
"""


class Strangers(TestCase):
    def shut_down(self, timeout, cancellable=None):
        """Shuts the server down; returns what becomes an outcome: True, or an error."""
        outcomes = []

        def on_shut_down(server, result):
            try:
                outcomes.append(server.shutdown_finish(result))
            except GLib.Error as error:
                outcomes.append(error)

        self.server.shutdown_async(
            Wsoup.WebsocketCloseCode.GOING_AWAY, "good bye", timeout, cancellable, on_shut_down
        )
        return outcomes

    def raw(self):
        (uri,) = self.server.get_uris()
        stranger = socket.create_connection(("127.0.0.1", uri.get_port()), 10)
        self.addCleanup(stranger.close)
        return stranger

    def test_limits_are_properties(self):
        for name, default in {
            "max-connections": 0,
            "max-connections-per-address": 0,
            "handshake-timeout": 30,
            "max-header-size": 64 * 1024,
            "max-body-size": 1024 * 1024,
        }.items():
            with self.subTest(name):
                changes = []
                self.server.connect("notify::" + name, lambda *_: changes.append(name))
                self.assertEqual(self.server.get_property(name), default)
                self.server.set_property(name, 7)
                self.server.set_property(name, 7)
                self.assertEqual(self.server.get_property(name), 7)
                self.assertEqual(changes, [name])

    def test_further_connections_of_an_address_are_refused(self):
        self.connect("/echo")
        self.server.set_max_connections_per_address(1)
        message = self.message("/echo")
        self.connect_fails(message)
        self.assertEqual(int(message.get_status()), 429)

    def test_clients_wait_until_there_is_room(self):
        self.server.set_max_connections(1)
        client = self.connect("/echo")
        stranger = self.raw()
        stranger.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        stranger.setblocking(False)
        with self.assertRaises(BlockingIOError):
            stranger.recv(1)
        stranger.setblocking(True)
        self.close(client, self.peer)
        self.assertTrue(call_in_thread(stranger.recv, 4096).startswith(b"HTTP/1.1 404 "))

    def test_scanners_that_reset_their_connections_harm_nobody(self):
        client = self.connect("/echo")
        for words in b"", b"G", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"\x16\x03\x01":
            for _ in range(50):
                stranger = self.raw()
                stranger.sendall(words)
                # No lingering: a reset instead of an end.
                stranger.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                stranger.close()
            count = len(client.messages)
            client.connection.send_text("still there?")
            client.wait_messages(count + 1)
        self.assertEqual(self.server.get_n_connections(), 1)

    def test_connections_are_counted_and_listed(self):
        counts = []
        self.server.connect(
            "notify::n-connections", lambda server, _: counts.append(server.get_n_connections())
        )
        clients = [self.connect("/echo") for _ in range(3)]
        wait_for(lambda: counts == [1, 2, 3], "all")
        self.assertEqual(
            self.server.get_connections(), [peer.connection for peer in self.peers]
        )
        self.close(clients[0], self.peers[0])
        wait_for(lambda: counts == [1, 2, 3, 2], "the end of one")

    def test_shutdown_closes_all_in_order(self):
        clients = [self.connect("/echo") for _ in range(3)]
        outcomes = self.shut_down(10)
        self.assertEqual(self.server.get_listeners(), [])
        wait_for(lambda: outcomes, "the end of the server")
        self.assertEqual(outcomes, [True])
        self.assertEqual(self.server.get_connections(), [])
        self.wait_closed(*clients)
        for client in clients:
            self.assertEqual(client.connection.get_close_code(), 1001)
            self.assertEqual(client.connection.get_close_data(), "good bye")

    def test_shutdown_ends_what_does_not_end_by_itself(self):
        stranger = self.raw()
        stranger.sendall(b"GET / HT")
        begun = []
        self.server.connect("request-started", lambda *_: begun.append(True))
        wait_for(lambda: begun, "the request")
        outcomes = self.shut_down(1)
        wait_for(lambda: outcomes, "the end of the server")
        self.assertTrue(outcomes[0].matches(Gio.io_error_quark(), Gio.IOErrorEnum.TIMED_OUT))
        self.assertEqual(call_in_thread(stranger.recv, 1), b"")

    def test_shutdown_can_be_cancelled(self):
        stranger = self.raw()
        stranger.sendall(b"GET / HT")
        begun = []
        self.server.connect("request-started", lambda *_: begun.append(True))
        wait_for(lambda: begun, "the request")
        cancellable = Gio.Cancellable()
        outcomes = self.shut_down(0, cancellable)
        cancellable.cancel()
        wait_for(lambda: outcomes, "the end of the server")
        self.assertTrue(outcomes[0].matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED))

    def test_descriptor_that_was_handed_over(self):
        listener = socket.create_server(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        server = Wsoup.Server()
        self.addCleanup(server.disconnect)
        server.listen_fd(listener.detach(), 0)
        self.assertEqual([uri.get_port() for uri in server.get_uris()], [port])
        with open("/dev/null") as file, self.assertRaises(GLib.Error) as raised:
            server.listen_fd(file.fileno(), 0)
        self.assertTrue(
            raised.exception.matches(Gio.io_error_quark(), Gio.IOErrorEnum.INVALID_ARGUMENT)
        )

    def test_sockets_of_a_service_manager(self):
        self.assertEqual(Wsoup.Server().listen_fds(None, 0), 0)
        listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
        for listener in listeners:
            self.addCleanup(listener.close)
        one, two = (listener.fileno() for listener in listeners)
        # The shell becomes the program, and keeps its number.
        command = (
            f"exec 3<&{one} 4<&{two}; export LISTEN_PID=$$ LISTEN_FDS=2 LISTEN_FDNAMES=one:two; "
            'exec "$0" -c "$1"'
        )
        child = subprocess.Popen(
            ["/bin/bash", "-c", command, sys.executable, INHERITED],
            pass_fds=(one, two), stdout=subprocess.PIPE, text=True,
        )
        self.addCleanup(child.stdout.close)
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        self.assertEqual(call_in_thread(child.stdout.readline), "ready\n")
        clients = []
        for listener in listeners:
            uri = f"ws://127.0.0.1:{listener.getsockname()[1]}/"
            clients.append(self.connect(Wsoup.Message.new("GET", uri)))
        child.send_signal(signal.SIGTERM)
        wait_for(
            lambda: all(int(client.connection.get_state()) == int(CLOSED) for client in clients),
            "the end of the connections",
        )
        for client in clients:
            self.assertEqual(client.connection.get_close_code(), 1001)
        self.assertEqual(call_in_thread(child.wait), 0)


if __name__ == "__main__":
    unittest.main()
