//! This crate against the chain's metadata: what it sends, and what it expects to be sent.
//!
//! The file is what the runtime says of itself; a test of the runtime sees to that.

mod calls;
mod errors;
mod events;
mod reads;
mod shape;

use subxt::Metadata;

/// The runtime's own words.
static METADATA: &[u8] = include_bytes!("../metadata/vilokanam.scale");

fn metadata() -> Metadata {
    Metadata::decode_from(METADATA).expect("the file is metadata of a version that subxt reads")
}

#[test]
fn metadata_is_of_this_chain_works() {
    let metadata = metadata();
    let names: Vec<&str> = metadata.pallets().map(|pallet| pallet.name()).collect();
    for pallet in ["System", "Timestamp", "Balances", "TickStream"] {
        assert!(names.contains(&pallet), "{pallet} is not among {names:?}");
    }
}
