//! MPEG-TS clips, and changes of them that encoders make.

use crate::{
    clips::{clips, ffmpeg},
    gateway::{Gateway, STREAM},
};
use bytes::Bytes;
use std::{
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};
use tokio::time::sleep;
use vilokanam_ingest::{PutError, PutOutcome};

/// PIDs that ffmpeg gives to the tracks of a clip.
pub const VIDEO_PID: u16 = 0x100;
pub const AUDIO_PID: u16 = 0x101;

const PACKET_BYTES: usize = 188;
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

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
            &["-f", "lavfi", "-i", "testsrc2=size=320x240:rate=30", "-f", "lavfi", "-i", "sine=frequency=440"][..],
            &["-t", &seconds, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"],
            &["-g", &gop, "-keyint_min", &gop, "-sc_threshold", "0", "-c:a", "aac"],
        ]
        .concat(),
    )
}

pub fn pid(packet: &[u8]) -> u16 {
    u16::from_be_bytes([packet[1] & 0x1f, packet[2]])
}

/// The packets that `is_kept` keeps, given their place from 0 to 1 and their PID.
pub fn filtered(clip: &[u8], is_kept: impl Fn(f64, u16) -> bool) -> Bytes {
    let packets = clip.chunks_exact(PACKET_BYTES).enumerate();
    let place = |number: usize| (number * PACKET_BYTES) as f64 / clip.len() as f64;
    packets
        .filter(|(number, packet)| is_kept(place(*number), pid(packet)))
        .flat_map(|(_, packet)| packet.to_vec())
        .collect()
}

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
