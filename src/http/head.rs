//! The heads of HTTP/1.1 messages: start line and header fields, read and written (RFC 9112).
//!
//! Reading is strict, because leniency is what lets two programs on the way disagree about where a
//! message ends: lines end with CRLF, are not folded, and nothing about the body is ambiguous.
//! [`HeadScanner`] is fed a growing buffer and looks at every byte once, whatever the pieces in
//! which it arrived.

use super::framing::Framing;
use super::headers::MessageHeaders;
use super::syntax::decode_field_value;
use crate::{HttpVersion, MessageHeadersType, Status};
use std::fmt;
use std::io::Write;

/// What a head may be at most.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HeadLimits {
    /// Bytes, from the start line to the empty line.
    pub(crate) max_head_size: usize,
    /// Header fields.
    pub(crate) max_headers: usize,
}

impl Default for HeadLimits {
    fn default() -> Self {
        Self {
            max_head_size: 64 * 1024,
            max_headers: 128,
        }
    }
}

/// Start line and header fields of a request.
#[derive(Debug)]
pub(crate) struct RequestHead {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) version: HttpVersion,
    pub(crate) headers: MessageHeaders,
    pub(crate) framing: Framing,
}

/// Start line and header fields of a response.
#[derive(Debug)]
pub(crate) struct ResponseHead {
    pub(crate) version: HttpVersion,
    pub(crate) status: u32,
    pub(crate) reason: String,
    pub(crate) headers: MessageHeaders,
    declared: Option<Framing>,
}

impl ResponseHead {
    /// How the body of this response ends, if the request had `method` (RFC 9112 §6.3).
    pub(crate) fn framing(&self, method: &str) -> Framing {
        let tunnel = method == "CONNECT" && (200..300).contains(&self.status);
        let bodiless = matches!(self.status, 100..200 | 204 | 304);
        if tunnel || bodiless || method == "HEAD" {
            return Framing::None;
        }
        self.declared.unwrap_or(Framing::UntilEof)
    }
}

/// What a buffer holds of a head.
#[derive(Debug)]
pub(crate) enum Parsed<T> {
    /// More has to arrive.
    Incomplete,
    /// The head, and how many bytes of the buffer it takes.
    Complete { head: T, length: usize },
}

/// Why a head is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HeadError {
    /// It is longer than allowed.
    TooLarge { limit: usize },
    /// It has more header fields than allowed.
    TooManyHeaders { limit: usize },
    /// A CR or LF stands alone.
    LineEnding,
    /// It is not what RFC 9112 §2 says.
    Syntax(httparse::Error),
    /// It is not HTTP/1.1 or HTTP/1.0.
    Version,
    /// The request target is none, or not one for this method.
    Target,
    /// There is no `Host`, more than one, or none that makes sense (RFC 9112 §3.2).
    Host,
    /// The status code is below 100.
    StatusCode,
    /// `Content-Length` is not a number.
    InvalidContentLength,
    /// Recipients could disagree about the length of the body.
    AmbiguousFraming,
    /// The transfer coding is not `chunked` alone.
    UnknownTransferCoding,
}

impl HeadError {
    /// The status with which a server answers.
    pub(crate) fn status(&self) -> u32 {
        match self {
            // RFC 6585 §5.
            Self::TooLarge { .. } | Self::TooManyHeaders { .. } => 431,
            Self::Version => 505,
            // RFC 9112 §6.1.
            Self::UnknownTransferCoding => 501,
            Self::LineEnding
            | Self::Syntax(_)
            | Self::Target
            | Self::Host
            | Self::StatusCode
            | Self::InvalidContentLength
            | Self::AmbiguousFraming => 400,
        }
    }
}

impl fmt::Display for HeadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { limit } => write!(f, "the head exceeds the limit of {limit} bytes"),
            Self::TooManyHeaders { limit } => write!(f, "there are more than {limit} headers"),
            Self::LineEnding => write!(f, "a line does not end with CRLF"),
            Self::Syntax(error) => write!(f, "the head is malformed: {error}"),
            Self::Version => write!(f, "the version is neither HTTP/1.1 nor HTTP/1.0"),
            Self::Target => write!(f, "the request target is invalid"),
            Self::Host => write!(f, "there is not exactly one valid Host header"),
            Self::StatusCode => write!(f, "the status code is below 100"),
            Self::InvalidContentLength => write!(f, "Content-Length is not a number"),
            Self::AmbiguousFraming => write!(f, "the headers contradict each other on the body"),
            Self::UnknownTransferCoding => write!(f, "the transfer coding is not known"),
        }
    }
}

