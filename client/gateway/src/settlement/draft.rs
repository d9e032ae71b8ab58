//! Rows packed into batches that the chain takes.

use std::collections::BTreeMap;
use tick_stream_primitives::{
    batch::bounded,
    limits::{MAX_BATCH_CLAIMS, MAX_BATCH_CLOSES, MAX_BATCH_GROUPS, MAX_BATCH_OPENS, MAX_BATCH_STEPS},
    AccountId, Batch, Claim, ClaimGroup, CloseRow, SignedTicket, StreamId,
};

/// A batch that grows.
#[derive(Default)]
struct Draft {
    opens: Vec<SignedTicket>,
    groups: BTreeMap<StreamId, Vec<Claim>>,
    closes: Vec<CloseRow>,
    claims: u32,
    steps: u32,
}

/// Packs rows into as few batches as hold them.
pub fn batches(
    gateway: &AccountId,
    opens: Vec<SignedTicket>,
    claims: Vec<(StreamId, Claim)>,
    closes: Vec<CloseRow>,
) -> Vec<Batch> {
    let mut batches = Vec::new();
    let mut draft = Draft::default();
    for open in opens {
        if draft.opens.len() as u32 == MAX_BATCH_OPENS {
            batches.extend(std::mem::take(&mut draft).finish(gateway));
        }
        draft.opens.push(open);
    }
    for (stream, claim) in claims {
        if !draft.fits(stream, &claim) {
            batches.extend(std::mem::take(&mut draft).finish(gateway));
        }
        draft.add(stream, claim);
    }
    for close in closes {
        if draft.closes.len() as u32 == MAX_BATCH_CLOSES {
            batches.extend(std::mem::take(&mut draft).finish(gateway));
        }
        draft.closes.push(close);
    }
    batches.extend(draft.finish(gateway));
    batches
}

impl Draft {
    fn fits(&self, stream: StreamId, claim: &Claim) -> bool {
        let has_group = self.groups.contains_key(&stream) || (self.groups.len() as u32) < MAX_BATCH_GROUPS;
        let has_steps = self.steps.saturating_add(claim.steps()) <= MAX_BATCH_STEPS;
        self.claims == 0 || (has_group && has_steps && self.claims < MAX_BATCH_CLAIMS)
    }

    fn add(&mut self, stream: StreamId, claim: Claim) {
        self.claims += 1;
        self.steps = self.steps.saturating_add(claim.steps());
        self.groups.entry(stream).or_default().push(claim);
    }

    fn finish(self, gateway: &AccountId) -> Option<Batch> {
        let is_empty = self.opens.is_empty() && self.claims == 0 && self.closes.is_empty();
        let group = |(stream, claims)| ClaimGroup { stream, gateway: gateway.clone(), claims: bounded(claims) };
        let groups = bounded(self.groups.into_iter().map(group).collect());
        (!is_empty).then(|| Batch { opens: bounded(self.opens), groups, closes: bounded(self.closes) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tick_stream_primitives::SessionId;

    fn claim(number: u8, from: u32, ticks: u32) -> Claim {
        Claim { session: SessionId([number; 16]), from, ticks, proof: [0; 32] }
    }

    fn pack(claims: Vec<(StreamId, Claim)>, closes: usize) -> Vec<Batch> {
        let close = |number: usize| CloseRow { session: SessionId([number as u8; 16]), signature: None };
        batches(&[9; 32].into(), Vec::new(), claims, (0..closes).map(close).collect())
    }

    #[test]
    fn batches_work() {
        let packed = pack(vec![(1, claim(1, 0, 10)), (2, claim(2, 5, 10)), (1, claim(3, 0, 10))], 2);
        assert_eq!(packed.len(), 1);
        let sizes: Vec<_> = packed[0].groups.iter().map(|group| (group.stream, group.claims.len())).collect();
        assert_eq!((sizes, packed[0].closes.len()), (vec![(1, 2), (2, 1)], 2));
        assert!(packed[0].size().is_within_limits());
        assert!(pack(Vec::new(), 0).is_empty());
    }

    #[test]
    fn batches_stay_within_limits() {
        let steps = pack(vec![(1, claim(1, 0, MAX_BATCH_STEPS)), (1, claim(2, 0, 1))], 0);
        assert_eq!(steps.len(), 2, "too many steps for one");
        let groups = (0..=u64::from(MAX_BATCH_GROUPS)).map(|stream| (stream, claim(1, 0, 1))).collect();
        let groups = pack(groups, 0);
        assert_eq!(groups.len(), 2, "too many groups for one");
        let closes = pack(Vec::new(), MAX_BATCH_CLOSES as usize + 1);
        let sizes: Vec<_> = closes.iter().map(|batch| batch.closes.len()).collect();
        assert_eq!(sizes, [MAX_BATCH_CLOSES as usize, 1]);
        assert!(steps.iter().chain(&groups).chain(&closes).all(|batch| batch.size().is_within_limits()));
    }
}
