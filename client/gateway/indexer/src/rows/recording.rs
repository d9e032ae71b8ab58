//! Recordings.

use crate::{
    error::StoreError,
    metadata::fold_case,
    sql::{big, int, maybe_big, text, Fields, Table, Value},
};
use tick_stream_primitives::{Moment, StreamId};

/// Where a recording comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum RecordingKind {
    /// Broadcast that was recorded.
    #[default]
    Broadcast,
    /// Finished video that was uploaded.
    Upload,
    /// Part of a broadcast or of another recording.
    Clip,
}

/// How far a recording is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum RecordingState {
    /// It is being recorded, or made from an upload.
    #[default]
    InWork,
    /// It can be watched.
    Ready,
    /// It could not be made.
    Failed,
}

/// Who may find and watch a recording.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Visibility {
    /// Every viewer, also by search.
    #[default]
    Public,
    /// Every viewer who knows its token, which is in its address.
    Unlisted,
    /// The creator alone.
    Private,
}

/// The part of another recording that a clip shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ClipSource {
    /// Stream of the other recording.
    pub stream: StreamId,
    /// Its number.
    pub number: u64,
    /// Beginning of the part, in milliseconds from the recording's beginning.
    pub start_ms: u64,
    /// End of the part, in milliseconds from the recording's beginning.
    pub end_ms: u64,
}

/// A recording.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordingRow {
    /// Stream that it belongs to.
    pub stream: StreamId,
    /// Number among the broadcasts of its stream.
    pub number: u64,
    /// Where it comes from.
    pub kind: RecordingKind,
    /// How far it is.
    pub state: RecordingState,
    /// Sentence that says why it could not be made; empty if it could.
    pub error: String,
    /// Title; empty if the creator gave none.
    pub title: String,
    /// Description; empty if the creator gave none.
    pub description: String,
    /// Hash of its picture in hex; empty if there is none.
    pub poster: String,
    /// Who may find and watch it.
    pub visibility: Visibility,
    /// Token of an unlisted recording, in hex; empty for others. The store sets it.
    pub token: String,
    /// Folder in the object store.
    pub folder: String,
    /// Index of the first key.
    pub first_key: u64,
    /// Length in milliseconds.
    pub duration_ms: u64,
    /// Bytes in the object store; 0 if they have not been counted.
    pub bytes: u64,
    /// Beginning of the broadcast, or of the work on it.
    pub created_at: Moment,
    /// End of the broadcast or of the work; `None` before that.
    pub published_at: Option<Moment>,
    /// When its creator deleted it, while its files are not removed yet.
    pub deleted_at: Option<Moment>,
    /// What a clip shows.
    pub clip: Option<ClipSource>,
    /// Whether its keys cost nothing.
    pub is_free: bool,
}

impl RecordingRow {
    /// A recording of that kind, in work, without a description.
    pub fn new(kind: RecordingKind, (stream, number): (StreamId, u64), first_key: u64, created_at: Moment) -> Self {
        Self {
            stream,
            number,
            kind,
            state: RecordingState::InWork,
            error: String::new(),
            title: String::new(),
            description: String::new(),
            poster: String::new(),
            visibility: Visibility::Public,
            token: String::new(),
            folder: String::new(),
            first_key,
            duration_ms: 0,
            bytes: 0,
            created_at,
            published_at: None,
            deleted_at: None,
            clip: None,
            is_free: false,
        }
    }

    /// Whether viewers get it who name it with this token. Public ones need none.
    pub fn is_shown_with(&self, token: Option<&str>) -> bool {
        match self.visibility {
            Visibility::Public => true,
            Visibility::Unlisted => !self.token.is_empty() && token.is_some_and(|token| is_same(token, &self.token)),
            Visibility::Private => false,
        }
    }

    /// Gives an unlisted recording a token, and takes it from others: one that is unlisted again has another address.
    pub(crate) fn settle_token(&mut self) {
        match self.visibility {
            Visibility::Unlisted if self.token.is_empty() => self.token = hex::encode(rand::random::<[u8; 16]>()),
            Visibility::Unlisted => {}
            Visibility::Public | Visibility::Private => self.token.clear(),
        }
    }

    fn search_text(&self) -> String {
        fold_case(&format!("{}\n{}", self.title, self.description))
    }
}

