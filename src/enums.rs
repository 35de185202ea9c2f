//! The enumerations of the library, with the names and values that libsoup gives them.

/// Which cookies of servers a [`CookieJar`](crate::CookieJar) keeps.
///
/// Only a web browser knows which requests come from third parties; for a session, none do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, glib::Enum)]
#[cfg_attr(feature = "capi", enum_type(name = "WsoupCookieJarAcceptPolicy"))]
#[cfg_attr(
    not(feature = "capi"),
    enum_type(name = "RsWsoupCookieJarAcceptPolicy")
)]
#[repr(i32)]
pub enum CookieJarAcceptPolicy {
    /// All.
    #[enum_value(name = "WSOUP_COOKIE_JAR_ACCEPT_ALWAYS", nick = "always")]
    Always = 0,
    /// None.
    #[enum_value(name = "WSOUP_COOKIE_JAR_ACCEPT_NEVER", nick = "never")]
    Never = 1,
    /// Those of third parties are refused.
    #[enum_value(
        name = "WSOUP_COOKIE_JAR_ACCEPT_NO_THIRD_PARTY",
        nick = "no-third-party"
    )]
    NoThirdParty = 2,
    /// Those of third parties are refused, unless they have set some before.
    #[enum_value(
        name = "WSOUP_COOKIE_JAR_ACCEPT_GRANDFATHERED_THIRD_PARTY",
        nick = "grandfathered-third-party"
    )]
    GrandfatheredThirdParty = 3,
}

/// The version of HTTP that a message uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, glib::Enum)]
#[cfg_attr(feature = "capi", enum_type(name = "WsoupHTTPVersion"))]
#[cfg_attr(not(feature = "capi"), enum_type(name = "RsWsoupHTTPVersion"))]
#[repr(i32)]
pub enum HttpVersion {
    /// HTTP/1.0.
    #[enum_value(name = "WSOUP_HTTP_1_0", nick = "http-1-0")]
    Http10 = 0,
    /// HTTP/1.1.
    #[enum_value(name = "WSOUP_HTTP_1_1", nick = "http-1-1")]
    Http11 = 1,
    /// HTTP/2.
    #[enum_value(name = "WSOUP_HTTP_2_0", nick = "http-2-0")]
    Http20 = 2,
}

/// Who owns a block of memory that is passed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, glib::Enum)]
#[cfg_attr(feature = "capi", enum_type(name = "WsoupMemoryUse"))]
#[cfg_attr(not(feature = "capi"), enum_type(name = "RsWsoupMemoryUse"))]
#[repr(i32)]
pub enum MemoryUse {
    /// The memory is never freed and never changes.
    #[enum_value(name = "WSOUP_MEMORY_STATIC", nick = "static")]
    Static = 0,
    /// Ownership is passed on.
    #[enum_value(name = "WSOUP_MEMORY_TAKE", nick = "take")]
    Take = 1,
    /// The caller keeps the memory, a copy is made.
    #[enum_value(name = "WSOUP_MEMORY_COPY", nick = "copy")]
    Copy = 2,
}

/// What a set of headers belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, glib::Enum)]
#[cfg_attr(feature = "capi", enum_type(name = "WsoupMessageHeadersType"))]
#[cfg_attr(not(feature = "capi"), enum_type(name = "RsWsoupMessageHeadersType"))]
#[repr(i32)]
pub enum MessageHeadersType {
    /// A request.
    #[enum_value(name = "WSOUP_MESSAGE_HEADERS_REQUEST", nick = "request")]
    Request = 0,
    /// A response.
    #[enum_value(name = "WSOUP_MESSAGE_HEADERS_RESPONSE", nick = "response")]
    Response = 1,
    /// A part of a multipart body.
    #[enum_value(name = "WSOUP_MESSAGE_HEADERS_MULTIPART", nick = "multipart")]
    Multipart = 2,
}

/// What a [`ReconnectingClient`](crate::ReconnectingClient) does with messages that are sent while there
/// is no connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, glib::Enum)]
#[cfg_attr(feature = "capi", enum_type(name = "WsoupOfflinePolicy"))]
#[cfg_attr(not(feature = "capi"), enum_type(name = "RsWsoupOfflinePolicy"))]
#[repr(i32)]
pub enum OfflinePolicy {
    /// They are refused.
    #[enum_value(name = "WSOUP_OFFLINE_POLICY_REFUSE", nick = "refuse")]
    Refuse = 0,
    /// They are queued, and sent once there is a connection.
    #[enum_value(name = "WSOUP_OFFLINE_POLICY_QUEUE", nick = "queue")]
    Queue = 1,
}

