//! Pings that the endpoint sends by itself.

use std::time::Duration;

use super::{super::*, pair::Pair, *};

const SECOND: Duration = Duration::from_secs(1);

fn config(role: Role, interval: u64, timeout: u64) -> Config {
    Config {
        keepalive_interval: Duration::from_secs(interval),
        pong_timeout: Duration::from_secs(timeout),
        ..Config::new(role)
    }
}

/// A server that pings, before it has.
fn pinging(interval: u64, timeout: u64) -> Side {
    Side::with_config(Role::Server, config(Role::Server, interval, timeout))
}

impl Side {
    /// Lets time pass and does what is due, once.
    fn wait(&mut self, seconds: u64) {
        self.now += Duration::from_secs(seconds);
        self.endpoint.handle_timeout(self.now);
    }
}

/// The payload of a ping that a server sent, alone.
fn payload(ping: &[u8]) -> &[u8] {
    assert_eq!(ping[0], PING);
    assert_eq!(usize::from(ping[1]), ping.len() - 2);
    &ping[2..]
}

#[test]
fn idle_peer_is_pinged_and_answers() {
    let mut pair = Pair::with_configs(config(Role::Client, 0, 0), config(Role::Server, 10, 5));
    pair.wait(9 * SECOND);
    assert_eq!(pair.server.take_events(), []);
    pair.wait(52 * SECOND);
    let events = pair.server.take_events();
    assert_eq!(events.len(), 6);
    assert!(
        events.iter().all(|event| matches!(event, Event::Pong(_))),
        "{events:?}"
    );
    assert_eq!(pair.client.events, []);
    assert_eq!(pair.server.endpoint.state(), State::Open);
}

#[test]
fn peer_that_vanished_is_found() {
    let mut pair = Pair::with_configs(config(Role::Client, 0, 0), config(Role::Server, 10, 5));
    pair.client.is_deaf = true;
    pair.wait(14 * SECOND);
    assert_eq!(pair.server.events, []);
    pair.wait(2 * SECOND);
    let failed = Event::Failed(ProtocolError::PongTimeout(5 * SECOND));
    assert_eq!(pair.server.events, [failed.clone(), Event::Closing]);
    pair.wait(5 * SECOND);
    assert_eq!(pair.server.events, [failed, Event::Closing, Event::Closed]);
    assert_eq!(
        pair.client.endpoint.close_code(),
        Some(CloseCode::POLICY_VIOLATION)
    );
    assert_eq!(
        pair.client.endpoint.close_reason(),
        Some("no pong came within 5 seconds")
    );
}

#[test]
fn only_the_answer_counts() {
    let mut side = pinging(10, 5);
    side.wait(10);
    let ping = side.write_all();
    side.wait(4);
    for not_it in [
        &b""[..],
        b"1",
        b"wsoup keepalive 0",
        b"wsoup keepalive 2",
        b"wsoup keepalive x",
    ] {
        side.receive(&frame_to(Role::Server, PONG, not_it));
        assert_eq!(
            side.endpoint.poll_timeout(),
            Some(side.now + SECOND),
            "{not_it:?}"
        );
    }
    side.receive(&frame_to(Role::Server, PONG, payload(&ping)));
    assert_eq!(side.endpoint.poll_timeout(), Some(side.now + 6 * SECOND));
    side.wait(1);
    assert_eq!(side.events(), []);
}

#[test]
fn an_answer_to_any_ping_that_is_out_counts() {
    let mut side = pinging(10, 35);
    let pings: Vec<_> = (0..3)
        .map(|_| {
            side.wait(10);
            side.write_all()
        })
        .collect();
    assert_ne!(pings[0], pings[1]);
    // The first one was not answered in time, but the second is.
    side.wait(9);
    side.receive(&frame_to(Role::Server, PONG, payload(&pings[1])));
    side.wait(6);
    assert_eq!(side.endpoint.state(), State::Open);
    // One that was passed over does not count any more.
    let fourth = side.write_all();
    side.receive(&frame_to(Role::Server, PONG, payload(&pings[0])));
    side.wait(34);
    assert_eq!(side.endpoint.state(), State::Open);
    side.receive(&frame_to(Role::Server, PONG, payload(&fourth)));
    side.wait(1);
    assert_eq!(side.endpoint.state(), State::Open);
}

