//! The state that a chain begins with.

use crate::{mock::*, pallet::STORAGE_VERSION, Config, Deposits, Earnings, Gateways, NextStream, Sessions};
use frame_support::{
    assert_ok,
    traits::{Get, GetStorageVersion, Hooks, StorageVersion},
};
use sp_runtime::BuildStorage;
use tick_stream_primitives::{AccountId, Balance, Delegation, Deposit, Gateway, GatewayStatus};

/// A chain of this genesis, on which `rich` own [`ENDOWMENT`] each.
fn chain(rich: &[AccountId], tick_stream: TickStreamConfig) -> sp_io::TestExternalities {
    let balances = rich.iter().map(|account| (account.clone(), ENDOWMENT)).collect();
    let balances = pallet_balances::GenesisConfig { balances, ..Default::default() };
    let config = RuntimeGenesisConfig { balances, tick_stream, ..Default::default() };
    config.build_storage().expect("the genesis builds").into()
}

fn gateway(endpoint: &str) -> (AccountId, String, AccountId) {
    (account("gateway"), endpoint.to_owned(), account("operator"))
}

fn with_gateway(endpoint: &str) -> TickStreamConfig {
    TickStreamConfig { gateways: vec![gateway(endpoint)], ..Default::default() }
}

fn with_deposit(amount: Balance) -> TickStreamConfig {
    TickStreamConfig { deposits: vec![(account("viewer"), amount, None)], ..Default::default() }
}

#[test]
fn genesis_of_nothing_works() {
    chain(&[], TickStreamConfig::default()).execute_with(|| {
        assert_eq!(in_pot(), ED, "nobody's withdrawal can end the pot");
        assert_eq!(Balances::total_issuance(), ED);
        assert_eq!(Gateways::<Test>::iter().count() + Deposits::<Test>::iter().count(), 0);
        assert_eq!(Sessions::<Test>::iter().count() + Earnings::<Test>::iter().count(), 0);
        assert_eq!(NextStream::<Test>::get(), 0);
        assert_eq!(crate::ProtocolFee::<Test>::get(), DefaultProtocolFee::get());
        assert_ok!(TickStream::do_try_state());
    });
}

#[test]
fn genesis_with_a_pot_that_holds_money_works() {
    chain(&[TickStream::pot_account()], TickStreamConfig::default()).execute_with(|| {
        assert_eq!(in_pot(), ENDOWMENT, "nothing is added, nothing taken");
        assert_eq!(Balances::total_issuance(), ENDOWMENT);
        assert_ok!(TickStream::do_try_state());
    });
}

#[test]
fn genesis_with_a_gateway_works() {
    chain(&[account("gateway")], with_gateway("http://127.0.0.1:8080")).execute_with(|| {
        let bond = <Test as Config>::GatewayBond::get();
        let expected = Gateway {
            endpoint: b"http://127.0.0.1:8080".to_vec().try_into().expect("short"),
            operator: account("operator"),
            bond,
            open_sessions: 0,
            status: GatewayStatus::Active,
        };
        assert_eq!(Gateways::<Test>::get(account("gateway")), Some(expected));
        assert_eq!((balance_of("gateway"), in_pot()), (ENDOWMENT - bond, ED + bond));
        assert_ok!(TickStream::do_try_state());
    });
}

#[test]
fn genesis_with_deposits_works() {
    let deposits = vec![
        (account("viewer"), DEPOSIT, Some(account("viewer-session"))),
        (account("second-viewer"), ENDOWMENT - ED, None),
    ];
    let config = TickStreamConfig { deposits, ..Default::default() };
    chain(&[account("viewer"), account("second-viewer")], config).execute_with(|| {
        let delegation = Delegation {
            session_key: account("viewer-session"),
            max_price_per_tick: Balance::MAX,
            allowance: Balance::MAX,
            expires_at: u32::MAX,
        };
        let lent = Deposit { free: DEPOSIT, delegation: Some(delegation), ..Deposit::new(0) };
        assert_eq!(deposit_of("viewer"), lent);
        assert_eq!(deposit_of("second-viewer"), Deposit { free: ENDOWMENT - ED, ..Deposit::new(0) });
        assert_eq!(["viewer", "second-viewer"].map(balance_of), [ENDOWMENT - DEPOSIT, ED]);
        assert_eq!(in_pot(), ED + DEPOSIT + ENDOWMENT - ED);
        assert_ok!(TickStream::do_try_state());
    });
}

