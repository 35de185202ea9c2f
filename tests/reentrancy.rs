//! Handlers of every signal, and callbacks, may do anything: send, close, drop the last reference,
//! run the context, take server and session away. The signals that are left come in order, `closed`
//! once and last, callbacks once, and nothing stays behind.

mod support;

use glib::prelude::*;
use glib::{Object, WeakRef};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use support::raw::{Ends, RawPeer, frame_to, frames_from};
use support::{Log, wait_until, with_context};
use wsoup::WebsocketConnectionType::{self, Client};
use wsoup::{Message, Server, ServerListenOptions, Session, WebsocketConnection};

/// What a handler does.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Action {
    Send,
    Close,
    /// The test's own references to what the handler is about.
    Drop,
    /// The context runs inside of the handler.
    Spin,
    /// The server goes, and the session.
    Destroy,
    /// All that, in this order.
    All,
}

const ACTIONS: [Action; 6] = [
    Action::Send,
    Action::Close,
    Action::Drop,
    Action::Spin,
    Action::Destroy,
    Action::All,
];

impl Action {
    fn includes(self, other: Self) -> bool {
        self == other || self == Self::All
    }
}

/// Everything that a test has a reference to.
#[derive(Default)]
struct World {
    context: glib::MainContext,
    server: RefCell<Option<Server>>,
    session: RefCell<Option<Session>>,
    message: RefCell<Option<Message>>,
    connections: RefCell<Vec<WebsocketConnection>>,
    /// How deep handlers that run the context are in each other.
    depth: Cell<u32>,
    /// How often a handler did something.
    acted: Cell<u32>,
    /// All objects that there have been.
    objects: RefCell<Vec<WeakRef<Object>>>,
    logs: RefCell<Vec<Log>>,
}

impl World {
    fn new(context: &glib::MainContext) -> Rc<Self> {
        Rc::new(Self {
            context: context.clone(),
            ..Self::default()
        })
    }

    fn watch(&self, object: &impl IsA<Object>) {
        let weak = object.upcast_ref::<Object>().downgrade();
        self.objects.borrow_mut().push(weak);
    }

    fn add_connection(&self, connection: &WebsocketConnection, log: Log) {
        self.watch(connection);
        self.logs.borrow_mut().push(log);
        self.connections.borrow_mut().push(connection.clone());
    }

    fn act(&self, action: Action) {
        self.acted.set(self.acted.get() + 1);
        let connections = self.connections.borrow().clone();
        for connection in &connections {
            if action.includes(Action::Send) {
                connection.send_text("from a handler");
                connection.send_binary(&[7; 20_000]);
            }
            if action.includes(Action::Close) {
                connection.close(1000, Some("from a handler"));
            }
        }
        if action.includes(Action::Close)
            && let Some(session) = &*self.session.borrow()
        {
            session.abort();
        }
        drop(connections);
        if action.includes(Action::Drop) {
            drop(self.connections.take());
            drop(self.message.take());
        }
        if action.includes(Action::Destroy) {
            if let Some(server) = self.server.take() {
                server.disconnect();
            }
            drop(self.session.take());
        }
        if action.includes(Action::Spin) && self.depth.get() < 3 {
            self.depth.set(self.depth.get() + 1);
            for _ in 0..20 {
                self.context.iteration(false);
            }
            self.depth.set(self.depth.get() - 1);
        }
    }

    /// Has `action` done in all handlers of a signal; returns FALSE where a result is expected.
    fn hook(self: &Rc<Self>, object: &impl IsA<Object>, signal: &str, action: Action) {
        let world = Rc::downgrade(self);
        let name = signal.split("::").next().expect("there is a first");
        let type_ = object.as_ref().type_();
        let id = glib::subclass::SignalId::lookup(name, type_).expect("there is this signal");
        let returns = id.query().return_type().type_();
        object.as_ref().connect_local(signal, false, move |_| {
            if let Some(world) = world.upgrade() {
                world.act(action);
            }
            (returns != glib::Type::UNIT).then(|| glib::Value::from_type(returns))
        });
    }

