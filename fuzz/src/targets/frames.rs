//! Any bytes at an endpoint, against [`crate::model`].

use super::{drain, next_mask};
use crate::input::Pieces;
use crate::model::{self, End, Happening, Limits, Verdict};
use std::time::Instant;
use wsoup::protocol::{Config, Endpoint, Event, Role};

/// How the bytes arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Arrival {
    AtOnce,
    Singly,
    /// In pieces of many lengths, and large payloads are read to where they belong.
    InPieces(u8),
}

/// The bytes come to the same however they arrive, and to what the model says.
///
/// The first byte chooses role and limits, the second the pieces; the others are what arrives.
pub fn frames(data: &[u8]) {
    let [options, pieces, stream @ ..] = data else {
        return;
    };
    let (role, limits) = options_of(*options);
    let expected = model::judge(stream, role, limits);
    for arrival in [Arrival::AtOnce, Arrival::Singly, Arrival::InPieces(*pieces)] {
        check(stream, role, limits, arrival, &expected);
    }
}

/// Role and limits; the seeds are written with these in mind.
pub(crate) fn options_of(options: u8) -> (Role, Limits) {
    let role = if options & 1 == 0 {
        Role::Server
    } else {
        Role::Client
    };
    let (frame, message) = match options >> 1 & 3 {
        0 => (0, 0),
        1 => (10, 0),
        2 => (0, 10),
        _ => (125, 300),
    };
    let fragments = if options & 8 == 0 { 0 } else { 3 };
    let limits = Limits {
        frame,
        message,
        fragments,
    };
    (role, limits)
}

pub(super) fn endpoint_with(role: Role, limits: Limits, now: Instant) -> Endpoint {
    let mut config = Config::new(role);
    config.max_payload_size = limits.frame;
    config.max_message_size = limits.message;
    config.max_fragments = limits.fragments;
    Endpoint::new(role, config, next_mask, now)
}

fn check(stream: &[u8], role: Role, limits: Limits, arrival: Arrival, expected: &Verdict) {
    let now = Instant::now();
    let mut endpoint = endpoint_with(role, limits, now);
    let (mut events, mut output) = (Vec::new(), Vec::new());
    let mut pieces = Pieces::new(match arrival {
        Arrival::InPieces(seed) => seed,
        Arrival::AtOnce | Arrival::Singly => 0,
    });
    let mut rest = stream;
    while !rest.is_empty() {
        let mut piece = match arrival {
            Arrival::AtOnce => std::mem::take(&mut rest),
            Arrival::Singly => rest.split_off(..1).unwrap_or_default(),
            Arrival::InPieces(_) => {
                let read = endpoint.read_payload(now, |payload, most| {
                    assert!(payload.capacity() - payload.len() >= most.min(1), "no room");
                    let piece = pieces.take(&mut &rest[..rest.len().min(most)]);
                    payload.extend_from_slice(piece);
                    piece.len()
                });
                match read {
                    Some(length) => {
                        rest = &rest[length..];
                        &[]
                    }
                    None => pieces.take(&mut rest),
                }
            }
        };
        while let Some(event) = endpoint.poll_event(&mut piece, now) {
            events.push(event);
        }
        assert!(
            piece.is_empty(),
            "{arrival:?}: {} bytes are left",
            piece.len()
        );
        drain(&mut endpoint, &mut output, now);
    }
    let seen = Verdict {
        pings: pings_answered(role, &output, &expected.end),
        end: end_of(&events, &endpoint),
        events: events.into_iter().filter_map(happening).collect(),
    };
    if arrival != Arrival::Singly && expected.pings.len() > MAX_PONGS {
        // Where many come at once, the newest stands for those that were left out.
        assert_eq!(seen.events, expected.events);
        assert_eq!(seen.end, expected.end);
        assert!(seen.pings.len() >= MAX_PONGS);
        assert_eq!(seen.pings.last(), expected.pings.last());
    } else {
        assert_eq!(&seen, expected, "{arrival:?}, {role:?}, {limits:?}");
    }
}

fn happening(event: Event) -> Option<Happening> {
    match event {
        Event::Message { data_type, payload } => {
            assert_eq!(payload.as_bytes_with_nul().last(), Some(&0));
            Some(Happening::Message(data_type, payload.to_vec()))
        }
        Event::Pong(payload) => Some(Happening::Pong(payload.to_vec())),
        _ => None,
    }
}

/// Where the events have led.
fn end_of(events: &[Event], endpoint: &Endpoint) -> End {
    let is_end = |event: &&Event| !matches!(event, Event::Message { .. } | Event::Pong(_));
    let ends: Vec<_> = events.iter().filter(is_end).collect();
    // A server has written everything, and closes the stream by itself.
    match ends[..] {
        [] => End::Open,
        [Event::Failed(error), Event::Closing] => End::Failure(error.close_code().0),
        [Event::Closing] | [Event::Closing, Event::Closed] => {
            let code = endpoint.close_code().map_or(0, |code| code.0);
            let reason = endpoint.close_reason().unwrap_or_default().as_bytes();
            // RFC 6455 §7.1.5: 1005 is not on the wire.
            End::Close(match code {
                1005 => Vec::new(),
                code => [&code.to_be_bytes(), reason].concat(),
            })
        }
        _ => panic!("{events:?}"),
    }
}

/// The pings that were answered, if what was written is right otherwise.
fn pings_answered(role: Role, mut output: &[u8], end: &End) -> Vec<Vec<u8>> {
    let mut frames = Vec::new();
    while let Some(frame) = model::frame(output) {
        output = &output[frame.size..];
        assert_eq!(frame.is_masked, role == Role::Client);
        frames.push((frame.first_byte, frame.payload));
    }
    assert!(output.is_empty(), "half a frame was written");
    if *end != End::Open {
        let (first_byte, payload) = frames.pop().unwrap_or_default();
        assert_eq!(first_byte, 0x88, "a close frame is last");
        match end {
            End::Close(expected) => assert_eq!(payload, *expected),
            End::Failure(code) => assert_eq!(payload[..2], code.to_be_bytes()),
            End::Open => (),
        }
    }
    let pong = |(first_byte, payload): (u8, Vec<u8>)| {
        assert_eq!(first_byte, 0x8a, "only pings are answered");
        payload
    };
    frames.into_iter().map(pong).collect()
}

/// How many pongs wait at most.
const MAX_PONGS: usize = 64;
