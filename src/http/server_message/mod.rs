//! [`ServerMessage`]: a request that a server received, and its answer.
//!
//! `imp.rs` is the GObject side. What the server tells a message, and waits for, is in
//! `progress.rs`.

mod imp;
mod progress;

use super::syntax::is_field_value;
use super::text::{Text, as_ptr_or_null};
use crate::{HttpVersion, MessageBody, MessageHeaders, Status};
use glib::GString;
use glib::SignalHandlerId;
use glib::closure_local;
use glib::prelude::*;
use glib::subclass::prelude::*;
use std::ffi::c_char;

glib::wrapper! {
    /// A request that a [`Server`] received, and the response that its handler makes.
    ///
    /// A handler reads the request and calls [`set_status`](Self::set_status) and, for a body,
    /// [`set_response`](Self::set_response); when it returns, the response is sent. One that is
    /// not ready by then calls [`pause`](Self::pause) before, keeps the message, and calls
    /// [`unpause`](Self::unpause) when it is.
    ///
    /// # Signals
    ///
    /// In the order in which they are emitted:
    ///
    /// - `accept-certificate`: the client has shown a TLS certificate, in which these errors were
    ///   found, if any. With handlers, one has to return `true` to accept it; without, a certificate
    ///   is accepted that has no errors and was checked against [`Server::tls_database`].
    /// - `connected`: the connection, including TLS, is made.
    /// - `got-headers`, `got-body`: that part of the request was received.
    /// - `wrote-headers`, `wrote-body`: that part of the response was sent.
    /// - `finished`: the response was sent, or cannot be.
    /// - `disconnected`: the connection is closed.
    ///
    /// [`Server`]: crate::Server
    /// [`Server::tls_database`]: crate::Server::tls_database
    pub struct ServerMessage(ObjectSubclass<imp::ServerMessage>);
}

impl ServerMessage {
    /// The version of HTTP of the request, and of the response unless it is set.
    #[doc(alias = "get_http_version")]
    pub fn http_version(&self) -> HttpVersion {
        self.imp().http_version.get()
    }

    /// Sets the version of HTTP of the response.
    pub fn set_http_version(&self, version: HttpVersion) {
        self.imp().http_version.set(version);
    }

    /// The method of the request.
    #[doc(alias = "get_method")]
    pub fn method(&self) -> GString {
        self.imp().method.borrow().to_gstring()
    }

    /// The URI of the request; `None` before its headers are received.
    #[doc(alias = "get_uri")]
    pub fn uri(&self) -> Option<glib::Uri> {
        self.imp().uri.borrow().clone()
    }

    /// Whether the request is `OPTIONS *`, which asks about the server and not about a resource.
    pub fn is_options_ping(&self) -> bool {
        self.imp().options_ping.get()
    }

    /// The headers of the request.
    #[doc(alias = "get_request_headers")]
    pub fn request_headers(&self) -> MessageHeaders {
        self.imp().request_headers.clone()
    }

    /// The body of the request.
    #[doc(alias = "get_request_body")]
    pub fn request_body(&self) -> MessageBody {
        self.imp().request_body.clone()
    }

    /// The headers of the response.
    #[doc(alias = "get_response_headers")]
    pub fn response_headers(&self) -> MessageHeaders {
        self.imp().response_headers.clone()
    }

    /// The body of the response.
    #[doc(alias = "get_response_body")]
    pub fn response_body(&self) -> MessageBody {
        self.imp().response_body.clone()
    }

    /// The status code of the response, 0 before one is set.
    #[doc(alias = "get_status")]
    pub fn status(&self) -> u32 {
        self.imp().status.get()
    }

    /// The reason phrase of the response.
    #[doc(alias = "get_reason_phrase")]
    pub fn reason_phrase(&self) -> Option<GString> {
        self.imp()
            .reason_phrase
            .borrow()
            .as_ref()
            .map(Text::to_gstring)
    }

    /// Sets the status of the response; without a reason phrase, the standard one.
    pub fn set_status(&self, status_code: u32, reason_phrase: Option<&str>) {
        if !(100..1000).contains(&status_code) {
            return glib::g_critical!("Wsoup", "{status_code} is no status code");
        }
        if !reason_phrase.is_none_or(is_field_value) {
            return glib::g_critical!("Wsoup", "a reason phrase holds a line break or NUL");
        }
        let reason_phrase = reason_phrase.unwrap_or_else(|| Status::phrase(status_code));
        self.imp().status.set(status_code);
        self.imp()
            .reason_phrase
            .replace(Some(Text::new(reason_phrase)));
    }

