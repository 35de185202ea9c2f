//! What compression promises (RFC 7692), over real sockets: what is negotiated, what is sent, and
//! what becomes of a peer that sends something else.

mod support;

use glib::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;
use support::echo::{NO_OPTIONS, connect, echo_server, get, uri};
use support::raw::{
    Accepted, REQUEST, RawPeer, accept, frame_to, frames_from, header, listener, recording_server,
    response_to, settle, start_connecting,
};
use support::{Log, wait_until, with_context};
use wsoup::WebsocketConnectionType::{Client, Server as ServerSide};
use wsoup::protocol::deflate::{Deflater, Direction};
use wsoup::subclass::prelude::*;
use wsoup::{
    Server, Session, WebsocketConnection, WebsocketDataType, WebsocketExtension,
    WebsocketExtensionDeflate, WebsocketState,
};

/// RFC 7692 §7.2.3.1.
const HELLO: &[u8] = b"\xf2\x48\xcd\xc9\xc9\x07\x00";
const TEXT: &str = "some words, some words, some words, some words";

/// What a server answers to an offer, if it accepts it.
fn answer_to(
    context: &glib::MainContext,
    server: &Server,
    offer: &str,
) -> (RawPeer, Option<String>) {
    let peer = RawPeer::connect(server.uris()[0].port() as u16);
    let line = format!("\r\nSec-WebSocket-Extensions: {offer}\r\n\r\n");
    peer.send(context, REQUEST.replace("\r\n\r\n", &line).as_bytes());
    let head = peer.head(context);
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    let answer = header(&head, "Sec-WebSocket-Extensions").map(str::to_owned);
    (peer, answer)
}

/// A connection of a server, compressed, and its peer.
fn compressed(context: &glib::MainContext) -> (Server, RawPeer, WebsocketConnection, Log) {
    let (server, accepted) = recording_server();
    let (peer, answer) = answer_to(context, &server, "permessage-deflate");
    assert_eq!(answer.as_deref(), Some("permessage-deflate"));
    let (connection, log) = take(context, &accepted);
    (server, peer, connection, log)
}

fn take(context: &glib::MainContext, accepted: &Accepted) -> (WebsocketConnection, Log) {
    wait_until(context, "the handler", || accepted.borrow().is_some());
    accepted.take().expect("it is there")
}

fn deflate_of(connection: &WebsocketConnection) -> WebsocketExtensionDeflate {
    let extensions = connection.extensions();
    let [deflate] = &extensions[..] else {
        panic!("{extensions:?}");
    };
    deflate.clone().downcast().expect("it is the one we have")
}

/// The frames that arrive next.
fn frames(
    context: &glib::MainContext,
    peer: &RawPeer,
    from: wsoup::WebsocketConnectionType,
    count: usize,
) -> Vec<(u8, Vec<u8>)> {
    let frames = || frames_from(from, &mut &peer.received()[..]);
    wait_until(context, "frames", || frames().len() >= count);
    frames()
}

fn compress(message: &[u8]) -> Vec<u8> {
    let mut deflater = Deflater::new(Direction::default());
    let compressed = deflater.process(&mut 0x82, message, true);
    compressed.expect("it can be compressed").expect("well")
}

#[test]
fn sessions_and_servers_agree_on_it_by_themselves() {
    with_context(|context| {
        let server = echo_server();
        let message = get(&uri(&server, "/echo"));
        let connection = connect(context, &Session::new(), &message, &[]).expect("it connects");
        let offer = message.request_headers().one("Sec-WebSocket-Extensions");
        let expected = "permessage-deflate; client_max_window_bits";
        assert_eq!(offer.as_deref(), Some(expected));
        let deflate = deflate_of(&connection);
        assert!(!deflate.client_no_context_takeover() && !deflate.server_no_context_takeover());
        assert_eq!(deflate.client_max_window_bits(), 15);
        let received = Rc::new(RefCell::new(Vec::new()));
        connection.connect_message({
            let received = received.clone();
            move |_, kind, bytes| received.borrow_mut().push((kind, bytes.to_vec()))
        });
        let big: Vec<u8> = (0..100_000_u32)
            .flat_map(|n| (n / 7).to_le_bytes())
            .collect();
        connection.set_max_incoming_payload_size(0);
        let mut expected = Vec::new();
        for _ in 0..3 {
            connection.send_text(TEXT);
            connection.send_text("");
            connection.send_binary(&big[..100_000]);
            expected.push((WebsocketDataType::Text, TEXT.into()));
            expected.push((WebsocketDataType::Text, Vec::new()));
            expected.push((WebsocketDataType::Binary, big[..100_000].to_vec()));
        }
        wait_until(context, "the echoes", || {
            received.borrow().len() == expected.len()
        });
        assert!(*received.borrow() == expected);
    });
}

