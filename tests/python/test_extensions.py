"""What extensions of a program promise: they are negotiated by name and change messages in order."""

import gc
import unittest

from support import GLib, TestCase, Wsoup, wait_for

SERVER = Wsoup.WebsocketConnectionType.SERVER
CLIENT = Wsoup.WebsocketConnectionType.CLIENT
BAD_DATA = Wsoup.WebsocketError.BAD_DATA
DEFLATE = Wsoup.WebsocketExtensionDeflate
RSV1, RSV2, RSV3 = 0x40, 0x20, 0x10


def bad_data(text):
    return GLib.Error.new_literal(Wsoup.WebsocketError.quark(), text, BAD_DATA)


class Suffix(Wsoup.WebsocketExtension):
    """Puts a byte behind what is sent and sets a reserved bit; undoes both to what comes."""

    __gtype_name__ = "PythonSuffix"
    bit, byte = 0, b""

    def __init__(self):
        super().__init__()
        self.params = []
        self.sent = []
        self.received = []

    def do_configure(self, kind, params):
        self.params.append((kind, params))
        return True

    def do_process_outgoing_message(self, header, payload):
        self.sent.append((header, payload.get_data()))
        return GLib.Bytes.new(payload.get_data() + self.byte), header | self.bit

    def do_process_incoming_message(self, header, payload):
        data = payload.get_data()
        self.received.append((header, data))
        if not header & self.bit or not data.endswith(self.byte):
            raise bad_data(f"{self.byte} is missing")
        return GLib.Bytes.new(data.removesuffix(self.byte)), header & ~self.bit


class First(Suffix):
    __gtype_name__ = "PythonFirst"
    bit, byte = RSV2, b"1"

    def do_get_request_params(self):
        return '; level=3; name="quoted"; fast'

    def do_get_response_params(self):
        return "; level=2"


class Second(Suffix):
    __gtype_name__ = "PythonSecond"
    bit, byte = RSV3, b"2"


class Refusing(Wsoup.WebsocketExtension):
    """Says no on one side, with an error or without."""

    __gtype_name__ = "PythonRefusing"
    side, error = SERVER, None

    def do_configure(self, kind, params):
        if kind != self.side:
            return True
        if self.error:
            raise self.error
        return False


class Failing(Wsoup.WebsocketExtension):
    """Fails to process what is sent, or what comes."""

    __gtype_name__ = "PythonFailing"
    fails_to_send = True

    def do_process_outgoing_message(self, header, payload):
        if self.fails_to_send:
            raise bad_data("not to be sent")
        return payload, header

    def do_process_incoming_message(self, header, payload):
        raise bad_data("not to be read")


class Careless(Wsoup.WebsocketExtension):
    """Sets a bit that nobody clears."""

    __gtype_name__ = "PythonCareless"

    def do_process_outgoing_message(self, header, payload):
        return payload, header | RSV3


First.set_name("x-first")
Second.set_name("x-second")
Refusing.set_name("x-refusing")
Failing.set_name("x-failing")
Careless.set_name("x-careless")


