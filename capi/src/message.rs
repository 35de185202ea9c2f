//! `WsoupMessage`.

use std::ffi::c_char;

use gio::ffi::{GSocketAddress, GTlsCertificate, GTlsCertificateFlags, GTlsProtocolVersion};
use glib::ffi::{GBytes, GType, GUri, gboolean};
use glib::prelude::*;
use glib::translate::*;
use wsoup::{Message, MessageFlags, MessageHeaders};

use crate::check::{boxed, flags, object, require, text};
use crate::types::*;

#[unsafe(no_mangle)]
pub extern "C" fn wsoup_message_get_type() -> GType {
    Message::static_type().into_glib()
}

/// wsoup_message_new:
/// @method: the method of the request; WebSocket connections are made with `GET`
/// @uri_string: the URI to connect to
///
/// Creates a message.
///
/// The URI must be absolute and have a host, such as `wss://example.org/chat`. Characters that a
/// request cannot hold are encoded.
///
/// Returns: (transfer full) (nullable): a new message, or %NULL if the URI is not valid
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_new(
    method: *const c_char,
    uri_string: *const c_char,
) -> *mut WsoupMessage {
    text!(method);
    require!(
        MessageHeaders::is_token(method),
        "method is a token (RFC 9110 5.6.2)"
    );
    text!(uri_string);
    Message::new(method, uri_string).into_glib_ptr()
}

/// wsoup_message_new_from_uri:
/// @method: the method of the request; WebSocket connections are made with `GET`
/// @uri: the URI to connect to
///
/// Creates a message.
///
/// The URI must have a host. Characters that a request cannot hold are encoded.
///
/// Returns: (transfer full): a new message
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_new_from_uri(
    method: *const c_char,
    uri: *mut GUri,
) -> *mut WsoupMessage {
    text!(method);
    require!(
        MessageHeaders::is_token(method),
        "method is a token (RFC 9110 5.6.2)"
    );
    boxed!(uri: glib::Uri);
    let message = Message::new_from_uri(method, uri);
    require!(message.is_some(), "uri has a host");
    message.into_glib_ptr()
}

/// wsoup_message_get_method:
/// @msg: a [class@Message]
///
/// Gets the method of the request.
///
/// Returns: the method
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_get_method(msg: *mut WsoupMessage) -> *const c_char {
    object!(msg: Message);
    msg.method_ptr()
}

/// wsoup_message_set_method:
/// @msg: a [class@Message]
/// @method: a method, a token (RFC 9110 §9.1)
///
/// Sets the method of the request. WebSocket connections are made with `GET`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_set_method(msg: *mut WsoupMessage, method: *const c_char) {
    object!(msg: Message);
    text!(method);
    require!(
        MessageHeaders::is_token(method),
        "method is a token (RFC 9110 5.6.2)"
    );
    msg.set_method(method);
}

/// wsoup_message_get_uri:
/// @msg: a [class@Message]
///
/// Gets the URI of the request: that of the last redirect, if there was one.
///
/// Returns: (transfer none): the URI
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_get_uri(msg: *mut WsoupMessage) -> *mut GUri {
    object!(msg: Message);
    // The message keeps its reference.
    msg.uri().to_glib_none().0
}

/// wsoup_message_set_uri:
/// @msg: a [class@Message]
/// @uri: a URI with a host
///
/// Sets the URI of the request.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_set_uri(msg: *mut WsoupMessage, uri: *mut GUri) {
    object!(msg: Message);
    boxed!(uri: glib::Uri);
    msg.set_uri(uri);
}

/// wsoup_message_get_flags:
/// @msg: a [class@Message]
///
/// Gets how the message is to be treated.
///
/// Returns: the flags
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_get_flags(msg: *mut WsoupMessage) -> WsoupMessageFlags {
    object!(msg: Message);
    msg.flags().into_glib()
}

/// wsoup_message_set_flags:
/// @msg: a [class@Message]
/// @flags: flags
///
/// Sets how the message is to be treated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_set_flags(msg: *mut WsoupMessage, flags: WsoupMessageFlags) {
    object!(msg: Message);
    flags!(flags: MessageFlags);
    msg.set_flags(flags);
}

