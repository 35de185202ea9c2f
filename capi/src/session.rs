//! `WsoupSession`.

use std::ffi::{c_char, c_int};

use gio::ffi::{
    GAsyncReadyCallback, GAsyncResult, GCancellable, GInetSocketAddress, GProxyResolver,
    GSocketConnectable, GTlsDatabase, GTlsInteraction,
};
use glib::ffi::{GError, GType, gboolean, gpointer};
use glib::prelude::*;
use glib::translate::*;
use wsoup::{Message, Session, SessionFeature};

use crate::check::{location, object, require, text, text_list};
use crate::task::Task;
use crate::types::*;

#[unsafe(no_mangle)]
pub extern "C" fn wsoup_session_get_type() -> GType {
    Session::static_type().into_glib()
}

/// wsoup_session_new:
///
/// Creates a session with the default options.
///
/// To set options that can only be set at construction, use g_object_new().
///
/// Returns: (transfer full): a new session
#[must_use]
#[unsafe(no_mangle)]
pub extern "C" fn wsoup_session_new() -> *mut WsoupSession {
    Session::new().into_glib_ptr()
}

/// wsoup_session_websocket_connect_async:
/// @session: a [class@Session]
/// @msg: the message that asks for the connection; its URI has the scheme `ws`, `wss`, `http` or
///   `https`
/// @origin: (nullable): what to send as `Origin`, if anything
/// @protocols: (nullable) (array zero-terminated=1): the subprotocols to offer, the preferred one
///   first
/// @io_priority: the priority of the request, such as %G_PRIORITY_DEFAULT
/// @cancellable: (nullable): what can cancel the operation
/// @callback: (nullable) (scope async): called when the connection is open, or there is none
/// @user_data: what @callback is given
///
/// Opens a WebSocket connection.
///
/// Headers that are to be sent with the request, such as a token, are put into
/// [method@Message.get_request_headers] before. @msg is for one call.
///
/// @callback is called in the thread-default [struct@GLib.MainContext], after this has returned.
///
/// ```c
/// static void
/// on_connected (GObject      *source,
///               GAsyncResult *result,
///               gpointer      user_data)
/// {
///   g_autoptr (GError) error = NULL;
///   WsoupWebsocketConnection *connection =
///     wsoup_session_websocket_connect_finish (WSOUP_SESSION (source), result, &error);
///
///   if (connection == NULL)
///     g_printerr ("%s\n", error->message);
///   else
///     talk (connection);
/// }
///
/// static void
/// connect_to_chat (WsoupSession *session)
/// {
///   g_autoptr (WsoupMessage) msg = wsoup_message_new ("GET", "wss://example.org/chat");
///   const char *protocols[] = { "chat-2", "chat-1", NULL };
///
///   wsoup_session_websocket_connect_async (session, msg, NULL, (char **) protocols,
///                                          G_PRIORITY_DEFAULT, NULL, on_connected, NULL);
/// }
/// ```
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_session_websocket_connect_async(
    session: *mut WsoupSession,
    msg: *mut WsoupMessage,
    origin: *const c_char,
    protocols: *mut *mut c_char,
    io_priority: c_int,
    cancellable: *mut GCancellable,
    callback: GAsyncReadyCallback,
    user_data: gpointer,
) {
    object!(session: Session);
    object!(msg: Message);
    text!(origin: Option);
    text_list!(protocols);
    object!(cancellable: Option<gio::Cancellable>);
    let task = Task::new(
        session,
        cancellable,
        callback,
        user_data,
        CONNECT,
        io_priority,
    );
    task.set_data(msg);
    session.websocket_connect_async(
        msg,
        origin,
        &protocols,
        task.priority(),
        cancellable,
        move |result| task.return_object(result),
    );
}

/// What tells the tasks of `wsoup_session_websocket_connect_async` from others.
const CONNECT: gpointer = wsoup_session_websocket_connect_async as *const () as gpointer;

