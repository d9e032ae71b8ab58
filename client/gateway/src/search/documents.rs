//! Rows of the database as documents.

use super::{
    error::IndexingError,
    keys::{account_bytes, person_key},
};
use std::{
    collections::{BTreeMap, HashMap},
    hash::{DefaultHasher, Hash, Hasher},
};
use tick_stream_primitives::{AccountId, Balance, Moment, StreamId, StreamStatus};
use vilokanam_indexer::{
    metadata::Metadata, people::PersonRow, RecordingRow, RecordingState, Store, StreamRow, Visibility,
};
use vilokanam_search::{Document, Key};

/// Reads what the documents of streams need.
pub async fn of_streams(index: &Store, rows: Vec<StreamRow>) -> Result<Vec<Document>, IndexingError> {
    let ids: Vec<StreamId> = rows.iter().map(|row| row.id).collect();
    let last_live = index.last_live(&ids).await?;
    let people = creators(index, rows.iter().map(|row| &row.value.creator)).await?;
    let shown = rows.iter().filter(|row| matches!(row.value.status, StreamStatus::Live | StreamStatus::Offline));
    Ok(shown.map(|row| of_stream(row, &people, &last_live)).collect())
}

/// Reads what the documents of recordings need. Those that not everyone may find have none.
pub async fn of_recordings(index: &Store, rows: Vec<RecordingRow>) -> Result<Vec<Document>, IndexingError> {
    let ids: Vec<StreamId> = rows.iter().map(|row| row.stream).collect();
    let streams = index.streams_of_ids(&ids).await?;
    let people = creators(index, streams.values().map(|stream| &stream.value.creator)).await?;
    let shown = rows.iter().filter(|row| is_public(row));
    let of = |row: &RecordingRow| Some(of_recording(row, streams.get(&row.stream)?, &people));
    Ok(shown.filter_map(of).collect())
}

/// Returns the document of a person.
pub fn of_person(row: &PersonRow) -> Document {
    let mut document = Document::new(person_key(&row.account), 0, account_bytes(&row.account));
    document.names = names(Some(row));
    document.description = row.bio.clone();
    versioned(document)
}

fn is_public(row: &RecordingRow) -> bool {
    row.visibility == Visibility::Public && row.state == RecordingState::Ready && row.deleted_at.is_none()
}

async fn creators(
    index: &Store,
    accounts: impl Iterator<Item = &AccountId>,
) -> Result<HashMap<AccountId, PersonRow>, IndexingError> {
    let mut accounts: Vec<AccountId> = accounts.cloned().collect();
    accounts.sort_unstable();
    accounts.dedup();
    Ok(index.people(&accounts).await?)
}

fn of_stream(
    row: &StreamRow,
    people: &HashMap<AccountId, PersonRow>,
    last_live: &BTreeMap<StreamId, Moment>,
) -> Document {
    let mut document = described(Key::Stream(row.id), row, people);
    document.at_ms = last_live.get(&row.id).copied().unwrap_or(0);
    versioned(document)
}

fn of_recording(row: &RecordingRow, stream: &StreamRow, people: &HashMap<AccountId, PersonRow>) -> Document {
    let mut document = described(Key::Recording(row.stream, row.number), stream, people);
    if !row.title.is_empty() {
        document.title = row.title.clone();
    }
    if !row.description.is_empty() {
        document.description = row.description.clone();
    }
    if row.is_free {
        document.price = Some(0);
    }
    document.length_s = Some(row.duration_ms / 1_000);
    document.at_ms = row.published_at.unwrap_or(row.created_at);
    versioned(document)
}

/// A document with what the chain says of a stream.
fn described(key: Key, stream: &StreamRow, people: &HashMap<AccountId, PersonRow>) -> Document {
    let creator = &stream.value.creator;
    let Metadata { title, description, category, tags, language, .. } = Metadata::decode(&stream.value.metadata);
    Document {
        title,
        tags,
        names: names(people.get(creator)),
        category,
        language,
        description,
        price: Some(price(stream.value.price_per_tick)),
        ..Document::new(key, 0, account_bytes(creator))
    }
}

