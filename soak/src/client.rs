//! The process with the clients, which starts the other and judges both.

use crate::Options;
use crate::actions::act;
use crate::control::Control;
use crate::memory::Memory;
use crate::peer::{Peer, World};
use crate::process::{cpu_time, descriptors, raise_descriptors};
use crate::record::{Record, compare};
use crate::report;
use crate::wait::wait_for;
use gio::prelude::*;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::error::Error;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::time::{Duration, Instant};
use wsoup::{Message, Session, WebsocketConnectionType, WebsocketExtensionDeflate};

/// How many connections are made at a time.
const AT_ONCE: u64 = 64;

/// After so many numbers the kinds of connections come again.
const KINDS: u64 = 40;

/// Descriptors for all else but connections.
const SPARE: u64 = 100;

/// Over what a connection goes.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Transport {
    Tcp,
    Tls,
    Unix,
}

/// What kind of connection has this number, and whether it is compressed.
fn kind(number: u64) -> (Transport, bool) {
    match number % KINDS {
        // Not many: each is a source of its own, which the context asks in every iteration.
        0 => (Transport::Tls, false),
        1 => (Transport::Tls, true),
        2..7 => (Transport::Unix, false),
        7 => (Transport::Unix, true),
        8..12 => (Transport::Tcp, true),
        _ => (Transport::Tcp, false),
    }
}

/// What is known of both processes.
pub(crate) struct Soak {
    pub(crate) world: Rc<World>,
    options: Options,
    /// The sessions for TCP and TLS, and for Unix sockets.
    sessions: RefCell<Option<[Session; 2]>>,
    ports: Cell<(i32, i32)>,
    next_number: Cell<u64>,
    /// Connections that are being made.
    connecting: Cell<u64>,
    /// How many there should be.
    wanted: Cell<u64>,
    /// The accounts of one side, until that of the other comes.
    clients: RefCell<HashMap<u64, Record>>,
    servers: RefCell<HashMap<u64, Record>>,
    /// What the server has said of its descriptors last.
    server_descriptors: Cell<u64>,
    pub(crate) server: RefCell<Option<report::Server>>,
    pub(crate) server_counts: RefCell<Vec<(String, u64)>>,
    server_is_gone: Cell<bool>,
}

/// Runs it all; tells whether everything was right.
pub(crate) async fn run(options: Options, folder: &Path) -> Result<bool, Box<dyn Error>> {
    let limit = raise_descriptors();
    let wanted = options.connections.min(limit.saturating_sub(SPARE));
    println!(
        "seed {}, {wanted} connections, {limit} descriptors allowed in each process",
        options.seed
    );
    let (own_end, other_end) = UnixStream::pair()?;
    let mut server = start_server(&options, folder, other_end)?;
    let soak = Soak::new(options, folder, wanted);
    let control = Control::new(own_end.into(), {
        let soak = soak.clone();
        move |line| soak.heard(line)
    })?;
    let result = soak.run(&control, &mut server).await;
    if result.is_err() {
        control.send("tell");
        wait_for(5, || control.is_idle()).await;
        glib::timeout_future(Duration::from_secs(1)).await;
        server.kill()?;
    }
    drop(control);
    let status = server.wait()?;
    if !status.success() {
        soak.world
            .counts
            .fail(&format!("the server ended with {status}"));
    }
    report::counts(&soak);
    result.map(|()| soak.world.counts.failures() == 0)
}

fn start_server(
    options: &Options,
    folder: &Path,
    control: UnixStream,
) -> Result<Child, Box<dyn Error>> {
    let server = Command::new(std::env::current_exe()?)
        .arg("--server")
        .arg(folder)
        .args(["--seed", &options.seed.to_string()])
        .args(["--rate", &options.rate.to_string()])
        .args(["--connections", &options.connections.to_string()])
        .args(["--seconds", &options.seconds.to_string()])
        .stdin(Stdio::from(std::os::fd::OwnedFd::from(control)))
        .spawn()?;
    Ok(server)
}

impl Soak {
    fn new(options: Options, folder: &Path, wanted: u64) -> Rc<Self> {
        let sessions = [Session::builder(), {
            let address = gio::UnixSocketAddress::new(&folder.join("socket"));
            Session::builder().remote_connectable(&address)
        }]
        .map(|session| {
            let session = session.build();
            session.set_proxy_resolver(None::<&gio::ProxyResolver>);
            session
        });
        let trust = gio::TlsFileDatabase::new(folder.join("ca.pem"));
        sessions[0].set_tls_database(trust.ok().as_ref());
        let soak = Rc::new(Self {
            world: World::new(WebsocketConnectionType::Client, options.seed),
            options,
            sessions: RefCell::new(Some(sessions)),
            ports: Cell::new((0, 0)),
            next_number: Cell::new(0),
            connecting: Cell::new(0),
            wanted: Cell::new(wanted),
            clients: RefCell::default(),
            servers: RefCell::default(),
            server_descriptors: Cell::new(0),
            server: RefCell::default(),
            server_counts: RefCell::default(),
            server_is_gone: Cell::new(false),
        });
        soak.world.connect_end({
            let soak = Rc::downgrade(&soak);
            move |record| {
                if let Some(soak) = soak.upgrade() {
                    soak.judge(&soak.servers, &soak.clients, record);
                }
            }
        });
        soak
    }

