//! A connection as a [`Stream`] and a [`Sink`] of messages, for the combinators of the `futures` crates.

use super::WebsocketConnection;
use super::outbox::FEED_SIZE;
use crate::WebsocketDataType;
use futures_core::Stream;
use futures_core::stream::FusedStream;
use futures_sink::Sink;
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// A message, as [`Messages`] give it and [`MessageSink`]s take it.
type Message = (WebsocketDataType, glib::Bytes);
type Receiving = Pin<Box<dyn Future<Output = Result<Option<Message>, glib::Error>>>>;
type Sending = Pin<Box<dyn Future<Output = Result<(), glib::Error>>>>;

impl WebsocketConnection {
    /// The messages that arrive, one after the other, as [`receive_future`](Self::receive_future)
    /// receives them. From this call on none is emitted by the signal `message`.
    ///
    /// The stream ends when the connection has, behind an error if that was not in order.
    ///
    /// ```no_run
    /// # async fn example(connection: wsoup::WebsocketConnection) -> Result<(), glib::Error> {
    /// use futures_util::TryStreamExt;
    /// let mut messages = connection.messages();
    /// while let Some((kind, bytes)) = messages.try_next().await? {
    ///     println!("{kind:?}: {} bytes", bytes.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn messages(&self) -> Messages {
        Messages {
            receiving: Some(Box::pin(self.receive_future())),
            connection: self.clone(),
        }
    }

    /// Takes messages as [`send_message_future`](Self::send_message_future) does.
    ///
    /// It is ready as long as less than 64 KiB wait to be written, so that a producer is no faster than
    /// the peer. It is flushed when all is written, and closed by closing the connection with 1000.
    pub fn sink(&self) -> MessageSink {
        MessageSink {
            connection: self.clone(),
            waiting: VecDeque::new(),
            closing: None,
        }
    }
}

/// See [`WebsocketConnection::messages`].
#[must_use = "streams do nothing unless polled"]
pub struct Messages {
    connection: WebsocketConnection,
    /// None when the end was told.
    receiving: Option<Receiving>,
}

impl Stream for Messages {
    type Item = Result<Message, glib::Error>;

    fn poll_next(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(receiving) = &mut self.receiving else {
            return Poll::Ready(None);
        };
        let received = ready!(receiving.as_mut().poll(task));
        self.receiving = None;
        Poll::Ready(match received {
            Ok(Some(message)) => {
                let next = self.connection.receive_future();
                self.receiving = Some(Box::pin(next));
                Some(Ok(message))
            }
            Ok(None) => None,
            Err(error) => Some(Err(error)),
        })
    }
}

impl FusedStream for Messages {
    fn is_terminated(&self) -> bool {
        self.receiving.is_none()
    }
}

/// See [`WebsocketConnection::sink`].
pub struct MessageSink {
    connection: WebsocketConnection,
    /// What was sent and is not known to be written, in order.
    waiting: VecDeque<Sending>,
    closing: Option<Sending>,
}

impl MessageSink {
    /// Waits until no more than `most` bytes wait to be written.
    fn poll_until(&mut self, most: u64, task: &mut Context<'_>) -> Poll<Result<(), glib::Error>> {
        while let Some(first) = self.waiting.front_mut() {
            match first.as_mut().poll(task) {
                Poll::Ready(result) => {
                    self.waiting.pop_front();
                    result?;
                }
                Poll::Pending if most > 0 && self.connection.buffered_amount() < most => break,
                Poll::Pending => return Poll::Pending,
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl Sink<Message> for MessageSink {
    type Error = glib::Error;

    fn poll_ready(
        mut self: Pin<&mut Self>,
        task: &mut Context<'_>,
    ) -> Poll<Result<(), glib::Error>> {
        self.poll_until(FEED_SIZE, task)
    }

    fn start_send(
        mut self: Pin<&mut Self>,
        (data_type, message): Message,
    ) -> Result<(), glib::Error> {
        let sending = self.connection.send_message_future(data_type, &message);
        self.waiting.push_back(Box::pin(sending));
        Ok(())
    }

    fn poll_flush(
        mut self: Pin<&mut Self>,
        task: &mut Context<'_>,
    ) -> Poll<Result<(), glib::Error>> {
        self.poll_until(0, task)
    }

    fn poll_close(
        mut self: Pin<&mut Self>,
        task: &mut Context<'_>,
    ) -> Poll<Result<(), glib::Error>> {
        ready!(self.poll_until(0, task))?;
        let Self {
            connection,
            closing,
            ..
        } = &mut *self;
        let closing = closing.get_or_insert_with(|| Box::pin(connection.close_future(1000, None)));
        closing.as_mut().poll(task)
    }
}
