//! Tests of gateways, call by call.

use crate::{mock::*, Config, Error, Event, GatewayUpdate, Gateways};
use frame_support::{
    assert_noop, assert_ok,
    traits::{ConstU32, Get},
    BoundedVec,
};
use sp_runtime::{DispatchError, DispatchResult, TokenError};
use tick_stream_primitives::{
    limits::MAX_ENDPOINT, Balance, Closer, Gateway, GatewayStatus, RowError, RowKind, Session,
};

fn bond() -> Balance {
    <Test as Config>::GatewayBond::get()
}

fn url(text: &str) -> BoundedVec<u8, ConstU32<MAX_ENDPOINT>> {
    text.as_bytes().to_vec().try_into().expect("within the bound")
}

/// Registers "second-gateway" with this endpoint.
fn register(endpoint: BoundedVec<u8, ConstU32<MAX_ENDPOINT>>) -> DispatchResult {
    TickStream::register_gateway(signed("second-gateway"), endpoint, account("stranger"))
}

fn gateway_of(name: &str) -> Gateway {
    Gateways::<Test>::get(account(name)).expect("the gateway is registered")
}

/// Closes the session in the name of "gateway".
fn end(watch: &Watch) {
    let batch = batch_of_closes(vec![watch.close(Closer::Gateway, "gateway")]);
    assert_ok!(TickStream::process_batch(signed("operator"), batch));
    assert_eq!(crate::Sessions::<Test>::get(watch.id), None::<Session>);
}

/// Returns endpoints that are not valid URLs.
fn invalid_endpoints() -> Vec<BoundedVec<u8, ConstU32<MAX_ENDPOINT>>> {
    let mut bytes = b"https://gateway.example/".to_vec();
    bytes.push(0xff);
    let not_utf8 = bytes.try_into().expect("within the bound");
    ["", "gateway.example", "ftp://gateway.example", "ws://gateway.example", " https://gateway.example", "https://"]
        .into_iter()
        .map(url)
        .chain([not_utf8])
        .collect()
}

#[test]
fn register_gateway_takes_the_bond() {
    build_and_execute(|| {
        let pot = in_pot();
        let seen = events_of(|| register(url("http://127.0.0.1:8080")).expect("the call succeeds"));
        let value = Gateway {
            endpoint: url("http://127.0.0.1:8080"),
            operator: account("stranger"),
            bond: bond(),
            open_sessions: 0,
            status: GatewayStatus::Active,
        };
        assert_eq!(seen, [Event::GatewayUpdated { gateway: account("second-gateway"), value: value.clone() }]);
        assert_eq!(gateway_of("second-gateway"), value);
        assert_eq!(balance_of("second-gateway"), ENDOWMENT - bond());
        assert_eq!(in_pot(), pot + bond());
    });
}

#[test]
fn register_gateway_accepts_the_longest_endpoint() {
    build_and_execute(|| {
        let text = format!("{:a<1$}", "https://", MAX_ENDPOINT as usize);
        assert_ok!(register(url(&text)));
        assert_eq!(gateway_of("second-gateway").endpoint.len(), 256);
    });
}

#[test]
fn register_gateway_may_leave_only_the_existential_deposit() {
    build_and_execute(|| {
        endow("poor", bond() + ED);
        assert_ok!(TickStream::register_gateway(signed("poor"), url("https://poor.example"), account("poor")));
        assert_eq!(balance_of("poor"), ED);
    });
}

#[test]
fn register_gateway_without_the_bond_is_refused() {
    build_and_execute(|| {
        let register = || TickStream::register_gateway(signed("poor"), url("https://poor.example"), account("poor"));
        assert_noop!(register(), TokenError::FundsUnavailable);
        endow("poor", bond() - 1);
        assert_noop!(register(), TokenError::FundsUnavailable);
        endow("poor", ED);
        assert_noop!(register(), TokenError::NotExpendable);
        endow("poor", 1);
        assert_ok!(register());
    });
}

