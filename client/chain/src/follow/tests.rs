use super::{best_chain::BestChain, finalized::read, source::Source, *};
use crate::{Block, ChainError, Head, TickEvent};
use sp_core::H256;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Mutex,
};
use tick_stream_primitives::BlockNumber;

const URL: &str = "ws://n";

/// Blocks as a node has them: a tree, one branch of which is best.
#[derive(Default)]
struct Tree {
    heads: BTreeMap<H256, Head>,
    best: Vec<H256>,
    /// Blocks whose events cannot be had now.
    broken: Mutex<BTreeSet<H256>>,
}

fn hash(fork: u8, number: BlockNumber) -> H256 {
    let mut bytes = [fork; 32];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    H256(bytes)
}

impl Tree {
    /// Blocks 0 up to `top`.
    fn straight(top: BlockNumber) -> Self {
        let mut tree = Self::default();
        tree.grow(0, 0, top);
        tree
    }

    /// Makes a branch best whose blocks are `fork`'s from `from` on, up to `top`.
    fn grow(&mut self, fork: u8, from: BlockNumber, top: BlockNumber) {
        self.best.truncate(from as usize);
        for number in from..=top {
            let parent = self.best.last().copied().unwrap_or_default();
            let hash = hash(fork, number);
            self.heads.insert(hash, Head { number, hash, parent, moment_ms: u64::from(number) * 1_000 });
            self.best.push(hash);
        }
    }

    fn tip(&self) -> Block {
        Block { number: self.best.len() as BlockNumber - 1, hash: *self.best.last().unwrap() }
    }

    fn break_block(&self, hash: H256) {
        self.broken.lock().unwrap().insert(hash);
    }
}

impl Source for Tree {
    async fn head(&self, hash: H256) -> Result<Head, ChainError> {
        self.heads.get(&hash).copied().ok_or_else(|| ChainError::BlockUnknown(format!("{hash:?}")))
    }

    async fn hash_of(&self, number: BlockNumber) -> Result<H256, ChainError> {
        let hash = self.best.get(number as usize).copied();
        hash.ok_or_else(|| ChainError::BlockUnknown(number.to_string()))
    }

    async fn events(&self, hash: H256) -> Result<Vec<PlacedEvent>, ChainError> {
        if self.broken.lock().unwrap().remove(&hash) {
            return Err(ChainError::BlockUnknown("broken once".into()));
        }
        let event = TickEvent::StreamEnded { stream: u64::from(self.heads[&hash].number) };
        Ok(vec![PlacedEvent { extrinsic: Some(1), event }])
    }
}

async fn advance(delivered: &mut BestChain, tree: &Tree) -> BestChange {
    let change = delivered.change(tree, tree.tip()).await.unwrap();
    delivered.remember(&change);
    change
}

fn numbers(change: &BestChange) -> (Vec<BlockNumber>, Vec<BlockNumber>, bool) {
    let undone = change.undone.iter().map(|block| block.number).collect();
    (undone, change.new.iter().map(|block| block.head.number).collect(), change.is_gap)
}

#[tokio::test]
async fn the_first_best_change_is_a_gap() {
    let (mut delivered, tree) = (BestChain::default(), Tree::straight(10));
    let change = advance(&mut delivered, &tree).await;
    assert_eq!(numbers(&change), (vec![], vec![10], true));
    assert_eq!(change.new[0].events[0].event, TickEvent::StreamEnded { stream: 10 });
    assert!(delivered.has(tree.tip()));
}

#[tokio::test]
async fn blocks_skipped_by_the_node_are_returned() {
    let (mut delivered, mut tree) = (BestChain::default(), Tree::straight(10));
    advance(&mut delivered, &tree).await;
    tree.grow(0, 11, 14);
    assert_eq!(numbers(&advance(&mut delivered, &tree).await), (vec![], vec![11, 12, 13, 14], false));
}

