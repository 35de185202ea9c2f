//! A link between two sockets that goes wrong at a chosen byte. It runs in the context of the test, so
//! that a run is the same each time, and nothing waits for a time.
//!
//! Bytes are counted in each direction, over all connections of the link in the order in which they
//! came. What has passed before the fault is there for the other side to read, as far as the kernel
//! lets it: only a reset may destroy that.

use gio::prelude::*;
use glib::thread_guard::ThreadGuard;
use std::cell::{Cell, Ref, RefCell};
use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsRawFd, OwnedFd};
use std::rc::Rc;

/// Which way bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    ToServer,
    ToClient,
}

impl Direction {
    pub(crate) const BOTH: [Self; 2] = [Self::ToServer, Self::ToClient];
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The link closes towards both sides.
    Cut,
    /// The receiver reads the end of the stream; what else is sent this way is lost.
    End,
    /// Both sides get a reset. For TCP.
    Reset,
    /// The next bytes arrive one by one.
    Split,
    /// The next bytes arrive when everything else has come to rest.
    Delay,
}

impl Kind {
    pub(crate) const ALL: [Self; 5] = [Self::Cut, Self::End, Self::Reset, Self::Split, Self::Delay];

    /// Whether all bytes arrive nevertheless.
    pub(crate) fn is_harmless(self) -> bool {
        matches!(self, Self::Split | Self::Delay)
    }
}

const NONE: Option<&gio::Cancellable> = None;

/// How many bytes are split, so that runs stay short.
const SPLIT: usize = 16;

/// How often everything has to have come to rest before what is delayed goes on.
const RESTS: u32 = 3;

/// What goes wrong, in which direction, behind how many bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault {
    pub(crate) kind: Kind,
    pub(crate) direction: Direction,
    pub(crate) at: usize,
}

/// A link of any number of connections.
#[derive(Clone)]
pub(crate) struct Link(Rc<Shared>);

struct Shared {
    context: glib::MainContext,
    fault: Option<Fault>,
    has_struck: Cell<bool>,
    /// What has passed towards the server, and towards the client.
    passed: [RefCell<Vec<u8>>; 2],
    connections: RefCell<Vec<Rc<Connection>>>,
    listener: RefCell<Option<glib::Source>>,
}

/// One connection: an end of each side, and two lanes between them.
struct Connection {
    link: std::rc::Weak<Shared>,
    /// Where what goes towards the server comes from, and the other.
    lanes: [Lane; 2],
}

struct Lane {
    direction: Direction,
    /// The end that is read from: that of the client, for what goes to the server.
    from: gio::Socket,
    to: gio::Socket,
    /// What was read and has not passed.
    waiting: RefCell<Vec<u8>>,
    /// The sender has ended.
    has_ended: Cell<bool>,
    /// The receiver was told the end.
    is_over: Cell<bool>,
    /// What comes is thrown away.
    is_lost: Cell<bool>,
    is_held: Cell<bool>,
    /// Bytes that have to go one by one.
    to_split: Cell<usize>,
    readable: RefCell<Option<glib::Source>>,
    writable: RefCell<Option<glib::Source>>,
    /// What goes on later.
    later: RefCell<Option<glib::Source>>,
}

impl Link {
    pub(crate) fn new(context: &glib::MainContext, fault: Option<Fault>) -> Self {
        Self(Rc::new(Shared {
            context: context.clone(),
            fault,
            has_struck: Cell::new(false),
            passed: Default::default(),
            connections: RefCell::default(),
            listener: RefCell::default(),
        }))
    }

