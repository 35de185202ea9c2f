//! Which cookies are kept, and which are sent (RFC 6265 §5.3 and §5.4, as its revision has them).
//!
//! There is no clock here: the present time is an argument, in seconds since 1970. What a peer can make
//! a store keep is bounded by the limits below and by those of `parse.rs`.

use super::Cookie;
use super::scope::{host_matches, path_matches};
use crate::http::text::Text;

/// Cookies of one domain that are kept.
const MAX_OF_DOMAIN: usize = 180;

/// Cookies that are kept.
const MAX_COOKIES: usize = 3000;

/// A cookie that went, and the one that is there now.
pub(super) type Change = (Option<Cookie>, Option<Cookie>);

#[derive(Default)]
pub(super) struct Store {
    /// In the order in which they were created.
    entries: Vec<Entry>,
    /// Counts what is done, to tell what was not used for long.
    tick: u64,
}

struct Entry {
    cookie: Cookie,
    used: u64,
}

impl Store {
    /// Keeps a cookie, in place of the one that it replaces; one that has expired removes that.
    pub(super) fn add(&mut self, cookie: Cookie, now: i64) -> Vec<Change> {
        let mut changes = self.drop_expired(now);
        self.tick += 1;
        let is_same = |entry: &Entry| is_same(&entry.cookie, &cookie);
        let known = self.entries.iter().position(is_same);
        match known {
            Some(index) if has_expired(&cookie, now) => {
                changes.push((Some(self.entries.remove(index).cookie), None));
            }
            None if has_expired(&cookie, now) => (),
            Some(index) => {
                let entry = &mut self.entries[index];
                entry.used = self.tick;
                let old = std::mem::replace(&mut entry.cookie, cookie.clone());
                changes.push((Some(old), Some(cookie)));
            }
            None => {
                let domain = owner(&cookie).to_owned();
                changes.push((None, Some(cookie.clone())));
                self.entries.push(Entry {
                    cookie,
                    used: self.tick,
                });
                changes.extend(self.keep_limit(MAX_OF_DOMAIN, |cookie| owner(cookie) == domain));
                changes.extend(self.keep_limit(MAX_COOKIES, |_| true));
            }
        }
        changes
    }

    /// Removes a cookie that is equal to `cookie`.
    pub(super) fn remove(&mut self, cookie: &Cookie) -> Option<Cookie> {
        let mut entries = self.entries.iter();
        let index = entries.position(|entry| entry.cookie.equal(cookie))?;
        Some(self.entries.remove(index).cookie)
    }

    /// Removes what has expired.
    pub(super) fn drop_expired(&mut self, now: i64) -> Vec<Change> {
        let is_expired = |entry: &mut Entry| has_expired(&entry.cookie, now);
        let expired = self.entries.extract_if(.., is_expired);
        expired.map(|entry| (Some(entry.cookie), None)).collect()
    }

    /// All cookies.
    pub(super) fn all(&self) -> Vec<Cookie> {
        self.entries
            .iter()
            .map(|entry| entry.cookie.clone())
            .collect()
    }

    /// The `Cookie` header for a request: those with the longest path first, then the oldest.
    pub(super) fn header(
        &mut self,
        host: &str,
        path: &str,
        is_secure: bool,
        for_http: bool,
    ) -> Option<String> {
        self.tick += 1;
        let mut chosen: Vec<&Cookie> = Vec::new();
        for entry in &mut self.entries {
            let cookie = &entry.cookie;
            if host_matches(domain(cookie), host)
                && path_matches(cookie.path.as_str(), path)
                && (is_secure || !cookie.secure)
                && (for_http || !cookie.http_only)
            {
                entry.used = self.tick;
                chosen.push(&entry.cookie);
            }
        }
        chosen.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.as_str().len()));
        let texts: Vec<_> = chosen
            .iter()
            .map(|cookie| cookie.to_cookie_header())
            .collect();
        (!texts.is_empty()).then(|| texts.join("; "))
    }

    /// Whether a response may set `cookie`: without TLS, it may neither make secure cookies nor hide
    /// them behind others; and names that promise something have to keep it.
    pub(super) fn may_be_set(&self, cookie: &Cookie, is_secure: bool) -> bool {
        let name = sent_name(cookie).to_ascii_lowercase();
        if name.starts_with("__secure-") || name.starts_with("__host-") {
            let is_bound = cookie.path.as_str() == "/" && !domain(cookie).starts_with('.');
            if !cookie.secure || (name.starts_with("__host-") && !is_bound) {
                return false;
            }
        }
        is_secure
            || !(cookie.secure
                || self
                    .entries
                    .iter()
                    .any(|entry| hides(cookie, &entry.cookie)))
    }

    /// If more than `limit` cookies are `counted`, drops one of them: one that is sent without TLS, if
    /// there is any, and of these the one that was not used for longest.
    fn keep_limit(&mut self, limit: usize, counted: impl Fn(&Cookie) -> bool) -> Option<Change> {
        let entries = self.entries.iter().enumerate();
        let counted = entries.filter(|(_, entry)| counted(&entry.cookie));
        if counted.clone().count() <= limit {
            return None;
        }
        let (index, _) = counted.min_by_key(|(_, entry)| (entry.cookie.secure, entry.used))?;
        Some((Some(self.entries.remove(index).cookie), None))
    }
}