#[test]
fn time_for_the_pong_counts_from_the_last_byte_of_the_ping() {
    let mut side = pinging(10, 5);
    side.endpoint.send(DataType::Binary, &[0; 100]).unwrap();
    side.write(50);
    side.wait(10);
    side.wait(4);
    // The frame that has been begun has to end first; a slow network is no dead one.
    side.write(52);
    side.wait(4);
    side.write(1);
    side.wait(4);
    let ping = side.write_all();
    assert_ne!(ping, []);
    assert_eq!(side.endpoint.poll_timeout(), Some(side.now + 5 * SECOND));
    side.wait(4);
    assert_eq!(side.endpoint.state(), State::Open);
    side.wait(1);
    assert_eq!(side.endpoint.state(), State::Closing);
}

#[test]
fn what_is_written_after_the_ping_does_not_count() {
    let mut side = pinging(10, 5);
    side.endpoint.send(DataType::Text, b"hello?").unwrap();
    side.wait(10);
    // The ping goes first, and the message is still there.
    assert_eq!(payload(&side.write(19)), b"wsoup keepalive 1");
    side.wait(4);
    side.write(1);
    assert!(side.endpoint.has_output());
    side.wait(1);
    assert_eq!(side.endpoint.state(), State::Closing);
}

#[test]
fn time_counts_for_the_oldest_ping() {
    let mut side = pinging(10, 25);
    for _ in 0..3 {
        side.wait(10);
        assert_eq!(side.endpoint.state(), State::Open);
        side.write_all();
    }
    side.wait(5);
    assert_eq!(side.endpoint.state(), State::Closing);
}

#[test]
fn peer_that_takes_nothing_is_found_too() {
    let mut side = pinging(10, 5);
    side.wait(10);
    side.wait(5);
    let failed = Event::Failed(ProtocolError::PongTimeout(5 * SECOND));
    assert_eq!(side.events(), [failed, Event::Closing]);
}

#[test]
fn pings_that_cannot_be_written_do_not_pile_up() {
    let mut side = pinging(10, 0);
    for _ in 0..100 {
        side.wait(10);
    }
    assert_eq!(payload(&side.write_all()), b"wsoup keepalive 1");
    side.wait(10);
    assert_eq!(payload(&side.write_all()), b"wsoup keepalive 2");
}

#[test]
fn interval_may_change_and_begins_anew() {
    let mut side = Side::new(Role::Server);
    let begin = side.now;
    assert_eq!(side.endpoint.poll_timeout(), None);
    side.wait(3);
    side.endpoint
        .set_config(config(Role::Server, 10, 0), side.now);
    assert_eq!(side.endpoint.poll_timeout(), Some(begin + 13 * SECOND));
    side.wait(1);
    // What is not about it does not change it.
    let other = Config {
        max_fragments: 1,
        ..config(Role::Server, 10, 0)
    };
    side.endpoint.set_config(other, side.now);
    assert_eq!(side.endpoint.poll_timeout(), Some(begin + 13 * SECOND));
    side.endpoint
        .set_config(config(Role::Server, 20, 0), side.now);
    assert_eq!(side.endpoint.poll_timeout(), Some(begin + 24 * SECOND));
    side.endpoint
        .set_config(config(Role::Server, 0, 0), side.now);
    assert_eq!(side.endpoint.poll_timeout(), None);
}

#[test]
fn huge_times_are_never() {
    let mut side = Side::with_config(
        Role::Server,
        Config {
            keepalive_interval: Duration::MAX,
            close_timeout: Duration::MAX,
            ..Config::new(Role::Server)
        },
    );
    assert_eq!(side.endpoint.poll_timeout(), None);
    side.endpoint.close(None, "", side.now).unwrap();
    assert_eq!(side.endpoint.poll_timeout(), None);
}

#[test]
fn nothing_is_pinged_while_closing() {
    let mut side = pinging(2, 1);
    side.endpoint.close(None, "", side.now).unwrap();
    side.write_all();
    side.wait(4);
    assert!(!side.endpoint.has_output());
    assert_eq!(side.events(), [Event::Closing]);
}

