//! The GObject side of [`ReconnectingClient`](super::ReconnectingClient): properties and signals.

use super::life::Attempt;
use super::queue::Queue;
use super::schedule::{Backoff, Schedule};
use super::sending::Writings;
use super::surroundings::Surroundings;
use crate::class::text_property;
use crate::http::question::until_handled;
use crate::http::text::Text;
use crate::{
    Message, OfflinePolicy, ReconnectingState, Session, WebsocketConnection, WebsocketDataType,
};
use glib::ParamSpec;
use glib::prelude::*;
use glib::subclass::Signal;
use glib::subclass::prelude::*;
use glib::translate::IntoGlib;
use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;
use std::sync::LazyLock;
use std::time::Duration;

const DEFAULT_INITIAL_DELAY: u32 = 1_000;
const DEFAULT_MAX_DELAY: u32 = 60_000;
const DEFAULT_FACTOR: f64 = 2.0;
const DEFAULT_STABLE_TIME: u32 = 10_000;
const DEFAULT_ATTEMPT_TIMEOUT: u32 = 60;
const DEFAULT_KEEPALIVE_INTERVAL: u32 = 30;
const DEFAULT_PONG_TIMEOUT: u32 = 10;
const DEFAULT_MAX_QUEUED: u64 = 1 << 20;

pub struct ReconnectingClient {
    session: OnceCell<Session>,
    pub(super) uri: OnceCell<glib::Uri>,
    pub(super) origin: OnceCell<Text>,
    pub(super) protocols: OnceCell<Vec<String>>,
    pub(super) attempt_timeout: Cell<u32>,
    pub(super) keepalive_interval: Cell<u32>,
    pub(super) keepalive_pong_timeout: Cell<u32>,
    pub(super) offline_policy: Cell<OfflinePolicy>,
    pub(super) state: Cell<ReconnectingState>,
    pub(super) attempts: Cell<u32>,
    pub(super) connection: RefCell<Option<WebsocketConnection>>,
    /// What went wrong with the connection.
    pub(super) connection_error: RefCell<Option<glib::Error>>,
    /// The keepalive times of the connection, while other ones are used to see whether it lives.
    pub(super) verifying: Cell<Option<(u32, u32)>>,
    pub(super) attempt: RefCell<Option<Rc<Attempt>>>,
    pub(super) schedule: RefCell<Schedule>,
    pub(super) queue: RefCell<Queue<glib::Bytes>>,
    pub(super) writings: Writings,
    /// How many steps were made, from one state to another.
    pub(super) step: Cell<u64>,
    /// Whether it is to be started again when it has stopped.
    pub(super) restarts: Cell<bool>,
    /// What `state` and `retry-at` were notified as.
    pub(super) notified_state: Cell<ReconnectingState>,
    pub(super) notified_retry: Cell<i64>,
    pub(super) surroundings: Surroundings,
}

impl Default for ReconnectingClient {
    fn default() -> Self {
        let milliseconds = |number: u32| Duration::from_millis(number.into());
        let backoff = Backoff {
            initial_delay: milliseconds(DEFAULT_INITIAL_DELAY),
            max_delay: milliseconds(DEFAULT_MAX_DELAY),
            factor: DEFAULT_FACTOR,
            stable_time: milliseconds(DEFAULT_STABLE_TIME),
        };
        Self {
            session: OnceCell::new(),
            uri: OnceCell::new(),
            origin: OnceCell::new(),
            protocols: OnceCell::new(),
            attempt_timeout: Cell::new(DEFAULT_ATTEMPT_TIMEOUT),
            keepalive_interval: Cell::new(DEFAULT_KEEPALIVE_INTERVAL),
            keepalive_pong_timeout: Cell::new(DEFAULT_PONG_TIMEOUT),
            offline_policy: Cell::new(OfflinePolicy::Queue),
            state: Cell::new(ReconnectingState::Stopped),
            attempts: Cell::new(0),
            connection: RefCell::default(),
            connection_error: RefCell::default(),
            verifying: Cell::new(None),
            attempt: RefCell::default(),
            schedule: RefCell::new(Schedule::new(backoff)),
            queue: RefCell::new(Queue::new(DEFAULT_MAX_QUEUED)),
            writings: Writings::default(),
            step: Cell::new(0),
            restarts: Cell::new(false),
            notified_state: Cell::new(ReconnectingState::Stopped),
            notified_retry: Cell::new(0),
            surroundings: Surroundings::default(),
        }
    }
}

