//! Exchanges between two connections.

use super::world::{BINARY, TEXT, World};
use crate::support::faulty::Direction::{self, ToClient, ToServer};
use futures_util::{SinkExt, StreamExt};
use gio::prelude::*;
use std::cell::Cell;
use std::io::Write;
use std::rc::Rc;
use wsoup::{
    WebsocketConnection, WebsocketDataType, WebsocketExtension, WebsocketExtensionDeflate,
};

/// Long enough for a length of 16 bits (RFC 6455 §5.2).
const LONG: [u8; 130] = [b'x'; 130];

/// Notes what arrives, and has the server send it back; the client closes when it has `count`.
fn echo(
    world: &Rc<World>,
    client: &WebsocketConnection,
    server: &WebsocketConnection,
    count: usize,
) {
    server.connect_message({
        let world = world.clone();
        move |server, kind, bytes| {
            world.note_received(ToServer, kind, bytes);
            world.send(server, ToClient, kind, bytes);
        }
    });
    client.connect_message({
        let world = world.clone();
        move |client, kind, bytes| {
            if world.note_received(ToClient, kind, bytes) == count {
                client.close(1000, None);
            }
        }
    });
}

/// Notes what arrives at a connection that emits it.
fn note(world: &Rc<World>, connection: &WebsocketConnection, direction: Direction) {
    let world = world.clone();
    connection.connect_message(move |_, kind, bytes| {
        world.note_received(direction, kind, bytes);
    });
}

pub(crate) fn messages_are_echoed(world: &Rc<World>) {
    let (client, server) = world.pair(Vec::new);
    echo(world, &client, &server, 3);
    world.send(&client, ToServer, TEXT, "hällo".as_bytes());
    world.send(&client, ToServer, BINARY, &LONG);
    world.send(&client, ToServer, TEXT, b"");
}

/// A stream that gives these pieces, each when nothing else is left to do.
fn pieces(world: &World, pieces: &'static [&'static str]) -> gio::InputStream {
    let (near, mut far) = crate::support::socket_pair();
    let mut pieces = pieces.iter();
    let source = glib::idle_source_new(None, glib::Priority::LOW, move || {
        // It fails if nobody reads any more.
        match pieces.next().map(|piece| far.write_all(piece.as_bytes())) {
            Some(Ok(())) => glib::ControlFlow::Continue,
            Some(Err(_)) | None => glib::ControlFlow::Break,
        }
    });
    source.attach(Some(&world.context));
    let stream = crate::support::io_stream(near);
    world.watch(&stream);
    let input = stream.input_stream();
    world.watch(&input);
    world.keep(stream);
    input
}

/// Sends `parts` as one message in fragments.
fn send_parts(
    world: &Rc<World>,
    connection: &WebsocketConnection,
    direction: Direction,
    kind: WebsocketDataType,
    parts: &'static [&'static str],
) -> impl Future<Output = Result<(), glib::Error>> + 'static {
    world.note_sent(direction, kind, parts.concat().as_bytes());
    let stream = pieces(world, parts);
    let sending = connection.send_stream_future(kind, &stream, glib::Priority::DEFAULT);
    let world = world.clone();
    async move {
        sending.await?;
        world.note_written(direction);
        Ok(())
    }
}

pub(crate) fn messages_arrive_in_fragments(world: &Rc<World>) {
    let (client, server) = world.pair(Vec::new);
    note(world, &server, ToServer);
    note(world, &client, ToClient);
    let back = send_parts(world, &server, ToClient, BINARY, &["b", "a", "ck"]);
    world.start("the server's", back);
    let first = send_parts(world, &client, ToServer, TEXT, &["fräg", "men", "t"]);
    world.start("the client's", {
        let world = world.clone();
        async move {
            first.await?;
            send_parts(&world, &client, ToServer, TEXT, &["again"]).await?;
            client.close_future(1000, None).await
        }
    });
    world.start("a ping", async move {
        server.ping_future(Some(b"second")).await.map(drop)
    });
}

