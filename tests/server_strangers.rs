//! A server among strangers: what they may take is bounded, and whatever they do, the others are
//! served. What is left of them is in `server_remains.rs`.

mod support;

use gio::prelude::*;
use std::time::{Duration, Instant};
use support::raw::{REQUEST, RawPeer, settle};
use support::strangers::{Friend, GARBAGE, HELLO, hello, peer, peer_at, server, status_of};
use support::{DEADLINE, wait_until, with_context};

#[test]
fn beyond_max_connections_clients_wait_until_there_is_room() {
    with_context(|context| {
        let server = server(false);
        server.set_max_connections(2);
        let (first, second) = (peer(&server), peer(&server));
        assert_eq!(hello(context, &first), 200);
        second.send(context, REQUEST.replace("GET /", "GET /echo").as_bytes());
        assert_eq!(status_of(&second.head(context)), 101);
        let third = peer(&server);
        third.send(context, HELLO);
        for _ in 0..10 {
            assert_eq!(hello(context, &first), 200);
            settle(context);
        }
        assert_eq!(third.received().len(), 0);
        drop(first);
        assert_eq!(status_of(&third.head(context)), 200);

        let (fourth, fifth) = (peer(&server), peer(&server));
        fourth.send(context, HELLO);
        fifth.send(context, HELLO);
        settle(context);
        assert_eq!(fourth.received().len(), 0);
        server.set_max_connections(3);
        assert_eq!(status_of(&fourth.head(context)), 200);
        assert_eq!(fifth.received().len(), 0);
        // A WebSocket has a place like any other.
        drop(second);
        assert_eq!(status_of(&fifth.head(context)), 200);
    });
}

#[test]
fn further_connections_of_an_address_are_refused_and_others_are_not() {
    with_context(|context| {
        let server = server(false);
        server.set_max_connections_per_address(2);
        let (first, second) = (peer(&server), peer(&server));
        assert_eq!(hello(context, &first), 200);
        assert_eq!(hello(context, &second), 200);
        for _ in 0..20 {
            let third = peer(&server);
            third.send(context, HELLO);
            assert_eq!(status_of(&third.head(context)), 429);
            wait_until(context, "the end", || third.has_ended());
        }
        let other = peer_at("127.0.0.2", &server);
        assert_eq!(hello(context, &other), 200);
        drop(second);
        // The server may hear of the end after the next connection.
        wait_until(context, "room for another", || {
            hello(context, &peer(&server)) == 200
        });
        assert_eq!(hello(context, &first), 200);
    });
}

#[test]
fn connections_without_an_ip_address_are_not_counted_for_one() {
    with_context(|context| {
        let server = server(false);
        server.set_max_connections_per_address(1);
        server.set_max_connections(3);
        let accept = |address: Option<&gio::SocketAddress>| {
            let (ours, theirs) = support::socket_pair();
            let accepted = server.accept_iostream(&support::io_stream(ours), None, address);
            accepted.map(|()| theirs).map_err(|error| {
                assert!(error.matches(gio::IOErrorEnum::Busy), "{error}");
            })
        };
        let address = gio::InetSocketAddress::from_string("192.0.2.1", 1).expect("it is one");
        let first = accept(None).expect("there is room");
        let second = accept(None).expect("there is room");
        assert!(accept(Some(address.upcast_ref())).is_ok());
        // That has gone at once, and its place with it, when the server has noticed.
        wait_until(context, "its end", || {
            accept(Some(address.upcast_ref())).is_ok()
        });
        let third = accept(None);
        assert!(third.is_err());
        drop((first, second));
    });
}

#[test]
fn who_takes_too_long_for_a_head_is_given_up_while_others_are_served() {
    with_context(|context| {
        let server = server(false);
        server.set_handshake_timeout(1);
        let friend = Friend::new(context, &server);
        let slow: Vec<RawPeer> = (0..50).map(|_| peer(&server)).collect();
        let begin = Instant::now();
        let mut written = 0;
        let head = "GET /hello HTTP/1.1\r\nHost: a\r\n".to_owned() + &"X: x\r\n".repeat(1000);
        let mut last = begin;
        while !slow.iter().all(RawPeer::has_ended) {
            assert!(begin.elapsed() < Duration::from_secs(10), "they go on");
            friend.is_served(context);
            if last.elapsed() > Duration::from_millis(20) {
                last = Instant::now();
                for peer in &slow {
                    peer.send_deaf(context, &head.as_bytes()[written..=written]);
                }
                written += 1;
            }
        }
        assert!(begin.elapsed() > Duration::from_millis(900), "it was early");
        assert!(slow.iter().all(|peer| peer.received().is_empty()));
        friend.is_served(context);
    });
}

