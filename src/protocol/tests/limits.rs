//! Limits hold before memory is taken, and hold whatever else happens.

use super::{super::*, *};

fn config(max_payload_size: u64, max_message_size: u64, max_fragments: u32) -> Config {
    Config {
        max_payload_size,
        max_message_size,
        max_fragments,
        ..Config::new(Role::Client)
    }
}

/// The header of a frame to a client that announces so many bytes.
fn header(first_byte: u8, length: u64) -> Vec<u8> {
    let mut header = Vec::new();
    write_header(
        &mut header,
        first_byte,
        usize::try_from(length).unwrap(),
        None,
    );
    header
}

fn failed(error: ProtocolError) -> [Event; 2] {
    [Event::Failed(error), Event::Closing]
}

#[test]
fn frame_over_the_limit_fails_with_its_header() {
    for limit in [1, 125, 126, 65535, 65536, 1 << 31, 1 << 32, 1 << 62] {
        let mut side = Side::with_config(Role::Client, config(limit, 0, 0));
        assert_eq!(side.receive(&header(BINARY, limit)), []);

        let mut side = Side::with_config(Role::Client, config(limit, 0, 0));
        let error = ProtocolError::FrameTooBig {
            size: limit + 1,
            limit,
        };
        assert_eq!(side.receive(&header(BINARY, limit + 1)), failed(error));
        assert_eq!(error.close_code(), CloseCode::TOO_BIG);
    }
}

#[test]
fn frame_of_exactly_the_limit_is_taken() {
    let mut side = Side::with_config(Role::Client, config(1000, 1000, 1));
    let payload = [7; 1000];
    assert_eq!(
        side.receive(&frame_to(Role::Client, BINARY, &payload)),
        [binary(&payload)]
    );
}

#[test]
fn announced_lengths_take_no_memory() {
    // With memory for these the test would not get past the first.
    for length in [1 << 16, 1 << 31, 1 << 32, 1 << 40, 1 << 62] {
        let mut side = Side::with_config(Role::Client, config(0, 0, 0));
        assert_eq!(side.receive(&header(BINARY, length)), []);
        assert_eq!(side.receive(b"some of it"), []);
        assert_eq!(side.endpoint.state(), State::Open);
    }
}

#[test]
fn a_length_that_no_memory_has_is_too_big_without_a_limit() {
    let mut side = Side::with_config(Role::Client, config(0, 0, 0));
    let size = u64::MAX >> 1;
    let error = ProtocolError::MessageTooBig {
        size,
        limit: isize::MAX as u64 - 1,
    };
    assert_eq!(side.receive(&header(BINARY, size)), failed(error));

    // Sums do not overflow either.
    let mut side = Side::with_config(Role::Client, config(0, 0, 0));
    assert_eq!(
        side.receive(&frame_to(Role::Client, Opcode::Binary as u8, b"x")),
        []
    );
    assert_eq!(
        side.receive(&header(FIN, isize::MAX as u64 - 1))[0].clone(),
        {
            let size = isize::MAX as u64;
            Event::Failed(ProtocolError::MessageTooBig {
                size,
                limit: size - 1,
            })
        }
    );
}

#[test]
fn message_over_the_limit_fails_with_the_header_that_exceeds_it() {
    let mut side = Side::with_config(Role::Client, config(0, 10, 0));
    assert_eq!(side.receive(&frame_to(Role::Client, 0x01, b"12345")), []);
    assert_eq!(side.receive(&frame_to(Role::Client, 0x00, b"12345")), []);
    assert_eq!(side.receive(&frame_to(Role::Client, 0x00, b"")), []);
    let error = ProtocolError::MessageTooBig {
        size: 11,
        limit: 10,
    };
    assert_eq!(side.receive(&header(FIN, 1)), failed(error));
    assert_eq!(
        error.to_string(),
        "message of at least 11 bytes exceeds the limit of 10"
    );
}

#[test]
fn message_limit_counts_messages_one_by_one() {
    let mut side = Side::with_config(Role::Client, config(0, 10, 2));
    for _ in 0..3 {
        let bytes = [
            frame_to(Role::Client, 0x02, b"12345"),
            frame_to(Role::Client, FIN, b"12345"),
        ];
        assert_eq!(side.receive(&bytes.concat()), [binary(b"1234512345")]);
    }
}

#[test]
fn defaults_are_those_of_libsoup() {
    let server = Config::new(Role::Server);
    assert_eq!(
        (server.max_payload_size, server.max_message_size),
        (131_072, 131_072)
    );
    let client = Config::new(Role::Client);
    assert_eq!(
        (client.max_payload_size, client.max_message_size),
        (131_072, 0)
    );
    assert_eq!(client.close_timeout.as_secs(), 5);
}

#[test]
fn fragments_are_counted() {
    let mut side = Side::with_config(Role::Client, config(0, 0, 3));
    assert_eq!(side.receive(b"\x02\0\0\0\0\0"), []);
    let error = ProtocolError::TooManyFragments { limit: 3 };
    assert_eq!(
        side.receive(b"\x80\0"),
        [Event::Failed(error), Event::Closing]
    );

    let mut side = Side::with_config(Role::Client, config(0, 0, 3));
    assert_eq!(side.receive(b"\x02\0\0\0\x80\0"), [binary(b"")]);
    assert_eq!(side.receive(b"\x02\0\0\0\x80\0"), [binary(b"")]);
}

#[test]
fn a_million_fragments_are_one_message() {
    let mut side = Side::with_config(
        Role::Server,
        Config {
            max_message_size: 0,
            ..Config::new(Role::Server)
        },
    );
    for payload in [&b""[..], b"x"] {
        let fragment = frame_to(Role::Server, 0x00, payload);
        let mut bytes = frame_to(Role::Server, 0x01, payload);
        bytes.extend(fragment.repeat(1_000_000));
        bytes.extend(frame_to(Role::Server, FIN, b""));
        let expected = String::from_utf8(payload.repeat(1_000_001)).unwrap();
        assert_eq!(side.receive(&bytes), [text(&expected)]);
    }
}

#[test]
fn limits_may_change_between_two_messages() {
    let mut side = Side::with_config(Role::Client, config(10, 10, 0));
    let large = frame_to(Role::Client, BINARY, &[1; 20]);
    let bytes = [frame_to(Role::Client, TEXT, b"raise"), large.clone(), large].concat();
    let mut input = &bytes[..];
    assert_eq!(
        side.endpoint.poll_event(&mut input, side.now),
        Some(text("raise"))
    );
    side.endpoint.set_config(config(20, 20, 0), side.now);
    assert_eq!(
        side.endpoint.poll_event(&mut input, side.now),
        Some(binary(&[1; 20]))
    );
    side.endpoint.set_config(config(19, 20, 0), side.now);
    let error = ProtocolError::FrameTooBig {
        size: 20,
        limit: 19,
    };
    let event = side.endpoint.poll_event(&mut input, side.now);
    assert_eq!(event, Some(Event::Failed(error)));
}

#[test]
fn a_flood_of_pings_takes_little_memory() {
    let mut side = Side::new(Role::Server);
    let ping = frame_to(Role::Server, PING, &[b'x'; 125]);
    for _ in 0..100 {
        assert_eq!(side.receive(&ping.repeat(1000)), []);
    }
    let written = side.write_all();
    assert!(
        written.len() <= 64 * 127,
        "{} bytes were kept",
        written.len()
    );
}
