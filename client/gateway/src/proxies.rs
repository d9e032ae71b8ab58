//! The proxies between viewers and this gateway: where a request came from that they passed on.
//!
//! Behind proxies the connection comes from the last proxy, and the client's address is in a header. A client can send that
//! header as well, so an entry is believed only if a trusted proxy has written it: the operator names the addresses of the
//! proxies, and which header they write.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use forwarded_header_value::{ForwardedStanza, Identifier};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Header in which proxies write where a request came from.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForwardedHeader {
    /// `X-Forwarded-For`: addresses, with or without ports.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239), of which `for` is read.
    Forwarded,
}

impl ForwardedHeader {
    fn name(self) -> HeaderName {
        match self {
            Self::XForwardedFor => HeaderName::from_static("x-forwarded-for"),
            Self::Forwarded => HeaderName::from_static("forwarded"),
        }
    }

    /// Returns the address in one entry of the header. An entry can also hide it (`unknown`, `_hidden`).
    fn address(self, entry: &str) -> Option<IpAddr> {
        match self {
            Self::XForwardedFor => entry.parse::<Identifier>().ok()?.ip(),
            Self::Forwarded => entry.parse::<ForwardedStanza>().ok()?.forwarded_for_ip(),
        }
    }

    /// Returns the addresses of all entries, the last one first. Several lines of the header count as one.
    fn addresses(self, headers: &HeaderMap) -> impl Iterator<Item = Option<IpAddr>> + '_ {
        // A line that is no text is one entry that cannot be read.
        let text = |line: &'_ HeaderValue| line.to_str().unwrap_or("?").to_owned();
        let lines: Vec<String> = headers.get_all(self.name()).iter().map(text).collect();
        let of_line = move |line: String| {
            let entries = line.rsplit(',').map(str::trim).filter(|entry| !entry.is_empty());
            entries.map(|entry| self.address(entry)).collect::<Vec<_>>()
        };
        lines.into_iter().rev().flat_map(of_line)
    }
}

/// The proxies between the viewers and this gateway.
#[derive(Clone, Default, Debug)]
pub struct Proxies {
    /// Networks of the proxies.
    pub trusted: Vec<IpNet>,
    /// Number of proxies that a request passes at most.
    pub hops: usize,
    /// Header that they write.
    pub header: ForwardedHeader,
}

impl Proxies {
    /// Returns the address of the connection or, as long as that is a trusted proxy, the address from which the proxy says
    /// that the request came: once for each hop. Where the header says nothing that can be read, the proxy is the client.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        let mut before = self.header.addresses(headers);
        for _ in 0..self.hops {
            if !self.trust(client) {
                break;
            }
            let Some(Some(address)) = before.next() else { break };
            client = address.to_canonical();
        }
        client
    }

    fn trust(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(&address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const PROXY: &str = "10.1.2.3";

    fn proxies(trusted: &[&str], hops: usize, header: ForwardedHeader) -> Proxies {
        Proxies { trusted: trusted.iter().map(|network| network.parse().unwrap()).collect(), hops, header }
    }

    fn one_proxy() -> Proxies {
        proxies(&["10.0.0.0/8"], 1, ForwardedHeader::XForwardedFor)
    }

    fn of(peer: &str, lines: &[&str], proxies: &Proxies) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(proxies.header.name(), HeaderValue::from_bytes(line.as_bytes()).unwrap());
        }
        proxies.client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn address_is_read_with_port_brackets_quotes_and_blanks() {
        let cases = [
            ("203.0.1.9", "203.0.1.9"),
            ("203.0.1.9:5012", "203.0.1.9"),
            ("  203.0.1.9 , ", "203.0.1.9"),
            ("\"203.0.1.9:5012\"", "203.0.1.9"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("::ffff:203.0.1.9", "203.0.1.9"),
            ("[::ffff:203.0.1.9]:80", "203.0.1.9"),
        ];
        for (line, expected) in cases {
            assert_eq!(of(PROXY, &[line], &one_proxy()), expected, "{line}");
        }
    }

    #[test]
    fn forwarded_is_read_where_the_proxy_writes_it() {
        let proxies = proxies(&["10.0.0.0/8"], 1, ForwardedHeader::Forwarded);
        let cases = [
            ("for=203.0.1.9", "203.0.1.9"),
            ("For=\"203.0.1.9:5012\";proto=https;by=10.1.2.3", "203.0.1.9"),
            ("proto=http; for=\"[2001:db8::1]:443\"", "2001:db8::1"),
            ("for=1.1.1.1, for=203.0.1.9;host=\"a,b\"", PROXY),
            ("for=1.1.1.1, for=203.0.1.9;host=g", "203.0.1.9"),
            ("for=unknown", PROXY),
            ("for=_hidden", PROXY),
            ("proto=https", PROXY),
        ];
        for (line, expected) in cases {
            assert_eq!(of(PROXY, &[line], &proxies), expected, "{line}");
        }
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "1.1.1.1".parse().unwrap());
        let client = proxies.client(PROXY.parse().unwrap(), &headers);
        assert_eq!(client.to_string(), PROXY, "the header that the proxy does not write is the client's");
    }

    #[test]
    fn several_lines_are_one_list_of_which_the_last_entry_is_the_nearest() {
        assert_eq!(of(PROXY, &["1.1.1.1, 9.9.9.9"], &one_proxy()), "9.9.9.9");
        assert_eq!(of(PROXY, &["1.1.1.1", "9.9.9.9"], &one_proxy()), "9.9.9.9");
        assert_eq!(of(PROXY, &["9.9.9.9", ""], &one_proxy()), "9.9.9.9");
    }

    #[test]
    fn each_trusted_proxy_is_one_hop() {
        let lines = ["7.7.7.7, 203.0.1.9:5012, 172.16.0.4"];
        let both = ["10.0.0.0/8", "172.16.0.4/32"];
        let of = |trusted: &[&str], hops| of(PROXY, &lines, &proxies(trusted, hops, ForwardedHeader::XForwardedFor));
        assert_eq!(of(&both, 2), "203.0.1.9");
        assert_eq!(of(&both, 3), "203.0.1.9", "a viewer is no proxy, whatever the number of hops");
        assert_eq!(of(&both, 1), "172.16.0.4", "one hop only");
        assert_eq!(of(&both[..1], 2), "172.16.0.4", "the second proxy is not trusted");
        assert_eq!(of(&["0.0.0.0/0"], 2), "203.0.1.9", "any proxy, as many as there are hops");
    }

    #[test]
    fn forged_header_is_ignored_from_other_addresses() {
        assert_eq!(of("198.51.100.7", &["1.1.1.1"], &one_proxy()), "198.51.100.7");
        assert_eq!(of(PROXY, &["1.1.1.1"], &Proxies::default()), PROXY, "there is no proxy");
        assert_eq!(of("::ffff:10.1.2.3", &["1.1.1.1"], &one_proxy()), "1.1.1.1", "an IPv4 proxy over an IPv6 socket");
    }

    #[test]
    fn unreadable_entry_hides_what_is_before_it() {
        for line in ["not an address", "1.1.1.1, garbage", "1.1.1.1, unknown", "é"] {
            assert_eq!(of(PROXY, &[line], &one_proxy()), PROXY, "{line}");
        }
    }

    #[test]
    fn twenty_viewers_behind_a_proxy_are_twenty_viewers() {
        let clients = (1..=20).map(|viewer| of(PROXY, &[&format!("203.0.{viewer}.9:5012")], &one_proxy()));
        assert_eq!(clients.collect::<BTreeSet<_>>().len(), 20);
    }
}
