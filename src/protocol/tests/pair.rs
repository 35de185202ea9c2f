//! Two endpoints, connected by a stream that has no size, in virtual time.

use std::time::Duration;

use super::{super::*, *};

pub(super) struct Pair {
    pub(super) client: End,
    pub(super) server: End,
    pub(super) now: Instant,
}

/// One of the two, and the stream's end before it.
pub(super) struct End {
    pub(super) endpoint: Endpoint,
    /// What it had to tell, in order.
    pub(super) events: Vec<Event>,
    /// Its peer is gone: nothing arrives there, and nothing comes from there.
    pub(super) is_deaf: bool,
    arriving: Vec<u8>,
    eof_arrives: bool,
    eof_was_seen: bool,
}

impl End {
    fn new(role: Role, config: Config, now: Instant) -> Self {
        Self {
            endpoint: Endpoint::new(role, config, || MASK, now),
            events: Vec::new(),
            is_deaf: false,
            arriving: Vec::new(),
            eof_arrives: false,
            eof_was_seen: false,
        }
    }

    pub(super) fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// Does all that its driver would; returns whether there was anything.
    fn work(&mut self, peer: &mut Self, now: Instant) -> bool {
        let mut has_worked = !self.arriving.is_empty();
        let arriving = std::mem::take(&mut self.arriving);
        let mut input = &arriving[..];
        while let Some(event) = self.endpoint.poll_event(&mut input, now) {
            assert_ne!(self.events.last(), Some(&Event::Closed), "before {event:?}");
            self.events.push(event);
            has_worked = true;
        }
        if self.eof_arrives && !self.eof_was_seen && self.endpoint.shutdown() != Shutdown::Both {
            self.endpoint.handle_eof(now);
            self.eof_was_seen = true;
            has_worked = true;
        }
        while self.endpoint.has_output() && !self.is_deaf {
            let mut slices = [IoSlice::new(&[]); 3];
            let filled = self.endpoint.transmit(&mut slices);
            let bytes = gather(&slices[..filled]);
            self.endpoint.transmitted(bytes.len(), now);
            peer.arriving.extend(bytes);
            has_worked = true;
        }
        if self.endpoint.shutdown() != Shutdown::None && !self.is_deaf && !peer.eof_arrives {
            peer.eof_arrives = true;
            has_worked = true;
        }
        has_worked
    }
}

impl Pair {
    pub(super) fn new() -> Self {
        Self::with_configs(Config::new(Role::Client), Config::new(Role::Server))
    }

    pub(super) fn with_configs(client: Config, server: Config) -> Self {
        let now = Instant::now();
        Self {
            client: End::new(Role::Client, client, now),
            server: End::new(Role::Server, server, now),
            now,
        }
    }

    /// Lets both work until there is nothing to do.
    pub(super) fn drive(&mut self) {
        let Self {
            client,
            server,
            now,
        } = self;
        while client.work(server, *now) | server.work(client, *now) {}
    }

    /// Lets time pass, with all that is due in it.
    pub(super) fn wait(&mut self, time: Duration) {
        let end = self.now + time;
        self.drive();
        loop {
            let timeouts = [
                self.client.endpoint.poll_timeout(),
                self.server.endpoint.poll_timeout(),
            ];
            let next = timeouts
                .into_iter()
                .flatten()
                .min()
                .filter(|next| *next <= end);
            self.now = next.map_or(end, |next| next.max(self.now));
            self.client.endpoint.handle_timeout(self.now);
            self.server.endpoint.handle_timeout(self.now);
            self.drive();
            if next.is_none() {
                return;
            }
        }
    }
}

#[test]
fn messages_go_both_ways() {
    let mut pair = Pair::new();
    pair.client
        .endpoint
        .send(DataType::Text, b"h\xc3\xa4\0llo")
        .unwrap();
    pair.client.endpoint.send(DataType::Binary, b"").unwrap();
    pair.server
        .endpoint
        .send(DataType::Binary, &[0xff; 100_000])
        .unwrap();
    let shared = vec![0xaa; 70_000];
    pair.server
        .endpoint
        .send_shared(DataType::Binary, shared)
        .unwrap();
    pair.drive();
    assert_eq!(pair.server.take_events(), [text("hä\0llo"), binary(b"")]);
    let expected = [binary(&[0xff; 100_000]), binary(&[0xaa; 70_000])];
    assert_eq!(pair.client.take_events(), expected);
}

#[test]
fn pings_are_answered() {
    let mut pair = Pair::new();
    let ping = pair.client.endpoint.ping(b"are you there?").unwrap();
    let long = pair.server.endpoint.ping(&[7; 125]).unwrap();
    pair.drive();
    let events = |payload: &[u8], ping| {
        let round_trip = Duration::ZERO;
        let answered = Event::Answered { ping, round_trip };
        [Event::Pong(payload.into()), answered]
    };
    assert_eq!(pair.client.take_events(), events(b"are you there?", ping));
    assert_eq!(pair.server.take_events(), events(&[7; 125], long));
}

#[test]
fn ten_pings_have_ten_answers() {
    let mut side = Side::new(Role::Server);
    let pings: Vec<_> = (0..10)
        .map(|number| frame_to(Role::Server, PING, &[number]))
        .collect();
    assert_eq!(side.receive(&pings.concat()), []);
    let pongs: Vec<_> = (0..10)
        .map(|number| frame_to(Role::Client, PONG, &[number]))
        .collect();
    assert_eq!(side.write_all(), pongs.concat());
}

#[test]
fn pings_between_fragments_are_answered_at_once() {
    let mut side = Side::new(Role::Server);
    assert_eq!(side.receive(&frame_to(Role::Server, 0x01, b"frag")), []);
    assert_eq!(side.receive(&frame_to(Role::Server, PING, b"?")), []);
    assert_eq!(side.write_all(), frame_to(Role::Client, PONG, b"?"));
    assert_eq!(
        side.receive(&frame_to(Role::Server, FIN, b"ment")),
        [text("fragment")]
    );
}

#[test]
fn unasked_pongs_are_told() {
    let mut side = Side::new(Role::Client);
    let events = side.receive(&frame_to(Role::Client, PONG, b"hm"));
    assert_eq!(events, [Event::Pong(b"hm"[..].into())]);
    assert!(!side.endpoint.has_output());
}

#[test]
fn text_that_is_none_is_not_sent() {
    let mut side = Side::new(Role::Server);
    assert_eq!(
        side.endpoint.send(DataType::Text, b"\xff"),
        Err(SendError::InvalidText)
    );
    let shared = vec![0x80; 10_000];
    let refused = side.endpoint.send_shared(DataType::Text, shared);
    assert_eq!(refused, Err(SendError::InvalidText));
    assert!(!side.endpoint.has_output());
}
