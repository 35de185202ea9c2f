//! Messages that have arrived and wait for the program: because it receives them by call, or has
//! paused the connection.
//!
//! What waits is bounded: when it is too much, the driver neither reads the stream nor looks at what
//! it has read, and TCP holds the peer back.

use super::message_stream::StreamBuffer;
use crate::WebsocketDataType;
use crate::protocol::{Event, MessagePart};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::task::Waker;

/// What a message costs besides its bytes: many small ones are much, too.
const OVERHEAD: u64 = 64;

/// Something that waits.
pub(super) enum Item {
    Message(WebsocketDataType, glib::Bytes),
    /// A message that may still be arriving.
    Stream(WebsocketDataType, StreamBuffer),
    /// What is to be told when the messages before it are. Boxed, because it is seldom.
    Event(Box<Event>),
}

/// How messages are taken out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Delivery {
    /// They are not: each is emitted when it arrives.
    #[default]
    Signals,
    /// By nothing, until the program resumes.
    Paused,
    /// By calls.
    Calls,
}

#[derive(Default)]
pub(super) struct Inbox {
    items: RefCell<VecDeque<Item>>,
    /// What was to be told after messages, until the program began to receive by calls.
    due: RefCell<VecDeque<Box<Event>>>,
    /// What the messages take that have arrived whole.
    size: Cell<u64>,
    delivery: Cell<Delivery>,
    /// The message that is arriving, if it is a stream.
    arriving: RefCell<Option<StreamBuffer>>,
    /// Who waits for a message.
    waker: RefCell<Option<Waker>>,
    /// Somebody receives, and nobody else may meanwhile.
    is_receiving: Cell<bool>,
    /// Somebody waits for a message whole that arrives as a stream.
    is_joining: Cell<bool>,
    /// A message was dropped, for which there was no room.
    has_dropped: Cell<bool>,
    /// Why there will be no more, if that is no orderly end.
    error: RefCell<Option<glib::Error>>,
}

impl Inbox {
    pub(super) fn delivery(&self) -> Delivery {
        self.delivery.get()
    }

    pub(super) fn set_delivery(&self, delivery: Delivery) {
        let before = self.delivery.replace(delivery);
        // As long as they are taken out by calls, no event gets among them.
        if delivery == Delivery::Calls && before != Delivery::Calls {
            self.stop_holding_events();
        }
    }

    /// Who receives by calls is told of the end by them, and need not take all messages out.
    fn stop_holding_events(&self) {
        let items = self.items.take();
        let mut due = self.due.borrow_mut();
        for item in items {
            match item {
                Item::Event(event) => {
                    self.size.set(self.size.get() - OVERHEAD);
                    due.push_back(event);
                }
                message => self.items.borrow_mut().push_back(message),
            }
        }
    }

    /// Takes out what is to be told now.
    pub(super) fn pop_due(&self) -> Option<Box<Event>> {
        self.due.borrow_mut().pop_front()
    }

    pub(super) fn has_due(&self) -> bool {
        !self.due.borrow().is_empty()
    }

    /// Whether messages go in here now.
    pub(super) fn is_holding(&self) -> bool {
        self.delivery.get() != Delivery::Signals || !self.items.borrow().is_empty()
    }

    /// Whether what happens to the connection is told after what waits: nobody takes that out who
    /// would ask.
    pub(super) fn holds_events(&self) -> bool {
        self.has_due()
            || (self.delivery.get() != Delivery::Calls && !self.items.borrow().is_empty())
    }

    /// Whether more may arrive, where `limit` bytes may wait.
    pub(super) fn has_room(&self, limit: u64) -> bool {
        let arriving = self.arriving.borrow();
        let unread = arriving.as_ref().map_or(0, StreamBuffer::unread);
        self.size.get().saturating_add(unread) < limit || self.wants_whole()
    }

    /// Whether a message that arrives as a stream is wanted whole, so that it may be longer.
    fn wants_whole(&self) -> bool {
        self.is_joining.get()
            || self.delivery.get() == Delivery::Signals
                && matches!(self.items.borrow().front(), Some(Item::Stream(..)))
    }

    /// Whether a message was dropped, so that those behind it have to be, too.
    pub(super) fn has_dropped(&self) -> bool {
        self.has_dropped.get()
    }

    pub(super) fn drop_from_here(&self) {
        self.has_dropped.set(true);
    }

    /// Drops the rest of the message that is arriving, and everything behind it.
    pub(super) fn drop_rest(&self, error: &glib::Error) {
        glib::g_debug!("Wsoup", "the rest of what came while closing is dropped");
        self.cut(error);
        self.drop_from_here();
        self.wake();
    }

    pub(super) fn push(&self, item: Item) {
        self.size.set(self.size.get() + size(&item));
        self.items.borrow_mut().push_back(item);
        self.wake();
    }

