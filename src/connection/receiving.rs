//! Receiving by call, and pausing: what happens between the endpoint's events and the
//! [`inbox`](super::inbox).

use super::driver::Driver;
use super::flow::Flow;
use super::imp::WebsocketConnection;
use super::inbox::{Delivery, Inbox, Item};
use super::message_stream::{MessageInputStream, StreamBuffer};
use super::refusal::not_open;
use crate::protocol::{CloseCode, Event, MessagePart};
use crate::{WebsocketDataType, WebsocketError, WebsocketState};
use gio::prelude::*;
use glib::subclass::prelude::*;
use std::future::poll_fn;
use std::task::{Context, Poll};
use std::time::Instant;

/// What a call receives.
pub(super) enum Received {
    Message(WebsocketDataType, glib::Bytes),
    Stream(WebsocketDataType, gio::InputStream),
}

impl Driver {
    /// Whether what comes from the peer may be looked at. Once the connection is closing, it is: there
    /// is an end to it.
    pub(super) fn may_receive(&self, connection: &WebsocketConnection) -> bool {
        let Some(flow) = connection.flow.get() else {
            return true;
        };
        !flow.inbox.is_holding()
            || flow.inbox.has_room(flow.receive_buffer_size.get())
            || self.state() != WebsocketState::Open
    }

    /// Whether a message is one too many for a second; then the connection is failed.
    pub(super) fn is_too_fast(
        &self,
        connection: &WebsocketConnection,
        flow: &Flow,
        event: &Event,
        now: Instant,
    ) -> bool {
        let begins_message = match event {
            Event::Message { .. } => true,
            Event::Part(part) => part.is_first,
            _ => false,
        };
        if !begins_message || flow.rate.take(now) {
            return false;
        }
        let limit = flow.rate.limit.get();
        let text = format!("more than {limit} messages came within a second");
        let error = glib::Error::new(WebsocketError::PolicyViolation, &text);
        self.fail_locally(connection, CloseCode::POLICY_VIOLATION, &error);
        true
    }

    /// Puts in the inbox what goes there; gives back what is to be told now.
    pub(super) fn hold(&self, connection: &WebsocketConnection, event: Event) -> Option<Event> {
        let Some(flow) = connection.flow.get() else {
            return Some(event);
        };
        let inbox = &flow.inbox;
        match event {
            Event::Part(part) => {
                self.hold_part(connection, flow, part);
                None
            }
            Event::Failed(_) | Event::Closing | Event::Closed if inbox.holds_events() => {
                if !matches!(event, Event::Closing) {
                    // Nothing comes of a message that is not whole: what is behind it may not wait.
                    inbox.cut(&self.end_error(connection));
                }
                inbox.push_event(event);
                None
            }
            event => Some(event),
        }
    }

    /// Puts a message in the inbox, if it goes there.
    pub(super) fn hold_message(
        &self,
        flow: &Flow,
        data_type: WebsocketDataType,
        bytes: &glib::Bytes,
    ) -> bool {
        if !flow.inbox.is_holding() && !flow.inbox.has_dropped() {
            return false;
        }
        // While closing, everything is looked at, but not everything kept; and nothing behind a message
        // that was not.
        let inbox = &flow.inbox;
        let has_room = || inbox.has_room(flow.receive_buffer_size.get());
        if self.state() == WebsocketState::Open || !inbox.has_dropped() && has_room() {
            inbox.push(Item::Message(data_type, bytes.clone()));
        } else {
            inbox.drop_from_here();
            glib::g_debug!("Wsoup", "a message that came while closing is dropped");
        }
        true
    }

    fn hold_part(&self, connection: &WebsocketConnection, flow: &Flow, part: MessagePart) {
        let inbox = &flow.inbox;
        let is_closing = self.state() != WebsocketState::Open;
        if is_closing && inbox.has_dropped() {
            return;
        }
        // While closing, the peer is not held back, nor do limits on sizes bound what is in parts.
        let takes_room = part.is_first || !part.payload.is_empty();
        if is_closing && takes_room && !inbox.has_room(flow.receive_buffer_size.get()) {
            let text =
                "the connection is closing, and there is no room for the rest of the message";
            inbox.drop_rest(&glib::Error::new(gio::IOErrorEnum::Closed, text));
            return;
        }
        // The buffer may wait in the connection itself.
        let connection_ref = connection.obj().downgrade();
        let on_read = move || {
            if let Some(connection) = connection_ref.upgrade() {
                connection.imp().wake();
            }
        };
        inbox.push_part(part, || StreamBuffer::new(on_read));
        let limit = connection.max_total_message_size.get();
        if let Some(size) = inbox.joined_size()
            && limit > 0
            && size > limit
        {
            let text = format!("message of at least {size} bytes exceeds the limit of {limit}");
            let error = glib::Error::new(WebsocketError::TooBig, &text);
            if is_closing {
                inbox.drop_rest(&error);
            } else {
                self.fail_locally(connection, CloseCode::TOO_BIG, &error);
            }
        }
    }

