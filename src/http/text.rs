//! Strings that C may borrow.
//!
//! A C getter that returns `const char *` lends out memory which has to stay where it is until the
//! value changes. A [`GString`](glib::GString) may hold a short string inline and so moves with
//! its owner; a [`Text`] is always on the heap and always NUL-terminated.

use std::ffi::c_char;

/// An immutable, NUL-terminated string at a stable address.
#[derive(Clone)]
pub(crate) struct Text(Box<str>);

impl Text {
    /// Copies `text`, up to its first NUL: C could see no further.
    pub(crate) fn new(text: &str) -> Self {
        let text = text.split('\0').next().unwrap_or_default();
        let mut terminated = String::with_capacity(text.len() + 1);
        terminated.push_str(text);
        terminated.push('\0');
        Self(terminated.into_boxed_str())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0[..self.0.len() - 1]
    }

    pub(crate) fn as_ptr(&self) -> *const c_char {
        self.0.as_ptr().cast()
    }

    pub(crate) fn to_gstring(&self) -> glib::GString {
        self.as_str().into()
    }
}

/// The address of an optional string, NULL for `None`.
pub(crate) fn as_ptr_or_null(text: Option<&Text>) -> *const c_char {
    text.map_or(std::ptr::null(), Text::as_ptr)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_terminated_and_stays_where_it_is() {
        let text = Text::new("abc");
        let before = text.as_ptr();
        let moved = Box::new(text);
        assert_eq!(moved.as_ptr(), before);
        assert_eq!(moved.as_str(), "abc");
        assert_eq!(&*moved.0, "abc\0");
    }

    #[test]
    fn a_text_ends_at_the_first_nul() {
        assert_eq!(Text::new("a\0b").as_str(), "a");
        assert_eq!(Text::new("").as_str(), "");
    }
}
