//! One HTTP connection of a server: requests and their answers, until it ends or becomes a
//! WebSocket.

use super::Server;
use super::handlers::{Handlers, WebsocketHandler};
use crate::event_loop::{
    close_later, handshake_tls, peer_address, with_cancellable, with_deadline, yield_now,
};
use crate::handshake::process_handshake;
use crate::http::date::http_date;
use crate::http::framing::{BodyDecoder, Framing};
use crate::http::head::{HeadLimits, HeadScanner, Parsed, RequestHead, write_response_head};
use crate::http::syntax::percent_decode;
use crate::http::target::compact_uri;
use crate::http::transport::{Transport, disable_nagle};
use crate::{HttpVersion, ServerMessage, WebsocketConnection, WebsocketConnectionType};
use gio::prelude::*;
use glib::subclass::prelude::*;
use std::collections::HashMap;
use std::future::Future;
use std::time::{Duration, Instant};

/// How long a client may take for a request, and for taking the answer.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(if cfg!(test) { 1 } else { 30 });

/// How long a client may wait with its next request.
const IDLE_TIMEOUT: Duration = Duration::from_secs(if cfg!(test) { 1 } else { 60 });

/// How long the rest of a refused request is read, so that the client sees why it was refused.
const LINGER_TIMEOUT: Duration = Duration::from_secs(2);

/// Bytes of the body of a request that are accepted at most.
const MAX_BODY_SIZE: u64 = 1 << 20;

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
}

/// How an exchange of request and answer ended.
enum End {
    /// The client may send the next request.
    KeepAlive,
    /// There will be no other request.
    Close,
    /// The stream belongs to somebody else now.
    HandedOver,
}

/// Serves `peer` until its end; `disconnected` ends it earlier.
pub(super) async fn serve(
    server: glib::WeakRef<Server>,
    peer: Peer,
    disconnected: gio::Cancellable,
) {
    let mut exchange = Exchange {
        server,
        peer,
        disconnected,
    };
    let mut first = None;
    if exchange.peer.is_https {
        // Announced before the handshake, so that the application can have a say in it.
        let message = exchange.start_message();
        match exchange.start_tls(&message).await {
            Ok(stream) => {
                exchange.peer.stream = stream;
                message.emit_connected();
            }
            Err(error) => {
                glib::g_debug!("Wsoup", "no TLS connection: {error}");
                exchange.emit("request-aborted", &message);
                message.emit_disconnected();
                return close_later(&exchange.peer.stream);
            }
        }
        first = Some(message);
    }
    match Transport::new(exchange.peer.stream.clone()) {
        Ok(transport) => exchange.run(transport, first).await,
        Err(error) => glib::g_warning!("Wsoup", "cannot serve a connection: {error}"),
    }
}

struct Exchange {
    server: glib::WeakRef<Server>,
    peer: Peer,
    disconnected: gio::Cancellable,
}

impl Exchange {
    /// Exchanges requests and answers. `first` is the message of the first request if that has
    /// been announced already.
    async fn run(self, mut transport: Transport, mut first: Option<ServerMessage>) {
        loop {
            let message = match first.take() {
                Some(message) => message,
                None => {
                    let next = self
                        .in_time(IDLE_TIMEOUT, wait_for_request(&mut transport))
                        .await;
                    if !matches!(next, Ok(true)) {
                        return transport.close();
                    }
                    let message = self.start_message();
                    message.emit_connected();
                    message
                }
            };
            match self.exchange(&mut transport, &message).await {
                // A client that pipelines without end is not the only one.
                Ok(End::KeepAlive) => yield_now().await,
                Ok(End::Close) => {
                    message.emit_disconnected();
                    return self.linger(&mut transport).await;
                }
                Ok(End::HandedOver) => return,
                Err(error) => {
                    glib::g_debug!("Wsoup", "request aborted: {error}");
                    self.emit("request-aborted", &message);
                    message.emit_disconnected();
                    return transport.close();
                }
            }
        }
    }

