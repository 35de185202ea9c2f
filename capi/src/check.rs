//! What every function of the C ABI does with its arguments: `g_return_if_fail()` for Rust.
//!
//! Each macro checks an argument and replaces it by the Rust value of the same name. When a check
//! fails, the critical that GLib would print is printed, and the function returns 0, FALSE or NULL,
//! whichever its type has. The conversions rely on the contract that every GObject function has: a
//! pointer that passes the check refers to what its type says, and stays alive for the call.
//!
//! | argument | check | value |
//! | --- | --- | --- |
//! | `require!(count > 0, "count > 0")` | the condition; the text is what C would say | |
//! | `object!(session: Session)` | an instance of the class | `&Session` |
//! | `object!(cancellable: Option<gio::Cancellable>)` | NULL or an instance | `Option<&gio::Cancellable>` |
//! | `class!(klass: WebsocketExtension)` | the structure of the class or of one derived from it | |
//! | `boxed!(uri: glib::Uri)` | not NULL | `&glib::Uri` |
//! | `text!(name)` | not NULL, UTF-8 | `&str` |
//! | `text!(origin: Option)` | NULL or UTF-8 | `Option<&str>` |
//! | `text_list!(protocols)` | NULL, or an array of UTF-8 that ends with NULL | `Vec<&str>` |
//! | `bytes!(data, length)` | not NULL, unless there are 0 | `&[u8]` |
//! | `member!(kind: WebsocketDataType)` | a value of the enumeration | `WebsocketDataType` |
//! | `flags!(options: ServerListenOptions)` | only flags that exist | `ServerListenOptions` |
//! | `types!(classes)` | NULL, or an array of class structures | `Vec<glib::Type>` |
//! | `properties!(n, names, values)` | two arrays of that many names and values | `Vec<(&str, &dyn ToValue)>` |
//! | `location!(error)` | NULL, or refers to NULL | [`ErrorLocation`] |

use std::ffi::{CStr, CString, c_char};

use glib::ffi::{GError, GList, GPtrArray, GSList, GTRUE, gboolean};
use glib::gobject_ffi::{GTypeClass, GTypeInstance};
pub(crate) use glib::object::ObjectType;
use glib::prelude::*;
pub(crate) use glib::translate::from_glib_borrow as borrow;
use glib::translate::*;

/// What a C function returns after a failed check.
pub(crate) trait Fallback {
    const FALLBACK: Self;
}

macro_rules! fallback {
    ($($type:ty = $value:expr),+ $(,)?) => {
        $(impl Fallback for $type {
            const FALLBACK: Self = $value;
        })+
    };
}

fallback! { i32 = 0, i64 = 0, u16 = 0, u32 = 0, u64 = 0, usize = 0 }

impl Fallback for f64 {
    const FALLBACK: Self = 0.0;
}

impl Fallback for () {
    const FALLBACK: Self = ();
}

impl<T> Fallback for *mut T {
    const FALLBACK: Self = std::ptr::null_mut();
}

impl<T> Fallback for *const T {
    const FALLBACK: Self = std::ptr::null();
}

macro_rules! require {
    ($condition:expr, $text:expr) => {
        if !$condition {
            fn here() {}
            $crate::check::failed(std::any::type_name_of_val(&here), $text);
            return $crate::check::Fallback::FALLBACK;
        }
    };
}

macro_rules! object {
    ($object:ident: Option<$type:ty>) => {
        $crate::check::require!(
            $object.is_null() || $crate::check::is_a::<$type>($object),
            &format!(
                "{0} == NULL || {1}",
                stringify!($object),
                $crate::check::is_macro::<$type>(stringify!($object))
            )
        );
        let $object: Option<&$type> = if $object.is_null() {
            None
        } else {
            // SAFETY: the check found an instance of the class.
            Some(unsafe { $crate::check::ObjectType::from_glib_ptr_borrow(&$object) })
        };
    };
    ($object:ident: $type:ty) => {
        $crate::check::require!(
            $crate::check::is_a::<$type>($object),
            &$crate::check::is_macro::<$type>(stringify!($object))
        );
        // SAFETY: the check found an instance of the class.
        let $object: &$type = unsafe { $crate::check::ObjectType::from_glib_ptr_borrow(&$object) };
    };
}

