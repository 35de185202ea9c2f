//! The GObject side of [`Server`](super::Server): its properties and signals.

use super::auth_domain::AuthDomain;
use super::class::{WsoupServer, WsoupServerClass};
use super::handlers::Handlers;
use super::handshakes::Handshakes;
use super::limits::Limits;
use super::listening::Listening;
use super::path_map::PathMap;
use super::places::{Place, Places};
use crate::class::text_property;
use crate::connection::Total;
use crate::extension::ExtensionSpecs;
use crate::http::syntax::percent_decode;
use crate::http::target::compact_uri;
use crate::property::replace;
use crate::{ServerMessage, WebsocketConnection};
use glib::prelude::*;
use glib::subclass::Signal;
use glib::subclass::prelude::*;
use glib::{GString, ParamSpec};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::LazyLock;

pub struct Server {
    pub(super) raw_paths: Cell<bool>,
    pub(super) server_header: RefCell<Option<GString>>,
    pub(super) limits: Cell<Limits>,
    /// What waits for all clients together.
    pub(super) buffered: Rc<Total>,
    pub(super) tls_auth_mode: Cell<gio::TlsAuthenticationMode>,
    pub(super) tls_certificate: RefCell<Option<gio::TlsCertificate>>,
    pub(super) tls_database: RefCell<Option<gio::TlsDatabase>>,
    pub(super) handlers: RefCell<PathMap<Handlers>>,
    pub(super) auth_domains: RefCell<Vec<AuthDomain>>,
    pub(super) extensions: ExtensionSpecs,
    pub(super) listening: RefCell<Vec<Listening>>,
    /// Cancelled to end the HTTP connections; a new one takes its place.
    pub(super) disconnected: RefCell<gio::Cancellable>,
    /// Cancelled to have no more requests begin; a new one takes its place.
    pub(super) shutting_down: RefCell<gio::Cancellable>,
    /// What WebSocket connections are told by the shutdown that began last.
    pub(super) farewell: RefCell<(u16, Option<String>)>,
    /// The TLS handshakes that run, and those that wait.
    pub(super) handshakes: Handshakes,
    /// The places of all connections.
    pub(super) places: Places,
    /// The WebSocket connections that are not closed, by the numbers of their places: the server
    /// keeps them alive.
    pub(super) connections: RefCell<BTreeMap<u64, (WebsocketConnection, Rc<Place>)>>,
    /// How many that were when it was notified last.
    notified_n_connections: Cell<u32>,
    /// The URI of the connection that was opened last.
    last_uri: RefCell<Option<glib::Uri>>,
    /// The server itself, for its connections.
    pub(super) weak: Rc<glib::WeakRef<super::Server>>,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            raw_paths: Cell::new(false),
            server_header: RefCell::default(),
            limits: Cell::default(),
            buffered: Rc::default(),
            tls_auth_mode: Cell::new(gio::TlsAuthenticationMode::None),
            tls_certificate: RefCell::default(),
            tls_database: RefCell::default(),
            handlers: RefCell::default(),
            auth_domains: RefCell::default(),
            extensions: ExtensionSpecs::default(),
            listening: RefCell::default(),
            disconnected: RefCell::new(gio::Cancellable::new()),
            shutting_down: RefCell::new(gio::Cancellable::new()),
            farewell: RefCell::default(),
            handshakes: Handshakes::default(),
            places: Places::default(),
            connections: RefCell::default(),
            notified_n_connections: Cell::new(0),
            last_uri: RefCell::default(),
            weak: Rc::default(),
        }
    }
}

#[glib::object_subclass]
impl ObjectSubclass for Server {
    const NAME: &'static str = type_name!("Server");
    const ALLOW_NAME_CONFLICT: bool = !cfg!(feature = "capi");
    type Type = super::Server;
    type Instance = WsoupServer;
    type Class = WsoupServerClass;

    fn type_init(_: &mut glib::subclass::types::InitializingType<Self>) {
        crate::class::register_types_of::<Self>();
    }
}

