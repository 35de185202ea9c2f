//! What `Session` promises about redirects: where they lead, and what does not go along.

mod support;

use glib::object::ObjectExt;
use std::cell::RefCell;
use std::rc::Rc;
use support::certificates::{certificate, trust};
use support::echo::{NO_OPTIONS, add_echo, connect, echo_server, get, uri};
use support::{Log, wait_until, with_context};
use wsoup::{
    Message, MessageFlags, MessageHeaders, Server, ServerListenOptions, Session, WebsocketError,
};

/// The requests that a server was sent.
type Requests = Rc<RefCell<Vec<MessageHeaders>>>;

/// A server that answers everything but `/echo` with a redirect to `location`, if there is one, and
/// keeps the headers of what it was sent.
fn redirector(server: Server, status: u32, location: Option<String>) -> (Server, Requests) {
    let requests = Requests::default();
    add_echo(&server);
    server.add_handler(None, move |_, message, _, _| {
        message.set_status(status, None);
        if let Some(location) = &location {
            message.response_headers().append("Location", location);
        }
    });
    let options = if server.tls_certificate().is_some() {
        ServerListenOptions::HTTPS
    } else {
        NO_OPTIONS
    };
    server.connect_request_started({
        let requests = requests.clone();
        move |_, message| {
            let requests = requests.clone();
            message.connect_got_headers(move |message| {
                requests.borrow_mut().push(message.request_headers());
            });
        }
    });
    server
        .listen_local(0, options)
        .expect("there is a free port");
    (server, requests)
}

fn signals(message: &Message) -> Rc<RefCell<Vec<String>>> {
    let signals = Rc::new(RefCell::new(Vec::new()));
    for name in ["starting", "got-headers", "restarted", "finished"] {
        let signals = signals.clone();
        message.connect_local(name, false, move |values| {
            let message: Message = values[0].get().expect("it is the message");
            signals
                .borrow_mut()
                .push(format!("{name} {}", message.status()));
            None
        });
    }
    let noted = signals.clone();
    message.connect_notify_local(Some("uri"), move |_, _| {
        noted.borrow_mut().push("uri".into())
    });
    signals
}

#[test]
fn a_redirect_is_followed_and_told() {
    with_context(|context| {
        for status in [301, 302, 303, 307, 308] {
            let (server, requests) =
                redirector(Server::new(), status, Some("/echo?again#x".into()));
            let message = get(&uri(&server, "/elsewhere"));
            let signals = signals(&message);
            let connection = connect(context, &Session::new(), &message, &[]).expect("it connects");
            let end = uri(&server, "/echo?again");
            assert_eq!(
                message.uri().map(|uri| uri.to_str().into()),
                Some(end.clone())
            );
            assert_eq!(connection.uri().map(|uri| uri.to_str().into()), Some(end));
            assert_eq!(message.response_headers().one("Location"), None);
            let expected = [
                "starting 0".to_owned(),
                format!("got-headers {status}"),
                "uri".to_owned(),
                format!("restarted {status}"),
                "starting 0".to_owned(),
                "got-headers 101".to_owned(),
                "finished 101".to_owned(),
            ];
            assert_eq!(*signals.borrow(), expected);
            let key = |index: usize| requests.borrow()[index].one("Sec-WebSocket-Key");
            assert!(key(0).is_some() && key(1).is_some() && key(0) != key(1));
            let log = Log::of(&connection);
            connection.send_text("hello");
            wait_until(context, "the echo", || log.has("message Text hello"));
        }
    });
}

#[test]
fn credentials_do_not_go_to_another_origin() {
    with_context(|context| {
        let elsewhere = Server::new();
        let (elsewhere, foreign) = redirector(elsewhere, 403, None);
        let target = uri(&elsewhere, "/echo");
        let (server, own) = redirector(Server::new(), 302, Some(target.clone()));
        let message = get(&uri(&server, "/").replace("//", "//user:secret@"));
        let headers = message.request_headers();
        let secrets = ["Authorization", "Cookie"];
        for name in secrets {
            headers.append(name, "secret");
        }
        headers.append("Host", "own.invalid");
        headers.append("X-Public", "open");
        message.set_tls_client_certificate(Some(&certificate("server")));
        connect(context, &Session::new(), &message, &[]).expect("it connects");
        assert_eq!(message.uri().map(|uri| uri.to_str().into()), Some(target));
        for (requests, has_secrets) in [(&own, true), (&foreign, false)] {
            let requests = requests.borrow();
            assert_eq!(requests.len(), 1);
            for name in secrets {
                assert_eq!(requests[0].one(name).is_some(), has_secrets, "{name}");
            }
            assert!(requests[0].one("X-Public").is_some());
            let named = requests[0].header_equals("Host", "own.invalid");
            assert_eq!(named, has_secrets);
        }
    });
}

