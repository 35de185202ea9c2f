//! The class structure of `AuthDomain`, as C sees it, and the calls in both directions: from Rust
//! through the structure's function pointers ([`Vtable`]), and from there into classes written in
//! Rust (the trampolines at the end).
//!
//! The two structures are part of the ABI: cbindgen copies them, with their documentation, into the
//! C header.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_char};
use std::marker::PhantomData;

use glib::GString;
use glib::ffi::{gboolean, gpointer};
use glib::gobject_ffi::{GObject, GObjectClass};
use glib::prelude::*;
use glib::subclass::prelude::*;
use glib::translate::*;

use super::subclass::AuthDomainImpl;
use super::{AuthDomain, imp};
use crate::ServerMessage;

use c_types::*;

// Documented in capi/gtkdoc/auth-domain.c: it stands for the class.
#[allow(missing_docs, missing_debug_implementations)]
#[repr(C)]
pub struct WsoupAuthDomain {
    pub parent_instance: GObject,
}

/// WsoupAuthDomainClass:
/// @parent_class: the parent class
/// @accepts: called with the credentials of a request, the value of its `Authorization` header, or
///   of `Proxy-Authorization`; returns the name of the user if they are right, %NULL otherwise
/// @challenge: called when a request without right credentials is refused; returns the challenge:
///   the value of a `WWW-Authenticate` header, or of `Proxy-Authenticate`
/// @check_password: called to learn whether the credentials of a request are those of a user with a
///   password
///
/// The class structure of the [class@AuthDomain] class.
/// cbindgen:field-names=[parent_class, accepts, challenge, check_password, /*< private >*/ padding]
#[allow(
    missing_docs,
    missing_debug_implementations,
    rustdoc::broken_intra_doc_links
)]
#[repr(C)]
pub struct WsoupAuthDomainClass {
    pub parent_class: GObjectClass,
    pub accepts: Option<
        unsafe extern "C" fn(
            domain: *mut WsoupAuthDomain,
            msg: *mut WsoupServerMessage,
            header: *const c_char,
        ) -> *mut c_char,
    >,
    pub challenge: Option<
        unsafe extern "C" fn(
            domain: *mut WsoupAuthDomain,
            msg: *mut WsoupServerMessage,
        ) -> *mut c_char,
    >,
    pub check_password: Option<
        unsafe extern "C" fn(
            domain: *mut WsoupAuthDomain,
            msg: *mut WsoupServerMessage,
            username: *const c_char,
            password: *const c_char,
        ) -> gboolean,
    >,
    pub padding: [gpointer; 6],
}

/// Names that the header takes from elsewhere.
/// cbindgen:ignore
mod c_types {
    pub(super) type WsoupServerMessage =
        <crate::ServerMessage as glib::object::ObjectType>::GlibType;
}

class_structs!(imp::AuthDomain, WsoupAuthDomain, WsoupAuthDomainClass);

/// The virtual methods of one object, as its class or the parent of a class implements them.
pub(super) struct Vtable<'a> {
    class: &'a WsoupAuthDomainClass,
    domain: *mut WsoupAuthDomain,
    lifetime: PhantomData<&'a AuthDomain>,
}

impl<'a> Vtable<'a> {
    /// The methods that the class of `domain` implements.
    pub(super) fn of(domain: &'a AuthDomain) -> Self {
        Self {
            class: domain.class().as_ref(),
            domain: domain.as_ptr(),
            lifetime: PhantomData,
        }
    }

    /// The methods that the parent of the class `T` implements.
    pub(super) fn parent_of<T: AuthDomainImpl>(imp: &'a T) -> Self {
        // SAFETY: there is an object of the type, so its type data was initialised.
        let parent = unsafe { T::type_data().as_ref() }.parent_class();
        Self {
            // SAFETY: `T` derives from `AuthDomain`, so its parent class is that or derives from
            // it, and class structures begin with their parents'. Classes are never freed.
            class: unsafe { &*parent.cast() },
            domain: imp.obj().as_ptr().cast(),
            lifetime: PhantomData,
        }
    }

