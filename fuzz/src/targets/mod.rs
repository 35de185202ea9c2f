//! The targets, a file each.

mod deflate;
mod differential;
mod endpoint;
mod frames;
mod handshake;
mod headers;

pub use deflate::deflate;
pub use differential::differential;
pub use endpoint::endpoint;
pub use frames::frames;
pub use handshake::handshake;
pub use headers::headers;

use std::io::{IoSlice, Write};
use std::time::Instant;
use wsoup::protocol::Endpoint;

/// Masks need not be secret here, but must not all be the same.
fn next_mask() -> [u8; 4] {
    use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
    static NEXT: AtomicU32 = AtomicU32::new(0x1234_5678);
    NEXT.fetch_add(0x9e37_79b9, Relaxed).to_be_bytes()
}

/// Writes all that the endpoint has to say to `output`.
fn drain(endpoint: &mut Endpoint, output: &mut Vec<u8>, now: Instant) {
    while endpoint.has_output() {
        let written = transmit(endpoint, output, 16, usize::MAX, now);
        assert_ne!(written, 0, "there is output, and nothing is offered");
    }
}

/// Writes at most `most` bytes, out of at most `slices` slices; returns how many it were.
fn transmit(
    endpoint: &mut Endpoint,
    output: &mut Vec<u8>,
    slices: usize,
    most: usize,
    now: Instant,
) -> usize {
    let mut offered = [IoSlice::new(&[]); 16];
    let count = endpoint.transmit(&mut offered[..slices.min(16)]);
    let before = output.len();
    // Writing to a vector takes everything.
    let offered = output.write_vectored(&offered[..count]).unwrap_or(0);
    let written = offered.min(most);
    output.truncate(before + written);
    endpoint.transmitted(written, now);
    written
}
