//! What `ReconnectingClient` promises about messages: those that it accepts are kept, in order, until a
//! socket has taken them.

mod support;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use support::freed::freed;
use support::raw::{RawPeer, accept, frame_to, frames_from, listener, response_to};
use support::reconnecting::{free_port, impatient_client, listen_on, wait_for};
use support::{wait_until, with_context};
use wsoup::WebsocketConnectionType::Client;
use wsoup::{
    OfflinePolicy, ReconnectingClient, ReconnectingState, Server, WebsocketConnection,
    WebsocketDataType, WebsocketState,
};

/// What servers have received, all of them together.
type Received = Rc<RefCell<Vec<String>>>;

/// A server on `port` that notes what it receives, and its last connection.
fn noting_server(
    context: &glib::MainContext,
    port: u16,
    received: &Received,
) -> (Server, Rc<RefCell<Option<WebsocketConnection>>>) {
    let (server, last) = (Server::new(), Rc::new(RefCell::new(None)));
    server.add_websocket_handler(None, None, &[], {
        let (received, last) = (received.clone(), last.clone());
        move |_, _, _, connection| {
            let received = received.clone();
            connection.connect_message(move |_, _, bytes| {
                received
                    .borrow_mut()
                    .push(String::from_utf8_lossy(bytes).into());
            });
            drop(last.replace(Some(connection.clone())));
        }
    });
    listen_on(context, &server, port);
    (server, last)
}

#[test]
fn what_is_sent_while_there_is_no_connection_is_sent_then() {
    with_context(|context| {
        let (port, received) = (free_port(), Received::default());
        let (client, log) = impatient_client(&format!("ws://127.0.0.1:{port}/"));
        client.connect_connected(|_, connection| connection.send_text("greeting"));
        client
            .send_text("before the start")
            .expect("it is accepted");
        client.start();
        wait_until(context, "a failure", || log.count("attempt-failed") > 0);
        client
            .send_binary(b"while it waits")
            .expect("it is accepted");
        let bytes = glib::Bytes::from_static(b"in bytes");
        client
            .send_message(WebsocketDataType::Text, &bytes)
            .expect("it is accepted");
        assert_eq!(client.queued_amount(), 16 + 14 + 8);
        let _server = noting_server(context, port, &received);
        wait_until(context, "the messages", || received.borrow().len() == 4);
        assert_eq!(
            *received.borrow(),
            ["greeting", "before the start", "while it waits", "in bytes"]
        );
        assert_eq!(client.queued_amount(), 0);
    });
}

#[test]
fn the_client_may_be_used_when_a_message_is_freed() {
    with_context(|context| {
        let (port, received) = (free_port(), Received::default());
        let _server = noting_server(context, port, &received);
        let (client, _log) = impatient_client(&format!("ws://127.0.0.1:{port}/"));
        let amount = Rc::new(Cell::new(None));
        let message = freed(b"to be freed", {
            let (client, amount) = (client.clone(), amount.clone());
            move || {
                amount.set(Some(client.queued_amount()));
                client.send_text("freed").expect("it is accepted");
            }
        });
        client
            .send_message(WebsocketDataType::Binary, &message)
            .expect("it is accepted");
        drop(message);
        client.start();
        wait_until(context, "the messages", || received.borrow().len() == 2);
        assert_eq!(*received.borrow(), ["to be freed", "freed"]);
        assert_eq!(amount.get(), Some(0), "it is not queued any more");
        wait_until(context, "the end", || client.queued_amount() == 0);
    });
}

#[test]
fn a_client_that_queues_nothing_refuses_what_it_cannot_send() {
    with_context(|context| {
        let (port, received) = (free_port(), Received::default());
        let (client, log) = impatient_client(&format!("ws://127.0.0.1:{port}/"));
        client.set_offline_policy(OfflinePolicy::Refuse);
        let refused = || {
            let error = client.send_text("no").expect_err("there is no connection");
            assert!(error.matches(gio::IOErrorEnum::NotConnected), "{error:?}");
        };
        refused();
        client.start();
        wait_until(context, "a failure", || log.count("attempt-failed") > 0);
        refused();
        let (server, _) = noting_server(context, port, &received);
        wait_for(context, &client, ReconnectingState::Connected);
        client.send_text("yes").expect("there is a connection");
        wait_until(context, "the message", || received.borrow().len() == 1);
        client.stop();
        refused();
        drop(server);
        assert_eq!(*received.borrow(), ["yes"]);
    });
}

#[test]
fn the_queue_is_bounded_and_says_so() {
    let client = impatient_client("ws://127.0.0.1:9/").0;
    client.set_max_queued_amount(1_000);
    let error = client.send_binary(&[0; 1_000]).expect_err("it never fits");
    assert!(
        error.matches(gio::IOErrorEnum::MessageTooLarge),
        "{error:?}"
    );
    client.send_binary(&[0; 600]).expect("it fits");
    let error = client
        .send_binary(&[0; 400])
        .expect_err("it does not fit now");
    assert!(error.matches(gio::IOErrorEnum::WouldBlock), "{error:?}");
    let mut empty = 0;
    while client.send_text("").is_ok() {
        empty += 1;
        assert!(empty < 1_000, "empty messages take memory, too");
    }
    assert_eq!(client.queued_amount(), 600);
    let latin1 = glib::Bytes::from_static(b"\xe9");
    let error = client
        .send_message(WebsocketDataType::Text, &latin1)
        .expect_err("it is no text");
    assert!(error.matches(wsoup::WebsocketError::BadData), "{error:?}");
}

