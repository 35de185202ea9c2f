//! The class structure of `WebsocketExtension`, as C sees it, and the calls in both directions:
//! from Rust through the structure's function pointers ([`Vtable`]), and from there into classes
//! written in Rust (the trampolines at the end).
//!
//! The two structures are part of the ABI: cbindgen copies them, with their documentation, into the
//! C header. A NULL function pointer stands for the default: accept, no parameters, change nothing.
#![allow(unsafe_code)]

use std::collections::HashMap;
use std::ffi::{CStr, c_char, c_int};
use std::marker::PhantomData;
use std::ptr;

use glib::ffi::{GBytes, GError, GHashTable, gboolean, gpointer};
use glib::gobject_ffi::{GObject, GObjectClass};
use glib::prelude::*;
use glib::subclass::prelude::*;
use glib::translate::*;

use super::subclass::WebsocketExtensionImpl;
use super::{WebsocketExtension, imp};
use crate::WebsocketConnectionType;

use c_types::*;

// Documented in capi/gtkdoc/extension.c: it stands for the class.
#[allow(missing_docs, missing_debug_implementations)]
#[repr(C)]
pub struct WsoupWebsocketExtension {
    pub parent_instance: GObject,
}

/// WsoupWebsocketExtensionClass:
/// @parent_class: the parent class
/// @name: the token by which the extension is negotiated in the `Sec-WebSocket-Extensions` header
/// @configure: called when the handshake has settled the parameters of the extension; if it is
///   %NULL, all are accepted
/// @get_request_params: called on the client to get the parameters for the request, a string that
///   begins with `;`; if it is %NULL, there are none
/// @get_response_params: called on the server to get the parameters for the response, a string that
///   begins with `;`; if it is %NULL, there are none
/// @process_outgoing_message: called with each data message before it is sent, to change its payload
///   and to set the reserved bits that the extension uses in its header; if it is %NULL, messages
///   are sent as they are
/// @process_incoming_message: called with each frame of a data message after it was received, to
///   change its payload and to clear the reserved bits that the extension uses in its header; if it is
///   %NULL, messages are delivered as they are
///
/// The class structure of the [class@WebsocketExtension] class.
/// cbindgen:field-names=[parent_class, name, configure, get_request_params, get_response_params, process_outgoing_message, process_incoming_message, /*< private >*/ padding]
#[allow(
    missing_docs,
    missing_debug_implementations,
    rustdoc::broken_intra_doc_links
)]
#[repr(C)]
pub struct WsoupWebsocketExtensionClass {
    pub parent_class: GObjectClass,
    pub name: *const c_char,
    pub configure: Option<
        unsafe extern "C" fn(
            extension: *mut WsoupWebsocketExtension,
            connection_type: WsoupWebsocketConnectionType,
            params: *mut GHashTable,
            error: *mut *mut GError,
        ) -> gboolean,
    >,
    pub get_request_params:
        Option<unsafe extern "C" fn(extension: *mut WsoupWebsocketExtension) -> *mut c_char>,
    pub get_response_params:
        Option<unsafe extern "C" fn(extension: *mut WsoupWebsocketExtension) -> *mut c_char>,
    pub process_outgoing_message: Option<
        unsafe extern "C" fn(
            extension: *mut WsoupWebsocketExtension,
            header: *mut guint8,
            payload: *mut GBytes,
            error: *mut *mut GError,
        ) -> *mut GBytes,
    >,
    pub process_incoming_message: Option<
        unsafe extern "C" fn(
            extension: *mut WsoupWebsocketExtension,
            header: *mut guint8,
            payload: *mut GBytes,
            error: *mut *mut GError,
        ) -> *mut GBytes,
    >,
    pub padding: [gpointer; 6],
}

