//! Messages and their payloads.

use std::{fmt, ops::Deref};

/// The type of a message (RFC 6455 §5.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DataType {
    /// UTF-8.
    Text,
    /// Anything.
    Binary,
}

/// A received payload.
///
/// Behind its last byte, and not counted, is a NUL: where text is handed to C, which looks for
/// one, it need not be copied.
#[derive(Clone, PartialEq, Eq)]
pub struct Payload(Vec<u8>);

impl From<Vec<u8>> for Payload {
    fn from(mut payload: Vec<u8>) -> Self {
        payload.push(0);
        Self(payload)
    }
}

impl From<&[u8]> for Payload {
    fn from(payload: &[u8]) -> Self {
        let mut with_nul = Vec::with_capacity(payload.len() + 1);
        with_nul.extend_from_slice(payload);
        Self::from(with_nul)
    }
}

impl AsRef<[u8]> for Payload {
    fn as_ref(&self) -> &[u8] {
        // There is always the NUL.
        &self.0[..self.0.len() - 1]
    }
}

impl Deref for Payload {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.as_ref()
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Payload(\"{}\")", self.escape_ascii())
    }
}
