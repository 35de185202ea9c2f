//! The enumerations of the header, and their types.
//!
//! The enumerations are declared for cbindgen alone: in signatures they are numbers (`types.rs`).
//! Assertions tie each to the enumeration of the Rust crate, in both directions.

use glib::error::ErrorDomain;
use glib::ffi::{GQuark, GType};
use glib::prelude::*;
use glib::translate::*;

/// Asserts that an enumeration of the header and one of the Rust crate have the same members.
macro_rules! same {
    (#[non_exhaustive] $c:ident, $rust:ty: $($member:ident = $variant:ident),+ $(,)?) => {
        $(const _: () = assert!($c::$member as i32 == <$rust>::$variant as i32);)+
    };
    ($c:ident, $rust:ty: $($member:ident = $variant:ident),+ $(,)?) => {
        $(const _: () = assert!($c::$member as i32 == <$rust>::$variant as i32);)+
        const _: fn($rust) = |value| match value {
            $(<$rust>::$variant => (),)+
        };
    };
}

/// Asserts that flags of the header and of the Rust crate have the same members.
macro_rules! same_flags {
    ($c:ident, $rust:ty: $($member:ident = $flag:ident),+ $(,)?) => {
        $(const _: () = assert!($c::$member as u32 == <$rust>::$flag.bits());)+
        const _: () = assert!($($c::$member as u32 |)+ 0 == <$rust>::all().bits());
    };
}

pub(crate) use same;

/// WsoupCookieJarAcceptPolicy:
/// @WSOUP_COOKIE_JAR_ACCEPT_ALWAYS: all
/// @WSOUP_COOKIE_JAR_ACCEPT_NEVER: none
/// @WSOUP_COOKIE_JAR_ACCEPT_NO_THIRD_PARTY: those of third parties are refused
/// @WSOUP_COOKIE_JAR_ACCEPT_GRANDFATHERED_THIRD_PARTY: those of third parties are refused, unless they
///   have set some before
///
/// Which cookies of servers a [class@CookieJar] keeps.
///
/// Only a web browser knows which requests come from third parties; for a [class@Session], none do, and
/// the last two are as the first.
#[repr(C)]
pub enum WsoupCookieJarAcceptPolicy {
    WSOUP_COOKIE_JAR_ACCEPT_ALWAYS = 0,
    WSOUP_COOKIE_JAR_ACCEPT_NEVER = 1,
    WSOUP_COOKIE_JAR_ACCEPT_NO_THIRD_PARTY = 2,
    WSOUP_COOKIE_JAR_ACCEPT_GRANDFATHERED_THIRD_PARTY = 3,
}

same! {
    WsoupCookieJarAcceptPolicy, wsoup::CookieJarAcceptPolicy:
    WSOUP_COOKIE_JAR_ACCEPT_ALWAYS = Always,
    WSOUP_COOKIE_JAR_ACCEPT_NEVER = Never,
    WSOUP_COOKIE_JAR_ACCEPT_NO_THIRD_PARTY = NoThirdParty,
    WSOUP_COOKIE_JAR_ACCEPT_GRANDFATHERED_THIRD_PARTY = GrandfatheredThirdParty,
}

#[unsafe(no_mangle)]
pub extern "C" fn wsoup_cookie_jar_accept_policy_get_type() -> GType {
    wsoup::CookieJarAcceptPolicy::static_type().into_glib()
}

/// WsoupOfflinePolicy:
/// @WSOUP_OFFLINE_POLICY_REFUSE: they are refused
/// @WSOUP_OFFLINE_POLICY_QUEUE: they are queued, and sent once there is a connection
///
/// What a [class@ReconnectingClient] does with messages that are sent while there is no connection.
#[repr(C)]
pub enum WsoupOfflinePolicy {
    WSOUP_OFFLINE_POLICY_REFUSE = 0,
    WSOUP_OFFLINE_POLICY_QUEUE = 1,
}

same! {
    WsoupOfflinePolicy, wsoup::OfflinePolicy:
    WSOUP_OFFLINE_POLICY_REFUSE = Refuse,
    WSOUP_OFFLINE_POLICY_QUEUE = Queue,
}

