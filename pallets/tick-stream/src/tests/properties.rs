//! Random sequences of all calls by several accounts, while time advances and stands still.
//!
//! After every step the invariants hold, the total issuance is unchanged, and the money and earnings of each account
//! have changed by exactly what the rules say. No viewer has paid for a tick that was not revealed, or for more seconds
//! than have passed. No session key has opened a session outside its limits, or has spent more than its allowances and
//! their renewals. An ordinary run tries 64 sequences; `PROPTEST_CASES` changes the number.

mod checks;
mod env;
mod steps;

use env::{Seen, TestEnvironment};
use proptest::prelude::*;
use steps::{sequence, Step};

/// Number of sequences in an ordinary run.
const CASES: u32 = 64;
/// Maximum number of steps in a sequence.
const MAX_STEPS: usize = 60;

fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig { cases: cases.unwrap_or(CASES), failure_persistence: None, ..ProptestConfig::default() }
}

/// Takes the steps one by one. [`TestEnvironment`] checks the rules after each.
fn run(steps: &[Step]) -> TestEnvironment {
    let mut ext = crate::mock::chain_with_stream();
    ext.execute_with(|| {
        let mut env = TestEnvironment::new();
        steps.iter().for_each(|step| env.take(step));
        env
    })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_sequence_of_calls_keeps_the_invariants(steps in sequence(MAX_STEPS)) {
        run(&steps);
    }
}

/// A property test that never settles anything would prove nothing.
#[test]
fn random_sequences_open_settle_and_close() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let mut all = Seen::default();
    for _ in 0..48 {
        let steps = sequence(MAX_STEPS).new_tree(&mut runner).expect("the strategy has no filter").current();
        all.add(&run(&steps).seen);
    }
    assert!(all.opened > 100 && all.settled > 100 && all.closed > 30 && all.paid_out > 10, "{all:?}");
    assert!(all.opened_by_added_keys > 30 && all.opened_after_renewals > 10 && all.removed_keys > 10, "{all:?}");
}
