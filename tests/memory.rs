//! What a peer can make the library allocate, and how long it can make it work: memory is counted by
//! an allocator, and time is compared with that for half as much.

mod support;

use gio::prelude::*;
use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};
use support::counting::{Counting, memory_of};
use support::raw::{
    Ends, RawPeer, accept, frame_to, frames_from, listener, settle, start_connecting,
};
use support::{block_on, echo, start, wait_until, with_context};
use wsoup::WebsocketConnectionType::{self, Client, Server};
use wsoup::WebsocketError;
use wsoup::protocol::deflate::{Deflater, Direction};
use wsoup::protocol::handshake::{check_request, parse_extensions};
use wsoup::protocol::{Config, Endpoint, Event, Role};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Returns the most bytes that this thread held in `work`, beyond those that it had before.
fn most_in(work: impl FnOnce()) -> usize {
    memory_of(work).2
}

/// What a connection takes beside messages: the shared buffer it reads into, and that of the peer.
const LITTLE: usize = 512 * 1024;

const BOTH: [WebsocketConnectionType; 2] = [Client, Server];

#[track_caller]
fn unlimited(context: &glib::MainContext, role: WebsocketConnectionType) -> Ends {
    let ends = Ends::open(context, role);
    ends.connection.set_max_incoming_payload_size(0);
    ends.connection.set_max_total_message_size(0);
    ends
}

#[test]
fn most_memory_is_counted() {
    assert_eq!(most_in(|| drop(vec![0_u8; 1 << 20])), 1 << 20);
}

#[test]
fn a_huge_declared_length_allocates_nothing() {
    for role in BOTH {
        for length in [1_u64 << 31, 1 << 32, 1 << 40, 1 << 62] {
            with_context(|context| {
                let ends = unlimited(context, role);
                let mask_bit = if role == Server { 0x80 } else { 0 };
                let mut bytes = vec![0x82, 127 | mask_bit];
                bytes.extend(length.to_be_bytes());
                bytes.extend([0; 1000]);
                let most = most_in(|| {
                    ends.peer.send(context, &bytes);
                    settle(context);
                });
                assert_eq!(ends.log.len(), 0, "{:?}", ends.log.entries());
                assert!(most < LITTLE, "{role:?} {length}: {most} bytes");
            });
        }
    }
}

#[test]
fn a_million_fragments_take_the_memory_of_one_message() {
    for role in BOTH {
        for payload in [&b""[..], b"x"] {
            with_context(|context| {
                let ends = unlimited(context, role);
                let bytes = [
                    frame_to(role, 0x02, payload),
                    frame_to(role, 0x00, payload).repeat(1_000_000),
                    frame_to(role, 0x80, b"end"),
                ]
                .concat();
                let most = most_in(|| {
                    ends.peer.send(context, &bytes);
                    wait_until(context, "the message", || ends.log.len() > 0);
                });
                let size = 3 + payload.len() * 1_000_001;
                // It grows by doubling, in place or not, and the log looks at it as text.
                assert!(most < LITTLE + 4 * size, "{role:?} {size}: {most} bytes");
                let kind = if size > 40 {
                    format!("{size} bytes")
                } else {
                    "end".into()
                };
                assert_eq!(ends.log.entries(), [format!("message Binary {kind}")]);
            });
        }
    }
}

#[test]
fn fragments_without_end_are_refused_in_little_memory() {
    for role in BOTH {
        with_context(|context| {
            let ends = unlimited(context, role);
            let bytes = [
                frame_to(role, 0x02, b""),
                frame_to(role, 0x00, b"").repeat(1 << 20),
            ]
            .concat();
            let most = most_in(|| {
                ends.peer.send(context, &bytes);
                wait_until(context, "the refusal", || ends.log.has("closing"));
            });
            assert!(most < LITTLE, "{role:?}: {most} bytes");
            assert_refused(role, &ends, 1009);
        });
    }
}

