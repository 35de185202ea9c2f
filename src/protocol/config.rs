//! What can be set on an endpoint: its role, limits and times.

use std::time::Duration;

/// Which side of the connection an endpoint is (RFC 6455 §1.2).
///
/// Clients mask what they send and servers do not; clients leave it to the server to close the
/// stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// The side that opened the connection.
    Client,
    /// The side that accepted it.
    Server,
}

/// The limits and times of an endpoint.
///
/// Everything may be changed while the connection lives: see
/// [`Endpoint::set_config`](super::Endpoint::set_config).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The longest payload of one received data frame, in bytes; 0 for no limit. Default: 128 KiB.
    /// For a compressed frame that is what it inflates to.
    ///
    /// A frame that announces more fails the connection with close code 1009 as soon as its header
    /// has been read. Without a limit a peer can make the endpoint keep as much as it sends.
    pub max_payload_size: u64,

    /// The longest received message, in bytes, all its fragments taken together, inflated; 0 for no
    /// limit.
    /// Default: 128 KiB for servers and none for clients, as in libsoup.
    ///
    /// This is what bounds the memory that one peer can claim: a message is kept until it is
    /// complete. Exceeding it fails the connection with close code 1009.
    pub max_message_size: u64,

    /// The most fragments of one received message; 0 for no limit. Default: 2^20.
    ///
    /// Fragments may be empty, so that the size alone does not end a message that never ends.
    pub max_fragments: u32,

    /// How often to ping the peer; zero to leave it. Default: zero.
    ///
    /// Pings keep middleboxes from dropping an idle connection, and with
    /// [`pong_timeout`](Self::pong_timeout) find a peer that has vanished.
    pub keepalive_interval: Duration,

    /// How long the answer to a keepalive ping may take; zero for ever. Default: zero.
    ///
    /// Counted from when the ping was written, or from the last byte of the peer if that is later:
    /// it may be busy sending. A pong that is missing by then fails the connection. Without a [`keepalive_interval`](Self::keepalive_interval) there is no ping to
    /// be answered.
    pub pong_timeout: Duration,

    /// How long the peer may send nothing at all; zero for ever. Default: zero.
    ///
    /// Pongs count. A peer that is silent for longer fails the connection.
    pub idle_timeout: Duration,

    /// How long the peer may take for its part of the closing handshake; zero for ever. Default:
    /// five seconds.
    ///
    /// Counted from the beginning of the close or, while queued data is still being written ahead
    /// of the close frame, from the last byte that could be written.
    pub close_timeout: Duration,
}

impl Config {
    /// The default of [`close_timeout`](Self::close_timeout): libsoup's.
    pub const DEFAULT_CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

    /// Returns the defaults for `role`.
    pub fn new(role: Role) -> Self {
        Self {
            max_payload_size: DEFAULT_SIZE,
            max_message_size: match role {
                Role::Client => 0,
                Role::Server => DEFAULT_SIZE,
            },
            max_fragments: 1 << 20,
            keepalive_interval: Duration::ZERO,
            pong_timeout: Duration::ZERO,
            idle_timeout: Duration::ZERO,
            close_timeout: Self::DEFAULT_CLOSE_TIMEOUT,
        }
    }
}

/// What libsoup documents as the default of both sizes.
const DEFAULT_SIZE: u64 = 128 * 1024;
