//! From the endpoint to the stream.

use super::driver::Driver;
use super::imp::WebsocketConnection;
use crate::event_loop::{MAX_SLICES, Readiness};
use crate::protocol::Shutdown;
use std::io::IoSlice;
use std::time::Instant;

impl Driver {
    /// Writes what is queued; tells whether there may be events because of that. After `end` the rest
    /// has to wait: a peer that takes everything may not hold the loop.
    pub(super) fn flush(&self, connection: &WebsocketConnection, end: Instant) -> bool {
        let mut progress = false;
        loop {
            self.release_payloads();
            if let Some(flow) = connection.flow.get() {
                self.feed(connection, flow);
            }
            let result = {
                let mut endpoint = self.endpoint.borrow_mut();
                // A broken stream is not tried again by a handler of `error` that runs the context.
                if !endpoint.has_output() || self.is_broken.get() {
                    break;
                }
                match self.write_error.take() {
                    Some(error) => Readiness::Failed(error),
                    None => {
                        let mut slices = [IoSlice::new(&[]); MAX_SLICES];
                        let count = endpoint.transmit(&mut slices);
                        self.stream.write(&slices[..count])
                    }
                }
            };
            // Times are counted from here: handlers may have taken long.
            let now = Instant::now();
            match result {
                Readiness::Done(written) => {
                    self.endpoint.borrow_mut().transmitted(written, now);
                    self.written.set(self.written.get() + written as u64);
                    progress = true;
                    if now >= end {
                        break;
                    }
                }
                Readiness::WouldBlock => break,
                Readiness::Failed(error) => return self.fail_to_write(connection, error, now),
            }
        }
        let (shutdown, is_drained) = {
            let endpoint = self.endpoint.borrow();
            (endpoint.shutdown(), !endpoint.has_output())
        };
        if shutdown == Shutdown::Write && self.writing.replace(false) {
            self.stream.shutdown_write();
        }
        // Only the last byte can be one that the endpoint has something to say about.
        progress && is_drained
    }

    /// Drops the payloads that the endpoint is done with. They may be a program's own memory, and what
    /// frees them its own function, which may do anything with the connection: nothing is borrowed.
    pub(super) fn release_payloads(&self) {
        if self.endpoint.borrow().is_done_with_some() {
            let payloads = self.endpoint.borrow_mut().take_done_with();
            drop(payloads);
        }
    }

    /// Ends the connection, of which nothing can be written any more, once all was received that the
    /// peer said before it went: perhaps why it did. Tells whether there may be events because of that.
    fn fail_to_write(
        &self,
        connection: &WebsocketConnection,
        error: glib::Error,
        now: Instant,
    ) -> bool {
        let may_receive = self.may_receive(connection);
        if let Some(flow) = connection.flow.get().filter(|_| !may_receive) {
            // The program may wait for these before it takes out what is in the inbox.
            flow.end_sending();
        }
        if !may_receive || !self.input.borrow().unread().is_empty() {
            self.write_error.replace(Some(error));
            return false;
        }
        if self.reading.get() && (self.read(connection, now) || !self.reading.get()) {
            self.write_error.replace(Some(error));
            return true;
        }
        self.fail(connection, &error);
        true
    }
}
