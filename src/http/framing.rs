//! How long the body of a message is, and taking it out of the stream (RFC 9112 §6).

use super::chunked::ChunkedDecoder;
use super::head::HeadError;
use super::headers::{MessageHeaders, parse_length};
use super::syntax::list_items;
use crate::HttpVersion;
use std::fmt;

/// How the end of a body is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// There is no body.
    None,
    /// It has so many bytes.
    Length(u64),
    /// It comes in chunks, of which the last one is empty.
    Chunked,
    /// It ends with the stream.
    UntilEof,
}

impl Framing {
    /// Reads what headers declare; `None` if they declare nothing.
    ///
    /// Whatever two recipients could understand differently is refused: that is what requests are
    /// smuggled with (RFC 9112 §11.2).
    pub(super) fn declared(
        version: HttpVersion,
        headers: &MessageHeaders,
    ) -> Result<Option<Self>, HeadError> {
        let lengths = headers.count("Content-Length");
        if let Some(codings) = headers.list("Transfer-Encoding") {
            // RFC 9112 §6.1: not with HTTP/1.0, and not together with a length.
            if version == HttpVersion::Http10 || lengths > 0 {
                return Err(HeadError::AmbiguousFraming);
            }
            let mut codings = list_items(&codings);
            return match (codings.next(), codings.next()) {
                (Some(coding), None) if coding.eq_ignore_ascii_case("chunked") => {
                    Ok(Some(Self::Chunked))
                }
                _ => Err(HeadError::UnknownTransferCoding),
            };
        }
        match (lengths, headers.one("Content-Length")) {
            (1, Some(value)) => match parse_length(&value).and_then(|n| u64::try_from(n).ok()) {
                Some(length) => Ok(Some(Self::Length(length))),
                None => Err(HeadError::InvalidContentLength),
            },
            (0, _) => Ok(None),
            // RFC 9112 §6.3 allows to merge equal ones; nobody who means well sends them.
            _ => Err(HeadError::AmbiguousFraming),
        }
    }
}

/// Why a body cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BodyError {
    /// It is longer than allowed.
    TooLarge { limit: u64 },
    /// A chunk's size, extension or end is malformed, or a trailer is.
    InvalidChunk,
    /// Chunk extensions or trailers are longer than allowed.
    TooMuchOverhead { limit: usize },
    /// The stream ended inside of it.
    Truncated,
}

impl BodyError {
    /// The status with which a server answers.
    pub(crate) fn status(&self) -> u32 {
        match self {
            Self::TooLarge { .. } => 413,
            Self::InvalidChunk | Self::TooMuchOverhead { .. } | Self::Truncated => 400,
        }
    }
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { limit } => write!(f, "the body exceeds the limit of {limit} bytes"),
            Self::InvalidChunk => write!(f, "a chunk of the body is malformed"),
            Self::TooMuchOverhead { limit } => {
                write!(
                    f,
                    "chunk extensions or trailers exceed the limit of {limit} bytes"
                )
            }
            Self::Truncated => write!(f, "the stream ended inside of the body"),
        }
    }
}

impl std::error::Error for BodyError {}

/// Takes a body out of a stream of bytes.
#[derive(Debug)]
pub(crate) struct BodyDecoder {
    state: State,
    received: u64,
    limit: u64,
}

#[derive(Debug)]
enum State {
    Length { left: u64 },
    Chunked(ChunkedDecoder),
    UntilEof,
    Complete,
}

impl BodyDecoder {
    /// Expects a body of at most `limit` bytes; an error if it is announced to be longer.
    pub(crate) fn new(framing: Framing, limit: u64) -> Result<Self, BodyError> {
        let state = match framing {
            Framing::None | Framing::Length(0) => State::Complete,
            Framing::Length(length) if length > limit => return Err(BodyError::TooLarge { limit }),
            Framing::Length(left) => State::Length { left },
            Framing::Chunked => State::Chunked(ChunkedDecoder::new()),
            Framing::UntilEof => State::UntilEof,
        };
        Ok(Self {
            state,
            received: 0,
            limit,
        })
    }

    /// Whether all of the body has been read.
    pub(crate) fn is_complete(&self) -> bool {
        matches!(self.state, State::Complete)
    }

    /// Takes what `input` holds of the body and passes it to `sink`; returns how much was taken.
    ///
    /// Everything is taken unless the body ends in `input`; what follows is not looked at.
    pub(crate) fn decode(
        &mut self,
        input: &[u8],
        mut sink: impl FnMut(&[u8]),
    ) -> Result<usize, BodyError> {
        let mut taken = 0;
        while taken < input.len() && !self.is_complete() {
            let rest = &input[taken..];
            let (consumed, data) = match &mut self.state {
                State::Length { left } => {
                    let length = usize::try_from(*left).map_or(rest.len(), |n| n.min(rest.len()));
                    *left -= length as u64;
                    (length, &rest[..length])
                }
                State::Chunked(decoder) => decoder.decode(rest)?,
                State::UntilEof => (rest.len(), rest),
                State::Complete => break,
            };
            taken += consumed;
            self.received += data.len() as u64;
            if self.received > self.limit {
                return Err(BodyError::TooLarge { limit: self.limit });
            }
            if !data.is_empty() {
                sink(data);
            }
            let ended = match &self.state {
                State::Length { left } => *left == 0,
                State::Chunked(decoder) => decoder.is_complete(),
                State::UntilEof | State::Complete => false,
            };
            if ended {
                self.state = State::Complete;
            }
        }
        Ok(taken)
    }

