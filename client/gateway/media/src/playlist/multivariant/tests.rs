//! Tests of multivariant playlists.

use super::*;
use crate::uris::UriTemplates;

fn variant(rendition: &str, codecs: &str, audio: Option<Label>) -> Variant {
    Variant {
        rendition: rendition.into(),
        codecs: codecs.into(),
        resolution: audio.is_none().then_some((1280, 720)),
        frame_rate: audio.is_none().then_some(30.0),
        bandwidth_bps: if audio.is_some() { 130_000 } else { 2_600_000 },
        average_bandwidth_bps: 100_000,
        audio,
    }
}

fn label(name: &str, language: Option<&str>) -> Label {
    Label { name: name.into(), language: language.map(String::from) }
}

fn written(variants: &[Variant], subtitles: &[Subtitles]) -> String {
    let text = multivariant_with_subtitles(variants, subtitles, &Uris::new(&UriTemplates::default()).unwrap());
    m3u8_rs::parse_master_playlist_res(text.as_bytes()).unwrap();
    text
}

#[test]
fn every_codec_is_a_variant_with_its_name() {
    let text = written(
        &[
            variant("720p", "avc1.64001f,mp4a.40.2", None),
            variant("720p-hevc", "hvc1.1.6.L93.B0,mp4a.40.2", None),
            variant("720p-av1", "av01.0.05M.08,mp4a.40.2", None),
        ],
        &[],
    );
    for codecs in ["avc1.64001f", "hvc1.1.6.L93.B0", "av01.0.05M.08"] {
        assert!(text.contains(&format!("CODECS=\"{codecs},mp4a.40.2\",RESOLUTION=1280x720,FRAME-RATE=30.000\n")));
    }
    assert!(!text.contains("EXT-X-MEDIA") && !text.contains("AUDIO="), "{text}");
}

#[test]
fn further_audio_tracks_are_renditions_beside_the_audio_of_the_video() {
    let german = variant("audio-2", "mp4a.40.2", Some(label("Deutsch", Some("de"))));
    let text = written(&[variant("720p", "avc1.64001f,mp4a.40.2", None), german], &[]);
    let media: Vec<&str> = text.lines().filter(|line| line.starts_with("#EXT-X-MEDIA")).collect();
    assert_eq!(
        media,
        [
            "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"Main\",DEFAULT=YES,AUTOSELECT=YES",
            "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"Deutsch\",LANGUAGE=\"de\",DEFAULT=NO,AUTOSELECT=YES,\
         URI=\"audio-2.m3u8\"",
        ]
    );
    assert_eq!(text.matches("#EXT-X-STREAM-INF").count(), 1);
    assert!(text.contains(":BANDWIDTH=2730000,AVERAGE-BANDWIDTH=200000,"), "with the track: {text}");
    assert!(text.contains(",AUDIO=\"audio\"\n720p.m3u8\n"), "{text}");
}

#[test]
fn codecs_of_a_further_audio_track_are_among_those_of_the_variant() {
    let german = || variant("audio-2", "mp4a.40.2", Some(label("Deutsch", Some("de"))));
    let text = written(&[variant("720p", "avc1.64001f,opus", None), german(), german()], &[]);
    assert!(text.contains("CODECS=\"avc1.64001f,opus,mp4a.40.2\","), "{text}");
    let text = written(&[variant("720p", "avc1.64001f,mp4a.40.2", None), german()], &[]);
    assert!(text.contains("CODECS=\"avc1.64001f,mp4a.40.2\","), "{text}");
}

#[test]
fn subtitles_are_listed_once_each() {
    let subtitles = |language: &str, name: &str, is_default| Subtitles {
        playlist: format!("captions-{language}"),
        label: label(name, Some(language)),
        is_default,
    };
    let all = [subtitles("en", "English", true), subtitles("de", "English", false)];
    let text = written(&[variant("720p", "avc1.64001f,mp4a.40.2", None)], &all);
    assert!(
        text.contains("NAME=\"English\",LANGUAGE=\"en\",DEFAULT=YES,AUTOSELECT=YES,FORCED=NO,URI=\"captions-en.m3u8\"")
    );
    assert!(text.contains("NAME=\"English 2\",LANGUAGE=\"de\",DEFAULT=NO"), "a name is used once: {text}");
    assert!(text.contains(",SUBTITLES=\"subtitles\",CLOSED-CAPTIONS=NONE\n720p.m3u8"), "{text}");
}

#[test]
fn what_a_source_writes_into_labels_stays_within_its_quotes() {
    let evil = label("x\",URI=\"https://evil\n#EXT-X-ENDLIST", Some("en\",URI=\"x"));
    let text = written(&[variant("720p", "avc1.64001f", None), variant("audio-2", "mp4a.40.2", Some(evil))], &[]);
    assert_eq!(text.lines().count(), 7, "{text}");
    assert!(text.contains("NAME=\"x,URI=https://evil#EXT-X-ENDLIST\",DEFAULT=NO"), "{text}");
    let empty = variant("audio-2", "mp4a.40.2", Some(label(" \u{7} ", None)));
    assert!(written(&[variant("720p", "avc1.64001f", None), empty], &[]).contains("NAME=\"2\""));
}

#[test]
fn language_tags_have_letters_digits_and_hyphens() {
    assert!(["en", "deu", "pt-BR", "zh-Hant-TW", "es-419"].into_iter().all(is_language));
    let others = ["", "e", "-en", "en-", "e n", "en_US", "\"", "1a", "toolongatag", "../x"];
    assert!(!others.into_iter().any(is_language));
}
