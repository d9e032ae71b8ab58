//! Tests of the off-chain worker: from the offer to the extrinsics in the transaction pool and the report.

mod attacks;
mod fees;
mod foreign;
mod keys;
mod limits;
mod lowering;
mod waves;
mod worth;

use crate::{mock::*, worker::SettlementExtrinsics, Call};
use codec::{Decode, Encode};
use frame_support::{
    assert_ok,
    storage::{with_transaction, TransactionOutcome},
    traits::{fungible::Mutate, Hooks},
};
use parking_lot::RwLock;
use sp_core::offchain::{
    testing::{OffchainState, PoolState, TestOffchainExt, TestTransactionPoolExt},
    OffchainDbExt, OffchainWorkerExt, StorageKind, TransactionPool, TransactionPoolExt,
};
use sp_keystore::{testing::MemoryKeystore, Keystore, KeystoreExt};
use sp_runtime::{offchain::storage::StorageValueRef, traits::Dispatchable, Permill};
use std::sync::Arc;
use tick_stream_primitives::{
    worker::{
        Offer, OfferedClaim, Report, RowId, WorkerConfig, WorkerState, LOCK_KEY, OFFER_KEY, REPORT_KEY, TICK_KEY,
    },
    Balance, Batch, Claim, CloseRow, Closer, RowError, SessionId, SignedTicket, Splits, StreamId,
};

/// Price at which one tick earns its gateway far more than any fee.
const EXPENSIVE: Balance = 100_000;

/// Bytes of an extrinsic without its call, as the worker estimates them.
const OVERHEAD_BYTES: u32 = 160;

/// Node with a keystore, an off-chain storage and a transaction pool.
struct Node {
    offchain: Arc<RwLock<OffchainState>>,
    pool: Arc<RwLock<PoolState>>,
}

impl Node {
    /// Runs a test on a chain with a stream, on a node whose keystore holds the tick key of `key`, if given.
    fn run_with(key: Option<&str>, test: impl FnOnce(&Self)) {
        let (pool_ext, pool) = TestTransactionPoolExt::new();
        Self::run_on(key, TransactionPoolExt::new(pool_ext), pool, test);
    }

    /// Runs a test on a node with the key of the gateway's operator.
    fn run(test: impl FnOnce(&Self)) {
        Self::run_with(Some("operator"), test);
    }

    /// Runs a test on a node with these keys and this transaction pool.
    fn run_on<'a>(
        keys: impl IntoIterator<Item = &'a str>,
        pool_ext: TransactionPoolExt,
        pool: Arc<RwLock<PoolState>>,
        test: impl FnOnce(&Self),
    ) {
        let mut ext = chain_with_stream();
        let (offchain_ext, offchain) = TestOffchainExt::new();
        let keystore = MemoryKeystore::new();
        for name in keys {
            keystore.sr25519_generate_new(TICK_KEY, Some(&format!("//{name}"))).expect("the derivation is well formed");
        }
        ext.register_extension(OffchainDbExt::new(offchain_ext.clone()));
        ext.register_extension(OffchainWorkerExt::new(offchain_ext));
        ext.register_extension(KeystoreExt::new(keystore));
        ext.register_extension(pool_ext);
        ext.execute_with(|| {
            test(&Self { offchain, pool });
            assert_ok!(TickStream::do_try_state());
        });
    }

    /// Runs the worker on this offer, as the node does after a block: its changes to the state are discarded. Returns
    /// the report, if there is one.
    fn work(&self, offer: &Offer) -> Option<Report> {
        StorageValueRef::persistent(OFFER_KEY).set(offer);
        self.work_on_stored_offer()
    }

    /// Runs the worker on the offer in the storage, if there is one.
    fn work_on_stored_offer(&self) -> Option<Report> {
        StorageValueRef::persistent(REPORT_KEY).clear();
        with_transaction(|| {
            TickStream::offchain_worker(System::block_number());
            TransactionOutcome::Rollback(Ok::<_, sp_runtime::DispatchError>(()))
        })
        .expect("a hook cannot fail");
        StorageValueRef::persistent(REPORT_KEY).get().expect("a report can be read")
    }

    /// Runs the worker on this offer and returns its state.
    fn state_after(&self, offer: &Offer) -> WorkerState {
        self.work(offer).expect("the worker leaves a report").state
    }

    /// Takes the extrinsics out of the transaction pool.
    fn take_sent(&self) -> Vec<MockExtrinsic> {
        let sent = std::mem::take(&mut self.pool.write().transactions);
        sent.iter().map(|bytes| MockExtrinsic::decode(&mut &bytes[..]).expect("the bytes are an extrinsic")).collect()
    }

    /// Takes the only extrinsic out of the transaction pool. Returns it and its batch.
    fn take_only_sent(&self) -> (MockExtrinsic, Batch) {
        let mut sent = self.take_sent();
        assert_eq!(sent.len(), 1);
        let extrinsic = sent.remove(0);
        let batch = batch_in(&extrinsic).clone();
        (extrinsic, batch)
    }
}

