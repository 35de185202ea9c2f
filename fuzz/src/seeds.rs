//! Inputs to begin with: what the tables in `tests/conformance/` say in the form that each target
//! takes, and some that no table has.

use crate::heads::changed;
use crate::model;
use crate::notation::{Case, cases, encode};
use wsoup::WebsocketConnectionType::{self, Client};

const FRAMES: [&str; 5] = [
    include_str!("../../tests/conformance/frames.txt"),
    include_str!("../../tests/conformance/lengths.txt"),
    include_str!("../../tests/conformance/messages.txt"),
    include_str!("../../tests/conformance/limits.txt"),
    include_str!("../../tests/conformance/closing.txt"),
];
const COMPRESSION: &str = include_str!("../../tests/conformance/compression.txt");
const REQUESTS: &str = include_str!("../../tests/conformance/requests.txt");
const RESPONSES: &str = include_str!("../../tests/conformance/responses.txt");

/// Longer ones are of no use to a fuzzer.
const LONGEST: usize = 4096;

/// The inputs for a target.
pub fn of(target: &str) -> Vec<Vec<u8>> {
    let mut seeds = match target {
        "frames" => streams(&FRAMES, |case, role, bytes| {
            let limits = match (case.frame_limit, case.message_limit) {
                (Some(10), Some(0)) => 1,
                (Some(0), Some(10)) => 2,
                (Some(_), Some(_)) => 3,
                _ => 0,
            };
            [&[client_bit(role) | limits << 1, 7], bytes].concat()
        }),
        "differential" => streams(&FRAMES, |_, role, bytes| {
            [&[client_bit(role)], bytes].concat()
        }),
        "endpoint" => endpoint(),
        "deflate" => deflate(),
        "handshake" => handshake(),
        "headers" => headers(),
        _ => Vec::new(),
    };
    seeds.retain(|seed| seed.len() <= LONGEST);
    seeds.sort();
    seeds.dedup();
    seeds
}

fn client_bit(role: WebsocketConnectionType) -> u8 {
    u8::from(role == Client)
}

