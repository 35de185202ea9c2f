/* Documentation of WsoupWebsocketExtension that has no place in the header. Read by g-ir-scanner,
 * never compiled. */

/**
 * WsoupWebsocketExtension:
 *
 * The base class of WebSocket extensions (RFC 6455 §9).
 *
 * An extension can change the messages of a connection on their way out and in: compress them, for
 * instance. Client and server agree on the extensions of a connection, and on their parameters, in
 * the handshake. An object of this class serves one connection.
 *
 * ## Writing an extension
 *
 * Derive from the class, set the name under which the extension is negotiated in the class
 * structure (languages that cannot reach it have [method@WebsocketExtensionClass.set_name]), and
 * override the methods that matter; those that are not overridden accept everything,
 * send no parameters and change no message.
 *
 * ```c
 * struct _Marker { WsoupWebsocketExtension parent_instance; };
 * G_DECLARE_FINAL_TYPE (Marker, marker, , MARKER, WsoupWebsocketExtension)
 * G_DEFINE_TYPE (Marker, marker, WSOUP_TYPE_WEBSOCKET_EXTENSION)
 *
 * // Says with the first reserved bit that a message was seen.
 * static GBytes *
 * marker_process_outgoing_message (WsoupWebsocketExtension  *extension,
 *                                  guint8                   *header,
 *                                  GBytes                   *payload,
 *                                  GError                  **error)
 * {
 *   *header |= 0x40;
 *   return payload;
 * }
 *
 * static void
 * marker_class_init (MarkerClass *klass)
 * {
 *   WsoupWebsocketExtensionClass *extension_class = WSOUP_WEBSOCKET_EXTENSION_CLASS (klass);
 *
 *   extension_class->name = "x-marker";
 *   extension_class->process_outgoing_message = marker_process_outgoing_message;
 * }
 *
 * static void
 * marker_init (Marker *self)
 * {
 * }
 * ```
 *
 * ```python
 * class Marker(Wsoup.WebsocketExtension):
 *     def do_process_outgoing_message(self, header, payload):
 *         return payload, header | 0x40
 *
 * Marker.set_name("x-marker")
 * ```
 */
