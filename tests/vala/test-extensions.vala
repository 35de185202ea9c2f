// What extensions of a program promise: they are negotiated by name and change messages in order.

const uint8 RSV1 = 0x40;
const uint8 RSV2 = 0x20;
const uint8 RSV3 = 0x10;

Error bad_data (string text) {
    return new Error.literal (Wsoup.WebsocketError.quark (), Wsoup.WebsocketCloseCode.BAD_DATA,
                              text);
}

// Puts a byte behind what is sent and sets a reserved bit; undoes both to what comes.
abstract class Suffix : Wsoup.WebsocketExtension {
    public string configured = "";
    public uint8 sent_header;
    public uint8 received_header;
    public Bytes? sent;
    public Bytes? received;

    protected abstract uint8 bit { get; }
    protected abstract char byte { get; }

    public override bool configure (Wsoup.WebsocketConnectionType type,
                                    HashTable<string, string>? params) throws Error {
        configured += type == Wsoup.WebsocketConnectionType.SERVER ? "server:" : "client:";
        if (params == null)
            configured += " null";
        else
            foreach (var name in new string[] { "fast", "level", "name" })
                if (name in params)
                    configured += @" $name=$(params[name] ?? "(null)")";
        return true;
    }

    public override Bytes process_outgoing_message (ref uint8 header,
                                                    owned Bytes payload) throws Error {
        sent = payload;
        sent_header = header;
        header |= bit;
        var longer = new ByteArray ();
        longer.append (payload.get_data ());
        longer.append ({ (uint8) byte });
        return ByteArray.free_to_bytes ((owned) longer);
    }

    public override Bytes process_incoming_message (ref uint8 header,
                                                    owned Bytes payload) throws Error {
        received = payload;
        received_header = header;
        var end = payload.length - 1;
        if ((header & bit) == 0 || payload[end] != byte)
            throw bad_data (@"$byte is missing");
        header &= ~bit;
        return payload.slice (0, end);
    }
}

class First : Suffix {
    protected override uint8 bit { get { return RSV2; } }
    protected override char byte { get { return '1'; } }

    class construct {
        set_name ("x-first");
    }

    public override string? get_request_params () {
        return "; level=3; name=\"quoted\"; fast";
    }

    public override string? get_response_params () {
        return "; level=2";
    }
}

class Second : Suffix {
    protected override uint8 bit { get { return RSV3; } }
    protected override char byte { get { return '2'; } }

    class construct {
        set_name ("x-second");
    }
}

enum Fault {
    REFUSE_ON_SERVER,
    REFUSE_WITHOUT_ERROR,
    REFUSE_ON_CLIENT,
    FAIL_TO_SEND,
    FAIL_TO_RECEIVE,
    LEAVE_A_BIT
}

// Does everything wrong, as its property says.
class Faulty : Wsoup.WebsocketExtension {
    public int fault { get; set; }

    class construct {
        set_name ("x-faulty");
    }

    public override bool configure (Wsoup.WebsocketConnectionType type,
                                    HashTable<string, string>? params) throws Error {
        var is_server = type == Wsoup.WebsocketConnectionType.SERVER;
        if (fault == (is_server ? Fault.REFUSE_ON_SERVER : Fault.REFUSE_ON_CLIENT))
            throw bad_data ("not with these");
        return fault != Fault.REFUSE_WITHOUT_ERROR;
    }

    public override Bytes process_outgoing_message (ref uint8 header,
                                                    owned Bytes payload) throws Error {
        if (fault == Fault.FAIL_TO_SEND)
            throw bad_data ("not to be sent");
        if (fault == Fault.LEAVE_A_BIT)
            header |= RSV3;
        return payload;
    }

    public override Bytes process_incoming_message (ref uint8 header,
                                                    owned Bytes payload) throws Error {
        if (fault == Fault.FAIL_TO_RECEIVE)
            throw bad_data ("not to be read");
        return payload;
    }
}

// Has only these offered, in this order, and accepted.
Fixture fixture_with (Type[] types) throws Error {
    var fixture = new Fixture ();
    fixture.session.remove_feature_by_type (typeof (Wsoup.WebsocketExtensionDeflate));
    foreach (var type in types) {
        fixture.session.add_feature_by_type (type);
        fixture.server.add_websocket_extension (type);
    }
    return fixture;
}

Fixture faulty_fixture (Fault fault) throws Error {
    var fixture = fixture_with ({});
    Value[] values = { (int) fault };
    var manager = (Wsoup.WebsocketExtensionManager)
        fixture.session.get_feature (typeof (Wsoup.WebsocketExtensionManager));
    manager.add_extension_with_properties (typeof (Faulty), { "fault" }, values);
    fixture.server.add_websocket_extension_with_properties (typeof (Faulty), { "fault" }, values);
    return fixture;
}

End open (Fixture fixture) throws Error {
    var client = fixture.connect (fixture.message ("/echo"));
    fixture.wait_peer ();
    return client;
}

Wsoup.WebsocketExtension extension_of (End end, uint index) {
    return end.connection.get_extensions ().nth_data (index);
}

// Whether both ends have exactly one extension, of this type.
void assert_only (Fixture fixture, End client, Type type) {
    foreach (var end in new End[] { client, fixture.peer }) {
        assert (end.connection.get_extensions ().length () == 1);
        assert (extension_of (end, 0).get_type () == type);
    }
}

void test_parameters () throws Error {
    var fixture = fixture_with ({ typeof (First), typeof (Second) });
    var client = open (fixture);
    var at_server = (First) extension_of (fixture.peer, 0);
    assert (at_server.configured == "server: fast=(null) level=3 name=quoted");
    assert (((First) extension_of (client, 0)).configured == "client: level=2");
    assert (((Second) extension_of (fixture.peer, 1)).configured == "server: null");
    assert (((Second) extension_of (client, 1)).configured == "client: null");
    fixture.close (client);
}

