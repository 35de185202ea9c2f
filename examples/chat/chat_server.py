#!/usr/bin/env python3
"""A chat room: serves the page in this folder, and the room behind it.

    python3 chat_server.py [PORT]

Page and server exchange JSON texts over a WebSocket at /chat. The page sends

    {"name": "Ann"}                     who I am; the first message
    {"name": "Ann", "text": "hello"}    what I say

and the server sends to everybody

    {"type": "message", "id": …, "name": …, "text": …, "time": …}
    {"type": "join", "name": …, "people": […], "time": …}     and "leave" likewise

and, to whoever comes, {"type": "welcome", "name": …, "people": […], "history": [messages]}. Names
are unique in the room: the one in the welcome is the one that counts.
"""

import collections
import json
import pathlib
import secrets
import signal
import sys
import time

import gi

gi.require_version("Wsoup", "1.0")

from gi.repository import GLib, Wsoup

FOLDER = pathlib.Path(__file__).parent
FILES = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/chat.css": ("chat.css", "text/css; charset=utf-8"),
    "/chat.js": ("chat.js", "text/javascript; charset=utf-8"),
}
MAX_NAME = 24
MAX_TEXT = 1000
HISTORY = 50


class Room:
    """Who is there, and what was said last."""

    def __init__(self):
        self.names = {}  # by connection; without those that have not said their name yet
        self.connections = set()
        self.history = collections.deque(maxlen=HISTORY)
        self.epoch = secrets.token_hex(4)  # tells the messages of two runs of the server apart
        self.count = 0

    def add(self, _server, _message, _path, connection):
        connection.set_max_incoming_payload_size(16 * 1024)
        # Whoever vanishes without a word is noticed after less than a minute.
        connection.set_keepalive_interval(30)
        connection.set_keepalive_pong_timeout(20)
        connection.connect("message", self.on_message)
        connection.connect("closed", self.on_closed)
        self.connections.add(connection)

    def on_message(self, connection, kind, message):
        try:
            if kind != Wsoup.WebsocketDataType.TEXT:
                raise ValueError("not a text")
            said = json.loads(message.get_data())
            name = tidy(said["name"], MAX_NAME)
            text = tidy(said.get("text", ""), MAX_TEXT)
            if not name:
                raise ValueError("no name")
        except (AttributeError, KeyError, TypeError, ValueError):
            code = Wsoup.WebsocketCloseCode.POLICY_VIOLATION
            connection.close(code, 'send {"name": …, "text": …}')
            return
        if connection not in self.names:
            self.welcome(connection, name)
        if text:
            self.count += 1
            message = self.news("message", id=f"{self.epoch}-{self.count}", text=text,
                                name=self.names[connection])
            self.history.append(message)
            self.tell_everybody(message)

    def on_closed(self, connection):
        self.connections.discard(connection)
        name = self.names.pop(connection, None)
        if name:
            self.tell_everybody(self.news("leave", name=name, people=self.people()))

    def welcome(self, connection, name):
        taken = self.names.values()
        others = (f"{name} ({number})" for number in range(2, len(taken) + 3))
        name = next(free for free in (name, *others) if free not in taken)
        self.names[connection] = name
        people = self.people()
        tell(connection, self.news("welcome", name=name, people=people,
                                   history=list(self.history)))
        self.tell_everybody(self.news("join", name=name, people=people), but=connection)

    def people(self):
        return sorted(self.names.values(), key=str.casefold)

    def tell_everybody(self, message, but=None):
        for connection in self.names:
            if connection is not but:
                tell(connection, message)

    def close(self):
        for connection in list(self.connections):
            connection.close(Wsoup.WebsocketCloseCode.GOING_AWAY, "the server stops")

    @staticmethod
    def news(kind, **content):
        return {"type": kind, "time": round(time.time() * 1000), **content}


def tidy(text, length):
    """Without what is around a text or does not show, and not longer than `length`."""
    if not isinstance(text, str):
        raise ValueError("not a text")
    return "".join(c if c.isprintable() else " " for c in text).strip()[:length].strip()


def tell(connection, message):
    connection.send_text(json.dumps(message))


def serve_file(_server, message, path, _query):
    if path not in FILES:
        message.set_status(Wsoup.Status.NOT_FOUND, None)
    elif message.get_method() not in ("GET", "HEAD"):
        message.get_response_headers().replace("Allow", "GET, HEAD")
        message.set_status(Wsoup.Status.METHOD_NOT_ALLOWED, None)
    else:
        name, media_type = FILES[path]
        message.get_response_headers().replace("Cache-Control", "no-cache")
        message.set_status(Wsoup.Status.OK, None)
        message.set_response(media_type, Wsoup.MemoryUse.COPY, (FOLDER / name).read_bytes())


def main():
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8080
    loop = GLib.MainLoop()
    room = Room()
    server = Wsoup.Server()
    server.add_handler("/", serve_file)
    server.add_websocket_handler("/chat", None, None, room.add)
    server.listen_local(port, Wsoup.ServerListenOptions.IPV4_ONLY)
    (uri,) = server.get_uris()
    print(f"listening on http://127.0.0.1:{uri.get_port()}/", flush=True)

    def stop():
        """Says goodbye to everybody, and ends when all have answered or a second has passed."""
        server.disconnect()
        room.close()
        GLib.timeout_add(20, lambda: bool(room.connections) or loop.quit())
        GLib.timeout_add_seconds(1, loop.quit)
        return GLib.SOURCE_REMOVE

    for number in (signal.SIGINT, signal.SIGTERM):
        GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, number, stop)
    loop.run()


if __name__ == "__main__":
    main()
