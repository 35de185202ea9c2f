//! [`ReconnectingClient`]: a client that stays connected.
//!
//! `imp.rs` is the GObject side, `life.rs` what happens from start to stop: attempts, connections, and
//! what is between them. `schedule.rs` says when the next attempt is made, `verdict.rs` whether there
//! is one, `retry_after.rs` what the server wants: all three without a clock and without GLib.
//! `queue.rs` and `sending.rs` keep messages until a socket has taken them, and `surroundings.rs` tells
//! when the network has changed, or the machine has slept.

mod imp;
mod life;
mod queue;
mod retry_after;
mod schedule;
mod sending;
mod surroundings;
#[cfg(test)]
mod tests;
mod verdict;

use crate::{
    Message, OfflinePolicy, ReconnectingState, Session, WebsocketConnection, WebsocketDataType,
};
use glib::prelude::*;
use glib::subclass::prelude::*;
use glib::{GString, SignalHandlerId, closure_local};
use std::ffi::c_char;

glib::wrapper! {
    /// Stays connected to a server: connects again when the connection ends, or none comes about.
    ///
    /// Failures are followed by another attempt, unless they are final: those that would only be
    /// repeated. These are refusals such as 401, 403 and 404 (all but 408, 425, 429 and 5xx), servers
    /// that do not speak WebSocket, certificates that are not trusted, violations of the protocol, and
    /// the close codes 1000, 1002, 1003, 1007 to 1010, 3000 and 3003. The handlers of
    /// [`attempt-failed`](Self::connect_attempt_failed) and
    /// [`disconnected`](Self::connect_disconnected) may decide otherwise.
    ///
    /// An attempt is delayed by a random time, from nothing up to
    /// [`initial_delay`](Self::initial_delay), which grows with each failure up to
    /// [`max_delay`](Self::max_delay) (RFC 6455 §7.2.3). A server's `Retry-After` is respected, up to an
    /// hour. When the network comes back, or the machine wakes up, an attempt is made at once.
    ///
    /// Messages can be sent at any time; see [`send_text`](Self::send_text). The client belongs to the
    /// thread-default `GMainContext` in which it was created. When the last reference to it is dropped,
    /// it ends, with its connection.
    ///
    /// # Signals
    ///
    /// - `prepare`: an attempt is about to be made, with this message.
    /// - `attempt-failed`: it did not lead to a connection.
    /// - `connected`, `message`, `disconnected`: what happens to a connection.
    /// - `failed`: the client has given up.
    ///
    /// Handlers may do anything: stop, drop the last reference, run the context.
    ///
    /// # Example
    ///
    /// ```no_run
    /// let session = wsoup::Session::new();
    /// let client = wsoup::ReconnectingClient::new(&session, "wss://example.org/chat", None, &[])
    ///     .expect("a valid URI");
    /// client.connect_message(|_, kind, bytes| println!("{kind:?}: {} bytes", bytes.len()));
    /// client.connect_failed(|_, error| eprintln!("given up: {error}"));
    /// client.start();
    /// client.send_text("hello, once there is a connection").expect("there is room");
    /// ```
    pub struct ReconnectingClient(ObjectSubclass<imp::ReconnectingClient>);
}

impl ReconnectingClient {
    /// Creates a client for a URI (`ws`, `wss`, `http` or `https`); `None` if it is none or has no
    /// host.
    ///
    /// Connections are opened by `session`. `origin` and `protocols` are as in
    /// [`Session::websocket_connect_future`].
    pub fn new(
        session: &Session,
        uri_string: &str,
        origin: Option<&str>,
        protocols: &[&str],
    ) -> Option<Self> {
        let uri = Message::new("GET", uri_string)?.uri()?;
        Self::new_from_uri(session, &uri, origin, protocols)
    }

    /// Creates a client for a URI; `None` if that has no host. See [`new`](Self::new).
    pub fn new_from_uri(
        session: &Session,
        uri: &glib::Uri,
        origin: Option<&str>,
        protocols: &[&str],
    ) -> Option<Self> {
        Message::new_from_uri("GET", uri)?;
        let builder = glib::Object::builder()
            .property("session", session)
            .property("uri", uri)
            .property("origin", origin)
            .property("protocols", protocols.to_value());
        Some(builder.build())
    }

