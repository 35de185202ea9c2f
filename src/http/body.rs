//! [`MessageBody`]: the body of a request or response on a server.

use glib::Bytes;
use std::fmt;
use std::mem;
use std::ptr;
use std::sync::atomic::{AtomicI64, AtomicPtr, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The body of a request or response.
///
/// It is a list of pieces, put together by [`flatten`](Self::flatten). Clones share their content,
/// like references to one object.
///
/// ```
/// let body = wsoup::MessageBody::new();
/// body.append_bytes(&glib::Bytes::from_static(b"Hello, "));
/// body.append_bytes(&glib::Bytes::from_static(b"world"));
/// assert_eq!(body.length(), 12);
/// assert_eq!(&body.flatten()[..], b"Hello, world");
/// ```
#[derive(Clone, glib::SharedBoxed)]
#[cfg_attr(feature = "capi", shared_boxed_type(name = "WsoupMessageBody"))]
#[cfg_attr(
    not(feature = "capi"),
    shared_boxed_type(name = "RsWsoupMessageBody", allow_name_conflict)
)]
pub struct MessageBody(Arc<WsoupMessageBody>);

/// What a `WsoupMessageBody *` points to in C, which sees `const guint8 *data; gint64 length;` and
/// nothing of the rest. Atomics have the layout of what they hold.
#[doc(hidden)]
#[repr(C)]
pub struct WsoupMessageBody {
    /// The flattened body, NULL before [`MessageBody::flatten`].
    pub data: AtomicPtr<u8>,
    /// How many bytes have been appended.
    pub length: AtomicI64,
    content: Mutex<Content>,
}

struct Content {
    pieces: Vec<Bytes>,
    /// What was received behind the pieces. A client may send it byte by byte, and a piece takes far
    /// more than a byte.
    received: Vec<u8>,
    /// All pieces in one, with a NUL behind them; `data` points into it.
    flat: Option<Bytes>,
    accumulate: bool,
}

impl MessageBody {
    /// Creates an empty body.
    pub fn new() -> Self {
        let content = Content {
            pieces: Vec::new(),
            received: Vec::new(),
            flat: None,
            accumulate: true,
        };
        Self(Arc::new(WsoupMessageBody {
            data: AtomicPtr::default(),
            length: AtomicI64::default(),
            content: Mutex::new(content),
        }))
    }

    /// Appends a piece.
    pub fn append_bytes(&self, buffer: &Bytes) {
        if buffer.is_empty() {
            return;
        }
        let mut content = self.content();
        let received = mem::take(&mut content.received);
        if !received.is_empty() {
            content.pieces.push(Bytes::from_owned(received));
        }
        content.pieces.push(buffer.clone());
        self.appended(&mut content, buffer.len());
    }

    /// Accounts for `length` more bytes, of which `data` knows nothing.
    fn appended(&self, content: &mut Content, length: usize) {
        self.lend(content, None);
        // No slice is longer than `isize::MAX`.
        self.0.length.fetch_add(length as i64, Ordering::Relaxed);
    }

    /// Says that nothing more will be appended.
    ///
    /// libsoup wants to know for responses that are sent in chunks. Here a response is complete
    /// when its handler is done with it, so this changes nothing.
    pub fn complete(&self) {}

    /// Returns the whole body in one piece.
    ///
    /// In C, the field `data` then points to it, with a NUL behind its end, until the body changes.
    pub fn flatten(&self) -> Bytes {
        let mut content = self.content();
        let flat = content.flat.clone().unwrap_or_else(|| {
            let received = mem::take(&mut content.received);
            let mut flat = if content.pieces.is_empty() {
                received
            } else {
                [concat(&content.pieces), received].concat()
            };
            flat.push(0);
            Bytes::from_owned(flat)
        });
        let body = Bytes::from_bytes(&flat, ..flat.len() - 1);
        // From now on, the pieces are parts of the whole and not kept twice.
        let whole = (!body.is_empty()).then(|| body.clone());
        let pieces = mem::replace(&mut content.pieces, whole.into_iter().collect());
        self.lend(&mut content, Some(flat));
        // They are the program's, which may be called when they are dropped.
        drop(content);
        drop(pieces);
        body
    }

    /// Removes everything that was appended.
    pub fn truncate(&self) {
        let mut content = self.content();
        let pieces = mem::take(&mut content.pieces);
        content.received = Vec::new();
        self.lend(&mut content, None);
        self.0.length.store(0, Ordering::Relaxed);
        // As in `flatten()`.
        drop(content);
        drop(pieces);
    }

    /// How many bytes the body has.
    pub fn length(&self) -> i64 {
        self.0.length.load(Ordering::Relaxed)
    }

    /// Whether what is received is kept: see [`set_accumulate`](Self::set_accumulate).
    pub fn accumulate(&self) -> bool {
        self.content().accumulate
    }

