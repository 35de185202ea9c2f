//! What a client knows of one challenge, and the credentials with which it answers.
//!
//! Nothing here has `Debug`: no log may show a password, or what is worth as much.

use super::super::syntax::{push_extended, push_quoted};
use super::digest::{Algorithm, Counted, Hash};
use super::header::AuthHeader;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fmt::Write as _;

/// A challenge of a scheme that is supported.
pub(super) enum Scheme {
    Basic(Basic),
    Digest(Digest),
}

/// `Basic` (RFC 7617).
pub(super) struct Basic {
    realm: String,
    /// Name and password, as they are sent.
    credentials: Option<String>,
}

/// `Digest` (RFC 7616).
pub(super) struct Digest {
    realm: String,
    nonce: String,
    opaque: Option<String>,
    /// `None` if the server has named none, which some do not understand themselves.
    algorithm: Option<Algorithm>,
    /// Whether there is `qop`; otherwise the server knows RFC 2069 only.
    is_counted: bool,
    /// Whether names that are not ASCII may be sent as RFC 8187 has it.
    is_utf8: bool,
    hides_username: bool,
    /// How often the nonce was used.
    count: u32,
    /// The one that belongs to the nonce, where they make the key of a session.
    client_nonce: String,
    credentials: Option<DigestCredentials>,
}

struct DigestCredentials {
    username: String,
    secret: String,
}

/// How well a scheme protects the password, from the weakest to the strongest.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    Basic,
    Digest(Hash),
}

impl Scheme {
    /// Picks the strongest of the challenges that are supported, the first of several.
    pub(super) fn strongest(challenges: &[AuthHeader]) -> Option<Self> {
        let supported = challenges.iter().filter_map(Self::new);
        // Of several maxima, the last one would be taken.
        supported
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .max_by_key(Self::strength)
    }

    fn new(challenge: &AuthHeader) -> Option<Self> {
        if challenge.is_scheme("Basic") {
            Some(Self::Basic(Basic::new(challenge)?))
        } else if challenge.is_scheme("Digest") {
            Some(Self::Digest(Digest::new(challenge)?))
        } else {
            None
        }
    }

    pub(super) fn realm(&self) -> &str {
        match self {
            Self::Basic(basic) => &basic.realm,
            Self::Digest(digest) => &digest.realm,
        }
    }

    fn strength(&self) -> Strength {
        match self {
            Self::Basic(_) => Strength::Basic,
            Self::Digest(digest) => Strength::Digest(digest.algorithm().hash()),
        }
    }

    pub(super) fn authenticate(&mut self, username: &str, password: &str) {
        match self {
            Self::Basic(basic) => basic.authenticate(username, password),
            Self::Digest(digest) => digest.authenticate(username, password),
        }
    }

    pub(super) fn is_authenticated(&self) -> bool {
        match self {
            Self::Basic(basic) => basic.credentials.is_some(),
            Self::Digest(digest) => digest.credentials.is_some(),
        }
    }

    /// Takes over what the server answered to the credentials: `true` if they may be sent again
    /// because only the nonce was too old, otherwise they are forgotten.
    pub(super) fn update(&mut self, challenges: &[AuthHeader]) -> bool {
        let mut offered = challenges.iter().filter_map(|challenge| {
            let is_stale = challenge.parameter_is("stale", "true");
            Some((Self::new(challenge)?, is_stale))
        });
        let same = offered.find(|(scheme, _)| scheme.strength() == self.strength());
        match (self, same) {
            (Self::Digest(before), Some((Self::Digest(mut digest), is_stale))) => {
                let is_same =
                    digest.realm == before.realm && digest.algorithm() == before.algorithm();
                if is_same && is_stale {
                    digest.credentials = before.credentials.take();
                }
                *before = digest;
                before.credentials.is_some()
            }
            (Self::Basic(before), Some((Self::Basic(basic), _))) => {
                *before = basic;
                false
            }
            (Self::Basic(before), _) => {
                before.credentials = None;
                false
            }
            (Self::Digest(before), _) => {
                before.credentials = None;
                false
            }
        }
    }

