//! The client's side of tus 1.0.

use super::source::Source;
use base64::{engine::general_purpose::STANDARD, Engine};
use reqwest::{
    header::{HeaderMap, CONTENT_TYPE, LOCATION},
    Method, Response,
};
use serde::{Deserialize, Serialize};
use std::{fs, io::ErrorKind, path::Path, time::Duration};
use vilokanam_chain::Signer;
use vilokanam_terminal::{status_line::StatusLine, CommandError};
use vilokanam_viewer::{
    files::{read_json, write_json},
    gateway::{GatewayClient, GatewayError},
};
use vilokanam_wire::{
    uploads::{
        TUS_RESUMABLE, TUS_VERSION, UPLOAD_BYTES_TYPE, UPLOAD_JOB, UPLOAD_LENGTH, UPLOAD_METADATA, UPLOAD_OFFSET,
    },
    StreamRef,
};

const PATH: &str = "/v1/uploads";
/// Bytes of one request, which are in memory.
const PIECE_BYTES: usize = 8 << 20;
/// Longest time for one request.
const PIECE_TIMEOUT: Duration = Duration::from_secs(600);
/// Failures in a row after which the upload is interrupted.
const MAX_FAILURES: u32 = 8;
/// Pause after the first failure; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// An upload that was begun, as it is saved. Its path is a secret.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Begun {
    path: String,
    job: String,
}

/// An upload.
pub struct Upload<'a> {
    pub gateway: &'a GatewayClient,
    pub source: &'a Source,
    pub stream: StreamRef,
    pub title: &'a str,
    /// Where it is saved that it was begun.
    pub saved: &'a Path,
}

impl Upload<'_> {
    /// Begins the upload or goes on with it, to its end. Returns the id of the job that follows.
    pub async fn run(&self, signer: &Signer, line: &StatusLine) -> Result<String, CommandError> {
        let (begun, mut offset) = match self.resume(line).await? {
            Some(resumed) => resumed,
            None => (self.begin(signer).await?, 0),
        };
        let mut failures = 0;
        while offset < self.source.length {
            line.set(progress(offset, self.source.length));
            match self.send(&begun, offset).await {
                Ok(next) => (offset, failures) = (next, 0),
                Err(Failure::Command(error)) => return Err(error),
                Err(Failure::Gateway(error)) if !is_worth_retrying(&error) => {
                    self.forget()?;
                    return Err(error.into());
                }
                Err(Failure::Gateway(error)) => {
                    failures += 1;
                    if failures > MAX_FAILURES {
                        return Err(error.into());
                    }
                    line.note(&format!("The upload was interrupted ({error}); it goes on."));
                    tokio::time::sleep(FIRST_PAUSE * 2u32.pow(failures.min(5) - 1)).await;
                    // What has arrived is only known by asking.
                    offset = self.offset(&begun).await.unwrap_or(offset);
                }
            }
        }
        self.forget()?;
        Ok(begun.job)
    }

    /// Returns an upload that an earlier command has begun and the gateway still knows, and its offset.
    async fn resume(&self, line: &StatusLine) -> Result<Option<(Begun, u64)>, CommandError> {
        let Some(begun) = read_json::<Begun>(self.saved)? else { return Ok(None) };
        match self.offset(&begun).await {
            Ok(offset) => {
                line.note(&format!("An earlier upload goes on at {}.", progress(offset, self.source.length)));
                Ok(Some((begun, offset)))
            }
            Err(error) if error.status() == Some(404) => {
                self.forget()?;
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn begin(&self, signer: &Signer) -> Result<Begun, CommandError> {
        let (stream, name) = (self.stream.to_string(), self.source.name());
        let pairs = [("stream", stream.as_str()), ("filename", name.as_str()), ("title", self.title)];
        let metadata = metadata_of(&pairs);
        let request = self.gateway.request_as(signer, Method::POST, PATH).await?;
        let request = request
            .header(TUS_RESUMABLE, TUS_VERSION)
            .header(UPLOAD_LENGTH, self.source.length)
            .header(UPLOAD_METADATA, metadata);
        let response = self.gateway.send(request).await?;
        let begun = begun(response.headers()).ok_or_else(|| GatewayError::InvalidAnswer {
            request: PATH.into(),
            reason: "it names no upload and no job".into(),
        })?;
        write_json(self.saved, &begun)?;
        Ok(begun)
    }

    async fn offset(&self, begun: &Begun) -> Result<u64, GatewayError> {
        let request = self.gateway.request(Method::HEAD, self.gateway.url(&begun.path)?);
        let response = self.gateway.send(request.header(TUS_RESUMABLE, TUS_VERSION)).await?;
        offset_of(&begun.path, &response)
    }

    async fn send(&self, begun: &Begun, offset: u64) -> Result<u64, Failure> {
        let bytes = self.source.read(offset, PIECE_BYTES).await?;
        let request = self.gateway.request(Method::PATCH, self.gateway.url(&begun.path)?);
        let request = request
            .timeout(PIECE_TIMEOUT)
            .header(TUS_RESUMABLE, TUS_VERSION)
            .header(CONTENT_TYPE, UPLOAD_BYTES_TYPE)
            .header(UPLOAD_OFFSET, offset)
            .body(bytes);
        let response = self.gateway.send(request).await?;
        Ok(offset_of(&begun.path, &response)?)
    }

    /// Forgets that the upload was begun.
    fn forget(&self) -> Result<(), CommandError> {
        match fs::remove_file(self.saved) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(CommandError::path("remove", self.saved, error)),
            _ => Ok(()),
        }
    }
}

/// Why a piece did not arrive.
#[derive(Debug)]
enum Failure {
    Gateway(GatewayError),
    Command(CommandError),
}

impl From<GatewayError> for Failure {
    fn from(error: GatewayError) -> Self {
        Self::Gateway(error)
    }
}

impl From<CommandError> for Failure {
    fn from(error: CommandError) -> Self {
        Self::Command(error)
    }
}

/// Whether the upload may go on after an error: no connection, a time limit, another offset, another request that still sends.
fn is_worth_retrying(error: &GatewayError) -> bool {
    error.is_temporary() || matches!(error.status(), Some(408 | 409 | 423))
}

fn begun(headers: &HeaderMap) -> Option<Begun> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::to_owned);
    let location = text(LOCATION.as_str())?;
    // A gateway behind a proxy may name a whole URL.
    let path = location.find(PATH).map(|at| location[at..].to_owned())?;
    Some(Begun { path, job: text(UPLOAD_JOB)? })
}

