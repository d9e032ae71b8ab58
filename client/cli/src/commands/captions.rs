//! `vilokanam captions`: captions of recordings and of streams on air, for their creators.

use crate::context::Context;
use clap::{Args, Subcommand};
use reqwest::{header::CONTENT_TYPE, Method};
use serde_json::json;
use std::path::PathBuf;
use vilokanam_terminal::{answer::table, Answer, CommandError};
use vilokanam_wire::{streams::CaptionsView, RecordingRef, StreamRef};

/// Captions of recordings and of streams on air.
#[derive(Clone, Debug, Subcommand)]
pub enum Captions {
    /// Add captions in a language; those of a recording are replaced
    Add(Add),
    /// List captions
    List {
        /// Number of the stream
        stream: StreamRef,
        /// Number of a recording, and the token of an unlisted one; without it, of the broadcast that goes on
        #[arg(long, value_name = "NUMBER")]
        recording: Option<RecordingRef>,
    },
    /// Remove captions in a language
    Remove {
        /// Number of the stream
        stream: StreamRef,
        /// Language, such as `en` or `pt-BR`, or another name that `list` prints
        #[arg(value_parser = language)]
        language: String,
        /// Number of a recording; without it, of the broadcast that goes on
        #[arg(long, value_name = "NUMBER")]
        recording: Option<u64>,
    },
}

/// Add captions in a language.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
The file is WebVTT. `ffmpeg -i captions.srt captions.vtt` makes it of other formats.
  vilokanam captions add 3 en captions.vtt --recording 7 --label English --default
  vilokanam captions add 3 en line.vtt --from now
Captions of a broadcast that goes on are added to those that are there, and stay with its recording.")]
pub struct Add {
    /// Number of the stream
    pub stream: StreamRef,
    /// Language, such as `en` or `pt-BR`
    #[arg(value_parser = language)]
    pub language: String,
    /// File with the captions
    pub file: PathBuf,
    /// Number of a recording; without it, of the broadcast that goes on
    #[arg(long, value_name = "NUMBER")]
    pub recording: Option<u64>,
    /// Name that viewers read; by default the language
    #[arg(long, value_name = "NAME")]
    pub label: Option<String>,
    /// Show them unless the viewer chooses otherwise
    #[arg(long)]
    pub default: bool,
    /// What their times count from, for a broadcast: `beginning`, `now`, or milliseconds since 1970
    #[arg(long, value_name = "WHEN", conflicts_with = "recording")]
    pub from: Option<String>,
}

/// Carries out a command on captions.
pub async fn run(context: &Context, captions: Captions) -> Result<Answer, CommandError> {
    match captions {
        Captions::Add(add) => self::add(context, add).await,
        Captions::List { stream, recording } => list(context, stream, recording.as_ref()).await,
        Captions::Remove { stream, language, recording } => {
            let gateway = context.gateway()?;
            let path = format!("{}/{language}", path_of(stream, recording.map(RecordingRef::from).as_ref()));
            gateway.send_as(&context.signer()?, Method::DELETE, &path, None::<&()>).await?;
            let json = json!({ "stream": stream, "recording": recording, "removed": language });
            Ok(Answer::new(json, format!("The captions '{language}' are removed.")))
        }
    }
}

/// Reads a language, which is a part of addresses.
fn language(text: &str) -> Result<String, String> {
    let is_tag = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_tag.then(|| text.to_owned()).ok_or_else(|| "write a language as a tag such as en, pt-BR or zh-Hant".into())
}

fn path_of(stream: StreamRef, recording: Option<&RecordingRef>) -> String {
    match recording {
        Some(named) => format!("/v1/streams/{stream}/recordings/{named}/captions"),
        None => format!("/v1/streams/{stream}/captions"),
    }
}

async fn add(context: &Context, args: Add) -> Result<Answer, CommandError> {
    let body = tokio::fs::read(&args.file).await.map_err(|error| CommandError::path("read", &args.file, error))?;
    let gateway = context.gateway()?;
    let recording = args.recording.map(RecordingRef::from);
    let path = format!("{}/{}", path_of(args.stream, recording.as_ref()), args.language);
    let request = gateway.request_as(&context.signer()?, Method::PUT, &path).await?;
    let request = request.query(&query(&args)).header(CONTENT_TYPE, "text/vtt").body(body);
    gateway.send(request).await?;
    let Add { stream, recording, language, .. } = args;
    let json = json!({ "stream": stream, "recording": recording, "language": language });
    Ok(Answer::new(json, format!("The captions '{language}' are added.")))
}

fn query(args: &Add) -> Vec<(&'static str, String)> {
    let optional = [
        ("label", args.label.clone()),
        ("default", args.default.then(|| "true".to_owned())),
        ("from", args.from.clone()),
    ];
    optional.into_iter().filter_map(|(name, value)| value.map(|value| (name, value))).collect()
}

async fn list(context: &Context, stream: StreamRef, recording: Option<&RecordingRef>) -> Result<Answer, CommandError> {
    let found: Vec<CaptionsView> = context.gateway()?.get(&path_of(stream, recording), &[]).await?;
    let rows = found.iter().map(|view| {
        let name = name_of(view).to_owned();
        let default = if view.is_default { "yes" } else { "no" };
        [name, view.language.clone().unwrap_or_default(), view.label.clone(), default.to_owned()]
    });
    Ok(Answer::new(&found, table(&["captions", "language", "label", "shown by default"], rows)))
}

/// Name by which captions are removed: that of their playlist.
fn name_of(view: &CaptionsView) -> &str {
    let file = view.url.rsplit('/').next().unwrap_or_default();
    file.strip_prefix("captions-").and_then(|name| name.strip_suffix(".m3u8")).unwrap_or(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captions_are_named_as_their_playlist() {
        let view = |url: &str| CaptionsView { language: None, label: "x".into(), url: url.into(), is_default: false };
        assert_eq!(name_of(&view("/v1/streams/3/hls/captions-en.m3u8")), "en");
        assert_eq!(name_of(&view("/v1/streams/3/recordings/7/captions-cc1.m3u8")), "cc1");
        assert_eq!(path_of(StreamRef(3), Some(&7.into())), "/v1/streams/3/recordings/7/captions");
        assert_eq!(path_of(StreamRef(3), None), "/v1/streams/3/captions");
        assert_eq!(language("pt-BR").as_deref(), Ok("pt-BR"));
        assert!(["", "a b", "../x", "en?x"].into_iter().all(|text| language(text).is_err()));
    }
}
