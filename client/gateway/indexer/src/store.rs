//! The connection to the database: SQLite or PostgreSQL, by URL, through one code path.
//!
//! sqlx's `Any` driver runs each statement of this crate on both. Statements therefore use only what both support: `BIGINT`
//! and `TEXT` columns, `$1` parameters, `ON CONFLICT … DO UPDATE`, row values, and `LIKE … ESCAPE` on text that was
//! lower-cased in Rust.

use crate::{block::ChainIdentity, error::StoreError, rows::chain::ChainRow, sql};
use sqlx::{
    any::{AnyConnectOptions, AnyPoolOptions},
    migrate::{MigrateError, Migration, MigrationType, Migrator},
    pool::PoolConnection,
    Any, AnyConnection, AnyPool, Connection, SqlStr, Transaction,
};
use std::{borrow::Cow, str::FromStr, time::Duration};

/// Maximum number of connections to SQLite. Each is a thread, and one file gains nothing from more.
pub const MAX_SQLITE_CONNECTIONS: u32 = 8;
/// Maximum number of connections to PostgreSQL. A server accepts 100 by default, shared by all replicas.
pub const MAX_POSTGRES_CONNECTIONS: u32 = 16;
/// Maximum time that a query waits for a free connection.
pub const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// Maximum time that SQLite waits for another writer, in milliseconds.
pub const SQLITE_BUSY_TIMEOUT_MS: u32 = 10_000;
/// Maximum size of SQLite's write-ahead log after a checkpoint, in bytes.
pub const SQLITE_MAX_WAL_BYTES: u32 = 64 * 1024 * 1024;

/// Version, name and text of each migration. A text never changes once it was released.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "index", include_str!("../migrations/0001_index.sql")),
    (2, "own", include_str!("../migrations/0002_own.sql")),
    (3, "audience", include_str!("../migrations/0003_audience.sql")),
    (4, "served", include_str!("../migrations/0004_served.sql")),
    (5, "keys", include_str!("../migrations/0005_keys.sql")),
    (6, "recordings", include_str!("../migrations/0006_recordings.sql")),
    (7, "images", include_str!("../migrations/0007_images.sql")),
    (8, "captions", include_str!("../migrations/0008_captions.sql")),
    (9, "quality", include_str!("../migrations/0009_quality.sql")),
    (10, "unlisted", include_str!("../migrations/0010_unlisted.sql")),
    (11, "sign-ins", include_str!("../migrations/0011_sign_ins.sql")),
    (12, "people", include_str!("../migrations/0012_people.sql")),
    (13, "chat", include_str!("../migrations/0013_chat.sql")),
    (14, "money", include_str!("../migrations/0014_money.sql")),
    (15, "moderation", include_str!("../migrations/0015_moderation.sql")),
    (16, "notices", include_str!("../migrations/0016_notices.sql")),
];

/// Tables that are built from the chain and can be built again.
const INDEX_TABLES: [&str; 7] = ["chain", "recent_blocks", "streams", "sessions", "receipts", "earnings", "tips"];

/// Kind of the database.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Backend {
    /// A file.
    Sqlite,
    /// A server.
    Postgres,
}

impl Backend {
    fn of(url: &str) -> Result<Self, StoreError> {
        if url.starts_with("sqlite:") {
            return Ok(Self::Sqlite);
        }
        if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            return Ok(Self::Postgres);
        }
        Err(StoreError::Url(without_password(url)))
    }

    /// Returns the statement that begins a transaction. In SQLite, a transaction that reads before it writes fails at once
    /// if another one wrote in between; taking the write lock at the beginning makes it wait instead.
    fn begin_statement(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN",
        }
    }

    fn max_connections(self) -> u32 {
        match self {
            Self::Sqlite => MAX_SQLITE_CONNECTIONS,
            Self::Postgres => MAX_POSTGRES_CONNECTIONS,
        }
    }
}

/// Connection to the database, with its tables up to date. Clones share a pool of connections.
#[derive(Clone, Debug)]
pub struct Store {
    pool: AnyPool,
    backend: Backend,
}

