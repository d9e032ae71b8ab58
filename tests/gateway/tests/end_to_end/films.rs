//! What finished films contain beside picture and sound: further audio tracks, subtitles, and what their creator adds later.

use anyhow::{ensure, Context, Result};
use std::{fs, path::Path, process::Command};
use vilokanam_gateway_tests::{
    environment::{terms, EnvironmentOptions, TestEnvironment},
    playlist::{self, Playlist},
    video,
};
use vilokanam_tests::command_line::CommandLine;
use vilokanam_wire::{scalars::bytes_to_hex, streams::CaptionsView};

const FILM_SECONDS: u32 = 12;
const MAX_TICKS: u32 = 600;
/// The recording that the test makes.
const RECORDING: &str = "/v1/streams/0/recordings/1";
const SRT: &str = "1\n00:00:00,500 --> 00:00:01,500\nHello <i>there</i>\n\n2\n00:00:08,000 --> 00:00:09,000\nBye\n\n";

/// Makes a film with two audio tracks, of which the second one is marked as the usual one, and two subtitles.
fn make_film(folder: &Path, clip: &Path) -> Result<String> {
    video::make_clip(clip, FILM_SECONDS, video::SIZE)?;
    let (srt, film) = (folder.join("captions.srt"), folder.join("film.mkv"));
    fs::write(&srt, SRT)?;
    let made = Command::new("ffmpeg")
        .args(["-hide_banner", "-nostdin", "-y", "-loglevel", "error", "-i"])
        .arg(clip)
        .args(["-f", "lavfi", "-i", &format!("sine=frequency=880:sample_rate=48000:duration={FILM_SECONDS}"), "-i"])
        .arg(&srt)
        .args(["-map", "0:v", "-map", "1:a", "-map", "0:a", "-map", "2:s", "-map", "2:s"])
        .args(["-c:v", "copy", "-c:a", "aac", "-c:s:0", "srt", "-c:s:1", "ass"])
        .args(["-metadata:s:a:0", "language=fra", "-metadata:s:a:0", "title=Commentaire"])
        .args(["-metadata:s:a:1", "language=eng", "-disposition:a:0", "0", "-disposition:a:1", "default"])
        .args(["-metadata:s:s:0", "language=eng", "-metadata:s:s:1", "language=eng"])
        .args(["-metadata:s:s:1", "title=For the deaf", "-disposition:s:1", "default"])
        .arg(&film)
        .output()
        .context("ffmpeg cannot be run: install it")?;
    ensure!(made.status.success(), "ffmpeg makes no film: {}", String::from_utf8_lossy(&made.stderr));
    Ok(film.to_str().context("the path is text")?.to_owned())
}

async fn media_playlist(env: &TestEnvironment, name: &str) -> Result<Playlist> {
    let path = format!("{RECORDING}/{name}.m3u8");
    let text = env.api.get(&path).await?.success()?;
    playlist::media(&text.body, &env.api.url(&path)?)
}

#[tokio::test(flavor = "multi_thread")]
async fn film_keeps_its_audio_tracks_and_subtitles_and_gets_more_captions() -> Result<()> {
    let mut env = TestEnvironment::start(EnvironmentOptions { is_live: false, ..Default::default() }).await?;
    let film = make_film(env.folder.path(), &env.clip)?;
    let creator = env.creator().command_line()?;
    let uploaded = creator.done(&["upload", &film, "--stream", "0"])?;
    ensure!(uploaded["recording"] == 1 && uploaded["state"] == "ready", "{uploaded:#}");

    let master = env.api.get(&format!("{RECORDING}/master.m3u8")).await?.success()?.text();
    for expected in [
        "TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"eng\",LANGUAGE=\"eng\",DEFAULT=YES,AUTOSELECT=YES,URI=\"audio-1.m3u8\"",
        "TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"Commentaire\",LANGUAGE=\"fra\",DEFAULT=NO,AUTOSELECT=YES,URI=\"audio-2.m3u8\"",
        "NAME=\"eng\",LANGUAGE=\"eng\",DEFAULT=NO,AUTOSELECT=YES,FORCED=NO,URI=\"captions-eng.m3u8\"",
        "NAME=\"For the deaf\",LANGUAGE=\"eng\",DEFAULT=YES,AUTOSELECT=YES,FORCED=NO,URI=\"captions-eng-2.m3u8\"",
    ] {
        ensure!(master.contains(expected), "{expected} is missing: {master}");
    }
    let (picture, sound) = (media_playlist(&env, "240p").await?, media_playlist(&env, "audio-2").await?);
    let indices = |playlist: &Playlist| playlist.segments.iter().map(|segment| segment.index).collect::<Vec<_>>();
    let main = media_playlist(&env, "audio-1").await?;
    for track in [&main, &sound] {
        ensure!(indices(&picture) == indices(track), "the tracks have other segments: {track:?}");
    }

    // One key opens picture, sound and text of a segment.
    let mut player = env.player("240p");
    player.open_session(&mut env.wallets[0], &terms(MAX_TICKS)).await?;
    let bought = player.buy(&picture.segments[0]).await?;
    let iv = picture.segments[0].key.as_ref().context("the segment has a key")?.iv;
    for track in [&main, &sound] {
        let track = env.api.get_url(&track.segments[0].url, &[]).await?.success()?;
        let clear = video::decrypt(&track.body, &bought.key, &iv)?;
        ensure!(clear.get(4..8) == Some(b"moof"), "the sound is no fragment: {}", bytes_to_hex(&clear[..16]));
    }
    for name in ["captions-eng", "captions-eng-2"] {
        let texts = media_playlist(&env, name).await?;
        ensure!(texts.is_ended && indices(&texts) == indices(&picture), "{name}: {texts:?}");
        let text = env.api.get_url(&texts.segments[0].url, &[]).await?.success()?;
        let text = String::from_utf8(video::decrypt(&text.body, &bought.key, &iv)?)?;
        ensure!(text.contains("Hello <i>there</i>") && !text.contains("Bye"), "{name}: {text}");
    }
    env.settle(&mut [&mut player]).await?;
    what_is_kept_has_sound(&env, &creator)?;
    wrong_captions_are_refused(&env).await
}

