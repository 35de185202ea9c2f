// What extensions of a program promise: they are negotiated by name and change messages in order.

import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import Wsoup from 'gi://Wsoup?version=1.0';

import {assert, assertEqual, run, test, waitClosed, waitFor} from './support.js';

const {CLIENT, SERVER} = Wsoup.WebsocketConnectionType;
const {BAD_DATA, FAILED, PROTOCOL_ERROR} = Wsoup.WebsocketError;
const Deflate = Wsoup.WebsocketExtensionDeflate;
const [RSV1, RSV2, RSV3] = [0x40, 0x20, 0x10];

function badData(text) {
  return new GLib.Error(Wsoup.WebsocketError, BAD_DATA, text);
}

/** Puts a byte behind what is sent and sets a reserved bit; undoes both to what comes. */
const Suffix = GObject.registerClass({
  GTypeName: 'GjsSuffix',
}, class Suffix extends Wsoup.WebsocketExtension {
  _init(properties) {
    super._init(properties);
    this.params = [];
    this.sent = [];
    this.received = [];
  }

  vfunc_configure(kind, params) {
    this.params.push([kind, params]);
    return true;
  }

  vfunc_process_outgoing_message(header, payload) {
    const data = [...payload.toArray()];
    this.sent.push([header, data]);
    return [new GLib.Bytes([...data, this.byte]), header | this.bit];
  }

  vfunc_process_incoming_message(header, payload) {
    const data = [...payload.toArray()];
    this.received.push([header, [...data]]);
    if (!(header & this.bit) || data.pop() !== this.byte)
      throw badData(`${this.byte} is missing`);
    return [new GLib.Bytes(data), header & ~this.bit];
  }
});

const First = GObject.registerClass({
  GTypeName: 'GjsFirst',
}, class First extends Suffix {
  bit = RSV2;
  byte = 1;

  vfunc_get_request_params() {
    return '; level=3; name="quoted"; fast';
  }

  vfunc_get_response_params() {
    return '; level=2';
  }
});
First.set_name('x-first');

const Second = GObject.registerClass({
  GTypeName: 'GjsSecond',
}, class Second extends Suffix {
  bit = RSV3;
  byte = 2;
});
Second.set_name('x-second');

/** Says no on one side, with an error or without. */
const Refusing = GObject.registerClass({
  GTypeName: 'GjsRefusing',
}, class Refusing extends Wsoup.WebsocketExtension {
  vfunc_configure(kind) {
    if (kind === Refusing.side && Refusing.error)
      throw Refusing.error;
    return kind !== Refusing.side;
  }
});
Refusing.set_name('x-refusing');

/** Fails to process what is sent, or what comes. */
const Failing = GObject.registerClass({
  GTypeName: 'GjsFailing',
}, class Failing extends Wsoup.WebsocketExtension {
  vfunc_process_outgoing_message(header, payload) {
    if (Failing.failsToSend)
      throw badData('not to be sent');
    return [payload, header];
  }

  vfunc_process_incoming_message() {
    throw badData('not to be read');
  }
});
Failing.set_name('x-failing');

/** Sets a bit that nobody clears. */
const Careless = GObject.registerClass({
  GTypeName: 'GjsCareless',
}, class Careless extends Wsoup.WebsocketExtension {
  vfunc_process_outgoing_message(header, payload) {
    return [payload, header | RSV3];
  }
});
Careless.set_name('x-careless');

/** Has exactly these offered, in this order, and accepted. */
function use(fixture, ...types) {
  fixture.session.remove_feature_by_type(Deflate);
  types.forEach(type => {
    fixture.session.add_feature_by_type(type);
    fixture.server.add_websocket_extension(type);
  });
}

/** Connects with these; returns both ends, which note their errors. */
function open(fixture, ...types) {
  use(fixture, ...types);
  const ends = [fixture.connect('/echo'), fixture.peer];
  ends.forEach(end => {
    end.connection.connect('error', (_connection, error) => (end.error = error));
  });
  return ends;
}

function assertTypes(end, ...types) {
  const extensions = end.connection.get_extensions();
  assertEqual(extensions.length, types.length);
  types.forEach((type, index) => assert(extensions[index] instanceof type, `it is ${type.name}`));
}

test('parameters reach both sides', fixture => {
  const [client, peer] = open(fixture, First, Second);
  for (const [end, kind, names, level] of [
    [peer, SERVER, ['fast', 'level', 'name'], '3'],
    [client, CLIENT, ['level'], '2'],
  ]) {
    const [first, second] = end.connection.get_extensions();
    const [[got, params]] = first.params;
    assertEqual([got, Object.keys(params).sort(), params.level], [kind, names, level]);
    assertEqual(second.params, [[kind, null]]);
  }
  const [[, {fast, name}]] = peer.connection.get_extensions()[0].params;
  assertEqual([fast, name], [null, 'quoted']);
  fixture.close(client, peer);
});

