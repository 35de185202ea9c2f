//! Conversations with an endpoint: with bytes of the test's making, or between two of them.

mod close;
mod direct;
mod extension;
mod keepalive;
mod limits;
mod pair;
mod parts;
mod properties;
mod strictness;

use std::{io::IoSlice, time::Instant};

use super::{
    Config, DataType, Endpoint, Event, Opcode, Role,
    frame::{FIN, write_header},
    mask::extend_masked,
};

const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

const TEXT: u8 = FIN | Opcode::Text as u8;
const BINARY: u8 = FIN | Opcode::Binary as u8;
const PING: u8 = FIN | Opcode::Ping as u8;
const PONG: u8 = FIN | Opcode::Pong as u8;
const CLOSE: u8 = FIN | Opcode::Close as u8;

/// An endpoint that is driven by hand, at one moment.
struct Side {
    endpoint: Endpoint,
    now: Instant,
}

impl Side {
    fn new(role: Role) -> Self {
        Self::with_config(role, Config::new(role))
    }

    fn with_config(role: Role, config: Config) -> Self {
        let now = Instant::now();
        Self {
            endpoint: Endpoint::new(role, config, || MASK, now),
            now,
        }
    }

    /// Gives it bytes; returns the events that come of them.
    fn receive(&mut self, bytes: &[u8]) -> Vec<Event> {
        let mut input = bytes;
        let mut events = Vec::new();
        while let Some(event) = self.endpoint.poll_event(&mut input, self.now) {
            events.push(event);
        }
        assert!(input.is_empty(), "{} bytes are left", input.len());
        events
    }

    /// The events that wait.
    fn events(&mut self) -> Vec<Event> {
        self.receive(&[])
    }

    /// Takes at most `length` bytes of its output.
    fn write(&mut self, length: usize) -> Vec<u8> {
        let mut slices = [IoSlice::new(&[]); 8];
        let filled = self.endpoint.transmit(&mut slices);
        let mut bytes = gather(&slices[..filled]);
        bytes.truncate(length);
        self.endpoint.transmitted(bytes.len(), self.now);
        bytes
    }

    /// Takes all of its output.
    fn write_all(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        while self.endpoint.has_output() {
            bytes.extend(self.write(usize::MAX));
        }
        bytes
    }
}

/// The bytes in all of these.
pub(super) fn gather(slices: &[IoSlice<'_>]) -> Vec<u8> {
    slices
        .iter()
        .flat_map(|slice| slice.iter().copied())
        .collect()
}

/// A frame as an endpoint in this role should receive it.
fn frame_to(role: Role, first_byte: u8, payload: &[u8]) -> Vec<u8> {
    let mask = match role {
        Role::Client => None,
        Role::Server => Some(MASK),
    };
    let mut frame = Vec::new();
    write_header(&mut frame, first_byte, payload.len(), mask);
    match mask {
        Some(mask) => extend_masked(&mut frame, payload, mask),
        None => frame.extend_from_slice(payload),
    }
    frame
}

fn text(text: &str) -> Event {
    Event::Message {
        data_type: DataType::Text,
        payload: text.as_bytes().into(),
    }
}

fn binary(bytes: &[u8]) -> Event {
    Event::Message {
        data_type: DataType::Binary,
        payload: bytes.into(),
    }
}

const BOTH: [Role; 2] = [Role::Client, Role::Server];
