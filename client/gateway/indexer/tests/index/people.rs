//! Profiles, follows, schedules, likes, comments, views, watch histories, leaderboards, and what is deleted with a person.

use crate::common::{account, ledger::START_MS, Database, Ledger};
use tick_stream_primitives::AccountId;
use vilokanam_indexer::{
    people::{
        ChangedPerson, CommentRow, CommentSort, Commented, FollowRow, Followed, LeaderRow, NewCommentRow, PersonRow,
        ProgressRow, ReactionsRow, ScheduleRow, ViewRow, MAX_HISTORY,
    },
    PageRequest, Store,
};

on_both!(
    profile_is_changed_and_found_by_its_handle,
    handle_that_looks_like_anothers_is_refused,
    follow_is_counted_once,
    follows_are_within_the_limit,
    follows_are_listed_page_by_page,
    like_is_counted_once,
    viewer_is_counted_once_a_day,
    comments_are_listed_by_time_and_by_likes,
    reply_belongs_to_the_thread_of_what_it_answers,
    reply_to_nothing_is_refused,
    deleted_comment_stays_while_it_has_replies,
    thread_counts_replies_to_replies_until_the_last_is_deleted,
    like_of_a_comment_is_counted_once,
    schedule_is_its_creators_and_within_the_limit,
    reminders_are_due_once,
    earlier_progress_changes_nothing,
    position_is_written_once_in_a_batch,
    history_is_bounded_and_forgotten,
    history_is_bounded_even_if_all_times_are_equal,
    unfinished_recordings_are_those_in_between,
    leaderboards_leave_out_who_hides,
    deleted_person_leaves_no_counts,
);

const RECORDING: &str = "recording:7:3";

async fn set_handle(store: &Store, who: u32, handle: &str, skeleton: &str) -> ChangedPerson {
    let change = |row: &mut PersonRow| {
        (row.handle, row.skeleton) = (Some(handle.into()), Some(skeleton.into()));
    };
    store.change_person(&account(who), change).await.unwrap()
}

async fn profile_is_changed_and_found_by_its_handle(database: Database) {
    let store = database.store().await;
    assert_eq!(store.person(&account(1)).await.unwrap(), None);
    assert!(matches!(set_handle(&store, 1, "alice", "alice").await, ChangedPerson::Changed(_)));
    let links = vec!["https://example.org/a".to_owned(), "https://example.org/b".to_owned()];
    let change = |row: &mut PersonRow| {
        (row.name, row.links, row.updated_at) = ("Alice".into(), links.clone(), 5);
        row.keeps_history = false;
    };
    let ChangedPerson::Changed(changed) = store.change_person(&account(1), change).await.unwrap() else {
        panic!("nobody else has the handle");
    };
    let expected = PersonRow {
        handle: Some("alice".into()),
        skeleton: Some("alice".into()),
        name: "Alice".into(),
        links,
        keeps_history: false,
        updated_at: 5,
        ..PersonRow::new(account(1))
    };
    assert_eq!(*changed, expected);
    assert_eq!(store.person_by_handle("alice").await.unwrap(), Some(expected.clone()));
    assert_eq!(store.person_by_handle("bob").await.unwrap(), None);
    assert_eq!(store.person_by_handle("alice\0").await.unwrap(), None);
    let people = store.people(&[account(1), account(2)]).await.unwrap();
    assert_eq!(people, [(account(1), expected)].into());
}

async fn handle_that_looks_like_anothers_is_refused(database: Database) {
    let store = database.store().await;
    set_handle(&store, 1, "alice", "alice").await;
    assert_eq!(set_handle(&store, 2, "al1ce", "alice").await, ChangedPerson::HandleTaken);
    assert_eq!(store.person(&account(2)).await.unwrap(), None, "nothing of the change is kept");
    assert!(matches!(set_handle(&store, 1, "al1ce", "alice").await, ChangedPerson::Changed(_)), "one's own");
    set_handle(&store, 1, "carol", "carol").await;
    assert!(matches!(set_handle(&store, 2, "alice", "alice").await, ChangedPerson::Changed(_)), "it is free again");
    for who in [3, 4] {
        let change = |row: &mut PersonRow| row.name = "no handle".into();
        assert!(matches!(store.change_person(&account(who), change).await.unwrap(), ChangedPerson::Changed(_)));
    }
}

