//! What creators set for their streams, within the limits of the operator.

use crate::live::{DvrWindow, GrowingRecordings, RecordingPlan};
use lru::LruCache;
use parking_lot::Mutex;
use serde_json::{Map, Value};
use std::{
    num::NonZeroUsize,
    sync::Arc,
    time::{Duration, Instant},
};
use tick_stream_primitives::{clock::now_ms, StreamId};
use vilokanam_indexer::{gateway_state::StreamSettingsRow, GatewayStateError, Store};
use vilokanam_wire::settings::{DvrHours, StreamSettings, VideoCodec};

/// Streams whose settings are in memory.
const MAX_KNOWN: NonZeroUsize = NonZeroUsize::new(4_096).expect("it is not zero");
/// Time for which settings in memory are used: another replica may have changed them.
const TRUSTED_FOR: Duration = Duration::from_secs(10);
/// Lengths of parts in milliseconds that can be chosen.
const PART_MS: std::ops::RangeInclusive<u32> = 200..=500;
/// Longest time in days after which a recording can be deleted.
const MAX_KEEP_DAYS: u32 = 36_500;
/// Longest window in hours; more is `all`.
pub const MAX_DVR_HOURS: u32 = 48;
/// Names of the settings, and what their values are.
const SETTINGS: [(&str, &str); 9] = [
    ("dvr_hours", "write a number of hours, 0 for not at all, or \"all\""),
    ("records", "write true or false"),
    ("keep_days", "write a number of days"),
    ("ladder", "write a list of heights, such as [240, 720]"),
    ("codecs", "write a list of codecs, such as [\"h264\", \"av1\"]"),
    ("encoder", "write the name of an encoder, such as \"libx264\""),
    ("copy", "write \"auto\" or \"never\""),
    ("part_ms", "write a number of milliseconds"),
    ("clips", "write \"none\" or \"payers\""),
];
/// Name of what is read with the settings, and set in another way: it may contain a password, which belongs in no database.
const SOURCE: &str = "source";

/// Settings cannot be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The request is not an object of settings.
    #[error("The body must be a JSON object of settings: {0}.")]
    Unreadable(String),
    /// A setting does not exist.
    #[error("There is no setting '{name}'; the settings are {}.", SETTINGS.map(|(name, _)| name).join(", "))]
    Unknown {
        /// Name that was given.
        name: String,
    },
    /// A value is not allowed.
    #[error("{name}: {why}.")]
    NotAllowed {
        /// Name of the setting.
        name: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// The records cannot be read or written.
    #[error(transparent)]
    Records(#[from] GatewayStateError),
}

/// What the operator of the gateway has set, as far as creators can set something else.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OperatorSettings {
    /// Whether broadcasts are recorded. Without, creators cannot have them recorded.
    pub records: bool,
    /// How far viewers may go back, unless the creator sets something else.
    pub dvr_hours: u32,
    /// Days after which a recording is deleted at the latest; 0 for never.
    pub keep_days: u32,
    /// Heights of the renditions that can be chosen from.
    pub ladder: Vec<u32>,
    /// Encoders of H.264 that can be chosen from.
    pub encoders: Vec<String>,
    /// Codecs that can be chosen from.
    pub codecs: Vec<VideoCodec>,
}

/// The settings of all streams.
pub struct CreatorSettings {
    index: Store,
    operator: OperatorSettings,
    growing: Arc<GrowingRecordings>,
    known: Mutex<LruCache<StreamId, (Instant, StreamSettings)>>,
}

impl CreatorSettings {
    pub fn new(index: Store, operator: OperatorSettings, growing: Arc<GrowingRecordings>) -> Self {
        Self { index, operator, growing, known: Mutex::new(LruCache::new(MAX_KNOWN)) }
    }

