//! What goes to the peer, in the order in which it will be written.
//!
//! The queue is a row of segments, each of whole frames: many small data frames, one large one, or
//! a control frame. Control frames overtake the data that has not been offered for writing yet.
//! What has been offered keeps its place until it is written: TLS libraries want to be given the
//! same bytes again after a write that would have blocked.
//!
//! ```text
//!   front                                             back
//!   | offered to the stream | control frames | data frames |
//! ```
use std::{collections::VecDeque, fmt, io::IoSlice, iter, mem};

use super::{
    Opcode, Role,
    frame::{FIN, MAX_HEADER, write_header},
    mask::extend_masked,
    memory::Buffer,
};

/// A payload that can be queued without being copied. Its bytes must stay the same.
pub trait SharedPayload: AsRef<[u8]> + Send + Sync + 'static {}

impl<T: AsRef<[u8]> + Send + Sync + 'static> SharedPayload for T {}

impl fmt::Debug for dyn SharedPayload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.as_ref().len())
    }
}

/// The frames that wait to be written.
#[derive(Debug)]
pub(super) struct Queue {
    /// Draws a mask; None for servers, which do not mask (RFC 6455 §5.1).
    next_mask: Option<fn() -> [u8; 4]>,
    segments: VecDeque<Segment>,
    /// How many of the first segment's bytes have been written.
    written: usize,
    /// How many segments have been offered.
    offered: usize,
    /// How many segments behind them are control frames that overtook data.
    controls: usize,
    /// The payloads of all segments with data.
    payload_size: usize,
    /// How many data frames were queued.
    frames_queued: u64,
    /// How many of them were written, as far as that is known: see [`frames_written`].
    ///
    /// [`frames_written`]: Self::frames_written
    frames_written: u64,
    /// How many pings of the application were written that [`take_pings_written`] has not told of.
    ///
    /// [`take_pings_written`]: Self::take_pings_written
    pings_written: u32,
    /// The shared payloads of segments that are gone: see [`take_done_with`](Self::take_done_with).
    done_with: Vec<Box<dyn SharedPayload>>,
    /// A close frame was queued, and so no other may be.
    has_close: bool,
    /// A keepalive ping has not been written.
    has_keepalive: bool,
}

/// What a segment holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Data frames.
    Data,
    /// A ping of the application.
    Ping,
    /// A keepalive ping.
    Keepalive,
    /// An answer to a ping.
    Pong,
    /// The last frame.
    Close,
}

impl Queue {
    pub(super) fn new(role: Role, next_mask: fn() -> [u8; 4]) -> Self {
        Self {
            next_mask: match role {
                Role::Client => Some(next_mask),
                Role::Server => None,
            },
            segments: VecDeque::new(),
            written: 0,
            offered: 0,
            controls: 0,
            payload_size: 0,
            frames_queued: 0,
            frames_written: 0,
            pings_written: 0,
            done_with: Vec::new(),
            has_close: false,
            has_keepalive: false,
        }
    }

    /// Queues a data frame; the payload is copied.
    pub(super) fn push_data(&mut self, first_byte: u8, payload: &[u8]) {
        let size = MAX_HEADER + payload.len();
        let next_mask = self.next_mask;
        let segment = self.segment_with_room(size);
        write_frame(&mut segment.bytes, first_byte, payload, next_mask);
        segment.payload_size += payload.len();
        segment.frames += 1;
        self.payload_size += payload.len();
        self.frames_queued += 1;
    }

    /// Whether a payload of `size` bytes is queued without being copied, where it can be shared: that
    /// has to be worth it, and clients have to mask theirs.
    pub(super) fn shares(&self, size: usize) -> bool {
        self.next_mask.is_none() && size >= SHARED_SIZE
    }

    /// Queues a data frame without copying its payload, where the queue does that.
    pub(super) fn push_shared(&mut self, first_byte: u8, payload: impl SharedPayload) {
        let size = payload.as_ref().len();
        if !self.shares(size) {
            return self.push_data(first_byte, payload.as_ref());
        }
        let mut header = Vec::with_capacity(MAX_HEADER);
        write_header(&mut header, first_byte, size, None);
        let segment = Segment {
            shared: Some(Box::new(payload)),
            payload_size: size,
            frames: 1,
            ..Segment::new(Kind::Data, header)
        };
        self.payload_size += size;
        self.frames_queued += 1;
        self.segments.push_back(segment);
    }

    /// Queues a ping before all data that has not been offered.
    pub(super) fn push_ping(&mut self, kind: Kind, payload: &[u8]) {
        let segment = self.control_frame(kind, Opcode::Ping, payload);
        self.insert_control(segment);
        self.has_keepalive |= kind == Kind::Keepalive;
    }