    /// Emits what waits since the connection was paused; tells whether that was all.
    pub(super) fn emit_held(
        &self,
        connection: &WebsocketConnection,
        flow: &Flow,
        now: Instant,
        end: Option<Instant>,
    ) -> bool {
        while let Some(event) = flow.inbox.pop_due() {
            self.tell(connection, *event, now);
        }
        while flow.inbox.has_next_to_emit() {
            match flow.inbox.pop() {
                Some(Item::Message(data_type, bytes)) => {
                    connection.emit_message(data_type, &bytes);
                }
                // One that was cut is no message.
                Some(Item::Stream(data_type, stream)) if stream.error().is_none() => {
                    connection.emit_message(data_type, &stream.join());
                }
                Some(Item::Stream(..)) => (),
                Some(Item::Event(event)) => self.tell(connection, *event, now),
                None => (),
            }
            if end.is_some_and(|end| Instant::now() >= end) {
                return flow.inbox.is_empty();
            }
        }
        true
    }

    /// Why nothing will come any more, for whoever waits for it.
    pub(super) fn end_error(&self, connection: &WebsocketConnection) -> glib::Error {
        let error = connection.flow.get().and_then(|flow| flow.inbox.error());
        let error = error.or_else(|| self.write_error.borrow().clone());
        error.unwrap_or_else(|| {
            if self.has_timed_out() {
                let text = "the peer did not close the connection in time";
                return glib::Error::new(gio::IOErrorEnum::TimedOut, text);
            }
            let text = "the connection ended without a close frame";
            glib::Error::new(gio::IOErrorEnum::BrokenPipe, text)
        })
    }
}

impl super::WebsocketConnection {
    /// Begins to receive: from here on messages wait.
    pub(super) fn begin_receiving(&self, in_parts: bool) -> Result<Receiving, glib::Error> {
        let connection = self.imp();
        let driver = connection.driver.get().ok_or_else(not_open)?;
        driver.check_thread("receive");
        let inbox = &connection.flow().inbox;
        if !inbox.begin_receiving() {
            let text = "another operation receives from the connection";
            return Err(glib::Error::new(gio::IOErrorEnum::Pending, text));
        }
        let was_paused = inbox.delivery() == Delivery::Paused;
        inbox.set_delivery(Delivery::Calls);
        driver.receive_parts(in_parts);
        driver.watcher.wake();
        if was_paused {
            self.notify("paused");
        }
        Ok(Receiving {
            connection: self.clone(),
            in_parts,
        })
    }

    fn poll_receive(
        &self,
        inbox: &Inbox,
        in_parts: bool,
        task: &mut Context<'_>,
    ) -> Poll<Result<Option<Received>, glib::Error>> {
        inbox.set_joining(!in_parts && inbox.front_is_whole() == Some(false));
        let is_ready = match inbox.front_is_whole() {
            // What waits is emitted when the program has resumed meanwhile.
            Some(is_whole) => inbox.delivery() == Delivery::Calls && (is_whole || in_parts),
            None => false,
        };
        if is_ready {
            let received = match inbox.pop() {
                Some(Item::Message(data_type, bytes)) if in_parts => {
                    let stream = gio::MemoryInputStream::from_bytes(&bytes);
                    Received::Stream(data_type, stream.upcast())
                }
                Some(Item::Message(data_type, bytes)) => Received::Message(data_type, bytes),
                Some(Item::Stream(data_type, stream)) if in_parts => {
                    let stream = MessageInputStream::new(self, stream);
                    Received::Stream(data_type, stream.upcast())
                }
                Some(Item::Stream(data_type, stream)) => match stream.error() {
                    Some(error) => return Poll::Ready(Err(error)),
                    None => Received::Message(data_type, stream.join()),
                },
                // These do not wait among messages that are received by calls.
                Some(Item::Event(_)) | None => return Poll::Ready(Ok(None)),
            };
            return Poll::Ready(Ok(Some(received)));
        }
        let driver = self.imp().driver.get();
        // When the peer has closed, or failed, nothing comes any more. How is told first.
        let is_over = self.state() == WebsocketState::Closed || self.close_code() != 0;
        if let Some(driver) = driver
            && (!is_over || inbox.has_due())
        {
            inbox.set_waker(task.waker());
            if inbox.front_is_whole().is_some() {
                // It waits for the rest, for which there need not be room.
                driver.watcher.wake();
            }
            return Poll::Pending;
        }
        Poll::Ready(match inbox.error() {
            Some(error) => Err(error),
            None if self.close_code() == 1006 => {
                Err(driver.map_or_else(not_open, |driver| driver.end_error(self.imp())))
            }
            None => Ok(None),
        })
    }
}

/// An operation that receives.
pub(super) struct Receiving {
    connection: super::WebsocketConnection,
    in_parts: bool,
}

impl Receiving {
    /// Waits for the next message; `None` is an orderly end.
    pub(super) async fn next(self) -> Result<Option<Received>, glib::Error> {
        let inbox = &self.connection.imp().flow().inbox;
        poll_fn(|task| self.connection.poll_receive(inbox, self.in_parts, task)).await
    }
}

impl Drop for Receiving {
    fn drop(&mut self) {
        let connection = self.connection.imp();
        connection.flow().inbox.end_receiving();
        // There may be room for more.
        connection.wake();
    }
}
