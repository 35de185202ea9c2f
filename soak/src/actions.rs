//! What peers do: one action of many, drawn by lot.

use crate::message::{Content, encode};
use crate::peer::{Peer, World, kind_of};
use crate::process::reset_when_closed;
use gio::prelude::*;
use std::cell::Cell;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::{Duration, Instant};
use wsoup::{WebsocketConnection, WebsocketConnectionType, WebsocketDataType};

/// With more than that to be written, a peer sends nothing.
const ENOUGH: u64 = 128 * 1024;

const PRIORITY: glib::Priority = glib::Priority::DEFAULT;

/// How much is done.
#[derive(Clone, Copy)]
pub(crate) struct Pace {
    /// Actions a second.
    pub(crate) rate: u64,
    /// How many of these end a connection, in 10,000.
    pub(crate) endings: u64,
    /// With so many pings and messages that wait for the other side, it is too much for the machine:
    /// nothing is done until there are fewer, or closing would not be in time.
    pub(crate) most_unanswered: u64,
}

/// Has peers act until `is_running` says otherwise.
pub(crate) fn act(world: &Rc<World>, pace: Pace, is_running: &Rc<Cell<bool>>) {
    let (world, is_running) = (world.clone(), is_running.clone());
    let (mut done, begin) = (0, Instant::now());
    glib::timeout_add_local(Duration::from_millis(10), move || {
        if !is_running.get() {
            return glib::ControlFlow::Break;
        }
        let now = Instant::now();
        let due = begin.elapsed().as_millis() as u64 * pace.rate / 1000;
        // Who cannot keep up does less.
        done = done.max(due.saturating_sub(pace.rate / 10));
        while done < due && now.elapsed() < Duration::from_millis(4) {
            if world.unanswered.get() > pace.most_unanswered {
                world.counts.count("times the machine was too slow");
                break;
            }
            done += 1;
            if let Some(peer) = world.some_peer() {
                peer.act(pace);
            }
        }
        glib::ControlFlow::Continue
    });
}

impl Peer {
    fn act(self: &Rc<Self>, pace: Pace) {
        if self.is_done.get() || !self.is_open() {
            return;
        }
        let random = &self.world.random;
        if random.below(10_000) < pace.endings {
            return self.finish();
        }
        match random.below(100) {
            0..60 => self.send(20 + random.below(200)),
            60..72 => (0..2 + random.below(10)).for_each(|_| self.send(random.below(300))),
            72..80 => self.send(2_000 + random.below(20_000)),
            80 => self.send(64_000 + random.below(300_000)),
            81..86 => self.send_with_result(random.below(10_000)),
            86..89 => self.send_in_parts(random.below(200_000)),
            89..94 => self.ping(),
            94..97 => self.pause(),
            _ => self.receive(random.once_in(2)),
        }
    }

    /// Begins to end the connection, one way or another.
    fn finish(self: &Rc<Self>) {
        let is_client = self.world.role == WebsocketConnectionType::Client;
        match self.world.random.below(100) {
            0..40 => self.say_farewell(),
            40..65 => self.close_at_once(),
            65..75 => self.break_off("resets", |socket| {
                reset_when_closed(socket);
                socket.shutdown(true, true)
            }),
            75..85 => self.break_off("half closes", |socket| socket.shutdown(false, true)),
            // A server keeps its connections.
            85..95 if is_client => self.forget(),
            _ => self.cancel(),
        }
    }

    /// The next message, of about `size` bytes; it is sent for sure.
    fn next_message(&self, size: u64, is_last: bool) -> (WebsocketDataType, Vec<u8>) {
        let mut record = self.record.borrow_mut();
        let content = Content {
            connection: record.connection,
            number: record.sent,
            is_last,
        };
        record.sent += 1;
        let message = encode(&content, size as usize, &self.world.random);
        self.world.counts.count("messages sent");
        self.world.counts.add("bytes sent", message.len() as u64);
        (kind_of(content.number), message)
    }

