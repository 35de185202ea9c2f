// What HTTP authentication promises: a server that asks, and classes to derive from.

class Bearer : Wsoup.AuthDomain {
    public Bearer () {
        Object (realm: "mine");
    }

    public override string accepts (Wsoup.ServerMessage message, string header) {
        string? username = header == "Bearer 1234" ? "somebody" : null;
        return username;
    }

    public override string challenge (Wsoup.ServerMessage message) {
        return @"Bearer realm=\"$realm\"";
    }
}

// Connects with credentials, and returns the status of the answer.
uint ask (Fixture fixture, string credentials) throws Error {
    var message = fixture.message ("/echo");
    message.get_request_headers ().append ("Authorization", credentials);
    try {
        var client = fixture.connect (message);
        fixture.close (client);
    } catch (Error failure) {
        assert_error (failure, Wsoup.WebsocketError.quark (), Wsoup.WebsocketError.NOT_WEBSOCKET);
    }
    return message.status_code;
}

void test_callback () throws Error {
    var fixture = new Fixture ();
    var domain = new Wsoup.AuthDomainBasic ("realm", "r");
    domain.add_path ("/echo");
    domain.set_auth_callback ((domain, message, username, password) => {
        return username == "Aladdin" && password == "open sesame";
    });
    fixture.server.add_auth_domain (domain);
    assert (ask (fixture, "Basic QWxhZGRpbjp3cm9uZw==") == 401);
    assert (ask (fixture, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==") == 101);
}

void test_derived () throws Error {
    var fixture = new Fixture ();
    var domain = new Bearer ();
    domain.add_path ("/echo");
    fixture.server.add_auth_domain (domain);
    assert (ask (fixture, "Bearer 123") == 401);
    assert (ask (fixture, "Bearer 1234") == 101);
}

void main (string[] args) {
    Test.init (ref args);
    add_test ("/vala/auth/a-callback-decides-about-names-and-passwords", test_callback);
    add_test ("/vala/auth/a-derived-domain-decides", test_derived);
    Test.run ();
}