/// Returns a price as the index has it: prices above 64 bits count as the highest.
pub fn price(price: Balance) -> u64 {
    u64::try_from(price).unwrap_or(u64::MAX)
}

fn names(person: Option<&PersonRow>) -> Vec<String> {
    let Some(person) = person else { return Vec::new() };
    let name = Some(person.name.clone()).filter(|name| !name.is_empty());
    name.into_iter().chain(person.handle.clone()).collect()
}

/// Sets the version to a hash of everything else.
fn versioned(mut document: Document) -> Document {
    let mut hasher = DefaultHasher::new();
    let Document { title, tags, names, category, language, description, account, price, length_s, at_ms, .. } =
        &document;
    (title, tags, names, category, language, description).hash(&mut hasher);
    (account, price, length_s, at_ms).hash(&mut hasher);
    document.version = hasher.finish();
    document
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_stream::stream_of;
    use vilokanam_indexer::RecordingKind;

    const CREATOR: [u8; 32] = [1; 32];

    fn stream(json: &str) -> StreamRow {
        let mut value = stream_of(AccountId::new(CREATOR), StreamStatus::Offline);
        value.metadata = json.as_bytes().to_vec().try_into().unwrap();
        StreamRow { id: 7, value, totals: Default::default() }
    }

    #[test]
    fn recording_without_texts_has_those_of_its_stream() {
        let stream = stream(r#"{"title":"Chess","tags":["games"],"language":"en","category":"Games"}"#);
        let mut row = RecordingRow::new(RecordingKind::Broadcast, (7, 3), 0, 5_000);
        let mut person = PersonRow::new(AccountId::new(CREATOR));
        (person.name, person.handle) = ("Magnus".into(), Some("magnus_c".into()));
        let people = [(person.account.clone(), person)].into();
        let found = of_recording(&row, &stream, &people);
        assert_eq!((found.title.as_str(), found.language.as_str(), found.at_ms), ("Chess", "en", 5_000));
        assert_eq!(found.names, ["Magnus", "magnus_c"]);
        (row.title, row.is_free, row.duration_ms) = ("Endgames".into(), true, 61_500);
        let other = of_recording(&row, &stream, &people);
        assert_eq!((other.title.as_str(), other.price, other.length_s), ("Endgames", Some(0), Some(61)));
        assert_ne!(found.version, other.version);
        assert_eq!(other.version, of_recording(&row, &stream, &people).version);
    }

    #[test]
    fn version_changes_with_the_name_of_the_creator_and_the_last_broadcast() {
        let row = stream(r#"{"title":"Chess"}"#);
        let nobody = HashMap::new();
        let first = of_stream(&row, &nobody, &BTreeMap::new());
        let mut person = PersonRow::new(AccountId::new(CREATOR));
        person.name = "Magnus".into();
        let named = [(person.account.clone(), person)].into();
        let versions = [
            first.version,
            of_stream(&row, &named, &BTreeMap::new()).version,
            of_stream(&row, &nobody, &[(7, 9)].into()).version,
        ];
        assert!(versions[0] != versions[1] && versions[0] != versions[2] && versions[1] != versions[2]);
    }

    #[test]
    fn only_public_finished_recordings_are_found() {
        let mut row = RecordingRow::new(RecordingKind::Upload, (7, 3), 0, 5_000);
        assert!(!is_public(&row), "in work");
        row.state = RecordingState::Ready;
        assert!(is_public(&row));
        for visibility in [Visibility::Unlisted, Visibility::Private] {
            assert!(!is_public(&RecordingRow { visibility, ..row.clone() }));
        }
        assert!(!is_public(&RecordingRow { deleted_at: Some(1), ..row }));
    }
}
