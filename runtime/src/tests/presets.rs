//! Tests of the genesis presets.

use super::{build, genesis};
use crate::{genesis_config_presets as presets, Runtime};
use frame_support::traits::Contains;
use sp_consensus_aura::sr25519::AuthorityId as AuraId;
use sp_consensus_grandpa::AuthorityId as GrandpaId;
use sp_core::{ed25519, sr25519, Pair};
use sp_keyring::Sr25519Keyring;

#[test]
fn presets_name_the_development_operator() {
    let pair = sr25519::Pair::from_string("//Alice//tick", None).expect("a well-formed derivation");
    assert_eq!(presets::DEV_OPERATOR, pair.public().into());
}

#[test]
fn presets_register_a_gateway_with_a_funded_operator() {
    for preset in ["development", "local_testnet", "test"] {
        genesis(preset).execute_with(|| {
            let gateway = pallet_tick_stream::Gateways::<Runtime>::get(presets::dev_gateway()).expect("registered");
            assert_eq!(gateway.operator, presets::DEV_OPERATOR);
            assert!(crate::Balances::free_balance(presets::DEV_OPERATOR) > 0);
        });
    }
}

#[test]
fn presets_with_four_validators_have_the_keys_of_the_well_known_accounts() {
    for preset in ["local_testnet", "test"] {
        genesis(preset).execute_with(|| {
            let mut expected = ["Alice", "Bob", "Charlie", "Dave"].map(|name| {
                let (path, text) = (format!("//{name}"), "a well-formed derivation");
                let aura = sr25519::Pair::from_string(&path, None).expect(text).public();
                let grandpa = ed25519::Pair::from_string(&path, None).expect(text).public();
                (AuraId::from(aura), (GrandpaId::from(grandpa), 1_u64))
            });
            expected.sort();
            let mut found: Vec<_> = pallet_aura::Authorities::<Runtime>::get()
                .into_iter()
                .zip(crate::Grandpa::grandpa_authorities())
                .collect();
            found.sort();
            assert_eq!(found, expected, "{preset}");
        });
    }
}

#[test]
fn presets_for_development_are_fast_and_have_sudo() {
    for (preset, period) in [("development", 600), ("local_testnet", 600), ("test", 60)] {
        genesis(preset).execute_with(|| {
            assert_eq!(crate::validators::SessionPeriod::<Runtime>::get(), period, "{preset}");
            assert_eq!(crate::origins::PeriodDivisor::<Runtime>::get(), presets::FAST_GOVERNANCE);
            let alice = Sr25519Keyring::Alice.to_account_id();
            assert_eq!(pallet_sudo::Key::<Runtime>::get(), Some(alice.clone()));
            assert!(crate::Moderators::contains(&alice) && crate::TechnicalCommittee::is_member(&alice));
        });
    }
}

fn live() -> String {
    let preset = presets::get_preset(&presets::LIVE_RUNTIME_PRESET.into()).expect("the template exists");
    String::from_utf8(preset).expect("JSON is text")
}

#[test]
fn live_template_cannot_be_used_before_it_is_filled_in() {
    let error = presets::check_filled_in(live().as_bytes()).expect_err("the template has placeholders");
    for what in ["account of validator 1", "`aura` of validator 4", "`gran` of validator 2", "first holder of tokens"] {
        assert!(error.contains(what), "`{what}` is missing in: {error}");
    }
    assert!(error.contains("export-chain-spec --chain live"));
}

#[test]
fn live_template_names_no_well_known_account() {
    let template = live();
    for key in Sr25519Keyring::iter() {
        assert!(!template.contains(&key.to_account_id().to_string()), "{key:?}");
    }
    assert!(!template.contains(&presets::DEV_OPERATOR.to_string()));
}

/// Fills the template in as an operator does: with accounts and keys of its own.
fn filled_in() -> serde_json::Value {
    fn fill(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::String(text) if text.starts_with(presets::PLACEHOLDER) => {
                *text = match (text.contains("sr25519"), text.contains("ed25519")) {
                    (false, true) => {
                        ed25519::Pair::from_string(&format!("//{text}"), None).map(|pair| pair.public().to_string())
                    }
                    _ => sr25519::Pair::from_string(&format!("//{text}"), None).map(|pair| pair.public().to_string()),
                }
                .expect("a well-formed derivation");
            }
            serde_json::Value::Array(items) => items.iter_mut().for_each(fill),
            serde_json::Value::Object(entries) => entries.values_mut().for_each(fill),
            _ => {}
        }
    }
    let mut config = serde_json::from_str(&live()).expect("the template is JSON");
    fill(&mut config);
    config
}

#[test]
fn live_chain_has_four_validators_and_no_sudo() {
    let config = filled_in();
    presets::check_filled_in(config.to_string().as_bytes()).expect("everything is filled in");
    build(config).execute_with(|| {
        assert_eq!(pallet_sudo::Key::<Runtime>::get(), None);
        assert_eq!(crate::Session::validators().len(), 4);
        assert_eq!(crate::Grandpa::grandpa_authorities().len(), 4);
        assert_eq!(crate::validators::SessionPeriod::<Runtime>::get(), crate::HOURS);
        assert_eq!(crate::origins::PeriodDivisor::<Runtime>::get(), 1);
        assert_eq!(pallet_collator_selection::CandidacyBond::<Runtime>::get(), presets::LIVE_BOND);
    });
}

#[test]
fn every_preset_but_the_template_can_be_built() {
    for name in presets::preset_names() {
        let preset = presets::get_preset(&name).expect("a listed preset exists");
        let is_complete = presets::check_filled_in(&preset).is_ok();
        assert_eq!(is_complete, AsRef::<str>::as_ref(&name) != presets::LIVE_RUNTIME_PRESET, "{name:?}");
    }
    assert!(presets::get_preset(&"other".into()).is_none());
}
