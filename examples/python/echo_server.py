#!/usr/bin/env python3
"""Sends back every message, on every path.

    python3 echo_server.py [PORT]
"""

import sys

import gi

gi.require_version("Wsoup", "1.0")

from gi.repository import GLib, Wsoup


def on_connected(_server, _message, _path, connection):
    # The server keeps the connection until it is closed.
    connection.connect("message", lambda connection, *message: connection.send_message(*message))


port = int(sys.argv[1]) if len(sys.argv) > 1 else 8080
server = Wsoup.Server()
server.add_websocket_handler(None, None, None, on_connected)
server.listen_local(port, Wsoup.ServerListenOptions.IPV4_ONLY)
(uri,) = server.get_uris()
print(f"listening on ws://127.0.0.1:{uri.get_port()}/", flush=True)
GLib.MainLoop().run()
