//! The client's half (RFC 6455 §4.1).

use super::{
    Extension, HandshakeError, Headers, VERSION, accept_key, extensions::parse_extensions_strictly,
    has_token, is_token, list, parse_extensions, single,
};

/// What client and server have agreed on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    /// The subprotocol, if any.
    pub protocol: Option<String>,
    /// The extensions, in the order in which they are applied.
    pub extensions: Vec<Extension>,
}

/// Returns the headers that make a GET request an opening handshake.
///
/// `extensions` is the value of `Sec-WebSocket-Extensions`, if anything is offered. A subprotocol
/// that is named twice is offered once, as it must be.
pub fn request_headers(
    key: &str,
    origin: Option<&str>,
    protocols: &[&str],
    extensions: Option<&str>,
) -> Result<Vec<(&'static str, String)>, HandshakeError> {
    let mut headers = vec![
        ("Upgrade", "websocket".to_owned()),
        ("Connection", "Upgrade".to_owned()),
        ("Sec-WebSocket-Key", key.to_owned()),
        ("Sec-WebSocket-Version", VERSION.to_owned()),
    ];
    if let Some(origin) = origin {
        if origin.chars().any(char::is_control) {
            return Err(HandshakeError::InvalidOrigin(origin.to_owned()));
        }
        headers.push(("Origin", origin.to_owned()));
    }
    let mut offered: Vec<&str> = Vec::new();
    for &protocol in protocols {
        if !is_token(protocol) {
            return Err(HandshakeError::InvalidProtocol(protocol.to_owned()));
        }
        if !offered.contains(&protocol) {
            offered.push(protocol);
        }
    }
    if !offered.is_empty() {
        headers.push(("Sec-WebSocket-Protocol", offered.join(", ")));
    }
    if let Some(extensions) = extensions {
        headers.push(("Sec-WebSocket-Extensions", extensions.to_owned()));
    }
    Ok(headers)
}

/// Checks a server's answer against the request that was sent.
pub fn verify_response(
    request: &(impl Headers + ?Sized),
    status: u16,
    response: &(impl Headers + ?Sized),
) -> Result<Agreement, HandshakeError> {
    if status != 101 {
        return Err(HandshakeError::UnexpectedStatus(status));
    }
    if !has_token(response, "Upgrade", "websocket") {
        return Err(HandshakeError::NoUpgrade);
    }
    if !has_token(response, "Connection", "Upgrade") {
        return Err(HandshakeError::NoConnectionUpgrade);
    }
    let key = single(request, "Sec-WebSocket-Key")?
        .ok_or(HandshakeError::Missing("Sec-WebSocket-Key"))?;
    let accept = single(response, "Sec-WebSocket-Accept")?
        .ok_or(HandshakeError::Missing("Sec-WebSocket-Accept"))?;
    if accept != accept_key(&key) {
        return Err(HandshakeError::WrongAccept);
    }

    let protocol = single(response, "Sec-WebSocket-Protocol")?;
    if let Some(protocol) = &protocol
        && !list(request, "Sec-WebSocket-Protocol").contains(protocol)
    {
        return Err(HandshakeError::UnofferedProtocol(protocol.clone()));
    }
    Ok(Agreement {
        protocol,
        extensions: verify_extensions(request, response)?,
    })
}

