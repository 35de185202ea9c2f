"""What the Python suites share: a deadline for every wait, the two ends of a connection with a
record of their signals, and a server on a free port of this process."""

import concurrent.futures
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest

import gi

gi.require_version("Wsoup", "1.0")

from gi.repository import Gio, GLib, Wsoup

TEXT = Wsoup.WebsocketDataType.TEXT
BINARY = Wsoup.WebsocketDataType.BINARY
OPEN = Wsoup.WebsocketState.OPEN
CLOSING = Wsoup.WebsocketState.CLOSING
CLOSED = Wsoup.WebsocketState.CLOSED


def wait_for(condition, what="the condition", seconds=10):
    """Iterates the main context until the condition holds, and fails after the deadline."""
    context = GLib.MainContext.default()
    late = []
    source = GLib.timeout_add_seconds(seconds, lambda: late.append(True) or True)
    try:
        while not condition():
            if late:
                raise AssertionError(f"waited {seconds} s for {what}")
            context.iteration(True)
    finally:
        GLib.source_remove(source)


def call_in_thread(function, *arguments):
    """Calls what blocks in a thread while the main context here goes on; returns its result."""
    future = concurrent.futures.Future()

    def call():
        try:
            future.set_result(function(*arguments))
        except BaseException as error:
            future.set_exception(error)
        GLib.MainContext.default().wakeup()

    threading.Thread(target=call, daemon=True).start()
    wait_for(future.done, f"{function} to return", seconds=30)
    return future.result()


async def asyncio_free_pause():
    """Waits for some milliseconds, whatever runs the coroutine."""

    def begin(_cancellable, on_ready):
        GLib.timeout_add(20, lambda: on_ready(None, None) or False)

    await sys.modules["gi.overrides.Wsoup"].operation(begin, lambda _task: True)


class End:
    """One end of a connection, and what its signals said."""

    def __init__(self, connection, echoes=False):
        self.connection = connection
        self.events = []
        self.messages = []
        self.pongs = []
        self.errors = []
        self.echoes = echoes
        self.state_changes = 0
        connection.connect("message", self._on_message)
        connection.connect("error", self._on_error)
        connection.connect("pong", lambda _connection, data: self.pongs.append(data.get_data()))
        connection.connect("closing", lambda _connection: self.events.append("closing"))
        connection.connect("closed", lambda _connection: self.events.append("closed"))
        connection.connect("notify::state", self._on_state)

    def _on_message(self, connection, kind, data):
        self.events.append("message")
        self.messages.append((kind, data.get_data()))
        if self.echoes:
            connection.send_message(kind, data)

    def _on_error(self, _connection, error):
        self.events.append("error")
        self.errors.append(error)

    def _on_state(self, _connection, _property):
        self.state_changes += 1

    def is_closed(self):
        return int(self.connection.get_state()) == int(CLOSED) and "closed" in self.events

    def wait_messages(self, count):
        wait_for(lambda: len(self.messages) >= count, f"message {count}")
        return self.messages


class TestCase(unittest.TestCase):
    """Gives each test a server on 127.0.0.1 and a session, and takes them down again."""

    certificate = None
    client_library = server_library = Wsoup

    def setUp(self):
        self.session = self.client_library.Session()
        self.peers = []
        self.server = self.start_server()

    def start_server(self):
        options = self.server_library.ServerListenOptions.IPV4_ONLY
        server = self.server_library.Server()
        if self.certificate:
            server.set_tls_certificate(self.certificate)
            options |= self.server_library.ServerListenOptions.HTTPS
        server.listen_local(0, options)
        server.add_websocket_handler("/echo", None, None, self.keep_peer)
        self.addCleanup(server.disconnect)
        return server

    def keep_peer(self, _server, _message, path, connection):
        """A handler that keeps the server's end; on /echo it sends back what comes."""
        self.peers.append(End(connection, echoes=path == "/echo"))

    @property
    def peer(self):
        wait_for(lambda: self.peers, "the server's end")
        return self.peers[-1]

    def uri(self, path, server=None):
        (uri,) = (server or self.server).get_uris()
        scheme = "wss" if uri.get_scheme() == "https" else "ws"
        return f"{scheme}://127.0.0.1:{uri.get_port()}{path}"

    def message(self, path):
        return self.client_library.Message.new("GET", self.uri(path))

    def connect(self, target, origin=None, protocols=None, cancellable=None, session=None):
        """Connects to a path of the server, or with a whole message; returns the client's end."""
        if isinstance(target, str):
            target = self.message(target)
        outcomes = []

        def on_connected(session, result):
            try:
                outcomes.append(session.websocket_connect_finish(result))
            except GLib.Error as error:
                outcomes.append(error)

        (session or self.session).websocket_connect_async(
            target, origin, protocols, GLib.PRIORITY_DEFAULT, cancellable, on_connected
        )
        wait_for(lambda: outcomes, "the connection")
        if isinstance(outcomes[0], GLib.Error):
            raise outcomes[0]
        return End(outcomes[0])

    def connect_fails(self, target, **arguments):
        """Connects, and returns the error that this must end with."""
        with self.assertRaises(GLib.Error) as raised:
            self.connect(target, **arguments)
        return raised.exception

    def close(self, client, peer):
        client.connection.close(Wsoup.WebsocketCloseCode.NORMAL, None)
        self.wait_closed(client, peer)

    def wait_closed(self, *ends):
        wait_for(lambda: all(end.is_closed() for end in ends), "both ends to be closed")


def make_certificates(test_class):
    """Makes the certificates in a folder that goes away with the class of tests."""
    folder = tempfile.mkdtemp(prefix="wsoup-test-")
    test_class.addClassCleanup(shutil.rmtree, folder)
    subprocess.run([os.environ["WSOUP_TEST_CERTIFICATES"], folder], check=True, capture_output=True)
    return folder


def load_certificate(folder, name):
    return Gio.TlsCertificate.new_from_file(os.path.join(folder, name))
