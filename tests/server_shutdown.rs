//! The orderly end of a server: whoever is there is told, what is under way is finished, and it does
//! not take longer than it may.

mod support;

use gio::prelude::*;
use std::cell::{Cell, RefCell};
use std::io::Read;
use std::rc::Rc;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use support::echo::{connect, get, uri};
use support::raw::{REQUEST, RawPeer, settle};
use support::strangers::{HELLO, hello, peer, server, status_of};
use support::{Log, wait_until, with_context};
use wsoup::{Server, ServerListenOptions, Session, WebsocketConnection};

/// What comes of a shutdown, when it is done.
type Outcome = Rc<RefCell<Option<Result<(), glib::Error>>>>;

fn shut_down(server: &Server, timeout: u32, cancellable: Option<&gio::Cancellable>) -> Outcome {
    let outcome = Outcome::default();
    server.shutdown_async(1001, Some("good bye"), timeout, cancellable, {
        let outcome = outcome.clone();
        move |result| drop(outcome.replace(Some(result)))
    });
    assert!(outcome.borrow().is_none());
    outcome
}

#[track_caller]
fn wait_for(context: &glib::MainContext, outcome: &Outcome) -> Result<(), glib::Error> {
    wait_until(context, "the end of the server", || {
        outcome.borrow().is_some()
    });
    outcome.take().expect("it is there")
}

/// Clients of the echo that answer a close, and what they emit.
fn clients(
    context: &glib::MainContext,
    server: &Server,
    count: usize,
) -> Vec<(WebsocketConnection, Log)> {
    let session = Session::new();
    session.set_tls_database(Some(&support::certificates::trust()));
    let one = |_| {
        let client = connect(context, &session, &get(&uri(server, "/echo")), &[]);
        let client = client.expect("it connects");
        let log = Log::of(&client);
        (client, log)
    };
    (0..count).map(one).collect()
}

/// A client of the echo that answers nothing.
#[track_caller]
fn deaf(context: &glib::MainContext, server: &Server) -> RawPeer {
    let peer = peer(server);
    peer.send(context, REQUEST.replace("GET /", "GET /echo").as_bytes());
    assert_eq!(status_of(&peer.head(context)), 101);
    peer
}

fn is_timeout(error: &glib::Error) -> bool {
    error.matches(gio::IOErrorEnum::TimedOut)
}

#[test]
fn all_websockets_are_told_and_all_end_in_order() {
    for is_https in [false, true] {
        with_context(|context| {
            let server = server(is_https);
            let clients = clients(context, &server, 5);
            wait_until(context, "all", || server.n_connections() == 5);
            let accepted = server.connections();
            let (first, log) = &clients[0];
            first.send_text("last words");
            wait_until(context, "the echo", || log.has("message Text last words"));
            let outcome = shut_down(&server, 10, None);
            assert!(server.listeners().is_empty());
            wait_for(context, &outcome).expect("they end in order");
            assert_eq!((server.n_connections(), server.connections()), (0, vec![]));
            for connection in accepted {
                // What the clients have answered.
                assert_eq!(connection.close_code(), 1001);
            }
            for (client, log) in clients {
                wait_until(context, "the end", || log.has("closed"));
                assert_eq!(client.close_code(), 1001);
                assert_eq!(client.close_data().as_deref(), Some("good bye"));
            }
        });
    }
}

#[test]
fn what_was_queued_arrives_before_the_end() {
    with_context(|context| {
        let server = server(false);
        let clients = clients(context, &server, 1);
        wait_until(context, "it", || server.n_connections() == 1);
        let big = "x".repeat(100_000);
        for _ in 0..20 {
            server.connections()[0].send_text(&big);
        }
        wait_for(context, &shut_down(&server, 10, None)).expect("it ends in order");
        let (_, log) = &clients[0];
        wait_until(context, "the end", || log.has("closed"));
        let messages = log.entries();
        let messages = messages.iter().filter(|entry| entry.starts_with("message"));
        assert_eq!(messages.count(), 20);
    });
}

