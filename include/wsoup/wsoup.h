/* SPDX-License-Identifier: MIT */

#pragma once

/* Generated from capi/ by cbindgen: change that, then run `./run header`. */

#include <gio/gio.h>
#include <wsoup/wsoup-version.h>

G_BEGIN_DECLS

#define WSOUP_TYPE_COOKIE_JAR_ACCEPT_POLICY (wsoup_cookie_jar_accept_policy_get_type ())
#define WSOUP_TYPE_HTTP_VERSION (wsoup_http_version_get_type ())
#define WSOUP_TYPE_MEMORY_USE (wsoup_memory_use_get_type ())
#define WSOUP_TYPE_MESSAGE_FLAGS (wsoup_message_flags_get_type ())
#define WSOUP_TYPE_MESSAGE_HEADERS_TYPE (wsoup_message_headers_type_get_type ())
#define WSOUP_TYPE_OFFLINE_POLICY (wsoup_offline_policy_get_type ())
#define WSOUP_TYPE_RECONNECTING_STATE (wsoup_reconnecting_state_get_type ())
#define WSOUP_TYPE_SERVER_LISTEN_OPTIONS (wsoup_server_listen_options_get_type ())
#define WSOUP_TYPE_STATUS (wsoup_status_get_type ())
#define WSOUP_TYPE_WEBSOCKET_CLOSE_CODE (wsoup_websocket_close_code_get_type ())
#define WSOUP_TYPE_WEBSOCKET_CONNECTION_TYPE (wsoup_websocket_connection_type_get_type ())
#define WSOUP_TYPE_WEBSOCKET_DATA_TYPE (wsoup_websocket_data_type_get_type ())
#define WSOUP_TYPE_WEBSOCKET_ERROR (wsoup_websocket_error_get_type ())
#define WSOUP_TYPE_WEBSOCKET_OVERFLOW_POLICY (wsoup_websocket_overflow_policy_get_type ())
#define WSOUP_TYPE_WEBSOCKET_STATE (wsoup_websocket_state_get_type ())

#define WSOUP_WEBSOCKET_ERROR (wsoup_websocket_error_quark ())

#define WSOUP_TYPE_COOKIE (wsoup_cookie_get_type ())

#define WSOUP_TYPE_MESSAGE_BODY (wsoup_message_body_get_type ())

#define WSOUP_TYPE_MESSAGE_HEADERS (wsoup_message_headers_get_type ())

#define WSOUP_TYPE_AUTH (wsoup_auth_get_type ())
#ifndef __GI_SCANNER__
#define WSOUP_AUTH(obj) (G_TYPE_CHECK_INSTANCE_CAST ((obj), WSOUP_TYPE_AUTH, WsoupAuth))
#define WSOUP_AUTH_CLASS(klass) (G_TYPE_CHECK_CLASS_CAST ((klass), WSOUP_TYPE_AUTH, WsoupAuthClass))
#define WSOUP_IS_AUTH(obj) (G_TYPE_CHECK_INSTANCE_TYPE ((obj), WSOUP_TYPE_AUTH))
#define WSOUP_IS_AUTH_CLASS(klass) (G_TYPE_CHECK_CLASS_TYPE ((klass), WSOUP_TYPE_AUTH))
#define WSOUP_AUTH_GET_CLASS(obj) (G_TYPE_INSTANCE_GET_CLASS ((obj), WSOUP_TYPE_AUTH, WsoupAuthClass))
#endif

#define WSOUP_TYPE_AUTH_DOMAIN (wsoup_auth_domain_get_type ())
#ifndef __GI_SCANNER__
#define WSOUP_AUTH_DOMAIN(obj) (G_TYPE_CHECK_INSTANCE_CAST ((obj), WSOUP_TYPE_AUTH_DOMAIN, WsoupAuthDomain))
#define WSOUP_AUTH_DOMAIN_CLASS(klass) (G_TYPE_CHECK_CLASS_CAST ((klass), WSOUP_TYPE_AUTH_DOMAIN, WsoupAuthDomainClass))
#define WSOUP_IS_AUTH_DOMAIN(obj) (G_TYPE_CHECK_INSTANCE_TYPE ((obj), WSOUP_TYPE_AUTH_DOMAIN))
#define WSOUP_IS_AUTH_DOMAIN_CLASS(klass) (G_TYPE_CHECK_CLASS_TYPE ((klass), WSOUP_TYPE_AUTH_DOMAIN))
#define WSOUP_AUTH_DOMAIN_GET_CLASS(obj) (G_TYPE_INSTANCE_GET_CLASS ((obj), WSOUP_TYPE_AUTH_DOMAIN, WsoupAuthDomainClass))
#endif

#define WSOUP_TYPE_COOKIE_JAR (wsoup_cookie_jar_get_type ())
#ifndef __GI_SCANNER__
#define WSOUP_COOKIE_JAR(obj) (G_TYPE_CHECK_INSTANCE_CAST ((obj), WSOUP_TYPE_COOKIE_JAR, WsoupCookieJar))
#define WSOUP_COOKIE_JAR_CLASS(klass) (G_TYPE_CHECK_CLASS_CAST ((klass), WSOUP_TYPE_COOKIE_JAR, WsoupCookieJarClass))
#define WSOUP_IS_COOKIE_JAR(obj) (G_TYPE_CHECK_INSTANCE_TYPE ((obj), WSOUP_TYPE_COOKIE_JAR))
#define WSOUP_IS_COOKIE_JAR_CLASS(klass) (G_TYPE_CHECK_CLASS_TYPE ((klass), WSOUP_TYPE_COOKIE_JAR))
#define WSOUP_COOKIE_JAR_GET_CLASS(obj) (G_TYPE_INSTANCE_GET_CLASS ((obj), WSOUP_TYPE_COOKIE_JAR, WsoupCookieJarClass))
#endif

#define WSOUP_TYPE_MESSAGE (wsoup_message_get_type ())
WSOUP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (WsoupMessage, wsoup_message, WSOUP, MESSAGE, GObject)

#define WSOUP_TYPE_RECONNECTING_CLIENT (wsoup_reconnecting_client_get_type ())
WSOUP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (WsoupReconnectingClient, wsoup_reconnecting_client, WSOUP, RECONNECTING_CLIENT, GObject)

#define WSOUP_TYPE_SERVER (wsoup_server_get_type ())
#ifndef __GI_SCANNER__
#define WSOUP_SERVER(obj) (G_TYPE_CHECK_INSTANCE_CAST ((obj), WSOUP_TYPE_SERVER, WsoupServer))
#define WSOUP_SERVER_CLASS(klass) (G_TYPE_CHECK_CLASS_CAST ((klass), WSOUP_TYPE_SERVER, WsoupServerClass))
#define WSOUP_IS_SERVER(obj) (G_TYPE_CHECK_INSTANCE_TYPE ((obj), WSOUP_TYPE_SERVER))
#define WSOUP_IS_SERVER_CLASS(klass) (G_TYPE_CHECK_CLASS_TYPE ((klass), WSOUP_TYPE_SERVER))
#define WSOUP_SERVER_GET_CLASS(obj) (G_TYPE_INSTANCE_GET_CLASS ((obj), WSOUP_TYPE_SERVER, WsoupServerClass))
#endif

#define WSOUP_TYPE_SERVER_MESSAGE (wsoup_server_message_get_type ())
WSOUP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (WsoupServerMessage, wsoup_server_message, WSOUP, SERVER_MESSAGE, GObject)

#define WSOUP_TYPE_SESSION (wsoup_session_get_type ())
#ifndef __GI_SCANNER__
#define WSOUP_SESSION(obj) (G_TYPE_CHECK_INSTANCE_CAST ((obj), WSOUP_TYPE_SESSION, WsoupSession))
#define WSOUP_SESSION_CLASS(klass) (G_TYPE_CHECK_CLASS_CAST ((klass), WSOUP_TYPE_SESSION, WsoupSessionClass))
#define WSOUP_IS_SESSION(obj) (G_TYPE_CHECK_INSTANCE_TYPE ((obj), WSOUP_TYPE_SESSION))
#define WSOUP_IS_SESSION_CLASS(klass) (G_TYPE_CHECK_CLASS_TYPE ((klass), WSOUP_TYPE_SESSION))
#define WSOUP_SESSION_GET_CLASS(obj) (G_TYPE_INSTANCE_GET_CLASS ((obj), WSOUP_TYPE_SESSION, WsoupSessionClass))
#endif

#define WSOUP_TYPE_SESSION_FEATURE (wsoup_session_feature_get_type ())
WSOUP_AVAILABLE_IN_ALL
G_DECLARE_INTERFACE (WsoupSessionFeature, wsoup_session_feature, WSOUP, SESSION_FEATURE, GObject)

#define WSOUP_TYPE_WEBSOCKET_CONNECTION (wsoup_websocket_connection_get_type ())
WSOUP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (WsoupWebsocketConnection, wsoup_websocket_connection, WSOUP, WEBSOCKET_CONNECTION, GObject)

#define WSOUP_TYPE_WEBSOCKET_EXTENSION (wsoup_websocket_extension_get_type ())
#ifndef __GI_SCANNER__
#define WSOUP_WEBSOCKET_EXTENSION(obj) (G_TYPE_CHECK_INSTANCE_CAST ((obj), WSOUP_TYPE_WEBSOCKET_EXTENSION, WsoupWebsocketExtension))
#define WSOUP_WEBSOCKET_EXTENSION_CLASS(klass) (G_TYPE_CHECK_CLASS_CAST ((klass), WSOUP_TYPE_WEBSOCKET_EXTENSION, WsoupWebsocketExtensionClass))
#define WSOUP_IS_WEBSOCKET_EXTENSION(obj) (G_TYPE_CHECK_INSTANCE_TYPE ((obj), WSOUP_TYPE_WEBSOCKET_EXTENSION))
#define WSOUP_IS_WEBSOCKET_EXTENSION_CLASS(klass) (G_TYPE_CHECK_CLASS_TYPE ((klass), WSOUP_TYPE_WEBSOCKET_EXTENSION))
#define WSOUP_WEBSOCKET_EXTENSION_GET_CLASS(obj) (G_TYPE_INSTANCE_GET_CLASS ((obj), WSOUP_TYPE_WEBSOCKET_EXTENSION, WsoupWebsocketExtensionClass))
#endif

#define WSOUP_TYPE_WEBSOCKET_EXTENSION_MANAGER (wsoup_websocket_extension_manager_get_type ())
WSOUP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (WsoupWebsocketExtensionManager, wsoup_websocket_extension_manager, WSOUP, WEBSOCKET_EXTENSION_MANAGER, GObject)


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
 * WsoupWebsocketOverflowPolicy:
 * @WSOUP_WEBSOCKET_OVERFLOW_REFUSE: it is not sent; functions that return an error say so
 * @WSOUP_WEBSOCKET_OVERFLOW_CLOSE: it is not sent, and the connection is closed with
 *   %WSOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION
 *
 * What happens to a message with which more than
 * [property@WebsocketConnection:max-buffered-amount] would wait to be sent.
 */
typedef enum {
  WSOUP_WEBSOCKET_OVERFLOW_REFUSE = 0,
  WSOUP_WEBSOCKET_OVERFLOW_CLOSE = 1,
} WsoupWebsocketOverflowPolicy;

/**
 * WsoupReconnectingState:
 * @WSOUP_RECONNECTING_STATE_STOPPED: nothing: it was not started, or it was stopped
 * @WSOUP_RECONNECTING_STATE_WAITING: there is no connection; it waits before the next attempt
 * @WSOUP_RECONNECTING_STATE_CONNECTING: an attempt is under way
 * @WSOUP_RECONNECTING_STATE_CONNECTED: there is a connection
 * @WSOUP_RECONNECTING_STATE_STOPPING: it was stopped, and the connection is being closed in order
 * @WSOUP_RECONNECTING_STATE_FAILED: it has given up: the last failure was final
 *
 * What a [class@ReconnectingClient] is doing.
 */
typedef enum {
  WSOUP_RECONNECTING_STATE_STOPPED = 0,
  WSOUP_RECONNECTING_STATE_WAITING = 1,
  WSOUP_RECONNECTING_STATE_CONNECTING = 2,
  WSOUP_RECONNECTING_STATE_CONNECTED = 3,
  WSOUP_RECONNECTING_STATE_STOPPING = 4,
  WSOUP_RECONNECTING_STATE_FAILED = 5,
} WsoupReconnectingState;

/**
 * WsoupOfflinePolicy:
 * @WSOUP_OFFLINE_POLICY_REFUSE: they are refused
 * @WSOUP_OFFLINE_POLICY_QUEUE: they are queued, and sent once there is a connection
 *
 * What a [class@ReconnectingClient] does with messages that are sent while there is no connection.
 */
typedef enum {
  WSOUP_OFFLINE_POLICY_REFUSE = 0,
  WSOUP_OFFLINE_POLICY_QUEUE = 1,
} WsoupOfflinePolicy;

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
 * WsoupCookieJarAcceptPolicy:
 * @WSOUP_COOKIE_JAR_ACCEPT_ALWAYS: all
 * @WSOUP_COOKIE_JAR_ACCEPT_NEVER: none
 * @WSOUP_COOKIE_JAR_ACCEPT_NO_THIRD_PARTY: those of third parties are refused
 * @WSOUP_COOKIE_JAR_ACCEPT_GRANDFATHERED_THIRD_PARTY: those of third parties are refused, unless they
 *   have set some before
 *
 * Which cookies of servers a [class@CookieJar] keeps.
 *
 * Only a web browser knows which requests come from third parties; for a [class@Session], none do, and
 * the last two are as the first.
 */
typedef enum {
  WSOUP_COOKIE_JAR_ACCEPT_ALWAYS = 0,
  WSOUP_COOKIE_JAR_ACCEPT_NEVER = 1,
  WSOUP_COOKIE_JAR_ACCEPT_NO_THIRD_PARTY = 2,
  WSOUP_COOKIE_JAR_ACCEPT_GRANDFATHERED_THIRD_PARTY = 3,
} WsoupCookieJarAcceptPolicy;

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

/**
 * WsoupCookie:
 *
 * A cookie (RFC 6265): a name and a value, and whom they are for.
 *
 * A domain that begins with a dot is for all hosts below it, too; another one is one host.
 *
 * A string that a function returns without transferring it is valid as long as the cookie.
 */
typedef struct WsoupCookie WsoupCookie;

/**
 * WsoupMessageHeaders:
 *
 * The header fields of a request or a response (RFC 9110 §6.3).
 *
 * Names compare case-insensitively. Headers keep their order, and a name may occur several times.
 * Values are UTF-8; what a peer sent and is not, is taken for ISO-8859-1 and converted.
 *
 * A string that a function returns without transferring it stays valid until a header of that name
 * changes.
 */
typedef struct WsoupMessageHeaders WsoupMessageHeaders;

typedef struct {
  GObject parent_instance;
} WsoupSession;

typedef struct {
  GObject parent_instance;
} WsoupServer;

/**
 * WsoupServerCallback:
 * @server: the server
 * @msg: the message: the request, and what is to be answered
 * @path: the path of the request, decoded unless [property@Server:raw-paths]
 * @query: (element-type utf8 utf8) (nullable): the fields of the query, decoded, or %NULL if there
 *   is no query
 * @user_data: what was passed to [method@Server.add_handler]
 *
 * Answers an HTTP request.
 *
 * The answer is put into @msg with [method@ServerMessage.set_status] and
 * [method@ServerMessage.set_response]. A handler that needs time for it calls
 * [method@ServerMessage.pause], and [method@ServerMessage.unpause] when it is done.
 */
typedef void (*WsoupServerCallback)(WsoupServer *server,
                                    WsoupServerMessage *msg,
                                    const char *path,
                                    GHashTable *query,
                                    gpointer user_data);

/**
 * WsoupServerWebsocketCallback:
 * @server: the server
 * @msg: the message with the client's handshake
 * @path: the path of the request, decoded unless [property@Server:raw-paths]
 * @connection: the new connection
 * @user_data: what was passed to [method@Server.add_websocket_handler]
 *
 * Takes a new WebSocket connection.
 *
 * The server keeps @connection until it is closed: a handler that only connects to its signals need
 * not take a reference.
 */
typedef void (*WsoupServerWebsocketCallback)(WsoupServer *server,
                                             WsoupServerMessage *msg,
                                             const char *path,
                                             WsoupWebsocketConnection *connection,
                                             gpointer user_data);

typedef struct {
  GObject parent_instance;
} WsoupAuthDomain;

typedef struct {
  GObject parent_instance;
} WsoupAuth;

/**
 * WsoupMessageHeadersForeachFunc:
 * @name: the name of a header
 * @value: its value
 * @user_data: what was passed to [method@MessageHeaders.foreach]
 *
 * Looks at a header.
 */
typedef void (*WsoupMessageHeadersForeachFunc)(const char *name,
                                               const char *value,
                                               gpointer user_data);

/**
 * WsoupMessageHeadersIter:
 *
 * Where an iteration over headers stands.
 *
 * It lives where the caller puts it, usually on the stack, and needs not be freed.
 *
 * ```c
 * WsoupMessageHeadersIter iter;
 * const char *name, *value;
 *
 * wsoup_message_headers_iter_init (&iter, headers);
 * while (wsoup_message_headers_iter_next (&iter, &name, &value))
 *   g_print ("%s: %s\n", name, value);
 * ```
 *
 */
typedef struct {
  gpointer /*< private >*/ dummy[3];
} WsoupMessageHeadersIter;

/**
 * WsoupMessageBody:
 * @data: (array length=length) (element-type guint8): the body in one piece after
 *   [method@MessageBody.flatten], %NULL before, and again when the body changes
 * @length: the length of the body in bytes
 *
 * The body of a request or a response of a [class@ServerMessage].
 *
 * It is a list of pieces; [method@MessageBody.flatten] puts them together. A NUL follows @data,
 * which @length does not count.
 */
typedef struct {
  const char *data;
  goffset length;
} WsoupMessageBody;

/**
 * WsoupAuthDomainFilter:
 * @domain: the domain
 * @msg: the request
 * @user_data: what was passed to [method@AuthDomain.set_filter]
 *
 * Decides whether a request that @domain covers has to be authenticated after all.
 *
 * Returns: %TRUE if it has to be, %FALSE to let it pass
 */
typedef gboolean (*WsoupAuthDomainFilter)(WsoupAuthDomain *domain,
                                          WsoupServerMessage *msg,
                                          gpointer user_data);

/**
 * WsoupAuthDomainGenericAuthCallback:
 * @domain: the domain
 * @msg: the request
 * @username: the name of the user, as the request has it
 * @user_data: what was passed to [method@AuthDomain.set_generic_auth_callback]
 *
 * Decides whether a request is that of @username, whatever the authentication scheme.
 *
 * It looks up the password and returns what [method@AuthDomain.check_password] says of it. For
 * that the server has to know the passwords; the callbacks of the schemes can do without.
 *
 * Returns: %TRUE if it is, %FALSE otherwise
 */
typedef gboolean (*WsoupAuthDomainGenericAuthCallback)(WsoupAuthDomain *domain,
                                                       WsoupServerMessage *msg,
                                                       const char *username,
                                                       gpointer user_data);

/**
 * WsoupAuthDomainBasicAuthCallback:
 * @domain: (type WsoupAuthDomainBasic): the domain
 * @msg: the request
 * @username: the name of the user, as the request has it
 * @password: the password, as the request has it
 * @user_data: what was passed to [method@AuthDomainBasic.set_auth_callback]
 *
 * Decides whether a name and a password are right.
 *
 * Servers that keep passwords keep what a slow, salted function makes of them, such as argon2.
 *
 * Returns: %TRUE if they are, %FALSE otherwise
 */
typedef gboolean (*WsoupAuthDomainBasicAuthCallback)(WsoupAuthDomain *domain,
                                                     WsoupServerMessage *msg,
                                                     const char *username,
                                                     const char *password,
                                                     gpointer user_data);

/**
 * WsoupAuthDomainDigestAuthCallback:
 * @domain: (type WsoupAuthDomainDigest): the domain
 * @msg: the request
 * @username: the name of the user, as the request has it
 * @user_data: what was passed to [method@AuthDomainDigest.set_auth_callback]
 *
 * Looks up the password of a user, in the form that [func@AuthDomainDigest.encode_password] gives
 * it.
 *
 * Returns: (nullable) (transfer full): the encoded password, or %NULL if there is no such user
 */
