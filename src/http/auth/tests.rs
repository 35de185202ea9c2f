use super::*;
use crate::MessageHeadersType;
use std::cell::RefCell;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

fn headers(name: &str, challenges: &[&str]) -> MessageHeaders {
    let headers = MessageHeaders::new(MessageHeadersType::Response);
    for challenge in challenges {
        headers.append(name, challenge);
    }
    headers
}

fn auth(challenges: &[&str]) -> Auth {
    let headers = headers("www-authenticate", challenges);
    Auth::from_challenges(&headers, false, "example.org:443").unwrap()
}

fn poll<T>(future: std::pin::Pin<&mut impl Future<Output = T>>) -> Poll<T> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn a_challenge_is_picked_from_all_headers_of_its_kind() {
    let challenges = ["Negotiate, Basic realm=\"a b\"", "Digest realm=c, nonce=n"];
    let digest = auth(&challenges);
    assert_eq!(digest.scheme_name().as_deref(), Some("Digest"));
    assert_eq!(digest.realm().as_deref(), Some("c"));
    assert_eq!(digest.authority().as_deref(), Some("example.org:443"));
    assert!(!digest.is_for_proxy() && !digest.is_authenticated());
    let headers = headers("Proxy-Authenticate", &challenges[..1]);
    let basic = Auth::from_challenges(&headers, true, "proxy:8080").unwrap();
    assert_eq!(basic.property::<String>("scheme-name"), "Basic");
    assert_eq!(basic.property::<String>("realm"), "a b");
    assert_eq!(basic.property::<String>("authority"), "proxy:8080");
    assert!(basic.property::<bool>("is-for-proxy"));
    assert!(Auth::from_challenges(&headers, false, "a").is_none());
}

#[test]
fn there_is_an_answer_until_it_was_wrong() {
    let auth = auth(&["Digest realm=r, nonce=n"]);
    let changes = Rc::new(RefCell::new(Vec::new()));
    let seen = changes.clone();
    auth.connect_notify_local(None, move |auth, pspec| {
        seen.borrow_mut()
            .push((pspec.name().to_owned(), auth.is_authenticated()));
    });
    assert_eq!(auth.authorization("GET", "/"), None);
    auth.authenticate("a", "b");
    auth.authenticate("c", "d");
    let value = auth.authorization("GET", "/").unwrap();
    assert!(value.starts_with("Digest username=\"c\", "), "{value}");
    assert!(auth.update(&headers(
        "WWW-Authenticate",
        &["Digest realm=r, nonce=m, stale=true"]
    )));
    assert!(auth.is_authenticated());
    assert!(!auth.update(&headers("WWW-Authenticate", &["Digest realm=s, nonce=o"])));
    assert_eq!(auth.realm().as_deref(), Some("s"));
    assert_eq!(auth.authorization("GET", "/"), None);
    let name = || "is-authenticated".to_owned();
    assert_eq!(*changes.borrow(), [(name(), true), (name(), false)]);
}

#[test]
fn what_is_cancelled_stays_so() {
    let auth = auth(&["Basic realm=r"]);
    auth.authenticate("a", "b");
    auth.cancel();
    assert!(auth.is_cancelled() && !auth.is_authenticated());
    auth.authenticate("a", "b");
    assert_eq!(auth.authorization("GET", "/"), None);
    assert!(matches!(poll(pin!(auth.decided())), Poll::Ready(None)));
}

#[test]
fn whoever_waits_learns_what_was_decided() {
    let auth = auth(&["Basic realm=r"]);
    let mut decided = pin!(auth.clone().decided());
    assert!(poll(decided.as_mut()).is_pending());
    auth.authenticate("a", "b");
    // The one who decided need not stay.
    drop(auth);
    let Poll::Ready(Some(auth)) = poll(decided) else {
        panic!("it was decided")
    };
    let Poll::Ready(Some(auth)) = poll(pin!(auth.decided())) else {
        panic!("it still is")
    };
    assert!(!auth.update(&headers("WWW-Authenticate", &["Basic realm=r"])));
    let mut decided = pin!(auth.clone().decided());
    assert!(poll(decided.as_mut()).is_pending());
    auth.cancel();
    assert!(matches!(poll(decided), Poll::Ready(None)));
}

#[test]
fn what_is_forgotten_is_cancelled() {
    let auth = auth(&["Basic realm=r"]);
    let mut decided = pin!(auth.clone().decided());
    assert!(poll(decided.as_mut()).is_pending());
    drop(auth);
    assert!(matches!(poll(decided), Poll::Ready(None)));
}

#[test]
fn waiting_keeps_nothing_alive() {
    let auth = auth(&["Basic realm=r"]);
    let weak = auth.downgrade();
    {
        let mut decided = pin!(auth.clone().decided());
        assert!(poll(decided.as_mut()).is_pending());
        auth.authenticate("a", "b");
        drop(auth);
    }
    assert!(weak.upgrade().is_none());
}

#[test]
fn no_log_shows_a_password() {
    let auth = auth(&["Digest realm=r, nonce=n"]);
    auth.authenticate("alice", "sesame");
    let shown = format!("{auth:?}");
    assert!(
        !shown.contains("alice") && !shown.contains("sesame"),
        "{shown}"
    );
}

#[test]
fn an_auth_made_as_a_plain_object_answers_nothing() {
    let auth: AuthBasic = glib::Object::new();
    let auth: Auth = auth.upcast();
    auth.authenticate("a", "b");
    assert_eq!(auth.authorization("GET", "/"), None);
    assert!(!auth.update(&headers("WWW-Authenticate", &["Basic realm=r"])));
    for property in auth.list_properties() {
        auth.property_value(property.name());
    }
}