#[tokio::test]
async fn a_reorganisation_undoes_the_newest_block_first() {
    let (mut delivered, mut tree) = (BestChain::default(), Tree::straight(10));
    for top in 11..=15 {
        tree.grow(0, top, top);
        advance(&mut delivered, &tree).await;
    }
    tree.grow(1, 13, 16);
    let change = advance(&mut delivered, &tree).await;
    assert_eq!(numbers(&change), (vec![15, 14, 13], vec![13, 14, 15, 16], false), "the newest goes first");
    assert!(change.undone.iter().all(|block| block.hash == hash(0, block.number)));
    assert!(change.new.iter().all(|block| block.head.hash == hash(1, block.head.number)));
    tree.grow(1, 17, 17);
    assert_eq!(numbers(&advance(&mut delivered, &tree).await), (vec![], vec![17], false));
}

#[tokio::test]
async fn a_node_that_is_behind_undoes_nothing() {
    let (mut delivered, mut tree) = (BestChain::default(), Tree::straight(10));
    for top in 11..=13 {
        tree.grow(0, top, top);
        advance(&mut delivered, &tree).await;
    }
    let behind = Tree::straight(12).tip();
    assert!(delivered.has(behind), "it is passed over");
    tree.grow(1, 12, 14);
    advance(&mut delivered, &tree).await;
    assert!(!delivered.has(behind), "it was undone, and may come again");
}

#[tokio::test]
async fn a_shorter_branch_can_become_best() {
    let (mut delivered, mut tree) = (BestChain::default(), Tree::straight(10));
    for top in 11..=15 {
        tree.grow(0, top, top);
        advance(&mut delivered, &tree).await;
    }
    tree.grow(1, 12, 12);
    assert_eq!(numbers(&advance(&mut delivered, &tree).await), (vec![15, 14, 13, 12], vec![12], false));
}

#[tokio::test]
async fn the_first_block_returned_can_be_undone() {
    let (mut delivered, mut tree) = (BestChain::default(), Tree::straight(10));
    advance(&mut delivered, &tree).await;
    tree.grow(1, 10, 11);
    assert_eq!(numbers(&advance(&mut delivered, &tree).await), (vec![10], vec![10, 11], false));
}

#[tokio::test]
async fn a_fork_below_all_remembered_blocks_is_a_gap() {
    let (mut delivered, mut tree) = (BestChain::default(), Tree::straight(10));
    advance(&mut delivered, &tree).await;
    tree.grow(1, 8, 12);
    assert_eq!(numbers(&advance(&mut delivered, &tree).await), (vec![10], vec![12], true));
}

#[tokio::test]
async fn a_long_absence_is_a_gap() {
    let (mut delivered, mut tree) = (BestChain::default(), Tree::straight(10));
    for top in 11..=13 {
        tree.grow(0, top, top);
        advance(&mut delivered, &tree).await;
    }
    // Block 13 was undone while no one was following; 12 was not.
    let top = 13 + MAX_REMEMBERED_BLOCKS as BlockNumber * 2;
    tree.grow(1, 13, top);
    assert_eq!(numbers(&advance(&mut delivered, &tree).await), (vec![13], vec![top], true));
    tree.grow(1, top + 1, top + 1);
    assert_eq!(numbers(&advance(&mut delivered, &tree).await), (vec![], vec![top + 1], false));
}

#[tokio::test]
async fn as_many_blocks_as_are_remembered_are_no_gap() {
    let (mut delivered, mut tree) = (BestChain::default(), Tree::straight(10));
    advance(&mut delivered, &tree).await;
    let top = 10 + MAX_REMEMBERED_BLOCKS as BlockNumber;
    tree.grow(0, 11, top);
    let change = advance(&mut delivered, &tree).await;
    assert_eq!((change.new.len(), change.is_gap), (MAX_REMEMBERED_BLOCKS, false));
}

