//! The extensions that a [`Server`] accepts.

use super::Server;
use glib::prelude::*;
use glib::subclass::prelude::*;

impl Server {
    /// Adds a type of extensions, which is derived from
    /// [`WebsocketExtension`](crate::WebsocketExtension) and not abstract: clients that offer it get
    /// it, in the order of their offers.
    ///
    /// [`WebsocketExtensionDeflate`](crate::WebsocketExtensionDeflate) is there from the beginning.
    pub fn add_websocket_extension(&self, extension_type: glib::Type) {
        self.add_websocket_extension_with_properties(extension_type, &[]);
    }

    /// Adds a type of extensions, whose objects get the properties given. A type that was there
    /// already gets the new ones.
    ///
    /// A property that the type does not have, or a value that does not fit, is a programmer's error:
    /// it is reported as critical, and nothing is added.
    pub fn add_websocket_extension_with_properties(
        &self,
        extension_type: glib::Type,
        properties: &[(&str, &dyn ToValue)],
    ) {
        let specs = &self.imp().extensions;
        specs.add_with_properties(extension_type, properties);
    }

    /// Removes a type of extensions, and all that are derived from it.
    pub fn remove_websocket_extension(&self, extension_type: glib::Type) {
        self.imp()
            .extensions
            .remove(|type_| type_.is_a(extension_type));
    }
}
