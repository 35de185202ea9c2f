//! Payloads that are read to where they belong, without a buffer in between.

use proptest::{collection::vec, prelude::*};

use super::{super::*, *};

impl Side {
    /// Reads at most `length` bytes from the front of `stream` as a driver does: straight into a
    /// payload where the endpoint wants that, and else to be polled. Tells which it was.
    fn read(&mut self, stream: &mut &[u8], length: usize, events: &mut Vec<Event>) -> bool {
        let available = &stream[..length.min(stream.len())];
        let direct = self.endpoint.read_payload(self.now, |buffer, most| {
            let bytes = &available[..most.min(available.len())];
            assert!(
                buffer.capacity() - buffer.len() > bytes.len(),
                "there is room"
            );
            buffer.extend_from_slice(bytes);
            bytes.len()
        });
        let taken = direct.unwrap_or(available.len());
        events.extend(self.receive(&available[..if direct.is_some() { 0 } else { taken }]));
        *stream = &stream[taken..];
        direct.is_some()
    }
}

fn unlimited(role: Role) -> Config {
    Config {
        max_payload_size: 0,
        max_message_size: 0,
        ..Config::new(role)
    }
}

#[test]
fn most_of_a_large_payload_is_read_directly() {
    for role in BOTH {
        let payload: Vec<u8> = (0..1_000_000_u32).map(|index| (index * 7) as u8).collect();
        let bytes = frame_to(role, BINARY, &payload);
        let mut side = Side::with_config(role, unlimited(role));
        let (mut stream, mut events) = (&bytes[..], Vec::new());
        let mut polled = 0;
        while !stream.is_empty() {
            let before = stream.len();
            if !side.read(&mut stream, 64 * 1024, &mut events) {
                polled += before - stream.len();
            }
        }
        assert_eq!(events, [binary(&payload)]);
        assert!(polled <= 128 * 1024, "{polled} bytes were copied");
    }
}

#[test]
fn a_small_payload_or_what_is_left_of_one_is_not() {
    let mut side = Side::with_config(Role::Server, unlimited(Role::Server));
    let bytes = frame_to(Role::Server, BINARY, &[0; 80_000]);
    assert!(side.endpoint.read_payload(side.now, |_, _| ()).is_none());
    assert_eq!(side.receive(&bytes[..20_000]), []);
    assert!(side.endpoint.read_payload(side.now, |_, _| ()).is_none());
}

#[test]
fn an_announced_payload_takes_no_memory_for_that() {
    let mut side = Side::with_config(Role::Client, unlimited(Role::Client));
    assert_eq!(side.receive(b"\x82\x7f\0\0\x01\0\0\0\0\0"), []);
    let room = side
        .endpoint
        .read_payload(side.now, |buffer, _| buffer.capacity());
    assert!(room.is_some_and(|room| room <= 65 * 1024), "{room:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn events_are_the_same_as_when_all_is_polled(
        is_server: bool,
        sizes in vec((any::<bool>(), 0..300_000_usize, any::<bool>()), 1..4),
        wrong_byte in prop::option::of(0..300_000_usize),
        lengths in vec(1..200_000_usize, 1..10),
        extension_mode in prop_oneof![
            Just(ExtensionMode::None),
            Just(ExtensionMode::Compressed),
            Just(ExtensionMode::All),
        ],
    ) {
        let role = if is_server { Role::Server } else { Role::Client };
        let mut bytes = Vec::new();
        for (is_text, size, pinged) in sizes {
            let mut payload: Vec<u8> = (0..size).map(|at| b'a' + (at % 23) as u8).collect();
            if let Some(byte) = wrong_byte.and_then(|at| payload.get_mut(at)) {
                *byte = 0xff;
            }
            bytes.extend(frame_to(role, if is_text { TEXT } else { BINARY }, &payload));
            if pinged {
                bytes.extend(frame_to(role, PING, b"in between"));
            }
        }
        let mut polled = Side::with_config(role, unlimited(role));
        let mut direct = Side::with_config(role, unlimited(role));
        polled.endpoint.set_extension_mode(extension_mode);
        direct.endpoint.set_extension_mode(extension_mode);
        let expected = polled.receive(&bytes);
        let (mut stream, mut events) = (&bytes[..], Vec::new());
        for &length in lengths.iter().cycle() {
            direct.read(&mut stream, length, &mut events);
            if stream.is_empty() {
                break;
            }
        }
        prop_assert_eq!(events, expected);
        prop_assert_eq!(direct.write_all(), polled.write_all());
    }
}