#[test]
fn the_time_for_a_head_begins_anew_with_each_request() {
    with_context(|context| {
        let server = server(false);
        server.set_handshake_timeout(1);
        let peer = peer(&server);
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_millis(1500) {
            assert_eq!(hello(context, &peer), 200);
        }
        peer.send(context, b"GET /");
        let begun = Instant::now();
        wait_until(context, "the end", || peer.has_ended());
        assert!(begun.elapsed() > Duration::from_millis(900), "it was early");
        assert!(begun.elapsed() < Duration::from_secs(5), "it was late");
    });
}

#[test]
fn half_open_peers_are_given_up_also_inside_of_a_tls_handshake() {
    for is_https in [false, true] {
        // The beginning of a ClientHello.
        for begin in [&b""[..], b"\x16\x03\x01\x02\x00\x01\x00"] {
            with_context(|context| {
                let server = server(is_https);
                server.set_handshake_timeout(1);
                let friend = Friend::new(context, &server);
                let silent: Vec<RawPeer> = (0..10).map(|_| peer(&server)).collect();
                for peer in &silent {
                    peer.send(context, begin);
                }
                let started = Instant::now();
                while !silent.iter().all(RawPeer::has_ended) {
                    assert!(started.elapsed() < Duration::from_secs(10), "they stay");
                    friend.is_served(context);
                }
                friend.is_served(context);
            });
        }
    }
}

#[test]
fn half_open_handshakes_do_not_keep_others_from_theirs() {
    with_context(|context| {
        let server = server(true);
        let half_open: Vec<RawPeer> = (0..50).map(|_| peer(&server)).collect();
        for peer in &half_open {
            peer.send(context, b"\x16\x03\x01\x02\x00\x01\x00");
        }
        settle(context);
        let begin = Instant::now();
        let friend = Friend::at("127.0.0.2", context, &server);
        assert!(begin.elapsed() < *DEADLINE / 10, "it took long");
        friend.is_served(context);
        assert!(!half_open.iter().any(RawPeer::has_ended));
    });
}

#[test]
fn who_waits_behind_half_open_handshakes_has_a_turn() {
    with_context(|context| {
        let server = server(true);
        let half_open: Vec<RawPeer> = (0..8).map(|_| peer(&server)).collect();
        for peer in &half_open {
            peer.send(context, b"\x16\x03\x01\x02\x00\x01\x00");
        }
        settle(context);
        // Of the same address, which need not be the same client.
        Friend::new(context, &server).is_served(context);
        assert!(half_open.iter().any(RawPeer::has_ended));
    });
}

#[test]
fn garbage_is_refused_and_others_are_served() {
    for is_https in [false, true] {
        with_context(|context| {
            let server = server(is_https);
            let friend = Friend::new(context, &server);
            for (garbage, status) in GARBAGE {
                let peer = peer(&server);
                peer.send(context, garbage);
                friend.is_served(context);
                peer.shutdown_write();
                wait_until(context, "the end", || peer.has_ended());
                if !is_https {
                    let head = peer.head(context);
                    assert_eq!(status_of(&head), status, "{garbage:?} {head}");
                }
            }
            friend.is_served(context);
        });
    }
}