typedef char *(*WsoupAuthDomainDigestAuthCallback)(WsoupAuthDomain *domain,
                                                   WsoupServerMessage *msg,
                                                   const char *username,
                                                   gpointer user_data);

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
 * @process_incoming_message: called with each frame of a data message after it was received, to
 *   change its payload and to clear the reserved bits that the extension uses in its header; if it is
 *   %NULL, messages are delivered as they are
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

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsoupWebsocketExtension, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsoupWebsocketExtensionClass, g_type_class_unref)

#define WSOUP_TYPE_WEBSOCKET_EXTENSION_DEFLATE (wsoup_websocket_extension_deflate_get_type ())
WSOUP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (WsoupWebsocketExtensionDeflate, wsoup_websocket_extension_deflate, WSOUP, WEBSOCKET_EXTENSION_DEFLATE, WsoupWebsocketExtension)

typedef struct {
  GObject parent_instance;
} WsoupCookieJar;

/**
 * WsoupAuthClass:
 * @parent_class: the parent class
 * @scheme_name: the name of the authentication scheme, such as `Basic`
 * @authenticate: called with a name and a password, to answer the challenge with
 * @is_authenticated: called to learn whether there are credentials
 *
 * The class structure of the [class@Auth] class.
 */
typedef struct {
  GObjectClass parent_class;
  const char *scheme_name;
  void (*authenticate)(WsoupAuth *auth,
                       const char *username,
                       const char *password);
  gboolean (*is_authenticated)(WsoupAuth *auth);
  gpointer /*< private >*/ padding[6];
} WsoupAuthClass;

/**
 * WsoupAuthDomainClass:
 * @parent_class: the parent class
 * @accepts: called with the credentials of a request, the value of its `Authorization` header, or
 *   of `Proxy-Authorization`; returns the name of the user if they are right, %NULL otherwise
 * @challenge: called when a request without right credentials is refused; returns the challenge:
 *   the value of a `WWW-Authenticate` header, or of `Proxy-Authenticate`
 * @check_password: called to learn whether the credentials of a request are those of a user with a
 *   password
 *
 * The class structure of the [class@AuthDomain] class.
 */
typedef struct {
  GObjectClass parent_class;
  char *(*accepts)(WsoupAuthDomain *domain,
                   WsoupServerMessage *msg,
                   const char *header);
  char *(*challenge)(WsoupAuthDomain *domain,
                     WsoupServerMessage *msg);
  gboolean (*check_password)(WsoupAuthDomain *domain,
                             WsoupServerMessage *msg,
                             const char *username,
                             const char *password);
  gpointer /*< private >*/ padding[6];
} WsoupAuthDomainClass;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsoupAuthDomain, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsoupAuthDomainClass, g_type_class_unref)

#define WSOUP_TYPE_AUTH_DOMAIN_BASIC (wsoup_auth_domain_basic_get_type ())
WSOUP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (WsoupAuthDomainBasic, wsoup_auth_domain_basic, WSOUP, AUTH_DOMAIN_BASIC, WsoupAuthDomain)

#define WSOUP_TYPE_AUTH_DOMAIN_DIGEST (wsoup_auth_domain_digest_get_type ())
WSOUP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (WsoupAuthDomainDigest, wsoup_auth_domain_digest, WSOUP, AUTH_DOMAIN_DIGEST, WsoupAuthDomain)

/**
 * WsoupCookieJarClass:
 * @parent_class: the parent class
 * @changed: called first when [signal@CookieJar::changed] is emitted; one of the two cookies may be
 *   %NULL
 *
 * The class structure of the [class@CookieJar] class.
 */
typedef struct {
  GObjectClass parent_class;
  void (*changed)(WsoupCookieJar *jar,
                  WsoupCookie *old_cookie,
                  WsoupCookie *new_cookie);
  gpointer /*< private >*/ padding[8];
} WsoupCookieJarClass;

/**
 * WsoupServerClass:
 * @parent_class: the parent class
 *
 * The class structure of the [class@Server] class.
 */
typedef struct {
  GObjectClass parent_class;
  gpointer /*< private >*/ padding[8];
} WsoupServerClass;

/**
 * WsoupSessionClass:
 * @parent_class: the parent class
 *
 * The class structure of the [class@Session] class.
 */
typedef struct {
  GObjectClass parent_class;
  gpointer /*< private >*/ padding[8];
} WsoupSessionClass;

WSOUP_AVAILABLE_IN_ALL
GType wsoup_cookie_jar_accept_policy_get_type(void);

WSOUP_AVAILABLE_IN_ALL
GType wsoup_offline_policy_get_type(void);

WSOUP_AVAILABLE_IN_ALL
GType wsoup_reconnecting_state_get_type(void);

WSOUP_AVAILABLE_IN_ALL
GType wsoup_websocket_connection_type_get_type(void);

WSOUP_AVAILABLE_IN_ALL
GType wsoup_websocket_data_type_get_type(void);

WSOUP_AVAILABLE_IN_ALL
GType wsoup_websocket_state_get_type(void);

WSOUP_AVAILABLE_IN_ALL
GType wsoup_websocket_overflow_policy_get_type(void);

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

WSOUP_AVAILABLE_IN_ALL
GType wsoup_status_get_type(void);

/**
 * wsoup_status_get_phrase:
 * @status_code: a status code
 *
 * Gets the words that stand for a status code, such as "Not Found" for 404 (RFC 9110 §15).
 *
 * They are for logs, not for users.
 *
 * Returns: (transfer none): the words; "Unknown Error" for a code that has none
 */
WSOUP_AVAILABLE_IN_ALL
const char *wsoup_status_get_phrase(guint status_code);

WSOUP_AVAILABLE_IN_ALL
GType wsoup_session_get_type(void);

/**
 * wsoup_session_new:
 *
 * Creates a session with the default options.
 *
 * To set options that can only be set at construction, use g_object_new().
 *
 * Returns: (transfer full): a new session
 */
WSOUP_AVAILABLE_IN_ALL
G_GNUC_WARN_UNUSED_RESULT
WsoupSession *wsoup_session_new(void);

/**
 * wsoup_session_websocket_connect_async:
 * @session: a [class@Session]
 * @msg: the message that asks for the connection; its URI has the scheme `ws`, `wss`, `http` or
 *   `https`
 * @origin: (nullable): what to send as `Origin`, if anything
 * @protocols: (nullable) (array zero-terminated=1): the subprotocols to offer, the preferred one
 *   first
 * @io_priority: the priority of the request, such as %G_PRIORITY_DEFAULT
 * @cancellable: (nullable): what can cancel the operation
 * @callback: (nullable) (scope async): called when the connection is open, or there is none
 * @user_data: what @callback is given
 *
 * Opens a WebSocket connection.
 *
 * Headers that are to be sent with the request, such as a token, are put into
 * [method@Message.get_request_headers] before. @msg is for one call.
 *
 * @callback is called in the thread-default [struct@GLib.MainContext], after this has returned.
 *
 * ```c
 * static void
 * on_connected (GObject      *source,
 *               GAsyncResult *result,
 *               gpointer      user_data)
 * {
 *   g_autoptr (GError) error = NULL;
 *   WsoupWebsocketConnection *connection =
 *     wsoup_session_websocket_connect_finish (WSOUP_SESSION (source), result, &error);
 *
 *   if (connection == NULL)
 *     g_printerr ("%s\n", error->message);
 *   else
 *     talk (connection);
 * }
 *
 * static void
 * connect_to_chat (WsoupSession *session)
 * {
 *   g_autoptr (WsoupMessage) msg = wsoup_message_new ("GET", "wss://example.org/chat");
 *   const char *protocols[] = { "chat-2", "chat-1", NULL };
 *
 *   wsoup_session_websocket_connect_async (session, msg, NULL, (char **) protocols,
 *                                          G_PRIORITY_DEFAULT, NULL, on_connected, NULL);
 * }
 * ```
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_session_websocket_connect_async(WsoupSession *session,
                                           WsoupMessage *msg,
                                           const char *origin,
                                           char **protocols,
                                           int io_priority,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);

/**
 * wsoup_session_websocket_connect_finish:
 * @session: a [class@Session]
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Gets the connection that [method@Session.websocket_connect_async] has opened.
 *
 * The errors are:
 *
 * - %WSOUP_WEBSOCKET_ERROR_NOT_WEBSOCKET: the server answered something else. Its status and headers
 *   are in the message: [method@Message.get_status], [method@Message.get_response_headers].
 * - %WSOUP_WEBSOCKET_ERROR_BAD_HANDSHAKE: the server's answer is wrong, or the server found ours to
 *   be.
 * - %G_IO_ERROR_PARTIAL_INPUT: the server closed the connection without an answer.
 * - %G_IO_ERROR_CANCELLED, %G_IO_ERROR_TIMED_OUT, %G_IO_ERROR_CONNECTION_REFUSED and others of
 *   %G_IO_ERROR, %G_RESOLVER_ERROR and %G_TLS_ERROR: there is no connection to the server.
 *
 * Returns: (transfer full): the connection, or %NULL with @error set
 */
WSOUP_AVAILABLE_IN_ALL
G_GNUC_WARN_UNUSED_RESULT
WsoupWebsocketConnection *wsoup_session_websocket_connect_finish(WsoupSession *session,
                                                                 GAsyncResult *result,
                                                                 GError **error);

/**
 * wsoup_session_get_async_result_message:
 * @session: a [class@Session]
 * @result: what the callback of [method@Session.websocket_connect_async] was given
 *
 * Gets the message that an operation was started with.
 *
 * Returns: (nullable) (transfer none): the message, or %NULL if @result is not of this session
 */
WSOUP_AVAILABLE_IN_ALL
WsoupMessage *wsoup_session_get_async_result_message(WsoupSession *session,
                                                     GAsyncResult *result);

/**
 * wsoup_session_abort:
 * @session: a [class@Session]
 *
 * Cancels all operations that are under way; they fail with %G_IO_ERROR_CANCELLED.
 *
 * Connections that are open already stay open.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_session_abort(WsoupSession *session);

/**
 * wsoup_session_get_local_address: (get-property local-address)
 * @session: a [class@Session]
 *
 * Gets the address that connections are made from.
 *
 * Returns: (nullable) (transfer none): the address, or %NULL if the system chooses
 */
WSOUP_AVAILABLE_IN_ALL
GInetSocketAddress *wsoup_session_get_local_address(WsoupSession *session);

/**
 * wsoup_session_get_remote_connectable: (get-property remote-connectable)
 * @session: a [class@Session]
 *
 * Gets what the session connects to instead of the hosts of URIs.
 *
 * Returns: (nullable) (transfer none): what it connects to, or %NULL if that is the host of the URI
 */
WSOUP_AVAILABLE_IN_ALL
GSocketConnectable *wsoup_session_get_remote_connectable(WsoupSession *session);

/**
 * wsoup_session_get_proxy_resolver: (get-property proxy-resolver)
 * @session: a [class@Session]
 *
 * Gets what tells the session which proxy to use.
 *
 * Returns: (nullable) (transfer none): the resolver, or %NULL if no proxy is used
 */
WSOUP_AVAILABLE_IN_ALL
GProxyResolver *wsoup_session_get_proxy_resolver(WsoupSession *session);

/**
 * wsoup_session_set_proxy_resolver: (set-property proxy-resolver)
 * @session: a [class@Session]
 * @proxy_resolver: (nullable): a resolver, or %NULL to use no proxy
 *
 * Sets what tells the session which proxy to use; see [property@Session:proxy-resolver].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_session_set_proxy_resolver(WsoupSession *session,
                                      GProxyResolver *proxy_resolver);

/**
 * wsoup_session_get_timeout: (get-property timeout)
 * @session: a [class@Session]
 *
 * Gets the time that each step of connecting may take.
 *
 * Returns: the time in seconds, or 0 if there is no limit
 */
WSOUP_AVAILABLE_IN_ALL
guint wsoup_session_get_timeout(WsoupSession *session);

/**
 * wsoup_session_set_timeout: (set-property timeout)
 * @session: a [class@Session]
 * @timeout: the time in seconds, or 0 for no limit
 *
 * Sets the time that each step of connecting may take; see [property@Session:timeout].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_session_set_timeout(WsoupSession *session,
                               guint timeout);

/**
 * wsoup_session_get_tls_database: (get-property tls-database)
 * @session: a [class@Session]
 *
 * Gets the certificates that the session trusts.
 *
 * Returns: (nullable) (transfer none): the certificates, or %NULL if it trusts none
 */
WSOUP_AVAILABLE_IN_ALL
GTlsDatabase *wsoup_session_get_tls_database(WsoupSession *session);

/**
 * wsoup_session_set_tls_database: (set-property tls-database)
 * @session: a [class@Session]
 * @tls_database: (nullable): the certificates, or %NULL to trust none
 *
 * Sets the certificates that the session trusts; see [property@Session:tls-database].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_session_set_tls_database(WsoupSession *session,
                                    GTlsDatabase *tls_database);

/**
 * wsoup_session_get_tls_interaction: (get-property tls-interaction)
 * @session: a [class@Session]
 *
 * Gets what asks the user during a TLS handshake.
 *
 * Returns: (nullable) (transfer none): the interaction, or %NULL if the user is not asked
 */
WSOUP_AVAILABLE_IN_ALL
GTlsInteraction *wsoup_session_get_tls_interaction(WsoupSession *session);

/**
 * wsoup_session_set_tls_interaction: (set-property tls-interaction)
 * @session: a [class@Session]
 * @tls_interaction: (nullable): an interaction, or %NULL to ask nobody
 *
 * Sets what asks the user during a TLS handshake; see [property@Session:tls-interaction].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_session_set_tls_interaction(WsoupSession *session,
                                       GTlsInteraction *tls_interaction);

/**
 * wsoup_session_get_user_agent: (get-property user-agent)
 * @session: a [class@Session]
 *
 * Gets what the session sends as `User-Agent`.
 *
 * Returns: (nullable): the name, or %NULL if none is sent
 */
WSOUP_AVAILABLE_IN_ALL
const char *wsoup_session_get_user_agent(WsoupSession *session);

/**
 * wsoup_session_set_user_agent: (set-property user-agent)
 * @session: a [class@Session]
 * @user_agent: (nullable): the name, or %NULL to send none
 *
 * Sets what the session sends as `User-Agent`; see [property@Session:user-agent].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_session_set_user_agent(WsoupSession *session,
                                  const char *user_agent);

/**
 * wsoup_session_add_feature:
 * @session: a [class@Session]
 * @feature: a feature
 *
 * Adds a feature.
 *
 * A session has one feature of each type: if it has one of the type of @feature already, that one is
 * kept, and a warning says so. Only the [class@WebsocketExtensionManager] that a session begins with
 * gives way to another one.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_session_add_feature(WsoupSession *session,
                               WsoupSessionFeature *feature);

/**
 * wsoup_session_add_feature_by_type:
 * @session: a [class@Session]
 * @feature_type: the type of a class that implements [iface@SessionFeature], or that is derived from
 *   [class@WebsocketExtension]
 *
 * Adds a feature that is made with its default properties, or an extension.
 *
 * Extensions go to the [class@WebsocketExtensionManager] of the session.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_session_add_feature_by_type(WsoupSession *session,
                                       GType feature_type);

/**
 * wsoup_session_remove_feature:
 * @session: a [class@Session]
 * @feature: a feature
 *
 * Removes a feature, if @session has it.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_session_remove_feature(WsoupSession *session,
                                  WsoupSessionFeature *feature);

/**
 * wsoup_session_remove_feature_by_type:
 * @session: a [class@Session]
 * @feature_type: a type, as in [method@Session.add_feature_by_type]
 *
 * Removes the features of a type, or of one that is derived from it; or an extension.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_session_remove_feature_by_type(WsoupSession *session,
                                          GType feature_type);

/**
 * wsoup_session_has_feature:
 * @session: a [class@Session]
 * @feature_type: a type, as in [method@Session.add_feature_by_type]
 *
 * Gets whether @session has a feature of a type, or of one that is derived from it; or extensions of
 * exactly this type.
 *
 * Returns: %TRUE if it has
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_session_has_feature(WsoupSession *session,
                                   GType feature_type);

/**
 * wsoup_session_get_feature:
 * @session: a [class@Session]
 * @feature_type: the type of the feature
 *
 * Gets the feature of a type, or of one that is derived from it.
 *
 * Returns: (nullable) (transfer none): the feature, or %NULL if @session has none
 */
WSOUP_AVAILABLE_IN_ALL
WsoupSessionFeature *wsoup_session_get_feature(WsoupSession *session,
                                               GType feature_type);

/**
 * wsoup_session_get_feature_for_message:
 * @session: a [class@Session]
 * @feature_type: the type of the feature
 * @msg: a message
 *
 * Gets the feature of a type, as [method@Session.get_feature] does, unless it is disabled for @msg
 * with [method@Message.disable_feature].
 *
 * Returns: (nullable) (transfer none): the feature, or %NULL if there is none for @msg
 */
WSOUP_AVAILABLE_IN_ALL
WsoupSessionFeature *wsoup_session_get_feature_for_message(WsoupSession *session,
                                                           GType feature_type,
                                                           WsoupMessage *msg);

WSOUP_AVAILABLE_IN_ALL
GType wsoup_server_get_type(void);

/**
 * wsoup_server_new:
 * @optname1: (nullable): the name of the first property to set, or %NULL
 * @...: the value of the property, then more names and values, and %NULL at the end
 *
 * Creates a server with properties.
 *
 * ```c
 * WsoupServer *server = wsoup_server_new ("server-header", "example/1.0", NULL);
 * ```
 *
 * Returns: (transfer full) (nullable): a new server, which does not listen yet
 */
extern WsoupServer *wsoup_server_new(const char *optname1,
                                     ...);