    /// Reads one request and answers it.
    async fn exchange(
        &self,
        transport: &mut Transport,
        message: &ServerMessage,
    ) -> Result<End, glib::Error> {
        let head = match self.in_time(REQUEST_TIMEOUT, read_head(transport)).await? {
            Ok(head) => head,
            Err(status) => return self.refuse(transport, message, status).await,
        };
        let Ok(uri) = head.uri(self.scheme(), &self.authority()) else {
            return self.refuse(transport, message, 400).await;
        };
        message.set_request_head(&head, uri.clone());
        let Some(path) = self.handler_path(&uri) else {
            return self.refuse(transport, message, 400).await;
        };
        let may_go_on = self.authenticate(message, &path);
        message.emit_got_headers();
        if !may_go_on {
            let close = head.framing != Framing::None;
            return self.answer(transport, message, close).await;
        }

        let Some(handlers) = self.handlers(&path) else {
            return self.refuse(transport, message, 404).await;
        };
        if let Some(early) = &handlers.early {
            self.call(message, &path, early);
            self.unpaused(message).await?;
            if message.status() != 0 {
                let close = head.framing != Framing::None;
                return self.answer(transport, message, close).await;
            }
        }
        if let Err(status) = self.read_body(transport, message, &head).await? {
            return self.refuse(transport, message, status).await;
        }
        message.emit_got_body();
        self.emit("request-read", message);
        self.unpaused(message).await?;

        if let Some(websocket) = handlers.websocket.as_ref().filter(|_| {
            message.status() == 0 && (handlers.normal.is_none() || wants_websocket(message))
        }) {
            return self
                .upgrade(transport, message, &uri, &path, websocket)
                .await;
        }
        match &handlers.normal {
            _ if message.status() != 0 => (),
            None => message.set_status(404, None),
            Some(normal) => {
                // What the client has sent beyond its request would be lost.
                let stealable = transport
                    .unread()
                    .is_empty()
                    .then(|| transport.io().clone());
                message.set_steal(move || stealable);
                self.call(message, &path, normal);
                self.unpaused(message).await?;
                message.clear_steal();
                if message.is_stolen() {
                    message.emit_finished();
                    self.emit("request-finished", message);
                    return Ok(End::HandedOver);
                }
                if message.status() == 0 {
                    message.set_status(500, None);
                }
            }
        }
        self.answer(transport, message, false).await
    }

    /// Makes a WebSocket connection of this one, if the handshake is right.
    async fn upgrade(
        &self,
        transport: &mut Transport,
        message: &ServerMessage,
        uri: &glib::Uri,
        path: &str,
        handler: &WebsocketHandler,
    ) -> Result<End, glib::Error> {
        let origins: Vec<&str> = handler.origins.iter().map(String::as_str).collect();
        let protocols: Vec<&str> = handler.protocols.iter().map(String::as_str).collect();
        let server = self.server.upgrade();
        let extensions = server.map_or_else(Vec::new, |server| server.imp().extensions.to_vec());
        let result = process_handshake(message, &origins, &protocols, &extensions);
        let Ok(extensions) = result else {
            return self.answer(transport, message, false).await;
        };
        self.write_head(transport, message).await?;
        let Some(server) = self.server.upgrade() else {
            return Ok(End::Close);
        };
        // Before there is a connection: handlers may run the context, and nobody would be there yet
        // for the messages that come.
        message.emit_finished();
        self.emit("request-finished", message);
        let (stream, unread) = transport.take_parts();
        let connection = WebsocketConnection::new(
            &stream,
            &compact_uri(uri),
            WebsocketConnectionType::Server,
            message.request_headers().one("Origin").as_deref(),
            message
                .response_headers()
                .one("Sec-WebSocket-Protocol")
                .as_deref(),
            extensions,
        );
        connection.put_back(&unread);
        server.keep(&connection);
        (handler.callback)(&server, message, path, &connection);
        Ok(End::HandedOver)
    }

