use super::*;
use tick_stream_primitives::AccountId;

const LIMITS: UploadLimits =
    UploadLimits { max_bytes: 100, max_total_bytes: 240, max_per_account: 2, max_uploads: 4, expire_after_ms: 60_000 };

fn new(owner: u8, length: u64) -> NewUpload {
    let owner = AccountId::new([owner; 32]);
    NewUpload { stream: 3, owner, length, filename: "film\u{0}.mp4".into(), title: " Film ".into(), is_clip: false }
}

async fn send(uploads: &Uploads, id: &str, offset: u64, bytes: &[u8]) -> Result<u64, UploadError> {
    let mut append = uploads.append(id, offset).await?;
    append.write(bytes).await?;
    append.finish().await
}

#[tokio::test]
async fn upload_goes_on_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let uploads = Uploads::open(folder.path(), LIMITS).unwrap();
    let info = uploads.create(new(1, 10), 1_000).unwrap();
    assert_eq!((info.filename.as_str(), info.title.as_str()), ("film.mp4", "Film"));
    assert_eq!(send(&uploads, &info.id, 0, b"hello").await.unwrap(), 5);
    assert!(uploads.complete().is_empty());

    let uploads = Uploads::open(folder.path(), LIMITS).unwrap();
    let (found, arrived) = uploads.find(&info.id).unwrap();
    assert_eq!((&*found, arrived), (&info, 5));
    let refused = send(&uploads, &info.id, 0, b"hello").await;
    assert!(matches!(refused, Err(UploadError::Offset { at: 5, asked: 0 })), "{refused:?}");
    assert_eq!(send(&uploads, &info.id, 5, b"world").await.unwrap(), 10);
    assert_eq!(std::fs::read(uploads.body(&info.id).unwrap()).unwrap(), b"helloworld");
    assert_eq!(uploads.complete(), [Arc::new(info)]);
}

#[tokio::test]
async fn more_than_announced_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let uploads = Uploads::open(folder.path(), LIMITS).unwrap();
    let info = uploads.create(new(1, 4), 0).unwrap();
    let refused = send(&uploads, &info.id, 0, b"hello").await;
    assert!(matches!(refused, Err(UploadError::LongerThanAnnounced { length: 4 })), "{refused:?}");
    uploads.remove(&info.id);
    assert!(matches!(uploads.find(&info.id), Err(UploadError::Unknown)));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left");
}

#[tokio::test]
async fn one_request_at_a_time_sends_an_upload() {
    let folder = tempfile::tempdir().unwrap();
    let uploads = Uploads::open(folder.path(), LIMITS).unwrap();
    let info = uploads.create(new(1, 4), 0).unwrap();
    let first = uploads.append(&info.id, 0).await.unwrap();
    assert!(matches!(uploads.append(&info.id, 0).await, Err(UploadError::Busy)));
    drop(first);
    assert!(uploads.append(&info.id, 0).await.is_ok());
}

#[test]
fn uploads_have_budgets() {
    let folder = tempfile::tempdir().unwrap();
    let uploads = Uploads::open(folder.path(), LIMITS).unwrap();
    let refused = |new| uploads.create(new, 0).unwrap_err();
    assert!(matches!(refused(new(1, 0)), UploadError::Empty));
    assert!(matches!(refused(new(1, 101)), UploadError::TooLong { .. }));
    let first = uploads.create(new(1, 100), 0).unwrap();
    uploads.create(new(1, 50), 0).unwrap();
    assert!(matches!(refused(new(1, 1)), UploadError::TooManyOfAccount { max: 2 }));
    assert!(matches!(refused(new(2, 100)), UploadError::NoRoom { used: 150, .. }));
    uploads.create(new(2, 50), 0).unwrap();
    uploads.create(new(3, 40), 0).unwrap();
    assert!(matches!(refused(new(4, 1)), UploadError::TooMany { .. }), "too many in all");
    uploads.remove(&first.id);
    assert!(uploads.create(new(4, 100), 0).is_ok(), "there is room again");
}

#[test]
fn one_account_cannot_announce_all_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let uploads = Uploads::open(folder.path(), UploadLimits { max_per_account: 4, ..LIMITS }).unwrap();
    uploads.create(new(1, 100), 0).unwrap();
    let refused = uploads.create(new(1, 81), 0).unwrap_err();
    assert!(matches!(refused, UploadError::TooMuchOfAccount { used: 100, max: 180 }), "{refused}");
    uploads.create(new(1, 80), 0).unwrap();
    assert!(uploads.create(new(2, 60), 0).is_ok(), "a quarter is left for others");
}

#[tokio::test]
async fn removed_upload_takes_no_more_bytes_from_a_request_that_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let uploads = Uploads::open(folder.path(), LIMITS).unwrap();
    let info = uploads.create(new(1, 10), 0).unwrap();
    let mut append = uploads.append(&info.id, 0).await.unwrap();
    append.write(b"hello").await.unwrap();
    uploads.remove(&info.id);
    assert!(matches!(append.write(b"w").await, Err(UploadError::Unknown)), "its file would grow without a name");
    append.removed().await;
}

#[tokio::test]
async fn upload_that_drips_is_removed_in_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let uploads = Uploads::open(folder.path(), LIMITS).unwrap();
    let info = uploads.create(new(1, 10), 1_000).unwrap();
    let mut append = uploads.append(&info.id, 0).await.unwrap();
    append.write(b"h").await.unwrap();
    assert_eq!(uploads.remove_expired(1_000 + MAX_AGE_MS - 1), 0, "it is being sent");
    assert_eq!(uploads.remove_expired(1_000 + MAX_AGE_MS), 1);
    assert!(append.write(b"e").await.is_err());
}

#[tokio::test]
async fn forgotten_uploads_are_removed_and_complete_ones_stay() {
    let folder = tempfile::tempdir().unwrap();
    let uploads = Uploads::open(folder.path(), LIMITS).unwrap();
    let (forgotten, complete) = (uploads.create(new(1, 9), 0).unwrap(), uploads.create(new(2, 5), 0).unwrap());
    send(&uploads, &complete.id, 0, b"hello").await.unwrap();
    let expires_at = uploads.expires_at(&forgotten.id).unwrap();
    assert_eq!(uploads.remove_expired(expires_at - 1), 0);
    assert_eq!(uploads.remove_expired(expires_at + 3_600_000), 1);
    assert!(uploads.find(&forgotten.id).is_err() && uploads.find(&complete.id).is_ok());
}

#[test]
fn halves_that_a_crash_has_left_are_removed() {
    let folder = tempfile::tempdir().unwrap();
    let (body, about) = ("a".repeat(32), format!("{}.json", "b".repeat(32)));
    for name in [&body, &about, &"other.txt".to_owned()] {
        std::fs::write(folder.path().join(name), "{}").unwrap();
    }
    let uploads = Uploads::open(folder.path(), LIMITS).unwrap();
    assert!(uploads.find(&body).is_err());
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["other.txt"], "what is no upload is not touched");
}
