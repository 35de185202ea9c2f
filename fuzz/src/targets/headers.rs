//! The values of single headers.

use std::collections::HashSet;
use wsoup::fuzzing::{challenges, uri};
use wsoup::protocol::deflate::{EXTENSION_NAME, Params, Settings};
use wsoup::protocol::handshake::{is_token, parse_extensions};
use wsoup::{Cookie, MessageHeaders, MessageHeadersType};

/// What is read of a value can be written and is read again; nothing gets into it that would be
/// another header.
///
/// The first byte chooses the header; the others are its value, which is text.
pub fn headers(data: &[u8]) {
    let [header, value @ ..] = data else {
        return;
    };
    let value = String::from_utf8_lossy(value);
    match header % 5 {
        0 => extensions(&value),
        1 => cookie(&value),
        2 => authentication(&value),
        3 => location(&value),
        _ => content(&value),
    }
}

/// `Sec-WebSocket-Extensions`.
fn extensions(value: &str) {
    let extensions = parse_extensions(value);
    let written: Vec<_> = extensions.iter().map(ToString::to_string).collect();
    assert_eq!(parse_extensions(&written.join(", ")), extensions);
    for extension in extensions {
        assert!(is_token(&extension.name));
        let names: HashSet<_> = extension.parameters.iter().map(|(name, _)| name).collect();
        let is_unique = names.len() == extension.parameters.len();
        assert_eq!(extension.has_unique_parameters(), is_unique);
        let parameters = extension.parameters.iter();
        let offer = Params::parse(parameters.map(|(name, value)| (&**name, value.as_deref())));
        if extension.name != EXTENSION_NAME {
            continue;
        }
        if let Ok(offer) = offer {
            assert!(is_unique);
            let (agreement, answer) = Settings::default().accept(&offer);
            // The client that offered this takes the answer, for the same agreement.
            let client = Settings {
                client_no_context_takeover: offer.client_no_context_takeover,
                server_no_context_takeover: offer.server_no_context_takeover,
                server_max_window_bits: agreement.server.max_window_bits,
                ..Settings::default()
            };
            assert_eq!(client.verify(&answer), Ok(agreement), "{offer:?}");
        }
    }
}

/// `Set-Cookie`.
fn cookie(value: &str) {
    let origin = glib::Uri::parse("https://a.b.example/c/d", glib::UriFlags::NONE);
    let origin = origin.expect("it is a URI");
    let Some(cookie) = Cookie::parse(value, Some(&origin)) else {
        return;
    };
    let domain = cookie.domain().unwrap_or_default();
    let domain = domain.trim_start_matches('.');
    assert!("a.b.example".ends_with(domain), "{domain}");
    let header = cookie.to_set_cookie_header();
    for text in [&*cookie.to_cookie_header(), &*header] {
        assert!(
            !text.contains(|c: char| c != '\t' && c.is_ascii_control()),
            "{text:?}"
        );
    }
    let again = Cookie::parse(&header, Some(&origin));
    let again = again.unwrap_or_else(|| panic!("{header:?} is no cookie"));
    assert_eq!(
        (again.name(), again.value()),
        (cookie.name(), cookie.value())
    );
    assert_eq!(
        (again.path(), again.is_secure()),
        (cookie.path(), cookie.is_secure())
    );
}

/// `WWW-Authenticate` and `Authorization`.
fn authentication(value: &str) {
    let (count, is_credentials) = challenges(value);
    assert!(!is_credentials || count == 1);
    assert!(count <= value.len());
}

/// `Location`, `Origin`, and the targets of requests.
fn location(value: &str) {
    if let Some((text, host)) = uri(value) {
        // Whoever reads it again is led to the same host.
        let again = uri(&text).map(|(_, host)| host);
        assert_eq!(again.as_ref(), Some(&host), "{text}");
        assert!(!host.contains(['/', '@', '?', '#', '\\', ' ', '\r', '\n']));
    }
}

/// `Content-Type`, `Content-Length`, lists.
fn content(value: &str) {
    if !MessageHeaders::is_field_value(value) {
        return;
    }
    let headers = MessageHeaders::new(MessageHeadersType::Request);
    for name in ["Content-Type", "Content-Length", "Connection", "X"] {
        headers.append(name, value);
    }
    let _ = headers.header_contains("Connection", "upgrade");
    assert!(headers.content_length() >= 0);
    if let Some((content_type, _)) = headers.content_type() {
        assert!(MessageHeaders::is_field_value(&content_type));
    }
    if is_token(value) && !value.eq_ignore_ascii_case("Connection") {
        headers.append(value, "1");
        headers.clean_connection_headers();
        assert_eq!(headers.one(value), None);
    }
}
