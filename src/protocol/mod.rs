//! The WebSocket protocol without I/O.
#![forbid(unsafe_code)]

mod close;
mod config;
mod endpoint;
mod error;
mod frame;
pub mod handshake;
mod keepalive;
mod mask;
mod message;
mod queue;
mod receiver;
mod state;
mod utf8;

pub use close::CloseCode;
pub use config::{Config, Role};
pub use endpoint::{DataFrame, Endpoint, Event, Shutdown, State};
pub use error::{ProtocolError, SendError};
pub use frame::Opcode;
pub use message::{DataType, Payload};
pub use queue::SharedPayload;
