//! Pings, peers that are silent, and how a connection ends.

mod support;

use gio::prelude::*;
use std::cell::{Cell, RefCell};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::rc::Rc;
use std::time::{Duration, Instant};
use support::{Log, block_on, connection, connection_pair, socket_pair, wait_until, with_context};
use wsoup::{
    WebsocketConnection, WebsocketConnectionType, WebsocketDataType, WebsocketError, WebsocketState,
};

#[test]
fn a_ping_tells_how_long_its_pong_took() {
    with_context(|context| {
        let (client, server) = connection_pair();
        let log = Log::of(&client);
        let begin = Instant::now();
        let time = block_on(context, client.ping_future(Some(b"payload")));
        assert!(time.expect("it is answered") <= begin.elapsed());
        assert_eq!(log.entries(), ["pong payload"]);
        let time = block_on(context, server.ping_future(None));
        time.expect("it is answered");
        let long = block_on(context, client.ping_future(Some(&[0; 126])));
        let error = long.expect_err("it is too long");
        assert!(error.matches(gio::IOErrorEnum::InvalidArgument), "{error}");
    });
}

#[test]
fn the_newest_answer_counts_for_all_pings_before() {
    with_context(|context| {
        let (near, mut far) = socket_pair();
        let server = connection(near, WebsocketConnectionType::Server);
        let first = server.ping_future(Some(b"1"));
        let second = server.ping_future(Some(b"2"));
        let third = server.ping_future(Some(b"3"));
        let mut pings = [0; 9];
        while context.iteration(false) {}
        far.read_exact(&mut pings).expect("three pings");
        far.write_all(b"\x8a\x81\0\0\0\x002")
            .expect("there is room");
        let (first, second) = block_on(context, support::join(first, second));
        let (first, second) = (first.expect("answered"), second.expect("answered"));
        assert!(first >= second);
        drop(far);
        let error = block_on(context, third).expect_err("it is not answered");
        assert!(error.matches(gio::IOErrorEnum::BrokenPipe), "{error}");
        let error = block_on(context, server.ping_future(None)).expect_err("it is closed");
        assert!(error.matches(gio::IOErrorEnum::Closed), "{error}");
    });
}

#[test]
fn latency_is_measured_by_keepalives() {
    with_context(|context| {
        let (client, server) = connection_pair();
        let notified = Rc::new(RefCell::new(0));
        client.connect_notify_local(Some("latency"), {
            let notified = notified.clone();
            move |_, _| *notified.borrow_mut() += 1
        });
        assert_eq!(client.property::<i64>("latency"), -1);
        client.set_keepalive_interval(1);
        wait_until(context, "an answer", || client.latency().is_some());
        assert!(
            client
                .latency()
                .is_some_and(|latency| latency < Duration::from_secs(1))
        );
        assert_eq!(*notified.borrow(), 1);
        assert_eq!(server.latency(), None);
    });
}

#[test]
fn an_idle_peer_is_let_go() {
    with_context(|context| {
        let (near, _far) = socket_pair();
        let client = connection(near, WebsocketConnectionType::Client);
        let log = Log::of(&client);
        client.set_idle_timeout(1);
        client.set_close_timeout(1);
        let begin = Instant::now();
        wait_until(context, "the end", || log.has("closed"));
        assert!(begin.elapsed() >= Duration::from_secs(2));
        assert_eq!(log.entries()[0], "error nothing came within 1 seconds");
    });
}

#[test]
fn a_peer_that_only_announces_a_message_is_let_go() {
    for pings in [false, true] {
        with_context(|context| {
            let (near, mut far) = socket_pair();
            let client = connection(near, WebsocketConnectionType::Client);
            let log = Log::of(&client);
            client.set_close_timeout(1);
            if pings {
                client.set_keepalive_interval(1);
                client.set_keepalive_pong_timeout(1);
            } else {
                client.set_idle_timeout(1);
            }
            // The header of a frame of 128 KiB.
            far.write_all(b"\x82\x7f\0\0\0\0\0\x02\0\0")
                .expect("there is room");
            wait_until(context, "the end", || log.has("closed"));
            let expected = match pings {
                true => "error no pong came within 1 seconds",
                false => "error nothing came within 1 seconds",
            };
            assert_eq!(log.entries()[0], expected);
        });
    }
}

#[test]
fn a_close_that_is_not_answered_times_out() {
    with_context(|context| {
        let (near, _far) = socket_pair();
        let client = connection(near, WebsocketConnectionType::Client);
        client.set_close_timeout(1);
        let begin = Instant::now();
        let error = block_on(context, client.close_future(1000, None));
        let error = error.expect_err("nobody answers");
        assert!(error.matches(gio::IOErrorEnum::TimedOut), "{error}");
        assert!(begin.elapsed() < Duration::from_secs(4));
        assert!(!client.closed_cleanly());
        let error = block_on(context, client.close_future(1000, None));
        assert!(error.is_err(), "it is closed already");
    });
}

#[test]
fn how_it_was_closed_is_notified_before_it_is_told() {
    with_context(|context| {
        let (client, server) = connection_pair();
        let log = Rc::new(RefCell::new(Vec::new()));
        for name in ["close-code", "close-reason", "closed-cleanly", "state"] {
            let log = log.clone();
            server.connect_notify_local(Some(name), move |_, pspec| {
                log.borrow_mut().push(pspec.name().to_owned());
            });
        }
        for name in ["closing", "closed"] {
            let log = log.clone();
            server.connect_local(name, false, move |_| {
                log.borrow_mut().push(name.to_owned());
                None
            });
        }
        block_on(context, client.close_future(4000, Some("why"))).expect("it is answered");
        wait_until(context, "the other end", || {
            server.state() == WebsocketState::Closed
        });
        wait_until(context, "its signals", || {
            log.borrow().last().is_some_and(|l| l == "closed")
        });
        assert_eq!(
            *log.borrow(),
            [
                "state",
                "close-code",
                "close-reason",
                "closing",
                "state",
                "closed-cleanly",
                "closed"
            ]
        );
        assert_eq!(server.property::<u32>("close-code"), 4000);
        assert_eq!(
            server.property::<Option<String>>("close-reason").as_deref(),
            Some("why")
        );
        assert!(server.property::<bool>("closed-cleanly") && client.closed_cleanly());
    });
}

