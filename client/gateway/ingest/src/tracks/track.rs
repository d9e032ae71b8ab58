//! Tracks of a source, and a choice of them.

/// Kinds of tracks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Video,
    Audio,
}

/// A track of a source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Track {
    /// The first one of its kind.
    #[default]
    First,
    /// The one at this place among those of its kind, from 0.
    Nth(u32),
    /// The one with this number: the PID of MPEG-TS.
    Number(u32),
}

impl Track {
    /// The stream specifier of ffmpeg.
    pub fn specifier(self, kind: Kind) -> String {
        match (self, kind) {
            (Self::Number(number), _) => format!("i:{number}"),
            (Self::Nth(place), Kind::Video) => format!("v:{place}"),
            (Self::Nth(place), Kind::Audio) => format!("a:{place}"),
            (Self::First, Kind::Video) => "v:0".into(),
            (Self::First, Kind::Audio) => "a:0".into(),
        }
    }
}

/// The tracks that are taken from a source, or that can be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tracks {
    pub video: Option<Track>,
    pub audio: Option<Track>,
}

impl Tracks {
    /// The same tracks without those of `others`.
    pub fn without(self, others: Self) -> Self {
        Self {
            video: self.video.filter(|video| others.video != Some(*video)),
            audio: self.audio.filter(|audio| others.audio != Some(*audio)),
        }
    }
}
