/* SPDX-License-Identifier: MIT */

#pragma once

/* Generated from capi/ by cbindgen: change that, then run `./run header`. */

#include <gio/gio.h>
#include <wsoup/wsoup-version.h>

G_BEGIN_DECLS

#define WSOUP_TYPE_HTTP_VERSION (wsoup_http_version_get_type ())
#define WSOUP_TYPE_MEMORY_USE (wsoup_memory_use_get_type ())
#define WSOUP_TYPE_MESSAGE_FLAGS (wsoup_message_flags_get_type ())
#define WSOUP_TYPE_MESSAGE_HEADERS_TYPE (wsoup_message_headers_type_get_type ())
#define WSOUP_TYPE_SERVER_LISTEN_OPTIONS (wsoup_server_listen_options_get_type ())
#define WSOUP_TYPE_STATUS (wsoup_status_get_type ())
#define WSOUP_TYPE_WEBSOCKET_CLOSE_CODE (wsoup_websocket_close_code_get_type ())
#define WSOUP_TYPE_WEBSOCKET_CONNECTION_TYPE (wsoup_websocket_connection_type_get_type ())
#define WSOUP_TYPE_WEBSOCKET_DATA_TYPE (wsoup_websocket_data_type_get_type ())
#define WSOUP_TYPE_WEBSOCKET_ERROR (wsoup_websocket_error_get_type ())
#define WSOUP_TYPE_WEBSOCKET_STATE (wsoup_websocket_state_get_type ())

#define WSOUP_WEBSOCKET_ERROR (wsoup_websocket_error_quark ())

#define WSOUP_TYPE_WEBSOCKET_CONNECTION (wsoup_websocket_connection_get_type ())
WSOUP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (WsoupWebsocketConnection, wsoup_websocket_connection, WSOUP, WEBSOCKET_CONNECTION, GObject)

#define WSOUP_TYPE_WEBSOCKET_EXTENSION (wsoup_websocket_extension_get_type ())
#define WSOUP_WEBSOCKET_EXTENSION(obj) (G_TYPE_CHECK_INSTANCE_CAST ((obj), WSOUP_TYPE_WEBSOCKET_EXTENSION, WsoupWebsocketExtension))
#define WSOUP_WEBSOCKET_EXTENSION_CLASS(klass) (G_TYPE_CHECK_CLASS_CAST ((klass), WSOUP_TYPE_WEBSOCKET_EXTENSION, WsoupWebsocketExtensionClass))
#define WSOUP_IS_WEBSOCKET_EXTENSION(obj) (G_TYPE_CHECK_INSTANCE_TYPE ((obj), WSOUP_TYPE_WEBSOCKET_EXTENSION))
#define WSOUP_IS_WEBSOCKET_EXTENSION_CLASS(klass) (G_TYPE_CHECK_CLASS_TYPE ((klass), WSOUP_TYPE_WEBSOCKET_EXTENSION))
#define WSOUP_WEBSOCKET_EXTENSION_GET_CLASS(obj) (G_TYPE_INSTANCE_GET_CLASS ((obj), WSOUP_TYPE_WEBSOCKET_EXTENSION, WsoupWebsocketExtensionClass))


/**
 * WsoupWebsocketConnectionType:
 * @WSOUP_WEBSOCKET_CONNECTION_UNKNOWN: not known; no connection has this type
 * @WSOUP_WEBSOCKET_CONNECTION_CLIENT: the side that connected
 * @WSOUP_WEBSOCKET_CONNECTION_SERVER: the side that accepted
 *
 * Which side of the connection a [class@WebsocketConnection] is.
 */
typedef enum {
  WSOUP_WEBSOCKET_CONNECTION_UNKNOWN = 0,
  WSOUP_WEBSOCKET_CONNECTION_CLIENT = 1,
  WSOUP_WEBSOCKET_CONNECTION_SERVER = 2,
} WsoupWebsocketConnectionType;

/**
 * WsoupWebsocketState:
 * @WSOUP_WEBSOCKET_STATE_OPEN: messages can be sent and received
 * @WSOUP_WEBSOCKET_STATE_CLOSING: a close frame was sent or received; messages may still arrive,
 *   but none can be sent
 * @WSOUP_WEBSOCKET_STATE_CLOSED: the connection is over
 *
 * The state of a [class@WebsocketConnection]. It only ever goes forward.
 */
typedef enum {
  WSOUP_WEBSOCKET_STATE_OPEN = 1,
  WSOUP_WEBSOCKET_STATE_CLOSING = 2,
  WSOUP_WEBSOCKET_STATE_CLOSED = 3,
} WsoupWebsocketState;

/**
 * WsoupWebsocketDataType:
 * @WSOUP_WEBSOCKET_DATA_TEXT: UTF-8 text
 * @WSOUP_WEBSOCKET_DATA_BINARY: arbitrary bytes
 *
 * The type of the data in a message (RFC 6455 §5.6).
 */
typedef enum {
  WSOUP_WEBSOCKET_DATA_TEXT = 1,
  WSOUP_WEBSOCKET_DATA_BINARY = 2,
} WsoupWebsocketDataType;