/// Names that the header takes from GLib, or from the enumerations in `capi/`.
///
/// An enumeration is an `int` here, because C may pass any value.
/// cbindgen:ignore
mod c_types {
    #![allow(non_camel_case_types)]
    pub(super) type guint8 = u8;
    pub(super) type WsoupWebsocketConnectionType = super::c_int;
}

class_structs!(
    imp::WebsocketExtension,
    WsoupWebsocketExtension,
    WsoupWebsocketExtensionClass
);

/// The `name` of the class of `type_`.
pub(super) fn name(type_: glib::Type) -> Option<glib::GString> {
    let class = glib::Class::<WebsocketExtension>::from_type(type_)?;
    // SAFETY: a class sets `name` to NULL or to a string that lives as long as it.
    let name: Option<String> = unsafe { from_glib_none(class.as_ref().name) };
    name.map(glib::GString::from)
}

/// The virtual methods of one object, as its class or the parent of a class implements them.
pub(super) struct Vtable<'a> {
    class: &'a WsoupWebsocketExtensionClass,
    extension: *mut WsoupWebsocketExtension,
    lifetime: PhantomData<&'a WebsocketExtension>,
}

impl<'a> Vtable<'a> {
    /// The methods that the class of `extension` implements.
    pub(super) fn of(extension: &'a WebsocketExtension) -> Self {
        Self {
            class: extension.class().as_ref(),
            extension: extension.as_ptr(),
            lifetime: PhantomData,
        }
    }

    /// The methods that the parent of the class `T` implements.
    pub(super) fn parent_of<T: WebsocketExtensionImpl>(imp: &'a T) -> Self {
        // SAFETY: there is an object of the type, so its type data was initialised.
        let parent = unsafe { T::type_data().as_ref() }.parent_class();
        Self {
            // SAFETY: `T` derives from `WebsocketExtension`, so its parent class is that or derives
            // from it, and class structures begin with their parents'. Classes are never freed.
            class: unsafe { &*parent.cast() },
            extension: imp.obj().as_ptr().cast(),
            lifetime: PhantomData,
        }
    }

    pub(super) fn configure(
        &self,
        connection_type: WebsocketConnectionType,
        params: &HashMap<String, Option<String>>,
    ) -> Result<(), glib::Error> {
        let Some(configure) = self.class.configure else {
            return Ok(());
        };
        let params = ParamsTable::new(params);
        let mut error = ptr::null_mut();
        // SAFETY: the object is of the class or of one derived from it, and lives; `params` is a
        // table of strings or NULL; `error` is an out location.
        unsafe {
            let connection_type = connection_type.into_glib();
            if configure(self.extension, connection_type, params.0, &mut error) != 0 {
                return Ok(());
            }
            Err(error_or_default(error))
        }
    }

    pub(super) fn request_params(&self) -> Option<glib::GString> {
        // What is no UTF-8 becomes something that no header may have: the class may be of C.
        // SAFETY: the object is of the class or of one derived from it, and lives; the result is a
        // string of ours or NULL.
        let params: Option<String> =
            unsafe { from_glib_full(self.class.get_request_params?(self.extension)) };
        params.map(glib::GString::from)
    }

    pub(super) fn response_params(&self) -> Option<glib::GString> {
        // SAFETY: as in `request_params`.
        let params: Option<String> =
            unsafe { from_glib_full(self.class.get_response_params?(self.extension)) };
        params.map(glib::GString::from)
    }

    pub(super) fn process_outgoing_message(
        &self,
        header: &mut u8,
        payload: glib::Bytes,
    ) -> Result<glib::Bytes, glib::Error> {
        let Some(process) = self.class.process_outgoing_message else {
            return Ok(payload);
        };
        let mut error = ptr::null_mut();
        // SAFETY: the object is of the class or of one derived from it, and lives; the payload is
        // given away; `error` is an out location.
        unsafe {
            let payload = process(self.extension, header, payload.into_glib_ptr(), &mut error);
            payload_or_error(payload, error)
        }
    }