/// wsoup_message_add_flags:
/// @msg: a [class@Message]
/// @flags: flags
///
/// Adds to the flags of the message.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_add_flags(msg: *mut WsoupMessage, flags: WsoupMessageFlags) {
    object!(msg: Message);
    flags!(flags: MessageFlags);
    msg.add_flags(flags);
}

/// wsoup_message_remove_flags:
/// @msg: a [class@Message]
/// @flags: flags
///
/// Removes from the flags of the message.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_remove_flags(
    msg: *mut WsoupMessage,
    flags: WsoupMessageFlags,
) {
    object!(msg: Message);
    flags!(flags: MessageFlags);
    msg.remove_flags(flags);
}

/// wsoup_message_query_flags:
/// @msg: a [class@Message]
/// @flags: flags
///
/// Checks whether flags are set.
///
/// Returns: %TRUE if all of @flags are
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_query_flags(
    msg: *mut WsoupMessage,
    flags: WsoupMessageFlags,
) -> gboolean {
    object!(msg: Message);
    flags!(flags: MessageFlags);
    msg.query_flags(flags).into_glib()
}

/// wsoup_message_get_http_version:
/// @msg: a [class@Message]
///
/// Gets the version of HTTP: the lower one of those of request and response.
///
/// Returns: the version
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_get_http_version(
    msg: *mut WsoupMessage,
) -> WsoupHTTPVersion {
    object!(msg: Message);
    msg.http_version().into_glib()
}

/// wsoup_message_get_status:
/// @msg: a [class@Message]
///
/// Gets the status code of the response. It may be one that [enum@Status] has no name for.
///
/// Returns: the status code, %WSOUP_STATUS_NONE before there is a response
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_get_status(msg: *mut WsoupMessage) -> WsoupStatus {
    object!(msg: Message);
    msg.status().cast_signed()
}

/// wsoup_message_get_reason_phrase:
/// @msg: a [class@Message]
///
/// Gets the words that the server sent with the status code. They are for logs, not for users.
///
/// Returns: (nullable): the words, or %NULL before there is a response
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_get_reason_phrase(msg: *mut WsoupMessage) -> *const c_char {
    object!(msg: Message);
    msg.reason_phrase_ptr()
}

/// wsoup_message_disable_feature:
/// @msg: a [class@Message]
/// @feature_type: the type of a feature or of an extension
///
/// Keeps the features of a type, or of one that is derived from it, away from this message.
///
/// With [class@WebsocketExtensionManager], no extensions are offered; with the type of an extension,
/// only that one is not. To be called before the message is given to a [class@Session].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_disable_feature(
    msg: *mut WsoupMessage,
    feature_type: GType,
) {
    object!(msg: Message);
    // SAFETY: a type, or a number that GObject knows as none.
    msg.disable_feature(unsafe { from_glib(feature_type) });
}

/// wsoup_message_is_feature_disabled:
/// @msg: a [class@Message]
/// @feature_type: the type of a feature or of an extension
///
/// Gets whether features of a type are kept away from this message: because it, one that it is derived
/// from, or one that is derived from it was given to [method@Message.disable_feature].
///
/// Returns: %TRUE if they are
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_is_feature_disabled(
    msg: *mut WsoupMessage,
    feature_type: GType,
) -> gboolean {
    object!(msg: Message);
    // SAFETY: a type, or a number that GObject knows as none.
    let feature_type = unsafe { from_glib(feature_type) };
    msg.is_feature_disabled(feature_type).into_glib()
}

/// wsoup_message_get_request_headers:
/// @msg: a [class@Message]
///
/// Gets the headers of the request.
///
/// What is added to them is sent. Those of the handshake are set by the [class@Session].
///
/// Returns: (transfer none): the headers
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_get_request_headers(
    msg: *mut WsoupMessage,
) -> *mut WsoupMessageHeaders {
    object!(msg: Message);
    // The message keeps its reference.
    msg.request_headers().to_glib_none().0
}