/**
 * WsoupHTTPVersion:
 * @WSOUP_HTTP_1_0: HTTP/1.0
 * @WSOUP_HTTP_1_1: HTTP/1.1
 * @WSOUP_HTTP_2_0: HTTP/2
 *
 * The version of HTTP that a message uses.
 */
typedef enum {
  WSOUP_HTTP_1_0 = 0,
  WSOUP_HTTP_1_1 = 1,
  WSOUP_HTTP_2_0 = 2,
} WsoupHTTPVersion;

/**
 * WsoupMemoryUse:
 * @WSOUP_MEMORY_STATIC: the memory never changes and is never freed; it is used where it is
 * @WSOUP_MEMORY_TAKE: the memory was allocated with g_malloc() and is given away
 * @WSOUP_MEMORY_COPY: the memory stays with the caller, a copy is made
 *
 * Who owns a block of memory that is passed to a function.
 */
typedef enum {
  WSOUP_MEMORY_STATIC = 0,
  WSOUP_MEMORY_TAKE = 1,
  WSOUP_MEMORY_COPY = 2,
} WsoupMemoryUse;

/**
 * WsoupMessageFlags:
 * @WSOUP_MESSAGE_NO_REDIRECT: redirects are not followed: the response of the first server is the
 *   result
 *
 * How a [class@Message] is to be treated.
 */
typedef enum {
  WSOUP_MESSAGE_NO_REDIRECT = (1 << 1),
} WsoupMessageFlags;

/**
 * WsoupMessageHeadersType:
 * @WSOUP_MESSAGE_HEADERS_REQUEST: a request
 * @WSOUP_MESSAGE_HEADERS_RESPONSE: a response
 * @WSOUP_MESSAGE_HEADERS_MULTIPART: a part of a multipart body
 *
 * What a [struct@MessageHeaders] belongs to.
 */
typedef enum {
  WSOUP_MESSAGE_HEADERS_REQUEST = 0,
  WSOUP_MESSAGE_HEADERS_RESPONSE = 1,
  WSOUP_MESSAGE_HEADERS_MULTIPART = 2,
} WsoupMessageHeadersType;

/**
 * WsoupServerListenOptions:
 * @WSOUP_SERVER_LISTEN_HTTPS: the connections use TLS; the server needs a
 *   [property@Server:tls-certificate]
 * @WSOUP_SERVER_LISTEN_IPV4_ONLY: listen on IPv4 alone
 * @WSOUP_SERVER_LISTEN_IPV6_ONLY: listen on IPv6 alone
 *
 * How a [class@Server] listens on an address.
 */
typedef enum {
  WSOUP_SERVER_LISTEN_HTTPS = (1 << 0),
  WSOUP_SERVER_LISTEN_IPV4_ONLY = (1 << 1),
  WSOUP_SERVER_LISTEN_IPV6_ONLY = (1 << 2),
} WsoupServerListenOptions;

