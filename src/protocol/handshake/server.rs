//! The server's half (RFC 6455 §4.2).

use super::{
    Extension, HandshakeError, Headers, VERSION, accept_key, has_token, is_key, is_token, list,
    parse_extensions, single,
};

/// A request that is a good opening handshake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptedRequest {
    /// The value of `Sec-WebSocket-Accept`.
    pub accept: String,
    /// The subprotocol that was chosen, if any.
    pub protocol: Option<String>,
    /// The extensions that the client offers, what it likes best first. Some may be there several
    /// times, with different parameters; at most one of them may be accepted.
    pub extensions: Vec<Extension>,
}

/// Checks a request.
///
/// With `origins` the request must come from one of them. With `protocols` the first that the client
/// offers and that is among them is chosen; a client that offers none is served without, and one
/// that offers only others is refused.
pub fn check_request(
    method: &str,
    request: &(impl Headers + ?Sized),
    origins: &[&str],
    protocols: &[&str],
) -> Result<AcceptedRequest, HandshakeError> {
    if method != "GET" {
        return Err(HandshakeError::NotGet(method.to_owned()));
    }
    if !has_token(request, "Upgrade", "websocket") {
        return Err(HandshakeError::NoUpgrade);
    }
    if !has_token(request, "Connection", "Upgrade") {
        return Err(HandshakeError::NoConnectionUpgrade);
    }
    let version = single(request, "Sec-WebSocket-Version")?;
    if version.as_deref() != Some(VERSION) {
        return Err(HandshakeError::UnsupportedVersion(version));
    }
    let key = single(request, "Sec-WebSocket-Key")?
        .ok_or(HandshakeError::Missing("Sec-WebSocket-Key"))?;
    if !is_key(&key) {
        return Err(HandshakeError::InvalidKey);
    }
    check_origin(request, origins)?;
    let offers = request.values("Sec-WebSocket-Extensions");
    Ok(AcceptedRequest {
        accept: accept_key(&key),
        protocol: choose_protocol(request, protocols)?,
        extensions: offers
            .iter()
            .flat_map(|value| parse_extensions(value))
            .collect(),
    })
}

impl AcceptedRequest {
    /// Returns the headers of the answer, whose status is 101.
    ///
    /// `extensions` is the value of `Sec-WebSocket-Extensions`, if anything was accepted.
    pub fn response_headers(&self, extensions: Option<&str>) -> Vec<(&'static str, String)> {
        let mut headers = vec![
            ("Upgrade", "websocket".to_owned()),
            ("Connection", "Upgrade".to_owned()),
            ("Sec-WebSocket-Accept", self.accept.clone()),
        ];
        let protocol = self.protocol.clone();
        headers.extend(protocol.map(|protocol| ("Sec-WebSocket-Protocol", protocol)));
        let extensions = extensions.map(str::to_owned);
        headers.extend(extensions.map(|extensions| ("Sec-WebSocket-Extensions", extensions)));
        headers
    }
}

fn check_origin(
    request: &(impl Headers + ?Sized),
    accepted: &[&str],
) -> Result<(), HandshakeError> {
    if accepted.is_empty() {
        return Ok(());
    }
    let origin = single(request, "Origin")?;
    // Scheme and host have no case (RFC 6454 §4).
    let is_accepted = |origin: &str| accepted.iter().any(|one| one.eq_ignore_ascii_case(origin));
    match origin {
        Some(origin) if is_accepted(&origin) => Ok(()),
        origin => Err(HandshakeError::WrongOrigin(origin)),
    }
}

fn choose_protocol(
    request: &(impl Headers + ?Sized),
    supported: &[&str],
) -> Result<Option<String>, HandshakeError> {
    let offered = list(request, "Sec-WebSocket-Protocol");
    if supported.is_empty() || offered.is_empty() {
        return Ok(None);
    }
    let mut common = offered
        .into_iter()
        .filter(|offer| is_token(offer) && supported.contains(&&**offer));
    common
        .next()
        .map(Some)
        .ok_or(HandshakeError::NoCommonProtocol)
}

#[cfg(test)]
mod tests {
    use super::{
        super::{HandshakeErrorKind, request_headers, verify_response},
        *,
    };

    const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

    /// Changes a good request: replaces a header, or removes it, or adds further ones.
    fn request(
        changes: &[(&'static str, Option<&'static str>)],
    ) -> Vec<(&'static str, &'static str)> {
        let mut request = vec![
            ("Host", "example.org"),
            ("upgrade", "WebSocket"),
            ("connection", "keep-alive, Upgrade"),
            ("sec-websocket-key", KEY),
            ("Sec-WebSocket-Version", " 13"),
        ];
        request.retain(|(name, _)| {
            changes
                .iter()
                .all(|(changed, _)| !changed.eq_ignore_ascii_case(name))
        });
        request.extend(
            changes
                .iter()
                .filter_map(|&(name, value)| Some((name, value?))),
        );
        request
    }