/// Returns the batch of an extrinsic.
fn batch_in(extrinsic: &MockExtrinsic) -> &Batch {
    match &extrinsic.call {
        RuntimeCall::TickStream(Call::process_batch { batch }) => batch,
        other => panic!("{other:?} is not a batch"),
    }
}

/// Executes the extrinsics in a block. Returns why rows were refused.
fn include(extrinsics: Vec<MockExtrinsic>) -> Vec<RowError> {
    System::reset_events();
    for extrinsic in extrinsics {
        assert_eq!(extrinsic.nonce, System::account_nonce(&extrinsic.signer));
        System::inc_account_nonce(&extrinsic.signer);
        extrinsic.call.dispatch(RuntimeOrigin::signed(extrinsic.signer)).expect("the extrinsic succeeds");
    }
    failures().into_iter().map(|(_, _, error)| error).collect()
}

/// Returns an offer without rows, for half a block of a worker that serves "gateway".
fn offer() -> Offer {
    offer_for(&["gateway"])
}

/// Returns such an offer for a worker that serves these gateways.
fn offer_for(gateways: &[&str]) -> Offer {
    let gateways = gateways.iter().map(|name| account(name)).collect();
    let config = WorkerConfig { block_share: Permill::from_percent(50), foreign_rows: false, gateways };
    Offer { config, opens: vec![], claims: vec![], closes: vec![], ending: vec![] }
}

fn offer_of_claims(claims: Vec<OfferedClaim>) -> Offer {
    Offer { claims, ..offer() }
}

/// Returns a claim as the pool offers it: without its `from`.
fn offered(watch: &mut Watch, ticks: u32) -> OfferedClaim {
    let claim = Claim { from: 0, ..watch.claim(ticks) };
    OfferedClaim { stream: watch.ticket.stream, gateway: watch.ticket.gateway.clone(), claim }
}

/// Opens a session of "viewer" on this stream through this gateway from the wallet.
fn join_through(gateway: &str, stream: StreamId, price_per_tick: Balance, max_ticks: u32) -> Watch {
    let mut watch = Watch::of_wallet("viewer", max_ticks);
    watch.ticket.stream = stream;
    watch.ticket.gateway = account(gateway);
    watch.ticket.price_per_tick = price_per_tick;
    assert_ok!(TickStream::join_stream(signed("viewer"), watch.ticket.clone()));
    watch
}

/// Opens a session of "viewer" on this stream through "gateway" from the wallet.
fn join(stream: StreamId, price_per_tick: Balance, max_ticks: u32) -> Watch {
    join_through("gateway", stream, price_per_tick, max_ticks)
}

/// Opens a session through "gateway" on a new stream with this price.
fn joined(price_per_tick: Balance) -> Watch {
    let stream = create_stream(price_per_tick, Splits::default());
    assert_ok!(TickStream::deposit(signed("viewer"), DEPOSIT, None));
    join(stream, price_per_tick, 60)
}

