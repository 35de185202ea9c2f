//! `WsoupServerMessage`.

use std::ffi::c_char;

use gio::ffi::{GIOStream, GSocket, GSocketAddress, GTlsCertificate, GTlsCertificateFlags};
use glib::ffi::{GType, GUri, gboolean};
use glib::prelude::*;
use glib::translate::*;
use wsoup::{HttpVersion, MemoryUse, MessageHeaders, ServerMessage};

use crate::check::{member, object, require, text};
use crate::types::*;

#[unsafe(no_mangle)]
pub extern "C" fn wsoup_server_message_get_type() -> GType {
    ServerMessage::static_type().into_glib()
}

/// wsoup_server_message_get_http_version:
/// @msg: a [class@ServerMessage]
///
/// Gets the version of HTTP.
///
/// Returns: the version
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_message_get_http_version(
    msg: *mut WsoupServerMessage,
) -> WsoupHTTPVersion {
    object!(msg: ServerMessage);
    msg.http_version().into_glib()
}

/// wsoup_server_message_set_http_version:
/// @msg: a [class@ServerMessage]
/// @version: a version
///
/// Sets the version of HTTP of the response.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_message_set_http_version(
    msg: *mut WsoupServerMessage,
    version: WsoupHTTPVersion,
) {
    object!(msg: ServerMessage);
    member!(version: HttpVersion);
    msg.set_http_version(version);
}

/// wsoup_server_message_get_method:
/// @msg: a [class@ServerMessage]
///
/// Gets the method of the request.
///
/// Returns: the method
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_message_get_method(
    msg: *mut WsoupServerMessage,
) -> *const c_char {
    object!(msg: ServerMessage);
    msg.method_ptr()
}

/// wsoup_server_message_get_uri:
/// @msg: a [class@ServerMessage]
///
/// Gets the URI of the request.
///
/// It is not known before [signal@ServerMessage::got-headers].
///
/// Returns: (transfer none): the URI
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_message_get_uri(msg: *mut WsoupServerMessage) -> *mut GUri {
    object!(msg: ServerMessage);
    // The message keeps its reference.
    msg.uri().to_glib_none().0
}

/// wsoup_server_message_is_options_ping:
/// @msg: a [class@ServerMessage]
///
/// Checks whether the request is `OPTIONS *`, which asks about the server and not about a resource.
///
/// Returns: %TRUE if it is
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_message_is_options_ping(
    msg: *mut WsoupServerMessage,
) -> gboolean {
    object!(msg: ServerMessage);
    msg.is_options_ping().into_glib()
}

/// wsoup_server_message_get_request_headers:
/// @msg: a [class@ServerMessage]
///
/// Gets the headers of the request.
///
/// Returns: (transfer none): the headers
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_message_get_request_headers(
    msg: *mut WsoupServerMessage,
) -> *mut WsoupMessageHeaders {
    object!(msg: ServerMessage);
    // The message keeps its reference.
    msg.request_headers().to_glib_none().0
}

/// wsoup_server_message_get_request_body:
/// @msg: a [class@ServerMessage]
///
/// Gets the body of the request. It is complete when a handler is called.
///
/// Returns: (transfer none): the body
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_message_get_request_body(
    msg: *mut WsoupServerMessage,
) -> *mut WsoupMessageBody {
    object!(msg: ServerMessage);
    // The message keeps its reference.
    msg.request_body().to_glib_none().0
}

/// wsoup_server_message_get_response_headers:
/// @msg: a [class@ServerMessage]
///
/// Gets the headers of the response.
///
/// Returns: (transfer none): the headers
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_message_get_response_headers(
    msg: *mut WsoupServerMessage,
) -> *mut WsoupMessageHeaders {
    object!(msg: ServerMessage);
    // The message keeps its reference.
    msg.response_headers().to_glib_none().0
}

