//! The signal `message`, which is emitted more often than anything else.
//!
//! It is registered by hand because glib-rs lets GLib find out at each emission, by libffi, how a
//! handler in C is called; and emitted by hand because the values need neither be checked against
//! the signal's types nor own anything: what they refer to outlives the emission.
#![allow(unsafe_code)]

use crate::WebsocketConnection;
use glib::ffi::gpointer;
use glib::gobject_ffi::{self, GClosure, GValue, GValue_data};
use glib::prelude::*;
use glib::translate::*;
use std::ffi::{c_int, c_uint};
use std::ptr;
use std::sync::OnceLock;

static SIGNAL: OnceLock<c_uint> = OnceLock::new();

/// Registers the signal; called once, when the class is initialised.
pub(super) fn register(type_: glib::Type) {
    // The type is an `int`, not the enumeration, as in libsoup.
    let mut parameters = [
        i32::static_type().into_glib(),
        glib::Bytes::static_type().into_glib(),
    ];
    // SAFETY: the class of the type is being initialised; the strings and types are right, and GLib
    // copies them; `marshal` calls handlers with what the parameters say.
    let id = unsafe {
        gobject_ffi::g_signal_newv(
            c"message".as_ptr(),
            type_.into_glib(),
            gobject_ffi::G_SIGNAL_RUN_FIRST,
            ptr::null_mut(),
            None,
            ptr::null_mut(),
            Some(marshal),
            gobject_ffi::G_TYPE_NONE,
            parameters.len() as c_uint,
            parameters.as_mut_ptr(),
        )
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

/// Calls a handler that is written in C.
unsafe extern "C" fn marshal(
    closure: *mut GClosure,
    _return_value: *mut GValue,
    _n_values: c_uint,
    values: *const GValue,
    _hint: gpointer,
    marshal_data: gpointer,
) {
    type Handler = unsafe extern "C" fn(gpointer, c_int, *mut glib::ffi::GBytes, gpointer);

    // SAFETY: GLib calls this for closures made by `g_cclosure_new()` and its like, whose callback
    // is a handler of this signal, and with the values that `emit` or anybody else emitted, whose
    // types it has checked. `marshal_data` stands for the callback of a class, if it is not NULL.
    unsafe {
        let closure = closure.cast::<CClosure>();
        let callback = if marshal_data.is_null() {
            (*closure).callback
        } else {
            marshal_data
        };
        // As in the marshallers that glib-genmarshal makes, without checking the types once more.
        let [instance, data_type, message] = [0, 1, 2].map(|index| (*values.add(index)).data[0]);
        let instance = instance.v_pointer;
        let (first, last) = if CClosure::is_swapped(closure) {
            ((*closure).data, instance)
        } else {
            (instance, (*closure).data)
        };
        let handler = std::mem::transmute::<gpointer, Handler>(callback);
        handler(first, data_type.v_int, message.v_pointer.cast(), last);
    }
}

/// `GCClosure`, whose fields glib-rs leaves out. The macros of GLib's headers look into it, so that
/// its layout is part of GLib's ABI.
#[repr(C)]
struct CClosure {
    flags: u32,
    marshal: gpointer,
    data: gpointer,
    notifiers: gpointer,
    callback: gpointer,
}

impl CClosure {
    /// What the macro `G_CCLOSURE_SWAP_DATA` says: whether the user data come first.
    unsafe fn is_swapped(closure: *const Self) -> bool {
        /// The place of `derivative_flag` in the bit field.
        const DERIVATIVE_FLAG: u32 = if cfg!(target_endian = "little") {
            1 << 29
        } else {
            1 << 2
        };
        // SAFETY: the closure lives; other threads may be changing other bits of the field.
        unsafe { (&raw const (*closure).flags).read_volatile() & DERIVATIVE_FLAG != 0 }
    }
}
