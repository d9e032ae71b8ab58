//! What a plan has beside its encoded rungs: a rung that is copied, and audio tracks of their own; and how it shrinks.

use super::{Plan, RenditionId, Sound};
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
        let has_sound = self.audio.is_empty();
        let copy = Rendition {
            id,
            width: video.width,
            height: video.height,
            frames_per_second: self.frames_per_second,
            video_bits_per_second: fit.video_bits_per_second,
            audio_bits_per_second: has_sound.then_some(rung.audio_bits_per_second),
            copied: if fit.has_audio && has_sound { Copied::VideoAndAudio } else { Copied::Video },
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

    /// The plan with the audio tracks of a file, or of the source that begins a broadcast. Several are renditions of their own,
    /// the first one too, and the others have the picture alone: a player that has sound in the segments of the picture cannot
    /// play another track instead. A single track stays in every rendition.
    pub fn with_audio_tracks(self, first: Option<&AudioInfo>, further: &[(Track, AudioInfo)]) -> Self {
        let Some(first) = first.filter(|_| !further.is_empty()) else { return self };
        let further = further.iter().take(MAX_AUDIO_TRACKS.into()).map(|(track, info)| (info, Sound::Track(*track)));
        let all = std::iter::once((first, Sound::Main)).chain(further);
        let numbered = (1u8..).zip(all);
        self.with_sound(numbered.map(|(number, (info, sound))| (track(number, info), sound)).collect())
    }

    /// The plan with the audio tracks that the broadcast began with, as `begun` has them: players know no others. One that the
    /// source does not have now has the sound of the first one.
    pub fn with_audio_tracks_of(self, begun: &Self, first: Option<&AudioInfo>, further: &[(Track, AudioInfo)]) -> Self {
        let first = first.map(|info| (info, Sound::Main));
        let further = further.iter().map(|(track, info)| Some((info, Sound::Track(*track))));
        let present = std::iter::once(first).chain(further).chain(std::iter::repeat(None));
        let numbered = (1u8..).zip(begun.audio.iter().zip(present));
        let audio = numbered.map(|(number, ((known, _), present))| match present {
            Some((info, sound)) => (track(number, info), sound),
            None => (known.clone(), Sound::Main),
        });
        self.with_sound(audio.collect())
    }

    /// The plan with these audio tracks. Without any, the renditions keep their sound.
    fn with_sound(mut self, audio: Vec<(AudioTrack, Sound)>) -> Self {
        self.audio = audio;
        if !self.audio.is_empty() {
            for rendition in &mut self.renditions {
                rendition.audio_bits_per_second = None;
                rendition.copied = if rendition.copied.has_video() { Copied::Video } else { Copied::Nothing };
            }
        }
        self
    }

    /// The same renditions, with nothing taken from the source but the sound of its first track: for a slate, or a waveform.
    pub fn encoded(&self) -> Self {
        let mut plan = self.clone();
        plan.renditions.iter_mut().for_each(|rendition| rendition.copied = Copied::Nothing);
        plan.audio.iter_mut().for_each(|(_, sound)| *sound = Sound::Main);
        plan
    }

    /// The plan for a source in real time, in which silence is not late.
    pub fn in_real_time(mut self) -> Self {
        if let Some(thumbnail) = &mut self.thumbnail {
            thumbnail.is_frequent = self.has_video && !self.has_audio;
        }
        self
    }

    /// Whether ffmpeg makes silence beside the picture and not with it, so that the end of the picture does not end it.
    pub fn has_endless_silence(&self) -> bool {
        self.has_video && !self.has_audio && !self.audio.is_empty()
    }

    /// The rendition that is copied.
    pub fn copy(&self) -> Option<&Rendition> {
        self.renditions.iter().find(|rendition| rendition.copied.has_video())
    }

    /// The audio tracks that are renditions of their own, as they are announced.
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

/// The audio track with this number, which begins with 1.
fn track(number: u8, info: &AudioInfo) -> AudioTrack {
    let id = RenditionId::AudioTrack(number);
    AudioTrack { id, language: info.language.clone(), title: info.title.clone() }
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

    fn sound(language: &str) -> AudioInfo {
        AudioInfo { codec: "aac".into(), language: Some(language.into()), ..AudioInfo::default() }
    }

    fn tracks(languages: &[&str]) -> Vec<(Track, AudioInfo)> {
        (1..).zip(languages).map(|(place, language)| (Track::Nth(place), sound(language))).collect()
    }

    fn two_tracks() -> Plan {
        let plan = plan(&source(1280, 720), &TranscodeConfig::default(), u16::MAX);
        plan.with_audio_tracks(Some(&sound("en")), &tracks(&["de"]))
    }

    /// Numbers, languages and sounds of the audio tracks.
    fn audio(plan: &Plan) -> Vec<(String, Option<&str>, Sound)> {
        plan.audio.iter().map(|(track, sound)| (track.id.to_string(), track.language.as_deref(), *sound)).collect()
    }

    fn has_sound(plan: &Plan) -> bool {
        plan.renditions.iter().any(|one| one.audio_bits_per_second.is_some() || one.copied.has_audio())
    }

    #[test]
    fn several_audio_tracks_are_renditions_of_their_own_and_the_others_have_the_picture_alone() {
        let plan = two_tracks();
        assert!(!has_sound(&plan));
        assert!(plan.preview.as_ref().unwrap().audio_bits_per_second.is_some(), "the clear preview has one file");
        assert_eq!(
            audio(&plan),
            [
                ("audio-1".to_owned(), Some("en"), Sound::Main),
                ("audio-2".to_owned(), Some("de"), Sound::Track(Track::Nth(1)))
            ]
        );
        let (source, config) = (source(1280, 720), TranscodeConfig::default());
        let copying = plan.copying(FIT, source.video.as_ref().unwrap(), &config);
        assert_eq!((copying.copy().unwrap().copied, has_sound(&copying)), (Copied::Video, false));
    }

    #[test]
    fn a_single_audio_track_is_in_every_rendition() {
        let plan = plan(&source(1280, 720), &TranscodeConfig::default(), u16::MAX);
        let single = plan.clone().with_audio_tracks(Some(&sound("en")), &[]);
        assert_eq!((&single, has_sound(&single)), (&plan, true));
        assert_eq!(plan.clone().with_audio_tracks(None, &[]), plan);
    }

    #[test]
    fn further_audio_tracks_are_bounded() {
        let plan = Plan::new(&source(640, 360), &TranscodeConfig::default(), u16::MAX);
        let plan = plan.with_audio_tracks(Some(&sound("en")), &tracks(&["a", "b", "c", "d", "e"]));
        let ids: Vec<_> = plan.audio_tracks().iter().map(|track| track.id.to_string()).collect();
        assert_eq!(ids, ["audio-1", "audio-2", "audio-3", "audio-4"]);
    }

    #[test]
    fn a_broadcast_keeps_the_audio_tracks_that_it_began_with() {
        let (begun, config) = (two_tracks(), TranscodeConfig::default());
        let later = |first: Option<&AudioInfo>, further: &[(Track, AudioInfo)]| {
            plan(&source(640, 360), &config, u16::MAX).with_audio_tracks_of(&begun, first, further)
        };
        let more = later(Some(&sound("fr")), &tracks(&["es", "it"]));
        let expected = [
            ("audio-1".to_owned(), Some("fr"), Sound::Main),
            ("audio-2".to_owned(), Some("es"), Sound::Track(Track::Nth(1))),
        ];
        assert_eq!(audio(&more), expected, "a third one is left out");
        for first in [Some(&sound("fr")), None] {
            let fewer = later(first, &[]);
            let kept = ("audio-2".to_owned(), Some("de"), Sound::Main);
            assert_eq!((audio(&fewer)[1].clone(), has_sound(&fewer)), (kept, false), "with the sound of the first one");
        }
        let single = plan(&source(1280, 720), &config, u16::MAX);
        let joined = single.clone().with_audio_tracks_of(&single, Some(&sound("en")), &tracks(&["de"]));
        assert_eq!(joined, single, "players know no audio tracks");
    }

    #[test]
    fn slates_and_waveforms_have_the_audio_tracks_of_the_broadcast() {
        for plan in [two_tracks().encoded(), two_tracks().without_picture()] {
            let sounds: Vec<_> = plan.audio.iter().map(|(track, sound)| (track.id.to_string(), *sound)).collect();
            assert_eq!(sounds, [("audio-1".to_owned(), Sound::Main), ("audio-2".to_owned(), Sound::Main)]);
            assert!(!has_sound(&plan) && !plan.has_endless_silence());
        }
        assert!(Plan { has_audio: false, ..two_tracks() }.has_endless_silence());
        let muxed = plan(&source(640, 360), &TranscodeConfig::default(), u16::MAX);
        assert!(!Plan { has_audio: false, ..muxed }.has_endless_silence(), "it ends with the picture");
    }
}