async fn follow_is_counted_once(database: Database) {
    let store = database.store().await;
    let (alice, bob) = (account(1), account(2));
    assert_eq!(store.follow(&alice, &bob, 5, 10).await.unwrap(), Followed::Added);
    assert_eq!(store.follow(&alice, &bob, 6, 10).await.unwrap(), Followed::Known);
    assert_eq!(store.follower_count(&bob).await.unwrap(), 1);
    assert!(store.is_following(&alice, &bob).await.unwrap());
    assert!(!store.is_following(&bob, &alice).await.unwrap());
    assert!(store.unfollow(&alice, &bob).await.unwrap());
    assert!(!store.unfollow(&alice, &bob).await.unwrap());
    assert_eq!(store.follower_count(&bob).await.unwrap(), 0);
}

async fn follows_are_within_the_limit(database: Database) {
    let store = database.store().await;
    for creator in 2..4 {
        assert_eq!(store.follow(&account(1), &account(creator), 5, 2).await.unwrap(), Followed::Added);
    }
    assert_eq!(store.follow(&account(1), &account(9), 5, 2).await.unwrap(), Followed::TooMany);
    assert_eq!(store.follow(&account(1), &account(2), 5, 2).await.unwrap(), Followed::Known);
    assert_eq!(store.follow(&account(5), &account(2), 5, 2).await.unwrap(), Followed::Added, "another person");
}

async fn follows_are_listed_page_by_page(database: Database) {
    let store = database.store().await;
    // Two of them at the same time.
    for (follower, since) in [(11, 100), (12, 200), (13, 200), (14, 300), (15, 400)] {
        store.follow(&account(follower), &account(1), since, 10).await.unwrap();
    }
    let (mut listed, mut page) = (Vec::new(), PageRequest::first(2));
    loop {
        let found = store.followers(&account(1), &page).await.unwrap();
        listed.extend(found.items);
        let Some(next) = found.next else { break };
        assert!(store.following(&account(1), &PageRequest::after(2, next.clone())).await.is_err(), "another list's");
        page = PageRequest::after(2, next);
    }
    let times: Vec<u64> = listed.iter().map(|row| row.since).collect();
    assert_eq!(times, [400, 300, 200, 200, 100], "the last first, each once");
    let mut followers: Vec<AccountId> = listed.into_iter().map(|row| row.account).collect();
    followers.sort();
    let portion = store.followers_of(&account(1), None, 3).await.unwrap();
    let rest = store.followers_of(&account(1), portion.last(), 3).await.unwrap();
    assert_eq!([portion, rest].concat(), followers);
    let following = store.following(&account(12), &PageRequest::first(5)).await.unwrap();
    assert_eq!((following.items, following.next), (vec![FollowRow { account: account(1), since: 200 }], None));
}

async fn counts(store: &Store, subject: &str) -> ReactionsRow {
    store.reactions(&[subject.to_owned()]).await.unwrap().remove(subject).unwrap_or_default()
}

async fn like_is_counted_once(database: Database) {
    let store = database.store().await;
    assert!(store.like(&account(1), "stream:7", 5).await.unwrap());
    assert!(!store.like(&account(1), "stream:7", 6).await.unwrap());
    assert!(store.like(&account(2), "stream:7", 6).await.unwrap());
    assert_eq!(counts(&store, "stream:7").await.likes, 2);
    assert!(store.is_liking(&account(1), "stream:7").await.unwrap());
    assert!(!store.is_liking(&account(1), RECORDING).await.unwrap());
    assert!(store.unlike(&account(1), "stream:7").await.unwrap());
    assert!(!store.unlike(&account(1), "stream:7").await.unwrap());
    assert_eq!(counts(&store, "stream:7").await.likes, 1);
    assert!(!store.unlike(&account(1), RECORDING).await.unwrap());
    assert_eq!(counts(&store, RECORDING).await, ReactionsRow::default());
}

