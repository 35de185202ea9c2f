//! [`Server`]: accepts WebSocket connections, and answers plain HTTP requests beside them.
//!
//! `imp.rs` is the GObject side, `listening.rs` the sockets, `path_map.rs`, `handlers.rs` and
//! `auth_domain/` what the application has added, `exchange.rs` what happens on one HTTP connection until it ends or
//! becomes a WebSocket. `limits.rs` says what strangers may take, `places.rs` counts what they have
//! taken, `handshakes.rs` has them take turns, and `shutdown.rs` is the end.

pub(crate) mod auth_domain;
mod builder;
mod class;
mod exchange;
mod extensions;
mod handlers;
mod handshakes;
mod imp;
mod limits;
mod listening;
mod path_map;
mod peer;
mod places;
mod query;
mod shutdown;
#[cfg(test)]
mod tests;
mod tls;

use crate::event_loop::{EventLoop, Listener, Stream, copy_listening, spawn, take_inherited};
use crate::{ServerListenOptions, ServerMessage, WebsocketConnection};
pub use auth_domain::{AuthDomain, AuthDomainBasic, AuthDomainDigest, AuthDomainExt};
#[doc(hidden)]
pub use auth_domain::{WsoupAuthDomain, WsoupAuthDomainClass};
pub use builder::ServerBuilder;
#[doc(hidden)]
pub use class::{WsoupServer, WsoupServerClass};
use exchange::Exchange;
use gio::prelude::*;
use glib::subclass::prelude::*;
use glib::{GString, SignalHandlerId, closure_local};
use handlers::{Handlers, WebsocketHandler};
use listening::{Listening, listen_on, listen_on_port};
use peer::Peer;
use places::{Client, Place};
use std::collections::HashMap;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::rc::Rc;
use std::sync::Arc;

glib::wrapper! {
    /// A WebSocket server, which also answers HTTP requests.
    ///
    /// A server listens in the thread-default `GMainContext` in which `listen…` is called; all its
    /// handlers and signals run there. It keeps the WebSocket connections that it accepted alive
    /// until they are closed.
    ///
    /// # Example
    ///
    /// ```no_run
    /// # fn main() -> Result<(), glib::Error> {
    /// let server = wsoup::Server::new();
    /// server.add_websocket_handler(Some("/echo"), None, &[], |_, _, _, connection| {
    ///     connection.connect_message(|connection, kind, bytes| {
    ///         connection.send_message(kind, bytes);
    ///     });
    /// });
    /// server.listen_local(8080, wsoup::ServerListenOptions::empty())?;
    /// glib::MainLoop::new(None, false).run();
    /// # Ok(())
    /// # }
    /// ```
    pub struct Server(ObjectSubclass<imp::Server>);
}

impl Default for Server {
    fn default() -> Self {
        Self::new()
    }
}

impl Server {
    /// Creates a server with the default options. It listens to nothing yet.
    pub fn new() -> Self {
        glib::Object::new()
    }

    /// Creates a server with options.
    pub fn builder() -> ServerBuilder {
        ServerBuilder::new()
    }

    /// Listens on `address`, such as a `gio::UnixSocketAddress`.
    ///
    /// # Errors
    ///
    /// Those of `gio::Socket`, such as `gio::IOErrorEnum::AddressInUse`; a server that is to
    /// listen for TLS connections needs a certificate.
    pub fn listen(
        &self,
        address: &impl IsA<gio::SocketAddress>,
        options: ServerListenOptions,
    ) -> Result<(), glib::Error> {
        self.check_certificate(options)?;
        self.start_listening(&listen_on(address.upcast_ref())?, options);
        Ok(())
    }

    /// Listens on `port` of all addresses of the machine; 0 for a free one, see
    /// [`uris`](Self::uris). The errors are those of [`listen`](Self::listen).
    pub fn listen_all(&self, port: u16, options: ServerListenOptions) -> Result<(), glib::Error> {
        self.listen_on_port(port, false, options)
    }