    /// The bytes that have passed.
    pub(crate) fn passed(&self, direction: Direction) -> Ref<'_, Vec<u8>> {
        self.0.passed[direction as usize].borrow()
    }

    /// Whether the fault has happened.
    pub(crate) fn has_struck(&self) -> bool {
        self.0.has_struck.get()
    }

    /// Links two ends of sockets: one whose other end the client has, and one of the server.
    pub(crate) fn join(&self, client: impl Into<OwnedFd>, server: impl Into<OwnedFd>) {
        self.join_sockets(&socket(client), &socket(server));
    }

    fn join_sockets(&self, client: &gio::Socket, server: &gio::Socket) {
        for socket in [client, server] {
            // A byte of its own may not wait for the acknowledgement of the one before. Only TCP has it.
            let _ = socket.set_option(libc::IPPROTO_TCP, libc::TCP_NODELAY, 1);
        }
        let lane = |direction, from: &gio::Socket, to: &gio::Socket| Lane {
            direction,
            from: from.clone(),
            to: to.clone(),
            waiting: RefCell::default(),
            has_ended: Cell::new(false),
            is_over: Cell::new(false),
            is_lost: Cell::new(false),
            is_held: Cell::new(false),
            to_split: Cell::new(0),
            readable: RefCell::default(),
            writable: RefCell::default(),
            later: RefCell::default(),
        };
        let connection = Rc::new(Connection {
            link: Rc::downgrade(&self.0),
            lanes: [
                lane(Direction::ToServer, client, server),
                lane(Direction::ToClient, server, client),
            ],
        });
        self.0.connections.borrow_mut().push(connection.clone());
        for direction in Direction::BOTH {
            connection.watch(&self.0, direction);
        }
        for direction in Direction::BOTH {
            connection.strike_if_due(&self.0, direction);
        }
    }

    /// Listens, and links whoever comes with `port`; returns where.
    pub(crate) fn listen(&self, port: u16) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let own = listener.local_addr().expect("it is bound").port();
        let link = Rc::downgrade(&self.0);
        let listener = socket(listener);
        let source = when_ready(&listener, glib::IOCondition::IN, move |listener, _| {
            // A client that has gone already is none.
            if let (Some(link), Ok(client)) = (link.upgrade(), listener.accept(NONE)) {
                let server = TcpStream::connect(("127.0.0.1", port));
                client.set_blocking(false);
                let server = socket(server.expect("the server listens"));
                Self(link).join_sockets(&client, &server);
            }
            glib::ControlFlow::Continue
        });
        source.attach(Some(&self.0.context));
        self.0.listener.replace(Some(source));
        own
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if let Some(listener) = self.listener.take() {
            listener.destroy();
        }
        for connection in self.connections.take() {
            connection.close();
        }
    }
}

impl Connection {
    fn lane(&self, direction: Direction) -> &Lane {
        &self.lanes[direction as usize]
    }

    /// Reads whenever there is something to read.
    fn watch(self: &Rc<Self>, link: &Shared, direction: Direction) {
        let connection = Rc::downgrade(self);
        let source = when_ready(
            &self.lane(direction).from,
            glib::IOCondition::IN,
            move |_, _| {
                if let Some(connection) = connection.upgrade() {
                    connection.read(direction);
                }
                glib::ControlFlow::Continue
            },
        );
        source.attach(Some(&link.context));
        self.lane(direction).readable.replace(Some(source));
    }

    fn read(self: &Rc<Self>, direction: Direction) {
        let lane = self.lane(direction);
        let mut buffer = [0; 4096];
        match lane.from.receive(&mut buffer, NONE) {
            Ok(length) if length > 0 => {
                lane.waiting.borrow_mut().extend(&buffer[..length]);
            }
            Err(error) if error.matches(gio::IOErrorEnum::WouldBlock) => return,
            // A sender that breaks off has ended.
            Ok(_) | Err(_) => {
                lane.has_ended.set(true);
                destroy(&lane.readable);
            }
        }
        self.pass(direction);
    }

    /// Passes on what waits, as far as that may be.
    fn pass(self: &Rc<Self>, direction: Direction) {
        let Some(link) = self.link.upgrade() else {
            return;
        };
        let lane = self.lane(direction);
        while !lane.is_held.get() && !lane.waiting.borrow().is_empty() {
            if lane.is_lost.get() {
                lane.waiting.borrow_mut().clear();
                break;
            }
            let passed = link.passed[direction as usize].borrow().len();
            let mut most = match link.fault {
                Some(fault) if !link.has_struck.get() && fault.direction == direction => {
                    fault.at - passed
                }
                _ => usize::MAX,
            };
            let is_split = lane.to_split.get() > 0;
            if is_split {
                most = 1;
            }
            let most = most.min(lane.waiting.borrow().len());
            let sent = lane.to.send(&lane.waiting.borrow()[..most], NONE);
            match sent {
                Ok(length) => {
                    let bytes: Vec<u8> = lane.waiting.borrow_mut().drain(..length).collect();
                    link.passed[direction as usize].borrow_mut().extend(bytes);
                    if self.strike_if_due(&link, direction) {
                        return;
                    }
                    if is_split {
                        lane.to_split.set(lane.to_split.get() - 1);
                        // Behind what the receiver makes of this byte.
                        self.pass_later(&link, direction, glib::Priority::DEFAULT_IDLE, 1);
                    }
                }
                Err(error) if error.matches(gio::IOErrorEnum::WouldBlock) => {
                    self.pass_when_writable(&link, direction);
                    return;
                }
                // Nobody reads it any more.
                Err(_) => lane.is_lost.set(true),
            }
        }
        let is_done = lane.has_ended.get() && !lane.is_held.get();
        if is_done && lane.waiting.borrow().is_empty() && !lane.is_over.replace(true) {
            // It fails if the receiver has closed.
            let _ = lane.to.shutdown(false, true);
            if self.lanes.iter().all(|lane| lane.is_over.get()) {
                self.close();
            }
        }
    }

