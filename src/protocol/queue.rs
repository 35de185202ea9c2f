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
};

/// A payload that can be queued without being copied. Its bytes must stay the same.
pub trait SharedPayload: AsRef<[u8]> + Send + Sync + 'static {}

impl<T: AsRef<[u8]> + Send + Sync + 'static> SharedPayload for T {}

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
            has_close: false,
            has_keepalive: false,
        }
    }

    /// Queues a data frame; the payload is copied.
    pub(super) fn push_data(&mut self, first_byte: u8, payload: &[u8]) {
        let size = MAX_HEADER + payload.len();
        let mut segment = self
            .pop_with_room(size)
            .unwrap_or_else(|| Segment::new(Kind::Data, Vec::with_capacity(size.max(FIRST_SIZE))));
        self.write_frame(&mut segment.bytes, first_byte, payload);
        segment.payload_size += payload.len();
        segment.frames += 1;
        self.payload_size += payload.len();
        self.frames_queued += 1;
        self.segments.push_back(segment);
    }

    /// Queues a data frame without copying its payload, where that is worth it and possible:
    /// clients have to mask theirs.
    pub(super) fn push_shared(&mut self, first_byte: u8, payload: impl SharedPayload) {
        let size = payload.as_ref().len();
        if self.next_mask.is_some() || size < SHARED_SIZE {
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
        let dropped = self.segments.drain(kept..);
        self.payload_size -= dropped.map(|segment| segment.payload_size).sum::<usize>();
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
        self.segments
            .range(self.offered..)
            .any(|segment| segment.kind == Kind::Close)
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

    /// Takes off `length` bytes that were written, of those that were offered.
    pub(super) fn written(&mut self, length: usize) {
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
            self.segments.pop_front();
        }
        if self.segments.is_empty() {
            self.clear();
        }
    }

    /// Gives back all memory.
    pub(super) fn clear(&mut self) {
        self.segments = VecDeque::new();
        self.written = 0;
        self.offered = 0;
        self.controls = 0;
        self.payload_size = 0;
        self.has_keepalive = false;
    }

    /// Takes off the last segment, to append a data frame of `size` bytes to it.
    fn pop_with_room(&mut self, size: usize) -> Option<Segment> {
        if self.segments.len() == self.offered + self.controls {
            return None;
        }
        let last = self.segments.back()?;
        let has_room = last.bytes.len() + size <= COALESCED_SIZE;
        let is_open = last.kind == Kind::Data && last.shared.is_none() && has_room;
        if is_open {
            self.segments.pop_back()
        } else {
            None
        }
    }

    fn control_frame(&self, kind: Kind, opcode: Opcode, payload: &[u8]) -> Segment {
        let mut bytes = Vec::new();
        self.write_frame(&mut bytes, FIN | opcode as u8, payload);
        Segment::new(kind, bytes)
    }

    fn insert_control(&mut self, segment: Segment) {
        self.segments.insert(self.offered + self.controls, segment);
        self.controls += 1;
    }

    fn write_frame(&self, out: &mut Vec<u8>, first_byte: u8, payload: &[u8]) {
        out.reserve(MAX_HEADER + payload.len());
        let mask = self.next_mask.map(|next_mask| next_mask());
        write_header(out, first_byte, payload.len(), mask);
        match mask {
            Some(mask) => extend_masked(out, payload, mask),
            None => out.extend_from_slice(payload),
        }
    }
}

/// Frames that are written as one.
struct Segment {
    kind: Kind,
    /// Whole frames; or the header of the shared payload.
    bytes: Vec<u8>,
    shared: Option<Box<dyn SharedPayload>>,
    /// How much of the segment is the application's.
    payload_size: usize,
    /// How many data frames these are.
    frames: u32,
}

impl Segment {
    fn new(kind: Kind, bytes: Vec<u8>) -> Self {
        Self {
            kind,
            bytes,
            shared: None,
            payload_size: 0,
            frames: 0,
        }
    }

