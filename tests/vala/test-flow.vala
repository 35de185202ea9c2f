// What Vala programs are promised about the flow of messages: asynchronous methods, bounds, water marks,
// receiving at one's own pace.

const int MIB = 1024 * 1024;

delegate void Failing () throws Error;

class Pair {
    public Fixture fixture;
    public End near;
    public End far;

    public Pair () throws Error {
        fixture = new Fixture ();
        fixture.accept ("/quiet");
        near = fixture.connect (fixture.message ("/quiet"));
        fixture.wait_peer ();
        far = fixture.peer;
        far.connection.max_incoming_payload_size = 0;
        far.connection.max_total_message_size = 0;
    }
}

void assert_io_error (IOError code, Failing failing) {
    try {
        failing ();
    } catch (Error failure) {
        assert_error (failure, code.domain, code.code);
        return;
    }
    assert_not_reached ();
}

// Runs the body of a test until it is through.
async void talk (Pair pair) throws Error {
    Wsoup.WebsocketDataType type;
    var near = pair.near.connection;
    var far = pair.far.connection;

    assert (yield near.send_message_async (Wsoup.WebsocketDataType.TEXT, new Bytes ("hello".data)));
    assert (near.buffered_amount == 0);
    var message = yield far.receive_async (null, out type);
    assert (type == Wsoup.WebsocketDataType.TEXT);
    assert (message.compare (new Bytes ("hello".data)) == 0);

    far.send_text ("last");
    far.send_binary ({ 0, 255 });
    message = yield near.receive_async (null, out type);
    assert (type == Wsoup.WebsocketDataType.TEXT);
    message = yield near.receive_async (null, out type);
    assert (type == Wsoup.WebsocketDataType.BINARY);
    assert (message.get_size () == 2);

    TimeSpan time = yield near.ping_async ();
    assert (time >= 0);
    time = yield near.ping_async (new Bytes ("payload".data));
    assert (time >= 0);

    assert (yield near.close_async (Wsoup.WebsocketCloseCode.NORMAL));
    assert (near.closed_cleanly);
    assert ((yield far.receive_async (null, out type)) == null);
    assert (far.close_code == Wsoup.WebsocketCloseCode.NORMAL);
}

async void exchange_stream (Pair pair) throws Error {
    Wsoup.WebsocketDataType type;
    var source = new MemoryInputStream.from_data (new uint8[MIB]);
    var sending = new AsyncQueue<int> ();
    pair.near.connection.send_stream_async.begin (
        Wsoup.WebsocketDataType.BINARY, source, Priority.DEFAULT, null, (_, result) => {
            try {
                pair.near.connection.send_stream_async.end (result);
                sending.push (1);
            } catch (Error failure) {
                error ("%s", failure.message);
            }
        });
    var stream = yield pair.far.connection.receive_stream_async (null, out type);
    assert (type == Wsoup.WebsocketDataType.BINARY);
    size_t length = 0;
    Bytes? part = null;
    do {
        part = yield stream.read_bytes_async (MIB);
        length += part.length;
    } while (part.length > 0);
    assert (length == MIB);
    yield pair.far.connection.ping_async ();
    assert (sending.length () == 1);
}

async void fail (Pair pair) throws Error {
    var cancellable = new Cancellable ();
    cancellable.cancel ();
    try {
        yield pair.near.connection.send_message_async (Wsoup.WebsocketDataType.TEXT,
                                                       new Bytes ("never".data), cancellable);
        assert_not_reached ();
    } catch (IOError.CANCELLED error) {
    }
    yield pair.near.connection.close_async (Wsoup.WebsocketCloseCode.NORMAL, "done");
    try {
        yield pair.near.connection.ping_async ();
        assert_not_reached ();
    } catch (IOError.CLOSED error) {
    }
    assert (pair.far.messages.length == 0);
    assert (pair.far.connection.close_reason == "done");
}

delegate void Begin (Pair pair, AsyncReadyCallback callback);
delegate void End_ (AsyncResult result) throws Error;

void run_async (Pair pair, Begin begin, End_ end) throws Error {
    AsyncResult? result = null;
    begin (pair, (_, got) => { result = got; });
    wait_for (() => result != null, "the method");
    end (result);
}

void test_talk () throws Error {
    var pair = new Pair ();
    run_async (pair, (pair, callback) => talk.begin (pair, callback), (result) => talk.end (result));
    pair.fixture.wait_closed (pair.near);
}

void test_stream () throws Error {
    var pair = new Pair ();
    run_async (pair, (pair, callback) => exchange_stream.begin (pair, callback),
               (result) => exchange_stream.end (result));
    pair.fixture.close (pair.near);
}

void test_fail () throws Error {
    var pair = new Pair ();
    run_async (pair, (pair, callback) => fail.begin (pair, callback), (result) => fail.end (result));
    pair.fixture.wait_closed (pair.near);
}

void test_bounds () throws Error {
    var pair = new Pair ();
    var near = pair.near.connection;
    var events = "";
    near.congested.connect (() => { events += "congested "; });
    near.drained.connect (() => { events += "drained "; });
    near.max_buffered_amount = 100;
    near.high_water_mark = 50;
    assert (near.overflow_policy == Wsoup.WebsocketOverflowPolicy.REFUSE);
    assert_io_error (new IOError.MESSAGE_TOO_LARGE (""), () => near.try_send_binary (new uint8[101]));
    assert (near.try_send_text (Uuid.string_random () + Uuid.string_random ()));
    assert (events == "congested ");
    assert_io_error (new IOError.WOULD_BLOCK (""), () => near.try_send_binary (new uint8[90]));
    wait_for (() => events == "congested drained ", "relief");
    pair.far.wait_messages (1);
    pair.fixture.close (pair.near);
    assert_io_error (new IOError.CLOSED (""), () => near.try_send_text ("late"));
}

void test_pause () throws Error {
    var pair = new Pair ();
    TimeSpan time = -1;
    pair.near.connection.pause ();
    pair.far.connection.send_text ("one");
    pair.far.connection.ping_async.begin (null, null, (_, result) => {
        try {
            time = pair.far.connection.ping_async.end (result);
        } catch (Error failure) {
            error ("%s", failure.message);
        }
    });
    wait_for (() => time >= 0, "the pong");
    assert (pair.near.messages.length == 0);
    assert (pair.near.connection.paused);
    pair.near.connection.resume ();
    pair.near.wait_messages (1);
    pair.fixture.close (pair.near);
}

void main (string[] args) {
    Test.init (ref args);
    add_test ("/vala/flow/asynchronous-methods-send-receive-ping-and-close", test_talk);
    add_test ("/vala/flow/streams", test_stream);
    add_test ("/vala/flow/asynchronous-methods-fail", test_fail);
    add_test ("/vala/flow/bounds-refuse-and-water-marks-tell", test_bounds);
    add_test ("/vala/flow/paused-messages-wait", test_pause);
    Test.run ();
}
