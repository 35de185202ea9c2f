//! Payloads, and messages put together from their fragments (RFC 6455 §5.4).

use std::{fmt, mem, ops::Deref};

use super::{
    Config, Opcode, ProtocolError,
    frame::check_sequence,
    mask::{BLOCK, apply_mask},
    memory::Buffer,
    utf8::Utf8Checker,
};

/// The type of a message (RFC 6455 §5.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DataType {
    /// UTF-8.
    Text,
    /// Anything.
    Binary,
}

/// A received payload.
///
/// Behind its last byte, and not counted, is a NUL: where text is handed to C, which looks for
/// one, it need not be copied.
#[derive(Clone, PartialEq, Eq)]
pub struct Payload(Buffer);

impl From<Vec<u8>> for Payload {
    fn from(payload: Vec<u8>) -> Self {
        Self::new(payload.into())
    }
}

impl From<&[u8]> for Payload {
    fn from(payload: &[u8]) -> Self {
        let mut with_nul = Buffer::with_capacity(payload.len() + 1);
        with_nul.extend_from_slice(payload);
        with_nul.push(0);
        Self(with_nul)
    }
}

impl Payload {
    fn new(mut payload: Buffer) -> Self {
        payload.reserve_exact(1);
        payload.push(0);
        Self(payload)
    }

    /// The payload with the NUL behind it.
    pub fn as_bytes_with_nul(&self) -> &[u8] {
        &self.0
    }

    /// Appends `bytes`.
    pub fn extend_from_slice(&mut self, bytes: &[u8]) {
        // The NUL comes behind them.
        self.0.pop();
        self.0.reserve(bytes.len() + 1);
        self.0.extend_from_slice(bytes);
        self.0.push(0);
    }
}

impl AsRef<[u8]> for Payload {
    fn as_ref(&self) -> &[u8] {
        // The NUL is always there.
        &self.0[..self.0.len() - 1]
    }
}

impl Deref for Payload {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.as_ref()
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Payload(\"{}\")", self.escape_ascii())
    }
}

/// A payload of which not all has arrived.
///
/// Its memory follows what has arrived, never what was announced: it doubles, up to the length that
/// is expected, unless a large message before has left memory that fits. What arrives in one piece
/// gets exactly the memory that it needs.
#[derive(Debug, Default)]
pub(super) struct PayloadBuffer(Buffer);

impl PayloadBuffer {
    /// Checks that `length` bytes more are within `limit`, where 0 is none.
    pub(super) fn check_growth(&self, length: u64, limit: u64) -> Result<(), ProtocolError> {
        let size = (self.0.len() as u64).saturating_add(length);
        // No allocation is longer than `isize::MAX`; one byte is for the NUL.
        let most = isize::MAX as u64 - 1;
        let limit = if limit == 0 { most } else { limit.min(most) };
        if size > limit {
            return Err(ProtocolError::MessageTooBig { size, limit });
        }
        Ok(())
    }

    /// Makes room for `length` bytes more, and perhaps for further ones of the `final_length`.
    pub(super) fn make_room(&mut self, length: usize, final_length: u64) {
        if length == 0 {
            return;
        }
        let used = self.0.len();
        // One more is for the NUL.
        let needed = used + length + 1;
        if needed > self.0.capacity() {
            let most = usize::try_from(final_length)
                .unwrap_or(usize::MAX)
                .saturating_add(1);
            let capacity = self.0.capacity().saturating_mul(2).min(most).max(needed);
            self.0.grow(capacity, most);
        }
    }

    /// Has `read` append bytes, of which there is room for some, and unmasks them; they begin at
    /// `offset` in their masked frame. What it appends beyond `most` is an error of ours.
    pub(super) fn read_masked<R>(
        &mut self,
        most: usize,
        mask: [u8; 4],
        offset: u64,
        read: impl FnOnce(&mut Vec<u8>, usize) -> R,
    ) -> (usize, R) {
        let start = self.0.len();
        let result = read(&mut self.0, most);
        debug_assert!(self.0.len() >= start && self.0.len() - start <= most);
        if mask != [0; 4] {
            apply_mask(&mut self.0[start..], mask, offset);
        }
        (self.0.len() - start, result)
    }

    /// Appends `bytes`, which begin at `offset` in their masked frame.
    pub(super) fn push_masked(&mut self, bytes: &[u8], mask: [u8; 4], offset: u64) {
        let start = self.0.len();
        self.0.extend_from_slice(bytes);
        if mask != [0; 4] {
            apply_mask(&mut self.0[start..], mask, offset);
        }
    }

