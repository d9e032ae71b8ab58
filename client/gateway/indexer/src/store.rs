//! The connection to the database: SQLite or PostgreSQL, by URL, through one code path.
//!
//! sqlx's `Any` driver runs every statement of this crate on both. That holds because statements keep to what both
//! understand: `BIGINT` and `TEXT` columns, `$1` parameters, `ON CONFLICT … DO UPDATE`, row values, and `LIKE … ESCAPE`
//! over text that was lower-cased in Rust.

use crate::{error::StoreError, facts::ChainIdentity, rows::chain::ChainRow, sql};
use sqlx::{
    any::{AnyConnectOptions, AnyPoolOptions},
    migrate::{MigrateError, Migration, MigrationType, Migrator},
    pool::PoolConnection,
    Any, AnyConnection, AnyPool, Connection, SqlStr, Transaction,
};
use std::{borrow::Cow, str::FromStr, time::Duration};

/// Connections to SQLite: each is a thread, and one file gains nothing from more.
pub const MAX_SQLITE_CONNECTIONS: u32 = 8;
/// Connections to PostgreSQL: a server takes 100 by default, and other replicas want some.
pub const MAX_POSTGRES_CONNECTIONS: u32 = 16;
/// How long a query waits for a free connection.
pub const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long SQLite waits for another writer before it gives up, in milliseconds.
pub const SQLITE_BUSY_TIMEOUT_MS: u32 = 10_000;
/// How large SQLite's write-ahead log may stay after a checkpoint, in bytes.
pub const SQLITE_MAX_WAL_BYTES: u32 = 64 * 1024 * 1024;

const MIGRATIONS: [(i64, &str, &str); 3] = [
    (1, "index", include_str!("../migrations/0001_index.sql")),
    (2, "own", include_str!("../migrations/0002_own.sql")),
    (3, "audience", include_str!("../migrations/0003_audience.sql")),
];

/// The tables that are built from the chain and can be built again.
const INDEX_TABLES: [&str; 10] = [
    "chain",
    "recent_blocks",
    "streams",
    "sessions",
    "receipts",
    "tips",
    "payouts",
    "accounts",
    "gateways",
    "earnings",
];

/// Which database it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Backend {
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

    /// How a transaction that writes begins. In SQLite one that first reads and then writes fails at once when another
    /// writer came in between; taking the lock at the beginning makes it wait instead.
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

/// The database, open and up to date. Clones share its connections.
#[derive(Clone, Debug)]
pub struct Store {
    pool: AnyPool,
    backend: Backend,
}

impl Store {
    /// Opens the database at `url` and brings its tables up to date. An SQLite file is made if there is none.
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

    /// Says which chain this is an index of. The first call writes it down; every later one must say the same.
    pub async fn bind_chain(&self, chain: &ChainIdentity) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        ChainRow::new(chain).insert_if_absent(&mut tx).await?;
        let stored = ChainRow::load(&mut tx).await?.ok_or(StoreError::NotBound)?;
        stored.check_genesis(&chain.genesis)?;
        commit(tx).await
    }

    /// Empties everything that is built from the chain, the binding included. What the gateway remembers of its own work
    /// (broadcasts, key indices) stays: a key index that began again would sell old keys for new video.
    pub async fn reset_index(&self) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        for table in INDEX_TABLES {
            sql::execute(&mut tx, "clear the index", format!("DELETE FROM {table}"), Vec::new()).await?;
        }
        commit(tx).await
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.read().await?.ping().await.map_err(StoreError::at("answer a ping"))
    }

    /// Waits for the queries under way and closes all connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// Which database it is.
    pub fn backend(&self) -> Backend {
        self.backend
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

/// Runs the migrations. PostgreSQL lets one process do it at a time; with SQLite the slower of two fails over a table that
/// the other has just made, and finds it in order when it looks again. Each such failure means that the other got on by
/// one, so they cannot be more than the migrations are.
async fn migrate(pool: &AnyPool) -> Result<(), StoreError> {
    let mut attempts_left = MIGRATIONS.len();
    loop {
        match migrator().run(pool).await {
            Ok(()) => return Ok(()),
            Err(MigrateError::ExecuteMigration(..)) if attempts_left > 0 => attempts_left -= 1,
            Err(error) => return Err(StoreError::Migrate(error)),
        }
    }
}

fn migrator() -> Migrator {
    let migrations = MIGRATIONS.iter().map(|&(version, name, text)| {
        Migration::new(version, Cow::Borrowed(name), MigrationType::Simple, SqlStr::from_static(text), false)
    });
    Migrator::with_migrations(migrations.collect())
}

/// WAL lets readers go on while a block is written. `synchronous = FULL` makes what is committed survive a power failure:
/// blocks could be applied again, but a key index that was taken must never be forgotten.
async fn prepare_sqlite(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    let pragmas = format!(
        "PRAGMA busy_timeout = {SQLITE_BUSY_TIMEOUT_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
         PRAGMA journal_size_limit = {SQLITE_MAX_WAL_BYTES};"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(pragmas)).execute(connection).await.map(|_| ())
}

/// An SQLite file is made when it is not there, unless the URL says otherwise.
fn with_defaults(backend: Backend, url: &str) -> String {
    if backend == Backend::Postgres || url.contains("mode=") {
        return url.to_owned();
    }
    let joint = if url.contains('?') { '&' } else { '?' };
    format!("{url}{joint}mode=rwc")
}

/// The URL as it may stand in a log.
pub fn without_password(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if scheme + 3 <= at => format!("{}…{}", &url[..scheme + 3], &url[at..]),
        _ => url.to_owned(),
    }
}
