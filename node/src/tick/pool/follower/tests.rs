use super::*;
use crate::tick::pool::testing::{hash, pool, submit, FakeChain, Watch};
use sp_runtime::Permill;
use tempfile::TempDir;
use tick_stream_primitives::worker::WorkerConfig;
use vilokanam_tick_pool::OfferLimits;

struct TestEnvironment {
    chain: Arc<FakeChain>,
    pool: Arc<TickPool>,
    follower: Follower,
    watch: Watch,
    _folder: TempDir,
}

fn test_environment() -> TestEnvironment {
    let chain = FakeChain::new();
    let (pool, folder) = pool(&chain, None);
    let follower = Follower::new(chain.clone(), pool.clone(), Arc::new(Watchers::default()));
    let mut watch = chain.open(1);
    submit(&pool, watch.claim(10));
    TestEnvironment { chain, pool, follower, watch, _folder: folder }
}

impl TestEnvironment {
    fn settled(&self) -> Vec<Outcome> {
        vec![Outcome::Settled(self.watch.session, 10)]
    }

    fn offered(&self) -> usize {
        let worker = WorkerConfig { block_share: Permill::from_percent(50), foreign_rows: false, gateways: vec![] };
        self.pool.offer(worker, &OfferLimits::default()).claims.len()
    }
}

#[test]
fn best_block_marks_a_row_and_finality_removes_it() {
    let env = test_environment();
    env.chain.block(1, 0, &env.settled());
    assert_eq!(env.offered(), 1);
    env.follower.follow_best();
    assert_eq!(env.offered(), 0);
    assert_eq!(env.pool.stats().claims, 1);

    env.chain.finalize(1);
    env.follower.follow_finalized();
    assert_eq!(env.pool.stats().claims, 0);
    assert!(!env.follower.take_gap());
}

#[test]
fn blocks_without_a_notification_are_applied() {
    let env = test_environment();
    env.chain.block(1, 0, &env.settled());
    for name in 2..=50 {
        env.chain.block(name, name - 1, &[]);
    }
    env.follower.follow_best();
    assert_eq!(env.offered(), 0);
    env.chain.finalize(50);
    env.follower.follow_finalized();
    assert_eq!(env.pool.stats().claims, 0);
    assert!(!env.follower.take_gap());
}

#[test]
fn reorganisation_takes_back_included_rows() {
    let env = test_environment();
    env.chain.block(1, 0, &[]);
    env.chain.block(2, 1, &env.settled());
    env.follower.follow_best();
    assert_eq!(env.offered(), 0);

    env.chain.block(12, 1, &[]);
    env.chain.block(13, 12, &[]);
    env.follower.follow_best();
    assert_eq!(env.offered(), 1);
    env.chain.block(14, 13, &env.settled());
    env.follower.follow_best();
    assert_eq!(env.offered(), 0);
    assert!(!env.follower.take_gap());
}

#[test]
fn route_between_forks_of_different_lengths_is_found() {
    let env = test_environment();
    for (name, parent) in [(1, 0), (2, 1), (3, 2), (4, 3), (12, 1)] {
        env.chain.block(name, parent, &[]);
    }
    let block = |name, number| BlockRef { hash: hash(name), number };
    let (long, short) = (block(4, 4), block(12, 2));
    let route = env.follower.route(long, short).expect("all blocks are known").expect("the route is short");
    assert_eq!(route.retracted, [block(4, 4), block(3, 3), block(2, 2)]);
    assert_eq!(route.enacted, [block(12, 2)]);
    let back = env.follower.route(short, long).expect("all blocks are known").expect("the route is short");
    assert_eq!(back.retracted, [block(12, 2)]);
    assert_eq!(back.enacted, [block(2, 2), block(3, 3), block(4, 4)]);
    assert_eq!(env.follower.route(long, long), Ok(Some(Route { retracted: vec![], enacted: vec![] })));
}

#[test]
fn route_that_is_too_long_is_a_gap() {
    let env = test_environment();
    env.chain.block(1, 0, &env.settled());
    env.follower.follow_best();
    let far = u64::from(MAX_CATCH_UP_BLOCKS) + 2;
    (2..=far).for_each(|name| env.chain.block(name, name - 1, &[]));
    env.follower.follow_best();
    assert!(env.follower.take_gap());
    assert!(!env.follower.take_gap(), "a gap is returned once");
    assert_eq!(env.offered(), 1, "no row counts as included");

    env.chain.finalize(far);
    env.follower.follow_finalized();
    assert!(env.follower.take_gap());
}

#[test]
fn block_without_state_is_a_gap_and_the_others_are_applied() {
    let env = test_environment();
    env.chain.block(1, 0, &[]);
    env.chain.block(2, 1, &env.settled());
    env.chain.prune(1);
    env.follower.follow_best();
    assert!(env.follower.take_gap());
    assert_eq!(env.offered(), 0);
}

#[test]
fn unknown_route_is_a_gap() {
    let env = test_environment();
    env.chain.block(1, 0, &[]);
    env.chain.set_down(true);
    env.follower.follow_best();
    assert!(env.follower.take_gap());

    env.chain.set_down(false);
    env.chain.block(2, 1, &env.settled());
    env.follower.follow_best();
    assert_eq!(env.offered(), 0);
    assert!(!env.follower.take_gap());
}