    pub(super) fn take(&mut self) -> Payload {
        Payload::new(mem::take(&mut self.0))
    }

    pub(super) fn as_slice(&self) -> &[u8] {
        &self.0
    }
}

impl From<Payload> for PayloadBuffer {
    fn from(Payload(mut bytes): Payload) -> Self {
        // The NUL.
        bytes.pop();
        Self(bytes)
    }
}

/// The message that is being received.
#[derive(Debug, Default)]
pub(super) struct Assembly {
    /// None between messages.
    data_type: Option<DataType>,
    fragments: u32,
    payload: PayloadBuffer,
    /// How long the payload will be with the last fragment; before that, nobody knows.
    final_length: u64,
    text: Utf8Checker,
}

impl Assembly {
    /// Whether a message has begun.
    pub(super) fn is_in_message(&self) -> bool {
        self.data_type.is_some()
    }

    /// How much has arrived of the message.
    pub(super) fn size(&self) -> usize {
        self.payload.as_slice().len()
    }

    /// Keeps the memory of `payload`, which nobody needs any more, for the next message.
    pub(super) fn recycle(&mut self, payload: Payload) {
        if self.payload.0.capacity() == 0 {
            self.payload.0 = payload.0;
            self.payload.0.clear();
        }
    }

    /// Gives back memory that was kept.
    pub(super) fn give_back(&mut self) {
        if !self.is_in_message() {
            self.payload = PayloadBuffer::default();
        }
    }

    /// Checks that `length` bytes more are within `limit`, where 0 is none.
    pub(super) fn check_growth(&self, length: u64, limit: u64) -> Result<(), ProtocolError> {
        self.payload.check_growth(length, limit)
    }

    /// Begins the next fragment, `length` bytes long.
    pub(super) fn begin_fragment(
        &mut self,
        opcode: Opcode,
        fin: bool,
        length: u64,
        config: &Config,
    ) -> Result<(), ProtocolError> {
        check_sequence(opcode, self.is_in_message())?;
        self.data_type = opcode.data_type().or(self.data_type);
        self.check_growth(length, config.max_message_size)?;
        self.final_length = if fin {
            self.size() as u64 + length
        } else {
            u64::MAX
        };
        self.fragments = self.fragments.saturating_add(1);
        match config.max_fragments {
            limit @ 1.. if self.fragments > limit => Err(ProtocolError::TooManyFragments { limit }),
            _ => Ok(()),
        }
    }

