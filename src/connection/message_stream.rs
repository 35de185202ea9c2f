//! An incoming message as a `GInputStream` that can be read while it arrives.
//!
//! It is pollable, so GIO's asynchronous functions read it without a thread. It cannot wait itself:
//! what it would wait for happens in the same context.
#![allow(unsafe_code)]

use super::WebsocketConnection;
use crate::event_loop::ContextBound;
use crate::protocol::Payload;
use gio::prelude::*;
use gio::subclass::prelude::*;
use glib::ffi::gboolean;
use glib::translate::*;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::VecDeque;
use std::ffi::c_int;
use std::ptr;
use std::rc::Rc;

/// Up to this size parts are put together. Fragments may be of one byte, and as parts of their own they
/// would take many times the memory that they count for.
const JOINED_SIZE: usize = 4 * 1024;

/// What has arrived of a message and was not read.
#[derive(Clone)]
pub(super) struct StreamBuffer(Rc<Shared>);

struct Shared {
    parts: RefCell<VecDeque<Payload>>,
    /// Bytes of the first part that were read.
    read: Cell<usize>,
    unread: Cell<u64>,
    /// Whether the message has ended, and well. None while more may come.
    end: RefCell<Option<Result<(), glib::Error>>>,
    /// Nobody will read it.
    is_abandoned: Cell<bool>,
    /// What is to be ready while there is something to read: children of the sources that GIO has made,
    /// which hold the stream, and so this.
    sources: RefCell<Vec<glib::Source>>,
    on_read: Box<dyn Fn()>,
}

impl StreamBuffer {
    /// `on_read` is called when something was read, and there may be room for more.
    pub(super) fn new(on_read: impl Fn() + 'static) -> Self {
        Self(Rc::new(Shared {
            parts: RefCell::default(),
            read: Cell::new(0),
            unread: Cell::new(0),
            end: RefCell::default(),
            is_abandoned: Cell::new(false),
            sources: RefCell::default(),
            on_read: Box::new(on_read),
        }))
    }

    /// How many bytes wait.
    pub(super) fn unread(&self) -> u64 {
        self.0.unread.get()
    }

    pub(super) fn has_ended(&self) -> bool {
        self.0.end.borrow().is_some()
    }

    /// Why the message is not whole.
    pub(super) fn error(&self) -> Option<glib::Error> {
        self.0.end.borrow().clone()?.err()
    }

    /// Appends what has arrived.
    pub(super) fn push(&self, payload: Payload) {
        if self.0.is_abandoned.get() || payload.is_empty() {
            return;
        }
        self.0.unread.set(self.unread() + payload.len() as u64);
        let mut parts = self.0.parts.borrow_mut();
        match parts.back_mut() {
            Some(last) if last.len() + payload.len() <= JOINED_SIZE => {
                last.extend_from_slice(&payload);
            }
            _ => parts.push_back(payload),
        }
        drop(parts);
        self.sync_sources();
    }

    /// Nothing more will come.
    pub(super) fn end(&self, end: Result<(), glib::Error>) {
        self.0.end.replace(Some(end));
        self.sync_sources();
    }

    /// Takes out everything at once.
    pub(super) fn join(&self) -> glib::Bytes {
        let mut bytes = Vec::with_capacity(self.unread() as usize + 1);
        for part in self.0.parts.take() {
            bytes.extend_from_slice(&part);
        }
        self.0.unread.set(0);
        glib::Bytes::from_owned(Payload::from(bytes))
    }

    /// Drops what waits and what comes.
    fn abandon(&self) {
        self.0.is_abandoned.set(true);
        self.0.unread.set(0);
        let parts = self.0.parts.take();
        drop(parts);
        (self.0.on_read)();
    }

    fn is_readable(&self) -> bool {
        self.unread() > 0 || self.has_ended()
    }

