//! `GTlsInteraction`: the questions that come up in a TLS handshake, answered by futures.
//!
//! gio-rs has the class, but cannot derive from it. GIO asks from the thread that runs the handshake;
//! its `g_tls_interaction_invoke_…()` see to it that the virtual methods here are called in the
//! context in which the object was made.
#![allow(unsafe_code)]

use super::gio_call::call;
use super::{ContextBound, EventLoop, spawn};
use gio::ffi::{
    GAsyncReadyCallback, GAsyncResult, GCancellable, GTask, GTlsCertificateRequestFlags,
    GTlsConnection, GTlsInteraction, GTlsInteractionClass, GTlsInteractionResult, GTlsPassword,
};
use gio::prelude::*;
use glib::ffi::{GError, gpointer};
use glib::subclass::prelude::*;
use glib::translate::*;
use std::cell::OnceCell;
use std::pin::Pin;
use std::ptr;
use std::sync::Arc;

/// What the TLS handshake wants to know.
pub(crate) enum Question {
    /// Which certificate to show; the answer is set on the connection.
    Certificate(gio::TlsConnection, gio::TlsCertificateRequestFlags),
    /// The password of a key; the answer is set in the object.
    Password(gio::TlsPassword),
}

/// Whether a question was answered.
pub(crate) type Answer = Result<gio::TlsInteractionResult, glib::Error>;

type Ask = dyn Fn(Question, gio::Cancellable) -> Pin<Box<dyn Future<Output = Answer>>>;

/// Makes an interaction that has `ask` answer, in the thread-default context of now.
pub(crate) fn tls_interaction<F: Future<Output = Answer> + 'static>(
    ask: impl Fn(Question, gio::Cancellable) -> F + 'static,
) -> gio::TlsInteraction {
    let interaction: TlsInteraction = glib::Object::new();
    let event_loop = EventLoop::thread_default();
    let context = event_loop.context().clone();
    let asked = Asked {
        event_loop,
        ask: Box::new(move |question, cancellable| Box::pin(ask(question, cancellable))),
    };
    // It was just made, so nothing is there.
    let _ = interaction
        .imp()
        .asked
        .set((context, ContextBound::new(asked)));
    interaction.upcast()
}

/// Passes a question on to `interaction`.
pub(crate) async fn ask_interaction(
    interaction: &gio::TlsInteraction,
    question: &Question,
    cancellable: &gio::Cancellable,
) -> Answer {
    let class: &GTlsInteractionClass = interaction.class().as_ref();
    let asked = interaction.to_glib_none();
    let cancelled = cancellable.to_glib_none();
    match question {
        // Of a class that can only block, GIO itself blocks the context.
        Question::Certificate(connection, flags) if class.request_certificate_async.is_none() => {
            interaction.request_certificate(connection, *flags, Some(cancellable))
        }
        Question::Password(password) if class.ask_password_async.is_none() => {
            interaction.ask_password(password, Some(cancellable))
        }
        Question::Certificate(connection, flags) => {
            let result = call(|callback, data| {
                // SAFETY: live objects; `callback` and `data` belong together.
                unsafe {
                    gio::ffi::g_tls_interaction_request_certificate_async(
                        asked.0,
                        connection.to_glib_none().0,
                        flags.into_glib(),
                        cancelled.0,
                        callback,
                        data,
                    );
                }
            })
            .await;
            let finish = gio::ffi::g_tls_interaction_request_certificate_finish;
            // SAFETY: the result belongs to the operation that was started above.
            unsafe { answer_of(asked.0, &result, finish) }
        }
        Question::Password(password) => {
            let result = call(|callback, data| {
                // SAFETY: live objects; `callback` and `data` belong together.
                unsafe {
                    gio::ffi::g_tls_interaction_ask_password_async(
                        asked.0,
                        password.to_glib_none().0,
                        cancelled.0,
                        callback,
                        data,
                    );
                }
            })
            .await;
            let finish = gio::ffi::g_tls_interaction_ask_password_finish;
            // SAFETY: the result belongs to the operation that was started above.
            unsafe { answer_of(asked.0, &result, finish) }
        }
    }
}

