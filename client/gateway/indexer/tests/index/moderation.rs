//! Reports, decisions, appeals, lists, roles, invitations and the record.

use crate::common::{account, metadata, Database, Ledger};
use tick_stream_primitives::AccountId;
use vilokanam_indexer::{
    people::{
        blocked_account, AppealAnswerRow, AppealRow, AuditRow, BlockRow, DecisionRow, InvitationRow,
        PublishingTermsRow, ReportNoteRow, ReportRow, Reported, RoleRow,
    },
    PageRequest, Store,
};

on_both!(
    report_is_added_once_and_within_the_limit_of_its_reporter,
    reports_are_listed_by_state,
    decision_closes_the_reports_of_its_subject,
    appeal_is_answered_once_and_lifts_the_decision,
    lifted_decisions_withhold_nothing,
    lists_of_what_is_blocked_are_bounded,
    streams_of_blocked_accounts_are_found,
    roles_are_granted_and_revoked,
    invitation_is_used_once,
    terms_are_replaced,
    record_keeps_every_entry_in_order,
);

fn moderator() -> AccountId {
    account(100)
}

fn entry(action: &str) -> AuditRow {
    AuditRow::new(&moderator(), action, "stream:1", 5).with_note("because")
}

fn report(reporter: u32, subject: &str) -> ReportRow {
    ReportRow {
        id: 0,
        subject: subject.into(),
        reporter: account(reporter),
        reason: "spam".into(),
        body: "look at it".into(),
        made_at: 1_000,
        decision: None,
    }
}

fn decision(subject: &str, action: &str) -> DecisionRow {
    DecisionRow {
        id: 0,
        subject: subject.into(),
        person: Some(account(7)),
        action: action.into(),
        note: "because".into(),
        author: moderator(),
        made_at: 2_000,
        lifted_at: None,
    }
}

async fn add(store: &Store, reporter: u32, subject: &str) -> u64 {
    match store.add_report(&report(reporter, subject), 10).await.unwrap() {
        Reported::Added(id) => id,
        other => panic!("{other:?}"),
    }
}

async fn report_is_added_once_and_within_the_limit_of_its_reporter(database: Database) {
    let store = database.store().await;
    let first = add(&store, 1, "stream:1").await;
    assert_eq!(store.add_report(&report(1, "stream:1"), 10).await.unwrap(), Reported::Known(first));
    assert!(matches!(store.add_report(&report(1, "stream:2"), 2).await.unwrap(), Reported::Added(_)));
    assert_eq!(store.add_report(&report(1, "stream:3"), 2).await.unwrap(), Reported::TooMany);
    let other = add(&store, 2, "stream:1").await;
    let found = store.report(other).await.unwrap().unwrap();
    assert_eq!(found, ReportRow { id: other, ..report(2, "stream:1") });
    assert_eq!(store.report(u64::MAX).await.unwrap(), None);

    store.decide(&decision("stream:1", "dismiss"), &entry("decide.dismiss")).await.unwrap();
    assert!(matches!(store.add_report(&report(1, "stream:1"), 2).await.unwrap(), Reported::Added(_)), "once more");
}

async fn reports_are_listed_by_state(database: Database) {
    let store = database.store().await;
    let mut ids = Vec::new();
    for reporter in 0..5 {
        ids.push(add(&store, reporter, &format!("stream:{reporter}")).await);
    }
    let first = store.reports(true, &PageRequest::first(3)).await.unwrap();
    let second = store.reports(true, &PageRequest::after(3, first.next.clone().unwrap())).await.unwrap();
    let listed: Vec<u64> = first.items.iter().chain(&second.items).map(|row| row.id).collect();
    assert_eq!((listed, second.next), (ids.clone(), None), "the oldest first");
    for stream in [1, 3] {
        store.decide(&decision(&format!("stream:{stream}"), "warn"), &entry("decide.warn")).await.unwrap();
    }
    let closed = store.reports(false, &PageRequest::first(10)).await.unwrap();
    assert_eq!(closed.items.iter().map(|row| row.id).collect::<Vec<_>>(), [ids[3], ids[1]], "the newest first");
    assert!(store.reports(false, &PageRequest::after(3, first.next.unwrap())).await.is_err(), "another list's cursor");
}

