//! Tests of the limits of a wave: batches, share of the block, funds, and the transaction pool.

use super::*;
use frame_support::{dispatch::DispatchClass, traits::Get, weights::Weight};
use frame_system::limits::BlockWeights;
use tick_stream_primitives::{limits, BatchSize};

/// Returns signed tickets, of as many viewers as are needed.
fn tickets(count: usize) -> Vec<SignedTicket> {
    let viewers = (0..count.div_ceil(16)).map(|index| format!("crowd-{index}"));
    let rows = viewers.flat_map(|viewer| {
        endow(&viewer, ENDOWMENT);
        fund(&viewer);
        let key = key_name(&viewer);
        let last = key_of(&viewer, &key).nonces.last;
        (1..=16).map(move |number| Watch::with_nonce(&viewer, 10, last + number).signed_by(&key))
    });
    rows.take(count).collect()
}

fn share(percent: u32, offer: Offer) -> Offer {
    let config = WorkerConfig { block_share: Permill::from_percent(percent), ..offer.config };
    Offer { config, ..offer }
}

fn normal_total() -> Weight {
    let weights: BlockWeights = <Test as frame_system::Config>::BlockWeights::get();
    weights.get(DispatchClass::Normal).max_total.expect("the class has a limit")
}

/// Returns the total weight of an extrinsic with a batch of this size.
fn extrinsic_weight(size: &BatchSize) -> u64 {
    let weights: BlockWeights = <Test as frame_system::Config>::BlockWeights::get();
    let base = weights.get(DispatchClass::Normal).base_extrinsic;
    TickStream::batch_weight(size).saturating_add(base).ref_time()
}

fn wave_weight(sizes: &[BatchSize]) -> u64 {
    sizes.iter().map(extrinsic_weight).sum()
}

fn sizes_of(sent: &[MockExtrinsic]) -> Vec<BatchSize> {
    sent.iter().map(|extrinsic| batch_in(extrinsic).size()).collect()
}

/// Returns the number of claims in each extrinsic.
fn claims_sent(node: &Node) -> Vec<u32> {
    sizes_of(&node.take_sent()).iter().map(|size| size.claims).collect()
}

/// Opens two sessions.
fn two_watches() -> (Watch, Watch) {
    fund("viewer");
    (Watch::opened("viewer", 60), Watch::opened("viewer", 60))
}

/// Opens a session for claims with [`invalid`] proofs.
fn filler() -> Watch {
    joined(EXPENSIVE)
}

/// Returns a claim of `ticks` ticks, at most as many as a batch has hash steps, which the chain refuses without hashing:
/// it names another stream than its session's.
fn long_claim(ticks: u32) -> OfferedClaim {
    let stream = create_stream(PRICE, Splits::default());
    assert_ok!(TickStream::deposit(signed("viewer"), 3 * DEPOSIT, None));
    let watch = join(stream, PRICE, limits::MAX_BATCH_STEPS);
    stall(limits::MAX_BATCH_STEPS.into());
    OfferedClaim { stream: 0, ..invalid(&watch, ticks) }
}

#[test]
fn opens_above_the_limit_of_a_batch_go_into_a_second_one() {
    Node::run(|node| {
        let rows = tickets(65);
        let offer = share(100, Offer { opens: rows.clone(), ..offer() });
        assert_eq!(node.state_after(&offer), sent_state(2, 65, 0));
        let sent = node.take_sent();
        assert_eq!((sent[0].nonce, sent[1].nonce), (0, 1));
        assert_eq!(batch_in(&sent[0]).opens.to_vec(), rows[..64]);
        assert_eq!(batch_in(&sent[1]).opens.to_vec(), rows[64..]);
        assert_eq!(include(sent), []);
        assert_eq!(stream_of(0).open_sessions, 65);
    });
}

#[test]
fn claims_above_the_limit_of_a_batch_go_into_a_second_one() {
    Node::run(|node| {
        let (mut first, mut last) = two_watches();
        let mut claims = vec![invalid(&filler(), 1); limits::MAX_BATCH_CLAIMS as usize];
        claims.insert(0, offered(&mut first, 20));
        claims.push(offered(&mut last, 20));
        let report = node.work(&share(100, offer_of_claims(claims))).expect("the worker leaves a report");
        assert_eq!(report.state, sent_state(2, 2, 0));
        assert_eq!(report.refused.len(), limits::MAX_BATCH_CLAIMS as usize);
        assert_eq!(claims_sent(node), [1, 1]);
    });
}

#[test]
fn groups_above_the_limit_of_a_batch_go_into_a_second_one() {
    Node::run(|node| {
        let (mut first, mut last) = two_watches();
        let streams = 10..10 + u64::from(limits::MAX_BATCH_GROUPS);
        let filler = invalid(&filler(), 1);
        let mut claims: Vec<_> = streams.map(|stream| OfferedClaim { stream, ..filler.clone() }).collect();
        claims.insert(0, offered(&mut first, 20));
        claims.push(offered(&mut last, 20));
        assert_eq!(node.state_after(&share(100, offer_of_claims(claims))), sent_state(2, 2, 0));
        assert_eq!(claims_sent(node), [1, 1], "the second group of the stream is in the second batch");
    });
}

