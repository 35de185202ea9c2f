//! The opening handshake: heads of HTTP in both directions, bodies, and RFC 6455 §4 on them.

use crate::input::Pieces;
use wsoup::MessageHeaders;
use wsoup::fuzzing::{Body, Head, Scanner};
use wsoup::protocol::handshake::{
    Headers, accept_key, check_request, is_token, request_headers, verify_response,
};

/// The longest body that is read.
const LIMIT: u64 = 1000;

/// A head is the same however it arrives, and when it is written anew; so is its body. A request that
/// is accepted is answered so that its client agrees.
///
/// The first byte chooses between request and response, and the pieces; the others are the stream.
pub fn handshake(data: &[u8]) {
    let [options, stream @ ..] = data else {
        return;
    };
    let (is_response, pieces) = (options & 1 != 0, options >> 1);
    if is_response {
        response(stream, pieces);
    } else {
        request(stream, pieces);
    }
}

/// What stands in a stream, looked for in all of it, and in more and more of it.
fn find<T>(stream: &[u8], pieces: u8, parse: fn(&mut Scanner, &[u8]) -> Head<T>) -> Head<T> {
    let whole = parse(&mut Scanner::default(), stream);
    let (mut scanner, mut pieces, mut rest) = (Scanner::default(), Pieces::new(pieces), stream);
    let in_pieces = loop {
        pieces.take(&mut rest);
        let head = parse(&mut scanner, &stream[..stream.len() - rest.len()]);
        if !matches!(head, Head::Incomplete) || rest.is_empty() {
            break head;
        }
    };
    match (&whole, &in_pieces) {
        (Head::Incomplete, Head::Incomplete) => (),
        (Head::Complete(_, one), Head::Complete(_, other)) => assert_eq!(one, other),
        (Head::Refused(one), Head::Refused(other)) => assert_eq!(one, other),
        _ => panic!("at once and in pieces are not the same"),
    }
    whole
}

fn request(stream: &[u8], pieces: u8) {
    let (request, length) = match find(stream, pieces, Scanner::request) {
        Head::Incomplete => return,
        Head::Refused(status) => {
            assert!(matches!(status, 400 | 431 | 501 | 505), "{status}");
            return;
        }
        Head::Complete(request, length) => (request, length),
    };
    assert!(length <= stream.len() && length <= 64 * 1024);
    let written = request.to_bytes();
    check_lines(&written, request.headers());
    let Head::Complete(again, _) = Scanner::default().request(&written) else {
        panic!("what was read cannot be read again");
    };
    assert_eq!(again.to_bytes(), written);
    assert_eq!(again.start(), request.start());
    let _ = request.uri();
    body(&stream[length..], pieces, || request.body(LIMIT));

    let (method, _) = request.start();
    let protocols = ["chat", "v2"];
    let Ok(accepted) = check_request(method, request.headers(), &[], &protocols) else {
        return;
    };
    assert_eq!(method, "GET");
    assert!(
        accepted
            .protocol
            .iter()
            .all(|protocol| protocols.contains(&&**protocol))
    );
    for extension in &accepted.extensions {
        assert!(is_token(&extension.name));
    }
    let answer = accepted.response_headers(None);
    let agreed = verify_response(request.headers(), 101, &answer[..]);
    let agreed = agreed.expect("what a server answers is right for its client");
    assert_eq!(agreed.protocol, accepted.protocol);
    // An origin that nobody has is never let in.
    assert!(check_request(method, request.headers(), &["https://a.example\n"], &[]).is_err());
}

fn response(stream: &[u8], pieces: u8) {
    let Head::Complete(response, length) = find(stream, pieces, Scanner::response) else {
        return;
    };
    assert!(length <= stream.len() && length <= 64 * 1024);
    assert!((100..1000).contains(&response.status()));
    let written = response.to_bytes();
    check_lines(&written, response.headers());
    let Head::Complete(again, _) = Scanner::default().response(&written) else {
        panic!("what was read cannot be read again");
    };
    assert_eq!(again.to_bytes(), written);
    assert_eq!(again.is_http11(), response.is_http11());
    body(&stream[length..], pieces, || response.body("GET", LIMIT));
    assert!(
        response
            .body("HEAD", LIMIT)
            .is_none_or(|body| body.is_complete())
    );

    let request = request_headers(
        KEY,
        None,
        &["chat", "v2"],
        Some("permessage-deflate, x-one"),
    );
    let request = request.expect("it is a good one");
    let status = u16::try_from(response.status()).unwrap_or(0);
    if let Ok(agreed) = verify_response(&request[..], status, response.headers()) {
        assert_eq!(status, 101);
        let accept = response.headers().values("Sec-WebSocket-Accept");
        assert!(accept.iter().any(|value| value.trim() == accept_key(KEY)));
        let protocol = agreed.protocol.as_deref();
        assert!(
            matches!(protocol, None | Some("chat" | "v2")),
            "{protocol:?}"
        );
        for extension in &agreed.extensions {
            assert!(["permessage-deflate", "x-one"].contains(&&*extension.name));
        }
    }
}

/// The key of RFC 6455 §1.3.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

/// A head has a line for each header and no others.
fn check_lines(head: &[u8], headers: &MessageHeaders) {
    let count = headers.iter().count();
    let ends = head.windows(2).filter(|bytes| bytes == b"\r\n").count();
    assert_eq!(ends, count + 2, "{}", head.escape_ascii());
    assert_eq!(head.iter().filter(|&&byte| byte == b'\n').count(), ends);
    assert_eq!(head.iter().filter(|&&byte| byte == b'\r').count(), ends);
    headers.foreach(|name, _| assert!(is_token(name)));
}

/// A body is the same at once and in pieces, and within its limit.
fn body(stream: &[u8], pieces: u8, new: impl Fn() -> Option<Body>) {
    let (Some(mut whole), Some(mut cut)) = (new(), new()) else {
        return;
    };
    let (mut expected, mut found) = (Vec::new(), Vec::new());
    let at_once = whole.decode(stream, &mut expected);
    let (mut pieces, mut rest, mut used) = (Pieces::new(pieces), stream, 0);
    let in_pieces = loop {
        let piece = pieces.take(&mut rest);
        match cut.decode(piece, &mut found) {
            Ok(length) => used += length,
            Err(status) => break Err(status),
        }
        if rest.is_empty() || cut.is_complete() {
            break Ok(used);
        }
    };
    assert_eq!(at_once, in_pieces);
    assert_eq!(whole.is_complete(), cut.is_complete());
    assert!(expected.len() as u64 <= LIMIT);
    if at_once.is_ok() {
        assert_eq!(expected, found);
    }
}
