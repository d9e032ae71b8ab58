//! `/v1/me/…`: what the person who asks has spent, given and received, and statements of what a creator earned.

use super::{
    error::ApiError,
    page::PageQuery,
    person_refs::PersonRefs,
    signed_in::SignedIn,
    state::{ApiState, Catalogue, Profile},
    views,
    when::When,
};
use crate::{
    people::People,
    spending::{
        name_of, spending_csv, spending_of, statement_csv, statement_of, FiatRate, Grouping, MoneyError, SpendingTable,
        TableError,
    },
    time_zone::{Zone, ZoneError},
};
use axum::{
    extract::{Query, State},
    http::header,
    response::{IntoResponse, Response},
    Json,
};
use serde::Deserialize;
use std::{collections::HashMap, ops::Range, sync::Arc};
use tick_stream_primitives::{clock::now_ms, Moment, StreamId};
use utoipa_axum::{router::OpenApiRouter, routes};
use vilokanam_indexer::{metadata::Metadata, ReceiptRow};
use vilokanam_people::text::{clean, Lines};
use vilokanam_wire::{
    scalars::rfc3339,
    spending::{PersonReceipt, Spending, SpendingBucket, SpendingBy, Statement, StatementDay, TipDirection, TipView},
    streams::Page,
    Planck, Problem, SessionRef, StreamRef,
};

/// Range of a query without a beginning: thirty days.
const DEFAULT_RANGE_MS: u64 = 30 * 86_400_000;
/// Range of a query by month without a beginning: a year.
const DEFAULT_MONTHS_MS: u64 = 366 * 86_400_000;
/// Maximum number of characters of a memo, as the chain has it.
const MAX_MEMO_CHARS: usize = 1_000;
/// Media type of the tables.
const CSV: &str = "text/csv; charset=utf-8";

/// Routes of a person's money.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(get_spending))
        .routes(routes!(get_spending_csv))
        .routes(routes!(list_tips))
        .routes(routes!(list_my_receipts))
        .routes(routes!(get_statement))
        .routes(routes!(get_statement_csv))
}

/// Which spending.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SpendingQuery {
    #[serde(default)]
    #[param(inline)]
    by: SpendingBy,
    /// Beginning: RFC 3339, or milliseconds since the Unix epoch. Days and months that overlap the range are whole.
    #[param(value_type = Option<String>)]
    since: Option<When>,
    /// End; now if it is absent.
    #[param(value_type = Option<String>)]
    until: Option<When>,
    /// IANA name of the time zone that decides where days begin; `UTC` if it is absent.
    tz: Option<String>,
}

impl SpendingQuery {
    fn range(&self) -> Range<Moment> {
        let length = if self.by == SpendingBy::Month { DEFAULT_MONTHS_MS } else { DEFAULT_RANGE_MS };
        let until = self.until.map_or_else(now_ms, |when| when.0);
        self.since.map_or_else(|| until.saturating_sub(length), |when| when.0)..until
    }

    fn grouping(&self) -> Grouping {
        match self.by {
            SpendingBy::Day => Grouping::Day,
            SpendingBy::Month => Grouping::Month,
            SpendingBy::Creator => Grouping::Creator,
        }
    }
}

fn zone_of(name: Option<&str>) -> Result<Zone, ApiError> {
    Ok(Zone::named(name.unwrap_or("UTC"))?)
}

/// Returns what the person has spent, by day, month or creator.
#[utoipa::path(get, path = "/v1/me/spending", tag = "money", params(SpendingQuery), responses(
    (status = 200, body = Spending), (status = 400, body = Problem), (status = 401, body = Problem),
))]
pub async fn get_spending(
    State(catalogue): State<Arc<Catalogue>>,
    State(people): State<Arc<People>>,
    signed: SignedIn,
    Query(query): Query<SpendingQuery>,
) -> Result<Json<Spending>, ApiError> {
    let zone = zone_of(query.tz.as_deref())?;
    let table = spending_of(&catalogue.index, &signed.account, (query.grouping(), query.range()), &zone).await?;
    let people = PersonRefs::read(&people, creators_in(&table)).await?;
    let total = table.total;
    let buckets = table.lines.into_iter().map(|line| {
        let creator = line.creator.as_ref().map(|creator| people.of(creator));
        SpendingBucket {
            label: creator.as_ref().map_or(line.label, name_of),
            starts_at: zone.rfc3339(line.range.start),
            ends_at: zone.rfc3339(line.range.end),
            creator,
            seconds: line.sums.seconds,
            paid: Planck(line.sums.paid),
            tips: Planck(line.sums.tips),
        }
    });
    Ok(Json(Spending {
        buckets: buckets.collect(),
        total_seconds: total.seconds,
        total_paid: Planck(total.paid),
        total_tips: Planck(total.tips),
    }))
}

