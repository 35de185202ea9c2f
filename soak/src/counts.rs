//! What has happened in a process, by name, and what should not have.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

/// How many failures are told one by one.
const TOLD: u64 = 20;

#[derive(Default)]
pub(crate) struct Counts {
    counts: RefCell<BTreeMap<String, u64>>,
    failures: Cell<u64>,
}

impl Counts {
    pub(crate) fn count(&self, what: &str) {
        self.add(what, 1);
    }

    pub(crate) fn add(&self, what: &str, number: u64) {
        let mut counts = self.counts.borrow_mut();
        match counts.get_mut(what) {
            Some(count) => *count += number,
            None => {
                counts.insert(what.to_owned(), number);
            }
        }
    }

    pub(crate) fn get(&self, what: &str) -> u64 {
        self.counts.borrow().get(what).copied().unwrap_or(0)
    }

    /// Notes what should not have happened.
    pub(crate) fn fail(&self, text: &str) {
        self.failures.set(self.failures.get() + 1);
        if self.failures.get() <= TOLD {
            eprintln!("FAILED: {text}");
        }
    }

    pub(crate) fn failures(&self) -> u64 {
        self.failures.get()
    }

    /// All counts.
    pub(crate) fn all(&self) -> Vec<(String, u64)> {
        let counts = self.counts.borrow();
        counts
            .iter()
            .map(|(what, count)| (what.clone(), *count))
            .collect()
    }
}
