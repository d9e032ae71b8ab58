//! Property: in any order of events no acknowledged claim is lost before it is final, and every offered proof is valid.

use super::env::{nothing, TestEnvironment, Watch};
use crate::Accepted;
use proptest::prelude::*;
use proptest::test_runner::Config;
use std::collections::HashMap;
use tick_stream_primitives::{Closer, Outcome, SessionId, TickHasher};

const VIEWERS: usize = 3;
/// Minimum number of blocks between finality and the best block, so that as many can be retracted.
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

/// The pool, and what is known about it from outside.
struct Model {
    env: TestEnvironment,
    watches: Vec<Watch>,
    /// Highest acknowledged claim of each session.
    acknowledged: HashMap<SessionId, u32>,
    /// Ticks finally settled in each session.
    settled: HashMap<SessionId, u32>,
}

impl Model {
    fn new() -> Self {
        let env = TestEnvironment::with(|config| {
            config.budget.foreign = config.budget.global;
            config.budget.newcomers = config.budget.global;
        });
        let watches =
            (0..VIEWERS as u64).map(|viewer| Watch::with_seed(&env.chain, viewer, 1, [3; 32], 4_000)).collect();
        Self { env, watches, acknowledged: HashMap::new(), settled: HashMap::new() }
    }

    fn run(mut self, step: &Step) -> Self {
        match *step {
            Step::Open { viewer } => drop(self.env.open(&self.watches[viewer])),
            Step::Claim { viewer, more } => self.claim(viewer, more),
            Step::Wave => drop(self.env.wave()),
            Step::EmptyBlock { blocks } => self.env.pass(blocks),
            Step::Retract { blocks } => self.retract(blocks),
            Step::Finalize => self.finalize(self.env.chain.best().saturating_sub(LAG)),
            Step::LeaveByViewer { viewer } => {
                let row = self.watches[viewer].close(&self.env.chain, Some(Closer::Viewer));
                drop(self.env.close(row));
            }
            Step::Restart => {
                self.env = self.env.restart();
                self.env.reconcile().unwrap();
            }
        }
        self.check();
        self
    }

    /// Claims as an honest gateway does: at most the ticks watched, plus the prepaid ones.
    fn claim(&mut self, viewer: usize, more: u32) {
        let watch = &mut self.watches[viewer];
        let known = self.acknowledged.get(&watch.session).copied().unwrap_or(0);
        let allowed = match self.env.chain.get(&watch.session) {
            Some(session) => {
                let until = session.closing.map_or(u64::from(self.env.chain.best()) * 1_000, |c| c.moment);
                ((until - session.opened_at) / 1_000) as u32 + 60
            }
            None => 6,
        };
        let ticks = (known + more).min(allowed).min(4_000);
        if ticks > known && self.env.claim(watch.claim(ticks)).is_ok_and(|accepted| accepted != Accepted::Known) {
            self.acknowledged.insert(watch.session, ticks);
        }
    }

    fn retract(&self, blocks: u32) {
        for _ in 0..blocks {
            if self.env.chain.best() > self.env.finalized {
                self.env.retract();
            }
        }
        // A reorganisation replaces the retracted blocks.
        self.env.build(&nothing());
    }

    fn finalize(&mut self, upto: u32) {
        while self.env.finalized < upto {
            self.env.finalized += 1;
            let outcomes = self.env.chain.outcomes(self.env.finalized);
            for outcome in &outcomes {
                if let Outcome::Settled(session, ticks) = outcome {
                    self.settled.insert(*session, *ticks);
                }
            }
            self.env.pool.on_finalized(&outcomes);
        }
    }

    fn check(&self) {
        for (session, acknowledged) in &self.acknowledged {
            let settled = self.settled.get(session).copied().unwrap_or(0);
            let pooled = self.env.pool.revealed_ticks(session);
            assert!(
                settled >= *acknowledged || pooled == Some(*acknowledged),
                "{session}: acknowledged {acknowledged}, settled {settled}, pooled {pooled:?}",
            );
        }
        for offered in self.env.offer().claims {
            let claim = offered.claim;
            let watch = self
                .watches
                .iter()
                .find(|watch| watch.session == claim.session)
                .expect("every session is one of the watches");
            let anchor = TickHasher::new(&claim.session).walk(&claim.proof, claim.ticks);
            assert_eq!(anchor, watch.ticket.ticket.anchor, "an offered proof verifies");
        }
    }

    /// Runs undisturbed until everything is settled and the pool is empty.
    fn settle_all(mut self) {
        for _ in 0..200 {
            self.env.wave();
            self.finalize(self.env.chain.best());
        }
        let mut is_paid_in_full = true;
        for (session, acknowledged) in &self.acknowledged {
            let payable = self.payable(session).min(*acknowledged);
            assert_eq!(self.settled.get(session).copied().unwrap_or(0), payable, "{session} is paid");
            is_paid_in_full &= payable == *acknowledged;
        }
        if is_paid_in_full {
            let stats = self.env.pool.stats();
            assert_eq!((stats.opens, stats.claims, stats.closes, stats.bytes), (0, 0, 0, 0));
        }
    }

    /// Ticks that the chain can settle: all, unless a reorganisation moved the opening to a later block and the viewer
    /// has left since.
    fn payable(&self, session: &SessionId) -> u32 {
        let session = self.env.chain.get(session).expect("no session is removed");
        session.closing.map_or(u32::MAX, |closing| ((closing.moment - session.opened_at) / 1_000) as u32 + 60)
    }
}

proptest! {
    #![proptest_config(Config { cases: 64, failure_persistence: None, ..Config::default() })]

    #[test]
    fn no_claim_is_lost_and_every_offered_proof_is_valid(steps in prop::collection::vec(step(), 1..60)) {
        let model = steps.iter().fold(Model::new(), |model, step| model.run(step));
        model.settle_all();
    }
}
