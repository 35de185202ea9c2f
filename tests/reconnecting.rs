//! `ReconnectingClient` stays connected, and gives up when that makes no sense.

mod support;

use gio::prelude::*;
use std::cell::{Cell, RefCell};
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::time::{Duration, Instant};
use support::certificates::{certificate, trust};
use support::echo::{NO_OPTIONS, add_echo, uri};
use support::raw::{accept, listener, response_to};
use support::reconnecting::{Log, crash, free_port, impatient_client, listen_on, wait_for};
use support::{wait_until, with_context};
use wsoup::{
    OfflinePolicy, ReconnectingClient, ReconnectingState, Server, ServerListenOptions, Session,
};

fn echo_on(context: &glib::MainContext, port: u16) -> Server {
    let server = Server::new();
    add_echo(&server);
    listen_on(context, &server, port);
    server
}

#[test]
fn a_hundred_restarts_of_the_server_are_survived() {
    with_context(|context| {
        let port = free_port();
        let (client, log) = impatient_client(&format!("ws://127.0.0.1:{port}/echo"));
        client.start();
        for restart in 0..100 {
            let server = echo_on(context, port);
            wait_for(context, &client, ReconnectingState::Connected);
            let text = format!("number {restart}");
            client.send_text(&text).expect("it is accepted");
            let echo = format!("message {text}");
            wait_until(context, "the echo", || log.has(&echo));
            crash(server);
            wait_until(context, "the end", || {
                log.count("disconnected") == restart + 1
            });
        }
        assert_eq!(log.count("connected"), 100);
        assert_eq!(log.count("message"), 100);
        assert!(!log.has("failed"), "{:?}", log.entries());
    });
}

/// Set for the process that is a server until it is killed.
const PORT: &str = "WSOUP_SERVER_PORT";

#[test]
fn a_server_that_is_killed_is_found_again() {
    if let Ok(port) = std::env::var(PORT) {
        return serve_until_killed(port.parse().expect("it is a number"));
    }
    with_context(|context| {
        let port = free_port();
        let (client, log) = impatient_client(&format!("ws://127.0.0.1:{port}/echo"));
        client.start();
        for restart in 1..=3 {
            let mut server = spawn_server(port);
            wait_for(context, &client, ReconnectingState::Connected);
            let text = format!("number {restart}");
            client.send_text(&text).expect("it is accepted");
            wait_until(context, "the echo", || log.has(&format!("message {text}")));
            server.kill().expect("it runs");
            server.wait().expect("it ends");
            wait_until(context, "the end", || log.count("disconnected") == restart);
        }
    });
}

fn spawn_server(port: u16) -> Child {
    Command::new(std::env::current_exe().expect("a test has a path"))
        .args(["--exact", "a_server_that_is_killed_is_found_again"])
        .env(PORT, port.to_string())
        .stdout(Stdio::null())
        .spawn()
        .expect("it starts")
}

fn serve_until_killed(port: u16) {
    with_context(|context| {
        let _server = echo_on(context, port);
        // Should the test be gone without having killed it.
        let end = Instant::now() + Duration::from_secs(60);
        wait_until(context, "the end", || Instant::now() > end);
    });
}

#[test]
fn a_port_that_refuses_is_tried_until_it_does_not() {
    with_context(|context| {
        let port = free_port();
        let (client, log) = impatient_client(&format!("ws://127.0.0.1:{port}/echo"));
        client.start();
        wait_until(context, "attempts", || {
            log.count("attempt-failed 0 false") == 5
        });
        assert_eq!(client.attempts(), log.count("prepare") as u32);
        let _server = echo_on(context, port);
        wait_for(context, &client, ReconnectingState::Connected);
        assert_eq!((client.attempts(), client.retry_at()), (0, 0));
        assert!(client.connection().is_some());
    });
}

/// A server that answers every request with `answer`, and how many there were.
fn refusing_server(answer: fn(&wsoup::ServerMessage)) -> (Server, String, Rc<Cell<u32>>) {
    let (server, requests) = (Server::new(), Rc::new(Cell::new(0)));
    server.add_handler(None, {
        let requests = requests.clone();
        move |_, message, _, _| {
            requests.set(requests.get() + 1);
            answer(message);
        }
    });
    server
        .listen_local(0, NO_OPTIONS)
        .expect("there is a free port");
    let uri = uri(&server, "/");
    (server, uri, requests)
}

