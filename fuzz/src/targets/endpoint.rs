//! Any order of bytes, commands and times at an endpoint, whose output another one understands.

use super::{next_mask, transmit};
use crate::counting::memory_of;
use crate::input::Input;
use crate::model;
use std::collections::VecDeque;
use std::time::{Duration, Instant};
use wsoup::protocol::deflate::{Agreement, Inflater};
use wsoup::protocol::{
    CloseCode, Config, DataFrame, DataType, Endpoint, Event, ExtensionMode, MessagePart, Payload,
    ProtocolError, Role, SendError, Shutdown, State,
};

/// Whatever happens to an endpoint, the rules of [`wsoup::protocol`] hold, in bounded memory.
///
/// The bytes are a program: an instruction, its arguments, and so on.
pub fn endpoint(data: &[u8]) {
    let (moved, _, most) = memory_of(|| run(data));
    // What is kept follows what was received and queued; beside it are the states of two endpoints
    // and an inflater, and the model has it all again.
    assert!(most < 8 * moved + (1 << 18), "{most} bytes for {moved}");
}

/// Returns how many bytes were received and queued.
fn run(data: &[u8]) -> usize {
    let mut input = Input::new(data);
    let mut run = Run::new(&mut input);
    while !input.is_empty() {
        run.step(&mut input);
        run.settle();
    }
    run.finish();
    run.moved
}

/// An endpoint, and all that is known of it.
struct Run {
    endpoint: Endpoint,
    role: Role,
    now: Instant,
    moved: usize,
    /// What has been read from the stream and not been polled.
    pending: Vec<u8>,
    inflater: Option<Inflater>,
    recycles: bool,
    /// What has come of a message that is told in parts.
    text: Option<Vec<u8>>,
    last_answered: Option<u64>,
    /// What was written and is not yet a whole frame.
    output: Vec<u8>,
    /// Whom the output is for.
    peer: Endpoint,
    /// The messages that were queued, as they have to be written.
    sent: VecDeque<(u8, Vec<u8>)>,
    /// How many bytes these are.
    unwritten: usize,
    last_state: State,
    closing: bool,
    closed: bool,
    /// A close frame was written.
    has_close_frame: bool,
    /// The stream ended, broke or was given up, whatever still was to be written.
    is_cut: bool,
}

impl Run {
    fn new(input: &mut Input<'_>) -> Self {
        let now = Instant::now();
        let options = input.byte();
        let (role, other) = if options & 1 == 0 {
            (Role::Server, Role::Client)
        } else {
            (Role::Client, Role::Server)
        };
        let mut without_limits = Config::new(other);
        without_limits.max_payload_size = 0;
        without_limits.max_message_size = 0;
        let mut endpoint = Endpoint::new(role, config(role, input), next_mask, now);
        let mode = match options >> 1 & 3 {
            0 | 1 => ExtensionMode::None,
            2 => ExtensionMode::Compressed,
            _ => ExtensionMode::All,
        };
        endpoint.set_extension_mode(mode);
        Self {
            endpoint,
            role,
            now,
            moved: 0,
            pending: Vec::new(),
            inflater: (options & 8 != 0).then(|| Inflater::new(Agreement::default().client)),
            recycles: options & 16 != 0,
            text: None,
            last_answered: None,
            output: Vec::new(),
            peer: Endpoint::new(other, without_limits, next_mask, now),
            sent: VecDeque::new(),
            unwritten: 0,
            last_state: State::Open,
            closing: false,
            closed: false,
            has_close_frame: false,
            is_cut: false,
        }
    }

