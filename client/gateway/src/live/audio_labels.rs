//! How players show the audio tracks of a source.

use vilokanam_ingest::{AudioTrack, RenditionId};
use vilokanam_media::Label;

/// Name of the first audio track, if the source states neither title nor language.
const MAIN_NAME: &str = "Main";

/// Bit rate of an audio track, announced to players until it has been measured.
pub const AUDIO_TRACK_BPS: u64 = 140_000;

/// Returns how players show a track: by its title or its language, as the source states them.
pub fn label_of(track: &AudioTrack) -> Label {
    let name = if track.id == RenditionId::MAIN_SOUND { MAIN_NAME.to_owned() } else { track.id.to_string() };
    label(track.title.as_deref(), track.language.as_deref(), &name)
}

/// Returns how players show an audio track or subtitles of this title and language. `otherwise` is their name without either.
pub fn label(title: Option<&str>, language: Option<&str>, otherwise: &str) -> Label {
    let stated = |text: Option<&str>| text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let (title, language) = (stated(title), stated(language));
    let name = title.or_else(|| language.clone()).unwrap_or_else(|| otherwise.to_owned());
    Label { language, name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn title_comes_before_the_language() {
        let name = |title, language| label(title, language, "audio-2").name;
        assert_eq!(name(Some("Commentary"), Some("en")), "Commentary");
        assert_eq!(name(Some(" "), Some("en")), "en");
        assert_eq!(name(None, Some("")), "audio-2");
        assert_eq!(label(None, Some("fr"), "x").language.as_deref(), Some("fr"));
    }

    #[test]
    fn tracks_without_a_name_are_told_apart() {
        let name =
            |number| label_of(&AudioTrack { id: RenditionId::AudioTrack(number), language: None, title: None }).name;
        assert_eq!((name(1), name(2)), ("Main".into(), "audio-2".into()));
    }
}