fn offset_of(path: &str, response: &Response) -> Result<u64, GatewayError> {
    let offset = response.headers().get(UPLOAD_OFFSET).and_then(|value| value.to_str().ok()?.parse().ok());
    let missing = || GatewayError::InvalidAnswer { request: path.into(), reason: "it names no offset".into() };
    offset.ok_or_else(missing)
}

fn metadata_of(pairs: &[(&str, &str)]) -> String {
    pairs.iter().map(|(key, value)| format!("{key} {}", STANDARD.encode(value))).collect::<Vec<_>>().join(",")
}

/// How much of a file was sent, in words.
fn progress(offset: u64, length: u64) -> String {
    let percent = u128::from(offset) * 100 / u128::from(length.max(1));
    format!("{percent} % of {} MB", length.div_ceil(1_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_is_written_in_base64() {
        assert_eq!(metadata_of(&[("stream", "12"), ("title", "ä film")]), "stream MTI=,title w6QgZmlsbQ==");
    }

    #[test]
    fn place_of_the_upload_may_be_a_url() {
        let headers = |location: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(LOCATION, location.parse().unwrap());
            headers.insert(UPLOAD_JOB, "j".parse().unwrap());
            headers
        };
        for location in ["/v1/uploads/a", "https://example.org/gateway/v1/uploads/a"] {
            let expected = Begun { path: "/v1/uploads/a".into(), job: "j".into() };
            assert_eq!(begun(&headers(location)), Some(expected), "{location}");
        }
        assert_eq!(begun(&headers("/elsewhere")), None);
        assert_eq!(begun(&HeaderMap::new()), None);
    }

    #[test]
    fn progress_is_in_percent() {
        assert_eq!(progress(0, 1), "0 % of 1 MB");
        assert_eq!(progress(3_000_000_000, 4_000_000_000), "75 % of 4000 MB");
    }
}
