//! `WsoupCookieJar`.

use std::ffi::c_char;

use glib::ffi::{GSList, GType, GUri, gboolean};
use glib::prelude::*;
use glib::translate::*;
use wsoup::{Cookie, CookieJar, CookieJarAcceptPolicy};

use crate::check::{boxed, member, object, require};
use crate::types::*;

#[unsafe(no_mangle)]
pub extern "C" fn wsoup_cookie_jar_get_type() -> GType {
    CookieJar::static_type().into_glib()
}

/// wsoup_cookie_jar_new:
///
/// Creates an empty jar.
///
/// Returns: (transfer full): a new jar
#[must_use]
#[unsafe(no_mangle)]
pub extern "C" fn wsoup_cookie_jar_new() -> *mut WsoupCookieJar {
    CookieJar::new().into_glib_ptr()
}

/// wsoup_cookie_jar_add_cookie:
/// @jar: a [class@CookieJar]
/// @cookie: (transfer full): a cookie, which has a domain
///
/// Adds a cookie, in place of one that has the same name, domain and path.
///
/// One that has expired removes that instead. A cookie for all of a public suffix, such as `.co.uk`, is
/// not added. The policy of the jar is for servers, not for this function.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_cookie_jar_add_cookie(
    jar: *mut WsoupCookieJar,
    cookie: *mut WsoupCookie,
) {
    object!(jar: CookieJar);
    require!(!cookie.is_null(), "cookie != NULL");
    // SAFETY: the caller gives the cookie away.
    jar.add_cookie(unsafe { from_glib_full(cookie) });
}

/// wsoup_cookie_jar_delete_cookie:
/// @jar: a [class@CookieJar]
/// @cookie: a cookie
///
/// Removes the cookie that is equal to @cookie ([method@Cookie.equal]), if there is one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_cookie_jar_delete_cookie(
    jar: *mut WsoupCookieJar,
    cookie: *mut WsoupCookie,
) {
    object!(jar: CookieJar);
    boxed!(cookie: Cookie);
    jar.delete_cookie(cookie);
}

/// wsoup_cookie_jar_all_cookies:
/// @jar: a [class@CookieJar]
///
/// Gets all cookies of @jar.
///
/// Returns: (transfer full) (element-type Wsoup.Cookie): copies of the cookies
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_cookie_jar_all_cookies(jar: *mut WsoupCookieJar) -> *mut GSList {
    object!(jar: CookieJar);
    let cookies = jar.all_cookies().into_iter().rev();
    cookies.fold(std::ptr::null_mut(), |list, cookie| {
        let cookie: *mut WsoupCookie = cookie.into_glib_ptr();
        // SAFETY: the list is ours, and takes the cookie over.
        unsafe { glib::ffi::g_slist_prepend(list, cookie.cast()) }
    })
}

/// wsoup_cookie_jar_get_cookies:
/// @jar: a [class@CookieJar]
/// @uri: a URI with the scheme `ws`, `wss`, `http` or `https`
/// @for_http: whether cookies that are for HTTP alone are wanted, too
///
/// Gets the value of `Cookie` for a request to @uri.
///
/// Returns: (nullable) (transfer full): the cookies, those with the longest path first, or %NULL if
///   there are none
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_cookie_jar_get_cookies(
    jar: *mut WsoupCookieJar,
    uri: *mut GUri,
    for_http: gboolean,
) -> *mut c_char {
    object!(jar: CookieJar);
    boxed!(uri: glib::Uri);
    // SAFETY: any number is a truth value.
    let for_http = unsafe { from_glib(for_http) };
    jar.cookies(uri, for_http).into_glib_ptr()
}

/// wsoup_cookie_jar_get_accept_policy: (get-property accept-policy)
/// @jar: a [class@CookieJar]
///
/// Gets which cookies of servers @jar keeps.
///
/// Returns: the policy
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_cookie_jar_get_accept_policy(
    jar: *mut WsoupCookieJar,
) -> WsoupCookieJarAcceptPolicy {
    object!(jar: CookieJar);
    jar.accept_policy().into_glib()
}

/// wsoup_cookie_jar_set_accept_policy: (set-property accept-policy)
/// @jar: a [class@CookieJar]
/// @policy: the policy
///
/// Sets which cookies of servers @jar keeps; see [property@CookieJar:accept-policy].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_cookie_jar_set_accept_policy(
    jar: *mut WsoupCookieJar,
    policy: WsoupCookieJarAcceptPolicy,
) {
    object!(jar: CookieJar);
    member!(policy: CookieJarAcceptPolicy);
    jar.set_accept_policy(policy);
}
