//! What `Session` and `Server` promise about certificates of the client: when they are asked for, and of
//! whom, and which of them are accepted.

mod support;

use gio::prelude::*;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use support::certificates::{certificate, trust};
use support::echo::{add_echo, connect, get, uri};
use support::{wait_until, with_context};
use wsoup::{Message, Server, ServerListenOptions, Session};

/// The subjects of the certificates that a server was shown; `None` for no certificate.
type Shown = Rc<RefCell<Vec<Option<String>>>>;

/// An echo over TLS that wants to see a certificate, but lets everybody in.
fn curious_server() -> (Server, Shown) {
    let shown = Shown::default();
    let server = Server::builder()
        .tls_certificate(&certificate("server"))
        .tls_database(&trust())
        .tls_auth_mode(gio::TlsAuthenticationMode::Requested)
        .build();
    add_echo(&server);
    server.connect_request_started({
        let shown = shown.clone();
        move |_, message| {
            let shown = shown.clone();
            message.connect_accept_certificate(|_, _, errors| errors.is_empty());
            message.connect_got_headers(move |message| {
                let certificate = message.tls_peer_certificate();
                let subject = certificate.and_then(|certificate| certificate.subject_name());
                shown.borrow_mut().push(subject.map(String::from));
            });
        }
    });
    server
        .listen_local(0, ServerListenOptions::HTTPS)
        .expect("there is a free port");
    (server, shown)
}

/// What an application answers to `accept-certificate`; `None` without a handler.
type Verdict = Option<bool>;

/// Whether a client with the certificate `name` gets to a server that trusts the authority of the tests,
/// or nobody.
fn gets_in(context: &glib::MainContext, trusts: bool, verdict: Verdict, name: &str) -> bool {
    let server = Server::builder()
        .tls_certificate(&certificate("server"))
        .tls_auth_mode(gio::TlsAuthenticationMode::Required)
        .build();
    if trusts {
        server.set_tls_database(&trust());
    }
    add_echo(&server);
    server.connect_request_started(move |_, message| {
        if let Some(verdict) = verdict {
            message.connect_accept_certificate(move |_, _, errors| {
                assert_eq!(errors.is_empty(), trusts);
                verdict
            });
        }
    });
    server
        .listen_local(0, ServerListenOptions::HTTPS)
        .expect("there is a free port");
    let message = get(&uri(&server, "/echo"));
    message.set_tls_client_certificate(Some(&certificate(name)));
    connect(context, &session(), &message, &[]).is_ok()
}

#[test]
fn a_server_accepts_what_its_database_trusts_unless_a_handler_decides() {
    with_context(|context| {
        for (trusts, verdict, expected) in [
            (true, None, true),
            (true, Some(true), true),
            (true, Some(false), false),
            (false, None, false),
            (false, Some(true), true),
            (false, Some(false), false),
        ] {
            let got_in = gets_in(context, trusts, verdict, "client");
            assert_eq!(got_in, expected, "{trusts} {verdict:?}");
        }
        assert!(!gets_in(context, true, None, "unknown"));
    });
}

#[test]
fn a_servers_message_is_connected_when_tls_is() {
    with_context(|context| {
        let (server, _) = curious_server();
        let signals = Rc::new(RefCell::new(Vec::new()));
        server.connect_request_started({
            let signals = signals.clone();
            move |_, message| {
                for name in ["accept-certificate", "connected", "got-headers"] {
                    let signals = signals.clone();
                    let is_question = name == "accept-certificate";
                    message.connect_local(name, false, move |_| {
                        signals.borrow_mut().push(name);
                        is_question.then(|| false.to_value())
                    });
                }
            }
        });
        let message = get(&uri(&server, "/echo"));
        connect(context, &session(), &message, &[]).expect("it connects");
        assert_eq!(signals.take(), ["connected", "got-headers"]);
        message.set_tls_client_certificate(Some(&certificate("unknown")));
        connect(context, &session(), &message, &[]).expect_err("it is not accepted");
        assert_eq!(signals.take(), ["accept-certificate"]);
    });
}

fn session() -> Session {
    Session::builder().tls_database(&trust()).build()
}

fn clients() -> [Option<String>; 1] {
    [Some("CN=client".to_owned())]
}

/// Notes how often a message asks for a certificate, and answers by `answer`.
fn asked(message: &Message, answer: impl Fn(&Message) -> bool + 'static) -> Rc<Cell<u32>> {
    let asked = Rc::new(Cell::new(0));
    message.connect_request_certificate({
        let asked = asked.clone();
        move |message, _| {
            asked.set(asked.get() + 1);
            answer(message)
        }
    });
    asked
}

#[test]
fn a_certificate_that_is_set_is_shown_without_a_question() {
    with_context(|context| {
        let (server, shown) = curious_server();
        let message = get(&uri(&server, "/echo"));
        let asked = asked(&message, |_| false);
        message.set_tls_client_certificate(Some(&certificate("client")));
        connect(context, &session(), &message, &[]).expect("it connects");
        assert_eq!(*shown.borrow(), clients());
        assert_eq!(asked.get(), 0);
    });
}