void check_one_way (End sender, End receiver, Bytes message) {
    var first = (First) extension_of (sender, 0);
    var second = (Second) extension_of (sender, 2);
    assert (extension_of (sender, 1) is Wsoup.WebsocketExtensionDeflate);
    assert (first.sent_header == 0x81 && first.sent.compare (message) == 0);
    assert (second.sent_header == (0x81 | RSV1 | RSV2) && second.sent.length < message.length);
    var their_first = (First) extension_of (receiver, 0);
    var their_second = (Second) extension_of (receiver, 2);
    assert (their_second.received_header == (0x81 | RSV1 | RSV2 | RSV3));
    assert (their_second.received.slice (0, second.sent.length).compare (second.sent) == 0);
    assert (their_first.received_header == (0x81 | RSV2));
    assert (their_first.received.slice (0, message.length).compare (message) == 0);
}

void test_order () throws Error {
    var fixture = fixture_with ({
        typeof (First), typeof (Wsoup.WebsocketExtensionDeflate), typeof (Second)
    });
    var client = open (fixture);
    var text = "compressible, compressible, compressible, compressible";
    var message = new Bytes (text.data);
    client.connection.send_text (text);
    client.assert_message (0, Wsoup.WebsocketDataType.TEXT, message);
    check_one_way (client, fixture.peer, message);
    check_one_way (fixture.peer, client, message);
    fixture.close (client);
}

void test_declined () throws Error {
    foreach (var fault in new Fault[] { Fault.REFUSE_ON_SERVER, Fault.REFUSE_WITHOUT_ERROR }) {
        var fixture = faulty_fixture (fault);
        fixture.session.add_feature_by_type (typeof (Second));
        fixture.server.add_websocket_extension (typeof (Second));
        var client = open (fixture);
        assert_only (fixture, client, typeof (Second));
        fixture.close (client);
    }
}

void test_refused_answer () throws Error {
    var fixture = faulty_fixture (Fault.REFUSE_ON_CLIENT);
    var failure = fixture.connect_fails (fixture.message ("/echo"));
    assert_error (failure, Wsoup.WebsocketError.quark (), Wsoup.WebsocketCloseCode.BAD_DATA);
    assert (failure.message == "not with these");
}

// Sends a message with the fault; it closes the connection.
void check_failure (Fault fault, bool fails_client, int code, string? text) throws Error {
    var fixture = faulty_fixture (fault);
    var client = open (fixture);
    var failing = fails_client ? client : fixture.peer;
    var other = fails_client ? fixture.peer : client;
    Error? got = null;
    failing.connection.error.connect ((failure) => { got = failure; });
    client.connection.send_text ("hello");
    fixture.wait_closed (client);
    assert_error (got, Wsoup.WebsocketError.quark (), code);
    assert (text == null || got.message == text);
    assert (other.connection.get_close_code () == code);
    assert (failing.messages.length + other.messages.length == 0);
}

void test_errors () throws Error {
    var bad_data = Wsoup.WebsocketCloseCode.BAD_DATA;
    check_failure (Fault.FAIL_TO_SEND, true, bad_data, "not to be sent");
    check_failure (Fault.FAIL_TO_RECEIVE, false, bad_data, "not to be read");
}

void test_left_bit () throws Error {
    check_failure (Fault.LEAVE_A_BIT, false, Wsoup.WebsocketCloseCode.PROTOCOL_ERROR, null);
}

void test_state () throws Error {
    var fixture = fixture_with ({ typeof (Second) });
    var gone = false;
    {
        var client = open (fixture);
        client.connection.send_text ("hello");
        client.wait_messages (1);
        assert (((Second) extension_of (client, 0)).sent != null);
        extension_of (client, 0).weak_ref (() => { gone = true; });
        fixture.close (client);
        // It and its handlers refer to each other.
        client.connection = null;
    }
    wait_for (() => gone, "the extension to go");
    fixture.peer = null;
    var other = open (fixture);
    assert (((Second) extension_of (other, 0)).sent == null);
    fixture.close (other);
}

void test_disabled () throws Error {
    var fixture = fixture_with ({ typeof (First), typeof (Second) });
    var message = fixture.message ("/echo");
    message.disable_feature (typeof (First));
    var client = fixture.connect (message);
    fixture.wait_peer ();
    assert_only (fixture, client, typeof (Second));
    fixture.close (client);
}

void test_removed () throws Error {
    var fixture = fixture_with ({ typeof (First), typeof (Second) });
    fixture.server.remove_websocket_extension (typeof (Second));
    var client = open (fixture);
    assert_only (fixture, client, typeof (First));
    fixture.close (client);
}

void main (string[] args) {
    Test.init (ref args);
    add_test ("/vala/extensions/parameters-reach-both-sides", test_parameters);
    add_test ("/vala/extensions/messages-pass-all-in-order", test_order);
    add_test ("/vala/extensions/server-declines-what-refuses", test_declined);
    add_test ("/vala/extensions/client-fails-when-one-refuses-the-answer", test_refused_answer);
    add_test ("/vala/extensions/errors-with-messages-close", test_errors);
    add_test ("/vala/extensions/reserved-bit-that-is-left-breaks-the-protocol", test_left_bit);
    add_test ("/vala/extensions/each-connection-has-its-own-which-goes-with-it", test_state);
    add_test ("/vala/extensions/one-message-leaves-it-out", test_disabled);
    add_test ("/vala/extensions/server-without-it-declines-it", test_removed);
    Test.run ();
}