#[test]
fn refusals_that_would_be_repeated_are_final() {
    let answers: [fn(&wsoup::ServerMessage); 5] = [
        |message| message.set_status(401, None),
        |message| message.set_status(403, None),
        |message| message.set_status(404, None),
        |message| message.set_status(426, None),
        |message| message.set_status(200, None),
    ];
    for answer in answers {
        with_context(|context| {
            let (_server, uri, requests) = refusing_server(answer);
            let (client, log) = impatient_client(&uri);
            client.start();
            wait_for(context, &client, ReconnectingState::Failed);
            assert_eq!(requests.get(), 1);
            let entries = log.entries();
            let refusal = entries
                .iter()
                .position(|entry| entry.starts_with("attempt-failed"));
            let refusal = refusal.expect("it was told");
            assert!(entries[refusal].ends_with("true"), "{entries:?}");
            assert_eq!(entries[refusal + 1..], ["failed", "state Failed"]);
            assert!(client.send_text("too late").is_err());
            // It may be asked to try again all the same.
            client.start();
            wait_until(context, "another request", || requests.get() == 2);
        });
    }
}

#[test]
fn refusals_of_the_moment_are_not_final() {
    let answers: [fn(&wsoup::ServerMessage); 4] = [
        |message| message.set_status(408, None),
        |message| message.set_status(429, None),
        |message| message.set_status(500, None),
        |message| message.set_status(503, None),
    ];
    for answer in answers {
        with_context(|context| {
            let (_server, uri, requests) = refusing_server(answer);
            let (client, log) = impatient_client(&uri);
            client.start();
            wait_until(context, "three requests", || requests.get() == 3);
            assert!(!log.has("failed"));
        });
    }
}

/// A client of a listener that answers each connection with `answer`, and then closes it.
fn with_raw_answers(
    answer: impl Fn(&str) -> String,
    test: impl Fn(&glib::MainContext, &ReconnectingClient, &Log, &dyn Fn()),
) {
    with_context(|context| {
        let (listener, uri) = listener();
        let (client, log) = impatient_client(&uri);
        client.start();
        test(context, &client, &log, &|| {
            let peer = accept(context, &listener);
            let head = peer.head(context);
            peer.send(context, answer(&head).as_bytes());
        });
    });
}

#[test]
fn what_does_not_speak_websocket_is_final() {
    let answers = [
        "SSH-2.0-OpenSSH_9.2p1\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n",
    ];
    for answer in answers {
        with_raw_answers(
            |_| answer.into(),
            |context, client, log, serve| {
                serve();
                wait_for(context, client, ReconnectingState::Failed);
                assert_eq!(log.count("attempt-failed"), 1);
            },
        );
    }
}

#[test]
fn a_server_that_closes_without_an_answer_is_tried_again() {
    with_raw_answers(
        |_| String::new(),
        |context, _, log, serve| {
            for failures in 1..4 {
                serve();
                wait_until(context, "a failure", || {
                    log.count("attempt-failed 0 false") == failures
                });
            }
        },
    );
}

#[test]
fn a_certificate_that_is_not_trusted_is_final() {
    with_context(|context| {
        let server = Server::builder()
            .tls_certificate(&certificate("server"))
            .build();
        add_echo(&server);
        server
            .listen_local(0, ServerListenOptions::HTTPS)
            .expect("there is a free port");
        let uri = uri(&server, "/echo");
        let (client, _) = impatient_client(&uri);
        client.start();
        wait_for(context, &client, ReconnectingState::Failed);
        let session = Session::builder().tls_database(&trust()).build();
        let client = ReconnectingClient::new(&session, &uri, None, &[]).expect("it is a URI");
        client.start();
        wait_for(context, &client, ReconnectingState::Connected);
    });
}

#[test]
fn a_handler_may_go_on_after_a_final_failure() {
    with_context(|context| {
        let (_server, uri, requests) = refusing_server(|message| message.set_status(403, None));
        let (client, log) = impatient_client(&uri);
        client.connect_attempt_failed({
            let requests = requests.clone();
            move |_, _, _, is_final| is_final && requests.get() < 3
        });
        client.start();
        wait_for(context, &client, ReconnectingState::Failed);
        assert_eq!((requests.get(), log.count("failed")), (3, 1));
    });
}

#[test]
fn retry_after_is_waited_for() {
    // The date is one second off, as it has no fractions.
    let dated: fn(&wsoup::ServerMessage) = |message| {
        let date = glib::DateTime::now_utc().and_then(|now| now.add_seconds(2.0));
        let date = date.and_then(|date| date.format("%a, %d %b %Y %H:%M:%S GMT"));
        message.set_status(429, None);
        message
            .response_headers()
            .append("Retry-After", &date.expect("it is a date"));
    };
    let counted: fn(&wsoup::ServerMessage) = |message| {
        message.set_status(503, None);
        message.response_headers().append("Retry-After", "1");
    };
    for answer in [dated, counted] {
        with_context(|context| {
            let (_server, uri, requests) = refusing_server(answer);
            let (client, _) = impatient_client(&uri);
            client.start();
            wait_until(context, "a request", || requests.get() == 1);
            let start = Instant::now();
            wait_until(context, "the second request", || requests.get() == 2);
            assert!(
                start.elapsed() > Duration::from_millis(900),
                "{:?}",
                start.elapsed()
            );
        });
    }
}

