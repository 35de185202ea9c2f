//! Messages that are told part by part.

use super::{super::*, *};
use proptest::{collection::vec, prelude::*};

fn side(role: Role) -> Side {
    let mut side = Side::new(role);
    side.endpoint.receive_parts(true);
    side
}

fn part(data_type: DataType, payload: &[u8], is_first: bool, is_last: bool) -> Event {
    Event::Part(MessagePart {
        data_type,
        payload: payload.into(),
        is_first,
        is_last,
    })
}

#[test]
fn what_arrives_is_told_at_once() {
    for role in BOTH {
        let mut side = side(role);
        let frame = frame_to(role, TEXT, b"hello");
        let (begin, end) = frame.split_at(frame.len() - 2);
        let text = DataType::Text;
        assert_eq!(side.receive(begin), [part(text, b"hel", true, false)]);
        assert_eq!(side.receive(end), [part(text, b"lo", false, true)]);
        let whole = frame_to(role, BINARY, b"");
        assert_eq!(
            side.receive(&whole),
            [part(DataType::Binary, b"", true, true)]
        );
    }
}

#[test]
fn fragments_are_one_message_and_pings_are_answered_between_them() {
    let mut side = side(Role::Client);
    let bytes = [
        &b"\x02\x01a\x89\x00"[..],
        b"\x00\x00\x80\x01b",
        b"\x81\x01c",
    ]
    .concat();
    let events = side.receive(&bytes);
    let binary = DataType::Binary;
    assert_eq!(
        events,
        [
            part(binary, b"a", true, false),
            part(binary, b"b", false, true),
            part(DataType::Text, b"c", true, true)
        ]
    );
    assert_eq!(side.write_all()[0], PONG);
}

#[test]
fn no_limit_is_for_what_is_not_kept() {
    let mut side = Side::with_config(
        Role::Client,
        Config {
            max_payload_size: 1,
            max_message_size: 1,
            max_fragments: 1,
            ..Config::new(Role::Client)
        },
    );
    side.endpoint.receive_parts(true);
    let events = side.receive(b"\x02\x03abc\x00\x03abc\x80\x7f\0\0\0\x01\0\0\0\0abc");
    assert_eq!(events.len(), 3, "{events:?}");
    assert_eq!(side.endpoint.state(), State::Open);
}

#[test]
fn text_may_be_cut_inside_a_character_but_not_end_there() {
    let mut side = side(Role::Client);
    let text = DataType::Text;
    assert_eq!(
        side.receive(b"\x01\x01\xc3\x80\x01\xa9"),
        [
            part(text, b"\xc3", true, false),
            part(text, b"\xa9", false, true)
        ]
    );
    let failed = |offset| Event::Failed(ProtocolError::InvalidText { offset });
    let events = side.receive(b"\x01\x02a\xc3\x80\x00");
    assert_eq!(events[1], failed(1), "{events:?}");
}

#[test]
fn the_message_that_is_arriving_can_still_be_told_in_parts() {
    let mut side = Side::new(Role::Client);
    assert_eq!(side.receive(b"\x01\x04ab\xc3\xa9\x00\x05c"), []);
    side.endpoint.receive_parts(true);
    let text = DataType::Text;
    assert_eq!(side.events(), [part(text, "abéc".as_bytes(), true, false)]);
    side.endpoint.receive_parts(false);
    assert_eq!(
        side.receive(b"defg\x80\x01h"),
        [
            part(text, b"defg", false, false),
            part(text, b"h", false, true)
        ]
    );
    assert_eq!(side.receive(b"\x82\x01i"), [binary(b"i")]);
}

#[test]
fn frames_of_extensions_are_parts_and_limited_alone() {
    let mut side = Side::new(Role::Client);
    side.endpoint.set_extension_mode(ExtensionMode::Compressed);
    side.endpoint.receive_parts(true);
    let events = side.receive(b"\x41\x01x");
    let [Event::Frame(frame)] = &events[..] else {
        panic!("{events:?}");
    };
    assert_eq!(side.endpoint.extended_limit().0, 128 * 1024);
    let now = side.now;
    side.endpoint
        .accept_frame(frame.header & !0x40, b"inflated"[..].into(), now);
    let text = DataType::Text;
    assert_eq!(side.events(), [part(text, b"inflated", true, false)]);
    let events = side.receive(b"\x80\x00");
    let [Event::Frame(frame)] = &events[..] else {
        panic!("{events:?}");
    };
    side.endpoint
        .accept_frame(frame.header, b""[..].into(), now);
    assert_eq!(side.events(), [part(text, b"", false, true)]);
}

proptest! {
    /// However the bytes are cut, the parts are the message.
    #[test]
    fn parts_are_the_message(
        message in vec(any::<char>(), 0..200),
        mut cuts in vec(any::<prop::sample::Index>(), 0..10),
        fragments in vec(any::<prop::sample::Index>(), 0..4),
    ) {
        let message: String = message.into_iter().collect();
        let message = message.as_bytes();
        let mut ends: Vec<usize> =
            fragments.iter().map(|end| end.index(message.len() + 1)).collect();
        ends.push(message.len());
        ends.sort_unstable();
        let (mut bytes, mut begin) = (Vec::new(), 0);
        for (index, &end) in ends.iter().enumerate() {
            let opcode = if index == 0 { Opcode::Text } else { Opcode::Continuation };
            let fin = if index + 1 == ends.len() { FIN } else { 0 };
            bytes.extend(frame_to(Role::Server, fin | opcode as u8, &message[begin..end]));
            begin = end;
        }
        let mut cuts: Vec<usize> = cuts.drain(..).map(|cut| cut.index(bytes.len())).collect();
        cuts.push(bytes.len());
        cuts.sort_unstable();
        let mut side = side(Role::Server);
        let (mut parts, mut begin) = (Vec::new(), 0);
        for cut in cuts {
            for event in side.receive(&bytes[begin..cut]) {
                let Event::Part(part) = event else { panic!("{event:?}") };
                parts.push(part);
            }
            begin = cut;
        }
        let payloads: Vec<&[u8]> = parts.iter().map(|part| &*part.payload).collect();
        prop_assert_eq!(payloads.concat(), message);
        let last = parts.len() - 1;
        for (index, part) in parts.iter().enumerate() {
            prop_assert_eq!((part.is_first, part.is_last), (index == 0, index == last));
        }
    }
}
