//! The protocol core alone: it must compile, and pass its tests, without GLib.
#[path = "../../src/protocol/mod.rs"]
pub mod protocol;
