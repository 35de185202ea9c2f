//! The opening handshake, for programs that bring their own HTTP.

use std::ffi::c_char;

use glib::ffi::{GError, GList, GPtrArray, gboolean};
use glib::translate::*;
use wsoup::{Message, ServerMessage};

use crate::check::{OrError, OutList, location, object, text, text_list, types};
use crate::types::*;

/// wsoup_websocket_client_prepare_handshake:
/// @msg: the message that asks for the connection
/// @origin: (nullable): what to send as `Origin`, if anything
/// @protocols: (nullable) (array zero-terminated=1): the subprotocols to offer, the preferred one
///   first
/// @supported_extensions: (nullable) (element-type GObject.TypeClass): the classes of the extensions
///   to offer
///
/// Adds to a request what makes it a WebSocket handshake (RFC 6455 §4.1).
///
/// [method@Session.websocket_connect_async] does this by itself.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_client_prepare_handshake(
    msg: *mut WsoupMessage,
    origin: *const c_char,
    protocols: *mut *mut c_char,
    supported_extensions: *mut GPtrArray,
) {
    object!(msg: Message);
    text!(origin: Option);
    text_list!(protocols);
    types!(supported_extensions);
    wsoup::websocket_client_prepare_handshake(msg, origin, &protocols, &supported_extensions);
}

/// wsoup_websocket_client_verify_handshake:
/// @msg: the message that [func@websocket_client_prepare_handshake] has prepared, with the response
/// @supported_extensions: (nullable) (element-type GObject.TypeClass): the classes of the extensions
///   that were offered
/// @accepted_extensions: (out) (optional) (transfer full) (element-type WsoupWebsocketExtension):
///   return location for the extensions that the server accepted, configured
/// @error: return location for an error
///
/// Checks the server's answer to a WebSocket handshake (RFC 6455 §4.1).
///
/// If it is as it should be, a [class@WebsocketConnection] can be created on the stream. The error is
/// %WSOUP_WEBSOCKET_ERROR_NOT_WEBSOCKET if the server answered something else, and
/// %WSOUP_WEBSOCKET_ERROR_BAD_HANDSHAKE if it made a mistake.
///
/// Returns: %TRUE if the handshake is complete, %FALSE with @error set otherwise
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_client_verify_handshake(
    msg: *mut WsoupMessage,
    supported_extensions: *mut GPtrArray,
    accepted_extensions: *mut *mut GList,
    error: *mut *mut GError,
) -> gboolean {
    object!(msg: Message);
    types!(supported_extensions);
    location!(error);
    let accepted = OutList::new(accepted_extensions);
    let result = wsoup::websocket_client_verify_handshake(msg, &supported_extensions);
    result
        .map(|extensions| accepted.set(&extensions))
        .or_error(error)
}

/// wsoup_websocket_server_check_handshake:
/// @msg: a message with a request
/// @origin: (nullable): the only `Origin` that is accepted, or %NULL to accept all
/// @protocols: (nullable) (array zero-terminated=1): the subprotocols that are spoken
/// @supported_extensions: (nullable) (element-type GObject.TypeClass): the classes of the extensions
///   that are known
/// @error: return location for an error
///
/// Checks whether a request is a WebSocket handshake that can be accepted (RFC 6455 §4.2.1).
///
/// The error is %WSOUP_WEBSOCKET_ERROR_NOT_WEBSOCKET for a request that is none,
/// %WSOUP_WEBSOCKET_ERROR_BAD_ORIGIN for one from elsewhere than @origin, and
/// %WSOUP_WEBSOCKET_ERROR_BAD_HANDSHAKE for one with another mistake. @msg is not changed.
///
/// Returns: %TRUE if it can be accepted, %FALSE with @error set otherwise
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_server_check_handshake(
    msg: *mut WsoupServerMessage,
    origin: *const c_char,
    protocols: *mut *mut c_char,
    supported_extensions: *mut GPtrArray,
    error: *mut *mut GError,
) -> gboolean {
    object!(msg: ServerMessage);
    text!(origin: Option);
    text_list!(protocols);
    types!(supported_extensions);
    location!(error);
    wsoup::websocket_server_check_handshake(msg, origin, &protocols, &supported_extensions)
        .or_error(error)
}

/// wsoup_websocket_server_process_handshake:
/// @msg: a message with a request
/// @expected_origin: (nullable): the only `Origin` that is accepted, or %NULL to accept all
/// @protocols: (nullable) (array zero-terminated=1): the subprotocols that are spoken
/// @supported_extensions: (nullable) (element-type GObject.TypeClass): the classes of the extensions
///   that are known
/// @accepted_extensions: (out) (optional) (transfer full) (element-type WsoupWebsocketExtension):
///   return location for the extensions that were accepted, configured
///
/// Answers a WebSocket handshake (RFC 6455 §4.2.2).
///
/// If the handshake can be accepted, the response of @msg becomes
/// %WSOUP_STATUS_SWITCHING_PROTOCOLS with all its headers; when it is sent, a
/// [class@WebsocketConnection] can be created on the stream. Otherwise the response says what is
/// wrong: %WSOUP_STATUS_BAD_REQUEST, %WSOUP_STATUS_FORBIDDEN for a wrong origin, or 426 for another
/// version of the protocol.
///
/// [method@Server.add_websocket_handler] does this by itself.
///
/// Returns: %TRUE if the handshake was accepted
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_server_process_handshake(
    msg: *mut WsoupServerMessage,
    expected_origin: *const c_char,
    protocols: *mut *mut c_char,
    supported_extensions: *mut GPtrArray,
    accepted_extensions: *mut *mut GList,
) -> gboolean {
    object!(msg: ServerMessage);
    text!(expected_origin: Option);
    text_list!(protocols);
    types!(supported_extensions);
    let accepted = OutList::new(accepted_extensions);
    let result = wsoup::websocket_server_process_handshake(
        msg,
        expected_origin,
        &protocols,
        &supported_extensions,
    );
    result
        .map(|extensions| accepted.set(&extensions))
        .is_ok()
        .into_glib()
}
