// What the GJS suites share: a runner that prints TAP, a deadline for every wait, the two ends of
// a connection with a record of their signals, and a server on a free port of this process.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import System from 'system';
import Wsoup from 'gi://Wsoup?version=1.0';

const tests = [];

/** Adds a test; the name says what must hold. */
export function test(name, body) {
  tests.push({name, body});
}

/** Runs the tests that were added and prints TAP; the exit status tells whether all passed. */
export function run() {
  let failures = 0;
  print(`1..${tests.length}`);
  tests.forEach(({name, body}, index) => {
    const fixture = new Fixture();
    try {
      body(fixture);
      print(`ok ${index + 1} ${name}`);
    } catch (error) {
      failures++;
      print(`not ok ${index + 1} ${name}`);
      `${error.message}\n${error.stack}`.trim().split('\n').forEach(line => print(`# ${line}`));
    } finally {
      fixture.end();
      // Whatever is owned wrongly shows here, not at some later test.
      System.gc();
    }
  });
  if (failures > 0)
    System.exit(1);
}

/** Compares by value: numbers, strings, arrays and plain objects of them. */
export function assertEqual(got, expected) {
  const [left, right] = [JSON.stringify(got), JSON.stringify(expected)];
  if (left !== right)
    throw new Error(`got ${left}, expected ${right}`);
}

export function assert(condition, what) {
  if (!condition)
    throw new Error(`it does not hold that ${what}`);
}

/** Whether two arrays of bytes are the same, however long. */
export function sameBytes(left, right) {
  return new GLib.Bytes(left).equal(new GLib.Bytes(right));
}

/** Iterates the main context until the condition holds, and fails after the deadline. */
export function waitFor(condition, what, seconds = 10) {
  const context = GLib.MainContext.default();
  let late = false;
  const source = GLib.timeout_add_seconds(GLib.PRIORITY_DEFAULT, seconds, () => {
    late = true;
    return GLib.SOURCE_CONTINUE;
  });
  try {
    while (!condition()) {
      if (late)
        throw new Error(`waited ${seconds} s for ${what}`);
      context.iteration(true);
    }
  } finally {
    GLib.source_remove(source);
  }
}

/** One end of a connection, and what its signals said. */
export class End {
  constructor(connection, echoes = false) {
    this.connection = connection;
    this.events = [];
    this.messages = [];
    this.pongs = 0;
    this.stateChanges = 0;
    connection.connect('message', (_connection, type, message) => {
      this.events.push('message');
      this.messages.push({type, data: message.toArray()});
      if (echoes)
        connection.send_message(type, message);
    });
    connection.connect('error', (_connection, error) => this.events.push('error'));
    connection.connect('pong', () => this.pongs++);
    connection.connect('closing', () => this.events.push('closing'));
    connection.connect('closed', () => this.events.push('closed'));
    connection.connect('notify::state', () => this.stateChanges++);
  }

  get isClosed() {
    return this.connection.state === Wsoup.WebsocketState.CLOSED && this.events.includes('closed');
  }

  /** Waits for that many messages and returns the last. */
  waitMessages(count) {
    waitFor(() => this.messages.length >= count, `message ${count}`);
    return this.messages[count - 1];
  }
}

export function waitClosed(...ends) {
  waitFor(() => ends.every(end => end.isClosed), 'both ends to be closed');
}

/** What each test gets: a server on 127.0.0.1, a session, and ways to connect them. */
class Fixture {
  constructor() {
    this.session = new Wsoup.Session();
    this.peers = [];
    this.servers = [];
    this.server = this.startServer();
  }

  startServer(certificate = null) {
    const server = new Wsoup.Server();
    let options = Wsoup.ServerListenOptions.IPV4_ONLY;
    if (certificate) {
      server.set_tls_certificate(certificate);
      options |= Wsoup.ServerListenOptions.HTTPS;
    }
    server.listen_local(0, options);
    this.servers.push(server);
    this.accept('/echo', null, null, server);
    return server;
  }

  /** Keeps the server's end of what connects there; on /echo it sends back what comes. */
  accept(path, origin, protocols, server = this.server) {
    server.add_websocket_handler(path, origin, protocols, (_server, _message, at, connection) => {
      this.peers.push(new End(connection, at === '/echo'));
    });
  }

  get peer() {
    waitFor(() => this.peers.length > 0, "the server's end");
    return this.peers[this.peers.length - 1];
  }

  uri(path, server = this.server) {
    const [uri] = server.get_uris();
    const scheme = uri.get_scheme() === 'https' ? 'wss' : 'ws';
    return `${scheme}://127.0.0.1:${uri.get_port()}${path}`;
  }

  message(path, server = this.server) {
    return Wsoup.Message.new('GET', this.uri(path, server));
  }

  /** Connects with a message or to a path of the server, and returns the client's end. */
  connect(target, {origin = null, protocols = null, cancellable = null, session} = {}) {
    const message = typeof target === 'string' ? this.message(target) : target;
    let connection = null;
    let failure = null;
    (session ?? this.session).websocket_connect_async(
      message, origin, protocols, GLib.PRIORITY_DEFAULT, cancellable, (source, result) => {
        try {
          connection = source.websocket_connect_finish(result);
        } catch (error) {
          failure = error;
        }
      });
    waitFor(() => connection || failure, 'the connection');
    if (failure)
      throw failure;
    return new End(connection);
  }

  /** Connects, and returns the error that this must end with. */
  connectFails(target, options) {
    try {
      this.connect(target, options);
    } catch (error) {
      if (error instanceof GLib.Error)
        return error;
      throw error;
    }
    throw new Error('it connected');
  }

  close(client, peer) {
    client.connection.close(Wsoup.WebsocketCloseCode.NORMAL, null);
    waitClosed(client, peer);
  }

  end() {
    this.servers.forEach(server => server.disconnect());
  }
}

/** Calls the function with a new folder, which is removed afterwards with the files in it. */
export function withFolder(use) {
  const folder = GLib.Dir.make_tmp('wsoup-test-XXXXXX');
  try {
    return use(folder);
  } finally {
    const directory = Gio.File.new_for_path(folder);
    const files = directory.enumerate_children('standard::name', 0, null);
    for (let info = files.next_file(null); info; info = files.next_file(null))
      directory.get_child(info.get_name()).delete(null);
    directory.delete(null);
  }
}

/** Calls the function with a folder of new certificates. */
export function withCertificates(use) {
  return withFolder(folder => {
    const command = [GLib.getenv('WSOUP_TEST_CERTIFICATES'), folder];
    const [, , , status] = GLib.spawn_sync(
      null, command, null, GLib.SpawnFlags.DEFAULT, null);
    GLib.spawn_check_wait_status(status);
    return use(folder);
  });
}

export function loadCertificate(folder, name) {
  return Gio.TlsCertificate.new_from_file(`${folder}/${name}`);
}