/// What each case of the tables sends to each role, as `input` puts it.
fn streams(
    tables: &[&str],
    input: impl Fn(&Case<'_>, WebsocketConnectionType, &[u8]) -> Vec<u8>,
) -> Vec<Vec<u8>> {
    let mut inputs = Vec::new();
    for case in tables.iter().flat_map(|table| cases(table)) {
        for &role in case.roles {
            inputs.push(input(&case, role, &encode(role, case.input).0));
        }
    }
    inputs
}

/// Programs that receive the cases and answer them; and one with everything else.
fn endpoint() -> Vec<Vec<u8>> {
    let mut tables = FRAMES.to_vec();
    tables.push(COMPRESSION);
    let mut programs = streams(&tables, |case, role, bytes| {
        let extended = if case.is_compressed { 4 | 8 } else { 0 };
        let mut program = vec![client_bit(role) | extended, 0, 0, 0];
        for piece in bytes.chunks(200) {
            program.extend([0, piece.len() as u8]);
            program.extend(piece);
        }
        program.push(13);
        program
    });
    for role in [0, 1] {
        programs.push(
            [
                &[role, 0x15, 0x22, 0x33][..],
                b"\x03\x01\x05hello\x0b\x01\x00\x03",
                b"\x04\xff\x00\x00\x04\xff\x01\x01\x0d",
                b"\x05\x04ping\x04\xc8\x01\x01\x0b\x10\x00\x40\x0d",
                b"\x09\xff\x0a\x09\xff\x0a\x0d\x09\xff\x0a",
                b"\x08\x00\x00\x00\x01\x01\x03abc\x0f\x01\x00",
                b"\x06\x03\xe8\x04done\x0d\x01\x88\x02\x03\xe8",
            ]
            .concat(),
        );
    }
    programs
}

/// The compressed frames of the table as hostile data, and messages to be compressed.
fn deflate() -> Vec<Vec<u8>> {
    let streams = streams(&[COMPRESSION], |_, _, bytes| bytes.to_vec());
    let mut inputs = Vec::new();
    for mut stream in streams.iter().map(Vec::as_slice) {
        while let Some(frame) = model::frame(stream) {
            stream = &stream[frame.size..];
            inputs.push([&[0, 0x10, 0, 7], &*frame.payload].concat());
        }
    }
    for how in [0, 4, 8, 0x51, 0x0c] {
        let message = b"a message, a message, another message";
        let message = [&[how, message.len() as u8], &message[..]].concat();
        inputs.push([&[1, 0, 0x77, 0, 0x77, 0], &*message.repeat(3)].concat());
        inputs.push([&[1, 3, 0x01, 0, 0x10, 1], &*message.repeat(3)].concat());
    }
    inputs
}

/// A request and a response that are fine, as the tables take them.
const REQUEST: &str = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n\
    Upgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Version: 13\r\n\r\n";
const RESPONSE: &str = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n\
    Upgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

/// Requests and responses with a body.
const BODIES: [&str; 4] = [
    "\0POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcdef",
    "\0POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=\"y\"\r\nabc\r\n0\r\nA: b\r\n\r\nd",
    "\x01HTTP/1.1 401 Unauthorized\r\nTransfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n",
    "\x01HTTP/1.0 200 OK\r\n\r\nuntil the end",
];

fn handshake() -> Vec<Vec<u8>> {
    let changes = |table: &'static str| {
        let lines = table.lines().filter(|line| !line.starts_with('#'));
        lines.filter_map(|line| line.split('|').nth(1))
    };
    let mut inputs: Vec<_> = BODIES.iter().map(|body| body.as_bytes().to_vec()).collect();
    for change in changes(REQUESTS) {
        inputs.push([&[0], &*changed(REQUEST, change.trim())].concat());
    }
    for change in changes(RESPONSES) {
        let change = change.replace("$ACCEPT", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        inputs.push([&[1], &*changed(RESPONSE, change.trim())].concat());
    }
    inputs
}

/// Values of the headers that the target knows, by their number.
const VALUES: [(u8, &str); 16] = [
    (
        0,
        "permessage-deflate; client_max_window_bits; server_no_context_takeover",
    ),
    (
        0,
        "permessage-deflate; server_max_window_bits=8, x-one; a=\"1\\2\"; b, ,",
    ),
    (
        0,
        "permessage-deflate;client_max_window_bits=15;client_no_context_takeover",
    ),
    (
        1,
        "a=b; Path=/c; Domain=.b.example; Max-Age=10; Secure; HttpOnly; SameSite=Lax",
    ),
    (
        1,
        "__Host-a=b; Secure; Path=/; Expires=Wed, 09 Jun 2100 10:18:14 GMT",
    ),
    (
        1,
        "a=\"b c\"; expires=Sunday, 06-Nov-94 08:49:37 GMT; domain=other.example",
    ),
    (
        2,
        "Basic realm=\"a, b\", charset=\"UTF-8\", Digest realm=\"c\", nonce=\"d\", qop=\"auth\"",
    ),
    (2, "Basic dXNlcjpwYXNzd29yZA=="),
    (
        2,
        "Digest username=\"a\\\"b\", uri=/, response=0, nc=00000001",
    ),
    (3, "wss://user:pass%40@a.example:8080/b/../c?d#e"),
    (3, "ws://[::1%25eth0]:80/"),
    (3, "http://a%2Fb@c/"),
    (4, "text/plain; charset=\"utf-8\"; title*=UTF-8''a%20b"),
    (4, "9223372036854775807"),
    (4, "keep-alive, Upgrade"),
    (4, "X-One"),
];

fn headers() -> Vec<Vec<u8>> {
    let with_number = |(number, value): &(u8, &str)| [&[*number], value.as_bytes()].concat();
    let mut inputs: Vec<_> = VALUES.iter().map(with_number).collect();
    let lines = REQUESTS.lines().filter_map(|line| line.split('|').nth(1));
    for line in lines.filter_map(|line| line.trim().split_once("Extensions: ")) {
        inputs.push([&[0], line.1.as_bytes()].concat());
    }
    inputs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TARGETS;

    #[test]
    fn every_target_has_seeds() {
        for (name, _) in TARGETS {
            assert!(of(name).len() > 10, "{name}");
        }
        for role in [0, 1] {
            assert!(of("frames").iter().any(|seed| seed[0] & 1 == role));
        }
    }
}
