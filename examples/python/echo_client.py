#!/usr/bin/env python3
"""Says something to an echo server, looks at what comes back, and closes the connection.

    python3 echo_client.py ws://127.0.0.1:8080/
"""

import sys

import gi

gi.require_version("Wsoup", "1.0")

from gi.repository import GLib, Wsoup

TEXT = "hello"
BYTES = b"\x00\x01\xfe\xff"


class Client:
    def __init__(self, uri):
        self.loop = GLib.MainLoop()
        self.session = Wsoup.Session()
        self.connection = None
        self.echoes = []
        try:
            message = Wsoup.Message.new("GET", uri)
        except TypeError:
            sys.exit(f"Python: {uri} is no URI to connect to")
        self.session.websocket_connect_async(
            message, None, None, GLib.PRIORITY_DEFAULT, None, self.on_connected
        )

    def run(self):
        """Returns whether both messages came back and the connection was closed in order."""
        self.loop.run()
        return (
            self.echoes == [TEXT, BYTES]
            and self.connection.get_close_code() == Wsoup.WebsocketCloseCode.NORMAL
        )

    def on_connected(self, session, result):
        try:
            self.connection = session.websocket_connect_finish(result)
        except GLib.Error as error:
            print("Python: no connection:", error.message, file=sys.stderr)
            self.loop.quit()
            return
        self.connection.connect("message", self.on_message)
        self.connection.connect("error", self.on_error)
        self.connection.connect("closed", self.on_closed)
        self.connection.send_text(TEXT)

    def on_message(self, connection, kind, message):
        data = message.get_data()
        if kind == Wsoup.WebsocketDataType.TEXT:
            self.echoes.append(data.decode())
            print(f'Python: sent "{TEXT}", got "{self.echoes[-1]}"')
            connection.send_binary(BYTES)
        else:
            self.echoes.append(data)
            print(f"Python: sent {len(BYTES)} bytes, got {len(data)} bytes")
            connection.close(Wsoup.WebsocketCloseCode.NORMAL, "thank you")

    def on_error(self, _connection, error):
        print("Python:", error.message, file=sys.stderr)

    def on_closed(self, connection):
        print("Python: closed with", connection.get_close_code())
        self.loop.quit()


if __name__ == "__main__":
    uri = sys.argv[1] if len(sys.argv) > 1 else "ws://127.0.0.1:8080/"
    sys.exit(not Client(uri).run())
