//! Benchmarks of each call, and of each kind of row in a batch.
//!
//! Every benchmark takes the most expensive path: all splits, full metadata, accounts that no other row of the batch
//! uses, and signatures that are valid only over the wrapped message.

use super::*;
use crate::types::{GatewayUpdate, StreamRequest, StreamUpdate};
use alloc::{vec, vec::Vec};
use frame_benchmarking::v2::*;
use frame_support::{
    traits::{fungible::Mutate, EnsureOrigin, Get},
    BoundedVec,
};
use frame_system::RawOrigin;
use sp_core::{crypto::KeyTypeId, sr25519};
use sp_runtime::Permill;
use tick_stream_primitives::{
    limits,
    ticket::{close_message, wrapped},
    AccountId, Balance, Batch, BlockNumber, Claim, ClaimGroup, CloseRow, CloseSignature, Closer, Closing, Delegation,
    Deposit, Gateway, GatewayStatus, Moment, NonceWindow, Session, SessionId, SignedTicket, Splits, Stream, StreamId,
    StreamStatus, TickHash, TickHasher, Ticket, Totals,
};

const KEY_TYPE: KeyTypeId = KeyTypeId(*b"benc");
const PROOF: TickHash = [9; 32];
/// Time so far ahead, in milliseconds since the Unix epoch, that no claim is too fast.
const LATE: Moment = 1 << 60;

fn funded<T: Config>(name: &'static str, index: u32) -> AccountId {
    let who: AccountId = account(name, index, 0);
    let bond = T::GatewayBond::get().saturating_add(T::StreamDeposit::get());
    let amount = T::MinDeposit::get().saturating_add(bond).saturating_mul(1_000);
    T::Currency::set_balance(&who, amount);
    who
}

fn full_splits<T: Config>(seed: u32) -> Splits {
    let parts = (0..limits::MAX_SPLITS).map(|index| {
        let who = funded::<T>("split", seed * limits::MAX_SPLITS + index);
        (who, Permill::from_percent(10))
    });
    parts.collect::<Vec<_>>().try_into().expect("within the bound")
}

fn full_request<T: Config>() -> StreamRequest {
    StreamRequest {
        price_per_tick: T::MinPrice::get(),
        preview_ticks: limits::MAX_PREVIEW_TICKS,
        gateway_share: Permill::from_percent(10),
        splits: full_splits::<T>(0),
        metadata: vec![b' '; limits::MAX_METADATA as usize].try_into().expect("within the bound"),
    }
}