#[unsafe(no_mangle)]
pub extern "C" fn wsoup_offline_policy_get_type() -> GType {
    wsoup::OfflinePolicy::static_type().into_glib()
}

/// WsoupReconnectingState:
/// @WSOUP_RECONNECTING_STATE_STOPPED: nothing: it was not started, or it was stopped
/// @WSOUP_RECONNECTING_STATE_WAITING: there is no connection; it waits before the next attempt
/// @WSOUP_RECONNECTING_STATE_CONNECTING: an attempt is under way
/// @WSOUP_RECONNECTING_STATE_CONNECTED: there is a connection
/// @WSOUP_RECONNECTING_STATE_STOPPING: it was stopped, and the connection is being closed in order
/// @WSOUP_RECONNECTING_STATE_FAILED: it has given up: the last failure was final
///
/// What a [class@ReconnectingClient] is doing.
#[repr(C)]
pub enum WsoupReconnectingState {
    WSOUP_RECONNECTING_STATE_STOPPED = 0,
    WSOUP_RECONNECTING_STATE_WAITING = 1,
    WSOUP_RECONNECTING_STATE_CONNECTING = 2,
    WSOUP_RECONNECTING_STATE_CONNECTED = 3,
    WSOUP_RECONNECTING_STATE_STOPPING = 4,
    WSOUP_RECONNECTING_STATE_FAILED = 5,
}

same! {
    WsoupReconnectingState, wsoup::ReconnectingState:
    WSOUP_RECONNECTING_STATE_STOPPED = Stopped,
    WSOUP_RECONNECTING_STATE_WAITING = Waiting,
    WSOUP_RECONNECTING_STATE_CONNECTING = Connecting,
    WSOUP_RECONNECTING_STATE_CONNECTED = Connected,
    WSOUP_RECONNECTING_STATE_STOPPING = Stopping,
    WSOUP_RECONNECTING_STATE_FAILED = Failed,
}

#[unsafe(no_mangle)]
pub extern "C" fn wsoup_reconnecting_state_get_type() -> GType {
    wsoup::ReconnectingState::static_type().into_glib()
}

/// WsoupWebsocketConnectionType:
/// @WSOUP_WEBSOCKET_CONNECTION_UNKNOWN: not known; no connection has this type
/// @WSOUP_WEBSOCKET_CONNECTION_CLIENT: the side that connected
/// @WSOUP_WEBSOCKET_CONNECTION_SERVER: the side that accepted
///
/// Which side of the connection a [class@WebsocketConnection] is.
#[repr(C)]
pub enum WsoupWebsocketConnectionType {
    WSOUP_WEBSOCKET_CONNECTION_UNKNOWN = 0,
    WSOUP_WEBSOCKET_CONNECTION_CLIENT = 1,
    WSOUP_WEBSOCKET_CONNECTION_SERVER = 2,
}

same! {
    WsoupWebsocketConnectionType, wsoup::WebsocketConnectionType:
    WSOUP_WEBSOCKET_CONNECTION_UNKNOWN = Unknown,
    WSOUP_WEBSOCKET_CONNECTION_CLIENT = Client,
    WSOUP_WEBSOCKET_CONNECTION_SERVER = Server,
}

#[unsafe(no_mangle)]
pub extern "C" fn wsoup_websocket_connection_type_get_type() -> GType {
    wsoup::WebsocketConnectionType::static_type().into_glib()
}

/// WsoupWebsocketDataType:
/// @WSOUP_WEBSOCKET_DATA_TEXT: UTF-8 text
/// @WSOUP_WEBSOCKET_DATA_BINARY: arbitrary bytes
///
/// The type of the data in a message (RFC 6455 §5.6).
#[repr(C)]
pub enum WsoupWebsocketDataType {
    WSOUP_WEBSOCKET_DATA_TEXT = 1,
    WSOUP_WEBSOCKET_DATA_BINARY = 2,
}

