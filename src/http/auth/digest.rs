//! What both sides of Digest authentication compute (RFC 7616 §3.4, RFC 2069 without `qop`).
//!
//! Everything is text: names and passwords as UTF-8, hashes in lower-case hexadecimal.

use glib::ChecksumType;

/// Which hash is used, and whether each session has a key of its own (`-sess`).
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
pub(crate) struct Algorithm {
    hash: Hash,
    is_session: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(test, derive(Debug))]
pub(crate) enum Hash {
    Md5,
    Sha256,
}

/// What a client adds to the response when the server offers `qop`.
pub(crate) struct Counted<'a> {
    /// Eight digits, hexadecimal: how often the nonce was used.
    pub(crate) count: &'a str,
    pub(crate) client_nonce: &'a str,
}

impl Algorithm {
    /// The algorithm where none is named.
    pub(crate) const MD5: Self = Self {
        hash: Hash::Md5,
        is_session: false,
    };

    /// Reads the parameter `algorithm`; `None` if it is not supported.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        let [md5, sha256] = [Hash::Md5, Hash::Sha256];
        let (hash, is_session) = match name.to_ascii_uppercase().as_str() {
            "MD5" => (md5, false),
            "MD5-SESS" => (md5, true),
            "SHA-256" => (sha256, false),
            "SHA-256-SESS" => (sha256, true),
            _ => return None,
        };
        Some(Self { hash, is_session })
    }

    pub(crate) fn name(self) -> &'static str {
        match (self.hash, self.is_session) {
            (Hash::Md5, false) => "MD5",
            (Hash::Md5, true) => "MD5-sess",
            (Hash::Sha256, false) => "SHA-256",
            (Hash::Sha256, true) => "SHA-256-sess",
        }
    }

    pub(crate) fn hash(self) -> Hash {
        self.hash
    }

    pub(crate) fn is_session(self) -> bool {
        self.is_session
    }

    /// What stands for the password: it can be kept in its place, and is worth as much within the
    /// realm.
    pub(crate) fn secret(self, username: &str, realm: &str, password: &str) -> String {
        self.digest(&[username, realm, password])
    }

    /// What a user is called where the server has asked not to name anyone (`userhash`).
    pub(crate) fn hashed_username(self, username: &str, realm: &str) -> String {
        self.digest(&[username, realm])
    }

    /// The secret of a session, for the algorithms that have one.
    pub(crate) fn session_secret(self, secret: &str, nonce: &str, client_nonce: &str) -> String {
        self.digest(&[secret, nonce, client_nonce])
    }

    /// The proof that the secret is known, for one request.
    pub(crate) fn response(
        self,
        secret: &str,
        nonce: &str,
        counted: Option<Counted<'_>>,
        method: &str,
        uri: &str,
    ) -> String {
        let request = self.digest(&[method, uri]);
        match counted {
            Some(Counted {
                count,
                client_nonce,
            }) => self.digest(&[secret, nonce, count, client_nonce, "auth", &request]),
            None => self.digest(&[secret, nonce, &request]),
        }
    }

    fn digest(self, parts: &[&str]) -> String {
        let kind = match self.hash {
            Hash::Md5 => ChecksumType::Md5,
            Hash::Sha256 => ChecksumType::Sha256,
        };
        // `None` is for kinds of checksums that do not exist.
        glib::compute_checksum_for_data(kind, parts.join(":").as_bytes())
            .map(Into::into)
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7616 §3.9.1
    #[test]
    fn responses_are_those_of_the_rfc() {
        for (name, expected) in [
            ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
            (
                "SHA-256",
                "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
            ),
        ] {
            let algorithm = Algorithm::from_name(name).unwrap();
            let secret = algorithm.secret("Mufasa", "http-auth@example.org", "Circle of Life");
            let counted = Counted {
                count: "00000001",
                client_nonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
            };
            let response = algorithm.response(
                &secret,
                "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
                Some(counted),
                "GET",
                "/dir/index.html",
            );
            assert_eq!(response, expected);
        }
    }

    /// RFC 2617 §3.5 without `qop`, as RFC 2069 has it: computed by Python's `hashlib`.
    #[test]
    fn responses_without_counter_are_those_of_rfc_2069() {
        let secret = Algorithm::MD5.secret("Mufasa", "testrealm@host.com", "CircleOfLife");
        let nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093";
        let response = Algorithm::MD5.response(&secret, nonce, None, "GET", "/dir/index.html");
        assert_eq!(response, "1949323746fe6a43ef61f9606e7febea");
    }

    #[test]
    fn names_survive_a_round_trip() {
        for name in ["MD5", "MD5-sess", "SHA-256", "SHA-256-sess"] {
            assert_eq!(Algorithm::from_name(name).unwrap().name(), name);
        }
        assert!(Algorithm::from_name("md5-SESS").unwrap().is_session());
        assert_eq!(Algorithm::from_name("SHA-512-256"), None);
    }
}
