//! What the peer compressed.

use std::{error, fmt};

use zlib_rs::{Inflate, InflateFlush, Status};

use super::super::{
    Opcode, ProtocolError,
    frame::{FIN, RSV1},
};
use super::{Current, Direction, TAIL};

/// Inflates the messages that one side sends.
///
/// The window has always 32 KiB, whatever was agreed: it would not be smaller, and peers are known
/// that take a window of 512 bytes for one of 256.
pub struct Inflater {
    context_takeover: bool,
    /// None before the first message, and between messages that know nothing of each other.
    stream: Option<Box<Inflate>>,
    current: Current,
    /// The message has bytes, and does not end with the last block of a stream.
    tail_is_missing: bool,
}

impl Inflater {
    /// Creates an inflater for messages that are compressed so.
    pub fn new(direction: Direction) -> Self {
        Self {
            context_takeover: direction.context_takeover,
            stream: None,
            current: Current::default(),
            tail_is_missing: false,
        }
    }

    /// Inflates the payload of the frame whose first byte is `header`, and takes the bit away that
    /// says that it is compressed. None if the payload is to be taken as it is.
    ///
    /// `limit` is how long the payload may become. Stopping there takes no more memory than twice
    /// that, however much more there would be. After an error the connection has to be failed.
    pub fn process(
        &mut self,
        header: &mut u8,
        payload: &[u8],
        limit: u64,
    ) -> Result<Option<Vec<u8>>, InflateError> {
        let fin = *header & FIN != 0;
        match Opcode::from_first_byte(*header) {
            Ok(Opcode::Text | Opcode::Binary) => {
                self.current = if *header & RSV1 == 0 {
                    Current::Plain
                } else {
                    Current::Compressed
                };
                self.tail_is_missing = false;
                *header &= !RSV1;
            }
            // RFC 7692 §6.1: the bit belongs to the message, and so to its first frame.
            Ok(Opcode::Continuation) if *header & RSV1 != 0 => {
                return Err(InflateError::MisplacedBit);
            }
            Ok(Opcode::Continuation) => (),
            Ok(Opcode::Close | Opcode::Ping | Opcode::Pong) | Err(_) => return Ok(None),
        }
        match self.current {
            Current::Plain => return Ok(None),
            Current::Compressed => (),
        }
        let inflated = self.inflate(payload, fin, limit);
        if fin {
            self.current = Current::Plain;
        }
        if inflated.is_err() || fin && !self.context_takeover {
            self.stream = None;
        }
        inflated.map(Some)
    }

    fn inflate(&mut self, payload: &[u8], fin: bool, limit: u64) -> Result<Vec<u8>, InflateError> {
        let mut output = Output::new(payload.len(), limit);
        let stream = self
            .stream
            .get_or_insert_with(|| Box::new(Inflate::new(false, WINDOW_BITS)));
        if !payload.is_empty() {
            self.tail_is_missing = feed(stream, payload, &mut output)?;
        }
        // A message without a byte is taken for an empty one. Its tail would be half a block.
        if fin && self.tail_is_missing {
            let length = output.length;
            feed(stream, &TAIL, &mut output)?;
            // The tail is the end of a block without content; if it is something else, the message
            // was cut.
            if output.length != length {
                return Err(InflateError::InvalidData);
            }
        }
        output.finish()
    }
}

/// Inflates all of `input`; returns whether the stream goes on.
///
/// What follows on the last block of a stream begins another one (RFC 7692 §7.2.3.4), which knows
/// nothing of it.
fn feed(stream: &mut Inflate, mut input: &[u8], output: &mut Output) -> Result<bool, InflateError> {
    loop {
        let (taken, made) = (stream.total_in(), stream.total_out());
        let status = stream
            .decompress(input, output.space()?, InflateFlush::NoFlush)
            .map_err(|_| InflateError::InvalidData)?;
        // Neither is longer than its slice.
        let taken = (stream.total_in() - taken) as usize;
        let made = (stream.total_out() - made) as usize;
        input = &input[taken..];
        output.length += made;
        match status {
            Status::StreamEnd => {
                stream.reset(false);
                if input.is_empty() {
                    return Ok(false);
                }
            }
            // There may be more output as long as it fills what it gets.
            Status::Ok | Status::BufError if output.is_full() => (),
            Status::Ok | Status::BufError if input.is_empty() => return Ok(true),
            // It has input and room, and does nothing.
            Status::Ok | Status::BufError if taken == 0 && made == 0 => {
                return Err(InflateError::InvalidData);
            }
            Status::Ok | Status::BufError => (),
        }
    }
}

