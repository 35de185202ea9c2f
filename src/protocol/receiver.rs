//! What comes from the peer: bytes become frames, and frames become messages.

use super::{
    Config, DataFrame, DataType, Opcode, Payload, ProtocolError, Role,
    close::CloseBody,
    frame::{FIN, FrameHeader, HeaderRules, MAX_HEADER, RESERVED_BITS},
    message::{Assembly, PayloadBuffer},
};

/// Something complete that the peer sent.
#[derive(Debug)]
pub(super) enum Received {
    Message(DataType, Payload),
    /// In extension mode, every data frame; messages come from [`Receiver::accept_frame`] then.
    Frame(DataFrame),
    Ping(Payload),
    Pong(Payload),
    Close(CloseBody),
}

/// Takes in bytes as they arrive, and keeps only what is incomplete.
#[derive(Debug)]
pub(super) struct Receiver {
    role: Role,
    extension_mode: bool,
    header: PartialHeader,
    /// The frame whose payload is arriving.
    frame: Option<Frame>,
    /// The payload of a frame that does not go into the message: control frames, and in extension
    /// mode all.
    payload: PayloadBuffer,
    /// The last data frame was not the last of its message.
    ///
    /// `message` knows that too, but in extension mode only after the extensions.
    in_message: bool,
    message: Assembly,
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
            extension_mode: false,
            header: PartialHeader::default(),
            frame: None,
            payload: PayloadBuffer::default(),
            in_message: false,
            message: Assembly::default(),
        }
    }

    pub(super) fn set_extension_mode(&mut self, extension_mode: bool) {
        self.extension_mode = extension_mode;
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
                    let rules = HeaderRules {
                        role: self.role,
                        reserved_bits: self.extension_mode,
                        in_message: self.in_message,
                    };
                    let Some(header) = self.header.take_from(input, rules)? else {
                        self.message.give_back();
                        return Ok(None);
                    };
                    self.begin(header, config)?;
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
            self.push(frame, bytes)?;
            if (length as u64) < left {
                self.frame = Some(Frame {
                    received: frame.received + length as u64,
                    ..frame
                });
                return Ok(None);
            }
            self.frame = None;
            if let Some(received) = self.finish(frame.header)? {
                return Ok(Some(received));
            }
        }
    }

    /// Has `read` append to the payload that is arriving, if much of it is still to come; it is told
    /// how many bytes at most. What the frame completes is told by [`receive`](Self::receive).
    pub(super) fn read_payload<R>(
        &mut self,
        read: impl FnOnce(&mut Vec<u8>, usize) -> R,
    ) -> Result<Option<R>, ProtocolError> {
        let Some(frame) = &mut self.frame else {
            return Ok(None);
        };
        let Frame { header, received } = *frame;
        let left = usize::try_from(header.length - received).unwrap_or(usize::MAX);
        if left < DIRECT_SIZE {
            return Ok(None);
        }
        let is_message = !self.extension_mode;
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
        Ok(Some(result))
    }

    /// Takes back a frame from the extensions; returns the message that it completes.
    pub(super) fn accept_frame(
        &mut self,
        first_byte: u8,
        payload: Payload,
        config: &Config,
    ) -> Result<Option<(DataType, Payload)>, ProtocolError> {
        if first_byte & RESERVED_BITS != 0 {
            return Err(ProtocolError::ReservedBits(first_byte));
        }
        let opcode = Opcode::from_first_byte(first_byte)?;
        if opcode.is_control() {
            return Err(ProtocolError::ReservedOpcode(opcode as u8));
        }
        let fin = first_byte & FIN != 0;
        self.message
            .begin_fragment(opcode, fin, payload.len() as u64, config)?;
        self.message.push_payload(payload)?;
        if fin { self.message.finish() } else { Ok(None) }
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
        match config.max_payload_size {
            limit @ 1.. if length > limit => {
                return Err(ProtocolError::FrameTooBig {
                    size: length,
                    limit,
                });
            }
            _ => (),
        }
        self.in_message = !fin;
        if self.extension_mode {
            self.payload.check_growth(length, 0)
        } else {
            self.message.begin_fragment(opcode, fin, length, config)
        }
    }

    /// Whether the payload of a frame is part of the message as it arrives.
    fn goes_into_message(&self, header: FrameHeader) -> bool {
        !header.opcode.is_control() && !self.extension_mode
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
