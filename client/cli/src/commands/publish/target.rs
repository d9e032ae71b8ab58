//! Where it is published to: the publish key, and the URL of the way that was chosen.

use super::ffmpeg::words;
use crate::{
    commands::stream::key,
    context::Context,
    error::{self, CliError},
    gateway::{json_of, GatewayClient},
    store::read_text,
};
use reqwest::Method;
use std::path::Path;
use tick_stream_primitives::StreamId;
use vilokanam_wire::creator::{NewPublishKey, OpenSrt, SrtListener};

/// How it gets there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// As OBS does it.
    Rtmp,
    /// For lines that lose packets.
    Srt,
    /// HLS with fragmented MP4, put by HTTP.
    Put,
}

impl Way {
    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rtmp => "RTMP",
            Self::Srt => "SRT",
            Self::Put => "HTTP PUT",
        }
    }
}

/// Where it goes.
#[derive(Clone)]
pub struct Target {
    /// How.
    pub way: Way,
    /// With RTMP the secret is a part of it.
    pub url: String,
    /// The publish key.
    pub secret: String,
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.words())
    }
}

impl Target {
    /// In words, without the secret.
    pub fn words(&self) -> String {
        format!("{} by {}", self.hide(&self.url), self.way.word())
    }

    /// A text without the secret.
    pub fn hide(&self, text: &str) -> String {
        if self.secret.is_empty() {
            text.to_owned()
        } else {
            text.replace(&self.secret, "…")
        }
    }

    /// The end of ffmpeg's command line.
    pub fn arguments(&self) -> Vec<String> {
        match self.way {
            Way::Rtmp => words(&["-f", "flv", &self.url]),
            Way::Srt => words(&["-f", "mpegts", "-passphrase", &self.secret, "-pbkeylen", "16", &self.url]),
            Way::Put => {
                let authorization = format!("Authorization: Bearer {}\r\n", self.secret);
                let playlist = format!("{}/live.m3u8", self.url.trim_end_matches('/'));
                let mut arguments = words(&["-f", "hls", "-method", "PUT", "-http_persistent", "1", "-headers"]);
                arguments.push(authorization);
                arguments.extend(words(&["-hls_time", "2", "-hls_list_size", "6", "-hls_segment_type", "fmp4"]));
                arguments.push(playlist);
                arguments
            }
        }
    }
}

/// Finds where to publish, with the key named, the one kept, or a new one that the creator signs for.
pub async fn find(
    context: &Context,
    stream: StreamId,
    way: Way,
    named: Option<&Path>,
    wants_new: bool,
) -> Result<Target, CliError> {
    let gateway = context.gateway()?;
    let key = match named {
        Some(path) => from_file(path)?,
        None => kept_or_new(context, &gateway, stream, wants_new).await?,
    };
    let url = match way {
        Way::Rtmp => format!("{}/{}", key.rtmp_url.trim_end_matches('/'), key.rtmp_stream_key),
        Way::Put => key.put_url.ok_or_else(|| {
            CliError::failed("this gateway takes nothing in by PUT", "Leave out --put: RTMP is the usual way.")
        })?,
        Way::Srt => listener(context, &gateway, stream, &key.key).await?.url,
    };
    Ok(Target { way, url, secret: key.key })
}

fn from_file(path: &Path) -> Result<NewPublishKey, CliError> {
    serde_json::from_str(&read_text(path)?).map_err(|error| error::file("understand", path, error))
}

async fn kept_or_new(
    context: &Context,
    gateway: &GatewayClient,
    stream: StreamId,
    wants_new: bool,
) -> Result<NewPublishKey, CliError> {
    let kept = context.data.publish_key(gateway.address(), stream)?.filter(|_| !wants_new);
    if let Some(kept) = kept {
        context.note(format!("Using the publish key {} (--new-key makes another).", kept.id));
        return Ok(kept);
    }
    let made = key::create(gateway, &context.signer()?, stream).await?;
    let path = context.data.put_publish_key(gateway.address(), stream, &made)?;
    context.note(format!("Made the publish key {} and keep it in {}.", made.id, path.display()));
    Ok(made)
}

async fn listener(
    context: &Context,
    gateway: &GatewayClient,
    stream: StreamId,
    secret: &str,
) -> Result<SrtListener, CliError> {
    let path = format!("/v1/streams/{stream}/srt");
    let body = OpenSrt { key: secret.to_owned() };
    let response = gateway.signed(&context.signer()?, Method::POST, &path, Some(&body)).await?;
    json_of(&path, response).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(way: Way, url: &str) -> Target {
        Target { way, url: url.into(), secret: "topsecret".into() }
    }

    #[test]
    fn words_hide_the_secret_works() {
        let target = target(Way::Rtmp, "rtmp://g/live/3?key=topsecret");
        assert_eq!(target.words(), "rtmp://g/live/3?key=… by RTMP");
        assert!(!format!("{target:?}").contains("topsecret"));
        assert_eq!(target.hide("cannot open rtmp://g/live/3?key=topsecret"), "cannot open rtmp://g/live/3?key=…");
    }

    #[test]
    fn arguments_of_each_way_works() {
        let srt = target(Way::Srt, "srt://g:9000").arguments().join(" ");
        assert_eq!(srt, "-f mpegts -passphrase topsecret -pbkeylen 16 srt://g:9000");
        let put = target(Way::Put, "http://g/v1/publish/3/").arguments();
        assert_eq!(put.last().map(String::as_str), Some("http://g/v1/publish/3/live.m3u8"));
        assert!(put.contains(&"Authorization: Bearer topsecret\r\n".to_owned()));
    }
}
