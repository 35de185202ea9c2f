//! What is printed at the end.

use crate::client::Soak;
use std::collections::BTreeMap;

/// What the server has said of itself.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) objects: u64,
    pub(crate) operations: u64,
    /// In milliseconds.
    pub(crate) cpu_time: u64,
    pub(crate) failures: u64,
}

/// Prints what was counted in both processes, side by side.
pub(crate) fn counts(soak: &Soak) {
    let mut rows: BTreeMap<String, [u64; 2]> = BTreeMap::new();
    let own = soak.world.counts.all();
    let servers = soak.server_counts.borrow();
    for (column, counts) in [&own, &*servers].into_iter().enumerate() {
        for (what, number) in counts {
            rows.entry(what.clone()).or_default()[column] = *number;
        }
    }
    println!("{:<44}{:>16}{:>16}", "", "client", "server");
    for (what, [client, server]) in rows {
        println!("{what:<44}{client:>16}{server:>16}");
    }
    let failures = soak.world.counts.failures();
    let verdict = if failures == 0 {
        "everything is accounted for"
    } else {
        "FAILED"
    };
    println!("{verdict}: {failures} failures");
}
