//! Streams: one, or a page of them.

use super::{filter::Condition, viewers, StreamFilter};
use crate::{
    error::{QueryError, StoreError},
    metadata::Metadata,
    page::{page_of, List, PageRequest},
    rows::stream::StreamRow,
    sql::{self, amount, big, Fields, Table},
    store::Store,
    values::{Account, Planck, Time},
    views::{NextPrice, NextSplits, Page, Split, StreamState, StreamView},
};
use serde::Deserialize;
use sqlx::AnyConnection;
use std::collections::HashMap;
use tick_stream_primitives::{Balance, Splits, StreamId, StreamStatus};

/// Viewers of each stream at this moment. A stream that is not in it has none.
pub type ViewerCounts = HashMap<StreamId, u32>;

/// In which order.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StreamSort {
    /// The last created first.
    #[default]
    Newest,
    /// The cheapest first.
    PriceLowest,
    /// The dearest first.
    PriceHighest,
    /// The most watched first, then the newest.
    Viewers,
    /// Those that took in the most, tips included, first.
    Earned,
}

/// How an order looks in SQL.
struct Order {
    list: List,
    column: Option<&'static str>,
    is_descending: bool,
    key: fn(&StreamRow) -> Balance,
}

impl StreamSort {
    /// The order by a column of the table; by viewers there is none.
    fn order(self) -> Option<Order> {
        let order = |list, column, is_descending, key| Some(Order { list, column, is_descending, key });
        let price: fn(&StreamRow) -> Balance = |row| row.value.price_per_tick;
        match self {
            Self::Newest => order(List::StreamsNewest, None, true, |_| 0),
            Self::PriceLowest => order(List::StreamsPriceLowest, Some("price"), false, price),
            Self::PriceHighest => order(List::StreamsPriceHighest, Some("price"), true, price),
            Self::Earned => order(List::StreamsEarned, Some("earned"), true, |row| row.paid.saturating_add(row.tipped)),
            Self::Viewers => None,
        }
    }
}

impl Order {
    /// Only what comes behind `mark`.
    fn add_mark(&self, condition: &mut Condition, mark: Option<(Balance, StreamId)>) -> Result<(), StoreError> {
        let Some((key, id)) = mark else { return Ok(()) };
        let id = big("the stream", id)?;
        let sign = if self.is_descending { '<' } else { '>' };
        match self.column {
            Some(column) => condition.add(&format!("({column}, id) {sign} ($, $)"), [amount(key), id]),
            None => condition.add(&format!("id {sign} $"), [id]),
        }
        Ok(())
    }

    fn sql(&self) -> String {
        let direction = if self.is_descending { "DESC" } else { "ASC" };
        match self.column {
            Some(column) => format!("ORDER BY {column} {direction}, id {direction}"),
            None => format!("ORDER BY id {direction}"),
        }
    }
}

impl Store {
    /// One stream, whatever its status; nothing when the index has none of this number.
    pub async fn stream(&self, id: StreamId, viewers: u32) -> Result<Option<StreamView>, QueryError> {
        let Ok(key) = big("the stream", id) else { return Ok(None) };
        let rows = sql::load::<StreamRow>(&mut *self.read().await?, &[vec![key]]).await?;
        Ok(rows.into_iter().next().map(|row| view(row, viewers)))
    }

    /// A page of the streams that `filter` lets through. Their viewers, and the order by them, are the caller's: while
    /// counts change, a stream that moves over the edge of a page may be seen on both sides of it or on none.
    pub async fn streams(
        &self,
        filter: &StreamFilter,
        sort: StreamSort,
        viewers: &ViewerCounts,
        page: &PageRequest,
    ) -> Result<Page<StreamView>, QueryError> {
        let limit = page.checked_limit()?;
        let mut condition = filter.condition()?;
        let viewers_of = |id| viewers.get(&id).copied().unwrap_or(0);
        let Some(order) = sort.order() else {
            let mark = page.mark(List::StreamsViewers)?;
            let rows = viewers::rows(&mut *self.read().await?, &condition, viewers, mark, limit + 1).await?;
            let mark = |row: &StreamRow| (viewers_of(row.id), row.id);
            return Ok(page_of(List::StreamsViewers, limit, rows, mark, |row| {
                let viewers = viewers_of(row.id);
                view(row, viewers)
            }));
        };
        order.add_mark(&mut condition, page.mark(order.list)?)?;
        let rows = select(&mut *self.read().await?, &condition, &order.sql(), limit + 1).await?;
        Ok(page_of(
            order.list,
            limit,
            rows,
            |row| ((order.key)(row), row.id),
            |row| {
                let viewers = viewers_of(row.id);
                view(row, viewers)
            },
        ))
    }
}

/// Streams under a condition, in an order.
pub(super) async fn select(
    connection: &mut AnyConnection,
    condition: &Condition,
    order: &str,
    limit: usize,
) -> Result<Vec<StreamRow>, StoreError> {
    let columns = StreamRow::COLUMNS.join(", ");
    let sql = format!("SELECT {columns} FROM streams {} {order} LIMIT {limit}", condition.sql());
    let rows = sql::fetch_all(connection, "list streams", sql, condition.values.clone()).await?;
    rows.iter().map(|row| StreamRow::read(&Fields(row))).collect()
}

fn view(row: StreamRow, viewers: u32) -> StreamView {
    let StreamRow { id, value, .. } = row;
    let Metadata { title, description, category, tags, thumbnail } = Metadata::decode(&value.metadata);
    StreamView {
        id,
        creator: Account(value.creator),
        title,
        description,
        category,
        tags,
        thumbnail,
        price_per_tick: Planck(value.price_per_tick),
        next_price: value.next_price.map(|next| NextPrice { price_per_tick: Planck(next.value), from_block: next.at }),
        preview_ticks: value.preview_ticks,
        gateway_share_ppm: value.gateway_share.deconstruct(),
        splits: splits(&value.splits),
        next_splits: value.next_splits.map(|next| NextSplits { splits: splits(&next.value), from_block: next.at }),
        status: match value.status {
            StreamStatus::Live => StreamState::Live,
            StreamStatus::Offline => StreamState::Offline,
            StreamStatus::Ended => StreamState::Ended,
            StreamStatus::Suspended => StreamState::Suspended,
        },
        is_removed: row.is_removed,
        created_block: row.created_block,
        created_at: Time(row.created_at),
        updated_at: Time(row.updated_at),
        viewers,
        open_sessions: row.open_sessions,
        sessions: row.sessions,
        ticks: row.ticks,
        paid: Planck(row.paid),
        tipped: Planck(row.tipped),
    }
}

fn splits(splits: &Splits) -> Vec<Split> {
    splits
        .iter()
        .map(|(account, share)| Split { account: Account(account.clone()), share_ppm: share.deconstruct() })
        .collect()
}
