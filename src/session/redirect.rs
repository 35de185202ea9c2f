//! Where a redirect leads (RFC 9110 §15.4), and what goes along.

use super::origin::Origin;
use crate::http::target::{URI_FLAGS, normalize_uri};
use crate::{Message, MessageHeaders};
use glib::Uri;

/// Redirects that are followed one after the other, as in libsoup.
pub(super) const MAX_REDIRECTS: u32 = 20;

/// Headers that are for one origin alone: `Host` names it, the others are secrets.
const BOUND_TO_ORIGIN: [&str; 4] = ["Host", "Authorization", "Cookie", "Cookie2"];

/// Why a redirect is not followed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum RedirectError {
    /// `Location` is no URI, or no WebSocket can be there.
    Location(String),
    /// It leads from TLS to where anybody can listen.
    Downgrade,
}

impl RedirectError {
    pub(super) fn text(&self) -> String {
        match self {
            Self::Location(location) => {
                format!("the server redirects to {location:?}, where no WebSocket can be")
            }
            Self::Downgrade => {
                "the server redirects to an unencrypted connection, which is not followed"
                    .to_owned()
            }
        }
    }
}

/// The URI that a response to a request for `uri` redirects to; `None` if it does not.
pub(super) fn redirect_target(
    uri: &Uri,
    status: u32,
    headers: &MessageHeaders,
) -> Option<Result<Uri, RedirectError>> {
    if !matches!(status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = headers.one("Location")?;
    Some(resolve(uri, &location))
}

fn resolve(uri: &Uri, location: &str) -> Result<Uri, RedirectError> {
    let invalid = || RedirectError::Location(location.to_owned());
    let target = uri
        .parse_relative(location, URI_FLAGS)
        .ok()
        .and_then(|target| normalize_uri(&target))
        .ok_or_else(invalid)?;
    let origin = Origin::of(&target).ok_or_else(invalid)?;
    let before = Origin::of(uri).ok_or_else(invalid)?;
    if before.is_tls && !origin.is_tls {
        return Err(RedirectError::Downgrade);
    }
    // The credentials of a URI are the program's to choose, not the server's.
    let (user, password) = if origin == before {
        (uri.user(), uri.password())
    } else {
        (None, None)
    };
    Ok(Uri::build_with_user(
        URI_FLAGS,
        if origin.is_tls { "wss" } else { "ws" },
        user.as_deref(),
        password.as_deref(),
        None,
        target.host().as_deref(),
        target.port(),
        &target.path(),
        target.query().as_deref(),
        None,
    ))
}

impl Message {
    /// Has the message go to `target`, and takes from it what is not for there.
    pub(super) fn redirect(&self, target: &Uri) {
        let origin = self.uri().as_ref().and_then(Origin::of);
        if origin != Origin::of(target) {
            for name in BOUND_TO_ORIGIN {
                self.request_headers().remove(name);
            }
            self.forget_client_certificate();
        }
        self.set_uri(target);
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::http::target::parse_uri;
    use super::*;

    fn resolved(uri: &str, location: &str) -> Result<String, RedirectError> {
        resolve(&parse_uri(uri).unwrap(), location).map(|uri| uri.to_str().into())
    }

    #[test]
    fn locations_are_resolved_against_the_uri() {
        for (uri, location, target) in [
            ("ws://a/b/c?d", "e", "ws://a/b/e"),
            ("ws://a/b/c", "/e?f", "ws://a/e?f"),
            ("ws://a/b/c", "../e", "ws://a/e"),
            ("ws://a/b/c", "?e", "ws://a/b/c?e"),
            ("ws://a/b", "//c/d", "ws://c/d"),
            ("ws://a/", "http://b:81/c#d", "ws://b:81/c"),
            ("ws://a/", "https://a/c", "wss://a/c"),
            ("wss://a/", "/x y", "wss://a/x%20y"),
            ("http://a/", "/b", "ws://a/b"),
            ("ws://[::1]:81/", "/b", "ws://[::1]:81/b"),
        ] {
            assert_eq!(resolved(uri, location), Ok(target.to_owned()), "{location}");
        }
        for location in [
            "ftp://a/",
            "mailto:a@b",
            "ws:///a",
            "ws://a:b/",
            "ws://",
            "/%zz",
        ] {
            assert!(
                matches!(
                    resolved("ws://a/", location),
                    Err(RedirectError::Location(_))
                ),
                "{location}"
            );
        }
    }

    #[test]
    fn userinfo_stays_within_the_origin_and_is_the_own_one() {
        let uri = "ws://us%40er:p%3aw@a/b";
        let ok = |uri: &str| Ok(uri.to_owned());
        assert_eq!(resolved(uri, "/c"), ok("ws://us%40er:p:w@a/c"));
        assert_eq!(resolved(uri, "ws://x:y@a/c"), ok("ws://us%40er:p:w@a/c"));
        assert_eq!(resolved(uri, "ws://x:y@b/c"), ok("ws://b/c"));
        assert_eq!(resolved(uri, "wss://a/c"), ok("wss://a/c"));
        assert_eq!(resolved("ws://a/", "ws://x:y@a/c"), ok("ws://a/c"));
    }

    #[test]
    fn nothing_leads_out_of_tls() {
        for location in ["ws://a/", "http://a/", "//b/../c"] {
            let target = resolved("wss://a/", location);
            if location.starts_with("//") {
                assert_eq!(target, Ok("wss://b/c".to_owned()));
            } else {
                assert_eq!(target, Err(RedirectError::Downgrade), "{location}");
            }
        }
    }

    #[test]
    fn what_is_for_one_origin_stays_there() {
        let secrets = ["Authorization", "Cookie", "Host"];
        for (target, goes_along) in [
            ("ws://a/c", true),
            ("ws://b/c", false),
            ("wss://a/c", false),
        ] {
            let message = Message::new("GET", "ws://a/b").unwrap();
            let headers = message.request_headers();
            for name in secrets {
                headers.append(name, "x");
            }
            headers.append("X-Other", "x");
            message.redirect(&parse_uri(target).unwrap());
            assert_eq!(message.uri().unwrap().to_str(), target);
            for name in secrets {
                assert_eq!(headers.one(name).is_some(), goes_along, "{target} {name}");
            }
            assert!(headers.one("X-Other").is_some());
        }
    }
}
