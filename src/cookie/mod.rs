//! [`Cookie`], and the [`CookieJar`] that keeps those of a session (RFC 6265).
//!
//! `parse.rs` reads `Set-Cookie`, with `date.rs`, `scope.rs` and `suffix.rs`; `store.rs` decides which
//! cookies are kept and sent, without a clock; `jar.rs` is the class, and `class.rs` what C sees of it.

mod class;
mod date;
mod jar;
mod parse;
mod scope;
mod store;
pub mod subclass;
mod suffix;

#[doc(hidden)]
pub use class::{WsoupCookieJar, WsoupCookieJarClass};
pub(crate) use date::parse_date;
pub use jar::CookieJar;

use crate::http::date::format as format_date;
use crate::http::text::{Text, as_ptr_or_null};
use glib::GString;
use parse::Setter;
use std::ffi::c_char;
use std::fmt::Write as _;

/// A cookie: a name and a value, and whom they are for.
///
/// ```
/// let origin = glib::Uri::parse("wss://www.example.com/chat", glib::UriFlags::NONE).unwrap();
/// let cookie = wsoup::Cookie::parse("id=7; Domain=example.com; Secure", Some(&origin)).unwrap();
/// assert_eq!(cookie.to_cookie_header(), "id=7");
/// assert!(cookie.is_secure());
/// ```
#[derive(Clone, glib::Boxed)]
#[cfg_attr(feature = "capi", boxed_type(name = "WsoupCookie", nullable))]
#[cfg_attr(
    not(feature = "capi"),
    boxed_type(name = "RsWsoupCookie", allow_name_conflict, nullable)
)]
pub struct Cookie {
    name: Text,
    value: Text,
    domain: Option<Text>,
    path: Text,
    expires: Option<glib::DateTime>,
    secure: bool,
    http_only: bool,
    same_site: SameSite,
}

/// Which requests of other sites a cookie goes with; a session has no sites, so it is only kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum SameSite {
    #[default]
    Unset,
    None,
    Lax,
    Strict,
}

impl SameSite {
    fn parse(text: &str) -> Self {
        let named = [
            ("none", Self::None),
            ("lax", Self::Lax),
            ("strict", Self::Strict),
        ];
        let named = named
            .into_iter()
            .find(|(name, _)| text.eq_ignore_ascii_case(name));
        named.map_or(Self::Unset, |(_, same_site)| same_site)
    }

    fn attribute(self) -> &'static str {
        match self {
            Self::Unset => "",
            Self::None => "; SameSite=None",
            Self::Lax => "; SameSite=Lax",
            Self::Strict => "; SameSite=Strict",
        }
    }
}

impl Cookie {
    /// Creates a cookie for a host or, if `domain` begins with a dot, for that domain and all hosts
    /// below it.
    ///
    /// It is valid for `max_age` seconds; 0 is a cookie that has expired, -1 one that lasts as long as
    /// its [`CookieJar`]. What cannot stand in a `Cookie` header is a programmer's error: a critical is
    /// logged, and there is no cookie.
    pub fn new(name: &str, value: &str, domain: &str, path: &str, max_age: i32) -> Option<Self> {
        let is_good = |text: &str| !text.chars().any(|c| c.is_ascii_control() || c == ';');
        if !is_good(value) || !is_good(domain) || !is_good(path) {
            glib::g_critical!(
                "Wsoup",
                "value, domain or path of a cookie have a ; or control character"
            );
            return None;
        }
        if !is_good(name) || name.contains('=') {
            glib::g_critical!("Wsoup", "{name:?} cannot be the name of a cookie");
            return None;
        }
        let mut cookie = Self::with_parts(name, value, Some(domain), path);
        if max_age != -1 {
            cookie.expires = expiry(now(), max_age.into());
        }
        Some(cookie)
    }

    /// Reads the value of a `Set-Cookie` header that came from `origin`.
    ///
    /// `None` if it is no cookie, or if it is for a domain that `origin` does not belong to. Without an
    /// `origin`, the cookie has the domain that it names, if any.
    pub fn parse(header: &str, origin: Option<&glib::Uri>) -> Option<Self> {
        let setter = match origin {
            Some(origin) => Some(Setter::of(origin)?),
            None => None,
        };
        parse::parse(header, setter.as_ref(), now(), suffix::is_public_suffix)
    }

    fn with_parts(name: &str, value: &str, domain: Option<&str>, path: &str) -> Self {
        Self {
            name: Text::new(name),
            value: Text::new(value),
            domain: domain.map(Text::new),
            path: Text::new(path),
            expires: None,
            secure: false,
            http_only: false,
            same_site: SameSite::Unset,
        }
    }

