//! One HTTP connection of a server: requests and their answers, until it ends or becomes a
//! WebSocket.

use super::Server;
use super::handlers::{Handlers, WebsocketHandler};
use super::handshakes::Handshakes;
use super::limits::Limits;
use super::peer::Peer;
use super::places::Place;
use super::query::parse_query;
use crate::event_loop::{close_later, with_cancellable, with_deadline, yield_now};
use crate::handshake::process_handshake;
use crate::http::date::http_date;
use crate::http::framing::{BodyDecoder, Framing};
use crate::http::head::{HeadLimits, HeadScanner, Parsed, RequestHead, write_response_head};
use crate::http::transport::Transport;
use crate::{
    HttpVersion, ServerMessage, WebsocketConnection, WebsocketConnectionType, WebsocketState,
};
use gio::prelude::*;
use glib::subclass::prelude::*;
use std::cell::Cell;
use std::future::Future;
use std::time::{Duration, Instant};

/// How long a client may take for the body of a request, and for taking the answer; beside the time
/// for the bytes at [`LEAST_RATE`].
const REQUEST_TIMEOUT: Duration = Duration::from_secs(if cfg!(test) { 1 } else { 30 });

/// Bytes a second in which large bodies have to come and answers have to be taken.
const LEAST_RATE: u64 = 16 * 1024;

/// How long a client may wait with its next request.
const IDLE_TIMEOUT: Duration = Duration::from_secs(if cfg!(test) { 1 } else { 60 });

/// How long the rest of a refused request is read, so that the client sees why it was refused.
const LINGER_TIMEOUT: Duration = Duration::from_secs(2);

/// How an exchange of request and answer ended.
enum End {
    /// The client may send the next request.
    KeepAlive,
    /// There will be no other request.
    Close,
    /// The stream belongs to somebody else now.
    HandedOver,
}

pub(super) struct Exchange {
    pub(super) server: glib::WeakRef<Server>,
    pub(super) peer: Peer,
    place: Cell<Option<Place>>,
    disconnected: gio::Cancellable,
    shutting_down: gio::Cancellable,
    pub(super) handshakes: Handshakes,
    /// Until when the head of the first request has to be there.
    pub(super) first_deadline: Option<Instant>,
}

impl Exchange {
    /// The exchanges with `peer`, which has just come.
    pub(super) fn new(server: &Server, peer: Peer, place: Place) -> Self {
        let imp = server.imp();
        Self {
            server: server.downgrade(),
            peer,
            place: Cell::new(Some(place)),
            disconnected: imp.disconnected.borrow().clone(),
            shutting_down: imp.shutting_down.borrow().clone(),
            handshakes: imp.handshakes.clone(),
            first_deadline: imp.limits.get().handshake_deadline(),
        }
    }

    /// Serves the peer until its end, or until the server disconnects.
    pub(super) async fn serve(mut self) {
        let mut first = None;
        if self.peer.is_https {
            // GIO shakes hands in threads: who says nothing gets none, and others wait for their turn.
            let Ok(turn) = self.turn_to_shake_hands().await else {
                return close_later(&self.peer.stream);
            };
            // Announced before the handshake, so that the application can have a say in it.
            let message = self.start_message();
            match self.start_tls(&message, turn).await {
                Ok(stream) => {
                    self.peer.stream = stream;
                    message.emit_connected();
                }
                Err(error) => {
                    glib::g_debug!("Wsoup", "no TLS connection: {error}");
                    self.emit("request-aborted", &message);
                    message.emit_disconnected();
                    return close_later(&self.peer.stream);
                }
            }
            first = Some(message);
        }
        match Transport::new(self.peer.stream.clone()) {
            Ok(transport) => self.run(transport, first).await,
            Err(error) => glib::g_warning!("Wsoup", "cannot serve a connection: {error}"),
        }
    }

