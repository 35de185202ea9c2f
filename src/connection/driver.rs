//! What moves a connection: bytes between its stream and the protocol's endpoint, the endpoint's
//! events out as signals.
//!
//! Everything happens in [`Driver::work`], which the event loop calls when there is a reason. A
//! handler of a signal may do anything, so no borrow is held while one runs, and whatever it
//! changes is seen by the next round of the loop.

use super::extended;
use super::imp::WebsocketConnection;
use super::message_bytes;
use crate::event_loop::{Cause, EventLoop, Interest, ReadBuffer, Stream, TURN_TIME, Watcher};
use crate::protocol::{Config, DataFrame, DataType, Endpoint, Event, SendError, State};
use crate::{
    WebsocketConnectionType, WebsocketDataType, WebsocketError, WebsocketOverflowPolicy,
    WebsocketState, random,
};
use glib::GString;
use glib::subclass::prelude::*;
use std::cell::{Cell, RefCell, RefMut};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Events after which a look is taken at the clock.
const EVENTS_PER_LOOK: u32 = 16;

pub(super) struct Driver {
    pub(super) stream: Stream,
    pub(super) endpoint: RefCell<Endpoint>,
    pub(super) input: RefCell<ReadBuffer>,
    pub(super) watcher: Watcher,
    /// Whether bytes may still come: no end of the stream was seen.
    pub(super) reading: Cell<bool>,
    /// Whether the write side of the stream is open.
    pub(super) writing: Cell<bool>,
    /// The state that was notified last.
    state: Cell<WebsocketState>,
    /// Whether `closing` is the next signal: handlers of `notify::state` come before it.
    closing_is_due: Cell<bool>,
    /// Whether reading or writing has failed: handlers of `error` come before the end.
    pub(super) is_broken: Cell<bool>,
    /// Why nothing can be written any more, while there is still something to receive.
    pub(super) write_error: RefCell<Option<glib::Error>>,
    /// An extension is at work on a frame that came: those behind have to wait.
    receiving: Cell<bool>,
    /// An extension is at work on a message to send: those behind have to wait.
    pub(super) sending: Cell<bool>,
    /// Whether messages may be sent, as other threads may know it.
    is_open: AtomicBool,
    /// How many bytes were written, in all.
    pub(super) written: Cell<u64>,
    /// How many of them had been acknowledged when they were looked at last.
    pub(super) acknowledged: Cell<u64>,
    /// The close code that was notified last.
    close_code: Cell<u16>,
    /// The latency that was notified last.
    notified_latency: Cell<Option<Duration>>,
}

impl Driver {
    /// Starts to drive `connection`, in the thread-default context.
    pub(super) fn start(connection: &WebsocketConnection) -> Result<Self, glib::Error> {
        let connection_type = connection.connection_type.get();
        if connection_type == WebsocketConnectionType::Unknown {
            return Err(glib::Error::new(
                WebsocketError::Failed,
                "the connection type is unknown",
            ));
        }
        let Some(io_stream) = connection.io_stream.get() else {
            return Err(glib::Error::new(
                WebsocketError::Failed,
                "there is no stream",
            ));
        };
        let stream = Stream::new(io_stream)?;
        let role = connection_type.into();
        let mut endpoint = Endpoint::new(role, Config::new(role), random::mask, Instant::now());
        endpoint.set_extension_mode(extended::mode(&connection.extensions.borrow().to_vec()));
        let object = connection.obj().downgrade();
        let watcher = Watcher::new(&EventLoop::thread_default(), move |cause, now| {
            let Some(object) = object.upgrade() else {
                return;
            };
            if let Some(driver) = object.imp().driver.get() {
                driver.work(object.imp(), cause, now);
            }
        });
        stream.watch(Interest::READABLE, &watcher);
        let driver = Self {
            stream,
            endpoint: RefCell::new(endpoint),
            input: RefCell::default(),
            watcher,
            reading: Cell::new(true),
            writing: Cell::new(true),
            state: Cell::new(WebsocketState::Open),
            closing_is_due: Cell::new(false),
            is_broken: Cell::new(false),
            write_error: RefCell::default(),
            receiving: Cell::new(false),
            sending: Cell::new(false),
            is_open: AtomicBool::new(true),
            written: Cell::new(0),
            acknowledged: Cell::new(0),
            close_code: Cell::new(0),
            notified_latency: Cell::new(None),
        };
        driver.configure(connection);
        Ok(driver)
    }