    pub(super) fn accepts(&self, message: &ServerMessage, header: &str) -> Option<GString> {
        let (accepts, header) = (self.class.accepts?, header.to_glib_none());
        // SAFETY: the object is of the class or of one derived from it, and all live for the call;
        // the result is a string of ours or NULL.
        let username: Option<String> =
            unsafe { from_glib_full(accepts(self.domain, message.as_ptr(), header.0)) };
        username.map(GString::from)
    }

    pub(super) fn challenge(&self, message: &ServerMessage) -> Option<GString> {
        let challenge = self.class.challenge?;
        // SAFETY: as in `accepts`.
        let challenge: Option<String> =
            unsafe { from_glib_full(challenge(self.domain, message.as_ptr())) };
        challenge.map(GString::from)
    }

    pub(super) fn check_password(
        &self,
        message: &ServerMessage,
        username: &str,
        password: &str,
    ) -> bool {
        let Some(check_password) = self.class.check_password else {
            return false;
        };
        let (username, password) = (username.to_glib_none(), password.to_glib_none());
        // SAFETY: as in `accepts`.
        unsafe {
            let message = message.as_ptr();
            from_glib(check_password(self.domain, message, username.0, password.0))
        }
    }
}

// SAFETY: `class_init` sets the function pointers of a class derived from `AuthDomain` to functions
// for its implementation.
unsafe impl<T: AuthDomainImpl> IsSubclassable<T> for AuthDomain {
    fn class_init(class: &mut glib::Class<Self>) {
        Self::parent_class_init::<T>(class);
        let class = class.as_mut();
        class.accepts = Some(accepts_trampoline::<T>);
        class.challenge = Some(challenge_trampoline::<T>);
        class.check_password = Some(check_password_trampoline::<T>);
    }
}

/// The implementation of an object.
unsafe fn implementation<'a, T: AuthDomainImpl>(domain: *mut WsoupAuthDomain) -> &'a T {
    // SAFETY: the caller has a live object of the class `T` or of one derived from it.
    unsafe { (*domain.cast::<T::Instance>()).imp() }
}

/// A string that C passed; a wrong one is as good as none.
unsafe fn text<'a>(text: *const c_char) -> &'a str {
    if text.is_null() {
        return "";
    }
    // SAFETY: by the caller's contract, it is a string that lives long enough.
    unsafe { CStr::from_ptr(text) }.to_str().unwrap_or_default()
}

unsafe extern "C" fn accepts_trampoline<T: AuthDomainImpl>(
    domain: *mut WsoupAuthDomain,
    message: *mut WsoupServerMessage,
    header: *const c_char,
) -> *mut c_char {
    // SAFETY: the arguments are what the signature in the class structure says.
    unsafe {
        let (imp, message) = (implementation::<T>(domain), from_glib_borrow(message));
        imp.accepts(&message, text(header)).into_glib_ptr()
    }
}

unsafe extern "C" fn challenge_trampoline<T: AuthDomainImpl>(
    domain: *mut WsoupAuthDomain,
    message: *mut WsoupServerMessage,
) -> *mut c_char {
    // SAFETY: as in `accepts_trampoline`.
    unsafe {
        let (imp, message) = (implementation::<T>(domain), from_glib_borrow(message));
        imp.challenge(&message).into_glib_ptr()
    }
}

unsafe extern "C" fn check_password_trampoline<T: AuthDomainImpl>(
    domain: *mut WsoupAuthDomain,
    message: *mut WsoupServerMessage,
    username: *const c_char,
    password: *const c_char,
) -> gboolean {
    // SAFETY: as in `accepts_trampoline`.
    unsafe {
        let (imp, message) = (implementation::<T>(domain), from_glib_borrow(message));
        imp.check_password(&message, text(username), text(password))
            .into_glib()
    }
}
