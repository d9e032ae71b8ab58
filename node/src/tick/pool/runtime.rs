//! Version of the chain's runtime. An older runtime encodes sessions and tickets in another way, so the node must neither
//! read nor send any until the chain has upgraded.

use log::{info, warn};
use parking_lot::Mutex;
use sp_api::{CallApiAt, RuntimeApiInfo};
use sp_core::traits::CallContext;
use std::sync::Arc;
use tick_stream_primitives::api::TickStreamApi;
use vilokanam_runtime::{opaque::Block, Hash};
use vilokanam_tick_pool::ChainError;

use crate::tick::logging::LOG_TARGET;

/// First `spec_version` of the runtime whose sessions and tickets this node understands.
pub const FIRST_SPEC_VERSION: u32 = 200;

/// Version of a runtime, as far as the settlement of ticks depends on it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TickVersion {
    /// The runtime's `spec_version`.
    pub spec: u32,
    /// Version of its API `TickStreamApi`; 0 if it has none.
    pub api: u32,
}

/// Reader of the runtime's version at any block.
pub trait RuntimeVersions: Send + Sync {
    /// Version of the runtime that a call on the state of `block` runs in.
    fn at(&self, block: Hash) -> Result<TickVersion, ChainError>;
}

impl<C: CallApiAt<Block> + Send + Sync> RuntimeVersions for C {
    fn at(&self, block: Hash) -> Result<TickVersion, ChainError> {
        let version = self.runtime_version_at(block, CallContext::Offchain);
        let version = version.map_err(|error| ChainError(error.to_string()))?;
        let api = version.api_version(&<dyn TickStreamApi<Block> as RuntimeApiInfo>::ID).unwrap_or(0);
        Ok(TickVersion { spec: version.spec_version, api })
    }
}

/// Keeps the node from calling a runtime that is too old.
pub struct RuntimeGate {
    versions: Arc<dyn RuntimeVersions>,
    /// Block that was asked about last, because the same one is asked about again and again.
    last: Mutex<Option<(Hash, TickVersion)>>,
    /// Whether the best block's runtime was too old when [`Self::announce`] was called last; `None` before.
    was_old: Mutex<Option<bool>>,
}

impl RuntimeGate {
    /// Creates a gate for the chain that `versions` reads.
    pub fn new(versions: Arc<dyn RuntimeVersions>) -> Self {
        Self { versions, last: Mutex::default(), was_old: Mutex::default() }
    }

    /// Checks that the runtime at `block` is not too old.
    ///
    /// # Errors
    ///
    /// When it is, or when its version cannot be read.
    pub fn check(&self, block: Hash) -> Result<(), ChainError> {
        let version = self.version(block)?;
        if is_old(version) {
            return Err(ChainError(format!(
                "the chain's runtime has spec_version {}, but the settlement of ticks needs {FIRST_SPEC_VERSION} or above; \
                 it starts by itself after the runtime upgrade",
                version.spec,
            )));
        }
        Ok(())
    }

    /// Logs that the runtime at `best`, the best block, is too old, or no longer is; once for each change.
    pub fn announce(&self, best: Hash) {
        let Ok(version) = self.version(best) else { return };
        let is_old = is_old(version);
        let was_old = self.was_old.lock().replace(is_old);
        match (was_old, is_old) {
            (None | Some(false), true) => warn!(
                target: LOG_TARGET,
                "This node does not settle ticks yet, because the chain's runtime is too old: spec_version={} \
                 needed={FIRST_SPEC_VERSION}. It starts by itself after the runtime upgrade",
                version.spec,
            ),
            (Some(true), false) => info!(
                target: LOG_TARGET,
                "The chain's runtime is new enough, so this node settles ticks from now on: spec_version={}", version.spec,
            ),
            (None | Some(false), false) | (Some(true), true) => {}
        }
    }

    fn version(&self, block: Hash) -> Result<TickVersion, ChainError> {
        if let Some((_, version)) = self.last.lock().filter(|(last, _)| *last == block) {
            return Ok(version);
        }
        let version = self.versions.at(block)?;
        *self.last.lock() = Some((block, version));
        Ok(version)
    }
}

fn is_old(version: TickVersion) -> bool {
    version.api < <dyn TickStreamApi<Block> as RuntimeApiInfo>::VERSION
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tick::pool::testing::hash;
    use std::collections::BTreeMap;

    /// Versions by block; a block that is missing cannot be read.
    #[derive(Default)]
    struct Chain(Mutex<BTreeMap<Hash, TickVersion>>, Mutex<usize>);

    impl RuntimeVersions for Chain {
        fn at(&self, block: Hash) -> Result<TickVersion, ChainError> {
            *self.1.lock() += 1;
            self.0.lock().get(&block).copied().ok_or_else(|| ChainError("pruned".into()))
        }
    }

    const OLD: TickVersion = TickVersion { spec: 100, api: 1 };
    const NEW: TickVersion = TickVersion { spec: 200, api: 2 };

    fn test_environment(versions: &[TickVersion]) -> (Arc<Chain>, RuntimeGate) {
        let chain = Arc::new(Chain::default());
        for (number, version) in versions.iter().enumerate() {
            chain.0.lock().insert(hash(number as u64), *version);
        }
        let gate = RuntimeGate::new(chain.clone());
        (chain, gate)
    }

    #[test]
    fn runtime_that_is_too_old_is_not_called_until_the_chain_has_upgraded() {
        let (_, gate) =
            test_environment(&[OLD, TickVersion { spec: 100, api: 0 }, NEW, TickVersion { spec: 300, api: 3 }]);
        for old in [0, 1] {
            let error = gate.check(hash(old)).expect_err("the runtime is old").to_string();
            assert!(error.contains("spec_version 100") && error.contains("needs 200"), "{error}");
        }
        assert_eq!((gate.check(hash(2)), gate.check(hash(3))), (Ok(()), Ok(())));
        assert!(gate.check(hash(0)).is_err(), "older blocks keep their runtime");
        assert_eq!(gate.check(hash(9)), Err(ChainError("pruned".into())));
    }

    #[test]
    fn version_of_the_same_block_is_read_once() {
        let (chain, gate) = test_environment(&[NEW]);
        (0..5).for_each(|_| gate.check(hash(0)).expect("the runtime is new"));
        assert_eq!(*chain.1.lock(), 1);
    }

    #[test]
    fn change_of_the_runtime_is_announced_once() {
        let (_, gate) = test_environment(&[OLD, OLD, NEW, NEW]);
        let was_old = [0, 1, 2, 3, 9].map(|block| {
            gate.announce(hash(block));
            *gate.was_old.lock()
        });
        assert_eq!(was_old, [Some(true), Some(true), Some(false), Some(false), Some(false)]);
    }
}
