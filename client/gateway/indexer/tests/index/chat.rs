//! Chat.

use crate::common::Database;
use tick_stream_primitives::AccountId;
use vilokanam_indexer::{
    people::{ChatBanRow, ChatMessageRow, ChatSettingsRow, MAX_CHAT_MESSAGES},
    PageRequest, QueryError,
};

on_both!(
    messages_are_paged_by_their_numbers,
    messages_of_a_recording_are_found_by_time,
    message_that_is_written_again_is_there_once,
    deleted_messages_are_gone_from_their_stream_only,
    time_out_ends_and_ban_does_not,
    bans_are_paged_the_newest_first,
    settings_of_a_chat_are_kept,
    moderators_are_limited,
    nobody_has_tipped_without_a_tip,
);

fn person(byte: u8) -> AccountId {
    AccountId::new([byte; 32])
}

fn message(id: u64, stream: u64) -> ChatMessageRow {
    ChatMessageRow {
        id,
        stream,
        author: person(1),
        badges: 5,
        text: format!("message {id} ä 🎉"),
        reply_to: (id > 1).then_some(1),
        tip: (id == 2).then_some(u128::MAX),
        made_at: 1_000 * id,
    }
}

fn ban(byte: u8, until: Option<u64>, made_at: u64) -> ChatBanRow {
    ChatBanRow { stream: 7, person: person(byte), until, author: person(9), made_at }
}

fn ids(rows: &[ChatMessageRow]) -> Vec<u64> {
    rows.iter().map(|row| row.id).collect()
}

async fn messages_are_paged_by_their_numbers(database: Database) {
    let store = database.store().await;
    let all: Vec<_> = (1..=5).map(|id| message(id, 7)).chain([message(6, 8)]).collect();
    store.add_chat_messages(&all).await.unwrap();
    let first = store.chat_history(7, None, 2).await.unwrap();
    assert_eq!(ids(&first), [5, 4]);
    assert_eq!(ids(&store.chat_history(7, Some(4), 2).await.unwrap()), [3, 2]);
    assert_eq!(ids(&store.chat_history(7, Some(2), 2).await.unwrap()), [1]);
    assert_eq!(ids(&store.chat_history(7, Some(u64::MAX), 10).await.unwrap()).len(), 5);
    assert_eq!(store.chat_message(2).await.unwrap(), Some(message(2, 7)));
    assert_eq!(store.chat_message(99).await.unwrap(), None);
    let many: Vec<_> = (100..400).map(|id| message(id, 7)).collect();
    store.add_chat_messages(&many).await.unwrap();
    assert_eq!(store.chat_history(7, None, 1_000).await.unwrap().len(), MAX_CHAT_MESSAGES as usize);
}

async fn messages_of_a_recording_are_found_by_time(database: Database) {
    let store = database.store().await;
    let all: Vec<_> = [(3, 2_000), (1, 2_000), (2, 1_000), (4, 3_000)]
        .map(|(id, made_at)| ChatMessageRow { made_at, ..message(id, 7) })
        .into();
    store.add_chat_messages(&all).await.unwrap();
    assert_eq!(ids(&store.chat_between(7, (1_000, 3_000), 10).await.unwrap()), [2, 1, 3], "by time, then by number");
    assert_eq!(ids(&store.chat_between(7, (2_000, u64::MAX), 2).await.unwrap()), [1, 3]);
    assert!(store.chat_between(8, (0, u64::MAX), 10).await.unwrap().is_empty());
}

async fn message_that_is_written_again_is_there_once(database: Database) {
    let store = database.store().await;
    store.add_chat_messages(&[message(1, 7), message(2, 7)]).await.unwrap();
    store.add_chat_messages(&[message(2, 7), message(3, 7)]).await.unwrap();
    assert_eq!(ids(&store.chat_history(7, None, 10).await.unwrap()), [3, 2, 1]);
}

async fn deleted_messages_are_gone_from_their_stream_only(database: Database) {
    let store = database.store().await;
    store.add_chat_messages(&[message(1, 7), message(2, 7), message(3, 7), message(4, 8)]).await.unwrap();
    store.delete_chat_messages(7, &[1, 3, 4, 99]).await.unwrap();
    assert_eq!(ids(&store.chat_history(7, None, 10).await.unwrap()), [2]);
    assert_eq!(ids(&store.chat_history(8, None, 10).await.unwrap()), [4], "it is of another stream");
}

