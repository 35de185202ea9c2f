//! What is queued comes out in the right order, and no more of it than should.

use super::*;

const TEXT: u8 = FIN | Opcode::Text as u8;

fn queue() -> Queue {
    Queue::new(Role::Server, || [0; 4])
}

/// What is offered to so many slices, in one piece.
fn offered(queue: &mut Queue, slices: usize) -> Vec<u8> {
    let mut slices = vec![IoSlice::new(&[]); slices];
    let filled = queue.offer(&mut slices);
    crate::protocol::tests::gather(&slices[..filled])
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
fn close_frame_waits_until_it_is_offered() {
    let mut queue = queue();
    assert!(!queue.close_waits());
    queue.push_data(TEXT, b"data");
    assert_eq!(offered(&mut queue, 1).len(), 6);
    assert!(!queue.close_waits());
    queue.push_shared(TEXT, vec![0; SHARED_SIZE]);
    queue.push_close(b"");
    queue.push_pong(b"");
    assert!(queue.close_waits());
    // All but the close frame.
    assert_eq!(offered(&mut queue, 4).len(), 6 + 2 + 4 + SHARED_SIZE);
    assert!(queue.close_waits());
    assert_eq!(offered(&mut queue, 5).len(), 6 + 2 + 4 + SHARED_SIZE + 2);
    assert!(!queue.close_waits());
    drain(&mut queue, usize::MAX);
    assert!(!queue.close_waits());
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
fn shared_payloads_are_dropped_by_whoever_takes_them() {
    let payload = std::sync::Arc::new([0; SHARED_SIZE]);
    let count = || std::sync::Arc::strong_count(&payload) - 1;
    #[derive(Clone)]
    struct Shared(std::sync::Arc<[u8; SHARED_SIZE]>);
    impl AsRef<[u8]> for Shared {
        fn as_ref(&self) -> &[u8] {
            &*self.0
        }
    }
    let mut queue = queue();
    let push = |queue: &mut Queue| queue.push_shared(TEXT, Shared(payload.clone()));
    // Written; dropped because of an error; dropped because of the end.
    for _ in 0..3 {
        push(&mut queue);
    }
    offered(&mut queue, 4);
    queue.written(SHARED_SIZE + 4);
    queue.push_error_close(b"");
    queue.clear();
    assert_eq!(count(), 3);
    let taken = queue.take_done_with();
    assert_eq!((taken.len(), queue.take_done_with().len()), (3, 0));
    drop(taken);
    assert_eq!(count(), 0);
    // Whoever does not take them need not keep them for ever.
    push(&mut queue);
    drain(&mut queue, usize::MAX);
    assert_eq!(count(), 1);
    queue.push_data(TEXT, b"next");
    drain(&mut queue, usize::MAX);
    assert_eq!(count(), 0);
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
