//! The rows that some blocks touch, in memory, and the facts' way to them.

use super::{
    anomaly::{Anomalies, Anomaly},
    shares::Settled,
    touched::Touched,
};
use crate::{
    error::StoreError,
    facts::{BlockFacts, Fact},
    rows::{
        account::AccountRow,
        chain::{ChainRow, Position},
        earning::{EarningKey, Sums},
        gateway::GatewayRow,
        log::{BlockRow, PayoutRow, ReceiptRow, TipRow, When},
        session::SessionRow,
        stream::StreamRow,
    },
    sql::{self, big, int, Fields, Table, Value},
    views::GatewayState,
};
use sqlx::AnyConnection;
use std::collections::BTreeMap;
use tick_stream_primitives::{AccountId, GatewayStatus, SessionId, StreamId};

/// Everything is ordered by its key: writes of two replicas then never lock rows crosswise.
pub(super) struct Working {
    pub chain: ChainRow,
    pub streams: BTreeMap<StreamId, StreamRow>,
    pub sessions: BTreeMap<SessionId, SessionRow>,
    pub accounts: BTreeMap<AccountId, AccountRow>,
    pub gateways: BTreeMap<AccountId, GatewayRow>,
    /// What is to be added to the sums; which rows these are is known only at the end.
    pub earned: BTreeMap<EarningKey, Sums>,
    pub receipts: Vec<ReceiptRow>,
    pub tips: Vec<TipRow>,
    pub payouts: Vec<PayoutRow>,
    pub blocks: Vec<BlockRow>,
    /// Settlements whose income is not shared out yet: the pallet reports a group's rows first, then its shares.
    pub settled: Vec<Settled>,
    pub anomalies: Anomalies,
}

impl Working {
    /// Reads what `blocks` will touch.
    pub async fn load(
        connection: &mut AnyConnection,
        chain: ChainRow,
        blocks: &[BlockFacts],
    ) -> Result<Self, StoreError> {
        let mut touched = Touched::by(blocks);
        let sessions: Vec<SessionRow> = by_keys(connection, &touched.sessions, |id| Ok(sql::session(id))).await?;
        for session in &sessions {
            touched.accounts.insert(session.viewer.clone());
            touched.gateways.insert(session.gateway.clone());
            touched.streams.insert(session.stream);
        }
        let mut streams: Vec<StreamRow> = by_keys(connection, &touched.streams, |id| big("the stream", *id)).await?;
        streams.extend(changing_streams(connection, blocks).await?);
        let accounts: Vec<AccountRow> = by_keys(connection, &touched.accounts, |id| Ok(sql::account(id))).await?;
        let gateways: Vec<GatewayRow> = by_keys(connection, &touched.gateways, |id| Ok(sql::account(id))).await?;
        Ok(Self {
            chain,
            streams: streams.into_iter().map(|row| (row.id, row)).collect(),
            sessions: sessions.into_iter().map(|row| (row.id, row)).collect(),
            accounts: accounts.into_iter().map(|row| (row.account.clone(), row)).collect(),
            gateways: gateways.into_iter().map(|row| (row.account.clone(), row)).collect(),
            earned: BTreeMap::new(),
            receipts: Vec::new(),
            tips: Vec::new(),
            payouts: Vec::new(),
            blocks: Vec::new(),
            settled: Vec::new(),
            anomalies: Anomalies::default(),
        })
    }

    /// Applies one block; the caller has seen to it that it is the next one.
    pub fn apply_block(&mut self, block: &BlockFacts) {
        let BlockFacts { number, hash, time_ms, .. } = *block;
        self.apply_announcements(number, time_ms);
        self.settled.clear();
        let first_seq = i64::from(number) << 20;
        for (seq, fact) in (first_seq..).zip(&block.facts) {
            self.apply_fact(When { seq, block: number, time_ms }, fact);
        }
        let first_block = self.chain.position.map_or(number, |at| at.first_block);
        self.chain.position = Some(Position { first_block, block: number, hash, time_ms });
        self.blocks.push(BlockRow { block: number, hash });
    }

