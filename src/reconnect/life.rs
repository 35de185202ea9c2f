//! What happens to a client from start to stop.
//!
//! Each step changes everything that it changes, then emits its signal, then notifies of properties. A
//! handler may stop the client, start it again, drop it, or run the context: no borrow is held while
//! one runs, and afterwards a step goes on only if no other one was made meanwhile.

use super::imp::ReconnectingClient;
use super::retry_after;
use super::surroundings::{LOOK, is_local};
use super::verdict::Failure;
use crate::cookie::parse_date;
use crate::event_loop::{context_closure, spawn, with_cancellable, with_deadline};
use crate::http::latch::Latch;
use crate::{Message, ReconnectingState, WebsocketConnection, WebsocketError, WebsocketState};
use gio::prelude::*;
use glib::WeakRef;
use glib::subclass::prelude::*;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Seconds in which a connection that may be dead is asked, and in which it has to answer.
const VERIFY_INTERVAL: u32 = 1;
const VERIFY_TIMEOUT: u32 = 10;

/// One attempt to connect.
pub(super) struct Attempt {
    cancellable: gio::Cancellable,
    /// Opens when the program has prepared the message.
    prepared: Latch,
}

impl ReconnectingClient {
    pub(super) fn start(&self) {
        // A handler may drop the reference that the caller, in C, called this by.
        let _alive = self.obj().clone();
        match self.state.get() {
            ReconnectingState::Stopped | ReconnectingState::Failed => (),
            ReconnectingState::Stopping => return self.restarts.set(true),
            ReconnectingState::Waiting
            | ReconnectingState::Connecting
            | ReconnectingState::Connected => return,
        }
        let Some(uri) = self.uri.get() else {
            return glib::g_critical!("Wsoup", "a client needs a URI to connect to");
        };
        self.schedule.borrow_mut().reset();
        self.attempts.set(0);
        self.surroundings.watch(self.uses_network(uri));
        self.look_at_network(Instant::now());
        self.attempt();
    }

    pub(super) fn stop(&self) {
        // A handler may drop the reference that the caller, in C, called this by.
        let _alive = self.obj().clone();
        self.restarts.set(false);
        match self.state.get() {
            ReconnectingState::Stopped | ReconnectingState::Stopping => return,
            ReconnectingState::Waiting
            | ReconnectingState::Connecting
            | ReconnectingState::Connected
            | ReconnectingState::Failed => (),
        }
        self.rest();
        let connection = self.obj().connection();
        self.enter(match connection {
            Some(_) => ReconnectingState::Stopping,
            None => ReconnectingState::Stopped,
        });
        self.notify(&[]);
        if let Some(connection) = connection {
            // Nothing happens if it is closing already.
            connection.close(1000, None);
        }
    }

    /// The last reference is gone.
    pub(super) fn abandon(&self) {
        self.rest();
        self.enter(ReconnectingState::Stopped);
        self.take_back();
        drop(self.connection.take());
    }

    /// Makes no more attempts, and looks for none.
    fn rest(&self) {
        self.surroundings.ignore();
        self.schedule.borrow_mut().reset();
        let attempt = self.attempt.take();
        if let Some(attempt) = attempt {
            attempt.cancellable.cancel();
        }
    }

    /// Makes a step, to `state`; returns its number.
    fn enter(&self, state: ReconnectingState) -> u64 {
        self.state.set(state);
        self.step.set(self.step.get() + 1);
        self.step.get()
    }

    /// Whether no other step was made since.
    fn is_at(&self, step: u64) -> bool {
        self.step.get() == step
    }

    /// Notifies of properties; and of the state and the time of the next attempt, if they have changed.
    fn notify(&self, properties: &[&str]) {
        let state = self.state.get();
        if self.notified_state.replace(state) != state {
            self.obj().notify("state");
        }
        for property in properties {
            self.obj().notify(property);
        }
        self.settle();
    }

    /// Looks for what there is to do.
    pub(super) fn turn(&self, now: Instant) {
        let has_slept = self.surroundings.has_slept(now);
        self.look_at_network(now);
        if has_slept {
            self.schedule.borrow_mut().expedite(now);
            self.verify();
            if self.state.get() == ReconnectingState::Connecting {
                self.attempt_anew();
            }
        }
        let is_due = self.schedule.borrow().due().is_some_and(|due| due <= now);
        if is_due && self.state.get() == ReconnectingState::Waiting {
            self.attempt();
        }
        self.settle();
    }

