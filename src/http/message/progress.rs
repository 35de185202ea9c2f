//! What a session tells a message while it makes the connection, and what it asks it.

use super::super::head::ResponseHead;
use super::super::text::Text;
use super::Message;
use crate::{Auth, HttpVersion};
use glib::prelude::*;
use glib::subclass::prelude::*;

impl Message {
    /// Takes over status, version and headers of a response.
    pub(crate) fn set_response_head(&self, head: &ResponseHead) {
        self.set_http_version(head.version);
        self.response_headers().copy_from(&head.headers);
        self.set_status(head.status, Some(&head.reason));
    }

    /// Sets status code and reason phrase of the response.
    pub(crate) fn set_status(&self, status: u32, reason_phrase: Option<&str>) {
        let status_before = self.imp().status.replace(status);
        let reason_before = self
            .imp()
            .reason_phrase
            .replace(reason_phrase.map(Text::new));
        if status_before != status {
            self.notify("status-code");
        }
        if reason_before.as_ref().map(Text::as_str) != reason_phrase {
            self.notify("reason-phrase");
        }
    }

    pub(crate) fn set_http_version(&self, version: HttpVersion) {
        if self.imp().http_version.replace(version) != version {
            self.notify("http-version");
        }
    }

    pub(crate) fn set_response_body(&self, body: Option<glib::Bytes>) {
        self.imp().response_body.replace(body);
    }

    pub(crate) fn set_remote_address(&self, address: Option<gio::SocketAddress>) {
        self.imp().remote_address.replace(address);
        self.notify("remote-address");
    }

    /// Sets the certificate that the server showed, and what is wrong with it.
    pub(crate) fn set_tls_peer_certificate(
        &self,
        certificate: Option<gio::TlsCertificate>,
        errors: gio::TlsCertificateFlags,
    ) {
        let before = self.imp().tls_peer_certificate.replace(certificate);
        if before != self.tls_peer_certificate() {
            self.notify("tls-peer-certificate");
        }
        if self.imp().tls_peer_certificate_errors.replace(errors) != errors {
            self.notify("tls-peer-certificate-errors");
        }
    }

    /// Sets what the TLS handshake agreed on.
    pub(crate) fn set_tls_protocol(
        &self,
        version: gio::TlsProtocolVersion,
        ciphersuite_name: Option<&str>,
    ) {
        if self.imp().tls_protocol_version.replace(version) != version {
            self.notify("tls-protocol-version");
        }
        let before = self
            .imp()
            .tls_ciphersuite_name
            .replace(ciphersuite_name.map(Text::new));
        if before.as_ref().map(Text::as_str) != ciphersuite_name {
            self.notify("tls-ciphersuite-name");
        }
    }

    pub(crate) fn emit_starting(&self) {
        self.emit_by_name::<()>("starting", &[]);
    }

    pub(crate) fn emit_wrote_headers(&self) {
        self.emit_by_name::<()>("wrote-headers", &[]);
    }

    pub(crate) fn emit_got_headers(&self) {
        self.emit_by_name::<()>("got-headers", &[]);
    }

    pub(crate) fn emit_got_body(&self) {
        self.emit_by_name::<()>("got-body", &[]);
    }

    pub(crate) fn emit_finished(&self) {
        self.emit_by_name::<()>("finished", &[]);
    }

    pub(crate) fn emit_network_event(
        &self,
        event: gio::SocketClientEvent,
        connection: &impl IsA<gio::IOStream>,
    ) {
        self.emit_by_name::<()>("network-event", &[&event, connection.as_ref()]);
    }

    /// Whether the program accepts a certificate in spite of its errors.
    pub(crate) fn accept_certificate(
        &self,
        certificate: &gio::TlsCertificate,
        errors: gio::TlsCertificateFlags,
    ) -> bool {
        self.emit_by_name("accept-certificate", &[certificate, &errors])
    }

    /// The certificate that the program has set for the client.
    pub(crate) fn tls_client_certificate(&self) -> Option<gio::TlsCertificate> {
        self.imp().tls_client_certificate.borrow().clone()
    }
}

