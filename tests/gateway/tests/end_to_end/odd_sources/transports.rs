//! How each of the odd sources is published: an encoder and a way to the gateway.

use anyhow::{anyhow, ensure, Context, Result};
use reqwest::{
    header::{AUTHORIZATION, CONTENT_TYPE},
    Method,
};
use serde_json::json;
use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};
use tick_stream_primitives::StreamId;
use tokio::{
    task::JoinHandle,
    time::{sleep, sleep_until, Instant},
};
use vilokanam_gateway_tests::{
    api::ApiClient,
    environment::{creator_key, TestEnvironment},
    signed,
};
use vilokanam_test_media::{
    enhanced, ffmpeg, marks,
    mpegts::{filtered, AUDIO_PID},
    rtmp::{Client, MessageType, Tag},
    whip::{access_units, opus_packets, Media, Offer, OPUS_MS},
};
use vilokanam_tests::{
    free_port,
    process::{log_folder, Process},
    wait_for,
};
use vilokanam_wire::creator::{NewPublishKey, OpenSrt, SrtListener};

/// Encoder settings of the sources with H.264 at 25 pictures per second: a key frame every two seconds.
const X264: [&str; 12] = [
    "-c:v",
    "libx264",
    "-preset",
    "ultrafast",
    "-g",
    "50",
    "-keyint_min",
    "50",
    "-sc_threshold",
    "0",
    "-pix_fmt",
    "yuv420p",
];
/// Size of the sources with nothing odd about their size.
const SIZE: &str = "640x360";
const RATE: u32 = 25;
/// Number of uploaded segments of two seconds that have no sound.
const SILENT_SEGMENTS: usize = 5;
/// Time after which an encoder's playlist is read again.
const PLAYLIST_PAUSE: Duration = Duration::from_millis(250);
/// Length of what is encoded once and sent again and again: a whole number of seconds, of pictures, of marks, and of frames
/// of the sound, which have 1,024 samples in AAC and 20 ms in Opus.
const HEVC_ROUND_MS: u32 = 64_000;
const WHIP_ROUND_MS: u64 = 60_000;
/// Size of the chunks of RTMP, as OBS has it.
const CHUNK_BYTES: u32 = 4_096;
/// Maximum time until a server of this test answers.
const SERVER_SECONDS: u64 = 30;
/// Longest time for which a source is published.
const LONGEST: Duration = Duration::from_secs(86_400);

/// Where a source is published.
pub struct Target<'a> {
    pub env: &'a TestEnvironment,
    pub stream: StreamId,
    pub key: &'a NewPublishKey,
}

/// What publishes a source. Dropping it ends that.
#[derive(Default)]
pub struct Source {
    processes: Vec<Process>,
    tasks: Vec<JoinHandle<Result<()>>>,
}

impl Source {
    /// Fails if a part of it has ended.
    pub async fn ensure_running(&mut self) -> Result<()> {
        for process in &mut self.processes {
            process.ensure_running()?;
        }
        match self.tasks.iter_mut().find(|task| task.is_finished()) {
            Some(ended) => ended.await?.and(Err(anyhow!("a publisher has ended"))),
            None => Ok(()),
        }
    }

