//! The structures of `Server`, as C sees them. They are part of the ABI: cbindgen copies them,
//! with their documentation, into the header.

use super::imp;
use glib::ffi::gpointer;
use glib::gobject_ffi::{GObject, GObjectClass};

// Documented in capi/gtkdoc/server.c: it stands for the class.
#[allow(missing_docs, missing_debug_implementations)]
#[repr(C)]
pub struct WsoupServer {
    pub parent_instance: GObject,
}

/// WsoupServerClass:
/// @parent_class: the parent class
///
/// The class structure of the [class@Server] class.
/// cbindgen:field-names=[parent_class, /*< private >*/ padding]
#[allow(
    missing_docs,
    missing_debug_implementations,
    rustdoc::broken_intra_doc_links
)]
#[repr(C)]
pub struct WsoupServerClass {
    pub parent_class: GObjectClass,
    pub padding: [gpointer; 8],
}

class_structs!(imp::Server, WsoupServer, WsoupServerClass);