impl Message {
    /// Says that the request is about to be sent again, and forgets what came of it.
    pub(crate) fn restart(&self) {
        // As in libsoup, handlers see by the status why.
        self.emit_by_name::<()>("restarted", &[]);
        self.set_status(0, None);
        self.set_http_version(HttpVersion::Http11);
        self.set_response_body(None);
        self.response_headers().clear();
        self.set_remote_address(None);
        self.set_tls_peer_certificate(None, gio::TlsCertificateFlags::empty());
        self.set_tls_protocol(gio::TlsProtocolVersion::Unknown, None);
    }

    /// Asks the program who the user is; whether it has answered `auth`, or will do so.
    ///
    /// `retrying` says that its last answer was wrong.
    pub(crate) fn emit_authenticate(&self, auth: &Auth, retrying: bool) -> bool {
        self.emit_by_name("authenticate", &[auth, &retrying])
    }

    /// Forgets the certificate that the program has set for the client.
    pub(crate) fn forget_client_certificate(&self) {
        self.imp().tls_client_certificate.take();
        self.imp().client_certificate_chosen.close();
    }
}

/// What a session does when it is asked for a client certificate.
impl Message {
    /// Whether the program has set a client certificate, or said that there is none.
    pub(crate) fn has_chosen_client_certificate(&self) -> bool {
        self.imp().client_certificate_chosen.is_open()
    }

    /// Asks the program for a client certificate; whether it will set one.
    pub(crate) fn request_certificate(&self, connection: &gio::TlsClientConnection) -> bool {
        self.imp().client_certificate_chosen.close();
        self.emit_by_name("request-certificate", &[connection])
    }

    /// Waits until the program has set a client certificate, or said that there is none.
    pub(crate) async fn client_certificate_chosen(&self) {
        self.imp().client_certificate_chosen.opened().await;
    }

    /// Asks the program for the password of the client certificate; whether it will set it.
    pub(crate) fn request_certificate_password(&self, password: &gio::TlsPassword) -> bool {
        self.imp().password_complete.close();
        self.emit_by_name("request-certificate-password", &[password])
    }

    /// Waits until the program has set the password.
    pub(crate) async fn certificate_password_complete(&self) {
        self.imp().password_complete.opened().await;
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::head::{HeadScanner, Parsed};
    use super::*;
    use std::cell::RefCell;
    use std::pin::pin;
    use std::rc::Rc;
    use std::task::{Context, Waker};

    fn message() -> Message {
        Message::new("GET", "ws://a/").unwrap()
    }

    fn is_ready(future: impl Future<Output = ()>) -> bool {
        pin!(future)
            .poll(&mut Context::from_waker(Waker::noop()))
            .is_ready()
    }

    #[test]
    fn a_response_is_taken_over_into_the_same_headers() {
        let message = message();
        let headers = message.response_headers();
        let notified = Rc::new(RefCell::new(Vec::new()));
        message.connect_notify_local(None, {
            let notified = notified.clone();
            move |_, pspec| notified.borrow_mut().push(pspec.name().to_owned())
        });
        let input = b"HTTP/1.0 403 No\r\nA: b\r\n\r\n";
        let parsed = HeadScanner::default().parse_response(input).unwrap();
        let Parsed::Complete { head, .. } = parsed else {
            panic!("incomplete")
        };
        message.set_response_head(&head);
        assert_eq!(
            (message.status(), message.reason_phrase().as_deref()),
            (403, Some("No"))
        );
        assert_eq!(message.http_version(), HttpVersion::Http10);
        assert_eq!(headers.one("a").as_deref(), Some("b"));
        assert_eq!(
            *notified.borrow(),
            ["http-version", "status-code", "reason-phrase"]
        );
        message.set_response_body(Some(glib::Bytes::from_static(b"x")));
        message.restart();
        assert_eq!((message.status(), message.reason_phrase()), (0, None));
        assert_eq!((message.response_body(), headers.iter().len()), (None, 0));
        assert!(message.reason_phrase_ptr().is_null());
    }

    #[test]
    fn signals_are_emitted_with_their_arguments() {
        let message = message();
        let seen = Rc::new(RefCell::new(Vec::new()));
        let note = |what: &'static str| {
            let seen = seen.clone();
            move |_: &Message| seen.borrow_mut().push(what)
        };
        message.connect_starting(note("starting"));
        message.connect_wrote_headers(note("wrote-headers"));
        message.connect_got_headers(note("got-headers"));
        message.connect_got_body(note("got-body"));
        message.connect_restarted(note("restarted"));
        message.connect_finished(note("finished"));
        let event = seen.clone();
        message.connect_network_event(move |_, kind, _| {
            assert_eq!(kind, gio::SocketClientEvent::Connecting);
            event.borrow_mut().push("network-event");
        });
        message.emit_starting();
        let stream = gio::SimpleIOStream::new(
            &gio::MemoryInputStream::new(),
            &gio::MemoryOutputStream::new_resizable(),
        );
        message.emit_network_event(gio::SocketClientEvent::Connecting, &stream);
        message.emit_wrote_headers();
        message.emit_got_headers();
        message.emit_got_body();
        message.restart();
        message.emit_finished();
        let order = [
            "starting",
            "network-event",
            "wrote-headers",
            "got-headers",
            "got-body",
            "restarted",
            "finished",
        ];
        assert_eq!(*seen.borrow(), order);
    }

