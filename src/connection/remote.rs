//! Sending from threads that do not run the context of the connection.
//!
//! They leave their messages here, in order, and wake the context, which takes them. Nothing else of
//! a connection may be used in another thread. `tests/threads-alone` tries this file with all the ways
//! in which threads can run.

use super::refusal::{not_open, overflow_error};
use crate::sync::{Mutex, MutexGuard};
use crate::{WebsocketDataType, WebsocketOverflowPolicy};
use std::collections::VecDeque;
use std::mem;
use std::sync::PoisonError;
use std::task::Waker;

type Message = (WebsocketDataType, glib::Bytes);

/// What threads share.
pub(super) struct Remote {
    state: Mutex<State>,
    waker: Waker,
}

struct State {
    is_open: bool,
    messages: VecDeque<Message>,
    /// The bytes of these messages.
    size: u64,
    /// What is buffered besides, as of the end of the last turn.
    buffered: u64,
    /// As the connection has them.
    max_buffered_amount: u64,
    overflow_policy: WebsocketOverflowPolicy,
    /// A message was too much, and the connection is to be closed because of it.
    has_overflowed: bool,
}

impl Remote {
    pub(super) fn new(is_open: bool, waker: Waker) -> Self {
        let state = State {
            is_open,
            messages: VecDeque::new(),
            size: 0,
            buffered: 0,
            max_buffered_amount: 0,
            overflow_policy: WebsocketOverflowPolicy::Refuse,
            has_overflowed: false,
        };
        Self {
            state: Mutex::new(state),
            waker,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves a message for the context.
    pub(super) fn send(
        &self,
        data_type: WebsocketDataType,
        payload: glib::Bytes,
    ) -> Result<(), glib::Error> {
        let mut state = self.state();
        if !state.is_open {
            return Err(not_open());
        }
        let (size, limit) = (payload.len() as u64, state.max_buffered_amount);
        let amount = state.buffered.saturating_add(state.size);
        if limit > 0 && amount.saturating_add(size) > limit {
            if state.overflow_policy == WebsocketOverflowPolicy::Close {
                state.has_overflowed = true;
                self.waker.wake_by_ref();
            }
            return Err(overflow_error(size, amount, limit));
        }
        state.size += size;
        let is_first = state.messages.is_empty();
        state.messages.push_back((data_type, payload));
        drop(state);
        if is_first {
            self.waker.wake_by_ref();
        }
        Ok(())
    }

    /// Takes the messages out.
    pub(super) fn take(&self) -> VecDeque<Message> {
        let mut state = self.state();
        let size = mem::take(&mut state.size);
        // They are somewhere else now.
        state.buffered = state.buffered.saturating_add(size);
        mem::take(&mut state.messages)
    }

    /// Returns the bound that a message would have exceeded, once.
    pub(super) fn take_overflow(&self) -> Option<u64> {
        let mut state = self.state();
        mem::take(&mut state.has_overflowed).then_some(state.max_buffered_amount)
    }

    /// The bytes of the messages that were not taken.
    pub(super) fn size(&self) -> u64 {
        self.state().size
    }

    /// Tells the threads what may be sent.
    pub(super) fn publish(
        &self,
        is_open: bool,
        buffered: u64,
        max_buffered_amount: u64,
        overflow_policy: WebsocketOverflowPolicy,
    ) {
        let mut state = self.state();
        state.is_open = is_open;
        state.buffered = buffered;
        state.max_buffered_amount = max_buffered_amount;
        state.overflow_policy = overflow_policy;
        if !is_open {
            let messages = mem::take(&mut state.messages);
            state.size = 0;
            drop(state);
            drop(messages);
        }
    }
}
