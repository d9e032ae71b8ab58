//! Hash chain whose preimages prove ticks.
//!
//! `w[n] = seed`, `w[i-1] = H(w[i])`, `anchor = w[0]`. From `w[i]` every lower element can be computed and no higher
//! one. So `w[i]` proves that the viewer has revealed `i` ticks, whether or not earlier proofs arrived.

use crate::ids::SessionId;
use alloc::vec::Vec;

// In a runtime the host computes the hash with the CPU's vector instructions. Including the call to the host, this
// takes less than half the time of hashing in WebAssembly.
#[cfg(not(substrate_runtime))]
use sp_crypto_hashing::blake2_256;
#[cfg(substrate_runtime)]
use sp_io::hashing::blake2_256;

/// Element of a tick chain: the anchor, or the proof of a tick.
pub type TickHash = [u8; 32];

const TICK_DOMAIN: &[u8; 17] = b"vilokanam/tick/v1";
const PREFIX_BYTES: usize = TICK_DOMAIN.len() + 16;
const INPUT_BYTES: usize = PREFIX_BYTES + 32;

/// Hash function `H` of one session: `H(x) = blake2_256("vilokanam/tick/v1" ++ session ++ x)`.
///
/// The constant part of the input is prepared once.
#[derive(Clone)]
pub struct TickHasher([u8; INPUT_BYTES]);

impl TickHasher {
    /// Creates the hasher of a session.
    pub fn new(session: &SessionId) -> Self {
        let mut input = [0; INPUT_BYTES];
        input[..TICK_DOMAIN.len()].copy_from_slice(TICK_DOMAIN);
        input[TICK_DOMAIN.len()..PREFIX_BYTES].copy_from_slice(&session.0);
        Self(input)
    }

    /// Takes one step down the chain: from `w[i]` to `w[i-1]`.
    pub fn step(&mut self, from: &TickHash) -> TickHash {
        #[cfg(test)]
        tests::STEPS.with(|steps| steps.set(steps.get() + 1));
        self.0[PREFIX_BYTES..].copy_from_slice(from);
        blake2_256(&self.0)
    }

    /// Takes `steps` steps down the chain.
    pub fn walk(&mut self, from: &TickHash, steps: u32) -> TickHash {
        (0..steps).fold(*from, |element, _| self.step(&element))
    }
}

/// Returns `H(x)` in `session`.
pub fn tick_hash(session: &SessionId, x: &TickHash) -> TickHash {
    TickHasher::new(session).step(x)
}

/// Returns whether `proof` is exactly `steps` elements above `head` in the chain of `session`. Costs `steps` hashes.
pub fn leads_to(session: &SessionId, proof: &TickHash, steps: u32, head: &TickHash) -> bool {
    TickHasher::new(session).walk(proof, steps) == *head
}

/// Owner's side of a tick chain: computes any element from the seed and a few stored elements.
///
/// Elements are revealed upwards, but hashing only goes downwards, so every reveal would cost a walk from the seed.
/// Instead, the chain stores a checkpoint halfway along each walk: at most `log2(length) + 2` of them (under 1 KiB for
/// a day of ticks), and `log2(length)` hashes per reveal on average.
#[derive(Clone)]
pub struct TickChain {
    hasher: TickHasher,
    seed: TickHash,
    length: u32,
    /// Elements `(index, value)` from the seed down to the last one revealed. The distance to the last one at least
    /// halves from each checkpoint to the next, which bounds their number.
    checkpoints: Vec<(u32, TickHash)>,
}

impl TickChain {
    /// Creates the chain of `length` ticks whose highest element is `seed`. Costs `length` hashes.
    pub fn new(session: &SessionId, seed: TickHash, length: u32) -> Self {
        let mut chain = Self { hasher: TickHasher::new(session), seed, length, checkpoints: Vec::new() };
        chain.restart();
        chain.descend(0);
        chain
    }

    /// Returns the number of ticks that the chain can prove.
    pub fn length(&self) -> u32 {
        self.length
    }