#[test]
fn servers_answer_the_first_offer_that_they_can_accept() {
    with_context(|context| {
        let (server, _accepted) = recording_server();
        for (offer, expected) in [
            ("permessage-deflate", Some("permessage-deflate")),
            (
                "permessage-deflate; client_max_window_bits",
                Some("permessage-deflate"),
            ),
            ("permessage-deflate; server_max_window_bits=16", None),
            ("permessage-deflate; server_max_window_bits=08", None),
            ("permessage-deflate; foo, x-other", None),
            (
                "permessage-deflate; client_max_window_bits; client_max_window_bits",
                None,
            ),
            (
                "permessage-deflate; foo, permessage-deflate; server_max_window_bits=\"9\"",
                Some("permessage-deflate; server_max_window_bits=9"),
            ),
            (
                "permessage-deflate; server_max_window_bits=8, permessage-deflate",
                Some("permessage-deflate; server_max_window_bits=8"),
            ),
            (
                "x-other, permessage-deflate; server_no_context_takeover; client_max_window_bits=10",
                Some("permessage-deflate; server_no_context_takeover; client_max_window_bits=10"),
            ),
        ] {
            let (_, answer) = answer_to(context, &server, offer);
            assert_eq!(answer.as_deref(), expected, "{offer}");
        }
    });
}

#[test]
fn properties_say_what_servers_agree_to() {
    with_context(|context| {
        let (server, accepted) = recording_server();
        let deflate = WebsocketExtensionDeflate::static_type();
        server.add_websocket_extension_with_properties(
            deflate,
            &[
                ("client-max-window-bits", &9_u32),
                ("server-no-context-takeover", &true),
                ("compress", &false),
            ],
        );
        let offer = "permessage-deflate; client_max_window_bits";
        let (_peer, answer) = answer_to(context, &server, offer);
        let expected = "permessage-deflate; server_no_context_takeover; client_max_window_bits=9";
        assert_eq!(answer.as_deref(), Some(expected));
        let (connection, _) = take(context, &accepted);
        let agreed = deflate_of(&connection);
        assert!(agreed.server_no_context_takeover() && !agreed.client_no_context_takeover());
        assert_eq!(agreed.client_max_window_bits(), 9);
        assert!(!agreed.compress());
        server.remove_websocket_extension(WebsocketExtension::static_type());
        assert_eq!(answer_to(context, &server, offer).1, None);
        server.add_websocket_extension(deflate);
        let (_, answer) = answer_to(context, &server, offer);
        assert_eq!(answer.as_deref(), Some("permessage-deflate"));
    });
}

#[test]
fn clients_fail_handshakes_that_answer_something_else() {
    with_context(|context| {
        for (answer, is_good) in [
            ("permessage-deflate", true),
            ("permessage-deflate; client_max_window_bits=9", true),
            ("permessage-deflate; client_max_window_bits", false),
            ("permessage-deflate; client_max_window_bits=7", false),
            (
                "permessage-deflate; server_max_window_bits=9; server_max_window_bits=9",
                false,
            ),
            ("permessage-deflate; foo", false),
            ("permessage-deflate, permessage-deflate", false),
            ("permessage-bzip2", false),
            ("permessage-deflate; server_no_context_takeover=1", false),
        ] {
            let (listener, uri) = listener();
            let session = Session::new();
            let outcome = start_connecting(&session, &uri, &[]);
            let peer = accept(context, &listener);
            let line = format!("Sec-WebSocket-Extensions: {answer}\r\n");
            let response = response_to(&peer.head(context), &line);
            peer.send(context, response.as_bytes());
            wait_until(context, "an outcome", || outcome.borrow().is_some());
            let outcome = outcome.take().expect("it is there");
            assert_eq!(outcome.is_ok(), is_good, "{answer}");
            if let Err(error) = outcome {
                assert!(
                    error.matches(wsoup::WebsocketError::BadHandshake),
                    "{error}"
                );
            }
        }
    });
}