    pub(super) fn process_incoming_message(
        &self,
        header: &mut u8,
        payload: glib::Bytes,
    ) -> Result<glib::Bytes, glib::Error> {
        let Some(process) = self.class.process_incoming_message else {
            return Ok(payload);
        };
        let mut error = ptr::null_mut();
        // SAFETY: as in `process_outgoing_message`.
        unsafe {
            let payload = process(self.extension, header, payload.into_glib_ptr(), &mut error);
            payload_or_error(payload, error)
        }
    }
}

/// What a virtual method returned: a payload of ours, or NULL and an error.
unsafe fn payload_or_error(
    payload: *mut GBytes,
    error: *mut GError,
) -> Result<glib::Bytes, glib::Error> {
    if payload.is_null() {
        // SAFETY: by the caller's contract.
        return Err(unsafe { error_or_default(error) });
    }
    // SAFETY: by the caller's contract.
    Ok(unsafe { from_glib_full(payload) })
}

/// The error that a failed method set, or one in its place: a class in another language may forget.
unsafe fn error_or_default(error: *mut GError) -> glib::Error {
    if error.is_null() {
        let message = "the extension failed without saying why";
        return glib::Error::new(crate::WebsocketError::Failed, message);
    }
    // SAFETY: by the caller's contract, the error is ours.
    unsafe { from_glib_full(error) }
}

/// A `GHashTable` of parameters for the time of a call; NULL if there are none.
struct ParamsTable(*mut GHashTable);

impl ParamsTable {
    fn new(params: &HashMap<String, Option<String>>) -> Self {
        if params.is_empty() {
            return Self(ptr::null_mut());
        }
        // SAFETY: the table owns the strings that are inserted, and frees them with `g_free`.
        unsafe {
            let table = glib::ffi::g_hash_table_new_full(
                Some(glib::ffi::g_str_hash),
                Some(glib::ffi::g_str_equal),
                Some(glib::ffi::g_free),
                Some(glib::ffi::g_free),
            );
            for (name, value) in params {
                let (name, value): (*mut c_char, *mut c_char) =
                    (name.to_glib_full(), value.to_glib_full());
                glib::ffi::g_hash_table_insert(table, name.cast(), value.cast());
            }
            Self(table)
        }
    }
}

impl Drop for ParamsTable {
    fn drop(&mut self) {
        if !self.0.is_null() {
            // SAFETY: the table was made in `new`.
            unsafe { glib::ffi::g_hash_table_unref(self.0) };
        }
    }
}

/// Copies a table of parameters; NULL is the empty one.
///
/// # Safety
///
/// The keys of the table are strings, the values strings or NULL.
#[doc(hidden)]
pub unsafe fn params_from_table(table: *mut GHashTable) -> HashMap<String, Option<String>> {
    let mut params = HashMap::new();
    if table.is_null() {
        return params;
    }
    // SAFETY: the iterator is initialised before its use, and the table does not change meanwhile;
    // names and values are strings by the caller's contract.
    unsafe {
        let mut iter = std::mem::zeroed();
        let (mut name, mut value) = (ptr::null_mut(), ptr::null_mut());
        glib::ffi::g_hash_table_iter_init(&mut iter, table);
        while glib::ffi::g_hash_table_iter_next(&mut iter, &mut name, &mut value) != 0 {
            let name = CStr::from_ptr(name.cast::<c_char>());
            let value: Option<String> = from_glib_none(value.cast::<c_char>());
            params.insert(name.to_string_lossy().into_owned(), value);
        }
    }
    params
}

// SAFETY: `class_init` sets the function pointers of a class derived from `WebsocketExtension` to
// functions for its implementation.
unsafe impl<T: WebsocketExtensionImpl> IsSubclassable<T> for WebsocketExtension {
    fn class_init(class: &mut glib::Class<Self>) {
        Self::parent_class_init::<T>(class);
        let class = class.as_mut();
        class.name = T::EXTENSION_NAME.as_ptr();
        class.configure = Some(configure_trampoline::<T>);
        class.get_request_params = Some(request_params_trampoline::<T>);
        class.get_response_params = Some(response_params_trampoline::<T>);
        class.process_outgoing_message = Some(process_outgoing_trampoline::<T>);
        class.process_incoming_message = Some(process_incoming_trampoline::<T>);
    }
}