    /// Takes in what is to be told behind everything that waits.
    pub(super) fn push_event(&self, event: Event) {
        let event = Box::new(event);
        if self.has_due() {
            self.due.borrow_mut().push_back(event);
        } else {
            self.push(Item::Event(event));
        }
    }

    /// Whether something is still to be told besides messages.
    pub(super) fn has_events(&self) -> bool {
        let items = self.items.borrow();
        self.has_due() || items.iter().any(|item| matches!(item, Item::Event(_)))
    }

    /// Takes in a part of a message; the stream of a new one is made by `new_stream`.
    pub(super) fn push_part(&self, part: MessagePart, new_stream: impl FnOnce() -> StreamBuffer) {
        let MessagePart {
            data_type,
            payload,
            is_first,
            is_last,
        } = part;
        if is_first {
            let stream = new_stream();
            self.arriving.replace(Some(stream.clone()));
            self.push(Item::Stream(data_type.into(), stream));
        }
        let arriving = self.arriving.borrow().clone();
        if let Some(stream) = arriving {
            stream.push(payload);
            if is_last {
                self.end_arriving(Ok(()));
            }
        }
        if self.is_joining.get() {
            self.wake();
        }
    }

    /// How much has arrived of the message at the front, if that is what somebody waits for whole.
    pub(super) fn joined_size(&self) -> Option<u64> {
        let items = self.items.borrow();
        match items.front() {
            Some(Item::Stream(_, stream)) if self.wants_whole() => Some(stream.unread()),
            _ => None,
        }
    }

    /// Takes out the first item.
    pub(super) fn pop(&self) -> Option<Item> {
        let item = self.items.borrow_mut().pop_front()?;
        self.size.set(self.size.get() - size(&item));
        Some(item)
    }

    /// Whether the first item can be taken whole, or what it waits for.
    pub(super) fn front_is_whole(&self) -> Option<bool> {
        match self.items.borrow().front()? {
            Item::Stream(_, stream) => Some(stream.has_ended()),
            Item::Message(..) | Item::Event(_) => Some(true),
        }
    }

    /// Whether the first item can be emitted, and is to be.
    pub(super) fn has_next_to_emit(&self) -> bool {
        self.delivery.get() == Delivery::Signals && self.front_is_whole() == Some(true)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.items.borrow().is_empty()
    }

    pub(super) fn set_joining(&self, is_joining: bool) {
        self.is_joining.set(is_joining);
    }

    /// Begins to receive, unless somebody does.
    pub(super) fn begin_receiving(&self) -> bool {
        !self.is_receiving.replace(true)
    }

    pub(super) fn is_receiving(&self) -> bool {
        self.is_receiving.get()
    }

    pub(super) fn end_receiving(&self) {
        self.is_receiving.set(false);
        self.is_joining.set(false);
        self.waker.take();
    }

    pub(super) fn set_waker(&self, waker: &Waker) {
        self.waker.replace(Some(waker.clone()));
    }

    /// Has who waits look again.
    pub(super) fn wake(&self) {
        let waker = self.waker.take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Notes why there will be no more. The first reason counts.
    pub(super) fn set_error(&self, error: &glib::Error) {
        self.error.borrow_mut().get_or_insert_with(|| error.clone());
    }

    pub(super) fn error(&self) -> Option<glib::Error> {
        self.error.borrow().clone()
    }

    /// The stream that is arriving will not be whole.
    pub(super) fn cut(&self, error: &glib::Error) {
        self.end_arriving(Err(error.clone()));
    }

    fn end_arriving(&self, end: Result<(), glib::Error>) {
        let arriving = self.arriving.take();
        let Some(stream) = arriving else {
            return;
        };
        // It is the newest message: if one waits, it does. Its bytes count like those of others now.
        let is_stream = |item: &Item| matches!(item, Item::Stream(..));
        if self.items.borrow().iter().rev().any(is_stream) {
            self.size.set(self.size.get() + stream.unread());
        }
        stream.end(end);
    }

    /// The program begins to close, and so wants to hear of the end: nothing is held back for ever.
    /// Tells whether it was.
    pub(super) fn resume_for_close(&self) -> bool {
        let was_paused = self.delivery.get() == Delivery::Paused;
        if was_paused {
            self.delivery.set(Delivery::Signals);
        }
        was_paused
    }
}

fn size(item: &Item) -> u64 {
    match item {
        Item::Message(_, bytes) => bytes.len() as u64 + OVERHEAD,
        Item::Stream(_, stream) if stream.has_ended() => stream.unread() + OVERHEAD,
        // What is still arriving is counted apart.
        Item::Stream(..) | Item::Event(_) => OVERHEAD,
    }
}
