//! Reads: every runtime API function and storage item that is asked for is there, with these types.

use super::{metadata, shape::difference};
use crate::reads::{AccountInfo, FUNCTIONS};
use scale_info::{meta_type, MetaType};
use std::collections::BTreeSet;
use tick_stream_primitives::{
    AccountId, Balance, Batch, Deposit, Gateway, Moment, Outcome, Params, RowVerdict, Session, SessionId, Stream,
    StreamId,
};

const API: &str = "TickStreamApi";

/// A function's name, what it takes and what it answers.
type Function = (&'static str, Vec<MetaType>, MetaType);

fn functions() -> Vec<Function> {
    vec![
        ("params", vec![], meta_type::<Params>()),
        ("stream", vec![meta_type::<StreamId>()], meta_type::<Option<Stream>>()),
        ("streams", vec![meta_type::<StreamId>(), meta_type::<u32>()], meta_type::<Vec<(StreamId, Stream)>>()),
        ("session", vec![meta_type::<SessionId>()], meta_type::<Option<Session>>()),
        ("deposit", vec![meta_type::<AccountId>()], meta_type::<Option<Deposit>>()),
        ("earnings", vec![meta_type::<AccountId>()], meta_type::<Balance>()),
        ("gateway", vec![meta_type::<AccountId>()], meta_type::<Option<Gateway>>()),
        ("check_batch", vec![meta_type::<Batch>()], meta_type::<Vec<RowVerdict>>()),
        ("outcomes", vec![], meta_type::<Vec<Outcome>>()),
    ]
}

#[test]
fn every_function_asked_exists_works() {
    let metadata = metadata();
    let api = metadata.runtime_api_trait_by_name(API).unwrap();
    for (name, inputs, output) in functions() {
        let method = api.method_by_name(name).unwrap_or_else(|| panic!("{API} has no function {name}"));
        let theirs: Vec<u32> = method.inputs().map(|input| input.id).collect();
        assert_eq!(theirs.len(), inputs.len(), "{name}");
        for (own, id) in inputs.into_iter().zip(theirs) {
            assert_eq!(difference(own, metadata.types(), id), None, "an argument of {name}");
        }
        assert_eq!(difference(output, metadata.types(), method.output_ty()), None, "the answer of {name}");
    }
}

#[test]
fn functions_asked_are_those_compared_works() {
    let asked: BTreeSet<String> = FUNCTIONS.iter().map(|function| function.to_string()).collect();
    let compared: BTreeSet<String> = functions().iter().map(|(name, ..)| format!("{API}_{name}")).collect();
    assert_eq!(asked, compared);
}

#[test]
fn storage_that_is_read_exists_works() {
    let metadata = metadata();
    let entry = |pallet: &str, name: &str| {
        let pallet = metadata.pallet_by_name(pallet).and_then(|pallet| pallet.storage()).unwrap();
        assert!(pallet.entry_by_name(name).is_some(), "{name}");
        (pallet.prefix().to_owned(), pallet.entry_by_name(name).unwrap())
    };
    let (prefix, account) = entry("System", "Account");
    assert_eq!(prefix, "System");
    assert_eq!(difference(meta_type::<AccountInfo>(), metadata.types(), account.value_ty()), None);
    let keys: Vec<_> = account.keys().collect();
    assert_eq!(keys.len(), 1);
    assert!(matches!(keys[0].hasher, subxt::metadata::StorageHasher::Blake2_128Concat));
    assert_eq!(difference(meta_type::<AccountId>(), metadata.types(), keys[0].key_id), None);

    let (prefix, now) = entry("Timestamp", "Now");
    assert_eq!(prefix, "Timestamp");
    assert_eq!(now.keys().count(), 0);
    assert_eq!(difference(meta_type::<Moment>(), metadata.types(), now.value_ty()), None);
}
