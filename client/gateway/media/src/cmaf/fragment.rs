//! Times and flags of a fragment, from `moof`.

use super::{
    boxes::{need, Boxes, Fields},
    error::CmafError,
    init::{Init, SampleDefaults, Track, TrackKind},
};
use crate::time::{Span, NANOS};
use bytes::Bytes;

/// Flag of a sample that cannot be decoded on its own.
const NOT_A_SYNC_SAMPLE: u32 = 0x0001_0000;

/// A `moof` and its `mdat`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// Both boxes, unchanged.
    pub bytes: Bytes,
    /// When it plays. `None` if it has no sample of the reference track, for example at the end of a stream whose sound
    /// is longer than its video.
    pub timing: Option<Timing>,
}

/// When the samples of the reference track in a fragment play.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// Presentation time of the first sample in nanoseconds, with the edit list applied. It is the same in every
    /// rendition.
    pub presentation_nanos: i64,
    /// Total duration of the samples.
    pub duration: Span,
    /// Whether the fragment can be decoded without earlier ones.
    pub independent: bool,
    /// Number of samples.
    pub samples: u32,
}

impl Timing {
    /// Presentation time of the end of the last sample in nanoseconds.
    pub fn end_nanos(&self) -> i64 {
        let duration = i64::try_from(self.duration.nanos()).unwrap_or(i64::MAX);
        self.presentation_nanos.saturating_add(duration)
    }
}

impl Fragment {
    /// Reads a fragment: `bytes` is `moof` and `mdat`, `moof` is the payload of the former.
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

/// Joins two consecutive runs of samples of one track.
fn join(first: Option<Timing>, second: Option<Timing>) -> Result<Option<Timing>, CmafError> {
    let (Some(first), Some(second)) = (first, second) else { return Ok(first.or(second)) };
    let units = first.duration.units.checked_add(second.duration.units).ok_or(CmafError::Overflow)?;
    let samples = first.samples.checked_add(second.samples).ok_or(CmafError::Overflow)?;
    Ok(Some(Timing { duration: Span { units, ..first.duration }, samples, ..first }))
}

/// Contents of `tfhd`.
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
    let (version, _, mut fields) = Fields::full(b"tfdt", need(traf, b"traf", b"tfdt")?)?;
    let start_units = fields.sized(version)?;
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

/// Totals of a `trun`.
struct Run {
    samples: u32,
    duration_units: u64,
    first_flags: u32,
    first_offset: i64,
}

impl Run {
    /// Reads a run. `None` if it has no samples.
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
            presentation_nanos: i64::try_from(nanos).map_err(|_| CmafError::Overflow)?,
            duration: Span::new(self.duration_units, track.timescale),
            // Every audio sample can be decoded on its own, even if its flags say otherwise.
            independent: self.first_flags & NOT_A_SYNC_SAMPLE == 0 || is_audio(track),
            samples: self.samples,
        })
    }
}

fn is_audio(track: &Track) -> bool {
    matches!(track.kind, TrackKind::Audio { .. })
}
