//! Registration of gateways, and their bonds.

use crate::{types::GatewayUpdate, Config, Error, Event, Gateways, Pallet};
use frame_support::{ensure, traits::Get, BoundedVec};
use sp_runtime::{traits::Zero, DispatchResult};
use tick_stream_primitives::{limits::MaxEndpoint, AccountId, Gateway, GatewayStatus};

type Endpoint = BoundedVec<u8, MaxEndpoint>;

impl<T: Config> Pallet<T> {
    pub(crate) fn do_register_gateway(account: AccountId, endpoint: Endpoint, operator: AccountId) -> DispatchResult {
        ensure!(!Gateways::<T>::contains_key(&account), Error::<T>::GatewayExists);
        Self::check_endpoint(&endpoint)?;
        let bond = T::GatewayBond::get();
        Self::move_into_pot(&account, bond)?;
        let gateway = Gateway { endpoint, operator, bond, open_sessions: 0, status: GatewayStatus::Active };
        Gateways::<T>::insert(&account, &gateway);
        Self::deposit_event(Event::GatewayUpdated { gateway: account, value: gateway });
        Ok(())
    }

    pub(crate) fn do_update_gateway(account: AccountId, update: GatewayUpdate) -> DispatchResult {
        let mut gateway = Gateways::<T>::get(&account).ok_or(Error::<T>::GatewayUnknown)?;
        if let Some(endpoint) = update.endpoint {
            Self::check_endpoint(&endpoint)?;
            gateway.endpoint = endpoint;
        }
        gateway.operator = update.operator.unwrap_or(gateway.operator);
        Gateways::<T>::insert(&account, &gateway);
        Self::deposit_event(Event::GatewayUpdated { gateway: account, value: gateway });
        Ok(())
    }

    pub(crate) fn do_deregister_gateway(account: AccountId) -> DispatchResult {
        let mut gateway = Gateways::<T>::get(&account).ok_or(Error::<T>::GatewayUnknown)?;
        ensure!(gateway.status == GatewayStatus::Active, Error::<T>::GatewayInactive);
        gateway.status = GatewayStatus::Leaving;
        let open_sessions = gateway.open_sessions;
        Self::deposit_event(Event::GatewayLeaving { gateway: account.clone(), open_sessions });
        Self::store_or_remove(&account, gateway);
        Ok(())
    }

    /// Stores the gateway, or removes it if it is leaving and has no open session. Its bond, which is already in the
    /// pot, becomes earnings: a payment that can fail must not make a close fail.
    pub(crate) fn store_or_remove(account: &AccountId, gateway: Gateway) {
        if gateway.status == GatewayStatus::Active || !gateway.open_sessions.is_zero() {
            Gateways::<T>::insert(account, gateway);
            return;
        }
        Gateways::<T>::remove(account);
        Self::earn(account, gateway.bond);
        Self::deposit_event(Event::GatewayLeft { gateway: account.clone(), bond: gateway.bond });
    }

    fn check_endpoint(endpoint: &Endpoint) -> DispatchResult {
        let is_url = core::str::from_utf8(endpoint).is_ok_and(|url| {
            let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
            rest.is_some_and(|rest| !rest.is_empty())
        });
        ensure!(is_url, Error::<T>::EndpointInvalid);
        Ok(())
    }

    /// Registers a gateway in the genesis state.
    ///
    /// # Panics
    ///
    /// Panics if the gateway cannot be registered: a genesis state has no other way to report an error.
    pub(crate) fn genesis_gateway(account: &AccountId, endpoint: &str, operator: &AccountId) {
        let endpoint = Endpoint::try_from(endpoint.as_bytes().to_vec());
        let registered =
            endpoint.is_ok_and(|url| Self::do_register_gateway(account.clone(), url, operator.clone()).is_ok());
        assert!(
            registered,
            "genesis: gateway {account:?} is listed twice, cannot pay its bond or has no valid endpoint URL"
        );
    }
}
