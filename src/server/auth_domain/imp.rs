//! The GObject side of [`AuthDomain`](super::AuthDomain).

use super::super::path_map::PathMap;
use super::callback::{Filter, GenericAuth, Slot};
use super::class::{WsoupAuthDomain, WsoupAuthDomainClass};
use crate::class::text_property;
use crate::http::text::Text;
use glib::ParamSpec;
use glib::prelude::*;
use glib::subclass::prelude::*;
use std::cell::{Cell, RefCell};
use std::sync::LazyLock;

#[derive(Default)]
pub struct AuthDomain {
    pub(super) realm: RefCell<Option<Text>>,
    pub(super) is_proxy: Cell<bool>,
    /// Whether requests have to be authenticated, by path.
    pub(super) paths: RefCell<PathMap<bool>>,
    pub(super) filter: Slot<Filter>,
    pub(super) generic_auth: Slot<GenericAuth>,
}

#[glib::object_subclass]
impl ObjectSubclass for AuthDomain {
    const NAME: &'static str = type_name!("AuthDomain");
    const ALLOW_NAME_CONFLICT: bool = !cfg!(feature = "capi");
    const ABSTRACT: bool = true;
    type Type = super::AuthDomain;
    type Instance = WsoupAuthDomain;
    type Class = WsoupAuthDomainClass;
}

impl ObjectImpl for AuthDomain {
    fn properties() -> &'static [ParamSpec] {
        static PROPERTIES: LazyLock<Vec<ParamSpec>> = LazyLock::new(|| {
            let mut properties = vec![
                glib::ParamSpecString::builder("realm")
                    .construct_only()
                    .build(),
                glib::ParamSpecBoolean::builder("proxy")
                    .construct_only()
                    .build(),
            ];
            properties.extend(pointers(&[
                "filter",
                "filter-data",
                "generic-auth-callback",
                "generic-auth-data",
            ]));
            properties
        });
        &PROPERTIES
    }

    fn set_property(&self, _id: usize, value: &glib::Value, pspec: &ParamSpec) {
        // GObject has checked the types.
        match pspec.name() {
            "realm" => {
                let Ok(realm) = text_property(value, pspec) else {
                    return;
                };
                self.realm.replace(realm.as_deref().map(Text::new));
            }
            "proxy" => self.is_proxy.set(value.get().unwrap_or_default()),
            "filter" => self.filter.set_function_property(value),
            "filter-data" => self.filter.set_data_property(value),
            "generic-auth-callback" => self.generic_auth.set_function_property(value),
            "generic-auth-data" => self.generic_auth.set_data_property(value),
            name => unreachable!("{name} is not writable"),
        }
    }

    fn property(&self, _id: usize, pspec: &ParamSpec) -> glib::Value {
        match pspec.name() {
            "realm" => {
                let realm = self.realm.borrow();
                realm.as_ref().map(Text::as_str).to_value()
            }
            "proxy" => self.is_proxy.get().to_value(),
            "filter" => self.filter.function().to_value(),
            "filter-data" => self.filter.data().to_value(),
            "generic-auth-callback" => self.generic_auth.function().to_value(),
            "generic-auth-data" => self.generic_auth.data().to_value(),
            name => unreachable!("there is no property {name}"),
        }
    }

    fn dispose(&self) {
        // They may refer to the domain.
        self.filter.set(None);
        self.generic_auth.set(None);
    }
}

/// The properties for callbacks of C and their data; see `callback.rs` for why Rust has none.
pub(super) fn pointers(names: &[&'static str]) -> Vec<ParamSpec> {
    if !cfg!(feature = "capi") {
        return Vec::new();
    }
    let property = |name: &&'static str| glib::ParamSpecPointer::builder(name).build();
    names.iter().map(property).collect()
}
