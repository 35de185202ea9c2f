//! Why something cannot be sent, or done, as an error.

/// Why a message is refused.
pub(super) fn overflow_error(size: u64, amount: u64, limit: u64) -> glib::Error {
    if size > limit {
        let text = format!(
            "message of {size} bytes exceeds the bound of {limit} on what may wait to be sent"
        );
        return glib::Error::new(gio::IOErrorEnum::MessageTooLarge, &text);
    }
    let text = format!(
        "{amount} bytes are waiting to be sent, and with {size} more it would be more than {limit}"
    );
    glib::Error::new(gio::IOErrorEnum::WouldBlock, &text)
}

/// The connection is closing, closed, or never was open.
pub(super) fn not_open() -> glib::Error {
    glib::Error::new(gio::IOErrorEnum::Closed, "the connection is not open")
}
