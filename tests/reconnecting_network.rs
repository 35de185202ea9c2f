//! `ReconnectingClient` in networks that lose packets, vanish, and move: each test in a network
//! namespace of its own, which takes Linux, `ip` and `unshare`, and the rights to make one.
//!
//! Where these are missing the tests are counted as ignored, with the reason. That takes a harness of
//! its own, which speaks as Rust's does.

mod support;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitCode, Stdio};
use support::echo::add_echo;
use support::reconnecting::impatient_client;
use support::{wait_until, with_context};
use wsoup::{ReconnectingState, Server, ServerListenOptions};

/// Name, what tells it of the network, and what it does.
type Test = (&'static str, &'static str, fn());

/// The kernel tells of changes; those of the machine have nothing to do with it.
const KERNEL: &str = "netlink";
/// Nobody tells of anything.
const NOBODY: &str = "base";

const TESTS: [Test; 4] = [
    (
        "a_connection_whose_packets_are_lost_is_found_out_and_replaced",
        NOBODY,
        lost_packets,
    ),
    (
        "a_network_that_comes_is_tried_at_once",
        KERNEL,
        network_comes,
    ),
    (
        "without_a_network_few_attempts_are_made",
        KERNEL,
        no_network,
    ),
    (
        "a_server_that_moves_is_found_by_its_name",
        KERNEL,
        server_moves,
    ),
];

/// Names the test that a process runs, in its namespace.
const TEST: &str = "WSOUP_NETWORK_TEST";
/// Set for the process that is a server, in a namespace of its own.
const SERVER: &str = "WSOUP_NETWORK_SERVER";

fn main() -> ExitCode {
    if std::env::var_os(SERVER).is_some() {
        serve();
        return ExitCode::SUCCESS;
    }
    if let Ok(name) = std::env::var(TEST) {
        let test = TESTS.iter().find(|(other, ..)| *other == name);
        (test.expect("there is such a test").2)();
        return ExitCode::SUCCESS;
    }
    let mut arguments = std::env::args().skip(1);
    let (mut filter, mut is_exact) = (String::new(), false);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--exact" => is_exact = true,
            "--test-threads" => drop(arguments.next()),
            option if option.starts_with('-') => (),
            _ => filter = argument,
        }
    }
    let chosen = |name: &str| match is_exact {
        true => name == filter,
        false => name.contains(&filter),
    };
    run(TESTS.iter().filter(|(name, ..)| chosen(name)).collect())
}

fn run(tests: Vec<&Test>) -> ExitCode {
    println!("\nrunning {} tests", tests.len());
    let (mut passed, mut failed, mut ignored) = (0, 0, 0);
    let obstacle = obstacle();
    for (name, monitor, _) in &tests {
        let pass = || {
            let status = in_namespace()
                .env(TEST, name)
                .env("GIO_USE_NETWORK_MONITOR", monitor)
                .status();
            status.is_ok_and(|status| status.success())
        };
        let outcome = match &obstacle {
            Some(reason) => {
                ignored += 1;
                format!("ignored, {reason}")
            }
            None if pass() => {
                passed += 1;
                "ok".to_owned()
            }
            None => {
                failed += 1;
                "FAILED".to_owned()
            }
        };
        println!("test {name} ... {outcome}");
    }
    let result = if failed == 0 { "ok" } else { "FAILED" };
    let left_out = TESTS.len() - tests.len();
    println!(
        "\ntest result: {result}. {passed} passed; {failed} failed; {ignored} ignored; 0 measured; \
         {left_out} filtered out\n"
    );
    ExitCode::from(u8::from(failed > 0))
}

/// Why there can be no namespaces, if so.
fn obstacle() -> Option<String> {
    let output = Command::new("unshare")
        .args([
            "--net", "--mount", "ip", "link", "add", "test0", "type", "veth",
        ])
        .output();
    match output {
        Err(error) => Some(format!("unshare: {error}")),
        Ok(output) if !output.status.success() => {
            let text = String::from_utf8_lossy(&output.stderr);
            Some(text.lines().next().unwrap_or("no namespaces").to_owned())
        }
        Ok(_) => None,
    }
}

/// This program, in namespaces of its own.
fn in_namespace() -> Command {
    let program = std::env::current_exe().expect("a test has a path");
    let mut command = Command::new("unshare");
    command.args(["--net", "--mount"]).arg(program);
    command
}

/// Runs `ip` with the words of `arguments`, in the namespace of `process` if there is one.
#[track_caller]
fn ip(process: Option<&Child>, arguments: &str) {
    let mut command = match process {
        Some(process) => {
            let mut command = Command::new("nsenter");
            command.args(["--net", "--target", &process.id().to_string(), "ip"]);
            command
        }
        None => Command::new("ip"),
    };
    let status = command.args(arguments.split(' ')).status();
    assert!(
        status.is_ok_and(|status| status.success()),
        "ip {arguments}"
    );
}

/// A server on all addresses, for as long as the process lives.
fn serve() {
    with_context(|context| {
        let server = Server::new();
        add_echo(&server);
        listen(&server);
        println!("ready");
        // It is killed before, unless the test is gone.
        let end = std::time::Instant::now() + std::time::Duration::from_secs(120);
        loop {
            assert!(
                std::time::Instant::now() < end,
                "nobody has stopped the server"
            );
            context.iteration(true);
        }
    });
}

const PORT: u32 = 8_000;

fn listen(server: &Server) {
    let options = ServerListenOptions::IPV4_ONLY;
    server
        .listen_all(PORT as u16, options)
        .expect("the port is free");
}