/**
 * WsoupStatus:
 * @WSOUP_STATUS_NONE: no status yet
 * @WSOUP_STATUS_CONTINUE: the client may send the rest of the request
 * @WSOUP_STATUS_SWITCHING_PROTOCOLS: the protocol of the connection changes as the client asked,
 *   such as to WebSocket
 * @WSOUP_STATUS_PROCESSING: the request was accepted and takes its time
 * @WSOUP_STATUS_OK: the request succeeded
 * @WSOUP_STATUS_CREATED: the request succeeded and created something
 * @WSOUP_STATUS_ACCEPTED: the request was accepted and will be worked on
 * @WSOUP_STATUS_NON_AUTHORITATIVE: the response was changed on its way
 * @WSOUP_STATUS_NO_CONTENT: the request succeeded and there is no content
 * @WSOUP_STATUS_RESET_CONTENT: the request succeeded and the client should reset its view
 * @WSOUP_STATUS_PARTIAL_CONTENT: the response is a part of the content, as was asked for
 * @WSOUP_STATUS_MULTI_STATUS: the response holds the status of several things
 * @WSOUP_STATUS_MULTIPLE_CHOICES: there are several choices
 * @WSOUP_STATUS_MOVED_PERMANENTLY: the resource moved for good
 * @WSOUP_STATUS_FOUND: the resource is elsewhere for the time being
 * @WSOUP_STATUS_MOVED_TEMPORARILY: another name for %WSOUP_STATUS_FOUND
 * @WSOUP_STATUS_SEE_OTHER: the response is elsewhere and is to be fetched with GET
 * @WSOUP_STATUS_NOT_MODIFIED: the resource has not changed
 * @WSOUP_STATUS_USE_PROXY: the resource is to be accessed through a proxy
 * @WSOUP_STATUS_NOT_APPEARING_IN_THIS_PROTOCOL: no longer used
 * @WSOUP_STATUS_TEMPORARY_REDIRECT: the resource is elsewhere for the time being; the method
 *   stays the same
 * @WSOUP_STATUS_PERMANENT_REDIRECT: the resource moved for good; the method stays the same
 * @WSOUP_STATUS_BAD_REQUEST: the request is malformed; the answer to a bad WebSocket handshake
 * @WSOUP_STATUS_UNAUTHORIZED: the client must authenticate itself
 * @WSOUP_STATUS_PAYMENT_REQUIRED: reserved
 * @WSOUP_STATUS_FORBIDDEN: the request is not allowed; the answer to a wrong `Origin`
 * @WSOUP_STATUS_NOT_FOUND: there is no such resource
 * @WSOUP_STATUS_METHOD_NOT_ALLOWED: the resource does not know the method
 * @WSOUP_STATUS_NOT_ACCEPTABLE: there is no content of the kinds that the client accepts
 * @WSOUP_STATUS_PROXY_AUTHENTICATION_REQUIRED: the client must authenticate itself to the proxy
 * @WSOUP_STATUS_PROXY_UNAUTHORIZED: another name for %WSOUP_STATUS_PROXY_AUTHENTICATION_REQUIRED
 * @WSOUP_STATUS_REQUEST_TIMEOUT: the client took too long to send its request
 * @WSOUP_STATUS_CONFLICT: the request conflicts with the state of the resource
 * @WSOUP_STATUS_GONE: the resource is gone for good
 * @WSOUP_STATUS_LENGTH_REQUIRED: the request must have a `Content-Length`
 * @WSOUP_STATUS_PRECONDITION_FAILED: a condition of the request does not hold
 * @WSOUP_STATUS_REQUEST_ENTITY_TOO_LARGE: the body of the request is too large
 * @WSOUP_STATUS_REQUEST_URI_TOO_LONG: the URI of the request is too long
 * @WSOUP_STATUS_UNSUPPORTED_MEDIA_TYPE: the body of the request has an unknown type
 * @WSOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE: there is no such part of the content
 * @WSOUP_STATUS_INVALID_RANGE: another name for %WSOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE
 * @WSOUP_STATUS_EXPECTATION_FAILED: the `Expect` header cannot be met
 * @WSOUP_STATUS_MISDIRECTED_REQUEST: the server is not the one to answer this
 * @WSOUP_STATUS_UNPROCESSABLE_ENTITY: the body of the request is well-formed but makes no sense
 * @WSOUP_STATUS_LOCKED: the resource is locked
 * @WSOUP_STATUS_FAILED_DEPENDENCY: an action failed that this one depends on
 * @WSOUP_STATUS_INTERNAL_SERVER_ERROR: the server met a condition that it did not expect
 * @WSOUP_STATUS_NOT_IMPLEMENTED: the server does not know the method
 * @WSOUP_STATUS_BAD_GATEWAY: the server behind this one gave no valid answer
 * @WSOUP_STATUS_SERVICE_UNAVAILABLE: the server cannot answer now
 * @WSOUP_STATUS_GATEWAY_TIMEOUT: the server behind this one did not answer in time
 * @WSOUP_STATUS_HTTP_VERSION_NOT_SUPPORTED: the server does not know this version of HTTP
 * @WSOUP_STATUS_INSUFFICIENT_STORAGE: the server has no room to store this
 * @WSOUP_STATUS_NOT_EXTENDED: the request needs an extension
 *
 * The status codes of HTTP that have a name (RFC 9110 §15).
 *
 * Servers may send others, so functions take and return a number.
 */
typedef enum {
  WSOUP_STATUS_NONE = 0,
  WSOUP_STATUS_CONTINUE = 100,
  WSOUP_STATUS_SWITCHING_PROTOCOLS = 101,
  WSOUP_STATUS_PROCESSING = 102,
  WSOUP_STATUS_OK = 200,
  WSOUP_STATUS_CREATED = 201,
  WSOUP_STATUS_ACCEPTED = 202,
  WSOUP_STATUS_NON_AUTHORITATIVE = 203,
  WSOUP_STATUS_NO_CONTENT = 204,
  WSOUP_STATUS_RESET_CONTENT = 205,
  WSOUP_STATUS_PARTIAL_CONTENT = 206,
  WSOUP_STATUS_MULTI_STATUS = 207,
  WSOUP_STATUS_MULTIPLE_CHOICES = 300,
  WSOUP_STATUS_MOVED_PERMANENTLY = 301,
  WSOUP_STATUS_FOUND = 302,
  WSOUP_STATUS_MOVED_TEMPORARILY = 302,
  WSOUP_STATUS_SEE_OTHER = 303,
  WSOUP_STATUS_NOT_MODIFIED = 304,
  WSOUP_STATUS_USE_PROXY = 305,
  WSOUP_STATUS_NOT_APPEARING_IN_THIS_PROTOCOL = 306,
  WSOUP_STATUS_TEMPORARY_REDIRECT = 307,
  WSOUP_STATUS_PERMANENT_REDIRECT = 308,
  WSOUP_STATUS_BAD_REQUEST = 400,
  WSOUP_STATUS_UNAUTHORIZED = 401,
  WSOUP_STATUS_PAYMENT_REQUIRED = 402,
  WSOUP_STATUS_FORBIDDEN = 403,
  WSOUP_STATUS_NOT_FOUND = 404,
  WSOUP_STATUS_METHOD_NOT_ALLOWED = 405,
  WSOUP_STATUS_NOT_ACCEPTABLE = 406,
  WSOUP_STATUS_PROXY_AUTHENTICATION_REQUIRED = 407,
  WSOUP_STATUS_PROXY_UNAUTHORIZED = 407,
  WSOUP_STATUS_REQUEST_TIMEOUT = 408,
  WSOUP_STATUS_CONFLICT = 409,
  WSOUP_STATUS_GONE = 410,
  WSOUP_STATUS_LENGTH_REQUIRED = 411,
  WSOUP_STATUS_PRECONDITION_FAILED = 412,
  WSOUP_STATUS_REQUEST_ENTITY_TOO_LARGE = 413,
  WSOUP_STATUS_REQUEST_URI_TOO_LONG = 414,
  WSOUP_STATUS_UNSUPPORTED_MEDIA_TYPE = 415,
  WSOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE = 416,
  WSOUP_STATUS_INVALID_RANGE = 416,
  WSOUP_STATUS_EXPECTATION_FAILED = 417,
  WSOUP_STATUS_MISDIRECTED_REQUEST = 421,
  WSOUP_STATUS_UNPROCESSABLE_ENTITY = 422,
  WSOUP_STATUS_LOCKED = 423,
  WSOUP_STATUS_FAILED_DEPENDENCY = 424,
  WSOUP_STATUS_INTERNAL_SERVER_ERROR = 500,
  WSOUP_STATUS_NOT_IMPLEMENTED = 501,
  WSOUP_STATUS_BAD_GATEWAY = 502,
  WSOUP_STATUS_SERVICE_UNAVAILABLE = 503,
  WSOUP_STATUS_GATEWAY_TIMEOUT = 504,
  WSOUP_STATUS_HTTP_VERSION_NOT_SUPPORTED = 505,
  WSOUP_STATUS_INSUFFICIENT_STORAGE = 507,
  WSOUP_STATUS_NOT_EXTENDED = 510,
} WsoupStatus;

