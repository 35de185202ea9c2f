//! What the setters of properties have in common.

use std::cell::RefCell;

/// Replaces a value and tells whether it is another one now.
pub(crate) fn replace<T: PartialEq>(cell: &RefCell<T>, value: T) -> bool {
    if *cell.borrow() == value {
        return false;
    }
    // The old value is dropped after the borrow has ended: it may run anybody's code.
    let _old = cell.replace(value);
    true
}
