//! Bytes of a program that does something when they are freed.

use glib::thread_guard::ThreadGuard;

struct Freed {
    bytes: Vec<u8>,
    action: ThreadGuard<Option<Box<dyn FnOnce()>>>,
}

impl AsRef<[u8]> for Freed {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Freed {
    fn drop(&mut self) {
        if let Some(action) = self.action.get_mut().take() {
            action();
        }
    }
}

/// Bytes with `action` done when the last reference to them is gone.
pub(crate) fn freed(bytes: &[u8], action: impl FnOnce() + 'static) -> glib::Bytes {
    glib::Bytes::from_owned(Freed {
        bytes: bytes.to_vec(),
        action: ThreadGuard::new(Some(Box::new(action))),
    })
}
