//! `WsoupAuthDomainDigest`.

use std::ffi::c_char;

use glib::ffi::{GDestroyNotify, GType, gpointer};
use glib::prelude::*;
use glib::translate::*;
use wsoup::AuthDomainDigest;

use crate::check::{object, text};
use crate::types::*;

/// WsoupAuthDomainDigestAuthCallback:
/// @domain: (type WsoupAuthDomainDigest): the domain
/// @msg: the request
/// @username: the name of the user, as the request has it
/// @user_data: what was passed to [method@AuthDomainDigest.set_auth_callback]
///
/// Looks up the password of a user, in the form that [func@AuthDomainDigest.encode_password] gives
/// it.
///
/// Returns: (nullable) (transfer full): the encoded password, or %NULL if there is no such user
pub type WsoupAuthDomainDigestAuthCallback = Option<
    unsafe extern "C" fn(
        domain: *mut WsoupAuthDomain,
        msg: *mut WsoupServerMessage,
        username: *const c_char,
        user_data: gpointer,
    ) -> *mut c_char,
>;

#[unsafe(no_mangle)]
pub extern "C" fn wsoup_auth_domain_digest_get_type() -> GType {
    AuthDomainDigest::static_type().into_glib()
}

unsafe extern "C" {
    /// wsoup_auth_domain_digest_new: (constructor)
    /// @optname1: (nullable): the name of the first property to set, or %NULL
    /// @...: the value of the property, then more names and values, and %NULL at the end
    ///
    /// Creates a domain with properties.
    ///
    /// Returns: (transfer full): a new domain, which covers nothing yet
    pub fn wsoup_auth_domain_digest_new(optname1: *const c_char, ...) -> *mut WsoupAuthDomain;
}

/// wsoup_auth_domain_digest_set_auth_callback: (set-property auth-callback)
/// @domain: (type WsoupAuthDomainDigest): a [class@AuthDomainDigest]
/// @callback: (scope notified) (closure user_data) (destroy dnotify): what looks up passwords, or
///   %NULL for nothing
/// @user_data: what @callback is given
/// @dnotify: (nullable): called with @user_data when it is no longer needed
///
/// Has @callback look up the passwords of users.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_auth_domain_digest_set_auth_callback(
    domain: *mut WsoupAuthDomain,
    callback: WsoupAuthDomainDigestAuthCallback,
    user_data: gpointer,
    dnotify: GDestroyNotify,
) {
    let domain = domain.cast();
    object!(domain: AuthDomainDigest);
    let callback = callback.map_or(std::ptr::null_mut(), |callback| callback as gpointer);
    // SAFETY: the function has the type that is expected; C passes data that fits it.
    unsafe { domain.set_auth_c(callback, user_data, dnotify) };
}

/// wsoup_auth_domain_digest_encode_password:
/// @username: the name of a user
/// @realm: the realm of the domain
/// @password: the password of the user
///
/// Makes what a server keeps in the place of a password, for one realm.
///
/// Whoever has it can log in to the realm, but does not know the password.
///
/// Returns: (transfer full): the encoded password
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_auth_domain_digest_encode_password(
    username: *const c_char,
    realm: *const c_char,
    password: *const c_char,
) -> *mut c_char {
    text!(username);
    text!(realm);
    text!(password);
    AuthDomainDigest::encode_password(username, realm, password).to_glib_full()
}