    /// Reads the body of the request; a status if it is not acceptable.
    async fn read_body(
        &self,
        transport: &mut Transport,
        message: &ServerMessage,
        head: &RequestHead,
    ) -> Result<Result<(), u32>, glib::Error> {
        let mut decoder = match BodyDecoder::new(head.framing, MAX_BODY_SIZE) {
            Ok(decoder) => decoder,
            Err(error) => return Ok(Err(error.status())),
        };
        if !decoder.is_complete()
            && message
                .request_headers()
                .header_equals("Expect", "100-continue")
        {
            let interim = transport.write(b"HTTP/1.1 100 Continue\r\n\r\n");
            self.in_time(REQUEST_TIMEOUT, interim).await?;
        }
        let body = message.request_body();
        let deadline = Instant::now() + REQUEST_TIMEOUT;
        loop {
            match decoder.decode(transport.unread(), |piece| body.received(piece)) {
                Ok(used) => transport.consume(used),
                Err(error) => return Ok(Err(error.status())),
            }
            if decoder.is_complete() {
                body.complete();
                return Ok(Ok(()));
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if !self.in_time(left, transport.fill()).await?
                && let Err(error) = decoder.end_of_stream()
            {
                return Ok(Err(error.status()));
            }
        }
    }

    /// Answers a request that is refused before it was read; there can be no other.
    async fn refuse(
        &self,
        transport: &mut Transport,
        message: &ServerMessage,
        status: u32,
    ) -> Result<End, glib::Error> {
        message.set_status(status, None);
        self.answer(transport, message, true).await
    }

    /// Sends the answer that is in `message`.
    async fn answer(
        &self,
        transport: &mut Transport,
        message: &ServerMessage,
        close: bool,
    ) -> Result<End, glib::Error> {
        let headers = message.response_headers();
        let body = message.response_body().flatten();
        let close = close
            || message.http_version() == HttpVersion::Http10
            || message
                .request_headers()
                .header_contains("Connection", "close")
            || headers.header_contains("Connection", "close");
        if close && !headers.header_contains("Connection", "close") {
            headers.append("Connection", "close");
        }
        // RFC 9110 §8.6: these have no body, and say so by having no length.
        let has_body = !matches!(message.status(), 100..200 | 204 | 304);
        if has_body {
            headers.set_content_length(body.len().try_into().unwrap_or(i64::MAX));
        }
        self.write_head(transport, message).await?;
        if has_body && message.method() != "HEAD" {
            self.in_time(REQUEST_TIMEOUT, transport.write(&body))
                .await?;
        }
        message.emit_wrote_body();
        message.emit_finished();
        self.emit("request-finished", message);
        Ok(if close { End::Close } else { End::KeepAlive })
    }

    async fn write_head(
        &self,
        transport: &mut Transport,
        message: &ServerMessage,
    ) -> Result<(), glib::Error> {
        let headers = message.response_headers();
        let server_header = self
            .server
            .upgrade()
            .and_then(|server| server.server_header());
        if let Some(product) = server_header.filter(|_| headers.one("Server").is_none()) {
            headers.append("Server", &product);
        }
        headers.replace("Date", &http_date());
        let mut head = Vec::new();
        let reason = message.reason_phrase();
        write_response_head(
            &mut head,
            HttpVersion::Http11,
            message.status(),
            reason.as_deref(),
            &headers,
        );
        self.in_time(REQUEST_TIMEOUT, transport.write(&head))
            .await?;
        message.emit_wrote_headers();
        Ok(())
    }

    /// Ends a connection so that the client sees the last answer, even if it is still sending.
    async fn linger(&self, transport: &mut Transport) {
        transport.shutdown_write();
        let drained = async {
            while transport.fill().await? {
                transport.consume(transport.unread().len());
                // The deadline is looked at only when this waits, which a flood never makes it do.
                yield_now().await;
            }
            Ok(())
        };
        // Whatever it ends with: there is nothing more to say.
        let _ = self.in_time(LINGER_TIMEOUT, drained).await;
        transport.close();
    }

    async fn start_tls(&self, message: &ServerMessage) -> Result<gio::IOStream, glib::Error> {
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
        // GIO shakes hands in a thread, which holds the socket until it is told to give up.
        let cancellable = gio::Cancellable::new();
        let handshake = handshake_tls(&tls, glib::Priority::DEFAULT, &cancellable);
        let result = self.in_time(REQUEST_TIMEOUT, handshake).await;
        cancellable.cancel();
        result?;
        message.set_tls_peer_certificate(tls.peer_certificate(), tls.peer_certificate_errors());
        Ok(tls.upcast())
    }

    /// Makes and announces the message of the next request.
    fn start_message(&self) -> ServerMessage {
        let Peer {
            stream,
            socket,
            local_address,
            remote_address,
            ..
        } = &self.peer;
        let message = ServerMessage::new(
            socket.clone(),
            local_address.clone(),
            remote_address.clone(),
        );
        if let Some(tls) = stream.downcast_ref::<gio::TlsConnection>() {
            message.set_tls_peer_certificate(tls.peer_certificate(), tls.peer_certificate_errors());
        }
        self.emit("request-started", &message);
        message
    }

    /// Whether the request comes from a user who may send it; otherwise the answer is there.
    fn authenticate(&self, message: &ServerMessage, path: &str) -> bool {
        let server = self.server.upgrade();
        server.is_none_or(|server| server.authenticate(message, path))
    }

    fn handler_path(&self, uri: &glib::Uri) -> Option<String> {
        self.server.upgrade()?.imp().handler_path(uri)
    }

    fn handlers(&self, path: &str) -> Option<Handlers> {
        let server = self.server.upgrade()?;
        server.imp().handlers.borrow().lookup(path).cloned()
    }

    fn call(&self, message: &ServerMessage, path: &str, callback: &super::handlers::Callback) {
        let Some(server) = self.server.upgrade() else {
            return;
        };
        let query = message.uri().and_then(|uri| uri.query());
        let query = query.map(|query| parse_query(&query));
        callback(&server, message, path, query.as_ref());
    }

    /// Waits until the application lets `message` go on.
    async fn unpaused(&self, message: &ServerMessage) -> Result<(), glib::Error> {
        let unpaused = async {
            message.unpaused().await;
            Ok(())
        };
        with_cancellable(&self.disconnected, unpaused).await
    }

    /// Emits a signal of the server.
    fn emit(&self, signal: &str, message: &ServerMessage) {
        if let Some(server) = self.server.upgrade() {
            server.emit_by_name::<()>(signal, &[message]);
        }
    }

    fn scheme(&self) -> &'static str {
        // Also where the application has brought TLS itself.
        if self.peer.stream.is::<gio::TlsConnection>() {
            "https"
        } else {
            "http"
        }
    }