    /// Does what one instruction says.
    fn step(&mut self, input: &mut Input<'_>) {
        match input.byte() % 17 {
            0 => self.receive(input.counted()),
            1 => {
                let first_byte = input.byte();
                let frame = model::frame_to(self.role, first_byte, input.counted());
                self.receive(&frame);
            }
            2 => {
                let payload = vec![input.byte(); 4 * usize::from(input.byte())];
                let frame = model::frame_to(self.role, input.byte(), &payload);
                self.receive(&frame);
            }
            3 => self.send(input.flag(), input.counted(), false),
            4 => {
                // Long enough to be shared, and up to where lengths take eight bytes.
                let payload = vec![b'a'; 257 * usize::from(input.byte())];
                self.send(input.flag(), &payload, input.flag());
            }
            5 => {
                let payload = input.counted();
                self.moved += payload.len() + CONTROL;
                let result = self.endpoint.ping(payload);
                self.check_sent(result.map(drop), payload.len() > 125);
            }
            6 => {
                let code = Some(input.short()).filter(|code| *code != 0).map(CloseCode);
                let reason = String::from_utf8_lossy(input.counted());
                let is_wrong = code.is_some_and(|code| !code.is_sendable(self.role));
                let result = self.endpoint.close(code, &reason, self.now);
                self.check_sent(result, is_wrong);
            }
            7 => {
                let reason = String::from_utf8_lossy(input.counted());
                self.endpoint
                    .fail(CloseCode(input.short()), &reason, self.now);
            }
            8 => self.endpoint.set_config(config(self.role, input), self.now),
            9 => self.now += Duration::from_millis(u64::from(input.byte()).pow(2)),
            10 => self.handle_timeout(),
            11 | 12 => {
                let (slices, most) = (input.byte().into(), input.short().into());
                transmit(&mut self.endpoint, &mut self.output, slices, most, self.now);
            }
            13 => self.write_all(),
            14 => {
                match input.byte() {
                    0 => self.endpoint.handle_eof(self.now),
                    1 => self.endpoint.handle_io_error(),
                    _ => return,
                }
                self.is_cut = true;
            }
            15 => self.read_payload(input.short().into()),
            _ => match input.byte() {
                0 => self.recycles = !self.recycles,
                how => self.endpoint.receive_parts(how & 1 != 0),
            },
        }
    }

    fn receive(&mut self, bytes: &[u8]) {
        self.moved += bytes.len();
        self.pending.extend_from_slice(bytes);
    }

    fn send(&mut self, is_text: bool, payload: &[u8], shared: bool) {
        let (data_type, first_byte) = if is_text {
            (DataType::Text, 0x81)
        } else {
            (DataType::Binary, 0x82)
        };
        self.moved += payload.len();
        let buffered = self.endpoint.buffered_amount();
        let result = if shared {
            self.endpoint.send_shared(data_type, payload.to_vec())
        } else {
            self.endpoint.send(data_type, payload)
        };
        let is_wrong = is_text && std::str::from_utf8(payload).is_err();
        self.check_sent(result, is_wrong);
        let more = if result.is_ok() { payload.len() } else { 0 };
        assert_eq!(self.endpoint.buffered_amount(), buffered + more);
        if result.is_ok() {
            self.sent.push_back((first_byte, payload.to_vec()));
            self.unwritten += payload.len();
        }
    }

    /// Something may be sent while the endpoint is open, unless it is wrong in itself.
    fn check_sent(&self, result: Result<(), SendError>, is_wrong: bool) {
        match self.last_state {
            State::Open => assert_eq!(result.is_err(), is_wrong, "{result:?}"),
            State::Closing | State::Closed => assert_eq!(result, Err(SendError::NotOpen)),
        }
    }

    fn handle_timeout(&mut self) {
        let was_due = self
            .endpoint
            .poll_timeout()
            .is_some_and(|due| due <= self.now);
        self.endpoint.handle_timeout(self.now);
        self.is_cut |= self.endpoint.state() == State::Closed;
        // Whoever drives it would not come to rest otherwise.
        let is_due = self
            .endpoint
            .poll_timeout()
            .is_some_and(|due| due <= self.now);
        assert!(
            !is_due || !was_due,
            "a timeout was handled and is due again"
        );
    }

