//! The signal `message`, which is emitted more often than anything else.
//!
//! It is registered and emitted by hand: the values need neither be checked against the signal's
//! types each time nor own anything, as what they refer to outlives the emission; and the C library
//! tells GLib how handlers in C are called, which it would find out each time by libffi otherwise.
#![allow(unsafe_code)]

use crate::WebsocketConnection;
use glib::gobject_ffi::{self, GValue, GValue_data};
use glib::prelude::*;
use glib::translate::*;
use std::ffi::{c_int, c_uint};
use std::ptr;
use std::sync::OnceLock;

static SIGNAL: OnceLock<c_uint> = OnceLock::new();

/// How handlers in C are called: what does it with a `GValue` an argument, and what tells GLib, once
/// the signal is registered, how to do it without.
#[cfg(feature = "capi")]
type Marshallers = (
    gobject_ffi::GSignalCMarshaller,
    unsafe extern "C" fn(signal: c_uint, type_: glib::ffi::GType),
);

#[cfg(feature = "capi")]
static MARSHALLERS: OnceLock<Marshallers> = OnceLock::new();

/// Sets how handlers in C are called; for the C library, before there is any class.
///
/// # Safety
///
/// The marshaller calls handlers with an `int` and a `GBytes`, and so does what the other function
/// sets.
#[cfg(feature = "capi")]
pub unsafe fn set_message_marshallers(marshallers: Marshallers) {
    // The library is loaded once.
    let _ = MARSHALLERS.set(marshallers);
}

/// Registers the signal; called once, when the class is initialised.
pub(super) fn register(type_: glib::Type) {
    // The type is an `int`, not the enumeration, as in libsoup.
    let mut parameters = [
        i32::static_type().into_glib(),
        glib::Bytes::static_type().into_glib(),
    ];
    #[cfg(feature = "capi")]
    let marshaller = MARSHALLERS.get().and_then(|(marshaller, _)| *marshaller);
    #[cfg(not(feature = "capi"))]
    let marshaller = None;
    // SAFETY: the class of the type is being initialised; the strings and types are right, and GLib
    // copies them; the marshallers call handlers with what the parameters say.
    let id = unsafe {
        let id = gobject_ffi::g_signal_newv(
            c"message".as_ptr(),
            type_.into_glib(),
            gobject_ffi::G_SIGNAL_RUN_FIRST,
            ptr::null_mut(),
            None,
            ptr::null_mut(),
            marshaller,
            gobject_ffi::G_TYPE_NONE,
            parameters.len() as c_uint,
            parameters.as_mut_ptr(),
        );
        #[cfg(feature = "capi")]
        if let Some((_, set_va_marshaller)) = MARSHALLERS.get() {
            set_va_marshaller(id, type_.into_glib());
        }
        id
    };
    // It was not set before: a class is initialised once.
    let _ = SIGNAL.set(id);
}

/// Emits the signal.
pub(super) fn emit(connection: &WebsocketConnection, data_type: c_int, message: &glib::Bytes) {
    let Some(signal) = SIGNAL.get() else {
        return;
    };
    let bytes: *mut glib::ffi::GBytes = message.to_glib_none().0;
    if cfg!(feature = "capi") {
        // The quickest way to handlers in C.
        // SAFETY: the arguments are of the types of the signal's parameters.
        return unsafe {
            gobject_ffi::g_signal_emit(connection.as_ptr().cast(), *signal, 0, data_type, bytes);
        };
    }
    let values = [
        value(
            WebsocketConnection::static_type(),
            GValue_data {
                v_pointer: connection.as_ptr().cast(),
            },
        ),
        value(i32::static_type(), GValue_data { v_int: data_type }),
        value(
            glib::Bytes::static_type(),
            GValue_data {
                v_pointer: bytes.cast(),
            },
        ),
    ];
    // SAFETY: the values are of the types of the signal's parameters.
    unsafe { gobject_ffi::g_signal_emitv(values.as_ptr(), *signal, 0, ptr::null_mut()) }
}

/// A value that borrows what it refers to, and need not be cleared.
///
/// It is put together as the macros of GLib's headers do it: what makes a value in a function looks
/// up its type and checks it each time.
fn value(type_: glib::Type, data: GValue_data) -> GValue {
    GValue {
        g_type: type_.into_glib(),
        data: [
            data,
            GValue_data {
                v_uint: gobject_ffi::G_VALUE_NOCOPY_CONTENTS as c_uint,
            },
        ],
    }
}
