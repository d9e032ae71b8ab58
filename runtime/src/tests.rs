//! Tests of the runtime's parameters and presets.

mod candidates;
mod env;
mod extensions;
mod fees;
mod governance;
mod migration;
mod offences;
mod presets;
mod proxies;
mod upgrade;
mod validators;

use crate::{
    configs::OpenFee, genesis_config_presets::get_preset, settlement::Settlement, token, Balance, Runtime,
    RuntimeGenesisConfig, UNIT,
};
use frame_support::weights::Weight;
use pallet_tick_stream::{SettlementExtrinsics, WeightInfo};
use sp_runtime::BuildStorage;

type Weights = pallet_tick_stream::weights::SubstrateWeight<Runtime>;

/// Returns what one row of each kind adds to the fee of a batch, in planck.
fn fee_of_one_row_each() -> Balance {
    let rows = [
        Weights::process_batch_opens(1).saturating_sub(Weights::process_batch_opens(0)),
        Weights::process_batch_claims(1).saturating_sub(Weights::process_batch_claims(0)),
        Weights::process_batch_closes(1).saturating_sub(Weights::process_batch_closes(0)),
    ];
    let weight = rows.into_iter().fold(Weight::zero(), |sum, row| sum.saturating_add(row));
    Settlement::fee(weight, 300).saturating_sub(Settlement::fee(Weight::zero(), 0))
}

fn genesis(preset: &str) -> sp_io::TestExternalities {
    let patch = get_preset(&preset.into()).expect("the preset exists");
    build(serde_json::from_slice(&patch).expect("a preset is JSON"))
}

/// Builds a genesis from what differs from the default.
fn build(patch: serde_json::Value) -> sp_io::TestExternalities {
    let mut config = serde_json::to_value(RuntimeGenesisConfig::default()).expect("a default config is JSON");
    merge(&mut config, patch);
    let config: RuntimeGenesisConfig = serde_json::from_value(config).expect("a preset fits the config");
    config.build_storage().expect("a preset builds").into()
}

fn merge(into: &mut serde_json::Value, patch: serde_json::Value) {
    match (into, patch) {
        (serde_json::Value::Object(into), serde_json::Value::Object(patch)) => {
            for (key, value) in patch {
                merge(into.entry(key).or_insert(serde_json::Value::Null), value);
            }
        }
        (into, patch) => *into = patch,
    }
}

#[test]
fn open_fee_covers_a_row_of_each_kind() {
    genesis("development").execute_with(|| {
        let (charged, fee): (Balance, Balance) = (OpenFee::get(), fee_of_one_row_each());
        assert!(charged >= fee, "an open fee of {charged} planck does not cover {fee}");
        assert!(charged <= fee * 4, "an open fee of {charged} planck is far above {fee}");
    });
}

#[test]
fn unit_matches_the_decimals_of_the_token() {
    assert_eq!(UNIT, 10_u128.pow(token::DECIMALS.into()));
}

#[test]
fn metadata_is_available_in_every_version_that_clients_read() {
    let offered = Runtime::metadata_versions();
    sp_io::TestExternalities::default().execute_with(|| {
        for version in 14..=16 {
            assert!(offered.contains(&version), "version {version} is not among {offered:?}");
            assert!(Runtime::metadata_at_version(version).is_some(), "version {version} cannot be generated");
        }
    });
}

#[test]
fn a_minute_of_sixteen_hundred_viewers_fits_into_a_block() {
    let batch = tick_stream_primitives::BatchSize { opens: 0, groups: 1, claims: 1_667, steps: 100_020, closes: 0 };
    let weight = Weights::process_batch_claims(batch.claims)
        .saturating_add(Weights::process_batch_steps(batch.steps as u32))
        .saturating_add(Weights::process_batch_streams(batch.groups));
    let normal = crate::configs::RuntimeBlockWeights::get()
        .get(frame_support::dispatch::DispatchClass::Normal)
        .max_extrinsic
        .expect("ordinary extrinsics are limited");
    assert!(weight.all_lte(normal), "{weight:?} does not fit into {normal:?}");
}

/// Metadata file that clients are built against, and its version: the newest that subxt in `client/chain` can read.
#[cfg(not(any(feature = "runtime-benchmarks", feature = "try-runtime")))]
const CLIENTS_METADATA: (&str, u32) =
    (concat!(env!("CARGO_MANIFEST_DIR"), "/../client/chain/metadata/vilokanam.scale"), 16);

/// Not compiled with benchmarks or `try-runtime`, which add runtime APIs that clients do not use.
#[cfg(not(any(feature = "runtime-benchmarks", feature = "try-runtime")))]
#[test]
fn metadata_is_that_of_the_clients() {
    let (path, version) = CLIENTS_METADATA;
    let file = std::fs::read(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    // Constants may read the storage. It is empty here, as at the export.
    let own = sp_io::TestExternalities::default().execute_with(|| Runtime::metadata_at_version(version));
    let own: alloc::vec::Vec<u8> = own.expect("the runtime offers this version").to_vec();
    let differs_at = own.iter().zip(&file).position(|(own, theirs)| own != theirs);
    assert!(
        own == file,
        "The runtime's metadata ({} bytes) differs from {path} ({} bytes; first difference: {differs_at:?}). If the \
         change is intended, build the node and export the metadata from the root of the repository:\n\
         vilokanam-node export-metadata --chain dev --version {version} --output client/chain/metadata/vilokanam.scale\n\
         Then `cargo test -p vilokanam-chain` shows what has to change in the clients.",
        own.len(),
        file.len(),
    );
}
