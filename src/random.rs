//! Randomness from the operating system.

use std::cell::RefCell;

/// Masks that are drawn at a time: one system call for so many frames.
const MASKS: usize = 256;

struct Pool {
    masks: [u8; 4 * MASKS],
    used: usize,
}

thread_local! {
    static POOL: RefCell<Pool> =
        const { RefCell::new(Pool { masks: [0; 4 * MASKS], used: 4 * MASKS }) };
}

/// Returns a mask that nobody can guess and nobody was given before (RFC 6455 §10.3).
pub(crate) fn mask() -> [u8; 4] {
    POOL.with_borrow_mut(|pool| {
        if pool.used == pool.masks.len() {
            fill(&mut pool.masks);
            pool.used = 0;
        }
        let mut mask = [0; 4];
        let next = &mut pool.masks[pool.used..pool.used + 4];
        mask.copy_from_slice(next);
        next.fill(0);
        pool.used += 4;
        mask
    })
}

/// Returns 16 random bytes, such as for a `Sec-WebSocket-Key`.
pub(crate) fn nonce() -> [u8; 16] {
    let mut nonce = [0; 16];
    fill(&mut nonce);
    nonce
}

/// Returns a random number from 0 up to, but not including, 1.
pub(crate) fn fraction() -> f64 {
    let mut bytes = [0; 8];
    fill(&mut bytes);
    // As many bits as a number between 0 and 1 has.
    (u64::from_ne_bytes(bytes) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Fills `bytes`. Where the system has no randomness to give, no program should go on.
#[expect(
    clippy::expect_used,
    reason = "there is nothing to fall back on that would be safe"
)]
fn fill(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("the operating system provides randomness");
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn masks_differ_across_refills() {
        let masks: HashSet<_> = (0..4 * MASKS).map(|_| mask()).collect();
        // Two of 1,024 random 32-bit numbers are equal once in 8,000 runs, three hardly ever.
        assert!(masks.len() >= 4 * MASKS - 1);
        assert!(!masks.contains(&[0; 4]) || masks.len() == 4 * MASKS);
    }
}
