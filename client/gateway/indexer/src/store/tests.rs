//! Migration of a database with data.

use super::*;

/// Tables and rows as the first three migrations left them.
const ROWS: &str = "
    INSERT INTO chain VALUES (1, '0700000000000000000000000000000000000000000000000000000000000000', 10000, 5000, 1, 2,
        '0800000000000000000000000000000000000000000000000000000000000000', 3, 0, 0, 0, '0', '0', '0', '0', '0', '0', '0');
    INSERT INTO broadcasts VALUES (3, 1, 10, 20, 0, NULL, 'recordings/3/1');
    INSERT INTO stream_runtime VALUES (3, '3.secret', 450, 10);
    INSERT INTO earnings VALUES ('0101010101010101010101010101010101010101010101010101010101010101', 3, -1, 0, 60, '5', '0', '0', '7');
    INSERT INTO earnings VALUES ('0101010101010101010101010101010101010101010101010101010101010101', 3, 3, 0, 60, '5', '0', '0', '7');
";

#[tokio::test]
async fn migration_keeps_what_is_served() {
    sqlx::any::install_default_drivers();
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("index.db").display());
    let old = AnyPool::connect(&with_defaults(Backend::Sqlite, &url)).await.unwrap();
    let first = migrations().into_iter().take(3).collect::<Vec<_>>();
    Migrator::with_migrations(first).run(&old).await.unwrap();
    sqlx::raw_sql(ROWS).execute(&old).await.unwrap();
    old.close().await;

    let store = Store::connect(&url).await.unwrap();
    assert_eq!(store.cursor().await.unwrap().unwrap().number, 2);
    let recording = store.recording(3, 1).await.unwrap().unwrap();
    assert_eq!((recording.published_at, recording.duration_ms), (Some(20), 10));
    let unlisted = "UPDATE recordings SET visibility = 1";
    sqlx::raw_sql(unlisted).execute(&store.pool).await.unwrap();
    assert!(
        !store.recording(3, 1).await.unwrap().unwrap().is_shown_with(Some("")),
        "unlisted before there were tokens"
    );
    store.add_missing_tokens().await.unwrap();
    let recording = store.recording(3, 1).await.unwrap().unwrap();
    assert!(recording.token.len() == 32 && recording.is_shown_with(Some(&recording.token)));
    assert_eq!(store.take_key_indices(3, 1, 0).await.unwrap(), 450);
    let sums = store.earnings_total(&[1; 32].into()).await.unwrap();
    assert_eq!((sums.ticks, sums.without_tips(), sums.from_tips), (60, 5, 7));
}
