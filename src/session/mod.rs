//! [`Session`]: opens connections.
//!
//! `imp.rs` is the GObject side, `connect.rs` the way from a [`Message`] to a
//! [`WebsocketConnection`]; `stream.rs` opens the stream for it, if need be through the proxy
//! of `proxy.rs`, `response.rs` reads what comes, `redirect.rs` says where else to go,
//! `authentication.rs` and `client_certificate.rs` who the user is, and `cookies.rs` what servers
//! want to be told again. `features.rs` has what can be added to a session.

mod authentication;
mod class;
mod client_certificate;
mod connect;
mod cookies;
mod features;
mod imp;
mod origin;
mod proxy;
mod redirect;
mod response;
mod stream;

use crate::event_loop::{EventLoop, spawn};
use crate::{Message, WebsocketConnection};
#[doc(hidden)]
pub use class::{WsoupSession, WsoupSessionClass};
use gio::prelude::*;
use glib::subclass::prelude::*;
use glib::{GString, SignalHandlerId, closure_local};
use std::ffi::c_char;
use std::future::Future;

glib::wrapper! {
    /// Opens WebSocket connections, and holds what they have in common: proxy, TLS, timeout.
    ///
    /// A session can be used for any number of connections, one after the other or at once. The
    /// operations run in the thread-default `GMainContext` in which they are started.
    ///
    /// # Example
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), glib::Error> {
    /// let session = wsoup::Session::builder().user_agent("example/1.0 ").timeout(10).build();
    /// let message = wsoup::Message::new("GET", "ws://localhost:8080/echo").expect("a valid URI");
    /// let connection = session.websocket_connect_future(&message, None, &["chat"]).await?;
    /// assert_eq!(connection.protocol().as_deref(), Some("chat"));
    /// # Ok(())
    /// # }
    /// ```
    pub struct Session(ObjectSubclass<imp::Session>);
}

impl Default for Session {
    fn default() -> Self {
        Self::new()
    }
}

impl Session {
    /// Creates a session with the default options.
    pub fn new() -> Self {
        glib::Object::new()
    }

    /// Creates a session with options.
    pub fn builder() -> SessionBuilder {
        SessionBuilder {
            builder: glib::Object::builder(),
        }
    }

    /// Opens a WebSocket connection to the URI of `message`, and calls `callback` with it.
    ///
    /// `origin` is sent as the `Origin` (browsers must, others need not). `protocols` are the
    /// subprotocols to offer, the preferred one first. `priority` is that of the TLS handshake.
    ///
    /// The errors are those of [`websocket_connect_future`](Self::websocket_connect_future).
    /// `callback` runs in the thread-default main context, never before this returns.
    pub fn websocket_connect_async(
        &self,
        message: &Message,
        origin: Option<&str>,
        protocols: &[&str],
        priority: glib::Priority,
        cancellable: Option<&gio::Cancellable>,
        callback: impl FnOnce(Result<WebsocketConnection, glib::Error>) + 'static,
    ) {
        let request = self.request(message, origin, protocols, priority, cancellable);
        spawn(&EventLoop::thread_default(), async move {
            callback(request.run().await)
        });
    }

