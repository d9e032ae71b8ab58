//! Pallets that `vilokanam-node benchmark pallet` can measure.

use crate::{
    opaque::SessionKeys, AccountId, AllPalletsWithSystem, Balances, CollatorSelection, ConvictionVoting, Moderators,
    Multisig, Origins, Preimage, Proxy, Referenda, Runtime, Scheduler, Sudo, TechnicalCommittee, TickStream, Timestamp,
    TransactionPayment, Treasury, Utility, Validators, Whitelist,
};
use alloc::{string::String, vec::Vec};
use codec::Encode;
use cumulus_pallet_session_benchmarking::Pallet as SessionBench;
use frame_benchmarking::{baseline, BenchmarkBatch, BenchmarkConfig, BenchmarkList};
use frame_support::traits::{StorageInfo, StorageInfoTrait, WhitelistedStorageKeys};
use frame_system_benchmarking::{extensions::Pallet as SystemExtensionsBench, Pallet as SystemBench};

frame_benchmarking::define_benchmarks!(
    [frame_benchmarking, BaselineBench::<Runtime>]
    [frame_system, SystemBench::<Runtime>]
    [frame_system_extensions, SystemExtensionsBench::<Runtime>]
    [origins, Origins]
    [pallet_balances, Balances]
    [pallet_collator_selection, CollatorSelection]
    [pallet_collective, TechnicalCommittee]
    [pallet_conviction_voting, ConvictionVoting]
    [pallet_membership, Moderators]
    [pallet_multisig, Multisig]
    [pallet_preimage, Preimage]
    [pallet_proxy, Proxy]
    [pallet_referenda, Referenda]
    [pallet_scheduler, Scheduler]
    [pallet_session, SessionBench::<Runtime>]
    [pallet_sudo, Sudo]
    [pallet_tick_stream, TickStream]
    [pallet_timestamp, Timestamp]
    [pallet_transaction_payment, TransactionPayment]
    [pallet_treasury, Treasury]
    [pallet_utility, Utility]
    [pallet_whitelist, Whitelist]
    [validators, Validators]
);

use baseline::Pallet as BaselineBench;

impl frame_system_benchmarking::Config for Runtime {}
impl baseline::Config for Runtime {}
impl pallet_transaction_payment::BenchmarkConfig for Runtime {}

impl cumulus_pallet_session_benchmarking::Config for Runtime {
    fn generate_session_keys_and_proof(owner: AccountId) -> (SessionKeys, Vec<u8>) {
        let generated = SessionKeys::generate(&owner.encode(), None);
        (generated.keys, generated.proof.encode())
    }
}

/// Returns the available benchmarks and the storage items they access.
pub fn metadata(extra: bool) -> (Vec<BenchmarkList>, Vec<StorageInfo>) {
    let mut list = Vec::<BenchmarkList>::new();
    list_benchmarks!(list, extra);
    (list, AllPalletsWithSystem::storage_info())
}

/// Runs benchmarks.
///
/// # Errors
///
/// Fails if a benchmark fails or does not exist.
pub fn dispatch(config: BenchmarkConfig) -> Result<Vec<BenchmarkBatch>, String> {
    let whitelist = AllPalletsWithSystem::whitelisted_storage_keys();
    let mut batches = Vec::<BenchmarkBatch>::new();
    let params = (&config, &whitelist);
    add_benchmarks!(params, batches);
    Ok(batches)
}