/// wsoup_message_get_response_headers:
/// @msg: a [class@Message]
///
/// Gets the headers of the response.
///
/// Returns: (transfer none): the headers
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_get_response_headers(
    msg: *mut WsoupMessage,
) -> *mut WsoupMessageHeaders {
    object!(msg: Message);
    // The message keeps its reference.
    msg.response_headers().to_glib_none().0
}

/// wsoup_message_get_response_body:
/// @msg: a [class@Message]
///
/// Gets what the server sent when it refused the connection, such as a page that says why.
///
/// What is longer than wsoup cares to read is cut. libsoup has no such function.
///
/// Returns: (transfer none) (nullable): the body, or %NULL if none was received
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_get_response_body(msg: *mut WsoupMessage) -> *mut GBytes {
    object!(msg: Message);
    // The message keeps its reference.
    msg.response_body().to_glib_none().0
}

/// wsoup_message_get_remote_address:
/// @msg: a [class@Message]
///
/// Gets the address of the server, or that of the proxy.
///
/// Returns: (transfer none) (nullable): the address, or %NULL before there is a connection
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_get_remote_address(
    msg: *mut WsoupMessage,
) -> *mut GSocketAddress {
    object!(msg: Message);
    // The message keeps its reference.
    msg.remote_address().to_glib_none().0
}

/// wsoup_message_get_tls_peer_certificate:
/// @msg: a [class@Message]
///
/// Gets the TLS certificate of the server.
///
/// It is not known yet while [signal@Message::accept-certificate] is emitted: use the argument of
/// the signal there.
///
/// Returns: (transfer none) (nullable): the certificate, or %NULL if the connection uses no TLS
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_get_tls_peer_certificate(
    msg: *mut WsoupMessage,
) -> *mut GTlsCertificate {
    object!(msg: Message);
    // The message keeps its reference.
    msg.tls_peer_certificate().to_glib_none().0
}

/// wsoup_message_get_tls_peer_certificate_errors:
/// @msg: a [class@Message]
///
/// Gets what is wrong with the TLS certificate of the server.
///
/// Returns: the errors
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_get_tls_peer_certificate_errors(
    msg: *mut WsoupMessage,
) -> GTlsCertificateFlags {
    object!(msg: Message);
    msg.tls_peer_certificate_errors().into_glib()
}

/// wsoup_message_get_tls_protocol_version:
/// @msg: a [class@Message]
///
/// Gets the version of TLS that the connection uses.
///
/// Returns: the version, %G_TLS_PROTOCOL_VERSION_UNKNOWN if the connection uses no TLS
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_get_tls_protocol_version(
    msg: *mut WsoupMessage,
) -> GTlsProtocolVersion {
    object!(msg: Message);
    msg.tls_protocol_version().into_glib()
}

/// wsoup_message_get_tls_ciphersuite_name:
/// @msg: a [class@Message]
///
/// Gets the name of the TLS cipher suite that the connection uses.
///
/// Returns: (nullable): the name, or %NULL if the connection uses no TLS
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_get_tls_ciphersuite_name(
    msg: *mut WsoupMessage,
) -> *const c_char {
    object!(msg: Message);
    msg.tls_ciphersuite_name_ptr()
}

/// wsoup_message_set_tls_client_certificate:
/// @msg: a [class@Message]
/// @certificate: (nullable): the certificate, or %NULL to go on without
///
/// Sets the certificate to show when the server asks for one.
///
/// Call it before the connection is made, or in answer to [signal@Message::request-certificate].
/// A redirect to another server does not take it along.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_set_tls_client_certificate(
    msg: *mut WsoupMessage,
    certificate: *mut GTlsCertificate,
) {
    object!(msg: Message);
    object!(certificate: Option<gio::TlsCertificate>);
    msg.set_tls_client_certificate(certificate);
}

/// wsoup_message_tls_client_certificate_password_request_complete:
/// @msg: a [class@Message]
///
/// Says that the password is set that [signal@Message::request-certificate-password] asked for.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_tls_client_certificate_password_request_complete(
    msg: *mut WsoupMessage,
) {
    object!(msg: Message);
    msg.tls_client_certificate_password_request_complete();
}
