//! [`AuthDomain`]: the part of a server that only users who are known may use.
//!
//! The class can be derived from in any language; [`AuthDomainBasic`] and [`AuthDomainDigest`] are
//! there. `class.rs` is what C sees of it, `callback.rs` keeps the callbacks of Rust and of C.

mod basic;
mod callback;
mod class;
mod digest;
mod imp;
mod nonces;
pub mod subclass;

pub use basic::AuthDomainBasic;
#[doc(hidden)]
pub use class::{WsoupAuthDomain, WsoupAuthDomainClass};
pub use digest::AuthDomainDigest;

use super::Server;
use crate::ServerMessage;
use crate::http::text::{Text, as_ptr_or_null};
use class::Vtable;
use glib::GString;
use glib::prelude::*;
use glib::subclass::prelude::*;
use std::ffi::c_char;
use std::rc::Rc;

glib::wrapper! {
    /// The part of a server that only users who are known may use.
    ///
    /// A domain that was given to [`Server::add_auth_domain`] covers the paths that were added to
    /// it. Requests for these are answered with the status 401, or 407 for a proxy, and a challenge,
    /// until they come with credentials that the domain accepts; no handler sees them before. That
    /// goes for WebSocket handshakes as for other requests.
    ///
    /// [`AuthDomainBasic`] and [`AuthDomainDigest`] are the schemes that browsers know.
    pub struct AuthDomain(ObjectSubclass<imp::AuthDomain>);
}

impl AuthDomain {
    /// The header with the credentials of a request.
    fn credentials_of(&self, message: &ServerMessage) -> Option<GString> {
        let wanted = if self.imp().is_proxy.get() {
            "Proxy-Authorization"
        } else {
            "Authorization"
        };
        let headers = message.request_headers();
        let mut values = headers
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case(wanted))
            .map(|(_, value)| value);
        // Of two, who is on the way could have looked at the other one.
        values.next().filter(|_| values.next().is_none())
    }

    /// What the generic callback says of a request by a user.
    fn generic_auth(&self, message: &ServerMessage, username: &str) -> bool {
        let callback = self.imp().generic_auth.get();
        callback.is_some_and(|callback| callback(self, message, username))
    }

    /// Whether a request for `path`, as the server's handlers get it, has to be authenticated.
    fn covers_path(&self, message: &ServerMessage, path: &str) -> bool {
        let imp = self.imp();
        // With `Server:raw-paths`, it is the handler that decodes it.
        let decoded = decoded_path(message);
        // Whoever gets `//private`, or decodes `/open/..%2fprivate`, might take it for a file; so it
        // counts as both.
        let readings = [path, &decoded, &as_a_file(&decoded)];
        let is_covered = |path: &&str| imp.paths.borrow().lookup(path) == Some(&true);
        // A proxy cares for all that is sent through it.
        let is_covered = imp.is_proxy.get() || readings.iter().any(is_covered);
        let filter = imp.filter.get().filter(|_| is_covered);
        is_covered && filter.is_none_or(|filter| filter(self, message))
    }

    /// Lent to C.
    #[doc(hidden)]
    pub fn realm_ptr(&self) -> *const c_char {
        as_ptr_or_null(self.imp().realm.borrow().as_ref())
    }

    fn realm_or_empty(&self) -> String {
        let realm = self.imp().realm.borrow();
        realm.as_ref().map(Text::as_str).unwrap_or_default().into()
    }
}

