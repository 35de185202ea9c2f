//! [`SessionFeature`]: the interface of what can be added to a [`Session`](crate::Session).
//!
//! It has no methods: the session knows what to do with the features of this library, and keeps
//! those of a program for it. As in libsoup, the interface's structure is private.
#![allow(unsafe_code)]

use glib::prelude::*;
use glib::subclass::prelude::*;

mod iface {
    use glib::gobject_ffi::GTypeInterface;
    use glib::subclass::prelude::*;

    #[derive(Clone, Copy)]
    #[repr(C)]
    pub struct SessionFeatureInterface {
        parent: GTypeInterface,
    }

    // SAFETY: `#[repr(C)]`, and the first field is what interface structures begin with.
    unsafe impl InterfaceStruct for SessionFeatureInterface {
        type Type = SessionFeature;
    }

    pub struct SessionFeature;

    #[glib::object_interface]
    impl ObjectInterface for SessionFeature {
        const NAME: &'static str = type_name!("SessionFeature");
        const ALLOW_NAME_CONFLICT: bool = !cfg!(feature = "capi");
        type Interface = SessionFeatureInterface;
        type Prerequisites = (glib::Object,);
    }
}

glib::wrapper! {
    /// What can be added to a [`Session`](crate::Session): cookies, extensions.
    ///
    /// See [`Session::add_feature`](crate::Session::add_feature).
    pub struct SessionFeature(ObjectInterface<iface::SessionFeature>);
}

/// What a class implements that is added to sessions: nothing but the interface. The session keeps
/// its objects, and hands them out by their type.
pub trait SessionFeatureImpl: ObjectImpl + ObjectSubclass<Type: IsA<SessionFeature>> {}

// SAFETY: the interface's structure has no function pointers that would have to be set.
unsafe impl<T: SessionFeatureImpl> IsImplementable<T> for SessionFeature {}
