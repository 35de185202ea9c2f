//! What the protocol core costs, piece by piece: `cargo bench --bench protocol`.
//!
//! The masks and the check of UTF-8 are private; they are mounted here, so that each is measured
//! alone. Everything else is measured through the endpoint, as a driver uses it.

use std::hint::black_box;
use std::io::IoSlice;
use std::time::{Duration, Instant};

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use wsoup::protocol::deflate::{Deflater, Direction, Inflater};
use wsoup::protocol::{Config, DataType, Endpoint, Event, Role};

#[path = "../src/protocol/mask.rs"]
#[allow(
    dead_code,
    unused_imports,
    reason = "their tests come along and are not run"
)]
mod mask;
#[path = "../src/protocol/utf8.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "their tests come along and are not run"
)]
mod utf8;

const MASK: [u8; 4] = [0x12, 0x34, 0x56, 0x78];
const SIZES: [usize; 5] = [16, 125, 1024, 16 * 1024, 1024 * 1024];

/// Bytes of frames that are received at once, as one read brings them.
const READ_SIZE: usize = 64 * 1024;

const FIN: u8 = 0x80;
const TEXT: u8 = 0x1;
const BINARY: u8 = 0x2;

fn masks(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("mask");
    for size in SIZES {
        let mut data = vec![0x55; size];
        group.throughput(Throughput::Bytes(size as u64));
        group.bench_function(BenchmarkId::from_parameter(size), |bencher| {
            bencher.iter(|| mask::apply_mask(black_box(&mut data), black_box(MASK), 1));
        });
    }
}

fn texts(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("utf8");
    for (name, piece) in [("ascii", "just letters, "), ("mixed", "größer als 5 €, ")] {
        for size in SIZES {
            let text = text_of(piece, size);
            group.throughput(Throughput::Bytes(size as u64));
            group.bench_function(BenchmarkId::new(name, size), |bencher| {
                bencher.iter(|| {
                    let mut checker = utf8::Utf8Checker::default();
                    let result = checker.check(black_box(&text));
                    result.and_then(|()| checker.finish())
                });
            });
        }
    }
}

/// A read full of frames, parsed, unmasked, checked and turned into messages.
fn receiving(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("receive");
    for (name, opcode) in [("binary", BINARY), ("text", TEXT)] {
        for size in SIZES {
            let frame = client_frame(FIN | opcode, &vec![b'a'; size]);
            let count = (READ_SIZE / frame.len()).max(1);
            let input = frame.repeat(count);
            group.throughput(Throughput::Elements(count as u64));
            group.bench_function(BenchmarkId::new(name, size), |bencher| {
                let now = Instant::now();
                let mut endpoint = endpoint(Role::Server, now);
                bencher.iter(|| assert_eq!(receive(&mut endpoint, &input, now), count));
            });
        }
    }
}

/// A message of 64 KiB that comes in fragments, and in reads that end anywhere.
fn assembling(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("assemble");
    const SIZE: usize = 64 * 1024;
    group.throughput(Throughput::Bytes(SIZE as u64));
    for fragment in [128, 1024, 16 * 1024] {
        let count = SIZE / fragment;
        let input: Vec<u8> = (0..count)
            .flat_map(|number| {
                let opcode = if number == 0 { BINARY } else { 0 };
                let fin = if number == count - 1 { FIN } else { 0 };
                client_frame(fin | opcode, &vec![b'a'; fragment])
            })
            .collect();
        group.bench_function(BenchmarkId::new("fragments", fragment), |bencher| {
            let now = Instant::now();
            let mut endpoint = endpoint(Role::Server, now);
            bencher.iter(|| assert_eq!(receive(&mut endpoint, &input, now), 1));
        });
    }
    for read in [100, 1460, 16 * 1024] {
        let input = client_frame(FIN | BINARY, &vec![b'a'; SIZE]);
        group.bench_function(BenchmarkId::new("reads", read), |bencher| {
            let now = Instant::now();
            let mut endpoint = endpoint(Role::Server, now);
            bencher.iter(|| {
                let messages = input
                    .chunks(read)
                    .map(|read| receive(&mut endpoint, read, now));
                assert_eq!(messages.sum::<usize>(), 1);
            });
        });
    }
}

