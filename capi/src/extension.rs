//! `WsoupWebsocketExtension`.

use std::ffi::c_char;

use glib::ffi::{GBytes, GError, GHashTable, GType, gboolean};
use glib::prelude::*;
use glib::translate::*;
use wsoup::prelude::*;
use wsoup::protocol::handshake::is_token;
use wsoup::{WebsocketConnectionType, WebsocketExtension};

use crate::check::{OrError, class, location, member, object, require, text};
use crate::types::*;

#[unsafe(no_mangle)]
pub extern "C" fn wsoup_websocket_extension_get_type() -> GType {
    WebsocketExtension::static_type().into_glib()
}

/// wsoup_websocket_extension_class_set_name:
/// @klass: the structure of a class that derives from [class@WebsocketExtension]
/// @name: the token by which the extension is negotiated in the `Sec-WebSocket-Extensions` header
///
/// Sets the field `name` of @klass, for languages that cannot reach the fields of a class.
///
/// In Python and in JavaScript this is a method of the class, to be called once after the class was
/// defined: `MyExtension.set_name("x-my-extension")`. In Vala it is called in `class construct`.
/// Classes that are derived later inherit the name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_extension_class_set_name(
    klass: *mut WsoupWebsocketExtensionClass,
    name: *const c_char,
) {
    class!(klass: WebsocketExtension);
    text!(name);
    require!(is_token(name), "name is a token (RFC 9110 §5.6.2)");
    // SAFETY: the check found the structure of such a class; an interned string lives for ever.
    unsafe { (*klass).name = glib::Quark::from_str(name).as_str().as_ptr() };
}

/// wsoup_websocket_extension_configure:
/// @extension: a [class@WebsocketExtension]
/// @connection_type: the side of the connection that the extension serves, not
///   %WSOUP_WEBSOCKET_CONNECTION_UNKNOWN
/// @params: (nullable) (element-type utf8 utf8): the names of the parameters that the peer sent, and
///   the values of those that have one
/// @error: return location for an error
///
/// Configures @extension with the parameters that the handshake brought.
///
/// Called once, before the first message. An extension whose class does not implement this accepts
/// everything.
///
/// Returns: %TRUE if the extension can work with the parameters, %FALSE with @error set otherwise
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_extension_configure(
    extension: *mut WsoupWebsocketExtension,
    connection_type: WsoupWebsocketConnectionType,
    params: *mut GHashTable,
    error: *mut *mut GError,
) -> gboolean {
    object!(extension: WebsocketExtension);
    member!(connection_type: WebsocketConnectionType);
    require!(
        connection_type != WebsocketConnectionType::Unknown,
        "connection_type != WSOUP_WEBSOCKET_CONNECTION_UNKNOWN"
    );
    location!(error);
    // SAFETY: the table is NULL or has strings as keys, and strings or NULL as values.
    let params = unsafe { wsoup::params_from_table(params) };
    extension
        .configure(connection_type, &params)
        .or_error(error)
}

/// wsoup_websocket_extension_get_request_params:
/// @extension: a [class@WebsocketExtension]
///
/// Gets the parameters that a client sends with the name of the extension, in
/// `Sec-WebSocket-Extensions` (RFC 6455 §9.1). If they do not have the form that is specified there, the
/// extension is not offered, and a critical says so.
///
/// Returns: (nullable) (transfer full): the parameters, beginning with `;`, or %NULL if there are
///   none
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_extension_get_request_params(
    extension: *mut WsoupWebsocketExtension,
) -> *mut c_char {
    object!(extension: WebsocketExtension);
    extension.request_params().into_glib_ptr()
}

/// wsoup_websocket_extension_get_response_params:
/// @extension: a [class@WebsocketExtension]
///
/// Gets the parameters that a server answers with, in `Sec-WebSocket-Extensions` (RFC 6455 §9.1). If
/// they do not have the form that is specified there, the extension is declined, and a critical says so.
///
/// Returns: (nullable) (transfer full): the parameters, beginning with `;`, or %NULL if there are
///   none
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_extension_get_response_params(
    extension: *mut WsoupWebsocketExtension,
) -> *mut c_char {
    object!(extension: WebsocketExtension);
    extension.response_params().into_glib_ptr()
}

/// wsoup_websocket_extension_process_outgoing_message:
/// @extension: a [class@WebsocketExtension]
/// @header: (inout): the first byte of the frame's header (RFC 6455 §5.2): FIN (`0x80`), the reserved
///   bits (`0x40`, `0x20`, `0x10`) and the opcode (`0x0f`); nothing else of it is an extension's
/// @payload: (transfer full): the payload of the message
/// @error: return location for an error
///
/// Processes a message before it is sent.
///
/// The extension sets the reserved bits that it uses in @header. If it has nothing to change in the
/// payload, it returns @payload itself.
///
/// Returns: (transfer full): the payload to send, or %NULL with @error set
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_extension_process_outgoing_message(
    extension: *mut WsoupWebsocketExtension,
    header: *mut guint8,
    payload: *mut GBytes,
    error: *mut *mut GError,
) -> *mut GBytes {
    object!(extension: WebsocketExtension);
    require!(!header.is_null(), "header != NULL");
    require!(!payload.is_null(), "payload != NULL");
    location!(error);
    // SAFETY: `header` is not NULL, so it may be changed; the payload is given away.
    let (header, payload) = unsafe { (&mut *header, from_glib_full(payload)) };
    let processed = extension.process_outgoing_message(header, payload);
    processed.map(IntoGlibPtr::into_glib_ptr).or_error(error)
}

/// wsoup_websocket_extension_process_incoming_message:
/// @extension: a [class@WebsocketExtension]
/// @header: (inout): the first byte of the frame's header (RFC 6455 §5.2): FIN (`0x80`), the reserved
///   bits (`0x40`, `0x20`, `0x10`) and the opcode (`0x0f`); nothing else of it is an extension's
/// @payload: (transfer full): the payload of the message
/// @error: return location for an error
///
/// Processes a message after it was received.
///
/// A message that the peer sent in several frames comes frame by frame, the later ones with the opcode
/// 0. The extension clears the reserved bits that it uses in @header; a bit that is left breaks the
/// protocol. If it has nothing to change in the payload, it returns @payload itself.
///
/// Returns: (transfer full): the payload to deliver, or %NULL with @error set
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_extension_process_incoming_message(
    extension: *mut WsoupWebsocketExtension,
    header: *mut guint8,
    payload: *mut GBytes,
    error: *mut *mut GError,
) -> *mut GBytes {
    object!(extension: WebsocketExtension);
    require!(!header.is_null(), "header != NULL");
    require!(!payload.is_null(), "payload != NULL");
    location!(error);
    // SAFETY: `header` is not NULL, so it may be changed; the payload is given away.
    let (header, payload) = unsafe { (&mut *header, from_glib_full(payload)) };
    let processed = extension.process_incoming_message(header, payload);
    processed.map(IntoGlibPtr::into_glib_ptr).or_error(error)
}