/// wsoup_server_message_get_response_body:
/// @msg: a [class@ServerMessage]
///
/// Gets the body of the response.
///
/// Returns: (transfer none): the body
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_message_get_response_body(
    msg: *mut WsoupServerMessage,
) -> *mut WsoupMessageBody {
    object!(msg: ServerMessage);
    // The message keeps its reference.
    msg.response_body().to_glib_none().0
}

/// wsoup_server_message_get_status:
/// @msg: a [class@ServerMessage]
///
/// Gets the status code of the response.
///
/// Returns: the status code, 0 before one is set
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_message_get_status(msg: *mut WsoupServerMessage) -> guint {
    object!(msg: ServerMessage);
    msg.status()
}

/// wsoup_server_message_get_reason_phrase:
/// @msg: a [class@ServerMessage]
///
/// Gets the words that go with the status code of the response.
///
/// Returns: (nullable): the words, or %NULL before a status is set
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_message_get_reason_phrase(
    msg: *mut WsoupServerMessage,
) -> *const c_char {
    object!(msg: ServerMessage);
    msg.reason_phrase_ptr()
}

/// wsoup_server_message_set_status:
/// @msg: a [class@ServerMessage]
/// @status_code: a status code of three digits
/// @reason_phrase: (nullable): words that go with it, without line breaks, or %NULL for the usual
///   ones
///
/// Sets the status of the response.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_message_set_status(
    msg: *mut WsoupServerMessage,
    status_code: guint,
    reason_phrase: *const c_char,
) {
    object!(msg: ServerMessage);
    require!(
        (100..1000).contains(&status_code),
        "status_code >= 100 && status_code < 1000"
    );
    text!(reason_phrase: Option);
    require!(
        reason_phrase.is_none_or(MessageHeaders::is_field_value),
        "reason_phrase == NULL || strpbrk (reason_phrase, \"\\r\\n\") == NULL"
    );
    msg.set_status(status_code, reason_phrase);
}

/// wsoup_server_message_set_redirect:
/// @msg: a [class@ServerMessage]
/// @status_code: a status code of 3xx
/// @redirect_uri: where to, absolute or relative to the URI of the request
///
/// Sends the client elsewhere: sets the status and the header `Location` of the response.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_message_set_redirect(
    msg: *mut WsoupServerMessage,
    status_code: guint,
    redirect_uri: *const c_char,
) {
    object!(msg: ServerMessage);
    require!(
        (300..400).contains(&status_code),
        "status_code >= 300 && status_code < 400"
    );
    text!(redirect_uri);
    msg.set_redirect(status_code, redirect_uri);
}

/// wsoup_server_message_set_response:
/// @msg: a [class@ServerMessage]
/// @content_type: (nullable): the media type of the body; %NULL if there is none
/// @resp_use: who owns @resp_body
/// @resp_body: (nullable) (array length=resp_length) (element-type guint8): the body
/// @resp_length: the length of @resp_body in bytes
///
/// Sets the body of the response, and its header `Content-Type`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_message_set_response(
    msg: *mut WsoupServerMessage,
    content_type: *const c_char,
    resp_use: WsoupMemoryUse,
    resp_body: *const c_char,
    resp_length: gsize,
) {
    object!(msg: ServerMessage);
    text!(content_type: Option);
    member!(resp_use: MemoryUse);
    require!(
        content_type.is_some() || resp_length == 0,
        "content_type != NULL || resp_length == 0"
    );
    require!(
        !resp_body.is_null() || resp_length == 0,
        "resp_body != NULL || resp_length == 0"
    );
    let data = resp_body.cast();
    // SAFETY: `data` refers to that many bytes, and who owns them is what `resp_use` says.
    let body: glib::Bytes = unsafe {
        from_glib_full(match resp_use {
            MemoryUse::Static => glib::ffi::g_bytes_new_static(data, resp_length),
            MemoryUse::Take => glib::ffi::g_bytes_new_take(data.cast_mut(), resp_length),
            MemoryUse::Copy => glib::ffi::g_bytes_new(data, resp_length),
        })
    };
    msg.set_response(content_type, &body);
}

