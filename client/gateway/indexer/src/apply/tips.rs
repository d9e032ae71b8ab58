//! Keeping tips.

use super::{place::Place, unit_of_work::UnitOfWork};
use crate::rows::tip::{memo_text, TipRow};
use tick_stream_primitives::{AccountId, Balance, StreamId};

/// A tip, as reported.
pub(super) struct Gift<'a> {
    pub giver: &'a AccountId,
    pub amount: Balance,
    pub memo: &'a [u8],
}

impl UnitOfWork {
    /// Keeps a tip. One to a stream that the index does not have is left out, as [`UnitOfWork::share_tip`] has noted.
    pub(super) fn keep_tip(&mut self, stream: StreamId, gift: Gift<'_>, place: Place) {
        let Some(row) = self.streams.get(&stream) else { return };
        self.tips.push(TipRow {
            seq: place.seq,
            stream,
            creator: row.value.creator.clone(),
            giver: gift.giver.clone(),
            amount: gift.amount,
            memo: memo_text(gift.memo),
            block: place.block,
            at: place.time,
        });
    }
}
