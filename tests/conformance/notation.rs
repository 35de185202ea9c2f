//! The notation of the tables: a case is a line.
//!
//! ```text
//! name | role and options | what the peer sends | what it is sent | what is emitted
//! ```
//!
//! The role is that of wsoup: `both`, `server` or `client`. Options are `frame=N` and `message=N`,
//! the limits of wsoup, and `deflate`: compression was agreed on.
//!
//! A frame is its kind, a colon and its payload: `text`, `binary`, `more` (a continuation), `ping`,
//! `pong`; with a `+` behind the kind, `FIN` is not set. `close:1000:reason` has a code, `close` has
//! none. `byte=c1:payload` is a frame with that first byte. All are masked as they have to be, or,
//! after a `!`, as they must not be. A payload may be `x*1000`, and `5(ping:a)` is five frames.
//! `\x0a` is a byte.
//!
//! Parts of frames are `header=82:len8:5`, a header with a length in so many bits (8, 16, 64) and no
//! payload, `hex:8200`, the very bytes, and `end`, the end of what the peer sends.
//!
//! Of what is emitted, messages, pongs and `error` are written down: the rest follows from them, and
//! is checked for each case. An `error` is followed by a close frame whose reason is not looked at.

use crate::support::wire::{encode_length, frame_to};
use wsoup::WebsocketConnectionType::{self, Client, Server};

pub(crate) struct Case<'a> {
    pub(crate) name: &'a str,
    pub(crate) roles: &'a [WebsocketConnectionType],
    pub(crate) frame_limit: Option<u64>,
    pub(crate) message_limit: Option<u64>,
    pub(crate) is_compressed: bool,
    pub(crate) input: &'a str,
    pub(crate) answers: Vec<Frame>,
    pub(crate) signals: Vec<String>,
}

/// A frame's first byte and payload.
pub(crate) type Frame = (u8, Vec<u8>);

/// The cases of a table; lines that begin with `#` are remarks.
pub(crate) fn cases(table: &str) -> impl Iterator<Item = Case<'_>> {
    let lines = table.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(parse_case)
}

fn parse_case(line: &str) -> Case<'_> {
    let columns: Vec<&str> = line.split('|').map(str::trim).collect();
    let [name, options, input, answers, signals] = columns[..] else {
        panic!("five columns, not: {line}");
    };
    let mut options = options.split(' ').filter(|option| !option.is_empty());
    let roles: &[_] = match options.next() {
        Some("both") => &[Client, Server],
        Some("client") => &[Client],
        Some("server") => &[Server],
        other => panic!("no role: {other:?}"),
    };
    let mut case = Case {
        name,
        roles,
        frame_limit: None,
        message_limit: None,
        is_compressed: false,
        input,
        answers: answers.split_whitespace().map(parse_frame).collect(),
        signals: signals.split_whitespace().map(parse_signal).collect(),
    };
    for option in options {
        if option == "deflate" {
            case.is_compressed = true;
            continue;
        }
        let limit = match option.split_once('=') {
            Some(("frame", _)) => &mut case.frame_limit,
            Some(("message", _)) => &mut case.message_limit,
            _ => panic!("no option: {option}"),
        };
        *limit = option
            .split_once('=')
            .map(|(_, value)| value.parse().expect("a number"));
    }
    case
}

/// The bytes that a peer of this role sends, and whether it then ends its side.
pub(crate) fn encode(role: WebsocketConnectionType, input: &str) -> (Vec<u8>, bool) {
    let mut bytes = Vec::new();
    for token in input.split_whitespace() {
        if token == "end" {
            return (bytes, true);
        }
        match token.split_once('(') {
            Some((count, repeated)) if count.bytes().all(|byte| byte.is_ascii_digit()) => {
                let repeated = repeated.strip_suffix(')').expect("a parenthesis");
                let count = count.parse().expect("a number");
                bytes.extend(encode_token(role, repeated).repeat(count));
            }
            _ => bytes.extend(encode_token(role, token)),
        }
    }
    (bytes, false)
}

fn encode_token(role: WebsocketConnectionType, token: &str) -> Vec<u8> {
    if let Some(wrong) = token.strip_prefix('!') {
        let other = if role == Client { Server } else { Client };
        return encode_token(other, wrong);
    }
    if let Some(hex) = token.strip_prefix("hex:") {
        return parse_hex(hex);
    }
    if let Some(header) = token.strip_prefix("header=") {
        let parts: Vec<&str> = header.split(':').collect();
        let [first, width, length] = parts[..] else {
            panic!("no header: {token}");
        };
        let length: u64 = length.parse().expect("a number");
        let is_masked = role == Server;
        let mut header = parse_hex(first);
        header.extend(match width {
            "len8" => encode_length(is_masked, length as u8, &[]),
            "len16" => encode_length(is_masked, 126, &(length as u16).to_be_bytes()),
            "len64" => encode_length(is_masked, 127, &length.to_be_bytes()),
            _ => panic!("no width: {token}"),
        });
        header.extend(if is_masked { &[0; 4][..] } else { &[] });
        return header;
    }
    let (first, payload) = parse_frame(token);
    frame_to(role, first, &payload)
}

fn parse_frame(token: &str) -> Frame {
    let (kind, payload) = token.split_once(':').unwrap_or((token, ""));
    if kind == "close" && token != "close" {
        let (code, reason) = payload.split_once(':').unwrap_or((payload, ""));
        let code: u16 = code.parse().expect("a close code");
        return (
            0x88,
            [&code.to_be_bytes(), &*parse_payload(reason)].concat(),
        );
    }
    let first = match kind {
        "text" => 0x81,
        "text+" => 0x01,
        "binary" => 0x82,
        "binary+" => 0x02,
        "more" => 0x80,
        "more+" => 0x00,
        "close" => 0x88,
        "ping" => 0x89,
        "ping+" => 0x09,
        "pong" => 0x8a,
        _ => parse_hex(kind.strip_prefix("byte=").expect("a kind of frame"))[0],
    };
    (first, parse_payload(payload))
}

fn parse_payload(payload: &str) -> Vec<u8> {
    if let Some((unit, count)) = payload.rsplit_once('*') {
        return unescape(unit).repeat(count.parse().expect("a number"));
    }
    unescape(payload)
}

pub(crate) fn unescape(text: &str) -> Vec<u8> {
    let mut parts = text.split("\\x");
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (hex, rest) = part.split_at(2);
        bytes.extend(parse_hex(hex));
        bytes.extend(rest.as_bytes());
    }
    bytes
}

fn parse_hex(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks(2);
    digits
        .map(|digits| {
            let digits = std::str::from_utf8(digits).expect("it is text");
            u8::from_str_radix(digits, 16).expect("two digits")
        })
        .collect()
}

/// A signal in the words of `Log`.
fn parse_signal(token: &str) -> String {
    let (kind, payload) = token.split_once(':').unwrap_or((token, ""));
    let payload = parse_payload(payload);
    let text = String::from_utf8_lossy(&payload);
    let shown = if text.len() > 40 && kind != "pong" {
        format!("{} bytes", text.len())
    } else {
        text.into_owned()
    };
    match kind {
        "text" => format!("message Text {shown}"),
        "binary" => format!("message Binary {shown}"),
        "pong" => format!("pong {shown}"),
        "error" => "error".to_owned(),
        _ => panic!("no signal: {token}"),
    }
}
