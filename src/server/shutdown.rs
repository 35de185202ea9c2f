//! The orderly end of a server: whoever is there is told, and given time to go.

use super::Server;
use crate::WebsocketConnection;
use crate::connection::may_close_with;
use crate::event_loop::{EventLoop, close_later, cut, spawn, with_cancellable, with_deadline};
use crate::protocol::Role;
use gio::prelude::*;
use glib::subclass::prelude::*;
use std::future::Future;
use std::time::{Duration, Instant};

impl Server {
    /// Shuts the server down: stops listening, and waits until all its connections are closed.
    ///
    /// Requests whose first byte has come are answered; connections without one are closed.
    /// Handshakes that have not been accepted yet are answered with 503. Each WebSocket connection is
    /// closed as [`WebsocketConnection::close`] does, with `code` (1001, going away, is the usual one)
    /// and `reason`.
    ///
    /// All of that begins at once. What has not ended after `timeout` seconds (0: it is waited for as
    /// long as it takes) is ended then, without a word, and so it is when the future is dropped. To be
    /// called where the context of the server runs. When it is done the server may listen again.
    ///
    /// # Errors
    ///
    /// `gio::IOErrorEnum::TimedOut` if some had to be ended. All are closed in any case.
    pub fn shutdown_future(
        &self,
        code: u16,
        reason: Option<&str>,
        timeout: u32,
    ) -> impl Future<Output = Result<(), glib::Error>> + 'static {
        let shutdown = self.begin_shutdown(code, reason);
        async move { shutdown?.finish(timeout, &gio::Cancellable::new()).await }
    }

    /// As [`shutdown_future`](Self::shutdown_future), and calls `callback` when it is done, in the
    /// thread-default main context, never before this returns.
    ///
    /// `cancellable` ends the waiting, and with it the connections that are left; then the error is
    /// `gio::IOErrorEnum::Cancelled`.
    pub fn shutdown_async(
        &self,
        code: u16,
        reason: Option<&str>,
        timeout: u32,
        cancellable: Option<&gio::Cancellable>,
        callback: impl FnOnce(Result<(), glib::Error>) + 'static,
    ) {
        let shutdown = self.begin_shutdown(code, reason);
        let cancellable = cancellable.cloned().unwrap_or_default();
        spawn(&EventLoop::thread_default(), async move {
            let result = match shutdown {
                Ok(shutdown) => shutdown.finish(timeout, &cancellable).await,
                Err(error) => Err(error),
            };
            callback(result);
        });
    }

    /// Whether a server may close its connections with `code`, with a reason or without.
    #[doc(hidden)]
    pub fn may_close_with(code: u16, has_reason: bool) -> bool {
        may_close_with(Role::Server, code, has_reason)
    }

    fn begin_shutdown(&self, code: u16, reason: Option<&str>) -> Result<Shutdown, glib::Error> {
        if !Self::may_close_with(code, reason.is_some()) {
            let text = format!("close code {code} may not be sent (RFC 6455 §7.4)");
            glib::g_critical!("Wsoup", "{text}");
            return Err(glib::Error::new(gio::IOErrorEnum::InvalidArgument, &text));
        }
        self.stop_listening();
        let shutdown = Shutdown {
            server: self.clone(),
            end: self.imp().places.next(),
            is_done: false,
        };
        let farewell = (code, reason.map(str::to_owned));
        self.imp().farewell.replace(farewell);
        self.imp()
            .shutting_down
            .replace(gio::Cancellable::new())
            .cancel();
        // Handlers may do anything, so this goes through a copy.
        for connection in self.connections() {
            connection.close(code, reason);
        }
        Ok(shutdown)
    }
}

/// A shutdown that is under way.
struct Shutdown {
    server: Server,
    /// The number of the first place that is none of those which are waited for.
    end: u64,
    is_done: bool,
}

impl Shutdown {
    /// Waits for the connections, then ends what is left of them.
    async fn finish(
        mut self,
        timeout: u32,
        cancellable: &gio::Cancellable,
    ) -> Result<(), glib::Error> {
        let deadline =
            (timeout != 0).then(|| Instant::now() + Duration::from_secs(u64::from(timeout)));
        let places = self.server.imp().places.clone();
        let waiting = async { Ok(with_deadline(deadline, places.freed_before(self.end)).await) };
        let result = match with_cancellable(cancellable, waiting).await {
            Ok(Some(())) => Ok(()),
            Ok(None) => {
                let count = places.count_before(self.end);
                let text = format!("connections not closed after {timeout} s: {count}");
                Err(glib::Error::new(gio::IOErrorEnum::TimedOut, &text))
            }
            Err(error) => Err(error),
        };
        if result.is_err() {
            self.end_rest();
            places.freed_before(self.end).await;
        }
        self.is_done = true;
        result
    }

    /// Ends what is left, without a word.
    fn end_rest(&self) {
        let imp = self.server.imp();
        imp.disconnected.replace(gio::Cancellable::new()).cancel();
        let left: Vec<WebsocketConnection> = imp
            .connections
            .borrow()
            .range(..self.end)
            .map(|(_, (connection, _))| connection.clone())
            .collect();
        for connection in left {
            if let Some(stream) = connection.io_stream()
                && !cut(&stream)
            {
                close_later(&stream);
            }
        }
    }
}

impl Drop for Shutdown {
    fn drop(&mut self) {
        if !self.is_done {
            self.end_rest();
        }
    }
}
