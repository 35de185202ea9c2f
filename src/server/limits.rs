//! What a server takes from strangers at most.

use super::Server;
use crate::WebsocketConnection;
use glib::prelude::*;
use glib::subclass::prelude::*;
use std::time::{Duration, Instant};

/// The limits of a [`Server`]; 0 is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limits {
    pub(super) max_connections: u32,
    pub(super) max_connections_per_address: u32,
    pub(super) handshake_timeout: u32,
    pub(super) max_header_size: u32,
    pub(super) max_body_size: u64,
    pub(super) max_message_rate: u32,
    pub(super) max_buffered_amount: u64,
    pub(super) max_total_buffered_amount: u64,
}

impl Limits {
    /// As [`Default`], for the specifications of properties.
    pub(super) const DEFAULT: Self = Self {
        max_connections: 0,
        max_connections_per_address: 0,
        handshake_timeout: 30,
        max_header_size: 64 * 1024,
        max_body_size: 1 << 20,
        max_message_rate: 0,
        max_buffered_amount: 0,
        max_total_buffered_amount: 0,
    };

    /// Until when the head of a request has to be there for which the client has time from now on.
    pub(super) fn handshake_deadline(&self) -> Option<Instant> {
        (self.handshake_timeout != 0)
            .then(|| Instant::now() + Duration::from_secs(self.handshake_timeout.into()))
    }

    /// Bytes that a head may have.
    pub(super) fn head_size(&self) -> usize {
        match self.max_header_size {
            0 => usize::MAX,
            size => size as usize,
        }
    }

    /// Bytes that a body may have.
    pub(super) fn body_size(&self) -> u64 {
        match self.max_body_size {
            0 => u64::MAX,
            size => size,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl Server {
    /// How many connections there may be at once: of WebSockets, and those on which HTTP requests
    /// are served. 0, the default, for as many as there are file descriptors.
    ///
    /// Further clients wait, in the system's queue, until one of them has ended.
    #[doc(alias = "get_max_connections")]
    pub fn max_connections(&self) -> u32 {
        self.imp().limits.get().max_connections
    }

    /// Sets how many connections there may be at once. Those that are there stay.
    pub fn set_max_connections(&self, max_connections: u32) {
        self.set_property("max-connections", max_connections);
    }

    /// How many of these connections there may be with one IPv4 address, or one /64 network of IPv6.
    /// 0, the default, for no limit: behind a proxy all clients have its address.
    ///
    /// Further ones are answered with 429, if they are not of TLS, and closed.
    #[doc(alias = "get_max_connections_per_address")]
    pub fn max_connections_per_address(&self) -> u32 {
        self.imp().limits.get().max_connections_per_address
    }

    /// Sets how many connections there may be with one address. Those that are there stay.
    pub fn set_max_connections_per_address(&self, max_connections: u32) {
        self.set_property("max-connections-per-address", max_connections);
    }

    /// Seconds that a client has from the moment in which its connection is accepted until the head
    /// of its first request is there, with the TLS handshake; and for the head of each further
    /// request, once it has begun. 30 by default; 0 for as long as it likes.
    #[doc(alias = "get_handshake_timeout")]
    pub fn handshake_timeout(&self) -> u32 {
        self.imp().limits.get().handshake_timeout
    }

    /// Sets the seconds that a client has for the head of a request. It holds from the next
    /// connection, or request, on.
    pub fn set_handshake_timeout(&self, seconds: u32) {
        self.set_property("handshake-timeout", seconds);
    }

    /// Bytes that the head of a request may have: request line and headers, of which there may be
    /// 128. 64 KiB by default; 0 for no limit. Longer ones are answered with 431.
    #[doc(alias = "get_max_header_size")]
    pub fn max_header_size(&self) -> u32 {
        self.imp().limits.get().max_header_size
    }

    /// Sets how many bytes the head of a request may have. It holds from the next request on.
    pub fn set_max_header_size(&self, max_header_size: u32) {
        self.set_property("max-header-size", max_header_size);
    }

    /// Bytes that the body of a request may have. 1 MiB by default; 0 for no limit. Longer ones are
    /// answered with 413. It is no limit for WebSocket messages: see
    /// [`WebsocketConnection::max_total_message_size`](crate::WebsocketConnection::max_total_message_size).
    #[doc(alias = "get_max_body_size")]
    pub fn max_body_size(&self) -> u64 {
        self.imp().limits.get().max_body_size
    }

    /// Sets how many bytes the body of a request may have. It holds from the next request on.
    pub fn set_max_body_size(&self, max_body_size: u64) {
        self.set_property("max-body-size", max_body_size);
    }

    /// Messages that each client may send a second; 0, the default, for any number. It is the
    /// [`max_message_rate`](crate::WebsocketConnection::max_message_rate) of connections.
    #[doc(alias = "get_max_message_rate")]
    pub fn max_message_rate(&self) -> u32 {
        self.imp().limits.get().max_message_rate
    }

    /// Sets how many messages each client may send a second. It holds from the next connection on.
    pub fn set_max_message_rate(&self, max_message_rate: u32) {
        self.set_property("max-message-rate", max_message_rate);
    }

    /// Bytes of messages that may wait for each client; 0, the default, for any number. It is the
    /// [`max_buffered_amount`](crate::WebsocketConnection::max_buffered_amount) of connections.
    #[doc(alias = "get_max_buffered_amount")]
    pub fn max_buffered_amount(&self) -> u64 {
        self.imp().limits.get().max_buffered_amount
    }

    /// Sets how many bytes may wait for each client. It holds from the next connection on.
    pub fn set_max_buffered_amount(&self, max_buffered_amount: u64) {
        self.set_property("max-buffered-amount", max_buffered_amount);
    }

    /// Bytes of messages that may wait for all clients of the server together; 0, the default, for any
    /// number.
    ///
    /// A message that is more is treated as one that exceeds the `max-buffered-amount` of its
    /// connection, as that one's [`overflow_policy`](crate::WebsocketConnection::overflow_policy)
    /// has it.
    #[doc(alias = "get_max_total_buffered_amount")]
    pub fn max_total_buffered_amount(&self) -> u64 {
        self.imp().limits.get().max_total_buffered_amount
    }

    /// Sets how many bytes may wait for all clients. It holds from the next message on, for the
    /// connections that were accepted while there was such a bound.
    pub fn set_max_total_buffered_amount(&self, max_total_buffered_amount: u64) {
        self.set_property("max-total-buffered-amount", max_total_buffered_amount);
    }

    /// Has a connection keep to the limits.
    pub(super) fn limit(&self, connection: &WebsocketConnection) {
        let limits = self.imp().limits.get();
        if limits.max_message_rate > 0 {
            connection.set_max_message_rate(limits.max_message_rate);
        }
        if limits.max_buffered_amount > 0 {
            connection.set_max_buffered_amount(limits.max_buffered_amount);
        }
        if limits.max_total_buffered_amount > 0 {
            connection.share_bound(&self.imp().buffered);
        }
    }

    /// Whether there is room for another connection.
    pub(super) fn has_room(&self) -> bool {
        let max_connections = self.max_connections() as usize;
        max_connections == 0 || self.imp().places.count() < max_connections
    }
}