#[glib::object_subclass]
impl ObjectSubclass for ReconnectingClient {
    const NAME: &'static str = type_name!("ReconnectingClient");
    const ALLOW_NAME_CONFLICT: bool = !cfg!(feature = "capi");
    const FINAL: bool = true;
    type Type = super::ReconnectingClient;

    fn type_init(_: &mut glib::subclass::types::InitializingType<Self>) {
        crate::class::register_types_of::<Self>();
    }
}

impl ObjectImpl for ReconnectingClient {
    fn properties() -> &'static [ParamSpec] {
        &PROPERTIES
    }

    fn signals() -> &'static [Signal] {
        &SIGNALS
    }

    fn set_property(&self, _id: usize, value: &glib::Value, pspec: &ParamSpec) {
        // GObject has checked the type of `value`, and its range, against the specification.
        let changed = match pspec.name() {
            "session" => set_once(&self.session, value.get().unwrap_or_default()),
            "uri" => set_once(&self.uri, value.get().unwrap_or_default()),
            "origin" => {
                let Ok(origin) = text_property(value, pspec) else {
                    return;
                };
                set_once(&self.origin, origin.as_deref().map(Text::new))
            }
            "protocols" => set_once(&self.protocols, value.get().ok()),
            "initial-delay" => self.set_backoff(|b| replace_time(&mut b.initial_delay, value)),
            "max-delay" => self.set_backoff(|b| replace_time(&mut b.max_delay, value)),
            "backoff-factor" => self.set_backoff(|backoff| {
                let factor = value.get().unwrap_or(DEFAULT_FACTOR);
                std::mem::replace(&mut backoff.factor, factor) != factor
            }),
            "stable-time" => self.set_backoff(|b| replace_time(&mut b.stable_time, value)),
            "attempt-timeout" => replace(&self.attempt_timeout, value),
            "keepalive-interval" => self.set_keepalive(&self.keepalive_interval, value),
            "keepalive-pong-timeout" => self.set_keepalive(&self.keepalive_pong_timeout, value),
            "offline-policy" => replace(&self.offline_policy, value),
            "max-queued-amount" => {
                let bytes = value.get().unwrap_or(DEFAULT_MAX_QUEUED);
                std::mem::replace(&mut self.queue.borrow_mut().max_bytes, bytes) != bytes
            }
            _ => false,
        };
        if changed {
            self.obj().notify_by_pspec(pspec);
        }
    }

    fn property(&self, _id: usize, pspec: &ParamSpec) -> glib::Value {
        let client = self.obj();
        let backoff = self.schedule.borrow().backoff();
        match pspec.name() {
            "session" => self.session().to_value(),
            "uri" => client.uri().to_value(),
            "origin" => client.origin().to_value(),
            "protocols" => self.protocols.get().cloned().unwrap_or_default().to_value(),
            "state" => client.state().to_value(),
            "connection" => client.connection().to_value(),
            "attempts" => client.attempts().to_value(),
            "retry-at" => client.retry_at().to_value(),
            "queued-amount" => client.queued_amount().to_value(),
            "initial-delay" => milliseconds(backoff.initial_delay).to_value(),
            "max-delay" => milliseconds(backoff.max_delay).to_value(),
            "backoff-factor" => backoff.factor.to_value(),
            "stable-time" => milliseconds(backoff.stable_time).to_value(),
            "attempt-timeout" => self.attempt_timeout.get().to_value(),
            "keepalive-interval" => self.keepalive_interval.get().to_value(),
            "keepalive-pong-timeout" => self.keepalive_pong_timeout.get().to_value(),
            "offline-policy" => self.offline_policy.get().to_value(),
            "max-queued-amount" => client.max_queued_amount().to_value(),
            _ => pspec.default_value().clone(),
        }
    }

    fn constructed(&self) {
        self.parent_constructed();
        self.surroundings.attach(&self.obj());
    }

    fn dispose(&self) {
        self.abandon();
    }
}

impl ReconnectingClient {
    /// What opens the connections: one of its own if it was constructed without.
    pub(super) fn session(&self) -> &Session {
        self.session.get_or_init(Session::new)
    }

    /// Changes one of the times of the schedule; `set` tells whether it is another one now.
    fn set_backoff(&self, set: impl FnOnce(&mut Backoff) -> bool) -> bool {
        let mut schedule = self.schedule.borrow_mut();
        let mut backoff = schedule.backoff();
        let changed = set(&mut backoff);
        schedule.set_backoff(backoff);
        changed
    }

    fn set_keepalive(&self, option: &Cell<u32>, value: &glib::Value) -> bool {
        let changed = replace(option, value);
        if changed && let Some(connection) = self.obj().connection() {
            self.verifying.set(None);
            self.keep_alive(&connection);
        }
        changed
    }

