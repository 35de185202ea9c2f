//! What `CookieJar` promises: which cookies a session keeps, and sends with its handshakes.

mod support;

use std::cell::RefCell;
use std::rc::Rc;
use support::echo::{NO_OPTIONS, connect, get, port};
use support::with_context;
use wsoup::prelude::*;
use wsoup::subclass::prelude::*;
use wsoup::{Cookie, CookieJar, CookieJarAcceptPolicy, Message, Server, Session};

/// A server that notes the path and the cookies of each request, and answers with `status`, one
/// `Set-Cookie` and perhaps a `Location`.
struct Site {
    server: Server,
    seen: Rc<RefCell<Vec<String>>>,
}

impl Site {
    fn new() -> Self {
        let server = Server::new();
        server.listen_local(0, NO_OPTIONS).expect("there is a port");
        Self {
            server,
            seen: Rc::default(),
        }
    }

    fn answer(&self, path: &str, status: u32, cookie: &str, location: Option<String>) {
        let (seen, cookie) = (self.seen.clone(), cookie.to_owned());
        self.server
            .add_handler(Some(path), move |_, message, path, _| {
                let sent = message.request_headers().list("Cookie").unwrap_or_default();
                seen.borrow_mut().push(format!("{path}: {sent}"));
                message.response_headers().append("Set-Cookie", &cookie);
                if let Some(location) = &location {
                    message.response_headers().append("Location", location);
                }
                message.set_status(status, None);
            });
    }

    fn uri(&self, host: &str, path: &str) -> String {
        format!("ws://{host}:{}{path}", port(&self.server))
    }

    fn seen(&self) -> Vec<String> {
        self.seen.take()
    }
}

fn uri(text: &str) -> glib::Uri {
    glib::Uri::parse(text, glib::UriFlags::NONE).expect("it is a URI")
}

fn session_with_jar() -> (Session, CookieJar) {
    let (session, jar) = (Session::new(), CookieJar::new());
    session.add_feature(&jar);
    (session, jar)
}

fn refused(context: &glib::MainContext, session: &Session, message: &Message) {
    connect(context, session, message, &[]).expect_err("it is refused");
}

#[test]
fn a_cookie_of_one_answer_goes_with_the_next_request() {
    with_context(|context| {
        for status in [200, 401, 404, 500] {
            let site = Site::new();
            site.answer("/", status, "a=1; Path=/", None);
            let (session, _) = session_with_jar();
            for _ in 0..2 {
                refused(context, &session, &get(&site.uri("127.0.0.1", "/")));
            }
            assert_eq!(site.seen(), ["/: ", "/: a=1"], "{status}");
        }
    });
}

#[test]
fn a_cookie_of_a_handshake_that_succeeds_is_kept() {
    with_context(|context| {
        let server = Server::new();
        server.listen_local(0, NO_OPTIONS).expect("there is a port");
        server.add_websocket_handler(None, None, &[], |_, _, _, _| ());
        // A handler before the handshake is where a server adds what its 101 has.
        server.connect_request_read(|_, message| {
            message.response_headers().append("Set-Cookie", "a=1");
        });
        let (session, jar) = session_with_jar();
        let message = get(&format!("ws://127.0.0.1:{}/chat", port(&server)));
        connect(context, &session, &message, &[]).expect("it connects");
        assert_eq!(message.status(), 101);
        let target = uri("ws://127.0.0.1/");
        assert_eq!(jar.cookies(&target, true).as_deref(), Some("a=1"));
    });
}

#[test]
fn each_redirect_gets_its_own_cookies() {
    with_context(|context| {
        let (here, there) = (Site::new(), Site::new());
        there.answer("/", 404, "there=1", None);
        // Hosts count for cookies, not ports; `localhost` is another one.
        let target = there.uri("localhost", "/");
        here.answer("/start", 302, "first=1; path=/", Some("/middle".into()));
        here.answer("/middle", 302, "second=1; path=/", Some(target));
        let (session, jar) = session_with_jar();
        jar.add_cookie(Cookie::new("mine", "1", "localhost", "/", -1).expect("it is good"));
        refused(context, &session, &get(&here.uri("127.0.0.1", "/start")));
        assert_eq!(here.seen(), ["/start: ", "/middle: first=1"]);
        assert_eq!(there.seen(), ["/: mine=1"]);
        refused(context, &session, &get(&here.uri("127.0.0.1", "/start")));
        assert_eq!(there.seen(), ["/: mine=1; there=1"]);
    });
}

