// A tour of what a program can do about the flow of messages, against an echo server.
//
//   flow-tour ws://127.0.0.1:8080/

const int SIZE = 100000;

void say (string text) {
    print ("Vala: %s\n", text);
}

async size_t size_of (InputStream stream) throws Error {
    size_t size = 0;
    Bytes? bytes = null;
    do {
        bytes = yield stream.read_bytes_async (65536);
        size += bytes.get_size ();
    } while (bytes.get_size () > 0);
    return size;
}

async void flow (Wsoup.WebsocketConnection connection) throws Error {
    Wsoup.WebsocketDataType type;

    // What comes waits to be received.
    connection.pause ();
    yield connection.send_message_async (Wsoup.WebsocketDataType.TEXT, new Bytes ("hello".data));
    var message = yield connection.receive_async (null, out type);
    say (@"written, and got \"$((string) message.get_data ())\" back");

    connection.max_buffered_amount = SIZE;
    try {
        connection.try_send_binary (new uint8[SIZE + 1]);
    } catch (IOError.MESSAGE_TOO_LARGE error) {
        say ("refused: true");
    }

    connection.high_water_mark = SIZE / 2;
    var is_congested = false;
    connection.congested.connect (() => { is_congested = true; });
    var drained = connection.drained.connect (() => flow.callback ());
    var sent = 0;
    for (; !is_congested; sent++)
        connection.try_send_binary (new uint8[1000]);
    say ("congested");
    yield;
    connection.disconnect (drained);
    for (; sent > 0; sent--)
        yield connection.receive_async (null, out type);
    say ("drained, and everything came back");

    // Sending is for any thread.
    var thread = new Thread<void> ("sender", () => connection.send_text ("from a thread"));
    message = yield connection.receive_async (null, out type);
    thread.join ();

    var source = new MemoryInputStream.from_data (new uint8[SIZE]);
    connection.send_stream_async.begin (Wsoup.WebsocketDataType.BINARY, source, Priority.DEFAULT, null);
    var stream = yield connection.receive_stream_async (null, out type);
    say (@"a stream of $(yield size_of (stream)) bytes came back");

    say (@"pinged: $((yield connection.ping_async ()) >= 0)");

    connection.resume ();
    connection.pause ();
    connection.send_text ("held");
    yield connection.ping_async ();
    var handler = connection.message.connect ((type, message) => flow.callback ());
    connection.resume ();
    yield;
    connection.disconnect (handler);
    say ("resumed");

    yield connection.close_async (Wsoup.WebsocketCloseCode.NORMAL);
    say (@"closed in order: $(connection.closed_cleanly)");
}

async void tour (string uri) throws Error {
    var session = new Wsoup.Session ();
    var message = new Wsoup.Message ("GET", uri);
    yield flow (yield session.websocket_connect_async (message, null, null, Priority.DEFAULT, null));

    var client = new Wsoup.ReconnectingClient (session, uri, null, null);
    client.message.connect ((type, message) => client.stop ());
    client.notify["state"].connect (() => {
        if (client.state == Wsoup.ReconnectingState.STOPPED)
            tour.callback ();
    });
    client.send_text ("queued");
    client.start ();
    yield;
    say ("a client that stays connected was answered");
}

int main (string[] args) {
    var loop = new MainLoop ();
    var status = 1;
    tour.begin (args.length > 1 ? args[1] : "ws://127.0.0.1:8080/", (object, result) => {
        try {
            tour.end (result);
            status = 0;
        } catch (Error error) {
            printerr ("Vala: %s\n", error.message);
        }
        loop.quit ();
    });
    loop.run ();
    return status;
}
