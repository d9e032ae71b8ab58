//! The journal cut at every byte: what recovery finds is what was released up to there, neither more nor less.

use super::world::*;
use crate::{
    journal::{replay_bytes, Replay, FRAME_HEADER_BYTES},
    *,
};
use std::{collections::BTreeMap, fs, path::Path};
use tick_stream_primitives::SessionId;

/// What one session has been released, and what it claims.
type Books = BTreeMap<SessionId, (u32, u32, Vec<KeyRange>)>;

/// A recorded run: the journal, and after each acknowledged release its length and the books.
struct Run {
    bytes: Vec<u8>,
    steps: Vec<(usize, Books)>,
}

async fn recorded() -> Run {
    let world = World::new();
    let segment = world.config.journal.dir.join(format!("segment-{:020}.log", 1));
    let length = || fs::metadata(&segment).unwrap().len() as usize;
    let mut steps = vec![(length(), Books::new())];
    let mut viewers = Vec::new();
    let mut books = Books::new();
    for seed in 1..=3 {
        let viewer = world.watching(seed).await;
        world.paywall.flush().await.unwrap();
        books.insert(viewer.id, (0, 0, vec![]));
        steps.push((length(), books.clone()));
        viewers.push(viewer);
    }
    for round in 1..=15u32 {
        for (place, viewer) in viewers.iter_mut().enumerate() {
            // Now and then a gap, a bundle, or a tick without keys.
            let first = u64::from(round) * 10 + (place as u64);
            let count = 1 + round % 3;
            let owed = world.status(viewer).ticks_owed;
            viewer.pay(&world, owed + count * 2 + round, first, count).await.unwrap();
            let status = world.status(viewer);
            books.insert(viewer.id, (status.ticks_owed, status.ticks_paid, status.bought));
            steps.push((length(), books.clone()));
        }
    }
    let gone = viewers.remove(0);
    world.paywall.closed(gone.id, 0, Seen::Finalized);
    world.paywall.flush().await.unwrap();
    books.remove(&gone.id);
    steps.push((length(), books));
    Run { bytes: fs::read(&segment).unwrap(), steps }
}

fn books_of(replay: &Replay) -> Books {
    let sessions = replay.sessions.iter();
    sessions.map(|(id, session)| (*id, (session.spent, session.ticks, session.bought.ranges()))).collect()
}

#[tokio::test]
async fn journal_cut_at_every_byte_recovers_exactly_what_was_released() {
    let run = recorded().await;
    for cut in 0..=run.bytes.len() {
        let mut replay = Replay::default();
        let (_, good) = replay_bytes(Path::new("cut"), &run.bytes[..cut], 1, &mut replay).unwrap();
        assert!(good <= cut);
        let found = books_of(&replay);
        let acknowledged = run.steps.iter().rev().find(|(length, _)| *length <= cut).map(|(_, books)| books);
        // A session's sale and its open on chain are two groups: between them it is known and has bought nothing.
        let is_known = |books: &Books| found == *books || found.len() == books.len() + 1 && is_offer(&found, books);
        assert!(acknowledged.map_or(found.is_empty(), is_known), "cut at {cut}: {found:?} is not {acknowledged:?}");
    }
    assert!(run.bytes.len() > 50 * FRAME_HEADER_BYTES, "the run is worth cutting");
}

/// Whether `found` is `books` and a session that has bought nothing.
fn is_offer(found: &Books, books: &Books) -> bool {
    found.iter().all(|(id, found)| books.get(id).map_or(*found == (0, 0, vec![]), |books| books == found))
}

#[tokio::test]
async fn journal_cut_around_every_group_starts_and_goes_on() {
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
            let world = World { dir, paywall, config };
            world.paywall.stream(terms(STREAM));
            world.paywall.block(BEST, NOW, Seen::Best);
            let mut viewer = world.watching(9).await;
            viewer.pay(&world, 2, 1, 1).await.unwrap();
            let world = world.restart();
            assert_eq!(world.paywall.sessions(), sessions + 1);
            assert_eq!(world.status(&viewer).ticks_owed, 2);
        }
    }
}
