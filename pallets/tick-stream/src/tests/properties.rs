//! Random sequences of all calls by several actors, while time advances and stands still.
//!
//! After every step: what must always hold holds; not a planck was made or lost; everybody's money and earnings changed by
//! exactly what the rules say; no viewer has paid for a tick that was not let go of, or for more seconds than have passed.
//! An ordinary run tries 64 sequences; `PROPTEST_CASES` raises that.

mod steps;
mod world;

use proptest::prelude::*;
use steps::{sequence, Step};
use world::World;

/// Sequences of an ordinary run.
const CASES: u32 = 64;
/// Steps of a sequence.
const MAX_STEPS: usize = 60;

fn config() -> ProptestConfig {
    let raised = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig { cases: raised.unwrap_or(CASES), failure_persistence: None, ..ProptestConfig::default() }
}

/// Takes the steps one by one; `World` checks after each.
fn play(steps: &[Step]) -> World {
    let mut ext = crate::mock::chain_with_stream();
    ext.execute_with(|| {
        let mut world = World::new();
        steps.iter().for_each(|step| world.take(step));
        world
    })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_sequence_of_calls_keeps_the_rules(steps in sequence(MAX_STEPS)) {
        play(&steps);
    }
}

/// A property that nothing is ever put to says nothing.
#[test]
fn random_sequences_open_settle_and_close() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let (mut opened, mut settled, mut closed, mut paid_out) = (0, 0, 0, 0);
    for _ in 0..24 {
        let steps = sequence(MAX_STEPS).new_tree(&mut runner).expect("nothing is filtered").current();
        let seen = play(&steps).seen;
        opened += seen.opened;
        settled += seen.settled;
        closed += seen.closed;
        paid_out += seen.paid_out;
    }
    assert!(opened > 100 && settled > 100 && closed > 30 && paid_out > 10, "{opened} {settled} {closed} {paid_out}");
}