/// Returns a claim that would earn more than its fee, but whose proof is invalid: the worker finds that out only when it
/// tries the batch. `watch` is a session of [`joined`] with a high price.
fn invalid(watch: &Watch, ticks: u32) -> OfferedClaim {
    let claim = Claim { session: watch.id, from: 0, ticks, proof: [0; 32] };
    OfferedClaim { stream: watch.ticket.stream, gateway: watch.ticket.gateway.clone(), claim }
}

/// Returns the fee of the extrinsic with this batch, without a tip.
fn fee_of(batch: &Batch) -> Balance {
    let length_bytes = batch.encoded_size() as u32 + OVERHEAD_BYTES;
    MockSettlement::fee(TickStream::batch_weight(&batch.size()), length_bytes)
}

fn set_balance(name: &str, amount: Balance) {
    Balances::set_balance(&account(name), amount);
}

fn sent_state(extrinsics: u32, rows: u32, left: u32) -> WorkerState {
    WorkerState::Sent { extrinsics, rows, left }
}

#[test]
fn offer_is_sent_as_one_signed_batch() {
    Node::run(|node| {
        fund("viewer");
        let (mut running, ending) = (Watch::opened("viewer", 60), Watch::opened("viewer", 60));
        running.settle(10);
        let next = Watch::new("viewer", 60);
        let open = next.signed_by("viewer-session");
        let close = ending.close(Closer::Operator, "operator");
        let claims = vec![offered(&mut running, 30)];
        let offer = Offer { opens: vec![open.clone()], claims, closes: vec![close.clone()], ..offer() };
        let report = node.work(&offer).expect("the worker leaves a report");
        assert_eq!(report, Report { block: 1, state: sent_state(1, 3, 0), refused: vec![], foreign: vec![] });
        assert!(is_open(ending.id) && !is_open(next.id), "the worker changes no state");

        let (extrinsic, batch) = node.take_only_sent();
        let expected = Batch {
            opens: vec![open].try_into().expect("within the bound"),
            groups: batch_of_claims(vec![Claim { from: 10, ..running.claim(30) }]).groups,
            closes: vec![close].try_into().expect("within the bound"),
        };
        assert_eq!(batch, expected, "the claim starts at the settled ticks");
        assert_eq!((&extrinsic.signer, extrinsic.nonce, extrinsic.tip), (&account("operator"), 0, 0));
        assert_eq!(include(vec![extrinsic]), []);
        assert!(!is_open(ending.id) && is_open(next.id));
        assert_eq!(session_of(running.id).settled_ticks, 30);
    });
}

#[test]
fn gateways_own_key_settles_its_rows() {
    Node::run_with(Some("gateway"), |node| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 60);
        let claims = vec![offered(&mut watch, 30)];
        let offer = Offer { claims, ..offer_for(&[]) };
        assert_eq!(node.state_after(&offer), sent_state(1, 1, 0), "the gateway need not be named");
        assert_eq!(node.take_only_sent().0.signer, account("gateway"));
    });
}

#[test]
fn claim_waits_until_its_ticket_is_opened() {
    Node::run(|node| {
        fund("viewer");
        let mut watch = Watch::new("viewer", 60);
        let claims = vec![offered(&mut watch, 30)];
        let opens = vec![watch.signed_by("viewer-session")];
        let report = node.work(&Offer { opens, claims: claims.clone(), ..offer() });
        let expected = Report { block: 1, state: sent_state(1, 1, 0), refused: vec![], foreign: vec![] };
        assert_eq!(report, Some(expected), "the claim is neither sent nor refused");
        assert_eq!(include(node.take_sent()), []);
        assert_eq!(node.state_after(&offer_of_claims(claims)), sent_state(1, 1, 0));
        assert_eq!(include(node.take_sent()), []);
        assert_eq!(session_of(watch.id).settled_ticks, 30);
    });
}