    fn apply_fact(&mut self, when: When, fact: &Fact) {
        match fact {
            Fact::Deposited { .. } | Fact::Withdrawn { .. } | Fact::DepositReaped { .. } => self.apply_deposit(fact),
            Fact::StreamCreated { .. }
            | Fact::StreamUpdated { .. }
            | Fact::StreamStatusChanged { .. }
            | Fact::StreamEnded { .. }
            | Fact::StreamRemoved { .. } => self.apply_stream(when, fact),
            Fact::SessionOpened { .. }
            | Fact::TicksSettled { .. }
            | Fact::SessionClosing { .. }
            | Fact::SessionClosed { .. } => self.apply_session(when, fact),
            Fact::IncomeShared { .. } | Fact::Tipped { .. } | Fact::PaidOut { .. } => self.apply_money(when, fact),
            Fact::GatewayUpdated { .. } | Fact::GatewayLeaving { .. } | Fact::GatewayLeft { .. } => {
                self.apply_gateway(when, fact);
            }
            Fact::ProtocolFeeSet { fee } => self.chain.protocol_fee = *fee,
        }
    }

    fn apply_gateway(&mut self, when: When, fact: &Fact) {
        match fact {
            Fact::GatewayUpdated { gateway, value } => {
                let row = self.gateway(gateway, when);
                row.endpoint =
                    crate::metadata::text_of(&String::from_utf8_lossy(&value.endpoint), usize::MAX, |_| false);
                row.operator = Some(value.operator.clone());
                row.bond = value.bond;
                row.status = match value.status {
                    GatewayStatus::Active => GatewayState::Active,
                    GatewayStatus::Leaving => GatewayState::Leaving,
                };
            }
            Fact::GatewayLeaving { gateway } => self.gateway(gateway, when).status = GatewayState::Leaving,
            Fact::GatewayLeft { gateway } => {
                let row = self.gateway(gateway, when);
                row.status = GatewayState::Left;
                row.bond = 0;
            }
            _ => {}
        }
    }

    /// The stream's row, or a note that there is none.
    pub fn stream(&mut self, id: StreamId, when: When) -> Option<&mut StreamRow> {
        let row = self.streams.get_mut(&id);
        if row.is_none() {
            self.anomalies.push(Anomaly::StreamUnknown { block: when.block, stream: id });
        }
        row
    }

    pub fn account(&mut self, id: &AccountId) -> &mut AccountRow {
        self.accounts.entry(id.clone()).or_insert_with(|| AccountRow::new(id.clone()))
    }

    pub fn gateway(&mut self, id: &AccountId, when: When) -> &mut GatewayRow {
        self.gateways.entry(id.clone()).or_insert_with(|| GatewayRow::new(id.clone(), when.block))
    }
}

async fn by_keys<'a, K: 'a, T: Table>(
    connection: &mut AnyConnection,
    keys: impl IntoIterator<Item = &'a K>,
    value: impl Fn(&K) -> Result<Value, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let keys = keys.into_iter().map(|key| Ok(vec![value(key)?])).collect::<Result<Vec<_>, StoreError>>()?;
    sql::load(connection, &keys).await
}

/// Streams of which an announcement takes effect while `blocks` go by.
async fn changing_streams(connection: &mut AnyConnection, blocks: &[BlockFacts]) -> Result<Vec<StreamRow>, StoreError> {
    let Some(last) = blocks.last() else { return Ok(Vec::new()) };
    let sql = format!("SELECT {} FROM streams WHERE next_change <= $1", StreamRow::COLUMNS.join(", "));
    let rows = sql::fetch_all(connection, "read announcements", sql, vec![int(last.number)]).await?;
    rows.iter().map(|row| StreamRow::read(&Fields(row))).collect()
}
