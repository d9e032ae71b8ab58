//! Export and deletion of what is kept of a person.

use crate::common::Database;
use tick_stream_primitives::AccountId;
use vilokanam_indexer::{
    people::{ChatMessageRow, Commented, NewCommentRow, ProgressRow},
    Store,
};

on_both!(everything_of_a_person_is_exported_and_deleted, comments_of_a_person_leave_the_replies_of_others);

const SUBJECT: &str = "recording:7:3";

fn person(byte: u8) -> AccountId {
    AccountId::new([byte; 32])
}

async fn comment(store: &Store, author: u8, reply_to: Option<u64>) -> u64 {
    let new = NewCommentRow {
        subject: SUBJECT.into(),
        reply_to,
        author: person(author),
        text: format!("of {author}"),
        made_at: 5,
        at_s: None,
    };
    match store.add_comment(&new).await.unwrap() {
        Commented::Added { comment, .. } => comment.id,
        Commented::NothingToAnswer => panic!("there is something to answer"),
    }
}

async fn fill(store: &Store, byte: u8) {
    let who = person(byte);
    store.change_person(&who, |row| row.name = format!("person {byte}")).await.unwrap();
    store.follow(&who, &person(9), 3, 10).await.unwrap();
    store.like(&who, SUBJECT, 3).await.unwrap();
    let progress =
        ProgressRow { person: who.clone(), subject: SUBJECT.into(), position_ms: 4, duration_ms: None, noted_at: 5 };
    store.save_progress(&[progress]).await.unwrap();
    let message = ChatMessageRow {
        id: u64::from(byte),
        stream: 7,
        author: who,
        badges: 0,
        text: format!("by {byte}"),
        reply_to: None,
        tip: None,
        made_at: 5,
    };
    store.add_chat_messages(&[message]).await.unwrap();
}

async fn everything_of_a_person_is_exported_and_deleted(database: Database) {
    let store = database.store().await;
    let (who, other) = (person(1), person(2));
    fill(&store, 1).await;
    fill(&store, 2).await;
    store.follow(&other, &who, 4, 10).await.unwrap();

    let exported = store.export_person(&who).await.unwrap();
    let places: Vec<_> = exported.iter().map(|table| (table.table, table.person)).collect();
    let expected = [
        ("profiles", "account"),
        ("follows", "follower"),
        ("follows", "creator"),
        ("follower_counts", "account"),
        ("likes", "person"),
        ("progress", "person"),
        ("chat_messages", "author"),
    ];
    assert_eq!(places, expected);
    assert!(exported.iter().all(|table| table.rows.len() == 1 && !table.is_cut));
    let name = exported[0].rows[0].iter().find(|(column, _)| *column == "name").unwrap();
    assert_eq!(name.1.as_deref(), Some("person 1"));
    let progress = &exported[5].rows[0];
    assert_eq!(progress[2], ("position_ms", Some("4".to_owned())));
    assert_eq!(progress[3], ("duration_ms", None));

    store.delete_person(&who).await.unwrap();
    assert!(store.export_person(&who).await.unwrap().is_empty());
    assert_eq!(store.person(&who).await.unwrap(), None);
    assert_eq!(store.follower_count(&person(9)).await.unwrap(), 1);
    assert_eq!(store.follower_count(&who).await.unwrap(), 0);
    assert!(!store.is_following(&other, &who).await.unwrap());
    assert_eq!(store.reactions(&[SUBJECT.into()]).await.unwrap()[SUBJECT].likes, 1);
    assert_eq!(store.chat_message(1).await.unwrap(), None);
    assert!(store.chat_message(2).await.unwrap().is_some() && store.person(&other).await.unwrap().is_some());
    store.delete_person(&who).await.unwrap();
}

async fn comments_of_a_person_leave_the_replies_of_others(database: Database) {
    let store = database.store().await;
    let first = comment(&store, 1, None).await;
    let reply = comment(&store, 2, Some(first)).await;
    let answer = comment(&store, 1, Some(reply)).await;
    let alone = comment(&store, 1, None).await;
    store.set_comment_like(reply, &person(1), true, 6).await.unwrap();
    store.set_comment_like(reply, &person(3), true, 6).await.unwrap();

    store.delete_person(&person(1)).await.unwrap();
    for id in [first, answer, alone] {
        assert_eq!(store.comment(id).await.unwrap(), None);
    }
    let reply = store.comment(reply).await.unwrap().unwrap();
    assert_eq!((&*reply.text, reply.likes), ("of 2", 1));
    assert_eq!(store.reactions(&[SUBJECT.into()]).await.unwrap()[SUBJECT].comments, 1);
}
