// Says something to an echo server, looks at what comes back, and closes the connection.
//
//   echo-client ws://127.0.0.1:8080/

const string TEXT = "hello";
const uint8[] BYTES = { 0x00, 0x01, 0xfe, 0xff };

// Waits for the next message; null if the connection closes before there is one.
async Bytes? next_message (Wsoup.WebsocketConnection connection) {
    Bytes? received = null;
    var on_message = connection.message.connect ((type, message) => {
        received = message;
        next_message.callback ();
    });
    var on_closed = connection.closed.connect (() => next_message.callback ());
    yield;
    connection.disconnect (on_message);
    connection.disconnect (on_closed);
    return received;
}

async bool talk (string uri) throws Error {
    var session = new Wsoup.Session ();
    var message = new Wsoup.Message ("GET", uri);
    if (message == null)
        throw new IOError.INVALID_ARGUMENT ("%s is no URI to connect to", uri);
    var connection =
        yield session.websocket_connect_async (message, null, null, Priority.DEFAULT, null);

    connection.send_text (TEXT);
    var text = yield next_message (connection);
    print ("Vala: sent \"%s\", got \"%s\"\n", TEXT, (string) text.get_data ());

    connection.send_binary (BYTES);
    var bytes = yield next_message (connection);
    print ("Vala: sent %d bytes, got %d bytes\n", BYTES.length, (int) bytes.get_size ());

    connection.close (Wsoup.WebsocketCloseCode.NORMAL, "thank you");
    connection.closed.connect (() => talk.callback ());
    yield;
    print ("Vala: closed with %u\n", connection.get_close_code ());
    return text.compare (new Bytes (TEXT.data)) == 0 && bytes.compare (new Bytes (BYTES)) == 0
        && connection.get_close_code () == Wsoup.WebsocketCloseCode.NORMAL;
}

int main (string[] args) {
    var loop = new MainLoop ();
    var succeeded = false;
    talk.begin (args.length > 1 ? args[1] : "ws://127.0.0.1:8080/", (object, result) => {
        try {
            succeeded = talk.end (result);
        } catch (Error error) {
            printerr ("Vala: no connection: %s\n", error.message);
        }
        loop.quit ();
    });
    loop.run ();
    return succeeded ? 0 : 1;
}