/**
 * WsoupWebsocketCloseCode:
 * @WSOUP_WEBSOCKET_CLOSE_NORMAL: the purpose of the connection was fulfilled
 * @WSOUP_WEBSOCKET_CLOSE_GOING_AWAY: the endpoint goes away: a server shuts down, a page is left
 * @WSOUP_WEBSOCKET_CLOSE_PROTOCOL_ERROR: the peer broke the protocol
 * @WSOUP_WEBSOCKET_CLOSE_UNSUPPORTED_DATA: the endpoint cannot accept this type of data
 * @WSOUP_WEBSOCKET_CLOSE_NO_STATUS: a close frame held no code; passed to
 *   [method@WebsocketConnection.close], it sends such a frame
 * @WSOUP_WEBSOCKET_CLOSE_ABNORMAL: the connection ended without a close frame; never sent
 * @WSOUP_WEBSOCKET_CLOSE_BAD_DATA: a message did not fit its type, such as text that is not UTF-8
 * @WSOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION: a message violated the policy of the endpoint
 * @WSOUP_WEBSOCKET_CLOSE_TOO_BIG: a message was too big
 * @WSOUP_WEBSOCKET_CLOSE_NO_EXTENSION: the server did not negotiate an extension that the client
 *   needs; sent by clients alone
 * @WSOUP_WEBSOCKET_CLOSE_SERVER_ERROR: the server met a condition that it did not expect; sent by
 *   servers alone
 * @WSOUP_WEBSOCKET_CLOSE_TLS_HANDSHAKE: the TLS handshake failed; never sent
 *
 * Why a WebSocket was closed (RFC 6455 §7.4.1).
 *
 * The codes from 3000 to 3999 are registered for libraries and frameworks, those from 4000 to 4999
 * are for applications to use; both may be passed to [method@WebsocketConnection.close], too.
 */
typedef enum {
  WSOUP_WEBSOCKET_CLOSE_NORMAL = 1000,
  WSOUP_WEBSOCKET_CLOSE_GOING_AWAY = 1001,
  WSOUP_WEBSOCKET_CLOSE_PROTOCOL_ERROR = 1002,
  WSOUP_WEBSOCKET_CLOSE_UNSUPPORTED_DATA = 1003,
  WSOUP_WEBSOCKET_CLOSE_NO_STATUS = 1005,
  WSOUP_WEBSOCKET_CLOSE_ABNORMAL = 1006,
  WSOUP_WEBSOCKET_CLOSE_BAD_DATA = 1007,
  WSOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION = 1008,
  WSOUP_WEBSOCKET_CLOSE_TOO_BIG = 1009,
  WSOUP_WEBSOCKET_CLOSE_NO_EXTENSION = 1010,
  WSOUP_WEBSOCKET_CLOSE_SERVER_ERROR = 1011,
  WSOUP_WEBSOCKET_CLOSE_TLS_HANDSHAKE = 1015,
} WsoupWebsocketCloseCode;

/**
 * WsoupWebsocketError:
 * @WSOUP_WEBSOCKET_ERROR_FAILED: none of the others
 * @WSOUP_WEBSOCKET_ERROR_NOT_WEBSOCKET: the server does not appear to understand WebSockets
 * @WSOUP_WEBSOCKET_ERROR_BAD_HANDSHAKE: some detail of the handshake is wrong
 * @WSOUP_WEBSOCKET_ERROR_BAD_ORIGIN: the `Origin` header has a value that is not allowed
 * @WSOUP_WEBSOCKET_ERROR_PROTOCOL_ERROR: the peer broke the protocol
 * @WSOUP_WEBSOCKET_ERROR_UNSUPPORTED_DATA: the peer sent a type of data that is not accepted
 * @WSOUP_WEBSOCKET_ERROR_BAD_DATA: the peer sent data that does not fit its type, such as text that
 *   is not UTF-8
 * @WSOUP_WEBSOCKET_ERROR_POLICY_VIOLATION: the peer violated the policy of the endpoint
 * @WSOUP_WEBSOCKET_ERROR_TOO_BIG: the peer sent a frame or a message that exceeds a limit
 * @WSOUP_WEBSOCKET_ERROR_SERVER_ERROR: a condition that was not expected
 *
 * What can go wrong with a WebSocket, apart from I/O (%G_IO_ERROR) and TLS (%G_TLS_ERROR).
 *
 * The values above 1000 are close codes (RFC 6455 §7.4.1): an error that ends a connection has the
 * value of the close code that is sent to the peer. Others may be added.
 */