    /// Emits a signal whose handlers decide something.
    pub(super) fn ask(&self, signal: &str, arguments: &[&dyn ToValue]) -> bool {
        self.obj().emit_by_name(signal, arguments)
    }
}

/// The data type that the `message` signal carries as an `int`, as that of connections does.
pub(super) fn data_type_from_signal(data_type: i32) -> WebsocketDataType {
    if data_type == WebsocketDataType::Text.into_glib() {
        WebsocketDataType::Text
    } else {
        WebsocketDataType::Binary
    }
}

/// Sets what can only be set at construction, and needs no notification.
fn set_once<T>(cell: &OnceCell<T>, value: Option<T>) -> bool {
    if let Some(value) = value {
        let _ = cell.set(value);
    }
    false
}

fn replace<T>(option: &Cell<T>, value: &glib::Value) -> bool
where
    T: Copy + PartialEq + for<'a> glib::value::FromValue<'a>,
{
    value.get().is_ok_and(|new| option.replace(new) != new)
}

fn replace_time(time: &mut Duration, value: &glib::Value) -> bool {
    let new = Duration::from_millis(value.get::<u32>().unwrap_or_default().into());
    std::mem::replace(time, new) != new
}

/// A time that was set in milliseconds.
fn milliseconds(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX)
}

static PROPERTIES: LazyLock<Vec<ParamSpec>> = LazyLock::new(|| {
    let uint = |name: &'static str, minimum: u32, default: u32| {
        glib::ParamSpecUInt::builder(name)
            .minimum(minimum)
            .default_value(default)
            .explicit_notify()
            .build()
    };
    vec![
        glib::ParamSpecObject::builder::<Session>("session")
            .construct_only()
            .build(),
        glib::ParamSpecBoxed::builder::<glib::Uri>("uri")
            .construct_only()
            .build(),
        glib::ParamSpecString::builder("origin")
            .construct_only()
            .build(),
        glib::ParamSpecBoxed::builder::<Vec<String>>("protocols")
            .construct_only()
            .build(),
        glib::ParamSpecEnum::builder_with_default("state", ReconnectingState::Stopped)
            .read_only()
            .build(),
        glib::ParamSpecObject::builder::<WebsocketConnection>("connection")
            .read_only()
            .build(),
        glib::ParamSpecUInt::builder("attempts").read_only().build(),
        glib::ParamSpecInt64::builder("retry-at")
            .minimum(0)
            .read_only()
            .build(),
        glib::ParamSpecUInt64::builder("queued-amount")
            .read_only()
            .build(),
        uint("initial-delay", 1, DEFAULT_INITIAL_DELAY),
        uint("max-delay", 1, DEFAULT_MAX_DELAY),
        glib::ParamSpecDouble::builder("backoff-factor")
            .minimum(1.0)
            .default_value(DEFAULT_FACTOR)
            .explicit_notify()
            .build(),
        uint("stable-time", 0, DEFAULT_STABLE_TIME),
        uint("attempt-timeout", 0, DEFAULT_ATTEMPT_TIMEOUT),
        uint("keepalive-interval", 0, DEFAULT_KEEPALIVE_INTERVAL),
        uint("keepalive-pong-timeout", 0, DEFAULT_PONG_TIMEOUT),
        glib::ParamSpecEnum::builder_with_default("offline-policy", OfflinePolicy::Queue)
            .explicit_notify()
            .build(),
        glib::ParamSpecUInt64::builder("max-queued-amount")
            .default_value(DEFAULT_MAX_QUEUED)
            .explicit_notify()
            .build(),
    ]
});

static SIGNALS: LazyLock<Vec<Signal>> = LazyLock::new(|| {
    let question = |name, types: Vec<glib::Type>| {
        Signal::builder(name)
            .run_last()
            .param_types(types)
            .return_type::<bool>()
            .accumulator(|_, _, handled| until_handled(handled))
            .build()
    };
    let error = glib::Error::static_type();
    vec![
        question("prepare", vec![Message::static_type()]),
        question(
            "attempt-failed",
            vec![Message::static_type(), error, bool::static_type()],
        ),
        question(
            "disconnected",
            vec![
                WebsocketConnection::static_type(),
                error,
                bool::static_type(),
            ],
        ),
        Signal::builder("connected")
            .run_last()
            .param_types([WebsocketConnection::static_type()])
            .build(),
        Signal::builder("message")
            .run_last()
            .param_types([i32::static_type(), glib::Bytes::static_type()])
            .build(),
        Signal::builder("failed")
            .run_last()
            .param_types([error])
            .build(),
    ]
});
