//! Subtitles that are in a finished file, as captions of its recording.

use crate::live::{keep_captions, label, Archive};
use std::path::Path;
use tick_stream_primitives::{clock::now_ms, StreamId};
use vilokanam_indexer::gateway_state::CaptionsRow;
use vilokanam_ingest::{Ingest, TextInfo};
use vilokanam_media::{
    captions::{parse, CaptionTrack, MAX_VTT_BYTES},
    playlist::multivariant::is_language,
};

/// Subtitles of a file that are taken. All of the file is read for each.
const MAX_TEXTS: usize = 8;
/// Name of captions whose language is not known, in addresses: ISO 639 for that.
const UNKNOWN_LANGUAGE: &str = "und";

/// Stores the subtitles of a file beside its recording. Those that cannot be read are left out.
pub async fn keep(
    archive: &Archive,
    ingest: &Ingest,
    (stream, number): (StreamId, u64),
    body: &Path,
    texts: &[TextInfo],
) {
    let mut names: Vec<String> = Vec::new();
    for text in texts.iter().take(MAX_TEXTS) {
        let Some(track) = read(ingest, body, text).await else { continue };
        let language = text.language.clone().filter(|language| is_language(language));
        let name = free_name(language.as_deref().unwrap_or(UNKNOWN_LANGUAGE), &names);
        names.push(name.clone());
        let label = label(text.title.as_deref(), language.as_deref(), &name);
        let row = CaptionsRow {
            stream,
            number,
            name,
            language,
            label: label.name,
            counts_time_of_day: false,
            is_default: text.is_default,
            updated_at: now_ms(),
        };
        keep_captions(archive, &row, &track).await;
    }
}

async fn read(ingest: &Ingest, body: &Path, text: &TextInfo) -> Option<CaptionTrack> {
    let left_out = |why: &dyn std::fmt::Display| {
        tracing::warn!(place = text.place, %why, "subtitles of a file are left out");
    };
    let bytes = ingest.subtitles(body, text, MAX_VTT_BYTES).await.inspect_err(|error| left_out(error)).ok()?;
    let cues = parse(&String::from_utf8_lossy(&bytes)).inspect_err(|error| left_out(error)).ok()?;
    let mut track = CaptionTrack::default();
    track.add(cues).inspect_err(|error| left_out(error)).ok()?;
    (!track.cues().is_empty()).then_some(track)
}

/// The name, or with a number behind it the first that is not taken.
fn free_name(wanted: &str, taken: &[String]) -> String {
    let numbered = (2u32..).map(|number| format!("{wanted}-{number}"));
    let mut names = std::iter::once(wanted.to_owned()).chain(numbered);
    names.find(|name| !taken.contains(name)).unwrap_or_else(|| wanted.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_captions_in_one_language_have_names_of_their_own() {
        let taken = ["en".to_owned(), "en-2".to_owned()];
        assert_eq!(free_name("en", &taken), "en-3");
        assert_eq!(free_name("fr", &taken), "fr");
        assert!(is_language(&free_name("en", &taken)), "they can be replaced and deleted by their creator");
    }
}
