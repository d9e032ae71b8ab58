//! `vilokanam recordings`: recordings of streams, for viewers and their creators.

use crate::context::Context;
use clap::{Args, Subcommand};
use reqwest::{header::CONTENT_TYPE, Method};
use serde_json::json;
use std::path::Path;
use vilokanam_chain::Signer;
use vilokanam_terminal::{
    answer::{facts, table, Answer},
    duration::in_words,
    CommandError,
};
use vilokanam_viewer::gateway::GatewayClient;
use vilokanam_wire::{
    streams::{Page, RecordingKind, RecordingPatch, RecordingState, RecordingView, Visibility},
    uploads::ImageView,
    Account, RecordingRef, StreamRef,
};

/// Number of characters of the hash of a picture.
const HASH_CHARS: usize = 64;

/// Recordings of streams.
#[derive(Clone, Debug, Subcommand)]
pub enum Recordings {
    /// List recordings: of all streams, or those that match
    List(List),
    /// Show a recording
    Show {
        /// Number of the stream
        stream: StreamRef,
        /// Number of the recording; for viewers, with the token of an unlisted one: `7-0123…`
        recording: RecordingRef,
        /// Ask as the creator of the stream, who sees also what is private or being made
        #[arg(long)]
        creator: bool,
    },
    /// Change title, description, picture and visibility of a recording
    Update(Update),
    /// Delete a recording; it is gone at once
    Delete {
        /// Number of the stream
        stream: StreamRef,
        /// Number of the recording
        recording: u64,
    },
}

/// List recordings.
#[derive(Clone, Debug, Args)]
pub struct List {
    /// Words to search for
    pub query: Option<String>,
    /// Only recordings of this stream
    #[arg(long, value_name = "STREAM")]
    pub stream: Option<StreamRef>,
    /// Only recordings of this creator
    #[arg(long, value_name = "ACCOUNT")]
    pub creator: Option<Account>,
    /// List also what only the creator of --stream sees; asks for the wallet's key
    #[arg(long, requires = "stream", conflicts_with_all = ["query", "creator"])]
    pub all: bool,
    /// Maximum number of recordings
    #[arg(long, default_value_t = 50)]
    pub limit: usize,
}

/// Change a recording.
#[derive(Clone, Debug, Args)]
pub struct Update {
    /// Number of the stream
    pub stream: StreamRef,
    /// Number of the recording
    pub recording: u64,
    /// Title
    #[arg(long)]
    pub title: Option<String>,
    /// Description
    #[arg(long)]
    pub description: Option<String>,
    /// File with a picture (JPEG, PNG, WebP or GIF), or the hash of one that was uploaded; empty for none
    #[arg(long, value_name = "FILE|HASH")]
    pub poster: Option<String>,
    /// `public`, `unlisted` or `private`
    #[arg(long)]
    pub visibility: Option<Visibility>,
}

/// Carries out a command on recordings.
pub async fn run(context: &Context, recordings: Recordings) -> Result<Answer, CommandError> {
    match recordings {
        Recordings::List(list) => self::list(context, list).await,
        Recordings::Show { stream, recording, creator } => show(context, stream, &recording, creator).await,
        Recordings::Update(update) => self::update(context, update).await,
        Recordings::Delete { stream, recording } => delete(context, stream, recording).await,
    }
}

async fn list(context: &Context, args: List) -> Result<Answer, CommandError> {
    let gateway = context.gateway()?;
    let found: Vec<RecordingView> = match args.stream.filter(|_| args.all) {
        Some(stream) => {
            let path = format!("/v1/streams/{stream}/recordings");
            let limit = args.limit.clamp(1, 100).to_string();
            let request = gateway.request_as(&context.signer()?, Method::GET, &path).await?;
            let response = gateway.send(request.query(&[("limit", limit)])).await?;
            gateway.json::<Page<RecordingView>>(&path, response).await?.items
        }
        None => gateway.list("/v1/recordings", &query(&args), args.limit).await?,
    };
    let rows = found.iter().map(|view| {
        [
            view.stream.to_string(),
            reference_of(view),
            kind_of(view),
            title_of(view),
            view.started_at.clone(),
            in_words(view.duration_s),
            state_of(view).to_owned(),
        ]
    });
    Ok(Answer::new(&found, table(&["stream", "recording", "kind", "title", "from", "length", "state"], rows)))
}

fn query(args: &List) -> Vec<(&'static str, String)> {
    let optional = [
        ("q", args.query.clone()),
        ("stream", args.stream.map(|stream| stream.to_string())),
        ("creator", args.creator.as_ref().map(Account::to_string)),
    ];
    optional.into_iter().filter_map(|(name, value)| value.map(|value| (name, value))).collect()
}

