//! Options of a new [`Server`].

use super::Server;
use glib::prelude::*;

/// Options of a new [`Server`].
#[must_use = "the server is created by `build()`"]
pub struct ServerBuilder {
    builder: glib::object::ObjectBuilder<'static, Server>,
}

impl ServerBuilder {
    pub(super) fn new() -> Self {
        Self {
            builder: glib::Object::builder(),
        }
    }

    /// See [`Server::handshake_timeout`].
    pub fn handshake_timeout(self, seconds: u32) -> Self {
        Self {
            builder: self.builder.property("handshake-timeout", seconds),
        }
    }

    /// See [`Server::max_message_rate`].
    pub fn max_message_rate(self, max_message_rate: u32) -> Self {
        Self {
            builder: self.builder.property("max-message-rate", max_message_rate),
        }
    }

    /// See [`Server::max_buffered_amount`].
    pub fn max_buffered_amount(self, max_buffered_amount: u64) -> Self {
        Self {
            builder: self
                .builder
                .property("max-buffered-amount", max_buffered_amount),
        }
    }

    /// See [`Server::max_total_buffered_amount`].
    pub fn max_total_buffered_amount(self, max_total_buffered_amount: u64) -> Self {
        Self {
            builder: self
                .builder
                .property("max-total-buffered-amount", max_total_buffered_amount),
        }
    }

    /// See [`Server::max_body_size`].
    pub fn max_body_size(self, max_body_size: u64) -> Self {
        Self {
            builder: self.builder.property("max-body-size", max_body_size),
        }
    }

    /// See [`Server::max_connections`].
    pub fn max_connections(self, max_connections: u32) -> Self {
        Self {
            builder: self.builder.property("max-connections", max_connections),
        }
    }

    /// See [`Server::max_connections_per_address`].
    pub fn max_connections_per_address(self, max_connections: u32) -> Self {
        Self {
            builder: self
                .builder
                .property("max-connections-per-address", max_connections),
        }
    }

    /// See [`Server::max_header_size`].
    pub fn max_header_size(self, max_header_size: u32) -> Self {
        Self {
            builder: self.builder.property("max-header-size", max_header_size),
        }
    }

    /// Whether paths are given to handlers as they were sent, instead of decoded.
    pub fn raw_paths(self, raw_paths: bool) -> Self {
        Self {
            builder: self.builder.property("raw-paths", raw_paths),
        }
    }

    /// See [`Server::set_server_header`].
    pub fn server_header(self, server_header: &str) -> Self {
        Self {
            builder: self.builder.property("server-header", server_header),
        }
    }

    /// See [`Server::tls_certificate`].
    pub fn tls_certificate(self, certificate: &impl IsA<gio::TlsCertificate>) -> Self {
        Self {
            builder: self
                .builder
                .property("tls-certificate", certificate.upcast_ref()),
        }
    }

    /// See [`Server::tls_database`].
    pub fn tls_database(self, database: &impl IsA<gio::TlsDatabase>) -> Self {
        Self {
            builder: self.builder.property("tls-database", database.upcast_ref()),
        }
    }

    /// See [`Server::tls_auth_mode`].
    pub fn tls_auth_mode(self, mode: gio::TlsAuthenticationMode) -> Self {
        Self {
            builder: self.builder.property("tls-auth-mode", mode),
        }
    }

    /// Creates the server.
    pub fn build(self) -> Server {
        self.builder.build()
    }
}
