//! The `GList` of extensions that a connection owns.
//!
//! libsoup passes it as a pointer property and lends it to C, so it stays a `GList`.
#![allow(unsafe_code)]

use crate::extension::WebsocketExtension;
use glib::ffi::GList;
use glib::gobject_ffi::GObject;
use glib::prelude::*;
use glib::translate::*;
use std::ptr;

/// An owned list of owned [`WebsocketExtension`]s.
pub(super) struct ExtensionList(*mut GList);

impl Default for ExtensionList {
    fn default() -> Self {
        Self(ptr::null_mut())
    }
}

impl ExtensionList {
    /// Takes what the pointer-valued property was set to.
    pub(super) fn from_property(value: glib::Pointer) -> Self {
        Self(value.cast())
    }

    /// Makes a list of `extensions`.
    pub(super) fn new(extensions: Vec<WebsocketExtension>) -> Self {
        let list = extensions
            .into_iter()
            .rev()
            .fold(ptr::null_mut(), |list, extension| {
                let extension: *mut GObject = extension.upcast::<glib::Object>().into_glib_ptr();
                // SAFETY: prepends to a list that only we know; it takes over the reference.
                unsafe { glib::ffi::g_list_prepend(list, extension.cast()) }
            });
        Self(list)
    }

    /// The list, lent.
    pub(super) fn as_ptr(&self) -> *mut GList {
        self.0
    }

    /// Gives the list away.
    pub(super) fn into_property(self) -> glib::Pointer {
        std::mem::ManuallyDrop::new(self).0.cast()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_null()
    }

    /// The extensions, in order.
    pub(super) fn to_vec(&self) -> Vec<WebsocketExtension> {
        // SAFETY: our list holds live extensions; the elements are referenced, the list is not.
        unsafe { FromGlibPtrContainer::from_glib_none(self.0) }
    }
}

impl Drop for ExtensionList {
    fn drop(&mut self) {
        unsafe extern "C" fn unref(object: glib::ffi::gpointer) {
            // SAFETY: each element is a reference that the list owns.
            unsafe { glib::gobject_ffi::g_object_unref(object.cast()) }
        }
        // SAFETY: the list and its elements are ours.
        unsafe { glib::ffi::g_list_free_full(self.0, Some(unref)) }
    }
}
