//! The nonces of Digest authentication: who made one, how old it is, and how often it was used
//! (RFC 7616 §3.3, §5.4, §5.5).
//!
//! A nonce proves by itself that it was made here, and when, so that nothing has to be remembered
//! of those that are handed out to anybody who asks. What is remembered is how often a nonce was
//! used by users who are known, and of these not more than [`MAX_USED`].

use glib::ChecksumType;
use std::collections::BTreeMap;
use std::time::Duration;

/// How long a nonce may be used.
const LIFETIME: Duration = Duration::from_secs(5 * 60);

/// The nonces that are remembered at most.
const MAX_USED: usize = 4096;

/// Digits of a number of 64 bits, and of the proof.
const NUMBER: usize = 16;
const PROOF: usize = 64;

pub(super) struct Nonces {
    key: [u8; 16],
    /// How often each nonce was used, by when it was made and what tells it from others.
    used: BTreeMap<(u64, u64), u32>,
    /// Older ones have been forgotten, and cannot be used any more.
    oldest: u64,
}

impl Default for Nonces {
    fn default() -> Self {
        Self {
            key: crate::random::nonce(),
            used: BTreeMap::new(),
            oldest: 0,
        }
    }
}

impl Nonces {
    /// Makes a nonce; `now` is the time since some event before this was made.
    pub(super) fn create(&self, now: Duration) -> String {
        let [high, low] = split(crate::random::nonce());
        self.sealed(microseconds(now), high ^ low)
    }

    /// Takes note of the use of a nonce, the `count`-th: whether it may be used so.
    pub(super) fn take(&mut self, nonce: &str, count: u32, now: Duration) -> bool {
        let Some((made, number)) = self.open(nonce) else {
            return false;
        };
        let oldest = microseconds(now.saturating_sub(LIFETIME));
        while let Some(entry) = self.used.first_entry()
            && entry.key().0 < oldest
        {
            entry.remove();
        }
        if made < oldest.max(self.oldest) {
            return false;
        }
        let last = self.used.entry((made, number)).or_insert(0);
        if count <= *last {
            return false;
        }
        *last = count;
        if self.used.len() > MAX_USED
            && let Some(((made, _), _)) = self.used.pop_first()
        {
            self.oldest = made + 1;
        }
        true
    }

    /// What a nonce says, if it was made here.
    fn open(&self, nonce: &str) -> Option<(u64, u64)> {
        if nonce.len() != 2 * NUMBER + PROOF || !nonce.is_ascii() {
            return None;
        }
        let number = |digits| u64::from_str_radix(digits, 16).ok();
        let made = number(&nonce[..NUMBER])?;
        let number = number(&nonce[NUMBER..2 * NUMBER])?;
        super::is_same_secret(&self.sealed(made, number), nonce).then_some((made, number))
    }

    fn sealed(&self, made: u64, number: u64) -> String {
        let content = format!("{made:016x}{number:016x}");
        let kind = ChecksumType::Sha256;
        let proof = glib::compute_hmac_for_data(kind, &self.key, content.as_bytes());
        content + &proof
    }
}

fn microseconds(time: Duration) -> u64 {
    time.as_micros() as u64
}

fn split(bytes: [u8; 16]) -> [u64; 2] {
    let number = u128::from_ne_bytes(bytes);
    [(number >> 64) as u64, number as u64]
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1000);

    #[test]
    fn a_nonce_is_used_with_growing_counts() {
        let mut nonces = Nonces::default();
        let (nonce, other) = (nonces.create(NOW), nonces.create(NOW));
        assert_ne!(nonce, other);
        for (count, is_allowed) in [(1, true), (1, false), (3, true), (2, false), (0, false)] {
            assert_eq!(nonces.take(&nonce, count, NOW), is_allowed, "{count}");
        }
        assert!(nonces.take(&other, 1, NOW));
    }

    #[test]
    fn a_nonce_grows_old_and_is_forgotten() {
        let mut nonces = Nonces::default();
        let nonce = nonces.create(NOW);
        assert!(nonces.take(&nonce, 1, NOW + LIFETIME));
        assert!(!nonces.take(&nonce, 2, NOW + LIFETIME + Duration::from_secs(1)));
        assert!(nonces.used.is_empty());
    }

    #[test]
    fn nobody_else_can_make_one() {
        let mut nonces = Nonces::default();
        let nonce = nonces.create(NOW);
        assert!(!nonces.take(&Nonces::default().create(NOW), 1, NOW));
        let mut later = nonce.clone();
        later.replace_range(..1, "1");
        for other in ["", &nonce[1..], &later, &"é".repeat(48), &"+".repeat(96)] {
            assert!(!nonces.take(other, 1, NOW), "{other}");
        }
    }

    #[test]
    fn memory_is_bounded_and_no_use_is_forgotten() {
        let mut nonces = Nonces::default();
        let first = nonces.create(NOW);
        assert!(nonces.take(&first, 1, NOW));
        let later = NOW + Duration::from_secs(1);
        for _ in 0..MAX_USED {
            let nonce = nonces.create(later);
            assert!(nonces.take(&nonce, 1, later));
        }
        assert_eq!(nonces.used.len(), MAX_USED);
        assert!(!nonces.take(&first, 1, later) && !nonces.take(&first, 2, later));
        let last = nonces.create(later);
        assert!(nonces.take(&last, 1, later));
    }
}
