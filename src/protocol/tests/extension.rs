//! Frames on their way through extensions.

use super::{super::*, *};

fn extended(role: Role) -> Side {
    let mut side = Side::new(role);
    side.endpoint.set_extension_mode(ExtensionMode::All);
    side
}

fn frame(header: u8, payload: &[u8]) -> Event {
    Event::Frame(DataFrame {
        header,
        payload: payload.into(),
    })
}

#[test]
fn data_frames_come_out_whole_with_their_bits() {
    let mut side = extended(Role::Server);
    let bytes = [
        frame_to(Role::Server, 0x41, b"\xff\xfe"),
        frame_to(Role::Server, PING, b""),
        frame_to(Role::Server, 0xb0, b"more"),
    ]
    .concat();
    let (first, rest) = bytes.split_at(7);
    assert_eq!(side.receive(first), []);
    assert_eq!(
        side.receive(rest),
        [frame(0x41, b"\xff\xfe"), frame(0xb0, b"more")]
    );
    assert_eq!(side.write_all(), frame_to(Role::Client, PONG, b""));
}

#[test]
fn message_is_what_the_extensions_made() {
    let mut side = extended(Role::Client);
    let bytes = [
        frame_to(Role::Client, 0x41, b"Z"),
        frame_to(Role::Client, FIN, b"Z"),
    ]
    .concat();
    assert_eq!(side.receive(&bytes).len(), 2);
    side.endpoint
        .accept_frame(0x01, b"\xe2\x82"[..].into(), side.now);
    assert_eq!(side.events(), []);
    side.endpoint
        .accept_frame(FIN, b"\xac"[..].into(), side.now);
    assert_eq!(side.events(), [text("€")]);
    side.endpoint
        .accept_frame(BINARY, b"\xff"[..].into(), side.now);
    assert_eq!(side.events(), [binary(b"\xff")]);
}

#[test]
fn what_the_extensions_made_is_checked() {
    use ProtocolError::*;
    for (header, payload, expected) in [
        (TEXT, &b"ok\xff"[..], InvalidText { offset: 2 }),
        (TEXT, b"\xe2\x82", InvalidText { offset: 0 }),
        (TEXT | 0x40, b"", ReservedBits(TEXT | 0x40)),
        (0x83, b"", ReservedOpcode(3)),
        (PING, b"", ReservedOpcode(9)),
        (FIN, b"", UnexpectedContinuation),
        (
            TEXT,
            &[b'x'; 131_073],
            MessageTooBig {
                size: 131_073,
                limit: 131_072,
            },
        ),
    ] {
        let mut side = extended(Role::Server);
        side.endpoint.accept_frame(header, payload.into(), side.now);
        assert_eq!(side.events(), [Event::Failed(expected), Event::Closing]);
        let code = expected.close_code().0.to_be_bytes();
        assert_eq!(side.write_all()[2..4], code);
        side.endpoint
            .accept_frame(TEXT, b"late"[..].into(), side.now);
        assert_eq!(side.events(), []);
    }
}

#[test]
fn order_of_fragments_is_checked_before_the_extensions() {
    let mut side = extended(Role::Client);
    assert_eq!(
        side.receive(&frame_to(Role::Client, 0x41, b"")),
        [frame(0x41, b"")]
    );
    let failed = Event::Failed(ProtocolError::ExpectedContinuation(Opcode::Text));
    assert_eq!(side.receive(&[TEXT]), [failed, Event::Closing]);
}

#[test]
fn control_frames_have_no_bits_for_extensions() {
    let mut side = extended(Role::Client);
    let failed = Event::Failed(ProtocolError::ReservedBits(0xc9));
    assert_eq!(side.receive(b"\xc9"), [failed, Event::Closing]);
}

#[test]
fn frames_are_sent_as_the_extensions_made_them() {
    let mut side = extended(Role::Server);
    side.endpoint.send_frame(0x41, b"\xff").unwrap();
    side.endpoint.send_frame(FIN, b"").unwrap();
    assert_eq!(side.write_all(), b"\x41\x01\xff\x80\0");
}
