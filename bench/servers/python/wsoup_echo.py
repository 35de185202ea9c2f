"""The echo server of wsoup in Python: `wsoup_echo.py PORT`."""

import sys

import gi

gi.require_version("Wsoup", "1.0")

from gi.repository import GLib, Wsoup

LARGEST_MESSAGE = 64 << 20


def on_connected(_server, _message, _path, connection):
    connection.set_max_incoming_payload_size(LARGEST_MESSAGE)
    connection.set_max_total_message_size(LARGEST_MESSAGE)
    connection.connect("message", on_message)


def on_message(connection, kind, message):
    connection.send_message(kind, message)


server = Wsoup.Server()
server.add_websocket_handler(None, None, None, on_connected)
server.listen_local(int(sys.argv[1]), Wsoup.ServerListenOptions.IPV4_ONLY)
GLib.MainLoop().run()
