//! Messages made in advance: what is sent over and over, and what has to come back.

/// Bytes that a ring has about, unless a message alone is longer.
const RING_SIZE: usize = 1 << 20;
const MOST_MESSAGES: usize = 1024;
const FEWEST_MESSAGES: usize = 2;

/// Different messages of one size, in a row without end.
pub struct Ring {
    /// The frames to send, one behind the other.
    pub sent: Vec<u8>,
    /// The frames to get back for them.
    pub expected: Vec<u8>,
    /// Length of a sent frame.
    pub sent_length: u64,
    /// Length of an expected frame.
    pub expected_length: u64,
}

impl Ring {
    /// Makes frames of a client. They come back without their mask, or if `raw`, as they are.
    pub fn new(size: usize, text: bool, raw: bool) -> Self {
        let count = (RING_SIZE / size).clamp(FEWEST_MESSAGES, MOST_MESSAGES);
        let first_byte = if text { 0x81 } else { 0x82 };
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        let (mut sent, mut expected) = (Vec::new(), Vec::new());
        for _ in 0..count {
            let payload = if text {
                random.text(size)
            } else {
                random.bytes(size)
            };
            let mask = (random.next() as u32).to_ne_bytes();
            sent.push(first_byte);
            push_length(&mut sent, size, 0x80);
            sent.extend_from_slice(&mask);
            sent.extend(
                payload
                    .iter()
                    .zip(mask.iter().cycle())
                    .map(|(byte, mask)| byte ^ mask),
            );
            if !raw {
                expected.push(first_byte);
                push_length(&mut expected, size, 0);
                expected.extend_from_slice(&payload);
            }
        }
        if raw {
            expected.clone_from(&sent);
        }
        Self {
            sent_length: (sent.len() / count) as u64,
            expected_length: (expected.len() / count) as u64,
            sent,
            expected,
        }
    }

    /// What follows after so many bytes were sent, at most to the end of the ring.
    pub fn to_send(&self, sent: u64) -> &[u8] {
        &self.sent[(sent % self.sent.len() as u64) as usize..]
    }

    /// Whether `bytes` are what has to come after `received` bytes.
    pub fn is_expected(&self, received: u64, mut bytes: &[u8]) -> bool {
        let mut at = (received % self.expected.len() as u64) as usize;
        while !bytes.is_empty() {
            let expected = &self.expected[at..];
            let length = expected.len().min(bytes.len());
            if expected[..length] != bytes[..length] {
                return false;
            }
            bytes = &bytes[length..];
            at = 0;
        }
        true
    }
}

/// Appends the length of a payload as a frame header has it; `flag` is the bit that tells of a mask.
pub fn push_length(out: &mut Vec<u8>, size: usize, flag: u8) {
    match size {
        0..=125 => out.push(flag | size as u8),
        126..=0xffff => {
            out.push(flag | 126);
            out.extend_from_slice(&(size as u16).to_be_bytes());
        }
        _ => {
            out.push(flag | 127);
            out.extend_from_slice(&(size as u64).to_be_bytes());
        }
    }
}

/// Xorshift: the same messages in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn bytes(&mut self, size: usize) -> Vec<u8> {
        std::iter::repeat_with(|| self.next().to_ne_bytes())
            .flatten()
            .take(size)
            .collect()
    }

    /// Letters, and now and then a character of two or three bytes.
    fn text(&mut self, size: usize) -> Vec<u8> {
        let mut text = String::new();
        while text.len() < size {
            let character = match self.next() % 32 {
                0 if text.len() + 2 <= size => 'é',
                1 if text.len() + 3 <= size => '€',
                letter => char::from(b'a' + (letter % 26) as u8),
            };
            text.push(character);
        }
        text.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_have_their_size() {
        for size in 1..200 {
            let ring = Ring::new(size, true, false);
            let payload = &ring.expected[ring.expected_length as usize - size..][..size];
            assert!(std::str::from_utf8(payload).is_ok());
        }
    }

    #[test]
    fn each_byte_is_compared_where_it_stands() {
        let ring = Ring::new(200_000, false, false);
        let twice = [&ring.expected[..], &ring.expected[..]].concat();
        assert!(ring.is_expected(0, &twice));
        assert!(ring.is_expected(7, &twice[7..]));
        assert!(ring.is_expected(twice.len() as u64 + 7, &twice[7..9000]));
        assert!(!ring.is_expected(8, &twice[7..]));
        let mut wrong = twice;
        *wrong.last_mut().expect("it is long") ^= 1;
        assert!(!ring.is_expected(0, &wrong));
    }
}
