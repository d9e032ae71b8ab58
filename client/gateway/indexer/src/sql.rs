//! Statements with values, and tables that are read and written many rows at a time.

use crate::{block::BlockHash, error::StoreError};
use sqlx::{any::AnyRow, AnyConnection, AssertSqlSafe, Row as _};
use tick_stream_primitives::{AccountId, Balance, SessionId};

/// Number of digits of the largest `u128`.
const AMOUNT_DIGITS: usize = 39;
/// Maximum number of rows in one statement. SQLite allows 32,766 parameters, PostgreSQL 65,535, and no table has 64 columns.
const MAX_ROWS_PER_STATEMENT: usize = 256;

/// A parameter of a statement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Value {
    Int(i64),
    Text(String),
    NoInt,
    NoText,
}

/// Returns an amount as stored: text that sorts like the number.
pub(crate) fn amount(amount: Balance) -> Value {
    Value::Text(format!("{amount:0AMOUNT_DIGITS$}"))
}

/// Returns an optional amount as stored.
pub(crate) fn maybe_amount(value: Option<Balance>) -> Value {
    value.map_or(Value::NoText, amount)
}

/// Returns a number of at most 32 bits as stored.
pub(crate) fn int(value: impl Into<i64>) -> Value {
    Value::Int(value.into())
}

/// Returns an optional number of at most 32 bits as stored.
pub(crate) fn maybe_int(value: Option<u32>) -> Value {
    value.map_or(Value::NoInt, int)
}

/// Returns a number of 64 bits as stored; fails if it is above 2^63. `what` names it in the error.
pub(crate) fn big(what: &'static str, value: u64) -> Result<Value, StoreError> {
    i64::try_from(value).map(Value::Int).map_err(|_| StoreError::TooLarge { what, value })
}

/// Returns an optional number of 64 bits as stored.
pub(crate) fn maybe_big(what: &'static str, value: Option<u64>) -> Result<Value, StoreError> {
    value.map_or(Ok(Value::NoInt), |value| big(what, value))
}

/// Returns text as stored.
pub(crate) fn text(value: impl Into<String>) -> Value {
    Value::Text(value.into())
}

/// Returns optional text as stored.
pub(crate) fn maybe_text(value: Option<String>) -> Value {
    value.map_or(Value::NoText, Value::Text)
}

/// Returns a block's hash as stored.
pub(crate) fn hash(hash: &BlockHash) -> Value {
    Value::Text(hex::encode(hash))
}

/// Returns an optional block hash as stored.
pub(crate) fn maybe_hash(value: Option<BlockHash>) -> Value {
    value.map_or(Value::NoText, |value| hash(&value))
}

/// Returns an account as stored.
pub(crate) fn account(account: &AccountId) -> Value {
    let bytes: &[u8] = account.as_ref();
    Value::Text(hex::encode(bytes))
}

pub(crate) fn maybe_account(value: Option<&AccountId>) -> Value {
    value.map_or(Value::NoText, account)
}

/// Returns a session's id as stored.
pub(crate) fn session(id: &SessionId) -> Value {
    Value::Text(hex::encode(id.0))
}

/// Executes a statement. `sql` is built from constants of this crate only; all input is in `values`. `what` says what the
/// statement does, as a verb phrase, for the error.
pub(crate) async fn execute(
    connection: &mut AnyConnection,
    what: &'static str,
    sql: String,
    values: Vec<Value>,
) -> Result<(), StoreError> {
    bind(sql, values).execute(connection).await.map(drop).map_err(StoreError::at(what))
}

/// Executes a query and returns its rows; the parameters are those of [`execute`].
pub(crate) async fn fetch_all(
    connection: &mut AnyConnection,
    what: &'static str,
    sql: String,
    values: Vec<Value>,
) -> Result<Vec<AnyRow>, StoreError> {
    bind(sql, values).fetch_all(connection).await.map_err(StoreError::at(what))
}

fn bind(sql: String, values: Vec<Value>) -> sqlx::query::Query<'static, sqlx::Any, sqlx::any::AnyArguments> {
    values.into_iter().fold(sqlx::query(AssertSqlSafe(sql)), |query, value| match value {
        Value::Int(value) => query.bind(value),
        Value::Text(value) => query.bind(value),
        Value::NoInt => query.bind(None::<i64>),
        Value::NoText => query.bind(None::<String>),
    })
}

/// A row of a table.
pub(crate) trait Table: Sized {
    /// Name of the table.
    const NAME: &'static str;
    /// Columns of the primary key.
    const KEY: &'static [&'static str];
    /// All columns.
    const COLUMNS: &'static [&'static str];

    /// Returns the values of [`Table::COLUMNS`], in their order.
    fn values(&self) -> Result<Vec<Value>, StoreError>;
    /// Reads a row that has at least [`Table::COLUMNS`].
    fn read(row: &Fields<'_>) -> Result<Self, StoreError>;
}

/// Writes rows and replaces those with the same key.
pub(crate) async fn upsert<T: Table>(connection: &mut AnyConnection, rows: &[T]) -> Result<(), StoreError> {
    for part in portions(rows) {
        let values = part.iter().map(T::values).collect::<Result<Vec<_>, _>>()?.concat();
        let sql = format!(
            "INSERT INTO {} ({}) VALUES {} ON CONFLICT ({}) DO UPDATE SET {}",
            T::NAME,
            T::COLUMNS.join(", "),
            places(part.len(), T::COLUMNS.len()),
            T::KEY.join(", "),
            assignments(T::COLUMNS),
        );
        execute(connection, "write rows", sql, values).await?;
    }
    Ok(())
}

