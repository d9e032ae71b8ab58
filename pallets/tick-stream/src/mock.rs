//! Mock runtime for the tests of the pallet, and helpers to act on it.

use crate as pallet_tick_stream;
use crate::{
    tick_key::{account_of, TickKey},
    worker::SettlementExtrinsics,
    Call, Event, Pallet, StreamRequest, WeightInfo,
};
use codec::{Decode, Encode};
use frame_support::{
    assert_ok, derive_impl, parameter_types,
    traits::{ConstU128, ConstU32, ConstU64},
    weights::{constants::RocksDbWeight, Weight},
    PalletId,
};
use frame_system::EnsureRoot;
use sp_core::{sr25519, Pair};
use sp_runtime::{traits::IdentityLookup, BuildStorage, Permill};
use std::collections::BTreeMap;
use tick_stream_primitives::{
    limits::MAX_SESSIONS_PER_KEY, session_id, ticket::close_message, AccountId, Balance, Batch, BatchSize, BlockNumber,
    Claim, ClaimGroup, CloseRow, CloseSignature, Closer, Deposit, GenesisHash, KeyLimits, Moment, RowError, RowKind,
    Scope, Session, SessionId, SessionKey, SignedTicket, Splits, Stream, StreamId, TickChain, Ticket,
};

/// Price of a tick in most tests, in planck. It is odd, so that every rounding is visible.
pub const PRICE: Balance = 1_003;
/// The gateway's share in most tests.
pub const GATEWAY_SHARE: Permill = Permill::from_parts(200_001);
/// Balance of each account at the start, in planck.
pub const ENDOWMENT: Balance = 1_000_000_000;
/// Free deposit of most viewers, in planck.
pub const DEPOSIT: Balance = 100_000_000;
/// Open fee, in planck.
pub const OPEN_FEE: Balance = 7;
/// Part of the open fee that removing a neglected session earns, in planck.
pub const REWARD: Balance = 3;
/// Bond of each deposit and each session key, in planck.
pub const BOND: Balance = 20;
/// Time of block 1, in milliseconds since the Unix epoch.
pub const START_MS: Moment = 1_700_000_000_000;
/// Existential deposit, in planck.
pub const ED: Balance = 5;

/// Names of the accounts that have money at the start. The friends can be in the splits of streams.
pub const RICH: [&str; 16] = [
    "viewer",
    "second-viewer",
    "creator",
    "gateway",
    "operator",
    "stranger",
    "second-gateway",
    "friend",
    "friend-0",
    "friend-1",
    "friend-2",
    "friend-3",
    "friend-4",
    "friend-5",
    "friend-6",
    "friend-7",
];

type Block = frame_system::mocking::MockBlockU32<Test>;

frame_support::construct_runtime!(
    pub enum Test {
        System: frame_system,
        Timestamp: pallet_timestamp,
        Balances: pallet_balances,
        TickStream: pallet_tick_stream,
    }
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type AccountId = AccountId;
    type Lookup = IdentityLookup<AccountId>;
    type Block = Block;
    type DbWeight = RocksDbWeight;
    type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_timestamp::config_preludes::TestDefaultConfig)]
impl pallet_timestamp::Config for Test {
    type MinimumPeriod = ConstU64<1>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
    type Balance = Balance;
    type ExistentialDeposit = ConstU128<ED>;
    type AccountStore = System;
    type RuntimeHoldReason = RuntimeHoldReason;
    type MaxFreezes = ConstU32<0>;
}

parameter_types! {
    pub const PotId: PalletId = PalletId(*b"vlk/tick");
    pub Treasury: AccountId = account("treasury");
    pub const DefaultProtocolFee: Permill = Permill::from_percent(1);
    pub const SubmitterShare: Permill = Permill::from_parts(5_000);
    /// Open fee, in planck. Tests may set another one for their thread.
    pub static ChargedFee: Balance = OPEN_FEE;
}

impl crate::Config for Test {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type Clock = Timestamp;
    type ModeratorOrigin = EnsureRoot<AccountId>;
    type AdminOrigin = EnsureRoot<AccountId>;
    type Settlement = MockSettlement;
    type WeightInfo = ();
    type PotId = PotId;
    type Treasury = Treasury;
    type MinPrice = ConstU128<10>;
    type MinDeposit = ConstU128<1_000>;
    type StreamDeposit = ConstU128<500>;
    type GatewayBond = ConstU128<5_000>;
    type OpenFee = ChargedFee;
    type RemovalReward = ConstU128<REWARD>;
    type StorageBond = ConstU128<BOND>;
    type DefaultProtocolFee = DefaultProtocolFee;
    type SubmitterShare = SubmitterShare;
    type MaxPrepaidTicks = ConstU32<60>;
    type ClosePeriod = ConstU32<10>;
    type GatewaySilence = ConstU32<5>;
    type Notice = ConstU32<6>;
    type TicketLifetime = ConstU32<100>;
}

