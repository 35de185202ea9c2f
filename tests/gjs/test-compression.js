// What compression promises.

import Wsoup from 'gi://Wsoup?version=1.0';

import {assert, assertEqual, run, test} from './support.js';

const Deflate = Wsoup.WebsocketExtensionDeflate;

test('both sides agree on it by themselves', fixture => {
  const client = fixture.connect('/echo');
  const [deflate] = client.connection.get_extensions();
  assert(deflate instanceof Deflate, 'it is there');
  deflate.compress = false;
  assert(!deflate.get_compress(), 'it can be changed');
  client.connection.send_text('compressible '.repeat(1000));
  assertEqual(client.waitMessages(1).data.length, 13000);
  fixture.close(client, fixture.peer);
});

test('properties are asked for', fixture => {
  fixture.server.add_websocket_extension_with_properties(
    Deflate, ['client-no-context-takeover', 'level'], [true, 1]);
  const client = fixture.connect('/echo');
  const [deflate] = client.connection.get_extensions();
  assert(deflate.client_no_context_takeover, 'it was agreed on');
  const [other] = fixture.peer.connection.get_extensions();
  assertEqual(other.get_level(), 1);
  fixture.close(client, fixture.peer);
});

run();
