//! Heads as they should be, as they should not, and in pieces.

use super::*;
use proptest::prelude::*;

fn request(input: &[u8]) -> Result<Parsed<RequestHead>, HeadError> {
    HeadScanner::default().parse_request(input)
}

fn response(input: &[u8]) -> Result<Parsed<ResponseHead>, HeadError> {
    HeadScanner::default().parse_response(input)
}

fn complete<T>(parsed: Result<Parsed<T>, HeadError>) -> (T, usize) {
    match parsed.unwrap() {
        Parsed::Complete { head, length } => (head, length),
        Parsed::Incomplete => panic!("the head is incomplete"),
    }
}

#[test]
fn a_request_is_taken_apart() {
    let input =
        b"GET /chat?room=1 HTTP/1.1\r\nHost: example.org:81\r\nX: \t a b \r\nX:\r\n\r\nrest";
    let (head, length) = complete(request(input));
    assert_eq!(length, input.len() - 4);
    assert_eq!(
        (head.method.as_str(), head.target.as_str()),
        ("GET", "/chat?room=1")
    );
    assert_eq!(
        (head.version, head.framing),
        (HttpVersion::Http11, Framing::None)
    );
    assert_eq!(head.headers.headers_type(), MessageHeadersType::Request);
    assert_eq!(head.headers.list("x").as_deref(), Some("a b, "));
    let (head, _) = complete(request(b"POST * HTTP/1.0\r\nContent-Length: 3\r\n\r\n"));
    assert_eq!(
        (head.version, head.framing),
        (HttpVersion::Http10, Framing::Length(3))
    );
}

#[test]
fn a_response_is_taken_apart() {
    let (head, length) = complete(response(b"HTTP/1.1 404 Not  There\r\nA: caf\xe9\r\n\r\n"));
    assert_eq!(
        (head.status, head.reason.as_str(), length),
        (404, "Not  There", 36)
    );
    assert_eq!(head.headers.one("a").as_deref(), Some("café"));
    for line in ["HTTP/1.1 200 \r\n\r\n", "HTTP/1.0 200\r\n\r\n"] {
        assert_eq!(complete(response(line.as_bytes())).0.reason, "");
    }
}

#[test]
fn empty_lines_before_a_head_are_skipped() {
    let input = b"\r\n\r\nGET / HTTP/1.1\r\nHost:\r\n\r\nGET";
    assert_eq!(complete(request(input)).1, input.len() - 3);
    assert!(matches!(request(b"\r\n\r\n"), Ok(Parsed::Incomplete)));
    let mut scanner = HeadScanner::new(HeadLimits {
        max_head_size: 9,
        max_headers: 9,
    });
    assert!(scanner.parse_request(&b"\r\n".repeat(5)).is_err());
}

#[test]
fn what_could_be_misunderstood_is_refused() {
    use HeadError::*;
    let syntax = None;
    for (input, error) in [
        ("GET / HTTP/1.1\nHost: a\n\n", Some(LineEnding)),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nX: b\nY: c\r\n\r\n",
            Some(LineEnding),
        ),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nX: b\rY: c\r\n\r\n",
            Some(LineEnding),
        ),
        ("GET / HTTP/1.1\r\nHost: a\r\r\n\r\n", Some(LineEnding)),
        ("\n", Some(LineEnding)),
        // Folded lines (RFC 9112 §5.2).
        ("GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n", syntax),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n\tc\r\n\r\n", syntax),
        ("GET / HTTP/1.1\r\n Host: a\r\n\r\n", syntax),
        // White space before the colon (RFC 9112 §5.1).
        ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", syntax),
        ("GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", syntax),
        ("GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", syntax),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: b\0c\r\n\r\n", syntax),
        ("GET / HTTP/1.1\r\nHost: a\r\nX(): b\r\n\r\n", syntax),
        ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", syntax),
        ("GET /\r\nHost: a\r\n\r\n", syntax),
        ("G(T / HTTP/1.1\r\nHost: a\r\n\r\n", syntax),
        (" GET / HTTP/1.1\r\nHost: a\r\n\r\n", syntax),
        ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", Some(Version)),
        ("GET / HTTP/1.2\r\nHost: a\r\n\r\n", Some(Version)),
        ("GET /é HTTP/1.1\r\nHost: a\r\n\r\n", Some(Target)),
        ("GET /#a HTTP/1.1\r\nHost: a\r\n\r\n", Some(Target)),
        ("GET / HTTP/1.1\r\n\r\n", Some(Host)),
        ("GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", Some(Host)),
        ("GET / HTTP/1.0\r\nHost: a\r\nhost: a\r\n\r\n", Some(Host)),
        ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", Some(Host)),
        ("GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", Some(Host)),
        ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", Some(Host)),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
            Some(InvalidContentLength),
        ),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
            Some(AmbiguousFraming),
        ),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            Some(AmbiguousFraming),
        ),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
            Some(UnknownTransferCoding),
        ),
    ] {
        match (request(input.as_bytes()), error) {
            (Err(Syntax(_)), None) => (),
            (Err(found), Some(expected)) => assert_eq!(found, expected, "{input:?}"),
            (result, expected) => panic!("{input:?}: {result:?} instead of {expected:?}"),
        }
    }
}