#[test]
fn second_register_gateway_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        Watch::opened("viewer", 60);
        let again =
            || TickStream::register_gateway(signed("gateway"), url("https://other.example"), account("operator"));
        assert_noop!(again(), Error::<Test>::GatewayExists);
        assert_ok!(TickStream::deregister_gateway(signed("gateway")));
        assert_noop!(again(), Error::<Test>::GatewayExists);
    });
}

#[test]
fn register_gateway_with_an_invalid_endpoint_is_refused() {
    build_and_execute(|| {
        for endpoint in invalid_endpoints() {
            assert_noop!(register(endpoint), Error::<Test>::EndpointInvalid);
        }
    });
}

#[test]
fn update_gateway_changes_endpoint_and_operator() {
    build_and_execute(|| {
        let before = gateway_of("gateway");
        let update =
            GatewayUpdate { endpoint: Some(url("https://new.example")), operator: Some(account("second-gateway")) };
        let seen = events_of(|| TickStream::update_gateway(signed("gateway"), update).expect("the call succeeds"));
        let value = Gateway { endpoint: url("https://new.example"), operator: account("second-gateway"), ..before };
        assert_eq!(seen, [Event::GatewayUpdated { gateway: account("gateway"), value: value.clone() }]);
        assert_eq!(gateway_of("gateway"), value);
        assert_eq!(balance_of("gateway"), ENDOWMENT - bond(), "the bond is unchanged");
    });
}

#[test]
fn update_gateway_keeps_what_is_not_given() {
    build_and_execute(|| {
        let before = gateway_of("gateway");
        let update = |update| TickStream::update_gateway(signed("gateway"), update).expect("the call succeeds");
        update(GatewayUpdate::default());
        assert_eq!(gateway_of("gateway"), before);
        update(GatewayUpdate { endpoint: Some(url("https://new.example")), operator: None });
        let moved = Gateway { endpoint: url("https://new.example"), ..before };
        assert_eq!(gateway_of("gateway"), moved);
        update(GatewayUpdate { endpoint: None, operator: Some(account("stranger")) });
        assert_eq!(gateway_of("gateway"), Gateway { operator: account("stranger"), ..moved });
    });
}

#[test]
fn leaving_gateway_can_be_updated() {
    build_and_execute(|| {
        fund("viewer");
        Watch::opened("viewer", 60);
        assert_ok!(TickStream::deregister_gateway(signed("gateway")));
        let update = GatewayUpdate { operator: Some(account("stranger")), ..Default::default() };
        assert_ok!(TickStream::update_gateway(signed("gateway"), update));
        let gateway = gateway_of("gateway");
        assert_eq!((gateway.operator, gateway.status), (account("stranger"), GatewayStatus::Leaving));
    });
}

#[test]
fn update_gateway_by_another_account_is_refused() {
    build_and_execute(|| {
        let update = GatewayUpdate::default();
        assert_noop!(TickStream::update_gateway(signed("stranger"), update.clone()), Error::<Test>::GatewayUnknown);
        assert_noop!(TickStream::update_gateway(signed("operator"), update), Error::<Test>::GatewayUnknown);
    });
}

#[test]
fn update_gateway_with_an_invalid_endpoint_is_refused() {
    build_and_execute(|| {
        for endpoint in invalid_endpoints() {
            let update = GatewayUpdate { endpoint: Some(endpoint), operator: Some(account("stranger")) };
            assert_noop!(TickStream::update_gateway(signed("gateway"), update), Error::<Test>::EndpointInvalid);
        }
    });
}

#[test]
fn deregister_gateway_without_sessions_removes_it() {
    build_and_execute(|| {
        let pot = in_pot();
        let seen = events_of(|| TickStream::deregister_gateway(signed("gateway")).expect("the call succeeds"));
        let gateway = account("gateway");
        let expected = [
            Event::GatewayLeaving { gateway: gateway.clone(), open_sessions: 0 },
            Event::GatewayLeft { gateway: gateway.clone(), bond: bond() },
        ];
        assert_eq!(seen, expected);
        assert_eq!(Gateways::<Test>::get(&gateway), None);
        assert_eq!((earned("gateway"), in_pot()), (bond(), pot), "the bond is part of the earnings");
        assert_ok!(TickStream::payout(signed("stranger"), gateway));
        assert_eq!((balance_of("gateway"), in_pot()), (ENDOWMENT, pot - bond()));
    });
}

