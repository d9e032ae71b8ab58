//! What can go wrong between here and the chain.

use subxt::rpcs;

/// Why something asked of the chain did not happen.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    /// Nobody answers.
    #[error("no connection to the node at {url}: {source}; check that it runs and that the address is right")]
    Connect {
        /// Where a node was expected.
        url: String,
        /// Why there is none.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The node answered with an error.
    #[error("the node refused {method}: {message} (code {code})")]
    Refused {
        /// What was asked.
        method: &'static str,
        /// The node's code.
        code: i32,
        /// The node's words.
        message: String,
    },
    /// The connection failed in the middle of something.
    #[error("{method} failed: {source}")]
    Rpc {
        /// What was asked.
        method: &'static str,
        /// Why there is no answer.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The call was included in a block and failed there. `error` is the pallet's own name for it.
    #[error("the chain refused the call: {pallet}::{error}")]
    Dispatch {
        /// The pallet; `System` for what is no pallet's error.
        pallet: String,
        /// The error's name.
        error: String,
    },
    /// The extrinsic left the transaction pool without being included.
    #[error("the extrinsic left the transaction pool: {0}")]
    Dropped(&'static str),
    /// The node's metadata has no such thing.
    #[error("the chain at the other end has no {0}; it runs another runtime")]
    Unknown(String),
    /// The node's answer is not what this crate was built for.
    #[error("{what} cannot be decoded: {source}; the chain runs another runtime")]
    Decode {
        /// What was read.
        what: String,
        /// Why not.
        source: codec::Error,
    },
    /// The key cannot be made from what was given.
    #[error("not a key: {0}; give a phrase, 0x and 64 hex digits, or either with //derivations")]
    Key(String),
    /// The extrinsic cannot be put together.
    #[error("the extrinsic cannot be signed: {0}")]
    Sign(Box<subxt::Error>),
    /// No such block at this node.
    #[error("the node has no block {0}; it may be pruned")]
    BlockUnknown(String),
}

impl ChainError {
    /// The pallet and the name of the error that a call failed with.
    pub fn dispatch(&self) -> Option<(&str, &str)> {
        match self {
            Self::Dispatch { pallet, error } => Some((pallet, error)),
            _ => None,
        }
    }

    /// Whether the node works, and said no: asking it again, or giving up the connection, is of no use.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused { .. } | Self::Dispatch { .. } | Self::Dropped(_) | Self::Sign(_))
    }

    /// Tells a node's refusal from a failed connection.
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

/// The message, and the details the node added: for a refused extrinsic they say which rule it broke.
fn refusal(user: &rpcs::UserError) -> String {
    match &user.data {
        Some(data) => format!("{}: {}", user.message, data.get()),
        None => user.message.clone(),
    }
}
