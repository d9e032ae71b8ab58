//! Reads: the runtime API functions and storage items that are read exist and have the expected types.

use super::{metadata, shape::difference};
use crate::reads::{AccountInfo, FUNCTIONS};
use scale_info::{meta_type, MetaType};
use std::collections::BTreeSet;
use tick_stream_primitives::{
    AccountId, Balance, Batch, Deposit, Gateway, Moment, Outcome, Params, RowVerdict, Session, SessionId, SessionKey,
    Stream, StreamId, StreamsPage,
};

const API: &str = "TickStreamApi";

/// Runtime API function: its name, the types of its arguments and of its result.
type Function = (&'static str, Vec<MetaType>, MetaType);

fn functions() -> Vec<Function> {
    vec![
        ("params", vec![], meta_type::<Params>()),
        ("stream", vec![meta_type::<StreamId>()], meta_type::<Option<Stream>>()),
        ("streams", vec![meta_type::<StreamId>(), meta_type::<u32>()], meta_type::<StreamsPage>()),
        ("session", vec![meta_type::<SessionId>()], meta_type::<Option<Session>>()),
        ("deposit", vec![meta_type::<AccountId>()], meta_type::<Option<Deposit>>()),
        ("key", vec![meta_type::<AccountId>(), meta_type::<AccountId>()], meta_type::<Option<SessionKey>>()),
        ("keys", vec![meta_type::<AccountId>()], meta_type::<Vec<(AccountId, SessionKey)>>()),
        ("earnings", vec![meta_type::<AccountId>()], meta_type::<Balance>()),
        ("gateway", vec![meta_type::<AccountId>()], meta_type::<Option<Gateway>>()),
        ("check_batch", vec![meta_type::<Batch>()], meta_type::<Vec<RowVerdict>>()),
        ("outcomes", vec![], meta_type::<Vec<Outcome>>()),
    ]
}

#[test]
fn every_function_exists_with_the_expected_types() {
    let metadata = metadata();
    let api = metadata.runtime_api_trait_by_name(API).unwrap();
    for (name, inputs, output) in functions() {
        let method = api.method_by_name(name).unwrap_or_else(|| panic!("{API} has no function {name}"));
        let theirs: Vec<u32> = method.inputs().map(|input| input.id).collect();
        assert_eq!(theirs.len(), inputs.len(), "{name}");
        for (own, id) in inputs.into_iter().zip(theirs) {
            assert_eq!(difference(own, metadata.types(), id), None, "an argument of {name}");
        }
        assert_eq!(difference(output, metadata.types(), method.output_ty()), None, "the result of {name}");
    }
}

#[test]
fn every_function_that_is_called_is_compared() {
    let called: BTreeSet<String> = FUNCTIONS.iter().map(|function| function.to_string()).collect();
    let compared: BTreeSet<String> = functions().iter().map(|(name, ..)| format!("{API}_{name}")).collect();
    assert_eq!(called, compared);
}

#[test]
fn storage_items_exist_with_the_expected_types() {
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

#[test]
fn storage_items_and_constants_that_are_read_by_name_exist() {
    let metadata = metadata();
    let items = [
        ("Session", "Validators"),
        ("Session", "QueuedKeys"),
        ("Session", "NextKeys"),
        ("Session", "CurrentIndex"),
        ("Session", "KeyOwner"),
        ("Validators", "SessionPeriod"),
        ("CollatorSelection", "Invulnerables"),
        ("CollatorSelection", "CandidateList"),
        ("CollatorSelection", "LastAuthoredBlock"),
        ("CollatorSelection", "CandidacyBond"),
        ("CollatorSelection", "DesiredCandidates"),
        ("Referenda", "ReferendumInfoFor"),
        ("Preimage", "PreimageFor"),
        ("Whitelist", "WhitelistedCall"),
        ("System", "AuthorizedUpgrade"),
        ("Moderators", "Members"),
        ("TechnicalCommittee", "Members"),
        ("TechnicalCommittee", "ProposalOf"),
        ("TechnicalCommittee", "Voting"),
        ("Treasury", "Approvals"),
        ("Treasury", "Proposals"),
    ];
    for (pallet, name) in items {
        let found = metadata.pallet_by_name(pallet).and_then(|pallet| pallet.storage()?.entry_by_name(name).cloned());
        assert!(found.is_some(), "{pallet}.{name}");
    }
    let constants = [
        ("Balances", "ExistentialDeposit"),
        ("Referenda", "Tracks"),
        ("Referenda", "SubmissionDeposit"),
        ("Treasury", "SpendPeriod"),
    ];
    for (pallet, name) in constants {
        let found = metadata.pallet_by_name(pallet).and_then(|pallet| pallet.constant_by_name(name));
        assert!(found.is_some(), "{pallet}.{name}");
    }
}
