//! TLS for protocols other than HTTP.

use crate::names::{AddressError, Addresses};
use rustls::{crypto::ring, pki_types::ServerName, ClientConfig};
use rustls_platform_verifier::BuilderVerifierExt;
use std::{sync::Arc, time::Duration};
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::{client::TlsStream, TlsConnector};
use url::Host;

/// Maximum time for the handshake.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

impl Addresses {
    /// Connects to a host of a URL by TLS. Its certificate must be valid for the host, by the certificates of the system at
    /// this moment.
    ///
    /// # Errors
    ///
    /// As [`Self::connect`], or no encrypted connection comes about.
    pub async fn connect_tls(&self, host: Host<&str>, port: u16) -> Result<TlsStream<TcpStream>, AddressError> {
        let socket = self.connect(host.clone(), port).await?;
        let failed = |why: String| AddressError::Tls { host: host.to_string(), why };
        let config = config().map_err(|error| failed(error.to_string()))?;
        let name = match host {
            Host::Domain(name) => ServerName::try_from(name.to_owned()).map_err(|error| failed(error.to_string()))?,
            Host::Ipv4(address) => address.into(),
            Host::Ipv6(address) => address.into(),
        };
        let connecting = timeout(HANDSHAKE_TIMEOUT, TlsConnector::from(Arc::new(config)).connect(name, socket));
        match connecting.await {
            Ok(connected) => connected.map_err(|error| failed(error.to_string())),
            Err(_) => Err(failed("the server does not answer in time".into())),
        }
    }
}

fn config() -> Result<ClientConfig, rustls::Error> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions()?.with_platform_verifier()?;
    Ok(builder.with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::{io::AsyncWriteExt, net::TcpListener};

    #[tokio::test]
    async fn server_without_tls_and_private_address_are_refused() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let refused = Addresses::default().connect_tls(Host::Domain("localhost"), port).await;
        assert!(matches!(refused, Err(AddressError::Private(_))), "{refused:?}");
        let answering = tokio::spawn(async move {
            let (mut socket, _) = listener.accept().await.unwrap();
            socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        });
        let listed = Addresses::new(vec!["127.0.0.1/32".parse().unwrap()]);
        let refused = listed.connect_tls(Host::Domain("localhost"), port).await;
        assert!(matches!(refused, Err(AddressError::Tls { .. })), "{refused:?}");
        answering.await.unwrap();
    }
}
