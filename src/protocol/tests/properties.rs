//! What holds for all messages and all ways to cut bytes into pieces.

use proptest::{collection::vec, prelude::*};

use super::{super::*, *};

/// What a peer may send: well-formed mostly, now and then not.
fn frame() -> impl Strategy<Value = (u8, Vec<u8>)> {
    let payload = || prop_oneof![vec(any::<u8>(), 0..10), vec(b'a'..=b'z', 0..300)];
    let control = || vec(b'a'..=b'z', 0..=125);
    prop_oneof![
        8 => (prop_oneof![Just(TEXT), Just(BINARY)], payload()),
        4 => (prop_oneof![Just(0x00), Just(0x01), Just(0x02), Just(FIN)], payload()),
        2 => (prop_oneof![Just(PING), Just(PONG)], control()),
        1 => (any::<u8>(), payload()),
    ]
}

fn role() -> impl Strategy<Value = Role> {
    prop_oneof![Just(Role::Client), Just(Role::Server)]
}

/// Cuts `bytes` where the lengths say, which are used over and over.
fn pieces<'a>(bytes: &'a [u8], lengths: &[usize]) -> Vec<&'a [u8]> {
    let mut left = bytes;
    let mut pieces = Vec::new();
    for &length in lengths.iter().cycle() {
        let (piece, rest) = left.split_at(length.min(left.len()));
        pieces.push(piece);
        left = rest;
        if left.is_empty() {
            break;
        }
    }
    pieces
}

proptest! {
    #[test]
    fn any_split_gives_the_same_events_and_answers(
        role in role(),
        frames in vec(frame(), 0..20),
        lengths in vec(1..40_usize, 1..10),
        extension_mode in prop_oneof![
            Just(ExtensionMode::None),
            Just(ExtensionMode::Compressed),
            Just(ExtensionMode::All),
        ],
    ) {
        let config = Config { max_message_size: 500, ..Config::new(role) };
        let bytes: Vec<u8> = frames
            .iter()
            .flat_map(|(first_byte, payload)| frame_to(role, *first_byte, payload))
            .collect();
        let mut whole = Side::with_config(role, config.clone());
        let mut parts = Side::with_config(role, config);
        whole.endpoint.set_extension_mode(extension_mode);
        parts.endpoint.set_extension_mode(extension_mode);
        let expected = whole.receive(&bytes);
        let events: Vec<Event> =
            pieces(&bytes, &lengths).into_iter().flat_map(|piece| parts.receive(piece)).collect();
        prop_assert_eq!(events, expected);
        prop_assert_eq!(parts.endpoint.state(), whole.endpoint.state());
        prop_assert_eq!(parts.endpoint.close_code(), whole.endpoint.close_code());
        prop_assert_eq!(parts.write_all(), whole.write_all());
    }

    #[test]
    fn anything_at_all_is_survived(
        role in role(),
        bytes in vec(any::<u8>(), 0..200),
        lengths in vec(1..40_usize, 1..10),
    ) {
        let mut side = Side::new(role);
        for piece in pieces(&bytes, &lengths) {
            side.receive(piece);
            side.write(3);
        }
        side.endpoint.handle_eof(side.now);
        side.write_all();
        let events = side.events();
        prop_assert_eq!(events.last(), Some(&Event::Closed));
    }

    #[test]
    fn messages_come_as_they_were_sent(
        from in role(),
        messages in vec((any::<bool>(), "\\PC{0,50}", 0..3000_usize), 1..10),
        lengths in vec(1..10_000_usize, 1..10),
        step in 1..10_000_usize,
        shared: bool,
    ) {
        let to = match from {
            Role::Client => Role::Server,
            Role::Server => Role::Client,
        };
        let mut sender = Side::new(from);
        let mut receiver = Side::new(to);
        let mut expected = Vec::new();
        for (is_text, message, times) in &messages {
            let message = message.repeat((times / message.len().max(1)).max(1));
            let data_type = if *is_text { DataType::Text } else { DataType::Binary };
            expected.push(Event::Message { data_type, payload: message.as_bytes().into() });
            if shared {
                sender.endpoint.send_shared(data_type, message).unwrap();
            } else {
                sender.endpoint.send(data_type, message.as_bytes()).unwrap();
            }
        }
        let mut bytes = Vec::new();
        while sender.endpoint.has_output() {
            bytes.extend(sender.write(step));
        }
        let events: Vec<Event> =
            pieces(&bytes, &lengths).into_iter().flat_map(|piece| receiver.receive(piece)).collect();
        prop_assert_eq!(events, expected);
    }

    #[test]
    fn any_fragmentation_is_the_same_message(
        role in role(),
        message in "\\PC{0,100}",
        lengths in vec(0..20_usize, 1..10).prop_filter("progress", |l| l.iter().any(|l| *l > 0)),
        pings: bool,
    ) {
        let mut bytes = Vec::new();
        let mut first_byte = Opcode::Text as u8;
        for fragment in pieces(message.as_bytes(), &lengths) {
            bytes.extend(frame_to(role, first_byte, fragment));
            if pings {
                bytes.extend(frame_to(role, PING, fragment));
            }
            first_byte = Opcode::Continuation as u8;
        }
        bytes.extend(frame_to(role, FIN, b""));
        prop_assert_eq!(Side::new(role).receive(&bytes), [text(&message)]);
    }
}
