//! A callback of a domain: a closure of Rust, or a function of C with its data.
//!
//! C can set function and data apart from each other, as two properties. These properties exist in
//! the C library alone: safe Rust code could otherwise set them to anything.
#![allow(unsafe_code)]

use std::cell::{Cell, RefCell};
use std::ffi::{c_char, c_void};
use std::ptr::{self, NonNull};
use std::rc::Rc;

use glib::ffi::{GDestroyNotify, gboolean, gpointer};
use glib::prelude::*;
use glib::subclass::prelude::*;
use glib::translate::*;

use super::class::WsoupAuthDomain;
use super::{AuthDomain, AuthDomainBasic, AuthDomainDigest};
use crate::ServerMessage;

/// Whether a request has to be authenticated.
pub(super) type Filter = dyn Fn(&AuthDomain, &ServerMessage) -> bool;

/// Whether a request is authenticated by a user.
pub(super) type GenericAuth = dyn Fn(&AuthDomain, &ServerMessage, &str) -> bool;

/// Whether a user has a password.
pub(super) type BasicAuth = dyn Fn(&AuthDomainBasic, &ServerMessage, &str, &str) -> bool;

/// What a user's encoded password is.
pub(super) type DigestAuth = dyn Fn(&AuthDomainDigest, &ServerMessage, &str) -> Option<String>;

/// Where a callback is kept.
pub(super) struct Slot<F: ?Sized> {
    callback: RefCell<Option<Rc<F>>>,
    /// What C has set, NULL otherwise.
    function: Cell<*mut c_void>,
    data: RefCell<Rc<Data>>,
}

impl<F: ?Sized> Default for Slot<F> {
    fn default() -> Self {
        Self {
            callback: RefCell::new(None),
            function: Cell::new(ptr::null_mut()),
            data: RefCell::default(),
        }
    }
}

impl<F: ?Sized> Slot<F> {
    /// The callback, which stays alive while it runs, whatever it sets.
    pub(super) fn get(&self) -> Option<Rc<F>> {
        self.callback.borrow().clone()
    }

    /// Sets a closure.
    pub(super) fn set(&self, callback: Option<Rc<F>>) {
        self.function.set(ptr::null_mut());
        // What is replaced is dropped after the borrow: it may run anybody's code.
        let _data = self.data.replace(Rc::default());
        let _callback = self.callback.replace(callback);
    }

    pub(super) fn function(&self) -> glib::Pointer {
        self.function.get()
    }

    pub(super) fn data(&self) -> glib::Pointer {
        self.data.borrow().pointer
    }
}

impl<F: FromC + ?Sized> Slot<F> {
    /// Sets a function of C with its data.
    ///
    /// # Safety
    ///
    /// `function` is NULL or a function of the type that `F` stands for, which can be called with
    /// `data` until `destroy` is.
    pub(super) unsafe fn set_c(
        &self,
        function: *mut c_void,
        data: gpointer,
        destroy: GDestroyNotify,
    ) {
        let data = Rc::new(Data {
            pointer: data,
            destroy,
        });
        let _data = self.data.replace(data);
        // SAFETY: by the caller's contract.
        unsafe { self.set_function(function) };
    }

    /// Sets the function, and leaves the data as it is.
    unsafe fn set_function(&self, function: *mut c_void) {
        let data = self.data.borrow().clone();
        // SAFETY: by the caller's contract.
        let callback = NonNull::new(function).map(|function| unsafe { F::from_c(function, data) });
        self.function.set(function);
        let _callback = self.callback.replace(callback);
    }

    /// Sets the property with the function.
    pub(super) fn set_function_property(&self, value: &glib::Value) {
        // SAFETY: only C has the property, and it passes a function of that type.
        unsafe { self.set_function(pointer(value)) };
    }

    /// Sets the property with the data.
    pub(super) fn set_data_property(&self, value: &glib::Value) {
        // SAFETY: the function stays as it is; it is C's to set what fits it.
        unsafe { self.set_c(self.function.get(), pointer(value), None) };
    }
}

fn pointer(value: &glib::Value) -> glib::Pointer {
    if cfg!(feature = "capi") {
        value.get().unwrap_or(ptr::null_mut())
    } else {
        ptr::null_mut()
    }
}

/// The data of a function of C.
pub(super) struct Data {
    pointer: gpointer,
    destroy: GDestroyNotify,
}

impl Default for Data {
    fn default() -> Self {
        Self {
            pointer: ptr::null_mut(),
            destroy: None,
        }
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        if let Some(destroy) = self.destroy {
            // SAFETY: C passed the two together, and this runs once.
            unsafe { destroy(self.pointer) };
        }
    }
}

/// A type of callbacks that C has, too.
pub(super) trait FromC {
    /// Makes a callback that calls `function`.
    ///
    /// # Safety
    ///
    /// See [`Slot::set_c`].
    unsafe fn from_c(function: NonNull<c_void>, data: Rc<Data>) -> Rc<Self>;
}

