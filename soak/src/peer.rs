//! One side of a connection, which accounts for its messages: what a program does with a connection,
//! and what it does to one that breaks.

use crate::counts::Counts;
use crate::message::{Content, decode};
use crate::random::Random;
use crate::record::Record;
use gio::prelude::*;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use wsoup::{WebsocketConnection, WebsocketConnectionType, WebsocketDataType, WebsocketState};

/// What big messages may have.
const LARGEST_MESSAGE: u64 = 4 << 20;

/// All peers of a process.
pub(crate) struct World {
    pub(crate) role: WebsocketConnectionType,
    pub(crate) counts: Counts,
    pub(crate) random: Random,
    pub(crate) peers: RefCell<Vec<Rc<Peer>>>,
    /// Connections that are not finalized.
    pub(crate) objects: Cell<u64>,
    /// Operations that have not ended.
    pub(crate) operations: Cell<u64>,
    /// Those of them that wait for the other side, whatever the program does.
    pub(crate) unanswered: Cell<u64>,
    on_end: RefCell<Option<OnEnd>>,
}

impl World {
    pub(crate) fn new(role: WebsocketConnectionType, seed: u64) -> Rc<Self> {
        Rc::new(Self {
            role,
            counts: Counts::default(),
            random: Random::new(seed ^ role as u64),
            peers: RefCell::default(),
            objects: Cell::new(0),
            operations: Cell::new(0),
            unanswered: Cell::new(0),
            on_end: RefCell::default(),
        })
    }

    /// Calls `callback` with the account of each connection that ends.
    pub(crate) fn connect_end(&self, callback: impl Fn(Record) + 'static) {
        self.on_end.replace(Some(Box::new(callback)));
    }

    /// Tells of some that have not ended, and should have.
    pub(crate) fn tell_of_open(&self) {
        for peer in self.peers.borrow().iter().take(5) {
            let state = peer.with_connection(|connection| {
                let waiting = connection.buffered_amount();
                (connection.state(), connection.is_paused(), waiting)
            });
            let is_receiving = peer.is_receiving.get();
            println!(
                "{:?} has not ended: {:?}, state, paused, buffered {state:?}, {} operations, \
                 receiving {is_receiving}",
                self.role,
                peer.record.borrow(),
                peer.operations.get(),
            );
        }
    }

    /// One of those that are open.
    pub(crate) fn some_peer(&self) -> Option<Rc<Peer>> {
        let peers = self.peers.borrow();
        let count = peers.len() as u64;
        (count > 0).then(|| peers[self.random.below(count) as usize].clone())
    }
}

/// What is told how a connection went.
type OnEnd = Box<dyn Fn(Record)>;

pub(crate) struct Peer {
    pub(crate) world: Rc<World>,
    pub(crate) connection: RefCell<Option<WebsocketConnection>>,
    pub(crate) record: RefCell<Record>,
    /// Where it is in the list of peers.
    index: Cell<usize>,
    /// Operations that keep the connection.
    pub(crate) operations: Cell<u32>,
    /// Messages that are being sent in parts.
    pub(crate) streams: Cell<u32>,
    /// Messages are received by call.
    pub(crate) is_receiving: Cell<bool>,
    /// It sends nothing more.
    pub(crate) is_done: Cell<bool>,
    /// It closes as soon as everything is sent.
    pub(crate) closes_when_sent: Cell<bool>,
    is_closing: Cell<bool>,
    is_over: Cell<bool>,
    /// Nothing could be written any more, which is told when all was received that there is.
    is_broken: Cell<bool>,
}

