//! The GObject side of [`WebsocketExtensionDeflate`](super::WebsocketExtensionDeflate).

use crate::extension::subclass::WebsocketExtensionImpl;
use crate::protocol::ProtocolError;
use crate::protocol::deflate::{
    Agreement, Deflater, DeflaterFailed, Direction, InflateError, Inflater, Level, MemoryLevel,
    Params, ParamsError, Settings, WindowBits,
};
use crate::{WebsocketConnectionType, WebsocketError};
use glib::prelude::*;
use glib::subclass::prelude::*;
use glib::{GString, ParamSpec};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ffi::CStr;
use std::sync::LazyLock;

/// How much a frame may inflate to that is processed outside of a connection, which has limits of
/// its own.
const DEFAULT_LIMIT: u64 = 16 << 20;

/// Below, little is gained: a frame has two to fourteen bytes of its own.
const DEFAULT_MINIMUM_SIZE: u32 = 32;

const DEFAULT_LEVEL: i32 = -1;
const DEFAULT_MEMORY_LEVEL: u32 = 5;

pub struct WebsocketExtensionDeflate {
    /// What is wanted, and after the handshake what was agreed on.
    pub(super) settings: Cell<Settings>,
    pub(super) level: Cell<i32>,
    pub(super) memory_level: Cell<u32>,
    pub(super) minimum_size: Cell<u32>,
    pub(super) compress: Cell<bool>,
    /// What a server answers to the offer that it was configured with.
    answer: Cell<Params>,
    deflater: RefCell<Deflater>,
    inflater: RefCell<Inflater>,
}

impl Default for WebsocketExtensionDeflate {
    fn default() -> Self {
        Self {
            settings: Cell::default(),
            level: Cell::new(DEFAULT_LEVEL),
            memory_level: Cell::new(DEFAULT_MEMORY_LEVEL),
            minimum_size: Cell::new(DEFAULT_MINIMUM_SIZE),
            compress: Cell::new(true),
            answer: Cell::default(),
            deflater: RefCell::new(Deflater::new(Direction::default())),
            inflater: RefCell::new(Inflater::new(Direction::default())),
        }
    }
}

#[glib::object_subclass]
impl ObjectSubclass for WebsocketExtensionDeflate {
    const NAME: &'static str = type_name!("WebsocketExtensionDeflate");
    const ALLOW_NAME_CONFLICT: bool = !cfg!(feature = "capi");
    const FINAL: bool = true;
    type Type = super::WebsocketExtensionDeflate;
    type ParentType = crate::WebsocketExtension;
}

impl ObjectImpl for WebsocketExtensionDeflate {
    fn properties() -> &'static [ParamSpec] {
        static PROPERTIES: LazyLock<Vec<ParamSpec>> = LazyLock::new(|| {
            let flag = |name| glib::ParamSpecBoolean::builder(name).construct_only();
            let bits = |name| {
                glib::ParamSpecUInt::builder(name)
                    .minimum(WindowBits::MIN.get().into())
                    .maximum(WindowBits::MAX.get().into())
                    .default_value(WindowBits::MAX.get().into())
                    .construct_only()
            };
            vec![
                flag(CLIENT_NO_CONTEXT_TAKEOVER).build(),
                flag(SERVER_NO_CONTEXT_TAKEOVER).build(),
                bits(CLIENT_MAX_WINDOW_BITS).build(),
                bits(SERVER_MAX_WINDOW_BITS).build(),
                glib::ParamSpecInt::builder("level")
                    .minimum(-1)
                    .maximum(9)
                    .default_value(DEFAULT_LEVEL)
                    .explicit_notify()
                    .build(),
                glib::ParamSpecUInt::builder("memory-level")
                    .minimum(1)
                    .maximum(9)
                    .default_value(DEFAULT_MEMORY_LEVEL)
                    .explicit_notify()
                    .build(),
                glib::ParamSpecUInt::builder("minimum-size")
                    .default_value(DEFAULT_MINIMUM_SIZE)
                    .explicit_notify()
                    .build(),
                glib::ParamSpecBoolean::builder("compress")
                    .default_value(true)
                    .explicit_notify()
                    .build(),
            ]
        });
        &PROPERTIES
    }

    fn set_property(&self, _id: usize, value: &glib::Value, pspec: &ParamSpec) {
        // GObject has checked the type of `value` against the specification, and its range.
        let flag = || value.get().unwrap_or_default();
        let bits = || {
            let bits = value
                .get::<u32>()
                .ok()
                .and_then(|bits| bits.try_into().ok());
            bits.and_then(WindowBits::new).unwrap_or(WindowBits::MAX)
        };
        let mut settings = self.settings.get();
        let changed = match pspec.name() {
            CLIENT_NO_CONTEXT_TAKEOVER => {
                settings.client_no_context_takeover = flag();
                false
            }
            SERVER_NO_CONTEXT_TAKEOVER => {
                settings.server_no_context_takeover = flag();
                false
            }
            CLIENT_MAX_WINDOW_BITS => {
                settings.client_max_window_bits = bits();
                false
            }
            SERVER_MAX_WINDOW_BITS => {
                settings.server_max_window_bits = bits();
                false
            }
            "level" => set(&self.level, value),
            "memory-level" => set(&self.memory_level, value),
            "minimum-size" => set(&self.minimum_size, value),
            "compress" => set(&self.compress, value),
            _ => false,
        };
        self.settings.set(settings);
        if changed {
            self.obj().notify_by_pspec(pspec);
        }
    }

    fn property(&self, _id: usize, pspec: &ParamSpec) -> glib::Value {
        let object = self.obj();
        match pspec.name() {
            CLIENT_NO_CONTEXT_TAKEOVER => object.client_no_context_takeover().to_value(),
            SERVER_NO_CONTEXT_TAKEOVER => object.server_no_context_takeover().to_value(),
            CLIENT_MAX_WINDOW_BITS => object.client_max_window_bits().to_value(),
            SERVER_MAX_WINDOW_BITS => object.server_max_window_bits().to_value(),
            "level" => self.level.get().to_value(),
            "memory-level" => self.memory_level.get().to_value(),
            "minimum-size" => self.minimum_size.get().to_value(),
            "compress" => self.compress.get().to_value(),
            _ => pspec.default_value().clone(),
        }
    }
}