macro_rules! class {
    ($class:ident: $type:ty) => {
        $crate::check::require!(
            $crate::check::is_class_of::<$type>($class),
            &$crate::check::is_macro::<$type>(stringify!($class)).replace(" (", "_CLASS (")
        );
    };
}

macro_rules! boxed {
    ($boxed:ident: Option<$type:ty>) => {
        let $boxed = (!$boxed.is_null()).then(|| {
            // SAFETY: a pointer that is not NULL refers to what its type says.
            unsafe { $crate::check::borrow::<_, $type>($boxed) }
        });
        let $boxed: Option<&$type> = $boxed.as_deref();
    };
    ($boxed:ident: $type:ty) => {
        $crate::check::require!(!$boxed.is_null(), concat!(stringify!($boxed), " != NULL"));
        // SAFETY: the pointer is not NULL, so it refers to what its type says.
        let $boxed = unsafe { $crate::check::borrow::<_, $type>($boxed) };
        let $boxed: &$type = &$boxed;
    };
}

macro_rules! text {
    ($text:ident: Option) => {
        let $text = if $text.is_null() {
            None
        } else {
            $crate::check::text!($text);
            Some($text)
        };
    };
    ($text:ident) => {
        $crate::check::require!(!$text.is_null(), concat!(stringify!($text), " != NULL"));
        // SAFETY: the pointer is not NULL, so it refers to a string.
        let $text = unsafe { $crate::check::utf8($text) };
        $crate::check::require!(
            $text.is_some(),
            concat!("g_utf8_validate (", stringify!($text), ", -1, NULL)")
        );
        let $text = $text.unwrap_or_default();
    };
}

macro_rules! text_list {
    ($list:ident) => {
        // SAFETY: the pointer is NULL or refers to an array of strings that ends with NULL.
        let $list = unsafe { $crate::check::utf8_list($list) };
        $crate::check::require!(
            $list.is_some(),
            concat!(stringify!($list), " are valid UTF-8")
        );
        let $list = $list.unwrap_or_default();
    };
}

macro_rules! bytes {
    ($data:ident, $length:ident) => {
        $crate::check::require!(
            !$data.is_null() || $length == 0,
            concat!(
                stringify!($data),
                " != NULL || ",
                stringify!($length),
                " == 0"
            )
        );
        let $data: &[u8] = if $length == 0 {
            &[]
        } else {
            // SAFETY: the pointer is not NULL, so it refers to that many bytes.
            unsafe { std::slice::from_raw_parts($data.cast(), $length) }
        };
    };
}

macro_rules! member {
    ($value:ident: $type:ty) => {
        // SAFETY: any number may be asked about.
        let member = unsafe { <$type as glib::translate::TryFromGlib<i32>>::try_from_glib($value) };
        let Ok($value) = member else {
            $crate::check::require!(
                false,
                &$crate::check::is_member::<$type>(stringify!($value), $value)
            );
            return $crate::check::Fallback::FALLBACK;
        };
    };
}

macro_rules! flags {
    ($flags:ident: $type:ty) => {
        let Some($flags) = <$type>::from_bits($flags) else {
            $crate::check::require!(
                false,
                concat!(stringify!($flags), " are Wsoup", stringify!($type))
            );
            return $crate::check::Fallback::FALLBACK;
        };
    };
}

macro_rules! types {
    ($classes:ident) => {
        // SAFETY: the pointer is NULL or refers to an array of class structures.
        let $classes: Vec<glib::Type> = unsafe { $crate::check::types_of_classes($classes) };
    };
}

macro_rules! properties {
    ($count:ident, $names:ident, $values:ident) => {
        $crate::check::require!(
            $count == 0 || (!$names.is_null() && !$values.is_null()),
            concat!(
                stringify!($count),
                " == 0 || (",
                stringify!($names),
                " != NULL && ",
                stringify!($values),
                " != NULL)"
            )
        );
        let mut properties: Vec<(&str, &dyn glib::value::ToValue)> = Vec::new();
        for index in 0..$count as usize {
            // SAFETY: the arrays have that many elements; a GValue is what `glib::Value` wraps.
            let (name, value) = unsafe {
                (
                    *$names.add(index),
                    &*$values.add(index).cast::<glib::Value>(),
                )
            };
            $crate::check::text!(name);
            $crate::check::require!(
                value.type_().is_valid(),
                concat!("G_IS_VALUE (&", stringify!($values), "[i])")
            );
            properties.push((name, value));
        }
        let $values = properties;
    };
}

