//! Frames as bytes, written and read by hand.

use wsoup::WebsocketConnectionType;

/// A frame as this role should receive it; with the shortest header.
pub(crate) fn frame_to(role: WebsocketConnectionType, first_byte: u8, payload: &[u8]) -> Vec<u8> {
    let is_masked = role == WebsocketConnectionType::Server;
    let length = payload.len() as u64;
    let mut frame = vec![first_byte];
    frame.extend(match length {
        0..126 => encode_length(is_masked, length as u8, &[]),
        126..=0xffff => encode_length(is_masked, 126, &(length as u16).to_be_bytes()),
        _ => encode_length(is_masked, 127, &length.to_be_bytes()),
    });
    if is_masked {
        let mask = [0x37, 0xfa, 0x21, 0x3d];
        frame.extend(mask);
        frame.extend(payload.iter().zip(mask.iter().cycle()).map(|(a, b)| a ^ b));
    } else {
        frame.extend(payload);
    }
    frame
}

/// The second byte of a header, and the extended length behind it.
pub(crate) fn encode_length(is_masked: bool, short: u8, extended: &[u8]) -> Vec<u8> {
    [&[short | u8::from(is_masked) << 7], extended].concat()
}

/// Takes the frames that a peer in this role has sent out of `bytes`, as first byte and payload;
/// what is no whole frame is left.
///
/// Asserts that they are masked as they have to be.
pub(crate) fn frames_from(role: WebsocketConnectionType, bytes: &mut &[u8]) -> Vec<(u8, Vec<u8>)> {
    let mut frames = Vec::new();
    while let Some((frame, length)) = frame_from(role, bytes) {
        frames.push(frame);
        *bytes = &bytes[length..];
    }
    frames
}

fn frame_from(role: WebsocketConnectionType, bytes: &[u8]) -> Option<((u8, Vec<u8>), usize)> {
    let [first, second] = *bytes.first_chunk()?;
    let is_masked = second & 0x80 != 0;
    assert_eq!(is_masked, role == WebsocketConnectionType::Client);
    let (length, mut size) = match second & 0x7f {
        126 => (u16::from_be_bytes(*bytes[2..].first_chunk()?).into(), 4),
        127 => (u64::from_be_bytes(*bytes[2..].first_chunk()?) as usize, 10),
        length => (length.into(), 2),
    };
    let mut mask = [0; 4];
    if is_masked {
        mask = *bytes.get(size..)?.first_chunk()?;
        size += 4;
    }
    let payload = bytes.get(size..size + length)?;
    let unmasked = payload.iter().zip(mask.iter().cycle()).map(|(a, b)| a ^ b);
    Some(((first, unmasked.collect()), size + length))
}
