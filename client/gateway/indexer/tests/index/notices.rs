//! Notices, what people have set about them, and where they are sent.

use crate::common::{account, Database};
use tick_stream_primitives::AccountId;
use vilokanam_indexer::{
    people::{MailRow, MailTried, NoticeRow, PushRow, MAX_MAIL_TRIES, MAX_NOTICES, MAX_PUSH_SUBSCRIPTIONS},
    PageRequest, Store,
};

on_both!(
    notices_are_numbered_in_order_and_listed_by_person,
    many_notices_are_added_at_once,
    notices_are_read_up_to_a_number,
    old_notices_and_those_above_the_limit_are_forgotten,
    thing_is_told_once_within_its_time,
    end_of_the_last_broadcast_is_known,
    settings_are_replaced,
    push_subscriptions_are_limited_and_belong_to_their_person,
    mail_address_is_verified_with_its_code,
    codes_are_tried_five_times_and_expire,
);

fn notice(person: u32, made_at: u64) -> NoticeRow {
    NoticeRow {
        id: 0,
        person: account(person),
        kind: "reply".into(),
        title: "Ann answered your comment".into(),
        body: "Yes".into(),
        url: "/watch/7#comment-1".into(),
        author: person.is_multiple_of(2).then(|| account(100)),
        made_at,
        is_read: false,
    }
}

async fn add(store: &Store, people: &[u32], made_at: u64) -> Vec<NoticeRow> {
    let mut rows: Vec<NoticeRow> = people.iter().map(|person| notice(*person, made_at)).collect();
    store.add_notices(&mut rows).await.unwrap();
    rows
}

async fn notices_are_numbered_in_order_and_listed_by_person(database: Database) {
    let store = database.store().await;
    assert_eq!(store.last_notice().await.unwrap(), 0);
    let rows = add(&store, &[1, 2, 1], 5).await;
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [1, 2, 3]);
    let more = add(&store, &[1], 6).await;
    assert_eq!((more[0].id, store.last_notice().await.unwrap()), (4, 4));
    add(&store, &[], 7).await;

    let first = store.notices_of(&account(1), &PageRequest::first(2)).await.unwrap();
    assert_eq!(first.items, [more[0].clone(), rows[2].clone()], "the newest first");
    let second = store.notices_of(&account(1), &PageRequest::after(2, first.next.unwrap())).await.unwrap();
    assert_eq!((second.items, second.next), (vec![rows[0].clone()], None));
    let others = store.notices_of(&account(2), &PageRequest::first(10)).await.unwrap();
    assert_eq!(others.items, [rows[1].clone()]);
    assert_eq!(store.notices_after(1, 2).await.unwrap(), rows[1..]);
    assert!(store.notices_of(&account(1), &PageRequest::after(2, "00")).await.is_err());
}

async fn many_notices_are_added_at_once(database: Database) {
    let store = database.store().await;
    let people: Vec<u32> = (0..600).collect();
    let rows = add(&store, &people, 5).await;
    assert_eq!(store.last_notice().await.unwrap(), 600);
    assert_eq!(store.notices_after(599, 10).await.unwrap(), rows[599..]);
    let accounts: Vec<AccountId> = people.iter().map(|person| account(*person)).collect();
    for who in &accounts[..3] {
        store.set_notice_settings(who, "{}").await.unwrap();
    }
    assert_eq!(store.notice_settings(&accounts).await.unwrap().len(), 3);
    assert!(store.notice_settings(&[]).await.unwrap().is_empty());
}

async fn notices_are_read_up_to_a_number(database: Database) {
    let store = database.store().await;
    add(&store, &[1, 1, 2, 1], 5).await;
    assert_eq!(store.unread_notices(&account(1)).await.unwrap(), 3);
    store.read_notices(&account(1), 2).await.unwrap();
    assert_eq!(store.unread_notices(&account(1)).await.unwrap(), 1);
    assert_eq!(store.unread_notices(&account(2)).await.unwrap(), 1, "of others, nothing is read");
    store.read_notices(&account(1), i64::MAX.unsigned_abs()).await.unwrap();
    assert_eq!(store.unread_notices(&account(1)).await.unwrap(), 0);
}

async fn old_notices_and_those_above_the_limit_are_forgotten(database: Database) {
    let store = database.store().await;
    add(&store, &[1, 2], 5).await;
    let many = vec![3; MAX_NOTICES as usize + 5];
    let rows = add(&store, &many, 10).await;
    store.forget_notices(10).await.unwrap();
    assert_eq!(store.unread_notices(&account(1)).await.unwrap(), 0);
    assert_eq!(store.unread_notices(&account(3)).await.unwrap(), MAX_NOTICES);
    let page = store.notices_of(&account(3), &PageRequest::first(1)).await.unwrap();
    assert_eq!(page.items[0].id, rows[rows.len() - 1].id, "the newest stay");
    assert_eq!(add(&store, &[1], 11).await[0].id, rows[rows.len() - 1].id + 1, "no number is given twice");
}

async fn thing_is_told_once_within_its_time(database: Database) {
    let store = database.store().await;
    assert!(store.mark_notice("live:7", 1_000, 0).await.unwrap());
    assert!(!store.mark_notice("live:7", 1_500, 900).await.unwrap());
    assert!(store.mark_notice("live:8", 1_500, 900).await.unwrap(), "another stream");
    assert!(store.mark_notice("live:7", 2_000, 1_000).await.unwrap(), "it was long ago");
    assert!(!store.mark_notice("live:7", 2_100, 1_100).await.unwrap());
    store.forget_notices(2_001).await.unwrap();
    assert!(store.mark_notice("live:7", 2_200, 0).await.unwrap());
}

