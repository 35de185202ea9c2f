//! The dates of `Expires` (RFC 6265 §5.1.1), which servers write in many ways: all those of HTTP
//! (RFC 9110 §5.6.7) among them.

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// The time that `text` says; `None` if it says none.
pub(crate) fn parse_date(text: &str) -> Option<glib::DateTime> {
    let (mut time, mut day, mut month, mut year) = (None, None, None, None);
    for token in text.split(is_delimiter).filter(|token| !token.is_empty()) {
        if time.is_none() && parse_time(token).is_some() {
            time = parse_time(token);
        } else if day.is_none() && parse_digits(token, 1, 2).is_some() {
            day = parse_digits(token, 1, 2);
        } else if month.is_none() && parse_month(token).is_some() {
            month = parse_month(token);
        } else if year.is_none() {
            year = parse_digits(token, 2, 4);
        }
    }
    let ((hour, minute, second), year) = (time?, year?);
    let year = match year {
        0..=69 => year + 2000,
        70..=99 => year + 1900,
        _ => year,
    };
    if year < 1601 || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    glib::DateTime::from_utc(year, month?, day?, hour, minute, second.into()).ok()
}

fn is_delimiter(character: char) -> bool {
    matches!(character, '\t' | ' '..='/' | ';'..='@' | '['..='`' | '{'..='~')
}

/// A number with so many digits, and what may follow it: anything but digits.
fn parse_digits(token: &str, least: usize, most: usize) -> Option<i32> {
    let count = token.bytes().take_while(u8::is_ascii_digit).count();
    (least..=most)
        .contains(&count)
        .then(|| token[..count].parse().ok())?
}

fn parse_time(token: &str) -> Option<(i32, i32, i32)> {
    let mut fields = token.splitn(3, ':');
    let mut whole = || {
        let field = fields.next()?;
        let is_number = field.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| parse_digits(field, 1, 2))?
    };
    let (hour, minute) = (whole()?, whole()?);
    Some((hour, minute, parse_digits(fields.next()?, 1, 2)?))
}

fn parse_month(token: &str) -> Option<i32> {
    let name = token.get(..3)?.to_ascii_lowercase();
    (1..)
        .zip(MONTHS)
        .find(|(_, month)| *month == name)
        .map(|(number, _)| number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed(text: &str) -> Option<String> {
        Some(parse_date(text)?.format_iso8601().unwrap().into())
    }

    #[test]
    fn dates_are_read_however_they_are_written() {
        for text in [
            "Wed, 09 Jun 2100 10:18:14 GMT",
            "Wednesday, 09-Jun-2100 10:18:14 GMT",
            "Wed Jun  9 10:18:14 2100",
            "9 june 2100 10:18:14",
            "10:18:14 2100 9 Jun",
            "Jun 9 2100, 10:18:14.5 UTC",
        ] {
            assert_eq!(
                parsed(text).as_deref(),
                Some("2100-06-09T10:18:14Z"),
                "{text}"
            );
        }
        for (text, year) in [
            ("70", "1970"),
            ("99", "1999"),
            ("00", "2000"),
            ("69", "2069"),
        ] {
            let date = parsed(&format!("1-Jan-{text} 0:0:0")).unwrap();
            assert_eq!(&date[..4], year);
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "garbage",
            "2100-06-09T10:18:14Z",
            "Wed, 09 Jun 2100",
            "09 Jun 10:18:14",
            "31 Feb 2100 10:18:14",
            "0 Jun 2100 10:18:14",
            "9 Jun 1600 10:18:14",
            "9 Jun 21000 10:18:14",
            "9 Jun 2100 24:00:00",
            "9 Jun 2100 10:60:00",
            "9 Jün 2100 10:18:14",
        ] {
            assert_eq!(parsed(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange(text in "[0-9a-zA-Z:, ä-]{0,40}") {
            parse_date(&text);
        }
    }
}
