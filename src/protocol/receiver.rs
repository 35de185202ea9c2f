//! What comes from the peer: bytes become frames, and frames become messages.

use super::{
    Config, DataFrame, DataType, Opcode, Payload, ProtocolError, Role,
    close::CloseBody,
    frame::{FIN, FrameHeader, HeaderRules, MAX_HEADER, RESERVED_BITS, RSV1},
    mask::BLOCK,
    message::{Assembly, PayloadBuffer},
    parts::{MessagePart, Parts},
};

/// Something complete that the peer sent.
#[derive(Debug)]
pub(super) enum Received {
    Message(DataType, Payload),
    Part(MessagePart),
    /// A data frame for the extensions; its message comes from [`Receiver::accept_frame`] then.
    Frame(DataFrame),
    Ping(Payload),
    Pong(Payload),
    Close(CloseBody),
}

/// Which data frames go through extensions before they become messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ExtensionMode {
    /// None, and none may have reserved bits set.
    #[default]
    None,
    /// Those of compressed messages, whose first frame has RSV1 set (RFC 7692 §6).
    Compressed,
    /// All.
    All,
}

/// Takes in bytes as they arrive, and keeps only what is incomplete.
#[derive(Debug)]
pub(super) struct Receiver {
    role: Role,
    extension_mode: ExtensionMode,
    /// The data frame that came last belongs to a compressed message.
    is_compressed: bool,
    header: PartialHeader,
    /// The frame whose payload is arriving.
    frame: Option<Frame>,
    /// The payload of a frame that does not go into the message: control frames, and those for the
    /// extensions.
    payload: PayloadBuffer,
    /// The last data frame was not the last of its message.
    ///
    /// `message` knows that too, but of frames for the extensions only after those.
    in_message: bool,
    message: Assembly,
    /// Whether the next message is told in parts.
    wants_parts: bool,
    /// The message that is arriving, or that came last, is told in parts.
    in_parts: bool,
    /// Once there is such a message.
    parts: Option<Box<Parts>>,
}

#[derive(Clone, Copy, Debug)]
struct Frame {
    header: FrameHeader,
    received: u64,
}

impl Receiver {
    pub(super) fn new(role: Role) -> Self {
        Self {
            role,
            extension_mode: ExtensionMode::None,
            is_compressed: false,
            header: PartialHeader::default(),
            frame: None,
            payload: PayloadBuffer::default(),
            in_message: false,
            message: Assembly::default(),
            wants_parts: false,
            in_parts: false,
            parts: None,
        }
    }

    pub(super) fn set_extension_mode(&mut self, extension_mode: ExtensionMode) {
        self.extension_mode = extension_mode;
    }

    /// Sets whether messages are told in parts from now on; returns what has arrived of the one that
    /// is arriving. Once a message is told in parts, so is the rest of it.
    pub(super) fn set_wants_parts(&mut self, wants_parts: bool) -> Option<MessagePart> {
        self.wants_parts = wants_parts;
        if !wants_parts || self.in_parts || !self.in_message {
            return None;
        }
        self.in_parts = true;
        // For the extensions there may be a frame, and no message yet.
        let (data_type, payload) = self.message.take_begun()?;
        let parts = self.parts.get_or_insert_default();
        parts.begin(data_type);
        // It was checked when it came.
        parts.push(payload, false).ok().flatten()
    }

    /// Keeps the memory of a message that was delivered, for the next one in the same input.
    pub(super) fn recycle(&mut self, payload: Payload) {
        self.message.recycle(payload);
    }

    /// Whether the stream may not end here: in a frame, or between the fragments of a message.
    pub(super) fn is_in_message(&self) -> bool {
        self.header.length != 0 || self.frame.is_some() || self.in_message
    }

    /// Consumes `input` up to the end of what it completes; None when all of it was consumed and
    /// nothing is complete.
    pub(super) fn receive(
        &mut self,
        input: &mut &[u8],
        config: &Config,
    ) -> Result<Option<Received>, ProtocolError> {
        loop {
            let frame = match self.frame {
                Some(frame) => frame,
                None => {
                    let rules = self.rules();
                    let Some(header) = self.header.take_from(input, rules)? else {
                        self.message.give_back();
                        return Ok(None);
                    };
                    self.begin(header, config)?;
                    if header.fin
                        && !self.in_parts
                        && let Some(data_type) = header.opcode.data_type()
                        && self.goes_into_message(header)
                        && let Some(bytes) = split_off(input, header.length)
                    {
                        let payload = self.message.whole(data_type, bytes, header.mask)?;
                        return Ok(Some(Received::Message(data_type, payload)));
                    }
                    Frame {
                        header,
                        received: 0,
                    }
                }
            };

            let left = frame.header.length - frame.received;
            let length = usize::try_from(left).map_or(input.len(), |left| left.min(input.len()));
            let (bytes, rest) = input.split_at(length);
            *input = rest;
            let is_whole = length as u64 == left;
            self.frame = (!is_whole).then_some(Frame {
                received: frame.received + length as u64,
                ..frame
            });
            if self.in_parts && self.goes_into_message(frame.header) {
                let (Frame { header, received }, is_last) = (frame, is_whole && frame.header.fin);
                let parts = self.parts.get_or_insert_default();
                if let Some(part) = parts.push_masked(bytes, header.mask, received, is_last)? {
                    return Ok(Some(Received::Part(part)));
                }
                if !is_whole {
                    return Ok(None);
                }
                continue;
            }
            self.push(frame, bytes)?;
            if !is_whole {
                return Ok(None);
            }
            if let Some(received) = self.finish(frame.header)? {
                return Ok(Some(received));
            }
        }
    }

