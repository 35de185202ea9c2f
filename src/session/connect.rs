//! From a [`Message`] to a [`WebsocketConnection`]: address, proxy, TLS, handshake.

use super::Session;
use crate::event_loop::{connect_to, handshake_tls, with_cancellable, with_deadline};
use crate::handshake;
use crate::http::framing::BodyDecoder;
use crate::http::head::{HeadLimits, HeadScanner, Parsed, ResponseHead, write_request_head};
use crate::http::target::{authority, host_header, request_target};
use crate::http::transport::{Transport, disable_nagle};
use crate::{
    HttpVersion, Message, WebsocketConnection, WebsocketConnectionType, WebsocketError,
    WebsocketExtension,
};
use gio::prelude::*;
use glib::subclass::prelude::*;
use std::future::Future;
use std::time::{Duration, Instant};

/// How much of the body of a refusal is kept.
const MAX_REFUSAL_BODY: usize = 64 * 1024;

/// How long the body of a refusal is read: it may have no end, and the status is known.
const REFUSAL_TIMEOUT: Duration = Duration::from_secs(5);

/// Interim responses that are skipped at most (RFC 9110 §15.2).
const MAX_INTERIM_RESPONSES: usize = 16;

/// One attempt to open a connection. Dropped before its end, it is cancelled.
pub(super) struct Request {
    session: Session,
    message: Message,
    origin: Option<String>,
    protocols: Vec<String>,
    priority: glib::Priority,
    /// The request's own: cancelled with the caller's, by `Session::abort()`, and on drop.
    cancellable: gio::Cancellable,
    /// The caller's, and our handler on it.
    caller: Option<(gio::Cancellable, gio::CancelledHandlerId)>,
}

impl Request {
    pub(super) fn new(
        session: &Session,
        message: &Message,
        origin: Option<&str>,
        protocols: &[&str],
        priority: glib::Priority,
        caller: Option<&gio::Cancellable>,
    ) -> Self {
        let cancellable = gio::Cancellable::new();
        let caller = caller.and_then(|caller| {
            let own = cancellable.clone();
            let handler = caller.connect_cancelled(move |_| own.cancel())?;
            Some((caller.clone(), handler))
        });
        session
            .imp()
            .requests
            .borrow_mut()
            .push(cancellable.clone());
        Self {
            session: session.clone(),
            message: message.clone(),
            origin: origin.map(str::to_owned),
            protocols: protocols
                .iter()
                .map(|protocol| (*protocol).to_owned())
                .collect(),
            priority,
            cancellable,
            caller,
        }
    }

    pub(super) async fn run(self) -> Result<WebsocketConnection, glib::Error> {
        let session = &self.session;
        session.emit_by_name::<()>("request-queued", &[&self.message]);
        let result = self.connect().await;
        self.message.emit_finished();
        session.emit_by_name::<()>("request-unqueued", &[&self.message]);
        result
    }

    async fn connect(&self) -> Result<WebsocketConnection, glib::Error> {
        let message = &self.message;
        let Some(uri) = message.uri() else {
            let text = "the message has no URI to connect to";
            return Err(glib::Error::new(gio::IOErrorEnum::InvalidArgument, text));
        };
        let protocols: Vec<&str> = self.protocols.iter().map(String::as_str).collect();
        handshake::websocket_client_prepare_handshake(
            message,
            self.origin.as_deref(),
            &protocols,
            &[],
        );
        self.add_general_headers(&uri);
        message.emit_starting();

        let io = self.open_stream(&uri).await?;
        let mut transport = Transport::new(io)?;
        let result = self.shake_hands(&mut transport, &uri).await;
        match result {
            Ok(extensions) => {
                let protocol = message.response_headers().one("Sec-WebSocket-Protocol");
                let (io, unread) = transport.take_parts();
                let connection = WebsocketConnection::new(
                    &io,
                    &uri,
                    WebsocketConnectionType::Client,
                    self.origin.as_deref(),
                    protocol.as_deref(),
                    extensions,
                );
                connection.put_back(&unread);
                Ok(connection)
            }
            Err(error) => {
                transport.close();
                Err(error)
            }
        }
    }

