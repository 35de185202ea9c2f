// What a server promises: it answers plain HTTP requests beside the WebSockets, and tells where it
// listens.

async void read_all (InputStream input, StringBuilder answer) throws Error {
    while (true) {
        var bytes = yield input.read_bytes_async (4096);
        if (bytes.get_size () == 0)
            return;
        answer.append_len ((string) bytes.get_data (), (ssize_t) bytes.get_size ());
    }
}

// Sends a request written by hand, and returns the answer once it contains the text.
string request (Fixture fixture, string path, string text) throws Error {
    var answer = new StringBuilder ();
    var ended = false;
    var stream = new SocketClient ().connect_to_host ("127.0.0.1", fixture.port);
    stream.output_stream.write_all (@"GET $path HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".data, null);
    read_all.begin (stream.input_stream, answer, (object, result) => {
        try {
            read_all.end (result);
        } catch (Error failure) {
            error ("%s", failure.message);
        }
        ended = true;
    });
    wait_for (() => ended || ("\r\n\r\n" in answer.str && text in answer.str), text);
    if (!ended)
        stream.socket.shutdown (true, true);
    wait_for (() => ended, "the end of the answer");
    return answer.str;
}

void test_plain_request () throws Error {
    var fixture = new Fixture ();
    fixture.server.add_handler ("/hello", (server, message, path, query) => {
        var name = query == null ? "you" : query["name"];
        assert (message.get_method () == "GET");
        assert (path == "/hello");
        message.set_status (Wsoup.Status.OK, null);
        message.set_response ("text/plain", Wsoup.MemoryUse.COPY, @"hello, $name!".data);
    });
    assert (request (fixture, "/hello", "hello, you!").has_prefix ("HTTP/1.1 200"));
    assert (request (fixture, "/hello?name=World", "hello, World!").has_prefix ("HTTP/1.1 200"));
    fixture.server.remove_handler ("/hello");
    assert (request (fixture, "/hello", "").has_prefix ("HTTP/1.1 404"));
}

void test_not_found () throws Error {
    assert (request (new Fixture (), "/nothing", "").has_prefix ("HTTP/1.1 404"));
}

void test_no_handshake () throws Error {
    assert (request (new Fixture (), "/echo", "").has_prefix ("HTTP/1.1 400"));
}

void test_uris () throws Error {
    var fixture = new Fixture ();
    var uris = fixture.server.get_uris ();
    assert (uris.data.get_scheme () == "http");
    assert (uris.data.get_host () == "127.0.0.1");
    assert (uris.data.get_port () > 0);
    fixture.server.disconnect ();
    assert (fixture.server.get_uris () == null);
}

void test_port_in_use () throws Error {
    var fixture = new Fixture ();
    try {
        var second = new Wsoup.Server ("server-header", "tests");
        second.listen_local (fixture.port, Wsoup.ServerListenOptions.IPV4_ONLY);
        assert_not_reached ();
    } catch (Error failure) {
        assert_error (failure, IOError.quark (), IOError.ADDRESS_IN_USE);
    }
}

void test_limits () throws Error {
    var fixture = new Fixture ();
    fixture.server.max_connections = 7;
    fixture.server.handshake_timeout = 9;
    assert (fixture.server.max_connections == 7);
    assert (fixture.server.get_handshake_timeout () == 9);
    fixture.connect (fixture.message ("/echo"));
    fixture.server.max_connections_per_address = 1;
    var failure = fixture.connect_fails (fixture.message ("/echo"));
    assert_error (failure, Wsoup.WebsocketError.quark (), Wsoup.WebsocketError.NOT_WEBSOCKET);
}

void test_shutdown () throws Error {
    var fixture = new Fixture ();
    var client = fixture.connect (fixture.message ("/echo"));
    fixture.wait_peer ();
    wait_for (() => fixture.server.n_connections == 1, "the connection");
    assert (fixture.server.get_connections ().data == fixture.peer.connection);
    var is_done = false;
    fixture.server.shutdown_async.begin (1001, "good bye", 10, null, (object, result) => {
        try {
            assert (fixture.server.shutdown_async.end (result));
        } catch (Error failure) {
            error ("%s", failure.message);
        }
        is_done = true;
    });
    wait_for (() => is_done, "the end of the server");
    fixture.wait_closed (client);
    assert (client.connection.get_close_code () == 1001);
}

void test_listen_fds () throws Error {
    var server = new Wsoup.Server ("server-header", "tests");
    assert (server.listen_fds (null, Wsoup.ServerListenOptions.IPV4_ONLY) == 0);
    try {
        server.listen_fd (0, Wsoup.ServerListenOptions.IPV4_ONLY);
        assert_not_reached ();
    } catch (Error failure) {
        assert_error (failure, IOError.quark (), IOError.INVALID_ARGUMENT);
    }
}

void main (string[] args) {
    Test.init (ref args);
    add_test ("/vala/server/plain-request-is-answered", test_plain_request);
    add_test ("/vala/server/no-handler-is-404", test_not_found);
    add_test ("/vala/server/plain-request-to-a-websocket-is-400", test_no_handshake);
    add_test ("/vala/server/uris-tell-where-it-listens", test_uris);
    add_test ("/vala/server/port-in-use-is-an-error", test_port_in_use);
    add_test ("/vala/server/strangers-may-take-what-the-limits-say", test_limits);
    add_test ("/vala/server/shutdown-closes-all-in-order", test_shutdown);
    add_test ("/vala/server/nothing-was-passed-by-a-service-manager", test_listen_fds);
    Test.run ();
}
