//! What takes time on a connection, and can be waited for: the public face of
//! [`sending`](super::sending), [`receiving`](super::receiving) and the liveness of the peer.

use super::driver::Driver;
use super::extended::{self, Outgoing};
use super::imp;
use super::inbox::Delivery;
use super::outbox::FEED_SIZE;
use super::receiving::Received;
use super::refusal::not_open;
use super::sender::WebsocketSender;
use super::{WebsocketConnection, check_text};
use crate::event_loop::read_bytes;
use crate::protocol::{CloseCode, ExtensionMode, Utf8Checker};
use crate::{WebsocketDataType, WebsocketError, WebsocketState};
use futures_channel::oneshot;
use gio::prelude::*;
use glib::subclass::prelude::*;
use std::future::Future;
use std::time::Duration;

/// Operations that can be waited for.
///
/// To drop a future is to cancel what it does, as far as that is possible.
impl WebsocketConnection {
    /// Sends a text message, or tells why not.
    ///
    /// # Errors
    ///
    /// - `gio::IOErrorEnum::Closed`: the connection is not open.
    /// - `gio::IOErrorEnum::WouldBlock`: with the message, more than
    ///   [`max_buffered_amount`](Self::max_buffered_amount) would wait.
    /// - `gio::IOErrorEnum::MessageTooLarge`: the message alone is more than that.
    pub fn try_send_text(&self, text: &str) -> Result<(), glib::Error> {
        self.try_send(WebsocketDataType::Text, Outgoing::Slice(text.as_bytes()))
    }

    /// Sends a binary message, or tells why not: see [`try_send_text`](Self::try_send_text).
    pub fn try_send_binary(&self, data: &[u8]) -> Result<(), glib::Error> {
        self.try_send(WebsocketDataType::Binary, Outgoing::Slice(data))
    }

    /// Sends a message of either type, or tells why not: see [`try_send_text`](Self::try_send_text).
    ///
    /// # Errors
    ///
    /// Also [`WebsocketError::BadData`] for a text that is not UTF-8.
    pub fn try_send_message(
        &self,
        data_type: WebsocketDataType,
        message: &glib::Bytes,
    ) -> Result<(), glib::Error> {
        check_text(data_type, message)?;
        self.try_send(data_type, Outgoing::Bytes(message.clone()))
    }

    fn try_send(
        &self,
        data_type: WebsocketDataType,
        payload: Outgoing<'_>,
    ) -> Result<(), glib::Error> {
        let connection = self.imp();
        let driver = connection.driver.get().ok_or_else(not_open)?;
        driver.try_send(connection, data_type, payload)
    }

    /// Returns what sends messages from any thread.
    pub fn sender(&self) -> WebsocketSender {
        WebsocketSender(self.imp().remote_or_closed())
    }