#[test]
fn requests_that_have_begun_are_answered_and_idle_connections_end_at_once() {
    with_context(|context| {
        let server = server(false);
        let paused = Rc::new(RefCell::new(None));
        server.add_handler(Some("/slow"), {
            let paused = paused.clone();
            move |_, message, _, _| {
                message.pause();
                paused.replace(Some(message.clone()));
            }
        });
        let (slow, begun, idle, new) = (peer(&server), peer(&server), peer(&server), peer(&server));
        slow.send(context, b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
        wait_until(context, "the handler", || paused.borrow().is_some());
        assert_eq!(hello(context, &idle), 200);
        let started = Rc::new(Cell::new(false));
        server.connect_request_started({
            let started = started.clone();
            move |_, _| started.set(true)
        });
        begun.send(context, b"G");
        wait_until(context, "the beginning", || started.get());
        settle(context);
        let outcome = shut_down(&server, 0, None);
        for peer in [&idle, &new] {
            wait_until(context, "the end", || peer.has_ended());
            assert!(peer.received().is_empty());
        }
        let text = std::str::from_utf8(&HELLO[1..]).expect("it is text");
        begun.send(context, text.as_bytes());
        let head = begun.head(context);
        assert_eq!(status_of(&head), 200);
        assert!(head.contains("\r\nConnection: close\r\n"), "{head}");
        wait_until(context, "the end", || begun.has_ended());
        settle(context);
        assert!(outcome.borrow().is_none(), "one is not answered");
        let message: wsoup::ServerMessage = paused.take().expect("it is there");
        message.set_status(204, None);
        message.unpause();
        assert_eq!(status_of(&slow.head(context)), 204);
        // Both linger until they have seen that their clients have gone, too.
        drop((slow, begun));
        wait_for(context, &outcome).expect("they end in order");
    });
}

#[test]
fn a_handshake_that_is_not_accepted_yet_is_refused() {
    with_context(|context| {
        let server = server(false);
        let peer = peer(&server);
        let started = Rc::new(Cell::new(false));
        server.connect_request_started({
            let started = started.clone();
            move |_, _| started.set(true)
        });
        let request = REQUEST.replace("GET /", "GET /echo");
        let (begin, rest) = request.split_at(20);
        peer.send(context, begin.as_bytes());
        wait_until(context, "the beginning", || started.get());
        let outcome = shut_down(&server, 10, None);
        peer.send(context, rest.as_bytes());
        assert_eq!(status_of(&peer.head(context)), 503);
        drop(peer);
        wait_for(context, &outcome).expect("it ends in order");
    });
}

#[test]
fn a_websocket_that_is_accepted_meanwhile_is_told_too() {
    for signal in ["wrote-headers", "finished", "connected"] {
        with_context(|context| {
            let server = server(false);
            let begun = Rc::new(RefCell::new(None));
            let shut_down = {
                let (server, begun) = (server.downgrade(), begun.clone());
                move || {
                    let server = server.upgrade().expect("it serves");
                    let outcome = shut_down(&server, 0, None);
                    begun.replace(Some(outcome));
                }
            };
            if signal == "connected" {
                server.add_websocket_handler(Some("/echo"), None, &[], move |_, _, _, _| {
                    shut_down();
                });
            } else {
                server.connect_request_read(move |_, message| {
                    let shut_down = shut_down.clone();
                    message.connect_local(signal, false, move |_| {
                        shut_down();
                        None
                    });
                });
            }
            let [(client, log)] = &clients(context, &server, 1)[..] else {
                unreachable!("it is one");
            };
            wait_until(context, "the end", || log.has("closed"));
            assert_eq!(client.close_code(), 1001);
            assert_eq!(client.close_data().as_deref(), Some("good bye"));
            let outcome: Outcome = begun.take().expect("it has begun");
            wait_for(context, &outcome).expect("it ends in order");
        });
    }
}

/// A client whose program stands still, in a thread of its own, until it is told to go on. It has said
/// more than is taken at once.
fn standing_still(server: &Server, path: &str) -> (mpsc::Sender<()>, JoinHandle<u16>) {
    let uri = uri(server, path);
    let (go_on, wait) = mpsc::channel();
    let thread = thread::spawn(move || {
        let code = Cell::new(0);
        with_context(|context| {
            let session = Session::new();
            session.set_tls_database(Some(&support::certificates::trust()));
            let client = connect(context, &session, &get(&uri), &[]).expect("it connects");
            let log = Log::of(&client);
            for _ in 0..10 {
                client.send_text(&"x".repeat(100_000));
            }
            wait.recv().expect("the other thread is there");
            wait_until(context, "the end", || log.has("closed"));
            code.set(client.close_code());
        });
        code.get()
    });
    (go_on, thread)
}

#[test]
fn who_does_not_go_in_time_is_ended() {
    for is_https in [false, true] {
        with_context(|context| {
            let server = server(is_https);
            let polite = clients(context, &server, 2);
            let (go_on, thread) = standing_still(&server, "/echo");
            wait_until(context, "all", || server.n_connections() == 3);
            let begin = Instant::now();
            let outcome = shut_down(&server, 1, None);
            let error = wait_for(context, &outcome).expect_err("one does not go");
            assert!(is_timeout(&error), "{error}");
            assert_eq!(error.message(), "connections not closed after 1 s: 1");
            assert!(begin.elapsed() > Duration::from_millis(900), "it was early");
            assert!(begin.elapsed() < Duration::from_secs(4), "it was late");
            assert_eq!(server.n_connections(), 0);
            for (client, log) in polite {
                wait_until(context, "the end", || log.has("closed"));
                assert_eq!(client.close_code(), 1001);
            }
            go_on.send(()).expect("it waits");
            // It had been told, too.
            assert_eq!(thread.join().expect("it ends"), 1001);
        });
    }
}

#[test]
fn a_connection_that_is_not_read_is_ended_too() {
    for is_https in [false, true] {
        with_context(|context| {
            let server = server(is_https);
            server.add_websocket_handler(Some("/paused"), None, &[], |_, _, _, connection| {
                connection.set_receive_buffer_size(1000);
                connection.pause();
                connection.set_close_timeout(0);
            });
            let (go_on, thread) = standing_still(&server, "/paused");
            wait_until(context, "it", || server.n_connections() == 1);
            settle(context);
            let begin = Instant::now();
            let error = wait_for(context, &shut_down(&server, 1, None));
            assert!(is_timeout(&error.expect_err("it does not go")));
            assert!(begin.elapsed() < Duration::from_secs(4), "it was late");
            go_on.send(()).expect("it waits");
            thread.join().expect("it ends");
        });
    }
}

#[test]
fn a_tls_connection_that_does_not_close_is_waited_for_and_cut() {
    with_context(|context| {
        let server = Server::new();
        let (ours, theirs) = support::socket_pair();
        let certificate = support::certificates::certificate("server");
        let tls = gio::TlsServerConnection::new(&support::io_stream(ours), Some(&certificate));
        let tls: gio::TlsConnection = tls.expect("there is TLS").upcast();
        // GIO waits for the handshake in a thread, as it does for another one that a client begins, and
        // with the close until that is over.
        server
            .accept_iostream(&tls, None, None)
            .expect("there is room");
        drop(tls);
        settle(context);
        let begin = Instant::now();
        let outcome = shut_down(&server, 0, None);
        wait_for(context, &outcome).expect("it ends");
        assert!(
            begin.elapsed() > Duration::from_millis(1900),
            "it was early"
        );
        assert_eq!((&theirs).read(&mut [0]).expect("it ends"), 0);
    });
}

#[test]
fn cancellation_ends_the_rest_at_once() {
    with_context(|context| {
        let server = server(false);
        let (deaf, half) = (deaf(context, &server), peer(&server));
        half.send(context, b"GET / HT");
        wait_until(context, "it", || server.n_connections() == 1);
        let accepted = server.connections();
        let log = Log::of(&accepted[0]);
        let cancellable = gio::Cancellable::new();
        let begin = Instant::now();
        let outcome = shut_down(&server, 0, Some(&cancellable));
        settle(context);
        assert!(outcome.borrow().is_none());
        cancellable.cancel();
        let error = wait_for(context, &outcome).expect_err("it was cancelled");
        assert!(error.matches(gio::IOErrorEnum::Cancelled), "{error}");
        assert!(begin.elapsed() < Duration::from_secs(3), "it was late");
        assert_eq!(log.entries().last().map(String::as_str), Some("closed"));
        for peer in [deaf, half] {
            wait_until(context, "the end", || peer.has_ended());
        }
    });
}

#[test]
fn a_future_that_is_dropped_ends_the_rest_at_once() {
    with_context(|context| {
        let server = server(false);
        let deaf = deaf(context, &server);
        wait_until(context, "it", || server.n_connections() == 1);
        let shutdown = server.shutdown_future(1001, None, 0);
        settle(context);
        assert_eq!(server.n_connections(), 1);
        drop(shutdown);
        let begin = Instant::now();
        wait_until(context, "the end", || deaf.has_ended());
        wait_until(context, "the release", || server.n_connections() == 0);
        assert!(begin.elapsed() < Duration::from_secs(3), "it was late");
    });
}

#[test]
fn a_server_without_connections_is_done_and_may_listen_again() {
    with_context(|context| {
        let server = server(false);
        for _ in 0..2 {
            let done = support::block_on(context, server.shutdown_future(1001, None, 0));
            done.expect("there is nobody");
            server
                .listen_local(0, ServerListenOptions::IPV4_ONLY)
                .expect("there is a port");
            assert_eq!(hello(context, &peer(&server)), 200);
            assert_eq!(clients(context, &server, 1).len(), 1);
        }
    });
}

#[test]
fn two_shutdowns_wait_for_the_same() {
    with_context(|context| {
        let server = server(false);
        let deaf = deaf(context, &server);
        wait_until(context, "it", || server.n_connections() == 1);
        let (first, second) = (shut_down(&server, 0, None), shut_down(&server, 1, None));
        let error = wait_for(context, &second).expect_err("it does not go");
        assert!(is_timeout(&error), "{error}");
        wait_for(context, &first).expect("it has gone in time for this one");
        wait_until(context, "the end", || deaf.has_ended());
    });
}

#[test]
fn handlers_may_do_anything_while_the_server_shuts_down() {
    with_context(|context| {
        let server = server(false);
        let clients = clients(context, &server, 3);
        wait_until(context, "all", || server.n_connections() == 3);
        for connection in server.connections() {
            let (server, context) = (server.downgrade(), context.clone());
            connection.connect_closing(move |_| {
                let server = server.upgrade().expect("it shuts down");
                server.disconnect();
                for other in server.connections() {
                    other.close(1011, None);
                }
                while context.iteration(false) {}
            });
        }
        wait_for(context, &shut_down(&server, 10, None)).expect("they end in order");
        for (_, log) in clients {
            wait_until(context, "the end", || log.has("closed"));
        }
    });
}

#[test]
fn the_number_of_connections_is_notified_when_it_changes() {
    with_context(|context| {
        let server = server(false);
        let counts = Rc::new(RefCell::new(Vec::new()));
        server.connect_notify_local(Some("n-connections"), {
            let counts = counts.clone();
            move |server, _| {
                let count = server.property::<u32>("n-connections");
                assert_eq!(server.connections().len(), count as usize);
                counts.borrow_mut().push(count);
            }
        });
        let mut clients = clients(context, &server, 3);
        wait_until(context, "all", || server.n_connections() == 3);
        // In the order in which they came.
        let second = server.connections().swap_remove(1);
        let (client, log) = clients.remove(1);
        client.close(1000, None);
        wait_until(context, "the end", || log.has("closed"));
        wait_until(context, "the release", || server.n_connections() == 2);
        assert_eq!(second.close_code(), 1000);
        wait_for(context, &shut_down(&server, 0, None)).expect("they end in order");
        assert_eq!(*counts.borrow(), [1, 2, 3, 2, 1, 0]);
    });
}
