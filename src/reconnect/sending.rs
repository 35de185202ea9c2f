//! How messages get from a client's queue to its connection.

use super::imp::ReconnectingClient;
use super::queue::Full;
use crate::connection::check_text;
use crate::event_loop::spawn;
use crate::{
    OfflinePolicy, ReconnectingState, WebsocketConnection, WebsocketDataType, WebsocketState,
};
use glib::prelude::*;
use glib::subclass::prelude::*;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

type Writing = Pin<Box<dyn Future<Output = Result<(), glib::Error>>>>;

/// What the connection has of the queue: each is done when the stream has taken the last byte.
#[derive(Default)]
pub(super) struct Writings {
    pending: RefCell<VecDeque<(u64, Writing)>>,
    /// Whether a task looks after them.
    is_waited_for: Cell<bool>,
    /// How many connections there have been: what one has is nothing to the next.
    connections: Cell<u64>,
}

impl ReconnectingClient {
    /// Accepts a message, or says why not.
    pub(super) fn send(
        &self,
        data_type: WebsocketDataType,
        message: &glib::Bytes,
    ) -> Result<(), glib::Error> {
        check_text(data_type, message)?;
        // A handler may drop the reference that the caller, in C, called this by.
        let _alive = self.obj().clone();
        if let Some(text) = self.reason_to_refuse() {
            return Err(glib::Error::new(gio::IOErrorEnum::NotConnected, text));
        }
        let mut queue = self.queue.borrow_mut();
        let (pushed, max_bytes) = (queue.push(data_type, message.clone()), queue.max_bytes);
        drop(queue);
        let length = message.len();
        match pushed {
            Ok(()) => {
                self.hand_over();
                self.obj().notify("queued-amount");
                Ok(())
            }
            Err(Full::Now) => Err(glib::Error::new(
                gio::IOErrorEnum::WouldBlock,
                &format!("no room for {length} bytes: the queue may hold {max_bytes}"),
            )),
            Err(Full::Always) => Err(glib::Error::new(
                gio::IOErrorEnum::MessageTooLarge,
                &format!("message of {length} bytes, but the queue may hold {max_bytes}"),
            )),
        }
    }

    fn reason_to_refuse(&self) -> Option<&'static str> {
        if self.state.get() == ReconnectingState::Failed {
            return Some("the client has given up");
        }
        match self.offline_policy.get() {
            OfflinePolicy::Queue => None,
            OfflinePolicy::Refuse if self.is_open() => None,
            OfflinePolicy::Refuse => Some("the client is not connected, and queues nothing"),
        }
    }

    fn is_open(&self) -> bool {
        let connection = self.connection.borrow();
        let connection = connection.as_ref();
        connection.is_some_and(|connection| connection.state() == WebsocketState::Open)
    }

    /// Hands over to the connection what it does not have yet, as far as that has room.
    pub(super) fn hand_over(&self) {
        while let Some(connection) = self.obj().connection().filter(|_| self.is_open()) {
            let length = self.queue.borrow().next_length();
            if !length.is_some_and(|length| has_room(&connection, length)) {
                break;
            }
            let message = self.queue.borrow_mut().hand_over();
            let Some(message) = message else { break };
            let writing = connection.send_message_future(message.data_type, &message.data);
            self.writings
                .pending
                .borrow_mut()
                .push_back((message.number, Box::pin(writing)));
        }
        let has_some = !self.writings.pending.borrow().is_empty();
        if has_some && !self.writings.is_waited_for.replace(true) {
            let client = self.obj().downgrade();
            let waiting = poll_fn(move |task| match client.upgrade() {
                Some(client) => client.imp().poll_writings(task),
                None => Poll::Ready(()),
            });
            spawn(self.surroundings.event_loop(), waiting);
        }
    }

    /// Takes those messages out of the queue that were written, in order, until one was not.
    fn poll_writings(&self, task: &mut Context<'_>) -> Poll<()> {
        loop {
            let connections = self.writings.connections.get();
            let first = self.writings.pending.borrow_mut().pop_front();
            let Some((number, mut writing)) = first else {
                self.writings.is_waited_for.set(false);
                return Poll::Ready(());
            };
            // Nothing is borrowed: what has been written may be told to somebody.
            match writing.as_mut().poll(task) {
                Poll::Ready(Ok(())) => self.written(number),
                // The connection has ended, which is told otherwise. The message stays.
                Poll::Ready(Err(error)) => glib::g_debug!("Wsoup", "not written: {error}"),
                Poll::Pending if self.writings.connections.get() == connections => {
                    let mut pending = self.writings.pending.borrow_mut();
                    pending.push_front((number, writing));
                    return Poll::Pending;
                }
                Poll::Pending => (),
            }
        }
    }

    /// The connection is gone: what it has not written is for the next one.
    pub(super) fn take_back(&self) {
        self.writings
            .connections
            .set(self.writings.connections.get() + 1);
        let mut pending = self.writings.pending.take();
        // Some may have been written that nobody has looked at since.
        let mut task = Context::from_waker(Waker::noop());
        let mut written = Vec::new();
        while let Some((number, mut writing)) = pending.pop_front() {
            if writing.as_mut().poll(&mut task) != Poll::Ready(Ok(())) {
                break;
            }
            written.push(number);
        }
        let mut queue = self.queue.borrow_mut();
        let messages: Vec<_> = written
            .into_iter()
            .filter_map(|number| queue.written(number))
            .collect();
        queue.take_back();
        // Their bytes are the program's, which may be called when they are dropped.
        drop(queue);
        drop(messages);
    }

    fn written(&self, number: u64) {
        let message = self.queue.borrow_mut().written(number);
        if message.is_some() {
            // As in `take_back()`.
            drop(message);
            self.obj().notify("queued-amount");
            // There may be room now.
            self.hand_over();
        }
    }
}

/// Whether the bound that the program has set for the connection, if any, allows for so many bytes.
fn has_room(connection: &WebsocketConnection, length: u64) -> bool {
    let limit = connection.max_buffered_amount();
    limit == 0 || connection.buffered_amount().saturating_add(length) <= limit
}
