//! The configuration of an AV1 decoder, from the sequence header that precedes key frames.

/// Type of an OBU with a sequence header.
const SEQUENCE_HEADER: u8 = 1;
/// Bits of the first byte of an OBU.
const HAS_EXTENSION: u8 = 0x04;
const HAS_SIZE: u8 = 0x02;
/// Maximum size of a sequence header. Larger ones are nonsense.
const MAX_HEADER_BYTES: usize = 1_024;

/// `AV1CodecConfigurationRecord` of a frame that has a sequence header. Decoders read the header itself; the record before
/// it repeats the profile only, and states the highest level, and 8 bits with 4:2:0.
pub(super) fn config(frame: &[u8]) -> Option<Vec<u8>> {
    let mut rest = frame;
    loop {
        let (header, payload, length) = obu(rest)?;
        if header >> 3 & 0x0f == SEQUENCE_HEADER && length <= MAX_HEADER_BYTES {
            let profile = payload.first()? >> 5;
            return Some([&[0x81, profile << 5 | 0x1f, 0x0c, 0][..], &rest[..length]].concat());
        }
        rest = &rest[length..];
    }
}

/// First byte, payload and whole length of the first OBU.
fn obu(data: &[u8]) -> Option<(u8, &[u8], usize)> {
    let header = *data.first()?;
    let mut at = if header & HAS_EXTENSION == 0 { 1 } else { 2 };
    if header & HAS_SIZE == 0 {
        return Some((header, data.get(at..)?, data.len()));
    }
    let mut size = 0_usize;
    for shift in (0..28).step_by(7) {
        let byte = *data.get(at)?;
        at += 1;
        size |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some((header, data.get(at..at + size)?, at + size));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequence_header_becomes_the_configuration() {
        let frame = b"\x12\0\x0a\x03\x20\x11\x22\x32\x02ab";
        assert_eq!(config(frame).unwrap(), b"\x81\x3f\x0c\0\x0a\x03\x20\x11\x22");
    }

    #[test]
    fn other_frames_have_no_configuration() {
        for frame in [&b""[..], b"\x32\x02ab", b"\x0a\x7fab", b"\x0a\xff\xff\xff\xff\xff", b"\x0a", b"\x16", b"\x0a\0"]
        {
            assert_eq!(config(frame), None, "{frame:?}");
        }
    }
}