    /// Sends a message, and waits until the stream has taken its last byte.
    ///
    /// The message is queued when this is called, not when the future is polled. As long as none of it
    /// was given to the stream, dropping the future takes it back.
    ///
    /// # Errors
    ///
    /// Those of [`try_send_message`](Self::try_send_message), and `gio::IOErrorEnum::BrokenPipe`,
    /// or what else ended it, if the connection ends before.
    pub fn send_message_future(
        &self,
        data_type: WebsocketDataType,
        message: &glib::Bytes,
    ) -> impl Future<Output = Result<(), glib::Error>> + use<> + 'static {
        let (ticket, written) = oneshot::channel();
        let queued = self.queue(data_type, message, ticket);
        let mut waiting = Waiting {
            connection: self.clone(),
            written: Some(written),
        };
        async move {
            queued?;
            waiting.wait().await
        }
    }

    fn queue(
        &self,
        data_type: WebsocketDataType,
        message: &glib::Bytes,
        ticket: oneshot::Sender<()>,
    ) -> Result<(), glib::Error> {
        check_text(data_type, message)?;
        let connection = self.imp();
        let driver = connection.driver.get().ok_or_else(not_open)?;
        let message = Outgoing::Bytes(message.clone());
        driver.queue(connection, data_type, message, Some(ticket))
    }

    /// Sends what is read from `stream` as one message, in fragments (RFC 6455 §5.4), and waits until
    /// the connection's stream has taken its last byte.
    ///
    /// A fragment is read when the one before was written, so that little memory is needed, however
    /// long the message is. Control frames go between them, and other messages behind the last. The
    /// message is not compressed.
    ///
    /// # Errors
    ///
    /// - Those of `stream`, and [`WebsocketError::BadData`] if it is to be a text and is not UTF-8. What
    ///   has been sent of a message cannot be taken back, so then the connection is closed, with 1011.
    ///   The same happens when the future is dropped in the middle.
    /// - `gio::IOErrorEnum::Closed` if the connection is not open, and `BrokenPipe`, or what else
    ///   ended it, if it ends before.
    /// - `gio::IOErrorEnum::NotSupported` if the connection has extensions that want messages whole.
    pub fn send_stream_future<S: IsA<gio::InputStream>>(
        &self,
        data_type: WebsocketDataType,
        stream: &S,
        priority: glib::Priority,
    ) -> impl Future<Output = Result<(), glib::Error>> + use<S> + 'static {
        let (turn, is_turn) = oneshot::channel();
        let queued = self.queue_stream(turn);
        let stream = stream.clone().upcast();
        let mut sending = StreamSending {
            connection: self.clone(),
            turn: Some(is_turn),
            is_its_turn: false,
            has_begun: false,
            has_ended: false,
        };
        async move {
            queued?;
            sending.wait_for_turn().await?;
            let result = sending.send(data_type, &stream, priority).await;
            if let Err(error) = &result {
                sending.fail(error);
            }
            result
        }
    }

    fn queue_stream(&self, turn: oneshot::Sender<()>) -> Result<(), glib::Error> {
        let connection = self.imp();
        let driver = connection.driver.get().ok_or_else(not_open)?;
        if extended::mode(&self.extensions()) == ExtensionMode::All {
            let text = "the connection has an extension that wants messages whole";
            return Err(glib::Error::new(gio::IOErrorEnum::NotSupported, text));
        }
        driver.queue_stream(connection, turn)
    }

    /// Receives the next message; `None` once the peer has closed the connection in order.
    ///
    /// From the first call on messages wait to be received, and are not emitted by `message`, until
    /// [`resume`](Self::resume) is called. Of those that wait, up to
    /// [`receive_buffer_size`](Self::receive_buffer_size) bytes are read; beyond, the peer has to wait.
    /// What has arrived can still be received when the connection is closed. Dropping the future loses
    /// no message.
    ///
    /// # Errors
    ///
    /// - What the signal `error` has told, if something went wrong, and
    ///   `gio::IOErrorEnum::BrokenPipe` if the connection ended without a close frame.
    /// - `gio::IOErrorEnum::Pending` if another call waits already.
    pub fn receive_future(
        &self,
    ) -> impl Future<Output = Result<Option<(WebsocketDataType, glib::Bytes)>, glib::Error>>
    + use<>
    + 'static {
        let receiving = self.begin_receiving(false);
        async move {
            Ok(match receiving?.next().await? {
                Some(Received::Message(data_type, bytes)) => Some((data_type, bytes)),
                // It was asked for whole messages.
                Some(Received::Stream(..)) | None => None,
            })
        }
    }

    /// Receives the next message as a stream, which can be read while the message arrives; `None` once
    /// the peer has closed the connection in order.
    ///
    /// Of a message that is received so, up to [`receive_buffer_size`](Self::receive_buffer_size) bytes
    /// are kept, and the limits on sizes are not for it, but for compressed frames: these are inflated
    /// whole. The stream is to be read asynchronously. A message that is not wanted is skipped when its
    /// stream is closed or dropped. Otherwise as [`receive_future`](Self::receive_future).
    pub fn receive_stream_future(
        &self,
    ) -> impl Future<Output = Result<Option<(WebsocketDataType, gio::InputStream)>, glib::Error>>
    + use<>
    + 'static {
        let receiving = self.begin_receiving(true);
        async move {
            Ok(match receiving?.next().await? {
                Some(Received::Stream(data_type, stream)) => Some((data_type, stream)),
                // It was asked for streams.
                Some(Received::Message(..)) | None => None,
            })
        }
    }

    /// Has messages wait from now on instead of being emitted, until [`resume`](Self::resume).
    ///
    /// Up to [`receive_buffer_size`](Self::receive_buffer_size) bytes of messages are read, and control
    /// frames among them are answered; beyond, the peer has to wait, and its silence is not held
    /// against it. What happens to the connection behind a message that waits (`error`, `closing`,
    /// `closed`) is told after it; operations that wait for something to be sent, or for a pong, fail
    /// when it ends.
    pub fn pause(&self) {
        let Some(driver) = self.imp().driver.get() else {
            return;
        };
        driver.check_thread("pause");
        let inbox = &self.imp().flow().inbox;
        if inbox.is_receiving() {
            // A call that waits is given what is held back.
            inbox.set_delivery(Delivery::Calls);
        } else if inbox.delivery() == Delivery::Signals {
            inbox.set_delivery(Delivery::Paused);
            self.notify("paused");
        }
    }

    /// Has messages emitted again, first of all those that wait.
    pub fn resume(&self) {
        let connection = self.imp();
        let (Some(driver), Some(flow)) = (connection.driver.get(), connection.flow.get()) else {
            return;
        };
        driver.check_thread("resume");
        let before = flow.inbox.delivery();
        flow.inbox.set_delivery(Delivery::Signals);
        driver.receive_parts(false);
        driver.watcher.wake();
        if before == Delivery::Paused {
            self.notify("paused");
        }
    }

    /// Whether [`pause`](Self::pause) was called, and [`resume`](Self::resume) or
    /// [`close`](Self::close) was not since.
    pub fn is_paused(&self) -> bool {
        let flow = self.imp().flow.get();
        flow.is_some_and(|flow| flow.inbox.delivery() == Delivery::Paused)
    }

    /// Pings the peer (RFC 6455 §5.5.2), and waits for the pong; returns the time from when the ping
    /// was written until the pong came.
    ///
    /// Without a payload, of at most 125 bytes, the ping gets one of its own. The ping overtakes
    /// messages that wait. The pong is told by the signal `pong`, too. A pong counts for the pings
    /// before the one that it answers as well, as a peer may answer the newest alone (§5.5.3).
    ///
    /// # Errors
    ///
    /// - `gio::IOErrorEnum::InvalidArgument`: the payload is too long.
    /// - `gio::IOErrorEnum::Closed` if the connection is not open, and `BrokenPipe`, or what else
    ///   ended it, if it ends before.
    pub fn ping_future(
        &self,
        payload: Option<&[u8]>,
    ) -> impl Future<Output = Result<Duration, glib::Error>> + use<> + 'static {
        let (sender, answered) = oneshot::channel();
        let queued = self.imp().ping(payload, sender);
        let connection = self.clone();
        async move {
            queued?;
            answered.await.map_err(|_| connection.end_error())
        }
    }

    /// Begins to close the connection as [`close`](Self::close) does, and waits for its end.
    ///
    /// If it is closing already, its end is waited for. Dropping the future does not keep it from
    /// closing.
    ///
    /// # Errors
    ///
    /// `gio::IOErrorEnum::BrokenPipe` if the connection ended without the peer's close frame, and
    /// `gio::IOErrorEnum::TimedOut` if that did not come in time.
    pub fn close_future(
        &self,
        code: u16,
        reason: Option<&str>,
    ) -> impl Future<Output = Result<(), glib::Error>> + use<> + 'static {
        let is_told = self.state() == WebsocketState::Closed && !Driver::holds_the_end(self.imp());
        let ended = (!is_told).then(|| {
            let (sender, ended) = oneshot::channel();
            self.imp().flow().closers.borrow_mut().push(sender);
            ended
        });
        if ended.is_some() {
            // One that is closing, or closed, goes on as it does, but is not paused any more.
            self.close(code, reason);
        }
        let connection = self.clone();
        async move {
            if let Some(ended) = ended {
                // It is told when the connection ends, or is dropped with it.
                let _ = ended.await;
            }
            if connection.closed_cleanly() || connection.close_code() != 1006 {
                return Ok(());
            }
            Err(connection.end_error())
        }
    }

    /// Why the connection has ended.
    fn end_error(&self) -> glib::Error {
        let connection = self.imp();
        let driver = connection.driver.get();
        driver.map_or_else(not_open, |driver| driver.end_error(connection))
    }
}

