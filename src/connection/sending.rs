//! Sending: from the program to the endpoint, through extensions and bounds.
//!
//! Most messages go straight to the endpoint. Those that cannot wait in the
//! [`outbox`](super::outbox), and then everything behind them does, so that order is kept.

use super::driver::Driver;
use super::extended::{self, Outgoing};
use super::flow::Flow;
use super::imp::WebsocketConnection;
use super::outbox::{FEED_SIZE, StreamTurn, Ticket, Waiting};
use super::refusal::{not_open, overflow_error};
use crate::protocol::{CloseCode, Endpoint, SendError};
use crate::{WebsocketDataType, WebsocketError, WebsocketOverflowPolicy, WebsocketState};
use glib::prelude::*;
use glib::subclass::prelude::*;
use std::mem;
use std::time::Instant;

impl Driver {
    /// Queues a message whose bytes are copied. Text is valid, as the caller knows.
    pub(super) fn send(
        &self,
        connection: &WebsocketConnection,
        data_type: WebsocketDataType,
        data: &[u8],
    ) {
        if self.is_direct(connection) {
            self.command(|endpoint| endpoint.send_frame(first_byte(data_type), data));
        } else if let Err(error) = self.try_send(connection, data_type, Outgoing::Slice(data)) {
            glib::g_debug!("Wsoup", "not sent: {error}");
        }
    }

    /// Queues a message; a big one is not copied.
    pub(super) fn send_bytes(
        &self,
        connection: &WebsocketConnection,
        data_type: WebsocketDataType,
        bytes: &glib::Bytes,
    ) {
        if self.is_direct(connection) {
            self.command(|endpoint| endpoint.send_frame_of(first_byte(data_type), bytes));
        } else if let Err(error) =
            self.try_send(connection, data_type, Outgoing::Bytes(bytes.clone()))
        {
            glib::g_debug!("Wsoup", "not sent: {error}");
        }
    }

    /// Whether a message of this thread may go to the endpoint as it is.
    fn is_direct(&self, connection: &WebsocketConnection) -> bool {
        // The thread first: it decides what may be looked at.
        (cfg!(not(feature = "capi")) || self.watcher.is_dispatching_here())
            && connection.remote.get().is_none()
            && connection.flow.get().is_none()
            && connection.extensions.borrow().is_empty()
    }

    /// Queues a message from any thread, or tells why it is refused.
    pub(super) fn try_send(
        &self,
        connection: &WebsocketConnection,
        data_type: WebsocketDataType,
        payload: Outgoing<'_>,
    ) -> Result<(), glib::Error> {
        let mut payload = Some(payload);
        let mut queue = || match payload.take() {
            Some(payload) => self.queue(connection, data_type, payload, None),
            None => Ok(()),
        };
        if let Some(result) = self.watcher.in_context(&mut queue) {
            return result;
        }
        match payload {
            Some(payload) => connection
                .remote(self)
                .send(data_type, payload.into_bytes()),
            None => Ok(()),
        }
    }

    /// Queues a message; `ticket` is told when it is written.
    pub(super) fn queue(
        &self,
        connection: &WebsocketConnection,
        data_type: WebsocketDataType,
        payload: Outgoing<'_>,
        ticket: Option<Ticket>,
    ) -> Result<(), glib::Error> {
        // An extension or a handler may drop the reference that the caller, in C, called this by.
        let _alive = connection.obj().clone();
        self.take_remote(connection);
        self.check_open()?;
        if let Some(flow) = connection.flow.get() {
            self.check_room(connection, flow, payload.as_ref().len() as u64)?;
        }
        let must_wait = ticket.is_some()
            || self.sending.get()
            || connection
                .flow
                .get()
                .is_some_and(|flow| !flow.outbox.is_empty());
        if must_wait {
            let payload = payload.into_bytes();
            connection.flow().outbox.push(Waiting::Message {
                data_type,
                payload,
                ticket,
            });
            self.watcher.wake();
        } else if !self.extend_and_queue(connection, data_type, payload) {
            return Err(not_open());
        }
        if let Some(flow) = connection.flow.get() {
            let amount = self.count(connection, flow);
            self.note_congestion(connection, flow, amount);
        }
        Ok(())
    }

    fn check_open(&self) -> Result<(), glib::Error> {
        if self.state() == WebsocketState::Open {
            return Ok(());
        }
        Err(not_open())
    }