same! {
    WsoupWebsocketDataType, wsoup::WebsocketDataType:
    WSOUP_WEBSOCKET_DATA_TEXT = Text,
    WSOUP_WEBSOCKET_DATA_BINARY = Binary,
}

#[unsafe(no_mangle)]
pub extern "C" fn wsoup_websocket_data_type_get_type() -> GType {
    wsoup::WebsocketDataType::static_type().into_glib()
}

/// WsoupWebsocketState:
/// @WSOUP_WEBSOCKET_STATE_OPEN: messages can be sent and received
/// @WSOUP_WEBSOCKET_STATE_CLOSING: a close frame was sent or received; messages may still arrive,
///   but none can be sent
/// @WSOUP_WEBSOCKET_STATE_CLOSED: the connection is over
///
/// The state of a [class@WebsocketConnection]. It only ever goes forward.
#[repr(C)]
pub enum WsoupWebsocketState {
    WSOUP_WEBSOCKET_STATE_OPEN = 1,
    WSOUP_WEBSOCKET_STATE_CLOSING = 2,
    WSOUP_WEBSOCKET_STATE_CLOSED = 3,
}

same! {
    WsoupWebsocketState, wsoup::WebsocketState:
    WSOUP_WEBSOCKET_STATE_OPEN = Open,
    WSOUP_WEBSOCKET_STATE_CLOSING = Closing,
    WSOUP_WEBSOCKET_STATE_CLOSED = Closed,
}

#[unsafe(no_mangle)]
pub extern "C" fn wsoup_websocket_state_get_type() -> GType {
    wsoup::WebsocketState::static_type().into_glib()
}

/// WsoupWebsocketOverflowPolicy:
/// @WSOUP_WEBSOCKET_OVERFLOW_REFUSE: it is not sent; functions that return an error say so
/// @WSOUP_WEBSOCKET_OVERFLOW_CLOSE: it is not sent, and the connection is closed with
///   %WSOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION
///
/// What happens to a message with which more than
/// [property@WebsocketConnection:max-buffered-amount] would wait to be sent.
#[repr(C)]
pub enum WsoupWebsocketOverflowPolicy {
    WSOUP_WEBSOCKET_OVERFLOW_REFUSE = 0,
    WSOUP_WEBSOCKET_OVERFLOW_CLOSE = 1,
}

same! {
    WsoupWebsocketOverflowPolicy, wsoup::WebsocketOverflowPolicy:
    WSOUP_WEBSOCKET_OVERFLOW_REFUSE = Refuse,
    WSOUP_WEBSOCKET_OVERFLOW_CLOSE = Close,
}

#[unsafe(no_mangle)]
pub extern "C" fn wsoup_websocket_overflow_policy_get_type() -> GType {
    wsoup::WebsocketOverflowPolicy::static_type().into_glib()
}