/**
 * wsoup_server_add_handler:
 * @server: a [class@Server]
 * @path: (nullable): the path, such as `/status`; %NULL is `/`
 * @callback: (scope notified) (closure user_data) (destroy destroy): what answers the requests
 * @user_data: what @callback is given
 * @destroy: (nullable): called with @user_data when it is no longer needed
 *
 * Answers requests for a path, and for all below it, by @callback.
 *
 * Of all paths with a handler, the longest that fits the request counts. @callback is called when
 * the whole request has arrived. It takes the place of another handler that was added for the same
 * path.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_server_add_handler(WsoupServer *server,
                              const char *path,
                              WsoupServerCallback callback,
                              gpointer user_data,
                              GDestroyNotify destroy);

/**
 * wsoup_server_add_early_handler:
 * @server: a [class@Server]
 * @path: (nullable): the path, such as `/upload`; %NULL is `/`
 * @callback: (scope notified) (closure user_data) (destroy destroy): what looks at the requests
 * @user_data: what @callback is given
 * @destroy: (nullable): called with @user_data when it is no longer needed
 *
 * Has @callback look at requests for a path, and for all below it, before their bodies arrive.
 *
 * A request for which it sets a status is answered with that, without the handler of
 * [method@Server.add_handler]; so a request can be refused before its body is sent.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_server_add_early_handler(WsoupServer *server,
                                    const char *path,
                                    WsoupServerCallback callback,
                                    gpointer user_data,
                                    GDestroyNotify destroy);

/**
 * wsoup_server_add_websocket_handler:
 * @server: a [class@Server]
 * @path: (nullable): the path, such as `/chat`; %NULL is `/`
 * @origin: (nullable): the only `Origin` that is accepted, or %NULL to accept all
 * @protocols: (nullable) (array zero-terminated=1): the subprotocols that are spoken
 * @callback: (scope notified) (closure user_data) (destroy destroy): what takes the connections
 * @user_data: what @callback is given
 * @destroy: (nullable): called with @user_data when it is no longer needed
 *
 * Accepts WebSocket connections to a path, and to all below it, and gives them to @callback.
 *
 * A handshake that is malformed is answered with 400, one with another version of the protocol with
 * 426, and one with another origin than @origin with 403 (RFC 6455 §4.2). Browsers let no page lie
 * about its origin, so @origin keeps the pages of others from using the server in the name of its
 * users; programs that are not browsers can send what they like.
 *
 * The subprotocol is the first that the client offers and that is among @protocols. A client that
 * offers none is served without; one that offers only others is answered with 400.
 *
 * The application can decide each handshake by itself, in a handler that is called before: one of
 * [method@Server.add_early_handler] for the path, or of [signal@Server::request-read]. The request
 * is there, with its headers, address and certificate. A status that is set refuses it;
 * `Sec-WebSocket-Protocol` in the response headers chooses the subprotocol;
 * [method@ServerMessage.pause] gives time to think, without holding up other clients.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_server_add_websocket_handler(WsoupServer *server,
                                        const char *path,
                                        const char *origin,
                                        char **protocols,
                                        WsoupServerWebsocketCallback callback,
                                        gpointer user_data,
                                        GDestroyNotify destroy);

/**
 * wsoup_server_add_websocket_handler_for_origins:
 * @server: a [class@Server]
 * @path: (nullable): the path, such as `/chat`; %NULL is `/`
 * @origins: (nullable) (array zero-terminated=1): the `Origin`s that are accepted, or %NULL to
 *   accept all
 * @protocols: (nullable) (array zero-terminated=1): the subprotocols that are spoken
 * @callback: (scope notified) (closure user_data) (destroy destroy): what takes the connections
 * @user_data: what @callback is given
 * @destroy: (nullable): called with @user_data when it is no longer needed
 *
 * As [method@Server.add_websocket_handler], for clients of any of several origins.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_server_add_websocket_handler_for_origins(WsoupServer *server,
                                                    const char *path,
                                                    char **origins,
                                                    char **protocols,
                                                    WsoupServerWebsocketCallback callback,
                                                    gpointer user_data,
                                                    GDestroyNotify destroy);

/**
 * wsoup_server_remove_handler:
 * @server: a [class@Server]
 * @path: the path that was passed when the handlers were added
 *
 * Removes all handlers that were added for exactly @path.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_server_remove_handler(WsoupServer *server,
                                 const char *path);

/**
 * wsoup_server_add_auth_domain:
 * @server: a [class@Server]
 * @auth_domain: a [class@AuthDomain]
 *
 * Has the requests that @auth_domain covers authenticated, before any handler sees them.
 *
 * If several domains cover a request, one has to accept it.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_server_add_auth_domain(WsoupServer *server,
                                  WsoupAuthDomain *auth_domain);

/**
 * wsoup_server_remove_auth_domain:
 * @server: a [class@Server]
 * @auth_domain: a [class@AuthDomain]
 *
 * Takes back [method@Server.add_auth_domain].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_server_remove_auth_domain(WsoupServer *server,
                                     WsoupAuthDomain *auth_domain);

/**
 * wsoup_server_accept_iostream:
 * @server: a [class@Server]
 * @stream: a stream to a client, whose input and output streams are pollable
 * @local_addr: (nullable): the address of this end, if it has one
 * @remote_addr: (nullable): the address of the client, if it has one
 * @error: return location for an error
 *
 * Serves a connection that was accepted elsewhere.
 *
 * If it is to use TLS, @stream is a [iface@Gio.TlsServerConnection] already.
 *
 * Returns: %TRUE on success, %FALSE with @error set otherwise, such as to %G_IO_ERROR_BUSY if there
 *   are as many connections as [property@Server:max-connections] or
 *   [property@Server:max-connections-per-address] allows
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_server_accept_iostream(WsoupServer *server,
                                      GIOStream *stream,
                                      GSocketAddress *local_addr,
                                      GSocketAddress *remote_addr,
                                      GError **error);

/**
 * wsoup_server_disconnect:
 * @server: a [class@Server]
 *
 * Stops listening, and ends the connections whose requests are not answered yet.
 *
 * WebSocket connections stay open: [method@Server.shutdown_async] closes them, too.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_server_disconnect(WsoupServer *server);

/**
 * wsoup_server_get_listeners:
 * @server: a [class@Server]
 *
 * Gets the sockets that the server listens on.
 *
 * Returns: (element-type Gio.Socket) (transfer container): the sockets
 */
WSOUP_AVAILABLE_IN_ALL
G_GNUC_WARN_UNUSED_RESULT
GSList *wsoup_server_get_listeners(WsoupServer *server);

/**
 * wsoup_server_get_uris:
 * @server: a [class@Server]
 *
 * Gets the URIs at which the server is reached, one for each IP address and port that it listens
 * on.
 *
 * Their hosts are addresses, not names; `0.0.0.0` and `::` stand for all addresses of the machine.
 *
 * Returns: (element-type GLib.Uri) (transfer full): the URIs
 */
WSOUP_AVAILABLE_IN_ALL
G_GNUC_WARN_UNUSED_RESULT
GSList *wsoup_server_get_uris(WsoupServer *server);

/**
 * wsoup_server_is_https:
 * @server: a [class@Server]
 *
 * Tells whether the server can speak TLS: whether it has a certificate.
 *
 * Returns: %TRUE if it has one
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_server_is_https(WsoupServer *server);

/**
 * wsoup_server_get_tls_certificate: (get-property tls-certificate)
 * @server: a [class@Server]
 *
 * Gets the certificate that the server shows.
 *
 * Returns: (nullable) (transfer none): the certificate, or %NULL if there is none
 */
WSOUP_AVAILABLE_IN_ALL
GTlsCertificate *wsoup_server_get_tls_certificate(WsoupServer *server);

/**
 * wsoup_server_set_tls_certificate: (set-property tls-certificate)
 * @server: a [class@Server]
 * @certificate: a certificate with its private key
 *
 * Sets the certificate that the server shows; see [property@Server:tls-certificate].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_server_set_tls_certificate(WsoupServer *server,
                                      GTlsCertificate *certificate);

/**
 * wsoup_server_get_tls_database: (get-property tls-database)
 * @server: a [class@Server]
 *
 * Gets the certificates that those of clients are checked against.
 *
 * Returns: (nullable) (transfer none): the certificates, or %NULL if there are none
 */
WSOUP_AVAILABLE_IN_ALL
GTlsDatabase *wsoup_server_get_tls_database(WsoupServer *server);

/**
 * wsoup_server_set_tls_database: (set-property tls-database)
 * @server: a [class@Server]
 * @tls_database: the certificates
 *
 * Sets the certificates that those of clients are checked against; see
 * [property@Server:tls-database].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_server_set_tls_database(WsoupServer *server,
                                   GTlsDatabase *tls_database);

/**
 * wsoup_server_get_tls_auth_mode: (get-property tls-auth-mode)
 * @server: a [class@Server]
 *
 * Gets whether clients are asked for certificates.
 *
 * Returns: the mode
 */
WSOUP_AVAILABLE_IN_ALL
GTlsAuthenticationMode wsoup_server_get_tls_auth_mode(WsoupServer *server);

/**
 * wsoup_server_set_tls_auth_mode: (set-property tls-auth-mode)
 * @server: a [class@Server]
 * @mode: the mode
 *
 * Sets whether clients are asked for certificates; see [property@Server:tls-auth-mode].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_server_set_tls_auth_mode(WsoupServer *server,
                                    GTlsAuthenticationMode mode);

/**
 * wsoup_server_listen:
 * @server: a [class@Server]
 * @address: the address to listen on
 * @options: how to listen
 * @error: return location for an error
 *
 * Listens on an address: of IP, or the path of a Unix socket.
 *
 * Connections are accepted in the thread-default [struct@GLib.MainContext] of the caller. A server
 * can listen on several addresses.
 *
 * Returns: %TRUE on success, %FALSE with @error set otherwise, such as to
 *   %G_IO_ERROR_ADDRESS_IN_USE
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_server_listen(WsoupServer *server,
                             GSocketAddress *address,
                             WsoupServerListenOptions options,
                             GError **error);

/**
 * wsoup_server_listen_all:
 * @server: a [class@Server]
 * @port: the port, or 0 for one that is free
 * @options: how to listen
 * @error: return location for an error
 *
 * Listens on a port of all addresses of the machine, of IPv4 and of IPv6.
 *
 * Which port is free is told by [method@Server.get_uris].
 *
 * Returns: %TRUE on success, %FALSE with @error set otherwise
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_server_listen_all(WsoupServer *server,
                                 guint port,
                                 WsoupServerListenOptions options,
                                 GError **error);

/**
 * wsoup_server_listen_local:
 * @server: a [class@Server]
 * @port: the port, or 0 for one that is free
 * @options: how to listen
 * @error: return location for an error
 *
 * Listens on a port of the loopback interface: for programs on the same machine only.
 *
 * Which port is free is told by [method@Server.get_uris].
 *
 * Returns: %TRUE on success, %FALSE with @error set otherwise
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_server_listen_local(WsoupServer *server,
                                   guint port,
                                   WsoupServerListenOptions options,
                                   GError **error);

/**
 * wsoup_server_listen_socket:
 * @server: a [class@Server]
 * @socket: a socket that listens
 * @options: how to listen
 * @error: return location for an error
 *
 * Accepts connections from a socket that listens already.
 *
 * Returns: %TRUE on success, %FALSE with @error set otherwise
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_server_listen_socket(WsoupServer *server,
                                    GSocket *socket,
                                    WsoupServerListenOptions options,
                                    GError **error);

/**
 * wsoup_server_listen_fd:
 * @server: a [class@Server]
 * @fd: the file descriptor of a socket that listens
 * @options: how to listen
 * @error: return location for an error
 *
 * Accepts connections from a socket that listens already: one that another process has handed over,
 * for instance.
 *
 * On success @fd belongs to @server, which may close it at any time; otherwise it is still the
 * caller's.
 *
 * Returns: %TRUE on success, %FALSE with @error set otherwise, such as to
 *   %G_IO_ERROR_INVALID_ARGUMENT if @fd is no socket that listens
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_server_listen_fd(WsoupServer *server,
                                int fd,
                                WsoupServerListenOptions options,
                                GError **error);

/**
 * wsoup_server_listen_fds:
 * @server: a [class@Server]
 * @name: (nullable): what the service manager calls the sockets, or %NULL for all
 * @options: how to listen
 * @error: return location for an error
 *
 * Accepts connections from the sockets that the service manager has passed to the program, as systemd
 * does for a `.socket` unit.
 *
 * That is the protocol of
 * [sd_listen_fds(3)](https://www.freedesktop.org/software/systemd/man/latest/sd_listen_fds.html), with
 * the environment variables `LISTEN_PID`, `LISTEN_FDS` and `LISTEN_FDNAMES`. @name is the
 * `FileDescriptorName=` of the unit; with names a program can listen for TLS connections on one socket
 * and for others on another. Each socket is taken over once in a process, whoever asks. Programs that
 * this one executes do not inherit them; the environment is left as it is.
 *
 * ```c
 * int count = wsoup_server_listen_fds (server, NULL, 0, &error);
 *
 * // Not started by a service manager: by hand.
 * if (count == 0)
 *   wsoup_server_listen_local (server, 8080, 0, &error);
 * ```
 *
 * Returns: how many sockets these are, 0 if there are none, or -1 with @error set, to
 *   %G_IO_ERROR_INVALID_ARGUMENT if one of them does not listen
 */
WSOUP_AVAILABLE_IN_ALL
int wsoup_server_listen_fds(WsoupServer *server,
                            const char *name,
                            WsoupServerListenOptions options,
                            GError **error);

/**
 * wsoup_server_get_max_connections: (get-property max-connections)
 * @server: a [class@Server]
 *
 * Gets how many connections there may be at once.
 *
 * Returns: the number, or 0 if there is no limit
 */
WSOUP_AVAILABLE_IN_ALL
guint wsoup_server_get_max_connections(WsoupServer *server);

/**
 * wsoup_server_set_max_connections: (set-property max-connections)
 * @server: a [class@Server]
 * @max_connections: the number, or 0 for no limit
 *
 * Sets how many connections there may be at once; see [property@Server:max-connections].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_server_set_max_connections(WsoupServer *server,
                                      guint max_connections);

/**
 * wsoup_server_get_max_connections_per_address: (get-property max-connections-per-address)
 * @server: a [class@Server]
 *
 * Gets how many connections there may be with one address.
 *
 * Returns: the number, or 0 if there is no limit
 */
WSOUP_AVAILABLE_IN_ALL
guint wsoup_server_get_max_connections_per_address(WsoupServer *server);

/**
 * wsoup_server_set_max_connections_per_address: (set-property max-connections-per-address)
 * @server: a [class@Server]
 * @max_connections_per_address: the number, or 0 for no limit
 *
 * Sets how many connections there may be with one address; see [property@Server:max-connections-per-address].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_server_set_max_connections_per_address(WsoupServer *server,
                                                  guint max_connections_per_address);

/**
 * wsoup_server_get_handshake_timeout: (get-property handshake-timeout)
 * @server: a [class@Server]
 *
 * Gets the time that a client has for the head of its request.
 *
 * Returns: the time in seconds, or 0 if there is no limit
 */
WSOUP_AVAILABLE_IN_ALL
guint wsoup_server_get_handshake_timeout(WsoupServer *server);

/**
 * wsoup_server_set_handshake_timeout: (set-property handshake-timeout)
 * @server: a [class@Server]
 * @handshake_timeout: the time in seconds, or 0 for no limit
 *
 * Sets the time that a client has for the head of its request; see [property@Server:handshake-timeout].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_server_set_handshake_timeout(WsoupServer *server,
                                        guint handshake_timeout);

/**
 * wsoup_server_get_max_header_size: (get-property max-header-size)
 * @server: a [class@Server]
 *
 * Gets how long the head of a request may be.
 *
 * Returns: the length in bytes, or 0 if there is no limit
 */
WSOUP_AVAILABLE_IN_ALL
guint wsoup_server_get_max_header_size(WsoupServer *server);

/**
 * wsoup_server_set_max_header_size: (set-property max-header-size)
 * @server: a [class@Server]
 * @max_header_size: the length in bytes, or 0 for no limit
 *
 * Sets how long the head of a request may be; see [property@Server:max-header-size].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_server_set_max_header_size(WsoupServer *server,
                                      guint max_header_size);

/**
 * wsoup_server_get_max_body_size: (get-property max-body-size)
 * @server: a [class@Server]
 *
 * Gets how long the body of a request may be.
 *
 * Returns: the length in bytes, or 0 if there is no limit
 */
WSOUP_AVAILABLE_IN_ALL
guint64 wsoup_server_get_max_body_size(WsoupServer *server);

/**
 * wsoup_server_set_max_body_size: (set-property max-body-size)
 * @server: a [class@Server]
 * @max_body_size: the length in bytes, or 0 for no limit
 *
 * Sets how long the body of a request may be; see [property@Server:max-body-size].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_server_set_max_body_size(WsoupServer *server,
                                    guint64 max_body_size);

/**
 * wsoup_server_get_max_message_rate: (get-property max-message-rate)
 * @server: a [class@Server]
 *
 * Gets how many messages each client may send a second.
 *
 * Returns: the number, or 0 if there is no limit
 */
WSOUP_AVAILABLE_IN_ALL
guint wsoup_server_get_max_message_rate(WsoupServer *server);

/**
 * wsoup_server_set_max_message_rate: (set-property max-message-rate)
 * @server: a [class@Server]
 * @max_message_rate: the number, or 0 for no limit
 *
 * Sets how many messages each client may send a second; see [property@Server:max-message-rate].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_server_set_max_message_rate(WsoupServer *server,
                                       guint max_message_rate);

/**
 * wsoup_server_get_max_buffered_amount: (get-property max-buffered-amount)
 * @server: a [class@Server]
 *
 * Gets how much may wait to be sent to each client.
 *
 * Returns: the amount in bytes, or 0 if there is no limit
 */
WSOUP_AVAILABLE_IN_ALL
guint64 wsoup_server_get_max_buffered_amount(WsoupServer *server);

/**
 * wsoup_server_set_max_buffered_amount: (set-property max-buffered-amount)
 * @server: a [class@Server]
 * @max_buffered_amount: the amount in bytes, or 0 for no limit
 *
 * Sets how much may wait to be sent to each client; see [property@Server:max-buffered-amount].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_server_set_max_buffered_amount(WsoupServer *server,
                                          guint64 max_buffered_amount);

/**
 * wsoup_server_get_max_total_buffered_amount: (get-property max-total-buffered-amount)
 * @server: a [class@Server]
 *
 * Gets how much may wait to be sent to all clients together.
 *
 * Returns: the amount in bytes, or 0 if there is no limit
 */
WSOUP_AVAILABLE_IN_ALL
guint64 wsoup_server_get_max_total_buffered_amount(WsoupServer *server);

/**
 * wsoup_server_set_max_total_buffered_amount: (set-property max-total-buffered-amount)
 * @server: a [class@Server]
 * @max_total_buffered_amount: the amount in bytes, or 0 for no limit
 *
 * Sets how much may wait to be sent to all clients together; see [property@Server:max-total-buffered-amount].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_server_set_max_total_buffered_amount(WsoupServer *server,
                                                guint64 max_total_buffered_amount);

/**
 * wsoup_server_get_n_connections: (get-property n-connections)
 * @server: a [class@Server]
 *
 * Gets the number of WebSocket connections that are not closed.
 *
 * Returns: the number
 */
WSOUP_AVAILABLE_IN_ALL
guint wsoup_server_get_n_connections(WsoupServer *server);

/**
 * wsoup_server_get_connections:
 * @server: a [class@Server]
 *
 * Gets the WebSocket connections that are not closed, in the order in which they were accepted.
 *
 * Returns: (element-type WsoupWebsocketConnection) (transfer full): the connections
 */
WSOUP_AVAILABLE_IN_ALL
G_GNUC_WARN_UNUSED_RESULT
GSList *wsoup_server_get_connections(WsoupServer *server);

/**
 * wsoup_server_shutdown_async:
 * @server: a [class@Server]
 * @code: the close code for the WebSocket connections, usually %WSOUP_WEBSOCKET_CLOSE_GOING_AWAY
 * @reason: (nullable): the reason that they are given
 * @timeout: how long to wait for connections to end, in seconds, or 0 for as long as it takes
 * @cancellable: (nullable): what can end the waiting
 * @callback: (scope async): called when all connections are closed
 * @user_data: data for @callback
 *
 * Shuts the server down: stops listening, and waits until all its connections are closed.
 *
 * Requests whose first byte has come are answered; connections without one are closed. Handshakes that
 * have not been accepted yet are answered with %WSOUP_STATUS_SERVICE_UNAVAILABLE. Each WebSocket
 * connection is closed as [method@WebsocketConnection.close] does.
 *
 * All of that begins before this function returns. The connections that are left after @timeout, or
 * when @cancellable is cancelled, are ended without a word. When it is done the server may listen
 * again.
 *
 * @callback is called in the thread-default [struct@GLib.MainContext] of the caller, which has to be
 * that of the server.
 *
 * ```c
 * static void
 * on_shut_down (GObject *source, GAsyncResult *result, gpointer loop)
 * {
 *   g_autoptr (GError) error = NULL;
 *
 *   if (!wsoup_server_shutdown_finish (WSOUP_SERVER (source), result, &error))
 *     g_message ("%s", error->message);
 *   g_main_loop_quit (loop);
 * }
 *
 * wsoup_server_shutdown_async (server, WSOUP_WEBSOCKET_CLOSE_GOING_AWAY, NULL, 10, NULL, on_shut_down,
 *                              loop);
 * ```
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_server_shutdown_async(WsoupServer *server,
                                 gushort code,
                                 const char *reason,
                                 guint timeout,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);

/**
 * wsoup_server_shutdown_finish:
 * @server: a [class@Server]
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Tells how [method@Server.shutdown_async] ended. All connections are closed in any case.
 *
 * Returns: %TRUE if all had closed in time, %FALSE with @error set otherwise: to %G_IO_ERROR_TIMED_OUT,
 *   or to %G_IO_ERROR_CANCELLED
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_server_shutdown_finish(WsoupServer *server,
                                      GAsyncResult *result,
                                      GError **error);

/**
 * wsoup_server_add_websocket_extension:
 * @server: a [class@Server]
 * @extension_type: a type that is derived from [class@WebsocketExtension] and not abstract
 *
 * Adds a type of extensions, which clients get that offer it.
 *
 * [class@WebsocketExtensionDeflate] is there from the beginning. If @server has the type already, it
 * keeps its place, but not the properties that
 * [method@Server.add_websocket_extension_with_properties] gave it.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_server_add_websocket_extension(WsoupServer *server,
                                          GType extension_type);

/**
 * wsoup_server_add_websocket_extension_with_properties:
 * @server: a [class@Server]
 * @extension_type: a type that is derived from [class@WebsocketExtension] and not abstract
 * @n_properties: the number of properties
 * @names: (array length=n_properties): the names of the properties
 * @values: (array length=n_properties): their values
 *
 * Adds a type of extensions, whose objects get these properties.
 *
 * Each connection has an object of its own of an extension, which is made with these properties. If
 * @server has the type already, it keeps its place and gets the new properties. If the type does not
 * have one of them, or a value does not fit, nothing is added.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_server_add_websocket_extension_with_properties(WsoupServer *server,
                                                          GType extension_type,
                                                          guint n_properties,
                                                          const char **names,
                                                          const GValue *values);

/**
 * wsoup_server_remove_websocket_extension:
 * @server: a [class@Server]
 * @extension_type: a type of extensions
 *
 * Removes a type of extensions, and all that are derived from it.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_server_remove_websocket_extension(WsoupServer *server,
                                             GType extension_type);

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
 * and [signal@WebsocketConnection::closed] is emitted; a peer that does not answer is given
 * [property@WebsocketConnection:close-timeout].
 *
 * The codes %WSOUP_WEBSOCKET_CLOSE_ABNORMAL and %WSOUP_WEBSOCKET_CLOSE_TLS_HANDSHAKE may not be
 * sent, nor %WSOUP_WEBSOCKET_CLOSE_NO_EXTENSION by a server. %WSOUP_WEBSOCKET_CLOSE_NO_STATUS sends a
 * close without a code; @data must be %NULL then.
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

/**
 * wsoup_websocket_connection_get_buffered_amount: (get-property buffered-amount)
 * @connection: a [class@WebsocketConnection]
 *
 * Gets how much of what was sent has not been taken by the stream.
 *
 * Returns: the amount of messages in bytes
 */
