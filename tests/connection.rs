//! What `WebsocketConnection` promises, between two of them and against bytes written by hand.

mod support;

use glib::prelude::*;
use std::cell::{Cell, RefCell};
use std::io::{Read, Write};
use std::rc::Rc;
use support::{Log, connection, connection_pair, socket_pair, wait_until, with_context};
use wsoup::{WebsocketConnectionType, WebsocketDataType, WebsocketError, WebsocketState};

#[test]
fn messages_arrive_whole_and_in_order() {
    with_context(|context| {
        let (client, server) = connection_pair();
        let log = Log::of(&server);
        client.send_text("hé\0llo");
        client.send_binary(&[0x80, 0]);
        client.send_text("");
        client.send_binary(&[]);
        wait_until(context, "four messages", || log.len() == 4);
        assert_eq!(
            log.entries(),
            [
                "message Text hé\0llo",
                "message Binary \u{fffd}\0",
                "message Text ",
                "message Binary "
            ]
        );
    });
}

#[test]
fn big_messages_pass_in_both_directions() {
    with_context(|context| {
        let (client, server) = connection_pair();
        let big: Vec<u8> = (0..16usize << 20).map(|i| ((i * 31) >> 3) as u8).collect();
        for (from, to) in [(&client, &server), (&server, &client)] {
            to.set_max_incoming_payload_size(0);
            to.set_max_total_message_size(0);
            let received = Rc::new(RefCell::new(None));
            to.connect_message({
                let received = received.clone();
                move |_, _, bytes| {
                    received.replace(Some(bytes.clone()));
                }
            });
            from.send_message(WebsocketDataType::Binary, &glib::Bytes::from(&big));
            wait_until(context, "the message", || received.borrow().is_some());
            assert!(received.take().is_some_and(|bytes| *bytes == *big));
        }
    });
}

#[test]
fn the_closing_side_and_the_other_see_the_same_sequence() {
    for client_closes in [true, false] {
        with_context(|context| {
            let (client, server) = connection_pair();
            let (closer, other) = if client_closes {
                (client, server)
            } else {
                (server, client)
            };
            let (closer_log, other_log) = (Log::of(&closer), Log::of(&other));
            closer.send_text("last words");
            closer.close(4001, Some("tschüß"));
            assert_eq!(closer.state(), WebsocketState::Closing);
            assert_eq!(closer_log.entries(), ["state Closing", "closing"]);
            closer.send_text("too late");
            wait_until(context, "both to close", || {
                closer_log.has("closed") && other_log.has("closed")
            });
            let end = ["state Closing", "closing", "state Closed", "closed"];
            assert_eq!(closer_log.entries(), end);
            assert_eq!(other_log.entries()[0], "message Text last words");
            assert_eq!(other_log.entries()[1..], end);
            for connection in [&closer, &other] {
                assert_eq!(connection.close_code(), 4001);
                assert_eq!(connection.state(), WebsocketState::Closed);
            }
            assert_eq!(other.close_data().as_deref(), Some("tschüß"));
        });
    }
}

#[test]
fn a_close_without_a_code_is_reported_as_no_status() {
    with_context(|context| {
        let (client, server) = connection_pair();
        let log = Log::of(&server);
        client.close(1005, None);
        wait_until(context, "the server to close", || log.has("closed"));
        assert_eq!((server.close_code(), server.close_data()), (1005, None));
    });
}

#[test]
fn an_end_without_a_close_is_abnormal() {
    with_context(|context| {
        let (near, far) = socket_pair();
        let client = connection(near, WebsocketConnectionType::Client);
        let log = Log::of(&client);
        drop(far);
        wait_until(context, "the client to close", || log.has("closed"));
        assert_eq!(client.close_code(), 1006);
        assert_eq!(log.entries(), ["state Closed", "closed"]);
    });
}