#[test]
fn cookies_of_a_path_do_not_follow_to_another_path() {
    with_context(|context| {
        let site = Site::new();
        site.answer("/a", 302, "a=1; path=/a", Some("/b".into()));
        site.answer("/b", 404, "b=1; path=/b", None);
        let (session, _) = session_with_jar();
        for _ in 0..2 {
            refused(context, &session, &get(&site.uri("127.0.0.1", "/a")));
        }
        assert_eq!(site.seen(), ["/a: ", "/b: ", "/a: a=1", "/b: b=1"]);
        let (session, jar) = session_with_jar();
        jar.add_cookie(Cookie::new("a", "2", "127.0.0.1", "/a", -1).expect("it is good"));
        refused(context, &session, &get(&site.uri("127.0.0.1", "/a")));
        assert_eq!(site.seen(), ["/a: a=2", "/b: "]);
    });
}

#[test]
fn cookies_of_the_jar_do_not_follow_to_a_host_without_any() {
    with_context(|context| {
        let (here, there) = (Site::new(), Site::new());
        there.answer("/", 404, "", None);
        here.answer("/", 302, "a=1", Some(there.uri("localhost", "/")));
        let (session, jar) = session_with_jar();
        jar.add_cookie(Cookie::new("secret", "1", "127.0.0.1", "/", -1).expect("it is good"));
        refused(context, &session, &get(&here.uri("127.0.0.1", "/")));
        assert_eq!(here.seen(), ["/: secret=1"]);
        assert_eq!(there.seen(), ["/: "]);
    });
}

#[test]
fn what_the_message_has_itself_is_sent_if_the_jar_has_none() {
    with_context(|context| {
        let site = Site::new();
        site.answer("/", 404, "a=1", None);
        let (session, _) = session_with_jar();
        let send = |disables: bool| {
            let message = get(&site.uri("127.0.0.1", "/"));
            message.request_headers().append("Cookie", "own=1");
            if disables {
                message.disable_feature(CookieJar::static_type());
            }
            refused(context, &session, &message);
        };
        send(true);
        assert_eq!(site.seen(), ["/: own=1"]);
        send(false);
        send(false);
        send(true);
        assert_eq!(site.seen(), ["/: own=1", "/: a=1", "/: own=1"]);
    });
}

#[test]
fn the_policy_never_keeps_nothing_of_servers() {
    with_context(|context| {
        let site = Site::new();
        site.answer("/", 404, "a=1", None);
        for (policy, kept) in [
            (CookieJarAcceptPolicy::Always, 1),
            (CookieJarAcceptPolicy::Never, 0),
            (CookieJarAcceptPolicy::NoThirdParty, 1),
            (CookieJarAcceptPolicy::GrandfatheredThirdParty, 1),
        ] {
            let (session, jar) = session_with_jar();
            jar.set_accept_policy(policy);
            refused(context, &session, &get(&site.uri("127.0.0.1", "/")));
            assert_eq!(jar.all_cookies().len(), kept, "{policy:?}");
        }
    });
}

#[test]
fn without_tls_nobody_sets_secure_cookies() {
    with_context(|context| {
        let site = Site::new();
        site.answer("/", 404, "a=1; secure", None);
        site.answer("/hide", 404, "a=2; path=/", None);
        let (session, jar) = session_with_jar();
        refused(context, &session, &get(&site.uri("127.0.0.1", "/")));
        assert!(jar.all_cookies().is_empty());
        let mut cookie = Cookie::new("a", "3", "127.0.0.1", "/", -1).expect("it is good");
        cookie.set_secure(true);
        jar.add_cookie(cookie);
        refused(context, &session, &get(&site.uri("127.0.0.1", "/hide")));
        assert_eq!(site.seen(), ["/: ", "/hide: "]);
        let target = uri("wss://127.0.0.1/");
        assert_eq!(jar.cookies(&target, true).as_deref(), Some("a=3"));
    });
}