/// wsoup_session_websocket_connect_finish:
/// @session: a [class@Session]
/// @result: what the callback was given
/// @error: return location for an error
///
/// Gets the connection that [method@Session.websocket_connect_async] has opened.
///
/// The errors are:
///
/// - %WSOUP_WEBSOCKET_ERROR_NOT_WEBSOCKET: the server answered something else. Its status and headers
///   are in the message: [method@Message.get_status], [method@Message.get_response_headers].
/// - %WSOUP_WEBSOCKET_ERROR_BAD_HANDSHAKE: the server's answer is wrong, or the server found ours to
///   be.
/// - %G_IO_ERROR_PARTIAL_INPUT: the server closed the connection without an answer.
/// - %G_IO_ERROR_CANCELLED, %G_IO_ERROR_TIMED_OUT, %G_IO_ERROR_CONNECTION_REFUSED and others of
///   %G_IO_ERROR, %G_RESOLVER_ERROR and %G_TLS_ERROR: there is no connection to the server.
///
/// Returns: (transfer full): the connection, or %NULL with @error set
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_session_websocket_connect_finish(
    session: *mut WsoupSession,
    result: *mut GAsyncResult,
    error: *mut *mut GError,
) -> *mut WsoupWebsocketConnection {
    object!(session: Session);
    require!(
        Task::is_of(result, session, CONNECT),
        "g_task_is_valid (result, session)"
    );
    location!(error);
    Task::propagate(result, error)
}

/// wsoup_session_get_async_result_message:
/// @session: a [class@Session]
/// @result: what the callback of [method@Session.websocket_connect_async] was given
///
/// Gets the message that an operation was started with.
///
/// Returns: (nullable) (transfer none): the message, or %NULL if @result is not of this session
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_session_get_async_result_message(
    session: *mut WsoupSession,
    result: *mut GAsyncResult,
) -> *mut WsoupMessage {
    object!(session: Session);
    require!(!result.is_null(), "G_IS_ASYNC_RESULT (result)");
    Task::data(result, session, CONNECT)
}

/// wsoup_session_abort:
/// @session: a [class@Session]
///
/// Cancels all operations that are under way; they fail with %G_IO_ERROR_CANCELLED.
///
/// Connections that are open already stay open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_session_abort(session: *mut WsoupSession) {
    object!(session: Session);
    session.abort();
}

/// wsoup_session_get_local_address: (get-property local-address)
/// @session: a [class@Session]
///
/// Gets the address that connections are made from.
///
/// Returns: (nullable) (transfer none): the address, or %NULL if the system chooses
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_session_get_local_address(
    session: *mut WsoupSession,
) -> *mut GInetSocketAddress {
    object!(session: Session);
    session.local_address().to_glib_none().0
}

/// wsoup_session_get_remote_connectable: (get-property remote-connectable)
/// @session: a [class@Session]
///
/// Gets what the session connects to instead of the hosts of URIs.
///
/// Returns: (nullable) (transfer none): what it connects to, or %NULL if that is the host of the URI
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_session_get_remote_connectable(
    session: *mut WsoupSession,
) -> *mut GSocketConnectable {
    object!(session: Session);
    session.remote_connectable().to_glib_none().0
}

/// wsoup_session_get_proxy_resolver: (get-property proxy-resolver)
/// @session: a [class@Session]
///
/// Gets what tells the session which proxy to use.
///
/// Returns: (nullable) (transfer none): the resolver, or %NULL if no proxy is used
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_session_get_proxy_resolver(
    session: *mut WsoupSession,
) -> *mut GProxyResolver {
    object!(session: Session);
    session.proxy_resolver().to_glib_none().0
}