impl ObjectImpl for Server {
    fn properties() -> &'static [ParamSpec] {
        static PROPERTIES: LazyLock<Vec<ParamSpec>> = LazyLock::new(|| {
            let number = |name, default| {
                glib::ParamSpecUInt::builder(name)
                    .default_value(default)
                    .explicit_notify()
                    .build()
            };
            let limits = Limits::DEFAULT;
            vec![
                number("handshake-timeout", limits.handshake_timeout),
                glib::ParamSpecUInt64::builder("max-body-size")
                    .default_value(limits.max_body_size)
                    .explicit_notify()
                    .build(),
                glib::ParamSpecUInt64::builder("max-buffered-amount")
                    .explicit_notify()
                    .build(),
                number("max-connections", limits.max_connections),
                number(
                    "max-connections-per-address",
                    limits.max_connections_per_address,
                ),
                number("max-message-rate", limits.max_message_rate),
                glib::ParamSpecUInt64::builder("max-total-buffered-amount")
                    .explicit_notify()
                    .build(),
                number("max-header-size", limits.max_header_size),
                glib::ParamSpecUInt::builder("n-connections")
                    .read_only()
                    .build(),
                glib::ParamSpecBoolean::builder("raw-paths")
                    .construct_only()
                    .build(),
                glib::ParamSpecString::builder("server-header")
                    .explicit_notify()
                    .build(),
                glib::ParamSpecEnum::builder_with_default(
                    "tls-auth-mode",
                    gio::TlsAuthenticationMode::None,
                )
                .explicit_notify()
                .build(),
                glib::ParamSpecObject::builder::<gio::TlsCertificate>("tls-certificate")
                    .explicit_notify()
                    .build(),
                glib::ParamSpecObject::builder::<gio::TlsDatabase>("tls-database")
                    .explicit_notify()
                    .build(),
            ]
        });
        &PROPERTIES
    }

    fn signals() -> &'static [Signal] {
        static SIGNALS: LazyLock<Vec<Signal>> = LazyLock::new(|| {
            [
                "request-started",
                "request-read",
                "request-finished",
                "request-aborted",
            ]
            .map(|name| {
                Signal::builder(name)
                    .run_first()
                    .param_types([ServerMessage::static_type()])
                    .build()
            })
            .into()
        });
        &SIGNALS
    }

    fn set_property(&self, _id: usize, value: &glib::Value, pspec: &ParamSpec) {
        // GObject has checked the type of `value` against the specification.
        let changed = match pspec.name() {
            "handshake-timeout" => self.set_limit(|limits| {
                limits.handshake_timeout = value.get().unwrap_or_default();
            }),
            "max-body-size" => self.set_limit(|limits| {
                limits.max_body_size = value.get().unwrap_or_default();
            }),
            "max-buffered-amount" => self.set_limit(|limits| {
                limits.max_buffered_amount = value.get().unwrap_or_default();
            }),
            "max-message-rate" => self.set_limit(|limits| {
                limits.max_message_rate = value.get().unwrap_or_default();
            }),
            "max-total-buffered-amount" => {
                let limit = value.get().unwrap_or_default();
                self.buffered.set_limit(limit);
                self.set_limit(|limits| limits.max_total_buffered_amount = limit)
            }
            "max-connections" => self.set_limit(|limits| {
                limits.max_connections = value.get().unwrap_or_default();
            }),
            "max-connections-per-address" => self.set_limit(|limits| {
                limits.max_connections_per_address = value.get().unwrap_or_default();
            }),
            "max-header-size" => self.set_limit(|limits| {
                limits.max_header_size = value.get().unwrap_or_default();
            }),
            "raw-paths" => {
                self.raw_paths.set(value.get().unwrap_or_default());
                false
            }
            "server-header" => {
                let Ok(header) = text_property(value, pspec) else {
                    return;
                };
                replace(&self.server_header, header.map(crate::product::complete))
            }
            "tls-auth-mode" => {
                let mode = value.get().unwrap_or(gio::TlsAuthenticationMode::None);
                self.tls_auth_mode.replace(mode) != mode
            }
            "tls-certificate" => replace(&self.tls_certificate, value.get().unwrap_or_default()),
            "tls-database" => replace(&self.tls_database, value.get().unwrap_or_default()),
            _ => false,
        };
        if changed {
            self.obj().notify_by_pspec(pspec);
        }
    }

    fn property(&self, _id: usize, pspec: &ParamSpec) -> glib::Value {
        let limits = self.limits.get();
        match pspec.name() {
            "handshake-timeout" => limits.handshake_timeout.to_value(),
            "max-body-size" => limits.max_body_size.to_value(),
            "max-buffered-amount" => limits.max_buffered_amount.to_value(),
            "max-message-rate" => limits.max_message_rate.to_value(),
            "max-total-buffered-amount" => limits.max_total_buffered_amount.to_value(),
            "max-connections" => limits.max_connections.to_value(),
            "max-connections-per-address" => limits.max_connections_per_address.to_value(),
            "max-header-size" => limits.max_header_size.to_value(),
            "n-connections" => self.n_connections().to_value(),
            "raw-paths" => self.raw_paths.get().to_value(),
            "server-header" => self.server_header.borrow().to_value(),
            "tls-auth-mode" => self.tls_auth_mode.get().to_value(),
            "tls-certificate" => self.tls_certificate.borrow().to_value(),
            "tls-database" => self.tls_database.borrow().to_value(),
            _ => pspec.default_value().clone(),
        }
    }

    fn constructed(&self) {
        self.parent_constructed();
        self.weak.set(Some(&*self.obj()));
        let server = self.weak.clone();
        self.places.set_on_freed(move || {
            if let Some(server) = server.upgrade() {
                server.imp().resume_listening();
            }
        });
    }

    fn dispose(&self) {
        self.obj().disconnect();
        // Handlers may refer to the server; what they hold is released outside of the borrow.
        let handlers = self.handlers.take();
        let domains = self.auth_domains.take();
        let connections = self.connections.take();
        drop((handlers, domains, connections));
    }
}

