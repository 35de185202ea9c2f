//! `WsoupReconnectingClient`.

use std::ffi::c_char;

use glib::ffi::{GBytes, GError, GType, GUri, gboolean, gconstpointer};
use glib::prelude::*;
use glib::translate::*;
use wsoup::{OfflinePolicy, ReconnectingClient, Session, WebsocketDataType};

use crate::check::{OrError, boxed, bytes, location, member, object, require, text, text_list};
use crate::types::*;

#[unsafe(no_mangle)]
pub extern "C" fn wsoup_reconnecting_client_get_type() -> GType {
    ReconnectingClient::static_type().into_glib()
}

/// wsoup_reconnecting_client_new:
/// @session: what opens the connections
/// @uri_string: the URI to connect to; its scheme is `ws`, `wss`, `http` or `https`
/// @origin: (nullable): what to send as `Origin`, if anything
/// @protocols: (nullable) (array zero-terminated=1): the subprotocols to offer, the preferred one
///   first
///
/// Creates a client that stays connected, once it is started.
///
/// Returns: (nullable) (transfer full): a new client, or %NULL if @uri_string is no URI or has no host
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_reconnecting_client_new(
    session: *mut WsoupSession,
    uri_string: *const c_char,
    origin: *const c_char,
    protocols: *mut *mut c_char,
) -> *mut WsoupReconnectingClient {
    object!(session: Session);
    text!(uri_string);
    text!(origin: Option);
    text_list!(protocols);
    ReconnectingClient::new(session, uri_string, origin, &protocols).into_glib_ptr()
}

/// wsoup_reconnecting_client_new_from_uri:
/// @session: what opens the connections
/// @uri: the URI to connect to
/// @origin: (nullable): what to send as `Origin`, if anything
/// @protocols: (nullable) (array zero-terminated=1): the subprotocols to offer, the preferred one
///   first
///
/// Creates a client that stays connected, once it is started.
///
/// Returns: (nullable) (transfer full): a new client, or %NULL if @uri has no host
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_reconnecting_client_new_from_uri(
    session: *mut WsoupSession,
    uri: *mut GUri,
    origin: *const c_char,
    protocols: *mut *mut c_char,
) -> *mut WsoupReconnectingClient {
    object!(session: Session);
    boxed!(uri: glib::Uri);
    text!(origin: Option);
    text_list!(protocols);
    ReconnectingClient::new_from_uri(session, uri, origin, &protocols).into_glib_ptr()
}

/// wsoup_reconnecting_client_start:
/// @client: a [class@ReconnectingClient]
///
/// Begins to connect, and to stay connected.
///
/// The first attempt is made without delay, in the next iteration of the main context in which @client
/// was created. Nothing happens if it was started already.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_reconnecting_client_start(client: *mut WsoupReconnectingClient) {
    object!(client: ReconnectingClient);
    client.start();
}

/// wsoup_reconnecting_client_stop:
/// @client: a [class@ReconnectingClient]
///
/// Ends what [method@ReconnectingClient.start] has begun.
///
/// An open connection is closed in order (RFC 6455 §7): what was sent before still gets there, messages
/// may still arrive, and the state is %WSOUP_RECONNECTING_STATE_STOPPING until the server has answered,
/// or for five seconds. Messages that no connection has written stay queued for the next start.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_reconnecting_client_stop(client: *mut WsoupReconnectingClient) {
    object!(client: ReconnectingClient);
    client.stop();
}

/// wsoup_reconnecting_client_proceed:
/// @client: a [class@ReconnectingClient]
///
/// Lets the attempt go on that a handler of [signal@ReconnectingClient::prepare] has held.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_reconnecting_client_proceed(client: *mut WsoupReconnectingClient) {
    object!(client: ReconnectingClient);
    client.proceed();
}

