//! Keeps messages in flight on some connections, and looks at every byte that comes back.

use crate::Result;
use crate::histogram::Histogram;
use crate::options::Options;
use crate::process::{Usage, read_counter};
use crate::ring::Ring;
use crate::stream::{Stream, client_config};
use rustix::event::Timespec;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use std::io::ErrorKind;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

const READ_SIZE: usize = 256 * 1024;
const EVENTS_AT_ONCE: usize = 256;

/// Nothing came back for so long: the server does not go on.
const STALLED: Duration = Duration::from_secs(30);

/// How much longer than it was to be a run is at a time, when nothing has come back.
const MORE: Duration = Duration::from_millis(100);

/// A connection with messages in flight.
struct Active {
    stream: Stream,
    /// Bytes that went out.
    sent: u64,
    /// Bytes that may have gone out: all that is in flight.
    allowed: u64,
    /// Bytes that came back.
    received: u64,
    /// When each message in flight was let out, in nanoseconds; message `n` stands at `n % in_flight`.
    times: Vec<u64>,
    /// Whether the socket is watched for room.
    waits_for_room: bool,
}

/// What was counted.
struct Counts {
    bytes: u64,
    latencies: Histogram,
    pings: u64,
}

struct Load<'a> {
    options: &'a Options,
    ring: Ring,
    epoll: OwnedFd,
    active: Vec<Active>,
    idle: Vec<Stream>,
    counts: Counts,
    start: Instant,
    /// When the server did anything the last time.
    heard: Instant,
    memory: Vec<u8>,
}

/// What was used and counted up to a moment.
struct Snapshot {
    at: Instant,
    server: Usage,
    own: Usage,
    allocations: u64,
}

pub fn run(options: &Options) -> Result<()> {
    let before = usage_of_server(options)?;
    let opened = Instant::now();
    let mut load = Load::open(options)?;
    let opening = opened.elapsed();
    // What a server does for a new connection after its answer is not counted as use of an idle one.
    load.turn_until(Instant::now() + options.warmup.min(Duration::from_millis(200)))?;
    let open = usage_of_server(options)?;
    load.heard = Instant::now();
    load.fill()?;
    load.turn_until(Instant::now() + options.warmup)?;

    load.counts = Counts {
        bytes: 0,
        latencies: Histogram::new(),
        pings: 0,
    };
    let first = snapshot(options)?;
    load.turn_until(first.at + options.duration)?;
    // Of the largest messages, one may take longer.
    while load.counts.latencies.is_empty() && !load.active.is_empty() {
        load.turn_until(Instant::now() + MORE)?;
    }
    let last = snapshot(options)?;
    load.print(&first, &last, before, open, opening);
    Ok(())
}

impl<'a> Load<'a> {
    fn open(options: &'a Options) -> Result<Self> {
        let tls = options.tls.as_deref().map(client_config).transpose()?;
        let mut load = Self {
            options,
            ring: Ring::new(options.size, options.text, options.raw),
            epoll: epoll::create(CreateFlags::CLOEXEC)?,
            active: Vec::new(),
            idle: Vec::new(),
            counts: Counts {
                bytes: 0,
                latencies: Histogram::new(),
                pings: 0,
            },
            start: Instant::now(),
            heard: Instant::now(),
            memory: vec![0; READ_SIZE],
        };
        for number in 0..options.connections + options.idle {
            let stream = Stream::open_websocket(options.address, tls.as_ref(), number)?;
            let data = EventData::new_u64(number as u64);
            epoll::add(&load.epoll, &stream, data, EventFlags::IN)?;
            if number < options.connections {
                load.active.push(Active {
                    stream,
                    sent: 0,
                    allowed: 0,
                    received: 0,
                    times: vec![0; options.in_flight],
                    waits_for_room: false,
                });
            } else {
                load.idle.push(stream);
            }
        }
        Ok(load)
    }

    /// Sends the first messages of each connection.
    fn fill(&mut self) -> Result<()> {
        for number in 0..self.active.len() {
            let now = self.now();
            self.active[number].let_out(self.options.in_flight as u64, &self.ring, now);
            self.write(number)?;
        }
        Ok(())
    }

    fn now(&self) -> u64 {
        self.start.elapsed().as_nanos() as u64
    }

    /// Does what is to be done until then.
    fn turn_until(&mut self, end: Instant) -> Result<()> {
        let mut events = Vec::with_capacity(EVENTS_AT_ONCE);
        loop {
            let now = Instant::now();
            if now >= end {
                return Ok(());
            }
            let wait = (end - now).min(STALLED);
            let timeout = Timespec {
                tv_sec: wait.as_secs() as i64,
                tv_nsec: wait.subsec_nanos().into(),
            };
            events.clear();
            epoll::wait(
                &self.epoll,
                rustix::buffer::spare_capacity(&mut events),
                Some(&timeout),
            )?;
            if !events.is_empty() {
                self.heard = now;
            } else if self.active.iter().any(|active| active.allowed > 0)
                && self.heard.elapsed() >= STALLED
            {
                return Err("the server does not answer any more".into());
            }
            for event in &events {
                let (number, flags) = (event.data.u64() as usize, event.flags);
                match number.checked_sub(self.active.len()) {
                    Some(idle) => self.answer_pings(idle)?,
                    None => {
                        if flags.contains(EventFlags::OUT) {
                            self.write(number)?;
                        }
                        if flags.intersects(EventFlags::IN | EventFlags::HUP | EventFlags::ERR) {
                            self.read(number)?;
                        }
                    }
                }
            }
        }
    }

