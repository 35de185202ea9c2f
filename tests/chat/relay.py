"""Serves the page of the chat room, and a room that passes on what each page sends, as it is: what
`wsoup serve` does."""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "examples/chat"))

from chat_server import GLib, Wsoup, serve_file

members = []


def add(_server, _message, _path, connection):
    members.append(connection)
    connection.connect("message", relay)
    connection.connect("closed", members.remove)


def relay(_connection, kind, message):
    for member in members:
        member.send_message(kind, message)


server = Wsoup.Server()
server.add_handler("/", serve_file)
server.add_websocket_handler("/chat", None, None, add)
server.listen_local(0, Wsoup.ServerListenOptions.IPV4_ONLY)
print(f"listening on {server.get_uris()[0].to_string()}", flush=True)
GLib.MainLoop().run()