    /// Returns what the creator of a stream has set.
    pub async fn of(&self, stream: StreamId) -> Result<StreamSettings, GatewayStateError> {
        let known = self.known.lock().get(&stream).filter(|(at, _)| at.elapsed() < TRUSTED_FOR).cloned();
        if let Some((_, settings)) = known {
            return Ok(settings);
        }
        let stored = self.index.stream_settings(stream).await?;
        let settings = stored.map_or_else(StreamSettings::default, |json| read_stored(stream, &json));
        self.known.lock().put(stream, (Instant::now(), settings.clone()));
        Ok(settings)
    }

    /// Changes settings by a JSON merge patch. Returns all of them. How far viewers may go back changes at once; what concerns
    /// the encoding changes with the next broadcast.
    ///
    /// # Errors
    ///
    /// [`SettingsError`]; then nothing has changed.
    pub async fn change(&self, stream: StreamId, patch: &[u8]) -> Result<StreamSettings, SettingsError> {
        let unreadable = |error: serde_json::Error| SettingsError::Unreadable(error.to_string());
        let patch: Map<String, Value> = serde_json::from_slice(patch).map_err(unreadable)?;
        if patch.contains_key(SOURCE) {
            let why = "set it with PUT /v1/streams/{id}/source, and remove it with DELETE".into();
            return Err(SettingsError::NotAllowed { name: SOURCE, why });
        }
        patch.iter().try_for_each(|(name, value)| check_kind(name, value))?;
        let stored = self.index.stream_settings(stream).await?;
        let mut all: Map<String, Value> = stored.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default();
        for (name, value) in patch {
            match value {
                Value::Null => drop(all.remove(&name)),
                value => drop(all.insert(name, value)),
            }
        }
        let settings: StreamSettings = serde_json::from_value(Value::Object(all)).map_err(unreadable)?;
        self.operator.check(&settings)?;
        let value = serde_json::to_string(&settings).map_err(unreadable)?;
        self.index.set_stream_settings(&StreamSettingsRow { stream, value, updated_at: now_ms() }).await?;
        self.known.lock().put(stream, (Instant::now(), settings.clone()));
        self.apply(stream, &settings);
        Ok(settings)
    }

    /// Returns how broadcasts of a stream are recorded. If the settings cannot be read, as the operator has set it.
    pub async fn recording(&self, stream: StreamId) -> RecordingPlan {
        let settings = self.of(stream).await;
        let settings = settings.inspect_err(|error| tracing::error!(stream, %error, "settings cannot be read"));
        self.operator.plan(&settings.unwrap_or_default())
    }

    /// Returns the days after which recordings of a stream are deleted; `None` for never.
    pub async fn keep_days(&self, stream: StreamId) -> Result<Option<u32>, GatewayStateError> {
        let creators = self.of(stream).await?.keep_days;
        Ok(creators.into_iter().chain(self.operators_keep_days()).min())
    }

    /// Returns the days after which the operator has recordings deleted; `None` for never.
    pub fn operators_keep_days(&self) -> Option<u32> {
        Some(self.operator.keep_days).filter(|days| *days > 0)
    }

    /// Applies settings that another replica has stored to broadcasts that are recorded here.
    pub async fn follow(&self) {
        for stream in self.growing.streams() {
            match self.of(stream).await {
                Ok(settings) => self.apply(stream, &settings),
                Err(error) => tracing::warn!(stream, %error, "settings cannot be read"),
            }
        }
    }

    fn apply(&self, stream: StreamId, settings: &StreamSettings) {
        let window = self.operator.plan(settings).window;
        for (_, growing) in self.growing.of_stream(stream) {
            growing.set_window(window);
        }
    }
}

/// Checks that there is such a setting, and that the value is of its kind.
fn check_kind(name: &str, value: &Value) -> Result<(), SettingsError> {
    let known = SETTINGS.into_iter().find(|(known, _)| *known == name);
    let (name, expected) = known.ok_or_else(|| SettingsError::Unknown { name: name.to_owned() })?;
    let alone = Map::from_iter([(name.to_owned(), value.clone())]);
    match serde_json::from_value::<StreamSettings>(Value::Object(alone)) {
        Ok(_) => Ok(()),
        Err(_) => Err(SettingsError::NotAllowed { name, why: expected.into() }),
    }
}