    /// Tells that the stream has ended; an error if the body has not.
    pub(crate) fn end_of_stream(&mut self) -> Result<(), BodyError> {
        match self.state {
            State::Length { .. } | State::Chunked(_) => Err(BodyError::Truncated),
            State::UntilEof | State::Complete => {
                self.state = State::Complete;
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MessageHeadersType;

    fn declared(
        version: HttpVersion,
        pairs: &[(&str, &str)],
    ) -> Result<Option<Framing>, HeadError> {
        let headers = MessageHeaders::new(MessageHeadersType::Request);
        pairs
            .iter()
            .for_each(|(name, value)| headers.append(name, value));
        Framing::declared(version, &headers)
    }

    #[test]
    fn framing_is_what_the_headers_declare_without_a_doubt() {
        use HeadError::*;
        let (cl, te) = ("Content-Length", "Transfer-Encoding");
        let v11 = HttpVersion::Http11;
        for (pairs, expected) in [
            (&[][..], Ok(None)),
            (&[(cl, "5")], Ok(Some(Framing::Length(5)))),
            (&[(cl, "0")], Ok(Some(Framing::Length(0)))),
            (&[(te, "Chunked")], Ok(Some(Framing::Chunked))),
            (&[(cl, "+5")], Err(InvalidContentLength)),
            (&[(cl, "")], Err(InvalidContentLength)),
            (&[(cl, "5, 5")], Err(InvalidContentLength)),
            (&[(cl, "9223372036854775808")], Err(InvalidContentLength)),
            (&[(cl, "5"), (cl, "5")], Err(AmbiguousFraming)),
            (&[(cl, "5"), (cl, "6")], Err(AmbiguousFraming)),
            (&[(cl, "5"), (te, "chunked")], Err(AmbiguousFraming)),
            (&[(te, "gzip, chunked")], Err(UnknownTransferCoding)),
            (
                &[(te, "chunked"), (te, "chunked")],
                Err(UnknownTransferCoding),
            ),
            (&[(te, "identity")], Err(UnknownTransferCoding)),
            (&[(te, "")], Err(UnknownTransferCoding)),
            (&[(te, "\"chunked\"")], Err(UnknownTransferCoding)),
        ] {
            assert_eq!(declared(v11, pairs), expected, "{pairs:?}");
        }
        assert_eq!(
            declared(HttpVersion::Http10, &[(te, "chunked")]),
            Err(AmbiguousFraming)
        );
    }

    fn decode(
        framing: Framing,
        limit: u64,
        input: &[u8],
    ) -> Result<(usize, Vec<u8>, bool), BodyError> {
        let mut decoder = BodyDecoder::new(framing, limit)?;
        let mut body = Vec::new();
        let taken = decoder.decode(input, |data| body.extend_from_slice(data))?;
        Ok((taken, body, decoder.is_complete()))
    }

    #[test]
    fn a_body_ends_where_its_framing_says() {
        let all = |taken, body: &[u8], complete| Ok((taken, body.to_vec(), complete));
        assert_eq!(decode(Framing::None, 0, b"abc"), all(0, b"", true));
        assert_eq!(decode(Framing::Length(0), 0, b"abc"), all(0, b"", true));
        assert_eq!(decode(Framing::Length(2), 9, b"abc"), all(2, b"ab", true));
        assert_eq!(decode(Framing::Length(4), 9, b"abc"), all(3, b"abc", false));
        assert_eq!(decode(Framing::UntilEof, 9, b"abc"), all(3, b"abc", false));
        assert_eq!(
            decode(Framing::Chunked, 9, b"2\r\nab\r\n0\r\n\r\nx"),
            all(12, b"ab", true)
        );
    }

    #[test]
    fn a_body_over_the_limit_is_refused() {
        let too_large = Err(BodyError::TooLarge { limit: 2 });
        assert_eq!(decode(Framing::Length(3), 2, b""), too_large);
        assert_eq!(decode(Framing::UntilEof, 2, b"abc"), too_large);
        assert_eq!(decode(Framing::Chunked, 2, b"3\r\nabc"), too_large);
        assert_eq!(BodyError::TooLarge { limit: 2 }.status(), 413);
    }

    #[test]
    fn a_stream_may_not_end_inside_of_a_body() {
        for (framing, result) in [
            (Framing::Length(3), Err(BodyError::Truncated)),
            (Framing::Chunked, Err(BodyError::Truncated)),
            (Framing::UntilEof, Ok(())),
            (Framing::None, Ok(())),
        ] {
            let mut decoder = BodyDecoder::new(framing, 9).unwrap();
            assert_eq!(decoder.end_of_stream(), result, "{framing:?}");
            assert_eq!(decoder.is_complete(), result.is_ok());
        }
    }
}