    /// Opens a WebSocket connection to the URI of `message` (`ws`, `wss`, `http` or `https`).
    ///
    /// Dropping the future cancels the operation.
    ///
    /// Up to 20 redirects are followed, but not out of TLS. The headers `Authorization` and `Cookie`,
    /// user and password of the URI and the client certificate stay with the origin.
    ///
    /// # Errors
    ///
    /// - [`WebsocketError::NotWebsocket`](crate::WebsocketError::NotWebsocket): the server answered
    ///   something else than a WebSocket handshake; the status, the headers and the beginning of
    ///   the body are in `message`.
    /// - [`WebsocketError::BadHandshake`](crate::WebsocketError::BadHandshake): the server's answer
    ///   is wrong, or it refused ours.
    /// - `gio::IOErrorEnum::PartialInput`: the server closed the connection without an answer.
    /// - `gio::IOErrorEnum`, `gio::ResolverError`, `gio::TlsError`: no connection. If it was refused by
    ///   a proxy (`ProxyFailed`, `ProxyNeedAuth`, `ProxyAuthFailed`, `ProxyNotAllowed`), what that
    ///   answered is in `message`.
    pub fn websocket_connect_future(
        &self,
        message: &Message,
        origin: Option<&str>,
        protocols: &[&str],
    ) -> impl Future<Output = Result<WebsocketConnection, glib::Error>> + 'static + use<> {
        self.request(message, origin, protocols, glib::Priority::DEFAULT, None)
            .run()
    }

    fn request(
        &self,
        message: &Message,
        origin: Option<&str>,
        protocols: &[&str],
        priority: glib::Priority,
        cancellable: Option<&gio::Cancellable>,
    ) -> connect::Request {
        connect::Request::new(self, message, origin, protocols, priority, cancellable)
    }

    /// Cancels all operations that are under way. Open connections stay open.
    pub fn abort(&self) {
        for request in self.imp().requests.take() {
            request.cancel();
        }
    }

    /// The address that connections are made from; `None` leaves it to the system.
    #[doc(alias = "get_local_address")]
    pub fn local_address(&self) -> Option<gio::InetSocketAddress> {
        self.imp().local_address.borrow().clone()
    }

    /// What tells which proxy to use; `None` for no proxy. GIO's default one unless set.
    #[doc(alias = "get_proxy_resolver")]
    pub fn proxy_resolver(&self) -> Option<gio::ProxyResolver> {
        self.imp().proxy_resolver()
    }

    /// Sets what tells which proxy to use; `None` uses none.
    pub fn set_proxy_resolver(&self, proxy_resolver: Option<&impl IsA<gio::ProxyResolver>>) {
        self.set_property("proxy-resolver", proxy_resolver.map(|r| r.upcast_ref()));
    }

    /// What is connected to instead of the host of the URI, such as a Unix socket's address.
    #[doc(alias = "get_remote_connectable")]
    pub fn remote_connectable(&self) -> Option<gio::SocketConnectable> {
        self.imp().remote_connectable.borrow().clone()
    }

    /// Seconds that each step of connecting may take: to connect, TLS, the answer; 0, the default,
    /// for as long as the system waits. While the program is asked for something, they do not pass.
    #[doc(alias = "get_timeout")]
    pub fn timeout(&self) -> u32 {
        self.imp().timeout.get()
    }

    /// Sets the seconds that each step of connecting may take.
    pub fn set_timeout(&self, seconds: u32) {
        self.set_property("timeout", seconds);
    }

    /// The certificates that are trusted; `None` trusts none. The system's unless set.
    #[doc(alias = "get_tls_database")]
    pub fn tls_database(&self) -> Option<gio::TlsDatabase> {
        self.imp().tls_database()
    }

    /// Sets the certificates that are trusted.
    pub fn set_tls_database(&self, tls_database: Option<&impl IsA<gio::TlsDatabase>>) {
        self.set_property("tls-database", tls_database.map(|d| d.upcast_ref()));
    }

    /// What asks the user for passwords and certificates during a TLS handshake, if no handler of
    /// the message does.
    #[doc(alias = "get_tls_interaction")]
    pub fn tls_interaction(&self) -> Option<gio::TlsInteraction> {
        self.imp().tls_interaction.borrow().clone()
    }

    /// Sets what asks the user for passwords and certificates.
    pub fn set_tls_interaction(&self, tls_interaction: Option<&impl IsA<gio::TlsInteraction>>) {
        self.set_property("tls-interaction", tls_interaction.map(|i| i.upcast_ref()));
    }

    /// The `User-Agent` of requests; `None` sends none.
    #[doc(alias = "get_user_agent")]
    pub fn user_agent(&self) -> Option<GString> {
        self.imp().user_agent.borrow().clone()
    }

    /// Sets the `User-Agent`. If it ends with a space, or is empty, wsoup adds its own name.
    pub fn set_user_agent(&self, user_agent: Option<&str>) {
        self.set_property("user-agent", user_agent);
    }

    /// Calls `f` when a request begins.
    pub fn connect_request_queued(&self, f: impl Fn(&Self, &Message) + 'static) -> SignalHandlerId {
        self.connect_request("request-queued", f)
    }

    /// Calls `f` when a request has ended, well or not.
    pub fn connect_request_unqueued(
        &self,
        f: impl Fn(&Self, &Message) + 'static,
    ) -> SignalHandlerId {
        self.connect_request("request-unqueued", f)
    }

    fn connect_request(
        &self,
        name: &str,
        f: impl Fn(&Self, &Message) + 'static,
    ) -> SignalHandlerId {
        self.connect_closure(
            name,
            false,
            closure_local!(move |session: &Self, message: Message| f(session, &message)),
        )
    }

    /// Lent to C: valid until the property changes.
    #[doc(hidden)]
    pub fn user_agent_ptr(&self) -> *const c_char {
        self.imp()
            .user_agent
            .borrow()
            .as_ref()
            .map_or(std::ptr::null(), |agent| agent.as_ptr())
    }
}

/// Options of a new [`Session`].
#[must_use = "the session is created by `build()`"]
pub struct SessionBuilder {
    builder: glib::object::ObjectBuilder<'static, Session>,
}

impl SessionBuilder {
    /// See [`Session::local_address`].
    pub fn local_address(self, address: &gio::InetSocketAddress) -> Self {
        Self {
            builder: self.builder.property("local-address", address),
        }
    }

    /// See [`Session::proxy_resolver`].
    pub fn proxy_resolver(self, resolver: &impl IsA<gio::ProxyResolver>) -> Self {
        Self {
            builder: self
                .builder
                .property("proxy-resolver", resolver.upcast_ref()),
        }
    }

    /// See [`Session::remote_connectable`].
    pub fn remote_connectable(self, connectable: &impl IsA<gio::SocketConnectable>) -> Self {
        Self {
            builder: self
                .builder
                .property("remote-connectable", connectable.upcast_ref()),
        }
    }

    /// See [`Session::timeout`].
    pub fn timeout(self, seconds: u32) -> Self {
        Self {
            builder: self.builder.property("timeout", seconds),
        }
    }

    /// See [`Session::tls_database`].
    pub fn tls_database(self, database: &impl IsA<gio::TlsDatabase>) -> Self {
        Self {
            builder: self.builder.property("tls-database", database.upcast_ref()),
        }
    }

    /// See [`Session::tls_interaction`].
    pub fn tls_interaction(self, interaction: &impl IsA<gio::TlsInteraction>) -> Self {
        Self {
            builder: self
                .builder
                .property("tls-interaction", interaction.upcast_ref()),
        }
    }

    /// See [`Session::set_user_agent`].
    pub fn user_agent(self, agent: &str) -> Self {
        Self {
            builder: self.builder.property("user-agent", agent),
        }
    }

    /// Creates the session.
    pub fn build(self) -> Session {
        self.builder.build()
    }
}
