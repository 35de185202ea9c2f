//! A server that is open to all, somebody who means well, and others.

use super::certificates::{certificate, trust};
use super::echo::{add_echo, connect, get, port, uri};
use super::raw::RawPeer;
use super::{DEADLINE, Log, block_on, wait_until};
use gio::prelude::*;
use std::cell::Cell;
use std::net::TcpStream;
use std::os::fd::AsFd;
use std::time::Instant;
use wsoup::{Server, ServerListenOptions, Session, WebsocketConnection};

/// A server with an echo under `/echo`, and `hello` under `/hello`, with TLS or without.
pub(crate) fn server(is_https: bool) -> Server {
    let server = Server::new();
    add_handlers(&server);
    let mut options = ServerListenOptions::IPV4_ONLY;
    if is_https {
        server.set_tls_certificate(&certificate("server"));
        options |= ServerListenOptions::HTTPS;
    }
    server.listen_local(0, options).expect("there is a port");
    server
}

/// An echo under `/echo`, and `hello` under `/hello`.
pub(crate) fn add_handlers(server: &Server) {
    add_echo(server);
    server.add_handler(Some("/hello"), |_, message, _, _| {
        message.set_status(200, None);
        message.set_response(Some("text/plain"), &glib::Bytes::from_static(b"hello"));
    });
}

pub(crate) fn peer(server: &Server) -> RawPeer {
    RawPeer::connect(port(server) as u16)
}

/// A client of `server` whose address is `host`, which is one of this machine.
pub(crate) fn peer_at(host: &str, server: &Server) -> RawPeer {
    RawPeer::new(stream_at(host, port(server) as u16))
}

/// A connection to `port` from `host`, which is an address of this machine.
pub(crate) fn stream_at(host: &str, port: u16) -> TcpStream {
    let client = gio::SocketClient::new();
    let address = gio::InetSocketAddress::from_string(host, 0).expect("it is an address");
    client.set_local_address(Some(&address));
    let connection = client
        .connect_to_host("127.0.0.1", port, gio::Cancellable::NONE)
        .expect("the server listens");
    let copy = connection.socket().as_fd().try_clone_to_owned();
    TcpStream::from(copy.expect("there is a descriptor"))
}

/// A client of `server` over TLS, with little room for what it does not read.
#[track_caller]
pub(crate) fn tls_peer(context: &glib::MainContext, server: &Server) -> gio::TlsConnection {
    let socket = gio::Socket::new(
        gio::SocketFamily::Ipv4,
        gio::SocketType::Stream,
        gio::SocketProtocol::Tcp,
    )
    .expect("there is TCP");
    socket
        .set_option(libc::SOL_SOCKET, libc::SO_RCVBUF, 4096)
        .expect("it has room");
    let address = gio::InetSocketAddress::from_string("127.0.0.1", port(server) as u32);
    let address = address.expect("it is an address");
    SocketExt::connect(&socket, &address, gio::Cancellable::NONE).expect("the server listens");
    let stream = socket.connection_factory_create_connection();
    let client = gio::TlsClientConnection::new(&stream, gio::SocketConnectable::NONE);
    let client: gio::TlsConnection = client.expect("there is TLS").upcast();
    client.connect_accept_certificate(|_, _, _| true);
    block_on(context, client.handshake_future(glib::Priority::DEFAULT)).expect("it shakes hands");
    client
}

pub(crate) const HELLO: &[u8] = b"GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";

/// Asks for `/hello` on a connection that stays, and returns the status.
#[track_caller]
pub(crate) fn hello(context: &glib::MainContext, peer: &RawPeer) -> u32 {
    peer.send(context, HELLO);
    let head = peer.head(context);
    if head.starts_with("HTTP/1.1 200 ") {
        wait_until(context, "the body", || peer.received().ends_with(b"hello"));
        peer.forget();
    }
    status_of(&head)
}

/// The status in `head`; 0 if there is none.
pub(crate) fn status_of(head: &str) -> u32 {
    let status = head.split(' ').nth(1);
    status.and_then(|status| status.parse().ok()).unwrap_or(0)
}

/// Somebody who means well, and wants to be served at any time.
pub(crate) struct Friend {
    connection: WebsocketConnection,
    log: Log,
    count: Cell<usize>,
}

impl Friend {
    #[track_caller]
    pub(crate) fn new(context: &glib::MainContext, server: &Server) -> Self {
        Self::with(context, &Session::new(), server)
    }

    /// One whose address is `host`, which is one of this machine.
    #[track_caller]
    pub(crate) fn at(host: &str, context: &glib::MainContext, server: &Server) -> Self {
        let address = gio::InetSocketAddress::from_string(host, 0).expect("it is an address");
        let session = Session::builder().local_address(&address).build();
        Self::with(context, &session, server)
    }

    #[track_caller]
    fn with(context: &glib::MainContext, session: &Session, server: &Server) -> Self {
        session.set_tls_database(Some(&trust()));
        let connection = connect(context, session, &get(&uri(server, "/echo")), &[]);
        let connection = connection.expect("it connects");
        Self {
            log: Log::of(&connection),
            connection,
            count: Cell::new(0),
        }
    }

    /// Sends a message and waits for its echo: in a time that others would notice, not more.
    #[track_caller]
    pub(crate) fn is_served(&self, context: &glib::MainContext) {
        let begin = Instant::now();
        let count = self.count.get() + 1;
        self.count.set(count);
        self.connection.send_text(&count.to_string());
        let echo = format!("message Text {count}");
        wait_until(context, "the echo", || self.log.has(&echo));
        assert!(begin.elapsed() < *DEADLINE / 10, "it took long");
    }
}

/// What is no request to a server without TLS, or to one with it; and what one without it answers.
pub(crate) const GARBAGE: [(&[u8], u32); 6] = [
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    (b"\0\0\0\0\r\n\r\n", 400),
    (b"\r\n\r\n\r\nNONSENSE\r\n\r\n", 400),
    (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", 400),
    (b"GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
    (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
];
