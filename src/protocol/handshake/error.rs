//! What can be wrong with a handshake.

use std::{error, fmt};

use super::VERSION;

/// Why a handshake failed, or could not be begun.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HandshakeError {
    /// The request's method is another than GET.
    NotGet(String),
    /// There is no `Upgrade: websocket`.
    NoUpgrade,
    /// There is no `Connection: Upgrade`.
    NoConnectionUpgrade,
    /// A header is missing.
    Missing(&'static str),
    /// A header that must not be repeated is.
    Duplicate(&'static str),
    /// The client speaks another version of the protocol, or does not say which.
    UnsupportedVersion(Option<String>),
    /// `Sec-WebSocket-Key` is not the Base64 form of sixteen bytes.
    InvalidKey,
    /// The request comes from a page that the server does not serve.
    WrongOrigin(Option<String>),
    /// The client offers subprotocols, but none that the server speaks.
    NoCommonProtocol,
    /// A subprotocol to be offered is not a token.
    InvalidProtocol(String),
    /// The origin to be sent holds control characters.
    InvalidOrigin(String),
    /// The server's answer has another status than 101.
    UnexpectedStatus(u16),
    /// `Sec-WebSocket-Accept` does not answer the key.
    WrongAccept,
    /// The server chose a subprotocol that was not offered.
    UnofferedProtocol(String),
    /// The server chose an extension that was not offered.
    UnofferedExtension(String),
    /// The server chose an extension twice.
    DuplicateExtension(String),
    /// The server chose two extensions that use the same bit.
    ConflictingExtensions(String, String),
    /// The server's `Sec-WebSocket-Extensions` cannot be understood.
    InvalidExtensions(String),
}

/// The kinds of errors that libsoup tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HandshakeErrorKind {
    /// The other side does not speak WebSocket at all.
    NotWebsocket,
    /// The other side speaks WebSocket, but not as it should.
    BadHandshake,
    /// The request comes from elsewhere than it should.
    BadOrigin,
}

impl HandshakeError {
    /// Returns what kind of error this is.
    pub fn kind(&self) -> HandshakeErrorKind {
        match self {
            Self::NotGet(_) | Self::NoUpgrade | Self::NoConnectionUpgrade => {
                HandshakeErrorKind::NotWebsocket
            }
            // A server that does speak WebSocket refuses a bad request so.
            Self::UnexpectedStatus(400) => HandshakeErrorKind::BadHandshake,
            Self::UnexpectedStatus(_) => HandshakeErrorKind::NotWebsocket,
            Self::WrongOrigin(_) => HandshakeErrorKind::BadOrigin,
            Self::Missing(_)
            | Self::Duplicate(_)
            | Self::UnsupportedVersion(_)
            | Self::InvalidKey
            | Self::NoCommonProtocol
            | Self::InvalidProtocol(_)
            | Self::InvalidOrigin(_)
            | Self::WrongAccept
            | Self::UnofferedProtocol(_)
            | Self::UnofferedExtension(_)
            | Self::DuplicateExtension(_)
            | Self::ConflictingExtensions(_, _)
            | Self::InvalidExtensions(_) => HandshakeErrorKind::BadHandshake,
        }
    }

    /// Returns the status with which a server refuses the request (RFC 6455 §4.2.2).
    pub fn status(&self) -> u16 {
        match self {
            Self::UnsupportedVersion(_) => 426,
            Self::WrongOrigin(_) => 403,
            _ => 400,
        }
    }

    /// Returns the headers that belong to the answer with [`status`](Self::status).
    pub fn response_headers(&self) -> &'static [(&'static str, &'static str)] {
        match self {
            // RFC 9110 §15.5.22: 426 names the protocols that would do.
            Self::UnsupportedVersion(_) => &[
                ("Upgrade", "websocket"),
                ("Connection", "Upgrade"),
                ("Sec-WebSocket-Version", VERSION),
            ],
            _ => &[],
        }
    }
}

impl fmt::Display for HandshakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotGet(method) => write!(f, "method is {method:?}, expected GET"),
            Self::NoUpgrade => f.write_str("header Upgrade does not name websocket"),
            Self::NoConnectionUpgrade => f.write_str("header Connection does not name Upgrade"),
            Self::Missing(name) => write!(f, "header {name} is missing"),
            Self::Duplicate(name) => write!(f, "header {name} is there more than once"),
            Self::UnsupportedVersion(None) => {
                write!(
                    f,
                    "header Sec-WebSocket-Version is missing, expected {VERSION}"
                )
            }
            Self::UnsupportedVersion(Some(version)) => {
                write!(f, "websocket version is {version:?}, expected {VERSION}")
            }
            Self::InvalidKey => {
                f.write_str("header Sec-WebSocket-Key is not the base64 form of 16 bytes")
            }
            Self::WrongOrigin(None) => f.write_str("header Origin is missing"),
            Self::WrongOrigin(Some(origin)) => write!(f, "origin {origin:?} is not accepted"),
            Self::NoCommonProtocol => f.write_str("none of the offered subprotocols is supported"),
            Self::InvalidProtocol(protocol) => write!(f, "subprotocol {protocol:?} is not a token"),
            Self::InvalidOrigin(origin) => write!(f, "origin {origin:?} has control characters"),
            Self::UnexpectedStatus(status) => {
                write!(f, "server answered with status {status}, expected 101")
            }
            Self::WrongAccept => {
                f.write_str("header Sec-WebSocket-Accept does not answer the key that was sent")
            }
            Self::UnofferedProtocol(protocol) => {
                write!(
                    f,
                    "server chose subprotocol {protocol:?}, which was not offered"
                )
            }
            Self::UnofferedExtension(name) => {
                write!(f, "server chose extension {name:?}, which was not offered")
            }
            Self::DuplicateExtension(name) => write!(f, "server chose extension {name:?} twice"),
            Self::ConflictingExtensions(one, other) => {
                write!(
                    f,
                    "server chose extensions {one:?} and {other:?}, which exclude each other"
                )
            }
            Self::InvalidExtensions(value) => {
                write!(
                    f,
                    "header Sec-WebSocket-Extensions cannot be understood: {value:?}"
                )
            }
        }
    }
}

impl error::Error for HandshakeError {}
