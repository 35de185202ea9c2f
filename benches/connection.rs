//! What a message costs up to its signal, and back: `cargo bench --bench connection`.
//!
//! A connection over one end of a socket pair; the other end is written to and read here, without a
//! main loop. A round is one write of many frames, so that the calls of the kernel are few.

use std::cell::Cell;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::rc::Rc;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use gio::prelude::*;
use wsoup::{WebsocketConnection, WebsocketConnectionType};

/// Bytes that one round moves about, so that the socket takes them at once.
const ROUND: usize = 32 * 1024;
const SIZES: [usize; 3] = [16, 125, 1024];

/// A client's frame under a mask of zeros, and what a server sends back for it.
fn frames(size: usize) -> (Vec<u8>, Vec<u8>) {
    let length = |flag| match size {
        0..=125 => vec![0x82, flag | size as u8],
        _ => vec![0x82, flag | 126, (size >> 8) as u8, size as u8],
    };
    let payload = vec![b'a'; size];
    (
        [&length(0x80)[..], &[0; 4], &payload].concat(),
        [&length(0)[..], &payload].concat(),
    )
}

fn connection() -> (WebsocketConnection, UnixStream) {
    let (near, far) = UnixStream::pair().expect("there are descriptors");
    let socket = gio::Socket::from_fd(OwnedFd::from(near)).expect("it is a socket");
    let stream = socket.connection_factory_create_connection();
    let uri = glib::Uri::parse("ws://localhost/", glib::UriFlags::NONE).expect("it is one");
    let connection = WebsocketConnection::new(
        stream.upcast_ref(),
        &uri,
        WebsocketConnectionType::Server,
        None,
        None,
        Vec::new(),
    );
    (connection, far)
}

/// Messages that come, and signals that are emitted.
fn receiving(criterion: &mut Criterion) {
    let context = glib::MainContext::default();
    let mut group = criterion.benchmark_group("message signal");
    for size in SIZES {
        let (frame, _) = frames(size);
        let count = ROUND / frame.len();
        let input = frame.repeat(count);
        let (connection, mut far) = connection();
        let received = Rc::new(Cell::new(0));
        connection.connect_message({
            let received = received.clone();
            move |_, _, _| received.set(received.get() + 1)
        });
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(BenchmarkId::from_parameter(size), |bencher| {
            bencher.iter(|| {
                received.set(0);
                far.write_all(&input).expect("there is room");
                while received.get() < count {
                    context.iteration(true);
                }
            });
        });
    }
}

/// The same, and each is sent back from the handler of the signal.
fn echoing(criterion: &mut Criterion) {
    let context = glib::MainContext::default();
    let mut group = criterion.benchmark_group("echo");
    for size in SIZES {
        let (frame, echo) = frames(size);
        let count = ROUND / frame.len();
        let input = frame.repeat(count);
        let (connection, mut far) = connection();
        far.set_nonblocking(true).expect("it can be");
        connection.connect_message(|connection, kind, bytes| connection.send_message(kind, bytes));
        let mut output = vec![0; echo.len() * count];
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(BenchmarkId::from_parameter(size), |bencher| {
            bencher.iter(|| {
                far.write_all(&input).expect("there is room");
                let mut length = 0;
                while length < output.len() {
                    context.iteration(true);
                    while let Ok(read) = far.read(&mut output[length..])
                        && read > 0
                    {
                        length += read;
                    }
                }
            });
        });
        assert_eq!(output, echo.repeat(count));
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2));
    targets = receiving, echoing
}
criterion_main!(benches);