/// wsoup_reconnecting_client_send_text:
/// @client: a [class@ReconnectingClient]
/// @text: UTF-8, up to its NUL
/// @error: return location for an error
///
/// Sends a text message, now or once there is a connection.
///
/// A message that is accepted is kept until a connection's socket has taken its last byte; if the
/// connection ends before, it is sent again on the next one, in order. What the system had taken when a
/// connection broke may be lost all the same: only an answer of the server tells that a message has
/// arrived.
///
/// The errors are:
///
/// - %G_IO_ERROR_NOT_CONNECTED: there is no connection, and the policy is
///   %WSOUP_OFFLINE_POLICY_REFUSE; or the client has given up.
/// - %G_IO_ERROR_WOULD_BLOCK: with it, the messages that wait would be more than
///   [property@ReconnectingClient:max-queued-amount].
/// - %G_IO_ERROR_MESSAGE_TOO_LARGE: the message alone is more than that.
///
/// Returns: %TRUE if the message is accepted, %FALSE with @error set otherwise
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_reconnecting_client_send_text(
    client: *mut WsoupReconnectingClient,
    text: *const c_char,
    error: *mut *mut GError,
) -> gboolean {
    object!(client: ReconnectingClient);
    text!(text);
    location!(error);
    client.send_text(text).or_error(error)
}

/// wsoup_reconnecting_client_send_binary:
/// @client: a [class@ReconnectingClient]
/// @data: (array length=length) (element-type guint8) (nullable): the bytes of the message; may be
///   %NULL if @length is 0
/// @length: how many bytes these are
/// @error: return location for an error
///
/// Sends a binary message, now or once there is a connection; see
/// [method@ReconnectingClient.send_text].
///
/// Returns: %TRUE if the message is accepted, %FALSE with @error set otherwise
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_reconnecting_client_send_binary(
    client: *mut WsoupReconnectingClient,
    data: gconstpointer,
    length: gsize,
    error: *mut *mut GError,
) -> gboolean {
    object!(client: ReconnectingClient);
    bytes!(data, length);
    location!(error);
    client.send_binary(data).or_error(error)
}

