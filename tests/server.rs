//! What `Server` promises, to a `Session` and to clients written by hand.

mod support;

use gio::prelude::*;
use std::cell::{Cell, RefCell};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::rc::Rc;
use support::certificates::{certificate, trust};
use support::echo::{NO_OPTIONS, connect, echo_server, get, port, uri};
use support::{Log, block_on, wait_until, with_context};
use wsoup::{Server, Session};

/// What a server answers to `request`, until it closes the connection.
fn raw_exchange(context: &glib::MainContext, port: i32, request: &str) -> String {
    let stream = TcpStream::connect(("127.0.0.1", port as u16)).expect("the server listens");
    (&stream)
        .write_all(request.as_bytes())
        .expect("it takes the request");
    stream.set_nonblocking(true).expect("it can be");
    let response = RefCell::new(Vec::new());
    wait_until(context, "the end of the response", || {
        let mut bytes = [0; 4096];
        match (&stream).read(&mut bytes) {
            Ok(0) => true,
            Ok(length) => {
                response.borrow_mut().extend_from_slice(&bytes[..length]);
                false
            }
            Err(_) => false,
        }
    });
    String::from_utf8(response.take()).expect("it is text")
}

#[test]
fn the_server_keeps_a_connection_until_it_is_closed() {
    with_context(|context| {
        let server = Server::new();
        let weak = Rc::new(RefCell::new(glib::WeakRef::new()));
        server.add_websocket_handler(None, None, &[], {
            let weak = weak.clone();
            move |_, _, _, connection| {
                weak.replace(connection.downgrade());
            }
        });
        server
            .listen_local(0, NO_OPTIONS)
            .expect("there is a free port");
        let message = get(&uri(&server, "/"));
        let client = connect(context, &Session::new(), &message, &[]).expect("it connects");
        wait_until(context, "the handler", || weak.borrow().upgrade().is_some());
        client.close(1000, None);
        wait_until(context, "the release", || weak.borrow().upgrade().is_none());
    });
}

#[test]
fn origins_and_protocols_are_checked() {
    with_context(|context| {
        let server = Server::new();
        server.add_websocket_handler(
            None,
            Some("http://good.example"),
            &["chat"],
            |_, _, _, _| {},
        );
        server
            .listen_local(0, NO_OPTIONS)
            .expect("there is a free port");
        for (origin, protocols, status) in [
            (Some("http://good.example"), &["chat"][..], 101),
            (Some("http://good.example"), &[], 101),
            (Some("http://evil.example"), &["chat"], 403),
            (None, &["chat"], 403),
            (Some("http://good.example"), &["Chat"], 400),
        ] {
            let message = get(&uri(&server, "/"));
            let session = Session::new();
            let connecting = session.websocket_connect_future(&message, origin, protocols);
            let result = block_on(context, connecting);
            assert_eq!(result.is_ok(), status == 101, "{origin:?} {protocols:?}");
            assert_eq!(message.status(), status, "{origin:?} {protocols:?}");
        }
    });
}

#[test]
fn a_handler_may_serve_several_origins() {
    with_context(|context| {
        let server = Server::new();
        let origins = ["http://one.example", "https://two.example"];
        server.add_websocket_handler_for_origins(None, &origins, &[], |_, _, _, _| {});
        server
            .listen_local(0, NO_OPTIONS)
            .expect("there is a free port");
        for (origin, status) in [
            (Some("http://one.example"), 101),
            (Some("https://TWO.example"), 101),
            (Some("http://two.example"), 403),
            (None, 403),
        ] {
            let message = get(&uri(&server, "/"));
            let connecting = Session::new().websocket_connect_future(&message, origin, &[]);
            assert_eq!(block_on(context, connecting).is_ok(), status == 101);
            assert_eq!(message.status(), status, "{origin:?}");
        }
    });
}

