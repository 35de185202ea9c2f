//! Public suffixes: domains such as `co.uk`, under which anybody can have a name, so that no cookie may
//! be for all of it.
//!
//! The list changes by the week, and is the system's: that of libpsl, which is looked for when it is
//! needed first. See docs/decisions/0005-cookies.md.
#![allow(unsafe_code)]

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::sync::OnceLock;

#[cfg(target_os = "macos")]
const LIBRARY: &CStr = c"libpsl.5.dylib";
#[cfg(not(target_os = "macos"))]
const LIBRARY: &CStr = c"libpsl.so.5";

type Latest = unsafe extern "C" fn(*const c_char) -> *mut c_void;
type IsPublicSuffix = unsafe extern "C" fn(*const c_void, *const c_char) -> c_int;

/// libpsl, and the list that it has.
struct List {
    is_public_suffix: IsPublicSuffix,
    context: *const c_void,
}

// SAFETY: a list does not change after it was loaded; libpsl may be asked by several threads at once.
unsafe impl Send for List {}
// SAFETY: as above.
unsafe impl Sync for List {}

/// Whether `domain`, in ASCII and lower case, is a public suffix; `None` if nobody knows.
pub(super) fn is_public_suffix(domain: &str) -> Option<bool> {
    static LIST: OnceLock<Option<List>> = OnceLock::new();
    // The root may be named, and changes nothing.
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    // Whatever a list says: nobody owns a top-level domain's names.
    if !domain.contains('.') {
        return Some(true);
    }
    let list = LIST.get_or_init(load).as_ref()?;
    let domain = CString::new(domain).ok()?;
    // SAFETY: the context is a list that stays, the domain a string.
    Some(unsafe { (list.is_public_suffix)(list.context, domain.as_ptr()) } != 0)
}

#[cfg(unix)]
fn load() -> Option<List> {
    // SAFETY: libpsl runs nothing when it is loaded, and is never unloaded. The functions have the
    // signatures that its version 5 documents; NULL is for no file beside those that it knows.
    unsafe {
        let library = libc::dlopen(LIBRARY.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL);
        if library.is_null() {
            return None;
        }
        let latest = libc::dlsym(library, c"psl_latest".as_ptr());
        let is_public_suffix = libc::dlsym(library, c"psl_is_public_suffix".as_ptr());
        if latest.is_null() || is_public_suffix.is_null() {
            return None;
        }
        let latest = std::mem::transmute::<*mut c_void, Latest>(latest);
        let context = latest(std::ptr::null());
        (!context.is_null()).then(|| List {
            is_public_suffix: std::mem::transmute::<*mut c_void, IsPublicSuffix>(is_public_suffix),
            context,
        })
    }
}

#[cfg(not(unix))]
fn load() -> Option<List> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_list_is_found() {
        for (domain, expected) in [
            ("com", true),
            ("co.uk", true),
            ("example.com", false),
            ("example.co.uk", false),
            ("com.", true),
            ("co.uk.", true),
            ("example.com.", false),
        ] {
            assert_eq!(is_public_suffix(domain), Some(expected), "{domain}");
        }
    }
}