#[test]
fn steps_above_the_limit_of_a_batch_go_into_a_second_one() {
    Node::run(|node| {
        let (mut first, mut last) = two_watches();
        let fits = limits::MAX_BATCH_STEPS - 20;
        let claims = vec![offered(&mut first, 20), long_claim(fits), offered(&mut last, 20)];
        assert_eq!(node.state_after(&share(100, offer_of_claims(claims))), sent_state(2, 2, 0));
        assert_eq!(claims_sent(node), [1, 1]);
    });
}

#[test]
fn closes_above_the_limit_of_a_batch_go_into_a_second_one() {
    Node::run(|node| {
        let (first, last) = two_watches();
        let refused = last.unsigned_close();
        let mut closes = vec![refused; limits::MAX_BATCH_CLOSES as usize];
        closes.insert(0, first.close(Closer::Gateway, "gateway"));
        closes.push(last.close(Closer::Gateway, "gateway"));
        let report = node.work(&share(100, Offer { closes, ..offer() })).expect("the worker leaves a report");
        assert_eq!(report.state, sent_state(2, 2, 0));
        assert_eq!(report.refused.len(), limits::MAX_BATCH_CLOSES as usize);
        let sent = node.take_sent();
        assert_eq!(sent.iter().map(|extrinsic| batch_in(extrinsic).closes.len()).collect::<Vec<_>>(), [1, 1]);
        assert_eq!(include(sent), []);
    });
}

#[test]
fn wave_has_at_most_sixteen_extrinsics() {
    Node::run(|node| {
        let (mut watch, _) = two_watches();
        let full = BatchSize { groups: 1, claims: 1, steps: limits::MAX_BATCH_STEPS.into(), ..Default::default() };
        let room = normal_total().ref_time() / extrinsic_weight(&full);
        assert!(room > 16, "the test needs weights with room for more than 16 batches in a block, not {room}");
        // Each of these fills a batch. The first batch has the only row that the chain accepts.
        let mut claims = vec![long_claim(limits::MAX_BATCH_STEPS); 20];
        claims.insert(0, offered(&mut watch, 20));
        let report = node.work(&share(100, offer_of_claims(claims))).expect("the worker leaves a report");
        assert_eq!(report.state, sent_state(1, 1, 5));
        assert_eq!(report.refused.len(), 15);
    });
}

#[test]
fn wave_stays_within_its_share_of_the_block() {
    Node::run(|node| {
        let rows = tickets(60);
        let budget = normal_total().ref_time() / 100;
        let offer = share(1, Offer { opens: rows.clone(), ..offer() });
        let WorkerState::Sent { rows: packed, left, .. } = node.state_after(&offer) else {
            panic!("some of the rows must fit into the share");
        };
        assert_eq!((packed + left) as usize, rows.len());
        assert!(left > 0);
        let sent = node.take_sent();
        let opens: Vec<_> = sent.iter().flat_map(|extrinsic| batch_in(extrinsic).opens.to_vec()).collect();
        assert_eq!(opens, rows[..packed as usize], "the most urgent rows are sent first");
        let mut sizes = sizes_of(&sent);
        assert!(wave_weight(&sizes) <= budget);
        sizes.last_mut().expect("something was sent").opens += 1;
        assert!(wave_weight(&sizes) > budget, "one more row does not fit");
        assert_eq!(include(sent), []);
        let rest = share(1, Offer { opens: rows[packed as usize..].to_vec(), ..offer });
        assert!(matches!(node.state_after(&rest), WorkerState::Sent { .. }), "the next wave takes the remaining rows");
    });
}

#[test]
fn opens_take_half_of_a_wave_that_claims_can_fill() {
    Node::run(|node| {
        let opens = tickets(60);
        let half = normal_total().ref_time() / 100 / 2;
        let claims = vec![long_claim(1_000); 100];
        let state = node.state_after(&share(1, Offer { opens, claims, ..offer() }));
        let (_, batch) = node.take_only_sent();
        let opened = batch.size().opens;
        assert!(extrinsic_weight(&BatchSize { opens: opened, ..Default::default() }) <= half);
        assert!(extrinsic_weight(&BatchSize { opens: opened + 1, ..Default::default() }) > half);
        let WorkerState::Sent { extrinsics: 1, rows, left } = state else { panic!("{state:?}") };
        assert_eq!(rows, opened);
        assert!(left > 60 - opened, "claims are left out as well");
    });
}

