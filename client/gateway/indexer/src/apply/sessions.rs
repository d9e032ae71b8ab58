//! What facts about sessions do to sessions, their viewers, streams and gateways.

use super::{anomaly::Anomaly, shares::Settled, working::Working};
use crate::{
    facts::Fact,
    rows::{
        log::{ReceiptRow, When},
        session::SessionRow,
    },
};
use sp_runtime::Permill;
use tick_stream_primitives::{AccountId, Balance, SessionId, StreamId};

/// The sums a session closed with.
struct Closed {
    settled_ticks: u32,
    paid: Balance,
    refunded: Balance,
}

impl Working {
    pub(super) fn apply_session(&mut self, when: When, fact: &Fact) {
        match fact {
            Fact::SessionOpened { .. } => {
                if let Some(session) = self.opened(when, fact) {
                    self.open_session(session, when);
                }
            }
            Fact::TicksSettled { session, stream, ticks, settled_ticks, paid } => {
                let receipt =
                    ReceiptRow { when, session: *session, ticks: *ticks, settled_ticks: *settled_ticks, paid: *paid };
                self.settle_session(*stream, receipt);
            }
            Fact::SessionClosing { session, until } => {
                if let Some(row) = self.open(session, when) {
                    row.closing_until = Some(*until);
                }
            }
            Fact::SessionClosed { session, settled_ticks, paid, refunded } => {
                let closed = Closed { settled_ticks: *settled_ticks, paid: *paid, refunded: *refunded };
                self.close_session(session, &closed, when);
            }
            _ => {}
        }
    }

    fn opened(&self, when: When, fact: &Fact) -> Option<SessionRow> {
        let Fact::SessionOpened { session, viewer, stream, gateway, nonce, price_per_tick, max_ticks, opened_at, fee } =
            fact
        else {
            return None;
        };
        let gateway_share = self.streams.get(stream).map_or(Permill::zero(), |row| row.value.gateway_share);
        Some(SessionRow {
            id: *session,
            seq: when.seq,
            viewer: viewer.clone(),
            stream: *stream,
            gateway: gateway.clone(),
            nonce: *nonce,
            price_per_tick: *price_per_tick,
            max_ticks: *max_ticks,
            gateway_share,
            fee: *fee,
            settled_ticks: 0,
            paid: 0,
            refunded: None,
            opened_block: when.block,
            opened_at: *opened_at,
            closing_until: None,
            closed_block: None,
            closed_at: None,
        })
    }

    fn open_session(&mut self, session: SessionRow, when: When) {
        if self.sessions.contains_key(&session.id) {
            self.anomalies.push(Anomaly::SessionOpenedTwice { block: when.block, session: session.id });
            return;
        }
        let viewer = self.account(&session.viewer);
        let cost = session.reserve().saturating_add(session.fee);
        viewer.free = viewer.free.map(|free| free.saturating_sub(cost));
        viewer.reserved = viewer.reserved.saturating_add(session.reserve());
        viewer.fees = viewer.fees.saturating_add(session.fee);
        viewer.sessions += 1;
        self.chain.totals.sessions += 1;
        if let Some(stream) = self.stream(session.stream, when) {
            stream.sessions += 1;
        }
        self.gateway(&session.gateway, when).sessions += 1;
        self.count_open(&session.viewer, session.stream, &session.gateway, when, |open| open + 1);
        self.sessions.insert(session.id, session);
    }

    fn settle_session(&mut self, stream: StreamId, receipt: ReceiptRow) {
        let when = receipt.when;
        if let Some(row) = self.stream(stream, when) {
            row.ticks = row.ticks.saturating_add(receipt.ticks.into());
            row.paid = row.paid.saturating_add(receipt.paid);
        }
        let Some(row) = self.open(&receipt.session, when) else { return };
        row.settled_ticks = receipt.settled_ticks;
        row.paid = row.paid.saturating_add(receipt.paid);
        let settled =
            Settled { stream, gateway: row.gateway.clone(), gateway_share: row.gateway_share, paid: receipt.paid };
        let viewer = row.viewer.clone();
        let viewer = self.account(&viewer);
        viewer.spent = viewer.spent.saturating_add(receipt.paid);
        self.settled.push(settled);
        self.receipts.push(receipt);
    }

    fn close_session(&mut self, id: &SessionId, closed: &Closed, when: When) {
        let Some(row) = self.open(id, when) else { return };
        let has_other_sums = row.settled_ticks != closed.settled_ticks || row.paid != closed.paid;
        row.settled_ticks = closed.settled_ticks;
        row.paid = closed.paid;
        row.refunded = Some(closed.refunded);
        row.closing_until = None;
        row.closed_block = Some(when.block);
        row.closed_at = Some(when.time_ms);
        let (reserve, viewer, stream, gateway) = (row.reserve(), row.viewer.clone(), row.stream, row.gateway.clone());
        if has_other_sums {
            self.anomalies.push(Anomaly::SessionSumsDiffer { block: when.block, session: *id });
        }
        let account = self.account(&viewer);
        account.free = account.free.map(|free| free.saturating_add(closed.refunded));
        account.reserved = account.reserved.saturating_sub(reserve);
        self.count_open(&viewer, stream, &gateway, when, |open| open.saturating_sub(1));
    }

    /// Changes the number of open sessions wherever it is kept.
    fn count_open(
        &mut self,
        viewer: &AccountId,
        stream: StreamId,
        gateway: &AccountId,
        when: When,
        change: fn(u64) -> u64,
    ) {
        let account = self.account(viewer);
        account.open_sessions = change(account.open_sessions);
        let gateway = self.gateway(gateway, when);
        gateway.open_sessions = change(gateway.open_sessions);
        if let Some(row) = self.streams.get_mut(&stream) {
            row.open_sessions = change(row.open_sessions);
        }
        self.chain.totals.open_sessions = change(self.chain.totals.open_sessions);
    }

    /// The row of a session that is open, or a note that it is not.
    fn open(&mut self, id: &SessionId, when: When) -> Option<&mut SessionRow> {
        let row = self.sessions.get_mut(id).filter(|row| row.closed_block.is_none());
        if row.is_none() {
            self.anomalies.push(Anomaly::SessionNotOpen { block: when.block, session: *id });
        }
        row
    }
}
