//! A client that stays connected, and what it has emitted; servers that come and go.

use super::echo::NO_OPTIONS;
use super::wait_until;
use glib::prelude::*;
use std::cell::RefCell;
use std::net::TcpListener;
use std::rc::Rc;
use wsoup::{ReconnectingClient, ReconnectingState, Server, Session};

/// What a client has emitted, in order.
#[derive(Clone, Default)]
pub(crate) struct Log(Rc<RefCell<Vec<String>>>);

impl Log {
    fn note(&self, text: impl Into<String>) {
        self.0.borrow_mut().push(text.into());
    }

    /// Notes all signals of `client` from now on.
    pub(crate) fn of(client: &ReconnectingClient) -> Self {
        let log = Self::default();
        let l = log.clone();
        client.connect_prepare(move |_, _| {
            l.note("prepare");
            false
        });
        let l = log.clone();
        client.connect_attempt_failed(move |_, message, _, is_final| {
            l.note(format!("attempt-failed {} {is_final}", message.status()));
            false
        });
        let l = log.clone();
        client.connect_connected(move |_, _| l.note("connected"));
        let l = log.clone();
        client.connect_disconnected(move |_, connection, error, is_final| {
            let code = connection.close_code();
            let error = if error.is_some() { " error" } else { "" };
            l.note(format!("disconnected {code} {is_final}{error}"));
            false
        });
        let l = log.clone();
        client.connect_message(move |_, _, bytes| {
            l.note(format!("message {}", String::from_utf8_lossy(bytes)));
        });
        let l = log.clone();
        client.connect_failed(move |_, _| l.note("failed"));
        let l = log.clone();
        client.connect_notify_local(Some("state"), move |client, _| {
            l.note(format!("state {:?}", client.state()));
        });
        log
    }

    pub(crate) fn entries(&self) -> Vec<String> {
        self.0.borrow().clone()
    }

    pub(crate) fn has(&self, entry: &str) -> bool {
        self.count(entry) > 0
    }

    /// How many notes begin with `prefix`.
    pub(crate) fn count(&self, prefix: &str) -> usize {
        let entries = self.0.borrow();
        entries
            .iter()
            .filter(|entry| entry.starts_with(prefix))
            .count()
    }
}

/// A client that does not wait for long, and what it has emitted. It is not started.
pub(crate) fn impatient_client(uri: &str) -> (ReconnectingClient, Log) {
    let client = ReconnectingClient::new(&Session::new(), uri, None, &[]).expect("it is a URI");
    client.set_initial_delay(1);
    client.set_max_delay(20);
    let log = Log::of(&client);
    (client, log)
}

/// Runs `context` until the client is in `state`.
#[track_caller]
pub(crate) fn wait_for(
    context: &glib::MainContext,
    client: &ReconnectingClient,
    state: ReconnectingState,
) {
    wait_until(context, &format!("{state:?}"), || client.state() == state);
}

/// Has `server` listen on `port`, which one that was there before may still be leaving.
pub(crate) fn listen_on(context: &glib::MainContext, server: &Server, port: u16) {
    wait_until(context, "the port", || {
        server.listen_local(port, NO_OPTIONS).is_ok()
    });
}

/// Takes a server away as a crash would: its connections end without a word.
pub(crate) fn crash(server: Server) {
    server.disconnect();
    drop(server);
}

/// A port on which nobody listens.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    listener.local_addr().expect("it is bound").port()
}