/// A server whose connections are closed with this code as soon as they are open.
fn closing_server(code: u16) -> (Server, String) {
    let server = Server::new();
    server.add_websocket_handler(None, None, &[], move |_, _, _, connection| {
        connection.close(code, Some("because"));
    });
    server
        .listen_local(0, NO_OPTIONS)
        .expect("there is a free port");
    let uri = uri(&server, "/");
    (server, uri)
}

#[test]
fn the_close_code_decides_whether_it_is_the_end() {
    for (code, is_final) in [
        (1000, true),
        (1001, false),
        (1008, true),
        (1009, true),
        (1011, false),
        (1012, false),
        (3003, true),
        (4000, false),
    ] {
        with_context(|context| {
            let (_server, uri) = closing_server(code);
            let (client, log) = impatient_client(&uri);
            let reason = Rc::new(RefCell::new(String::new()));
            client.connect_failed({
                let reason = reason.clone();
                move |_, error| drop(reason.replace(error.message().into()))
            });
            client.start();
            let connections = if is_final { 1 } else { 3 };
            wait_until(context, "an end", || {
                log.count("disconnected") == connections
            });
            let entry = format!("disconnected {code} {is_final}");
            assert!(log.has(&entry), "{:?}", log.entries());
            assert_eq!(client.state() == ReconnectingState::Failed, is_final);
            if is_final {
                let expected = format!("the server closed the connection with {code}: because");
                assert_eq!(*reason.borrow(), expected);
            }
        });
    }
}

#[test]
fn a_handler_may_go_on_after_a_final_close() {
    with_context(|context| {
        let (_server, uri) = closing_server(1000);
        let (client, log) = impatient_client(&uri);
        client.connect_disconnected(|_, _, _, _| true);
        client.start();
        wait_until(context, "three ends", || {
            log.count("disconnected 1000 true") == 3
        });
        assert!(!log.has("failed"));
    });
}

#[test]
fn each_attempt_has_a_message_of_its_own_that_may_be_held() {
    with_context(|context| {
        let (server, tokens) = (Server::new(), Rc::new(RefCell::new(Vec::new())));
        server.add_handler(None, {
            let tokens = tokens.clone();
            move |_, message, _, _| {
                let token = message.request_headers().one("Authorization");
                tokens
                    .borrow_mut()
                    .push(token.expect("it is sent").to_string());
                message.set_status(503, None);
            }
        });
        server
            .listen_local(0, NO_OPTIONS)
            .expect("there is a free port");
        let uri = uri(&server, "/");
        let (client, log) = impatient_client(&uri);
        let held = Rc::new(RefCell::new(Vec::new()));
        client.connect_prepare({
            let held = held.clone();
            move |_, message| {
                held.borrow_mut().push(message.clone());
                true
            }
        });
        client.start();
        for attempt in 1..=3 {
            wait_until(context, "a message", || held.borrow().len() == attempt);
            for _ in 0..20 {
                context.iteration(false);
            }
            assert_eq!(tokens.borrow().len(), attempt - 1);
            let headers = held.borrow()[attempt - 1].request_headers();
            assert!(headers.one("Authorization").is_none());
            headers.append("Authorization", &format!("Bearer {attempt}"));
            client.proceed();
            wait_until(context, "a refusal", || {
                log.count("attempt-failed") == attempt
            });
        }
        assert_eq!(*tokens.borrow(), ["Bearer 1", "Bearer 2", "Bearer 3"]);
    });
}

#[test]
fn stopping_closes_in_order_and_is_final_until_the_next_start() {
    with_context(|context| {
        let (server, received) = (Server::new(), Rc::new(RefCell::new(Vec::new())));
        server.add_websocket_handler(None, None, &[], {
            let received = received.clone();
            move |_, _, _, connection| {
                let r = received.clone();
                connection.connect_message(move |_, _, bytes| {
                    r.borrow_mut()
                        .push(String::from_utf8_lossy(bytes).into_owned());
                });
                let r = received.clone();
                connection.connect_closed(move |connection| {
                    r.borrow_mut().push(connection.close_code().to_string());
                });
            }
        });
        server
            .listen_local(0, NO_OPTIONS)
            .expect("there is a free port");
        let uri = uri(&server, "/");
        let (client, log) = impatient_client(&uri);
        client.start();
        wait_for(context, &client, ReconnectingState::Connected);
        for text in ["one", "two"] {
            client.send_text(text).expect("it is accepted");
        }
        client.stop();
        assert_eq!(client.state(), ReconnectingState::Stopping);
        wait_for(context, &client, ReconnectingState::Stopped);
        assert_eq!(*received.borrow(), ["one", "two", "1000"]);
        assert_eq!(
            log.entries()[2..],
            [
                "connected",
                "state Connected",
                "state Stopping",
                "disconnected 1000 true",
                "state Stopped"
            ]
        );
        assert!(client.connection().is_none() && client.retry_at() == 0);
        client.start();
        wait_for(context, &client, ReconnectingState::Connected);
        // What is asked for while it stops comes after.
        client.stop();
        client.start();
        assert_eq!(client.state(), ReconnectingState::Stopping);
        wait_for(context, &client, ReconnectingState::Connected);
        client.stop();
        client.start();
        client.stop();
        wait_for(context, &client, ReconnectingState::Stopped);
        assert_eq!(log.count("connected"), 3);
    });
}

