//! One side of a connection: bytes in, events out; commands in, bytes out.

use std::{
    collections::VecDeque,
    io::IoSlice,
    mem,
    time::{Duration, Instant},
};

use super::{
    CloseCode, Config, DataType, Event, Payload, ProtocolError, Role, SendError, Shutdown, State,
    close::{CloseBody, close_payload},
    frame::{FIN, MAX_CONTROL_PAYLOAD, Opcode},
    keepalive::{Due, Keepalive, after},
    pings::Pings,
    queue::{Kind, Queue, SharedPayload},
    receiver::{ExtensionMode, Received, Receiver},
    state::Phase,
};

/// One side of a connection. How to drive it is told [above](self::super).
#[derive(Debug)]
pub struct Endpoint {
    role: Role,
    config: Config,
    phase: Phase,
    receiver: Receiver,
    queue: Queue,
    /// Only where there is something to watch, as below: most endpoints have nothing but their state.
    keepalive: Option<Box<Keepalive>>,
    pings: Option<Box<Pings>>,
    /// Events that are no direct answer to input.
    events: VecDeque<Event>,
    /// What the peer's close frame said.
    close: Option<CloseBody>,
    close_deadline: Option<Instant>,
    stream_ended: bool,
    /// The connection has ended as it should.
    is_clean: bool,
    close_timed_out: bool,
}

impl Endpoint {
    /// Creates one side of a connection whose handshake is done.
    ///
    /// `next_mask` is called by clients for each frame. Its results must not be predictable
    /// (RFC 6455 §10.3).
    pub fn new(role: Role, config: Config, next_mask: fn() -> [u8; 4], now: Instant) -> Self {
        Self {
            role,
            keepalive: Keepalive::for_config(&config, now),
            config,
            phase: Phase::Open,
            receiver: Receiver::new(role),
            queue: Queue::new(role, next_mask),
            pings: None,
            events: VecDeque::new(),
            close: None,
            close_deadline: None,
            stream_ended: false,
            is_clean: false,
            close_timed_out: false,
        }
    }

    /// Changes the limits and times. Limits count from the next frame on; a keepalive interval that
    /// is different begins at `now`.
    pub fn set_config(&mut self, config: Config, now: Instant) {
        self.config = config;
        match &mut self.keepalive {
            Some(keepalive) => keepalive.configure(&self.config, now),
            None => self.keepalive = Keepalive::for_config(&self.config, now),
        }
    }

    // From the network.

