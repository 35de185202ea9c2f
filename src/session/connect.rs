//! From a [`Message`] to a [`WebsocketConnection`]: the request, the answer, and what follows.

use super::Session;
use super::authentication::{Challenge, Credentials, Party};
use super::client_certificate::Questions;
use super::redirect::{MAX_REDIRECTS, redirect_target};
use super::response::{MAX_BODY, read_body, read_head};
use crate::event_loop::{on_cancelled, with_cancellable, with_deadline};
use crate::extension::ExtensionSpec;
use crate::handshake;
use crate::http::framing::BodyDecoder;
use crate::http::head::{ResponseHead, write_request_head};
use crate::http::target::{host_header, request_target};
use crate::http::transport::Transport;
use crate::{
    HttpVersion, Message, MessageFlags, WebsocketConnection, WebsocketConnectionType,
    WebsocketError, WebsocketExtension,
};
use gio::prelude::*;
use glib::GString;
use glib::subclass::prelude::*;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::time::{Duration, Instant};

/// How long the body of a refusal is read: it may have no end, and the status is known.
const REFUSAL_TIMEOUT: Duration = Duration::from_secs(5);

/// Interim responses that are skipped at most (RFC 9110 §15.2).
const MAX_INTERIM_RESPONSES: usize = 16;

/// One attempt to open a connection. Dropped before its end, it is cancelled.
pub(super) struct Request {
    pub(super) session: Session,
    pub(super) message: Message,
    origin: Option<String>,
    protocols: Vec<String>,
    pub(super) priority: glib::Priority,
    /// The request's own: cancelled with the caller's, by `Session::abort()`, and on drop.
    pub(super) cancellable: gio::Cancellable,
    /// The caller's, and our handler on it.
    caller: Option<(gio::Cancellable, glib::SignalHandlerId)>,
    /// What the message had as `Proxy-Authorization`, which is not for servers; and the proxy that it
    /// was sent to.
    proxy_authorization: RefCell<Option<(GString, Option<Party>)>>,
    /// What we have set as `Cookie`.
    pub(super) cookie: RefCell<Option<GString>>,
    /// What we have set as `Authorization`.
    pub(super) authorization: RefCell<Option<String>>,
    pub(super) for_servers: Credentials,
    pub(super) for_proxies: Credentials,
    /// What the program is asked during a TLS handshake.
    pub(super) questions: Questions,
    /// Redirects that were followed.
    redirects: Cell<u32>,
    /// Whether `request-queued` was emitted, and `request-unqueued` was not.
    is_queued: Cell<bool>,
}

/// Why an attempt did not lead to a connection.
pub(super) enum Stop {
    /// It is to be made again, elsewhere.
    Redirected(glib::Uri),
    /// It is to be made again with credentials, or there is no connection.
    Challenged(Challenge, glib::Error),
    /// There is no connection.
    Failed(glib::Error),
}

impl From<glib::Error> for Stop {
    fn from(error: glib::Error) -> Self {
        Self::Failed(error)
    }
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
        let caller = caller.map(|caller| {
            let own = cancellable.clone();
            (caller.clone(), on_cancelled(caller, move || own.cancel()))
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
            proxy_authorization: RefCell::default(),
            authorization: RefCell::default(),
            for_servers: Credentials::default(),
            for_proxies: Credentials::default(),
            questions: Questions::default(),
            cookie: RefCell::default(),
            redirects: Cell::default(),
            is_queued: Cell::default(),
        }
    }

    pub(super) async fn run(self) -> Result<WebsocketConnection, glib::Error> {
        self.is_queued.set(true);
        self.session
            .emit_by_name::<()>("request-queued", &[&self.message]);
        let result = self.connect().await;
        self.finish();
        result
    }

    /// Says that the request has ended, however it did.
    fn finish(&self) {
        if self.is_queued.take() {
            self.message.emit_finished();
            self.session
                .emit_by_name::<()>("request-unqueued", &[&self.message]);
        }
    }

    /// Makes attempts until one leads to a connection, or none can.
    async fn connect(&self) -> Result<WebsocketConnection, glib::Error> {
        loop {
            match self.attempt().await {
                Ok(connection) => return Ok(connection),
                Err(Stop::Failed(error)) => return Err(error),
                Err(Stop::Redirected(target)) => self.message.redirect(&target),
                Err(Stop::Challenged(challenge, refusal)) => {
                    if !self.answer_challenge(challenge).await? {
                        return Err(refusal);
                    }
                }
            }
            self.message.restart();
            self.cancellable.set_error_if_cancelled()?;
        }
    }

