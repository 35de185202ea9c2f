//! The rules of the opening handshake (RFC 6455 §4), without the HTTP around it.
//!
//! A client makes a key with [`new_key`], puts [`request_headers`] into its request, and gives
//! request and answer to [`verify_response`]. A server gives the request to [`check_request`], and
//! answers with [`AcceptedRequest::response_headers`] or with the [`HandshakeError`]'s status.
//! Headers are seen through the [`Headers`] trait, whatever holds them.

mod client;
mod error;
mod extensions;
mod server;

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig},
};
use sha1::{Digest, Sha1};

pub use client::{Agreement, request_headers, verify_response};
pub use error::{HandshakeError, HandshakeErrorKind};
pub use extensions::{Extension, parse_extensions};
pub use server::{AcceptedRequest, check_request};

/// The headers of a request or an answer.
pub trait Headers {
    /// Returns the values of all headers with this name, in order. Names compare without regard to
    /// case.
    ///
    /// Headers that stand there twice must be two values, not one joined by commas: some must not
    /// be repeated.
    fn values(&self, name: &str) -> Vec<String>;
}

impl<N: AsRef<str>, V: AsRef<str>> Headers for [(N, V)] {
    fn values(&self, name: &str) -> Vec<String> {
        let matching = self
            .iter()
            .filter(|(n, _)| n.as_ref().eq_ignore_ascii_case(name));
        matching
            .map(|(_, value)| value.as_ref().to_owned())
            .collect()
    }
}

/// Returns the `Sec-WebSocket-Key` made from sixteen random bytes (RFC 6455 §4.1).
pub fn new_key(random: [u8; 16]) -> String {
    BASE64.encode(random)
}

/// Returns the `Sec-WebSocket-Accept` that answers a `Sec-WebSocket-Key` (RFC 6455 §4.2.2).
pub fn accept_key(key: &str) -> String {
    let digest = Sha1::new().chain_update(key).chain_update(GUID).finalize();
    BASE64.encode(digest)
}

/// Whether `key` is what a client may send: the Base64 form of sixteen bytes.
fn is_key(key: &str) -> bool {
    BASE64.decode(key).is_ok_and(|nonce| nonce.len() == 16)
}

/// Returns the value of a header that must not be repeated, without space around it.
fn single(
    headers: &(impl Headers + ?Sized),
    name: &'static str,
) -> Result<Option<String>, HandshakeError> {
    match &mut *headers.values(name) {
        [] => Ok(None),
        [value] => Ok(Some(value.trim_matches(SPACE).to_owned())),
        _ => Err(HandshakeError::Duplicate(name)),
    }
}

/// Returns the elements of a header that is a list, over all its lines.
fn list(headers: &(impl Headers + ?Sized), name: &str) -> Vec<String> {
    let values = headers.values(name);
    let elements = values.iter().flat_map(|value| value.split(','));
    let trimmed = elements.map(|element| element.trim_matches(SPACE));
    trimmed
        .filter(|element| !element.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Whether `token` is in a list of tokens, without regard to case.
fn has_token(headers: &(impl Headers + ?Sized), name: &str, token: &str) -> bool {
    list(headers, name)
        .iter()
        .any(|element| element.eq_ignore_ascii_case(token))
}

/// Returns whether `value` is a token of HTTP (RFC 9110 §5.6.2): not empty, and without separators.
/// Names of subprotocols and extensions are.
pub fn is_token(value: &str) -> bool {
    let is_token_byte =
        |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !value.is_empty() && value.bytes().all(is_token_byte)
}

/// What HTTP lets stand around a value (RFC 9110 §5.6.3).
const SPACE: [char; 2] = [' ', '\t'];

/// The version of the protocol (RFC 6455 §4.1).
const VERSION: &str = "13";

/// RFC 6455 §1.3.
const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// Keys decode to sixteen bytes whatever the bits say that do not count (RFC 4648 §3.5).
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_those_of_the_rfc() {
        // RFC 6455 §1.3.
        let random = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
        assert_eq!(new_key(random), "AQIDBAUGBwgJCgsMDQ4PEA==");
        assert_eq!(
            accept_key("dGhlIHNhbXBsZSBub25jZQ=="),
            "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        );
    }

    #[test]
    fn keys_are_sixteen_bytes_of_base64() {
        for (key, is_valid) in [
            ("dGhlIHNhbXBsZSBub25jZQ==", true),
            ("dGhlIHNhbXBsZSBub25jZR==", true),
            ("dGhlIHNhbXBsZSBub25jZQ", false),
            ("dGhlIHNhbXBsZSBub25j", false),
            ("dGhlIHNhbXBsZSBub25jZWVl", false),
            ("dGhlIHNhbXBsZSBub25jZ===", false),
            ("dGhlIHNhbXBs ZSBub25jZQ==", false),
            ("", false),
        ] {
            assert_eq!(is_key(key), is_valid, "{key}");
        }
    }

    #[test]
    fn lists_may_span_lines() {
        let headers = [("connection", "keep-alive ,, UPGRADE"), ("Connection", "x")];
        assert_eq!(
            list(&headers[..], "Connection"),
            ["keep-alive", "UPGRADE", "x"]
        );
        assert!(has_token(&headers[..], "CONNECTION", "upgrade"));
        assert!(!has_token(&headers[..], "Connection", "keep"));
    }

    #[test]
    fn tokens_have_no_separators() {
        for (value, expected) in [
            ("chat.v1", true),
            ("", false),
            ("a b", false),
            ("a,b", false),
            ("a\r\nb", false),
            ("ä", false),
        ] {
            assert_eq!(is_token(value), expected, "{value:?}");
        }
    }
}
