//! Domains and single requests. What a server makes of it is in `tests/auth_domain.rs`.

use super::*;
use crate::http::auth::digest::{Algorithm, Counted};
use crate::http::auth::header::AuthHeader;
use crate::http::head::{HeadScanner, Parsed};
use std::cell::RefCell;

/// A request with `fields`, lines of headers.
fn request(target: &str, fields: &str) -> ServerMessage {
    let text = format!("GET {target} HTTP/1.1\r\nHost: a\r\n{fields}\r\n");
    let parsed = HeadScanner::default().parse_request(text.as_bytes());
    let Ok(Parsed::Complete { head, .. }) = parsed else {
        panic!("{text}")
    };
    let message = ServerMessage::new(None, None, None);
    message.set_request_head(&head, head.uri("http", "a:80").unwrap());
    message
}

fn digest_domain() -> AuthDomainDigest {
    let domain = AuthDomainDigest::new("r\"x");
    domain.set_auth_callback(|_, _, username| {
        let password = AuthDomainDigest::encode_password("user", "r\"x", "secret");
        (username == "user").then_some(password)
    });
    domain
}

/// The challenge for a request, and whether its nonce was too old.
fn challenge(domain: &AuthDomainDigest, message: &ServerMessage) -> (String, bool) {
    message.response_headers().clear();
    domain.challenge(message);
    assert_eq!(message.status(), 401);
    let challenge = message.response_headers().one("WWW-Authenticate").unwrap();
    let challenge = AuthHeader::credentials(&challenge).unwrap();
    let is_stale = challenge.parameter_is("stale", "true");
    (challenge.parameter("nonce").unwrap().to_owned(), is_stale)
}

/// What a client sends that is asked for a proof.
struct Client<'a> {
    username: &'a str,
    password: &'a str,
    realm: &'a str,
    uri: &'a str,
    count: u32,
    rest: &'a str,
}

const CLIENT: Client<'static> = Client {
    username: "user",
    password: "secret",
    realm: "r\"x",
    uri: "/a?b",
    count: 1,
    rest: ", qop=auth",
};

impl Client<'_> {
    fn header(&self, nonce: &str) -> String {
        let Self { username, uri, .. } = self;
        let secret = Algorithm::MD5.secret(username, self.realm, self.password);
        let count = format!("{:08x}", self.count);
        let counted = Counted {
            count: &count,
            client_nonce: "c",
        };
        let response = Algorithm::MD5.response(&secret, nonce, Some(counted), "GET", uri);
        let realm = self.realm.replace('"', "\\\"");
        format!(
            "Authorization: Digest username={username}, realm=\"{realm}\", nonce=\"{nonce}\", \
             uri=\"{uri}\", response={response}, cnonce=c, nc={count}{}\r\n",
            self.rest
        )
    }

    fn ask(&self, domain: &AuthDomainDigest, nonce: &str) -> (ServerMessage, Option<GString>) {
        let message = request("/a?b", &self.header(nonce));
        let username = domain.accepts(&message);
        (message, username)
    }
}

#[test]
fn a_proof_is_accepted_once() {
    let domain = digest_domain();
    let (nonce, is_stale) = challenge(&domain, &request("/a?b", ""));
    assert!(!is_stale);
    let (_, username) = CLIENT.ask(&domain, &nonce);
    assert_eq!(username.as_deref(), Some("user"));
    let (message, username) = CLIENT.ask(&domain, &nonce);
    assert_eq!(username, None);
    // The client may try again, without asking its user.
    let (other, is_stale) = challenge(&domain, &message);
    assert!(is_stale && nonce != other);
    for count in 2..4 {
        let (_, username) = Client { count, ..CLIENT }.ask(&domain, &nonce);
        assert!(username.is_some());
    }
}

#[test]
fn a_nonce_of_somebody_else_is_only_too_old() {
    let domain = digest_domain();
    let (message, username) = CLIENT.ask(&domain, "nonce");
    assert_eq!(username, None);
    assert!(challenge(&domain, &message).1);
    assert!(!challenge(&domain, &request("/a?b", "")).1);
}

#[test]
fn a_wrong_proof_is_refused() {
    let domain = digest_domain();
    let (nonce, _) = challenge(&domain, &request("/", ""));
    let wrong = [
        Client {
            username: "other",
            ..CLIENT
        },
        Client {
            password: "Secret",
            ..CLIENT
        },
        Client {
            realm: "r",
            ..CLIENT
        },
        Client {
            uri: "/a",
            ..CLIENT
        },
        Client { rest: "", ..CLIENT },
        Client {
            rest: ", qop=auth-int",
            ..CLIENT
        },
        Client {
            rest: ", qop=auth, algorithm=SHA-256",
            ..CLIENT
        },
        Client {
            rest: ", qop=auth, uri=\"/a?b\"",
            ..CLIENT
        },
    ];
    for client in wrong {
        let (message, username) = client.ask(&domain, &nonce);
        assert_eq!(username, None, "{}", client.header(&nonce));
        assert!(!challenge(&domain, &message).1);
    }
    for right in [
        Client {
            uri: "http://a/a?b",
            ..CLIENT
        },
        Client {
            rest: ", qop=\"auth\", algorithm=md5",
            count: 2,
            ..CLIENT
        },
    ] {
        assert!(right.ask(&domain, &nonce).1.is_some());
    }
}

