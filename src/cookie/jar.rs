//! [`CookieJar`]: the feature that keeps the cookies of a session.

use super::class::{WsoupCookieJar, WsoupCookieJarClass};
use super::parse::{Setter, parse};
use super::scope::canonical_host;
use super::store::{Change, Store};
use super::suffix::is_public_suffix;
use super::{Cookie, class, now};
use crate::feature::{SessionFeature, SessionFeatureImpl};
use crate::http::text::Text;
use crate::{CookieJarAcceptPolicy, MessageHeaders};
use glib::prelude::*;
use glib::subclass::Signal;
use glib::subclass::prelude::*;
use glib::{GString, SignalHandlerId, Uri, closure_local};
use std::cell::{Cell, RefCell};
use std::sync::LazyLock;

pub(super) mod imp {
    use super::*;

    pub struct CookieJar {
        pub(super) store: RefCell<Store>,
        pub(super) accept_policy: Cell<CookieJarAcceptPolicy>,
        /// What says the present time; tests have another one.
        pub(super) clock: Cell<fn() -> i64>,
    }

    impl Default for CookieJar {
        fn default() -> Self {
            Self {
                store: RefCell::default(),
                accept_policy: Cell::new(CookieJarAcceptPolicy::Always),
                clock: Cell::new(now),
            }
        }
    }

    #[glib::object_subclass]
    impl ObjectSubclass for CookieJar {
        const NAME: &'static str = type_name!("CookieJar");
        const ALLOW_NAME_CONFLICT: bool = !cfg!(feature = "capi");
        type Type = super::CookieJar;
        type Instance = WsoupCookieJar;
        type Class = WsoupCookieJarClass;
        type Interfaces = (SessionFeature,);
    }

    impl ObjectImpl for CookieJar {
        fn properties() -> &'static [glib::ParamSpec] {
            static PROPERTIES: LazyLock<Vec<glib::ParamSpec>> = LazyLock::new(|| {
                let always = CookieJarAcceptPolicy::Always;
                vec![
                    glib::ParamSpecEnum::builder_with_default("accept-policy", always)
                        .explicit_notify()
                        .build(),
                ]
            });
            &PROPERTIES
        }

        fn signals() -> &'static [Signal] {
            static SIGNALS: LazyLock<Vec<Signal>> = LazyLock::new(|| {
                vec![
                    Signal::builder("changed")
                        .run_first()
                        .param_types([Cookie::static_type(), Cookie::static_type()])
                        .class_handler(|values| {
                            // GObject has checked the types.
                            if let Ok(jar) = values[0].get::<super::CookieJar>() {
                                let cookie = |index: usize| values[index].get().unwrap_or_default();
                                let (old, new): (Option<Cookie>, Option<Cookie>) =
                                    (cookie(1), cookie(2));
                                class::changed(&jar, old.as_ref(), new.as_ref());
                            }
                            None
                        })
                        .build(),
                ]
            });
            &SIGNALS
        }

        fn set_property(&self, _id: usize, value: &glib::Value, pspec: &glib::ParamSpec) {
            // GObject has checked the type.
            if let Ok(policy) = value.get()
                && self.accept_policy.replace(policy) != policy
            {
                self.obj().notify_by_pspec(pspec);
            }
        }

        fn property(&self, _id: usize, _pspec: &glib::ParamSpec) -> glib::Value {
            self.accept_policy.get().to_value()
        }
    }

    impl SessionFeatureImpl for CookieJar {}
}

glib::wrapper! {
    /// Keeps the cookies that servers set, and sends them with later requests.
    ///
    /// A jar is added to a [`Session`](crate::Session), or to several; without one, cookies are
    /// ignored. It lives in memory: a program that wants cookies to outlast it listens to
    /// [`changed`](Self::connect_changed), stores what it is told, and adds that to the jar of the next
    /// time.
    ///
    /// ```
    /// use wsoup::{Cookie, CookieJar, Session};
    ///
    /// let session = Session::new();
    /// let jar = CookieJar::new();
    /// session.add_feature(&jar);
    /// jar.add_cookie(Cookie::new("token", "s3cret", "example.org", "/", -1).unwrap());
    /// let uri = glib::Uri::parse("wss://example.org/chat", glib::UriFlags::NONE).unwrap();
    /// assert_eq!(jar.cookies(&uri, true).as_deref(), Some("token=s3cret"));
    /// ```
    ///
    /// What a jar keeps is bounded: 4096 bytes of name and value a cookie, 180 cookies a domain, 3000 in
    /// all. Above that, those go first that were not used for longest.
    pub struct CookieJar(ObjectSubclass<imp::CookieJar>) @implements SessionFeature;
}

impl Default for CookieJar {
    fn default() -> Self {
        Self::new()
    }
}

impl CookieJar {
    /// Creates an empty jar.
    pub fn new() -> Self {
        glib::Object::new()
    }

    /// Which cookies of servers are kept.
    #[doc(alias = "get_accept_policy")]
    pub fn accept_policy(&self) -> CookieJarAcceptPolicy {
        self.imp().accept_policy.get()
    }

    /// Sets which cookies of servers are kept. Those that are in the jar stay.
    pub fn set_accept_policy(&self, policy: CookieJarAcceptPolicy) {
        self.set_property("accept-policy", policy);
    }

