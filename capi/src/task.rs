//! The raw `GTask` behind an asynchronous function and its `_finish`.
//!
//! gio's Rust wrapper panics in a thread that cannot acquire its thread-default context. C may call
//! from any thread, and its callback is passed on as it is.

use std::ffi::c_int;

use gio::ffi::{GAsyncReadyCallback, GAsyncResult, GTask};
use glib::ffi::gpointer;
use glib::gobject_ffi::GObject;
use glib::prelude::*;
use glib::translate::*;

use crate::check::ErrorLocation;

/// A task that has not returned yet; dropped without returning, it never does.
pub(crate) struct Task(*mut GTask);

impl Task {
    /// `tag` tells the tasks of one function from those of others.
    pub(crate) fn new(
        source: &impl IsA<glib::Object>,
        cancellable: Option<&gio::Cancellable>,
        callback: GAsyncReadyCallback,
        user_data: gpointer,
        tag: gpointer,
        priority: c_int,
    ) -> Self {
        // SAFETY: the task takes references of its own; callback and data are passed on unseen.
        unsafe {
            let source = source.as_object_ref().to_glib_none().0;
            let task =
                gio::ffi::g_task_new(source, cancellable.to_glib_none().0, callback, user_data);
            gio::ffi::g_task_set_source_tag(task, tag);
            gio::ffi::g_task_set_priority(task, priority);
            Self(task)
        }
    }

    /// Has the task return what it has, even if it is cancelled before its callback is called: what was
    /// taken out of a connection must not be lost, and what was sent not be called cancelled.
    pub(crate) fn keep_result(self) -> Self {
        // SAFETY: the task is alive, and not shared yet.
        unsafe { gio::ffi::g_task_set_check_cancellable(self.0, glib::ffi::GFALSE) };
        self
    }

    pub(crate) fn priority(&self) -> glib::Priority {
        // SAFETY: the task is alive, and every number is a priority.
        unsafe { from_glib(gio::ffi::g_task_get_priority(self.0)) }
    }

    /// Keeps an object with the task, see [`Task::data`].
    pub(crate) fn set_data(&self, object: &impl IsA<glib::Object>) {
        // SAFETY: the task owns the reference that it is given, and drops it as it should be.
        unsafe {
            let object: *mut GObject = object.as_object_ref().to_glib_full();
            gio::ffi::g_task_set_task_data(self.0, object.cast(), Some(unref));
        }
    }

    /// Returns an object, which is handed over, or an error.
    pub(crate) fn return_object(self, result: Result<impl IsA<glib::Object>, glib::Error>) {
        // SAFETY: the task returns once, since it is consumed; it owns what it is given.
        unsafe {
            match result {
                Ok(object) => {
                    let object: *mut GObject = object.upcast::<glib::Object>().into_glib_ptr();
                    gio::ffi::g_task_return_pointer(self.0, object.cast(), Some(unref));
                }
                Err(error) => gio::ffi::g_task_return_error(self.0, error.into_glib_ptr()),
            }
        }
    }

    /// Returns a value, which [`take`](Self::take) gets, or an error.
    pub(crate) fn return_value<T>(self, result: Result<T, glib::Error>) {
        unsafe extern "C" fn drop_value<T>(value: gpointer) {
            // SAFETY: called at most once, with what was made of the box.
            drop(unsafe { Box::from_raw(value.cast::<T>()) });
        }
        // SAFETY: the task returns once, since it is consumed; it owns what it is given.
        unsafe {
            match result {
                Ok(value) => {
                    let value = Box::into_raw(Box::new(value)).cast();
                    gio::ffi::g_task_return_pointer(self.0, value, Some(drop_value::<T>));
                }
                Err(error) => gio::ffi::g_task_return_error(self.0, error.into_glib_ptr()),
            }
        }
    }

    /// Takes the value that a task has returned, or its error.
    ///
    /// # Safety
    /// `is_of` found a task, which returned a `T` by [`return_value`](Self::return_value).
    pub(crate) unsafe fn take<T>(result: *mut GAsyncResult) -> Result<T, glib::Error> {
        let mut error = std::ptr::null_mut();
        // SAFETY: by the caller's contract; without an error the pointer is the box's, and ours.
        unsafe {
            let value = gio::ffi::g_task_propagate_pointer(result.cast(), &mut error);
            if !error.is_null() {
                return Err(from_glib_full(error));
            }
            if value.is_null() {
                let text = "the result was taken already";
                return Err(glib::Error::new(gio::IOErrorEnum::Failed, text));
            }
            Ok(*Box::from_raw(value.cast::<T>()))
        }
    }

    /// Whether `result` is a task of `source` with `tag`.
    pub(crate) fn is_of(
        result: *mut GAsyncResult,
        source: &impl IsA<glib::Object>,
        tag: gpointer,
    ) -> bool {
        // SAFETY: NULL is allowed, and anything else is an object; a valid one is a task.
        unsafe {
            let source: *mut GObject = source.as_object_ref().to_glib_none().0;
            gio::ffi::g_task_is_valid(result.cast(), source.cast()) != 0
                && gio::ffi::g_task_get_source_tag(result.cast()) == tag
        }
    }

    /// The object that a task has returned, or NULL and its error. It was checked by `is_of`.
    pub(crate) fn propagate<T>(result: *mut GAsyncResult, error: ErrorLocation) -> *mut T {
        // SAFETY: `is_of` found a task; the location is valid and holds no error.
        unsafe { gio::ffi::g_task_propagate_pointer(result.cast(), error.as_ptr()).cast() }
    }

    /// What `set_data` has kept, or NULL if `result` is no task of `source` with `tag`.
    pub(crate) fn data<T>(
        result: *mut GAsyncResult,
        source: &impl IsA<glib::Object>,
        tag: gpointer,
    ) -> *mut T {
        if !Self::is_of(result, source, tag) {
            return std::ptr::null_mut();
        }
        // SAFETY: `is_of` found a task.
        unsafe { gio::ffi::g_task_get_task_data(result.cast()).cast() }
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        // SAFETY: gives back the reference of `new`.
        unsafe { glib::gobject_ffi::g_object_unref(self.0.cast()) };
    }
}

unsafe extern "C" fn unref(object: gpointer) {
    // SAFETY: called with the objects that were given to the task.
    unsafe { glib::gobject_ffi::g_object_unref(object.cast()) };
}
