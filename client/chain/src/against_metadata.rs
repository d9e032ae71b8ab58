//! Comparison of this crate with the chain's metadata: the calls that it encodes, and the types that it decodes.
//!
//! A test of the runtime makes sure that the metadata file is up to date.

mod calls;
mod errors;
mod events;
mod reads;
mod shape;

use subxt::Metadata;

/// Metadata of the runtime.
static METADATA: &[u8] = include_bytes!("../metadata/vilokanam.scale");

fn metadata() -> Metadata {
    Metadata::decode_from(METADATA).expect("the file is metadata of a version that subxt reads")
}

#[test]
fn metadata_has_the_pallets_that_are_used() {
    let metadata = metadata();
    let names: Vec<&str> = metadata.pallets().map(|pallet| pallet.name()).collect();
    for pallet in ["System", "Timestamp", "Balances", "TickStream"] {
        assert!(names.contains(&pallet), "{pallet} is not among {names:?}");
    }
}
