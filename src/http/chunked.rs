//! The chunked transfer coding, from the outside in (RFC 9112 §7.1).
//!
//! Strict: every line ends with CRLF, and what stands between the data is bounded over the whole
//! body, so that a peer cannot keep a recipient busy with chunks of one byte and long extensions.
//! Extensions and trailers are read over.

use super::framing::BodyError;

/// Bytes of chunk extensions in one body.
const MAX_EXTENSIONS: usize = 16 * 1024;
/// Bytes of trailers.
const MAX_TRAILERS: usize = 16 * 1024;
/// More than any body has, and far from overflowing.
const MAX_SIZE_DIGITS: usize = 15;

/// Takes the data out of chunks; `decode` returns as soon as it has some.
#[derive(Debug)]
pub(super) struct ChunkedDecoder {
    state: State,
    extensions: usize,
    trailers: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Size {
        size: u64,
        digits: usize,
    },
    /// White space before an extension, which RFC 9112 §7.1.1 calls bad but allows.
    AfterSize {
        size: u64,
    },
    Extension {
        size: u64,
    },
    SizeLineFeed {
        size: u64,
    },
    Data {
        left: u64,
    },
    DataCarriageReturn,
    DataLineFeed,
    TrailerStart,
    Trailer,
    TrailerLineFeed,
    EndLineFeed,
    Complete,
}

impl ChunkedDecoder {
    pub(super) fn new() -> Self {
        let state = State::Size { size: 0, digits: 0 };
        Self {
            state,
            extensions: 0,
            trailers: 0,
        }
    }

    /// Whether the last chunk and its trailers have been read.
    pub(super) fn is_complete(&self) -> bool {
        self.state == State::Complete
    }

    /// Returns how much of `input` was consumed and the data that its end is.
    pub(super) fn decode<'a>(&mut self, input: &'a [u8]) -> Result<(usize, &'a [u8]), BodyError> {
        let mut consumed = 0;
        while let Some(&byte) = input.get(consumed) {
            if self.is_complete() {
                break;
            }
            if let State::Data { left } = self.state {
                let rest = &input[consumed..];
                let length = usize::try_from(left).map_or(rest.len(), |n| n.min(rest.len()));
                self.state = match left - length as u64 {
                    0 => State::DataCarriageReturn,
                    left => State::Data { left },
                };
                return Ok((consumed + length, &rest[..length]));
            }
            self.state = self.next(byte)?;
            consumed += 1;
        }
        Ok((consumed, &[]))
    }

    /// The state after a byte that is no data.
    fn next(&mut self, byte: u8) -> Result<State, BodyError> {
        let next = match (self.state, byte) {
            (State::Size { size, digits }, _) if byte.is_ascii_hexdigit() => {
                if digits == MAX_SIZE_DIGITS {
                    return Err(BodyError::InvalidChunk);
                }
                // A hexadecimal digit is one by the guard above.
                let digit = char::from(byte).to_digit(16).unwrap_or_default();
                State::Size {
                    size: size * 16 + u64::from(digit),
                    digits: digits + 1,
                }
            }
            (State::Size { digits: 0, .. }, _) => return Err(BodyError::InvalidChunk),
            (State::Size { size, .. }, b'\r') => State::SizeLineFeed { size },
            (State::Size { size, .. } | State::AfterSize { size }, b';') => {
                State::Extension { size }
            }
            (State::Size { size, .. } | State::AfterSize { size }, b' ' | b'\t') => {
                count(&mut self.extensions, MAX_EXTENSIONS)?;
                State::AfterSize { size }
            }
            (State::Extension { size }, b'\r') => State::SizeLineFeed { size },
            (State::Extension { size }, _) if is_text(byte) => {
                count(&mut self.extensions, MAX_EXTENSIONS)?;
                State::Extension { size }
            }
            (State::SizeLineFeed { size: 0 }, b'\n') => State::TrailerStart,
            (State::SizeLineFeed { size }, b'\n') => State::Data { left: size },
            (State::DataCarriageReturn, b'\r') => State::DataLineFeed,
            (State::DataLineFeed, b'\n') => State::Size { size: 0, digits: 0 },
            (State::TrailerStart, b'\r') => State::EndLineFeed,
            (State::Trailer, b'\r') => State::TrailerLineFeed,
            (State::TrailerStart | State::Trailer, _) if is_text(byte) => {
                count(&mut self.trailers, MAX_TRAILERS)?;
                State::Trailer
            }
            (State::TrailerLineFeed, b'\n') => State::TrailerStart,
            (State::EndLineFeed, b'\n') => State::Complete,
            _ => return Err(BodyError::InvalidChunk),
        };
        Ok(next)
    }
}

