//! Decisions out of bytes. Where the bytes end, everything is zero.

/// What is left of an input.
pub(crate) struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn byte(&mut self) -> u8 {
        self.0.split_off_first().copied().unwrap_or(0)
    }

    /// Two bytes, the high one first.
    pub(crate) fn short(&mut self) -> u16 {
        u16::from_be_bytes([self.byte(), self.byte()])
    }

    pub(crate) fn flag(&mut self) -> bool {
        self.byte() & 1 != 0
    }

    /// At most `length` bytes.
    pub(crate) fn bytes(&mut self, length: usize) -> &'a [u8] {
        let length = length.min(self.0.len());
        self.0.split_off(..length).unwrap_or_default()
    }

    /// At most 255 bytes, behind their number.
    pub(crate) fn counted(&mut self) -> &'a [u8] {
        let length = self.byte();
        self.bytes(length.into())
    }

    pub(crate) fn rest(self) -> &'a [u8] {
        self.0
    }
}

/// Lengths of pieces, from a number that stands for all of them.
pub(crate) struct Pieces(u32);

impl Pieces {
    pub(crate) fn new(seed: u8) -> Self {
        Self(u32::from(seed) * 2 + 1)
    }

    /// Takes a piece off `bytes`: most are short, some long.
    pub(crate) fn take<'a>(&mut self, bytes: &mut &'a [u8]) -> &'a [u8] {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let length = if self.0 >> 29 == 0 {
            self.0 >> 16
        } else {
            self.0 >> 26
        };
        let length = (length as usize + 1).min(bytes.len());
        bytes.split_off(..length).unwrap_or_default()
    }
}
