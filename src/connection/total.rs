//! What many connections together have waiting to be sent.

use std::cell::Cell;

/// A bound that connections share, and how much of it is taken.
#[derive(Debug, Default)]
pub(crate) struct Total {
    /// Bytes; 0 for no bound.
    limit: Cell<u64>,
    amount: Cell<u64>,
}

impl Total {
    pub(crate) fn set_limit(&self, limit: u64) {
        self.limit.set(limit);
    }

    /// The bound and what is taken, if `size` bytes more would be too much.
    pub(super) fn refuses(&self, size: u64) -> Option<(u64, u64)> {
        let (limit, amount) = (self.limit.get(), self.amount.get());
        (limit > 0 && amount.saturating_add(size) > limit).then_some((limit, amount))
    }

    /// Counts `amount` for a connection that counted for `before`.
    pub(super) fn count(&self, before: u64, amount: u64) {
        self.amount.set(self.amount.get() - before + amount);
    }
}
