//! `Set-Cookie` as it is read (RFC 6265 §5.2 and §5.3, as its revision has them).

use super::date::parse_date;
use super::scope::{canonical_host, default_path, host_matches, is_address};
use super::{Cookie, SameSite, expiry};

/// How many bytes name and value have at most.
pub(super) const MAX_COOKIE: usize = 4096;

/// How many bytes an attribute has at most; longer ones are ignored.
const MAX_ATTRIBUTE: usize = 1024;

const SPACE: [char; 2] = [' ', '\t'];

/// Who sets a cookie: what matters of the URI.
pub(super) struct Setter {
    pub(super) host: String,
    pub(super) path: String,
}

impl Setter {
    pub(super) fn of(uri: &glib::Uri) -> Option<Self> {
        Some(Self {
            host: canonical_host(&uri.host()?),
            path: uri.path().into(),
        })
    }
}

/// What a `Set-Cookie` header says, before it is known whether it may.
#[derive(Default)]
struct Attributes {
    expires: Option<glib::DateTime>,
    max_age: Option<i64>,
    domain: Option<String>,
    path: Option<String>,
    secure: bool,
    http_only: bool,
    same_site: SameSite,
}

/// Reads the value of a `Set-Cookie` header at the time `now`.
///
/// `None` for what is no cookie, or one that `setter` may not set. `is_public_suffix` says whether a
/// domain has no owner; if nobody knows, the cookie is for the host alone.
pub(super) fn parse(
    header: &str,
    setter: Option<&Setter>,
    now: i64,
    is_public_suffix: impl Fn(&str) -> Option<bool>,
) -> Option<Cookie> {
    if header.chars().any(|c| c != '\t' && c.is_ascii_control()) {
        return None;
    }
    let (pair, attributes) = header.split_once(';').unwrap_or((header, ""));
    let (name, value) = pair.split_once('=').unwrap_or(("", pair));
    let (name, value) = (name.trim_matches(SPACE), value.trim_matches(SPACE));
    if name.len() + value.len() > MAX_COOKIE || (name.is_empty() && value.is_empty()) {
        return None;
    }
    let attributes = Attributes::parse(attributes);
    let domain = match (setter, &attributes.domain) {
        (None, domain) => domain.as_ref().map(|domain| format!(".{domain}")),
        (Some(setter), None) => Some(setter.host.clone()),
        (Some(setter), Some(domain)) => Some(shared_domain(setter, domain, is_public_suffix)?),
    };
    let path = attributes.path.as_deref();
    let path = path.unwrap_or_else(|| setter.map_or("/", |setter| default_path(&setter.path)));
    let mut cookie = Cookie::with_parts(name, value, domain.as_deref(), path);
    cookie.expires = match attributes.max_age {
        Some(seconds) => expiry(now, seconds),
        None => attributes.expires,
    };
    cookie.secure = attributes.secure;
    cookie.http_only = attributes.http_only;
    cookie.same_site = attributes.same_site;
    Some(cookie)
}

/// The domain of a cookie that says `domain`; `None` if `setter` may not speak for that.
fn shared_domain(
    setter: &Setter,
    domain: &str,
    is_public_suffix: impl Fn(&str) -> Option<bool>,
) -> Option<String> {
    let host = &setter.host;
    let shared = format!(".{domain}");
    if is_address(host) {
        return (host == domain).then(|| host.clone());
    }
    if !host_matches(&shared, host) {
        return None;
    }
    match is_public_suffix(domain) {
        Some(false) => Some(shared),
        Some(true) => (host == domain).then(|| host.clone()),
        None => Some(host.clone()),
    }
}

impl Attributes {
    fn parse(text: &str) -> Self {
        let mut attributes = Self::default();
        for attribute in text.split(';') {
            let (name, value) = attribute.split_once('=').unwrap_or((attribute, ""));
            let value = value.trim_matches(SPACE);
            if value.len() <= MAX_ATTRIBUTE {
                attributes.set(&name.trim_matches(SPACE).to_ascii_lowercase(), value);
            }
        }
        attributes
    }

    /// Takes one attribute; of several with one name, the last is valid.
    fn set(&mut self, name: &str, value: &str) {
        match name {
            "expires" => self.expires = parse_date(value).or_else(|| self.expires.take()),
            "max-age" => self.max_age = parse_seconds(value).or(self.max_age),
            "domain" => {
                let domain = canonical_host(value.strip_prefix('.').unwrap_or(value));
                self.domain = (!domain.is_empty()).then_some(domain);
            }
            "path" => self.path = value.starts_with('/').then(|| value.to_owned()),
            "secure" => self.secure = true,
            "httponly" => self.http_only = true,
            "samesite" => self.same_site = SameSite::parse(value),
            _ => (),
        }
    }
}