    /// Sends the client elsewhere: sets a status of 3xx and `Location`.
    ///
    /// `redirect_uri` may be relative to the URI of the request.
    pub fn set_redirect(&self, status_code: u32, redirect_uri: &str) {
        if !(300..400).contains(&status_code) {
            return glib::g_critical!("Wsoup", "{status_code} is not the status of a redirect");
        }
        let uri = match self.uri() {
            Some(uri) => uri.parse_relative(redirect_uri, super::target::URI_FLAGS),
            None => glib::Uri::parse(redirect_uri, super::target::URI_FLAGS),
        };
        match uri {
            Ok(location) => {
                self.set_status(status_code, None);
                self.response_headers()
                    .replace("Location", &location.to_str());
            }
            Err(error) => {
                glib::g_critical!("Wsoup", "cannot redirect to {redirect_uri:?}: {error}");
            }
        }
    }

    /// Sets the body of the response and its media type; without one, the body has to be empty.
    pub fn set_response(&self, content_type: Option<&str>, response_body: &glib::Bytes) {
        let Some(content_type) = content_type else {
            if !response_body.is_empty() {
                return glib::g_critical!("Wsoup", "a body needs a content type");
            }
            self.response_headers().remove("Content-Type");
            return self.response_body().truncate();
        };
        if !is_field_value(content_type) {
            return glib::g_critical!("Wsoup", "{content_type:?} cannot be a content type");
        }
        self.response_headers()
            .replace("Content-Type", content_type);
        self.response_body().truncate();
        self.response_body().append_bytes(response_body);
    }

    /// Holds the response back until [`unpause`](Self::unpause).
    pub fn pause(&self) {
        self.imp().running.close();
    }

    /// Lets the response go on after [`pause`](Self::pause), when the context next runs.
    pub fn unpause(&self) {
        self.imp().running.open();
    }

    /// Takes the connection away from the server, which does not touch it any more.
    ///
    /// What the server had not yet sent is not sent. `None` when the message has no connection any
    /// more, or when the client has already sent more than its request, which would be lost.
    /// Nothing is promised about the kind of stream.
    pub fn steal_connection(&self) -> Option<gio::IOStream> {
        let steal = self.imp().steal.take()?;
        let stream = steal();
        self.imp().stolen.set(stream.is_some());
        // Whoever waits has nothing to wait for any more.
        self.unpause();
        stream
    }

    /// The socket of the connection; `None` if it has none.
    #[doc(alias = "get_socket")]
    pub fn socket(&self) -> Option<gio::Socket> {
        self.imp().socket.borrow().clone()
    }

    /// The address of the server's end of the connection, if it is known.
    #[doc(alias = "get_local_address")]
    pub fn local_address(&self) -> Option<gio::SocketAddress> {
        self.imp().local_address.borrow().clone()
    }

    /// The address of the client, if it is known.
    #[doc(alias = "get_remote_address")]
    pub fn remote_address(&self) -> Option<gio::SocketAddress> {
        self.imp().remote_address.borrow().clone()
    }

    /// The IP address of the client, if it has one.
    #[doc(alias = "get_remote_host")]
    pub fn remote_host(&self) -> Option<GString> {
        self.imp()
            .remote_host
            .borrow()
            .as_ref()
            .map(Text::to_gstring)
    }

    /// The TLS certificate of the client, if it showed one.
    #[doc(alias = "get_tls_peer_certificate")]
    pub fn tls_peer_certificate(&self) -> Option<gio::TlsCertificate> {
        self.imp().tls_peer_certificate.borrow().clone()
    }

    /// What is wrong with the TLS certificate of the client.
    #[doc(alias = "get_tls_peer_certificate_errors")]
    pub fn tls_peer_certificate_errors(&self) -> gio::TlsCertificateFlags {
        self.imp().tls_peer_certificate_errors.get()
    }

    /// Connects to `connected`.
    pub fn connect_connected<F: Fn(&Self) + 'static>(&self, f: F) -> SignalHandlerId {
        self.connect_plain("connected", f)
    }

    /// Connects to `got-headers`.
    pub fn connect_got_headers<F: Fn(&Self) + 'static>(&self, f: F) -> SignalHandlerId {
        self.connect_plain("got-headers", f)
    }

    /// Connects to `got-body`.
    pub fn connect_got_body<F: Fn(&Self) + 'static>(&self, f: F) -> SignalHandlerId {
        self.connect_plain("got-body", f)
    }

    /// Connects to `wrote-headers`.
    pub fn connect_wrote_headers<F: Fn(&Self) + 'static>(&self, f: F) -> SignalHandlerId {
        self.connect_plain("wrote-headers", f)
    }

    /// Connects to `wrote-body`.
    pub fn connect_wrote_body<F: Fn(&Self) + 'static>(&self, f: F) -> SignalHandlerId {
        self.connect_plain("wrote-body", f)
    }

    /// Connects to `finished`.
    pub fn connect_finished<F: Fn(&Self) + 'static>(&self, f: F) -> SignalHandlerId {
        self.connect_plain("finished", f)
    }

    /// Connects to `disconnected`.
    pub fn connect_disconnected<F: Fn(&Self) + 'static>(&self, f: F) -> SignalHandlerId {
        self.connect_plain("disconnected", f)
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

    fn connect_plain<F: Fn(&Self) + 'static>(&self, signal: &str, f: F) -> SignalHandlerId {
        self.connect_closure(signal, false, closure_local!(|message: &Self| f(message)))
    }
}

