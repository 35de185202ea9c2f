//! The GObject side of [`Session`](super::Session): its properties and signals.

use super::authentication::Memory;
use super::class::{WsoupSession, WsoupSessionClass};
use crate::class::text_property;
use crate::property::replace;
use crate::{Message, SessionFeature, WebsocketExtensionManager, product};
use gio::prelude::*;
use glib::subclass::Signal;
use glib::subclass::prelude::*;
use glib::{GString, ParamSpec};
use std::cell::{Cell, OnceCell, RefCell};
use std::sync::LazyLock;

#[derive(Default)]
pub struct Session {
    pub(super) local_address: RefCell<Option<gio::InetSocketAddress>>,
    /// `None` until it is set: then the default one is used.
    pub(super) proxy_resolver: RefCell<Option<Option<gio::ProxyResolver>>>,
    pub(super) remote_connectable: RefCell<Option<gio::SocketConnectable>>,
    pub(super) timeout: Cell<u32>,
    /// `None` until it is set: then the system's is used.
    pub(super) tls_database: RefCell<Option<Option<gio::TlsDatabase>>>,
    pub(super) tls_interaction: RefCell<Option<gio::TlsInteraction>>,
    pub(super) user_agent: RefCell<Option<GString>>,
    /// In the order in which they were added.
    pub(super) features: RefCell<Vec<SessionFeature>>,
    /// The manager that the session begins with; it gives way to another one.
    pub(super) default_manager: OnceCell<WebsocketExtensionManager>,
    /// One a request that is under way.
    pub(super) requests: RefCell<Vec<gio::Cancellable>>,
    /// The credentials that were accepted.
    pub(super) memory: Memory,
}

#[glib::object_subclass]
impl ObjectSubclass for Session {
    const NAME: &'static str = type_name!("Session");
    const ALLOW_NAME_CONFLICT: bool = !cfg!(feature = "capi");
    type Type = super::Session;
    type Instance = WsoupSession;
    type Class = WsoupSessionClass;

    fn type_init(_: &mut glib::subclass::types::InitializingType<Self>) {
        crate::class::register_types_of::<Self>();
    }
}

impl ObjectImpl for Session {
    fn constructed(&self) {
        self.parent_constructed();
        let manager = self
            .default_manager
            .get_or_init(WebsocketExtensionManager::new);
        self.obj().add_feature(manager);
    }

    fn properties() -> &'static [ParamSpec] {
        static PROPERTIES: LazyLock<Vec<ParamSpec>> = LazyLock::new(|| {
            vec![
                glib::ParamSpecObject::builder::<gio::InetSocketAddress>("local-address")
                    .construct_only()
                    .build(),
                glib::ParamSpecObject::builder::<gio::ProxyResolver>("proxy-resolver")
                    .explicit_notify()
                    .build(),
                glib::ParamSpecObject::builder::<gio::SocketConnectable>("remote-connectable")
                    .construct_only()
                    .build(),
                glib::ParamSpecUInt::builder("timeout")
                    .explicit_notify()
                    .build(),
                glib::ParamSpecObject::builder::<gio::TlsDatabase>("tls-database")
                    .explicit_notify()
                    .build(),
                glib::ParamSpecObject::builder::<gio::TlsInteraction>("tls-interaction")
                    .explicit_notify()
                    .build(),
                glib::ParamSpecString::builder("user-agent")
                    .explicit_notify()
                    .build(),
            ]
        });
        &PROPERTIES
    }

    fn signals() -> &'static [Signal] {
        static SIGNALS: LazyLock<Vec<Signal>> = LazyLock::new(|| {
            ["request-queued", "request-unqueued"]
                .map(|name| {
                    Signal::builder(name)
                        .run_last()
                        .param_types([Message::static_type()])
                        .build()
                })
                .into()
        });
        &SIGNALS
    }

    fn set_property(&self, _id: usize, value: &glib::Value, pspec: &ParamSpec) {
        // GObject has checked the type of `value` against the specification.
        let changed = match pspec.name() {
            "local-address" => replace(&self.local_address, value.get().unwrap_or_default()),
            "proxy-resolver" => replace(&self.proxy_resolver, value.get().ok()),
            "remote-connectable" => {
                replace(&self.remote_connectable, value.get().unwrap_or_default())
            }
            "timeout" => {
                let timeout = value.get().unwrap_or_default();
                self.timeout.replace(timeout) != timeout
            }
            "tls-database" => replace(&self.tls_database, value.get().ok()),
            "tls-interaction" => replace(&self.tls_interaction, value.get().unwrap_or_default()),
            "user-agent" => {
                let Ok(agent) = text_property(value, pspec) else {
                    return;
                };
                replace(&self.user_agent, agent.map(product::complete))
            }
            _ => false,
        };
        if changed {
            self.obj().notify_by_pspec(pspec);
        }
    }

    fn property(&self, _id: usize, pspec: &ParamSpec) -> glib::Value {
        match pspec.name() {
            "local-address" => self.local_address.borrow().to_value(),
            "proxy-resolver" => self.proxy_resolver().to_value(),
            "remote-connectable" => self.remote_connectable.borrow().to_value(),
            "timeout" => self.timeout.get().to_value(),
            "tls-database" => self.tls_database().to_value(),
            "tls-interaction" => self.tls_interaction.borrow().to_value(),
            "user-agent" => self.user_agent.borrow().to_value(),
            _ => pspec.default_value().clone(),
        }
    }
}

impl Session {
    /// The proxy resolver that is set, or the default one.
    pub(super) fn proxy_resolver(&self) -> Option<gio::ProxyResolver> {
        let set = self.proxy_resolver.borrow().clone();
        set.unwrap_or_else(|| Some(gio::ProxyResolver::default()))
    }

    /// The TLS database that is set, or the system's.
    pub(super) fn tls_database(&self) -> Option<gio::TlsDatabase> {
        let set = self.tls_database.borrow().clone();
        set.unwrap_or_else(|| Some(gio::TlsBackend::default().default_database()))
    }
}