/// The seconds of `Max-Age`; those that no number can hold are for ever, or never.
fn parse_seconds(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let most = if digits.len() < text.len() {
        0
    } else {
        i64::MAX
    };
    Some(text.parse().unwrap_or(most))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: i64 = 1_000_000_000;

    fn list(domain: &str) -> Option<bool> {
        Some(!domain.contains('.') || domain == "co.uk")
    }

    fn setter(uri: &str) -> Setter {
        Setter::of(&glib::Uri::parse(uri, glib::UriFlags::NONE).unwrap()).unwrap()
    }

    fn read(header: &str) -> Option<Cookie> {
        let setter = setter("ws://WWW.Example.com/a/b/c?d=/e/f");
        parse(header, Some(&setter), NOW, list)
    }

    #[test]
    fn names_and_values_are_read() {
        let long = format!("a={}", "x".repeat(MAX_COOKIE));
        for (header, expected) in [
            ("a=b", Some(("a", "b"))),
            (" a = b ; Path=/x", Some(("a", "b"))),
            ("a", Some(("", "a"))),
            ("=b", Some(("", "b"))),
            ("a=", Some(("a", ""))),
            ("a=b=c", Some(("a", "b=c"))),
            ("a=\"b c\"", Some(("a", "\"b c\""))),
            ("a=b,c", Some(("a", "b,c"))),
            ("ä=ö", Some(("ä", "ö"))),
            ("", None),
            (" ; path=/", None),
            ("=", None),
            ("a=b\u{1}", None),
            ("a=b\r\nc: d", None),
            ("a=b; path=/\u{7f}", None),
            (&long, None),
        ] {
            let cookie = read(header);
            let found = cookie.as_ref().map(|c| (c.name(), c.value()));
            let found = found
                .as_ref()
                .map(|(name, value)| (name.as_str(), value.as_str()));
            assert_eq!(found, expected, "{header}");
        }
    }

    #[test]
    fn attributes_are_read_and_the_last_one_counts() {
        let long = format!("a=b; path=/{}", "x".repeat(MAX_ATTRIBUTE));
        for (header, expected) in [
            ("a=b", "a=b; path=/a/b; domain=www.example.com"),
            (
                "a=b; path=/x; Path = /y",
                "a=b; path=/y; domain=www.example.com",
            ),
            ("a=b; path=x", "a=b; path=/a/b; domain=www.example.com"),
            (&long, "a=b; path=/a/b; domain=www.example.com"),
            (
                "a=b; domain=.Example.COM",
                "a=b; path=/a/b; domain=.example.com",
            ),
            (
                "a=b; domain=www.example.com",
                "a=b; path=/a/b; domain=.www.example.com",
            ),
            ("a=b; domain=", "a=b; path=/a/b; domain=www.example.com"),
            (
                "a=b; SECURE=no; httponly; samesite=LAX; unknown; ;",
                "a=b; path=/a/b; domain=www.example.com; secure; HttpOnly; SameSite=Lax",
            ),
        ] {
            assert_eq!(
                read(header).unwrap().to_set_cookie_header(),
                expected,
                "{header}"
            );
        }
    }

    #[test]
    fn a_host_speaks_for_no_other_domain() {
        for domain in ["other.com", "com", "b.www.example.com", "xample.com"] {
            assert!(read(&format!("a=b; domain={domain}")).is_none(), "{domain}");
        }
        for (host, domain, expected) in [
            ("co.uk", "co.uk", Some("co.uk")),
            ("x.co.uk", "co.uk", None),
            ("intranet", "intranet", Some("intranet")),
            ("127.0.0.1", "127.0.0.1", Some("127.0.0.1")),
            ("127.0.0.1", "0.0.1", None),
        ] {
            let setter = setter(&format!("ws://{host}/"));
            let cookie = parse(&format!("a=b; domain={domain}"), Some(&setter), NOW, list);
            let found = cookie.and_then(|cookie| cookie.domain());
            assert_eq!(found.as_deref(), expected, "{host} {domain}");
        }
        let header = "a=b; domain=example.com";
        let unknown = parse(header, Some(&setter("ws://www.example.com/")), NOW, |_| {
            None
        });
        assert_eq!(
            unknown.unwrap().domain().as_deref(),
            Some("www.example.com")
        );
    }

    #[test]
    fn without_a_setter_the_header_is_believed() {
        let cookie = parse("a=b", None, NOW, list).unwrap();
        assert_eq!((cookie.domain(), cookie.path().as_str()), (None, "/"));
        let cookie = parse("a=b; domain=example.com", None, NOW, list).unwrap();
        assert_eq!(cookie.domain().as_deref(), Some(".example.com"));
    }

    #[test]
    fn max_age_goes_before_expires() {
        let expires = "Wed, 09 Jun 2100 10:18:14 GMT";
        for (attributes, expected) in [
            (String::new(), None),
            (format!("expires={expires}"), Some(4_116_219_494)),
            (
                format!("expires={expires}; expires=never"),
                Some(4_116_219_494),
            ),
            (format!("max-age=10; expires={expires}"), Some(NOW + 10)),
            (format!("expires={expires}; max-age=10"), Some(NOW + 10)),
            ("max-age=0".to_owned(), Some(0)),
            ("max-age=-1".to_owned(), Some(0)),
            (
                "max-age=x; max-age=; max-age=-; max-age=+1".to_owned(),
                None,
            ),
            (
                "max-age=99999999999999999999".to_owned(),
                Some(253_402_300_799),
            ),
            ("max-age=-99999999999999999999".to_owned(), Some(0)),
        ] {
            let cookie = read(&format!("a=b; {attributes}")).unwrap();
            let expires = cookie.expires().map(|time| time.to_unix());
            assert_eq!(expires, expected, "{attributes}");
        }
    }

    proptest! {
        #[test]
        fn no_header_is_too_strange(
            header in "([a-z=;,.\" äß\u{0}-\u{20}-]|domain=|path=/|max-age=|expires=|secure|[0-9]){0,40}",
        ) {
            if let Some(cookie) = read(&header) {
                prop_assert!(cookie.path().starts_with('/'));
                let written = cookie.to_set_cookie_header();
                let again = parse(&written, None, NOW, list);
                prop_assert_eq!(again.unwrap().value(), cookie.value());
            }
        }
    }
}
