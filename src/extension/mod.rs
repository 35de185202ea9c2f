//! `WebsocketExtension`: what may change messages between an application and the wire
//! (RFC 6455 §9).
//!
//! The class is abstract and can be derived from in any language that GObject reaches: a class
//! written in C is used from Rust through [`WebsocketExtensionExt`], and one written in Rust, by
//! implementing [`WebsocketExtensionImpl`](crate::subclass::websocket_extension::WebsocketExtensionImpl),
//! is used from C. Both meet in the class structure of `class.rs`, which is part of the C ABI.
//!
//! `deflate/` is the one extension that the library has itself. `manager.rs` has the session feature
//! that holds which extensions a session offers, each of them an [`ExtensionSpec`].

mod class;
mod deflate;
mod manager;
mod spec;
pub mod subclass;

use std::collections::HashMap;

use glib::prelude::*;

use class::Vtable;
#[doc(hidden)]
pub use class::{WsoupWebsocketExtension, WsoupWebsocketExtensionClass, params_from_table};

pub use deflate::WebsocketExtensionDeflate;
pub use manager::WebsocketExtensionManager;
pub(crate) use spec::{ExtensionSpec, ExtensionSpecs};

use crate::WebsocketConnectionType;

mod imp {
    use glib::subclass::prelude::*;

    #[derive(Debug, Default)]
    pub struct WebsocketExtension;

    #[glib::object_subclass]
    impl ObjectSubclass for WebsocketExtension {
        const NAME: &'static str = type_name!("WebsocketExtension");
        const ALLOW_NAME_CONFLICT: bool = !cfg!(feature = "capi");
        const ABSTRACT: bool = true;
        type Type = super::WebsocketExtension;
        type Instance = super::WsoupWebsocketExtension;
        type Class = super::WsoupWebsocketExtensionClass;
    }

    impl ObjectImpl for WebsocketExtension {}
}

glib::wrapper! {
    /// The base class of WebSocket extensions.
    ///
    /// An object of it serves one connection: it is created for the handshake, configured with what
    /// the peers agreed on, and then sees every data message of the connection, in both directions.
    pub struct WebsocketExtension(ObjectSubclass<imp::WebsocketExtension>);
}

impl WebsocketExtension {
    /// Creates an extension of type `type_`, or `None` if that is no type of extensions that can be
    /// instantiated.
    pub fn with_type(type_: glib::Type) -> Option<Self> {
        ExtensionSpec::of_type(type_)?.instantiate()
    }

    /// Returns the token by which the extensions of type `type_` are negotiated in
    /// `Sec-WebSocket-Extensions`, or `None` if `type_` is no type of extensions or has no name.
    pub fn name_of_type(type_: glib::Type) -> Option<glib::GString> {
        class::name(type_)
    }
}

/// The methods of all [`WebsocketExtension`]s. Each calls the virtual method of the object's class.
pub trait WebsocketExtensionExt: IsA<WebsocketExtension> + 'static {
    /// Configures the extension with `params`, the parameters that the peer sent: names, and values
    /// for those that have one.
    ///
    /// Returns an error if the extension cannot work with them; a class that has no opinion accepts
    /// everything.
    fn configure(
        &self,
        connection_type: WebsocketConnectionType,
        params: &HashMap<String, Option<String>>,
    ) -> Result<(), glib::Error> {
        Vtable::of(self.upcast_ref()).configure(connection_type, params)
    }

    /// Returns the parameters for the request header, beginning with `;`, if there are any.
    fn request_params(&self) -> Option<glib::GString> {
        Vtable::of(self.upcast_ref()).request_params()
    }

    /// Returns the parameters for the response header, beginning with `;`, if there are any.
    fn response_params(&self) -> Option<glib::GString> {
        Vtable::of(self.upcast_ref()).response_params()
    }

    /// Processes a message before it is sent and returns its payload.
    ///
    /// `header` is the first byte of the frame (RFC 6455 §5.2); an extension sets the reserved bits
    /// that it uses.
    fn process_outgoing_message(
        &self,
        header: &mut u8,
        payload: glib::Bytes,
    ) -> Result<glib::Bytes, glib::Error> {
        Vtable::of(self.upcast_ref()).process_outgoing_message(header, payload)
    }

    /// Processes a message after it was received and returns its payload. One that the peer sent in
    /// several frames comes frame by frame.
    ///
    /// `header` is the first byte of the frame (RFC 6455 §5.2); an extension clears the reserved
    /// bits that it uses. What is still set afterwards is a violation of the protocol.
    fn process_incoming_message(
        &self,
        header: &mut u8,
        payload: glib::Bytes,
    ) -> Result<glib::Bytes, glib::Error> {
        Vtable::of(self.upcast_ref()).process_incoming_message(header, payload)
    }
}

impl<O: IsA<WebsocketExtension>> WebsocketExtensionExt for O {}

#[cfg(test)]
mod tests;
