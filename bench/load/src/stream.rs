//! Sockets with or without TLS, not blocking once they are open.

use crate::{Result, handshake};
use rustix::net::{
    AddressFamily, SocketAddrV4, SocketType, bind, connect, ipproto, socket, sockopt,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, Connection, RootCertStore, ServerConfig};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Loopback addresses to connect from: each has ports of its own.
const SOURCES: usize = 64;

/// What a server may take to answer a handshake.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(20);

pub struct Stream {
    socket: TcpStream,
    tls: Option<Box<Connection>>,
}

impl Stream {
    /// Opens a connection to `address` and, with `tls`, its security layer. `number` selects the
    /// address to come from. It blocks until it is made so that it does not.
    pub fn open(
        address: SocketAddr,
        tls: Option<&Arc<ClientConfig>>,
        number: usize,
    ) -> Result<Self> {
        let socket = socket(AddressFamily::INET, SocketType::STREAM, Some(ipproto::TCP))?;
        let source = Ipv4Addr::new(127, 0, 1, 1 + (number % SOURCES) as u8);
        bind(&socket, &SocketAddrV4::new(source, 0))?;
        connect(&socket, &address)?;
        let mut socket = TcpStream::from(socket);
        socket.set_nodelay(true)?;
        socket.set_read_timeout(Some(HANDSHAKE_TIMEOUT))?;
        let tls = match tls {
            Some(config) => {
                let name = ServerName::IpAddress(address.ip().into());
                let mut tls = Connection::Client(ClientConnection::new(config.clone(), name)?);
                while tls.is_handshaking() {
                    tls.complete_io(&mut socket)?;
                }
                Some(Box::new(tls))
            }
            None => None,
        };
        Ok(Self { socket, tls })
    }

    /// Opens a connection that is ready for frames, and does not block.
    pub fn open_websocket(
        address: SocketAddr,
        tls: Option<&Arc<ClientConfig>>,
        number: usize,
    ) -> Result<Self> {
        let mut stream = Self::open(address, tls, number)?;
        stream.write(&handshake::request(address))?;
        stream.flush()?;
        let mut answer = Vec::new();
        let mut bytes = [0; 4096];
        while !handshake::is_accepted(&answer)? {
            match stream.read(&mut bytes)? {
                0 => return Err("the server closed instead of answering".into()),
                length => answer.extend_from_slice(&bytes[..length]),
            }
        }
        // So that thousands of them do not wait in TIME_WAIT for the next run.
        sockopt::set_socket_linger(&stream.socket, Some(Duration::ZERO))?;
        stream.set_nonblocking()?;
        Ok(stream)
    }

    /// A connection that was accepted.
    pub fn accepted(socket: TcpStream, tls: Option<Connection>) -> Result<Self> {
        socket.set_nodelay(true)?;
        let stream = Self {
            socket,
            tls: tls.map(Box::new),
        };
        stream.set_nonblocking()?;
        Ok(stream)
    }

    pub fn set_nonblocking(&self) -> io::Result<()> {
        self.socket.set_nonblocking(true)
    }

    /// Whether a read may leave something that no readiness of the socket tells of.
    pub fn keeps_input(&self) -> bool {
        self.tls.is_some()
    }

    /// Whether there is something that was written and is not with the socket yet.
    pub fn keeps_output(&self) -> bool {
        self.tls.as_ref().is_some_and(|tls| tls.wants_write())
    }

    /// Reads; 0 is the end.
    pub fn read(&mut self, memory: &mut [u8]) -> io::Result<usize> {
        let Some(tls) = &mut self.tls else {
            return self.socket.read(memory);
        };
        loop {
            match tls.reader().read(memory) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => (),
                result => return result,
            }
            if tls.read_tls(&mut self.socket)? == 0 {
                return Ok(0);
            }
            tls.process_new_packets().map_err(io::Error::other)?;
            // Answers of the TLS handshake.
            if tls.wants_write() {
                write_out(tls, &mut self.socket)?;
            }
        }
    }

    /// Writes what can be; fails with `WouldBlock` when that is nothing.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(tls) = &mut self.tls else {
            return self.socket.write(bytes);
        };
        write_out(tls, &mut self.socket)?;
        if tls.wants_write() {
            return Err(ErrorKind::WouldBlock.into());
        }
        let length = tls.writer().write(bytes)?;
        write_out(tls, &mut self.socket)?;
        Ok(length)
    }

    /// Hands over to the socket what it takes of what was written.
    pub fn flush(&mut self) -> io::Result<()> {
        match &mut self.tls {
            Some(tls) => write_out(tls, &mut self.socket),
            None => Ok(()),
        }
    }
}

impl AsFd for Stream {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

fn write_out(tls: &mut Connection, socket: &mut TcpStream) -> io::Result<()> {
    while tls.wants_write() {
        match tls.write_tls(socket) {
            Ok(_) => (),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Trusts the authority in the file.
pub fn client_config(authority: &Path) -> Result<Arc<ClientConfig>> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(authority)? {
        roots.add(certificate?)?;
    }
    let config = ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// Shows the certificate in the file, which has its key too.
pub fn server_config(file: &Path) -> Result<Arc<ServerConfig>> {
    let certificates =
        CertificateDer::pem_file_iter(file)?.collect::<std::result::Result<_, _>>()?;
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(certificates, PrivateKeyDer::from_pem_file(file)?)?;
    Ok(Arc::new(config))
}
