//! Settings of WHIP and of pulled sources, from the gateway's.

use crate::config::Config;
use std::net::{IpAddr, ToSocketAddrs};
use url::{Host, Url};
use vilokanam_ingest::{PullConfig, WhipConfig};

/// Most addresses in an answer of WHIP.
const MAX_ADDRESSES: usize = 8;

/// The settings of pulled sources, from the gateway's.
pub(super) fn pull(config: &Config) -> Option<PullConfig> {
    let ingest = &config.ingest;
    ingest.pull.then(|| PullConfig {
        networks: ingest.pull_networks.iter().copied().map(String::from).collect(),
        max_sources: ingest.max_broadcasts,
        file: Some(config.data_dir.join("pulled-sources.json")),
    })
}

/// The settings of WHIP, from the gateway's. The port is RTMP's, of UDP, unless another one is set.
pub(super) fn whip(config: &Config) -> Option<WhipConfig> {
    let ingest = &config.ingest;
    let bind = ingest.whip_listen.unwrap_or(ingest.rtmp_listen);
    let addresses = match (&ingest.whip_addresses[..], bind.ip().is_unspecified()) {
        ([], true) => own_addresses(&config.http.public_url),
        (named, _) => named.to_vec(),
    };
    ingest.whip.then(|| WhipConfig { bind, addresses, ..WhipConfig::default() })
}

/// The addresses of the public URL's host, which may be those of a router in front, and those of this machine.
fn own_addresses(public_url: &str) -> Vec<IpAddr> {
    let mut addresses = Vec::new();
    for address in host_addresses(public_url).into_iter().chain(vilokanam_ingest::own_addresses()) {
        if !address.is_unspecified() && !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    addresses.truncate(MAX_ADDRESSES);
    addresses
}

/// The addresses of a URL's host. None if its name is not known here.
fn host_addresses(url: &str) -> Vec<IpAddr> {
    let Ok(url) = Url::parse(url) else { return Vec::new() };
    match url.host() {
        Some(Host::Ipv4(address)) => vec![address.into()],
        Some(Host::Ipv6(address)) => vec![address.into()],
        Some(Host::Domain(name)) => {
            let found = (name, 0).to_socket_addrs().into_iter().flatten();
            found.map(|address| address.ip()).filter(|ip| !ip.is_loopback()).collect()
        }
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn port_and_addresses_have_defaults_that_can_be_reached() {
        let mut config = Config::default();
        config.http.public_url = "https://203.0.113.7".into();
        let settings = whip(&config).unwrap();
        assert_eq!(settings.bind, config.ingest.rtmp_listen);
        assert_eq!(settings.addresses[0], IpAddr::from([203, 0, 113, 7]), "the address of the router in front");
        assert!(settings.addresses.contains(&IpAddr::from([127, 0, 0, 1])));
        config.ingest.whip_addresses = vec![[203, 0, 113, 9].into()];
        assert_eq!(whip(&config).unwrap().addresses, config.ingest.whip_addresses);
        config.ingest.whip = false;
        assert_eq!(whip(&config), None);
    }
}
