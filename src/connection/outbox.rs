//! Messages that wait to be sent: because somebody wants to know when they are, because a message is
//! being sent in fragments, or because an extension is at work.
//!
//! The endpoint is given what waits when it has written what it had. So what waits here can be taken
//! back, and what the endpoint has is as good as on its way.

use crate::WebsocketDataType;
use futures_channel::oneshot;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

/// How much the endpoint is given at a time.
pub(super) const FEED_SIZE: u64 = 64 * 1024;

/// Whoever waits until a message is written; dropped if that never happens.
pub(super) type Ticket = oneshot::Sender<()>;

/// Something that waits.
pub(super) enum Waiting {
    Message {
        data_type: WebsocketDataType,
        payload: glib::Bytes,
        ticket: Option<Ticket>,
    },
    /// A message that is sent in fragments, by a task that is told when it is its turn. It stays at
    /// the front until it has ended.
    Stream(StreamTurn),
}

/// Whose turn it will be.
pub(super) enum StreamTurn {
    /// Not yet.
    Waits(oneshot::Sender<()>),
    /// Now: nothing else may be sent.
    Active,
}

#[derive(Default)]
pub(super) struct Outbox {
    waiting: RefCell<VecDeque<Waiting>>,
    /// The bytes of the messages in there.
    size: Cell<u64>,
    /// Who waits until the endpoint has written so many frames.
    tickets: RefCell<VecDeque<(u64, Ticket)>>,
}

impl Outbox {
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.borrow().is_empty()
    }

    /// Whether there is something that is not a stream whose turn it is.
    pub(super) fn is_ready(&self) -> bool {
        let waiting = self.waiting.borrow();
        !matches!(
            waiting.front(),
            None | Some(Waiting::Stream(StreamTurn::Active))
        )
    }

    pub(super) fn size(&self) -> u64 {
        self.size.get()
    }

    pub(super) fn push(&self, waiting: Waiting) {
        self.size.set(self.size.get() + size(&waiting));
        self.waiting.borrow_mut().push_back(waiting);
    }

    /// Takes out the next message, unless it is a stream's turn, which is told so.
    pub(super) fn next_message(&self) -> Option<(WebsocketDataType, glib::Bytes, Option<Ticket>)> {
        loop {
            let mut waiting = self.waiting.borrow_mut();
            if let Waiting::Stream(turn) = waiting.front_mut()? {
                let StreamTurn::Waits(sender) = std::mem::replace(turn, StreamTurn::Active) else {
                    return None;
                };
                drop(waiting);
                if sender.send(()).is_ok() {
                    return None;
                }
                // Nobody wants to send it any more.
                self.end_stream();
                continue;
            }
            let next = waiting.pop_front()?;
            self.size.set(self.size.get() - size(&next));
            drop(waiting);
            if let Waiting::Message {
                data_type,
                payload,
                ticket,
            } = next
            {
                return Some((data_type, payload, ticket));
            }
        }
    }

    /// The stream whose turn it was has ended.
    pub(super) fn end_stream(&self) {
        let mut waiting = self.waiting.borrow_mut();
        if let Some(Waiting::Stream(StreamTurn::Active)) = waiting.front() {
            waiting.pop_front();
        }
    }

    /// Takes out the messages that nobody wants to send any more.
    pub(super) fn forget_cancelled(&self) {
        let mut cancelled = Vec::new();
        let mut waiting = self.waiting.borrow_mut();
        for index in (0..waiting.len()).rev() {
            let is_cancelled = match &waiting[index] {
                Waiting::Message { ticket, .. } => ticket.as_ref().is_some_and(Ticket::is_canceled),
                Waiting::Stream(StreamTurn::Waits(sender)) => sender.is_canceled(),
                Waiting::Stream(StreamTurn::Active) => false,
            };
            if is_cancelled {
                cancelled.extend(waiting.remove(index));
            }
        }
        drop(waiting);
        let size: u64 = cancelled.iter().map(size).sum();
        self.size.set(self.size.get() - size);
    }

    /// Has `ticket` wait until the endpoint has written `frames` frames.
    pub(super) fn wait_for(&self, frames: u64, ticket: Ticket) {
        self.tickets.borrow_mut().push_back((frames, ticket));
    }

    /// Tells who waits for it that the endpoint has written `frames` frames.
    pub(super) fn written(&self, frames: u64) {
        loop {
            let mut tickets = self.tickets.borrow_mut();
            if tickets.front().is_none_or(|(mark, _)| *mark > frames) {
                return;
            }
            let next = tickets.pop_front();
            drop(tickets);
            if let Some((_, ticket)) = next {
                // Nobody waits any more if it fails.
                let _ = ticket.send(());
            }
        }
    }

    /// Drops everything; who waits hears that.
    pub(super) fn clear(&self) {
        let waiting = self.waiting.take();
        let tickets = self.tickets.take();
        self.size.set(0);
        drop((waiting, tickets));
    }
}

fn size(waiting: &Waiting) -> u64 {
    match waiting {
        Waiting::Message { payload, .. } => payload.len() as u64,
        Waiting::Stream(_) => 0,
    }
}
