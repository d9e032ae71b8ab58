//! The address a request came from, by which limits count.

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{request::Parts, HeaderMap},
};
use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};
use vilokanam_paywall::IpPrefix;

/// Header in which a proxy in front writes the client's address.
const FORWARDED: &str = "x-forwarded-for";

/// The address a request came from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ClientIp(pub IpAddr);

impl ClientIp {
    /// Takes the address from the connection, or from the header where the operator's proxy writes it. The last entry of the
    /// header is from that proxy; all before it are the client's.
    pub fn of(peer: IpAddr, headers: &HeaderMap, is_behind_proxy: bool) -> Self {
        let header = headers.get_all(FORWARDED).iter().next_back().filter(|_| is_behind_proxy);
        let last = header.and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
        Self(canonical(last.unwrap_or(peer)))
    }

    /// Returns the network by which limits count.
    pub fn prefix(self) -> IpPrefix {
        IpPrefix::of(self.0)
    }
}

/// Returns an IPv4-mapped IPv6 address as IPv4.
fn canonical(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

/// Reads what the middleware has put into the request; the loopback address without a connection, as in tests of the router.
impl<S: Send + Sync> FromRequestParts<S> for ClientIp {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let peer = || parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| Self(canonical(info.0.ip())));
        let known = parts.extensions.get::<Self>().copied().or_else(peer);
        Ok(known.unwrap_or(Self(Ipv4Addr::LOCALHOST.into())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(header: Option<&str>, is_behind_proxy: bool) -> String {
        let mut headers = HeaderMap::new();
        if let Some(value) = header {
            headers.insert(FORWARDED, value.parse().unwrap());
        }
        ClientIp::of("10.1.2.3".parse().unwrap(), &headers, is_behind_proxy).0.to_string()
    }

    #[test]
    fn the_last_forwarded_address_counts_behind_a_proxy() {
        assert_eq!(of(None, true), "10.1.2.3");
        assert_eq!(of(Some("1.1.1.1, 9.9.9.9"), true), "9.9.9.9");
        assert_eq!(of(Some("not an address"), true), "10.1.2.3");
    }

    #[test]
    fn a_forged_header_is_ignored_without_a_proxy() {
        assert_eq!(of(Some("1.1.1.1"), false), "10.1.2.3");
    }
}
