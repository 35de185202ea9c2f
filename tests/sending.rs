//! Sending with a result, within bounds, and from other threads.

mod support;

use std::cell::{Cell, RefCell};
use std::io::{Read, Write};
use std::rc::Rc;
use std::task::Poll;
use std::time::{Duration, Instant};
use support::freed::freed;
use support::{
    Log, block_on, connection, connection_pair, socket_pair, start, wait_until, with_context,
};
use wsoup::prelude::*;
use wsoup::{
    WebsocketConnection, WebsocketConnectionType, WebsocketDataType, WebsocketError,
    WebsocketExtension, WebsocketExtensionDeflate, WebsocketOverflowPolicy, WebsocketState,
};

const BINARY: WebsocketDataType = WebsocketDataType::Binary;

fn bytes(size: usize) -> glib::Bytes {
    glib::Bytes::from_owned(vec![b'x'; size])
}

/// A connection whose peer reads nothing, unless the test does.
fn stalled() -> (WebsocketConnection, std::os::unix::net::UnixStream) {
    let (near, far) = socket_pair();
    (connection(near, WebsocketConnectionType::Server), far)
}

/// Runs the context until nothing is to be done in it.
fn settle(context: &glib::MainContext) {
    while context.iteration(false) {}
}

#[test]
fn a_message_is_sent_when_the_stream_has_its_last_byte() {
    with_context(|context| {
        let (server, mut far) = stalled();
        let small = start(context, server.send_message_future(BINARY, &bytes(10)));
        let big = start(context, server.send_message_future(BINARY, &bytes(4 << 20)));
        wait_until(context, "the small one", || small.borrow().is_some());
        settle(context);
        assert!(big.borrow().is_none(), "nobody has read so much");
        assert!(server.buffered_amount() > 0);
        let mut rest = vec![0; 12 + 10 + (4 << 20)];
        let reader = std::thread::spawn(move || far.read_exact(&mut rest).map(|()| (far, rest)));
        wait_until(context, "the big one", || big.borrow().is_some());
        assert!(matches!(big.take(), Some(Ok(()))));
        assert_eq!(server.buffered_amount(), 0);
        reader.join().expect("it reads").expect("all is there");
    });
}

#[test]
fn a_message_that_waits_can_be_taken_back() {
    for extensions in [
        Vec::new(),
        vec![glib::Object::new::<WebsocketExtensionDeflate>().upcast::<WebsocketExtension>()],
    ] {
        with_context(|context| {
            let (near, mut far) = socket_pair();
            let uri = glib::Uri::parse("ws://localhost/", glib::UriFlags::NONE).expect("a URI");
            let role = WebsocketConnectionType::Server;
            let stream = support::io_stream(near);
            let server =
                WebsocketConnection::new(&stream, &uri, role, None, None, extensions.clone());
            let first = start(context, server.send_message_future(BINARY, &bytes(4 << 20)));
            settle(context);
            let before = server.buffered_amount();
            let second = server.send_message_future(BINARY, &bytes(1000));
            let third = start(context, server.send_message_future(BINARY, &bytes(3)));
            assert_eq!(server.buffered_amount(), before + 1003);
            drop(second);
            assert_eq!(server.buffered_amount(), before + 3);
            let reader = std::thread::spawn(move || {
                let mut all = Vec::new();
                far.read_to_end(&mut all).map(|_| all)
            });
            wait_until(context, "the others", || third.borrow().is_some());
            assert!(matches!(first.take(), Some(Ok(()))));
            assert!(matches!(third.take(), Some(Ok(()))));
            drop((server, stream));
            settle(context);
            let all = reader.join().expect("it reads").expect("all is there");
            if extensions.is_empty() {
                assert_eq!(all.len(), 10 + (4 << 20) + 2 + 3);
            }
        });
    }
}

