//! [`Message`]: a request of a client and what was answered.
//!
//! `imp.rs` is the GObject side. What the session tells a message, and waits for, is in
//! `progress.rs`.

mod imp;
mod progress;

use super::syntax::is_token;
use super::target::{normalize_uri, parse_uri};
use super::text::{Text, as_ptr_or_null};
use crate::{Auth, HttpVersion, MessageFlags, MessageHeaders};
use glib::GString;
use glib::SignalHandlerId;
use glib::closure_local;
use glib::prelude::*;
use glib::subclass::prelude::*;
use std::ffi::c_char;

glib::wrapper! {
    /// The handshake of a client: an HTTP request, and the response to it.
    ///
    /// A message says where [`Session::websocket_connect_future`] connects to, and takes what is to
    /// be sent along, such as headers. Afterwards it holds what the server answered, also and
    /// particularly when it refused. A message is for one handshake.
    ///
    /// # Signals
    ///
    /// In the order in which they are emitted:
    ///
    /// - `starting`: the request is about to be sent. Headers can still be changed.
    /// - `network-event`: a step of connecting, as [`gio::SocketClient`] reports it.
    /// - `accept-certificate`: the server's TLS certificate is not trusted, for the reasons given.
    ///   A handler that returns `true` accepts it nevertheless.
    /// - `request-certificate`: the server wants a certificate of the client. A handler that
    ///   returns `true` calls [`set_tls_client_certificate`](Self::set_tls_client_certificate),
    ///   then or later. If none does, the session's `tls-interaction` is asked.
    /// - `request-certificate-password`: that certificate's key needs a password. A handler that
    ///   returns `true` sets it and calls [`tls_client_certificate_password_request_complete`],
    ///   then or later.
    /// - `wrote-headers`: the request was sent.
    /// - `got-headers`: status and headers of the response were received.
    /// - `got-body`: so was its body.
    /// - `authenticate`: the server, or a proxy, wants to know who the user is.
    /// - `restarted`: the request is about to be sent again, because of a redirect for instance. The
    ///   URI is the new one, the response that of before. `starting` and the rest follow anew.
    /// - `finished`: last, and always.
    ///
    /// [`Session::websocket_connect_future`]: crate::Session::websocket_connect_future
    /// [`tls_client_certificate_password_request_complete`]: Self::tls_client_certificate_password_request_complete
    pub struct Message(ObjectSubclass<imp::Message>);
}

impl Message {
    /// Creates a message for a URI, which has to be absolute and to have a host.
    ///
    /// The schemes are `ws`, `wss`, `http` and `https`; the session refuses others. Handshakes are
    /// made with `GET`.
    ///
    /// ```
    /// let message = wsoup::Message::new("GET", "wss://example.org/chat").unwrap();
    /// assert_eq!(message.uri().unwrap().host().unwrap(), "example.org");
    /// assert!(wsoup::Message::new("GET", "/chat").is_none());
    /// ```
    pub fn new(method: &str, uri_string: &str) -> Option<Self> {
        Self::create(method, parse_uri(uri_string)?)
    }

    /// Creates a message for a URI; `None` if that has no host.
    pub fn new_from_uri(method: &str, uri: &glib::Uri) -> Option<Self> {
        Self::create(method, normalize_uri(uri)?)
    }

    fn create(method: &str, uri: glib::Uri) -> Option<Self> {
        if !is_token(method) {
            glib::g_critical!("Wsoup", "{method:?} cannot be the method of a request");
            return None;
        }
        Some(
            glib::Object::builder()
                .property("method", method)
                .property("uri", uri)
                .build(),
        )
    }

    /// The method of the request.
    #[doc(alias = "get_method")]
    pub fn method(&self) -> GString {
        self.imp().method.borrow().to_gstring()
    }

    /// Sets the method of the request. WebSocket handshakes are made with `GET` alone.
    pub fn set_method(&self, method: &str) {
        if !is_token(method) {
            return glib::g_critical!("Wsoup", "{method:?} cannot be the method of a request");
        }
        if self.imp().method.borrow().as_str() != method {
            self.imp().method.replace(Text::new(method));
            self.notify("method");
        }
    }

    /// The URI of the request: that of the last redirect, if there was one.
    ///
    /// `None` only for a message that was created without one as a plain GObject.
    #[doc(alias = "get_uri")]
    pub fn uri(&self) -> Option<glib::Uri> {
        self.imp().uri.borrow().clone()
    }