    /// Whether the other side takes what it is sent.
    fn has_room(&self) -> bool {
        let buffered = self.with_connection(WebsocketConnection::buffered_amount);
        let has_room = buffered.is_some_and(|amount| amount < ENOUGH);
        if !has_room {
            self.world.counts.count("times held back");
        }
        has_room
    }

    fn send(&self, size: u64) {
        if !self.has_room() || !self.is_open() {
            return;
        }
        let (kind, message) = self.next_message(size, false);
        let way = self.world.random.below(3);
        self.with_connection(|connection| match (way, kind) {
            (0, _) => connection.send_message(kind, &glib::Bytes::from_owned(message)),
            (1, _) => {
                let message = glib::Bytes::from_owned(message);
                if let Err(error) = connection.try_send_message(kind, &message) {
                    self.check(false, &format!("cannot be sent: {error}"));
                }
            }
            (_, WebsocketDataType::Binary) => connection.send_binary(&message),
            (_, WebsocketDataType::Text) => {
                connection.send_text(&String::from_utf8_lossy(&message));
            }
        });
    }

    /// Notes that all messages before this one are written, and it.
    fn note_written(&self, number: u64) {
        let mut record = self.record.borrow_mut();
        record.written = record.written.max(number + 1);
    }

    fn send_with_result(self: &Rc<Self>, size: u64) {
        if !self.has_room() {
            return;
        }
        let number = self.record.borrow().sent;
        let (kind, message) = self.next_message(size, false);
        let message = glib::Bytes::from_owned(message);
        let sending =
            self.with_connection(|connection| connection.send_message_future(kind, &message));
        if let Some(sending) = sending {
            self.start("sends with a result", sending, move |peer, is_sent| {
                if is_sent {
                    peer.note_written(number);
                }
            });
        }
    }

    fn send_in_parts(self: &Rc<Self>, size: u64) {
        if !self.has_room() {
            return;
        }
        let number = self.record.borrow().sent;
        let (kind, message) = self.next_message(size, false);
        let stream = gio::MemoryInputStream::from_bytes(&glib::Bytes::from_owned(message));
        let sending = self
            .with_connection(|connection| connection.send_stream_future(kind, &stream, PRIORITY));
        if let Some(sending) = sending {
            self.streams.set(self.streams.get() + 1);
            self.start("streams sent", sending, move |peer, is_sent| {
                peer.streams.set(peer.streams.get() - 1);
                if is_sent {
                    peer.note_written(number);
                }
                peer.close_if_sent();
            });
        }
    }

    fn ping(self: &Rc<Self>) {
        let payload = self.world.random.once_in(2).then_some(&b"soak"[..]);
        if let Some(answer) = self.with_connection(|connection| connection.ping_future(payload)) {
            let answer = async move { answer.await.map(drop) };
            self.start("pings answered", answer, |_, _| ());
        }
    }

    /// Reads nothing for a while.
    fn pause(self: &Rc<Self>) {
        if self.is_receiving.get() {
            return;
        }
        self.world.counts.count("pauses");
        self.with_connection(WebsocketConnection::pause);
        let time = Duration::from_millis(100 + self.world.random.below(2000));
        let peer = Rc::downgrade(self);
        glib::timeout_add_local_once(time, move || {
            if let Some(peer) = peer.upgrade().filter(|peer| !peer.is_receiving.get()) {
                peer.with_connection(WebsocketConnection::resume);
            }
        });
    }

    /// Receives some messages by call, whole or as streams.
    fn receive(self: &Rc<Self>, in_parts: bool) {
        if self.is_receiving.replace(true) {
            return;
        }
        let Some(connection) = self.connection.borrow().clone() else {
            return;
        };
        let (peer, mut count) = (self.clone(), 1 + self.world.random.below(5));
        let what = if in_parts {
            "receptions in parts"
        } else {
            "receptions by call"
        };
        let receiving = async move {
            // What has arrived when the connection ends can be had by call alone.
            while count > 0 && !peer.is_done.get() || !peer.is_open() {
                if !peer.receive_one(&connection, in_parts).await? {
                    break;
                }
                count = count.saturating_sub(1);
            }
            Ok(())
        };
        self.start(what, receiving, |peer, _| {
            peer.is_receiving.set(false);
            peer.with_connection(WebsocketConnection::resume);
            peer.close_if_sent();
            peer.end_if_over();
        });
    }

