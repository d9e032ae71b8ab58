//! The chains that this binary knows by name.
//!
//! The runtime's genesis presets define the genesis block. This module adds the name of the chain, its identity on the
//! network, and the properties that wallets show.

use sc_service::{ChainType, Properties};
use sp_genesis_builder::{DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET};
use std::path::PathBuf;
use vilokanam_runtime::{
    configs::SS58Prefix,
    genesis_config_presets::{LIVE_RUNTIME_PRESET, TEST_RUNTIME_PRESET},
    token,
};

/// Identity and genesis of a chain.
pub type ChainSpec = sc_service::GenericChainSpec;

/// Network protocol id. It separates peers of other chains even before genesis hashes are compared.
const PROTOCOL_ID: &str = "vlk";

/// Finds a chain by the value of `--chain`: `dev`, `local` (or an empty string), `test`, `live`, or the path of a
/// specification.
///
/// `live` is a template for `export-chain-spec`. Its genesis cannot be built before its placeholders are replaced; the
/// runtime's error then names them.
///
/// # Errors
///
/// When the specification cannot be read, or the binary was built without a runtime.
pub fn load(id: &str) -> Result<ChainSpec, String> {
    match id {
        "dev" => development(),
        "" | "local" => local_testnet(),
        "test" => test(),
        "live" => live(),
        path => ChainSpec::from_json_file(PathBuf::from(path)).map_err(|error| {
            format!("`{path}` is none of the chains `dev`, `local`, `test` and `live`, and cannot be read as a chain specification: \
                 {error}")
        }),
    }
}

/// Chain of `--dev`: one node, one authority, well-known accounts with funds.
fn development() -> Result<ChainSpec, String> {
    preset("Vilokanam Development", "vilokanam_dev", ChainType::Development, DEV_RUNTIME_PRESET)
}

/// Chain of several nodes on one machine or network, with well-known keys as authorities.
fn local_testnet() -> Result<ChainSpec, String> {
    preset("Vilokanam Local Testnet", "vilokanam_local", ChainType::Local, LOCAL_TESTNET_RUNTIME_PRESET)
}

/// Chain of four nodes with sessions of a minute, for tests of changes of the validators.
fn test() -> Result<ChainSpec, String> {
    preset("Vilokanam Test", "vilokanam_test", ChainType::Local, TEST_RUNTIME_PRESET)
}

/// Template of a live chain, without well-known keys.
fn live() -> Result<ChainSpec, String> {
    preset("Vilokanam", "vilokanam", ChainType::Live, LIVE_RUNTIME_PRESET)
}

fn preset(name: &str, id: &str, chain_type: ChainType, genesis: &str) -> Result<ChainSpec, String> {
    let wasm = vilokanam_runtime::WASM_BINARY.ok_or(
        "this binary contains no runtime, because it was built with SKIP_WASM_BUILD; build it without that variable, \
         or pass the path of a chain specification to --chain",
    )?;

    Ok(ChainSpec::builder(wasm, None)
        .with_name(name)
        .with_id(id)
        .with_chain_type(chain_type)
        .with_protocol_id(PROTOCOL_ID)
        .with_properties(properties())
        .with_genesis_config_preset_name(genesis)
        .build())
}

/// Properties that wallets show.
fn properties() -> Properties {
    let mut properties = Properties::new();
    properties.insert("tokenSymbol".into(), token::SYMBOL.into());
    properties.insert("tokenDecimals".into(), token::DECIMALS.into());
    properties.insert("ss58Format".into(), SS58Prefix::get().into());
    properties
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_chains_are_loaded() {
        let known = [
            ("dev", ChainType::Development),
            ("", ChainType::Local),
            ("local", ChainType::Local),
            ("test", ChainType::Local),
            ("live", ChainType::Live),
        ];
        for (id, chain_type) in known {
            match load(id) {
                Ok(spec) => assert_eq!(sc_service::ChainSpec::chain_type(&spec), chain_type),
                Err(error) => {
                    assert!(vilokanam_runtime::WASM_BINARY.is_none(), "{error}");
                    assert!(error.contains("SKIP_WASM_BUILD"));
                }
            }
        }
    }

    #[test]
    fn live_chain_cannot_be_built_before_its_placeholders_are_replaced() {
        let Ok(spec) = load("live") else {
            assert!(vilokanam_runtime::WASM_BINARY.is_none());
            return;
        };
        let json = sc_service::ChainSpec::as_json(&spec, false).expect("the template can be exported");
        assert!(json.contains("FILL IN: address of the account of validator 1"), "{json}");
        let error = sc_service::ChainSpec::as_json(&spec, true).expect_err("the template has no genesis");
        assert!(error.contains("address of the account of validator 4"), "{error}");
        assert!(error.contains("export-chain-spec --chain live"), "{error}");
    }

    #[test]
    fn unknown_chain_is_refused() {
        let error = load("no-such-chain").err().expect("the file does not exist");
        assert!(error.contains("no-such-chain") && error.contains("local"), "{error}");
    }
}
