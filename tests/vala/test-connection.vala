// What an open connection promises: messages arrive as they were sent, both sides can close, and
// the signals say so in order.

const int MIB = 1024 * 1024;

// Sends a message to the echo and checks what the server got and what came back.
void check_echo (Wsoup.WebsocketDataType type, Bytes message) throws Error {
    var fixture = new Fixture ();
    var client = fixture.connect (fixture.message ("/echo"));
    client.connection.send_message (type, message);
    client.assert_message (0, type, message);
    fixture.peer.assert_message (0, type, message);
    fixture.close (client);
}

void test_text () throws Error {
    var fixture = new Fixture ();
    var client = fixture.connect (fixture.message ("/echo"));
    var text = "hello, γειά σου, 世界, 🦀";
    client.connection.send_text (text);
    client.assert_message (0, Wsoup.WebsocketDataType.TEXT, new Bytes (text.data));
    fixture.close (client);
}

void test_nuls () throws Error {
    check_echo (Wsoup.WebsocketDataType.TEXT, new Bytes ({ 0, 'o', 'n', 'e', 0, 0, 't', 0 }));
}

void test_binary () throws Error {
    var data = new uint8[256];
    for (int i = 0; i < data.length; i++)
        data[i] = (uint8) i;
    check_echo (Wsoup.WebsocketDataType.BINARY, new Bytes (data));
    var fixture = new Fixture ();
    var client = fixture.connect (fixture.message ("/echo"));
    client.connection.send_binary (data);
    client.assert_message (0, Wsoup.WebsocketDataType.BINARY, new Bytes (data));
    fixture.close (client);
}

void test_empty () throws Error {
    var fixture = new Fixture ();
    var client = fixture.connect (fixture.message ("/echo"));
    var empty = new Bytes (null);
    client.connection.send_text ("");
    client.connection.send_binary (null);
    client.connection.send_message (Wsoup.WebsocketDataType.TEXT, empty);
    client.connection.send_message (Wsoup.WebsocketDataType.BINARY, empty);
    client.assert_message (0, Wsoup.WebsocketDataType.TEXT, empty);
    client.assert_message (1, Wsoup.WebsocketDataType.BINARY, empty);
    client.assert_message (2, Wsoup.WebsocketDataType.TEXT, empty);
    client.assert_message (3, Wsoup.WebsocketDataType.BINARY, empty);
    fixture.close (client);
}

void test_large () throws Error {
    var fixture = new Fixture ();
    var client = fixture.connect (fixture.message ("/echo"));
    var data = new uint8[16 * MIB];
    for (int i = 0; i < data.length; i++)
        data[i] = (uint8) (i ^ (i >> 8));
    fixture.wait_peer ();
    foreach (var connection in new Wsoup.WebsocketConnection[] { client.connection,
                                                                 fixture.peer.connection }) {
        connection.set_max_incoming_payload_size (32 * MIB);
        connection.set_max_total_message_size (32 * MIB);
    }
    var message = new Bytes.take ((owned) data);
    client.connection.send_message (Wsoup.WebsocketDataType.BINARY, message);
    client.assert_message (0, Wsoup.WebsocketDataType.BINARY, message);
    fixture.peer.assert_message (0, Wsoup.WebsocketDataType.BINARY, message);
    fixture.close (client);
}

// One side closes; the other reads code and reason, and each sees every signal once.
void check_close (Fixture fixture, End client, End closer, End other) {
    closer.connection.close (4321, "enough, 世界");
    assert (closer.connection.state == Wsoup.WebsocketState.CLOSING);
    fixture.wait_closed (client);
    assert_cmpuint (other.connection.get_close_code (), CompareOperator.EQ, 4321);
    assert_cmpstr (other.connection.get_close_data (), CompareOperator.EQ, "enough, 世界");
    assert_cmpuint (closer.connection.get_close_code (), CompareOperator.EQ, 4321);
    foreach (var end in new End[] { closer, other }) {
        assert_cmpstr (end.events, CompareOperator.EQ, "closing closed ");
        assert_cmpint (end.state_changes, CompareOperator.EQ, 2);
    }
}

void test_close_by_client () throws Error {
    var fixture = new Fixture ();
    var client = fixture.connect (fixture.message ("/echo"));
    fixture.wait_peer ();
    check_close (fixture, client, client, fixture.peer);
}

void test_close_by_server () throws Error {
    var fixture = new Fixture ();
    var client = fixture.connect (fixture.message ("/echo"));
    fixture.wait_peer ();
    check_close (fixture, client, fixture.peer, client);
}

void test_signal_order () throws Error {
    var fixture = new Fixture ();
    var client = fixture.connect (fixture.message ("/echo"));
    fixture.wait_peer ();
    fixture.peer.connection.send_text ("one");
    fixture.peer.connection.send_text ("two");
    fixture.peer.connection.close (Wsoup.WebsocketCloseCode.GOING_AWAY, null);
    fixture.wait_closed (client);
    assert_cmpstr (client.events, CompareOperator.EQ, "message message closing closed ");
    assert_cmpstr (fixture.peer.events, CompareOperator.EQ, "closing closed ");
}

void test_too_big () throws Error {
    var fixture = new Fixture ();
    var client = fixture.connect (fixture.message ("/echo"));
    client.connection.send_binary (new uint8[128 * 1024 + 1]);
    fixture.wait_closed (client);
    assert_cmpstr (fixture.peer.events, CompareOperator.EQ, "error closing closed ");
    assert (client.connection.get_close_code () == Wsoup.WebsocketCloseCode.TOO_BIG);
}

void test_keepalive () throws Error {
    var fixture = new Fixture ();
    var client = fixture.connect (fixture.message ("/echo"));
    client.connection.keepalive_interval = 1;
    wait_for (() => client.pongs > 0, "a pong");
    fixture.close (client);
}

void test_properties () throws Error {
    var fixture = new Fixture ();
    var message = fixture.message ("/echo");
    var client = fixture.connect (message);
    fixture.wait_peer ();
    assert (client.connection.state == Wsoup.WebsocketState.OPEN);
    assert (client.connection.connection_type == Wsoup.WebsocketConnectionType.CLIENT);
    assert (fixture.peer.connection.connection_type == Wsoup.WebsocketConnectionType.SERVER);
    assert_cmpstr (client.connection.uri.to_string (), CompareOperator.EQ,
                   message.get_uri ().to_string ());
    assert (client.connection.io_stream is IOStream);
    assert (client.connection.protocol == null);
    assert (client.connection.get_extensions ().length () == 1);
    assert (client.connection.max_incoming_payload_size == 128 * 1024);
    fixture.close (client);
}

void main (string[] args) {
    Test.init (ref args);
    add_test ("/vala/connection/text-comes-back", test_text);
    add_test ("/vala/connection/nuls-come-back", test_nuls);
    add_test ("/vala/connection/every-byte-comes-back", test_binary);
    add_test ("/vala/connection/empty-messages-come-back", test_empty);
    add_test ("/vala/connection/16-mib-come-back", test_large);
    add_test ("/vala/connection/client-closes", test_close_by_client);
    add_test ("/vala/connection/server-closes", test_close_by_server);
    add_test ("/vala/connection/messages-come-before-the-close", test_signal_order);
    add_test ("/vala/connection/too-big-a-message-closes-with-1009", test_too_big);
    add_test ("/vala/connection/keepalive-gets-pongs", test_keepalive);
    add_test ("/vala/connection/properties-are-readable", test_properties);
    Test.run ();
}