#[test]
fn a_message_fails_when_the_connection_ends_before() {
    with_context(|context| {
        let (server, far) = stalled();
        let sent = start(context, server.send_message_future(BINARY, &bytes(4 << 20)));
        let waiting = start(context, server.send_message_future(BINARY, &bytes(1)));
        settle(context);
        drop(far);
        wait_until(context, "the end", || {
            sent.borrow().is_some() && waiting.borrow().is_some()
        });
        for result in [sent, waiting] {
            let error = result
                .take()
                .expect("it is there")
                .expect_err("it was not sent");
            assert!(error.matches(gio::IOErrorEnum::BrokenPipe), "{error}");
        }
        let error = block_on(context, server.send_message_future(BINARY, &bytes(1)));
        assert!(error.is_err_and(|error| error.matches(gio::IOErrorEnum::Closed)));
        let error = server.try_send_text("too late").expect_err("it is closed");
        assert!(error.matches(gio::IOErrorEnum::Closed));
    });
}

#[test]
fn what_was_sent_goes_before_the_close_frame() {
    with_context(|context| {
        let (client, server) = connection_pair();
        let log = Log::of(&server);
        let first = start(context, client.send_message_future(BINARY, &bytes(100_000)));
        let second = start(context, client.send_message_future(BINARY, &bytes(1)));
        client.send_text("last");
        client.close(1000, None);
        wait_until(context, "the end", || log.has("closed"));
        assert_eq!(
            log.entries()[..3],
            [
                "message Binary 100000 bytes",
                "message Binary x",
                "message Text last"
            ]
        );
        wait_until(context, "the results", || second.borrow().is_some());
        assert!(matches!(
            (first.take(), second.take()),
            (Some(Ok(())), Some(Ok(())))
        ));
    });
}

#[test]
fn order_is_kept_however_messages_are_sent() {
    with_context(|context| {
        let (client, server) = connection_pair();
        let log = Log::of(&server);
        let sender = client.sender();
        let mut results = Vec::new();
        for round in 0..20 {
            client.send_text(&format!("a{round}"));
            let message = glib::Bytes::from_owned(format!("b{round}"));
            let text = WebsocketDataType::Text;
            results.push(start(context, client.send_message_future(text, &message)));
            client
                .try_send_text(&format!("c{round}"))
                .expect("it is open");
            sender.send_text(&format!("d{round}")).expect("it is open");
        }
        wait_until(context, "all", || log.len() == 80);
        let expected: Vec<String> = (0..20)
            .flat_map(|round| {
                "abcd"
                    .chars()
                    .map(move |c| format!("message Text {c}{round}"))
            })
            .collect();
        assert_eq!(log.entries(), expected);
        settle(context);
        assert!(
            results
                .iter()
                .all(|result| matches!(*result.borrow(), Some(Ok(()))))
        );
    });
}

#[test]
fn text_has_to_be_utf8() {
    with_context(|_| {
        let (client, _server) = connection_pair();
        let bad = glib::Bytes::from_static(b"\xff");
        let error = client
            .try_send_message(WebsocketDataType::Text, &bad)
            .expect_err("it is no text");
        assert!(error.matches(WebsocketError::BadData));
        assert!(
            client
                .sender()
                .send_message(WebsocketDataType::Text, &bad)
                .is_err()
        );
        assert_eq!(client.buffered_amount(), 0);
    });
}

#[test]
fn no_more_than_the_bound_waits() {
    with_context(|context| {
        let (server, _far) = stalled();
        server.set_max_buffered_amount(100_000);
        let error = server
            .try_send_binary(&[0; 100_001])
            .expect_err("it is too big");
        assert!(error.matches(gio::IOErrorEnum::MessageTooLarge), "{error}");
        let begin = Instant::now();
        let (mut sent, mut refused, mut most) = (0_u64, 0_u64, 0);
        while begin.elapsed() < Duration::from_millis(300) {
            match server.try_send_binary(&[0; 10_000]) {
                Ok(()) => sent += 1,
                Err(error) => {
                    assert!(error.matches(gio::IOErrorEnum::WouldBlock), "{error}");
                    refused += 1;
                }
            }
            server.send_binary(&[0; 10_000]);
            most = most.max(server.buffered_amount());
            settle(context);
        }
        assert!(most <= 100_000 && sent > 0 && refused > 0);
        assert_eq!(server.state(), WebsocketState::Open);
    });
}

