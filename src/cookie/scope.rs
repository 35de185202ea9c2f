//! Which hosts and paths a cookie is for (RFC 6265 §5.1.2 to §5.1.4).

use std::net::IpAddr;

/// A host as it is compared: in ASCII and lower case.
pub(super) fn canonical_host(host: &str) -> String {
    if host.is_ascii() {
        return host.to_ascii_lowercase();
    }
    let ascii = glib::hostname_to_ascii(host);
    ascii.map_or_else(|| host.to_lowercase(), |host| host.to_ascii_lowercase())
}

/// Whether a cookie for `domain` is for `host`, both of them canonical. With a leading dot, `domain`
/// includes the hosts below it.
pub(super) fn host_matches(domain: &str, host: &str) -> bool {
    let Some(domain) = domain.strip_prefix('.') else {
        return domain == host;
    };
    host == domain
        || host
            .strip_suffix(domain)
            .is_some_and(|below| below.ends_with('.') && !is_address(host))
}

pub(super) fn is_address(host: &str) -> bool {
    host.parse::<IpAddr>().is_ok()
}

/// Whether a cookie for `cookie_path` is for `path`.
pub(super) fn path_matches(cookie_path: &str, path: &str) -> bool {
    path.strip_prefix(cookie_path)
        .is_some_and(|rest| rest.is_empty() || cookie_path.ends_with('/') || rest.starts_with('/'))
}

/// The path of cookies that do not say one: the folder of what was asked for.
pub(super) fn default_path(path: &str) -> &str {
    match path.rfind('/') {
        Some(end) if end > 0 && path.starts_with('/') => &path[..end],
        _ => "/",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_match_their_domains() {
        for (domain, host, expected) in [
            ("example.com", "example.com", true),
            ("example.com", "www.example.com", false),
            (".example.com", "example.com", true),
            (".example.com", "www.example.com", true),
            (".example.com", "notexample.com", false),
            (".example.com", "com", false),
            (".0.0.1", "127.0.0.1", false),
            (".127.0.0.1", "127.0.0.1", true),
            ("::1", "::1", true),
        ] {
            assert_eq!(host_matches(domain, host), expected, "{domain} {host}");
        }
        assert_eq!(
            canonical_host("WWW.Bücher.example"),
            "www.xn--bcher-kva.example"
        );
    }

    #[test]
    fn paths_match_their_folders() {
        for (cookie_path, path, expected) in [
            ("/", "/", true),
            ("/", "/x", true),
            ("/x", "/x", true),
            ("/x", "/x/", true),
            ("/x/", "/x", false),
            ("/x/", "/x/y", true),
            ("/x", "/xy", false),
            ("/x", "/", false),
        ] {
            assert_eq!(
                path_matches(cookie_path, path),
                expected,
                "{cookie_path} {path}"
            );
        }
        for (path, expected) in [
            ("", "/"),
            ("/", "/"),
            ("/x", "/"),
            ("/x/", "/x"),
            ("/x/y", "/x"),
            ("x/y", "/"),
        ] {
            assert_eq!(default_path(path), expected, "{path}");
        }
    }
}
