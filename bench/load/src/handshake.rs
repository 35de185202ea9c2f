//! The opening handshake, of either side, without more than is needed here.

use crate::Result;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha1::{Digest, Sha1};
use std::net::SocketAddr;

// The example of RFC 6455 §1.3: nothing here depends on the key being new.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// What a client says. It offers no extension, so messages are not compressed.
pub fn request(address: SocketAddr) -> Vec<u8> {
    format!(
        "GET / HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    .into_bytes()
}

/// Whether `answer` is complete; an error when it does not accept, or there is more behind it.
pub fn is_accepted(answer: &[u8]) -> Result<bool> {
    let text = std::str::from_utf8(answer)?;
    let Some((head, rest)) = text.split_once("\r\n\r\n") else {
        return Ok(false);
    };
    let accept = header(head, "sec-websocket-accept");
    if head.split(' ').nth(1) != Some("101") || accept != Some(ACCEPT) || !rest.is_empty() {
        return Err(format!("the server did not accept: {text:?}").into());
    }
    Ok(true)
}

/// The answer to a request and the length of that, if it is complete.
pub fn answer(request: &[u8]) -> Result<Option<(Vec<u8>, usize)>> {
    let Some(end) = request.windows(4).position(|bytes| bytes == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = std::str::from_utf8(&request[..end])?;
    let key = header(head, "sec-websocket-key").ok_or("a request without a key")?;
    let accept = BASE64_STANDARD.encode(Sha1::digest(format!("{key}{GUID}")));
    let answer = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {accept}\r\n\r\n"
    );
    Ok(Some((answer.into_bytes(), end + 4)))
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find_map(|(found, value)| found.eq_ignore_ascii_case(name).then(|| value.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_agree() {
        let request = request(SocketAddr::from(([127, 0, 0, 1], 1)));
        let (answer, length) = answer(&request).unwrap().unwrap();
        assert_eq!(length, request.len());
        assert!(is_accepted(&answer).unwrap());
        assert!(!is_accepted(&answer[..answer.len() - 1]).unwrap());
        assert!(is_accepted(&[&answer[..], b"!"].concat()).is_err());
    }
}