#[test]
fn too_much_can_be_the_end() {
    with_context(|context| {
        let (server, mut far) = stalled();
        let log = Log::of(&server);
        server.set_max_buffered_amount(1000);
        server.set_overflow_policy(WebsocketOverflowPolicy::Close);
        server.send_binary(&[0; 1000]);
        assert!(server.try_send_binary(&[0; 1]).is_err());
        let error = "error more than 1000 bytes are waiting to be sent";
        assert_eq!(log.entries(), [error]);
        wait_until(context, "the close", || log.has("closing"));
        settle(context);
        let mut received = [0; 2000];
        let length = far.read(&mut received).expect("something is there");
        let close = received[..length]
            .windows(4)
            .any(|bytes| bytes == b"\x03\xf0mo");
        assert!(close, "1008 is sent");
    });
}

#[test]
fn marks_tell_when_to_stop_and_when_to_go_on() {
    const TOTAL: u64 = 64 << 20;
    with_context(|context| {
        let (client, server) = connection_pair();
        let received = Rc::new(Cell::new(0_u64));
        server.connect_message({
            let received = received.clone();
            move |_, _, bytes| received.set(received.get() + bytes.len() as u64)
        });
        client.set_high_water_mark(256 * 1024);
        client.set_low_water_mark(64 * 1024);
        let (sent, most) = (Rc::new(Cell::new(0_u64)), Rc::new(Cell::new(0_u64)));
        let congested = Rc::new(Cell::new(false));
        client.connect_congested({
            let congested = congested.clone();
            move |client| {
                assert!(client.buffered_amount() >= 256 * 1024);
                assert!(!congested.replace(true));
            }
        });
        let produce = {
            let (sent, most, congested) = (sent.clone(), most.clone(), congested.clone());
            move |client: &WebsocketConnection| {
                while !congested.get() && sent.get() < TOTAL {
                    client.send_binary(&[7; 16 * 1024]);
                    sent.set(sent.get() + 16 * 1024);
                    most.set(most.get().max(client.buffered_amount()));
                }
            }
        };
        client.connect_drained({
            let (produce, congested) = (produce.clone(), congested.clone());
            move |client| {
                assert!(client.buffered_amount() <= 64 * 1024);
                assert!(congested.replace(false));
                produce(client);
            }
        });
        produce(&client);
        wait_until(context, "all of it", || received.get() == TOTAL);
        assert!(most.get() < 1 << 20, "{} bytes waited", most.get());
    });
}

#[test]
fn threads_send_in_their_order() {
    const THREADS: usize = 4;
    const MESSAGES: usize = 5000;
    with_context(|context| {
        let (client, server) = connection_pair();
        let next = Rc::new(RefCell::new([0; THREADS]));
        let count = Rc::new(Cell::new(0));
        server.connect_message({
            let (next, count) = (next.clone(), count.clone());
            move |_, _, bytes| {
                let text = str::from_utf8(bytes).expect("it is text");
                let (thread, number) = text.split_once(' ').expect("two numbers");
                let thread: usize = thread.parse().expect("a number");
                assert_eq!(number, next.borrow()[thread].to_string());
                next.borrow_mut()[thread] += 1;
                count.set(count.get() + 1);
            }
        });
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| {
                let sender = client.sender();
                std::thread::spawn(move || {
                    for number in 0..MESSAGES {
                        let text = format!("{thread} {number}");
                        sender.send_text(&text).expect("it is open");
                    }
                })
            })
            .collect();
        wait_until(context, "all", || count.get() == THREADS * MESSAGES);
        for thread in threads {
            thread.join().expect("it ends");
        }
    });
}

