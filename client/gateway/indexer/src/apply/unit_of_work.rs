//! The rows that one transaction changes, in memory.

use super::{
    affected_keys::AffectedKeys,
    anomaly::{Anomalies, Anomaly},
    place::Place,
};
use crate::{
    block::BlockFacts,
    error::StoreError,
    rows::{
        block::BlockRow,
        chain::ChainRow,
        earning::{EarningKey, EarningSums},
        session::{ReceiptRow, SessionRow},
        stream::StreamRow,
        tip::TipRow,
    },
    sql::{self, big, int, Fields, Table},
};
use sp_runtime::Permill;
use sqlx::AnyConnection;
use std::collections::BTreeMap;
use tick_stream_primitives::{AccountId, Balance, SessionId, StreamId};

/// The rows that one transaction changes. They are ordered by their keys, so that two replicas lock rows in the same
/// order.
pub(super) struct UnitOfWork {
    pub chain: ChainRow,
    pub streams: BTreeMap<StreamId, StreamRow>,
    pub sessions: BTreeMap<SessionId, SessionRow>,
    /// Amounts to be added to the stored sums. Their rows are read at the end, when it is known which they are.
    pub earned: BTreeMap<EarningKey, EarningSums>,
    pub receipts: Vec<ReceiptRow>,
    pub tips: Vec<TipRow>,
    pub blocks: Vec<BlockRow>,
    /// Settlements whose income is not shared out yet: the pallet reports the claims of a group before their income.
    pub settled: Vec<Settled>,
    pub anomalies: Anomalies,
}

/// A settlement whose income is not shared out yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Settled {
    pub stream: StreamId,
    pub gateway: AccountId,
    pub gateway_share: Permill,
    pub paid: Balance,
}

impl UnitOfWork {
    /// Reads the rows that `blocks` affect.
    pub async fn load(
        connection: &mut AnyConnection,
        chain: ChainRow,
        blocks: &[BlockFacts],
    ) -> Result<Self, StoreError> {
        let affected = AffectedKeys::of(blocks);
        let session_keys: Vec<_> = affected.sessions.iter().map(|id| vec![sql::session(id)]).collect();
        let sessions: Vec<SessionRow> = sql::load(connection, &session_keys).await?;
        let stream_keys = affected.streams.iter().map(|id| Ok(vec![big("the stream", *id)?]));
        let stream_keys = stream_keys.collect::<Result<Vec<_>, StoreError>>()?;
        let mut streams: Vec<StreamRow> = sql::load(connection, &stream_keys).await?;
        streams.extend(streams_with_due_changes(connection, blocks).await?);
        Ok(Self {
            chain,
            streams: streams.into_iter().map(|row| (row.id, row)).collect(),
            sessions: sessions.into_iter().map(|row| (row.id, row)).collect(),
            earned: BTreeMap::new(),
            receipts: Vec::new(),
            tips: Vec::new(),
            blocks: Vec::new(),
            settled: Vec::new(),
            anomalies: Anomalies::default(),
        })
    }

    /// Returns the row of a stream; notes an anomaly if there is none.
    pub fn stream(&mut self, id: StreamId, place: Place) -> Option<&mut StreamRow> {
        let row = self.streams.get_mut(&id);
        if row.is_none() {
            self.anomalies.push(Anomaly::StreamUnknown { block: place.block, stream: id });
        }
        row
    }
}

/// Reads the streams for which an announced change takes effect within `blocks`.
async fn streams_with_due_changes(
    connection: &mut AnyConnection,
    blocks: &[BlockFacts],
) -> Result<Vec<StreamRow>, StoreError> {
    let Some(last) = blocks.last() else { return Ok(Vec::new()) };
    let sql = format!("SELECT {} FROM streams WHERE next_change <= $1", StreamRow::COLUMNS.join(", "));
    let rows = sql::fetch_all(connection, "read announced changes", sql, vec![int(last.number)]).await?;
    rows.iter().map(|row| StreamRow::read(&Fields(row))).collect()
}
