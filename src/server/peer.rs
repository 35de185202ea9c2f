//! The other end of a connection that a server was given.

use crate::event_loop::peer_address;
use crate::http::transport::disable_nagle;
use gio::prelude::*;

/// What a client is told that has as many connections as it may (RFC 6585 §4).
const TOO_MANY: &[u8] = b"HTTP/1.1 429 Too Many Requests\r\n\
    Connection: close\r\nContent-Length: 0\r\n\r\n";

/// The other end of a connection.
pub(super) struct Peer {
    pub(super) stream: gio::IOStream,
    pub(super) socket: Option<gio::Socket>,
    pub(super) local_address: Option<gio::SocketAddress>,
    pub(super) remote_address: Option<gio::SocketAddress>,
    pub(super) is_https: bool,
}

impl Peer {
    /// The peer of a connection that was accepted.
    pub(super) fn of_socket(socket: &gio::Socket, is_https: bool) -> Self {
        disable_nagle(socket);
        Self {
            stream: socket.connection_factory_create_connection().upcast(),
            local_address: socket.local_address().ok(),
            remote_address: peer_address(socket),
            socket: Some(socket.clone()),
            is_https,
        }
    }

    /// Tells a client that it has as many connections as it may, where that takes no waiting, and
    /// closes this one.
    pub(super) fn turn_away(&self) {
        let Some(socket) = &self.socket else {
            return;
        };
        socket.set_blocking(false);
        // All of this fails if the client has gone; then there is nobody to tell.
        if !self.is_https {
            // What is left unread makes a reset of the end, which may overtake the answer.
            let _ = socket.receive([0; 4096], gio::Cancellable::NONE);
            let _ = socket.send(TOO_MANY, gio::Cancellable::NONE);
        }
        let _ = socket.close();
    }
}
