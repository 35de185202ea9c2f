//! What a task waits for until the program calls a method.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::task::{Poll, Waker};

/// Open or closed; a task can wait for it to open.
#[derive(Default)]
pub(crate) struct Latch {
    open: Cell<bool>,
    waiting: RefCell<Option<Waker>>,
}

impl Latch {
    pub(crate) fn is_open(&self) -> bool {
        self.open.get()
    }

    pub(crate) fn close(&self) {
        self.open.set(false);
    }

    pub(crate) fn open(&self) {
        self.open.set(true);
        let waiting = self.waiting.take();
        if let Some(task) = waiting {
            task.wake();
        }
    }

    /// Waits until it is open. One task can wait at a time.
    pub(crate) async fn opened(&self) {
        poll_fn(|task| {
            if self.is_open() {
                return Poll::Ready(());
            }
            self.waiting.replace(Some(task.waker().clone()));
            Poll::Pending
        })
        .await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::pin::pin;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Context, Wake};

    struct Wakes(AtomicUsize);

    impl Wake for Wakes {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn a_task_is_woken_when_the_latch_opens() {
        let (latch, wakes) = (Latch::default(), Arc::new(Wakes(AtomicUsize::new(0))));
        let waker = Waker::from(wakes.clone());
        let mut task = Context::from_waker(&waker);
        let mut waiting = pin!(latch.opened());
        assert!(waiting.as_mut().poll(&mut task).is_pending());
        latch.open();
        assert_eq!(wakes.0.load(Ordering::Relaxed), 1);
        assert!(waiting.poll(&mut task).is_ready());
        latch.close();
        assert!(pin!(latch.opened()).poll(&mut task).is_pending());
    }
}
