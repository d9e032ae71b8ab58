//! Changes of the state on an upgrade from an earlier version.

use crate::{
    genesis_config_presets::{LIVE_BOND, LIVE_CANDIDATES},
    opaque::SessionKeys,
    validators::limits::MAX_INVULNERABLES,
    AccountId, Balances, Runtime, RuntimeOrigin, Session, System, TechnicalCommittee, Treasury, Validators,
};
use alloc::{collections::BTreeSet, vec, vec::Vec};
use frame_support::{
    traits::{fungible::Inspect, fungible::Mutate, OnRuntimeUpgrade},
    weights::Weight,
    BoundedVec,
};
use pallet_collator_selection::{CandidacyBond, DesiredCandidates, Invulnerables};
use pallet_session::{historical::NoteHistoricalRoot, SessionManager};
use sp_core::crypto::ByteArray;
use sp_runtime::traits::{OpaqueKeys, SaturatedConversion};

/// Migrations to run on an upgrade to this runtime.
pub type Migrations = (pallet_tick_stream::migration::v2::MigrateToV2<Runtime>, ValidatorsAndGovernance);

/// Target of log lines.
const LOG_TARGET: &str = "runtime::migrations";

/// First sessions, validators and bodies of governance of a chain that had none: an upgrade from version 1.
///
/// The authorities of Aura and GRANDPA become validators: the account of each is the public key of its Aura key, and
/// the keys at the same position belong together. All are invulnerable at first. Neither authority list changes in this
/// block, so that blocks are written and become final without an interruption.
///
/// If the two lists do not fit together, no sessions are set up. The chain then goes on with its fixed authorities, as
/// in version 1. The sudo key, if there is one, becomes the first member of the technical committee and the first
/// moderator.
pub struct ValidatorsAndGovernance;

/// Pairs the authorities of version 1 by position, or returns `None` if they do not fit together.
fn authorities() -> Option<Vec<(AccountId, SessionKeys)>> {
    let aura = pallet_aura::Authorities::<Runtime>::get();
    let grandpa = pallet_grandpa::Authorities::<Runtime>::get();
    let keys: Vec<_> = aura
        .iter()
        .zip(grandpa.iter())
        .map(|(aura, (grandpa, _weight))| SessionKeys { aura: aura.clone(), grandpa: grandpa.clone() })
        .collect();
    let limit = MAX_INVULNERABLES as usize;
    let distinct = |kind: fn(&SessionKeys) -> Vec<u8>| keys.iter().map(kind).collect::<BTreeSet<_>>().len();
    let fits = aura.len() == grandpa.len()
        && !keys.is_empty()
        && keys.len() <= limit
        && distinct(|keys| keys.aura.to_raw_vec()) == keys.len()
        && distinct(|keys| keys.grandpa.to_raw_vec()) == keys.len();
    if !fits {
        let (aura, grandpa) = (aura.len(), grandpa.len());
        log::error!(
            target: LOG_TARGET,
            "No sessions are set up: {aura} keys of Aura and {grandpa} of GRANDPA, which have to be as many, different, and \
             at most {limit}. The authorities stay as they are.",
        );
        return None;
    }
    Some(keys.into_iter().filter_map(|keys| Some((account_of(&keys)?, keys))).collect())
}

/// Returns the account of a validator of version 1: the one with the public key of its Aura key.
fn account_of(keys: &SessionKeys) -> Option<AccountId> {
    AccountId::from_slice(keys.aura.as_slice()).ok()
}

/// Registers a validator's keys as the genesis does, so that it can set others and purge them later.
fn register(who: &AccountId, keys: &SessionKeys) {
    for id in SessionKeys::key_ids() {
        pallet_session::KeyOwner::<Runtime>::insert((*id, keys.get_raw(*id).to_vec()), who);
    }
    pallet_session::NextKeys::<Runtime>::insert(who, keys);
    if System::inc_consumers_without_limit(who).is_err() {
        // The account holds no tokens. It has to exist to be a validator.
        System::inc_providers(who);
        let _exists_now = System::inc_consumers_without_limit(who);
    }
}