/// What a [`ReconnectingClient`](crate::ReconnectingClient) is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, glib::Enum)]
#[cfg_attr(feature = "capi", enum_type(name = "WsoupReconnectingState"))]
#[cfg_attr(not(feature = "capi"), enum_type(name = "RsWsoupReconnectingState"))]
#[repr(i32)]
pub enum ReconnectingState {
    /// Nothing: it was not started, or it was stopped.
    #[enum_value(name = "WSOUP_RECONNECTING_STATE_STOPPED", nick = "stopped")]
    Stopped = 0,
    /// There is no connection; it waits before the next attempt.
    #[enum_value(name = "WSOUP_RECONNECTING_STATE_WAITING", nick = "waiting")]
    Waiting = 1,
    /// An attempt is under way.
    #[enum_value(name = "WSOUP_RECONNECTING_STATE_CONNECTING", nick = "connecting")]
    Connecting = 2,
    /// There is a connection.
    #[enum_value(name = "WSOUP_RECONNECTING_STATE_CONNECTED", nick = "connected")]
    Connected = 3,
    /// It was stopped, and the connection is being closed in order.
    #[enum_value(name = "WSOUP_RECONNECTING_STATE_STOPPING", nick = "stopping")]
    Stopping = 4,
    /// It has given up: the last failure was final.
    #[enum_value(name = "WSOUP_RECONNECTING_STATE_FAILED", nick = "failed")]
    Failed = 5,
}

/// Which side of a connection an endpoint is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, glib::Enum)]
#[cfg_attr(feature = "capi", enum_type(name = "WsoupWebsocketConnectionType"))]
#[cfg_attr(
    not(feature = "capi"),
    enum_type(name = "RsWsoupWebsocketConnectionType")
)]
#[repr(i32)]
pub enum WebsocketConnectionType {
    /// Unknown, invalid.
    #[enum_value(name = "WSOUP_WEBSOCKET_CONNECTION_UNKNOWN", nick = "unknown")]
    Unknown = 0,
    /// The side that connected.
    #[enum_value(name = "WSOUP_WEBSOCKET_CONNECTION_CLIENT", nick = "client")]
    Client = 1,
    /// The side that accepted.
    #[enum_value(name = "WSOUP_WEBSOCKET_CONNECTION_SERVER", nick = "server")]
    Server = 2,
}

/// The type of data in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, glib::Enum)]
#[cfg_attr(feature = "capi", enum_type(name = "WsoupWebsocketDataType"))]
#[cfg_attr(not(feature = "capi"), enum_type(name = "RsWsoupWebsocketDataType"))]
#[repr(i32)]
pub enum WebsocketDataType {
    /// UTF-8 text.
    #[enum_value(name = "WSOUP_WEBSOCKET_DATA_TEXT", nick = "text")]
    Text = 1,
    /// Arbitrary bytes.
    #[enum_value(name = "WSOUP_WEBSOCKET_DATA_BINARY", nick = "binary")]
    Binary = 2,
}

/// The state of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, glib::Enum)]
#[cfg_attr(feature = "capi", enum_type(name = "WsoupWebsocketState"))]
#[cfg_attr(not(feature = "capi"), enum_type(name = "RsWsoupWebsocketState"))]
#[repr(i32)]
pub enum WebsocketState {
    /// Messages can be sent and received.
    #[enum_value(name = "WSOUP_WEBSOCKET_STATE_OPEN", nick = "open")]
    Open = 1,
    /// A close frame was sent or received; messages may still arrive, none can be sent.
    #[enum_value(name = "WSOUP_WEBSOCKET_STATE_CLOSING", nick = "closing")]
    Closing = 2,
    /// The connection is over.
    #[enum_value(name = "WSOUP_WEBSOCKET_STATE_CLOSED", nick = "closed")]
    Closed = 3,
}

/// What happens to a message with which more than the `max-buffered-amount` would wait to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, glib::Enum)]
#[cfg_attr(feature = "capi", enum_type(name = "WsoupWebsocketOverflowPolicy"))]
#[cfg_attr(
    not(feature = "capi"),
    enum_type(name = "RsWsoupWebsocketOverflowPolicy")
)]
#[repr(i32)]
pub enum WebsocketOverflowPolicy {
    /// It is not sent. Functions that return an error say so.
    #[enum_value(name = "WSOUP_WEBSOCKET_OVERFLOW_REFUSE", nick = "refuse")]
    Refuse = 0,
    /// It is not sent, and the connection is closed, with 1008.
    #[enum_value(name = "WSOUP_WEBSOCKET_OVERFLOW_CLOSE", nick = "close")]
    Close = 1,
}

