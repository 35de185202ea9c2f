//! The same bytes at wsoup and at `tungstenite`, another implementation in Rust.
//!
//! Both have to take and refuse the same, but for what is known:
//!
//! 1. `tungstenite` judges whole frames, wsoup each byte. What is wrong in a frame that is not all
//!    there is known to wsoup alone. So wsoup is given whole frames here; that it says the same
//!    earlier is a promise of `frames`.
//! 2. A length in more bytes than it takes is refused by wsoup (RFC 6455 §5.2: "the minimal number
//!    of bytes MUST be used") and taken by `tungstenite`. Nothing behind it is compared.
//! 3. Close codes that may not be sent are a failure for wsoup (§7.4). `tungstenite` takes the
//!    connection for closed, and answers with 1002; it fails it for a reason that is no text.
//! 4. Close code 1014, which was registered after the RFC, is one for wsoup and none for
//!    `tungstenite`.

use super::drain;
use super::frames::endpoint_with;
use crate::model::{self, Limits};
use std::io::{Read, Result, Write};
use std::time::Instant;
use tungstenite::protocol::{Role as TheirRole, WebSocket, WebSocketConfig};
use tungstenite::{Error, Message, error::ProtocolError as TheirError};
use wsoup::protocol::{CloseCode, DataType, Event, ProtocolError, Role};

/// What an implementation says.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    Text(Vec<u8>),
    Binary(Vec<u8>),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Closed(Option<(u16, String)>),
    Refused,
}

/// Whole frames are taken and refused by both, with the same payloads.
///
/// The first byte chooses role and limits; the others are what arrives.
pub fn differential(data: &[u8]) {
    let [options, stream @ ..] = data else {
        return;
    };
    let (role, their_role) = if options & 1 == 0 {
        (Role::Server, TheirRole::Server)
    } else {
        (Role::Client, TheirRole::Client)
    };
    // Theirs counts for control frames, too, so that it is not below 125.
    let limits = Limits {
        frame: if options & 2 == 0 { 1 << 20 } else { 200 },
        message: if options & 4 == 0 { 1 << 20 } else { 300 },
        fragments: 0,
    };
    let frames = frames_of(stream, limits);
    let (ours, error) = ours(&frames, role, limits);
    let theirs = theirs(&frames.concat(), their_role, limits);
    let last = ours.len().saturating_sub(1);
    let answer = [Said::Closed(Some((1002, "Protocol violation".into())))];
    match (error, ours.last()) {
        (Some(ProtocolError::NonMinimalLength(_)), _) => assert_eq!(ours[..last], theirs[..last]),
        // A control frame's is never longer than one byte.
        (Some(ProtocolError::LongControl(_)), _) if theirs[last..] != [Said::Refused] => {
            assert_eq!(ours[..last], theirs[..last]);
            assert!(is_short(&theirs[last]));
        }
        (Some(ProtocolError::InvalidCloseCode(_)), _) if theirs[last..] != [Said::Refused] => {
            assert_eq!(ours[..last], theirs[..last]);
            assert_eq!(theirs[last..], answer);
        }
        (None, Some(Said::Closed(Some((1014, _))))) => {
            assert_eq!(ours[..last], theirs[..last]);
            assert_eq!(theirs[last..], answer);
        }
        _ => assert_eq!(ours, theirs, "{error:?}"),
    }
}

/// Whether it is a control frame that could have been written with a short length.
fn is_short(said: &Said) -> bool {
    match said {
        Said::Ping(payload) | Said::Pong(payload) => payload.len() <= 125,
        Said::Closed(reason) => reason.iter().all(|(_, reason)| reason.len() <= 123),
        Said::Text(_) | Said::Binary(_) | Said::Refused => false,
    }
}

/// The frames that are there, and the header of another one, if it alone is too much.
fn frames_of(mut stream: &[u8], limits: Limits) -> Vec<&[u8]> {
    let mut frames = Vec::new();
    while let Some(frame) = model::frame(stream) {
        frames.extend(stream.split_off(..frame.size));
    }
    let length = match stream {
        [_, 127 | 255, length @ ..] => length
            .first_chunk()
            .map(|length| u64::from_be_bytes(*length)),
        _ => None,
    };
    if length.is_some_and(|length| length > limits.frame) && stream.len() >= MAX_HEADER {
        frames.push(stream);
    }
    frames
}

/// The longest header.
const MAX_HEADER: usize = 14;

fn ours(frames: &[&[u8]], role: Role, limits: Limits) -> (Vec<Said>, Option<ProtocolError>) {
    let now = Instant::now();
    let mut endpoint = endpoint_with(role, limits, now);
    let (mut said, mut output) = (Vec::new(), Vec::new());
    for mut frame in frames.iter().copied() {
        while let Some(event) = endpoint.poll_event(&mut frame, now) {
            match event {
                Event::Message { data_type, payload } => said.push(match data_type {
                    DataType::Text => Said::Text(payload.to_vec()),
                    DataType::Binary => Said::Binary(payload.to_vec()),
                }),
                Event::Pong(payload) => said.push(Said::Pong(payload.to_vec())),
                Event::Failed(error) => {
                    said.push(Said::Refused);
                    return (said, Some(error));
                }
                _ => (),
            }
        }
        if let Some(code) = endpoint.close_code() {
            let reason = endpoint.close_reason().unwrap_or_default().to_owned();
            let is_empty = code == CloseCode::NO_STATUS;
            said.push(Said::Closed((!is_empty).then_some((code.0, reason))));
            break;
        }
        // A ping shows in what is written.
        drain(&mut endpoint, &mut output, now);
        if let Some(pong) = model::frame(&output) {
            said.push(Said::Ping(pong.payload));
            output.drain(..pong.size);
        }
        assert!(output.is_empty(), "a frame has one answer");
    }
    (said, None)
}

fn theirs(bytes: &[u8], role: TheirRole, limits: Limits) -> Vec<Said> {
    let config = WebSocketConfig::default()
        .max_frame_size(Some(limits.frame as usize))
        .max_message_size(Some(limits.message as usize))
        .read_buffer_size(4096);
    let mut socket = WebSocket::from_raw_socket(Wire(bytes), role, Some(config));
    let mut said = Vec::new();
    loop {
        said.push(match socket.read() {
            Ok(Message::Text(text)) => Said::Text(text.as_bytes().to_vec()),
            Ok(Message::Binary(bytes)) => Said::Binary(bytes.to_vec()),
            Ok(Message::Ping(bytes)) => Said::Ping(bytes.to_vec()),
            Ok(Message::Pong(bytes)) => Said::Pong(bytes.to_vec()),
            Ok(Message::Close(frame)) => {
                let closed = frame.map(|frame| (frame.code.into(), frame.reason.to_string()));
                said.push(Said::Closed(closed));
                return said;
            }
            Ok(Message::Frame(_)) => unreachable!("it is never read"),
            Err(Error::Protocol(TheirError::ResetWithoutClosingHandshake)) => return said,
            Err(_) => {
                said.push(Said::Refused);
                return said;
            }
        });
    }
}

/// Bytes to read, and nobody who reads what is written.
struct Wire<'a>(&'a [u8]);

impl Read for Wire<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Wire<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}
