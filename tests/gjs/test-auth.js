// What HTTP authentication promises: a server that asks, a message that asks its program, and
// classes to derive from.

import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import Wsoup from 'gi://Wsoup?version=1.0';

import {assert, assertEqual, run, test} from './support.js';

const Bearer = GObject.registerClass(class Bearer extends Wsoup.AuthDomain {
  vfunc_accepts(_message, header) {
    return header === 'Bearer 1234' ? 'somebody' : null;
  }

  vfunc_challenge(_message) {
    return `Bearer realm="${this.realm}"`;
  }
});

const Token = GObject.registerClass(class Token extends Wsoup.Auth {
  vfunc_authenticate(username, password) {
    this.answer = [username, password];
  }

  vfunc_is_authenticated() {
    return this.answer !== undefined;
  }
});

/** Connects with credentials, and returns the status of the answer. */
function ask(fixture, credentials) {
  const message = fixture.message('/echo');
  if (credentials)
    message.get_request_headers().append('Authorization', credentials);
  try {
    fixture.close(fixture.connect(message), fixture.peer);
  } catch (error) {
    if (!(error instanceof GLib.Error))
      throw error;
  }
  return message.status_code;
}

test('a callback decides about names and passwords', fixture => {
  const domain = new Wsoup.AuthDomainBasic({realm: 'r'});
  domain.add_path('/echo');
  domain.set_auth_callback((_domain, _message, name, password) =>
    name === 'Aladdin' && password === 'open sesame');
  fixture.server.add_auth_domain(domain);
  assertEqual(ask(fixture), 401);
  assertEqual(ask(fixture, 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=='), 101);
});

test('a derived domain decides', fixture => {
  const domain = new Bearer({realm: 'r'});
  domain.add_path('/echo');
  fixture.server.add_auth_domain(domain);
  assertEqual(ask(fixture, 'Bearer 123'), 401);
  assertEqual(ask(fixture, 'Bearer 1234'), 101);
});

test('a message asks its program', fixture => {
  const auth = new Token({realm: 'r'});
  const message = fixture.message('/echo');
  message.connect('authenticate', (_message, asking, retrying) => {
    asking.authenticate('Aladdin', retrying ? 'again' : 'open sesame');
    return true;
  });
  assert(message.emit('authenticate', auth, true), 'it is handled');
  assertEqual(auth.answer, ['Aladdin', 'again']);
  assertEqual(auth.is_authenticated, true);
});

run();
