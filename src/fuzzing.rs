//! What fuzzing needs of what is private: how heads and bodies of HTTP are read, and some values of
//! headers. Only with the feature `fuzzing`; nothing here is for programs.

use crate::http::auth::header::AuthHeader;
use crate::http::framing::{BodyDecoder, Framing};
use crate::http::head::{
    HeadError, HeadLimits, HeadScanner, Parsed, RequestHead, ResponseHead, write_request_head,
    write_response_head,
};
use crate::http::target::parse_uri;
use crate::{HttpVersion, MessageHeaders};

/// What the bytes of a buffer are.
#[derive(Debug)]
pub enum Head<T> {
    /// The beginning of a head.
    Incomplete,
    /// A head, and its length.
    Complete(T, usize),
    /// None; with the status that a server answers.
    Refused(u32),
}

/// The head of a request.
#[derive(Debug)]
pub struct Request(RequestHead);

/// The head of a response.
#[derive(Debug)]
pub struct Response(ResponseHead);

/// Looks for heads in a buffer that grows.
#[derive(Debug)]
pub struct Scanner(HeadScanner);

impl Default for Scanner {
    fn default() -> Self {
        Self(HeadScanner::new(HeadLimits::default()))
    }
}

impl Scanner {
    /// Looks for a request.
    pub fn request(&mut self, buffer: &[u8]) -> Head<Request> {
        head(self.0.parse_request(buffer), Request)
    }

    /// Looks for a response.
    pub fn response(&mut self, buffer: &[u8]) -> Head<Response> {
        head(self.0.parse_response(buffer), Response)
    }
}

fn head<T, U>(parsed: Result<Parsed<T>, HeadError>, wrap: fn(T) -> U) -> Head<U> {
    match parsed {
        Ok(Parsed::Incomplete) => Head::Incomplete,
        Ok(Parsed::Complete { head, length }) => Head::Complete(wrap(head), length),
        Err(error) => Head::Refused(error.status()),
    }
}

impl Request {
    /// Method and target.
    pub fn start(&self) -> (&str, &str) {
        (&self.0.method, &self.0.target)
    }

    /// The header fields.
    pub fn headers(&self) -> &MessageHeaders {
        &self.0.headers
    }

    /// The URI that it is for, as text.
    pub fn uri(&self) -> Option<String> {
        let uri = self.0.uri("http", "localhost:80").ok()?;
        Some(uri.to_str().into())
    }

    /// The head, written anew.
    pub fn to_bytes(&self) -> Vec<u8> {
        let head = &self.0;
        let mut bytes = Vec::new();
        write_request_head(
            &mut bytes,
            &head.method,
            &head.target,
            head.version,
            &head.headers,
        );
        bytes
    }

    /// What takes the body out of the stream; None if it is too long from the beginning.
    pub fn body(&self, limit: u64) -> Option<Body> {
        Body::new(self.0.framing, limit)
    }
}

impl Response {
    /// The status.
    pub fn status(&self) -> u32 {
        self.0.status
    }

    /// Whether it is of HTTP/1.1.
    pub fn is_http11(&self) -> bool {
        self.0.version == HttpVersion::Http11
    }

    /// The header fields.
    pub fn headers(&self) -> &MessageHeaders {
        &self.0.headers
    }

    /// The head, written anew.
    pub fn to_bytes(&self) -> Vec<u8> {
        let head = &self.0;
        let mut bytes = Vec::new();
        let reason = Some(&*head.reason);
        write_response_head(&mut bytes, head.version, head.status, reason, &head.headers);
        bytes
    }

    /// What takes the body out of the stream; None if it is too long from the beginning.
    pub fn body(&self, method: &str, limit: u64) -> Option<Body> {
        Body::new(self.0.framing(method), limit)
    }
}

/// Takes a body out of a stream.
#[derive(Debug)]
pub struct Body(BodyDecoder);

impl Body {
    fn new(framing: Framing, limit: u64) -> Option<Self> {
        BodyDecoder::new(framing, limit).ok().map(Self)
    }

    /// Appends what `input` holds of the body to `output`; returns how much of it was used, or the
    /// status of an error.
    pub fn decode(&mut self, input: &[u8], output: &mut Vec<u8>) -> Result<usize, u32> {
        let append = |bytes: &[u8]| output.extend_from_slice(bytes);
        self.0.decode(input, append).map_err(|error| error.status())
    }

    /// Whether the body has ended.
    pub fn is_complete(&self) -> bool {
        self.0.is_complete()
    }
}

/// How many challenges a `WWW-Authenticate` header has, and whether it would do as credentials.
pub fn challenges(value: &str) -> (usize, bool) {
    let challenges = AuthHeader::challenges(value);
    (challenges.len(), AuthHeader::credentials(value).is_some())
}

/// A URI as it is understood, as text, and its host.
pub fn uri(text: &str) -> Option<(String, String)> {
    let uri = parse_uri(text)?;
    Some((uri.to_str().into(), uri.host()?.into()))
}