    /// Listens on `port` of the loopback addresses, for this machine alone; 0 for a free one, see
    /// [`uris`](Self::uris). The errors are those of [`listen`](Self::listen).
    pub fn listen_local(&self, port: u16, options: ServerListenOptions) -> Result<(), glib::Error> {
        self.listen_on_port(port, true, options)
    }

    /// Accepts connections on `socket`, which has to listen already.
    ///
    /// # Errors
    ///
    /// As [`listen`](Self::listen); `gio::IOErrorEnum::InvalidArgument` if it does not listen.
    pub fn listen_socket(
        &self,
        socket: &gio::Socket,
        options: ServerListenOptions,
    ) -> Result<(), glib::Error> {
        self.check_certificate(options)?;
        if socket.is_closed() || socket.option(libc::SOL_SOCKET, libc::SO_ACCEPTCONN)? == 0 {
            let text = "the socket does not listen: call g_socket_listen() first";
            return Err(glib::Error::new(gio::IOErrorEnum::InvalidArgument, text));
        }
        self.start_listening(socket, options);
        Ok(())
    }

    /// Accepts connections on the socket of `fd`, which has to listen already: another process has
    /// handed it over, for instance.
    ///
    /// # Errors
    ///
    /// As [`listen_socket`](Self::listen_socket).
    pub fn listen_fd(&self, fd: OwnedFd, options: ServerListenOptions) -> Result<(), glib::Error> {
        self.listen_copy_of_fd(fd.as_fd(), options)
    }

    /// As [`listen_fd`](Self::listen_fd), for a copy that no child inherits.
    #[doc(hidden)]
    pub fn listen_copy_of_fd(
        &self,
        fd: BorrowedFd<'_>,
        options: ServerListenOptions,
    ) -> Result<(), glib::Error> {
        self.check_certificate(options)?;
        self.start_listening(&copy_listening(fd)?, options);
        Ok(())
    }

    /// Accepts connections on the sockets that the service manager which started the program has
    /// passed, as systemd does (`LISTEN_FDS`); on those that it calls `name`, or on all.
    ///
    /// Returns how many they are; 0 if the program was not started so. Each is taken over once in a
    /// process. Programs that this one executes do not inherit them; the environment is left as it
    /// is.
    ///
    /// # Errors
    ///
    /// As [`listen`](Self::listen); `gio::IOErrorEnum::InvalidArgument` if something else was passed
    /// than sockets that listen. Then none is taken over.
    pub fn listen_fds(
        &self,
        name: Option<&str>,
        options: ServerListenOptions,
    ) -> Result<u32, glib::Error> {
        self.check_certificate(options)?;
        let sockets = take_inherited(name)?;
        for socket in &sockets {
            self.start_listening(socket, options);
        }
        // There are not that many descriptors.
        Ok(u32::try_from(sockets.len()).unwrap_or(u32::MAX))
    }

    /// Serves a connection that was accepted elsewhere. The addresses are for the application.
    ///
    /// # Errors
    ///
    /// `gio::IOErrorEnum::NotSupported` if `stream` cannot be used without blocking;
    /// `gio::IOErrorEnum::Busy` if there are as many connections as there may be, in all or with
    /// this address.
    pub fn accept_iostream(
        &self,
        stream: &impl IsA<gio::IOStream>,
        local_address: Option<&gio::SocketAddress>,
        remote_address: Option<&gio::SocketAddress>,
    ) -> Result<(), glib::Error> {
        let peer = Peer {
            stream: stream.clone().upcast(),
            socket: None,
            local_address: local_address.cloned(),
            remote_address: remote_address.cloned(),
            is_https: false,
        };
        Stream::new(&peer.stream)?;
        let place = self.has_room().then(|| self.place_for(&peer)).flatten();
        let Some(place) = place else {
            let text = "the server has as many connections as it may";
            return Err(glib::Error::new(gio::IOErrorEnum::Busy, text));
        };
        self.serve(&EventLoop::thread_default(), peer, place);
        Ok(())
    }

