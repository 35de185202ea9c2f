//! The GObject side of [`WebsocketConnection`](super::WebsocketConnection): its properties, its
//! signals, its life from construction to disposal.

use super::driver::Driver;
use super::extension_list::ExtensionList;
use super::flow::{DEFAULT_RECEIVE_BUFFER_SIZE, Flow};
use super::inbox::Delivery;
use super::message_signal;
use super::remote::Remote;
use crate::class::text_property;
use crate::protocol::Config;
use crate::{WebsocketConnectionType, WebsocketDataType, WebsocketOverflowPolicy, WebsocketState};
use glib::prelude::*;
use glib::subclass::prelude::*;
use glib::subclass::{Signal, SignalId};
use glib::translate::IntoGlib;
use glib::{GString, ParamSpec};
use std::any::Any;
use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;
use std::sync::{Arc, LazyLock, OnceLock};
use std::task::Waker;

/// Seconds that the peer has to close, by default.
const DEFAULT_CLOSE_TIMEOUT: u32 = Config::DEFAULT_CLOSE_TIMEOUT.as_secs() as u32;

/// The default bound on a frame, and on a server's message.
const DEFAULT_MAX_SIZE: u64 = 128 * 1024;

pub(super) type ClosedCallback = Box<dyn FnOnce(&super::WebsocketConnection)>;

pub struct WebsocketConnection {
    pub(super) io_stream: OnceCell<gio::IOStream>,
    pub(super) connection_type: Cell<WebsocketConnectionType>,
    pub(super) uri: OnceCell<glib::Uri>,
    pub(super) origin: OnceCell<GString>,
    pub(super) protocol: OnceCell<GString>,
    pub(super) extensions: RefCell<ExtensionList>,
    pub(super) max_incoming_payload_size: Cell<u64>,
    pub(super) max_total_message_size: Cell<u64>,
    pub(super) keepalive_interval: Cell<u32>,
    pub(super) keepalive_pong_timeout: Cell<u32>,
    pub(super) idle_timeout: Cell<u32>,
    pub(super) close_timeout: Cell<u32>,
    /// Bounds, messages that wait, and operations, once there are any.
    pub(super) flow: OnceCell<Box<Flow>>,
    /// What other threads have sent, once they have.
    pub(super) remote: OnceLock<Arc<Remote>>,
    /// What drives the connection; unset if it was constructed wrongly, and so is closed.
    pub(super) driver: OnceCell<Driver>,
    /// Called after `closed`; see [`super::WebsocketConnection::on_closed`].
    pub(super) after_closed: RefCell<Option<ClosedCallback>>,
    /// What is kept until the stream is closed.
    pub(super) kept: RefCell<Option<Rc<dyn Any>>>,
    /// What the peer gave as its reason, kept for C.
    pub(super) close_data: OnceCell<GString>,
}

impl Default for WebsocketConnection {
    fn default() -> Self {
        Self {
            io_stream: OnceCell::new(),
            connection_type: Cell::new(WebsocketConnectionType::Unknown),
            uri: OnceCell::new(),
            origin: OnceCell::new(),
            protocol: OnceCell::new(),
            extensions: RefCell::default(),
            max_incoming_payload_size: Cell::new(DEFAULT_MAX_SIZE),
            max_total_message_size: Cell::new(0),
            keepalive_interval: Cell::new(0),
            keepalive_pong_timeout: Cell::new(0),
            idle_timeout: Cell::new(0),
            close_timeout: Cell::new(DEFAULT_CLOSE_TIMEOUT),
            flow: OnceCell::new(),
            remote: OnceLock::new(),
            driver: OnceCell::new(),
            after_closed: RefCell::default(),
            kept: RefCell::default(),
            close_data: OnceCell::new(),
        }
    }
}