/// Adds rows. Fails if there is one with the same key.
pub(crate) async fn insert<T: Table>(connection: &mut AnyConnection, rows: &[T]) -> Result<(), StoreError> {
    for part in portions(rows) {
        let values = part.iter().map(T::values).collect::<Result<Vec<_>, _>>()?.concat();
        let sql = format!(
            "INSERT INTO {} ({}) VALUES {}",
            T::NAME,
            T::COLUMNS.join(", "),
            places(part.len(), T::COLUMNS.len()),
        );
        execute(connection, "add rows", sql, values).await?;
    }
    Ok(())
}

/// Reads the rows with these keys; keys without a row are left out. A key has one value for each column of [`Table::KEY`].
pub(crate) async fn load<T: Table>(connection: &mut AnyConnection, keys: &[Vec<Value>]) -> Result<Vec<T>, StoreError> {
    let mut found = Vec::with_capacity(keys.len());
    for part in portions(keys) {
        let sql = format!(
            "SELECT {} FROM {} WHERE ({}) IN (VALUES {})",
            T::COLUMNS.join(", "),
            T::NAME,
            T::KEY.join(", "),
            places(part.len(), T::KEY.len()),
        );
        let rows = fetch_all(connection, "read rows", sql, part.concat()).await?;
        for row in &rows {
            found.push(T::read(&Fields(row))?);
        }
    }
    Ok(found)
}

/// Splits rows into portions whose sizes are powers of two. Few sizes make few different statements, all of which fit
/// into the connection's cache of prepared statements.
pub(crate) fn portions<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = MAX_ROWS_PER_STATEMENT.min(1 << rows.len().checked_ilog2()?);
        let (part, rest) = rows.split_at(size);
        rows = rest;
        Some(part)
    })
}

/// Returns the placeholders of rows: `($1, $2), ($3, $4)` for two rows of two columns.
pub(crate) fn places(rows: usize, columns: usize) -> String {
    let row = |row: usize| {
        let places: Vec<_> = (1..=columns).map(|column| format!("${}", row * columns + column)).collect();
        format!("({})", places.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

fn assignments(columns: &[&str]) -> String {
    columns.iter().map(|column| format!("{column} = excluded.{column}")).collect::<Vec<_>>().join(", ")
}

/// A row that was read from the database.
pub(crate) struct Fields<'a>(pub &'a AnyRow);

impl Fields<'_> {
    pub fn maybe_i64(&self, column: &'static str) -> Result<Option<i64>, StoreError> {
        self.0.try_get(column).map_err(|_| StoreError::Corrupt { column })
    }

    pub fn i64(&self, column: &'static str) -> Result<i64, StoreError> {
        self.maybe_i64(column)?.ok_or(StoreError::Corrupt { column })
    }

    pub fn u64(&self, column: &'static str) -> Result<u64, StoreError> {
        u64::try_from(self.i64(column)?).map_err(|_| StoreError::Corrupt { column })
    }

    pub fn maybe_u64(&self, column: &'static str) -> Result<Option<u64>, StoreError> {
        let value = self.maybe_i64(column)?;
        value.map(|value| u64::try_from(value).map_err(|_| StoreError::Corrupt { column })).transpose()
    }

    pub fn u32(&self, column: &'static str) -> Result<u32, StoreError> {
        u32::try_from(self.i64(column)?).map_err(|_| StoreError::Corrupt { column })
    }

    pub fn maybe_u32(&self, column: &'static str) -> Result<Option<u32>, StoreError> {
        let value = self.maybe_i64(column)?;
        value.map(|value| u32::try_from(value).map_err(|_| StoreError::Corrupt { column })).transpose()
    }

    pub fn maybe_text(&self, column: &'static str) -> Result<Option<String>, StoreError> {
        self.0.try_get(column).map_err(|_| StoreError::Corrupt { column })
    }

    pub fn text(&self, column: &'static str) -> Result<String, StoreError> {
        self.maybe_text(column)?.ok_or(StoreError::Corrupt { column })
    }

    pub fn amount(&self, column: &'static str) -> Result<Balance, StoreError> {
        self.text(column)?.parse().map_err(|_| StoreError::Corrupt { column })
    }

    pub fn maybe_amount(&self, column: &'static str) -> Result<Option<Balance>, StoreError> {
        let value = self.maybe_text(column)?;
        value.map(|value| value.parse().map_err(|_| StoreError::Corrupt { column })).transpose()
    }

    pub fn hash(&self, column: &'static str) -> Result<BlockHash, StoreError> {
        self.bytes(column).map(BlockHash::from)
    }

    pub fn account(&self, column: &'static str) -> Result<AccountId, StoreError> {
        self.bytes(column).map(AccountId::new)
    }

    pub fn maybe_account(&self, column: &'static str) -> Result<Option<AccountId>, StoreError> {
        self.maybe_text(column)?.map(|_| self.account(column)).transpose()
    }

    pub fn session(&self, column: &'static str) -> Result<SessionId, StoreError> {
        self.bytes(column).map(SessionId)
    }

    fn bytes<const N: usize>(&self, column: &'static str) -> Result<[u8; N], StoreError> {
        let mut bytes = [0; N];
        hex::decode_to_slice(self.text(column)?, &mut bytes).map_err(|_| StoreError::Corrupt { column })?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests;