    /// Appends `bytes`, which begin at `offset` in their frame.
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        mask: [u8; 4],
        offset: u64,
    ) -> Result<(), ProtocolError> {
        self.payload.make_room(bytes.len(), self.final_length);
        // In blocks, so that checking finds them in the cache, and an error comes early.
        for (block, offset) in bytes.chunks(BLOCK).zip((offset..).step_by(BLOCK)) {
            self.payload.push_masked(block, mask, offset);
            self.check_text()?;
        }
        Ok(())
    }

    /// Has `read` append up to `most` bytes, which begin at `offset` in their frame.
    pub(super) fn read<R>(
        &mut self,
        most: usize,
        mask: [u8; 4],
        offset: u64,
        read: impl FnOnce(&mut Vec<u8>, usize) -> R,
    ) -> Result<(usize, R), ProtocolError> {
        self.payload.make_room(most, self.final_length);
        let read = self.payload.read_masked(most, mask, offset, read);
        self.check_text()?;
        Ok(read)
    }

    /// Takes a message that is one fragment, which has begun, and all of which is there. That is what
    /// happens most of the time, and it takes fewer steps than the others.
    pub(super) fn whole(
        &mut self,
        data_type: DataType,
        bytes: &[u8],
        mask: [u8; 4],
    ) -> Result<Payload, ProtocolError> {
        self.payload.make_room(bytes.len(), 0);
        self.payload.push_masked(bytes, mask, 0);
        if data_type == DataType::Text
            && let Err(error) = simdutf8::compat::from_utf8(self.payload.as_slice())
        {
            let offset = error.valid_up_to();
            return Err(ProtocolError::InvalidText { offset });
        }
        self.data_type = None;
        self.fragments = 0;
        Ok(self.payload.take())
    }

    /// Appends a whole fragment. The first one need not be copied.
    pub(super) fn push_payload(&mut self, payload: Payload) -> Result<(), ProtocolError> {
        if !self.payload.as_slice().is_empty() {
            return self.push(&payload, [0; 4], 0);
        }
        self.payload = payload.into();
        self.check_text()
    }

    fn check_text(&mut self) -> Result<(), ProtocolError> {
        if self.data_type != Some(DataType::Text) {
            return Ok(());
        }
        let checked = self.text.checked();
        let checked = self.text.check(&self.payload.as_slice()[checked..]);
        checked.map_err(|offset| ProtocolError::InvalidText { offset })
    }

    /// Gives away what has arrived of a message that has begun, and forgets it.
    pub(super) fn take_begun(&mut self) -> Option<(DataType, Payload)> {
        let Self {
            data_type,
            mut payload,
            ..
        } = mem::take(self);
        Some((data_type?, payload.take()))
    }

    /// Ends the message; the next fragment begins another.
    pub(super) fn finish(&mut self) -> Result<Option<(DataType, Payload)>, ProtocolError> {
        let Some(data_type) = self.data_type else {
            return Ok(None);
        };
        if data_type == DataType::Text {
            let checked = self.text.finish();
            checked.map_err(|offset| ProtocolError::InvalidText { offset })?;
        }
        let Self { mut payload, .. } = mem::take(self);
        Ok(Some((data_type, payload.take())))
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Role, *};

    fn capacity(payload: &Payload) -> usize {
        payload.0.capacity()
    }

    #[test]
    fn payload_has_a_nul_that_does_not_count() {
        let mut payload = Payload::from(b"a\0b".to_vec());
        assert_eq!(*payload, *b"a\0b");
        assert_eq!(payload.as_bytes_with_nul(), b"a\0b\0");
        payload.extend_from_slice(b"cd");
        assert_eq!(payload.as_bytes_with_nul(), b"a\0bcd\0");
        assert!(Payload::from(Vec::new()).is_empty());
    }

    #[test]
    fn memory_follows_what_arrives() {
        let mut buffer = PayloadBuffer::default();
        let announced = 1 << 40;
        for arrived in 0..10_000_u64 {
            buffer.make_room(1, announced);
            buffer.push_masked(b"x", [0; 4], 0);
            assert!(buffer.0.capacity() as u64 <= 2 * (arrived + 2));
        }
    }

    #[test]
    fn tiny_fragments_are_not_copied_again_and_again() {
        let mut assembly = Assembly::default();
        let mut config = Config::new(Role::Client);
        config.max_fragments = 0;
        let mut capacities = 0;
        for fragment in 0..10_000 {
            let opcode = if fragment == 0 {
                Opcode::Binary
            } else {
                Opcode::Continuation
            };
            assembly.begin_fragment(opcode, false, 1, &config).unwrap();
            let before = assembly.payload.0.capacity();
            assembly.push(b"x", [0; 4], 0).unwrap();
            capacities += usize::from(assembly.payload.0.capacity() != before);
        }
        assert!(capacities < 20, "{capacities} allocations");
    }

    #[test]
    fn memory_is_exact_when_all_arrives_at_once() {
        let mut assembly = Assembly::default();
        assembly
            .begin_fragment(Opcode::Text, true, 1000, &Config::new(Role::Server))
            .unwrap();
        assembly.push(&[b'x'; 1000], [0; 4], 0).unwrap();
        let (_, payload) = assembly.finish().unwrap().unwrap();
        assert_eq!(capacity(&payload), 1001);
        assert!(!assembly.is_in_message());
    }

    #[test]
    fn memory_may_be_used_again_and_is_given_back() {
        let config = Config::new(Role::Client);
        let mut assembly = Assembly::default();
        let receive = |assembly: &mut Assembly, bytes: &[u8]| {
            let length = bytes.len() as u64;
            assembly
                .begin_fragment(Opcode::Binary, true, length, &config)
                .unwrap();
            assembly.push(bytes, [0; 4], 0).unwrap();
            assembly.finish().unwrap().unwrap().1
        };
        let first = receive(&mut assembly, b"abc");
        let memory = first.0.as_ptr();
        assembly.recycle(first);
        let second = receive(&mut assembly, b"de");
        assert_eq!((&*second, second.0.as_ptr()), (&b"de"[..], memory));
        assembly.recycle(second);
        assembly.give_back();
        assert_eq!(assembly.payload.0.capacity(), 0);
    }

    #[test]
    fn memory_is_exact_for_a_frame_in_pieces() {
        let mut assembly = Assembly::default();
        assembly
            .begin_fragment(Opcode::Binary, true, 1000, &Config::new(Role::Server))
            .unwrap();
        for piece in 0..10 {
            assembly.push(&[b'x'; 100], [0; 4], piece * 100).unwrap();
        }
        let (_, payload) = assembly.finish().unwrap().unwrap();
        assert_eq!(capacity(&payload), 1001);
    }
}