fn insert_stream<T: Config>(id: StreamId, creator: AccountId) {
    let request = full_request::<T>();
    let stream = Stream {
        creator,
        price_per_tick: request.price_per_tick,
        next_price: None,
        preview_ticks: request.preview_ticks,
        gateway_share: request.gateway_share,
        splits: full_splits::<T>(id as u32),
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

fn full_endpoint() -> BoundedVec<u8, limits::MaxEndpoint> {
    let mut url = b"https://".to_vec();
    url.resize(limits::MAX_ENDPOINT as usize, b'a');
    url.try_into().expect("within the bound")
}

fn insert_gateway<T: Config>(account: &AccountId, operator: AccountId) {
    let gateway =
        Gateway { endpoint: full_endpoint(), operator, bond: 0, open_sessions: 1, status: GatewayStatus::Active };
    Gateways::<T>::insert(account, gateway);
}

fn insert_deposit<T: Config>(viewer: &AccountId, session_key: AccountId) {
    let mut deposit = Deposit::new(Pallet::<T>::block());
    deposit.free = T::MinDeposit::get().saturating_mul(100);
    deposit.reserved = deposit.free;
    deposit.open_sessions = 1;
    deposit.delegation = Some(delegation(session_key));
    Deposits::<T>::insert(viewer, deposit);
}

fn delegation(session_key: AccountId) -> Delegation {
    Delegation {
        session_key,
        max_price_per_tick: Balance::MAX,
        allowance: Balance::MAX / 2,
        expires_at: BlockNumber::MAX,
    }
}

/// Inserts a closing session whose head is `steps` below [`PROOF`]. Returns its identifier.
fn insert_session<T: Config>(index: u32, stream: StreamId, gateway: &AccountId, steps: u32) -> SessionId {
    let mut id = SessionId::default();
    id.0[..4].copy_from_slice(&index.to_be_bytes());
    let session = Session {
        viewer: account("viewer", index, 0),
        stream,
        gateway: gateway.clone(),
        price_per_tick: T::MinPrice::get(),
        gateway_share: Permill::from_percent(10),
        head: TickHasher::new(&id).walk(&PROOF, steps),
        settled_ticks: 0,
        max_ticks: u32::MAX,
        opened_at: 0,
        last_claim: 0,
        generation: Some(0),
        closing: Some(Closing { block: Pallet::<T>::block(), moment: LATE }),
    };
    Sessions::<T>::insert(id, session);
    id
}

fn claim(session: SessionId, ticks: u32) -> Claim {
    Claim { session, from: 0, ticks, proof: PROOF }
}

fn group(stream: StreamId, gateway: &AccountId, claims: Vec<Claim>) -> ClaimGroup {
    ClaimGroup { stream, gateway: gateway.clone(), claims: claims.try_into().expect("within the bound") }
}

fn batch_of(groups: Vec<ClaimGroup>) -> Batch {
    Batch { groups: groups.try_into().expect("within the bound"), ..Default::default() }
}

/// Signs the wrapped message, so that the verification of the bare message fails first.
fn sign(key: &sr25519::Public, message: &[u8]) -> sp_runtime::MultiSignature {
    sp_io::crypto::sr25519_sign(KEY_TYPE, key, &wrapped(message)).expect("the key was just generated").into()
}

fn new_key() -> sr25519::Public {
    sp_io::crypto::sr25519_generate(KEY_TYPE, None)
}

fn open_row<T: Config>(index: u32, key: &sr25519::Public) -> SignedTicket {
    let viewer: AccountId = account("viewer", index, 0);
    let gateway: AccountId = account("gateway", index, 0);
    insert_deposit::<T>(&viewer, (*key).into());
    insert_gateway::<T>(&gateway, gateway.clone());
    insert_stream::<T>(index.into(), account("creator", index, 0));
    let ticket = Ticket {
        viewer,
        nonce: NonceWindow::starting_at(Pallet::<T>::block()).next(),
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

fn close_row<T: Config>(index: u32, key: &sr25519::Public) -> CloseRow {
    let gateway: AccountId = account("gateway", index, 0);
    insert_deposit::<T>(&account("viewer", index, 0), (*key).into());
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

fn pot_with<T: Config>(amount: Balance) {
    Pallet::<T>::endow_pot();
    let pot = Pallet::<T>::pot_account();
    T::Currency::set_balance(&pot, amount.saturating_mul(1_000));
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn deposit() {
        let viewer = funded::<T>("viewer", 0);
        let amount = T::MinDeposit::get();
        let delegation = Some(delegation(account("key", 0, 0)));
        #[extrinsic_call]
        _(RawOrigin::Signed(viewer.clone()), amount, delegation);
        assert_eq!(Deposits::<T>::get(viewer).map(|entry| entry.free), Some(amount));
    }

    #[benchmark]
    fn withdraw() {
        let viewer = funded::<T>("viewer", 0);
        insert_deposit::<T>(&viewer, account("key", 0, 0));
        pot_with::<T>(T::MinDeposit::get());
        #[extrinsic_call]
        _(RawOrigin::Signed(viewer.clone()), T::MinDeposit::get());
        assert!(Deposits::<T>::contains_key(viewer));
    }

    #[benchmark]
    fn delegate() {
        let viewer = funded::<T>("viewer", 0);
        insert_deposit::<T>(&viewer, account("key", 0, 0));
        #[extrinsic_call]
        _(RawOrigin::Signed(viewer.clone()), delegation(account("key", 1, 0)));
        assert_eq!(Deposits::<T>::get(viewer).map(|entry| entry.generation), Some(1));
    }

    #[benchmark]
    fn revoke_delegation() {
        let viewer = funded::<T>("viewer", 0);
        insert_deposit::<T>(&viewer, account("key", 0, 0));
        #[extrinsic_call]
        _(RawOrigin::Signed(viewer.clone()));
        assert!(Deposits::<T>::get(viewer).is_some_and(|entry| entry.delegation.is_none()));
    }

    #[benchmark]
    fn create_stream() {
        let creator = funded::<T>("creator", 0);
        #[extrinsic_call]
        _(RawOrigin::Signed(creator), full_request::<T>());
        assert!(Streams::<T>::contains_key(0));
    }

    #[benchmark]
    fn update_stream() {
        let creator = funded::<T>("creator", 0);
        insert_stream::<T>(0, creator.clone());
        let request = full_request::<T>();
        let update = StreamUpdate {
            price_per_tick: Some(request.price_per_tick.saturating_mul(2)),
            preview_ticks: Some(0),
            gateway_share: Some(Permill::from_percent(1)),
            splits: Some(full_splits::<T>(1)),
            metadata: Some(request.metadata),
        };
        #[extrinsic_call]
        _(RawOrigin::Signed(creator), 0, update);
        assert!(Streams::<T>::get(0).is_some_and(|stream| stream.next_price.is_some()));
    }

    #[benchmark]
    fn set_stream_status() {
        let creator = funded::<T>("creator", 0);
        insert_stream::<T>(0, creator.clone());
        #[extrinsic_call]
        _(RawOrigin::Signed(creator), 0, StreamStatus::Offline);
        assert!(Streams::<T>::get(0).is_some_and(|stream| stream.status == StreamStatus::Offline));
    }

    #[benchmark]
    fn end_stream() -> Result<(), BenchmarkError> {
        let creator = funded::<T>("creator", 0);
        Pallet::<T>::create_stream(RawOrigin::Signed(creator.clone()).into(), full_request::<T>())?;
        #[extrinsic_call]
        _(RawOrigin::Signed(creator), 0);
        assert!(!Streams::<T>::contains_key(0));
        Ok(())
    }

    #[benchmark]
    fn join_stream() {
        let viewer = funded::<T>("viewer", 0);
        let ticket = open_row::<T>(0, &new_key()).ticket;
        #[extrinsic_call]
        _(RawOrigin::Signed(viewer), ticket);
        assert_eq!(Sessions::<T>::iter_keys().count(), 1);
    }

    #[benchmark]
    fn leave_stream(s: Linear<1, { limits::MAX_SESSIONS_PER_VIEWER }>) {
        let gateway = account("gateway", 0, 0);
        let viewer = funded::<T>("viewer", 0);
        let ids: Vec<_> = (0..s).map(|index| insert_session::<T>(index, 0, &gateway, 1)).collect();
        ids.iter().for_each(|id| {
            Sessions::<T>::mutate_extant(id, |session| {
                session.viewer = viewer.clone();
                session.closing = None;
            });
        });
        let first = ids[0];
        let sessions: BoundedVec<_, _> = ids.try_into().expect("within the bound");
        #[extrinsic_call]
        _(RawOrigin::Signed(viewer), sessions);
        assert!(Sessions::<T>::get(first).is_some_and(|session| session.closing.is_some()));
    }

    #[benchmark]
    fn record_tick(h: Linear<1, { limits::MAX_BATCH_STEPS }>) {
        let gateway = account("gateway", 0, 0);
        insert_stream::<T>(0, account("creator", 0, 0));
        let id = insert_session::<T>(0, 0, &gateway, h);
        #[extrinsic_call]
        _(RawOrigin::Signed(account("submitter", 0, 0)), id, 0, h, PROOF);
        assert_eq!(Sessions::<T>::get(id).map(|session| session.settled_ticks), Some(h));
    }

    #[benchmark]
    fn process_batch_opens(o: Linear<1, { limits::MAX_BATCH_OPENS }>) {
        let key = new_key();
        let opens: Vec<_> = (0..o).map(|index| open_row::<T>(index, &key)).collect();
        let batch = Batch { opens: opens.try_into().expect("within the bound"), ..Default::default() };
        #[extrinsic_call]
        process_batch(RawOrigin::Signed(account("submitter", 0, 0)), batch);
        assert_eq!(Sessions::<T>::iter_keys().count(), o as usize);
    }

    #[benchmark]
    fn process_batch_streams(s: Linear<1, { limits::MAX_BATCH_GROUPS }>) {
        let groups: Vec<_> = (0..s)
            .map(|index| {
                let gateway = account("gateway", index, 0);
                insert_stream::<T>(index.into(), account("creator", index, 0));
                let id = insert_session::<T>(index, index.into(), &gateway, 1);
                group(index.into(), &gateway, vec![claim(id, 1)])
            })
            .collect();
        #[extrinsic_call]
        process_batch(RawOrigin::Signed(account("submitter", 0, 0)), batch_of(groups));
        assert!(Sessions::<T>::iter_values().all(|session| session.settled_ticks == 1));
    }

    #[benchmark]
    fn process_batch_claims(c: Linear<1, { limits::MAX_BATCH_CLAIMS }>) {
        let gateway = account("gateway", 0, 0);
        insert_stream::<T>(0, account("creator", 0, 0));
        let claims = (0..c).map(|index| claim(insert_session::<T>(index, 0, &gateway, 1), 1)).collect();
        let batch = batch_of(vec![group(0, &gateway, claims)]);
        #[extrinsic_call]
        process_batch(RawOrigin::Signed(account("submitter", 0, 0)), batch);
        assert!(Sessions::<T>::iter_values().all(|session| session.settled_ticks == 1));
    }

    #[benchmark]
    fn process_batch_steps(h: Linear<1, { limits::MAX_BATCH_STEPS }>) {
        let gateway = account("gateway", 0, 0);
        insert_stream::<T>(0, account("creator", 0, 0));
        let id = insert_session::<T>(0, 0, &gateway, h);
        let batch = batch_of(vec![group(0, &gateway, vec![claim(id, h)])]);
        #[extrinsic_call]
        process_batch(RawOrigin::Signed(account("submitter", 0, 0)), batch);
        assert_eq!(Sessions::<T>::get(id).map(|session| session.settled_ticks), Some(h));
    }

    #[benchmark]
    fn process_batch_closes(k: Linear<1, { limits::MAX_BATCH_CLOSES }>) {
        let key = new_key();
        let closes: Vec<_> = (0..k).map(|index| close_row::<T>(index, &key)).collect();
        let batch = Batch { closes: closes.try_into().expect("within the bound"), ..Default::default() };
        #[extrinsic_call]
        process_batch(RawOrigin::Signed(account("submitter", 0, 0)), batch);
        assert_eq!(Sessions::<T>::iter_keys().count(), 0);
    }

    #[benchmark]
    fn payout() {
        let who = funded::<T>("creator", 0);
        let amount = T::MinDeposit::get();
        pot_with::<T>(amount);
        Earnings::<T>::insert(&who, amount);
        #[extrinsic_call]
        _(RawOrigin::Signed(who.clone()), who.clone());
        assert!(!Earnings::<T>::contains_key(who));
    }

    #[benchmark]
    fn tip() {
        let from = funded::<T>("viewer", 0);
        pot_with::<T>(T::MinDeposit::get());
        insert_stream::<T>(0, account("creator", 0, 0));
        let memo = vec![b'!'; limits::MAX_MEMO as usize].try_into().expect("within the bound");
        #[extrinsic_call]
        _(RawOrigin::Signed(from), 0, T::MinDeposit::get(), memo);
        assert!(Streams::<T>::get(0).is_some_and(|stream| stream.totals.tipped > 0));
    }

    #[benchmark]
    fn register_gateway() {
        let who = funded::<T>("gateway", 0);
        #[extrinsic_call]
        _(RawOrigin::Signed(who.clone()), full_endpoint(), account("operator", 0, 0));
        assert!(Gateways::<T>::contains_key(who));
    }

    #[benchmark]
    fn update_gateway() {
        let who: AccountId = account("gateway", 0, 0);
        insert_gateway::<T>(&who, who.clone());
        let operator: AccountId = account("operator", 0, 0);
        let update = GatewayUpdate { endpoint: Some(full_endpoint()), operator: Some(operator.clone()) };
        #[extrinsic_call]
        _(RawOrigin::Signed(who.clone()), update);
        assert!(Gateways::<T>::get(who).is_some_and(|gateway| gateway.operator == operator));
    }

    #[benchmark]
    fn deregister_gateway() {
        let who: AccountId = account("gateway", 0, 0);
        insert_gateway::<T>(&who, who.clone());
        Gateways::<T>::mutate_extant(&who, |gateway| {
            gateway.open_sessions = 0;
            gateway.bond = T::GatewayBond::get();
        });
        #[extrinsic_call]
        _(RawOrigin::Signed(who.clone()));
        assert!(!Gateways::<T>::contains_key(who));
    }

    #[benchmark]
    fn suspend_stream() -> Result<(), BenchmarkError> {
        insert_stream::<T>(0, account("creator", 0, 0));
        let origin = T::ModeratorOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)?;
        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, 0);
        assert!(Streams::<T>::get(0).is_some_and(|stream| stream.status == StreamStatus::Suspended));
        Ok(())
    }

    #[benchmark]
    fn resume_stream() -> Result<(), BenchmarkError> {
        insert_stream::<T>(0, account("creator", 0, 0));
        Streams::<T>::mutate_extant(0, |stream| stream.status = StreamStatus::Suspended);
        let origin = T::ModeratorOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)?;
        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, 0);
        assert!(Streams::<T>::get(0).is_some_and(|stream| stream.status == StreamStatus::Offline));
        Ok(())
    }

    #[benchmark]
    fn set_protocol_fee() -> Result<(), BenchmarkError> {
        let origin = T::AdminOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)?;
        let fee = Permill::from_percent(2);
        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, fee);
        assert_eq!(ProtocolFee::<T>::get(), fee);
        Ok(())
    }

    #[benchmark]
    fn reap_deposit() {
        let viewer: AccountId = account("viewer", 0, 0);
        Deposits::<T>::insert(&viewer, Deposit::new(0));
        frame_system::Pallet::<T>::set_block_number((T::TicketLifetime::get() + 2).into());
        #[extrinsic_call]
        _(RawOrigin::Signed(account("anyone", 0, 0)), viewer.clone());
        assert!(!Deposits::<T>::contains_key(viewer));
    }
}