#[tokio::test]
async fn forgotten_blocks_are_returned_again() {
    let (mut delivered, mut tree) = (BestChain::default(), Tree::straight(10));
    advance(&mut delivered, &tree).await;
    tree.grow(0, 11, 13);
    let change = advance(&mut delivered, &tree).await;
    delivered.forget_from(&change.new[1]);
    tree.grow(0, 14, 14);
    assert_eq!(numbers(&advance(&mut delivered, &tree).await), (vec![], vec![12, 13, 14], false));
}

#[tokio::test]
async fn a_block_that_failed_is_returned_with_the_next() {
    let (mut delivered, mut tree) = (BestChain::default(), Tree::straight(10));
    advance(&mut delivered, &tree).await;
    tree.grow(0, 11, 12);
    tree.break_block(hash(0, 12));
    assert!(delivered.change(&tree, tree.tip()).await.is_err());
    tree.grow(0, 13, 13);
    assert_eq!(numbers(&advance(&mut delivered, &tree).await), (vec![], vec![11, 12, 13], false));
}

/// Blocks from `next` on, and the cursor after them.
async fn batch(
    tree: &Tree,
    last: Option<Cursor>,
    count: usize,
) -> Result<(Vec<BlockNumber>, Option<Cursor>), FollowError> {
    let next = last.map_or(0, |last| last.number + 1);
    let blocks = read(tree, URL, last, next, count).await?;
    let numbers = blocks.iter().map(|block| block.head.number).collect();
    Ok((numbers, blocks.last().map(FollowedBlock::cursor)))
}

#[tokio::test]
async fn finalized_blocks_come_in_order() {
    let tree = Tree::straight(40);
    let (numbers, cursor) = batch(&tree, None, 30).await.unwrap();
    assert_eq!(numbers, (0..30).collect::<Vec<_>>());
    let (numbers, cursor) = batch(&tree, cursor, 11).await.unwrap();
    assert_eq!(numbers, (30..=40).collect::<Vec<_>>());
    assert_eq!(cursor, Some(Cursor { number: 40, hash: hash(0, 40) }));
}

#[tokio::test]
async fn finalized_blocks_continue_where_reading_failed() {
    let tree = Tree::straight(20);
    tree.break_block(hash(0, 7));
    let (numbers, cursor) = batch(&tree, None, 21).await.unwrap();
    assert_eq!(numbers, (0..7).collect::<Vec<_>>(), "what was read before is not lost");
    let (numbers, _) = batch(&tree, cursor, 14).await.unwrap();
    assert_eq!(numbers, (7..=20).collect::<Vec<_>>(), "neither a gap nor a repetition");
}

#[tokio::test]
async fn a_finalized_block_that_cannot_be_read_is_an_error() {
    let tree = Tree::straight(20);
    tree.break_block(hash(0, 0));
    assert!(matches!(batch(&tree, None, 5).await, Err(FollowError::Chain { .. })));
    assert_eq!(batch(&tree, None, 2).await.unwrap().0, [0, 1]);
}

#[tokio::test]
async fn finalized_blocks_of_another_history_are_refused() {
    let tree = Tree::straight(20);
    let cursor = Cursor { number: 5, hash: hash(9, 5) };
    let error = batch(&tree, Some(cursor), 3).await.err().unwrap();
    match &error {
        FollowError::Forked { number: 6, expected, found, .. } => {
            assert_eq!((*expected, *found), (hash(9, 5), hash(0, 5)));
        }
        other => panic!("{other}"),
    }
    assert!(error.to_string().contains("another history"), "{error}");
}

#[test]
fn a_block_gives_its_cursor() {
    let head = Head { number: 3, hash: hash(0, 3), parent: hash(0, 2), moment_ms: 3_000 };
    let block = FollowedBlock { head, events: Vec::new() };
    assert_eq!(block.cursor(), Cursor { number: 3, hash: hash(0, 3) });
    assert_eq!(block.block(), Block { number: 3, hash: hash(0, 3) });
}