macro_rules! location {
    ($error:ident) => {
        // SAFETY: the pointer is NULL or refers to a location, which may be read.
        let unset = $error.is_null() || unsafe { (*$error).is_null() };
        $crate::check::require!(
            unset,
            concat!(
                stringify!($error),
                " == NULL || *",
                stringify!($error),
                " == NULL"
            )
        );
        let $error = $crate::check::ErrorLocation::new($error);
    };
}

pub(crate) use {
    boxed, bytes, class, flags, location, member, object, properties, require, text, text_list,
    types,
};

/// Prints what `g_return_if_fail()` prints; `here` is the path of an item in the C function.
#[cold]
pub(crate) fn failed(here: &str, text: &str) {
    let function = here.rsplit("::").nth(1).unwrap_or(here);
    let (function, text) = (
        CString::new(function).unwrap_or_default(),
        CString::new(text).unwrap_or_default(),
    );
    // SAFETY: the strings outlive the call.
    unsafe {
        glib::ffi::g_return_if_fail_warning(c"Wsoup".as_ptr(), function.as_ptr(), text.as_ptr());
    }
}

/// Whether `instance` is one of the class `T`; NULL is not.
pub(crate) fn is_a<T: StaticType>(instance: *mut impl Sized) -> bool {
    let instance = instance.cast::<GTypeInstance>();
    // SAFETY: NULL is allowed, anything else is an instance of some class.
    unsafe {
        glib::gobject_ffi::g_type_check_instance_is_a(instance, T::static_type().into_glib()) != 0
    }
}

/// Whether `class` is the structure of the class `T` or of one derived from it; NULL is not.
pub(crate) fn is_class_of<T: StaticType>(class: *mut impl Sized) -> bool {
    // SAFETY: NULL is allowed, anything else is the structure of some class.
    unsafe {
        glib::gobject_ffi::g_type_check_class_is_a(class.cast(), T::static_type().into_glib()) != 0
    }
}

/// The check as C writes it: `WSOUP_IS_SESSION (session)`, `G_IS_IO_STREAM (stream)`.
#[cold]
pub(crate) fn is_macro<T: StaticType>(argument: &str) -> String {
    let type_ = T::static_type();
    let (prefix, name) = match type_.name().strip_prefix("Wsoup") {
        Some(name) => ("WSOUP", name),
        None => ("G", type_.name().trim_start_matches('G')),
    };
    let mut words = String::new();
    let letters: Vec<char> = name.chars().collect();
    for (index, letter) in letters.iter().enumerate() {
        let starts_word = letters
            .get(index + 1)
            .is_some_and(|next| next.is_lowercase());
        let ends_word = index > 0 && letters[index - 1].is_lowercase();
        if letter.is_uppercase() && (starts_word || ends_word) {
            words.push('_');
        }
        words.push(letter.to_ascii_uppercase());
    }
    format!("{prefix}_IS_{} ({argument})", words.trim_start_matches('_'))
}

/// What is said of a number that is no value of the enumeration `T`.
#[cold]
pub(crate) fn is_member<T: StaticType>(argument: &str, value: i32) -> String {
    let argument = argument.trim_start_matches("r#");
    format!(
        "{argument} is a value of {} (it is {value})",
        T::static_type()
    )
}

/// The string that C passed, if it is UTF-8.
///
/// # Safety
/// `text` is a string that lives for `'a`.
pub(crate) unsafe fn utf8<'a>(text: *const c_char) -> Option<&'a str> {
    // SAFETY: by the caller's contract.
    let text = unsafe { CStr::from_ptr(text) };
    simdutf8::basic::from_utf8(text.to_bytes()).ok()
}