pub(crate) fn messages_are_compressed(world: &Rc<World>) {
    let (client, server) = world.pair(|| {
        let deflate: WebsocketExtensionDeflate = glib::Object::new();
        vec![deflate.upcast::<WebsocketExtension>()]
    });
    echo(world, &client, &server, 3);
    world.send(&client, ToServer, TEXT, &LONG);
    world.send(&client, ToServer, BINARY, &[7; 5000]);
    world.send(&client, ToServer, TEXT, &LONG);
}

pub(crate) fn pings_are_answered(world: &Rc<World>) {
    let (client, server) = world.pair(Vec::new);
    let both = [client.clone(), server].map(|connection| {
        let (first, second) = (
            connection.ping_future(Some(b"payload")),
            connection.ping_future(Some(b"second")),
        );
        async move {
            first.await?;
            second.await.map(drop)
        }
    });
    let [first, second] = both;
    let open = Rc::new(Cell::new(2));
    let close = move || {
        open.set(open.get() - 1);
        if open.get() == 0 {
            client.close(1000, None);
        }
    };
    world.start("the client's pings", {
        let close = close.clone();
        async move {
            let result = first.await;
            close();
            result
        }
    });
    world.start("the server's pings", async move {
        let result = second.await;
        close();
        result
    });
}

/// What was sent before a close arrives.
fn closing(world: &Rc<World>) -> (WebsocketConnection, WebsocketConnection) {
    let (client, server) = world.pair(Vec::new);
    note(world, &server, ToServer);
    note(world, &client, ToClient);
    world.send(&client, ToServer, TEXT, b"to the server");
    world.send(&server, ToClient, TEXT, b"to the client");
    (client, server)
}

pub(crate) fn the_client_closes(world: &Rc<World>) {
    let (client, _) = closing(world);
    world.start("the close", client.close_future(1001, Some("going away")));
}

pub(crate) fn the_server_closes(world: &Rc<World>) {
    let (_, server) = closing(world);
    world.start("the close", server.close_future(4000, None));
}

pub(crate) fn both_close(world: &Rc<World>) {
    let (client, server) = closing(world);
    world.start(
        "the client's close",
        client.close_future(1000, Some("done")),
    );
    world.start("the server's close", server.close_future(1005, None));
}

/// Sends messages at once, each with a result; those that were told to be written come first.
async fn send_all(
    world: Rc<World>,
    connection: WebsocketConnection,
    direction: Direction,
    messages: &'static [&'static str],
) -> Result<(), glib::Error> {
    let sending: Vec<_> = messages
        .iter()
        .map(|text| {
            world.note_sent(direction, TEXT, text.as_bytes());
            connection.send_message_future(TEXT, &glib::Bytes::from_static(text.as_bytes()))
        })
        .collect();
    let mut result = Ok(());
    for sending in sending {
        match sending.await {
            Ok(()) => {
                assert!(
                    result.is_ok(),
                    "a message was written behind one that was not"
                );
                world.note_written(direction);
            }
            Err(error) => result = Err(error),
        }
    }
    result
}

pub(crate) fn sends_tell_when_they_are_done(world: &Rc<World>) {
    let (client, server) = world.pair(Vec::new);
    note(world, &server, ToServer);
    note(world, &client, ToClient);
    let back = send_all(world.clone(), server, ToClient, &["back", "again"]);
    world.start("the server's", back);
    let sending = send_all(
        world.clone(),
        client.clone(),
        ToServer,
        &["one", "", "three"],
    );
    world.start("the client's", async move {
        sending.await?;
        // The messages of the server are on their way, or it would not have answered.
        client.ping_future(Some(b"second")).await?;
        client.close_future(1000, None).await
    });
}