/// WsoupWebsocketCloseCode:
/// @WSOUP_WEBSOCKET_CLOSE_NORMAL: the purpose of the connection was fulfilled
/// @WSOUP_WEBSOCKET_CLOSE_GOING_AWAY: the endpoint goes away: a server shuts down, a page is left
/// @WSOUP_WEBSOCKET_CLOSE_PROTOCOL_ERROR: the peer broke the protocol
/// @WSOUP_WEBSOCKET_CLOSE_UNSUPPORTED_DATA: the endpoint cannot accept this type of data
/// @WSOUP_WEBSOCKET_CLOSE_NO_STATUS: a close frame held no code; passed to
///   [method@WebsocketConnection.close], it sends such a frame
/// @WSOUP_WEBSOCKET_CLOSE_ABNORMAL: the connection ended without a close frame; never sent
/// @WSOUP_WEBSOCKET_CLOSE_BAD_DATA: a message did not fit its type, such as text that is not UTF-8
/// @WSOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION: a message violated the policy of the endpoint
/// @WSOUP_WEBSOCKET_CLOSE_TOO_BIG: a message was too big
/// @WSOUP_WEBSOCKET_CLOSE_NO_EXTENSION: the server did not negotiate an extension that the client
///   needs; sent by clients alone
/// @WSOUP_WEBSOCKET_CLOSE_SERVER_ERROR: the server met a condition that it did not expect; sent by
///   servers alone
/// @WSOUP_WEBSOCKET_CLOSE_TLS_HANDSHAKE: the TLS handshake failed; never sent
///
/// Why a WebSocket was closed (RFC 6455 §7.4.1).
///
/// The codes from 3000 to 3999 are registered for libraries and frameworks, those from 4000 to 4999
/// are for applications to use; both may be passed to [method@WebsocketConnection.close], too.
#[repr(C)]
pub enum WsoupWebsocketCloseCode {
    WSOUP_WEBSOCKET_CLOSE_NORMAL = 1000,
    WSOUP_WEBSOCKET_CLOSE_GOING_AWAY = 1001,
    WSOUP_WEBSOCKET_CLOSE_PROTOCOL_ERROR = 1002,
    WSOUP_WEBSOCKET_CLOSE_UNSUPPORTED_DATA = 1003,
    WSOUP_WEBSOCKET_CLOSE_NO_STATUS = 1005,
    WSOUP_WEBSOCKET_CLOSE_ABNORMAL = 1006,
    WSOUP_WEBSOCKET_CLOSE_BAD_DATA = 1007,
    WSOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION = 1008,
    WSOUP_WEBSOCKET_CLOSE_TOO_BIG = 1009,
    WSOUP_WEBSOCKET_CLOSE_NO_EXTENSION = 1010,
    WSOUP_WEBSOCKET_CLOSE_SERVER_ERROR = 1011,
    WSOUP_WEBSOCKET_CLOSE_TLS_HANDSHAKE = 1015,
}

same! {
    WsoupWebsocketCloseCode, wsoup::WebsocketCloseCode:
    WSOUP_WEBSOCKET_CLOSE_NORMAL = Normal,
    WSOUP_WEBSOCKET_CLOSE_GOING_AWAY = GoingAway,
    WSOUP_WEBSOCKET_CLOSE_PROTOCOL_ERROR = ProtocolError,
    WSOUP_WEBSOCKET_CLOSE_UNSUPPORTED_DATA = UnsupportedData,
    WSOUP_WEBSOCKET_CLOSE_NO_STATUS = NoStatus,
    WSOUP_WEBSOCKET_CLOSE_ABNORMAL = Abnormal,
    WSOUP_WEBSOCKET_CLOSE_BAD_DATA = BadData,
    WSOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION = PolicyViolation,
    WSOUP_WEBSOCKET_CLOSE_TOO_BIG = TooBig,
    WSOUP_WEBSOCKET_CLOSE_NO_EXTENSION = NoExtension,
    WSOUP_WEBSOCKET_CLOSE_SERVER_ERROR = ServerError,
    WSOUP_WEBSOCKET_CLOSE_TLS_HANDSHAKE = TlsHandshake,
}

#[unsafe(no_mangle)]
pub extern "C" fn wsoup_websocket_close_code_get_type() -> GType {
    wsoup::WebsocketCloseCode::static_type().into_glib()
}

