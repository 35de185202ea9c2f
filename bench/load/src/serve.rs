//! An echo server that is as small as can be: the other side when clients are measured, and what
//! shows how much the load generator can do.
//!
//! It forwards payloads while they arrive, so the echo of a message begins before its end is here.
//! It trusts its clients.

use crate::options::Options;
use crate::ring::push_length;
use crate::stream::{Stream, server_config};
use crate::{Result, handshake};
use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustls::{Connection, ServerConfig, ServerConnection};
use std::collections::HashMap;
use std::io::{self, ErrorKind};
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::sync::Arc;

const LISTENER: u64 = u64::MAX;
const READ_SIZE: usize = 64 * 1024;

/// With more than this to be written, nothing is read.
const MOST_OUTPUT: usize = 1 << 20;

struct Peer {
    stream: Stream,
    parser: Parser,
    output: Vec<u8>,
    written: usize,
    interest: EventFlags,
}

/// Turns what a client sends into what it gets.
enum Parser {
    Handshake { request: Vec<u8>, raw: bool },
    Raw,
    Header(Vec<u8>),
    Payload { mask: [u8; 4], left: u64 },
    Closed,
}

pub fn run(options: &Options) -> Result<()> {
    let tls = options.tls.as_deref().map(server_config).transpose()?;
    let listener = TcpListener::bind(options.address)?;
    listener.set_nonblocking(true)?;
    let epoll = epoll::create(CreateFlags::CLOEXEC)?;
    epoll::add(
        &epoll,
        &listener,
        EventData::new_u64(LISTENER),
        EventFlags::IN,
    )?;
    println!("{}", listener.local_addr()?.port());

    let mut peers = HashMap::new();
    let mut next = 0_u64;
    let mut events = Vec::with_capacity(256);
    let mut memory = vec![0; READ_SIZE];
    loop {
        events.clear();
        match epoll::wait(&epoll, spare_capacity(&mut events), None) {
            Err(rustix::io::Errno::INTR) => continue,
            result => result?,
        };
        for event in &events {
            let number = event.data.u64();
            if number == LISTENER {
                let Ok((socket, _)) = listener.accept() else {
                    continue;
                };
                let peer = Peer {
                    stream: Stream::accepted(socket, new_tls(tls.as_ref())?)?,
                    parser: Parser::Handshake {
                        request: Vec::new(),
                        raw: options.raw,
                    },
                    output: Vec::new(),
                    written: 0,
                    interest: EventFlags::IN,
                };
                let data = EventData::new_u64(next);
                epoll::add(&epoll, &peer.stream, data, EventFlags::IN)?;
                peers.insert(next, peer);
                next += 1;
            } else if let Some(peer) = peers.get_mut(&number)
                && !peer.work(&epoll, number, &mut memory).unwrap_or(false)
            {
                // Closing the descriptor takes it out of the set.
                peers.remove(&number);
            }
        }
    }
}

fn new_tls(config: Option<&Arc<ServerConfig>>) -> Result<Option<Connection>> {
    Ok(match config {
        Some(config) => Some(Connection::Server(ServerConnection::new(config.clone())?)),
        None => None,
    })
}

impl Peer {
    /// Reads, and writes what comes of it; false when the connection has ended.
    fn work(&mut self, epoll: &OwnedFd, number: u64, memory: &mut [u8]) -> Result<bool> {
        self.write()?;
        while self.output.is_empty() {
            match self.stream.read(memory) {
                Ok(0) => return Ok(false),
                Ok(length) => self.parser.take(&memory[..length], &mut self.output)?,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(error.into()),
            }
            self.write()?;
            if !self.stream.keeps_input() {
                break;
            }
        }
        let is_done = matches!(self.parser, Parser::Closed) && self.output.is_empty();
        let mut interest = EventFlags::empty();
        let waits = !self.output.is_empty() || self.stream.keeps_output();
        interest.set(EventFlags::OUT, waits);
        interest.set(
            EventFlags::IN,
            self.output.len() - self.written < MOST_OUTPUT,
        );
        if interest != self.interest {
            self.interest = interest;
            epoll::modify(epoll, &self.stream, EventData::new_u64(number), interest)?;
        }
        Ok(!is_done)
    }

