//! What a peer may not send, byte by byte, and how it is told.

use super::{super::*, *};

/// Checks that these bytes fail the connection with their last one, and not before.
fn assert_fails(role: Role, config: &Config, bytes: &[u8], expected: ProtocolError) {
    let mut side = Side::with_config(role, config.clone());
    let (last, before) = bytes.split_last().unwrap();
    let events = side.receive(before);
    let failed = |event: &Event| matches!(event, Event::Failed(_));
    assert!(
        !events.iter().any(failed),
        "{role:?} {before:x?}: {events:?}"
    );
    let events = side.receive(&[*last]);
    assert_eq!(
        events,
        [Event::Failed(expected), Event::Closing],
        "{role:?} {bytes:x?}"
    );
    assert_eq!(side.endpoint.state(), State::Closing);
    assert_eq!(side.endpoint.close_code(), Some(CloseCode::ABNORMAL));

    // The peer is told why, and nothing behind it.
    let reason = expected.to_string();
    let payload = [&expected.close_code().0.to_be_bytes(), reason.as_bytes()].concat();
    assert!(payload.len() <= 125, "{reason}");
    let written = side.write_all();
    let close = frame_to(peer(role), CLOSE, &payload);
    assert!(written.ends_with(&close), "{written:x?}");
    assert_eq!(side.endpoint.shutdown(), Shutdown::Write);

    // All at once makes no difference.
    let mut side = Side::with_config(role, config.clone());
    let mut more = bytes.to_vec();
    more.extend(frame_to(role, TEXT, b"ignored"));
    let mut events = side.receive(&more);
    events.retain(|event| !matches!(event, Event::Message { .. } | Event::Pong(_)));
    assert_eq!(
        events,
        [Event::Failed(expected), Event::Closing],
        "{role:?} {bytes:x?}"
    );
}

pub(super) fn peer(role: Role) -> Role {
    match role {
        Role::Client => Role::Server,
        Role::Server => Role::Client,
    }
}

/// Config without limits: the rules of the protocol hold whatever the limits.
fn unlimited() -> Config {
    Config {
        max_payload_size: 0,
        max_message_size: 0,
        max_fragments: 0,
        ..Config::new(Role::Client)
    }
}

#[test]
fn headers_against_the_rules() {
    use ProtocolError::*;
    for (bytes, expected) in [
        // RSV1 to RSV3, in data and control frames, alone and together.
        (&b"\xc1"[..], ReservedBits(0xc1)),
        (b"\xa2", ReservedBits(0xa2)),
        (b"\x91", ReservedBits(0x91)),
        (b"\xf0", ReservedBits(0xf0)),
        (b"\xc9", ReservedBits(0xc9)),
        (b"\xb8", ReservedBits(0xb8)),
        // Opcodes without a meaning.
        (b"\x83", ReservedOpcode(3)),
        (b"\x04", ReservedOpcode(4)),
        (b"\x85", ReservedOpcode(5)),
        (b"\x86", ReservedOpcode(6)),
        (b"\x87", ReservedOpcode(7)),
        (b"\x8b", ReservedOpcode(11)),
        (b"\x8c", ReservedOpcode(12)),
        (b"\x0d", ReservedOpcode(13)),
        (b"\x8e", ReservedOpcode(14)),
        (b"\x8f", ReservedOpcode(15)),
        // Control frames in fragments.
        (b"\x08", FragmentedControl(Opcode::Close)),
        (b"\x09", FragmentedControl(Opcode::Ping)),
        (b"\x0a", FragmentedControl(Opcode::Pong)),
        // Nothing to be continued.
        (b"\x80", UnexpectedContinuation),
        (b"\x00", UnexpectedContinuation),
    ] {
        for role in BOTH {
            assert_fails(role, &Config::new(role), bytes, expected);
            assert_fails(role, &unlimited(), bytes, expected);
        }
    }
}

#[test]
fn masks_against_the_rules() {
    for (role, second_byte, expected) in [
        (Role::Server, 0x00, ProtocolError::Unmasked),
        (Role::Client, 0x80, ProtocolError::Masked),
    ] {
        for first_byte in [TEXT, BINARY, PING, PONG, CLOSE] {
            for length in [0, 5, 125] {
                let bytes = [first_byte, second_byte | length];
                assert_fails(role, &Config::new(role), &bytes, expected);
            }
        }
    }
}

#[test]
fn lengths_against_the_rules() {
    for role in BOTH {
        let mask_bit = if role == Role::Server { 0x80 } else { 0 };
        let fails = |first_byte: u8, length: &[u8], expected| {
            let bytes = [&[first_byte, mask_bit | length[0]], &length[1..]].concat();
            assert_fails(role, &Config::new(role), &bytes, expected);
            assert_fails(role, &unlimited(), &bytes, expected);
        };
        for (first_byte, opcode) in [
            (CLOSE, Opcode::Close),
            (PING, Opcode::Ping),
            (PONG, Opcode::Pong),
        ] {
            fails(first_byte, b"\x7e", ProtocolError::LongControl(opcode));
            fails(first_byte, b"\x7f", ProtocolError::LongControl(opcode));
        }
        for (length, bytes) in [
            (0, &b"\x7e\0\0"[..]),
            (5, b"\x7e\0\x05"),
            (125, b"\x7e\0\x7d"),
            (0, b"\x7f\0\0\0\0\0\0\0\0"),
            (125, b"\x7f\0\0\0\0\0\0\0\x7d"),
            (0xffff, b"\x7f\0\0\0\0\0\0\xff\xff"),
        ] {
            fails(BINARY, bytes, ProtocolError::NonMinimalLength(length));
        }
        fails(
            TEXT,
            b"\x7f\x80\0\0\0\0\0\0\0",
            ProtocolError::LengthOverflow(1 << 63),
        );
        fails(
            TEXT,
            b"\x7f\xff\xff\xff\xff\xff\xff\xff\xff",
            ProtocolError::LengthOverflow(u64::MAX),
        );
    }
}

