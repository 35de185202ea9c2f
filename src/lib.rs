//! WebSockets for GLib programs, with the API that libsoup 3 made familiar.
//!
//! See [`Session`] to open a connection, [`Server`] to accept them, and [`WebsocketConnection`]
//! for what happens in between. The [`protocol`] module is the WebSocket protocol alone, without
//! I/O, for those who bring their own.
//!
//! # Threads
//!
//! Objects belong to the thread-default `glib::MainContext` in which they are created, and to the
//! thread that created them: it is the one that has to run the context. In another one the library
//! panics, as gio-rs does, rather than let a callback see what is not `Send`.
#![deny(unsafe_code)]

/// The name under which a GType is registered.
///
/// Only the C library owns the canonical names: a Rust program that links this crate may load the
/// C library too (a plugin, a typelib), and GLib aborts when a name is registered twice.
macro_rules! type_name {
    ($name:literal) => {
        if cfg!(feature = "capi") {
            concat!("Wsoup", $name)
        } else {
            concat!("RsWsoup", $name)
        }
    };
}

#[macro_use]
mod class;

pub mod protocol;

mod connection;
mod cookie;
mod enums;
mod error;
mod event_loop;
mod extension;
mod feature;
mod flags;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod handshake;
mod http;
mod product;
mod property;
mod random;
mod reconnect;
mod server;
mod session;
mod sync;
#[cfg(test)]
mod testing;

#[cfg(feature = "capi")]
#[doc(hidden)]
pub use connection::set_message_marshallers;
pub use connection::{MessageSink, Messages, WebsocketConnection, WebsocketSender};
pub use cookie::{Cookie, CookieJar};
#[doc(hidden)]
pub use cookie::{WsoupCookieJar, WsoupCookieJarClass};
pub use enums::*;
pub use error::WebsocketError;
#[doc(hidden)]
pub use event_loop::run;
pub use extension::{
    WebsocketExtension, WebsocketExtensionDeflate, WebsocketExtensionExt, WebsocketExtensionManager,
};
#[doc(hidden)]
pub use extension::{WsoupWebsocketExtension, WsoupWebsocketExtensionClass, params_from_table};
pub use feature::SessionFeature;
pub use flags::*;
pub use handshake::{
    websocket_client_prepare_handshake, websocket_client_verify_handshake,
    websocket_server_check_handshake, websocket_server_process_handshake,
};
pub use http::{Auth, Message, MessageBody, MessageHeaders, MessageHeadersIter, ServerMessage};
#[doc(hidden)]
pub use http::{WsoupAuth, WsoupAuthClass, WsoupMessageBody, WsoupMessageHeaders};

pub use reconnect::ReconnectingClient;
pub use server::{AuthDomain, AuthDomainBasic, AuthDomainDigest, AuthDomainExt};
pub use server::{Server, ServerBuilder};
#[doc(hidden)]
pub use server::{WsoupAuthDomain, WsoupAuthDomainClass, WsoupServer, WsoupServerClass};
pub use session::{Session, SessionBuilder};
#[doc(hidden)]
pub use session::{WsoupSession, WsoupSessionClass};

// The Rust code of the pages is compiled, and run where it ends by itself, as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
#[doc = include_str!("../docs/getting-started-rust.md")]
#[doc = include_str!("../docs/extensions.md")]
#[doc = include_str!("../docs/flow-control.md")]
#[doc = include_str!("../docs/staying-connected.md")]
mod pages {}

/// The traits with the methods of derivable classes: `use wsoup::prelude::*;`.
pub mod prelude {
    pub use crate::extension::WebsocketExtensionExt;
    pub use crate::server::AuthDomainExt;
    pub use gio::prelude::*;
}

/// Deriving from the classes of the library: `use wsoup::subclass::prelude::*;`.
pub mod subclass {
    pub use crate::cookie::subclass as cookie_jar;
    pub use crate::extension::subclass as websocket_extension;
    pub use crate::server::auth_domain::subclass as auth_domain;

    /// The traits to implement, and those to chain up with.
    pub mod prelude {
        pub use super::auth_domain::{AuthDomainImpl, AuthDomainImplExt};
        pub use super::cookie_jar::{CookieJarImpl, CookieJarImplExt};
        pub use super::websocket_extension::{WebsocketExtensionImpl, WebsocketExtensionImplExt};
        pub use crate::feature::SessionFeatureImpl;
        pub use gio::subclass::prelude::*;
    }
}
