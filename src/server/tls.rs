//! The TLS handshake of a connection that a server has accepted.

use super::Server;
use super::exchange::Exchange;
use super::handshakes::Turn;
use super::places::Client;
use crate::ServerMessage;
use crate::event_loop::{Stream, handshake_tls};
use gio::prelude::*;

impl Exchange {
    /// Waits for the first byte on a connection that is a plain socket still, and then until its
    /// handshake may begin.
    pub(super) async fn turn_to_shake_hands(&self) -> Result<Turn, glib::Error> {
        let stream = Stream::new(&self.peer.stream)?;
        let client = self.peer.remote_address.as_ref().and_then(Client::of);
        let turn = async {
            stream.readable().await?;
            Ok(self.handshakes.turn(client).await)
        };
        self.before_request(self.first_deadline, turn).await
    }

    /// Makes TLS of the stream; `message` is the one that tells what the client has shown.
    pub(super) async fn start_tls(
        &self,
        message: &ServerMessage,
        turn: Turn,
    ) -> Result<gio::IOStream, glib::Error> {
        let server = self.server.upgrade();
        let certificate = server.as_ref().and_then(Server::tls_certificate);
        let tls = gio::TlsServerConnection::new(&self.peer.stream, certificate.as_ref())?;
        let database = server.as_ref().and_then(Server::tls_database);
        tls.set_database(database.as_ref());
        if let Some(server) = server {
            tls.set_authentication_mode(server.tls_auth_mode());
        }
        tls.connect_accept_certificate({
            // The connection outlives the message.
            let message = message.downgrade();
            // GIO leaves it to us to accept even a certificate without errors.
            move |_, certificate, errors| {
                let Some(message) = message.upgrade() else {
                    return false;
                };
                message.set_tls_peer_certificate(Some(certificate.clone()), errors);
                let is_trusted = database.is_some() && errors.is_empty();
                message.accept_certificate(certificate, errors, is_trusted)
            }
        });
        let tls: gio::TlsConnection = tls.upcast();
        let handshake = turn.run(handshake_tls(&tls, glib::Priority::DEFAULT, None));
        let result = self.before_request(self.first_deadline, handshake).await;
        if result.is_err()
            && let Some(socket) = &self.peer.socket
        {
            // GIO shakes hands in a thread, which holds the socket until it sees the end. To cancel it
            // would take a file descriptor for each. It fails if the other side has gone.
            let _ = socket.shutdown(true, true);
        }
        result?;
        message.set_tls_peer_certificate(tls.peer_certificate(), tls.peer_certificate_errors());
        Ok(tls.upcast())
    }
}
