//! What a server with an `AuthDomain` promises: nobody unknown gets past it.

mod support;

use std::cell::RefCell;
use std::rc::Rc;
use support::echo::{NO_OPTIONS, add_echo, connect, get, port, uri};
use support::raw::{RawPeer, header};
use support::with_context;
use wsoup::prelude::*;
use wsoup::{AuthDomainBasic, AuthDomainDigest, Server, Session};

/// `Aladdin:open sesame`, RFC 7617 §2.
const ALADDIN: &str = "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n";

/// A domain that knows Aladdin.
fn domain(realm: &str, path: &str) -> AuthDomainBasic {
    let domain = AuthDomainBasic::new(realm);
    domain.add_path(path);
    domain.set_auth_callback(|_, _, username, password| {
        username == "Aladdin" && password == "open sesame"
    });
    domain
}

/// A server whose handlers note the paths that they are called with.
fn server() -> (Server, Rc<RefCell<Vec<String>>>) {
    let (server, seen) = (Server::new(), Rc::new(RefCell::new(Vec::new())));
    let note = |handler: &'static str| {
        let seen = seen.clone();
        move |path: &str| seen.borrow_mut().push(format!("{handler} {path}"))
    };
    let early = note("early");
    server.add_early_handler(None, move |_, _, path, _| early(path));
    let normal = note("normal");
    server.add_handler(None, move |_, message, path, _| {
        normal(path);
        message.set_status(200, None);
    });
    add_echo(&server);
    server
        .listen_local(0, NO_OPTIONS)
        .expect("there is a free port");
    (server, seen)
}

/// The head of the answer to a request, over a connection that stays open.
fn ask(context: &glib::MainContext, peer: &RawPeer, target: &str, fields: &str) -> String {
    let request = format!("GET {target} HTTP/1.1\r\nHost: a\r\n{fields}\r\n");
    assert!(peer.send(context, request.as_bytes()));
    peer.head(context)
}

fn status(head: &str) -> &str {
    head.split(' ').nth(1).unwrap_or_default()
}

#[test]
fn no_handler_sees_a_request_of_somebody_unknown() {
    with_context(|context| {
        let (server, seen) = server();
        let domain = domain("private", "/");
        domain.remove_path("/about");
        server.add_auth_domain(&domain);
        let peer = RawPeer::connect(port(&server) as u16);
        for fields in [
            "",
            "Authorization: Basic QWxhZGRpbjp3cm9uZw==\r\n",
            "Authorization: Bearer x\r\n",
        ] {
            for target in [
                "/",
                "/a",
                "/%61bout/../a",
                "/about/../a",
                "/about/%2e%2e/a",
                "//about",
                "/aboutx",
            ] {
                let head = ask(context, &peer, target, fields);
                assert_eq!(status(&head), "401", "{target} {fields}");
                assert_eq!(
                    header(&head, "WWW-Authenticate"),
                    Some("Basic realm=\"private\", charset=\"UTF-8\"")
                );
            }
        }
        assert!(seen.borrow().is_empty(), "{:?}", seen.borrow());
        for (target, fields) in [("/about", ""), ("/a", ALADDIN)] {
            assert_eq!(status(&ask(context, &peer, target, fields)), "200");
        }
        server.remove_auth_domain(&domain);
        assert_eq!(status(&ask(context, &peer, "/b", "")), "200");
        let expected =
            ["/about", "/a", "/b"].map(|path| [format!("early {path}"), format!("normal {path}")]);
        assert_eq!(*seen.borrow(), expected.concat());
    });
}

#[test]
fn no_way_of_writing_a_path_leads_around_a_domain() {
    with_context(|context| {
        for raw_paths in [false, true] {
            let server = Server::builder().raw_paths(raw_paths).build();
            let seen = Rc::new(RefCell::new(Vec::new()));
            server.add_handler(None, {
                let seen = seen.clone();
                move |_, message, path, _| {
                    seen.borrow_mut().push(path.to_owned());
                    message.set_status(200, None);
                }
            });
            server.add_auth_domain(&domain("private", "/private"));
            server
                .listen_local(0, NO_OPTIONS)
                .expect("there is a free port");
            // Those that only a handler of raw paths would decode are not served otherwise.
            for (target, is_raw) in [
                ("/pr%69vate", false),
                ("//private", false),
                ("/.//private/x", false),
                ("/open/%2e%2e/private", false),
                ("/private%2fx", false),
                ("/open/..%2fprivate", true),
                ("/open%2f..%2Fprivate", true),
                ("/open//..%2f..%2fprivate", true),
                ("/private%2f%ff", true),
                ("/%00%2f..%2fprivate", true),
            ] {
                let peer = RawPeer::connect(port(&server) as u16);
                let head = ask(context, &peer, target, "");
                let expected = if is_raw && !raw_paths { "400" } else { "401" };
                assert_eq!(status(&head), expected, "{target} {raw_paths}");
            }
            let peer = RawPeer::connect(port(&server) as u16);
            for target in ["/open", "/privat%65s"] {
                assert_eq!(status(&ask(context, &peer, target, "")), "200", "{target}");
            }
            let expected = ["/open", "/privates"];
            assert_eq!(*seen.borrow(), expected, "{raw_paths}");
        }
    });
}

