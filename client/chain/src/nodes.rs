//! Several nodes of one chain, one of which is connected. When it fails, another is connected instead, until one that is named
//! before it works again.

mod limits;
mod preferred;
mod rest;

use self::rest::Rest;
use crate::{rpc::types::SubmitResponse, Call, Chain, ChainError, ClaimRow, Receipt, Signer, TickRpc};
use std::{
    future::Future,
    sync::{PoisonError, RwLock},
    time::Duration,
};
use tick_stream_primitives::{Balance, CloseRow, GenesisHash, SignedTicket};
use tokio::{
    sync::{watch, Mutex},
    time::Instant,
};

pub use limits::{MAX_BEHIND_BLOCKS, PROBE_EVERY, PROBE_LIMIT, REST_FIRST, REST_MOST, STEADY_FOR};

/// Longest time to connect to a node.
pub const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// Longest time for a node to answer.
pub const ANSWER_LIMIT: Duration = Duration::from_secs(20);
/// Number of nodes that are asked, one after the other, before a request fails.
pub const MAX_ASKED: usize = 2;

/// Reason why a request to the nodes failed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum NodesError {
    /// None of the nodes answers.
    #[error("no node answers ({0}); check that one of the configured nodes runs and can be reached")]
    Unreachable(String),
    /// A node is of another chain than the first that was connected.
    #[error("the node at {0} is of another chain; configure only nodes of one chain")]
    OtherChain(String),
    /// The node or the chain refused the request.
    #[error("{0}")]
    Refused(String),
}

/// Connections to one node: a WebSocket for subxt and one for the tick pool.
#[derive(Clone)]
pub struct Connection {
    /// Address of the node.
    pub url: String,
    /// Connection to the chain.
    pub chain: Chain,
    /// Connection to the tick pool.
    pub ticks: TickRpc,
    /// Index of the node among the configured ones.
    place: usize,
    /// Sequence number, which tells a connection from later ones to the same node.
    number: u64,
}

struct Current {
    connection: Option<Connection>,
    /// Index of the node to try first: the last one that answered. May exceed the number of nodes, and wraps around.
    first: usize,
    /// Moment at which the last connection became the current one.
    since: Instant,
    /// Rest of each node after its failures.
    rests: Vec<Rest>,
}

/// The connection that became the current one last.
#[derive(Clone, Copy)]
struct Latest {
    number: u64,
    place: usize,
}

/// Configured nodes, one of which is connected. The first is preferred to the second, and so on.
pub struct Nodes {
    urls: Vec<String>,
    genesis: GenesisHash,
    current: Mutex<Current>,
    latest: watch::Sender<Latest>,
    trouble: RwLock<Option<String>>,
}

impl Nodes {
    /// Connects to the first node of `urls` that answers.
    ///
    /// # Errors
    ///
    /// [`NodesError::Unreachable`] when none of them answers within [`CONNECT_LIMIT`].
    pub async fn connect(urls: &[String]) -> Result<Self, NodesError> {
        let connection = first_answer(urls, 0).await?;
        let (first, number) = (connection.place, connection.number);
        let rests = urls.iter().map(|_| Rest::default()).collect();
        Ok(Self {
            urls: urls.to_vec(),
            genesis: connection.chain.genesis_hash(),
            current: Mutex::new(Current { connection: Some(connection), first, since: Instant::now(), rests }),
            latest: watch::Sender::new(Latest { number, place: first }),
            trouble: RwLock::new(None),
        })
    }

    /// Returns the hash of block 0.
    pub fn genesis(&self) -> GenesisHash {
        self.genesis
    }