impl std::error::Error for HeadError {}

impl From<httparse::Error> for HeadError {
    fn from(error: httparse::Error) -> Self {
        match error {
            httparse::Error::Version => Self::Version,
            error => Self::Syntax(error),
        }
    }
}

/// Finds the end of a head in a buffer that grows, and parses it.
///
/// The buffer passed in always begins where the head does and holds all of it that has arrived.
/// After a complete head, the next call begins the next one.
#[derive(Debug, Default)]
pub(crate) struct HeadScanner {
    limits: HeadLimits,
    /// Where the start line begins: behind empty lines.
    start: usize,
    /// How far the buffer has been looked at, and where the line begins that is being looked at.
    scanned: usize,
    line_start: usize,
    /// Complete lines, including the start line.
    lines: usize,
}

impl HeadScanner {
    pub(crate) fn new(limits: HeadLimits) -> Self {
        Self {
            limits,
            ..Self::default()
        }
    }

    /// Parses the head of a request.
    pub(crate) fn parse_request(
        &mut self,
        buffer: &[u8],
    ) -> Result<Parsed<RequestHead>, HeadError> {
        let Some(RawHead {
            bytes,
            lines,
            length,
        }) = self.next_head(buffer)?
        else {
            return Ok(Parsed::Incomplete);
        };
        let mut fields = vec![httparse::EMPTY_HEADER; lines];
        let mut request = httparse::Request::new(&mut fields);
        request.parse(bytes)?;
        let (Some(method), Some(target), Some(version)) =
            (request.method, request.path, request.version)
        else {
            return Err(HeadError::LineEnding);
        };
        if !target
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'#')
        {
            return Err(HeadError::Target);
        }
        let version = http_version(version);
        let headers = collect(MessageHeadersType::Request, request.headers);
        check_host(version, &headers)?;
        let framing = Framing::declared(version, &headers)?.unwrap_or(Framing::None);
        let (method, target) = (method.to_owned(), target.to_owned());
        let head = RequestHead {
            method,
            target,
            version,
            headers,
            framing,
        };
        Ok(Parsed::Complete { head, length })
    }

    /// Parses the head of a response.
    pub(crate) fn parse_response(
        &mut self,
        buffer: &[u8],
    ) -> Result<Parsed<ResponseHead>, HeadError> {
        let Some(RawHead {
            bytes,
            lines,
            length,
        }) = self.next_head(buffer)?
        else {
            return Ok(Parsed::Incomplete);
        };
        let mut fields = vec![httparse::EMPTY_HEADER; lines];
        let mut response = httparse::Response::new(&mut fields);
        response.parse(bytes)?;
        let (Some(version), Some(status)) = (response.version, response.code) else {
            return Err(HeadError::LineEnding);
        };
        if status < 100 {
            return Err(HeadError::StatusCode);
        }
        let version = http_version(version);
        let headers = collect(MessageHeadersType::Response, response.headers);
        let declared = Framing::declared(version, &headers)?;
        let reason = decode_field_value(response.reason.unwrap_or_default().as_bytes());
        let head = ResponseHead {
            version,
            status: status.into(),
            reason,
            headers,
            declared,
        };
        Ok(Parsed::Complete { head, length })
    }

    /// Returns the next head once it is there.
    fn next_head<'a>(&mut self, buffer: &'a [u8]) -> Result<Option<RawHead<'a>>, HeadError> {
        let Some(length) = self.find_end(buffer)? else {
            return Ok(None);
        };
        let bytes = &buffer[self.start..length];
        let raw = RawHead {
            bytes,
            lines: self.lines,
            length,
        };
        *self = Self::new(self.limits);
        Ok(Some(raw))
    }

    /// Looks at what is new in `buffer`, line by line.
    fn find_end(&mut self, buffer: &[u8]) -> Result<Option<usize>, HeadError> {
        let HeadLimits {
            max_head_size,
            max_headers,
        } = self.limits;
        while let Some(offset) = buffer[self.scanned..]
            .iter()
            .position(|&byte| byte == b'\n')
        {
            let line_end = self.scanned + offset;
            let line = &buffer[self.line_start..line_end];
            let first_return = line.iter().position(|&byte| byte == b'\r');
            if first_return.is_none_or(|at| at + 1 != line.len()) {
                return Err(HeadError::LineEnding);
            }
            self.scanned = line_end + 1;
            self.line_start = self.scanned;
            if self.scanned > max_head_size {
                return Err(HeadError::TooLarge {
                    limit: max_head_size,
                });
            }
            match (line.len(), self.lines) {
                // RFC 9112 §2.2: empty lines before a start line are ignored.
                (1, 0) => self.start = self.scanned,
                (1, _) => return Ok(Some(self.scanned)),
                _ => self.lines += 1,
            }
            if self.lines > max_headers + 1 {
                return Err(HeadError::TooManyHeaders { limit: max_headers });
            }
        }
        self.scanned = buffer.len();
        if buffer.len() >= max_head_size {
            return Err(HeadError::TooLarge {
                limit: max_head_size,
            });
        }
        Ok(None)
    }
}