async fn end_of_the_last_broadcast_is_known(database: Database) {
    let store = database.store().await;
    assert_eq!(store.last_broadcast_end(7).await.unwrap(), None);
    let first = store.begin_broadcast(7, 0, 0, 1_000).await.unwrap();
    assert_eq!(store.last_broadcast_end(7).await.unwrap(), None, "it goes on");
    store.end_broadcast(7, first.number, 2_000, None).await.unwrap();
    store.begin_broadcast(7, 0, 10, 3_000).await.unwrap();
    assert_eq!(store.last_broadcast_end(7).await.unwrap(), Some(2_000));
    assert_eq!(store.last_broadcast_end(8).await.unwrap(), None);
}

async fn settings_are_replaced(database: Database) {
    let store = database.store().await;
    let of = |who: u32| vec![account(who)];
    assert!(store.notice_settings(&of(1)).await.unwrap().is_empty());
    for settings in ["{}", r#"{"reply":{}}"#] {
        store.set_notice_settings(&account(1), settings).await.unwrap();
        assert_eq!(store.notice_settings(&of(1)).await.unwrap()[&account(1)], settings);
    }
    assert!(store.notice_settings(&of(2)).await.unwrap().is_empty());
}

fn push(person: u32, number: u32) -> PushRow {
    PushRow {
        endpoint: format!("https://push.example/{number}"),
        person: account(person),
        p256dh: "key".into(),
        auth: "secret".into(),
        made_at: u64::from(number),
    }
}

async fn push_subscriptions_are_limited_and_belong_to_their_person(database: Database) {
    let store = database.store().await;
    for number in 0..MAX_PUSH_SUBSCRIPTIONS + 2 {
        store.set_push(&push(1, number)).await.unwrap();
    }
    let mut kept = store.push_of(&[account(1), account(2)]).await.unwrap();
    kept.sort_by_key(|row| row.made_at);
    let expected: Vec<PushRow> = (2..MAX_PUSH_SUBSCRIPTIONS + 2).map(|number| push(1, number)).collect();
    assert_eq!(kept, expected, "the oldest go");

    store.end_push(&account(2), "https://push.example/5").await.unwrap();
    assert_eq!(store.push_of(&[account(1)]).await.unwrap().len(), 10, "another person's stays");
    store.end_push(&account(1), "https://push.example/5").await.unwrap();
    store.forget_push("https://push.example/6").await.unwrap();
    store.set_push(&push(2, 7)).await.unwrap();
    assert_eq!(store.push_of(&[account(1)]).await.unwrap().len(), 7);
    assert_eq!(store.push_of(&[account(2)]).await.unwrap(), [push(2, 7)], "a browser has one person");
}

fn mail(person: u32, address: &str) -> MailRow {
    MailRow {
        person: account(person),
        address: address.into(),
        is_verified: false,
        code_hash: "right".into(),
        expires_at: 1_000,
        tries: 0,
    }
}

async fn mail_address_is_verified_with_its_code(database: Database) {
    let store = database.store().await;
    let who = account(1);
    assert_eq!(store.mail(&who).await.unwrap(), None);
    assert_eq!(store.try_mail_code(&who, "right", 500).await.unwrap(), MailTried::Over);
    store.set_mail(&mail(1, "ann@example.org")).await.unwrap();
    assert!(store.mails_of(std::slice::from_ref(&who)).await.unwrap().is_empty(), "nothing is sent before that");
    assert_eq!(store.try_mail_code(&account(2), "right", 500).await.unwrap(), MailTried::Over);
    assert_eq!(store.try_mail_code(&who, "wrong", 500).await.unwrap(), MailTried::Wrong(MAX_MAIL_TRIES - 1));
    assert_eq!(store.try_mail_code(&who, "right", 500).await.unwrap(), MailTried::Verified);
    assert_eq!(store.try_mail_code(&who, "", 500).await.unwrap(), MailTried::Over);
    let verified = store.mails_of(std::slice::from_ref(&who)).await.unwrap();
    assert_eq!(verified[0].address, "ann@example.org");
    store.set_mail(&mail(1, "other@example.org")).await.unwrap();
    assert!(
        store.mails_of(std::slice::from_ref(&who)).await.unwrap().is_empty(),
        "another address has to be verified again"
    );
    store.remove_mail(&who).await.unwrap();
    assert_eq!(store.mail(&who).await.unwrap(), None);
}

async fn codes_are_tried_five_times_and_expire(database: Database) {
    let store = database.store().await;
    let who = account(1);
    store.set_mail(&mail(1, "ann@example.org")).await.unwrap();
    assert_eq!(store.try_mail_code(&who, "right", 1_000).await.unwrap(), MailTried::Over, "it has expired");
    for left in (0..MAX_MAIL_TRIES).rev() {
        assert_eq!(store.try_mail_code(&who, "wrong", 500).await.unwrap(), MailTried::Wrong(left));
    }
    assert_eq!(store.try_mail_code(&who, "right", 500).await.unwrap(), MailTried::Over);
    assert!(!store.mail(&who).await.unwrap().unwrap().is_verified);
}
