//! The signal `message`, which is emitted more often than anything else.
//!
//! It is registered by hand because glib-rs lets GLib find out at each emission, by libffi, how a
//! handler in C is called; and emitted by hand because the values need neither be checked against
//! the signal's types nor own anything: what they refer to outlives the emission.
#![allow(unsafe_code)]

use crate::WebsocketConnection;
use glib::ffi::gpointer;
use glib::gobject_ffi::{self, GClosure, GObject, GValue};
use glib::prelude::*;
use glib::translate::*;
use std::ffi::{c_int, c_uint};
use std::mem::zeroed;
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
    // SAFETY: zeroed values are what `g_value_init()` expects. The values take no references:
    // connection and message are borrowed for longer than the emission lasts. An `int` and what is
    // set without a reference need not be cleared; the instance, which has one, is.
    unsafe {
        let mut values: [GValue; 3] = zeroed();
        let [instance, first, second] = &mut values;
        gobject_ffi::g_value_init_from_instance(instance, connection.as_ptr().cast());
        gobject_ffi::g_value_init(first, gobject_ffi::G_TYPE_INT);
        gobject_ffi::g_value_set_int(first, data_type);
        gobject_ffi::g_value_init(second, glib::ffi::g_bytes_get_type());
        let bytes: *mut glib::ffi::GBytes = message.to_glib_none().0;
        gobject_ffi::g_value_set_static_boxed(second, bytes.cast());
        gobject_ffi::g_signal_emitv(values.as_ptr(), *signal, 0, ptr::null_mut());
        gobject_ffi::g_value_unset(&mut values[0]);
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
        let instance: *mut GObject = gobject_ffi::g_value_get_object(values);
        let (first, last) = if CClosure::is_swapped(closure) {
            ((*closure).data, instance.cast())
        } else {
            (instance.cast(), (*closure).data)
        };
        let data_type = gobject_ffi::g_value_get_int(values.add(1));
        let message = gobject_ffi::g_value_get_boxed(values.add(2));
        let handler = std::mem::transmute::<gpointer, Handler>(callback);
        handler(first, data_type, message.cast(), last);
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