    /// Takes in a line of the server.
    fn heard(&self, line: Option<&str>) {
        let Some(line) = line else {
            self.server_is_gone.set(true);
            return;
        };
        let (what, rest) = line.split_once(' ').unwrap_or((line, ""));
        let mut numbers = rest.split(' ').map(|number| number.parse().unwrap_or(0));
        let mut next = || numbers.next().unwrap_or(0);
        match what {
            "ready" => self.ports.set((next() as i32, next() as i32)),
            "record" => match rest.parse() {
                Ok(record) => self.judge(&self.clients, &self.servers, record),
                Err(_) => self.world.counts.fail(&format!("a line: {line}")),
            },
            "descriptors" => self.server_descriptors.set(next()),
            "counted" => {
                let name = rest.split_once(' ').map_or("", |(_, name)| name);
                let mut counts = self.server_counts.borrow_mut();
                counts.push((name.to_owned(), next()));
            }
            "ended" => {
                self.server.replace(Some(report::Server {
                    objects: next(),
                    operations: next(),
                    cpu_time: next(),
                    failures: next(),
                }));
            }
            _ => self.world.counts.fail(&format!("a line: {line}")),
        }
    }

    /// Compares the accounts of both sides, when both are there.
    fn judge(
        &self,
        others: &RefCell<HashMap<u64, Record>>,
        own: &RefCell<HashMap<u64, Record>>,
        record: Record,
    ) {
        let number = record.connection;
        let other = others.borrow_mut().remove(&number);
        let Some(other) = other else {
            if own.borrow_mut().insert(number, record).is_some() {
                self.world.counts.fail(&format!("{number} ended twice"));
            }
            return;
        };
        let is_of_server = std::ptr::eq(own, &self.servers);
        let (client, server) = match is_of_server {
            true => (&other, &record),
            false => (&record, &other),
        };
        match compare(client, server) {
            Ok(end) => self.world.counts.count(&format!("connections {end}")),
            Err(error) => self.world.counts.fail(&error),
        }
    }

    /// Makes connections while there are too few.
    fn connect(self: &Rc<Self>) {
        let count = || self.world.peers.borrow().len() as u64 + self.connecting.get();
        while count() < self.wanted.get() && self.connecting.get() < AT_ONCE {
            let number = self.next_number.get();
            self.next_number.set(number + 1);
            self.connecting.set(self.connecting.get() + 1);
            let soak = self.clone();
            glib::MainContext::ref_thread_default().spawn_local(async move {
                if let Err(error) = soak.connect_one(number).await {
                    soak.world
                        .counts
                        .fail(&format!("{:?}: {error}", kind(number)));
                }
                soak.connecting.set(soak.connecting.get() - 1);
            });
        }
    }

    async fn connect_one(&self, number: u64) -> Result<(), Box<dyn Error>> {
        let (transport, is_compressed) = kind(number);
        let (port, tls_port) = self.ports.get();
        // Of one address there would not be enough ports.
        let host = 1 + number / KINDS % 32;
        let (uri, session) = match transport {
            Transport::Tcp => (format!("ws://127.0.0.{host}:{port}/{number}"), 0),
            Transport::Tls => (format!("wss://127.0.0.1:{tls_port}/{number}"), 0),
            Transport::Unix => (format!("ws://localhost/{number}"), 1),
        };
        let message = Message::new("GET", &uri).ok_or("a URI")?;
        if !is_compressed {
            message.disable_feature(WebsocketExtensionDeflate::static_type());
        }
        let session = self
            .sessions
            .borrow()
            .as_ref()
            .map(|all| all[session].clone());
        let session = session.ok_or("no session")?;
        let connection = session
            .websocket_connect_future(&message, None, &[])
            .await?;
        if connection.extensions().is_empty() == is_compressed {
            return Err("the extensions are not as agreed".into());
        }
        let counts = &self.world.counts;
        let compression = if is_compressed { ", compressed" } else { "" };
        counts.count(&format!("connections over {transport:?}{compression}"));
        counts.count("connections opened");
        Peer::add(&self.world, number, &connection);
        Ok(())
    }