#[test]
fn schemes_of_other_protocols_have_no_cookies() {
    let jar = CookieJar::new();
    jar.add_cookie(Cookie::new("a", "1", "Example.ORG", "/", -1).expect("it is good"));
    for (text, expected) in [
        ("ws://example.org/", Some("a=1")),
        ("wss://example.org", Some("a=1")),
        ("http://EXAMPLE.org/x", Some("a=1")),
        ("https://example.org/", Some("a=1")),
        ("ftp://example.org/", None),
        ("ws://www.example.org/", None),
        ("mailto:a@example.org", None),
    ] {
        assert_eq!(jar.cookies(&uri(text), true).as_deref(), expected, "{text}");
    }
}

#[test]
fn no_cookie_is_for_a_public_suffix_or_for_nobody() {
    let jar = CookieJar::new();
    for domain in [".com", ".co.uk"] {
        jar.add_cookie(Cookie::new("a", "1", domain, "/", -1).expect("it is good"));
    }
    jar.add_cookie(Cookie::parse("a=1", None).expect("it is a cookie"));
    assert!(jar.all_cookies().is_empty());
    let origin = uri("ws://www.example.co.uk/");
    assert!(Cookie::parse("a=1; domain=co.uk", Some(&origin)).is_none());
    assert!(Cookie::parse("a=1; domain=example.co.uk", Some(&origin)).is_some());
}

#[test]
fn what_cannot_stand_in_a_header_is_no_cookie() {
    for (name, value, domain, path) in [
        ("a=b", "c", "d", "/"),
        ("a;b", "c", "d", "/"),
        ("a", "c\r\nX: y", "d", "/"),
        ("a", "c;d", "d", "/"),
        ("a", "c", "d\n", "/"),
        ("a", "c", "d", "/;secure"),
    ] {
        let cookie = Cookie::new(name, value, domain, path, -1);
        assert!(cookie.is_none(), "{name:?} {value:?} {domain:?} {path:?}");
    }
}

mod imp {
    use super::*;

    /// A jar that counts what it keeps.
    #[derive(Default)]
    pub struct Counting {
        pub count: std::cell::Cell<i32>,
    }

    #[glib::object_subclass]
    impl ObjectSubclass for Counting {
        const NAME: &'static str = "WsoupTestCountingJar";
        type Type = super::Counting;
        type ParentType = CookieJar;
    }

    impl ObjectImpl for Counting {}

    impl CookieJarImpl for Counting {
        fn changed(&self, old_cookie: Option<&Cookie>, new_cookie: Option<&Cookie>) {
            let count = |cookie: Option<&Cookie>| i32::from(cookie.is_some());
            self.count
                .set(self.count.get() + count(new_cookie) - count(old_cookie));
            self.parent_changed(old_cookie, new_cookie);
        }
    }
}

glib::wrapper! {
    pub struct Counting(ObjectSubclass<imp::Counting>)
        @extends CookieJar, @implements wsoup::SessionFeature;
}

#[test]
fn changes_are_told_to_the_class_and_to_handlers() {
    let session = Session::new();
    session.add_feature_by_type(Counting::static_type());
    let jar = session
        .feature(CookieJar::static_type())
        .and_downcast::<Counting>();
    let counting = jar.expect("a derived jar is a jar");
    let jar = counting.upcast_ref::<CookieJar>();
    let told = Rc::new(RefCell::new(Vec::new()));
    let t = told.clone();
    jar.connect_changed(move |jar, old, new| {
        let text = |cookie: Option<&Cookie>| cookie.map(|cookie| cookie.to_cookie_header());
        // A handler may look at the jar, and change it.
        t.borrow_mut()
            .push((text(old), text(new), jar.all_cookies().len()));
    });
    let cookie = |value, age| Cookie::new("a", value, "example.org", "/", age).expect("it is good");
    jar.add_cookie(cookie("1", -1));
    jar.add_cookie(cookie("2", 60));
    jar.add_cookie(cookie("", 0));
    jar.add_cookie(cookie("", 0));
    jar.add_cookie(cookie("3", -1));
    jar.delete_cookie(&cookie("4", -1));
    jar.delete_cookie(&cookie("3", -1));
    let some = |text: &str| Some(glib::GString::from(text));
    assert_eq!(
        *told.borrow(),
        [
            (None, some("a=1"), 1),
            (some("a=1"), some("a=2"), 1),
            (some("a=2"), None, 0),
            (None, some("a=3"), 1),
            (some("a=3"), None, 0),
        ]
    );
    assert_eq!(counting.imp().count.get(), 0);
}
