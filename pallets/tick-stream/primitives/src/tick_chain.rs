//! The hash chain whose preimages are seconds.
//!
//! `w[n] = seed`, `w[i-1] = H(w[i])`, `anchor = w[0]`. Whoever knows `w[i]` can walk down to the anchor but never up, so
//! showing `w[i]` proves that the viewer has let go of `i` seconds, whatever was shown or lost before.

use crate::ids::SessionId;
use alloc::vec::Vec;

// In a runtime the host hashes, with the CPU's vector instructions: even with the way there and back it takes less than
// half as long as WebAssembly does.
#[cfg(not(substrate_runtime))]
use sp_crypto_hashing::blake2_256;
#[cfg(substrate_runtime)]
use sp_io::hashing::blake2_256;

/// An element of a tick chain: the anchor, or the proof of a tick.
pub type TickHash = [u8; 32];

const TICK_DOMAIN: &[u8; 17] = b"vilokanam/tick/v1";
const PREFIX_BYTES: usize = TICK_DOMAIN.len() + 16;
const INPUT_BYTES: usize = PREFIX_BYTES + 32;

/// `H` of one session, with the part of its input that never changes laid out once.
#[derive(Clone)]
pub struct TickHasher([u8; INPUT_BYTES]);

impl TickHasher {
    /// The hasher of this session.
    pub fn new(session: &SessionId) -> Self {
        let mut input = [0; INPUT_BYTES];
        input[..TICK_DOMAIN.len()].copy_from_slice(TICK_DOMAIN);
        input[TICK_DOMAIN.len()..PREFIX_BYTES].copy_from_slice(&session.0);
        Self(input)
    }

    /// One step down the chain: from `w[i]` to `w[i-1]`.
    pub fn step(&mut self, from: &TickHash) -> TickHash {
        #[cfg(test)]
        tests::STEPS.with(|steps| steps.set(steps.get() + 1));
        self.0[PREFIX_BYTES..].copy_from_slice(from);
        blake2_256(&self.0)
    }

    /// `steps` steps down the chain.
    pub fn walk(&mut self, from: &TickHash, steps: u32) -> TickHash {
        (0..steps).fold(*from, |element, _| self.step(&element))
    }
}

/// `H(x)` in `session`.
pub fn tick_hash(session: &SessionId, x: &TickHash) -> TickHash {
    TickHasher::new(session).step(x)
}

/// Whether `proof` lies exactly `steps` above `head` in the chain of `session`.
pub fn leads_to(session: &SessionId, proof: &TickHash, steps: u32, head: &TickHash) -> bool {
    TickHasher::new(session).walk(proof, steps) == *head
}

/// The owner's side of a chain: reveals any element, holds a few of them.
///
/// Elements are revealed upwards while hashing only goes downwards, so each reveal would cost a walk from the seed. The
/// chain instead drops a checkpoint at every half of what it walks: at most `log2(length) + 2` of them (under 1 KiB for
/// a day of seconds), and `log2(length)` hashes a reveal on average.
#[derive(Clone)]
pub struct TickChain {
    hasher: TickHasher,
    seed: TickHash,
    length: u32,
    /// Elements `(index, value)` from the seed down to the last one revealed. Seen from that one, each lies at most half
    /// as far away as the one before it: so few they are.
    checkpoints: Vec<(u32, TickHash)>,
}

impl TickChain {
    /// The chain of `length` ticks that ends in `seed`. Costs `length` hashes.
    pub fn new(session: &SessionId, seed: TickHash, length: u32) -> Self {
        let mut chain = Self { hasher: TickHasher::new(session), seed, length, checkpoints: Vec::new() };
        chain.restart();
        chain.descend(0);
        chain
    }

    /// How many ticks can be proved.
    pub fn length(&self) -> u32 {
        self.length
    }

    /// `w[0]`, the element that goes into the ticket. Free on a new chain; after a proof it costs a walk from the seed.
    pub fn anchor(&mut self) -> TickHash {
        self.descend(0)
    }

    /// The proof of tick `tick` (the first is 1), or nothing when the chain is shorter. Meant to be asked upwards; asking
    /// for a lower tick than before works and costs a walk from the seed.
    pub fn proof(&mut self, tick: u32) -> Option<TickHash> {
        (1..=self.length).contains(&tick).then(|| self.descend(tick))
    }

    /// How many elements are held at this moment.
    pub fn held(&self) -> usize {
        self.checkpoints.len()
    }

    fn restart(&mut self) {
        self.checkpoints.clear();
        self.checkpoints.push((self.length, self.seed));
    }

    /// The element at `target`, from the nearest checkpoint at or above it.
    fn descend(&mut self, target: u32) -> TickHash {
        // Going below the last one would leave checkpoints that no longer halve the way, and they would pile up.
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
        /// Hashes made by this thread.
        pub(super) static STEPS: Cell<u64> = const { Cell::new(0) };
    }

    /// Hashes that `work` makes.
    fn steps_of<R>(work: impl FnOnce() -> R) -> u64 {
        let before = STEPS.get();
        work();
        STEPS.get() - before
    }

    /// `length x (log2(length) + 2)`: what a whole chain may cost, its making included.
    fn budget(length: u32) -> u64 {
        u64::from(length) * (u64::from(length.max(1).ilog2()) + 2)
    }

    fn chain(length: u32) -> TickChain {
        TickChain::new(&SessionId([7; 16]), [9; 32], length)
    }

    #[test]
    fn climbing_tick_by_tick_within_budget_works() {
        for length in (0..=130).chain([1_000, 3_600, 4_095, 4_096, 4_097, 86_400]) {
            let steps = steps_of(|| {
                let mut chain = chain(length);
                (1..=length).for_each(|tick| assert!(chain.proof(tick).is_some()));
            });
            assert!(steps <= budget(length), "{steps} hashes for {length} ticks");
        }
    }

    #[test]
    fn climbing_in_leaps_within_budget_works() {
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
    fn costs_as_documented_works() {
        let mut chain = chain(1_000);
        assert_eq!(steps_of(|| chain.anchor()), 0, "a new chain has its anchor at hand");
        assert_eq!(steps_of(|| chain.proof(1_000)), 0, "the last proof is the seed");
        assert_eq!(steps_of(|| chain.proof(400)), 600, "a lower tick is a walk from the seed");
        assert_eq!(steps_of(|| chain.proof(400)), 0, "the same tick again is at hand");
        assert_eq!(steps_of(|| chain.proof(0)), 0, "no walk for what is refused");
        assert_eq!(steps_of(|| chain.proof(1_001)), 0, "no walk for what is refused");
    }
}
