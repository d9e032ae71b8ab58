//! The single row that names the chain and the last block in the index.

use crate::{
    block::{BlockHash, ChainIdentity, Cursor},
    error::StoreError,
    sql::{self, hash, int, maybe_hash, maybe_int, Fields, Table, Value},
};
use sp_runtime::Permill;
use sqlx::AnyConnection;

/// Key of the only row.
const ROW_ID: i64 = 1;

/// The chain that the index is of, its rates, and the last block.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct ChainRow {
    pub genesis: BlockHash,
    pub protocol_fee: Permill,
    pub submitter_share: Permill,
    /// `None` before the first block.
    pub cursor: Option<Cursor>,
}

impl ChainRow {
    pub fn new(chain: &ChainIdentity) -> Self {
        Self {
            genesis: chain.genesis,
            protocol_fee: chain.protocol_fee,
            submitter_share: chain.submitter_share,
            cursor: None,
        }
    }

    pub fn check_genesis(&self, given: BlockHash) -> Result<(), StoreError> {
        if self.genesis == given {
            return Ok(());
        }
        Err(StoreError::OtherChain { stored: self.genesis, given })
    }

    /// Writes the row unless there is one: two replicas may start at the same moment.
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
        let rows = sql::load::<Self>(connection, &[vec![Value::Int(ROW_ID)]]).await?;
        Ok(rows.into_iter().next())
    }

    /// Reads the row and locks it until the transaction ends. A write that changes nothing makes another writer wait in
    /// PostgreSQL as well; so of two replicas with the same block the second one finds it applied.
    pub async fn lock(connection: &mut AnyConnection) -> Result<Self, StoreError> {
        let sql = "UPDATE chain SET id = id WHERE id = $1".to_owned();
        sql::execute(connection, "lock the index", sql, vec![Value::Int(ROW_ID)]).await?;
        Self::load(connection).await?.ok_or(StoreError::NotBound)
    }
}

impl Table for ChainRow {
    const NAME: &'static str = "chain";
    const KEY: &'static [&'static str] = &["id"];
    const COLUMNS: &'static [&'static str] =
        &["id", "genesis", "protocol_fee_ppm", "submitter_share_ppm", "block", "hash"];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![
            Value::Int(ROW_ID),
            hash(&self.genesis),
            int(self.protocol_fee.deconstruct()),
            int(self.submitter_share.deconstruct()),
            maybe_int(self.cursor.map(|cursor| cursor.number)),
            maybe_hash(self.cursor.map(|cursor| cursor.hash)),
        ])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        let cursor = match row.maybe_u32("block")? {
            Some(number) => Some(Cursor { number, hash: row.hash("hash")? }),
            None => None,
        };
        Ok(Self {
            genesis: row.hash("genesis")?,
            protocol_fee: Permill::from_parts(row.u32("protocol_fee_ppm")?),
            submitter_share: Permill::from_parts(row.u32("submitter_share_ppm")?),
            cursor,
        })
    }
}
