//! How messages get from a client's queue to its connection.

use super::imp::ReconnectingClient;
use super::queue::Full;
use crate::{OfflinePolicy, ReconnectingState, WebsocketDataType, WebsocketState};
use glib::prelude::*;
use glib::subclass::prelude::*;

impl ReconnectingClient {
    /// Accepts a message, or says why not.
    pub(super) fn send(
        &self,
        data_type: WebsocketDataType,
        message: &glib::Bytes,
    ) -> Result<(), glib::Error> {
        let is_text = data_type == WebsocketDataType::Text;
        if is_text && simdutf8::basic::from_utf8(message).is_err() {
            let text = "a text message has to be valid utf-8";
            return Err(glib::Error::new(gio::IOErrorEnum::InvalidData, text));
        }
        if let Some(text) = self.reason_to_refuse() {
            return Err(glib::Error::new(gio::IOErrorEnum::NotConnected, text));
        }
        let mut queue = self.queue.borrow_mut();
        let (pushed, max_bytes) = (queue.push(data_type, message.clone()), queue.max_bytes);
        drop(queue);
        let length = message.len();
        match pushed {
            Ok(()) => {
                self.hand_over();
                self.obj().notify("queued-amount");
                Ok(())
            }
            Err(Full::Now) => Err(glib::Error::new(
                gio::IOErrorEnum::WouldBlock,
                &format!("no room for {length} bytes: the queue may hold {max_bytes}"),
            )),
            Err(Full::Always) => Err(glib::Error::new(
                gio::IOErrorEnum::MessageTooLarge,
                &format!("message of {length} bytes, but the queue may hold {max_bytes}"),
            )),
        }
    }

    fn reason_to_refuse(&self) -> Option<&'static str> {
        if self.state.get() == ReconnectingState::Failed {
            return Some("the client has given up");
        }
        match self.offline_policy.get() {
            OfflinePolicy::Queue => None,
            OfflinePolicy::Refuse if self.is_open() => None,
            OfflinePolicy::Refuse => Some("the client is not connected, and queues nothing"),
        }
    }

    fn is_open(&self) -> bool {
        let connection = self.connection.borrow();
        let connection = connection.as_ref();
        connection.is_some_and(|connection| connection.state() == WebsocketState::Open)
    }

    /// Hands over to the connection what it does not have yet.
    pub(super) fn hand_over(&self) {
        while let Some(connection) = self.obj().connection().filter(|_| self.is_open()) {
            let message = self.queue.borrow_mut().hand_over();
            let Some(message) = message else { break };
            connection.send_message(message.data_type, &message.data);
            self.written(message.number);
        }
    }

    fn written(&self, number: u64) {
        let was_queued = self.queue.borrow_mut().written(number);
        if was_queued {
            self.obj().notify("queued-amount");
        }
    }
}