#[test]
fn a_message_in_parts_that_goes_on_while_closing_takes_little_memory() {
    for (role, joins) in BOTH
        .into_iter()
        .flat_map(|role| [(role, false), (role, true)])
    {
        with_context(|context| {
            let ends = Ends::open(context, role);
            let connection = &ends.connection;
            connection.set_max_total_message_size(100_000);
            connection.set_close_timeout(60);
            ends.peer.send(context, &frame_to(role, 0x82, b"x"));
            let first = block_on(context, connection.receive_stream_future());
            drop(first.expect("no error").expect("a message"));
            ends.peer.send(context, &frame_to(role, 0x02, b"x"));
            settle(context);
            let received = start(context, {
                let connection = connection.clone();
                async move {
                    if joins {
                        return connection.receive_future().await.map(|_| None);
                    }
                    connection.receive_stream_future().await
                }
            });
            settle(context);
            connection.close(1000, None);
            let rest = [
                frame_to(role, 0x00, &[7; 1000]).repeat(8000),
                frame_to(role, 0x80, b"the end"),
                frame_to(role, 0x82, b"another one"),
                frame_to(role, 0x88, b"\x03\xe8"),
            ]
            .concat();
            let most = most_in(|| {
                ends.peer.send(context, &rest);
                wait_until(context, "the answer", || connection.close_code() == 1000);
            });
            assert!(most < LITTLE, "{role:?} {joins}: {most} bytes");
            let received = received.take().expect("it has ended");
            if joins {
                let error = received.expect_err("it is too big");
                assert!(error.matches(WebsocketError::TooBig), "{error}");
            } else {
                let (_, stream) = received.expect("no error").expect("a message");
                let read = stream.read_all_future(vec![0; 8_100_000], glib::Priority::DEFAULT);
                let (_, length, error) = block_on(context, read).expect("something is there");
                let kept = 64 * 1024;
                assert!((kept..kept + 1001).contains(&length), "{length}");
                let error = error.expect("it is cut");
                assert!(error.matches(gio::IOErrorEnum::Closed), "{error}");
            }
            let end = block_on(context, connection.receive_future());
            assert!(matches!(end, Ok(None)), "what is behind is dropped");
            ends.peer.shutdown_write();
            wait_until(context, "the end", || ends.log.has("closed"));
        });
    }
}

#[test]
fn a_message_that_comes_byte_by_byte_takes_twice_its_size() {
    for role in BOTH {
        with_context(|context| {
            let ends = unlimited(context, role);
            let frame = frame_to(role, 0x82, &[7; 100_000]);
            let most = most_in(|| {
                for byte in &frame {
                    ends.peer.send_deaf(context, &[*byte]);
                }
                wait_until(context, "the message", || ends.log.len() > 0);
            });
            assert!(most < LITTLE + 400_000, "{role:?}: {most} bytes");
        });
    }
}

#[test]
fn pings_to_which_nobody_reads_the_answers_take_little_memory() {
    for role in BOTH {
        with_context(|context| {
            let ends = unlimited(context, role);
            let pings = frame_to(role, 0x89, &[b'x'; 125]).repeat(1000);
            let most = most_in(|| {
                for _ in 0..200 {
                    ends.peer.send_deaf(context, &pings);
                }
            });
            assert!(most < LITTLE, "{role:?}: {most} bytes");
            assert_eq!(ends.log.len(), 0, "{:?}", ends.log.entries());
        });
    }
}

/// What compresses `times` mebibytes of zeros, without the end of a message; it is a thousandth of that.
fn bomb(times: usize) -> Vec<u8> {
    let mut deflater = Deflater::new(Direction::default());
    let mut bomb = Vec::new();
    for time in 0..times {
        // All of them are fragments of one message: with the tail that is left out at its end only.
        let mut header = if time == 0 { 0x02 } else { 0x00 };
        let compressed = deflater.process(&mut header, &[0; 1 << 20], true);
        bomb.extend(
            compressed
                .expect("it can be compressed")
                .expect("it is compressed"),
        );
    }
    bomb
}

