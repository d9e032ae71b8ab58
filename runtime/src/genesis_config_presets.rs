//! Genesis presets: `development` with one authority and `local_testnet` with four.

use crate::{
    AccountId, AuraConfig, Balance, BalancesConfig, GrandpaConfig, RuntimeGenesisConfig, SudoConfig, TickStreamConfig,
    UNIT,
};
use alloc::{
    string::{String, ToString},
    vec,
    vec::Vec,
};
use frame_support::build_struct_json_patch;
use serde_json::Value;
use sp_consensus_aura::sr25519::AuthorityId as AuraId;
use sp_consensus_grandpa::AuthorityId as GrandpaId;
use sp_genesis_builder::{PresetId, DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET};
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};

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

/// Returns the gateway's account on development chains.
pub fn dev_gateway() -> AccountId {
    Sr25519Keyring::Ferdie.to_account_id()
}

/// Returns a genesis with these authorities, funded well-known accounts and a registered gateway.
fn genesis(authorities: &[(Sr25519Keyring, Ed25519Keyring)]) -> Value {
    let mut endowed: Vec<_> = Sr25519Keyring::well_known().map(|key| (key.to_account_id(), ENDOWMENT)).collect();
    endowed.push((DEV_OPERATOR, ENDOWMENT));
    let aura = authorities.iter().map(|(key, _)| AuraId::from(key.public())).collect::<Vec<_>>();
    let grandpa = authorities.iter().map(|(_, key)| (GrandpaId::from(key.public()), 1)).collect();
    build_struct_json_patch!(RuntimeGenesisConfig {
        balances: BalancesConfig { balances: endowed },
        aura: AuraConfig { authorities: aura },
        grandpa: GrandpaConfig { authorities: grandpa },
        sudo: SudoConfig { key: Some(Sr25519Keyring::Alice.to_account_id()) },
        tick_stream: TickStreamConfig { gateways: vec![(dev_gateway(), String::from(GATEWAY_ENDPOINT), DEV_OPERATOR)] },
    })
}

/// Returns the preset with one authority: Alice.
fn development() -> Value {
    genesis(&[(Sr25519Keyring::Alice, Ed25519Keyring::Alice)])
}

/// Returns the preset with four authorities: Alice, Bob, Charlie and Dave.
fn local_testnet() -> Value {
    genesis(&[
        (Sr25519Keyring::Alice, Ed25519Keyring::Alice),
        (Sr25519Keyring::Bob, Ed25519Keyring::Bob),
        (Sr25519Keyring::Charlie, Ed25519Keyring::Charlie),
        (Sr25519Keyring::Dave, Ed25519Keyring::Dave),
    ])
}

/// Returns the preset with this name as JSON, or `None` if there is none.
pub fn get_preset(id: &PresetId) -> Option<Vec<u8>> {
    let patch = match id.as_ref() {
        DEV_RUNTIME_PRESET => development(),
        LOCAL_TESTNET_RUNTIME_PRESET => local_testnet(),
        _ => return None,
    };
    Some(patch.to_string().into_bytes())
}

/// Returns the names of all presets.
pub fn preset_names() -> Vec<PresetId> {
    vec![PresetId::from(DEV_RUNTIME_PRESET), PresetId::from(LOCAL_TESTNET_RUNTIME_PRESET)]
}
