//! Several nodes of one chain, one of which is connected; another is reached when it does not answer.

use crate::{rpc::types::SubmitResponse, Call, Chain, ChainError, ClaimRow, Receipt, Signer, TickRpc};
use std::{
    future::Future,
    sync::{PoisonError, RwLock},
    time::Duration,
};
use tick_stream_primitives::{CloseRow, GenesisHash, SignedTicket};
use tokio::sync::Mutex;

/// How long a node may take to be connected to.
pub const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// How long a node may take to answer.
pub const ANSWER_LIMIT: Duration = Duration::from_secs(20);
/// Nodes asked the same question, one after the other, until it counts as unanswered.
pub const MAX_ASKED: usize = 2;

/// Why the chain could not be asked.
#[derive(Clone, Debug, thiserror::Error)]
pub enum NodesError {
    /// None of them.
    #[error("no node answers ({0}); see that one of those named runs and can be reached")]
    Unreachable(String),
    /// Another chain than before.
    #[error("the node at {0} is of another chain; name only nodes of one chain")]
    OtherChain(String),
    /// It answered, and said no.
    #[error("{0}")]
    Refused(String),
}

/// A connected node: one WebSocket for subxt and one for the tick pool.
#[derive(Clone)]
pub struct Connection {
    /// Where.
    pub url: String,
    /// The chain.
    pub chain: Chain,
    /// The tick pool.
    pub ticks: TickRpc,
    /// Which of all that were made: the same node may be connected to again.
    number: u64,
}

#[derive(Default)]
struct Current {
    connection: Option<Connection>,
    /// The node to try first: the last that answered.
    preferred: usize,
    made: u64,
}

/// All nodes that are named, one of which is connected.
pub struct Nodes {
    urls: Vec<String>,
    genesis: GenesisHash,
    current: Mutex<Current>,
    trouble: RwLock<Option<String>>,
}

impl Nodes {
    /// Connects to the first that answers.
    pub async fn connect(urls: &[String]) -> Result<Self, NodesError> {
        let (preferred, connection) = first_answer(urls, 0, 0).await?;
        Ok(Self {
            urls: urls.to_vec(),
            genesis: connection.chain.genesis_hash(),
            current: Mutex::new(Current { connection: Some(connection), preferred, made: 1 }),
            trouble: RwLock::new(None),
        })
    }

    /// Block 0's hash.
    pub fn genesis(&self) -> GenesisHash {
        self.genesis
    }

    /// What is wrong with the connection, if anything.
    pub fn trouble(&self) -> Option<String> {
        self.trouble.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_trouble(&self, trouble: Option<String>) {
        *self.trouble.write().unwrap_or_else(PoisonError::into_inner) = trouble;
    }

    /// A connection, made anew if the last one failed.
    pub async fn connection(&self) -> Result<Connection, NodesError> {
        let mut current = self.current.lock().await;
        if let Some(connection) = &current.connection {
            return Ok(connection.clone());
        }
        let found = first_answer(&self.urls, current.preferred, current.made).await;
        let found = found.and_then(|(place, connection)| {
            let is_ours = connection.chain.genesis_hash() == self.genesis;
            is_ours.then_some((place, connection)).ok_or_else(|| NodesError::OtherChain(self.urls[place].clone()))
        });
        self.set_trouble(found.as_ref().err().map(ToString::to_string));
        if matches!(found, Err(NodesError::OtherChain(_))) {
            current.preferred = current.preferred.wrapping_add(1);
        }
        let (place, connection) = found?;
        tracing::info!(node = connection.url, "connected to a node");
        *current = Current { connection: Some(connection.clone()), preferred: place, made: current.made + 1 };
        Ok(connection)
    }

    /// Gives a connection up that did not answer, so that the next asker gets another. What is not the current one any
    /// more has been given up already.
    pub async fn give_up(&self, failed: &Connection, why: &str) {
        let mut current = self.current.lock().await;
        if current.connection.as_ref().is_some_and(|connection| connection.number == failed.number) {
            tracing::warn!(node = failed.url, why, "the connection to the node is gone");
            self.set_trouble(Some(format!("{}: {why}", failed.url)));
            current.connection = None;
            current.preferred = current.preferred.wrapping_add(1);
        }
    }

    /// Asks the chain. An answer that does not come, or no connection, is tried once more with another node.
    pub async fn ask<T, F>(&self, question: impl Fn(Chain) -> F) -> Result<T, NodesError>
    where
        F: Future<Output = Result<T, ChainError>>,
    {
        let mut failure = NodesError::Unreachable(String::new());
        for _ in 0..MAX_ASKED {
            let connection = self.connection().await?;
            let why = match tokio::time::timeout(ANSWER_LIMIT, question(connection.chain.clone())).await {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(error)) if error.is_refusal() => {
                    failure = NodesError::Refused(error.to_string());
                    // Another node may know more, such as a state that this one has pruned.
                    if error.dispatch().is_some() || self.urls.len() == 1 {
                        return Err(failure);
                    }
                    error.to_string()
                }
                Ok(Err(error)) => {
                    failure = NodesError::Unreachable(error.to_string());
                    error.to_string()
                }
                Err(_) => {
                    failure = NodesError::Unreachable(no_answer(ANSWER_LIMIT));
                    no_answer(ANSWER_LIMIT)
                }
            };
            self.give_up(&connection, &why).await;
        }
        Err(failure)
    }