WSOUP_AVAILABLE_IN_ALL
guint64 wsoup_websocket_connection_get_buffered_amount(WsoupWebsocketConnection *connection);

/**
 * wsoup_websocket_connection_get_max_buffered_amount: (get-property max-buffered-amount)
 * @connection: a [class@WebsocketConnection]
 *
 * Gets how much may wait to be sent.
 *
 * Returns: the bound in bytes, or 0 if there is none
 */
WSOUP_AVAILABLE_IN_ALL
guint64 wsoup_websocket_connection_get_max_buffered_amount(WsoupWebsocketConnection *connection);

/**
 * wsoup_websocket_connection_set_max_buffered_amount: (set-property max-buffered-amount)
 * @connection: a [class@WebsocketConnection]
 * @max_buffered_amount: the bound in bytes, or 0 for none
 *
 * Sets how much may wait to be sent; see
 * [property@WebsocketConnection:max-buffered-amount].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_websocket_connection_set_max_buffered_amount(WsoupWebsocketConnection *connection,
                                                        guint64 max_buffered_amount);

/**
 * wsoup_websocket_connection_get_overflow_policy: (get-property overflow-policy)
 * @connection: a [class@WebsocketConnection]
 *
 * Gets what happens to a message that is too much.
 *
 * Returns: what happens
 */
WSOUP_AVAILABLE_IN_ALL
WsoupWebsocketOverflowPolicy wsoup_websocket_connection_get_overflow_policy(WsoupWebsocketConnection *connection);

/**
 * wsoup_websocket_connection_set_overflow_policy: (set-property overflow-policy)
 * @connection: a [class@WebsocketConnection]
 * @overflow_policy: what happens
 *
 * Sets what happens to a message that is too much; see
 * [property@WebsocketConnection:overflow-policy].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_websocket_connection_set_overflow_policy(WsoupWebsocketConnection *connection,
                                                    WsoupWebsocketOverflowPolicy overflow_policy);

/**
 * wsoup_websocket_connection_get_high_water_mark: (get-property high-water-mark)
 * @connection: a [class@WebsocketConnection]
 *
 * Gets the amount from which on [signal@WebsocketConnection::congested] tells that it is enough.
 *
 * Returns: the amount in bytes, or 0 for none
 */
WSOUP_AVAILABLE_IN_ALL
guint64 wsoup_websocket_connection_get_high_water_mark(WsoupWebsocketConnection *connection);

/**
 * wsoup_websocket_connection_set_high_water_mark: (set-property high-water-mark)
 * @connection: a [class@WebsocketConnection]
 * @high_water_mark: the amount in bytes, or 0 for none
 *
 * Sets the amount from which on [signal@WebsocketConnection::congested] tells that it is enough; see
 * [property@WebsocketConnection:high-water-mark].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_websocket_connection_set_high_water_mark(WsoupWebsocketConnection *connection,
                                                    guint64 high_water_mark);

/**
 * wsoup_websocket_connection_get_low_water_mark: (get-property low-water-mark)
 * @connection: a [class@WebsocketConnection]
 *
 * Gets the amount down to which [signal@WebsocketConnection::drained] waits.
 *
 * Returns: the amount in bytes
 */
WSOUP_AVAILABLE_IN_ALL
guint64 wsoup_websocket_connection_get_low_water_mark(WsoupWebsocketConnection *connection);

/**
 * wsoup_websocket_connection_set_low_water_mark: (set-property low-water-mark)
 * @connection: a [class@WebsocketConnection]
 * @low_water_mark: the amount in bytes
 *
 * Sets the amount down to which [signal@WebsocketConnection::drained] waits; see
 * [property@WebsocketConnection:low-water-mark].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_websocket_connection_set_low_water_mark(WsoupWebsocketConnection *connection,
                                                   guint64 low_water_mark);

/**
 * wsoup_websocket_connection_get_max_message_rate: (get-property max-message-rate)
 * @connection: a [class@WebsocketConnection]
 *
 * Gets how many messages a second the peer may send.
 *
 * Returns: the number, or 0 if there is no limit
 */
WSOUP_AVAILABLE_IN_ALL
guint wsoup_websocket_connection_get_max_message_rate(WsoupWebsocketConnection *connection);

/**
 * wsoup_websocket_connection_set_max_message_rate: (set-property max-message-rate)
 * @connection: a [class@WebsocketConnection]
 * @max_message_rate: the number, or 0 for no limit
 *
 * Sets how many messages a second the peer may send; see
 * [property@WebsocketConnection:max-message-rate].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_websocket_connection_set_max_message_rate(WsoupWebsocketConnection *connection,
                                                     guint max_message_rate);

/**
 * wsoup_websocket_connection_get_receive_buffer_size: (get-property receive-buffer-size)
 * @connection: a [class@WebsocketConnection]
 *
 * Gets how much is read that waits to be received.
 *
 * Returns: the size in bytes
 */
WSOUP_AVAILABLE_IN_ALL
guint64 wsoup_websocket_connection_get_receive_buffer_size(WsoupWebsocketConnection *connection);

/**
 * wsoup_websocket_connection_set_receive_buffer_size: (set-property receive-buffer-size)
 * @connection: a [class@WebsocketConnection]
 * @receive_buffer_size: the size in bytes, at least 1
 *
 * Sets how much is read that waits to be received; see
 * [property@WebsocketConnection:receive-buffer-size].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_websocket_connection_set_receive_buffer_size(WsoupWebsocketConnection *connection,
                                                        guint64 receive_buffer_size);

/**
 * wsoup_websocket_connection_get_paused: (get-property paused)
 * @connection: a [class@WebsocketConnection]
 *
 * Gets whether messages wait, because the connection was paused.
 *
 * Returns: %TRUE if it is paused
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_websocket_connection_get_paused(WsoupWebsocketConnection *connection);

/**
 * wsoup_websocket_connection_get_latency: (get-property latency)
 * @connection: a [class@WebsocketConnection]
 *
 * Gets how long the peer took to answer the last keepalive ping that it has answered.
 *
 * Returns: the time in microseconds, or -1 if there was none
 */
WSOUP_AVAILABLE_IN_ALL
GTimeSpan wsoup_websocket_connection_get_latency(WsoupWebsocketConnection *connection);

/**
 * wsoup_websocket_connection_get_idle_timeout: (get-property idle-timeout)
 * @connection: a [class@WebsocketConnection]
 *
 * Gets how long the peer may send nothing.
 *
 * Returns: the time in seconds, or 0 for ever
 */
WSOUP_AVAILABLE_IN_ALL
guint wsoup_websocket_connection_get_idle_timeout(WsoupWebsocketConnection *connection);

/**
 * wsoup_websocket_connection_set_idle_timeout: (set-property idle-timeout)
 * @connection: a [class@WebsocketConnection]
 * @timeout: the time in seconds, or 0 for ever
 *
 * Sets how long the peer may send nothing; see
 * [property@WebsocketConnection:idle-timeout].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_websocket_connection_set_idle_timeout(WsoupWebsocketConnection *connection,
                                                 guint timeout);

/**
 * wsoup_websocket_connection_get_close_timeout: (get-property close-timeout)
 * @connection: a [class@WebsocketConnection]
 *
 * Gets how long the peer has for its part of closing.
 *
 * Returns: the time in seconds, or 0 for ever
 */
WSOUP_AVAILABLE_IN_ALL
guint wsoup_websocket_connection_get_close_timeout(WsoupWebsocketConnection *connection);

/**
 * wsoup_websocket_connection_set_close_timeout: (set-property close-timeout)
 * @connection: a [class@WebsocketConnection]
 * @timeout: the time in seconds, or 0 for ever
 *
 * Sets how long the peer has for its part of closing; see
 * [property@WebsocketConnection:close-timeout].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_websocket_connection_set_close_timeout(WsoupWebsocketConnection *connection,
                                                  guint timeout);

/**
 * wsoup_websocket_connection_get_closed_cleanly: (get-property closed-cleanly)
 * @connection: a [class@WebsocketConnection]
 *
 * Gets whether the connection is closed and was so in order.
 *
 * Returns: %TRUE if both sides have sent a close frame (RFC 6455 §7.1.4)
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_websocket_connection_get_closed_cleanly(WsoupWebsocketConnection *connection);

/**
 * wsoup_websocket_connection_try_send_text:
 * @connection: a [class@WebsocketConnection]
 * @text: UTF-8, up to its NUL
 * @error: return location for an error
 *
 * Sends a text message as [method@WebsocketConnection.send_text] does, or tells why not.
 *
 * The errors are:
 *
 * - %G_IO_ERROR_CLOSED: the connection is not open.
 * - %G_IO_ERROR_WOULD_BLOCK: with the message, more than
 *   [property@WebsocketConnection:max-buffered-amount] would wait to be sent. There will be room when
 *   the peer has taken something: see [signal@WebsocketConnection::drained].
 * - %G_IO_ERROR_MESSAGE_TOO_LARGE: the message alone is more than that.
 *
 * This may be called in any thread.
 *
 * Returns: %TRUE if the message was queued
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_websocket_connection_try_send_text(WsoupWebsocketConnection *connection,
                                                  const char *text,
                                                  GError **error);

/**
 * wsoup_websocket_connection_try_send_binary:
 * @connection: a [class@WebsocketConnection]
 * @data: (array length=length) (element-type guint8) (nullable): the bytes of the message; may be
 *   %NULL if @length is 0
 * @length: how many bytes these are
 * @error: return location for an error
 *
 * Sends a binary message as [method@WebsocketConnection.send_binary] does, or tells why not: see
 * [method@WebsocketConnection.try_send_text].
 *
 * Returns: %TRUE if the message was queued
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_websocket_connection_try_send_binary(WsoupWebsocketConnection *connection,
                                                    gconstpointer data,
                                                    gsize length,
                                                    GError **error);

/**
 * wsoup_websocket_connection_try_send_message:
 * @connection: a [class@WebsocketConnection]
 * @type: the type of the message
 * @message: the bytes of the message
 * @error: return location for an error
 *
 * Sends a message as [method@WebsocketConnection.send_message] does, or tells why not: see
 * [method@WebsocketConnection.try_send_text]. A text that is not UTF-8 is
 * %WSOUP_WEBSOCKET_ERROR_BAD_DATA.
 *
 * Returns: %TRUE if the message was queued
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_websocket_connection_try_send_message(WsoupWebsocketConnection *connection,
                                                     WsoupWebsocketDataType type,
                                                     GBytes *message,
                                                     GError **error);

/**
 * wsoup_websocket_connection_send_message_async:
 * @connection: a [class@WebsocketConnection]
 * @type: the type of the message
 * @message: the bytes of the message; UTF-8 if @type is %WSOUP_WEBSOCKET_DATA_TEXT
 * @cancellable: (nullable): takes the message back, as long as nothing of it was written
 * @callback: (scope async): called when the message was written
 * @user_data: data for @callback
 *
 * Sends a message, and tells when its last byte was written to the stream.
 *
 * The message is queued at once, behind those that were sent before. Who waits for one message before
 * it sends the next needs little memory, however slow the peer is.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_websocket_connection_send_message_async(WsoupWebsocketConnection *connection,
                                                   WsoupWebsocketDataType type,
                                                   GBytes *message,
                                                   GCancellable *cancellable,
                                                   GAsyncReadyCallback callback,
                                                   gpointer user_data);

/**
 * wsoup_websocket_connection_send_message_finish:
 * @connection: a [class@WebsocketConnection]
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Gets whether the message of [method@WebsocketConnection.send_message_async] was written.
 *
 * The errors are those of [method@WebsocketConnection.try_send_message], %G_IO_ERROR_CANCELLED, and
 * %G_IO_ERROR_CONNECTION_CLOSED, or what else ended the connection, if it ended before.
 *
 * Returns: %TRUE if it was
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_websocket_connection_send_message_finish(WsoupWebsocketConnection *connection,
                                                        GAsyncResult *result,
                                                        GError **error);

/**
 * wsoup_websocket_connection_send_stream_async:
 * @connection: a [class@WebsocketConnection]
 * @type: the type of the message
 * @stream: what is read until its end
 * @io_priority: the priority of reading
 * @cancellable: (nullable): ends the operation
 * @callback: (scope async): called when the message was written
 * @user_data: data for @callback
 *
 * Sends what is read from @stream as one message, in fragments (RFC 6455 §5.4).
 *
 * A fragment is read when the one before was written, so that little memory is needed, however long
 * the message is. Control frames go between the fragments, and other messages behind the last. The
 * message is not compressed.
 *
 * What has been sent of a message cannot be taken back. If @stream fails, or the operation is
 * cancelled, in the middle, the connection is closed with %WSOUP_WEBSOCKET_CLOSE_SERVER_ERROR.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_websocket_connection_send_stream_async(WsoupWebsocketConnection *connection,
                                                  WsoupWebsocketDataType type,
                                                  GInputStream *stream,
                                                  int io_priority,
                                                  GCancellable *cancellable,
                                                  GAsyncReadyCallback callback,
                                                  gpointer user_data);

/**
 * wsoup_websocket_connection_send_stream_finish:
 * @connection: a [class@WebsocketConnection]
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Gets whether the message of [method@WebsocketConnection.send_stream_async] was written.
 *
 * The errors are those of the stream, %WSOUP_WEBSOCKET_ERROR_BAD_DATA for a text that is not UTF-8,
 * %G_IO_ERROR_NOT_SUPPORTED if an extension wants messages whole, %G_IO_ERROR_CANCELLED,
 * %G_IO_ERROR_CLOSED if the connection was not open, and %G_IO_ERROR_CONNECTION_CLOSED, or what else
 * ended the connection, if it ended before.
 *
 * Returns: %TRUE if it was
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_websocket_connection_send_stream_finish(WsoupWebsocketConnection *connection,
                                                       GAsyncResult *result,
                                                       GError **error);

/**
 * wsoup_websocket_connection_receive_async:
 * @connection: a [class@WebsocketConnection]
 * @cancellable: (nullable): ends the operation; no message is lost
 * @callback: (scope async): called when there is a message, or the end
 * @user_data: data for @callback
 *
 * Receives the next message.
 *
 * From the first call on messages wait to be received, and are not emitted by
 * [signal@WebsocketConnection::message], until [method@WebsocketConnection.resume] is called. Of those
 * that wait, up to [property@WebsocketConnection:receive-buffer-size] bytes are read; beyond, the peer
 * has to wait, too. What has arrived can still be received when the connection is closed.
 *
 * There can be one operation at a time that receives.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_websocket_connection_receive_async(WsoupWebsocketConnection *connection,
                                              GCancellable *cancellable,
                                              GAsyncReadyCallback callback,
                                              gpointer user_data);

/**
 * wsoup_websocket_connection_receive_finish:
 * @connection: a [class@WebsocketConnection]
 * @result: what the callback was given
 * @type: (out) (optional): where to put the type of the message, if there is one
 * @error: return location for an error
 *
 * Gets the message of [method@WebsocketConnection.receive_async].
 *
 * The errors are what [signal@WebsocketConnection::error] has told, %G_IO_ERROR_CONNECTION_CLOSED if
 * the connection ended without a close frame, %G_IO_ERROR_PENDING if another operation was receiving,
 * and %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full) (nullable): the message; %NULL without an error if the peer has closed the
 *   connection in order
 */
WSOUP_AVAILABLE_IN_ALL
GBytes *wsoup_websocket_connection_receive_finish(WsoupWebsocketConnection *connection,
                                                  GAsyncResult *result,
                                                  WsoupWebsocketDataType *type,
                                                  GError **error);

/**
 * wsoup_websocket_connection_receive_stream_async:
 * @connection: a [class@WebsocketConnection]
 * @cancellable: (nullable): ends the operation; no message is lost
 * @callback: (scope async): called when a message begins to arrive, or at the end
 * @user_data: data for @callback
 *
 * Receives the next message as a stream, which can be read while the message arrives.
 *
 * Of such a message up to [property@WebsocketConnection:receive-buffer-size] bytes are kept, and the
 * limits on sizes are not for it, but for compressed frames: these are inflated whole. Otherwise this
 * is as [method@WebsocketConnection.receive_async].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_websocket_connection_receive_stream_async(WsoupWebsocketConnection *connection,
                                                     GCancellable *cancellable,
                                                     GAsyncReadyCallback callback,
                                                     gpointer user_data);

/**
 * wsoup_websocket_connection_receive_stream_finish:
 * @connection: a [class@WebsocketConnection]
 * @result: what the callback was given
 * @type: (out) (optional): where to put the type of the message, if there is one
 * @error: return location for an error
 *
 * Gets the stream of [method@WebsocketConnection.receive_stream_async].
 *
 * It is to be read with asynchronous functions, such as [method@Gio.InputStream.read_bytes_async]: what
 * has not arrived arrives in the same context. If the message does not come to its end, reading fails.
 * A message that is not wanted any more is skipped when its stream is closed or dropped.
 *
 * The errors are those of [method@WebsocketConnection.receive_finish].
 *
 * Returns: (transfer full) (nullable): the stream; %NULL without an error if the peer has closed the
 *   connection in order
 */
WSOUP_AVAILABLE_IN_ALL
GInputStream *wsoup_websocket_connection_receive_stream_finish(WsoupWebsocketConnection *connection,
                                                               GAsyncResult *result,
                                                               WsoupWebsocketDataType *type,
                                                               GError **error);