    /// Adds a cookie, in place of one that has the same name, domain and path.
    ///
    /// One that has expired removes that instead. A cookie for all of a public suffix, such as
    /// `.co.uk`, is not added. The policy of the jar is for servers, not for this method.
    pub fn add_cookie(&self, mut cookie: Cookie) {
        let Some(domain) = cookie.domain.as_ref().map(Text::as_str) else {
            return glib::g_critical!("Wsoup", "a cookie in a jar needs a domain");
        };
        let (dot, host) = match domain.strip_prefix('.') {
            Some(host) => (".", canonical_host(host)),
            None => ("", canonical_host(domain)),
        };
        if !dot.is_empty() && is_public_suffix(&host) == Some(true) {
            return glib::g_debug!("Wsoup", "no cookie is for all of {host}");
        }
        cookie.domain = Some(Text::new(&format!("{dot}{host}")));
        let changes = self.imp().store.borrow_mut().add(cookie, self.now());
        self.tell(changes);
    }

    /// Removes the cookie that is [equal](Cookie::equal) to `cookie`, if there is one.
    pub fn delete_cookie(&self, cookie: &Cookie) {
        let removed = self.imp().store.borrow_mut().remove(cookie);
        self.tell(removed.map(|cookie| (Some(cookie), None)));
    }

    /// Copies of all cookies.
    pub fn all_cookies(&self) -> Vec<Cookie> {
        self.imp().store.borrow().all()
    }

    /// The value of `Cookie` for a request to `uri`; `None` if there is no cookie for it.
    ///
    /// The schemes are `ws`, `wss`, `http` and `https`. Without `for_http`, as for the scripts of a
    /// page, cookies that are for HTTP alone are left out.
    #[doc(alias = "get_cookies")]
    pub fn cookies(&self, uri: &Uri, for_http: bool) -> Option<GString> {
        let is_secure = is_secure(uri)?;
        let setter = Setter::of(uri)?;
        let path = if setter.path.is_empty() {
            "/"
        } else {
            &setter.path
        };
        let expired = self.imp().store.borrow_mut().drop_expired(self.now());
        self.tell(expired);
        let mut store = self.imp().store.borrow_mut();
        let header = store.header(&setter.host, path, is_secure, for_http)?;
        Some(header.into())
    }

    /// Calls `f` with the cookie that went and the one that came: a cookie was added, changed (both are
    /// there), or removed, because it expired for instance.
    pub fn connect_changed(
        &self,
        f: impl Fn(&Self, Option<&Cookie>, Option<&Cookie>) + 'static,
    ) -> SignalHandlerId {
        self.connect_closure(
            "changed",
            false,
            closure_local!(|jar: &Self, old: Option<Cookie>, new: Option<Cookie>| {
                f(jar, old.as_ref(), new.as_ref());
            }),
        )
    }

    /// Keeps the cookies that the response to a request for `uri` sets.
    pub(crate) fn keep_cookies(&self, uri: &Uri, response: &MessageHeaders) {
        let (Some(is_secure), Some(setter)) = (is_secure(uri), Setter::of(uri)) else {
            return;
        };
        if self.accept_policy() == CookieJarAcceptPolicy::Never {
            return;
        }
        let headers: Vec<_> = response.iter().collect();
        let headers = headers
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case("Set-Cookie"));
        for (_, header) in headers {
            let Some(cookie) = parse(header, Some(&setter), self.now(), is_public_suffix) else {
                continue;
            };
            let mut store = self.imp().store.borrow_mut();
            if store.may_be_set(&cookie, is_secure) {
                let changes = store.add(cookie, self.now());
                drop(store);
                self.tell(changes);
            }
        }
    }

    fn now(&self) -> i64 {
        self.imp().clock.get()()
    }

    fn tell(&self, changes: impl IntoIterator<Item = Change>) {
        for (old, new) in changes {
            self.emit_by_name::<()>("changed", &[&old, &new]);
        }
    }
}

/// Whether requests for `uri` use TLS; `None` if cookies are not for its scheme.
fn is_secure(uri: &Uri) -> Option<bool> {
    match uri.scheme().as_str() {
        "wss" | "https" => Some(true),
        "ws" | "http" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MessageHeadersType;
    use std::rc::Rc;

    #[test]
    fn expired_cookies_are_not_sent_and_their_end_is_told() {
        let uri = Uri::parse("ws://example.org/", glib::UriFlags::NONE).unwrap();
        let response = MessageHeaders::new(MessageHeadersType::Response);
        response.append("Set-Cookie", "a=1; Max-Age=10");
        response.append("Set-Cookie", "b=1");
        let jar = CookieJar::new();
        jar.imp().clock.set(|| 1_000_000_000);
        jar.keep_cookies(&uri, &response);
        assert_eq!(jar.cookies(&uri, true).as_deref(), Some("a=1; b=1"));

        let told = Rc::new(Cell::new(0));
        let t = told.clone();
        jar.connect_changed(move |jar, old, new| {
            assert!(old.is_some_and(|cookie| cookie.name() == "a") && new.is_none());
            // The jar may be asked at any time.
            assert_eq!(jar.all_cookies().len(), 1);
            t.set(t.get() + 1);
        });
        jar.imp().clock.set(|| 1_000_000_010);
        assert_eq!(jar.cookies(&uri, true).as_deref(), Some("b=1"));
        assert_eq!((told.get(), jar.all_cookies().len()), (1, 1));
    }
}
