//! The opening handshake: requests to a server, and responses to a client.

use crate::heads::changed;
use crate::support::raw::{
    REQUEST, RawPeer, accept, header, listener, response_to, start_connecting,
};
use crate::support::{wait_until, with_context};
use std::panic::{AssertUnwindSafe, catch_unwind};
use wsoup::{Server, ServerListenOptions, Session, WebsocketError};

#[test]
fn requests() {
    run(include_str!("requests.txt"), |context, columns| {
        let [_, changes, status, expected] = columns[..] else {
            panic!("four columns, not: {columns:?}");
        };
        let server = server();
        let peer = RawPeer::connect(server.uris()[0].port() as u16);
        peer.send(context, &changed(REQUEST, changes));
        let head = peer.head(context);
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{head}");
        if let Some((name, value)) = expected.split_once(": ") {
            assert_eq!(header(&head, name), Some(value), "{head}");
        }
        if !head.contains(" 101 ") {
            // What is not understood ends the connection; what is refused need not.
            assert_eq!(header(&head, "Sec-WebSocket-Accept"), None, "{head}");
            assert!(header(&head, "Content-Length").is_some(), "{head}");
        }
    });
}

/// A server with two handlers.
fn server() -> Server {
    let server = Server::new();
    let protocols = ["chat", "v2"];
    server.add_websocket_handler(None, None, &protocols, |_, _, _, _| ());
    let origin = Some("http://good.example");
    server.add_websocket_handler(Some("/origin"), origin, &protocols, |_, _, _, _| ());
    server
        .listen_local(0, ServerListenOptions::empty())
        .expect("there is a free port");
    server
}

#[test]
fn responses() {
    run(include_str!("responses.txt"), |context, columns| {
        let [_, changes, expected] = columns[..] else {
            panic!("three columns, not: {columns:?}");
        };
        let (listener, uri) = listener();
        let outcome = start_connecting(&Session::new(), &uri, &["chat", "v2"]);
        let peer = accept(context, &listener);
        let response = response_to(&peer.head(context), "");
        let key = header(&response, "Sec-WebSocket-Accept").expect("it is there");
        let changes = changes.replace("$ACCEPT", key);
        peer.send(context, &changed(&response, &changes));
        if expected == "not websocket" {
            // The body of a refusal may end with the stream.
            peer.shutdown_write();
        }
        wait_until(context, "the outcome", || outcome.borrow().is_some());
        let outcome = match outcome.take().expect("it is there") {
            Ok((connection, _)) => {
                format!("connected {}", connection.protocol().unwrap_or_default())
            }
            Err(error) if error.matches(WebsocketError::BadHandshake) => "bad handshake".into(),
            Err(error) if error.matches(WebsocketError::NotWebsocket) => "not websocket".into(),
            Err(error) => error.to_string(),
        };
        assert_eq!(outcome.trim_end(), expected);
        if !expected.starts_with("connected") {
            wait_until(context, "the end of the stream", || peer.has_ended());
        }
    });
}

/// Runs `check` with the columns of each line, and then says which failed.
fn run(table: &str, check: impl Fn(&glib::MainContext, Vec<&str>)) {
    let mut failed = Vec::new();
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    for line in lines.filter(|line| !line.is_empty()) {
        let columns: Vec<&str> = line.split('|').map(str::trim).collect();
        let check = || with_context(|context| check(context, columns.clone()));
        if catch_unwind(AssertUnwindSafe(check)).is_err() {
            failed.push(columns[0].to_owned());
        }
    }
    assert!(failed.is_empty(), "failed:\n{}", failed.join("\n"));
}
