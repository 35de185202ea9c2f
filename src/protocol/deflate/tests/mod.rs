//! What holds for both halves together, and for what peers may send.

use super::{super::frame::RSV1, *};
use proptest::{collection::vec, prelude::*};

mod reference;

const FIRST: u8 = 0x02;
const FINAL: u8 = 0x80;
const NO_LIMIT: u64 = u64::MAX;

fn direction(bits: u8, context_takeover: bool) -> Direction {
    Direction {
        max_window_bits: WindowBits::new(bits).unwrap(),
        context_takeover,
    }
}

/// The first bytes of the frames of a message in so many fragments.
fn headers(fragments: usize) -> impl Iterator<Item = u8> {
    (0..fragments).map(move |index| {
        let opcode = if index == 0 { FIRST } else { 0 };
        let fin = if index + 1 == fragments { FINAL } else { 0 };
        opcode | fin
    })
}

/// Gives a message in these frames to an inflater.
fn inflate(inflater: &mut Inflater, frames: &[&[u8]]) -> Result<Vec<u8>, InflateError> {
    let mut message = Vec::new();
    for (header, frame) in headers(frames.len()).zip(frames) {
        let compressed = if header & FIRST != 0 { RSV1 } else { 0 };
        let mut header = header | compressed;
        let inflated = inflater.process(&mut header, frame, NO_LIMIT)?;
        assert_eq!(header & RSV1, 0);
        message.extend(inflated.unwrap());
    }
    Ok(message)
}

fn deflate(deflater: &mut Deflater, message: &[u8]) -> Option<Vec<u8>> {
    let mut header = FINAL | FIRST;
    let compressed = deflater.process(&mut header, message, true).unwrap();
    assert_eq!(header & RSV1 != 0, compressed.is_some());
    compressed
}

/// Text of many words that return at all distances, and now and then none.
fn message() -> impl Strategy<Value = Vec<u8>> {
    let words = vec((0..200_u16, 1..30_usize), 0..400).prop_map(|words| {
        let word = |(word, length): (u16, usize)| format!("{:x} ", word * 257).repeat(length);
        words.into_iter().map(word).collect::<String>().into_bytes()
    });
    prop_oneof![4 => words, 1 => vec(any::<u8>(), 0..3000), 1 => Just(Vec::new())]
}

fn chunks(bytes: &[u8], size: usize) -> Vec<&[u8]> {
    let mut chunks: Vec<_> = bytes.chunks(size).collect();
    if chunks.is_empty() {
        chunks.push(&[]);
    }
    chunks
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_was_deflated_is_inflated(
        bits in 8..=15_u8,
        context_takeover: bool,
        level in 0..=9_u8,
        memory_level in 1..=9_u8,
        messages in vec((message(), 1..2000_usize, 1..2000_usize, any::<bool>()), 1..6),
    ) {
        let direction = direction(bits, context_takeover);
        let mut deflater = Deflater::new(direction);
        let levels = (Level::new(level).unwrap(), MemoryLevel::new(memory_level).unwrap());
        deflater.set_levels(levels.0, levels.1);
        let mut inflater = Inflater::new(direction);
        for (message, fragment_size, frame_size, wanted) in messages {
            // In fragments, and cut anew, as a middlebox may.
            let fragments = chunks(&message, fragment_size);
            let mut compressed = Vec::new();
            let mut is_compressed = false;
            for (mut header, fragment) in headers(fragments.len()).zip(&fragments) {
                let processed = deflater.process(&mut header, fragment, wanted).unwrap();
                is_compressed |= header & RSV1 != 0;
                prop_assert_eq!(processed.is_some(), is_compressed);
                compressed.extend(processed.unwrap_or_default());
            }
            if is_compressed {
                let inflated = inflate(&mut inflater, &chunks(&compressed, frame_size));
                prop_assert_eq!(inflated, Ok(message));
            } else {
                let mut header = FINAL | FIRST;
                prop_assert_eq!(inflater.process(&mut header, &message, 0), Ok(None));
            }
        }
    }

    #[test]
    fn no_reference_goes_beyond_the_window(
        bits in 8..=15_u8,
        level in 1..=9_u8,
        messages in vec(message(), 1..4),
    ) {
        let mut deflater = Deflater::new(direction(bits, true));
        deflater.set_levels(Level::new(level).unwrap(), MemoryLevel::default());
        let (mut expected, mut inflated) = (Vec::new(), Vec::new());
        for message in messages {
            if let Some(mut compressed) = deflate(&mut deflater, &message) {
                expected.extend(message);
                compressed.extend(TAIL);
                let farthest = reference::inflate(&compressed, &mut inflated);
                prop_assert!(farthest <= 1 << bits, "{farthest} bytes back");
            }
        }
        prop_assert_eq!(inflated, expected);
    }

    #[test]
    fn anything_at_all_is_survived(
        context_takeover: bool,
        frames in vec((any::<u8>(), vec(any::<u8>(), 0..100)), 0..20),
        limit in 0..300_u64,
    ) {
        let mut inflater = Inflater::new(direction(15, context_takeover));
        for (mut header, payload) in frames {
            if let Ok(Some(inflated)) = inflater.process(&mut header, &payload, limit) {
                prop_assert!(inflated.len() as u64 <= limit);
            }
        }
    }

    #[test]
    fn damaged_data_is_survived(
        message in message(),
        damage in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        limit in 0..100_000_u64,
    ) {
        let mut compressed = deflate(&mut Deflater::new(Direction::default()), &message)
            .unwrap_or_else(|| vec![0; 9]);
        for (at, byte) in damage {
            let at = at.index(compressed.len());
            compressed[at] = byte;
        }
        let mut inflater = Inflater::new(Direction::default());
        let inflated = inflater.process(&mut (FINAL | RSV1 | FIRST), &compressed, limit);
        if let Ok(Some(inflated)) = inflated {
            prop_assert!(inflated.len() as u64 <= limit);
        }
    }

    #[test]
    fn the_limit_is_exact(length in 0..100_000_usize, cut in 1..200_usize) {
        let message = vec![b'x'; length];
        let compressed = deflate(&mut Deflater::new(Direction::default()), &message);
        let compressed = compressed.unwrap_or_else(|| vec![0]);
        // One byte would be no smaller when it is compressed, but then it would be sent so.
        prop_assume!(length != 1);
        let inflate = |limit: usize| {
            let mut inflater = Inflater::new(Direction::default());
            inflater.process(&mut (FINAL | RSV1 | FIRST), &compressed, limit as u64)
        };
        prop_assert_eq!(inflate(length), Ok(Some(message)));
        if let Some(limit) = length.checked_sub(cut) {
            prop_assert_eq!(inflate(limit), Err(InflateError::TooBig));
        }
    }
}

