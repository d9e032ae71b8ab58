//! The off-chain worker: from the offer in off-chain storage to extrinsics in the transaction pool, and the report.

mod foreign;
mod keys;
mod limits;
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

/// Bytes that an extrinsic is reckoned to have around its call.
const OVERHEAD_BYTES: u32 = 160;

/// A node whose keystore may hold a key, its off-chain storage and its transaction pool.
struct Node {
    offchain: Arc<RwLock<OffchainState>>,
    pool: Arc<RwLock<PoolState>>,
}

impl Node {
    /// Runs a test on a chain with a stream, on a node whose keystore holds the tick key of `key`, if named.
    fn run_with(key: Option<&str>, test: impl FnOnce(&Self)) {
        let (pool_ext, pool) = TestTransactionPoolExt::new();
        Self::run_on(key, TransactionPoolExt::new(pool_ext), pool, test);
    }

    /// The same with the key of the gateway's operator.
    fn run(test: impl FnOnce(&Self)) {
        Self::run_with(Some("operator"), test);
    }

    /// The same with as many keys as are named, and on this transaction pool.
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
            keystore.sr25519_generate_new(TICK_KEY, Some(&format!("//{name}"))).expect("a well-formed derivation");
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

    /// Runs the worker on this offer, as the node does after a block: what it changes on the state is thrown away.
    /// Returns the report that it leaves, if any.
    fn work(&self, offer: &Offer) -> Option<Report> {
        StorageValueRef::persistent(OFFER_KEY).set(offer);
        self.work_on_what_is_there()
    }

    fn work_on_what_is_there(&self) -> Option<Report> {
        StorageValueRef::persistent(REPORT_KEY).clear();
        with_transaction(|| {
            TickStream::offchain_worker(System::block_number());
            TransactionOutcome::Rollback(Ok::<_, sp_runtime::DispatchError>(()))
        })
        .expect("a hook cannot fail");
        StorageValueRef::persistent(REPORT_KEY).get().expect("a report can be read")
    }

    /// What the worker came to on this offer.
    fn state_after(&self, offer: &Offer) -> WorkerState {
        self.work(offer).expect("the worker leaves a report").state
    }

    /// Takes the extrinsics out of the transaction pool.
    fn take_sent(&self) -> Vec<MockExtrinsic> {
        let sent = std::mem::take(&mut self.pool.write().transactions);
        sent.iter().map(|bytes| MockExtrinsic::decode(&mut &bytes[..]).expect("is an extrinsic")).collect()
    }

    /// Takes the only extrinsic out of the transaction pool. Returns its batch as well.
    fn take_only_sent(&self) -> (MockExtrinsic, Batch) {
        let mut sent = self.take_sent();
        assert_eq!(sent.len(), 1);
        let extrinsic = sent.remove(0);
        let batch = batch_in(&extrinsic).clone();
        (extrinsic, batch)
    }
}

/// The batch that the extrinsic carries.
fn batch_in(extrinsic: &MockExtrinsic) -> &Batch {
    match &extrinsic.call {
        RuntimeCall::TickStream(Call::process_batch { batch }) => batch,
        other => panic!("no batch but {other:?}"),
    }
}

/// Puts the extrinsics into a block. Returns the rows refused.
fn include(extrinsics: Vec<MockExtrinsic>) -> Vec<RowError> {
    System::reset_events();
    for extrinsic in extrinsics {
        assert_eq!(extrinsic.nonce, System::account_nonce(&extrinsic.signer));
        System::inc_account_nonce(&extrinsic.signer);
        extrinsic.call.dispatch(RuntimeOrigin::signed(extrinsic.signer)).expect("the chain takes it");
    }
    failures().into_iter().map(|(_, _, error)| error).collect()
}

/// An offer of nothing, to half a block.
fn offer() -> Offer {
    let config = WorkerConfig { block_share: Permill::from_percent(50), foreign_rows: false };
    Offer { config, opens: vec![], claims: vec![], closes: vec![] }
}

fn offer_of_claims(claims: Vec<OfferedClaim>) -> Offer {
    Offer { claims, ..offer() }
}

/// The session's claim as the pool offers it: where it begins is not the pool's to say.
fn offered(watch: &mut Watch, ticks: u32) -> OfferedClaim {
    let claim = Claim { from: 0, ..watch.claim(ticks) };
    OfferedClaim { stream: watch.ticket.stream, gateway: watch.ticket.gateway.clone(), claim }
}

