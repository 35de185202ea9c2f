//! What compression costs: memory of a connection, and of what a hostile peer sends.
//!
//! `cargo test --test deflate -- --nocapture` prints what docs/compression.md says.

mod support;

use support::counting::{Counting, memory_of};
use wsoup::protocol::deflate::{
    Deflater, Direction, InflateError, Inflater, Level, MemoryLevel, WindowBits,
};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const FIRST: u8 = 0x42;
const LAST: u8 = 0x80;
const MIB: usize = 1 << 20;

fn direction(bits: u8, context_takeover: bool) -> Direction {
    Direction {
        max_window_bits: WindowBits::new(bits).expect("from 8 to 15"),
        context_takeover,
    }
}

/// A MiB of zeros, compressed so that it can be repeated.
fn zeros() -> Vec<u8> {
    let mut deflater = Deflater::new(direction(15, false));
    let mut header = 0x02;
    let compressed = deflater.process(&mut header, &vec![0; MIB], true);
    compressed.expect("zeros can be compressed").expect("well")
}

#[test]
fn a_gibibyte_in_one_frame_stops_at_the_limit() {
    let bomb = zeros().repeat(1024);
    for limit in [128 * 1024, 16 * MIB] {
        let mut inflater = Inflater::new(Direction::default());
        let (result, kept, peak) =
            memory_of(|| inflater.process(&mut (FIRST | LAST), &bomb, limit as u64));
        assert_eq!(result, Err(InflateError::TooBig));
        println!("bomb of {} bytes, limit {limit}: peak {peak}", bomb.len());
        assert_eq!(kept, 0);
        assert!(peak <= 2 * limit + 64 * 1024, "{peak}");
    }
}

#[test]
fn a_gibibyte_in_many_frames_stops_at_the_limit() {
    let frame = zeros();
    let limit = 16 * MIB;
    let mut inflater = Inflater::new(Direction::default());
    let mut message = Vec::new();
    let (result, _, peak) = memory_of(|| {
        for index in 0..1024 {
            let mut header = if index == 0 { FIRST } else { 0 };
            let room = limit - message.len();
            match inflater.process(&mut header, &frame, room as u64)? {
                Some(inflated) => message.extend(inflated),
                None => panic!("it is compressed"),
            }
        }
        Ok(())
    });
    assert_eq!(result, Err(InflateError::TooBig));
    assert_eq!(message.len(), limit);
    println!("bomb in many frames, limit {limit}: peak {peak}");
    assert!(peak <= 3 * limit, "{peak}");
}

#[test]
fn a_million_tiny_frames_take_no_memory() {
    let mut inflater = Inflater::new(Direction::default());
    let (_, kept, peak) = memory_of(|| {
        for frame in 0..1_000_000 {
            let mut header = if frame == 0 { FIRST } else { 0 };
            let payload: &[u8] = if frame % 2 == 0 {
                b""
            } else {
                b"\0\0\0\xff\xff"
            };
            let inflated = inflater.process(&mut header, payload, 10);
            assert_eq!(inflated, Ok(Some(Vec::new())));
        }
    });
    assert!(kept <= 64 * 1024 && peak <= 64 * 1024, "{kept} {peak}");
}

#[test]
fn what_need_not_be_remembered_is_given_back() {
    let text = b"some words, some words, some words";
    for context_takeover in [true, false] {
        let direction = direction(15, context_takeover);
        let (mut deflater, mut inflater) = (Deflater::new(direction), Inflater::new(direction));
        let ((), kept, _) = memory_of(|| {
            let mut header = 0x81;
            let compressed = deflater.process(&mut header, text, true);
            let compressed = compressed.expect("text can be compressed").expect("well");
            let inflated = inflater.process(&mut header, &compressed, 100);
            assert_eq!(inflated, Ok(Some(text.to_vec())));
        });
        assert_eq!(kept > 0, context_takeover, "{kept}");
    }
}

#[test]
fn memory_of_a_connection() {
    let text = b"some words, some words, some words";
    let mut compressed = Vec::new();
    println!("window bits, memory level: bytes to compress");
    for (bits, memory_level) in [(15, 9), (15, 8), (15, 5), (15, 1), (12, 5), (9, 1)] {
        let mut deflater = Deflater::new(direction(bits, true));
        let memory_level_ = MemoryLevel::new(memory_level).expect("from 1 to 9");
        deflater.set_levels(Level::default(), memory_level_);
        let ((), kept, _) = memory_of(|| {
            let made = deflater.process(&mut 0x81, text, true);
            compressed.clear();
            compressed.extend(made.expect("text can be compressed").expect("well"));
        });
        println!("{bits}, {memory_level}: {kept}");
        assert!(kept < 512 * 1024);
    }
    let mut inflater = Inflater::new(Direction::default());
    let (_, kept, _) = memory_of(|| inflater.process(&mut 0xc1, &compressed, 100).map(drop));
    println!("to inflate: {kept}");
    assert!(kept < 64 * 1024);
}
