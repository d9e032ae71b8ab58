//! What an upload contains, by its bytes.

use super::name::Format;

const TS_SYNC: u8 = 0x47;
const TS_PACKET_BYTES: usize = 188;

/// Contents of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Parts {
    pub has_init: bool,
    has_media: bool,
}

impl Parts {
    pub fn is_init_alone(self) -> bool {
        self.has_init && !self.has_media
    }
}

/// Finds the contents of a segment. `None` if it does not have this format.
pub(super) fn parts(format: Format, bytes: &[u8]) -> Option<Parts> {
    match format {
        Format::MpegTs => {
            let mut packets = [bytes.first(), bytes.get(TS_PACKET_BYTES)].into_iter().flatten();
            let is_ts = bytes.len() >= TS_PACKET_BYTES && packets.all(|byte| *byte == TS_SYNC);
            is_ts.then_some(Parts { has_init: false, has_media: true })
        }
        Format::Mp4 => mp4_parts(bytes),
    }
}

/// Finds the contents of an MP4 by its boxes at the top level.
fn mp4_parts(mut rest: &[u8]) -> Option<Parts> {
    let mut parts = Parts { has_init: false, has_media: false };
    while !rest.is_empty() {
        let size = u32::from_be_bytes(*rest.first_chunk()?);
        match rest.get(4..8)? {
            b"moov" => parts.has_init = true,
            b"moof" => parts.has_media = true,
            name if !name.iter().all(u8::is_ascii_alphanumeric) => return None,
            _ => {}
        }
        let size = match size {
            // 0: to the end of the file. 1: the size follows in 64 bits.
            0 => rest.len(),
            1 => usize::try_from(u64::from_be_bytes(*rest.get(8..16)?.first_chunk()?)).ok()?,
            size => usize::try_from(size).ok()?,
        };
        if size < 8 {
            return None;
        }
        rest = rest.get(size..)?;
    }
    (parts.has_init || parts.has_media).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn contents_are_found_and_garbage_is_refused() {
        let init = b"\0\0\0\x08ftyp\0\0\0\x08moov";
        assert!(parts(Format::Mp4, init).unwrap().is_init_alone());
        let media = b"\0\0\0\x08styp\0\0\0\x08moof\0\0\0\x09mdatx";
        assert!(!parts(Format::Mp4, media).unwrap().is_init_alone());
        for bad in [&b"\0\0\0\x08moof\0\0\0\x09mdat"[..], b"", b"garbage garbage", b"\0\0\0\0", b"\0\0\0\x04moof"] {
            assert_eq!(parts(Format::Mp4, bad), None, "{bad:?}");
        }
        assert!(parts(Format::MpegTs, &[TS_SYNC; 376]).is_some());
        assert!(parts(Format::MpegTs, &[0; 376]).is_none());
        assert!(parts(Format::MpegTs, &[TS_SYNC; 10]).is_none());
    }

    proptest! {
        #[test]
        fn random_uploads_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = parts(Format::Mp4, &bytes);
            let _ = parts(Format::MpegTs, &bytes);
        }
    }
}