/// WsoupWebsocketError:
/// @WSOUP_WEBSOCKET_ERROR_FAILED: none of the others
/// @WSOUP_WEBSOCKET_ERROR_NOT_WEBSOCKET: the server does not appear to understand WebSockets
/// @WSOUP_WEBSOCKET_ERROR_BAD_HANDSHAKE: some detail of the handshake is wrong
/// @WSOUP_WEBSOCKET_ERROR_BAD_ORIGIN: the `Origin` header has a value that is not allowed
/// @WSOUP_WEBSOCKET_ERROR_PROTOCOL_ERROR: the peer broke the protocol
/// @WSOUP_WEBSOCKET_ERROR_UNSUPPORTED_DATA: the peer sent a type of data that is not accepted
/// @WSOUP_WEBSOCKET_ERROR_BAD_DATA: the peer sent data that does not fit its type, such as text that
///   is not UTF-8
/// @WSOUP_WEBSOCKET_ERROR_POLICY_VIOLATION: the peer violated the policy of the endpoint
/// @WSOUP_WEBSOCKET_ERROR_TOO_BIG: the peer sent a frame or a message that exceeds a limit
/// @WSOUP_WEBSOCKET_ERROR_SERVER_ERROR: a condition that was not expected
///
/// What can go wrong with a WebSocket, apart from I/O (%G_IO_ERROR) and TLS (%G_TLS_ERROR).
///
/// The values above 1000 are close codes (RFC 6455 §7.4.1): an error that ends a connection has the
/// value of the close code that is sent to the peer. Others may be added.
#[repr(C)]
pub enum WsoupWebsocketError {
    WSOUP_WEBSOCKET_ERROR_FAILED = 0,
    WSOUP_WEBSOCKET_ERROR_NOT_WEBSOCKET = 1,
    WSOUP_WEBSOCKET_ERROR_BAD_HANDSHAKE = 2,
    WSOUP_WEBSOCKET_ERROR_BAD_ORIGIN = 3,
    WSOUP_WEBSOCKET_ERROR_PROTOCOL_ERROR = 1002,
    WSOUP_WEBSOCKET_ERROR_UNSUPPORTED_DATA = 1003,
    WSOUP_WEBSOCKET_ERROR_BAD_DATA = 1007,
    WSOUP_WEBSOCKET_ERROR_POLICY_VIOLATION = 1008,
    WSOUP_WEBSOCKET_ERROR_TOO_BIG = 1009,
    WSOUP_WEBSOCKET_ERROR_SERVER_ERROR = 1011,
}

same! {
    #[non_exhaustive] WsoupWebsocketError, wsoup::WebsocketError:
    WSOUP_WEBSOCKET_ERROR_FAILED = Failed,
    WSOUP_WEBSOCKET_ERROR_NOT_WEBSOCKET = NotWebsocket,
    WSOUP_WEBSOCKET_ERROR_BAD_HANDSHAKE = BadHandshake,
    WSOUP_WEBSOCKET_ERROR_BAD_ORIGIN = BadOrigin,
    WSOUP_WEBSOCKET_ERROR_PROTOCOL_ERROR = ProtocolError,
    WSOUP_WEBSOCKET_ERROR_UNSUPPORTED_DATA = UnsupportedData,
    WSOUP_WEBSOCKET_ERROR_BAD_DATA = BadData,
    WSOUP_WEBSOCKET_ERROR_POLICY_VIOLATION = PolicyViolation,
    WSOUP_WEBSOCKET_ERROR_TOO_BIG = TooBig,
    WSOUP_WEBSOCKET_ERROR_SERVER_ERROR = ServerError,
}

#[unsafe(no_mangle)]
pub extern "C" fn wsoup_websocket_error_get_type() -> GType {
    wsoup::WebsocketError::static_type().into_glib()
}

/// WsoupHTTPVersion:
/// @WSOUP_HTTP_1_0: HTTP/1.0
/// @WSOUP_HTTP_1_1: HTTP/1.1
/// @WSOUP_HTTP_2_0: HTTP/2
///
/// The version of HTTP that a message uses.
#[repr(C)]
pub enum WsoupHTTPVersion {
    WSOUP_HTTP_1_0 = 0,
    WSOUP_HTTP_1_1 = 1,
    WSOUP_HTTP_2_0 = 2,
}

same! {
    WsoupHTTPVersion, wsoup::HttpVersion:
    WSOUP_HTTP_1_0 = Http10,
    WSOUP_HTTP_1_1 = Http11,
    WSOUP_HTTP_2_0 = Http20,
}

#[unsafe(no_mangle)]
pub extern "C" fn wsoup_http_version_get_type() -> GType {
    wsoup::HttpVersion::static_type().into_glib()
}

/// WsoupMessageFlags:
/// @WSOUP_MESSAGE_NO_REDIRECT: redirects are not followed: the response of the first server is the
///   result
///
/// How a [class@Message] is to be treated.
#[repr(C)]
pub enum WsoupMessageFlags {
    WSOUP_MESSAGE_NO_REDIRECT = 1 << 1,
}

same_flags! {
    WsoupMessageFlags, wsoup::MessageFlags:
    WSOUP_MESSAGE_NO_REDIRECT = NO_REDIRECT,
}

