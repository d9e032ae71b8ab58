//! Networks in settings.

use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// A network, or an address as the network of it alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network(pub IpNet);

impl TryFrom<String> for Network {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let address = text.parse::<IpAddr>().map(IpNet::from);
        let network = text.parse::<IpNet>().or(address);
        network.map(Self).map_err(|_| format!("'{text}' is no network; write an address, or one like 10.0.0.0/8"))
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        network.0.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn network_is_an_address_or_a_range() {
        let network = |text: &str| Network::try_from(text.to_owned()).map(String::from);
        assert_eq!(network("10.0.0.0/8").as_deref(), Ok("10.0.0.0/8"));
        assert_eq!(network("127.0.0.1").as_deref(), Ok("127.0.0.1/32"));
        assert_eq!(network("2001:db8::1").as_deref(), Ok("2001:db8::1/128"));
        assert!(network("proxy.example.org").unwrap_err().contains("10.0.0.0/8"));
    }
}