fn domain(cookie: &Cookie) -> &str {
    cookie.domain.as_ref().map_or("", Text::as_str)
}

/// The domain that a cookie is counted for.
fn owner(cookie: &Cookie) -> &str {
    domain(cookie).trim_start_matches('.')
}

fn is_same(one: &Cookie, other: &Cookie) -> bool {
    one.name.as_str() == other.name.as_str()
        && domain(one) == domain(other)
        && one.path.as_str() == other.path.as_str()
}

/// The name that a server reads: of a cookie without one, whatever the value begins with.
fn sent_name(cookie: &Cookie) -> &str {
    let (name, value) = (cookie.name.as_str(), cookie.value.as_str());
    if name.is_empty() {
        value.split('=').next().unwrap_or_default().trim_end()
    } else {
        name
    }
}

/// Whether the insecure cookie `new` would be taken for the secure cookie `old`.
fn hides(new: &Cookie, old: &Cookie) -> bool {
    old.secure
        && sent_name(old) == sent_name(new)
        && (host_matches(domain(old), owner(new)) || host_matches(domain(new), owner(old)))
        && path_matches(old.path.as_str(), new.path.as_str())
}

fn has_expired(cookie: &Cookie, now: i64) -> bool {
    cookie
        .expires
        .as_ref()
        .is_some_and(|time| time.to_unix() <= now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cookie::expiry;

    const NOW: i64 = 1_000_000_000;

    fn cookie(name: &str, domain: &str, path: &str) -> Cookie {
        Cookie::with_parts(name, "1", Some(domain), path)
    }

    fn nameless(value: &str, domain: &str, path: &str) -> Cookie {
        Cookie::with_parts("", value, Some(domain), path)
    }

    fn expiring(name: &str, seconds: i64) -> Cookie {
        let mut cookie = cookie(name, "a.b", "/");
        cookie.expires = expiry(NOW, seconds);
        cookie
    }

    fn secure(name: &str, domain: &str, path: &str) -> Cookie {
        let mut cookie = cookie(name, domain, path);
        cookie.secure = true;
        cookie
    }

    /// `-old +new` of each change.
    fn told(changes: &[Change]) -> String {
        let told = |sign, cookie: &Option<Cookie>| {
            let cookie = cookie.as_ref();
            cookie.map(|cookie| format!("{sign}{}", cookie.to_cookie_header()))
        };
        let texts = changes
            .iter()
            .flat_map(|(old, new)| [told('-', old), told('+', new)]);
        texts.flatten().collect::<Vec<_>>().join(" ")
    }

    fn sent(store: &mut Store, host: &str, path: &str) -> String {
        store.header(host, path, false, true).unwrap_or_default()
    }

    #[test]
    fn a_cookie_replaces_the_one_of_its_name_domain_and_path() {
        let mut store = Store::default();
        for other in [
            cookie("a", "a.b", "/"),
            cookie("A", "a.b", "/"),
            cookie("a", ".a.b", "/"),
            cookie("a", "a.b", "/x"),
        ] {
            assert!(told(&store.add(other, NOW)).starts_with('+'));
        }
        let mut new = cookie("a", "a.b", "/");
        new.value = Text::new("2");
        assert_eq!(told(&store.add(new, NOW)), "-a=1 +a=2");
        assert_eq!(sent(&mut store, "a.b", "/"), "a=2; A=1; a=1");
    }

    #[test]
    fn expired_cookies_go_when_they_are_met() {
        let mut store = Store::default();
        assert_eq!(told(&store.add(expiring("a", 10), NOW)), "+a=1");
        assert_eq!(told(&store.add(expiring("b", 20), NOW)), "+b=1");
        assert_eq!(told(&store.drop_expired(NOW + 9)), "");
        assert_eq!(told(&store.drop_expired(NOW + 10)), "-a=1");
        assert_eq!(told(&store.add(expiring("c", 0), NOW + 10)), "");
        assert_eq!(told(&store.add(expiring("b", 0), NOW + 10)), "-b=1");
        assert!(store.all().is_empty());
    }

    #[test]
    fn the_longest_path_is_sent_first_and_then_the_oldest() {
        let mut store = Store::default();
        for (name, path) in [
            ("a", "/"),
            ("b", "/x"),
            ("c", "/"),
            ("d", "/x/y"),
            ("e", "/z"),
        ] {
            store.add(cookie(name, "a.b", path), NOW);
        }
        assert_eq!(sent(&mut store, "a.b", "/x/y"), "d=1; b=1; a=1; c=1");
        assert_eq!(sent(&mut store, "b", "/x/y"), "");
    }

    #[test]
    fn cookies_go_where_they_are_meant_to() {
        let mut store = Store::default();
        store.add(secure("s", "a.b", "/"), NOW);
        let mut http_only = cookie("h", "a.b", "/");
        http_only.http_only = true;
        store.add(http_only, NOW);
        for (is_secure, for_http, expected) in [
            (true, true, Some("s=1; h=1")),
            (true, false, Some("s=1")),
            (false, true, Some("h=1")),
            (false, false, None),
        ] {
            let header = store.header("a.b", "/", is_secure, for_http);
            assert_eq!(header.as_deref(), expected);
        }
    }

    #[test]
    fn without_tls_secure_cookies_are_neither_set_nor_hidden() {
        let mut store = Store::default();
        store.add(secure("s", ".a.b", "/x"), NOW);
        for (cookie, with_tls, without) in [
            (cookie("s", "a.b", "/x"), true, false),
            (cookie("s", "c.a.b", "/x/y"), true, false),
            (cookie("s", ".b", "/x"), true, false),
            (cookie("s", "a.b", "/"), true, true),
            (cookie("s", "c.b", "/x"), true, true),
            (cookie("t", "a.b", "/x"), true, true),
            (secure("t", "a.b", "/x"), true, false),
            (nameless("s =2", "a.b", "/x"), true, false),
            (nameless("t=2", "a.b", "/x"), true, true),
        ] {
            assert_eq!(store.may_be_set(&cookie, true), with_tls, "{cookie:?}");
            assert_eq!(store.may_be_set(&cookie, false), without, "{cookie:?}");
        }
    }

    #[test]
    fn names_keep_their_promises() {
        let store = Store::default();
        for (cookie, expected) in [
            (cookie("__Secure-a", "a.b", "/"), false),
            (cookie("__host-a", "a.b", "/"), false),
            (secure("__secure-a", ".a.b", "/x"), true),
            (secure("__Host-a", "a.b", "/"), true),
            (secure("__Host-a", ".a.b", "/"), false),
            (secure("__Host-a", "a.b", "/x"), false),
            (nameless("__Secure-a=1", "a.b", "/"), false),
            (nameless("__host-a", "a.b", "/"), false),
        ] {
            assert_eq!(store.may_be_set(&cookie, true), expected, "{cookie:?}");
        }
    }

    #[test]
    fn the_number_of_cookies_is_bounded() {
        let mut store = Store::default();
        store.add(secure("first", "a.b", "/"), NOW);
        store.add(cookie("second", "a.b", "/"), NOW);
        store.add(cookie("third", ".a.b", "/third"), NOW);
        for index in 3..MAX_OF_DOMAIN {
            store.add(cookie(&format!("n{index}"), ".a.b", "/"), NOW);
        }
        // The last one that was not used for long, if it is not secure.
        sent(&mut store, "a.b", "/");
        assert_eq!(
            told(&store.add(cookie("one", "a.b", "/"), NOW)),
            "+one=1 -third=1"
        );
        assert_eq!(
            told(&store.add(cookie("two", "a.b", "/"), NOW)),
            "+two=1 -second=1"
        );
        for index in 0..MAX_COOKIES {
            store.add(cookie("a", &format!("h{index}"), "/"), NOW);
        }
        assert_eq!(store.all().len(), MAX_COOKIES);
    }
}
