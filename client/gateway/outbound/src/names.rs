//! Resolves names to addresses that may be connected to.

use crate::address::{is_of_this_machine, may_be_reached};
use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use thiserror::Error;
use tokio::{
    net::{lookup_host, TcpStream},
    time::timeout,
};
use url::Host;

/// Maximum time for a name to be resolved.
const RESOLVE_TIMEOUT: Duration = Duration::from_secs(10);
/// Maximum time for a connection to one address.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Maximum number of addresses of a name that are tried.
const MAX_ADDRESSES: usize = 4;

/// Why a host cannot be connected to.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum AddressError {
    /// All addresses of the host are private.
    #[error(
        "{0} has no public address; name a host that can be reached from the internet, or ask the operator to list it"
    )]
    Private(String),
    /// The port is that of another service.
    #[error("port {0} is not connected to; use 80, 443, 554, or one from 1024 on")]
    Port(u16),
    /// The name is not known.
    #[error("the name {0} cannot be resolved; check it")]
    Unknown(String),
    /// The host does not answer.
    #[error("{host} cannot be connected to: {why}")]
    Unreachable {
        /// Name or address of the host.
        host: String,
        /// Error of the operating system.
        why: String,
    },
    /// The connection cannot be encrypted.
    #[error("no encrypted connection to {host} comes about: {why}; check that its certificate is valid for this name")]
    Tls {
        /// Name or address of the host.
        host: String,
        /// What is wrong.
        why: String,
    },
}

/// Ports below [`FIRST_FREE_PORT`] that may be connected to: of HTTP, HTTPS and RTSP. Those of mail, shells and names are not.
const PORTS: [u16; 3] = [80, 443, 554];
/// First port that no service of the system has by itself.
const FIRST_FREE_PORT: u16 = 1_024;

/// Whether a port may be connected to.
pub(crate) fn may_be_port(port: u16) -> bool {
    port >= FIRST_FREE_PORT || PORTS.contains(&port)
}

/// The addresses that may be connected to: public ones, and those that the operator lists. Clones are cheap.
#[derive(Clone, Debug, Default)]
pub struct Addresses(Arc<[IpNet]>);

impl Addresses {
    /// Public addresses, and those in the listed networks.
    pub fn new(listed: Vec<IpNet>) -> Self {
        Self(listed.into())
    }

    /// Whether an address may be connected to.
    pub fn allows(&self, address: IpAddr) -> bool {
        let is_listed = || self.0.iter().any(|network| network.contains(&address.to_canonical()));
        // What listens on a public address of this machine may be closed to others by a firewall.
        may_be_reached(address, &self.0) && (!is_of_this_machine(address) || is_listed())
    }

    /// Resolves a host of a URL. Only addresses that may be connected to are returned, and at least one.
    ///
    /// # Errors
    ///
    /// The name is not known, or has only addresses that may not be connected to, or the port may not.
    pub async fn resolve(&self, host: Host<&str>, port: u16) -> Result<Vec<SocketAddr>, AddressError> {
        // 0: the port is not known here, and checked elsewhere.
        if port != 0 && !may_be_port(port) {
            return Err(AddressError::Port(port));
        }
        let found: Vec<SocketAddr> = match host {
            Host::Ipv4(address) => vec![(address, port).into()],
            Host::Ipv6(address) => vec![(address, port).into()],
            Host::Domain(name) => {
                let unknown = || AddressError::Unknown(name.to_owned());
                let found = timeout(RESOLVE_TIMEOUT, lookup_host((name, port))).await;
                found.map_err(|_| unknown())?.map_err(|_| unknown())?.collect()
            }
        };
        let allowed = found.into_iter().filter(|address| self.allows(address.ip())).take(MAX_ADDRESSES);
        let allowed: Vec<SocketAddr> = allowed.collect();
        if allowed.is_empty() {
            return Err(AddressError::Private(host.to_string()));
        }
        Ok(allowed)
    }

    /// Connects to a host of a URL by TCP, at the first of its addresses that answers.
    ///
    /// # Errors
    ///
    /// As [`Self::resolve`], or no address answers.
    pub async fn connect(&self, host: Host<&str>, port: u16) -> Result<TcpStream, AddressError> {
        let mut why = String::from("it did not answer in time");
        for address in self.resolve(host.clone(), port).await? {
            match timeout(CONNECT_TIMEOUT, TcpStream::connect(address)).await {
                Ok(Ok(socket)) => return Ok(socket),
                Ok(Err(error)) => why = error.to_string(),
                Err(_) => {}
            }
        }
        Err(AddressError::Unreachable { host: host.to_string(), why })
    }
}

/// Resolves names for the HTTP client. Its connections go to the addresses that were checked, so that a name that means
/// something else a moment later makes no difference.
impl Resolve for Addresses {
    fn resolve(&self, name: Name) -> Resolving {
        let addresses = self.clone();
        Box::pin(async move {
            // The port is that of the URL, which the client fills in.
            let found = Self::resolve(&addresses, Host::Domain(name.as_str()), 0).await?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn resolve(addresses: &Addresses, host: &str) -> Result<Vec<SocketAddr>, AddressError> {
        Addresses::resolve(addresses, Host::parse(host).unwrap().as_ref(), 80).await
    }

    trait AsHost {
        fn as_ref(&self) -> Host<&str>;
    }

    impl AsHost for Host<String> {
        fn as_ref(&self) -> Host<&str> {
            match self {
                Self::Domain(name) => Host::Domain(name),
                Self::Ipv4(address) => Host::Ipv4(*address),
                Self::Ipv6(address) => Host::Ipv6(*address),
            }
        }
    }

    #[tokio::test]
    async fn names_of_private_addresses_are_refused() {
        let public = Addresses::default();
        // The parser of URLs reads all of them as 127.0.0.1.
        for host in
            ["localhost", "127.0.0.1", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "[::1]", "[::ffff:7f00:1]"]
        {
            let refused = resolve(&public, host).await;
            assert!(matches!(refused, Err(AddressError::Private(_))), "{host}: {refused:?}");
        }
        let listed = Addresses::new(vec!["127.0.0.0/8".parse().unwrap()]);
        assert!(resolve(&listed, "localhost").await.is_ok_and(|found| found.iter().all(SocketAddr::is_ipv4)));
    }

    #[tokio::test]
    async fn ports_of_other_services_are_refused() {
        for port in [22, 25, 53, 143, 587, 993] {
            let address = Host::Ipv4([1, 1, 1, 1].into());
            let refused = Addresses::default().resolve(address, port).await;
            assert_eq!(refused, Err(AddressError::Port(port)));
        }
        for port in [80, 443, 554, 1_935, 9_000] {
            assert!(Addresses::default().resolve(Host::Ipv4([1, 1, 1, 1].into()), port).await.is_ok(), "{port}");
        }
    }

    #[tokio::test]
    async fn connections_go_to_allowed_addresses_only() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let refused = Addresses::default().connect(Host::Domain("localhost"), port).await;
        assert!(matches!(refused, Err(AddressError::Private(_))), "{refused:?}");
        let listed = Addresses::new(vec!["127.0.0.1/32".parse().unwrap()]);
        listed.connect(Host::Domain("localhost"), port).await.unwrap();
        drop(listener);
        let gone = listed.connect(Host::Ipv4(std::net::Ipv4Addr::LOCALHOST), port).await;
        assert!(matches!(gone, Err(AddressError::Unreachable { .. })), "{gone:?}");
    }
}
