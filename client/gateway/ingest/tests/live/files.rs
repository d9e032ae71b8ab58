//! Finished files: the same renditions as of a broadcast, or a reason why there are none.

use crate::{
    clips::{clips, ffmpeg, CLIP_S},
    gateway::Gateway,
    movie::{check_decodable, Movie},
};
use std::{collections::BTreeMap, path::Path};
use vilokanam_ingest::{FileError, FileEvent, FileInfo, FilePart, RenditionId, TextError};

/// What was made of a file.
struct Made {
    renditions: BTreeMap<RenditionId, Vec<u8>>,
    thumbnails: usize,
    outcome: Result<(), FileError>,
}

async fn make(gateway: &Gateway, path: &Path, part: Option<FilePart>) -> Made {
    let info = gateway.ingest.identify_file(path).await.unwrap();
    let mut transcode = gateway.ingest.transcode_file(path, &info, part).unwrap();
    let mut made = Made { renditions: BTreeMap::new(), thumbnails: 0, outcome: Ok(()) };
    while let Some(event) = transcode.next().await {
        match event {
            FileEvent::Bytes { rendition, bytes } => {
                made.renditions.entry(rendition).or_default().extend_from_slice(&bytes);
            }
            FileEvent::Thumbnail { .. } => made.thumbnails += 1,
        }
    }
    made.outcome = transcode.finish().await;
    made
}

fn movies(made: &Made) -> Vec<Movie> {
    made.renditions.values().for_each(|bytes| check_decodable(bytes));
    made.renditions.values().map(|bytes| Movie::read(bytes)).collect()
}

/// A file in the directory of the clips.
fn file(name: &str, args: &[&str]) -> std::path::PathBuf {
    let path = clips().directory.join(format!("files-{name}"));
    ffmpeg(&[args, &[path.to_str().unwrap()]].concat());
    path
}

#[tokio::test]
async fn file_becomes_the_renditions_of_a_broadcast() {
    let gateway = Gateway::start().await;
    let made = make(&gateway, &clips().wide, None).await;
    made.outcome.as_ref().unwrap();
    assert_eq!(made.renditions.keys().copied().collect::<Vec<_>>(), [RenditionId::rung(240), RenditionId::rung(360)]);
    assert!(made.thumbnails > 0);
    let movies = movies(&made);
    for movie in &movies {
        movie.check_cadence(30);
        movie.check_same_times(&movies[0]);
        let length_ms = movie.end_ms() - movie.start_ms();
        assert!(length_ms.abs_diff(u64::from(CLIP_S) * 1_000) < 300, "{length_ms}");
    }
}

#[tokio::test]
async fn part_of_a_file_begins_and_ends_where_it_was_cut() {
    let gateway = Gateway::start().await;
    let made = make(&gateway, &clips().wide, Some(FilePart { start_ms: 1_300, length_ms: 4_000 })).await;
    made.outcome.as_ref().unwrap();
    for movie in movies(&made) {
        let length_ms = movie.end_ms() - movie.start_ms();
        assert!(length_ms.abs_diff(4_000) < 300, "{length_ms}");
    }
}

#[tokio::test]
async fn part_behind_the_end_of_a_file_is_refused() {
    let gateway = Gateway::start().await;
    let made = make(&gateway, &clips().wide, Some(FilePart { start_ms: 60_000, length_ms: 20_000 })).await;
    assert!(made.outcome.is_err());
}

#[tokio::test]
async fn files_that_are_no_media_are_refused() {
    let gateway = Gateway::start().await;
    let film = clips().wide.display().to_string();
    let cases = [
        ("text", "Once upon a time\nthere was a text.\n".repeat(500)),
        ("playlist", format!("#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:7,\n{film}\n#EXT-X-ENDLIST\n")),
        ("concat", format!("ffconcat version 1.0\nfile '{film}'\n")),
        ("empty", String::new()),
    ];
    for (name, text) in cases {
        let path = gateway.directory.path().join(name);
        std::fs::write(&path, text).unwrap();
        let refused = gateway.ingest.identify_file(&path).await;
        assert!(matches!(refused, Err(FileError::NoMedia)), "{name}: {refused:?}");
    }
}

#[tokio::test]
async fn file_that_was_cut_off_is_refused() {
    let gateway = Gateway::start().await;
    let picture = "testsrc2=size=320x240:rate=30";
    let whole =
        file("long.mp4", &["-f", "lavfi", "-i", picture, "-t", "40", "-c:v", "libx264", "-movflags", "+faststart"]);
    let bytes = std::fs::read(whole).unwrap();
    let path = gateway.directory.path().join("cut");
    std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    let made = make(&gateway, &path, None).await;
    assert!(made.outcome.as_ref().is_err_and(FileError::is_of_file), "{:?}", made.outcome);
}