/// Waits for a message, or takes it back.
struct Waiting {
    connection: WebsocketConnection,
    written: Option<oneshot::Receiver<()>>,
}

impl Waiting {
    async fn wait(&mut self) -> Result<(), glib::Error> {
        let Some(written) = &mut self.written else {
            return Ok(());
        };
        let result = written.await;
        self.written = None;
        result.map_err(|_| self.connection.end_error())
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        // In this order: it is cancelled when nobody waits.
        if self.written.take().is_some() {
            self.connection.imp().forget_cancelled();
        }
    }
}

/// A message that is being sent in fragments.
struct StreamSending {
    connection: WebsocketConnection,
    turn: Option<oneshot::Receiver<()>>,
    is_its_turn: bool,
    has_begun: bool,
    has_ended: bool,
}

impl StreamSending {
    async fn wait_for_turn(&mut self) -> Result<(), glib::Error> {
        if let Some(turn) = &mut self.turn {
            let told = turn.await;
            self.turn = None;
            told.map_err(|_| self.connection.end_error())?;
            self.is_its_turn = true;
        }
        Ok(())
    }

    async fn send(
        &mut self,
        data_type: WebsocketDataType,
        stream: &gio::InputStream,
        priority: glib::Priority,
    ) -> Result<(), glib::Error> {
        // Without it the fragments would be read ahead when the future is dropped.
        let cancellable = CancelledOnDrop(gio::Cancellable::new());
        let mut text = Utf8Checker::default();
        loop {
            let bytes = read_bytes(stream, FEED_SIZE as usize, priority, &cancellable.0).await?;
            if data_type == WebsocketDataType::Text {
                let checked = text.check(&bytes);
                let checked = checked.and_then(|()| match bytes.is_empty() {
                    true => text.finish(),
                    false => Ok(()),
                });
                checked.map_err(|offset| {
                    let text = format!("text is not valid utf-8 after {offset} bytes");
                    glib::Error::new(WebsocketError::BadData, &text)
                })?;
            }
            let is_last = bytes.is_empty();
            let written = self.send_fragment(data_type, bytes, is_last)?;
            written.await.map_err(|_| self.connection.end_error())?;
            if is_last {
                return Ok(());
            }
        }
    }