/// Reads settings that were stored. Those that a newer gateway has stored may mean nothing here.
fn read_stored(stream: StreamId, json: &str) -> StreamSettings {
    serde_json::from_str(json).unwrap_or_else(|error| {
        tracing::error!(stream, %error, "the stream's settings cannot be understood; the operator's apply");
        StreamSettings::default()
    })
}

impl OperatorSettings {
    fn plan(&self, settings: &StreamSettings) -> RecordingPlan {
        if !self.records {
            return RecordingPlan::default();
        }
        let window = match settings.dvr_hours.unwrap_or(DvrHours::Hours(self.dvr_hours)) {
            DvrHours::Hours(0) => DvrWindow::Off,
            DvrHours::Hours(hours) => DvrWindow::Hours(hours),
            DvrHours::All(_) => DvrWindow::Whole,
        };
        RecordingPlan { window, is_kept: settings.records.unwrap_or(true) }
    }

    fn check(&self, settings: &StreamSettings) -> Result<(), SettingsError> {
        let expect = |name, is_right: bool, why: String| match is_right {
            true => Ok(()),
            false => Err(SettingsError::NotAllowed { name, why }),
        };
        if let Some(DvrHours::Hours(hours)) = settings.dvr_hours {
            let why = format!("{hours} is above {MAX_DVR_HOURS}; write \"all\" for the whole broadcast");
            expect("dvr_hours", hours <= MAX_DVR_HOURS, why)?;
        }
        if let Some(days) = settings.keep_days {
            let why = format!("{days} is not between 1 and {MAX_KEEP_DAYS}");
            expect("keep_days", (1..=MAX_KEEP_DAYS).contains(&days), why)?;
        }
        if let Some(ladder) = &settings.ladder {
            let offered = ladder.iter().all(|height| self.ladder.contains(height));
            let why = format!("choose from {:?}", self.ladder);
            expect("ladder", offered && !ladder.is_empty() && ladder.len() <= self.ladder.len(), why)?;
        }
        if let Some(codecs) = &settings.codecs {
            let offered: Vec<_> = self.codecs.iter().map(|codec| codec.to_string()).collect();
            let is_right = codecs.contains(&VideoCodec::H264) && codecs.iter().all(|codec| self.codecs.contains(codec));
            expect("codecs", is_right, format!("choose from {}; h264 must be among them", offered.join(", ")))?;
        }
        if let Some(encoder) = &settings.encoder {
            let why = format!("choose from {}", self.encoders.join(", "));
            expect("encoder", self.encoders.contains(encoder), why)?;
        }
        if let Some(part_ms) = settings.part_ms {
            let why = format!("{part_ms} is not between {} and {}", PART_MS.start(), PART_MS.end());
            expect("part_ms", PART_MS.contains(&part_ms), why)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::GrowingRecordings;

    fn operator() -> OperatorSettings {
        OperatorSettings {
            records: true,
            dvr_hours: 4,
            keep_days: 0,
            ladder: vec![240, 720],
            encoders: vec!["libx264".into()],
            codecs: vec![VideoCodec::H264, VideoCodec::Hevc],
        }
    }

    async fn settings(folder: &tempfile::TempDir, operator: OperatorSettings) -> CreatorSettings {
        let index = Store::connect(&format!("sqlite:{}", folder.path().join("index.db").display())).await.unwrap();
        CreatorSettings::new(index, operator, Arc::new(GrowingRecordings::default()))
    }

    #[tokio::test]
    async fn patches_are_merged_and_null_takes_a_setting_back() {
        let folder = tempfile::tempdir().unwrap();
        let all = settings(&folder, operator()).await;
        assert_eq!(all.of(3).await.unwrap(), StreamSettings::default());
        all.change(3, br#"{"dvr_hours":"all","keep_days":30}"#).await.unwrap();
        let changed = all.change(3, br#"{"keep_days":null,"part_ms":250}"#).await.unwrap();
        let expected = StreamSettings { dvr_hours: Some(DvrHours::ALL), part_ms: Some(250), ..Default::default() };
        assert_eq!(changed, expected);
        let again = settings(&folder, operator()).await;
        assert_eq!(again.of(3).await.unwrap(), expected, "after a restart");
        assert_eq!(again.of(4).await.unwrap(), StreamSettings::default(), "of another stream");
    }

    #[tokio::test]
    async fn what_is_not_allowed_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let all = settings(&folder, operator()).await;
        for patch in [
            r#"{"dvr_hours":49}"#,
            r#"{"codecs":["hevc"]}"#,
            r#"{"codecs":["h264","av1"]}"#,
            r#"{"dvr_hours":"some"}"#,
            r#"{"keep_days":0}"#,
            r#"{"ladder":[1080]}"#,
            r#"{"ladder":[]}"#,
            r#"{"encoder":"magic"}"#,
            r#"{"part_ms":100}"#,
            r#"{"source":{"url":"https://example.org/live.m3u8"}}"#,
            r#"{"keep_days":1,"colour":"red"}"#,
            "[]",
            "",
        ] {
            assert!(all.change(3, patch.as_bytes()).await.is_err(), "{patch}");
        }
        assert_eq!(all.of(3).await.unwrap(), StreamSettings::default());
        for (patch, words) in [
            (r#"{"dvr_hours":-1}"#, "dvr_hours: write a number of hours, 0 for not at all, or \"all\"."),
            (r#"{"ladder":240}"#, "ladder: write a list of heights, such as [240, 720]."),
            (r#"{"clips":"all"}"#, "clips: write \"none\" or \"payers\"."),
        ] {
            assert_eq!(all.change(3, patch.as_bytes()).await.unwrap_err().to_string(), words);
        }
        let refused = all.change(3, br#"{"colour":"red"}"#).await.unwrap_err().to_string();
        assert!(refused.contains("'colour'") && refused.contains("dvr_hours"), "{refused}");
    }

    #[tokio::test]
    async fn creator_chooses_within_what_the_operator_records() {
        let folder = tempfile::tempdir().unwrap();
        let all = settings(&folder, operator()).await;
        assert_eq!(all.recording(3).await, RecordingPlan { window: DvrWindow::Hours(4), is_kept: true });
        all.change(3, br#"{"dvr_hours":0,"records":false}"#).await.unwrap();
        let plan = all.recording(3).await;
        assert!(!plan.is_made(), "{plan:?}");
        all.change(3, br#"{"dvr_hours":"all"}"#).await.unwrap();
        let plan = all.recording(3).await;
        assert!(plan.is_made() && !plan.is_kept, "recorded for those who go back, and removed: {plan:?}");
        let none = settings(&folder, OperatorSettings { records: false, ..operator() }).await;
        assert!(!none.recording(3).await.is_made());
    }

    #[tokio::test]
    async fn shorter_of_two_times_deletes_recordings() {
        let folder = tempfile::tempdir().unwrap();
        let all = settings(&folder, OperatorSettings { keep_days: 30, ..operator() }).await;
        assert_eq!(all.keep_days(3).await.unwrap(), Some(30));
        for (days, kept) in [(7, 7), (90, 30)] {
            all.change(3, format!("{{\"keep_days\":{days}}}").as_bytes()).await.unwrap();
            assert_eq!(all.keep_days(3).await.unwrap(), Some(kept));
        }
        assert_eq!(settings(&folder, operator()).await.keep_days(4).await.unwrap(), None);
    }
}
