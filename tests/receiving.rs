//! Receiving by call, and messages that are read while they arrive.

mod support;

use std::cell::RefCell;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use support::raw::settle;
use support::{Log, block_on, connected, connection_pair, start, wait_until, with_context};
use wsoup::prelude::*;
use wsoup::{
    WebsocketConnection, WebsocketConnectionType, WebsocketDataType, WebsocketError, WebsocketState,
};

const BINARY: WebsocketDataType = WebsocketDataType::Binary;
const TEXT: WebsocketDataType = WebsocketDataType::Text;

type Message = (WebsocketDataType, glib::Bytes);

fn receive(
    context: &glib::MainContext,
    connection: &WebsocketConnection,
) -> Result<Option<Message>, glib::Error> {
    block_on(context, connection.receive_future())
}

fn message(context: &glib::MainContext, connection: &WebsocketConnection) -> Message {
    receive(context, connection)
        .expect("no error")
        .expect("a message")
}

fn text(text: &'static str) -> Message {
    (TEXT, glib::Bytes::from_static(text.as_bytes()))
}

/// Writes messages of 1000 bytes for as long as they are taken; tells how many were.
fn flood(context: &glib::MainContext, far: &mut UnixStream) -> usize {
    far.set_nonblocking(true).expect("it can be");
    let frame = [&b"\x82\x7e\x03\xe8"[..], &[b'y'; 1000]].concat();
    let (mut written, mut idle) = (0, 0);
    while idle < 20 {
        match far.write(&frame) {
            Ok(length) => {
                assert_eq!(length, frame.len(), "a socket pair takes all or nothing");
                written += 1;
                assert!(written < 5000, "nothing holds it back");
                idle = 0;
            }
            Err(_) => idle += 1,
        }
        context.iteration(false);
    }
    written
}

#[test]
fn messages_are_received_in_order_and_then_the_end() {
    with_context(|context| {
        let (client, server) = connection_pair();
        let log = Log::of(&server);
        client.send_text("one");
        assert_eq!(message(context, &server), text("one"));
        client.send_text("two");
        client.send_binary(b"three");
        client.close(1000, None);
        wait_until(context, "the end", || {
            server.state() == WebsocketState::Closed
        });
        assert_eq!(message(context, &server), text("two"));
        assert_eq!(
            message(context, &server),
            (BINARY, glib::Bytes::from_static(b"three"))
        );
        assert_eq!(receive(context, &server).expect("an orderly end"), None);
        assert_eq!(receive(context, &server).expect("still"), None);
        let end = ["state Closing", "closing", "state Closed", "closed"];
        assert_eq!(log.entries(), end, "no message is emitted");
    });
}

#[test]
fn an_end_that_is_not_orderly_is_an_error() {
    with_context(|context| {
        let (client, mut far) = connected();
        far.write_all(b"\x81\x01a").expect("there is room");
        assert_eq!(message(context, &client), text("a"));
        drop(far);
        let error = receive(context, &client).expect_err("there is no close frame");
        assert!(error.matches(gio::IOErrorEnum::BrokenPipe), "{error}");
    });
    with_context(|context| {
        let (client, mut far) = connected();
        far.write_all(b"\x81\x01a\x81\x01\xff")
            .expect("there is room");
        assert_eq!(message(context, &client), text("a"));
        let error = receive(context, &client).expect_err("it is no text");
        assert!(error.matches(WebsocketError::BadData), "{error}");
    });
}

#[test]
fn one_receives_at_a_time_and_no_message_is_lost() {
    with_context(|context| {
        let (client, server) = connection_pair();
        let mut first = Box::pin(server.receive_future());
        let pending = std::future::poll_fn(|task| {
            std::task::Poll::Ready(first.as_mut().poll(task).is_pending())
        });
        assert!(context.block_on(pending));
        let error = receive(context, &server).expect_err("there is one");
        assert!(error.matches(gio::IOErrorEnum::Pending), "{error}");
        client.send_text("for nobody");
        settle(context);
        drop(first);
        assert_eq!(message(context, &server), text("for nobody"));
    });
}