    /// How many bytes of messages wait to be written, wherever they are.
    pub(super) fn buffered_amount(&self, connection: &WebsocketConnection) -> u64 {
        let endpoint = self.endpoint.try_borrow();
        let written = endpoint.map_or(0, |endpoint| endpoint.buffered_amount() as u64);
        let waiting = connection.flow.get().map_or(0, |flow| flow.outbox.size());
        let remote = connection.remote.get().map_or(0, |remote| remote.size());
        written + waiting + remote
    }

    /// Refuses a message of `size` bytes for which there is no room.
    fn check_room(
        &self,
        connection: &WebsocketConnection,
        flow: &Flow,
        size: u64,
    ) -> Result<(), glib::Error> {
        let amount = self.count(connection, flow);
        let limit = flow.max_buffered_amount.get();
        let is_too_much = limit > 0 && amount.saturating_add(size) > limit;
        let shared = flow.total.get().and_then(|total| total.refuses(size));
        let Some((limit, amount)) = shared.or_else(|| is_too_much.then_some((limit, amount)))
        else {
            return Ok(());
        };
        if flow.overflow_policy.get() == WebsocketOverflowPolicy::Close {
            self.fail_overflow(connection, limit);
        }
        Err(overflow_error(size, amount, limit))
    }

    /// Has what waits count for the bound that is shared, if one is; returns how much that is.
    pub(super) fn count(&self, connection: &WebsocketConnection, flow: &Flow) -> u64 {
        let amount = self.buffered_amount(connection);
        if let Some(total) = flow.total.get() {
            total.count(flow.counted.replace(amount), amount);
        }
        amount
    }

    /// More was to be queued than may be, and that is the end.
    pub(super) fn fail_overflow(&self, connection: &WebsocketConnection, limit: u64) {
        let text = format!("more than {limit} bytes are waiting to be sent");
        self.fail_locally(
            connection,
            CloseCode::POLICY_VIOLATION,
            &glib::Error::new(WebsocketError::PolicyViolation, &text),
        );
    }

    /// Fails the connection because of something on this side.
    pub(super) fn fail_locally(
        &self,
        connection: &WebsocketConnection,
        code: CloseCode,
        error: &glib::Error,
    ) {
        if self.state() != WebsocketState::Open {
            return;
        }
        let Some(mut endpoint) = self.endpoint_for_command() else {
            return;
        };
        endpoint.fail(code, error.message(), Instant::now());
        drop(endpoint);
        connection.emit_error(error);
        self.watcher.wake();
    }

    /// Tells the program when what waits has reached the high mark.
    fn note_congestion(&self, connection: &WebsocketConnection, flow: &Flow, amount: u64) {
        let mark = flow.high_water_mark.get();
        if mark > 0 && !flow.is_congested.get() && amount >= mark {
            flow.is_congested.set(true);
            connection.emit_congested();
        }
    }

    /// Tells the program when what waits has fallen to the low mark; tells whether it did.
    pub(super) fn note_relief(&self, connection: &WebsocketConnection, flow: &Flow) -> bool {
        let is_relieved = flow.is_congested.get()
            && self.buffered_amount(connection) <= flow.low_water_mark.get();
        if is_relieved {
            flow.is_congested.set(false);
            connection.emit_drained();
        }
        is_relieved
    }

    /// Gives the endpoint what waits, if it has written what it had.
    pub(super) fn feed(&self, connection: &WebsocketConnection, flow: &Flow) {
        if self.can_feed(flow) {
            self.feed_up_to(connection, flow, FEED_SIZE);
        }
    }

    /// Whether [`feed`](Self::feed) would find something to do.
    pub(super) fn can_feed(&self, flow: &Flow) -> bool {
        flow.outbox.is_ready()
            && !self.sending.get()
            && self.state() == WebsocketState::Open
            && self.endpoint.borrow().buffered_amount() == 0
    }

    fn feed_up_to(&self, connection: &WebsocketConnection, flow: &Flow, most: u64) {
        let mut fed = 0;
        // An extension that is at work has a message that goes first.
        while fed < most && !self.sending.get() && self.state() == WebsocketState::Open {
            let Some((data_type, payload, ticket)) = flow.outbox.next_message() else {
                return;
            };
            if ticket.as_ref().is_some_and(Ticket::is_canceled) {
                continue;
            }
            fed += payload.len() as u64;
            let is_queued = self.extend_and_queue(connection, data_type, Outgoing::Bytes(payload));
            if let Some(ticket) = ticket.filter(|_| is_queued) {
                let frames = self.endpoint.borrow().frames_queued();
                flow.outbox.wait_for(frames, ticket);
            }
        }
    }

