//! Frame headers: what they may be, and their bytes (RFC 6455 §5.2).

use std::fmt;

use super::{DataType, ProtocolError, Role};

/// What a frame is (RFC 6455 §5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Opcode {
    /// A further fragment of a message.
    Continuation = 0x0,
    /// A text message, or its first fragment.
    Text = 0x1,
    /// A binary message, or its first fragment.
    Binary = 0x2,
    /// The sender will send no more.
    Close = 0x8,
    /// To be answered by a pong.
    Ping = 0x9,
    /// Answers a ping, or comes unasked.
    Pong = 0xa,
}

impl Opcode {
    /// Takes the opcode out of the first byte of a frame.
    pub(super) fn from_first_byte(byte: u8) -> Result<Self, ProtocolError> {
        match byte & OPCODE {
            0x0 => Ok(Self::Continuation),
            0x1 => Ok(Self::Text),
            0x2 => Ok(Self::Binary),
            0x8 => Ok(Self::Close),
            0x9 => Ok(Self::Ping),
            0xa => Ok(Self::Pong),
            reserved => Err(ProtocolError::ReservedOpcode(reserved)),
        }
    }

    /// The type of the message that a frame with this opcode begins.
    pub(super) fn data_type(self) -> Option<DataType> {
        match self {
            Self::Text => Some(DataType::Text),
            Self::Binary => Some(DataType::Binary),
            Self::Continuation | Self::Close | Self::Ping | Self::Pong => None,
        }
    }

    /// Control frames may stand between the fragments of a message (§5.5).
    pub(super) fn is_control(self) -> bool {
        match self {
            Self::Continuation | Self::Text | Self::Binary => false,
            Self::Close | Self::Ping | Self::Pong => true,
        }
    }
}

impl From<DataType> for Opcode {
    fn from(data_type: DataType) -> Self {
        match data_type {
            DataType::Text => Self::Text,
            DataType::Binary => Self::Binary,
        }
    }
}

impl fmt::Display for Opcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Continuation => "continuation",
            Self::Text => "text",
            Self::Binary => "binary",
            Self::Close => "close",
            Self::Ping => "ping",
            Self::Pong => "pong",
        })
    }
}

/// The header of a received frame that has passed all checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FrameHeader {
    /// The first byte, for the extensions.
    pub(super) first_byte: u8,
    pub(super) fin: bool,
    pub(super) opcode: Opcode,
    /// All zero when the frame is not masked.
    pub(super) mask: [u8; 4],
    pub(super) length: u64,
}

/// What decides whether a received header is right.
#[derive(Clone, Copy, Debug)]
pub(super) struct HeaderRules {
    /// The role of the receiver.
    pub(super) role: Role,
    /// The reserved bits to which extensions give a meaning, in the first frame of a message.
    pub(super) first_bits: u8,
    /// Those in other data frames.
    pub(super) continuation_bits: u8,
    /// A message is waiting for its next fragment.
    pub(super) in_message: bool,
}

impl FrameHeader {
    /// Reads the header at the beginning of `bytes`; returns it and its length.
    ///
    /// None when there is more to come. Each byte is checked as soon as it is there, in order, so
    /// that the error is the same however the header arrives in pieces.
    #[inline]
    pub(super) fn parse(
        bytes: &[u8],
        rules: HeaderRules,
    ) -> Result<Option<(Self, usize)>, ProtocolError> {
        let Some((&first_byte, bytes)) = bytes.split_first() else {
            return Ok(None);
        };
        let (fin, opcode) = check_first_byte(first_byte, rules)?;

        let Some((&second_byte, bytes)) = bytes.split_first() else {
            return Ok(None);
        };
        match (rules.role, second_byte & MASKED != 0) {
            (Role::Server, false) => return Err(ProtocolError::Unmasked),
            (Role::Client, true) => return Err(ProtocolError::Masked),
            (Role::Server, true) | (Role::Client, false) => (),
        }
        let short = second_byte & !MASKED;
        if opcode.is_control() && usize::from(short) > MAX_CONTROL_PAYLOAD {
            return Err(ProtocolError::LongControl(opcode));
        }

        let (length, bytes, length_size) = match short {
            LENGTH_16 => {
                let Some((length, bytes)) = bytes.split_first_chunk() else {
                    return Ok(None);
                };
                (u16::from_be_bytes(*length).into(), bytes, 2)
            }
            LENGTH_64 => {
                let Some((length, bytes)) = bytes.split_first_chunk() else {
                    return Ok(None);
                };
                (u64::from_be_bytes(*length), bytes, 8)
            }
            length => (length.into(), bytes, 0),
        };
        check_length(length, length_size)?;

        let (mask, mask_size) = match rules.role {
            Role::Client => ([0; 4], 0),
            Role::Server => {
                let Some(mask) = bytes.first_chunk() else {
                    return Ok(None);
                };
                (*mask, mask.len())
            }
        };
        let header = Self {
            first_byte,
            fin,
            opcode,
            mask,
            length,
        };
        Ok(Some((header, 2 + length_size + mask_size)))
    }
}

fn check_first_byte(byte: u8, rules: HeaderRules) -> Result<(bool, Opcode), ProtocolError> {
    let fin = byte & FIN != 0;
    let reserved_bits = byte & RESERVED_BITS;
    if reserved_bits & !(rules.first_bits | rules.continuation_bits) != 0 {
        return Err(ProtocolError::ReservedBits(byte));
    }
    let opcode = Opcode::from_first_byte(byte)?;
    let known_bits = match opcode {
        Opcode::Text | Opcode::Binary => rules.first_bits,
        Opcode::Continuation => rules.continuation_bits,
        Opcode::Close | Opcode::Ping | Opcode::Pong => 0,
    };
    if reserved_bits & !known_bits != 0 {
        return Err(ProtocolError::ReservedBits(byte));
    }
    if opcode.is_control() {
        if !fin {
            return Err(ProtocolError::FragmentedControl(opcode));
        }
    } else {
        check_sequence(opcode, rules.in_message)?;
    }
    Ok((fin, opcode))
}

