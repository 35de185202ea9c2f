//! [`WebsocketSender`]: what a program's other threads send by.

use super::remote::Remote;
use crate::WebsocketDataType;
use std::sync::Arc;

/// Sends messages from any thread: see
/// [`WebsocketConnection::sender`](super::WebsocketConnection::sender).
///
/// Messages that are sent in one thread arrive in that order. Once the connection is closing, or is
/// gone, sending fails.
#[derive(Clone)]
pub struct WebsocketSender(pub(super) Arc<Remote>);

impl WebsocketSender {
    /// Sends a text message.
    ///
    /// # Errors
    ///
    /// - `gio::IOErrorEnum::Closed`: the connection is not open.
    /// - `gio::IOErrorEnum::WouldBlock`, `gio::IOErrorEnum::MessageTooLarge`: it would be more than
    ///   [`max_buffered_amount`](super::WebsocketConnection::max_buffered_amount).
    pub fn send_text(&self, text: &str) -> Result<(), glib::Error> {
        self.0.send(WebsocketDataType::Text, text.as_bytes().into())
    }

    /// Sends a binary message. The errors are those of [`send_text`](Self::send_text).
    pub fn send_binary(&self, data: &[u8]) -> Result<(), glib::Error> {
        self.0.send(WebsocketDataType::Binary, data.into())
    }

    /// Sends a message of either type without copying it. The errors are those of
    /// [`send_text`](Self::send_text), and `WebsocketError::BadData` for a text that is not UTF-8.
    pub fn send_message(
        &self,
        data_type: WebsocketDataType,
        message: &glib::Bytes,
    ) -> Result<(), glib::Error> {
        super::check_text(data_type, message)?;
        self.0.send(data_type, message.clone())
    }
}