async fn viewer_is_counted_once_a_day(database: Database) {
    let store = database.store().await;
    let view = |day, subject: &str, viewer: &str| ViewRow { day, subject: subject.into(), viewer: viewer.into() };
    let views = [view(1, RECORDING, "a"), view(1, RECORDING, "a"), view(1, RECORDING, "b"), view(1, "stream:7", "a")];
    assert_eq!(store.add_views(&views).await.unwrap(), 3);
    assert_eq!(store.add_views(&views).await.unwrap(), 0);
    assert_eq!(store.add_views(&[view(2, RECORDING, "a")]).await.unwrap(), 1);
    assert_eq!((counts(&store, RECORDING).await.views, counts(&store, "stream:7").await.views), (3, 1));
    store.forget_viewers(2).await.unwrap();
    assert_eq!(store.add_views(&[view(2, RECORDING, "a")]).await.unwrap(), 0, "that day is kept");
    assert_eq!(counts(&store, RECORDING).await.views, 3, "counts stay");
}

fn new_comment(author: u32, text: &str, reply_to: Option<u64>) -> NewCommentRow {
    NewCommentRow {
        subject: RECORDING.into(),
        reply_to,
        author: account(author),
        text: text.into(),
        made_at: 1_000,
        at_s: Some(12),
    }
}

/// Adds a comment; returns it and who is answered.
async fn comment(store: &Store, author: u32, reply_to: Option<u64>) -> (CommentRow, Option<AccountId>) {
    match store.add_comment(&new_comment(author, "text", reply_to)).await.unwrap() {
        Commented::Added { comment, answered } => (*comment, answered),
        Commented::NothingToAnswer => panic!("there is nothing to answer"),
    }
}

async fn comments_are_listed_by_time_and_by_likes(database: Database) {
    let store = database.store().await;
    let mut ids = Vec::new();
    for author in 1..6 {
        ids.push(comment(&store, author, None).await.0.id);
    }
    for (place, likes) in [(1, 3), (3, 3), (4, 1)] {
        for who in 0..likes {
            assert!(store.set_comment_like(ids[place], &account(50 + who), true, 5).await.unwrap());
        }
    }
    for (sort, expected) in [(CommentSort::Newest, [4, 3, 2, 1, 0]), (CommentSort::Top, [3, 1, 4, 2, 0])] {
        let (mut listed, mut page) = (Vec::new(), PageRequest::first(2));
        loop {
            let found = store.comments(RECORDING, sort, &page).await.unwrap();
            listed.extend(found.items.iter().map(|row| row.id));
            let Some(next) = found.next else { break };
            page = PageRequest::after(2, next);
        }
        assert_eq!(listed, expected.map(|place: usize| ids[place]), "{sort:?}");
    }
    assert_eq!(counts(&store, RECORDING).await.comments, 5);
    assert!(store.comments("recording:7:4", CommentSort::Top, &PageRequest::first(2)).await.unwrap().items.is_empty());
}

async fn reply_belongs_to_the_thread_of_what_it_answers(database: Database) {
    let store = database.store().await;
    let (first, answered) = comment(&store, 1, None).await;
    assert_eq!((first.thread, answered), (0, None));
    let (reply, answered) = comment(&store, 2, Some(first.id)).await;
    assert_eq!((reply.thread, answered), (first.id, Some(account(1))));
    let (deeper, answered) = comment(&store, 3, Some(reply.id)).await;
    assert_eq!((deeper.thread, deeper.reply_to, answered), (first.id, Some(reply.id), Some(account(2))));
    let top = store.comments(RECORDING, CommentSort::Newest, &PageRequest::first(5)).await.unwrap();
    assert_eq!(top.items.iter().map(|row| (row.id, row.replies)).collect::<Vec<_>>(), [(first.id, 2)]);
    let page = store.replies(first.id, &PageRequest::first(1)).await.unwrap();
    let rest = store.replies(first.id, &PageRequest::after(1, page.next.clone().unwrap())).await.unwrap();
    assert_eq!([page.items, rest.items].concat(), [reply, deeper], "the first first");
    assert!(store.replies(0, &PageRequest::first(5)).await.unwrap().items.is_empty(), "comments are no replies");
}

