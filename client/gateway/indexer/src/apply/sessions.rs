//! Applying events about sessions.

use super::{
    anomaly::Anomaly,
    place::Place,
    unit_of_work::{Settled, UnitOfWork},
};
use crate::rows::session::{ReceiptRow, SessionRow};
use sp_runtime::Permill;
use tick_stream_primitives::{Balance, BlockNumber, SessionId, StreamId, TickEvent};

/// Sums that a session was closed with.
pub(super) struct Closed {
    pub settled_ticks: u32,
    pub paid: Balance,
    pub refunded: Balance,
}

/// What a [`TickEvent::TicksSettled`] reports.
pub(super) struct Settlement {
    pub session: SessionId,
    pub stream: StreamId,
    pub ticks: u32,
    /// Ticks settled in all.
    pub settled_ticks: u32,
    pub paid: Balance,
}

impl UnitOfWork {
    /// Applies a [`TickEvent::SessionOpened`].
    pub(super) fn open_session(&mut self, event: &TickEvent, place: Place) {
        let TickEvent::SessionOpened {
            session,
            viewer,
            session_key,
            stream,
            gateway,
            price_per_tick,
            max_ticks,
            opened_at,
            ..
        } = event
        else {
            return;
        };
        if self.sessions.contains_key(session) {
            self.anomalies.push(Anomaly::SessionOpenedTwice { block: place.block, session: *session });
            return;
        }
        let gateway_share = self.stream(*stream, place).map_or(Permill::zero(), |row| row.value.gateway_share);
        let row = SessionRow {
            id: *session,
            seq: place.seq,
            viewer: viewer.clone(),
            session_key: Some(session_key).filter(|key| *key != viewer).cloned(),
            stream: *stream,
            gateway: gateway.clone(),
            price_per_tick: *price_per_tick,
            max_ticks: *max_ticks,
            gateway_share,
            settled_ticks: 0,
            paid: 0,
            refunded: None,
            opened_at: *opened_at,
            closing_until: None,
            closed_at: None,
        };
        self.sessions.insert(*session, row);
    }

    /// Applies a [`TickEvent::TicksSettled`]: adds to the sums and keeps a receipt.
    pub(super) fn settle_session(&mut self, settlement: &Settlement, place: Place) {
        let &Settlement { session, stream, ticks, settled_ticks, paid } = settlement;
        if let Some(row) = self.stream(stream, place) {
            row.totals.ticks = row.totals.ticks.saturating_add(ticks.into());
            row.totals.paid = row.totals.paid.saturating_add(paid);
        }
        let Some(row) = self.open_row(&session, place) else { return };
        row.settled_ticks = settled_ticks;
        row.paid = row.paid.saturating_add(paid);
        let viewer = row.viewer.clone();
        let settled = Settled { stream, gateway: row.gateway.clone(), gateway_share: row.gateway_share, paid };
        self.settled.push(settled);
        let (seq, block, settled_at) = (place.seq, place.block, place.time);
        self.receipts.push(ReceiptRow { seq, session, viewer, stream, block, settled_at, ticks, paid });
    }

    pub(super) fn close_from(&mut self, id: &SessionId, until: BlockNumber, place: Place) {
        if let Some(row) = self.open_row(id, place) {
            row.closing_until = Some(until);
        }
    }

    pub(super) fn close_session(&mut self, id: &SessionId, closed: &Closed, place: Place) {
        let Some(row) = self.open_row(id, place) else { return };
        let has_other_sums = row.settled_ticks != closed.settled_ticks || row.paid != closed.paid;
        row.settled_ticks = closed.settled_ticks;
        row.paid = closed.paid;
        row.refunded = Some(closed.refunded);
        row.closing_until = None;
        row.closed_at = Some(place.time);
        if has_other_sums {
            self.anomalies.push(Anomaly::SessionSumsDiffer { block: place.block, session: *id });
        }
    }

    /// Returns the row of an open session; notes an anomaly if there is none.
    fn open_row(&mut self, id: &SessionId, place: Place) -> Option<&mut SessionRow> {
        let row = self.sessions.get_mut(id).filter(|row| row.closed_at.is_none());
        if row.is_none() {
            self.anomalies.push(Anomaly::SessionNotOpen { block: place.block, session: *id });
        }
        row
    }
}