impl Table for RecordingRow {
    const NAME: &'static str = "recordings";
    const KEY: &'static [&'static str] = &["stream", "number"];
    const COLUMNS: &'static [&'static str] = &[
        "stream",
        "number",
        "kind",
        "state",
        "error",
        "title",
        "description",
        "search_text",
        "poster",
        "visibility",
        "token",
        "folder",
        "first_key",
        "duration_ms",
        "bytes",
        "created_at",
        "published_at",
        "deleted_at",
        "source_stream",
        "source_number",
        "start_ms",
        "end_ms",
        "is_free",
    ];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        let clip = |part: fn(&ClipSource) -> u64| maybe_big("the clip", self.clip.as_ref().map(part));
        Ok(vec![
            big("the stream", self.stream)?,
            big("the recording", self.number)?,
            int(kind_number(self.kind)),
            int(state_number(self.state)),
            text(self.error.clone()),
            text(self.title.clone()),
            text(self.description.clone()),
            text(self.search_text()),
            text(self.poster.clone()),
            int(visibility_number(self.visibility)),
            text(self.token.clone()),
            text(self.folder.clone()),
            big("the key index", self.first_key)?,
            big("the length", self.duration_ms)?,
            big("the size", self.bytes)?,
            big("the beginning", self.created_at)?,
            maybe_big("the publication", self.published_at)?,
            maybe_big("the deletion", self.deleted_at)?,
            clip(|clip| clip.stream)?,
            clip(|clip| clip.number)?,
            clip(|clip| clip.start_ms)?,
            clip(|clip| clip.end_ms)?,
            int(u32::from(self.is_free)),
        ])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        let corrupt = |column| move || StoreError::Corrupt { column };
        let clip = row.maybe_u64("source_stream")?;
        let clip = clip.map(|stream| {
            Ok::<_, StoreError>(ClipSource {
                stream,
                number: row.u64("source_number")?,
                start_ms: row.u64("start_ms")?,
                end_ms: row.u64("end_ms")?,
            })
        });
        Ok(Self {
            stream: row.u64("stream")?,
            number: row.u64("number")?,
            kind: kind_of(row.u32("kind")?).ok_or_else(corrupt("kind"))?,
            state: state_of(row.u32("state")?).ok_or_else(corrupt("state"))?,
            error: row.text("error")?,
            title: row.text("title")?,
            description: row.text("description")?,
            poster: row.text("poster")?,
            visibility: visibility_of(row.u32("visibility")?).ok_or_else(corrupt("visibility"))?,
            token: row.text("token")?,
            folder: row.text("folder")?,
            first_key: row.u64("first_key")?,
            duration_ms: row.u64("duration_ms")?,
            bytes: row.u64("bytes")?,
            created_at: row.u64("created_at")?,
            published_at: row.maybe_u64("published_at")?,
            deleted_at: row.maybe_u64("deleted_at")?,
            clip: clip.transpose()?,
            is_free: row.i64("is_free")? != 0,
        })
    }
}

/// Compares in a time that does not depend on where the tokens differ.
fn is_same(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.bytes().zip(other.bytes()).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

fn kind_number(kind: RecordingKind) -> u32 {
    match kind {
        RecordingKind::Broadcast => 0,
        RecordingKind::Upload => 1,
        RecordingKind::Clip => 2,
    }
}

fn kind_of(number: u32) -> Option<RecordingKind> {
    [RecordingKind::Broadcast, RecordingKind::Upload, RecordingKind::Clip]
        .into_iter()
        .find(|kind| kind_number(*kind) == number)
}

fn state_number(state: RecordingState) -> u32 {
    match state {
        RecordingState::InWork => 0,
        RecordingState::Ready => 1,
        RecordingState::Failed => 2,
    }
}

fn state_of(number: u32) -> Option<RecordingState> {
    [RecordingState::InWork, RecordingState::Ready, RecordingState::Failed]
        .into_iter()
        .find(|state| state_number(*state) == number)
}

/// Returns a visibility as stored.
pub(crate) fn visibility_number(visibility: Visibility) -> u32 {
    match visibility {
        Visibility::Public => 0,
        Visibility::Unlisted => 1,
        Visibility::Private => 2,
    }
}

fn visibility_of(number: u32) -> Option<Visibility> {
    [Visibility::Public, Visibility::Unlisted, Visibility::Private]
        .into_iter()
        .find(|visibility| visibility_number(*visibility) == number)
}