/// Construction of extrinsics in the mock: they carry their contents without a signature.
pub struct MockSettlement;

/// Extrinsic that [`MockSettlement`] hands to the transaction pool.
#[derive(Encode, Decode)]
pub struct MockExtrinsic {
    pub call: RuntimeCall,
    pub signer: AccountId,
    pub nonce: u32,
    pub tip: Balance,
}

impl SettlementExtrinsics<Call<Test>> for MockSettlement {
    fn sign(call: Call<Test>, key: &TickKey, nonce: u32, tip: Balance) -> Option<Vec<u8>> {
        Some(MockExtrinsic { call: RuntimeCall::TickStream(call), signer: account_of(key), nonce, tip }.encode())
    }

    /// Returns one planck per microsecond of weight and one per byte.
    fn fee(call_weight: Weight, length_bytes: u32) -> Balance {
        Balance::from(call_weight.ref_time() / 1_000_000) + Balance::from(length_bytes)
    }

    /// Returns nothing: the mock's amounts are small, so that tests can show every planck, and are far below real fees.
    /// The runtime's tests check the constants against real fees.
    fn base_fee(_: Weight) -> Balance {
        0
    }
}

/// Returns the key pair of `name`.
pub fn pair(name: &str) -> sr25519::Pair {
    // Deriving a key takes milliseconds, and some tests need thousands.
    std::thread_local! {
        static PAIRS: std::cell::RefCell<std::collections::HashMap<String, sr25519::Pair>> = Default::default();
    }
    PAIRS.with_borrow_mut(|pairs| {
        let derived = || sr25519::Pair::from_string(&format!("//{name}"), None).expect("the derivation is well formed");
        pairs.entry(name.to_owned()).or_insert_with(derived).clone()
    })
}

/// Returns the account of `name`.
pub fn account(name: &str) -> AccountId {
    pair(name).public().into()
}

/// Returns the origin of an extrinsic signed by `name`.
pub fn signed(name: &str) -> RuntimeOrigin {
    RuntimeOrigin::signed(account(name))
}

/// Creates a chain at block 1 on which accounts have money and nothing else.
pub fn empty_chain() -> sp_io::TestExternalities {
    let storage = RuntimeGenesisConfig {
        balances: pallet_balances::GenesisConfig {
            balances: RICH.iter().map(|name| (account(name), ENDOWMENT)).collect(),
            ..Default::default()
        },
        ..Default::default()
    }
    .build_storage()
    .expect("the genesis builds");
    let mut ext = sp_io::TestExternalities::new(storage);
    ext.execute_with(|| {
        System::set_block_number(1);
        pallet_timestamp::Now::<Test>::put(START_MS);
    });
    ext
}

/// Creates a chain with stream 0 at [`PRICE`] and a gateway operated by "operator".
pub fn chain_with_stream() -> sp_io::TestExternalities {
    let mut ext = empty_chain();
    ext.execute_with(|| {
        register_gateway("gateway");
        create_stream(PRICE, Splits::default());
    });
    ext
}

/// Runs a test on [`chain_with_stream`], then checks the invariants.
pub fn build_and_execute(test: impl FnOnce()) {
    chain_with_stream().execute_with(|| {
        test();
        assert_ok!(TickStream::do_try_state());
    });
}

/// Registers `name` as a gateway operated by "operator".
pub fn register_gateway(name: &str) {
    let endpoint = b"https://gateway.example".to_vec().try_into().expect("within the bound");
    assert_ok!(TickStream::register_gateway(signed(name), endpoint, account("operator")));
}

/// Returns the settings of an ordinary stream.
pub fn stream_request(price_per_tick: Balance, splits: Splits) -> StreamRequest {
    StreamRequest {
        price_per_tick,
        preview_ticks: 30,
        gateway_share: GATEWAY_SHARE,
        splits,
        metadata: br#"{"title":"Test"}"#.to_vec().try_into().expect("within the bound"),
    }
}

/// Creates a stream of "creator" and returns its identifier.
pub fn create_stream(price_per_tick: Balance, splits: Splits) -> StreamId {
    let id = crate::NextStream::<Test>::get();
    assert_ok!(TickStream::create_stream(signed("creator"), stream_request(price_per_tick, splits)));
    id
}