    /// Hands rows to the node's tick pool.
    pub async fn submit(
        &self,
        opens: &[SignedTicket],
        claims: &[ClaimRow],
        closes: &[CloseRow],
    ) -> Result<SubmitResponse, NodesError> {
        let connection = self.connection().await?;
        let answer = tokio::time::timeout(ANSWER_LIMIT, connection.ticks.submit(opens, claims, closes)).await;
        let why = match answer {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(error)) => error.to_string(),
            Err(_) => no_answer(ANSWER_LIMIT),
        };
        self.give_up(&connection, &why).await;
        Err(NodesError::Unreachable(why))
    }

    /// Signs and sends a call, and waits until a best block has it. It is sent once: without an answer it may be in a block
    /// all the same, and a second one would cost a second fee.
    pub async fn execute(&self, call: &Call, signer: &Signer) -> Result<Receipt, NodesError> {
        let connection = self.connection().await?;
        match tokio::time::timeout(ANSWER_LIMIT, connection.chain.execute(call, signer)).await {
            Ok(Ok(receipt)) => Ok(receipt),
            Ok(Err(error)) if error.is_refusal() => Err(NodesError::Refused(error.to_string())),
            Ok(Err(error)) => {
                self.give_up(&connection, &error.to_string()).await;
                Err(NodesError::Unreachable(error.to_string()))
            }
            // The node answers, else the connection would have failed: it is the block that does not come.
            Err(_) => Err(NodesError::Refused(format!("it is in no block after {} s", ANSWER_LIMIT.as_secs()))),
        }
    }
}

async fn first_answer(urls: &[String], first: usize, number: u64) -> Result<(usize, Connection), NodesError> {
    let mut reasons = Vec::with_capacity(urls.len());
    for turn in 0..urls.len() {
        let place = first.wrapping_add(turn) % urls.len();
        let url = &urls[place];
        match tokio::time::timeout(CONNECT_LIMIT, connect(url, number)).await {
            Ok(Ok(connection)) => return Ok((place, connection)),
            Ok(Err(why)) => reasons.push(format!("{url}: {why}")),
            Err(_) => reasons.push(format!("{url}: {}", no_answer(CONNECT_LIMIT))),
        }
    }
    Err(NodesError::Unreachable(if urls.is_empty() { "none is named".into() } else { reasons.join("; ") }))
}

async fn connect(url: &str, number: u64) -> Result<Connection, String> {
    let chain = Chain::connect(url).await.map_err(|error| error.to_string())?;
    let ticks = TickRpc::connect(url).await.map_err(|error| error.to_string())?;
    Ok(Connection { url: url.to_owned(), chain, ticks, number })
}

fn no_answer(limit: Duration) -> String {
    format!("no answer in {} s", limit.as_secs())
}

#[cfg(test)]
mod tests;