fn count(counter: &mut usize, limit: usize) -> Result<(), BodyError> {
    *counter += 1;
    if *counter > limit {
        Err(BodyError::TooMuchOverhead { limit })
    } else {
        Ok(())
    }
}

fn is_text(byte: u8) -> bool {
    byte == b'\t' || (byte >= b' ' && byte != 0x7f)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Decodes `pieces` one after the other: the body, and what follows it in the last piece.
    fn decode(pieces: &[&[u8]]) -> Result<(Vec<u8>, usize, bool), BodyError> {
        let (mut decoder, mut body, mut left) = (ChunkedDecoder::new(), Vec::new(), 0);
        for piece in pieces {
            let mut taken = 0;
            while taken < piece.len() && !decoder.is_complete() {
                let (consumed, data) = decoder.decode(&piece[taken..])?;
                assert!(consumed > 0);
                taken += consumed;
                body.extend_from_slice(data);
            }
            left += piece.len() - taken;
        }
        Ok((body, left, decoder.is_complete()))
    }

    #[test]
    fn chunks_extensions_and_trailers_are_read() {
        for (input, body, left) in [
            (&b"0\r\n\r\n"[..], &b""[..], 0),
            (b"3\r\nabc\r\n0\r\n\r\nrest", b"abc", 4),
            (
                b"3;a=b\r\nabc\r\n00A\r\n0123456789\r\n0\r\n\r\n",
                b"abc0123456789",
                0,
            ),
            (
                b"3 ;a=\"b;c\"\r\na\r\n\r\n0;x\r\nT: 1\r\nU: 2\r\n\r\n",
                b"a\r\n",
                0,
            ),
        ] {
            let text = String::from_utf8_lossy(input);
            assert_eq!(
                decode(&[input]),
                Ok((body.to_vec(), left, true)),
                "{text:?}"
            );
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for input in [
            &b"\r\n"[..],
            b";a\r\n",
            b"-1\r\n",
            b"0x3\r\n",
            b" 3\r\n",
            b"3\nabc",
            b"3\rabc",
            b"3\r\nabcd",
            b"3\r\nabc\n",
            b"3\r\nabc\rx",
            b"3 3\r\n",
            b"3;a\nb\r\n",
            b"3;a\0\r\n",
            b"3;a\rb\r\n",
            b"0\r\n\n",
            b"0\r\nT: 1\n\r\n",
            b"0\r\nT\x01\r\n",
            b"g\r\n",
            b"1000000000000000\r\n",
        ] {
            let text = String::from_utf8_lossy(input);
            assert_eq!(decode(&[input]), Err(BodyError::InvalidChunk), "{text:?}");
        }
    }

    #[test]
    fn extensions_and_trailers_are_bounded_over_the_whole_body() {
        let chunk = [b"1;", &[b'x'; 1023][..], b"\r\na\r\n"].concat();
        assert!(decode(&[&chunk.repeat(16)]).is_ok());
        let error = Err(BodyError::TooMuchOverhead {
            limit: MAX_EXTENSIONS,
        });
        assert_eq!(decode(&[&chunk.repeat(17)]), error);
        let trailers = [b"0\r\n", &b"T: 1\r\n".repeat(5000)[..]].concat();
        assert_eq!(
            decode(&[&trailers]),
            Err(BodyError::TooMuchOverhead {
                limit: MAX_TRAILERS
            })
        );
        let spaces = [b"1", &[b' '; MAX_EXTENSIONS + 1][..]].concat();
        assert!(decode(&[&spaces]).is_err());
    }

    proptest! {
        #[test]
        fn any_split_gives_the_same_body(
            chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..40), 0..6),
            splits in prop::collection::vec(0usize..400, 0..6),
        ) {
            let mut input = Vec::new();
            for chunk in &chunks {
                input.extend(format!("{:X};n=v\r\n", chunk.len()).bytes());
                input.extend(chunk);
                input.extend(b"\r\n");
            }
            input.extend(b"0\r\nTrailer: x\r\n\r\n");
            let mut splits: Vec<_> = splits.into_iter().map(|at| at.min(input.len())).collect();
            splits.extend([0, input.len()]);
            splits.sort_unstable();
            let pieces: Vec<_> = splits.windows(2).map(|at| &input[at[0]..at[1]]).collect();
            prop_assert_eq!(decode(&pieces), Ok((chunks.concat(), 0, true)));
        }

        #[test]
        fn no_input_makes_it_fail_otherwise(input in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&[&input]);
        }
    }
}
