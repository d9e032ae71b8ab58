//! Which addresses are public: those that anybody on the internet could connect to as well.

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket};

/// Networks of IPv4 that are not public: private, local, shared by providers, for documentation and measurements, reserved.
const NOT_PUBLIC_V4: [(Ipv4Addr, u8); 15] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// The only network of IPv6 with public addresses.
const GLOBAL_V6: (Ipv6Addr, u8) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);
/// Networks within it that are not public: for protocols (Teredo among them), for documentation, and 6to4, which contains
/// any address of IPv4.
const NOT_PUBLIC_V6: [(Ipv6Addr, u8); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// Whether an address is public. An address of IPv4 in the form of IPv6 counts as the former.
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => !NOT_PUBLIC_V4.iter().any(|(network, bits)| is_in_v4(*network, *bits, address)),
        IpAddr::V6(address) => {
            let is_in = |(network, bits): (Ipv6Addr, u8)| is_in_v6(network, bits, address);
            is_in(GLOBAL_V6) && !NOT_PUBLIC_V6.into_iter().any(is_in)
        }
    }
}

/// Whether an address is public, or in one of the networks that the operator lists.
pub fn may_be_reached(address: IpAddr, listed: &[IpNet]) -> bool {
    let address = address.to_canonical();
    is_public(address) || listed.iter().any(|network| network.contains(&address))
}

/// Whether an address is one of this machine: what is sent there leaves from it as well. Nothing is sent.
pub fn is_of_this_machine(address: IpAddr) -> bool {
    let address = address.to_canonical();
    let any: IpAddr = if address.is_ipv6() { Ipv6Addr::UNSPECIFIED.into() } else { Ipv4Addr::UNSPECIFIED.into() };
    let from = UdpSocket::bind((any, 0)).and_then(|socket| {
        socket.connect((address, DISCARD_PORT))?;
        socket.local_addr()
    });
    from.is_ok_and(|from| from.ip() == address)
}

/// Port to which the socket is connected that finds out from where something would be sent.
const DISCARD_PORT: u16 = 9;

fn is_in_v4(network: Ipv4Addr, bits: u8, address: Ipv4Addr) -> bool {
    Ipv4Net::new(network, bits).is_ok_and(|network| network.contains(&address))
}

fn is_in_v6(network: Ipv6Addr, bits: u8, address: Ipv6Addr) -> bool {
    Ipv6Net::new(network, bits).is_ok_and(|network| network.contains(&address))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(text: &str) -> bool {
        is_public(text.parse().unwrap())
    }

    #[test]
    fn addresses_of_the_internet_are_public() {
        for text in ["1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1", "2a01:4f8::1", "::ffff:1.1.1.1"]
        {
            assert!(public(text), "{text}");
        }
    }

    #[test]
    fn addresses_that_only_this_machine_may_reach_are_not_public() {
        let own = [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "192.0.0.8",
            "198.19.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "3fff::1",
        ];
        for text in own {
            assert!(!public(text), "{text}");
        }
    }

    #[test]
    fn addresses_of_this_machine_are_known() {
        for text in ["127.0.0.1", "::ffff:127.0.0.1"] {
            assert!(is_of_this_machine(text.parse().unwrap()), "{text}");
        }
        for text in ["192.0.2.1", "1.1.1.1", "2001:db8::1"] {
            assert!(!is_of_this_machine(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn networks_that_the_operator_lists_may_be_reached() {
        let listed: Vec<IpNet> = vec!["10.1.0.0/16".parse().unwrap()];
        let may = |text: &str| may_be_reached(text.parse().unwrap(), &listed);
        assert!(may("10.1.2.3") && may("::ffff:10.1.2.3") && may("1.1.1.1"));
        assert!(!may("10.2.2.3") && !may("127.0.0.1"));
    }
}
