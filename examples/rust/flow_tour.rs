//! A tour of what a program can do about the flow of messages, against an echo server.
//!
//! ```text
//! cargo run --example flow_tour ws://127.0.0.1:8080/
//! ```

use futures_util::{SinkExt, TryStreamExt};
use gio::prelude::*;
use std::cell::Cell;
use std::env;
use std::error::Error;
use std::rc::Rc;
use wsoup::{Message, ReconnectingClient, ReconnectingState, Session, WebsocketDataType};

const SIZE: usize = 100_000;

fn say(text: &str) {
    println!("Rust: {text}");
}

/// Has who waits at the other end go on, if anybody still does.
fn tell(sender: &async_channel::Sender<()>) {
    let _ = sender.force_send(());
}

fn main() -> Result<(), Box<dyn Error>> {
    let uri = env::args().nth(1);
    let uri = uri.unwrap_or_else(|| "ws://127.0.0.1:8080/".to_owned());
    glib::MainContext::default().block_on(tour(&uri))
}

async fn size_of(stream: gio::InputStream) -> Result<usize, glib::Error> {
    let mut size = 0;
    loop {
        let bytes = stream
            .read_bytes_future(65536, glib::Priority::DEFAULT)
            .await?;
        if bytes.is_empty() {
            return Ok(size);
        }
        size += bytes.len();
    }
}

async fn tour(uri: &str) -> Result<(), Box<dyn Error>> {
    let (text, binary) = (WebsocketDataType::Text, WebsocketDataType::Binary);
    let session = Session::new();
    let message = Message::new("GET", uri).ok_or("no URI to connect to")?;
    let connection = session
        .websocket_connect_future(&message, None, &[])
        .await?;

    let mut messages = connection.messages();
    let hello = glib::Bytes::from_static(b"hello");
    connection.sink().send((text, hello)).await?;
    let (_, echo) = messages.try_next().await?.ok_or("no echo")?;
    let echo = String::from_utf8_lossy(&echo).into_owned();
    say(&format!("written, and got {echo:?} back"));

    connection.set_max_buffered_amount(SIZE as u64);
    if let Err(error) = connection.try_send_binary(&[0; SIZE + 1]) {
        let is_too_large = error.matches(gio::IOErrorEnum::MessageTooLarge);
        say(&format!("refused: {is_too_large}"));
    }

    connection.set_high_water_mark(SIZE as u64 / 2);
    let is_congested = Rc::new(Cell::new(false));
    let (sender, drained) = async_channel::bounded(1);
    let congested = is_congested.clone();
    connection.connect_congested(move |_| congested.set(true));
    connection.connect_drained(move |_| tell(&sender));
    let mut sent = 0;
    while !is_congested.get() {
        connection.try_send_binary(&[0; 1000])?;
        sent += 1;
    }
    say("congested");
    drained.recv().await?;
    for _ in 0..sent {
        messages.try_next().await?.ok_or("no echo")?;
    }
    say("drained, and everything came back");

    // Sending is for any thread.
    let sender = connection.sender();
    let thread = std::thread::spawn(move || sender.send_text("from a thread"));
    messages.try_next().await?.ok_or("no echo")?;
    thread.join().map_err(|_| "the thread failed")??;
    drop(messages);

    let source = gio::MemoryInputStream::from_bytes(&glib::Bytes::from_static(&[0; SIZE]));
    let sent = connection.send_stream_future(binary, &source, glib::Priority::DEFAULT);
    let received = async {
        let (_, stream) = connection.receive_stream_future().await?.ok_or("no echo")?;
        Ok::<_, Box<dyn Error>>(size_of(stream).await?)
    };
    let (sent, size) = futures_util::future::join(sent, received).await;
    sent?;
    say(&format!("a stream of {} bytes came back", size?));

    connection.ping_future(None).await?;
    say("pinged: true");

    let (sender, emitted) = async_channel::bounded(1);
    connection.connect_message(move |_, _, _| tell(&sender));
    connection.resume();
    connection.pause();
    connection.send_text("held");
    connection.ping_future(None).await?;
    connection.resume();
    emitted.recv().await?;
    say("resumed");

    connection.close_future(1000, None).await?;
    let is_clean = connection.closed_cleanly();
    say(&format!("closed in order: {is_clean}"));

    let client = ReconnectingClient::new(&session, uri, None, &[]).ok_or("no URI to connect to")?;
    let (sender, stopped) = async_channel::bounded(1);
    client.connect_message(|client, _, _| client.stop());
    client.connect_notify_local(Some("state"), move |client, _| {
        if client.state() == ReconnectingState::Stopped {
            tell(&sender);
        }
    });
    client.send_text("queued")?;
    client.start();
    stopped.recv().await?;
    say("a client that stays connected was answered");
    Ok(())
}