    /// Exchanges requests and answers. `first` is the message of the first request if that has
    /// been announced already.
    async fn run(self, mut transport: Transport, mut first: Option<ServerMessage>) {
        let mut is_first = true;
        loop {
            // The time for the first request began when the connection was accepted, that for a
            // further one begins when it does.
            let idle_deadline = if is_first {
                self.first_deadline
            } else {
                Some(Instant::now() + IDLE_TIMEOUT)
            };
            let message = match first.take() {
                Some(message) => message,
                None => {
                    let next = self.next_request(idle_deadline, &mut transport).await;
                    if !matches!(next, Ok(true)) {
                        return transport.close(self.place.take());
                    }
                    let message = self.start_message();
                    message.emit_connected();
                    message
                }
            };
            let deadline = if is_first {
                self.first_deadline
            } else {
                self.limits().handshake_deadline()
            };
            match self.exchange(&mut transport, &message, deadline).await {
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
                    return transport.give_up(self.place.take());
                }
            }
            is_first = false;
        }
    }

    /// Reads one request and answers it.
    async fn exchange(
        &self,
        transport: &mut Transport,
        message: &ServerMessage,
        deadline: Option<Instant>,
    ) -> Result<End, glib::Error> {
        if !self.next_request(deadline, transport).await? {
            return Err(ended_inside());
        }
        let limits = HeadLimits {
            max_head_size: self.limits().head_size(),
            ..HeadLimits::default()
        };
        let head = match self.by(deadline, read_head(transport, limits)).await? {
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
        if self.shutting_down.is_cancelled() {
            return self.refuse(transport, message, 503).await;
        }
        let origins: Vec<&str> = handler.origins.iter().map(String::as_str).collect();
        let protocols: Vec<&str> = handler.protocols.iter().map(String::as_str).collect();
        let server = self.server.upgrade();
        let extensions = server.map_or_else(Vec::new, |server| server.imp().extensions.to_vec());
        let result = process_handshake(message, &origins, &protocols, &extensions);
        let Ok(extensions) = result else {
            return self.answer(transport, message, false).await;
        };
        self.write_head(transport, message).await?;
        let (Some(server), Some(place)) = (self.server.upgrade(), self.place.take()) else {
            return Ok(End::Close);
        };
        // Before there is a connection: handlers may run the context, and nobody would be there yet
        // for the messages that come.
        message.emit_finished();
        self.emit("request-finished", message);
        let (stream, unread) = transport.take_parts();
        let connection = WebsocketConnection::new(
            &stream,
            &server.imp().kept_uri(uri),
            WebsocketConnectionType::Server,
            message.request_headers().one("Origin").as_deref(),
            message
                .response_headers()
                .one("Sec-WebSocket-Protocol")
                .as_deref(),
            extensions,
        );
        connection.put_back(&unread);
        server.keep(&connection, place);
        (handler.callback)(&server, message, path, &connection);
        if self.shutting_down.is_cancelled() && connection.state() == WebsocketState::Open {
            // That began since it was asked above, and knew nothing of this connection yet.
            let (code, reason) = server.imp().farewell.borrow().clone();
            connection.close(code, reason.as_deref());
        }
        server.notify_n_connections();
        Ok(End::HandedOver)
    }

    /// Reads the body of the request; a status if it is not acceptable.
    async fn read_body(
        &self,
        transport: &mut Transport,
        message: &ServerMessage,
        head: &RequestHead,
    ) -> Result<Result<(), u32>, glib::Error> {
        let mut decoder = match BodyDecoder::new(head.framing, self.limits().body_size()) {
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
        let begin = Instant::now();
        let mut received = 0;
        loop {
            let sink = |piece: &[u8]| {
                received += piece.len();
                body.received(piece);
            };
            match decoder.decode(transport.unread(), sink) {
                Ok(used) => transport.consume(used),
                Err(error) => return Ok(Err(error.status())),
            }
            if decoder.is_complete() {
                body.complete();
                return Ok(Ok(()));
            }
            let deadline = begin + time_for(received);
            if !self.by(Some(deadline), transport.fill()).await?
                && let Err(error) = decoder.end_of_stream()
            {
                return Ok(Err(error.status()));
            }
            // A flood never makes this wait, and its sender is not the only one.
            yield_now().await;
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
            || self.shutting_down.is_cancelled()
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
            self.in_time(time_for(body.len()), transport.write(&body))
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
        match self.in_time(LINGER_TIMEOUT, drained).await {
            Ok(()) => transport.close(self.place.take()),
            Err(_) => transport.give_up(self.place.take()),
        }
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

    fn limits(&self) -> Limits {
        let server = self.server.upgrade();
        server.map_or_else(Limits::default, |server| server.imp().limits.get())
    }

    /// Waits for `step`, until the server disconnects, and not longer than `timeout`.
    async fn in_time<T>(
        &self,
        timeout: Duration,
        step: impl Future<Output = Result<T, glib::Error>>,
    ) -> Result<T, glib::Error> {
        self.by(Some(Instant::now() + timeout), step).await
    }

    /// Waits for `step`, until the server disconnects, and not longer than until `deadline`.
    async fn by<T>(
        &self,
        deadline: Option<Instant>,
        step: impl Future<Output = Result<T, glib::Error>>,
    ) -> Result<T, glib::Error> {
        let step = with_cancellable(&self.disconnected, step);
        with_deadline(deadline, step).await.unwrap_or_else(|| {
            let text = "the client took too long";
            Err(glib::Error::new(gio::IOErrorEnum::TimedOut, text))
        })
    }

    /// As [`by`](Self::by), for what comes before there is a request: a server that shuts down does
    /// not wait for one.
    pub(super) async fn before_request<T>(
        &self,
        deadline: Option<Instant>,
        step: impl Future<Output = Result<T, glib::Error>>,
    ) -> Result<T, glib::Error> {
        let step = with_cancellable(&self.shutting_down, step);
        self.by(deadline, step).await
    }

    /// Waits for the first byte of a request; `false` if there is none.
    async fn next_request(
        &self,
        deadline: Option<Instant>,
        transport: &mut Transport,
    ) -> Result<bool, glib::Error> {
        if !transport.unread().is_empty() {
            return Ok(true);
        }
        self.before_request(deadline, transport.fill()).await
    }
}

/// How long a client may take for sending so many bytes, or for taking them.
fn time_for(bytes: usize) -> Duration {
    REQUEST_TIMEOUT + Duration::from_secs(bytes as u64 / LEAST_RATE)
}

fn ended_inside() -> glib::Error {
    let text = "the client closed the connection inside of a request";
    glib::Error::new(gio::IOErrorEnum::PartialInput, text)
}

/// Reads the head of a request; a status if it is not acceptable.
async fn read_head(
    transport: &mut Transport,
    limits: HeadLimits,
) -> Result<Result<RequestHead, u32>, glib::Error> {
    let mut scanner = HeadScanner::new(limits);
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
            return Err(ended_inside());
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
