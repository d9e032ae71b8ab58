//! Why the gateway cannot start.

use crate::{
    api::pages::PagesError, follow::LoadError, http_server::ServeError, identity::IdentityError,
    publishing::PublishingError, secrets::SecretError, telemetry::TelemetryError,
};
use std::path::PathBuf;
use vilokanam_chain::NodesError;
use vilokanam_indexer::StoreError;
use vilokanam_paywall::OpenError;

/// Why the gateway cannot start.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    #[error(transparent)]
    Telemetry(#[from] TelemetryError),
    /// None of the nodes can be used.
    #[error("chain.nodes: {0}")]
    Node(#[from] NodesError),
    #[error(transparent)]
    Index(#[from] StoreError),
    #[error(transparent)]
    Sessions(#[from] LoadError),
    #[error(transparent)]
    Broadcasts(#[from] vilokanam_indexer::GatewayStateError),
    #[error(transparent)]
    Paywall(#[from] OpenError),
    #[error(transparent)]
    Secrets(#[from] SecretError),
    #[error(transparent)]
    Publishing(#[from] PublishingError),
    /// The chain does not accept the key for the account.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The gateway's key cannot be used.
    #[error("{}: {why}; write a secret phrase or URI, or 32 bytes in hex, into it", path.display())]
    Key { path: PathBuf, why: String },
    /// A folder or a file cannot be used.
    #[error("{}: {error}", path.display())]
    Io { path: PathBuf, error: std::io::Error },
    /// The object store cannot be used.
    #[error("storage.url: {0}")]
    Storage(String),
    /// The HTTP server cannot start.
    #[error(transparent)]
    Serve(#[from] ServeError),
    #[error(transparent)]
    Pages(#[from] PagesError),
    /// A wrong setting that only a crate below notices.
    #[error("{0}")]
    Setting(String),
}
