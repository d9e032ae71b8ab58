//! Processor time that a broadcast costs, for each way of encoding it.
//!
//! ```sh
//! cargo run --release -p vilokanam-ingest --example ingest_cpu -- --seconds 60
//! ```
//!
//! A clip of 720p at 30 frames per second with sound is published in real time by HTTP PUT, and the processor time of the
//! ingest and of its programs is divided by the time that passed: 100 % is one core. `--encoder h264_vaapi` measures a
//! hardware encoder instead of x264.

use std::{
    fs,
    net::{IpAddr, Ipv4Addr},
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};
use vilokanam_ingest::{
    BroadcastEvent, Codec, Encoder, Ingest, IngestConfig, KeyLimits, Ladder, PublishKeys, Rung, TranscodeConfig,
};

type Error = Box<dyn std::error::Error>;

const STREAM: u64 = 1;
const PEER: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// Size of a packet of MPEG-TS.
const PACKET_BYTES: usize = 188;
/// Uploads per second.
const UPLOADS_PER_S: u64 = 2;
/// Seconds between still images, as usual.
const STILLS_EVERY_S: u32 = 10;
/// Ticks of the processor times in `/proc` per second, on every Linux that is in use.
const TICKS_PER_S: f64 = 100.0;

/// A way of encoding.
struct Mode {
    name: &'static str,
    heights: &'static [u16],
    codecs: &'static [Codec],
    copies: bool,
    has_picture: bool,
    has_preview: bool,
    has_stills: bool,
}

const ALL_HEIGHTS: &[u16] = &[240, 360, 480, 720];

/// What a creator whose encoder is set up well costs, with the still images of which posters and storyboards are made.
const COPIED: Mode = Mode {
    name: "720p copied",
    heights: &[720],
    codecs: &[],
    copies: true,
    has_picture: true,
    has_preview: false,
    has_stills: true,
};

const MODES: [Mode; 10] = [
    Mode { name: "720p copied, no still images", has_stills: false, ..COPIED },
    COPIED,
    Mode { name: "720p copied, clear preview", has_preview: true, ..COPIED },
    Mode { name: "720p copied, 480p to 240p encoded", heights: ALL_HEIGHTS, ..COPIED },
    Mode { name: "720p encoded", copies: false, ..COPIED },
    Mode { name: "720p to 240p encoded", heights: ALL_HEIGHTS, copies: false, ..COPIED },
    Mode {
        name: "720p to 240p encoded, clear preview",
        heights: ALL_HEIGHTS,
        copies: false,
        has_preview: true,
        ..COPIED
    },
    Mode { name: "720p copied, and in HEVC", codecs: &[Codec::Hevc], ..COPIED },
    Mode { name: "720p copied, and in AV1", codecs: &[Codec::Av1], ..COPIED },
    Mode { name: "sound alone, shown as a waveform", has_picture: false, ..COPIED },
];

/// What the command line asks for.
struct Options {
    seconds: u64,
    encoder: Encoder,
}

impl Options {
    fn read() -> Result<Self, Error> {
        let mut options = Self { seconds: 30, encoder: Encoder::Libx264 };
        let mut args = std::env::args().skip(1);
        while let Some(arg) = args.next() {
            let value = args.next().ok_or_else(|| format!("{arg} needs a value"))?;
            match arg.as_str() {
                "--seconds" => options.seconds = value.parse()?,
                "--encoder" => {
                    options.encoder = Encoder::named(&value).ok_or_else(|| format!("there is no encoder {value}"))?;
                }
                _ => return Err(format!("{arg} is not known; use --seconds and --encoder").into()),
            }
        }
        Ok(options)
    }
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let options = Options::read()?;
    let directory = tempfile::tempdir()?;
    let clip = make_clip(directory.path(), options.seconds, true)?;
    let sound = make_clip(directory.path(), options.seconds, false)?;
    println!(
        "Source: 1280x720, 30 frames per second, {} kbit/s, {} s",
        clip.len() as u64 * 8 / 1_000 / options.seconds,
        options.seconds
    );
    println!("Encoder: {}\n", options.encoder);
    println!("| mode | processor time, % of a core | renditions |\n| --- | ---: | --- |");
    for mode in MODES {
        let clip = if mode.has_picture { &clip } else { &sound };
        let (percent, renditions) = measure(&mode, &options, clip, directory.path()).await?;
        println!("| {} | {percent:.1} | {renditions} |", mode.name);
    }
    Ok(())
}

