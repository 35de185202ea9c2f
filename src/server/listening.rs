//! Listening sockets, and the URIs under which they are reached.

use crate::ServerListenOptions;
use crate::event_loop::Listener;
use gio::prelude::*;

/// Connections that the system keeps waiting until they are accepted.
const BACKLOG: i32 = 1024;

/// Ports that are tried until one is free on all addresses.
const PORT_TRIES: usize = 8;

/// A socket that the server listens on.
pub(super) struct Listening {
    pub(super) listener: Listener,
    pub(super) is_https: bool,
}

impl Listening {
    /// The URI of the server's root; `None` for sockets that have none, such as Unix sockets.
    pub(super) fn uri(&self) -> Option<glib::Uri> {
        let address = self.listener.socket().local_address().ok()?;
        let address = address.downcast::<gio::InetSocketAddress>().ok()?;
        Some(glib::Uri::build(
            glib::UriFlags::NONE,
            if self.is_https { "https" } else { "http" },
            None,
            Some(&address.address().to_str()),
            address.port().into(),
            "/",
            None,
            None,
        ))
    }
}

/// A socket that listens on `address`.
pub(super) fn listen_on(address: &gio::SocketAddress) -> Result<gio::Socket, glib::Error> {
    listen_dual(address, true)
}

/// Sockets that listen on `port` (0 for any) of the loopback addresses, or of all.
pub(super) fn listen_on_port(
    port: u16,
    local: bool,
    options: ServerListenOptions,
) -> Result<Vec<gio::Socket>, glib::Error> {
    let families: &[_] = match (
        options.contains(ServerListenOptions::IPV4_ONLY),
        options.contains(ServerListenOptions::IPV6_ONLY),
    ) {
        (true, _) => &[gio::SocketFamily::Ipv4],
        (false, true) => &[gio::SocketFamily::Ipv6],
        (false, false) => &[gio::SocketFamily::Ipv4, gio::SocketFamily::Ipv6],
    };
    let mut result = listen_on_families(port, local, families);
    // The port that the system chose for the one family may be taken on the other.
    for _ in 1..PORT_TRIES {
        match &result {
            Err(error) if port == 0 && error.matches(gio::IOErrorEnum::AddressInUse) => {
                result = listen_on_families(port, local, families);
            }
            _ => break,
        }
    }
    result
}

fn listen_on_families(
    mut port: u16,
    local: bool,
    families: &[gio::SocketFamily],
) -> Result<Vec<gio::Socket>, glib::Error> {
    let mut sockets: Vec<gio::Socket> = Vec::new();
    for family in families {
        let host = if local {
            loopback(*family)
        } else {
            gio::InetAddress::new_any(*family)
        };
        let address = gio::InetSocketAddress::new(&host, port).upcast();
        match listen_dual(&address, false) {
            Ok(socket) => {
                let address = socket.local_address()?.downcast::<gio::InetSocketAddress>();
                port = address.map_or(port, |address| address.port());
                sockets.push(socket);
            }
            // A machine without IPv6 is served on IPv4.
            Err(error) if !sockets.is_empty() && !error.matches(gio::IOErrorEnum::AddressInUse) => {
                glib::g_debug!("Wsoup", "not listening on {family:?}: {error}");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(sockets)
}

/// Listens on `address`; `dual`: an IPv6 socket takes IPv4 connections too.
fn listen_dual(address: &gio::SocketAddress, dual: bool) -> Result<gio::Socket, glib::Error> {
    let family = address.family();
    let socket = gio::Socket::new(
        family,
        gio::SocketType::Stream,
        gio::SocketProtocol::Default,
    )?;
    if family == gio::SocketFamily::Ipv6 && !dual {
        socket.set_option(libc::IPPROTO_IPV6, libc::IPV6_V6ONLY, 1)?;
    }
    socket.bind(address, true)?;
    socket.set_listen_backlog(BACKLOG);
    socket.listen()?;
    Ok(socket)
}

fn loopback(family: gio::SocketFamily) -> gio::InetAddress {
    gio::InetAddress::new_loopback(family)
}