/// Why a connection was closed (RFC 6455 §7.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, glib::Enum)]
#[cfg_attr(feature = "capi", enum_type(name = "WsoupWebsocketCloseCode"))]
#[cfg_attr(not(feature = "capi"), enum_type(name = "RsWsoupWebsocketCloseCode"))]
#[repr(i32)]
pub enum WebsocketCloseCode {
    /// The purpose of the connection was fulfilled.
    #[enum_value(name = "WSOUP_WEBSOCKET_CLOSE_NORMAL", nick = "normal")]
    Normal = 1000,
    /// The endpoint is going away: a server shuts down, a page is left.
    #[enum_value(name = "WSOUP_WEBSOCKET_CLOSE_GOING_AWAY", nick = "going-away")]
    GoingAway = 1001,
    /// The peer broke the protocol.
    #[enum_value(name = "WSOUP_WEBSOCKET_CLOSE_PROTOCOL_ERROR", nick = "protocol-error")]
    ProtocolError = 1002,
    /// The endpoint cannot accept this type of data.
    #[enum_value(
        name = "WSOUP_WEBSOCKET_CLOSE_UNSUPPORTED_DATA",
        nick = "unsupported-data"
    )]
    UnsupportedData = 1003,
    /// The close frame held no code; never sent.
    #[enum_value(name = "WSOUP_WEBSOCKET_CLOSE_NO_STATUS", nick = "no-status")]
    NoStatus = 1005,
    /// The connection ended without a close frame; never sent.
    #[enum_value(name = "WSOUP_WEBSOCKET_CLOSE_ABNORMAL", nick = "abnormal")]
    Abnormal = 1006,
    /// A message was inconsistent with its type, such as text that is not UTF-8.
    #[enum_value(name = "WSOUP_WEBSOCKET_CLOSE_BAD_DATA", nick = "bad-data")]
    BadData = 1007,
    /// A message violated the endpoint's policy.
    #[enum_value(
        name = "WSOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION",
        nick = "policy-violation"
    )]
    PolicyViolation = 1008,
    /// A message was too big.
    #[enum_value(name = "WSOUP_WEBSOCKET_CLOSE_TOO_BIG", nick = "too-big")]
    TooBig = 1009,
    /// The client expected an extension that the server did not negotiate.
    #[enum_value(name = "WSOUP_WEBSOCKET_CLOSE_NO_EXTENSION", nick = "no-extension")]
    NoExtension = 1010,
    /// The server met an unexpected condition.
    #[enum_value(name = "WSOUP_WEBSOCKET_CLOSE_SERVER_ERROR", nick = "server-error")]
    ServerError = 1011,
    /// The TLS handshake failed; never sent.
    #[enum_value(name = "WSOUP_WEBSOCKET_CLOSE_TLS_HANDSHAKE", nick = "tls-handshake")]
    TlsHandshake = 1015,
}

