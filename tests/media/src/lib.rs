//! Encoders that tests control to the packet, and measurements of what comes out. The tests of the ingest and the end-to-end
//! tests of the gateway use them. As in tests, what goes wrong panics.
//!
//! | module | contents |
//! | --- | --- |
//! | [`marks`] | video in which picture and sound change at the same moments, and finding these moments |
//! | [`rtmp`], [`enhanced`] | an RTMP client, and the messages of enhanced RTMP |
//! | [`whip`] | a WebRTC client |
//! | [`mpegts`] | leaving out packets of MPEG-TS |

#![allow(clippy::unwrap_used)]

pub mod enhanced;
pub mod marks;
pub mod mpegts;
pub mod rtmp;
pub mod whip;

use std::process::{Command, Stdio};

/// Runs ffmpeg to its end. It has to succeed.
///
/// # Panics
///
/// If ffmpeg cannot be run, or fails.
pub fn ffmpeg(args: &[&str]) {
    let output = Command::new("ffmpeg")
        .args(["-y", "-nostdin", "-v", "error"])
        .args(args)
        .stdout(Stdio::null())
        .output()
        .expect("ffmpeg is installed");
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
}
