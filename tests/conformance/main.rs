//! Conformance to RFC 6455 and RFC 7692, byte by byte over TCP, in both roles: a connection of a `Server`
//! against a client written by hand, and one of a `Session` against a server written by hand.
//!
//! The cases are in the tables beside this file; `notation.rs` says how they are written. Each is
//! run with all its bytes at once, and, if it is short, with one byte at a time. Autobahn's suite
//! (`./run autobahn`) asks for more, and needs more: these run with every test.

#[path = "../support/mod.rs"]
mod support;

mod handshake;
mod heads;
mod notation;

use notation::{Case, Frame, cases, encode};
use std::panic::{AssertUnwindSafe, catch_unwind};
use support::raw::{Ends, frame_to, frames_from, settle};
use support::{wait_until, with_context};
use wsoup::WebsocketConnectionType::{self, Client};
use wsoup::WebsocketState;

/// Cases with more bytes are not sent one by one.
const SHORT: usize = 400;

#[test]
fn frames() {
    run(include_str!("frames.txt"));
}

#[test]
fn lengths() {
    run(include_str!("lengths.txt"));
}

#[test]
fn messages() {
    run(include_str!("messages.txt"));
}

#[test]
fn limits() {
    run(include_str!("limits.txt"));
}

#[test]
fn compression() {
    run(include_str!("compression.txt"));
}

#[test]
fn closing() {
    run(include_str!("closing.txt"));
}

/// Runs all cases of a table, and then says which failed.
fn run(table: &str) {
    let mut failed = Vec::new();
    for case in cases(table) {
        for &role in case.roles {
            for in_pieces in [false, true] {
                if !passes(&case, role, in_pieces) {
                    failed.push(format!("{} ({role:?}, in pieces: {in_pieces})", case.name));
                }
            }
        }
    }
    assert!(failed.is_empty(), "failed:\n{}", failed.join("\n"));
}

fn passes(case: &Case<'_>, role: WebsocketConnectionType, in_pieces: bool) -> bool {
    let check = || with_context(|context| check(context, case, role, in_pieces));
    catch_unwind(AssertUnwindSafe(check)).is_ok()
}

/// Runs a case: until it has failed the connection, or else until the peer has closed it.
fn check(
    context: &glib::MainContext,
    case: &Case<'_>,
    role: WebsocketConnectionType,
    in_pieces: bool,
) {
    let (mut bytes, ends) = encode(role, case.input);
    if in_pieces && bytes.len() > SHORT {
        return;
    }
    let fails = case.signals.iter().any(|signal| signal == "error");
    let closes = case.answers.iter().any(|(first, _)| *first == CLOSE);
    let mut answers = case.answers.clone();
    if !closes && !ends {
        // Nothing came of it that ends the connection, so that it has to be fit to be closed.
        let payload = b"\x03\xe8done";
        bytes.extend(frame_to(role, CLOSE, payload));
        answers.push((CLOSE, payload.to_vec()));
    }

    let end = if case.is_compressed {
        Ends::open_compressed(context, role)
    } else {
        Ends::open(context, role)
    };
    if let Some(limit) = case.frame_limit {
        end.connection.set_max_incoming_payload_size(limit);
    }
    if let Some(limit) = case.message_limit {
        end.connection.set_max_total_message_size(limit);
    }
    if in_pieces {
        for byte in &bytes {
            end.peer.send(context, &[*byte]);
            settle(context);
        }
    } else {
        end.peer.send(context, &bytes);
    }
    if ends {
        end.peer.shutdown_write();
    }
    wait_for_answers(context, &end, role, &answers, fails);
    if role == Client || fails {
        // Servers close the stream, and clients wait for that (RFC 6455 §7.1.1). After a violation
        // both leave it to the peer, so that it can read why.
        end.peer.shutdown_write();
    }
    wait_until(context, "the end", || end.log.has("closed"));
    wait_until(context, "the end of the stream", || end.peer.has_ended());
    let left: Vec<u8> = end.peer.received().clone();
    let frames = frames_from(role, &mut &left[..]);
    assert_eq!(frames.len(), answers.len(), "nothing follows: {frames:x?}");

    let mut expected = case.signals.clone();
    expected.extend(
        if answers.is_empty() {
            vec!["state Closed", "closed"]
        } else {
            vec!["state Closing", "closing", "state Closed", "closed"]
        }
        .into_iter()
        .map(str::to_owned),
    );
    let emitted = end.log.entries().into_iter().map(|entry| {
        if entry.starts_with("error ") {
            "error".to_owned()
        } else {
            entry
        }
    });
    assert_eq!(emitted.collect::<Vec<_>>(), expected, "{role:?}");
    assert_eq!(end.connection.state(), WebsocketState::Closed);
    let code = match answers.last() {
        Some((CLOSE, payload)) if !fails => payload
            .first_chunk()
            .map_or(1005, |code| u16::from_be_bytes(*code)),
        _ => 1006,
    };
    assert_eq!(end.connection.close_code(), code);
}

/// Waits for these frames, of which the close frame of an error may have any reason.
#[track_caller]
fn wait_for_answers(
    context: &glib::MainContext,
    end: &Ends,
    role: WebsocketConnectionType,
    answers: &[Frame],
    fails: bool,
) {
    let received = || {
        let mut frames = frames_from(role, &mut &end.peer.received()[..]);
        if fails && let Some((CLOSE, payload)) = frames.last_mut() {
            payload.truncate(2);
        }
        frames
    };
    wait_until(context, "the answers", || {
        received().len() >= answers.len() || end.peer.has_ended()
    });
    assert_eq!(received(), answers, "{role:?}");
}

const CLOSE: u8 = 0x88;
