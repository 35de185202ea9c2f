//! The error domain of the library.

use crate::protocol::{CloseCode, ProtocolError};

/// What can go wrong with a WebSocket, apart from I/O (`gio::IOErrorEnum`, `gio::TlsError`).
///
/// Values above 1000 are WebSocket close codes (RFC 6455 §7.4.1): an error that ends a connection
/// carries the code that is sent to the peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, glib::Enum, glib::ErrorDomain)]
#[cfg_attr(feature = "capi", enum_type(name = "WsoupWebsocketError"))]
#[cfg_attr(not(feature = "capi"), enum_type(name = "RsWsoupWebsocketError"))]
#[error_domain(name = "wsoup-websocket-error-quark")]
#[non_exhaustive]
#[repr(i32)]
pub enum WebsocketError {
    /// A generic error.
    #[enum_value(name = "WSOUP_WEBSOCKET_ERROR_FAILED", nick = "failed")]
    Failed = 0,
    /// The server does not appear to understand WebSockets.
    #[enum_value(name = "WSOUP_WEBSOCKET_ERROR_NOT_WEBSOCKET", nick = "not-websocket")]
    NotWebsocket = 1,
    /// Some detail of the handshake was invalid.
    #[enum_value(name = "WSOUP_WEBSOCKET_ERROR_BAD_HANDSHAKE", nick = "bad-handshake")]
    BadHandshake = 2,
    /// The `Origin` header was not an allowed value.
    #[enum_value(name = "WSOUP_WEBSOCKET_ERROR_BAD_ORIGIN", nick = "bad-origin")]
    BadOrigin = 3,
    /// The peer broke the protocol; the connection was closed with 1002.
    #[enum_value(name = "WSOUP_WEBSOCKET_ERROR_PROTOCOL_ERROR", nick = "protocol-error")]
    ProtocolError = 1002,
    /// A type of data that cannot be accepted; the connection was closed with 1003.
    #[enum_value(
        name = "WSOUP_WEBSOCKET_ERROR_UNSUPPORTED_DATA",
        nick = "unsupported-data"
    )]
    UnsupportedData = 1003,
    /// Data inconsistent with its type, such as text that is not UTF-8; the connection was closed with 1007.
    #[enum_value(name = "WSOUP_WEBSOCKET_ERROR_BAD_DATA", nick = "bad-data")]
    BadData = 1007,
    /// A violation of the endpoint's policy; the connection was closed with 1008.
    #[enum_value(
        name = "WSOUP_WEBSOCKET_ERROR_POLICY_VIOLATION",
        nick = "policy-violation"
    )]
    PolicyViolation = 1008,
    /// A frame or message over the limit; the connection was closed with 1009.
    #[enum_value(name = "WSOUP_WEBSOCKET_ERROR_TOO_BIG", nick = "too-big")]
    TooBig = 1009,
    /// An unexpected condition; the connection was closed with 1011.
    #[enum_value(name = "WSOUP_WEBSOCKET_ERROR_SERVER_ERROR", nick = "server-error")]
    ServerError = 1011,
}

impl WebsocketError {
    /// The error that a peer's violation of the protocol is reported as.
    pub(crate) fn of(error: ProtocolError) -> glib::Error {
        let kind = match error.close_code() {
            CloseCode::PROTOCOL_ERROR => Self::ProtocolError,
            CloseCode::UNSUPPORTED_DATA => Self::UnsupportedData,
            CloseCode::BAD_DATA => Self::BadData,
            CloseCode::POLICY_VIOLATION => Self::PolicyViolation,
            CloseCode::TOO_BIG => Self::TooBig,
            CloseCode::SERVER_ERROR => Self::ServerError,
            _ => Self::Failed,
        };
        glib::Error::new(kind, &error.to_string())
    }
}