    #[test]
    fn the_program_is_asked_who_the_user_is() {
        let message = message();
        let headers = message.response_headers();
        headers.append("WWW-Authenticate", "Basic realm=r");
        let auth = Auth::from_challenges(&headers, false, "a:80").unwrap();
        assert!(!message.emit_authenticate(&auth, false));
        message.connect_authenticate(|_, auth, retrying| {
            if !retrying {
                auth.authenticate("a", "b");
            }
            !retrying
        });
        assert!(!message.emit_authenticate(&auth, true) && !auth.is_authenticated());
        assert!(message.emit_authenticate(&auth, false) && auth.is_authenticated());
    }

    #[test]
    fn the_first_handler_that_handles_ends_the_question() {
        let message = message();
        let asked = Rc::new(RefCell::new(0));
        let password = gio::TlsPassword::new(gio::TlsPasswordFlags::NONE, "x");
        assert!(!message.request_certificate_password(&password));
        for answer in [false, true, true] {
            let asked = asked.clone();
            message.connect_request_certificate_password(move |_, _| {
                *asked.borrow_mut() += 1;
                answer
            });
        }
        assert!(message.request_certificate_password(&password));
        assert_eq!(*asked.borrow(), 2);
    }

    #[test]
    fn answers_may_come_at_once_or_later() {
        let message = message();
        let password = gio::TlsPassword::new(gio::TlsPasswordFlags::NONE, "x");
        let handler = message.connect_request_certificate_password(|message, _| {
            message.tls_client_certificate_password_request_complete();
            true
        });
        assert!(message.request_certificate_password(&password));
        assert!(is_ready(message.certificate_password_complete()));
        message.disconnect(handler);
        message.request_certificate_password(&password);
        assert!(!is_ready(message.certificate_password_complete()));
        message.tls_client_certificate_password_request_complete();
        assert!(is_ready(message.certificate_password_complete()));
        let stream = gio::SimpleIOStream::new(
            &gio::MemoryInputStream::new(),
            &gio::MemoryOutputStream::new_resizable(),
        );
        let tls = gio::TlsClientConnection::new(&stream, gio::SocketConnectable::NONE).unwrap();
        assert!(!message.request_certificate(&tls) && !message.has_chosen_client_certificate());
        message.connect_request_certificate(|_, _| true);
        assert!(message.request_certificate(&tls));
        assert!(!is_ready(message.client_certificate_chosen()));
        message.set_tls_client_certificate(None);
        assert!(is_ready(message.client_certificate_chosen()));
        assert_eq!(message.tls_client_certificate(), None);
    }
}
