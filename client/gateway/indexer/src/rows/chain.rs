//! The one row that says which chain this is, how far the index is, and what everybody together did.

use crate::{
    error::StoreError,
    facts::{BlockHash, ChainIdentity},
    sql::{self, amount, big, int, maybe_big, maybe_int, maybe_text, text, Fields, Table, Value},
    values::{HashHex, Planck},
    views::ChainTotals,
};
use sp_runtime::Permill;
use sqlx::AnyConnection;
use tick_stream_primitives::{BlockNumber, Moment};

/// The row's key: there is only one.
const THE_ROW: i64 = 1;

/// How far the index is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Position {
    pub first_block: BlockNumber,
    pub block: BlockNumber,
    pub hash: BlockHash,
    pub time_ms: Moment,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct ChainRow {
    pub genesis: BlockHash,
    pub protocol_fee: Permill,
    pub submitter_share: Permill,
    pub position: Option<Position>,
    pub totals: ChainTotals,
}

impl ChainRow {
    pub fn new(chain: &ChainIdentity) -> Self {
        Self {
            genesis: chain.genesis,
            protocol_fee: chain.protocol_fee,
            submitter_share: chain.submitter_share,
            position: None,
            totals: ChainTotals::default(),
        }
    }

    pub fn check_genesis(&self, given: &BlockHash) -> Result<(), StoreError> {
        if self.genesis == *given {
            return Ok(());
        }
        Err(StoreError::OtherChain { stored: HashHex(self.genesis), given: HashHex(*given) })
    }

    /// Writes the row unless one is there: two replicas may start at the same moment.
    pub async fn insert_if_absent(&self, connection: &mut AnyConnection) -> Result<(), StoreError> {
        let sql = format!(
            "INSERT INTO {} ({}) VALUES {} ON CONFLICT (id) DO NOTHING",
            Self::NAME,
            Self::COLUMNS.join(", "),
            sql::places(1, Self::COLUMNS.len()),
        );
        sql::execute(connection, "bind the chain", sql, self.values()?).await.map(|_| ())
    }

    /// Reads the row.
    pub async fn load(connection: &mut AnyConnection) -> Result<Option<Self>, StoreError> {
        let rows = sql::load::<Self>(connection, &[vec![Value::Int(THE_ROW)]]).await?;
        Ok(rows.into_iter().next())
    }

    /// Reads the row for a transaction that will write it. Writing it first, as it is, makes another writer wait here
    /// until this transaction is over, in PostgreSQL as well; so of two replicas with the same block one sees it done.
    pub async fn lock(connection: &mut AnyConnection) -> Result<Self, StoreError> {
        let sql = "UPDATE chain SET id = id WHERE id = $1".to_owned();
        sql::execute(connection, "lock the index", sql, vec![Value::Int(THE_ROW)]).await?;
        Self::load(connection).await?.ok_or(StoreError::NotBound)
    }
}

impl Table for ChainRow {
    const NAME: &'static str = "chain";
    const KEY: &'static [&'static str] = &["id"];
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "genesis",
        "protocol_fee_ppm",
        "submitter_share_ppm",
        "first_block",
        "block",
        "hash",
        "time_ms",
        "sessions",
        "open_sessions",
        "ticks",
        "paid",
        "tipped",
        "protocol",
        "submitters",
        "gateways",
        "splits",
        "creators",
    ];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        let totals = &self.totals;
        Ok(vec![
            Value::Int(THE_ROW),
            text(hex::encode(self.genesis)),
            int(self.protocol_fee.deconstruct()),
            int(self.submitter_share.deconstruct()),
            maybe_int(self.position.map(|position| position.first_block)),
            maybe_int(self.position.map(|position| position.block)),
            maybe_text(self.position.map(|position| hex::encode(position.hash))),
            maybe_big("the block's time", self.position.map(|position| position.time_ms))?,
            big("the number of sessions", totals.sessions)?,
            big("the number of open sessions", totals.open_sessions)?,
            big("the sum of ticks", totals.ticks)?,
            amount(totals.paid.0),
            amount(totals.tipped.0),
            amount(totals.protocol.0),
            amount(totals.submitters.0),
            amount(totals.gateways.0),
            amount(totals.splits.0),
            amount(totals.creators.0),
        ])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            genesis: row.bytes("genesis")?,
            protocol_fee: Permill::from_parts(row.u32("protocol_fee_ppm")?),
            submitter_share: Permill::from_parts(row.u32("submitter_share_ppm")?),
            position: read_position(row)?,
            totals: ChainTotals {
                sessions: row.u64("sessions")?,
                open_sessions: row.u64("open_sessions")?,
                ticks: row.u64("ticks")?,
                paid: Planck(row.amount("paid")?),
                tipped: Planck(row.amount("tipped")?),
                protocol: Planck(row.amount("protocol")?),
                submitters: Planck(row.amount("submitters")?),
                gateways: Planck(row.amount("gateways")?),
                splits: Planck(row.amount("splits")?),
                creators: Planck(row.amount("creators")?),
            },
        })
    }
}

fn read_position(row: &Fields<'_>) -> Result<Option<Position>, StoreError> {
    let Some(block) = row.maybe_u32("block")? else { return Ok(None) };
    Ok(Some(Position {
        first_block: row.u32("first_block")?,
        block,
        hash: row.bytes("hash")?,
        time_ms: row.u64("time_ms")?,
    }))
}