#[test]
fn what_nobody_receives_holds_the_peer_back() {
    with_context(|context| {
        let (client, mut far) = connected();
        client.set_receive_buffer_size(10_000);
        far.write_all(b"\x82\x01x").expect("there is room");
        assert_eq!(message(context, &client).1, glib::Bytes::from_static(b"x"));
        let written = flood(context, &mut far);
        for _ in 0..written {
            assert_eq!(message(context, &client).1.len(), 1000);
        }
        far.write_all(b"\x88\x00").expect("there is room again");
        assert_eq!(receive(context, &client).expect("an orderly end"), None);
    });
}

#[test]
fn a_peer_that_goes_with_both_directions_full_holds_up_nothing() {
    for pauses in [false, true] {
        with_context(|context| {
            let (client, mut far) = connected();
            let log = Log::of(&client);
            client.set_receive_buffer_size(10_000);
            if pauses {
                client.pause();
            } else {
                drop(client.receive_future());
            }
            let big = glib::Bytes::from_owned(vec![0; 4 << 20]);
            let stream = gio::MemoryInputStream::from_bytes(&big);
            let stream = || client.send_stream_future(BINARY, &stream, glib::Priority::DEFAULT);
            let sent = if pauses {
                start(context, client.send_message_future(BINARY, &big))
            } else {
                start(context, stream())
            };
            let written = flood(context, &mut far);
            // What it has not read makes a reset of its end.
            drop(far);
            wait_until(context, "the failure", || sent.borrow().is_some());
            assert!(matches!(sent.take(), Some(Err(_))));
            wait_until(context, "rest", || !context.pending());
            // Nothing is lost of what it has sent, and so it is not over.
            assert_eq!(client.state(), WebsocketState::Open);
            for late in [
                block_on(context, client.send_message_future(BINARY, &big)),
                block_on(context, stream()),
                block_on(context, client.ping_future(None)).map(drop),
            ] {
                let error = late.expect_err("nothing can be sent");
                assert!(error.matches(gio::IOErrorEnum::BrokenPipe), "{error}");
            }
            wait_until(context, "rest", || !context.pending());
            if pauses {
                client.resume();
            } else {
                for _ in 0..written {
                    assert_eq!(message(context, &client).1.len(), 1000);
                }
                receive(context, &client).expect_err("there is no close frame");
            }
            wait_until(context, "the end", || log.has("closed"));
            settle(context);
            let count = |entry: &str| log.entries().iter().filter(|e| *e == entry).count();
            let emitted = count("message Binary 1000 bytes");
            assert_eq!(emitted, if pauses { written } else { 0 });
            assert_eq!((count("closing"), count("closed")), (0, 1));
        });
    }
}

#[test]
fn what_came_before_a_reset_is_not_lost_to_a_failed_write() {
    let large = [&b"\x82\x7f\0\0\0\0\0\x02\0\0"[..], &[7; 128 * 1024]].concat();
    // More than there is time for in a turn.
    let many = b"\x82\x00".repeat(20_000);
    for (frames, entry, messages) in [
        (large, "message Binary 131072 bytes", 1),
        (many, "message Binary ", 20_000),
    ] {
        with_context(|context| {
            let (client, mut far) = connected();
            let log = Log::of(&client);
            client.send_binary(&vec![0; 4 << 20]);
            settle(context);
            far.set_nonblocking(true).expect("it can be");
            let frames = [&frames[..], b"\x88\x02\x03\xe8"].concat();
            let length = far.write(&frames).expect("there is room");
            assert_eq!(length, frames.len());
            drop(far);
            wait_until(context, "the end", || log.has("closed"));
            let entries = log.entries();
            let count = entries.iter().filter(|other| *other == entry).count();
            assert_eq!(count, messages);
            assert_eq!(client.close_code(), 1000);
        });
    }
}

#[test]
fn after_resuming_messages_are_emitted_again() {
    with_context(|context| {
        let (client, server) = connection_pair();
        let log = Log::of(&server);
        client.send_text("by call");
        assert_eq!(message(context, &server), text("by call"));
        client.send_text("held");
        settle(context);
        server.resume();
        client.send_text("emitted");
        wait_until(context, "both", || log.len() == 2);
        assert_eq!(log.entries(), ["message Text held", "message Text emitted"]);
    });
}

