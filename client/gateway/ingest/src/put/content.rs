//! What an upload contains, by its name and by its bytes.

use crate::error::PutError;

/// Maximum length of a path.
const MAX_NAME_BYTES: usize = 512;

const TS_SYNC: u8 = 0x47;
const TS_PACKET_BYTES: usize = 188;

/// Format of segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    MpegTs,
    Mp4,
}

/// The path of an upload, parsed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Name<'a> {
    pub whole: &'a str,
    /// `None` for a playlist.
    pub format: Option<Format>,
    /// The last run of digits in the file name.
    pub number: Option<u64>,
    before: &'a str,
    after: &'a str,
}

impl<'a> Name<'a> {
    pub fn parse(whole: &'a str) -> Result<Self, PutError> {
        let bad = || PutError::BadName(whole.chars().take(MAX_NAME_BYTES).collect());
        if whole.len() > MAX_NAME_BYTES || whole.contains("..") {
            return Err(bad());
        }
        let (base, extension) = whole.rsplit_once('.').ok_or_else(bad)?;
        let format = match extension.to_ascii_lowercase().as_str() {
            "m3u8" | "mpd" => None,
            "ts" => Some(Format::MpegTs),
            "m4s" | "mp4" | "cmfv" | "cmfa" | "m4v" => Some(Format::Mp4),
            _ => return Err(bad()),
        };
        let end = base.rfind(|c: char| c.is_ascii_digit()).map_or(0, |last| last + 1);
        let start = base[..end].rfind(|c: char| !c.is_ascii_digit()).map_or(0, |last| {
            // The character before the digits may be several bytes long.
            last + base[last..].chars().next().map_or(1, char::len_utf8)
        });
        let number = base[start..end].parse().ok();
        Ok(Self { whole, format, number, before: &whole[..start], after: &whole[end..] })
    }

    /// The name with `#` instead of the number, which all segments of a rendition have in common.
    pub fn stem(&self) -> String {
        format!("{}#{}", self.before, self.after)
    }
}

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

impl Format {
    /// Finds the contents of a segment. `None` if it does not have this format.
    pub fn parts(self, bytes: &[u8]) -> Option<Parts> {
        match self {
            Self::MpegTs => {
                let mut packets = [bytes.first(), bytes.get(TS_PACKET_BYTES)].into_iter().flatten();
                let is_ts = bytes.len() >= TS_PACKET_BYTES && packets.all(|byte| *byte == TS_SYNC);
                is_ts.then_some(Parts { has_init: false, has_media: true })
            }
            Self::Mp4 => mp4_parts(bytes),
        }
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
    fn names_are_parsed() {
        let name = Name::parse("live/720p/seg_00012.ts").unwrap();
        assert_eq!(
            (name.format, name.number, name.stem().as_str()),
            (Some(Format::MpegTs), Some(12), "live/720p/seg_#.ts")
        );
        assert_eq!(Name::parse("a/index.m3u8").unwrap().format, None);
        assert_eq!(Name::parse("init.mp4").unwrap().number, None);
        assert_eq!(Name::parse("é7x.m4s").unwrap().stem(), "é#x.m4s");
        assert_eq!(Name::parse("99999999999999999999999.ts").unwrap().number, None);
    }

    #[test]
    fn names_without_a_known_extension_are_refused() {
        for name in ["", "x", "x.txt", "../1.ts", &"1".repeat(600)] {
            assert!(matches!(Name::parse(name), Err(PutError::BadName(_))), "{name}");
        }
    }

    #[test]
    fn contents_are_found_and_garbage_is_refused() {
        let init = b"\0\0\0\x08ftyp\0\0\0\x08moov";
        assert!(Format::Mp4.parts(init).unwrap().is_init_alone());
        let media = b"\0\0\0\x08styp\0\0\0\x08moof\0\0\0\x09mdatx";
        assert!(!Format::Mp4.parts(media).unwrap().is_init_alone());
        for bad in [&b"\0\0\0\x08moof\0\0\0\x09mdat"[..], b"", b"garbage garbage", b"\0\0\0\0", b"\0\0\0\x04moof"] {
            assert_eq!(Format::Mp4.parts(bad), None, "{bad:?}");
        }
        assert!(Format::MpegTs.parts(&[TS_SYNC; 376]).is_some());
        assert!(Format::MpegTs.parts(&[0; 376]).is_none());
        assert!(Format::MpegTs.parts(&[TS_SYNC; 10]).is_none());
    }

    proptest! {
        #[test]
        fn random_uploads_never_panic(name in ".{0,40}", bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = Name::parse(&name);
            let _ = Name::parse(&format!("{name}.ts"));
            let _ = Format::Mp4.parts(&bytes);
            let _ = Format::MpegTs.parts(&bytes);
        }
    }
}
