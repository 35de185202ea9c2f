#!/usr/bin/env -S gjs -m
// Says something to an echo server, looks at what comes back, and closes the connection.
//
//   gjs -m echo-client.js ws://127.0.0.1:8080/

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import System from 'system';
import Wsoup from 'gi://Wsoup?version=1.0';

Gio._promisify(Wsoup.Session.prototype, 'websocket_connect_async');

/** Resolves with the next message of the connection; rejects if it closes before there is one. */
function nextMessage(connection) {
  return new Promise((resolve, reject) => {
    const handlers = [
      connection.connect('message', (_connection, _type, message) => settle(resolve, message)),
      connection.connect('closed', () => settle(reject, new Error('closed too early'))),
    ];
    const settle = (how, value) => {
      handlers.forEach(handler => connection.disconnect(handler));
      how(value);
    };
  });
}

const closed = connection => new Promise(resolve => connection.connect('closed', resolve));

async function talk(uri) {
  const session = new Wsoup.Session();
  const message = Wsoup.Message.new('GET', uri);
  if (message === null)
    throw new Error(`${uri} is no URI to connect to`);
  const connection = await session.websocket_connect_async(
    message, null, null, GLib.PRIORITY_DEFAULT, null);

  const text = 'hello';
  connection.send_text(text);
  const echo = new TextDecoder().decode((await nextMessage(connection)).toArray());
  print(`GJS: sent "${text}", got "${echo}"`);

  const bytes = new Uint8Array([0x00, 0x01, 0xfe, 0xff]);
  connection.send_message(Wsoup.WebsocketDataType.BINARY, new GLib.Bytes(bytes));
  const bytesEcho = await nextMessage(connection);
  print(`GJS: sent ${bytes.length} bytes, got ${bytesEcho.get_size()} bytes`);

  connection.close(Wsoup.WebsocketCloseCode.NORMAL, 'thank you');
  await closed(connection);
  print(`GJS: closed with ${connection.get_close_code()}`);
  return echo === text && bytesEcho.equal(new GLib.Bytes(bytes)) &&
    connection.get_close_code() === Wsoup.WebsocketCloseCode.NORMAL;
}

let succeeded = false;
try {
  succeeded = await talk(System.programArgs[0] ?? 'ws://127.0.0.1:8080/');
} catch (error) {
  printerr(`GJS: no connection: ${error.message}`);
}
System.exit(succeeded ? 0 : 1);
