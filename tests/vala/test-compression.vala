// What compression promises.

Wsoup.WebsocketExtensionDeflate deflate_of (Wsoup.WebsocketConnection connection) {
    assert (connection.get_extensions ().length () == 1);
    return (Wsoup.WebsocketExtensionDeflate) connection.get_extensions ().data;
}

void test_default () throws Error {
    var fixture = new Fixture ();
    var client = fixture.connect (fixture.message ("/echo"));
    var deflate = deflate_of (client.connection);
    assert (deflate.compress && deflate.get_level () == -1);
    deflate.minimum_size = 0;
    client.connection.send_text ("compressible, compressible");
    client.wait_messages (1);
    fixture.close (client);
}

void test_properties () throws Error {
    var fixture = new Fixture ();
    Value[] values = { true };
    fixture.server.add_websocket_extension_with_properties (
        typeof (Wsoup.WebsocketExtensionDeflate), { "server-no-context-takeover" }, values);
    var client = fixture.connect (fixture.message ("/echo"));
    assert (deflate_of (client.connection).get_server_no_context_takeover ());
    fixture.close (client);
    fixture.server.remove_websocket_extension (typeof (Wsoup.WebsocketExtensionDeflate));
}

void main (string[] args) {
    Test.init (ref args);
    add_test ("/vala/compression/both-sides-agree-on-it-by-themselves", test_default);
    add_test ("/vala/compression/properties-are-asked-for", test_properties);
    Test.run ();
}
