//! The line between the two processes: a socket on which each writes lines of text to the other.

use gio::prelude::*;
use std::cell::{Cell, RefCell};
use std::os::fd::OwnedFd;
use std::rc::Rc;

#[derive(Clone)]
pub(crate) struct Control(Rc<Shared>);

struct Shared {
    stream: gio::SocketConnection,
    unsent: RefCell<Vec<u8>>,
    is_writing: Cell<bool>,
}

impl Control {
    /// Calls `on_line` with each line, and with none when the other process has gone.
    pub(crate) fn new(
        end: OwnedFd,
        on_line: impl Fn(Option<&str>) + 'static,
    ) -> Result<Self, glib::Error> {
        let stream = gio::Socket::from_fd(end)?.connection_factory_create_connection();
        let lines = gio::DataInputStream::new(&stream.input_stream());
        glib::MainContext::ref_thread_default().spawn_local(async move {
            while let Ok(Some(line)) = lines.read_line_utf8_future(glib::Priority::DEFAULT).await {
                on_line(Some(&line));
            }
            on_line(None);
        });
        Ok(Self(Rc::new(Shared {
            stream,
            unsent: RefCell::default(),
            is_writing: Cell::new(false),
        })))
    }

    pub(crate) fn send(&self, line: &str) {
        let mut unsent = self.0.unsent.borrow_mut();
        unsent.extend_from_slice(line.as_bytes());
        unsent.push(b'\n');
        if self.0.is_writing.replace(true) {
            return;
        }
        let shared = self.0.clone();
        glib::MainContext::ref_thread_default().spawn_local(async move {
            loop {
                let bytes = shared.unsent.take();
                if bytes.is_empty() {
                    break;
                }
                let output = shared.stream.output_stream();
                let written = output
                    .write_all_future(bytes, glib::Priority::DEFAULT)
                    .await;
                if written.is_err() {
                    break;
                }
            }
            shared.is_writing.set(false);
        });
    }

    pub(crate) fn is_idle(&self) -> bool {
        !self.0.is_writing.get()
    }
}
