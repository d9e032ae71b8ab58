//! Tips that are shown and not final yet, and those whose messages were deleted meanwhile.

use super::{numbers::is_of_tip, tips::Tip};
use std::collections::VecDeque;
use tick_stream_primitives::{AccountId, StreamId};
use vilokanam_chain::Block;
use vilokanam_wire::chat::MessageId;

/// Tips of best blocks that are remembered until they are final. Older ones are shown when they are.
const MAX_RECENT: usize = 512;
/// Messages of tips that were deleted before they were stored.
const MAX_DELETED: usize = 1_024;

/// Tips that are not final.
#[derive(Default)]
pub(super) struct RecentTips {
    recent: VecDeque<(Block, Tip)>,
    /// Messages that moderators have deleted, which are not to come back.
    deleted: VecDeque<u64>,
}

impl RecentTips {
    /// Remembers a tip. Returns false if it is known.
    pub(super) fn add(&mut self, block: Block, tip: &Tip) -> bool {
        let is_known = self.recent.iter().any(|(of, known)| *of == block && known == tip);
        if !is_known {
            if self.recent.len() >= MAX_RECENT {
                self.recent.pop_front();
            }
            self.recent.push_back((block, tip.clone()));
        }
        !is_known
    }

    /// Forgets the tips of a block, and returns them.
    pub(super) fn take_block(&mut self, block: Block) -> Vec<Tip> {
        let (gone, kept): (VecDeque<_>, VecDeque<_>) = self.recent.drain(..).partition(|(of, _)| *of == block);
        self.recent = kept;
        gone.into_iter().map(|(_, tip)| tip).collect()
    }

    pub(super) fn forget(&mut self, tip: &Tip) {
        self.recent.retain(|(_, known)| known != tip);
    }

    pub(super) fn of_stream(&self, stream: StreamId) -> Vec<Tip> {
        self.recent.iter().filter(|(_, tip)| tip.stream == stream).map(|(_, tip)| tip.clone()).collect()
    }

    /// Returns whether somebody has tipped a stream in a block that is not final.
    pub(super) fn has(&self, stream: StreamId, giver: &AccountId) -> bool {
        self.recent.iter().any(|(_, tip)| tip.stream == stream && tip.giver == *giver)
    }

    /// Notes that messages were deleted.
    pub(super) fn note_deleted(&mut self, ids: &[MessageId]) {
        self.deleted.extend(ids.iter().map(|id| id.0).filter(|id| is_of_tip(*id)));
        while self.deleted.len() > MAX_DELETED {
            self.deleted.pop_front();
        }
    }

    pub(super) fn is_deleted(&self, id: u64) -> bool {
        self.deleted.contains(&id)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::numbers::number_of_tip, *};
    use tick_stream_primitives::Moment;

    fn block(number: u32) -> Block {
        Block { number, hash: [7; 32].into() }
    }

    fn tip(ordinal: u32, made_at: Moment) -> Tip {
        Tip { stream: 7, giver: AccountId::new([3; 32]), amount: 5, memo: b"hi".to_vec(), made_at, ordinal }
    }

    #[test]
    fn tips_of_an_undone_block_are_forgotten() {
        let mut tips = RecentTips::default();
        assert!(tips.add(block(1), &tip(0, 1)) && tips.add(block(1), &tip(1, 1)) && tips.add(block(2), &tip(0, 2)));
        assert!(!tips.add(block(2), &tip(0, 2)), "a block is reported again after a failure");
        assert_eq!(tips.take_block(block(1)).len(), 2);
        assert_eq!(tips.of_stream(7), [tip(0, 2)]);
        assert!(tips.has(7, &AccountId::new([3; 32])) && !tips.has(8, &AccountId::new([3; 32])));
        tips.forget(&tip(0, 2));
        assert!(!tips.has(7, &AccountId::new([3; 32])));
    }

    #[test]
    fn only_as_many_tips_as_allowed_are_remembered() {
        let mut tips = RecentTips::default();
        (0..1_000).for_each(|ordinal| assert!(tips.add(block(1), &tip(ordinal, 1))));
        assert_eq!(tips.recent.len(), MAX_RECENT);
    }

    #[test]
    fn deleted_tips_are_told_from_other_messages() {
        let mut tips = RecentTips::default();
        let id = number_of_tip(1_800_000_000_000, 0);
        tips.note_deleted(&[MessageId(id), MessageId(64)]);
        assert!(tips.is_deleted(id) && !tips.is_deleted(64));
    }
}
