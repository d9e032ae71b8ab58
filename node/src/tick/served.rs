//! The gateways that the node serves: those that the operator has named, and the node's own accounts.

use log::{info, warn};
use parking_lot::RwLock;
use sp_core::crypto::Ss58Codec;
use sp_keystore::KeystorePtr;
use std::collections::HashSet;
use tick_stream_primitives::{worker::TICK_KEY, AccountId};
use vilokanam_tick_pool::ServedGateways;

use super::logging::LOG_TARGET;

/// Gateways that the node serves.
pub struct NodeGateways {
    named: Vec<AccountId>,
    keystore: KeystorePtr,
    /// Accounts of the keys of type `tick`. A copy, because reading the keystore means reading a folder.
    own: RwLock<HashSet<AccountId>>,
}

impl NodeGateways {
    /// Creates the set of the `named` gateways and the accounts whose keys are in `keystore` now.
    pub fn new(named: Vec<AccountId>, keystore: KeystorePtr) -> Self {
        let gateways = Self { named, keystore, own: RwLock::default() };
        gateways.refresh();
        gateways
    }

    /// Gateways that the operator has named.
    pub fn named(&self) -> &[AccountId] {
        &self.named
    }

    /// Reads the keystore again, to which the operator may have added a key.
    pub fn refresh(&self) {
        let own = self.keystore.sr25519_public_keys(TICK_KEY).into_iter().map(AccountId::from).collect();
        if *self.own.read() != own {
            *self.own.write() = own;
        }
    }

    /// Logs which gateways are served.
    pub fn announce(&self, settles: bool) {
        self.refresh();
        let list = |accounts: &mut dyn Iterator<Item = &AccountId>| {
            let addresses: Vec<_> = accounts.map(Ss58Codec::to_ss58check).collect();
            if addresses.is_empty() {
                "none".to_owned()
            } else {
                addresses.join(",")
            }
        };
        let (named, own) = (list(&mut self.named.iter()), list(&mut self.own.read().iter()));
        if settles {
            info!(target: LOG_TARGET, "This node settles the ticks of these gateways: named={named} own={own}");
            return;
        }
        info!(target: LOG_TARGET, "This node settles no ticks; start it with --offchain-worker always if it should");
        if !self.named.is_empty() {
            warn!(
                target: LOG_TARGET,
                "--tick-gateway has no effect on this node, because its off-chain worker is disabled: named={named}",
            );
        }
    }
}

impl ServedGateways for NodeGateways {
    fn serves(&self, gateway: &AccountId) -> bool {
        self.named.contains(gateway) || self.own.read().contains(gateway)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sp_keystore::{testing::MemoryKeystore, Keystore};
    use std::sync::Arc;

    #[test]
    fn named_gateways_and_accounts_of_tick_keys_are_served() {
        let keystore = Arc::new(MemoryKeystore::new());
        let named = AccountId::new([1; 32]);
        let gateways = NodeGateways::new(vec![named.clone()], keystore.clone());
        let own = AccountId::from(keystore.sr25519_generate_new(TICK_KEY, None).expect("keys can be generated"));
        let other_type = sp_core::crypto::KeyTypeId(*b"aura");
        let other = AccountId::from(keystore.sr25519_generate_new(other_type, None).expect("keys can be generated"));
        assert!(gateways.serves(&named) && !gateways.serves(&own));

        gateways.refresh();
        assert!(gateways.serves(&named) && gateways.serves(&own));
        assert!(!gateways.serves(&other) && !gateways.serves(&AccountId::new([2; 32])));
    }
}