/// wsoup_session_set_proxy_resolver: (set-property proxy-resolver)
/// @session: a [class@Session]
/// @proxy_resolver: (nullable): a resolver, or %NULL to use no proxy
///
/// Sets what tells the session which proxy to use; see [property@Session:proxy-resolver].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_session_set_proxy_resolver(
    session: *mut WsoupSession,
    proxy_resolver: *mut GProxyResolver,
) {
    object!(session: Session);
    object!(proxy_resolver: Option<gio::ProxyResolver>);
    session.set_proxy_resolver(proxy_resolver);
}

/// wsoup_session_get_timeout: (get-property timeout)
/// @session: a [class@Session]
///
/// Gets the time that each step of connecting may take.
///
/// Returns: the time in seconds, or 0 if there is no limit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_session_get_timeout(session: *mut WsoupSession) -> guint {
    object!(session: Session);
    session.timeout()
}

/// wsoup_session_set_timeout: (set-property timeout)
/// @session: a [class@Session]
/// @timeout: the time in seconds, or 0 for no limit
///
/// Sets the time that each step of connecting may take; see [property@Session:timeout].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_session_set_timeout(session: *mut WsoupSession, timeout: guint) {
    object!(session: Session);
    session.set_timeout(timeout);
}

/// wsoup_session_get_tls_database: (get-property tls-database)
/// @session: a [class@Session]
///
/// Gets the certificates that the session trusts.
///
/// Returns: (nullable) (transfer none): the certificates, or %NULL if it trusts none
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_session_get_tls_database(
    session: *mut WsoupSession,
) -> *mut GTlsDatabase {
    object!(session: Session);
    session.tls_database().to_glib_none().0
}

/// wsoup_session_set_tls_database: (set-property tls-database)
/// @session: a [class@Session]
/// @tls_database: (nullable): the certificates, or %NULL to trust none
///
/// Sets the certificates that the session trusts; see [property@Session:tls-database].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_session_set_tls_database(
    session: *mut WsoupSession,
    tls_database: *mut GTlsDatabase,
) {
    object!(session: Session);
    object!(tls_database: Option<gio::TlsDatabase>);
    session.set_tls_database(tls_database);
}

/// wsoup_session_get_tls_interaction: (get-property tls-interaction)
/// @session: a [class@Session]
///
/// Gets what asks the user during a TLS handshake.
///
/// Returns: (nullable) (transfer none): the interaction, or %NULL if the user is not asked
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_session_get_tls_interaction(
    session: *mut WsoupSession,
) -> *mut GTlsInteraction {
    object!(session: Session);
    session.tls_interaction().to_glib_none().0
}

/// wsoup_session_set_tls_interaction: (set-property tls-interaction)
/// @session: a [class@Session]
/// @tls_interaction: (nullable): an interaction, or %NULL to ask nobody
///
/// Sets what asks the user during a TLS handshake; see [property@Session:tls-interaction].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_session_set_tls_interaction(
    session: *mut WsoupSession,
    tls_interaction: *mut GTlsInteraction,
) {
    object!(session: Session);
    object!(tls_interaction: Option<gio::TlsInteraction>);
    session.set_tls_interaction(tls_interaction);
}

/// wsoup_session_get_user_agent: (get-property user-agent)
/// @session: a [class@Session]
///
/// Gets what the session sends as `User-Agent`.
///
/// Returns: (nullable): the name, or %NULL if none is sent
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_session_get_user_agent(session: *mut WsoupSession) -> *const c_char {
    object!(session: Session);
    session.user_agent_ptr()
}

/// wsoup_session_set_user_agent: (set-property user-agent)
/// @session: a [class@Session]
/// @user_agent: (nullable): the name, or %NULL to send none
///
/// Sets what the session sends as `User-Agent`; see [property@Session:user-agent].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_session_set_user_agent(
    session: *mut WsoupSession,
    user_agent: *const c_char,
) {
    object!(session: Session);
    text!(user_agent: Option);
    session.set_user_agent(user_agent);
}

