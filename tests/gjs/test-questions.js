// What a session promises when connecting takes more than one step: it tells of redirects, and asks
// for credentials and certificates, which a program gives at once or later.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import Wsoup from 'gi://Wsoup?version=1.0';

import {assert, assertEqual, loadCertificate, run, test, withCertificates} from './support.js';

function later(call) {
  GLib.timeout_add(GLib.PRIORITY_DEFAULT, 20, () => {
    call();
    return GLib.SOURCE_REMOVE;
  });
}

test('redirect is followed and told', fixture => {
  fixture.server.add_handler('/old', (_server, message, _path, _query) => {
    message.set_redirect(Wsoup.Status.FOUND, '/echo');
  });
  const request = fixture.message('/old');
  const restarts = [];
  request.connect('restarted', message => {
    restarts.push([message.get_status(), message.get_uri().get_path()]);
  });
  fixture.close(fixture.connect(request), fixture.peer);
  assertEqual(restarts, [[302, '/echo']]);
});

test('credentials are given at once, or later', fixture => {
  fixture.server.add_early_handler('/echo', (_server, message, _path, _query) => {
    // Aladdin and his password, as in RFC 7617 §2.
    const right = 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==';
    if (message.get_request_headers().get_one('Authorization') === right)
      return;
    message.get_response_headers().append('WWW-Authenticate', 'Basic realm="cave"');
    message.set_status(Wsoup.Status.UNAUTHORIZED, null);
  });
  const request = fixture.message('/echo');
  const asked = [];
  request.connect('authenticate', (_message, auth, retrying) => {
    asked.push([auth.get_realm(), retrying]);
    if (retrying)
      later(() => auth.authenticate('Aladdin', 'open sesame'));
    else
      auth.authenticate('Aladdin', 'open barley');
    return true;
  });
  fixture.close(fixture.connect(request), fixture.peer);
  assertEqual(asked, [['cave', false], ['cave', true]]);
});

test('certificate is given later', fixture => withCertificates(folder => {
  // A TLS handshake runs in a thread, which would run a context that nobody owns.
  const context = GLib.MainContext.default();
  assert(context.acquire(), 'nobody else runs the context');
  const certificate = loadCertificate(folder, 'client.pem');
  const trusted = Gio.TlsFileDatabase.new(`${folder}/ca.pem`);
  const server = fixture.startServer(loadCertificate(folder, 'server.pem'));
  server.set_tls_database(trusted);
  server.set_tls_auth_mode(Gio.TlsAuthenticationMode.REQUESTED);
  let shown = null;
  server.connect('request-started', (_server, message) => {
    message.connect('accept-certificate', (_message, _certificate, errors) => errors === 0);
    message.connect('got-headers', () => {
      shown = message.get_tls_peer_certificate();
    });
  });
  fixture.session.set_tls_database(trusted);
  const request = fixture.message('/echo', server);
  request.connect('request-certificate', (message, connection) => {
    assert(connection instanceof Gio.TlsConnection, 'it is the connection');
    later(() => message.set_tls_client_certificate(certificate));
    return true;
  });
  fixture.close(fixture.connect(request), fixture.peer);
  assert(shown.is_same(certificate), 'the server has seen it');
  context.release();
}));

run();
