//! `WsoupCookie`.

use std::ffi::{c_char, c_int};

use glib::ffi::{GDateTime, GType, GUri, gboolean};
use glib::prelude::*;
use glib::translate::*;
use wsoup::Cookie;

use crate::check::{boxed, require, text};
use crate::types::*;

/// WsoupCookie:
///
/// A cookie (RFC 6265): a name and a value, and whom they are for.
///
/// A domain that begins with a dot is for all hosts below it, too; another one is one host.
///
/// A string that a function returns without transferring it is valid as long as the cookie.
#[cfg(header)]
pub struct WsoupCookie(());

#[unsafe(no_mangle)]
pub extern "C" fn wsoup_cookie_get_type() -> GType {
    Cookie::static_type().into_glib()
}

/// wsoup_cookie_new:
/// @name: the name
/// @value: the value
/// @domain: the host that the cookie is for, or a domain that begins with a dot
/// @path: the path that the cookie is for, with all that is below it, such as `/`
/// @max_age: for how many seconds the cookie is valid; -1 is as long as its jar
///
/// Creates a cookie.
///
/// No argument may have control characters or a `;`, and @name no `=`. With a @max_age of 0, the cookie
/// has expired.
///
/// Returns: (transfer full): a new cookie
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_cookie_new(
    name: *const c_char,
    value: *const c_char,
    domain: *const c_char,
    path: *const c_char,
    max_age: c_int,
) -> *mut WsoupCookie {
    text!(name);
    text!(value);
    text!(domain);
    text!(path);
    Cookie::new(name, value, domain, path, max_age).map_or_else(std::ptr::null_mut, |cookie| {
        IntoGlibPtr::<*mut WsoupCookie>::into_glib_ptr(cookie)
    })
}

/// wsoup_cookie_parse:
/// @header: the value of a `Set-Cookie` header
/// @origin: (nullable): the URI that it came from
///
/// Reads a `Set-Cookie` header (RFC 6265 §5.2).
///
/// What @header does not say, @origin gives: the host, and the path. Without @origin, the cookie has the
/// domain that it names, if any, and the path `/`.
///
/// Returns: (nullable) (transfer full): a new cookie, or %NULL if @header is none, or names a domain that
///   @origin does not belong to or that nobody owns, such as `co.uk`
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_cookie_parse(
    header: *const c_char,
    origin: *mut GUri,
) -> *mut WsoupCookie {
    text!(header);
    // SAFETY: NULL or a URI; it is referenced.
    let origin: Option<glib::Uri> = unsafe { from_glib_none(origin) };
    Cookie::parse(header, origin.as_ref()).map_or_else(std::ptr::null_mut, |cookie| {
        IntoGlibPtr::<*mut WsoupCookie>::into_glib_ptr(cookie)
    })
}

/// wsoup_cookie_copy:
/// @cookie: a cookie
///
/// Copies @cookie.
///
/// Returns: (transfer full): a copy
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_cookie_copy(cookie: *mut WsoupCookie) -> *mut WsoupCookie {
    boxed!(cookie: Cookie);
    IntoGlibPtr::<*mut WsoupCookie>::into_glib_ptr(cookie.clone())
}

/// wsoup_cookie_free:
/// @cookie: (transfer full): a cookie
///
/// Frees @cookie.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_cookie_free(cookie: *mut WsoupCookie) {
    require!(!cookie.is_null(), "cookie != NULL");
    // SAFETY: the caller gives the cookie away.
    drop::<Cookie>(unsafe { from_glib_full(cookie) });
}

/// wsoup_cookie_equal:
/// @cookie1: a cookie
/// @cookie2: another one
///
/// Gets whether two cookies have the same name, value and path, and the same domain, in whichever case
/// and with or without the dot.
///
/// Returns: %TRUE if they have
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_cookie_equal(
    cookie1: *mut WsoupCookie,
    cookie2: *mut WsoupCookie,
) -> gboolean {
    boxed!(cookie1: Cookie);
    boxed!(cookie2: Cookie);
    cookie1.equal(cookie2).into_glib()
}

/// wsoup_cookie_get_name:
/// @cookie: a cookie
///
/// Gets the name of @cookie.
///
/// Returns: the name
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_cookie_get_name(cookie: *mut WsoupCookie) -> *const c_char {
    boxed!(cookie: Cookie);
    cookie.name_ptr()
}