/// Receives messages as streams, to the end.
async fn receive_parts(
    world: Rc<World>,
    connection: WebsocketConnection,
    direction: Direction,
) -> Result<(), glib::Error> {
    while let Some((kind, stream)) = connection.receive_stream_future().await? {
        world.watch(&stream);
        let mut message = Vec::new();
        loop {
            let read = stream.read_bytes_future(5, glib::Priority::DEFAULT).await;
            if read.is_err() {
                world.note_part(direction, &message);
            }
            let bytes = read?;
            if bytes.is_empty() {
                break;
            }
            message.extend(&*bytes);
        }
        world.note_received(direction, kind, &message);
    }
    Ok(())
}

pub(crate) fn streams_are_sent_and_received_in_parts(world: &Rc<World>) {
    let (client, server) = world.pair(Vec::new);
    world.start(
        "the server",
        receive_parts(world.clone(), server.clone(), ToServer),
    );
    world.start(
        "the client",
        receive_parts(world.clone(), client.clone(), ToClient),
    );
    let back = send_parts(world, &server, ToClient, TEXT, &["ba", "ck"]);
    let first = send_parts(world, &client, ToServer, BINARY, &["in", "some", "parts"]);
    let second = send_parts(world, &client, ToServer, BINARY, &["more"]);
    world.start("what is sent", async move {
        first.await?;
        second.await?;
        back.await?;
        client.close_future(1000, None).await
    });
}

pub(crate) fn messages_are_received_by_call(world: &Rc<World>) {
    let (client, server) = world.pair(Vec::new);
    world.start("the server", {
        let world = world.clone();
        async move {
            while let Some((kind, bytes)) = server.receive_future().await? {
                world.note_received(ToServer, kind, &bytes);
                world.send(&server, ToClient, kind, &bytes);
            }
            Ok(())
        }
    });
    world.start("the client", {
        let world = world.clone();
        async move {
            for text in ["one", "two", "three"] {
                world.send(&client, ToServer, TEXT, text.as_bytes());
                let Some((kind, bytes)) = client.receive_future().await? else {
                    return Ok(());
                };
                world.note_received(ToClient, kind, &bytes);
            }
            client.close_future(1000, None).await
        }
    });
}

pub(crate) fn messages_flow_through_stream_and_sink(world: &Rc<World>) {
    let (client, server) = world.pair(Vec::new);
    note(world, &client, ToClient);
    world.send(&server, ToClient, TEXT, b"welcome");
    world.start("the server", {
        let world = world.clone();
        async move {
            let mut messages = server.messages();
            while let Some(message) = messages.next().await {
                let (kind, bytes) = message?;
                world.note_received(ToServer, kind, &bytes);
            }
            Ok(())
        }
    });
    world.start("the client", {
        let world = world.clone();
        async move {
            let mut sink = client.sink();
            for text in ["one", "two", "three"] {
                world.note_sent(ToServer, TEXT, text.as_bytes());
                let bytes = glib::Bytes::from_static(text.as_bytes());
                sink.send((TEXT, bytes)).await?;
                world.note_written(ToServer);
            }
            sink.close().await
        }
    });
}

pub(crate) fn a_receiver_pauses(world: &Rc<World>) {
    let (client, server) = world.pair(Vec::new);
    server.set_receive_buffer_size(1);
    note(world, &client, ToClient);
    server.connect_message({
        let world = world.clone();
        move |server, kind, bytes| {
            let count = world.note_received(ToServer, kind, bytes);
            if count == 3 {
                world.send(server, ToClient, TEXT, b"all");
                server.close(1000, None);
                return;
            }
            server.pause();
            let server = server.clone();
            // When all else has come to rest.
            let resume = glib::thread_guard::ThreadGuard::new(move || server.resume());
            let source = glib::idle_source_new(None, glib::Priority::LOW, move || {
                resume.get_ref()();
                glib::ControlFlow::Break
            });
            source.attach(Some(&world.context));
        }
    });
    for text in ["one", "two", "three"] {
        world.send(&client, ToServer, TEXT, text.as_bytes());
    }
}
