//! What `Session` promises, against a `Server` over real sockets.

mod support;

use gio::prelude::*;
use std::cell::{Cell, RefCell};
use std::net::TcpListener;
use std::rc::Rc;
use support::certificates::{certificate, trust};
use support::echo::{NO_OPTIONS, add_echo, connect, echo_server, get, uri};
use support::{Log, wait_until, with_context};
use wsoup::{Server, ServerListenOptions, Session, WebsocketError, WebsocketState};

#[test]
fn a_client_and_a_server_exchange_messages() {
    with_context(|context| {
        let server = echo_server();
        let message = get(&uri(&server, "/echo"));
        let connection =
            connect(context, &Session::new(), &message, &["three", "two"]).expect("it connects");
        assert_eq!(connection.protocol().as_deref(), Some("two"));
        assert_eq!(
            connection.uri().map(|uri| uri.path()).as_deref(),
            Some("/echo")
        );
        assert_eq!(message.status(), 101);
        let log = Log::of(&connection);
        connection.send_text("hello");
        wait_until(context, "the echo", || log.has("message Text hello"));
        connection.close(1000, Some("bye"));
        wait_until(context, "the end", || log.has("closed"));
        assert_eq!(
            (connection.close_code(), connection.state()),
            (1000, WebsocketState::Closed)
        );
    });
}

#[test]
fn a_refusal_shows_status_headers_and_body() {
    with_context(|context| {
        let server = Server::new();
        server.add_handler(None, |_, message, _, _| {
            message.set_status(403, Some("Not You"));
            message.response_headers().append("X-Reason", "because");
            message.set_response(Some("text/plain"), &glib::Bytes::from_static(b"go away"));
        });
        server
            .listen_local(0, NO_OPTIONS)
            .expect("there is a free port");
        let message = get(&uri(&server, "/"));
        let error = connect(context, &Session::new(), &message, &[]).expect_err("it is refused");
        assert!(error.matches(WebsocketError::NotWebsocket), "{error:?}");
        assert_eq!(message.status(), 403);
        assert_eq!(message.reason_phrase().as_deref(), Some("Not You"));
        assert_eq!(
            message.response_headers().one("X-Reason").as_deref(),
            Some("because")
        );
        assert_eq!(message.response_body().as_deref(), Some(&b"go away"[..]));
    });
}

#[test]
fn tls_works_with_a_trusted_certificate_and_no_other() {
    with_context(|context| {
        for (name, trusts, connects) in [
            ("server", true, true),
            ("server", false, false),
            ("stranger", true, false),
        ] {
            let server = Server::builder()
                .tls_certificate(&certificate(name))
                .build();
            add_echo(&server);
            server
                .listen_local(0, ServerListenOptions::HTTPS)
                .expect("there is a free port");
            let session = Session::new();
            if trusts {
                session.set_tls_database(Some(&trust()));
            }
            let message = get(&uri(&server, "/echo"));
            match connect(context, &session, &message, &[]) {
                Ok(connection) => {
                    assert!(connects, "{name} {trusts}");
                    assert!(message.tls_peer_certificate().is_some());
                    let log = Log::of(&connection);
                    connection.send_text("secret");
                    wait_until(context, "the echo", || log.has("message Text secret"));
                    connection.close(1000, None);
                    wait_until(context, "the end", || log.has("closed"));
                    assert_eq!(connection.close_code(), 1000);
                }
                Err(error) => {
                    assert!(!connects, "{name} {trusts}: {error}");
                    assert!(error.matches(gio::TlsError::BadCertificate), "{error:?}");
                    assert!(!message.tls_peer_certificate_errors().is_empty());
                }
            }
        }
    });
}