    /// Queues a fragment; returns what is told when it is written.
    fn send_fragment(
        &mut self,
        data_type: WebsocketDataType,
        bytes: glib::Bytes,
        is_last: bool,
    ) -> Result<oneshot::Receiver<()>, glib::Error> {
        let opcode = if self.has_begun { 0 } else { data_type as u8 };
        let fin = if is_last { 0x80 } else { 0 };
        let connection = self.connection.imp();
        let driver = connection.driver.get().ok_or_else(not_open)?;
        if !driver.queue_fragment(fin | opcode, bytes) {
            return Err(self.connection.end_error());
        }
        self.has_begun = true;
        let (ticket, written) = oneshot::channel();
        let outbox = &connection.flow().outbox;
        outbox.wait_for(driver.frames_queued(), ticket);
        if is_last {
            self.has_ended = true;
            outbox.end_stream();
        }
        Ok(written)
    }

    /// The message cannot be ended. If it was begun, nothing can be sent behind it.
    fn fail(&mut self, error: &glib::Error) {
        if std::mem::replace(&mut self.has_ended, true) {
            return;
        }
        let connection = self.connection.imp();
        if let Some(mut turn) = self.turn.take() {
            // It may have been told, and not have heard it.
            self.is_its_turn = matches!(turn.try_recv(), Ok(Some(())));
        }
        if self.is_its_turn {
            connection.flow().outbox.end_stream();
        }
        let Some(driver) = connection.driver.get() else {
            return;
        };
        // A peer that cannot be told may have said something that is still to be received.
        if self.has_begun && driver.write_error.borrow().is_none() {
            driver.fail_locally(connection, CloseCode::SERVER_ERROR, error);
        }
        connection.forget_cancelled();
    }
}

impl Drop for StreamSending {
    fn drop(&mut self) {
        let text = "a message that was being sent was cancelled";
        self.fail(&glib::Error::new(gio::IOErrorEnum::Cancelled, text));
    }
}

struct CancelledOnDrop(gio::Cancellable);

impl Drop for CancelledOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

impl imp::WebsocketConnection {
    /// Takes out of the outbox what nobody wants to send any more.
    fn forget_cancelled(&self) {
        if let (Some(driver), Some(flow)) = (self.driver.get(), self.flow.get()) {
            flow.outbox.forget_cancelled();
            driver.watcher.wake();
        }
    }
}
