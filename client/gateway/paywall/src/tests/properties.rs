//! Random sequences of events for a few sessions, with restarts. The invariants hold after every step.

use super::env::*;
use crate::*;
use proptest::prelude::*;
use std::collections::BTreeSet;
use tick_stream_primitives::{tick_chain::leads_to, Closing};

/// One event. `who` is the index of a viewer.
#[derive(Clone, Debug)]
enum Step {
    Offer { who: usize },
    Pay { who: usize, more: u32, first: u64, count: u32, with_token: bool },
    Opened { who: usize, is_final: bool },
    ReorgedOut { who: usize },
    Settled { who: usize, is_final: bool },
    Closing { who: usize },
    Due,
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    let who = 0..3usize;
    prop_oneof![
        3 => who.clone().prop_map(|who| Step::Offer { who }),
        12 => (who.clone(), 0..12u32, 0..40u64, 1..5u32, any::<bool>()).prop_map(
            |(who, more, first, count, with_token)| Step::Pay { who, more, first, count, with_token }
        ),
        3 => (who.clone(), any::<bool>()).prop_map(|(who, is_final)| Step::Opened { who, is_final }),
        1 => who.clone().prop_map(|who| Step::ReorgedOut { who }),
        2 => (who.clone(), any::<bool>()).prop_map(|(who, is_final)| Step::Settled { who, is_final }),
        1 => who.prop_map(|who| Step::Closing { who }),
        1 => Just(Step::Due),
        1 => Just(Step::Restart),
    ]
}

/// A viewer, with what it has bought, revealed and been charged so far.
struct Actor {
    viewer: Viewer,
    keys: BTreeSet<u64>,
    revealed_ticks: u32,
    /// Number of requests that revealed a tick.
    reveals: u32,
    charged_ticks: u32,
}

/// A paywall and its viewers.
struct Run {
    env: Option<TestEnvironment>,
    actors: Vec<Actor>,
}

impl Run {
    fn new() -> Self {
        let actor = |seed| Actor {
            viewer: Viewer::new(seed),
            keys: BTreeSet::new(),
            revealed_ticks: 0,
            reveals: 0,
            charged_ticks: 0,
        };
        Self { env: Some(TestEnvironment::new()), actors: (1..=3).map(actor).collect() }
    }

    fn env(&self) -> &TestEnvironment {
        self.env.as_ref().unwrap()
    }

    async fn apply(&mut self, step: Step) {
        match step {
            Step::Offer { who } => drop(self.env().offer(&self.actors[who].viewer).await),
            Step::Pay { who, more, first, count, with_token } => self.pay(who, more, first, count, with_token).await,
            Step::Opened { who, is_final } => {
                let settled_ticks = self.settled_ticks(who);
                let viewer = &mut self.actors[who].viewer;
                let chain = viewer.on_chain_at(settled_ticks);
                let id = viewer.id;
                self.env().paywall.opened(id, &chain, if is_final { Seen::Finalized } else { Seen::Best });
            }
            Step::ReorgedOut { who } => self.env().paywall.reorged_out(self.actors[who].viewer.id),
            Step::Settled { who, is_final } => {
                let id = self.actors[who].viewer.id;
                let Some(status) = self.env().paywall.status(&id) else { return };
                if status.phase > Phase::Offered {
                    let seen = if is_final && status.phase == Phase::Finalized { Seen::Finalized } else { Seen::Best };
                    self.env().paywall.settled(id, status.revealed_ticks, seen);
                }
            }
            Step::Closing { who } => {
                let id = self.actors[who].viewer.id;
                self.env().paywall.closing(id, Closing { block: BEST, moment: LATER });
            }
            Step::Due => drop(self.env().paywall.claims_due(LATER + 20_000, 10)),
            Step::Restart => self.env = self.env.take().map(TestEnvironment::restart),
        }
    }

    fn settled_ticks(&self, who: usize) -> u32 {
        self.env().paywall.status(&self.actors[who].viewer.id).map_or(0, |status| status.settled_ticks)
    }

    async fn pay(&mut self, who: usize, more: u32, first: u64, count: u32, with_token: bool) {
        let env = self.env.as_ref().unwrap();
        let actor = &mut self.actors[who];
        let token = actor.viewer.token.filter(|_| with_token);
        let tick = TickRequest { token, ..actor.viewer.tick(actor.revealed_ticks + more) };
        let costs = vec![2; count as usize];
        let request = PayRequest { tick, stream: STREAM, wanted: range(first, count), costs: &costs };
        let unseen = request.wanted.indices().filter(|index| !actor.keys.contains(index)).count() as u32;
        let Ok(paid) = env.paywall.pay(request).await else { return };
        assert_eq!(paid.cost_ticks, unseen * 2, "exactly the new keys are charged");
        let repeats_first = more == 0 && token.is_none();
        let is_repeatable = actor.reveals == 1 && unseen == 0;
        assert!(!repeats_first || is_repeatable, "a request that neither reveals nor repeats needs the token");
        assert_eq!(paid.token.is_some(), more > 0 || repeats_first);
        actor.keys.extend(request.wanted.indices());
        actor.charged_ticks += paid.cost_ticks;
        actor.revealed_ticks += more;
        actor.reveals += u32::from(more > 0);
        actor.viewer.token = paid.token.or(actor.viewer.token);
    }

    /// Checks the invariants.
    fn check(&self) {
        let paywall = &self.env().paywall;
        for actor in &self.actors {
            let id = actor.viewer.id;
            let Some(status) = paywall.status(&id) else {
                assert!(actor.charged_ticks == 0, "a session that was charged is never removed");
                continue;
            };
            let claim = paywall.claim_of(&id).unwrap();
            let bought: BTreeSet<_> = status.bought.iter().flat_map(|range| range.indices()).collect();
            assert_eq!(bought, actor.keys);
            assert_eq!(status.charged_ticks, actor.charged_ticks, "each key is charged once");
            assert_eq!(status.revealed_ticks, actor.revealed_ticks, "exactly the accepted ticks are revealed");
            assert!(status.charged_ticks <= status.revealed_ticks && status.revealed_ticks <= status.max_ticks);
            assert!(status.revealed_ticks <= status.charged_ticks + 60);
            assert!(leads_to(&id, &claim.proof, claim.ticks, &actor.viewer.signed.ticket.anchor));
            assert!(claim.from <= claim.ticks);
            assert_eq!(status.rejection, None);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn books_agree_after_every_step(steps in proptest::collection::vec(step(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut run = Run::new();
            for step in steps {
                run.apply(step).await;
                run.check();
            }
        });
    }
}