/// Kills a process at the end of a test, however that ends.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        // It fails if the process has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A server in a namespace of its own at 10.9.0.2, and a link to it from 10.9.0.1.
fn linked_server() -> Killed {
    let mut child = in_namespace()
        .env(SERVER, "1")
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut line = String::new();
    let output = child.stdout.as_mut().expect("it is piped");
    BufReader::new(output)
        .read_line(&mut line)
        .expect("it says something");
    assert_eq!(line, "ready\n");
    let server = Killed(child);
    let pid = server.0.id();
    ip(
        None,
        &format!("link add near type veth peer name far netns {pid}"),
    );
    ip(None, "address add 10.9.0.1/24 dev near");
    ip(None, "link set near up");
    ip(None, "route add default via 10.9.0.2");
    ip(Some(&server.0), "address add 10.9.0.2/24 dev far");
    ip(Some(&server.0), "link set far up");
    server
}

fn lost_packets() {
    let server = linked_server();
    with_context(|context| {
        let (client, log) = impatient_client(&format!("ws://10.9.0.2:{PORT}/echo"));
        client.set_keepalive_interval(1);
        client.set_keepalive_pong_timeout(1);
        client.set_attempt_timeout(1);
        client.start();
        wait_until(context, "a connection", || log.has("connected"));
        client.send_text("one").expect("it is accepted");
        wait_until(context, "the echo", || log.has("message one"));
        // Nobody is told: packets are not answered any more.
        ip(Some(&server.0), "link set far down");
        wait_until(context, "the discovery", || log.count("disconnected") == 1);
        client.send_text("two").expect("it is accepted");
        wait_until(context, "a failure", || {
            log.count("attempt-failed 0 false") > 0
        });
        ip(Some(&server.0), "link set far up");
        wait_until(context, "the echo", || log.has("message two"));
        assert_eq!(log.count("connected"), 2);
    });
}

/// A server at 10.9.0.2 in this namespace, once there is that address.
fn server_here() -> Server {
    ip(None, "link set lo up");
    add_link();
    let server = Server::new();
    add_echo(&server);
    listen(&server);
    server
}

/// A link that leads nowhere.
fn add_link() {
    ip(None, "link add test0 type veth peer name test1");
    ip(None, "link set test1 up");
}

fn add_network() {
    ip(None, "address add 10.9.0.2/24 dev test0");
    ip(None, "link set test0 up");
    ip(None, "route add default dev test0");
}

fn network_comes() {
    with_context(|context| {
        let _server = server_here();
        let (client, log) = impatient_client(&format!("ws://10.9.0.2:{PORT}/echo"));
        client.set_initial_delay(3_600_000);
        client.set_max_delay(3_600_000);
        client.start();
        wait_until(context, "a failure", || log.count("attempt-failed") == 1);
        add_network();
        // Long before the hour is over.
        wait_until(context, "a connection", || log.has("connected"));
        // When the network becomes another one, the connection is asked whether it lives.
        let connection = client.connection().expect("it is there");
        let (sender, pongs) = std::sync::mpsc::channel();
        connection.connect_pong(move |_, _| {
            // Nobody waits any more if it fails.
            let _ = sender.send(());
        });
        ip(None, "route add 10.10.0.0/16 dev test0");
        wait_until(context, "the answer", || pongs.try_recv().is_ok());
        assert_eq!(connection.keepalive_interval(), client.keepalive_interval());
    });
}

fn no_network() {
    with_context(|context| {
        let _server = server_here();
        let (client, log) = impatient_client(&format!("ws://10.9.0.2:{PORT}/echo"));
        client.set_max_delay(3_000);
        client.start();
        let failures = |count| {
            wait_until(context, "failures", || log.count("attempt-failed") == count);
            client.retry_at() - glib::monotonic_time()
        };
        // The delay is the longest at once, but the monitor is not trusted for longer.
        let first = failures(1);
        assert!((2_900_000..=3_000_000).contains(&first), "{first}");
        failures(2);
        add_network();
        wait_until(context, "a connection", || {
            client.state() == ReconnectingState::Connected
        });
        assert_eq!(log.count("attempt-failed"), 2);
    });
}

fn server_moves() {
    let folder = std::env::temp_dir().join(format!("wsoup-hosts-{}", std::process::id()));
    let name = |address: &str| {
        let line = format!("{address} server.test\n");
        std::fs::write(&folder, line).expect("it can be written");
    };
    name("10.9.0.1");
    let path = folder.to_str().expect("it is text");
    // In the namespace of this process alone.
    let status = Command::new("mount")
        .args(["--bind", path, "/etc/hosts"])
        .status();
    assert!(status.is_ok_and(|status| status.success()), "mount");
    ip(None, "link set lo up");
    add_link();
    ip(None, "link set test0 up");
    ip(None, "address add 10.9.0.1/32 dev test0");
    ip(None, "route add default dev test0");
    with_context(|context| {
        let server = Server::new();
        add_echo(&server);
        listen(&server);
        let (client, log) = impatient_client(&format!("ws://server.test:{PORT}/echo"));
        client.set_attempt_timeout(1);
        client.start();
        wait_until(context, "a connection", || log.has("connected"));
        server.disconnect();
        drop(server);
        wait_until(context, "a failure", || log.count("attempt-failed") > 0);
        ip(None, "address del 10.9.0.1/32 dev test0");
        ip(None, "address add 10.9.0.3/32 dev test0");
        name("10.9.0.3");
        let server = Server::new();
        add_echo(&server);
        listen(&server);
        wait_until(context, "another connection", || {
            log.count("connected") == 2
        });
    });
    // What cannot be removed is left to whoever cleans up.
    let _ = std::fs::remove_file(&folder);
}