#[test]
fn the_application_may_decide_a_handshake_and_choose_the_subprotocol() {
    with_context(|context| {
        let server = Server::new();
        server.add_early_handler(None, |_, message, _, _| {
            let request = message.request_headers();
            match request.one("X-Choice").as_deref() {
                Some("refuse") => message.set_status(403, None),
                Some(protocol) => {
                    let response = message.response_headers();
                    response.replace("Sec-WebSocket-Protocol", protocol);
                }
                None => (),
            }
        });
        server.add_websocket_handler(None, None, &["a", "b", "c"], |_, _, _, _| {});
        server
            .listen_local(0, NO_OPTIONS)
            .expect("there is a free port");
        for (choice, offered, expected) in [
            (None, &["b", "a"][..], Ok(Some("b"))),
            (Some("a"), &["b", "a"], Ok(Some("a"))),
            // Not what the handler was added with, but what the application says.
            (Some("z"), &["b", "z"], Ok(Some("z"))),
            (Some("a"), &[], Ok(None)),
            (Some("a"), &["b"], Err(400)),
            (Some("refuse"), &["b"], Err(403)),
        ] {
            let message = get(&uri(&server, "/"));
            if let Some(choice) = choice {
                message.request_headers().append("X-Choice", choice);
            }
            let connecting = Session::new().websocket_connect_future(&message, None, offered);
            let result = block_on(context, connecting);
            let got = result.map(|connection| connection.protocol());
            let got = got.as_ref().map(|protocol| protocol.as_deref());
            assert_eq!(got.map_err(|_| message.status()), expected, "{choice:?}");
            if expected.is_err() {
                let protocol = message.response_headers().one("Sec-WebSocket-Protocol");
                assert_eq!(protocol, None, "{choice:?}");
            }
        }
    });
}