/// The HTTP status codes that have a name.
///
/// A message may have others: [`Message::status`](crate::Message::status) is a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, glib::Enum)]
#[cfg_attr(feature = "capi", enum_type(name = "WsoupStatus"))]
#[cfg_attr(not(feature = "capi"), enum_type(name = "RsWsoupStatus"))]
#[repr(i32)]
pub enum Status {
    /// No status yet.
    #[enum_value(name = "WSOUP_STATUS_NONE", nick = "none")]
    None = 0,
    /// `100 Continue`.
    #[enum_value(name = "WSOUP_STATUS_CONTINUE", nick = "continue")]
    Continue = 100,
    /// `101 Switching Protocols`.
    #[enum_value(
        name = "WSOUP_STATUS_SWITCHING_PROTOCOLS",
        nick = "switching-protocols"
    )]
    SwitchingProtocols = 101,
    /// `102 Processing`.
    #[enum_value(name = "WSOUP_STATUS_PROCESSING", nick = "processing")]
    Processing = 102,
    /// `200 OK`.
    #[enum_value(name = "WSOUP_STATUS_OK", nick = "ok")]
    Ok = 200,
    /// `201 Created`.
    #[enum_value(name = "WSOUP_STATUS_CREATED", nick = "created")]
    Created = 201,
    /// `202 Accepted`.
    #[enum_value(name = "WSOUP_STATUS_ACCEPTED", nick = "accepted")]
    Accepted = 202,
    /// `203 Non-Authoritative Information`.
    #[enum_value(name = "WSOUP_STATUS_NON_AUTHORITATIVE", nick = "non-authoritative")]
    NonAuthoritative = 203,
    /// `204 No Content`.
    #[enum_value(name = "WSOUP_STATUS_NO_CONTENT", nick = "no-content")]
    NoContent = 204,
    /// `205 Reset Content`.
    #[enum_value(name = "WSOUP_STATUS_RESET_CONTENT", nick = "reset-content")]
    ResetContent = 205,
    /// `206 Partial Content`.
    #[enum_value(name = "WSOUP_STATUS_PARTIAL_CONTENT", nick = "partial-content")]
    PartialContent = 206,
    /// `207 Multi-Status`.
    #[enum_value(name = "WSOUP_STATUS_MULTI_STATUS", nick = "multi-status")]
    MultiStatus = 207,
    /// `300 Multiple Choices`.
    #[enum_value(name = "WSOUP_STATUS_MULTIPLE_CHOICES", nick = "multiple-choices")]
    MultipleChoices = 300,
    /// `301 Moved Permanently`.
    #[enum_value(name = "WSOUP_STATUS_MOVED_PERMANENTLY", nick = "moved-permanently")]
    MovedPermanently = 301,
    /// `302 Found`.
    #[enum_value(name = "WSOUP_STATUS_FOUND", nick = "found")]
    Found = 302,
    /// `303 See Other`.
    #[enum_value(name = "WSOUP_STATUS_SEE_OTHER", nick = "see-other")]
    SeeOther = 303,
    /// `304 Not Modified`.
    #[enum_value(name = "WSOUP_STATUS_NOT_MODIFIED", nick = "not-modified")]
    NotModified = 304,
    /// `305 Use Proxy`.
    #[enum_value(name = "WSOUP_STATUS_USE_PROXY", nick = "use-proxy")]
    UseProxy = 305,
    /// `306 Not Appearing In This Protocol`.
    #[enum_value(
        name = "WSOUP_STATUS_NOT_APPEARING_IN_THIS_PROTOCOL",
        nick = "not-appearing-in-this-protocol"
    )]
    NotAppearingInThisProtocol = 306,
    /// `307 Temporary Redirect`.
    #[enum_value(name = "WSOUP_STATUS_TEMPORARY_REDIRECT", nick = "temporary-redirect")]
    TemporaryRedirect = 307,
    /// `308 Permanent Redirect`.
    #[enum_value(name = "WSOUP_STATUS_PERMANENT_REDIRECT", nick = "permanent-redirect")]
    PermanentRedirect = 308,
    /// `400 Bad Request`.
    #[enum_value(name = "WSOUP_STATUS_BAD_REQUEST", nick = "bad-request")]
    BadRequest = 400,
    /// `401 Unauthorized`.
    #[enum_value(name = "WSOUP_STATUS_UNAUTHORIZED", nick = "unauthorized")]
    Unauthorized = 401,
    /// `402 Payment Required`.
    #[enum_value(name = "WSOUP_STATUS_PAYMENT_REQUIRED", nick = "payment-required")]
    PaymentRequired = 402,
    /// `403 Forbidden`.
    #[enum_value(name = "WSOUP_STATUS_FORBIDDEN", nick = "forbidden")]
    Forbidden = 403,
    /// `404 Not Found`.
    #[enum_value(name = "WSOUP_STATUS_NOT_FOUND", nick = "not-found")]
    NotFound = 404,
    /// `405 Method Not Allowed`.
    #[enum_value(name = "WSOUP_STATUS_METHOD_NOT_ALLOWED", nick = "method-not-allowed")]
    MethodNotAllowed = 405,
    /// `406 Not Acceptable`.
    #[enum_value(name = "WSOUP_STATUS_NOT_ACCEPTABLE", nick = "not-acceptable")]
    NotAcceptable = 406,
    /// `407 Proxy Authentication Required`.
    #[enum_value(
        name = "WSOUP_STATUS_PROXY_AUTHENTICATION_REQUIRED",
        nick = "proxy-authentication-required"
    )]
    ProxyAuthenticationRequired = 407,
    /// `408 Request Timeout`.
    #[enum_value(name = "WSOUP_STATUS_REQUEST_TIMEOUT", nick = "request-timeout")]
    RequestTimeout = 408,
    /// `409 Conflict`.
    #[enum_value(name = "WSOUP_STATUS_CONFLICT", nick = "conflict")]
    Conflict = 409,
    /// `410 Gone`.
    #[enum_value(name = "WSOUP_STATUS_GONE", nick = "gone")]
    Gone = 410,
    /// `411 Length Required`.
    #[enum_value(name = "WSOUP_STATUS_LENGTH_REQUIRED", nick = "length-required")]
    LengthRequired = 411,
    /// `412 Precondition Failed`.
    #[enum_value(
        name = "WSOUP_STATUS_PRECONDITION_FAILED",
        nick = "precondition-failed"
    )]
    PreconditionFailed = 412,
    /// `413 Request Entity Too Large`.
    #[enum_value(
        name = "WSOUP_STATUS_REQUEST_ENTITY_TOO_LARGE",
        nick = "request-entity-too-large"
    )]
    RequestEntityTooLarge = 413,
    /// `414 Request-URI Too Long`.
    #[enum_value(
        name = "WSOUP_STATUS_REQUEST_URI_TOO_LONG",
        nick = "request-uri-too-long"
    )]
    RequestUriTooLong = 414,
    /// `415 Unsupported Media Type`.
    #[enum_value(
        name = "WSOUP_STATUS_UNSUPPORTED_MEDIA_TYPE",
        nick = "unsupported-media-type"
    )]
    UnsupportedMediaType = 415,
    /// `416 Requested Range Not Satisfiable`.
    #[enum_value(
        name = "WSOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE",
        nick = "requested-range-not-satisfiable"
    )]
    RequestedRangeNotSatisfiable = 416,
    /// `417 Expectation Failed`.
    #[enum_value(name = "WSOUP_STATUS_EXPECTATION_FAILED", nick = "expectation-failed")]
    ExpectationFailed = 417,
    /// `421 Misdirected Request`.
    #[enum_value(
        name = "WSOUP_STATUS_MISDIRECTED_REQUEST",
        nick = "misdirected-request"
    )]
    MisdirectedRequest = 421,
    /// `422 Unprocessable Entity`.
    #[enum_value(
        name = "WSOUP_STATUS_UNPROCESSABLE_ENTITY",
        nick = "unprocessable-entity"
    )]
    UnprocessableEntity = 422,
    /// `423 Locked`.
    #[enum_value(name = "WSOUP_STATUS_LOCKED", nick = "locked")]
    Locked = 423,
    /// `424 Failed Dependency`.
    #[enum_value(name = "WSOUP_STATUS_FAILED_DEPENDENCY", nick = "failed-dependency")]
    FailedDependency = 424,
    /// `500 Internal Server Error`.
    #[enum_value(
        name = "WSOUP_STATUS_INTERNAL_SERVER_ERROR",
        nick = "internal-server-error"
    )]
    InternalServerError = 500,
    /// `501 Not Implemented`.
    #[enum_value(name = "WSOUP_STATUS_NOT_IMPLEMENTED", nick = "not-implemented")]
    NotImplemented = 501,
    /// `502 Bad Gateway`.
    #[enum_value(name = "WSOUP_STATUS_BAD_GATEWAY", nick = "bad-gateway")]
    BadGateway = 502,
    /// `503 Service Unavailable`.
    #[enum_value(
        name = "WSOUP_STATUS_SERVICE_UNAVAILABLE",
        nick = "service-unavailable"
    )]
    ServiceUnavailable = 503,
    /// `504 Gateway Timeout`.
    #[enum_value(name = "WSOUP_STATUS_GATEWAY_TIMEOUT", nick = "gateway-timeout")]
    GatewayTimeout = 504,
    /// `505 HTTP Version Not Supported`.
    #[enum_value(
        name = "WSOUP_STATUS_HTTP_VERSION_NOT_SUPPORTED",
        nick = "http-version-not-supported"
    )]
    HttpVersionNotSupported = 505,
    /// `507 Insufficient Storage`.
    #[enum_value(
        name = "WSOUP_STATUS_INSUFFICIENT_STORAGE",
        nick = "insufficient-storage"
    )]
    InsufficientStorage = 507,
    /// `510 Not Extended`.
    #[enum_value(name = "WSOUP_STATUS_NOT_EXTENDED", nick = "not-extended")]
    NotExtended = 510,
}
