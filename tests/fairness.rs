//! No peer holds the main loop: whatever it sends, the rest of the program has its turn.

mod support;

use std::cell::Cell;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use support::{connection, socket_pair, wait_until, with_context};
use wsoup::{Server, ServerListenOptions, WebsocketConnectionType};

/// Turns of a timer that have to come while a peer floods.
const TURNS: u32 = 30;

/// How long such a timer may be late, on a machine that does other things, too.
const PATIENCE: Duration = Duration::from_millis(500);

/// Runs `context` until a timer of 10 ms has had its turns, none of them very late.
#[track_caller]
fn assert_runs_fairly(context: &glib::MainContext) {
    struct Timer {
        turns: u32,
        last: Instant,
        latest: Duration,
    }
    let state = Arc::new(Mutex::new(Timer {
        turns: 0,
        last: Instant::now(),
        latest: Duration::ZERO,
    }));
    let interval = Duration::from_millis(10);
    let timer = glib::timeout_source_new(interval, None, glib::Priority::DEFAULT, {
        let state = state.clone();
        move || {
            let mut state = state.lock().expect("nobody panics");
            state.turns += 1;
            state.latest = state.latest.max(state.last.elapsed());
            state.last = Instant::now();
            glib::ControlFlow::Continue
        }
    });
    timer.attach(Some(context));
    let state = || state.lock().expect("nobody panics");
    wait_until(context, "the timer", || state().turns >= TURNS);
    timer.destroy();
    let latest = state().latest;
    assert!(latest < PATIENCE, "the timer was {latest:?} late");
}

/// Writes `bytes` to `stream` again and again, in a thread, until the flood is dropped.
struct Flood {
    stop: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Flood {
    fn start(mut stream: impl Write + Send + 'static, bytes: Vec<u8>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let thread = std::thread::spawn({
            let stop = stop.clone();
            move || while !stop.load(Ordering::Relaxed) && stream.write_all(&bytes).is_ok() {}
        });
        Self {
            stop,
            thread: Some(thread),
        }
    }

    /// Ends it, which takes a context that runs: the thread may be waiting to be read from.
    fn stop(mut self, context: &glib::MainContext) {
        self.stop.store(true, Ordering::Relaxed);
        let thread = self.thread.take().expect("it runs");
        wait_until(context, "the end of the flood", || thread.is_finished());
        thread.join().expect("it ends well");
    }
}

fn server() -> (Server, TcpStream) {
    let server = Server::new();
    server.add_handler(None, |_, message, _, _| message.set_status(204, None));
    server
        .listen_local(0, ServerListenOptions::empty())
        .expect("there is a free port");
    let port = server.uris()[0].port() as u16;
    let stream = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
    (server, stream)
}

#[test]
fn what_follows_a_refused_request_does_not_hold_the_loop() {
    with_context(|context| {
        let (_server, mut stream) = server();
        stream
            .write_all(b"BAD\r\n\r\n")
            .expect("it takes the request");
        let flood = Flood::start(stream, vec![b'x'; 1 << 20]);
        assert_runs_fairly(context);
        flood.stop(context);
    });
}

#[test]
fn requests_without_end_do_not_hold_the_loop() {
    with_context(|context| {
        let (_server, stream) = server();
        let mut answers = stream.try_clone().expect("it can be");
        let reader = std::thread::spawn(move || {
            let mut bytes = vec![0; 1 << 20];
            while answers.read(&mut bytes).is_ok_and(|length| length > 0) {}
        });
        let shutdown = stream.try_clone().expect("it can be");
        let flood = Flood::start(stream, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(5000));
        assert_runs_fairly(context);
        flood.stop(context);
        shutdown
            .shutdown(std::net::Shutdown::Both)
            .expect("it is open");
        reader.join().expect("it ends well");
    });
}

#[test]
fn a_body_without_end_does_not_hold_the_loop() {
    with_context(|context| {
        let (server, mut stream) = server();
        server.set_max_body_size(0);
        stream
            .write_all(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            .expect("it takes the request");
        let flood = Flood::start(stream, b"1\r\nx\r\n".repeat(100_000));
        assert_runs_fairly(context);
        flood.stop(context);
    });
}

#[test]
fn messages_without_end_do_not_hold_the_loop() {
    with_context(|context| {
        let (near, far) = socket_pair();
        let server = connection(near, WebsocketConnectionType::Server);
        let received = Rc::new(Cell::new(0));
        server.connect_message({
            let received = received.clone();
            move |_, _, _| received.set(received.get() + 1)
        });
        let flood = Flood::start(far, b"\x82\x84\0\0\0\0abcd".repeat(10_000));
        assert_runs_fairly(context);
        flood.stop(context);
        assert!(received.get() > 0);
    });
}

#[test]
fn handlers_that_take_their_time_do_not_hold_the_loop() {
    with_context(|context| {
        let (near, far) = socket_pair();
        let server = connection(near, WebsocketConnectionType::Server);
        let received = Rc::new(Cell::new(0));
        server.connect_message({
            let received = received.clone();
            move |_, _, _| {
                received.set(received.get() + 1);
                let begin = Instant::now();
                while begin.elapsed() < Duration::from_micros(300) {}
            }
        });
        let flood = Flood::start(far, b"\x82\x84\0\0\0\0abcd".repeat(10_000));
        assert_runs_fairly(context);
        server.close(1000, None);
        drop(server);
        flood.stop(context);
        assert!(received.get() > 0);
    });
}
