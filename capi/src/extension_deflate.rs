//! `WsoupWebsocketExtensionDeflate`.

use std::ffi::c_int;

use glib::ffi::{GType, gboolean};
use glib::prelude::*;
use glib::translate::*;
use wsoup::WebsocketExtensionDeflate;

use crate::check::{object, require};
use crate::types::*;

#[unsafe(no_mangle)]
pub extern "C" fn wsoup_websocket_extension_deflate_get_type() -> GType {
    WebsocketExtensionDeflate::static_type().into_glib()
}

/// wsoup_websocket_extension_deflate_get_client_no_context_takeover:
/// @deflate: a [class@WebsocketExtensionDeflate]
///
/// Gets whether the client's messages refer to nothing in earlier ones.
///
/// Returns: %TRUE if each message is compressed by itself
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_extension_deflate_get_client_no_context_takeover(
    deflate: *mut WsoupWebsocketExtensionDeflate,
) -> gboolean {
    object!(deflate: WebsocketExtensionDeflate);
    deflate.client_no_context_takeover().into_glib()
}

/// wsoup_websocket_extension_deflate_get_server_no_context_takeover:
/// @deflate: a [class@WebsocketExtensionDeflate]
///
/// Gets whether the server's messages refer to nothing in earlier ones.
///
/// Returns: %TRUE if each message is compressed by itself
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_extension_deflate_get_server_no_context_takeover(
    deflate: *mut WsoupWebsocketExtensionDeflate,
) -> gboolean {
    object!(deflate: WebsocketExtensionDeflate);
    deflate.server_no_context_takeover().into_glib()
}

/// wsoup_websocket_extension_deflate_get_client_max_window_bits:
/// @deflate: a [class@WebsocketExtensionDeflate]
///
/// Gets how far back the client's messages refer at most.
///
/// Returns: the base-2 logarithm of a number of bytes, from 8 to 15
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_extension_deflate_get_client_max_window_bits(
    deflate: *mut WsoupWebsocketExtensionDeflate,
) -> guint {
    object!(deflate: WebsocketExtensionDeflate);
    deflate.client_max_window_bits()
}

/// wsoup_websocket_extension_deflate_get_server_max_window_bits:
/// @deflate: a [class@WebsocketExtensionDeflate]
///
/// Gets how far back the server's messages refer at most.
///
/// Returns: the base-2 logarithm of a number of bytes, from 8 to 15
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_extension_deflate_get_server_max_window_bits(
    deflate: *mut WsoupWebsocketExtensionDeflate,
) -> guint {
    object!(deflate: WebsocketExtensionDeflate);
    deflate.server_max_window_bits()
}

/// wsoup_websocket_extension_deflate_get_level:
/// @deflate: a [class@WebsocketExtensionDeflate]
///
/// Gets how hard @deflate tries.
///
/// Returns: from 1 (fast) to 9 (small), 0 for not at all, or -1 for a level in between
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_extension_deflate_get_level(
    deflate: *mut WsoupWebsocketExtensionDeflate,
) -> c_int {
    object!(deflate: WebsocketExtensionDeflate);
    deflate.level()
}

/// wsoup_websocket_extension_deflate_set_level:
/// @deflate: a [class@WebsocketExtensionDeflate]
/// @level: from 1 (fast) to 9 (small), 0 for not at all, or -1 for a level in between
///
/// Sets how hard @deflate tries.
///
/// Counts from the next message on. That one refers to nothing in earlier ones.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_extension_deflate_set_level(
    deflate: *mut WsoupWebsocketExtensionDeflate,
    level: c_int,
) {
    object!(deflate: WebsocketExtensionDeflate);
    require!((-1..=9).contains(&level), "level >= -1 && level <= 9");
    deflate.set_level(level);
}

/// wsoup_websocket_extension_deflate_get_memory_level:
/// @deflate: a [class@WebsocketExtensionDeflate]
///
/// Gets how much memory @deflate uses to compress, beside the window.
///
/// Returns: from 1 (least) to 9 (most)
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_extension_deflate_get_memory_level(
    deflate: *mut WsoupWebsocketExtensionDeflate,
) -> guint {
    object!(deflate: WebsocketExtensionDeflate);
    deflate.memory_level()
}

/// wsoup_websocket_extension_deflate_set_memory_level:
/// @deflate: a [class@WebsocketExtensionDeflate]
/// @memory_level: from 1 (least) to 9 (most)
///
/// Sets how much memory @deflate uses to compress, beside the window.
///
/// Counts from the next message on. That one refers to nothing in earlier ones.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_extension_deflate_set_memory_level(
    deflate: *mut WsoupWebsocketExtensionDeflate,
    memory_level: guint,
) {
    object!(deflate: WebsocketExtensionDeflate);
    require!(
        (1..=9).contains(&memory_level),
        "memory_level >= 1 && memory_level <= 9"
    );
    deflate.set_memory_level(memory_level);
}

/// wsoup_websocket_extension_deflate_get_minimum_size:
/// @deflate: a [class@WebsocketExtensionDeflate]
///
/// Gets the size below which messages are sent as they are.
///
/// Returns: the size in bytes
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_extension_deflate_get_minimum_size(
    deflate: *mut WsoupWebsocketExtensionDeflate,
) -> guint {
    object!(deflate: WebsocketExtensionDeflate);
    deflate.minimum_size()
}

/// wsoup_websocket_extension_deflate_set_minimum_size:
/// @deflate: a [class@WebsocketExtensionDeflate]
/// @minimum_size: the size in bytes, or 0 to compress all messages
///
/// Sets the size below which messages are sent as they are.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_extension_deflate_set_minimum_size(
    deflate: *mut WsoupWebsocketExtensionDeflate,
    minimum_size: guint,
) {
    object!(deflate: WebsocketExtensionDeflate);
    deflate.set_minimum_size(minimum_size);
}

/// wsoup_websocket_extension_deflate_get_compress:
/// @deflate: a [class@WebsocketExtensionDeflate]
///
/// Gets whether @deflate compresses the messages that are sent.
///
/// Returns: %TRUE if it does
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_extension_deflate_get_compress(
    deflate: *mut WsoupWebsocketExtensionDeflate,
) -> gboolean {
    object!(deflate: WebsocketExtensionDeflate);
    deflate.compress().into_glib()
}

/// wsoup_websocket_extension_deflate_set_compress:
/// @deflate: a [class@WebsocketExtensionDeflate]
/// @compress: whether to compress
///
/// Sets whether @deflate compresses the messages that are sent from now on.
///
/// Messages that are received are inflated in any case.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_websocket_extension_deflate_set_compress(
    deflate: *mut WsoupWebsocketExtensionDeflate,
    compress: gboolean,
) {
    object!(deflate: WebsocketExtensionDeflate);
    deflate.set_compress(compress != 0);
}