#[test]
fn messages_are_compressed_if_that_is_wanted_and_worth_it() {
    with_context(|context| {
        let (_server, peer, connection, _) = compressed(context);
        let deflate = deflate_of(&connection);
        connection.send_text("short");
        connection.send_text(TEXT);
        deflate.set_compress(false);
        connection.send_text(TEXT);
        deflate.set_compress(true);
        connection.send_text(TEXT);
        deflate.set_minimum_size(0);
        connection.send_text("Hello, Hello, Hello");
        let frames = frames(context, &peer, ServerSide, 5);
        let headers: Vec<u8> = frames.iter().map(|(header, _)| *header).collect();
        assert_eq!(headers, [0x81, 0xc1, 0x81, 0xc1, 0xc1]);
        assert_eq!(
            (&*frames[0].1, &*frames[2].1),
            (&b"short"[..], TEXT.as_bytes())
        );
        // The second time it refers to the first.
        assert!(frames[3].1.len() < frames[1].1.len());
    });
}

#[test]
fn compressed_messages_arrive_however_they_are_cut() {
    with_context(|context| {
        let (_server, peer, _connection, log) = compressed(context);
        let bytes = [
            frame_to(ServerSide, 0xc1, HELLO),
            frame_to(ServerSide, 0x41, &HELLO[..3]),
            frame_to(ServerSide, 0x00, b""),
            frame_to(ServerSide, 0x89, b"ping"),
            frame_to(ServerSide, 0x80, &HELLO[3..]),
            frame_to(ServerSide, 0x81, b"as it is"),
            frame_to(ServerSide, 0xc1, b"\x00"),
        ]
        .concat();
        for byte in &bytes {
            peer.send(context, &[*byte]);
            settle(context);
        }
        peer.send(context, &bytes);
        let one = [
            "message Text Hello",
            "message Text Hello",
            "message Text as it is",
            "message Text ",
        ];
        wait_until(context, "the messages", || log.len() == 8);
        assert_eq!(log.entries(), [one, one].concat());
    });
}

/// What a peer sends that it may not, and the code that it is told.
#[test]
fn what_cannot_be_inflated_closes_the_connection() {
    let zeros = compress(&[0; 200_000]);
    let half = compress(&[0; 70_000]);
    let flushed = [&half[..], b"\x00\x00\xff\xff"].concat();
    let frame = |first_byte, payload: &[u8]| frame_to(ServerSide, first_byte, payload);
    let invalid = "error compressed data is invalid";
    for (bytes, code, error) in [
        (frame(0xc1, b"\xff\xff\xff\xff"), 1007, invalid),
        (
            frame(0xc1, b"\xf3\x48\xcd\xc9\xc9\x07\x00BB"),
            1007,
            invalid,
        ),
        (
            frame(0xc1, b"\x00\x01\x00\xfe\xff\xff\x00"),
            1007,
            "error text message is not valid utf-8 after 0 bytes",
        ),
        (
            frame(0xc2, &zeros),
            1009,
            "error frame inflates to more than the limit of 100000 bytes",
        ),
        (
            [frame(0x42, &flushed), frame(0x80, &half)].concat(),
            1009,
            "error message of at least 131073 bytes exceeds the limit of 131072",
        ),
        (
            frame(0x82, &[0; 100_001]),
            1009,
            "error frame of 100001 bytes exceeds the limit of 100000",
        ),
        (
            [frame(0x41, HELLO), vec![0xc0]].concat(),
            1002,
            "error reserved bits 0b100 set without an extension",
        ),
        (
            vec![0xa1],
            1002,
            "error reserved bits 0b010 set without an extension",
        ),
        (
            vec![0xc9],
            1002,
            "error reserved bits 0b100 set without an extension",
        ),
    ] {
        with_context(|context| {
            let (_server, peer, connection, log) = compressed(context);
            connection.set_max_incoming_payload_size(100_000);
            peer.send(context, &bytes);
            wait_until(context, error, || log.len() > 0);
            assert_eq!(log.entries()[0], error);
            let frames = frames(context, &peer, ServerSide, 1);
            let sent = u16::from_be_bytes([frames[0].1[0], frames[0].1[1]]);
            assert_eq!((frames[0].0, sent), (0x88, code), "{error}");
            assert_ne!(connection.state(), WebsocketState::Open);
        });
    }
}

