//! Exchanges between a session and a server, from the first byte of the handshake on.

use super::world::{TEXT, World};
use crate::support::certificates::{certificate, trust};
use crate::support::echo::get;
use crate::support::faulty::Direction::{ToClient, ToServer};
use crate::support::proxy::Proxy;
use std::rc::Rc;
use wsoup::prelude::*;
use wsoup::{AuthDomainBasic, Message, Server, ServerListenOptions, Session};

/// A server with an echo under `/echo`, which is watched.
fn echo_server(world: &Rc<World>, server: Server, options: ServerListenOptions) -> u16 {
    server.add_websocket_handler(Some("/echo"), None, &[], {
        let world = Rc::downgrade(world);
        move |_, _, _, connection| {
            let Some(world) = world.upgrade() else {
                return;
            };
            world.add("server", connection);
            connection.connect_message(move |connection, kind, bytes| {
                world.note_received(ToServer, kind, bytes);
                world.send(connection, ToClient, kind, bytes);
            });
        }
    });
    server.connect_request_started({
        let world = Rc::downgrade(world);
        move |_, message| {
            if let Some(world) = world.upgrade() {
                world.watch(message);
            }
        }
    });
    let listening = server.listen_local(0, options);
    listening.expect("there is a free port");
    world.watch(&server);
    let port = server.uris()[0].port() as u16;
    world.keep(Listening(server));
    port
}

/// A server stops listening with the run.
struct Listening(Server);

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.disconnect();
    }
}

/// A session that does not have a thread find out about proxies.
fn session() -> Session {
    let session = Session::new();
    session.set_proxy_resolver(None::<&gio::ProxyResolver>);
    session
}

/// Connects, sends a message, gets it back, and closes.
fn visit(world: &Rc<World>, session: Session, message: Message) {
    world.watch(&session);
    world.watch(&message);
    let connecting = session.websocket_connect_future(&message, None, &[]);
    world.keep((session, message));
    world.start("the visit", {
        let world = world.clone();
        async move {
            let client = connecting.await?;
            world.add("client", &client);
            client.connect_message({
                let world = world.clone();
                move |client, kind, bytes| {
                    world.note_received(ToClient, kind, bytes);
                    client.close(1000, Some("thank you"));
                }
            });
            world.send(&client, ToServer, TEXT, b"hello");
            Ok(())
        }
    });
}

pub(crate) fn a_session_connects(world: &Rc<World>) {
    let port = echo_server(world, Server::new(), ServerListenOptions::empty());
    let port = world.link.listen(port);
    visit(
        world,
        session(),
        get(&format!("ws://127.0.0.1:{port}/echo")),
    );
}

pub(crate) fn a_session_is_redirected(world: &Rc<World>) {
    let server = Server::new();
    server.add_handler(Some("/old"), |_, message, _, _| {
        message.set_redirect(301, "/echo");
    });
    let port = echo_server(world, server, ServerListenOptions::empty());
    let port = world.link.listen(port);
    visit(world, session(), get(&format!("ws://127.0.0.1:{port}/old")));
}

pub(crate) fn a_session_authenticates(world: &Rc<World>) {
    let server = Server::new();
    let domain = AuthDomainBasic::new("realm");
    domain.add_path("/echo");
    domain.set_auth_callback(|_, _, user, password| (user, password) == ("user", "secret"));
    server.add_auth_domain(&domain);
    let port = echo_server(world, server, ServerListenOptions::empty());
    let port = world.link.listen(port);
    let uri = format!("ws://user:secret@127.0.0.1:{port}/echo");
    visit(world, session(), get(&uri));
}

pub(crate) fn a_session_connects_through_a_proxy(world: &Rc<World>) {
    let target = echo_server(world, Server::new(), ServerListenOptions::empty());
    let proxy = Proxy::http(|_| "HTTP/1.1 200 Connected\r\n\r\n".to_owned());
    let port = world.link.listen(proxy.port);
    world.keep(proxy);
    let proxy = format!("http://127.0.0.1:{port}");
    let resolver = gio::SimpleProxyResolver::new(Some(&proxy), &[] as &[&str]);
    let session = Session::builder().proxy_resolver(&resolver).build();
    visit(
        world,
        session,
        get(&format!("ws://no-such-host.invalid:{target}/echo")),
    );
}

pub(crate) fn a_session_connects_over_tls(world: &Rc<World>) {
    let server = Server::builder()
        .tls_certificate(&certificate("server"))
        .build();
    let port = echo_server(world, server, ServerListenOptions::HTTPS);
    let port = world.link.listen(port);
    let session = session();
    session.set_tls_database(Some(&trust()));
    visit(world, session, get(&format!("wss://127.0.0.1:{port}/echo")));
}
