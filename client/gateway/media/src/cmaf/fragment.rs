//! A fragment: times and flags, from `moof`.

use super::{
    boxes::{child, need, Boxes, Fields},
    init::{Init, SampleDefaults, Track},
    CmafError,
};
use crate::time::{Span, NANOS};
use bytes::Bytes;

/// A sample that cannot be decoded on its own has this bit among its flags.
const NOT_A_SYNC_SAMPLE: u32 = 0x0001_0000;

/// `moof` and `mdat`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// As they came.
    pub bytes: Bytes,
    /// When it plays; nothing if it holds no sample of the reference track (the last sound of a stream, for example).
    pub timing: Option<Timing>,
}

/// When a fragment's samples of the reference track play.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// The first sample's decode time.
    pub decode_time: Span,
    /// The first sample's presentation time, with the edit list applied: what is the same in every rendition.
    pub presentation_nanos: i64,
    /// Of all samples together.
    pub duration: Span,
    /// Whether it can be decoded without the fragments before it.
    pub independent: bool,
    /// How many.
    pub samples: u32,
}

impl Fragment {
    /// Reads `moof` and `mdat` in `bytes`; `moof` is the payload of the former.
    pub(super) fn read(bytes: Bytes, moof: &[u8], init: &Init) -> Result<Self, CmafError> {
        let track = init.reference();
        let mut timing: Option<Timing> = None;
        for found in Boxes::of(moof) {
            let (name, traf) = found?;
            if &name.0 != b"traf" {
                continue;
            }
            let header = TrackHeader::read(need(traf, b"traf", b"tfhd")?, track.defaults)?;
            if header.track_id == track.id {
                timing = join(timing, read_traf(traf, header.defaults, track)?)?;
            }
        }
        Ok(Self { bytes, timing })
    }
}

/// Two runs of samples of one track, one after the other.
fn join(first: Option<Timing>, second: Option<Timing>) -> Result<Option<Timing>, CmafError> {
    let (Some(first), Some(second)) = (first, second) else { return Ok(first.or(second)) };
    let units = first.duration.units.checked_add(second.duration.units).ok_or(CmafError::Overflow)?;
    let samples = first.samples.checked_add(second.samples).ok_or(CmafError::Overflow)?;
    Ok(Some(Timing { duration: Span { units, ..first.duration }, samples, ..first }))
}

/// `tfhd`.
struct TrackHeader {
    track_id: u32,
    defaults: SampleDefaults,
}

impl TrackHeader {
    fn read(tfhd: &[u8], mut defaults: SampleDefaults) -> Result<Self, CmafError> {
        let (_, flags, mut fields) = Fields::full(b"tfhd", tfhd)?;
        let track_id = fields.u32()?;
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
            fields.skip(4)?;
        }
        if flags & 0x20 != 0 {
            defaults.flags = fields.u32()?;
        }
        Ok(Self { track_id, defaults })
    }
}

fn read_traf(traf: &[u8], defaults: SampleDefaults, track: &Track) -> Result<Option<Timing>, CmafError> {
    let start_units = match child(traf, b"tfdt")? {
        Some(tfdt) => {
            let (version, _, mut fields) = Fields::full(b"tfdt", tfdt)?;
            fields.sized(version)?
        }
        None => return Err(CmafError::MissingBox { parent: super::FourCc(*b"traf"), child: super::FourCc(*b"tfdt") }),
    };
    let mut timing = None;
    for found in Boxes::of(traf) {
        let (name, trun) = found?;
        if &name.0 == b"trun" {
            if let Some(run) = Run::read(trun, defaults)? {
                timing = join(timing, Some(run.timing(start_units, track)?))?;
            }
        }
    }
    Ok(timing)
}

/// `trun`, summed up.
struct Run {
    samples: u32,
    duration_units: u64,
    first_flags: u32,
    first_offset: i64,
}

impl Run {
    /// Nothing for a run without samples.
    fn read(trun: &[u8], defaults: SampleDefaults) -> Result<Option<Self>, CmafError> {
        let (version, flags, mut fields) = Fields::full(b"trun", trun)?;
        let samples = fields.u32()?;
        if samples == 0 {
            return Ok(None);
        }
        if flags & 0x1 != 0 {
            fields.skip(4)?;
        }
        let first_flags = if flags & 0x4 != 0 { Some(fields.u32()?) } else { None };
        let duration_units = u64::from(samples) * u64::from(defaults.duration);
        let mut run = Self { samples, duration_units, first_flags: defaults.flags, first_offset: 0 };
        if flags & 0xf00 != 0 {
            run.read_samples(version, flags, &mut fields, defaults)?;
        }
        run.first_flags = first_flags.unwrap_or(run.first_flags);
        Ok(Some(run))
    }

    fn read_samples(
        &mut self,
        version: u8,
        flags: u32,
        fields: &mut Fields<'_>,
        defaults: SampleDefaults,
    ) -> Result<(), CmafError> {
        let has = |bit: u32| flags & bit != 0;
        self.duration_units = 0;
        for sample in 0..self.samples {
            let duration = if has(0x100) { fields.u32()? } else { defaults.duration };
            self.duration_units += u64::from(duration);
            if has(0x200) {
                fields.skip(4)?;
            }
            let sample_flags = if has(0x400) { fields.u32()? } else { defaults.flags };
            let offset = if has(0x800) { fields.u32()? } else { 0 };
            if sample == 0 {
                self.first_flags = sample_flags;
                self.first_offset = if version == 0 { i64::from(offset) } else { i64::from(offset as i32) };
            }
        }
        Ok(())
    }

    fn timing(&self, start_units: u64, track: &Track) -> Result<Timing, CmafError> {
        let presentation = i128::from(start_units) + i128::from(self.first_offset);
        let nanos = presentation * NANOS as i128 / i128::from(track.timescale.get()) + i128::from(track.shift_nanos);
        Ok(Timing {
            decode_time: Span::new(start_units, track.timescale),
            presentation_nanos: i64::try_from(nanos).map_err(|_| CmafError::Overflow)?,
            duration: Span::new(self.duration_units, track.timescale),
            // Every sample of sound can be decoded on its own, whatever its flags say.
            independent: self.first_flags & NOT_A_SYNC_SAMPLE == 0 || is_audio(track),
            samples: self.samples,
        })
    }
}

fn is_audio(track: &Track) -> bool {
    matches!(track.kind, super::TrackKind::Audio { .. })
}
