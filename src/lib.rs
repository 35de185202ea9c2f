//! WebSockets for GLib programs, with the API that libsoup 3 made familiar.
//!
//! See [`Session`] to open a connection, [`Server`] to accept them, and [`WebsocketConnection`]
//! for what happens in between. The [`protocol`] module is the WebSocket protocol alone, without
//! I/O, for those who bring their own.
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

pub mod protocol;

mod enums;
mod error;
mod event_loop;

pub use enums::*;
pub use error::WebsocketError;
