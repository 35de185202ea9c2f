//! The WebSocket protocol without I/O.
#![forbid(unsafe_code)]

mod close;
mod config;
mod endpoint;
mod error;
mod frame;
mod message;

pub use close::CloseCode;
pub use config::{Config, Role};
pub use endpoint::{DataFrame, Endpoint, Event, SharedPayload, Shutdown, State};
pub use error::{ProtocolError, SendError};
pub use frame::Opcode;
pub use message::{DataType, Payload};