    /// Drops everything, and waits until all of it is gone.
    #[track_caller]
    fn end(self: Rc<Self>) {
        drop(self.connections.take());
        drop(self.message.take());
        drop(self.session.take());
        if let Some(server) = self.server.take() {
            server.disconnect();
        }
        wait_until(&self.context, "the release of all objects", || {
            let objects = self.objects.borrow();
            objects.iter().all(|object| object.upgrade().is_none())
        });
        self.logs.borrow().iter().for_each(assert_in_order);
    }
}

/// What comes of the end comes in order, and once.
///
/// `notify` is a signal that GObject does not emit within itself: a handler that runs the context sees
/// the other signals first. So only these others are looked at.
#[track_caller]
fn assert_in_order(log: &Log) {
    let mut entries = log.entries();
    let count = |wanted: &str| entries.iter().filter(|entry| *entry == wanted).count();
    assert!(
        count("state Closing") <= 1 && count("state Closed") <= 2,
        "{entries:?}"
    );
    entries.retain(|entry| !entry.starts_with("state "));
    let at = |wanted: &str| {
        let places = entries.iter().enumerate();
        let places: Vec<usize> = places
            .filter(|(_, entry)| *entry == wanted)
            .map(|(place, _)| place)
            .collect();
        assert!(places.len() <= 1, "{wanted} twice: {entries:?}");
        places.first().copied()
    };
    let order = ["closing", "closed"];
    let places: Vec<usize> = order.into_iter().filter_map(at).collect();
    assert!(places.is_sorted(), "{entries:?}");
    if let Some(closed) = at("closed") {
        assert_eq!(closed + 1, entries.len(), "after closed: {entries:?}");
    }
}

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Close,
    Violation,
    /// The stream breaks, with much to be written.
    Reset,
}

/// What a peer sends so that all signals of a connection come.
fn script(role: WebsocketConnectionType, end: End) -> Vec<u8> {
    let last = match end {
        End::Close => frame_to(role, 0x88, b"\x03\xe8"),
        End::Violation => frame_to(role, 0x83, b"reserved"),
        End::Reset => Vec::new(),
    };
    [
        frame_to(role, 0x81, b"one"),
        frame_to(role, 0x89, b"ping"),
        frame_to(role, 0x8a, b"pong"),
        frame_to(role, 0x01, b"t"),
        frame_to(role, 0x80, b"wo"),
        last,
    ]
    .concat()
}

#[test]
fn handlers_of_a_connection_may_do_anything() {
    let signals = [
        "message",
        "pong",
        "error",
        "closing",
        "closed",
        "notify::state",
        "notify",
    ];
    for role in [Client, WebsocketConnectionType::Server] {
        for (signal, action) in signals
            .into_iter()
            .flat_map(|signal| ACTIONS.map(|action| (signal, action)))
        {
            for end in [End::Close, End::Violation, End::Reset] {
                let comes = match signal {
                    "error" => end != End::Close,
                    "closing" => end != End::Reset,
                    _ => true,
                };
                for is_compressed in [false, true] {
                    let open = if is_compressed {
                        Ends::open_compressed
                    } else {
                        Ends::open
                    };
                    if comes {
                        with_context(|context| {
                            connection_acts(
                                context,
                                open(context, role),
                                role,
                                signal,
                                action,
                                end,
                            );
                        });
                    }
                }
            }
        }
    }
}

