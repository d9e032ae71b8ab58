//! What benchmarks find in the state and put into batches: the most expensive entries and rows.

use crate::{types::StreamRequest, Config, Deposits, Gateways, Keys, NextStream, Pallet, Sessions, Streams};
use alloc::{vec, vec::Vec};
use frame_benchmarking::account;
use frame_support::{
    traits::{fungible::Mutate, Get},
    BoundedVec,
};
use sp_core::{crypto::KeyTypeId, sr25519};
use sp_runtime::Permill;
use tick_stream_primitives::{
    limits,
    ticket::{close_message, wrapped},
    AccountId, Balance, Batch, BlockNumber, Claim, ClaimGroup, CloseRow, CloseSignature, Closer, Closing, Deposit,
    Gateway, GatewayStatus, KeyLimits, KeyUse, Moment, Renewal, Scope, Session, SessionId, SessionKey, SignedTicket,
    Splits, Stream, StreamId, StreamStatus, TickHash, TickHasher, Ticket, Totals,
};

const KEY_TYPE: KeyTypeId = KeyTypeId(*b"benc");
pub(super) const PROOF: TickHash = [9; 32];
/// Time so far ahead, in milliseconds since the Unix epoch, that no claim is too fast.
const LATE: Moment = 1 << 60;

pub(super) fn funded<T: Config>(name: &'static str, index: u32) -> AccountId {
    let who: AccountId = account(name, index, 0);
    let bond = T::GatewayBond::get().saturating_add(T::StreamDeposit::get());
    let amount = T::MinDeposit::get().saturating_add(bond).saturating_mul(1_000);
    T::Currency::set_balance(&who, amount);
    who
}

/// Returns `count` splits with accounts that no other `seed` has.
pub(super) fn splits<T: Config>(seed: u32, count: u32) -> Splits {
    let parts = (0..count).map(|index| {
        let who = funded::<T>("split", seed * limits::MAX_SPLITS + index);
        (who, Permill::from_percent(10))
    });
    parts.collect::<Vec<_>>().try_into().expect("within the bound")
}

pub(super) fn full_splits<T: Config>(seed: u32) -> Splits {
    splits::<T>(seed, limits::MAX_SPLITS)
}

pub(super) fn full_request<T: Config>() -> StreamRequest {
    StreamRequest {
        price_per_tick: T::MinPrice::get(),
        preview_ticks: limits::MAX_PREVIEW_TICKS,
        gateway_share: Permill::from_percent(10),
        splits: full_splits::<T>(0),
        metadata: vec![b' '; limits::MAX_METADATA as usize].try_into().expect("within the bound"),
    }
}

pub(super) fn insert_stream<T: Config>(id: StreamId, creator: AccountId) {
    insert_stream_with::<T>(id, creator, full_splits::<T>(id as u32));
}

fn insert_stream_with<T: Config>(id: StreamId, creator: AccountId, splits: Splits) {
    let request = full_request::<T>();
    let stream = Stream {
        creator,
        price_per_tick: request.price_per_tick,
        next_price: None,
        preview_ticks: request.preview_ticks,
        gateway_share: request.gateway_share,
        splits,
        next_splits: None,
        metadata: request.metadata,
        status: StreamStatus::Live,
        open_sessions: 1,
        deposit: 0,
        totals: Totals::default(),
    };
    Streams::<T>::insert(id, stream);
    NextStream::<T>::mutate(|next| *next = (*next).max(id + 1));
}

pub(super) fn full_endpoint() -> BoundedVec<u8, limits::MaxEndpoint> {
    let mut url = b"https://".to_vec();
    url.resize(limits::MAX_ENDPOINT as usize, b'a');
    url.try_into().expect("within the bound")
}

pub(super) fn insert_gateway<T: Config>(account: &AccountId, operator: AccountId) {
    let gateway =
        Gateway { endpoint: full_endpoint(), operator, bond: 0, open_sessions: 1, status: GatewayStatus::Active };
    Gateways::<T>::insert(account, gateway);
}

pub(super) fn insert_deposit<T: Config>(viewer: &AccountId) {
    let mut deposit = Deposit::new(Pallet::<T>::block());
    deposit.free = T::MinDeposit::get().saturating_mul(100);
    deposit.reserved = deposit.free;
    deposit.open_sessions = 1;
    deposit.bond = T::StorageBond::get();
    Deposits::<T>::insert(viewer, deposit);
}

/// Inserts a session key with the number `index` among those of the viewer, and returns it. Its renewal is due.
pub(super) fn insert_key<T: Config>(
    viewer: &AccountId,
    session_key: &AccountId,
    index: u32,
    scope: Scope,
) -> SessionKey {
    let bond = T::StorageBond::get();
    let key = SessionKey { open_sessions: 1, ..SessionKey::new(full_limits(scope), index, 0, bond, 0) };
    Keys::<T>::insert(viewer, session_key, &key);
    Deposits::<T>::mutate_extant(viewer, |deposit| {
        deposit.keys += 1;
        deposit.last_key_id = index;
    });
    key
}

/// Inserts as many session keys as a deposit can have.
pub(super) fn insert_all_keys<T: Config>(viewer: &AccountId) {
    (0..limits::MAX_KEYS).for_each(|index| {
        insert_key::<T>(viewer, &account("key", index, 0), index, full_scope());
    });
}

pub(super) fn full_limits(scope: Scope) -> KeyLimits {
    KeyLimits {
        label: vec![b'k'; limits::MAX_LABEL as usize].try_into().expect("within the bound"),
        max_price_per_tick: Balance::MAX,
        allowance: Balance::MAX / 2,
        renewal: Some(Renewal { every_blocks: 1, amount: Balance::MAX / 2 }),
        max_sessions: limits::MAX_SESSIONS_PER_KEY,
        scope,
        expires_at: BlockNumber::MAX,
    }
}