#[test]
fn sequences_against_the_rules() {
    for role in BOTH {
        let config = Config::new(role);
        let fragment = frame_to(role, Opcode::Text as u8, b"a");
        let last = frame_to(role, FIN, b"b");
        for (opcode, first_byte) in [
            (Opcode::Text, 0x01),
            (Opcode::Text, TEXT),
            (Opcode::Binary, BINARY),
        ] {
            let bytes = [&fragment[..], &frame_to(role, PING, b""), &[first_byte]].concat();
            assert_fails(
                role,
                &config,
                &bytes,
                ProtocolError::ExpectedContinuation(opcode),
            );
        }
        let bytes = [&fragment[..], &last, &[FIN]].concat();
        assert_fails(role, &config, &bytes, ProtocolError::UnexpectedContinuation);
    }
}

#[test]
fn close_frames_against_the_rules() {
    use ProtocolError::*;
    for role in BOTH {
        let fails = |payload: &[u8], expected| {
            assert_fails(
                role,
                &Config::new(role),
                &frame_to(role, CLOSE, payload),
                expected,
            );
        };
        fails(b"\x03", ShortClose);
        for code in [
            0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535,
        ] {
            fails(&u16::to_be_bytes(code), InvalidCloseCode(CloseCode(code)));
        }
        fails(
            b"\x03\xe8\xce\xba\xe1\xbd\xb9\xcf\x83\xed\xa0\x80",
            InvalidCloseReason,
        );
        fails(b"\x03\xe8\xe2\x82", InvalidCloseReason);
    }
}

#[test]
fn text_fails_with_its_first_bad_byte() {
    for role in BOTH {
        let config = Config::new(role);
        // In the middle of a frame: what stands behind need not come.
        let good = "κόσμε".as_bytes();
        let bad = [good, b"\xf4\x90"].concat();
        let frame = frame_to(role, TEXT, &[&bad[..], b"\x80\x80edited"].concat());
        let end = frame.len() - b"\x80\x80edited".len();
        let error = ProtocolError::InvalidText { offset: good.len() };
        assert_fails(role, &config, &frame[..end], error);

        // Across fragments, with a ping in the middle of a character.
        let bytes = [
            frame_to(role, 0x01, &bad[..bad.len() - 1]),
            frame_to(role, PING, b""),
            frame_to(role, 0x00, b""),
            frame_to(role, 0x00, b"\x90"),
        ]
        .concat();
        assert_fails(role, &config, &bytes, error);
    }
}

#[test]
fn text_may_not_end_inside_a_character() {
    for role in BOTH {
        let bytes = [
            frame_to(role, 0x01, b"ok\xe2"),
            frame_to(role, FIN, b"\x82"),
        ]
        .concat();
        let error = ProtocolError::InvalidText { offset: 2 };
        assert_fails(role, &Config::new(role), &bytes, error);
    }
}

#[test]
fn characters_may_span_fragments() {
    for role in BOTH {
        let mut bytes = Vec::new();
        let whole = "a€😀\0z";
        for (at, byte) in whole.bytes().enumerate() {
            bytes.extend(frame_to(role, if at == 0 { 0x01 } else { 0x00 }, &[byte]));
        }
        bytes.extend(frame_to(role, FIN, b""));
        assert_eq!(Side::new(role).receive(&bytes), [text(whole)]);
    }
}

#[test]
fn binary_is_not_checked() {
    for role in BOTH {
        let bytes = frame_to(role, BINARY, b"\xff\xfe\x80");
        assert_eq!(Side::new(role).receive(&bytes), [binary(b"\xff\xfe\x80")]);
    }
}

#[test]
fn every_code_that_may_be_sent_is_taken_and_answered() {
    let codes = [
        1000..=1003,
        1007..=1014,
        3000..=3001,
        3999..=4000,
        4999..=4999,
    ];
    for code in codes.into_iter().flatten() {
        for role in BOTH {
            let mut side = Side::new(role);
            let payload = [&u16::to_be_bytes(code)[..], b"why"].concat();
            let events = side.receive(&frame_to(role, CLOSE, &payload));
            assert_eq!(events, [Event::Closing], "{code}");
            assert_eq!(side.endpoint.close_code(), Some(CloseCode(code)));
            assert_eq!(side.endpoint.close_reason(), Some("why"));
            let answer = frame_to(peer(role), CLOSE, &payload);
            assert_eq!(side.write_all(), answer);
        }
    }
}