fn connection_acts(
    context: &glib::MainContext,
    ends: Ends,
    role: WebsocketConnectionType,
    signal: &str,
    action: Action,
    end: End,
) {
    let world = World::new(context);
    let Ends {
        connection,
        peer,
        log,
        server,
    } = ends;
    world.hook(&connection, signal, action);
    world.add_connection(&connection, log.clone());
    world.server.replace(server);
    let weak = connection.downgrade();
    if end == End::Reset {
        // Extensions have nothing to do with the frames of such a message, or it would be small.
        connection.extensions().into_iter().for_each(|extension| {
            extension.set_property("compress", false);
        });
        connection.send_binary(&vec![7; 16 << 20]);
    }
    drop(connection);
    peer.send(context, &script(role, end));
    let peer = RefCell::new(Some(peer));
    wait_until(context, "the end", || {
        // What is not read makes a reset of its closing.
        if let Some(peer) = peer.borrow().as_ref().filter(|_| end != End::Reset) {
            answer_close(role, peer);
        }
        if end == End::Reset && log.has("message Text two") {
            drop(peer.take());
        }
        log.has("closed") || weak.upgrade().is_none()
    });
    let entries = log.entries();
    let what = format!("{role:?} {signal} {action:?} {end:?}: {entries:?}");
    assert!(world.acted.get() > 0, "{what}");
    let is_dropped = action.includes(Action::Drop);
    assert!(log.has("closed") || is_dropped, "{what}");
    if !is_dropped {
        assert!(log.has("message Text two"), "{what}");
        let errors = entries.iter().filter(|entry| entry.starts_with("error"));
        let closes = action.includes(Action::Close) && log.has("closing");
        match end {
            End::Close => assert_eq!(errors.count(), 0, "{what}"),
            End::Violation => assert_eq!(errors.count(), 1, "{what}"),
            // While it closes, a broken stream is an end like another.
            End::Reset => assert_eq!(
                errors.count(),
                usize::from(!closes || signal == "error"),
                "{what}"
            ),
        }
        assert_eq!(log.has("closing"), end != End::Reset || closes, "{what}");
    }
    drop(peer);
    world.end();
}

/// Ends the stream of a peer that has got a close frame.
fn answer_close(role: WebsocketConnectionType, peer: &RawPeer) {
    let frames = frames_from(role, &mut &peer.received()[..]);
    if frames.iter().any(|(first, _)| *first == 0x88) {
        peer.shutdown_write();
    }
}

const SERVER_SIGNALS: [&str; 4] = [
    "request-started",
    "request-read",
    "request-finished",
    "request-aborted",
];

const SERVER_MESSAGE_SIGNALS: [&str; 6] = [
    "connected",
    "got-headers",
    "got-body",
    "wrote-headers",
    "wrote-body",
    "finished",
];

const SESSION_SIGNALS: [&str; 2] = ["request-queued", "request-unqueued"];

const MESSAGE_SIGNALS: [&str; 7] = [
    "starting",
    "wrote-headers",
    "got-headers",
    "got-body",
    "finished",
    "network-event",
    "notify",
];

