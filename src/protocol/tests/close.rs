//! The closing handshake and all the ways to end without one.

use std::time::Duration;

use super::{super::*, pair::Pair, *};

const SECOND: Duration = Duration::from_secs(1);
const OVER: [Event; 2] = [Event::Closing, Event::Closed];

#[test]
fn either_side_closes_with_code_and_reason() {
    for closer in BOTH {
        let mut pair = Pair::new();
        let endpoint = match closer {
            Role::Client => &mut pair.client.endpoint,
            Role::Server => &mut pair.server.endpoint,
        };
        endpoint
            .close(Some(CloseCode(4001)), "enough", pair.now)
            .unwrap();
        assert_eq!(endpoint.state(), State::Closing);
        pair.drive();
        assert_eq!(pair.client.events, OVER);
        assert_eq!(pair.server.events, OVER);
        let (this, other) = match closer {
            Role::Client => (&pair.client, &pair.server),
            Role::Server => (&pair.server, &pair.client),
        };
        assert_eq!(other.endpoint.close_code(), Some(CloseCode(4001)));
        assert_eq!(other.endpoint.close_reason(), Some("enough"));
        assert_eq!(this.endpoint.close_code(), Some(CloseCode(4001)));
        assert_eq!(this.endpoint.close_reason(), Some("enough"));
        for end in [this, other] {
            assert_eq!(end.endpoint.state(), State::Closed);
            assert_eq!(end.endpoint.shutdown(), Shutdown::Both);
            assert_eq!(end.endpoint.poll_timeout(), None);
        }
    }
}

#[test]
fn close_without_a_code_is_empty() {
    let mut pair = Pair::new();
    pair.server
        .endpoint
        .close(None, "nobody sees this", pair.now)
        .unwrap();
    assert_eq!(pair.client.endpoint.close_code(), None);
    pair.drive();
    assert_eq!(
        pair.client.endpoint.close_code(),
        Some(CloseCode::NO_STATUS)
    );
    assert_eq!(pair.client.endpoint.close_reason(), Some(""));
    assert_eq!(
        pair.server.endpoint.close_code(),
        Some(CloseCode::NO_STATUS)
    );
    assert_eq!(pair.client.events, OVER);
}

#[test]
fn both_may_close_at_once() {
    let mut pair = Pair::new();
    pair.client
        .endpoint
        .close(Some(CloseCode(4000)), "", pair.now)
        .unwrap();
    pair.server
        .endpoint
        .close(Some(CloseCode(4001)), "", pair.now)
        .unwrap();
    pair.drive();
    assert_eq!(pair.client.events, OVER);
    assert_eq!(pair.server.events, OVER);
    assert_eq!(pair.client.endpoint.close_code(), Some(CloseCode(4001)));
    assert_eq!(pair.server.endpoint.close_code(), Some(CloseCode(4000)));
}

#[test]
fn close_goes_behind_what_was_sent_and_nothing_behind_it() {
    let mut pair = Pair::new();
    pair.client
        .endpoint
        .send(DataType::Text, b"last words")
        .unwrap();
    pair.client.endpoint.close(None, "", pair.now).unwrap();
    let endpoint = &mut pair.client.endpoint;
    assert_eq!(
        endpoint.send(DataType::Text, b"and then"),
        Err(SendError::NotOpen)
    );
    assert_eq!(
        endpoint.send_frame(TEXT, b"and then"),
        Err(SendError::NotOpen)
    );
    assert_eq!(endpoint.ping(b""), Err(SendError::NotOpen));
    assert_eq!(endpoint.close(None, "", pair.now), Err(SendError::NotOpen));
    pair.drive();
    assert_eq!(
        pair.server.events,
        [text("last words"), Event::Closing, Event::Closed]
    );
}

#[test]
fn codes_that_may_not_be_sent_are_refused() {
    for (role, code) in [
        (Role::Client, 1005),
        (Role::Client, 1006),
        (Role::Server, 1010),
        (Role::Server, 1015),
        (Role::Server, 999),
        (Role::Server, 5000),
    ] {
        let mut side = Side::new(role);
        let code = CloseCode(code);
        let refused = side.endpoint.close(Some(code), "", side.now);
        assert_eq!(refused, Err(SendError::InvalidCloseCode(code)));
        assert_eq!(side.endpoint.state(), State::Open);
        assert_eq!(side.events(), []);
    }
}

