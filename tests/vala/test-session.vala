// What a session promises about opening a connection: subprotocols, TLS, Unix sockets, and an
// error that tells what went wrong when it cannot.

// The client says something to the server, and closes.
void use_and_close (Fixture fixture, End client) {
    fixture.wait_peer ();
    client.connection.send_text ("over there");
    fixture.peer.assert_message (0, Wsoup.WebsocketDataType.TEXT, new Bytes ("over there".data));
    fixture.close (client);
}

void test_connects () throws Error {
    var fixture = new Fixture ();
    var message = fixture.message ("/echo");
    var client = fixture.connect (message);
    assert (message.get_status () == Wsoup.Status.SWITCHING_PROTOCOLS);
    use_and_close (fixture, client);
}

void test_protocol () throws Error {
    var fixture = new Fixture ();
    fixture.accept ("/chat", null, { "chat.v2", "chat.v1" });
    var client = fixture.connect (fixture.message ("/chat"), null, { "chat.v0", "chat.v1" });
    fixture.wait_peer ();
    assert (client.connection.protocol == "chat.v1");
    assert (fixture.peer.connection.protocol == "chat.v1");
    use_and_close (fixture, client);
}

void test_origin () throws Error {
    var fixture = new Fixture ();
    fixture.accept ("/private", "http://friend.invalid");
    var client = fixture.connect (fixture.message ("/private"), "http://friend.invalid");
    fixture.wait_peer ();
    assert (fixture.peer.connection.origin == "http://friend.invalid");
    use_and_close (fixture, client);
}

void check_refused (Fixture fixture, Wsoup.Message message, Wsoup.Status status,
                    string? origin = null, string[]? protocols = null) {
    var failure = fixture.connect_fails (message, origin, protocols);
    assert_error (failure, new Wsoup.WebsocketError.NOT_WEBSOCKET ("").domain,
                  Wsoup.WebsocketError.NOT_WEBSOCKET);
    assert (message.get_status () == status);
    assert (fixture.peer == null);
}

void test_not_found () throws Error {
    var fixture = new Fixture ();
    check_refused (fixture, fixture.message ("/nothing"), Wsoup.Status.NOT_FOUND);
}

void test_wrong_origin () throws Error {
    var fixture = new Fixture ();
    fixture.accept ("/private", "http://friend.invalid");
    check_refused (fixture, fixture.message ("/private"), Wsoup.Status.FORBIDDEN,
                   "http://foe.invalid");
}

void test_no_common_protocol () throws Error {
    var fixture = new Fixture ();
    fixture.accept ("/chat", null, { "chat" });
    check_refused (fixture, fixture.message ("/chat"), Wsoup.Status.BAD_REQUEST, null, { "other" });
}

void test_refused () throws Error {
    var fixture = new Fixture ();
    var message = fixture.message ("/refused");
    fixture.server.add_handler ("/refused", (server, request, path, query) => {
        request.get_response_headers ().append ("X-Why", "not today");
        request.set_status (Wsoup.Status.SERVICE_UNAVAILABLE, null);
    });
    check_refused (fixture, message, Wsoup.Status.SERVICE_UNAVAILABLE);
    assert (message.get_response_headers ().get_one ("x-why") == "not today");
}

void test_redirect () throws Error {
    var fixture = new Fixture ();
    var message = fixture.message ("/old");
    var restarts = 0;
    fixture.server.add_handler ("/old", (server, request, path, query) => {
        request.set_redirect (Wsoup.Status.FOUND, "/echo");
    });
    message.restarted.connect (() => {
        assert (message.get_status () == Wsoup.Status.FOUND);
        assert (message.get_uri ().get_path () == "/echo");
        restarts++;
    });
    use_and_close (fixture, fixture.connect (message));
    assert (restarts == 1);
}

// --- TLS -----------------------------------------------------------------------------------------

delegate void TlsTest (Fixture fixture, Wsoup.Message message, string folder) throws Error;

void with_tls (string certificate, TlsTest body) throws Error {
    var folder = make_certificates ();
    var fixture = new Fixture (
        new TlsCertificate.from_file (Path.build_filename (folder, certificate)));
    body (fixture, fixture.message ("/echo"), folder);
    remove_folder (folder);
}

void trust_the_authority (Fixture fixture, string folder) throws Error {
    fixture.session.set_tls_database (
        TlsFileDatabase.@new (Path.build_filename (folder, "ca.pem")));
}

void check_certificate_refused (Fixture fixture, Wsoup.Message message, TlsCertificateFlags flag) {
    var failure = fixture.connect_fails (message);
    assert_error (failure, TlsError.quark (), TlsError.BAD_CERTIFICATE);
    assert (flag in message.get_tls_peer_certificate_errors ());
    assert (fixture.peer == null);
}

void test_tls_trusted () throws Error {
    with_tls ("server.pem", (fixture, message, folder) => {
        trust_the_authority (fixture, folder);
        use_and_close (fixture, fixture.connect (message));
        assert (message.get_tls_peer_certificate () != null);
        assert (message.get_tls_peer_certificate_errors () == 0);
    });
}

void test_tls_certificate_of_client () throws Error {
    // The TLS handshake runs in a thread, which would run a context that nobody owns.
    assert (MainContext.@default ().acquire ());
    with_tls ("server.pem", (fixture, message, folder) => {
        var certificate = new TlsCertificate.from_file (Path.build_filename (folder, "client.pem"));
        TlsCertificate? shown = null;
        trust_the_authority (fixture, folder);
        fixture.server.tls_auth_mode = TlsAuthenticationMode.REQUESTED;
        fixture.server.request_started.connect ((request) => {
            request.accept_certificate.connect ((certificate, errors) => true);
            request.got_headers.connect (() => {
                shown = request.get_tls_peer_certificate ();
            });
        });
        message.request_certificate.connect ((connection) => {
            Timeout.add (20, () => {
                message.set_tls_client_certificate (certificate);
                return Source.REMOVE;
            });
            return true;
        });
        use_and_close (fixture, fixture.connect (message));
        assert (shown.is_same (certificate));
    });
    MainContext.@default ().release ();
}

