//! One side of a connection: bytes in, events out; commands in, bytes out.

use std::{io::IoSlice, time::Instant};

use super::{CloseCode, Config, DataType, Payload, ProtocolError, Role, SendError};

/// A payload that is queued without being copied. It must stay the same.
pub type SharedPayload = Box<dyn AsRef<[u8]> + Send + Sync>;

/// What an endpoint has to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A whole message came.
    Message {
        /// Text or binary.
        data_type: DataType,
        /// What it says: valid UTF-8 in a text message.
        payload: Payload,
    },
    /// A data frame came for the extensions; only in extension mode. See
    /// [`Endpoint::accept_frame`].
    Frame(DataFrame),
    /// A pong came, whether a ping asked for it or not.
    Pong(Payload),
    /// The peer failed the connection; the application should be told. `Closing` follows, unless it
    /// came before.
    Failed(ProtocolError),
    /// Once: one side began to close.
    Closing,
    /// Once, and nothing comes after: the connection has ended. The stream is to be closed.
    Closed,
}

/// A data frame on its way through the extensions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataFrame {
    /// The frame's first byte: FIN, RSV1 to RSV3 and opcode (RFC 6455 §5.2).
    pub header: u8,
    /// Its payload, unmasked.
    pub payload: Payload,
}

/// Where a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Messages may be sent.
    Open,
    /// A close frame was sent or received.
    Closing,
    /// The connection has ended.
    Closed,
}

/// What is to be done to the stream when all output is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shutdown {
    /// Nothing.
    None,
    /// The writing side is to be shut down.
    Write,
    /// The stream is to be closed.
    Both,
}

/// One side of a connection.
#[derive(Debug)]
pub struct Endpoint {
    role: Role,
    config: Config,
    #[expect(dead_code)]
    next_mask: fn() -> [u8; 4],
}

#[expect(missing_docs, unused_variables)]
impl Endpoint {
    pub fn new(role: Role, config: Config, next_mask: fn() -> [u8; 4], now: Instant) -> Self {
        Self {
            role,
            config,
            next_mask,
        }
    }

    // The network.

    pub fn poll_event(&mut self, input: &mut &[u8], now: Instant) -> Option<Event> {
        None
    }
    pub fn handle_eof(&mut self, now: Instant) {}
    pub fn handle_io_error(&mut self) {}
    pub fn handle_timeout(&mut self, now: Instant) {}
    pub fn poll_timeout(&self) -> Option<Instant> {
        None
    }
    /// Fills `slices` with what is to be written next; returns how many were filled.
    ///
    /// What has been offered keeps its place until it is written (TLS needs that).
    pub fn transmit<'a>(&'a mut self, slices: &mut [IoSlice<'a>]) -> usize {
        0
    }
    /// `length` bytes of what `transmit` offered last were written.
    pub fn transmitted(&mut self, length: usize, now: Instant) {}
    pub fn has_output(&self) -> bool {
        false
    }
    pub fn shutdown(&self) -> Shutdown {
        Shutdown::None
    }

    // The application.

    pub fn send(&mut self, data_type: DataType, payload: &[u8]) -> Result<(), SendError> {
        Ok(())
    }
    pub fn send_shared(
        &mut self,
        data_type: DataType,
        payload: SharedPayload,
    ) -> Result<(), SendError> {
        Ok(())
    }
    pub fn ping(&mut self, payload: &[u8]) -> Result<(), SendError> {
        Ok(())
    }
    pub fn close(
        &mut self,
        code: Option<CloseCode>,
        reason: &str,
        now: Instant,
    ) -> Result<(), SendError> {
        Ok(())
    }
    /// Fails the connection for a reason of the layer above, which reports it: no `Failed` event.
    pub fn fail(&mut self, code: CloseCode, reason: &str, now: Instant) {}

    // Extensions.

    pub fn set_extension_mode(&mut self, extension_mode: bool) {}
    /// Takes a frame back from the extensions. What is wrong with it comes out of `poll_event`.
    pub fn accept_frame(&mut self, header: u8, payload: Payload, now: Instant) {}
    /// Queues a data frame as the extensions made it, with the header's FIN, RSV and opcode.
    pub fn send_frame(&mut self, header: u8, payload: &[u8]) -> Result<(), SendError> {
        Ok(())
    }

    // Settings and state.

    pub fn role(&self) -> Role {
        self.role
    }
    pub fn config(&self) -> &Config {
        &self.config
    }
    /// Changes limits and times; a changed keepalive interval starts anew at `now`.
    pub fn set_config(&mut self, config: Config, now: Instant) {
        self.config = config;
    }
    pub fn state(&self) -> State {
        State::Open
    }
    /// None as long as the connection is open; then the peer's, or 1005, or 1006.
    pub fn close_code(&self) -> Option<CloseCode> {
        None
    }
    pub fn close_reason(&self) -> Option<&str> {
        None
    }
    /// Bytes of data messages that are queued and not yet written.
    pub fn buffered_amount(&self) -> usize {
        0
    }
}
