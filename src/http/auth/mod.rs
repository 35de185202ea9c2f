//! HTTP authentication (RFC 9110 §11): the grammar and the computations that both sides share, and
//! [`Auth`], with which a client answers a challenge.

mod class;
pub(crate) mod digest;
pub(crate) mod header;
mod imp;
mod scheme;

#[doc(hidden)]
pub use class::{WsoupAuth, WsoupAuthClass};

use super::text::{Text, as_ptr_or_null};
use crate::MessageHeaders;
use glib::GString;
use glib::prelude::*;
use glib::subclass::prelude::*;
use header::AuthHeader;
use imp::Decision;
use scheme::Scheme;
use std::ffi::{CStr, CString, c_char};
use std::rc::Rc;

glib::wrapper! {
    /// The question of a server, or of a proxy, who the user is, and the answer.
    ///
    /// A program gets one from the signal [`authenticate`](crate::Message::connect_authenticate) of
    /// a message, and calls [`authenticate`](Self::authenticate) or [`cancel`](Self::cancel), in
    /// the handler or later.
    ///
    /// The schemes are `Basic` (RFC 7617) and `Digest` (RFC 7616) with MD5 and SHA-256.
    pub struct Auth(ObjectSubclass<imp::Auth>);
}

glib::wrapper! {
    /// Answers a challenge of the scheme `Basic`.
    pub struct AuthBasic(ObjectSubclass<imp::AuthBasic>) @extends Auth;
}

glib::wrapper! {
    /// Answers a challenge of the scheme `Digest`.
    pub struct AuthDigest(ObjectSubclass<imp::AuthDigest>) @extends Auth;
}

impl Auth {
    /// Answers the challenge by a name and a password, in place of those that it may have already.
    ///
    /// Nothing happens if it was cancelled.
    pub fn authenticate(&self, username: &str, password: &str) {
        let (Ok(username), Ok(password)) = (CString::new(username), CString::new(password)) else {
            return glib::g_critical!("Wsoup", "neither name nor password can hold a NUL");
        };
        if self.is_cancelled() {
            return;
        }
        let was_authenticated = self.is_authenticated();
        class::authenticate(self, &username, &password);
        if self.is_authenticated() {
            self.decide(Some(self.clone()));
            if !was_authenticated {
                self.notify("is-authenticated");
            }
        }
    }

    /// Says that there will be no answer. The message keeps the response with the challenge.
    ///
    /// An `Auth` that a handler wants to answer later and then forgets is cancelled, too.
    pub fn cancel(&self) {
        if !self.imp().is_cancelled.replace(true) {
            self.decide(None);
            self.notify("is-cancelled");
        }
    }

    /// Whether there is an answer.
    pub fn is_authenticated(&self) -> bool {
        !self.is_cancelled() && class::is_authenticated(self)
    }

    /// Whether it was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.imp().is_cancelled.get()
    }

    /// Whether it is a proxy that asks, not the server.
    pub fn is_for_proxy(&self) -> bool {
        self.imp().is_for_proxy.get()
    }

    /// Who asks: host and port.
    #[doc(alias = "get_authority")]
    pub fn authority(&self) -> Option<GString> {
        let authority = self.imp().authority.borrow();
        authority.as_ref().map(Text::to_gstring)
    }

    /// What the credentials are for, as the server calls it: users may be shown it.
    #[doc(alias = "get_realm")]
    pub fn realm(&self) -> Option<GString> {
        self.imp().realm.borrow().as_ref().map(Text::to_gstring)
    }

    /// The scheme: `Basic` or `Digest`.
    #[doc(alias = "get_scheme_name")]
    pub fn scheme_name(&self) -> Option<GString> {
        let name = class::scheme_name(self)?;
        Some(name.to_string_lossy().into())
    }

    fn decide(&self, auth: Option<Self>) {
        let decision = &self.imp().decision;
        // Without somebody who waits, it would keep itself alive.
        let is_awaited = Rc::strong_count(decision) > 1;
        let _old = decision.auth.replace(auth.filter(|_| is_awaited));
        decision.made.open();
    }
}

