//! What stands between one `GMainContext` and many sockets: readiness, timers, tasks.
//!
//! A `GMainContext` asks every attached source in every iteration, so wsoup attaches one source a
//! context ([`EventLoop`]) and keeps its own books: who is ready to run and who wants to be woken
//! when. Whoever takes part holds a [`Watcher`], whose callback runs in the context: because its
//! [`Stream`] became ready, because its deadline passed, or because somebody called
//! [`Watcher::wake`].
//!
//! A context is owned by one thread at a time, but not always by the same one: a program in C or
//! Python may create a connection in its main thread and run the context in another. Nothing in
//! here (nor above) is therefore tied to a thread as gio-rs's own callbacks and futures are; what
//! is not `Send` is only ever touched by the thread that runs the context ([`ContextBound`]). This
//! module holds the proof obligations (and the `unsafe`) that follow. It knows no WebSocket.

mod asleep;
mod buffer;
mod closure;
mod descriptors;
mod gio_call;
mod inherited;
mod listener;
mod poller;
mod socket_address;
mod socket_watch;
mod source;
mod sources;
mod stream;
mod task;
mod timers;
mod tls_interaction;

use std::collections::{HashMap, VecDeque};
use std::mem::ManuallyDrop;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, Weak};
use std::task::Waker;
#[cfg(not(feature = "capi"))]
use std::thread::ThreadId;
use std::time::{Duration, Instant};

pub(crate) use asleep::time_asleep;
pub(crate) use buffer::ReadBuffer;
pub(crate) use closure::context_closure;
pub(crate) use gio_call::{close_later, connect_to, handshake_tls, read_bytes};
pub(crate) use inherited::{copy_listening, take_inherited};
pub(crate) use listener::Listener;
pub(crate) use socket_address::peer_address;
pub(crate) use stream::{Interest, MAX_SLICES, Readiness, Stream, cut};
pub use task::run;
pub(crate) use task::{on_cancelled, spawn, with_cancellable, with_deadline, yield_now};
pub(crate) use tls_interaction::{Answer, Question, ask_interaction, tls_interaction};

use poller::Poller;
use source::ContextSource;
use timers::Timers;

/// The bookkeeping of one `GMainContext`; shared by all watchers of that context.
pub(crate) struct EventLoop {
    context: glib::MainContext,
    // Destroyed before the poller, whose file descriptor it polls.
    _source: ContextSource,
    poller: Option<Poller>,
    books: Mutex<Books>,
    /// The thread that is dispatching, see [`thread_token`]; 0 if none is.
    thread: AtomicUsize,
    /// The one that did last, or else that has made this.
    home: AtomicUsize,
}

#[derive(Default)]
struct Books {
    /// Who has a turn, and in which iteration at the earliest.
    ready: VecDeque<(u64, Arc<Entry>)>,
    iteration: u64,
    timers: Timers,
    /// Whose callbacks run now, the innermost last; see [`Watcher::run_to_completion`].
    running: Vec<Arc<Entry>>,
}

/// Why a callback runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// Its stream can be read, or has come to its end.
    Readable,
    /// Its stream can be written, its deadline has passed, or it was woken.
    Other,
}

impl EventLoop {
    /// Returns the event loop of the thread-default context.
    pub(crate) fn thread_default() -> Arc<Self> {
        Self::of(glib::MainContext::ref_thread_default())
    }

    fn of(context: glib::MainContext) -> Arc<Self> {
        /// One loop a context, for as long as somebody uses it.
        static LOOPS: LazyLock<Mutex<HashMap<usize, Weak<EventLoop>>>> =
            LazyLock::new(Mutex::default);

        let mut loops = lock(&LOOPS);
        let key = source::context_address(&context);
        if let Some(event_loop) = loops.get(&key).and_then(Weak::upgrade) {
            return event_loop;
        }
        loops.retain(|_, event_loop| event_loop.strong_count() > 0);
        buffer::keep_memory();
        let poller = Poller::new();
        let polled = poller.as_ref().map(Poller::as_raw_fd);
        let event_loop = Arc::new_cyclic(|weak| Self {
            _source: ContextSource::attach(&context, weak.clone(), polled),
            context,
            poller,
            books: Mutex::default(),
            thread: AtomicUsize::new(0),
            home: AtomicUsize::new(thread_token()),
        });
        loops.insert(key, Arc::downgrade(&event_loop));
        event_loop
    }

