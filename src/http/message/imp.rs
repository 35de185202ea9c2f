//! The GObject side of [`Message`](super::Message): properties and signals.

use super::super::latch::Latch;
use super::super::question::until_handled;
use super::super::text::Text;
use crate::class::text_property;
use crate::{Auth, HttpVersion, MessageFlags, MessageHeaders, MessageHeadersType};
use glib::prelude::*;
use glib::subclass::Signal;
use glib::subclass::prelude::*;
use std::cell::{Cell, RefCell};
use std::sync::{LazyLock, OnceLock};

pub struct Message {
    pub(super) method: RefCell<Text>,
    pub(super) uri: RefCell<Option<glib::Uri>>,
    pub(super) flags: Cell<MessageFlags>,
    pub(super) http_version: Cell<HttpVersion>,
    pub(super) status: Cell<u32>,
    pub(super) reason_phrase: RefCell<Option<Text>>,
    pub(super) request_headers: MessageHeaders,
    pub(super) response_headers: MessageHeaders,
    pub(super) response_body: RefCell<Option<glib::Bytes>>,
    pub(super) remote_address: RefCell<Option<gio::SocketAddress>>,
    pub(super) tls_peer_certificate: RefCell<Option<gio::TlsCertificate>>,
    pub(super) tls_peer_certificate_errors: Cell<gio::TlsCertificateFlags>,
    pub(super) tls_protocol_version: Cell<gio::TlsProtocolVersion>,
    pub(super) tls_ciphersuite_name: RefCell<Option<Text>>,
    pub(super) tls_client_certificate: RefCell<Option<gio::TlsCertificate>>,
    /// The types of the session's features that are not to see this message.
    pub(super) disabled_features: RefCell<Vec<glib::Type>>,
    /// Opens when the program has chosen a client certificate, or none.
    pub(super) client_certificate_chosen: Latch,
    /// Opens when the program has filled in the password of the client certificate.
    pub(super) password_complete: Latch,
}

impl Default for Message {
    fn default() -> Self {
        Self {
            method: RefCell::new(Text::new("GET")),
            uri: RefCell::default(),
            flags: Cell::new(MessageFlags::empty()),
            http_version: Cell::new(HttpVersion::Http11),
            status: Cell::default(),
            reason_phrase: RefCell::default(),
            request_headers: MessageHeaders::new(MessageHeadersType::Request),
            response_headers: MessageHeaders::new(MessageHeadersType::Response),
            response_body: RefCell::default(),
            remote_address: RefCell::default(),
            tls_peer_certificate: RefCell::default(),
            tls_peer_certificate_errors: Cell::new(gio::TlsCertificateFlags::empty()),
            tls_protocol_version: Cell::new(gio::TlsProtocolVersion::Unknown),
            tls_ciphersuite_name: RefCell::default(),
            tls_client_certificate: RefCell::default(),
            disabled_features: RefCell::default(),
            client_certificate_chosen: Latch::default(),
            password_complete: Latch::default(),
        }
    }
}

#[glib::object_subclass]
impl ObjectSubclass for Message {
    const NAME: &'static str = type_name!("Message");
    const ALLOW_NAME_CONFLICT: bool = !cfg!(feature = "capi");
    const FINAL: bool = true;
    type Type = super::Message;

    fn type_init(_: &mut glib::subclass::types::InitializingType<Self>) {
        crate::class::register_types_of::<Self>();
    }
}

