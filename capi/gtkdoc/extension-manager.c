/* Documentation of WsoupWebsocketExtensionManager that has no place in the header. Read by
 * g-ir-scanner, never compiled. */

/**
 * WsoupWebsocketExtensionManager:
 *
 * The feature of a [class@Session] that holds which WebSocket extensions it offers.
 *
 * Every session begins with one. Without it no extensions are offered: it can be removed with
 * [method@Session.remove_feature_by_type], or disabled for one message with
 * [method@Message.disable_feature].
 *
 * Extensions are offered in the order in which they were added, which is one of preference. To add an
 * extension with the properties it has by default, [method@Session.add_feature_by_type] is enough;
 * others are given to [method@WebsocketExtensionManager.add_extension_with_properties].
 *
 * ```python
 * manager = session.get_feature(Wsoup.WebsocketExtensionManager)
 * manager.add_extension_with_properties(Marker, ["colour"], ["red"])
 * ```
 */