    /// Does what has to go wrong, if it is time; tells whether nothing may be passed on now.
    fn strike_if_due(self: &Rc<Self>, link: &Shared, direction: Direction) -> bool {
        let Some(fault) = link.fault else {
            return false;
        };
        let passed = link.passed[direction as usize].borrow().len();
        if fault.direction != direction || passed < fault.at || link.has_struck.replace(true) {
            return false;
        }
        let lane = self.lane(direction);
        match fault.kind {
            Kind::Cut => self.close(),
            Kind::Reset => {
                for lane in &self.lanes {
                    reset_when_closed(&lane.from);
                }
                self.close();
            }
            Kind::End => {
                lane.is_lost.set(true);
                lane.is_over.set(true);
                // It fails if the receiver has closed.
                let _ = lane.to.shutdown(false, true);
            }
            Kind::Split => {
                lane.to_split.set(SPLIT);
                return false;
            }
            Kind::Delay => self.pass_later(link, direction, glib::Priority::LOW, RESTS),
        }
        true
    }

    /// Holds a lane until the context has come around to this priority so often.
    fn pass_later(
        self: &Rc<Self>,
        link: &Shared,
        direction: Direction,
        priority: glib::Priority,
        mut times: u32,
    ) {
        let connection = Rc::downgrade(self);
        self.lane(direction).is_held.set(true);
        let work = move || {
            times -= 1;
            if times > 0 {
                return glib::ControlFlow::Continue;
            }
            if let Some(connection) = connection.upgrade() {
                connection.lane(direction).is_held.set(false);
                connection.pass(direction);
            }
            glib::ControlFlow::Break
        };
        // It stays in the thread, but the type does not know that.
        let mut work = ThreadGuard::new(work);
        let source = glib::idle_source_new(None, priority, move || work.get_mut()());
        source.attach(Some(&link.context));
        self.lane(direction).later.replace(Some(source));
    }

    fn pass_when_writable(self: &Rc<Self>, link: &Shared, direction: Direction) {
        let connection = Rc::downgrade(self);
        let source = when_ready(
            &self.lane(direction).to,
            glib::IOCondition::OUT,
            move |_, _| {
                if let Some(connection) = connection.upgrade() {
                    connection.pass(direction);
                }
                glib::ControlFlow::Break
            },
        );
        source.attach(Some(&link.context));
        if let Some(before) = self.lane(direction).writable.replace(Some(source)) {
            before.destroy();
        }
    }

    fn close(&self) {
        for lane in &self.lanes {
            lane.is_lost.set(true);
            lane.is_over.set(true);
            lane.has_ended.set(true);
            for source in [&lane.readable, &lane.writable, &lane.later] {
                destroy(source);
            }
        }
        for lane in &self.lanes {
            // It does not fail but for a socket that is closed.
            let _ = lane.from.close();
        }
    }
}

/// Calls `work` whenever the socket is ready, for as long as that says so.
fn when_ready(
    socket: &gio::Socket,
    condition: glib::IOCondition,
    work: impl FnMut(&gio::Socket, glib::IOCondition) -> glib::ControlFlow + 'static,
) -> glib::Source {
    SocketExtManual::create_source(socket, condition, NONE, None, glib::Priority::DEFAULT, work)
}

fn destroy(source: &RefCell<Option<glib::Source>>) {
    if let Some(source) = source.take() {
        source.destroy();
    }
}

fn socket(end: impl Into<OwnedFd>) -> gio::Socket {
    let socket = gio::Socket::from_fd(end.into()).expect("it is a socket");
    socket.set_blocking(false);
    socket
}

/// Has a reset sent instead of an end.
pub(crate) fn reset_when_closed(socket: &impl AsRawFd) {
    let linger = libc::linger {
        l_onoff: 1,
        l_linger: 0,
    };
    // SAFETY: an open socket, and a value of the size that is named.
    let result = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_LINGER,
            (&raw const linger).cast(),
            size_of_val(&linger) as libc::socklen_t,
        )
    };
    assert_eq!(result, 0, "{}", std::io::Error::last_os_error());
}

/// How many descriptors this process has open.
pub(crate) fn descriptors() -> usize {
    let open = std::fs::read_dir("/proc/self/fd").expect("Linux has it");
    open.count()
}

/// How many of them are sockets.
pub(crate) fn sockets() -> usize {
    let open = std::fs::read_dir("/proc/self/fd").expect("Linux has it");
    let targets = open.filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok());
    let is_socket = |target: &std::path::PathBuf| target.to_string_lossy().starts_with("socket:");
    targets.filter(is_socket).count()
}
