//! The phrases that go with status codes.

use crate::Status;
use glib::{GStr, gstr};

impl Status {
    /// Returns the standard phrase for a status code, "Unknown Error" where there is none.
    ///
    /// The phrases are those of IANA's registry and of RFC 9110 §15; they are meant for logs and
    /// not for users.
    ///
    /// ```
    /// assert_eq!(wsoup::Status::phrase(404), "Not Found");
    /// assert_eq!(wsoup::Status::phrase(999), "Unknown Error");
    /// ```
    pub fn phrase(status_code: u32) -> &'static GStr {
        match status_code {
            100 => gstr!("Continue"),
            101 => gstr!("Switching Protocols"),
            102 => gstr!("Processing"),
            103 => gstr!("Early Hints"),
            200 => gstr!("OK"),
            201 => gstr!("Created"),
            202 => gstr!("Accepted"),
            203 => gstr!("Non-Authoritative Information"),
            204 => gstr!("No Content"),
            205 => gstr!("Reset Content"),
            206 => gstr!("Partial Content"),
            207 => gstr!("Multi-Status"),
            208 => gstr!("Already Reported"),
            226 => gstr!("IM Used"),
            300 => gstr!("Multiple Choices"),
            301 => gstr!("Moved Permanently"),
            302 => gstr!("Found"),
            303 => gstr!("See Other"),
            304 => gstr!("Not Modified"),
            305 => gstr!("Use Proxy"),
            307 => gstr!("Temporary Redirect"),
            308 => gstr!("Permanent Redirect"),
            400 => gstr!("Bad Request"),
            401 => gstr!("Unauthorized"),
            402 => gstr!("Payment Required"),
            403 => gstr!("Forbidden"),
            404 => gstr!("Not Found"),
            405 => gstr!("Method Not Allowed"),
            406 => gstr!("Not Acceptable"),
            407 => gstr!("Proxy Authentication Required"),
            408 => gstr!("Request Timeout"),
            409 => gstr!("Conflict"),
            410 => gstr!("Gone"),
            411 => gstr!("Length Required"),
            412 => gstr!("Precondition Failed"),
            413 => gstr!("Content Too Large"),
            414 => gstr!("URI Too Long"),
            415 => gstr!("Unsupported Media Type"),
            416 => gstr!("Range Not Satisfiable"),
            417 => gstr!("Expectation Failed"),
            421 => gstr!("Misdirected Request"),
            422 => gstr!("Unprocessable Content"),
            423 => gstr!("Locked"),
            424 => gstr!("Failed Dependency"),
            425 => gstr!("Too Early"),
            426 => gstr!("Upgrade Required"),
            428 => gstr!("Precondition Required"),
            429 => gstr!("Too Many Requests"),
            431 => gstr!("Request Header Fields Too Large"),
            451 => gstr!("Unavailable For Legal Reasons"),
            500 => gstr!("Internal Server Error"),
            501 => gstr!("Not Implemented"),
            502 => gstr!("Bad Gateway"),
            503 => gstr!("Service Unavailable"),
            504 => gstr!("Gateway Timeout"),
            505 => gstr!("HTTP Version Not Supported"),
            506 => gstr!("Variant Also Negotiates"),
            507 => gstr!("Insufficient Storage"),
            508 => gstr!("Loop Detected"),
            510 => gstr!("Not Extended"),
            511 => gstr!("Network Authentication Required"),
            _ => gstr!("Unknown Error"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_named_status_but_two_has_a_phrase() {
        // 306 is reserved and has none (RFC 9110 §15.4.7), 0 is no status at all.
        let class = glib::EnumClass::new::<Status>();
        for value in class.values() {
            let code = u32::try_from(value.value()).unwrap();
            let known = Status::phrase(code) != "Unknown Error";
            assert_eq!(known, !matches!(code, 0 | 306), "{code}");
        }
    }
}