    /// Copies out what waits, as far as `buffer` goes.
    fn read(&self, mut buffer: &mut [u8]) -> Result<usize, glib::Error> {
        if buffer.is_empty() {
            return Ok(0);
        }
        if self.unread() == 0 {
            return match &*self.0.end.borrow() {
                Some(end) => end.clone().map(|()| 0),
                None => Err(glib::Error::new(
                    gio::IOErrorEnum::WouldBlock,
                    "the rest of the message has not arrived: read it asynchronously",
                )),
            };
        }
        let mut length = 0;
        let mut parts = self.0.parts.borrow_mut();
        while let Some(part) = parts.front() {
            let rest = &part[self.0.read.get()..];
            let count = rest.len().min(buffer.len());
            buffer[..count].copy_from_slice(&rest[..count]);
            buffer = &mut buffer[count..];
            length += count;
            if count < rest.len() {
                self.0.read.set(self.0.read.get() + count);
                break;
            }
            self.0.read.set(0);
            parts.pop_front();
        }
        drop(parts);
        self.0.unread.set(self.unread() - length as u64);
        self.sync_sources();
        (self.0.on_read)();
        Ok(length)
    }

    /// Has `source` be ready while there is something to read.
    fn add_source(&self, source: glib::Source) {
        self.0.sources.borrow_mut().push(source);
        self.sync_sources();
    }

    fn sync_sources(&self) {
        let mut sources = self.0.sources.borrow_mut();
        sources.retain(|source| !source.is_destroyed());
        let ready_time = if self.is_readable() { 0 } else { -1 };
        for source in &*sources {
            // SAFETY: a live source, which is not destroyed.
            unsafe { glib::ffi::g_source_set_ready_time(source.to_glib_none().0, ready_time) };
        }
    }
}

mod imp {
    use super::*;

    #[derive(Default)]
    pub struct MessageInputStream {
        /// The connection is kept until the message has ended, as it would not go on otherwise.
        pub(super) source:
            OnceCell<ContextBound<(StreamBuffer, RefCell<Option<WebsocketConnection>>)>>,
    }

    #[glib::object_subclass]
    impl ObjectSubclass for MessageInputStream {
        const NAME: &'static str = type_name!("MessageInputStream");
        const ALLOW_NAME_CONFLICT: bool = !cfg!(feature = "capi");
        type Type = super::MessageInputStream;
        type ParentType = gio::InputStream;
        type Interfaces = (gio::PollableInputStream,);

        fn class_init(class: &mut Self::Class) {
            let class: &mut glib::Class<gio::InputStream> = class;
            let class = class.as_mut();
            class.close_async = Some(close_async);
            class.close_finish = Some(close_finish);
        }
    }

    impl ObjectImpl for MessageInputStream {
        fn dispose(&self) {
            self.abandon();
        }
    }

    impl InputStreamImpl for MessageInputStream {
        fn read(
            &self,
            buffer: &mut [u8],
            _cancellable: Option<&gio::Cancellable>,
        ) -> Result<usize, glib::Error> {
            let Some(source) = self.source.get() else {
                return Ok(0);
            };
            let (stream, connection) = source.get();
            let read = stream.read(buffer);
            if stream.has_ended() {
                let connection = connection.take();
                drop(connection);
            }
            read
        }

        fn close(&self, _cancellable: Option<&gio::Cancellable>) -> Result<(), glib::Error> {
            self.abandon();
            Ok(())
        }
    }

    impl MessageInputStream {
        pub(super) fn stream(&self) -> Option<&StreamBuffer> {
            self.source.get().map(|source| &source.get().0)
        }

        pub(super) fn abandon(&self) {
            if let Some(source) = self.source.get() {
                let (stream, connection) = source.get();
                stream.abandon();
                let connection = connection.take();
                drop(connection);
            }
        }
    }
}

glib::wrapper! {
    /// The stream of one message.
    pub struct MessageInputStream(ObjectSubclass<imp::MessageInputStream>)
        @extends gio::InputStream, @implements gio::PollableInputStream;
}

impl MessageInputStream {
    pub(super) fn new(connection: &WebsocketConnection, buffer: StreamBuffer) -> Self {
        let stream: Self = glib::Object::new();
        let connection = Some(connection.clone()).filter(|_| !buffer.has_ended());
        let source = ContextBound::new((buffer, RefCell::new(connection)));
        // It was made just now.
        let _ = stream.imp().source.set(source);
        stream
    }
}

