//! The GObject side of [`Auth`](super::Auth), and the two classes that are made of it.

use super::super::latch::Latch;
use super::super::text::Text;
use super::class::{WsoupAuth, WsoupAuthClass};
use super::scheme::Scheme;
use crate::class::text_property;
use glib::prelude::*;
use glib::subclass::prelude::*;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::LazyLock;

#[derive(Default)]
pub struct Auth {
    pub(super) is_for_proxy: Cell<bool>,
    pub(super) authority: RefCell<Option<Text>>,
    pub(super) realm: RefCell<Option<Text>>,
    pub(super) is_cancelled: Cell<bool>,
    /// `None` if the class is somebody else's.
    pub(super) scheme: RefCell<Option<Scheme>>,
    pub(super) decision: Rc<Decision>,
}

/// What the program has decided. It outlives the object, so that whoever waits for it need not keep
/// the object, and learns when there is nobody any more who could decide.
#[derive(Default)]
pub(super) struct Decision {
    pub(super) made: Latch,
    /// The object, for whoever waits.
    pub(super) auth: RefCell<Option<super::Auth>>,
}

#[glib::object_subclass]
impl ObjectSubclass for Auth {
    const NAME: &'static str = type_name!("Auth");
    const ALLOW_NAME_CONFLICT: bool = !cfg!(feature = "capi");
    const ABSTRACT: bool = true;
    type Type = super::Auth;
    type Instance = WsoupAuth;
    type Class = WsoupAuthClass;

    fn class_init(class: &mut WsoupAuthClass) {
        class.set_defaults();
    }
}

impl ObjectImpl for Auth {
    fn properties() -> &'static [glib::ParamSpec] {
        static PROPERTIES: LazyLock<Vec<glib::ParamSpec>> = LazyLock::new(|| {
            vec![
                glib::ParamSpecString::builder("scheme-name")
                    .read_only()
                    .build(),
                glib::ParamSpecString::builder("realm").build(),
                glib::ParamSpecString::builder("authority").build(),
                glib::ParamSpecBoolean::builder("is-for-proxy").build(),
                glib::ParamSpecBoolean::builder("is-authenticated")
                    .read_only()
                    .build(),
                glib::ParamSpecBoolean::builder("is-cancelled")
                    .read_only()
                    .build(),
            ]
        });
        &PROPERTIES
    }

    fn set_property(&self, _id: usize, value: &glib::Value, pspec: &glib::ParamSpec) {
        let set_text = |cell: &RefCell<Option<Text>>| {
            if let Ok(text) = text_property(value, pspec) {
                cell.replace(text.as_deref().map(Text::new));
            }
        };
        // GObject has checked the types.
        match pspec.name() {
            "realm" => set_text(&self.realm),
            "authority" => set_text(&self.authority),
            "is-for-proxy" => self.is_for_proxy.set(value.get().unwrap_or_default()),
            name => unreachable!("{name} is not writable"),
        }
    }

    fn property(&self, _id: usize, pspec: &glib::ParamSpec) -> glib::Value {
        let auth = self.obj();
        match pspec.name() {
            "scheme-name" => auth.scheme_name().to_value(),
            "realm" => auth.realm().to_value(),
            "authority" => auth.authority().to_value(),
            "is-for-proxy" => auth.is_for_proxy().to_value(),
            "is-authenticated" => auth.is_authenticated().to_value(),
            "is-cancelled" => auth.is_cancelled().to_value(),
            name => unreachable!("there is no property {name}"),
        }
    }

    fn dispose(&self) {
        // Nobody is left to decide.
        self.decision.made.open();
    }
}

impl Auth {
    pub(super) fn authenticate(&self, username: &str, password: &str) {
        if let Some(scheme) = &mut *self.scheme.borrow_mut() {
            scheme.authenticate(username, password);
        }
    }

    pub(super) fn is_authenticated(&self) -> bool {
        let scheme = self.scheme.borrow();
        scheme.as_ref().is_some_and(Scheme::is_authenticated)
    }
}

/// A class that only gives a scheme its name.
macro_rules! scheme_class {
    ($class:ident, $gtype:literal, $scheme_name:literal) => {
        #[derive(Default)]
        pub struct $class;

        #[glib::object_subclass]
        impl ObjectSubclass for $class {
            const NAME: &'static str = type_name!($gtype);
            const ALLOW_NAME_CONFLICT: bool = !cfg!(feature = "capi");
            type Type = super::$class;
            type ParentType = super::Auth;

            fn class_init(class: &mut Self::Class) {
                let class: &mut glib::Class<super::Auth> = class.upcast_ref_mut();
                class.as_mut().scheme_name = $scheme_name.as_ptr();
            }
        }

        impl ObjectImpl for $class {}
    };
}

scheme_class!(AuthBasic, "AuthBasic", c"Basic");
scheme_class!(AuthDigest, "AuthDigest", c"Digest");
