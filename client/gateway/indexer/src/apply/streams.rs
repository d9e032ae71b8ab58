//! What facts about streams do to their rows.

use super::working::Working;
use crate::{
    facts::Fact,
    rows::{log::When, stream::StreamRow},
};
use sp_runtime::Permill;
use tick_stream_primitives::{AccountId, Balance, BlockNumber, Moment, Splits, Stream, StreamId, StreamStatus, Totals};

impl Working {
    pub(super) fn apply_stream(&mut self, when: When, fact: &Fact) {
        match fact {
            Fact::StreamCreated { stream, creator, price_per_tick, gateway_share } => {
                self.put_stream(*stream, created(creator, *price_per_tick, *gateway_share), when);
            }
            Fact::StreamUpdated { stream, value } => self.put_stream(*stream, value.clone(), when),
            Fact::StreamStatusChanged { stream, status } => self.set_status(*stream, *status, when),
            Fact::StreamEnded { stream } => self.set_status(*stream, StreamStatus::Ended, when),
            Fact::StreamRemoved { stream } => {
                if let Some(row) = self.stream(*stream, when) {
                    row.is_removed = true;
                    row.updated_at = when.time_ms;
                }
            }
            _ => {}
        }
    }

    /// Announcements whose block has come take effect, as they do on chain: no event says so.
    pub(super) fn apply_announcements(&mut self, block: BlockNumber, time_ms: Moment) {
        let due = self.streams.values_mut().filter(|row| row.next_change().is_some_and(|at| at <= block));
        for row in due {
            row.value = row.value.clone().settled_at(block);
            row.updated_at = time_ms;
        }
    }

    fn put_stream(&mut self, id: StreamId, value: Stream, when: When) {
        let value = value.settled_at(when.block);
        let new = || StreamRow {
            id,
            value: value.clone(),
            is_removed: false,
            created_block: when.block,
            created_at: when.time_ms,
            updated_at: when.time_ms,
            sessions: 0,
            open_sessions: 0,
            ticks: 0,
            paid: 0,
            tipped: 0,
        };
        let row = self.streams.entry(id).or_insert_with(new);
        row.value = value.clone();
        row.updated_at = when.time_ms;
    }

    fn set_status(&mut self, id: StreamId, status: StreamStatus, when: When) {
        if let Some(row) = self.stream(id, when) {
            row.value.status = status;
            row.updated_at = when.time_ms;
        }
    }
}

/// A stream of which only its creation is known.
fn created(creator: &AccountId, price_per_tick: Balance, gateway_share: Permill) -> Stream {
    Stream {
        creator: creator.clone(),
        price_per_tick,
        next_price: None,
        preview_ticks: 0,
        gateway_share,
        splits: Splits::default(),
        next_splits: None,
        metadata: Default::default(),
        status: StreamStatus::Offline,
        open_sessions: 0,
        deposit: 0,
        totals: Totals::default(),
    }
}
