//! `/v1/people/{account}/feed.xml`: the recordings of a creator, for readers of feeds.

use super::{
    error::ApiError,
    library::is_listed,
    state::{ApiState, Catalogue, Profile},
};
use crate::people::People;
use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use jiff::{fmt::rfc2822::DateTimePrinter, Timestamp};
use rss::{Channel, Guid, Item};
use std::{collections::HashMap, sync::Arc};
use tick_stream_primitives::{Moment, StreamId};
use utoipa_axum::{router::OpenApiRouter, routes};
use vilokanam_indexer::{metadata::Metadata, PageRequest, RecordingFilter, RecordingRow};
use vilokanam_wire::{people::PersonView, Account, Problem};

/// Recordings in a feed.
const MAX_ITEMS: u32 = 50;
/// How long a feed may be cached: five minutes.
const CACHE_CONTROL: &str = "public, max-age=300";
/// Media type of feeds.
const RSS: &str = "application/rss+xml; charset=utf-8";

/// Routes of feeds.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(get_feed))
}

/// Returns the last 50 public recordings of a creator as RSS 2.0.
#[utoipa::path(get, path = "/v1/people/{account}/feed.xml", tag = "people", params(("account" = String, Path)), responses(
    (status = 200, body = String, content_type = "application/rss+xml"), (status = 400, body = Problem),
    (status = 404, body = Problem),
))]
pub async fn get_feed(
    State(catalogue): State<Arc<Catalogue>>,
    State(people): State<Arc<People>>,
    State(profile): State<Arc<Profile>>,
    Path(account): Path<Account>,
) -> Result<Response, ApiError> {
    let creator = people.view(&account.0, None).await?;
    if !creator.is_creator {
        return Err(ApiError::not_found("This account has no stream, and therefore no feed."));
    }
    let filter = RecordingFilter { creator: Some(account.0), ..RecordingFilter::default() };
    let found = catalogue.index.recordings(&filter, &PageRequest::first(MAX_ITEMS)).await?;
    let rows: Vec<RecordingRow> = found.items.into_iter().filter(|row| is_listed(&catalogue, row)).collect();
    let mut streams: Vec<StreamId> = rows.iter().map(|row| row.stream).collect();
    streams.sort_unstable();
    streams.dedup();
    let streams = catalogue.index.streams_of_ids(&streams).await?;
    let titles = streams.into_iter().map(|(id, row)| (id, Metadata::decode(&row.value.metadata).title)).collect();
    let xml = feed(&creator, &rows, &titles, &profile.config.http.public_url).to_string();
    Ok(([(header::CONTENT_TYPE, RSS), (header::CACHE_CONTROL, CACHE_CONTROL)], xml).into_response())
}

/// Writes a feed. `titles` are those of the streams, for recordings without one.
fn feed(creator: &PersonView, rows: &[RecordingRow], titles: &HashMap<StreamId, String>, public_url: &str) -> Channel {
    let origin = public_url.trim_end_matches('/');
    let account = creator.account.to_string();
    let name = creator.name.as_ref().or(creator.handle.as_ref()).unwrap_or(&account);
    let mut channel = Channel::default();
    channel.set_title(allowed(name));
    channel.set_link(format!("{origin}/c/{}", creator.handle.as_ref().unwrap_or(&account)));
    channel.set_description(allowed(creator.bio.as_deref().unwrap_or_default()));
    channel.set_ttl(Some("5".to_owned()));
    channel.set_items(rows.iter().map(|row| item(row, titles, origin)).collect::<Vec<_>>());
    channel
}

fn item(row: &RecordingRow, titles: &HashMap<StreamId, String>, origin: &str) -> Item {
    let RecordingRow { stream, number, title, description, published_at, .. } = row;
    let link = format!("{origin}/watch/{stream}/recordings/{number}");
    let titles = [Some(title), titles.get(stream)];
    let title = titles.into_iter().flatten().find(|title| !title.is_empty());
    let title = title.cloned().unwrap_or_else(|| format!("Recording {number} of stream {stream}"));
    let mut guid = Guid::default();
    guid.set_value(link.clone());
    guid.set_permalink(true);
    let mut item = Item::default();
    item.set_title(Some(allowed(&title)));
    item.set_link(Some(link));
    item.set_guid(Some(guid));
    item.set_description((!description.is_empty()).then(|| allowed(description)));
    item.set_pub_date(published_at.and_then(date));
    item
}

/// Returns a time as feeds write it.
fn date(at: Moment) -> Option<String> {
    let at = Timestamp::from_millisecond(i64::try_from(at).ok()?).ok()?;
    DateTimePrinter::new().timestamp_to_rfc9110_string(&at).ok()
}

/// Removes characters that XML does not have, not even escaped. What has a meaning in XML is escaped where it is written.
fn allowed(text: &str) -> String {
    let is_allowed =
        |c: &char| matches!(c, '\t' | '\n' | '\r') || !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}');
    text.chars().filter(is_allowed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tick_stream_primitives::AccountId;
    use vilokanam_indexer::RecordingKind;

    const HOSTILE: &str = "</title><script>alert(1)</script> & \"]]>\u{0}\u{1b}\u{ffff}'";

    fn creator(name: &str) -> PersonView {
        PersonView {
            account: Account(AccountId::new([1; 32])),
            handle: None,
            name: Some(name.into()),
            bio: Some(name.into()),
            picture: None,
            banner: None,
            links: Vec::new(),
            followers: 0,
            is_creator: true,
            is_followed_by_me: None,
            signature: None,
            signed_at: None,
        }
    }

    fn recording(number: u64, title: &str) -> RecordingRow {
        let mut row = RecordingRow::new(RecordingKind::Broadcast, (7, number), 0, 0);
        (row.title, row.description) = (title.into(), title.into());
        row.published_at = Some(1_767_225_600_000);
        row
    }

    #[test]
    fn hostile_texts_stay_texts() {
        let rows = [recording(3, HOSTILE)];
        let xml = feed(&creator(HOSTILE), &rows, &HashMap::new(), "https://video.example/").to_string();
        assert!(!xml.chars().any(|c| c.is_control() && c != '\n'), "{xml}");
        let read = Channel::read_from(xml.as_bytes()).unwrap();
        let expected = HOSTILE.replace(['\u{0}', '\u{1b}', '\u{ffff}'], "");
        assert_eq!((read.title(), read.description()), (expected.as_str(), expected.as_str()));
        assert_eq!(read.items().len(), 1);
        let item = &read.items()[0];
        assert_eq!((item.title(), item.description()), (Some(expected.as_str()), Some(expected.as_str())));
        assert_eq!(item.link(), Some("https://video.example/watch/7/recordings/3"));
        assert_eq!(item.pub_date(), Some("Thu, 01 Jan 2026 00:00:00 GMT"));
    }

    #[test]
    fn recording_without_a_title_has_that_of_its_stream() {
        let rows = [recording(1, ""), recording(2, "Own")];
        let titles = |titles: HashMap<StreamId, String>| {
            let channel = feed(&creator("A"), &rows, &titles, "https://video.example");
            channel.items().iter().map(|item| item.title().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(titles([(7, "Opera".to_owned())].into()), ["Opera", "Own"]);
        assert_eq!(titles(HashMap::new()), ["Recording 1 of stream 7", "Own"]);
    }
}
