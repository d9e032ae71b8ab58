//! Whatever happens in whatever order: no claim is lost before it is final, and nothing false is offered.

use super::bench::{nothing, Bench, Watch};
use crate::Accepted;
use proptest::prelude::*;
use proptest::test_runner::Config;
use std::collections::HashMap;
use tick_stream_primitives::{Closer, Outcome, SessionId, TickHasher};

const VIEWERS: usize = 3;
/// Finality stays so many blocks behind at least, so that as many can be retracted.
const LAG: u32 = 3;

#[derive(Clone, Debug)]
enum Step {
    Open { viewer: usize },
    Claim { viewer: usize, more: u32 },
    Wave,
    EmptyBlock { blocks: u32 },
    Retract { blocks: u32 },
    Finalize,
    LeaveByViewer { viewer: usize },
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    let viewer = 0..VIEWERS;
    prop_oneof![
        2 => viewer.clone().prop_map(|viewer| Step::Open { viewer }),
        8 => (viewer.clone(), 1..40u32).prop_map(|(viewer, more)| Step::Claim { viewer, more }),
        6 => Just(Step::Wave),
        2 => (1..70u32).prop_map(|blocks| Step::EmptyBlock { blocks }),
        2 => (1..=LAG).prop_map(|blocks| Step::Retract { blocks }),
        4 => Just(Step::Finalize),
        1 => viewer.prop_map(|viewer| Step::LeaveByViewer { viewer }),
        1 => Just(Step::Restart),
    ]
}

/// What must be true, kept beside the pool.
struct Model {
    bench: Bench,
    watches: Vec<Watch>,
    /// The highest acknowledged claim of each session.
    acknowledged: HashMap<SessionId, u32>,
    /// Ticks finally settled.
    settled: HashMap<SessionId, u32>,
}

impl Model {
    fn new() -> Self {
        let bench = Bench::with(|config| config.budget.newcomers = config.budget.global);
        let watches =
            (0..VIEWERS as u64).map(|viewer| Watch::with_seed(&bench.chain, viewer, 1, [3; 32], 4_000)).collect();
        Self { bench, watches, acknowledged: HashMap::new(), settled: HashMap::new() }
    }

    fn run(mut self, step: &Step) -> Self {
        match *step {
            Step::Open { viewer } => drop(self.bench.open(&self.watches[viewer])),
            Step::Claim { viewer, more } => self.claim(viewer, more),
            Step::Wave => drop(self.bench.wave()),
            Step::EmptyBlock { blocks } => self.bench.pass(blocks),
            Step::Retract { blocks } => self.retract(blocks),
            Step::Finalize => self.finalize(self.bench.chain.best().saturating_sub(LAG)),
            Step::LeaveByViewer { viewer } => {
                let row = self.watches[viewer].close(&self.bench.chain, Some(Closer::Viewer));
                drop(self.bench.close(row));
            }
            Step::Restart => {
                self.bench = self.bench.restart();
                self.bench.reconcile().unwrap();
            }
        }
        self.check();
        self
    }

    /// An honest gateway claims no more than has been watched, and as much as it may be ahead.
    fn claim(&mut self, viewer: usize, more: u32) {
        let watch = &mut self.watches[viewer];
        let known = self.acknowledged.get(&watch.session).copied().unwrap_or(0);
        let allowed = match self.bench.chain.get(&watch.session) {
            Some(session) => {
                let until = session.closing.map_or(u64::from(self.bench.chain.best()) * 1_000, |c| c.moment);
                ((until - session.opened_at) / 1_000) as u32 + 60
            }
            None => 6,
        };
        let ticks = (known + more).min(allowed).min(4_000);
        if ticks > known && self.bench.claim(watch.claim(ticks)).is_ok_and(|accepted| accepted != Accepted::Known) {
            self.acknowledged.insert(watch.session, ticks);
        }
    }

    fn retract(&self, blocks: u32) {
        for _ in 0..blocks {
            if self.bench.chain.best() > self.bench.finalized {
                self.bench.retract();
            }
        }
        // A reorganisation brings another block.
        self.bench.build(&nothing());
    }

    fn finalize(&mut self, upto: u32) {
        while self.bench.finalized < upto {
            self.bench.finalized += 1;
            let outcomes = self.bench.chain.outcomes(self.bench.finalized);
            for outcome in &outcomes {
                if let Outcome::Settled(session, ticks) = outcome {
                    self.settled.insert(*session, *ticks);
                }
            }
            self.bench.pool.on_finalized(&outcomes);
        }
    }

    fn check(&self) {
        for (session, acknowledged) in &self.acknowledged {
            let settled = self.settled.get(session).copied().unwrap_or(0);
            let pooled = self.bench.pool.pooled_ticks(session);
            assert!(
                settled >= *acknowledged || pooled == Some(*acknowledged),
                "{session}: acknowledged {acknowledged}, settled {settled}, pooled {pooled:?}",
            );
        }
        for offered in self.bench.offer().claims {
            let claim = offered.claim;
            let watch = self.watches.iter().find(|watch| watch.session == claim.session).expect("ours");
            let anchor = TickHasher::new(&claim.session).walk(&claim.proof, claim.ticks);
            assert_eq!(anchor, watch.ticket.ticket.anchor, "an offered proof verifies");
        }
    }

    /// With nobody in the way everything is settled, and the pool is empty.
    fn settle_all(mut self) {
        for _ in 0..200 {
            self.bench.wave();
            self.finalize(self.bench.chain.best());
        }
        let mut is_paid_in_full = true;
        for (session, acknowledged) in &self.acknowledged {
            let payable = self.payable(session).min(*acknowledged);
            assert_eq!(self.settled.get(session).copied().unwrap_or(0), payable, "{session} is paid");
            is_paid_in_full &= payable == *acknowledged;
        }
        if is_paid_in_full {
            let stats = self.bench.pool.stats();
            assert_eq!((stats.opens, stats.claims, stats.closes, stats.bytes), (0, 0, 0, 0));
        }
    }

    /// What the chain can pay for a session: all of it, unless a reorganisation opened it later than it was watched and its
    /// viewer has left since.
    fn payable(&self, session: &SessionId) -> u32 {
        let session = self.bench.chain.get(session).expect("nobody removes one");
        session.closing.map_or(u32::MAX, |closing| ((closing.moment - session.opened_at) / 1_000) as u32 + 60)
    }
}

proptest! {
    #![proptest_config(Config { cases: 64, failure_persistence: None, ..Config::default() })]

    #[test]
    fn no_claim_is_lost_and_nothing_false_is_offered(steps in prop::collection::vec(step(), 1..60)) {
        let model = steps.iter().fold(Model::new(), |model, step| model.run(step));
        model.settle_all();
    }
}
