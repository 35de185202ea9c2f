//! Whether the peer is there: the pings of the program, and what excuses a peer that is silent.

use super::driver::Driver;
use super::imp::WebsocketConnection;
use crate::protocol::SendError;
use futures_channel::oneshot;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// What a peer's system acknowledges of a ping that nobody answers, generously.
const PING_SIZE: u64 = 4 * 1024;

impl Driver {
    /// Excuses a peer that has to be silent: nothing is read, or much is on its way to it.
    pub(super) fn excuse_silence(&self, connection: &WebsocketConnection, now: Instant) {
        let mut endpoint = self.endpoint.borrow_mut();
        let is_overdue = endpoint.peer_is_overdue(now);
        // From then on it counts what moves, until the pong is there, or would have to be.
        if endpoint.awaits_pong() && !is_overdue {
            return;
        }
        let unacknowledged = self.stream.unacknowledged().unwrap_or(0);
        let acknowledged = self.written.get().saturating_sub(unacknowledged);
        let before = self.acknowledged.replace(acknowledged);
        let is_moving = acknowledged.saturating_sub(before) > PING_SIZE;
        if is_overdue && (is_moving || !self.may_receive(connection)) {
            endpoint.excuse_silence(now);
        }
    }
}

impl WebsocketConnection {
    /// Queues a ping; `answered` is told how long the answer took.
    pub(super) fn ping(
        &self,
        payload: Option<&[u8]>,
        answered: oneshot::Sender<Duration>,
    ) -> Result<(), glib::Error> {
        let not_open = |error: SendError| {
            let kind = match error {
                SendError::LongPing(_) => gio::IOErrorEnum::InvalidArgument,
                _ => gio::IOErrorEnum::Closed,
            };
            glib::Error::new(kind, &error.to_string())
        };
        let driver = self
            .driver
            .get()
            .ok_or(SendError::NotOpen)
            .map_err(not_open)?;
        driver.check_thread("ping");
        static PINGS: AtomicU64 = AtomicU64::new(0);
        let own;
        let payload = match payload {
            Some(payload) => payload,
            None => {
                // Like none before, so that only its own pong answers it.
                own = format!("wsoup ping {}", PINGS.fetch_add(1, Ordering::Relaxed));
                own.as_bytes()
            }
        };
        let ping = driver.ping(payload).map_err(not_open)?;
        self.flow().pings.borrow_mut().push_back((ping, answered));
        Ok(())
    }
}