#[test]
fn threads_hear_of_the_bound_and_of_the_end() {
    with_context(|context| {
        let (server, far) = stalled();
        server.set_max_buffered_amount(1000);
        let sender = server.sender();
        let thread = std::thread::spawn(move || {
            let error = sender.send_binary(&[0; 1001]).expect_err("too big");
            assert!(error.matches(gio::IOErrorEnum::MessageTooLarge));
            sender.send_binary(&[0; 600]).expect("there is room");
            let error = sender.send_binary(&[0; 600]).expect_err("too much");
            assert!(error.matches(gio::IOErrorEnum::WouldBlock));
            sender
        });
        let sender = thread.join().expect("it ends");
        assert_eq!(server.buffered_amount(), 600);
        drop(far);
        wait_until(context, "the end", || {
            server.state() == WebsocketState::Closed
        });
        settle(context);
        let error = sender.send_text("?").expect_err("it is closed");
        assert!(error.matches(gio::IOErrorEnum::Closed));
        let sender = {
            let (near, _far) = socket_pair();
            connection(near, WebsocketConnectionType::Client).sender()
        };
        assert!(sender.send_text("it is gone").is_err());
    });
}

/// A stream that gives `total` bytes, and fails behind them if it should.
fn source(total: u64, fails: bool) -> gio::InputStream {
    struct Zeros(u64, bool);
    impl Read for Zeros {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            if self.0 == 0 && self.1 {
                return Err(std::io::Error::other("the disk is gone"));
            }
            let length = buffer
                .len()
                .min(usize::try_from(self.0).unwrap_or(usize::MAX));
            buffer[..length].fill(b'z');
            self.0 -= length as u64;
            Ok(length)
        }
    }
    gio::ReadInputStream::new(Zeros(total, fails)).upcast()
}

#[test]
fn a_stream_is_one_message_and_others_keep_their_place() {
    for total in [0, 1, 200_000] {
        with_context(|context| {
            let (client, server) = connection_pair();
            server.set_max_total_message_size(0);
            let log = Log::of(&server);
            client.send_text("before");
            let priority = glib::Priority::DEFAULT;
            let sent = client.send_stream_future(BINARY, &source(total, false), priority);
            let sent = start(context, sent);
            client.send_text("behind");
            let ping = start(context, client.ping_future(None));
            wait_until(context, "the last", || log.len() == 3);
            let stream = match total {
                0 => "message Binary ".into(),
                1 => "message Binary z".into(),
                total => format!("message Binary {total} bytes"),
            };
            let expected = ["message Text before", &*stream, "message Text behind"];
            assert_eq!(log.entries(), expected);
            wait_until(context, "the pong", || ping.borrow().is_some());
            assert!(matches!(sent.take(), Some(Ok(()))));
        });
    }
}

#[test]
fn a_stream_that_fails_in_the_middle_closes_the_connection() {
    with_context(|context| {
        let (client, server) = connection_pair();
        let logs = (Log::of(&client), Log::of(&server));
        let stream = source(100, true);
        let sent = client.send_stream_future(BINARY, &stream, glib::Priority::DEFAULT);
        let error = block_on(context, sent).expect_err("the stream fails");
        assert!(error.message().contains("the disk is gone"), "{error}");
        wait_until(context, "the end", || {
            logs.0.has("closed") && logs.1.has("closed")
        });
        assert_eq!(server.close_code(), 1011);
        assert!(
            logs.1
                .entries()
                .iter()
                .all(|entry| !entry.starts_with("message"))
        );
    });
}

#[test]
fn a_stream_that_fails_at_once_does_no_harm() {
    with_context(|context| {
        let (client, server) = connection_pair();
        let log = Log::of(&server);
        let stream = source(0, true);
        let sent = client.send_stream_future(BINARY, &stream, glib::Priority::DEFAULT);
        assert!(block_on(context, sent).is_err());
        // One that is never polled, and one that is dropped while it waits.
        drop(client.send_stream_future(BINARY, &source(5, false), glib::Priority::DEFAULT));
        let mut waits =
            Box::pin(client.send_stream_future(BINARY, &source(5, false), glib::Priority::DEFAULT));
        let polled = start(
            context,
            std::future::poll_fn(move |task| Poll::Ready(waits.as_mut().poll(task).is_pending())),
        );
        wait_until(context, "the poll", || polled.borrow().is_some());
        client.send_text("still here");
        wait_until(context, "the text", || log.len() > 0);
        assert_eq!(log.entries(), ["message Text still here"]);
    });
}