async fn decision_closes_the_reports_of_its_subject(database: Database) {
    let store = database.store().await;
    for reporter in 0..3 {
        add(&store, reporter, "stream:1").await;
    }
    add(&store, 0, "stream:2").await;
    let note = ReportNoteRow { id: 0, subject: "stream:1".into(), author: moderator(), body: "hm".into(), made_at: 3 };
    store.add_note(&note, &entry("note")).await.unwrap();
    let notes = store.notes_on("stream:1").await.unwrap();
    assert_eq!(notes.iter().map(|note| note.body.as_str()).collect::<Vec<_>>(), ["hm"]);

    let id = store.decide(&decision("stream:1", "hide"), &entry("decide.hide")).await.unwrap();
    let counts = store.report_counts(&["stream:1".into(), "stream:2".into()]).await.unwrap();
    assert_eq!(counts.get(&("stream:1".into(), Some(id))), Some(&3));
    assert_eq!(counts.get(&("stream:2".into(), None)), Some(&1));
    assert_eq!(counts.len(), 2);
    let about = store.decisions_about(&account(7)).await.unwrap();
    assert_eq!(about, [DecisionRow { id, ..decision("stream:1", "hide") }]);
    store.decide(&decision("stream:2", "dismiss"), &entry("decide.dismiss")).await.unwrap();
    assert_eq!(store.decisions_about(&account(7)).await.unwrap().len(), 1, "a dismissal concerns nobody");
    assert!(store.decisions_about(&account(8)).await.unwrap().is_empty());
}

async fn appeal_is_answered_once_and_lifts_the_decision(database: Database) {
    let store = database.store().await;
    let id = store.decide(&decision("stream:1", "cut_off"), &entry("decide.cut_off")).await.unwrap();
    let appeal = AppealRow {
        decision: id,
        author: account(7),
        body: "please".into(),
        made_at: 3_000,
        is_upheld: None,
        answer: String::new(),
        answered_by: None,
        answered_at: None,
    };
    assert!(store.add_appeal(&appeal).await.unwrap());
    assert!(!store.add_appeal(&appeal).await.unwrap(), "there can be one");
    assert_eq!(store.appeals(true, &PageRequest::first(5)).await.unwrap().items, std::slice::from_ref(&appeal));
    let answer =
        AppealAnswerRow { decision: id, is_upheld: false, answer: "well".into(), author: moderator(), made_at: 4_000 };
    assert!(store.answer_appeal(&answer, &entry("appeal.lift")).await.unwrap());
    assert!(!store.answer_appeal(&answer, &entry("appeal.lift")).await.unwrap(), "it has an answer");
    let other = AppealAnswerRow { decision: id + 1, ..answer };
    assert!(!store.answer_appeal(&other, &entry("appeal.lift")).await.unwrap(), "there is no such appeal");
    assert!(store.appeals(true, &PageRequest::first(5)).await.unwrap().items.is_empty());
    let answered = store.appeals(false, &PageRequest::first(5)).await.unwrap().items;
    assert_eq!((answered[0].is_upheld, answered[0].answered_at), (Some(false), Some(4_000)));
    assert_eq!(store.decision(id).await.unwrap().unwrap().lifted_at, Some(4_000));
}

async fn lifted_decisions_withhold_nothing(database: Database) {
    let store = database.store().await;
    for (subject, action) in
        [("stream:1", "cut_off"), ("stream:1", "cut_off"), ("stream:2", "hide"), ("stream:3", "warn")]
    {
        store.decide(&decision(subject, action), &entry("decide")).await.unwrap();
    }
    let subjects = |rows: Vec<DecisionRow>| rows.into_iter().map(|row| row.subject).collect::<Vec<_>>();
    let withheld = store.withholding_decisions().await.unwrap();
    assert_eq!(subjects(withheld), ["stream:1", "stream:1", "stream:2"]);
    assert!(store.lift("stream:1", "cut_off", 9_000, &entry("lift.cut_off")).await.unwrap());
    assert!(!store.lift("stream:1", "cut_off", 9_000, &entry("lift.cut_off")).await.unwrap());
    assert_eq!(subjects(store.withholding_decisions().await.unwrap()), ["stream:2"]);
}

fn block(kind: &str, value: &str) -> BlockRow {
    let (kind, value, note) = (kind.into(), value.into(), String::new());
    BlockRow { kind, value, note, author: moderator(), made_at: 1 }
}

async fn lists_of_what_is_blocked_are_bounded(database: Database) {
    let store = database.store().await;
    let add = entry("block.word.add");
    assert!(store.block(&block("word", "one"), 2, &add).await.unwrap());
    assert!(store.block(&block("word", "two"), 2, &add).await.unwrap());
    assert!(!store.block(&block("word", "three"), 2, &add).await.unwrap());
    assert!(store.block(&block("network", "10.0.0.0/8"), 2, &add).await.unwrap(), "another list");
    let noted = BlockRow { note: "why".into(), ..block("word", "one") };
    assert!(store.block(&noted, 2, &add).await.unwrap(), "a note is changed in a list that is full");
    assert_eq!(store.blocks(10).await.unwrap(), [block("network", "10.0.0.0/8"), noted, block("word", "two")]);
    assert!(store.unblock("word", "one", &entry("block.word.remove")).await.unwrap());
    assert!(!store.unblock("word", "one", &entry("block.word.remove")).await.unwrap());
    assert_eq!(store.blocks(10).await.unwrap().len(), 2);
}