/// Advances the chain by `blocks` blocks of one second each.
pub fn advance(blocks: BlockNumber) {
    System::set_block_number(System::block_number() + blocks);
    pallet_timestamp::Now::<Test>::mutate(|now| *now += Moment::from(blocks) * 1_000);
}

/// Advances the clock without blocks, as when the chain stands still.
pub fn stall(seconds: Moment) {
    pallet_timestamp::Now::<Test>::mutate(|now| *now += seconds * 1_000);
}

/// Returns the hash of block 0 as the pallet reads it.
pub fn genesis() -> GenesisHash {
    Pallet::<Test>::genesis_hash()
}

/// Returns the name of the key that [`fund`] authorises for `viewer`.
pub fn key_name(viewer: &str) -> String {
    format!("{viewer}-session")
}

/// Returns limits of a session key that do not limit it in practice.
pub fn key_limits() -> KeyLimits {
    KeyLimits {
        label: b"Laptop".to_vec().try_into().expect("within the bound"),
        max_price_per_tick: PRICE * 10,
        allowance: DEPOSIT,
        renewal: None,
        max_sessions: MAX_SESSIONS_PER_KEY,
        scope: Scope::Any,
        expires_at: 1_000_000,
    }
}

/// Deposits money for `viewer` so that [`DEPOSIT`] is free, and authorises the key "`viewer`-session".
pub fn fund(viewer: &str) {
    let key = (account(&key_name(viewer)), key_limits());
    assert_ok!(TickStream::deposit(signed(viewer), DEPOSIT + 2 * BOND, Some(key)));
}

/// Deposits money for `viewer`, who has no deposit and gets no session key, so that `free` is free.
pub fn fund_wallet(viewer: &str, free: Balance) {
    assert_ok!(TickStream::deposit(signed(viewer), free + BOND, None));
}

/// Authorises another session key of `viewer`. Its bond is taken from the free deposit.
pub fn add_key(viewer: &str, session_key: &str, change: impl FnOnce(&mut KeyLimits)) {
    let mut limits = key_limits();
    change(&mut limits);
    assert_ok!(TickStream::add_key(signed(viewer), account(session_key), limits));
}

/// Sets the limits of "viewer-session" to [`key_limits`] with a change. The allowance starts anew.
pub fn limit_key(change: impl FnOnce(&mut KeyLimits)) {
    let mut limits = key_limits();
    change(&mut limits);
    assert_ok!(TickStream::update_key(signed("viewer"), account("viewer-session"), limits));
}

/// Returns a session key of `viewer`, which must exist.
pub fn key_of(viewer: &str, session_key: &str) -> SessionKey {
    crate::Keys::<Test>::get(account(viewer), account(session_key)).expect("the viewer has this key")
}

/// Returns the deposit of `viewer`, who must have one.
pub fn deposit_of(viewer: &str) -> Deposit {
    crate::Deposits::<Test>::get(account(viewer)).expect("the viewer has a deposit")
}

/// Returns a session, which must be open.
pub fn session_of(id: SessionId) -> Session {
    crate::Sessions::<Test>::get(id).expect("the session is open")
}

/// Returns a stream, which must exist.
pub fn stream_of(id: StreamId) -> Stream {
    crate::Streams::<Test>::get(id).expect("the stream exists")
}

/// Returns the earnings of `name`, in planck.
pub fn earned(name: &str) -> Balance {
    crate::Earnings::<Test>::get(account(name))
}

/// Ticket with its tick chain and session.
pub struct Watch {
    pub ticket: Ticket,
    pub chain: TickChain,
    pub id: SessionId,
}

impl Watch {
    /// Creates a ticket of the key "`viewer`-session" for stream 0 through "gateway", with the key's next nonce.
    pub fn new(viewer: &str, max_ticks: u32) -> Self {
        Self::of_key(viewer, &key_name(viewer), max_ticks)
    }

    /// Creates such a ticket of another session key.
    pub fn of_key(viewer: &str, session_key: &str, max_ticks: u32) -> Self {
        Self::create(viewer, session_key, max_ticks, key_of(viewer, session_key).nonces.next())
    }

    /// Creates such a ticket for a call of the wallet.
    pub fn of_wallet(viewer: &str, max_ticks: u32) -> Self {
        Self::create(viewer, viewer, max_ticks, deposit_of(viewer).nonces.next())
    }

    /// Creates such a ticket of the key "`viewer`-session" with a given nonce.
    pub fn with_nonce(viewer: &str, max_ticks: u32, nonce: u64) -> Self {
        Self::create(viewer, &key_name(viewer), max_ticks, nonce)
    }

