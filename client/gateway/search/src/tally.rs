//! Totals and facets of all results, counted in the pass that finds the best ones.

use crate::{
    analysis::fold,
    query::{Facet, Facets, MAX_FACET_VALUES},
    schema::columns,
};
use std::collections::HashMap;
use tantivy::{
    collector::{Collector, SegmentCollector},
    columnar::StrColumn,
    DocId, Score, SegmentOrdinal, SegmentReader,
};

/// Columns that are counted.
const COUNTED: [&str; 3] = [columns::KIND, columns::CATEGORY, columns::LANGUAGE];

/// Collector of totals and facets.
pub(crate) struct Tally;

/// What was counted.
#[derive(Clone, Default, Debug)]
pub(crate) struct Counts {
    pub total: u64,
    /// Numbers of documents by value, for each of [`COUNTED`].
    values: [HashMap<String, u64>; 3],
}

/// Counts of one segment.
pub(crate) struct SegmentTally {
    total: u64,
    columns: [Option<ColumnTally>; 3],
}

struct ColumnTally {
    column: StrColumn,
    /// Numbers of documents by the number of the value.
    counts: Vec<u64>,
}

impl Collector for Tally {
    type Fruit = Counts;
    type Child = SegmentTally;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<SegmentTally> {
        let mut columns = [None, None, None];
        for (tally, name) in columns.iter_mut().zip(COUNTED) {
            let column = segment.fast_fields().str(name)?;
            *tally = column.map(|column| ColumnTally { counts: vec![0; column.num_terms()], column });
        }
        Ok(SegmentTally { total: 0, columns })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, parts: Vec<Counts>) -> tantivy::Result<Counts> {
        let mut all = Counts::default();
        for part in parts {
            all.total += part.total;
            for (sums, counts) in all.values.iter_mut().zip(part.values) {
                for (value, count) in counts {
                    *sums.entry(value).or_default() += count;
                }
            }
        }
        Ok(all)
    }
}

impl SegmentCollector for SegmentTally {
    type Fruit = Counts;

    fn collect(&mut self, doc: DocId, _: Score) {
        self.total += 1;
        for tally in self.columns.iter_mut().flatten() {
            let ord = tally.column.ords().first(doc).and_then(|ord| usize::try_from(ord).ok());
            if let Some(count) = ord.and_then(|ord| tally.counts.get_mut(ord)) {
                *count += 1;
            }
        }
    }

    fn harvest(self) -> Counts {
        Counts {
            total: self.total,
            values: self.columns.map(|tally| tally.map(ColumnTally::named).unwrap_or_default()),
        }
    }
}

impl ColumnTally {
    /// Returns the counts by value. A value that cannot be read is left out.
    fn named(self) -> HashMap<String, u64> {
        let mut named = HashMap::new();
        for (ord, count) in (0..).zip(self.counts).filter(|(_, count)| *count > 0) {
            let mut value = String::new();
            if matches!(self.column.ord_to_str(ord, &mut value), Ok(true)) {
                named.insert(value, count);
            }
        }
        named
    }
}

impl Counts {
    /// Returns the facets, the most frequent values first.
    pub fn facets(self) -> Facets {
        let [kind, category, language] = self.values;
        Facets { kind: facet(kind), category: facet(joined(category)), language: facet(language) }
    }
}

/// Joins values that differ in case or accents only; the most frequent way of writing stays.
fn joined(values: HashMap<String, u64>) -> HashMap<String, u64> {
    let mut by_key: HashMap<String, (String, u64, u64)> = HashMap::new();
    for (value, count) in values {
        let (written, most, sum) = by_key.entry(fold(&value)).or_default();
        *sum += count;
        if (count, value.as_str()) > (*most, written.as_str()) {
            (*written, *most) = (value, count);
        }
    }
    by_key.into_values().map(|(written, _, sum)| (written, sum)).collect()
}

fn facet(values: HashMap<String, u64>) -> Vec<Facet> {
    let mut facet: Vec<Facet> = values.into_iter().map(|(value, count)| Facet { value, count }).collect();
    facet.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
    facet.truncate(MAX_FACET_VALUES);
    facet
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_category_are_counted_as_one() {
        let values = [("Music", 3), ("music", 2), ("Müsic", 1), ("Chess", 5)].map(|(value, n)| (value.to_owned(), n));
        let facet = facet(joined(values.into()));
        let facet: Vec<_> = facet.iter().map(|facet| (facet.value.as_str(), facet.count)).collect();
        assert_eq!(facet, [("Music", 6), ("Chess", 5)]);
    }

    #[test]
    fn facets_have_the_most_frequent_values() {
        let values = (0..100).map(|n| (format!("{n:03}"), n)).collect();
        let facet = facet(values);
        assert_eq!((facet.len(), facet[0].count, facet[19].count), (MAX_FACET_VALUES, 99, 80));
    }
}
