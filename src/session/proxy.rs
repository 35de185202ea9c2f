//! Through an HTTP proxy: a tunnel made by `CONNECT` (RFC 9110 §9.3.6), without TLS to the server as
//! well as with it (RFC 6455 §4.1). SOCKS proxies are GIO's business.

use super::authentication::{Challenge, Party, UserInfo};
use super::connect::{Request, Stop};
use crate::http::head::{ResponseHead, write_request_head};
use crate::http::transport::Transport;
use crate::{HttpVersion, MessageHeaders, MessageHeadersType, WebsocketError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gio::prelude::*;

/// The protocols of proxies that GIO leaves to us.
pub(super) const PROTOCOLS: [&str; 2] = ["http", "https"];

impl Request {
    /// Has the proxy that `connection` leads to connect it with where it is to go.
    pub(super) async fn open_tunnel(
        &self,
        connection: gio::SocketConnection,
        proxy: &gio::ProxyAddress,
    ) -> Result<gio::IOStream, Stop> {
        let message = &self.message;
        message.emit_network_event(gio::SocketClientEvent::ProxyNegotiating, &connection);
        let stream = if proxy.protocol() == "https" {
            self.start_tls_to_proxy(&connection, proxy).await?
        } else {
            connection.clone().upcast()
        };
        let mut transport = Transport::new(stream)?;
        if let Err(stop) = self.ask_for_tunnel(&mut transport, proxy).await {
            transport.close(());
            return Err(stop);
        }
        let (stream, unread) = transport.take_parts();
        if !unread.is_empty() {
            // It would pass for what the server says.
            transport.close(());
            let text = "the proxy sent something before it could come from the server";
            return Err(glib::Error::new(gio::IOErrorEnum::ProxyFailed, text).into());
        }
        message.emit_network_event(gio::SocketClientEvent::ProxyNegotiated, &connection);
        Ok(stream)
    }

    /// Starts TLS to the proxy itself. Certificates of the client are for servers.
    async fn start_tls_to_proxy(
        &self,
        connection: &gio::SocketConnection,
        proxy: &gio::ProxyAddress,
    ) -> Result<gio::IOStream, glib::Error> {
        let uri = proxy.uri().unwrap_or_default();
        let identity = gio::NetworkAddress::parse_uri(&uri, 443)?;
        let tls = gio::TlsClientConnection::new(connection, Some(&identity))?;
        tls.set_database(self.session.tls_database().as_ref());
        self.run_tls_handshake(tls.upcast_ref()).await?;
        Ok(tls.upcast())
    }

    async fn ask_for_tunnel(
        &self,
        transport: &mut Transport,
        proxy: &gio::ProxyAddress,
    ) -> Result<(), Stop> {
        let target = destination(proxy)?;
        let headers = MessageHeaders::new(MessageHeadersType::Request);
        headers.append("Host", &target);
        if let Some(agent) = self.session.user_agent() {
            headers.append("User-Agent", &agent);
        }
        let party = Party::proxy(proxy);
        let own = self.own_proxy_authorization(&party);
        let known = self.authorization(&party, own, "CONNECT", &target);
        // As everybody does with what the URI of a proxy says, it is sent without being asked for.
        let userinfo = UserInfo::of_proxy(proxy).filter(|_| known.is_none());
        let is_from_uri = userinfo.is_some();
        let authorization = known.or_else(|| userinfo.map(|userinfo| basic(&userinfo)));
        if let Some(authorization) = &authorization {
            headers.append("Proxy-Authorization", authorization);
        }
        let mut head = Vec::new();
        write_request_head(&mut head, "CONNECT", &target, HttpVersion::Http11, &headers);
        self.in_time(transport.write(&head)).await?;
        let response = self.read_final_head(transport).await;
        let response = response.map_err(as_failure_of_proxy)?;
        if (200..300).contains(&response.status) {
            self.was_authorized(&party);
            return Ok(());
        }
        // It is the answer to the message, as far as that can be answered. Where it redirects to,
        // if it does, is not what the server says.
        self.message.set_response_head(&response);
        self.message.emit_got_headers();
        self.keep_refusal(transport, &response, "CONNECT").await;
        self.message.emit_got_body();
        let refusal = refusal(&response, authorization.is_some());
        Err(if response.status == 407 {
            Stop::Challenged(Challenge::of_proxy(proxy, is_from_uri), refusal)
        } else {
            Stop::Failed(refusal)
        })
    }
}

fn basic(userinfo: &UserInfo) -> String {
    let credentials = format!("{}:{}", userinfo.user, userinfo.password);
    format!("Basic {}", STANDARD.encode(credentials))
}

/// Host and port that the proxy is to connect to.
fn destination(proxy: &gio::ProxyAddress) -> Result<String, glib::Error> {
    let host = proxy.destination_hostname();
    let port = proxy.destination_port();
    let is_valid = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte);
    if host.is_empty() || !host.bytes().all(is_valid) {
        let text = format!("{host:?} is no host that a proxy could connect to");
        return Err(glib::Error::new(gio::IOErrorEnum::InvalidArgument, &text));
    }
    Ok(if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    })
}

/// The error that `response`, which opens no tunnel, stands for.
fn refusal(response: &ResponseHead, had_credentials: bool) -> glib::Error {
    let kind = match (response.status, had_credentials) {
        (407, false) => gio::IOErrorEnum::ProxyNeedAuth,
        (407, true) => gio::IOErrorEnum::ProxyAuthFailed,
        (403, _) => gio::IOErrorEnum::ProxyNotAllowed,
        _ => gio::IOErrorEnum::ProxyFailed,
    };
    let text = format!("the proxy answered {} {}", response.status, response.reason);
    glib::Error::new(kind, text.trim_end())
}

/// What is said of a server when it answers badly holds for a proxy.
fn as_failure_of_proxy(error: glib::Error) -> glib::Error {
    let is_answer = error.kind::<WebsocketError>().is_some();
    if !is_answer && !error.matches(gio::IOErrorEnum::PartialInput) {
        return error;
    }
    let text = error.message().replace("the server", "the proxy");
    glib::Error::new(gio::IOErrorEnum::ProxyFailed, &text)
}
