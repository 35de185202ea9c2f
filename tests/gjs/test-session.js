// What a session promises about opening a connection: subprotocols, TLS, Unix sockets, and an
// error that tells what went wrong when it cannot.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import Wsoup from 'gi://Wsoup?version=1.0';

import {assert, assertEqual, loadCertificate, run, test, waitFor, withCertificates, withFolder}
  from './support.js';

/** The client says something to the server, and closes. */
function useAndClose(fixture, client) {
  client.connection.send_text('over there');
  assertEqual(new TextDecoder().decode(fixture.peer.waitMessages(1).data), 'over there');
  fixture.close(client, fixture.peer);
}

function assertError(error, domain, code) {
  assert(error.matches(domain, code), `the error is ${code}: ${error.message} (${error.code})`);
}

test('handshake ends with status 101', fixture => {
  const message = fixture.message('/echo');
  const client = fixture.connect(message);
  assertEqual(message.get_status(), Wsoup.Status.SWITCHING_PROTOCOLS);
  useAndClose(fixture, client);
});

test('the promise of Gio._promisify works', fixture => {
  fixture.accept('/quiet', null, null);
  Gio._promisify(Wsoup.Session.prototype, 'websocket_connect_async', 'websocket_connect_finish');
  let connection = null;
  const loop = new GLib.MainLoop(null, false);
  const late = GLib.timeout_add_seconds(GLib.PRIORITY_DEFAULT, 10, () => {
    loop.quit();
    return GLib.SOURCE_CONTINUE;
  });
  const session = new Wsoup.Session();
  session.websocket_connect_async(
    fixture.message('/quiet'), null, null, GLib.PRIORITY_DEFAULT, null)
    .then(opened => {
      connection = opened;
    })
    .catch(logError)
    .finally(() => loop.quit());
  loop.run();
  GLib.source_remove(late);
  assert(connection instanceof Wsoup.WebsocketConnection, 'a connection came');
  connection.close(Wsoup.WebsocketCloseCode.NORMAL, null);
  waitFor(() => connection.state === Wsoup.WebsocketState.CLOSED && fixture.peer.isClosed,
    'both ends to be closed');
});

test('subprotocol is agreed on', fixture => {
  fixture.accept('/chat', null, ['chat.v2', 'chat.v1']);
  const client = fixture.connect('/chat', {protocols: ['chat.v0', 'chat.v1']});
  assertEqual(client.connection.protocol, 'chat.v1');
  assertEqual(fixture.peer.connection.protocol, 'chat.v1');
  useAndClose(fixture, client);
});

test('origin arrives', fixture => {
  fixture.accept('/private', 'http://friend.invalid', null);
  const client = fixture.connect('/private', {origin: 'http://friend.invalid'});
  assertEqual(fixture.peer.connection.origin, 'http://friend.invalid');
  useAndClose(fixture, client);
});

function assertRefused(fixture, path, status, options) {
  const message = fixture.message(path);
  const error = fixture.connectFails(message, options);
  assertError(error, Wsoup.WebsocketError, Wsoup.WebsocketError.NOT_WEBSOCKET);
  assertEqual(message.get_status(), status);
  assertEqual(fixture.peers.length, 0);
  return message;
}

test('no handler is 404', fixture => {
  assertRefused(fixture, '/nothing', Wsoup.Status.NOT_FOUND);
});

test('wrong origin is 403', fixture => {
  fixture.accept('/private', 'http://friend.invalid', null);
  assertRefused(fixture, '/private', Wsoup.Status.FORBIDDEN, {origin: 'http://foe.invalid'});
});

test('no common subprotocol is 400', fixture => {
  fixture.accept('/chat', null, ['chat']);
  assertRefused(fixture, '/chat', Wsoup.Status.BAD_REQUEST, {protocols: ['other']});
});

test('status and headers of a refusal stay readable', fixture => {
  fixture.server.add_handler('/refused', (_server, message, _path, _query) => {
    message.get_response_headers().append('X-Why', 'not today');
    message.set_status(Wsoup.Status.SERVICE_UNAVAILABLE, null);
  });
  const message = assertRefused(fixture, '/refused', Wsoup.Status.SERVICE_UNAVAILABLE);
  assertEqual(message.get_response_headers().get_one('x-why'), 'not today');
});