#[test]
fn messages_come_until_the_peer_has_answered() {
    let mut side = Side::new(Role::Client);
    side.endpoint.close(None, "", side.now).unwrap();
    assert_eq!(
        side.receive(&frame_to(Role::Client, TEXT, b"late")),
        [Event::Closing, text("late")]
    );
    assert_eq!(side.endpoint.shutdown(), Shutdown::None);
    let bytes = [
        frame_to(Role::Client, CLOSE, b""),
        frame_to(Role::Client, TEXT, b"too late"),
    ];
    assert_eq!(side.receive(&bytes.concat()), []);
    assert_eq!(side.receive(b"\xff\xff"), []);
    assert_eq!(side.endpoint.close_code(), Some(CloseCode::NO_STATUS));
}

#[test]
fn pings_are_answered_until_the_close_frame_is_written() {
    let mut side = Side::new(Role::Client);
    side.endpoint.close(None, "", side.now).unwrap();
    side.receive(&frame_to(Role::Client, PING, b"1"));
    let expected = [
        frame_to(Role::Server, PONG, b"1"),
        frame_to(Role::Server, CLOSE, b""),
    ];
    assert_eq!(side.write_all(), expected.concat());
    side.receive(&frame_to(Role::Client, PING, b"2"));
    assert!(!side.endpoint.has_output());
}

#[test]
fn server_closes_the_stream_and_client_waits_for_that() {
    let mut client = Side::new(Role::Client);
    assert_eq!(
        client.receive(&frame_to(Role::Client, CLOSE, b"")),
        [Event::Closing]
    );
    assert_eq!(client.endpoint.shutdown(), Shutdown::None);
    assert_eq!(client.write_all(), frame_to(Role::Server, CLOSE, b""));
    assert_eq!(client.endpoint.shutdown(), Shutdown::Write);
    assert_eq!(client.events(), []);
    client.endpoint.handle_eof(client.now);
    assert_eq!(client.events(), [Event::Closed]);

    let mut server = Side::new(Role::Server);
    assert_eq!(
        server.receive(&frame_to(Role::Server, CLOSE, b"")),
        [Event::Closing]
    );
    server.write(1);
    assert_eq!(server.events(), []);
    server.write(1);
    assert_eq!(server.events(), [Event::Closed]);
    assert_eq!(server.endpoint.shutdown(), Shutdown::Both);
}

#[test]
fn answer_is_written_though_the_peer_has_ended_its_side() {
    for role in BOTH {
        let mut side = Side::new(role);
        side.endpoint.send(DataType::Text, b"on its way").unwrap();
        side.receive(&frame_to(role, CLOSE, b""));
        side.endpoint.handle_eof(side.now);
        assert_eq!(side.events(), []);
        let mut output = Vec::new();
        while side.endpoint.has_output() {
            output.extend(side.write(1));
        }
        assert!(output.ends_with(&side_close(role)), "{output:x?}");
        assert_eq!(side.events(), [Event::Closed]);
    }
}

/// An empty close frame from this role.
fn side_close(role: Role) -> Vec<u8> {
    match role {
        Role::Client => frame_to(Role::Server, CLOSE, b""),
        Role::Server => frame_to(Role::Client, CLOSE, b""),
    }
}

#[test]
fn end_without_a_close_frame_is_abnormal_and_no_error() {
    for role in BOTH {
        let mut side = Side::new(role);
        side.endpoint.send(DataType::Text, b"never read").unwrap();
        side.receive(&frame_to(role, TEXT, b"complete"));
        side.endpoint.handle_eof(side.now);
        assert_eq!(side.endpoint.close_code(), Some(CloseCode::ABNORMAL));
        assert_eq!(side.endpoint.close_reason(), None);
        assert_eq!(side.events(), [Event::Closed]);
        assert!(!side.endpoint.has_output());
    }
}

