//! `WsoupAuth`.

use std::ffi::c_char;

use glib::ffi::{GType, gboolean};
use glib::prelude::*;
use glib::translate::*;
use wsoup::Auth;

use crate::check::{object, text};
use crate::types::*;

#[unsafe(no_mangle)]
pub extern "C" fn wsoup_auth_get_type() -> GType {
    Auth::static_type().into_glib()
}

/// wsoup_auth_authenticate: (virtual authenticate)
/// @auth: a [class@Auth]
/// @username: the name of the user
/// @password: the password of the user
///
/// Answers the challenge by a name and a password.
///
/// The message that asked goes on with them. They take the place of those that @auth has already;
/// if it was cancelled, nothing happens.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_auth_authenticate(
    auth: *mut WsoupAuth,
    username: *const c_char,
    password: *const c_char,
) {
    object!(auth: Auth);
    text!(username);
    text!(password);
    auth.authenticate(username, password);
}

/// wsoup_auth_cancel:
/// @auth: a [class@Auth]
///
/// Says that there will be no answer.
///
/// The message that asked ends with the response that holds the challenge. An object that a handler
/// of [signal@Message::authenticate] wants to answer later is cancelled as well when its last
/// reference is dropped.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_auth_cancel(auth: *mut WsoupAuth) {
    object!(auth: Auth);
    auth.cancel();
}

/// wsoup_auth_is_authenticated: (virtual is_authenticated) (get-property is-authenticated)
/// @auth: a [class@Auth]
///
/// Tells whether there is an answer.
///
/// Returns: %TRUE if there are a name and a password
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_auth_is_authenticated(auth: *mut WsoupAuth) -> gboolean {
    object!(auth: Auth);
    auth.is_authenticated().into_glib()
}

/// wsoup_auth_is_cancelled: (get-property is-cancelled)
/// @auth: a [class@Auth]
///
/// Tells whether there will be no answer.
///
/// Returns: %TRUE if it was cancelled
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_auth_is_cancelled(auth: *mut WsoupAuth) -> gboolean {
    object!(auth: Auth);
    auth.is_cancelled().into_glib()
}

/// wsoup_auth_is_for_proxy:
/// @auth: a [class@Auth]
///
/// Tells who asks.
///
/// Returns: %TRUE if it is a proxy, %FALSE if it is the server
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_auth_is_for_proxy(auth: *mut WsoupAuth) -> gboolean {
    object!(auth: Auth);
    auth.is_for_proxy().into_glib()
}

/// wsoup_auth_get_authority: (get-property authority)
/// @auth: a [class@Auth]
///
/// Gets who asks: host and port of the server, or of the proxy.
///
/// Returns: host and port
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_auth_get_authority(auth: *mut WsoupAuth) -> *const c_char {
    object!(auth: Auth);
    auth.authority_ptr()
}

/// wsoup_auth_get_realm: (get-property realm)
/// @auth: a [class@Auth]
///
/// Gets what the name and the password are for, as the server calls it. Users may be shown it.
///
/// Returns: the realm
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_auth_get_realm(auth: *mut WsoupAuth) -> *const c_char {
    object!(auth: Auth);
    auth.realm_ptr()
}

/// wsoup_auth_get_scheme_name: (get-property scheme-name)
/// @auth: a [class@Auth]
///
/// Gets the name of the authentication scheme: `Basic` or `Digest`.
///
/// Returns: the name
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_auth_get_scheme_name(auth: *mut WsoupAuth) -> *const c_char {
    object!(auth: Auth);
    auth.scheme_name_ptr()
}
