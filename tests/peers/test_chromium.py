"""A page in headless Chromium, served by wsoup, and wsoup's WebSockets understand each other."""

import unittest

from support import BINARY, TEXT, End, TestCase, Wsoup, call_in_thread, wait_for
from webdriver import Browser

MIB = 2**20

# What the scripts below use: a WebSocket whose events can be awaited.
PAGE = """<!doctype html>
<meta charset="utf-8">
<title>tests of wsoup</title>
<script>
class Socket {
  constructor(path, protocols = []) {
    this.socket = new WebSocket(`ws://${location.host}${path}`, protocols);
    this.socket.binaryType = 'arraybuffer';
    this.messages = [];
    this.waiting = [];
    this.opened = new Promise((resolve, reject) => {
      this.socket.onopen = () => resolve(this);
      this.socket.onerror = () => reject(new Error('error event'));
    });
    this.closed = new Promise(resolve => {
      this.socket.onclose = ({code, reason, wasClean}) => resolve({code, reason, wasClean});
    });
    this.socket.onmessage = ({data}) => {
      const waiter = this.waiting.shift();
      if (waiter)
        waiter(data);
      else
        this.messages.push(data);
    };
  }

  receive() {
    if (this.messages.length > 0)
      return Promise.resolve(this.messages.shift());
    return new Promise(resolve => this.waiting.push(resolve));
  }
}
</script>
"""


