//! Compression (RFC 7692), in both directions.

use crate::counting::memory_of;
use crate::input::{Input, Pieces};
use wsoup::protocol::deflate::{
    Deflater, Direction, InflateError, Inflater, Level, MemoryLevel, Settings, WindowBits,
};

/// An inflater that knows how far back references go.
#[path = "../../../src/protocol/deflate/tests/reference.rs"]
mod reference;

/// What was compressed is inflated to what it was; what is hostile stops at its limit.
pub fn deflate(data: &[u8]) {
    let mut input = Input::new(data);
    if input.flag() {
        round_trip(input);
    } else {
        let limit = input.short().into();
        let pieces = input.byte();
        hostile(input.rest(), limit, pieces);
    }
}

/// Messages of one side, compressed as was agreed, are what they were at the other side.
fn round_trip(mut input: Input<'_>) {
    let direction = agree(&mut input);
    let mut deflater = Deflater::new(direction);
    let mut inflater = Inflater::new(direction);
    // What the peer's window holds, as far as references may go.
    let mut history = Vec::new();
    while !input.is_empty() {
        let how = input.byte();
        if how & 1 != 0 {
            let level = Level::new(how >> 4).unwrap_or_default();
            let memory = MemoryLevel::new(how >> 4).unwrap_or_default();
            deflater.set_levels(level, memory);
        }
        let wanted = how & 2 == 0;
        let repeated = if how & 4 == 0 { 1 } else { 40 };
        let message = input.counted().repeat(repeated);
        let mut rest = &message[..];
        let mut pieces = Pieces::new(how);
        let mut opcode = 0x02;
        let (mut compressed, mut is_compressed) = (Vec::new(), false);
        loop {
            let piece = if how & 8 == 0 {
                std::mem::take(&mut rest)
            } else {
                pieces.take(&mut rest)
            };
            let fin = rest.is_empty();
            let mut header = opcode | if fin { 0x80 } else { 0 };
            let made = deflater.process(&mut header, piece, wanted);
            let made = made.expect("the bit is free, and the compressor works");
            is_compressed |= header & 0x40 != 0;
            assert_eq!(made.is_some(), is_compressed);
            assert!(!is_compressed || wanted);
            let sent = made.as_deref().unwrap_or(piece);
            compressed.extend_from_slice(sent);
            // One byte less than there is would be too little.
            let inflated = inflater.process(&mut header, sent, piece.len() as u64);
            let inflated = inflated.expect("it is what was compressed");
            assert_eq!(inflated.as_deref().unwrap_or(sent), piece);
            assert_eq!(header & 0x70, 0);
            opcode = 0;
            if fin {
                break;
            }
        }
        if is_compressed {
            check_references(&compressed, &message, direction, &mut history);
        }
    }
}

/// The references stay within what the peer keeps.
fn check_references(
    compressed: &[u8],
    message: &[u8],
    direction: Direction,
    history: &mut Vec<u8>,
) {
    if !direction.context_takeover {
        history.clear();
    }
    let before = history.len();
    let flushed = [compressed, &[0, 0, 0xff, 0xff]].concat();
    let farthest = reference::inflate(&flushed, history);
    assert_eq!(&history[before..], message);
    assert!(farthest <= 1 << direction.max_window_bits.get());
}

/// Client and server agree on the same; returns what is agreed for one of them.
fn agree(input: &mut Input<'_>) -> Direction {
    let mut settings = || {
        let (flags, bits) = (input.byte(), input.byte());
        let window = |bits: u8| WindowBits::new(8 + bits % 8).unwrap_or(WindowBits::MAX);
        Settings {
            client_no_context_takeover: flags & 1 != 0,
            server_no_context_takeover: flags & 2 != 0,
            client_max_window_bits: window(bits),
            server_max_window_bits: window(bits >> 4),
        }
    };
    let (client, server) = (settings(), settings());
    let (here, answer) = server.accept(&client.offer());
    let there = client.verify(&answer).expect("the answer fits the offer");
    assert_eq!(here.server, there.server);
    // What the client wants for its own messages it may do unasked.
    assert!(there.client.max_window_bits <= here.client.max_window_bits);
    assert!(here.client.context_takeover || !there.client.context_takeover);
    if input.flag() {
        there.client
    } else {
        here.server
    }
}

/// Data that nobody compressed, in one frame and in fragments: the same comes out, within the limit
/// of a frame, and in memory that follows the limit.
fn hostile(data: &[u8], limit: u64, pieces: u8) {
    let in_frame = |inflater: &mut Inflater, mut header: u8, payload: &[u8]| {
        let inflated = inflater.process(&mut header, payload, limit);
        if let Ok(Some(inflated)) = &inflated {
            assert!(inflated.len() as u64 <= limit, "over the limit");
        }
        inflated.map(|inflated| inflated.expect("it is compressed"))
    };
    let mut inflater = Inflater::new(Direction::default());
    let (whole, _, most) = memory_of(|| in_frame(&mut inflater, 0xc2, data));
    let most_allowed = STATE + 4 * (limit as usize + data.len());
    assert!(most <= most_allowed, "{most} bytes for a limit of {limit}");

    let mut inflater = Inflater::new(Direction::default());
    let (mut pieces, mut rest) = (Pieces::new(pieces), data);
    let (mut inflated, mut opcode) = (Vec::new(), 0x42);
    let in_fragments = loop {
        let piece = pieces.take(&mut rest);
        let fin = if rest.is_empty() { 0x80 } else { 0 };
        match in_frame(&mut inflater, opcode | fin, piece) {
            Ok(more) => inflated.extend(more),
            Err(error) => break Err(error),
        }
        opcode = 0;
        if fin != 0 {
            break Ok(inflated);
        }
    };
    match (&whole, &in_fragments) {
        // Each fragment has the limit for itself.
        (Err(InflateError::TooBig), _) => (),
        _ => assert_eq!(whole, in_fragments),
    }
    // After a message that was cut the window may be anything, but not too much.
    if whole.is_ok() {
        let _ = in_frame(&mut inflater, 0xc2, b"\xf2\x48\xcd\xc9\xc9\x07\x00");
    }
}

/// What the state of an inflater takes, and the first of its output.
const STATE: usize = 128 * 1024;
