//! What only time and the machine do: with a machine whose sleep is told, and numbers that are not
//! random.

use crate::testing::{wait_until, with_context};
use crate::{ReconnectingClient, ReconnectingState, Server, ServerListenOptions, Session};
use glib::prelude::*;
use glib::subclass::prelude::*;
use std::cell::{Cell, RefCell};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::rc::Rc;
use std::time::{Duration, Instant};

thread_local! {
    static ASLEEP: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

/// A client whose machine sleeps as `ASLEEP` says.
fn client_of(port: u16) -> ReconnectingClient {
    ASLEEP.set(Duration::ZERO);
    let uri = format!("ws://127.0.0.1:{port}/");
    let client = ReconnectingClient::new(&Session::new(), &uri, None, &[]).unwrap();
    let surroundings = &client.imp().surroundings;
    surroundings.time_asleep.set(|| ASLEEP.get());
    surroundings.jitter.set(|| 0.5);
    client
}

/// The machine sleeps for an hour, and the client has a look around.
fn sleep(client: &ReconnectingClient) {
    ASLEEP.set(ASLEEP.get() + Duration::from_secs(3_600));
    client.imp().turn(Instant::now());
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

#[test]
fn a_machine_that_wakes_up_tries_at_once() {
    with_context(|context| {
        let port = free_port();
        let client = client_of(port);
        client.set_initial_delay(3_600_000);
        client.set_max_delay(3_600_000);
        client.start();
        wait_until(context, "a failure", || {
            client.state() == ReconnectingState::Waiting && client.retry_at() > 0
        });
        let wait = client.retry_at() - glib::monotonic_time();
        assert!((1_790_000_000..=1_800_000_000).contains(&wait), "{wait}");
        client.imp().turn(Instant::now());
        assert_eq!(client.state(), ReconnectingState::Waiting);
        sleep(&client);
        assert_eq!(client.state(), ReconnectingState::Connecting);
        client.stop();
    });
}

#[test]
fn an_attempt_that_the_machine_slept_through_is_made_anew() {
    with_context(|context| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let client = client_of(listener.local_addr().unwrap().port());
        let accepted: RefCell<Vec<TcpStream>> = RefCell::default();
        let accept = |count: usize| {
            wait_until(context, "a connection", || {
                if let Ok((stream, _)) = listener.accept() {
                    accepted.borrow_mut().push(stream);
                }
                accepted.borrow().len() == count
            });
        };
        client.start();
        accept(1);
        sleep(&client);
        assert_eq!(
            (client.state(), client.attempts()),
            (ReconnectingState::Connecting, 2)
        );
        accept(2);
        // The first one is given up.
        accepted.borrow()[0].set_nonblocking(true).unwrap();
        wait_until(context, "the end of the first", || {
            matches!((&accepted.borrow()[0]).read(&mut [0; 4_096]), Ok(0))
        });
        client.stop();
    });
}

#[test]
fn a_connection_that_the_machine_slept_through_is_asked_whether_it_lives() {
    with_context(|context| {
        let server = Server::new();
        server.add_websocket_handler(None, None, &[], |_, _, _, _| ());
        server
            .listen_local(0, ServerListenOptions::empty())
            .unwrap();
        let client = client_of(server.uris()[0].port() as u16);
        client.set_keepalive_interval(3_600);
        client.set_keepalive_pong_timeout(600);
        client.start();
        wait_until(context, "a connection", || {
            client.state() == ReconnectingState::Connected
        });
        let connection = client.connection().unwrap();
        let pongs = Rc::new(Cell::new(0));
        connection.connect_pong({
            let pongs = pongs.clone();
            move |_, _| pongs.set(pongs.get() + 1)
        });
        sleep(&client);
        assert!(connection.keepalive_pong_timeout() <= 10);
        wait_until(context, "the answer", || pongs.get() == 1);
        assert_eq!(connection.keepalive_interval(), 3_600);
        assert_eq!(connection.keepalive_pong_timeout(), 600);
        assert_eq!(client.connection(), Some(connection));
    });
}

#[test]
fn a_process_that_was_stopped_looks_around_too() {
    with_context(|context| {
        let client = client_of(free_port());
        client.set_initial_delay(3_600_000);
        client.set_max_delay(3_600_000);
        client.start();
        wait_until(context, "a failure", || client.retry_at() > 0);
        // Its timer should have fired long ago.
        client.imp().turn(Instant::now() + Duration::from_secs(60));
        assert_eq!(client.state(), ReconnectingState::Connecting);
    });
}

#[test]
fn delays_grow_until_a_connection_has_lasted() {
    with_context(|context| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let client = client_of(listener.local_addr().unwrap().port());
        client.set_initial_delay(20);
        let delays = Rc::new(RefCell::new(Vec::new()));
        client.connect_notify_local(Some("retry-at"), {
            let delays = delays.clone();
            move |client, _| {
                if client.retry_at() > 0 {
                    let delay = client.retry_at() - glib::monotonic_time();
                    delays
                        .borrow_mut()
                        .push((delay as f64 / 1_000.0).round() as i64);
                }
            }
        });
        client.start();
        wait_until(context, "failures", || {
            if let Ok((mut stream, _)) = listener.accept() {
                let _ = stream.write(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n");
            }
            delays.borrow().len() >= 6
        });
        let delays = delays.borrow();
        // Half of 20 ms and its doubles, less what passes until a look is taken.
        for (delay, expected) in delays.iter().zip([10, 20, 40, 80, 160, 320]) {
            assert!((expected - 5..=expected).contains(delay), "{delays:?}");
        }
    });
}
