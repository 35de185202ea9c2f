//! Writing a [`CookieJar`] in Rust, one that keeps its cookies in a file for instance.

use super::{Cookie, CookieJar, class};
use glib::prelude::*;
use glib::subclass::prelude::*;

/// What a class derived from [`CookieJar`] implements.
pub trait CookieJarImpl: ObjectImpl + ObjectSubclass<Type: IsA<CookieJar>> {
    /// Called first when `changed` is emitted, see [`CookieJar::connect_changed`].
    fn changed(&self, old_cookie: Option<&Cookie>, new_cookie: Option<&Cookie>) {
        self.parent_changed(old_cookie, new_cookie);
    }
}

/// The virtual method of the parent class, for [`CookieJarImpl`]s to chain up to.
pub trait CookieJarImplExt: CookieJarImpl {
    /// Chains up to `changed`.
    fn parent_changed(&self, old_cookie: Option<&Cookie>, new_cookie: Option<&Cookie>) {
        class::parent_changed(self, old_cookie, new_cookie);
    }
}

impl<T: CookieJarImpl> CookieJarImplExt for T {}