    /// The value of `Authorization` for a request.
    pub(super) fn authorization(&mut self, method: &str, request_target: &str) -> Option<String> {
        match self {
            Self::Basic(basic) => basic.credentials.clone(),
            Self::Digest(digest) => digest.authorization(method, request_target),
        }
    }
}

impl Basic {
    fn new(challenge: &AuthHeader) -> Option<Self> {
        Some(Self {
            realm: challenge.parameter("realm")?.to_owned(),
            credentials: None,
        })
    }

    fn authenticate(&mut self, username: &str, password: &str) {
        // RFC 7617 §2.1 leaves the encoding open unless the server asks for UTF-8, which is what
        // browsers send in any case.
        let credentials = STANDARD.encode(format!("{username}:{password}"));
        self.credentials = Some(format!("Basic {credentials}"));
    }
}

impl Digest {
    fn new(challenge: &AuthHeader) -> Option<Self> {
        let algorithm = match challenge.parameter("algorithm") {
            Some(name) => Some(Algorithm::from_name(name)?),
            None => None,
        };
        let qop = challenge.parameter("qop");
        let offers_auth = |qop: &str| {
            let mut options = qop.split(',');
            options.any(|option| option.trim().eq_ignore_ascii_case("auth"))
        };
        if !qop.is_none_or(offers_auth) {
            return None;
        }
        Some(Self {
            realm: challenge.parameter("realm")?.to_owned(),
            nonce: challenge.parameter("nonce")?.to_owned(),
            opaque: challenge.parameter("opaque").map(str::to_owned),
            algorithm,
            is_counted: qop.is_some(),
            is_utf8: challenge.parameter_is("charset", "UTF-8"),
            hides_username: challenge.parameter_is("userhash", "true"),
            count: 0,
            client_nonce: client_nonce(),
            credentials: None,
        })
    }

    fn algorithm(&self) -> Algorithm {
        self.algorithm.unwrap_or(Algorithm::MD5)
    }

    fn authenticate(&mut self, username: &str, password: &str) {
        self.credentials = Some(DigestCredentials {
            username: username.to_owned(),
            secret: self.algorithm().secret(username, &self.realm, password),
        });
    }

    fn authorization(&mut self, method: &str, request_target: &str) -> Option<String> {
        let algorithm = self.algorithm();
        let credentials = self.credentials.as_ref()?;
        if !algorithm.is_session() && self.count > 0 {
            self.client_nonce = client_nonce();
        }
        self.count = self.count.saturating_add(1);
        let count = format!("{:08x}", self.count);
        let (nonce, client_nonce) = (&self.nonce, &self.client_nonce);
        let session = algorithm
            .is_session()
            .then(|| algorithm.session_secret(&credentials.secret, nonce, client_nonce));
        let counted = self.is_counted.then_some(Counted {
            count: &count,
            client_nonce,
        });
        let secret = session.as_ref().unwrap_or(&credentials.secret);
        let response = algorithm.response(secret, nonce, counted, method, request_target);

        let mut value = "Digest ".to_owned();
        self.push_username(&mut value, &credentials.username);
        for (name, text) in [
            ("realm", &self.realm),
            ("nonce", nonce),
            ("uri", &request_target.to_owned()),
            ("response", &response),
        ] {
            push_parameter(&mut value, name, text);
        }
        if let Some(algorithm) = self.algorithm {
            _ = write!(value, ", algorithm={}", algorithm.name());
        }
        if self.is_counted || algorithm.is_session() {
            push_parameter(&mut value, "cnonce", client_nonce);
        }
        if self.is_counted {
            // RFC 7616 §3.4: these two without quotes.
            _ = write!(value, ", qop=auth, nc={count}");
        }
        if let Some(opaque) = &self.opaque {
            push_parameter(&mut value, "opaque", opaque);
        }
        Some(value)
    }

