//! What a plan has beside its encoded rungs: a rung that is copied, and further audio tracks; and how it shrinks.

use super::{Plan, RenditionId};
use crate::{
    broadcast::{AudioInfo, AudioTrack, Copied, Rendition, VideoInfo, MAX_AUDIO_TRACKS},
    codec::Codec,
    config::TranscodeConfig,
    copy::CopyFit,
    tracks::Track,
};

impl Plan {
    /// The plan in which the rung that has the size of the source is copied from it. It stays as it is if there is none.
    pub fn copying(mut self, fit: CopyFit, video: &VideoInfo, config: &TranscodeConfig) -> Self {
        let short_side = video.shown.0.min(video.shown.1);
        let Some(rung) = config.ladder.rungs().iter().find(|rung| u32::from(rung.height) == short_side) else {
            return self;
        };
        let id = RenditionId::rung(rung.height);
        let copy = Rendition {
            id,
            width: video.width,
            height: video.height,
            frames_per_second: self.frames_per_second,
            video_bits_per_second: fit.video_bits_per_second,
            audio_bits_per_second: Some(rung.audio_bits_per_second),
            copied: if fit.has_audio { Copied::VideoAndAudio } else { Copied::Video },
        };
        // A rung that was too much to be encoded may be copied all the same.
        match self.renditions.iter_mut().find(|rendition| rendition.id == id) {
            Some(known) => *known = copy,
            None => self.renditions.push(copy),
        }
        self.renditions.sort_by_key(|rendition| rendition.id);
        self
    }

    /// The plan without the encoded rungs above this height. If there is a copy, even the lowest rung can be left out.
    pub fn without_above(mut self, max_height: u16) -> Self {
        if self.copy().is_some() {
            self.renditions.retain(|one| one.copied.has_video() || one.id.height() <= max_height);
        }
        self
    }

    /// The plan with further audio tracks of the source.
    pub fn with_audio_tracks(mut self, tracks: &[(Track, AudioInfo)]) -> Self {
        let numbered = (2u8..).zip(tracks.iter().take(MAX_AUDIO_TRACKS.into()));
        self.audio = numbered
            .map(|(number, (track, info))| {
                let id = RenditionId::AudioTrack(number);
                (AudioTrack { id, language: info.language.clone(), title: info.title.clone() }, *track)
            })
            .collect();
        self
    }

    /// The same renditions, with nothing taken from the source: for a slate, or a waveform.
    pub fn encoded(&self) -> Self {
        let mut plan = self.clone();
        plan.renditions.iter_mut().for_each(|rendition| rendition.copied = Copied::Nothing);
        plan.audio.clear();
        plan
    }

    /// The rendition that is copied.
    pub fn copy(&self) -> Option<&Rendition> {
        self.renditions.iter().find(|rendition| rendition.copied.has_video())
    }

    /// The further audio tracks, as they are announced.
    pub fn audio_tracks(&self) -> Vec<AudioTrack> {
        self.audio.iter().map(|(track, _)| track.clone()).collect()
    }

    /// Whether renditions have a codec other than H.264.
    pub fn has_further_codecs(&self) -> bool {
        self.renditions.iter().any(|rendition| rendition.id.codec() != Codec::H264)
    }

    /// Height of the highest rung that is encoded, if the broadcast can go on without it.
    pub fn spare_height(&self) -> Option<u16> {
        let encoded = || self.renditions.iter().filter(|rendition| !rendition.copied.has_video());
        let others = self.renditions.len() - encoded().count();
        let highest = encoded().map(|rendition| rendition.id.height()).max()?;
        let has_lower = others > 0 || encoded().any(|rendition| rendition.id.height() < highest);
        has_lower.then_some(highest)
    }

