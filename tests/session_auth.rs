//! What `Session` promises about authentication: who is asked, when, and who is told the answer.
//!
//! Servers and proxies know `user` and `secret` by `Basic`; that `Digest` is understood by others is
//! tested with libsoup in `tests/peers/`.

mod support;

use glib::object::ObjectExt;
use std::cell::RefCell;
use std::rc::Rc;
use support::echo::{NO_OPTIONS, add_echo, connect, echo_server, get, port, uri};
use support::proxy::Proxy;
use support::{wait_until, with_context};
use wsoup::{Auth, Message, Server, Session, WebsocketError};

/// `user` and `secret` as `Basic` has them.
const RIGHT: &str = "Basic dXNlcjpzZWNyZXQ=";

/// The `Authorization` of each request that a server was sent.
type Received = Rc<RefCell<Vec<Option<String>>>>;

/// An echo that asks for user and password.
fn closed_server(challenge: &'static str, is_open: fn(Option<&str>) -> bool) -> (Server, Received) {
    let received = Received::default();
    let server = Server::new();
    add_echo(&server);
    server.add_early_handler(Some("/echo"), {
        let received = received.clone();
        move |_, message, _, _| {
            let authorization = message.request_headers().one("Authorization");
            if !is_open(authorization.as_deref()) {
                message.set_status(401, None);
                let headers = message.response_headers();
                headers.append("WWW-Authenticate", challenge);
                message.set_response(Some("text/plain"), &glib::Bytes::from_static(b"who?"));
            }
            received.borrow_mut().push(authorization.map(String::from));
        }
    });
    server
        .listen_local(0, NO_OPTIONS)
        .expect("there is a free port");
    (server, received)
}

fn basic_server() -> (Server, Received) {
    closed_server("Basic realm=\"r\"", |sent| sent == Some(RIGHT))
}

fn message(server: &Server) -> Message {
    get(&uri(server, "/echo"))
}

/// Answers what a message is asked, one pair after the other; notes what the question was.
fn answer(message: &Message, answers: &[(&'static str, &'static str)]) -> Rc<RefCell<Vec<bool>>> {
    let asked = Rc::new(RefCell::new(Vec::new()));
    let answers = answers.to_vec();
    message.connect_authenticate({
        let asked = asked.clone();
        move |_, auth, retrying| {
            let answer = answers.get(asked.borrow().len());
            asked.borrow_mut().push(retrying);
            if let Some((user, password)) = answer {
                auth.authenticate(user, password);
            }
            answer.is_some()
        }
    });
    asked
}

#[test]
fn a_handler_answers_at_once() {
    with_context(|context| {
        let (server, received) = basic_server();
        let message = message(&server);
        message.connect_authenticate(|message, auth, retrying| {
            assert_eq!((message.status(), retrying), (401, false));
            assert_eq!(auth.realm().as_deref(), Some("r"));
            assert_eq!(auth.scheme_name().as_deref(), Some("Basic"));
            assert!(!auth.is_for_proxy());
            let uri = message.uri().expect("it has one");
            assert_eq!(
                auth.authority(),
                Some(format!("127.0.0.1:{}", uri.port()).into())
            );
            auth.authenticate("user", "secret");
            true
        });
        let restarted = Rc::new(RefCell::new(Vec::new()));
        message.connect_restarted({
            let restarted = restarted.clone();
            move |message| restarted.borrow_mut().push(message.status())
        });
        connect(context, &Session::new(), &message, &[]).expect("it connects");
        assert_eq!(*received.borrow(), [None, Some(RIGHT.to_owned())]);
        assert_eq!((message.status(), restarted.take()), (101, vec![401]));
    });
}

#[test]
fn a_handler_answers_later_or_not_at_all() {
    with_context(|context| {
        for (decide, connects) in [
            (Some(true), true),
            // Cancelled, and forgotten.
            (Some(false), false),
            (None, false),
        ] {
            let (server, _) = basic_server();
            let message = message(&server);
            let held = Rc::new(RefCell::new(None::<Auth>));
            message.connect_authenticate({
                let held = held.clone();
                move |_, auth, _| {
                    held.replace(Some(auth.clone()));
                    true
                }
            });
            let result = Rc::new(RefCell::new(None));
            Session::new().websocket_connect_async(
                &message,
                None,
                &[],
                glib::Priority::DEFAULT,
                gio::Cancellable::NONE,
                {
                    let result = result.clone();
                    move |ended| drop(result.replace(Some(ended)))
                },
            );
            wait_until(context, "the question", || held.borrow().is_some());
            while context.iteration(false) {}
            assert!(result.borrow().is_none());
            let auth = held.take().expect("it is there");
            match decide {
                Some(true) => auth.authenticate("user", "secret"),
                Some(false) => auth.cancel(),
                None => (),
            }
            drop(auth);
            wait_until(context, "the end", || result.borrow().is_some());
            match result.take().expect("it is there") {
                Ok(_) => assert!(connects),
                Err(error) => {
                    assert!(
                        !connects && error.matches(WebsocketError::NotWebsocket),
                        "{error:?}"
                    );
                    assert_eq!(message.status(), 401);
                    assert_eq!(message.response_body().as_deref(), Some(&b"who?"[..]));
                }
            }
        }
    });
}

