//! Where the connections of `WsoupServer` come from.

use std::ffi::{c_char, c_int};
use std::os::fd::{BorrowedFd, FromRawFd, OwnedFd};

use gio::ffi::{GSocket, GSocketAddress};
use glib::ffi::{GError, gboolean};
use wsoup::{Server, ServerListenOptions};

use crate::check::{OrError, flags, location, object, require, text};
use crate::types::*;

/// wsoup_server_listen:
/// @server: a [class@Server]
/// @address: the address to listen on
/// @options: how to listen
/// @error: return location for an error
///
/// Listens on an address: of IP, or the path of a Unix socket.
///
/// Connections are accepted in the thread-default [struct@GLib.MainContext] of the caller. A server
/// can listen on several addresses.
///
/// Returns: %TRUE on success, %FALSE with @error set otherwise, such as to
///   %G_IO_ERROR_ADDRESS_IN_USE
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_listen(
    server: *mut WsoupServer,
    address: *mut GSocketAddress,
    options: WsoupServerListenOptions,
    error: *mut *mut GError,
) -> gboolean {
    object!(server: Server);
    object!(address: gio::SocketAddress);
    flags!(options: ServerListenOptions);
    location!(error);
    server.listen(address, options).or_error(error)
}

/// wsoup_server_listen_all:
/// @server: a [class@Server]
/// @port: the port, or 0 for one that is free
/// @options: how to listen
/// @error: return location for an error
///
/// Listens on a port of all addresses of the machine, of IPv4 and of IPv6.
///
/// Which port is free is told by [method@Server.get_uris].
///
/// Returns: %TRUE on success, %FALSE with @error set otherwise
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_listen_all(
    server: *mut WsoupServer,
    port: guint,
    options: WsoupServerListenOptions,
    error: *mut *mut GError,
) -> gboolean {
    object!(server: Server);
    require!(port <= guint::from(u16::MAX), "port <= 65535");
    flags!(options: ServerListenOptions);
    location!(error);
    server.listen_all(port as u16, options).or_error(error)
}

/// wsoup_server_listen_local:
/// @server: a [class@Server]
/// @port: the port, or 0 for one that is free
/// @options: how to listen
/// @error: return location for an error
///
/// Listens on a port of the loopback interface: for programs on the same machine only.
///
/// Which port is free is told by [method@Server.get_uris].
///
/// Returns: %TRUE on success, %FALSE with @error set otherwise
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_listen_local(
    server: *mut WsoupServer,
    port: guint,
    options: WsoupServerListenOptions,
    error: *mut *mut GError,
) -> gboolean {
    object!(server: Server);
    require!(port <= guint::from(u16::MAX), "port <= 65535");
    flags!(options: ServerListenOptions);
    location!(error);
    server.listen_local(port as u16, options).or_error(error)
}

/// wsoup_server_listen_socket:
/// @server: a [class@Server]
/// @socket: a socket that listens
/// @options: how to listen
/// @error: return location for an error
///
/// Accepts connections from a socket that listens already.
///
/// Returns: %TRUE on success, %FALSE with @error set otherwise
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_listen_socket(
    server: *mut WsoupServer,
    socket: *mut GSocket,
    options: WsoupServerListenOptions,
    error: *mut *mut GError,
) -> gboolean {
    object!(server: Server);
    object!(socket: gio::Socket);
    flags!(options: ServerListenOptions);
    location!(error);
    server.listen_socket(socket, options).or_error(error)
}

/// wsoup_server_listen_fd:
/// @server: a [class@Server]
/// @fd: the file descriptor of a socket that listens
/// @options: how to listen
/// @error: return location for an error
///
/// Accepts connections from a socket that listens already: one that another process has handed over,
/// for instance.
///
/// On success @fd belongs to @server, which may close it at any time; otherwise it is still the
/// caller's.
///
/// Returns: %TRUE on success, %FALSE with @error set otherwise, such as to
///   %G_IO_ERROR_INVALID_ARGUMENT if @fd is no socket that listens
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_listen_fd(
    server: *mut WsoupServer,
    fd: c_int,
    options: WsoupServerListenOptions,
    error: *mut *mut GError,
) -> gboolean {
    object!(server: Server);
    require!(fd >= 0, "fd >= 0");
    flags!(options: ServerListenOptions);
    location!(error);
    // SAFETY: the caller's; one that is not open is refused by the system.
    let result = server.listen_copy_of_fd(unsafe { BorrowedFd::borrow_raw(fd) }, options);
    if result.is_ok() {
        // SAFETY: it is open, since it could be copied, and the caller has given it away.
        drop(unsafe { OwnedFd::from_raw_fd(fd) });
    }
    result.or_error(error)
}

/// wsoup_server_listen_fds:
/// @server: a [class@Server]
/// @name: (nullable): what the service manager calls the sockets, or %NULL for all
/// @options: how to listen
/// @error: return location for an error
///
/// Accepts connections from the sockets that the service manager has passed to the program, as systemd
/// does for a `.socket` unit.
///
/// That is the protocol of
/// [sd_listen_fds(3)](https://www.freedesktop.org/software/systemd/man/latest/sd_listen_fds.html), with
/// the environment variables `LISTEN_PID`, `LISTEN_FDS` and `LISTEN_FDNAMES`. @name is the
/// `FileDescriptorName=` of the unit; with names a program can listen for TLS connections on one socket
/// and for others on another. Each socket is taken over once in a process, whoever asks. Programs that
/// this one executes do not inherit them; the environment is left as it is.
///
/// ```c
/// int count = wsoup_server_listen_fds (server, NULL, 0, &error);
///
/// // Not started by a service manager: by hand.
/// if (count == 0)
///   wsoup_server_listen_local (server, 8080, 0, &error);
/// ```
///
/// Returns: how many sockets these are, 0 if there are none, or -1 with @error set, to
///   %G_IO_ERROR_INVALID_ARGUMENT if one of them does not listen
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wsoup_server_listen_fds(
    server: *mut WsoupServer,
    name: *const c_char,
    options: WsoupServerListenOptions,
    error: *mut *mut GError,
) -> c_int {
    object!(server: Server);
    text!(name: Option);
    flags!(options: ServerListenOptions);
    location!(error);
    let mut count = -1;
    let result = server.listen_fds(name, options).map(|listening| {
        // There are not that many descriptors.
        count = c_int::try_from(listening).unwrap_or(c_int::MAX);
    });
    let _: gboolean = result.or_error(error);
    count
}