    /// Sets the URI of the request, which has to be absolute and to have a host.
    pub fn set_uri(&self, uri: &glib::Uri) {
        let Some(uri) = normalize_uri(uri) else {
            return glib::g_critical!("Wsoup", "{} cannot be the URI of a request", uri.to_str());
        };
        let text = uri.to_str();
        let before = self.imp().uri.replace(Some(uri));
        if before.is_none_or(|before| before.to_str() != text) {
            self.notify("uri");
        }
    }

    /// How the message is to be treated.
    #[doc(alias = "get_flags")]
    pub fn flags(&self) -> MessageFlags {
        self.imp().flags.get()
    }

    /// Sets how the message is to be treated.
    pub fn set_flags(&self, flags: MessageFlags) {
        if self.imp().flags.replace(flags) != flags {
            self.notify("flags");
        }
    }

    /// Adds to the flags.
    pub fn add_flags(&self, flags: MessageFlags) {
        self.set_flags(self.flags() | flags);
    }

    /// Removes from the flags.
    pub fn remove_flags(&self, flags: MessageFlags) {
        self.set_flags(self.flags() - flags);
    }

    /// Whether all of `flags` are set.
    pub fn query_flags(&self, flags: MessageFlags) -> bool {
        self.flags().contains(flags)
    }

    /// The version of HTTP: the lower one of those of request and response.
    #[doc(alias = "get_http_version")]
    pub fn http_version(&self) -> HttpVersion {
        self.imp().http_version.get()
    }

    /// The status code of the response, 0 before there is one.
    #[doc(alias = "get_status")]
    pub fn status(&self) -> u32 {
        self.imp().status.get()
    }

    /// The reason phrase that came with the status code. Not for users: it is in no language that
    /// they chose.
    #[doc(alias = "get_reason_phrase")]
    pub fn reason_phrase(&self) -> Option<GString> {
        self.imp()
            .reason_phrase
            .borrow()
            .as_ref()
            .map(Text::to_gstring)
    }

    /// Keeps the session's features of a type, or of one derived from it, away from this message.
    ///
    /// The type may be one of extensions, too: then they are not offered. To be called before the
    /// message is given to a session.
    pub fn disable_feature(&self, feature_type: glib::Type) {
        let mut disabled = self.imp().disabled_features.borrow_mut();
        if !disabled.contains(&feature_type) {
            disabled.push(feature_type);
        }
    }

    /// Whether features of a type are kept away from this message: because it, one that it is derived
    /// from, or one that is derived from it was disabled.
    pub fn is_feature_disabled(&self, feature_type: glib::Type) -> bool {
        let disabled = self.imp().disabled_features.borrow();
        let is_derived = disabled.iter().any(|other| other.is_a(feature_type));
        is_derived || self.disables(feature_type)
    }

    /// Whether a feature whose class is `type_` is kept away from this message.
    pub(crate) fn disables(&self, type_: glib::Type) -> bool {
        let disabled = self.imp().disabled_features.borrow();
        disabled.iter().any(|other| type_.is_a(*other))
    }

    /// The headers of the request. Those of the handshake are added when it begins.
    #[doc(alias = "get_request_headers")]
    pub fn request_headers(&self) -> MessageHeaders {
        self.imp().request_headers.clone()
    }

    /// The headers of the response.
    #[doc(alias = "get_response_headers")]
    pub fn response_headers(&self) -> MessageHeaders {
        self.imp().response_headers.clone()
    }

    /// What the server sent along with a refusal, up to a limit; `None` if nothing was received.
    ///
    /// libsoup's `SoupMessage` has no such method.
    #[doc(alias = "get_response_body")]
    pub fn response_body(&self) -> Option<glib::Bytes> {
        self.imp().response_body.borrow().clone()
    }

    /// The address of the server, or of the proxy; `None` before the connection is made.
    #[doc(alias = "get_remote_address")]
    pub fn remote_address(&self) -> Option<gio::SocketAddress> {
        self.imp().remote_address.borrow().clone()
    }

    /// The TLS certificate of the server, after the TLS handshake.
    #[doc(alias = "get_tls_peer_certificate")]
    pub fn tls_peer_certificate(&self) -> Option<gio::TlsCertificate> {
        self.imp().tls_peer_certificate.borrow().clone()
    }

    /// What is wrong with the TLS certificate of the server.
    #[doc(alias = "get_tls_peer_certificate_errors")]
    pub fn tls_peer_certificate_errors(&self) -> gio::TlsCertificateFlags {
        self.imp().tls_peer_certificate_errors.get()
    }

