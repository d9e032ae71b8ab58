//! The chains this binary knows by name.
//!
//! What is in a genesis block is the runtime's business (its genesis presets); here it only gets a name, an identity on
//! the network and what wallets show of it.

use sc_service::{ChainType, Properties};
use sp_genesis_builder::{DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET};
use std::path::PathBuf;
use vilokanam_runtime::{configs::SS58Prefix, token};

/// A chain's identity and genesis.
pub type ChainSpec = sc_service::GenericChainSpec;

/// Keeps our peers apart from other chains' even before genesis hashes are compared.
const PROTOCOL_ID: &str = "vlk";

/// Finds a chain by what follows `--chain`: `dev`, `local` (or nothing), or the path of a specification.
pub fn load(id: &str) -> Result<ChainSpec, String> {
    match id {
        "dev" => development(),
        "" | "local" => local_testnet(),
        path => ChainSpec::from_json_file(PathBuf::from(path))
            .map_err(|error| format!("`{path}` is neither `dev` nor `local`, and as a file: {error}")),
    }
}

/// One node, one authority, everything funded: what `--dev` runs.
fn development() -> Result<ChainSpec, String> {
    preset("Vilokanam Development", "vilokanam_dev", ChainType::Development, DEV_RUNTIME_PRESET)
}

/// Several nodes on one machine or network, with the well-known keys as authorities.
fn local_testnet() -> Result<ChainSpec, String> {
    preset("Vilokanam Local Testnet", "vilokanam_local", ChainType::Local, LOCAL_TESTNET_RUNTIME_PRESET)
}

fn preset(name: &str, id: &str, chain_type: ChainType, genesis: &str) -> Result<ChainSpec, String> {
    let wasm = vilokanam_runtime::WASM_BINARY.ok_or(
        "this binary has no runtime in it, as it was built with SKIP_WASM_BUILD; build it without, or give --chain the \
         path of a chain specification",
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

/// What wallets show.
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
    fn load_works() {
        for (id, chain_type) in [("dev", ChainType::Development), ("", ChainType::Local), ("local", ChainType::Local)] {
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
    fn load_unknown_fails() {
        let error = load("no-such-chain").err().expect("there is no such file");
        assert!(error.contains("no-such-chain") && error.contains("local"), "{error}");
    }
}