/// Has "viewer" join this stream through "gateway" from the wallet.
fn join(stream: StreamId, price_per_tick: Balance, max_ticks: u32) -> Watch {
    let mut watch = Watch::new("viewer", max_ticks);
    watch.ticket.stream = stream;
    watch.ticket.price_per_tick = price_per_tick;
    assert_ok!(TickStream::join_stream(signed("viewer"), watch.ticket.clone()));
    watch
}

/// A session through "gateway", on a stream of its own at this price.
fn joined(price_per_tick: Balance) -> Watch {
    let stream = create_stream(price_per_tick, Splits::default());
    assert_ok!(TickStream::deposit(signed("viewer"), DEPOSIT, None));
    join(stream, price_per_tick, 60)
}

/// A claim on a session that does not exist, through "gateway".
fn phantom(steps: u32) -> OfferedClaim {
    let claim = Claim { session: SessionId::default(), from: 0, ticks: steps, proof: [0; 32] };
    OfferedClaim { stream: 0, gateway: account("gateway"), claim }
}

/// What the extrinsic with this batch costs without a tip.
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
fn offer_as_one_signed_batch_works() {
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
        assert!(is_open(ending.id) && !is_open(next.id), "it only tries what the chain is to do");

        let (extrinsic, batch) = node.take_only_sent();
        let expected = Batch {
            opens: vec![open].try_into().expect("one"),
            groups: batch_of_claims(vec![Claim { from: 10, ..running.claim(30) }]).groups,
            closes: vec![close].try_into().expect("one"),
        };
        assert_eq!(batch, expected, "a claim begins at what is settled");
        assert_eq!((&extrinsic.signer, extrinsic.nonce, extrinsic.tip), (&account("operator"), 0, 0));
        assert_eq!(include(vec![extrinsic]), []);
        assert!(!is_open(ending.id) && is_open(next.id));
        assert_eq!(session_of(running.id).settled_ticks, 30);
    });
}

#[test]
fn offer_to_the_gateways_own_key_works() {
    Node::run_with(Some("gateway"), |node| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 60);
        let claims = vec![offered(&mut watch, 30)];
        assert_eq!(node.state_after(&offer_of_claims(claims)), sent_state(1, 1, 0));
        assert_eq!(node.take_only_sent().0.signer, account("gateway"));
    });
}

#[test]
fn offer_of_an_open_and_its_first_claim_works() {
    Node::run(|node| {
        fund("viewer");
        let mut watch = Watch::new("viewer", 60);
        let claims = vec![offered(&mut watch, 30)];
        let opens = vec![watch.signed_by("viewer-session")];
        assert_eq!(node.state_after(&Offer { opens, claims, ..offer() }), sent_state(1, 2, 0));
        assert_eq!(include(node.take_sent()), []);
        assert_eq!(session_of(watch.id).settled_ticks, 30);
    });
}

#[test]
fn offer_of_two_groups_is_sorted_works() {
    Node::run(|node| {
        register_gateway("second-gateway");
        fund("viewer");
        let (mut first, mut third) = (Watch::opened("viewer", 60), Watch::opened("viewer", 60));
        let mut second = Watch::new("viewer", 60);
        second.ticket.gateway = account("second-gateway");
        assert_ok!(TickStream::join_stream(signed("viewer"), second.ticket.clone()));
        let claims = [&mut first, &mut second, &mut third].map(|watch| offered(watch, 20)).to_vec();
        assert_eq!(node.state_after(&offer_of_claims(claims)), sent_state(1, 3, 0), "it operates both gateways");
        let (extrinsic, batch) = node.take_only_sent();
        let mut groups: Vec<_> = batch.groups.iter().map(|group| (group.gateway.clone(), group.claims.len())).collect();
        groups.sort_by_key(|(_, claims)| *claims);
        assert_eq!(groups, [(account("second-gateway"), 1), (account("gateway"), 2)]);
        assert_eq!(include(vec![extrinsic]), []);
    });
}

#[test]
fn no_offer_leaves_no_report_works() {
    Node::run(|node| {
        assert_eq!(node.work_on_what_is_there(), None);
        sp_io::offchain::local_storage_set(StorageKind::PERSISTENT, OFFER_KEY, b"no offer at all");
        assert_eq!(node.work_on_what_is_there(), None);
        assert_eq!(node.take_sent().len(), 0);
    });
}

#[test]
fn empty_offer_is_idle_works() {
    Node::run(|node| {
        let report = node.work(&offer());
        assert_eq!(report, Some(Report { block: 1, state: WorkerState::Idle, refused: vec![], foreign: vec![] }));
        assert_eq!(node.take_sent().len(), 0);
    });
    Node::run_with(None, |node| {
        assert_eq!(node.state_after(&offer()), WorkerState::Idle, "for nothing no key is needed");
    });
}