#[test]
fn malformed_responses_are_refused() {
    for input in [
        "HTTP/1.1 099 x\r\n\r\n",
        "HTTP/1.1 20 x\r\n\r\n",
        "HTTP/1.1 2000 x\r\n\r\n",
        "HTTP/1.1  200 x\r\n\r\n",
        "http/1.1 200 x\r\n\r\n",
        "HTTP/3 200 x\r\n\r\n",
        "HTTP/1.1 200 x\n\n",
        "HTTP/1.1 200 x\ry\r\n\r\n",
        "HTTP/1.1 200 x\r\nA: b\r\n c\r\n\r\n",
        "HTTP/1.1 200 x\r\nA : b\r\n\r\n",
        "SSH-2.0-OpenSSH\r\n\r\n",
        "HTTP/1.1 200 x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    ] {
        assert!(response(input.as_bytes()).is_err(), "{input:?}");
    }
}

#[test]
fn heads_are_bounded() {
    let limits = HeadLimits {
        max_head_size: 40,
        max_headers: 2,
    };
    let parse = |input: &str| HeadScanner::new(limits).parse_request(input.as_bytes());
    let fits = "GET / HTTP/1.1\r\nHost: abcdefghijklm\r\n\r\n";
    assert_eq!((fits.len(), complete(parse(fits)).1), (39, 39));
    assert!(parse("GET / HTTP/1.1\r\nHost: abcdefghijklmn\r\n\r\n").is_ok());
    let too_large = HeadError::TooLarge { limit: 40 };
    for input in [
        "GET / HTTP/1.1\r\nHost: abcdefghijklmno\r\n\r\n",
        &"a".repeat(40),
    ] {
        assert_eq!(parse(input).unwrap_err(), too_large, "{input}");
    }
    assert!(matches!(parse(&"a".repeat(39)), Ok(Parsed::Incomplete)));
    assert!(parse("GET / HTTP/1.1\r\nHost:a\r\nA:\r\n\r\n").is_ok());
    let many = parse("GET / HTTP/1.1\r\nHost:a\r\nA:\r\nB:\r\n").unwrap_err();
    assert_eq!(many, HeadError::TooManyHeaders { limit: 2 });
    assert_eq!((many.status(), too_large.status()), (431, 431));
}

#[test]
fn a_body_follows_its_response_or_not() {
    let framing = |input: &str, method| complete(response(input.as_bytes())).0.framing(method);
    let with_length = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
    assert_eq!(framing(with_length, "GET"), Framing::Length(5));
    assert_eq!(framing(with_length, "HEAD"), Framing::None);
    assert_eq!(framing(with_length, "CONNECT"), Framing::None);
    assert_eq!(framing("HTTP/1.1 200 OK\r\n\r\n", "GET"), Framing::UntilEof);
    assert_eq!(
        framing("HTTP/1.1 407 x\r\n\r\n", "CONNECT"),
        Framing::UntilEof
    );
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    assert_eq!(framing(chunked, "GET"), Framing::Chunked);
    for status in [101, 204, 304] {
        let input = format!("HTTP/1.1 {status} x\r\nContent-Length: 5\r\n\r\n");
        assert_eq!(framing(&input, "GET"), Framing::None);
    }
}

#[test]
fn what_is_written_can_be_read() {
    let headers = MessageHeaders::new(MessageHeadersType::Request);
    headers.append("Host", "é.example");
    headers.replace("Host", "a.example");
    headers.append("X", "é");
    let mut output = Vec::new();
    write_request_head(&mut output, "GET", "/a", HttpVersion::Http11, &headers);
    assert_eq!(
        output,
        "GET /a HTTP/1.1\r\nHost: a.example\r\nX: é\r\n\r\n".as_bytes()
    );
    assert_eq!(
        complete(request(&output)).0.headers.one("x").as_deref(),
        Some("é")
    );
    output.clear();
    headers.clear();
    write_response_head(&mut output, HttpVersion::Http10, 404, None, &headers);
    write_response_head(&mut output, HttpVersion::Http11, 101, Some("Go"), &headers);
    assert_eq!(
        output,
        b"HTTP/1.0 404 Not Found\r\n\r\nHTTP/1.1 101 Go\r\n\r\n"
    );
}

proptest! {
    #[test]
    fn any_split_gives_the_same_head(
        fields in prop::collection::vec(("[A-Za-z-]{1,9}", "[ -~é]{0,20}"), 0..8),
        splits in prop::collection::vec(0usize..400, 0..8),
    ) {
        let mut input = "GET /x HTTP/1.1\r\nHost: a\r\n".to_owned();
        for (name, value) in &fields {
            input.push_str(&format!("x-{name}: {value}\r\n"));
        }
        input.push_str("\r\nrest");
        let expected = complete(request(input.as_bytes()));
        prop_assert_eq!(expected.1, input.len() - 4);
        let mut splits = splits;
        splits.sort_unstable();
        let mut scanner = HeadScanner::default();
        for end in splits {
            let end = end.min(expected.1 - 1);
            let parsed = scanner.parse_request(&input.as_bytes()[..end]).unwrap();
            prop_assert!(matches!(parsed, Parsed::Incomplete));
        }
        let found = complete(scanner.parse_request(input.as_bytes()));
        prop_assert_eq!(found.1, expected.1);
        prop_assert_eq!(format!("{:?}", found.0), format!("{:?}", expected.0));
    }

    #[test]
    fn no_bytes_make_it_fail_otherwise(input in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = request(&input);
        let _ = response(&input);
    }

    #[test]
    fn a_head_in_single_bytes_is_looked_at_once(length in 1usize..2000) {
        let input = vec![b'a'; length];
        let mut scanner = HeadScanner::default();
        for end in 1..=length {
            let _ = scanner.parse_request(&input[..end]);
            prop_assert_eq!(scanner.scanned, end);
        }
    }
}
