/* Documentation of WsoupWebsocketExtensionDeflate that has no place in the header. Read by
 * g-ir-scanner, never compiled. */

/**
 * WsoupWebsocketExtensionDeflate:
 *
 * The extension `permessage-deflate` (RFC 7692), which compresses messages.
 *
 * A [class@Server] accepts it, and a [class@Session] offers it, without being asked to. To do so with
 * other parameters, add it again with properties, by
 * [method@Server.add_websocket_extension_with_properties] or
 * [method@WebsocketExtensionManager.add_extension_with_properties]:
 *
 * ```python
 * server.add_websocket_extension_with_properties(
 *     Wsoup.WebsocketExtensionDeflate, ["client-no-context-takeover", "level"], [True, 1])
 * ```
 *
 * Not to use it, remove its type, by [method@Server.remove_websocket_extension] or
 * [method@Session.remove_feature_by_type].
 *
 * The object of a connection is in [property@WebsocketConnection:extensions]. Its properties tell what
 * was agreed on, and some of them can be changed while the connection is in use.
 *
 * ## Secrets
 *
 * The size of a compressed message says something about its content. If an attacker can add to a text
 * that holds a secret, and see how long the messages are, he can guess the secret piece by piece. Such
 * messages are better sent with [property@WebsocketExtensionDeflate:compress] set to %FALSE.
 *
 * ## Memory
 *
 * A connection that remembers what was sent keeps hundreds of kilobytes for that. What the properties
 * of this class make of it is told in the page about compression.
 */

/**
 * WsoupWebsocketExtensionDeflate:client-no-context-takeover:
 *
 * Whether the client's messages refer to nothing in earlier ones.
 *
 * That saves memory on both sides between messages, and makes them bigger. Set it to ask for it in the
 * handshake; afterwards it tells what was agreed on.
 */

/**
 * WsoupWebsocketExtensionDeflate:server-no-context-takeover:
 *
 * Whether the server's messages refer to nothing in earlier ones.
 *
 * That saves memory on both sides between messages, and makes them bigger. Set it to ask for it in the
 * handshake; afterwards it tells what was agreed on.
 */

/**
 * WsoupWebsocketExtensionDeflate:client-max-window-bits:
 *
 * How far back the client's messages refer at most: the base-2 logarithm of a number of bytes.
 *
 * Set it to ask for less than 32 KiB in the handshake; afterwards it tells what was agreed on. A server
 * cannot ask it of a client that does not know the parameter.
 */

/**
 * WsoupWebsocketExtensionDeflate:server-max-window-bits:
 *
 * How far back the server's messages refer at most: the base-2 logarithm of a number of bytes.
 *
 * Set it to ask for less than 32 KiB in the handshake; afterwards it tells what was agreed on.
 */

/**
 * WsoupWebsocketExtensionDeflate:level:
 *
 * How hard to try: from 1 (fast) to 9 (small), 0 for not at all, or -1 for a level in between.
 */

/**
 * WsoupWebsocketExtensionDeflate:memory-level:
 *
 * How much memory is used to compress, beside the window: from 1 (least) to 9 (most).
 */

/**
 * WsoupWebsocketExtensionDeflate:minimum-size:
 *
 * The size in bytes below which messages are sent as they are; 0 compresses all.
 */

/**
 * WsoupWebsocketExtensionDeflate:compress:
 *
 * Whether the messages that are sent from now on are compressed.
 *
 * It may be changed for each message, since messages are compressed when they are sent.
 */