fn creators_in(table: &SpendingTable) -> impl Iterator<Item = tick_stream_primitives::AccountId> + '_ {
    table.lines.iter().filter_map(|line| line.creator.clone())
}

/// Returns what the person has spent as CSV, with the titles of the streams.
#[utoipa::path(get, path = "/v1/me/spending.csv", tag = "money", params(SpendingQuery), responses(
    (status = 200, body = String, content_type = "text/csv"), (status = 400, body = Problem),
    (status = 401, body = Problem),
))]
pub async fn get_spending_csv(
    State(catalogue): State<Arc<Catalogue>>,
    State(people): State<Arc<People>>,
    signed: SignedIn,
    Query(query): Query<SpendingQuery>,
) -> Result<Response, ApiError> {
    let zone = zone_of(query.tz.as_deref())?;
    let table = spending_of(&catalogue.index, &signed.account, (query.grouping(), query.range()), &zone).await?;
    let people = PersonRefs::read(&people, creators_in(&table)).await?;
    let titles = titles_in(&catalogue, &table).await?;
    Ok(csv_file("spending.csv", spending_csv(&table, &zone, people.all(), &titles)?))
}

async fn titles_in(catalogue: &Catalogue, table: &SpendingTable) -> Result<HashMap<StreamId, String>, ApiError> {
    let mut streams: Vec<StreamId> = table.lines.iter().flat_map(|line| line.streams.iter().copied()).collect();
    streams.sort_unstable();
    streams.dedup();
    let rows = catalogue.index.streams_of_ids(&streams).await?;
    let title = |(id, row): (StreamId, vilokanam_indexer::StreamRow)| (id, Metadata::decode(&row.value.metadata).title);
    Ok(rows.into_iter().map(title).collect())
}

fn csv_file(name: &str, csv: String) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, CSV.to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, csv).into_response()
}

/// Which tips.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TipsQuery {
    #[serde(default)]
    #[param(inline)]
    direction: TipDirection,
}

/// Lists tips that the person gave, or that streams of the person received, the newest first.
#[utoipa::path(get, path = "/v1/me/tips", tag = "money", params(TipsQuery, PageQuery), responses(
    (status = 200, body = Page<TipView>), (status = 400, body = Problem), (status = 401, body = Problem),
))]
pub async fn list_tips(
    State(catalogue): State<Arc<Catalogue>>,
    State(people): State<Arc<People>>,
    signed: SignedIn,
    Query(TipsQuery { direction }): Query<TipsQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<TipView>>, ApiError> {
    let (index, page) = (&catalogue.index, page.request());
    let found = match direction {
        TipDirection::Given => index.tips_given(&signed.account, &page).await?,
        TipDirection::Received => index.tips_received(&signed.account, &page).await?,
    };
    let others = found.items.iter().map(|tip| match direction {
        TipDirection::Given => tip.creator.clone(),
        TipDirection::Received => tip.giver.clone(),
    });
    let people = PersonRefs::read(&people, others).await?;
    Ok(Json(views::page(found, |tip| TipView {
        stream: StreamRef(tip.stream),
        person: people.of(if direction == TipDirection::Given { &tip.creator } else { &tip.giver }),
        amount: Planck(tip.amount),
        // Without what would turn the text around it, or overlap it.
        memo: clean(&tip.memo, MAX_MEMO_CHARS, Lines::Many).unwrap_or_default(),
        at: rfc3339(tip.at),
    })))
}

/// Lists the settlements of all sessions of the person, the newest first.
#[utoipa::path(get, path = "/v1/me/receipts", tag = "money", params(PageQuery), responses(
    (status = 200, body = Page<PersonReceipt>), (status = 400, body = Problem), (status = 401, body = Problem),
))]
pub async fn list_my_receipts(
    State(catalogue): State<Arc<Catalogue>>,
    signed: SignedIn,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<PersonReceipt>>, ApiError> {
    let found = catalogue.index.receipts_of_viewer(&signed.account, &page.request()).await?;
    Ok(Json(views::page(found, |receipt: ReceiptRow| PersonReceipt {
        session: SessionRef(receipt.session),
        stream: StreamRef(receipt.stream),
        block: receipt.block,
        at: rfc3339(receipt.settled_at),
        ticks: receipt.ticks,
        paid: Planck(receipt.paid),
    })))
}

/// Which statement.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StatementQuery {
    /// The month: `2026-11`.
    month: String,
    /// IANA name of the time zone that decides where days begin; `UTC` if it is absent.
    tz: Option<String>,
}

