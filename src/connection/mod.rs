//! [`WebsocketConnection`]: a WebSocket as a GObject.
//!
//! `imp.rs` is the GObject side (properties, signals), `driver.rs` what runs when the stream is
//! ready: it moves bytes between the stream and the protocol's [`Endpoint`](crate::protocol) and
//! turns the endpoint's events into signals.

mod driver;
mod extended;
mod extension_list;
mod flow;
mod imp;
mod inbox;
mod liveness;
mod message_bytes;
mod message_signal;
mod message_stream;
mod messages;
mod operations;
mod options;
mod outbox;
mod rate;
mod reading;
mod receiving;
mod refusal;
mod remote;
mod sender;
mod sending;
mod total;
mod writing;

use crate::extension::WebsocketExtension;
use crate::protocol::{CloseCode, Role};
use crate::{WebsocketConnectionType, WebsocketDataType, WebsocketError, WebsocketState};
use extension_list::ExtensionList;
use glib::prelude::*;
use glib::subclass::prelude::*;
use glib::{GString, SignalHandlerId, closure_local};
#[cfg(feature = "capi")]
pub use message_signal::set_message_marshallers;
pub use messages::{MessageSink, Messages};
pub use sender::WebsocketSender;
use std::any::Any;
use std::ffi::c_char;
use std::rc::Rc;
pub(crate) use total::Total;

glib::wrapper! {
    /// A WebSocket connection.
    ///
    /// A client gets one from [`Session::websocket_connect_future`], a server's handler is given
    /// one. It belongs to the thread-default `GMainContext` in which it was created: there all
    /// its signals are emitted. A client's connection is closed, without a close handshake, when
    /// the last reference is dropped; a server keeps its connections until they are closed.
    ///
    /// # Signals
    ///
    /// - `message` ([`connect_message`](Self::connect_message)): a whole message has arrived.
    /// - `pong`: the peer answered a ping.
    /// - `error`: something went wrong, and the connection is about to close because of it.
    /// - `closing`: once, when either side begins to close; never if the connection ends without.
    ///   Messages may still arrive.
    /// - `closed`: once, last. Nothing is emitted after it.
    ///
    /// Handlers may do anything: send, close, drop the last reference, run the context.
    ///
    /// # Example
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), glib::Error> {
    /// let session = wsoup::Session::new();
    /// let message = wsoup::Message::new("GET", "wss://example.org/chat").expect("a valid URI");
    /// let connection = session.websocket_connect_future(&message, None, &[]).await?;
    /// connection.connect_message(|connection, kind, bytes| {
    ///     println!("{kind:?}: {} bytes", bytes.len());
    ///     connection.close(1000, Some("thank you"));
    /// });
    /// connection.send_text("hello");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// [`Session::websocket_connect_future`]: crate::Session::websocket_connect_future
    pub struct WebsocketConnection(ObjectSubclass<imp::WebsocketConnection>);
}

impl WebsocketConnection {
    /// Speaks WebSocket over `stream`, on which the handshake is complete.
    ///
    /// The streams of `stream` have to be pollable; those of sockets and TLS are. `uri`, `origin`
    /// and `protocol` are what the handshake agreed on, and only kept. `extensions` process
    /// outgoing messages in the order given, incoming ones in the reverse order.
    pub fn new(
        stream: &gio::IOStream,
        uri: &glib::Uri,
        connection_type: WebsocketConnectionType,
        origin: Option<&str>,
        protocol: Option<&str>,
        extensions: Vec<WebsocketExtension>,
    ) -> Self {
        glib::Object::builder()
            .property("io-stream", stream)
            .property("uri", uri)
            .property("connection-type", connection_type)
            .property("origin", origin)
            .property("protocol", protocol)
            .property("extensions", ExtensionList::new(extensions).into_property())
            .build()
    }

    /// Hands over bytes that were read from the stream together with the end of the handshake.
    pub(crate) fn put_back(&self, bytes: &[u8]) {
        if let Some(driver) = self.imp().driver.get().filter(|_| !bytes.is_empty()) {
            driver.put_back(bytes);
        }
    }

    /// Has what waits to be sent count for a bound that other connections share.
    pub(crate) fn share_bound(&self, total: &Rc<Total>) {
        let _ = self.imp().flow().total.set(total.clone());
    }

    /// Calls `callback` when the connection is over, after the handlers of `closed`.
    ///
    /// For the library itself: closures of gio-rs would insist on the thread they were made in.
    pub(crate) fn on_closed(&self, callback: impl FnOnce(&Self) + 'static) {
        self.imp().after_closed.replace(Some(Box::new(callback)));
    }

    /// Keeps `kept` until the stream is closed, which may be later than `closed`.
    pub(crate) fn keep_until_closed(&self, kept: Rc<dyn Any>) {
        self.imp().kept.replace(Some(kept));
    }

    /// The stream below. Do not read or write it.
    #[doc(alias = "get_io_stream")]
    pub fn io_stream(&self) -> Option<gio::IOStream> {
        self.imp().io_stream.get().cloned()
    }