#[test]
fn claim_without_a_session_and_a_ticket_is_refused() {
    Node::run(|node| {
        fund("viewer");
        let mut watch = Watch::new("viewer", 60);
        let report = node.work(&offer_of_claims(vec![offered(&mut watch, 30)]));
        let refused = vec![(RowId::Claim(watch.id), RowError::SessionUnknown)];
        assert_eq!(report, Some(Report { block: 1, state: WorkerState::Idle, refused, foreign: vec![] }));
    });
}

#[test]
fn claims_of_two_gateways_are_grouped() {
    Node::run(|node| {
        register_gateway("second-gateway");
        fund("viewer");
        let (mut first, mut third) = (Watch::opened("viewer", 60), Watch::opened("viewer", 60));
        let mut second = join_through("second-gateway", 0, PRICE, 60);
        let claims = [&mut first, &mut second, &mut third].map(|watch| offered(watch, 20)).to_vec();
        let offer = Offer { claims, ..offer_for(&["gateway", "second-gateway"]) };
        assert_eq!(node.state_after(&offer), sent_state(1, 3, 0));
        let (extrinsic, batch) = node.take_only_sent();
        let mut groups: Vec<_> = batch.groups.iter().map(|group| (group.gateway.clone(), group.claims.len())).collect();
        groups.sort_by_key(|(_, claims)| *claims);
        assert_eq!(groups, [(account("second-gateway"), 1), (account("gateway"), 2)]);
        assert_eq!(include(vec![extrinsic]), []);
    });
}

#[test]
fn missing_or_unreadable_offer_leaves_no_report() {
    Node::run(|node| {
        assert_eq!(node.work_on_stored_offer(), None);
        sp_io::offchain::local_storage_set(StorageKind::PERSISTENT, OFFER_KEY, b"not an offer");
        assert_eq!(node.work_on_stored_offer(), None);
        assert_eq!(node.take_sent().len(), 0);
    });
}

#[test]
fn empty_offer_is_reported_as_idle() {
    Node::run(|node| {
        let report = node.work(&offer());
        assert_eq!(report, Some(Report { block: 1, state: WorkerState::Idle, refused: vec![], foreign: vec![] }));
        assert_eq!(node.take_sent().len(), 0);
    });
    Node::run_with(None, |node| {
        assert_eq!(node.state_after(&offer()), WorkerState::Idle, "an empty offer needs no key");
    });
}

#[test]
fn missing_key_is_reported() {
    Node::run_with(None, |node| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 60);
        let report = node.work(&offer_of_claims(vec![offered(&mut watch, 30)]));
        assert_eq!(report, Some(Report { block: 1, state: WorkerState::NoKey, refused: vec![], foreign: vec![] }));
        assert_eq!(node.take_sent().len(), 0);
    });
}

#[test]
fn missing_funds_are_reported() {
    Node::run(|node| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 60);
        let offer = offer_of_claims(vec![offered(&mut watch, 30)]);
        let needed = fee_of(&batch_of_claims(vec![watch.claim(30)]));
        let account = account("operator");
        for balance in [0, needed - 1] {
            set_balance("operator", ED + balance);
            let expected = WorkerState::NoFunds { account: account.clone(), balance, needed };
            assert_eq!(node.state_after(&offer), expected);
            assert_eq!(node.take_sent().len(), 0);
        }
        set_balance("operator", ED + needed);
        assert_eq!(node.state_after(&offer), sent_state(1, 1, 0), "the balance covers exactly the fee");
    });
}

#[test]
fn funds_must_cover_the_fee_and_the_tip() {
    Node::run(|node| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 60);
        leave("viewer", &[watch.id]);
        advance(5);
        let offer = offer_of_claims(vec![offered(&mut watch, 30)]);
        let fee = fee_of(&batch_of_claims(vec![watch.claim(30)]));
        let (account, needed) = (account("operator"), fee + fee / 2);
        set_balance("operator", ED + needed - 1);
        assert_eq!(node.state_after(&offer), WorkerState::NoFunds { account, balance: needed - 1, needed });
        set_balance("operator", ED + needed);
        assert_eq!(node.state_after(&offer), sent_state(1, 1, 0));
    });
}

