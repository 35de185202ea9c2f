//! The status codes of HTTP.

use std::ffi::{c_char, c_int};
use std::sync::OnceLock;

use glib::ffi::GType;
use glib::gobject_ffi::{GEnumValue, g_enum_register_static};
use glib::translate::*;

use crate::enums::same;
use crate::types::guint;

/// Asserts that the enumeration of the header has the members of the Rust crate, and lists them.
macro_rules! members {
    ($($member:ident = $variant:ident),+ $(,)?) => {
        same! { WsoupStatus, wsoup::Status: $($member = $variant),+ }

        const MEMBERS: &[(&str, c_int)] =
            &[$((stringify!($member), wsoup::Status::$variant as c_int)),+];
    };
}

/// WsoupStatus:
/// @WSOUP_STATUS_NONE: no status yet
/// @WSOUP_STATUS_CONTINUE: the client may send the rest of the request
/// @WSOUP_STATUS_SWITCHING_PROTOCOLS: the protocol of the connection changes as the client asked,
///   such as to WebSocket
/// @WSOUP_STATUS_PROCESSING: the request was accepted and takes its time
/// @WSOUP_STATUS_OK: the request succeeded
/// @WSOUP_STATUS_CREATED: the request succeeded and created something
/// @WSOUP_STATUS_ACCEPTED: the request was accepted and will be worked on
/// @WSOUP_STATUS_NON_AUTHORITATIVE: the response was changed on its way
/// @WSOUP_STATUS_NO_CONTENT: the request succeeded and there is no content
/// @WSOUP_STATUS_RESET_CONTENT: the request succeeded and the client should reset its view
/// @WSOUP_STATUS_PARTIAL_CONTENT: the response is a part of the content, as was asked for
/// @WSOUP_STATUS_MULTI_STATUS: the response holds the status of several things
/// @WSOUP_STATUS_MULTIPLE_CHOICES: there are several choices
/// @WSOUP_STATUS_MOVED_PERMANENTLY: the resource moved for good
/// @WSOUP_STATUS_FOUND: the resource is elsewhere for the time being
/// @WSOUP_STATUS_MOVED_TEMPORARILY: another name for %WSOUP_STATUS_FOUND
/// @WSOUP_STATUS_SEE_OTHER: the response is elsewhere and is to be fetched with GET
/// @WSOUP_STATUS_NOT_MODIFIED: the resource has not changed
/// @WSOUP_STATUS_USE_PROXY: the resource is to be accessed through a proxy
/// @WSOUP_STATUS_NOT_APPEARING_IN_THIS_PROTOCOL: no longer used
/// @WSOUP_STATUS_TEMPORARY_REDIRECT: the resource is elsewhere for the time being; the method
///   stays the same
/// @WSOUP_STATUS_PERMANENT_REDIRECT: the resource moved for good; the method stays the same
/// @WSOUP_STATUS_BAD_REQUEST: the request is malformed; the answer to a bad WebSocket handshake
/// @WSOUP_STATUS_UNAUTHORIZED: the client must authenticate itself
/// @WSOUP_STATUS_PAYMENT_REQUIRED: reserved
/// @WSOUP_STATUS_FORBIDDEN: the request is not allowed; the answer to a wrong `Origin`
/// @WSOUP_STATUS_NOT_FOUND: there is no such resource
/// @WSOUP_STATUS_METHOD_NOT_ALLOWED: the resource does not know the method
/// @WSOUP_STATUS_NOT_ACCEPTABLE: there is no content of the kinds that the client accepts
/// @WSOUP_STATUS_PROXY_AUTHENTICATION_REQUIRED: the client must authenticate itself to the proxy
/// @WSOUP_STATUS_PROXY_UNAUTHORIZED: another name for %WSOUP_STATUS_PROXY_AUTHENTICATION_REQUIRED
/// @WSOUP_STATUS_REQUEST_TIMEOUT: the client took too long to send its request
/// @WSOUP_STATUS_CONFLICT: the request conflicts with the state of the resource
/// @WSOUP_STATUS_GONE: the resource is gone for good
/// @WSOUP_STATUS_LENGTH_REQUIRED: the request must have a `Content-Length`
/// @WSOUP_STATUS_PRECONDITION_FAILED: a condition of the request does not hold
/// @WSOUP_STATUS_REQUEST_ENTITY_TOO_LARGE: the body of the request is too large
/// @WSOUP_STATUS_REQUEST_URI_TOO_LONG: the URI of the request is too long
/// @WSOUP_STATUS_UNSUPPORTED_MEDIA_TYPE: the body of the request has an unknown type
/// @WSOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE: there is no such part of the content
/// @WSOUP_STATUS_INVALID_RANGE: another name for %WSOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE
/// @WSOUP_STATUS_EXPECTATION_FAILED: the `Expect` header cannot be met
/// @WSOUP_STATUS_MISDIRECTED_REQUEST: the server is not the one to answer this
/// @WSOUP_STATUS_UNPROCESSABLE_ENTITY: the body of the request is well-formed but makes no sense
/// @WSOUP_STATUS_LOCKED: the resource is locked
/// @WSOUP_STATUS_FAILED_DEPENDENCY: an action failed that this one depends on
/// @WSOUP_STATUS_INTERNAL_SERVER_ERROR: the server met a condition that it did not expect
/// @WSOUP_STATUS_NOT_IMPLEMENTED: the server does not know the method
/// @WSOUP_STATUS_BAD_GATEWAY: the server behind this one gave no valid answer
/// @WSOUP_STATUS_SERVICE_UNAVAILABLE: the server cannot answer now
/// @WSOUP_STATUS_GATEWAY_TIMEOUT: the server behind this one did not answer in time
/// @WSOUP_STATUS_HTTP_VERSION_NOT_SUPPORTED: the server does not know this version of HTTP
/// @WSOUP_STATUS_INSUFFICIENT_STORAGE: the server has no room to store this
/// @WSOUP_STATUS_NOT_EXTENDED: the request needs an extension
///
/// The status codes of HTTP that have a name (RFC 9110 §15).
///
/// Servers may send others, so functions take and return a number.
#[repr(C)]
pub enum WsoupStatus {
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
    #[cfg(header)]
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
    #[cfg(header)]
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
    #[cfg(header)]
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
}