impl Peer {
    pub(crate) fn add(
        world: &Rc<World>,
        number: u64,
        connection: &WebsocketConnection,
    ) -> Rc<Self> {
        let peer = Rc::new(Self {
            world: world.clone(),
            connection: RefCell::new(Some(connection.clone())),
            record: RefCell::new(Record {
                connection: number,
                ..Record::default()
            }),
            index: Cell::new(world.peers.borrow().len()),
            operations: Cell::new(0),
            streams: Cell::new(0),
            is_receiving: Cell::new(false),
            is_done: Cell::new(false),
            closes_when_sent: Cell::new(false),
            is_closing: Cell::new(false),
            is_over: Cell::new(false),
            is_broken: Cell::new(false),
        });
        world.peers.borrow_mut().push(peer.clone());
        world.objects.set(world.objects.get() + 1);
        connection.add_weak_ref_notify_local({
            let world = world.clone();
            move || world.objects.set(world.objects.get() - 1)
        });
        connection.set_max_incoming_payload_size(LARGEST_MESSAGE);
        connection.set_max_total_message_size(LARGEST_MESSAGE);
        connection.set_keepalive_interval(20);
        // Where there are thousands, it may take a while until it is a peer's turn.
        connection.set_close_timeout(60);
        peer.watch(connection);
        peer
    }

    fn watch(self: &Rc<Self>, connection: &WebsocketConnection) {
        let with = |work: fn(&Rc<Self>)| {
            let peer = Rc::downgrade(self);
            move |_: &WebsocketConnection| {
                if let Some(peer) = Weak::upgrade(&peer) {
                    work(&peer);
                }
            }
        };
        connection.connect_message({
            let peer = Rc::downgrade(self);
            move |_, kind, bytes| {
                if let Some(peer) = peer.upgrade() {
                    peer.check(!peer.is_over.get(), "a message behind closed");
                    peer.received(kind, bytes);
                }
            }
        });
        connection.connect_pong({
            let peer = Rc::downgrade(self);
            move |_, _| {
                if let Some(peer) = peer.upgrade() {
                    peer.world.counts.count("pongs");
                    peer.check(!peer.is_over.get(), "a pong behind closed");
                }
            }
        });
        connection.connect_error({
            let peer = Rc::downgrade(self);
            move |_, error| {
                if let Some(peer) = peer.upgrade() {
                    let is_lost = error.matches(gio::IOErrorEnum::BrokenPipe)
                        || error.matches(gio::TlsError::Eof)
                        // A record of TLS that ends too soon.
                        || error.matches(gio::TlsError::Misc)
                        || error.matches(wsoup::WebsocketError::Failed)
                        || peer.record.borrow().is_faulty;
                    peer.check(is_lost, &error.to_string());
                    peer.check(!peer.is_closing.get(), "an error while closing");
                    peer.world.counts.count("errors");
                }
            }
        });
        connection.connect_closing(with(|peer| {
            peer.check(!peer.is_closing.replace(true), "closing twice");
            peer.check(!peer.is_over.get(), "closing behind closed");
        }));
        connection.connect_closed(with(|peer| {
            peer.check(!peer.is_over.replace(true), "closed twice");
            let clean = peer.with_connection(WebsocketConnection::closed_cleanly);
            let is_clean = clean.unwrap_or(false);
            peer.check(
                !(is_clean && peer.is_broken.get()),
                "a good end though it broke",
            );
            peer.record.borrow_mut().is_clean = is_clean;
            peer.world.counts.count("closed signals");
            peer.end_if_over();
        }));
    }

    /// What `work` makes of the connection, unless that is over.
    pub(crate) fn with_connection<T>(
        &self,
        work: impl FnOnce(&WebsocketConnection) -> T,
    ) -> Option<T> {
        let connection = self.connection.borrow().clone();
        connection.map(|connection| work(&connection))
    }

    pub(crate) fn is_open(&self) -> bool {
        self.with_connection(|connection| connection.state() == WebsocketState::Open)
            .unwrap_or(false)
    }

    pub(crate) fn check(&self, is_right: bool, what: &str) {
        if !is_right {
            let (role, record) = (self.world.role, self.record.borrow());
            self.world
                .counts
                .fail(&format!("{what}: {role:?} {record:?}"));
        }
    }