async fn reply_to_nothing_is_refused(database: Database) {
    let store = database.store().await;
    let (first, _) = comment(&store, 1, None).await;
    let elsewhere = NewCommentRow { subject: "recording:7:4".into(), ..new_comment(2, "text", Some(first.id)) };
    assert_eq!(store.add_comment(&elsewhere).await.unwrap(), Commented::NothingToAnswer);
    for odd in [first.id + 1, u64::MAX] {
        let reply = new_comment(2, "text", Some(odd));
        assert_eq!(store.add_comment(&reply).await.unwrap(), Commented::NothingToAnswer);
    }
    assert_eq!(store.comment(u64::MAX).await.unwrap(), None);
    assert_eq!(counts(&store, RECORDING).await.comments, 1);
}

async fn deleted_comment_stays_while_it_has_replies(database: Database) {
    let store = database.store().await;
    let (first, _) = comment(&store, 1, None).await;
    let (reply, _) = comment(&store, 2, Some(first.id)).await;
    store.set_comment_like(first.id, &account(3), true, 5).await.unwrap();
    assert!(store.delete_comment(first.id).await.unwrap());
    assert!(!store.delete_comment(first.id).await.unwrap());
    assert_eq!(store.comment(first.id).await.unwrap(), None);
    assert!(!store.set_comment_like(first.id, &account(3), true, 5).await.unwrap());
    let answer = new_comment(4, "text", Some(first.id));
    assert_eq!(store.add_comment(&answer).await.unwrap(), Commented::NothingToAnswer);
    let listed = store.comments(RECORDING, CommentSort::Newest, &PageRequest::first(5)).await.unwrap().items;
    let [left] = &listed[..] else { panic!("{listed:?}") };
    assert_eq!((left.text.as_str(), left.is_deleted, left.likes, left.replies), ("", true, 0, 1));
    assert_ne!(left.author, account(1));
    assert_eq!(counts(&store, RECORDING).await.comments, 1);
    assert!(store.delete_comment(reply.id).await.unwrap());
    let listed = store.comments(RECORDING, CommentSort::Newest, &PageRequest::first(5)).await.unwrap().items;
    assert!(listed.is_empty(), "it goes with the last reply");
    assert_eq!(counts(&store, RECORDING).await.comments, 0);
}

async fn thread_counts_replies_to_replies_until_the_last_is_deleted(database: Database) {
    let store = database.store().await;
    let (first, _) = comment(&store, 1, None).await;
    let (reply, _) = comment(&store, 2, Some(first.id)).await;
    let (deeper, _) = comment(&store, 3, Some(reply.id)).await;
    assert!(store.delete_comment(reply.id).await.unwrap(), "an answered reply goes at once");
    assert_eq!(store.comment(first.id).await.unwrap().unwrap().replies, 1);
    assert!(store.delete_comment(first.id).await.unwrap());
    let left = store.replies(first.id, &PageRequest::first(5)).await.unwrap().items;
    assert_eq!(left, std::slice::from_ref(&deeper));
    comment(&store, 4, Some(deeper.id)).await;
    assert_eq!(counts(&store, RECORDING).await.comments, 2);
    for row in store.replies(first.id, &PageRequest::first(5)).await.unwrap().items {
        assert!(store.delete_comment(row.id).await.unwrap());
    }
    assert!(store.comments(RECORDING, CommentSort::Top, &PageRequest::first(5)).await.unwrap().items.is_empty());
    assert_eq!(counts(&store, RECORDING).await.comments, 0);
}

async fn like_of_a_comment_is_counted_once(database: Database) {
    let store = database.store().await;
    let (first, _) = comment(&store, 1, None).await;
    let (other, _) = comment(&store, 1, None).await;
    for is_liked in [true, true, false, false, true] {
        assert!(store.set_comment_like(first.id, &account(2), is_liked, 5).await.unwrap());
    }
    assert_eq!(store.comment(first.id).await.unwrap().unwrap().likes, 1);
    let liked = store.liked_comments(&account(2), &[first.id, other.id, 99]).await.unwrap();
    assert_eq!(liked, [first.id].into());
    assert!(store.liked_comments(&account(1), &[first.id]).await.unwrap().is_empty());
    assert!(store.liked_comments(&account(1), &[]).await.unwrap().is_empty());
}