    fn add_general_headers(&self, uri: &glib::Uri) {
        let headers = self.message.request_headers();
        if headers.one("Host").is_none() {
            headers.append("Host", &host_header(uri));
        }
        if let Some(agent) = self.session.user_agent()
            && headers.one("User-Agent").is_none()
        {
            headers.append("User-Agent", &agent);
        }
    }

    /// Connects, through a proxy where one is configured, and starts TLS where the URI asks for it.
    async fn open_stream(&self, uri: &glib::Uri) -> Result<gio::IOStream, glib::Error> {
        // Proxy resolvers know the schemes of HTTP, not those of WebSockets.
        let (is_tls, scheme, port) = match uri.scheme().as_str() {
            "wss" | "https" => (true, "https", 443),
            "ws" | "http" => (false, "http", 80),
            other => {
                let text = format!("{other} is no scheme of WebSockets: ws, wss, http, https are");
                return Err(glib::Error::new(gio::IOErrorEnum::InvalidArgument, &text));
            }
        };
        let target = format!("{scheme}://{}", authority(uri));
        let identity = gio::NetworkAddress::parse_uri(&target, port)?;
        let connectable = self
            .session
            .remote_connectable()
            .unwrap_or_else(|| identity.clone().upcast());

        let connection = self.connect_socket(&connectable).await?;
        self.message
            .set_remote_address(connection.remote_address().ok());
        if is_tls {
            return self
                .start_tls(&connection, &identity)
                .await
                .map(Cast::upcast);
        }
        Ok(connection.upcast())
    }

    async fn connect_socket(
        &self,
        connectable: &gio::SocketConnectable,
    ) -> Result<gio::SocketConnection, glib::Error> {
        let client = gio::SocketClient::new();
        client.set_timeout(self.session.timeout());
        client.set_local_address(self.session.local_address().as_ref());
        let proxy_resolver = self.session.proxy_resolver();
        client.set_enable_proxy(proxy_resolver.is_some());
        client.set_proxy_resolver(proxy_resolver.as_ref());
        let message = self.message.clone();
        client.connect_event(move |_, event, _, connection| {
            if let Some(connection) = connection {
                message.emit_network_event(event, connection);
            }
        });
        let connection = connect_to(&client, connectable, &self.cancellable).await?;
        let socket = connection.socket();
        // The timeout is for connecting; an open WebSocket may be silent for as long as it likes.
        socket.set_timeout(0);
        disable_nagle(&socket);
        Ok(connection)
    }

    async fn start_tls(
        &self,
        connection: &gio::SocketConnection,
        identity: &gio::NetworkAddress,
    ) -> Result<gio::TlsConnection, glib::Error> {
        let message = &self.message;
        let tls = gio::TlsClientConnection::new(connection, Some(identity))?;
        let tls: gio::TlsConnection = tls.upcast();
        tls.set_database(self.session.tls_database().as_ref());
        tls.set_interaction(self.session.tls_interaction().as_ref());
        tls.set_advertised_protocols(["http/1.1"]);
        if let Some(certificate) = message.tls_client_certificate() {
            tls.set_certificate(&certificate);
        }
        tls.connect_accept_certificate({
            let message = message.clone();
            move |_, certificate, errors| {
                let accepted = message.accept_certificate(certificate, errors);
                // Kept for whoever asks later why there is no connection, or with whom.
                message.set_tls_peer_certificate(Some(certificate.clone()), errors);
                accepted
            }
        });
        message.emit_network_event(gio::SocketClientEvent::TlsHandshaking, &tls);
        let handshake = handshake_tls(&tls, self.priority, &self.cancellable);
        self.in_time(handshake).await?;
        message.set_tls_peer_certificate(tls.peer_certificate(), tls.peer_certificate_errors());
        message.set_tls_protocol(tls.protocol_version(), tls.ciphersuite_name().as_deref());
        message.emit_network_event(gio::SocketClientEvent::TlsHandshaked, &tls);
        Ok(tls)
    }

