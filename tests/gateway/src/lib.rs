//! The harness of the gateway's end-to-end tests: real gateways on real nodes, with ffmpeg publishing.
//!
//! | module | what is in it |
//! | --- | --- |
//! | [`process`] | gateway processes: start, kill, start again, drain |

pub mod process;