    fn write(&mut self) -> io::Result<()> {
        self.stream.flush()?;
        while self.written < self.output.len() {
            match self.stream.write(&self.output[self.written..]) {
                Ok(length) => self.written += length,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        self.output.clear();
        self.written = 0;
        Ok(())
    }
}

impl Parser {
    /// Takes all of `input`, and appends what is to be said to it.
    fn take(&mut self, mut input: &[u8], out: &mut Vec<u8>) -> Result<()> {
        while !input.is_empty() {
            match self {
                Self::Handshake { request, raw } => {
                    request.extend_from_slice(input);
                    let Some((answer, length)) = handshake::answer(request)? else {
                        return Ok(());
                    };
                    out.extend_from_slice(&answer);
                    let behind = request.split_off(length);
                    *self = if *raw {
                        Self::Raw
                    } else {
                        Self::Header(Vec::new())
                    };
                    return self.take(&behind, out);
                }
                Self::Raw => {
                    out.extend_from_slice(input);
                    return Ok(());
                }
                Self::Header(start) if start.is_empty() => match header(input) {
                    Some((first_byte, mask, left, length)) => {
                        input = &input[length..];
                        self.begin(first_byte, mask, left, out);
                    }
                    None => {
                        start.extend_from_slice(input);
                        return Ok(());
                    }
                },
                Self::Header(start) => {
                    // Byte by byte: it happens where a read ends inside of a header.
                    start.push(input[0]);
                    input = &input[1..];
                    if let Some((first_byte, mask, left, _)) = header(start) {
                        self.begin(first_byte, mask, left, out);
                    }
                }
                Self::Payload { mask, left } => {
                    let length = (input.len() as u64).min(*left) as usize;
                    unmask(&input[..length], mask, out);
                    *left -= length as u64;
                    input = &input[length..];
                    if *left == 0 {
                        *self = Self::Header(Vec::new());
                    }
                }
                Self::Closed => return Ok(()),
            }
        }
        Ok(())
    }

    /// Answers a header with one.
    fn begin(&mut self, first_byte: u8, mask: [u8; 4], left: u64, out: &mut Vec<u8>) {
        if first_byte & 0xf == 0x8 {
            out.extend_from_slice(&[0x88, 0x02, 0x03, 0xe8]);
            *self = Self::Closed;
            return;
        }
        let is_ping = first_byte & 0xf == 0x9;
        out.push(first_byte + u8::from(is_ping));
        push_length(out, left as usize, 0);
        *self = if left == 0 {
            Self::Header(Vec::new())
        } else {
            Self::Payload { mask, left }
        };
    }
}

/// The first byte, the mask, the length of the payload and that of the header itself.
fn header(bytes: &[u8]) -> Option<(u8, [u8; 4], u64, usize)> {
    let [first_byte, second_byte, rest @ ..] = bytes else {
        return None;
    };
    let (length, rest) = match second_byte & 0x7f {
        126 => {
            let (length, rest) = rest.split_first_chunk()?;
            (u16::from_be_bytes(*length).into(), rest)
        }
        127 => {
            let (length, rest) = rest.split_first_chunk()?;
            (u64::from_be_bytes(*length), rest)
        }
        length => (length.into(), rest),
    };
    let (mask, rest) = rest.split_first_chunk()?;
    Some((*first_byte, *mask, length, bytes.len() - rest.len()))
}

/// Appends `input` without its mask, which is turned to where the next piece begins.
fn unmask(input: &[u8], mask: &mut [u8; 4], out: &mut Vec<u8>) {
    let start = out.len();
    out.extend_from_slice(input);
    let [a, b, c, d] = *mask;
    let key = u128::from_ne_bytes([a, b, c, d, a, b, c, d, a, b, c, d, a, b, c, d]);
    let (words, rest) = out[start..].as_chunks_mut();
    for word in words {
        *word = (u128::from_ne_bytes(*word) ^ key).to_ne_bytes();
    }
    for (byte, mask) in rest.iter_mut().zip(mask.iter().cycle()) {
        *byte ^= mask;
    }
    mask.rotate_left(input.len() % 4);
}