impl Server {
    /// Changes a limit; tells whether it is another one now.
    fn set_limit(&self, change: impl FnOnce(&mut Limits)) -> bool {
        let mut limits = self.limits.get();
        change(&mut limits);
        let changed = self.limits.replace(limits) != limits;
        if changed {
            self.resume_listening();
        }
        changed
    }

    /// Looks again whether connections can be accepted: there may be room for another one.
    fn resume_listening(&self) {
        for listening in self.listening.borrow().iter() {
            listening.listener.resume();
        }
    }

    /// `uri`, to be kept as long as a connection. Most clients of a server ask for the same one, which
    /// then is there once.
    pub(super) fn kept_uri(&self, uri: &glib::Uri) -> glib::Uri {
        let mut last = self.last_uri.borrow_mut();
        match &*last {
            Some(last) if last.flags() == uri.flags() && last.to_str() == uri.to_str() => {
                last.clone()
            }
            _ => last.insert(compact_uri(uri)).clone(),
        }
    }

    pub(super) fn n_connections(&self) -> u32 {
        // There are not that many descriptors.
        u32::try_from(self.connections.borrow().len()).unwrap_or(u32::MAX)
    }

    /// Whether there are more or fewer of them than when this was asked last.
    pub(super) fn n_connections_changed(&self) -> bool {
        let count = self.n_connections();
        self.notified_n_connections.replace(count) != count
    }

    /// The path of `uri` as handlers are looked up by it and get it; `None` for one that leads
    /// elsewhere when it is decoded, or is no text then.
    pub(super) fn handler_path(&self, uri: &glib::Uri) -> Option<String> {
        let path = uri.path();
        let path = if path.is_empty() { "/" } else { &*path };
        if self.raw_paths.get() {
            return Some(path.to_owned());
        }
        // Where a client says `..`, the URI has been resolved; an encoded slash hides it from that,
        // and from whoever compares the beginnings of paths.
        percent_decode(path).filter(|path| path.split('/').all(|segment| segment != ".."))
    }
}