    #[test]
    fn good_requests_are_accepted() {
        let request = request(&[
            ("Sec-WebSocket-Protocol", Some("a, b")),
            ("Sec-WebSocket-Protocol", Some("c")),
            ("Sec-WebSocket-Extensions", Some("bad entry, x-one; p=1")),
            ("Sec-WebSocket-Extensions", Some("x-two")),
        ]);
        let accepted = check_request("GET", &request[..], &[], &["c", "b"]).unwrap();
        assert_eq!(accepted.accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        // The client's order counts.
        assert_eq!(accepted.protocol.as_deref(), Some("b"));
        let offers: Vec<_> = accepted
            .extensions
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(offers, ["x-one; p=1", "x-two"]);
    }

    #[test]
    fn bad_requests_are_refused() {
        use HandshakeError::*;
        let (key, version) = ("Sec-WebSocket-Key", "Sec-WebSocket-Version");
        for (changes, expected, status) in [
            (&[("Upgrade", None)][..], NoUpgrade, 400),
            (&[("Upgrade", Some("websocket2"))], NoUpgrade, 400),
            (
                &[("Connection", Some("keep-alive"))],
                NoConnectionUpgrade,
                400,
            ),
            (&[(version, None)], UnsupportedVersion(None), 426),
            (
                &[(version, Some("8"))],
                UnsupportedVersion(Some("8".into())),
                426,
            ),
            (
                &[(version, Some("13")), (version, Some("13"))],
                Duplicate(version),
                400,
            ),
            (&[(key, None)], Missing(key), 400),
            (&[(key, Some("c2hvcnQ="))], InvalidKey, 400),
            (&[(key, Some(KEY)), (key, Some(KEY))], Duplicate(key), 400),
        ] {
            let error = check_request("GET", &request(changes)[..], &[], &[]).unwrap_err();
            assert_eq!(error.status(), status, "{error}");
            assert_eq!(error, expected, "{changes:?}");
        }
        let error = check_request("POST", &request(&[])[..], &[], &[]).unwrap_err();
        assert_eq!(error, NotGet("POST".into()));
        assert_eq!(error.kind(), HandshakeErrorKind::NotWebsocket);
        let headers = UnsupportedVersion(None).response_headers();
        let expected = [
            ("Upgrade", "websocket"),
            ("Connection", "Upgrade"),
            ("Sec-WebSocket-Version", "13"),
        ];
        assert_eq!(headers, expected);
    }

    #[test]
    fn origin_is_compared_only_if_expected() {
        let check = |origin, expected: &[&str]| {
            check_request("GET", &request(&[("Origin", origin)])[..], expected, &[]).map(drop)
        };
        let expected = &["https://example.org", "https://example.net:8443"];
        assert_eq!(check(Some("null"), &[]), Ok(()));
        assert_eq!(check(Some("https://Example.org"), expected), Ok(()));
        assert_eq!(check(Some("https://example.net:8443"), expected), Ok(()));
        assert!(check(Some("https://example.net"), expected).is_err());
        let error = check(Some("https://example.org.evil"), expected).unwrap_err();
        assert_eq!(
            error,
            HandshakeError::WrongOrigin(Some("https://example.org.evil".into()))
        );
        assert_eq!(
            (error.status(), error.kind()),
            (403, HandshakeErrorKind::BadOrigin)
        );
        assert_eq!(
            check(None, expected),
            Err(HandshakeError::WrongOrigin(None))
        );
    }

    #[test]
    fn protocols_compare_exactly() {
        let choose = |offered, supported: &[&str]| {
            let request = request(&[("Sec-WebSocket-Protocol", offered)]);
            check_request("GET", &request[..], &[], supported).map(|accepted| accepted.protocol)
        };
        assert_eq!(choose(None, &["chat"]), Ok(None));
        assert_eq!(choose(Some("chat"), &[]), Ok(None));
        assert_eq!(
            choose(Some("Chat"), &["chat"]),
            Err(HandshakeError::NoCommonProtocol)
        );
        assert_eq!(choose(Some("x,chat"), &["chat"]), Ok(Some("chat".into())));
    }

    #[test]
    fn both_halves_fit() {
        let request =
            request_headers(KEY, Some("http://a"), &["one", "two"], Some("x-one")).unwrap();
        let accepted = check_request("GET", &request[..], &["http://a"], &["two"]).unwrap();
        let response = accepted.response_headers(Some("x-one"));
        let agreement = verify_response(&request[..], 101, &response[..]).unwrap();
        assert_eq!(agreement.protocol.as_deref(), Some("two"));
        assert_eq!(agreement.extensions, accepted.extensions);
    }
}
