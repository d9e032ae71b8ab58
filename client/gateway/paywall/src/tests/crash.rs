//! A journal cut off at every byte: recovery finds exactly what was released up to there.

use super::env::*;
use crate::{
    journal::{replay_bytes, Replay, FRAME_HEADER_BYTES},
    session::Session,
    *,
};
use std::{collections::BTreeMap, fs, path::Path};
use tick_stream_primitives::SessionId;

/// Charged ticks, revealed ticks and keys of each session.
type Sessions = BTreeMap<SessionId, (u32, u32, Vec<KeyRange>)>;

/// A recorded run: the journal, and its length and the sessions after each acknowledged release.
struct Run {
    bytes: Vec<u8>,
    steps: Vec<(usize, Sessions)>,
}

async fn recorded() -> Run {
    let env = TestEnvironment::new();
    let segment = env.config.journal.dir.join(format!("segment-{:020}.log", 1));
    let length = || fs::metadata(&segment).unwrap().len() as usize;
    let mut steps = vec![(length(), Sessions::new())];
    let mut viewers = Vec::new();
    let mut sessions = Sessions::new();
    for seed in 1..=3 {
        let viewer = env.open_session(seed).await;
        env.paywall.flush().await.unwrap();
        sessions.insert(viewer.id, (0, 0, vec![]));
        steps.push((length(), sessions.clone()));
        viewers.push(viewer);
    }
    for round in 1..=15u32 {
        for (place, viewer) in viewers.iter_mut().enumerate() {
            // With gaps, and one to three keys per request.
            let first = u64::from(round) * 10 + (place as u64);
            let count = 1 + round % 3;
            let charged_ticks = env.status(viewer).charged_ticks;
            viewer.pay(&env, charged_ticks + count * 2 + round, first, count).await.unwrap();
            let status = env.status(viewer);
            sessions.insert(viewer.id, (status.charged_ticks, status.revealed_ticks, status.bought));
            steps.push((length(), sessions.clone()));
        }
    }
    let closed = viewers.remove(0);
    env.paywall.closed(closed.id, 0, Seen::Finalized);
    env.paywall.flush().await.unwrap();
    sessions.remove(&closed.id);
    steps.push((length(), sessions));
    Run { bytes: fs::read(&segment).unwrap(), steps }
}

fn sessions_of(replay: &Replay) -> Sessions {
    let summary = |session: &Session| (session.charged_ticks, session.revealed_ticks, session.bought.ranges());
    replay.sessions.iter().map(|(id, session)| (*id, summary(session))).collect()
}

#[tokio::test]
async fn journal_cut_at_every_byte_recovers_exactly_what_was_released() {
    let run = recorded().await;
    for cut in 0..=run.bytes.len() {
        let mut replay = Replay::default();
        let (_, intact_bytes) = replay_bytes(Path::new("cut"), &run.bytes[..cut], 1, &mut replay).unwrap();
        assert!(intact_bytes <= cut);
        let found = sessions_of(&replay);
        let acknowledged = run.steps.iter().rev().find(|(length, _)| *length <= cut).map(|(_, sessions)| sessions);
        // A session's offer and its opening are two groups: between them it is known and has bought nothing.
        let is_known =
            |expected: &Sessions| found == *expected || found.len() == expected.len() + 1 && is_offer(&found, expected);
        assert!(acknowledged.map_or(found.is_empty(), is_known), "cut at {cut}: {found:?} is not {acknowledged:?}");
    }
    assert!(run.bytes.len() > 50 * FRAME_HEADER_BYTES, "the run is too short");
}

/// Whether `found` is `expected` and a session that has bought nothing.
fn is_offer(found: &Sessions, expected: &Sessions) -> bool {
    let unused = (0, 0, vec![]);
    found.iter().all(|(id, found)| expected.get(id).unwrap_or(&unused) == found)
}

#[tokio::test]
async fn journal_cut_around_every_group_can_be_continued() {
    let run = recorded().await;
    let ends: Vec<_> = run.steps.iter().map(|(length, _)| *length).collect();
    for end in ends {
        for cut in [end - 1, end, end + 1] {
            let dir = tempfile::tempdir().unwrap();
            let config = config(&dir);
            fs::create_dir_all(&config.journal.dir).unwrap();
            let bytes = &run.bytes[..cut.min(run.bytes.len())];
            fs::write(config.journal.dir.join(format!("segment-{:020}.log", 1)), bytes).unwrap();
            let (paywall, report) = Paywall::open(config.clone(), NOW).unwrap();
            assert_eq!(report.bytes + report.torn_bytes, bytes.len() as u64);
            let sessions = report.sessions;
            let env = TestEnvironment { dir, paywall, config };
            env.paywall.stream(terms(STREAM));
            env.paywall.block(BEST, NOW, Seen::Best);
            let mut viewer = env.open_session(9).await;
            viewer.pay(&env, 2, 1, 1).await.unwrap();
            let env = env.restart();
            assert_eq!(env.paywall.sessions(), sessions + 1);
            assert_eq!(env.status(&viewer).charged_ticks, 2);
        }
    }
}
