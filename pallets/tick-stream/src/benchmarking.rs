//! Benchmarks of each call, and of each kind of row in a batch.
//!
//! Every benchmark takes the most expensive path: full metadata, accounts that no other row of the batch uses, session
//! keys with every limit and a renewal, and signatures of the dearest kind that are valid only over the wrapped message.
//! The components of a batch are added up by `Pallet::rows_weight`, which says what each of them includes.

mod setup;

use super::*;
use crate::types::{GatewayUpdate, StreamUpdate};
use alloc::{vec, vec::Vec};
use frame_benchmarking::v2::*;
use frame_support::{
    traits::{fungible::Inspect, EnsureOrigin, Get},
    BoundedVec,
};
use frame_system::RawOrigin;
use setup::*;
use sp_runtime::Permill;
use tick_stream_primitives::{limits, AccountId, Batch, Deposit, Scope, StreamStatus};

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn deposit() {
        let viewer = funded::<T>("viewer", 0);
        let amount = T::MinDeposit::get();
        let key = (account("key", 0, 0), full_limits(full_scope()));
        #[extrinsic_call]
        _(RawOrigin::Signed(viewer.clone()), amount, Some(key));
        assert_eq!(Keys::<T>::iter_prefix(viewer).count(), 1);
    }

    #[benchmark]
    fn withdraw() {
        let viewer = funded::<T>("viewer", 0);
        insert_deposit::<T>(&viewer);
        pot_with::<T>(T::MinDeposit::get());
        #[extrinsic_call]
        _(RawOrigin::Signed(viewer.clone()), T::MinDeposit::get());
        assert!(Deposits::<T>::contains_key(viewer));
    }

    #[benchmark]
    fn add_key() {
        let viewer = funded::<T>("viewer", 0);
        insert_deposit::<T>(&viewer);
        #[extrinsic_call]
        _(RawOrigin::Signed(viewer.clone()), account("key", 0, 0), full_limits(full_scope()));
        assert_eq!(Keys::<T>::iter_prefix(viewer).count(), 1);
    }

    #[benchmark]
    fn remove_key() {
        let viewer = funded::<T>("viewer", 0);
        insert_deposit::<T>(&viewer);
        insert_all_keys::<T>(&viewer);
        #[extrinsic_call]
        _(RawOrigin::Signed(viewer.clone()), account("key", 0, 0));
        assert_eq!(Keys::<T>::iter_prefix(viewer).count(), limits::MAX_KEYS as usize - 1);
    }

    #[benchmark]
    fn update_key() {
        let viewer = funded::<T>("viewer", 0);
        insert_deposit::<T>(&viewer);
        let session_key: AccountId = account("key", 0, 0);
        insert_key::<T>(&viewer, &session_key, 0, Scope::Any);
        #[extrinsic_call]
        _(RawOrigin::Signed(viewer.clone()), session_key.clone(), full_limits(full_scope()));
        assert!(Keys::<T>::get(viewer, session_key).is_some_and(|key| key.scope == full_scope()));
    }

    #[benchmark]
    fn remove_all_keys() {
        let viewer = funded::<T>("viewer", 0);
        insert_deposit::<T>(&viewer);
        insert_all_keys::<T>(&viewer);
        #[extrinsic_call]
        _(RawOrigin::Signed(viewer.clone()));
        assert_eq!(Keys::<T>::iter_prefix(viewer).count(), 0);
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
        let mut ticket = open_row::<T>(0, &new_key()).ticket;
        ticket.session_key = viewer.clone();
        ticket.nonce = Deposits::<T>::get(&viewer).map_or(0, |entry| entry.nonces.next());
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
        silence_gateways::<T>();
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
        let batch = batch_of_opens((0..o).map(|index| open_row::<T>(index, &key)).collect());
        #[extrinsic_call]
        process_batch(RawOrigin::Signed(account("submitter", 0, 0)), batch);
        assert_eq!(Sessions::<T>::iter_keys().count(), o as usize);
    }

    /// Tickets of session keys that do not exist: refused after two lookups. No other row is refused for more.
    #[benchmark]
    fn process_batch_looked_up(r: Linear<1, { limits::MAX_BATCH_OPENS }>) {
        let key = new_key();
        let opens: Vec<_> = (0..r).map(|index| open_row::<T>(index, &key)).collect();
        opens.iter().for_each(|open| Keys::<T>::remove(&open.ticket.viewer, &open.ticket.session_key));
        #[extrinsic_call]
        process_batch(RawOrigin::Signed(account("submitter", 0, 0)), batch_of_opens(opens));
        assert_eq!(Sessions::<T>::iter_keys().count(), 0);
    }

    /// Tickets that the deposit does not cover, which is the last check before that of the signature.
    #[benchmark]
    fn process_batch_checked(r: Linear<1, { limits::MAX_BATCH_OPENS }>) {
        let key = new_key();
        let opens: Vec<_> = (0..r).map(|index| open_row::<T>(index, &key)).collect();
        opens.iter().for_each(|open| Deposits::<T>::mutate_extant(&open.ticket.viewer, |entry| entry.free = 0));
        #[extrinsic_call]
        process_batch(RawOrigin::Signed(account("submitter", 0, 0)), batch_of_opens(opens));
        assert_eq!(Sessions::<T>::iter_keys().count(), 0);
    }

    /// Groups with one claim each, of streams without splits.
    #[benchmark]
    fn process_batch_streams(s: Linear<1, { limits::MAX_BATCH_GROUPS }>) {
        silence_gateways::<T>();
        let groups = (0..s).map(|index| group_row::<T>(index, 0)).collect();
        #[extrinsic_call]
        process_batch(RawOrigin::Signed(account("submitter", 0, 0)), batch_of(groups));
        assert!(Sessions::<T>::iter_values().all(|session| session.settled_ticks == 1));
    }

    /// Splits over as many groups as a batch can have, so that the number of groups does not depend on that of splits.
    #[benchmark]
    fn process_batch_splits(p: Linear<1, { limits::MAX_BATCH_GROUPS * limits::MAX_SPLITS }>) {
        silence_gateways::<T>();
        let groups = limits::MAX_BATCH_GROUPS;
        let rows = (0..groups).map(|index| group_row::<T>(index, p / groups + u32::from(index < p % groups))).collect();
        #[extrinsic_call]
        process_batch(RawOrigin::Signed(account("submitter", 0, 0)), batch_of(rows));
        assert!(Sessions::<T>::iter_values().all(|session| session.settled_ticks == 1));
    }

    #[benchmark]
    fn process_batch_claims(c: Linear<1, { limits::MAX_BATCH_CLAIMS }>) {
        silence_gateways::<T>();
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
        silence_gateways::<T>();
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
        Deposits::<T>::insert(&viewer, Deposit { bond: T::StorageBond::get(), ..Deposit::new(0) });
        insert_all_keys::<T>(&viewer);
        frame_system::Pallet::<T>::set_block_number((T::TicketLifetime::get() + 2).into());
        #[extrinsic_call]
        _(RawOrigin::Signed(account("anyone", 0, 0)), viewer.clone());
        assert!(!Deposits::<T>::contains_key(&viewer));
        assert_eq!(Keys::<T>::iter_prefix(viewer).count(), 0);
    }

    #[benchmark]
    fn sweep_earnings() {
        let gone: AccountId = account("gone", 0, 0);
        Earnings::<T>::insert(&gone, T::Currency::minimum_balance().saturating_sub(1));
        Earnings::<T>::insert(T::Treasury::get(), T::MinDeposit::get());
        #[extrinsic_call]
        _(RawOrigin::Signed(account("anyone", 0, 0)), gone.clone());
        assert!(!Earnings::<T>::contains_key(gone));
    }

    impl_benchmark_test_suite!(Pallet, crate::benchmarking::chain_with_keystore(), crate::mock::Test);
}

/// Creates a chain for the tests of the benchmarks, with a keystore for their signatures.
#[cfg(test)]
pub(crate) fn chain_with_keystore() -> sp_io::TestExternalities {
    let mut ext = crate::mock::empty_chain();
    ext.register_extension(sp_keystore::KeystoreExt::new(sp_keystore::testing::MemoryKeystore::new()));
    ext
}
