//! The features of a [`Session`], and which of them see a message.

use super::Session;
use crate::class;
use crate::extension::ExtensionSpec;
use crate::{CookieJar, Message, SessionFeature, WebsocketExtensionManager};
use glib::prelude::*;
use glib::subclass::prelude::*;

impl Session {
    /// Adds a feature. A session has one of each type: if it has one of this type already, that is
    /// kept, and a warning says so.
    ///
    /// The [`WebsocketExtensionManager`] that the session begins with gives way to another one.
    pub fn add_feature(&self, feature: &impl IsA<SessionFeature>) {
        let feature = feature.upcast_ref::<SessionFeature>();
        self.drop_default_manager_for(feature);
        if self.has_feature_of(feature.type_()) {
            return warn_of_second(feature.type_());
        }
        self.imp().features.borrow_mut().push(feature.clone());
    }

    /// Adds a feature of a type that implements [`SessionFeature`], or an extension of a type that is
    /// derived from [`WebsocketExtension`](crate::WebsocketExtension) to the session's [`WebsocketExtensionManager`].
    pub fn add_feature_by_type(&self, feature_type: glib::Type) {
        if !feature_type.is_a(SessionFeature::static_type()) {
            return self.add_extension(feature_type);
        }
        if self.has_feature_of(feature_type) {
            // libsoup's sessions begin without one, so that its programs add it.
            if feature_type != WebsocketExtensionManager::static_type() {
                warn_of_second(feature_type);
            }
            return;
        }
        match class::new_object(feature_type, &[]).and_downcast::<SessionFeature>() {
            Some(feature) => self.add_feature(&feature),
            None => glib::g_critical!("Wsoup", "there can be no object of the type {feature_type}"),
        }
    }

    /// Removes a feature, if the session has it.
    pub fn remove_feature(&self, feature: &impl IsA<SessionFeature>) {
        let feature = feature.upcast_ref::<SessionFeature>();
        self.keep_features(|other| other != feature);
    }

    /// Removes the features of a type, or of one that is derived from it; or an extension from the
    /// session's [`WebsocketExtensionManager`].
    pub fn remove_feature_by_type(&self, feature_type: glib::Type) {
        if feature_type.is_a(SessionFeature::static_type()) {
            return self.keep_features(|feature| !feature.type_().is_a(feature_type));
        }
        let manager = self.extension_manager();
        if !manager.is_some_and(|manager| manager.remove_extension(feature_type)) {
            glib::g_warning!(
                "Wsoup",
                "the session has no feature of the type {feature_type}"
            );
        }
    }

    /// Whether the session has a feature of a type, or of one that is derived from it; or extensions
    /// of exactly this type.
    pub fn has_feature(&self, feature_type: glib::Type) -> bool {
        let manager = self.extension_manager();
        self.has_feature_of(feature_type)
            || manager.is_some_and(|manager| manager.has_extension(feature_type))
    }

    /// The feature of a type, or of one that is derived from it, if the session has it.
    #[doc(alias = "get_feature")]
    pub fn feature(&self, feature_type: glib::Type) -> Option<SessionFeature> {
        let features = self.imp().features.borrow();
        let mut features = features.iter();
        features
            .find(|feature| feature.type_().is_a(feature_type))
            .cloned()
    }

    /// The feature of a type, unless it is [disabled](Message::disable_feature) for `message`.
    #[doc(alias = "get_feature_for_message")]
    pub fn feature_for_message(
        &self,
        feature_type: glib::Type,
        message: &Message,
    ) -> Option<SessionFeature> {
        let feature = self.feature(feature_type)?;
        (!message.disables(feature.type_())).then_some(feature)
    }

    /// The extensions to offer with `message`.
    pub(super) fn extensions_for(&self, message: &Message) -> Vec<ExtensionSpec> {
        let manager = WebsocketExtensionManager::static_type();
        let manager = self
            .feature_for_message(manager, message)
            .and_downcast::<WebsocketExtensionManager>();
        let mut extensions = manager.map_or_else(Vec::new, |manager| manager.specs());
        extensions.retain(|spec| !message.disables(spec.type_()));
        extensions
    }

    /// The jar whose cookies go with `message`, and that keeps those of the responses.
    pub(super) fn cookie_jar_for(&self, message: &Message) -> Option<CookieJar> {
        self.feature_for_message(CookieJar::static_type(), message)
            .and_downcast()
    }

    fn add_extension(&self, extension_type: glib::Type) {
        match (
            ExtensionSpec::of_type(extension_type),
            self.extension_manager(),
        ) {
            (Some(spec), Some(manager)) => manager.add_spec(spec),
            (Some(_), None) => glib::g_warning!(
                "Wsoup",
                "without a WebsocketExtensionManager, the session has no use for {extension_type}"
            ),
            (None, _) => glib::g_warning!(
                "Wsoup",
                "{extension_type} is neither a feature nor an extension of which there are objects"
            ),
        }
    }

    fn has_feature_of(&self, feature_type: glib::Type) -> bool {
        self.feature(feature_type).is_some()
    }

    fn extension_manager(&self) -> Option<WebsocketExtensionManager> {
        self.feature(WebsocketExtensionManager::static_type())
            .and_downcast()
    }

    fn drop_default_manager_for(&self, feature: &SessionFeature) {
        if let Some(default) = self.imp().default_manager.get()
            && feature.is::<WebsocketExtensionManager>()
            && feature != default.upcast_ref::<SessionFeature>()
        {
            self.remove_feature(default);
        }
    }

    fn keep_features(&self, is_kept: impl Fn(&SessionFeature) -> bool) {
        let features = self.imp().features.take();
        let (kept, removed): (Vec<_>, Vec<_>) = features.into_iter().partition(is_kept);
        self.imp().features.replace(kept);
        // Only now: the last reference may run anybody's code.
        drop(removed);
    }
}

fn warn_of_second(feature_type: glib::Type) {
    glib::g_warning!(
        "Wsoup",
        "the session has a feature of the type {feature_type} already, and keeps it"
    );
}
