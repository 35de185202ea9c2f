//! Reading what a server answers: a head, and of a body as much as is kept.

use super::connect::not_websocket;
use crate::http::framing::BodyDecoder;
use crate::http::head::{HeadLimits, HeadScanner, Parsed, ResponseHead};
use crate::http::transport::Transport;

/// How much of the body of a refusal is kept.
pub(super) const MAX_BODY: usize = 64 * 1024;

/// What responses begin with (RFC 9112 §4).
const HTTP: &[u8] = b"HTTP/";

pub(super) async fn read_head(transport: &mut Transport) -> Result<ResponseHead, glib::Error> {
    let mut scanner = HeadScanner::new(HeadLimits::default());
    loop {
        match scanner.parse_response(transport.unread()) {
            Ok(Parsed::Complete { head, length }) => {
                transport.consume(length);
                return Ok(head);
            }
            Ok(Parsed::Incomplete) => (),
            Err(error) => return Err(not_websocket(&format!("not an HTTP response: {error}"))),
        }
        if !transport.fill().await? {
            let unread = transport.unread();
            if !HTTP.iter().zip(unread).all(|(http, byte)| http == byte) {
                return Err(not_websocket("not an HTTP response"));
            }
            // Nothing is known of the server: it may have been stopped at this moment.
            let text = "the server closed the connection without an answer";
            return Err(glib::Error::new(gio::IOErrorEnum::PartialInput, text));
        }
    }
}

/// Reads the body of a refusal into `body`, until it ends or is more than is kept of it.
pub(super) async fn read_body(
    transport: &mut Transport,
    mut decoder: BodyDecoder,
    body: &mut Vec<u8>,
) -> Result<(), glib::Error> {
    loop {
        let used = decoder
            .decode(transport.unread(), |data| body.extend_from_slice(data))
            .map_err(|error| not_websocket(&error.to_string()))?;
        transport.consume(used);
        if decoder.is_complete() || body.len() >= MAX_BODY || !transport.fill().await? {
            return Ok(());
        }
    }
}