    async fn receive_one(
        self: &Rc<Self>,
        connection: &WebsocketConnection,
        in_parts: bool,
    ) -> Result<bool, glib::Error> {
        if !in_parts {
            let message = connection.receive_future().await?;
            if let Some((kind, bytes)) = &message {
                self.received(*kind, bytes);
            }
            return Ok(message.is_some());
        }
        let Some((kind, stream)) = connection.receive_stream_future().await? else {
            return Ok(false);
        };
        let mut message = Vec::new();
        loop {
            let bytes = stream.read_bytes_future(10_000, PRIORITY).await?;
            if bytes.is_empty() {
                break;
            }
            message.extend_from_slice(&bytes);
        }
        self.received(kind, &message);
        Ok(true)
    }

    /// Sends a last message, so that the other side closes.
    pub(crate) fn say_farewell(self: &Rc<Self>) {
        if self.is_done.replace(true) || !self.is_open() {
            return;
        }
        let (kind, message) = self.next_message(0, true);
        self.record.borrow_mut().is_quiet = true;
        self.with_connection(|connection| {
            connection.send_message(kind, &glib::Bytes::from_owned(message));
        });
    }

    fn close_at_once(&self) {
        // A message that is not there yet would not go out, and what is not read would be dropped.
        let is_paused = self.with_connection(WebsocketConnection::is_paused);
        if self.streams.get() == 0 && !self.is_receiving.get() && is_paused == Some(false) {
            self.close();
        }
    }

    /// Does something to the socket that the connection knows nothing of.
    fn break_off(&self, what: &str, work: fn(&gio::Socket) -> Result<(), glib::Error>) {
        let stream = self
            .with_connection(WebsocketConnection::io_stream)
            .flatten();
        let stream = stream.map(|stream| match stream.downcast::<gio::TlsConnection>() {
            Ok(tls) => tls.property::<gio::IOStream>("base-io-stream"),
            Err(stream) => stream,
        });
        let Some(Ok(stream)) = stream.map(|stream| stream.downcast::<gio::SocketConnection>())
        else {
            return self.check(false, "a stream without a socket");
        };
        self.record.borrow_mut().is_faulty = true;
        self.is_done.set(true);
        self.world.counts.count(what);
        if let Err(error) = work(&stream.socket()) {
            glib::g_debug!("soak", "{what}: {error}");
        }
    }

    /// Drops the connection without a word.
    fn forget(&self) {
        if self.operations.get() > 0 {
            return;
        }
        self.record.borrow_mut().is_faulty = true;
        self.world.counts.count("drops");
        self.end();
    }

    /// Gives up a message in the middle.
    fn cancel(self: &Rc<Self>) {
        self.is_done.set(true);
        self.record.borrow_mut().is_faulty = true;
        let (kind, message) = self.next_message(200_000, false);
        let stream = gio::MemoryInputStream::from_bytes(&glib::Bytes::from_owned(message));
        let sending = self
            .with_connection(|connection| connection.send_stream_future(kind, &stream, PRIORITY));
        let Some(sending) = sending else {
            return;
        };
        let cancelled = async move {
            let mut sending = pin!(sending);
            let mut polls = 2 + u32::from(kind == WebsocketDataType::Text);
            std::future::poll_fn(|task| {
                polls -= 1;
                match sending.as_mut().poll(task) {
                    Poll::Pending if polls > 0 => Poll::Pending,
                    Poll::Pending => Poll::Ready(Ok(())),
                    ready => ready,
                }
            })
            .await
        };
        // It may not have been its turn: then nothing has happened yet.
        self.start("cancelled streams", cancelled, |peer, _| peer.close());
    }
}
