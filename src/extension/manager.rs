//! [`WebsocketExtensionManager`]: which extensions a session offers.

use super::{ExtensionSpec, ExtensionSpecs};
use crate::feature::SessionFeature;
use glib::prelude::*;
use glib::subclass::prelude::*;

mod imp {
    use super::*;
    use crate::feature::SessionFeatureImpl;

    #[derive(Default)]
    pub struct WebsocketExtensionManager {
        pub(super) specs: ExtensionSpecs,
    }

    #[glib::object_subclass]
    impl ObjectSubclass for WebsocketExtensionManager {
        const NAME: &'static str = type_name!("WebsocketExtensionManager");
        const ALLOW_NAME_CONFLICT: bool = !cfg!(feature = "capi");
        const FINAL: bool = true;
        type Type = super::WebsocketExtensionManager;
        type Interfaces = (SessionFeature,);
    }

    impl ObjectImpl for WebsocketExtensionManager {}

    impl SessionFeatureImpl for WebsocketExtensionManager {}
}

glib::wrapper! {
    /// The feature of a [`Session`](crate::Session) that holds which extensions it offers.
    ///
    /// Each session begins with one. A session without it, or a message for which it is
    /// [disabled](crate::Message::disable_feature), offers no extensions.
    ///
    /// Extensions are offered in the order in which they were added. A type of extensions is there
    /// once: to add it again changes its properties.
    pub struct WebsocketExtensionManager(ObjectSubclass<imp::WebsocketExtensionManager>)
        @implements SessionFeature;
}

impl Default for WebsocketExtensionManager {
    fn default() -> Self {
        Self::new()
    }
}

impl WebsocketExtensionManager {
    /// Creates a manager with the extensions that every session begins with.
    pub fn new() -> Self {
        glib::Object::new()
    }

    /// Adds a type of extensions, which is derived from
    /// [`WebsocketExtension`](crate::WebsocketExtension) and not abstract.
    ///
    /// [`Session::add_feature_by_type`](crate::Session::add_feature_by_type) does the same.
    pub fn add_extension(&self, extension_type: glib::Type) {
        self.add_extension_with_properties(extension_type, &[]);
    }

    /// Adds a type of extensions, whose objects get the properties given.
    ///
    /// A property that the type does not have, or a value that does not fit, is a programmer's error:
    /// it is reported as critical, and nothing is added.
    pub fn add_extension_with_properties(
        &self,
        extension_type: glib::Type,
        properties: &[(&str, &dyn ToValue)],
    ) {
        let specs = &self.imp().specs;
        specs.add_with_properties(extension_type, properties);
    }

    /// Removes a type of extensions; `false` if it was not there.
    pub fn remove_extension(&self, extension_type: glib::Type) -> bool {
        self.imp().specs.remove(|type_| type_ == extension_type)
    }

    /// Whether the extensions of exactly this type are offered.
    pub fn has_extension(&self, extension_type: glib::Type) -> bool {
        self.imp().specs.has(extension_type)
    }

    pub(crate) fn add_spec(&self, spec: ExtensionSpec) {
        self.imp().specs.add(spec);
    }

    pub(crate) fn specs(&self) -> Vec<ExtensionSpec> {
        self.imp().specs.to_vec()
    }
}