/// What a session does with a challenge.
impl Auth {
    /// Picks the strongest of the challenges in a response that are supported.
    ///
    /// `authority` is the host and the port of whoever sent the response.
    pub(crate) fn from_challenges(
        headers: &MessageHeaders,
        is_for_proxy: bool,
        authority: &str,
    ) -> Option<Self> {
        let scheme = Scheme::strongest(&challenges(headers, is_for_proxy))?;
        let auth: Self = match scheme {
            Scheme::Basic(_) => glib::Object::new::<AuthBasic>().upcast(),
            Scheme::Digest(_) => glib::Object::new::<AuthDigest>().upcast(),
        };
        let imp = auth.imp();
        imp.is_for_proxy.set(is_for_proxy);
        imp.authority.replace(Some(Text::new(authority)));
        imp.realm.replace(Some(Text::new(scheme.realm())));
        imp.scheme.replace(Some(scheme));
        Some(auth)
    }

    /// Takes over the challenges with which the credentials were answered.
    ///
    /// `true` if they may be sent again, since only the nonce was too old. Otherwise they were
    /// wrong and are forgotten: ask the program again, with this one or with a new one.
    pub(crate) fn update(&self, headers: &MessageHeaders) -> bool {
        let imp = self.imp();
        let challenges = challenges(headers, self.is_for_proxy());
        let was_authenticated = self.is_authenticated();
        let may_repeat = imp.scheme.borrow_mut().as_mut().is_some_and(|scheme| {
            let may_repeat = scheme.update(&challenges);
            imp.realm.replace(Some(Text::new(scheme.realm())));
            may_repeat
        });
        if !may_repeat && !self.is_cancelled() {
            imp.decision.made.close();
        }
        if was_authenticated && !may_repeat {
            self.notify("is-authenticated");
        }
        may_repeat && !self.is_cancelled()
    }

    /// Waits until the program has decided: the object if it has credentials, `None` if it was
    /// cancelled, or forgotten by the last one who could have called a method of it.
    ///
    /// The caller has to give up its other references before.
    pub(crate) async fn decided(self) -> Option<Self> {
        let waiting = Waiting(self.imp().decision.clone());
        if self.is_authenticated() {
            return Some(self);
        }
        drop(self);
        waiting.0.made.opened().await;
        let auth = waiting.0.auth.take();
        auth.filter(Self::is_authenticated)
    }

    /// The value of `Authorization`, or of `Proxy-Authorization`, for one request; `None` without
    /// credentials.
    ///
    /// `request_target` is what stands in the request line. Each value is for one use.
    pub(crate) fn authorization(&self, method: &str, request_target: &str) -> Option<String> {
        if !self.is_authenticated() {
            return None;
        }
        let mut scheme = self.imp().scheme.borrow_mut();
        scheme.as_mut()?.authorization(method, request_target)
    }
}

/// Somebody waits for a decision; afterwards it holds on to nothing.
struct Waiting(Rc<Decision>);

impl Drop for Waiting {
    fn drop(&mut self) {
        drop(self.0.auth.take());
    }
}

fn challenges(headers: &MessageHeaders, is_for_proxy: bool) -> Vec<AuthHeader> {
    let wanted = if is_for_proxy {
        "Proxy-Authenticate"
    } else {
        "WWW-Authenticate"
    };
    let fields = headers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
    fields
        .flat_map(|(_, value)| AuthHeader::challenges(&value))
        .collect()
}

/// What the C ABI lends to its callers: valid until the property changes.
#[doc(hidden)]
impl Auth {
    pub fn authority_ptr(&self) -> *const c_char {
        as_ptr_or_null(self.imp().authority.borrow().as_ref())
    }

    pub fn realm_ptr(&self) -> *const c_char {
        as_ptr_or_null(self.imp().realm.borrow().as_ref())
    }

    pub fn scheme_name_ptr(&self) -> *const c_char {
        class::scheme_name(self).map_or(std::ptr::null(), CStr::as_ptr)
    }
}

#[cfg(test)]
mod tests;