#[test]
fn restarts_in_order_lose_nothing() {
    const RESTARTS: usize = 30;
    with_context(|context| {
        let (port, received) = (free_port(), Received::default());
        let (client, _) = impatient_client(&format!("ws://127.0.0.1:{port}/"));
        let sent = Cell::new(0);
        // Messages are sent all the time, whatever happens to connections.
        let send = || {
            if client.send_text(&sent.get().to_string()).is_ok() {
                sent.set(sent.get() + 1);
            }
        };
        client.start();
        for restart in 1..=RESTARTS {
            let (server, last) = noting_server(context, port, &received);
            wait_until(context, "messages", || {
                send();
                received.borrow().len() > restart * 20
            });
            server.disconnect();
            let connection = last.take().expect("it is there");
            connection.close(1001, None);
            wait_until(context, "the end", || {
                send();
                connection.state() == WebsocketState::Closed
            });
        }
        let _server = noting_server(context, port, &received);
        wait_until(context, "the rest", || {
            received.borrow().len() >= sent.get()
        });
        let expected: Vec<String> = (0..sent.get()).map(|number| number.to_string()).collect();
        assert_eq!(*received.borrow(), expected);
    });
}

const SIZE: usize = 1 << 20;
/// A message of that size, with its header.
const FRAME: usize = SIZE + 14;

/// Takes messages in, until there are as many.
fn take_messages(context: &glib::MainContext, peer: &RawPeer, count: usize) -> Vec<Vec<u8>> {
    wait_until(context, "messages", || {
        peer.received().len() >= count * FRAME
    });
    let received = peer.received();
    let frames = frames_from(Client, &mut &received[..]);
    frames
        .into_iter()
        .map(|(first, payload)| {
            assert_eq!(first, 0x82);
            payload
        })
        .collect()
}

/// A connection of `client` to somebody who has read nothing of it yet.
fn open(
    context: &glib::MainContext,
    client: &ReconnectingClient,
    listener: &std::net::TcpListener,
) -> RawPeer {
    let peer = accept(context, listener);
    let head = peer.head(context);
    peer.send_deaf(context, response_to(&head, "").as_bytes());
    wait_for(context, client, ReconnectingState::Connected);
    peer
}

#[test]
fn what_no_socket_has_taken_whole_is_sent_again_on_the_next_connection() {
    // More than the buffers of a few connections hold.
    const COUNT: u8 = 64;
    with_context(|context| {
        let (listener, uri) = listener();
        let (client, log) = impatient_client(&uri);
        client.set_max_queued_amount(u64::MAX);
        for number in 0..COUNT {
            client
                .send_binary(&vec![number; SIZE])
                .expect("there is room");
        }
        client.start();
        let mut last = 0;
        for connection in 1..=2 {
            let peer = open(context, &client, &listener);
            // The system's buffers take some of it, and then no more.
            let before = client.queued_amount();
            let messages = take_messages(context, &peer, 3);
            assert_eq!(usize::from(messages[0][0]), last);
            wait_until(context, "progress", || client.queued_amount() < before);
            if connection == 2 {
                // The server takes nothing more, and says so first.
                let open = client.connection().expect("it is there");
                peer.send_deaf(context, &frame_to(Client, 0x88, b"\x03\xe9"));
                wait_until(context, "the close", || {
                    open.state() != WebsocketState::Open
                });
                for _ in 0..20 {
                    context.iteration(false);
                }
            }
            drop(peer);
            wait_until(context, "the end", || {
                log.count("disconnected") == connection
            });
            let kept = client.queued_amount() as usize / SIZE;
            assert!(kept > 0 && kept <= usize::from(COUNT) - last - 3, "{kept}");
            last = usize::from(COUNT) - kept;
        }
        let peer = open(context, &client, &listener);
        let expected: Vec<u8> = (last as u8..COUNT).collect();
        let messages = take_messages(context, &peer, expected.len());
        assert!(messages.iter().all(|message| message.len() == SIZE));
        let numbers: Vec<u8> = messages.iter().map(|message| message[0]).collect();
        assert_eq!(numbers, expected);
        wait_until(context, "an empty queue", || client.queued_amount() == 0);
    });
}

#[test]
fn what_was_sent_before_the_stop_still_gets_there() {
    const COUNT: usize = 200;
    with_context(|context| {
        let (port, received) = (free_port(), Received::default());
        let _server = noting_server(context, port, &received);
        let (client, log) = impatient_client(&format!("ws://127.0.0.1:{port}/"));
        client.set_max_queued_amount(u64::MAX);
        client.start();
        wait_for(context, &client, ReconnectingState::Connected);
        let text = "a".repeat(100_000);
        for _ in 0..COUNT {
            client.send_text(&text).expect("there is room");
        }
        client.stop();
        wait_for(context, &client, ReconnectingState::Stopped);
        assert_eq!(received.borrow().len(), COUNT);
        assert_eq!(client.queued_amount(), 0);
        assert!(log.has("disconnected 1000 true"), "{:?}", log.entries());
    });
}