typedef enum {
  WSOUP_WEBSOCKET_ERROR_FAILED = 0,
  WSOUP_WEBSOCKET_ERROR_NOT_WEBSOCKET = 1,
  WSOUP_WEBSOCKET_ERROR_BAD_HANDSHAKE = 2,
  WSOUP_WEBSOCKET_ERROR_BAD_ORIGIN = 3,
  WSOUP_WEBSOCKET_ERROR_PROTOCOL_ERROR = 1002,
  WSOUP_WEBSOCKET_ERROR_UNSUPPORTED_DATA = 1003,
  WSOUP_WEBSOCKET_ERROR_BAD_DATA = 1007,
  WSOUP_WEBSOCKET_ERROR_POLICY_VIOLATION = 1008,
  WSOUP_WEBSOCKET_ERROR_TOO_BIG = 1009,
  WSOUP_WEBSOCKET_ERROR_SERVER_ERROR = 1011,
} WsoupWebsocketError;

typedef struct {
  GObject parent_instance;
} WsoupWebsocketExtension;

/**
 * WsoupWebsocketExtensionClass:
 * @parent_class: the parent class
 * @name: the token by which the extension is negotiated in the `Sec-WebSocket-Extensions` header
 * @configure: called when the handshake has settled the parameters of the extension; if it is
 *   %NULL, all are accepted
 * @get_request_params: called on the client to get the parameters for the request, a string that
 *   begins with `;`; if it is %NULL, there are none
 * @get_response_params: called on the server to get the parameters for the response, a string that
 *   begins with `;`; if it is %NULL, there are none
 * @process_outgoing_message: called with each data message before it is sent, to change its payload
 *   and to set the reserved bits that the extension uses in its header; if it is %NULL, messages
 *   are sent as they are
 * @process_incoming_message: called with each data message after it was received, to change its
 *   payload and to clear the reserved bits that the extension uses in its header; if it is %NULL,
 *   messages are delivered as they are
 *
 * The class structure of the [class@WebsocketExtension] class.
 */
typedef struct {
  GObjectClass parent_class;
  const char *name;
  gboolean (*configure)(WsoupWebsocketExtension *extension,
                        WsoupWebsocketConnectionType connection_type,
                        GHashTable *params,
                        GError **error);
  char *(*get_request_params)(WsoupWebsocketExtension *extension);
  char *(*get_response_params)(WsoupWebsocketExtension *extension);
  GBytes *(*process_outgoing_message)(WsoupWebsocketExtension *extension,
                                      guint8 *header,
                                      GBytes *payload,
                                      GError **error);
  GBytes *(*process_incoming_message)(WsoupWebsocketExtension *extension,
                                      guint8 *header,
                                      GBytes *payload,
                                      GError **error);
  gpointer /*< private >*/ padding[6];
} WsoupWebsocketExtensionClass;

WSOUP_AVAILABLE_IN_ALL
GType wsoup_websocket_connection_type_get_type(void);

WSOUP_AVAILABLE_IN_ALL
GType wsoup_websocket_data_type_get_type(void);

WSOUP_AVAILABLE_IN_ALL
GType wsoup_websocket_state_get_type(void);

WSOUP_AVAILABLE_IN_ALL
GType wsoup_websocket_close_code_get_type(void);

WSOUP_AVAILABLE_IN_ALL
GType wsoup_websocket_error_get_type(void);

WSOUP_AVAILABLE_IN_ALL
GType wsoup_http_version_get_type(void);

WSOUP_AVAILABLE_IN_ALL
GType wsoup_message_flags_get_type(void);

WSOUP_AVAILABLE_IN_ALL
GType wsoup_message_headers_type_get_type(void);

WSOUP_AVAILABLE_IN_ALL
GType wsoup_memory_use_get_type(void);

WSOUP_AVAILABLE_IN_ALL
GType wsoup_server_listen_options_get_type(void);

/**
 * wsoup_websocket_error_quark:
 *
 * Gets the domain of the errors in [error@WebsocketError].
 *
 * Returns: the quark
 */
WSOUP_AVAILABLE_IN_ALL
GQuark wsoup_websocket_error_quark(void);

