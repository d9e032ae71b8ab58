//! Video: making clips, decrypting and decoding segments, and comparing pictures.

use aes::cipher::{block_padding::Pkcs7, BlockDecryptMut, KeyIvInit};
use anyhow::{anyhow, ensure, Context, Result};
use serde_json::Value;
use std::{path::Path, process::Command};

/// Pictures per second of all clips.
pub const FRAME_RATE: u32 = 30;
/// Size of most clips. It is that of the lowest rendition, so that no picture is scaled.
pub const SIZE: &str = "426x240";

/// Decrypts a segment.
pub fn decrypt(ciphertext: &[u8], key: &[u8; 16], iv: &[u8; 16]) -> Result<Vec<u8>> {
    let cipher = cbc::Decryptor::<aes::Aes128>::new(key.into(), iv.into());
    let clear = cipher.decrypt_padded_vec_mut::<Pkcs7>(ciphertext);
    clear.map_err(|_| anyhow!("the segment cannot be decrypted with this key"))
}

/// Makes a clip with motion, a counter and sound. Like that of an encoder, it has a key frame every two seconds.
pub fn make_clip(path: &Path, seconds: u32, size: &str) -> Result<()> {
    let picture = format!("testsrc2=size={size}:rate={FRAME_RATE}:duration={seconds}");
    let sound = format!("sine=frequency=440:beep_factor=4:sample_rate=48000:duration={seconds}");
    let encoded = Command::new("ffmpeg")
        .args(["-hide_banner", "-nostdin", "-y", "-loglevel", "error"])
        .args(["-f", "lavfi", "-i", &picture, "-f", "lavfi", "-i", &sound])
        .args(["-c:v", "libx264", "-preset", "ultrafast", "-crf", "18", "-pix_fmt", "yuv420p"])
        .args(["-g", "60", "-keyint_min", "60", "-sc_threshold", "0", "-bf", "0"])
        .args(["-c:a", "aac", "-b:a", "96k"])
        .arg(path)
        .output()
        .context("ffmpeg cannot be run: install it")?;
    ensure!(encoded.status.success(), "ffmpeg makes no clip: {}", String::from_utf8_lossy(&encoded.stderr));
    Ok(())
}

/// Returns what ffprobe reports about the streams of a file. It counts pictures by decoding every one.
pub fn probe(path: &Path) -> Result<Vec<Value>> {
    let probed = Command::new("ffprobe")
        .args(["-v", "error", "-count_frames", "-show_streams", "-of", "json"])
        .arg(path)
        .output()
        .context("ffprobe cannot be run: install ffmpeg")?;
    let complaints = String::from_utf8_lossy(&probed.stderr);
    ensure!(probed.status.success() && complaints.is_empty(), "ffprobe complains: {complaints}");
    let report: Value = serde_json::from_slice(&probed.stdout)?;
    Ok(report["streams"].as_array().context("ffprobe reports no streams")?.clone())
}

/// Returns the number of pictures that can be decoded from a file.
pub fn pictures(path: &Path) -> Result<u32> {
    let streams = probe(path)?;
    let video = streams.iter().find(|stream| stream["codec_type"] == "video").context("the file has no video")?;
    let count = video["nb_read_frames"].as_str().context("ffprobe reports no number of pictures")?;
    Ok(count.parse()?)
}

/// Returns the peak signal-to-noise ratio of a recorded file in dB, compared with the source from picture `first` on.
/// It is the mean over brightness and colours. Pictures are compared by their numbers, whatever the clocks of the files are.
pub fn psnr(recorded: &Path, source: &Path, first: u32) -> Result<f64> {
    let graph = format!(
        "[0:v]settb=1/{FRAME_RATE},setpts=N[recorded];\
         [1:v]trim=start_frame={first},settb=1/{FRAME_RATE},setpts=N[source];\
         [recorded][source]psnr=shortest=1"
    );
    let compared = Command::new("ffmpeg")
        .args(["-hide_banner", "-nostdin", "-nostats", "-i"])
        .arg(recorded)
        .arg("-i")
        .arg(source)
        .args(["-lavfi", &graph, "-f", "null", "-"])
        .output()?;
    let output = String::from_utf8_lossy(&compared.stderr);
    let average = output.split("average:").nth(1).and_then(|rest| rest.split_whitespace().next());
    let average = average.with_context(|| format!("ffmpeg compared nothing: {output}"))?;
    Ok(average.parse()?)
}
