//! `WsoupMessageBody`.

#[cfg(header)]
use std::ffi::c_char;

#[cfg(header)]
use glib::ffi::goffset;
use glib::ffi::{GBytes, GType, gboolean};
use glib::prelude::*;
use glib::translate::*;
use wsoup::MessageBody;

use crate::check::{boxed, require};
use crate::types::*;

/// WsoupMessageBody:
/// @data: (array length=length) (element-type guint8): the body in one piece after
///   [method@MessageBody.flatten], %NULL before, and again when the body changes
/// @length: the length of the body in bytes
///
/// The body of a request or a response of a [class@ServerMessage].
///
/// It is a list of pieces; [method@MessageBody.flatten] puts them together. A NUL follows @data,
/// which @length does not count.
#[cfg(header)]
#[repr(C)]
pub struct WsoupMessageBody {
    pub data: *const c_char,
    pub length: goffset,
}

#[unsafe(no_mangle)]
pub extern "C" fn wsoup_message_body_get_type() -> GType {
    MessageBody::static_type().into_glib()
}

/// wsoup_message_body_new:
///
/// Creates an empty body.
///
/// [class@ServerMessage] brings its own; this is for programs that keep a body apart.
///
/// Returns: (transfer full): a new body
#[must_use]
#[unsafe(no_mangle)]
pub extern "C" fn wsoup_message_body_new() -> *mut WsoupMessageBody {
    MessageBody::new().into_glib_ptr()
}

/// wsoup_message_body_ref:
/// @body: a body
///
/// Takes a reference to @body.
///
/// Returns: (transfer full): @body
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_body_ref(
    body: *mut WsoupMessageBody,
) -> *mut WsoupMessageBody {
    boxed!(body: MessageBody);
    body.clone().into_glib_ptr()
}

/// wsoup_message_body_unref:
/// @body: (transfer full): a body
///
/// Drops a reference to @body; with the last one, it is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_body_unref(body: *mut WsoupMessageBody) {
    require!(!body.is_null(), "body != NULL");
    // SAFETY: the caller gives a reference away.
    drop::<MessageBody>(unsafe { from_glib_full(body) });
}

/// wsoup_message_body_append_bytes:
/// @body: a body
/// @buffer: a piece
///
/// Appends a piece, which is not copied.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_body_append_bytes(
    body: *mut WsoupMessageBody,
    buffer: *mut GBytes,
) {
    boxed!(body: MessageBody);
    boxed!(buffer: glib::Bytes);
    body.append_bytes(buffer);
}

/// wsoup_message_body_complete:
/// @body: a body
///
/// Says that nothing more will be appended.
///
/// A response is complete when its handler is done with it, so this changes nothing: it is here for
/// programs that were written for libsoup.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_body_complete(body: *mut WsoupMessageBody) {
    boxed!(body: MessageBody);
    body.complete();
}

/// wsoup_message_body_truncate:
/// @body: a body
///
/// Removes everything that was appended.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_body_truncate(body: *mut WsoupMessageBody) {
    boxed!(body: MessageBody);
    body.truncate();
}

/// wsoup_message_body_flatten:
/// @body: a body
///
/// Puts the pieces of @body together.
///
/// The field `data` refers to the result, too, until the body changes.
///
/// Returns: (transfer full): the whole body
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_body_flatten(body: *mut WsoupMessageBody) -> *mut GBytes {
    boxed!(body: MessageBody);
    body.flatten().into_glib_ptr()
}

/// wsoup_message_body_get_accumulate:
/// @body: a body
///
/// Gets whether what is received is kept.
///
/// Returns: %TRUE if it is
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_body_get_accumulate(
    body: *mut WsoupMessageBody,
) -> gboolean {
    boxed!(body: MessageBody);
    body.accumulate().into_glib()
}

/// wsoup_message_body_set_accumulate:
/// @body: a body
/// @accumulate: whether what is received is kept
///
/// Sets whether what is received is kept, which it is by default.
///
/// A handler of [signal@ServerMessage::got-headers] can so have the body of a request read over.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_message_body_set_accumulate(
    body: *mut WsoupMessageBody,
    accumulate: gboolean,
) {
    boxed!(body: MessageBody);
    // SAFETY: any number is a truth value.
    body.set_accumulate(unsafe { from_glib(accumulate) });
}
