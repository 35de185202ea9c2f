//! [`WebsocketExtensionDeflate`]: `permessage-deflate` (RFC 7692) as an extension.
//!
//! The rules and the compression itself are in [`crate::protocol::deflate`]; this is the object that
//! the handshake makes and configures, that a connection passes its messages through, and by which
//! an application changes how that is done. `imp.rs` is its GObject side.

mod imp;

use super::WebsocketExtension;
use crate::protocol::deflate::{DeflaterFailed, InflateError};
use glib::prelude::*;
use glib::subclass::prelude::*;

glib::wrapper! {
    /// The extension `permessage-deflate` (RFC 7692), which compresses messages.
    ///
    /// Servers accept it and sessions offer it by themselves. To do so with other parameters, add it
    /// again with properties
    /// ([`Server::add_websocket_extension_with_properties`],
    /// [`WebsocketExtensionManager::add_extension_with_properties`]); to leave it, remove its type.
    /// The object of a connection is among its
    /// [`extensions`](crate::WebsocketConnection::extensions).
    ///
    /// A text that an attacker can add to is not to be compressed together with a secret: the length
    /// of the message tells how much of the secret was guessed. For such messages set
    /// [`compress`](Self::set_compress) to `false`, which counts for those that are sent from then on.
    ///
    /// ```no_run
    /// # use wsoup::{WebsocketExtensionDeflate, prelude::*};
    /// # fn example(connection: &wsoup::WebsocketConnection) {
    /// for extension in connection.extensions() {
    ///     if let Some(deflate) = extension.downcast_ref::<WebsocketExtensionDeflate>() {
    ///         deflate.set_compress(false);
    ///     }
    /// }
    /// connection.send_text("what is nobody's business");
    /// # }
    /// ```
    ///
    /// [`Server::add_websocket_extension_with_properties`]: crate::Server::add_websocket_extension_with_properties
    /// [`WebsocketExtensionManager::add_extension_with_properties`]: crate::WebsocketExtensionManager::add_extension_with_properties
    pub struct WebsocketExtensionDeflate(ObjectSubclass<imp::WebsocketExtensionDeflate>)
        @extends WebsocketExtension;
}

impl WebsocketExtensionDeflate {
    /// Whether the client remembers nothing from one message to the next. Before the handshake: is
    /// asked to; a server's answer may ask for it, too.
    #[doc(alias = "get_client_no_context_takeover")]
    pub fn client_no_context_takeover(&self) -> bool {
        self.imp().settings.get().client_no_context_takeover
    }

    /// Whether the server remembers nothing from one message to the next. Before the handshake: is
    /// asked to.
    #[doc(alias = "get_server_no_context_takeover")]
    pub fn server_no_context_takeover(&self) -> bool {
        self.imp().settings.get().server_no_context_takeover
    }

    /// How far back the client's messages refer, as the base-2 logarithm of a number of bytes, 8 to
    /// 15. Before the handshake: the most that is agreed to. A server cannot ask it of a client that
    /// does not offer it.
    #[doc(alias = "get_client_max_window_bits")]
    pub fn client_max_window_bits(&self) -> u32 {
        self.imp()
            .settings
            .get()
            .client_max_window_bits
            .get()
            .into()
    }

    /// How far back the server's messages refer, as the base-2 logarithm of a number of bytes, 8 to
    /// 15. Before the handshake: the most that is agreed to.
    #[doc(alias = "get_server_max_window_bits")]
    pub fn server_max_window_bits(&self) -> u32 {
        self.imp()
            .settings
            .get()
            .server_max_window_bits
            .get()
            .into()
    }

    /// How hard to try, from 1 (fast) to 9 (small); 0 does not compress at all, and -1, the default,
    /// is a level in between.
    #[doc(alias = "get_level")]
    pub fn level(&self) -> i32 {
        self.imp().level.get()
    }

    /// Sets how hard to try. Counts from the next message on, which does not refer to those before.
    pub fn set_level(&self, level: i32) {
        self.set_property("level", level);
    }

    /// How much memory is used for compressing, beside the window: 1 to 9, by default 5.
    #[doc(alias = "get_memory_level")]
    pub fn memory_level(&self) -> u32 {
        self.imp().memory_level.get()
    }

    /// Sets how much memory is used. Counts from the next message on, which does not refer to those
    /// before.
    pub fn set_memory_level(&self, level: u32) {
        self.set_property("memory-level", level);
    }

    /// The size in bytes below which messages are sent as they are; 32 by default, and 0 to compress
    /// all.
    #[doc(alias = "get_minimum_size")]
    pub fn minimum_size(&self) -> u32 {
        self.imp().minimum_size.get()
    }

    /// Sets the size below which messages are sent as they are.
    pub fn set_minimum_size(&self, size: u32) {
        self.set_property("minimum-size", size);
    }

    /// Whether messages are compressed that are sent; `true` by default. Those that are received
    /// are inflated in any case.
    #[doc(alias = "get_compress")]
    pub fn compress(&self) -> bool {
        self.imp().compress.get()
    }

    /// Sets whether messages are compressed that are sent from now on.
    pub fn set_compress(&self, compress: bool) {
        self.set_property("compress", compress);
    }

    /// Inflates a frame, to no more than `limit` bytes; `None` if it is not compressed.
    pub(crate) fn inflate(
        &self,
        header: &mut u8,
        payload: &[u8],
        limit: u64,
    ) -> Result<Option<Vec<u8>>, InflateError> {
        self.imp().inflate(header, payload, limit)
    }

    /// Compresses a frame; `None` if it is to be sent as it is.
    pub(crate) fn deflate(
        &self,
        header: &mut u8,
        payload: &[u8],
    ) -> Result<Option<Vec<u8>>, DeflaterFailed> {
        self.imp().deflate(header, payload)
    }
}
