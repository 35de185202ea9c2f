//! Nothing that a program passes on, perhaps from somebody else, begins another line of a head.

mod support;

use std::cell::Cell;
use std::io::ErrorKind;
use std::rc::Rc;
use support::echo::NO_OPTIONS;
use support::raw::{REQUEST, RawPeer, listener, settle};
use support::{wait_until, with_context};
use wsoup::{Message, Server, Session};

/// What would end a line. A NUL cannot be in what Rust hands over to GLib; headers and protocols are
/// tested with it where they are checked.
const EVIL: [&str; 5] = [
    "a\r\nEvil: yes",
    "a\nEvil: yes",
    "a\rEvil: yes",
    "a\r\n\r\nEvil: yes",
    "\r\n",
];

/// What a client sends, or nothing if it does not even connect.
fn request(
    context: &glib::MainContext,
    session: &Session,
    message: &Message,
    origin: Option<&str>,
    protocols: &[&str],
    listener: &std::net::TcpListener,
) -> String {
    let is_over = Rc::new(Cell::new(false));
    let none = gio::Cancellable::NONE;
    session.websocket_connect_async(message, origin, protocols, glib::Priority::DEFAULT, none, {
        let is_over = is_over.clone();
        move |_| is_over.set(true)
    });
    listener.set_nonblocking(true).expect("it can be");
    let stream = std::cell::RefCell::new(None);
    wait_until(context, "a client or an error", || {
        match listener.accept() {
            Ok((accepted, _)) => drop(stream.replace(Some(accepted))),
            Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
        }
        is_over.get() || stream.borrow().is_some()
    });
    let Some(stream) = stream.take() else {
        return String::new();
    };
    let peer = RawPeer::new(stream);
    let head = peer.head(context);
    settle(context);
    assert_eq!(peer.received().len(), 0, "{head:?} is not all");
    head
}

/// Each line has one of the names that belong there, and there is no other CR, LF or NUL.
#[track_caller]
fn assert_clean(head: &str, what: &str) {
    let Some(lines) = head.strip_suffix("\r\n\r\n") else {
        return assert_eq!(head, "", "{what}");
    };
    for line in lines.split("\r\n").skip(1) {
        let name = line.split(':').next().unwrap_or_default();
        let names = [
            "Host",
            "User-Agent",
            "Upgrade",
            "Connection",
            "Origin",
            "Accept-Encoding",
        ];
        assert!(
            names.contains(&name) || name.starts_with("Sec-WebSocket-"),
            "{what}: {head:?}"
        );
        assert!(!line.contains(['\r', '\n', '\0']), "{what}: {head:?}");
    }
}

#[test]
fn a_request_has_no_other_lines_than_its_own() {
    with_context(|context| {
        let (listener, uri) = listener();
        let address = listener.local_addr().expect("it is bound");
        let connectable = gio::NetworkAddress::new("127.0.0.1", address.port());
        let get = |uri: &str| Message::new("GET", uri);
        for evil in EVIL {
            let escaped = evil
                .bytes()
                .map(|byte| format!("%{byte:02x}"))
                .collect::<String>();
            let what = format!("{evil:?}");
            let session = Session::builder().remote_connectable(&connectable).build();
            let check =
                |session: &Session, message: Option<Message>, origin, protocols: &[&str]| {
                    // What cannot be made needs no check.
                    if let Some(message) = message {
                        let head =
                            request(context, session, &message, origin, protocols, &listener);
                        assert_clean(&head, &what);
                    }
                };
            check(&session, get(&uri), None, &["chat", evil]);
            check(&session, get(&uri), Some(evil), &[]);
            // A NUL cannot be in what Rust hands over to GLib.
            for evil in [evil, &escaped]
                .into_iter()
                .filter(|evil| !evil.contains('\0'))
            {
                check(&session, get(&format!("{uri}{evil}")), None, &[]);
                check(&session, get(&format!("{uri}?{evil}")), None, &[]);
                check(&session, get(&format!("{uri}#{evil}")), None, &[]);
                check(&session, get(&format!("ws://{evil}/")), None, &[]);
                check(&session, get(&format!("ws://{evil}@a/")), None, &[]);
            }
            check(&session, Message::new(evil, &uri), None, &[]);

            let message = get(&uri).expect("it is a URI");
            message.request_headers().append("User-Agent", evil);
            message.request_headers().append(evil, "value");
            message.request_headers().replace("Origin", evil);
            check(&session, Some(message), None, &[]);

            session.set_user_agent(Some(evil));
            check(&session, get(&uri), None, &[]);
        }
    });
}

#[test]
fn a_proxy_is_asked_for_nothing_else_than_a_tunnel() {
    with_context(|context| {
        let (listener, uri) = listener();
        let proxy = uri.replace("ws:", "http:");
        let resolver = gio::SimpleProxyResolver::new(Some(&proxy), &[] as &[&str]);
        let session = Session::builder().proxy_resolver(&resolver).build();
        for evil in EVIL {
            let escaped = evil
                .bytes()
                .map(|byte| format!("%{byte:02x}"))
                .collect::<String>();
            for host in [evil, &escaped] {
                let Some(message) = Message::new("GET", &format!("ws://{host}/")) else {
                    continue;
                };
                let head = request(context, &session, &message, None, &[], &listener);
                assert_clean(&head, evil);
                assert!(!head.contains("Evil: yes"), "{head:?}");
            }
        }
    });
}

#[test]
fn an_answer_has_no_other_lines_than_its_own() {
    with_context(|context| {
        for evil in EVIL {
            let server = Server::builder().server_header(evil).build();
            server.add_handler(None, move |_, message, _, _| {
                message.set_status(200, Some(evil));
                message.response_headers().append("X-Value", evil);
                message.response_headers().append(evil, "value");
                message.set_response(Some(evil), &glib::Bytes::from_static(b"body"));
            });
            server.listen_local(0, NO_OPTIONS).expect("a free port");
            let peer = RawPeer::connect(server.uris()[0].port() as u16);
            peer.send(context, REQUEST.as_bytes());
            let head = peer.head(context);
            assert!(head.starts_with("HTTP/1.1 "), "{head:?}");
            assert!(
                !head.contains("Evil: yes") && !head.contains('\0'),
                "{head:?}"
            );
            // The body is where it belongs.
            settle(context);
            assert!(!String::from_utf8_lossy(&peer.received()).contains("HTTP/1.1"));
        }
    });
}
