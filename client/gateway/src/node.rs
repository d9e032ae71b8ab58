//! The node: whichever of the configured ones answers, reached anew when it does not.

use crate::config::Chain as Settings;
use parking_lot::RwLock;
use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};
use tick_stream_primitives::{AccountId, Batch, CloseRow, Deposit, GenesisHash, SignedTicket};
use tokio::sync::Mutex;
use vilokanam_chain::{rpc::types::SubmitResponse, Call, Chain, ChainError, ClaimRow, Receipt, Signer, TickRpc};

/// How long a node may take to be connected to.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a node may take to answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(20);
/// How long to wait after every node has been tried in vain: at first, and at most.
pub const RETRY_FIRST: Duration = Duration::from_millis(500);
pub const RETRY_MOST: Duration = Duration::from_secs(10);

/// Why the chain could not be asked.
#[derive(Clone, Debug, thiserror::Error)]
pub enum NodeError {
    /// None of them.
    #[error("no node answers ({0}); see that one of chain.nodes runs and can be reached")]
    Unreachable(String),
    /// Another chain than before.
    #[error("the node at {0} is of another chain; name only nodes of the chain this gateway serves")]
    OtherChain(String),
    /// It answered, and said no.
    #[error("{0}")]
    Refused(String),
}

/// A connected node: one WebSocket for subxt and one for the tick pool.
#[derive(Clone)]
pub struct Connection {
    pub url: String,
    pub chain: Chain,
    pub ticks: TickRpc,
}

/// All configured nodes, one of which is connected.
pub struct Node {
    urls: Vec<String>,
    genesis: GenesisHash,
    current: Mutex<Option<Connection>>,
    /// The one to try first: the last that answered.
    preferred: AtomicUsize,
    trouble: RwLock<Option<String>>,
}

impl Node {
    /// Connects to the first that answers.
    pub async fn connect(settings: &Settings) -> Result<Self, NodeError> {
        let (place, connection) = first_answer(&settings.nodes, 0).await?;
        Ok(Self {
            urls: settings.nodes.clone(),
            genesis: connection.chain.genesis_hash(),
            current: Mutex::new(Some(connection)),
            preferred: AtomicUsize::new(place),
            trouble: RwLock::new(None),
        })
    }

    /// Block 0's hash.
    pub fn genesis(&self) -> GenesisHash {
        self.genesis
    }

    /// What is wrong with the connection, if anything.
    pub fn trouble(&self) -> Option<String> {
        self.trouble.read().clone()
    }

    /// A connection, made anew if the last one failed.
    pub async fn connection(&self) -> Result<Connection, NodeError> {
        let mut current = self.current.lock().await;
        if let Some(connection) = &*current {
            return Ok(connection.clone());
        }
        let found = first_answer(&self.urls, self.preferred.load(Ordering::Relaxed)).await;
        let found = found.and_then(|(place, connection)| {
            let is_ours = connection.chain.genesis_hash() == self.genesis;
            is_ours.then_some((place, connection)).ok_or_else(|| NodeError::OtherChain(self.urls[place].clone()))
        });
        *self.trouble.write() = found.as_ref().err().map(ToString::to_string);
        let (place, connection) = found?;
        tracing::info!(node = connection.url, "connected to a node");
        self.preferred.store(place, Ordering::Relaxed);
        *current = Some(connection.clone());
        Ok(connection)
    }

    /// Gives a connection up that did not answer, so that the next asker gets another.
    pub async fn give_up(&self, failed: &Connection, why: &str) {
        let mut current = self.current.lock().await;
        if current.as_ref().is_some_and(|connection| connection.url == failed.url) {
            tracing::warn!(node = failed.url, why, "the connection to the node is gone");
            *self.trouble.write() = Some(format!("{}: {why}", failed.url));
            *current = None;
            self.preferred.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Asks the chain. An answer that does not come, or no connection, is tried once more with another node.
    pub async fn ask<T, F>(&self, question: impl Fn(Chain) -> F) -> Result<T, NodeError>
    where
        F: std::future::Future<Output = Result<T, ChainError>>,
    {
        let mut why = String::new();
        for _ in 0..2 {
            let connection = self.connection().await?;
            match tokio::time::timeout(ANSWER_TIMEOUT, question(connection.chain.clone())).await {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(error)) if error.dispatch().is_some() => return Err(NodeError::Refused(error.to_string())),
                Ok(Err(error)) => why = error.to_string(),
                Err(_) => why = format!("no answer in {} s", ANSWER_TIMEOUT.as_secs()),
            }
            self.give_up(&connection, &why).await;
        }
        Err(NodeError::Unreachable(why))
    }

    /// A viewer's deposit in the finalized state.
    pub async fn finalized_deposit(&self, viewer: &AccountId) -> Result<Option<Deposit>, NodeError> {
        self.ask(|chain| async move {
            let block = chain.finalized().await?;
            chain.at(block.hash).deposit(viewer).await
        })
        .await
    }

    /// Hands rows to the node's tick pool.
    pub async fn submit(
        &self,
        opens: &[SignedTicket],
        claims: &[ClaimRow],
        closes: &[CloseRow],
    ) -> Result<SubmitResponse, NodeError> {
        let connection = self.connection().await?;
        let answer = tokio::time::timeout(ANSWER_TIMEOUT, connection.ticks.submit(opens, claims, closes)).await;
        let why = match answer {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("no answer in {} s", ANSWER_TIMEOUT.as_secs()),
        };
        self.give_up(&connection, &why).await;
        Err(NodeError::Unreachable(why))
    }

    /// Submits a batch as an extrinsic of this gateway's own, and waits until it is in a block.
    pub async fn process_batch(&self, batch: &Batch, signer: &Signer) -> Result<Receipt, NodeError> {
        self.ask(|chain| async move { chain.execute(&Call::process_batch(batch), signer).await }).await
    }
}

async fn first_answer(urls: &[String], first: usize) -> Result<(usize, Connection), NodeError> {
    let mut reasons = Vec::with_capacity(urls.len());
    for turn in 0..urls.len() {
        let place = (first + turn) % urls.len();
        let url = &urls[place];
        match tokio::time::timeout(CONNECT_TIMEOUT, connect(url)).await {
            Ok(Ok(connection)) => return Ok((place, connection)),
            Ok(Err(why)) => reasons.push(format!("{url}: {why}")),
            Err(_) => reasons.push(format!("{url}: no answer in {} s", CONNECT_TIMEOUT.as_secs())),
        }
    }
    Err(NodeError::Unreachable(reasons.join("; ")))
}

async fn connect(url: &str) -> Result<Connection, String> {
    let chain = Chain::connect(url).await.map_err(|error| error.to_string())?;
    let ticks = TickRpc::connect(url).await.map_err(|error| error.to_string())?;
    Ok(Connection { url: url.to_owned(), chain, ticks })
}