#[test]
fn an_end_without_a_close_frame_is_not_clean() {
    with_context(|context| {
        let (client, server) = connection_pair();
        let server_log = Log::of(&server);
        drop(client);
        wait_until(context, "the end", || server_log.has("closed"));
        assert!(!server.closed_cleanly());
        assert_eq!(server.property::<u32>("close-code"), 1006);
    });
}

/// Passes bytes on, at most so many a second in each direction: a slow network.
fn throttled(rate: usize) -> (TcpStream, TcpStream) {
    /// Times a second that bytes are passed on.
    const TICKS: u32 = 100;
    let pair = || {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it has an address");
        let near = TcpStream::connect(address).expect("it listens");
        (near, listener.accept().expect("one connects").0)
    };
    let ((client, client_side), (server, server_side)) = (pair(), pair());
    for (from, to) in [(&client_side, &server_side), (&server_side, &client_side)] {
        let (mut from, mut to) = (
            from.try_clone().expect("it can be cloned"),
            to.try_clone().expect("it can be cloned"),
        );
        std::thread::spawn(move || {
            let mut buffer = vec![0; rate / TICKS as usize];
            while let Ok(length @ 1..) = from.read(&mut buffer) {
                let begin = Instant::now();
                if to.write_all(&buffer[..length]).is_err() {
                    break;
                }
                let time = Duration::from_secs_f64(length as f64 / rate as f64);
                std::thread::sleep(time.saturating_sub(begin.elapsed()));
            }
        });
    }
    (client, server)
}

fn tcp_connection(stream: TcpStream, role: WebsocketConnectionType) -> WebsocketConnection {
    let socket = gio::Socket::from_fd(stream.into()).expect("it is a socket");
    let stream = socket.connection_factory_create_connection();
    let uri = glib::Uri::parse("ws://localhost/", glib::UriFlags::NONE).expect("it is a URI");
    WebsocketConnection::new(stream.upcast_ref(), &uri, role, None, None, Vec::new())
}

/// 5 MiB, or `WSOUP_TEST_TRANSFER` MiB, at 1 MiB a second: what the systems on the way keep takes longer
/// than a pong may.
#[test]
fn a_long_transfer_is_not_taken_for_a_dead_peer() {
    // The one pings the other alone: the pings of the other would be a sign of life, too.
    for sender_pings in [true, false] {
        transfer(sender_pings);
    }
}

fn transfer(sender_pings: bool) {
    const RATE: usize = 1 << 20;
    let mebibytes = std::env::var("WSOUP_TEST_TRANSFER");
    let mebibytes: u64 = mebibytes.map_or(5, |number| number.parse().expect("a number"));
    let rate = std::env::var("WSOUP_TEST_RATE");
    let rate = rate.map_or(RATE, |rate| rate.parse().expect("a number"));
    with_context(|context| {
        let (client, server) = throttled(rate);
        let client = tcp_connection(client, WebsocketConnectionType::Client);
        let server = tcp_connection(server, WebsocketConnectionType::Server);
        let errors = Rc::new(RefCell::new(Vec::new()));
        let received = Rc::new(Cell::new(0));
        for connection in [&client, &server] {
            connection.set_max_total_message_size(0);
            connection.set_max_incoming_payload_size(0);
            let errors = errors.clone();
            connection.connect_error(move |_, error| errors.borrow_mut().push(error.to_string()));
        }
        let pinging = if sender_pings { &client } else { &server };
        pinging.set_keepalive_interval(1);
        pinging.set_keepalive_pong_timeout(2);
        server.connect_message({
            let received = received.clone();
            move |_, _, bytes| received.set(received.get() + bytes.len() as u64)
        });
        let message = glib::Bytes::from_owned(vec![b'x'; 1 << 20]);
        for _ in 0..mebibytes {
            client.send_message(WebsocketDataType::Binary, &message);
        }
        let begin = Instant::now();
        while received.get() < mebibytes << 20 && errors.borrow().is_empty() {
            context.iteration(true);
        }
        assert_eq!(*errors.borrow(), [""; 0], "after {:?}", begin.elapsed());
        println!("{mebibytes} MiB in {:?}", begin.elapsed());
        // Nor is it when everything has arrived.
        let begin = Instant::now();
        wait_until(context, "some pings more", || {
            !errors.borrow().is_empty() || begin.elapsed() > Duration::from_secs(3)
        });
        assert_eq!(*errors.borrow(), [""; 0]);
    });
}

#[test]
fn a_peer_that_vanishes_in_a_transfer_is_found() {
    with_context(|context| {
        let (client, server) = throttled(1 << 20);
        let client = tcp_connection(client, WebsocketConnectionType::Client);
        let log = Log::of(&client);
        client.set_keepalive_interval(1);
        client.set_keepalive_pong_timeout(1);
        client.send_binary(&vec![0; 64 << 20]);
        // It is there, but reads nothing.
        let _server = server;
        wait_until(context, "the failure", || log.len() > 0);
        let error = WebsocketError::PolicyViolation;
        assert!(
            log.entries()[0].contains("no pong"),
            "{error:?}: {:?}",
            log.entries()
        );
    });
}
