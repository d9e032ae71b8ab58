//! Sign-ins: their number, their renewal, and how they end.

use crate::common::{account, Database};
use vilokanam_indexer::{
    people::{Renewal, SignInRow, MAX_SIGN_INS},
    Store,
};

on_both!(
    sign_ins_above_the_limit_of_an_account_end_the_one_that_was_used_longest_ago,
    session_key_of_a_sign_in_is_remembered,
    sign_in_is_renewed_with_its_latest_token,
    token_that_was_replaced_ends_the_sign_in,
    unknown_and_expired_sign_ins_are_not_renewed,
    sign_in_is_ended_by_its_account_alone,
    all_sign_ins_but_one_are_ended,
    expired_sign_ins_are_forgotten,
);

/// Time at which the sign-ins end.
const END: u64 = 1_000_000;

fn sign_in(id: &str, person: u32, now: u64) -> SignInRow {
    SignInRow {
        id: id.into(),
        account: account(person),
        signed_by: "wallet".into(),
        session_key: None,
        key_of: None,
        label: "Firefox".into(),
        token_hash: format!("hash of {id}"),
        created_at: now,
        last_used_at: now,
        expires_at: END,
    }
}

async fn ids(store: &Store, person: u32, now: u64) -> Vec<String> {
    store.sign_ins_of(&account(person), now).await.unwrap().into_iter().map(|row| row.id).collect()
}

async fn sign_ins_above_the_limit_of_an_account_end_the_one_that_was_used_longest_ago(database: Database) {
    let store = database.store().await;
    store.add_sign_in(&sign_in("of another", 2, 0)).await.unwrap();
    for number in 0..MAX_SIGN_INS as u64 {
        store.add_sign_in(&sign_in(&format!("{number}"), 1, 1_000 + number)).await.unwrap();
    }
    // The first one is used, so that the second one is the oldest.
    let renewed = store.renew_sign_in("0", "hash of 0", "next", (9_000, END)).await.unwrap();
    assert!(matches!(renewed, Renewal::Renewed(_)), "{renewed:?}");
    store.add_sign_in(&sign_in("new", 1, 9_500)).await.unwrap();

    let found = ids(&store, 1, 0).await;
    assert_eq!(found.len(), MAX_SIGN_INS);
    assert_eq!(found[..3], ["new", "0", &format!("{}", MAX_SIGN_INS - 1)], "the one that was used last is first");
    assert!(!store.has_sign_in("1", 0).await.unwrap());
    assert!(store.has_sign_in("2", 0).await.unwrap());
    assert_eq!(ids(&store, 2, 0).await, ["of another"]);
}

async fn session_key_of_a_sign_in_is_remembered(database: Database) {
    let store = database.store().await;
    let (session_key, key_of) = (Some(account(8)), Some(account(9)));
    let row = SignInRow { signed_by: "guest".into(), session_key, key_of, ..sign_in("a", 8, 1_000) };
    store.add_sign_in(&row).await.unwrap();
    assert_eq!(store.sign_in("a", 1_000).await.unwrap(), Some(row));
    assert_eq!(store.sign_in("a", END).await.unwrap(), None, "it has expired");
    assert_eq!(store.sign_in("b", 1_000).await.unwrap(), None);
}

async fn sign_in_is_renewed_with_its_latest_token(database: Database) {
    let store = database.store().await;
    let begun = sign_in("a", 1, 1_000);
    store.add_sign_in(&begun).await.unwrap();
    let renewal = store.renew_sign_in("a", "hash of a", "second", (2_000, END + 5)).await.unwrap();
    let second = SignInRow { token_hash: "second".into(), last_used_at: 2_000, expires_at: END + 5, ..begun };
    assert_eq!(renewal, Renewal::Renewed(Box::new(second.clone())));
    assert_eq!(store.sign_ins_of(&account(1), 0).await.unwrap(), std::slice::from_ref(&second));
    let renewal = store.renew_sign_in("a", "second", "third", (3_000, END + 6)).await.unwrap();
    let third = SignInRow { token_hash: "third".into(), last_used_at: 3_000, expires_at: END + 6, ..second };
    assert_eq!(renewal, Renewal::Renewed(Box::new(third)));
}

