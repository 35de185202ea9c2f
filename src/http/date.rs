//! Dates in headers (RFC 9110 §5.6.7).

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// The present time, in English whatever the locale is.
pub(crate) fn http_date() -> String {
    // It fails for years past 9999.
    glib::DateTime::now_utc()
        .map(|now| format(&now))
        .unwrap_or_default()
}

/// `time` as headers have it.
pub(crate) fn format(time: &glib::DateTime) -> String {
    // Whatever its time zone is; it fails for times that no calendar has.
    let time = &time.to_utc().unwrap_or_else(|_| time.clone());
    // GLib counts days and months from 1.
    let day = DAYS[(time.day_of_week() - 1).rem_euclid(7) as usize];
    let month = MONTHS[(time.month() - 1).rem_euclid(12) as usize];
    format!(
        "{day}, {:02} {month} {:04} {:02}:{:02}:{:02} GMT",
        time.day_of_month(),
        time.year(),
        time.hour(),
        time.minute(),
        time.second()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_is_that_of_the_rfc() {
        let time = glib::DateTime::from_utc(1994, 11, 6, 8, 49, 37.0).unwrap();
        assert_eq!(format(&time), "Sun, 06 Nov 1994 08:49:37 GMT");
    }
}
