//! `WsoupAuthDomainBasic`.

use std::ffi::c_char;

use glib::ffi::{GDestroyNotify, GType, gboolean, gpointer};
use glib::prelude::*;
use glib::translate::*;
use wsoup::AuthDomainBasic;

use crate::check::object;
use crate::types::*;

/// WsoupAuthDomainBasicAuthCallback:
/// @domain: (type WsoupAuthDomainBasic): the domain
/// @msg: the request
/// @username: the name of the user, as the request has it
/// @password: the password, as the request has it
/// @user_data: what was passed to [method@AuthDomainBasic.set_auth_callback]
///
/// Decides whether a name and a password are right.
///
/// Servers that keep passwords keep what a slow, salted function makes of them, such as argon2.
///
/// Returns: %TRUE if they are, %FALSE otherwise
pub type WsoupAuthDomainBasicAuthCallback = Option<
    unsafe extern "C" fn(
        domain: *mut WsoupAuthDomain,
        msg: *mut WsoupServerMessage,
        username: *const c_char,
        password: *const c_char,
        user_data: gpointer,
    ) -> gboolean,
>;

#[unsafe(no_mangle)]
pub extern "C" fn wsoup_auth_domain_basic_get_type() -> GType {
    AuthDomainBasic::static_type().into_glib()
}

unsafe extern "C" {
    /// wsoup_auth_domain_basic_new: (constructor)
    /// @optname1: (nullable): the name of the first property to set, or %NULL
    /// @...: the value of the property, then more names and values, and %NULL at the end
    ///
    /// Creates a domain with properties.
    ///
    /// ```c
    /// WsoupAuthDomain *domain = wsoup_auth_domain_basic_new ("realm", "chat", NULL);
    /// ```
    ///
    /// Returns: (transfer full): a new domain, which covers nothing yet
    pub fn wsoup_auth_domain_basic_new(optname1: *const c_char, ...) -> *mut WsoupAuthDomain;
}

/// wsoup_auth_domain_basic_set_auth_callback: (set-property auth-callback)
/// @domain: (type WsoupAuthDomainBasic): a [class@AuthDomainBasic]
/// @callback: (scope notified) (closure user_data) (destroy dnotify): what decides about names and
///   passwords, or %NULL for nothing
/// @user_data: what @callback is given
/// @dnotify: (nullable): called with @user_data when it is no longer needed
///
/// Has @callback decide whether a name and a password are right.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_auth_domain_basic_set_auth_callback(
    domain: *mut WsoupAuthDomain,
    callback: WsoupAuthDomainBasicAuthCallback,
    user_data: gpointer,
    dnotify: GDestroyNotify,
) {
    let domain = domain.cast();
    object!(domain: AuthDomainBasic);
    let callback = callback.map_or(std::ptr::null_mut(), |callback| callback as gpointer);
    // SAFETY: the function has the type that is expected; C passes data that fits it.
    unsafe { domain.set_auth_c(callback, user_data, dnotify) };
}
