//! Statements with values, and tables written many rows at a time.

use crate::error::StoreError;
use sqlx::{any::AnyRow, AnyConnection, AssertSqlSafe, Row as _};
use std::str::FromStr;
use tick_stream_primitives::{AccountId, Balance, SessionId};

/// Digits of the largest `u128`.
const AMOUNT_DIGITS: usize = 39;
/// The most rows in one statement. SQLite takes 32,766 parameters, PostgreSQL 65,535; no table has 64 columns.
const MAX_ROWS_PER_STATEMENT: usize = 256;

/// A value on its way into the database.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Value {
    Int(i64),
    Text(String),
    NoInt,
    NoText,
}

/// An amount as stored: text whose order is the order of the numbers.
pub(crate) fn amount(amount: Balance) -> Value {
    Value::Text(format!("{amount:0AMOUNT_DIGITS$}"))
}

/// An amount that may be missing.
pub(crate) fn maybe_amount(value: Option<Balance>) -> Value {
    value.map_or(Value::NoText, amount)
}

/// A small number.
pub(crate) fn int(value: impl Into<i64>) -> Value {
    Value::Int(value.into())
}

/// A small number that may be missing.
pub(crate) fn maybe_int(value: Option<u32>) -> Value {
    value.map_or(Value::NoInt, int)
}

/// A number that has to fit.
pub(crate) fn big(what: &'static str, value: u64) -> Result<Value, StoreError> {
    i64::try_from(value).map(Value::Int).map_err(|_| StoreError::TooLarge { what, value })
}

/// A number that has to fit and may be missing.
pub(crate) fn maybe_big(what: &'static str, value: Option<u64>) -> Result<Value, StoreError> {
    value.map_or(Ok(Value::NoInt), |value| big(what, value))
}

/// Text.
pub(crate) fn text(value: impl Into<String>) -> Value {
    Value::Text(value.into())
}

/// Text that may be missing.
pub(crate) fn maybe_text(value: Option<String>) -> Value {
    value.map_or(Value::NoText, Value::Text)
}

/// An account as stored.
pub(crate) fn account(account: &AccountId) -> Value {
    let bytes: &[u8] = account.as_ref();
    Value::Text(hex::encode(bytes))
}

/// A session's id as stored.
pub(crate) fn session(id: &SessionId) -> Value {
    Value::Text(hex::encode(id.0))
}

/// Runs a statement. `sql` is built from this crate's constants only; what comes from outside is in `values`.
pub(crate) async fn execute(
    connection: &mut AnyConnection,
    what: &'static str,
    sql: String,
    values: Vec<Value>,
) -> Result<u64, StoreError> {
    let done = bind(sql, values).execute(connection).await.map_err(StoreError::at(what))?;
    Ok(done.rows_affected())
}

/// Runs a query; `sql` as in [`execute`].
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

/// A row of a table: its columns, in the order in which values are written.
pub(crate) trait Table: Sized {
    /// The table's name.
    const NAME: &'static str;
    /// Its key.
    const KEY: &'static [&'static str];
    /// All columns, those of the key first.
    const COLUMNS: &'static [&'static str];

    /// The values of [`Table::COLUMNS`].
    fn values(&self) -> Result<Vec<Value>, StoreError>;
    /// Reads a row that has at least [`Table::COLUMNS`].
    fn read(row: &Fields<'_>) -> Result<Self, StoreError>;
}

/// Writes rows, over those with the same key.
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

/// Writes rows that are not there yet.
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

/// Reads the rows with these keys; those that are not there are left out. A key has a value for each of [`Table::KEY`].
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

/// Cuts rows into portions whose sizes are powers of two. So few sizes make few different statements, and all of them
/// stay in the connection's cache of prepared ones.
pub(crate) fn portions<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = MAX_ROWS_PER_STATEMENT.min(1 << rows.len().checked_ilog2()?);
        let (part, rest) = rows.split_at(size);
        rows = rest;
        Some(part)
    })
}

/// `($1, $2), ($3, $4)` for two rows of two columns.
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

/// A row that came out of the database.
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

    pub fn parsed<T: FromStr>(&self, column: &'static str) -> Result<T, StoreError> {
        self.text(column)?.parse().map_err(|_| StoreError::Corrupt { column })
    }

    pub fn amount(&self, column: &'static str) -> Result<Balance, StoreError> {
        self.parsed(column)
    }

    pub fn maybe_amount(&self, column: &'static str) -> Result<Option<Balance>, StoreError> {
        let value = self.maybe_text(column)?;
        value.map(|value| value.parse().map_err(|_| StoreError::Corrupt { column })).transpose()
    }

    pub fn bytes<const N: usize>(&self, column: &'static str) -> Result<[u8; N], StoreError> {
        bytes_of(column, &self.text(column)?)
    }

    pub fn maybe_bytes<const N: usize>(&self, column: &'static str) -> Result<Option<[u8; N]>, StoreError> {
        self.maybe_text(column)?.map(|value| bytes_of(column, &value)).transpose()
    }

    pub fn account(&self, column: &'static str) -> Result<AccountId, StoreError> {
        self.bytes(column).map(AccountId::new)
    }

    pub fn maybe_account(&self, column: &'static str) -> Result<Option<AccountId>, StoreError> {
        Ok(self.maybe_bytes(column)?.map(AccountId::new))
    }

    pub fn session(&self, column: &'static str) -> Result<SessionId, StoreError> {
        self.bytes(column).map(SessionId)
    }
}

fn bytes_of<const N: usize>(column: &'static str, digits: &str) -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    hex::decode_to_slice(digits, &mut bytes).map_err(|_| StoreError::Corrupt { column })?;
    Ok(bytes)
}

#[cfg(test)]
mod tests;
