//! A peer that speaks bytes over a real socket, and what it is connected to: a connection of a
//! `Server`, or one of a `Session`.

#[allow(unused_imports, reason = "not all test programs write frames")]
pub(crate) use super::wire::{frame_to, frames_from};
use super::{Log, wait_until};
use std::cell::{Cell, Ref, RefCell};
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::rc::Rc;
use wsoup::{
    Message, Server, ServerListenOptions, Session, WebsocketConnection, WebsocketConnectionType,
};

/// The key of RFC 6455 §1.3, and its answer.
pub(crate) const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
pub(crate) const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// A handshake that every server accepts.
pub(crate) const REQUEST: &str = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n\
    Upgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Version: 13\r\n\r\n";

/// Runs `context` for as long as something is ready.
pub(crate) fn settle(context: &glib::MainContext) {
    while context.iteration(false) {}
}

/// One end of a TCP connection, which never blocks.
pub(crate) struct RawPeer {
    stream: TcpStream,
    received: RefCell<Vec<u8>>,
    has_ended: Cell<bool>,
}

impl RawPeer {
    pub(crate) fn new(stream: TcpStream) -> Self {
        stream.set_nonblocking(true).expect("it can be");
        // Not all sockets have it.
        let _ = stream.set_nodelay(true);
        Self {
            stream,
            received: RefCell::default(),
            has_ended: Cell::new(false),
        }
    }

    /// A client of the server on `port`.
    pub(crate) fn connect(port: u16) -> Self {
        Self::new(TcpStream::connect(("127.0.0.1", port)).expect("the server listens"))
    }

    /// Writes `bytes`, and runs `context` while they are not taken. Tells whether all were: the
    /// other side may have closed.
    pub(crate) fn send(&self, context: &glib::MainContext, bytes: &[u8]) -> bool {
        self.write(context, bytes, true)
    }

    /// As `send()`, but takes in nothing meanwhile.
    pub(crate) fn send_deaf(&self, context: &glib::MainContext, bytes: &[u8]) -> bool {
        self.write(context, bytes, false)
    }

    fn write(&self, context: &glib::MainContext, bytes: &[u8], reads: bool) -> bool {
        let sent = Cell::new(0);
        let is_broken = Cell::new(false);
        wait_until(context, "the bytes to be taken", || {
            while sent.get() < bytes.len() {
                match (&self.stream).write(&bytes[sent.get()..]) {
                    Ok(length) => sent.set(sent.get() + length),
                    Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                    Err(_) => {
                        is_broken.set(true);
                        return true;
                    }
                }
            }
            if reads {
                self.read();
            }
            sent.get() == bytes.len()
        });
        !is_broken.get()
    }

    /// Takes in what has arrived.
    pub(crate) fn read(&self) {
        let mut bytes = vec![0; 1 << 16];
        while !self.has_ended.get() {
            match (&self.stream).read(&mut bytes) {
                Ok(0) => self.has_ended.set(true),
                Ok(length) => self
                    .received
                    .borrow_mut()
                    .extend_from_slice(&bytes[..length]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                // A reset is an end too.
                Err(_) => self.has_ended.set(true),
            }
        }
    }

    /// What has been received since the last `take()`.
    pub(crate) fn received(&self) -> Ref<'_, Vec<u8>> {
        self.read();
        self.received.borrow()
    }

    /// Forgets what has been received.
    pub(crate) fn forget(&self) {
        self.received.borrow_mut().clear();
    }

    /// Whether there is something to read, which is left where it is.
    pub(crate) fn is_readable(&self) -> bool {
        self.stream.peek(&mut [0]).is_ok()
    }

    /// Whether the other side sends no more.
    pub(crate) fn has_ended(&self) -> bool {
        self.read();
        self.has_ended.get()
    }

    /// Waits for the head of an HTTP message; returns it, and keeps what follows.
    #[track_caller]
    pub(crate) fn head(&self, context: &glib::MainContext) -> String {
        let end = || {
            let received = self.received();
            let end = received.windows(4).position(|bytes| bytes == b"\r\n\r\n");
            end.map(|end| end + 4)
        };
        wait_until(context, "a head", || end().is_some() || self.has_ended());
        let end = end().unwrap_or(self.received().len());
        let head: Vec<u8> = self.received.borrow_mut().drain(..end).collect();
        String::from_utf8(head).expect("it is text")
    }

    pub(crate) fn shutdown_write(&self) {
        // It fails if the other side has closed already.
        let _ = self.stream.shutdown(Shutdown::Write);
    }
}

/// Waits for a client on `listener`.
#[track_caller]
pub(crate) fn accept(context: &glib::MainContext, listener: &TcpListener) -> RawPeer {
    listener.set_nonblocking(true).expect("it can be");
    let accepted = RefCell::new(None);
    wait_until(context, "a client", || {
        if let Ok((stream, _)) = listener.accept() {
            accepted.replace(Some(stream));
        }
        accepted.borrow().is_some()
    });
    RawPeer::new(accepted.take().expect("it is there"))
}

