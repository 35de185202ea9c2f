//! What a derivable class needs so that C sees its class and instance structures; objects of classes
//! that are only known at run time.

use glib::gobject_ffi::GValue;
use glib::subclass::prelude::*;
use glib::translate::*;
use std::ffi::{CStr, CString};
use std::str::Utf8Error;

/// Makes what properties and signals are made of, and so registers their types, while `T` itself is
/// being registered.
///
/// GLib (2.74 does) holds a lock while it initialises a class. If a class waited there for a type
/// that another thread is just registering, which takes that lock, neither would go on.
pub(crate) fn register_types_of<T: ObjectImpl>() {
    T::properties();
    T::signals();
}

/// Whether `type_` is a class of which there can be objects.
#[allow(unsafe_code)]
pub(crate) fn is_concrete(type_: glib::Type) -> bool {
    use glib::gobject_ffi::{G_TYPE_FLAG_ABSTRACT, G_TYPE_FLAG_INSTANTIATABLE, g_type_test_flags};
    // SAFETY: any type may be asked.
    let has = |flag| unsafe { g_type_test_flags(type_.into_glib(), flag) != 0 };
    // An interface is an object, too, if it has that as a prerequisite.
    type_.is_a(glib::Type::OBJECT) && has(G_TYPE_FLAG_INSTANTIATABLE) && !has(G_TYPE_FLAG_ABSTRACT)
}

/// The text that a string property is to be set to. It may be no UTF-8, of which GObject knows nothing
/// and which `Value::get()` takes for a fault of ours; then it is `Err`, after a critical.
#[allow(unsafe_code)]
pub(crate) fn text_property(
    value: &glib::Value,
    pspec: &glib::ParamSpec,
) -> Result<Option<glib::GString>, Utf8Error> {
    // SAFETY: for a value that holds no string this is NULL; the string lives as long as the value.
    let text = unsafe {
        let text = glib::gobject_ffi::g_value_get_string(value.to_glib_none().0);
        (!text.is_null()).then(|| CStr::from_ptr(text))
    };
    let text = text.map(|text| text.to_str().map(glib::GString::from));
    text.transpose().inspect_err(|_| {
        glib::g_critical!(
            "Wsoup",
            "property “{}” set to what is no valid UTF-8",
            pspec.name()
        );
    })
}

/// Makes an object of a class, with properties that the class has; `None` if there can be no object.
///
/// What is wrong with a property is said by GObject: `glib::Object::with_type()` would panic, and so
/// it would for classes that another library means to be made in its own way.
#[allow(unsafe_code)]
pub(crate) fn new_object(
    type_: glib::Type,
    properties: &[(String, glib::Value)],
) -> Option<glib::Object> {
    if !is_concrete(type_) {
        return None;
    }
    let names = properties.iter().map(|(name, _)| CString::new(&**name));
    let names: Vec<CString> = names.collect::<Result<_, _>>().ok()?;
    let mut names: Vec<_> = names.iter().map(|name| name.as_ptr()).collect();
    // SAFETY: names and values are as many as is said and live for the call, which copies what it
    // keeps of the values. A reference that nobody owns yet is made ours.
    unsafe {
        let values: Vec<_> = properties
            .iter()
            .map(|(_, value)| *ToGlibPtr::<*const GValue>::to_glib_none(value).0)
            .collect();
        let object = glib::gobject_ffi::g_object_new_with_properties(
            type_.into_glib(),
            u32::try_from(values.len()).ok()?,
            names.as_mut_ptr(),
            values.as_ptr(),
        );
        if glib::gobject_ffi::g_object_is_floating(object) != 0 {
            glib::gobject_ffi::g_object_ref_sink(object);
        }
        from_glib_full(object)
    }
}

/// Makes the `#[repr(C)]` structures `$instance` and `$class`, whose first fields are those of
/// GObject, the ones of the subclass `$imp`.
macro_rules! class_structs {
    ($imp:ty, $instance:ty, $class:ty) => {
        // SAFETY: `#[repr(C)]`, and the first field is the instance structure of the parent.
        #[allow(unsafe_code)]
        unsafe impl glib::subclass::types::InstanceStruct for $instance {
            type Type = $imp;
        }

        // SAFETY: `#[repr(C)]`, and the first field is the class structure of the parent.
        #[allow(unsafe_code)]
        unsafe impl glib::subclass::types::ClassStruct for $class {
            type Type = $imp;
        }

        impl std::ops::Deref for $class {
            type Target = glib::Class<glib::Object>;

            #[allow(unsafe_code)]
            fn deref(&self) -> &Self::Target {
                // SAFETY: a class structure begins with that of its parent.
                unsafe { &*std::ptr::from_ref(self).cast() }
            }
        }

        impl std::ops::DerefMut for $class {
            #[allow(unsafe_code)]
            fn deref_mut(&mut self) -> &mut Self::Target {
                // SAFETY: a class structure begins with that of its parent.
                unsafe { &mut *std::ptr::from_mut(self).cast() }
            }
        }
    };
}
