//! What wsoup calls itself in `User-Agent` and `Server` (RFC 9110 §10.1.5, §10.2.4).

use glib::GString;

const PRODUCT: &str = concat!("wsoup/", env!("CARGO_PKG_VERSION"));

/// Completes a product that is empty or ends with a space by our own, as libsoup does.
pub(crate) fn complete(product: GString) -> GString {
    if product.is_empty() {
        PRODUCT.into()
    } else if product.ends_with(' ') {
        format!("{product}{PRODUCT}").into()
    } else {
        product
    }
}