/// Checks that a data frame continues a message when there is one, and only then (§5.4).
pub(super) fn check_sequence(opcode: Opcode, in_message: bool) -> Result<(), ProtocolError> {
    match (opcode == Opcode::Continuation, in_message) {
        (true, false) => Err(ProtocolError::UnexpectedContinuation),
        (false, true) => Err(ProtocolError::ExpectedContinuation(opcode)),
        (true, true) | (false, false) => Ok(()),
    }
}

/// Checks a length that was encoded in so many bytes behind the second one.
fn check_length(length: u64, encoded_size: usize) -> Result<(), ProtocolError> {
    let minimum = match encoded_size {
        2 => u64::from(LENGTH_16),
        8 => 1 << 16,
        _ => 0,
    };
    if length < minimum {
        return Err(ProtocolError::NonMinimalLength(length));
    }
    if length >> 63 != 0 {
        return Err(ProtocolError::LengthOverflow(length));
    }
    Ok(())
}

/// Appends the header of a frame to be sent.
pub(super) fn write_header(
    out: &mut Vec<u8>,
    first_byte: u8,
    length: usize,
    mask: Option<[u8; 4]>,
) {
    let masked = if mask.is_some() { MASKED } else { 0 };
    out.push(first_byte);
    match length {
        // Each of these casts keeps the value: the pattern bounds it, and no `usize` is longer
        // than 64 bits.
        0..=MAX_CONTROL_PAYLOAD => out.push(masked | length as u8),
        126..=0xffff => {
            out.push(masked | LENGTH_16);
            out.extend_from_slice(&(length as u16).to_be_bytes());
        }
        _ => {
            out.push(masked | LENGTH_64);
            out.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    if let Some(mask) = mask {
        out.extend_from_slice(&mask);
    }
}

/// In the first byte: the last fragment of its message.
pub(super) const FIN: u8 = 0x80;
/// In the first byte: RSV1, which says that a message is compressed (RFC 7692 §6).
pub(super) const RSV1: u8 = 0x40;
/// In the first byte: RSV1 to RSV3.
pub(super) const RESERVED_BITS: u8 = 0x70;
/// In the first byte: the opcode.
const OPCODE: u8 = 0x0f;
/// In the second byte: a mask stands before the payload.
const MASKED: u8 = 0x80;
/// In the second byte, for a length: it stands in the following two bytes.
const LENGTH_16: u8 = 126;
/// In the second byte, for a length: it stands in the following eight bytes.
const LENGTH_64: u8 = 127;
/// The longest payload of a control frame (§5.5).
pub(super) const MAX_CONTROL_PAYLOAD: usize = 125;
/// The longest header: two bytes, a length of eight and a mask of four.
pub(super) const MAX_HEADER: usize = 14;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RULES: HeaderRules = HeaderRules {
        role: Role::Client,
        first_bits: 0,
        continuation_bits: 0,
        in_message: false,
    };

    #[test]
    fn headers_of_the_rfc_are_read() {
        // RFC 6455 §5.7.
        for (bytes, role, fin, opcode, length, size) in [
            (
                &b"\x81\x05Hello"[..],
                Role::Client,
                true,
                Opcode::Text,
                5,
                2,
            ),
            (
                b"\x81\x85\x37\xfa\x21\x3d\x7f",
                Role::Server,
                true,
                Opcode::Text,
                5,
                6,
            ),
            (b"\x01\x03Hel", Role::Client, false, Opcode::Text, 3, 2),
            (b"\x89\x05Hello", Role::Client, true, Opcode::Ping, 5, 2),
            (
                b"\x82\x7e\x01\x00",
                Role::Client,
                true,
                Opcode::Binary,
                256,
                4,
            ),
            (
                b"\x82\x7f\0\0\0\0\0\x01\0\0",
                Role::Client,
                true,
                Opcode::Binary,
                65536,
                10,
            ),
        ] {
            let (header, found) = FrameHeader::parse(bytes, HeaderRules { role, ..RULES })
                .unwrap()
                .unwrap();
            assert_eq!(
                (header.fin, header.opcode, header.length),
                (fin, opcode, length)
            );
            assert_eq!(found, size);
            for shorter in 0..size {
                let parsed = FrameHeader::parse(&bytes[..shorter], HeaderRules { role, ..RULES });
                assert_eq!(parsed, Ok(None), "{shorter} bytes of {bytes:x?}");
            }
        }
    }

    proptest! {
        #[test]
        fn written_headers_are_read(
            fin: bool,
            length in prop_oneof![0..200_usize, 65_530..65_540_usize, any::<u32>().prop_map(|l| l as usize)],
            mask: Option<[u8; 4]>,
        ) {
            let first_byte = if fin { FIN } else { 0 } | Opcode::Binary as u8;
            let mut bytes = Vec::new();
            write_header(&mut bytes, first_byte, length, mask);
            prop_assert!(bytes.len() <= MAX_HEADER);
            let role = if mask.is_some() { Role::Server } else { Role::Client };
            let parsed = FrameHeader::parse(&bytes, HeaderRules { role, ..RULES });
            let header = FrameHeader {
                first_byte,
                fin,
                opcode: Opcode::Binary,
                mask: mask.unwrap_or_default(),
                length: length as u64,
            };
            prop_assert_eq!(parsed, Ok(Some((header, bytes.len()))));
        }
    }
}