/// A complete head in a buffer.
struct RawHead<'a> {
    /// From the start line to the empty line.
    bytes: &'a [u8],
    /// How many lines that are, without the empty one.
    lines: usize,
    /// Where it ends in the buffer.
    length: usize,
}

/// Appends the head of a request to `output`.
///
/// Method, target and headers have been checked when they were set.
pub(crate) fn write_request_head(
    output: &mut Vec<u8>,
    method: &str,
    target: &str,
    version: HttpVersion,
    headers: &MessageHeaders,
) {
    // Writing to a vector cannot fail.
    let _ = write!(output, "{method} {target} {}\r\n", version_name(version));
    write_headers(output, headers);
}

/// Appends the head of a response to `output`; without a `reason`, the standard one.
pub(crate) fn write_response_head(
    output: &mut Vec<u8>,
    version: HttpVersion,
    status: u32,
    reason: Option<&str>,
    headers: &MessageHeaders,
) {
    let reason = reason.unwrap_or_else(|| Status::phrase(status));
    // Writing to a vector cannot fail.
    let _ = write!(output, "{} {status} {reason}\r\n", version_name(version));
    write_headers(output, headers);
}

fn write_headers(output: &mut Vec<u8>, headers: &MessageHeaders) {
    for (name, value) in headers {
        // Writing to a vector cannot fail.
        let _ = write!(output, "{name}: {value}\r\n");
    }
    output.extend_from_slice(b"\r\n");
}

fn version_name(version: HttpVersion) -> &'static str {
    match version {
        HttpVersion::Http10 => "HTTP/1.0",
        // Nobody negotiates HTTP/2 here.
        HttpVersion::Http11 | HttpVersion::Http20 => "HTTP/1.1",
    }
}

fn http_version(minor: u8) -> HttpVersion {
    if minor == 0 {
        HttpVersion::Http10
    } else {
        HttpVersion::Http11
    }
}

fn collect(headers_type: MessageHeadersType, fields: &[httparse::Header<'_>]) -> MessageHeaders {
    let headers = MessageHeaders::new(headers_type);
    for field in fields {
        headers.append_received(field.name, field.value);
    }
    headers
}

/// RFC 9112 §3.2: a request has one valid `Host`; only HTTP/1.0 may do without.
fn check_host(version: HttpVersion, headers: &MessageHeaders) -> Result<(), HeadError> {
    match (headers.count("Host"), headers.one("Host")) {
        (1, Some(host)) if host.bytes().all(is_host_byte) => Ok(()),
        (0, _) if version == HttpVersion::Http10 => Ok(()),
        _ => Err(HeadError::Host),
    }
}

/// Whether `byte` may stand in `uri-host [ ":" port ]` (RFC 3986 §3.2.2).
fn is_host_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~%!$&'()*+,;=:[]".contains(&byte)
}

#[cfg(test)]
mod tests;
