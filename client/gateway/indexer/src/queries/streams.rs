//! Streams.

use super::{
    by_viewers::{select_by_viewers, ViewerCounts},
    condition::Condition,
    filter::StreamFilter,
    select::select,
};
use crate::{
    error::{QueryError, StoreError},
    page::{page_of, List, Page, PageRequest},
    rows::stream::StreamRow,
    sql::{self, amount, big},
    store::Store,
};
use tick_stream_primitives::{Balance, StreamId};

/// Order of a list of streams.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum StreamSort {
    /// The newest first.
    #[default]
    Newest,
    /// The lowest price first.
    PriceLowest,
    /// The highest price first.
    PriceHighest,
    /// The most viewers first, then the newest.
    Viewers,
    /// The highest income first, tips included.
    Earned,
}

/// An order by a column of the table.
struct Order {
    list: List,
    /// `None` for the id, which every order ends with.
    column: Option<&'static str>,
    is_descending: bool,
    key: fn(&StreamRow) -> Balance,
}

impl StreamSort {
    /// Returns the order by a column; `None` for the order by viewers.
    fn order(self) -> Option<Order> {
        let order = |list, column, is_descending, key| Some(Order { list, column, is_descending, key });
        let price: fn(&StreamRow) -> Balance = |row| row.value.price_per_tick;
        match self {
            Self::Newest => order(List::StreamsNewest, None, true, |_| 0),
            Self::PriceLowest => order(List::StreamsPriceLowest, Some("price"), false, price),
            Self::PriceHighest => order(List::StreamsPriceHighest, Some("price"), true, price),
            Self::Earned => order(List::StreamsEarned, Some("earned"), true, |row| {
                row.totals.paid.saturating_add(row.totals.tipped)
            }),
            Self::Viewers => None,
        }
    }
}

impl Order {
    /// Requires that a stream comes behind `mark`.
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
    /// Returns a stream of any status, or `None` if the index does not have it.
    pub async fn stream(&self, id: StreamId) -> Result<Option<StreamRow>, QueryError> {
        let Ok(key) = big("the stream", id) else { return Ok(None) };
        let rows = sql::load::<StreamRow>(&mut *self.read().await?, &[vec![key]]).await?;
        Ok(rows.into_iter().next())
    }

    /// Returns a page of the streams that match `filter`.
    ///
    /// `viewers` is only used by [`StreamSort::Viewers`]. While the counts change between two pages, a stream may appear on
    /// both of them or on neither.
    ///
    /// # Errors
    ///
    /// Fails if the filter, the limit or the cursor is not valid, and if the database fails.
    pub async fn streams(
        &self,
        filter: &StreamFilter,
        sort: StreamSort,
        viewers: &ViewerCounts,
        page: &PageRequest,
    ) -> Result<Page<StreamRow>, QueryError> {
        let limit = page.checked_limit()?;
        let mut condition = filter.condition()?;
        let Some(order) = sort.order() else {
            let mark = page.mark(List::StreamsViewers)?;
            let mut connection = self.read().await?;
            let rows = select_by_viewers(&mut connection, &condition, viewers, mark, limit + 1).await?;
            let mark = |row: &StreamRow| (viewers.get(&row.id).copied().unwrap_or(0), row.id);
            return Ok(page_of(List::StreamsViewers, limit, rows, mark));
        };
        order.add_mark(&mut condition, page.mark(order.list)?)?;
        let rows = select(&mut *self.read().await?, &condition, &order.sql(), limit + 1).await?;
        Ok(page_of(order.list, limit, rows, |row| ((order.key)(row), row.id)))
    }
}