members! {
    WSOUP_STATUS_NONE = None,
    WSOUP_STATUS_CONTINUE = Continue,
    WSOUP_STATUS_SWITCHING_PROTOCOLS = SwitchingProtocols,
    WSOUP_STATUS_PROCESSING = Processing,
    WSOUP_STATUS_OK = Ok,
    WSOUP_STATUS_CREATED = Created,
    WSOUP_STATUS_ACCEPTED = Accepted,
    WSOUP_STATUS_NON_AUTHORITATIVE = NonAuthoritative,
    WSOUP_STATUS_NO_CONTENT = NoContent,
    WSOUP_STATUS_RESET_CONTENT = ResetContent,
    WSOUP_STATUS_PARTIAL_CONTENT = PartialContent,
    WSOUP_STATUS_MULTI_STATUS = MultiStatus,
    WSOUP_STATUS_MULTIPLE_CHOICES = MultipleChoices,
    WSOUP_STATUS_MOVED_PERMANENTLY = MovedPermanently,
    WSOUP_STATUS_FOUND = Found,
    WSOUP_STATUS_SEE_OTHER = SeeOther,
    WSOUP_STATUS_NOT_MODIFIED = NotModified,
    WSOUP_STATUS_USE_PROXY = UseProxy,
    WSOUP_STATUS_NOT_APPEARING_IN_THIS_PROTOCOL = NotAppearingInThisProtocol,
    WSOUP_STATUS_TEMPORARY_REDIRECT = TemporaryRedirect,
    WSOUP_STATUS_PERMANENT_REDIRECT = PermanentRedirect,
    WSOUP_STATUS_BAD_REQUEST = BadRequest,
    WSOUP_STATUS_UNAUTHORIZED = Unauthorized,
    WSOUP_STATUS_PAYMENT_REQUIRED = PaymentRequired,
    WSOUP_STATUS_FORBIDDEN = Forbidden,
    WSOUP_STATUS_NOT_FOUND = NotFound,
    WSOUP_STATUS_METHOD_NOT_ALLOWED = MethodNotAllowed,
    WSOUP_STATUS_NOT_ACCEPTABLE = NotAcceptable,
    WSOUP_STATUS_PROXY_AUTHENTICATION_REQUIRED = ProxyAuthenticationRequired,
    WSOUP_STATUS_REQUEST_TIMEOUT = RequestTimeout,
    WSOUP_STATUS_CONFLICT = Conflict,
    WSOUP_STATUS_GONE = Gone,
    WSOUP_STATUS_LENGTH_REQUIRED = LengthRequired,
    WSOUP_STATUS_PRECONDITION_FAILED = PreconditionFailed,
    WSOUP_STATUS_REQUEST_ENTITY_TOO_LARGE = RequestEntityTooLarge,
    WSOUP_STATUS_REQUEST_URI_TOO_LONG = RequestUriTooLong,
    WSOUP_STATUS_UNSUPPORTED_MEDIA_TYPE = UnsupportedMediaType,
    WSOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE = RequestedRangeNotSatisfiable,
    WSOUP_STATUS_EXPECTATION_FAILED = ExpectationFailed,
    WSOUP_STATUS_MISDIRECTED_REQUEST = MisdirectedRequest,
    WSOUP_STATUS_UNPROCESSABLE_ENTITY = UnprocessableEntity,
    WSOUP_STATUS_LOCKED = Locked,
    WSOUP_STATUS_FAILED_DEPENDENCY = FailedDependency,
    WSOUP_STATUS_INTERNAL_SERVER_ERROR = InternalServerError,
    WSOUP_STATUS_NOT_IMPLEMENTED = NotImplemented,
    WSOUP_STATUS_BAD_GATEWAY = BadGateway,
    WSOUP_STATUS_SERVICE_UNAVAILABLE = ServiceUnavailable,
    WSOUP_STATUS_GATEWAY_TIMEOUT = GatewayTimeout,
    WSOUP_STATUS_HTTP_VERSION_NOT_SUPPORTED = HttpVersionNotSupported,
    WSOUP_STATUS_INSUFFICIENT_STORAGE = InsufficientStorage,
    WSOUP_STATUS_NOT_EXTENDED = NotExtended,
}

