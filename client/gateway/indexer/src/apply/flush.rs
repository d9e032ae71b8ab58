//! Writing the changed rows back.

use super::unit_of_work::UnitOfWork;
use crate::{
    error::StoreError,
    rows::earning::{EarningKey, EarningRow, EarningSums},
    sql::{self, insert, int, load, upsert},
};
use sqlx::AnyConnection;
use std::collections::BTreeMap;

/// Number of recent blocks whose hashes are kept, to detect a node that follows another chain.
pub const KEPT_BLOCK_HASHES: u32 = 1_024;

impl UnitOfWork {
    pub(super) async fn flush(self, connection: &mut AnyConnection) -> Result<(), StoreError> {
        upsert(connection, &self.streams.into_values().collect::<Vec<_>>()).await?;
        upsert(connection, &self.sessions.into_values().collect::<Vec<_>>()).await?;
        let sums = add_stored(connection, self.earned).await?;
        upsert(connection, &sums).await?;
        insert(connection, &self.receipts).await?;
        insert(connection, &self.tips).await?;
        insert(connection, &self.blocks).await?;
        if let Some(cursor) = self.chain.cursor {
            let last_forgotten = cursor.number.saturating_sub(KEPT_BLOCK_HASHES);
            let sql = "DELETE FROM recent_blocks WHERE block <= $1".to_owned();
            sql::execute(connection, "delete old block hashes", sql, vec![int(last_forgotten)]).await?;
        }
        upsert(connection, &[self.chain]).await
    }
}

/// Adds the stored sums to those of this transaction.
async fn add_stored(
    connection: &mut AnyConnection,
    mut earned: BTreeMap<EarningKey, EarningSums>,
) -> Result<Vec<EarningRow>, StoreError> {
    let keys = earned.keys().map(EarningKey::values).collect::<Result<Vec<_>, _>>()?;
    for stored in load::<EarningRow>(connection, &keys).await? {
        earned.entry(stored.key).or_default().add(&stored.sums);
    }
    Ok(earned.into_iter().map(|(key, sums)| EarningRow { key, sums }).collect())
}