#[tokio::test]
async fn cover_of_an_album_is_no_video() {
    let gateway = Gateway::start().await;
    let cover = file("cover.png", &["-f", "lavfi", "-i", "testsrc2=size=64x64", "-frames:v", "1"]);
    let cover = cover.to_str().unwrap();
    let song = file(
        "song.mp3",
        &[
            "-f",
            "lavfi",
            "-i",
            "sine",
            "-i",
            cover,
            "-map",
            "0",
            "-map",
            "1",
            "-t",
            "5",
            "-disposition:v",
            "attached_pic",
        ],
    );
    let info = gateway.ingest.identify_file(&song).await.unwrap();
    assert!(info.source.video.is_none() && info.source.audio.is_some(), "{info:?}");
    let made = make(&gateway, &song, None).await;
    made.outcome.as_ref().unwrap();
    assert_eq!(made.renditions.keys().copied().collect::<Vec<_>>(), [RenditionId::AUDIO]);
}

/// A film with a second audio track, and subtitles as text.
fn film_with_tracks(name: &str, codec: &str) -> std::path::PathBuf {
    let srt = clips().directory.join(format!("files-{name}.srt"));
    std::fs::write(&srt, "1\n00:00:01,000 --> 00:00:02,000\nHello\n\n").unwrap();
    let (wide, seconds) = (clips().wide.to_str().unwrap(), CLIP_S.to_string());
    let inputs = ["-i", wide, "-f", "lavfi", "-i", "sine=frequency=880", "-i", srt.to_str().unwrap(), "-t", &seconds];
    let tracks = ["-map", "0", "-map", "1", "-map", "2", "-c", "copy", "-c:a:1", "aac", "-c:s", codec];
    file(name, &[&inputs[..], &tracks, &["-metadata:s:a:1", "language=fra"]].concat())
}

#[tokio::test]
async fn further_audio_tracks_and_subtitles_of_a_file_are_taken() {
    let gateway = Gateway::start().await;
    for (name, codec) in [("tracks.mkv", "srt"), ("styled.mkv", "ass"), ("tracks.mp4", "mov_text")] {
        let path = film_with_tracks(name, codec);
        let info = gateway.ingest.identify_file(&path).await.unwrap();
        assert_eq!(info.audio.iter().map(|(place, _)| *place).collect::<Vec<_>>(), [0, 1], "{name}");
        let text = gateway.ingest.subtitles(&path, &info.texts[0], 1_000).await.unwrap();
        let text = String::from_utf8(text).unwrap();
        // The film begins a little later than its first sound.
        assert!(text.starts_with("WEBVTT\n\n00:01.0") && text.contains("\nHello"), "{name}: {text}");
        let large = gateway.ingest.subtitles(&path, &info.texts[0], 10).await;
        assert!(matches!(large, Err(TextError::TooLarge(10))), "{name}: {large:?}");
    }
    let film = film_with_tracks("made.mkv", "srt");
    let made = make(&gateway, &film, None).await;
    made.outcome.as_ref().unwrap();
    let has = |bytes: &[u8], codec: &[u8; 4]| bytes.windows(4).any(|window| window == codec);
    for (id, bytes) in &made.renditions {
        let is_sound = matches!(id, RenditionId::AudioTrack(_));
        assert_eq!((has(bytes, b"mp4a"), has(bytes, b"avc1")), (is_sound, !is_sound), "{id}");
    }
    for id in [RenditionId::MAIN_SOUND, RenditionId::AudioTrack(2)] {
        let bytes = made.renditions.get(&id).map_or(0, Vec::len);
        // Seven seconds at 128 kbit/s.
        assert!((50_000..200_000).contains(&bytes), "{bytes} bytes of {id}");
    }
    let part = make(&gateway, &film, Some(FilePart { start_ms: 1_000, length_ms: 4_000 })).await;
    part.outcome.as_ref().unwrap();
    let ids: Vec<_> = part.renditions.keys().copied().collect();
    assert_eq!(ids, [RenditionId::rung(240), RenditionId::rung(360)], "a part has the first track alone");
    assert!(part.renditions.values().all(|bytes| has(bytes, b"mp4a") && has(bytes, b"avc1")));
}

#[tokio::test]
async fn still_is_taken_from_anywhere_in_the_file() {
    let gateway = Gateway::start().await;
    let path = &clips().wide;
    let info: FileInfo = gateway.ingest.identify_file(path).await.unwrap();
    for at_ms in [0, 3_000, 3_600_000] {
        let jpeg = gateway.ingest.still(path, &info, at_ms).await.unwrap();
        assert!(jpeg.starts_with(&[0xff, 0xd8]), "{at_ms}");
    }
    let sound = gateway.ingest.identify_file(&clips().sound).await.unwrap();
    assert!(gateway.ingest.still(&clips().sound, &sound, 0).await.is_err(), "sound has no picture");
}

#[tokio::test]
async fn work_whose_outcome_is_not_wanted_ends() {
    let gateway = Gateway::start().await;
    let path = &clips().wide;
    let info = gateway.ingest.identify_file(path).await.unwrap();
    let transcode = gateway.ingest.transcode_file(path, &info, None).unwrap();
    assert!(matches!(transcode.finish().await, Err(FileError::Cancelled)));
}