    fn of(process: Process) -> Self {
        Self { processes: vec![process], tasks: Vec::new() }
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// Starts an encoder of marked video in real time.
fn encoder(name: &str, picture: &str, sound: &str, output: &[&str]) -> Result<Process> {
    let mut command = Command::new("ffmpeg");
    command
        .args(["-hide_banner", "-nostdin", "-nostats", "-loglevel", "info"])
        .args(["-re", "-f", "lavfi", "-i", picture, "-re", "-f", "lavfi", "-i", sound])
        .args(output);
    Process::start(&mut command, &log_folder()?.join(format!("{name}.log")))
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("the path is no text")
}

/// Mono sound in A-law at 8 kHz, by RTMP.
pub async fn a_law_by_rtmp(target: Target<'_>) -> Result<Source> {
    let url = format!("{}/{}", target.key.rtmp_url, target.key.rtmp_stream_key);
    let sound = ["-c:a", "pcm_alaw", "-ar", "8000", "-ac", "1"];
    let output = [&X264[..], &sound, &["-f", "flv", &url]].concat();
    Ok(Source::of(encoder("a-law", &marks::picture(SIZE, RATE), &marks::sound("mono", 8_000), &output)?))
}

/// Half pictures at 50 per second, whose pixels are wider than high, by SRT.
pub async fn interlaced_by_srt(target: Target<'_>) -> Result<Source> {
    let path = format!("/v1/streams/{}/srt", target.stream);
    let opened: SrtListener =
        target.env.api.post(&path, &OpenSrt { key: target.key.key.clone() }, &[]).await?.json()?;
    let shared = opened.shared_url.context("the gateway has a port for all streams")?;
    let url = format!("{shared}&mode=caller&pkt_size=1316&passphrase={}", target.key.key);
    let picture =
        format!("{},tinterlace=interleave_top,fieldorder=tff,setsar=64/45", marks::picture("720x576", 2 * RATE));
    let output = [&X264[..], &["-flags", "+ilme+ildct", "-c:a", "mp2", "-f", "mpegts", &url]].concat();
    Ok(Source::of(encoder("interlaced", &picture, &marks::sound("stereo", 48_000), &output)?))
}

/// An upright picture whose frame rate varies, by WHIP.
pub async fn portrait_by_whip(target: Target<'_>) -> Result<Source> {
    let folder = target.env.folder.path().to_owned();
    let media = tokio::task::spawn_blocking(move || portrait(&folder)).await??;
    let offer = Offer::new(true).await;
    let path = format!("/v1/streams/{}/whip", target.stream);
    let bearer = format!("Bearer {}", target.key.key);
    let headers = [(AUTHORIZATION.as_str(), &*bearer), (CONTENT_TYPE.as_str(), "application/sdp")];
    let answer = target.env.api.send(Method::POST, &path, &headers, offer.sdp.clone().into_bytes()).await?.success()?;
    let mut client = offer.accept(&answer.text());
    let rounds = LONGEST.as_millis() as u64 / WHIP_ROUND_MS;
    let sending = tokio::spawn(async move {
        ensure!(client.send(&media, rounds as usize).await, "the gateway has closed the session of WHIP");
        Ok(())
    });
    Ok(Source { processes: Vec::new(), tasks: vec![sending] })
}

/// Makes a round of portrait video: 30 pictures a second for three seconds, then 10 for three seconds, and so on.
fn portrait(folder: &Path) -> Result<Media> {
    const RATE: u64 = 30;
    let (video, audio) = (folder.join("portrait.h264"), folder.join("portrait.ogg"));
    let length = (WHIP_ROUND_MS / 1_000).to_string();
    let picture = format!("{},select='lt(mod(n,180),90)+not(mod(n,3))'", marks::picture("360x640", RATE as u32));
    let x264 = ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-profile:v", "baseline"];
    let keys = ["-force_key_frames", "expr:gte(t,n_forced*2)", "-pix_fmt", "yuv420p", "-fps_mode", "passthrough"];
    let units = ["-bsf:v", "h264_metadata=aud=insert", "-f", "h264", text(&video)?];
    ffmpeg(&[&["-f", "lavfi", "-i", &picture, "-t", &length][..], &x264, &keys, &units].concat());
    let opus = ["-c:a", "libopus", "-frame_duration", "20", "-f", "ogg", text(&audio)?];
    ffmpeg(&[&["-f", "lavfi", "-i", &marks::sound("stereo", 48_000), "-t", &length][..], &opus].concat());
    let numbers = (0..WHIP_ROUND_MS * RATE / 1_000).filter(|number| number % 180 < 90 || number % 3 == 0);
    let times: Vec<u64> = numbers.map(|number| number * 90_000 / RATE).collect();
    let (pictures, mut sounds) = (access_units(&fs::read(&video)?), opus_packets(&fs::read(&audio)?));
    ensure!(pictures.len() == times.len(), "{} pictures, and {} times", pictures.len(), times.len());
    sounds.truncate((WHIP_ROUND_MS / OPUS_MS) as usize);
    ensure!(sounds.len() as u64 * OPUS_MS == WHIP_ROUND_MS, "the sound is too short: {} packets", sounds.len());
    Ok(Media { pictures: times.into_iter().zip(pictures).collect(), sounds })
}

/// HEVC with AAC, by enhanced RTMP.
pub async fn hevc_by_enhanced_rtmp(target: Target<'_>) -> Result<Source> {
    let path = target.env.folder.path().join("hevc.mp4");
    let (configs, frames) = tokio::task::spawn_blocking(move || hevc(&path)).await??;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, target.env.gateway.rtmp_port()));
    let mut client = Client::publish(address, &target.key.rtmp_stream_key).await;
    client.set_chunk_size(CHUNK_BYTES).await;
    let sending = tokio::spawn(async move {
        client.send_tags(configs).await?;
        let began = Instant::now();
        for round in 0..LONGEST.as_millis() as u32 / HEVC_ROUND_MS {
            for frame in &frames {
                let time_ms = frame.time_ms + round * HEVC_ROUND_MS;
                sleep_until(began + Duration::from_millis(time_ms.into())).await;
                client.send(frame.kind, time_ms, frame.data.clone()).await?;
                client.discard_answers();
            }
        }
        Ok(())
    });
    Ok(Source { processes: Vec::new(), tasks: vec![sending] })
}

