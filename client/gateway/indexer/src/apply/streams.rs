//! Applying events about streams.

use super::{place::Place, unit_of_work::UnitOfWork};
use crate::rows::stream::StreamRow;
use sp_runtime::Permill;
use tick_stream_primitives::{AccountId, Balance, BlockNumber, Splits, Stream, StreamId, StreamStatus, Totals};

/// What the creation of a stream reports.
pub(super) struct Created<'a> {
    pub creator: &'a AccountId,
    pub price_per_tick: Balance,
    pub gateway_share: Permill,
}

impl UnitOfWork {
    /// Applies announced changes whose block has come. The chain deposits no event for this.
    pub(super) fn apply_announcements(&mut self, block: BlockNumber) {
        let due = self.streams.values_mut().filter(|row| row.next_change().is_some_and(|at| at <= block));
        for row in due {
            row.value = row.value.clone().settled_at(block);
        }
    }

    /// Adds a stream with what its creation reports. Metadata, splits and preview come with the update that follows.
    pub(super) fn create_stream(&mut self, id: StreamId, value: Created<'_>, place: Place) {
        let value = Stream {
            creator: value.creator.clone(),
            price_per_tick: value.price_per_tick,
            next_price: None,
            preview_ticks: 0,
            gateway_share: value.gateway_share,
            splits: Splits::default(),
            next_splits: None,
            metadata: Default::default(),
            status: StreamStatus::Offline,
            open_sessions: 0,
            deposit: 0,
            totals: Totals::default(),
        };
        self.put_stream(id, value, place);
    }

    pub(super) fn put_stream(&mut self, id: StreamId, value: Stream, place: Place) {
        let value = value.settled_at(place.block);
        match self.streams.get_mut(&id) {
            Some(row) => row.value = value,
            None => drop(self.streams.insert(id, StreamRow { id, value, totals: Totals::default() })),
        }
    }

    pub(super) fn set_status(&mut self, id: StreamId, status: StreamStatus, place: Place) {
        if let Some(row) = self.stream(id, place) {
            row.value.status = status;
        }
    }
}