/// wsoup_reconnecting_client_send_message:
/// @client: a [class@ReconnectingClient]
/// @type: the type of the message
/// @message: the bytes of the message
/// @error: return location for an error
///
/// Sends a message of either type, now or once there is a connection, without copying it.
///
/// The errors are those of [method@ReconnectingClient.send_text], and %WSOUP_WEBSOCKET_ERROR_BAD_DATA if
/// @type is %WSOUP_WEBSOCKET_DATA_TEXT and @message is not UTF-8.
///
/// Returns: %TRUE if the message is accepted, %FALSE with @error set otherwise
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_reconnecting_client_send_message(
    client: *mut WsoupReconnectingClient,
    r#type: WsoupWebsocketDataType,
    message: *mut GBytes,
    error: *mut *mut GError,
) -> gboolean {
    object!(client: ReconnectingClient);
    member!(r#type: WebsocketDataType);
    boxed!(message: glib::Bytes);
    location!(error);
    client.send_message(r#type, message).or_error(error)
}

/// wsoup_reconnecting_client_get_session: (get-property session)
/// @client: a [class@ReconnectingClient]
///
/// Gets what opens the connections.
///
/// Returns: (transfer none): the session
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_reconnecting_client_get_session(
    client: *mut WsoupReconnectingClient,
) -> *mut WsoupSession {
    object!(client: ReconnectingClient);
    // The client keeps its reference.
    client.session().to_glib_none().0
}

/// wsoup_reconnecting_client_get_uri: (get-property uri)
/// @client: a [class@ReconnectingClient]
///
/// Gets the URI that is connected to.
///
/// Returns: (transfer none): the URI
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_reconnecting_client_get_uri(
    client: *mut WsoupReconnectingClient,
) -> *mut GUri {
    object!(client: ReconnectingClient);
    // The client keeps its reference.
    client.uri().to_glib_none().0
}

/// wsoup_reconnecting_client_get_origin: (get-property origin)
/// @client: a [class@ReconnectingClient]
///
/// Gets what is sent as `Origin`.
///
/// Returns: (nullable): the origin, or %NULL if none is sent
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_reconnecting_client_get_origin(
    client: *mut WsoupReconnectingClient,
) -> *const c_char {
    object!(client: ReconnectingClient);
    client.origin_ptr()
}

/// wsoup_reconnecting_client_get_protocols: (get-property protocols)
/// @client: a [class@ReconnectingClient]
///
/// Gets the subprotocols that are offered.
///
/// Returns: (transfer full) (array zero-terminated=1): the subprotocols
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_reconnecting_client_get_protocols(
    client: *mut WsoupReconnectingClient,
) -> *mut *mut c_char {
    object!(client: ReconnectingClient);
    client.protocols().to_glib_full()
}

/// wsoup_reconnecting_client_get_state: (get-property state)
/// @client: a [class@ReconnectingClient]
///
/// Gets what the client is doing.
///
/// Returns: the state
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_reconnecting_client_get_state(
    client: *mut WsoupReconnectingClient,
) -> WsoupReconnectingState {
    object!(client: ReconnectingClient);
    client.state().into_glib()
}

/// wsoup_reconnecting_client_get_connection: (get-property connection)
/// @client: a [class@ReconnectingClient]
///
/// Gets the connection, while there is one.
///
/// Returns: (nullable) (transfer none): the connection, or %NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_reconnecting_client_get_connection(
    client: *mut WsoupReconnectingClient,
) -> *mut WsoupWebsocketConnection {
    object!(client: ReconnectingClient);
    // The client keeps its reference.
    client.connection().to_glib_none().0
}

/// wsoup_reconnecting_client_get_attempts: (get-property attempts)
/// @client: a [class@ReconnectingClient]
///
/// Gets how many attempts have begun since the client was started, or last connected.
///
/// Returns: the number
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_reconnecting_client_get_attempts(
    client: *mut WsoupReconnectingClient,
) -> guint {
    object!(client: ReconnectingClient);
    client.attempts()
}

/// wsoup_reconnecting_client_get_retry_at: (get-property retry-at)
/// @client: a [class@ReconnectingClient]
///
/// Gets when the next attempt is made.
///
/// Returns: the time as g_get_monotonic_time() has it, or 0 if no attempt is waited for
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_reconnecting_client_get_retry_at(
    client: *mut WsoupReconnectingClient,
) -> gint64 {
    object!(client: ReconnectingClient);
    client.retry_at()
}

/// wsoup_reconnecting_client_get_queued_amount: (get-property queued-amount)
/// @client: a [class@ReconnectingClient]
///
/// Gets how much of what was accepted no socket has taken yet.
///
/// Returns: the bytes of the messages
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_reconnecting_client_get_queued_amount(
    client: *mut WsoupReconnectingClient,
) -> guint64 {
    object!(client: ReconnectingClient);
    client.queued_amount()
}

/// wsoup_reconnecting_client_get_initial_delay: (get-property initial-delay)
/// @client: a [class@ReconnectingClient]
///
/// Gets the bound on the delay after the first failure.
///
/// Returns: the bound in milliseconds
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_reconnecting_client_get_initial_delay(
    client: *mut WsoupReconnectingClient,
) -> guint {
    object!(client: ReconnectingClient);
    client.initial_delay()
}

/// wsoup_reconnecting_client_set_initial_delay: (set-property initial-delay)
/// @client: a [class@ReconnectingClient]
/// @initial_delay: the bound in milliseconds, at least 1
///
/// Sets the bound on the delay after the first failure; see [property@ReconnectingClient:initial-delay].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_reconnecting_client_set_initial_delay(
    client: *mut WsoupReconnectingClient,
    initial_delay: guint,
) {
    object!(client: ReconnectingClient);
    require!(initial_delay >= 1, "initial_delay >= 1");
    client.set_initial_delay(initial_delay);
}