    /// Sends the request, reads the response, and looks whether it agrees to the upgrade.
    async fn shake_hands(
        &self,
        transport: &mut Transport,
        uri: &glib::Uri,
    ) -> Result<Vec<WebsocketExtension>, glib::Error> {
        let message = &self.message;
        let mut head = Vec::new();
        let target = request_target(uri);
        let headers = message.request_headers();
        write_request_head(
            &mut head,
            &message.method(),
            &target,
            HttpVersion::Http11,
            &headers,
        );
        self.in_time(transport.write(&head)).await?;
        message.emit_wrote_headers();

        for _ in 0..=MAX_INTERIM_RESPONSES {
            let response = self.in_time(read_head(transport)).await?;
            if response.status != 101 && response.status < 200 {
                continue;
            }
            message.set_response_head(&response);
            message.emit_got_headers();
            if response.status != 101 {
                self.keep_refusal(transport, &response).await;
                message.emit_got_body();
                // Whatever the reason is, as in libsoup: the status tells.
                let text = format!(
                    "the server answered {} {}",
                    response.status, response.reason
                );
                return Err(not_websocket(text.trim_end()));
            }
            message.emit_got_body();
            return handshake::websocket_client_verify_handshake(message, &[]);
        }
        Err(bad_handshake(
            "the server sends interim responses without end",
        ))
    }

    /// Keeps the beginning of the body of a response that refuses the upgrade: it may say why.
    async fn keep_refusal(&self, transport: &mut Transport, response: &ResponseHead) {
        let framing = response.framing(&self.message.method());
        let mut body = Vec::new();
        // What cannot be read of it is no loss: the refusal itself is known.
        if let Ok(decoder) = BodyDecoder::new(framing, u64::MAX) {
            let deadline = Some(Instant::now() + REFUSAL_TIMEOUT);
            let reading = self.in_time(read_body(transport, decoder, &mut body));
            let _ = with_deadline(deadline, reading).await;
        }
        body.truncate(MAX_REFUSAL_BODY);
        self.message
            .set_response_body(Some(glib::Bytes::from_owned(body)));
    }

    /// Waits for one step of connecting: until it is cancelled, and not longer than the timeout.
    async fn in_time<T>(
        &self,
        step: impl Future<Output = Result<T, glib::Error>>,
    ) -> Result<T, glib::Error> {
        let timeout = Duration::from_secs(self.session.timeout().into());
        let deadline = (!timeout.is_zero()).then(|| Instant::now() + timeout);
        let step = with_cancellable(&self.cancellable, step);
        with_deadline(deadline, step).await.unwrap_or_else(|| {
            let text = format!("the server did not answer within {} s", timeout.as_secs());
            Err(glib::Error::new(gio::IOErrorEnum::TimedOut, &text))
        })
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        if let Some((caller, handler)) = self.caller.take() {
            caller.disconnect_cancelled(handler);
        }
        self.session
            .imp()
            .requests
            .borrow_mut()
            .retain(|request| *request != self.cancellable);
        self.cancellable.cancel();
    }
}

async fn read_head(transport: &mut Transport) -> Result<ResponseHead, glib::Error> {
    let mut scanner = HeadScanner::new(HeadLimits::default());
    loop {
        match scanner.parse_response(transport.unread()) {
            Ok(Parsed::Complete { head, length }) => {
                transport.consume(length);
                return Ok(head);
            }
            Ok(Parsed::Incomplete) => (),
            Err(error) => return Err(not_websocket(&format!("not an HTTP response: {error}"))),
        }
        if !transport.fill().await? {
            return Err(not_websocket(
                "the server closed the connection without an answer",
            ));
        }
    }
}

/// Reads the body of a refusal into `body`, until it ends or is more than is kept of it.
async fn read_body(
    transport: &mut Transport,
    mut decoder: BodyDecoder,
    body: &mut Vec<u8>,
) -> Result<(), glib::Error> {
    loop {
        let used = decoder
            .decode(transport.unread(), |data| body.extend_from_slice(data))
            .map_err(|error| not_websocket(&error.to_string()))?;
        transport.consume(used);
        if decoder.is_complete() || body.len() >= MAX_REFUSAL_BODY || !transport.fill().await? {
            return Ok(());
        }
    }
}

fn not_websocket(text: &str) -> glib::Error {
    glib::Error::new(WebsocketError::NotWebsocket, text)
}

fn bad_handshake(text: &str) -> glib::Error {
    glib::Error::new(WebsocketError::BadHandshake, text)
}