#[test]
fn a_violation_over_tls_ends_before_the_close_timeout() {
    with_context(|context| {
        let server = Server::builder()
            .tls_certificate(&certificate("server"))
            .build();
        let log = Rc::new(RefCell::new(None));
        server.add_websocket_handler(None, None, &[], {
            let log = log.clone();
            move |_, _, _, connection| {
                connection.set_max_incoming_payload_size(10);
                log.replace(Some(Log::of(connection)));
            }
        });
        server
            .listen_local(0, ServerListenOptions::HTTPS)
            .expect("there is a free port");
        let session = Session::builder().tls_database(&trust()).build();
        let message = get(&uri(&server, "/"));
        let client = connect(context, &session, &message, &[]).expect("it connects");
        let begin = std::time::Instant::now();
        client.send_text("more than ten bytes");
        let closed = || log.borrow().as_ref().is_some_and(|log| log.has("closed"));
        wait_until(context, "the end", closed);
        wait_until(context, "the client's end", || {
            client.state() == WebsocketState::Closed
        });
        assert_eq!(client.close_code(), 1009);
        assert!(begin.elapsed() < std::time::Duration::from_secs(4));
    });
}

#[test]
fn the_application_may_accept_a_certificate() {
    with_context(|context| {
        let server = Server::builder()
            .tls_certificate(&certificate("stranger"))
            .build();
        add_echo(&server);
        server
            .listen_local(0, ServerListenOptions::HTTPS)
            .expect("there is a free port");
        let message = get(&uri(&server, "/echo"));
        let asked = Rc::new(Cell::new(false));
        message.connect_accept_certificate({
            let asked = asked.clone();
            move |_, _, errors| {
                asked.set(errors.contains(gio::TlsCertificateFlags::BAD_IDENTITY));
                true
            }
        });
        connect(context, &Session::new(), &message, &[]).expect("it connects");
        assert!(asked.get());
    });
}

#[test]
fn a_unix_socket_serves_as_well() {
    with_context(|context| {
        let path = format!(
            "{}/socket-{}",
            env!("CARGO_TARGET_TMPDIR"),
            std::process::id()
        );
        let _ = std::fs::remove_file(&path);
        let address = unix_address(&path);
        let server = Server::new();
        add_echo(&server);
        server
            .listen(&address, NO_OPTIONS)
            .expect("the path is free");
        assert!(server.uris().is_empty());
        let session = Session::builder().remote_connectable(&address).build();
        let connection = connect(context, &session, &get("ws://any.host/echo"), &[]);
        let connection = connection.expect("it connects");
        let log = Log::of(&connection);
        connection.send_text("local");
        wait_until(context, "the echo", || log.has("message Text local"));
        std::fs::remove_file(&path).expect("it is there");
    });
}

/// gio-rs has Unix addresses in a crate of its own; the type is known to GObject by its name.
fn unix_address(path: &str) -> gio::SocketAddress {
    let socket = std::os::unix::net::UnixListener::bind(path).expect("the path is free");
    let socket = gio::Socket::from_fd(socket.into()).expect("it is a socket");
    let address = socket.local_address().expect("it is bound");
    socket.close().expect("it is open");
    std::fs::remove_file(path).expect("it is there");
    address
}

#[test]
fn failures_to_connect_are_told_apart() {
    with_context(|context| {
        let closed = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let port = closed.local_addr().expect("it is bound").port();
        drop(closed);
        let refused = get(&format!("ws://127.0.0.1:{port}/"));
        let finished = Rc::new(Cell::new(0));
        refused.connect_finished({
            let finished = finished.clone();
            move |_| finished.set(finished.get() + 1)
        });
        let error = connect(context, &Session::new(), &refused, &[]).expect_err("nobody listens");
        assert!(
            error.matches(gio::IOErrorEnum::ConnectionRefused),
            "{error:?}"
        );

        let scheme = get("ftp://127.0.0.1/");
        let error = connect(context, &Session::new(), &scheme, &[]).expect_err("no scheme of ours");
        assert!(
            error.matches(gio::IOErrorEnum::InvalidArgument),
            "{error:?}"
        );

        let unknown = get("ws://no-such-host.invalid/");
        let error = connect(context, &Session::new(), &unknown, &[]).expect_err("no such host");
        let is_resolver_error = error.kind::<gio::ResolverError>().is_some();
        assert!(is_resolver_error, "{error:?}");
    });
}