    fn check_certificate(&self, options: ServerListenOptions) -> Result<(), glib::Error> {
        if options.contains(ServerListenOptions::HTTPS) && self.tls_certificate().is_none() {
            let text = "a server needs a TLS certificate to listen for TLS connections";
            return Err(glib::Error::new(gio::IOErrorEnum::InvalidArgument, text));
        }
        Ok(())
    }

    fn listen_on_port(
        &self,
        port: u16,
        local: bool,
        options: ServerListenOptions,
    ) -> Result<(), glib::Error> {
        self.check_certificate(options)?;
        for socket in listen_on_port(port, local, options)? {
            self.start_listening(&socket, options);
        }
        Ok(())
    }

    fn start_listening(&self, socket: &gio::Socket, options: ServerListenOptions) {
        let is_https = options.contains(ServerListenOptions::HTTPS);
        // The one in which the listener accepts, even if it is iterated without being pushed.
        let event_loop = EventLoop::thread_default();
        let server = self.downgrade();
        let has_room = {
            let server = server.clone();
            move || server.upgrade().is_none_or(|server| server.has_room())
        };
        let listener = Listener::new(socket, has_room, move |socket| {
            if let Some(server) = server.upgrade() {
                let peer = Peer::of_socket(&socket, is_https);
                match server.place_for(&peer) {
                    Some(place) => server.serve(&event_loop, peer, place),
                    None => peer.turn_away(),
                }
            }
        });
        self.imp()
            .listening
            .borrow_mut()
            .push(Listening { listener, is_https });
    }

    /// A place for `peer`, unless there are enough connections with its address.
    fn place_for(&self, peer: &Peer) -> Option<Place> {
        let places = &self.imp().places;
        let client = peer.remote_address.as_ref().and_then(Client::of);
        let most = self.max_connections_per_address();
        let has_enough = client.is_some_and(|client| most != 0 && places.count_of(client) >= most);
        (!has_enough).then(|| places.take(client))
    }

    fn serve(&self, event_loop: &Arc<EventLoop>, peer: Peer, place: Place) {
        spawn(event_loop, Exchange::new(self, peer, place).serve());
    }

    /// Keeps `connection` alive until it is closed, and its place taken until its stream is, too.
    fn keep(&self, connection: &WebsocketConnection, place: Place) {
        self.limit(connection);
        let number = place.number();
        let place = Rc::new(place);
        connection.keep_until_closed(place.clone());
        self.imp()
            .connections
            .borrow_mut()
            .insert(number, (connection.clone(), place));
        let server = self.imp().weak.clone();
        connection.on_closed(move |_| {
            if let Some(server) = server.upgrade() {
                let kept = server.imp().connections.borrow_mut().remove(&number);
                drop(kept);
                server.notify_n_connections();
            }
        });
    }

    /// The WebSocket connections that are not closed, in the order in which they were accepted.
    #[doc(alias = "get_connections")]
    pub fn connections(&self) -> Vec<WebsocketConnection> {
        let connections = self.imp().connections.borrow();
        connections
            .values()
            .map(|(connection, _)| connection.clone())
            .collect()
    }

    /// How many WebSocket connections are not closed; `notify::n-connections` tells when that
    /// changes.
    #[doc(alias = "get_n_connections")]
    pub fn n_connections(&self) -> u32 {
        self.imp().n_connections()
    }

    /// Notifies `n-connections` if it has changed.
    fn notify_n_connections(&self) {
        if self.imp().n_connections_changed() {
            self.notify("n-connections");
        }
    }

    /// Stops listening and ends the HTTP connections. WebSocket connections stay open; to end them,
    /// too, use [`shutdown_future`](Self::shutdown_future).
    pub fn disconnect(&self) {
        self.stop_listening();
        self.imp()
            .disconnected
            .replace(gio::Cancellable::new())
            .cancel();
    }

