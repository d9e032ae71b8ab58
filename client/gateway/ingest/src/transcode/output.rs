//! The outputs of ffmpeg, and where it writes them.

use crate::{
    broadcast::Rendition,
    plan::{Plan, Thumbnail},
};
use std::path::{Path, PathBuf};

/// An output of ffmpeg.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Output {
    Rendition(Rendition),
    Preview(Rendition),
    Thumbnail(Thumbnail),
}

impl Output {
    /// Name of its socket, and of its links in the filter graph.
    pub fn name(&self) -> String {
        match self {
            Self::Rendition(rendition) => format!("r{}", rendition.id.0),
            Self::Preview(_) => "preview".into(),
            Self::Thumbnail(_) => "thumbnail".into(),
        }
    }

    pub fn has_audio(&self) -> bool {
        match self {
            Self::Rendition(rendition) | Self::Preview(rendition) => rendition.audio_bits_per_second.is_some(),
            Self::Thumbnail(_) => false,
        }
    }
}

/// All outputs: the renditions, lowest first, then preview and thumbnail.
pub(super) fn outputs(plan: &Plan) -> Vec<Output> {
    let renditions = plan.renditions.iter().cloned().map(Output::Rendition);
    let preview = plan.preview.iter().cloned().map(Output::Preview);
    let thumbnail = plan.thumbnail.into_iter().map(Output::Thumbnail);
    renditions.chain(preview).chain(thumbnail).collect()
}

/// Path of the socket of an output.
pub(super) fn socket(directory: &Path, output: &Output) -> PathBuf {
    directory.join(output.name())
}
