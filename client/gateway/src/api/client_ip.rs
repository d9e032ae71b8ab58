//! The address a request came from, by which limits count.

use crate::proxies::Proxies;
use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{request::Parts, HeaderMap},
};
use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};
use vilokanam_paywall::IpPrefix;

/// The address a request came from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ClientIp(pub IpAddr);

impl ClientIp {
    /// Takes the address from the connection, or from what trusted proxies have written.
    pub fn of(peer: IpAddr, headers: &HeaderMap, proxies: &Proxies) -> Self {
        Self(proxies.client(peer, headers))
    }

    /// Returns the network by which limits count.
    pub fn prefix(self) -> IpPrefix {
        IpPrefix::of(self.0)
    }
}

/// Reads what the middleware has put into the request; the loopback address without a connection, as in tests of the router.
impl<S: Send + Sync> FromRequestParts<S> for ClientIp {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let peer = || parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| Self(info.0.ip().to_canonical()));
        let known = parts.extensions.get::<Self>().copied().or_else(peer);
        Ok(known.unwrap_or(Self(Ipv4Addr::LOCALHOST.into())))
    }
}