#[test]
fn references_go_as_far_as_the_window_allows() {
    let mut message = b"what is seen again".to_vec();
    let between = (0..300_u32).map(|number| format!("{:08x}", number.wrapping_mul(0x9e37_79b9)));
    message.extend(between.collect::<String>().bytes());
    message.extend(b"what is seen again");
    let farthest = |bits| {
        let mut compressed = deflate(&mut Deflater::new(direction(bits, true)), &message).unwrap();
        compressed.extend(TAIL);
        let mut inflated = Vec::new();
        let farthest = reference::inflate(&compressed, &mut inflated);
        assert_eq!(inflated, message);
        farthest
    };
    assert!(farthest(15) > 2400);
    assert!(farthest(8) < 256);
}

#[test]
fn examples_of_the_rfc_are_inflated() {
    // RFC 7692 §7.2.3.
    for (frames, expected) in [
        (&[&b"\xf2\x48\xcd\xc9\xc9\x07\x00"[..]][..], &b"Hello"[..]),
        (&[b"\xf2\x48\xcd", b"\xc9\xc9\x07\x00"], b"Hello"),
        (&[b"\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00"], b"Hello"),
        (&[b"\xf3\x48\xcd\xc9\xc9\x07\x00\x00"], b"Hello"),
        (
            &[b"\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"],
            b"Hello",
        ),
        (&[b"\x00"], b""),
    ] {
        for context_takeover in [true, false] {
            let mut inflater = Inflater::new(direction(15, context_takeover));
            for _ in 0..3 {
                assert_eq!(inflate(&mut inflater, frames).as_deref(), Ok(expected));
            }
        }
    }
    // §7.2.3.2: the second message refers to the first.
    let mut inflater = Inflater::new(Direction::default());
    let first = inflate(&mut inflater, &[b"\xf2\x48\xcd\xc9\xc9\x07\x00"]);
    let second = inflate(&mut inflater, &[b"\xf2\x00\x11\x00\x00"]);
    assert_eq!(
        (first.unwrap(), second.unwrap()),
        (b"Hello".to_vec(), b"Hello".to_vec())
    );
    let mut forgetful = Inflater::new(direction(15, false));
    inflate(&mut forgetful, &[b"\xf2\x48\xcd\xc9\xc9\x07\x00"]).unwrap();
    let second = inflate(&mut forgetful, &[b"\xf2\x00\x11\x00\x00"]);
    assert_eq!(second, Err(InflateError::InvalidData));
}

#[test]
fn examples_of_the_rfc_are_what_is_sent() {
    let mut deflater = Deflater::new(Direction::default());
    let hello = b"HelloHello";
    let first = deflate(&mut deflater, hello).unwrap();
    let second = deflate(&mut deflater, hello).unwrap();
    assert!(second.len() < first.len(), "{first:x?} {second:x?}");
    let mut forgetful = Deflater::new(direction(15, false));
    assert_eq!(
        deflate(&mut forgetful, hello),
        deflate(&mut forgetful, hello)
    );
}

