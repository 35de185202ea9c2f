//! The programs of `examples/rust` do what they say, and the echo client and server understand each
//! other. Those in other languages are run by `test_examples.py`.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

/// A program of `examples/rust`, which `cargo test` has built.
fn example(name: &str) -> Command {
    let test = std::env::current_exe().expect("a test has a path");
    let folder: PathBuf = test
        .ancestors()
        .nth(2)
        .expect("target/PROFILE")
        .join("examples");
    let program = folder.join(name);
    assert!(
        program.exists(),
        "{} is missing: run `cargo build --examples`",
        program.display()
    );
    Command::new(program)
}

struct Server {
    process: Child,
    uri: String,
}

impl Server {
    fn start() -> Self {
        let mut process = example("echo_server")
            .arg("0")
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut line = String::new();
        let output = process.stdout.take().expect("a pipe");
        BufReader::new(output).read_line(&mut line).expect("a line");
        let uri = line
            .strip_prefix("listening on ")
            .expect("the address")
            .trim_end()
            .to_owned();
        Self { process, uri }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().expect("it runs");
        self.process.wait().expect("it ends");
    }
}

fn run_client(uri: &str) -> Output {
    example("echo_client").arg(uri).output().expect("it starts")
}

#[test]
fn the_client_talks_to_the_server() {
    let output = run_client(&Server::start().uri);
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "Rust: sent \"hello\", got \"hello\"\n\
         Rust: sent 4 bytes, got 4 bytes\n\
         Rust: closed with 1000\n"
    );
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
}

#[test]
fn the_flow_of_messages_is_what_the_tour_says() {
    let server = Server::start();
    let output = example("flow_tour")
        .arg(&server.uri)
        .output()
        .expect("it starts");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "Rust: written, and got \"hello\" back\n\
         Rust: refused: true\n\
         Rust: congested\n\
         Rust: drained, and everything came back\n\
         Rust: a stream of 100000 bytes came back\n\
         Rust: pinged: true\n\
         Rust: resumed\n\
         Rust: closed in order: true\n\
         Rust: a client that stays connected was answered\n"
    );
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
}

#[test]
fn a_client_without_a_server_fails() {
    let uri = Server::start().uri.clone();
    for (uri, complaint) in [
        (&*uri, "Rust: no connection: "),
        ("nonsense", "nonsense is no URI to connect to"),
    ] {
        let output = run_client(uri);
        assert_eq!(output.status.code(), Some(1));
        assert!(
            String::from_utf8_lossy(&output.stderr).contains(complaint),
            "{output:?}"
        );
    }
}