#[test]
fn stopping_takes_back_an_attempt() {
    with_context(|context| {
        let (listener, uri) = listener();
        let (client, log) = impatient_client(&uri);
        client.start();
        let peer = accept(context, &listener);
        peer.head(context);
        client.stop();
        assert_eq!(client.state(), ReconnectingState::Stopped);
        wait_until(context, "the end", || peer.has_ended());
        assert_eq!(
            log.entries(),
            ["state Connecting", "prepare", "state Stopped"]
        );
    });
}

#[test]
fn a_server_that_never_answers_is_given_up() {
    with_context(|context| {
        let (listener, uri) = listener();
        let (client, log) = impatient_client(&uri);
        client.set_attempt_timeout(1);
        client.start();
        let silent = accept(context, &listener);
        silent.head(context);
        let peer = accept(context, &listener);
        assert!(log.has("attempt-failed 0 false") && silent.has_ended());
        let head = peer.head(context);
        peer.send(context, response_to(&head, "").as_bytes());
        wait_for(context, &client, ReconnectingState::Connected);
    });
}

#[test]
fn a_peer_that_falls_silent_is_found_out() {
    with_context(|context| {
        let (listener, uri) = listener();
        let (client, log) = impatient_client(&uri);
        client.set_keepalive_interval(1);
        client.set_keepalive_pong_timeout(1);
        client.start();
        // It takes everything in, and says nothing.
        let silent = accept(context, &listener);
        let head = silent.head(context);
        silent.send(context, response_to(&head, "").as_bytes());
        wait_for(context, &client, ReconnectingState::Connected);
        wait_until(context, "the end", || log.count("disconnected") == 1);
        let entries = log.entries();
        let end = entries
            .iter()
            .find(|entry| entry.starts_with("disconnected"));
        assert!(
            end.is_some_and(|end| end.ends_with("false error")),
            "{entries:?}"
        );
        accept(context, &listener);
    });
}

#[test]
fn a_client_without_references_is_gone() {
    with_context(|context| {
        let (listener, uri) = listener();
        let (client, _) = impatient_client(&uri);
        client.start();
        let peer = accept(context, &listener);
        let head = peer.head(context);
        peer.send(context, response_to(&head, "").as_bytes());
        wait_for(context, &client, ReconnectingState::Connected);
        let weak = client.downgrade();
        drop(client);
        assert!(weak.upgrade().is_none());
        wait_until(context, "the end", || peer.has_ended());
    });
}

#[test]
fn properties_have_their_defaults_and_tell_when_they_change() {
    let client: ReconnectingClient = glib::Object::new();
    assert!(client.uri().is_none() && client.origin().is_none() && client.protocols().is_empty());
    assert_eq!(
        (client.initial_delay(), client.max_delay()),
        (1_000, 60_000)
    );
    assert_eq!(
        (client.backoff_factor(), client.stable_time()),
        (2.0, 10_000)
    );
    assert_eq!(client.attempt_timeout(), 60);
    assert_eq!(
        (client.keepalive_interval(), client.keepalive_pong_timeout()),
        (30, 10)
    );
    assert_eq!(client.offline_policy(), OfflinePolicy::Queue);
    assert_eq!(
        (client.max_queued_amount(), client.queued_amount()),
        (1 << 20, 0)
    );
    let changed = Rc::new(RefCell::new(Vec::new()));
    client.connect_notify_local(None, {
        let changed = changed.clone();
        move |_, pspec| changed.borrow_mut().push(pspec.name().to_owned())
    });
    for _ in 0..2 {
        client.set_initial_delay(1);
        client.set_max_delay(2);
        client.set_backoff_factor(1.5);
        client.set_stable_time(3);
        client.set_attempt_timeout(4);
        client.set_keepalive_interval(5);
        client.set_keepalive_pong_timeout(6);
        client.set_offline_policy(OfflinePolicy::Refuse);
        client.set_max_queued_amount(7);
    }
    assert_eq!(changed.borrow().len(), 9, "{changed:?}");
    for property in client.list_properties() {
        client.property_value(property.name());
    }
    assert!(ReconnectingClient::new(&Session::new(), "/chat", None, &[]).is_none());
}
