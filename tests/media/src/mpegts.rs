//! MPEG-TS without some of its packets, as encoders and networks make it.

use bytes::Bytes;

/// PID that ffmpeg gives to the picture.
pub const VIDEO_PID: u16 = 0x100;
/// PID that ffmpeg gives to the sound.
pub const AUDIO_PID: u16 = 0x101;
/// Size of a packet.
pub const PACKET_BYTES: usize = 188;

fn pid(packet: &[u8]) -> u16 {
    u16::from_be_bytes([packet[1] & 0x1f, packet[2]])
}

/// Returns the packets that `is_kept` keeps, given their place from 0 to 1 and their PID.
pub fn filtered(clip: &[u8], is_kept: impl Fn(f64, u16) -> bool) -> Bytes {
    let packets = clip.chunks_exact(PACKET_BYTES).enumerate();
    let place = |number: usize| (number * PACKET_BYTES) as f64 / clip.len() as f64;
    packets
        .filter(|(number, packet)| is_kept(place(*number), pid(packet)))
        .flat_map(|(_, packet)| packet.to_vec())
        .collect()
}