/// wsoup_reconnecting_client_get_max_delay: (get-property max-delay)
/// @client: a [class@ReconnectingClient]
///
/// Gets the bound on all delays.
///
/// Returns: the bound in milliseconds
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_reconnecting_client_get_max_delay(
    client: *mut WsoupReconnectingClient,
) -> guint {
    object!(client: ReconnectingClient);
    client.max_delay()
}

/// wsoup_reconnecting_client_set_max_delay: (set-property max-delay)
/// @client: a [class@ReconnectingClient]
/// @max_delay: the bound in milliseconds, at least 1
///
/// Sets the bound on all delays; see [property@ReconnectingClient:max-delay].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_reconnecting_client_set_max_delay(
    client: *mut WsoupReconnectingClient,
    max_delay: guint,
) {
    object!(client: ReconnectingClient);
    require!(max_delay >= 1, "max_delay >= 1");
    client.set_max_delay(max_delay);
}

/// wsoup_reconnecting_client_get_backoff_factor: (get-property backoff-factor)
/// @client: a [class@ReconnectingClient]
///
/// Gets by what the bound on the delay is multiplied with each failure.
///
/// Returns: the factor
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_reconnecting_client_get_backoff_factor(
    client: *mut WsoupReconnectingClient,
) -> gdouble {
    object!(client: ReconnectingClient);
    client.backoff_factor()
}

/// wsoup_reconnecting_client_set_backoff_factor: (set-property backoff-factor)
/// @client: a [class@ReconnectingClient]
/// @factor: the factor, at least 1
///
/// Sets by what the bound on the delay is multiplied with each failure; see [property@ReconnectingClient:backoff-factor].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_reconnecting_client_set_backoff_factor(
    client: *mut WsoupReconnectingClient,
    factor: gdouble,
) {
    object!(client: ReconnectingClient);
    require!(
        factor >= 1.0 && factor.is_finite(),
        "factor >= 1 && isfinite (factor)"
    );
    client.set_backoff_factor(factor);
}

/// wsoup_reconnecting_client_get_stable_time: (get-property stable-time)
/// @client: a [class@ReconnectingClient]
///
/// Gets how long a connection has to last for the delays to start anew.
///
/// Returns: the time in milliseconds
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_reconnecting_client_get_stable_time(
    client: *mut WsoupReconnectingClient,
) -> guint {
    object!(client: ReconnectingClient);
    client.stable_time()
}

/// wsoup_reconnecting_client_set_stable_time: (set-property stable-time)
/// @client: a [class@ReconnectingClient]
/// @stable_time: the time in milliseconds
///
/// Sets how long a connection has to last for the delays to start anew; see [property@ReconnectingClient:stable-time].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_reconnecting_client_set_stable_time(
    client: *mut WsoupReconnectingClient,
    stable_time: guint,
) {
    object!(client: ReconnectingClient);
    client.set_stable_time(stable_time);
}

/// wsoup_reconnecting_client_get_attempt_timeout: (get-property attempt-timeout)
/// @client: a [class@ReconnectingClient]
///
/// Gets the time that an attempt may take.
///
/// Returns: the time in seconds, or 0
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_reconnecting_client_get_attempt_timeout(
    client: *mut WsoupReconnectingClient,
) -> guint {
    object!(client: ReconnectingClient);
    client.attempt_timeout()
}

/// wsoup_reconnecting_client_set_attempt_timeout: (set-property attempt-timeout)
/// @client: a [class@ReconnectingClient]
/// @timeout: the time in seconds, or 0 for no limit
///
/// Sets the time that an attempt may take; see [property@ReconnectingClient:attempt-timeout].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_reconnecting_client_set_attempt_timeout(
    client: *mut WsoupReconnectingClient,
    timeout: guint,
) {
    object!(client: ReconnectingClient);
    client.set_attempt_timeout(timeout);
}

