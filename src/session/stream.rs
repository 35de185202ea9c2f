//! The way from a URI to a stream on which the request can be sent: address, proxy, TLS.

use super::connect::{Request, Stop};
use super::proxy;
use crate::event_loop::{connect_to, handshake_tls, with_cancellable, with_deadline};
use crate::http::target::default_port;
use crate::http::transport::disable_nagle;
use gio::prelude::*;
use std::pin::pin;

impl Request {
    /// Connects, through a proxy where one is configured, and starts TLS where the URI asks for it.
    pub(super) async fn open_stream(&self, uri: &glib::Uri) -> Result<gio::IOStream, Stop> {
        let (is_tls, identity) = destination(uri)?;
        let connectable = self
            .session
            .remote_connectable()
            .unwrap_or_else(|| identity.clone().upcast());

        let connection = self.connect_socket(&connectable).await?;
        let address = connection.remote_address().ok();
        self.message.set_remote_address(address.clone());
        let mut stream = match address.and_downcast::<gio::ProxyAddress>() {
            Some(proxy) if proxy::PROTOCOLS.contains(&proxy.protocol().as_str()) => {
                self.open_tunnel(connection, &proxy).await?
            }
            _ => connection.upcast(),
        };
        if is_tls {
            stream = self.start_tls(&stream, &identity).await?.upcast();
        }
        self.message
            .emit_network_event(gio::SocketClientEvent::Complete, &stream);
        Ok(stream)
    }

    async fn connect_socket(
        &self,
        connectable: &gio::SocketConnectable,
    ) -> Result<gio::SocketConnection, glib::Error> {
        let client = gio::SocketClient::new();
        client.set_timeout(self.session.timeout());
        client.set_local_address(self.session.local_address().as_ref());
        let proxy_resolver = self.session.proxy_resolver();
        client.set_enable_proxy(proxy_resolver.is_some());
        client.set_proxy_resolver(proxy_resolver.as_ref());
        for protocol in proxy::PROTOCOLS {
            client.add_application_proxy(protocol);
        }
        let message = self.message.clone();
        client.connect_event(move |_, event, _, connection| {
            // It is complete for the client only: our part follows.
            if let Some(connection) = connection
                && event != gio::SocketClientEvent::Complete
            {
                message.emit_network_event(event, connection);
            }
        });
        let connecting = connect_to(&client, connectable, &self.cancellable);
        let connection = self.in_time(connecting).await?;
        let socket = connection.socket();
        // The timeout is for connecting; an open WebSocket may be silent for as long as it likes.
        socket.set_timeout(0);
        disable_nagle(&socket);
        Ok(connection)
    }

    async fn start_tls(
        &self,
        stream: &gio::IOStream,
        identity: &gio::NetworkAddress,
    ) -> Result<gio::TlsConnection, glib::Error> {
        let message = &self.message;
        let tls = gio::TlsClientConnection::new(stream, Some(identity))?;
        let tls: gio::TlsConnection = tls.upcast();
        tls.set_database(self.session.tls_database().as_ref());
        tls.set_advertised_protocols(["http/1.1"]);
        if let Some(certificate) = message.tls_client_certificate() {
            tls.set_certificate(&certificate);
        }
        tls.connect_accept_certificate({
            // The connection outlives the message.
            let message = message.downgrade();
            move |_, certificate, errors| {
                let Some(message) = message.upgrade() else {
                    return false;
                };
                let accepted = message.accept_certificate(certificate, errors);
                // Kept for whoever asks later why there is no connection, or with whom.
                message.set_tls_peer_certificate(Some(certificate.clone()), errors);
                accepted
            }
        });
        message.emit_network_event(gio::SocketClientEvent::TlsHandshaking, &tls);
        tls.set_interaction(Some(&self.interaction()));
        self.run_tls_handshake(&tls).await?;
        // The message is done with its questions, and need not live as long as the connection.
        tls.set_interaction(self.session.tls_interaction().as_ref());
        message.set_tls_peer_certificate(tls.peer_certificate(), tls.peer_certificate_errors());
        message.set_tls_protocol(tls.protocol_version(), tls.ciphersuite_name().as_deref());
        message.emit_network_event(gio::SocketClientEvent::TlsHandshaked, &tls);
        Ok(tls)
    }

    pub(super) async fn run_tls_handshake(
        &self,
        tls: &gio::TlsConnection,
    ) -> Result<(), glib::Error> {
        let mut handshake = pin!(handshake_tls(tls, self.priority, Some(&self.cancellable)));
        loop {
            let step = with_cancellable(&self.cancellable, handshake.as_mut());
            match with_deadline(self.deadline(), step).await {
                Some(result) => return result,
                // It is the user who takes the time.
                None if self.questions.are_open() => continue,
                None => return Err(self.timed_out()),
            }
        }
    }
}

/// Where `uri` leads to, and whether TLS is to be spoken there.
fn destination(uri: &glib::Uri) -> Result<(bool, gio::NetworkAddress), glib::Error> {
    let scheme = uri.scheme();
    let Some(default_port) = default_port(&scheme) else {
        let text = format!("{scheme} is no scheme of WebSockets: ws, wss, http, https are");
        return Err(glib::Error::new(gio::IOErrorEnum::InvalidArgument, &text));
    };
    let is_tls = default_port == 443;
    let port = u16::try_from(uri.port()).unwrap_or(default_port);
    let address = glib::Object::builder()
        .property("hostname", uri.host())
        .property("port", u32::from(port))
        // Proxy resolvers know the schemes of HTTP, not those of WebSockets.
        .property("scheme", if is_tls { "https" } else { "http" })
        .build();
    Ok((is_tls, address))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::target::parse_uri;

    #[test]
    fn a_uri_leads_to_its_host_and_port() {
        for (uri, host, port, scheme) in [
            ("ws://u:p@a.b/c", "a.b", 80, "http"),
            ("wss://a", "a", 443, "https"),
            ("https://a:80/", "a", 80, "https"),
            ("http://[::1]:81/", "::1", 81, "http"),
            ("ws://[fe80::1%25eth0]/", "fe80::1%eth0", 80, "http"),
        ] {
            let (is_tls, address) = destination(&parse_uri(uri).unwrap()).unwrap();
            assert_eq!(address.hostname(), host, "{uri}");
            assert_eq!(address.port(), port, "{uri}");
            assert_eq!(address.scheme().unwrap(), scheme, "{uri}");
            assert_eq!(is_tls, scheme == "https", "{uri}");
        }
        let error = destination(&parse_uri("ftp://a/").unwrap()).unwrap_err();
        assert!(error.matches(gio::IOErrorEnum::InvalidArgument));
    }
}