    /// Returns the next event, taking from the front of `input` what it takes for that.
    ///
    /// `input` is what has come from the stream; more may be appended from call to call, and what
    /// was taken need not be kept. None means that `input` is used up and that there is nothing to
    /// tell until something else is called. Between two events the application may do anything: what
    /// it changes counts for what stands behind in `input`.
    pub fn poll_event(&mut self, input: &mut &[u8], now: Instant) -> Option<Event> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Some(event);
            }
            if !self.phase.is_reading() {
                *input = &[];
                return None;
            }
            if let Some(keepalive) = &mut self.keepalive
                && !input.is_empty()
            {
                keepalive.received(now);
            }
            match self.receiver.receive(input, &self.config) {
                // What there is most of, without a detour.
                Ok(Some(Received::Message(data_type, payload))) => {
                    return Some(Event::Message { data_type, payload });
                }
                Ok(Some(received)) => {
                    if let Some(event) = self.handle(received, now) {
                        return Some(event);
                    }
                }
                Ok(None) => return None,
                Err(error) => self.fail_with(error, now),
            }
        }
    }

    /// Returns whether [`poll_event`](Self::poll_event) has something to tell without more input, now
    /// that it has told of what was complete.
    pub fn has_events(&self) -> bool {
        !self.events.is_empty()
    }

    /// Reads a part of a large payload to where it belongs, instead of having it copied there: `read`
    /// appends to the vector, which has room, at most so many bytes as it is told.
    ///
    /// Returns what `read` does, or None if it was not called: then the next bytes are for
    /// [`poll_event`](Self::poll_event). All input has to have been polled before.
    pub fn read_payload<R>(
        &mut self,
        now: Instant,
        read: impl FnOnce(&mut Vec<u8>, usize) -> R,
    ) -> Option<R> {
        if !self.phase.is_reading() {
            return None;
        }
        match self.receiver.read_payload(read) {
            Ok(read) => {
                let (length, result) = read?;
                // A peer that has only announced a payload is as silent as any other.
                if let Some(keepalive) = &mut self.keepalive
                    && length > 0
                {
                    keepalive.received(now);
                }
                Some(result)
            }
            Err(error) => {
                self.fail_with(error, now);
                None
            }
        }
    }

    /// Sets whether messages are told in parts as they arrive, by [`Event::Part`], instead of whole.
    ///
    /// It counts for the message that is arriving, too: the next event tells of what is there. When
    /// it is taken back, that counts from the next message on.
    ///
    /// Nothing is kept of such a message, and so no limit is for it, but for frames that go through
    /// extensions: these are kept until they are whole.
    pub fn receive_parts(&mut self, in_parts: bool) {
        if let Some(part) = self.receiver.set_wants_parts(in_parts) {
            self.events.push_back(Event::Part(part));
        }
    }

    /// Takes the memory of a message that was copied elsewhere: the next message in the same input
    /// needs no allocation then.
    pub fn recycle(&mut self, payload: Payload) {
        self.receiver.recycle(payload);
    }

    /// The peer will send no more. All input has to have been polled before.
    ///
    /// An end without a close frame is an end like another, with close code 1006, but for one in
    /// the middle of a message, which has been lost: that fails the connection.
    pub fn handle_eof(&mut self, now: Instant) {
        self.stream_ended = true;
        if self.phase == Phase::Open && self.receiver.is_in_message() {
            self.fail_with(ProtocolError::UnexpectedEof, now);
        }
        self.update_phase();
    }

    /// The stream is broken. Whether anybody should know is for the caller to decide.
    pub fn handle_io_error(&mut self) {
        self.end();
    }

    /// Returns whether the peer has been silent for longer at `now` than it may.
    ///
    /// There may be reasons of which the endpoint knows nothing: nobody has read what came, or what was
    /// written is still on its way. Then [`excuse_silence`](Self::excuse_silence) is to be called before
    /// [`handle_timeout`](Self::handle_timeout).
    pub fn peer_is_overdue(&self, now: Instant) -> bool {
        let keepalive = self.keepalive.as_ref();
        self.phase == Phase::Open && keepalive.is_some_and(|keepalive| keepalive.is_overdue(now))
    }

    /// Returns whether a keepalive ping is out, for whose pong there is a deadline.
    pub fn awaits_pong(&self) -> bool {
        matches!(&self.keepalive, Some(keepalive) if keepalive.awaits_pong())
    }

    /// Gives the peer the time again that it has for its pong, or until it is idle.
    pub fn excuse_silence(&mut self, now: Instant) {
        if let Some(keepalive) = &mut self.keepalive {
            // As if it had said something.
            keepalive.received(now);
        }
    }

    /// Does what is due at `now`, if anything.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.close_deadline.is_some_and(|deadline| deadline <= now) {
            self.close_timed_out = self.phase != Phase::Closed;
            self.end();
        }
        if self.phase == Phase::Open
            && let Some(keepalive) = &mut self.keepalive
        {
            match keepalive.due(now) {
                Some(Due::Failure(error)) => self.fail_with(error, now),
                // One that could not be written yet will do.
                Some(Due::Ping) if self.queue.keepalive_waits() => (),
                Some(Due::Ping) => {
                    let payload = keepalive.ping(now);
                    self.queue.push_ping(Kind::Keepalive, &payload);
                }
                None => (),
            }
        }
    }

    // From the application.

    /// Queues a message.
    pub fn send(&mut self, data_type: DataType, payload: &[u8]) -> Result<(), SendError> {
        self.check_message(data_type, payload)?;
        self.queue
            .push_data(FIN | Opcode::from(data_type) as u8, payload);
        Ok(())
    }

    /// Queues a message without copying it, if it is large and needs no mask.
    pub fn send_shared(
        &mut self,
        data_type: DataType,
        payload: impl SharedPayload,
    ) -> Result<(), SendError> {
        self.check_message(data_type, payload.as_ref())?;
        self.queue
            .push_shared(FIN | Opcode::from(data_type) as u8, payload);
        Ok(())
    }

    /// Queues a data frame as extensions made it: `header` is the first byte, FIN, RSV1 to RSV3
    /// and opcode.
    pub fn send_frame(&mut self, header: u8, payload: &[u8]) -> Result<(), SendError> {
        self.check_open()?;
        self.queue.push_data(header, payload);
        Ok(())
    }

    /// As [`send_frame`](Self::send_frame), without copying the payload if it is large and needs no
    /// mask.
    pub fn send_shared_frame(
        &mut self,
        header: u8,
        payload: impl SharedPayload,
    ) -> Result<(), SendError> {
        self.check_open()?;
        self.queue.push_shared(header, payload);
        Ok(())
    }

    /// As [`send_shared_frame`](Self::send_shared_frame), with a payload of which a share costs
    /// something: `payload` is cloned only if it is not copied.
    pub fn send_frame_of(
        &mut self,
        header: u8,
        payload: &(impl SharedPayload + Clone),
    ) -> Result<(), SendError> {
        if self.queue.shares(payload.as_ref().len()) {
            self.send_shared_frame(header, payload.clone())
        } else {
            self.send_frame(header, payload.as_ref())
        }
    }

    /// Queues a ping of at most 125 bytes, before all messages of which nothing was written.
    ///
    /// Returns the number by which [`Event::Answered`] names it.
    pub fn ping(&mut self, payload: &[u8]) -> Result<u64, SendError> {
        self.check_open()?;
        if payload.len() > MAX_CONTROL_PAYLOAD {
            return Err(SendError::LongPing(payload.len()));
        }
        self.queue.push_ping(Kind::Ping, payload);
        Ok(self.pings.get_or_insert_default().push(payload))
    }

    /// Begins to close; the close frame goes behind everything that is queued.
    ///
    /// Without a code the close frame is empty. A reason of more than 123 bytes is cut, between two
    /// characters. Messages of the peer may still come, until it answers.
    pub fn close(
        &mut self,
        code: Option<CloseCode>,
        reason: &str,
        now: Instant,
    ) -> Result<(), SendError> {
        self.check_open()?;
        if let Some(code) = code.filter(|code| !code.is_sendable(self.role)) {
            return Err(SendError::InvalidCloseCode(code));
        }
        self.queue.push_close(&close_payload(code, reason));
        self.begin_closing(Phase::after_close, now);
        Ok(())
    }

    /// Fails the connection for a reason that the caller knows, and reports: no
    /// [`Event::Failed`] comes. The close frame overtakes what is queued, which is dropped, but for
    /// answers to what came before if the stream has kept up so far.
    ///
    /// A code that may not be sent becomes 1002; a reason is cut as in [`close`](Self::close).
    pub fn fail(&mut self, code: CloseCode, reason: &str, now: Instant) {
        if !self.phase.is_reading() {
            return;
        }
        let code = if code.is_receivable() {
            code
        } else {
            CloseCode::PROTOCOL_ERROR
        };
        self.queue
            .push_error_close(&close_payload(Some(code), reason));
        self.begin_closing(Phase::after_failure, now);
        self.update_phase();
    }

    // Extensions.

    /// Sets which data frames are an [`Event::Frame`] first, and come back by
    /// [`accept_frame`](Self::accept_frame). For sending there is [`send_frame`](Self::send_frame).
    pub fn set_extension_mode(&mut self, extension_mode: ExtensionMode) {
        self.receiver.set_extension_mode(extension_mode);
    }

    /// Returns how many bytes the frame of the last [`Event::Frame`] may have when it comes back, and
    /// what is wrong with a longer one: the limits are for what messages inflate to.
    pub fn extended_limit(&self) -> (u64, ProtocolError) {
        self.receiver.extended_limit(&self.config)
    }

    /// Takes back a frame as the extensions have left it. The message that it completes, or what
    /// is wrong with it, is the next event.
    pub fn accept_frame(&mut self, header: u8, payload: Payload, now: Instant) {
        if !self.phase.is_reading() {
            return;
        }
        match self.receiver.accept_frame(header, payload, &self.config) {
            Ok(Some(received)) => {
                let event = self.handle(received, now);
                self.events.extend(event);
            }
            Ok(None) => (),
            Err(error) => self.fail_with(error, now),
        }
    }

    // To the network.

    /// Fills `slices` with what is to be written next, in order; returns how many were filled.
    ///
    /// What has been offered is offered first the next time too, until it was written.
    pub fn transmit<'a>(&'a mut self, slices: &mut [IoSlice<'a>]) -> usize {
        self.queue.offer(slices)
    }

    /// `length` bytes were written of what [`transmit`](Self::transmit) offered.
    pub fn transmitted(&mut self, length: usize, now: Instant) {
        if length == 0 {
            return;
        }
        self.queue.written(length);
        if let Some(keepalive) = &mut self.keepalive {
            keepalive.written(self.queue.keepalive_waits(), now);
        }
        if let Some(pings) = &mut self.pings {
            pings.written(self.queue.take_pings_written(), now);
        }
        if self.phase != Phase::Open {
            self.close_deadline = after(now, self.config.close_timeout);
        }
        self.update_phase();
    }

    /// Takes out the payloads of [`send_shared`](Self::send_shared) and its like that are written or
    /// will not be, so that they can be dropped when nothing of the endpoint is borrowed: what is to be
    /// done then may be anybody's. Whoever does not call this has some of them kept until the next write.
    pub fn take_done_with(&mut self) -> Vec<Box<dyn SharedPayload>> {
        self.queue.take_done_with()
    }

    /// Whether there are any for [`take_done_with`](Self::take_done_with).
    pub fn is_done_with_some(&self) -> bool {
        self.queue.is_done_with_some()
    }

    /// Returns whether there is something to be written.
    pub fn has_output(&self) -> bool {
        !self.queue.is_empty()
    }

    /// Returns how many bytes of messages have been queued and not been written.
    pub fn buffered_amount(&self) -> usize {
        self.queue.payload_size()
    }

    /// Returns how many data frames have been queued.
    pub fn frames_queued(&self) -> u64 {
        self.queue.frames_queued()
    }

    /// Returns how many of the data frames that were queued have been written, whole.
    ///
    /// Small ones that are queued in a row count when the last of them was written.
    pub fn frames_written(&self) -> u64 {
        self.queue.frames_written()
    }

    /// Returns what is to be done to the stream.
    pub fn shutdown(&self) -> Shutdown {
        self.phase.shutdown(self.queue.is_empty())
    }

    /// Returns when [`handle_timeout`](Self::handle_timeout) is to be called. Every other call may
    /// change it.
    pub fn poll_timeout(&self) -> Option<Instant> {
        match self.phase {
            Phase::Open => self.keepalive.as_ref()?.timeout(),
            Phase::CloseSent | Phase::Answering | Phase::Failed => self.close_deadline,
            Phase::Closed => None,
        }
    }

    // What is.

    /// Returns the side this is.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Returns how long the last answer to a keepalive ping took, from when the ping was written.
    pub fn latency(&self) -> Option<Duration> {
        self.keepalive.as_ref()?.latency()
    }

    /// Returns the limits and times.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Returns where the connection is.
    pub fn state(&self) -> State {
        self.phase.state()
    }

    /// Returns why the peer closed: what its close frame says, or [`CloseCode::NO_STATUS`] if it
    /// says nothing, or [`CloseCode::ABNORMAL`] if there will be none. None until that is known.
    pub fn close_code(&self) -> Option<CloseCode> {
        match (&self.close, self.phase) {
            (Some(close), _) => Some(close.code),
            (None, Phase::Open | Phase::CloseSent) => None,
            (None, Phase::Answering | Phase::Failed | Phase::Closed) => Some(CloseCode::ABNORMAL),
        }
    }

    /// Returns whether both close frames have passed: the peer's came, and ours is written or on its
    /// way (RFC 6455 §7.1.4).
    pub fn closed_cleanly(&self) -> bool {
        self.phase == Phase::Closed && self.is_clean
    }

    /// Returns whether the connection has ended because the peer took longer than
    /// [`Config::close_timeout`] to close it.
    pub fn close_timed_out(&self) -> bool {
        self.close_timed_out
    }

    /// Returns the reason in the peer's close frame, which may be empty. None until there is one.
    pub fn close_reason(&self) -> Option<&str> {
        self.close.as_ref().map(|close| &*close.reason)
    }

    // Inside.

    fn check_open(&self) -> Result<(), SendError> {
        if self.phase == Phase::Open {
            Ok(())
        } else {
            Err(SendError::NotOpen)
        }
    }

    fn check_message(&self, data_type: DataType, payload: &[u8]) -> Result<(), SendError> {
        self.check_open()?;
        match data_type {
            DataType::Text => simdutf8::basic::from_utf8(payload)
                .map(drop)
                .map_err(|_| SendError::InvalidText),
            DataType::Binary => Ok(()),
        }
    }

    /// Does what the protocol asks for; returns what the application should know.
    fn handle(&mut self, received: Received, now: Instant) -> Option<Event> {
        match received {
            Received::Message(data_type, payload) => Some(Event::Message { data_type, payload }),
            Received::Part(part) => Some(Event::Part(part)),
            Received::Frame(frame) => Some(Event::Frame(frame)),
            Received::Ping(payload) => {
                // Nothing may follow our close frame.
                if self.phase == Phase::Open || self.queue.close_waits() {
                    self.queue.push_pong(&payload);
                }
                None
            }
            Received::Pong(payload) => {
                if let Some(keepalive) = &mut self.keepalive {
                    keepalive.pong(&payload, now);
                }
                if let Some(pings) = &mut self.pings {
                    pings.pong(&payload, now, |ping, round_trip| {
                        self.events.push_back(Event::Answered { ping, round_trip });
                    });
                }
                Some(Event::Pong(payload))
            }
            Received::Close(close) => {
                self.handle_close(close, now);
                None
            }
        }
    }

    fn handle_close(&mut self, close: CloseBody, now: Instant) {
        if self.phase == Phase::Open {
            // The answer has the same code (RFC 6455 §5.5.1), and the reason as in libsoup.
            let code = Some(close.code).filter(|code| code.is_receivable());
            self.queue.push_close(&close_payload(code, &close.reason));
        }
        self.close = Some(close);
        self.begin_closing(Phase::after_close_frame, now);
        self.update_phase();
    }

    fn fail_with(&mut self, error: ProtocolError, now: Instant) {
        self.events.push_back(Event::Failed(error));
        self.fail(error.close_code(), &error.to_string(), now);
    }

    /// Makes a transition out of [`Phase::Open`], or a further one.
    fn begin_closing(&mut self, transition: fn(Phase) -> Phase, now: Instant) {
        if self.phase == Phase::Open {
            self.events.push_back(Event::Closing);
            self.close_deadline = after(now, self.config.close_timeout);
        }
        self.phase = transition(self.phase);
        if !self.phase.is_reading() {
            self.receiver = Receiver::new(self.role);
        }
    }

    fn update_phase(&mut self) {
        let next = self
            .phase
            .after_change(self.role, self.queue.is_empty(), self.stream_ended);
        if next == Phase::Closed {
            self.end();
        }
    }

    /// Makes the last transition, and gives back all memory.
    fn end(&mut self) {
        let phase = mem::replace(&mut self.phase, Phase::Closed);
        if phase != Phase::Closed {
            self.is_clean = phase == Phase::Answering && self.queue.is_empty();
            self.events.push_back(Event::Closed);
        }
        self.pings = None;
        self.receiver = Receiver::new(self.role);
        self.queue.clear();
    }
}

#[cfg(test)]
mod tests;
