//! What an endpoint tells whoever drives it.

use std::time::Duration;

use super::{DataType, MessagePart, Payload, ProtocolError};

/// What an endpoint has to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A message came, whole.
    Message {
        /// Text or binary.
        data_type: DataType,
        /// The message itself; valid UTF-8 if it is text.
        payload: Payload,
    },
    /// A part of a message came: see [`Endpoint::receive_parts`](super::Endpoint::receive_parts).
    Part(MessagePart),
    /// A data frame came that is to go through the extensions and then back by
    /// [`Endpoint::accept_frame`](super::Endpoint::accept_frame). Which ones do is said by [`Endpoint::set_extension_mode`](super::Endpoint::set_extension_mode).
    Frame(DataFrame),
    /// A pong came, whether it answers a ping or not (RFC 6455 §5.5.3).
    Pong(Payload),
    /// A pong came that answers a ping. Comes behind [`Pong`](Self::Pong).
    Answered {
        /// What [`Endpoint::ping`](super::Endpoint::ping) has returned.
        ping: u64,
        /// The time from when the ping was written until the pong came.
        round_trip: Duration,
    },
    /// The peer broke a rule, or has vanished: the application should know. `Closing` follows,
    /// unless it came before.
    Failed(ProtocolError),
    /// One side began to close: a close frame was queued or came. Comes once, or never if the
    /// connection ends without.
    Closing,
    /// The connection has ended, and the stream is to be closed. Comes once, and nothing after it.
    Closed,
}

/// A data frame on its way through the extensions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataFrame {
    /// The frame's first byte: FIN, RSV1 to RSV3 and the opcode (RFC 6455 §5.2).
    pub header: u8,
    /// Its payload, unmasked.
    pub payload: Payload,
}

/// Where a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Messages go both ways.
    Open,
    /// One side began to close.
    Closing,
    /// The connection has ended.
    Closed,
}

/// What is to be done to the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shutdown {
    /// Nothing.
    None,
    /// Its writing side is to be shut down; reading goes on.
    Write,
    /// It is to be closed.
    Both,
}
