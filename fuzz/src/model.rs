//! RFC 6455 §5 read plainly: slow, on bytes that are all there, and with nothing of wsoup's in it.
//!
//! It judges byte by byte: what no further byte can mend is wrong as soon as it is there.

use wsoup::protocol::{DataType, Role};

/// A frame that is complete (§5.2).
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) first_byte: u8,
    pub(crate) is_masked: bool,
    /// Unmasked.
    pub(crate) payload: Vec<u8>,
    /// With its header.
    pub(crate) size: usize,
}

/// The frame at the beginning of `bytes`, if all of it is there.
pub(crate) fn frame(bytes: &[u8]) -> Option<Frame> {
    let (&[first_byte, second], rest) = bytes.split_first_chunk()?;
    let is_masked = second & 0x80 != 0;
    let (length, mut rest) = match second & 0x7f {
        126 => {
            let (length, rest) = rest.split_first_chunk()?;
            (u16::from_be_bytes(*length).into(), rest)
        }
        127 => {
            let (length, rest) = rest.split_first_chunk()?;
            (u64::from_be_bytes(*length), rest)
        }
        length => (length.into(), rest),
    };
    let mut mask = [0; 4];
    if is_masked {
        (mask, rest) = rest.split_first_chunk().map(|(mask, rest)| (*mask, rest))?;
    }
    let payload = rest.get(..usize::try_from(length).ok()?)?;
    Some(Frame {
        first_byte,
        is_masked,
        payload: unmasked(payload, mask),
        size: bytes.len() - rest.len() + payload.len(),
    })
}

fn unmasked(payload: &[u8], mask: [u8; 4]) -> Vec<u8> {
    let mut bytes = payload.to_vec();
    // All that is counted while fuzzing makes single bytes slow.
    let mut chunks = bytes.chunks_exact_mut(4);
    for chunk in &mut chunks {
        chunk.copy_from_slice(&(word(chunk) ^ u32::from_ne_bytes(mask)).to_ne_bytes());
    }
    for (byte, mask) in chunks.into_remainder().iter_mut().zip(mask) {
        *byte ^= mask;
    }
    bytes
}

fn word(chunk: &[u8]) -> u32 {
    u32::from_ne_bytes(chunk.try_into().expect("four bytes"))
}

/// A frame as an endpoint in `role` should receive it.
pub(crate) fn frame_to(role: Role, first_byte: u8, payload: &[u8]) -> Vec<u8> {
    const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];
    let mask_bit = if role == Role::Server { 0x80 } else { 0 };
    let mut frame = vec![first_byte];
    match payload.len() {
        length @ ..126 => frame.push(mask_bit | length as u8),
        length @ ..0x1_0000 => {
            frame.push(mask_bit | 126);
            frame.extend((length as u16).to_be_bytes());
        }
        length => {
            frame.push(mask_bit | 127);
            frame.extend((length as u64).to_be_bytes());
        }
    }
    if role == Role::Server {
        frame.extend(MASK);
        frame.extend(unmasked(payload, MASK));
    } else {
        frame.extend(payload);
    }
    frame
}

/// What has to come of bytes without extensions.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) events: Vec<Happening>,
    /// The payloads of the pings, in order.
    pub(crate) pings: Vec<Vec<u8>>,
    pub(crate) end: End,
}

/// What the application is told.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Happening {
    Message(DataType, Vec<u8>),
    Pong(Vec<u8>),
}

/// Where the bytes lead.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// More may come.
    Open,
    /// The peer closed, with this payload.
    Close(Vec<u8>),
    /// The peer broke a rule, and is told by this close code.
    Failure(u16),
}

/// Limits as in [`wsoup::protocol::Config`]; 0 is none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) frame: u64,
    pub(crate) message: u64,
    pub(crate) fragments: u32,
}

const PROTOCOL_ERROR: u16 = 1002;
const BAD_DATA: u16 = 1007;
const TOO_BIG: u16 = 1009;

/// Says what has to come of `bytes` at an endpoint in `role`.
pub(crate) fn judge(bytes: &[u8], role: Role, limits: Limits) -> Verdict {
    let mut judge = Judge {
        rest: bytes,
        role,
        limits,
        message: None,
        verdict: Verdict {
            events: Vec::new(),
            pings: Vec::new(),
            end: End::Open,
        },
    };
    judge.verdict.end = loop {
        if let Err(end) = judge.next() {
            break end;
        }
    };
    judge.verdict
}

struct Judge<'a> {
    rest: &'a [u8],
    role: Role,
    limits: Limits,
    /// The message of which fragments have come: its type, bytes and their number.
    message: Option<(DataType, Vec<u8>, u32)>,
    verdict: Verdict,
}