/// What the C ABI lends to its callers: valid until the value changes.
#[doc(hidden)]
impl ServerMessage {
    pub fn method_ptr(&self) -> *const c_char {
        self.imp().method.borrow().as_ptr()
    }

    pub fn reason_phrase_ptr(&self) -> *const c_char {
        as_ptr_or_null(self.imp().reason_phrase.borrow().as_ref())
    }

    pub fn remote_host_ptr(&self) -> *const c_char {
        as_ptr_or_null(self.imp().remote_host.borrow().as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use glib::Bytes;

    fn message() -> ServerMessage {
        ServerMessage::new(None, None, None)
    }

    #[test]
    fn a_status_brings_its_phrase() {
        let message = message();
        assert_eq!((message.status(), message.reason_phrase()), (0, None));
        for (status, given, phrase) in [
            (404, None, "Not Found"),
            (299, None, "Unknown Error"),
            (200, Some("Fine"), "Fine"),
        ] {
            message.set_status(status, given);
            assert_eq!(message.reason_phrase().as_deref(), Some(phrase));
        }
        message.set_status(99, None);
        message.set_status(1000, None);
        message.set_status(500, Some("a\r\nb"));
        assert_eq!(
            (message.status(), message.reason_phrase().as_deref()),
            (200, Some("Fine"))
        );
    }

    #[test]
    fn a_response_replaces_the_one_before() {
        let message = message();
        message.set_response(Some("text/plain"), &Bytes::from_static(b"abc"));
        message.set_response(Some("text/html"), &Bytes::from_static(b"de"));
        assert_eq!(
            message.response_headers().list("content-type").as_deref(),
            Some("text/html")
        );
        assert_eq!(&message.response_body().flatten()[..], b"de");
        message.set_response(None, &Bytes::from_static(b"x"));
        message.set_response(Some("a\r\nb"), &Bytes::from_static(b"x"));
        assert_eq!(&message.response_body().flatten()[..], b"de");
        message.set_response(None, &Bytes::from_static(b""));
        assert_eq!(message.response_body().length(), 0);
        assert_eq!(message.response_headers().one("content-type"), None);
    }

    #[test]
    fn a_redirect_is_absolute() {
        let message = message();
        let location = || message.response_headers().one("Location");
        message.set_redirect(302, "http://b/c");
        assert_eq!(
            (message.status(), location().as_deref()),
            (302, Some("http://b/c"))
        );
        let uri = glib::Uri::parse("http://a:81/b%20c/d?e", crate::http::target::URI_FLAGS);
        message.imp().uri.replace(uri.ok());
        message.set_redirect(301, "x y?z");
        assert_eq!(location().as_deref(), Some("http://a:81/b%20c/x%20y?z"));
        message.set_redirect(308, "/");
        assert_eq!(
            (message.status(), location().as_deref()),
            (308, Some("http://a:81/"))
        );
        message.set_redirect(200, "/x");
        message.set_redirect(302, "http://[");
        assert_eq!(
            (message.status(), location().as_deref()),
            (308, Some("http://a:81/"))
        );
    }

    #[test]
    fn a_connection_can_be_stolen_once() {
        let message = message();
        assert!(message.steal_connection().is_none() && !message.is_stolen());
        let stream = gio::SimpleIOStream::new(
            &gio::MemoryInputStream::new(),
            &gio::MemoryOutputStream::new_resizable(),
        );
        message.set_steal({
            let stream = stream.clone().upcast();
            move || Some(stream)
        });
        message.pause();
        assert_eq!(
            message.steal_connection().as_ref(),
            Some(stream.upcast_ref())
        );
        assert!(message.is_stolen());
        assert!(message.steal_connection().is_none());
    }

    #[test]
    fn a_message_made_as_a_plain_object_has_defaults() {
        let message: ServerMessage = glib::Object::new();
        assert_eq!(
            (message.method().as_str(), message.uri().is_none()),
            ("", true)
        );
        assert!(message.remote_host_ptr().is_null() && message.socket().is_none());
        assert!(!message.is_options_ping());
        for property in message.list_properties() {
            message.property_value(property.name());
        }
    }
}