#[test]
fn a_body_is_not_read_from_somebody_unknown() {
    with_context(|context| {
        let (server, seen) = server();
        server.add_auth_domain(&domain("private", "/"));
        let peer = RawPeer::connect(port(&server) as u16);
        let request =
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n";
        assert!(peer.send(context, request.as_bytes()));
        let head = peer.head(context);
        assert_eq!(
            (status(&head), header(&head, "Connection")),
            ("401", Some("close"))
        );
        assert!(seen.borrow().is_empty());
    });
}

#[test]
fn one_of_the_domains_that_cover_a_request_has_to_accept_it() {
    with_context(|context| {
        let (server, _) = server();
        let other = AuthDomainBasic::new("other");
        other.add_path("/both");
        for domain in [&other, &domain("one", "/both"), &domain("elsewhere", "/x")] {
            server.add_auth_domain(domain);
        }
        let peer = RawPeer::connect(port(&server) as u16);
        let head = ask(context, &peer, "/both", "");
        let realms: Vec<_> = head.split("realm=").skip(1).collect();
        assert!(
            realms.len() == 2
                && realms[0].starts_with("\"other\"")
                && realms[1].starts_with("\"one\""),
            "{head}"
        );
        assert_eq!(status(&ask(context, &peer, "/both", ALADDIN)), "200");
    });
}

#[test]
fn a_proxy_asks_for_itself() {
    with_context(|context| {
        let (server, _) = server();
        let domain = AuthDomainBasic::for_proxy("proxy");
        domain.set_auth_callback(|_, _, username, _| username == "Aladdin");
        server.add_auth_domain(&domain);
        let peer = RawPeer::connect(port(&server) as u16);
        let head = ask(context, &peer, "/", ALADDIN);
        assert_eq!(status(&head), "407");
        assert!(header(&head, "Proxy-Authenticate").is_some());
        let head = ask(context, &peer, "/", &format!("Proxy-{ALADDIN}"));
        assert_eq!(status(&head), "200");
    });
}

#[test]
fn a_websocket_is_for_those_who_are_known() {
    with_context(|context| {
        let (server, _) = server();
        server.add_auth_domain(&domain("chat", "/echo"));
        let message = get(&uri(&server, "/echo"));
        connect(context, &Session::new(), &message, &[]).expect_err("nobody is known yet");
        assert_eq!(message.status(), 401);
        let message = get(&uri(&server, "/echo"));
        let (name, value) = ALADDIN.trim_end().split_once(": ").expect("it is a header");
        message.request_headers().append(name, value);
        let client = connect(context, &Session::new(), &message, &[]).expect("it is accepted");
        client.close(1000, None);
    });
}

#[test]
fn a_session_answers_what_a_server_asks() {
    with_context(|context| {
        let (server, _) = server();
        let digest = AuthDomainDigest::new("proof");
        digest.set_auth_callback(|_, _, username| {
            let password = AuthDomainDigest::encode_password("Aladdin", "proof", "open sesame");
            (username == "Aladdin").then_some(password)
        });
        digest.add_path("/echo");
        // The weaker one would do, but the session has the choice.
        server.add_auth_domain(&domain("plain", "/echo"));
        server.add_auth_domain(&digest);
        let (session, asked) = (Session::new(), Rc::new(RefCell::new(Vec::new())));
        // The session counts the uses of a nonce: none of them is refused.
        for _ in 0..3 {
            let message = get(&uri(&server, "/echo"));
            message.connect_authenticate({
                let asked = asked.clone();
                move |_, auth, retrying| {
                    asked.borrow_mut().push((auth.realm(), retrying));
                    let password = if retrying { "open sesame" } else { "wrong" };
                    auth.authenticate("Aladdin", password);
                    true
                }
            });
            let client = connect(context, &session, &message, &[]).expect("it is accepted");
            client.close(1000, None);
        }
        let proof = || Some("proof".into());
        assert_eq!(*asked.borrow(), [(proof(), false), (proof(), true)]);
    });
}

#[test]
fn callbacks_may_change_everything() {
    with_context(|context| {
        let (server, _) = server();
        let domain = domain("private", "/");
        domain.set_auth_callback({
            let server = server.clone();
            move |domain, _, _, _| {
                domain.set_auth_callback(|_, _, _, _| false);
                domain.set_filter(|_, _| true);
                domain.remove_path("/");
                server.remove_auth_domain(domain);
                server.add_auth_domain(&AuthDomainBasic::new("none"));
                true
            }
        });
        server.add_auth_domain(&domain);
        let peer = RawPeer::connect(port(&server) as u16);
        assert_eq!(status(&ask(context, &peer, "/", ALADDIN)), "200");
        assert_eq!(status(&ask(context, &peer, "/", "")), "200");
    });
}
