//! What the integration tests have in common.
#![allow(dead_code, reason = "each test program uses a part of it")]

pub(crate) mod certificates;
pub(crate) mod counting;
pub(crate) mod echo;
pub(crate) mod faulty;
pub(crate) mod freed;
mod leaks;
pub(crate) mod proxy;
pub(crate) mod raw;
pub(crate) mod reconnecting;
pub(crate) mod strangers;
pub(crate) mod wire;

use gio::prelude::*;
use std::cell::RefCell;
use std::future::poll_fn;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::pin::pin;
use std::rc::Rc;
use std::sync::LazyLock;
use std::task::Poll;
use std::time::{Duration, Instant};
use wsoup::{WebsocketConnection, WebsocketConnectionType};

/// How long a test waits for what has to happen. Checkers of memory make all slow, and say so, in
/// seconds.
pub(crate) static DEADLINE: LazyLock<Duration> = LazyLock::new(|| {
    let seconds = std::env::var("WSOUP_TEST_DEADLINE").ok();
    Duration::from_secs(seconds.map_or(20, |seconds| seconds.parse().expect("seconds")))
});

/// Runs `test` with a context of its own, so that tests can run side by side, and asserts that it
/// leaves neither objects nor open file descriptors.
pub(crate) fn with_context(test: impl FnOnce(&glib::MainContext)) {
    leaks::checked(test);
}

/// Runs `context` until `condition` holds.
#[track_caller]
pub(crate) fn wait_until(context: &glib::MainContext, what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + *DEADLINE;
    // Without a source that fires, an iteration might wait for ever.
    let tick = glib::timeout_source_new(
        Duration::from_millis(50),
        None,
        glib::Priority::DEFAULT,
        || glib::ControlFlow::Continue,
    );
    tick.attach(Some(context));
    while !condition() {
        assert!(Instant::now() < deadline, "timed out: {what}");
        context.iteration(true);
    }
    tick.destroy();
}

/// Starts `future` in the context, and keeps its result.
pub(crate) fn start<T: 'static>(
    context: &glib::MainContext,
    future: impl Future<Output = T> + 'static,
) -> Rc<RefCell<Option<T>>> {
    let result = Rc::new(RefCell::new(None));
    context.spawn_local({
        let result = result.clone();
        async move {
            let value = future.await;
            result.replace(Some(value));
        }
    });
    result
}

/// Runs `context` until `future` is done.
pub(crate) fn block_on<T: 'static>(
    context: &glib::MainContext,
    future: impl Future<Output = T> + 'static,
) -> T {
    let result = start(context, future);
    wait_until(context, "a future", || result.borrow().is_some());
    result.take().expect("it is there")
}

/// Waits for both.
pub(crate) async fn join<A, B>(
    first: impl Future<Output = A>,
    second: impl Future<Output = B>,
) -> (A, B) {
    let (mut first, mut second) = (pin!(first), pin!(second));
    let (mut a, mut b) = (None, None);
    poll_fn(|task| {
        if a.is_none()
            && let Poll::Ready(value) = first.as_mut().poll(task)
        {
            a = Some(value);
        }
        if b.is_none()
            && let Poll::Ready(value) = second.as_mut().poll(task)
        {
            b = Some(value);
        }
        match (a.take(), b.take()) {
            (Some(a), Some(b)) => Poll::Ready((a, b)),
            (left, right) => {
                (a, b) = (left, right);
                Poll::Pending
            }
        }
    })
    .await
}

/// Two ends of a stream.
pub(crate) fn socket_pair() -> (UnixStream, UnixStream) {
    UnixStream::pair().expect("socketpair() works")
}

/// One end of a stream for GIO.
pub(crate) fn io_stream(end: UnixStream) -> gio::IOStream {
    let socket = gio::Socket::from_fd(OwnedFd::from(end)).expect("it is a socket");
    socket.connection_factory_create_connection().upcast()
}

/// A connection over `end`.
pub(crate) fn connection(end: UnixStream, role: WebsocketConnectionType) -> WebsocketConnection {
    let uri = glib::Uri::parse("ws://localhost/", glib::UriFlags::NONE).expect("it is a URI");
    WebsocketConnection::new(&io_stream(end), &uri, role, None, None, Vec::new())
}

/// A client, and the end at which the test writes what a server would.
pub(crate) fn connected() -> (WebsocketConnection, UnixStream) {
    let (near, far) = socket_pair();
    (connection(near, WebsocketConnectionType::Client), far)
}

/// A client and a server that are connected to each other.
pub(crate) fn connection_pair() -> (WebsocketConnection, WebsocketConnection) {
    let (client, server) = socket_pair();
    (
        connection(client, WebsocketConnectionType::Client),
        connection(server, WebsocketConnectionType::Server),
    )
}

/// What a connection has emitted, in order.
#[derive(Clone, Default)]
pub(crate) struct Log(Rc<RefCell<Vec<String>>>);

impl Log {
    /// Notes all signals of `connection` from now on.
    pub(crate) fn of(connection: &WebsocketConnection) -> Self {
        let log = Self::default();
        let note = |log: &Self, text: String| log.0.borrow_mut().push(text);
        let l = log.clone();
        connection.connect_message(move |_, kind, bytes| {
            let text = String::from_utf8_lossy(bytes);
            let text = if text.len() > 40 {
                format!("{} bytes", text.len())
            } else {
                text.into()
            };
            note(&l, format!("message {kind:?} {text}"));
        });
        let l = log.clone();
        connection.connect_pong(move |_, bytes| {
            note(&l, format!("pong {}", String::from_utf8_lossy(bytes)));
        });
        let l = log.clone();
        connection.connect_error(move |_, error| note(&l, format!("error {}", error.message())));
        let l = log.clone();
        connection.connect_closing(move |_| note(&l, "closing".into()));
        let l = log.clone();
        connection.connect_closed(move |_| note(&l, "closed".into()));
        let l = log.clone();
        connection.connect_notify_local(Some("state"), move |connection, _| {
            note(&l, format!("state {:?}", connection.state()));
        });
        log
    }

    /// The notes so far.
    pub(crate) fn entries(&self) -> Vec<String> {
        self.0.borrow().clone()
    }

    /// Whether there is such a note.
    pub(crate) fn has(&self, entry: &str) -> bool {
        self.0.borrow().iter().any(|other| other == entry)
    }

    /// How many notes there are.
    pub(crate) fn len(&self) -> usize {
        self.0.borrow().len()
    }
}
