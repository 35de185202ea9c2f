//! Futures that run in a context.
//!
//! gio-rs has `spawn_local()`, but ties the future to the thread that spawned it; see the module
//! above. A task lives as long as somebody can wake it: what it waits for owns it.

use super::{ContextBound, Entry, EventLoop, Watcher, lock};
use gio::prelude::*;
use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, Weak};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Instant;

/// Runs `future` in the context of `event_loop`, beginning with its next iteration.
pub(crate) fn spawn(event_loop: &Arc<EventLoop>, future: impl Future<Output = ()> + 'static) {
    let entry = Arc::new_cyclic(|entry: &Weak<Entry>| {
        let task = Task {
            entry: entry.clone(),
            future: RefCell::new(Some(Box::pin(future))),
            woken_while_running: Cell::new(false),
        };
        Entry::new(event_loop, Box::new(move |_, _| task.run()))
    });
    entry.wake();
}

/// Runs what `begin` returns in the thread-default context until `cancellable` is cancelled, and calls
/// `callback` with the result, never before this returns. For the C library.
///
/// What is cancelled before does not begin, and what is done is not cancelled any more.
pub fn run<T: 'static, F: Future<Output = Result<T, glib::Error>> + 'static>(
    cancellable: Option<&gio::Cancellable>,
    begin: impl FnOnce() -> F,
    callback: impl FnOnce(Result<T, glib::Error>) + 'static,
) {
    let cancellable = cancellable.cloned();
    let is_cancelled = cancellable
        .as_ref()
        .map_or(Ok(()), gio::Cancellable::set_error_if_cancelled);
    let future = is_cancelled.map(|()| begin());
    spawn(&EventLoop::thread_default(), async move {
        callback(match (future, cancellable) {
            (Ok(future), Some(cancellable)) => until_cancelled(&cancellable, future, true).await,
            (Ok(future), None) => future.await,
            (Err(error), _) => Err(error),
        });
    });
}

struct Task {
    entry: Weak<Entry>,
    future: RefCell<Option<Pin<Box<dyn Future<Output = ()>>>>>,
    woken_while_running: Cell<bool>,
}

impl Task {
    fn run(&self) {
        // What the future calls may run the context, and so come here again.
        let Ok(mut future) = self.future.try_borrow_mut() else {
            return self.woken_while_running.set(true);
        };
        let (Some(running), Some(entry)) = (future.as_mut(), self.entry.upgrade()) else {
            return;
        };
        let waker = Waker::from(entry.clone());
        // GIO starts its operations in the thread-default context, which this one need not be: it
        // may be iterated without having been pushed.
        let poll = || running.as_mut().poll(&mut Context::from_waker(&waker));
        match entry.event_loop.context().with_thread_default(poll) {
            Ok(Poll::Ready(())) => *future = None,
            Ok(Poll::Pending) if self.woken_while_running.take() => Entry::wake(&entry),
            Ok(Poll::Pending) => (),
            Err(_) => glib::g_critical!("Wsoup", "a main context ran in two threads at once"),
        }
    }
}

impl Wake for Entry {
    fn wake(self: Arc<Self>) {
        self.wake_and_release();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        Self::wake(self);
    }
}

/// A watcher that wakes the task which waits for it.
pub(super) struct TaskWatcher {
    waker: Arc<ContextBound<RefCell<Option<Waker>>>>,
    watcher: Watcher,
}

impl TaskWatcher {
    pub(super) fn new() -> Self {
        let waker = Arc::new(ContextBound::new(RefCell::new(None::<Waker>)));
        let watcher = Watcher::new(&EventLoop::thread_default(), {
            let waker = waker.clone();
            move |_, _| {
                let waker = waker.get().borrow().clone();
                if let Some(waker) = waker {
                    waker.wake();
                }
            }
        });
        Self { waker, watcher }
    }

    pub(super) fn set_waker(&self, task: &Context<'_>) {
        self.waker.get().replace(Some(task.waker().clone()));
    }