    /// The name.
    #[doc(alias = "get_name")]
    pub fn name(&self) -> GString {
        self.name.to_gstring()
    }

    /// The value.
    #[doc(alias = "get_value")]
    pub fn value(&self) -> GString {
        self.value.to_gstring()
    }

    /// The host that the cookie is for, or a domain that begins with a dot; `None` if it was read
    /// without an origin and names none.
    #[doc(alias = "get_domain")]
    pub fn domain(&self) -> Option<GString> {
        self.domain.as_ref().map(Text::to_gstring)
    }

    /// The path that the cookie is for, with all that is below it.
    #[doc(alias = "get_path")]
    pub fn path(&self) -> GString {
        self.path.to_gstring()
    }

    /// When the cookie expires; `None` if it lasts as long as its [`CookieJar`].
    #[doc(alias = "get_expires")]
    pub fn expires(&self) -> Option<glib::DateTime> {
        self.expires.clone()
    }

    /// Sets when the cookie expires.
    pub fn set_expires(&mut self, expires: Option<&glib::DateTime>) {
        self.expires = expires.cloned();
    }

    /// Whether the cookie is sent over TLS alone.
    #[doc(alias = "get_secure")]
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// Sets whether the cookie is sent over TLS alone.
    pub fn set_secure(&mut self, secure: bool) {
        self.secure = secure;
    }

    /// Whether the cookie is for HTTP alone, and not for the scripts of a page.
    #[doc(alias = "get_http_only")]
    pub fn is_http_only(&self) -> bool {
        self.http_only
    }

    /// Sets whether the cookie is for HTTP alone.
    pub fn set_http_only(&mut self, http_only: bool) {
        self.http_only = http_only;
    }

    /// Whether two cookies have the same name, value and path, and the same domain, in whichever case
    /// and with or without the dot.
    pub fn equal(&self, other: &Self) -> bool {
        let domain = |cookie: &Self| {
            let domain = cookie.domain.as_ref().map_or("", Text::as_str);
            domain.trim_start_matches('.').to_ascii_lowercase()
        };
        self.name.as_str() == other.name.as_str()
            && self.value.as_str() == other.value.as_str()
            && self.path.as_str() == other.path.as_str()
            && domain(self) == domain(other)
    }

    /// The cookie as it stands in a `Cookie` header.
    pub fn to_cookie_header(&self) -> GString {
        let (name, value) = (self.name.as_str(), self.value.as_str());
        if name.is_empty() {
            return value.into();
        }
        format!("{name}={value}").into()
    }

    /// The cookie as it stands in a `Set-Cookie` header.
    pub fn to_set_cookie_header(&self) -> GString {
        let mut header = format!("{}={}", self.name.as_str(), self.value.as_str());
        if let Some(expires) = &self.expires {
            _ = write!(header, "; expires={}", format_date(expires));
        }
        _ = write!(header, "; path={}", self.path.as_str());
        if let Some(domain) = &self.domain {
            _ = write!(header, "; domain={}", domain.as_str());
        }
        if self.secure {
            header.push_str("; secure");
        }
        if self.http_only {
            header.push_str("; HttpOnly");
        }
        header.push_str(self.same_site.attribute());
        header.into()
    }
}

impl std::fmt::Debug for Cookie {
    /// Without the value, which may be a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cookie")
            .field("name", &self.name.as_str())
            .field("domain", &self.domain.as_ref().map(Text::as_str))
            .field("path", &self.path.as_str())
            .finish_non_exhaustive()
    }
}

/// What the C ABI lends to its callers: valid as long as the cookie.
#[doc(hidden)]
impl Cookie {
    pub fn name_ptr(&self) -> *const c_char {
        self.name.as_ptr()
    }

    pub fn value_ptr(&self) -> *const c_char {
        self.value.as_ptr()
    }

    pub fn domain_ptr(&self) -> *const c_char {
        as_ptr_or_null(self.domain.as_ref())
    }

    pub fn path_ptr(&self) -> *const c_char {
        self.path.as_ptr()
    }
}

/// When what is valid for `seconds` from `now` on expires. Times that GLib cannot say are the last one
/// that it can.
fn expiry(now: i64, seconds: i64) -> Option<glib::DateTime> {
    const END: i64 = 253_402_300_799; // 9999-12-31T23:59:59Z
    let time = match seconds {
        1.. => now.saturating_add(seconds).min(END),
        _ => 0,
    };
    glib::DateTime::from_unix_utc(time).ok()
}

/// The present time, in seconds since 1970.
fn now() -> i64 {
    glib::real_time() / 1_000_000
}
