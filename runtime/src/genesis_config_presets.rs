//! Genesis presets.
//!
//! | name | validators | session | governance | sudo |
//! | --- | --- | --- | --- | --- |
//! | `development` | Alice | 10 minutes | 10,000 times as fast | Alice |
//! | `local_testnet` | Alice, Bob, Charlie, Dave | 10 minutes | 10,000 times as fast | Alice |
//! | `test` | Alice, Bob, Charlie, Dave | 1 minute | 10,000 times as fast | Alice |
//! | `live` | placeholders | 1 hour | at its own pace | none |
//!
//! `live` is a template. A chain cannot be built from it before every placeholder is replaced; the error names them.

use crate::{
    opaque::SessionKeys, AccountId, Balance, BalancesConfig, BlockNumber, CollatorSelectionConfig, ModeratorsConfig,
    OriginsConfig, RuntimeGenesisConfig, SessionConfig, SudoConfig, TechnicalCommitteeConfig, TickStreamConfig,
    ValidatorsConfig, HOURS, MINUTES, UNIT,
};
use alloc::{
    collections::BTreeSet,
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};
use frame_support::build_struct_json_patch;
use serde_json::{json, Value};
use sp_genesis_builder::{PresetId, DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET};
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};

/// Name of the preset with four validators and short sessions, for tests of several nodes.
pub const TEST_RUNTIME_PRESET: &str = "test";
/// Name of the template of a live chain.
pub const LIVE_RUNTIME_PRESET: &str = "live";
/// Text with which every placeholder of the template begins.
pub const PLACEHOLDER: &str = "FILL IN: ";
/// Maximum number of placeholders that an error names.
const MAX_NAMED_PLACEHOLDERS: usize = 20;

/// Divisor of governance's periods on chains for development and tests.
pub const FAST_GOVERNANCE: u32 = 10_000;
/// Bond of a candidate on chains for development and tests.
const DEVELOPMENT_BOND: Balance = 100 * UNIT;
/// Bond of a candidate on a live chain.
pub const LIVE_BOND: Balance = 10_000 * UNIT;
/// Number of candidates that are chosen besides the invulnerables on chains for development and tests.
const DEVELOPMENT_CANDIDATES: u32 = 16;
/// Number of candidates that are chosen on a live chain until governance opens places for them.
///
/// Anyone who pays the bond can be a candidate. Candidates are always fewer than half as many as appointed validators
/// ([`places_for_candidates`](crate::validators::limits::places_for_candidates)), however many places are open.
pub const LIVE_CANDIDATES: u32 = 0;
/// Balance of each well-known account, in planck.
const ENDOWMENT: Balance = 1_000_000 * UNIT;
/// URL of the gateway of a development chain.
const GATEWAY_ENDPOINT: &str = "http://127.0.0.1:8080";
/// Account of `//Alice//tick`, the key that development nodes settle with.
///
/// It differs from Alice's own account, so that extrinsics of developers do not change its nonce.
pub const DEV_OPERATOR: AccountId = AccountId::new([
    0x14, 0x27, 0x9f, 0x12, 0x2c, 0x0c, 0xf8, 0x64, 0x97, 0x3c, 0x10, 0x0c, 0x67, 0x5f, 0x09, 0xe5, 0x7c, 0xf6, 0x62,
    0x1b, 0x0d, 0x27, 0x27, 0x13, 0x64, 0x7a, 0x6e, 0x76, 0xaa, 0xd5, 0x02, 0x16,
]);

/// Validators of the presets with several nodes.
const FOUR_VALIDATORS: [(Sr25519Keyring, Ed25519Keyring); 4] = [
    (Sr25519Keyring::Alice, Ed25519Keyring::Alice),
    (Sr25519Keyring::Bob, Ed25519Keyring::Bob),
    (Sr25519Keyring::Charlie, Ed25519Keyring::Charlie),
    (Sr25519Keyring::Dave, Ed25519Keyring::Dave),
];

/// Returns the gateway's account on development chains.
pub fn dev_gateway() -> AccountId {
    Sr25519Keyring::Ferdie.to_account_id()
}