/// wsoup_server_message_pause:
/// @msg: a [class@ServerMessage]
///
/// Holds the response back until [method@ServerMessage.unpause].
///
/// A handler that cannot answer at once calls this before it returns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_message_pause(msg: *mut WsoupServerMessage) {
    object!(msg: ServerMessage);
    msg.pause();
}

/// wsoup_server_message_unpause:
/// @msg: a [class@ServerMessage]
///
/// Lets the response go on after [method@ServerMessage.pause], when the context next runs.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_message_unpause(msg: *mut WsoupServerMessage) {
    object!(msg: ServerMessage);
    msg.unpause();
}

/// wsoup_server_message_steal_connection:
/// @msg: a [class@ServerMessage]
///
/// Takes the connection away from the server, which does not touch it any more.
///
/// This is for handlers, and while the message is paused. No response is sent. Nothing is promised
/// about the kind of stream.
///
/// Returns: (transfer full) (nullable): the stream, or %NULL if there is none to take
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_message_steal_connection(
    msg: *mut WsoupServerMessage,
) -> *mut GIOStream {
    object!(msg: ServerMessage);
    msg.steal_connection().into_glib_ptr()
}

/// wsoup_server_message_get_socket:
/// @msg: a [class@ServerMessage]
///
/// Gets the socket of the connection.
///
/// Returns: (transfer none) (nullable): the socket, or %NULL if there is none, as after
///   [method@Server.accept_iostream]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_message_get_socket(
    msg: *mut WsoupServerMessage,
) -> *mut GSocket {
    object!(msg: ServerMessage);
    // The message keeps its reference.
    msg.socket().to_glib_none().0
}

/// wsoup_server_message_get_local_address:
/// @msg: a [class@ServerMessage]
///
/// Gets the address of the server's end of the connection.
///
/// Returns: (transfer none) (nullable): the address, or %NULL if it is not known
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_message_get_local_address(
    msg: *mut WsoupServerMessage,
) -> *mut GSocketAddress {
    object!(msg: ServerMessage);
    // The message keeps its reference.
    msg.local_address().to_glib_none().0
}

/// wsoup_server_message_get_remote_address:
/// @msg: a [class@ServerMessage]
///
/// Gets the address of the client.
///
/// Returns: (transfer none) (nullable): the address, or %NULL if it is not known
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_message_get_remote_address(
    msg: *mut WsoupServerMessage,
) -> *mut GSocketAddress {
    object!(msg: ServerMessage);
    // The message keeps its reference.
    msg.remote_address().to_glib_none().0
}

/// wsoup_server_message_get_remote_host:
/// @msg: a [class@ServerMessage]
///
/// Gets the IP address of the client, as text.
///
/// Returns: (nullable): the IP address, or %NULL if there is none
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_message_get_remote_host(
    msg: *mut WsoupServerMessage,
) -> *const c_char {
    object!(msg: ServerMessage);
    msg.remote_host_ptr()
}

/// wsoup_server_message_get_tls_peer_certificate:
/// @msg: a [class@ServerMessage]
///
/// Gets the TLS certificate that the client showed.
///
/// Returns: (transfer none) (nullable): the certificate, or %NULL if there is none
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_message_get_tls_peer_certificate(
    msg: *mut WsoupServerMessage,
) -> *mut GTlsCertificate {
    object!(msg: ServerMessage);
    // The message keeps its reference.
    msg.tls_peer_certificate().to_glib_none().0
}

/// wsoup_server_message_get_tls_peer_certificate_errors:
/// @msg: a [class@ServerMessage]
///
/// Gets what is wrong with the TLS certificate of the client.
///
/// Returns: the errors
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_message_get_tls_peer_certificate_errors(
    msg: *mut WsoupServerMessage,
) -> GTlsCertificateFlags {
    object!(msg: ServerMessage);
    msg.tls_peer_certificate_errors().into_glib()
}
