//! A peer may vanish after any byte: what it said before counts, the end is told once, and nothing
//! is left behind.

mod support;

use glib::prelude::*;
use glib::{Object, WeakRef};
use std::cell::RefCell;
use std::rc::Rc;
use support::certificates::certificate;
use support::echo::port;
use support::raw::{
    Ends, REQUEST, RawPeer, accept, frame_to, listener, recording_server, response_to, settle,
    start_connecting,
};
use support::{Log, wait_until, with_context};
use wsoup::WebsocketConnectionType::{self, Client, Server};
use wsoup::{ServerListenOptions, Session};

/// How a peer goes.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Cut {
    /// It ends its side, and goes on reading.
    Half,
    /// It closes, with everything read.
    Whole,
    /// It closes with something unread, of which TCP makes a reset.
    Reset,
}

const CUTS: [Cut; 3] = [Cut::Half, Cut::Whole, Cut::Reset];

impl Cut {
    /// Does it; returns the peer if it is still there.
    fn make(self, peer: RawPeer) -> Option<RawPeer> {
        match self {
            Self::Half => {
                peer.shutdown_write();
                Some(peer)
            }
            Self::Whole => {
                peer.read();
                None
            }
            Self::Reset => None,
        }
    }
}

/// What a peer says after the handshake, frame by frame: the frame, what it emits, and whether a
/// message is incomplete behind it.
fn script(role: WebsocketConnectionType) -> Vec<(Vec<u8>, Vec<&'static str>, bool)> {
    let frame = |first_byte, payload: &[u8]| frame_to(role, first_byte, payload);
    vec![
        (frame(0x81, b"one"), vec!["message Text one"], false),
        (frame(0x8a, b"two"), vec!["pong two"], false),
        (frame(0x01, b"thr"), vec![], true),
        (frame(0x89, b"ping"), vec![], true),
        (frame(0x80, b"ee"), vec!["message Text three"], false),
        (
            frame(0x88, b"\x03\xe8bye"),
            vec!["state Closing", "closing"],
            false,
        ),
    ]
}