    /// Has `read` append to the payload that is arriving, if much of it is still to come; it is told
    /// how many bytes at most. Returns how many it has appended, and what it returned. What the frame
    /// completes is told by [`receive`](Self::receive).
    pub(super) fn read_payload<R>(
        &mut self,
        read: impl FnOnce(&mut Vec<u8>, usize) -> R,
    ) -> Result<Option<(usize, R)>, ProtocolError> {
        let is_message = !self.is_extended();
        if is_message && self.in_parts {
            return Ok(None);
        }
        let Some(frame) = &mut self.frame else {
            return Ok(None);
        };
        let Frame { header, received } = *frame;
        let left = usize::try_from(header.length - received).unwrap_or(usize::MAX);
        if left < DIRECT_SIZE {
            return Ok(None);
        }
        let arrived = if is_message {
            self.message.size()
        } else {
            self.payload.as_slice().len()
        };
        // As much again as there is: memory follows what has arrived.
        let most = left.min(arrived.clamp(DIRECT_SIZE, LONGEST_READ));
        let (length, result) = if is_message {
            self.message.read(most, header.mask, received, read)?
        } else {
            self.payload.make_room(most, header.length);
            self.payload.read_masked(most, header.mask, received, read)
        };
        frame.received += length as u64;
        Ok(Some((length, result)))
    }

    /// Takes back a frame from the extensions; returns the message that it completes, or the part of
    /// one that it is.
    pub(super) fn accept_frame(
        &mut self,
        first_byte: u8,
        payload: Payload,
        config: &Config,
    ) -> Result<Option<Received>, ProtocolError> {
        if first_byte & RESERVED_BITS != 0 {
            return Err(ProtocolError::ReservedBits(first_byte));
        }
        let opcode = Opcode::from_first_byte(first_byte)?;
        if opcode.is_control() {
            return Err(ProtocolError::ReservedOpcode(opcode as u8));
        }
        let fin = first_byte & FIN != 0;
        if self.in_parts {
            let parts = self.parts.get_or_insert_default();
            parts.begin_fragment(opcode)?;
            return Ok(parts.push(payload, fin)?.map(Received::Part));
        }
        self.message
            .begin_fragment(opcode, fin, payload.len() as u64, config)?;
        self.message.push_payload(payload)?;
        if !fin {
            return Ok(None);
        }
        let message = self.message.finish()?;
        Ok(message.map(|(data_type, payload)| Received::Message(data_type, payload)))
    }

    /// How long a frame that is with the extensions may become, and what is wrong with a longer one.
    pub(super) fn extended_limit(&self, config: &Config) -> (u64, ProtocolError) {
        // A message in parts may be of any length.
        let message = if self.in_parts {
            0
        } else {
            config.max_message_size
        };
        let frame = config.max_payload_size;
        let message_left = message.saturating_sub(self.message.size() as u64);
        match (frame, message) {
            (1.., 0) => (frame, ProtocolError::InflatedFrameTooBig { limit: frame }),
            (1.., 1..) if frame < message_left => {
                (frame, ProtocolError::InflatedFrameTooBig { limit: frame })
            }
            (_, 1..) => {
                let size = message.saturating_add(1);
                let limit = message;
                (message_left, ProtocolError::MessageTooBig { size, limit })
            }
            (0, 0) => {
                let limit = u64::MAX;
                (limit, ProtocolError::InflatedFrameTooBig { limit })
            }
        }
    }

    fn rules(&self) -> HeaderRules {
        let (first_bits, continuation_bits) = match self.extension_mode {
            ExtensionMode::None => (0, 0),
            ExtensionMode::Compressed => (RSV1, 0),
            ExtensionMode::All => (RESERVED_BITS, RESERVED_BITS),
        };
        HeaderRules {
            role: self.role,
            first_bits,
            continuation_bits,
            in_message: self.in_message,
        }
    }