#[test]
fn end_inside_a_message_is_an_error() {
    for role in BOTH {
        let whole = frame_to(role, TEXT, b"hello");
        let fragment = frame_to(role, 0x01, b"hello");
        for bytes in [
            &whole[..1],
            &whole[..2],
            &whole[..whole.len() - 1],
            &fragment,
        ] {
            let mut side = Side::new(role);
            assert_eq!(side.receive(bytes), []);
            side.endpoint.handle_eof(side.now);
            let failed = Event::Failed(ProtocolError::UnexpectedEof);
            assert_eq!(side.events(), [failed, Event::Closing], "{bytes:x?}");
            side.write_all();
            assert_eq!(side.events(), [Event::Closed]);
            assert_eq!(side.endpoint.close_code(), Some(CloseCode::ABNORMAL));
        }
    }
}

#[test]
fn end_while_closing_is_the_end() {
    let mut side = Side::new(Role::Server);
    side.endpoint.close(None, "", side.now).unwrap();
    side.write_all();
    side.receive(&frame_to(Role::Server, TEXT, b"hello")[..5]);
    side.endpoint.handle_eof(side.now);
    assert_eq!(side.events(), [Event::Closed]);
    assert_eq!(side.endpoint.close_code(), Some(CloseCode::ABNORMAL));
}

#[test]
fn broken_stream_is_the_end_at_any_time() {
    let now = Instant::now();
    let prepare: [fn(&mut Side); 5] = [
        |_| (),
        |side| drop(side.receive(&frame_to(Role::Server, TEXT, b"hello")[..7])),
        |side| side.endpoint.close(None, "", side.now).unwrap(),
        |side| drop(side.receive(b"\xff")),
        |side| side.endpoint.send(DataType::Text, b"hello").unwrap(),
    ];
    for (at, prepare) in prepare.into_iter().enumerate() {
        let mut side = Side::new(Role::Server);
        prepare(&mut side);
        side.endpoint.handle_io_error();
        assert_eq!(side.endpoint.state(), State::Closed);
        assert!(!side.endpoint.has_output());
        let events = side.events();
        assert_eq!(events.last(), Some(&Event::Closed), "{at}: {events:?}");
        // Nothing wakes it up again.
        side.endpoint.handle_io_error();
        side.endpoint.handle_eof(now);
        side.endpoint.handle_timeout(now + 100 * SECOND);
        side.endpoint.fail(CloseCode::NORMAL, "", now);
        assert_eq!(
            side.endpoint.send(DataType::Text, b""),
            Err(SendError::NotOpen)
        );
        assert_eq!(side.receive(&frame_to(Role::Server, TEXT, b"hello")), []);
    }
}

#[test]
fn silent_peer_is_given_five_seconds() {
    for role in BOTH {
        let mut pair = Pair::new();
        let (end, peer) = match role {
            Role::Client => (&mut pair.client, &mut pair.server),
            Role::Server => (&mut pair.server, &mut pair.client),
        };
        peer.is_deaf = true;
        end.endpoint
            .close(Some(CloseCode::NORMAL), "", pair.now)
            .unwrap();
        let events = |pair: &Pair| match role {
            Role::Client => pair.client.events.clone(),
            Role::Server => pair.server.events.clone(),
        };
        pair.wait(4 * SECOND);
        assert_eq!(events(&pair), [Event::Closing]);
        pair.wait(2 * SECOND);
        assert_eq!(events(&pair), OVER);
    }
}

#[test]
fn close_timeout_waits_for_a_slow_reader() {
    let mut side = Side::new(Role::Server);
    let begin = side.now;
    side.endpoint.send(DataType::Binary, &[0; 1000]).unwrap();
    side.endpoint.close(None, "", side.now).unwrap();
    for _ in 0..10 {
        side.now += 4 * SECOND;
        side.endpoint.handle_timeout(side.now);
        assert_eq!(side.write(50).len(), 50);
        assert_eq!(side.endpoint.state(), State::Closing);
    }
    assert_eq!(side.endpoint.poll_timeout(), Some(begin + 45 * SECOND));
    side.now += 5 * SECOND;
    side.endpoint.handle_timeout(side.now);
    assert_eq!(side.events(), OVER);
    assert_eq!(side.endpoint.buffered_amount(), 0);
}

