//! The bitrate ladder: heights and bit rates of the renditions of a stream.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Maximum number of rungs of a ladder. Each rung is an encoder.
pub const MAX_RUNGS: usize = 8;

/// One rung of a ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rung {
    /// Short side of the picture in pixels.
    pub height: u16,
    /// Bit rate of the video.
    pub video_bits_per_second: u32,
    /// Bit rate of the audio.
    pub audio_bits_per_second: u32,
}

impl Rung {
    fn is_valid(&self) -> bool {
        (120..=2160).contains(&self.height)
            && (50_000..=50_000_000).contains(&self.video_bits_per_second)
            && (16_000..=512_000).contains(&self.audio_bits_per_second)
    }
}

/// The rungs that a stream may have, lowest first, with distinct heights. There are 1 to [`MAX_RUNGS`] of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Rung>", into = "Vec<Rung>")]
pub struct Ladder(Vec<Rung>);

/// Rungs from which no ladder can be made.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum LadderError {
    /// The number of rungs is out of range.
    #[error("a ladder has 1 to {MAX_RUNGS} rungs, but {0} are given; choose other heights")]
    Count(usize),
    /// A rung is out of range.
    #[error(
        "the rung of height {} is out of range; choose a height of 120 to 2160, a video rate of 50 kbit/s to 50 Mbit/s and \
         an audio rate of 16 to 512 kbit/s",
        .0.height
    )]
    Rung(Rung),
}

impl Ladder {
    /// The rungs, lowest first.
    pub fn rungs(&self) -> &[Rung] {
        &self.0
    }
}

impl Default for Ladder {
    fn default() -> Self {
        let rung = |height, video_kbits: u32, audio_kbits: u32| Rung {
            height,
            video_bits_per_second: video_kbits * 1000,
            audio_bits_per_second: audio_kbits * 1000,
        };
        Self(vec![
            rung(240, 400, 96),
            rung(360, 800, 96),
            rung(480, 1200, 128),
            rung(720, 2500, 128),
            rung(1080, 4500, 128),
        ])
    }
}

impl TryFrom<Vec<Rung>> for Ladder {
    type Error = LadderError;

    fn try_from(mut rungs: Vec<Rung>) -> Result<Self, LadderError> {
        rungs.sort_by_key(|rung| rung.height);
        rungs.dedup_by_key(|rung| rung.height);
        if rungs.is_empty() || rungs.len() > MAX_RUNGS {
            return Err(LadderError::Count(rungs.len()));
        }
        match rungs.iter().find(|rung| !rung.is_valid()) {
            Some(rung) => Err(LadderError::Rung(*rung)),
            None => Ok(Self(rungs)),
        }
    }
}

impl From<Ladder> for Vec<Rung> {
    fn from(ladder: Ladder) -> Self {
        ladder.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ladders_out_of_range_are_refused() {
        let rung = Rung { height: 240, video_bits_per_second: 400_000, audio_bits_per_second: 96_000 };
        assert_eq!(Ladder::try_from(vec![]), Err(LadderError::Count(0)));
        let low = Rung { height: 1, ..rung };
        assert_eq!(Ladder::try_from(vec![low]), Err(LadderError::Rung(low)));
        let nine: Vec<_> = (0..9).map(|i| Rung { height: 240 + i, ..rung }).collect();
        assert_eq!(Ladder::try_from(nine), Err(LadderError::Count(9)));
        assert_eq!(Ladder::try_from(vec![rung, rung]).map(|ladder| ladder.rungs().len()), Ok(1));
    }
}
