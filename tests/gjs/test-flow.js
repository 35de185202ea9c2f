// What GJS programs are promised about the flow of messages, by the introspected functions and by the
// override: promises and `for await`.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import Wsoup from 'gi://Wsoup?version=1.0';

import {assert, assertEqual, run, sameBytes, test, waitClosed, waitFor} from './support.js';

const {TEXT, BINARY} = Wsoup.WebsocketDataType;
const MIB = 1024 * 1024;

/** Runs an asynchronous function to its end, or the deadline. */
function finish(body) {
  let outcome = null;
  body().then(value => {
    outcome = {value};
  }, error => {
    outcome = {error};
  });
  waitFor(() => outcome, 'the promise', 30);
  if (outcome.error)
    throw outcome.error;
  return outcome.value;
}

async function fails(promise, domain, code) {
  try {
    await promise;
  } catch (error) {
    assert(error.matches(domain, code), `${error} is ${code}`);
    return;
  }
  throw new Error('it did not fail');
}

function ioFails(promise, code) {
  return fails(promise, Gio.io_error_quark(), code);
}

/** A connection of which both sides are there: the near one and the far one. */
function pair(fixture, path = '/quiet') {
  fixture.accept(path, null, null);
  const near = fixture.connect(path);
  const far = fixture.peer;
  far.connection.set_max_incoming_payload_size(0);
  far.connection.set_max_total_message_size(0);
  return [near, far];
}

test('a result says whether a message was queued', fixture => {
  const [near, far] = pair(fixture);
  assert(near.connection.try_send_text('one'), 'it was queued');
  assert(near.connection.try_send_message(BINARY, new GLib.Bytes([0, 255])), 'it was queued');
  far.waitMessages(2);
  fixture.close(near, far);
  finish(() => ioFails((async () => near.connection.try_send_text('late'))(), Gio.IOErrorEnum.CLOSED));
});

test('bounds refuse, and water marks tell', fixture => {
  const [near, far] = pair(fixture);
  const events = [];
  near.connection.connect('congested', () => events.push('congested'));
  near.connection.connect('drained', () => events.push('drained'));
  near.connection.max_buffered_amount = 100;
  near.connection.high_water_mark = 50;
  finish(() => ioFails((async () => near.connection.try_send_text('x'.repeat(101)))(),
    Gio.IOErrorEnum.MESSAGE_TOO_LARGE));
  near.connection.try_send_text(GLib.uuid_string_random() + GLib.uuid_string_random());
  assertEqual(events, ['congested']);
  far.waitMessages(1);
  waitFor(() => events.length === 2, 'relief');
  assertEqual(events, ['congested', 'drained']);
  assertEqual(near.connection.buffered_amount, 0);
});

test('functions without a callback return promises', fixture => {
  const [near, far] = pair(fixture);
  finish(async () => {
    // What arrives before somebody receives is emitted.
    const receiving = far.connection.receive_async(null);
    await near.connection.send_message_async(TEXT, new GLib.Bytes(new TextEncoder().encode('hello')), null);
    const [message, type] = await receiving;
    assertEqual([type, new TextDecoder().decode(message.toArray())], [TEXT, 'hello']);
    assert(await near.connection.ping_async(null, null) >= 0, 'it was answered');
    await near.connection.close_async(Wsoup.WebsocketCloseCode.NORMAL, null, null);
  });
  waitClosed(near, far);
});

test('strings are text, and bytes are binary', fixture => {
  const texts = ['', 'γειά\0\ufeff', '\ufeffmark'];
  finish(async () => {
    const connection = await fixture.session.websocket_connect(fixture.uri('/echo'));
    for (const text of texts) {
      await connection.send(text);
      assertEqual(await connection.receive(), text);
    }
    for (const bytes of [new Uint8Array([0, 255]), new GLib.Bytes([1, 2]), new Uint8Array()]) {
      await connection.send(bytes);
      const received = await connection.receive();
      assert(received instanceof Uint8Array, 'these are bytes');
      assert(sameBytes(received, bytes instanceof GLib.Bytes ? bytes.toArray() : bytes), 'the same');
    }
    await connection.close_and_wait();
    assert(connection.closed_cleanly, 'it was closed in order');
    assertEqual(await connection.receive(), null);
  });
});

test('nothing is lost before the first message is received', fixture => {
  fixture.server.add_websocket_handler('/greet', null, null, (_server, _message, _path, connection) => {
    for (let number = 0; number < 100; number++)
      connection.send_text(`${number}`);
    connection.close(3333, 'enough');
  });
  finish(async () => {
    const received = [];
    const connection = await fixture.session.websocket_connect(fixture.uri('/greet'));
    await new Promise(resolve => GLib.timeout_add(GLib.PRIORITY_DEFAULT, 50, () => {
      resolve();
      return GLib.SOURCE_REMOVE;
    }));
    for await (const message of connection)
      received.push(Number(message));
    assertEqual(received, Array.from({length: 100}, (_, number) => number));
    assertEqual([connection.close_code, connection.close_reason], [3333, 'enough']);
  });
});