    /// The parts of the segment, in order.
    fn parts(&self) -> impl Iterator<Item = &[u8]> {
        let shared = self.shared.as_ref().map(|shared| (**shared).as_ref());
        iter::once(&*self.bytes).chain(shared)
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
mod tests {
    use super::*;

    const TEXT: u8 = FIN | Opcode::Text as u8;

    fn queue() -> Queue {
        Queue::new(Role::Server, || [0; 4])
    }

    /// What is offered to so many slices, in one piece.
    fn offered(queue: &mut Queue, slices: usize) -> Vec<u8> {
        let mut slices = vec![IoSlice::new(&[]); slices];
        let filled = queue.offer(&mut slices);
        super::super::tests::gather(&slices[..filled])
    }

    /// Writes all, as a stream would that takes `step` bytes at once.
    fn drain(queue: &mut Queue, step: usize) -> Vec<u8> {
        let mut written = Vec::new();
        while !queue.is_empty() {
            let bytes = offered(queue, 3);
            let length = bytes.len().min(step);
            written.extend_from_slice(&bytes[..length]);
            queue.written(length);
        }
        written
    }

    #[test]
    fn small_frames_are_one_slice() {
        let mut queue = queue();
        for _ in 0..100 {
            queue.push_data(TEXT, b"hello");
        }
        assert_eq!(offered(&mut queue, 1), b"\x81\x05hello".repeat(100));
        queue.push_data(TEXT, b"again");
        assert_eq!(offered(&mut queue, 9).len(), 707);
    }

    #[test]
    fn any_way_of_writing_writes_the_same() {
        for step in [1, 2, 3, 7, 64, 5000, usize::MAX] {
            let mut queue = queue();
            let large: Vec<u8> = (0..SHARED_SIZE).map(|at| at as u8).collect();
            queue.push_data(TEXT, b"one");
            queue.push_shared(TEXT, large.clone());
            queue.push_data(TEXT, b"two");
            queue.push_shared(TEXT, b"three".to_vec());
            let written = drain(&mut queue, step);
            let header = &[0x81, 126, 16, 0][..];
            let expected = [b"\x81\x03one", header, &large, b"\x81\x03two\x81\x05three"].concat();
            assert_eq!(written, expected, "{step} bytes at once");
        }
    }

    #[test]
    fn large_payloads_are_not_copied() {
        let payload = vec![7; SHARED_SIZE];
        let address = payload.as_ptr();
        let mut queue = queue();
        queue.push_shared(TEXT, payload);
        let mut slices = [IoSlice::new(&[]); 2];
        assert_eq!(queue.offer(&mut slices), 2);
        assert_eq!(slices[1].as_ptr(), address);
    }

    #[test]
    fn control_frames_overtake_what_was_not_offered() {
        let mut queue = queue();
        queue.push_data(TEXT, b"data");
        queue.push_ping(Kind::Ping, b"1");
        queue.push_pong(b"2");
        queue.push_close(b"");
        assert_eq!(
            drain(&mut queue, 1),
            b"\x89\x011\x8a\x012\x81\x04data\x88\0"
        );
    }

    #[test]
    fn what_was_offered_keeps_its_place() {
        let mut queue = queue();
        queue.push_data(TEXT, b"first");
        assert_eq!(offered(&mut queue, 1), b"\x81\x05first");
        queue.written(3);
        queue.push_data(TEXT, b"second");
        queue.push_pong(b"");
        assert_eq!(offered(&mut queue, 9), b"irst\x8a\0\x81\x06second");
        queue.push_pong(b"late");
        assert_eq!(
            drain(&mut queue, 2),
            b"irst\x8a\0\x81\x06second\x8a\x04late"
        );
    }

    #[test]
    fn frames_stay_whole_among_control_frames() {
        let mut queue = queue();
        queue.push_shared(TEXT, vec![b'x'; SHARED_SIZE]);
        // There is a slice for the header only.
        assert_eq!(offered(&mut queue, 1).len(), 4);
        queue.written(4);
        queue.push_pong(b"");
        let written = drain(&mut queue, usize::MAX);
        assert_eq!(written, [&[b'x'; SHARED_SIZE][..], b"\x8a\0"].concat());
    }

    #[test]
    fn many_pongs_become_one() {
        let mut queue = queue();
        for number in 0..10_000_u16 {
            queue.push_pong(&number.to_be_bytes());
        }
        let written = drain(&mut queue, usize::MAX);
        assert_eq!(written.len(), 4 * MAX_PONGS);
        assert_eq!(written[..4], [0x8a, 2, 0, 0]);
        assert_eq!(written[written.len() - 2..], 9_999_u16.to_be_bytes());
    }

    #[test]
    fn not_all_data_is_offered_before_a_pong() {
        let mut queue = queue();
        for _ in 0..100 {
            queue.push_data(TEXT, &[b'x'; COALESCED_SIZE / 2]);
        }
        let before = offered(&mut queue, 100).len();
        assert!(
            before < OFFER_SIZE + COALESCED_SIZE,
            "{before} bytes are offered"
        );
        queue.push_pong(b"pong");
        let written = drain(&mut queue, usize::MAX);
        assert_eq!(written[before..before + 6], *b"\x8a\x04pong");
    }

    #[test]
    fn error_close_drops_what_was_not_offered() {
        let mut queue = queue();
        queue.push_data(TEXT, b"one");
        assert_eq!(offered(&mut queue, 1).len(), 5);
        queue.push_data(TEXT, b"two");
        queue.push_pong(b"");
        queue.push_close(b"\x03\xe8");
        queue.push_error_close(b"\x03\xea");
        assert_eq!(queue.payload_size(), 3);
        assert_eq!(drain(&mut queue, 1), b"\x81\x03one\x88\x02\x03\xea");
    }

    #[test]
    fn error_close_follows_answers_of_a_limited_size() {
        let mut queue = queue();
        queue.push_data(TEXT, b"one");
        queue.push_pong(b"");
        queue.push_data(TEXT, &[0; ANSWERS_SIZE]);
        queue.push_error_close(b"\x03\xea");
        assert_eq!(queue.payload_size(), 3);
        let expected = b"\x8a\x00\x81\x03one\x88\x02\x03\xea";
        assert_eq!(drain(&mut queue, usize::MAX), expected);
    }

    #[test]
    fn only_one_close_frame_is_written() {
        let mut queue = queue();
        queue.push_close(b"\x03\xe8");
        assert_eq!(offered(&mut queue, 1).len(), 4);
        queue.push_error_close(b"\x03\xea");
        assert_eq!(drain(&mut queue, 1), b"\x88\x02\x03\xe8");
        queue.push_error_close(b"\x03\xea");
        assert!(queue.is_empty());
    }

    #[test]
    fn payload_is_counted_until_it_is_written() {
        let mut queue = queue();
        queue.push_data(TEXT, &[0; 100]);
        queue.push_shared(TEXT, vec![0; SHARED_SIZE]);
        queue.push_ping(Kind::Ping, b"does not count");
        let mut last = 100 + SHARED_SIZE;
        assert_eq!(queue.payload_size(), last);
        while !queue.is_empty() {
            assert_ne!(offered(&mut queue, 2).len(), 0);
            queue.written(1);
            assert!(queue.payload_size() <= last && last - queue.payload_size() <= 1);
            last = queue.payload_size();
        }
        assert_eq!(last, 0);
    }

    #[test]
    fn empty_queue_has_no_memory() {
        let mut queue = queue();
        queue.push_data(TEXT, b"hello");
        queue.push_ping(Kind::Ping, b"");
        drain(&mut queue, 1);
        assert_eq!(queue.segments.capacity(), 0);
    }

    #[test]
    fn each_frame_of_a_client_has_its_mask() {
        use std::sync::atomic::{AtomicU8, Ordering};

        static DRAWN: AtomicU8 = AtomicU8::new(1);
        let mut queue = Queue::new(Role::Client, || {
            [DRAWN.fetch_add(1, Ordering::Relaxed), 0, 0, 0]
        });
        queue.push_data(TEXT, b"\0\0");
        queue.push_ping(Kind::Ping, b"");
        queue.push_shared(TEXT, b"\0\0");
        let written = drain(&mut queue, 1);
        assert_eq!(
            written,
            b"\x89\x80\x02\0\0\0\x81\x82\x01\0\0\0\x01\0\x81\x82\x03\0\0\0\x03\0"
        );
    }
}
