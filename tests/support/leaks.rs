//! What a test leaves behind: objects of the library, and open file descriptors.
//!
//! Objects are counted by the thread that makes them, so that each test is told of its own, while
//! others run. Descriptors belong to the process: a test that has ended waits for those that run
//! beside it, and they compare what is open with what was. `--test-threads=1` tells which it was.

use gio::prelude::*;
use glib::Type;
use glib::ffi::gpointer;
use glib::gobject_ffi::{self, GObject, GObjectClass};
use glib::translate::{FromGlib, IntoGlib, ToGlibPtr};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How many objects of each type live.
type Count = Arc<Mutex<BTreeMap<String, usize>>>;

thread_local! {
    static MADE_HERE: RefCell<Count> = RefCell::default();
}

/// How long what ends in other threads may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Runs `test`, and then asserts that it has left nothing behind. It is given a context that is its
/// own and nobody else's.
pub(super) fn checked(test: impl FnOnce(&glib::MainContext)) {
    LazyLock::force(&WATCHED);
    // A thread may run several tests, and each has its own count.
    let count = Count::default();
    let outer = MADE_HERE.replace(count.clone());
    // A thread that a test has started has no name. The test waits for it, and so it cannot wait for
    // the test.
    // Nor does a test wait that is alone in its process, with a network monitor that stays in its context.
    let has_monitor = std::env::var_os("GIO_USE_NETWORK_MONITOR").is_some();
    // ThreadSanitizer has pipes to programs that find names, and opens them when it first wants some.
    let has_sanitizer = std::env::var_os("TSAN_OPTIONS").is_some();
    let is_test = std::thread::current().name().is_some() && !has_monitor && !has_sanitizer;
    let mut running = is_test.then(Running::begin);

    let context = glib::MainContext::new();
    context
        .with_thread_default(|| {
            test(&context);
            let deadline = Instant::now() + PATIENCE;
            let watched = || if has_monitor { 0 } else { watched_by(&context) };
            let is_clean = || lock(&count).is_empty() && watched() == 0;
            iterate_until(&context, || is_clean() || Instant::now() > deadline);
            let left = lock(&count).clone();
            assert!(left.is_empty(), "the test has left objects: {left:?}");
            assert_eq!(
                watched(),
                0,
                "the test has left descriptors that are watched"
            );
            if let Some(running) = &mut running {
                running.end();
                iterate_until(&context, || running.is_over());
            }
        })
        .expect("a new context can be acquired");
    MADE_HERE.set(outer);
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Lets end in `context` what still is to end. What ends in another thread wakes no context.
fn iterate_until(context: &glib::MainContext, is_done: impl Fn() -> bool) {
    while !is_done() {
        if !context.iteration(false) {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

/// How many descriptors the sources of `context` watch.
fn watched_by(context: &glib::MainContext) -> usize {
    let context = context.to_glib_none();
    let (mut priority, mut timeout) = (0, 0);
    // SAFETY: the context is this thread's. No room is given for descriptors, so that they are only
    // counted.
    let count = unsafe {
        glib::ffi::g_main_context_prepare(context.0, &mut priority);
        glib::ffi::g_main_context_query(context.0, i32::MAX, &mut timeout, std::ptr::null_mut(), 0)
    };
    // One is the context's own, by which it is woken.
    usize::try_from(count).expect("a number") - 1
}

// Objects.

/// The classes of the library that derive from `GObject` itself, with what they did once an object
/// was constructed. Those that derive from them chain up.
static WATCHED: LazyLock<BTreeMap<usize, unsafe extern "C" fn(*mut GObject)>> =
    LazyLock::new(|| classes().into_iter().map(watch).collect());

fn classes() -> [Type; 9] {
    [
        wsoup::Auth::static_type(),
        wsoup::AuthDomain::static_type(),
        wsoup::CookieJar::static_type(),
        wsoup::Message::static_type(),
        wsoup::Server::static_type(),
        wsoup::ServerMessage::static_type(),
        wsoup::Session::static_type(),
        wsoup::WebsocketConnection::static_type(),
        wsoup::WebsocketExtension::static_type(),
    ]
}

/// Has all objects of a class counted from now on.
fn watch(class: Type) -> (usize, unsafe extern "C" fn(*mut GObject)) {
    // SAFETY: it is a class of GObject's, and is never let go of. Nobody else looks at the field
    // meanwhile: objects of the class are made by tests alone, and those wait for this.
    let original = unsafe {
        let class = gobject_ffi::g_type_class_ref(class.into_glib()).cast::<GObjectClass>();
        (*class).constructed.replace(note_birth)
    };
    (class.into_glib(), original.expect("GObject has one"))
}

unsafe extern "C" fn note_birth(object: *mut GObject) {
    // SAFETY: GObject calls this with an object that has just been constructed.
    let object_type = unsafe { Type::from_glib((*(*object).g_type_instance.g_class).g_type) };
    let mut ancestors = std::iter::successors(Some(object_type), |class| class.parent());
    let original = ancestors.find_map(|class| WATCHED.get(&class.into_glib()));
    let original = original.expect("its class is watched");
    // SAFETY: that is what would have been called.
    unsafe { original(object) };

    let name = object_type.name().to_owned();
    let count = MADE_HERE.with_borrow(Arc::clone);
    *lock(&count).entry(name.clone()).or_default() += 1;
    let birth = Box::into_raw(Box::new((count, name)));
    // SAFETY: the object lives, and `note_death` takes the box back.
    unsafe { gobject_ffi::g_object_weak_ref(object, Some(note_death), birth.cast()) };
}

unsafe extern "C" fn note_death(birth: gpointer, _object: *mut GObject) {
    // SAFETY: it is the box of `note_birth`, and an object dies once.
    let (count, name) = *unsafe { Box::from_raw(birth.cast::<(Count, String)>()) };
    let mut count = lock(&count);
    let alive = count.entry(name.clone()).or_default();
    *alive -= 1;
    if *alive == 0 {
        count.remove(&name);
    }
}

// File descriptors.

/// The tests that run side by side, and what was open before them.
#[derive(Default)]
struct Round {
    number: usize,
    running: usize,
    /// How many of them have ended, and when the last one did.
    ended: usize,
    since: Option<Instant>,
    /// One of them has panicked. What it held open is the least of its faults.
    is_spoiled: bool,
    before: BTreeMap<String, String>,
}

static ROUND: LazyLock<Mutex<Round>> = LazyLock::new(|| {
    // What GLib opens once and for all.
    glib::MainContext::default();
    gio::NetworkMonitor::default();
    gio::TlsBackend::default();
    gio::ProxyResolver::default();
    // SAFETY: it has no arguments. With the type comes the thread that looks after GIO's others.
    unsafe { gio::ffi::g_task_get_type() };
    Mutex::default()
});

/// A test that runs.
struct Running {
    round: usize,
    has_ended: bool,
}

impl Running {
    fn begin() -> Self {
        let mut round = lock(&ROUND);
        if round.running == 0 {
            round.before = open_descriptors();
        }
        round.running += 1;
        Self {
            round: round.number,
            has_ended: false,
        }
    }

    fn end(&mut self) {
        let mut round = lock(&ROUND);
        self.has_ended = true;
        round.ended += 1;
        round.since = Some(Instant::now());
    }

    /// Whether all tests have ended, and nothing is open that was not before.
    fn is_over(&self) -> bool {
        let mut round = lock(&ROUND);
        if round.number != self.round {
            return true;
        }
        if round.ended < round.running {
            return false;
        }
        let mut left = open_descriptors();
        left.retain(|number, what| round.before.get(number) != Some(what));
        let is_late = round.since.is_some_and(|since| since.elapsed() > PATIENCE);
        if !left.is_empty() && !is_late && !round.is_spoiled {
            return false;
        }
        let is_spoiled = round.is_spoiled;
        *round = Round {
            number: round.number + 1,
            ..Round::default()
        };
        drop(round);
        assert!(
            left.is_empty() || is_spoiled,
            "this test, or one beside it, has left open: {left:?}"
        );
        true
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut round = lock(&ROUND);
        if !self.has_ended && round.number == self.round {
            round.running -= 1;
            round.is_spoiled = true;
        }
    }
}

/// The open descriptors, and what they are; but for those that wake contexts, whose number is GLib's
/// affair.
fn open_descriptors() -> BTreeMap<String, String> {
    let folder = std::fs::read_dir("/proc/self/fd").expect("Linux has it");
    let entries = folder.filter_map(|entry| {
        let path = entry.ok()?.path();
        // The folder's own one is closed by now.
        let what = std::fs::read_link(&path).ok()?;
        Some((path.display().to_string(), what.display().to_string()))
    });
    let own = format!("/proc/{}/fd", std::process::id());
    entries
        .filter(|(_, what)| *what != own && what != "anon_inode:[eventfd]")
        .collect()
}
