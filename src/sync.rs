//! Locks, by a name under which `tests/threads-alone` has others, which try all the ways in which
//! threads can run.

pub(crate) use std::sync::{Mutex, MutexGuard};