test('messages pass all in order', fixture => {
  const [client, peer] = open(fixture, First, Deflate, Second);
  const text = 'compressible, '.repeat(20);
  const bytes = [...new TextEncoder().encode(text)];
  [client, peer].forEach(end => assertTypes(end, First, Deflate, Second));
  client.connection.send_text(text);
  assertEqual([...client.waitMessages(1).data], bytes);
  for (const [sender, receiver] of [[client, peer], [peer, client]]) {
    let [first, , second] = sender.connection.get_extensions();
    assertEqual(first.sent, [[0x81, bytes]]);
    const [[header, deflated]] = second.sent;
    assertEqual(header, 0x81 | RSV1 | RSV2);
    assert(deflated.length < bytes.length, 'it is compressed');
    [first, , second] = receiver.connection.get_extensions();
    assertEqual(second.received, [[0x81 | RSV1 | RSV2 | RSV3, [...deflated, 2]]]);
    assertEqual(first.received, [[0x81 | RSV2, [...bytes, 1]]]);
  }
  fixture.close(client, peer);
});

test('the server declines what refuses its parameters', fixture => {
  use(fixture, Refusing, Second);
  Refusing.side = SERVER;
  for (const error of [null, badData('no'), new Error('no')]) {
    Refusing.error = error;
    fixture.peers = [];
    const client = fixture.connect('/echo');
    [client, fixture.peer].forEach(end => assertTypes(end, Second));
    fixture.close(client, fixture.peer);
  }
});

test('the client fails when one refuses the answer', fixture => {
  use(fixture, Refusing);
  Refusing.side = CLIENT;
  Refusing.error = badData('not with these');
  let error = fixture.connectFails('/echo');
  assert(error.matches(Wsoup.WebsocketError, BAD_DATA), error.message);
  assertEqual(error.message, 'not with these');
  Refusing.error = null;
  error = fixture.connectFails('/echo');
  assert(error.matches(Wsoup.WebsocketError, FAILED), error.message);
});

function checkFailure(failing, other, text) {
  waitFor(() => failing.error, 'the error');
  assert(failing.error.matches(Wsoup.WebsocketError, BAD_DATA), failing.error.message);
  assertEqual(failing.error.message, text);
  waitClosed(failing, other);
  assertEqual(other.connection.get_close_code(), BAD_DATA);
  assertEqual([...failing.messages, ...other.messages], []);
}

test('an error with an outgoing message closes', fixture => {
  Failing.failsToSend = true;
  const [client, peer] = open(fixture, Failing);
  client.connection.send_text('hello');
  checkFailure(client, peer, 'not to be sent');
});

test('an error with an incoming message closes', fixture => {
  Failing.failsToSend = false;
  const [client, peer] = open(fixture, Failing);
  client.connection.send_text('hello');
  checkFailure(peer, client, 'not to be read');
});

test('a reserved bit that is left breaks the protocol', fixture => {
  const [client, peer] = open(fixture, Careless);
  client.connection.send_text('hello');
  waitClosed(client, peer);
  assert(peer.error.matches(Wsoup.WebsocketError, PROTOCOL_ERROR), peer.error.message);
  assertEqual(client.connection.get_close_code(), PROTOCOL_ERROR);
  assertEqual(peer.messages, []);
});

test('each connection has its own', fixture => {
  const [client, peer] = open(fixture, Second);
  const other = fixture.connect('/echo');
  client.connection.send_text('hello');
  client.waitMessages(1);
  const [used] = client.connection.get_extensions();
  const [unused] = other.connection.get_extensions();
  assertEqual([used.sent.length, unused.sent.length], [1, 0]);
  fixture.close(client, peer);
  waitFor(() => fixture.peers.length === 2, "the other server's end");
  fixture.close(other, fixture.peer);
});

test('one message leaves it out', fixture => {
  use(fixture, First, Second);
  const message = fixture.message('/echo');
  message.disable_feature(First);
  const client = fixture.connect(message);
  assertTypes(client, Second);
  fixture.close(client, fixture.peer);
});

test('a server without it declines it', fixture => {
  use(fixture, First, Second);
  fixture.server.remove_websocket_extension(Second);
  const client = fixture.connect('/echo');
  assertTypes(client, First);
  fixture.close(client, fixture.peer);
});

run();