#[glib::object_subclass]
impl ObjectSubclass for WebsocketConnection {
    const NAME: &'static str = type_name!("WebsocketConnection");
    const ALLOW_NAME_CONFLICT: bool = !cfg!(feature = "capi");
    const FINAL: bool = true;
    type Type = super::WebsocketConnection;

    fn type_init(_: &mut glib::subclass::types::InitializingType<Self>) {
        crate::class::register_types_of::<Self>();
    }

    fn class_init(class: &mut Self::Class) {
        message_signal::register(class.type_());
    }
}

impl ObjectImpl for WebsocketConnection {
    fn properties() -> &'static [ParamSpec] {
        &PROPERTIES
    }

    fn signals() -> &'static [Signal] {
        &SIGNALS
    }

    fn set_property(&self, _id: usize, value: &glib::Value, pspec: &ParamSpec) {
        // GObject has checked the type of `value` against the specification.
        match pspec.name() {
            "io-stream" => set_once(&self.io_stream, value),
            "connection-type" => self
                .connection_type
                .set(value.get().unwrap_or(WebsocketConnectionType::Unknown)),
            "uri" => set_once(&self.uri, value),
            "origin" => set_text_once(&self.origin, value, pspec),
            "protocol" => set_text_once(&self.protocol, value, pspec),
            "extensions" => {
                let list = value.get().unwrap_or(std::ptr::null_mut());
                self.extensions.replace(ExtensionList::from_property(list));
            }
            "max-incoming-payload-size" => {
                self.set_option(&self.max_incoming_payload_size, value, pspec);
            }
            "max-total-message-size" => {
                self.set_option(&self.max_total_message_size, value, pspec);
            }
            "keepalive-interval" => self.set_option(&self.keepalive_interval, value, pspec),
            "keepalive-pong-timeout" => {
                self.set_option(&self.keepalive_pong_timeout, value, pspec);
            }
            "idle-timeout" => self.set_option(&self.idle_timeout, value, pspec),
            "close-timeout" => self.set_option(&self.close_timeout, value, pspec),
            "max-buffered-amount" => {
                self.set_flow_option(&self.flow().max_buffered_amount, value, pspec);
            }
            "overflow-policy" => self.set_flow_option(&self.flow().overflow_policy, value, pspec),
            "high-water-mark" => self.set_flow_option(&self.flow().high_water_mark, value, pspec),
            "low-water-mark" => self.set_flow_option(&self.flow().low_water_mark, value, pspec),
            "max-message-rate" => self.set_flow_option(&self.flow().rate.limit, value, pspec),
            "receive-buffer-size" => {
                self.set_flow_option(&self.flow().receive_buffer_size, value, pspec);
            }
            _ => (),
        }
    }

    fn property(&self, _id: usize, pspec: &ParamSpec) -> glib::Value {
        match pspec.name() {
            "io-stream" => self.io_stream.get().to_value(),
            "connection-type" => self.connection_type.get().to_value(),
            "uri" => self.uri.get().to_value(),
            "origin" => self.origin.get().to_value(),
            "protocol" => self.protocol.get().to_value(),
            "extensions" => {
                let list: glib::Pointer = self.extensions.borrow().as_ptr().cast();
                list.to_value()
            }
            "state" => self.state().to_value(),
            "max-incoming-payload-size" => self.max_incoming_payload_size.get().to_value(),
            "max-total-message-size" => self.max_total_message_size.get().to_value(),
            "keepalive-interval" => self.keepalive_interval.get().to_value(),
            "keepalive-pong-timeout" => self.keepalive_pong_timeout.get().to_value(),
            "idle-timeout" => self.idle_timeout.get().to_value(),
            "close-timeout" => self.close_timeout.get().to_value(),
            "latency" => self.latency().to_value(),
            "close-code" => u32::from(self.close_code()).to_value(),
            "close-reason" => self.close_data().to_value(),
            "closed-cleanly" => self.closed_cleanly().to_value(),
            "buffered-amount" => self.buffered_amount().to_value(),
            "max-buffered-amount" => self.flow_option(|flow| flow.max_buffered_amount.get(), 0),
            "overflow-policy" => self.flow_option(
                |flow| flow.overflow_policy.get(),
                WebsocketOverflowPolicy::Refuse,
            ),
            "high-water-mark" => self.flow_option(|flow| flow.high_water_mark.get(), 0),
            "low-water-mark" => self.flow_option(|flow| flow.low_water_mark.get(), 0),
            "max-message-rate" => self.flow_option(|flow| flow.rate.limit.get(), 0),
            "receive-buffer-size" => self.flow_option(
                |flow| flow.receive_buffer_size.get(),
                DEFAULT_RECEIVE_BUFFER_SIZE,
            ),
            "paused" => self.flow_option(|flow| flow.inbox.delivery() == Delivery::Paused, false),
            _ => pspec.default_value().clone(),
        }
    }

    fn constructed(&self) {
        self.parent_constructed();
        if self.connection_type.get() == WebsocketConnectionType::Server {
            self.max_total_message_size.set(DEFAULT_MAX_SIZE);
        }
        match Driver::start(self) {
            Ok(driver) => drop(self.driver.set(driver)),
            Err(error) => glib::g_critical!("Wsoup", "no WebSocket on this stream: {error}"),
        }
    }

    fn dispose(&self) {
        if let Some(driver) = self.driver.get() {
            driver.abandon(self);
        }
    }
}