    pub(super) fn watcher(&self) -> &Watcher {
        &self.watcher
    }
}

/// Waits until `deadline` has passed.
async fn sleep_until(deadline: Instant) {
    let alarm = TaskWatcher::new();
    alarm.watcher().set_deadline(Some(deadline));
    poll_fn(|task| {
        alarm.set_waker(task);
        if Instant::now() >= deadline {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

/// Lets everything else in the context have its turn.
pub(crate) async fn yield_now() {
    let mut yielded = false;
    poll_fn(|task| {
        if std::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        task.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Waits for `future`, but no longer than until `deadline`; then it is dropped.
pub(crate) async fn with_deadline<T>(
    deadline: Option<Instant>,
    future: impl Future<Output = T>,
) -> Option<T> {
    let Some(deadline) = deadline else {
        return Some(future.await);
    };
    let (mut future, mut alarm) = (pin!(future), pin!(sleep_until(deadline)));
    poll_fn(|task| {
        if let Poll::Ready(value) = future.as_mut().poll(task) {
            return Poll::Ready(Some(value));
        }
        alarm.as_mut().poll(task).map(|()| None)
    })
    .await
}

/// Waits for `future` until `cancellable` is cancelled; then it is dropped.
pub(crate) async fn with_cancellable<T>(
    cancellable: &gio::Cancellable,
    future: impl Future<Output = Result<T, glib::Error>>,
) -> Result<T, glib::Error> {
    until_cancelled(cancellable, future, false).await
}

/// As [`with_cancellable`], where `result_counts` says whether `future` is asked once more when it is
/// cancelled.
async fn until_cancelled<T>(
    cancellable: &gio::Cancellable,
    future: impl Future<Output = Result<T, glib::Error>>,
    result_counts: bool,
) -> Result<T, glib::Error> {
    let mut future = pin!(future);
    let mut cancelled: Option<Cancelled> = None;
    poll_fn(|task| {
        let cancelled = cancelled.get_or_insert_with(|| Cancelled::new(cancellable));
        *lock(&cancelled.waker) = Some(task.waker().clone());
        // Asked only now: another thread that cancels from here on finds whom to wake.
        let is_cancelled = cancellable.set_error_if_cancelled();
        if !result_counts {
            is_cancelled.clone()?;
        }
        match (future.as_mut().poll(task), is_cancelled) {
            (Poll::Pending, Err(error)) => Poll::Ready(Err(error)),
            (result, _) => result,
        }
    })
    .await
}

/// Calls `f` when `cancellable` is cancelled, perhaps in another thread, or at once if it is.
///
/// The handler is disconnected as any other. `g_cancellable_disconnect()` would wait for the
/// emission to end, for ever if it is an emission that leads to the disconnection.
pub(crate) fn on_cancelled(
    cancellable: &gio::Cancellable,
    f: impl Fn() + Send + Sync + 'static,
) -> glib::SignalHandlerId {
    let f = Arc::new(f);
    let handler = cancellable.connect("cancelled", false, {
        let f = f.clone();
        move |_| {
            f();
            None
        }
    });
    if cancellable.is_cancelled() {
        f();
    }
    handler
}

/// Wakes a task when a cancellable, perhaps in another thread, is cancelled.
struct Cancelled {
    cancellable: gio::Cancellable,
    waker: Arc<Mutex<Option<Waker>>>,
    handler: Option<glib::SignalHandlerId>,
}

impl Cancelled {
    fn new(cancellable: &gio::Cancellable) -> Self {
        let waker = Arc::new(Mutex::new(None::<Waker>));
        let handler = on_cancelled(cancellable, {
            let waker = waker.clone();
            move || {
                let waker = lock(&waker).take();
                if let Some(waker) = waker {
                    waker.wake();
                }
            }
        });
        Self {
            cancellable: cancellable.clone(),
            waker,
            handler: Some(handler),
        }
    }
}

impl Drop for Cancelled {
    fn drop(&mut self) {
        // Another thread may be about to call the handler, or to release it.
        *lock(&self.waker) = None;
        if let Some(handler) = self.handler.take() {
            self.cancellable.disconnect(handler);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::with_context;
    use std::rc::Rc;
    use std::time::Duration;

    #[test]
    fn a_task_sleeps_and_ends() {
        with_context(|context| {
            let done = Rc::new(Cell::new(false));
            spawn(&EventLoop::thread_default(), {
                let done = done.clone();
                async move {
                    sleep_until(Instant::now() + Duration::from_millis(3)).await;
                    done.set(true);
                }
            });
            while !done.get() {
                context.iteration(true);
            }
        });
    }

    #[test]
    fn a_deadline_drops_what_takes_too_long() {
        with_context(|context| {
            let result = Rc::new(Cell::new(None));
            spawn(&EventLoop::thread_default(), {
                let result = result.clone();
                async move {
                    let soon = Some(Instant::now() + Duration::from_millis(3));
                    result.set(Some(
                        with_deadline(soon, std::future::pending::<()>()).await,
                    ));
                }
            });
            while result.get().is_none() {
                context.iteration(true);
            }
            assert_eq!(result.get(), Some(None));
        });
    }

    #[test]
    fn cancellation_from_another_thread_ends_a_wait() {
        with_context(|context| {
            let error = Rc::new(RefCell::new(None));
            let cancellable = gio::Cancellable::new();
            spawn(&EventLoop::thread_default(), {
                let (error, cancellable) = (error.clone(), cancellable.clone());
                async move {
                    let waiting =
                        with_cancellable(&cancellable, std::future::pending::<Result<(), _>>());
                    *error.borrow_mut() = waiting.await.err();
                }
            });
            while context.iteration(false) {}
            let thread = std::thread::spawn(move || cancellable.cancel());
            while error.borrow().is_none() {
                context.iteration(true);
            }
            thread.join().expect("the thread ends");
            let error = error.take().expect("it is there");
            assert!(error.matches(gio::IOErrorEnum::Cancelled));
        });
    }

    #[test]
    fn a_task_that_runs_the_context_is_woken_again() {
        with_context(|context| {
            let polls = Rc::new(Cell::new(0));
            spawn(&EventLoop::thread_default(), {
                let (polls, context) = (polls.clone(), context.clone());
                poll_fn(move |task| {
                    polls.set(polls.get() + 1);
                    if polls.get() == 2 {
                        return Poll::Ready(());
                    }
                    task.waker().wake_by_ref();
                    while context.iteration(false) {}
                    Poll::Pending
                })
            });
            while polls.get() < 2 {
                context.iteration(true);
            }
        });
    }

    #[test]
    fn a_context_need_not_be_the_default_one_of_the_thread_that_runs_it() {
        let done = Rc::new(Cell::new(false));
        let context = glib::MainContext::new();
        let start = || {
            let done = done.clone();
            spawn(&EventLoop::thread_default(), async move {
                sleep_until(Instant::now() + Duration::from_millis(1)).await;
                done.set(true);
            });
        };
        context
            .with_thread_default(start)
            .expect("a new context can be acquired");
        while !done.get() {
            context.iteration(true);
        }
    }

    /// In C; see [`ContextBound`].
    #[cfg(feature = "capi")]
    #[test]
    fn a_context_may_change_its_thread() {
        use std::sync::atomic::{AtomicBool, Ordering};

        let context = glib::MainContext::new();
        let done = Arc::new(AtomicBool::new(false));
        context
            .with_thread_default(|| {
                let done = done.clone();
                spawn(&EventLoop::thread_default(), async move {
                    sleep_until(Instant::now() + Duration::from_millis(1)).await;
                    done.store(true, Ordering::Release);
                });
            })
            .expect("a new context can be acquired");
        std::thread::spawn(move || {
            context
                .with_thread_default(|| {
                    while !done.load(Ordering::Acquire) {
                        context.iteration(true);
                    }
                })
                .expect("nobody owns the context any more");
        })
        .join()
        .expect("the thread ends");
    }
}