    /// The version of TLS; unknown if the connection uses none.
    #[doc(alias = "get_tls_protocol_version")]
    pub fn tls_protocol_version(&self) -> gio::TlsProtocolVersion {
        self.imp().tls_protocol_version.get()
    }

    /// The name of the TLS cipher suite; `None` if the connection uses none.
    #[doc(alias = "get_tls_ciphersuite_name")]
    pub fn tls_ciphersuite_name(&self) -> Option<GString> {
        self.imp()
            .tls_ciphersuite_name
            .borrow()
            .as_ref()
            .map(Text::to_gstring)
    }

    /// Sets the certificate to show when the server asks for one, or none.
    ///
    /// Before the connection is made, or in answer to `request-certificate`. A redirect to another
    /// server does not take it along.
    pub fn set_tls_client_certificate(&self, certificate: Option<&gio::TlsCertificate>) {
        self.imp()
            .tls_client_certificate
            .replace(certificate.cloned());
        self.imp().client_certificate_chosen.open();
    }

    /// Says that the password of `request-certificate-password` is set.
    pub fn tls_client_certificate_password_request_complete(&self) {
        self.imp().password_complete.open();
    }

    /// Connects to `starting`.
    pub fn connect_starting<F: Fn(&Self) + 'static>(&self, f: F) -> SignalHandlerId {
        self.connect_plain("starting", f)
    }

    /// Connects to `wrote-headers`.
    pub fn connect_wrote_headers<F: Fn(&Self) + 'static>(&self, f: F) -> SignalHandlerId {
        self.connect_plain("wrote-headers", f)
    }

    /// Connects to `got-headers`.
    pub fn connect_got_headers<F: Fn(&Self) + 'static>(&self, f: F) -> SignalHandlerId {
        self.connect_plain("got-headers", f)
    }

    /// Connects to `got-body`.
    pub fn connect_got_body<F: Fn(&Self) + 'static>(&self, f: F) -> SignalHandlerId {
        self.connect_plain("got-body", f)
    }

    /// Connects to `restarted`.
    pub fn connect_restarted<F: Fn(&Self) + 'static>(&self, f: F) -> SignalHandlerId {
        self.connect_plain("restarted", f)
    }

    /// Connects to `finished`.
    pub fn connect_finished<F: Fn(&Self) + 'static>(&self, f: F) -> SignalHandlerId {
        self.connect_plain("finished", f)
    }

    /// Connects to `network-event`.
    pub fn connect_network_event<F>(&self, f: F) -> SignalHandlerId
    where
        F: Fn(&Self, gio::SocketClientEvent, &gio::IOStream) + 'static,
    {
        self.connect_closure(
            "network-event",
            false,
            closure_local!(|message: &Self,
                            event: gio::SocketClientEvent,
                            connection: gio::IOStream| {
                f(message, event, &connection);
            }),
        )
    }

    /// Connects to `authenticate`: the server, or a proxy, wants to know who the user is.
    ///
    /// The last argument of `f` says whether credentials were sent already, and refused. A handler
    /// that returns `true` calls [`Auth::authenticate`] or [`Auth::cancel`], then or later. If none
    /// does, the response with the challenge is that of the message.
    ///
    /// User and password in the URI are tried before, and the session remembers what was accepted.
    ///
    /// Who answers without asking a user must not answer twice the same: see the last argument.
    pub fn connect_authenticate<F>(&self, f: F) -> SignalHandlerId
    where
        F: Fn(&Self, &Auth, bool) -> bool + 'static,
    {
        self.connect_closure(
            "authenticate",
            false,
            closure_local!(|message: &Self, auth: Auth, retrying: bool| f(
                message, &auth, retrying
            )),
        )
    }

    /// Connects to `accept-certificate`.
    pub fn connect_accept_certificate<F>(&self, f: F) -> SignalHandlerId
    where
        F: Fn(&Self, &gio::TlsCertificate, gio::TlsCertificateFlags) -> bool + 'static,
    {
        self.connect_closure(
            "accept-certificate",
            false,
            closure_local!(|message: &Self,
                            certificate: gio::TlsCertificate,
                            errors: gio::TlsCertificateFlags| {
                f(message, &certificate, errors)
            }),
        )
    }

    /// Connects to `request-certificate`.
    pub fn connect_request_certificate<F>(&self, f: F) -> SignalHandlerId
    where
        F: Fn(&Self, &gio::TlsClientConnection) -> bool + 'static,
    {
        self.connect_closure(
            "request-certificate",
            false,
            closure_local!(|message: &Self, connection: gio::TlsClientConnection| {
                f(message, &connection)
            }),
        )
    }

    /// Connects to `request-certificate-password`.
    pub fn connect_request_certificate_password<F>(&self, f: F) -> SignalHandlerId
    where
        F: Fn(&Self, &gio::TlsPassword) -> bool + 'static,
    {
        self.connect_closure(
            "request-certificate-password",
            false,
            closure_local!(|message: &Self, password: gio::TlsPassword| f(message, &password)),
        )
    }

    fn connect_plain<F: Fn(&Self) + 'static>(&self, signal: &str, f: F) -> SignalHandlerId {
        self.connect_closure(signal, false, closure_local!(|message: &Self| f(message)))
    }
}