    /// Queues a fragment of the message whose turn it is.
    pub(super) fn queue_fragment(&self, header: u8, payload: glib::Bytes) -> bool {
        self.command(|endpoint| endpoint.send_frame_of(header, &payload))
    }

    /// Passes a message through the extensions and queues the result; tells whether that went well.
    ///
    /// An extension may send messages itself. They come after the one that it has: what was
    /// compressed can be inflated in the same order only.
    fn extend_and_queue(
        &self,
        connection: &WebsocketConnection,
        data_type: WebsocketDataType,
        payload: Outgoing<'_>,
    ) -> bool {
        let mut header = first_byte(data_type);
        let extensions = connection.extensions.borrow().to_vec();
        self.sending.set(true);
        let processed = extended::process_outgoing(&extensions, &mut header, payload);
        self.sending.set(false);
        match processed {
            Ok(mut payload) => self.command(|endpoint| match &mut payload {
                Outgoing::Slice(slice) => endpoint.send_frame(header, slice),
                Outgoing::Owned(owned) => endpoint.send_shared_frame(header, mem::take(owned)),
                // If it is the last reference, it is dropped when nothing is borrowed.
                Outgoing::Bytes(bytes) => endpoint.send_frame_of(header, bytes),
            }),
            Err(error) => {
                self.fail_extension(connection, &error, Instant::now());
                self.watcher.wake();
                false
            }
        }
    }

    /// Queues what `command` has for the peer, and has it written; tells whether it was taken.
    pub(super) fn command(
        &self,
        command: impl FnOnce(&mut Endpoint) -> Result<(), SendError>,
    ) -> bool {
        let Some(mut endpoint) = self.endpoint_for_command() else {
            return false;
        };
        let result = command(&mut endpoint);
        drop(endpoint);
        match result {
            Ok(()) => self.watcher.wake(),
            Err(error) => glib::g_debug!("Wsoup", "not sent: {error}"),
        }
        result.is_ok()
    }

    /// Takes over what other threads have sent.
    pub(super) fn take_remote(&self, connection: &WebsocketConnection) {
        let Some(remote) = connection.remote.get() else {
            return;
        };
        for (data_type, payload) in remote.take() {
            let waiting = Waiting::Message {
                data_type,
                payload,
                ticket: None,
            };
            connection.flow().outbox.push(waiting);
        }
        if let Some(limit) = remote.take_overflow() {
            self.fail_overflow(connection, limit);
        }
    }

    /// Begins to close.
    pub(super) fn close(&self, connection: &WebsocketConnection, code: u16, reason: &str) {
        // A handler may drop the reference that the caller, in C, called this by.
        let _alive = connection.obj().clone();
        self.take_remote(connection);
        if let Some(flow) = connection.flow.get() {
            // What was sent before goes before the close frame, but for what is not there yet.
            self.feed_up_to(connection, flow, u64::MAX);
            if flow.inbox.resume_for_close() {
                // It may be closing already, and what is held back is told all the same.
                self.watcher.wake();
                connection.obj().notify("paused");
            }
        }
        let code = Some(CloseCode(code)).filter(|code| *code != CloseCode::NO_STATUS);
        let now = Instant::now();
        if !self.command(|endpoint| endpoint.close(code, reason, now)) {
            return;
        }
        // `closing` is emitted before this returns, as in libsoup. What has arrived and waits to be
        // reported keeps its turn.
        let event = self.endpoint.borrow_mut().poll_event(&mut &[][..], now);
        if let Some(event) = event {
            self.report(connection, event, now);
        }
    }

    /// Waits for the turn of a message that is sent in fragments.
    pub(super) fn queue_stream(
        &self,
        connection: &WebsocketConnection,
        turn: Ticket,
    ) -> Result<(), glib::Error> {
        self.take_remote(connection);
        self.check_open()?;
        let waiting = Waiting::Stream(StreamTurn::Waits(turn));
        connection.flow().outbox.push(waiting);
        self.watcher.wake();
        Ok(())
    }
}

/// The first byte of a message that is one frame (RFC 6455 §5.2): FIN and the opcode.
pub(super) fn first_byte(data_type: WebsocketDataType) -> u8 {
    // The values of the enumeration are the opcodes.
    0x80 | data_type as u8
}