fn entry(creator: u32, starts_at: u64) -> ScheduleRow {
    ScheduleRow {
        id: 0,
        creator: account(creator),
        starts_at,
        minutes: 60,
        title: "Chess".into(),
        stream: Some(7),
        is_announced: false,
    }
}

async fn schedule_is_its_creators_and_within_the_limit(database: Database) {
    let store = database.store().await;
    let late = store.add_schedule(&entry(1, 5_000), 1_000, 2).await.unwrap().unwrap();
    let early = store.add_schedule(&entry(1, 2_000), 1_000, 2).await.unwrap().unwrap();
    assert_eq!(store.add_schedule(&entry(1, 3_000), 1_000, 2).await.unwrap(), None);
    assert!(store.add_schedule(&entry(1, 4_000), 2_500, 2).await.unwrap().is_some(), "one has begun");
    let ids = |rows: Vec<ScheduleRow>| rows.into_iter().map(|row| row.starts_at).collect::<Vec<_>>();
    assert_eq!(ids(store.schedule_of(&account(1), 0, 10).await.unwrap()), [2_000, 4_000, 5_000]);
    assert_eq!(ids(store.schedule_of(&account(1), 2_001, 1).await.unwrap()), [4_000]);
    assert_eq!(store.schedule_entry(early).await.unwrap(), Some(ScheduleRow { id: early, ..entry(1, 2_000) }));
    assert!(!store.remove_schedule(late, &account(2)).await.unwrap(), "another person's");
    assert!(store.remove_schedule(late, &account(1)).await.unwrap());
    assert!(!store.remove_schedule(late, &account(1)).await.unwrap());
    assert_eq!(store.schedule_entry(late).await.unwrap(), None);
}

async fn reminders_are_due_once(database: Database) {
    let store = database.store().await;
    let first = store.add_schedule(&entry(1, 2_000), 0, 10).await.unwrap().unwrap();
    let second = store.add_schedule(&entry(1, 9_000), 0, 10).await.unwrap().unwrap();
    for who in [5, 6, 5] {
        store.set_reminder(first, &account(who), true).await.unwrap();
    }
    let mut expected = vec![account(5), account(6)];
    expected.sort();
    let portion = store.reminded_people(first, None, 1).await.unwrap();
    let rest = store.reminded_people(first, portion.last(), 5).await.unwrap();
    assert_eq!([portion, rest].concat(), expected);
    assert_eq!(store.reminded_entries(&account(5), &[first, second]).await.unwrap(), [first].into());
    store.set_reminder(first, &account(5), false).await.unwrap();
    assert!(store.reminded_entries(&account(5), &[first, second]).await.unwrap().is_empty());
    assert_eq!(store.take_due_entries(5_000).await.unwrap(), [first]);
    assert!(store.take_due_entries(5_000).await.unwrap().is_empty(), "each once");
    assert_eq!(store.take_due_entries(10_000).await.unwrap(), [second]);
}

fn progress(who: u32, subject: &str, position_ms: u64, noted_at: u64) -> ProgressRow {
    ProgressRow { person: account(who), subject: subject.into(), position_ms, duration_ms: Some(100_000), noted_at }
}

async fn earlier_progress_changes_nothing(database: Database) {
    let store = database.store().await;
    store.save_progress(&[]).await.unwrap();
    store.save_progress(&[progress(1, RECORDING, 7_000, 50), progress(2, RECORDING, 1, 50)]).await.unwrap();
    store.save_progress(&[progress(1, RECORDING, 3_000, 40)]).await.unwrap();
    let known = store.progress(&account(1), RECORDING).await.unwrap();
    assert_eq!(known, Some(progress(1, RECORDING, 7_000, 50)));
    store.save_progress(&[progress(1, RECORDING, 3_000, 60)]).await.unwrap();
    assert_eq!(store.progress(&account(1), RECORDING).await.unwrap().unwrap().position_ms, 3_000);
    assert_eq!(store.progress(&account(2), RECORDING).await.unwrap().unwrap().position_ms, 1);
    assert_eq!(store.progress(&account(1), "stream:7").await.unwrap(), None);
}

