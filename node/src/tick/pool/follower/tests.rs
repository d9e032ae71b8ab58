use super::*;
use crate::tick::pool::testing::{hash, pool, submit, FakeChain, Watch};
use sp_runtime::Permill;
use tempfile::TempDir;
use tick_stream_primitives::worker::WorkerConfig;
use vilokanam_tick_pool::OfferLimits;

struct Bench {
    chain: Arc<FakeChain>,
    pool: Arc<TickPool>,
    follower: Follower,
    watch: Watch,
    _folder: TempDir,
}

fn bench() -> Bench {
    let chain = FakeChain::new();
    let (pool, folder) = pool(&chain, None);
    let follower = Follower::new(chain.clone(), pool.clone(), Arc::new(Watchers::default()));
    let mut watch = chain.open(1);
    submit(&pool, watch.claim(10));
    Bench { chain, pool, follower, watch, _folder: folder }
}

impl Bench {
    fn settled(&self) -> Vec<Outcome> {
        vec![Outcome::Settled(self.watch.session, 10)]
    }

    fn offered(&self) -> usize {
        let worker = WorkerConfig { block_share: Permill::from_percent(50), foreign_rows: false };
        self.pool.offer(worker, &OfferLimits::default()).claims.len()
    }
}

#[test]
fn best_block_marks_and_final_block_removes() {
    let bench = bench();
    bench.chain.block(1, 0, &bench.settled());
    assert_eq!(bench.offered(), 1);
    bench.follower.follow_best();
    assert_eq!(bench.offered(), 0);
    assert_eq!(bench.pool.stats().claims, 1);

    bench.chain.finalize(1);
    bench.follower.follow_finalized();
    assert_eq!(bench.pool.stats().claims, 0);
    assert!(!bench.follower.take_gap());
}

#[test]
fn blocks_without_a_notification_are_not_left_out() {
    let bench = bench();
    bench.chain.block(1, 0, &bench.settled());
    for name in 2..=50 {
        bench.chain.block(name, name - 1, &[]);
    }
    bench.follower.follow_best();
    assert_eq!(bench.offered(), 0);
    bench.chain.finalize(50);
    bench.follower.follow_finalized();
    assert_eq!(bench.pool.stats().claims, 0);
    assert!(!bench.follower.take_gap());
}

#[test]
fn reorganisation_takes_back_what_was_included() {
    let bench = bench();
    bench.chain.block(1, 0, &[]);
    bench.chain.block(2, 1, &bench.settled());
    bench.follower.follow_best();
    assert_eq!(bench.offered(), 0);

    bench.chain.block(12, 1, &[]);
    bench.chain.block(13, 12, &[]);
    bench.follower.follow_best();
    assert_eq!(bench.offered(), 1);
    bench.chain.block(14, 13, &bench.settled());
    bench.follower.follow_best();
    assert_eq!(bench.offered(), 0);
    assert!(!bench.follower.take_gap());
}

#[test]
fn route_between_forks_of_any_length_works() {
    let bench = bench();
    for (name, parent) in [(1, 0), (2, 1), (3, 2), (4, 3), (12, 1)] {
        bench.chain.block(name, parent, &[]);
    }
    let block = |name, number| BlockRef { hash: hash(name), number };
    let (long, short) = (block(4, 4), block(12, 2));
    let route = bench.follower.route(long, short).expect("all blocks are known").expect("it is not far");
    assert_eq!(route.retracted, [block(4, 4), block(3, 3), block(2, 2)]);
    assert_eq!(route.enacted, [block(12, 2)]);
    let back = bench.follower.route(short, long).expect("all blocks are known").expect("it is not far");
    assert_eq!(back.retracted, [block(12, 2)]);
    assert_eq!(back.enacted, [block(2, 2), block(3, 3), block(4, 4)]);
    assert_eq!(bench.follower.route(long, long), Ok(Some(Route { retracted: vec![], enacted: vec![] })));
}

#[test]
fn too_long_a_way_is_a_gap() {
    let bench = bench();
    bench.chain.block(1, 0, &bench.settled());
    bench.follower.follow_best();
    let far = u64::from(MAX_CATCH_UP_BLOCKS) + 2;
    (2..=far).for_each(|name| bench.chain.block(name, name - 1, &[]));
    bench.follower.follow_best();
    assert!(bench.follower.take_gap());
    assert!(!bench.follower.take_gap(), "told once");
    assert_eq!(bench.offered(), 1, "nothing counts as included");

    bench.chain.finalize(far);
    bench.follower.follow_finalized();
    assert!(bench.follower.take_gap());
}

#[test]
fn pruned_state_is_a_gap_and_the_rest_goes_on() {
    let bench = bench();
    bench.chain.block(1, 0, &[]);
    bench.chain.block(2, 1, &bench.settled());
    bench.chain.prune(1);
    bench.follower.follow_best();
    assert!(bench.follower.take_gap());
    assert_eq!(bench.offered(), 0);
}

#[test]
fn unknown_way_is_a_gap() {
    let bench = bench();
    bench.chain.block(1, 0, &[]);
    bench.chain.set_down(true);
    bench.follower.follow_best();
    assert!(bench.follower.take_gap());

    bench.chain.set_down(false);
    bench.chain.block(2, 1, &bench.settled());
    bench.follower.follow_best();
    assert_eq!(bench.offered(), 0);
    assert!(!bench.follower.take_gap());
}