#[test]
fn a_frame_that_inflates_far_is_stopped_at_the_limit() {
    let bomb = bomb(64);
    for role in BOTH {
        for (frame_limit, message_limit) in [(1 << 20, 0), (0, 1 << 20), (1 << 20, 1 << 20)] {
            with_context(|context| {
                let ends = Ends::open_compressed(context, role);
                ends.connection.set_max_incoming_payload_size(frame_limit);
                ends.connection.set_max_total_message_size(message_limit);
                let bytes = frame_to(role, 0xc2, &bomb);
                let most = most_in(|| {
                    ends.peer.send(context, &bytes);
                    wait_until(context, "the refusal", || ends.log.has("closing"));
                });
                assert!(most < LITTLE + (4 << 20), "{role:?}: {most} bytes");
                assert_refused(role, &ends, 1009);
            });
        }
    }
}

#[test]
fn a_message_that_inflates_far_in_many_frames_is_stopped_at_the_limit() {
    let bomb = bomb(64);
    for role in BOTH {
        with_context(|context| {
            let ends = Ends::open_compressed(context, role);
            ends.connection.set_max_incoming_payload_size(0);
            ends.connection.set_max_total_message_size(1 << 20);
            let mut first_byte = 0x42;
            let mut bytes = Vec::new();
            for piece in bomb.chunks(100) {
                bytes.extend(frame_to(role, first_byte, piece));
                first_byte = 0x00;
            }
            let most = most_in(|| {
                ends.peer.send(context, &bytes);
                wait_until(context, "the refusal", || ends.log.has("closing"));
            });
            assert!(most < LITTLE + (4 << 20), "{role:?}: {most} bytes");
            assert_refused(role, &ends, 1009);
        });
    }
}

/// Blocks that hold nothing inflate to nothing, however many they are.
#[test]
fn compressed_data_without_end_that_inflates_to_nothing_is_stopped_too() {
    let empty_block = b"\x00\x00\x00\xff\xff";
    for role in BOTH {
        with_context(|context| {
            let ends = Ends::open_compressed(context, role);
            ends.connection.set_max_incoming_payload_size(0);
            ends.connection.set_max_total_message_size(1 << 20);
            let bytes = frame_to(role, 0xc2, &empty_block.repeat(4 << 20));
            let most = most_in(|| {
                ends.peer.send(context, &bytes);
                wait_until(context, "the refusal", || ends.log.has("closing"));
            });
            assert!(most < LITTLE + (2 << 20), "{role:?}: {most} bytes");
            assert_refused(role, &ends, 1009);
        });
        with_context(|context| {
            let ends = Ends::open_compressed(context, role);
            ends.connection.set_max_incoming_payload_size(0);
            ends.connection.set_max_total_message_size(1 << 20);
            let fragment = frame_to(role, 0x00, empty_block);
            let bytes = [frame_to(role, 0x42, empty_block), fragment.repeat(1 << 20)].concat();
            let most = most_in(|| {
                ends.peer.send(context, &bytes);
                wait_until(context, "the refusal", || ends.log.has("closing"));
            });
            assert!(most < LITTLE, "{role:?}: {most} bytes");
            assert_refused(role, &ends, 1009);
        });
    }
}

/// Blocks that are not compressed (RFC 1951 §3.2.4): one with `content`, and many with nothing.
fn padded(content: &[u8], empty_blocks: usize) -> Vec<u8> {
    let length = content.len() as u16;
    let header = [&[0][..], &length.to_le_bytes(), &(!length).to_le_bytes()].concat();
    let padding = b"\x00\x00\x00\xff\xff".repeat(empty_blocks);
    [&header, content, &padding].concat()
}

/// Sends `bytes`, and waits until they have been taken in: there is an answer to a ping behind them.
#[track_caller]
fn send_and_wait(context: &glib::MainContext, ends: &Ends, bytes: &[u8]) {
    let role = ends.connection.connection_type();
    ends.peer.send(context, bytes);
    ends.peer.send(context, &frame_to(role, 0x89, b""));
    wait_until(context, "the pong", || {
        frames_from(role, &mut &ends.peer.received()[..]) == [(0x8a, Vec::new())]
    });
}