/**
 * wsoup_websocket_connection_pause:
 * @connection: a [class@WebsocketConnection]
 *
 * Has messages wait from now on instead of being emitted, until
 * [method@WebsocketConnection.resume] is called.
 *
 * Up to [property@WebsocketConnection:receive-buffer-size] bytes of messages are read, and control
 * frames among them are answered; beyond, the peer has to wait, and its silence is not held against it.
 * What happens to the connection behind a message that waits ([signal@WebsocketConnection::error],
 * [signal@WebsocketConnection::closing], [signal@WebsocketConnection::closed]) is told after it;
 * operations that wait for something to be sent, or for a pong, fail when it ends.
 * [method@WebsocketConnection.close] resumes.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_websocket_connection_pause(WsoupWebsocketConnection *connection);

/**
 * wsoup_websocket_connection_resume:
 * @connection: a [class@WebsocketConnection]
 *
 * Has messages emitted again by [signal@WebsocketConnection::message], first of all those that wait,
 * after [method@WebsocketConnection.pause] or [method@WebsocketConnection.receive_async].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_websocket_connection_resume(WsoupWebsocketConnection *connection);

/**
 * wsoup_websocket_connection_ping_async:
 * @connection: a [class@WebsocketConnection]
 * @payload: (nullable): at most 125 bytes, or %NULL for some that no other ping has
 * @cancellable: (nullable): ends the waiting
 * @callback: (scope async): called when the pong came
 * @user_data: data for @callback
 *
 * Pings the peer (RFC 6455 §5.5.2), and waits for the pong.
 *
 * The ping overtakes messages that wait to be sent. The pong is told by
 * [signal@WebsocketConnection::pong], too. One counts for the pings before the one that it answers as
 * well, as a peer may answer the newest alone (§5.5.3).
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_websocket_connection_ping_async(WsoupWebsocketConnection *connection,
                                           GBytes *payload,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);

/**
 * wsoup_websocket_connection_ping_finish:
 * @connection: a [class@WebsocketConnection]
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Gets how long the answer to the ping of [method@WebsocketConnection.ping_async] has taken.
 *
 * The errors are %G_IO_ERROR_INVALID_ARGUMENT for a payload that is too long, %G_IO_ERROR_CLOSED if the
 * connection was not open, %G_IO_ERROR_CONNECTION_CLOSED, or what else ended the connection, if it
 * ended before, and %G_IO_ERROR_CANCELLED.
 *
 * Returns: the time in microseconds, from when the ping was written until the pong came; -1 with an
 *   error
 */
WSOUP_AVAILABLE_IN_ALL
GTimeSpan wsoup_websocket_connection_ping_finish(WsoupWebsocketConnection *connection,
                                                 GAsyncResult *result,
                                                 GError **error);

/**
 * wsoup_websocket_connection_close_async:
 * @connection: a [class@WebsocketConnection]
 * @code: a [enum@WebsocketCloseCode] that may be sent, or a number from 3000 to 4999
 * @data: (nullable): the reason, for people to read; UTF-8, at most 123 bytes of it are sent
 * @cancellable: (nullable): ends the waiting; the connection closes all the same
 * @callback: (scope async): called when the connection is closed
 * @user_data: data for @callback
 *
 * Begins to close the connection as [method@WebsocketConnection.close] does, and waits for its end.
 *
 * If it is closing already, its end is waited for. [signal@WebsocketConnection::closed] is emitted
 * before.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_websocket_connection_close_async(WsoupWebsocketConnection *connection,
                                            gushort code,
                                            const char *data,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer user_data);

/**
 * wsoup_websocket_connection_close_finish:
 * @connection: a [class@WebsocketConnection]
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Gets whether the connection was closed in order.
 *
 * The errors are %G_IO_ERROR_TIMED_OUT if the peer did not answer in time
 * ([property@WebsocketConnection:close-timeout]), %G_IO_ERROR_CONNECTION_CLOSED, or what else ended the
 * connection, if it ended without the peer's close frame, and %G_IO_ERROR_CANCELLED.
 *
 * Returns: %TRUE if it was
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_websocket_connection_close_finish(WsoupWebsocketConnection *connection,
                                                 GAsyncResult *result,
                                                 GError **error);

/**
 * wsoup_reconnecting_client_new:
 * @session: what opens the connections
 * @uri_string: the URI to connect to; its scheme is `ws`, `wss`, `http` or `https`
 * @origin: (nullable): what to send as `Origin`, if anything
 * @protocols: (nullable) (array zero-terminated=1): the subprotocols to offer, the preferred one
 *   first
 *
 * Creates a client that stays connected, once it is started.
 *
 * Returns: (nullable) (transfer full): a new client, or %NULL if @uri_string is no URI or has no host
 */
WSOUP_AVAILABLE_IN_ALL
G_GNUC_WARN_UNUSED_RESULT
WsoupReconnectingClient *wsoup_reconnecting_client_new(WsoupSession *session,
                                                       const char *uri_string,
                                                       const char *origin,
                                                       char **protocols);

/**
 * wsoup_reconnecting_client_new_from_uri:
 * @session: what opens the connections
 * @uri: the URI to connect to
 * @origin: (nullable): what to send as `Origin`, if anything
 * @protocols: (nullable) (array zero-terminated=1): the subprotocols to offer, the preferred one
 *   first
 *
 * Creates a client that stays connected, once it is started.
 *
 * Returns: (nullable) (transfer full): a new client, or %NULL if @uri has no host
 */
WSOUP_AVAILABLE_IN_ALL
G_GNUC_WARN_UNUSED_RESULT
WsoupReconnectingClient *wsoup_reconnecting_client_new_from_uri(WsoupSession *session,
                                                                GUri *uri,
                                                                const char *origin,
                                                                char **protocols);

/**
 * wsoup_reconnecting_client_start:
 * @client: a [class@ReconnectingClient]
 *
 * Begins to connect, and to stay connected.
 *
 * The first attempt is made without delay, in the next iteration of the main context in which @client
 * was created. Nothing happens if it was started already.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_reconnecting_client_start(WsoupReconnectingClient *client);

/**
 * wsoup_reconnecting_client_stop:
 * @client: a [class@ReconnectingClient]
 *
 * Ends what [method@ReconnectingClient.start] has begun.
 *
 * An open connection is closed in order (RFC 6455 §7): what was sent before still gets there, messages
 * may still arrive, and the state is %WSOUP_RECONNECTING_STATE_STOPPING until the server has answered,
 * or for five seconds. Messages that no connection has written stay queued for the next start.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_reconnecting_client_stop(WsoupReconnectingClient *client);

/**
 * wsoup_reconnecting_client_proceed:
 * @client: a [class@ReconnectingClient]
 *
 * Lets the attempt go on that a handler of [signal@ReconnectingClient::prepare] has held.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_reconnecting_client_proceed(WsoupReconnectingClient *client);

/**
 * wsoup_reconnecting_client_send_text:
 * @client: a [class@ReconnectingClient]
 * @text: UTF-8, up to its NUL
 * @error: return location for an error
 *
 * Sends a text message, now or once there is a connection.
 *
 * A message that is accepted is kept until a connection's socket has taken its last byte; if the
 * connection ends before, it is sent again on the next one, in order. What the system had taken when a
 * connection broke may be lost all the same: only an answer of the server tells that a message has
 * arrived.
 *
 * The errors are:
 *
 * - %G_IO_ERROR_NOT_CONNECTED: there is no connection, and the policy is
 *   %WSOUP_OFFLINE_POLICY_REFUSE; or the client has given up.
 * - %G_IO_ERROR_WOULD_BLOCK: with it, the messages that wait would be more than
 *   [property@ReconnectingClient:max-queued-amount].
 * - %G_IO_ERROR_MESSAGE_TOO_LARGE: the message alone is more than that.
 *
 * Returns: %TRUE if the message is accepted, %FALSE with @error set otherwise
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_reconnecting_client_send_text(WsoupReconnectingClient *client,
                                             const char *text,
                                             GError **error);

/**
 * wsoup_reconnecting_client_send_binary:
 * @client: a [class@ReconnectingClient]
 * @data: (array length=length) (element-type guint8) (nullable): the bytes of the message; may be
 *   %NULL if @length is 0
 * @length: how many bytes these are
 * @error: return location for an error
 *
 * Sends a binary message, now or once there is a connection; see
 * [method@ReconnectingClient.send_text].
 *
 * Returns: %TRUE if the message is accepted, %FALSE with @error set otherwise
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_reconnecting_client_send_binary(WsoupReconnectingClient *client,
                                               gconstpointer data,
                                               gsize length,
                                               GError **error);

/**
 * wsoup_reconnecting_client_send_message:
 * @client: a [class@ReconnectingClient]
 * @type: the type of the message
 * @message: the bytes of the message
 * @error: return location for an error
 *
 * Sends a message of either type, now or once there is a connection, without copying it.
 *
 * The errors are those of [method@ReconnectingClient.send_text], and %WSOUP_WEBSOCKET_ERROR_BAD_DATA if
 * @type is %WSOUP_WEBSOCKET_DATA_TEXT and @message is not UTF-8.
 *
 * Returns: %TRUE if the message is accepted, %FALSE with @error set otherwise
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_reconnecting_client_send_message(WsoupReconnectingClient *client,
                                                WsoupWebsocketDataType type,
                                                GBytes *message,
                                                GError **error);

/**
 * wsoup_reconnecting_client_get_session: (get-property session)
 * @client: a [class@ReconnectingClient]
 *
 * Gets what opens the connections.
 *
 * Returns: (transfer none): the session
 */
WSOUP_AVAILABLE_IN_ALL
WsoupSession *wsoup_reconnecting_client_get_session(WsoupReconnectingClient *client);

/**
 * wsoup_reconnecting_client_get_uri: (get-property uri)
 * @client: a [class@ReconnectingClient]
 *
 * Gets the URI that is connected to.
 *
 * Returns: (transfer none): the URI
 */
WSOUP_AVAILABLE_IN_ALL
GUri *wsoup_reconnecting_client_get_uri(WsoupReconnectingClient *client);

/**
 * wsoup_reconnecting_client_get_origin: (get-property origin)
 * @client: a [class@ReconnectingClient]
 *
 * Gets what is sent as `Origin`.
 *
 * Returns: (nullable): the origin, or %NULL if none is sent
 */
WSOUP_AVAILABLE_IN_ALL
const char *wsoup_reconnecting_client_get_origin(WsoupReconnectingClient *client);

/**
 * wsoup_reconnecting_client_get_protocols: (get-property protocols)
 * @client: a [class@ReconnectingClient]
 *
 * Gets the subprotocols that are offered.
 *
 * Returns: (transfer full) (array zero-terminated=1): the subprotocols
 */
WSOUP_AVAILABLE_IN_ALL
G_GNUC_WARN_UNUSED_RESULT
char **wsoup_reconnecting_client_get_protocols(WsoupReconnectingClient *client);

/**
 * wsoup_reconnecting_client_get_state: (get-property state)
 * @client: a [class@ReconnectingClient]
 *
 * Gets what the client is doing.
 *
 * Returns: the state
 */
WSOUP_AVAILABLE_IN_ALL
WsoupReconnectingState wsoup_reconnecting_client_get_state(WsoupReconnectingClient *client);

/**
 * wsoup_reconnecting_client_get_connection: (get-property connection)
 * @client: a [class@ReconnectingClient]
 *
 * Gets the connection, while there is one.
 *
 * Returns: (nullable) (transfer none): the connection, or %NULL
 */
WSOUP_AVAILABLE_IN_ALL
WsoupWebsocketConnection *wsoup_reconnecting_client_get_connection(WsoupReconnectingClient *client);

/**
 * wsoup_reconnecting_client_get_attempts: (get-property attempts)
 * @client: a [class@ReconnectingClient]
 *
 * Gets how many attempts have begun since the client was started, or last connected.
 *
 * Returns: the number
 */
WSOUP_AVAILABLE_IN_ALL
guint wsoup_reconnecting_client_get_attempts(WsoupReconnectingClient *client);

/**
 * wsoup_reconnecting_client_get_retry_at: (get-property retry-at)
 * @client: a [class@ReconnectingClient]
 *
 * Gets when the next attempt is made.
 *
 * Returns: the time as g_get_monotonic_time() has it, or 0 if no attempt is waited for
 */
WSOUP_AVAILABLE_IN_ALL
gint64 wsoup_reconnecting_client_get_retry_at(WsoupReconnectingClient *client);

/**
 * wsoup_reconnecting_client_get_queued_amount: (get-property queued-amount)
 * @client: a [class@ReconnectingClient]
 *
 * Gets how much of what was accepted no socket has taken yet.
 *
 * Returns: the bytes of the messages
 */
WSOUP_AVAILABLE_IN_ALL
guint64 wsoup_reconnecting_client_get_queued_amount(WsoupReconnectingClient *client);

/**
 * wsoup_reconnecting_client_get_initial_delay: (get-property initial-delay)
 * @client: a [class@ReconnectingClient]
 *
 * Gets the bound on the delay after the first failure.
 *
 * Returns: the bound in milliseconds
 */
WSOUP_AVAILABLE_IN_ALL
guint wsoup_reconnecting_client_get_initial_delay(WsoupReconnectingClient *client);

/**
 * wsoup_reconnecting_client_set_initial_delay: (set-property initial-delay)
 * @client: a [class@ReconnectingClient]
 * @initial_delay: the bound in milliseconds, at least 1
 *
 * Sets the bound on the delay after the first failure; see [property@ReconnectingClient:initial-delay].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_reconnecting_client_set_initial_delay(WsoupReconnectingClient *client,
                                                 guint initial_delay);

/**
 * wsoup_reconnecting_client_get_max_delay: (get-property max-delay)
 * @client: a [class@ReconnectingClient]
 *
 * Gets the bound on all delays.
 *
 * Returns: the bound in milliseconds
 */
WSOUP_AVAILABLE_IN_ALL
guint wsoup_reconnecting_client_get_max_delay(WsoupReconnectingClient *client);

/**
 * wsoup_reconnecting_client_set_max_delay: (set-property max-delay)
 * @client: a [class@ReconnectingClient]
 * @max_delay: the bound in milliseconds, at least 1
 *
 * Sets the bound on all delays; see [property@ReconnectingClient:max-delay].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_reconnecting_client_set_max_delay(WsoupReconnectingClient *client,
                                             guint max_delay);

/**
 * wsoup_reconnecting_client_get_backoff_factor: (get-property backoff-factor)
 * @client: a [class@ReconnectingClient]
 *
 * Gets by what the bound on the delay is multiplied with each failure.
 *
 * Returns: the factor
 */
WSOUP_AVAILABLE_IN_ALL
gdouble wsoup_reconnecting_client_get_backoff_factor(WsoupReconnectingClient *client);

/**
 * wsoup_reconnecting_client_set_backoff_factor: (set-property backoff-factor)
 * @client: a [class@ReconnectingClient]
 * @factor: the factor, at least 1
 *
 * Sets by what the bound on the delay is multiplied with each failure; see [property@ReconnectingClient:backoff-factor].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_reconnecting_client_set_backoff_factor(WsoupReconnectingClient *client,
                                                  gdouble factor);

/**
 * wsoup_reconnecting_client_get_stable_time: (get-property stable-time)
 * @client: a [class@ReconnectingClient]
 *
 * Gets how long a connection has to last for the delays to start anew.
 *
 * Returns: the time in milliseconds
 */
WSOUP_AVAILABLE_IN_ALL
guint wsoup_reconnecting_client_get_stable_time(WsoupReconnectingClient *client);

/**
 * wsoup_reconnecting_client_set_stable_time: (set-property stable-time)
 * @client: a [class@ReconnectingClient]
 * @stable_time: the time in milliseconds
 *
 * Sets how long a connection has to last for the delays to start anew; see [property@ReconnectingClient:stable-time].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_reconnecting_client_set_stable_time(WsoupReconnectingClient *client,
                                               guint stable_time);

/**
 * wsoup_reconnecting_client_get_attempt_timeout: (get-property attempt-timeout)
 * @client: a [class@ReconnectingClient]
 *
 * Gets the time that an attempt may take.
 *
 * Returns: the time in seconds, or 0
 */
WSOUP_AVAILABLE_IN_ALL
guint wsoup_reconnecting_client_get_attempt_timeout(WsoupReconnectingClient *client);

/**
 * wsoup_reconnecting_client_set_attempt_timeout: (set-property attempt-timeout)
 * @client: a [class@ReconnectingClient]
 * @timeout: the time in seconds, or 0 for no limit
 *
 * Sets the time that an attempt may take; see [property@ReconnectingClient:attempt-timeout].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_reconnecting_client_set_attempt_timeout(WsoupReconnectingClient *client,
                                                   guint timeout);

/**
 * wsoup_reconnecting_client_get_keepalive_interval: (get-property keepalive-interval)
 * @client: a [class@ReconnectingClient]
 *
 * Gets the time between keepalive pings on each connection.
 *
 * Returns: the time in seconds, or 0
 */
WSOUP_AVAILABLE_IN_ALL
guint wsoup_reconnecting_client_get_keepalive_interval(WsoupReconnectingClient *client);

/**
 * wsoup_reconnecting_client_set_keepalive_interval: (set-property keepalive-interval)
 * @client: a [class@ReconnectingClient]
 * @interval: the time in seconds, or 0 to send no pings
 *
 * Sets the time between keepalive pings on each connection; see [property@ReconnectingClient:keepalive-interval].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_reconnecting_client_set_keepalive_interval(WsoupReconnectingClient *client,
                                                      guint interval);

/**
 * wsoup_reconnecting_client_get_keepalive_pong_timeout: (get-property keepalive-pong-timeout)
 * @client: a [class@ReconnectingClient]
 *
 * Gets the time in which the server must answer a ping.
 *
 * Returns: the time in seconds, or 0
 */
WSOUP_AVAILABLE_IN_ALL
guint wsoup_reconnecting_client_get_keepalive_pong_timeout(WsoupReconnectingClient *client);

/**
 * wsoup_reconnecting_client_set_keepalive_pong_timeout: (set-property keepalive-pong-timeout)
 * @client: a [class@ReconnectingClient]
 * @pong_timeout: the time in seconds, or 0 for no limit
 *
 * Sets the time in which the server must answer a ping; see [property@ReconnectingClient:keepalive-pong-timeout].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_reconnecting_client_set_keepalive_pong_timeout(WsoupReconnectingClient *client,
                                                          guint pong_timeout);

/**
 * wsoup_reconnecting_client_get_offline_policy: (get-property offline-policy)
 * @client: a [class@ReconnectingClient]
 *
 * Gets what happens to messages while there is no connection.
 *
 * Returns: the policy
 */
WSOUP_AVAILABLE_IN_ALL
WsoupOfflinePolicy wsoup_reconnecting_client_get_offline_policy(WsoupReconnectingClient *client);

/**
 * wsoup_reconnecting_client_set_offline_policy: (set-property offline-policy)
 * @client: a [class@ReconnectingClient]
 * @policy: the policy
 *
 * Sets what happens to messages while there is no connection; see [property@ReconnectingClient:offline-policy].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_reconnecting_client_set_offline_policy(WsoupReconnectingClient *client,
                                                  WsoupOfflinePolicy policy);

/**
 * wsoup_reconnecting_client_get_max_queued_amount: (get-property max-queued-amount)
 * @client: a [class@ReconnectingClient]
 *
 * Gets the most that messages may take that no socket has taken yet.
 *
 * Returns: the bound in bytes
 */
WSOUP_AVAILABLE_IN_ALL
guint64 wsoup_reconnecting_client_get_max_queued_amount(WsoupReconnectingClient *client);

/**
 * wsoup_reconnecting_client_set_max_queued_amount: (set-property max-queued-amount)
 * @client: a [class@ReconnectingClient]
 * @max_queued_amount: the bound in bytes
 *
 * Sets the most that messages may take that no socket has taken yet; see [property@ReconnectingClient:max-queued-amount].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_reconnecting_client_set_max_queued_amount(WsoupReconnectingClient *client,
                                                     guint64 max_queued_amount);

/**
 * wsoup_message_new:
 * @method: the method of the request; WebSocket connections are made with `GET`
 * @uri_string: the URI to connect to
 *
 * Creates a message.
 *
 * The URI must be absolute and have a host, such as `wss://example.org/chat`. Characters that a
 * request cannot hold are encoded.
 *
 * Returns: (transfer full) (nullable): a new message, or %NULL if the URI is not valid
 */
WSOUP_AVAILABLE_IN_ALL
G_GNUC_WARN_UNUSED_RESULT
WsoupMessage *wsoup_message_new(const char *method,
                                const char *uri_string);

/**
 * wsoup_message_new_from_uri:
 * @method: the method of the request; WebSocket connections are made with `GET`
 * @uri: the URI to connect to
 *
 * Creates a message.
 *
 * The URI must have a host. Characters that a request cannot hold are encoded.
 *
 * Returns: (transfer full): a new message
 */
