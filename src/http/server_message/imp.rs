//! The GObject side of [`ServerMessage`](super::ServerMessage): properties and signals.

use super::super::latch::Latch;
use super::super::question::until_handled;
use super::super::text::Text;
use crate::{HttpVersion, MessageBody, MessageHeaders, MessageHeadersType};
use glib::prelude::*;
use glib::subclass::Signal;
use glib::subclass::prelude::*;
use std::cell::{Cell, RefCell};
use std::sync::{LazyLock, OnceLock};

/// Takes the connection away from the server.
pub(super) type Steal = Box<dyn FnOnce() -> Option<gio::IOStream>>;

pub struct ServerMessage {
    pub(super) method: RefCell<Text>,
    pub(super) uri: RefCell<Option<glib::Uri>>,
    pub(super) options_ping: Cell<bool>,
    pub(super) http_version: Cell<HttpVersion>,
    pub(super) status: Cell<u32>,
    pub(super) reason_phrase: RefCell<Option<Text>>,
    pub(super) request_headers: MessageHeaders,
    pub(super) request_body: MessageBody,
    pub(super) response_headers: MessageHeaders,
    pub(super) response_body: MessageBody,
    pub(super) socket: RefCell<Option<gio::Socket>>,
    pub(super) local_address: RefCell<Option<gio::SocketAddress>>,
    pub(super) remote_address: RefCell<Option<gio::SocketAddress>>,
    pub(super) remote_host: RefCell<Option<Text>>,
    pub(super) tls_peer_certificate: RefCell<Option<gio::TlsCertificate>>,
    pub(super) tls_peer_certificate_errors: Cell<gio::TlsCertificateFlags>,
    /// Closed while the program has paused the message.
    pub(super) running: Latch,
    pub(super) steal: RefCell<Option<Steal>>,
    pub(super) stolen: Cell<bool>,
}

impl Default for ServerMessage {
    fn default() -> Self {
        let running = Latch::default();
        running.open();
        Self {
            method: RefCell::new(Text::new("")),
            uri: RefCell::default(),
            options_ping: Cell::default(),
            http_version: Cell::new(HttpVersion::Http11),
            status: Cell::default(),
            reason_phrase: RefCell::default(),
            request_headers: MessageHeaders::new(MessageHeadersType::Request),
            request_body: MessageBody::new(),
            response_headers: MessageHeaders::new(MessageHeadersType::Response),
            response_body: MessageBody::new(),
            socket: RefCell::default(),
            local_address: RefCell::default(),
            remote_address: RefCell::default(),
            remote_host: RefCell::default(),
            tls_peer_certificate: RefCell::default(),
            tls_peer_certificate_errors: Cell::new(gio::TlsCertificateFlags::empty()),
            running,
            steal: RefCell::default(),
            stolen: Cell::default(),
        }
    }
}

#[glib::object_subclass]
impl ObjectSubclass for ServerMessage {
    const NAME: &'static str = type_name!("ServerMessage");
    const ALLOW_NAME_CONFLICT: bool = !cfg!(feature = "capi");
    const FINAL: bool = true;
    type Type = super::ServerMessage;

    fn type_init(_: &mut glib::subclass::types::InitializingType<Self>) {
        crate::class::register_types_of::<Self>();
    }
}

impl ObjectImpl for ServerMessage {
    fn properties() -> &'static [glib::ParamSpec] {
        static PROPERTIES: LazyLock<Vec<glib::ParamSpec>> = LazyLock::new(|| {
            vec![
                glib::ParamSpecObject::builder::<gio::TlsCertificate>("tls-peer-certificate")
                    .read_only()
                    .build(),
                glib::ParamSpecFlags::builder::<gio::TlsCertificateFlags>(
                    "tls-peer-certificate-errors",
                )
                .read_only()
                .build(),
            ]
        });
        &PROPERTIES
    }

    fn property(&self, _id: usize, pspec: &glib::ParamSpec) -> glib::Value {
        match pspec.name() {
            "tls-peer-certificate" => self.tls_peer_certificate.borrow().to_value(),
            "tls-peer-certificate-errors" => self.tls_peer_certificate_errors.get().to_value(),
            name => unreachable!("there is no property {name}"),
        }
    }

    fn signals() -> &'static [Signal] {
        static SIGNALS: OnceLock<Vec<Signal>> = OnceLock::new();
        SIGNALS.get_or_init(|| {
            let plain = |name| Signal::builder(name).run_last().build();
            vec![
                plain("connected"),
                plain("got-headers"),
                plain("got-body"),
                plain("wrote-headers"),
                plain("wrote-body"),
                plain("finished"),
                plain("disconnected"),
                Signal::builder("accept-certificate")
                    .run_last()
                    .param_types([
                        gio::TlsCertificate::static_type(),
                        gio::TlsCertificateFlags::static_type(),
                    ])
                    .return_type::<bool>()
                    .accumulator(|_, _, handled| until_handled(handled))
                    .build(),
            ]
        })
    }
}