async fn position_is_written_once_in_a_batch(database: Database) {
    let store = database.store().await;
    let later = ProgressRow { duration_ms: None, ..progress(1, RECORDING, 2, 30) };
    let batch = [progress(1, RECORDING, 1, 10), later, progress(1, RECORDING, 3, 20), progress(1, "stream:7", 4, 10)];
    store.save_progress(&[progress(1, RECORDING, 9, 5)]).await.unwrap();
    store.save_progress(&batch).await.unwrap();
    let known = store.progress(&account(1), RECORDING).await.unwrap();
    assert_eq!(known, Some(progress(1, RECORDING, 2, 30)), "the last one, and the length that is known");
    assert_eq!(store.progress(&account(1), "stream:7").await.unwrap(), Some(progress(1, "stream:7", 4, 10)));
}

async fn history_is_bounded_even_if_all_times_are_equal(database: Database) {
    let store = database.store().await;
    let rows: Vec<ProgressRow> =
        (0..=MAX_HISTORY).map(|number| progress(1, &format!("stream:{number}"), 1, 7)).collect();
    store.save_progress(&rows).await.unwrap();
    let (mut length, mut page) = (0, PageRequest::first(100));
    loop {
        let part = store.history(&account(1), &page).await.unwrap();
        length += part.items.len();
        let Some(next) = part.next else { break };
        page = PageRequest::after(100, next);
    }
    assert_eq!(length, MAX_HISTORY as usize);
}

async fn history_is_bounded_and_forgotten(database: Database) {
    let store = database.store().await;
    let rows: Vec<ProgressRow> = (0..u64::from(MAX_HISTORY) + 5)
        .map(|number| progress(1, &format!("recording:7:{number}"), 1, number))
        .collect();
    store.save_progress(&rows).await.unwrap();
    store.save_progress(&[progress(2, RECORDING, 1, 1)]).await.unwrap();
    let page = store.history(&account(1), &PageRequest::first(2)).await.unwrap();
    let last = rows.len();
    assert_eq!(page.items, [rows[last - 1].clone(), rows[last - 2].clone()], "the last first");
    let next = store.history(&account(1), &PageRequest::after(1, page.next.unwrap())).await.unwrap();
    assert_eq!(next.items, [rows[last - 3].clone()]);
    assert_eq!(store.progress(&account(1), "recording:7:4").await.unwrap(), None, "the oldest has gone");
    assert!(store.progress(&account(1), "recording:7:5").await.unwrap().is_some());
    store.forget_progress(&account(1), Some("recording:7:5")).await.unwrap();
    assert_eq!(store.progress(&account(1), "recording:7:5").await.unwrap(), None);
    store.forget_progress(&account(1), None).await.unwrap();
    assert!(store.history(&account(1), &PageRequest::first(2)).await.unwrap().items.is_empty());
    assert!(store.progress(&account(2), RECORDING).await.unwrap().is_some(), "another person's");
}

async fn unfinished_recordings_are_those_in_between(database: Database) {
    let store = database.store().await;
    let no_length = ProgressRow { duration_ms: None, ..progress(1, "recording:7:5", 50_000, 5) };
    let rows = [
        progress(1, "recording:7:1", 5_000, 1),
        progress(1, "recording:7:2", 5_001, 2),
        progress(1, "recording:7:3", 94_999, 3),
        progress(1, "recording:7:4", 95_000, 4),
        no_length,
        progress(1, "stream:7", 50_000, 6),
    ];
    store.save_progress(&rows).await.unwrap();
    assert_eq!(store.unfinished(&account(1), 10).await.unwrap(), [rows[2].clone(), rows[1].clone()]);
    assert_eq!(store.unfinished(&account(1), 1).await.unwrap(), [rows[2].clone()]);
}

