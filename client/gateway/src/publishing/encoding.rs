//! What the ingest asks of a stream: the rules of the chain, and how its creator wants it to be encoded.

use crate::{creator_settings::CreatorSettings, stream_rules::StreamRules};
use futures::future::{BoxFuture, FutureExt};
use std::{fmt, sync::Arc};
use tick_stream_primitives::StreamId;
use vilokanam_indexer::metadata::ClearPreview;
use vilokanam_ingest::{Codec, CopyMode, Encoder, PreviewTracks, StreamClosed, StreamEncoding};
use vilokanam_wire::settings::{self, StreamSettings, VideoCodec};

/// The rules of streams, and the settings of their creators.
pub struct PublishingRules {
    /// What the chain says.
    pub rules: Arc<StreamRules>,
    /// What creators have set.
    pub settings: Arc<CreatorSettings>,
}

impl fmt::Debug for PublishingRules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublishingRules").field("rules", &self.rules).finish_non_exhaustive()
    }
}

impl vilokanam_ingest::StreamRules for PublishingRules {
    fn check(&self, stream: StreamId) -> Result<(), StreamClosed> {
        self.rules.check_published(stream)
    }

    fn preview_tracks(&self, stream: StreamId) -> PreviewTracks {
        match self.rules.clear_preview(stream) {
            ClearPreview::Off => PreviewTracks::None,
            ClearPreview::Muted => PreviewTracks::Picture,
            ClearPreview::WithSound => PreviewTracks::PictureAndSound,
        }
    }

    fn encoding(&self, stream: StreamId) -> BoxFuture<'_, StreamEncoding> {
        async move { encoding_of(&settings_of(&self.settings, stream).await) }.boxed()
    }

    fn fragment_ms(&self, stream: StreamId) -> BoxFuture<'_, Option<u32>> {
        async move { settings_of(&self.settings, stream).await.part_ms }.boxed()
    }
}

/// What a creator has set of a stream. Defaults if it cannot be read.
async fn settings_of(settings: &CreatorSettings, stream: StreamId) -> StreamSettings {
    settings.of(stream).await.unwrap_or_else(|error| {
        tracing::error!(stream, %error, "settings cannot be read; the stream is encoded as the operator has set it");
        StreamSettings::default()
    })
}

/// The part of the settings that is about encoding.
fn encoding_of(settings: &StreamSettings) -> StreamEncoding {
    let heights = |ladder: &Vec<u32>| ladder.iter().filter_map(|height| u16::try_from(*height).ok()).collect();
    let copy = |mode| match mode {
        settings::CopyMode::Auto => CopyMode::Auto,
        settings::CopyMode::Never => CopyMode::Never,
    };
    StreamEncoding {
        ladder: settings.ladder.as_ref().map(heights),
        codecs: settings.codecs.as_ref().map(|codecs| codecs.iter().map(|codec| codec_of(*codec)).collect()),
        encoder: settings.encoder.as_deref().and_then(Encoder::named),
        copy: settings.copy.map(copy),
    }
}

const fn codec_of(codec: VideoCodec) -> Codec {
    match codec {
        VideoCodec::H264 => Codec::H264,
        VideoCodec::Hevc => Codec::Hevc,
        VideoCodec::Av1 => Codec::Av1,
    }
}

/// The codecs beside H.264 of these names. The settings have been checked.
pub(super) fn codecs(names: &[String]) -> Vec<Codec> {
    [Codec::Hevc, Codec::Av1].into_iter().filter(|codec| names.contains(&codec.to_string())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_a_creator_reach_the_ingest() {
        let settings = StreamSettings {
            ladder: Some(vec![360, 720]),
            codecs: Some(vec![VideoCodec::H264, VideoCodec::Av1]),
            encoder: Some("h264_vaapi".into()),
            copy: Some(settings::CopyMode::Never),
            ..StreamSettings::default()
        };
        let expected = StreamEncoding {
            ladder: Some(vec![360, 720]),
            codecs: Some(vec![Codec::H264, Codec::Av1]),
            encoder: Some(Encoder::Vaapi),
            copy: Some(CopyMode::Never),
        };
        assert_eq!(encoding_of(&settings), expected);
        assert_eq!(encoding_of(&StreamSettings::default()), StreamEncoding::default());
    }

    #[test]
    fn operators_name_codecs_beside_h264() {
        let names = ["h264", "av1", "hevc"].map(String::from);
        assert_eq!(codecs(&names), [Codec::Hevc, Codec::Av1]);
        assert_eq!(codecs(&["h264".into()]), []);
    }
}