    /// Checks what has come, and lets out as many messages anew.
    fn read(&mut self, number: usize) -> Result<()> {
        let now = self.now();
        let Self {
            active,
            ring,
            counts,
            memory,
            ..
        } = self;
        let active = &mut active[number];
        let before = active.received / ring.expected_length;
        loop {
            let length = match active.stream.read(memory) {
                Ok(0) => return Err("the server closed a connection".into()),
                Ok(length) => length,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(error.into()),
            };
            if !ring.is_expected(active.received, &memory[..length]) {
                let at = active.received;
                return Err(format!("not the echo that was expected, after {at} bytes").into());
            }
            active.received += length as u64;
            counts.bytes += length as u64;
            if active.received * ring.sent_length > active.sent * ring.expected_length {
                return Err("an echo of what was not sent yet".into());
            }
            if length < memory.len() && !active.stream.keeps_input() {
                break;
            }
        }
        let complete = active.received / ring.expected_length;
        for message in before..complete {
            let at = (message % active.times.len() as u64) as usize;
            counts.latencies.record(now - active.times[at]);
        }
        active.let_out(complete - before, ring, now);
        self.write(number)
    }

    /// Writes what is allowed to be in flight and is not.
    fn write(&mut self, number: usize) -> Result<()> {
        let Self {
            active,
            ring,
            epoll,
            ..
        } = self;
        let active = &mut active[number];
        let mut is_full = false;
        active.stream.flush()?;
        while active.sent < active.allowed && !is_full {
            let bytes = ring.to_send(active.sent);
            let length = bytes.len().min((active.allowed - active.sent) as usize);
            match active.stream.write(&bytes[..length]) {
                Ok(written) => active.sent += written as u64,
                Err(error) if error.kind() == ErrorKind::WouldBlock => is_full = true,
                Err(error) => return Err(error.into()),
            }
        }
        is_full |= active.stream.keeps_output();
        if is_full != active.waits_for_room {
            active.waits_for_room = is_full;
            let mut flags = EventFlags::IN;
            flags.set(EventFlags::OUT, is_full);
            let data = EventData::new_u64(number as u64);
            epoll::modify(&*epoll, &active.stream, data, flags)?;
        }
        Ok(())
    }

    /// An idle connection gets pings at most: each is answered.
    fn answer_pings(&mut self, number: usize) -> Result<()> {
        let stream = &mut self.idle[number];
        loop {
            let length = match stream.read(&mut self.memory) {
                Ok(0) => return Err("the server closed an idle connection".into()),
                Ok(length) => length,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error.into()),
            };
            let mut frames = &self.memory[..length];
            while let [0x89, length @ 0..=125, rest @ ..] = frames
                && let Some((payload, rest)) = rest.split_at_checked(usize::from(*length))
            {
                // The mask of zeros leaves the payload as it is.
                let pong = [&[0x8a, 0x80 | length, 0, 0, 0, 0], payload].concat();
                if stream.write(&pong)? != pong.len() {
                    return Err("no room for a pong".into());
                }
                self.counts.pings += 1;
                frames = rest;
            }
            if !frames.is_empty() {
                return Err("an idle connection got something else than a ping".into());
            }
        }
    }

    fn print(
        &self,
        first: &Snapshot,
        last: &Snapshot,
        before: Usage,
        open: Usage,
        opening: Duration,
    ) {
        let seconds = (last.at - first.at).as_secs_f64();
        let messages = self.counts.bytes as f64 / self.ring.expected_length as f64;
        let total: u64 = self
            .active
            .iter()
            .map(|active| active.received / self.ring.expected_length)
            .sum();
        let latency = |share| self.counts.latencies.quantile(share).as_secs_f64() * 1e6;
        let connections = (self.active.len() + self.idle.len()).max(1);
        println!(
            "{{\"messages\": {messages:.2}, \"seconds\": {seconds:.4}, \"rate\": {:.2}, \
             \"total_messages\": {total}, \"p50_us\": {:.2}, \"p99_us\": {:.2}, \
             \"server_cpu\": {:.2}, \"server_user\": {:.2}, \"server_system\": {:.2}, \
             \"load_cpu\": {:.2}, \"waits\": {}, \"preemptions\": {}, \"file_calls\": {}, \
             \"resident\": {}, \"resident_start\": {}, \"resident_open\": {}, \
             \"bytes_per_connection\": {:.0}, \"open_seconds\": {:.3}, \"allocations\": {}, \
             \"pings\": {}}}",
            messages / seconds,
            latency(0.5),
            latency(0.99),
            last.server.cpu() - first.server.cpu(),
            last.server.user - first.server.user,
            last.server.system - first.server.system,
            last.own.cpu() - first.own.cpu(),
            last.server.waits - first.server.waits,
            last.server.preemptions - first.server.preemptions,
            last.server.file_calls - first.server.file_calls,
            last.server.resident,
            before.resident,
            open.resident,
            (open.resident as f64 - before.resident as f64) / connections as f64,
            opening.as_secs_f64(),
            last.allocations - first.allocations,
            self.counts.pings,
        );
    }
}

impl Active {
    /// Allows so many messages more to be in flight.
    fn let_out(&mut self, messages: u64, ring: &Ring, now: u64) {
        let next = self.allowed / ring.sent_length;
        for message in next..next + messages {
            let at = (message % self.times.len() as u64) as usize;
            self.times[at] = now;
        }
        self.allowed += messages * ring.sent_length;
    }
}

fn usage_of_server(options: &Options) -> Result<Usage> {
    Ok(options.pid.map(Usage::of).transpose()?.unwrap_or_default())
}

fn snapshot(options: &Options) -> Result<Snapshot> {
    let counter = options.counter.as_deref().map(read_counter).transpose()?;
    Ok(Snapshot {
        at: Instant::now(),
        server: usage_of_server(options)?,
        own: Usage::own()?,
        allocations: counter.unwrap_or(0),
    })
}
