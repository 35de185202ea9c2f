//! Handshakes that are never finished end in time, however busily the other side goes on.

mod support;

use std::time::{Duration, Instant};
use support::raw::{accept, listener, start_connecting};
use support::{wait_until, with_context};
use wsoup::Session;

/// What a server begins with and never ends, and how it goes on.
const ANSWERS: [(&str, &str); 4] = [
    ("", "H"),
    ("HTTP/1.1 101 Switching Protocols\r\nX: ", "x"),
    ("HTTP/1.1 101 Switching Protocols\r\n", "\r"),
    ("", "HTTP/1.1 100 Continue\r\n\r\n"),
];

#[test]
fn a_server_that_never_ends_its_answer_is_given_up() {
    for (begin, more) in ANSWERS {
        with_context(|context| {
            let (listener, uri) = listener();
            let session = Session::builder().timeout(1).build();
            let outcome = start_connecting(&session, &uri, &[]);
            let peer = accept(context, &listener);
            peer.head(context);
            peer.send(context, begin.as_bytes());
            let started = Instant::now();
            let last = std::cell::Cell::new(started);
            wait_until(context, "the outcome", || {
                // Never silent for as long as the timeout, and never much.
                if last.get().elapsed() > Duration::from_millis(100) {
                    last.set(Instant::now());
                    peer.send_deaf(context, more.as_bytes());
                }
                outcome.borrow().is_some()
            });
            let error = outcome.take().expect("it is there").err();
            assert!(error.is_some(), "{begin:?} {more:?}");
            assert!(started.elapsed() < Duration::from_secs(5), "{begin:?}");
            wait_until(context, "the end of the stream", || peer.has_ended());
        });
    }
}
