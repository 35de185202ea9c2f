// What a client that stays connected promises.

void test_comes_back () throws Error {
    var fixture = new Fixture ();
    var uri = @"ws://127.0.0.1:$(fixture.port)/echo";
    var client = new Wsoup.ReconnectingClient (fixture.session, uri, null, null);
    string[] received = {};
    uint[] codes = {};
    client.initial_delay = 1;
    client.message.connect ((type, message) => {
        received += (string) message.get_data ();
    });
    client.disconnected.connect ((connection, failure, is_final) => {
        codes += connection.get_close_code ();
        return false;
    });
    client.send_text ("one");
    client.start ();
    wait_for (() => received.length == 1, "the first echo");
    fixture.peer.connection.close (Wsoup.WebsocketCloseCode.GOING_AWAY, null);
    wait_for (() => codes.length == 1, "the end");
    client.send_text ("two");
    wait_for (() => received.length == 2, "the second echo");
    assert (received[0] == "one" && received[1] == "two" && codes[0] == 1001);
    client.stop ();
    wait_for (() => client.state == Wsoup.ReconnectingState.STOPPED, "the stop");
}

void test_gives_up () throws Error {
    var fixture = new Fixture ();
    var uri = @"ws://127.0.0.1:$(fixture.port)/none";
    var client = new Wsoup.ReconnectingClient (fixture.session, uri, null, null);
    int attempts = 0;
    Error? failure = null;
    client.initial_delay = 1;
    client.attempt_failed.connect ((message, error, is_final) => {
        assert (message.get_status () == 404 && is_final);
        return ++attempts < 3;
    });
    client.failed.connect ((error) => { failure = error; });
    client.start ();
    wait_for (() => failure != null, "the end");
    assert (attempts == 3 && client.state == Wsoup.ReconnectingState.FAILED);
}

void main (string[] args) {
    Test.init (ref args);
    add_test ("/vala/reconnecting/comes-back", test_comes_back);
    add_test ("/vala/reconnecting/gives-up-after-what-would-be-repeated", test_gives_up);
    Test.run ();
}