impl ObjectImpl for Message {
    fn properties() -> &'static [glib::ParamSpec] {
        static PROPERTIES: LazyLock<Vec<glib::ParamSpec>> = LazyLock::new(|| {
            vec![
                glib::ParamSpecString::builder("method")
                    .default_value("GET")
                    .build(),
                glib::ParamSpecBoxed::builder::<glib::Uri>("uri").build(),
                glib::ParamSpecFlags::builder::<MessageFlags>("flags").build(),
                glib::ParamSpecEnum::builder_with_default("http-version", HttpVersion::Http11)
                    .read_only()
                    .build(),
                glib::ParamSpecUInt::builder("status-code")
                    .maximum(999)
                    .read_only()
                    .build(),
                glib::ParamSpecString::builder("reason-phrase")
                    .read_only()
                    .build(),
                glib::ParamSpecBoxed::builder::<MessageHeaders>("request-headers")
                    .read_only()
                    .build(),
                glib::ParamSpecBoxed::builder::<MessageHeaders>("response-headers")
                    .read_only()
                    .build(),
                glib::ParamSpecObject::builder::<gio::SocketAddress>("remote-address")
                    .read_only()
                    .build(),
                glib::ParamSpecObject::builder::<gio::TlsCertificate>("tls-peer-certificate")
                    .read_only()
                    .build(),
                glib::ParamSpecFlags::builder::<gio::TlsCertificateFlags>(
                    "tls-peer-certificate-errors",
                )
                .read_only()
                .build(),
                glib::ParamSpecEnum::builder_with_default(
                    "tls-protocol-version",
                    gio::TlsProtocolVersion::Unknown,
                )
                .read_only()
                .build(),
                glib::ParamSpecString::builder("tls-ciphersuite-name")
                    .read_only()
                    .build(),
            ]
        });
        &PROPERTIES
    }

    fn set_property(&self, _id: usize, value: &glib::Value, pspec: &glib::ParamSpec) {
        let message = self.obj();
        // GObject has checked the types; NULL is what nothing can be set to.
        match pspec.name() {
            "method" => match text_property(value, pspec) {
                Ok(Some(method)) => message.set_method(&method),
                Ok(None) => glib::g_critical!("Wsoup", "a message needs a method"),
                Err(_) => (),
            },
            "uri" => match value.get::<Option<glib::Uri>>() {
                Ok(Some(uri)) => message.set_uri(&uri),
                _ => glib::g_critical!("Wsoup", "a message needs a URI"),
            },
            "flags" => message.set_flags(value.get().unwrap_or(MessageFlags::empty())),
            name => unreachable!("{name} is not writable"),
        }
    }

    fn property(&self, _id: usize, pspec: &glib::ParamSpec) -> glib::Value {
        let message = self.obj();
        match pspec.name() {
            "method" => message.method().to_value(),
            "uri" => message.uri().to_value(),
            "flags" => message.flags().to_value(),
            "http-version" => message.http_version().to_value(),
            "status-code" => message.status().to_value(),
            "reason-phrase" => message.reason_phrase().to_value(),
            "request-headers" => self.request_headers.to_value(),
            "response-headers" => self.response_headers.to_value(),
            "remote-address" => message.remote_address().to_value(),
            "tls-peer-certificate" => message.tls_peer_certificate().to_value(),
            "tls-peer-certificate-errors" => message.tls_peer_certificate_errors().to_value(),
            "tls-protocol-version" => message.tls_protocol_version().to_value(),
            "tls-ciphersuite-name" => message.tls_ciphersuite_name().to_value(),
            name => unreachable!("there is no property {name}"),
        }
    }

    fn signals() -> &'static [Signal] {
        static SIGNALS: OnceLock<Vec<Signal>> = OnceLock::new();
        SIGNALS.get_or_init(|| {
            let plain = |name| Signal::builder(name).run_first().build();
            vec![
                plain("starting"),
                plain("wrote-headers"),
                plain("got-headers"),
                plain("got-body"),
                plain("restarted"),
                plain("finished"),
                Signal::builder("network-event")
                    .run_first()
                    .param_types([
                        gio::SocketClientEvent::static_type(),
                        gio::IOStream::static_type(),
                    ])
                    .build(),
                Signal::builder("authenticate")
                    .run_last()
                    .param_types([Auth::static_type(), bool::static_type()])
                    .return_type::<bool>()
                    .accumulator(|_, _, handled| until_handled(handled))
                    .build(),
                Signal::builder("accept-certificate")
                    .run_last()
                    .param_types([
                        gio::TlsCertificate::static_type(),
                        gio::TlsCertificateFlags::static_type(),
                    ])
                    .return_type::<bool>()
                    .accumulator(|_, _, handled| until_handled(handled))
                    .build(),
                Signal::builder("request-certificate")
                    .run_last()
                    .param_types([gio::TlsClientConnection::static_type()])
                    .return_type::<bool>()
                    .accumulator(|_, _, handled| until_handled(handled))
                    .build(),
                Signal::builder("request-certificate-password")
                    .run_last()
                    .param_types([gio::TlsPassword::static_type()])
                    .return_type::<bool>()
                    .accumulator(|_, _, handled| until_handled(handled))
                    .build(),
            ]
        })
    }
}