/// A clip that fits its rung: closed groups of pictures of two seconds, AAC; or its sound alone.
fn make_clip(directory: &Path, seconds: u64, has_picture: bool) -> Result<Vec<u8>, Error> {
    let path = directory.join(if has_picture { "clip.ts" } else { "sound.ts" });
    let mut command = Command::new("ffmpeg");
    command.args(["-y", "-nostdin", "-v", "error", "-f", "lavfi", "-i", "sine=sample_rate=48000"]);
    if has_picture {
        command
            .args(["-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=30"])
            .args(["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-g", "60", "-sc_threshold", "0"])
            .args(["-bf", "0", "-b:v", "2500k", "-maxrate", "2500k", "-bufsize", "2500k"]);
    }
    let output = command.args(["-c:a", "aac", "-ac", "2", "-t", &seconds.to_string(), "-f", "mpegts"]).arg(&path);
    if !output.stdin(Stdio::null()).status()?.success() {
        return Err("ffmpeg cannot make the clip".into());
    }
    Ok(fs::read(path)?)
}

/// Publishes the clip in real time. Returns the processor time in percent of a core, and the renditions.
async fn measure(mode: &Mode, options: &Options, clip: &[u8], directory: &Path) -> Result<(f64, String), Error> {
    let work = tempfile::tempdir_in(directory)?;
    let keys = Arc::new(PublishKeys::open(work.path().join("keys.json"), KeyLimits::default())?);
    let (_, key) = keys.create(STREAM)?;
    let ladder = Ladder::default();
    let rungs = ladder.rungs().iter().filter(|rung| mode.heights.contains(&rung.height)).copied();
    let config = IngestConfig {
        rtmp: None,
        work_dir: work.path().to_owned(),
        transcode: TranscodeConfig {
            encoder: options.encoder,
            codecs: mode.codecs.to_vec(),
            copies: mode.copies,
            preview: mode.has_preview,
            thumbnail_interval_s: if mode.has_stills { STILLS_EVERY_S } else { 0 },
            ladder: Ladder::try_from(rungs.collect::<Vec<Rung>>())?,
            shows_slate: false,
            ..TranscodeConfig::default()
        },
        reconnect_window_ms: 0,
        ..IngestConfig::default()
    };
    let (ingest, mut broadcasts) = Ingest::start(config, keys).await?;
    let consumer = tokio::spawn(async move {
        let mut renditions = String::new();
        while let Some(mut broadcast) = broadcasts.recv().await {
            while let Some(event) = broadcast.events.recv().await {
                if let BroadcastEvent::Started { renditions: begun, .. } = event {
                    let names = begun
                        .iter()
                        .map(|one| format!("{}{}", one.id, if one.copied.has_video() { " (copy)" } else { "" }));
                    renditions = names.collect::<Vec<_>>().join(", ");
                }
            }
        }
        renditions
    });
    let (began, before_s) = (Instant::now(), processor_s()?);
    publish(&ingest, key.reveal(), clip, options.seconds).await?;
    ingest.shutdown().await;
    let (used_s, passed_s) = (processor_s()? - before_s, began.elapsed().as_secs_f64());
    drop(ingest);
    let renditions = consumer.await?;
    Ok((used_s / passed_s * 100.0, renditions))
}

async fn publish(ingest: &Ingest, key: &str, clip: &[u8], seconds: u64) -> Result<(), Error> {
    let (count, packets) = (seconds * UPLOADS_PER_S, clip.len() / PACKET_BYTES);
    let mut next = tokio::time::interval(Duration::from_millis(1_000 / UPLOADS_PER_S));
    for place in 0..count {
        next.tick().await;
        let at = |place: u64| place as usize * packets / count as usize * PACKET_BYTES;
        let upload = bytes::Bytes::copy_from_slice(&clip[at(place)..at(place + 1)]);
        ingest.put(STREAM, key, PEER, &format!("seg_{place}.ts"), upload).await?;
    }
    Ok(())
}

/// Processor time of this process and of its programs that have ended, in seconds.
fn processor_s() -> Result<f64, Error> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The name in parentheses may contain anything; utime, stime, cutime and cstime are the 12th to 15th field after it.
    let fields = stat.rsplit_once(')').ok_or("/proc/self/stat has another form")?.1.split_whitespace();
    let ticks: Vec<f64> = fields.skip(11).take(4).map(str::parse).collect::<Result<_, _>>()?;
    Ok(ticks.iter().sum::<f64>() / TICKS_PER_S)
}