#[test]
fn credentials_stay_within_the_origin() {
    with_context(|context| {
        let (server, requests) = redirector(Server::new(), 302, Some("/echo".into()));
        let message = get(&uri(&server, "/").replace("//", "//user:secret@"));
        message.request_headers().append("Authorization", "secret");
        connect(context, &Session::new(), &message, &[]).expect("it connects");
        assert!(requests.borrow()[1].header_equals("Authorization", "secret"));
        let user = message.uri().and_then(|uri| uri.user());
        assert_eq!(user.as_deref(), Some("user"));
    });
}

#[test]
fn what_is_not_followed_is_a_refusal() {
    with_context(|context| {
        let ftp = Some("ftp://127.0.0.1/".to_owned());
        for (status, location, flags) in [
            (302, Some("/echo".to_owned()), MessageFlags::NO_REDIRECT),
            (302, None, MessageFlags::empty()),
            (302, ftp, MessageFlags::empty()),
            (300, Some("/echo".to_owned()), MessageFlags::empty()),
            (305, Some("/echo".to_owned()), MessageFlags::empty()),
        ] {
            let (server, requests) = redirector(Server::new(), status, location.clone());
            let message = get(&uri(&server, "/"));
            message.set_flags(flags);
            let error = connect(context, &Session::new(), &message, &[]).expect_err("refused");
            assert!(error.matches(WebsocketError::NotWebsocket), "{error:?}");
            assert_eq!(message.status(), status);
            let answered = message.response_headers().one("Location");
            assert_eq!(answered.map(String::from), location);
            assert_eq!(requests.borrow().len(), 1);
        }
    });
}

#[test]
fn a_redirect_out_of_tls_is_not_followed() {
    with_context(|context| {
        let (plain, requests) = redirector(Server::new(), 403, None);
        let tls = Server::builder()
            .tls_certificate(&certificate("server"))
            .build();
        let (server, _) = redirector(tls, 302, Some(uri(&plain, "/echo")));
        let session = Session::builder().tls_database(&trust()).build();
        let message = get(&uri(&server, "/"));
        let error = connect(context, &session, &message, &[]).expect_err("it is not followed");
        assert!(error.matches(WebsocketError::NotWebsocket), "{error:?}");
        assert!(error.message().contains("unencrypted"), "{error}");
        assert_eq!((message.status(), requests.borrow().len()), (302, 0));
    });
}

#[test]
fn redirects_without_end_are_given_up() {
    with_context(|context| {
        let (server, requests) = redirector(Server::new(), 307, Some("/round".into()));
        let message = get(&uri(&server, "/round"));
        let error = connect(context, &Session::new(), &message, &[]).expect_err("it is given up");
        assert!(error.matches(WebsocketError::NotWebsocket), "{error:?}");
        assert_eq!(message.status(), 307);
        assert_eq!(requests.borrow().len(), 21);
    });
}

#[test]
fn a_redirect_leads_to_the_connectable_of_the_session() {
    with_context(|context| {
        let (server, requests) = redirector(
            Server::new(),
            302,
            Some("ws://no-such-host.invalid/echo".into()),
        );
        let port = u16::try_from(server.uris()[0].port()).expect("it is a port");
        let address = gio::NetworkAddress::new("127.0.0.1", port);
        let session = Session::builder().remote_connectable(&address).build();
        connect(context, &session, &get("ws://other.invalid/"), &[]).expect("it connects");
        let host = requests.borrow()[1].one("Host");
        assert_eq!(host.as_deref(), Some("no-such-host.invalid"));
    });
}

#[test]
fn a_request_that_is_aborted_between_two_attempts_ends() {
    with_context(|context| {
        let server = echo_server();
        server.add_handler(None, |_, message, _, _| message.set_redirect(302, "/echo"));
        let (session, message) = (Session::new(), get(&uri(&server, "/")));
        message.connect_restarted({
            let session = session.clone();
            move |_| session.abort()
        });
        let error = connect(context, &session, &message, &[]).expect_err("it is aborted");
        assert!(error.matches(gio::IOErrorEnum::Cancelled), "{error:?}");
    });
}
