//! Where a request goes: between URIs, request targets and `Host` (RFC 9112 §3.2, §3.3).

use super::head::{HeadError, RequestHead};
use glib::{Uri, UriFlags};
use std::net::Ipv6Addr;

/// How URIs are parsed: as libsoup's `SOUP_HTTP_URI_FLAGS` has it.
pub(crate) const URI_FLAGS: UriFlags = UriFlags::HAS_PASSWORD
    .union(UriFlags::ENCODED_PATH)
    .union(UriFlags::ENCODED_QUERY)
    .union(UriFlags::ENCODED_FRAGMENT)
    .union(UriFlags::SCHEME_NORMALIZE);

/// Parses a URI that can be connected to: absolute, and with a host.
pub(crate) fn parse_uri(uri: &str) -> Option<Uri> {
    // GLib takes strings that end with NUL, and gio-rs panics over others.
    if uri.contains('\0') {
        return None;
    }
    Uri::parse(uri, URI_FLAGS)
        .ok()
        .filter(|uri| uri.host().is_some_and(|host| is_host(&host)))
}

/// Whether `host`, which GLib has decoded, means the same wherever it is written: a `/` or `@` that was
/// encoded would have another host begin or end there.
fn is_host(host: &str) -> bool {
    let is_name = |name: &str| {
        let is_plain =
            |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(&byte);
        name.bytes().all(is_plain)
    };
    if !host.contains(':') {
        return !host.is_empty() && is_name(host);
    }
    let (address, zone) = host.split_once('%').unwrap_or((host, ""));
    address.parse::<Ipv6Addr>().is_ok() && is_name(zone)
}

/// Returns `uri` with everything encoded that has to be in a request.
pub(crate) fn normalize_uri(uri: &Uri) -> Option<Uri> {
    let text = uri.to_str();
    let normalized = parse_uri(&text)?;
    let as_before = uri.flags() == URI_FLAGS && normalized.to_str() == text;
    Some(if as_before { uri.clone() } else { normalized })
}

/// Returns the same URI in less memory: parsing leaves room in the strings, and a URI may be kept for
/// as long as a connection lives.
pub(crate) fn compact_uri(uri: &Uri) -> Uri {
    if uri.userinfo().is_some() {
        return uri.clone();
    }
    let (host, query, fragment) = (uri.host(), uri.query(), uri.fragment());
    Uri::build(
        uri.flags(),
        &uri.scheme(),
        None,
        host.as_deref(),
        uri.port(),
        &uri.path(),
        query.as_deref(),
        fragment.as_deref(),
    )
}

/// The default port of a scheme.
pub(crate) fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        _ => None,
    }
}

/// The target of a request for `uri`, in origin form.
pub(crate) fn request_target(uri: &Uri) -> String {
    let path = uri.path();
    let mut target = if path.is_empty() {
        "/".to_owned()
    } else {
        path.into()
    };
    if let Some(query) = uri.query() {
        target.push('?');
        target.push_str(&query);
    }
    target
}

/// Host and port of `uri` as they stand in `CONNECT`: the port is always there.
pub(crate) fn authority(uri: &Uri) -> String {
    let port = u16::try_from(uri.port())
        .ok()
        .or_else(|| default_port(&uri.scheme()));
    format!("{}:{}", bracketed_host(uri), port.unwrap_or_default())
}

/// Host and port of `uri` as they stand in `Host`: without the port if it is the default one.
pub(crate) fn host_header(uri: &Uri) -> String {
    let host = bracketed_host(uri);
    match u16::try_from(uri.port()) {
        Ok(port) if Some(port) != default_port(&uri.scheme()) => format!("{host}:{port}"),
        _ => host,
    }
}

/// An IPv6 address stands in brackets, and without a zone, which says nothing to the peer.
fn bracketed_host(uri: &Uri) -> String {
    let host = uri.host().unwrap_or_default();
    if host.contains(':') {
        format!("[{}]", host.split('%').next().unwrap_or_default())
    } else {
        host.into()
    }
}

impl RequestHead {
    /// Whether this is `OPTIONS *`, a question about the server and not about a resource.
    pub(crate) fn is_options_ping(&self) -> bool {
        self.method == "OPTIONS" && self.target == "*"
    }

    /// The URI that the request is for (RFC 9112 §3.3), with `authority` (`host:port`) for
    /// requests that name no host.
    pub(crate) fn uri(&self, scheme: &str, authority: &str) -> Result<Uri, HeadError> {
        let host = self.headers.one("Host").filter(|host| !host.is_empty());
        let host = host.as_deref().unwrap_or(authority);
        let uri = if self.target.starts_with('/') {
            parse_uri(&format!("{scheme}://{host}{}", self.target))
        } else if self.is_options_ping() {
            parse_uri(&format!("{scheme}://{host}"))
        } else {
            // The absolute form, which a server has to understand (RFC 9112 §3.2.2).
            parse_uri(&self.target).filter(|uri| default_port(&uri.scheme()).is_some())
        };
        uri.ok_or(HeadError::Target)
    }
}

