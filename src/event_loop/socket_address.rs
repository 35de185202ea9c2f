//! The address of the other end of a socket.
#![allow(unsafe_code)]

use glib::translate::*;
use std::mem;
use std::os::fd::AsRawFd;

/// Returns the address of the peer of `socket`, if it is connected.
///
/// `g_socket_get_remote_address()` would keep the object for as long as the socket lives, which may
/// be long, and there may be many.
pub(crate) fn peer_address(socket: &gio::Socket) -> Option<gio::SocketAddress> {
    // SAFETY: all bits zero are an address of no family. The length is that of the memory; the
    // system writes no more than that, and says how much there is. GIO copies what it needs, and
    // gives the new object to us, or NULL.
    unsafe {
        let mut address: libc::sockaddr_storage = mem::zeroed();
        let size = size_of::<libc::sockaddr_storage>() as libc::socklen_t;
        let mut length = size;
        let native = (&raw mut address).cast::<libc::sockaddr>();
        if libc::getpeername(socket.as_raw_fd(), native, &mut length) != 0 {
            return None;
        }
        let length = length.min(size) as usize;
        from_glib_full(gio::ffi::g_socket_address_new_from_native(
            native.cast(),
            length,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gio::prelude::*;

    #[test]
    fn the_address_is_the_one_that_gio_knows() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let address = listener.local_addr().expect("it is bound");
        let stream = std::net::TcpStream::connect(address).expect("it listens");
        let socket = gio::Socket::from_fd(stream.into()).expect("it is a socket");
        let got = peer_address(&socket).and_downcast::<gio::InetSocketAddress>();
        let expected = socket.remote_address().expect("it is connected");
        let expected = expected.downcast::<gio::InetSocketAddress>().ok();
        let text = |address: Option<gio::InetSocketAddress>| address.map(|it| it.to_string());
        assert!(got.is_some());
        assert_eq!(text(got), text(expected));
        socket.close().expect("it is open");
        assert!(peer_address(&socket).is_none());
    }
}