/// The strings that C passed, if they are UTF-8; none for NULL.
///
/// # Safety
/// `list` is NULL or an array of strings that ends with NULL; all live for `'a`.
pub(crate) unsafe fn utf8_list<'a>(list: *mut *mut c_char) -> Option<Vec<&'a str>> {
    if list.is_null() {
        return Some(Vec::new());
    }
    // SAFETY: by the caller's contract; nothing past the NULL is read.
    unsafe {
        let length = (0..)
            .take_while(|&index| !(*list.add(index)).is_null())
            .count();
        (0..length).map(|index| utf8(*list.add(index))).collect()
    }
}

/// The types of an array of class structures; none for NULL.
///
/// # Safety
/// `classes` is NULL or an array of `GTypeClass *`.
pub(crate) unsafe fn types_of_classes(classes: *mut GPtrArray) -> Vec<glib::Type> {
    if classes.is_null() {
        return Vec::new();
    }
    // SAFETY: by the caller's contract.
    unsafe {
        let (pointers, length) = ((*classes).pdata, (*classes).len as usize);
        let class = |index| *pointers.add(index).cast::<*mut GTypeClass>();
        (0..length)
            .map(|index| from_glib((*class(index)).g_type))
            .collect()
    }
}

/// A `(transfer container)` list of objects, which live elsewhere.
pub(crate) fn list_of(objects: &[impl ObjectType]) -> *mut GSList {
    objects
        .iter()
        .rev()
        .fold(std::ptr::null_mut(), |list, object| {
            // SAFETY: the list is ours, and does not look at what it holds.
            unsafe { glib::ffi::g_slist_prepend(list, object.as_ptr().cast()) }
        })
}

/// Puts `value` where an `(out) (optional)` argument points to.
///
/// # Safety
/// `location` is NULL or may be written to.
pub(crate) unsafe fn put<T>(location: *mut T, value: T) {
    if !location.is_null() {
        // SAFETY: by the caller's contract.
        unsafe { location.write(value) };
    }
}

/// An `(out) (optional) (transfer full)` list; NULL is put there first.
pub(crate) struct OutList(*mut *mut GList);

impl OutList {
    pub(crate) fn new(location: *mut *mut GList) -> Self {
        let list = Self(location);
        list.put(std::ptr::null_mut);
        list
    }

    pub(crate) fn set(self, extensions: &[wsoup::WebsocketExtension]) {
        self.put(|| extensions.to_glib_full());
    }

    fn put(&self, list: impl FnOnce() -> *mut GList) {
        if !self.0.is_null() {
            // SAFETY: a location that is not NULL is valid.
            unsafe { *self.0 = list() };
        }
    }
}

/// Where a function that fails puts its error; made by `location!`, which has checked the pointer.
pub(crate) struct ErrorLocation(*mut *mut GError);

impl ErrorLocation {
    pub(crate) fn new(location: *mut *mut GError) -> Self {
        Self(location)
    }

    pub(crate) fn as_ptr(&self) -> *mut *mut GError {
        self.0
    }
}

/// A time as GLib has it.
pub(crate) fn microseconds(time: std::time::Duration) -> crate::types::GTimeSpan {
    time.as_micros()
        .try_into()
        .unwrap_or(crate::types::GTimeSpan::MAX)
}

/// How a `Result` leaves for C.
pub(crate) trait OrError<T> {
    /// The value, or what a function returns that failed; then the error is at `location`.
    fn or_error(self, location: ErrorLocation) -> T;
}

impl<T: Fallback> OrError<T> for Result<T, glib::Error> {
    fn or_error(self, location: ErrorLocation) -> T {
        or_error_with(self, location, T::FALLBACK)
    }
}

/// As [`OrError::or_error`], for a function that returns `fallback` when it failed.
pub(crate) fn or_error_with<T>(
    result: Result<T, glib::Error>,
    location: ErrorLocation,
    fallback: T,
) -> T {
    result.unwrap_or_else(|error| {
        if !location.0.is_null() {
            // SAFETY: the location is valid and holds no error.
            unsafe { *location.0 = error.into_glib_ptr() };
        }
        fallback
    })
}

/// TRUE or FALSE.
impl OrError<gboolean> for Result<(), glib::Error> {
    fn or_error(self, location: ErrorLocation) -> gboolean {
        self.map(|()| GTRUE).or_error(location)
    }
}
