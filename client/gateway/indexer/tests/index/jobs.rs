//! Work and images.

use crate::common::Database;
use tick_stream_primitives::AccountId;
use vilokanam_indexer::{ImageCount, ImageRow, JobRow, JobState, RemoteImageRow};

on_both!(
    job_survives_a_restart_and_ends_once,
    job_is_added_once,
    jobs_are_listed_by_stream_and_by_age,
    clips_of_a_day_are_found_behind_a_hundred_jobs,
    forgotten_jobs_are_those_that_were_over_long_ago,
    images_are_counted_by_owner,
    address_of_a_picture_is_remembered,
);

fn owner(byte: u8) -> AccountId {
    AccountId::new([byte; 32])
}

fn job(id: &str, stream: u64, created_at: u64) -> JobRow {
    JobRow {
        id: id.into(),
        kind: "upload".into(),
        stream,
        owner: owner(1),
        state: JobState::Waiting,
        progress_ppm: 0,
        error: String::new(),
        created_at,
        updated_at: created_at,
        input: "{}".into(),
        output: String::new(),
    }
}

async fn job_survives_a_restart_and_ends_once(database: Database) {
    let store = database.store().await;
    store.add_job(&job("a", 3, 1_000)).await.unwrap();
    let change = |job: &mut JobRow| (job.state, job.progress_ppm) = (JobState::Running, 500_000);
    store.change_job("a", 2_000, change).await.unwrap();
    store.close().await;
    let store = database.store().await;
    let found = store.job("a").await.unwrap().unwrap();
    assert_eq!((found.state, found.progress_ppm, found.updated_at), (JobState::Running, 500_000, 2_000));
    store.change_job("a", 3_000, |job| job.state = JobState::Cancelled).await.unwrap();
    let later = store.change_job("a", 4_000, |job| job.state = JobState::Done).await.unwrap();
    assert_eq!(later, None, "it was cancelled before it was done");
    assert_eq!(store.job("a").await.unwrap().unwrap().state, JobState::Cancelled);
    assert_eq!(store.change_job("b", 0, |_| ()).await.unwrap(), None);
}

async fn job_is_added_once(database: Database) {
    let store = database.store().await;
    assert!(store.add_job(&job("a", 3, 1_000)).await.unwrap());
    assert!(!store.add_job(&job("a", 4, 2_000)).await.unwrap());
    assert_eq!(store.job("a").await.unwrap().unwrap().stream, 3);
}

async fn jobs_are_listed_by_stream_and_by_age(database: Database) {
    let store = database.store().await;
    for (id, stream, at) in [("b", 3, 2_000), ("a", 3, 1_000), ("c", 4, 3_000)] {
        store.add_job(&job(id, stream, at)).await.unwrap();
    }
    let ids = |jobs: Vec<JobRow>| jobs.into_iter().map(|job| job.id).collect::<Vec<_>>();
    assert_eq!(ids(store.jobs_of(3).await.unwrap()), ["b", "a"]);
    assert_eq!(ids(store.open_jobs().await.unwrap()), ["a", "b", "c"]);
    store.change_job("b", 4_000, |job| job.state = JobState::Failed).await.unwrap();
    assert_eq!(ids(store.open_jobs().await.unwrap()), ["a", "c"]);
    assert_eq!(store.open_jobs_of(3).await.unwrap(), 1);
}

async fn clips_of_a_day_are_found_behind_a_hundred_jobs(database: Database) {
    let store = database.store().await;
    let clip = |id: &str, stream, at| JobRow { kind: "clip".into(), ..job(id, stream, at) };
    for clip in [clip("before", 3, 999), clip("first", 3, 1_000), clip("last", 3, 2_000), clip("other", 4, 1_500)] {
        store.add_job(&clip).await.unwrap();
    }
    for number in 0..110 {
        store.add_job(&job(&format!("upload-{number}"), 3, 3_000)).await.unwrap();
    }
    let found = store.clips_since(3, 1_000).await.unwrap();
    assert_eq!(found.iter().map(|job| job.id.as_str()).collect::<Vec<_>>(), ["last", "first"]);
}

async fn forgotten_jobs_are_those_that_were_over_long_ago(database: Database) {
    let store = database.store().await;
    for id in ["open", "old", "new"] {
        store.add_job(&job(id, 3, 1_000)).await.unwrap();
    }
    store.change_job("old", 2_000, |job| job.state = JobState::Done).await.unwrap();
    store.change_job("new", 9_000, |job| job.state = JobState::Failed).await.unwrap();
    store.forget_jobs(5_000).await.unwrap();
    let mut left: Vec<_> = store.jobs_of(3).await.unwrap().into_iter().map(|job| job.id).collect();
    left.sort();
    assert_eq!(left, ["new", "open"]);
}

async fn images_are_counted_by_owner(database: Database) {
    let store = database.store().await;
    assert_eq!(store.count_images(None).await.unwrap(), ImageCount::default());
    for (hash, owner_byte, bytes) in [("aa", 1, 10), ("bb", 1, 20), ("cc", 2, 40), ("aa", 2, 80)] {
        let image = ImageRow { hash: hash.into(), owner: owner(owner_byte), bytes, created_at: 1_000 };
        store.add_image(&image).await.unwrap();
    }
    assert_eq!(store.count_images(Some(&owner(1))).await.unwrap(), ImageCount { images: 2, bytes: 30 });
    assert_eq!(store.count_images(None).await.unwrap(), ImageCount { images: 3, bytes: 70 });
    assert_eq!(store.count_images_of_strangers().await.unwrap().images, 3, "there is no stream");
    assert!(!store.is_creator(&owner(1)).await.unwrap());
    assert_eq!(store.image("aa").await.unwrap().unwrap().owner, owner(1), "the first who uploaded it");
    assert_eq!(store.image("dd").await.unwrap(), None);
}

async fn address_of_a_picture_is_remembered(database: Database) {
    let store = database.store().await;
    let row = |hash: &str, error: &str, fetched_at| RemoteImageRow {
        url: "https://example.org/a.png".into(),
        hash: hash.into(),
        error: error.into(),
        fetched_at,
    };
    store.keep_remote_image(&row("", "It is no picture.", 1_000)).await.unwrap();
    store.keep_remote_image(&row("aa", "", 2_000)).await.unwrap();
    assert_eq!(store.remote_image("https://example.org/a.png").await.unwrap(), Some(row("aa", "", 2_000)));
    assert_eq!(store.remote_image("https://example.org/b.png").await.unwrap(), None);
}