impl WebsocketConnection {
    pub(super) fn state(&self) -> WebsocketState {
        self.driver
            .get()
            .map_or(WebsocketState::Closed, Driver::state)
    }

    pub(super) fn close_code(&self) -> u16 {
        self.driver.get().map_or(0, Driver::close_code)
    }

    /// What the peer gave as its reason; the text stays where it is, for C.
    pub(super) fn close_data(&self) -> Option<&GString> {
        if self.close_data.get().is_none() {
            let _ = self.close_data.set(self.driver.get()?.close_reason()?);
        }
        self.close_data.get()
    }

    /// Bounds, messages that wait, and operations: made now if there were none.
    pub(super) fn flow(&self) -> &Flow {
        self.flow.get_or_init(Box::default)
    }

    /// What other threads send by.
    pub(super) fn remote(&self, driver: &Driver) -> Arc<Remote> {
        let remote = || {
            Arc::new(Remote::new(
                driver.is_open_for_threads(),
                driver.watcher.waker(),
            ))
        };
        self.remote.get_or_init(remote).clone()
    }

    /// As [`remote`](Self::remote), of a connection that need not work.
    pub(super) fn remote_or_closed(&self) -> Arc<Remote> {
        let Some(driver) = self.driver.get() else {
            return Arc::new(Remote::new(false, Waker::noop().clone()));
        };
        let remote = self.remote(driver);
        driver.publish(self);
        remote
    }

    /// Has the driver look what there is to do.
    pub(super) fn wake(&self) {
        if let Some(driver) = self.driver.get() {
            driver.watcher.wake();
        }
    }

    pub(super) fn closed_cleanly(&self) -> bool {
        self.driver.get().is_some_and(Driver::closed_cleanly)
    }

    pub(super) fn buffered_amount(&self) -> u64 {
        let driver = self.driver.get();
        driver.map_or(0, |driver| driver.buffered_amount(self))
    }

    /// The latency in microseconds, or -1.
    pub(super) fn latency(&self) -> i64 {
        let latency = self.driver.get().and_then(Driver::latency);
        latency.map_or(-1, |latency| {
            latency.as_micros().try_into().unwrap_or(i64::MAX)
        })
    }

    fn flow_option<T: ToValue>(&self, get: impl FnOnce(&Flow) -> T, default: T) -> glib::Value {
        self.flow.get().map_or(default, |flow| get(flow)).to_value()
    }