    fn look_at_network(&self, now: Instant) {
        if let Some(has_network) = self.surroundings.news_of_network() {
            self.schedule.borrow_mut().network_changed(has_network, now);
            if has_network {
                self.verify();
            }
        }
    }

    /// Tells when to be woken, and what has changed about that.
    fn settle(&self) {
        let due = self.schedule.borrow().due();
        let is_started = match self.state.get() {
            ReconnectingState::Waiting
            | ReconnectingState::Connecting
            | ReconnectingState::Connected => true,
            ReconnectingState::Stopped
            | ReconnectingState::Stopping
            | ReconnectingState::Failed => false,
        };
        let look = Instant::now() + LOOK;
        let deadline = due.map_or(look, |due| due.min(look));
        self.surroundings.wake_at(is_started.then_some(deadline));
        let retry_at = self.retry_at();
        // The same time may differ by the microsecond that passes while two clocks are read.
        if self.notified_retry.get().abs_diff(retry_at) > 1_000 {
            self.notified_retry.set(retry_at);
            self.obj().notify("retry-at");
        }
    }

    pub(super) fn retry_at(&self) -> i64 {
        let Some(due) = self.schedule.borrow().due() else {
            return 0;
        };
        let delay = due.saturating_duration_since(Instant::now());
        let delay = i64::try_from(delay.as_micros()).unwrap_or(i64::MAX);
        glib::monotonic_time().saturating_add(delay)
    }

    /// Begins an attempt.
    fn attempt(&self) {
        let attempt = Rc::new(Attempt {
            cancellable: gio::Cancellable::new(),
            prepared: Latch::default(),
        });
        self.attempt.replace(Some(attempt.clone()));
        self.schedule.borrow_mut().attempt();
        self.attempts.set(self.attempts.get().saturating_add(1));
        self.enter(ReconnectingState::Connecting);
        let running = run(self.obj().downgrade(), attempt);
        spawn(self.surroundings.event_loop(), running);
        self.notify(&["attempts"]);
    }

    /// Gives up the attempt that is under way, whose packets nobody may have heard of, for another one.
    fn attempt_anew(&self) {
        let attempt = self.attempt.borrow().clone();
        // The program has it, and nothing was sent yet.
        if let Some(attempt) = attempt.filter(|attempt| attempt.prepared.is_open()) {
            self.attempt.take();
            attempt.cancellable.cancel();
            self.attempt();
        }
    }

    fn is_current(&self, attempt: &Rc<Attempt>) -> bool {
        let current = self.attempt.borrow();
        current
            .as_ref()
            .is_some_and(|current| Rc::ptr_eq(current, attempt))
    }

    pub(super) fn proceed(&self) {
        let attempt = self.attempt.borrow().clone();
        if let Some(attempt) = attempt {
            attempt.prepared.open();
        }
    }

    /// The message of an attempt, which the program may hold.
    fn prepare(&self, attempt: &Rc<Attempt>) -> Option<Message> {
        let message = Message::new_from_uri("GET", self.uri.get()?)?;
        if self.is_current(attempt) && !self.ask("prepare", &[&message]) {
            attempt.prepared.open();
        }
        Some(message)
    }

    /// Sends the request of an attempt, if that still goes on.
    fn request(
        &self,
        attempt: &Rc<Attempt>,
        message: &Message,
    ) -> Option<impl Future<Output = Result<WebsocketConnection, glib::Error>> + 'static + use<>>
    {
        if !self.is_current(attempt) {
            return None;
        }
        let client = self.obj();
        let protocols = self.protocols.get().cloned().unwrap_or_default();
        let protocols: Vec<&str> = protocols.iter().map(String::as_str).collect();
        let session = self.session();
        let request =
            session.websocket_connect_future(message, client.origin().as_deref(), &protocols);
        let seconds = self.attempt_timeout.get();
        let cancellable = attempt.cancellable.clone();
        Some(async move {
            let timeout = Duration::from_secs(seconds.into());
            let deadline = (seconds > 0).then(|| Instant::now() + timeout);
            let request = with_cancellable(&cancellable, request);
            with_deadline(deadline, request).await.unwrap_or_else(|| {
                let text = format!("the attempt was not over within {seconds} s");
                Err(glib::Error::new(gio::IOErrorEnum::TimedOut, &text))
            })
        })
    }

