//! What is stored of a job as JSON.

use serde::{Deserialize, Serialize};
use tick_stream_primitives::StreamId;
use vilokanam_indexer::{ClipSource, JobRow, RecordingKind};
use vilokanam_ingest::FilePart;

/// What a job needs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct JobInput {
    /// Id of the upload with its file.
    pub upload: String,
    pub title: String,
    /// The part of the file that is taken: beginning and length in milliseconds. `None`: all of it.
    #[serde(default)]
    pub part: Option<(u64, u64)>,
    /// Whether the recording costs nothing.
    #[serde(default)]
    pub is_free: bool,
    /// Whether the recording is found by its address only: a clip that a viewer has made, until its creator publishes it.
    #[serde(default)]
    pub is_unlisted: bool,
    /// Number of the recording that a clip is from, and its part in milliseconds.
    #[serde(default)]
    pub clip_of: Option<(u64, u64, u64)>,
}

impl JobInput {
    pub fn file_part(&self) -> Option<FilePart> {
        self.part.map(|(start_ms, length_ms)| FilePart { start_ms, length_ms })
    }

    pub fn clip(&self, stream: StreamId) -> Option<ClipSource> {
        self.clip_of.map(|(number, start_ms, end_ms)| ClipSource { stream, number, start_ms, end_ms })
    }

    pub fn kind(&self) -> RecordingKind {
        if self.part.is_some() {
            RecordingKind::Clip
        } else {
            RecordingKind::Upload
        }
    }
}

/// What a job has made so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct JobOutput {
    /// Attempts that have begun.
    #[serde(default)]
    pub attempts: u32,
    /// Number of the recording.
    #[serde(default)]
    pub recording: Option<u64>,
}

impl JobOutput {
    /// Reads what is stored. What cannot be read is nothing.
    pub fn of(job: &JobRow) -> Self {
        serde_json::from_str(&job.output).unwrap_or_default()
    }

    pub fn to_json(self) -> String {
        serde_json::to_string(&self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn input_and_output_survive_storing() {
        let input = JobInput {
            upload: "a".into(),
            title: "T".into(),
            part: Some((1, 2)),
            is_free: true,
            is_unlisted: false,
            clip_of: Some((3, 4, 5)),
        };
        let text = serde_json::to_string(&input).unwrap();
        assert_eq!(serde_json::from_str::<JobInput>(&text).unwrap(), input);
        assert_eq!(
            (input.kind(), input.clip(9).map(|clip| (clip.stream, clip.number))),
            (RecordingKind::Clip, Some((9, 3)))
        );
        let output = JobOutput { attempts: 2, recording: Some(7) };
        assert_eq!(serde_json::from_str::<JobOutput>(&output.to_json()).unwrap(), output);
        assert_eq!(serde_json::from_str::<JobOutput>("{}").unwrap(), JobOutput::default());
    }
}
