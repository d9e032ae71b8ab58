//! The statement that every list of streams is read with.

use super::condition::Condition;
use crate::{
    error::StoreError,
    rows::stream::StreamRow,
    sql::{self, Fields, Table},
};
use sqlx::AnyConnection;

/// Reads the streams that match a condition.
pub(super) async fn select(
    connection: &mut AnyConnection,
    condition: &Condition,
    order: &str,
    limit: usize,
) -> Result<Vec<StreamRow>, StoreError> {
    let columns = StreamRow::COLUMNS.join(", ");
    let sql = format!("SELECT {columns} FROM streams {} {order} LIMIT {limit}", condition.sql());
    let rows = sql::fetch_all(connection, "list streams", sql, condition.values.clone()).await?;
    rows.iter().map(|row| StreamRow::read(&Fields(row))).collect()
}
