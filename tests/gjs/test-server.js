// What a server promises: it answers plain HTTP requests beside the WebSockets, and tells where it
// listens.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import Wsoup from 'gi://Wsoup?version=1.0';

import {assert, assertEqual, run, test, waitFor} from './support.js';

/** Sends a request written by hand, and returns the answer once it contains the text. */
function request(fixture, path, text, headers = '') {
  const [uri] = fixture.server.get_uris();
  const stream = new Gio.SocketClient().connect_to_host('127.0.0.1', uri.get_port(), null);
  const head = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${headers}\r\n`;
  const input = stream.get_input_stream();
  let answer = '';
  let ended = false;
  const onRead = (_input, result) => {
    const bytes = input.read_bytes_finish(result);
    answer += new TextDecoder().decode(bytes.toArray());
    if (bytes.get_size() > 0)
      input.read_bytes_async(4096, GLib.PRIORITY_DEFAULT, null, onRead);
    else
      ended = true;
  };
  stream.get_output_stream().write_all(new TextEncoder().encode(head), null);
  input.read_bytes_async(4096, GLib.PRIORITY_DEFAULT, null, onRead);
  waitFor(() => ended || answer.includes('\r\n\r\n') && answer.includes(text), `“${text}”`);
  if (!ended)
    stream.get_socket().shutdown(true, true);
  waitFor(() => ended, 'the end of the answer');
  stream.close(null);
  return answer;
}

test('plain request is answered', fixture => {
  fixture.server.add_handler('/hello', (_server, message, path, query) => {
    assertEqual([message.get_method(), path], ['GET', '/hello']);
    const text = `hello, ${query ? query.name : 'you'}!`;
    message.set_status(Wsoup.Status.OK, null);
    message.set_response('text/plain', Wsoup.MemoryUse.COPY, new TextEncoder().encode(text));
  });
  assert(request(fixture, '/hello', 'hello, you!').startsWith('HTTP/1.1 200'), 'it is 200');
  assert(request(fixture, '/hello?name=World', 'hello, World!').startsWith('HTTP/1.1 200'),
    'it is 200');
  fixture.server.remove_handler('/hello');
  assert(request(fixture, '/hello', '').startsWith('HTTP/1.1 404'), 'it is 404');
});

test('no handler is 404', fixture => {
  assert(request(fixture, '/nothing', '').startsWith('HTTP/1.1 404'), 'it is 404');
});

test('plain request to a WebSocket is 400', fixture => {
  assert(request(fixture, '/echo', '').startsWith('HTTP/1.1 400'), 'it is 400');
});

// The key and its answer are the example of RFC 6455 §1.3.
test('proper handshake is accepted', fixture => {
  const answer = request(fixture, '/echo', 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
    'Upgrade: websocket\r\nConnection: Upgrade\r\n' +
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n');
  assert(answer.startsWith('HTTP/1.1 101'), 'it is 101');
  waitFor(() => fixture.peer.isClosed, "the server's end to be closed");
});

test('URIs tell where it listens', fixture => {
  const [uri] = fixture.server.get_uris();
  assertEqual([uri.get_scheme(), uri.get_host()], ['http', '127.0.0.1']);
  assert(uri.get_port() > 0, 'there is a port');
  fixture.server.disconnect();
  assertEqual(fixture.server.get_uris(), []);
});

test('port in use is an error', fixture => {
  const [uri] = fixture.server.get_uris();
  try {
    new Wsoup.Server().listen_local(uri.get_port(), Wsoup.ServerListenOptions.IPV4_ONLY);
  } catch (error) {
    assert(error.matches(Gio.IOErrorEnum, Gio.IOErrorEnum.ADDRESS_IN_USE), error.message);
    return;
  }
  throw new Error('it listens');
});

test('a handler takes clients of several origins', fixture => {
  const origins = ['http://friend.invalid', 'http://other.invalid'];
  const keep = (_server, _message, _path, connection) => fixture.peers.push(connection);
  fixture.server.add_websocket_handler_for_origins('/some', origins, null, keep);
  origins.forEach(origin => fixture.connect('/some', {origin}));
  const error = fixture.connectFails('/some', {origin: 'http://foe.invalid'});
  assert(error.matches(Wsoup.WebsocketError, Wsoup.WebsocketError.NOT_WEBSOCKET), error.message);
});

test('an early handler chooses the subprotocol', fixture => {
  fixture.server.add_early_handler('/echo', (_server, message) => {
    message.get_response_headers().append('Sec-WebSocket-Protocol', 'two');
  });
  const client = fixture.connect('/echo', {protocols: ['one', 'two']});
  [client, fixture.peer].forEach(end => assertEqual(end.connection.get_protocol(), 'two'));
});

test('strangers may take what the limits say', fixture => {
  fixture.server.set({max_connections: 7, handshake_timeout: 9});
  assertEqual([fixture.server.max_connections, fixture.server.handshake_timeout], [7, 9]);
  fixture.connect('/echo');
  fixture.server.max_connections_per_address = 1;
  const error = fixture.connectFails('/echo');
  assert(error.matches(Wsoup.WebsocketError, Wsoup.WebsocketError.NOT_WEBSOCKET), error.message);
});

test('shutdown closes all connections in order', fixture => {
  const client = fixture.connect('/echo');
  waitFor(() => fixture.server.n_connections === 1, 'the connection');
  assertEqual(fixture.server.get_connections().length, 1);
  let isOrderly = null;
  fixture.server.shutdown_async(1001, 'good bye', 10, null, (server, result) => {
    isOrderly = server.shutdown_finish(result);
  });
  waitFor(() => isOrderly !== null, 'the end of the server');
  assert(isOrderly, 'they closed in time');
  waitFor(() => client.isClosed, 'the end');
  assertEqual(client.connection.get_close_code(), 1001);
});

test('sockets are passed by a service manager, or one by one', fixture => {
  assertEqual(fixture.server.listen_fds(null, 0), 0);
  const listener = new Gio.Socket({
    family: Gio.SocketFamily.IPV4, type: Gio.SocketType.STREAM,
    protocol: Gio.SocketProtocol.DEFAULT,
  });
  listener.init(null);
  const loopback = Gio.InetAddress.new_loopback(Gio.SocketFamily.IPV4);
  listener.bind(Gio.InetSocketAddress.new(loopback, 0), true);
  let error = null;
  try {
    fixture.server.listen_fd(listener.get_fd(), 0);
  } catch (caught) {
    error = caught;
  }
  assert(error.matches(Gio.IOErrorEnum, Gio.IOErrorEnum.INVALID_ARGUMENT), error.message);
});

run();