#[test]
fn opens_beyond_half_a_wave_follow_the_claims() {
    Node::run(|node| {
        let opens = tickets(60);
        let half = normal_total().ref_time() / 100 / 2;
        let (mut first, mut last) = two_watches();
        let claims = vec![offered(&mut first, 20), offered(&mut last, 20)];
        let closes = vec![last.close(Closer::Gateway, "gateway")];
        let state = node.state_after(&share(1, Offer { opens, claims, closes, ..offer() }));
        let sent = node.take_sent();
        let sizes = sizes_of(&sent);
        let sum = |count: fn(&BatchSize) -> u32| sizes.iter().map(count).sum::<u32>();
        let opened = sum(|size| size.opens);
        assert_eq!((sum(|size| size.claims), sum(|size| size.closes)), (2, 1), "all claims and closes are included");
        assert!(extrinsic_weight(&BatchSize { opens: opened, ..Default::default() }) > half);
        assert!(wave_weight(&sizes) <= 2 * half);
        assert_eq!(sent.len(), 1, "rows that fit into one extrinsic share its fee");
        assert_eq!(state, sent_state(1, opened + 3, 60 - opened));
    });
}

#[test]
fn open_larger_than_half_a_wave_may_use_all_of_it() {
    Node::run(|node| {
        let one = extrinsic_weight(&BatchSize { opens: 1, ..Default::default() });
        let parts = (one * 1_000_000).div_ceil(normal_total().ref_time()) + 1;
        let block_share = Permill::from_parts(parts as u32);
        assert!(block_share.mul_floor(normal_total().ref_time()) / 2 < one);
        let offer = Offer { opens: tickets(3), ..offer() };
        let offer = Offer { config: WorkerConfig { block_share, ..offer.config }, ..offer };
        assert_eq!(node.state_after(&offer), sent_state(1, 1, 2));
    });
}

#[test]
fn row_too_large_for_a_wave_does_not_delay_other_rows() {
    Node::run(|node| {
        let (mut first, mut last) = two_watches();
        let steps = limits::MAX_BATCH_STEPS;
        let huge = BatchSize { groups: 1, claims: 1, steps: steps.into(), ..Default::default() };
        assert!(
            extrinsic_weight(&huge) > normal_total().ref_time() / 100,
            "the test needs weights at which the row does not fit"
        );
        let huge = long_claim(steps);
        let claims = vec![huge.clone(), offered(&mut first, 20), huge, offered(&mut last, 20)];
        assert_eq!(node.state_after(&share(1, offer_of_claims(claims))), sent_state(1, 2, 2));
        assert_eq!(claims_sent(node), [2]);
    });
}

#[test]
fn share_of_zero_sends_nothing() {
    Node::run(|node| {
        let (mut watch, _) = two_watches();
        node.work(&share(0, offer_of_claims(vec![offered(&mut watch, 20)])));
        assert_eq!(node.take_sent().len(), 0);
        let again = node.state_after(&offer_of_claims(vec![offered(&mut watch, 20)]));
        assert_eq!(again, sent_state(1, 1, 0), "no wave is in flight afterwards");
    });
}

#[test]
fn funds_for_one_extrinsic_of_two_send_one() {
    Node::run(|node| {
        let rows = tickets(65);
        let fee = fee_of(&batch_of_opens(rows[..64].to_vec()));
        set_balance("operator", ED + fee);
        let offer = share(100, Offer { opens: rows, ..offer() });
        assert_eq!(node.state_after(&offer), sent_state(1, 64, 1), "the row without funds is left");
        assert_eq!(node.take_sent().len(), 1);
        assert_eq!(node.state_after(&offer), WorkerState::InFlight { until_nonce: 1, until_block: 17 });
    });
}

/// Transaction pool that accepts a limited number of extrinsics.
struct SmallPool {
    room: usize,
    state: Arc<RwLock<PoolState>>,
}

impl TransactionPool for SmallPool {
    fn submit_transaction(&mut self, extrinsic: Vec<u8>) -> Result<(), ()> {
        let mut state = self.state.write();
        if state.transactions.len() >= self.room {
            return Err(());
        }
        state.transactions.push(extrinsic);
        Ok(())
    }
}

fn run_with_pool(room: usize, test: impl FnOnce(&Node)) {
    let state = Arc::new(RwLock::new(PoolState::default()));
    let pool = TransactionPoolExt::new(SmallPool { room, state: state.clone() });
    Node::run_on(Some("operator"), pool, state, test);
}

#[test]
fn refusal_of_the_transaction_pool_is_reported_and_tried_again() {
    run_with_pool(0, |node| {
        let (mut watch, _) = two_watches();
        let offer = offer_of_claims(vec![offered(&mut watch, 20)]);
        for _ in 0..2 {
            let state = WorkerState::PoolRefused { account: account("operator") };
            assert_eq!(node.state_after(&offer), state, "no wave is in flight, so the worker tries again");
        }
    });
}

#[test]
fn wave_of_which_the_transaction_pool_accepts_a_part_is_in_flight() {
    run_with_pool(1, |node| {
        let offer = share(100, Offer { opens: tickets(65), ..offer() });
        assert_eq!(node.state_after(&offer), sent_state(1, 64, 1));
        assert_eq!(node.state_after(&offer), WorkerState::InFlight { until_nonce: 1, until_block: 17 });
        assert_eq!(include(node.take_sent()), []);
        let offer = Offer { opens: offer.opens[64..].to_vec(), ..offer };
        assert_eq!(node.state_after(&offer), sent_state(1, 1, 0));
    });
}
