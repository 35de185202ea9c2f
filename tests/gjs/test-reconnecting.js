// What a client that stays connected promises.

import Wsoup from 'gi://Wsoup?version=1.0';

import {assert, assertEqual, run, test, waitFor} from './support.js';

test('it comes back, with what was sent meanwhile', fixture => {
  const client = Wsoup.ReconnectingClient.new(fixture.session, fixture.uri('/echo'), null, null);
  client.initialDelay = 1;
  const received = [];
  const ends = [];
  client.connect('message', (_client, _type, message) => {
    received.push(new TextDecoder().decode(message.toArray()));
  });
  client.connect('disconnected', (_client, connection, error, isFinal) => {
    ends.push([connection.get_close_code(), error, isFinal]);
  });
  client.send_text('one');
  client.start();
  waitFor(() => received.length === 1, 'the first echo');
  fixture.peer.connection.close(Wsoup.WebsocketCloseCode.GOING_AWAY, null);
  waitFor(() => ends.length === 1, 'the end');
  client.send_text('two');
  waitFor(() => received.length === 2, 'the second echo');
  assertEqual(received, ['one', 'two']);
  assertEqual(ends, [[1001, null, false]]);
  client.stop();
  waitFor(() => client.state === Wsoup.ReconnectingState.STOPPED, 'the stop');
});

test('it gives up unless a handler says otherwise', fixture => {
  const client = Wsoup.ReconnectingClient.new(fixture.session, fixture.uri('/none'), null, null);
  client.initialDelay = 1;
  let attempts = 0;
  let failure = null;
  client.connect('attempt-failed', (_client, message, _error, isFinal) => {
    assertEqual([message.get_status(), isFinal], [404, true]);
    return ++attempts < 3;
  });
  client.connect('failed', (_client, error) => (failure = error));
  client.start();
  waitFor(() => failure, 'the end');
  assertEqual(attempts, 3);
  assert(client.state === Wsoup.ReconnectingState.FAILED, 'it has failed');
});

run();
