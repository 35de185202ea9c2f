//! The extensions of `WsoupServer`.

use std::ffi::c_char;

use glib::ffi::GType;
use glib::gobject_ffi::GValue;
use glib::translate::*;
use wsoup::Server;

use crate::check::{object, properties};
use crate::types::*;

/// wsoup_server_add_websocket_extension:
/// @server: a [class@Server]
/// @extension_type: a type that is derived from [class@WebsocketExtension] and not abstract
///
/// Adds a type of extensions, which clients get that offer it.
///
/// [class@WebsocketExtensionDeflate] is there from the beginning. If @server has the type already, it
/// keeps its place, but not the properties that
/// [method@Server.add_websocket_extension_with_properties] gave it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_add_websocket_extension(
    server: *mut WsoupServer,
    extension_type: GType,
) {
    object!(server: Server);
    // SAFETY: a type, or a number that GObject knows as none.
    server.add_websocket_extension(unsafe { from_glib(extension_type) });
}

/// wsoup_server_add_websocket_extension_with_properties:
/// @server: a [class@Server]
/// @extension_type: a type that is derived from [class@WebsocketExtension] and not abstract
/// @n_properties: the number of properties
/// @names: (array length=n_properties): the names of the properties
/// @values: (array length=n_properties): their values
///
/// Adds a type of extensions, whose objects get these properties.
///
/// Each connection has an object of its own of an extension, which is made with these properties. If
/// @server has the type already, it keeps its place and gets the new properties. If the type does not
/// have one of them, or a value does not fit, nothing is added.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_add_websocket_extension_with_properties(
    server: *mut WsoupServer,
    extension_type: GType,
    n_properties: guint,
    names: *mut *const c_char,
    values: *const GValue,
) {
    object!(server: Server);
    properties!(n_properties, names, values);
    // SAFETY: a type, or a number that GObject knows as none.
    let extension_type = unsafe { from_glib(extension_type) };
    server.add_websocket_extension_with_properties(extension_type, &values);
}

/// wsoup_server_remove_websocket_extension:
/// @server: a [class@Server]
/// @extension_type: a type of extensions
///
/// Removes a type of extensions, and all that are derived from it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_remove_websocket_extension(
    server: *mut WsoupServer,
    extension_type: GType,
) {
    object!(server: Server);
    // SAFETY: a type, or a number that GObject knows as none.
    server.remove_websocket_extension(unsafe { from_glib(extension_type) });
}
