//! Applying blocks event by event: each event goes to the method for its kind.

use super::{
    earnings::Income,
    place::Place,
    sessions::{Closed, Settlement},
    streams::Created,
    tips::Gift,
    unit_of_work::UnitOfWork,
};
use crate::{
    block::{BlockFacts, Cursor},
    rows::block::BlockRow,
};
use tick_stream_primitives::{StreamStatus, TickEvent};

impl UnitOfWork {
    /// Applies one block. The caller has checked that it is the next one.
    pub(super) fn apply_block(&mut self, block: &BlockFacts) {
        let BlockFacts { number, hash, time_ms, .. } = *block;
        self.apply_announcements(number);
        self.settled.clear();
        let first_seq = i64::from(number) << 20;
        for (seq, event) in (first_seq..).zip(&block.events) {
            self.apply_event(Place { seq, block: number, time: time_ms }, event);
        }
        self.chain.cursor = Some(Cursor { number, hash });
        self.blocks.push(BlockRow { block: number, hash });
    }

    fn apply_event(&mut self, place: Place, event: &TickEvent) {
        match event {
            TickEvent::StreamCreated { stream, creator, price_per_tick, gateway_share } => {
                let created = Created { creator, price_per_tick: *price_per_tick, gateway_share: *gateway_share };
                self.create_stream(*stream, created, place);
            }
            TickEvent::StreamUpdated { stream, value } => self.put_stream(*stream, (**value).clone(), place),
            TickEvent::StreamStatusChanged { stream, status } => self.set_status(*stream, *status, place),
            TickEvent::StreamEnded { stream } => self.set_status(*stream, StreamStatus::Ended, place),
            TickEvent::TicksSettled { session, stream, ticks, settled_ticks, paid } => {
                let settled = Settlement {
                    session: *session,
                    stream: *stream,
                    ticks: *ticks,
                    settled_ticks: *settled_ticks,
                    paid: *paid,
                };
                self.settle_session(&settled, place);
            }
            TickEvent::IncomeShared {
                stream,
                gateway,
                ticks,
                protocol,
                submitter,
                gateway_part,
                splits,
                creator,
                ..
            } => {
                let income = Income {
                    stream: *stream,
                    gateway,
                    ticks: *ticks,
                    protocol: *protocol,
                    submitter: *submitter,
                    gateway_part: *gateway_part,
                    splits: *splits,
                    creator: *creator,
                };
                self.share_income(&income, place);
            }
            TickEvent::Tipped { stream, from, amount, memo } => {
                self.share_tip(*stream, *amount, place);
                self.keep_tip(*stream, Gift { giver: from, amount: *amount, memo }, place);
            }
            TickEvent::SessionClosing { session, until, .. } => self.close_from(session, *until, place),
            TickEvent::SessionClosed {
                session, settled_ticks, paid, refunded, fee, reward, remover, gateway, ..
            } => {
                self.earn_fee(gateway, fee.saturating_sub(*reward), place);
                self.earn_fee(remover, *reward, place);
                let closed = Closed { settled_ticks: *settled_ticks, paid: *paid, refunded: *refunded };
                self.close_session(session, &closed, place);
            }
            TickEvent::ProtocolFeeSet { fee } => self.chain.protocol_fee = *fee,
            TickEvent::SessionOpened { .. } => self.open_session(event, place),
            // The index has nothing about deposits, session keys, payouts, swept earnings, gateways and single rows of
            // batches. An ended stream stays.
            _ => {}
        }
    }
}