    async fn run(
        self: &Rc<Self>,
        control: &Control,
        server: &mut Child,
    ) -> Result<(), Box<dyn Error>> {
        self.expect(20, "the server to listen", || self.ports.get().1 > 0)
            .await?;
        // Everything once, so that GLib has the threads and modules that it keeps.
        let wanted = self.wanted.replace(KINDS);
        self.connect();
        let are_open = || self.world.peers.borrow().len() as u64 == KINDS;
        self.expect(60, "the first connections", are_open).await?;
        self.say_farewells().await?;
        let own = descriptors();
        control.send("count");
        self.expect(20, "a count", || self.server_descriptors.get() > 0)
            .await?;
        let servers = self.server_descriptors.replace(0);

        self.wanted.set(wanted);
        let keeps_connecting = Rc::new(Cell::new(true));
        glib::timeout_add_local(Duration::from_millis(10), {
            let (soak, keeps_connecting) = (self.clone(), keeps_connecting.clone());
            move || {
                if keeps_connecting.get() {
                    soak.connect();
                    return glib::ControlFlow::Continue;
                }
                glib::ControlFlow::Break
            }
        });
        let begin = Instant::now();
        self.expect(300, "all connections", || self.is_complete())
            .await?;
        println!("all connected after {:.1} s", begin.elapsed().as_secs_f64());
        let memory = self.run_traffic(control, server.id()).await;
        keeps_connecting.set(false);
        control.send("rest");
        self.expect(60, "connections that are being made", || {
            self.connecting.get() == 0
        })
        .await?;
        self.say_farewells().await?;
        drop(self.sessions.take());
        let is_released = || self.world.objects.get() == 0 && self.world.operations.get() == 0;
        self.expect(20, "the release of all objects", is_released)
            .await?;
        self.expect(20, "the descriptors", || descriptors() == own)
            .await?;
        let is_back = || {
            control.send("count");
            self.server_descriptors.get() == servers
        };
        self.expect(20, "the descriptors of the server", is_back)
            .await?;
        control.send("end");
        self.expect(30, "the server's end", || self.server.borrow().is_some())
            .await?;
        memory.judge(&self.world.counts);
        self.judge_server();
        println!("descriptors: {own} before and after, {servers} in the server");
        Ok(())
    }

    /// Has all of them act, and looks at the memory meanwhile.
    async fn run_traffic(&self, control: &Control, server: u32) -> Memory {
        let is_running = Rc::new(Cell::new(true));
        act(&self.world, self.options.pace(), &is_running);
        control.send("act");
        let mut memory = Memory::new(server, self.options.seconds);
        let begin = Instant::now();
        while begin.elapsed().as_secs() < self.options.seconds && !self.server_is_gone.get() {
            glib::timeout_future(Duration::from_millis(500)).await;
            memory.sample(begin.elapsed());
        }
        is_running.set(false);
        memory
    }

    fn is_complete(&self) -> bool {
        self.world.peers.borrow().len() as u64 >= self.wanted.get() * 99 / 100
    }

    /// Ends all connections in order.
    async fn say_farewells(&self) -> Result<(), Box<dyn Error>> {
        let peers = self.world.peers.borrow().clone();
        for peer in peers {
            peer.say_farewell();
        }
        let are_over = || {
            let are_judged = self.clients.borrow().is_empty() && self.servers.borrow().is_empty();
            self.world.peers.borrow().is_empty() && are_judged
        };
        let seconds = 40;
        self.expect(seconds, "the end of all connections", are_over)
            .await
    }

    async fn expect(
        &self,
        seconds: u64,
        what: &str,
        condition: impl Fn() -> bool,
    ) -> Result<(), Box<dyn Error>> {
        let holds = wait_for(seconds, || condition() || self.server_is_gone.get()).await;
        if holds && (!self.server_is_gone.get() || condition()) {
            return Ok(());
        }
        let state = format!(
            "{} open, {} connecting, {} objects, {} operations, {} and {} not judged",
            self.world.peers.borrow().len(),
            self.connecting.get(),
            self.world.objects.get(),
            self.world.operations.get(),
            self.clients.borrow().len(),
            self.servers.borrow().len(),
        );
        self.world.tell_of_open();
        for record in self.clients.borrow().values().take(5) {
            println!("only the client's: {record:?}");
        }
        Err(format!("waited {seconds} s for {what}: {state}").into())
    }

    fn judge_server(&self) {
        let counts = &self.world.counts;
        let Some(server) = &*self.server.borrow() else {
            return;
        };
        if (server.objects, server.operations, server.failures) != (0, 0, 0) {
            counts.fail(&format!("the server has {server:?}"));
        }
        println!(
            "CPU time: client {} ms, server {} ms",
            cpu_time(),
            server.cpu_time
        );
        let emitted = counts.get("closed signals") + counts.get("drops");
        if emitted != counts.get("connections opened") {
            counts.fail("not every connection has emitted closed");
        }
    }
}