impl WebsocketExtensionImpl for WebsocketExtensionDeflate {
    const EXTENSION_NAME: &'static CStr = c"permessage-deflate";

    fn configure(
        &self,
        connection_type: WebsocketConnectionType,
        params: &HashMap<String, Option<String>>,
    ) -> Result<(), glib::Error> {
        let params = params.iter();
        let params = Params::parse(params.map(|(name, value)| (&**name, value.as_deref())));
        let params = params.map_err(bad_handshake)?;
        let settings = self.settings.get();
        match connection_type {
            WebsocketConnectionType::Client => {
                let agreement = settings.verify(&params).map_err(bad_handshake)?;
                self.agree(agreement, agreement.client, agreement.server);
            }
            WebsocketConnectionType::Server | WebsocketConnectionType::Unknown => {
                let (agreement, answer) = settings.accept(&params);
                self.answer.set(answer);
                self.agree(agreement, agreement.server, agreement.client);
            }
        }
        Ok(())
    }

    fn request_params(&self) -> Option<GString> {
        to_params(self.settings.get().offer())
    }

    fn response_params(&self) -> Option<GString> {
        to_params(self.answer.get())
    }

    fn process_outgoing_message(
        &self,
        header: &mut u8,
        payload: glib::Bytes,
    ) -> Result<glib::Bytes, glib::Error> {
        match self.deflate(header, &payload) {
            Ok(None) => Ok(payload),
            Ok(Some(deflated)) => Ok(glib::Bytes::from_owned(deflated)),
            Err(error) => Err(error.into()),
        }
    }

    fn process_incoming_message(
        &self,
        header: &mut u8,
        payload: glib::Bytes,
    ) -> Result<glib::Bytes, glib::Error> {
        match self.inflate(header, &payload, DEFAULT_LIMIT) {
            Ok(None) => Ok(payload),
            Ok(Some(inflated)) => Ok(glib::Bytes::from_owned(inflated)),
            Err(error) => {
                let limit = DEFAULT_LIMIT;
                let too_big = ProtocolError::InflatedFrameTooBig { limit };
                Err(WebsocketError::of(
                    error.to_protocol_error(*header, too_big),
                ))
            }
        }
    }
}

impl WebsocketExtensionDeflate {
    fn agree(&self, agreement: Agreement, outgoing: Direction, incoming: Direction) {
        let Agreement { client, server } = agreement;
        self.settings.set(Settings {
            client_no_context_takeover: !client.context_takeover,
            server_no_context_takeover: !server.context_takeover,
            client_max_window_bits: client.max_window_bits,
            server_max_window_bits: server.max_window_bits,
        });
        self.deflater.replace(Deflater::new(outgoing));
        self.inflater.replace(Inflater::new(incoming));
    }

    pub(super) fn deflate(
        &self,
        header: &mut u8,
        payload: &[u8],
    ) -> Result<Option<Vec<u8>>, DeflaterFailed> {
        let level = u8::try_from(self.level.get()).ok().and_then(Level::new);
        let memory_level = u8::try_from(self.memory_level.get());
        let memory_level = memory_level.ok().and_then(MemoryLevel::new);
        let is_big_enough = payload.len() as u64 >= u64::from(self.minimum_size.get());
        let mut deflater = self.deflater.borrow_mut();
        deflater.set_levels(level.unwrap_or_default(), memory_level.unwrap_or_default());
        deflater.process(header, payload, self.compress.get() && is_big_enough)
    }

    pub(super) fn inflate(
        &self,
        header: &mut u8,
        payload: &[u8],
        limit: u64,
    ) -> Result<Option<Vec<u8>>, InflateError> {
        self.inflater.borrow_mut().process(header, payload, limit)
    }
}

impl From<DeflaterFailed> for glib::Error {
    fn from(error: DeflaterFailed) -> Self {
        Self::new(WebsocketError::ServerError, &error.to_string())
    }
}

fn bad_handshake(error: ParamsError) -> glib::Error {
    let text = format!("permessage-deflate: {error}");
    glib::Error::new(WebsocketError::BadHandshake, &text)
}

fn to_params(params: Params) -> Option<GString> {
    let text = params.to_string();
    (!text.is_empty()).then(|| text.into())
}

/// Stores the value of a property; tells whether it is another one than before.
fn set<T>(cell: &Cell<T>, value: &glib::Value) -> bool
where
    T: Copy + PartialEq + for<'a> glib::value::FromValue<'a>,
{
    value.get().is_ok_and(|new| cell.replace(new) != new)
}

const CLIENT_NO_CONTEXT_TAKEOVER: &str = "client-no-context-takeover";
const SERVER_NO_CONTEXT_TAKEOVER: &str = "server-no-context-takeover";
const CLIENT_MAX_WINDOW_BITS: &str = "client-max-window-bits";
const SERVER_MAX_WINDOW_BITS: &str = "server-max-window-bits";
