//! Messages that are told part by part as they arrive, instead of being put together.

use super::{
    DataType, Opcode, Payload, ProtocolError, frame::check_sequence, mask::apply_mask,
    utf8::Utf8Checker,
};

/// A part of a message that is arriving: see
/// [`Endpoint::receive_parts`](super::Endpoint::receive_parts).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessagePart {
    /// The type of the message.
    pub data_type: DataType,
    /// What has arrived of it since the last part. A text may be cut inside a character.
    pub payload: Payload,
    /// Whether the message begins with this part.
    pub is_first: bool,
    /// Whether it ends with this part.
    pub is_last: bool,
}

/// The message of which the parts are being told.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// None between messages.
    data_type: Option<DataType>,
    /// No part of the message has been told.
    is_first: bool,
    text: Utf8Checker,
}

impl Parts {
    /// Begins the next fragment.
    pub(super) fn begin_fragment(&mut self, opcode: Opcode) -> Result<(), ProtocolError> {
        check_sequence(opcode, self.data_type.is_some())?;
        if let Some(data_type) = opcode.data_type() {
            self.begin(data_type);
        }
        Ok(())
    }

    /// Begins a message.
    pub(super) fn begin(&mut self, data_type: DataType) {
        *self = Self {
            data_type: Some(data_type),
            is_first: true,
            text: Utf8Checker::default(),
        };
    }

    /// Takes `bytes`, which begin at `offset` in their masked frame; returns them as a part, unless
    /// it would say nothing.
    pub(super) fn push_masked(
        &mut self,
        bytes: &[u8],
        mask: [u8; 4],
        offset: u64,
        is_last: bool,
    ) -> Result<Option<MessagePart>, ProtocolError> {
        // One more is for the NUL.
        let mut unmasked = Vec::with_capacity(bytes.len() + 1);
        unmasked.extend_from_slice(bytes);
        if mask != [0; 4] {
            apply_mask(&mut unmasked, mask, offset);
        }
        self.push(unmasked.into(), is_last)
    }

    /// As [`push_masked`](Self::push_masked), with a payload that has no mask.
    pub(super) fn push(
        &mut self,
        payload: Payload,
        is_last: bool,
    ) -> Result<Option<MessagePart>, ProtocolError> {
        let Some(data_type) = self.data_type else {
            return Ok(None);
        };
        if data_type == DataType::Text {
            let checked = self.text.check(&payload);
            let checked = checked.and_then(|()| if is_last { self.text.finish() } else { Ok(()) });
            checked.map_err(|offset| ProtocolError::InvalidText { offset })?;
        }
        if is_last {
            self.data_type = None;
        }
        if payload.is_empty() && !is_last && !self.is_first {
            return Ok(None);
        }
        Ok(Some(MessagePart {
            data_type,
            payload,
            is_first: std::mem::replace(&mut self.is_first, false),
            is_last,
        }))
    }
}