    pub(super) fn state(&self) -> WebsocketState {
        let Ok(endpoint) = self.endpoint.try_borrow() else {
            // Asked by the stream, which is being written to.
            return self.state.get();
        };
        match endpoint.state() {
            State::Open => WebsocketState::Open,
            State::Closing => WebsocketState::Closing,
            State::Closed => WebsocketState::Closed,
        }
    }

    pub(super) fn close_code(&self) -> u16 {
        let endpoint = self.endpoint.try_borrow();
        endpoint
            .ok()
            .and_then(|endpoint| endpoint.close_code())
            .map_or(0, u16::from)
    }

    pub(super) fn close_reason(&self) -> Option<GString> {
        let endpoint = self.endpoint.try_borrow().ok()?;
        endpoint
            .close_reason()
            .filter(|reason| !reason.is_empty())
            .map(GString::from)
    }

    /// The endpoint, for a command of the application.
    ///
    /// A stream may be anybody's, written in Python for example, and its `write` call us back. It
    /// has no business to: the bytes that it is given are the endpoint's.
    pub(super) fn endpoint_for_command(&self) -> Option<RefMut<'_, Endpoint>> {
        let endpoint = self.endpoint.try_borrow_mut().ok();
        if endpoint.is_none() {
            glib::g_critical!(
                "Wsoup",
                "a stream may not use the connection that writes to it"
            );
        }
        endpoint
    }

    /// Passes the options of `connection` on to the endpoint.
    pub(super) fn configure(&self, connection: &WebsocketConnection) {
        self.check_thread("set_property");
        let seconds = |option: &Cell<u32>| Duration::from_secs(option.get().into());
        let Some(mut endpoint) = self.endpoint_for_command() else {
            return;
        };
        let mut config = endpoint.config().clone();
        config.max_payload_size = connection.max_incoming_payload_size.get();
        config.max_message_size = connection.max_total_message_size.get();
        config.keepalive_interval = seconds(&connection.keepalive_interval);
        config.pong_timeout = seconds(&connection.keepalive_pong_timeout);
        config.idle_timeout = seconds(&connection.idle_timeout);
        config.close_timeout = seconds(&connection.close_timeout);
        endpoint.set_config(config, Instant::now());
        drop(endpoint);
        // The deadline may be another one now.
        self.watcher.wake();
    }

    /// Complains, in a debug build, if another thread runs the context than the one that calls.
    pub(super) fn check_thread(&self, what: &str) {
        if cfg!(debug_assertions) && self.watcher.in_context(|| ()).is_none() {
            glib::g_critical!(
                "Wsoup",
                "{what}: another thread runs the context of the connection: only sending is allowed"
            );
        }
    }

    pub(super) fn is_open_for_threads(&self) -> bool {
        self.is_open.load(Ordering::Acquire)
    }

    /// Tells the threads that send what they may.
    pub(super) fn publish(&self, connection: &WebsocketConnection) {
        let is_open = self.state() == WebsocketState::Open;
        self.is_open.store(is_open, Ordering::Release);
        if let Some(remote) = connection.remote.get() {
            let flow = connection.flow.get();
            let limit = flow.map_or(0, |flow| flow.max_buffered_amount.get());
            let policy = flow.map_or(WebsocketOverflowPolicy::Refuse, |flow| {
                flow.overflow_policy.get()
            });
            // What they have left meanwhile is counted by themselves.
            let buffered = self
                .buffered_amount(connection)
                .saturating_sub(remote.size());
            remote.publish(is_open, buffered, limit, policy);
        }
    }

    /// The last reference is gone: closes the stream at once, without a word to anybody.
    pub(super) fn abandon(&self, connection: &WebsocketConnection) {
        if self.state() != WebsocketState::Closed {
            self.endpoint.borrow_mut().handle_io_error();
            self.release_payloads();
            self.watcher.set_deadline(None);
            self.stream
                .close(self.watcher.context(), connection.kept.take());
        }
        self.publish(connection);
        self.end_flow(connection);
    }

    /// Nothing more goes out or comes in.
    fn end_flow(&self, connection: &WebsocketConnection) {
        if let Some(flow) = connection.flow.get() {
            flow.inbox.cut(&self.end_error(connection));
            flow.end();
        }
    }

    fn work(&self, connection: &WebsocketConnection, cause: Cause, now: Instant) {
        let is_over =
            self.state.get() == WebsocketState::Closed && !Self::holds_the_end(connection);
        if is_over || self.endpoint.try_borrow_mut().is_err() {
            return;
        }
        if connection.remote.get().is_some() {
            self.take_remote(connection);
        }
        let timeout = self.endpoint.borrow().poll_timeout();
        let is_due = timeout.is_some_and(|timeout| timeout <= now);
        // Bytes are left if the time of the last turn was up, or a handler runs the context in the
        // middle of them.
        if (cause == Cause::Readable || is_due) && self.input.borrow().unread().is_empty() {
            self.read(connection, now);
        }
        if is_due {
            // The program may have been busy for long: what the peer sent in time counts.
            self.report_events(connection, now, None);
            self.excuse_silence(connection, now);
            self.endpoint.borrow_mut().handle_timeout(now);
        }
        let end = now + TURN_TIME;
        let mut is_finished = true;
        self.watcher.run_to_completion(|| {
            is_finished = self.report_events(connection, now, Some(end));
            let has_news = self.flush(connection, end);
            let Some(flow) = connection.flow.get() else {
                return has_news && is_finished;
            };
            flow.outbox.written(self.frames_written());
            let is_relieved = self.note_relief(connection, flow);
            is_finished &= !(is_relieved || self.can_feed(flow)) || Instant::now() < end;
            (has_news || is_relieved) && is_finished
        });
        self.settle(connection);
        if !is_finished {
            self.watcher.wake();
        }
    }

    /// Whether the end is known and was not told: a pause has held it back.
    pub(super) fn holds_the_end(connection: &WebsocketConnection) -> bool {
        let flow = connection.flow.get();
        flow.is_some_and(|flow| flow.inbox.has_events())
    }

    /// Turns what the endpoint has to say into signals; tells whether that was all. After `end` the
    /// rest has to wait: handlers may take their time, and there are other sources.
    fn report_events(
        &self,
        connection: &WebsocketConnection,
        now: Instant,
        end: Option<Instant>,
    ) -> bool {
        for count in 1_u32.. {
            let flow = connection.flow.get();
            if flow.is_some_and(|flow| !self.emit_held(connection, flow, now, end)) {
                return false;
            }
            // An extension may run the context. The frames behind the one that it has come after it.
            if self.receiving.get() {
                break;
            }
            let event = if flow.is_some() && !self.may_receive(connection) {
                self.endpoint.borrow_mut().poll_event(&mut &[][..], now)
            } else {
                let mut input = self.input.borrow_mut();
                let mut unread = input.unread();
                let event = self.endpoint.borrow_mut().poll_event(&mut unread, now);
                let left = unread.len();
                input.keep_last(left);
                event
            };
            let Some(event) = event else {
                break;
            };
            self.report(connection, event, now);
            if self.input.borrow().unread().is_empty()
                && !self.endpoint.borrow().has_events()
                // It may have been the end of what waited for it.
                && !flow.is_some_and(|flow| flow.inbox.has_next_to_emit())
            {
                break;
            }
            if count.is_multiple_of(EVENTS_PER_LOOK) && end.is_some_and(|end| Instant::now() >= end)
            {
                return false;
            }
        }
        true
    }

    pub(super) fn report(&self, connection: &WebsocketConnection, event: Event, now: Instant) {
        let flow = connection.flow.get();
        if let Some(flow) = flow
            && self.is_too_fast(connection, flow, &event, now)
        {
            return;
        }
        if let Event::Message { data_type, payload } = event {
            let (bytes, spare) = message_bytes::from_payload(payload);
            if let Some(spare) = spare
                && !self.input.borrow().unread().is_empty()
            {
                self.endpoint.borrow_mut().recycle(spare);
            }
            if flow.is_none_or(|flow| !self.hold_message(flow, data_type.into(), &bytes)) {
                connection.emit_message(data_type.into(), &bytes);
            }
            return;
        }
        if let Event::Closed = event {
            let (context, kept) = (self.watcher.context(), connection.kept.take());
            if self.is_broken.get() || self.has_timed_out() {
                self.stream.give_up(context, kept);
            } else {
                self.stream.close(context, kept);
            }
            self.reading.set(false);
            self.input.borrow_mut().release();
            // Also if a pause holds back the end: the program may wait for these before it resumes.
            if let Some(flow) = flow {
                flow.end_sending();
            }
            self.publish(connection);
        }
        if let Some(event) = self.hold(connection, event) {
            self.tell(connection, event, now);
        }
    }

    /// Tells the program of something.
    pub(super) fn tell(&self, connection: &WebsocketConnection, event: Event, now: Instant) {
        match event {
            // These have been held, or emitted.
            Event::Message { .. } | Event::Part(_) => (),
            Event::Frame(frame) => self.extend(connection, frame, now),
            Event::Pong(payload) => {
                let latency = self.latency();
                if self.notified_latency.replace(latency) != latency {
                    connection.notify_latency();
                }
                connection.emit_pong(&message_bytes::from_payload(payload).0);
            }
            Event::Answered { ping, round_trip } => {
                if let Some(flow) = connection.flow.get() {
                    flow.answered(ping, round_trip);
                }
            }
            Event::Failed(error) => connection.emit_error(&WebsocketError::of(error)),
            Event::Closing => {
                self.closing_is_due.set(true);
                self.sync_state(connection);
                self.sync_close(connection);
                if let Some(flow) = connection.flow.get() {
                    flow.inbox.wake();
                }
                self.emit_due_closing(connection);
            }
            Event::Closed => {
                self.emit_due_closing(connection);
                self.sync_state(connection);
                self.sync_close(connection);
                self.end_flow(connection);
                connection.emit_closed();
            }
        }
    }

    /// Emits `closing`, unless a handler that was told the state has run the context until the end.
    fn emit_due_closing(&self, connection: &WebsocketConnection) {
        if self.closing_is_due.replace(false) {
            connection.emit_closing();
        }
    }

    /// Passes a frame through the extensions, the last one first, and back to the endpoint.
    fn extend(&self, connection: &WebsocketConnection, frame: DataFrame, now: Instant) {
        let mut header = frame.header;
        let limit = self.endpoint.borrow().extended_limit();
        let extensions = connection.extensions.borrow().to_vec();
        self.receiving.set(true);
        let processed = extended::process_incoming(&extensions, &mut header, frame.payload, limit);
        self.receiving.set(false);
        match processed {
            Ok(payload) => self
                .endpoint
                .borrow_mut()
                .accept_frame(header, payload, now),
            Err(error) => self.fail_extension(connection, &error, now),
        }
    }

    /// An extension could not process a message: that is the end of the connection.
    pub(super) fn fail_extension(
        &self,
        connection: &WebsocketConnection,
        error: &glib::Error,
        now: Instant,
    ) {
        // The extension may have run the context, and `closed` is the last signal.
        if self.state.get() == WebsocketState::Closed {
            return;
        }
        let Some(mut endpoint) = self.endpoint_for_command() else {
            return;
        };
        endpoint.fail(extended::close_code(error), error.message(), now);
        drop(endpoint);
        connection.emit_error(error);
    }

    /// The stream is broken. While the connection closes, that is as good as its end.
    pub(super) fn fail(&self, connection: &WebsocketConnection, error: &glib::Error) {
        self.reading.set(false);
        self.is_broken.set(true);
        if self.state() == WebsocketState::Open {
            connection.emit_error(error);
        } else {
            glib::g_debug!("Wsoup", "the stream broke while closing: {error}");
        }
        self.endpoint.borrow_mut().handle_io_error();
    }

    /// Notifies a change of the state.
    fn sync_state(&self, connection: &WebsocketConnection) {
        let state = self.state();
        if self.state.replace(state) != state {
            connection.notify_state();
        }
    }

    /// Notifies how the peer has closed, once that is known.
    fn sync_close(&self, connection: &WebsocketConnection) {
        let code = self.close_code();
        if self.close_code.replace(code) != code {
            connection.notify_close(self.close_reason().is_some());
        }
        if self.closed_cleanly() {
            connection.notify_closed_cleanly();
        }
    }

    pub(super) fn closed_cleanly(&self) -> bool {
        let endpoint = self.endpoint.try_borrow();
        endpoint.is_ok_and(|endpoint| endpoint.closed_cleanly())
    }

    /// Whether the connection has ended because the peer took too long to close it.
    pub(super) fn has_timed_out(&self) -> bool {
        let endpoint = self.endpoint.try_borrow();
        endpoint.is_ok_and(|endpoint| endpoint.close_timed_out())
    }

    pub(super) fn latency(&self) -> Option<Duration> {
        self.endpoint.try_borrow().ok()?.latency()
    }

    pub(super) fn frames_queued(&self) -> u64 {
        self.endpoint.borrow().frames_queued()
    }

    fn frames_written(&self) -> u64 {
        self.endpoint.borrow().frames_written()
    }

    /// Sets whether messages are told in parts as they arrive.
    pub(super) fn receive_parts(&self, in_parts: bool) {
        if let Some(mut endpoint) = self.endpoint_for_command() {
            endpoint.receive_parts(in_parts);
        }
    }

    /// Queues a ping; returns its number.
    pub(super) fn ping(&self, payload: &[u8]) -> Result<u64, SendError> {
        let Some(mut endpoint) = self.endpoint_for_command() else {
            return Err(SendError::NotOpen);
        };
        let ping = endpoint.ping(payload);
        drop(endpoint);
        self.watcher.wake();
        ping
    }

    /// Tells the event loop what to wait for.
    fn settle(&self, connection: &WebsocketConnection) {
        let may_receive = self.may_receive(connection);
        let (state, timeout, writable) = {
            let endpoint = self.endpoint.borrow();
            (
                endpoint.state(),
                endpoint.poll_timeout(),
                // A broken stream is always ready.
                endpoint.has_output() && self.write_error.borrow().is_none(),
            )
        };
        if state != State::Closed {
            let interest = Interest {
                readable: self.reading.get() && may_receive,
                writable,
            };
            self.stream.watch(interest, &self.watcher);
        }
        self.watcher.set_deadline(timeout);
        if let Some(flow) = connection
            .flow
            .get()
            .filter(|flow| flow.total.get().is_some())
        {
            self.count(connection, flow);
        }
        if connection.remote.get().is_some() {
            self.publish(connection);
        }
    }
}

impl From<DataType> for WebsocketDataType {
    fn from(data_type: DataType) -> Self {
        match data_type {
            DataType::Text => Self::Text,
            DataType::Binary => Self::Binary,
        }
    }
}

impl From<WebsocketDataType> for DataType {
    fn from(data_type: WebsocketDataType) -> Self {
        match data_type {
            WebsocketDataType::Text => Self::Text,
            WebsocketDataType::Binary => Self::Binary,
        }
    }
}