pub(super) fn full_scope() -> Scope {
    Scope::Gateway(account("gateway", 0, 0))
}

/// Inserts a closing session whose head is `steps` below [`PROOF`]. Returns its identifier.
pub(super) fn insert_session<T: Config>(index: u32, stream: StreamId, gateway: &AccountId, steps: u32) -> SessionId {
    let mut id = SessionId::default();
    id.0[..4].copy_from_slice(&index.to_be_bytes());
    let session_key = account("session-key", index, 0);
    let session = Session {
        viewer: account("viewer", index, 0),
        key: Some(KeyUse { session_key, id: 0, generation: 0 }),
        stream,
        gateway: gateway.clone(),
        price_per_tick: T::MinPrice::get(),
        gateway_share: Permill::from_percent(10),
        head: TickHasher::new(&id).walk(&PROOF, steps),
        settled_ticks: 0,
        max_ticks: u32::MAX,
        opened_at: 0,
        last_claim: 0,
        fee: T::OpenFee::get(),
        closing: Some(Closing { block: Pallet::<T>::block(), moment: LATE }),
    };
    Sessions::<T>::insert(id, session);
    id
}

/// Sets a block in which the gateways of all sessions are silent, so that claims pay the submitter as well.
pub(super) fn silence_gateways<T: Config>() {
    frame_system::Pallet::<T>::set_block_number(T::GatewaySilence::get().into());
}

pub(super) fn claim(session: SessionId, ticks: u32) -> Claim {
    Claim { session, from: 0, ticks, proof: PROOF }
}

pub(super) fn group(stream: StreamId, gateway: &AccountId, claims: Vec<Claim>) -> ClaimGroup {
    ClaimGroup { stream, gateway: gateway.clone(), claims: claims.try_into().expect("within the bound") }
}

pub(super) fn batch_of(groups: Vec<ClaimGroup>) -> Batch {
    Batch { groups: groups.try_into().expect("within the bound"), ..Default::default() }
}

/// Signs the wrapped message, so that the verification of the bare message fails first.
///
/// Of the three kinds of signatures, sr25519 is the dearest to verify; `bench_chain ticks` compares them. Measured for
/// both forms of a message are 69 us, for ed25519 66 us and for ecdsa 57 us.
fn sign(key: &sr25519::Public, message: &[u8]) -> sp_runtime::MultiSignature {
    sp_io::crypto::sr25519_sign(KEY_TYPE, key, &wrapped(message)).expect("the key was just generated").into()
}

pub(super) fn new_key() -> sr25519::Public {
    sp_io::crypto::sr25519_generate(KEY_TYPE, None)
}

/// Makes a ticket of a viewer, a gateway and a stream that no other row of the batch uses.
pub(super) fn open_row<T: Config>(index: u32, key: &sr25519::Public) -> SignedTicket {
    let viewer: AccountId = account("viewer", index, 0);
    let gateway: AccountId = account("gateway", index, 0);
    let session_key: AccountId = (*key).into();
    insert_deposit::<T>(&viewer);
    let entry = insert_key::<T>(&viewer, &session_key, 0, Scope::Gateway(gateway.clone()));
    insert_gateway::<T>(&gateway, gateway.clone());
    insert_stream::<T>(index.into(), account("creator", index, 0));
    let ticket = Ticket {
        viewer,
        session_key,
        nonce: entry.nonces.next(),
        stream: index.into(),
        gateway,
        price_per_tick: Balance::MAX,
        max_ticks: 60,
        anchor: [1; 32],
        expires_at: Pallet::<T>::block().saturating_add(T::TicketLifetime::get()),
    };
    let signature = sign(key, &ticket.message(&Pallet::<T>::genesis_hash()));
    SignedTicket { ticket, signature }
}

pub(super) fn batch_of_opens(opens: Vec<SignedTicket>) -> Batch {
    Batch { opens: opens.try_into().expect("within the bound"), ..Default::default() }
}

pub(super) fn close_row<T: Config>(index: u32, key: &sr25519::Public) -> CloseRow {
    let gateway: AccountId = account("gateway", index, 0);
    let viewer: AccountId = account("viewer", index, 0);
    insert_deposit::<T>(&viewer);
    insert_key::<T>(&viewer, &account("session-key", index, 0), 0, full_scope());
    insert_gateway::<T>(&gateway, (*key).into());
    // The session is the gateway's last one, so its close also removes the gateway and turns the bond into earnings.
    Gateways::<T>::mutate_extant(&gateway, |gateway| {
        gateway.status = GatewayStatus::Leaving;
        gateway.bond = T::GatewayBond::get();
    });
    insert_stream::<T>(index.into(), account("creator", index, 0));
    let session = insert_session::<T>(index, index.into(), &gateway, 1);
    let signature = sign(key, &close_message(&Pallet::<T>::genesis_hash(), &session));
    CloseRow { session, signature: Some(CloseSignature { by: Closer::Operator, signature }) }
}

/// Makes a group with one claim of one tick. Its stream has this many splits, and no other group has its accounts.
pub(super) fn group_row<T: Config>(index: u32, split_count: u32) -> ClaimGroup {
    let gateway = account("gateway", index, 0);
    insert_stream_with::<T>(index.into(), account("creator", index, 0), splits::<T>(index, split_count));
    let id = insert_session::<T>(index, index.into(), &gateway, 1);
    group(index.into(), &gateway, vec![claim(id, 1)])
}

pub(super) fn pot_with<T: Config>(amount: Balance) {
    Pallet::<T>::endow_pot();
    let pot = Pallet::<T>::pot_account();
    T::Currency::set_balance(&pot, amount.saturating_mul(1_000));
}