    fn read_payload(&mut self, length: usize) {
        let moved = self.endpoint.read_payload(self.now, |payload, most| {
            let length = length.min(most);
            payload.resize(payload.len() + length, b'b');
            length
        });
        self.moved += moved.unwrap_or(0);
    }

    fn write_all(&mut self) {
        let most = usize::MAX;
        while self.endpoint.has_output() {
            let written = transmit(&mut self.endpoint, &mut self.output, 16, most, self.now);
            assert_ne!(written, 0, "there is output, and nothing is offered");
        }
    }

    /// Polls what there is, and looks at everything.
    fn settle(&mut self) {
        let bytes = std::mem::take(&mut self.pending);
        let mut left = &bytes[..];
        while let Some(event) = self.endpoint.poll_event(&mut left, self.now) {
            self.note(event);
            self.check_state();
        }
        assert!(left.is_empty(), "input is left");
        assert!(!self.endpoint.has_events());
        self.check_state();
        self.check_output();
    }

    fn note(&mut self, event: Event) {
        assert!(!self.closed, "{event:?} comes after the end");
        if let Event::Message { data_type, payload } = event {
            self.check_limits(data_type, &payload);
            if self.recycles {
                self.endpoint.recycle(payload);
            }
        } else if let Event::Part(part) = event {
            self.note_part(&part);
        } else if let Event::Answered { ping, .. } = event {
            // Each ping is answered once, in order.
            assert!(ping > self.last_answered.unwrap_or(0) || self.last_answered.is_none());
            self.last_answered = Some(ping);
        } else if let Event::Frame(frame) = event {
            self.extend(frame);
        } else if let Event::Failed(error) = event {
            assert!(!error.to_string().is_empty());
        } else if event == Event::Closing {
            assert!(!self.closing, "closing twice");
            self.closing = true;
        } else if event == Event::Closed {
            self.closed = true;
        }
    }

    /// The parts of a message come one after the other, and text is put together to text.
    fn note_part(&mut self, part: &MessagePart) {
        assert_eq!(part.is_first, self.text.is_none(), "{part:?}");
        let text = self.text.get_or_insert_default();
        text.extend_from_slice(&part.payload);
        if part.is_last {
            let is_text = std::str::from_utf8(text).is_ok();
            assert!(is_text || part.data_type == DataType::Binary);
            self.text = None;
        }
    }

    fn check_limits(&self, data_type: DataType, payload: &Payload) {
        let limit = self.endpoint.config().max_message_size;
        // A limit that was lowered meanwhile counts from the next frame on.
        assert!(limit == 0 || payload.len() as u64 <= limit.max(MOST_LIMIT));
        if data_type == DataType::Text {
            assert!(std::str::from_utf8(payload).is_ok());
        }
    }

    /// What extensions do: they inflate, or take a bit away, and give the frame back.
    fn extend(&mut self, frame: DataFrame) {
        let DataFrame {
            mut header,
            payload,
        } = frame;
        let Some(inflater) = &mut self.inflater else {
            self.endpoint
                .accept_frame(header & !0x70, payload, self.now);
            return;
        };
        let (limit, too_big): (u64, ProtocolError) = self.endpoint.extended_limit();
        // A limit of our own: without one a kilobyte becomes a megabyte.
        match inflater.process(&mut header, &payload, limit.min(10_000)) {
            Ok(None) => self.endpoint.accept_frame(header, payload, self.now),
            Ok(Some(inflated)) => {
                assert!(inflated.len() as u64 <= limit);
                self.moved += inflated.len();
                self.endpoint
                    .accept_frame(header, inflated.into(), self.now);
            }
            Err(error) => {
                let code = error.to_protocol_error(header, too_big).close_code();
                self.endpoint.fail(code, &error.to_string(), self.now);
            }
        }
    }

