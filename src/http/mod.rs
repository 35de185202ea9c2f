//! HTTP/1.1 as far as WebSockets need it: the opening handshake and what may be answered instead.
//!
//! [`Message`] (client) and [`ServerMessage`] (server) are the objects that a program sees. The
//! rest reads and writes: [`head`] parses and prints heads, [`framing`] tells how long a body is
//! and takes it out of the stream, [`transport`] is the stream.

pub(crate) mod auth;
mod body;
mod chunked;
pub(crate) mod date;
pub(crate) mod framing;
pub(crate) mod head;
mod headers;
pub(crate) mod latch;
mod message;
pub(crate) mod question;
mod server_message;
mod status;
pub(crate) mod syntax;
pub(crate) mod target;
pub(crate) mod text;
pub(crate) mod transport;

pub use auth::{Auth, WsoupAuth, WsoupAuthClass};
pub use body::{MessageBody, WsoupMessageBody};
pub use headers::{MessageHeaders, MessageHeadersIter, WsoupMessageHeaders};
pub use message::Message;
pub use server_message::ServerMessage;
