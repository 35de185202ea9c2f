//! The WebSocket protocol without I/O: RFC 6455 for both roles.
//!
//! Nothing here knows a socket, a clock or a source of randomness; time and masks are arguments. An
//! [`Endpoint`] is one side of a connection after its handshake, whose rules are in [`handshake`].
//! It takes bytes and gives [`Event`]s; it takes commands and gives bytes. Whoever drives it owes
//! it this:
//!
//! | when | call |
//! | --- | --- |
//! | bytes were read | [`poll_event`] with them, until it returns None |
//! | the stream has ended, and its last bytes were polled | [`handle_eof`] |
//! | reading or writing failed | [`handle_io_error`] |
//! | [`poll_timeout`] has come | [`handle_timeout`] |
//! | the application wants something | [`send`], [`ping`], [`close`] … |
//! | after each of these | [`poll_event`], with no input if there is none, until it returns None |
//! | then, while [`has_output`] | [`transmit`], write, and [`transmitted`] with what was written |
//! | then | see whether [`shutdown`] and [`poll_timeout`] have changed |
//!
//! Events are pulled one by one, so that the application may answer each before the next is
//! looked for: a limit that is changed, or a close, counts for the bytes behind.
//!
//! What a peer can make an endpoint keep is what it has sent of one message, within the limits of
//! [`Config`]. An endpoint that is idle has no buffers. Whoever drives many of them may have the
//! memory of large messages kept for the next ones, by [`keep_memory`].
//!
//! ```
//! use std::{io::{IoSlice, Write}, time::Instant};
//! use wsoup::protocol::{Config, DataType, Endpoint, Event, Role};
//!
//! /// Moves what `from` has to say over to `to`; returns what that says to it.
//! fn deliver(from: &mut Endpoint, to: &mut Endpoint, now: Instant) -> Vec<Event> {
//!     let mut events = Vec::new();
//!     while from.has_output() {
//!         let mut slices = [IoSlice::new(&[]); 4];
//!         let count = from.transmit(&mut slices);
//!         let mut bytes = Vec::new();
//!         let written = bytes.write_vectored(&slices[..count]).unwrap_or(0);
//!         from.transmitted(written, now);
//!         let mut input = &bytes[..];
//!         while let Some(event) = to.poll_event(&mut input, now) {
//!             events.push(event);
//!         }
//!     }
//!     events
//! }
//!
//! # fn random() -> [u8; 4] { [1, 2, 3, 4] }
//! let now = Instant::now();
//! let mut client = Endpoint::new(Role::Client, Config::new(Role::Client), random, now);
//! let mut server = Endpoint::new(Role::Server, Config::new(Role::Server), random, now);
//!
//! client.send(DataType::Text, "hello".as_bytes())?;
//! let events = deliver(&mut client, &mut server, now);
//! let payload = b"hello"[..].into();
//! assert_eq!(events, [Event::Message { data_type: DataType::Text, payload }]);
//!
//! client.close(None, "", now)?;
//! assert_eq!(deliver(&mut client, &mut server, now), [Event::Closing]);
//! deliver(&mut server, &mut client, now);
//! assert_eq!(server.poll_event(&mut &[][..], now), Some(Event::Closed));
//! # Ok::<(), wsoup::protocol::SendError>(())
//! ```
//!
//! [`close`]: Endpoint::close
//! [`handle_eof`]: Endpoint::handle_eof
//! [`handle_io_error`]: Endpoint::handle_io_error
//! [`handle_timeout`]: Endpoint::handle_timeout
//! [`has_output`]: Endpoint::has_output
//! [`ping`]: Endpoint::ping
//! [`poll_event`]: Endpoint::poll_event
//! [`poll_timeout`]: Endpoint::poll_timeout
//! [`send`]: Endpoint::send
//! [`shutdown`]: Endpoint::shutdown
//! [`transmit`]: Endpoint::transmit
//! [`transmitted`]: Endpoint::transmitted
#![forbid(unsafe_code)]

mod close;
mod config;
pub mod deflate;
mod endpoint;
mod error;
mod event;
mod frame;
pub mod handshake;
mod keepalive;
mod mask;
mod memory;
mod message;
mod parts;
mod pings;
mod queue;
mod receiver;
mod state;
#[cfg(test)]
mod tests;
mod utf8;

pub use close::CloseCode;
pub use config::{Config, Role};
pub use endpoint::Endpoint;
pub use error::{ProtocolError, SendError};
pub use event::{DataFrame, Event, Shutdown, State};
pub use frame::Opcode;
pub use memory::{is_memory_kept, keep_memory, release_memory};
pub use message::{DataType, Payload};
pub use parts::MessagePart;
pub use queue::SharedPayload;
pub use receiver::ExtensionMode;
pub use utf8::Utf8Checker;
