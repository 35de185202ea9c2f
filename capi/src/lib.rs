//! The C ABI of wsoup: each function checks its arguments, calls the Rust crate and hands over
//! ownership. Nothing is decided here.
//!
//! The modules stand in the order in which the header should read. Their `///` comments are gtk-doc:
//! cbindgen copies them into the header, where g-ir-scanner finds them. A function begins with the
//! checks of `check.rs`, which replace each argument by what Rust calls it; C passes enumerations as
//! `int`, under the names of `types.rs`.
//!
//! A class is one file here, one line in the table of `../build.rs`, and one file in `gtkdoc/` with
//! what has no place in the header: the class, its properties and its signals.
//!
//! A panic cannot cross into C: leaving an `extern "C"` function by one aborts the process, in debug
//! builds too. For the same reason callbacks of C may not throw.
#![allow(
    clippy::missing_safety_doc,
    reason = "what C must pass is said in its documentation"
)]
#![allow(
    dead_code,
    non_camel_case_types,
    reason = "cbindgen reads some items, not rustc"
)]
#![allow(
    unreachable_pub,
    reason = "cbindgen reads `pub` items, wherever they are"
)]

mod callback;
mod check;
mod task;
/// cbindgen:ignore
mod types;

mod enums;
mod status;

mod session;

mod session_feature;

mod server;

mod server_listen;

mod server_limits;

mod server_shutdown;

mod server_extensions;

mod connection;

mod connection_options;

mod connection_operations;

mod reconnecting_client;

mod message;

mod auth;

mod headers;

mod body;

mod server_message;

mod auth_domain;

mod auth_domain_basic;

mod auth_domain_digest;

mod extension;

mod extension_deflate;

mod extension_manager;

mod handshake;

mod cookie;

mod cookie_jar;
