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
 * Those that process messages get and give the first byte of the frame's header (RFC 6455 §5.2), which
 * is all of the header that an extension may change: FIN (`0x80`), the reserved bits RSV1 (`0x40`), RSV2
 * (`0x20`) and RSV3 (`0x10`), and the opcode (`0x0f`). An extension marks what it changed with a reserved
 * bit, and clears the bit on the other side; RSV1 is that of [class@WebsocketExtensionDeflate]. In C the
 * byte is changed in its place, in Vala it is a `ref` parameter; in Python and in JavaScript the methods
 * return the payload and the byte.
 *
 * ```c
 * struct _Marker { WsoupWebsocketExtension parent_instance; };
 * G_DECLARE_FINAL_TYPE (Marker, marker, , MARKER, WsoupWebsocketExtension)
 * G_DEFINE_TYPE (Marker, marker, WSOUP_TYPE_WEBSOCKET_EXTENSION)
 *
 * // Marks messages with the second reserved bit.
 * static GBytes *
 * marker_process_outgoing_message (WsoupWebsocketExtension  *extension,
 *                                  guint8                   *header,
 *                                  GBytes                   *payload,
 *                                  GError                  **error)
 * {
 *   *header |= 0x20;
 *   return payload;
 * }
 *
 * static GBytes *
 * marker_process_incoming_message (WsoupWebsocketExtension  *extension,
 *                                  guint8                   *header,
 *                                  GBytes                   *payload,
 *                                  GError                  **error)
 * {
 *   *header &= ~0x20;
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
 *   extension_class->process_incoming_message = marker_process_incoming_message;
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
 *         return payload, header | 0x20
 *
 *     def do_process_incoming_message(self, header, payload):
 *         return payload, header & ~0x20
 *
 * Marker.set_name("x-marker")
 * ```
 *
 * ```js
 * const Marker = GObject.registerClass(class Marker extends Wsoup.WebsocketExtension {
 *   vfunc_process_outgoing_message(header, payload) {
 *     return [payload, header | 0x20];
 *   }
 *
 *   vfunc_process_incoming_message(header, payload) {
 *     return [payload, header & ~0x20];
 *   }
 * });
 * Marker.set_name('x-marker');
 * ```
 *
 * Both sides add the class, the client by [method@Session.add_feature_by_type] and the server by
 * [method@Server.add_websocket_extension].
 */