    /// Sets a bound, and notifies if it is another one than before.
    fn set_flow_option<T>(&self, option: &Cell<T>, value: &glib::Value, pspec: &ParamSpec)
    where
        T: Copy + PartialEq + for<'a> glib::value::FromValue<'a>,
    {
        let Ok(new) = value.get::<T>() else { return };
        if option.replace(new) != new {
            if let Some(driver) = self.driver.get() {
                driver.check_thread("set_property");
                // Threads that send have to know it.
                self.remote(driver);
                driver.publish(self);
                driver.watcher.wake();
            }
            self.obj().notify_by_pspec(pspec);
        }
    }

    /// Sets a number, tells the driver, and notifies if it is another one than before.
    fn set_option<T>(&self, option: &Cell<T>, value: &glib::Value, pspec: &ParamSpec)
    where
        T: Copy + PartialEq + for<'a> glib::value::FromValue<'a>,
    {
        let Ok(new) = value.get::<T>() else { return };
        if option.replace(new) != new {
            if let Some(driver) = self.driver.get() {
                driver.configure(self);
            }
            self.obj().notify_by_pspec(pspec);
        }
    }

    pub(super) fn notify_state(&self) {
        self.obj().notify_by_pspec(&PROPERTIES[STATE]);
    }

    pub(super) fn notify_close(&self, has_reason: bool) {
        self.obj().notify("close-code");
        if has_reason {
            self.obj().notify("close-reason");
        }
    }

    pub(super) fn notify_latency(&self) {
        self.obj().notify("latency");
    }

    pub(super) fn notify_closed_cleanly(&self) {
        self.obj().notify("closed-cleanly");
    }

    pub(super) fn emit_congested(&self) {
        self.obj().emit::<()>(signal(CONGESTED), &[]);
    }

    pub(super) fn emit_drained(&self) {
        self.obj().emit::<()>(signal(DRAINED), &[]);
    }

    pub(super) fn emit_message(&self, data_type: WebsocketDataType, message: &glib::Bytes) {
        message_signal::emit(&self.obj(), data_type.into_glib(), message);
    }

    pub(super) fn emit_error(&self, error: &glib::Error) {
        if let Some(flow) = self.flow.get() {
            flow.inbox.set_error(error);
        }
        self.obj().emit::<()>(signal(ERROR), &[error]);
    }

    pub(super) fn emit_closing(&self) {
        self.obj().emit::<()>(signal(CLOSING), &[]);
    }

    pub(super) fn emit_closed(&self) {
        self.obj().emit::<()>(signal(CLOSED), &[]);
        if let Some(callback) = self.after_closed.take() {
            callback(&self.obj());
        }
    }

    pub(super) fn emit_pong(&self, payload: &glib::Bytes) {
        self.obj().emit::<()>(signal(PONG), &[payload]);
    }
}

/// The data type that the `message` signal carries as an `int`, as libsoup has it.
pub(super) fn data_type_from_signal(data_type: i32) -> WebsocketDataType {
    if data_type == WebsocketDataType::Text.into_glib() {
        WebsocketDataType::Text
    } else {
        WebsocketDataType::Binary
    }
}

fn set_once<T>(cell: &OnceCell<T>, value: &glib::Value)
where
    Option<T>: for<'a> glib::value::FromValue<'a>,
{
    if let Ok(Some(value)) = value.get::<Option<T>>() {
        // Construct-only: set once.
        let _ = cell.set(value);
    }
}

/// As [`set_once`], of a text.
fn set_text_once(cell: &OnceCell<GString>, value: &glib::Value, pspec: &ParamSpec) {
    if let Ok(Some(text)) = text_property(value, pspec) {
        let _ = cell.set(text);
    }
}

/// Index of `state` in [`PROPERTIES`].
const STATE: usize = 6;