/// wsoup_session_add_feature:
/// @session: a [class@Session]
/// @feature: a feature
///
/// Adds a feature.
///
/// A session has one feature of each type: if it has one of the type of @feature already, that one is
/// kept, and a warning says so. Only the [class@WebsocketExtensionManager] that a session begins with
/// gives way to another one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_session_add_feature(
    session: *mut WsoupSession,
    feature: *mut WsoupSessionFeature,
) {
    object!(session: Session);
    object!(feature: SessionFeature);
    session.add_feature(feature);
}

/// wsoup_session_add_feature_by_type:
/// @session: a [class@Session]
/// @feature_type: the type of a class that implements [iface@SessionFeature], or that is derived from
///   [class@WebsocketExtension]
///
/// Adds a feature that is made with its default properties, or an extension.
///
/// Extensions go to the [class@WebsocketExtensionManager] of the session.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_session_add_feature_by_type(
    session: *mut WsoupSession,
    feature_type: GType,
) {
    object!(session: Session);
    // SAFETY: a type, or a number that GObject knows as none.
    session.add_feature_by_type(unsafe { from_glib(feature_type) });
}

/// wsoup_session_remove_feature:
/// @session: a [class@Session]
/// @feature: a feature
///
/// Removes a feature, if @session has it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_session_remove_feature(
    session: *mut WsoupSession,
    feature: *mut WsoupSessionFeature,
) {
    object!(session: Session);
    object!(feature: SessionFeature);
    session.remove_feature(feature);
}

/// wsoup_session_remove_feature_by_type:
/// @session: a [class@Session]
/// @feature_type: a type, as in [method@Session.add_feature_by_type]
///
/// Removes the features of a type, or of one that is derived from it; or an extension.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_session_remove_feature_by_type(
    session: *mut WsoupSession,
    feature_type: GType,
) {
    object!(session: Session);
    // SAFETY: a type, or a number that GObject knows as none.
    session.remove_feature_by_type(unsafe { from_glib(feature_type) });
}

/// wsoup_session_has_feature:
/// @session: a [class@Session]
/// @feature_type: a type, as in [method@Session.add_feature_by_type]
///
/// Gets whether @session has a feature of a type, or of one that is derived from it; or extensions of
/// exactly this type.
///
/// Returns: %TRUE if it has
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_session_has_feature(
    session: *mut WsoupSession,
    feature_type: GType,
) -> gboolean {
    object!(session: Session);
    // SAFETY: a type, or a number that GObject knows as none.
    let feature_type = unsafe { from_glib(feature_type) };
    session.has_feature(feature_type).into_glib()
}

/// wsoup_session_get_feature:
/// @session: a [class@Session]
/// @feature_type: the type of the feature
///
/// Gets the feature of a type, or of one that is derived from it.
///
/// Returns: (nullable) (transfer none): the feature, or %NULL if @session has none
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_session_get_feature(
    session: *mut WsoupSession,
    feature_type: GType,
) -> *mut WsoupSessionFeature {
    object!(session: Session);
    // SAFETY: a type, or a number that GObject knows as none.
    let feature_type = unsafe { from_glib(feature_type) };
    session.feature(feature_type).to_glib_none().0
}

/// wsoup_session_get_feature_for_message:
/// @session: a [class@Session]
/// @feature_type: the type of the feature
/// @msg: a message
///
/// Gets the feature of a type, as [method@Session.get_feature] does, unless it is disabled for @msg
/// with [method@Message.disable_feature].
///
/// Returns: (nullable) (transfer none): the feature, or %NULL if there is none for @msg
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_session_get_feature_for_message(
    session: *mut WsoupSession,
    feature_type: GType,
    msg: *mut WsoupMessage,
) -> *mut WsoupSessionFeature {
    object!(session: Session);
    object!(msg: Message);
    // SAFETY: a type, or a number that GObject knows as none.
    let feature_type = unsafe { from_glib(feature_type) };
    session
        .feature_for_message(feature_type, msg)
        .to_glib_none()
        .0
}
