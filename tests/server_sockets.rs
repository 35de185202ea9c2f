//! Where a server's connections come from: sockets that somebody else has made, and what happens when
//! there are no file descriptors left. Most of it happens in child processes, which are these tests
//! again, with other descriptors and limits.

mod support;

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsFd, OwnedFd};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use support::certificates::certificate;
use support::echo::NO_OPTIONS;
use support::strangers::{HELLO, add_handlers, stream_at};
use support::{DEADLINE, with_context};
use wsoup::{Server, ServerListenOptions};

/// Set for the child processes.
const CHILD: &str = "WSOUP_SERVER_SOCKETS";

fn is_child() -> bool {
    std::env::var_os(CHILD).is_some()
}

/// A child process, until the test ends.
struct Process(Child);

impl Process {
    /// Runs the test `name` in a child that shell commands have prepared.
    fn start(name: &str, prepare: &str, stdin: impl Into<Stdio>, stdout: impl Into<Stdio>) -> Self {
        let test = std::env::current_exe().expect("a test has a path");
        let child = Command::new("/bin/sh")
            .arg("-c")
            .arg(format!("{prepare}; exec \"$0\" --exact {name} --nocapture"))
            .arg(test)
            .env(CHILD, "1")
            .stdin(stdin)
            .stdout(stdout)
            .spawn()
            .expect("there is a shell");
        Self(child)
    }

    #[track_caller]
    fn ends_well(mut self) {
        let begin = Instant::now();
        loop {
            if let Some(status) = self.0.try_wait().expect("it is ours") {
                assert!(status.success(), "{status}");
                return;
            }
            assert!(begin.elapsed() < *DEADLINE, "it does not end");
            std::thread::yield_now();
        }
    }

    /// How many descriptors (`fd`) or threads (`task`) it has; 0 if it has ended.
    fn count(&self, what: &str) -> usize {
        let list = std::fs::read_dir(format!("/proc/{}/{what}", self.0.id()));
        list.map_or(0, Iterator::count)
    }