    fn begin(&mut self, header: FrameHeader, config: &Config) -> Result<(), ProtocolError> {
        let FrameHeader {
            fin,
            opcode,
            length,
            ..
        } = header;
        if opcode.is_control() {
            return Ok(());
        }
        if !self.in_message {
            self.is_compressed = header.first_byte & RSV1 != 0;
            self.in_parts = self.wants_parts;
        }
        let is_extended = self.is_extended();
        if self.in_parts && !is_extended {
            // Nothing of it is kept, so nothing is too long.
            self.in_message = !fin;
            return self.parts.get_or_insert_default().begin_fragment(opcode);
        }
        // The limits are those of what the frame inflates to.
        let size = if self.is_compressed {
            deflated_at_least(length)
        } else {
            length
        };
        match config.max_payload_size {
            limit @ 1.. if size > limit => {
                return Err(ProtocolError::FrameTooBig {
                    size: length,
                    limit,
                });
            }
            _ => (),
        }
        self.in_message = !fin;
        if is_extended {
            // What it will be is known when all of it is there: kept until then, it is limited too.
            if !self.in_parts {
                self.message.check_growth(size, config.max_message_size)?;
            }
            self.payload.check_growth(length, 0)
        } else {
            self.message.begin_fragment(opcode, fin, length, config)
        }
    }

    /// Whether the data frame that came last is one for the extensions.
    fn is_extended(&self) -> bool {
        match self.extension_mode {
            ExtensionMode::None => false,
            ExtensionMode::Compressed => self.is_compressed,
            ExtensionMode::All => true,
        }
    }

    /// Whether the payload of a frame is part of the message as it arrives.
    fn goes_into_message(&self, header: FrameHeader) -> bool {
        !header.opcode.is_control() && !self.is_extended()
    }

    fn push(&mut self, frame: Frame, bytes: &[u8]) -> Result<(), ProtocolError> {
        let Frame { header, received } = frame;
        if self.goes_into_message(header) {
            self.message.push(bytes, header.mask, received)
        } else {
            self.payload.make_room(bytes.len(), header.length);
            self.payload.push_masked(bytes, header.mask, received);
            Ok(())
        }
    }

    fn finish(&mut self, header: FrameHeader) -> Result<Option<Received>, ProtocolError> {
        if self.goes_into_message(header) {
            if !header.fin {
                return Ok(None);
            }
            let message = self.message.finish()?;
            return Ok(message.map(|(data_type, payload)| Received::Message(data_type, payload)));
        }
        let payload = self.payload.take();
        Ok(Some(match header.opcode {
            Opcode::Continuation | Opcode::Text | Opcode::Binary => Received::Frame(DataFrame {
                header: header.first_byte,
                payload,
            }),
            Opcode::Ping => Received::Ping(payload),
            Opcode::Pong => Received::Pong(payload),
            Opcode::Close => Received::Close(CloseBody::parse(&payload)?),
        }))
    }
}

/// Takes `length` bytes off `input`, if so many are there and they are few enough to be worked on at
/// once.
fn split_off<'a>(input: &mut &'a [u8], length: u64) -> Option<&'a [u8]> {
    let length = usize::try_from(length)
        .ok()
        .filter(|length| *length <= BLOCK)?;
    input.split_off(..length)
}

/// What this much compressed data was at least, if whoever compressed it was not wasteful: data that
/// cannot be compressed becomes longer, by five bytes a block.
fn deflated_at_least(length: u64) -> u64 {
    (length - length / 16).saturating_sub(64)
}

/// From which size on the rest of a payload is read to where it belongs. It is more than a control
/// frame can have. Below, what follows the payload can be read together with it.
const DIRECT_SIZE: usize = 64 * 1024;

/// How much is read of a payload at once: others want their turn.
const LONGEST_READ: usize = 1 << 20;

/// A header that arrives in pieces.
#[derive(Debug, Default)]
struct PartialHeader {
    bytes: [u8; MAX_HEADER],
    length: u8,
}

impl PartialHeader {
    /// Takes a header from the front of `input`, behind what has come before.
    fn take_from(
        &mut self,
        input: &mut &[u8],
        rules: HeaderRules,
    ) -> Result<Option<FrameHeader>, ProtocolError> {
        if self.length == 0 {
            // Nearly always it comes in one piece.
            if let Some((header, length)) = FrameHeader::parse(input, rules)? {
                *input = &input[length..];
                return Ok(Some(header));
            }
        }
        while let [byte, rest @ ..] = input {
            *input = rest;
            // There is room: the longest header is complete.
            self.bytes[usize::from(self.length)] = *byte;
            self.length += 1;
            let so_far = &self.bytes[..self.length.into()];
            if let Some((header, _)) = FrameHeader::parse(so_far, rules)? {
                self.length = 0;
                return Ok(Some(header));
            }
        }
        Ok(None)
    }
}