#[test]
fn pings_of_the_application_are_timed() {
    let mut side = Side::new(Role::Server);
    let first = side.endpoint.ping(b"one").unwrap();
    side.wait(7);
    side.write_all();
    side.wait(2);
    let second = side.endpoint.ping(b"two").unwrap();
    side.write_all();
    side.wait(1);
    let events = side.receive(&frame_to(Role::Server, PONG, b"two"));
    let answered = |ping, seconds| Event::Answered {
        ping,
        round_trip: Duration::from_secs(seconds),
    };
    let pong = Event::Pong(b"two"[..].into());
    // The peer may have answered the newest alone.
    assert_eq!(events, [pong, answered(first, 3), answered(second, 1)]);
}

#[test]
fn latency_is_that_of_the_last_keepalive() {
    let mut side = pinging(10, 5);
    assert_eq!(side.endpoint.latency(), None);
    for seconds in [2, 3] {
        side.wait(10 - seconds + 1);
        side.wait(seconds);
        let ping = side.write_all();
        side.wait(seconds);
        side.receive(&frame_to(Role::Server, PONG, payload(&ping)));
        assert_eq!(side.endpoint.latency(), Some(Duration::from_secs(seconds)),);
    }
}

#[test]
fn peer_that_is_busy_sending_is_not_gone() {
    let mut side = pinging(10, 5);
    side.wait(10);
    side.write_all();
    for _ in 0..5 {
        side.wait(4);
        side.receive(&frame_to(Role::Server, BINARY, b"part of something big"));
        assert_eq!(side.endpoint.state(), State::Open);
    }
    side.wait(4);
    assert_eq!(side.endpoint.state(), State::Open);
    side.wait(1);
    let failed = Event::Failed(ProtocolError::PongTimeout(5 * SECOND));
    assert_eq!(side.events()[0], failed);
}

#[test]
fn silence_can_be_excused() {
    let mut side = pinging(10, 5);
    side.wait(10);
    side.write_all();
    side.now += 5 * SECOND;
    assert!(side.endpoint.peer_is_overdue(side.now));
    side.endpoint.excuse_silence(side.now);
    assert!(!side.endpoint.peer_is_overdue(side.now));
    side.wait(4);
    assert_eq!(side.endpoint.state(), State::Open);
    side.wait(1);
    assert_eq!(side.endpoint.state(), State::Closing);
}

#[test]
fn idle_peer_is_let_go() {
    let config = Config {
        idle_timeout: 10 * SECOND,
        ..Config::new(Role::Server)
    };
    let mut side = Side::with_config(Role::Server, config);
    side.wait(9);
    side.receive(&frame_to(Role::Server, PONG, b""));
    side.wait(9);
    assert_eq!(side.endpoint.state(), State::Open);
    assert!(!side.endpoint.peer_is_overdue(side.now));
    side.wait(1);
    let failed = Event::Failed(ProtocolError::IdleTimeout(10 * SECOND));
    assert_eq!(side.events(), [failed, Event::Closing]);
}

#[test]
fn peer_that_only_announces_a_payload_is_silent() {
    let times = [
        Config {
            idle_timeout: 5 * SECOND,
            ..Config::new(Role::Server)
        },
        config(Role::Server, 1, 4),
    ];
    for config in times {
        let mut side = Side::with_config(Role::Server, config);
        let frame = frame_to(Role::Server, BINARY, &[0; 100_000]);
        side.receive(&frame[..14]);
        side.wait(1);
        side.write_all();
        let moved = |side: &mut Side, length: usize| {
            let read = |buffer: &mut Vec<u8>, _| buffer.resize(buffer.len() + length, 0);
            let read = side.endpoint.read_payload(side.now, read);
            read.expect("the payload is large");
        };
        side.now += 3 * SECOND;
        moved(&mut side, 1);
        side.now += 4 * SECOND;
        assert!(!side.endpoint.peer_is_overdue(side.now - SECOND));
        moved(&mut side, 0);
        side.wait(1);
        assert_eq!(side.endpoint.state(), State::Closing);
    }
}