    /// The time that it has worked, by the system's clock, which ticks a hundred times a second.
    fn cpu_time(&self) -> Duration {
        let path = format!("/proc/{}/stat", self.0.id());
        let stat = std::fs::read_to_string(path).expect("the system tells");
        let fields = stat.rsplit(')').next().unwrap_or_default();
        let mut fields = fields.split_whitespace().skip(11);
        let mut ticks = || -> u64 {
            let field = fields.next().expect("there are so many");
            field.parse().expect("it is a number")
        };
        Duration::from_millis(10 * (ticks() + ticks()))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // They fail if it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let address = listener.local_addr().expect("it is bound");
    (listener, address)
}

fn client(address: SocketAddr) -> TcpStream {
    let client = TcpStream::connect(address).expect("it listens");
    client
        .set_read_timeout(Some(*DEADLINE))
        .expect("it is not zero");
    client
}

/// Asks for `path` on a connection that stays; returns the head and the body `hello`, if there is one.
#[track_caller]
fn ask(mut client: &TcpStream, request: &[u8]) -> String {
    client.write_all(request).expect("it takes the request");
    let mut answer = String::new();
    let is_complete = |answer: &str| {
        answer.ends_with("hello")
            || answer.contains("\r\nContent-Length: 0\r\n") && answer.ends_with("\r\n\r\n")
    };
    while !is_complete(&answer) {
        let mut bytes = [0; 1024];
        match client.read(&mut bytes).expect("it answers in time") {
            0 => break,
            length => answer += std::str::from_utf8(&bytes[..length]).expect("it is text"),
        }
    }
    answer
}

#[track_caller]
fn is_served(client: &TcpStream) {
    let answer = ask(client, HELLO);
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

const QUIT: &[u8] = b"GET /quit HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";

/// Serves in a child until somebody asks for `/quit`.
fn serve_until_told(server: &Server, context: &glib::MainContext) {
    let main_loop = glib::MainLoop::new(Some(context), false);
    server.add_handler(Some("/quit"), {
        let main_loop = main_loop.clone();
        move |_, message, _, _| {
            message.set_status(200, None);
            let main_loop = main_loop.clone();
            message.connect_finished(move |_| main_loop.quit());
        }
    });
    main_loop.run();
}

fn copy(fd: impl AsFd) -> OwnedFd {
    let copy = fd.as_fd().try_clone_to_owned();
    copy.expect("there is a descriptor")
}

#[test]
fn sockets_of_a_service_manager_are_taken_over_once_by_name() {
    if is_child() {
        return with_context(|context| {
            let server = Server::new();
            add_handlers(&server);
            let listen = |name| server.listen_fds(name, NO_OPTIONS).expect("they listen");
            assert_eq!(listen(Some("none")), 0);
            assert_eq!(listen(Some("web")), 2);
            assert_eq!(listen(Some("web")), 0);
            assert_eq!(listen(None), 1);
            assert_eq!(Server::new().listen_fds(None, NO_OPTIONS), Ok(0));
            assert_eq!(server.uris().len(), 3);
            let script = "readlink /proc/$$/fd/3 /proc/$$/fd/4 /proc/$$/fd/5";
            let open = Command::new("/bin/sh").args(["-c", script]).output();
            let open = open.expect("there is a shell").stdout;
            let open = String::from_utf8_lossy(&open).into_owned();
            assert!(!open.contains("socket"), "a child has {open}");
            serve_until_told(&server, context);
        });
    }
    let listeners = [listener(), listener()];
    let child = Process::start(
        "sockets_of_a_service_manager_are_taken_over_once_by_name",
        "exec 3<&0 4<&1 5<&0 </dev/null >&2; \
         export LISTEN_FDS=3 LISTEN_FDNAMES=web:other:web LISTEN_PID=$$",
        copy(&listeners[0].0),
        copy(&listeners[1].0),
    );
    for (_, address) in &listeners {
        is_served(&client(*address));
    }
    ask(&client(listeners[0].1), QUIT);
    child.ends_well();
}

#[test]
fn what_was_passed_to_somebody_else_or_does_not_listen_is_left_alone() {
    if is_child() {
        return with_context(|_| {
            let server = Server::new();
            let result = server.listen_fds(None, NO_OPTIONS);
            match std::env::var("EXPECTED").as_deref() {
                Ok("0") => assert_eq!(result, Ok(0)),
                _ => {
                    let error = result.expect_err("one does not listen");
                    assert!(error.matches(gio::IOErrorEnum::InvalidArgument), "{error}");
                    assert!(error.message().contains(" 4 "), "{error}");
                    // The other one is still there.
                    assert_eq!(server.listen_fds(Some("web"), NO_OPTIONS), Ok(1));
                }
            }
        });
    }
    for (prepare, stdout) in [
        (
            "export EXPECTED=0 LISTEN_FDS=2 LISTEN_PID=1",
            copy(listener().0),
        ),
        ("export EXPECTED=0", copy(listener().0)),
        (
            "export LISTEN_FDS=2 LISTEN_FDNAMES=web:log LISTEN_PID=$$",
            copy(UdpSocket::bind("127.0.0.1:0").expect("there is a port")),
        ),
        (
            "exec 4</dev/null; export LISTEN_FDS=2 LISTEN_FDNAMES=web:log LISTEN_PID=$$",
            copy(listener().0),
        ),
        (
            "exec 4<&-; export LISTEN_FDS=2 LISTEN_FDNAMES=web:log LISTEN_PID=$$",
            copy(listener().0),
        ),
    ] {
        let child = Process::start(
            "what_was_passed_to_somebody_else_or_does_not_listen_is_left_alone",
            &format!("exec 3<&0 4<&1 </dev/null >&2; {prepare}"),
            copy(listener().0),
            stdout,
        );
        child.ends_well();
    }
}

#[test]
fn a_descriptor_that_was_handed_over_is_listened_on() {
    with_context(|context| {
        let server = Server::new();
        add_handlers(&server);
        let (listener, address) = listener();
        let fd = OwnedFd::from(listener);
        server.listen_fd(fd, NO_OPTIONS).expect("it listens");
        assert_eq!(server.uris()[0].port(), i32::from(address.port()));
        let peer = support::raw::RawPeer::connect(address.port());
        assert_eq!(support::strangers::hello(context, &peer), 200);
        server.disconnect();
        // Nobody else has kept it.
        assert!(TcpStream::connect(address).is_err());

        let udp = UdpSocket::bind("127.0.0.1:0").expect("there is a port");
        let file = std::fs::File::open("/dev/null").expect("it is there");
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a port");
        for (fd, options) in [
            (OwnedFd::from(udp), NO_OPTIONS),
            (OwnedFd::from(file), NO_OPTIONS),
            (OwnedFd::from(listener), ServerListenOptions::HTTPS),
        ] {
            let error = server.listen_fd(fd, options).expect_err("it cannot be");
            assert!(error.matches(gio::IOErrorEnum::InvalidArgument), "{error}");
        }
        assert!(server.listeners().is_empty());
    });
}

/// Descriptors that the child has in all. It has some of them anyway.
const DESCRIPTORS: usize = 64;

/// Clients that come at once: more than there are descriptors, and not more than the queue takes.
const STRANGERS: usize = 120;

/// Runs `name` in a child with few descriptors, which serves on what it gets as its input.
fn start_with_few(name: &str) -> (Process, SocketAddr) {
    let (listener, address) = listener();
    let prepare = format!("ulimit -n {DESCRIPTORS}; exec >&2");
    let child = Process::start(name, &prepare, copy(listener), Stdio::null());
    (child, address)
}

fn serve_on_input(options: ServerListenOptions) {
    with_context(|context| {
        let server = Server::new();
        add_handlers(&server);
        if options.contains(ServerListenOptions::HTTPS) {
            server.set_tls_certificate(&certificate("server"));
        }
        let fd = copy(std::io::stdin());
        server.listen_fd(fd, options).expect("it listens");
        serve_until_told(&server, context);
    });
}

#[test]
fn without_descriptors_clients_wait_and_the_others_are_served() {
    if is_child() {
        return serve_on_input(NO_OPTIONS);
    }
    let name = "without_descriptors_clients_wait_and_the_others_are_served";
    let (child, address) = start_with_few(name);
    let friend = client(address);
    is_served(&friend);
    let mut waiting: Vec<TcpStream> = (0..STRANGERS).map(|_| client(address)).collect();
    for mut stranger in &waiting {
        stranger.write_all(HELLO).expect("the system takes it");
        stranger.set_nonblocking(true).expect("it can be");
    }
    let mut served = Vec::new();
    let look = |waiting: &mut Vec<TcpStream>, served: &mut Vec<TcpStream>| {
        is_served(&friend);
        let (answered, others) = std::mem::take(waiting).into_iter().partition(is_readable);
        *waiting = others;
        served.extend::<Vec<TcpStream>>(answered);
    };
    // Some are served, the others wait, and the server sleeps meanwhile.
    let begin = Instant::now();
    while served.len() < 20 {
        assert!(begin.elapsed() < *DEADLINE, "only {}", served.len());
        look(&mut waiting, &mut served);
    }
    let (begin, worked) = (Instant::now(), child.cpu_time());
    std::thread::park_timeout(Duration::from_secs(1));
    let (elapsed, worked) = (begin.elapsed(), child.cpu_time() - worked);
    assert!(worked < elapsed / 20, "it works {worked:?} in {elapsed:?}");
    look(&mut waiting, &mut served);
    assert!(served.len() < DESCRIPTORS, "there are not as many");
    assert!(!waiting.is_empty());
    // Whoever goes makes room for another one.
    let begin = Instant::now();
    while !waiting.is_empty() {
        assert!(begin.elapsed() < *DEADLINE, "{} still wait", waiting.len());
        served.clear();
        look(&mut waiting, &mut served);
    }
    ask(&friend, QUIT);
    child.ends_well();
}

fn is_readable(stranger: &TcpStream) -> bool {
    match stranger.peek(&mut [0]) {
        Ok(length) => {
            assert_ne!(length, 0, "the connection was closed");
            true
        }
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::WouldBlock, "{error}");
            false
        }
    }
}

