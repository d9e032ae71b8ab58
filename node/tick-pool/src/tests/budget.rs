//! Budgets of connections.

use super::env::{TestEnvironment, PEER};
use crate::config::{CHAIN_CHECK_STEPS, CHAIN_LOOKUP_STEPS};
use crate::{
    Accepted, Allowance, Budget, BudgetConfig, Clock, Exhausted, PeerId, Rejected, Submission, SubmittedClaim, Work,
};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;

struct HandClock(AtomicU64);

impl Clock for HandClock {
    fn now_ms(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

fn budget(config: BudgetConfig) -> (Budget, Arc<HandClock>) {
    let clock = Arc::new(HandClock(AtomicU64::new(1_000)));
    (Budget::new(config, clock.clone()), clock)
}

fn size(per_second: u64, burst: u64) -> Allowance {
    Allowance { per_second, burst }
}

fn config() -> BudgetConfig {
    BudgetConfig {
        peer: size(100, 200),
        waste: size(10, 50),
        foreign: size(700, 700),
        newcomers: size(200, 300),
        served_newcomers: size(100, 150),
        global: size(1_000, 1_000),
        max_peers: 3,
    }
}

#[test]
fn peer_may_spend_its_burst_and_then_its_rate() {
    let (budget, clock) = budget(config());
    assert_eq!(budget.charge(PEER, Work::Foreign, 200), Ok(()));
    assert_eq!(budget.charge(PEER, Work::Foreign, 50), Err(Exhausted { retry_ms: 500 }));
    clock.0.fetch_add(499, Ordering::SeqCst);
    assert_eq!(budget.charge(PEER, Work::Foreign, 50), Err(Exhausted { retry_ms: 1 }));
    clock.0.fetch_add(1, Ordering::SeqCst);
    assert_eq!(budget.charge(PEER, Work::Foreign, 50), Ok(()));
}

#[test]
fn bucket_charged_every_millisecond_still_refills() {
    let (budget, clock) = budget(config());
    budget.charge(PEER, Work::Foreign, 200).unwrap();
    let passes = (0..100).filter(|_| {
        clock.0.fetch_add(1, Ordering::SeqCst);
        budget.charge(PEER, Work::Foreign, 1).is_ok()
    });
    assert_eq!(passes.count(), 10);
}

#[test]
fn bucket_never_exceeds_its_burst() {
    let (budget, clock) = budget(config());
    clock.0.fetch_add(3_600_000, Ordering::SeqCst);
    assert_eq!(budget.charge(PEER, Work::Foreign, 200), Ok(()));
    assert!(budget.charge(PEER, Work::Foreign, 1).is_err());
}

#[test]
fn refused_charge_takes_nothing() {
    let (budget, _) = budget(config());
    assert!(budget.charge(PEER, Work::Foreign, 201).is_err());
    assert_eq!(budget.charge(PEER, Work::Foreign, 200), Ok(()));
}

#[test]
fn newcomers_bucket_does_not_limit_vouched_peers() {
    let (budget, _) = budget(config());
    budget.charge(PEER, Work::Foreign, 0).unwrap();
    budget.vouch(PEER, false);
    assert_eq!(budget.charge(PeerId::Public(2), Work::Foreign, 200), Ok(()));
    assert_eq!(budget.charge(PeerId::Public(3), Work::Foreign, 100), Ok(()));
    assert_eq!(budget.charge(PeerId::Public(3), Work::Foreign, 1), Err(Exhausted { retry_ms: 5 }));
    assert_eq!(budget.charge(PEER, Work::Foreign, 200), Ok(()));
}

#[test]
fn global_bucket_limits_vouched_peers() {
    let (budget, _) = budget(BudgetConfig { global: size(10, 250), ..config() });
    for peer in [PeerId::Public(1), PeerId::Public(2)] {
        budget.charge(peer, Work::Foreign, 0).unwrap();
        budget.vouch(peer, false);
    }
    assert_eq!(budget.charge(PeerId::Public(1), Work::Foreign, 200), Ok(()));
    assert_eq!(budget.charge(PeerId::Public(2), Work::Foreign, 100), Err(Exhausted { retry_ms: 5_000 }));
}

#[test]
fn foreign_bucket_limits_work_that_is_not_for_a_served_gateway() {
    let (budget, _) = budget(BudgetConfig { foreign: size(10, 250), max_peers: 9, ..config() });
    for peer in 1..=4 {
        budget.charge(PeerId::Public(peer), Work::Foreign, 0).unwrap();
        budget.vouch(PeerId::Public(peer), false);
    }
    assert_eq!(budget.charge(PeerId::Public(1), Work::Foreign, 200), Ok(()));
    assert_eq!(budget.charge(PeerId::Public(2), Work::Foreign, 100), Err(Exhausted { retry_ms: 5_000 }));
    assert_eq!(budget.charge(PeerId::Public(2), Work::Served, 200), Ok(()));
    assert_eq!(budget.charge(PeerId::Operator(2), Work::Foreign, 200), Ok(()), "operators may use the reserve");
}

#[test]
fn unknown_work_counts_as_served_for_a_peer_that_has_sent_a_row_of_a_served_gateway() {
    let (budget, _) = budget(BudgetConfig { foreign: size(1, 1), ..config() });
    for (peer, serves) in [(PeerId::Public(1), false), (PeerId::Public(2), true)] {
        budget.charge(peer, Work::Foreign, 0).unwrap();
        budget.vouch(peer, serves);
        assert_eq!(budget.charge(peer, Work::Unknown, 100).is_ok(), serves);
    }
}

#[test]
fn peer_that_wastes_too_much_loses_the_reserve_until_its_bucket_refills() {
    let (budget, clock) = budget(BudgetConfig { foreign: size(1, 1), ..config() });
    budget.charge(PEER, Work::Served, 0).unwrap();
    budget.vouch(PEER, true);
    budget.waste(PEER, 49);
    assert_eq!(budget.charge(PEER, Work::Served, 20), Ok(()));
    budget.waste(PEER, 49);
    assert!(budget.charge(PEER, Work::Served, 20).is_err());
    assert!(budget.charge(PEER, Work::Unknown, 20).is_err());
    clock.0.fetch_add(1_000, Ordering::SeqCst);
    assert_eq!(budget.charge(PEER, Work::Served, 20), Ok(()));
}

/// Otherwise a stranger could make a gateway's connection a newcomer again, by connecting often.
#[test]
fn newcomers_are_forgotten_before_peers_that_are_vouched_for() {
    let one = size(1, 1);
    let (budget, clock) = budget(BudgetConfig { newcomers: one, served_newcomers: one, ..config() });
    budget.charge(PEER, Work::Served, 1).unwrap();
    budget.vouch(PEER, true);
    for peer in 2..=50 {
        clock.0.fetch_add(10_000, Ordering::SeqCst);
        budget.charge(PeerId::Public(peer), Work::Foreign, 1).unwrap();
    }
    assert_eq!(budget.peer_count(), 3);
    assert_eq!(budget.charge(PEER, Work::Served, 100), Ok(()), "the peer is no newcomer");
}

#[test]
fn least_recently_charged_peer_is_forgotten() {
    let (budget, clock) = budget(config());
    for peer in 1..=50 {
        clock.0.fetch_add(10_000, Ordering::SeqCst);
        budget.charge(PeerId::Public(peer), Work::Foreign, 1).unwrap();
    }
    assert_eq!(budget.peer_count(), 3);
    // Peer 50 is remembered, so its bucket is not full.
    assert!(budget.charge(PeerId::Public(50), Work::Foreign, 200).is_err());
}

#[test]
fn clock_set_back_adds_no_tokens() {
    let (budget, clock) = budget(config());
    budget.charge(PEER, Work::Foreign, 200).unwrap();
    clock.0.store(0, Ordering::SeqCst);
    assert!(budget.charge(PEER, Work::Foreign, 1).is_err());
}

/// Pool whose peers may spend `burst` once and next to nothing later.
fn env_with(burst: u64) -> TestEnvironment {
    let small = size(1, burst);
    TestEnvironment::with(|config| config.budget = BudgetConfig { peer: small, ..BudgetConfig::default() })
}

#[test]
fn claim_is_charged_before_it_is_hashed() {
    let mut env = env_with(CHAIN_CHECK_STEPS + CHAIN_LOOKUP_STEPS + 100);
    let mut watch = env.opened(1);
    assert_eq!(env.claim(watch.claim(60)), Ok(Accepted::Added));
    assert_eq!(env.claim(watch.claim(120)).unwrap_err().name(), "Busy");
    assert_eq!(env.claim(watch.claim(95)), Ok(Accepted::Replaced));

    // A wrong proof costs as much as a valid one.
    let forged = SubmittedClaim { proof: [0; 32], ..watch.claim(100) };
    assert_eq!(env.claim(forged), Err(Rejected::ProofInvalid { verified: 95 }));
    assert_eq!(env.claim(watch.claim(99)).unwrap_err().name(), "Busy");
}

#[test]
fn lookup_of_an_unknown_session_is_charged() {
    let env = env_with(CHAIN_LOOKUP_STEPS * 3);
    let claims = vec![env.watch(1).claim(1); 10];
    let answers = env.pool.submit(PEER, Submission { claims, ..Submission::default() });
    let names: Vec<_> = answers.claims.iter().map(|answer| answer.clone().unwrap_err().name()).collect();
    assert_eq!(names[..3], ["UnknownSession"; 3]);
    assert_eq!(names[3..], ["Busy"; 7]);
    assert_eq!(env.chain.reads().0, 3);
}

#[test]
fn dry_run_of_a_ticket_is_charged() {
    let env = env_with(CHAIN_CHECK_STEPS);
    assert_eq!(env.open(&env.watch(1)), Ok(Accepted::Added));
    assert_eq!(env.open(&env.watch(2)).unwrap_err().name(), "Busy");
    assert_eq!(env.open(&env.watch(1)), Ok(Accepted::Known), "a known ticket costs nothing");
    assert_eq!(env.chain.reads().1, 1);
}

#[test]
fn settled_proof_does_not_vouch_for_its_sender() {
    let mut env = TestEnvironment::with(|config| config.budget.newcomers = size(1, 1_000_000));
    let mut watch = env.opened(1);
    env.claim(watch.claim(9)).unwrap();
    env.wave();
    env.finalize();

    let stranger = PeerId::Public(77);
    let claims = vec![watch.claim(9)];
    let answers = env.pool.submit(stranger, Submission { claims, ..Submission::default() });
    assert_eq!(answers.claims, [Ok(Accepted::Known)]);
    assert!(
        env.pool.budget.charge(stranger, Work::Foreign, 1_000_000).is_err(),
        "it is still charged to the newcomers' bucket"
    );
}