    /// Begins to connect, and to stay connected. Does nothing if it was started already.
    ///
    /// The first attempt is made in the next iteration of the context, without delay.
    pub fn start(&self) {
        self.imp().start();
    }

    /// Ends what [`start`](Self::start) has begun.
    ///
    /// An open connection is closed in order (RFC 6455 §7): what was sent before still gets there,
    /// messages may still arrive, and the state is [`ReconnectingState::Stopping`] until the server has
    /// answered, or for 5 s. Messages that no connection has written stay queued.
    pub fn stop(&self) {
        self.imp().stop();
    }

    /// Lets the attempt go on that a handler of `prepare` has held.
    pub fn proceed(&self) {
        self.imp().proceed();
    }

    /// Sends a text message, now or once there is a connection.
    ///
    /// A message that is accepted is kept until a connection's socket has taken its last byte. If the
    /// connection ends before, the message is sent again on the next one: it may arrive twice in part,
    /// but never in part only. What the system had taken when a connection broke may be lost all the
    /// same: only an answer of the server tells that a message has arrived. Messages are sent in order.
    ///
    /// # Errors
    ///
    /// The message is not accepted, and nothing has changed:
    ///
    /// - `gio::IOErrorEnum::NotConnected`: there is no connection, and the policy is
    ///   [`OfflinePolicy::Refuse`]; or the client has given up.
    /// - `gio::IOErrorEnum::WouldBlock`: with it, the messages that wait would be more than
    ///   [`max_queued_amount`](Self::max_queued_amount).
    /// - `gio::IOErrorEnum::MessageTooLarge`: the message alone is more than that.
    pub fn send_text(&self, text: &str) -> Result<(), glib::Error> {
        let data = glib::Bytes::from(text.as_bytes());
        self.imp().send(WebsocketDataType::Text, &data)
    }

    /// Sends a binary message; see [`send_text`](Self::send_text).
    pub fn send_binary(&self, data: &[u8]) -> Result<(), glib::Error> {
        let data = glib::Bytes::from(data);
        self.imp().send(WebsocketDataType::Binary, &data)
    }

    /// Sends a message of either type, without copying it; see [`send_text`](Self::send_text).
    ///
    /// # Errors
    ///
    /// Those of `send_text`, and [`WebsocketError::BadData`](crate::WebsocketError::BadData): text
    /// has to be UTF-8.
    pub fn send_message(
        &self,
        data_type: WebsocketDataType,
        message: &glib::Bytes,
    ) -> Result<(), glib::Error> {
        self.imp().send(data_type, message)
    }

    /// What opens the connections.
    #[doc(alias = "get_session")]
    pub fn session(&self) -> Session {
        self.imp().session().clone()
    }

    /// The URI that is connected to.
    ///
    /// `None` only for a client that was created without one as a plain GObject.
    #[doc(alias = "get_uri")]
    pub fn uri(&self) -> Option<glib::Uri> {
        self.imp().uri.get().cloned()
    }

    /// What is sent as `Origin`.
    #[doc(alias = "get_origin")]
    pub fn origin(&self) -> Option<GString> {
        self.imp()
            .origin
            .get()
            .map(crate::http::text::Text::to_gstring)
    }

    /// The subprotocols that are offered.
    #[doc(alias = "get_protocols")]
    pub fn protocols(&self) -> Vec<GString> {
        let protocols = self.imp().protocols.get();
        protocols.map_or_else(Vec::new, |protocols| {
            protocols.iter().map(Into::into).collect()
        })
    }

    /// What the client is doing; `notify::state` tells when it changes.
    #[doc(alias = "get_state")]
    pub fn state(&self) -> ReconnectingState {
        self.imp().state.get()
    }