    /// Creates such a ticket of any session key with a given nonce.
    pub fn create(viewer: &str, session_key: &str, max_ticks: u32, nonce: u64) -> Self {
        let id = session_id(&genesis(), &account(viewer), &account(session_key), nonce);
        let mut seed = [7; 32];
        seed[..8].copy_from_slice(&nonce.to_le_bytes());
        let mut chain = TickChain::new(&id, seed, max_ticks);
        let ticket = Ticket {
            viewer: account(viewer),
            session_key: account(session_key),
            nonce,
            stream: 0,
            gateway: account("gateway"),
            price_per_tick: PRICE,
            max_ticks,
            anchor: chain.anchor(),
            expires_at: System::block_number() + 50,
        };
        Self { ticket, chain, id }
    }

    /// Returns the ticket signed by the key of `name`.
    pub fn signed_by(&self, name: &str) -> SignedTicket {
        let signature = pair(name).sign(&self.ticket.message(&genesis())).into();
        SignedTicket { ticket: self.ticket.clone(), signature }
    }

    /// Opens a session with a ticket signed by "`viewer`-session" in a batch of "operator".
    pub fn opened(viewer: &str, max_ticks: u32) -> Self {
        Self::opened_by(viewer, &key_name(viewer), max_ticks)
    }

    /// Opens a session with a ticket signed by another session key in a batch of "operator".
    pub fn opened_by(viewer: &str, session_key: &str, max_ticks: u32) -> Self {
        let watch = Self::of_key(viewer, session_key, max_ticks);
        let batch = batch_of_opens(vec![watch.signed_by(session_key)]);
        assert_ok!(TickStream::process_batch(signed("operator"), batch));
        assert!(crate::Sessions::<Test>::contains_key(watch.id), "the ticket was refused: {:?}", failures());
        watch
    }

    /// Opens a session with a call of the wallet.
    pub fn joined(viewer: &str, max_ticks: u32) -> Self {
        let watch = Self::of_wallet(viewer, max_ticks);
        assert_ok!(TickStream::join_stream(signed(viewer), watch.ticket.clone()));
        watch
    }

    /// Returns the claim of `ticks`, from what is settled.
    pub fn claim(&mut self, ticks: u32) -> Claim {
        let from = crate::Sessions::<Test>::get(self.id).map_or(0, |session| session.settled_ticks);
        let proof = self.chain.proof(ticks).expect("within the chain");
        Claim { session: self.id, from, ticks, proof }
    }

    /// Settles up to `ticks` with a call of "operator".
    pub fn settle(&mut self, ticks: u32) {
        let claim = self.claim(ticks);
        let (session, from, proof) = (claim.session, claim.from, claim.proof);
        assert_ok!(TickStream::record_tick(signed("operator"), session, from, ticks, proof));
    }

    /// Returns a close of this session signed by `name` in the role `by`.
    pub fn close(&self, by: Closer, name: &str) -> CloseRow {
        let signature = pair(name).sign(&close_message(&genesis(), &self.id)).into();
        CloseRow { session: self.id, signature: Some(CloseSignature { by, signature }) }
    }

    /// Returns a close of this session without a signature.
    pub fn unsigned_close(&self) -> CloseRow {
        CloseRow { session: self.id, signature: None }
    }
}

/// Returns a batch with these tickets.
pub fn batch_of_opens(opens: Vec<SignedTicket>) -> Batch {
    Batch { opens: opens.try_into().expect("within the bound"), ..Default::default() }
}

/// Returns a batch with these claims on stream 0 through "gateway".
pub fn batch_of_claims(claims: Vec<Claim>) -> Batch {
    let claims = claims.try_into().expect("within the bound");
    let group = ClaimGroup { stream: 0, gateway: account("gateway"), claims };
    Batch { groups: vec![group].try_into().expect("within the bound"), ..Default::default() }
}

/// Returns a batch with these closes.
pub fn batch_of_closes(closes: Vec<CloseRow>) -> Batch {
    Batch { closes: closes.try_into().expect("within the bound"), ..Default::default() }
}

/// Returns the pallet's events of this block so far.
pub fn events() -> Vec<Event<Test>> {
    System::events()
        .into_iter()
        .filter_map(|record| match record.event {
            RuntimeEvent::TickStream(event) => Some(event),
            _ => None,
        })
        .collect()
}