#[test]
fn deregister_gateway_returns_the_bond_with_its_last_session() {
    build_and_execute(|| {
        fund("viewer");
        let mut first = Watch::opened("viewer", 60);
        let second = Watch::opened("viewer", 60);
        let gateway = account("gateway");
        let seen = events_of(|| TickStream::deregister_gateway(signed("gateway")).expect("the call succeeds"));
        assert_eq!(seen, [Event::GatewayLeaving { gateway: gateway.clone(), open_sessions: 2 }]);
        let leaving = gateway_of("gateway");
        assert_eq!((leaving.status, leaving.bond, leaving.open_sessions), (GatewayStatus::Leaving, bond(), 2));
        end(&second);
        assert_eq!(earned("gateway"), OPEN_FEE);
        assert_eq!(gateway_of("gateway").open_sessions, 1);
        first.settle(10);
        let settled = earned("gateway");
        assert!(settled > 0, "claims are still settled");
        let seen = events_of(|| end(&first));
        assert!(seen.contains(&Event::GatewayLeft { gateway: gateway.clone(), bond: bond() }));
        assert_eq!(Gateways::<Test>::get(gateway), None);
        assert_eq!(earned("gateway"), settled + bond() + OPEN_FEE);
    });
}

#[test]
fn deregister_gateway_stops_opens() {
    build_and_execute(|| {
        fund("viewer");
        Watch::opened("viewer", 60);
        assert_ok!(TickStream::deregister_gateway(signed("gateway")));
        let late = Watch::new("viewer", 60);
        assert_ok!(TickStream::process_batch(
            signed("operator"),
            batch_of_opens(vec![late.signed_by("viewer-session")])
        ));
        assert_eq!(failures(), [(RowKind::Open, 0, RowError::GatewayInactive)]);
        let join = || TickStream::join_stream(signed("viewer"), Watch::of_wallet("viewer", 60).ticket);
        assert_noop!(join(), Error::<Test>::TicketGatewayInvalid);
    });
}

#[test]
fn removed_gateway_can_register_again() {
    build_and_execute(|| {
        assert_ok!(TickStream::deregister_gateway(signed("gateway")));
        register_gateway("gateway");
        assert_eq!(earned("gateway"), bond(), "of its earlier registration");
        assert_eq!(balance_of("gateway"), ENDOWMENT - 2 * bond(), "the earlier bond was not paid out");
        fund("viewer");
        Watch::opened("viewer", 60);
        assert_eq!(gateway_of("gateway").open_sessions, 1);
    });
}

#[test]
fn deregister_gateway_by_another_account_is_refused() {
    build_and_execute(|| {
        assert_noop!(TickStream::deregister_gateway(signed("operator")), Error::<Test>::GatewayUnknown);
        assert_ok!(TickStream::deregister_gateway(signed("gateway")));
        assert_noop!(TickStream::deregister_gateway(signed("gateway")), Error::<Test>::GatewayUnknown);
    });
}

#[test]
fn second_deregister_gateway_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        Watch::opened("viewer", 60);
        assert_ok!(TickStream::deregister_gateway(signed("gateway")));
        assert_noop!(TickStream::deregister_gateway(signed("gateway")), Error::<Test>::GatewayInactive);
    });
}

#[test]
fn unsigned_calls_of_gateways_are_refused() {
    build_and_execute(|| {
        for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
            let endpoint = url("https://gateway.example");
            let register = || TickStream::register_gateway(origin.clone(), endpoint, account("operator"));
            assert_noop!(register(), DispatchError::BadOrigin);
            let update = || TickStream::update_gateway(origin.clone(), GatewayUpdate::default());
            assert_noop!(update(), DispatchError::BadOrigin);
            assert_noop!(TickStream::deregister_gateway(origin), DispatchError::BadOrigin);
        }
    });
}