/// The methods of all [`AuthDomain`]s.
pub trait AuthDomainExt: IsA<AuthDomain> + 'static {
    /// Has requests for `path`, and for all below it, authenticated.
    ///
    /// `OPTIONS *` counts as a request for `/`.
    fn add_path(&self, path: &str) {
        *self.upcast_ref().imp().paths.borrow_mut().entry(path) = true;
    }

    /// Leaves `path`, and all below it, to everyone, within a path that was added.
    fn remove_path(&self, path: &str) {
        *self.upcast_ref().imp().paths.borrow_mut().entry(path) = false;
    }

    /// What the credentials are for, as users are told.
    #[doc(alias = "get_realm")]
    fn realm(&self) -> Option<GString> {
        let realm = self.upcast_ref().imp().realm.borrow();
        realm.as_ref().map(Text::to_gstring)
    }

    /// Has `filter` tell of each request that is covered whether it has to be authenticated after
    /// all.
    ///
    /// Let it return `true` unless it knows of a reason to let a request pass.
    fn set_filter(&self, filter: impl Fn(&AuthDomain, &ServerMessage) -> bool + 'static)
    where
        Self: Sized,
    {
        self.upcast_ref().imp().filter.set(Some(Rc::new(filter)));
    }

    /// Has `callback` tell whether a request is authenticated by a user, whatever the scheme.
    ///
    /// It gets the name of the user, looks the password up, and returns what
    /// [`check_password`](Self::check_password) says of it. A callback of the scheme itself goes
    /// before.
    fn set_generic_auth_callback(
        &self,
        callback: impl Fn(&AuthDomain, &ServerMessage, &str) -> bool + 'static,
    ) where
        Self: Sized,
    {
        let imp = self.upcast_ref().imp();
        imp.generic_auth.set(Some(Rc::new(callback)));
    }

    /// Whether the credentials of a request are those of `username` with `password`.
    fn check_password(&self, message: &ServerMessage, username: &str, password: &str) -> bool {
        if [username, password].iter().any(|text| text.contains('\0')) {
            return false;
        }
        Vtable::of(self.upcast_ref()).check_password(message, username, password)
    }

    /// Whether a request has to be authenticated. It may be already.
    fn covers(&self, message: &ServerMessage) -> bool {
        let domain: &AuthDomain = self.upcast_ref();
        domain.covers_path(message, &decoded_path(message))
    }

    /// Returns the name of the user if the credentials of a request are right.
    fn accepts(&self, message: &ServerMessage) -> Option<GString> {
        let domain: &AuthDomain = self.upcast_ref();
        let header = domain.credentials_of(message)?;
        Vtable::of(domain).accepts(message, &header)
    }

    /// Answers a request by a challenge and the status 401, or 407 for a proxy.
    fn challenge(&self, message: &ServerMessage) {
        let domain: &AuthDomain = self.upcast_ref();
        let challenge = Vtable::of(domain).challenge(message);
        let (name, status) = if domain.imp().is_proxy.get() {
            ("Proxy-Authenticate", 407)
        } else {
            ("WWW-Authenticate", 401)
        };
        if let Some(challenge) = challenge {
            message.response_headers().append(name, &challenge);
        }
        message.set_status(status, None);
    }
}

impl<O: IsA<AuthDomain>> AuthDomainExt for O {}

/// The path of a request, decoded; what is no text is so only where handlers decode it themselves.
fn decoded_path(message: &ServerMessage) -> String {
    let path = message.uri().map(|uri| uri.path()).unwrap_or_default();
    let decoded = glib::Uri::unescape_bytes(&path, None);
    decoded.map_or_else(
        |_| path.into(),
        |decoded| String::from_utf8_lossy(&decoded).into_owned(),
    )
}

/// The path that systems of files find by `path`.
fn as_a_file(path: &str) -> String {
    let mut segments = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => (),
            ".." => drop(segments.pop()),
            _ => segments.push(segment),
        }
    }
    format!("/{}", segments.join("/"))
}

impl Server {
    /// Has the requests that `auth_domain` covers authenticated.
    ///
    /// Of several domains that cover a request, one has to accept it.
    pub fn add_auth_domain(&self, auth_domain: &impl IsA<AuthDomain>) {
        let domain = auth_domain.clone().upcast();
        self.imp().auth_domains.borrow_mut().push(domain);
    }

    /// Takes back [`add_auth_domain`](Self::add_auth_domain).
    pub fn remove_auth_domain(&self, auth_domain: &impl IsA<AuthDomain>) {
        let mut domains = self.imp().auth_domains.borrow_mut();
        let index = domains
            .iter()
            .position(|domain| domain == auth_domain.upcast_ref());
        let removed = index.map(|index| domains.remove(index));
        // Its callbacks may own anything.
        drop(domains);
        drop(removed);
    }

    /// Whether a request may go on; otherwise the challenges are in `message`.
    pub(super) fn authenticate(&self, message: &ServerMessage, path: &str) -> bool {
        let domains = self.imp().auth_domains.borrow().clone();
        let covering: Vec<_> = domains
            .into_iter()
            .filter(|domain| domain.covers_path(message, path))
            .collect();
        if covering.is_empty()
            || covering
                .iter()
                .any(|domain| domain.accepts(message).is_some())
        {
            return true;
        }
        for domain in covering {
            domain.challenge(message);
        }
        false
    }
}

/// Compares secrets, in a time that tells nothing of where they differ.
fn is_same_secret(ours: &str, theirs: &str) -> bool {
    let pairs = ours.bytes().zip(theirs.bytes());
    let difference = pairs.fold(0, |difference, (a, b)| {
        std::hint::black_box(difference | (a ^ b))
    });
    ours.len() == theirs.len() && difference == 0
}

#[cfg(test)]
mod tests;