    /// The context that this loop serves.
    pub(crate) fn context(&self) -> &glib::MainContext {
        &self.context
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        lock(&self.books)
    }

    /// Has the context look at the books.
    fn rouse(&self) {
        // The owner does before it sleeps; anybody else may find it asleep.
        if !self.context.is_owner() {
            self.context.wakeup();
        }
    }

    /// How long the context may sleep: `Some(zero)` when something is ready now.
    fn prepare(&self) -> Option<Duration> {
        let mut books = self.books();
        // A callback that is in the middle of its work runs the context: what it has begun and
        // not finished must go on in here, once, or the callback might wait for it for ever.
        for entry in std::mem::take(&mut books.running) {
            entry.running.store(false, Ordering::Release);
            books.enqueue(entry);
        }
        if !books.ready.is_empty() {
            return Some(Duration::ZERO);
        }
        let next = books.timers.next();
        drop(books);
        let deadline = [next, buffer::release_unused()].into_iter().flatten().min();
        deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }

    /// Runs what is ready at this moment; what becomes ready meanwhile waits for the next iteration,
    /// and so does the rest when this takes long: other sources get their turn.
    ///
    /// `poll` says whether to ask the poller.
    fn dispatch(&self, poll: bool) {
        let token = thread_token();
        self.home.store(token, Ordering::Relaxed);
        let outer = self.thread.swap(token, Ordering::Relaxed);
        self.run_ready(poll);
        self.thread.store(outer, Ordering::Relaxed);
    }

    fn run_ready(&self, poll: bool) {
        let begin = Instant::now();
        let mut books = self.books();
        while let Some(entry) = books.timers.take_due(begin) {
            books.enqueue(entry);
        }
        if let Some(poller) = self.poller.as_ref().filter(|_| poll) {
            poller.poll(|entry, is_readable| {
                entry.readable.fetch_or(is_readable, Ordering::AcqRel);
                books.enqueue(entry.clone());
            });
        }
        let iteration = books.iteration;
        books.iteration += 1;
        drop(books);
        let next = || self.books().take_ready(iteration);
        // One look at the clock ends the turn of one entry and begins that of the next.
        let mut now = begin;
        // No lock is held while a callback runs: it may wake, arm, or run the context itself.
        while let Some(entry) = next() {
            entry.queued.store(false, Ordering::Release);
            let cause = match entry.readable.swap(false, Ordering::AcqRel) {
                true => Cause::Readable,
                false => Cause::Other,
            };
            entry.run(cause, now);
            now = Instant::now();
            if now - begin >= TURN_TIME {
                break;
            }
        }
    }
}

/// Names the thread that calls, for as long as it lives; never 0.
fn thread_token() -> usize {
    thread_local! {
        static TOKEN: u8 = const { 0 };
    }
    // A thread that is ending runs no context.
    TOKEN
        .try_with(|token| std::ptr::from_ref(token).addr())
        .unwrap_or(usize::MAX)
}

/// How long the sources of others wait at most, but for the one callback that runs.
pub(crate) const TURN_TIME: Duration = Duration::from_millis(1);

impl Books {
    /// Gives `entry` a turn.
    fn enqueue(&mut self, entry: Arc<Entry>) {
        if !entry.queued.swap(true, Ordering::AcqRel) {
            self.ready.push_back((self.iteration, entry));
        }
    }

    /// Takes out an entry that was ready in `iteration`.
    fn take_ready(&mut self, iteration: u64) -> Option<Arc<Entry>> {
        let (since, _) = self.ready.front()?;
        if *since > iteration {
            return None;
        }
        self.ready.pop_front().map(|(_, entry)| entry)
    }
}

