//! Orders of results by columns of the index.

use crate::schema::columns;
use std::{collections::HashMap, sync::Arc};
use tantivy::{
    collector::{sort_key::NaturalComparator, SegmentSortKeyComputer, SortKeyComputer},
    columnar::Column,
    DocId, Score, SegmentReader,
};

/// Order by a column. Of equal documents, the newest comes first.
#[derive(Clone, Debug)]
pub(crate) enum Order {
    /// The greatest first.
    Descending(&'static str),
    /// The least first; what has no value comes last.
    Ascending(&'static str),
    /// The most viewers first, by stream.
    Viewers(Arc<HashMap<u64, u32>>),
}

/// Sort key: the greatest comes first.
type SortKey = (u64, u64);

/// Order within one segment.
pub(crate) struct SegmentOrder {
    order: Order,
    column: Option<Column<u64>>,
    at: Option<Column<u64>>,
}

impl SortKeyComputer for Order {
    type SortKey = SortKey;
    type Child = SegmentOrder;
    type Comparator = NaturalComparator;

    fn segment_sort_key_computer(&self, segment: &SegmentReader) -> tantivy::Result<SegmentOrder> {
        let name = match self {
            Self::Descending(name) | Self::Ascending(name) => name,
            Self::Viewers(_) => columns::LIVE,
        };
        let fast = segment.fast_fields();
        // A segment whose documents have no value has no column.
        let (column, at) = (fast.column_opt::<u64>(name)?, fast.column_opt::<u64>(columns::AT)?);
        Ok(SegmentOrder { order: self.clone(), column, at })
    }
}

impl SegmentSortKeyComputer for SegmentOrder {
    type SortKey = SortKey;
    type SegmentSortKey = SortKey;
    type SegmentComparator = NaturalComparator;

    fn segment_sort_key(&mut self, doc: DocId, _: Score) -> SortKey {
        let first = |column: &Option<Column<u64>>| column.as_ref().and_then(|column| column.first(doc));
        let value = first(&self.column);
        let key = match &self.order {
            Order::Descending(_) => value.unwrap_or(0),
            Order::Ascending(_) => value.map_or(0, |value| u64::MAX - value),
            Order::Viewers(viewers) => value.and_then(|stream| viewers.get(&stream)).copied().unwrap_or(0).into(),
        };
        (key, first(&self.at).unwrap_or(0))
    }

    fn convert_segment_sort_key(&self, key: SortKey) -> SortKey {
        key
    }
}
