//! Opens a connection, closes it in order, and opens the next, several at a time.

use crate::options::Options;
use crate::process::Usage;
use crate::stream::{Stream, client_config};
use crate::{Result, handshake};
use rustix::buffer::spare_capacity;
use rustix::event::Timespec;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustls::ClientConfig;
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Instant;

/// Close with code 1000, under a mask of zeros; and the answer to it.
const CLOSE: [u8; 8] = [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8];
const CLOSED: [u8; 4] = [0x88, 0x02, 0x03, 0xe8];

/// One that is on its way.
struct Attempt {
    stream: Stream,
    answer: Vec<u8>,
    is_closing: bool,
}

impl Attempt {
    fn begin(options: &Options, tls: Option<&Arc<ClientConfig>>, number: usize) -> Result<Self> {
        let mut stream = Stream::open(options.address, tls, number)?;
        stream.write(&handshake::request(options.address))?;
        stream.set_nonblocking()?;
        Ok(Self {
            stream,
            answer: Vec::new(),
            is_closing: false,
        })
    }

    /// Takes in what has come; true when the server has closed, as it has to.
    fn advance(&mut self) -> Result<bool> {
        let mut bytes = [0; 4096];
        loop {
            match self.stream.read(&mut bytes) {
                Ok(0) if self.is_closing && self.answer == CLOSED => return Ok(true),
                Ok(0) => return Err("the server closed without a close frame".into()),
                Ok(length) => self.answer.extend_from_slice(&bytes[..length]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
                Err(error) => return Err(error.into()),
            }
            if !self.is_closing && handshake::is_accepted(&self.answer)? {
                self.stream.write(&CLOSE)?;
                self.answer.clear();
                self.is_closing = true;
            }
        }
    }
}

pub fn run(options: &Options) -> Result<()> {
    let tls = options.tls.as_deref().map(client_config).transpose()?;
    let epoll = epoll::create(CreateFlags::CLOEXEC)?;
    let mut opened = 0;
    let mut begin = |slot: usize| -> Result<Attempt> {
        opened += 1;
        let attempt = Attempt::begin(options, tls.as_ref(), opened)?;
        let data = EventData::new_u64(slot as u64);
        epoll::add(&epoll, &attempt.stream, data, EventFlags::IN)?;
        Ok(attempt)
    };
    let mut attempts = (0..options.connections)
        .map(&mut begin)
        .collect::<Result<Vec<_>>>()?;

    let usage = || match options.pid {
        Some(pid) => Usage::of(pid),
        None => Ok(Usage::default()),
    };
    let start = Instant::now();
    let mut first: Option<(Instant, Usage, Usage)> = None;
    let mut count = 0_u64;
    let mut events = Vec::with_capacity(256);
    while first.is_none_or(|(at, ..)| at.elapsed() < options.duration) {
        if first.is_none() && start.elapsed() >= options.warmup {
            first = Some((Instant::now(), usage()?, Usage::own()?));
            count = 0;
        }
        let timeout = Timespec {
            tv_sec: 5,
            tv_nsec: 0,
        };
        events.clear();
        epoll::wait(&epoll, spare_capacity(&mut events), Some(&timeout))?;
        if events.is_empty() {
            return Err("the server does not answer any more".into());
        }
        for event in &events {
            let slot = event.data.u64() as usize;
            if attempts[slot].advance()? {
                count += 1;
                // The new one is open before the old one's descriptor is closed.
                attempts[slot] = begin(slot)?;
            }
        }
    }
    let (at, server, own) = first.ok_or("there was nothing but the warm-up")?;
    let seconds = at.elapsed().as_secs_f64();
    println!(
        "{{\"messages\": {count}, \"seconds\": {seconds:.4}, \"rate\": {:.2}, \
         \"server_cpu\": {:.2}, \"load_cpu\": {:.2}, \"resident\": {}}}",
        count as f64 / seconds,
        usage()?.cpu() - server.cpu(),
        Usage::own()?.cpu() - own.cpu(),
        usage()?.resident,
    );
    Ok(())
}
