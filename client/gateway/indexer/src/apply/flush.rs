//! Writing the changed rows back.

use super::{working::Working, KEPT_BLOCK_HASHES};
use crate::{
    error::StoreError,
    rows::earning::{EarningKey, EarningRow, Sums},
    sql::{self, insert, int, load, upsert},
};
use sqlx::AnyConnection;
use std::collections::BTreeMap;

impl Working {
    pub(super) async fn flush(self, connection: &mut AnyConnection) -> Result<(), StoreError> {
        upsert(connection, &self.streams.into_values().collect::<Vec<_>>()).await?;
        upsert(connection, &self.sessions.into_values().collect::<Vec<_>>()).await?;
        upsert(connection, &self.accounts.into_values().collect::<Vec<_>>()).await?;
        upsert(connection, &self.gateways.into_values().collect::<Vec<_>>()).await?;
        let sums = sums_with_stored(connection, self.earned).await?;
        upsert(connection, &sums).await?;
        insert(connection, &self.receipts).await?;
        insert(connection, &self.tips).await?;
        insert(connection, &self.payouts).await?;
        insert(connection, &self.blocks).await?;
        if let Some(at) = &self.chain.position {
            let forgotten = at.block.saturating_sub(KEPT_BLOCK_HASHES);
            let sql = "DELETE FROM recent_blocks WHERE block <= $1".to_owned();
            sql::execute(connection, "forget old blocks", sql, vec![int(forgotten)]).await?;
        }
        upsert(connection, &[self.chain]).await
    }
}

/// What was earned, added to what is stored.
async fn sums_with_stored(
    connection: &mut AnyConnection,
    mut earned: BTreeMap<EarningKey, Sums>,
) -> Result<Vec<EarningRow>, StoreError> {
    let keys = earned.keys().map(EarningKey::values).collect::<Result<Vec<_>, _>>()?;
    for stored in load::<EarningRow>(connection, &keys).await? {
        earned.entry(stored.key).or_default().add(&stored.sums);
    }
    Ok(earned.into_iter().map(|(key, sums)| EarningRow { key, sums }).collect())
}