    fn attempt_ended(
        &self,
        attempt: &Rc<Attempt>,
        message: &Message,
        result: Result<WebsocketConnection, glib::Error>,
    ) {
        if !self.is_current(attempt) {
            return;
        }
        self.attempt.take();
        match result {
            Ok(connection) => self.connected(connection),
            Err(error) => self.attempt_failed(message, &error),
        }
    }

    fn attempt_failed(&self, message: &Message, error: &glib::Error) {
        let step = self.enter(ReconnectingState::Waiting);
        let failure = failure_of(message, error);
        let is_final = failure.is_final() && !self.surroundings.is_behind_portal();
        let goes_on = self.ask("attempt-failed", &[message, error, &is_final]);
        if self.is_at(step) {
            self.go_on_or_fail(is_final && !goes_on, error, retry_after(message, failure));
        }
        self.notify(&[]);
    }

    fn go_on_or_fail(&self, is_final: bool, error: &glib::Error, retry_after: Duration) {
        if is_final {
            self.rest();
            self.enter(ReconnectingState::Failed);
            self.obj().emit_by_name::<()>("failed", &[error]);
        } else {
            let jitter = self.surroundings.jitter.get()();
            let mut schedule = self.schedule.borrow_mut();
            schedule.failed(Instant::now(), retry_after, jitter);
        }
    }

    fn connected(&self, connection: WebsocketConnection) {
        self.verifying.set(None);
        self.connection_error.take();
        self.attempts.set(0);
        self.schedule.borrow_mut().connected(Instant::now());
        self.keep_alive(&connection);
        self.listen(&connection);
        self.connection.replace(Some(connection.clone()));
        self.enter(ReconnectingState::Connected);
        self.obj().emit_by_name::<()>("connected", &[&connection]);
        self.hand_over();
        self.notify(&["connection", "attempts"]);
    }

    /// Sets the times by which a connection finds out that its peer has vanished.
    pub(super) fn keep_alive(&self, connection: &WebsocketConnection) {
        connection.set_keepalive_interval(self.keepalive_interval.get());
        connection.set_keepalive_pong_timeout(self.keepalive_pong_timeout.get());
    }

    /// Has the signals of `connection` come here.
    fn listen(&self, connection: &WebsocketConnection) {
        let client = self.obj().downgrade();
        connection.on_closed(move |connection| {
            if let Some(client) = client.upgrade() {
                client.imp().connection_closed(connection);
            }
        });
        let on = |signal, f: fn(&Self, &[glib::Value])| {
            let client = self.obj().downgrade();
            let closure = context_closure(move |values| {
                if let Some(client) = client.upgrade()
                    && client
                        .connection()
                        .is_some_and(|own| values[0].get() == Ok(own))
                {
                    f(client.imp(), values);
                }
            });
            connection.connect_closure(signal, false, closure);
        };
        on("message", |client, values| {
            client
                .obj()
                .emit_by_name_with_values("message", &values[1..]);
        });
        on("error", |client, values| {
            client.connection_error.replace(values[1].get().ok());
        });
        on("pong", |client, _| client.verified());
    }

    /// Sees whether the connection lives, before its keepalive would.
    fn verify(&self) {
        let Some(connection) = self.obj().connection() else {
            return;
        };
        if connection.state() != WebsocketState::Open || self.verifying.get().is_some() {
            return;
        }
        let (interval, timeout) = (
            connection.keepalive_interval(),
            connection.keepalive_pong_timeout(),
        );
        self.verifying.set(Some((interval, timeout)));
        connection.set_keepalive_interval(VERIFY_INTERVAL);
        if timeout == 0 || timeout > VERIFY_TIMEOUT {
            connection.set_keepalive_pong_timeout(VERIFY_TIMEOUT);
        }
    }

    /// It does.
    fn verified(&self) {
        if let Some((interval, timeout)) = self.verifying.take()
            && let Some(connection) = self.obj().connection()
        {
            connection.set_keepalive_interval(interval);
            connection.set_keepalive_pong_timeout(timeout);
        }
    }

    fn connection_closed(&self, connection: &WebsocketConnection) {
        if self.obj().connection().as_ref() != Some(connection) {
            return;
        }
        let _alive = self.obj().clone();
        self.connection.take();
        self.verifying.set(None);
        self.take_back();
        let error = self.connection_error.take();
        let was_stopped = self.state.get() == ReconnectingState::Stopping;
        let step = self.enter(match was_stopped {
            true => ReconnectingState::Stopped,
            false => ReconnectingState::Waiting,
        });
        let is_final = was_stopped || end_of(connection, error.as_ref()).is_final();
        let goes_on = self.ask("disconnected", &[connection, &error, &is_final]);
        if self.is_at(step) && was_stopped && self.restarts.take() {
            self.start();
        } else if self.is_at(step) && !was_stopped {
            let error = error.unwrap_or_else(|| closed_by_peer(connection));
            self.go_on_or_fail(is_final && !goes_on, &error, Duration::ZERO);
        }
        self.notify(&["connection"]);
    }