#[test]
fn a_violation_is_an_error_then_closes_with_its_code() {
    for (bytes, code, error) in [
        // Unmasked, reserved opcode, not UTF-8, too big.
        (&b"\x81\x01a"[..], 1002, WebsocketError::ProtocolError),
        (b"\x83\x80\0\0\0\0", 1002, WebsocketError::ProtocolError),
        (b"\x81\x81\0\0\0\0\xff", 1007, WebsocketError::BadData),
        (
            b"\x82\xff\0\0\0\0\x10\0\0\0\0\0\0\0",
            1009,
            WebsocketError::TooBig,
        ),
    ] {
        with_context(|context| {
            let (near, mut far) = socket_pair();
            let server = connection(near, WebsocketConnectionType::Server);
            let log = Log::of(&server);
            let kind = Rc::new(Cell::new(None));
            server.connect_error({
                let kind = kind.clone();
                move |_, error| kind.set(error.kind::<WebsocketError>())
            });
            far.write_all(bytes).expect("the socket takes it");
            wait_until(context, "an error", || log.has("closing"));
            assert_eq!(kind.get(), Some(error));
            assert!(log.entries()[0].starts_with("error "));
            let mut close = [0; 4];
            far.read_exact(&mut close).expect("a close frame comes");
            assert_eq!(close[0], 0x88);
            assert_eq!(u16::from_be_bytes([close[2], close[3]]), code);
            drop(far);
            wait_until(context, "the end", || log.has("closed"));
            assert_eq!(
                log.entries()[1..],
                ["state Closing", "closing", "state Closed", "closed"]
            );
        });
    }
}

#[test]
fn pings_are_answered_and_pongs_reported() {
    with_context(|context| {
        let (near, mut far) = socket_pair();
        let server = connection(near, WebsocketConnectionType::Server);
        let log = Log::of(&server);
        far.write_all(b"\x89\x82\0\0\0\0hi\x8a\x82\0\0\0\0ho")
            .expect("the socket takes it");
        wait_until(context, "a pong", || log.len() == 1);
        assert_eq!(log.entries(), ["pong ho"]);
        let mut pong = [0; 4];
        far.read_exact(&mut pong).expect("a pong comes");
        assert_eq!(&pong, b"\x8a\x02hi");
    });
}

#[test]
fn a_peer_that_does_not_answer_pings_is_given_up() {
    with_context(|context| {
        let (near, mut far) = socket_pair();
        let server = connection(near, WebsocketConnectionType::Server);
        server.set_keepalive_interval(1);
        server.set_keepalive_pong_timeout(1);
        let log = Log::of(&server);
        wait_until(context, "an error", || log.has("closing"));
        assert!(
            log.entries()[0].starts_with("error no pong"),
            "{:?}",
            log.entries()
        );
        let mut ping = [0; 2];
        far.read_exact(&mut ping).expect("a ping comes");
        assert_eq!(ping[0], 0x89);
    });
}

#[test]
fn an_answer_counts_that_came_while_the_program_was_busy() {
    with_context(|context| {
        let (near, far) = socket_pair();
        let server = connection(near, WebsocketConnectionType::Server);
        server.set_keepalive_interval(1);
        server.set_keepalive_pong_timeout(1);
        let log = Log::of(&server);
        far.set_nonblocking(true).expect("it can be");
        let ping = RefCell::new(Vec::new());
        wait_until(context, "a ping", || {
            let mut bytes = [0; 127];
            let length = (&far).read(&mut bytes).unwrap_or(0);
            ping.borrow_mut().extend_from_slice(&bytes[..length]);
            ping.borrow().len() > 2
        });
        let ping = ping.take();
        let mut pong = vec![0x8a, 0x80 | ping[1], 0, 0, 0, 0];
        pong.extend_from_slice(&ping[2..]);
        (&far).write_all(&pong).expect("the socket takes it");
        // What is tested is a program that does not run its context for longer than the timeout.
        std::thread::sleep(std::time::Duration::from_millis(1300));
        wait_until(context, "the pong", || log.len() > 0);
        assert!(log.entries()[0].starts_with("pong "), "{:?}", log.entries());
    });
}

#[test]
fn what_the_peer_said_before_it_went_is_delivered() {
    with_context(|context| {
        let (near, mut far) = socket_pair();
        let client = connection(near, WebsocketConnectionType::Client);
        let log = Log::of(&client);
        far.write_all(b"\x81\x05hello\x88\x02\x03\xe8")
            .expect("the socket takes it");
        drop(far);
        client.send_text("nobody reads this");
        wait_until(context, "the end", || log.has("closed"));
        assert_eq!(client.close_code(), 1000);
        assert_eq!(log.entries()[0], "message Text hello");
    });
}

