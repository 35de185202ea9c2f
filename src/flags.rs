//! The flags of the library, with the names and values that libsoup gives them.
#![expect(
    missing_docs,
    reason = "the macro adds items of its own, without documentation"
)]

/// How a [`Server`](crate::Server) listens.
#[cfg_attr(feature = "capi", glib::flags(name = "WsoupServerListenOptions"))]
#[cfg_attr(
    not(feature = "capi"),
    glib::flags(name = "RsWsoupServerListenOptions")
)]
pub enum ServerListenOptions {
    /// Listen for TLS connections; the server needs a certificate.
    #[flags_value(name = "WSOUP_SERVER_LISTEN_HTTPS", nick = "https")]
    HTTPS = 1 << 0,
    /// Listen on IPv4 only.
    #[flags_value(name = "WSOUP_SERVER_LISTEN_IPV4_ONLY", nick = "ipv4-only")]
    IPV4_ONLY = 1 << 1,
    /// Listen on IPv6 only.
    #[flags_value(name = "WSOUP_SERVER_LISTEN_IPV6_ONLY", nick = "ipv6-only")]
    IPV6_ONLY = 1 << 2,
}

/// How a [`Message`](crate::Message) is to be treated.
#[cfg_attr(feature = "capi", glib::flags(name = "WsoupMessageFlags"))]
#[cfg_attr(not(feature = "capi"), glib::flags(name = "RsWsoupMessageFlags"))]
pub enum MessageFlags {
    /// Do not follow redirects; the response of the first server is the result.
    #[flags_value(name = "WSOUP_MESSAGE_NO_REDIRECT", nick = "no-redirect")]
    NO_REDIRECT = 1 << 1,
}