/// What is to be emitted when the first `length` bytes of the script come, and then the end.
fn expected(role: WebsocketConnectionType, length: usize, cut: Cut) -> Vec<Vec<&'static str>> {
    let mut emitted = Vec::new();
    let mut end = 0;
    let mut is_incomplete = false;
    let mut is_closing = false;
    for (frame, signals, is_in_message) in script(role) {
        if end + frame.len() > length {
            is_incomplete |= length > end;
            break;
        }
        end += frame.len();
        is_incomplete = is_in_message;
        is_closing = signals.contains(&"closing");
        emitted.extend(signals);
    }
    let closed = ["state Closed", "closed"];
    let failed = ["error", "state Closing", "closing"];
    let with = |more: &[&[&'static str]]| [&emitted[..], &more.concat()].concat();
    if is_closing || !is_incomplete && cut == Cut::Half {
        vec![with(&[&closed])]
    } else if cut == Cut::Half {
        vec![with(&[&failed, &closed])]
    } else {
        // A stream that breaks is an error if it is noticed before an orderly end is.
        let mut expected = vec![
            with(&[&closed]),
            with(&[&["error"], &closed]),
            with(&[&failed, &closed]),
        ];
        if is_incomplete {
            expected.remove(0);
        }
        expected
    }
}

/// The entries of `log`, errors without their texts.
fn emitted(log: &Log) -> Vec<String> {
    let kind = |entry: String| match entry.strip_prefix("error ") {
        Some(_) => "error".to_owned(),
        None => entry,
    };
    log.entries().into_iter().map(kind).collect()
}

#[track_caller]
fn assert_emitted(log: &Log, role: WebsocketConnectionType, length: usize, cut: Cut) {
    let emitted = emitted(log);
    let expected = expected(role, length, cut);
    assert!(
        expected.iter().any(|expected| emitted == *expected),
        "{role:?}, {length} bytes, {cut:?}: {emitted:?}, not one of {expected:?}"
    );
}

/// Waits until nobody has a reference to these any more.
#[track_caller]
fn wait_for_release(context: &glib::MainContext, objects: &[WeakRef<Object>]) {
    wait_until(context, "the release of all objects", || {
        objects.iter().all(|object| object.upgrade().is_none())
    });
}

fn weak(object: &impl IsA<Object>) -> WeakRef<Object> {
    object.upcast_ref::<Object>().downgrade()
}

fn script_bytes(role: WebsocketConnectionType) -> Vec<u8> {
    let frames = script(role).into_iter().map(|(frame, _, _)| frame);
    frames.collect::<Vec<_>>().concat()
}

#[test]
fn a_client_may_vanish_after_any_byte() {
    for cut in CUTS {
        let bytes = [REQUEST.as_bytes(), &script_bytes(Server)].concat();
        for length in 0..=bytes.len() {
            with_context(|context| client_vanishes(context, &bytes[..length], cut));
        }
    }
}

fn client_vanishes(context: &glib::MainContext, bytes: &[u8], cut: Cut) {
    let (server, accepted) = recording_server();
    let requests = Rc::new(RefCell::new(Vec::new()));
    let messages = Rc::new(RefCell::new(Vec::new()));
    for signal in ["request-started", "request-finished", "request-aborted"] {
        let (requests, messages) = (requests.clone(), messages.clone());
        server.connect_local(signal, false, move |values| {
            requests.borrow_mut().push(signal);
            let message: wsoup::ServerMessage = values[1].get().expect("it is a message");
            messages.borrow_mut().push(weak(&message));
            None
        });
    }
    let peer = RawPeer::connect(server.uris()[0].port() as u16);
    peer.send(context, bytes);
    let is_open = bytes.len() >= REQUEST.len();
    if is_open {
        wait_until(context, "the handler", || accepted.borrow().is_some());
    }
    settle(context);
    let peer = cut.make(peer);
    if is_open {
        let (connection, log) = accepted.take().expect("it is there");
        wait_until(context, "the end", || log.has("closed"));
        settle(context);
        assert_emitted(&log, Server, bytes.len() - REQUEST.len(), cut);
        assert_eq!(
            requests.take(),
            ["request-started", "request-finished"],
            "{bytes:?}"
        );
        messages.borrow_mut().push(weak(&connection));
    } else if !bytes.is_empty() {
        wait_until(context, "the abortion", || requests.borrow().len() == 2);
        settle(context);
        assert_eq!(requests.take(), ["request-started", "request-aborted"]);
    }
    if let Some(peer) = peer {
        wait_until(context, "the end of the stream", || peer.has_ended());
    }
    messages.borrow_mut().push(weak(&server));
    drop(server);
    wait_for_release(context, &messages.borrow());
}

#[test]
fn a_server_may_vanish_after_any_byte() {
    for cut in CUTS {
        let head = response_to("Sec-WebSocket-Key: a\r\n", "").len();
        let bytes = head + script_bytes(Client).len();
        for length in 0..=bytes {
            with_context(|context| server_vanishes(context, head, length, cut));
        }
    }
}

fn server_vanishes(context: &glib::MainContext, head: usize, length: usize, cut: Cut) {
    let (listener, uri) = listener();
    let session = Session::new();
    let outcome = start_connecting(&session, &uri, &[]);
    let peer = accept(context, &listener);
    let response = response_to(&peer.head(context), "");
    assert_eq!(response.len(), head);
    let bytes = [response.as_bytes(), &script_bytes(Client)].concat();
    peer.send(context, &bytes[..length]);
    let is_open = length >= head;
    if is_open {
        wait_until(context, "the connection", || outcome.borrow().is_some());
    }
    settle(context);
    let peer = cut.make(peer);
    wait_until(context, "the outcome", || outcome.borrow().is_some());
    let mut objects = vec![weak(&session)];
    match outcome.take().expect("it is there") {
        Ok((connection, log)) => {
            assert!(is_open, "{length}");
            wait_until(context, "the end", || log.has("closed"));
            settle(context);
            assert_emitted(&log, Client, length - head, cut);
            objects.push(weak(&connection));
        }
        Err(error) => {
            assert!(!is_open, "{length} {error}");
            let is_expected = error.matches(gio::IOErrorEnum::PartialInput)
                || cut != Cut::Half && error.matches(gio::IOErrorEnum::BrokenPipe);
            assert!(is_expected, "{length} {cut:?} {error:?}");
        }
    }
    if let Some(peer) = peer {
        wait_until(context, "the end of the stream", || peer.has_ended());
    }
    drop(session);
    wait_for_release(context, &objects);
}

#[test]
fn a_peer_may_vanish_anywhere_in_its_answer_to_a_close() {
    for (role, cut) in [Client, Server]
        .into_iter()
        .flat_map(|role| CUTS.map(|cut| (role, cut)))
    {
        let last = frame_to(role, 0x81, b"last");
        let bytes = [&last[..], &frame_to(role, 0x88, b"\x03\xe8bye")].concat();
        for length in 0..=bytes.len() {
            with_context(|context| {
                let Ends {
                    connection,
                    peer,
                    log,
                    server,
                } = Ends::open(context, role);
                connection.close(1001, Some("going"));
                settle(context);
                peer.send(context, &bytes[..length]);
                settle(context);
                let peer = cut.make(peer);
                wait_until(context, "the end", || log.has("closed"));
                settle(context);
                let mut expected = vec!["state Closing", "closing"];
                if length >= last.len() {
                    expected.push("message Text last");
                }
                expected.extend(["state Closed", "closed"]);
                assert_eq!(emitted(&log), expected, "{role:?} {length} {cut:?}");
                let code = if length == bytes.len() { 1000 } else { 1006 };
                assert_eq!(connection.close_code(), code, "{role:?} {length} {cut:?}");
                let objects = [weak(&connection)];
                drop((connection, server, peer));
                wait_for_release(context, &objects);
            });
        }
    }
}

#[test]
fn a_peer_that_does_not_read_may_vanish_with_much_queued() {
    for (role, cut) in [Client, Server]
        .into_iter()
        .flat_map(|role| CUTS.map(|cut| (role, cut)))
    {
        with_context(|context| {
            let Ends {
                connection,
                peer,
                log,
                server,
            } = Ends::open(context, role);
            connection.send_binary(&vec![7; 16 << 20]);
            connection.send_text("behind it");
            settle(context);
            assert_eq!(log.len(), 0);
            // With the half of it the end is seen, and all is written for as long as it is read.
            let peer = cut.make(peer);
            wait_until(context, "the end", || {
                if let Some(peer) = &peer {
                    peer.read();
                }
                log.has("closed")
            });
            let entries = emitted(&log);
            let end = ["state Closed", "closed"];
            assert!(
                entries == end || entries == ["error", end[0], end[1]],
                "{role:?} {cut:?}: {entries:?}"
            );
            let objects = [weak(&connection)];
            drop((connection, server));
            wait_for_release(context, &objects);
        });
    }
}

#[test]
fn a_client_may_vanish_in_its_tls_handshake() {
    // The header of a record, and the beginning of a ClientHello (RFC 8446 §4.1.2).
    let hello = b"\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03random";
    for length in [0, 1, 5, 6, hello.len()] {
        for disconnects in [false, true] {
            with_context(|context| {
                let server = wsoup::Server::builder()
                    .tls_certificate(&certificate("server"))
                    .build();
                server
                    .listen_local(0, ServerListenOptions::HTTPS)
                    .expect("there is a free port");
                let peer = RawPeer::connect(port(&server) as u16);
                peer.send(context, &hello[..length]);
                settle(context);
                if disconnects {
                    server.disconnect();
                } else {
                    drop(peer);
                }
                // That nothing is left is looked at when this ends.
                settle(context);
            });
        }
    }
}