class Chromium(TestCase):
    @classmethod
    def setUpClass(cls):
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)

    def setUp(self):
        super().setUp()
        self.server.add_handler("/", self.serve_page)
        (uri,) = self.server.get_uris()
        call_in_thread(self.browser.open, uri.to_string())

    def serve_page(self, _server, message, path, _query):
        if path == "/":
            message.set_status(Wsoup.Status.OK, None)
            message.set_response("text/html", Wsoup.MemoryUse.COPY, PAGE.encode())
        else:
            message.set_status(Wsoup.Status.NOT_FOUND, None)

    def keep_peer(self, server, message, path, connection):
        connection.set_max_incoming_payload_size(2 * MIB)
        connection.set_max_total_message_size(2 * MIB)
        super().keep_peer(server, message, path, connection)

    def run_script(self, script, *arguments):
        return call_in_thread(self.browser.run_async, script, *arguments)

    def test_page_is_served(self):
        self.assertEqual(
            call_in_thread(self.browser.run, "return document.title"), "tests of wsoup"
        )

    def test_text_comes_back(self):
        texts = ["hello", "γειά σου, 世界, 🦀", "\0one\0two\0", ""]
        script = """
            const echo = await new Socket('/echo').opened;
            const texts = [];
            for (const text of arguments[0]) {
                echo.socket.send(text);
                texts.push(await echo.receive());
            }
            echo.socket.close(1000);
            await echo.closed;
            return texts;
        """
        self.assertEqual(self.run_script(script, texts), texts)
        wait_for(self.peer.is_closed)
        received = [(kind, data or b"") for kind, data in self.peer.messages]
        self.assertEqual(received, [(TEXT, text.encode()) for text in texts])
        self.assertEqual(self.peer.events, ["message"] * len(texts) + ["closing", "closed"])

    def test_binary_comes_back(self):
        script = """
            const echo = await new Socket('/echo').opened;
            echo.socket.send(Uint8Array.from({length: 256}, (_, index) => index));
            echo.socket.send(new ArrayBuffer(0));
            const data = [await echo.receive(), await echo.receive()];
            echo.socket.close();
            await echo.closed;
            return data.map(buffer => [...new Uint8Array(buffer)]);
        """
        self.assertEqual(self.run_script(script), [list(range(256)), []])
        received = [(kind, data or b"") for kind, data in self.peer.messages]
        self.assertEqual(received, [(BINARY, bytes(range(256))), (BINARY, b"")])

    def test_1_mib_comes_back(self):
        script = """
            const echo = await new Socket('/echo').opened;
            const sent = Uint8Array.from({length: 1 << 20}, (_, index) => index ^ index >> 8);
            echo.socket.send(sent);
            echo.socket.send('√'.repeat(349525));
            const data = new Uint8Array(await echo.receive());
            const text = await echo.receive();
            echo.socket.close();
            await echo.closed;
            return [
                data.length === sent.length && data.every((byte, index) => byte === sent[index]),
                text === '√'.repeat(349525),
            ];
        """
        self.assertEqual(self.run_script(script), [True, True])

    def test_compression_is_agreed_on(self):
        script = """
            const echo = await new Socket('/echo').opened;
            const lengths = [];
            for (let round = 0; round < 3; round++) {
                echo.socket.send('compressible '.repeat(1000));
                lengths.push((await echo.receive()).length);
            }
            echo.socket.close();
            return [echo.socket.extensions, lengths];
        """
        extensions, lengths = self.run_script(script)
        self.assertTrue(extensions.startswith("permessage-deflate"), extensions)
        self.assertEqual(lengths, [13000] * 3)
        (deflate,) = self.peer.connection.get_extensions()
        self.assertIsInstance(deflate, Wsoup.WebsocketExtensionDeflate)

    def test_page_closes_with_code_and_reason(self):
        script = """
            const echo = await new Socket('/echo').opened;
            echo.socket.close(4321, 'enough, 世界');
            return await echo.closed;
        """
        closed = self.run_script(script)
        self.assertEqual((closed["code"], closed["wasClean"]), (4321, True))
        wait_for(self.peer.is_closed)
        self.assertEqual(self.peer.connection.get_close_code(), 4321)
        self.assertEqual(self.peer.connection.get_close_data(), "enough, 世界")
        self.assertEqual(self.peer.events, ["closing", "closed"])

    def test_server_closes_with_code_and_reason(self):
        def handler(_server, _message, _path, connection):
            self.peers.append(End(connection))
            connection.send_text("before")
            connection.close(4321, "enough, 世界")

        self.server.add_websocket_handler("/close", None, None, handler)
        script = """
            const socket = new Socket('/close');
            return [await socket.receive(), await socket.closed];
        """
        self.assertEqual(
            self.run_script(script),
            ["before", {"code": 4321, "reason": "enough, 世界", "wasClean": True}],
        )
        wait_for(self.peer.is_closed)
        self.assertEqual(self.peer.connection.get_close_code(), 4321)

    def test_tab_that_goes_away_closes_with_going_away(self):
        (uri,) = self.server.get_uris()

        def connect_in_a_tab_and_close_it():
            first = self.browser.tab()
            self.browser.new_tab()
            self.browser.open(uri.to_string())
            self.browser.run_async("window.echo = await new Socket('/echo').opened;")
            self.browser.close_tab()
            self.browser.go_to_tab(first)

        call_in_thread(connect_in_a_tab_and_close_it)
        wait_for(self.peer.is_closed)
        self.assertEqual(
            self.peer.connection.get_close_code(), Wsoup.WebsocketCloseCode.GOING_AWAY
        )

    def test_subprotocol_is_agreed_on(self):
        self.server.add_websocket_handler("/chat", None, ["v2", "v1"], self.keep_peer)
        script = """
            const chat = await new Socket('/chat', ['v0', 'v1']).opened;
            chat.socket.close();
            return [chat.socket.protocol, chat.socket.extensions];
        """
        self.assertEqual(self.run_script(script)[0], "v1")
        self.assertEqual(self.peer.connection.get_protocol(), "v1")

    def test_origin_of_the_page_arrives_and_counts(self):
        (uri,) = self.server.get_uris()
        origin = f"http://127.0.0.1:{uri.get_port()}"
        self.server.add_websocket_handler("/ours", origin, None, self.keep_peer)
        self.server.add_websocket_handler("/theirs", "http://foe.invalid", None, self.keep_peer)
        script = """
            const ours = await new Socket('/ours').opened;
            ours.socket.close();
            const theirs = await new Socket('/theirs').opened.catch(String);
            return [ours.socket.url.endsWith('/ours'), theirs];
        """
        self.assertEqual(self.run_script(script), [True, "Error: error event"])
        self.assertEqual(self.peer.connection.get_origin(), origin)
        self.assertEqual(len(self.peers), 1)


if __name__ == "__main__":
    unittest.main()
