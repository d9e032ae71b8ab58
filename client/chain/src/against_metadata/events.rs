//! Events against the chain's metadata: the same names, and for each the same fields of the same types.

use super::{metadata, shape::difference};
use crate::{events::decode, TickEvent};
use codec::Encode;
use scale_info::{meta_type, TypeInfo};
use sp_runtime::DispatchError;

/// The type of the pallet's events, in the registry of the metadata.
fn pallet_event(metadata: &subxt::Metadata) -> u32 {
    metadata.pallet_by_name("TickStream").and_then(|pallet| pallet.event_ty_id()).unwrap()
}

#[test]
fn tick_event_has_the_names_and_fields_of_the_pallets_event() {
    let metadata = metadata();
    assert_eq!(difference(meta_type::<TickEvent>(), metadata.types(), pallet_event(&metadata)), None);
}

#[test]
fn difference_sees_a_field_of_another_name_in_an_event() {
    #[derive(TypeInfo)]
    #[allow(dead_code)]
    enum TickEvent {
        Deposited { account: [u8; 32] },
    }
    let metadata = metadata();
    assert!(difference(meta_type::<TickEvent>(), metadata.types(), pallet_event(&metadata)).is_some());
}

#[test]
fn event_is_decoded_by_its_name() {
    let bytes = (7u64, [1u8; 32], 500u128, vec![104u8, 105]).encode();
    let memo = b"hi".to_vec().try_into().unwrap();
    let expected = TickEvent::Tipped { stream: 7, from: [1; 32].into(), amount: 500, memo };
    assert_eq!(decode("Tipped", &bytes).unwrap(), Some(expected));
    assert_eq!(decode("NoSuchEvent", &bytes).unwrap(), None);
}

#[test]
fn event_with_surplus_bytes_is_refused() {
    let bytes = ([1u8; 32], 500u128, 0u8).encode();
    let refused = decode("PaidOut", &bytes).unwrap_err();
    assert!(refused.to_string().starts_with("the event PaidOut cannot be decoded"), "{refused}");
}

#[test]
fn failed_call_is_reported_as_a_dispatch_error() {
    let metadata = metadata();
    let variants = metadata.pallet_by_name("System").and_then(|pallet| pallet.event_variants()).unwrap();
    let failed = variants.iter().find(|variant| variant.name == "ExtrinsicFailed").unwrap();
    let error = &failed.fields[0];
    assert_eq!(error.name.as_deref(), Some("dispatch_error"));
    assert_eq!(difference(meta_type::<DispatchError>(), metadata.types(), error.ty.id), None);
}