#[test]
fn blocks_behind_the_last_one_begin_anew() {
    let hello = b"\xf3\x48\xcd\xc9\xc9\x07\x00";
    let both = [&hello[..], &hello[..], b"\x00"].concat();
    let mut inflater = Inflater::new(Direction::default());
    for frames in [
        &[&both[..]][..],
        &[hello, hello, b"\x00"],
        &[hello, hello],
        &[hello, hello, b""],
    ] {
        assert_eq!(inflate(&mut inflater, frames).unwrap(), b"HelloHello");
    }
    let garbage = [&hello[..], b"BB"].concat();
    assert_eq!(
        inflate(&mut inflater, &[&garbage]),
        Err(InflateError::InvalidData)
    );
}

#[test]
fn messages_without_a_byte_leave_the_stream_as_it_is() {
    let mut inflater = Inflater::new(Direction::default());
    for _ in 0..2 {
        assert_eq!(inflate(&mut inflater, &[b""]).unwrap(), b"");
        assert_eq!(inflate(&mut inflater, &[b"", b"", b""]).unwrap(), b"");
        let hello = inflate(&mut inflater, &[b"", b"\xf2\x48\xcd\xc9\xc9\x07\x00", b""]);
        assert_eq!(hello.unwrap(), b"Hello");
    }
}

#[test]
fn messages_that_are_cut_are_invalid() {
    let message: Vec<u8> = (0..200_u8).flat_map(|byte| [byte, byte]).collect();
    let compressed = deflate(&mut Deflater::new(Direction::default()), &message).unwrap();
    let cut = &compressed[..compressed.len() - 10];
    let inflated = inflate(&mut Inflater::new(Direction::default()), &[cut]);
    assert_ne!(inflated.as_ref(), Ok(&message));
}

#[test]
fn the_bit_belongs_to_the_first_frame() {
    let mut inflater = Inflater::new(Direction::default());
    let mut header = RSV1 | FIRST;
    assert_eq!(inflater.process(&mut header, b"", 10), Ok(Some(Vec::new())));
    assert_eq!(header, FIRST);
    let misplaced = inflater.process(&mut (RSV1 | FINAL), b"\x00", 10);
    assert_eq!(misplaced, Err(InflateError::MisplacedBit));
    let used = Deflater::new(Direction::default()).process(&mut (RSV1 | FINAL | FIRST), b"x", true);
    assert_eq!(used, Err(DeflaterFailed::BitIsUsed));
}

#[test]
fn control_frames_and_what_is_not_compressed_are_left_alone() {
    let mut inflater = Inflater::new(Direction::default());
    let mut deflater = Deflater::new(Direction::default());
    for header in [0x81, 0x02, 0x00, 0x80, 0x88, 0x89, 0x8a, 0x83] {
        let mut same = header;
        assert_eq!(inflater.process(&mut same, b"xxxxxxxxx", 1), Ok(None));
        assert_eq!(deflater.process(&mut same, b"xxxxxxxxx", false), Ok(None));
        assert_eq!(same, header);
    }
    // A ping between fragments.
    assert!(
        inflater
            .process(&mut (RSV1 | FIRST), b"\xf2\x48\xcd", 9)
            .is_ok()
    );
    assert_eq!(inflater.process(&mut 0x89, b"ping", 9), Ok(None));
    let rest = inflater.process(&mut FINAL.clone(), b"\xc9\xc9\x07\x00", 9);
    assert_eq!(rest, Ok(Some(b"llo".to_vec())));
}

#[test]
fn what_does_not_become_smaller_is_sent_as_it_is() {
    let mut state = 1_u64;
    let mut random = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 56) as u8
    };
    let noise: Vec<u8> = (0..40_000).map(|_| random()).collect();
    let text = b"some words, some words, some words".as_slice();
    for context_takeover in [true, false] {
        let direction = direction(15, context_takeover);
        let mut deflater = Deflater::new(direction);
        let mut inflater = Inflater::new(direction);
        let first = deflate(&mut deflater, text).unwrap();
        assert_eq!(inflate(&mut inflater, &[&first]).unwrap(), text);
        // A small one would cost the context, if there is one.
        let small = deflate(&mut deflater, &noise[..50]);
        assert_eq!(small.is_some(), context_takeover);
        if let Some(small) = small {
            assert_eq!(inflate(&mut inflater, &[&small]).unwrap(), &noise[..50]);
        }
        assert_eq!(deflate(&mut deflater, &noise), None);
        let last = deflate(&mut deflater, text).unwrap();
        assert_eq!(inflate(&mut inflater, &[&last]).unwrap(), text);
    }
}
