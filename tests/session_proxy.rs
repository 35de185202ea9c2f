//! What `Session` promises about proxies: a tunnel through those of HTTP, also without TLS.

mod support;

use gio::prelude::*;
use std::cell::RefCell;
use std::net::TcpListener;
use std::rc::Rc;
use support::certificates::{certificate, trust};
use support::echo::{add_echo, connect, echo_server, get, port};
use support::proxy::Proxy;
use support::{Log, wait_until, with_context};
use wsoup::{Message, Server, ServerListenOptions, Session, WebsocketConnection};

const TUNNEL: &str = "HTTP/1.1 200 Connected\r\n\r\n";

fn session(resolver: &gio::ProxyResolver) -> Session {
    Session::builder()
        .proxy_resolver(resolver)
        .tls_database(&trust())
        .user_agent("test/1")
        .build()
}

fn tls_server() -> Server {
    let server = Server::builder()
        .tls_certificate(&certificate("server"))
        .build();
    add_echo(&server);
    server
        .listen_local(0, ServerListenOptions::HTTPS)
        .expect("there is a free port");
    server
}

/// The same over TLS, for which there are certificates with the name `localhost`, and without.
fn servers() -> [(Server, &'static str); 2] {
    [
        (echo_server(), "ws://no-such-host.invalid"),
        (tls_server(), "wss://localhost"),
    ]
}

fn has_echo(context: &glib::MainContext, connection: &WebsocketConnection) {
    let log = Log::of(connection);
    connection.send_text("hello");
    wait_until(context, "the echo", || log.has("message Text hello"));
}

fn events(message: &Message) -> Rc<RefCell<Vec<gio::SocketClientEvent>>> {
    let events = Rc::new(RefCell::new(Vec::new()));
    message.connect_network_event({
        let events = events.clone();
        move |_, event, _| events.borrow_mut().push(event)
    });
    events
}

#[test]
fn an_http_proxy_opens_a_tunnel() {
    with_context(|context| {
        for (server, base) in servers() {
            let proxy = Proxy::http(|_| TUNNEL.to_owned());
            let target = format!("{base}:{}/echo", port(&server));
            let message = get(&target);
            let events = events(&message);
            message.request_headers().append("Authorization", "secret");
            let session = session(&proxy.resolver("http", ""));
            let connection = connect(context, &session, &message, &[]).expect("it connects");
            has_echo(context, &connection);
            let requests = proxy.requests.borrow();
            let authority = target.split('/').nth(2).expect("it has a host");
            let expected = format!(
                "CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\nUser-Agent: test/1\r\n\r\n"
            );
            assert_eq!(*requests, [expected]);
            let address = message.remote_address().expect("it is connected");
            assert!(address.is::<gio::ProxyAddress>());
            let steps = events.borrow();
            let at = |event| steps.iter().position(|step| *step == event);
            assert!(at(gio::SocketClientEvent::ProxyNegotiating).is_some());
            assert!(
                at(gio::SocketClientEvent::ProxyNegotiating)
                    < at(gio::SocketClientEvent::ProxyNegotiated)
            );
            assert_eq!(at(gio::SocketClientEvent::Complete), Some(steps.len() - 1));
        }
    });
}

#[test]
fn a_proxy_may_be_spoken_to_over_tls() {
    with_context(|context| {
        for (server, base) in servers() {
            let proxy = Proxy::https(certificate("server"), |_| TUNNEL.to_owned());
            let message = get(&format!("{base}:{}/echo", port(&server)));
            let session = session(&proxy.resolver("https", ""));
            let connection = connect(context, &session, &message, &[]).expect("it connects");
            has_echo(context, &connection);
            assert_eq!(proxy.requests.borrow().len(), 1);
        }
    });
}

#[test]
fn a_proxy_that_is_not_trusted_is_not_used() {
    with_context(|context| {
        let proxy = Proxy::https(certificate("stranger"), |_| TUNNEL.to_owned());
        let message = get("ws://no-such-host.invalid/");
        message.connect_accept_certificate(|_, _, _| panic!("it is not the server's"));
        let session = session(&proxy.resolver("https", "user:secret@"));
        let error = connect(context, &session, &message, &[]).expect_err("it is not trusted");
        assert!(error.matches(gio::TlsError::BadCertificate), "{error:?}");
        assert!(proxy.requests.borrow().is_empty());
    });
}

#[test]
fn a_socks_proxy_is_used_by_name() {
    with_context(|context| {
        for (server, base) in servers() {
            let proxy = Proxy::socks5();
            let target = format!("{base}:{}/echo", port(&server));
            let session = session(&proxy.resolver("socks5", ""));
            let connection = connect(context, &session, &get(&target), &[]).expect("it connects");
            has_echo(context, &connection);
            let authority = target.split('/').nth(2).expect("it has a host");
            assert_eq!(*proxy.requests.borrow(), [authority]);
        }
    });
}

#[test]
fn refusals_of_a_proxy_are_told_apart() {
    with_context(|context| {
        for (status, userinfo, kind) in [
            (407, "", gio::IOErrorEnum::ProxyNeedAuth),
            (407, "user:wrong@", gio::IOErrorEnum::ProxyAuthFailed),
            (403, "", gio::IOErrorEnum::ProxyNotAllowed),
            (502, "", gio::IOErrorEnum::ProxyFailed),
            // What a proxy redirects to is not what the server says.
            (302, "", gio::IOErrorEnum::ProxyFailed),
        ] {
            let proxy = Proxy::http(move |_| {
                format!(
                    "HTTP/1.1 {status} No\r\nLocation: http://elsewhere.invalid/\r\n\
                     Content-Length: 3\r\n\r\nbut"
                )
            });
            let message = get("ws://no-such-host.invalid/");
            let session = session(&proxy.resolver("http", userinfo));
            let error = connect(context, &session, &message, &[]).expect_err("it is refused");
            assert!(error.matches(kind), "{status}: {error:?}");
            assert_eq!(message.status(), status);
            assert_eq!(message.response_body().as_deref(), Some(&b"but"[..]));
        }
    });
}

#[test]
fn what_is_no_http_is_no_proxy() {
    with_context(|context| {
        for answer in [
            "220 mail.invalid ESMTP\r\n\r\n",
            "",
            "HTTP/1.1 200 Connected\r\n\r\nand more",
            "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        ] {
            let proxy = Proxy::http(|_| answer.to_owned());
            let session = session(&proxy.resolver("http", ""));
            let message = get("ws://127.0.0.1:9/");
            let error = connect(context, &session, &message, &[]).expect_err("it is no proxy");
            assert!(
                error.matches(gio::IOErrorEnum::ProxyFailed),
                "{answer}: {error:?}"
            );
        }
    });
}

#[test]
fn credentials_for_a_proxy_are_for_it_alone() {
    with_context(|context| {
        let server = echo_server();
        let leaked = Rc::new(RefCell::new(Vec::new()));
        server.connect_request_started({
            let leaked = leaked.clone();
            move |_, message| {
                let leaked = leaked.clone();
                message.connect_got_headers(move |message| {
                    let header = message.request_headers().one("Proxy-Authorization");
                    leaked.borrow_mut().push(header);
                });
            }
        });
        // User and password of the URI are decoded: `us@er` and `p:w`.
        for (userinfo, header, expected) in [
            ("us%40er:p%3aw@", None, "Basic dXNAZXI6cDp3"),
            ("", Some("Bearer token"), "Bearer token"),
        ] {
            let proxy = Proxy::http(|_| TUNNEL.to_owned());
            let session = session(&proxy.resolver("http", userinfo));
            let message = get(&format!("ws://no-such-host.invalid:{}/echo", port(&server)));
            if let Some(header) = header {
                message
                    .request_headers()
                    .append("Proxy-Authorization", header);
            }
            connect(context, &session, &message, &[]).expect("it connects");
            let line = format!("\r\nProxy-Authorization: {expected}\r\n");
            assert!(proxy.requests.borrow()[0].contains(&line));
        }
        assert_eq!(*leaked.borrow(), [None, None]);
    });
}

#[test]
fn credentials_for_a_proxy_do_not_follow_a_redirect_to_another() {
    with_context(|context| {
        let target = tls_server();
        let redirector = Server::new();
        let location = format!("https://localhost:{}/echo", port(&target));
        redirector.add_handler(None, move |_, message, _, _| {
            message.set_status(302, None);
            message.response_headers().append("Location", &location);
        });
        redirector
            .listen_local(0, ServerListenOptions::empty())
            .expect("there is a free port");
        let [first, second] = [(); 2].map(|()| Proxy::http(|_| TUNNEL.to_owned()));
        let resolver = gio::SimpleProxyResolver::new(None, &[] as &[&str]);
        for (scheme, proxy) in [("http", &first), ("https", &second)] {
            let uri: String = proxy.resolver("http", "").property("default-proxy");
            resolver
                .downcast_ref::<gio::SimpleProxyResolver>()
                .expect("it is one")
                .set_uri_proxy(scheme, &uri);
        }
        let message = get(&format!("ws://no-such-host.invalid:{}/", port(&redirector)));
        let headers = message.request_headers();
        headers.append("Proxy-Authorization", "Bearer token");
        connect(context, &session(&resolver), &message, &[]).expect("it connects");
        let line = "\r\nProxy-Authorization: Bearer token\r\n";
        assert!(first.requests.borrow()[0].contains(line));
        assert!(!second.requests.borrow()[0].contains(line));
    });
}

#[test]
fn waiting_for_a_silent_proxy_ends_by_timeout_or_cancellation() {
    with_context(|context| {
        let silent = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let port = silent.local_addr().expect("it is bound").port();
        for scheme in ["http", "https", "socks5"] {
            let uri = format!("{scheme}://127.0.0.1:{port}");
            let resolver = gio::SimpleProxyResolver::new(Some(&uri), &[] as &[&str]);
            let session = session(&resolver);
            let message = get("ws://no-such-host.invalid/");
            message.connect_network_event({
                let session = session.clone();
                move |_, event, _| {
                    if event == gio::SocketClientEvent::ProxyNegotiating {
                        session.abort();
                    }
                }
            });
            let error = connect(context, &session, &message, &[]).expect_err("it is aborted");
            assert!(error.matches(gio::IOErrorEnum::Cancelled), "{error:?}");

            session.set_timeout(1);
            let message = get("ws://no-such-host.invalid/");
            let error = connect(context, &session, &message, &[]).expect_err("it is silent");
            assert!(error.matches(gio::IOErrorEnum::TimedOut), "{error:?}");
        }
    });
}