    /// Whether the broadcast can go on with fewer encoders.
    pub fn can_shrink(&self) -> bool {
        self.has_further_codecs() || self.spare_height().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::broadcast::{Protocol, SourceInfo};

    const FIT: CopyFit = CopyFit { video_bits_per_second: 3_000_000, has_audio: true };

    fn source(width: u32, height: u32) -> SourceInfo {
        SourceInfo {
            protocol: Protocol::Rtmp,
            video: Some(VideoInfo::square("h264", width, height, Some(30.0))),
            audio: Some(AudioInfo { codec: "aac".into(), sample_rate_hz: 48_000, channels: 2, ..Default::default() }),
        }
    }

    fn plan(source: &SourceInfo, config: &TranscodeConfig, max_height: u16) -> Plan {
        Plan::new(source, config, max_height)
    }

    fn names(plan: &Plan) -> Vec<String> {
        plan.renditions.iter().map(|rendition| rendition.id.to_string()).collect()
    }

    #[test]
    fn the_rung_with_the_size_of_the_source_is_copied() {
        let (source, config) = (source(1280, 720), TranscodeConfig::default());
        let copying = plan(&source, &config, u16::MAX).copying(FIT, source.video.as_ref().unwrap(), &config);
        assert_eq!(names(&copying), ["240p", "360p", "480p", "720p"]);
        let copy = copying.copy().unwrap();
        assert_eq!((copy.id, copy.video_bits_per_second), (RenditionId::rung(720), 3_000_000));
        assert_eq!(copying.renditions.iter().filter(|rendition| rendition.copied.has_video()).count(), 1);
        assert_eq!(copying.encoded().copy(), None, "a slate is made, not copied");
    }

    #[test]
    fn a_source_between_two_rungs_is_not_copied() {
        let (source, config) = (source(1000, 600), TranscodeConfig::default());
        let plan = plan(&source, &config, u16::MAX);
        assert_eq!(plan.clone().copying(FIT, source.video.as_ref().unwrap(), &config), plan);
    }

    #[test]
    fn a_rung_that_is_too_much_to_be_encoded_is_still_copied() {
        let (source, config) = (source(1280, 720), TranscodeConfig::default());
        let copying = plan(&source, &config, 359).copying(FIT, source.video.as_ref().unwrap(), &config);
        assert_eq!(names(&copying), ["240p", "720p"]);
        assert_eq!(copying.spare_height(), Some(240), "the copy alone is enough");
        let only = copying.without_above(239);
        assert_eq!((names(&only), only.can_shrink()), (vec!["720p".to_owned()], false));
    }

    #[test]
    fn further_codecs_are_beside_the_upper_rungs_and_go_first_when_the_machine_is_slow() {
        let config = TranscodeConfig { codecs: vec![Codec::Av1, Codec::Hevc], ..TranscodeConfig::default() };
        let plan = Plan::new(&source(1920, 1080), &config, u16::MAX);
        let expected = ["240p", "360p", "480p", "720p", "720p-hevc", "720p-av1", "1080p", "1080p-hevc", "1080p-av1"];
        assert_eq!(names(&plan), expected);
        assert!(plan.has_further_codecs() && plan.can_shrink());
        let small = Plan::new(&source(640, 360), &config, u16::MAX);
        assert_eq!(names(&small), ["240p", "360p", "360p-hevc", "360p-av1"], "the highest rung has them");
        let bits = |name: &str| plan.renditions.iter().find(|one| one.id.to_string() == name).unwrap();
        assert_eq!(bits("720p-hevc").video_bits_per_second, 1_625_000);
    }

    #[test]
    fn further_audio_tracks_are_numbered_from_two_and_bounded() {
        let track = |language: &str| AudioInfo { language: Some(language.into()), ..AudioInfo::default() };
        let tracks: Vec<_> = (0..9).map(|number| (Track::Number(number), track(&format!("l{number}")))).collect();
        let plan = Plan::new(&source(640, 360), &TranscodeConfig::default(), u16::MAX).with_audio_tracks(&tracks);
        let ids: Vec<_> = plan.audio_tracks().iter().map(|track| track.id.to_string()).collect();
        assert_eq!(ids, ["audio-2", "audio-3", "audio-4"]);
        assert_eq!(plan.audio_tracks()[1].language.as_deref(), Some("l1"));
    }
}