#[test]
fn waiting_for_a_user_ends_by_abort_and_by_no_timeout() {
    with_context(|context| {
        let (server, _) = basic_server();
        let session = Session::builder().timeout(1).build();
        let message = message(&server);
        message.connect_authenticate({
            let session = session.clone();
            move |_, auth, _| {
                let (auth, session) = (auth.clone(), session.clone());
                let later = std::time::Duration::from_millis(1500);
                glib::MainContext::ref_thread_default().spawn_local(async move {
                    glib::timeout_future(later).await;
                    session.abort();
                    drop(auth);
                });
                true
            }
        });
        let error = connect(context, &session, &message, &[]).expect_err("it is aborted");
        assert!(error.matches(gio::IOErrorEnum::Cancelled), "{error:?}");
    });
}

#[test]
fn wrong_credentials_are_asked_for_again() {
    with_context(|context| {
        let (server, received) = basic_server();
        let message = message(&server);
        let asked = answer(&message, &[("user", "wrong"), ("user", "secret")]);
        connect(context, &Session::new(), &message, &[]).expect("it connects");
        assert_eq!(*asked.borrow(), [false, true]);
        assert_eq!(received.borrow().len(), 3);
    });
}

#[test]
fn whoever_answers_the_same_for_ever_is_stopped() {
    with_context(|context| {
        let (server, received) = basic_server();
        let message = message(&server);
        message.connect_authenticate(|_, auth, _| {
            auth.authenticate("user", "wrong");
            true
        });
        connect(context, &Session::new(), &message, &[]).expect_err("it is refused");
        assert_eq!(message.status(), 401);
        assert!(received.borrow().len() < 20);
    });
}

#[test]
fn without_an_answer_it_is_a_refusal() {
    with_context(|context| {
        for challenge in ["Basic realm=\"r\"", "Unknown realm=\"r\"", "Basic", ""] {
            let (server, received) = closed_server(challenge, |_| false);
            let message = message(&server);
            let asked = answer(&message, &[]);
            let error = connect(context, &Session::new(), &message, &[]).expect_err("refused");
            assert!(error.matches(WebsocketError::NotWebsocket), "{error:?}");
            assert_eq!((message.status(), received.borrow().len()), (401, 1));
            let is_known = challenge.starts_with("Basic ");
            assert_eq!(asked.borrow().len(), usize::from(is_known), "{challenge}");
        }
    });
}

#[test]
fn the_uri_is_tried_before_anybody_is_asked() {
    with_context(|context| {
        for (userinfo, asked) in [("user:secret@", &[][..]), ("user:wrong@", &[true])] {
            let (server, received) = basic_server();
            let message = get(&uri(&server, "/echo").replace("//", &format!("//{userinfo}")));
            let questions = answer(&message, &[("user", "secret")]);
            connect(context, &Session::new(), &message, &[]).expect("it connects");
            assert_eq!(*questions.borrow(), asked);
            // Not before the server has asked.
            assert_eq!(received.borrow()[0], None);
        }
    });
}

#[test]
fn a_session_remembers_what_was_accepted_there() {
    with_context(|context| {
        let (server, received) = basic_server();
        let session = Session::new();
        let first = message(&server);
        answer(&first, &[("user", "secret")]);
        connect(context, &session, &first, &[]).expect("it connects");
        let second = message(&server);
        let asked = answer(&second, &[]);
        connect(context, &session, &second, &[]).expect("it connects");
        assert_eq!(asked.borrow().len(), 0);
        assert_eq!(received.borrow()[2..], [Some(RIGHT.to_owned())]);

        // Another server, the same realm.
        let (other, received) = basic_server();
        let third = message(&other);
        answer(&third, &[]);
        connect(context, &session, &third, &[]).expect_err("it is not told");
        assert_eq!(*received.borrow(), [None]);

        // Another session.
        let fourth = message(&server);
        answer(&fourth, &[]);
        connect(context, &Session::new(), &fourth, &[]).expect_err("it does not know");
    });
}

#[test]
fn what_was_refused_is_not_remembered() {
    with_context(|context| {
        let (server, received) = basic_server();
        let session = Session::new();
        let first = message(&server);
        answer(&first, &[("user", "wrong")]);
        connect(context, &session, &first, &[]).expect_err("it is wrong");
        let second = message(&server);
        let asked = answer(&second, &[("user", "secret")]);
        connect(context, &session, &second, &[]).expect("it connects");
        assert_eq!(*asked.borrow(), [false]);
        assert_eq!(received.borrow()[2], None);
    });
}