    /// Queues a pong before all data that has not been offered.
    ///
    /// A peer that sends pings and does not read gets no more memory than some pongs take: then
    /// the newest stands for those that were left out (RFC 6455 §5.5.3).
    pub(super) fn push_pong(&mut self, payload: &[u8]) {
        let segment = self.control_frame(Kind::Pong, Opcode::Pong, payload);
        let waiting = self
            .segments
            .range_mut(self.offered..self.offered + self.controls);
        let mut pongs = waiting.filter(|segment| segment.kind == Kind::Pong);
        if let Some(newest) = pongs.nth(MAX_PONGS - 1) {
            *newest = segment;
        } else {
            self.insert_control(segment);
        }
    }

    /// Queues the close frame behind everything else.
    pub(super) fn push_close(&mut self, payload: &[u8]) {
        let segment = self.control_frame(Kind::Close, Opcode::Close, payload);
        self.segments.push_back(segment);
        self.has_close = true;
    }

    /// Drops what waits, for nobody will read it, and queues a close frame unless there was one.
    ///
    /// If the stream has taken everything so far, what it would take next is kept: answers to what
    /// the peer sent before its error reach it, however the bytes were cut on their way.
    pub(super) fn push_error_close(&mut self, payload: &[u8]) {
        self.has_close &= !self.close_waits();
        let kept = if self.offered == 0 {
            self.answers()
        } else {
            self.offered
        };
        for segment in self.segments.drain(kept..) {
            self.payload_size -= segment.payload_size;
            self.done_with.extend(segment.shared);
        }
        self.controls = self.controls.min(kept - self.offered);
        if !self.has_close {
            self.push_close(payload);
        }
    }

    /// How many segments there are before the close frame, up to a size.
    fn answers(&self) -> usize {
        let mut size = 0;
        let is_kept = |segment: &&Segment| {
            size += segment.size();
            segment.kind != Kind::Close && size <= ANSWERS_SIZE
        };
        self.segments.iter().take_while(is_kept).count()
    }

    /// Whether there is a close frame that has not been offered.
    pub(super) fn close_waits(&self) -> bool {
        // It is the last of all: nothing is queued behind it.
        let last = self.segments.back();
        self.segments.len() > self.offered && last.is_some_and(|last| last.kind == Kind::Close)
    }

    /// Whether there is a keepalive ping that has not been written.
    pub(super) fn keepalive_waits(&self) -> bool {
        self.has_keepalive
    }

    pub(super) fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// How many bytes of payload have not been written.
    pub(super) fn payload_size(&self) -> usize {
        let Some(first) = self.segments.front() else {
            return 0;
        };
        let left = first.size().saturating_sub(self.written);
        self.payload_size - first.payload_size.saturating_sub(left)
    }

    /// How many data frames were queued so far.
    pub(super) fn frames_queued(&self) -> u64 {
        self.frames_queued
    }

    /// How many of these were written. Small frames that go together count when all of them were.
    pub(super) fn frames_written(&self) -> u64 {
        self.frames_written
    }

    /// How many pings of the application were written since the last call.
    pub(super) fn take_pings_written(&mut self) -> u32 {
        mem::take(&mut self.pings_written)
    }

    /// Offers what is to be written next; returns how many of `slices` were filled.
    pub(super) fn offer<'a>(&'a mut self, slices: &mut [IoSlice<'a>]) -> usize {
        let mut filled = 0;
        let mut size = 0;
        let mut skip = self.written;
        let mut reached = 0;
        let segments = self.segments.iter().enumerate();
        for (index, part) in segments.flat_map(|(i, segment)| segment.parts().map(move |p| (i, p)))
        {
            if index >= self.offered && size >= OFFER_SIZE {
                break;
            }
            let unwritten = &part[skip.min(part.len())..];
            skip = skip.saturating_sub(part.len());
            if unwritten.is_empty() {
                continue;
            }
            let Some(slice) = slices.get_mut(filled) else {
                break;
            };
            let cut = &unwritten[..unwritten.len().min(MAX_SLICE)];
            *slice = IoSlice::new(cut);
            filled += 1;
            size += cut.len();
            reached = index + 1;
            if cut.len() < unwritten.len() {
                break;
            }
        }
        let newly_offered = reached.saturating_sub(self.offered);
        self.offered += newly_offered;
        self.controls = self.controls.saturating_sub(newly_offered);
        filled
    }

    /// Takes out the shared payloads that are needed no more. Their owner may have to do something
    /// before they are dropped; whoever does not call this has at most those of the last write kept.
    pub(super) fn take_done_with(&mut self) -> Vec<Box<dyn SharedPayload>> {
        mem::take(&mut self.done_with)
    }

    pub(super) fn is_done_with_some(&self) -> bool {
        !self.done_with.is_empty()
    }