#[test]
fn fragments_that_nobody_reads_take_little_memory() {
    let one_byte = padded(b"x", 200);
    for role in BOTH {
        for (first_byte, payload, count) in [(0x02, &b"x"[..], 60_000), (0x42, &one_byte, 1000)] {
            with_context(|context| {
                let ends = Ends::open_compressed(context, role);
                ends.peer
                    .send(context, &frame_to(role, first_byte, payload));
                let received = block_on(context, ends.connection.receive_stream_future());
                let (_, stream) = received.expect("no error").expect("a message");
                let fragments = frame_to(role, 0x00, payload).repeat(count);
                let most = most_in(|| send_and_wait(context, &ends, &fragments));
                assert!(most < LITTLE, "{role:?} {first_byte:#x}: {most} bytes");
                let reading = stream.read_bytes_future(1 << 20, glib::Priority::DEFAULT);
                let bytes = block_on(context, reading).expect("it can be read");
                assert_eq!(*bytes, *vec![b'x'; count + 1]);
            });
        }
    }
}

#[test]
fn messages_that_wait_take_little_memory_however_they_were_compressed() {
    let compressed = [padded(&[b'x'; 1100], 2000), vec![0]].concat();
    for role in BOTH {
        with_context(|context| {
            let ends = Ends::open_compressed(context, role);
            ends.connection.pause();
            let messages = frame_to(role, 0xc2, &compressed).repeat(50);
            let most = most_in(|| send_and_wait(context, &ends, &messages));
            assert_eq!(ends.log.len(), 0, "{:?}", ends.log.entries());
            assert!(most < LITTLE, "{role:?}: {most} bytes");
        });
    }
}

#[test]
fn a_call_that_receives_leaves_the_messages_behind_where_they_are() {
    with_context(|context| {
        let ends = Ends::open(context, Client);
        ends.connection.pause();
        send_and_wait(context, &ends, &frame_to(Client, 0x82, b"x").repeat(900));
        let receive = || {
            let received = block_on(context, ends.connection.receive_future());
            assert!(received.expect("no error").is_some());
        };
        // From here on, calls take them out.
        receive();
        let most = most_in(|| drop(ends.connection.receive_future()));
        assert!(most < 1024, "{most} bytes");
        (1..900).for_each(|_| receive());
    });
}

#[track_caller]
fn assert_refused(role: WebsocketConnectionType, ends: &Ends, code: u16) {
    let close = frames_from(role, &mut &ends.peer.received()[..]);
    assert_eq!(close[0].1[..2], code.to_be_bytes(), "{role:?}");
}

#[test]
fn a_head_without_end_takes_little_memory() {
    let line = [&b"X-Header: "[..], &[b'a'; 10_000], b"\r\n"].concat();
    with_context(|context| {
        let server = echo::echo_server();
        let peer = RawPeer::connect(echo::port(&server) as u16);
        peer.send(context, b"GET / HTTP/1.1\r\nHost: a\r\n");
        let most = most_in(|| while peer.send(context, &line) && !peer.has_ended() {});
        assert!(most < LITTLE, "{most} bytes");
    });
    with_context(|context| {
        let (listener, uri) = listener();
        let outcome = start_connecting(&wsoup::Session::new(), &uri, &[]);
        let peer = accept(context, &listener);
        peer.head(context);
        peer.send(context, b"HTTP/1.1 101 Switching Protocols\r\n");
        let most = most_in(|| while peer.send(context, &line) && !peer.has_ended() {});
        assert!(most < LITTLE, "{most} bytes");
        wait_until(context, "the outcome", || outcome.borrow().is_some());
    });
}

#[test]
fn a_body_in_chunks_of_a_byte_takes_little_more_than_its_size() {
    with_context(|context| {
        let server = echo::echo_server();
        let length = Rc::new(Cell::new(0));
        server.add_handler(Some("/body"), {
            let length = length.clone();
            move |_, message, _, _| {
                length.set(message.request_body().flatten().len());
                message.set_status(204, None);
            }
        });
        let peer = RawPeer::connect(echo::port(&server) as u16);
        peer.send(
            context,
            b"POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
        );
        // As much as there may be.
        let size = 1 << 20;
        let chunks = b"1\r\nx\r\n".repeat(size);
        let most = most_in(|| {
            peer.send(context, &chunks);
            peer.send(context, b"0\r\n\r\n");
            wait_until(context, "the body", || length.get() == size);
        });
        assert!(most < LITTLE + 3 * size, "{most} bytes");
    });
}