void test_tls_accepted () throws Error {
    with_tls ("server.pem", (fixture, message, folder) => {
        TlsCertificateFlags seen = 0;
        message.accept_certificate.connect ((certificate, errors) => {
            seen = errors;
            return true;
        });
        use_and_close (fixture, fixture.connect (message));
        assert (TlsCertificateFlags.UNKNOWN_CA in seen);
    });
}

void test_tls_unknown_authority () throws Error {
    with_tls ("server.pem", (fixture, message, folder) => {
        check_certificate_refused (fixture, message, TlsCertificateFlags.UNKNOWN_CA);
    });
}

void test_tls_wrong_name () throws Error {
    with_tls ("stranger.pem", (fixture, message, folder) => {
        trust_the_authority (fixture, folder);
        check_certificate_refused (fixture, message, TlsCertificateFlags.BAD_IDENTITY);
    });
}

// --- Other addresses -----------------------------------------------------------------------------

void test_unix_socket () throws Error {
    var folder = DirUtils.make_tmp ("wsoup-test-XXXXXX");
    var address = new UnixSocketAddress (Path.build_filename (folder, "socket"));
    var fixture = new Fixture ();
    fixture.server.disconnect ();
    fixture.server.listen (address, 0);
    fixture.session =
        (Wsoup.Session) Object.new (typeof (Wsoup.Session), "remote-connectable", address);
    var client = fixture.connect (new Wsoup.Message ("GET", "ws://localhost/echo"));
    use_and_close (fixture, client);
    remove_folder (folder);
}

// A socket on 127.0.0.1 that has a port, so that nobody else gets it.
Socket bound_socket (out Wsoup.Message message) throws Error {
    var socket = new Socket (SocketFamily.IPV4, SocketType.STREAM, SocketProtocol.TCP);
    socket.bind (new InetSocketAddress.from_string ("127.0.0.1", 0), false);
    var address = (InetSocketAddress) socket.get_local_address ();
    message = new Wsoup.Message ("GET", @"ws://127.0.0.1:$(address.get_port ())/");
    return socket;
}

void test_unreachable () throws Error {
    Wsoup.Message message;
    var fixture = new Fixture ();
    var never_listening = bound_socket (out message);
    assert_error (fixture.connect_fails (message), IOError.quark (), IOError.CONNECTION_REFUSED);
    never_listening.close ();
}

// Which error it is depends on whether there is a network; RFC 2606 §2 keeps the name free.
void test_wrong_host () throws Error {
    var fixture = new Fixture ();
    var message = new Wsoup.Message ("GET", "ws://no-such-host.invalid/");
    assert (fixture.connect_fails (message).domain == ResolverError.quark ());
}

void test_cancelled_before () throws Error {
    var fixture = new Fixture ();
    var cancellable = new Cancellable ();
    cancellable.cancel ();
    var failure = fixture.connect_fails (fixture.message ("/echo"), null, null, cancellable);
    assert_error (failure, IOError.quark (), IOError.CANCELLED);
}

void test_cancelled_while_silent () throws Error {
    Wsoup.Message message;
    SocketConnection? accepted = null;
    var fixture = new Fixture ();
    var cancellable = new Cancellable ();
    var silent = new SocketListener ();
    var socket = bound_socket (out message);
    socket.listen ();
    silent.add_socket (socket, null);
    silent.accept_async.begin (null, (object, result) => {
        try {
            accepted = silent.accept_async.end (result);
        } catch (Error failure) {
            error ("%s", failure.message);
        }
        cancellable.cancel ();
    });
    var failure = fixture.connect_fails (message, null, null, cancellable);
    assert_error (failure, IOError.quark (), IOError.CANCELLED);
    assert (accepted != null);
    silent.close ();
}

void main (string[] args) {
    Test.init (ref args);
    add_test ("/vala/session/connects", test_connects);
    add_test ("/vala/session/agrees-on-a-subprotocol", test_protocol);
    add_test ("/vala/session/sends-the-origin", test_origin);
    add_test ("/vala/session/refused/no-handler-is-404", test_not_found);
    add_test ("/vala/session/refused/wrong-origin-is-403", test_wrong_origin);
    add_test ("/vala/session/refused/no-common-subprotocol-is-400", test_no_common_protocol);
    add_test ("/vala/session/refused/status-and-headers-stay-readable", test_refused);
    add_test ("/vala/session/redirect-is-followed-and-told", test_redirect);
    add_test ("/vala/session/tls/certificate-of-the-client-is-given-later",
              test_tls_certificate_of_client);
    add_test ("/vala/session/tls/trusted-by-database", test_tls_trusted);
    add_test ("/vala/session/tls/accepted-by-signal", test_tls_accepted);
    add_test ("/vala/session/tls/unknown-authority-is-refused", test_tls_unknown_authority);
    add_test ("/vala/session/tls/wrong-name-is-refused", test_tls_wrong_name);
    add_test ("/vala/session/unix-socket", test_unix_socket);
    add_test ("/vala/session/unreachable-port", test_unreachable);
    add_test ("/vala/session/wrong-host", test_wrong_host);
    add_test ("/vala/session/cancelled/before", test_cancelled_before);
    add_test ("/vala/session/cancelled/while-waiting", test_cancelled_while_silent);
    Test.run ();
}
