//! Claims into batches that a block can carry.

use tick_stream_primitives::{
    batch::bounded, limits::MAX_BATCH_GROUPS, AccountId, Batch, Claim, ClaimGroup, Session, SessionId, StreamId,
    TickHasher,
};
use vilokanam_chain::ClaimRow;

/// The most hash steps of one claim: a longer one is split.
const MAX_CLAIM_STEPS: u32 = 16_384;
/// The most hash steps of one batch: far below the protocol's limit, so that any block takes it.
const MAX_STEPS: u32 = 32_768;
/// The most claims of one batch, for the same reason.
const MAX_CLAIMS: usize = 256;

/// A claim with what the chain knows of its session.
#[derive(Clone, Debug)]
pub struct Due {
    /// What was watched.
    pub stream: StreamId,
    /// Through whom.
    pub gateway: AccountId,
    /// What is settled already.
    pub from: u32,
    /// What is claimed.
    pub row: ClaimRow,
}

impl Due {
    /// A claim that has something new; nothing when it has not.
    pub fn new(row: ClaimRow, session: &Session) -> Option<Self> {
        let is_news = row.ticks > session.settled_ticks;
        let (stream, gateway) = (session.stream, session.gateway.clone());
        is_news.then_some(Self { stream, gateway, from: session.settled_ticks, row })
    }

    /// The claim in pieces, the lowest first. Lower proofs derive from higher ones.
    fn pieces(&self) -> Vec<Claim> {
        let ClaimRow { session, ticks, proof } = self.row.clone();
        let mut hasher = TickHasher::new(&session);
        let (mut pieces, mut top, mut proof) = (Vec::new(), ticks, proof);
        while top > self.from {
            let bottom = top.saturating_sub(MAX_CLAIM_STEPS).max(self.from);
            pieces.push(Claim { session, from: bottom, ticks: top, proof });
            if bottom > self.from {
                proof = hasher.walk(&proof, top - bottom);
            }
            top = bottom;
        }
        pieces.reverse();
        pieces
    }
}

/// All claims, in batches to be sent in this order.
pub fn batches(mut due: Vec<Due>) -> Vec<Batch> {
    due.sort_by(|one, other| (one.stream, &one.gateway).cmp(&(other.stream, &other.gateway)));
    let mut packer = Packer::default();
    for due in due {
        for claim in due.pieces() {
            packer.add(due.stream, &due.gateway, claim);
        }
    }
    packer.finish()
}

/// The claims of each batch, in their order; for telling which row is whose.
pub fn sessions(batch: &Batch) -> Vec<SessionId> {
    batch.groups.iter().flat_map(|group| group.claims.iter().map(|claim| claim.session)).collect()
}

#[derive(Default)]
struct Packer {
    done: Vec<Batch>,
    groups: Vec<(StreamId, AccountId, Vec<Claim>)>,
    claims: usize,
    steps: u32,
}

impl Packer {
    fn add(&mut self, stream: StreamId, gateway: &AccountId, claim: Claim) {
        let is_same = self.groups.last().is_some_and(|(known, by, _)| *known == stream && by == gateway);
        let is_full = self.claims >= MAX_CLAIMS
            || self.steps.saturating_add(claim.steps()) > MAX_STEPS
            || (!is_same && self.groups.len() >= MAX_BATCH_GROUPS as usize);
        if is_full && self.claims > 0 {
            self.close();
        }
        self.claims += 1;
        self.steps = self.steps.saturating_add(claim.steps());
        match self.groups.last_mut().filter(|(known, by, _)| *known == stream && by == gateway) {
            Some((.., claims)) => claims.push(claim),
            None => self.groups.push((stream, gateway.clone(), vec![claim])),
        }
    }

    fn close(&mut self) {
        let groups = std::mem::take(&mut self.groups).into_iter();
        let groups = groups.map(|(stream, gateway, claims)| ClaimGroup { stream, gateway, claims: bounded(claims) });
        self.done.push(Batch { groups: bounded(groups.collect()), ..Batch::default() });
        (self.claims, self.steps) = (0, 0);
    }

    fn finish(mut self) -> Vec<Batch> {
        if self.claims > 0 {
            self.close();
        }
        self.done
    }
}

#[cfg(test)]
mod tests;