/// Reads a stream to its end; tells how much that was, and the most that it had at once, together
/// with what `waiting` says.
async fn drain(
    stream: gio::InputStream,
    waiting: impl Fn() -> u64,
) -> Result<(u64, u64), glib::Error> {
    let (mut total, mut most) = (0, 0);
    loop {
        let bytes = stream
            .read_bytes_future(1 << 20, glib::Priority::DEFAULT)
            .await?;
        if bytes.is_empty() {
            return Ok((total, most));
        }
        total += bytes.len() as u64;
        most = most.max(bytes.len() as u64 + waiting());
    }
}

#[test]
fn a_message_is_read_while_it_arrives() {
    with_context(|context| {
        let (client, mut far) = connected();
        let mut receiving = Box::pin(client.receive_stream_future());
        far.write_all(b"\x02\x03abc").expect("there is room");
        let received = block_on(context, async move { receiving.as_mut().await });
        let (data_type, stream) = received.expect("no error").expect("a message");
        assert_eq!(data_type, BINARY);
        let first = block_on(
            context,
            stream.read_bytes_future(10, glib::Priority::DEFAULT),
        );
        assert_eq!(*first.expect("it is there"), *b"abc");
        let error = stream
            .read_bytes(10, gio::Cancellable::NONE)
            .expect_err("nothing is there");
        assert!(error.matches(gio::IOErrorEnum::WouldBlock), "{error}");
        far.write_all(b"\x00\x02de\x80\x01f\x81\x04next")
            .expect("there is room");
        assert_eq!(
            block_on(context, drain(stream, || 0)).expect("it ends").0,
            3
        );
        assert_eq!(message(context, &client), text("next"));
    });
}

#[test]
fn big_messages_pass_in_little_memory() {
    const TOTAL: u64 = 128 << 20;
    for mode in [
        WebsocketConnectionType::Client,
        WebsocketConnectionType::Server,
    ] {
        with_context(|context| {
            let (client, server) = connection_pair();
            let (from, to) = match mode {
                WebsocketConnectionType::Client => (client, server),
                _ => (server, client),
            };
            let source = gio::ReadInputStream::new(std::io::repeat(b'x').take(TOTAL));
            let priority = glib::Priority::DEFAULT;
            let sent = from.send_stream_future(BINARY, &source, priority);
            let received = block_on(context, async move {
                let receive = async {
                    let (_, stream) = to.receive_stream_future().await?.expect("a message");
                    drain(stream, || from.buffered_amount()).await
                };
                let (sent, received) = support::join(sent, receive).await;
                sent.and(received)
            });
            let (total, most) = received.expect("it passes");
            assert_eq!(total, TOTAL);
            assert!(most <= 512 * 1024, "{most} bytes waited at once");
        });
    }
}

#[test]
fn a_stream_that_is_dropped_is_skipped() {
    with_context(|context| {
        let (client, server) = connection_pair();
        let big = glib::Bytes::from_owned(vec![0; 4 << 20]);
        for _ in 0..3 {
            client.send_message(BINARY, &big);
        }
        client.send_text("last");
        for count in 0..3 {
            let stream = block_on(context, server.receive_stream_future());
            let (_, stream) = stream.expect("no error").expect("a message");
            match count {
                0 => drop(stream),
                1 => stream
                    .close(gio::Cancellable::NONE)
                    .expect("it can be closed"),
                _ => block_on(context, stream.close_future(glib::Priority::DEFAULT))
                    .expect("it can be closed"),
            }
        }
        assert_eq!(message(context, &server), text("last"));
    });
}

#[test]
fn a_stream_that_was_waited_on_is_released() {
    for reads_to_its_end in [false, true] {
        with_context(|context| {
            let (client, mut far) = connected();
            far.write_all(b"\x02\x03abc").expect("there is room");
            let stream = block_on(context, client.receive_stream_future());
            let (_, stream) = stream.expect("no error").expect("a message");
            let weak = (client.downgrade(), stream.downgrade());
            let reading = block_on(context, drain_some(stream, far, reads_to_its_end));
            reading.expect("it can be read");
            drop(client);
            wait_until(context, "the release", || {
                weak.0.upgrade().is_none() && weak.1.upgrade().is_none()
            });
        });
    }
}

