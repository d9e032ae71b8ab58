//! Journals of version 1, whose tickets name no session key. Their bytes are written here by hand.

use super::env::*;
use crate::*;
use codec::Encode;
use std::fs;
use tick_stream_primitives::{Closing, SessionId, TickHash};

/// Encodes a group of records as version 1 did.
fn frame(first: u64, records: &[Vec<u8>]) -> Vec<u8> {
    let mut body = vec![1];
    body.extend(first.to_le_bytes());
    body.extend((records.len() as u32).to_le_bytes());
    body.extend(records.concat());
    let mut frame = (body.len() as u32).to_le_bytes().to_vec();
    frame.extend(crc32fast::hash(&body).to_le_bytes());
    frame.extend(body);
    frame
}

/// Encodes the record of a session as version 1 did: with the ticket's fields, but no session key.
fn session(viewer: &Viewer, phase: u8, lsn: u64) -> Vec<u8> {
    let it = &viewer.signed.ticket;
    let ticket =
        (&it.viewer, it.nonce, it.stream, &it.gateway, it.price_per_tick, it.max_ticks, it.anchor, it.expires_at);
    let signed = Some((ticket, &viewer.signed.signature));
    let terms = (&it.viewer, it.stream, PRICE, it.max_ticks, it.expires_at, it.anchor, 0u32, signed);
    let state = (phase, NOW, None::<Closing>, false, None::<u8>, None::<u8>, 6u32, false);
    let ticks = (0u32, it.anchor, 0u32, Vec::<(u64, u64)>::new(), 0u32, 0u32, lsn);
    (1u8, viewer.id, terms, state, ticks).encode()
}

/// Encodes the record of a payment for two keys, which is the same in both versions.
fn paid(id: SessionId, ticks: u32, proof: TickHash) -> Vec<u8> {
    (2u8, id, ticks, proof, ticks, (1u64, 2u32)).encode()
}

/// The paywall on a journal of version 1 with a session in each phase, all of which have bought two keys.
fn opened() -> (TestEnvironment, [Viewer; 3]) {
    let mut viewers = [1, 2, 3].map(Viewer::new);
    let mut records = vec![(0u8, [9u8; 32]).encode()];
    for (phase, viewer) in (0..).zip(&mut viewers) {
        let proof = viewer.proof(4);
        records.push(session(viewer, phase, 0));
        records.push(paid(viewer.id, 4, proof));
    }
    let dir = tempfile::tempdir().unwrap();
    let config = config(&dir);
    fs::create_dir_all(&config.journal.dir).unwrap();
    let bytes = [frame(1, &records[..4]), frame(5, &records[4..])].concat();
    fs::write(config.journal.dir.join(format!("segment-{:020}.log", 1)), bytes).unwrap();
    let paywall = open_paywall(&config);
    (TestEnvironment { dir, paywall, config }, viewers)
}

#[tokio::test]
async fn running_sessions_of_version_1_are_settled_to_the_end() {
    for phase in [1, 2] {
        let (env, viewers) = opened();
        let mut viewer = viewers.into_iter().nth(phase).unwrap();
        // The chain's migration gives the session a key.
        let chain = viewer.on_chain();
        env.paywall.opened(viewer.id, &chain, Seen::Finalized);
        let key = chain.key.map(|used| used.session_key);
        assert_eq!((env.status(&viewer).session_key, env.status(&viewer).charged_ticks), (key, 4));
        viewer.pay(&env, 6, 3, 1).await.unwrap();
        env.paywall.end(&viewer.id);
        let due = env.paywall.claims_due(LATER, 10).into_iter().find(|due| due.session == viewer.id);
        assert_eq!(due.and_then(|due| due.claim).map(|claim| claim.ticks), Some(6));
        env.paywall.settled(viewer.id, 6, Seen::Finalized);
        env.paywall.closed(viewer.id, 6, Seen::Finalized);
        assert_eq!(env.paywall.counts().lost_ticks, 0);
    }
}

#[tokio::test]
async fn journal_of_version_1_is_continued_in_this_version() {
    let (env, [_, _, mut viewer]) = opened();
    env.paywall.opened(viewer.id, &viewer.on_chain(), Seen::Finalized);
    viewer.pay(&env, 6, 3, 1).await.unwrap();
    let before = env.status(&viewer);
    let env = env.restart();
    assert_eq!(env.status(&viewer), before);
    viewer.pay(&env, 8, 4, 1).await.unwrap();
}

#[tokio::test]
async fn unopened_tickets_of_version_1_are_dropped() {
    let (env, [mut offered, included, _]) = opened();
    let none = PaymentRequired::CreditUsedUp { credit_ticks: 0, awaits: "in a block" };
    assert_eq!(payment_required(offered.pay(&env, 6, 3, 1).await), none);
    assert!(env.paywall.opens_due(NOW, 10).is_empty(), "no chain of this version opens it");
    assert_eq!(env.paywall.drop_tickets_of_version_1(), [(offered.id, 4)]);
    assert_eq!(env.paywall.sessions(), 2);
    assert_eq!(env.paywall.counts().lost_ticks, 4);
    assert_eq!(env.status(&included).phase, Phase::Included);
    assert_eq!(env.restart().paywall.sessions(), 2);
}

#[tokio::test]
async fn ticket_that_the_chain_of_version_1_has_opened_is_kept() {
    let (env, [mut offered, ..]) = opened();
    env.paywall.opened(offered.id, &offered.on_chain(), Seen::Finalized);
    assert!(env.paywall.drop_tickets_of_version_1().is_empty());
    offered.pay(&env, 6, 3, 1).await.unwrap();
}