type Finish = unsafe extern "C" fn(
    *mut GTlsInteraction,
    *mut GAsyncResult,
    *mut *mut GError,
) -> GTlsInteractionResult;

/// # Safety
///
/// `result` is one of an operation of `interaction` that `finish` ends.
unsafe fn answer_of(
    interaction: *mut GTlsInteraction,
    result: &gio::AsyncResult,
    finish: Finish,
) -> Answer {
    let mut error = ptr::null_mut();
    // SAFETY: by the caller's contract; `error` is an out location.
    unsafe {
        let answer = finish(interaction, result.to_glib_none().0, &mut error);
        if error.is_null() {
            Ok(from_glib(answer))
        } else {
            Err(from_glib_full(error))
        }
    }
}

glib::wrapper! {
    /// Asks futures.
    pub struct TlsInteraction(ObjectSubclass<imp::TlsInteraction>) @extends gio::TlsInteraction;
}

pub(super) struct Asked {
    event_loop: Arc<EventLoop>,
    ask: Box<Ask>,
}

mod imp {
    use super::*;

    #[derive(Default)]
    pub struct TlsInteraction {
        pub(super) asked: OnceCell<(glib::MainContext, ContextBound<Asked>)>,
    }

    impl Drop for TlsInteraction {
        /// The last reference may be that of the thread which ran the handshake; what would have been
        /// asked, and what that holds, goes where it belongs.
        fn drop(&mut self) {
            let Some((context, asked)) = self.asked.take() else {
                return;
            };
            if asked.is_here() && (context.is_owner() || cfg!(not(feature = "capi"))) {
                return;
            }
            let mut asked = Some(asked);
            let source = glib::idle_source_new(None, glib::Priority::DEFAULT, move || {
                drop(asked.take());
                glib::ControlFlow::Break
            });
            source.attach(Some(&context));
        }
    }

    #[glib::object_subclass]
    impl ObjectSubclass for TlsInteraction {
        const NAME: &'static str = type_name!("TlsInteraction");
        const ALLOW_NAME_CONFLICT: bool = !cfg!(feature = "capi");
        type Type = super::TlsInteraction;
        type ParentType = gio::TlsInteraction;
    }

    impl ObjectImpl for TlsInteraction {}
}

// SAFETY: the virtual methods are those that the class structure asks for.
unsafe impl IsSubclassable<imp::TlsInteraction> for gio::TlsInteraction {
    fn class_init(class: &mut glib::Class<Self>) {
        Self::parent_class_init::<imp::TlsInteraction>(class);
        let class: &mut GTlsInteractionClass = class.as_mut();
        class.ask_password_async = Some(ask_password_async);
        class.ask_password_finish = Some(finish);
        class.request_certificate_async = Some(request_certificate_async);
        class.request_certificate_finish = Some(finish);
    }
}

unsafe extern "C" fn ask_password_async(
    interaction: *mut GTlsInteraction,
    password: *mut GTlsPassword,
    cancellable: *mut GCancellable,
    callback: GAsyncReadyCallback,
    data: gpointer,
) {
    // SAFETY: the arguments are what the signature in the class structure says.
    unsafe {
        let question = Question::Password(from_glib_none(password));
        answer(interaction, question, cancellable, callback, data);
    }
}

unsafe extern "C" fn request_certificate_async(
    interaction: *mut GTlsInteraction,
    connection: *mut GTlsConnection,
    flags: GTlsCertificateRequestFlags,
    cancellable: *mut GCancellable,
    callback: GAsyncReadyCallback,
    data: gpointer,
) {
    // SAFETY: the arguments are what the signature in the class structure says.
    unsafe {
        let question = Question::Certificate(from_glib_none(connection), from_glib(flags));
        answer(interaction, question, cancellable, callback, data);
    }
}