    /// Returns `w[0]`, the element that goes into the ticket. It costs no hash on a new chain, and a walk from the seed
    /// after a proof.
    pub fn anchor(&mut self) -> TickHash {
        self.descend(0)
    }

    /// Returns the proof of a tick (the first is 1), or `None` if the chain has no such tick. Proofs are cheap in
    /// ascending order; a lower tick than the last one costs a walk from the seed.
    pub fn proof(&mut self, tick: u32) -> Option<TickHash> {
        (1..=self.length).contains(&tick).then(|| self.descend(tick))
    }

    /// Returns the number of elements that are stored now.
    pub fn held(&self) -> usize {
        self.checkpoints.len()
    }

    fn restart(&mut self) {
        self.checkpoints.clear();
        self.checkpoints.push((self.length, self.seed));
    }

    /// Returns the element at `target`, computed from the nearest checkpoint at or above it.
    fn descend(&mut self, target: u32) -> TickHash {
        // Below the last checkpoint the stored ones would no longer halve the distance, and their number would grow.
        if self.checkpoints.last().is_none_or(|(lowest, _)| *lowest > target) {
            self.restart();
        }
        while self.checkpoints.last().is_some_and(|(index, _)| *index < target) {
            self.checkpoints.pop();
        }
        let (mut index, mut element) = self.checkpoints.last().copied().unwrap_or((self.length, self.seed));
        while index > target {
            let middle = target + (index - target) / 2;
            element = self.hasher.walk(&element, index - middle);
            index = middle;
            self.checkpoints.push((index, element));
        }
        element
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use core::cell::Cell;

    std::thread_local! {
        /// Number of hashes computed by this thread.
        pub(super) static STEPS: Cell<u64> = const { Cell::new(0) };
    }

    /// Returns the number of hashes that `work` computes.
    fn steps_of<R>(work: impl FnOnce() -> R) -> u64 {
        let before = STEPS.get();
        work();
        STEPS.get() - before
    }

    /// Returns `length x (log2(length) + 2)`: the most hashes that making a chain and revealing all of it may cost.
    fn budget(length: u32) -> u64 {
        u64::from(length) * (u64::from(length.max(1).ilog2()) + 2)
    }

    fn chain(length: u32) -> TickChain {
        TickChain::new(&SessionId([7; 16]), [9; 32], length)
    }

    #[test]
    fn revealing_every_tick_stays_within_the_hash_budget() {
        for length in (0..=130).chain([1_000, 3_600, 4_095, 4_096, 4_097, 86_400]) {
            let steps = steps_of(|| {
                let mut chain = chain(length);
                (1..=length).for_each(|tick| assert!(chain.proof(tick).is_some()));
            });
            assert!(steps <= budget(length), "{steps} hashes for {length} ticks");
        }
    }

    #[test]
    fn revealing_in_leaps_stays_within_the_hash_budget() {
        let length = 10_000;
        for leap in [2, 3, 7, 60, 100, 999, 4_096, 9_999] {
            let steps = steps_of(|| {
                let mut chain = chain(length);
                (1..=length).step_by(leap).for_each(|tick| assert!(chain.proof(tick).is_some()));
            });
            assert!(steps <= budget(length), "{steps} hashes with leaps of {leap}");
        }
    }

    #[test]
    fn anchor_and_proofs_cost_the_documented_hashes() {
        let mut chain = chain(1_000);
        assert_eq!(steps_of(|| chain.anchor()), 0, "a new chain has stored its anchor");
        assert_eq!(steps_of(|| chain.proof(1_000)), 0, "the last proof is the seed");
        assert_eq!(steps_of(|| chain.proof(400)), 600, "a lower tick is a walk from the seed");
        assert_eq!(steps_of(|| chain.proof(400)), 0, "the last tick is stored");
        assert_eq!(steps_of(|| chain.proof(0)), 0, "tick 0 has no proof");
        assert_eq!(steps_of(|| chain.proof(1_001)), 0, "the chain has no such tick");
    }
}