fn verify_extensions(
    request: &(impl Headers + ?Sized),
    response: &(impl Headers + ?Sized),
) -> Result<Vec<Extension>, HandshakeError> {
    let Some(value) = single(response, "Sec-WebSocket-Extensions")? else {
        return Ok(Vec::new());
    };
    let Some(extensions) = parse_extensions_strictly(&value) else {
        return Err(HandshakeError::InvalidExtensions(value));
    };
    let offers = request.values("Sec-WebSocket-Extensions");
    let offered: Vec<_> = offers
        .iter()
        .flat_map(|value| parse_extensions(value))
        .collect();
    for (at, extension) in extensions.iter().enumerate() {
        let name = &extension.name;
        if !extension.has_unique_parameters() {
            return Err(HandshakeError::InvalidExtensions(value));
        }
        if !offered.iter().any(|offer| offer.name == *name) {
            return Err(HandshakeError::UnofferedExtension(name.clone()));
        }
        let mut earlier = extensions[..at].iter();
        if let Some(earlier) = earlier.find(|earlier| earlier.conflicts_with(extension)) {
            return Err(if earlier.name == *name {
                HandshakeError::DuplicateExtension(name.clone())
            } else {
                HandshakeError::ConflictingExtensions(earlier.name.clone(), name.clone())
            });
        }
    }
    Ok(extensions)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
    const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    fn request() -> Vec<(&'static str, String)> {
        let extensions = Some("x-one; a, x-one, x-two");
        request_headers(
            KEY,
            Some("http://a.example"),
            &["chat", "Chat2", "chat"],
            extensions,
        )
        .unwrap()
    }

    /// Changes a good answer: replaces a header, or removes it, or adds further ones.
    fn verify(
        status: u16,
        changes: &[(&'static str, Option<&'static str>)],
    ) -> Result<Agreement, HandshakeError> {
        let mut response = vec![
            ("Upgrade", "WebSocket"),
            ("Connection", "upgrade"),
            ("Sec-WebSocket-Accept", ACCEPT),
        ];
        response.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
        response.extend(
            changes
                .iter()
                .filter_map(|&(name, value)| Some((name, value?))),
        );
        verify_response(&request()[..], status, &response[..])
    }

    #[test]
    fn request_says_what_is_offered() {
        let headers = request();
        let expected = [
            ("Upgrade", "websocket"),
            ("Connection", "Upgrade"),
            ("Sec-WebSocket-Key", KEY),
            ("Sec-WebSocket-Version", "13"),
            ("Origin", "http://a.example"),
            ("Sec-WebSocket-Protocol", "chat, Chat2"),
            ("Sec-WebSocket-Extensions", "x-one; a, x-one, x-two"),
        ];
        assert_eq!(
            headers,
            expected.map(|(name, value)| (name, value.to_owned()))
        );
        assert_eq!(request_headers(KEY, None, &[], None).unwrap().len(), 4);
    }

    #[test]
    fn header_injection_is_refused() {
        for protocol in ["", "a b", "a\r\nCookie: b", "a,b", "a\0"] {
            let error = request_headers(KEY, None, &["chat", protocol], None).unwrap_err();
            assert_eq!(error, HandshakeError::InvalidProtocol(protocol.to_owned()));
        }
        for origin in ["http://a\r\nCookie: b", "a\0", "a\n"] {
            let error = request_headers(KEY, Some(origin), &[], None).unwrap_err();
            assert_eq!(error, HandshakeError::InvalidOrigin(origin.to_owned()));
        }
    }

    #[test]
    fn good_answers_are_accepted() {
        assert_eq!(verify(101, &[]), Ok(Agreement::default()));
        assert_eq!(
            verify(101, &[("Upgrade", Some("h2c, websocket"))]),
            Ok(Agreement::default())
        );
        let agreement = verify(
            101,
            &[
                ("Sec-WebSocket-Protocol", Some(" Chat2 ")),
                ("Sec-WebSocket-Extensions", Some("x-two; b=\"1\", x-one")),
            ],
        )
        .unwrap();
        assert_eq!(agreement.protocol.as_deref(), Some("Chat2"));
        let names: Vec<_> = agreement
            .extensions
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(names, ["x-two; b=1", "x-one"]);
    }

    #[test]
    fn bad_answers_are_refused() {
        use HandshakeError::*;
        let lower = "s3pplmbitxaq9kygzzhzrbk+xoo=";
        let extensions = "Sec-WebSocket-Extensions";
        for (changes, expected) in [
            (&[("Upgrade", None)][..], NoUpgrade),
            (&[("Upgrade", Some("websockets"))], NoUpgrade),
            (&[("Connection", Some("close"))], NoConnectionUpgrade),
            (
                &[("Sec-WebSocket-Accept", None)],
                Missing("Sec-WebSocket-Accept"),
            ),
            (&[("Sec-WebSocket-Accept", Some(lower))], WrongAccept),
            (
                &[
                    ("Sec-WebSocket-Accept", Some(ACCEPT)),
                    ("Sec-WebSocket-Accept", Some(ACCEPT)),
                ],
                Duplicate("Sec-WebSocket-Accept"),
            ),
            (
                &[("Sec-WebSocket-Protocol", Some("chat2"))],
                UnofferedProtocol("chat2".into()),
            ),
            (
                &[("Sec-WebSocket-Protocol", Some("chat, Chat2"))],
                UnofferedProtocol("chat, Chat2".into()),
            ),
            (
                &[("Sec-WebSocket-Protocol", Some(""))],
                UnofferedProtocol(String::new()),
            ),
            (
                &[
                    ("Sec-WebSocket-Protocol", Some("chat")),
                    ("Sec-WebSocket-Protocol", Some("chat")),
                ],
                Duplicate("Sec-WebSocket-Protocol"),
            ),
            (
                &[(extensions, Some("x-three"))],
                UnofferedExtension("x-three".into()),
            ),
            (
                &[(extensions, Some("x-one, x-one"))],
                DuplicateExtension("x-one".into()),
            ),
            (
                &[(extensions, Some("x-one;"))],
                InvalidExtensions("x-one;".into()),
            ),
            (
                &[(extensions, Some("x-one")), (extensions, Some("x-two"))],
                Duplicate(extensions),
            ),
        ] {
            assert_eq!(verify(101, changes), Err(expected), "{changes:?}");
        }
        assert_eq!(verify(200, &[]), Err(UnexpectedStatus(200)));
    }
}