    fn stop_listening(&self) {
        let listening = self.imp().listening.take();
        for listening in listening {
            // It fails if the socket is closed already.
            let _ = listening.listener.socket().close();
        }
    }

    /// The sockets that the server listens on.
    #[doc(alias = "get_listeners")]
    pub fn listeners(&self) -> Vec<gio::Socket> {
        let listening = self.imp().listening.borrow();
        listening
            .iter()
            .map(|listening| listening.listener.socket().clone())
            .collect()
    }

    /// The URIs under which the server is reached, one for each IP socket it listens on.
    ///
    /// Their hosts are IP addresses, `0.0.0.0` or `::` if it listens on all.
    #[doc(alias = "get_uris")]
    pub fn uris(&self) -> Vec<glib::Uri> {
        self.imp()
            .listening
            .borrow()
            .iter()
            .filter_map(Listening::uri)
            .collect()
    }

    /// Whether the server is able to serve TLS connections: whether it has a certificate.
    pub fn is_https(&self) -> bool {
        self.tls_certificate().is_some()
    }

    /// Answers requests for `path` and everything below it (`None`: for everything) by `callback`,
    /// when the whole request is there.
    ///
    /// It gets the server, the message, the path and the decoded query. Of several handlers the
    /// one with the longest path is called. A handler that needs time pauses the message
    /// ([`ServerMessage::pause`]).
    pub fn add_handler(
        &self,
        path: Option<&str>,
        callback: impl Fn(&Self, &ServerMessage, &str, Option<&HashMap<String, String>>) + 'static,
    ) {
        self.change_handlers(path, |handlers| handlers.normal.replace(Rc::new(callback)));
    }

    /// As [`add_handler`](Self::add_handler), but called when the head of the request is there,
    /// and its body is not. If it sets a status, that is the answer.
    pub fn add_early_handler(
        &self,
        path: Option<&str>,
        callback: impl Fn(&Self, &ServerMessage, &str, Option<&HashMap<String, String>>) + 'static,
    ) {
        self.change_handlers(path, |handlers| handlers.early.replace(Rc::new(callback)));
    }

    /// Accepts WebSocket connections for `path` and everything below it (`None`: everything), and
    /// calls `callback` with each.
    ///
    /// With an `origin`, only clients that send just this one are accepted. With `protocols`, the
    /// first that the client offers and that is among them is agreed on; a client that offers none
    /// is served without, and one that offers only others is refused.
    ///
    /// `callback` gets the server, the message that began it, the path, and the connection.
    ///
    /// The application can decide each handshake by itself, in a handler that is called before: one
    /// of [`add_early_handler`](Self::add_early_handler) for the path, or of the signal
    /// `request-read`. The request is there, with its headers, address and certificate. A status
    /// that is set refuses it; `Sec-WebSocket-Protocol` in the response headers chooses the
    /// subprotocol; [`ServerMessage::pause`] gives time to think.
    pub fn add_websocket_handler(
        &self,
        path: Option<&str>,
        origin: Option<&str>,
        protocols: &[&str],
        callback: impl Fn(&Self, &ServerMessage, &str, &WebsocketConnection) + 'static,
    ) {
        self.add_websocket_handler_for_origins(path, origin.as_slice(), protocols, callback);
    }

    /// As [`add_websocket_handler`](Self::add_websocket_handler), for clients of any of `origins`;
    /// an empty list accepts all.
    pub fn add_websocket_handler_for_origins(
        &self,
        path: Option<&str>,
        origins: &[&str],
        protocols: &[&str],
        callback: impl Fn(&Self, &ServerMessage, &str, &WebsocketConnection) + 'static,
    ) {
        let owned = |list: &[&str]| list.iter().map(|&text| text.to_owned()).collect();
        let handler = WebsocketHandler {
            origins: owned(origins),
            protocols: owned(protocols),
            callback: Rc::new(callback),
        };
        self.change_handlers(path, |handlers| handlers.websocket.replace(handler));
    }