/// wsoup_reconnecting_client_get_keepalive_interval: (get-property keepalive-interval)
/// @client: a [class@ReconnectingClient]
///
/// Gets the time between keepalive pings on each connection.
///
/// Returns: the time in seconds, or 0
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_reconnecting_client_get_keepalive_interval(
    client: *mut WsoupReconnectingClient,
) -> guint {
    object!(client: ReconnectingClient);
    client.keepalive_interval()
}

/// wsoup_reconnecting_client_set_keepalive_interval: (set-property keepalive-interval)
/// @client: a [class@ReconnectingClient]
/// @interval: the time in seconds, or 0 to send no pings
///
/// Sets the time between keepalive pings on each connection; see [property@ReconnectingClient:keepalive-interval].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_reconnecting_client_set_keepalive_interval(
    client: *mut WsoupReconnectingClient,
    interval: guint,
) {
    object!(client: ReconnectingClient);
    client.set_keepalive_interval(interval);
}

/// wsoup_reconnecting_client_get_keepalive_pong_timeout: (get-property keepalive-pong-timeout)
/// @client: a [class@ReconnectingClient]
///
/// Gets the time in which the server must answer a ping.
///
/// Returns: the time in seconds, or 0
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_reconnecting_client_get_keepalive_pong_timeout(
    client: *mut WsoupReconnectingClient,
) -> guint {
    object!(client: ReconnectingClient);
    client.keepalive_pong_timeout()
}

/// wsoup_reconnecting_client_set_keepalive_pong_timeout: (set-property keepalive-pong-timeout)
/// @client: a [class@ReconnectingClient]
/// @pong_timeout: the time in seconds, or 0 for no limit
///
/// Sets the time in which the server must answer a ping; see [property@ReconnectingClient:keepalive-pong-timeout].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_reconnecting_client_set_keepalive_pong_timeout(
    client: *mut WsoupReconnectingClient,
    pong_timeout: guint,
) {
    object!(client: ReconnectingClient);
    client.set_keepalive_pong_timeout(pong_timeout);
}

/// wsoup_reconnecting_client_get_offline_policy: (get-property offline-policy)
/// @client: a [class@ReconnectingClient]
///
/// Gets what happens to messages while there is no connection.
///
/// Returns: the policy
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_reconnecting_client_get_offline_policy(
    client: *mut WsoupReconnectingClient,
) -> WsoupOfflinePolicy {
    object!(client: ReconnectingClient);
    client.offline_policy().into_glib()
}

/// wsoup_reconnecting_client_set_offline_policy: (set-property offline-policy)
/// @client: a [class@ReconnectingClient]
/// @policy: the policy
///
/// Sets what happens to messages while there is no connection; see [property@ReconnectingClient:offline-policy].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_reconnecting_client_set_offline_policy(
    client: *mut WsoupReconnectingClient,
    policy: WsoupOfflinePolicy,
) {
    object!(client: ReconnectingClient);
    member!(policy: OfflinePolicy);
    client.set_offline_policy(policy);
}

/// wsoup_reconnecting_client_get_max_queued_amount: (get-property max-queued-amount)
/// @client: a [class@ReconnectingClient]
///
/// Gets the most that messages may take that no socket has taken yet.
///
/// Returns: the bound in bytes
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_reconnecting_client_get_max_queued_amount(
    client: *mut WsoupReconnectingClient,
) -> guint64 {
    object!(client: ReconnectingClient);
    client.max_queued_amount()
}

/// wsoup_reconnecting_client_set_max_queued_amount: (set-property max-queued-amount)
/// @client: a [class@ReconnectingClient]
/// @max_queued_amount: the bound in bytes
///
/// Sets the most that messages may take that no socket has taken yet; see [property@ReconnectingClient:max-queued-amount].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_reconnecting_client_set_max_queued_amount(
    client: *mut WsoupReconnectingClient,
    max_queued_amount: guint64,
) {
    object!(client: ReconnectingClient);
    client.set_max_queued_amount(max_queued_amount);
}
