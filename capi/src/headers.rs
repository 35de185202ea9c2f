//! `WsoupMessageHeaders` and `WsoupMessageHeadersIter`.

use std::ffi::c_char;

use glib::ffi::{GHashTable, GTRUE, GType, gboolean, goffset, gpointer};
use glib::prelude::*;
use glib::translate::*;
use wsoup::{MessageHeaders, MessageHeadersType};

use crate::check::{boxed, member, require, text};
use crate::types::*;

/// WsoupMessageHeaders:
///
/// The header fields of a request or a response (RFC 9110 §6.3).
///
/// Names compare case-insensitively. Headers keep their order, and a name may occur several times.
/// Values are UTF-8; what a peer sent and is not, is taken for ISO-8859-1 and converted.
///
/// A string that a function returns without transferring it stays valid until a header of that name
/// changes.
#[cfg(header)]
pub struct WsoupMessageHeaders(());

/// WsoupMessageHeadersForeachFunc:
/// @name: the name of a header
/// @value: its value
/// @user_data: what was passed to [method@MessageHeaders.foreach]
///
/// Looks at a header.
pub type WsoupMessageHeadersForeachFunc =
    Option<unsafe extern "C" fn(name: *const c_char, value: *const c_char, user_data: gpointer)>;

/// WsoupMessageHeadersIter:
///
/// Where an iteration over headers stands.
///
/// It lives where the caller puts it, usually on the stack, and needs not be freed.
///
/// ```c
/// WsoupMessageHeadersIter iter;
/// const char *name, *value;
///
/// wsoup_message_headers_iter_init (&iter, headers);
/// while (wsoup_message_headers_iter_next (&iter, &name, &value))
///   g_print ("%s: %s\n", name, value);
/// ```
///
/// cbindgen:field-names=[/*< private >*/ dummy]
#[repr(C)]
pub struct WsoupMessageHeadersIter {
    dummy: [gpointer; 3],
}

#[unsafe(no_mangle)]
pub extern "C" fn wsoup_message_headers_get_type() -> GType {
    MessageHeaders::static_type().into_glib()
}

/// wsoup_message_headers_new:
/// @type: what the headers are for
///
/// Creates an empty set of headers.
///
/// [class@Message] and [class@ServerMessage] bring their own; this is for programs that keep headers
/// apart.
///
/// Returns: (transfer full): new headers
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_headers_new(
    r#type: WsoupMessageHeadersType,
) -> *mut WsoupMessageHeaders {
    member!(r#type: MessageHeadersType);
    MessageHeaders::new(r#type).into_glib_ptr()
}

/// wsoup_message_headers_ref:
/// @hdrs: headers
///
/// Takes a reference to @hdrs.
///
/// Returns: (transfer full): @hdrs
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_headers_ref(
    hdrs: *mut WsoupMessageHeaders,
) -> *mut WsoupMessageHeaders {
    boxed!(hdrs: MessageHeaders);
    hdrs.clone().into_glib_ptr()
}

/// wsoup_message_headers_unref:
/// @hdrs: (transfer full): headers
///
/// Drops a reference to @hdrs; with the last one, they are freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_headers_unref(hdrs: *mut WsoupMessageHeaders) {
    require!(!hdrs.is_null(), "hdrs != NULL");
    // SAFETY: the caller gives a reference away.
    drop::<MessageHeaders>(unsafe { from_glib_full(hdrs) });
}

/// wsoup_message_headers_append:
/// @hdrs: headers
/// @name: the name of a header, a token (RFC 9110 §5.6.2)
/// @value: its value, without line breaks
///
/// Adds a header, after those of the same name that are there already.
///
/// Several headers of one name are for values that are lists; for others see
/// [method@MessageHeaders.replace].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_headers_append(
    hdrs: *mut WsoupMessageHeaders,
    name: *const c_char,
    value: *const c_char,
) {
    boxed!(hdrs: MessageHeaders);
    text!(name);
    text!(value);
    require!(
        MessageHeaders::is_token(name),
        "name is a token (RFC 9110 5.6.2)"
    );
    require!(
        MessageHeaders::is_field_value(value),
        "strpbrk (value, \"\\r\\n\") == NULL"
    );
    hdrs.append(name, value);
}

/// wsoup_message_headers_replace:
/// @hdrs: headers
/// @name: the name of a header, a token (RFC 9110 §5.6.2)
/// @value: its value, without line breaks
///
/// Sets a header, in place of all others of that name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_headers_replace(
    hdrs: *mut WsoupMessageHeaders,
    name: *const c_char,
    value: *const c_char,
) {
    boxed!(hdrs: MessageHeaders);
    text!(name);
    text!(value);
    require!(
        MessageHeaders::is_token(name),
        "name is a token (RFC 9110 5.6.2)"
    );
    require!(
        MessageHeaders::is_field_value(value),
        "strpbrk (value, \"\\r\\n\") == NULL"
    );
    hdrs.replace(name, value);
}