#[test]
fn a_text_stream_is_checked() {
    with_context(|context| {
        let (client, server) = connection_pair();
        let log = Log::of(&server);
        let text = WebsocketDataType::Text;
        let good = gio::MemoryInputStream::from_bytes(&glib::Bytes::from_static("é".as_bytes()));
        let sent = client.send_stream_future(text, &good, glib::Priority::DEFAULT);
        block_on(context, sent).expect("it is text");
        wait_until(context, "the text", || log.has("message Text é"));
        let bad = gio::MemoryInputStream::from_bytes(&glib::Bytes::from_static(b"e\xcc"));
        let sent = client.send_stream_future(text, &bad, glib::Priority::DEFAULT);
        let error = block_on(context, sent).expect_err("it ends inside a character");
        assert!(error.matches(WebsocketError::BadData), "{error}");
    });
}

#[test]
fn close_ends_a_stream_and_is_waited_for() {
    with_context(|context| {
        let (client, server) = connection_pair();
        let (near, mut far) = socket_pair();
        let slow = support::io_stream(near).input_stream();
        far.write_all(b"slow").expect("there is room");
        let sent = client.send_stream_future(BINARY, &slow, glib::Priority::DEFAULT);
        let sent = start(context, sent);
        settle(context);
        let closed = block_on(context, client.close_future(1000, Some("done")));
        closed.expect("the peer answers");
        assert_eq!((server.close_code(), client.close_code()), (1000, 1000));
        assert!(client.closed_cleanly());
        wait_until(context, "the stream", || sent.borrow().is_some());
        assert!(matches!(sent.take(), Some(Err(_))));
    });
}

#[test]
fn the_connection_may_be_used_when_a_message_is_freed() {
    for role in [
        WebsocketConnectionType::Client,
        WebsocketConnectionType::Server,
    ] {
        with_context(|context| {
            let (client, server) = connection_pair();
            let (from, to) = match role {
                WebsocketConnectionType::Client => (client, server),
                _ => (server, client),
            };
            let log = Log::of(&to);
            let result = Rc::new(RefCell::new(None));
            let message = freed(&[b'x'; 10_000], {
                let (from, result) = (from.clone(), result.clone());
                move || {
                    result.replace(Some(from.try_send_text("freed")));
                    from.close(1000, None);
                }
            });
            let sent = start(context, from.send_message_future(BINARY, &message));
            // The connection has the last reference.
            drop(message);
            wait_until(context, "the close", || log.has("closing"));
            let expected = ["message Binary 10000 bytes", "message Text freed"];
            assert_eq!(log.entries()[..2], expected);
            assert!(matches!(result.take(), Some(Ok(()))));
            wait_until(context, "the end", || to.state() == WebsocketState::Closed);
            assert!(matches!(sent.take(), Some(Ok(()))));
        });
    }
}

/// What is queued is not written when the connection fails, or ends.
#[test]
fn the_connection_may_be_used_when_a_message_is_freed_that_was_not_sent() {
    for fails in [true, false] {
        with_context(|context| {
            let (server, mut far) = stalled();
            server.send_message(BINARY, &bytes(4 << 20));
            settle(context);
            let result = Rc::new(RefCell::new(None));
            let message = freed(&[b'x'; 10_000], {
                let (context, server) = (context.clone(), server.clone());
                let result = result.clone();
                move || {
                    result.replace(Some(server.try_send_text("freed")));
                    server.close(1000, None);
                    settle(&context);
                }
            });
            server.send_message(BINARY, &message);
            drop(message);
            if fails {
                // RFC 6455 §5.1: what a client sends has to be masked.
                far.write_all(b"\x81\x00").expect("there is room");
            } else {
                drop(far);
            }
            wait_until(context, "what frees it", || result.borrow().is_some());
            let error = result.take().expect("it is there");
            assert!(error.is_err_and(|error| error.matches(gio::IOErrorEnum::Closed)));
        });
    }
}
