//! The GObject side of [`Server`](super::Server): its properties and signals.

use super::auth_domain::AuthDomain;
use super::class::{WsoupServer, WsoupServerClass};
use super::handlers::Handlers;
use super::listening::Listening;
use super::path_map::PathMap;
use crate::extension::ExtensionSpecs;
use crate::http::syntax::percent_decode;
use crate::property::replace;
use crate::{ServerMessage, WebsocketConnection};
use glib::prelude::*;
use glib::subclass::Signal;
use glib::subclass::prelude::*;
use glib::{GString, ParamSpec};
use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::sync::LazyLock;

pub struct Server {
    pub(super) raw_paths: Cell<bool>,
    pub(super) server_header: RefCell<Option<GString>>,
    pub(super) tls_auth_mode: Cell<gio::TlsAuthenticationMode>,
    pub(super) tls_certificate: RefCell<Option<gio::TlsCertificate>>,
    pub(super) tls_database: RefCell<Option<gio::TlsDatabase>>,
    pub(super) handlers: RefCell<PathMap<Handlers>>,
    pub(super) auth_domains: RefCell<Vec<AuthDomain>>,
    pub(super) extensions: ExtensionSpecs,
    pub(super) listening: RefCell<Vec<Listening>>,
    /// Cancelled to end the HTTP connections; a new one takes its place.
    pub(super) disconnected: RefCell<gio::Cancellable>,
    /// The WebSocket connections that are not closed: the server keeps them alive.
    pub(super) connections: RefCell<HashSet<WebsocketConnection>>,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            raw_paths: Cell::new(false),
            server_header: RefCell::default(),
            tls_auth_mode: Cell::new(gio::TlsAuthenticationMode::None),
            tls_certificate: RefCell::default(),
            tls_database: RefCell::default(),
            handlers: RefCell::default(),
            auth_domains: RefCell::default(),
            extensions: ExtensionSpecs::default(),
            listening: RefCell::default(),
            disconnected: RefCell::new(gio::Cancellable::new()),
            connections: RefCell::default(),
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
            vec![
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
            "raw-paths" => {
                self.raw_paths.set(value.get().unwrap_or_default());
                false
            }
            "server-header" => {
                let header: Option<GString> = value.get().unwrap_or_default();
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
        match pspec.name() {
            "raw-paths" => self.raw_paths.get().to_value(),
            "server-header" => self.server_header.borrow().to_value(),
            "tls-auth-mode" => self.tls_auth_mode.get().to_value(),
            "tls-certificate" => self.tls_certificate.borrow().to_value(),
            "tls-database" => self.tls_database.borrow().to_value(),
            _ => pspec.default_value().clone(),
        }
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
