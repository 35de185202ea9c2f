// What an open connection promises: messages arrive as they were sent, both sides can close, and
// the signals say so in order.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import Wsoup from 'gi://Wsoup?version=1.0';

import {assert, assertEqual, run, sameBytes, test, waitClosed, waitFor} from './support.js';

const {TEXT, BINARY} = Wsoup.WebsocketDataType;
const MIB = 1024 * 1024;
const encoder = new TextEncoder();

/** Sends a message to the echo and checks what the server got and what came back. */
function checkEcho(fixture, type, data) {
  const client = fixture.connect('/echo');
  client.connection.send_message(type, new GLib.Bytes(data));
  for (const end of [client, fixture.peer]) {
    const message = end.waitMessages(1);
    assertEqual(message.type, type);
    assert(sameBytes(message.data, data), 'the message is as it was sent');
  }
  fixture.close(client, fixture.peer);
}

test('text comes back', fixture => {
  const client = fixture.connect('/echo');
  const text = 'hello, γειά σου, 世界, 🦀';
  client.connection.send_text(text);
  const message = client.waitMessages(1);
  assertEqual(message.type, TEXT);
  assertEqual(new TextDecoder().decode(message.data), text);
  fixture.close(client, fixture.peer);
});

test('text with NULs comes back', fixture => {
  checkEcho(fixture, TEXT, encoder.encode('\0one\0two\0'));
});

test('every byte comes back', fixture => {
  checkEcho(fixture, BINARY, Uint8Array.from({length: 256}, (_, index) => index));
});

test('send_binary sends a Uint8Array', fixture => {
  const client = fixture.connect('/echo');
  client.connection.send_binary(Uint8Array.of(1, 0, 255));
  const message = client.waitMessages(1);
  assertEqual([message.type, ...message.data], [BINARY, 1, 0, 255]);
  fixture.close(client, fixture.peer);
});

test('empty messages come back', fixture => {
  const client = fixture.connect('/echo');
  client.connection.send_text('');
  client.connection.send_binary(null);
  client.connection.send_message(TEXT, new GLib.Bytes(new Uint8Array()));
  client.connection.send_message(BINARY, new GLib.Bytes(new Uint8Array()));
  client.waitMessages(4);
  assertEqual(client.messages.map(({type, data}) => [type, data.length]),
    [[TEXT, 0], [BINARY, 0], [TEXT, 0], [BINARY, 0]]);
  fixture.close(client, fixture.peer);
});

test('16 MiB come back', fixture => {
  const client = fixture.connect('/echo');
  const data = Uint8Array.from({length: 16 * MIB}, (_, index) => index ^ (index >> 8));
  for (const {connection} of [client, fixture.peer]) {
    connection.set_max_incoming_payload_size(32 * MIB);
    connection.set_max_total_message_size(32 * MIB);
  }
  client.connection.send_message(BINARY, new GLib.Bytes(data));
  const message = client.waitMessages(1);
  assertEqual([message.type, message.data.length], [BINARY, data.length]);
  assert(sameBytes(message.data, data), 'the message is as it was sent');
  fixture.close(client, fixture.peer);
});

test('messages keep their order', fixture => {
  const client = fixture.connect('/echo');
  const texts = Array.from({length: 500}, (_, index) => `${index}`);
  texts.forEach(text => client.connection.send_text(text));
  client.waitMessages(texts.length);
  assertEqual(client.messages.map(({data}) => new TextDecoder().decode(data)), texts);
  fixture.close(client, fixture.peer);
});

/** One side closes; the other reads code and reason, and each sees every signal once. */
function checkClose(closer, other) {
  closer.connection.close(4321, 'enough, 世界');
  assertEqual(closer.connection.state, Wsoup.WebsocketState.CLOSING);
  waitClosed(closer, other);
  assertEqual(other.connection.get_close_code(), 4321);
  assertEqual(other.connection.get_close_data(), 'enough, 世界');
  assertEqual(closer.connection.get_close_code(), 4321);
  for (const end of [closer, other]) {
    assertEqual(end.events, ['closing', 'closed']);
    assertEqual(end.stateChanges, 2);
  }
}

test('client closes with code and reason', fixture => {
  checkClose(fixture.connect('/echo'), fixture.peer);
});

test('server closes with code and reason', fixture => {
  const client = fixture.connect('/echo');
  checkClose(fixture.peer, client);
});

test('queued messages come before the close', fixture => {
  const client = fixture.connect('/echo');
  fixture.peer.connection.send_text('one');
  fixture.peer.connection.send_text('two');
  fixture.peer.connection.close(Wsoup.WebsocketCloseCode.GOING_AWAY, null);
  waitClosed(client, fixture.peer);
  assertEqual(client.events, ['message', 'message', 'closing', 'closed']);
  assertEqual(fixture.peer.events, ['closing', 'closed']);
});

test('too big a message closes with 1009', fixture => {
  const client = fixture.connect('/echo');
  client.connection.send_binary(new Uint8Array(128 * 1024 + 1));
  waitClosed(client, fixture.peer);
  assertEqual(fixture.peer.events, ['error', 'closing', 'closed']);
  assertEqual(client.connection.get_close_code(), Wsoup.WebsocketCloseCode.TOO_BIG);
});

test('keepalive gets pongs', fixture => {
  const client = fixture.connect('/echo');
  client.connection.keepalive_interval = 1;
  waitFor(() => client.pongs > 0, 'a pong');
  fixture.close(client, fixture.peer);
});

test('pong has the payload of the peer', () => {
  const listener = new Gio.SocketListener();
  const port = listener.add_any_inet_port(null);
  const stream = new Gio.SocketClient().connect_to_host('127.0.0.1', port, null);
  const [far] = listener.accept(null);
  const uri = GLib.Uri.parse('ws://example.invalid/', GLib.UriFlags.NONE);
  const type = Wsoup.WebsocketConnectionType.CLIENT;
  const connection = Wsoup.WebsocketConnection.new(stream, uri, type, null, null, []);
  const pongs = [];
  connection.connect('pong', (_connection, payload) => pongs.push(payload));
  far.output_stream.write_all([0x8a, 5, 97, 0, 98, 255, 0, 0x8a, 0], null);
  waitFor(() => pongs.length === 2, 'two pongs');
  assert(pongs[0] instanceof GLib.Bytes, 'the payload is bytes');
  assertEqual(pongs.map(pong => Array.from(pong.toArray())), [[97, 0, 98, 255, 0], []]);
  listener.close();
});

test('properties are readable', fixture => {
  const client = fixture.connect('/echo');
  const {connection} = client;
  assertEqual(connection.state, Wsoup.WebsocketState.OPEN);
  assertEqual(connection.connection_type, Wsoup.WebsocketConnectionType.CLIENT);
  assertEqual(fixture.peer.connection.connection_type, Wsoup.WebsocketConnectionType.SERVER);
  assertEqual(connection.uri.to_string(), fixture.uri('/echo'));
  assert(connection.io_stream instanceof Gio.IOStream, 'the stream is one');
  assertEqual([connection.protocol, connection.origin], [null, null]);
  assertEqual(connection.max_incoming_payload_size, 128 * 1024);
  assertEqual(connection.get_extensions().length, 1);
  fixture.close(client, fixture.peer);
});

run();