#[test]
fn frames_of_the_limit_are_taken_even_if_they_could_not_be_compressed() {
    with_context(|context| {
        let (_server, peer, connection, log) = compressed(context);
        connection.set_max_incoming_payload_size(1000);
        // A stored block (RFC 1951 §3.2.4).
        let stored = [&b"\x00\xe8\x03\x17\xfc"[..], &[b'x'; 1000], b"\x00"].concat();
        peer.send(context, &frame_to(ServerSide, 0xc1, &stored));
        wait_until(context, "the message", || {
            log.has("message Text 1000 bytes")
        });
    });
}

mod imp {
    use super::*;

    /// Sends a message with each one that is sent, and runs the context with each that comes.
    #[derive(Default)]
    pub struct Restless {
        pub connection: RefCell<glib::WeakRef<WebsocketConnection>>,
        pub left: std::cell::Cell<u32>,
    }

    #[glib::object_subclass]
    impl ObjectSubclass for Restless {
        const NAME: &'static str = "WsoupTestRestless";
        type Type = super::Restless;
        type ParentType = WebsocketExtension;
    }

    impl ObjectImpl for Restless {}

    impl WebsocketExtensionImpl for Restless {
        const EXTENSION_NAME: &'static std::ffi::CStr = c"x-restless";

        fn process_outgoing_message(
            &self,
            _header: &mut u8,
            payload: glib::Bytes,
        ) -> Result<glib::Bytes, glib::Error> {
            if self.left.get() > 0 {
                self.left.set(self.left.get() - 1);
                let connection = self.connection.borrow().upgrade();
                connection.expect("it is in use").send_text(TEXT);
            }
            Ok(payload)
        }

        fn process_incoming_message(
            &self,
            _header: &mut u8,
            payload: glib::Bytes,
        ) -> Result<glib::Bytes, glib::Error> {
            let context = glib::MainContext::ref_thread_default();
            settle(&context);
            Ok(payload)
        }
    }
}

glib::wrapper! {
    /// See [`imp::Restless`].
    pub struct Restless(ObjectSubclass<imp::Restless>) @extends WebsocketExtension;
}

/// Compressed messages can be inflated in the order only in which they were compressed.
#[test]
fn extensions_that_send_and_run_the_context_leave_the_order_as_it_is() {
    with_context(|context| {
        let server = Server::new();
        server.add_websocket_extension(Restless::static_type());
        server.add_websocket_handler(None, None, &[], |_, _, _, connection| {
            connection
                .connect_message(|connection, kind, bytes| connection.send_message(kind, bytes));
        });
        server
            .listen_local(0, NO_OPTIONS)
            .expect("there is a free port");
        let session = Session::new();
        session.add_feature_by_type(Restless::static_type());
        let message = get(&uri(&server, "/"));
        let connection = connect(context, &session, &message, &[]).expect("it connects");
        let extensions = connection.extensions();
        assert_eq!(extensions.len(), 2);
        let restless = extensions[1]
            .downcast_ref::<Restless>()
            .expect("the second");
        restless.imp().connection.borrow().set(Some(&connection));
        let log = Log::of(&connection);
        restless.imp().left.set(5);
        let first = TEXT.replace("some", "many");
        connection.send_text(&first);
        connection.send_text(&first);
        wait_until(context, "the echoes", || log.len() == 7);
        let message = "message Text 46 bytes";
        assert_eq!(log.entries(), [message; 7]);
        assert_eq!(connection.state(), WebsocketState::Open);
    });
}

#[test]
fn clients_mask_what_they_compress() {
    with_context(|context| {
        let (listener, uri) = listener();
        let outcome = start_connecting(&Session::new(), &uri, &[]);
        let peer = accept(context, &listener);
        let line = "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover\r\n";
        let response = response_to(&peer.head(context), line);
        peer.send(context, response.as_bytes());
        wait_until(context, "the connection", || outcome.borrow().is_some());
        let (connection, log) = outcome.take().expect("it is there").expect("it connects");
        connection.send_text(TEXT);
        connection.send_text(TEXT);
        let frames = frames(context, &peer, Client, 2);
        assert_eq!(frames[0].0, 0xc1);
        assert_eq!(frames[0], frames[1]);
        peer.send(context, &frame_to(Client, 0xc1, HELLO));
        wait_until(context, "the message", || log.has("message Text Hello"));
    });
}
