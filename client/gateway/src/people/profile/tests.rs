//! Changes of profiles on a database of their own.

use super::*;
use codec::Encode;
use sp_core::{sr25519, Pair};
use std::sync::Arc;
use vilokanam_indexer::Store;
use vilokanam_wire::people::MySettings;

const AT: &str = "2026-12-01T00:00:00.000Z";

struct Test {
    people: Arc<People>,
    _folder: tempfile::TempDir,
}

impl Test {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let index = Store::connect(&format!("sqlite:{}", folder.path().join("index.db").display())).await.unwrap();
        Self { people: People::new(index), _folder: folder }
    }

    async fn change(&self, who: &AccountId, change: ChangeProfile) -> Result<(), ChangeError> {
        self.people.change(who, false, change).await
    }

    async fn row(&self, who: &AccountId) -> PersonRow {
        self.people.index.person(who).await.unwrap().unwrap()
    }
}

fn account(byte: u8) -> AccountId {
    AccountId::new([byte; 32])
}

fn named(handle: &str) -> ChangeProfile {
    ChangeProfile { handle: Some(handle.into()), ..ChangeProfile::default() }
}

fn pair() -> sr25519::Pair {
    sr25519::Pair::from_seed(&[7; 32])
}

/// A change together with the signature of [`pair`] over what the profile is then.
fn signed(change: ChangeProfile, row: &PersonRow) -> ChangeProfile {
    let mut next = row.clone();
    let skeleton = change.handle.clone();
    apply(&mut next, &change, skeleton.as_ref());
    let signature = MultiSignature::from(pair().sign(signed_text(&next, AT).as_bytes()));
    let hex = format!("0x{}", hex::encode(signature.encode()));
    ChangeProfile { signature: Some(hex), signed_at: Some(AT.into()), ..change }
}

#[tokio::test]
async fn absent_fields_stay_and_empty_ones_are_removed() {
    let test = Test::new().await;
    let who = account(1);
    let first = ChangeProfile {
        name: Some(" Alice\u{202e} \n A. ".into()),
        bio: Some("one\n\n\n\ntwo".into()),
        links: Some(vec!["https://example.org".into()]),
        settings: Some(MySettings { hide_from_leaderboards: true, keep_history: false }),
        ..named("@Alice")
    };
    test.change(&who, first).await.unwrap();
    test.change(&who, ChangeProfile { bio: Some(" ".into()), ..ChangeProfile::default() }).await.unwrap();
    let row = test.row(&who).await;
    assert_eq!((row.handle.as_deref(), &*row.name, &*row.bio), (Some("alice"), "Alice A.", ""));
    assert_eq!(row.links, ["https://example.org"]);
    assert!(row.hides_from_leaderboards && !row.keeps_history);
    test.change(&who, named("")).await.unwrap();
    let row = test.row(&who).await;
    assert_eq!((row.handle, row.skeleton), (None, None));
}

#[tokio::test]
async fn handle_that_looks_like_another_is_taken() {
    let test = Test::new().await;
    test.change(&account(1), named("alice")).await.unwrap();
    for handle in ["alice", "al1ce", "a_lice"] {
        let refused = test.change(&account(2), named(handle)).await;
        assert!(matches!(refused, Err(ChangeError::HandleTaken)), "{handle}");
    }
    test.change(&account(1), named("a1ice")).await.unwrap();
    assert!(matches!(test.change(&account(2), named("admin")).await, Err(ChangeError::Handle(HandleError::Reserved))));
}

#[tokio::test]
async fn what_is_not_accepted_changes_nothing() {
    let test = Test::new().await;
    let long = ChangeProfile { name: Some("x".repeat(MAX_NAME_CHARS + 1)), ..named("alice") };
    assert!(matches!(test.change(&account(1), long).await, Err(ChangeError::TooLong { field: "name", .. })));
    let picture = ChangeProfile { picture: Some("ab".repeat(32)), ..named("alice") };
    assert!(matches!(test.change(&account(1), picture).await, Err(ChangeError::NoPicture("picture"))));
    let link = ChangeProfile { links: Some(vec!["http://example.org".into()]), ..named("alice") };
    assert!(matches!(test.change(&account(1), link).await, Err(ChangeError::Link(LinkError::NotHttps))));
    assert_eq!(test.people.index.person(&account(1)).await.unwrap(), None);
}

#[tokio::test]
async fn guests_set_a_name_and_nothing_else() {
    let test = Test::new().await;
    let name = ChangeProfile { name: Some("Bob".into()), ..ChangeProfile::default() };
    test.people.change(&account(1), true, name.clone()).await.unwrap();
    let more = ChangeProfile { bio: Some("b".into()), ..name };
    let refused = test.people.change(&account(1), true, more).await;
    assert!(matches!(refused, Err(ChangeError::NotForGuests)));
}

#[tokio::test]
async fn signature_holds_until_what_it_covers_is_changed() {
    let test = Test::new().await;
    let who = AccountId::from(pair().public());
    let change = ChangeProfile { name: Some("Alice".into()), ..named("alice") };
    test.change(&who, signed(change, &PersonRow::new(who.clone()))).await.unwrap();
    let row = test.row(&who).await;
    assert!(!row.signature.is_empty() && row.signed_at == AT);
    // The settings are not part of what is signed, and the same name is no change.
    let settings = Some(MySettings::default());
    let same = ChangeProfile { name: Some("Alice".into()), settings, ..ChangeProfile::default() };
    test.change(&who, same).await.unwrap();
    assert_eq!(test.row(&who).await.signature, row.signature);
    test.change(&who, ChangeProfile { name: Some("Eve".into()), ..ChangeProfile::default() }).await.unwrap();
    let row = test.row(&who).await;
    assert_eq!((&*row.signature, &*row.signed_at), ("", ""));
}

#[tokio::test]
async fn signature_of_something_or_somebody_else_is_refused() {
    let test = Test::new().await;
    let who = AccountId::from(pair().public());
    let empty = PersonRow::new(who.clone());
    let mut other = signed(named("alice"), &empty);
    other.handle = Some("bob".into());
    assert!(matches!(test.change(&who, other).await, Err(ChangeError::Signature(OTHER_TEXT))));
    let foreign = signed(named("alice"), &PersonRow::new(account(1)));
    assert!(matches!(test.change(&account(1), foreign).await, Err(ChangeError::Signature(OTHER_TEXT))));
    let timeless = ChangeProfile { signed_at: None, ..signed(named("alice"), &empty) };
    assert!(matches!(test.change(&who, timeless).await, Err(ChangeError::Signature(NO_TIME))));
    let garbled = ChangeProfile { signature: Some("0x00".into()), signed_at: Some(AT.into()), ..named("alice") };
    assert!(matches!(test.change(&who, garbled).await, Err(ChangeError::Signature(NO_SIGNATURE))));
    assert_eq!(test.people.index.person(&who).await.unwrap(), None);
}