    /// Returns what is wrong with the connection, or `None` when it is not known to have failed.
    pub fn trouble(&self) -> Option<String> {
        self.trouble.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns the index of the node that was connected last, among the configured ones.
    pub fn place(&self) -> usize {
        self.latest.borrow().place
    }

    fn set_trouble(&self, trouble: Option<String>) {
        *self.trouble.write().unwrap_or_else(PoisonError::into_inner) = trouble;
    }

    /// Returns the current connection. If it was given up, connects to the next node that answers.
    ///
    /// # Errors
    ///
    /// [`NodesError::Unreachable`] when no node answers, and [`NodesError::OtherChain`] when the node that answers is of
    /// another chain; the next call tries the node after it.
    pub async fn connection(&self) -> Result<Connection, NodesError> {
        let mut current = self.current.lock().await;
        if let Some(connection) = &current.connection {
            return Ok(connection.clone());
        }
        let found = first_answer(&self.urls, current.first).await.and_then(|connection| {
            if connection.chain.genesis_hash() == self.genesis {
                Ok(connection)
            } else {
                Err(NodesError::OtherChain(connection.url))
            }
        });
        self.set_trouble(found.as_ref().err().map(ToString::to_string));
        if matches!(found, Err(NodesError::OtherChain(_))) {
            current.first = current.first.wrapping_add(1);
        }
        let connection = self.install(&mut current, found?);
        tracing::info!(node = connection.url, "connected to a node");
        Ok(connection)
    }

    /// Makes a connection the current one, and returns it with its sequence number.
    fn install(&self, current: &mut Current, connection: Connection) -> Connection {
        let latest = Latest { number: self.latest.borrow().number + 1, place: connection.place };
        let connection = Connection { number: latest.number, ..connection };
        current.connection = Some(connection.clone());
        current.first = latest.place;
        current.since = Instant::now();
        self.latest.send_replace(latest);
        connection
    }

    /// Returns whether another connection has become the current one after this one.
    pub(crate) fn is_replaced(&self, connection: &Connection) -> bool {
        self.latest.borrow().number != connection.number
    }

    /// Waits until another connection has become the current one after this one.
    pub(crate) async fn replaced(&self, connection: &Connection) {
        let mut latest = self.latest.subscribe();
        // It fails only without a sender, which `self` is.
        let _ = latest.wait_for(|latest| latest.number != connection.number).await;
    }

    /// Gives a failed connection up, so that [`Self::connection`] makes another. Does nothing if the connection is not the
    /// current one: then it has been given up before.
    pub async fn give_up(&self, failed: &Connection, why: &str) {
        let mut current = self.current.lock().await;
        if current.connection.as_ref().is_some_and(|connection| connection.number == failed.number) {
            tracing::warn!(node = failed.url, why, "gave up the connection to a node");
            self.set_trouble(Some(format!("{}: {why}", failed.url)));
            let (now, served) = (Instant::now(), current.since.elapsed());
            if let Some(rest) = current.rests.get_mut(failed.place) {
                rest.begin(now, served);
            }
            current.connection = None;
            current.first = failed.place.wrapping_add(1);
        }
    }

    /// Sends a request to the chain, and repeats it once with another node if the first does not answer within
    /// [`ANSWER_LIMIT`] or refuses. An error of a call in a block is final, and so is any refusal if there is only one node.
    ///
    /// # Errors
    ///
    /// [`NodesError::Refused`] when the last node refused the request, otherwise as [`Self::connection`].
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
                    // Another node may have more, such as a state that this one has pruned.
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

    /// Puts rows into the node's tick pool and returns a verdict on each. The rows are sent once; see [`TickRpc::submit`].
    ///
    /// # Errors
    ///
    /// As [`Self::connection`]; [`NodesError::Unreachable`] also when the node refuses the whole request.
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

    /// Signs and sends a call, and waits until it is in a best block. The call is sent only once: when the answer is lost,
    /// it may be in a block all the same, and sending it again would cost a second fee.
    ///
    /// # Errors
    ///
    /// [`NodesError::Refused`] when the node or the chain refuses the call, or it is in no block after [`ANSWER_LIMIT`];
    /// otherwise as [`Self::connection`].
    pub async fn execute(&self, call: &Call, signer: &Signer) -> Result<Receipt, NodesError> {
        self.execute_with_tip(call, signer, 0).await
    }

    /// The same with a tip in planck, which gets the call into a block before those with lower tips.
    ///
    /// # Errors
    ///
    /// As [`Self::execute`].
    pub async fn execute_with_tip(&self, call: &Call, signer: &Signer, tip: Balance) -> Result<Receipt, NodesError> {
        let connection = self.connection().await?;
        let executed = connection.chain.execute_with_tip(call, signer, tip);
        match tokio::time::timeout(ANSWER_LIMIT, executed).await {
            Ok(Ok(receipt)) => Ok(receipt),
            Ok(Err(error)) if error.is_refusal() => Err(NodesError::Refused(error.to_string())),
            Ok(Err(error)) => {
                self.give_up(&connection, &error.to_string()).await;
                Err(NodesError::Unreachable(error.to_string()))
            }
            // The connection has not failed, so the node works, and no block includes the call.
            Err(_) => Err(NodesError::Refused(format!("no block has included it within {} s", ANSWER_LIMIT.as_secs()))),
        }
    }
}

/// Connects to the first node that answers, from the index `first` on.
async fn first_answer(urls: &[String], first: usize) -> Result<Connection, NodesError> {
    let mut reasons = Vec::with_capacity(urls.len());
    for turn in 0..urls.len() {
        let place = first.wrapping_add(turn) % urls.len();
        match connect(urls, place).await {
            Ok(connection) => return Ok(connection),
            Err(why) => reasons.push(format!("{}: {why}", urls[place])),
        }
    }
    Err(NodesError::Unreachable(if urls.is_empty() { "no node is configured".into() } else { reasons.join("; ") }))
}

/// Connects to the node with the index `place` within [`CONNECT_LIMIT`]. The connection has no sequence number yet.
async fn connect(urls: &[String], place: usize) -> Result<Connection, String> {
    let url = &urls[place];
    let connecting = async {
        let chain = Chain::connect(url).await.map_err(|error| error.to_string())?;
        let ticks = TickRpc::connect(url).await.map_err(|error| error.to_string())?;
        Ok(Connection { url: url.clone(), chain, ticks, place, number: 0 })
    };
    tokio::time::timeout(CONNECT_LIMIT, connecting).await.unwrap_or_else(|_| Err(no_answer(CONNECT_LIMIT)))
}

fn no_answer(limit: Duration) -> String {
    format!("no answer within {} s", limit.as_secs())
}

#[cfg(test)]
mod tests;