/// What runs in the context: it is told why, and when it began.
type Callback = Box<dyn Fn(Cause, Instant)>;

/// One participant: what the books, the stream sources and the wakers refer to.
struct Entry {
    event_loop: Arc<EventLoop>,
    callback: ContextBound<Callback>,
    /// Whether the entry stands in the ready queue.
    queued: AtomicBool,
    /// Whether it is there because its stream can be read.
    readable: AtomicBool,
    /// Whether the callback runs and will look for new work before it returns.
    running: AtomicBool,
    /// Whether its watcher is gone.
    retired: AtomicBool,
    /// When it wants to run; kept by [`Timers`].
    deadline: Mutex<Option<Instant>>,
}

impl Entry {
    fn new(event_loop: &Arc<EventLoop>, callback: Callback) -> Self {
        Self {
            event_loop: event_loop.clone(),
            callback: ContextBound::new(callback),
            queued: AtomicBool::new(false),
            readable: AtomicBool::new(false),
            running: AtomicBool::new(false),
            retired: AtomicBool::new(false),
            deadline: Mutex::default(),
        }
    }

    fn run(&self, cause: Cause, now: Instant) {
        if !self.retired.load(Ordering::Acquire) {
            (self.callback.get())(cause, now);
        }
    }

    fn wake(self: &Arc<Self>) {
        if self.queued.load(Ordering::Acquire) {
            return;
        }
        self.event_loop.books().enqueue(self.clone());
        self.event_loop.rouse();
    }

    /// As [`wake`](Self::wake), giving the reference away, as another thread has to: the callback is to
    /// be dropped where it runs, so the last reference must not be here when it has run there.
    fn wake_and_release(self: Arc<Self>) {
        let event_loop = self.event_loop.clone();
        // If it is queued already, the context has a reference while the books are locked.
        event_loop.books().enqueue(self);
        event_loop.rouse();
    }
}

/// A callback in an event loop, until it is dropped.
pub(crate) struct Watcher(Arc<Entry>);

impl Watcher {
    /// Registers `callback`, which runs in the context of `event_loop` whenever there is a reason.
    ///
    /// It may be called without one, too, so it looks for what there is to do.
    pub(crate) fn new(
        event_loop: &Arc<EventLoop>,
        callback: impl Fn(Cause, Instant) + 'static,
    ) -> Self {
        Self(Arc::new(Entry::new(event_loop, Box::new(callback))))
    }

    /// Runs the callback in the next iteration of the context.
    ///
    /// Does nothing within [`Watcher::run_to_completion`], which sees what is new by itself.
    pub(crate) fn wake(&self) {
        if !self.0.running.load(Ordering::Acquire) {
            self.0.wake();
        }
    }

    /// The context in which the callback runs.
    pub(crate) fn context(&self) -> &glib::MainContext {
        self.0.event_loop.context()
    }

    /// What wakes the watcher from any thread, and does not keep it.
    pub(crate) fn waker(&self) -> Waker {
        Arc::new(WatcherWaker(Arc::downgrade(&self.0))).into()
    }

    /// Runs `f` where callbacks run: here, if this thread runs the context, or is who last did; `None`
    /// otherwise.
    pub(crate) fn in_context<R>(&self, f: impl FnOnce() -> R) -> Option<R> {
        // Objects of Rust programs do not leave their thread.
        if cfg!(not(feature = "capi")) || self.is_dispatching_here() {
            return Some(f());
        }
        let event_loop = &self.0.event_loop;
        if event_loop.context.is_owner() {
            return Some(f());
        }
        // That nobody runs the context now does not let everybody in: between two iterations its
        // thread may use all that is bound to it, and asks nobody.
        if event_loop.home.load(Ordering::Relaxed) != thread_token() {
            return None;
        }
        let _owner = event_loop.context.acquire().ok()?;
        Some(f())
    }

    /// Whether this thread surely runs the context now. Takes no lock, and may miss it.
    pub(crate) fn is_dispatching_here(&self) -> bool {
        self.0.event_loop.thread.load(Ordering::Relaxed) == thread_token()
    }