test('certificate trusted by database', fixture => withCertificates(folder => {
  const server = fixture.startServer(loadCertificate(folder, 'server.pem'));
  const message = fixture.message('/echo', server);
  fixture.session.set_tls_database(Gio.TlsFileDatabase.new(`${folder}/ca.pem`));
  const client = fixture.connect(message);
  assert(message.get_tls_peer_certificate() instanceof Gio.TlsCertificate, 'there is one');
  assertEqual(message.get_tls_peer_certificate_errors(), 0);
  useAndClose(fixture, client);
}));

test('certificate accepted by signal', fixture => withCertificates(folder => {
  const server = fixture.startServer(loadCertificate(folder, 'server.pem'));
  const message = fixture.message('/echo', server);
  let seen = 0;
  message.connect('accept-certificate', (_message, _certificate, errors) => {
    seen = errors;
    return true;
  });
  useAndClose(fixture, fixture.connect(message));
  assert(seen & Gio.TlsCertificateFlags.UNKNOWN_CA, 'the authority was unknown');
}));

test('certificate of unknown authority is refused', fixture => withCertificates(folder => {
  const server = fixture.startServer(loadCertificate(folder, 'server.pem'));
  const message = fixture.message('/echo', server);
  assertError(fixture.connectFails(message), Gio.TlsError, Gio.TlsError.BAD_CERTIFICATE);
  assert(message.get_tls_peer_certificate_errors() & Gio.TlsCertificateFlags.UNKNOWN_CA,
    'the flags tell why');
}));

test('certificate for another name is refused', fixture => withCertificates(folder => {
  const server = fixture.startServer(loadCertificate(folder, 'stranger.pem'));
  const message = fixture.message('/echo', server);
  fixture.session.set_tls_database(Gio.TlsFileDatabase.new(`${folder}/ca.pem`));
  assertError(fixture.connectFails(message), Gio.TlsError, Gio.TlsError.BAD_CERTIFICATE);
  assert(message.get_tls_peer_certificate_errors() & Gio.TlsCertificateFlags.BAD_IDENTITY,
    'the flags tell why');
}));

test('Unix socket', fixture => withFolder(folder => {
  const address = Gio.UnixSocketAddress.new(`${folder}/socket`);
  const server = new Wsoup.Server();
  server.listen(address, 0);
  fixture.servers.push(server);
  fixture.accept(null, null, null, server);
  const session = new Wsoup.Session({remote_connectable: address});
  const message = Wsoup.Message.new('GET', 'ws://localhost/unix');
  useAndClose(fixture, fixture.connect(message, {session}));
}));

/** A socket on 127.0.0.1 that has a port, so that nobody else gets it. */
function boundSocket() {
  const socket = Gio.Socket.new(
    Gio.SocketFamily.IPV4, Gio.SocketType.STREAM, Gio.SocketProtocol.TCP);
  socket.bind(Gio.InetSocketAddress.new_from_string('127.0.0.1', 0), false);
  const {port} = socket.get_local_address();
  return {socket, message: Wsoup.Message.new('GET', `ws://127.0.0.1:${port}/`)};
}

test('unreachable port is connection refused', fixture => {
  const {socket, message} = boundSocket();
  assertError(fixture.connectFails(message), Gio.IOErrorEnum, Gio.IOErrorEnum.CONNECTION_REFUSED);
  socket.close();
});

// Which error of the resolver it is depends on whether there is a network; RFC 2606 §2 keeps the
// name free.
test('wrong host is an error of the resolver', fixture => {
  const error = fixture.connectFails(Wsoup.Message.new('GET', 'ws://no-such-host.invalid/'));
  assertEqual(GLib.quark_to_string(error.domain), 'g-resolver-error-quark');
});

test('cancelled before is cancelled', fixture => {
  const cancellable = new Gio.Cancellable();
  cancellable.cancel();
  const error = fixture.connectFails('/echo', {cancellable});
  assertError(error, Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED);
});

test('cancelled while the server is silent', fixture => {
  const {socket, message} = boundSocket();
  const cancellable = new Gio.Cancellable();
  const listener = new Gio.SocketListener();
  let accepted = null;
  socket.listen();
  listener.add_socket(socket, null);
  listener.accept_async(null, (_listener, result) => {
    [accepted] = listener.accept_finish(result);
    cancellable.cancel();
  });
  const error = fixture.connectFails(message, {cancellable});
  assertError(error, Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED);
  accepted.close(null);
  listener.close();
});

run();
