//! What moves a connection: bytes between its stream and the protocol's endpoint, the endpoint's
//! events out as signals.
//!
//! Everything happens in [`Driver::work`], which the event loop calls when there is a reason. A
//! handler of a signal may do anything, so no borrow is held while one runs, and whatever it
//! changes is seen by the next round of the loop.

use super::extended::{self, Outgoing};
use super::imp::WebsocketConnection;
use super::message_bytes;
use crate::event_loop::{
    Cause, EventLoop, Interest, MAX_SLICES, ReadBuffer, Readiness, Stream, TURN_TIME, Watcher,
};
use crate::protocol::{
    CloseCode, Config, DataFrame, DataType, Endpoint, Event, SendError, Shutdown, State,
};
use crate::{WebsocketConnectionType, WebsocketDataType, WebsocketError, WebsocketState, random};
use glib::GString;
use glib::subclass::prelude::*;
use std::cell::{Cell, RefCell, RefMut};
use std::collections::VecDeque;
use std::io::IoSlice;
use std::time::{Duration, Instant};

/// Events after which a look is taken at the clock.
const EVENTS_PER_LOOK: u32 = 16;

pub(super) struct Driver {
    stream: Stream,
    endpoint: RefCell<Endpoint>,
    input: RefCell<ReadBuffer>,
    watcher: Watcher,
    /// Whether bytes may still come: no end of the stream was seen.
    reading: Cell<bool>,
    /// Whether the write side of the stream is open.
    writing: Cell<bool>,
    /// The state that was notified last.
    state: Cell<WebsocketState>,
    /// Whether `closing` is the next signal: handlers of `notify::state` come before it.
    closing_is_due: Cell<bool>,
    /// Whether reading or writing has failed: handlers of `error` come before the end.
    is_broken: Cell<bool>,
    /// An extension is at work on a frame that came: those behind have to wait.
    receiving: Cell<bool>,
    /// An extension is at work on a message to send: those behind have to wait, in `outbox`.
    sending: Cell<bool>,
    outbox: RefCell<VecDeque<(WebsocketDataType, glib::Bytes)>>,
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
            receiving: Cell::new(false),
            sending: Cell::new(false),
            outbox: RefCell::default(),
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
    fn endpoint_for_command(&self) -> Option<RefMut<'_, Endpoint>> {
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
        let seconds = |option: &Cell<u32>| Duration::from_secs(option.get().into());
        let Some(mut endpoint) = self.endpoint_for_command() else {
            return;
        };
        let mut config = endpoint.config().clone();
        config.max_payload_size = connection.max_incoming_payload_size.get();
        config.max_message_size = connection.max_total_message_size.get();
        config.keepalive_interval = seconds(&connection.keepalive_interval);
        config.pong_timeout = seconds(&connection.keepalive_pong_timeout);
        endpoint.set_config(config, Instant::now());
        drop(endpoint);
        // The deadline may be another one now.
        self.watcher.wake();
    }

    /// The last reference is gone: closes the stream at once, without a word to anybody.
    pub(super) fn abandon(&self) {
        if self.state() != WebsocketState::Closed {
            self.endpoint.borrow_mut().handle_io_error();
            self.watcher.set_deadline(None);
            self.stream.close();
        }
    }

    fn work(&self, connection: &WebsocketConnection, cause: Cause, now: Instant) {
        if self.state.get() == WebsocketState::Closed || self.endpoint.try_borrow_mut().is_err() {
            return;
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
            self.endpoint.borrow_mut().handle_timeout(now);
        }
        let end = now + TURN_TIME;
        let mut is_finished = true;
        self.watcher.run_to_completion(|| {
            is_finished = self.report_events(connection, now, Some(end));
            self.flush(connection, end) && is_finished
        });
        self.settle();
        if !is_finished {
            self.watcher.wake();
        }
    }

    /// Takes in what can be read, up to one buffer: the other connections have their turn too.
    fn read(&self, connection: &WebsocketConnection, now: Instant) {
        if !self.reading.get() {
            return;
        }
        let readiness = self.read_payload(now).unwrap_or_else(|| self.read_input());
        match readiness {
            Readiness::WouldBlock => (),
            Readiness::Done(0) => {
                self.reading.set(false);
                self.endpoint.borrow_mut().handle_eof(now);
            }
            Readiness::Done(_) => (),
            Readiness::Failed(error) => self.fail(connection, &error),
        }
    }

    /// Reads the rest of a large payload to where it belongs, if that is what comes next.
    fn read_payload(&self, now: Instant) -> Option<Readiness> {
        let socket = self.stream.as_socket()?;
        let mut endpoint = self.endpoint.borrow_mut();
        endpoint.read_payload(now, |buffer, most| socket.append(buffer, most))
    }

    /// Reads into the buffer for input.
    fn read_input(&self) -> Readiness {
        // Nothing is borrowed while the stream, which may be anybody's, is called.
        let mut input = self.input.take();
        let readiness = input.fill(|memory| {
            let readiness = self.stream.read(memory);
            let length = match readiness {
                Readiness::Done(length) => length,
                Readiness::WouldBlock | Readiness::Failed(_) => 0,
            };
            (length, readiness)
        });
        self.input.replace(input);
        readiness
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
            // An extension may run the context. The frames behind the one that it has come after it.
            if self.receiving.get() {
                break;
            }
            let event = {
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
            if self.input.borrow().unread().is_empty() && !self.endpoint.borrow().has_events() {
                break;
            }
            if count.is_multiple_of(EVENTS_PER_LOOK) && end.is_some_and(|end| Instant::now() >= end)
            {
                return false;
            }
        }
        true
    }

    fn report(&self, connection: &WebsocketConnection, event: Event, now: Instant) {
        match event {
            Event::Message { data_type, payload } => {
                let (bytes, spare) = message_bytes::from_payload(payload);
                if let Some(spare) = spare
                    && !self.input.borrow().unread().is_empty()
                {
                    self.endpoint.borrow_mut().recycle(spare);
                }
                connection.emit_message(data_type.into(), &bytes);
            }
            Event::Frame(frame) => self.extend(connection, frame, now),
            Event::Pong(payload) => connection.emit_pong(&message_bytes::from_payload(payload).0),
            Event::Failed(error) => connection.emit_error(&WebsocketError::of(error)),
            Event::Closing => {
                self.closing_is_due.set(true);
                self.sync_state(connection);
                self.emit_due_closing(connection);
            }
            Event::Closed => {
                self.stream.close();
                self.input.borrow_mut().release();
                self.emit_due_closing(connection);
                self.sync_state(connection);
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
    fn fail_extension(&self, connection: &WebsocketConnection, error: &glib::Error, now: Instant) {
        // The extension may have run the context, and `closed` is the last signal.
        if self.state.get() == WebsocketState::Closed {
            return;
        }
        self.endpoint
            .borrow_mut()
            .fail(extended::close_code(error), error.message(), now);
        connection.emit_error(error);
    }

    /// The stream is broken. While the connection closes, that is as good as its end.
    fn fail(&self, connection: &WebsocketConnection, error: &glib::Error) {
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

    /// Writes what is queued; tells whether there may be events because of that. After `end` the rest
    /// has to wait: a peer that takes everything may not hold the loop.
    fn flush(&self, connection: &WebsocketConnection, end: Instant) -> bool {
        let mut progress = false;
        loop {
            let result = {
                let mut endpoint = self.endpoint.borrow_mut();
                // A broken stream is not tried again by a handler of `error` that runs the context.
                if !endpoint.has_output() || self.is_broken.get() {
                    break;
                }
                let mut slices = [IoSlice::new(&[]); MAX_SLICES];
                let count = endpoint.transmit(&mut slices);
                self.stream.write(&slices[..count])
            };
            // Times are counted from here: handlers may have taken long.
            let now = Instant::now();
            match result {
                Readiness::Done(written) => {
                    self.endpoint.borrow_mut().transmitted(written, now);
                    progress = true;
                    if now >= end {
                        break;
                    }
                }
                Readiness::WouldBlock => break,
                Readiness::Failed(error) => {
                    // What the peer said before it went, perhaps why it did, is still to be read.
                    if self.input.borrow().unread().is_empty() && self.reading.get() {
                        self.read(connection, now);
                        if !self.input.borrow().unread().is_empty() || !self.reading.get() {
                            return true;
                        }
                    }
                    self.fail(connection, &error);
                    return true;
                }
            }
        }
        let (shutdown, is_drained) = {
            let endpoint = self.endpoint.borrow();
            (endpoint.shutdown(), !endpoint.has_output())
        };
        if shutdown == Shutdown::Write && self.writing.replace(false) {
            self.stream.shutdown_write();
        }
        // Only the last byte can be one that the endpoint has something to say about.
        progress && is_drained
    }

    /// Tells the event loop what to wait for.
    fn settle(&self) {
        let (state, timeout, writable) = {
            let endpoint = self.endpoint.borrow();
            (
                endpoint.state(),
                endpoint.poll_timeout(),
                endpoint.has_output(),
            )
        };
        if state != State::Closed {
            let interest = Interest {
                readable: self.reading.get(),
                writable,
            };
            self.stream.watch(interest, &self.watcher);
        }
        self.watcher.set_deadline(timeout);
    }

    /// Hands over bytes that were read before the connection existed.
    pub(super) fn put_back(&self, bytes: &[u8]) {
        self.input.borrow_mut().put(bytes);
        self.watcher.wake();
    }

    /// Queues a message whose bytes are copied. Text is valid, as the caller knows.
    pub(super) fn send(
        &self,
        connection: &WebsocketConnection,
        data_type: WebsocketDataType,
        data: &[u8],
    ) {
        if self.has_extensions(connection) {
            self.send_extended(connection, data_type, Outgoing::Slice(data));
        } else {
            self.command(|endpoint| endpoint.send_frame(first_byte(data_type), data));
        }
    }

    /// Queues a message; a big one is not copied.
    pub(super) fn send_bytes(
        &self,
        connection: &WebsocketConnection,
        data_type: WebsocketDataType,
        bytes: &glib::Bytes,
    ) {
        if self.has_extensions(connection) {
            let bytes = Outgoing::Bytes(bytes.clone());
            return self.send_extended(connection, data_type, bytes);
        }
        self.command(|endpoint| endpoint.send_shared_frame(first_byte(data_type), bytes.clone()));
    }

    fn has_extensions(&self, connection: &WebsocketConnection) -> bool {
        !connection.extensions.borrow().is_empty()
    }

    /// Passes a message through the extensions and queues the result.
    ///
    /// An extension may send messages itself. They come after the one that it has: what was
    /// compressed can be inflated in the same order only.
    fn send_extended(
        &self,
        connection: &WebsocketConnection,
        data_type: WebsocketDataType,
        payload: Outgoing<'_>,
    ) {
        // An extension or a handler may drop the reference that the caller, in C, called this by.
        let _alive = connection.obj().clone();
        if self.sending.replace(true) {
            let message = (data_type, payload.into_bytes());
            return self.outbox.borrow_mut().push_back(message);
        }
        self.extend_and_queue(connection, data_type, payload);
        loop {
            let next = self.outbox.borrow_mut().pop_front();
            let Some((data_type, payload)) = next else {
                break;
            };
            self.extend_and_queue(connection, data_type, Outgoing::Bytes(payload));
        }
        self.sending.set(false);
    }

    fn extend_and_queue(
        &self,
        connection: &WebsocketConnection,
        data_type: WebsocketDataType,
        payload: Outgoing<'_>,
    ) {
        if self.state() != WebsocketState::Open {
            self.command(|_| Err(SendError::NotOpen));
            return;
        }
        let mut header = first_byte(data_type);
        let extensions = connection.extensions.borrow().to_vec();
        match extended::process_outgoing(&extensions, &mut header, payload) {
            Ok(payload) => self.command(|endpoint| match payload {
                Outgoing::Slice(slice) => endpoint.send_frame(header, slice),
                Outgoing::Owned(owned) => endpoint.send_shared_frame(header, owned),
                Outgoing::Bytes(bytes) => endpoint.send_shared_frame(header, bytes),
            }),
            Err(error) => {
                self.fail_extension(connection, &error, Instant::now());
                self.watcher.wake();
                false
            }
        };
    }

    /// Queues what `command` has for the peer, and has it written; tells whether it was taken.
    fn command(&self, command: impl FnOnce(&mut Endpoint) -> Result<(), SendError>) -> bool {
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

    /// Begins to close.
    pub(super) fn close(&self, connection: &WebsocketConnection, code: u16, reason: &str) {
        // A handler may drop the reference that the caller, in C, called this by.
        let _alive = connection.obj().clone();
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
}

/// The first byte of a message that is one frame (RFC 6455 §5.2): FIN and the opcode.
fn first_byte(data_type: WebsocketDataType) -> u8 {
    // The values of the enumeration are the opcodes.
    0x80 | data_type as u8
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
