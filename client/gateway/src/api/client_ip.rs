//! Who is asking, as far as limits are concerned: the network prefix an address is in.

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{request::Parts, HeaderMap},
};
use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

/// The header that a proxy in front writes.
const FORWARDED: &str = "x-forwarded-for";

/// The address a request came from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ClientIp(pub IpAddr);

impl ClientIp {
    /// From the connection; from the header only where a proxy of ours writes it. The last entry is that proxy's own
    /// word, all before it are the client's.
    pub fn of(peer: IpAddr, headers: &HeaderMap, is_behind_proxy: bool) -> Self {
        let header = headers.get_all(FORWARDED).iter().next_back().filter(|_| is_behind_proxy);
        let last = header.and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
        Self(canonical(last.unwrap_or(peer)))
    }

    /// What limits are counted by: whoever has one address of a /24 or a /48 has them all.
    pub fn prefix(&self) -> IpAddr {
        match self.0 {
            IpAddr::V4(address) => {
                let [a, b, c, _] = address.octets();
                Ipv4Addr::new(a, b, c, 0).into()
            }
            IpAddr::V6(address) => {
                let [a, b, c, ..] = address.segments();
                Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0).into()
            }
        }
    }
}

/// IPv4 in IPv6's clothes is IPv4: else each client has two prefixes.
fn canonical(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

/// What the middleware has put into the request; the loopback address where there is no connection, as in tests of the
/// router.
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
    fn of_works() {
        assert_eq!(of(None, true), "10.1.2.3");
        assert_eq!(of(Some("1.1.1.1, 9.9.9.9"), true), "9.9.9.9");
        assert_eq!(of(Some("not an address"), true), "10.1.2.3");
    }

    #[test]
    fn of_forged_header_fails() {
        assert_eq!(of(Some("1.1.1.1"), false), "10.1.2.3");
    }

    #[test]
    fn prefix_works() {
        let prefix = |text: &str| ClientIp(canonical(text.parse().unwrap())).prefix().to_string();
        assert_eq!(prefix("10.1.2.3"), "10.1.2.0");
        assert_eq!(prefix("::ffff:10.1.2.3"), "10.1.2.0");
        assert_eq!(prefix("2001:db8:1:2:3::4"), "2001:db8:1::");
    }
}