async fn time_out_ends_and_ban_does_not(database: Database) {
    let store = database.store().await;
    assert!(store.set_chat_ban(&ban(1, Some(5_000), 1_000)).await.unwrap());
    assert!(store.set_chat_ban(&ban(2, None, 1_000)).await.unwrap());
    assert_eq!(store.chat_bans(7, 4_999).await.unwrap(), [ban(1, Some(5_000), 1_000), ban(2, None, 1_000)]);
    assert_eq!(store.chat_bans(7, 5_000).await.unwrap(), [ban(2, None, 1_000)]);
    assert!(store.set_chat_ban(&ban(3, Some(9_000), 6_000)).await.unwrap());
    assert_eq!(store.chat_ban_of(7, &person(1)).await.unwrap(), None, "it was over, and is forgotten");
    assert!(store.set_chat_ban(&ban(3, None, 7_000)).await.unwrap(), "a time-out becomes a ban");
    assert_eq!(store.chat_ban_of(7, &person(3)).await.unwrap(), Some(ban(3, None, 7_000)));
    store.lift_chat_ban(7, &person(3)).await.unwrap();
    assert_eq!(store.chat_bans(7, 8_000).await.unwrap().len(), 1);
    assert!(store.chat_bans(8, 0).await.unwrap().is_empty());
}

async fn bans_are_paged_the_newest_first(database: Database) {
    let store = database.store().await;
    for number in 1..=5 {
        assert!(store.set_chat_ban(&ban(number, None, 1_000 * u64::from(number / 2))).await.unwrap());
    }
    let (mut found, mut page) = (Vec::new(), PageRequest::first(2));
    loop {
        let part = store.chat_bans_page(7, 0, &page).await.unwrap();
        found.extend(part.items.into_iter().map(|ban| ban.person));
        match part.next {
            Some(next) => page = PageRequest::after(2, next),
            None => break,
        }
    }
    assert_eq!(found, [5, 4, 3, 2, 1].map(person));
    let odd = PageRequest::after(2, "00");
    assert!(matches!(store.chat_bans_page(7, 0, &odd).await, Err(QueryError::BadCursor)));
}

async fn settings_of_a_chat_are_kept(database: Database) {
    let store = database.store().await;
    assert_eq!(store.chat_settings(7).await.unwrap(), None);
    let mut settings = ChatSettingsRow {
        stream: 7,
        slow_s: 30,
        is_followers_only: true,
        is_payers_only: false,
        blocked_words: r#"["a"]"#.into(),
        pinned: Some(3),
        updated_at: 1_000,
    };
    store.set_chat_settings(&settings).await.unwrap();
    assert_eq!(store.chat_settings(7).await.unwrap().as_ref(), Some(&settings));
    (settings.pinned, settings.slow_s) = (None, 0);
    store.set_chat_settings(&settings).await.unwrap();
    assert_eq!(store.chat_settings(7).await.unwrap(), Some(settings));
}

async fn moderators_are_limited(database: Database) {
    let store = database.store().await;
    assert!(store.add_chat_moderator(7, &person(2), 1_000, 2).await.unwrap());
    assert!(store.add_chat_moderator(7, &person(1), 2_000, 2).await.unwrap());
    assert!(!store.add_chat_moderator(7, &person(3), 3_000, 2).await.unwrap());
    assert!(store.add_chat_moderator(7, &person(1), 4_000, 2).await.unwrap(), "one who is a moderator already");
    assert_eq!(store.chat_moderators(7, 10).await.unwrap(), [person(2), person(1)]);
    store.remove_chat_moderator(7, &person(2)).await.unwrap();
    assert_eq!(store.chat_moderators(7, 10).await.unwrap(), [person(1)]);
    assert!(store.chat_moderators(8, 10).await.unwrap().is_empty());
}

async fn nobody_has_tipped_without_a_tip(database: Database) {
    let store = database.store().await;
    assert!(!store.has_tipped(7, &person(1), 0).await.unwrap());
}
