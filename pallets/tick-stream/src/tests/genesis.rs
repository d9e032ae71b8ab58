//! Tests of the genesis state.

use crate::{mock::*, pallet::STORAGE_VERSION, Config, Deposits, Earnings, Gateways, NextStream, Sessions};
use frame_support::{
    assert_ok,
    traits::{Get, GetStorageVersion, Hooks, StorageVersion},
};
use sp_runtime::BuildStorage;
use tick_stream_primitives::{
    limits, AccountId, Balance, Deposit, Gateway, GatewayStatus, KeyLimits, Scope, SessionKey,
};

/// Creates a chain from this genesis, on which `rich` own [`ENDOWMENT`] each.
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
fn empty_genesis_endows_the_pot() {
    chain(&[], TickStreamConfig::default()).execute_with(|| {
        assert_eq!(in_pot(), ED, "the pot has its existential deposit");
        assert_eq!(Balances::total_issuance(), ED);
        assert_eq!(Gateways::<Test>::iter().count() + Deposits::<Test>::iter().count(), 0);
        assert_eq!(Sessions::<Test>::iter().count() + Earnings::<Test>::iter().count(), 0);
        assert_eq!(NextStream::<Test>::get(), 0);
        assert_eq!(crate::ProtocolFee::<Test>::get(), DefaultProtocolFee::get());
        assert_ok!(TickStream::do_try_state());
    });
}

#[test]
fn genesis_keeps_the_money_of_the_pot() {
    chain(&[TickStream::pot_account()], TickStreamConfig::default()).execute_with(|| {
        assert_eq!(in_pot(), ENDOWMENT, "the balance is unchanged");
        assert_eq!(Balances::total_issuance(), ENDOWMENT);
        assert_ok!(TickStream::do_try_state());
    });
}

#[test]
fn genesis_registers_a_gateway() {
    chain(&[account("gateway")], with_gateway("http://127.0.0.1:8080")).execute_with(|| {
        let bond = <Test as Config>::GatewayBond::get();
        let expected = Gateway {
            endpoint: b"http://127.0.0.1:8080".to_vec().try_into().expect("within the bound"),
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
fn genesis_makes_deposits() {
    let deposits = vec![
        (account("viewer"), DEPOSIT, Some(account("viewer-session"))),
        (account("second-viewer"), ENDOWMENT - ED, None),
    ];
    let config = TickStreamConfig { deposits, ..Default::default() };
    chain(&[account("viewer"), account("second-viewer")], config).execute_with(|| {
        let limits = KeyLimits {
            label: Default::default(),
            max_price_per_tick: Balance::MAX,
            allowance: Balance::MAX,
            renewal: None,
            max_sessions: limits::MAX_SESSIONS_PER_KEY,
            scope: Scope::Any,
            expires_at: u32::MAX,
        };
        let with_key = Deposit { free: DEPOSIT, keys: 1, last_key_id: 1, ..Deposit::new(0) };
        assert_eq!(deposit_of("viewer"), with_key, "a genesis state pays no bonds");
        assert_eq!(key_of("viewer", "viewer-session"), SessionKey::new(limits, 1, 0, 0, 0));
        assert_eq!(deposit_of("second-viewer"), Deposit { free: ENDOWMENT - ED, ..Deposit::new(0) });
        assert_eq!(["viewer", "second-viewer"].map(balance_of), [ENDOWMENT - DEPOSIT, ED]);
        assert_eq!(in_pot(), ED + DEPOSIT + ENDOWMENT - ED);
        assert_ok!(TickStream::do_try_state());
    });
}

#[test]
fn gateway_and_deposit_of_the_genesis_can_open_a_session() {
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
#[should_panic(expected = "is listed twice, cannot pay its bond or has no valid endpoint URL")]
fn genesis_gateway_without_a_url_panics() {
    chain(&[account("gateway")], with_gateway("gateway.example"));
}

#[test]
#[should_panic(expected = "is listed twice, cannot pay its bond or has no valid endpoint URL")]
fn genesis_gateway_with_a_long_endpoint_panics() {
    chain(&[account("gateway")], with_gateway(&format!("{:a<257}", "https://")));
}

#[test]
#[should_panic(expected = "is listed twice, cannot pay its bond or has no valid endpoint URL")]
fn genesis_gateway_without_money_panics() {
    chain(&[], with_gateway("https://gateway.example"));
}

#[test]
#[should_panic(expected = "is listed twice, cannot pay its bond or has no valid endpoint URL")]
fn genesis_gateway_listed_twice_panics() {
    let gateways = vec![gateway("https://one.example"), gateway("https://two.example")];
    chain(&[account("gateway")], TickStreamConfig { gateways, ..Default::default() });
}

#[test]
#[should_panic(expected = "cannot pay the deposit of 999999996")]
fn genesis_deposit_of_the_existential_deposit_panics() {
    chain(&[account("viewer")], with_deposit(ENDOWMENT - ED + 1));
}

#[test]
#[should_panic(expected = "cannot pay the deposit of 1000")]
fn genesis_deposit_without_an_account_panics() {
    chain(&[], with_deposit(1_000));
}

#[test]
#[should_panic(expected = "is listed twice among the deposits")]
fn genesis_viewer_listed_twice_panics() {
    let deposits = vec![(account("viewer"), 1_000, None), (account("viewer"), 1_000, None)];
    chain(&[account("viewer")], TickStreamConfig { deposits, ..Default::default() });
}

#[test]
#[should_panic(expected = "is below MinDeposit")]
fn genesis_deposit_below_the_minimum_panics() {
    chain(&[account("viewer")], with_deposit(1));
}

#[test]
#[should_panic(expected = "is the viewer's own account")]
fn genesis_session_key_that_is_the_viewer_panics() {
    let deposits = vec![(account("viewer"), DEPOSIT, Some(account("viewer")))];
    chain(&[account("viewer")], TickStreamConfig { deposits, ..Default::default() });
}

#[test]
#[should_panic(expected = "is only zeros")]
fn genesis_session_key_of_zeros_panics() {
    let deposits = vec![(account("viewer"), DEPOSIT, Some(AccountId::new([0; 32])))];
    chain(&[account("viewer")], TickStreamConfig { deposits, ..Default::default() });
}

#[test]
fn new_chain_has_the_current_storage_version() {
    chain(&[], TickStreamConfig::default()).execute_with(|| {
        assert_eq!(STORAGE_VERSION, StorageVersion::new(2));
        assert_eq!(TickStream::in_code_storage_version(), STORAGE_VERSION);
        assert_eq!(TickStream::on_chain_storage_version(), STORAGE_VERSION, "no migration runs on a new chain");
    });
}

#[test]
fn constants_of_the_mock_are_consistent() {
    chain(&[], TickStreamConfig::default()).execute_with(|| {
        <TickStream as Hooks<u32>>::integrity_test();
    });
}