#[test]
fn tip_grows_as_the_deadline_of_a_closing_session_nears() {
    for (waited, tip_percent) in [(0, 0), (1, 10), (5, 50), (9, 90), (10, 100), (15, 100)] {
        Node::run(|node| {
            fund("viewer");
            let (mut closing, mut closing_later) = (joined(EXPENSIVE), Watch::opened("viewer", 60));
            leave("viewer", &[closing.id]);
            advance(waited);
            leave("viewer", &[closing_later.id]);
            let claims = [&mut closing, &mut closing_later].map(|watch| offered(watch, 20)).to_vec();
            assert_eq!(node.state_after(&offer_of_claims(claims)), sent_state(1, 2, 0));
            let (extrinsic, batch) = node.take_only_sent();
            assert_eq!(extrinsic.tip, Permill::from_percent(tip_percent).mul_floor(fee_of(&batch)), "after {waited}");
        });
    }
}

#[test]
fn rows_of_closing_sessions_travel_in_a_batch_of_their_own() {
    Node::run(|node| {
        fund("viewer");
        let (mut running, mut closing) = (Watch::opened("viewer", 60), Watch::opened("viewer", 60));
        let (ending, closing_too) = (Watch::opened("viewer", 60), Watch::opened("viewer", 60));
        leave("viewer", &[closing.id, closing_too.id]);
        advance(5);
        let opens = vec![Watch::new("viewer", 10).signed_by("viewer-session")];
        let claims = vec![offered(&mut running, 20), offered(&mut closing, 20)];
        let closes = [&ending, &closing_too].map(|watch| watch.close(Closer::Gateway, "gateway"));
        let offer = Offer { opens: opens.clone(), claims, closes: closes.to_vec(), ..offer() };
        assert_eq!(node.state_after(&offer), sent_state(2, 5, 0));
        let sent = node.take_sent();
        let [urgent, other] = [batch_in(&sent[0]), batch_in(&sent[1])];
        assert_eq!(urgent.groups, batch_of_claims(vec![closing.claim(20)]).groups);
        assert_eq!((urgent.opens.to_vec(), urgent.closes.to_vec()), (vec![], vec![closes[1].clone()]));
        assert_eq!(other.groups, batch_of_claims(vec![running.claim(20)]).groups);
        assert_eq!((other.opens.to_vec(), other.closes.to_vec()), (opens, vec![closes[0].clone()]));
        assert_eq!([sent[0].tip > 0, sent[1].tip > 0], [true, false]);
        assert_eq!(include(sent), []);
    });
}