    /// Takes off `length` bytes that were written, of those that were offered.
    pub(super) fn written(&mut self, length: usize) {
        self.done_with.clear();
        self.written += length;
        while let Some(first) = self.segments.front()
            && self.offered > 0
            && self.written >= first.size()
        {
            self.written -= first.size();
            self.offered -= 1;
            self.payload_size -= first.payload_size;
            self.frames_written += u64::from(first.frames);
            self.pings_written += u32::from(first.kind == Kind::Ping);
            self.has_keepalive &= first.kind != Kind::Keepalive;
            let first = self.segments.pop_front();
            if let Some(shared) = first.and_then(|first| first.shared) {
                self.done_with.push(shared);
            }
        }
        if self.segments.is_empty() {
            self.clear();
        }
    }

    /// Gives back all memory.
    pub(super) fn clear(&mut self) {
        for segment in mem::take(&mut self.segments) {
            self.done_with.extend(segment.shared);
        }
        self.written = 0;
        self.offered = 0;
        self.controls = 0;
        self.payload_size = 0;
        self.has_keepalive = false;
    }

    /// The last segment, if a data frame of `size` bytes may be appended to it, or a new one.
    fn segment_with_room(&mut self, size: usize) -> &mut Segment {
        let is_behind_others = self.segments.len() > self.offered + self.controls;
        let has_room = is_behind_others
            && self.segments.back().is_some_and(|last| {
                last.kind == Kind::Data
                    && last.shared.is_none()
                    && last.bytes.len() + size <= COALESCED_SIZE
            });
        if !has_room {
            let bytes = Buffer::with_capacity(size.max(FIRST_SIZE));
            self.segments.push_back(Segment::new(Kind::Data, bytes));
        }
        let last = self.segments.len() - 1;
        &mut self.segments[last]
    }

    fn control_frame(&self, kind: Kind, opcode: Opcode, payload: &[u8]) -> Segment {
        let mut bytes = Vec::new();
        write_frame(&mut bytes, FIN | opcode as u8, payload, self.next_mask);
        Segment::new(kind, bytes)
    }

    fn insert_control(&mut self, segment: Segment) {
        self.segments.insert(self.offered + self.controls, segment);
        self.controls += 1;
    }
}

fn write_frame(
    out: &mut Vec<u8>,
    first_byte: u8,
    payload: &[u8],
    next_mask: Option<fn() -> [u8; 4]>,
) {
    out.reserve(MAX_HEADER + payload.len());
    let mask = next_mask.map(|next_mask| next_mask());
    write_header(out, first_byte, payload.len(), mask);
    match mask {
        Some(mask) => extend_masked(out, payload, mask),
        None => out.extend_from_slice(payload),
    }
}

/// Frames that are written as one.
struct Segment {
    kind: Kind,
    /// Whole frames; or the header of the shared payload.
    bytes: Buffer,
    shared: Option<Box<dyn SharedPayload>>,
    /// How much of the segment is the application's.
    payload_size: usize,
    /// How many data frames these are.
    frames: u32,
}

impl Segment {
    fn new(kind: Kind, bytes: impl Into<Buffer>) -> Self {
        Self {
            kind,
            bytes: bytes.into(),
            shared: None,
            payload_size: 0,
            frames: 0,
        }
    }

    /// The parts of the segment, in order.
    fn parts(&self) -> impl Iterator<Item = &[u8]> {
        let shared = self.shared.as_ref().map(|shared| (**shared).as_ref());
        iter::once(self.bytes.as_slice()).chain(shared)
    }

    fn size(&self) -> usize {
        self.parts().map(<[u8]>::len).sum()
    }
}

impl fmt::Debug for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} of {} bytes", self.kind, self.size())
    }
}

/// Room that a segment of small frames begins with: most often there will be more than one.
const FIRST_SIZE: usize = 512;
/// How large a segment of small frames may become: a pong may have to wait for one.
const COALESCED_SIZE: usize = 64 * 1024;
/// From which size on a payload that need not be copied is not. Below, a copy is cheaper than
/// another slice.
const SHARED_SIZE: usize = 4 * 1024;
/// How much is offered at once, but for what was offered before and a frame that is longer. More
/// would not fit into a socket's buffer, and control frames cannot overtake it.
const OFFER_SIZE: usize = 256 * 1024;
/// How much is still sent before the close frame that tells of an error: what surely fits into the
/// buffer of a socket that has taken everything so far.
const ANSWERS_SIZE: usize = 64 * 1024;
/// How many pongs may wait.
const MAX_PONGS: usize = 64;
/// An `IoSlice` holds less than 4 GiB on Windows.
const MAX_SLICE: usize = 1 << 30;

#[cfg(test)]
mod tests;