class Extensions(TestCase):
    def use(self, *types):
        """Has exactly these offered, in this order, and accepted."""
        self.session.remove_feature_by_type(DEFLATE)
        for extension_type in types:
            self.session.add_feature_by_type(extension_type)
            self.server.add_websocket_extension(extension_type)

    def open(self, *types):
        self.use(*types)
        client = self.connect("/echo")
        return client, self.peer

    def types_of(self, end):
        return [type(extension) for extension in end.connection.get_extensions()]

    def test_parameters_reach_both_sides(self):
        client, peer = self.open(First, Second)
        offered = {"level": "3", "name": "quoted", "fast": None}
        for end, kind, params in (peer, SERVER, offered), (client, CLIENT, {"level": "2"}):
            first, second = end.connection.get_extensions()
            self.assertEqual(first.params, [(kind, params)])
            self.assertEqual(second.params, [(kind, None)])
        self.close(client, peer)

    def test_messages_pass_all_in_order(self):
        client, peer = self.open(First, DEFLATE, Second)
        text = b"compressible, " * 20
        for end in client, peer:
            self.assertEqual(self.types_of(end), [First, DEFLATE, Second])
        client.connection.send_text(text.decode())
        self.assertEqual(client.wait_messages(1), [(1, text)])
        for sender, receiver in (client, peer), (peer, client):
            first, _deflate, second = sender.connection.get_extensions()
            self.assertEqual(first.sent, [(0x81, text)])
            ((header, deflated),) = second.sent
            self.assertEqual(header, 0x81 | RSV1 | RSV2)
            self.assertLess(len(deflated), len(text))
            first, _deflate, second = receiver.connection.get_extensions()
            self.assertEqual(second.received, [(0x81 | RSV1 | RSV2 | RSV3, deflated + b"2")])
            self.assertEqual(first.received, [(0x81 | RSV2, text + b"1")])
        self.close(client, peer)

    def test_server_declines_what_refuses_its_parameters(self):
        self.use(Refusing, Second)
        for error in None, bad_data("no"):
            with self.subTest(error=error):
                Refusing.side, Refusing.error = SERVER, error
                self.peers.clear()
                client = self.connect("/echo")
                for end in client, self.peer:
                    self.assertEqual(self.types_of(end), [Second])
                self.close(client, self.peer)

    def test_client_fails_when_one_refuses_the_answer(self):
        Refusing.side, Refusing.error = CLIENT, bad_data("not with these")
        self.use(Refusing)
        error = self.connect_fails("/echo")
        self.assertTrue(error.matches(Wsoup.WebsocketError.quark(), BAD_DATA))
        self.assertEqual(error.message, "not with these")
        Refusing.error = None
        error = self.connect_fails("/echo")
        self.assertTrue(
            error.matches(Wsoup.WebsocketError.quark(), Wsoup.WebsocketError.FAILED)
        )

    def check_failure(self, failing, other, text):
        wait_for(lambda: failing.errors, "the error")
        (error,) = failing.errors
        self.assertTrue(error.matches(Wsoup.WebsocketError.quark(), BAD_DATA))
        self.assertEqual(error.message, text)
        self.wait_closed(failing, other)
        self.assertEqual(other.connection.get_close_code(), BAD_DATA)
        self.assertEqual(failing.messages + other.messages, [])

    def test_error_with_an_outgoing_message_closes(self):
        Failing.fails_to_send = True
        client, peer = self.open(Failing)
        client.connection.send_text("hello")
        self.check_failure(client, peer, "not to be sent")

    def test_error_with_an_incoming_message_closes(self):
        Failing.fails_to_send = False
        client, peer = self.open(Failing)
        client.connection.send_text("hello")
        self.check_failure(peer, client, "not to be read")

    def test_reserved_bit_that_is_left_breaks_the_protocol(self):
        client, peer = self.open(Careless)
        client.connection.send_text("hello")
        self.wait_closed(client, peer)
        protocol_error = Wsoup.WebsocketError.PROTOCOL_ERROR
        self.assertTrue(peer.errors[0].matches(Wsoup.WebsocketError.quark(), protocol_error))
        self.assertEqual(client.connection.get_close_code(), protocol_error)
        self.assertEqual(peer.messages, [])

    def test_each_connection_has_its_own_which_goes_with_it(self):
        client, peer = self.open(Second)
        other = self.connect("/echo")
        client.connection.send_text("hello")
        client.wait_messages(1)
        (used,) = client.connection.get_extensions()
        (unused,) = other.connection.get_extensions()
        self.assertEqual((len(used.sent), unused.sent), (1, []))
        gone = []
        used.weak_ref(lambda: gone.append("client"))
        peer.connection.get_extensions()[0].weak_ref(lambda: gone.append("server"))
        del used
        self.close(client, peer)
        self.peers.remove(peer)
        del client, peer
        # The ends and the handlers refer to each other.
        gc.collect()
        wait_for(lambda: len(gone) == 2, "the extensions to go")
        self.close(other, self.peer)

    def test_one_message_leaves_it_out(self):
        self.use(First, Second)
        message = self.message("/echo")
        message.disable_feature(First)
        client = self.connect(message)
        self.assertEqual(self.types_of(client), [Second])
        self.close(client, self.peer)

    def test_server_without_it_declines_it(self):
        self.use(First, Second)
        self.server.remove_websocket_extension(Second)
        client = self.connect("/echo")
        self.assertEqual(self.types_of(client), [First])
        self.close(client, self.peer)


if __name__ == "__main__":
    unittest.main()
