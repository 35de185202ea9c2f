// What the Vala suites share: a deadline for every wait, the two ends of a connection with a record
// of their signals, and a server on a free port of this process.

public delegate bool Condition ();

// Iterates the main context until the condition holds, and fails after the deadline.
public void wait_for (Condition condition, string what) {
    var late = Timeout.add_seconds (10, () => {
        error ("waited too long for %s", what);
    });
    while (!condition ())
        MainContext.default ().iteration (true);
    Source.remove (late);
}

public void assert_error (Error? got, Quark domain, int code) {
    if (got == null || got.domain != domain || got.code != code)
        error ("wanted error %s %d, got %s %d: %s", domain.to_string (), code,
               got == null ? "none" : got.domain.to_string (), got == null ? 0 : got.code,
               got == null ? "" : got.message);
}

// One end of a connection, and what its signals said.
public class End {
    public Wsoup.WebsocketConnection connection;
    public string events = "";
    public GenericArray<Bytes> messages = new GenericArray<Bytes> ();
    public GenericArray<int> types = new GenericArray<int> ();
    public int pongs = 0;
    public int state_changes = 0;

    // The handlers hold no reference: the end goes away with its test.
    public End (Wsoup.WebsocketConnection connection, bool echoes = false) {
        unowned End self = this;
        this.connection = connection;
        connection.message.connect ((source, type, message) => {
            self.events += "message ";
            self.types.add (type);
            self.messages.add (message);
            if (echoes)
                source.send_message ((Wsoup.WebsocketDataType) type, message);
        });
        connection.error.connect ((error) => { self.events += "error "; });
        connection.closing.connect (() => { self.events += "closing "; });
        connection.closed.connect (() => { self.events += "closed "; });
        connection.pong.connect ((message) => { self.pongs++; });
        connection.notify["state"].connect (() => { self.state_changes++; });
    }

    public bool is_closed {
        get {
            return connection.state == Wsoup.WebsocketState.CLOSED && events.has_suffix ("closed ");
        }
    }

    public void wait_messages (int count) {
        wait_for (() => messages.length >= count, "messages");
    }

    public void assert_message (int index, Wsoup.WebsocketDataType type, Bytes expected) {
        wait_messages (index + 1);
        assert (types[index] == type);
        assert (messages[index].compare (expected) == 0);
    }
}

// What each test gets: a server on 127.0.0.1, a session, and ways to connect them.
public class Fixture {
    public Wsoup.Server server;
    public Wsoup.Session session = new Wsoup.Session ();
    public End? peer = null;

    public Fixture (TlsCertificate? certificate = null) throws Error {
        var options = Wsoup.ServerListenOptions.IPV4_ONLY;
        server = new Wsoup.Server ("server-header", "tests");
        if (certificate != null) {
            server.set_tls_certificate (certificate);
            options |= Wsoup.ServerListenOptions.HTTPS;
        }
        server.listen_local (0, options);
        accept ("/echo");
    }

    ~Fixture () {
        server.disconnect ();
    }

    // Keeps the server's end of what connects there; on /echo it sends back what comes.
    public void accept (string? path, string? origin = null, string[]? protocols = null) {
        unowned Fixture self = this;
        server.add_websocket_handler (path, origin, protocols, (_, message, at, connection) => {
            self.peer = new End (connection, at == "/echo");
        });
    }

    public uint16 port {
        get {
            var uris = server.get_uris ();
            assert (uris.length () == 1);
            return (uint16) uris.data.get_port ();
        }
    }

    public Wsoup.Message message (string path) {
        var scheme = server.is_https () ? "wss" : "ws";
        return new Wsoup.Message ("GET", @"$scheme://127.0.0.1:$port$path");
    }

    // Connects and waits for the client's end; the server's is `peer` a moment later.
    public End connect (Wsoup.Message message, string? origin = null, string[]? protocols = null,
                        Cancellable? cancellable = null) throws Error {
        Wsoup.WebsocketConnection? connection = null;
        Error? failure = null;
        connect_async.begin (message, origin, protocols, cancellable, (object, result) => {
            try {
                connection = connect_async.end (result);
            } catch (Error error) {
                failure = error;
            }
        });
        wait_for (() => connection != null || failure != null, "the connection");
        if (failure != null)
            throw failure;
        return new End (connection);
    }

    private async Wsoup.WebsocketConnection connect_async (Wsoup.Message message, string? origin,
                                                           string[]? protocols,
                                                           Cancellable? cancellable) throws Error {
        return yield session.websocket_connect_async (message, origin, protocols, Priority.DEFAULT,
                                                      cancellable);
    }

    // Connects, and returns the error that this must end with.
    public Error connect_fails (Wsoup.Message message, string? origin = null,
                                string[]? protocols = null, Cancellable? cancellable = null) {
        try {
            connect (message, origin, protocols, cancellable);
        } catch (Error failure) {
            return failure;
        }
        error ("it connected");
    }

    public void wait_peer () {
        wait_for (() => peer != null, "the server's end");
    }

    public void wait_closed (End client) {
        wait_peer ();
        wait_for (() => client.is_closed && peer.is_closed, "both ends to be closed");
    }

    public void close (End client) {
        client.connection.close (Wsoup.WebsocketCloseCode.NORMAL, null);
        wait_closed (client);
    }
}

// Makes the certificates in a new folder, which remove_folder() removes.
public string make_certificates () throws Error {
    int status;
    var folder = DirUtils.make_tmp ("wsoup-test-XXXXXX");
    string[] command = { Environment.get_variable ("WSOUP_TEST_CERTIFICATES"), folder };
    Process.spawn_sync (null, command, null, SpawnFlags.STDERR_TO_DEV_NULL, null, null, null,
                        out status);
    Process.check_wait_status (status);
    return folder;
}

public void remove_folder (string folder) throws Error {
    string? name;
    var files = Dir.open (folder);
    while ((name = files.read_name ()) != null)
        FileUtils.remove (Path.build_filename (folder, name));
    DirUtils.remove (folder);
}

public delegate void TestBody () throws Error;

// Adds a test; an error that it throws fails it.
public void add_test (string path, owned TestBody body) {
    Test.add_data_func (path, () => {
        try {
            body ();
        } catch (Error failure) {
            error ("%s", failure.message);
        }
    });
}