/// What the C ABI calls.
#[doc(hidden)]
impl AuthDomain {
    /// # Safety
    ///
    /// `function` is NULL or a function of the type in C's documentation, which can be called with
    /// `data` until `destroy` is.
    pub unsafe fn set_filter_c(&self, function: gpointer, data: gpointer, destroy: GDestroyNotify) {
        // SAFETY: by the caller's contract.
        unsafe { self.imp().filter.set_c(function, data, destroy) };
        self.notify_both("filter", "filter-data");
    }

    /// # Safety
    ///
    /// See [`set_filter_c`](Self::set_filter_c).
    pub unsafe fn set_generic_auth_c(
        &self,
        function: gpointer,
        data: gpointer,
        destroy: GDestroyNotify,
    ) {
        // SAFETY: by the caller's contract.
        unsafe { self.imp().generic_auth.set_c(function, data, destroy) };
        self.notify_both("generic-auth-callback", "generic-auth-data");
    }

    fn notify_both(&self, function: &str, data: &str) {
        self.notify(function);
        self.notify(data);
    }
}

#[doc(hidden)]
impl AuthDomainBasic {
    /// # Safety
    ///
    /// See [`AuthDomain::set_filter_c`].
    pub unsafe fn set_auth_c(&self, function: gpointer, data: gpointer, destroy: GDestroyNotify) {
        // SAFETY: by the caller's contract.
        unsafe { self.slot().set_c(function, data, destroy) };
        let domain: &AuthDomain = self.upcast_ref();
        domain.notify_both("auth-callback", "auth-data");
    }
}

#[doc(hidden)]
impl AuthDomainDigest {
    /// # Safety
    ///
    /// See [`AuthDomain::set_filter_c`].
    pub unsafe fn set_auth_c(&self, function: gpointer, data: gpointer, destroy: GDestroyNotify) {
        // SAFETY: by the caller's contract.
        unsafe { self.slot().set_c(function, data, destroy) };
        let domain: &AuthDomain = self.upcast_ref();
        domain.notify_both("auth-callback", "auth-data");
    }
}

type CMessage = <ServerMessage as ObjectType>::GlibType;

impl FromC for Filter {
    unsafe fn from_c(function: NonNull<c_void>, data: Rc<Data>) -> Rc<Self> {
        type Function =
            unsafe extern "C" fn(*mut WsoupAuthDomain, *mut CMessage, gpointer) -> gboolean;
        // SAFETY: by the caller's contract.
        let function: Function = unsafe { std::mem::transmute(function) };
        Rc::new(move |domain: &AuthDomain, message: &ServerMessage| {
            // SAFETY: the arguments live for the call, and so does the data, which this keeps.
            unsafe { from_glib(function(domain.as_ptr(), message.as_ptr(), data.pointer)) }
        })
    }
}

impl FromC for GenericAuth {
    unsafe fn from_c(function: NonNull<c_void>, data: Rc<Data>) -> Rc<Self> {
        type Function = unsafe extern "C" fn(
            *mut WsoupAuthDomain,
            *mut CMessage,
            *const c_char,
            gpointer,
        ) -> gboolean;
        // SAFETY: by the caller's contract.
        let function: Function = unsafe { std::mem::transmute(function) };
        Rc::new(
            move |domain: &AuthDomain, message: &ServerMessage, username: &str| {
                let username = username.to_glib_none();
                // SAFETY: as for `Filter`.
                unsafe {
                    from_glib(function(
                        domain.as_ptr(),
                        message.as_ptr(),
                        username.0,
                        data.pointer,
                    ))
                }
            },
        )
    }
}

impl FromC for BasicAuth {
    unsafe fn from_c(function: NonNull<c_void>, data: Rc<Data>) -> Rc<Self> {
        type Function = unsafe extern "C" fn(
            *mut WsoupAuthDomain,
            *mut CMessage,
            *const c_char,
            *const c_char,
            gpointer,
        ) -> gboolean;
        // SAFETY: by the caller's contract.
        let function: Function = unsafe { std::mem::transmute(function) };
        Rc::new(
            move |domain: &AuthDomainBasic,
                  message: &ServerMessage,
                  username: &str,
                  password: &str| {
                let domain: &AuthDomain = domain.upcast_ref();
                let (username, password) = (username.to_glib_none(), password.to_glib_none());
                // SAFETY: as for `Filter`.
                unsafe {
                    from_glib(function(
                        domain.as_ptr(),
                        message.as_ptr(),
                        username.0,
                        password.0,
                        data.pointer,
                    ))
                }
            },
        )
    }
}

impl FromC for DigestAuth {
    unsafe fn from_c(function: NonNull<c_void>, data: Rc<Data>) -> Rc<Self> {
        type Function = unsafe extern "C" fn(
            *mut WsoupAuthDomain,
            *mut CMessage,
            *const c_char,
            gpointer,
        ) -> *mut c_char;
        // SAFETY: by the caller's contract.
        let function: Function = unsafe { std::mem::transmute(function) };
        Rc::new(
            move |domain: &AuthDomainDigest, message: &ServerMessage, username: &str| {
                let domain: &AuthDomain = domain.upcast_ref();
                let username = username.to_glib_none();
                // SAFETY: as for `Filter`; the result is a string of ours or NULL.
                unsafe {
                    from_glib_full(function(
                        domain.as_ptr(),
                        message.as_ptr(),
                        username.0,
                        data.pointer,
                    ))
                }
            },
        )
    }
}