    /// Calls `work` again and again until it returns `false`: nothing is left to do.
    ///
    /// Most of what wakes a watcher happens while it works: a handler of a message sends another.
    /// That needs no second turn. Should `work` run the context, it is given a turn in there.
    pub(crate) fn run_to_completion(&self, mut work: impl FnMut() -> bool) {
        self.0.event_loop.books().running.push(self.0.clone());
        let outer = self.0.running.swap(true, Ordering::AcqRel);
        while work() {}
        let mut books = self.0.event_loop.books();
        // It is not there if the context was run meanwhile.
        if let Some(index) = books
            .running
            .iter()
            .rposition(|entry| Arc::ptr_eq(entry, &self.0))
        {
            books.running.swap_remove(index);
        }
        self.0.running.store(outer, Ordering::Release);
    }

    /// Runs the callback once `deadline` has passed; `None` takes back what was set before.
    pub(crate) fn set_deadline(&self, deadline: Option<Instant>) {
        if *lock(&self.0.deadline) == deadline {
            return;
        }
        let event_loop = &self.0.event_loop;
        let is_next = event_loop.books().timers.set(&self.0, deadline);
        if is_next {
            event_loop.rouse();
        }
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.0.retired.store(true, Ordering::Release);
        self.set_deadline(None);
        let mut books = self.0.event_loop.books();
        // The queue refers to the entry and the entry to the queue: if the context never runs
        // again, they would keep each other, and the context, for ever.
        if self.0.queued.load(Ordering::Acquire) {
            books
                .ready
                .retain(|(_, entry)| !Arc::ptr_eq(entry, &self.0));
        }
    }
}

/// Wakes a watcher, if that is still there.
struct WatcherWaker(Weak<Entry>);

impl std::task::Wake for WatcherWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if let Some(entry) = self.0.upgrade() {
            entry.wake_and_release();
        }
    }
}

/// A value that only the thread which runs the context may touch.
///
/// In the C library that is for the program to see to, as with all of GLib, and the thread may
/// change. Rust programs are promised more: there the value stays with the thread that made it, as
/// in gio-rs. To use it in another one is a panic, and dropped in another one it is leaked.
pub(crate) struct ContextBound<T> {
    value: ManuallyDrop<T>,
    #[cfg(not(feature = "capi"))]
    thread: ThreadId,
}

impl<T> ContextBound<T> {
    pub(crate) fn new(value: T) -> Self {
        Self {
            value: ManuallyDrop::new(value),
            #[cfg(not(feature = "capi"))]
            thread: std::thread::current().id(),
        }
    }

    pub(crate) fn get(&self) -> &T {
        assert!(
            self.is_here(),
            "a main context may not change its thread in Rust"
        );
        &self.value
    }

    #[cfg(not(feature = "capi"))]
    fn is_here(&self) -> bool {
        self.thread == std::thread::current().id()
    }

    #[cfg(feature = "capi")]
    fn is_here(&self) -> bool {
        true
    }
}

#[allow(unsafe_code)]
mod context_bound {
    use super::ContextBound;
    use std::mem::ManuallyDrop;

    impl<T> Drop for ContextBound<T> {
        fn drop(&mut self) {
            if self.is_here() {
                // SAFETY: dropped here and nowhere else, and not used afterwards.
                unsafe { ManuallyDrop::drop(&mut self.value) }
            }
        }
    }

    // SAFETY: for Rust programs the value is used and dropped in one thread. For C, GLib lets one
    // thread at a time own a context and synchronises the hand-over; callbacks run in that thread
    // alone, and what else a program does with the objects of a context in other threads is its
    // own to synchronise, as it is for every GObject that does not say otherwise.
    unsafe impl<T> Send for ContextBound<T> {}
    // SAFETY: as above.
    unsafe impl<T> Sync for ContextBound<T> {}
}

/// Locks `mutex`; a panic elsewhere leaves the books consistent, so poisoning is no news.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