/// wsoup_message_headers_remove:
/// @hdrs: headers
/// @name: the name of a header
///
/// Removes all headers of a name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_headers_remove(
    hdrs: *mut WsoupMessageHeaders,
    name: *const c_char,
) {
    boxed!(hdrs: MessageHeaders);
    text!(name);
    hdrs.remove(name);
}

/// wsoup_message_headers_clear:
/// @hdrs: headers
///
/// Removes all headers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_headers_clear(hdrs: *mut WsoupMessageHeaders) {
    boxed!(hdrs: MessageHeaders);
    hdrs.clear();
}

/// wsoup_message_headers_clean_connection_headers:
/// @hdrs: headers
///
/// Removes the headers that `Connection` lists: they are for one hop only (RFC 9110 §7.6.1).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_headers_clean_connection_headers(
    hdrs: *mut WsoupMessageHeaders,
) {
    boxed!(hdrs: MessageHeaders);
    hdrs.clean_connection_headers();
}

/// wsoup_message_headers_get_one:
/// @hdrs: headers
/// @name: the name of a header
///
/// Gets the value of a header that is not a list.
///
/// Should there be several of that name, against the rules, this is the value of the last one.
///
/// Returns: (nullable): the value, or %NULL if there is no such header
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_headers_get_one(
    hdrs: *mut WsoupMessageHeaders,
    name: *const c_char,
) -> *const c_char {
    boxed!(hdrs: MessageHeaders);
    text!(name);
    hdrs.one_ptr(name)
}

/// wsoup_message_headers_get_list:
/// @hdrs: headers
/// @name: the name of a header
///
/// Gets the value of a header that is a list: all values of that name, joined by commas.
///
/// Returns: (nullable): the value, or %NULL if there is no such header
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_headers_get_list(
    hdrs: *mut WsoupMessageHeaders,
    name: *const c_char,
) -> *const c_char {
    boxed!(hdrs: MessageHeaders);
    text!(name);
    hdrs.list_ptr(name)
}

/// wsoup_message_headers_header_contains:
/// @hdrs: headers
/// @name: the name of a header that is a list
/// @token: what to look for
///
/// Checks whether a header is there and lists @token, compared case-insensitively.
///
/// Returns: %TRUE if it does
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_headers_header_contains(
    hdrs: *mut WsoupMessageHeaders,
    name: *const c_char,
    token: *const c_char,
) -> gboolean {
    boxed!(hdrs: MessageHeaders);
    text!(name);
    text!(token);
    hdrs.header_contains(name, token).into_glib()
}

/// wsoup_message_headers_header_equals:
/// @hdrs: headers
/// @name: the name of a header
/// @value: the value to expect
///
/// Checks whether a header is there and equals @value, compared case-insensitively.
///
/// Returns: %TRUE if it does
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_headers_header_equals(
    hdrs: *mut WsoupMessageHeaders,
    name: *const c_char,
    value: *const c_char,
) -> gboolean {
    boxed!(hdrs: MessageHeaders);
    text!(name);
    text!(value);
    hdrs.header_equals(name, value).into_glib()
}

/// wsoup_message_headers_foreach:
/// @hdrs: headers
/// @func: (scope call) (closure user_data): what is called for each header
/// @user_data: what @func is given
///
/// Calls @func for each header, in order.
///
/// Headers of one name are not joined. Changes that @func makes to @hdrs are not seen.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_headers_foreach(
    hdrs: *mut WsoupMessageHeaders,
    func: WsoupMessageHeadersForeachFunc,
    user_data: gpointer,
) {
    boxed!(hdrs: MessageHeaders);
    require!(func.is_some(), "func != NULL");
    let Some(func) = func else { return };
    hdrs.foreach(|name, value| {
        // SAFETY: the strings live for the call; the data is what the function expects.
        unsafe { func(name.to_glib_none().0, value.to_glib_none().0, user_data) };
    });
}

/// wsoup_message_headers_get_headers_type:
/// @hdrs: headers
///
/// Gets what the headers are for.
///
/// Returns: the type of the headers
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_headers_get_headers_type(
    hdrs: *mut WsoupMessageHeaders,
) -> WsoupMessageHeadersType {
    boxed!(hdrs: MessageHeaders);
    hdrs.headers_type().into_glib()
}

/// wsoup_message_headers_get_content_length:
/// @hdrs: headers
///
/// Gets the length of the body, as `Content-Length` has it.
///
/// Returns: the length in bytes; 0 if there is no valid `Content-Length`, or if `Transfer-Encoding`
///   overrules it
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_headers_get_content_length(
    hdrs: *mut WsoupMessageHeaders,
) -> goffset {
    boxed!(hdrs: MessageHeaders);
    hdrs.content_length()
}

