//! The `GBytes` in which the application gets a payload.
#![allow(unsafe_code)]

use crate::protocol::Payload;
use glib::ffi;
use glib::translate::*;

/// Up to this size a payload is copied, which costs less than to hand over its memory: that takes
/// an allocation more, and the memory serves for the next message instead.
const COPIED_SIZE: usize = 1024;

/// Makes a `GBytes` of `payload`, with a NUL behind its end for C; gives back the payload's memory
/// if it was copied.
pub(super) fn from_payload(payload: Payload) -> (glib::Bytes, Option<Payload>) {
    if payload.len() > COPIED_SIZE {
        return (glib::Bytes::from_owned(payload), None);
    }
    let with_nul = payload.as_bytes_with_nul();
    // SAFETY: the memory is as long as what is copied into it, is not NULL as that is not empty, and
    // becomes the property of the bytes, which do not count the NUL.
    let bytes = unsafe {
        let memory = ffi::g_malloc(with_nul.len()).cast::<u8>();
        memory.copy_from_nonoverlapping(with_nul.as_ptr(), with_nul.len());
        from_glib_full(ffi::g_bytes_new_take(memory.cast(), payload.len()))
    };
    (bytes, Some(payload))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_those_of_the_payload_with_a_nul_behind_them() {
        for size in [0, 1, COPIED_SIZE, COPIED_SIZE + 1] {
            let expected = vec![7; size];
            let (bytes, spare) = from_payload(Payload::from(expected.clone()));
            assert_eq!(*bytes, *expected);
            assert_eq!(spare.is_some(), size <= COPIED_SIZE);
            if size > 0 {
                // SAFETY: the byte behind the end is part of the memory.
                assert_eq!(unsafe { *bytes.as_ref().as_ptr().add(size) }, 0);
            }
        }
    }
}
