//! A connection that is paused: what waits, what goes on, and how it ends.

mod support;

use std::cell::RefCell;
use std::io::{Read, Write};
use std::rc::Rc;
use std::time::Duration;
use support::raw::settle;
use support::{Log, connected, connection_pair, start, wait_until, with_context};
use wsoup::prelude::*;
use wsoup::{WebsocketDataType, WebsocketState};

const BINARY: WebsocketDataType = WebsocketDataType::Binary;

#[test]
fn a_paused_connection_answers_pings_and_keeps_messages() {
    with_context(|context| {
        let (client, mut far) = connected();
        let log = Log::of(&client);
        let paused = Rc::new(RefCell::new(Vec::new()));
        client.connect_notify_local(Some("paused"), {
            let paused = paused.clone();
            move |client, _| paused.borrow_mut().push(client.is_paused())
        });
        client.pause();
        client.pause();
        far.write_all(b"\x81\x01a\x89\x02hi\x81\x01b\x88\x02\x03\xe8")
            .expect("there is room");
        let mut pong = [0; 8];
        wait_until(context, "the answers", || {
            client.state() != WebsocketState::Open
        });
        settle(context);
        far.read_exact(&mut pong).expect("a pong");
        assert_eq!(pong[..2], [0x8a, 0x82]);
        assert_eq!(log.entries(), [""; 0], "nothing is told while paused");
        client.resume();
        wait_until(context, "the close", || log.has("closing"));
        drop(far);
        wait_until(context, "the end", || log.has("closed"));
        assert_eq!(
            log.entries(),
            [
                "message Text a",
                "message Text b",
                "state Closing",
                "closing",
                "state Closed",
                "closed"
            ],
            "in order"
        );
        assert_eq!(*paused.borrow(), [true, false]);
    });
}

#[test]
fn a_handler_may_pause_and_resume() {
    with_context(|context| {
        let (client, mut far) = connected();
        let log = Log::of(&client);
        client.connect_message(|client, _, _| client.pause());
        far.write_all(b"\x81\x01a\x81\x01b\x81\x01c")
            .expect("there is room");
        for count in 1..=3 {
            wait_until(context, "a message", || log.len() == count);
            settle(context);
            assert_eq!(log.len(), count, "it is paused");
            client.resume();
        }
    });
}

#[test]
fn to_close_is_to_resume() {
    with_context(|context| {
        let (client, server) = connection_pair();
        let log = Log::of(&server);
        server.pause();
        client.send_text("hello");
        settle(context);
        server.close(1000, None);
        assert!(!server.is_paused());
        wait_until(context, "the end", || log.has("closed"));
        assert!(log.has("message Text hello"), "{:?}", log.entries());
    });
}

#[test]
fn to_close_is_to_resume_though_the_peer_was_first() {
    with_context(|context| {
        let (client, server) = connection_pair();
        let log = Log::of(&server);
        server.pause();
        client.send_text("hello");
        client.close(1000, None);
        wait_until(context, "the end", || {
            client.state() == WebsocketState::Closed
        });
        settle(context);
        let closed = start(context, server.close_future(1001, None));
        wait_until(context, "the end", || closed.borrow().is_some());
        assert!(matches!(closed.take(), Some(Ok(()))));
        let expected = ["message Text hello", "state Closed", "closing", "closed"];
        assert_eq!(log.entries(), expected);
        assert_eq!(server.close_code(), 1000);
    });
}

#[test]
fn what_waits_to_be_sent_ends_with_the_connection_paused_or_not() {
    with_context(|context| {
        let (client, mut far) = connected();
        let log = Log::of(&client);
        client.set_close_timeout(1);
        client.pause();
        far.write_all(b"\x81\x01a").expect("there is room");
        let big = glib::Bytes::from_owned(vec![0; 4 << 20]);
        let stream = gio::MemoryInputStream::from_bytes(&big);
        let sent = client.send_message_future(BINARY, &big);
        let streamed = client.send_stream_future(BINARY, &stream, glib::Priority::DEFAULT);
        let results = [start(context, sent), start(context, streamed)];
        let ping = start(context, client.ping_future(None));
        settle(context);
        // It waits for an answer that it does not read.
        far.write_all(b"\x88\x02\x03\xe8").expect("there is room");
        wait_until(context, "the failures", || {
            ping.borrow().is_some() && results.iter().all(|result| result.borrow().is_some())
        });
        assert!(matches!(ping.take(), Some(Err(_))));
        for result in results {
            assert!(matches!(result.take(), Some(Err(_))));
        }
        assert_eq!(log.entries(), [""; 0], "nothing is told while paused");
        client.resume();
        wait_until(context, "the end", || log.has("closed"));
        assert_eq!(log.entries()[0], "message Text a");
    });
}

#[test]
fn to_wait_for_the_end_is_to_resume_while_closing_too() {
    with_context(|context| {
        let (client, mut far) = connected();
        let log = Log::of(&client);
        client.pause();
        far.write_all(b"\x81\x01a\x88\x02\x03\xe8")
            .expect("there is room");
        wait_until(context, "the close frame", || {
            client.state() == WebsocketState::Closing
        });
        settle(context);
        assert_eq!(log.entries(), [""; 0], "nothing is told while paused");
        let closed = start(context, client.close_future(1000, None));
        assert!(!client.is_paused());
        settle(context);
        assert!(log.has("closing"), "{:?}", log.entries());
        drop(far);
        wait_until(context, "the end", || closed.borrow().is_some());
        assert!(matches!(closed.take(), Some(Ok(()))));
        assert_eq!(log.entries()[0], "message Text a");
    });
}

#[test]
fn a_peer_that_is_held_back_is_not_taken_for_dead() {
    with_context(|context| {
        let (client, mut far) = connected();
        let log = Log::of(&client);
        client.set_receive_buffer_size(1);
        client.pause();
        far.write_all(b"\x81\x01a").expect("there is room");
        settle(context);
        client.set_keepalive_interval(1);
        client.set_keepalive_pong_timeout(1);
        client.set_idle_timeout(1);
        // Its answers wait behind what is not read.
        let time = std::time::Instant::now();
        wait_until(context, "time to pass", || {
            time.elapsed() > Duration::from_millis(3200)
        });
        assert_eq!(log.entries(), [""; 0]);
        client.resume();
        wait_until(context, "the failure", || log.len() > 1);
        assert!(
            log.entries()[1].starts_with("error "),
            "{:?}",
            log.entries()
        );
    });
}