#[test]
fn rows_that_the_chain_would_refuse_are_dropped_and_reported() {
    Node::run(|node| {
        fund("viewer");
        let mut watches: Vec<_> = (0..6).map(|_| Watch::opened("viewer", 60)).collect();
        watches[1].settle(20);
        let last = key_of("viewer", "viewer-session").nonces.last;
        let (good, bad) = (Watch::with_nonce("viewer", 10, last + 1), Watch::with_nonce("viewer", 10, last + 2));
        let opens = vec![bad.signed_by("stranger"), good.signed_by("viewer-session")];
        let mut claims: Vec<_> = watches[..4].iter_mut().map(|watch| offered(watch, 20)).collect();
        claims[2].claim.proof = [1; 32];
        let unknown = SessionId([8; 16]);
        claims.push(OfferedClaim { claim: Claim { session: unknown, ..claims[0].claim.clone() }, ..claims[0].clone() });
        let gone = CloseRow { session: SessionId([9; 16]), signature: None };
        let closes = vec![
            watches[4].close(Closer::Gateway, "stranger"),
            watches[5].close(Closer::Gateway, "gateway"),
            watches[3].unsigned_close(),
            gone,
        ];
        let offer = Offer { opens: opens.clone(), claims: claims.clone(), closes: closes.clone(), ..offer() };
        let report = node.work(&offer).expect("the worker leaves a report");
        assert_eq!(report.state, sent_state(1, 4, 0));
        let expected = [
            // Refusals that are known without a dry run come first.
            (RowId::Claim(watches[1].id), RowError::AlreadySettled),
            (RowId::Claim(unknown), RowError::SessionUnknown),
            (RowId::Close(SessionId([9; 16])), RowError::SessionUnknown),
            (RowId::Open(bad.id), RowError::SignatureInvalid),
            (RowId::Claim(watches[2].id), RowError::ProofInvalid),
            (RowId::Close(watches[4].id), RowError::SignatureInvalid),
            (RowId::Close(watches[3].id), RowError::CloseNotDue),
        ];
        assert_eq!(report.refused, expected);
        let (extrinsic, batch) = node.take_only_sent();
        assert_eq!(batch.opens.to_vec(), [opens[1].clone()]);
        assert_eq!(batch.groups.len(), 1);
        assert_eq!(batch.groups[0].claims.to_vec(), [claims[0].claim.clone(), claims[3].claim.clone()]);
        assert_eq!(batch.closes.to_vec(), [closes[1].clone()]);
        assert_eq!(include(vec![extrinsic]), [], "the chain accepts the remaining rows");
    });
}

#[test]
fn offer_of_refused_rows_sends_nothing() {
    Node::run(|node| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 60);
        let too_fast = offered(&mut watch, 60);
        let too_fast = OfferedClaim { claim: Claim { ticks: 61, ..too_fast.claim }, ..too_fast };
        let report = node.work(&offer_of_claims(vec![too_fast])).expect("the worker leaves a report");
        let refused = vec![(RowId::Claim(watch.id), RowError::AboveMaximum)];
        assert_eq!(report, Report { block: 1, state: WorkerState::Idle, refused, foreign: vec![] });
        assert_eq!(node.take_sent().len(), 0);
    });
}

#[test]
fn group_without_accepted_claims_is_left_out() {
    Node::run(|node| {
        fund("viewer");
        let (mut watch, mut other) = (Watch::opened("viewer", 60), Watch::opened("viewer", 60));
        let claims = vec![OfferedClaim { stream: 7, ..offered(&mut other, 20) }, offered(&mut watch, 20)];
        let report = node.work(&offer_of_claims(claims)).expect("the worker leaves a report");
        assert_eq!(report.refused, [(RowId::Claim(other.id), RowError::GroupMismatch)]);
        assert_eq!(node.take_only_sent().1, batch_of_claims(vec![watch.claim(20)]));
    });
}

#[test]
fn earnings_above_a_thousand_fees_are_paid_out() {
    Node::run(|node| {
        fund("viewer");
        let watch = Watch::new("viewer", 60);
        let row = watch.signed_by("viewer-session");
        let fee = fee_of(&batch_of_opens(vec![row.clone()]));
        let earn = |amount| {
            crate::Earnings::<Test>::insert(account("operator"), amount);
            assert_ok!(Balances::mint_into(&TickStream::pot_account(), amount));
        };
        let offer = Offer { opens: vec![row], ..offer() };
        earn(1_000 * fee);
        assert_eq!(node.state_after(&offer), sent_state(1, 1, 0), "earnings of the dry run do not count");
        node.take_sent();
        StorageValueRef::persistent(tick_stream_primitives::worker::WAVE_KEY).clear();
        earn(1_000 * fee + 1);
        assert_eq!(node.state_after(&offer), sent_state(2, 1, 0));
        let sent = node.take_sent();
        let payout = RuntimeCall::TickStream(Call::payout { account: account("operator") });
        assert_eq!((&sent[1].call, sent[1].nonce, sent[1].tip), (&payout, 1, 0));
        assert_eq!(include(sent), []);
        assert_eq!(earned("operator"), 0);
    });
}
