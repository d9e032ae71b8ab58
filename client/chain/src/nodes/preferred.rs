//! The way back to a preferred node: one that is named before the connected one.

use super::{
    connect,
    limits::{MAX_BEHIND_BLOCKS, PROBE_EVERY, PROBE_LIMIT},
    no_answer, Connection, Nodes,
};
use crate::{Backoff, Block, Chain, ChainError};
use tick_stream_primitives::BlockNumber;
use tokio::time::Instant;

/// How far the connected node is.
#[derive(Clone, Copy)]
struct Progress {
    best: BlockNumber,
    finalized: Block,
}

impl Nodes {
    /// Looks about once in [`PROBE_EVERY`] whether a node that is preferred to the connected one is well, and makes it the
    /// connected one. Runs until it is dropped; ends at once when there is only one node.
    ///
    /// A node is well when it answers, is of the same chain and in sync, and its best block is at most [`MAX_BEHIND_BLOCKS`]
    /// behind. One that has failed rests first, for longer each time that it fails soon again: see
    /// [`STEADY_FOR`](super::STEADY_FOR). Requests that wait for the other node get its answer; who follows blocks continues with
    /// the preferred node after the last block.
    pub async fn return_to_preferred(&self) {
        if self.urls.len() < 2 {
            return;
        }
        let mut pauses = Backoff::new(PROBE_EVERY, PROBE_EVERY);
        loop {
            tokio::time::sleep(pauses.pause()).await;
            self.probe_preferred().await;
        }
    }

    /// Probes the nodes before the connected one, in order, and connects the first that is well. Returns whether there was one.
    pub(crate) async fn probe_preferred(&self) -> bool {
        let Some((present, places)) = self.preferred().await else { return false };
        if places.is_empty() {
            return false;
        }
        let progress = match tokio::time::timeout(PROBE_LIMIT, progress(&present.chain)).await {
            Ok(Ok(progress)) => progress,
            // Who uses the connection notices that, and gives it up.
            Ok(Err(_)) | Err(_) => return false,
        };
        for place in places {
            match self.probe(place, progress).await {
                Ok(connection) => return self.change_to(connection).await,
                Err(why) => tracing::debug!(node = self.urls[place], why, "not returning to a preferred node yet"),
            }
        }
        false
    }

    /// Returns the current connection and the indices of the nodes before it that do not rest. `None` without a connection.
    async fn preferred(&self) -> Option<(Connection, Vec<usize>)> {
        let current = self.current.lock().await;
        let (present, now) = (current.connection.clone()?, Instant::now());
        let rested = current.rests.iter().take(present.place).enumerate().filter(|(_, rest)| rest.is_over(now));
        let places = rested.map(|(place, _)| place).collect();
        Some((present, places))
    }

    /// Connects to a node, and says why it is not well.
    async fn probe(&self, place: usize, present: Progress) -> Result<Connection, String> {
        let connection = connect(&self.urls, place).await?;
        if connection.chain.genesis_hash() != self.genesis {
            return Err("it is of another chain".into());
        }
        let checked = tokio::time::timeout(PROBE_LIMIT, check(&connection.chain, present)).await;
        match checked.map_err(|_| no_answer(PROBE_LIMIT))?.map_err(|error| error.to_string())? {
            Some(why) => Err(why),
            None => Ok(connection),
        }
    }

    /// Makes a preferred connection the current one, unless the situation has changed during the probe.
    async fn change_to(&self, connection: Connection) -> bool {
        let mut current = self.current.lock().await;
        let is_better = current.connection.as_ref().is_none_or(|present| connection.place < present.place);
        let has_rested = current.rests.get(connection.place).is_some_and(|rest| rest.is_over(Instant::now()));
        if !is_better || !has_rested {
            return false;
        }
        let connection = self.install(&mut current, connection);
        self.set_trouble(None);
        tracing::info!(node = connection.url, "returned to a preferred node");
        true
    }
}

async fn progress(chain: &Chain) -> Result<Progress, ChainError> {
    Ok(Progress { finalized: chain.finalized().await?, best: chain.best().await?.number })
}

/// Returns why a node is not well, or `None` if it is.
async fn check(chain: &Chain, present: Progress) -> Result<Option<String>, ChainError> {
    if !chain.is_in_sync().await? {
        return Ok(Some("it is not in sync with other nodes".into()));
    }
    let best = chain.best().await?.number;
    if best.saturating_add(MAX_BEHIND_BLOCKS) < present.best {
        return Ok(Some(format!("its best block is {best}, that of the connected node {}", present.best)));
    }
    let is_same_chain = match chain.hash_of(present.finalized.number).await {
        Ok(hash) => hash == present.finalized.hash,
        Err(ChainError::BlockUnknown(_)) => false,
        Err(error) => return Err(error),
    };
    Ok((!is_same_chain).then(|| format!("it does not have the finalized block {}", present.finalized.number)))
}

#[cfg(test)]
mod tests;