/**
 * wsoup_websocket_connection_new:
 * @stream: a stream over which the handshake is complete; its input and output streams must be
 *   pollable, as those of sockets and of TLS are
 * @uri: the URI of the connection
 * @type: the side of the connection that this is
 * @origin: (nullable): the `Origin` that the client gave
 * @protocol: (nullable): the subprotocol that was agreed on
 * @extensions: (element-type WsoupWebsocketExtension) (transfer full): the extensions that were
 *   agreed on, in their order
 *
 * Creates a connection that speaks WebSocket over @stream.
 *
 * Programs that use [class@Session] or [class@Server] are given connections; this is for those that
 * did the handshake themselves. The connection belongs to the thread-default [struct@GLib.MainContext]
 * of the caller: its signals are emitted there.
 *
 * Returns: (transfer full): a new connection
 */
WSOUP_AVAILABLE_IN_ALL
G_GNUC_WARN_UNUSED_RESULT
WsoupWebsocketConnection *wsoup_websocket_connection_new(GIOStream *stream,
                                                         GUri *uri,
                                                         WsoupWebsocketConnectionType type,
                                                         const char *origin,
                                                         const char *protocol,
                                                         GList *extensions);

/**
 * wsoup_websocket_connection_get_io_stream:
 * @connection: a [class@WebsocketConnection]
 *
 * Gets the stream that the connection speaks over.
 *
 * It is for looking at, such as for the address of the peer: what is read from it or written to it
 * is lost for the connection, or ends it.
 *
 * Returns: (transfer none): the stream
 */
WSOUP_AVAILABLE_IN_ALL
GIOStream *wsoup_websocket_connection_get_io_stream(WsoupWebsocketConnection *connection);

/**
 * wsoup_websocket_connection_get_connection_type:
 * @connection: a [class@WebsocketConnection]
 *
 * Gets the side of the connection that this is.
 *
 * Returns: the type of the connection
 */
WSOUP_AVAILABLE_IN_ALL
WsoupWebsocketConnectionType wsoup_websocket_connection_get_connection_type(WsoupWebsocketConnection *connection);

/**
 * wsoup_websocket_connection_get_uri:
 * @connection: a [class@WebsocketConnection]
 *
 * Gets the URI of the connection.
 *
 * Returns: (transfer none): the URI
 */
WSOUP_AVAILABLE_IN_ALL
GUri *wsoup_websocket_connection_get_uri(WsoupWebsocketConnection *connection);

/**
 * wsoup_websocket_connection_get_origin:
 * @connection: a [class@WebsocketConnection]
 *
 * Gets the `Origin` that the client gave in the handshake.
 *
 * Returns: (nullable): the origin, or %NULL if there was none
 */
WSOUP_AVAILABLE_IN_ALL
const char *wsoup_websocket_connection_get_origin(WsoupWebsocketConnection *connection);

/**
 * wsoup_websocket_connection_get_protocol:
 * @connection: a [class@WebsocketConnection]
 *
 * Gets the subprotocol that the handshake agreed on (RFC 6455 §1.9).
 *
 * Returns: (nullable): the subprotocol, or %NULL if there is none
 */
WSOUP_AVAILABLE_IN_ALL
const char *wsoup_websocket_connection_get_protocol(WsoupWebsocketConnection *connection);

/**
 * wsoup_websocket_connection_get_extensions:
 * @connection: a [class@WebsocketConnection]
 *
 * Gets the extensions that the handshake agreed on.
 *
 * Returns: (element-type WsoupWebsocketExtension) (transfer none): the extensions, in the order in
 *   which messages go out through them
 */
WSOUP_AVAILABLE_IN_ALL
GList *wsoup_websocket_connection_get_extensions(WsoupWebsocketConnection *connection);

/**
 * wsoup_websocket_connection_get_state:
 * @connection: a [class@WebsocketConnection]
 *
 * Gets the state of the connection.
 *
 * Returns: the state
 */
WSOUP_AVAILABLE_IN_ALL
WsoupWebsocketState wsoup_websocket_connection_get_state(WsoupWebsocketConnection *connection);

