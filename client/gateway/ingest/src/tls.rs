//! The certificate of RTMPS.

use std::{fmt, sync::Arc};
use tokio_rustls::rustls::ServerConfig;

/// Gives the TLS settings for each new connection, so that a renewed certificate is used without a restart.
#[derive(Clone)]
pub struct TlsConfig(Arc<dyn Fn() -> Arc<ServerConfig> + Send + Sync>);

impl TlsConfig {
    /// Settings that `current` returns when a connection begins.
    pub fn new(current: impl Fn() -> Arc<ServerConfig> + Send + Sync + 'static) -> Self {
        Self(Arc::new(current))
    }

    pub(crate) fn current(&self) -> Arc<ServerConfig> {
        (self.0)()
    }
}

impl fmt::Debug for TlsConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TlsConfig")
    }
}