#[test]
fn close_timeout_may_be_off() {
    let mut side = Side::with_config(
        Role::Server,
        Config {
            close_timeout: Duration::ZERO,
            ..Config::new(Role::Server)
        },
    );
    side.endpoint.close(None, "", side.now).unwrap();
    side.write_all();
    assert_eq!(side.endpoint.poll_timeout(), None);
}

#[test]
fn failed_endpoint_reads_until_the_peer_has_seen_why() {
    for role in BOTH {
        let mut side = Side::new(role);
        side.receive(b"\xff");
        assert_eq!(side.endpoint.shutdown(), Shutdown::None);
        assert_eq!(side.write_all()[0], CLOSE);
        assert_eq!(side.endpoint.shutdown(), Shutdown::Write);
        // Even a close frame does not count any more.
        side.receive(&frame_to(role, CLOSE, b"\x03\xe8"));
        assert_eq!(side.receive(&[0; 1000]), []);
        assert_eq!(side.endpoint.close_code(), Some(CloseCode::ABNORMAL));
        side.endpoint.handle_eof(side.now);
        assert_eq!(side.events(), [Event::Closed]);
    }
}

#[test]
fn what_the_peer_sent_before_its_error_is_answered() {
    for role in BOTH {
        let mut side = Side::new(role);
        let bytes = [&frame_to(role, TEXT, b"before"), &b"\xff"[..]].concat();
        let mut input = &bytes[..];
        assert_eq!(
            side.endpoint.poll_event(&mut input, side.now),
            Some(text("before"))
        );
        side.endpoint.send(DataType::Text, b"answer").unwrap();
        assert!(matches!(
            side.receive(input)[..],
            [Event::Failed(_), Event::Closing]
        ));
        let written = side.write_all();
        let answer = frame_to(strictness::peer(role), TEXT, b"answer");
        assert!(written.starts_with(&answer), "{written:x?}");
        assert_eq!(written[answer.len()], CLOSE);
    }
}

#[test]
fn failed_connection_ends_on_both_sides() {
    let mut pair = Pair::new();
    pair.server
        .endpoint
        .send(DataType::Binary, &[0; 131_073])
        .unwrap();
    pair.drive();
    let error = ProtocolError::FrameTooBig {
        size: 131_073,
        limit: 131_072,
    };
    assert_eq!(
        pair.client.events,
        [Event::Failed(error), Event::Closing, Event::Closed]
    );
    assert_eq!(pair.server.events, OVER);
    assert_eq!(pair.server.endpoint.close_code(), Some(CloseCode::TOO_BIG));
    let reason = "frame of 131073 bytes exceeds the limit of 131072";
    assert_eq!(pair.server.endpoint.close_reason(), Some(reason));
}

#[test]
fn failure_of_the_layer_above_is_told_the_peer_only() {
    let mut pair = Pair::new();
    pair.client
        .endpoint
        .send(DataType::Text, b"answer")
        .unwrap();
    let reason = "ä".repeat(100);
    pair.client
        .endpoint
        .fail(CloseCode::POLICY_VIOLATION, &reason, pair.now);
    pair.drive();
    assert_eq!(pair.client.events, OVER);
    assert_eq!(pair.server.events[0], text("answer"));
    assert_eq!(pair.server.events[1..], OVER);
    assert_eq!(
        pair.server.endpoint.close_code(),
        Some(CloseCode::POLICY_VIOLATION)
    );
    assert_eq!(pair.server.endpoint.close_reason(), Some(&*"ä".repeat(61)));
}

#[test]
fn failure_while_closing_is_told_if_it_still_can_be() {
    let mut side = Side::new(Role::Server);
    side.endpoint
        .close(Some(CloseCode::NORMAL), "", side.now)
        .unwrap();
    let failed = Event::Failed(ProtocolError::ReservedBits(0xff));
    assert_eq!(side.receive(b"\xff"), [Event::Closing, failed.clone()]);
    assert_eq!(side.write_all()[2..4], 1002_u16.to_be_bytes());

    let mut side = Side::new(Role::Server);
    side.endpoint
        .close(Some(CloseCode::NORMAL), "", side.now)
        .unwrap();
    side.write_all();
    assert_eq!(side.receive(b"\xff"), [Event::Closing, failed]);
    assert!(!side.endpoint.has_output());
}