/**
 * wsoup_websocket_connection_send_text:
 * @connection: a [class@WebsocketConnection]
 * @text: UTF-8, up to its NUL
 *
 * Sends a text message.
 *
 * The message is copied and queued; this does not block. Messages arrive in the order in which they
 * were sent. If the connection is no longer %WSOUP_WEBSOCKET_STATE_OPEN, the message is dropped.
 *
 * To send a text that holds NULs, use [method@WebsocketConnection.send_message].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_websocket_connection_send_text(WsoupWebsocketConnection *connection,
                                          const char *text);

/**
 * wsoup_websocket_connection_send_binary:
 * @connection: a [class@WebsocketConnection]
 * @data: (array length=length) (element-type guint8) (nullable): the bytes of the message; may be
 *   %NULL if @length is 0
 * @length: how many bytes these are
 *
 * Sends a binary message.
 *
 * The message is copied and queued; this does not block. Messages arrive in the order in which they
 * were sent. If the connection is no longer %WSOUP_WEBSOCKET_STATE_OPEN, the message is dropped.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_websocket_connection_send_binary(WsoupWebsocketConnection *connection,
                                            gconstpointer data,
                                            gsize length);

/**
 * wsoup_websocket_connection_send_message:
 * @connection: a [class@WebsocketConnection]
 * @type: the type of the message
 * @message: the bytes of the message; UTF-8 if @type is %WSOUP_WEBSOCKET_DATA_TEXT
 *
 * Sends a message, without copying it where possible.
 *
 * This is [method@WebsocketConnection.send_binary], or [method@WebsocketConnection.send_text] for
 * texts that may hold NULs.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_websocket_connection_send_message(WsoupWebsocketConnection *connection,
                                             WsoupWebsocketDataType type,
                                             GBytes *message);

/**
 * wsoup_websocket_connection_close:
 * @connection: a [class@WebsocketConnection]
 * @code: a [enum@WebsocketCloseCode] that may be sent, or a number from 3000 to 4999
 * @data: (nullable): the reason, for people to read; UTF-8, at most 123 bytes of it are sent
 *
 * Begins to close the connection, in order (RFC 6455 §7).
 *
 * What was sent before is still delivered, then the close frame. The state becomes
 * %WSOUP_WEBSOCKET_STATE_CLOSING and [signal@WebsocketConnection::closing] is emitted; messages of
 * the peer still arrive until it has answered. Then the state becomes %WSOUP_WEBSOCKET_STATE_CLOSED
 * and [signal@WebsocketConnection::closed] is emitted; a peer that does not answer is given five
 * seconds.
 *
 * The codes %WSOUP_WEBSOCKET_CLOSE_ABNORMAL and %WSOUP_WEBSOCKET_CLOSE_TLS_HANDSHAKE may not be
 * sent, nor %WSOUP_WEBSOCKET_CLOSE_NO_EXTENSION by a server, nor %WSOUP_WEBSOCKET_CLOSE_SERVER_ERROR
 * by a client. %WSOUP_WEBSOCKET_CLOSE_NO_STATUS sends a close without a code; @data must be %NULL
 * then.
 *
 * If the connection is closing or closed already, nothing happens.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_websocket_connection_close(WsoupWebsocketConnection *connection,
                                      gushort code,
                                      const char *data);

/**
 * wsoup_websocket_connection_get_close_code:
 * @connection: a [class@WebsocketConnection]
 *
 * Gets the code with which the peer closed the connection.
 *
 * It is known once the state is %WSOUP_WEBSOCKET_STATE_CLOSED, and before that if it was the peer
 * that began to close: %WSOUP_WEBSOCKET_CLOSE_NO_STATUS if it gave no code, and
 * %WSOUP_WEBSOCKET_CLOSE_ABNORMAL if it sent no close frame at all.
 *
 * Returns: a [enum@WebsocketCloseCode] or another code that the peer chose, or 0 as long as it is
 *   not known
 */
WSOUP_AVAILABLE_IN_ALL
gushort wsoup_websocket_connection_get_close_code(WsoupWebsocketConnection *connection);

/**
 * wsoup_websocket_connection_get_close_data:
 * @connection: a [class@WebsocketConnection]
 *
 * Gets the reason that the peer gave for closing the connection.
 *
 * It is known when [method@WebsocketConnection.get_close_code] is.
 *
 * Returns: (nullable): the reason, or %NULL if there is none
 */
WSOUP_AVAILABLE_IN_ALL
const char *wsoup_websocket_connection_get_close_data(WsoupWebsocketConnection *connection);

/**
 * wsoup_websocket_connection_get_max_incoming_payload_size: (get-property max-incoming-payload-size)
 * @connection: a [class@WebsocketConnection]
 *
 * Gets the greatest payload that a frame may have.
 *
 * Returns: the limit in bytes, or 0 if there is none
 */
WSOUP_AVAILABLE_IN_ALL
guint64 wsoup_websocket_connection_get_max_incoming_payload_size(WsoupWebsocketConnection *connection);

/**
 * wsoup_websocket_connection_set_max_incoming_payload_size: (set-property max-incoming-payload-size)
 * @connection: a [class@WebsocketConnection]
 * @max_incoming_payload_size: the limit in bytes, or 0 for none
 *
 * Sets the greatest payload that a frame may have; see
 * [property@WebsocketConnection:max-incoming-payload-size].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_websocket_connection_set_max_incoming_payload_size(WsoupWebsocketConnection *connection,
                                                              guint64 max_incoming_payload_size);

/**
 * wsoup_websocket_connection_get_max_total_message_size: (get-property max-total-message-size)
 * @connection: a [class@WebsocketConnection]
 *
 * Gets the greatest message that is accepted.
 *
 * Returns: the limit in bytes, or 0 if there is none
 */
WSOUP_AVAILABLE_IN_ALL
guint64 wsoup_websocket_connection_get_max_total_message_size(WsoupWebsocketConnection *connection);

/**
 * wsoup_websocket_connection_set_max_total_message_size: (set-property max-total-message-size)
 * @connection: a [class@WebsocketConnection]
 * @max_total_message_size: the limit in bytes, or 0 for none
 *
 * Sets the greatest message that is accepted; see
 * [property@WebsocketConnection:max-total-message-size].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_websocket_connection_set_max_total_message_size(WsoupWebsocketConnection *connection,
                                                           guint64 max_total_message_size);

/**
 * wsoup_websocket_connection_get_keepalive_interval: (get-property keepalive-interval)
 * @connection: a [class@WebsocketConnection]
 *
 * Gets the time between pings.
 *
 * Returns: the interval in seconds, or 0 if no pings are sent
 */
WSOUP_AVAILABLE_IN_ALL
guint wsoup_websocket_connection_get_keepalive_interval(WsoupWebsocketConnection *connection);