/// Returns what the person earned on the days of a month. Needs the account's own key.
#[utoipa::path(get, path = "/v1/me/statement", tag = "money", params(StatementQuery), responses(
    (status = 200, body = Statement), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem),
))]
pub async fn get_statement(
    State(catalogue): State<Arc<Catalogue>>,
    State(profile): State<Arc<Profile>>,
    signed: SignedIn,
    Query(StatementQuery { month, tz }): Query<StatementQuery>,
) -> Result<Json<Statement>, ApiError> {
    signed.require_wallet()?;
    let zone = zone_of(tz.as_deref())?;
    let table = statement_of(&catalogue.index, &signed.account, &month, &zone).await?;
    let fiat = FiatRate::of(&profile.config.people);
    let in_fiat = |earned: u128, tips: u128| fiat.as_ref().map(|fiat| fiat.write(earned.saturating_add(tips)));
    let days = table.lines.into_iter().map(|line| StatementDay {
        fiat: in_fiat(line.earned, line.tips),
        day: line.day,
        seconds: line.seconds,
        earned: Planck(line.earned),
        tips: Planck(line.tips),
    });
    Ok(Json(Statement {
        month: table.month,
        tz: tz.unwrap_or_else(|| "UTC".into()),
        days: days.collect(),
        total_seconds: table.seconds,
        total_earned: Planck(table.earned),
        total_tips: Planck(table.tips),
        total_fiat: in_fiat(table.earned, table.tips),
        fiat_currency: fiat.as_ref().map(|fiat| fiat.currency.clone()),
    }))
}

/// Returns what the person earned on the days of a month as CSV. Needs the account's own key.
#[utoipa::path(get, path = "/v1/me/statement.csv", tag = "money", params(StatementQuery), responses(
    (status = 200, body = String, content_type = "text/csv"), (status = 400, body = Problem),
    (status = 401, body = Problem), (status = 403, body = Problem),
))]
pub async fn get_statement_csv(
    State(catalogue): State<Arc<Catalogue>>,
    State(profile): State<Arc<Profile>>,
    signed: SignedIn,
    Query(StatementQuery { month, tz }): Query<StatementQuery>,
) -> Result<Response, ApiError> {
    signed.require_wallet()?;
    let zone = zone_of(tz.as_deref())?;
    let table = statement_of(&catalogue.index, &signed.account, &month, &zone).await?;
    let csv = statement_csv(&table, FiatRate::of(&profile.config.people).as_ref())?;
    Ok(csv_file(&format!("statement-{month}.csv"), csv))
}

impl From<MoneyError> for ApiError {
    fn from(error: MoneyError) -> Self {
        match error {
            MoneyError::Zone(ZoneError::Range) | MoneyError::TooLong => Self::bad_request(error.to_string()),
            MoneyError::Zone(error) => Self::bad_request(format!("{error}.")),
            MoneyError::Query(error) => error.into(),
        }
    }
}

impl From<ZoneError> for ApiError {
    fn from(error: ZoneError) -> Self {
        MoneyError::from(error).into()
    }
}

impl From<TableError> for ApiError {
    fn from(error: TableError) -> Self {
        Self::internal(&error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> SpendingQuery {
        let uri = format!("/v1/me/spending?{text}").parse().unwrap();
        Query::<SpendingQuery>::try_from_uri(&uri).unwrap().0
    }

    #[test]
    fn range_without_a_beginning_is_a_month_or_a_year() {
        let asked = query("until=1767225600000");
        assert_eq!(asked.range(), 1_767_225_600_000 - DEFAULT_RANGE_MS..1_767_225_600_000);
        let asked = query("by=month&until=2026-01-01T00:00:00Z");
        assert_eq!(asked.range(), 1_767_225_600_000 - DEFAULT_MONTHS_MS..1_767_225_600_000);
        assert_eq!(query("since=5&until=9&by=creator").range(), 5..9);
    }

    #[test]
    fn odd_time_zones_are_refused_with_a_whole_sentence() {
        let problem = zone_of(Some("Mars/Olympus")).unwrap_err().to_problem();
        assert_eq!(problem.status, 400);
        assert!(problem.detail.ends_with('.') && problem.detail.contains("Mars/Olympus"), "{}", problem.detail);
        assert!(zone_of(None).is_ok());
    }

    #[test]
    fn tables_are_downloaded_and_not_kept_in_caches() {
        let response = csv_file("spending.csv", "a,b\r\n".into());
        let header = |name| response.headers().get(name).unwrap().to_str().unwrap();
        assert_eq!(header(header::CONTENT_TYPE), CSV);
        assert_eq!(header(header::CONTENT_DISPOSITION), "attachment; filename=\"spending.csv\"");
        assert_eq!(header(header::CACHE_CONTROL), "no-store");
    }
}