    async fn attempt(&self) -> Result<WebsocketConnection, Stop> {
        let message = &self.message;
        let Some(uri) = message.uri() else {
            let text = "the message has no URI to connect to";
            return Err(glib::Error::new(gio::IOErrorEnum::InvalidArgument, text).into());
        };
        let protocols: Vec<&str> = self.protocols.iter().map(String::as_str).collect();
        let extensions = self.session.extensions_for(message);
        handshake::prepare_request(message, self.origin.as_deref(), &protocols, &extensions);
        self.add_general_headers(&uri);
        self.add_cookies(&uri);
        self.authorize(&uri);
        message.emit_starting();
        self.take_proxy_authorization();

        let io = self.open_stream(&uri).await?;
        let mut transport = Transport::new(io)?;
        let extensions = match self.shake_hands(&mut transport, &uri, &extensions).await {
            Ok(extensions) => extensions,
            Err(stop) => {
                transport.close(());
                return Err(stop);
            }
        };
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

    fn take_proxy_authorization(&self) {
        let headers = self.message.request_headers();
        if let Some(set) = headers.one("Proxy-Authorization") {
            headers.remove("Proxy-Authorization");
            self.proxy_authorization.replace(Some((set, None)));
        }
    }

    /// What the message had as `Proxy-Authorization`, for `proxy`: the first that is spoken to is meant,
    /// not another one that a redirect leads through.
    pub(super) fn own_proxy_authorization(&self, proxy: &Party) -> Option<String> {
        let mut own = self.proxy_authorization.borrow_mut();
        let (value, meant) = own.as_mut()?;
        let meant = meant.get_or_insert_with(|| proxy.clone());
        (meant == proxy).then(|| value.to_string())
    }

    /// Sends the request, reads the response, and looks whether it agrees to the upgrade.
    async fn shake_hands(
        &self,
        transport: &mut Transport,
        uri: &glib::Uri,
        extensions: &[ExtensionSpec],
    ) -> Result<Vec<WebsocketExtension>, Stop> {
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

        let response = self.read_final_head(transport).await?;
        message.set_response_head(&response);
        self.keep_cookies(uri);
        message.emit_got_headers();
        if response.status < 400
            && let Some(party) = Party::server(uri)
        {
            self.was_authorized(&party);
        }
        if response.status == 101 {
            message.emit_got_body();
            return Ok(handshake::verify_response_to(message, extensions)?);
        }
        let mut text = format!(
            "the server answered {} {}",
            response.status, response.reason
        );
        match self.redirection(uri, &response) {
            Some(Ok(target)) => {
                // Nobody will read the body, so it is left where it is.
                message.emit_got_body();
                return Err(Stop::Redirected(target));
            }
            Some(Err(reason)) => text = reason,
            None => (),
        }
        self.keep_refusal(transport, &response, &message.method())
            .await;
        message.emit_got_body();
        // Whatever the reason is, as in libsoup: the status tells.
        let refusal = not_websocket(text.trim_end());
        let challenge = Challenge::of_server(uri).filter(|_| response.status == 401);
        Err(match challenge {
            Some(challenge) => Stop::Challenged(challenge, refusal),
            None => Stop::Failed(refusal),
        })
    }

    /// Reads the head of a response, and those of the interim ones before it.
    pub(super) async fn read_final_head(
        &self,
        transport: &mut Transport,
    ) -> Result<ResponseHead, glib::Error> {
        for _ in 0..=MAX_INTERIM_RESPONSES {
            let response = self.in_time(read_head(transport)).await?;
            if response.status == 101 || response.status >= 200 {
                return Ok(response);
            }
        }
        let text = "the server sends interim responses without end";
        Err(glib::Error::new(WebsocketError::BadHandshake, text))
    }

    /// Where `response` redirects to, or why it is not followed there.
    fn redirection(
        &self,
        uri: &glib::Uri,
        response: &ResponseHead,
    ) -> Option<Result<glib::Uri, String>> {
        if self.message.query_flags(MessageFlags::NO_REDIRECT) {
            return None;
        }
        let target = redirect_target(uri, response.status, &response.headers)?;
        let followed = self.redirects.get();
        if followed == MAX_REDIRECTS {
            return Some(Err(format!(
                "the server redirects more than {MAX_REDIRECTS} times"
            )));
        }
        self.redirects.set(followed + 1);
        Some(target.map_err(|error| error.text()))
    }

    /// Keeps the beginning of the body of a response that refuses the upgrade: it may say why.
    pub(super) async fn keep_refusal(
        &self,
        transport: &mut Transport,
        response: &ResponseHead,
        method: &str,
    ) {
        let framing = response.framing(method);
        let mut body = Vec::new();
        // What cannot be read of it is no loss: the refusal itself is known.
        if let Ok(decoder) = BodyDecoder::new(framing, u64::MAX) {
            let deadline = Some(Instant::now() + REFUSAL_TIMEOUT);
            let reading = self.in_time(read_body(transport, decoder, &mut body));
            let _ = with_deadline(deadline, reading).await;
        }
        body.truncate(MAX_BODY);
        self.message
            .set_response_body(Some(glib::Bytes::from_owned(body)));
    }

    /// Waits for one step of connecting: until it is cancelled, and not longer than the timeout.
    pub(super) async fn in_time<T>(
        &self,
        step: impl Future<Output = Result<T, glib::Error>>,
    ) -> Result<T, glib::Error> {
        let step = with_cancellable(&self.cancellable, step);
        let result = with_deadline(self.deadline(), step).await;
        result.unwrap_or_else(|| Err(self.timed_out()))
    }

    /// When a step that begins now has to be done.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let timeout = Duration::from_secs(self.session.timeout().into());
        (!timeout.is_zero()).then(|| Instant::now() + timeout)
    }

    pub(super) fn timed_out(&self) -> glib::Error {
        let timeout = self.session.timeout();
        let text = format!("the server did not answer within {timeout} s");
        glib::Error::new(gio::IOErrorEnum::TimedOut, &text)
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        if let Some((caller, handler)) = self.caller.take() {
            caller.disconnect(handler);
        }
        self.session
            .imp()
            .requests
            .borrow_mut()
            .retain(|request| *request != self.cancellable);
        self.cancellable.cancel();
        // It was dropped before its end.
        self.finish();
    }
}

pub(super) fn not_websocket(text: &str) -> glib::Error {
    glib::Error::new(WebsocketError::NotWebsocket, text)
}
