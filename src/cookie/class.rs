//! The structures of `CookieJar`, as C sees them, and the virtual method in both directions. They are
//! part of the ABI: cbindgen copies them, with their documentation, into the header.
#![allow(unsafe_code)]

use super::subclass::CookieJarImpl;
use super::{Cookie, CookieJar, jar};
use c_types::*;
use glib::ffi::gpointer;
use glib::gobject_ffi::{GObject, GObjectClass};
use glib::prelude::*;
use glib::subclass::prelude::*;

// Documented in capi/gtkdoc/cookie-jar.c: it stands for the class.
#[allow(missing_docs, missing_debug_implementations)]
#[repr(C)]
pub struct WsoupCookieJar {
    pub parent_instance: GObject,
}

/// WsoupCookieJarClass:
/// @parent_class: the parent class
/// @changed: called first when [signal@CookieJar::changed] is emitted; one of the two cookies may be
///   %NULL
///
/// The class structure of the [class@CookieJar] class.
/// cbindgen:field-names=[parent_class, changed, /*< private >*/ padding]
#[allow(
    missing_docs,
    missing_debug_implementations,
    rustdoc::broken_intra_doc_links
)]
#[repr(C)]
pub struct WsoupCookieJarClass {
    pub parent_class: GObjectClass,
    pub changed: Option<
        unsafe extern "C" fn(
            jar: *mut WsoupCookieJar,
            old_cookie: *mut WsoupCookie,
            new_cookie: *mut WsoupCookie,
        ),
    >,
    pub padding: [gpointer; 8],
}

/// The name that C has for a cookie.
/// cbindgen:ignore
mod c_types {
    pub(super) type WsoupCookie = super::Cookie;
}

class_structs!(jar::imp::CookieJar, WsoupCookieJar, WsoupCookieJarClass);

/// Calls `changed` as the class of `jar` implements it.
pub(super) fn changed(jar: &CookieJar, old: Option<&Cookie>, new: Option<&Cookie>) {
    call(jar.class().as_ref(), jar, old, new);
}

/// Calls `changed` as the parent of the class `T` implements it.
pub(super) fn parent_changed<T: CookieJarImpl>(
    imp: &T,
    old: Option<&Cookie>,
    new: Option<&Cookie>,
) {
    // SAFETY: there is an object of the type, so its type data was initialised.
    let parent = unsafe { T::type_data().as_ref() }.parent_class();
    // SAFETY: `T` derives from `CookieJar`, so its parent class is that or derives from it, and class
    // structures begin with their parents'. Classes are never freed.
    let class: &WsoupCookieJarClass = unsafe { &*parent.cast() };
    call(class, imp.obj().upcast_ref(), old, new);
}

fn call(class: &WsoupCookieJarClass, jar: &CookieJar, old: Option<&Cookie>, new: Option<&Cookie>) {
    let Some(changed) = class.changed else {
        return;
    };
    // The method is given its own: C may write to what it is not told is constant.
    let (mut old, mut new) = (old.cloned(), new.cloned());
    let pointer = |cookie: &mut Option<Cookie>| -> *mut Cookie {
        cookie
            .as_mut()
            .map_or(std::ptr::null_mut(), std::ptr::from_mut)
    };
    // SAFETY: the object is of the class or of one derived from it, and lives; the cookies are NULL or
    // live for the call.
    unsafe { changed(jar.as_ptr(), pointer(&mut old), pointer(&mut new)) };
}

// SAFETY: `class_init` sets the function pointer of a class derived from `CookieJar` to a function for
// its implementation.
unsafe impl<T: CookieJarImpl> IsSubclassable<T> for CookieJar {
    fn class_init(class: &mut glib::Class<Self>) {
        Self::parent_class_init::<T>(class);
        class.as_mut().changed = Some(changed_trampoline::<T>);
    }
}

unsafe extern "C" fn changed_trampoline<T: CookieJarImpl>(
    jar: *mut WsoupCookieJar,
    old: *mut WsoupCookie,
    new: *mut WsoupCookie,
) {
    // SAFETY: the caller has a live object of the class `T` or of one derived from it; the cookies are
    // NULL or live for the call.
    unsafe {
        let imp = (*jar.cast::<T::Instance>()).imp();
        imp.changed(old.as_ref(), new.as_ref());
    }
}
