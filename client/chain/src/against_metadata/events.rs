//! Events: each has the fields that the pallet reports, and none is missing.

use super::{metadata, shape::difference};
use crate::TickEvent;
use codec::Encode;
use scale_info::meta_type;
use sp_runtime::DispatchError;
use std::collections::BTreeSet;

#[test]
fn every_event_has_the_pallets_fields_works() {
    let metadata = metadata();
    let variants = metadata.pallet_by_name("TickStream").and_then(|pallet| pallet.event_variants()).unwrap();
    for (name, fields) in TickEvent::shapes() {
        let variant = variants.iter().find(|variant| variant.name == name);
        let variant = variant.unwrap_or_else(|| panic!("the pallet has no event {name}"));
        let ours: Vec<&str> = fields.iter().map(|(field, _)| *field).collect();
        let theirs: Vec<&str> = variant.fields.iter().filter_map(|field| field.name.as_deref()).collect();
        assert_eq!(ours, theirs, "{name}");
        for ((field, own), theirs) in fields.into_iter().zip(&variant.fields) {
            assert_eq!(difference(own, metadata.types(), theirs.ty.id), None, "{name}.{field}");
        }
    }
}

#[test]
fn every_event_of_the_pallet_is_known_works() {
    let metadata = metadata();
    let variants = metadata.pallet_by_name("TickStream").and_then(|pallet| pallet.event_variants()).unwrap();
    let theirs: BTreeSet<&str> = variants.iter().map(|variant| variant.name.as_str()).collect();
    let ours: BTreeSet<&str> = TickEvent::shapes().into_iter().map(|(name, _)| name).collect();
    assert_eq!(ours, theirs);
}

#[test]
fn decode_works() {
    let bytes = (7u64, [1u8; 32], 500u128, vec![104u8, 105]).encode();
    let tipped = TickEvent::decode("Tipped", &bytes).unwrap();
    let expected = TickEvent::Tipped { stream: 7, from: [1; 32].into(), amount: 500, memo: b"hi".to_vec() };
    assert_eq!(tipped, Some(expected));
    assert_eq!(TickEvent::decode("NeverHeardOf", &bytes).unwrap(), None);
}

#[test]
fn decode_with_bytes_to_spare_fails() {
    let bytes = ([1u8; 32], 500u128, 0u8).encode();
    assert!(TickEvent::decode("PaidOut", &bytes).is_err());
}

/// How a failed call is reported.
#[test]
fn failures_are_as_expected_works() {
    let metadata = metadata();
    let variants = metadata.pallet_by_name("System").and_then(|pallet| pallet.event_variants()).unwrap();
    let failed = variants.iter().find(|variant| variant.name == "ExtrinsicFailed").unwrap();
    let error = &failed.fields[0];
    assert_eq!(error.name.as_deref(), Some("dispatch_error"));
    assert_eq!(difference(meta_type::<DispatchError>(), metadata.types(), error.ty.id), None);
}