    /// Checks a message that has arrived.
    pub(crate) fn received(self: &Rc<Self>, kind: WebsocketDataType, bytes: &[u8]) {
        let counts = &self.world.counts;
        counts.count("messages received");
        counts.add("bytes received", bytes.len() as u64);
        let Some(content) = decode(bytes) else {
            return self.check(false, "a message that was not sent");
        };
        let Content {
            connection,
            number,
            is_last,
        } = content;
        let mut record = self.record.borrow_mut();
        let expected = (record.connection, record.received, kind_of(record.received));
        record.received += 1;
        record.is_quiet |= is_last;
        drop(record);
        if (connection, number, kind) != expected {
            let text = format!("message {number} of {connection}, a {kind:?}");
            self.check(false, &format!("{text}, where {expected:?} was expected"));
        }
        if is_last {
            self.is_done.set(true);
            self.closes_when_sent.set(true);
            self.close_if_sent();
        }
    }

    /// Closes if nothing is left to do before.
    pub(crate) fn close_if_sent(&self) {
        if self.closes_when_sent.get() && self.streams.get() == 0 && !self.is_receiving.get() {
            self.close();
        }
    }

    pub(crate) fn close(&self) {
        if self.is_open() {
            self.record.borrow_mut().has_closed = true;
            self.is_done.set(true);
            self.with_connection(|connection| connection.close(1000, Some("enough")));
        }
    }

    /// Ends when it was told that it is over, and has received what has arrived.
    pub(crate) fn end_if_over(&self) {
        if self.is_over.get() && !self.is_receiving.get() {
            self.end();
        }
    }

    /// Forgets the connection, and gives account of it.
    pub(crate) fn end(&self) {
        let connection = self.connection.take();
        if connection.is_none() {
            return;
        }
        let this = {
            let mut peers = self.world.peers.borrow_mut();
            let index = self.index.get();
            let this = peers.swap_remove(index);
            if let Some(moved) = peers.get(index) {
                moved.index.set(index);
            }
            this
        };
        self.world.counts.count("connections ended");
        let record = self.record.borrow().clone();
        if let Some(on_end) = &*self.world.on_end.borrow() {
            on_end(record);
        }
        drop((this, connection));
    }

    /// Runs an operation, which has to end.
    pub(crate) fn start(
        self: &Rc<Self>,
        what: &'static str,
        operation: impl Future<Output = Result<(), glib::Error>> + 'static,
        then: impl FnOnce(&Rc<Self>, bool) + 'static,
    ) {
        let peer = self.clone();
        peer.count_operation(true);
        let unanswered = &self.world.unanswered;
        let is_answered = u64::from(!what.starts_with("receptions"));
        unanswered.set(unanswered.get() + is_answered);
        glib::MainContext::ref_thread_default().spawn_local(async move {
            let result = operation.await;
            if let Err(error) = &result {
                let is_broken = peer.is_open() && error.matches(gio::IOErrorEnum::BrokenPipe);
                peer.is_broken.set(peer.is_broken.get() || is_broken);
                let is_right = !peer.is_open() || is_broken || peer.record.borrow().is_faulty;
                peer.check(is_right, &format!("{what}: {error}"));
                peer.world.counts.count(&format!("{what}, cut off"));
            } else {
                peer.world.counts.count(what);
            }
            peer.count_operation(false);
            let unanswered = &peer.world.unanswered;
            unanswered.set(unanswered.get() - is_answered);
            then(&peer, result.is_ok());
        });
    }

    fn count_operation(&self, begins: bool) {
        let world = &self.world.operations;
        let (own, all) = (self.operations.get(), world.get());
        if begins {
            self.operations.set(own + 1);
            world.set(all + 1);
        } else {
            self.operations.set(own - 1);
            world.set(all - 1);
        }
    }
}

/// Which type a message has, so that it is seen if another comes.
pub(crate) fn kind_of(number: u64) -> WebsocketDataType {
    match number % 3 {
        0 => WebsocketDataType::Text,
        _ => WebsocketDataType::Binary,
    }
}
