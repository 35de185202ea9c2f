#!/usr/bin/env -S gjs -m
// Sends back every message, on every path.
//
//   gjs -m echo-server.js [PORT]

import GLib from 'gi://GLib';
import System from 'system';
import Wsoup from 'gi://Wsoup?version=1.0';

const server = new Wsoup.Server();
server.add_websocket_handler(null, null, null, (_server, _message, _path, connection) => {
  // The server keeps the connection until it is closed.
  connection.connect('message', (_connection, type, message) => {
    connection.send_message(type, message);
  });
});

const port = Number(System.programArgs[0] ?? 8080);
server.listen_local(port, Wsoup.ServerListenOptions.IPV4_ONLY);
const [uri] = server.get_uris();
print(`listening on ws://127.0.0.1:${uri.get_port()}/`);
new GLib.MainLoop(null, false).run();