// SAFETY: the functions are for instances of the class, which they get as they should.
unsafe impl IsImplementable<imp::MessageInputStream> for gio::PollableInputStream {
    fn interface_init(interface: &mut glib::Interface<Self>) {
        let interface = interface.as_mut();
        interface.is_readable = Some(is_readable);
        interface.create_source = Some(create_source);
    }
}

/// GIO's own would close the stream in another thread.
unsafe extern "C" fn close_async(
    stream: *mut gio::ffi::GInputStream,
    _io_priority: c_int,
    cancellable: *mut gio::ffi::GCancellable,
    callback: gio::ffi::GAsyncReadyCallback,
    data: glib::ffi::gpointer,
) {
    // SAFETY: GIO calls the function of the stream's class, and gives what a task takes, which owns
    // what it needs of it.
    unsafe {
        borrowed(&stream.cast()).abandon();
        let task = gio::ffi::g_task_new(stream.cast(), cancellable, callback, data);
        gio::ffi::g_task_return_boolean(task, glib::ffi::GTRUE);
        glib::gobject_ffi::g_object_unref(task.cast());
    }
}

unsafe extern "C" fn close_finish(
    _stream: *mut gio::ffi::GInputStream,
    result: *mut gio::ffi::GAsyncResult,
    error: *mut *mut glib::ffi::GError,
) -> gboolean {
    // SAFETY: GIO passes the task of `close_async`, and where an error may go.
    unsafe { gio::ffi::g_task_propagate_boolean(result.cast(), error) }
}

/// # Safety
/// `stream` is a live [`MessageInputStream`].
unsafe fn borrowed<'a>(
    stream: &'a *mut gio::ffi::GPollableInputStream,
) -> &'a imp::MessageInputStream {
    // SAFETY: by the caller's contract, the pointer is one to the instance.
    let stream: &'a MessageInputStream =
        unsafe { MessageInputStream::from_glib_ptr_borrow(&*ptr::from_ref(stream).cast()) };
    stream.imp()
}

unsafe extern "C" fn is_readable(stream: *mut gio::ffi::GPollableInputStream) -> gboolean {
    // SAFETY: GIO calls the function of the stream's class.
    let stream = unsafe { borrowed(&stream) };
    stream
        .stream()
        .is_none_or(StreamBuffer::is_readable)
        .into_glib()
}

unsafe extern "C" fn create_source(
    stream: *mut gio::ffi::GPollableInputStream,
    cancellable: *mut gio::ffi::GCancellable,
) -> *mut glib::ffi::GSource {
    // SAFETY: a live stream, and a cancellable that may be NULL. The source is ours, and so is the
    // reference that is returned.
    unsafe {
        let source: glib::Source = from_glib_full(gio::ffi::g_pollable_source_new_full(
            stream.cast(),
            ptr::null_mut(),
            cancellable,
        ));
        if let Some(stream) = borrowed(&stream).stream() {
            let size = size_of::<glib::ffi::GSource>() as u32;
            let functions = ptr::from_ref(&FUNCTIONS.0).cast_mut();
            let child: glib::Source = from_glib_full(glib::ffi::g_source_new(functions, size));
            glib::ffi::g_source_add_child_source(source.to_glib_none().0, child.to_glib_none().0);
            stream.add_source(child);
        }
        source.into_glib_ptr()
    }
}

/// Of a source that is ready when its time has come, and does nothing but make its parent ready.
static FUNCTIONS: Functions = Functions(glib::ffi::GSourceFuncs {
    prepare: None,
    check: None,
    dispatch: Some(dispatch),
    finalize: None,
    closure_callback: None,
    closure_marshal: None,
});

#[repr(transparent)]
struct Functions(glib::ffi::GSourceFuncs);
// SAFETY: a table of function pointers that nobody writes to.
unsafe impl Sync for Functions {}

unsafe extern "C" fn dispatch(
    _source: *mut glib::ffi::GSource,
    _callback: glib::ffi::GSourceFunc,
    _data: glib::ffi::gpointer,
) -> gboolean {
    glib::ffi::G_SOURCE_CONTINUE
}