/// The picture of the film comes apart from its sound. What the command line writes, what is downloaded and what is cut has both.
fn what_is_kept_has_sound(env: &TestEnvironment, creator: &CommandLine) -> Result<()> {
    let folder = env.folder.path().join("viewer");
    let viewer = CommandLine::new(&env.node.url(), &env.gateway.url(), &folder, "//Dave")?;
    viewer.done(&["--finalized", "deposit", "5"])?;
    let [watched, downloaded, cut] = ["watched.mp4", "downloaded.mp4", "cut.mp4"].map(|name| viewer.file(name));
    let seen = viewer.done(&["watch", "0", "--recording", "1", "--no-preview", "-o", &watched])?;
    ensure!(seen["ending"] == "stream-ended", "it was not watched to its end: {seen:#}");
    viewer.done(&["download", "0", "1", "-o", &downloaded])?;
    let made = creator.done(&["clip", "0", "--recording", "1", "--from", "2", "--to", "8"])?;
    let number = made["recording"].as_u64().context("the command names the clip")?.to_string();
    creator.done(&["download", "0", &number, "-o", &cut, "--creator"])?;
    check_picture_and_sound(&watched, FILM_SECONDS)?;
    check_picture_and_sound(&downloaded, FILM_SECONDS)?;
    check_picture_and_sound(&cut, 6)
}

/// Checks that a file has a picture of about that length, and sound that can be heard.
fn check_picture_and_sound(file: &str, seconds: u32) -> Result<()> {
    let streams = video::probe(file.as_ref())?;
    let kinds: Vec<_> = streams.iter().filter_map(|stream| stream["codec_type"].as_str()).collect();
    ensure!(kinds == ["video", "audio"], "{file}: {streams:?}");
    let (pictures, expected) = (video::pictures(file.as_ref())?, seconds * video::FRAME_RATE);
    ensure!(pictures.abs_diff(expected) <= video::FRAME_RATE, "{file} has {pictures} pictures");
    let listened = Command::new("ffmpeg")
        .args(["-hide_banner", "-nostdin", "-i", file, "-vn", "-af", "volumedetect", "-f", "null", "-"])
        .output()?;
    let words = String::from_utf8_lossy(&listened.stderr);
    let volume = words.split("mean_volume: ").nth(1).and_then(|rest| rest.split_whitespace().next());
    let volume: f64 = volume.with_context(|| format!("{file}: {words}"))?.parse()?;
    ensure!(volume > -60.0, "{file} is silent: {volume} dB");
    Ok(())
}

/// Captions that a creator adds to the recording, and some that cannot be.
async fn wrong_captions_are_refused(env: &TestEnvironment) -> Result<()> {
    let creator = env.creator().command_line()?;
    let write = |name: &str, text: &str| -> Result<String> {
        let path = env.folder.path().join(name);
        fs::write(&path, text)?;
        Ok(path.to_str().context("the path is text")?.to_owned())
    };
    let add = |file: &str, language: &str, code: i32, words: &str| {
        let arguments = ["captions", "add", "0", language, file, "--recording", "1", "--label", "Deutsch"];
        match code {
            0 => creator.done(&arguments).map(drop),
            code => creator.refused(&arguments, code, words),
        }
    };
    let cue = "00:00.000 --> 00:02.000\n<script>alert(1)</script><b onclick=x()>Hallo</b>\n\n";
    add(&write("srt.vtt", SRT)?, "de", 4, "does not begin with WEBVTT")?;
    add(&write("binary.vtt", "WEBVTT\n\n\0\u{1}\u{2}")?, "de", 4, "line 3")?;
    let large = format!("WEBVTT\n\n{}", cue.repeat((2 << 20) / cue.len() + 1));
    add(&write("large.vtt", &large)?, "de", 4, "2 MiB")?;
    add(&write("huge.vtt", &large.repeat(5))?, "de", 4, "2 MiB")?;
    let good = write("good.vtt", &format!("WEBVTT\n\n{cue}"))?;
    add(&good, "not a language", 2, "language")?;
    creator.refused(&["captions", "add", "0", "de", "/nonexistent.vtt", "--recording", "1"], 1, "read")?;
    let stored =
        || -> Result<usize> { Ok(fs::read_dir(env.gateway.data().join("media/recordings/0/1/captions"))?.count()) };
    ensure!(stored()? == 2, "captions that were refused have left a file");

    add(&good, "de", 0, "")?;
    let listed = creator.done(&["captions", "list", "0", "--recording", "1"])?;
    let listed: Vec<CaptionsView> = serde_json::from_value(listed)?;
    let labels: Vec<&str> = listed.iter().map(|captions| captions.label.as_str()).collect();
    ensure!(labels == ["Deutsch", "eng", "For the deaf"], "{listed:?}");
    let text = fs::read_to_string(env.gateway.data().join("media/recordings/0/1/captions/de.vtt"))?;
    ensure!(text.contains("alert(1)<b>Hallo</b>") && !text.contains("script"), "{text}");
    creator.done(&["captions", "remove", "0", "de", "--recording", "1"])?;
    creator.refused(&["captions", "remove", "0", "de", "--recording", "1"], 4, "no captions 'de'")?;
    ensure!(stored()? == 2, "captions that were removed have left a file");
    Ok(())
}