/// What the C ABI lends to its callers: valid until the property changes.
#[doc(hidden)]
impl Message {
    pub fn method_ptr(&self) -> *const c_char {
        self.imp().method.borrow().as_ptr()
    }

    pub fn reason_phrase_ptr(&self) -> *const c_char {
        as_ptr_or_null(self.imp().reason_phrase.borrow().as_ref())
    }

    pub fn tls_ciphersuite_name_ptr(&self) -> *const c_char {
        as_ptr_or_null(self.imp().tls_ciphersuite_name.borrow().as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use glib::UriFlags;

    #[test]
    fn a_message_needs_a_host_and_a_method() {
        for uri in ["", "/a", "ws://", "http:///a", "mailto:a@b", "ws://a:b/"] {
            assert!(Message::new("GET", uri).is_none(), "{uri}");
        }
        for method in ["", "A B", "GET\r\n", "É"] {
            assert!(Message::new(method, "ws://a/").is_none(), "{method:?}");
        }
        for uri in ["ws://a", "WSS://a/b?c", "http://u:p@a:1/", "https://[::1]/"] {
            assert!(Message::new("GET", uri).is_some(), "{uri}");
        }
        let uri = glib::Uri::build(UriFlags::NONE, "ws", None, None, -1, "/", None, None);
        assert!(Message::new_from_uri("GET", &uri).is_none());
    }

    #[test]
    fn properties_can_be_set_and_read() {
        let message = Message::new("GET", "ws://a/").unwrap();
        message.set_property("method", "PUT");
        message.set_property(
            "uri",
            glib::Uri::parse("ws://b/c d", UriFlags::PARSE_RELAXED).unwrap(),
        );
        message.set_property("flags", MessageFlags::NO_REDIRECT);
        assert_eq!(message.property::<String>("method"), "PUT");
        assert_eq!(message.uri().unwrap().to_str(), "ws://b/c%20d");
        assert!(message.query_flags(MessageFlags::NO_REDIRECT));
        message.remove_flags(MessageFlags::NO_REDIRECT);
        assert_eq!(
            message.property::<MessageFlags>("flags"),
            MessageFlags::empty()
        );
        message.add_flags(MessageFlags::NO_REDIRECT);
        assert_eq!(message.flags(), MessageFlags::NO_REDIRECT);
        let headers: MessageHeaders = message.property("request-headers");
        headers.append("a", "b");
        assert_eq!(message.request_headers().one("a").as_deref(), Some("b"));
        for property in message.list_properties() {
            message.property_value(property.name());
        }
    }

    #[test]
    fn what_cannot_be_sent_changes_nothing() {
        let message = Message::new("GET", "ws://a/").unwrap();
        message.set_method("A B");
        message.set_property("method", None::<&str>);
        message.set_property("uri", None::<glib::Uri>);
        let uri = glib::Uri::build(UriFlags::NONE, "ws", None, None, -1, "/", None, None);
        message.set_uri(&uri);
        assert_eq!(message.method(), "GET");
        assert_eq!(message.uri().unwrap().to_str(), "ws://a/");
    }

    #[test]
    fn setting_what_is_set_notifies_nobody() {
        let message = Message::new("GET", "ws://a/").unwrap();
        message.connect_notify_local(None, |_, pspec| panic!("{} changed", pspec.name()));
        message.set_method("GET");
        message.set_uri(&message.uri().unwrap());
        message.set_flags(MessageFlags::empty());
    }

    #[test]
    fn a_message_made_as_a_plain_object_has_defaults() {
        let message: Message = glib::Object::new();
        assert_eq!(
            (message.method().as_str(), message.uri().is_none()),
            ("GET", true)
        );
        assert_eq!(
            (message.status(), message.http_version()),
            (0, HttpVersion::Http11)
        );
        assert!(message.reason_phrase().is_none() && message.tls_ciphersuite_name().is_none());
    }
}