    /// Host and port for requests that do not tell them.
    fn authority(&self) -> String {
        let address = self.peer.local_address.as_ref();
        match address.and_then(|address| address.downcast_ref::<gio::InetSocketAddress>()) {
            Some(address) => address.to_string().into(),
            None => "localhost".to_owned(),
        }
    }

    /// Waits for `step`, until the server disconnects, and not longer than `timeout`.
    async fn in_time<T>(
        &self,
        timeout: Duration,
        step: impl Future<Output = Result<T, glib::Error>>,
    ) -> Result<T, glib::Error> {
        let step = with_cancellable(&self.disconnected, step);
        with_deadline(Some(Instant::now() + timeout), step)
            .await
            .unwrap_or_else(|| {
                let text = format!("the client took longer than {timeout:?}");
                Err(glib::Error::new(gio::IOErrorEnum::TimedOut, &text))
            })
    }
}

/// Waits for the first byte of a request; `false` if there is none.
async fn wait_for_request(transport: &mut Transport) -> Result<bool, glib::Error> {
    if transport.unread().is_empty() {
        transport.fill().await
    } else {
        Ok(true)
    }
}

/// Reads the head of a request; a status if it is not acceptable.
async fn read_head(transport: &mut Transport) -> Result<Result<RequestHead, u32>, glib::Error> {
    let mut scanner = HeadScanner::new(HeadLimits::default());
    loop {
        match scanner.parse_request(transport.unread()) {
            Ok(Parsed::Complete { head, length }) => {
                transport.consume(length);
                return Ok(Ok(head));
            }
            Ok(Parsed::Incomplete) => (),
            Err(error) => {
                glib::g_debug!("Wsoup", "bad request: {error}");
                return Ok(Err(error.status()));
            }
        }
        if !transport.fill().await? {
            let text = "the client closed the connection inside of a request";
            return Err(glib::Error::new(gio::IOErrorEnum::PartialInput, text));
        }
    }
}

/// Whether a request is an attempt at a WebSocket handshake (RFC 6455 §4.1).
fn wants_websocket(message: &ServerMessage) -> bool {
    message.method() == "GET"
        && message
            .request_headers()
            .header_contains("Upgrade", "websocket")
}

/// The names and values of a query in the form of HTML forms.
fn parse_query(query: &str) -> HashMap<String, String> {
    let decode = |text: &str| {
        let text = text.replace('+', " ");
        percent_decode(&text).unwrap_or(text)
    };
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_decoded() {
        let query = parse_query("a=b+c&d=%C3%A4&&e&f=g=h&i=%zz&j=%ff");
        let expected = [
            ("a", "b c"),
            ("d", "ä"),
            ("e", ""),
            ("f", "g=h"),
            ("i", "%zz"),
            ("j", "%ff"),
        ];
        assert_eq!(query.len(), expected.len());
        for (name, value) in expected {
            assert_eq!(query.get(name).map(String::as_str), Some(value), "{name}");
        }
    }
}
