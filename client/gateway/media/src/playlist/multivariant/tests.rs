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
fn first_audio_track_is_the_default_where_variants_have_the_picture_alone() {
    let track = |name: &str, label| variant(name, "mp4a.40.2", Some(label));
    let tracks = [track("audio-1", label("English", Some("en"))), track("audio-2", label("Deutsch", Some("de")))];
    let pictures = [variant("720p", "avc1.64001f", None), variant("720p-hevc", "hvc1.1.6.L93.B0", None)];
    let text = written(&[&pictures[..], &tracks].concat(), &[]);
    let media: Vec<&str> = text.lines().filter(|line| line.starts_with("#EXT-X-MEDIA")).collect();
    assert_eq!(
        media,
        [
            "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"English\",LANGUAGE=\"en\",DEFAULT=YES,AUTOSELECT=YES,\
             URI=\"audio-1.m3u8\"",
            "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"Deutsch\",LANGUAGE=\"de\",DEFAULT=NO,AUTOSELECT=YES,\
             URI=\"audio-2.m3u8\"",
        ]
    );
    for codecs in ["avc1.64001f,mp4a.40.2", "hvc1.1.6.L93.B0,mp4a.40.2"] {
        assert!(text.contains(&format!("CODECS=\"{codecs}\",")), "with those of the sound: {text}");
    }
    assert_eq!(text.matches(",AUDIO=\"audio\"\n").count(), 2, "{text}");
    assert!(text.contains(":BANDWIDTH=2730000,AVERAGE-BANDWIDTH=200000,"), "with the track: {text}");
}

#[test]
fn main_sound_is_the_first_track_of_a_rendition_without_sound() {
    let picture = variant("720p", "avc1.64001f", None);
    let track = |name: &str| variant(name, "mp4a.40.2", Some(label("x", None)));
    let all = [picture.clone(), track("audio-1"), track("audio-2")];
    let name = |rendition: &Variant, variants: &[Variant]| {
        main_sound(rendition, variants).map(|found| found.rendition.clone())
    };
    assert_eq!(name(&picture, &all).as_deref(), Some("audio-1"));
    assert_eq!(name(&all[1], &all), None, "it is sound itself");
    assert_eq!(name(&picture, &all[..1]), None, "there is none");
    for codecs in ["avc1.64001f,mp4a.40.2", "av01.0.05M.08,opus", "mp4a.40.2"] {
        let muxed = variant("480p", codecs, None);
        assert!(muxed.has_sound() && name(&muxed, &all).is_none(), "{codecs}");
    }
}

#[test]
fn codecs_of_the_audio_tracks_are_among_those_of_the_variant_once() {
    let track = |name: &str, codecs: &str| variant(name, codecs, Some(label("Deutsch", Some("de"))));
    let tracks = [track("audio-1", "opus"), track("audio-2", "mp4a.40.2"), track("audio-3", "opus")];
    let text = written(&[&[variant("720p", "avc1.64001f", None)][..], &tracks].concat(), &[]);
    assert!(text.contains("CODECS=\"avc1.64001f,opus,mp4a.40.2\","), "{text}");
    assert!(text.contains("NAME=\"Deutsch 3\""), "a name is used once: {text}");
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
    assert_eq!(text.lines().count(), 6, "{text}");
    assert!(text.contains("NAME=\"x,URI=https://evil#EXT-X-ENDLIST\",DEFAULT=YES"), "{text}");
    let empty = variant("audio-2", "mp4a.40.2", Some(label(" \u{7} ", None)));
    assert!(written(&[variant("720p", "avc1.64001f", None), empty], &[]).contains("NAME=\"2\""));
}

#[test]
fn language_tags_have_letters_digits_and_hyphens() {
    assert!(["en", "deu", "pt-BR", "zh-Hant-TW", "es-419"].into_iter().all(is_language));
    let others = ["", "e", "-en", "en-", "e n", "en_US", "\"", "1a", "toolongatag", "../x"];
    assert!(!others.into_iter().any(is_language));
}
