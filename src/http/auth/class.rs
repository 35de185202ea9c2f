//! The class structure of `Auth`, as C sees it, and the calls through it and into it.
//!
//! The two structures are part of the ABI: cbindgen copies them, with their documentation, into the
//! C header. The class itself implements the virtual methods for the schemes that it knows.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_char};

use glib::ffi::{gboolean, gpointer};
use glib::gobject_ffi::{GObject, GObjectClass};
use glib::prelude::*;
use glib::subclass::prelude::*;
use glib::translate::*;

use super::{Auth, imp};

// Documented in capi/gtkdoc/auth.c: it stands for the class.
#[allow(missing_docs, missing_debug_implementations)]
#[repr(C)]
pub struct WsoupAuth {
    pub parent_instance: GObject,
}

/// WsoupAuthClass:
/// @parent_class: the parent class
/// @scheme_name: the name of the authentication scheme, such as `Basic`
/// @authenticate: called with a name and a password, to answer the challenge with
/// @is_authenticated: called to learn whether there are credentials
///
/// The class structure of the [class@Auth] class.
/// cbindgen:field-names=[parent_class, scheme_name, authenticate, is_authenticated, /*< private >*/ padding]
#[allow(
    missing_docs,
    missing_debug_implementations,
    rustdoc::broken_intra_doc_links
)]
#[repr(C)]
pub struct WsoupAuthClass {
    pub parent_class: GObjectClass,
    pub scheme_name: *const c_char,
    pub authenticate: Option<
        unsafe extern "C" fn(
            auth: *mut WsoupAuth,
            username: *const c_char,
            password: *const c_char,
        ),
    >,
    pub is_authenticated: Option<unsafe extern "C" fn(auth: *mut WsoupAuth) -> gboolean>,
    pub padding: [gpointer; 6],
}

class_structs!(imp::Auth, WsoupAuth, WsoupAuthClass);

impl WsoupAuthClass {
    /// Sets what the class does if nobody derives from it.
    pub(super) fn set_defaults(&mut self) {
        self.authenticate = Some(authenticate_default);
        self.is_authenticated = Some(is_authenticated_default);
    }
}

/// The name of the scheme, if the class has one.
pub(super) fn scheme_name(auth: &Auth) -> Option<&'static CStr> {
    let name = auth.class().as_ref().scheme_name;
    // SAFETY: what a class is called is a string that is never freed, as the class itself.
    (!name.is_null()).then(|| unsafe { CStr::from_ptr(name) })
}

/// Calls the virtual method `authenticate`.
pub(super) fn authenticate(auth: &Auth, username: &CStr, password: &CStr) {
    if let Some(authenticate) = auth.class().as_ref().authenticate {
        // SAFETY: the object is of the class or of one derived from it, and all live for the call.
        unsafe { authenticate(auth.as_ptr(), username.as_ptr(), password.as_ptr()) };
    }
}

/// Calls the virtual method `is_authenticated`.
pub(super) fn is_authenticated(auth: &Auth) -> bool {
    let is_authenticated = auth.class().as_ref().is_authenticated;
    // SAFETY: as in `authenticate`.
    is_authenticated
        .is_some_and(|is_authenticated| unsafe { from_glib(is_authenticated(auth.as_ptr())) })
}

// SAFETY: a class derived from `Auth` inherits its virtual methods; there is nothing to set.
unsafe impl<T: ObjectImpl> IsSubclassable<T> for Auth {}

unsafe extern "C" fn authenticate_default(
    auth: *mut WsoupAuth,
    username: *const c_char,
    password: *const c_char,
) {
    if username.is_null() || password.is_null() {
        return;
    }
    // SAFETY: the arguments are what the signature in the class structure says.
    let (imp, username, password) = unsafe {
        (
            (*auth).imp(),
            CStr::from_ptr(username),
            CStr::from_ptr(password),
        )
    };
    if let (Ok(username), Ok(password)) = (username.to_str(), password.to_str()) {
        imp.authenticate(username, password);
    }
}

unsafe extern "C" fn is_authenticated_default(auth: *mut WsoupAuth) -> gboolean {
    // SAFETY: the argument is what the signature in the class structure says.
    unsafe { &*auth }.imp().is_authenticated().into_glib()
}
