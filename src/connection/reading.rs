//! From the stream to the endpoint.

use super::driver::Driver;
use super::imp::WebsocketConnection;
use crate::event_loop::Readiness;
use std::time::Instant;

impl Driver {
    /// Takes in what can be read, up to one buffer: the other connections have their turn too. Tells
    /// whether something came.
    pub(super) fn read(&self, connection: &WebsocketConnection, now: Instant) -> bool {
        if !self.reading.get() || !self.may_receive(connection) {
            return false;
        }
        let readiness = self.read_payload(now).unwrap_or_else(|| self.read_input());
        match readiness {
            Readiness::WouldBlock => (),
            Readiness::Done(0) => {
                self.reading.set(false);
                self.endpoint.borrow_mut().handle_eof(now);
            }
            Readiness::Done(_) => return true,
            Readiness::Failed(error) => self.fail(connection, &error),
        }
        false
    }

    /// Reads the rest of a large payload to where it belongs, if that is what comes next.
    fn read_payload(&self, now: Instant) -> Option<Readiness> {
        let socket = self.stream.as_socket()?;
        let mut endpoint = self.endpoint.borrow_mut();
        endpoint.read_payload(now, |buffer, most| socket.append(buffer, most))
    }

    /// Reads into the buffer for input.
    fn read_input(&self) -> Readiness {
        // Nothing is borrowed while the stream, which may be anybody's, is called.
        let mut input = self.input.take();
        let readiness = input.fill(|memory| {
            let readiness = self.stream.read(memory);
            let length = match readiness {
                Readiness::Done(length) => length,
                Readiness::WouldBlock | Readiness::Failed(_) => 0,
            };
            (length, readiness)
        });
        self.input.replace(input);
        readiness
    }

    /// Hands over bytes that were read before the connection existed.
    pub(super) fn put_back(&self, bytes: &[u8]) {
        self.input.borrow_mut().put(bytes);
        self.watcher.wake();
    }
}