async fn leaderboards_leave_out_who_hides(database: Database) {
    let (store, mut ledger) = (database.store().await, Ledger::new());
    let [first, second] = [1, 2].map(|creator| ledger.create_stream(creator, 1_000, &[], Vec::new()));
    store.apply(&ledger.block()).await.unwrap();
    // Above 64 bits, and with a carry from part to part.
    let large = u128::from(u64::MAX) * 7;
    for (stream, from, amount) in
        [(first, 20, large), (first, 21, 5), (first, 21, large), (second, 22, 9), (first, 23, large)]
    {
        ledger.tip(stream, from, amount);
    }
    let sessions = [20, 24].map(|viewer| ledger.open(viewer, second, 100, 600));
    ledger.settle(&[(sessions[0], 5), (sessions[1], 50)]);
    store.apply(&ledger.block()).await.unwrap();
    let hide = |row: &mut PersonRow| row.hides_from_leaderboards = true;
    store.change_person(&account(23), hide).await.unwrap();
    let leader = |who, sum| LeaderRow { account: account(who), sum };
    let tippers = [leader(21, large + 5), leader(20, large), leader(22, 9)];
    assert_eq!(store.top_tippers(START_MS, None).await.unwrap(), tippers);
    assert_eq!(store.top_tippers(START_MS, Some(second)).await.unwrap(), [leader(22, 9)]);
    assert!(store.top_tippers(ledger.time_ms + 1, None).await.unwrap().is_empty(), "later");
    assert!(store.top_tippers(START_MS, Some(u64::MAX)).await.unwrap().is_empty());
    assert_eq!(store.top_watchers(START_MS, None).await.unwrap(), [leader(24, 50), leader(20, 5)]);
    assert!(store.top_watchers(START_MS, Some(first)).await.unwrap().is_empty());
}

async fn deleted_person_leaves_no_counts(database: Database) {
    let store = database.store().await;
    let (alice, bob) = (account(1), account(2));
    set_handle(&store, 1, "alice", "alice").await;
    set_handle(&store, 2, "bob", "bob").await;
    for who in [&alice, &account(3)] {
        store.follow(who, &bob, 5, 10).await.unwrap();
        store.like(who, "stream:7", 5).await.unwrap();
    }
    let (of_bob, _) = comment(&store, 2, None).await;
    let (of_alice, _) = comment(&store, 1, None).await;
    comment(&store, 1, Some(of_bob.id)).await;
    comment(&store, 2, Some(of_alice.id)).await;
    store.set_comment_like(of_bob.id, &alice, true, 5).await.unwrap();
    store.save_progress(&[progress(1, RECORDING, 1, 1), progress(2, RECORDING, 1, 1)]).await.unwrap();
    let exported = store.export_person(&alice).await.unwrap();
    let tables: Vec<&str> = exported.iter().map(|table| table.table).collect();
    assert_eq!(tables, ["profiles", "follows", "likes", "comment_likes", "comments", "progress"]);

    store.delete_person(&alice).await.unwrap();
    assert!(store.export_person(&alice).await.unwrap().is_empty());
    assert_eq!(store.person(&alice).await.unwrap(), None);
    assert_eq!(store.follower_count(&bob).await.unwrap(), 1);
    assert_eq!(counts(&store, "stream:7").await.likes, 1);
    let of_bob = store.comment(of_bob.id).await.unwrap().unwrap();
    assert_eq!((of_bob.likes, of_bob.replies), (0, 0));
    assert_eq!(store.comment(of_alice.id).await.unwrap(), None);
    let listed = store.comments(RECORDING, CommentSort::Newest, &PageRequest::first(5)).await.unwrap().items;
    assert!(listed.iter().any(|row| row.id == of_alice.id && row.is_deleted && row.text.is_empty()));
    assert_eq!(counts(&store, RECORDING).await.comments, 2);
    assert!(store.person_by_handle("bob").await.unwrap().is_some());
    assert!(store.progress(&bob, RECORDING).await.unwrap().is_some());
    assert!(matches!(set_handle(&store, 4, "alice", "alice").await, ChangedPerson::Changed(_)));
}