#[unsafe(no_mangle)]
pub extern "C" fn wsoup_message_flags_get_type() -> GType {
    wsoup::MessageFlags::static_type().into_glib()
}

/// WsoupMessageHeadersType:
/// @WSOUP_MESSAGE_HEADERS_REQUEST: a request
/// @WSOUP_MESSAGE_HEADERS_RESPONSE: a response
/// @WSOUP_MESSAGE_HEADERS_MULTIPART: a part of a multipart body
///
/// What a [struct@MessageHeaders] belongs to.
#[repr(C)]
pub enum WsoupMessageHeadersType {
    WSOUP_MESSAGE_HEADERS_REQUEST = 0,
    WSOUP_MESSAGE_HEADERS_RESPONSE = 1,
    WSOUP_MESSAGE_HEADERS_MULTIPART = 2,
}

same! {
    WsoupMessageHeadersType, wsoup::MessageHeadersType:
    WSOUP_MESSAGE_HEADERS_REQUEST = Request,
    WSOUP_MESSAGE_HEADERS_RESPONSE = Response,
    WSOUP_MESSAGE_HEADERS_MULTIPART = Multipart,
}

#[unsafe(no_mangle)]
pub extern "C" fn wsoup_message_headers_type_get_type() -> GType {
    wsoup::MessageHeadersType::static_type().into_glib()
}

/// WsoupMemoryUse:
/// @WSOUP_MEMORY_STATIC: the memory never changes and is never freed; it is used where it is
/// @WSOUP_MEMORY_TAKE: the memory was allocated with g_malloc() and is given away
/// @WSOUP_MEMORY_COPY: the memory stays with the caller, a copy is made
///
/// Who owns a block of memory that is passed to a function.
#[repr(C)]
pub enum WsoupMemoryUse {
    WSOUP_MEMORY_STATIC = 0,
    WSOUP_MEMORY_TAKE = 1,
    WSOUP_MEMORY_COPY = 2,
}

same! {
    WsoupMemoryUse, wsoup::MemoryUse:
    WSOUP_MEMORY_STATIC = Static,
    WSOUP_MEMORY_TAKE = Take,
    WSOUP_MEMORY_COPY = Copy,
}

#[unsafe(no_mangle)]
pub extern "C" fn wsoup_memory_use_get_type() -> GType {
    wsoup::MemoryUse::static_type().into_glib()
}

/// WsoupServerListenOptions:
/// @WSOUP_SERVER_LISTEN_HTTPS: the connections use TLS; the server needs a
///   [property@Server:tls-certificate]
/// @WSOUP_SERVER_LISTEN_IPV4_ONLY: listen on IPv4 alone
/// @WSOUP_SERVER_LISTEN_IPV6_ONLY: listen on IPv6 alone
///
/// How a [class@Server] listens on an address.
#[repr(C)]
pub enum WsoupServerListenOptions {
    WSOUP_SERVER_LISTEN_HTTPS = 1 << 0,
    WSOUP_SERVER_LISTEN_IPV4_ONLY = 1 << 1,
    WSOUP_SERVER_LISTEN_IPV6_ONLY = 1 << 2,
}

same_flags! {
    WsoupServerListenOptions, wsoup::ServerListenOptions:
    WSOUP_SERVER_LISTEN_HTTPS = HTTPS,
    WSOUP_SERVER_LISTEN_IPV4_ONLY = IPV4_ONLY,
    WSOUP_SERVER_LISTEN_IPV6_ONLY = IPV6_ONLY,
}

#[unsafe(no_mangle)]
pub extern "C" fn wsoup_server_listen_options_get_type() -> GType {
    wsoup::ServerListenOptions::static_type().into_glib()
}

/// wsoup_websocket_error_quark:
///
/// Gets the domain of the errors in [error@WebsocketError].
///
/// Returns: the quark
#[unsafe(no_mangle)]
pub extern "C" fn wsoup_websocket_error_quark() -> GQuark {
    wsoup::WebsocketError::domain().into_glib()
}
