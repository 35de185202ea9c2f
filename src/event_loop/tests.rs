use super::*;
use crate::testing::with_context;
use std::cell::Cell;
use std::rc::Rc;

#[test]
fn a_wake_runs_the_callback_once() {
    with_context(|context| {
        let runs = Rc::new(Cell::new(0));
        let watcher = Watcher::new(&EventLoop::thread_default(), {
            let runs = runs.clone();
            move |_, _| runs.set(runs.get() + 1)
        });
        watcher.wake();
        watcher.wake();
        while context.iteration(false) {}
        assert_eq!(runs.get(), 1);
    });
}

#[test]
fn a_deadline_wakes_and_can_be_taken_back() {
    with_context(|context| {
        let runs = Rc::new(Cell::new(0));
        let event_loop = EventLoop::thread_default();
        let count = || {
            let runs = runs.clone();
            move |_, _| runs.set(runs.get() + 1)
        };
        let (early, late) = (
            Watcher::new(&event_loop, count()),
            Watcher::new(&event_loop, count()),
        );
        early.set_deadline(Some(Instant::now() + Duration::from_millis(5)));
        late.set_deadline(Some(Instant::now() + Duration::from_millis(1)));
        late.set_deadline(None);
        while runs.get() == 0 {
            context.iteration(true);
        }
        while context.iteration(false) {}
        assert_eq!(runs.get(), 1);
    });
}

#[test]
fn a_dropped_watcher_is_silent() {
    with_context(|context| {
        let watcher = Watcher::new(&EventLoop::thread_default(), |_, _| panic!("it ran"));
        watcher.wake();
        watcher.set_deadline(Some(Instant::now()));
        drop(watcher);
        while context.iteration(false) {}
    });
}

#[test]
fn a_callback_may_run_the_context() {
    with_context(|context| {
        let event_loop = EventLoop::thread_default();
        let inner_ran = Rc::new(Cell::new(false));
        let inner = Watcher::new(&event_loop, {
            let inner_ran = inner_ran.clone();
            move |_, _| inner_ran.set(true)
        });
        let done = Rc::new(Cell::new(false));
        let outer = Watcher::new(&event_loop, {
            let (context, done, inner_ran) = (context.clone(), done.clone(), inner_ran.clone());
            move |_, _| {
                inner.wake();
                while !inner_ran.get() {
                    context.iteration(true);
                }
                done.set(true);
            }
        });
        outer.wake();
        while !done.get() {
            context.iteration(true);
        }
    });
}

#[test]
fn work_that_runs_the_context_goes_on_in_there() {
    with_context(|context| {
        let turns = Rc::new(Cell::new(0));
        let watcher = Rc::new(std::cell::OnceCell::<Watcher>::new());
        let callback = {
            let (context, turns, watcher) = (context.clone(), turns.clone(), watcher.clone());
            move |_, _| {
                turns.set(turns.get() + 1);
                let depth = turns.get();
                let watcher = watcher.get().expect("set below");
                watcher.run_to_completion(|| {
                    while depth == 1 && turns.get() == 1 {
                        context.iteration(true);
                    }
                    false
                });
            }
        };
        let event_loop = EventLoop::thread_default();
        let watcher = watcher.get_or_init(|| Watcher::new(&event_loop, callback));
        watcher.wake();
        while turns.get() < 2 {
            context.iteration(true);
        }
        // Nothing is left behind that would keep the context busy.
        assert!(!context.iteration(false));
    });
}

#[test]
fn what_becomes_ready_in_an_iteration_waits_for_the_next() {
    with_context(|context| {
        let event_loop = EventLoop::thread_default();
        let late_ran = Rc::new(Cell::new(false));
        let late = Watcher::new(&event_loop, {
            let late_ran = late_ran.clone();
            move |_, _| late_ran.set(true)
        });
        // It has a turn, and gives it up by being dropped before.
        let gone = Rc::new(Cell::new(Some(Watcher::new(&event_loop, |_, _| ()))));
        let first = Watcher::new(&event_loop, {
            let gone = gone.clone();
            move |_, _| {
                drop(gone.take());
                late.wake();
            }
        });
        first.wake();
        let second = gone.take().inspect(Watcher::wake);
        gone.set(second);
        context.iteration(false);
        assert!(!late_ran.get());
        context.iteration(false);
        assert!(late_ran.get());
    });
}

#[test]
fn another_thread_can_wake_a_sleeping_context() {
    with_context(|context| {
        let woken = Arc::new(AtomicBool::new(false));
        let watcher = Watcher::new(&EventLoop::thread_default(), {
            let woken = woken.clone();
            move |_, _| woken.store(true, Ordering::Release)
        });
        let waker = watcher.waker();
        let thread = std::thread::spawn(move || waker.wake());
        while !woken.load(Ordering::Acquire) {
            context.iteration(true);
        }
        thread.join().expect("the thread ends");
    });
}

/// In C; in Rust no other thread has a watcher.
#[cfg(feature = "capi")]
#[test]
fn a_context_that_nobody_runs_now_is_its_thread_s_own() {
    let context = glib::MainContext::new();
    let make = || Watcher::new(&EventLoop::thread_default(), |_, _| ());
    let watcher = context
        .with_thread_default(make)
        .expect("a new context can be acquired");
    assert_eq!(watcher.in_context(|| 1), Some(1));
    let watcher = std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            assert_eq!(watcher.in_context(|| 1), None);
            watcher.wake();
            context.iteration(true);
            assert_eq!(watcher.in_context(|| 1), Some(1));
            watcher
        });
        thread.join().expect("the thread ends well")
    });
    assert_eq!(watcher.in_context(|| 1), None);
}

#[test]
fn a_callback_goes_with_its_watcher_though_another_thread_can_wake_it() {
    with_context(|_| {
        let token = Rc::new(());
        let watcher = Watcher::new(&EventLoop::thread_default(), {
            let token = token.clone();
            move |_, _| drop(token.clone())
        });
        let waker = watcher.waker();
        drop(watcher);
        assert_eq!(Rc::strong_count(&token), 1);
        let thread = std::thread::spawn(move || waker.wake());
        thread.join().expect("the thread ends");
    });
}

#[test]
fn a_callback_is_dropped_where_it_runs_though_another_thread_wakes_it() {
    with_context(|context| {
        let event_loop = EventLoop::thread_default();
        // Whether the thread or the callback ends first is a matter of luck.
        for _ in 0..200 {
            let token = Rc::new(Cell::new(false));
            let callback = {
                let token = token.clone();
                move |_, _| token.set(true)
            };
            let waker = Waker::from(Arc::new(Entry::new(&event_loop, Box::new(callback))));
            let thread = std::thread::spawn(move || waker.wake());
            while !token.get() {
                context.iteration(true);
            }
            thread.join().expect("the thread ends");
            assert_eq!(Rc::strong_count(&token), 1);
        }
    });
}
