//! `WsoupWebsocketExtensionManager`.

use std::ffi::c_char;

use glib::ffi::{GType, gboolean};
use glib::gobject_ffi::GValue;
use glib::prelude::*;
use glib::translate::*;
use wsoup::WebsocketExtensionManager;

use crate::check::{object, properties};
use crate::types::*;

#[unsafe(no_mangle)]
pub extern "C" fn wsoup_websocket_extension_manager_get_type() -> GType {
    WebsocketExtensionManager::static_type().into_glib()
}

/// wsoup_websocket_extension_manager_add_extension:
/// @manager: a [class@WebsocketExtensionManager]
/// @extension_type: a type that is derived from [class@WebsocketExtension] and not abstract
///
/// Adds a type of extensions.
///
/// [method@Session.add_feature_by_type] does the same. If @manager has the type already, it keeps its
/// place, but not the properties that [method@WebsocketExtensionManager.add_extension_with_properties]
/// gave it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_extension_manager_add_extension(
    manager: *mut WsoupWebsocketExtensionManager,
    extension_type: GType,
) {
    object!(manager: WebsocketExtensionManager);
    // SAFETY: a type, or a number that GObject knows as none.
    manager.add_extension(unsafe { from_glib(extension_type) });
}

/// wsoup_websocket_extension_manager_add_extension_with_properties:
/// @manager: a [class@WebsocketExtensionManager]
/// @extension_type: a type that is derived from [class@WebsocketExtension] and not abstract
/// @n_properties: the number of properties
/// @names: (array length=n_properties): the names of the properties
/// @values: (array length=n_properties): their values
///
/// Adds a type of extensions, whose objects get these properties.
///
/// Each connection has an object of its own of an extension, which is made with these properties. If
/// @manager has the type already, it keeps its place and gets the new properties. If the type does not
/// have one of them, or a value does not fit, nothing is added.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_extension_manager_add_extension_with_properties(
    manager: *mut WsoupWebsocketExtensionManager,
    extension_type: GType,
    n_properties: guint,
    names: *mut *const c_char,
    values: *const GValue,
) {
    object!(manager: WebsocketExtensionManager);
    properties!(n_properties, names, values);
    // SAFETY: a type, or a number that GObject knows as none.
    let extension_type = unsafe { from_glib(extension_type) };
    manager.add_extension_with_properties(extension_type, &values);
}

/// wsoup_websocket_extension_manager_remove_extension:
/// @manager: a [class@WebsocketExtensionManager]
/// @extension_type: a type of extensions
///
/// Removes a type of extensions.
///
/// Returns: %TRUE if @manager had it
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_extension_manager_remove_extension(
    manager: *mut WsoupWebsocketExtensionManager,
    extension_type: GType,
) -> gboolean {
    object!(manager: WebsocketExtensionManager);
    // SAFETY: a type, or a number that GObject knows as none.
    let extension_type = unsafe { from_glib(extension_type) };
    manager.remove_extension(extension_type).into_glib()
}

/// wsoup_websocket_extension_manager_has_extension:
/// @manager: a [class@WebsocketExtensionManager]
/// @extension_type: a type of extensions
///
/// Gets whether @manager has extensions of exactly this type.
///
/// Returns: %TRUE if it has
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_extension_manager_has_extension(
    manager: *mut WsoupWebsocketExtensionManager,
    extension_type: GType,
) -> gboolean {
    object!(manager: WebsocketExtensionManager);
    // SAFETY: a type, or a number that GObject knows as none.
    let extension_type = unsafe { from_glib(extension_type) };
    manager.has_extension(extension_type).into_glib()
}
