//! Rows on their way to the chain.

use std::collections::BTreeMap;
use tick_stream_primitives::{Balance, CloseRow, SessionId, SignedTicket, StreamId};
use vilokanam_paywall::{ClaimFees, DueClaim};

/// Rows of one submission.
#[derive(Default)]
pub struct Rows {
    pub opens: Vec<SignedTicket>,
    pub claims: Vec<DueClaim>,
    pub closes: Vec<(SessionId, CloseRow)>,
}

impl Rows {
    pub fn is_empty(&self) -> bool {
        self.opens.is_empty() && self.claims.is_empty() && self.closes.is_empty()
    }

    /// Takes out the claims of running sessions that do not earn the fee that the claims of their stream share. They may wait
    /// for more ticks and more sessions. A last claim is settled in any case, and the others of its stream with it.
    pub fn take_unprofitable(&mut self, fees: &ClaimFees) -> Vec<DueClaim> {
        let mut surpluses = BTreeMap::<StreamId, Balance>::new();
        for due in &self.claims {
            let ticks = due.claim.as_ref().map_or(0, |claim| claim.ticks.saturating_sub(claim.from));
            let surplus = if due.is_last { fees.group } else { due.income.saturating_sub(fees.of(ticks)) };
            let sum = surpluses.entry(due.stream).or_default();
            *sum = sum.saturating_add(surplus);
        }
        let is_paid = |due: &DueClaim| surpluses.get(&due.stream).is_some_and(|surplus| *surplus >= fees.group);
        let (paid, unprofitable) = std::mem::take(&mut self.claims).into_iter().partition(is_paid);
        self.claims = paid;
        unprofitable
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tick_stream_primitives::Claim;
    use vilokanam_paywall::DueReason;

    const FEES: ClaimFees = ClaimFees { claim: 100, step: 1, group: 1_000 };

    fn due(session: u8, stream: StreamId, income: Balance, is_last: bool) -> DueClaim {
        let session = SessionId([session; 16]);
        let claim = Some(Claim { session, from: 0, ticks: 60, proof: [7; 32] });
        DueClaim { session, stream, claim, close: false, reason: DueReason::NotIncluded, income, is_last }
    }

    /// The streams whose claims are taken out.
    fn unprofitable(claims: Vec<DueClaim>) -> Vec<StreamId> {
        let mut rows = Rows { claims, ..Rows::default() };
        rows.take_unprofitable(&FEES).into_iter().map(|due| due.stream).collect()
    }

    #[test]
    fn lone_session_of_a_cheap_stream_costs_no_batch() {
        // Each claim costs 160 and earns 200: it pays for itself, and not for its group.
        assert_eq!(unprofitable(vec![due(1, 1, 200, false), due(2, 2, 1_159, false)]), [1, 2]);
        assert!(unprofitable(vec![due(1, 1, 1_160, false)]).is_empty());
    }

    #[test]
    fn sessions_of_a_stream_pay_for_its_group_together() {
        let crowd = |sessions| (0..sessions).map(|session| due(session, 1, 200, false)).collect::<Vec<_>>();
        assert_eq!(unprofitable(crowd(24)).len(), 24);
        assert!(unprofitable(crowd(25)).is_empty());
    }

    #[test]
    fn last_claim_is_settled_whatever_it_earns() {
        assert!(unprofitable(vec![due(1, 1, 0, true), due(2, 1, 200, false)]).is_empty());
    }
}