    /// The connection, while there is one.
    #[doc(alias = "get_connection")]
    pub fn connection(&self) -> Option<WebsocketConnection> {
        self.imp().connection.borrow().clone()
    }

    /// How many attempts have begun since the client was started, or last connected.
    #[doc(alias = "get_attempts")]
    pub fn attempts(&self) -> u32 {
        self.imp().attempts.get()
    }

    /// When the next attempt is made, in microseconds of [`glib::monotonic_time`]; 0 if none is waited
    /// for.
    #[doc(alias = "get_retry_at")]
    pub fn retry_at(&self) -> i64 {
        self.imp().retry_at()
    }

    /// The bytes of the messages that were accepted and that no socket has taken yet.
    #[doc(alias = "get_queued_amount")]
    pub fn queued_amount(&self) -> u64 {
        self.imp().queue.borrow().bytes()
    }

    /// The bound on the delay after the first failure, in milliseconds; 1000 by default.
    #[doc(alias = "get_initial_delay")]
    pub fn initial_delay(&self) -> u32 {
        self.property("initial-delay")
    }

    /// Sets the bound on the delay after the first failure, at least 1 ms.
    pub fn set_initial_delay(&self, milliseconds: u32) {
        self.set_property("initial-delay", milliseconds);
    }

    /// The bound on all delays, in milliseconds; 60 000 by default.
    #[doc(alias = "get_max_delay")]
    pub fn max_delay(&self) -> u32 {
        self.property("max-delay")
    }

    /// Sets the bound on all delays, at least 1 ms.
    pub fn set_max_delay(&self, milliseconds: u32) {
        self.set_property("max-delay", milliseconds);
    }

    /// By what the bound on the delay is multiplied with each failure; 2 by default.
    #[doc(alias = "get_backoff_factor")]
    pub fn backoff_factor(&self) -> f64 {
        self.property("backoff-factor")
    }

    /// Sets by what the bound on the delay is multiplied, at least 1.
    pub fn set_backoff_factor(&self, factor: f64) {
        self.set_property("backoff-factor", factor);
    }

    /// How long a connection has to last for the delays to start anew, in milliseconds; 10 000 by
    /// default.
    #[doc(alias = "get_stable_time")]
    pub fn stable_time(&self) -> u32 {
        self.property("stable-time")
    }

    /// Sets how long a connection has to last for the delays to start anew.
    pub fn set_stable_time(&self, milliseconds: u32) {
        self.set_property("stable-time", milliseconds);
    }

    /// Seconds that an attempt may take, from when its message is prepared; 60 by default, 0 for no
    /// limit.
    #[doc(alias = "get_attempt_timeout")]
    pub fn attempt_timeout(&self) -> u32 {
        self.imp().attempt_timeout.get()
    }

    /// Sets the seconds that an attempt may take.
    pub fn set_attempt_timeout(&self, seconds: u32) {
        self.set_property("attempt-timeout", seconds);
    }

    /// Seconds between keepalive pings on each connection; 30 by default, 0 for none.
    #[doc(alias = "get_keepalive_interval")]
    pub fn keepalive_interval(&self) -> u32 {
        self.imp().keepalive_interval.get()
    }

    /// Sets the seconds between keepalive pings.
    pub fn set_keepalive_interval(&self, seconds: u32) {
        self.set_property("keepalive-interval", seconds);
    }

    /// Seconds that the server has to answer a ping before the connection is given up; 10 by default.
    #[doc(alias = "get_keepalive_pong_timeout")]
    pub fn keepalive_pong_timeout(&self) -> u32 {
        self.imp().keepalive_pong_timeout.get()
    }

    /// Sets the seconds that the server has to answer a ping; 0 for as long as it likes.
    pub fn set_keepalive_pong_timeout(&self, seconds: u32) {
        self.set_property("keepalive-pong-timeout", seconds);
    }

    /// What happens to messages while there is no connection; they are queued by default.
    #[doc(alias = "get_offline_policy")]
    pub fn offline_policy(&self) -> OfflinePolicy {
        self.imp().offline_policy.get()
    }

