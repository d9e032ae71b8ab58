//! Random lives of a few sessions, with restarts anywhere. What must hold holds after every step.

use super::world::*;
use crate::*;
use proptest::prelude::*;
use std::collections::BTreeSet;
use tick_stream_primitives::{tick_chain::leads_to, Closing};

/// Something happens to viewer `who`.
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

/// A viewer and what it remembers of its own.
struct Actor {
    viewer: Viewer,
    keys: BTreeSet<u64>,
    ticks: u32,
    charged: u32,
}

struct Life {
    world: Option<World>,
    actors: Vec<Actor>,
}

impl Life {
    fn new() -> Self {
        let actor = |seed| Actor { viewer: Viewer::new(seed), keys: BTreeSet::new(), ticks: 0, charged: 0 };
        Self { world: Some(World::new()), actors: (1..=3).map(actor).collect() }
    }

    fn world(&self) -> &World {
        self.world.as_ref().unwrap()
    }

    async fn take(&mut self, step: Step) {
        match step {
            Step::Offer { who } => drop(self.world().offer(&self.actors[who].viewer).await),
            Step::Pay { who, more, first, count, with_token } => self.pay(who, more, first, count, with_token).await,
            Step::Opened { who, is_final } => {
                let settled = self.settled(who);
                let viewer = &mut self.actors[who].viewer;
                let chain = viewer.on_chain_at(settled);
                let id = viewer.id;
                self.world().paywall.opened(id, &chain, if is_final { Seen::Finalized } else { Seen::Best });
            }
            Step::ReorgedOut { who } => self.world().paywall.reorged_out(self.actors[who].viewer.id),
            Step::Settled { who, is_final } => {
                let id = self.actors[who].viewer.id;
                let Some(status) = self.world().paywall.status(&id) else { return };
                if status.phase > Phase::Unopened {
                    let seen = if is_final && status.phase == Phase::Final { Seen::Finalized } else { Seen::Best };
                    self.world().paywall.settled(id, status.ticks_paid, seen);
                }
            }
            Step::Closing { who } => {
                let id = self.actors[who].viewer.id;
                self.world().paywall.closing(id, Closing { block: BEST, moment: FAR });
            }
            Step::Due => drop(self.world().paywall.claims_due(FAR + 20_000, 10)),
            Step::Restart => self.world = self.world.take().map(World::restart),
        }
    }

    fn settled(&self, who: usize) -> u32 {
        self.world().paywall.status(&self.actors[who].viewer.id).map_or(0, |status| status.settled_ticks)
    }

    async fn pay(&mut self, who: usize, more: u32, first: u64, count: u32, with_token: bool) {
        let world = self.world.as_ref().unwrap();
        let actor = &mut self.actors[who];
        let token = actor.viewer.token.filter(|_| with_token);
        let tick = TickRequest { token, ..actor.viewer.tick(actor.ticks + more) };
        let costs = vec![2; count as usize];
        let request = PayRequest { tick, stream: STREAM, wanted: range(first, count), costs: &costs };
        let unseen = request.wanted.indices().filter(|index| !actor.keys.contains(index)).count() as u32;
        let Ok(paid) = world.paywall.pay(request).await else { return };
        assert_eq!(paid.ticks_charged, unseen * 2, "exactly what is new");
        assert!(more > 0 || token.is_some(), "a request that reveals nothing needs the token");
        assert_eq!(paid.token.is_some(), more > 0);
        actor.keys.extend(request.wanted.indices());
        actor.charged += paid.ticks_charged;
        actor.ticks += more;
        actor.viewer.token = paid.token.or(actor.viewer.token);
    }

    /// What must hold.
    fn check(&self) {
        let paywall = &self.world().paywall;
        for actor in &self.actors {
            let id = actor.viewer.id;
            let Some(status) = paywall.status(&id) else {
                assert!(actor.charged == 0, "a session that was paid is never forgotten");
                continue;
            };
            let claim = paywall.claim_of(&id).unwrap();
            let bought: BTreeSet<_> = status.bought.iter().flat_map(|range| range.indices()).collect();
            assert_eq!(bought, actor.keys);
            assert_eq!(status.ticks_owed, actor.charged, "charged once, and once only");
            assert_eq!(status.ticks_paid, actor.ticks, "claims only rise, by what was revealed");
            assert!(status.ticks_owed <= status.ticks_paid && status.ticks_paid <= status.max_ticks);
            assert!(status.ticks_paid <= status.ticks_owed + 60);
            assert!(leads_to(&id, &claim.proof, claim.ticks, &actor.viewer.signed.ticket.anchor));
            assert!(claim.from <= claim.ticks);
            assert_eq!(status.death, None);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn sessions_keep_their_books_whatever_happens(steps in proptest::collection::vec(step(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut life = Life::new();
            for step in steps {
                life.take(step).await;
                life.check();
            }
        });
    }
}
