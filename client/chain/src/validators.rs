//! Validators: their keys, bonds and blocks, and the calls with which an account becomes one.

use crate::{call::Call, error::ChainError, reads::State, runtime::account_value};
use std::collections::BTreeMap;
use subxt::{
    ext::{scale_decode::DecodeAsType, scale_value::Value},
    utils::AccountId32,
};
use tick_stream_primitives::{AccountId, Balance, BlockNumber};

const SELECTION: &str = "CollatorSelection";
const SESSION: &str = "Session";
const VALIDATORS: &str = "Validators";

/// Public keys with which a validator writes and finalizes blocks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct SessionKeys {
    /// Key that signs blocks: sr25519.
    pub aura: [u8; 32],
    /// Key that votes on finality: ed25519.
    pub grandpa: [u8; 32],
}

impl SessionKeys {
    /// Length of the encoding in bytes.
    pub const BYTES: usize = 64;

    /// Returns the encoding: the Aura key, then the GRANDPA key.
    pub fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[..32].copy_from_slice(&self.aura);
        bytes[32..].copy_from_slice(&self.grandpa);
        bytes
    }

    /// Splits the encoding into the keys.
    pub fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        let (mut aura, mut grandpa) = ([0; 32], [0; 32]);
        aura.copy_from_slice(&bytes[..32]);
        grandpa.copy_from_slice(&bytes[32..]);
        Self { aura, grandpa }
    }
}

/// Account that is a validator, or may become one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Validator {
    /// Account.
    pub account: AccountId,
    /// Keys that it has registered.
    pub keys: Option<SessionKeys>,
    /// Whether it writes blocks in the present session.
    pub is_active: bool,
    /// Whether it writes blocks in the next session.
    pub is_queued: bool,
    /// Whether governance has appointed it. It needs no bond then.
    pub is_invulnerable: bool,
    /// Bond of a candidate, in planck.
    pub bond: Option<Balance>,
    /// Last block that it has written; `None` if there is no record of one.
    pub last_block: Option<BlockNumber>,
}

/// All validators, and the terms for new ones.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ValidatorSet {
    /// Number of the present session.
    pub session: u32,
    /// Length of a session in blocks.
    pub session_blocks: BlockNumber,
    /// Lowest bond of a candidate, in planck.
    pub candidacy_bond: Balance,
    /// Number of candidates that are chosen, the highest bonds first.
    pub desired_candidates: u32,
    /// Validators in the order of their accounts.
    pub validators: Vec<Validator>,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct CandidateInfo {
    who: AccountId32,
    deposit: Balance,
}