/// How long this thread has been at work. Others, and other programs, do not count.
fn working_time() -> Duration {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `time` may be written to.
    let result = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    assert_eq!(result, 0);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// How long an endpoint works on `bytes` in pieces of this size; the best of some attempts.
fn time_for(role: Role, bytes: &[u8], piece: usize) -> Duration {
    let attempt = || {
        let mut config = Config::new(role);
        (config.max_payload_size, config.max_message_size) = (0, 0);
        let begin = working_time();
        let now = Instant::now();
        let mut endpoint = Endpoint::new(role, config, || [0; 4], now);
        let mut messages = 0;
        for mut input in bytes.chunks(piece) {
            while let Some(event) = endpoint.poll_event(&mut input, now) {
                assert!(matches!(event, Event::Message { .. }), "{event:?}");
                messages += 1;
            }
        }
        assert_eq!(messages, 1);
        working_time() - begin
    };
    (0..5).map(|_| attempt()).min().expect("there are some")
}

/// Twice as much may take three times as long, in caches that others use too; squared, it takes four
/// times.
#[track_caller]
fn assert_linear(
    what: &str,
    piece: usize,
    bytes: impl Fn(WebsocketConnectionType, usize) -> Vec<u8>,
) {
    for (role, connection_type) in [(Role::Client, Client), (Role::Server, Server)] {
        let once = time_for(role, &bytes(connection_type, 1), piece);
        let twice = time_for(role, &bytes(connection_type, 2), piece);
        assert!(twice < once * 3, "{what}, {role:?}: {once:?}, {twice:?}");
    }
}

/// A list in a header of a handshake with so many different words.
fn words(separator: &str, count: u32) -> String {
    let words = (0..count).map(|number| format!("w{number:05}"));
    words.collect::<Vec<_>>().join(separator)
}

#[test]
fn time_for_offers_of_extensions_grows_with_their_length() {
    let time_for = |separator: &str, count| {
        let offer = words(separator, count);
        let attempt = || {
            let begin = working_time();
            for extension in parse_extensions(&offer) {
                assert!(extension.has_unique_parameters());
            }
            working_time() - begin
        };
        (0..5).map(|_| attempt()).min().expect("there are some")
    };
    for separator in [",", ";"] {
        let (once, twice) = (time_for(separator, 20_000), time_for(separator, 40_000));
        assert!(twice < once * 3, "{separator} {once:?}, {twice:?}");
    }
}

#[test]
fn time_for_offers_of_subprotocols_grows_with_their_length() {
    let time_for = |length: usize| {
        let request = [
            ("Upgrade", "websocket".to_owned()),
            ("Connection", "Upgrade".to_owned()),
            ("Sec-WebSocket-Version", "13".to_owned()),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==".to_owned()),
            (
                "Sec-WebSocket-Protocol",
                format!("b{}x", " ".repeat(length)),
            ),
        ];
        let attempt = || {
            let begin = working_time();
            for _ in 0..100 {
                let refused = check_request("GET", &request[..], &[], &["chat"]);
                assert!(refused.is_err(), "it offers no subprotocol that is a token");
            }
            working_time() - begin
        };
        (0..5).map(|_| attempt()).min().expect("there are some")
    };
    let (once, twice) = (time_for(30_000), time_for(60_000));
    assert!(twice < once * 3, "{once:?}, {twice:?}");
}

#[test]
fn time_for_fragments_grows_with_their_number() {
    for (what, payload) in [("empty fragments", &b""[..]), ("one-byte fragments", b"x")] {
        assert_linear(what, 1 << 16, |role, times| {
            [
                frame_to(role, 0x01, b""),
                frame_to(role, 0x00, payload).repeat(times * 100_000),
                frame_to(role, 0x80, b""),
            ]
            .concat()
        });
    }
}

#[test]
fn time_for_a_message_byte_by_byte_grows_with_its_length() {
    for first_byte in [0x81, 0x82] {
        assert_linear("single bytes", 1, |role, times| {
            frame_to(role, first_byte, &vec![b'x'; times * 100_000])
        });
    }
    // What is not complete may not be looked at again and again.
    assert_linear("text of long characters", 1, |role, times| {
        frame_to(role, 0x81, &"😀".repeat(times * 25_000).into_bytes())
    });
}