/// What has been inflated, and behind it room for more.
struct Output {
    bytes: Vec<u8>,
    length: usize,
    limit: usize,
    first_size: usize,
}

impl Output {
    /// `compressed` is how much will be inflated; text has four times that, about.
    fn new(compressed: usize, limit: u64) -> Self {
        Self {
            bytes: Vec::new(),
            length: 0,
            // No vector is longer; one byte is for what exceeds the limit, one for a NUL.
            limit: usize::try_from(limit).map_or(MAX_LENGTH, |limit| limit.min(MAX_LENGTH)),
            first_size: compressed.saturating_mul(4).max(SMALLEST_OUTPUT),
        }
    }

    fn is_full(&self) -> bool {
        self.length == self.bytes.len()
    }

    /// The room for more, at least one byte. An error if the limit was exceeded.
    fn space(&mut self) -> Result<&mut [u8], InflateError> {
        if self.length > self.limit {
            return Err(InflateError::TooBig);
        }
        if self.is_full() {
            let size = self.length.saturating_mul(2).max(self.first_size);
            let size = size.min(self.limit + 1);
            // With room for the NUL behind the payload, so that it need not be moved.
            self.bytes.reserve_exact(size + 1 - self.length);
            self.bytes.resize(size, 0);
        }
        Ok(&mut self.bytes[self.length..])
    }

    fn finish(mut self) -> Result<Vec<u8>, InflateError> {
        // The last block of a stream may have ended in what was room for one byte too many.
        if self.length > self.limit {
            return Err(InflateError::TooBig);
        }
        self.bytes.truncate(self.length);
        // Whoever keeps it may count its bytes only, and compressed data can be made to inflate to
        // much less than there is room for.
        let needed = self.length + 1;
        if self.bytes.capacity() > needed.saturating_mul(2).max(LITTLE_OUTPUT) {
            self.bytes.shrink_to(needed);
        }
        Ok(self.bytes)
    }
}

/// Why a frame cannot be inflated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InflateError {
    /// It inflates to more than the limit.
    TooBig,
    /// It is no compressed data, or refers to what has not been sent.
    InvalidData,
    /// Another frame than the first one of a message says that the message is compressed.
    MisplacedBit,
}

impl InflateError {
    /// Returns what the connection is failed with. `header` is the first byte of the frame, and
    /// `too_big` says which limit was exceeded.
    pub fn to_protocol_error(self, header: u8, too_big: ProtocolError) -> ProtocolError {
        match self {
            Self::TooBig => too_big,
            Self::InvalidData => ProtocolError::InvalidCompression,
            Self::MisplacedBit => ProtocolError::ReservedBits(header),
        }
    }
}

impl fmt::Display for InflateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooBig => "frame inflates to more than the limit",
            Self::InvalidData => "compressed data is invalid",
            Self::MisplacedBit => "continuation frame has the bit of compressed messages",
        })
    }
}

impl error::Error for InflateError {}

impl fmt::Debug for Inflater {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inflater")
            .field("context_takeover", &self.context_takeover)
            .field("current", &self.current)
            .finish_non_exhaustive()
    }
}

const WINDOW_BITS: u8 = 15;
const SMALLEST_OUTPUT: usize = 256;
/// Up to this size room that is left over stays: what is small is copied or used up soon.
const LITTLE_OUTPUT: usize = 1024;
const MAX_LENGTH: usize = isize::MAX as usize - 2;
