//! What messages look like: the number of the connection, the number of the message, whether it is the
//! last, and a checksum of it all; then text, so that it can be sent as either type.

use crate::random::{Random, mix};

const HEADER: usize = 52;

/// What is told by a message that has arrived as it was sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) connection: u64,
    pub(crate) number: u64,
    /// The sender sends nothing behind it.
    pub(crate) is_last: bool,
}

/// Makes a message of about `size` bytes.
pub(crate) fn encode(content: &Content, size: usize, random: &Random) -> Vec<u8> {
    let mut body = Vec::with_capacity(size + 8);
    // Half of it is of few letters, so that there is something to compress.
    while body.len() < size {
        let number = random.next();
        let letters = if body.len() % 64 < 32 { 26 } else { 3 };
        let letter = |shift: u32| b'a' + (number >> shift) as u8 % letters;
        body.extend((0..8).map(|index| letter(index * 8)));
    }
    let checksum = checksum(content, &body);
    let last = u8::from(content.is_last);
    let header = format!(
        "{:016x} {:016x} {last} {checksum:016x}",
        content.connection, content.number
    );
    [header.as_bytes(), &body].concat()
}

/// Reads a message; none that has changed on its way.
pub(crate) fn decode(message: &[u8]) -> Option<Content> {
    let (header, body) = message.split_at_checked(HEADER)?;
    let mut fields = str::from_utf8(header).ok()?.split(' ');
    let mut number = || u64::from_str_radix(fields.next()?, 16).ok();
    let content = Content {
        connection: number()?,
        number: number()?,
        is_last: number()? != 0,
    };
    (number()? == checksum(&content, body)).then_some(content)
}

fn checksum(content: &Content, body: &[u8]) -> u64 {
    let mut sum = mix(content.connection) ^ mix(content.number << 1 | u64::from(content.is_last));
    let (words, rest) = body.as_chunks::<8>();
    for word in words {
        sum = mix(sum ^ u64::from_le_bytes(*word));
    }
    for byte in rest {
        sum = mix(sum ^ u64::from(*byte));
    }
    mix(sum ^ body.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_that_has_changed_is_none() {
        let random = Random::new(1);
        let content = Content {
            connection: 7,
            number: 9,
            is_last: false,
        };
        let mut message = encode(&content, 100, &random);
        assert_eq!(decode(&message), Some(content));
        for index in 0..message.len() {
            message[index] ^= 1;
            assert_eq!(decode(&message), None, "{index}");
            message[index] ^= 1;
        }
        assert_eq!(decode(&message[..message.len() - 1]), None);
        assert_eq!(decode(&[]), None);
    }
}