#[test]
fn headers_that_nobody_should_send_are_refused() {
    let domain = digest_domain();
    for fields in [
        "",
        "Authorization: Digest\r\n",
        "Authorization: Basic dXNlcjpzZWNyZXQ=\r\n",
        "Authorization: Digest username=user, realm=r, nonce=n, uri=\"/a?b\", response=x, \
         cnonce=c, nc=+0000001, qop=auth\r\n",
        "Authorization: \r\n",
    ] {
        assert_eq!(domain.accepts(&request("/a?b", fields)), None, "{fields}");
    }
    let (nonce, _) = challenge(&domain, &request("/", ""));
    let header = CLIENT.header(&nonce);
    let twice = format!("{header}Authorization: Basic YTpi\r\n");
    assert_eq!(domain.accepts(&request("/a?b", &twice)), None);
    assert!(domain.accepts(&request("/a?b", &header)).is_some());
}

#[test]
fn a_password_is_checked_for_any_scheme() {
    let asked = Rc::new(RefCell::new(Vec::new()));
    let check = |asked: &Rc<RefCell<Vec<String>>>| {
        let asked = asked.clone();
        move |domain: &AuthDomain, message: &ServerMessage, username: &str| {
            asked.borrow_mut().push(username.to_owned());
            assert!(!domain.check_password(message, "somebody", "secret"));
            assert!(!domain.check_password(message, "user", "secre"));
            domain.check_password(message, "user", "secret")
        }
    };
    let basic = AuthDomainBasic::new("r");
    basic.set_generic_auth_callback(check(&asked));
    for (fields, username) in [
        ("Authorization: Basic dXNlcjpzZWNyZXQ=\r\n", Some("user")),
        ("Authorization: Basic dXNlcjpzZWNyZXRz\r\n", None),
        ("Authorization: Digest a=b\r\n", None),
    ] {
        assert_eq!(basic.accepts(&request("/", fields)).as_deref(), username);
    }
    let digest = AuthDomainDigest::new("r\"x");
    digest.set_generic_auth_callback(check(&asked));
    let (nonce, _) = challenge(&digest, &request("/a?b", ""));
    assert!(CLIENT.ask(&digest, &nonce).1.is_some());
    let wrong = Client {
        password: "secrets",
        ..CLIENT
    };
    assert!(wrong.ask(&digest, &nonce).1.is_none());
    assert_eq!(*asked.borrow(), ["user"; 4]);
}

#[test]
fn nobody_is_known_without_a_callback() {
    let message = request("/", "Authorization: Basic Og==\r\n");
    assert_eq!(AuthDomainBasic::new("r").accepts(&message), None);
    let digest = AuthDomainDigest::new("r\"x");
    let (nonce, _) = challenge(&digest, &request("/", ""));
    assert_eq!(CLIENT.ask(&digest, &nonce).1, None);
}

#[test]
fn paths_and_the_filter_say_what_is_covered() {
    let domain = AuthDomainBasic::new("r");
    assert!(!domain.covers(&request("/", "")));
    domain.add_path("/a");
    domain.remove_path("/a/b");
    domain.add_path("/a/b/c");
    domain.set_filter(|_, message| !message.uri().unwrap().path().ends_with("free"));
    for (path, is_covered) in [
        ("/", false),
        ("/a", true),
        ("/a/x?y", true),
        ("/%61", true),
        ("/a/b", false),
        ("/a/b/x", false),
        ("/a/b/c/d", true),
        ("/ab", false),
        ("/a/b/..%2fx", true),
        ("/x%2f..%2fa", true),
        ("/..%2f..%2fa", true),
        ("/a/b/.%2fx", false),
        ("/a/free", false),
    ] {
        assert_eq!(domain.covers(&request(path, "")), is_covered, "{path}");
    }
    assert!(AuthDomainBasic::for_proxy("r").covers(&request("/", "")));
}

#[test]
fn a_challenge_names_the_realm() {
    let message = request("/", "");
    AuthDomainBasic::new("a\"b\\c").challenge(&message);
    assert_eq!(
        message
            .response_headers()
            .one("WWW-Authenticate")
            .as_deref(),
        Some("Basic realm=\"a\\\"b\\\\c\", charset=\"UTF-8\"")
    );
    AuthDomainBasic::for_proxy("p").challenge(&message);
    assert_eq!(message.status(), 407);
    assert!(
        message
            .response_headers()
            .one("Proxy-Authenticate")
            .is_some()
    );
    let nameless: AuthDomainBasic = glib::Object::new();
    assert_eq!(nameless.realm(), None);
    for property in nameless.list_properties() {
        nameless.property_value(property.name());
    }
}

#[test]
fn secrets_are_compared_as_a_whole() {
    for (ours, theirs, is_same) in [
        ("", "", true),
        ("abc", "abc", true),
        ("abc", "abd", false),
        ("abc", "ab", false),
        ("", "a", false),
    ] {
        assert_eq!(is_same_secret(ours, theirs), is_same);
    }
}
