//! The frames of fragments, one by one.

use super::{
    boxes::{need, Boxes, Fields, Header},
    error::CmafError,
    four_cc::FourCc,
    init::{Init, Track, TrackKind},
};

/// A frame of video.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sample<'a> {
    /// Presentation time in milliseconds.
    pub media_ms: u64,
    /// Coded frame.
    pub data: &'a [u8],
}

/// The frames of the video track in pairs of `moof` and `mdat`, in the order in which they are shown.
pub(crate) fn video_samples<'a>(init: &Init, fragments: &'a [u8]) -> Result<Vec<Sample<'a>>, CmafError> {
    let track = init.reference();
    if !matches!(track.kind, TrackKind::Video { .. }) {
        return Ok(Vec::new());
    }
    let mut samples = Vec::new();
    let mut rest = fragments;
    while let Some(header) = Header::read(rest)? {
        let too_long = CmafError::BoxSize { name: header.name, bytes: header.total_bytes };
        let total = usize::try_from(header.total_bytes).map_err(|_| too_long.clone())?;
        let whole = rest.get(..total).ok_or(too_long)?;
        if &header.name.0 == b"moof" {
            read_moof(rest, &whole[header.header_bytes..], track, &mut samples)?;
        }
        rest = &rest[total..];
    }
    samples.sort_by_key(|sample| sample.media_ms);
    Ok(samples)
}

/// Reads the frames of a `moof`. `from_moof` begins with it: offsets count from there.
fn read_moof<'a>(
    from_moof: &'a [u8],
    moof: &[u8],
    track: &Track,
    samples: &mut Vec<Sample<'a>>,
) -> Result<(), CmafError> {
    for found in Boxes::of(moof) {
        let (name, traf) = found?;
        if &name.0 != b"traf" {
            continue;
        }
        let Some(defaults) = Defaults::read(need(traf, b"traf", b"tfhd")?, track)? else { continue };
        let (version, _, mut fields) = Fields::full(b"tfdt", need(traf, b"traf", b"tfdt")?)?;
        let mut units = fields.sized(version)?;
        for found in Boxes::of(traf) {
            let (name, trun) = found?;
            if &name.0 == b"trun" {
                units = read_run(from_moof, trun, (track, defaults), units, samples)?;
            }
        }
    }
    Ok(())
}

#[derive(Clone, Copy)]
struct Defaults {
    duration: u32,
    size: u32,
}

impl Defaults {
    /// Reads `tfhd`. `None` if it is about another track.
    fn read(tfhd: &[u8], track: &Track) -> Result<Option<Self>, CmafError> {
        let (_, flags, mut fields) = Fields::full(b"tfhd", tfhd)?;
        if fields.u32()? != track.id {
            return Ok(None);
        }
        let mut defaults = Self { duration: track.defaults.duration, size: 0 };
        if flags & 0x1 != 0 {
            return Err(CmafError::NotSelfContained);
        }
        if flags & 0x2 != 0 {
            fields.skip(4)?;
        }
        if flags & 0x8 != 0 {
            defaults.duration = fields.u32()?;
        }
        if flags & 0x10 != 0 {
            defaults.size = fields.u32()?;
        }
        Ok(Some(defaults))
    }
}

/// Reads a run of frames that begins at `units`. Returns where it ends.
fn read_run<'a>(
    from_moof: &'a [u8],
    trun: &[u8],
    (track, defaults): (&Track, Defaults),
    mut units: u64,
    samples: &mut Vec<Sample<'a>>,
) -> Result<u64, CmafError> {
    let (version, flags, mut fields) = Fields::full(b"trun", trun)?;
    let has = |bit: u32| flags & bit != 0;
    let count = fields.u32()?;
    let mut offset = if has(0x1) { fields.u32()? as usize } else { return Ok(units) };
    if has(0x4) {
        fields.skip(4)?;
    }
    for _ in 0..count {
        let duration = if has(0x100) { fields.u32()? } else { defaults.duration };
        let size = if has(0x200) { fields.u32()? } else { defaults.size } as usize;
        if has(0x400) {
            fields.skip(4)?;
        }
        let later = if has(0x800) { fields.u32()? } else { 0 };
        let later = if version == 0 { i64::from(later) } else { i64::from(later as i32) };
        let end = offset.checked_add(size).ok_or(CmafError::Overflow)?;
        let data = from_moof.get(offset..end).ok_or(CmafError::Truncated(FourCc(*b"mdat")))?;
        let shown = i128::from(units) + i128::from(later);
        let ms = shown * 1_000 / i128::from(track.timescale.get()) + i128::from(track.shift_nanos / 1_000_000);
        samples.push(Sample { media_ms: u64::try_from(ms).unwrap_or(0), data });
        offset = end;
        units = units.saturating_add(duration.into());
        // A run of empty frames would be as long as its count says.
        if flags & 0xf00 == 0 && size == 0 {
            return Ok(units);
        }
    }
    Ok(units)
}
