//! Who is spoken to: credentials are for one origin, and never go to another.

use crate::http::target::default_port;
use glib::Uri;

/// What has to be the same for two URIs to belong together (RFC 6454 §4): `ws` counts as `http`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Origin {
    pub(super) is_tls: bool,
    host: String,
    port: i32,
}

impl Origin {
    /// The origin of `uri`; `None` if its scheme is none of WebSockets.
    pub(super) fn of(uri: &Uri) -> Option<Self> {
        let scheme = uri.scheme();
        let default_port = default_port(&scheme)?;
        Some(Self {
            is_tls: matches!(scheme.as_str(), "wss" | "https"),
            host: uri.host()?.to_ascii_lowercase(),
            port: match uri.port() {
                -1 => default_port.into(),
                port => port,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::http::target::parse_uri;
    use super::*;

    #[test]
    fn scheme_host_and_port_make_an_origin() {
        let origin = |uri| Origin::of(&parse_uri(uri).unwrap());
        let same = [
            ("ws://a/", "ws://u:p@A:80/b?c"),
            ("ws://a/", "http://a"),
            ("wss://a/", "https://a:443/"),
            ("ws://[::1]:81/", "ws://[::1]:81/x"),
        ];
        for (one, other) in same {
            assert_eq!(origin(one), origin(other), "{one} {other}");
        }
        let different = [
            ("ws://a/", "wss://a/"),
            ("ws://a:443/", "wss://a:443/"),
            ("ws://a/", "ws://a:81/"),
            ("ws://a/", "ws://b/"),
            ("ws://a/", "ws://a.b/"),
        ];
        for (one, other) in different {
            assert_ne!(origin(one), origin(other), "{one} {other}");
        }
        assert_eq!(origin("ftp://a/"), None);
    }
}
