//! Best blocks: what is likely, at once.

use super::{load_sessions, load_streams, tell, SILENCE_LIMIT};
use crate::{
    node::{Connection, Node, RETRY_FIRST, RETRY_MOST},
    shutdown::Shutdown,
};
use futures::StreamExt;
use std::{collections::VecDeque, sync::Arc};
use tick_stream_primitives::{AccountId, BlockNumber, SessionId};
use vilokanam_chain::{Block, Chain, ChainError, Head, TickEvent};
use vilokanam_paywall::{Paywall, Seen, StreamTerms};

/// Blocks remembered, to tell what a reorganisation undoes. Finality is a few blocks behind; what is older stays.
const MAX_REMEMBERED: usize = 64;

/// A block that was told to the paywall, and the sessions it opened.
struct Told {
    block: Block,
    opened: Vec<SessionId>,
}

/// Follows best blocks until told to end.
pub async fn follow_best(paywall: Arc<Paywall>, node: Arc<Node>, gateway: AccountId, shutdown: Shutdown) {
    let mut follower = Follower { paywall, node, gateway, told: VecDeque::new() };
    let mut wait = RETRY_FIRST;
    while !shutdown.has_begun() {
        let result = tokio::select! {
            () = shutdown.begun() => return,
            result = follower.follow() => result,
        };
        if let Err(why) = result {
            tracing::warn!(why, "best blocks are not followed; trying again");
        }
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(RETRY_MOST);
        if !follower.told.is_empty() {
            wait = RETRY_FIRST;
        }
    }
}

struct Follower {
    paywall: Arc<Paywall>,
    node: Arc<Node>,
    gateway: AccountId,
    told: VecDeque<Told>,
}

impl Follower {
    async fn follow(&mut self) -> Result<(), String> {
        let connection = self.node.connection().await.map_err(|error| error.to_string())?;
        let result = self.follow_on(&connection).await;
        if let Err(why) = &result {
            self.node.give_up(&connection, why).await;
        }
        result
    }

    async fn follow_on(&mut self, connection: &Connection) -> Result<(), String> {
        let mut blocks = connection.chain.best_blocks().await.map_err(|error| error.to_string())?;
        // Whatever was missed before the subscription is in the state by now.
        self.told.clear();
        load_streams(&self.paywall, &self.node).await.map_err(|error| error.to_string())?;
        load_sessions(&self.paywall, &self.node).await.map_err(|error| error.to_string())?;
        loop {
            let next = tokio::time::timeout(SILENCE_LIMIT, blocks.next()).await;
            let next = next.map_err(|_| format!("no block in {} s", SILENCE_LIMIT.as_secs()))?;
            let block = next.ok_or("the subscription ended")?.map_err(|error| error.to_string())?;
            self.advance(&connection.chain, block).await.map_err(|error| error.to_string())?;
        }
    }

    /// Undoes what is not an ancestor of `block`, then tells every block from there up to it.
    async fn advance(&mut self, chain: &Chain, block: Block) -> Result<(), ChainError> {
        let mut branch = vec![chain.head(block.hash).await?];
        while let Some(head) = branch.last().copied() {
            self.undo_from(head.number);
            let is_joined = self.told.back().is_none_or(|told| told.block.hash == head.parent);
            if is_joined || branch.len() > MAX_REMEMBERED {
                break;
            }
            branch.push(chain.head(head.parent).await?);
        }
        for head in branch.into_iter().rev() {
            self.tell_block(chain, head).await?;
        }
        Ok(())
    }

    /// Takes back what was told of blocks as high as `number` and higher.
    fn undo_from(&mut self, number: BlockNumber) {
        while self.told.back().is_some_and(|told| told.block.number >= number) {
            let Some(told) = self.told.pop_back() else { return };
            tracing::debug!(number = told.block.number, "a block was undone");
            told.opened.into_iter().for_each(|id| self.paywall.reorged_out(id));
        }
    }

    async fn tell_block(&mut self, chain: &Chain, head: Head) -> Result<(), ChainError> {
        let state = chain.at(head.hash);
        let mut opened = Vec::new();
        for event in chain.tick_events(head.hash).await? {
            match &event {
                TickEvent::SessionOpened { session, gateway, .. } if *gateway == self.gateway => {
                    // None when it was closed in the same block: the event that follows says so.
                    if let Some(state) = state.session(*session).await? {
                        self.paywall.opened(*session, &state, Seen::Best);
                        opened.push(*session);
                    }
                }
                TickEvent::SessionClosing { session, .. } => {
                    let closing = state.session(*session).await?.and_then(|session| session.closing);
                    closing.into_iter().for_each(|closing| self.paywall.closing(*session, closing));
                }
                event => tell(&self.paywall, event, Seen::Best),
            }
            if let Some(id) = event.changed_stream() {
                match state.stream(id).await? {
                    Some(stream) => drop(self.paywall.stream(StreamTerms::from_chain(id, &stream))),
                    None => self.paywall.stream_gone(id),
                }
            }
        }
        self.paywall.block(head.number, head.moment_ms, Seen::Best);
        let block = Block { number: head.number, hash: head.hash };
        self.told.push_back(Told { block, opened });
        while self.told.len() > MAX_REMEMBERED {
            self.told.pop_front();
        }
        Ok(())
    }
}