    fn push_username(&self, value: &mut String, username: &str) {
        if self.hides_username {
            let hashed = self.algorithm().hashed_username(username, &self.realm);
            _ = write!(value, "userhash=true, username=\"{hashed}\"");
        } else if username.chars().any(char::is_control) || (self.is_utf8 && !username.is_ascii()) {
            // What no quoted string can hold, or what the server can read so (RFC 7616 §3.4.4).
            value.push_str("username*=");
            push_extended(value, username);
        } else {
            value.push_str("username=");
            push_quoted(value, username);
        }
    }
}

fn push_parameter(value: &mut String, name: &str, text: &str) {
    value.push_str(", ");
    value.push_str(name);
    value.push('=');
    push_quoted(value, text);
}

fn client_nonce() -> String {
    STANDARD.encode(crate::random::nonce())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scheme(challenges: &str) -> Scheme {
        Scheme::strongest(&AuthHeader::challenges(challenges)).unwrap()
    }

    fn digest(parameters: &str) -> Scheme {
        let mut digest = scheme(&format!("Digest realm=\"r\", nonce=\"n\"{parameters}"));
        digest.authenticate("user", "secret");
        digest
    }

    fn answer(scheme: &mut Scheme) -> AuthHeader {
        AuthHeader::credentials(&scheme.authorization("GET", "/a?b").unwrap()).unwrap()
    }

    #[test]
    fn the_strongest_scheme_is_picked_and_the_first_of_equals() {
        for (challenges, realm) in [
            ("Basic realm=a, Basic realm=b", "a"),
            ("Basic realm=a, Digest realm=b, nonce=x", "b"),
            (
                "Digest realm=a, nonce=x, Digest realm=b, nonce=x, algorithm=sha-256",
                "b",
            ),
            (
                "Digest realm=a, nonce=x, algorithm=SHA-256, Digest realm=b, nonce=x",
                "a",
            ),
            (
                "Digest realm=a, nonce=x, algorithm=SHA-3, Basic realm=b",
                "b",
            ),
            (
                "Digest realm=a, nonce=x, qop=\"auth-int\", Basic realm=b",
                "b",
            ),
            ("Digest realm=a, Negotiate, Basic realm=b", "b"),
        ] {
            assert_eq!(scheme(challenges).realm(), realm, "{challenges}");
        }
        for challenges in ["", "Negotiate", "Basic", "Digest realm=a"] {
            assert!(Scheme::strongest(&AuthHeader::challenges(challenges)).is_none());
        }
    }

    /// RFC 7617 §2 and §2.1
    #[test]
    fn basic_credentials_are_those_of_the_rfc() {
        for (name, password, value) in [
            (
                "Aladdin",
                "open sesame",
                "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
            ),
            ("test", "123£", "Basic dGVzdDoxMjPCow=="),
        ] {
            let mut basic = scheme("Basic realm=\"foo\", charset=\"UTF-8\"");
            assert_eq!(basic.authorization("GET", "/"), None);
            basic.authenticate(name, password);
            assert_eq!(basic.authorization("GET", "/").as_deref(), Some(value));
        }
    }

    #[test]
    fn a_digest_answers_for_the_request_and_counts() {
        let mut digest = digest(", qop=\"auth-int, auth\", algorithm=SHA-256, opaque=\"o\"");
        let mut client_nonces = Vec::new();
        for count in ["00000001", "00000002"] {
            let answer = answer(&mut digest);
            for (name, value) in [
                ("username", "user"),
                ("realm", "r"),
                ("nonce", "n"),
                ("uri", "/a?b"),
                ("qop", "auth"),
                ("algorithm", "SHA-256"),
                ("opaque", "o"),
                ("nc", count),
            ] {
                assert_eq!(answer.parameter(name), Some(value));
            }
            let algorithm = Algorithm::from_name("SHA-256").unwrap();
            let client_nonce = answer.parameter("cnonce").unwrap();
            let counted = Counted {
                count,
                client_nonce,
            };
            let secret = algorithm.secret("user", "r", "secret");
            let response = algorithm.response(&secret, "n", Some(counted), "GET", "/a?b");
            assert_eq!(answer.parameter("response"), Some(&*response));
            client_nonces.push(client_nonce.to_owned());
        }
        assert_ne!(client_nonces[0], client_nonces[1]);
    }

    #[test]
    fn a_session_keeps_its_client_nonce() {
        let mut digest = digest(", qop=auth, algorithm=MD5-sess");
        let first = answer(&mut digest);
        let second = answer(&mut digest);
        assert_eq!(first.parameter("cnonce"), second.parameter("cnonce"));
        let algorithm = Algorithm::from_name("MD5-sess").unwrap();
        let client_nonce = second.parameter("cnonce").unwrap();
        let secret =
            algorithm.session_secret(&algorithm.secret("user", "r", "secret"), "n", client_nonce);
        let counted = Counted {
            count: "00000002",
            client_nonce,
        };
        let response = algorithm.response(&secret, "n", Some(counted), "GET", "/a?b");
        assert_eq!(second.parameter("response"), Some(&*response));
    }

    #[test]
    fn an_old_server_gets_what_rfc_2069_has() {
        let answer = answer(&mut digest(""));
        let secret = Algorithm::MD5.secret("user", "r", "secret");
        let response = Algorithm::MD5.response(&secret, "n", None, "GET", "/a?b");
        assert_eq!(answer.parameter("response"), Some(&*response));
        for name in ["qop", "nc", "cnonce", "algorithm", "opaque"] {
            assert_eq!(answer.parameter(name), None);
        }
    }

    #[test]
    fn names_are_quoted_encoded_or_hashed_as_needed() {
        for (parameters, username, expected) in [
            ("", "a\"\\b", "Digest username=\"a\\\"\\\\b\", "),
            ("", "é", "Digest username=\"é\", "),
            (
                ", charset=UTF-8",
                "Jäsøn Doe",
                "Digest username*=UTF-8''J%C3%A4s%C3%B8n%20Doe, ",
            ),
            ("", "a\r\nb", "Digest username*=UTF-8''a%0D%0Ab, "),
            (
                ", userhash=true",
                "a",
                "Digest userhash=true, username=\"d0b13ff0282712b5cac1ffd72e47cecd\", ",
            ),
        ] {
            let mut digest = digest(parameters);
            digest.authenticate(username, "secret");
            let value = digest.authorization("GET", "/").unwrap();
            assert!(value.starts_with(expected), "{value}");
        }
    }

    #[test]
    fn credentials_outlive_a_stale_nonce_and_nothing_else() {
        for (challenge, keeps) in [
            ("Digest realm=r, nonce=m, stale=TRUE", true),
            (
                "Basic realm=r, Digest realm=r, nonce=m, stale=true, algorithm=MD5",
                true,
            ),
            ("Digest realm=r, nonce=m, stale=false", false),
            ("Digest realm=r, nonce=m", false),
            ("Digest realm=q, nonce=m, stale=true", false),
            (
                "Digest realm=r, nonce=m, stale=true, algorithm=SHA-256",
                false,
            ),
            ("Basic realm=r", false),
            ("", false),
        ] {
            let mut digest = digest("");
            assert_eq!(
                digest.update(&AuthHeader::challenges(challenge)),
                keeps,
                "{challenge}"
            );
            assert_eq!(digest.is_authenticated(), keeps);
            if keeps {
                assert_eq!(answer(&mut digest).parameter("nonce"), Some("m"));
            }
        }
        let mut basic = scheme("Basic realm=r");
        basic.authenticate("a", "b");
        assert!(!basic.update(&AuthHeader::challenges("Basic realm=s")));
        assert_eq!((basic.realm(), basic.is_authenticated()), ("s", false));
    }
}