#[test]
fn a_connection_with_a_stream_that_nobody_took_is_released() {
    for frame in [&b"\x02\x03abc"[..], b"\x82\x03abc"] {
        with_context(|context| {
            let (client, mut far) = connected();
            far.write_all(b"\x82\x01x").expect("there is room");
            let stream = block_on(context, client.receive_stream_future());
            drop(stream.expect("no error").expect("a message"));
            far.write_all(frame).expect("there is room");
            settle(context);
            let weak = client.downgrade();
            drop(client);
            settle(context);
            assert!(weak.upgrade().is_none());
        });
    }
}

/// Reads what is there, waits for more, and then perhaps for the end.
async fn drain_some(
    stream: gio::InputStream,
    mut far: UnixStream,
    reads_to_its_end: bool,
) -> Result<(), glib::Error> {
    let priority = glib::Priority::DEFAULT;
    assert_eq!(stream.read_bytes_future(10, priority).await?.len(), 3);
    let waiting = stream.read_bytes_future(10, priority);
    far.write_all(b"\x00\x01d").expect("there is room");
    assert_eq!(waiting.await?.len(), 1);
    if reads_to_its_end {
        let waiting = stream.read_bytes_future(10, priority);
        far.write_all(b"\x80\x00").expect("there is room");
        assert_eq!(waiting.await?.len(), 0);
    }
    Ok(())
}

#[test]
fn while_closing_messages_are_dropped_from_one_on_and_none_before() {
    with_context(|context| {
        let (client, mut far) = connected();
        let log = Log::of(&client);
        client.set_receive_buffer_size(200);
        client.connect_closing(WebsocketConnection::pause);
        client.close(1000, None);
        // Two take the room, and the fourth would fit again.
        let mut frames = Vec::new();
        for text in ["a", "b", &"c".repeat(60), "d", "e", "f"] {
            frames.extend([0x81, text.len() as u8]);
            frames.extend(text.as_bytes());
        }
        far.write_all(&frames).expect("there is room");
        settle(context);
        client.resume();
        settle(context);
        far.write_all(b"\x81\x01g\x88\x02\x03\xe8")
            .expect("there is room");
        drop(far);
        wait_until(context, "the end", || log.has("closed"));
        let entries = log.entries();
        let messages = entries.iter().filter(|entry| entry.starts_with("message"));
        let messages: Vec<&String> = messages.collect();
        assert_eq!(messages[..2], ["message Text a", "message Text b"]);
        let (last, whole) = (messages.len(), "message Text g".to_owned());
        assert!(last < 7 && *messages[last - 1] != whole, "{entries:?}");
    });
}

#[test]
fn a_message_that_is_cut_does_not_hold_back_the_end() {
    for (pauses, resets) in [(false, false), (false, true), (true, false), (true, true)] {
        with_context(|context| {
            let (client, mut far) = connected();
            let log = Log::of(&client);
            far.write_all(b"\x82\x01x").expect("there is room");
            let stream = block_on(context, client.receive_stream_future());
            drop(stream.expect("no error").expect("a message"));
            // It arrives as a stream that nobody takes, and not to its end.
            far.write_all(b"\x02\x03abc").expect("there is room");
            settle(context);
            client.resume();
            settle(context);
            if pauses {
                client.pause();
            }
            if resets {
                // What the other side has not read makes a reset of its end.
                client.send_text("unread");
                settle(context);
            }
            drop(far);
            settle(context);
            if pauses {
                client.resume();
            }
            wait_until(context, "the end", || log.has("closed"));
            let entries = log.entries();
            assert!(!log.has("message Binary abc"), "{entries:?}");
            assert!(entries[0].starts_with("error "), "{entries:?}");
        });
    }
}

