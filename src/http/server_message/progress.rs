//! What a server tells a message while it reads the request and writes the response.

use super::super::head::RequestHead;
use super::super::question::has_handler;
use super::super::text::Text;
use super::ServerMessage;
use gio::prelude::*;
use glib::subclass::prelude::*;

impl ServerMessage {
    /// Creates a message for a request that is about to be read from a connection.
    pub(crate) fn new(
        socket: Option<gio::Socket>,
        local_address: Option<gio::SocketAddress>,
        remote_address: Option<gio::SocketAddress>,
    ) -> Self {
        let message: Self = glib::Object::new();
        let imp = message.imp();
        let remote_host = remote_address
            .as_ref()
            .and_then(|address| address.downcast_ref::<gio::InetSocketAddress>())
            .map(|address| Text::new(&address.address().to_str()));
        imp.socket.replace(socket);
        imp.local_address.replace(local_address);
        imp.remote_address.replace(remote_address);
        imp.remote_host.replace(remote_host);
        message
    }

    /// Takes over the head of the request; `uri` is what [`RequestHead::uri`] made of it.
    pub(crate) fn set_request_head(&self, head: &RequestHead, uri: glib::Uri) {
        let imp = self.imp();
        imp.method.replace(Text::new(&head.method));
        imp.uri.replace(Some(uri));
        imp.options_ping.set(head.is_options_ping());
        imp.http_version.set(head.version);
        imp.request_headers.copy_from(&head.headers);
    }

    /// Sets the certificate that the client showed, and what is wrong with it.
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

    /// Sets what takes the connection away from the server.
    pub(crate) fn set_steal(&self, steal: impl FnOnce() -> Option<gio::IOStream> + 'static) {
        self.imp().steal.replace(Some(Box::new(steal)));
    }

    /// Says that there is no connection to steal any more.
    pub(crate) fn clear_steal(&self) {
        drop(self.imp().steal.take());
    }

    /// Whether the program has taken the connection.
    pub(crate) fn is_stolen(&self) -> bool {
        self.imp().stolen.get()
    }

    /// Waits until the response may go on, which may be at once. Check afterwards whether the
    /// connection was stolen.
    pub(crate) async fn unpaused(&self) {
        self.imp().running.opened().await;
    }

    pub(crate) fn emit_connected(&self) {
        self.emit_by_name::<()>("connected", &[]);
    }

    pub(crate) fn emit_got_headers(&self) {
        self.emit_by_name::<()>("got-headers", &[]);
    }

    pub(crate) fn emit_got_body(&self) {
        self.emit_by_name::<()>("got-body", &[]);
    }

    pub(crate) fn emit_wrote_headers(&self) {
        self.emit_by_name::<()>("wrote-headers", &[]);
    }

    pub(crate) fn emit_wrote_body(&self) {
        self.emit_by_name::<()>("wrote-body", &[]);
    }

    pub(crate) fn emit_finished(&self) {
        self.emit_by_name::<()>("finished", &[]);
    }

    pub(crate) fn emit_disconnected(&self) {
        self.emit_by_name::<()>("disconnected", &[]);
    }

    /// Whether a certificate is accepted: by the program, or if that does not care, because it
    /// `is_trusted`.
    pub(crate) fn accept_certificate(
        &self,
        certificate: &gio::TlsCertificate,
        errors: gio::TlsCertificateFlags,
        is_trusted: bool,
    ) -> bool {
        // A handler that does not accept may have its reasons, whatever the errors are: it is asked in
        // any case, as in libsoup.
        if !has_handler(self, "accept-certificate") {
            return is_trusted;
        }
        self.emit_by_name("accept-certificate", &[certificate, &errors])
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::head::{HeadScanner, Parsed};
    use super::*;
    use crate::HttpVersion;
    use std::cell::RefCell;
    use std::pin::pin;
    use std::rc::Rc;
    use std::task::{Context, Waker};

    fn head(input: &str) -> RequestHead {
        match HeadScanner::default().parse_request(input.as_bytes()) {
            Ok(Parsed::Complete { head, .. }) => head,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_request_is_taken_over() {
        let address = gio::InetSocketAddress::from_string("::1", 80).unwrap();
        let message = ServerMessage::new(None, None, Some(address.upcast()));
        let headers = message.request_headers();
        let head = head("OPTIONS * HTTP/1.0\r\nHost: a\r\nB: c\r\n\r\n");
        message.set_request_head(&head, head.uri("http", "x:1").unwrap());
        assert_eq!(message.method(), "OPTIONS");
        assert_eq!(message.uri().unwrap().to_str(), "http://a/");
        assert_eq!(message.http_version(), HttpVersion::Http10);
        assert!(message.is_options_ping());
        assert_eq!(headers.one("b").as_deref(), Some("c"));
        assert_eq!(message.remote_host().as_deref(), Some("::1"));
    }

    #[test]
    fn a_paused_message_goes_on_when_it_is_unpaused() {
        let message = ServerMessage::new(None, None, None);
        let is_running = || {
            let unpaused = pin!(message.unpaused());
            unpaused
                .poll(&mut Context::from_waker(Waker::noop()))
                .is_ready()
        };
        assert!(is_running());
        message.pause();
        assert!(!is_running());
        message.unpause();
        assert!(is_running());
    }

    #[test]
    fn signals_are_emitted() {
        let message = ServerMessage::new(None, None, None);
        let seen = Rc::new(RefCell::new(Vec::new()));
        let note = |what: &'static str| {
            let seen = seen.clone();
            move |_: &ServerMessage| seen.borrow_mut().push(what)
        };
        message.connect_connected(note("connected"));
        message.connect_got_headers(note("got-headers"));
        message.connect_got_body(note("got-body"));
        message.connect_wrote_headers(note("wrote-headers"));
        message.connect_wrote_body(note("wrote-body"));
        message.connect_finished(note("finished"));
        message.connect_disconnected(note("disconnected"));
        message.emit_connected();
        message.emit_got_headers();
        message.emit_got_body();
        message.emit_wrote_headers();
        message.emit_wrote_body();
        message.emit_finished();
        message.emit_disconnected();
        let order = [
            "connected",
            "got-headers",
            "got-body",
            "wrote-headers",
            "wrote-body",
            "finished",
            "disconnected",
        ];
        assert_eq!(*seen.borrow(), order);
    }

    #[test]
    fn a_connection_that_is_gone_cannot_be_stolen() {
        let message = ServerMessage::new(None, None, None);
        message.set_steal(|| panic!("there is no connection"));
        message.clear_steal();
        assert!(message.steal_connection().is_none());
    }
}