test('iteration ends by an error if the connection does', fixture => {
  fixture.accept('/leave', null, null);
  finish(async () => {
    const received = [];
    const connection = await fixture.session.websocket_connect(fixture.uri('/leave'));
    fixture.peer.connection.send_text('last');
    const all = (async () => {
      for await (const message of connection)
        received.push(message);
    })();
    await fixture.peer.connection.ping(null);
    fixture.peer.connection.io_stream.close(null);
    await ioFails(all, Gio.IOErrorEnum.CONNECTION_CLOSED);
    assertEqual(received, ['last']);
  });
});

test('a handler can be an asynchronous function', fixture => {
  fixture.server.add_websocket_handler('/mirror', null, null,
    async (_server, _message, _path, connection) => {
      for await (const message of connection)
        await connection.send(message);
    });
  finish(async () => {
    const connection = await fixture.session.websocket_connect(fixture.uri('/mirror'));
    for (let number = 0; number < 20; number++) {
      await connection.send(`${number}`);
      assertEqual(await connection.receive(), `${number}`);
    }
    await connection.close_and_wait();
  });
});

test('sending waits for a slow peer', fixture => {
  const [near, far] = pair(fixture);
  let sent = 0;
  far.connection.receive_buffer_size = 1;
  far.connection.pause();
  const bytes = new Uint8Array(MIB);
  for (let index = 0; index < MIB; index += 4)
    new DataView(bytes.buffer).setUint32(index, GLib.random_int());
  const all = (async () => {
    for (; sent < 24; sent++)
      await near.connection.send(bytes);
  })();
  finish(() => near.connection.ping());
  assert(sent < 24, 'it waits');
  far.connection.resume();
  finish(() => all);
  far.waitMessages(24);
});

test('cancelled operations lose nothing', fixture => {
  const [near, far] = pair(fixture);
  const cancellable = new Gio.Cancellable();
  finish(async () => {
    const receiving = near.connection.receive(cancellable);
    cancellable.cancel();
    await ioFails(receiving, Gio.IOErrorEnum.CANCELLED);
    await ioFails(near.connection.send('never', cancellable), Gio.IOErrorEnum.CANCELLED);
    far.connection.send_text('kept');
    assertEqual(await near.connection.receive(), 'kept');
  });
  assertEqual(far.messages.length, 0);
});

test('pausing has messages wait', fixture => {
  const [near, far] = pair(fixture);
  near.connection.pause();
  far.connection.send_text('one');
  finish(() => far.connection.ping());
  assertEqual(near.messages.length, 0);
  near.connection.resume();
  near.waitMessages(1);
  assert(!near.connection.paused, 'it is paused no more');
});

test('streams are sent and received', fixture => {
  const [near, far] = pair(fixture);
  const stream = Gio.MemoryInputStream.new_from_bytes(new GLib.Bytes(new Uint8Array(MIB)));
  finish(async () => {
    const sending = near.connection.send_stream_async(BINARY, stream, GLib.PRIORITY_DEFAULT, null);
    const [received, type] = await far.connection.receive_stream_async(null);
    assertEqual(type, BINARY);
    let length = 0;
    for (let size = -1; size !== 0; length += size) {
      const part = await new Promise((resolve, reject) => {
        received.read_bytes_async(MIB, GLib.PRIORITY_DEFAULT, null, (_source, result) => {
          try {
            resolve(received.read_bytes_finish(result));
          } catch (error) {
            reject(error);
          }
        });
      });
      size = part.get_size();
    }
    assertEqual(length, MIB);
    await sending;
  });
});

test('pings are told in milliseconds', fixture => {
  const [near] = pair(fixture);
  const begin = GLib.get_monotonic_time();
  const milliseconds = finish(() => near.connection.ping(new Uint8Array([1, 2])));
  assert(milliseconds >= 0, 'it took some time');
  assert(milliseconds <= (GLib.get_monotonic_time() - begin) / 1000, 'and no more than that');
  finish(() => ioFails(near.connection.ping(new Uint8Array(126)), Gio.IOErrorEnum.INVALID_ARGUMENT));
});

test('connecting fails by an error', fixture => {
  finish(() => fails(fixture.session.websocket_connect(fixture.uri('/nowhere')),
    Wsoup.WebsocketError, Wsoup.WebsocketError.NOT_WEBSOCKET));
});

run();