    /// Sets what happens to messages while there is no connection. Those that are queued stay.
    pub fn set_offline_policy(&self, policy: OfflinePolicy) {
        self.set_property("offline-policy", policy);
    }

    /// The most that messages may take that no socket has taken yet, in bytes; 1 MiB by default. Each
    /// takes 64 bytes besides its own.
    #[doc(alias = "get_max_queued_amount")]
    pub fn max_queued_amount(&self) -> u64 {
        self.imp().queue.borrow().max_bytes
    }

    /// Sets the most that messages may take. Those that are queued stay.
    pub fn set_max_queued_amount(&self, bytes: u64) {
        self.set_property("max-queued-amount", bytes);
    }

    /// Calls `f` with the message of each attempt, before it is sent: to set headers, such as a token.
    ///
    /// A handler that returns `true` holds the attempt until [`proceed`](Self::proceed) is called.
    pub fn connect_prepare(
        &self,
        f: impl Fn(&Self, &Message) -> bool + 'static,
    ) -> SignalHandlerId {
        let f = closure_local!(move |client: &Self, message: Message| f(client, &message));
        self.connect_closure("prepare", false, f)
    }

    /// Calls `f` when an attempt has failed: with its message, the error, and whether that is final.
    ///
    /// A handler that returns `true` has the client go on although the failure is final. To give up
    /// although it is not, it calls [`stop`](Self::stop).
    pub fn connect_attempt_failed(
        &self,
        f: impl Fn(&Self, &Message, &glib::Error, bool) -> bool + 'static,
    ) -> SignalHandlerId {
        let f = closure_local!(move |client: &Self,
                                     message: Message,
                                     error: glib::Error,
                                     is_final: bool| {
            f(client, &message, &error, is_final)
        });
        self.connect_closure("attempt-failed", false, f)
    }

    /// Calls `f` with each new connection, before anything is received or sent.
    ///
    /// What a handler sends on the connection itself comes before the messages that are queued.
    pub fn connect_connected(
        &self,
        f: impl Fn(&Self, &WebsocketConnection) + 'static,
    ) -> SignalHandlerId {
        let f = closure_local!(move |client: &Self, connection: WebsocketConnection| {
            f(client, &connection);
        });
        self.connect_closure("connected", false, f)
    }

    /// Calls `f` when a connection has ended, with what went wrong, if anything did, and whether that
    /// is final; the connection has the close code.
    ///
    /// A handler that returns `true` has the client go on although the end is final; but not if it was
    /// stopped.
    pub fn connect_disconnected(
        &self,
        f: impl Fn(&Self, &WebsocketConnection, Option<&glib::Error>, bool) -> bool + 'static,
    ) -> SignalHandlerId {
        let f = closure_local!(move |client: &Self,
                                     connection: WebsocketConnection,
                                     error: Option<glib::Error>,
                                     is_final: bool| {
            f(client, &connection, error.as_ref(), is_final)
        });
        self.connect_closure("disconnected", false, f)
    }

    /// Calls `f` with each message that arrives, on whatever connection.
    pub fn connect_message(
        &self,
        f: impl Fn(&Self, WebsocketDataType, &glib::Bytes) + 'static,
    ) -> SignalHandlerId {
        let f = closure_local!(move |client: &Self, data_type: i32, bytes: glib::Bytes| {
            f(client, imp::data_type_from_signal(data_type), &bytes);
        });
        self.connect_closure("message", false, f)
    }

    /// Calls `f` when the client has given up; [`start`](Self::start) has it try again.
    pub fn connect_failed(&self, f: impl Fn(&Self, &glib::Error) + 'static) -> SignalHandlerId {
        let f = closure_local!(move |client: &Self, error: glib::Error| f(client, &error));
        self.connect_closure("failed", false, f)
    }
}

/// What the C ABI lends to its callers: valid as long as the object.
#[doc(hidden)]
impl ReconnectingClient {
    pub fn origin_ptr(&self) -> *const c_char {
        crate::http::text::as_ptr_or_null(self.imp().origin.get())
    }
}