#[test]
fn plain_requests_are_answered_on_one_connection() {
    with_context(|context| {
        let server = Server::builder().server_header("test/1 ").build();
        server.add_handler(Some("/hello"), |_, message, path, query| {
            let name = query
                .and_then(|query| query.get("name"))
                .cloned()
                .unwrap_or_default();
            let body = String::from_utf8_lossy(&message.request_body().flatten()).into_owned();
            let text = format!("{} {path} {name} {body}", message.method());
            message.set_status(200, None);
            message.set_response(Some("text/plain"), &glib::Bytes::from_owned(text));
        });
        server
            .listen_local(0, NO_OPTIONS)
            .expect("there is a free port");
        let response = raw_exchange(
            context,
            port(&server),
            "GET /hello/w%C3%B6rld?name=a+b HTTP/1.1\r\nHost: a\r\n\r\n\
             POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody\
             GET /other HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        );
        let responses: Vec<&str> = response.split("HTTP/1.1 ").skip(1).collect();
        assert_eq!(responses.len(), 3, "{response}");
        assert!(responses[0].starts_with("200 OK\r\n"), "{response}");
        assert!(responses[0].contains("Server: test/1 wsoup/"), "{response}");
        assert!(
            responses[0].ends_with("\r\n\r\nGET /hello/wörld a b "),
            "{response}"
        );
        assert!(
            responses[1].ends_with("\r\n\r\nPOST /hello  body"),
            "{response}"
        );
        assert!(responses[2].starts_with("404 "), "{response}");
    });
}

#[test]
fn bad_handshakes_get_their_status() {
    with_context(|context| {
        let server = echo_server();
        let handshake = "GET /echo HTTP/1.1\r\nHost: a\r\nConnection: close, Upgrade\r\n\
                         Upgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
                         Sec-WebSocket-Version: 13\r\n\r\n";
        for (from, to, status, header) in [
            ("n: 13", "n: 8", "426", "Sec-WebSocket-Version: 13"),
            ("n: 13", "n: 14", "426", "Upgrade: websocket"),
            ("Key: d", "Key: dd", "400", ""),
            ("HTTP/1.1", "HTTP/1.0", "400", ""),
            ("GET ", "POST ", "400", ""),
            ("websocket\r", "h2c\r", "400", ""),
            ("Host: a\r\n", "", "400", ""),
            ("HTTP/1.1", "HTTP/3.1", "505", ""),
        ] {
            let request = handshake.replacen(from, to, 1);
            let response = raw_exchange(context, port(&server), &request);
            assert!(
                response.starts_with(&format!("HTTP/1.1 {status} ")),
                "{request}{response}"
            );
            assert!(response.contains(header), "{request}{response}");
        }
    });
}

#[test]
fn a_paused_message_is_answered_later() {
    with_context(|context| {
        let server = Server::new();
        let paused = Rc::new(RefCell::new(None));
        server.add_handler(None, {
            let paused = paused.clone();
            move |_, message, _, _| {
                message.pause();
                paused.replace(Some(message.clone()));
            }
        });
        server
            .listen_local(0, NO_OPTIONS)
            .expect("there is a free port");
        let message = get(&uri(&server, "/"));
        let result = Rc::new(Cell::new(false));
        Session::new().websocket_connect_async(
            &message,
            None,
            &[],
            glib::Priority::DEFAULT,
            gio::Cancellable::NONE,
            {
                let result = result.clone();
                move |_| result.set(true)
            },
        );
        wait_until(context, "the handler", || paused.borrow().is_some());
        assert!(!result.get());
        let held = paused.take().expect("it is there");
        held.set_status(503, None);
        held.unpause();
        wait_until(context, "the answer", || result.get());
        assert_eq!(message.status(), 503);
    });
}

#[test]
fn a_handler_may_take_the_connection_away() {
    with_context(|context| {
        let server = Server::new();
        let stream = Rc::new(RefCell::new(None));
        server.add_handler(None, {
            let stream = stream.clone();
            move |_, message, _, _| {
                stream.replace(message.steal_connection());
            }
        });
        server
            .listen_local(0, NO_OPTIONS)
            .expect("there is a free port");
        let client = TcpStream::connect(("127.0.0.1", port(&server) as u16)).expect("it listens");
        (&client)
            .write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            .expect("it takes the request");
        wait_until(context, "the handler", || stream.borrow().is_some());
        let stream: gio::IOStream = stream.take().expect("it is there");
        let (written, error) = stream
            .output_stream()
            .write_all(b"mine", gio::Cancellable::NONE)
            .expect("it can be written");
        assert_eq!((written, error), (4, None));
        let mut bytes = [0; 4];
        (&client).read_exact(&mut bytes).expect("it comes");
        assert_eq!(&bytes, b"mine");
    });
}

#[test]
fn a_handshake_that_is_held_back_holds_up_no_other() {
    with_context(|context| {
        let server = echo_server();
        let held = Rc::new(RefCell::new(None));
        server.connect_request_read({
            let held = held.clone();
            move |_, message| {
                if held.borrow().is_none() {
                    message.pause();
                    held.replace(Some(message.clone()));
                }
            }
        });
        let message = get(&uri(&server, "/echo"));
        let result = Rc::new(RefCell::new(None));
        let session = Session::new();
        let connecting = session.websocket_connect_future(&message, None, &[]);
        context.spawn_local({
            let result = result.clone();
            async move { drop(result.replace(Some(connecting.await))) }
        });
        wait_until(context, "the request", || held.borrow().is_some());
        let other = get(&uri(&server, "/echo"));
        connect(context, &session, &other, &[]).expect("the other connects");
        assert!(result.borrow().is_none());
        let paused = held.borrow().clone();
        paused.expect("it is there").unpause();
        wait_until(context, "the answer", || result.borrow().is_some());
        assert!(result.take().is_some_and(|result| result.is_ok()));
    });
}

#[test]
fn what_comes_with_the_handshake_waits_for_the_handler() {
    with_context(|context| {
        let server = Server::new();
        server.connect_request_finished({
            let context = context.clone();
            move |_, _| while context.iteration(false) {}
        });
        let log = Rc::new(RefCell::new(None));
        server.add_websocket_handler(None, None, &[], {
            let log = log.clone();
            move |_, _, _, connection| drop(log.replace(Some(Log::of(connection))))
        });
        server
            .listen_local(0, NO_OPTIONS)
            .expect("there is a free port");
        let client = TcpStream::connect(("127.0.0.1", port(&server) as u16)).expect("it listens");
        let handshake = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n\
            Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n\x81\x85\0\0\0\0hello";
        (&client)
            .write_all(handshake)
            .expect("it takes the request");
        let has_message = || {
            log.borrow()
                .as_ref()
                .is_some_and(|log: &Log| log.has("message Text hello"))
        };
        wait_until(context, "the message", has_message);
    });
}

#[test]
fn disconnecting_ends_requests_but_no_websockets() {
    with_context(|context| {
        let server = echo_server();
        let message = get(&uri(&server, "/echo"));
        let connection = connect(context, &Session::new(), &message, &[]).expect("it connects");
        let log = Log::of(&connection);
        let aborted = Rc::new(Cell::new(false));
        server.connect_request_aborted({
            let aborted = aborted.clone();
            move |_, _| aborted.set(true)
        });
        let started = Rc::new(Cell::new(false));
        server.connect_request_started({
            let started = started.clone();
            move |_, _| started.set(true)
        });
        let half = TcpStream::connect(("127.0.0.1", port(&server) as u16)).expect("it listens");
        (&half)
            .write_all(b"GET / HT")
            .expect("it takes the request");
        wait_until(context, "the request", || started.get());
        server.disconnect();
        wait_until(context, "its end", || aborted.get());
        assert!(server.listeners().is_empty());
        connection.send_text("still there");
        wait_until(context, "the echo", || log.has("message Text still there"));
    });
}

#[test]
fn a_handler_may_drop_the_server() {
    with_context(|context| {
        let server = Rc::new(RefCell::new(Some(echo_server())));
        let target = uri(server.borrow().as_ref().expect("it is there"), "/drop");
        let holder = server.clone();
        let add = |server: &Server| {
            server.add_websocket_handler(Some("/drop"), None, &[], move |_, _, _, connection| {
                connection.send_text("the last");
                drop(holder.take());
            });
        };
        add(server.borrow().as_ref().expect("it is there"));
        let connection =
            connect(context, &Session::new(), &get(&target), &[]).expect("it connects");
        let log = Log::of(&connection);
        wait_until(context, "the end", || log.has("closed"));
        assert!(server.borrow().is_none());
    });
}

#[test]
fn handlers_get_paths_that_can_be_trusted() {
    with_context(|context| {
        let (server, seen) = (Server::new(), Rc::new(RefCell::new(Vec::new())));
        server.add_handler(None, {
            let seen = seen.clone();
            move |_, message, path, query| {
                let field = query.and_then(|query| query.get("q").cloned());
                seen.borrow_mut().push((path.to_owned(), field));
                message.set_status(200, None);
            }
        });
        server
            .listen_local(0, NO_OPTIONS)
            .expect("there is a free port");
        for (target, path, field) in [
            ("/%C3%A4/..x/...", "/ä/..x/...", None),
            ("/a/./b/../c", "/a/c", None),
            ("/a/%2e%2e/c", "/c", None),
            ("/../../c", "/c", None),
            ("/?q=%FF%20", "/", Some("%FF%20")),
            ("/?q=%00%20", "/", Some("%00%20")),
        ] {
            let answer = raw_exchange(context, port(&server), &request(target));
            assert!(answer.starts_with("HTTP/1.1 200 "), "{target}: {answer}");
            let expected = (path.to_owned(), field.map(str::to_owned));
            assert_eq!(seen.borrow_mut().pop(), Some(expected), "{target}");
        }
        for target in [
            "/%ff",
            "/a%00b",
            "/a/..%2fb",
            "/a%2f..%2Fb",
            "/a%2f%2e%2e",
            "/..%2f",
            "http://%ff/",
            "http://%ff@a/",
        ] {
            let answer = raw_exchange(context, port(&server), &request(target));
            assert!(answer.starts_with("HTTP/1.1 400 "), "{target}: {answer}");
        }
        assert!(seen.borrow().is_empty(), "{:?}", seen.borrow());
    });
}

fn request(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
}

#[test]
fn raw_paths_are_left_to_the_handlers() {
    with_context(|context| {
        let (server, seen) = (
            Server::builder().raw_paths(true).build(),
            Rc::new(RefCell::new(Vec::new())),
        );
        server.add_handler(None, {
            let seen = seen.clone();
            move |_, message, path, _| {
                seen.borrow_mut().push(path.to_owned());
                message.set_status(200, None);
            }
        });
        server
            .listen_local(0, NO_OPTIONS)
            .expect("there is a free port");
        for target in ["/%FF", "/a%00b", "/a/..%2Fb"] {
            let answer = raw_exchange(context, port(&server), &request(target));
            assert!(answer.starts_with("HTTP/1.1 200 "), "{target}: {answer}");
            assert_eq!(seen.borrow_mut().pop().as_deref(), Some(target));
        }
    });
}

#[test]
fn a_connection_over_tls_that_was_accepted_elsewhere_is_https() {
    with_context(|context| {
        let (server, scheme) = (Server::new(), Rc::new(RefCell::new(None)));
        server.add_websocket_handler(None, None, &[], {
            let scheme = scheme.clone();
            move |_, message, _, _| {
                let uri = message.uri().expect("there is a request");
                scheme.replace(Some(uri.scheme()));
            }
        });
        let service = gio::SocketService::new();
        let port = service
            .add_any_inet_port(None::<&glib::Object>)
            .expect("there is a free port");
        service.connect_incoming(move |_, connection, _| {
            let identity = certificate("server");
            let tls = gio::TlsServerConnection::new(connection, Some(&identity));
            let tls = tls.expect("there is a backend");
            let accepted = server.accept_iostream(&tls, None, None);
            accepted.expect("it can be polled");
            true
        });
        service.start();
        let session = Session::builder().tls_database(&trust()).build();
        let message = get(&format!("wss://localhost:{port}/"));
        connect(context, &session, &message, &[]).expect("it connects");
        wait_until(context, "the handler", || scheme.borrow().is_some());
        assert_eq!(scheme.borrow().as_deref(), Some("https"));
        service.stop();
        service.close();
    });
}