/// Starts the first session with these validators.
fn start_sessions(validators: Vec<(AccountId, SessionKeys)>) {
    let accounts: Vec<_> = validators.iter().map(|(who, _)| who.clone()).collect();
    validators.iter().for_each(|(who, keys)| register(who, keys));
    let mut sorted = accounts.clone();
    sorted.sort();
    Invulnerables::<Runtime>::put(BoundedVec::truncate_from(sorted));
    DesiredCandidates::<Runtime>::put(LIVE_CANDIDATES);
    CandidacyBond::<Runtime>::put(LIVE_BOND);

    // Stores the roots of the proofs that a key belongs to a validator. The sets that it returns are the same accounts
    // in another order; they are planned from the next session on.
    let _same = NoteHistoricalRoot::<Runtime, Validators>::new_session_genesis(0);
    let _same = NoteHistoricalRoot::<Runtime, Validators>::new_session_genesis(1);
    pallet_session::Validators::<Runtime>::put(accounts);
    pallet_session::QueuedKeys::<Runtime>::put(validators);
    <Validators as SessionManager<AccountId>>::start_session(Session::current_index());

    let set = pallet_grandpa::CurrentSetId::<Runtime>::get();
    pallet_grandpa::SetIdSession::<Runtime>::insert(set, Session::current_index());
}

/// Makes the sudo key the first member of the bodies that would otherwise have none.
fn appoint(sudo: AccountId) {
    let committee = TechnicalCommittee::set_members(RuntimeOrigin::root(), vec![sudo.clone()], None, 0);
    if let Err(error) = committee {
        log::error!(target: LOG_TARGET, "The technical committee has no member: {error:?}");
    }
    pallet_membership::Members::<Runtime, pallet_membership::Instance1>::put(BoundedVec::truncate_from(vec![sudo]));
}

impl OnRuntimeUpgrade for ValidatorsAndGovernance {
    fn on_runtime_upgrade() -> Weight {
        let weights = <Runtime as frame_system::Config>::DbWeight::get();
        if !Session::validators().is_empty() || !Invulnerables::<Runtime>::get().is_empty() {
            return weights.reads(2);
        }
        let treasury = Treasury::account_id();
        if Balances::total_balance(&treasury) < Balances::minimum_balance() {
            let _minted = Balances::mint_into(&treasury, Balances::minimum_balance());
        }
        if let Some(sudo) = pallet_sudo::Key::<Runtime>::get() {
            appoint(sudo);
        }
        let validators = authorities().unwrap_or_default();
        let count: u64 = validators.len().saturated_into();
        if !validators.is_empty() {
            start_sessions(validators);
        }
        weights.reads_writes(count.saturating_mul(4).saturating_add(20), count.saturating_mul(5).saturating_add(20))
    }

    #[cfg(feature = "try-runtime")]
    fn pre_upgrade() -> Result<Vec<u8>, sp_runtime::TryRuntimeError> {
        let aura = pallet_aura::Authorities::<Runtime>::get();
        let grandpa = pallet_grandpa::Authorities::<Runtime>::get();
        Ok(codec::Encode::encode(&(aura, grandpa, Session::validators())))
    }

    #[cfg(feature = "try-runtime")]
    fn post_upgrade(before: Vec<u8>) -> Result<(), sp_runtime::TryRuntimeError> {
        check(before)
    }
}

/// Checks the state after the upgrade against the authorities before it.
#[cfg(feature = "try-runtime")]
fn check(before: Vec<u8>) -> Result<(), sp_runtime::TryRuntimeError> {
    use codec::Decode;
    use frame_support::ensure;
    type Aura = BoundedVec<sp_consensus_aura::sr25519::AuthorityId, <Runtime as pallet_aura::Config>::MaxAuthorities>;
    let (aura, grandpa, had): (Aura, sp_consensus_grandpa::AuthorityList, Vec<AccountId>) =
        Decode::decode(&mut before.as_slice()).map_err(|_| "the state before the upgrade cannot be decoded")?;
    ensure!(pallet_aura::Authorities::<Runtime>::get() == aura, "the upgrade changed the authorities of Aura");
    ensure!(crate::Grandpa::grandpa_authorities() == grandpa, "the upgrade changed the authorities of GRANDPA");
    ensure!(Balances::total_balance(&Treasury::account_id()) > 0, "the treasury has no account");
    if !had.is_empty() {
        return Ok(());
    }
    let queued = Session::queued_keys();
    ensure!(queued.len() == aura.len() && Session::validators().len() == aura.len(), "a validator is missing");
    for ((who, keys), (aura, (grandpa, _))) in queued.iter().zip(aura.iter().zip(&grandpa)) {
        ensure!(keys.aura == *aura && keys.grandpa == *grandpa, "a validator has other keys than before");
        ensure!(Session::load_keys(who).as_ref() == Some(keys), "a validator cannot change its keys");
        ensure!(System::consumers(who) > 0, "the keys of a validator are not counted");
        ensure!(Invulnerables::<Runtime>::get().contains(who), "a validator would leave the set");
    }
    Ok(())
}