#[test]
fn a_header_of_the_program_goes_first() {
    with_context(|context| {
        let (server, received) = closed_server("Basic realm=\"r\"", |sent| {
            matches!(sent, Some(RIGHT | "Bearer token"))
        });
        let session = Session::new();
        let known = message(&server);
        answer(&known, &[("user", "secret")]);
        connect(context, &session, &known, &[]).expect("it connects");
        for (header, sent) in [
            ("Bearer token", &["Bearer token"][..]),
            ("Bearer old", &["Bearer old", RIGHT]),
        ] {
            received.take();
            let message = message(&server);
            message.request_headers().append("Authorization", header);
            connect(context, &session, &message, &[]).expect("it connects");
            let received = received.borrow();
            let received: Vec<_> = received.iter().flatten().collect();
            assert_eq!(received, sent);
        }
    });
}

#[test]
fn a_redirect_does_not_take_credentials_along() {
    with_context(|context| {
        let (other, received) = basic_server();
        let target = uri(&other, "/echo");
        let server = Server::new();
        server.add_handler(None, move |_, message, _, _| {
            let authorization = message.request_headers().one("Authorization");
            if authorization.as_deref() == Some(RIGHT) {
                message.set_redirect(302, &target);
            } else {
                let headers = message.response_headers();
                headers.append("WWW-Authenticate", "Basic realm=\"r\"");
                message.set_status(401, None);
            }
        });
        server
            .listen_local(0, NO_OPTIONS)
            .expect("there is a free port");
        for userinfo in ["user:secret@", ""] {
            received.take();
            let message = get(&uri(&server, "/").replace("//", &format!("//{userinfo}")));
            let answers = [("user", "secret")];
            let answers = if userinfo.is_empty() {
                &answers[..]
            } else {
                &[]
            };
            let asked = answer(&message, answers);
            connect(context, &Session::new(), &message, &[]).expect_err("it is not known there");
            assert_eq!(*received.borrow(), [None], "{userinfo}");
            assert_eq!(asked.borrow().last(), Some(&false));
            assert_eq!(asked.borrow().len(), answers.len() + 1);
        }
    });
}

fn closed_proxy() -> Proxy {
    Proxy::http(|head| {
        if head.contains(&format!("\r\nProxy-Authorization: {RIGHT}\r\n")) {
            "HTTP/1.1 200 Connected\r\n\r\n".to_owned()
        } else {
            "HTTP/1.1 407 Who?\r\nProxy-Authenticate: Basic realm=\"p\"\r\n\
             Content-Length: 0\r\n\r\n"
                .to_owned()
        }
    })
}

#[test]
fn proxies_ask_too() {
    with_context(|context| {
        let server = echo_server();
        let target = format!("ws://no-such-host.invalid:{}/echo", port(&server));
        for (userinfo, answers, questions, connects) in [
            ("", &[("user", "secret")][..], &[false][..], true),
            ("user:secret@", &[], &[], true),
            ("user:wrong@", &[("user", "secret")], &[true], true),
            ("", &[], &[false], false),
        ] {
            let proxy = closed_proxy();
            let session = Session::builder()
                .proxy_resolver(&proxy.resolver("http", userinfo))
                .build();
            let message = get(&target);
            message.connect_authenticate(|_, auth, _| {
                assert!(auth.is_for_proxy());
                assert_eq!(auth.realm().as_deref(), Some("p"));
                false
            });
            let asked = answer(&message, answers);
            match connect(context, &session, &message, &[]) {
                Ok(_) => assert!(connects, "{userinfo}"),
                Err(error) => {
                    assert!(!connects && error.matches(gio::IOErrorEnum::ProxyNeedAuth));
                    assert_eq!(message.status(), 407);
                }
            }
            assert_eq!(*asked.borrow(), questions, "{userinfo}");
            if connects {
                let before = proxy.requests.borrow().len();
                connect(context, &session, &get(&target), &[]).expect("it is known");
                assert_eq!(proxy.requests.borrow().len(), before + 1);
            }
        }
    });
}

#[test]
fn proxy_and_server_may_both_ask() {
    with_context(|context| {
        let (server, received) = basic_server();
        let proxy = closed_proxy();
        let session = Session::builder()
            .proxy_resolver(&proxy.resolver("http", ""))
            .build();
        let message = message(&server);
        let asked = Rc::new(RefCell::new(Vec::new()));
        message.connect_local("authenticate", false, {
            let asked = asked.clone();
            move |values| {
                let auth: Auth = values[1].get().expect("it is the question");
                asked.borrow_mut().push(auth.is_for_proxy());
                auth.authenticate("user", "secret");
                Some(true.into())
            }
        });
        connect(context, &session, &message, &[]).expect("it connects");
        assert_eq!(*asked.borrow(), [true, false]);
        assert_eq!(*received.borrow(), [None, Some(RIGHT.to_owned())]);
    });
}
