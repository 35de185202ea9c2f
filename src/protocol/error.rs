//! What can go wrong: by the peer ([`ProtocolError`]) and by the application ([`SendError`]).

use std::{error, fmt, time::Duration};

use super::{CloseCode, Opcode};

/// What the peer did that fails the connection (RFC 6455 §7.1.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProtocolError {
    /// A frame has reserved bits set that no extension gives a meaning to; its first byte.
    ReservedBits(u8),
    /// A frame has an opcode without a meaning.
    ReservedOpcode(u8),
    /// A client sent a frame without a mask.
    Unmasked,
    /// A server sent a frame with a mask.
    Masked,
    /// A control frame is a fragment.
    FragmentedControl(Opcode),
    /// A control frame has a payload of more than 125 bytes.
    LongControl(Opcode),
    /// A length is encoded in more bytes than it takes.
    NonMinimalLength(u64),
    /// A length has its most significant bit set.
    LengthOverflow(u64),
    /// A continuation frame without a message to continue.
    UnexpectedContinuation,
    /// A new message begins before the last one is complete.
    ExpectedContinuation(Opcode),
    /// A text message is not UTF-8; where its first bad sequence begins.
    InvalidText {
        /// Bytes of the message before the bad sequence.
        offset: usize,
    },
    /// A frame is longer than the limit.
    FrameTooBig {
        /// The payload's length.
        size: u64,
        /// [`Config::max_payload_size`](super::Config::max_payload_size).
        limit: u64,
    },
    /// A compressed frame inflates to more than the limit.
    InflatedFrameTooBig {
        /// [`Config::max_payload_size`](super::Config::max_payload_size).
        limit: u64,
    },
    /// A message is longer than the limit.
    MessageTooBig {
        /// The message's length, as far as it has been announced or inflated.
        size: u64,
        /// [`Config::max_message_size`](super::Config::max_message_size).
        limit: u64,
    },
    /// A message has more fragments than the limit.
    TooManyFragments {
        /// [`Config::max_fragments`](super::Config::max_fragments).
        limit: u32,
    },
    /// What claims to be compressed data is none, or refers to what was never sent.
    InvalidCompression,
    /// A close frame has a payload of one byte: too short for a close code.
    ShortClose,
    /// A close frame has a close code that may not be sent.
    InvalidCloseCode(CloseCode),
    /// The reason in a close frame is not UTF-8.
    InvalidCloseReason,
    /// No pong came within [`Config::pong_timeout`](super::Config::pong_timeout).
    PongTimeout(Duration),
    /// Nothing came within [`Config::idle_timeout`](super::Config::idle_timeout).
    IdleTimeout(Duration),
    /// The stream ended inside a frame or between the fragments of a message.
    UnexpectedEof,
}

impl ProtocolError {
    /// Returns the close code that tells the peer about this error.
    ///
    /// [`CloseCode::ABNORMAL`] when there is no peer left to tell.
    pub fn close_code(self) -> CloseCode {
        match self {
            Self::ReservedBits(_)
            | Self::ReservedOpcode(_)
            | Self::Unmasked
            | Self::Masked
            | Self::FragmentedControl(_)
            | Self::LongControl(_)
            | Self::NonMinimalLength(_)
            | Self::LengthOverflow(_)
            | Self::UnexpectedContinuation
            | Self::ExpectedContinuation(_)
            | Self::ShortClose
            | Self::InvalidCloseCode(_) => CloseCode::PROTOCOL_ERROR,
            Self::InvalidText { .. } | Self::InvalidCompression | Self::InvalidCloseReason => {
                CloseCode::BAD_DATA
            }
            Self::FrameTooBig { .. }
            | Self::InflatedFrameTooBig { .. }
            | Self::MessageTooBig { .. }
            | Self::TooManyFragments { .. } => CloseCode::TOO_BIG,
            Self::PongTimeout(_) | Self::IdleTimeout(_) => CloseCode::POLICY_VIOLATION,
            Self::UnexpectedEof => CloseCode::ABNORMAL,
        }
    }
}

impl fmt::Display for ProtocolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReservedBits(byte) => {
                write!(
                    f,
                    "reserved bits {:#05b} set without an extension",
                    byte >> 4 & 0b111
                )
            }
            Self::ReservedOpcode(opcode) => write!(f, "reserved opcode {opcode:#x}"),
            Self::Unmasked => f.write_str("frame from a client is not masked"),
            Self::Masked => f.write_str("frame from a server is masked"),
            Self::FragmentedControl(opcode) => write!(f, "{opcode} frame is fragmented"),
            Self::LongControl(opcode) => {
                write!(f, "payload of a {opcode} frame is longer than 125 bytes")
            }
            Self::NonMinimalLength(length) => {
                write!(f, "length {length} is encoded in more bytes than it takes")
            }
            Self::LengthOverflow(length) => {
                write!(f, "length {length:#x} has its most significant bit set")
            }
            Self::UnexpectedContinuation => {
                f.write_str("continuation frame without a message to continue")
            }
            Self::ExpectedContinuation(opcode) => {
                write!(
                    f,
                    "{opcode} frame inside of a fragmented message, expected a continuation"
                )
            }
            Self::InvalidText { offset } => {
                write!(f, "text message is not valid utf-8 after {offset} bytes")
            }
            Self::FrameTooBig { size, limit } => {
                write!(f, "frame of {size} bytes exceeds the limit of {limit}")
            }
            Self::InflatedFrameTooBig { limit } => {
                write!(f, "frame inflates to more than the limit of {limit} bytes")
            }
            Self::MessageTooBig { size, limit } => {
                write!(
                    f,
                    "message of at least {size} bytes exceeds the limit of {limit}"
                )
            }
            Self::TooManyFragments { limit } => {
                write!(f, "message has more than {limit} fragments")
            }
            Self::InvalidCompression => f.write_str("compressed data is invalid"),
            Self::ShortClose => f.write_str("close frame with a payload of one byte"),
            Self::InvalidCloseCode(code) => write!(f, "close code {code} may not be sent"),
            Self::InvalidCloseReason => f.write_str("close reason is not valid utf-8"),
            Self::PongTimeout(timeout) => {
                write!(f, "no pong came within {} seconds", timeout.as_secs_f64())
            }
            Self::IdleTimeout(timeout) => {
                write!(f, "nothing came within {} seconds", timeout.as_secs_f64())
            }
            Self::UnexpectedEof => f.write_str("connection ended inside of a message"),
        }
    }
}

impl error::Error for ProtocolError {}

/// Why something that the application wanted to send was refused. Nothing has changed then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SendError {
    /// The connection is closing or closed.
    NotOpen,
    /// A text message is not valid UTF-8.
    InvalidText,
    /// The payload of a ping is longer than 125 bytes; its length.
    LongPing(usize),
    /// This side may not send this close code.
    InvalidCloseCode(CloseCode),
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotOpen => f.write_str("connection is not open"),
            Self::InvalidText => f.write_str("text is not valid utf-8"),
            Self::LongPing(length) => {
                write!(f, "ping of {length} bytes exceeds the limit of 125")
            }
            Self::InvalidCloseCode(code) => write!(f, "close code {code} may not be sent"),
        }
    }
}

impl error::Error for SendError {}
