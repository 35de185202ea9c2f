//! The WebSocket protocol without I/O.
#![forbid(unsafe_code)]
