//! More than the memory would hold: alone in a program, because it looks at what the process uses.
//!
//! `WSOUP_TEST_FULL=1` in the environment, best with `cargo test --profile soak`, has it take the time that
//! it takes: 4 GiB, 1 GiB, ten seconds.

mod support;

use futures_util::{SinkExt, StreamExt, TryStreamExt};
use gio::prelude::*;
use std::cell::Cell;
use std::io::Read;
use std::rc::Rc;
use std::time::{Duration, Instant};
use support::{block_on, connection, connection_pair, socket_pair, wait_until, with_context};
use wsoup::{WebsocketConnectionType, WebsocketDataType};

const BINARY: WebsocketDataType = WebsocketDataType::Binary;

/// The one where time is short, the other where it is not.
fn scaled<T>(short: T, full: T) -> T {
    match std::env::var_os("WSOUP_TEST_FULL") {
        Some(_) => full,
        None => short,
    }
}

/// The most memory that the process has used, in bytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux has it");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    kibibytes
        .and_then(|number| number.parse::<u64>().ok())
        .expect("a number")
        * 1024
}

/// Not side by side: each looks at the process.
#[test]
fn what_is_endless_takes_little_memory() {
    a_peer_that_never_reads();
    a_producer_that_heeds_the_marks();
    a_sink_and_a_stream();
    a_huge_message();
}

fn a_peer_that_never_reads() {
    const BOUND: u64 = 1 << 20;
    with_context(|context| {
        let (near, _far) = socket_pair();
        let server = connection(near, WebsocketConnectionType::Server);
        server.set_max_buffered_amount(BOUND);
        let before = peak();
        let time = scaled(Duration::from_secs(1), Duration::from_secs(10));
        let (begin, mut tries, mut most) = (Instant::now(), 0_u64, 0);
        while begin.elapsed() < time {
            for _ in 0..100 {
                let _ = server.try_send_binary(&[0; 1000]);
                tries += 1;
            }
            most = most.max(server.buffered_amount());
            context.iteration(false);
        }
        let grown = peak() - before;
        println!("{tries} sends in {time:?}: {most} bytes waited, memory grew by {grown} bytes");
        assert!(most <= BOUND && most > BOUND - 1000);
        assert!(grown < 3 * BOUND, "memory grew by {grown} bytes");
    });
}

fn a_producer_that_heeds_the_marks() {
    let total = scaled(64 << 20, 1 << 30);
    with_context(|context| {
        let (client, server) = connection_pair();
        let received = Rc::new(Cell::new(0_u64));
        server.connect_message({
            let received = received.clone();
            move |_, _, bytes| received.set(received.get() + bytes.len() as u64)
        });
        client.set_high_water_mark(512 * 1024);
        client.set_low_water_mark(128 * 1024);
        let most = Rc::new(Cell::new(0));
        let sent = Rc::new(Cell::new(0_u64));
        let produce = {
            let most = most.clone();
            move |client: &wsoup::WebsocketConnection| {
                while client.buffered_amount() < client.high_water_mark() && sent.get() < total {
                    client.send_binary(&[0; 32 * 1024]);
                    sent.set(sent.get() + 32 * 1024);
                    most.set(most.get().max(client.buffered_amount()));
                }
            }
        };
        let produce_more = produce.clone();
        client.connect_drained(move |client| produce_more(client));
        let begin = Instant::now();
        produce(&client);
        while received.get() < total {
            assert!(begin.elapsed() < Duration::from_secs(300), "it hangs");
            context.iteration(true);
        }
        let most = most.get();
        println!(
            "{total} bytes in {:?}: {most} bytes waited",
            begin.elapsed()
        );
        assert!(most < 1 << 20);
    });
}

fn a_sink_and_a_stream() {
    let total = scaled(32 << 20, 512 << 20);
    with_context(|context| {
        let (client, server) = connection_pair();
        let (mut sink, messages) = (client.sink(), server.messages());
        let most = block_on(context, async move {
            let mut most = 0;
            let send = async {
                for _ in 0..total / 10_000 {
                    sink.feed((BINARY, glib::Bytes::from_static(&[7; 10_000])))
                        .await?;
                    most = most.max(client.buffered_amount());
                }
                sink.close().await
            };
            let receive =
                messages.try_fold(
                    0_usize,
                    |sum, (_, bytes)| async move { Ok(sum + bytes.len()) },
                );
            let (sent, received) = support::join(send, receive).await;
            sent.expect("all is sent");
            assert_eq!(received.expect("all is received"), total / 10_000 * 10_000);
            most
        });
        assert!(most < 80_000, "{most} bytes waited");
    });
}

fn a_huge_message() {
    let total: u64 = scaled(256 << 20, 4 << 30);
    with_context(|context| {
        let (client, server) = connection_pair();
        let source = gio::ReadInputStream::new(std::io::repeat(b'x').take(total));
        let sent = client.send_stream_future(BINARY, &source, glib::Priority::DEFAULT);
        let done = Rc::new(Cell::new(None));
        let begin = Instant::now();
        context.spawn_local({
            let done = done.clone();
            async move {
                let receive = async {
                    let (_, stream) = server.receive_stream_future().await?.expect("a message");
                    let (mut size, priority) = (0, glib::Priority::DEFAULT);
                    loop {
                        let bytes = stream.read_bytes_future(1 << 20, priority).await?;
                        if bytes.is_empty() {
                            return Ok::<u64, glib::Error>(size);
                        }
                        size += bytes.len() as u64;
                    }
                };
                let (sent, received) = support::join(sent, receive).await;
                sent.expect("all is sent");
                done.set(Some(received.expect("all is received")));
            }
        });
        while done.get().is_none() {
            assert!(begin.elapsed() < Duration::from_secs(300), "it hangs");
            context.iteration(true);
        }
        assert_eq!(done.get(), Some(total));
        let peak = peak();
        println!(
            "{total} bytes in {:?}: the process used {peak} bytes at most",
            begin.elapsed()
        );
        assert!(peak < 64 << 20);
    });
}

#[test]
fn a_stream_of_messages_ends_with_its_connection() {
    with_context(|context| {
        let (client, server) = connection_pair();
        let mut messages = server.messages();
        client.send_text("one");
        client.close(1000, None);
        let all = block_on(context, async move {
            let first = messages.next().await;
            (
                first.map(|message| message.is_ok()),
                messages.next().await.is_none(),
                messages.next().await.is_none(),
            )
        });
        assert_eq!(all, (Some(true), true, true));
        let (near, far) = socket_pair();
        let broken = connection(near, WebsocketConnectionType::Client);
        let mut messages = broken.messages();
        drop(far);
        let end = block_on(context, async move {
            (
                messages.next().await.map(|end| end.is_err()),
                messages.next().await.is_none(),
            )
        });
        assert_eq!(end, (Some(true), true));
        wait_until(context, "the end", || client.closed_cleanly());
    });
}