#[test]
fn genesis_gateway_and_deposit_open_a_session_works() {
    let deposits = vec![(account("viewer"), DEPOSIT, Some(account("viewer-session")))];
    let config = TickStreamConfig { deposits, ..with_gateway("https://gateway.example") };
    let rich = ["viewer", "gateway", "creator"].map(account);
    chain(&rich, config).execute_with(|| {
        System::set_block_number(1);
        pallet_timestamp::Now::<Test>::put(START_MS);
        create_stream(PRICE, Default::default());
        let mut watch = Watch::opened("viewer", 60);
        watch.settle(60);
        assert_eq!(stream_of(0).totals.paid, 60 * PRICE);
        assert_ok!(TickStream::do_try_state());
    });
}

#[test]
#[should_panic(expected = "cannot pay its bond or has no valid endpoint")]
fn genesis_with_a_gateway_without_a_url_fails() {
    chain(&[account("gateway")], with_gateway("gateway.example"));
}

#[test]
#[should_panic(expected = "cannot pay its bond or has no valid endpoint")]
fn genesis_with_an_endpoint_that_is_too_long_fails() {
    chain(&[account("gateway")], with_gateway(&format!("{:a<257}", "https://")));
}

#[test]
#[should_panic(expected = "cannot pay its bond or has no valid endpoint")]
fn genesis_with_a_gateway_without_money_fails() {
    chain(&[], with_gateway("https://gateway.example"));
}

#[test]
#[should_panic(expected = "cannot pay its bond or has no valid endpoint")]
fn genesis_with_a_gateway_named_twice_fails() {
    let gateways = vec![gateway("https://one.example"), gateway("https://two.example")];
    chain(&[account("gateway")], TickStreamConfig { gateways, ..Default::default() });
}

#[test]
#[should_panic(expected = "cannot pay the deposit of 999999996")]
fn genesis_with_a_deposit_that_would_end_the_account_fails() {
    chain(&[account("viewer")], with_deposit(ENDOWMENT - ED + 1));
}

#[test]
#[should_panic(expected = "cannot pay the deposit of 1000")]
fn genesis_with_a_deposit_of_nobody_fails() {
    chain(&[], with_deposit(1_000));
}

#[test]
#[should_panic(expected = "is named twice among the deposits")]
fn genesis_with_a_viewer_named_twice_fails() {
    let deposits = vec![(account("viewer"), 1_000, None), (account("viewer"), 1_000, None)];
    chain(&[account("viewer")], TickStreamConfig { deposits, ..Default::default() });
}

#[test]
#[should_panic(expected = "is below the least there may be")]
fn genesis_with_a_deposit_below_the_least_fails() {
    chain(&[account("viewer")], with_deposit(1));
}

#[test]
fn storage_version_of_a_new_chain_works() {
    chain(&[], TickStreamConfig::default()).execute_with(|| {
        assert_eq!(STORAGE_VERSION, StorageVersion::new(1));
        assert_eq!(TickStream::in_code_storage_version(), STORAGE_VERSION);
        assert_eq!(TickStream::on_chain_storage_version(), STORAGE_VERSION, "or a migration would run on it");
    });
}

#[test]
fn integrity_test_works() {
    chain(&[], TickStreamConfig::default()).execute_with(|| {
        <TickStream as Hooks<u32>>::integrity_test();
    });
}