/**
 * wsoup_websocket_connection_set_keepalive_interval: (set-property keepalive-interval)
 * @connection: a [class@WebsocketConnection]
 * @interval: the interval in seconds, or 0 to send no pings
 *
 * Sets the time between pings; see [property@WebsocketConnection:keepalive-interval].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_websocket_connection_set_keepalive_interval(WsoupWebsocketConnection *connection,
                                                       guint interval);

/**
 * wsoup_websocket_connection_get_keepalive_pong_timeout: (get-property keepalive-pong-timeout)
 * @connection: a [class@WebsocketConnection]
 *
 * Gets the time in which the peer must answer a ping.
 *
 * Returns: the timeout in seconds, or 0 if there is none
 */
WSOUP_AVAILABLE_IN_ALL
guint wsoup_websocket_connection_get_keepalive_pong_timeout(WsoupWebsocketConnection *connection);

/**
 * wsoup_websocket_connection_set_keepalive_pong_timeout: (set-property keepalive-pong-timeout)
 * @connection: a [class@WebsocketConnection]
 * @pong_timeout: the timeout in seconds, or 0 for none
 *
 * Sets the time in which the peer must answer a ping; see
 * [property@WebsocketConnection:keepalive-pong-timeout].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_websocket_connection_set_keepalive_pong_timeout(WsoupWebsocketConnection *connection,
                                                           guint pong_timeout);

WSOUP_AVAILABLE_IN_ALL
GType wsoup_websocket_extension_get_type(void);

/**
 * wsoup_websocket_extension_configure:
 * @extension: a [class@WebsocketExtension]
 * @connection_type: the side of the connection that the extension serves
 * @params: (nullable) (element-type utf8 utf8): the names of the parameters that the peer sent, and
 *   the values of those that have one
 * @error: return location for an error
 *
 * Configures @extension with the parameters that the handshake brought.
 *
 * Called once, before the first message. An extension whose class does not implement this accepts
 * everything.
 *
 * Returns: %TRUE if the extension can work with the parameters, %FALSE with @error set otherwise
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_websocket_extension_configure(WsoupWebsocketExtension *extension,
                                             WsoupWebsocketConnectionType connection_type,
                                             GHashTable *params,
                                             GError **error);

/**
 * wsoup_websocket_extension_get_request_params:
 * @extension: a [class@WebsocketExtension]
 *
 * Gets the parameters that a client sends with the name of the extension, in
 * `Sec-WebSocket-Extensions` (RFC 6455 §9.1).
 *
 * Returns: (nullable) (transfer full): the parameters, beginning with `;`, or %NULL if there are
 *   none
 */
WSOUP_AVAILABLE_IN_ALL
G_GNUC_WARN_UNUSED_RESULT
char *wsoup_websocket_extension_get_request_params(WsoupWebsocketExtension *extension);

/**
 * wsoup_websocket_extension_get_response_params:
 * @extension: a [class@WebsocketExtension]
 *
 * Gets the parameters that a server answers with, in `Sec-WebSocket-Extensions` (RFC 6455 §9.1).
 *
 * Returns: (nullable) (transfer full): the parameters, beginning with `;`, or %NULL if there are
 *   none
 */
WSOUP_AVAILABLE_IN_ALL
G_GNUC_WARN_UNUSED_RESULT
char *wsoup_websocket_extension_get_response_params(WsoupWebsocketExtension *extension);

/**
 * wsoup_websocket_extension_process_outgoing_message:
 * @extension: a [class@WebsocketExtension]
 * @header: (inout): the first byte of the frame's header (RFC 6455 §5.2)
 * @payload: (transfer full): the payload of the message
 * @error: return location for an error
 *
 * Processes a message before it is sent.
 *
 * The extension sets the reserved bits that it uses in @header. If it has nothing to change in the
 * payload, it returns @payload itself.
 *
 * Returns: (transfer full): the payload to send, or %NULL with @error set
 */
WSOUP_AVAILABLE_IN_ALL
G_GNUC_WARN_UNUSED_RESULT
GBytes *wsoup_websocket_extension_process_outgoing_message(WsoupWebsocketExtension *extension,
                                                           guint8 *header,
                                                           GBytes *payload,
                                                           GError **error);

/**
 * wsoup_websocket_extension_process_incoming_message:
 * @extension: a [class@WebsocketExtension]
 * @header: (inout): the first byte of the frame's header (RFC 6455 §5.2)
 * @payload: (transfer full): the payload of the message
 * @error: return location for an error
 *
 * Processes a message after it was received.
 *
 * The extension clears the reserved bits that it uses in @header; a bit that is left breaks the
 * protocol. If it has nothing to change in the payload, it returns @payload itself.
 *
 * Returns: (transfer full): the payload to deliver, or %NULL with @error set
 */
WSOUP_AVAILABLE_IN_ALL
G_GNUC_WARN_UNUSED_RESULT
GBytes *wsoup_websocket_extension_process_incoming_message(WsoupWebsocketExtension *extension,
                                                           guint8 *header,
                                                           GBytes *payload,
                                                           GError **error);

WSOUP_AVAILABLE_IN_ALL
GType wsoup_status_get_type(void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsoupWebsocketExtension, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsoupWebsocketExtensionClass, g_type_class_unref)

G_END_DECLS