#[test]
fn a_handler_sets_a_certificate_at_once() {
    with_context(|context| {
        let (server, shown) = curious_server();
        let message = get(&uri(&server, "/echo"));
        let asked = asked(&message, |message| {
            message.set_tls_client_certificate(Some(&certificate("client")));
            true
        });
        connect(context, &session(), &message, &[]).expect("it connects");
        assert_eq!(*shown.borrow(), clients());
        assert_eq!(asked.get(), 1);
    });
}

#[test]
fn a_handler_sets_a_certificate_later_whatever_the_timeout() {
    with_context(|context| {
        for name in [Some("client"), None] {
            let (server, shown) = curious_server();
            let message = get(&uri(&server, "/echo"));
            asked(&message, move |message| {
                let message = message.clone();
                let later = std::time::Duration::from_millis(1200);
                glib::MainContext::ref_thread_default().spawn_local(async move {
                    glib::timeout_future(later).await;
                    message.set_tls_client_certificate(name.map(certificate).as_ref());
                });
                true
            });
            let session = session();
            session.set_timeout(1);
            connect(context, &session, &message, &[]).expect("it connects");
            assert_eq!(*shown.borrow(), [name.map(|name| format!("CN={name}"))]);
        }
    });
}

#[test]
fn without_an_answer_it_goes_on_without_a_certificate() {
    with_context(|context| {
        let (server, shown) = curious_server();
        let message = get(&uri(&server, "/echo"));
        let asked = asked(&message, |_| false);
        connect(context, &session(), &message, &[]).expect("it connects");
        assert_eq!((shown.take(), asked.get()), (vec![None], 1));
    });
}

#[test]
fn waiting_for_a_certificate_ends_by_abort() {
    with_context(|context| {
        let (server, _) = curious_server();
        let message = get(&uri(&server, "/echo"));
        let session = session();
        asked(&message, {
            let session = session.clone();
            move |_| {
                session.abort();
                true
            }
        });
        let error = connect(context, &session, &message, &[]).expect_err("it is aborted");
        assert!(error.matches(gio::IOErrorEnum::Cancelled), "{error:?}");
        wait_until(context, "the end of the question", || {
            message.ref_count() == 1
        });
    });
}

#[test]
fn the_message_goes_when_it_is_done_and_the_connection_stays() {
    with_context(|context| {
        let (server, _) = curious_server();
        let message = get(&uri(&server, "/echo"));
        asked(&message, |_| false);
        let _connection = connect(context, &session(), &message, &[]).expect("it connects");
        wait_until(context, "the end of its use", || message.ref_count() == 1);
    });
}

#[test]
fn passwords_are_asked_for() {
    with_context(|context| {
        let (server, _) = curious_server();
        let message = get(&uri(&server, "/echo"));
        message.connect_request_certificate_password(|message, password| {
            let (message, password) = (message.clone(), password.clone());
            glib::MainContext::ref_thread_default().spawn_local(async move {
                // gio-rs has no `set_value()`.
                password.set_warning("seen");
                message.tls_client_certificate_password_request_complete();
            });
            true
        });
        let answered = Rc::new(RefCell::new(None));
        message.connect_request_certificate({
            let answered = answered.clone();
            move |message, connection| {
                // What GIO does if the key is in a token, which there is none of here.
                let interaction = connection.interaction().expect("the session has set it");
                let (message, answered) = (message.clone(), answered.clone());
                glib::MainContext::ref_thread_default().spawn_local(async move {
                    let password = gio::TlsPassword::new(gio::TlsPasswordFlags::NONE, "token");
                    let result = interaction.ask_password_future(&password).await;
                    answered.replace(Some((result, password.warning())));
                    message.set_tls_client_certificate(None);
                });
                true
            }
        });
        connect(context, &session(), &message, &[]).expect("it connects");
        let (result, password) = answered.take().expect("it was asked");
        assert_eq!(result, Ok(gio::TlsInteractionResult::Handled));
        assert_eq!(password, "seen");
    });
}

#[test]
fn a_redirect_does_not_take_a_certificate_along() {
    with_context(|context| {
        let (server, shown) = curious_server();
        let (other, elsewhere) = curious_server();
        let target = uri(&other, "/echo");
        server.add_handler(None, move |_, message, _, _| {
            message.set_redirect(302, &target)
        });
        let message = get(&uri(&server, "/"));
        message.set_tls_client_certificate(Some(&certificate("client")));
        let asked = asked(&message, |_| false);
        connect(context, &session(), &message, &[]).expect("it connects");
        assert_eq!(
            (shown.take(), elsewhere.take()),
            (clients().into(), vec![None])
        );
        // For the new server, it is a question again.
        assert_eq!(asked.get(), 1);
    });
}
