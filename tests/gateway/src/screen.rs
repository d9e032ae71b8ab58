//! What a viewer sees: segments decrypted, decoded, and compared with the source.

use aes::cipher::{block_padding::Pkcs7, BlockDecryptMut, KeyIvInit};
use anyhow::{ensure, Context, Result};
use serde_json::Value;
use std::{path::Path, process::Command};

/// Pictures a second of the clips here.
pub const FRAME_RATE: u32 = 30;
/// Size of the clips here, which is that of the lowest rendition: nothing is scaled.
pub const SIZE: &str = "426x240";

/// A segment in the clear.
pub fn decrypt(ciphertext: &[u8], key: &[u8; 16], iv: &[u8; 16]) -> Result<Vec<u8>> {
    let cipher = cbc::Decryptor::<aes::Aes128>::new(key.into(), iv.into());
    let clear = cipher.decrypt_padded_vec_mut::<Pkcs7>(ciphertext);
    clear.map_err(|_| anyhow::anyhow!("the key does not open the segment"))
}

/// Makes a clip with motion, a counter and sound, as encoders send it: a key frame every two seconds.
pub fn make_clip(path: &Path, seconds: u32, size: &str) -> Result<()> {
    let picture = format!("testsrc2=size={size}:rate={FRAME_RATE}:duration={seconds}");
    let sound = format!("sine=frequency=440:beep_factor=4:sample_rate=48000:duration={seconds}");
    let made = Command::new("ffmpeg")
        .args(["-hide_banner", "-nostdin", "-y", "-loglevel", "error"])
        .args(["-f", "lavfi", "-i", &picture, "-f", "lavfi", "-i", &sound])
        .args(["-c:v", "libx264", "-preset", "ultrafast", "-crf", "18", "-pix_fmt", "yuv420p"])
        .args(["-g", "60", "-keyint_min", "60", "-sc_threshold", "0", "-bf", "0"])
        .args(["-c:a", "aac", "-b:a", "96k"])
        .arg(path)
        .output()
        .context("ffmpeg cannot be run: install it")?;
    ensure!(made.status.success(), "no clip: {}", String::from_utf8_lossy(&made.stderr));
    Ok(())
}

/// What ffprobe finds in a file: its streams, with frames counted by decoding every one.
pub fn probe(path: &Path) -> Result<Vec<Value>> {
    let probed = Command::new("ffprobe")
        .args(["-v", "error", "-count_frames", "-show_streams", "-of", "json"])
        .arg(path)
        .output()
        .context("ffprobe cannot be run: install ffmpeg")?;
    let complaints = String::from_utf8_lossy(&probed.stderr);
    ensure!(probed.status.success() && complaints.is_empty(), "ffprobe complains: {complaints}");
    let read: Value = serde_json::from_slice(&probed.stdout)?;
    Ok(read["streams"].as_array().context("ffprobe tells streams")?.clone())
}

/// How many pictures of a file can be decoded.
pub fn pictures(path: &Path) -> Result<u32> {
    let streams = probe(path)?;
    let video = streams.iter().find(|stream| stream["codec_type"] == "video").context("no picture")?;
    let count = video["nb_read_frames"].as_str().context("no count of frames")?;
    Ok(count.parse()?)
}

/// The mean of the luminance's and the colours' PSNR in dB, of what was seen against the source from frame `first` on.
pub fn psnr(seen: &Path, source: &Path, first: u32) -> Result<f64> {
    let graph = format!(
        "[0:v]setpts=N/({FRAME_RATE}*TB)[seen];\
         [1:v]trim=start_frame={first},setpts=N/({FRAME_RATE}*TB)[source];\
         [seen][source]psnr=shortest=1"
    );
    let compared = Command::new("ffmpeg")
        .args(["-hide_banner", "-nostdin", "-nostats", "-i"])
        .arg(seen)
        .arg("-i")
        .arg(source)
        .args(["-lavfi", &graph, "-f", "null", "-"])
        .output()?;
    let said = String::from_utf8_lossy(&compared.stderr);
    let average = said.split("average:").nth(1).and_then(|rest| rest.split_whitespace().next());
    let average = average.with_context(|| format!("nothing was compared: {said}"))?;
    Ok(average.parse()?)
}
