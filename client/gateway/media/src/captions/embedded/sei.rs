//! Caption data in H.264: user data of ATSC A/53 in the supplemental information of a frame.

/// Type of a unit with supplemental information.
const SEI_UNIT: u8 = 6;
/// Payload with user data that is registered under ITU-T T.35.
const REGISTERED_USER_DATA: usize = 4;
/// The United States, ATSC, "GA94", and the type of caption data.
const ATSC_CAPTIONS: [u8; 8] = [0xb5, 0x00, 0x31, b'G', b'A', b'9', b'4', 0x03];
/// Bytes of the length before each unit. ffmpeg writes four.
const LENGTH_BYTES: usize = 4;
/// Bytes of the header of caption data, and of each entry in it.
const HEADER_BYTES: usize = 2;
const ENTRY_BYTES: usize = 3;

/// The caption data (`cc_data`) of a frame.
pub(super) fn caption_data(frame: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut rest = frame;
    while let Some((length, after)) = rest.split_at_checked(LENGTH_BYTES) {
        let length = length.iter().fold(0usize, |sum, byte| sum << 8 | usize::from(*byte));
        let Some((unit, after)) = after.split_at_checked(length) else { break };
        if let [head, body @ ..] = unit {
            if head & 0x1f == SEI_UNIT {
                payloads(&unescaped(body), &mut found);
            }
        }
        rest = after;
    }
    found
}

/// The bytes of a unit without those that keep start codes out of it.
fn unescaped(body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(body.len());
    let mut zeros = 0;
    for byte in body {
        if zeros >= 2 && *byte == 3 {
            zeros = 0;
            continue;
        }
        zeros = if *byte == 0 { zeros + 1 } else { 0 };
        bytes.push(*byte);
    }
    bytes
}

fn payloads(mut rest: &[u8], found: &mut Vec<Vec<u8>>) {
    // The unit ends with a byte of its own.
    while rest.len() > 2 {
        let (Some(kind), Some(length)) = (number(&mut rest), number(&mut rest)) else { return };
        let Some((payload, after)) = rest.split_at_checked(length) else { return };
        if kind == REGISTERED_USER_DATA {
            found.extend(payload.strip_prefix(&ATSC_CAPTIONS).and_then(entries));
        }
        rest = after;
    }
}

/// A number in bytes of 255 and a last one.
fn number(rest: &mut &[u8]) -> Option<usize> {
    let mut sum = 0usize;
    loop {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        sum = sum.saturating_add(usize::from(*byte));
        if *byte != 0xff {
            return Some(sum);
        }
    }
}

/// The header and as many entries as it states, without what follows.
fn entries(data: &[u8]) -> Option<Vec<u8>> {
    let count = usize::from(data.first()? & 0x1f);
    data.get(..HEADER_BYTES + count * ENTRY_BYTES).map(<[u8]>::to_vec)
}

/// A frame with this caption data, for tests.
#[cfg(test)]
pub(super) fn frame_with(cc_data: &[u8]) -> Vec<u8> {
    let payload = [&ATSC_CAPTIONS[..], cc_data, &[0xff]].concat();
    let mut body = vec![REGISTERED_USER_DATA as u8, payload.len() as u8];
    let mut zeros = 0;
    for byte in payload.into_iter().chain([0x80]) {
        if zeros >= 2 && byte <= 3 {
            body.push(3);
            zeros = 0;
        }
        zeros = if byte == 0 { zeros + 1 } else { 0 };
        body.push(byte);
    }
    let unit = [&[SEI_UNIT][..], &body].concat();
    let slice = [0x65, 0x88, 0x84];
    let with_length = |unit: &[u8]| [&(unit.len() as u32).to_be_bytes()[..], unit].concat();
    [with_length(&unit), with_length(&slice)].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn caption_data_is_found_between_other_units() {
        let data = [0xc2, 0xff, 0xfc, 0x94, 0x20, 0xfd, 0x00, 0x00];
        assert_eq!(caption_data(&frame_with(&data)), [data.to_vec()]);
        assert_eq!(caption_data(&frame_with(&[0xc1, 0xff, 0xfc, 0, 0])), [vec![0xc1, 0xff, 0xfc, 0, 0]], "escaped");
        assert_eq!(caption_data(&frame_with(&[0xdf, 0xff, 1])), Vec::<Vec<u8>>::new(), "fewer entries than stated");
        assert_eq!(caption_data(&[0, 0, 0, 3, 0x65, 1, 2]), Vec::<Vec<u8>>::new());
    }

    proptest! {
        #[test]
        fn damaged_frames_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = caption_data(&bytes);
            let unit = [&[0, 0, 1, 0, SEI_UNIT][..], &bytes].concat();
            let _ = caption_data(&unit);
        }
    }
}
