//! The classes may be used for the first time by several threads at once.

use std::process::Command;
use std::sync::{Barrier, mpsc};
use std::thread;
use std::time::Duration;

/// Set for the processes in which there is a first time.
const CHILD: &str = "WSOUP_FIRST_USE";

/// Enough for a deadlock to show itself that one in a hundred of them has.
const PROCESSES: usize = 200;

#[test]
fn threads_may_begin_at_once() {
    if std::env::var_os(CHILD).is_some() {
        return begin_in_time();
    }
    let test = std::env::current_exe().expect("a test has a path");
    for _ in 0..PROCESSES {
        let output = Command::new(&test)
            .args(["--exact", "threads_may_begin_at_once"])
            .env(CHILD, "1")
            .output()
            .expect("it starts");
        assert!(output.status.success(), "{output:?}");
    }
}

fn begin_in_time() {
    let (done, is_done) = mpsc::channel();
    thread::spawn(move || {
        begin_at_once();
        done.send(()).expect("somebody waits");
    });
    if is_done.recv_timeout(Duration::from_secs(20)).is_err() {
        // Threads that wait for each other are not joined.
        std::process::exit(1);
    }
}

/// Each thread is the first to need something that another needs too.
fn begin_at_once() {
    let barrier = Barrier::new(4);
    let begin = |first_use: fn()| {
        barrier.wait();
        let context = glib::MainContext::new();
        context
            .with_thread_default(first_use)
            .expect("a new context can be acquired");
    };
    thread::scope(|scope| {
        scope.spawn(|| begin(|| drop(wsoup::Session::new())));
        scope.spawn(|| begin(|| drop(wsoup::Server::new())));
        scope.spawn(|| begin(|| drop(wsoup::Message::new("GET", "ws://localhost/"))));
        scope.spawn(|| {
            begin(|| {
                let loopback = gio::InetAddress::new_loopback(gio::SocketFamily::Ipv4);
                drop(gio::InetSocketAddress::new(&loopback, 1));
            });
        });
    });
}
