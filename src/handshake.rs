//! The opening handshake on [`Message`]s and [`ServerMessage`]s, for programs that bring their own
//! HTTP; [`Session`](crate::Session) and [`Server`](crate::Server) do it by themselves.
//!
//! The rules are those of [`crate::protocol::handshake`]. Extensions are given as the types that
//! may be used; what comes back are objects that are configured for one connection. The functions of
//! the crate take an [`ExtensionSpec`] for each, which has properties beside the type.

use crate::extension::{ExtensionSpec, WebsocketExtension, WebsocketExtensionExt};
use crate::protocol::handshake::{
    AcceptedRequest, Extension, HandshakeError, HandshakeErrorKind, Headers, check_request,
    new_key, request_headers, verify_response,
};
use crate::{
    HttpVersion, Message, MessageHeaders, ServerMessage, WebsocketConnectionType, WebsocketError,
    random,
};
use std::slice;

/// Adds to `message` what makes it the request of a WebSocket handshake (RFC 6455 §4.1).
///
/// `protocols` are the subprotocols to offer, `supported_extensions` the types of the extensions,
/// both in order of preference. An origin or protocols that cannot stand in a header are a
/// programmer's error: they are reported as critical, and nothing is added.
pub fn websocket_client_prepare_handshake(
    message: &Message,
    origin: Option<&str>,
    protocols: &[&str],
    supported_extensions: &[glib::Type],
) {
    let extensions = ExtensionSpec::of_types(supported_extensions);
    prepare_request(message, origin, protocols, &extensions);
}

/// [`websocket_client_prepare_handshake`] with properties for the extensions.
pub(crate) fn prepare_request(
    message: &Message,
    origin: Option<&str>,
    protocols: &[&str],
    extensions: &[ExtensionSpec],
) {
    let offer = offer(extensions);
    let key = new_key(random::nonce());
    match request_headers(&key, origin, protocols, offer.as_deref()) {
        Ok(headers) => {
            for (name, value) in headers {
                message.request_headers().replace(name, &value);
            }
        }
        Err(error) => glib::g_critical!("Wsoup", "no handshake can be made: {error}"),
    }
}

/// Checks the response to a request that
/// [`websocket_client_prepare_handshake`] made (RFC 6455 §4.1).
///
/// Returns the extensions that the server accepted, configured.
///
/// # Errors
///
/// [`WebsocketError::NotWebsocket`] if the server answered something else,
/// [`WebsocketError::BadHandshake`] if its answer is wrong.
pub fn websocket_client_verify_handshake(
    message: &Message,
    supported_extensions: &[glib::Type],
) -> Result<Vec<WebsocketExtension>, glib::Error> {
    verify_response_to(message, &ExtensionSpec::of_types(supported_extensions))
}

/// [`websocket_client_verify_handshake`] with properties for the extensions.
pub(crate) fn verify_response_to(
    message: &Message,
    extensions: &[ExtensionSpec],
) -> Result<Vec<WebsocketExtension>, glib::Error> {
    let status = u16::try_from(message.status()).unwrap_or(0);
    let request = message.request_headers();
    let agreement = verify_response(&request, status, &message.response_headers())?;
    let accepted = agreement.extensions.iter();
    accepted
        .map(|answer| configure_client(answer, extensions))
        .collect()
}

/// Checks whether `message` is a WebSocket handshake that can be accepted (RFC 6455 §4.2.1).
///
/// With an `origin`, it has to come from there. With `protocols`, the client has to offer one of
/// them or none at all.
///
/// # Errors
///
/// [`WebsocketError::NotWebsocket`] if it is another request, [`WebsocketError::BadOrigin`],
/// [`WebsocketError::BadHandshake`].
pub fn websocket_server_check_handshake(
    message: &ServerMessage,
    origin: Option<&str>,
    protocols: &[&str],
    supported_extensions: &[glib::Type],
) -> Result<(), glib::Error> {
    let request = check(message, origin.as_slice(), protocols)?;
    accept_extensions(&request, &ExtensionSpec::of_types(supported_extensions));
    Ok(())
}

/// Answers the WebSocket handshake in `message` (RFC 6455 §4.2.2).
///
/// If it is good, the response is set to status 101 with all its headers, and the extensions that
/// were accepted are returned, configured. Otherwise the response says why it is not.
///
/// A `Sec-WebSocket-Protocol` that the response has already is the application's choice of a
/// subprotocol, instead of the first one that the client offers and that is among `protocols`.
///
/// # Errors
///
/// As [`websocket_server_check_handshake`].
pub fn websocket_server_process_handshake(
    message: &ServerMessage,
    expected_origin: Option<&str>,
    protocols: &[&str],
    supported_extensions: &[glib::Type],
) -> Result<Vec<WebsocketExtension>, glib::Error> {
    let extensions = ExtensionSpec::of_types(supported_extensions);
    process_handshake(message, expected_origin.as_slice(), protocols, &extensions)
}

