//! Reports of block authors that sign two blocks for one slot.
//!
//! The SDK finds equivocations of GRANDPA's voters and reports them through the runtime API. Of Aura's authors it only
//! writes a log line. This task watches the headers of all imported blocks, forks included, and reports the same way.
//! Each validator submits a report to its own pool, and the next of them that writes a block includes it.

use futures::StreamExt;
use sc_client_api::{BlockchainEvents, HeaderBackend};
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_api::{ApiExt, ProvideRuntimeApi};
use sp_consensus_aura::{sr25519::AuthorityId, AuraApi, Slot};
use std::{collections::BTreeMap, sync::Arc};
use vilokanam_runtime::{
    opaque::Block,
    validators::{
        api::ValidatorsApi,
        equivocation::{author_of, slot_of, AuraEquivocation},
    },
    Hash, Header,
};

use crate::types::FullClient;

/// Target of log lines.
const LOG_TARGET: &str = "equivocation";
/// Number of headers that are remembered: about a quarter of an hour. Two blocks for one slot arrive within seconds,
/// except after the network was divided.
const MAX_HEADERS: usize = 1_000;

/// Watches imported blocks as long as the node runs, and reports equivocations of their authors.
pub async fn watch(client: Arc<FullClient>, pools: OffchainTransactionPoolFactory<Block>) {
    let mut imported = client.every_import_notification_stream();
    let mut recent = RecentHeaders::default();
    while let Some(block) = imported.next().await {
        let Some((slot, author)) = author(&client, &block.header) else { continue };
        if let Some(proof) = recent.insert(slot, author, block.header) {
            report(&client, &pools, proof);
        }
    }
}

/// Returns the slot of a header and the key whose turn it was, as the state of the parent says. The import has checked
/// that this key sealed the header.
fn author(client: &FullClient, header: &Header) -> Option<(Slot, AuthorityId)> {
    let slot = slot_of(header)?;
    let authorities = client.runtime_api().authorities(header.parent_hash).ok()?;
    Some((slot, author_of(slot, &authorities)?.clone()))
}

/// Submits a report to the node's own pool.
fn report(client: &FullClient, pools: &OffchainTransactionPoolFactory<Block>, proof: AuraEquivocation<Header>) {
    let (slot, offender, best) = (*proof.slot, proof.offender.clone(), client.info().best_hash);
    match submit(client, pools, best, proof) {
        Ok(true) => log::warn!(target: LOG_TARGET, "Reported {offender}, who signed two blocks for slot {slot}"),
        Ok(false) => log::info!(
            target: LOG_TARGET,
            "{offender} signed two blocks for slot {slot}. The report is not needed: the chain knows of it, or the key \
             belongs to no validator of the recent sessions",
        ),
        Err(error) => {
            log::warn!(target: LOG_TARGET, "{offender} signed two blocks for slot {slot}, not reported: {error}");
        }
    }
}

/// Calls the runtime's report, if the runtime of the best block has it. Returns whether the pool took it.
fn submit(
    client: &FullClient,
    pools: &OffchainTransactionPoolFactory<Block>,
    best: Hash,
    proof: AuraEquivocation<Header>,
) -> Result<bool, sp_api::ApiError> {
    let mut api = client.runtime_api();
    if !api.has_api::<dyn ValidatorsApi<Block>>(best)? {
        return Ok(false);
    }
    api.register_extension(pools.offchain_transaction_pool(best));
    Ok(api.submit_aura_equivocation(best, proof)?.is_some())
}

/// First header of each recent slot and author.
#[derive(Default)]
struct RecentHeaders {
    headers: BTreeMap<(Slot, Vec<u8>), Header>,
}

impl RecentHeaders {
    /// Remembers a header. Returns a proof if its author has signed another one for the same slot.
    fn insert(&mut self, slot: Slot, author: AuthorityId, header: Header) -> Option<AuraEquivocation<Header>> {
        let key = (slot, AsRef::<[u8]>::as_ref(&author).to_vec());
        if let Some(first) = self.headers.get(&key) {
            let differs = first.hash() != header.hash();
            return differs.then(|| AuraEquivocation {
                offender: author,
                slot,
                first_header: first.clone(),
                second_header: header,
            });
        }
        self.headers.insert(key, header);
        while self.headers.len() > MAX_HEADERS {
            self.headers.pop_first();
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sp_keyring::Sr25519Keyring;
    use sp_runtime::traits::Header as _;

    fn header(number: u32, parent: u8) -> Header {
        let root = Hash::zero();
        Header::new(number, root, root, Hash::repeat_byte(parent), Default::default())
    }

    fn key(name: Sr25519Keyring) -> AuthorityId {
        name.public().into()
    }

    #[test]
    fn second_header_of_a_slot_proves_an_equivocation() {
        let mut recent = RecentHeaders::default();
        let alice = || key(Sr25519Keyring::Alice);
        assert!(recent.insert(7.into(), alice(), header(3, 1)).is_none());
        let proof = recent.insert(7.into(), alice(), header(3, 2)).expect("two different headers");
        assert_eq!((proof.slot, proof.offender), (7.into(), alice()));
        assert_eq!((proof.first_header, proof.second_header), (header(3, 1), header(3, 2)));
    }

    #[test]
    fn same_header_other_author_and_other_slot_prove_nothing() {
        let mut recent = RecentHeaders::default();
        assert!(recent.insert(7.into(), key(Sr25519Keyring::Alice), header(3, 1)).is_none());
        assert!(recent.insert(7.into(), key(Sr25519Keyring::Alice), header(3, 1)).is_none());
        assert!(recent.insert(7.into(), key(Sr25519Keyring::Bob), header(3, 2)).is_none());
        assert!(recent.insert(8.into(), key(Sr25519Keyring::Alice), header(3, 2)).is_none());
    }

    #[test]
    fn oldest_headers_are_forgotten() {
        let mut recent = RecentHeaders::default();
        let alice = || key(Sr25519Keyring::Alice);
        for slot in 0..=MAX_HEADERS as u64 {
            assert!(recent.insert(slot.into(), alice(), header(3, 1)).is_none());
        }
        assert_eq!(recent.headers.len(), MAX_HEADERS);
        assert!(recent.insert(0.into(), alice(), header(3, 2)).is_none(), "slot 0 has been forgotten");
    }
}
