//! Captions: WebVTT that creators upload or push, and captions that are in the video.
//!
//! | module | contents |
//! | --- | --- |
//! | [`track`] | the cues of a language, and the text for each segment |
//! | [`webvtt`] | reads WebVTT and reports what is wrong with it, by line |
//! | `text` | text of a cue without anything that a page could run |
//! | [`embedded`] | CEA-608 and CEA-708 in H.264, decoded to cues |
//!
//! Cues are read, checked and written anew: what is served is made of plain text, a few styles and a few settings, whatever
//! the upload contained.

pub mod embedded;
mod text;
pub mod track;
pub mod webvtt;

pub use embedded::{CaptionChannel, EmbeddedCaptions, SegmentPlace};
pub use track::{CaptionTrack, Cue, TooManyCues, MAX_CUES, MAX_VTT_BYTES};
pub use webvtt::{parse, VttError};
