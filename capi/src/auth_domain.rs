//! `WsoupAuthDomain`.

use std::ffi::c_char;

use glib::ffi::{GDestroyNotify, GType, gboolean, gpointer};
use glib::prelude::*;
use glib::translate::*;
use wsoup::prelude::*;
use wsoup::{AuthDomain, ServerMessage};

use crate::check::{object, text};
use crate::types::*;

/// WsoupAuthDomainFilter:
/// @domain: the domain
/// @msg: the request
/// @user_data: what was passed to [method@AuthDomain.set_filter]
///
/// Decides whether a request that @domain covers has to be authenticated after all.
///
/// Returns: %TRUE if it has to be, %FALSE to let it pass
pub type WsoupAuthDomainFilter = Option<
    unsafe extern "C" fn(
        domain: *mut WsoupAuthDomain,
        msg: *mut WsoupServerMessage,
        user_data: gpointer,
    ) -> gboolean,
>;

/// WsoupAuthDomainGenericAuthCallback:
/// @domain: the domain
/// @msg: the request
/// @username: the name of the user, as the request has it
/// @user_data: what was passed to [method@AuthDomain.set_generic_auth_callback]
///
/// Decides whether a request is that of @username, whatever the authentication scheme.
///
/// It looks up the password and returns what [method@AuthDomain.check_password] says of it. For
/// that the server has to know the passwords; the callbacks of the schemes can do without.
///
/// Returns: %TRUE if it is, %FALSE otherwise
pub type WsoupAuthDomainGenericAuthCallback = Option<
    unsafe extern "C" fn(
        domain: *mut WsoupAuthDomain,
        msg: *mut WsoupServerMessage,
        username: *const c_char,
        user_data: gpointer,
    ) -> gboolean,
>;

#[unsafe(no_mangle)]
pub extern "C" fn wsoup_auth_domain_get_type() -> GType {
    AuthDomain::static_type().into_glib()
}

/// wsoup_auth_domain_add_path:
/// @domain: a [class@AuthDomain]
/// @path: the path, such as `/chat`
///
/// Has requests for a path, and for all below it, authenticated.
///
/// `OPTIONS *` counts as a request for `/`. For a proxy, paths do not matter.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_auth_domain_add_path(
    domain: *mut WsoupAuthDomain,
    path: *const c_char,
) {
    object!(domain: AuthDomain);
    text!(path);
    domain.add_path(path);
}

/// wsoup_auth_domain_remove_path:
/// @domain: a [class@AuthDomain]
/// @path: the path, such as `/chat/about`
///
/// Leaves a path, and all below it, to everyone, even if it is below one that was added.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_auth_domain_remove_path(
    domain: *mut WsoupAuthDomain,
    path: *const c_char,
) {
    object!(domain: AuthDomain);
    text!(path);
    domain.remove_path(path);
}

/// wsoup_auth_domain_set_filter: (set-property filter)
/// @domain: a [class@AuthDomain]
/// @filter: (scope notified) (closure filter_data) (destroy dnotify): what looks at the requests, or
///   %NULL for nothing
/// @filter_data: what @filter is given
/// @dnotify: (nullable): called with @filter_data when it is no longer needed
///
/// Has @filter look at each request that is covered, and decide whether it has to be authenticated
/// after all.
///
/// Let it return %TRUE unless it knows of a reason to let a request pass.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_auth_domain_set_filter(
    domain: *mut WsoupAuthDomain,
    filter: WsoupAuthDomainFilter,
    filter_data: gpointer,
    dnotify: GDestroyNotify,
) {
    object!(domain: AuthDomain);
    let filter = filter.map_or(std::ptr::null_mut(), |filter| filter as gpointer);
    // SAFETY: the function has the type that is expected; C passes data that fits it.
    unsafe { domain.set_filter_c(filter, filter_data, dnotify) };
}