#[test]
fn handlers_may_close_and_drop_the_last_reference() {
    with_context(|context| {
        let (client, server) = connection_pair();
        let log = Log::of(&server);
        let last = Rc::new(RefCell::new(Some(server)));
        let weak = last.borrow().as_ref().map(ObjectExt::downgrade);
        let handler_last = last.clone();
        last.borrow()
            .as_ref()
            .expect("it is there")
            .connect_message(move |server, _, _| {
                server.close(1000, None);
                drop(handler_last.take());
            });
        client.send_text("a");
        let client_log = Log::of(&client);
        wait_until(context, "the client to close", || client_log.has("closed"));
        assert!(weak.is_some_and(|weak| weak.upgrade().is_none()));
        assert_eq!(
            log.entries()[..3],
            ["message Text a", "state Closing", "closing"]
        );
    });
}

#[test]
fn a_handler_may_wait_for_the_next_message() {
    with_context(|context| {
        let (client, server) = connection_pair();
        server.connect_message(|server, kind, bytes| server.send_message(kind, bytes));
        let log = Log::of(&client);
        let is_nested = Rc::new(Cell::new(false));
        client.connect_message({
            let (context, log, is_nested) = (context.clone(), log.clone(), is_nested.clone());
            move |client, _, _| {
                if !is_nested.replace(true) {
                    // One that has been received already, and one that is asked for only now.
                    client.send_text("three");
                    wait_until(&context, "the third message", || {
                        log.has("message Text three")
                    });
                }
            }
        });
        client.send_text("one");
        client.send_text("two");
        wait_until(context, "three messages", || log.len() == 3);
        let expected = ["message Text one", "message Text two", "message Text three"];
        assert_eq!(log.entries(), expected);
    });
}

#[test]
fn dropping_the_last_reference_ends_the_connection() {
    with_context(|context| {
        let (client, server) = connection_pair();
        let log = Log::of(&server);
        drop(client);
        wait_until(context, "the server to close", || log.has("closed"));
        assert_eq!(server.close_code(), 1006);
    });
}

#[test]
fn options_notify_once_and_only_changes() {
    with_context(|_| {
        let (client, server) = connection_pair();
        assert_eq!(client.max_incoming_payload_size(), 128 * 1024);
        assert_eq!(client.max_total_message_size(), 0);
        assert_eq!(server.max_total_message_size(), 128 * 1024);
        let notified = Rc::new(RefCell::new(Vec::new()));
        client.connect_notify_local(None, {
            let notified = notified.clone();
            move |_, pspec| notified.borrow_mut().push(pspec.name())
        });
        for _ in 0..2 {
            client.set_keepalive_interval(30);
            client.set_keepalive_pong_timeout(3);
            client.set_max_incoming_payload_size(1);
            client.set_max_total_message_size(2);
        }
        let expected = [
            "keepalive-interval",
            "keepalive-pong-timeout",
            "max-incoming-payload-size",
            "max-total-message-size",
        ];
        assert_eq!(*notified.borrow(), expected);
    });
}

/// In C; Rust programs are held to one thread.
#[cfg(feature = "capi")]
#[test]
fn a_connection_works_when_its_context_changes_the_thread() {
    let context = glib::MainContext::new();
    let (near, far) = socket_pair();
    context
        .with_thread_default(|| {
            // The closures of gio-rs stay with their thread, so this one has none; C has no such
            // limits, and the library may not add any.
            let server = connection(near, WebsocketConnectionType::Server);
            server.set_keepalive_interval(1);
            std::mem::forget(server);
        })
        .expect("a new context can be acquired");
    let runner = std::thread::spawn(move || {
        let received = Cell::new(0);
        let run = || {
            (&far)
                .write_all(b"\x89\x80\0\0\0\0")
                .expect("the socket takes it");
            far.set_nonblocking(true).expect("it can be");
            wait_until(&context, "a pong and a ping", || {
                let length = (&far).read(&mut [0; 16]).unwrap_or(0);
                received.set(received.get() + length);
                received.get() > 2
            });
        };
        context
            .with_thread_default(run)
            .expect("nobody owns the context any more");
    });
    runner.join().expect("the thread ends well");
}