/// wsoup_message_headers_set_content_length:
/// @hdrs: headers
/// @content_length: the length of the body in bytes
///
/// Sets `Content-Length`, and removes `Transfer-Encoding`, which would contradict it.
///
/// [class@Server] does this for each response; it is not needed for that.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_headers_set_content_length(
    hdrs: *mut WsoupMessageHeaders,
    content_length: goffset,
) {
    boxed!(hdrs: MessageHeaders);
    require!(content_length >= 0, "content_length >= 0");
    hdrs.set_content_length(content_length);
}

/// wsoup_message_headers_get_content_type:
/// @hdrs: headers
/// @params: (out) (optional) (transfer full) (element-type utf8 utf8): return location for the
///   parameters, such as `charset`, whose names are in lower case
///
/// Gets the media type in `Content-Type`.
///
/// Returns: (nullable): the media type, such as `text/html`; %NULL if there is none, and then
///   @params is not set
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_headers_get_content_type(
    hdrs: *mut WsoupMessageHeaders,
    params: *mut *mut GHashTable,
) -> *const c_char {
    boxed!(hdrs: MessageHeaders);
    if let Some((_, parameters)) = hdrs.content_type().filter(|_| !params.is_null()) {
        // SAFETY: the location is not NULL, so it is valid.
        unsafe { *params = parameters.to_glib_full() };
    }
    hdrs.content_type_ptr()
}

/// wsoup_message_headers_set_content_type:
/// @hdrs: headers
/// @content_type: the media type, such as `text/html`
/// @params: (nullable) (element-type utf8 utf8): parameters, such as `charset`
///
/// Sets `Content-Type`.
///
/// Parameters are quoted and encoded as they need (RFC 8187).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_headers_set_content_type(
    hdrs: *mut WsoupMessageHeaders,
    content_type: *const c_char,
    params: *mut GHashTable,
) {
    boxed!(hdrs: MessageHeaders);
    text!(content_type);
    require!(
        MessageHeaders::is_field_value(content_type),
        "strpbrk (content_type, \"\\r\\n\") == NULL"
    );
    // SAFETY: the table is NULL or has strings as keys and strings or NULL as values.
    let params = unsafe { wsoup::params_from_table(params) };
    let params: Option<Vec<_>> = params
        .iter()
        .map(|(name, value)| Some((name.as_str(), value.as_deref()?)))
        .collect();
    require!(params.is_some(), "all values of params != NULL");
    let mut params = params.unwrap_or_default();
    // A hash table has no order; the same parameters shall give the same header.
    params.sort_unstable();
    hdrs.set_content_type(content_type, &params);
}

/// wsoup_message_headers_iter_init:
/// @iter: (out caller-allocates): the iteration
/// @hdrs: headers
///
/// Begins an iteration over @hdrs.
///
/// The headers must live as long as the iteration is used, and should not be changed meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_headers_iter_init(
    iter: *mut WsoupMessageHeadersIter,
    hdrs: *mut WsoupMessageHeaders,
) {
    require!(!iter.is_null(), "iter != NULL");
    require!(!hdrs.is_null(), "hdrs != NULL");
    let dummy = [hdrs.cast(), std::ptr::null_mut(), std::ptr::null_mut()];
    // SAFETY: the pointer is not NULL, so it refers to an iteration, or room for one.
    unsafe { iter.write(WsoupMessageHeadersIter { dummy }) };
}

/// wsoup_message_headers_iter_next:
/// @iter: an iteration
/// @name: (out) (transfer none): return location for the name of the next header
/// @value: (out) (transfer none): return location for its value
///
/// Goes on to the next header.
///
/// Returns: %TRUE if there was one; otherwise @name and @value are not set
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_headers_iter_next(
    iter: *mut WsoupMessageHeadersIter,
    name: *mut *const c_char,
    value: *mut *const c_char,
) -> gboolean {
    require!(!iter.is_null(), "iter != NULL");
    require!(!name.is_null(), "name != NULL");
    require!(!value.is_null(), "value != NULL");
    // SAFETY: the pointer is not NULL, so it refers to an iteration that was begun.
    let [hdrs, next, _] = unsafe { &mut (*iter).dummy };
    let hdrs = hdrs.cast::<WsoupMessageHeaders>();
    boxed!(hdrs: MessageHeaders);
    let Some(header) = hdrs.nth_ptr(next.addr()) else {
        return glib::ffi::GFALSE;
    };
    *next = std::ptr::without_provenance_mut(next.addr() + 1);
    // SAFETY: the locations are not NULL, so they are valid.
    unsafe { (*name, *value) = header };
    GTRUE
}