/// A listening socket, and its URI.
pub(crate) fn listener() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let port = listener.local_addr().expect("it is bound").port();
    (listener, format!("ws://127.0.0.1:{port}/"))
}

/// The value of a header in `head`.
pub(crate) fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.find_map(|(other, value)| other.eq_ignore_ascii_case(name).then_some(value))
}

/// The response that accepts the request in `head`, with `more` header lines.
pub(crate) fn response_to(head: &str, more: &str) -> String {
    let key = header(head, "Sec-WebSocket-Key").expect("it is a handshake");
    // RFC 6455 §4.2.2, by other means than the library's.
    let text = format!("{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    let digest = {
        let mut checksum = glib::Checksum::new(glib::ChecksumType::Sha1).expect("GLib has it");
        checksum.update(text.as_bytes());
        checksum.digest()
    };
    let accept = glib::base64_encode(&digest);
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Accept: {accept}\r\n{more}\r\n"
    )
}

/// What came of an attempt to connect, once it is there; with what the connection has emitted.
pub(crate) type Outcome = Rc<RefCell<Option<Result<(WebsocketConnection, Log), glib::Error>>>>;

/// Begins to connect to `uri`.
pub(crate) fn start_connecting(session: &Session, uri: &str, protocols: &[&str]) -> Outcome {
    let outcome = Outcome::default();
    session.websocket_connect_async(
        &Message::new("GET", uri).expect("it is a URI"),
        None,
        protocols,
        glib::Priority::DEFAULT,
        gio::Cancellable::NONE,
        {
            let outcome = outcome.clone();
            move |result| {
                let noted = result.map(|connection| {
                    let log = Log::of(&connection);
                    (connection, log)
                });
                drop(outcome.replace(Some(noted)));
            }
        },
    );
    outcome
}

/// A connection, the bytes at its other end, and what it has emitted.
pub(crate) struct Ends {
    pub(crate) connection: WebsocketConnection,
    pub(crate) peer: RawPeer,
    pub(crate) log: Log,
    /// What accepted it, if it is a server's.
    pub(crate) server: Option<Server>,
}

impl Ends {
    /// A connection in this role, whose handshake has just been made by hand.
    #[track_caller]
    pub(crate) fn open(context: &glib::MainContext, role: WebsocketConnectionType) -> Self {
        Self::with_extensions(context, role, "")
    }

    /// One that may be compressed, in both directions.
    #[track_caller]
    pub(crate) fn open_compressed(
        context: &glib::MainContext,
        role: WebsocketConnectionType,
    ) -> Self {
        let line = "Sec-WebSocket-Extensions: permessage-deflate\r\n";
        let ends = Self::with_extensions(context, role, line);
        assert_eq!(ends.connection.extensions().len(), 1);
        ends
    }

    /// `line` is an offer to a server, and an answer to a client.
    #[track_caller]
    fn with_extensions(
        context: &glib::MainContext,
        role: WebsocketConnectionType,
        line: &str,
    ) -> Self {
        match role {
            WebsocketConnectionType::Client => Self::of_session(context, line),
            _ => Self::of_server(context, line),
        }
    }

    #[track_caller]
    fn of_server(context: &glib::MainContext, line: &str) -> Self {
        let (server, accepted) = recording_server();
        let peer = RawPeer::connect(server.uris()[0].port() as u16);
        let lines = REQUEST.strip_suffix("\r\n").expect("it ends so");
        peer.send(context, format!("{lines}{line}\r\n").as_bytes());
        let head = peer.head(context);
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        assert_eq!(header(&head, "Sec-WebSocket-Accept"), Some(ACCEPT));
        wait_until(context, "the handler", || accepted.borrow().is_some());
        let (connection, log) = accepted.take().expect("it is there");
        Self {
            connection,
            peer,
            log,
            server: Some(server),
        }
    }

    #[track_caller]
    fn of_session(context: &glib::MainContext, line: &str) -> Self {
        let (listener, uri) = listener();
        let outcome = start_connecting(&Session::new(), &uri, &[]);
        let peer = accept(context, &listener);
        let response = response_to(&peer.head(context), line);
        peer.send(context, response.as_bytes());
        wait_until(context, "the connection", || outcome.borrow().is_some());
        let (connection, log) = outcome.take().expect("it is there").expect("it connects");
        Self {
            connection,
            peer,
            log,
            server: None,
        }
    }
}

/// A connection that a server has accepted, and what it has emitted since.
pub(crate) type Accepted = Rc<RefCell<Option<(WebsocketConnection, Log)>>>;

/// A server that keeps the connection that it accepted last.
pub(crate) fn recording_server() -> (Server, Accepted) {
    let server = Server::new();
    let accepted = Accepted::default();
    server.add_websocket_handler(None, None, &["chat"], {
        let accepted = accepted.clone();
        move |_, _, _, connection| {
            accepted.replace(Some((connection.clone(), Log::of(connection))));
        }
    });
    server
        .listen_local(0, ServerListenOptions::empty())
        .expect("there is a free port");
    (server, accepted)
}