/// The names that share a value with another one.
const ALIASES: [(&str, c_int); 3] = [
    ("WSOUP_STATUS_MOVED_TEMPORARILY", 302),
    ("WSOUP_STATUS_PROXY_UNAUTHORIZED", 407),
    ("WSOUP_STATUS_INVALID_RANGE", 416),
];

// A GType of its own: that of a Rust enumeration cannot have two names for a value. It takes the
// place of the one that `wsoup::Status` would register, so that must not be asked for.
#[unsafe(no_mangle)]
pub extern "C" fn wsoup_status_get_type() -> GType {
    static TYPE: OnceLock<GType> = OnceLock::new();
    *TYPE.get_or_init(|| {
        let mut members = [MEMBERS, &ALIASES].concat();
        // The alias comes second, so that the value is known by the name that Rust has for it.
        members.sort_by_key(|(_, value)| *value);
        let mut values: Vec<GEnumValue> = members.into_iter().map(to_c).collect();
        // SAFETY: all zeros is what ends the list.
        values.push(unsafe { std::mem::zeroed() });
        // SAFETY: the values live as long as the type: for ever.
        unsafe { g_enum_register_static(c"WsoupStatus".as_ptr(), values.leak().as_ptr()) }
    })
}

/// What GObject wants to know of a member: `WSOUP_STATUS_NOT_FOUND` has the nick `not-found`.
fn to_c((name, value): (&str, c_int)) -> GEnumValue {
    let nick = name
        .trim_start_matches("WSOUP_STATUS_")
        .to_lowercase()
        .replace('_', "-");
    GEnumValue {
        value,
        value_name: name.to_glib_full(),
        value_nick: nick.to_glib_full(),
    }
}

/// wsoup_status_get_phrase:
/// @status_code: a status code
///
/// Gets the words that stand for a status code, such as "Not Found" for 404 (RFC 9110 §15).
///
/// They are for logs, not for users.
///
/// Returns: (transfer none): the words; "Unknown Error" for a code that has none
#[unsafe(no_mangle)]
pub extern "C" fn wsoup_status_get_phrase(status_code: guint) -> *const c_char {
    wsoup::Status::phrase(status_code).as_ptr()
}
