#!/usr/bin/env -S gjs -m
// A tour of what a program can do about the flow of messages, against an echo server.
//
//   gjs -m flow-tour.js ws://127.0.0.1:8080/

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import System from 'system';
import Wsoup from 'gi://Wsoup?version=1.0';

const {BINARY} = Wsoup.WebsocketDataType;
const SIZE = 100_000;

const say = text => print(`GJS: ${text}`);

/** Resolves when the object emits the signal. */
function emitted(object, signal) {
  return new Promise(resolve => {
    const handler = object.connect(signal, () => {
      object.disconnect(handler);
      resolve();
    });
  });
}

async function sizeOf(stream) {
  Gio._promisify(Gio.InputStream.prototype, 'read_bytes_async');
  let size = 0;
  for (;;) {
    const bytes = await stream.read_bytes_async(65536, GLib.PRIORITY_DEFAULT, null);
    if (bytes.get_size() === 0)
      return size;
    size += bytes.get_size();
  }
}

async function tour(uri) {
  const session = new Wsoup.Session();
  const connection = await session.websocket_connect(uri);

  await connection.send('hello');
  say(`written, and got "${await connection.receive()}" back`);

  connection.max_buffered_amount = SIZE;
  try {
    connection.try_send_binary(new Uint8Array(SIZE + 1));
  } catch (error) {
    say(`refused: ${error.matches(Gio.IOErrorEnum, Gio.IOErrorEnum.MESSAGE_TOO_LARGE)}`);
  }

  connection.high_water_mark = SIZE / 2;
  let isCongested = false;
  connection.connect('congested', () => {
    isCongested = true;
  });
  const drained = emitted(connection, 'drained');
  let sent = 0;
  for (; !isCongested; sent++)
    connection.try_send_binary(new Uint8Array(1000));
  say('congested');
  await drained;
  for (; sent > 0; sent--)
    await connection.receive();
  say('drained, and everything came back');

  const source = Gio.MemoryInputStream.new_from_bytes(new GLib.Bytes(new Uint8Array(SIZE)));
  const sending = connection.send_stream_async(BINARY, source, GLib.PRIORITY_DEFAULT, null);
  const [stream] = await connection.receive_stream_async(null);
  say(`a stream of ${await sizeOf(stream)} bytes came back`);
  await sending;

  say(`pinged: ${await connection.ping() >= 0}`);

  connection.resume();
  connection.pause();
  connection.send_text('held');
  await connection.ping();
  const message = emitted(connection, 'message');
  connection.resume();
  await message;
  say('resumed');

  await connection.close_and_wait();
  say(`closed in order: ${connection.closed_cleanly}`);

  const client = Wsoup.ReconnectingClient.new(session, uri, null, null);
  client.send_text('queued');
  const answered = emitted(client, 'message');
  client.start();
  await answered;
  const stopped = emitted(client, 'notify::state');
  client.stop();
  await stopped;
  say('a client that stays connected was answered');
}

let status = 1;
try {
  await tour(System.programArgs[0] ?? 'ws://127.0.0.1:8080/');
  status = 0;
} catch (error) {
  printerr(`GJS: ${error.message}`);
}
System.exit(status);
