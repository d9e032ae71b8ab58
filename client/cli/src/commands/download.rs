//! `vilokanam download`: a recording as an MP4 file.

use crate::{
    commands::{keys::stored::session_signer, watch::pick},
    context::Context,
};
use clap::Args;
use reqwest::{header::CONTENT_DISPOSITION, Method, Response};
use serde_json::json;
use std::path::{Path, PathBuf};
use tokio::{fs::File, io::AsyncWriteExt};
use vilokanam_terminal::{
    answer::{facts, Answer},
    CommandError, StatusLine,
};
use vilokanam_viewer::{
    bought::{download_path, Buyer, Purchases, DOWNLOAD_STALL, LONGEST_DOWNLOAD},
    gateway::{GatewayClient, GatewayError},
};
use vilokanam_wire::{Account, RecordingRef, StreamRef};

/// Download a recording as MP4.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Everything of the recording has to be paid for: in whichever sessions, and on whichever devices of the account.
Creators download their own recordings with --creator, which asks for the wallet's key.")]
pub struct Download {
    /// Number of the stream
    pub stream: StreamRef,
    /// Number of the recording, as `vilokanam recordings list` prints it; of an unlisted one with its token, `7-0123…`
    pub recording: RecordingRef,
    /// File for the video; by default, a name that says what it is
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Name of the rendition, such as `720p`; by default the best
    #[arg(long, value_name = "NAME")]
    pub quality: Option<String>,
    /// Account that has paid, if this machine has session keys of several accounts
    #[arg(long, value_name = "ACCOUNT", conflicts_with = "creator")]
    pub account: Option<Account>,
    /// Download as the creator of the stream
    #[arg(long)]
    pub creator: bool,
}

/// Downloads the recording.
pub async fn run(context: &Context, args: Download) -> Result<Answer, CommandError> {
    let gateway = context.gateway()?;
    let response = match args.creator {
        true => as_creator(context, &gateway, &args).await?,
        false => as_viewer(context, &gateway, &args).await?,
    };
    let proposed = response.headers().get(CONTENT_DISPOSITION).and_then(|value| value.to_str().ok());
    let path = args.output.clone().unwrap_or_else(|| file_name(proposed, &args));
    let bytes = save(context, &gateway, response, &path).await?;
    let json = json!({ "stream": args.stream, "recording": args.recording, "file": path, "bytes": bytes });
    let lines = [("file", path.display().to_string()), ("size", format!("{bytes} bytes"))];
    Ok(Answer::new(json, facts(&lines)))
}

async fn as_viewer(context: &Context, gateway: &GatewayClient, args: &Download) -> Result<Response, CommandError> {
    let genesis = gateway.genesis().await?;
    let stored = pick(context.data.all_session_keys(&genesis)?, args.account.as_ref())?;
    let buyer = Buyer { session_key: session_signer(&stored)?, viewer: stored.viewer.0 };
    let purchases = Purchases::load(gateway.clone(), buyer, args.stream).await?;
    Ok(purchases.download(&args.recording, args.quality.as_deref()).await?)
}

async fn as_creator(context: &Context, gateway: &GatewayClient, args: &Download) -> Result<Response, CommandError> {
    let path = download_path(args.stream, &args.recording);
    let request = gateway.request_as(&context.signer()?, Method::GET, &path).await?;
    let query: Vec<_> = args.quality.iter().map(|name| ("rendition", name)).collect();
    Ok(gateway.send(request.query(&query).timeout(LONGEST_DOWNLOAD)).await?)
}

/// Returns the name that the gateway proposes, if it is a plain one, or another.
fn file_name(proposed: Option<&str>, args: &Download) -> PathBuf {
    let proposed = proposed.and_then(|text| text.split_once("filename=\"")?.1.strip_suffix('"'));
    let is_plain = |name: &&str| {
        name.ends_with(".mp4") && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    let otherwise = || format!("stream-{}-recording-{}.mp4", args.stream, args.recording.number);
    proposed.filter(is_plain).map_or_else(otherwise, str::to_owned).into()
}

/// Writes the file under another name first, so that what was cut off is not taken for the whole.
async fn save(
    context: &Context,
    gateway: &GatewayClient,
    mut response: Response,
    path: &Path,
) -> Result<u64, CommandError> {
    let mut part = path.to_owned().into_os_string();
    part.push(".part");
    let part = PathBuf::from(part);
    let wrong = |error| CommandError::path("write", &part, error);
    let mut file = File::create(&part).await.map_err(wrong)?;
    let line = StatusLine::new(context.options.quiet);
    let mut bytes = 0;
    loop {
        let chunk = tokio::select! {
            chunk = tokio::time::timeout(DOWNLOAD_STALL, response.chunk()) => chunk,
            _ = tokio::signal::ctrl_c() => return Err(CommandError::Interrupted),
        };
        let broken = |reason: String| GatewayError::Unreachable { gateway: gateway.address().clone(), reason };
        let chunk = chunk.map_err(|_| broken("nothing has come for a minute".into()))?;
        let Some(chunk) = chunk.map_err(|error| broken(error.to_string()))? else { break };
        file.write_all(&chunk).await.map_err(wrong)?;
        bytes += chunk.len() as u64;
        line.set(format!("{} MB", bytes / 1_000_000));
    }
    file.sync_all().await.map_err(wrong)?;
    line.clear();
    tokio::fs::rename(&part, path).await.map_err(|error| CommandError::path("write", path, error))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(disposition: &str) -> String {
        let args = Download {
            stream: StreamRef(7),
            recording: 3.into(),
            output: None,
            quality: None,
            account: None,
            creator: false,
        };
        file_name(Some(disposition), &args).display().to_string()
    }

    #[test]
    fn name_of_the_file_has_no_folder() {
        assert_eq!(name("attachment; filename=\"stream-7-recording-3-720p.mp4\""), "stream-7-recording-3-720p.mp4");
        for odd in ["attachment; filename=\"../x.mp4\"", "attachment; filename=\"x.sh\"", "attachment", ""] {
            assert_eq!(name(odd), "stream-7-recording-3.mp4", "{odd}");
        }
    }
}