WSOUP_AVAILABLE_IN_ALL
G_GNUC_WARN_UNUSED_RESULT
WsoupMessage *wsoup_message_new_from_uri(const char *method,
                                         GUri *uri);

/**
 * wsoup_message_get_method:
 * @msg: a [class@Message]
 *
 * Gets the method of the request.
 *
 * Returns: the method
 */
WSOUP_AVAILABLE_IN_ALL
const char *wsoup_message_get_method(WsoupMessage *msg);

/**
 * wsoup_message_set_method:
 * @msg: a [class@Message]
 * @method: a method, a token (RFC 9110 §9.1)
 *
 * Sets the method of the request. WebSocket connections are made with `GET`.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_message_set_method(WsoupMessage *msg,
                              const char *method);

/**
 * wsoup_message_get_uri:
 * @msg: a [class@Message]
 *
 * Gets the URI of the request: that of the last redirect, if there was one.
 *
 * Returns: (transfer none): the URI
 */
WSOUP_AVAILABLE_IN_ALL
GUri *wsoup_message_get_uri(WsoupMessage *msg);

/**
 * wsoup_message_set_uri:
 * @msg: a [class@Message]
 * @uri: a URI with a host
 *
 * Sets the URI of the request.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_message_set_uri(WsoupMessage *msg,
                           GUri *uri);

/**
 * wsoup_message_get_flags:
 * @msg: a [class@Message]
 *
 * Gets how the message is to be treated.
 *
 * Returns: the flags
 */
WSOUP_AVAILABLE_IN_ALL
WsoupMessageFlags wsoup_message_get_flags(WsoupMessage *msg);

/**
 * wsoup_message_set_flags:
 * @msg: a [class@Message]
 * @flags: flags
 *
 * Sets how the message is to be treated.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_message_set_flags(WsoupMessage *msg,
                             WsoupMessageFlags flags);

/**
 * wsoup_message_add_flags:
 * @msg: a [class@Message]
 * @flags: flags
 *
 * Adds to the flags of the message.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_message_add_flags(WsoupMessage *msg,
                             WsoupMessageFlags flags);

/**
 * wsoup_message_remove_flags:
 * @msg: a [class@Message]
 * @flags: flags
 *
 * Removes from the flags of the message.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_message_remove_flags(WsoupMessage *msg,
                                WsoupMessageFlags flags);

/**
 * wsoup_message_query_flags:
 * @msg: a [class@Message]
 * @flags: flags
 *
 * Checks whether flags are set.
 *
 * Returns: %TRUE if all of @flags are
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_message_query_flags(WsoupMessage *msg,
                                   WsoupMessageFlags flags);

/**
 * wsoup_message_get_http_version:
 * @msg: a [class@Message]
 *
 * Gets the version of HTTP: the lower one of those of request and response.
 *
 * Returns: the version
 */
WSOUP_AVAILABLE_IN_ALL
WsoupHTTPVersion wsoup_message_get_http_version(WsoupMessage *msg);

/**
 * wsoup_message_get_status:
 * @msg: a [class@Message]
 *
 * Gets the status code of the response. It may be one that [enum@Status] has no name for.
 *
 * Returns: the status code, %WSOUP_STATUS_NONE before there is a response
 */
WSOUP_AVAILABLE_IN_ALL
WsoupStatus wsoup_message_get_status(WsoupMessage *msg);

/**
 * wsoup_message_get_reason_phrase:
 * @msg: a [class@Message]
 *
 * Gets the words that the server sent with the status code. They are for logs, not for users.
 *
 * Returns: (nullable): the words, or %NULL before there is a response
 */
WSOUP_AVAILABLE_IN_ALL
const char *wsoup_message_get_reason_phrase(WsoupMessage *msg);

/**
 * wsoup_message_disable_feature:
 * @msg: a [class@Message]
 * @feature_type: the type of a feature or of an extension
 *
 * Keeps the features of a type, or of one that is derived from it, away from this message.
 *
 * With [class@WebsocketExtensionManager], no extensions are offered; with the type of an extension,
 * only that one is not. To be called before the message is given to a [class@Session].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_message_disable_feature(WsoupMessage *msg,
                                   GType feature_type);

/**
 * wsoup_message_is_feature_disabled:
 * @msg: a [class@Message]
 * @feature_type: the type of a feature or of an extension
 *
 * Gets whether features of a type are kept away from this message: because it, one that it is derived
 * from, or one that is derived from it was given to [method@Message.disable_feature].
 *
 * Returns: %TRUE if they are
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_message_is_feature_disabled(WsoupMessage *msg,
                                           GType feature_type);

/**
 * wsoup_message_get_request_headers:
 * @msg: a [class@Message]
 *
 * Gets the headers of the request.
 *
 * What is added to them is sent. Those of the handshake are set by the [class@Session].
 *
 * Returns: (transfer none): the headers
 */
WSOUP_AVAILABLE_IN_ALL
WsoupMessageHeaders *wsoup_message_get_request_headers(WsoupMessage *msg);

/**
 * wsoup_message_get_response_headers:
 * @msg: a [class@Message]
 *
 * Gets the headers of the response.
 *
 * Returns: (transfer none): the headers
 */
WSOUP_AVAILABLE_IN_ALL
WsoupMessageHeaders *wsoup_message_get_response_headers(WsoupMessage *msg);

/**
 * wsoup_message_get_response_body:
 * @msg: a [class@Message]
 *
 * Gets what the server sent when it refused the connection, such as a page that says why.
 *
 * What is longer than wsoup cares to read is cut. libsoup has no such function.
 *
 * Returns: (transfer none) (nullable): the body, or %NULL if none was received
 */
WSOUP_AVAILABLE_IN_ALL
GBytes *wsoup_message_get_response_body(WsoupMessage *msg);

/**
 * wsoup_message_get_remote_address:
 * @msg: a [class@Message]
 *
 * Gets the address of the server, or that of the proxy.
 *
 * Returns: (transfer none) (nullable): the address, or %NULL before there is a connection
 */
WSOUP_AVAILABLE_IN_ALL
GSocketAddress *wsoup_message_get_remote_address(WsoupMessage *msg);

/**
 * wsoup_message_get_tls_peer_certificate:
 * @msg: a [class@Message]
 *
 * Gets the TLS certificate of the server.
 *
 * It is not known yet while [signal@Message::accept-certificate] is emitted: use the argument of
 * the signal there.
 *
 * Returns: (transfer none) (nullable): the certificate, or %NULL if the connection uses no TLS
 */
WSOUP_AVAILABLE_IN_ALL
GTlsCertificate *wsoup_message_get_tls_peer_certificate(WsoupMessage *msg);

/**
 * wsoup_message_get_tls_peer_certificate_errors:
 * @msg: a [class@Message]
 *
 * Gets what is wrong with the TLS certificate of the server.
 *
 * Returns: the errors
 */
WSOUP_AVAILABLE_IN_ALL
GTlsCertificateFlags wsoup_message_get_tls_peer_certificate_errors(WsoupMessage *msg);

/**
 * wsoup_message_get_tls_protocol_version:
 * @msg: a [class@Message]
 *
 * Gets the version of TLS that the connection uses.
 *
 * Returns: the version, %G_TLS_PROTOCOL_VERSION_UNKNOWN if the connection uses no TLS
 */
WSOUP_AVAILABLE_IN_ALL
GTlsProtocolVersion wsoup_message_get_tls_protocol_version(WsoupMessage *msg);

/**
 * wsoup_message_get_tls_ciphersuite_name:
 * @msg: a [class@Message]
 *
 * Gets the name of the TLS cipher suite that the connection uses.
 *
 * Returns: (nullable): the name, or %NULL if the connection uses no TLS
 */
WSOUP_AVAILABLE_IN_ALL
const char *wsoup_message_get_tls_ciphersuite_name(WsoupMessage *msg);

/**
 * wsoup_message_set_tls_client_certificate:
 * @msg: a [class@Message]
 * @certificate: (nullable): the certificate, or %NULL to go on without
 *
 * Sets the certificate to show when the server asks for one.
 *
 * Call it before the connection is made, or in answer to [signal@Message::request-certificate].
 * A redirect to another server does not take it along.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_message_set_tls_client_certificate(WsoupMessage *msg,
                                              GTlsCertificate *certificate);

/**
 * wsoup_message_tls_client_certificate_password_request_complete:
 * @msg: a [class@Message]
 *
 * Says that the password is set that [signal@Message::request-certificate-password] asked for.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_message_tls_client_certificate_password_request_complete(WsoupMessage *msg);

WSOUP_AVAILABLE_IN_ALL
GType wsoup_auth_get_type(void);

/**
 * wsoup_auth_authenticate: (virtual authenticate)
 * @auth: a [class@Auth]
 * @username: the name of the user
 * @password: the password of the user
 *
 * Answers the challenge by a name and a password.
 *
 * The message that asked goes on with them. They take the place of those that @auth has already;
 * if it was cancelled, nothing happens.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_auth_authenticate(WsoupAuth *auth,
                             const char *username,
                             const char *password);

/**
 * wsoup_auth_cancel:
 * @auth: a [class@Auth]
 *
 * Says that there will be no answer.
 *
 * The message that asked ends with the response that holds the challenge. An object that a handler
 * of [signal@Message::authenticate] wants to answer later is cancelled as well when its last
 * reference is dropped.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_auth_cancel(WsoupAuth *auth);

/**
 * wsoup_auth_is_authenticated: (virtual is_authenticated) (get-property is-authenticated)
 * @auth: a [class@Auth]
 *
 * Tells whether there is an answer.
 *
 * Returns: %TRUE if there are a name and a password
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_auth_is_authenticated(WsoupAuth *auth);

/**
 * wsoup_auth_is_cancelled: (get-property is-cancelled)
 * @auth: a [class@Auth]
 *
 * Tells whether there will be no answer.
 *
 * Returns: %TRUE if it was cancelled
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_auth_is_cancelled(WsoupAuth *auth);

/**
 * wsoup_auth_is_for_proxy:
 * @auth: a [class@Auth]
 *
 * Tells who asks.
 *
 * Returns: %TRUE if it is a proxy, %FALSE if it is the server
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_auth_is_for_proxy(WsoupAuth *auth);

/**
 * wsoup_auth_get_authority: (get-property authority)
 * @auth: a [class@Auth]
 *
 * Gets who asks: host and port of the server, or of the proxy.
 *
 * Returns: host and port
 */
WSOUP_AVAILABLE_IN_ALL
const char *wsoup_auth_get_authority(WsoupAuth *auth);

/**
 * wsoup_auth_get_realm: (get-property realm)
 * @auth: a [class@Auth]
 *
 * Gets what the name and the password are for, as the server calls it. Users may be shown it.
 *
 * Returns: the realm
 */
WSOUP_AVAILABLE_IN_ALL
const char *wsoup_auth_get_realm(WsoupAuth *auth);

/**
 * wsoup_auth_get_scheme_name: (get-property scheme-name)
 * @auth: a [class@Auth]
 *
 * Gets the name of the authentication scheme: `Basic` or `Digest`.
 *
 * Returns: the name
 */
WSOUP_AVAILABLE_IN_ALL
const char *wsoup_auth_get_scheme_name(WsoupAuth *auth);

WSOUP_AVAILABLE_IN_ALL
GType wsoup_message_headers_get_type(void);

/**
 * wsoup_message_headers_new:
 * @type: what the headers are for
 *
 * Creates an empty set of headers.
 *
 * [class@Message] and [class@ServerMessage] bring their own; this is for programs that keep headers
 * apart.
 *
 * Returns: (transfer full): new headers
 */
WSOUP_AVAILABLE_IN_ALL
G_GNUC_WARN_UNUSED_RESULT
WsoupMessageHeaders *wsoup_message_headers_new(WsoupMessageHeadersType type);

/**
 * wsoup_message_headers_ref:
 * @hdrs: headers
 *
 * Takes a reference to @hdrs.
 *
 * Returns: (transfer full): @hdrs
 */
WSOUP_AVAILABLE_IN_ALL
WsoupMessageHeaders *wsoup_message_headers_ref(WsoupMessageHeaders *hdrs);

/**
 * wsoup_message_headers_unref:
 * @hdrs: (transfer full): headers
 *
 * Drops a reference to @hdrs; with the last one, they are freed.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_message_headers_unref(WsoupMessageHeaders *hdrs);

/**
 * wsoup_message_headers_append:
 * @hdrs: headers
 * @name: the name of a header, a token (RFC 9110 §5.6.2)
 * @value: its value, without line breaks
 *
 * Adds a header, after those of the same name that are there already.
 *
 * Several headers of one name are for values that are lists; for others see
 * [method@MessageHeaders.replace].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_message_headers_append(WsoupMessageHeaders *hdrs,
                                  const char *name,
                                  const char *value);

/**
 * wsoup_message_headers_replace:
 * @hdrs: headers
 * @name: the name of a header, a token (RFC 9110 §5.6.2)
 * @value: its value, without line breaks
 *
 * Sets a header, in place of all others of that name.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_message_headers_replace(WsoupMessageHeaders *hdrs,
                                   const char *name,
                                   const char *value);

/**
 * wsoup_message_headers_remove:
 * @hdrs: headers
 * @name: the name of a header
 *
 * Removes all headers of a name.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_message_headers_remove(WsoupMessageHeaders *hdrs,
                                  const char *name);

/**
 * wsoup_message_headers_clear:
 * @hdrs: headers
 *
 * Removes all headers.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_message_headers_clear(WsoupMessageHeaders *hdrs);

/**
 * wsoup_message_headers_clean_connection_headers:
 * @hdrs: headers
 *
 * Removes the headers that `Connection` lists: they are for one hop only (RFC 9110 §7.6.1).
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_message_headers_clean_connection_headers(WsoupMessageHeaders *hdrs);

/**
 * wsoup_message_headers_get_one:
 * @hdrs: headers
 * @name: the name of a header
 *
 * Gets the value of a header that is not a list.
 *
 * Should there be several of that name, against the rules, this is the value of the last one.
 *
 * Returns: (nullable): the value, or %NULL if there is no such header
 */
WSOUP_AVAILABLE_IN_ALL
const char *wsoup_message_headers_get_one(WsoupMessageHeaders *hdrs,
                                          const char *name);

/**
 * wsoup_message_headers_get_list:
 * @hdrs: headers
 * @name: the name of a header
 *
 * Gets the value of a header that is a list: all values of that name, joined by commas.
 *
 * Returns: (nullable): the value, or %NULL if there is no such header
 */
WSOUP_AVAILABLE_IN_ALL
const char *wsoup_message_headers_get_list(WsoupMessageHeaders *hdrs,
                                           const char *name);

/**
 * wsoup_message_headers_header_contains:
 * @hdrs: headers
 * @name: the name of a header that is a list
 * @token: what to look for
 *
 * Checks whether a header is there and lists @token, compared case-insensitively.
 *
 * Returns: %TRUE if it does
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_message_headers_header_contains(WsoupMessageHeaders *hdrs,
                                               const char *name,
                                               const char *token);

/**
 * wsoup_message_headers_header_equals:
 * @hdrs: headers
 * @name: the name of a header
 * @value: the value to expect
 *
 * Checks whether a header is there and equals @value, compared case-insensitively.
 *
 * Returns: %TRUE if it does
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_message_headers_header_equals(WsoupMessageHeaders *hdrs,
                                             const char *name,
                                             const char *value);

/**
 * wsoup_message_headers_foreach:
 * @hdrs: headers
 * @func: (scope call) (closure user_data): what is called for each header
 * @user_data: what @func is given
 *
 * Calls @func for each header, in order.
 *
 * Headers of one name are not joined. Changes that @func makes to @hdrs are not seen.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_message_headers_foreach(WsoupMessageHeaders *hdrs,
                                   WsoupMessageHeadersForeachFunc func,
                                   gpointer user_data);

/**
 * wsoup_message_headers_get_headers_type:
 * @hdrs: headers
 *
 * Gets what the headers are for.
 *
 * Returns: the type of the headers
 */
WSOUP_AVAILABLE_IN_ALL
WsoupMessageHeadersType wsoup_message_headers_get_headers_type(WsoupMessageHeaders *hdrs);

/**
 * wsoup_message_headers_get_content_length:
 * @hdrs: headers
 *
 * Gets the length of the body, as `Content-Length` has it.
 *
 * Returns: the length in bytes; 0 if there is no valid `Content-Length`, or if `Transfer-Encoding`
 *   overrules it
 */
WSOUP_AVAILABLE_IN_ALL
goffset wsoup_message_headers_get_content_length(WsoupMessageHeaders *hdrs);

/**
 * wsoup_message_headers_set_content_length:
 * @hdrs: headers
 * @content_length: the length of the body in bytes
 *
 * Sets `Content-Length`, and removes `Transfer-Encoding`, which would contradict it.
 *
 * [class@Server] does this for each response; it is not needed for that.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_message_headers_set_content_length(WsoupMessageHeaders *hdrs,
                                              goffset content_length);

/**
 * wsoup_message_headers_get_content_type:
 * @hdrs: headers
 * @params: (out) (optional) (transfer full) (element-type utf8 utf8): return location for the
 *   parameters, such as `charset`, whose names are in lower case
 *
 * Gets the media type in `Content-Type`.
 *
 * Returns: (nullable): the media type, such as `text/html`; %NULL if there is none, and then
 *   @params is not set
 */
WSOUP_AVAILABLE_IN_ALL
const char *wsoup_message_headers_get_content_type(WsoupMessageHeaders *hdrs,
                                                   GHashTable **params);

/**
 * wsoup_message_headers_set_content_type:
 * @hdrs: headers
 * @content_type: the media type, such as `text/html`
 * @params: (nullable) (element-type utf8 utf8): parameters, such as `charset`
 *
 * Sets `Content-Type`.
 *
 * Parameters are quoted and encoded as they need (RFC 8187).
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_message_headers_set_content_type(WsoupMessageHeaders *hdrs,
                                            const char *content_type,
                                            GHashTable *params);

/**
 * wsoup_message_headers_iter_init:
 * @iter: (out caller-allocates): the iteration
 * @hdrs: headers
 *
 * Begins an iteration over @hdrs.
 *
 * The headers must live as long as the iteration is used, and should not be changed meanwhile.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_message_headers_iter_init(WsoupMessageHeadersIter *iter,
                                     WsoupMessageHeaders *hdrs);

/**
 * wsoup_message_headers_iter_next:
 * @iter: an iteration
 * @name: (out) (transfer none): return location for the name of the next header
 * @value: (out) (transfer none): return location for its value
 *
 * Goes on to the next header.
 *
 * Returns: %TRUE if there was one; otherwise @name and @value are not set
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_message_headers_iter_next(WsoupMessageHeadersIter *iter,
                                         const char **name,
                                         const char **value);

WSOUP_AVAILABLE_IN_ALL
GType wsoup_message_body_get_type(void);

/**
 * wsoup_message_body_new:
 *
 * Creates an empty body.
 *
 * [class@ServerMessage] brings its own; this is for programs that keep a body apart.
 *
 * Returns: (transfer full): a new body
 */
WSOUP_AVAILABLE_IN_ALL
G_GNUC_WARN_UNUSED_RESULT
WsoupMessageBody *wsoup_message_body_new(void);

/**
 * wsoup_message_body_ref:
 * @body: a body
 *
 * Takes a reference to @body.
 *
 * Returns: (transfer full): @body
 */
WSOUP_AVAILABLE_IN_ALL
WsoupMessageBody *wsoup_message_body_ref(WsoupMessageBody *body);

/**
 * wsoup_message_body_unref:
 * @body: (transfer full): a body
 *
 * Drops a reference to @body; with the last one, it is freed.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_message_body_unref(WsoupMessageBody *body);

/**
 * wsoup_message_body_append_bytes:
 * @body: a body
 * @buffer: a piece
 *
 * Appends a piece, which is not copied.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_message_body_append_bytes(WsoupMessageBody *body,
                                     GBytes *buffer);

/**
 * wsoup_message_body_complete:
 * @body: a body
 *
 * Says that nothing more will be appended.
 *
 * A response is complete when its handler is done with it, so this changes nothing: it is here for
 * programs that were written for libsoup.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_message_body_complete(WsoupMessageBody *body);

/**
 * wsoup_message_body_truncate:
 * @body: a body
 *
 * Removes everything that was appended.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_message_body_truncate(WsoupMessageBody *body);

/**
 * wsoup_message_body_flatten:
 * @body: a body
 *
 * Puts the pieces of @body together.
 *
 * The field `data` refers to the result, too, until the body changes.
 *
 * Returns: (transfer full): the whole body
 */
