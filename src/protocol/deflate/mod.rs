//! Compression of messages: `permessage-deflate` (RFC 7692).
//!
//! [`Params`] is what stands in the handshake's headers, [`Settings`] what one side wants, and
//! [`Agreement`] what comes of the two. Of an agreement are made a [`Deflater`] for the messages
//! that are sent and an [`Inflater`] for those that are received.
//!
//! Both see one frame after another, with its first byte, and say what becomes of its payload. Each
//! makes its state, some hundred kilobytes, for the first message that needs it. If the agreement
//! says that nothing is remembered from one message to the next, it is given back after each.
//!
//! What a peer sends may inflate to a thousand times its size. So an inflater is given a limit with
//! each frame, and stops at the first byte beyond it.

mod deflater;
mod inflater;
mod params;
#[cfg(test)]
mod tests;

pub use deflater::{Deflater, DeflaterFailed, Level, MemoryLevel};
pub use inflater::{InflateError, Inflater};
pub use params::{Agreement, Direction, Params, ParamsError, Settings, WindowBits};

/// The name under which the extension is negotiated (RFC 7692 §7).
pub const EXTENSION_NAME: &str = "permessage-deflate";

/// What a flushed stream ends with, and what is not sent (RFC 7692 §7.2.1).
const TAIL: [u8; 4] = [0x00, 0x00, 0xff, 0xff];

/// What is known of the message that frames belong to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Current {
    /// It is as it is. So is what stands between messages.
    #[default]
    Plain,
    Compressed,
}
