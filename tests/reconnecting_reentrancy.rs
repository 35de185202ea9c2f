//! Handlers of each signal of `ReconnectingClient` may do anything: stop, start, send, drop the last
//! reference, close the connection, run the context. Nothing comes after the end, and nothing stays
//! behind.

mod support;

use glib::prelude::*;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Instant;
use support::echo::{NO_OPTIONS, uri};
use support::reconnecting::impatient_client;
use support::{DEADLINE, wait_until, with_context};
use wsoup::{ReconnectingClient, ReconnectingState, Server};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Action {
    Stop,
    StopAndStart,
    Send,
    Close,
    Drop,
    Spin,
    All,
}

const ACTIONS: [Action; 7] = [
    Action::Stop,
    Action::StopAndStart,
    Action::Send,
    Action::Close,
    Action::Drop,
    Action::Spin,
    Action::All,
];

const SIGNALS: [&str; 9] = [
    "prepare",
    "attempt-failed",
    "connected",
    "message",
    "disconnected",
    "failed",
    "notify::state",
    "notify::connection",
    "notify",
];

struct World {
    context: glib::MainContext,
    client: RefCell<Option<ReconnectingClient>>,
    /// How deep handlers that run the context are in each other.
    depth: Cell<u32>,
    acted: Cell<u32>,
}

impl World {
    fn act(&self, action: Action) {
        let includes = |other| action == other || action == Action::All;
        // Without an end, an end that is followed by a start would go on for ever.
        if self.acted.replace(self.acted.get() + 1) > 50 {
            return;
        }
        let client = self.client.borrow().clone();
        if let Some(client) = client {
            if includes(Action::Send) {
                let _ = client.send_text("from a handler");
            }
            if includes(Action::Close)
                && let Some(connection) = client.connection()
            {
                connection.close(4000, None);
            }
            if includes(Action::Stop) || includes(Action::StopAndStart) {
                client.stop();
            }
            if includes(Action::StopAndStart) {
                client.start();
                client.proceed();
            }
        }
        if includes(Action::Drop) {
            drop(self.client.take());
        }
        if includes(Action::Spin) && self.depth.get() < 3 {
            self.depth.set(self.depth.get() + 1);
            for _ in 0..20 {
                self.context.iteration(false);
            }
            self.depth.set(self.depth.get() - 1);
        }
    }

    /// Has `action` done in all handlers of a signal; they return FALSE where a result is expected.
    fn hook(self: &Rc<Self>, client: &ReconnectingClient, signal: &str, action: Action) {
        let world = Rc::downgrade(self);
        let name = signal.split("::").next().expect("there is a first");
        let id = glib::subclass::SignalId::lookup(name, client.type_()).expect("it is there");
        let returns = id.query().return_type().type_();
        client.connect_local(signal, false, move |_| {
            if let Some(world) = world.upgrade() {
                world.act(action);
            }
            (returns != glib::Type::UNIT).then(|| glib::Value::from_type(returns))
        });
    }
}

/// A server that refuses, then closes, then says 1008: what makes a client emit everything.
fn eventful_server() -> (Server, String) {
    let (server, requests) = (Server::new(), Cell::new(0));
    server.connect_request_read(move |_, message| {
        requests.set(requests.get() + 1);
        if requests.get() == 1 {
            message.set_status(503, None);
        }
    });
    let connections = Cell::new(0);
    server.add_websocket_handler(None, None, &[], move |_, _, _, connection| {
        connections.set(connections.get() + 1);
        connection.send_text("welcome");
        let code = if connections.get() > 1 { 1008 } else { 1001 };
        connection.close(code, None);
    });
    server
        .listen_local(0, NO_OPTIONS)
        .expect("there is a free port");
    let uri = uri(&server, "/");
    (server, uri)
}

#[test]
fn handlers_may_do_anything() {
    for signal in SIGNALS {
        for action in ACTIONS {
            with_context(|context| acts(context, signal, action));
        }
    }
}

fn acts(context: &glib::MainContext, signal: &str, action: Action) {
    let (_server, uri) = eventful_server();
    let (client, log) = impatient_client(&uri);
    let world = Rc::new(World {
        context: context.clone(),
        client: RefCell::new(Some(client.clone())),
        depth: Cell::new(0),
        acted: Cell::new(0),
    });
    world.hook(&client, signal, action);
    let weak = client.downgrade();
    client.start();
    drop(client);
    let what = || format!("{signal} {action:?}: {:?}", log.entries());
    let begin = Instant::now();
    wait_until(context, "an end", || {
        assert!(begin.elapsed() < *DEADLINE / 2, "{}", what());
        let state = weak.upgrade().map(|client| client.state());
        matches!(
            state,
            None | Some(ReconnectingState::Stopped | ReconnectingState::Failed)
        ) && world.acted.get() > 0
    });
    if weak.upgrade().is_some() {
        // Stopped or failed, it stays so.
        let (entries, acted) = (log.entries().len(), world.acted.get());
        for _ in 0..50 {
            context.iteration(false);
        }
        assert_eq!(
            (log.entries().len(), world.acted.get()),
            (entries, acted),
            "{}",
            what()
        );
    }
    drop(world.client.take());
    wait_until(context, &format!("the release: {}", what()), || {
        weak.upgrade().is_none()
    });
}

#[test]
fn who_stops_a_client_in_the_handler_of_a_final_failure_has_the_last_word() {
    for (signal, path) in [("attempt-failed", "/refused"), ("disconnected", "/closed")] {
        with_context(|context| {
            let server = Server::new();
            server.add_handler(Some("/refused"), |_, message, _, _| {
                message.set_status(403, None);
            });
            server.add_websocket_handler(Some("/closed"), None, &[], |_, _, _, connection| {
                connection.close(1008, None);
            });
            server
                .listen_local(0, NO_OPTIONS)
                .expect("there is a free port");
            let uri = uri(&server, path);
            let (client, log) = impatient_client(&uri);
            client.connect_local(signal, false, |values| {
                let client: ReconnectingClient = values[0].get().expect("it is one");
                client.stop();
                Some(false.to_value())
            });
            client.start();
            wait_until(context, "the handler", || log.count(signal) == 1);
            for _ in 0..50 {
                context.iteration(false);
            }
            assert_eq!(client.state(), ReconnectingState::Stopped);
            assert_eq!(client.retry_at(), 0);
            assert!(!log.has("failed"), "{:?}", log.entries());
        });
    }
}

#[test]
fn a_client_may_be_dropped_while_it_waits_connects_or_is_held() {
    with_context(|context| {
        let (client, log) = impatient_client("ws://127.0.0.1:9/");
        client.set_initial_delay(60_000);
        client.set_max_delay(60_000);
        client.start();
        wait_until(context, "a failure", || log.count("attempt-failed") == 1);
        assert!(client.retry_at() > 0);
        let weak = client.downgrade();
        drop(client);
        assert!(weak.upgrade().is_none());

        let (client, log) = impatient_client("ws://127.0.0.1:9/");
        let held = Rc::new(Cell::new(false));
        client.connect_prepare({
            let held = held.clone();
            move |_, _| {
                held.set(true);
                true
            }
        });
        client.start();
        wait_until(context, "prepare", || held.get());
        let weak = client.downgrade();
        drop(client);
        assert!(weak.upgrade().is_none());
        while context.iteration(false) {}
        assert_eq!(log.entries(), ["state Connecting", "prepare"]);
    });
}