#[test]
fn a_stream_fails_when_its_message_does_not_end() {
    with_context(|context| {
        let (client, mut far) = connected();
        far.write_all(b"\x02\x03abc").expect("there is room");
        let stream = block_on(context, client.receive_stream_future());
        let (_, stream) = stream.expect("no error").expect("a message");
        drop((client, far));
        let error = block_on(context, drain(stream, || 0)).expect_err("it does not end");
        assert!(
            error.matches(WebsocketError::Failed) || error.matches(gio::IOErrorEnum::BrokenPipe),
            "{error}"
        );
    });
}

#[test]
fn streams_that_nobody_takes_hold_the_peer_back() {
    const COUNT: usize = 10;
    with_context(|context| {
        let (client, mut far) = connected();
        client.set_receive_buffer_size(10_000);
        far.write_all(b"\x82\x01x").expect("there is room");
        let take = || {
            let stream = block_on(context, client.receive_stream_future());
            drop(stream.expect("no error").expect("a message"));
        };
        take();
        let message = [&b"\x82\x7e\x1f\x40"[..], &[b'y'; 8000]].concat();
        let messages = message.repeat(COUNT);
        far.write_all(&messages).expect("there is room");
        far.write_all(b"\x89\x00").expect("there is room");
        settle(context);
        far.set_nonblocking(true).expect("it can be");
        let mut pong = [0; 6];
        let error = far.read(&mut pong).expect_err("the ping waits");
        assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
        (0..COUNT).for_each(|_| take());
        let pong = RefCell::new(pong);
        wait_until(context, "the pong", || {
            (&far).read(&mut *pong.borrow_mut()).is_ok()
        });
        assert_eq!(pong.take()[..2], [0x8a, 0x80]);
    });
}

#[test]
fn a_message_that_arrives_as_a_stream_can_be_had_whole() {
    with_context(|context| {
        let (client, server) = connection_pair();
        server.set_receive_buffer_size(1000);
        client.send_text("first");
        let stream = block_on(context, server.receive_stream_future());
        drop(stream.expect("no error").expect("a message"));
        // It begins to arrive as a stream, and is more than may wait.
        client.send_binary(&[7; 100_000]);
        settle(context);
        assert_eq!(message(context, &server).1.len(), 100_000);
        // Messages are whole from here on, and limited.
        client.send_binary(&[7; 1000]);
        assert_eq!(message(context, &server).1.len(), 1000);
    });
}

#[test]
fn a_message_that_arrives_as_a_stream_can_be_emitted() {
    with_context(|context| {
        let (client, server) = connection_pair();
        server.set_receive_buffer_size(1000);
        let log = Log::of(&server);
        client.send_text("first");
        let stream = block_on(context, server.receive_stream_future());
        drop(stream.expect("no error").expect("a message"));
        client.send_binary(&[7; 100_000]);
        settle(context);
        server.resume();
        client.send_text("last");
        wait_until(context, "both", || log.len() == 2);
        let expected = ["message Binary 100000 bytes", "message Text last"];
        assert_eq!(log.entries(), expected);
    });
}

#[test]
fn a_message_that_is_wanted_whole_may_not_be_too_big() {
    with_context(|context| {
        let (client, server) = connection_pair();
        client.send_text("first");
        let stream = block_on(context, server.receive_stream_future());
        drop(stream.expect("no error").expect("a message"));
        client.send_binary(&[7; 200_000]);
        settle(context);
        let error = receive(context, &server).expect_err("it is too big");
        assert!(error.matches(WebsocketError::TooBig), "{error}");
        wait_until(context, "the close", || client.close_code() == 1009);
    });
}

#[test]
fn a_peer_that_sends_too_often_is_let_go() {
    with_context(|context| {
        let (client, server) = connection_pair();
        let log = Log::of(&server);
        server.set_max_message_rate(5);
        for number in 0..7 {
            client.send_text(&number.to_string());
        }
        wait_until(context, "the close", || client.close_code() == 1008);
        let entries = log.entries();
        assert_eq!(entries[4], "message Text 4");
        assert_eq!(
            entries[5],
            "error more than 5 messages came within a second"
        );
        assert_eq!(entries[6..], ["state Closing", "closing"]);
    });
}