fn path_of(stream: StreamRef, recording: &RecordingRef) -> String {
    format!("/v1/streams/{stream}/recordings/{recording}")
}

async fn show(
    context: &Context,
    stream: StreamRef,
    recording: &RecordingRef,
    as_creator: bool,
) -> Result<Answer, CommandError> {
    let (gateway, path) = (context.gateway()?, path_of(stream, recording));
    let view: RecordingView = match as_creator {
        true => {
            let response = gateway.send_as(&context.signer()?, Method::GET, &path, None::<&()>).await?;
            gateway.json(&path, response).await?
        }
        false => gateway.get(&path, &[]).await?,
    };
    Ok(answer(&view))
}

async fn update(context: &Context, args: Update) -> Result<Answer, CommandError> {
    let Update { stream, recording, title, description, poster, visibility } = args;
    let mut patch = RecordingPatch { title, description, poster, visibility };
    if patch == RecordingPatch::default() {
        return Err(CommandError::Usage(
            "name what to change: --title, --description, --poster or --visibility".into(),
        ));
    }
    let (gateway, path, signer) = (context.gateway()?, path_of(stream, &recording.into()), context.signer()?);
    if let Some(file) = patch.poster.as_ref().filter(|poster| !poster.is_empty() && !is_hash(poster)) {
        patch.poster = Some(upload_picture(&gateway, &signer, Path::new(file)).await?);
    }
    let response = gateway.send_as(&signer, Method::PATCH, &path, Some(&patch)).await?;
    Ok(answer(&gateway.json(&path, response).await?))
}

/// Whether a text is the hash of a picture.
fn is_hash(text: &str) -> bool {
    text.len() == HASH_CHARS && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Uploads a picture. Returns its hash.
async fn upload_picture(gateway: &GatewayClient, signer: &Signer, file: &Path) -> Result<String, CommandError> {
    let bytes = tokio::fs::read(file).await.map_err(|error| CommandError::path("read", file, error))?;
    let path = "/v1/images";
    let request = gateway.request_as(signer, Method::POST, path).await?;
    let request = request.header(CONTENT_TYPE, "application/octet-stream").body(bytes);
    let image: ImageView = gateway.json(path, gateway.send(request).await?).await?;
    Ok(image.hash)
}

async fn delete(context: &Context, stream: StreamRef, recording: u64) -> Result<Answer, CommandError> {
    let (gateway, path) = (context.gateway()?, path_of(stream, &recording.into()));
    gateway.send_as(&context.signer()?, Method::DELETE, &path, None::<&()>).await?;
    let json = json!({ "stream": stream, "deleted": recording });
    Ok(Answer::new(json, format!("Recording {recording} of stream {stream} is deleted.")))
}

fn answer(view: &RecordingView) -> Answer {
    let mut lines = vec![
        ("recording", format!("{} of stream {}", reference_of(view), view.stream)),
        ("title", title_of(view)),
        ("kind", kind_of(view)),
        ("state", state_of(view).to_owned()),
        ("from", view.started_at.clone()),
        ("length", in_words(view.duration_s)),
    ];
    lines.extend(view.clip.map(|clip| {
        let part = format!("{} to {}", in_words(clip.start_ms / 1_000), in_words(clip.end_ms / 1_000));
        ("part of", format!("recording {}, {part}", clip.number))
    }));
    lines.extend((!view.description.is_empty()).then(|| ("description", view.description.clone())));
    lines.extend(view.bytes.map(|bytes| ("size", format!("{:.1} MB", bytes as f64 / 1e6))));
    lines.extend((!view.error.is_empty()).then(|| ("note", view.error.clone())));
    Answer::new(view, facts(&lines))
}

/// How other commands name a recording. Gateways without tokens say its number alone.
fn reference_of(view: &RecordingView) -> String {
    if view.reference.is_empty() {
        view.number.to_string()
    } else {
        view.reference.clone()
    }
}

fn kind_of(view: &RecordingView) -> String {
    let kind = match view.kind {
        RecordingKind::Broadcast => "broadcast",
        RecordingKind::Upload => "upload",
        RecordingKind::Clip => "clip",
    };
    if view.is_free {
        format!("{kind}, free")
    } else {
        kind.into()
    }
}

fn title_of(view: &RecordingView) -> String {
    if view.title.is_empty() {
        "(no title)".into()
    } else {
        view.title.clone()
    }
}

fn state_of(view: &RecordingView) -> &'static str {
    match (view.state, view.visibility) {
        (RecordingState::Processing, _) => "being made",
        (RecordingState::Failed, _) => "failed",
        (RecordingState::Ready, Visibility::Public) => "public",
        (RecordingState::Ready, Visibility::Unlisted) => "unlisted",
        (RecordingState::Ready, Visibility::Private) => "private",
    }
}