/// Where a handler acts while a connection is made.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    Server(&'static str),
    ServerMessage(&'static str),
    Session(&'static str),
    Message(&'static str),
    EarlyHandler,
    Handler,
    WebsocketHandler,
    Callback,
}

fn places() -> Vec<Place> {
    let mut places = vec![
        Place::EarlyHandler,
        Place::Handler,
        Place::WebsocketHandler,
        Place::Callback,
    ];
    places.extend(SERVER_SIGNALS.map(Place::Server));
    places.extend(SERVER_MESSAGE_SIGNALS.map(Place::ServerMessage));
    places.extend(SESSION_SIGNALS.map(Place::Session));
    places.extend(MESSAGE_SIGNALS.map(Place::Message));
    places
}

#[test]
fn handlers_may_do_anything_while_a_connection_is_made() {
    let mut acted = Vec::new();
    for place in places() {
        for action in ACTIONS {
            for path in ["/websocket", "/plain", "/nothing"] {
                with_context(|context| {
                    if making_acts(context, place, action, path) {
                        acted.push(place);
                    }
                });
            }
        }
    }
    // `request-aborted` needs a client that does not wait, as one that is aborted.
    let idle: Vec<_> = places()
        .into_iter()
        .filter(|place| !acted.contains(place) && *place != Place::Server("request-aborted"))
        .collect();
    assert_eq!(idle, [], "never called");
}

/// Tells whether there was a call in this place.
fn making_acts(
    context: &glib::MainContext,
    place: Place,
    action: Action,
    path: &'static str,
) -> bool {
    let world = World::new(context);
    let server = Server::new();
    let session = Session::new();
    let act = |expected: Place| {
        let world = Rc::downgrade(&world);
        move || {
            if let Some(world) = world.upgrade().filter(|_| place == expected) {
                world.act(action);
            }
        }
    };
    let early = act(Place::EarlyHandler);
    server.add_early_handler(None, move |_, _, _, _| early());
    let plain = act(Place::Handler);
    server.add_handler(Some("/plain"), move |_, message, _, _| {
        message.set_status(200, None);
        plain();
    });
    let accept = act(Place::WebsocketHandler);
    server.add_websocket_handler(Some("/websocket"), None, &[], {
        let world = Rc::downgrade(&world);
        move |_, _, _, connection| {
            if let Some(world) = world.upgrade() {
                world.add_connection(connection, Log::of(connection));
            }
            accept();
        }
    });
    server
        .listen_local(0, ServerListenOptions::empty())
        .expect("there is a free port");
    server.connect_request_started({
        let world = Rc::downgrade(&world);
        move |_, message| {
            if let Some(world) = world.upgrade() {
                world.watch(message);
                if let Place::ServerMessage(signal) = place {
                    world.hook(message, signal, action);
                }
            }
        }
    });
    let uri = format!("ws://127.0.0.1:{}{path}", server.uris()[0].port());
    let message = Message::new("GET", &uri).expect("it is a URI");
    match place {
        Place::Server(signal) => world.hook(&server, signal, action),
        Place::Session(signal) => world.hook(&session, signal, action),
        Place::Message(signal) => world.hook(&message, signal, action),
        _ => (),
    }
    world.watch(&server);
    world.watch(&session);
    world.watch(&message);

    let called = Rc::new(Cell::new(0));
    let callback = act(Place::Callback);
    let done = {
        let (world, called) = (Rc::downgrade(&world), called.clone());
        move |result: Result<WebsocketConnection, glib::Error>| {
            called.set(called.get() + 1);
            if let (Ok(connection), Some(world)) = (&result, world.upgrade()) {
                world.add_connection(connection, Log::of(connection));
            }
            drop(result);
            callback();
        }
    };
    let none = gio::Cancellable::NONE;
    world.server.replace(Some(server));
    world.session.replace(Some(session.clone()));
    world.message.replace(Some(message.clone()));
    session.websocket_connect_async(&message, None, &[], glib::Priority::DEFAULT, none, done);
    drop((session, message));
    wait_until(context, "the callback", || called.get() > 0);
    let connections = world.connections.borrow().clone();
    connections
        .iter()
        .for_each(|connection| connection.close(1000, None));
    drop(connections);
    let acted = world.acted.get() > 0;
    let log = world.logs.borrow().clone();
    world.end();
    assert_eq!(called.get(), 1, "{place:?} {action:?} {path}");
    drop(log);
    acted
}

#[test]
fn a_handler_may_do_anything_when_a_request_is_aborted() {
    for action in ACTIONS {
        for signal in ["request-aborted", "disconnected"] {
            with_context(|context| {
                let world = World::new(context);
                let server = Server::new();
                server.add_handler(None, |_, _, _, _| ());
                server
                    .listen_local(0, ServerListenOptions::empty())
                    .expect("there is a free port");
                server.connect_request_started({
                    let world = Rc::downgrade(&world);
                    move |_, message| {
                        if let Some(world) = world.upgrade() {
                            world.watch(message);
                            if signal == "disconnected" {
                                world.hook(message, signal, action);
                            }
                        }
                    }
                });
                if signal == "request-aborted" {
                    world.hook(&server, signal, action);
                }
                world.watch(&server);
                let peer = RawPeer::connect(server.uris()[0].port() as u16);
                world.server.replace(Some(server));
                peer.send(context, b"GET / HTTP/1.1\r\nHo");
                peer.shutdown_write();
                wait_until(context, "the handler", || world.acted.get() > 0);
                wait_until(context, "the end of the stream", || peer.has_ended());
                assert_eq!(world.acted.get(), 1, "{action:?} {signal}");
                world.end();
            });
        }
    }
}
