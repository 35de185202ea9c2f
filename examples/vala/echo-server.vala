// Sends back every message, on every path.
//
//   echo-server [PORT]

int main (string[] args) {
    var port = args.length > 1 ? int.parse (args[1]) : 8080;
    var server = new Wsoup.Server (null);
    server.add_websocket_handler (null, null, null, (server, message, path, connection) => {
        // The server keeps the connection until it is closed.
        connection.message.connect ((connection, type, message) => {
            connection.send_message ((Wsoup.WebsocketDataType) type, message);
        });
    });
    try {
        server.listen_local (port, Wsoup.ServerListenOptions.IPV4_ONLY);
    } catch (Error error) {
        printerr ("%s\n", error.message);
        return 1;
    }
    print ("listening on ws://127.0.0.1:%d/\n", server.get_uris ().data.get_port ());
    new MainLoop ().run ();
    return 0;
}
