//! The messages that were accepted and that no socket has taken yet, in order, in bounded memory.
//!
//! A message is handed to a connection and stays here until that has written it; if the connection
//! ends before, it is handed to the next one.

use crate::WebsocketDataType;
use std::collections::VecDeque;

/// What a message takes of the bound besides its bytes: even empty ones take memory.
pub(super) const OVERHEAD: u64 = 64;

/// Why a message is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    /// There is no room for it now.
    Now,
    /// There never is.
    Always,
}

pub(super) struct Queued<T> {
    pub(super) number: u64,
    pub(super) data_type: WebsocketDataType,
    pub(super) data: T,
}

pub(super) struct Queue<T> {
    messages: VecDeque<Queued<T>>,
    /// How many of them, from the front, the connection has.
    handed_over: usize,
    /// The number of the next message.
    next: u64,
    bytes: u64,
    pub(super) max_bytes: u64,
}

impl<T: AsRef<[u8]> + Clone> Queue<T> {
    pub(super) fn new(max_bytes: u64) -> Self {
        Self {
            messages: VecDeque::new(),
            handed_over: 0,
            next: 0,
            bytes: 0,
            max_bytes,
        }
    }

    /// The bytes of the messages.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Appends a message, if there is room for it.
    pub(super) fn push(&mut self, data_type: WebsocketDataType, data: T) -> Result<(), Full> {
        let length = data.as_ref().len() as u64;
        let needed = length.saturating_add(OVERHEAD);
        let taken = self.bytes + OVERHEAD * self.messages.len() as u64;
        if needed > self.max_bytes {
            return Err(Full::Always);
        }
        if taken.saturating_add(needed) > self.max_bytes {
            return Err(Full::Now);
        }
        self.bytes += length;
        self.messages.push_back(Queued {
            number: self.next,
            data_type,
            data,
        });
        self.next += 1;
        Ok(())
    }

    /// The bytes of the next message for the connection.
    pub(super) fn next_length(&self) -> Option<u64> {
        let message = self.messages.get(self.handed_over)?;
        Some(message.data.as_ref().len() as u64)
    }

    /// The next message for the connection, which has it from now on.
    pub(super) fn hand_over(&mut self) -> Option<Queued<T>> {
        let message = self.messages.get(self.handed_over)?;
        self.handed_over += 1;
        Some(Queued {
            number: message.number,
            data_type: message.data_type,
            data: message.data.clone(),
        })
    }

    /// The connection has written a message; returns it, if it was one of these. To drop it may call
    /// the program, which may ask for this queue.
    pub(super) fn written(&mut self, number: u64) -> Option<Queued<T>> {
        let first = self.messages.front()?.number;
        let index = usize::try_from(number.checked_sub(first)?).ok()?;
        if index >= self.handed_over {
            return None;
        }
        // They are written in order, so it is the first.
        let message = self.messages.remove(index)?;
        self.handed_over -= 1;
        self.bytes -= message.data.as_ref().len() as u64;
        Some(message)
    }

    /// The connection is gone: what it has not written is for the next one.
    pub(super) fn take_back(&mut self) {
        self.handed_over = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn queue(max_bytes: u64) -> Queue<Vec<u8>> {
        Queue::new(max_bytes)
    }

    fn push(queue: &mut Queue<Vec<u8>>, data: &[u8]) -> Result<(), Full> {
        queue.push(WebsocketDataType::Binary, data.to_vec())
    }

    #[test]
    fn what_was_not_written_is_handed_over_again_in_order() {
        let mut queue = queue(1_000);
        for byte in 0..4 {
            push(&mut queue, &[byte]).unwrap();
        }
        let first: Vec<_> = std::iter::from_fn(|| queue.hand_over()).collect();
        assert_eq!(first.len(), 4);
        assert!(queue.written(first[0].number).is_some());
        queue.take_back();
        // Too late: that connection is gone.
        assert!(queue.written(first[1].number).is_none());
        let second: Vec<_> = std::iter::from_fn(|| queue.hand_over()).collect();
        let bytes: Vec<u8> = second.iter().map(|message| message.data[0]).collect();
        assert_eq!(bytes, [1, 2, 3]);
        assert_eq!(queue.bytes(), 3);
    }

    #[test]
    fn the_bound_counts_bytes_and_messages() {
        let mut queue = queue(3 * OVERHEAD + 10);
        assert_eq!(push(&mut queue, &[0; 203]), Err(Full::Always));
        push(&mut queue, &[0; 10]).unwrap();
        push(&mut queue, &[]).unwrap();
        assert_eq!(push(&mut queue, &[1]), Err(Full::Now));
        push(&mut queue, &[]).unwrap();
        assert_eq!(push(&mut queue, &[]), Err(Full::Now));
        assert_eq!(queue.bytes(), 10);
        let first = queue.hand_over().unwrap();
        queue.written(first.number);
        assert_eq!(queue.bytes(), 0);
        push(&mut queue, &[0; 10]).unwrap();
    }

    proptest! {
        /// Whatever happens to connections, messages leave in order and each is written once.
        #[test]
        fn nothing_is_lost_or_written_twice(steps in prop::collection::vec(0..4_u8, 0..200)) {
            let mut queue = queue(u64::MAX);
            let (mut pushed, mut with_connection, mut written) = (0_u64, VecDeque::new(), Vec::new());
            for step in steps {
                match step {
                    0 => {
                        push(&mut queue, &pushed.to_be_bytes()).unwrap();
                        pushed += 1;
                    }
                    1 => with_connection.extend(queue.hand_over()),
                    2 => if let Some(message) = with_connection.pop_front() {
                        prop_assert!(queue.written(message.number).is_some());
                        written.push(message.data);
                    },
                    _ => {
                        queue.take_back();
                        with_connection.clear();
                    }
                }
            }
            queue.take_back();
            while let Some(message) = queue.hand_over() {
                queue.written(message.number);
                written.push(message.data);
            }
            let expected: Vec<_> = (0..pushed).map(|number| number.to_be_bytes().to_vec()).collect();
            prop_assert_eq!(written, expected);
            prop_assert_eq!(queue.bytes(), 0);
        }
    }
}