static PROPERTIES: LazyLock<Vec<ParamSpec>> = LazyLock::new(|| {
    let unlimited = u64::MAX;
    vec![
        glib::ParamSpecObject::builder::<gio::IOStream>("io-stream")
            .construct_only()
            .build(),
        glib::ParamSpecEnum::builder_with_default(
            "connection-type",
            WebsocketConnectionType::Unknown,
        )
        .construct_only()
        .build(),
        glib::ParamSpecBoxed::builder::<glib::Uri>("uri")
            .construct_only()
            .build(),
        glib::ParamSpecString::builder("origin")
            .construct_only()
            .build(),
        glib::ParamSpecString::builder("protocol")
            .construct_only()
            .build(),
        glib::ParamSpecPointer::builder("extensions")
            .construct_only()
            .build(),
        glib::ParamSpecEnum::builder_with_default("state", WebsocketState::Open)
            .read_only()
            .build(),
        glib::ParamSpecUInt64::builder("max-incoming-payload-size")
            .maximum(unlimited)
            .default_value(DEFAULT_MAX_SIZE)
            .explicit_notify()
            .build(),
        glib::ParamSpecUInt64::builder("max-total-message-size")
            .maximum(unlimited)
            .default_value(0)
            .explicit_notify()
            .build(),
        glib::ParamSpecUInt::builder("keepalive-interval")
            .explicit_notify()
            .build(),
        glib::ParamSpecUInt::builder("keepalive-pong-timeout")
            .explicit_notify()
            .build(),
        glib::ParamSpecUInt::builder("idle-timeout")
            .explicit_notify()
            .build(),
        glib::ParamSpecUInt::builder("close-timeout")
            .default_value(DEFAULT_CLOSE_TIMEOUT)
            .explicit_notify()
            .build(),
        glib::ParamSpecInt64::builder("latency")
            .minimum(-1)
            .default_value(-1)
            .read_only()
            .build(),
        glib::ParamSpecUInt::builder("close-code")
            .maximum(u16::MAX.into())
            .read_only()
            .build(),
        glib::ParamSpecString::builder("close-reason")
            .read_only()
            .build(),
        glib::ParamSpecBoolean::builder("closed-cleanly")
            .read_only()
            .build(),
        glib::ParamSpecUInt64::builder("buffered-amount")
            .read_only()
            .build(),
        glib::ParamSpecUInt64::builder("max-buffered-amount")
            .explicit_notify()
            .build(),
        glib::ParamSpecEnum::builder_with_default(
            "overflow-policy",
            WebsocketOverflowPolicy::Refuse,
        )
        .explicit_notify()
        .build(),
        glib::ParamSpecUInt64::builder("high-water-mark")
            .explicit_notify()
            .build(),
        glib::ParamSpecUInt64::builder("low-water-mark")
            .explicit_notify()
            .build(),
        glib::ParamSpecUInt::builder("max-message-rate")
            .explicit_notify()
            .build(),
        glib::ParamSpecUInt64::builder("receive-buffer-size")
            .minimum(1)
            .default_value(DEFAULT_RECEIVE_BUFFER_SIZE)
            .explicit_notify()
            .build(),
        glib::ParamSpecBoolean::builder("paused")
            .read_only()
            .build(),
    ]
});

const ERROR: usize = 0;
const CLOSING: usize = 1;
const CLOSED: usize = 2;
const PONG: usize = 3;
const CONGESTED: usize = 4;
const DRAINED: usize = 5;

/// All but `message`.
static SIGNALS: LazyLock<Vec<Signal>> = LazyLock::new(|| {
    vec![
        Signal::builder("error")
            .run_first()
            .param_types([glib::Error::static_type()])
            .build(),
        Signal::builder("closing").run_last().build(),
        Signal::builder("closed").run_first().build(),
        Signal::builder("pong")
            .run_first()
            .param_types([glib::Bytes::static_type()])
            .build(),
        Signal::builder("congested").run_last().build(),
        Signal::builder("drained").run_last().build(),
    ]
});

fn signal(index: usize) -> SignalId {
    SIGNALS[index].signal_id()
}