/// wsoup_auth_domain_get_realm: (get-property realm)
/// @domain: a [class@AuthDomain]
///
/// Gets what the credentials are for, as users are told.
///
/// Returns: the realm
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_auth_domain_get_realm(
    domain: *mut WsoupAuthDomain,
) -> *const c_char {
    object!(domain: AuthDomain);
    domain.realm_ptr()
}

/// wsoup_auth_domain_set_generic_auth_callback: (set-property generic-auth-callback)
/// @domain: a [class@AuthDomain]
/// @auth_callback: (scope notified) (closure auth_data) (destroy dnotify): what decides about users,
///   or %NULL for nothing
/// @auth_data: what @auth_callback is given
/// @dnotify: (nullable): called with @auth_data when it is no longer needed
///
/// Has @auth_callback decide whether a request is that of a user, whatever the authentication
/// scheme.
///
/// A callback of the scheme itself, such as [callback@AuthDomainBasicAuthCallback], is asked
/// instead if there is one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_auth_domain_set_generic_auth_callback(
    domain: *mut WsoupAuthDomain,
    auth_callback: WsoupAuthDomainGenericAuthCallback,
    auth_data: gpointer,
    dnotify: GDestroyNotify,
) {
    object!(domain: AuthDomain);
    let callback = auth_callback.map_or(std::ptr::null_mut(), |callback| callback as gpointer);
    // SAFETY: as in `wsoup_auth_domain_set_filter`.
    unsafe { domain.set_generic_auth_c(callback, auth_data, dnotify) };
}

/// wsoup_auth_domain_check_password: (virtual check_password)
/// @domain: a [class@AuthDomain]
/// @msg: a request
/// @username: the name of a user
/// @password: the password of that user
///
/// Checks whether the credentials of a request are those of a user.
///
/// It is what a [callback@AuthDomainGenericAuthCallback] returns.
///
/// Returns: %TRUE if they are
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_auth_domain_check_password(
    domain: *mut WsoupAuthDomain,
    msg: *mut WsoupServerMessage,
    username: *const c_char,
    password: *const c_char,
) -> gboolean {
    object!(domain: AuthDomain);
    object!(msg: ServerMessage);
    text!(username);
    text!(password);
    domain.check_password(msg, username, password).into_glib()
}

/// wsoup_auth_domain_covers:
/// @domain: a [class@AuthDomain]
/// @msg: a request
///
/// Checks whether a request has to be authenticated, by its path and by the filter.
///
/// It may be authenticated already. The [class@Server] asks this by itself.
///
/// Returns: %TRUE if it has to be
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_auth_domain_covers(
    domain: *mut WsoupAuthDomain,
    msg: *mut WsoupServerMessage,
) -> gboolean {
    object!(domain: AuthDomain);
    object!(msg: ServerMessage);
    domain.covers(msg).into_glib()
}

/// wsoup_auth_domain_accepts:
/// @domain: a [class@AuthDomain]
/// @msg: a request
///
/// Checks whether the credentials of a request are right.
///
/// The [class@Server] asks this by itself, once a request: some credentials are good for one use.
///
/// Returns: (nullable) (transfer full): the name of the user, or %NULL if they are wrong or missing
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_auth_domain_accepts(
    domain: *mut WsoupAuthDomain,
    msg: *mut WsoupServerMessage,
) -> *mut c_char {
    object!(domain: AuthDomain);
    object!(msg: ServerMessage);
    domain.accepts(msg).into_glib_ptr()
}

/// wsoup_auth_domain_challenge:
/// @domain: a [class@AuthDomain]
/// @msg: a request
///
/// Answers a request by a challenge, and by the status %WSOUP_STATUS_UNAUTHORIZED, or
/// %WSOUP_STATUS_PROXY_AUTHENTICATION_REQUIRED for a proxy.
///
/// The [class@Server] does this by itself.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_auth_domain_challenge(
    domain: *mut WsoupAuthDomain,
    msg: *mut WsoupServerMessage,
) {
    object!(domain: AuthDomain);
    object!(msg: ServerMessage);
    domain.challenge(msg);
}
