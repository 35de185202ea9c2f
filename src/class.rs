//! What a derivable class needs so that C sees its class and instance structures.

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