/// Messages that are queued, and offered as a write takes them.
fn sending(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("send");
    for (name, role) in [("server", Role::Server), ("client", Role::Client)] {
        for size in SIZES {
            let payload = vec![b'a'; size];
            let count = (READ_SIZE / size).max(1);
            group.throughput(Throughput::Elements(count as u64));
            group.bench_function(BenchmarkId::new(name, size), |bencher| {
                let now = Instant::now();
                let mut endpoint = endpoint(role, now);
                bencher.iter(|| {
                    for _ in 0..count {
                        endpoint
                            .send(DataType::Binary, black_box(&payload))
                            .expect("it is open");
                    }
                    while endpoint.has_output() {
                        let mut slices = [IoSlice::new(&[]); 16];
                        let filled = endpoint.transmit(&mut slices);
                        let length = slices[..filled].iter().map(|slice| slice.len()).sum();
                        endpoint.transmitted(length, now);
                    }
                });
            });
        }
    }
}

fn deflating(criterion: &mut Criterion) {
    let direction = Direction::default();
    let message = |size| {
        text_of(
            "{\"id\": 4711, \"name\": \"größer\", \"value\": 0.25}, ",
            size,
        )
    };
    let mut group = criterion.benchmark_group("deflate");
    for size in [125, 1024, 16 * 1024] {
        let text = message(size);
        group.throughput(Throughput::Bytes(size as u64));
        group.bench_function(BenchmarkId::new("compress", size), |bencher| {
            let mut deflater = Deflater::new(direction);
            bencher.iter(|| {
                deflater
                    .process(&mut (FIN | TEXT), black_box(&text), true)
                    .expect("it compresses")
            });
        });
        let mut header = FIN | TEXT;
        let compressed = Deflater::new(direction)
            .process(&mut header, &text, true)
            .expect("it compresses")
            .expect("it becomes smaller");
        group.bench_function(BenchmarkId::new("inflate", size), |bencher| {
            // Each time the first message: what the other side sends next refers to the last one.
            bencher.iter_batched_ref(
                || Inflater::new(direction),
                |inflater| {
                    inflater
                        .process(&mut header.clone(), black_box(&compressed), u64::MAX)
                        .expect("it inflates")
                },
                BatchSize::SmallInput,
            );
        });
    }
}

fn endpoint(role: Role, now: Instant) -> Endpoint {
    let mut config = Config::new(role);
    (config.max_payload_size, config.max_message_size) = (0, 0);
    Endpoint::new(role, config, || MASK, now)
}

/// Takes in what one read brought; returns how many messages that were.
fn receive(endpoint: &mut Endpoint, mut input: &[u8], now: Instant) -> usize {
    let mut messages = 0;
    while let Some(event) = endpoint.poll_event(&mut input, now) {
        match black_box(event) {
            Event::Message { .. } => messages += 1,
            event => panic!("unexpected: {event:?}"),
        }
    }
    messages
}

/// The bytes of a frame that a client sends.
fn client_frame(first_byte: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first_byte];
    match payload.len() {
        length @ 0..=125 => frame.push(0x80 | length as u8),
        length @ 126..=0xffff => {
            frame.push(0x80 | 126);
            frame.extend_from_slice(&(length as u16).to_be_bytes());
        }
        length => {
            frame.push(0x80 | 127);
            frame.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    frame.extend_from_slice(&MASK);
    mask::extend_masked(&mut frame, payload, MASK);
    frame
}

/// The piece over and over, and letters where a character would be cut.
fn text_of(piece: &str, size: usize) -> Vec<u8> {
    let mut text = piece.repeat(size / piece.len() + 1);
    text.truncate(text.floor_char_boundary(size));
    text.extend(std::iter::repeat_n('x', size - text.len()));
    text.into_bytes()
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1));
    targets = masks, texts, receiving, assembling, sending, deflating
}
criterion_main!(benches);
