//! Messages on their way through the extensions of a connection.
//!
//! An extension is anybody's code, called with a `GBytes`; but the library's own, which nearly every
//! connection has, gets by without one, and is told what a message may inflate to.

use crate::WebsocketError;
use crate::extension::{WebsocketExtension, WebsocketExtensionDeflate, WebsocketExtensionExt};
use crate::protocol::{CloseCode, ExtensionMode, Payload, ProtocolError};
use glib::prelude::*;

/// Which frames have to go through `extensions`.
pub(super) fn mode(extensions: &[WebsocketExtension]) -> ExtensionMode {
    match extensions {
        [] => ExtensionMode::None,
        [only] if only.is::<WebsocketExtensionDeflate>() => ExtensionMode::Compressed,
        _ => ExtensionMode::All,
    }
}

/// A payload in one of the forms that it can have without being copied.
pub(super) enum Outgoing<'a> {
    Slice(&'a [u8]),
    Owned(Vec<u8>),
    Bytes(glib::Bytes),
}

impl Outgoing<'_> {
    pub(super) fn into_bytes(self) -> glib::Bytes {
        match self {
            Self::Slice(slice) => slice.into(),
            Self::Owned(owned) => glib::Bytes::from_owned(owned),
            Self::Bytes(bytes) => bytes,
        }
    }
}

impl AsRef<[u8]> for Outgoing<'_> {
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Slice(slice) => slice,
            Self::Owned(owned) => owned,
            Self::Bytes(bytes) => bytes,
        }
    }
}

/// Passes a message through the extensions, the first one first.
pub(super) fn process_outgoing<'a>(
    extensions: &[WebsocketExtension],
    header: &mut u8,
    mut payload: Outgoing<'a>,
) -> Result<Outgoing<'a>, glib::Error> {
    for extension in extensions {
        if let Some(deflate) = extension.downcast_ref::<WebsocketExtensionDeflate>() {
            if let Some(deflated) = deflate.deflate(header, payload.as_ref())? {
                payload = Outgoing::Owned(deflated);
            }
        } else {
            let processed = extension.process_outgoing_message(header, payload.into_bytes())?;
            // FIN, and the opcode of a text or binary message (RFC 6455 §5.2).
            if !matches!(*header & 0x8f, 0x81 | 0x82) {
                let text = format!("an extension made a frame with {header:#04x} of a message");
                return Err(glib::Error::new(WebsocketError::Failed, &text));
            }
            payload = Outgoing::Bytes(processed);
        }
    }
    Ok(payload)
}

/// Passes a frame through the extensions, the last one first. `limit` is how much it may inflate to,
/// and what is wrong if that is more.
pub(super) fn process_incoming(
    extensions: &[WebsocketExtension],
    header: &mut u8,
    frame: Payload,
    limit: (u64, ProtocolError),
) -> Result<Payload, glib::Error> {
    enum Incoming {
        Payload(Payload),
        Bytes(glib::Bytes),
    }
    let mut payload = Incoming::Payload(frame);
    for extension in extensions.iter().rev() {
        if let Some(deflate) = extension.downcast_ref::<WebsocketExtensionDeflate>() {
            let bytes = match &payload {
                Incoming::Payload(payload) => &**payload,
                Incoming::Bytes(bytes) => &**bytes,
            };
            let inflated = deflate.inflate(header, bytes, limit.0);
            let inflated = inflated
                .map_err(|error| WebsocketError::of(error.to_protocol_error(*header, limit.1)))?;
            if let Some(inflated) = inflated {
                payload = Incoming::Payload(inflated.into());
            }
        } else {
            let bytes = match payload {
                Incoming::Payload(payload) => glib::Bytes::from_owned(payload),
                Incoming::Bytes(bytes) => bytes,
            };
            payload = Incoming::Bytes(extension.process_incoming_message(header, bytes)?);
        }
    }
    Ok(match payload {
        Incoming::Payload(payload) => payload,
        Incoming::Bytes(bytes) => Payload::from(&*bytes),
    })
}

/// The close code that tells the peer why an extension failed: that of the error, if it has one.
pub(super) fn close_code(error: &glib::Error) -> CloseCode {
    let kind = error.kind::<WebsocketError>();
    match kind.map(|kind| CloseCode(kind as i32 as u16)) {
        Some(code) if code.is_receivable() => code,
        _ => CloseCode::PROTOCOL_ERROR,
    }
}
