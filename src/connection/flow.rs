//! What a connection has once its program takes care of how messages flow: bounds, messages that
//! wait, operations that are under way.
//!
//! Most programs never do, and most connections are idle, so it is made when it is needed. What
//! goes out is in [`outbox`](super::outbox), what comes in is in [`inbox`](super::inbox).

use super::inbox::Inbox;
use super::outbox::Outbox;
use super::rate::Rate;
use super::total::Total;
use crate::WebsocketOverflowPolicy;
use futures_channel::oneshot;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

/// How many bytes of messages are kept that nobody has asked for, by default.
pub(super) const DEFAULT_RECEIVE_BUFFER_SIZE: u64 = 64 * 1024;

pub(super) struct Flow {
    /// 0 for no bound.
    pub(super) max_buffered_amount: Cell<u64>,
    pub(super) overflow_policy: Cell<WebsocketOverflowPolicy>,
    /// 0 for none.
    pub(super) high_water_mark: Cell<u64>,
    pub(super) low_water_mark: Cell<u64>,
    /// What is buffered has reached the high mark, and not the low one since.
    pub(super) is_congested: Cell<bool>,
    /// A bound that is shared with other connections.
    pub(super) total: OnceCell<Rc<Total>>,
    /// What counts for it.
    pub(super) counted: Cell<u64>,
    pub(super) receive_buffer_size: Cell<u64>,
    pub(super) rate: Rate,
    pub(super) outbox: Outbox,
    pub(super) inbox: Inbox,
    /// The pings that somebody waits for, by number.
    pub(super) pings: RefCell<VecDeque<(u64, oneshot::Sender<Duration>)>>,
    /// Who waits for the end.
    pub(super) closers: RefCell<Vec<oneshot::Sender<()>>>,
}

impl Default for Flow {
    fn default() -> Self {
        Self {
            max_buffered_amount: Cell::new(0),
            overflow_policy: Cell::new(WebsocketOverflowPolicy::Refuse),
            high_water_mark: Cell::new(0),
            low_water_mark: Cell::new(0),
            is_congested: Cell::new(false),
            total: OnceCell::new(),
            counted: Cell::new(0),
            receive_buffer_size: Cell::new(DEFAULT_RECEIVE_BUFFER_SIZE),
            rate: Rate::default(),
            outbox: Outbox::default(),
            inbox: Inbox::default(),
            pings: RefCell::default(),
            closers: RefCell::default(),
        }
    }
}

impl Flow {
    /// Nothing more goes out: ends the operations that wait for that. Theirs is to say why.
    pub(super) fn end_sending(&self) {
        self.outbox.clear();
        let pings = self.pings.take();
        drop(pings);
    }

    /// Nothing more goes out or comes in: ends the operations that wait.
    pub(super) fn end(&self) {
        self.end_sending();
        let closers = self.closers.take();
        for closer in closers {
            // Nobody waits any more if it fails.
            let _ = closer.send(());
        }
        self.inbox.wake();
    }

    /// Tells who waits for `ping` how long its answer took.
    pub(super) fn answered(&self, ping: u64, round_trip: Duration) {
        let waiting = {
            let mut pings = self.pings.borrow_mut();
            let index = pings.iter().position(|(number, _)| *number == ping);
            index.and_then(|index| pings.remove(index))
        };
        if let Some((_, waiting)) = waiting {
            // Nobody waits any more if it fails.
            let _ = waiting.send(round_trip);
        }
    }
}

impl Drop for Flow {
    fn drop(&mut self) {
        if let Some(total) = self.total.get() {
            total.count(self.counted.get(), 0);
        }
    }
}