#[test]
fn what_is_too_large_is_refused_and_others_are_served() {
    let long = |length| "x".repeat(length);
    let header = |length| format!("GET /hello HTTP/1.1\r\nHost: a\r\nX: {}", long(length));
    let uri = |length| format!("GET /hello?{} HTTP/1.1\r\nHost: a", long(length));
    let body = |length: usize| {
        format!("POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n")
            + &long(length)
    };
    let chunked = |length: usize| {
        "POST /hello HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".to_owned()
            + &format!("400\r\n{}\r\n", long(0x400)).repeat(length / 0x400)
            + "0\r\n\r\n"
    };
    let end = "\r\n\r\n";
    with_context(|context| {
        let server = server(false);
        let friend = Friend::new(context, &server);
        let try_all = |requests: &[(String, u32)]| {
            for (request, status) in requests {
                let peer = peer(&server);
                peer.send(context, request.as_bytes());
                friend.is_served(context);
                let head = peer.head(context);
                let begin = request.get(..80).unwrap_or(request);
                assert_eq!(status_of(&head), *status, "{begin} {}", request.len());
            }
        };
        try_all(&[
            (header(60_000) + end, 200),
            (header(70_000) + end, 431),
            (header(1 << 20), 431),
            (uri(60_000) + end, 200),
            (uri(1 << 20) + end, 431),
            (body(1 << 20), 200),
            (body((1 << 20) + 1), 413),
            (chunked(1 << 20), 200),
            (chunked((1 << 20) + 0x400), 413),
        ]);
        server.set_max_header_size(1000);
        server.set_max_body_size(2000);
        try_all(&[
            (header(900) + end, 200),
            (header(1000) + end, 431),
            (uri(1000) + end, 431),
            (body(2000), 200),
            (body(2001), 413),
            (chunked(0x400), 200),
            (chunked(0x800), 413),
        ]);
        server.set_max_header_size(0);
        server.set_max_body_size(0);
        try_all(&[(header(1 << 20) + end, 200), (body(2 << 20), 200)]);
    });
}

#[test]
fn what_waits_for_clients_is_bounded_for_each_and_for_all() {
    with_context(|context| {
        let server = server(false);
        server.set_max_buffered_amount(1 << 20);
        server.set_max_total_buffered_amount(3 << 19);
        // They read nothing.
        let clients: Vec<RawPeer> = (0..3).map(|_| peer(&server)).collect();
        for client in &clients {
            client.send(context, REQUEST.replace("GET /", "GET /echo").as_bytes());
            assert_eq!(status_of(&client.head(context)), 101);
        }
        let connections = server.connections();
        let fill = |connection: &wsoup::WebsocketConnection| {
            let mut rounds = 0;
            while rounds < 3 {
                match connection.try_send_binary(&[0; 10_000]) {
                    Ok(()) => rounds = 0,
                    Err(error) => {
                        assert!(error.matches(gio::IOErrorEnum::WouldBlock), "{error}");
                        rounds += 1;
                    }
                }
                while context.iteration(false) {}
            }
            connection.buffered_amount()
        };
        let amounts: Vec<u64> = connections.iter().map(fill).collect();
        // Their systems may take a little more meanwhile.
        let sum: u64 = amounts.iter().sum();
        assert!(
            amounts.iter().all(|amount| *amount <= 1 << 20),
            "{amounts:?}"
        );
        assert!(sum > 5 << 18 && sum <= 3 << 19, "{amounts:?}");
        // One that goes makes room.
        connections[0].set_close_timeout(1);
        drop(clients);
        wait_until(context, "the end", || server.connections().is_empty());
        let late = peer(&server);
        late.send(context, REQUEST.replace("GET /", "GET /echo").as_bytes());
        assert_eq!(status_of(&late.head(context)), 101);
        let connection = &server.connections()[0];
        connection
            .try_send_binary(&[0; 1 << 20])
            .expect("there is room again");
    });
}

#[test]
fn a_client_that_sends_too_often_is_let_go() {
    with_context(|context| {
        let server = server(false);
        server.set_max_message_rate(3);
        let client = peer(&server);
        client.send(context, REQUEST.replace("GET /", "GET /echo").as_bytes());
        assert_eq!(status_of(&client.head(context)), 101);
        let connection = server.connections()[0].clone();
        client.send(context, &b"\x82\x80\0\0\0\0".repeat(5));
        wait_until(context, "the end", || {
            connection.state() != wsoup::WebsocketState::Open
        });
        settle(context);
        assert!(
            client
                .received()
                .windows(2)
                .any(|bytes| bytes == b"\x03\xf0"),
            "1008"
        );
    });
}