/// As [`websocket_server_process_handshake`], for any number of origins, none of which accepts all,
/// and with properties for the extensions.
pub(crate) fn process_handshake(
    message: &ServerMessage,
    origins: &[&str],
    protocols: &[&str],
    extensions: &[ExtensionSpec],
) -> Result<Vec<WebsocketExtension>, glib::Error> {
    let headers = message.response_headers();
    let checked = check(message, origins, protocols);
    headers.remove(PROTOCOL);
    let request = checked.inspect_err(|error| {
        for (name, value) in error.response_headers() {
            headers.replace(name, value);
        }
        message.set_status(error.status().into(), None);
        let text = format!("{error}\n");
        message.set_response(Some("text/plain"), &glib::Bytes::from_owned(text));
    })?;
    let accepted = accept_extensions(&request, extensions);
    let answer: Vec<String> = accepted.iter().map(|(_, answer)| answer.clone()).collect();
    let answer = (!answer.is_empty()).then(|| answer.join(", "));
    for (name, value) in request.response_headers(answer.as_deref()) {
        headers.replace(name, &value);
    }
    message.set_status(101, None);
    Ok(accepted
        .into_iter()
        .map(|(extension, _)| extension)
        .collect())
}

/// Checks the request. A subprotocol that stands in the response is the application's choice.
fn check(
    message: &ServerMessage,
    origins: &[&str],
    protocols: &[&str],
) -> Result<AcceptedRequest, HandshakeError> {
    // RFC 9110 §7.8: an upgrade that is asked for in HTTP/1.0 is ignored.
    if message.http_version() == HttpVersion::Http10 {
        return Err(HandshakeError::NoUpgrade);
    }
    let chosen = message.response_headers().one(PROTOCOL);
    let chosen = chosen.as_deref();
    let protocols = chosen.as_ref().map_or(protocols, slice::from_ref);
    check_request(
        &message.method(),
        &message.request_headers(),
        origins,
        protocols,
    )
}

/// The header with the subprotocol that was agreed on.
const PROTOCOL: &str = "Sec-WebSocket-Protocol";

/// The value of `Sec-WebSocket-Extensions` that offers `extensions`.
fn offer(extensions: &[ExtensionSpec]) -> Option<String> {
    let offers: Vec<String> = extensions
        .iter()
        .filter_map(|spec| {
            let name = spec.name()?;
            entry(&name, spec.instantiate()?.request_params())
        })
        .collect();
    (!offers.is_empty()).then(|| offers.join(", "))
}

/// What the header says of an extension; `None` if its class gives parameters that nobody could read.
fn entry(name: &str, params: Option<glib::GString>) -> Option<String> {
    let entry = format!("{name}{}", params.unwrap_or_default());
    if Extension::parse(&entry).is_none_or(|read| !read.has_unique_parameters()) {
        glib::g_critical!("Wsoup", "not in the form of RFC 6455 §9.1: {entry:?}");
        return None;
    }
    Some(entry)
}

/// Makes the extension that the server's answer is about.
fn configure_client(
    answer: &Extension,
    specs: &[ExtensionSpec],
) -> Result<WebsocketExtension, glib::Error> {
    let extension = instantiate(&answer.name, specs)
        .ok_or_else(|| HandshakeError::UnofferedExtension(answer.name.clone()))?;
    let parameters = answer.parameters.iter().cloned().collect();
    extension.configure(WebsocketConnectionType::Client, &parameters)?;
    Ok(extension)
}

/// Accepts of the client's offers what is supported, each extension once, in the order of the
/// offers; together with what the answer says of it.
fn accept_extensions(
    request: &AcceptedRequest,
    specs: &[ExtensionSpec],
) -> Vec<(WebsocketExtension, String)> {
    let mut accepted: Vec<(&Extension, WebsocketExtension, String)> = Vec::new();
    for offer in &request.extensions {
        let mut others = accepted.iter();
        if others.any(|(other, ..)| other.conflicts_with(offer)) || !offer.has_unique_parameters() {
            continue;
        }
        let Some(extension) = instantiate(&offer.name, specs) else {
            continue;
        };
        let parameters = offer.parameters.iter().cloned().collect();
        // An offer with parameters that are not understood is declined; there may be another.
        if extension
            .configure(WebsocketConnectionType::Server, &parameters)
            .is_ok()
            && let Some(answer) = entry(&offer.name, extension.response_params())
        {
            accepted.push((offer, extension, answer));
        }
    }
    let accepted = accepted.into_iter();
    accepted
        .map(|(_, extension, answer)| (extension, answer))
        .collect()
}

/// Makes an extension of the one of `specs` that is negotiated as `name`.
fn instantiate(name: &str, specs: &[ExtensionSpec]) -> Option<WebsocketExtension> {
    let is_named = |spec: &&ExtensionSpec| spec.name().is_some_and(|other| other == name);
    specs.iter().find(is_named)?.instantiate()
}

impl Headers for MessageHeaders {
    fn values(&self, name: &str) -> Vec<String> {
        let named = self
            .iter()
            .filter(|(other, _)| other.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.to_string()).collect()
    }
}

impl From<HandshakeError> for glib::Error {
    fn from(error: HandshakeError) -> Self {
        let kind = match error.kind() {
            HandshakeErrorKind::NotWebsocket => WebsocketError::NotWebsocket,
            HandshakeErrorKind::BadHandshake => WebsocketError::BadHandshake,
            HandshakeErrorKind::BadOrigin => WebsocketError::BadOrigin,
        };
        Self::new(kind, &error.to_string())
    }
}
