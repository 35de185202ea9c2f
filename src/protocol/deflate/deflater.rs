//! What is compressed for the peer.

use std::{error, fmt};

use zlib_rs::{Deflate, DeflateConfig, DeflateFlush, Method, Strategy};

use super::super::{
    Opcode,
    frame::{FIN, RSV1},
};
use super::{Current, Direction, TAIL, WindowBits};

/// How hard to try, from 0 (not at all) to 9.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level(u8);

impl Level {
    /// Returns the number as a level, if there is such a level.
    pub fn new(level: u8) -> Option<Self> {
        (level <= 9).then_some(Self(level))
    }
}

impl Default for Level {
    /// zlib's 6.
    fn default() -> Self {
        Self(6)
    }
}

/// How much memory to use beside the window, from 1 to 9.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryLevel(u8);

impl MemoryLevel {
    /// Returns the number as a level, if there is such a level.
    pub fn new(level: u8) -> Option<Self> {
        (1..=9).contains(&level).then_some(Self(level))
    }
}

impl Default for MemoryLevel {
    /// Less than zlib's 8: messages are short, and do not become smaller by more.
    fn default() -> Self {
        Self(5)
    }
}

/// Compresses the messages that one side sends.
pub struct Deflater {
    direction: Direction,
    level: Level,
    memory_level: MemoryLevel,
    /// None before the first message, and between messages that know nothing of each other.
    stream: Option<Box<Deflate>>,
    current: Current,
}

impl Deflater {
    /// Creates a compressor for messages that are to be compressed so.
    pub fn new(direction: Direction) -> Self {
        Self {
            direction,
            level: Level::default(),
            memory_level: MemoryLevel::default(),
            stream: None,
            current: Current::default(),
        }
    }

    /// Sets how to compress. If that is another way than before, what was sent is forgotten; the
    /// peer need not know.
    pub fn set_levels(&mut self, level: Level, memory_level: MemoryLevel) {
        if (self.level, self.memory_level) != (level, memory_level) {
            (self.level, self.memory_level) = (level, memory_level);
            self.stream = None;
        }
    }

    /// Compresses the payload of the frame whose first byte is `header`, and sets the bit there that
    /// says so. None if the payload is to be sent as it is.
    ///
    /// Whether a message is compressed is decided at its first frame, by `wanted`. Where it costs
    /// nothing, a message that does not become smaller is sent as it is.
    pub fn process(
        &mut self,
        header: &mut u8,
        payload: &[u8],
        wanted: bool,
    ) -> Result<Option<Vec<u8>>, DeflaterFailed> {
        let fin = *header & FIN != 0;
        match Opcode::from_first_byte(*header) {
            Ok(Opcode::Text | Opcode::Binary) => {
                if wanted && *header & RSV1 != 0 {
                    return Err(DeflaterFailed::BitIsUsed);
                }
                if fin {
                    return self.process_message(header, payload, wanted);
                }
                self.current = if wanted {
                    *header |= RSV1;
                    Current::Compressed
                } else {
                    Current::Plain
                };
            }
            Ok(Opcode::Continuation) => (),
            Ok(Opcode::Close | Opcode::Ping | Opcode::Pong) | Err(_) => return Ok(None),
        }
        match self.current {
            Current::Plain => return Ok(None),
            Current::Compressed => (),
        }
        let compressed = self.compress(payload, fin)?;
        if fin {
            self.current = Current::Plain;
            self.end_message();
        }
        Ok(Some(compressed))
    }

    fn process_message(
        &mut self,
        header: &mut u8,
        payload: &[u8],
        wanted: bool,
    ) -> Result<Option<Vec<u8>>, DeflaterFailed> {
        self.current = Current::Plain;
        // Nothing is shorter than nothing.
        if !wanted || payload.is_empty() {
            return Ok(None);
        }
        let compressed = self.compress(payload, true)?;
        if compressed.len() >= payload.len() && self.forgets_after(payload.len()) {
            self.stream = None;
            return Ok(None);
        }
        self.end_message();
        *header |= RSV1;
        Ok(Some(compressed))
    }

    /// Whether a message of this length leaves nothing of those before to refer to. If it is sent as
    /// it is, the peer's window does not have it, so ours must not either, and that is no loss.
    fn forgets_after(&self, length: usize) -> bool {
        !self.direction.context_takeover || length >= 1 << self.window_bits()
    }

    fn end_message(&mut self) {
        if !self.direction.context_takeover {
            self.stream = None;
        }
    }

    /// zlib has no window of 256 bytes. With that of 512 it refers to no more than 250 bytes back:
    /// it keeps 262 for what it looks at. So both are the same on the wire.
    fn window_bits(&self) -> u8 {
        self.direction
            .max_window_bits
            .get()
            .max(WindowBits::MIN.get() + 1)
    }

    fn compress(&mut self, payload: &[u8], fin: bool) -> Result<Vec<u8>, DeflaterFailed> {
        let config = DeflateConfig {
            level: self.level.0.into(),
            method: Method::Deflated,
            // Negative for a stream without zlib's header.
            window_bits: -i32::from(self.window_bits()),
            mem_level: self.memory_level.0.into(),
            strategy: Strategy::Default,
        };
        let stream = self
            .stream
            .get_or_insert_with(|| Box::new(Deflate::new_with_config(config)));
        let mut output = vec![0; first_size(payload.len())];
        let (mut read, mut written) = (0, 0);
        loop {
            let (taken, made) = (stream.total_in(), stream.total_out());
            let result = stream.compress(
                &payload[read..],
                &mut output[written..],
                DeflateFlush::SyncFlush,
            );
            if result.is_err() {
                self.stream = None;
                return Err(DeflaterFailed::Stream);
            }
            // Neither is longer than its slice.
            read += (stream.total_in() - taken) as usize;
            written += (stream.total_out() - made) as usize;
            // All is flushed if there is room left.
            if written < output.len() && read == payload.len() {
                break;
            }
            output.resize(output.len() * 2, 0);
        }
        output.truncate(written);
        if fin {
            remove_tail(&mut output);
        }
        Ok(output)
    }
}

/// Takes off what a flush ends with (RFC 7692 §7.2.1).
fn remove_tail(output: &mut Vec<u8>) {
    if output.ends_with(&TAIL) {
        output.truncate(output.len() - TAIL.len());
    } else {
        // There was nothing to flush since the last fragment. What is missing is the beginning of
        // the block that the tail ends (§7.2.3.6).
        output.push(0);
    }
}

/// Room for the result of most messages: small ones never need more.
fn first_size(length: usize) -> usize {
    const SMALL: usize = 4096;
    64 + length.min(SMALL.max(length / 2))
}

/// Why a message cannot be compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeflaterFailed {
    /// The bit that says that a message is compressed has been set by somebody else.
    BitIsUsed,
    /// The compressor does not work.
    Stream,
}

impl fmt::Display for DeflaterFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BitIsUsed => "another extension uses the bit of compressed messages",
            Self::Stream => "the compressor failed",
        })
    }
}

impl error::Error for DeflaterFailed {}

impl fmt::Debug for Deflater {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deflater")
            .field("direction", &self.direction)
            .field("level", &self.level)
            .field("memory_level", &self.memory_level)
            .field("current", &self.current)
            .finish_non_exhaustive()
    }
}
