//! `Retry-After` (RFC 9110 §10.2.3): how long a server wants to be left alone.

use std::time::Duration;

/// The longest time that is believed. A server that needs more is asked now and then.
pub(super) const MAX_RETRY_AFTER: Duration = Duration::from_secs(60 * 60);

/// How long to wait from `now`, in seconds since 1970, as `value` says: a number of seconds, or a
/// date, which `parse_date` turns into the same. `None` if it says neither.
pub(super) fn parse(
    value: &str,
    now: i64,
    parse_date: impl FnOnce(&str) -> Option<i64>,
) -> Option<Duration> {
    let value = value.trim_matches([' ', '\t']);
    let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = if is_number {
        // More digits than fit are a long time, too.
        value.parse().unwrap_or(u64::MAX)
    } else {
        // A date that has passed, or seems to because clocks differ, asks for nothing.
        u64::try_from(parse_date(value)?.saturating_sub(now)).unwrap_or(0)
    };
    Some(Duration::from_secs(seconds).min(MAX_RETRY_AFTER))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cookie::parse_date;
    use proptest::prelude::*;

    /// Sun, 06 Nov 1994 08:49:37 GMT.
    const NOW: i64 = 784_111_777;

    fn seconds(value: &str) -> Option<u64> {
        let date = |text: &str| Some(parse_date(text)?.to_unix());
        Some(parse(value, NOW, date)?.as_secs())
    }

    #[test]
    fn seconds_and_dates_are_understood_up_to_the_bound() {
        for (value, expected) in [
            ("0", Some(0)),
            ("120", Some(120)),
            (" 7\t", Some(7)),
            ("3600", Some(3_600)),
            ("86400", Some(3_600)),
            ("99999999999999999999999999", Some(3_600)),
            ("Sun, 06 Nov 1994 08:50:07 GMT", Some(30)),
            ("Sunday, 06-Nov-94 08:50:07 GMT", Some(30)),
            ("Sun Nov  6 08:50:07 1994", Some(30)),
            ("Sun, 06 Nov 1994 08:49:07 GMT", Some(0)),
            ("Sun, 06 Nov 2094 08:49:07 GMT", Some(3_600)),
            ("", None),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
            ("12 monkeys", None),
        ] {
            assert_eq!(seconds(value), expected, "{value:?}");
        }
    }

    proptest! {
        #[test]
        fn no_value_is_too_strange(value in ".{0,40}") {
            prop_assert!(seconds(&value).is_none_or(|seconds| seconds <= 3_600));
        }
    }
}