#[cfg(test)]
mod tests {
    use super::super::head::{HeadScanner, Parsed};
    use super::*;

    fn uri(uri: &str) -> Uri {
        parse_uri(uri).unwrap()
    }

    #[test]
    fn compact_uris_are_the_same() {
        for text in [
            "ws://a",
            "wss://[::1]:8080/a%20b/?c=%2f&d#e",
            "ws://user:password@host/",
            "http://host:80",
        ] {
            let uri = uri(text);
            let compact = compact_uri(&uri);
            assert_eq!(compact.to_str(), uri.to_str());
            assert_eq!(compact.flags(), uri.flags());
            assert_eq!(compact.password(), uri.password());
            assert_eq!((compact.port(), compact.path()), (uri.port(), uri.path()));
        }
    }

    #[test]
    fn targets_and_hosts_come_out_of_uris() {
        for (text, target, host, authority_) in [
            ("ws://a", "/", "a", "a:80"),
            (
                "wss://u:p@a.b/c%20d?e=f&g#h",
                "/c%20d?e=f&g",
                "a.b",
                "a.b:443",
            ),
            ("ws://a:80/?", "/?", "a", "a:80"),
            ("ws://a:443/", "/", "a:443", "a:443"),
            (
                "https://[::1]:8443/x y",
                "/x%20y",
                "[::1]:8443",
                "[::1]:8443",
            ),
            (
                "ws://[fe80::1%25eth0]/é",
                "/%C3%A9",
                "[fe80::1]",
                "[fe80::1]:80",
            ),
            (
                "http://exämple/",
                "/",
                "xn--exmple-cua",
                "xn--exmple-cua:80",
            ),
        ] {
            let uri = uri(text);
            assert_eq!(request_target(&uri), target, "{text}");
            assert_eq!(host_header(&uri), host, "{text}");
            assert_eq!(authority(&uri), authority_, "{text}");
        }
    }

    #[test]
    fn uris_without_a_host_are_none() {
        for text in [
            "",
            "a",
            "/a",
            "http:///x",
            "mailto:a@b",
            "file:///x",
            "ws://a:99999/",
            "ws://",
            "ws://a%2f.b/",
            "ws://a%40b/",
            "ws://a%3ab/",
            "ws://a%3fb/",
            "ws://a%23b/",
            "ws://a%5cb/",
            "ws://a%25b/",
            "ws://a%20b/",
            "ws://a%0d%0ab/",
            "ws://[::1%25a%2fb]/",
            "ws://a/\0",
        ] {
            assert!(parse_uri(text).is_none(), "{text}");
        }
    }

    #[test]
    fn uris_are_encoded_before_they_are_sent() {
        let decoded = Uri::build(
            UriFlags::NONE,
            "ws",
            None,
            Some("a"),
            -1,
            "/b c",
            Some("d e"),
            None,
        );
        assert_eq!(
            request_target(&normalize_uri(&decoded).unwrap()),
            "/b%20c?d%20e"
        );
        for path in ["/b c", "/b\r\nX: y", "/b\tc", "/\u{e9}"] {
            let raw = Uri::build(
                URI_FLAGS,
                "ws",
                None,
                Some("a"),
                -1,
                path,
                Some(&path[1..]),
                None,
            );
            if let Some(uri) = normalize_uri(&raw) {
                let target = request_target(&uri);
                assert!(
                    target.bytes().all(|byte| byte.is_ascii_graphic()),
                    "{target:?}"
                );
            }
        }
        let same = uri("ws://a/b?c");
        assert_eq!(normalize_uri(&same).unwrap().as_ptr(), same.as_ptr());
    }

    #[test]
    fn the_uri_of_a_request_is_put_together() {
        let parse = |line: &str, host: &str| {
            let input = format!("{line} HTTP/1.1\r\nHost: {host}\r\n\r\n");
            let parsed = HeadScanner::default()
                .parse_request(input.as_bytes())
                .unwrap();
            let Parsed::Complete { head, .. } = parsed else {
                panic!("incomplete")
            };
            head.uri("http", "127.0.0.1:8080")
                .map(|uri| uri.to_str().to_string())
        };
        let ok = |uri: &str| Ok(uri.to_owned());
        assert_eq!(parse("GET /a?b", "c:81"), ok("http://c:81/a?b"));
        assert_eq!(parse("GET /a", ""), ok("http://127.0.0.1:8080/a"));
        assert_eq!(parse("GET //evil/a", "c"), ok("http://c//evil/a"));
        assert_eq!(parse("GET https://d/a", "c"), ok("https://d/a"));
        assert_eq!(parse("OPTIONS *", "c"), ok("http://c/"));
        for (line, host) in [
            ("GET *", "c"),
            ("CONNECT c:80", "c"),
            ("GET a", "c"),
            ("GET ftp://d/", "c"),
            ("GET /%zz", "c"),
            ("GET /", "c:x"),
            ("GET http:///a", "c"),
            ("GET /", "[::1"),
            ("GET /", "a%2fb"),
        ] {
            assert_eq!(parse(line, host), Err(HeadError::Target), "{line} {host}");
        }
    }
}
