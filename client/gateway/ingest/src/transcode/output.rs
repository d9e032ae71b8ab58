//! The outputs of ffmpeg, and where it writes them.

use crate::{
    broadcast::{Rendition, RenditionId},
    codec::Codec,
    plan::{Plan, Sound, Thumbnail},
};
use std::path::{Path, PathBuf};

/// An output of ffmpeg.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Output {
    Rendition(Rendition),
    Preview(Rendition),
    /// An audio track.
    Audio(RenditionId, Sound),
    Thumbnail(Thumbnail),
}

impl Output {
    /// Name of its socket, and of its links in the filter graph.
    pub fn name(&self) -> String {
        match self {
            Self::Rendition(rendition) => match rendition.id {
                RenditionId::Rung { height, codec: Codec::H264 } => format!("r{height}"),
                RenditionId::Rung { height, codec } => format!("r{height}{codec}"),
                RenditionId::Waveform | RenditionId::AudioTrack(_) => "r0".into(),
            },
            Self::Preview(_) => "preview".into(),
            Self::Audio(id, _) => id.to_string(),
            Self::Thumbnail(_) => "thumbnail".into(),
        }
    }

    /// Whether it shows pictures that ffmpeg has decoded or drawn.
    pub fn is_drawn(&self) -> bool {
        match self {
            Self::Rendition(rendition) | Self::Preview(rendition) => !rendition.copied.has_video(),
            Self::Audio(..) => false,
            Self::Thumbnail(_) => true,
        }
    }

    /// Whether it has the audio that ffmpeg has decoded or made for all renditions.
    pub fn is_mixed(&self) -> bool {
        match self {
            Self::Rendition(rendition) | Self::Preview(rendition) => {
                rendition.audio_bits_per_second.is_some() && !rendition.copied.has_audio()
            }
            Self::Audio(_, sound) => *sound == Sound::Main,
            Self::Thumbnail(_) => false,
        }
    }
}

/// All outputs: the renditions, lowest first, then preview, audio tracks and thumbnail.
pub(super) fn outputs(plan: &Plan) -> Vec<Output> {
    let renditions = plan.renditions.iter().cloned().map(Output::Rendition);
    let preview = plan.preview.iter().cloned().map(Output::Preview);
    let audio = plan.audio.iter().map(|(track, sound)| Output::Audio(track.id, *sound));
    let thumbnail = plan.thumbnail.into_iter().map(Output::Thumbnail);
    renditions.chain(preview).chain(audio).chain(thumbnail).collect()
}

/// Path of the socket of an output.
pub(super) fn socket(directory: &Path, output: &Output) -> PathBuf {
    directory.join(output.name())
}