async fn token_that_was_replaced_ends_the_sign_in(database: Database) {
    let store = database.store().await;
    store.add_sign_in(&sign_in("a", 1, 1_000)).await.unwrap();
    store.add_sign_in(&sign_in("b", 1, 1_000)).await.unwrap();
    store.renew_sign_in("a", "hash of a", "second", (2_000, END)).await.unwrap();
    assert_eq!(store.renew_sign_in("a", "hash of a", "other", (3_000, END)).await.unwrap(), Renewal::Reused);
    assert!(!store.has_sign_in("a", 0).await.unwrap());
    assert_eq!(store.renew_sign_in("a", "second", "other", (3_000, END)).await.unwrap(), Renewal::Unknown);
    assert!(store.has_sign_in("b", 0).await.unwrap(), "the other device stays signed in");
}

async fn unknown_and_expired_sign_ins_are_not_renewed(database: Database) {
    let store = database.store().await;
    store.add_sign_in(&sign_in("a", 1, 1_000)).await.unwrap();
    assert_eq!(store.renew_sign_in("b", "hash of b", "next", (2_000, END)).await.unwrap(), Renewal::Unknown);
    assert!(store.has_sign_in("a", END - 1).await.unwrap());
    assert!(!store.has_sign_in("a", END).await.unwrap());
    assert!(ids(&store, 1, END).await.is_empty());
    assert_eq!(store.renew_sign_in("a", "hash of a", "next", (END, 2 * END)).await.unwrap(), Renewal::Unknown);
    let renewed = store.renew_sign_in("a", "hash of a", "next", (END - 1, 2 * END)).await.unwrap();
    assert!(matches!(renewed, Renewal::Renewed(_)), "{renewed:?}");
}

async fn sign_in_is_ended_by_its_account_alone(database: Database) {
    let store = database.store().await;
    store.add_sign_in(&sign_in("a", 1, 1_000)).await.unwrap();
    assert!(!store.end_sign_in(&account(2), "a").await.unwrap());
    assert!(store.has_sign_in("a", 0).await.unwrap());
    assert!(store.end_sign_in(&account(1), "a").await.unwrap());
    assert!(!store.has_sign_in("a", 0).await.unwrap());
    assert!(!store.end_sign_in(&account(1), "a").await.unwrap(), "it has ended already");
}

async fn all_sign_ins_but_one_are_ended(database: Database) {
    let store = database.store().await;
    for (id, person) in [("a", 1), ("b", 1), ("c", 1), ("d", 2)] {
        store.add_sign_in(&sign_in(id, person, 1_000)).await.unwrap();
    }
    let mut ended = store.end_other_sign_ins(&account(1), "b").await.unwrap();
    ended.sort();
    assert_eq!(ended, ["a", "c"]);
    assert_eq!(ids(&store, 1, 0).await, ["b"]);
    assert_eq!(ids(&store, 2, 0).await, ["d"]);
    assert!(store.end_other_sign_ins(&account(1), "b").await.unwrap().is_empty());
}

async fn expired_sign_ins_are_forgotten(database: Database) {
    let store = database.store().await;
    store.add_sign_in(&sign_in("a", 1, 1_000)).await.unwrap();
    store.add_sign_in(&SignInRow { expires_at: END + 1, ..sign_in("b", 1, 1_000) }).await.unwrap();
    store.forget_expired_sign_ins(END).await.unwrap();
    assert_eq!(ids(&store, 1, 0).await, ["b"]);
    store.forget_expired_sign_ins(END + 1).await.unwrap();
    assert!(ids(&store, 1, 0).await.is_empty());
}