#[test]
fn waiting_for_a_silent_server_ends_by_cancellation_timeout_or_abort() {
    with_context(|context| {
        let silent = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let port = silent.local_addr().expect("it is bound").port();
        let message = || get(&format!("ws://127.0.0.1:{port}/"));

        let timed = Session::builder().timeout(1).build();
        let error = connect(context, &timed, &message(), &[]).expect_err("it times out");
        assert!(error.matches(gio::IOErrorEnum::TimedOut), "{error:?}");

        for abort in [true, false] {
            let session = Session::new();
            let cancellable = gio::Cancellable::new();
            let result = Rc::new(RefCell::new(None));
            let message = message();
            let sent = Rc::new(Cell::new(false));
            message.connect_wrote_headers({
                let sent = sent.clone();
                move |_| sent.set(true)
            });
            session.websocket_connect_async(
                &message,
                None,
                &[],
                glib::Priority::DEFAULT,
                Some(&cancellable),
                {
                    let result = result.clone();
                    move |ended| drop(result.replace(Some(ended)))
                },
            );
            wait_until(context, "the request", || sent.get());
            assert!(result.borrow().is_none());
            if abort {
                session.abort();
            } else {
                cancellable.cancel();
            }
            wait_until(context, "the callback", || result.borrow().is_some());
            let error = result
                .take()
                .expect("it is there")
                .expect_err("it is cancelled");
            assert!(error.matches(gio::IOErrorEnum::Cancelled), "{error:?}");
        }
    });
}

#[test]
fn a_request_that_is_dropped_ends_for_its_signals_too() {
    with_context(|context| {
        let silent = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let port = silent.local_addr().expect("it is bound").port();
        let (session, message) = (Session::new(), get(&format!("ws://127.0.0.1:{port}/")));
        let signals = Rc::new(RefCell::new(Vec::new()));
        let note = |name: &'static str| {
            let signals = signals.clone();
            move || signals.borrow_mut().push(name)
        };
        let (queued, unqueued) = (note("queued"), note("unqueued"));
        session.connect_request_queued(move |_, _| queued());
        session.connect_request_unqueued(move |_, _| unqueued());
        let (sent, finished) = (note("sent"), note("finished"));
        message.connect_wrote_headers(move |_| sent());
        message.connect_finished(move |_| finished());

        drop(session.websocket_connect_future(&message, None, &[]));
        assert!(signals.borrow().is_empty());

        let future = session.websocket_connect_future(&message, None, &[]);
        let task = context.spawn_local(future);
        wait_until(context, "the request", || signals.borrow().len() == 2);
        task.abort();
        drop(task);
        wait_until(context, "the end", || signals.borrow().len() == 4);
        assert_eq!(
            *signals.borrow(),
            ["queued", "sent", "finished", "unqueued"]
        );
    });
}

#[test]
fn a_handler_of_the_cancellation_may_wait_for_the_end() {
    with_context(|context| {
        let silent = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let port = silent.local_addr().expect("it is bound").port();
        let message = get(&format!("ws://127.0.0.1:{port}/"));
        let cancellable = gio::Cancellable::new();
        let ended = Rc::new(Cell::new(false));
        Session::new().websocket_connect_async(
            &message,
            None,
            &[],
            glib::Priority::DEFAULT,
            Some(&cancellable),
            {
                let ended = ended.clone();
                move |_| ended.set(true)
            },
        );
        cancellable.connect_local("cancelled", false, {
            let (context, ended) = (context.clone(), ended.clone());
            move |_| {
                wait_until(&context, "the callback", || ended.get());
                None
            }
        });
        cancellable.cancel();
        assert!(ended.get());
    });
}

#[test]
fn a_context_need_not_be_the_default_one_of_its_thread() {
    with_context(|_| {
        let context = glib::MainContext::new();
        let start = || {
            let server = echo_server();
            let message = get(&uri(&server, "/echo"));
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
            (server, result)
        };
        let (_server, result) = context
            .with_thread_default(start)
            .expect("a new context can be acquired");
        // It is iterated, but not pushed.
        wait_until(&context, "the connection", || result.borrow().is_some());
        let connection = result.take().expect("it is there").expect("it connects");
        let log = Log::of(&connection);
        connection.send_text("hello");
        wait_until(&context, "the echo", || log.has("message Text hello"));
    });
}
