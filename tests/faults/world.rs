//! One run of an exchange: its two sides, the link between them, and what has to hold afterwards.
//!
//! - Each connection emits its signals in order, `closed` once and last.
//! - Each operation has ended, well or with an error that says what happened.
//! - What a side has received is what the other has sent, in order, from the first on. All of it, if
//!   nothing was lost on the way; and never less than what the link has passed on, but for a reset.
//! - Nobody holds a reference to anything.

use crate::support::faulty::{Direction, Fault, Kind, Link};
use crate::support::raw::{frames_from, settle};
use crate::support::{Log, socket_pair, wait_until};
use glib::prelude::*;
use glib::{Object, WeakRef};
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::rc::Rc;
use wsoup::{
    WebsocketConnection, WebsocketConnectionType, WebsocketDataType, WebsocketError,
    WebsocketExtension,
};

pub(crate) const TEXT: WebsocketDataType = WebsocketDataType::Text;
pub(crate) const BINARY: WebsocketDataType = WebsocketDataType::Binary;

type Message = (WebsocketDataType, Vec<u8>);
type Outcome = Rc<RefCell<Option<Result<(), glib::Error>>>>;

pub(crate) struct World {
    pub(crate) context: glib::MainContext,
    pub(crate) link: Link,
    fault: Option<Fault>,
    /// Whether frames are all that the link passes on.
    has_frames_only: Cell<bool>,
    objects: RefCell<Vec<WeakRef<Object>>>,
    logs: RefCell<Vec<(&'static str, Log)>>,
    operations: RefCell<Vec<(&'static str, Outcome)>>,
    /// What has been sent towards the server, and towards the client.
    sent: [RefCell<Vec<Message>>; 2],
    /// How many of these are known to have been written, if that is told.
    written: [Cell<Option<usize>>; 2],
    received: [RefCell<Vec<Message>>; 2],
    /// What has to live as long as the run.
    kept: RefCell<Vec<Box<dyn Any>>>,
}

impl World {
    pub(crate) fn new(context: &glib::MainContext, fault: Option<Fault>) -> Rc<Self> {
        Rc::new(Self {
            context: context.clone(),
            link: Link::new(context, fault),
            fault,
            has_frames_only: Cell::new(false),
            objects: RefCell::default(),
            logs: RefCell::default(),
            operations: RefCell::default(),
            sent: Default::default(),
            written: Default::default(),
            received: Default::default(),
            kept: RefCell::default(),
        })
    }

    /// A client and a server over the link.
    pub(crate) fn pair(
        &self,
        extension: impl Fn() -> Vec<WebsocketExtension>,
    ) -> (WebsocketConnection, WebsocketConnection) {
        self.has_frames_only.set(true);
        let is_reset = self.fault.is_some_and(|fault| fault.kind == Kind::Reset);
        let pair = || match is_reset {
            true => tcp_pair(),
            false => {
                let (near, far) = socket_pair();
                (near.into(), far.into())
            }
        };
        let ((client, near), (server, far)) = (pair(), pair());
        self.link.join(near, far);
        let connection = |end, role| {
            let uri = glib::Uri::parse("ws://localhost/", glib::UriFlags::NONE).expect("a URI");
            let stream = gio::Socket::from_fd(end).expect("it is a socket");
            let stream = gio::prelude::SocketExt::connection_factory_create_connection(&stream);
            WebsocketConnection::new(&stream.upcast(), &uri, role, None, None, extension())
        };
        let client = connection(client, WebsocketConnectionType::Client);
        let server = connection(server, WebsocketConnectionType::Server);
        self.add("client", &client);
        self.add("server", &server);
        (client, server)
    }

    /// Looks after a connection, and keeps it.
    pub(crate) fn add(&self, name: &'static str, connection: &WebsocketConnection) {
        self.watch(connection);
        for extension in connection.extensions() {
            self.watch(&extension);
        }
        let stream = connection.io_stream().expect("it has one");
        self.watch(&stream);
        let log = Log::of(connection);
        self.logs.borrow_mut().push((name, log));
        self.keep(connection.clone());
    }

    /// Looks whether `object` is gone at the end.
    pub(crate) fn watch(&self, object: &impl IsA<Object>) {
        let weak = object.upcast_ref::<Object>().downgrade();
        self.objects.borrow_mut().push(weak);
    }

    pub(crate) fn keep(&self, thing: impl Any) {
        self.kept.borrow_mut().push(Box::new(thing));
    }

    /// Starts an operation, which has to end.
    pub(crate) fn start(
        &self,
        name: &'static str,
        operation: impl Future<Output = Result<(), glib::Error>> + 'static,
    ) {
        let outcome = Outcome::default();
        self.operations.borrow_mut().push((name, outcome.clone()));
        self.context.spawn_local(async move {
            let result = operation.await;
            outcome.replace(Some(result));
        });
    }

    pub(crate) fn note_sent(&self, direction: Direction, kind: WebsocketDataType, bytes: &[u8]) {
        let mut sent = self.sent[direction as usize].borrow_mut();
        sent.push((kind, bytes.to_vec()));
    }

    /// Notes that the next of the messages is written.
    pub(crate) fn note_written(&self, direction: Direction) {
        let written = &self.written[direction as usize];
        written.set(Some(written.get().unwrap_or(0) + 1));
    }

    pub(crate) fn note_received(
        &self,
        direction: Direction,
        kind: WebsocketDataType,
        bytes: &[u8],
    ) -> usize {
        let mut received = self.received[direction as usize].borrow_mut();
        received.push((kind, bytes.to_vec()));
        received.len()
    }

    /// Checks a message that did not arrive whole.
    pub(crate) fn note_part(&self, direction: Direction, bytes: &[u8]) {
        let count = self.received[direction as usize].borrow().len();
        let sent = self.sent[direction as usize].borrow();
        assert!(sent[count].1.starts_with(bytes), "{:?}", self.fault);
    }

    /// Sends a message, unless the connection is over.
    pub(crate) fn send(
        &self,
        connection: &WebsocketConnection,
        direction: Direction,
        kind: WebsocketDataType,
        bytes: &[u8],
    ) {
        if connection.state() == wsoup::WebsocketState::Open {
            self.note_sent(direction, kind, bytes);
            connection.send_message(kind, &glib::Bytes::from(bytes));
        }
    }

    /// Waits for the end, and checks everything; returns how many bytes have gone in each direction.
    pub(crate) fn finish(self: Rc<Self>) -> [usize; 2] {
        let fault = self.fault;
        let is_over = || {
            let (operations, logs) = (self.operations.borrow(), self.logs.borrow());
            operations
                .iter()
                .all(|(_, outcome)| outcome.borrow().is_some())
                && logs.iter().all(|(_, log)| log.has("closed"))
        };
        wait_until(&self.context, &format!("the end: {fault:?}"), is_over);
        let kept = self.kept.take();
        drop(kept);
        // What is under way in a server that was disconnected ends in the context.
        settle(&self.context);
        wait_until(&self.context, &format!("the release: {fault:?}"), || {
            let objects = self.objects.borrow();
            objects.iter().all(|object| object.upgrade().is_none())
        });
        assert_eq!(self.link.has_struck(), fault.is_some(), "{fault:?}");
        let is_whole = fault.is_none_or(|fault| fault.kind.is_harmless());
        for (name, log) in &*self.logs.borrow() {
            assert_in_order(log, &format!("{name} {fault:?}"));
            if is_whole {
                assert!(log.has("closing"), "{name} {fault:?}: {:?}", log.entries());
            }
        }
        for (name, outcome) in &*self.operations.borrow() {
            if let Some(Err(error)) = &*outcome.borrow() {
                assert!(!is_whole, "{name} {fault:?}: {error:?}");
                assert!(is_right(error), "{name} {fault:?}: {error:?}");
            }
        }
        Direction::BOTH.map(|direction| {
            self.check_messages(direction, is_whole);
            self.link.passed(direction).len()
        })
    }

    fn check_messages(&self, direction: Direction, is_whole: bool) {
        let sent = self.sent[direction as usize].borrow();
        let received = self.received[direction as usize].borrow();
        let what = format!(
            "{direction:?} {:?}: {} of {}",
            self.fault,
            received.len(),
            sent.len()
        );
        assert!(sent.starts_with(&received), "{what}");
        if is_whole {
            assert_eq!(received.len(), sent.len(), "{what}");
        }
        if let Some(written) = self.written[direction as usize].get() {
            // Before it was passed on, it was written, and told so.
            assert!(written >= received.len(), "{what}, {written} written");
            assert!(written <= sent.len(), "{what}, {written} written");
        }
        let may_be_destroyed = self.fault.is_some_and(|fault| fault.kind == Kind::Reset);
        if self.has_frames_only.get() && !may_be_destroyed {
            let passed = self.link.passed(direction);
            let role = match direction {
                Direction::ToServer => WebsocketConnectionType::Client,
                Direction::ToClient => WebsocketConnectionType::Server,
            };
            let frames = frames_from(role, &mut &passed[..]);
            // FIN, and not one of the control frames (RFC 6455 §5.2).
            let ends = |first: u8| first & 0x88 == 0x80;
            let arrived = frames.iter().filter(|(first, _)| ends(*first)).count();
            assert_eq!(received.len(), arrived, "{what}");
        }
    }
}

fn tcp_pair() -> (OwnedFd, OwnedFd) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let address = listener.local_addr().expect("it is bound");
    let near = TcpStream::connect(address).expect("it listens");
    let (far, _) = listener.accept().expect("it connects");
    (near.into(), far.into())
}

/// Messages and pongs, perhaps an error, `closing` if there was a close, and `closed` last; states
/// just before.
#[track_caller]
fn assert_in_order(log: &Log, what: &str) {
    let entries = log.entries();
    let kinds = entries
        .iter()
        .map(|entry| match entry.strip_prefix("state ") {
            Some(state) => state,
            None => entry.split(' ').next().unwrap_or_default(),
        })
        .filter(|kind| !["message", "pong"].contains(kind));
    let kinds: Vec<&str> = kinds.collect();
    let expected = [
        &["Closed", "closed"][..],
        &["error", "Closed", "closed"],
        &["Closing", "closing", "Closed", "closed"],
        &["error", "Closing", "closing", "Closed", "closed"],
    ];
    assert!(expected.contains(&&kinds[..]), "{what}: {entries:?}");
    let last = entries.last().map(String::as_str);
    assert_eq!(last, Some("closed"), "{what}: {entries:?}");
}

/// Whether an error is one of those that a lost stream is reported as.
fn is_right(error: &glib::Error) -> bool {
    // The operation was begun too late, or was under way.
    error.matches(gio::IOErrorEnum::Closed)
        || error.matches(gio::IOErrorEnum::BrokenPipe)
        || error.matches(gio::IOErrorEnum::ProxyFailed)
        // Inside of a message, and of an answer to a handshake.
        || error.matches(WebsocketError::Failed)
        || error.matches(gio::IOErrorEnum::PartialInput)
        // Inside of a TLS handshake, and behind one.
        || error.matches(gio::TlsError::NotTls)
        || error.matches(gio::TlsError::Misc)
        || error.matches(gio::TlsError::Eof)
}