/// Makes a round of HEVC: the configurations of the decoders, and the frames in the order of their times, which begin at 0.
fn hevc(path: &Path) -> Result<(Vec<Tag>, Vec<Tag>)> {
    let length = (HEVC_ROUND_MS / 1_000 + 1).to_string();
    let (picture, sound) = (marks::picture(SIZE, RATE), marks::sound("stereo", 48_000));
    let inputs = ["-f", "lavfi", "-i", &picture, "-f", "lavfi", "-i", &sound, "-t", &length];
    let groups = "log-level=error:bframes=2:keyint=50:min-keyint=50:scenecut=0:open-gop=0";
    let x265 = ["-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-x265-params", groups];
    ffmpeg(&[&inputs[..], &x265, &["-c:a", "aac", text(path)?]].concat());
    let (configs, frames): (Vec<Tag>, Vec<Tag>) =
        enhanced::messages(text(path)?).into_iter().partition(|tag| tag.time_ms == 0);
    let first_ms = frames.iter().map(|tag| tag.time_ms).min().context("there are frames")?;
    let is_sound = |tag: &Tag| tag.kind == MessageType::Audio;
    let counts = (HEVC_ROUND_MS / 1_000 * RATE, HEVC_ROUND_MS / 1_000 * 48_000 / 1_024);
    let of_kind = |wanted: bool, count: u32| {
        let frames = frames.iter().filter(move |tag| is_sound(tag) == wanted).take(count as usize);
        // The encoder's delay is in the time of the first frame, so that the last ones belong into the next round.
        frames.map(|tag| Tag { time_ms: (tag.time_ms - first_ms) % HEVC_ROUND_MS, ..tag.clone() }).collect::<Vec<_>>()
    };
    let mut round = [of_kind(false, counts.0), of_kind(true, counts.1)].concat();
    ensure!(round.len() as u32 == counts.0 + counts.1, "a round has {} frames instead of {counts:?}", round.len());
    round.sort_by_key(|tag| tag.time_ms);
    Ok((configs, round))
}

/// Starts an encoder that writes HLS into a folder.
fn hls_encoder(name: &str, folder: &Path, size: &str, options: &[&str]) -> Result<(Process, PathBuf)> {
    fs::create_dir_all(folder)?;
    let (list, segments) = (folder.join("index.m3u8"), folder.join("seg_%05d.ts"));
    let format = ["-c:a", "aac", "-f", "hls", "-hls_segment_filename", text(&segments)?];
    let output = [&X264[..], &format, options, &[text(&list)?]].concat();
    Ok((encoder(name, &marks::picture(size, RATE), &marks::sound("stereo", 48_000), &output)?, list))
}

/// MPEG-TS whose sound is announced and begins after ten seconds, uploaded by PUT.
pub async fn late_sound_by_put(target: Target<'_>) -> Result<Source> {
    let folder = target.env.folder.path().join("put");
    let (process, list) = hls_encoder("put", &folder, SIZE, &["-hls_time", "2", "-hls_list_size", "8"])?;
    let (api, stream) = (target.env.api.clone(), target.stream);
    let bearer = format!("Bearer {}", target.key.key);
    let uploading = tokio::spawn(async move { upload_all(&api, stream, &bearer, &list).await });
    Ok(Source { processes: vec![process], tasks: vec![uploading] })
}

/// Uploads each segment that the playlist contains, once.
async fn upload_all(api: &ApiClient, stream: StreamId, bearer: &str, list: &Path) -> Result<()> {
    let mut uploaded = 0;
    let mut last = String::new();
    loop {
        let playlist = fs::read_to_string(list).unwrap_or_default();
        let names: Vec<&str> = playlist.lines().filter(|line| line.ends_with(".ts") && **line > *last).collect();
        for name in &names {
            let segment = fs::read(list.with_file_name(name))?;
            let is_silent = uploaded < SILENT_SEGMENTS;
            let body = filtered(&segment, |_, pid| !(is_silent && pid == AUDIO_PID));
            let path = format!("/v1/publish/{stream}/{name}");
            api.send(Method::PUT, &path, &[(AUTHORIZATION.as_str(), bearer)], body.to_vec()).await?.success()?;
            uploaded += 1;
        }
        if let Some(name) = names.last() {
            last = (*name).to_owned();
        }
        sleep(PLAYLIST_PAUSE).await;
    }
}

/// HLS as nginx serves it, which the gateway pulls. Its picture fits the rendition, so that it is copied.
pub async fn pulled_hls(target: Target<'_>) -> Result<Source> {
    let folder = target.env.folder.path().join("hls");
    let window = ["-hls_time", "4", "-hls_list_size", "6", "-hls_flags", "delete_segments"];
    let (process, list) = hls_encoder("hls", &folder, "426x240", &window)?;
    let port = free_port()?;
    let mut server = Command::new("python3");
    server.args(["-m", "http.server", &port.to_string(), "--bind", "127.0.0.1", "--directory", text(&folder)?]);
    let server = Process::start(&mut server, &log_folder()?.join("http-server.log"))?;
    let url = format!("http://127.0.0.1:{port}/index.m3u8");
    wait_for("the playlist to be served", SERVER_SECONDS, || async {
        Ok((list.is_file() && reqwest::get(&url).await?.status().is_success()).then_some(()))
    })
    .await?;
    let path = format!("/v1/streams/{}/source", target.stream);
    let (genesis, creator) = (target.env.chain.genesis_hash(), creator_key()?);
    let body = json!({ "url": url }).to_string().into_bytes();
    signed::send(&target.env.api, &genesis, &creator, (Method::PUT, &path), &[], body).await?.success()?;
    Ok(Source { processes: vec![process, server], tasks: Vec::new() })
}
