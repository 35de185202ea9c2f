//! How long a client may take, with times that are shorter in the tests than otherwise; and what is
//! kept for each.

use super::Server;
use crate::ServerListenOptions;
use crate::http::target::parse_uri;
use crate::testing::ticking;
use glib::subclass::prelude::*;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// Runs `context` until the server has ended `stream`, on which `more` comes now and then; returns
/// what the server sent.
fn drip(context: &glib::MainContext, mut stream: TcpStream, more: &[u8]) -> Vec<u8> {
    let begin = Instant::now();
    let mut last = begin;
    let mut received = Vec::new();
    let tick = ticking(context);
    stream.set_nonblocking(true).unwrap();
    loop {
        assert!(begin.elapsed() < Duration::from_secs(20), "it goes on");
        context.iteration(true);
        if last.elapsed() > Duration::from_millis(100) {
            last = Instant::now();
            // It fails when the server has closed.
            let _ = stream.write(more);
        }
        let mut bytes = [0; 1024];
        match stream.read(&mut bytes) {
            Ok(0) => break,
            Ok(length) => received.extend_from_slice(&bytes[..length]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => (),
            Err(_) => break,
        }
    }
    tick.destroy();
    assert!(begin.elapsed() > Duration::from_millis(900), "it was early");
    received
}

#[test]
fn a_request_that_is_never_finished_is_given_up() {
    for (begin, more) in [
        ("", ""),
        ("G", ""),
        ("GET / HTTP/1.1\r\nHost: a\r\n", ""),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: ", "x"),
        ("", "\r\n"),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n",
            "x",
        ),
    ] {
        let context = glib::MainContext::new();
        let run = || {
            let server = Server::builder().handshake_timeout(1).build();
            server.add_handler(None, |_, message, _, _| message.set_status(200, None));
            server
                .listen_local(0, ServerListenOptions::empty())
                .unwrap();
            let port = server.uris()[0].port() as u16;
            let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
            stream.write_all(begin.as_bytes()).unwrap();
            assert_eq!(drip(&context, stream, more.as_bytes()), [], "{begin:?}");
        };
        context.with_thread_default(run).unwrap();
    }
}

#[test]
fn connections_to_one_uri_share_it() {
    let server = Server::new();
    let kept = |text: &str| {
        let uri = server.imp().kept_uri(&parse_uri(text).unwrap());
        assert_eq!(uri.to_str(), text);
        uri
    };
    let pointer = |uri: &glib::Uri| uri.as_ptr();
    let [first, second] = [kept("ws://a/?b"), kept("ws://a/?b")];
    assert_eq!(pointer(&first), pointer(&second));
    let other = kept("ws://a/?c");
    assert_ne!(pointer(&first), pointer(&other));
    assert_eq!(kept("ws://u:p@a/?c").password().as_deref(), Some("p"));
}