WSOUP_AVAILABLE_IN_ALL
GBytes *wsoup_message_body_flatten(WsoupMessageBody *body);

/**
 * wsoup_message_body_get_accumulate:
 * @body: a body
 *
 * Gets whether what is received is kept.
 *
 * Returns: %TRUE if it is
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_message_body_get_accumulate(WsoupMessageBody *body);

/**
 * wsoup_message_body_set_accumulate:
 * @body: a body
 * @accumulate: whether what is received is kept
 *
 * Sets whether what is received is kept, which it is by default.
 *
 * A handler of [signal@ServerMessage::got-headers] can so have the body of a request read over.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_message_body_set_accumulate(WsoupMessageBody *body,
                                       gboolean accumulate);

/**
 * wsoup_server_message_get_http_version:
 * @msg: a [class@ServerMessage]
 *
 * Gets the version of HTTP.
 *
 * Returns: the version
 */
WSOUP_AVAILABLE_IN_ALL
WsoupHTTPVersion wsoup_server_message_get_http_version(WsoupServerMessage *msg);

/**
 * wsoup_server_message_set_http_version:
 * @msg: a [class@ServerMessage]
 * @version: a version
 *
 * Sets the version of HTTP of the response.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_server_message_set_http_version(WsoupServerMessage *msg,
                                           WsoupHTTPVersion version);

/**
 * wsoup_server_message_get_method:
 * @msg: a [class@ServerMessage]
 *
 * Gets the method of the request.
 *
 * Returns: the method
 */
WSOUP_AVAILABLE_IN_ALL
const char *wsoup_server_message_get_method(WsoupServerMessage *msg);

/**
 * wsoup_server_message_get_uri:
 * @msg: a [class@ServerMessage]
 *
 * Gets the URI of the request.
 *
 * It is not known before [signal@ServerMessage::got-headers].
 *
 * Returns: (transfer none): the URI
 */
WSOUP_AVAILABLE_IN_ALL
GUri *wsoup_server_message_get_uri(WsoupServerMessage *msg);

/**
 * wsoup_server_message_is_options_ping:
 * @msg: a [class@ServerMessage]
 *
 * Checks whether the request is `OPTIONS *`, which asks about the server and not about a resource.
 *
 * Returns: %TRUE if it is
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_server_message_is_options_ping(WsoupServerMessage *msg);

/**
 * wsoup_server_message_get_request_headers:
 * @msg: a [class@ServerMessage]
 *
 * Gets the headers of the request.
 *
 * Returns: (transfer none): the headers
 */
WSOUP_AVAILABLE_IN_ALL
WsoupMessageHeaders *wsoup_server_message_get_request_headers(WsoupServerMessage *msg);

/**
 * wsoup_server_message_get_request_body:
 * @msg: a [class@ServerMessage]
 *
 * Gets the body of the request. It is complete when a handler is called.
 *
 * Returns: (transfer none): the body
 */
WSOUP_AVAILABLE_IN_ALL
WsoupMessageBody *wsoup_server_message_get_request_body(WsoupServerMessage *msg);

/**
 * wsoup_server_message_get_response_headers:
 * @msg: a [class@ServerMessage]
 *
 * Gets the headers of the response.
 *
 * Returns: (transfer none): the headers
 */
WSOUP_AVAILABLE_IN_ALL
WsoupMessageHeaders *wsoup_server_message_get_response_headers(WsoupServerMessage *msg);

/**
 * wsoup_server_message_get_response_body:
 * @msg: a [class@ServerMessage]
 *
 * Gets the body of the response.
 *
 * Returns: (transfer none): the body
 */
WSOUP_AVAILABLE_IN_ALL
WsoupMessageBody *wsoup_server_message_get_response_body(WsoupServerMessage *msg);

/**
 * wsoup_server_message_get_status:
 * @msg: a [class@ServerMessage]
 *
 * Gets the status code of the response.
 *
 * Returns: the status code, 0 before one is set
 */
WSOUP_AVAILABLE_IN_ALL
guint wsoup_server_message_get_status(WsoupServerMessage *msg);

/**
 * wsoup_server_message_get_reason_phrase:
 * @msg: a [class@ServerMessage]
 *
 * Gets the words that go with the status code of the response.
 *
 * Returns: (nullable): the words, or %NULL before a status is set
 */
WSOUP_AVAILABLE_IN_ALL
const char *wsoup_server_message_get_reason_phrase(WsoupServerMessage *msg);

/**
 * wsoup_server_message_set_status:
 * @msg: a [class@ServerMessage]
 * @status_code: a status code of three digits
 * @reason_phrase: (nullable): words that go with it, without line breaks, or %NULL for the usual
 *   ones
 *
 * Sets the status of the response.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_server_message_set_status(WsoupServerMessage *msg,
                                     guint status_code,
                                     const char *reason_phrase);

/**
 * wsoup_server_message_set_redirect:
 * @msg: a [class@ServerMessage]
 * @status_code: a status code of 3xx
 * @redirect_uri: where to, absolute or relative to the URI of the request
 *
 * Sends the client elsewhere: sets the status and the header `Location` of the response.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_server_message_set_redirect(WsoupServerMessage *msg,
                                       guint status_code,
                                       const char *redirect_uri);

/**
 * wsoup_server_message_set_response:
 * @msg: a [class@ServerMessage]
 * @content_type: (nullable): the media type of the body; %NULL if there is none
 * @resp_use: who owns @resp_body
 * @resp_body: (nullable) (array length=resp_length) (element-type guint8): the body
 * @resp_length: the length of @resp_body in bytes
 *
 * Sets the body of the response, and its header `Content-Type`.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_server_message_set_response(WsoupServerMessage *msg,
                                       const char *content_type,
                                       WsoupMemoryUse resp_use,
                                       const char *resp_body,
                                       gsize resp_length);

/**
 * wsoup_server_message_pause:
 * @msg: a [class@ServerMessage]
 *
 * Holds the response back until [method@ServerMessage.unpause].
 *
 * A handler that cannot answer at once calls this before it returns.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_server_message_pause(WsoupServerMessage *msg);

/**
 * wsoup_server_message_unpause:
 * @msg: a [class@ServerMessage]
 *
 * Lets the response go on after [method@ServerMessage.pause], when the context next runs.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_server_message_unpause(WsoupServerMessage *msg);

/**
 * wsoup_server_message_steal_connection:
 * @msg: a [class@ServerMessage]
 *
 * Takes the connection away from the server, which does not touch it any more.
 *
 * This is for handlers, and while the message is paused. No response is sent. Nothing is promised
 * about the kind of stream.
 *
 * Returns: (transfer full) (nullable): the stream, or %NULL if there is none to take
 */
WSOUP_AVAILABLE_IN_ALL
G_GNUC_WARN_UNUSED_RESULT
GIOStream *wsoup_server_message_steal_connection(WsoupServerMessage *msg);

/**
 * wsoup_server_message_get_socket:
 * @msg: a [class@ServerMessage]
 *
 * Gets the socket of the connection.
 *
 * Returns: (transfer none) (nullable): the socket, or %NULL if there is none, as after
 *   [method@Server.accept_iostream]
 */
WSOUP_AVAILABLE_IN_ALL
GSocket *wsoup_server_message_get_socket(WsoupServerMessage *msg);

/**
 * wsoup_server_message_get_local_address:
 * @msg: a [class@ServerMessage]
 *
 * Gets the address of the server's end of the connection.
 *
 * Returns: (transfer none) (nullable): the address, or %NULL if it is not known
 */
WSOUP_AVAILABLE_IN_ALL
GSocketAddress *wsoup_server_message_get_local_address(WsoupServerMessage *msg);

/**
 * wsoup_server_message_get_remote_address:
 * @msg: a [class@ServerMessage]
 *
 * Gets the address of the client.
 *
 * Returns: (transfer none) (nullable): the address, or %NULL if it is not known
 */
WSOUP_AVAILABLE_IN_ALL
GSocketAddress *wsoup_server_message_get_remote_address(WsoupServerMessage *msg);

/**
 * wsoup_server_message_get_remote_host:
 * @msg: a [class@ServerMessage]
 *
 * Gets the IP address of the client, as text.
 *
 * Returns: (nullable): the IP address, or %NULL if there is none
 */
WSOUP_AVAILABLE_IN_ALL
const char *wsoup_server_message_get_remote_host(WsoupServerMessage *msg);

/**
 * wsoup_server_message_get_tls_peer_certificate:
 * @msg: a [class@ServerMessage]
 *
 * Gets the TLS certificate that the client showed.
 *
 * Returns: (transfer none) (nullable): the certificate, or %NULL if there is none
 */
WSOUP_AVAILABLE_IN_ALL
GTlsCertificate *wsoup_server_message_get_tls_peer_certificate(WsoupServerMessage *msg);

/**
 * wsoup_server_message_get_tls_peer_certificate_errors:
 * @msg: a [class@ServerMessage]
 *
 * Gets what is wrong with the TLS certificate of the client.
 *
 * Returns: the errors
 */
WSOUP_AVAILABLE_IN_ALL
GTlsCertificateFlags wsoup_server_message_get_tls_peer_certificate_errors(WsoupServerMessage *msg);

WSOUP_AVAILABLE_IN_ALL
GType wsoup_auth_domain_get_type(void);

/**
 * wsoup_auth_domain_add_path:
 * @domain: a [class@AuthDomain]
 * @path: the path, such as `/chat`
 *
 * Has requests for a path, and for all below it, authenticated.
 *
 * `OPTIONS *` counts as a request for `/`. For a proxy, paths do not matter.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_auth_domain_add_path(WsoupAuthDomain *domain,
                                const char *path);

/**
 * wsoup_auth_domain_remove_path:
 * @domain: a [class@AuthDomain]
 * @path: the path, such as `/chat/about`
 *
 * Leaves a path, and all below it, to everyone, even if it is below one that was added.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_auth_domain_remove_path(WsoupAuthDomain *domain,
                                   const char *path);

/**
 * wsoup_auth_domain_set_filter: (set-property filter)
 * @domain: a [class@AuthDomain]
 * @filter: (scope notified) (closure filter_data) (destroy dnotify): what looks at the requests, or
 *   %NULL for nothing
 * @filter_data: what @filter is given
 * @dnotify: (nullable): called with @filter_data when it is no longer needed
 *
 * Has @filter look at each request that is covered, and decide whether it has to be authenticated
 * after all.
 *
 * Let it return %TRUE unless it knows of a reason to let a request pass.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_auth_domain_set_filter(WsoupAuthDomain *domain,
                                  WsoupAuthDomainFilter filter,
                                  gpointer filter_data,
                                  GDestroyNotify dnotify);

/**
 * wsoup_auth_domain_get_realm: (get-property realm)
 * @domain: a [class@AuthDomain]
 *
 * Gets what the credentials are for, as users are told.
 *
 * Returns: the realm
 */
WSOUP_AVAILABLE_IN_ALL
const char *wsoup_auth_domain_get_realm(WsoupAuthDomain *domain);

/**
 * wsoup_auth_domain_set_generic_auth_callback: (set-property generic-auth-callback)
 * @domain: a [class@AuthDomain]
 * @auth_callback: (scope notified) (closure auth_data) (destroy dnotify): what decides about users,
 *   or %NULL for nothing
 * @auth_data: what @auth_callback is given
 * @dnotify: (nullable): called with @auth_data when it is no longer needed
 *
 * Has @auth_callback decide whether a request is that of a user, whatever the authentication
 * scheme.
 *
 * A callback of the scheme itself, such as [callback@AuthDomainBasicAuthCallback], is asked
 * instead if there is one.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_auth_domain_set_generic_auth_callback(WsoupAuthDomain *domain,
                                                 WsoupAuthDomainGenericAuthCallback auth_callback,
                                                 gpointer auth_data,
                                                 GDestroyNotify dnotify);

/**
 * wsoup_auth_domain_check_password: (virtual check_password)
 * @domain: a [class@AuthDomain]
 * @msg: a request
 * @username: the name of a user
 * @password: the password of that user
 *
 * Checks whether the credentials of a request are those of a user.
 *
 * It is what a [callback@AuthDomainGenericAuthCallback] returns.
 *
 * Returns: %TRUE if they are
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_auth_domain_check_password(WsoupAuthDomain *domain,
                                          WsoupServerMessage *msg,
                                          const char *username,
                                          const char *password);

/**
 * wsoup_auth_domain_covers:
 * @domain: a [class@AuthDomain]
 * @msg: a request
 *
 * Checks whether a request has to be authenticated, by its path and by the filter.
 *
 * It may be authenticated already. The [class@Server] asks this by itself.
 *
 * Returns: %TRUE if it has to be
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_auth_domain_covers(WsoupAuthDomain *domain,
                                  WsoupServerMessage *msg);

/**
 * wsoup_auth_domain_accepts:
 * @domain: a [class@AuthDomain]
 * @msg: a request
 *
 * Checks whether the credentials of a request are right.
 *
 * The [class@Server] asks this by itself, once a request: some credentials are good for one use.
 *
 * Returns: (nullable) (transfer full): the name of the user, or %NULL if they are wrong or missing
 */
WSOUP_AVAILABLE_IN_ALL
G_GNUC_WARN_UNUSED_RESULT
char *wsoup_auth_domain_accepts(WsoupAuthDomain *domain,
                                WsoupServerMessage *msg);

/**
 * wsoup_auth_domain_challenge:
 * @domain: a [class@AuthDomain]
 * @msg: a request
 *
 * Answers a request by a challenge, and by the status %WSOUP_STATUS_UNAUTHORIZED, or
 * %WSOUP_STATUS_PROXY_AUTHENTICATION_REQUIRED for a proxy.
 *
 * The [class@Server] does this by itself.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_auth_domain_challenge(WsoupAuthDomain *domain,
                                 WsoupServerMessage *msg);

/**
 * wsoup_auth_domain_basic_new: (constructor)
 * @optname1: (nullable): the name of the first property to set, or %NULL
 * @...: the value of the property, then more names and values, and %NULL at the end
 *
 * Creates a domain with properties.
 *
 * ```c
 * WsoupAuthDomain *domain = wsoup_auth_domain_basic_new ("realm", "chat", NULL);
 * ```
 *
 * Returns: (transfer full): a new domain, which covers nothing yet
 */
extern WsoupAuthDomain *wsoup_auth_domain_basic_new(const char *optname1,
                                                    ...);

/**
 * wsoup_auth_domain_basic_set_auth_callback: (set-property auth-callback)
 * @domain: (type WsoupAuthDomainBasic): a [class@AuthDomainBasic]
 * @callback: (scope notified) (closure user_data) (destroy dnotify): what decides about names and
 *   passwords, or %NULL for nothing
 * @user_data: what @callback is given
 * @dnotify: (nullable): called with @user_data when it is no longer needed
 *
 * Has @callback decide whether a name and a password are right.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_auth_domain_basic_set_auth_callback(WsoupAuthDomain *domain,
                                               WsoupAuthDomainBasicAuthCallback callback,
                                               gpointer user_data,
                                               GDestroyNotify dnotify);

/**
 * wsoup_auth_domain_digest_new: (constructor)
 * @optname1: (nullable): the name of the first property to set, or %NULL
 * @...: the value of the property, then more names and values, and %NULL at the end
 *
 * Creates a domain with properties.
 *
 * Returns: (transfer full): a new domain, which covers nothing yet
 */
extern WsoupAuthDomain *wsoup_auth_domain_digest_new(const char *optname1,
                                                     ...);

/**
 * wsoup_auth_domain_digest_set_auth_callback: (set-property auth-callback)
 * @domain: (type WsoupAuthDomainDigest): a [class@AuthDomainDigest]
 * @callback: (scope notified) (closure user_data) (destroy dnotify): what looks up passwords, or
 *   %NULL for nothing
 * @user_data: what @callback is given
 * @dnotify: (nullable): called with @user_data when it is no longer needed
 *
 * Has @callback look up the passwords of users.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_auth_domain_digest_set_auth_callback(WsoupAuthDomain *domain,
                                                WsoupAuthDomainDigestAuthCallback callback,
                                                gpointer user_data,
                                                GDestroyNotify dnotify);

/**
 * wsoup_auth_domain_digest_encode_password:
 * @username: the name of a user
 * @realm: the realm of the domain
 * @password: the password of the user
 *
 * Makes what a server keeps in the place of a password, for one realm.
 *
 * Whoever has it can log in to the realm, but does not know the password.
 *
 * Returns: (transfer full): the encoded password
 */
WSOUP_AVAILABLE_IN_ALL
G_GNUC_WARN_UNUSED_RESULT
char *wsoup_auth_domain_digest_encode_password(const char *username,
                                               const char *realm,
                                               const char *password);

WSOUP_AVAILABLE_IN_ALL
GType wsoup_websocket_extension_get_type(void);

/**
 * wsoup_websocket_extension_class_set_name:
 * @klass: the structure of a class that derives from [class@WebsocketExtension]
 * @name: the token by which the extension is negotiated in the `Sec-WebSocket-Extensions` header
 *
 * Sets the field `name` of @klass, for languages that cannot reach the fields of a class.
 *
 * In Python and in JavaScript this is a method of the class, to be called once after the class was
 * defined: `MyExtension.set_name("x-my-extension")`. In Vala it is called in `class construct`.
 * Classes that are derived later inherit the name.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_websocket_extension_class_set_name(WsoupWebsocketExtensionClass *klass,
                                              const char *name);

/**
 * wsoup_websocket_extension_configure:
 * @extension: a [class@WebsocketExtension]
 * @connection_type: the side of the connection that the extension serves, not
 *   %WSOUP_WEBSOCKET_CONNECTION_UNKNOWN
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
 * `Sec-WebSocket-Extensions` (RFC 6455 §9.1). If they do not have the form that is specified there, the
 * extension is not offered, and a critical says so.
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
 * Gets the parameters that a server answers with, in `Sec-WebSocket-Extensions` (RFC 6455 §9.1). If
 * they do not have the form that is specified there, the extension is declined, and a critical says so.
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
 * @header: (inout): the first byte of the frame's header (RFC 6455 §5.2): FIN (`0x80`), the reserved
 *   bits (`0x40`, `0x20`, `0x10`) and the opcode (`0x0f`); nothing else of it is an extension's
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
 * @header: (inout): the first byte of the frame's header (RFC 6455 §5.2): FIN (`0x80`), the reserved
 *   bits (`0x40`, `0x20`, `0x10`) and the opcode (`0x0f`); nothing else of it is an extension's
 * @payload: (transfer full): the payload of the message
 * @error: return location for an error
 *
 * Processes a message after it was received.
 *
 * A message that the peer sent in several frames comes frame by frame, the later ones with the opcode
 * 0. The extension clears the reserved bits that it uses in @header; a bit that is left breaks the
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

/**
 * wsoup_websocket_extension_deflate_get_client_no_context_takeover:
 * @deflate: a [class@WebsocketExtensionDeflate]
 *
 * Gets whether the client's messages refer to nothing in earlier ones.
 *
 * Returns: %TRUE if each message is compressed by itself
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_websocket_extension_deflate_get_client_no_context_takeover(WsoupWebsocketExtensionDeflate *deflate);

/**
 * wsoup_websocket_extension_deflate_get_server_no_context_takeover:
 * @deflate: a [class@WebsocketExtensionDeflate]
 *
 * Gets whether the server's messages refer to nothing in earlier ones.
 *
 * Returns: %TRUE if each message is compressed by itself
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_websocket_extension_deflate_get_server_no_context_takeover(WsoupWebsocketExtensionDeflate *deflate);

/**
 * wsoup_websocket_extension_deflate_get_client_max_window_bits:
 * @deflate: a [class@WebsocketExtensionDeflate]
 *
 * Gets how far back the client's messages refer at most.
 *
 * Returns: the base-2 logarithm of a number of bytes, from 8 to 15
 */