async fn streams_of_blocked_accounts_are_found(database: Database) {
    let (store, mut ledger) = (database.store().await, Ledger::new());
    let metadata = || metadata("Title", "", "", &[]);
    let [first, _, third] = [1, 2, 3].map(|creator| ledger.create_stream(creator, 100, &[], metadata()));
    store.apply(&ledger.block()).await.unwrap();
    assert!(store.streams_of_blocked().await.unwrap().is_empty());
    let add = entry("block.account.add");
    store.block(&block("account", &blocked_account(&account(1))), 10, &add).await.unwrap();
    let person = DecisionRow { person: Some(account(3)), ..decision("person:3", "cut_off") };
    store.decide(&person, &entry("decide.cut_off")).await.unwrap();
    assert_eq!(store.streams_of_blocked().await.unwrap(), [first, third]);
    store.lift("person:3", "cut_off", 9, &entry("lift.cut_off")).await.unwrap();
    assert_eq!(store.streams_of_blocked().await.unwrap(), [first]);
}

async fn roles_are_granted_and_revoked(database: Database) {
    let store = database.store().await;
    let role =
        |who: u32, role: &str| RoleRow { account: account(who), role: role.into(), author: moderator(), made_at: 1 };
    for row in [role(1, "moderator"), role(1, "creator"), role(2, "creator"), role(2, "creator")] {
        store.grant_role(&row, &entry("role.grant")).await.unwrap();
    }
    assert_eq!(store.roles_of(&account(1)).await.unwrap(), ["creator", "moderator"]);
    assert_eq!(store.roles(Some("creator")).await.unwrap().len(), 2);
    assert_eq!(store.roles(None).await.unwrap().len(), 3);
    assert!(store.revoke_role(&account(1), "moderator", &entry("role.revoke")).await.unwrap());
    assert!(!store.revoke_role(&account(1), "moderator", &entry("role.revoke")).await.unwrap());
    assert_eq!(store.roles_of(&account(1)).await.unwrap(), ["creator"]);
}

async fn invitation_is_used_once(database: Database) {
    let store = database.store().await;
    let invitation = |code: &str, expires_at| InvitationRow {
        code_hash: code.into(),
        author: moderator(),
        made_at: 1_000,
        expires_at,
        used_by: None,
        used_at: None,
    };
    assert!(store.invite(&invitation("a", 5_000), &entry("invitation.make")).await.unwrap());
    assert!(store.invite(&invitation("b", 2_000), &entry("invitation.make")).await.unwrap());
    let use_at = |who: u32, at| AuditRow::new(&account(who), "invitation.use", "", at);
    assert!(!store.redeem_invitation("b", &use_at(1, 2_000)).await.unwrap(), "it has expired");
    assert!(store.redeem_invitation("a", &use_at(1, 2_000)).await.unwrap());
    assert!(!store.redeem_invitation("a", &use_at(2, 2_000)).await.unwrap(), "it was used");
    assert!(!store.redeem_invitation("c", &use_at(2, 2_000)).await.unwrap(), "there is none");
    assert_eq!(store.roles_of(&account(1)).await.unwrap(), ["creator"]);
    assert!(store.roles_of(&account(2)).await.unwrap().is_empty());
}

async fn terms_are_replaced(database: Database) {
    let store = database.store().await;
    assert_eq!(store.publishing_terms().await.unwrap(), None);
    for terms in [
        PublishingTermsRow { min_price: u128::MAX, min_share_ppm: 0, made_at: 1 },
        PublishingTermsRow { min_price: 5, min_share_ppm: 1_000_000, made_at: 2 },
    ] {
        store.set_publishing_terms(&terms, &entry("terms.set")).await.unwrap();
        assert_eq!(store.publishing_terms().await.unwrap(), Some(terms));
    }
}

async fn record_keeps_every_entry_in_order(database: Database) {
    let store = database.store().await;
    for action in ["one", "two", "three"] {
        store.add_audit(&entry(action)).await.unwrap();
    }
    let first = store.audit(&PageRequest::first(2)).await.unwrap();
    let second = store.audit(&PageRequest::after(2, first.next.clone().unwrap())).await.unwrap();
    let actions: Vec<_> = first.items.iter().chain(&second.items).map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["three", "two", "one"], "the last first");
    assert_eq!(first.items[0], AuditRow { id: first.items[0].id, ..entry("three") });
    assert_eq!(second.next, None);
}