    fn check_state(&mut self) {
        let (endpoint, state) = (&self.endpoint, self.endpoint.state());
        let rank = |state| match state {
            State::Open => 0,
            State::Closing => 1,
            State::Closed => 2,
        };
        assert!(rank(state) >= rank(self.last_state), "{state:?} again");
        self.last_state = state;
        let buffered = endpoint.buffered_amount();
        // Of messages that are queued as one, headers may be counted once some are written.
        let most = self.unwritten + MAX_HEADER * self.sent.len();
        assert!(buffered <= most, "{buffered} of {} bytes", self.unwritten);
        match state {
            State::Open => {
                assert_eq!(endpoint.shutdown(), Shutdown::None);
                assert_eq!(endpoint.close_code(), None);
            }
            State::Closing => {
                let writes = endpoint.has_output();
                assert!(!writes || endpoint.shutdown() == Shutdown::None);
            }
            State::Closed => {
                assert_eq!(endpoint.shutdown(), Shutdown::Both);
                assert!(!endpoint.has_output(), "nobody would read that");
                assert_eq!(endpoint.poll_timeout(), None);
                assert_eq!(endpoint.buffered_amount(), 0);
                assert!(endpoint.close_code().is_some());
            }
        }
    }

    /// Whole frames that were written are right, in order, and what the peer expects.
    fn check_output(&mut self) {
        let mut output = std::mem::take(&mut self.output);
        let mut rest = &output[..];
        while let Some(frame) = model::frame(rest) {
            let mut input;
            (input, rest) = rest.split_at(frame.size);
            assert!(!self.has_close_frame, "something follows the close frame");
            assert_eq!(frame.is_masked, self.role == Role::Client);
            match frame.first_byte {
                first_byte @ (0x81 | 0x82) => {
                    let (kind, payload) = self.sent.pop_front().unwrap_or_default();
                    self.unwritten -= payload.len();
                    assert_eq!(
                        (first_byte, frame.payload),
                        (kind, payload),
                        "messages in order"
                    );
                }
                0x88 => self.has_close_frame = true,
                0x89 | 0x8a => assert!(frame.payload.len() <= 125),
                other => panic!("a frame {other:#x}"),
            }
            while let Some(event) = self.peer.poll_event(&mut input, self.now) {
                assert!(!matches!(event, Event::Failed(_)), "the peer: {event:?}");
            }
            assert!(input.is_empty());
        }
        let whole = output.len() - rest.len();
        output.drain(..whole);
        self.output = output;
    }

    /// All ends well, if somebody drives it.
    fn finish(&mut self) {
        if self.last_state == State::Open {
            self.write_all();
            self.settle();
            assert!(self.sent.is_empty(), "lost messages");
            let _ = self.endpoint.close(None, "", self.now);
            self.settle();
            assert!(self.closing);
        }
        self.write_all();
        self.settle();
        if !self.is_cut {
            assert!(self.has_close_frame, "no close frame");
            assert!(self.output.is_empty(), "half a frame");
        }
        self.endpoint.handle_eof(self.now);
        self.settle();
        assert!(self.closed, "it ends with the stream");
    }
}

/// The longest header.
const MAX_HEADER: usize = 14;

/// What a control frame takes beside its payload while it waits.
const CONTROL: usize = 64;

/// The largest limit that [`config`] sets.
const MOST_LIMIT: u64 = 4096;

fn config(role: Role, input: &mut Input<'_>) -> Config {
    let mut config = Config::new(role);
    let limit = |byte: u8| u64::from(byte & 0xf0) * 16;
    let time = |byte: u8| Duration::from_secs(u64::from(byte & 0xf));
    let [payload, message, fragments] = [input.byte(), input.byte(), input.byte()];
    config.max_payload_size = limit(payload);
    config.max_message_size = limit(message);
    config.max_fragments = u32::from(fragments) >> 4;
    config.keepalive_interval = time(payload);
    config.pong_timeout = time(message);
    config.close_timeout = time(fragments);
    config.idle_timeout = time(message >> 4);
    config
}