/// Returns the rows refused in this block, as kind, index and error.
pub fn failures() -> Vec<(RowKind, u32, RowError)> {
    events()
        .into_iter()
        .filter_map(|event| match event {
            Event::RowFailed { kind, index, error, .. } => Some((kind, index, error)),
            _ => None,
        })
        .collect()
}

/// Returns the weight of a batch of this size whose groups pay `splits` splits together, and whose closes earn no reward.
pub fn weight_with_splits(size: &BatchSize, splits: u32) -> Weight {
    TickStream::batch_base(size, false).saturating_add(TickStream::rows_weight(size, splits))
}

/// Returns the weight of a batch without its rows.
pub fn weight_of_no_rows() -> Weight {
    TickStream::batch_weight(&BatchSize::default())
}

/// Returns the weight of rows that a batch refused after lookups of a session and a key.
pub fn looked_up_weight(rows: u32) -> Weight {
    <() as WeightInfo>::process_batch_looked_up(rows).saturating_sub(<() as WeightInfo>::process_batch_looked_up(0))
}

/// Returns the weight of tickets that a batch refused after all checks but that of the signature.
pub fn checked_weight(rows: u32) -> Weight {
    <() as WeightInfo>::process_batch_checked(rows).saturating_sub(<() as WeightInfo>::process_batch_checked(0))
}

/// Returns the free balance of `name`, in planck.
pub fn balance_of(name: &str) -> Balance {
    Balances::free_balance(account(name))
}

/// Returns the balance of the pot, in planck.
pub fn in_pot() -> Balance {
    Balances::free_balance(TickStream::pot_account())
}

/// Moves the whole balance of `name` to "stranger", which removes the account.
pub fn remove_account(name: &str) {
    use frame_support::traits::{fungible::Mutate, tokens::Preservation};
    assert_ok!(Balances::transfer(&account(name), &account("stranger"), balance_of(name), Preservation::Expendable));
    assert!(!System::account_exists(&account(name)));
}

/// Mints `amount` planck for `name`.
pub fn endow(name: &str, amount: Balance) {
    use frame_support::traits::fungible::Mutate;
    assert_ok!(Balances::mint_into(&account(name), amount));
}

/// Runs `act` and returns the pallet's events that it caused.
pub fn events_of(act: impl FnOnce()) -> Vec<Event<Test>> {
    System::reset_events();
    act();
    events()
}

/// Returns the pallet's whole storage, by key.
pub fn pallet_state() -> BTreeMap<Vec<u8>, Vec<u8>> {
    let prefix = sp_io::hashing::twox_128(b"TickStream").to_vec();
    let next = |key: &Vec<u8>| sp_io::storage::next_key(key).filter(|key| key.starts_with(&prefix));
    std::iter::successors(next(&prefix), next)
        .map(|key| {
            let value = sp_io::storage::get(&key).expect("an existing key has a value");
            (key, value.to_vec())
        })
        .collect()
}

/// Returns what the key "`viewer`-session" may still spend, in planck, without a renewal that has not been applied yet.
pub fn allowance_of(viewer: &str) -> Balance {
    key_of(viewer, &key_name(viewer)).allowance.left
}

/// Starts to close these sessions with a call of `viewer`.
pub fn leave(viewer: &str, ids: &[SessionId]) {
    assert_ok!(TickStream::leave_stream(signed(viewer), ids.to_vec().try_into().expect("within the bound")));
}

/// Returns whether the session exists.
pub fn is_open(id: SessionId) -> bool {
    crate::Sessions::<Test>::contains_key(id)
}

/// Submits a batch of one row as "stranger". The row must be refused for `error` and change no state.
pub fn assert_row_refused(batch: Batch, error: RowError) {
    let opens = batch.opens.iter().map(|row| (RowKind::Open, row.ticket.session_id(&genesis())));
    let claims = batch.groups.iter().flat_map(|group| &group.claims).map(|row| (RowKind::Claim, row.session));
    let closes = batch.closes.iter().map(|row| (RowKind::Close, row.session));
    let rows: Vec<_> = opens.chain(claims).chain(closes).collect();
    let [(kind, session)] = rows[..] else { panic!("one row is expected, not {}", rows.len()) };
    let before = pallet_state();
    System::reset_events();
    assert_ok!(TickStream::process_batch(signed("stranger"), batch));
    let submitter = account("stranger");
    let expected = [
        Event::RowFailed { kind, index: 0, session, error },
        Event::BatchProcessed { submitter, opened: 0, settled: 0, closed: 0, failed: 1, ticks: 0, paid: 0 },
    ];
    assert_eq!(events(), expected);
    assert!(pallet_state() == before, "a row refused for {error:?} changed the state");
}
