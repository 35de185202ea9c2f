//! Every state of a connection, and what leads from one to another.
//!
//! | from \ by | `close()` | close frame | failure | end of stream | all written |
//! | --- | --- | --- | --- | --- | --- |
//! | `Open` | `CloseSent` | `Answering` | `Failed` | `Closed` | |
//! | `CloseSent` | | `Answering` | `Failed` | `Closed` | |
//! | `Answering` | | | | `Closed` once all is written | servers: `Closed` |
//! | `Failed` | | | | `Closed` once all is written | `Closed` if the stream ended |
//!
//! A stream that breaks and a close timeout lead to `Closed` from everywhere, and from there
//! nothing leads away.

use super::{Role, Shutdown, State};

/// Where a connection is, in more detail than [`State`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Messages go both ways.
    Open,
    /// Our close frame is queued or written. The peer may go on until it has read it.
    CloseSent,
    /// The peer's close frame came, and ours is queued or written. The server closes the stream
    /// (RFC 6455 §7.1.1).
    Answering,
    /// The peer failed the connection. What it sends is read and dropped until it closes: a
    /// stream that is closed with unread bytes is reset, and our close frame with it may be lost.
    Failed,
    /// The stream is to be closed.
    Closed,
}

impl Phase {
    /// The application closes.
    pub(super) fn after_close(self) -> Self {
        match self {
            Self::Open => Self::CloseSent,
            Self::CloseSent | Self::Answering | Self::Failed | Self::Closed => self,
        }
    }

    /// A close frame came.
    pub(super) fn after_close_frame(self) -> Self {
        match self {
            Self::Open | Self::CloseSent => Self::Answering,
            Self::Answering | Self::Failed | Self::Closed => self,
        }
    }

    /// Something went wrong that the peer should be told.
    pub(super) fn after_failure(self) -> Self {
        match self {
            Self::Open | Self::CloseSent => Self::Failed,
            Self::Answering | Self::Failed | Self::Closed => self,
        }
    }

    /// All has been written, or the stream has ended, or both.
    pub(super) fn after_change(self, role: Role, all_written: bool, stream_ended: bool) -> Self {
        let is_over = match self {
            Self::Open | Self::CloseSent => stream_ended,
            Self::Answering => all_written && (stream_ended || role == Role::Server),
            Self::Failed => all_written && stream_ended,
            Self::Closed => true,
        };
        if is_over { Self::Closed } else { self }
    }

    /// Whether what the peer sends still counts.
    pub(super) fn is_reading(self) -> bool {
        match self {
            Self::Open | Self::CloseSent => true,
            Self::Answering | Self::Failed | Self::Closed => false,
        }
    }

    /// What to do with the stream.
    pub(super) fn shutdown(self, all_written: bool) -> Shutdown {
        match self {
            Self::Open | Self::CloseSent => Shutdown::None,
            // After our close frame nothing can follow.
            Self::Answering | Self::Failed if all_written => Shutdown::Write,
            Self::Answering | Self::Failed => Shutdown::None,
            Self::Closed => Shutdown::Both,
        }
    }

    pub(super) fn state(self) -> State {
        match self {
            Self::Open => State::Open,
            Self::CloseSent | Self::Answering | Self::Failed => State::Closing,
            Self::Closed => State::Closed,
        }
    }
}