    /// Whether what is connected to is beyond this machine.
    fn uses_network(&self, uri: &glib::Uri) -> bool {
        match self.session().remote_connectable() {
            Some(connectable) => connects_beyond(&connectable),
            None => !uri.host().is_some_and(|host| is_local(&host)),
        }
    }
}

/// What an attempt does; it ends when it is cancelled, or the client is gone.
async fn run(client: WeakRef<super::ReconnectingClient>, attempt: Rc<Attempt>) {
    let Some(message) = client
        .upgrade()
        .and_then(|client| client.imp().prepare(&attempt))
    else {
        return;
    };
    let prepared = async {
        attempt.prepared.opened().await;
        Ok(())
    };
    if with_cancellable(&attempt.cancellable, prepared)
        .await
        .is_err()
    {
        return;
    }
    let request = client
        .upgrade()
        .and_then(|client| client.imp().request(&attempt, &message));
    let Some(request) = request else { return };
    let result = request.await;
    if let Some(client) = client.upgrade() {
        client.imp().attempt_ended(&attempt, &message, result);
    }
}

fn connects_beyond(connectable: &gio::SocketConnectable) -> bool {
    if connectable.is::<gio::UnixSocketAddress>() {
        return false;
    }
    if let Some(address) = connectable.downcast_ref::<gio::InetSocketAddress>() {
        return !address.address().is_loopback();
    }
    match connectable.downcast_ref::<gio::NetworkAddress>() {
        Some(address) => !is_local(&address.hostname()),
        None => true,
    }
}

/// What the error of an attempt comes to.
fn failure_of(message: &Message, error: &glib::Error) -> Failure {
    use gio::IOErrorEnum as Io;
    if let Some(error) = error.kind::<gio::TlsError>() {
        return match error {
            gio::TlsError::BadCertificate | gio::TlsError::CertificateRequired => {
                Failure::Certificate
            }
            _ => Failure::Unreachable,
        };
    }
    let io = error.kind::<Io>();
    let is_proxy = matches!(
        io,
        Some(Io::ProxyFailed | Io::ProxyNeedAuth | Io::ProxyAuthFailed | Io::ProxyNotAllowed)
    );
    let is_answer = error.domain() == WebsocketError::domain() || is_proxy;
    match (message.status(), io) {
        (status, _) if is_answer && status != 0 && status != 101 => Failure::Refused(status),
        (_, None) if is_answer => Failure::NoWebsocket,
        (
            _,
            Some(
                Io::Cancelled
                | Io::InvalidArgument
                | Io::NotSupported
                | Io::ProxyNeedAuth
                | Io::ProxyAuthFailed,
            ),
        ) => Failure::Misused,
        _ => Failure::Unreachable,
    }
}

/// What the end of a connection comes to: by our error, as the peer's close may only answer that.
fn end_of(connection: &WebsocketConnection, error: Option<&glib::Error>) -> Failure {
    let Some(error) = error else {
        return Failure::Closed(connection.close_code());
    };
    match error.kind::<WebsocketError>() {
        // A pong is missing.
        Some(WebsocketError::PolicyViolation) | None => Failure::Broken,
        Some(kind) => Failure::Violated(u16::try_from(kind as i32).unwrap_or(0)),
    }
}

/// How long the server wants to be left alone after `failure`.
fn retry_after(message: &Message, failure: Failure) -> Duration {
    let is_refused = matches!(failure, Failure::Refused(_));
    let value = message.response_headers().one("Retry-After");
    let Some(value) = value.filter(|_| is_refused) else {
        return Duration::ZERO;
    };
    let now = glib::real_time() / 1_000_000;
    let date = |text: &str| Some(parse_date(text)?.to_unix());
    retry_after::parse(&value, now, date).unwrap_or_default()
}

fn closed_by_peer(connection: &WebsocketConnection) -> glib::Error {
    let code = connection.close_code();
    let text = match connection.close_data() {
        Some(reason) => format!("the server closed the connection with {code}: {reason}"),
        None => format!("the server closed the connection with {code}"),
    };
    glib::Error::new(WebsocketError::Failed, &text)
}
