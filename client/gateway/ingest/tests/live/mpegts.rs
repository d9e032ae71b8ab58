//! MPEG-TS clips, and changes of them that encoders make.

use crate::{
    clips::{clips, ffmpeg, generated, X264},
    gateway::{Gateway, STREAM},
};
use bytes::Bytes;
use std::{
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};
use tokio::time::sleep;
use vilokanam_ingest::{PutError, PutOutcome};
use vilokanam_test_media::mpegts::PACKET_BYTES;
pub use vilokanam_test_media::mpegts::{filtered, AUDIO_PID, VIDEO_PID};

pub const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Makes a clip with these arguments of ffmpeg.
pub fn clip(name: &str, args: &[&str]) -> Bytes {
    let path = clips().directory.join(format!("{name}.ts"));
    ffmpeg(&[args, &["-f", "mpegts", path.to_str().unwrap()]].concat());
    std::fs::read(path).unwrap().into()
}

/// A moving picture with sound, with a keyframe every `gop` frames of 30 per second.
pub fn picture_and_sound(name: &str, seconds: u32, gop: u32) -> Bytes {
    let (seconds, gop) = (seconds.to_string(), gop.to_string());
    clip(
        name,
        &[
            &generated("testsrc2=size=320x240:rate=30", "sine=frequency=440")[..],
            &X264,
            &["-t", &seconds, "-g", &gop, "-keyint_min", &gop, "-sc_threshold", "0", "-c:a", "aac"],
        ]
        .concat(),
    )
}

/// Uploads a file.
pub async fn put(gateway: &Gateway, name: &str, bytes: &Bytes) -> Result<PutOutcome, PutError> {
    gateway.ingest.put(STREAM, gateway.key.reveal(), HERE, name, bytes.clone()).await
}

/// Uploads a clip of that duration in real time, in segments of half a second that begin anywhere.
pub async fn put_live(gateway: &Gateway, first: u32, clip: &Bytes, seconds: u32) {
    let count = seconds as usize * 2;
    let packets = clip.len() / PACKET_BYTES;
    for place in 0..count {
        let range = place * packets / count * PACKET_BYTES..(place + 1) * packets / count * PACKET_BYTES;
        let name = format!("seg_{}.ts", first as usize + place);
        assert_eq!(put(gateway, &name, &clip.slice(range)).await, Ok(PutOutcome::Taken));
        sleep(Duration::from_millis(500)).await;
    }
}