#[test]
fn offer_without_a_key_fails() {
    Node::run_with(None, |node| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 60);
        let report = node.work(&offer_of_claims(vec![offered(&mut watch, 30)]));
        assert_eq!(report, Some(Report { block: 1, state: WorkerState::NoKey, refused: vec![], foreign: vec![] }));
        assert_eq!(node.take_sent().len(), 0);
    });
}

#[test]
fn offer_without_funds_fails() {
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
        assert_eq!(node.state_after(&offer), sent_state(1, 1, 0), "to the last planck");
    });
}

#[test]
fn offer_with_funds_for_the_fee_but_not_the_tip_fails() {
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
fn closing_sessions_tip_more_as_the_deadline_nears_works() {
    for (waited, tip_percent) in [(0, 0), (1, 10), (5, 50), (9, 90), (10, 100), (15, 100)] {
        Node::run(|node| {
            fund("viewer");
            let (mut running, mut closing) = (Watch::opened("viewer", 60), Watch::opened("viewer", 60));
            let mut closing_later = Watch::opened("viewer", 60);
            leave("viewer", &[closing.id]);
            advance(waited);
            leave("viewer", &[closing_later.id]);
            let claims = [&mut running, &mut closing, &mut closing_later].map(|watch| offered(watch, 20)).to_vec();
            assert_eq!(node.state_after(&offer_of_claims(claims)), sent_state(1, 3, 0));
            let (extrinsic, batch) = node.take_only_sent();
            assert_eq!(extrinsic.tip, Permill::from_percent(tip_percent).mul_floor(fee_of(&batch)), "after {waited}");
        });
    }
}

#[test]
fn rows_that_the_chain_would_refuse_are_dropped_and_reported_works() {
    Node::run(|node| {
        fund("viewer");
        let mut watches: Vec<_> = (0..6).map(|_| Watch::opened("viewer", 60)).collect();
        watches[1].settle(20);
        let last = deposit_of("viewer").nonces.last;
        let (good, bad) = (Watch::with_nonce("viewer", 10, last + 1), Watch::with_nonce("viewer", 10, last + 2));
        let opens = vec![bad.signed_by("stranger"), good.signed_by("viewer-session")];
        let mut claims: Vec<_> = watches[..4].iter_mut().map(|watch| offered(watch, 20)).collect();
        claims[2].claim.proof = [1; 32];
        claims.push(phantom(5));
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
            // What can be told without a trial comes first.
            (RowId::Claim(watches[1].id), RowError::AlreadySettled),
            (RowId::Close(SessionId([9; 16])), RowError::SessionUnknown),
            (RowId::Open(bad.id), RowError::SignatureInvalid),
            (RowId::Claim(watches[2].id), RowError::ProofInvalid),
            (RowId::Claim(SessionId::default()), RowError::SessionUnknown),
            (RowId::Close(watches[4].id), RowError::SignatureInvalid),
            (RowId::Close(watches[3].id), RowError::CloseNotDue),
        ];
        assert_eq!(report.refused, expected);
        let (extrinsic, batch) = node.take_only_sent();
        assert_eq!(batch.opens.to_vec(), [opens[1].clone()]);
        assert_eq!(batch.groups.len(), 1);
        assert_eq!(batch.groups[0].claims.to_vec(), [claims[0].claim.clone(), claims[3].claim.clone()]);
        assert_eq!(batch.closes.to_vec(), [closes[1].clone()]);
        assert_eq!(include(vec![extrinsic]), [], "what is left, the chain takes");
    });
}

#[test]
fn offer_of_nothing_but_refused_rows_sends_nothing_works() {
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
fn group_whose_claims_are_all_refused_is_left_out_works() {
    Node::run(|node| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 60);
        let claims = vec![OfferedClaim { stream: 7, ..phantom(3) }, offered(&mut watch, 20)];
        let report = node.work(&offer_of_claims(claims)).expect("the worker leaves a report");
        assert_eq!(report.refused, [(RowId::Claim(SessionId::default()), RowError::StreamUnknown)]);
        assert_eq!(node.take_only_sent().1, batch_of_claims(vec![watch.claim(20)]));
    });
}

#[test]
fn earnings_worth_a_thousand_fees_are_paid_out_along_works() {
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
        assert_eq!(node.state_after(&offer), sent_state(1, 1, 0), "the open fee to come is not counted");
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
