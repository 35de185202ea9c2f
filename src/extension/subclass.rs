//! Writing a [`WebsocketExtension`] in Rust.

use std::collections::HashMap;
use std::ffi::CStr;

use glib::prelude::*;
use glib::subclass::prelude::*;

use super::WebsocketExtension;
use super::class::Vtable;
use crate::WebsocketConnectionType;

/// What a class derived from [`WebsocketExtension`] implements.
///
/// The default of each method is the parent class's, and in the end: accept every configuration,
/// send no parameters, change no message.
///
/// ```
/// use wsoup::subclass::prelude::*;
/// use wsoup::{WebsocketExtension, prelude::*};
///
/// mod imp {
///     use super::*;
///
///     #[derive(Default)]
///     pub struct Marker;
///
///     #[glib::object_subclass]
///     impl ObjectSubclass for Marker {
///         const NAME: &'static str = "ExampleMarker";
///         type Type = super::Marker;
///         type ParentType = WebsocketExtension;
///     }
///
///     impl ObjectImpl for Marker {}
///
///     impl WebsocketExtensionImpl for Marker {
///         const EXTENSION_NAME: &'static std::ffi::CStr = c"x-marker";
///
///         fn process_outgoing_message(
///             &self,
///             header: &mut u8,
///             payload: glib::Bytes,
///         ) -> Result<glib::Bytes, glib::Error> {
///             *header |= 0x20; // RSV2, RFC 6455 §5.2
///             Ok(payload)
///         }
///     }
/// }
///
/// glib::wrapper! {
///     pub struct Marker(ObjectSubclass<imp::Marker>) @extends WebsocketExtension;
/// }
///
/// fn main() -> Result<(), glib::Error> {
///     let marker: Marker = glib::Object::new();
///     let mut header = 0x81;
///     marker.process_outgoing_message(&mut header, glib::Bytes::from_static(b"hello"))?;
///     assert_eq!(header, 0xa1);
///     Ok(())
/// }
/// ```
pub trait WebsocketExtensionImpl:
    ObjectImpl + ObjectSubclass<Type: IsA<WebsocketExtension>>
{
    /// The token in `Sec-WebSocket-Extensions`.
    const EXTENSION_NAME: &'static CStr;

    /// See [`WebsocketExtensionExt::configure`](super::WebsocketExtensionExt::configure).
    fn configure(
        &self,
        connection_type: WebsocketConnectionType,
        params: &HashMap<String, Option<String>>,
    ) -> Result<(), glib::Error> {
        self.parent_configure(connection_type, params)
    }

    /// See [`WebsocketExtensionExt::request_params`](super::WebsocketExtensionExt::request_params).
    fn request_params(&self) -> Option<glib::GString> {
        self.parent_request_params()
    }

    /// See
    /// [`WebsocketExtensionExt::response_params`](super::WebsocketExtensionExt::response_params).
    fn response_params(&self) -> Option<glib::GString> {
        self.parent_response_params()
    }

    /// See [`WebsocketExtensionExt::process_outgoing_message`].
    ///
    /// [`WebsocketExtensionExt::process_outgoing_message`]: super::WebsocketExtensionExt::process_outgoing_message
    fn process_outgoing_message(
        &self,
        header: &mut u8,
        payload: glib::Bytes,
    ) -> Result<glib::Bytes, glib::Error> {
        self.parent_process_outgoing_message(header, payload)
    }

    /// See [`WebsocketExtensionExt::process_incoming_message`].
    ///
    /// [`WebsocketExtensionExt::process_incoming_message`]: super::WebsocketExtensionExt::process_incoming_message
    fn process_incoming_message(
        &self,
        header: &mut u8,
        payload: glib::Bytes,
    ) -> Result<glib::Bytes, glib::Error> {
        self.parent_process_incoming_message(header, payload)
    }
}

/// The virtual methods of the parent class, for [`WebsocketExtensionImpl`]s to chain up to.
pub trait WebsocketExtensionImplExt: WebsocketExtensionImpl {
    /// Chains up to `configure`.
    fn parent_configure(
        &self,
        connection_type: WebsocketConnectionType,
        params: &HashMap<String, Option<String>>,
    ) -> Result<(), glib::Error> {
        Vtable::parent_of(self).configure(connection_type, params)
    }

    /// Chains up to `request_params`.
    fn parent_request_params(&self) -> Option<glib::GString> {
        Vtable::parent_of(self).request_params()
    }

    /// Chains up to `response_params`.
    fn parent_response_params(&self) -> Option<glib::GString> {
        Vtable::parent_of(self).response_params()
    }

    /// Chains up to `process_outgoing_message`.
    fn parent_process_outgoing_message(
        &self,
        header: &mut u8,
        payload: glib::Bytes,
    ) -> Result<glib::Bytes, glib::Error> {
        Vtable::parent_of(self).process_outgoing_message(header, payload)
    }

    /// Chains up to `process_incoming_message`.
    fn parent_process_incoming_message(
        &self,
        header: &mut u8,
        payload: glib::Bytes,
    ) -> Result<glib::Bytes, glib::Error> {
        Vtable::parent_of(self).process_incoming_message(header, payload)
    }
}

impl<T: WebsocketExtensionImpl> WebsocketExtensionImplExt for T {}
