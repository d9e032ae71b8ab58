//! Errors: a failed call is reported with the name that the pallet has for its error.

use super::metadata;
use crate::{submit::named, ChainError};
use sp_runtime::{DispatchError, ModuleError};

fn module_error(index: u8, error: u8) -> DispatchError {
    DispatchError::Module(ModuleError { index, error: [error, 0, 0, 0], message: None })
}

#[test]
fn every_error_is_reported_by_its_name() {
    let metadata = metadata();
    let mut reported = 0;
    for pallet in metadata.pallets() {
        for variant in pallet.error_variants().unwrap_or_default() {
            let error = named(&metadata, module_error(pallet.error_index(), variant.index));
            assert_eq!(error.dispatch(), Some((pallet.name(), variant.name.as_str())));
            reported += usize::from(pallet.name() == "TickStream");
        }
    }
    let ours = metadata.pallet_by_name("TickStream").and_then(|pallet| pallet.error_variants()).unwrap();
    assert_eq!(reported, ours.len());
    assert!(ours.iter().any(|variant| variant.name == "DepositTooSmall"));
}

#[test]
fn error_without_a_name_is_reported_by_its_number() {
    let metadata = metadata();
    let tick_stream = metadata.pallet_by_name("TickStream").unwrap().error_index();
    let ChainError::Dispatch { pallet, error } = named(&metadata, module_error(tick_stream, 250)) else { panic!() };
    assert_eq!((pallet.as_str(), error.as_str()), ("TickStream", "[250, 0, 0, 0]"));
    let ChainError::Dispatch { pallet, .. } = named(&metadata, module_error(251, 0)) else { panic!() };
    assert_eq!(pallet, "251");
    assert_eq!(named(&metadata, DispatchError::BadOrigin).dispatch(), Some(("System", "BadOrigin")));
}
