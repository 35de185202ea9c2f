//! Masking (RFC 6455 §5.3): XOR with four bytes over and over, which undoes itself.

/// XORs `data` with `mask`, whose first byte stands at the beginning of the payload.
///
/// `offset` says how far into the payload `data` begins.
pub(super) fn apply_mask(data: &mut [u8], mask: [u8; 4], offset: u64) {
    let mut mask = mask;
    mask.rotate_left((offset % 4) as usize);

    // Words of sixteen bytes: compilers make vector instructions of this loop.
    let [a, b, c, d] = mask;
    let key = u128::from_ne_bytes([a, b, c, d, a, b, c, d, a, b, c, d, a, b, c, d]);
    let (words, rest) = data.as_chunks_mut();
    for word in words {
        *word = (u128::from_ne_bytes(*word) ^ key).to_ne_bytes();
    }
    // Most messages are short, and much of them is here.
    let (quads, rest) = rest.as_chunks_mut();
    for quad in quads {
        *quad = (u32::from_ne_bytes(*quad) ^ u32::from_ne_bytes(mask)).to_ne_bytes();
    }
    for (byte, mask) in rest.iter_mut().zip(mask) {
        *byte ^= mask;
    }
}

/// Appends `data`, masked, to `out`.
pub(super) fn extend_masked(out: &mut Vec<u8>, data: &[u8], mask: [u8; 4]) {
    out.reserve(data.len());
    // In blocks, so that the second look at each finds it in the cache. The mask begins anew with
    // every block, as four divides their size.
    for block in data.chunks(BLOCK) {
        let start = out.len();
        out.extend_from_slice(block);
        apply_mask(&mut out[start..], mask, 0);
    }
}

/// How much is worked on at a time; a multiple of four.
pub(super) const BLOCK: usize = 16 * 1024;

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn byte_by_byte(data: &[u8], mask: [u8; 4], offset: u64) -> Vec<u8> {
        (offset..)
            .zip(data)
            .map(|(at, byte)| byte ^ mask[(at % 4) as usize])
            .collect()
    }

    #[test]
    fn every_length_and_offset_is_masked() {
        let data: Vec<u8> = (0..100).collect();
        let mask = [0x12, 0x34, 0x56, 0x78];
        for length in 0..data.len() {
            for offset in 0..9 {
                for start in 0..length.min(17) {
                    let mut masked = data.clone();
                    apply_mask(&mut masked[start..length], mask, offset);
                    assert_eq!(masked[..start], data[..start]);
                    assert_eq!(masked[length..], data[length..]);
                    let expected = byte_by_byte(&data[start..length], mask, offset);
                    assert_eq!(
                        masked[start..length],
                        expected,
                        "{start}..{length} at {offset}"
                    );
                }
            }
        }
    }

    #[test]
    fn offset_may_be_huge() {
        let mut data = [0; 5];
        apply_mask(&mut data, [1, 2, 3, 4], u64::MAX);
        assert_eq!(data, [4, 1, 2, 3, 4]);
    }

    #[test]
    fn blocks_continue_the_mask() {
        let data = vec![0x55; 2 * BLOCK + 7];
        let mut out = vec![9];
        extend_masked(&mut out, &data, [1, 2, 3, 4]);
        assert_eq!(out[0], 9);
        assert_eq!(out[1..], byte_by_byte(&data, [1, 2, 3, 4], 0));
    }

    proptest! {
        #[test]
        fn pieces_are_masked_as_the_whole(
            data in vec(any::<u8>(), 0..200),
            mask: [u8; 4],
            cut in 0..200_usize,
        ) {
            let cut = cut.min(data.len());
            let mut pieces = data.clone();
            let (first, second) = pieces.split_at_mut(cut);
            apply_mask(first, mask, 0);
            apply_mask(second, mask, cut as u64);
            prop_assert_eq!(pieces, byte_by_byte(&data, mask, 0));
        }
    }
}
