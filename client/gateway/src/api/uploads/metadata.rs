//! The header `Upload-Metadata`: `key base64` pairs, separated by commas.

use super::super::error::ApiError;
use crate::uploads::NewUpload;
use axum::http::HeaderMap;
use base64::{engine::general_purpose::STANDARD, Engine};
use tick_stream_primitives::{AccountId, StreamId};
use vilokanam_wire::uploads::UPLOAD_METADATA;

/// Maximum length of the header.
const MAX_CHARS: usize = 4_096;

/// What a creator says of an upload.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UploadMetadata {
    pub stream: StreamId,
    filename: String,
    title: String,
}

impl UploadMetadata {
    /// Reads the header. Keys that are not known are ignored: clients add what they like.
    pub fn of(headers: &HeaderMap) -> Result<Self, ApiError> {
        let text = headers.get(UPLOAD_METADATA).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if text.len() > MAX_CHARS {
            return Err(ApiError::bad_request(format!(
                "The header {UPLOAD_METADATA} is longer than {MAX_CHARS} bytes."
            )));
        }
        let value = |key| value_of(text, key);
        let stream = value("stream").and_then(|text| text.parse().ok());
        let missing = || {
            ApiError::bad_request(format!("The header {UPLOAD_METADATA} does not name the stream of the video."))
                .hint("Give 'stream' and the number of the stream in base64, as in 'stream Mw=='.")
        };
        Ok(Self {
            stream: stream.ok_or_else(missing)?,
            filename: value("filename").unwrap_or_default(),
            title: value("title").unwrap_or_default(),
        })
    }

    /// The upload that begins.
    pub fn into_upload(self, owner: AccountId, length: u64) -> NewUpload {
        let Self { stream, filename, title } = self;
        NewUpload { stream, owner, length, filename, title, is_clip: false }
    }
}

fn value_of(text: &str, key: &str) -> Option<String> {
    let mut pairs = text.split(',').map(|pair| pair.trim().split_once(' ').unwrap_or((pair.trim(), "")));
    let (_, value) = pairs.find(|(found, _)| *found == key)?;
    String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<UploadMetadata, ApiError> {
        let mut headers = HeaderMap::new();
        headers.insert(UPLOAD_METADATA, text.parse().unwrap());
        UploadMetadata::of(&headers)
    }

    #[test]
    fn metadata_is_read_as_clients_write_it() {
        let found = read("filename ZmlsbS5tcDQ=,stream MTI=, title w6QgZmlsbQ==,is_private").unwrap();
        let expected = UploadMetadata { stream: 12, filename: "film.mp4".into(), title: "ä film".into() };
        assert_eq!(found, expected);
        let found = read("stream MTI=,title !,filename").unwrap();
        assert_eq!((found.title.as_str(), found.filename.as_str()), ("", ""), "what cannot be read is left out");
    }

    #[test]
    fn upload_without_a_stream_is_refused() {
        for text in ["", "stream", "stream MTJh", "stream -", "stream LTE=", "title MTI="] {
            assert_eq!(read(text).unwrap_err().to_problem().status, 400, "{text}");
        }
        assert!(UploadMetadata::of(&HeaderMap::new()).is_err());
        assert!(read(&"a".repeat(MAX_CHARS + 1)).is_err());
    }
}