    /// Sets whether what is received is kept, which it is unless told otherwise.
    ///
    /// If not, the body of a request is read over and stays empty.
    pub fn set_accumulate(&self, accumulate: bool) {
        self.content().accumulate = accumulate;
    }

    /// Takes in a piece that was received.
    pub(crate) fn received(&self, piece: &[u8]) {
        let mut content = self.content();
        if content.accumulate {
            content.received.extend_from_slice(piece);
            self.appended(&mut content, piece.len());
        }
    }

    /// Lets `data` point to `flat`.
    fn lend(&self, content: &mut Content, flat: Option<Bytes>) {
        let data = flat.as_ref().map_or(ptr::null(), |flat| flat[..].as_ptr());
        self.0.data.store(data.cast_mut(), Ordering::Relaxed);
        content.flat = flat;
    }

    fn content(&self) -> MutexGuard<'_, Content> {
        self.0
            .content
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn concat(pieces: &[Bytes]) -> Vec<u8> {
    pieces.iter().flat_map(|piece| &**piece).copied().collect()
}

impl Default for MessageBody {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MessageBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MessageBody")
            .field("length", &self.length())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::mem::offset_of;
    use std::sync::atomic::AtomicBool;

    fn body(pieces: &[&'static [u8]]) -> MessageBody {
        let body = MessageBody::new();
        pieces
            .iter()
            .for_each(|piece| body.append_bytes(&Bytes::from_static(piece)));
        body
    }

    #[test]
    fn pieces_become_one() {
        let body = body(&[b"ab", b"", b"c"]);
        assert_eq!((body.length(), &body.flatten()[..]), (3, &b"abc"[..]));
        body.append_bytes(&Bytes::from_static(b"d"));
        assert_eq!((body.length(), &body.flatten()[..]), (4, &b"abcd"[..]));
        body.truncate();
        assert_eq!((body.length(), body.flatten().len()), (0, 0));
        assert_eq!(body.clone().length(), 0);
    }

    #[test]
    fn data_points_to_the_flattened_body_and_a_nul() {
        let body = body(&[b"ab"]);
        let data = || body.0.data.load(Ordering::Relaxed).cast_const();
        assert!(data().is_null());
        let flat = body.flatten();
        assert_eq!(data(), flat[..].as_ptr());
        assert_eq!(&body.content().flat.as_ref().unwrap()[..], b"ab\0");
        assert_eq!(body.flatten()[..].as_ptr(), data());
        body.append_bytes(&Bytes::from_static(b"c"));
        assert!(data().is_null());
        assert_eq!(&flat[..], b"ab");
        body.flatten();
        body.truncate();
        assert!(data().is_null());
    }

    /// Bytes of a program that looks at the body when they are freed.
    struct Watching {
        body: MessageBody,
        was_free: Arc<AtomicBool>,
    }

    impl AsRef<[u8]> for Watching {
        fn as_ref(&self) -> &[u8] {
            b"abc"
        }
    }

    impl Drop for Watching {
        fn drop(&mut self) {
            let is_free = self.body.0.content.try_lock().is_ok();
            self.was_free.store(is_free, Ordering::Relaxed);
        }
    }

    #[test]
    fn a_body_may_be_used_when_its_pieces_are_freed() {
        let removals: [fn(&MessageBody); 2] = [MessageBody::truncate, |body| drop(body.flatten())];
        for remove in removals {
            let (body, was_free) = (MessageBody::new(), Arc::new(AtomicBool::new(false)));
            body.append_bytes(&Bytes::from_owned(Watching {
                body: body.clone(),
                was_free: was_free.clone(),
            }));
            remove(&body);
            assert!(was_free.load(Ordering::Relaxed));
        }
    }

    #[test]
    fn c_sees_the_fields_that_libsoup_documents() {
        assert_eq!(offset_of!(WsoupMessageBody, data), 0);
        assert_eq!(offset_of!(WsoupMessageBody, length), 8);
        assert_eq!(size_of::<AtomicI64>(), 8);
    }

    #[test]
    fn what_is_received_stands_where_it_came() {
        let body = body(&[]);
        body.received(b"a");
        body.received(b"b");
        body.append_bytes(&Bytes::from_static(b"c"));
        body.received(b"d");
        assert_eq!((body.length(), &body.flatten()[..]), (4, &b"abcd"[..]));
        body.received(b"e");
        assert!(body.0.data.load(Ordering::Relaxed).is_null());
        assert_eq!((body.length(), &body.flatten()[..]), (5, &b"abcde"[..]));
        body.received(b"f");
        body.truncate();
        body.received(b"g");
        assert_eq!((body.length(), &body.flatten()[..]), (1, &b"g"[..]));
    }

    #[test]
    fn what_is_received_is_kept_if_wanted() {
        let body = body(&[]);
        body.received(b"a");
        body.set_accumulate(false);
        body.received(b"b");
        assert!(!body.accumulate());
        assert_eq!(&body.flatten()[..], b"a");
    }
}
