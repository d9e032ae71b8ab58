//! Errors of requests to the chain.

use subxt::rpcs;

/// Reason why a request to the chain failed.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    /// No node answers at the address.
    #[error("cannot connect to the node at {url}: {source}; check that it runs and that the address is right")]
    Connect {
        /// Address of the node.
        url: String,
        /// Failure of the connection.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The node answered with an error.
    #[error("the node refused {method}: {message} (code {code})")]
    Refused {
        /// JSON-RPC method.
        method: &'static str,
        /// Error code of the node.
        code: i32,
        /// Error message of the node.
        message: String,
    },
    /// The connection failed during a request, or the answer is not one.
    #[error("{method} failed: {source}")]
    Rpc {
        /// JSON-RPC method or operation.
        method: &'static str,
        /// Failure of the request.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The call was included in a block and failed there.
    #[error("the chain refused the call: {pallet}::{error}")]
    Dispatch {
        /// Name of the pallet; `System` for an error that belongs to no pallet.
        pallet: String,
        /// Name of the error in the pallet.
        error: String,
    },
    /// The extrinsic was not included, or the node has stopped reporting on it.
    #[error("the extrinsic was not included in the chain: {0}")]
    Dropped(&'static str),
    /// The node's answer does not have the type that this crate expects.
    #[error("{what} cannot be decoded: {source}; the chain runs another version of the runtime")]
    Decode {
        /// Item that was read.
        what: String,
        /// Failure of the decoding.
        source: codec::Error,
    },
    /// A secret does not describe a key.
    #[error("this is not a key: {0}; give a phrase, or 0x and 64 hex digits, either with //derivations if you like")]
    Key(String),
    /// The extrinsic cannot be encoded or signed.
    #[error("the extrinsic cannot be signed: {0}")]
    Sign(Box<subxt::Error>),
    /// The node does not have a block.
    #[error("the node has no block {0}; it may have pruned it")]
    BlockUnknown(String),
}

impl ChainError {
    /// Returns the pallet and the name of the error of a call that failed in a block.
    pub fn dispatch(&self) -> Option<(&str, &str)> {
        match self {
            Self::Dispatch { pallet, error } => Some((pallet, error)),
            _ => None,
        }
    }

    /// Returns whether the node or the chain refused the request. The connection works, and the same request would be
    /// refused again.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused { .. } | Self::Dispatch { .. } | Self::Dropped(_) | Self::Sign(_))
    }

    /// Converts an error of a request: a refusal by the node, or a failed connection.
    pub(crate) fn rpc(method: &'static str) -> impl Fn(rpcs::Error) -> Self {
        move |error| match error {
            rpcs::Error::User(user) => Self::Refused { method, code: user.code, message: refusal(&user) },
            other => Self::Rpc { method, source: Box::new(other) },
        }
    }

    pub(crate) fn decode(what: impl Into<String>) -> impl FnOnce(codec::Error) -> Self {
        let what = what.into();
        move |source| Self::Decode { what, source }
    }
}

/// Joins the node's message and its details, which name the broken rule when an extrinsic is refused.
fn refusal(user: &rpcs::UserError) -> String {
    match &user.data {
        Some(data) => format!("{}: {}", user.message, data.get()),
        None => user.message.clone(),
    }
}
