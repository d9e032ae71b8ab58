//! Target of a publication: the publish key, and the address for the chosen protocol.

use super::words::words;
use crate::{commands::stream::key, context::Context, store::read_publish_key};
use std::path::Path;
use tick_stream_primitives::StreamId;
use vilokanam_terminal::CommandError;
use vilokanam_viewer::gateway::GatewayClient;
use vilokanam_wire::creator::{NewPublishKey, OpenSrt, SrtListener};

/// Protocol to the gateway.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Protocol {
    /// RTMP, as OBS uses it.
    Rtmp,
    /// SRT, for connections that lose packets.
    Srt,
    /// HTTP PUT of HLS with fragmented MP4.
    Put,
}

impl Protocol {
    /// Returns the name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rtmp => "RTMP",
            Self::Srt => "SRT",
            Self::Put => "HTTP PUT",
        }
    }
}

/// Target of a publication.
#[derive(Clone)]
pub struct Target {
    /// Protocol.
    pub protocol: Protocol,
    /// Address; with RTMP it contains the secret.
    pub url: String,
    /// Publish key.
    pub secret: String,
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.summary())
    }
}

impl Target {
    /// Returns the target as text, without the secret.
    pub fn summary(&self) -> String {
        format!("{} over {}", self.hide(&self.url), self.protocol.name())
    }

    /// Returns a text without the secret.
    pub fn hide(&self, text: &str) -> String {
        if self.secret.is_empty() {
            text.to_owned()
        } else {
            text.replace(&self.secret, "…")
        }
    }

    /// Returns ffmpeg's arguments for this target.
    pub fn arguments(&self) -> Vec<String> {
        match self.protocol {
            Protocol::Rtmp => words(&["-f", "flv", &self.url]),
            Protocol::Srt => words(&["-f", "mpegts", "-passphrase", &self.secret, "-pbkeylen", "16", &self.url]),
            Protocol::Put => {
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

/// Finds the target with the publish key from a file, the saved one, or a new one. Only a new key needs the wallet.
pub async fn find(
    context: &Context,
    stream: StreamId,
    protocol: Protocol,
    key_file: Option<&Path>,
    wants_new: bool,
) -> Result<Target, CommandError> {
    let gateway = context.gateway()?;
    let key = match key_file {
        Some(path) => read_publish_key(path)?,
        None => saved_or_new_key(context, &gateway, stream, wants_new).await?,
    };
    let url = match protocol {
        Protocol::Rtmp => format!("{}/{}", key.rtmp_url.trim_end_matches('/'), key.rtmp_stream_key),
        Protocol::Put => key.put_url.ok_or_else(|| {
            CommandError::failed("this gateway does not accept HTTP PUT", "Leave out --put to publish over RTMP.")
        })?,
        Protocol::Srt => open_srt(&gateway, stream, &key.key).await?.url,
    };
    Ok(Target { protocol, url, secret: key.key })
}

async fn saved_or_new_key(
    context: &Context,
    gateway: &GatewayClient,
    stream: StreamId,
    wants_new: bool,
) -> Result<NewPublishKey, CommandError> {
    let saved = context.data.publish_key(gateway.address(), stream)?.filter(|_| !wants_new);
    if let Some(saved) = saved {
        context.note(format!("Using the publish key {} (--new-key creates another).", saved.id));
        return Ok(saved);
    }
    let created = key::create(gateway, &context.signer()?, stream).await?;
    let path = context.data.put_publish_key(gateway.address(), stream, &created)?;
    context.note(format!("Created the publish key {} and saved it in {}.", created.id, path.display()));
    Ok(created)
}

/// Asks the gateway to listen for SRT. The publish key authorises the request.
async fn open_srt(gateway: &GatewayClient, stream: StreamId, secret: &str) -> Result<SrtListener, CommandError> {
    let request = OpenSrt { key: secret.to_owned() };
    Ok(gateway.post(&format!("/v1/streams/{stream}/srt"), &request).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(protocol: Protocol, url: &str) -> Target {
        Target { protocol, url: url.into(), secret: "topsecret".into() }
    }

    #[test]
    fn secret_is_not_displayed() {
        let target = target(Protocol::Rtmp, "rtmp://g/live/3?key=topsecret");
        assert_eq!(target.summary(), "rtmp://g/live/3?key=… over RTMP");
        assert!(!format!("{target:?}").contains("topsecret"));
        assert_eq!(target.hide("cannot open rtmp://g/live/3?key=topsecret"), "cannot open rtmp://g/live/3?key=…");
    }

    #[test]
    fn each_protocol_has_its_arguments() {
        let srt = target(Protocol::Srt, "srt://g:9000").arguments().join(" ");
        assert_eq!(srt, "-f mpegts -passphrase topsecret -pbkeylen 16 srt://g:9000");
        let put = target(Protocol::Put, "http://g/v1/publish/3/").arguments();
        assert_eq!(put.last().map(String::as_str), Some("http://g/v1/publish/3/live.m3u8"));
        assert!(put.contains(&"Authorization: Bearer topsecret\r\n".to_owned()));
    }
}