/// wsoup_cookie_get_value:
/// @cookie: a cookie
///
/// Gets the value of @cookie.
///
/// Returns: the value
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_cookie_get_value(cookie: *mut WsoupCookie) -> *const c_char {
    boxed!(cookie: Cookie);
    cookie.value_ptr()
}

/// wsoup_cookie_get_domain:
/// @cookie: a cookie
///
/// Gets the host that @cookie is for, or the domain, which begins with a dot.
///
/// Returns: (nullable): the domain, or %NULL if the cookie was read without an origin and names none
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_cookie_get_domain(cookie: *mut WsoupCookie) -> *const c_char {
    boxed!(cookie: Cookie);
    cookie.domain_ptr()
}

/// wsoup_cookie_get_path:
/// @cookie: a cookie
///
/// Gets the path that @cookie is for.
///
/// Returns: the path
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_cookie_get_path(cookie: *mut WsoupCookie) -> *const c_char {
    boxed!(cookie: Cookie);
    cookie.path_ptr()
}

/// wsoup_cookie_get_expires:
/// @cookie: a cookie
///
/// Gets when @cookie expires.
///
/// Returns: (nullable) (transfer none): the time, or %NULL if the cookie lasts as long as its jar
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_cookie_get_expires(cookie: *mut WsoupCookie) -> *mut GDateTime {
    boxed!(cookie: Cookie);
    // The cookie keeps its reference.
    cookie.expires().to_glib_none().0
}

/// wsoup_cookie_set_expires:
/// @cookie: a cookie
/// @expires: the time
///
/// Sets when @cookie expires.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_cookie_set_expires(
    cookie: *mut WsoupCookie,
    expires: *mut GDateTime,
) {
    require!(!cookie.is_null(), "cookie != NULL");
    boxed!(expires: glib::DateTime);
    // SAFETY: the pointer is not NULL, so it refers to a cookie, which is the caller's.
    unsafe { &mut *cookie }.set_expires(Some(expires));
}

/// wsoup_cookie_get_secure:
/// @cookie: a cookie
///
/// Gets whether @cookie is sent over TLS alone.
///
/// Returns: %TRUE if it is
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_cookie_get_secure(cookie: *mut WsoupCookie) -> gboolean {
    boxed!(cookie: Cookie);
    cookie.is_secure().into_glib()
}

/// wsoup_cookie_set_secure:
/// @cookie: a cookie
/// @secure: whether it is sent over TLS alone
///
/// Sets whether @cookie is sent over TLS alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_cookie_set_secure(cookie: *mut WsoupCookie, secure: gboolean) {
    require!(!cookie.is_null(), "cookie != NULL");
    // SAFETY: the pointer is not NULL, so it refers to a cookie, which is the caller's; any number is a
    // truth value.
    unsafe { (*cookie).set_secure(from_glib(secure)) };
}

/// wsoup_cookie_get_http_only:
/// @cookie: a cookie
///
/// Gets whether @cookie is for HTTP alone, and not for the scripts of a page.
///
/// Returns: %TRUE if it is
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_cookie_get_http_only(cookie: *mut WsoupCookie) -> gboolean {
    boxed!(cookie: Cookie);
    cookie.is_http_only().into_glib()
}

/// wsoup_cookie_set_http_only:
/// @cookie: a cookie
/// @http_only: whether it is for HTTP alone
///
/// Sets whether @cookie is for HTTP alone, and not for the scripts of a page.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_cookie_set_http_only(cookie: *mut WsoupCookie, http_only: gboolean) {
    require!(!cookie.is_null(), "cookie != NULL");
    // SAFETY: as in `wsoup_cookie_set_secure`.
    unsafe { (*cookie).set_http_only(from_glib(http_only)) };
}

/// wsoup_cookie_to_cookie_header:
/// @cookie: a cookie
///
/// Writes @cookie as it stands in a `Cookie` header: name and value.
///
/// Returns: (transfer full): the text
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_cookie_to_cookie_header(cookie: *mut WsoupCookie) -> *mut c_char {
    boxed!(cookie: Cookie);
    cookie.to_cookie_header().into_glib_ptr()
}

/// wsoup_cookie_to_set_cookie_header:
/// @cookie: a cookie
///
/// Writes @cookie as it stands in a `Set-Cookie` header, with all that is known of it.
///
/// Returns: (transfer full): the text
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_cookie_to_set_cookie_header(
    cookie: *mut WsoupCookie,
) -> *mut c_char {
    boxed!(cookie: Cookie);
    cookie.to_set_cookie_header().into_glib_ptr()
}