impl State<'_> {
    /// Reads the validators, the candidates, and the terms for new ones.
    ///
    /// # Errors
    ///
    /// When the node does not answer, or its chain has no such pallets.
    pub async fn validators(&self) -> Result<ValidatorSet, ChainError> {
        let active: Vec<AccountId32> = self.item(SESSION, "Validators", vec![]).await?.unwrap_or_default();
        let queued: Vec<(AccountId32, SessionKeys)> =
            self.item(SESSION, "QueuedKeys", vec![]).await?.unwrap_or_default();
        let invulnerables: Vec<AccountId32> = self.item(SELECTION, "Invulnerables", vec![]).await?.unwrap_or_default();
        let candidates: Vec<CandidateInfo> = self.item(SELECTION, "CandidateList", vec![]).await?.unwrap_or_default();
        let last_blocks: BTreeMap<AccountId32, BlockNumber> =
            self.entries(SELECTION, "LastAuthoredBlock").await?.into_iter().collect();
        let keys: BTreeMap<AccountId32, SessionKeys> = self.entries(SESSION, "NextKeys").await?.into_iter().collect();
        let bonds: BTreeMap<AccountId32, Balance> =
            candidates.into_iter().map(|candidate| (candidate.who, candidate.deposit)).collect();

        let queued_accounts = queued.iter().map(|(account, _)| account);
        let mut accounts: Vec<AccountId32> =
            active.iter().chain(queued_accounts).chain(&invulnerables).chain(bonds.keys()).cloned().collect();
        accounts.sort();
        accounts.dedup();
        let validator = |account: AccountId32| Validator {
            keys: keys.get(&account).copied(),
            is_active: active.contains(&account),
            is_queued: queued.iter().any(|(one, _)| *one == account),
            is_invulnerable: invulnerables.contains(&account),
            bond: bonds.get(&account).copied(),
            last_block: last_blocks.get(&account).copied().filter(|block| *block > 0),
            account: account.0.into(),
        };
        Ok(ValidatorSet {
            session: self.item(SESSION, "CurrentIndex", vec![]).await?.unwrap_or_default(),
            session_blocks: self.item(VALIDATORS, "SessionPeriod", vec![]).await?.unwrap_or_default(),
            candidacy_bond: self.item(SELECTION, "CandidacyBond", vec![]).await?.unwrap_or_default(),
            desired_candidates: self.item(SELECTION, "DesiredCandidates", vec![]).await?.unwrap_or_default(),
            validators: accounts.into_iter().map(validator).collect(),
        })
    }

    /// Returns the account that has registered the first of these keys that is taken by an account.
    ///
    /// # Errors
    ///
    /// As [`Self::validators`].
    pub async fn owner_of_keys(&self, keys: &SessionKeys) -> Result<Option<AccountId>, ChainError> {
        for (kind, key) in [(b"aura", keys.aura), (b"gran", keys.grandpa)] {
            let key = Value::unnamed_composite([Value::from_bytes(kind), Value::from_bytes(key)]);
            if let Some(owner) = self.item::<AccountId32>(SESSION, "KeyOwner", vec![key]).await? {
                return Ok(Some(owner.0.into()));
            }
        }
        Ok(None)
    }

    /// Reads the session keys that an account has registered.
    ///
    /// # Errors
    ///
    /// As [`Self::validators`].
    pub async fn session_keys(&self, account: &AccountId) -> Result<Option<SessionKeys>, ChainError> {
        self.item(SESSION, "NextKeys", vec![account_value(account)]).await
    }
}

impl Call {
    /// Registers the session keys of the signer. `proof` shows that the node that has them belongs to the signer.
    pub fn set_session_keys(keys: &SessionKeys, proof: &[u8]) -> Self {
        let keys = [("aura", Value::from_bytes(keys.aura)), ("grandpa", Value::from_bytes(keys.grandpa))];
        Self::named(SESSION, "set_keys", [("keys", Value::named_composite(keys)), ("proof", Value::from_bytes(proof))])
    }

    /// Removes the session keys of the signer.
    pub fn purge_session_keys() -> Self {
        Self::named(SESSION, "purge_keys", [])
    }

    /// Makes the signer a candidate, with the lowest bond.
    pub fn register_as_candidate() -> Self {
        Self::named(SELECTION, "register_as_candidate", [])
    }

    /// Changes the bond of the signer, who is a candidate.
    pub fn update_candidate_bond(bond: Balance) -> Self {
        Self::named(SELECTION, "update_bond", [("new_deposit", Value::u128(bond))])
    }

    /// Makes the signer a candidate in place of `target`, whose bond is lower.
    pub fn take_candidate_slot(bond: Balance, target: &AccountId) -> Self {
        let args = [("deposit", Value::u128(bond)), ("target", account_value(target))];
        Self::named(SELECTION, "take_candidate_slot", args)
    }

    /// Ends the candidacy of the signer. The bond stays at stake for a while.
    pub fn leave_candidacy() -> Self {
        Self::named(SELECTION, "leave_intent", [])
    }

    /// Returns the bonds of a former candidate that are no longer at stake.
    pub fn release_bond(who: &AccountId) -> Self {
        Self::named(VALIDATORS, "release_bond", [("who", account_value(who))])
    }
}
