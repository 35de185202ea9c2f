//! Sending from other threads, alone: what threads share is compiled with the locks of loom, which runs a
//! test in all the orders in which its threads can be.
#![cfg(test)]

/// As in the crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WebsocketDataType {
    Text,
    Binary,
}

/// As in the crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WebsocketOverflowPolicy {
    Refuse,
    Close,
}

mod sync {
    pub(crate) use loom::sync::{Mutex, MutexGuard};
}

mod connection;