/// GLib ends a process that has none left, and a handshake that can be cancelled takes one.
#[test]
fn tls_handshakes_do_not_use_up_the_descriptors() {
    if is_child() {
        return serve_on_input(ServerListenOptions::HTTPS);
    }
    let (child, address) = start_with_few("tls_handshakes_do_not_use_up_the_descriptors");
    // From several addresses: of one, only a few may shake hands at once.
    let flood: Vec<TcpStream> = (0..STRANGERS)
        .map(|number| stream_at(&format!("127.0.0.{}", 1 + number % 8), address.port()))
        .collect();
    for mut stranger in &flood {
        let hello = b"\x16\x03\x01\x02\x00\x01\x00";
        stranger.write_all(hello).expect("the system takes it");
    }
    // Some handshakes are in threads, and the others wait.
    let begin = Instant::now();
    while child.count("fd") < DESCRIPTORS - 8 || child.count("task") < 12 {
        assert!(begin.elapsed() < *DEADLINE, "only {}", child.count("task"));
    }
    drop(flood);
    // GIO takes its time until the threads have seen the end.
    let begin = Instant::now();
    while child.count("fd") > DESCRIPTORS / 2 {
        assert!(
            begin.elapsed() < 3 * *DEADLINE,
            "still {}",
            child.count("fd")
        );
    }
    assert_ne!(child.count("fd"), 0, "it has ended");
}
