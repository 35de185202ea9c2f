//! The commands of `wsoup`, run as a person or a script would.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

/// A `wsoup` that serves, until the test ends.
struct Server {
    process: Child,
    /// What it says it listens on, without the scheme.
    authority: String,
}

/// Waits for the first line that a process prints.
fn first_line(process: &mut Child) -> String {
    let mut line = String::new();
    let output = process.stdout.as_mut().expect("it is piped");
    BufReader::new(output)
        .read_line(&mut line)
        .expect("it prints a line");
    line
}

impl Server {
    fn start(arguments: &[&str]) -> Self {
        let mut process = wsoup()
            .args(arguments)
            .args(["--port", "0"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("wsoup can be run");
        let line = first_line(&mut process);
        let uri = line
            .trim()
            .strip_prefix("listening on ")
            .expect("it says where");
        let authority = uri
            .split('/')
            .nth(2)
            .expect("it has an authority")
            .to_owned();
        Self { process, authority }
    }

    fn uri(&self, path: &str) -> String {
        format!("ws://{}{path}", self.authority)
    }

    /// What it answers to a request for `path`.
    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.authority).expect("it listens");
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        )
        .expect("it takes the request");
        let mut response = String::new();
        stream.read_to_string(&mut response).expect("it answers");
        response
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn wsoup() -> Command {
    Command::new(env!("CARGO_BIN_EXE_wsoup"))
}

/// Runs `wsoup connect` with `input`.
fn connect(arguments: &[&str], input: &[u8]) -> Output {
    let mut process = wsoup()
        .arg("connect")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("wsoup can be run");
    // It may end before it has read everything.
    let _ = process.stdin.take().expect("it is piped").write_all(input);
    process.wait_with_output().expect("it ends")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn lines_are_sent_and_messages_printed() {
    let server = Server::start(&["echo"]);
    let output = connect(&[&server.uri("/")], "hello\nwörld\n\nlast".as_bytes());
    assert_eq!(text(&output.stdout), "hello\nwörld\n\nlast\n");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
}

#[test]
fn binary_input_comes_back_as_it_was() {
    let server = Server::start(&["echo"]);
    let input: Vec<u8> = (0..300_000_u32).map(|i| (i * 7) as u8).collect();
    let output = connect(&["--binary", &server.uri("/")], &input);
    assert!(
        output.stdout == input,
        "{} bytes came back",
        output.stdout.len()
    );
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
}

#[test]
fn a_server_that_is_told_to_end_lets_its_clients_go() {
    let mut server = Server::start(&["echo"]);
    let mut client = wsoup()
        .args(["connect", &server.uri("/")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("wsoup can be run");
    let input = client.stdin.as_mut().expect("it is piped");
    input.write_all(b"hello\n").expect("it reads");
    let mut line = String::new();
    let output = client.stdout.as_mut().expect("it is piped");
    BufReader::new(output)
        .read_line(&mut line)
        .expect("it prints a line");
    assert_eq!(line, "hello\n");
    let id = server.process.id().to_string();
    let killed = Command::new("kill").arg(&id).status();
    assert!(killed.expect("it can be run").success());
    let status = server.process.wait().expect("it ends");
    assert_eq!(status.code(), Some(0));
    let status = client.wait().expect("it ends");
    assert_eq!(status.code(), Some(0), "it was closed in order");
}

#[test]
fn sockets_that_systemd_has_passed_are_listened_on() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let address = listener.local_addr().expect("it is bound");
    let script = "exec 3<&0 </dev/null; export LISTEN_FDS=1 LISTEN_PID=$$; exec \"$0\" echo";
    let mut process = Command::new("/bin/sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_wsoup")])
        .stdin(OwnedFd::from(listener))
        .stdout(Stdio::piped())
        .spawn()
        .expect("wsoup can be run");
    let line = first_line(&mut process);
    let server = Server {
        process,
        authority: address.to_string(),
    };
    assert_eq!(line, format!("listening on ws://{address}/\n"));
    let output = connect(&[&server.uri("/")], b"passed on\n");
    assert_eq!(text(&output.stdout), "passed on\n");
}

#[test]
fn the_chat_tells_everybody() {
    let server = Server::start(&["serve", env!("CARGO_MANIFEST_DIR")]);
    let output = connect(&[&server.uri("/chat")], b"anybody here?");
    assert_eq!(text(&output.stdout), "anybody here?\n");
}

#[test]
fn a_folder_is_served_and_nothing_beside_it() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("served");
    std::fs::create_dir_all(folder.join("sub")).expect("it can be made");
    std::fs::write(folder.join("index.html"), "<p>index").expect("it can be written");
    std::fs::write(folder.join("sub/ä.css"), "p {}").expect("it can be written");
    std::fs::write(folder.with_file_name("secret"), "secret").expect("it can be written");
    let link = folder.join("link");
    let _ = std::fs::remove_file(&link);
    std::os::unix::fs::symlink("../secret", &link).expect("it can be made");