impl Judge<'_> {
    fn require(condition: bool, code: u16) -> Result<(), End> {
        if condition {
            Ok(())
        } else {
            Err(End::Failure(code))
        }
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], End> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(End::Open)?;
        self.rest = rest;
        Ok(*taken)
    }

    /// Judges a frame; an error is where all ends.
    fn next(&mut self) -> Result<(), End> {
        let [first] = self.take()?;
        let (fin, opcode) = (first & 0x80 != 0, first & 0xf);
        Self::require(first & 0x70 == 0, PROTOCOL_ERROR)?;
        Self::require(matches!(opcode, 0..=2 | 8..=10), PROTOCOL_ERROR)?;
        let is_control = opcode >= 8;
        Self::require(fin || !is_control, PROTOCOL_ERROR)?;
        // §5.4: a message is continued when there is one, and only then.
        Self::require(
            is_control || (opcode == 0) == self.message.is_some(),
            PROTOCOL_ERROR,
        )?;

        let [second] = self.take()?;
        let is_masked = second & 0x80 != 0;
        Self::require(is_masked == (self.role == Role::Server), PROTOCOL_ERROR)?;
        let short = second & 0x7f;
        Self::require(!is_control || short <= 125, PROTOCOL_ERROR)?;
        let length = match short {
            126 => {
                let length = u16::from_be_bytes(self.take()?).into();
                Self::require(length > 125, PROTOCOL_ERROR)?;
                length
            }
            127 => {
                let length = u64::from_be_bytes(self.take()?);
                Self::require(length > 0xffff && length >> 63 == 0, PROTOCOL_ERROR)?;
                length
            }
            length => length.into(),
        };
        let mask = if is_masked { self.take()? } else { [0; 4] };
        if is_control {
            self.control(opcode, length, mask)
        } else {
            self.data(opcode, fin, length, mask)
        }
    }

    fn control(&mut self, opcode: u8, length: u64, mask: [u8; 4]) -> Result<(), End> {
        let (payload, rest) = self
            .rest
            .split_at_checked(length as usize)
            .ok_or(End::Open)?;
        self.rest = rest;
        let payload = unmasked(payload, mask);
        match opcode {
            9 => self.verdict.pings.push(payload),
            10 => self.verdict.events.push(Happening::Pong(payload)),
            _ => {
                if let [high, low, reason @ ..] = &payload[..] {
                    // §7.4, and what was registered since.
                    let code = u16::from_be_bytes([*high, *low]);
                    let is_known = matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999);
                    Self::require(is_known, PROTOCOL_ERROR)?;
                    Self::require(std::str::from_utf8(reason).is_ok(), BAD_DATA)?;
                }
                Self::require(payload.len() != 1, PROTOCOL_ERROR)?;
                return Err(End::Close(payload));
            }
        }
        Ok(())
    }

    fn data(&mut self, opcode: u8, fin: bool, length: u64, mask: [u8; 4]) -> Result<(), End> {
        let limits = self.limits;
        Self::require(limits.frame == 0 || length <= limits.frame, TOO_BIG)?;
        let (data_type, mut message, fragments) = self.message.take().unwrap_or_else(|| {
            let data_type = if opcode == 1 {
                DataType::Text
            } else {
                DataType::Binary
            };
            (data_type, Vec::new(), 0)
        });
        // No memory is larger than that, whatever the limit.
        let most = isize::MAX as u64 - 1;
        let most = if limits.message == 0 {
            most
        } else {
            limits.message
        };
        Self::require(message.len() as u64 + length <= most, TOO_BIG)?;
        let fragments = fragments + 1;
        Self::require(
            limits.fragments == 0 || fragments <= limits.fragments,
            TOO_BIG,
        )?;

        let there = self
            .rest
            .len()
            .min(usize::try_from(length).unwrap_or(usize::MAX));
        let (payload, rest) = self.rest.split_at(there);
        self.rest = rest;
        message.extend(unmasked(payload, mask));
        let is_complete = there as u64 == length;
        if data_type == DataType::Text
            && let Err(error) = std::str::from_utf8(&message)
        {
            // A sequence that has only begun may still become one.
            let may_go_on = error.error_len().is_none() && !(is_complete && fin);
            Self::require(may_go_on, BAD_DATA)?;
        }
        if !is_complete {
            return Err(End::Open);
        }
        if fin {
            self.verdict
                .events
                .push(Happening::Message(data_type, message));
        } else {
            self.message = Some((data_type, message, fragments));
        }
        Ok(())
    }
}
