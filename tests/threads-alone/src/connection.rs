//! What threads share of a connection, and what they may do with it.

#[path = "../../../src/connection/refusal.rs"]
mod refusal;
#[path = "../../../src/connection/remote.rs"]
mod remote;

use crate::{WebsocketDataType, WebsocketOverflowPolicy};
use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, Ordering};
use loom::thread;
use remote::Remote;
use std::task::{RawWaker, RawWakerVTable, Waker};

/// What a context is for those that wake it.
struct Context(AtomicBool);

impl Context {
    fn new() -> Arc<Self> {
        Arc::new(Self(AtomicBool::new(false)))
    }
}

/// A waker of loom's own kind: the standard one has atomics that loom does not see.
fn waker(context: &Arc<Context>) -> Waker {
    fn context_of(data: *const ()) -> std::mem::ManuallyDrop<Arc<Context>> {
        // SAFETY: the waker has a reference to it, which stays its own.
        std::mem::ManuallyDrop::new(unsafe { Arc::from_raw(data.cast()) })
    }
    fn clone(data: *const ()) -> RawWaker {
        raw(Arc::clone(&context_of(data)))
    }
    fn wake_by_ref(data: *const ()) {
        context_of(data).0.swap(true, Ordering::AcqRel);
    }
    fn wake(data: *const ()) {
        wake_by_ref(data);
        release(data);
    }
    fn release(data: *const ()) {
        drop(std::mem::ManuallyDrop::into_inner(context_of(data)));
    }
    fn raw(context: Arc<Context>) -> RawWaker {
        static FUNCTIONS: RawWakerVTable = RawWakerVTable::new(clone, wake, wake_by_ref, release);
        RawWaker::new(Arc::into_raw(context).cast(), &FUNCTIONS)
    }
    // SAFETY: the functions above keep count of the references.
    unsafe { Waker::from_raw(raw(context.clone())) }
}

fn bytes(thread: u8, number: u8) -> glib::Bytes {
    glib::Bytes::from_owned([thread, number])
}

/// What a context takes when it has been woken.
fn take(context: &Context, remote: &Remote) -> Vec<(u8, u8)> {
    if !context.0.swap(false, Ordering::AcqRel) {
        return Vec::new();
    }
    let taken = remote.take();
    taken
        .iter()
        .map(|(_, bytes)| (bytes[0], bytes[1]))
        .collect()
}

#[test]
fn nothing_is_lost_and_each_thread_keeps_its_order() {
    loom::model(|| {
        let context = Context::new();
        let remote = Arc::new(Remote::new(true, waker(&context)));
        let threads: Vec<_> = (0..2)
            .map(|thread| {
                let remote = remote.clone();
                thread::spawn(move || {
                    for number in 0..2 {
                        let sent = remote.send(WebsocketDataType::Binary, bytes(thread, number));
                        sent.expect("it is open");
                    }
                })
            })
            .collect();
        let mut taken = take(&context, &remote);
        for thread in threads {
            thread.join().expect("it ends");
        }
        // Whatever was sent since has woken the context again.
        taken.extend(take(&context, &remote));
        for thread in 0..2 {
            let own: Vec<u8> = taken
                .iter()
                .filter(|(of, _)| *of == thread)
                .map(|(_, n)| *n)
                .collect();
            assert_eq!(own, [0, 1]);
        }
        assert_eq!((taken.len(), remote.size()), (4, 0));
    });
}

#[test]
fn the_bound_holds_however_threads_meet() {
    loom::model(|| {
        let context = Context::new();
        let remote = Arc::new(Remote::new(true, waker(&context)));
        remote.publish(true, 0, 3, WebsocketOverflowPolicy::Close);
        let threads: Vec<_> = (0..2)
            .map(|thread| {
                let remote = remote.clone();
                thread::spawn(move || {
                    remote
                        .send(WebsocketDataType::Text, bytes(thread, 0))
                        .is_ok()
                })
            })
            .collect();
        let sent = threads.into_iter().filter_map(|thread| thread.join().ok());
        assert_eq!(
            sent.filter(|is_sent| *is_sent).count(),
            1,
            "there is room for one"
        );
        assert_eq!(remote.take_overflow(), Some(3));
        assert_eq!(remote.take_overflow(), None);
        assert_eq!(remote.take().len(), 1);
    });
}

#[test]
fn after_the_end_nothing_is_taken_any_more() {
    loom::model(|| {
        let context = Context::new();
        let remote = Arc::new(Remote::new(true, waker(&context)));
        let sender = {
            let remote = remote.clone();
            thread::spawn(move || remote.send(WebsocketDataType::Text, bytes(0, 0)).is_ok())
        };
        remote.publish(false, 0, 0, WebsocketOverflowPolicy::Refuse);
        sender.join().expect("it ends");
        assert_eq!((remote.take().len(), remote.size()), (0, 0));
        assert!(remote.send(WebsocketDataType::Text, bytes(0, 1)).is_err());
    });
}