    let server = Server::start(&["serve", folder.to_str().expect("it is text")]);
    let index = server.get("/");
    assert!(
        index.starts_with("HTTP/1.1 200 ") && index.contains("text/html"),
        "{index}"
    );
    assert!(index.ends_with("<p>index"), "{index}");
    let style = server.get("/sub/%C3%A4.css");
    assert!(
        style.contains("text/css") && style.ends_with("p {}"),
        "{style}"
    );
    for path in ["/missing", "/sub", "/sub/index.html"] {
        assert!(server.get(path).starts_with("HTTP/1.1 404 "), "{path}");
    }
    for path in [
        "/../secret",
        "/%2e%2e/secret",
        "/sub/..%2f..%2fsecret",
        "/link",
        "//etc/passwd",
    ] {
        let response = server.get(path);
        let is_refused = ["400 ", "403 ", "404 "]
            .iter()
            .any(|status| response[9..].starts_with(status));
        assert!(
            is_refused && !response.contains("secret\n"),
            "{path}: {response}"
        );
    }
}

#[test]
fn the_exit_code_tells_how_it_ended() {
    let nobody = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let address = nobody.local_addr().expect("it is bound");
    drop(nobody);
    let output = connect(&[&format!("ws://{address}/")], b"");
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));

    let output = connect(&["no uri"], b"");
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));

    let output = connect(&["--no-such-option"], b"");
    assert_eq!(output.status.code(), Some(2));

    let server = Server::start(&["serve", env!("CARGO_MANIFEST_DIR")]);
    let output = connect(&[&server.uri("/nothing/here")], b"");
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stderr).contains("404 Not Found"),
        "{}",
        text(&output.stderr)
    );

    // A message over the server's limit is answered with 1009.
    let echo = Server::start(&["echo"]);
    let output = connect(&[&echo.uri("/")], &vec![b'x'; (16 << 20) + 1]);
    assert_eq!(output.status.code(), Some(3));
    assert!(
        text(&output.stderr).contains("1009"),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn the_request_has_what_the_options_say() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let address = listener.local_addr().expect("it is bound");
    let server = std::thread::spawn(move || {
        let (stream, _) = listener.accept().expect("it is connected to");
        let request = BufReader::new(&stream).lines().map_while(Result::ok);
        let request: Vec<String> = request.take_while(|line| !line.is_empty()).collect();
        (&stream)
            .write_all(b"HTTP/1.1 403 No\r\n\r\n")
            .expect("it takes the answer");
        request
    });
    let uri = format!("ws://{address}/a?b");
    let options =
        "--header|X-One: 1|--header|X-Two:2|--origin|http://o.example|--protocol|p|--protocol|q";
    let arguments: Vec<&str> = options.split('|').chain([uri.as_str()]).collect();
    assert_eq!(connect(&arguments, b"").status.code(), Some(1));
    let request = server.join().expect("the thread ends");
    for line in [
        "GET /a?b HTTP/1.1",
        "X-One: 1",
        "X-Two: 2",
        "Origin: http://o.example",
        "Sec-WebSocket-Protocol: p, q",
    ] {
        assert!(
            request.iter().any(|other| other == line),
            "{line}: {request:?}"
        );
    }
}

#[test]
fn certificates_are_checked_unless_told_otherwise() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("certificates");
    std::fs::create_dir_all(&folder).expect("it can be made");
    let make = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/certificates/make");
    let made = Command::new(make)
        .arg(&folder)
        .status()
        .expect("the script can be run");
    assert!(made.success());
    let file = |name: &str| folder.join(name).to_str().expect("it is text").to_owned();

    let server = Server::start(&["echo", "--certificate", &file("server.pem")]);
    let uri = format!("wss://{}/", server.authority);
    assert_eq!(connect(&[&uri], b"hi").status.code(), Some(1));
    for trust in [&["--insecure"][..], &["--ca", &file("ca.pem")]] {
        let output = connect(&[trust, &[&uri]].concat(), b"hi");
        assert_eq!(text(&output.stdout), "hi\n", "{}", text(&output.stderr));
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    }
}