    /// Which side of the connection this is.
    #[doc(alias = "get_connection_type")]
    pub fn connection_type(&self) -> WebsocketConnectionType {
        self.imp().connection_type.get()
    }

    /// The URI that was connected to.
    #[doc(alias = "get_uri")]
    pub fn uri(&self) -> Option<glib::Uri> {
        self.imp().uri.get().cloned()
    }

    /// The client's origin.
    #[doc(alias = "get_origin")]
    pub fn origin(&self) -> Option<GString> {
        self.imp().origin.get().cloned()
    }

    /// The subprotocol that was agreed on (RFC 6455 §1.9).
    #[doc(alias = "get_protocol")]
    pub fn protocol(&self) -> Option<GString> {
        self.imp().protocol.get().cloned()
    }

    /// The extensions that were agreed on, in order.
    #[doc(alias = "get_extensions")]
    pub fn extensions(&self) -> Vec<WebsocketExtension> {
        self.imp().extensions.borrow().to_vec()
    }

    /// The state; `notify::state` tells when it changes.
    #[doc(alias = "get_state")]
    pub fn state(&self) -> WebsocketState {
        self.imp().state()
    }

    /// The close code that the peer sent: 0 as long as there is none, 1005 when it sent a close
    /// without one, 1006 when the connection ended without a close.
    #[doc(alias = "get_close_code")]
    pub fn close_code(&self) -> u16 {
        self.imp().close_code()
    }

    /// The reason that the peer gave for closing.
    #[doc(alias = "get_close_data")]
    pub fn close_data(&self) -> Option<GString> {
        self.imp().close_data().cloned()
    }

    /// Sends a text message.
    ///
    /// The message is queued and written from the main context. Once the connection is closing,
    /// messages are dropped, with a debug message.
    pub fn send_text(&self, text: &str) {
        if let Some(driver) = self.imp().driver.get() {
            driver.send(self.imp(), WebsocketDataType::Text, text.as_bytes());
        }
    }

    /// Sends a binary message; see [`send_text`](Self::send_text).
    pub fn send_binary(&self, data: &[u8]) {
        if let Some(driver) = self.imp().driver.get() {
            driver.send(self.imp(), WebsocketDataType::Binary, data);
        }
    }

    /// Sends a message of either type. Text has to be UTF-8, and may hold NULs.
    ///
    /// `message` is not copied if it is big and can be sent as it is.
    pub fn send_message(&self, data_type: WebsocketDataType, message: &glib::Bytes) {
        if !self.send_if_valid(data_type, message) {
            glib::g_critical!("Wsoup", "a text message has to be valid UTF-8");
        }
    }

    /// Sends a message, but no text that is not UTF-8; tells whether it is right.
    #[doc(hidden)]
    pub fn send_if_valid(&self, data_type: WebsocketDataType, message: &glib::Bytes) -> bool {
        let is_valid = is_valid(data_type, message);
        if is_valid && let Some(driver) = self.imp().driver.get() {
            driver.send_bytes(self.imp(), data_type, message);
        }
        is_valid
    }

    /// Begins to close the connection: sends a close frame after what is queued already.
    ///
    /// `code` is one of 1000–1003, 1007–1014 and 3000–4999, or 1005 ([`NoStatus`]) to send none;
    /// others are a programmer's error. `reason` is cut at 123 bytes. When the peer has answered,
    /// or after the close timeout (5 s), `closed` is emitted. Does nothing when the connection is
    /// closing already.
    ///
    /// [`NoStatus`]: crate::WebsocketCloseCode::NoStatus
    pub fn close(&self, code: u16, reason: Option<&str>) {
        if !self.may_close_with(code, reason.is_some()) {
            glib::g_critical!("Wsoup", "close code {code} may not be sent (RFC 6455 §7.4)");
            return;
        }
        if let Some(driver) = self.imp().driver.get() {
            driver.close(self.imp(), code, reason.unwrap_or_default());
        }
    }

    /// Whether [`close`](Self::close) takes `code`, with a reason or without.
    #[doc(hidden)]
    pub fn may_close_with(&self, code: u16, has_reason: bool) -> bool {
        may_close_with(self.connection_type().into(), code, has_reason)
    }

    /// The biggest frame payload that is accepted, in bytes; 0 for no limit. 128 KiB by default.
    #[doc(alias = "get_max_incoming_payload_size")]
    pub fn max_incoming_payload_size(&self) -> u64 {
        self.imp().max_incoming_payload_size.get()
    }

    /// Sets the biggest frame payload that is accepted; a bigger one closes the connection with
    /// 1009. Counts from the next frame on.
    pub fn set_max_incoming_payload_size(&self, max_incoming_payload_size: u64) {
        self.set_property("max-incoming-payload-size", max_incoming_payload_size);
    }

    /// The biggest message that is accepted, in bytes, all fragments together and decompressed; 0
    /// for no limit. By default 128 KiB on servers, none on clients.
    #[doc(alias = "get_max_total_message_size")]
    pub fn max_total_message_size(&self) -> u64 {
        self.imp().max_total_message_size.get()
    }