/// Returns a genesis with these validators, funded well-known accounts and a registered gateway. Alice has sudo, and is
/// the technical committee and the only moderator.
fn genesis(validators: &[(Sr25519Keyring, Ed25519Keyring)], session_period: BlockNumber) -> Value {
    let mut endowed: Vec<_> = Sr25519Keyring::well_known().map(|key| (key.to_account_id(), ENDOWMENT)).collect();
    endowed.push((DEV_OPERATOR, ENDOWMENT));
    let keys = validators.iter().map(|(aura, grandpa)| {
        let account = aura.to_account_id();
        (account.clone(), account, SessionKeys { aura: aura.public().into(), grandpa: grandpa.public().into() })
    });
    let alice = Sr25519Keyring::Alice.to_account_id();
    build_struct_json_patch!(RuntimeGenesisConfig {
        balances: BalancesConfig { balances: endowed },
        sudo: SudoConfig { key: Some(alice.clone()) },
        tick_stream: TickStreamConfig { gateways: vec![(dev_gateway(), String::from(GATEWAY_ENDPOINT), DEV_OPERATOR)] },
        validators: ValidatorsConfig { session_period },
        collator_selection: CollatorSelectionConfig {
            invulnerables: validators.iter().map(|(aura, _)| aura.to_account_id()).collect(),
            candidacy_bond: DEVELOPMENT_BOND,
            desired_candidates: DEVELOPMENT_CANDIDATES,
        },
        session: SessionConfig { keys: keys.collect() },
        origins: OriginsConfig { period_divisor: FAST_GOVERNANCE },
        technical_committee: TechnicalCommitteeConfig { members: vec![alice.clone()] },
        moderators: ModeratorsConfig { members: vec![alice].try_into().unwrap_or_default() },
    })
}

/// Returns a placeholder with what has to take its place.
fn fill_in(what: &str) -> String {
    format!("{PLACEHOLDER}{what}")
}

/// Returns the template of a live chain, with four validators.
fn live() -> Value {
    let account = |number: u32| fill_in(&format!("address of the account of validator {number}"));
    let validators = 1..=FOUR_VALIDATORS.len() as u32;
    let keys: Vec<_> = validators
        .clone()
        .map(|number| {
            json!([account(number), account(number), {
                "aura": fill_in(&format!("address of the sr25519 key `aura` of validator {number}")),
                "grandpa": fill_in(&format!("address of the ed25519 key `gran` of validator {number}")),
            }])
        })
        .collect();
    json!({
        "balances": { "balances": [[fill_in("address of the first holder of tokens; give each holder a row"), UNIT as u64]] },
        "sudo": { "key": null },
        "tickStream": { "gateways": [] },
        "validators": { "sessionPeriod": HOURS },
        "collatorSelection": {
            "invulnerables": validators.map(account).collect::<Vec<_>>(),
            "candidacyBond": LIVE_BOND as u64,
            "desiredCandidates": LIVE_CANDIDATES,
        },
        "session": { "keys": keys },
        "origins": { "periodDivisor": 1 },
        "technicalCommittee": { "members": [fill_in("address of a member of the technical committee; at most 32 members")] },
        "moderators": { "members": [] },
    })
}

/// Returns the preset with this name as JSON, or `None` if there is none.
pub fn get_preset(id: &PresetId) -> Option<Vec<u8>> {
    let patch = match id.as_ref() {
        DEV_RUNTIME_PRESET => genesis(&FOUR_VALIDATORS[..1], 10 * MINUTES),
        LOCAL_TESTNET_RUNTIME_PRESET => genesis(&FOUR_VALIDATORS, 10 * MINUTES),
        TEST_RUNTIME_PRESET => genesis(&FOUR_VALIDATORS, MINUTES),
        LIVE_RUNTIME_PRESET => live(),
        _ => return None,
    };
    Some(patch.to_string().into_bytes())
}

/// Returns the names of all presets.
pub fn preset_names() -> Vec<PresetId> {
    [DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET, TEST_RUNTIME_PRESET, LIVE_RUNTIME_PRESET]
        .into_iter()
        .map(PresetId::from)
        .collect()
}

/// Checks that a genesis config has no placeholders of the template `live` left.
///
/// # Errors
///
/// Fails with the list of what has to be filled in.
pub fn check_filled_in(config: &[u8]) -> Result<(), String> {
    // Other errors in the JSON are reported by the builder of the genesis.
    let Ok(config) = serde_json::from_slice(config) else { return Ok(()) };
    let mut missing = BTreeSet::new();
    collect_placeholders(&config, &mut missing);
    if missing.is_empty() {
        return Ok(());
    }
    let named: Vec<_> = missing.iter().take(MAX_NAMED_PLACEHOLDERS).map(|what| format!("\n- {what}")).collect();
    Err(format!(
        "the genesis still has placeholders of the template `live`. Write the specification to a file (vilokanam-node \
         export-chain-spec --chain live), replace each text that begins with `{PLACEHOLDER}`, and use the file:{}",
        named.concat()
    ))
}

/// Collects the placeholders in a JSON value. JSON is nested at most 128 levels deep when it is read.
fn collect_placeholders(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            if let Some(what) = text.strip_prefix(PLACEHOLDER) {
                found.insert(what.to_string());
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_placeholders(item, found)),
        Value::Object(entries) => entries.values().for_each(|entry| collect_placeholders(entry, found)),
        _ => {}
    }
}