unsafe extern "C" fn finish(
    _interaction: *mut GTlsInteraction,
    result: *mut GAsyncResult,
    error: *mut *mut GError,
) -> GTlsInteractionResult {
    // SAFETY: the result is the task that `answer` made.
    match unsafe { gio::ffi::g_task_propagate_int(result.cast(), error) } {
        -1 => gio::ffi::G_TLS_INTERACTION_FAILED,
        answer => answer.try_into().unwrap_or_default(),
    }
}

/// Has a question answered, and reports the answer by a `GTask`.
///
/// # Safety
///
/// `interaction` is a live object of our class, `cancellable` one or NULL, and `callback` may be
/// called once with `data`.
unsafe fn answer(
    interaction: *mut GTlsInteraction,
    question: Question,
    cancellable: *mut GCancellable,
    callback: GAsyncReadyCallback,
    data: gpointer,
) {
    // SAFETY: by the caller's contract.
    let new_task = || unsafe {
        Task(gio::ffi::g_task_new(
            interaction.cast(),
            cancellable,
            callback,
            data,
        ))
    };
    // SAFETY: by the caller's contract.
    let (interaction, cancellable): (gio::TlsInteraction, Option<gio::Cancellable>) =
        unsafe { (from_glib_none(interaction), from_glib_none(cancellable)) };
    let interaction = interaction.downcast::<TlsInteraction>().ok();
    let asked = interaction.as_ref().and_then(|i| i.imp().asked.get());
    // If nobody runs the context, GIO has the thread of the handshake do so. In C that is a change of
    // the context's thread as any other; in Rust the handlers are in another one, and not called.
    let asked = asked.map(|(_, asked)| asked);
    let Some(asked) = asked.filter(|asked| asked.is_here()).map(ContextBound::get) else {
        return new_task().end(Ok(gio::TlsInteractionResult::Unhandled));
    };
    // The task reports to the thread-default context, which need not be the one that runs.
    let Ok(task) = asked.event_loop.context().with_thread_default(new_task) else {
        return new_task().end(Ok(gio::TlsInteractionResult::Unhandled));
    };
    let future = (asked.ask)(question, cancellable.unwrap_or_default());
    spawn(&asked.event_loop, async move { task.end(future.await) });
}

/// A `GTask` that reports once, at the latest when it is dropped.
struct Task(*mut GTask);

impl Task {
    fn end(mut self, answer: Answer) {
        let task = std::mem::replace(&mut self.0, ptr::null_mut());
        // SAFETY: the task is alive, reports for the first time, and the reference is ours.
        unsafe {
            match answer {
                Ok(answer) => gio::ffi::g_task_return_int(task, answer.into_glib() as isize),
                Err(error) => gio::ffi::g_task_return_error(task, error.into_glib_ptr()),
            }
            glib::gobject_ffi::g_object_unref(task.cast());
        }
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        if !self.0.is_null() {
            let text = "there is nobody any more to answer";
            let error = glib::Error::new(gio::IOErrorEnum::Cancelled, text);
            Self(self.0).end(Err(error));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::with_context;
    use std::rc::Rc;

    /// What a thread of GIO has.
    struct Reference(gio::TlsInteraction);

    // SAFETY: references are counted atomically, and nothing else is done with it elsewhere.
    unsafe impl Send for Reference {}

    impl Reference {
        fn release(self) {
            drop(self.0);
        }
    }

    #[test]
    fn what_would_be_asked_goes_in_its_context_whoever_drops_the_last_reference() {
        with_context(|context| {
            for elsewhere in [false, true] {
                let held = Rc::new(());
                let asking = held.clone();
                let interaction = Reference(tls_interaction(move |_, _| {
                    let _asking = &asking;
                    std::future::ready(Ok(gio::TlsInteractionResult::Unhandled))
                }));
                if elsewhere {
                    let thread = std::thread::spawn(move || interaction.release());
                    thread.join().unwrap();
                    assert_eq!(Rc::strong_count(&held), 2);
                    while context.iteration(false) {}
                } else {
                    interaction.release();
                }
                assert_eq!(Rc::strong_count(&held), 1, "{elsewhere}");
            }
        });
    }
}
