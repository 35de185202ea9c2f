//! Nothing is left of those who have gone: no descriptor, no memory. Both are counted for the whole
//! process, so the tests here run one after the other, and others elsewhere.

mod support;

use gio::prelude::*;
use std::sync::{Mutex, MutexGuard, PoisonError};
use support::counting::{Counting, memory_of};
use support::raw::{REQUEST, RawPeer, settle};
use support::strangers::{Friend, GARBAGE, HELLO, hello, peer, peer_at, server, tls_peer};
use support::{wait_until, with_context};
use wsoup::Server;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn descriptors() -> usize {
    let open = std::fs::read_dir("/proc/self/fd").expect("the system tells");
    open.count()
}

#[test]
fn a_flood_from_one_address_leaves_the_others_alone() {
    let _alone = alone();
    with_context(|context| {
        let server = server(false);
        server.set_max_connections_per_address(10);
        let friend = peer_at("127.0.0.2", &server);
        assert_eq!(hello(context, &friend), 200);
        let before = descriptors();
        let flood: Vec<RawPeer> = (0..400).map(|_| peer(&server)).collect();
        for _ in 0..10 {
            assert_eq!(hello(context, &friend), 200);
        }
        wait_until(context, "the refusals", || {
            let ended = flood.iter().filter(|peer| peer.has_ended());
            ended.count() == 390
        });
        assert_eq!(descriptors(), before + 400 + 10);
        drop(flood);
        wait_until(context, "the descriptors", || descriptors() == before);
        assert_eq!(hello(context, &friend), 200);
    });
}

/// A peer of `server` that reads nothing of a WebSocket over TLS, to which more was sent than its
/// system takes.
#[track_caller]
fn deaf_peer(context: &glib::MainContext, server: &Server) -> gio::TlsConnection {
    let deaf = tls_peer(context, server);
    let request = REQUEST.replace("GET /", "GET /echo");
    deaf.output_stream()
        .write_all(request.as_bytes(), gio::Cancellable::NONE)
        .expect("there is room");
    wait_until(context, "it", || server.n_connections() == 1);
    let connection = &server.connections()[0];
    connection.set_close_timeout(1);
    for _ in 0..100 {
        connection.send_binary(&[0; 100_000]);
    }
    wait_until(context, "a full buffer", || {
        let before = connection.buffered_amount();
        settle(context);
        connection.buffered_amount() == before
    });
    deaf
}

#[test]
fn tls_connections_end_although_the_peer_reads_nothing() {
    let _alone = alone();
    for server_goes in [false, true] {
        with_context(|context| {
            // What is made once stays.
            let warm = server(true);
            Friend::new(context, &warm).is_served(context);
            drop(warm);
            settle(context);
            let before = descriptors();

            let server = server(true);
            let listening = descriptors() - before;
            let deaf = deaf_peer(context, &server);
            let server = if server_goes {
                // Nobody waits for an answer, but the end is to be told.
                drop(server);
                None
            } else {
                server.connections()[0].close(1000, None);
                Some(server)
            };
            let listening = if server_goes { 0 } else { listening };
            wait_until(context, "the end of the socket", || {
                descriptors() <= before + listening + 1
            });
            drop((server, deaf));
        });
    }
}

/// Comes, says `words`, and goes: with a reset, if something that was not read is left.
fn pass_by(context: &glib::MainContext, server: &Server, words: &[u8], waits: bool) {
    let peer = peer(server);
    peer.send_deaf(context, words);
    if waits {
        wait_until(context, "an answer", || peer.is_readable());
    }
}

#[test]
fn nothing_is_left_of_strangers() {
    let _alone = alone();
    for is_https in [false, true] {
        with_context(|context| {
            let server = server(is_https);
            let friend = Friend::new(context, &server);
            let strangers = || {
                for words in [&b""[..], b"G", b"\x16\x03\x01\x02\x00\x01\x00"] {
                    pass_by(context, &server, words, false);
                }
                for (garbage, _) in GARBAGE {
                    pass_by(context, &server, garbage, !is_https);
                }
                let handshake = REQUEST.replace("GET /", "GET /echo");
                pass_by(context, &server, HELLO, !is_https);
                pass_by(context, &server, handshake.as_bytes(), !is_https);
                friend.is_served(context);
            };
            // What is made once stays.
            strangers();
            wait_until(context, "the friend to be alone", || {
                server.n_connections() == 1
            });
            let before = descriptors();
            let ((), left, _) = memory_of(|| {
                for _ in 0..20 {
                    strangers();
                }
                wait_until(context, "their end", || {
                    server.n_connections() == 1 && descriptors() <= before
                });
            });
            // The log of the friend has grown.
            assert!(left < 16 * 1024, "{left} bytes are left");
            friend.is_served(context);
        });
    }
}
