//! Random sequences of all calls by several accounts, while time advances and stands still.
//!
//! After every step the invariants hold, the total issuance is unchanged, and the money and earnings of each account
//! have changed by exactly what the rules say. No viewer has paid for a tick that was not revealed, or for more seconds
//! than have passed. An ordinary run tries 64 sequences; `PROPTEST_CASES` changes the number.

mod env;
mod steps;

use env::TestEnvironment;
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
    let (mut opened, mut settled, mut closed, mut paid_out) = (0, 0, 0, 0);
    for _ in 0..24 {
        let steps = sequence(MAX_STEPS).new_tree(&mut runner).expect("the strategy has no filter").current();
        let seen = run(&steps).seen;
        opened += seen.opened;
        settled += seen.settled;
        closed += seen.closed;
        paid_out += seen.paid_out;
    }
    assert!(opened > 100 && settled > 100 && closed > 30 && paid_out > 10, "{opened} {settled} {closed} {paid_out}");
}