WSOUP_AVAILABLE_IN_ALL
guint wsoup_websocket_extension_deflate_get_client_max_window_bits(WsoupWebsocketExtensionDeflate *deflate);

/**
 * wsoup_websocket_extension_deflate_get_server_max_window_bits:
 * @deflate: a [class@WebsocketExtensionDeflate]
 *
 * Gets how far back the server's messages refer at most.
 *
 * Returns: the base-2 logarithm of a number of bytes, from 8 to 15
 */
WSOUP_AVAILABLE_IN_ALL
guint wsoup_websocket_extension_deflate_get_server_max_window_bits(WsoupWebsocketExtensionDeflate *deflate);

/**
 * wsoup_websocket_extension_deflate_get_level:
 * @deflate: a [class@WebsocketExtensionDeflate]
 *
 * Gets how hard @deflate tries.
 *
 * Returns: from 1 (fast) to 9 (small), 0 for not at all, or -1 for a level in between
 */
WSOUP_AVAILABLE_IN_ALL
int wsoup_websocket_extension_deflate_get_level(WsoupWebsocketExtensionDeflate *deflate);

/**
 * wsoup_websocket_extension_deflate_set_level:
 * @deflate: a [class@WebsocketExtensionDeflate]
 * @level: from 1 (fast) to 9 (small), 0 for not at all, or -1 for a level in between
 *
 * Sets how hard @deflate tries.
 *
 * Counts from the next message on. That one refers to nothing in earlier ones.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_websocket_extension_deflate_set_level(WsoupWebsocketExtensionDeflate *deflate,
                                                 int level);

/**
 * wsoup_websocket_extension_deflate_get_memory_level:
 * @deflate: a [class@WebsocketExtensionDeflate]
 *
 * Gets how much memory @deflate uses to compress, beside the window.
 *
 * Returns: from 1 (least) to 9 (most)
 */
WSOUP_AVAILABLE_IN_ALL
guint wsoup_websocket_extension_deflate_get_memory_level(WsoupWebsocketExtensionDeflate *deflate);

/**
 * wsoup_websocket_extension_deflate_set_memory_level:
 * @deflate: a [class@WebsocketExtensionDeflate]
 * @memory_level: from 1 (least) to 9 (most)
 *
 * Sets how much memory @deflate uses to compress, beside the window.
 *
 * Counts from the next message on. That one refers to nothing in earlier ones.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_websocket_extension_deflate_set_memory_level(WsoupWebsocketExtensionDeflate *deflate,
                                                        guint memory_level);

/**
 * wsoup_websocket_extension_deflate_get_minimum_size:
 * @deflate: a [class@WebsocketExtensionDeflate]
 *
 * Gets the size below which messages are sent as they are.
 *
 * Returns: the size in bytes
 */
WSOUP_AVAILABLE_IN_ALL
guint wsoup_websocket_extension_deflate_get_minimum_size(WsoupWebsocketExtensionDeflate *deflate);

/**
 * wsoup_websocket_extension_deflate_set_minimum_size:
 * @deflate: a [class@WebsocketExtensionDeflate]
 * @minimum_size: the size in bytes, or 0 to compress all messages
 *
 * Sets the size below which messages are sent as they are.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_websocket_extension_deflate_set_minimum_size(WsoupWebsocketExtensionDeflate *deflate,
                                                        guint minimum_size);

/**
 * wsoup_websocket_extension_deflate_get_compress:
 * @deflate: a [class@WebsocketExtensionDeflate]
 *
 * Gets whether @deflate compresses the messages that are sent.
 *
 * Returns: %TRUE if it does
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_websocket_extension_deflate_get_compress(WsoupWebsocketExtensionDeflate *deflate);

/**
 * wsoup_websocket_extension_deflate_set_compress:
 * @deflate: a [class@WebsocketExtensionDeflate]
 * @compress: whether to compress
 *
 * Sets whether @deflate compresses the messages that are sent from now on.
 *
 * Messages that are received are inflated in any case.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_websocket_extension_deflate_set_compress(WsoupWebsocketExtensionDeflate *deflate,
                                                    gboolean compress);

/**
 * wsoup_websocket_extension_manager_add_extension:
 * @manager: a [class@WebsocketExtensionManager]
 * @extension_type: a type that is derived from [class@WebsocketExtension] and not abstract
 *
 * Adds a type of extensions.
 *
 * [method@Session.add_feature_by_type] does the same. If @manager has the type already, it keeps its
 * place, but not the properties that [method@WebsocketExtensionManager.add_extension_with_properties]
 * gave it.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_websocket_extension_manager_add_extension(WsoupWebsocketExtensionManager *manager,
                                                     GType extension_type);

/**
 * wsoup_websocket_extension_manager_add_extension_with_properties:
 * @manager: a [class@WebsocketExtensionManager]
 * @extension_type: a type that is derived from [class@WebsocketExtension] and not abstract
 * @n_properties: the number of properties
 * @names: (array length=n_properties): the names of the properties
 * @values: (array length=n_properties): their values
 *
 * Adds a type of extensions, whose objects get these properties.
 *
 * Each connection has an object of its own of an extension, which is made with these properties. If
 * @manager has the type already, it keeps its place and gets the new properties. If the type does not
 * have one of them, or a value does not fit, nothing is added.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_websocket_extension_manager_add_extension_with_properties(WsoupWebsocketExtensionManager *manager,
                                                                     GType extension_type,
                                                                     guint n_properties,
                                                                     const char **names,
                                                                     const GValue *values);

/**
 * wsoup_websocket_extension_manager_remove_extension:
 * @manager: a [class@WebsocketExtensionManager]
 * @extension_type: a type of extensions
 *
 * Removes a type of extensions.
 *
 * Returns: %TRUE if @manager had it
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_websocket_extension_manager_remove_extension(WsoupWebsocketExtensionManager *manager,
                                                            GType extension_type);

/**
 * wsoup_websocket_extension_manager_has_extension:
 * @manager: a [class@WebsocketExtensionManager]
 * @extension_type: a type of extensions
 *
 * Gets whether @manager has extensions of exactly this type.
 *
 * Returns: %TRUE if it has
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_websocket_extension_manager_has_extension(WsoupWebsocketExtensionManager *manager,
                                                         GType extension_type);

/**
 * wsoup_websocket_client_prepare_handshake:
 * @msg: the message that asks for the connection
 * @origin: (nullable): what to send as `Origin`, if anything
 * @protocols: (nullable) (array zero-terminated=1): the subprotocols to offer, the preferred one
 *   first
 * @supported_extensions: (nullable) (element-type GObject.TypeClass): the classes of the extensions
 *   to offer
 *
 * Adds to a request what makes it a WebSocket handshake (RFC 6455 §4.1).
 *
 * [method@Session.websocket_connect_async] does this by itself.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_websocket_client_prepare_handshake(WsoupMessage *msg,
                                              const char *origin,
                                              char **protocols,
                                              GPtrArray *supported_extensions);

/**
 * wsoup_websocket_client_verify_handshake:
 * @msg: the message that [func@websocket_client_prepare_handshake] has prepared, with the response
 * @supported_extensions: (nullable) (element-type GObject.TypeClass): the classes of the extensions
 *   that were offered
 * @accepted_extensions: (out) (optional) (transfer full) (element-type WsoupWebsocketExtension):
 *   return location for the extensions that the server accepted, configured
 * @error: return location for an error
 *
 * Checks the server's answer to a WebSocket handshake (RFC 6455 §4.1).
 *
 * If it is as it should be, a [class@WebsocketConnection] can be created on the stream. The error is
 * %WSOUP_WEBSOCKET_ERROR_NOT_WEBSOCKET if the server answered something else, and
 * %WSOUP_WEBSOCKET_ERROR_BAD_HANDSHAKE if it made a mistake.
 *
 * Returns: %TRUE if the handshake is complete, %FALSE with @error set otherwise
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_websocket_client_verify_handshake(WsoupMessage *msg,
                                                 GPtrArray *supported_extensions,
                                                 GList **accepted_extensions,
                                                 GError **error);

/**
 * wsoup_websocket_server_check_handshake:
 * @msg: a message with a request
 * @origin: (nullable): the only `Origin` that is accepted, or %NULL to accept all
 * @protocols: (nullable) (array zero-terminated=1): the subprotocols that are spoken
 * @supported_extensions: (nullable) (element-type GObject.TypeClass): the classes of the extensions
 *   that are known
 * @error: return location for an error
 *
 * Checks whether a request is a WebSocket handshake that can be accepted (RFC 6455 §4.2.1).
 *
 * The error is %WSOUP_WEBSOCKET_ERROR_NOT_WEBSOCKET for a request that is none,
 * %WSOUP_WEBSOCKET_ERROR_BAD_ORIGIN for one from elsewhere than @origin, and
 * %WSOUP_WEBSOCKET_ERROR_BAD_HANDSHAKE for one with another mistake. @msg is not changed.
 *
 * Returns: %TRUE if it can be accepted, %FALSE with @error set otherwise
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_websocket_server_check_handshake(WsoupServerMessage *msg,
                                                const char *origin,
                                                char **protocols,
                                                GPtrArray *supported_extensions,
                                                GError **error);

/**
 * wsoup_websocket_server_process_handshake:
 * @msg: a message with a request
 * @expected_origin: (nullable): the only `Origin` that is accepted, or %NULL to accept all
 * @protocols: (nullable) (array zero-terminated=1): the subprotocols that are spoken
 * @supported_extensions: (nullable) (element-type GObject.TypeClass): the classes of the extensions
 *   that are known
 * @accepted_extensions: (out) (optional) (transfer full) (element-type WsoupWebsocketExtension):
 *   return location for the extensions that were accepted, configured
 *
 * Answers a WebSocket handshake (RFC 6455 §4.2.2).
 *
 * If the handshake can be accepted, the response of @msg becomes
 * %WSOUP_STATUS_SWITCHING_PROTOCOLS with all its headers; when it is sent, a
 * [class@WebsocketConnection] can be created on the stream. Otherwise the response says what is
 * wrong: %WSOUP_STATUS_BAD_REQUEST, %WSOUP_STATUS_FORBIDDEN for a wrong origin, or 426 for another
 * version of the protocol.
 *
 * [method@Server.add_websocket_handler] does this by itself.
 *
 * Returns: %TRUE if the handshake was accepted
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_websocket_server_process_handshake(WsoupServerMessage *msg,
                                                  const char *expected_origin,
                                                  char **protocols,
                                                  GPtrArray *supported_extensions,
                                                  GList **accepted_extensions);

WSOUP_AVAILABLE_IN_ALL
GType wsoup_cookie_get_type(void);

/**
 * wsoup_cookie_new:
 * @name: the name
 * @value: the value
 * @domain: the host that the cookie is for, or a domain that begins with a dot
 * @path: the path that the cookie is for, with all that is below it, such as `/`
 * @max_age: for how many seconds the cookie is valid; -1 is as long as its jar
 *
 * Creates a cookie.
 *
 * No argument may have control characters or a `;`, and @name no `=`. With a @max_age of 0, the cookie
 * has expired.
 *
 * Returns: (transfer full): a new cookie
 */
WSOUP_AVAILABLE_IN_ALL
G_GNUC_WARN_UNUSED_RESULT
WsoupCookie *wsoup_cookie_new(const char *name,
                              const char *value,
                              const char *domain,
                              const char *path,
                              int max_age);

/**
 * wsoup_cookie_parse:
 * @header: the value of a `Set-Cookie` header
 * @origin: (nullable): the URI that it came from
 *
 * Reads a `Set-Cookie` header (RFC 6265 §5.2).
 *
 * What @header does not say, @origin gives: the host, and the path. Without @origin, the cookie has the
 * domain that it names, if any, and the path `/`.
 *
 * Returns: (nullable) (transfer full): a new cookie, or %NULL if @header is none, or names a domain that
 *   @origin does not belong to or that nobody owns, such as `co.uk`
 */
WSOUP_AVAILABLE_IN_ALL
G_GNUC_WARN_UNUSED_RESULT
WsoupCookie *wsoup_cookie_parse(const char *header,
                                GUri *origin);

/**
 * wsoup_cookie_copy:
 * @cookie: a cookie
 *
 * Copies @cookie.
 *
 * Returns: (transfer full): a copy
 */
WSOUP_AVAILABLE_IN_ALL
G_GNUC_WARN_UNUSED_RESULT
WsoupCookie *wsoup_cookie_copy(WsoupCookie *cookie);

/**
 * wsoup_cookie_free:
 * @cookie: (transfer full): a cookie
 *
 * Frees @cookie.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_cookie_free(WsoupCookie *cookie);

/**
 * wsoup_cookie_equal:
 * @cookie1: a cookie
 * @cookie2: another one
 *
 * Gets whether two cookies have the same name, value and path, and the same domain, in whichever case
 * and with or without the dot.
 *
 * Returns: %TRUE if they have
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_cookie_equal(WsoupCookie *cookie1,
                            WsoupCookie *cookie2);

/**
 * wsoup_cookie_get_name:
 * @cookie: a cookie
 *
 * Gets the name of @cookie.
 *
 * Returns: the name
 */
WSOUP_AVAILABLE_IN_ALL
const char *wsoup_cookie_get_name(WsoupCookie *cookie);

/**
 * wsoup_cookie_get_value:
 * @cookie: a cookie
 *
 * Gets the value of @cookie.
 *
 * Returns: the value
 */
WSOUP_AVAILABLE_IN_ALL
const char *wsoup_cookie_get_value(WsoupCookie *cookie);

/**
 * wsoup_cookie_get_domain:
 * @cookie: a cookie
 *
 * Gets the host that @cookie is for, or the domain, which begins with a dot.
 *
 * Returns: (nullable): the domain, or %NULL if the cookie was read without an origin and names none
 */
WSOUP_AVAILABLE_IN_ALL
const char *wsoup_cookie_get_domain(WsoupCookie *cookie);

/**
 * wsoup_cookie_get_path:
 * @cookie: a cookie
 *
 * Gets the path that @cookie is for.
 *
 * Returns: the path
 */
WSOUP_AVAILABLE_IN_ALL
const char *wsoup_cookie_get_path(WsoupCookie *cookie);

/**
 * wsoup_cookie_get_expires:
 * @cookie: a cookie
 *
 * Gets when @cookie expires.
 *
 * Returns: (nullable) (transfer none): the time, or %NULL if the cookie lasts as long as its jar
 */
WSOUP_AVAILABLE_IN_ALL
GDateTime *wsoup_cookie_get_expires(WsoupCookie *cookie);

/**
 * wsoup_cookie_set_expires:
 * @cookie: a cookie
 * @expires: the time
 *
 * Sets when @cookie expires.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_cookie_set_expires(WsoupCookie *cookie,
                              GDateTime *expires);

/**
 * wsoup_cookie_get_secure:
 * @cookie: a cookie
 *
 * Gets whether @cookie is sent over TLS alone.
 *
 * Returns: %TRUE if it is
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_cookie_get_secure(WsoupCookie *cookie);

/**
 * wsoup_cookie_set_secure:
 * @cookie: a cookie
 * @secure: whether it is sent over TLS alone
 *
 * Sets whether @cookie is sent over TLS alone.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_cookie_set_secure(WsoupCookie *cookie,
                             gboolean secure);

/**
 * wsoup_cookie_get_http_only:
 * @cookie: a cookie
 *
 * Gets whether @cookie is for HTTP alone, and not for the scripts of a page.
 *
 * Returns: %TRUE if it is
 */
WSOUP_AVAILABLE_IN_ALL
gboolean wsoup_cookie_get_http_only(WsoupCookie *cookie);

/**
 * wsoup_cookie_set_http_only:
 * @cookie: a cookie
 * @http_only: whether it is for HTTP alone
 *
 * Sets whether @cookie is for HTTP alone, and not for the scripts of a page.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_cookie_set_http_only(WsoupCookie *cookie,
                                gboolean http_only);

/**
 * wsoup_cookie_to_cookie_header:
 * @cookie: a cookie
 *
 * Writes @cookie as it stands in a `Cookie` header: name and value.
 *
 * Returns: (transfer full): the text
 */
WSOUP_AVAILABLE_IN_ALL
G_GNUC_WARN_UNUSED_RESULT
char *wsoup_cookie_to_cookie_header(WsoupCookie *cookie);

/**
 * wsoup_cookie_to_set_cookie_header:
 * @cookie: a cookie
 *
 * Writes @cookie as it stands in a `Set-Cookie` header, with all that is known of it.
 *
 * Returns: (transfer full): the text
 */
WSOUP_AVAILABLE_IN_ALL
G_GNUC_WARN_UNUSED_RESULT
char *wsoup_cookie_to_set_cookie_header(WsoupCookie *cookie);

WSOUP_AVAILABLE_IN_ALL
GType wsoup_cookie_jar_get_type(void);

/**
 * wsoup_cookie_jar_new:
 *
 * Creates an empty jar.
 *
 * Returns: (transfer full): a new jar
 */
WSOUP_AVAILABLE_IN_ALL
G_GNUC_WARN_UNUSED_RESULT
WsoupCookieJar *wsoup_cookie_jar_new(void);

/**
 * wsoup_cookie_jar_add_cookie:
 * @jar: a [class@CookieJar]
 * @cookie: (transfer full): a cookie, which has a domain
 *
 * Adds a cookie, in place of one that has the same name, domain and path.
 *
 * One that has expired removes that instead. A cookie for all of a public suffix, such as `.co.uk`, is
 * not added. The policy of the jar is for servers, not for this function.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_cookie_jar_add_cookie(WsoupCookieJar *jar,
                                 WsoupCookie *cookie);

/**
 * wsoup_cookie_jar_delete_cookie:
 * @jar: a [class@CookieJar]
 * @cookie: a cookie
 *
 * Removes the cookie that is equal to @cookie ([method@Cookie.equal]), if there is one.
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_cookie_jar_delete_cookie(WsoupCookieJar *jar,
                                    WsoupCookie *cookie);

/**
 * wsoup_cookie_jar_all_cookies:
 * @jar: a [class@CookieJar]
 *
 * Gets all cookies of @jar.
 *
 * Returns: (transfer full) (element-type Wsoup.Cookie): copies of the cookies
 */
WSOUP_AVAILABLE_IN_ALL
G_GNUC_WARN_UNUSED_RESULT
GSList *wsoup_cookie_jar_all_cookies(WsoupCookieJar *jar);

/**
 * wsoup_cookie_jar_get_cookies:
 * @jar: a [class@CookieJar]
 * @uri: a URI with the scheme `ws`, `wss`, `http` or `https`
 * @for_http: whether cookies that are for HTTP alone are wanted, too
 *
 * Gets the value of `Cookie` for a request to @uri.
 *
 * Returns: (nullable) (transfer full): the cookies, those with the longest path first, or %NULL if
 *   there are none
 */
WSOUP_AVAILABLE_IN_ALL
G_GNUC_WARN_UNUSED_RESULT
char *wsoup_cookie_jar_get_cookies(WsoupCookieJar *jar,
                                   GUri *uri,
                                   gboolean for_http);

/**
 * wsoup_cookie_jar_get_accept_policy: (get-property accept-policy)
 * @jar: a [class@CookieJar]
 *
 * Gets which cookies of servers @jar keeps.
 *
 * Returns: the policy
 */
WSOUP_AVAILABLE_IN_ALL
WsoupCookieJarAcceptPolicy wsoup_cookie_jar_get_accept_policy(WsoupCookieJar *jar);

/**
 * wsoup_cookie_jar_set_accept_policy: (set-property accept-policy)
 * @jar: a [class@CookieJar]
 * @policy: the policy
 *
 * Sets which cookies of servers @jar keeps; see [property@CookieJar:accept-policy].
 */
WSOUP_AVAILABLE_IN_ALL
void wsoup_cookie_jar_set_accept_policy(WsoupCookieJar *jar,
                                        WsoupCookieJarAcceptPolicy policy);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsoupCookie, wsoup_cookie_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsoupMessageBody, wsoup_message_body_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsoupMessageHeaders, wsoup_message_headers_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsoupAuth, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsoupAuthClass, g_type_class_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsoupCookieJar, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsoupCookieJarClass, g_type_class_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsoupServer, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsoupServerClass, g_type_class_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsoupSession, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsoupSessionClass, g_type_class_unref)

G_END_DECLS