impl Store {
    /// Opens the database at `url` and brings its tables up to date. An SQLite file is created if it does not exist.
    ///
    /// # Errors
    ///
    /// Fails if the URL is not supported, if there is no connection, or if the tables cannot be brought up to date.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        let backend = Backend::of(url)?;
        let options = AnyConnectOptions::from_str(&with_defaults(backend, url))
            .map_err(|_| StoreError::Url(without_password(url)))?;
        let mut pool =
            AnyPoolOptions::new().max_connections(backend.max_connections()).acquire_timeout(ACQUIRE_TIMEOUT);
        if backend == Backend::Sqlite {
            pool = pool.after_connect(|connection, _| Box::pin(prepare_sqlite(connection)));
        }
        let pool = pool.connect_with(options).await.map_err(StoreError::Connect)?;
        migrate(&pool).await?;
        Ok(Self { pool, backend })
    }

    /// Binds the index to a chain. The first call stores the chain; later calls must give the same one.
    ///
    /// # Errors
    ///
    /// Fails if the index is bound to another chain, and if the database fails.
    pub async fn bind_chain(&self, chain: &ChainIdentity) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        ChainRow::new(chain).insert_if_absent(&mut tx).await?;
        let stored = ChainRow::load(&mut tx).await?.ok_or(StoreError::NotBound)?;
        stored.check_genesis(chain.genesis)?;
        commit(tx).await
    }

    /// Deletes everything that is built from the chain, and the binding to it. The gateway's own records stay: key indices
    /// that began again would sell old keys for new video.
    pub async fn reset_index(&self) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        for table in INDEX_TABLES {
            sql::execute(&mut tx, "clear the index", format!("DELETE FROM {table}"), Vec::new()).await?;
        }
        commit(tx).await
    }

    /// Checks that the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.read().await?.ping().await.map_err(StoreError::at("answer a ping"))
    }

    /// Waits for the running queries and closes all connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    pub(crate) async fn read(&self) -> Result<PoolConnection<Any>, StoreError> {
        self.pool.acquire().await.map_err(StoreError::at("give a connection"))
    }

    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Any>, StoreError> {
        let begun = self.pool.begin_with(self.backend.begin_statement()).await;
        begun.map_err(StoreError::at("begin a transaction"))
    }
}

pub(crate) async fn commit(tx: Transaction<'static, Any>) -> Result<(), StoreError> {
    tx.commit().await.map_err(StoreError::at("commit a transaction"))
}

/// Applies the migrations that are missing.
///
/// PostgreSQL lets one process migrate at a time. With SQLite, the slower of two processes fails because the other has just
/// applied the same migration, so it tries again. Each failure means that the other applied one more, which bounds the
/// number of attempts.
async fn migrate(pool: &AnyPool) -> Result<(), StoreError> {
    let mut attempts_left = MIGRATIONS.len();
    loop {
        match Migrator::with_migrations(migrations()).run(pool).await {
            Ok(()) => return Ok(()),
            Err(MigrateError::ExecuteMigration(..)) if attempts_left > 0 => attempts_left -= 1,
            Err(error) => return Err(StoreError::Migrate(error)),
        }
    }
}

fn migrations() -> Vec<Migration> {
    let migration = |&(version, name, text): &(i64, &'static str, &'static str)| {
        Migration::new(version, Cow::Borrowed(name), MigrationType::Simple, SqlStr::from_static(text), false)
    };
    MIGRATIONS.iter().map(migration).collect()
}

/// Sets up a connection to SQLite. WAL lets readers go on while a block is written. `synchronous = FULL` makes commits
/// survive a power failure: blocks could be applied again, but a key index that was taken must not be lost.
async fn prepare_sqlite(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    let pragmas = format!(
        "PRAGMA busy_timeout = {SQLITE_BUSY_TIMEOUT_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
         PRAGMA journal_size_limit = {SQLITE_MAX_WAL_BYTES};"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(pragmas)).execute(connection).await.map(|_| ())
}

/// Adds to an SQLite URL that a missing file is created, unless the URL sets a mode.
fn with_defaults(backend: Backend, url: &str) -> String {
    if backend == Backend::Postgres || url.contains("mode=") {
        return url.to_owned();
    }
    let joint = if url.contains('?') { '&' } else { '?' };
    format!("{url}{joint}mode=rwc")
}

/// Returns the URL without its password, for logs and messages.
pub fn without_password(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if scheme + 3 <= at => format!("{}…{}", &url[..scheme + 3], &url[at..]),
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests;