/// The implementation of an object.
unsafe fn implementation<'a, T: WebsocketExtensionImpl>(
    extension: *mut WsoupWebsocketExtension,
) -> &'a T {
    // SAFETY: the caller has a live object of the class `T` or of one derived from it.
    unsafe { (*extension.cast::<T::Instance>()).imp() }
}

/// Stores an error where C asked for it, if it did.
unsafe fn set_error(location: *mut *mut GError, error: glib::Error) {
    if !location.is_null() {
        // SAFETY: a location that is not NULL is valid, by the rules of `GError`.
        unsafe { *location = error.into_glib_ptr() };
    }
}

unsafe extern "C" fn configure_trampoline<T: WebsocketExtensionImpl>(
    extension: *mut WsoupWebsocketExtension,
    connection_type: WsoupWebsocketConnectionType,
    params: *mut GHashTable,
    error: *mut *mut GError,
) -> gboolean {
    // SAFETY: the arguments are what the signature in the class structure says.
    unsafe {
        let connection_type = WebsocketConnectionType::try_from_glib(connection_type)
            .unwrap_or(WebsocketConnectionType::Unknown);
        let params = params_from_table(params);
        match implementation::<T>(extension).configure(connection_type, &params) {
            Ok(()) => glib::ffi::GTRUE,
            Err(reason) => {
                set_error(error, reason);
                glib::ffi::GFALSE
            }
        }
    }
}

unsafe extern "C" fn request_params_trampoline<T: WebsocketExtensionImpl>(
    extension: *mut WsoupWebsocketExtension,
) -> *mut c_char {
    // SAFETY: the argument is what the signature in the class structure says.
    unsafe { implementation::<T>(extension) }
        .request_params()
        .into_glib_ptr()
}

unsafe extern "C" fn response_params_trampoline<T: WebsocketExtensionImpl>(
    extension: *mut WsoupWebsocketExtension,
) -> *mut c_char {
    // SAFETY: the argument is what the signature in the class structure says.
    unsafe { implementation::<T>(extension) }
        .response_params()
        .into_glib_ptr()
}

unsafe extern "C" fn process_outgoing_trampoline<T: WebsocketExtensionImpl>(
    extension: *mut WsoupWebsocketExtension,
    header: *mut guint8,
    payload: *mut GBytes,
    error: *mut *mut GError,
) -> *mut GBytes {
    // SAFETY: the arguments are what the signature in the class structure says; the payload is ours.
    unsafe {
        let (imp, payload) = (implementation::<T>(extension), from_glib_full(payload));
        payload_to_c(imp.process_outgoing_message(&mut *header, payload), error)
    }
}

unsafe extern "C" fn process_incoming_trampoline<T: WebsocketExtensionImpl>(
    extension: *mut WsoupWebsocketExtension,
    header: *mut guint8,
    payload: *mut GBytes,
    error: *mut *mut GError,
) -> *mut GBytes {
    // SAFETY: as in `process_outgoing_trampoline`.
    unsafe {
        let (imp, payload) = (implementation::<T>(extension), from_glib_full(payload));
        payload_to_c(imp.process_incoming_message(&mut *header, payload), error)
    }
}

unsafe fn payload_to_c(
    result: Result<glib::Bytes, glib::Error>,
    error: *mut *mut GError,
) -> *mut GBytes {
    match result {
        Ok(payload) => payload.into_glib_ptr(),
        Err(reason) => {
            // SAFETY: by the caller's contract.
            unsafe { set_error(error, reason) };
            ptr::null_mut()
        }
    }
}