    /// Removes all handlers of exactly `path`.
    pub fn remove_handler(&self, path: &str) {
        let removed = self.imp().handlers.borrow_mut().remove(path);
        // Dropped here, not within the borrow: callbacks may own anything.
        drop(removed);
    }

    fn change_handlers<T>(&self, path: Option<&str>, change: impl FnOnce(&mut Handlers) -> T) {
        let replaced = change(self.imp().handlers.borrow_mut().entry(path.unwrap_or("/")));
        // Dropped here, not within the borrow: callbacks may own anything.
        drop(replaced);
    }

    /// The `Server` header of responses; `None`, the default, sends none.
    #[doc(alias = "get_server_header")]
    pub fn server_header(&self) -> Option<GString> {
        self.imp().server_header.borrow().clone()
    }

    /// Sets the `Server` header. If it ends with a space, or is empty, wsoup adds its own name.
    pub fn set_server_header(&self, server_header: Option<&str>) {
        self.set_property("server-header", server_header);
    }

    /// The certificate for TLS connections.
    #[doc(alias = "get_tls_certificate")]
    pub fn tls_certificate(&self) -> Option<gio::TlsCertificate> {
        self.imp().tls_certificate.borrow().clone()
    }

    /// Sets the certificate for TLS connections.
    pub fn set_tls_certificate(&self, certificate: &impl IsA<gio::TlsCertificate>) {
        self.set_property("tls-certificate", certificate.upcast_ref());
    }

    /// The certificates that clients' certificates are checked against.
    ///
    /// GIO does not look at what a certificate is for: one that was signed for a server is as good. Trust
    /// an authority that signs those of clients alone, or look at them in a handler of
    /// [`accept-certificate`](ServerMessage::connect_accept_certificate).
    #[doc(alias = "get_tls_database")]
    pub fn tls_database(&self) -> Option<gio::TlsDatabase> {
        self.imp().tls_database.borrow().clone()
    }

    /// Sets the certificates that clients' certificates are checked against.
    pub fn set_tls_database(&self, database: &impl IsA<gio::TlsDatabase>) {
        self.set_property("tls-database", database.upcast_ref());
    }

    /// Whether clients are asked for a certificate.
    #[doc(alias = "get_tls_auth_mode")]
    pub fn tls_auth_mode(&self) -> gio::TlsAuthenticationMode {
        self.imp().tls_auth_mode.get()
    }

    /// Sets whether clients are asked for a certificate.
    pub fn set_tls_auth_mode(&self, mode: gio::TlsAuthenticationMode) {
        self.set_property("tls-auth-mode", mode);
    }

    /// Calls `f` when a request begins.
    pub fn connect_request_started(
        &self,
        f: impl Fn(&Self, &ServerMessage) + 'static,
    ) -> SignalHandlerId {
        self.connect_request("request-started", f)
    }

    /// Calls `f` when a request has been read, before its handler.
    pub fn connect_request_read(
        &self,
        f: impl Fn(&Self, &ServerMessage) + 'static,
    ) -> SignalHandlerId {
        self.connect_request("request-read", f)
    }

    /// Calls `f` when a request has been answered.
    pub fn connect_request_finished(
        &self,
        f: impl Fn(&Self, &ServerMessage) + 'static,
    ) -> SignalHandlerId {
        self.connect_request("request-finished", f)
    }

    /// Calls `f` when a request has ended without an answer.
    pub fn connect_request_aborted(
        &self,
        f: impl Fn(&Self, &ServerMessage) + 'static,
    ) -> SignalHandlerId {
        self.connect_request("request-aborted", f)
    }

    fn connect_request(
        &self,
        name: &str,
        f: impl Fn(&Self, &ServerMessage) + 'static,
    ) -> SignalHandlerId {
        self.connect_closure(
            name,
            false,
            closure_local!(move |server: &Self, message: ServerMessage| f(server, &message)),
        )
    }
}