    /// Sets the biggest message that is accepted; a bigger one closes the connection with 1009.
    pub fn set_max_total_message_size(&self, max_total_message_size: u64) {
        self.set_property("max-total-message-size", max_total_message_size);
    }

    /// Seconds between pings that are sent to see whether the peer is there; 0 for none, the
    /// default.
    #[doc(alias = "get_keepalive_interval")]
    pub fn keepalive_interval(&self) -> u32 {
        self.imp().keepalive_interval.get()
    }

    /// Sets the seconds between keepalive pings; 0 sends none.
    pub fn set_keepalive_interval(&self, seconds: u32) {
        self.set_property("keepalive-interval", seconds);
    }

    /// Seconds that the peer has to answer a keepalive ping; 0, the default, for as long as it
    /// likes.
    #[doc(alias = "get_keepalive_pong_timeout")]
    pub fn keepalive_pong_timeout(&self) -> u32 {
        self.imp().keepalive_pong_timeout.get()
    }

    /// Sets the seconds that the peer has to answer a keepalive ping. One that does not is taken
    /// for gone: `error` is emitted and the connection closes.
    pub fn set_keepalive_pong_timeout(&self, seconds: u32) {
        self.set_property("keepalive-pong-timeout", seconds);
    }

    /// Calls `f` with each message that arrives.
    pub fn connect_message(
        &self,
        f: impl Fn(&Self, WebsocketDataType, &glib::Bytes) + 'static,
    ) -> SignalHandlerId {
        self.connect_closure(
            "message",
            false,
            closure_local!(
                move |connection: &Self, data_type: i32, bytes: glib::Bytes| {
                    f(connection, imp::data_type_from_signal(data_type), &bytes);
                }
            ),
        )
    }

    /// Calls `f` when something went wrong; the connection is about to close.
    pub fn connect_error(&self, f: impl Fn(&Self, &glib::Error) + 'static) -> SignalHandlerId {
        self.connect_closure(
            "error",
            false,
            closure_local!(move |connection: &Self, error: glib::Error| f(connection, &error)),
        )
    }

    /// Calls `f` when either side begins to close.
    pub fn connect_closing(&self, f: impl Fn(&Self) + 'static) -> SignalHandlerId {
        self.connect_closure(
            "closing",
            false,
            closure_local!(move |connection: &Self| f(connection)),
        )
    }

    /// Calls `f` when the connection is over.
    pub fn connect_closed(&self, f: impl Fn(&Self) + 'static) -> SignalHandlerId {
        self.connect_closure(
            "closed",
            false,
            closure_local!(move |connection: &Self| f(connection)),
        )
    }

    /// Calls `f` with the payload of each pong that arrives.
    pub fn connect_pong(&self, f: impl Fn(&Self, &glib::Bytes) + 'static) -> SignalHandlerId {
        self.connect_closure(
            "pong",
            false,
            closure_local!(move |connection: &Self, bytes: glib::Bytes| f(connection, &bytes)),
        )
    }
}

/// What the C ABI lends to its callers: valid as long as the object.
#[doc(hidden)]
impl WebsocketConnection {
    pub fn origin_ptr(&self) -> *const c_char {
        self.imp()
            .origin
            .get()
            .map_or(std::ptr::null(), |origin| origin.as_ptr())
    }

    pub fn protocol_ptr(&self) -> *const c_char {
        self.imp()
            .protocol
            .get()
            .map_or(std::ptr::null(), |protocol| protocol.as_ptr())
    }

    pub fn close_data_ptr(&self) -> *const c_char {
        self.imp()
            .close_data()
            .map_or(std::ptr::null(), |reason| reason.as_ptr())
    }

    pub fn extensions_ptr(&self) -> *mut glib::ffi::GList {
        self.imp().extensions.borrow().as_ptr()
    }
}

/// Whether a connection in `role` may be closed with `code`, with a reason or without.
pub(crate) fn may_close_with(role: Role, code: u16, has_reason: bool) -> bool {
    match CloseCode(code) {
        CloseCode::NO_STATUS => !has_reason,
        code => code.is_sendable(role),
    }
}

/// Whether a message is what its type says.
fn is_valid(data_type: WebsocketDataType, message: &[u8]) -> bool {
    data_type != WebsocketDataType::Text || simdutf8::basic::from_utf8(message).is_ok()
}

/// As [`is_valid`], with an error that says so.
pub(crate) fn check_text(data_type: WebsocketDataType, message: &[u8]) -> Result<(), glib::Error> {
    if is_valid(data_type, message) {
        return Ok(());
    }
    let text = "a text message has to be valid utf-8";
    Err(glib::Error::new(WebsocketError::BadData, text))
}

impl From<WebsocketConnectionType> for Role {
    fn from(connection_type: WebsocketConnectionType) -> Self {
        match connection_type {
            WebsocketConnectionType::Client => Self::Client,
            // An unknown one is refused before it gets here.
            WebsocketConnectionType::Server | WebsocketConnectionType::Unknown => Self::Server,
        }
    }
}
