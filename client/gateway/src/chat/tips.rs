//! Tips on their way from the followers of the chain to the rooms.

use tick_stream_primitives::{AccountId, Balance, Moment, StreamId, TickEvent};
use tokio::sync::mpsc;
use vilokanam_chain::{Block, FollowedBlock};

/// Tips that wait to be shown or stored.
const MAX_WAITING: usize = 1_024;

/// A tip, as its block has it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tip {
    pub stream: StreamId,
    pub giver: AccountId,
    pub amount: Balance,
    /// Not necessarily UTF-8.
    pub memo: Vec<u8>,
    /// Time of the block.
    pub made_at: Moment,
    /// How many tips the block has before this one.
    pub ordinal: u32,
}

/// What happens to tips.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TipChange {
    /// It is in a block of the best chain.
    Best(Block, Tip),
    /// The block is not of the best chain any more.
    Undone(Block),
    /// Its block is final.
    Final(Tip),
}

/// Takes tips from the followers of the chain. Clones share one queue.
#[derive(Clone)]
pub struct TipFeed(mpsc::Sender<TipChange>);

impl TipFeed {
    /// Returns the feed, and the queue that it fills.
    pub fn new() -> (Self, mpsc::Receiver<TipChange>) {
        let (sender, queue) = mpsc::channel(MAX_WAITING);
        (Self(sender), queue)
    }

    /// Reports the tips of a best block. Never waits.
    pub fn best(&self, block: &FollowedBlock) {
        tips_of(block).into_iter().for_each(|tip| self.report(TipChange::Best(block.block(), tip)));
    }

    /// Reports that a block is not of the best chain any more. Never waits.
    pub fn undone(&self, block: Block) {
        self.report(TipChange::Undone(block));
    }

    /// Reports the tips of a finalized block. Waits while the queue is full, since these are stored.
    pub async fn finalized(&self, block: &FollowedBlock) {
        for tip in tips_of(block) {
            // Fails at the end only, when the rooms are gone.
            let _ = self.0.send(TipChange::Final(tip)).await;
        }
    }

    fn report(&self, change: TipChange) {
        if let Err(mpsc::error::TrySendError::Full(_)) = self.0.try_send(change) {
            tracing::warn!("a tip is not shown before its block is final: too many wait");
        }
    }
}

fn tips_of(block: &FollowedBlock) -> Vec<Tip> {
    let tips = block.events.iter().filter_map(|placed| match &placed.event {
        TickEvent::Tipped { stream, from, amount, memo } => Some((*stream, from, *amount, memo)),
        _ => None,
    });
    let numbered = (0..).zip(tips).map(|(ordinal, (stream, from, amount, memo))| Tip {
        stream,
        giver: from.clone(),
        amount,
        memo: memo.to_vec(),
        made_at: block.head.moment_ms,
        ordinal,
    });
    numbered.collect()
}
