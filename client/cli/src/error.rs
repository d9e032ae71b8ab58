//! What can go wrong, in words for a person, in a code for a program, and as the process's exit code.

use crate::chain_words;
use jsonrpsee::core::ClientError;
use serde_json::{json, Value};
use std::{fmt, path::Path};
use vilokanam_chain::ChainError;
use vilokanam_wire::Problem;

/// What the process ends with. Documented in `--help` and in the README: keep the three alike.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exit {
    /// It was done.
    Done = 0,
    /// It was not done, for a reason of this machine: a file, a program, a key.
    Failed = 1,
    /// The command line makes no sense.
    Usage = 2,
    /// The chain said no.
    RefusedByChain = 3,
    /// The gateway said no, or wants to be paid.
    RefusedByGateway = 4,
    /// Nobody answers.
    CannotConnect = 5,
    /// Ctrl-C.
    Interrupted = 130,
}

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// What was given makes no sense together with how things are.
    #[error("{0}")]
    Usage(String),
    /// Something on this machine.
    #[error("{what}")]
    Failed {
        /// What went wrong.
        what: String,
        /// What to do.
        mend: String,
    },
    /// The chain, or the way to it.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The chain would refuse rows of a batch, or a node did not take them.
    #[error("{0}")]
    Rows(String),
    /// The gateway said no.
    #[error("{}", problem_words(.0))]
    Gateway(Box<Problem>),
    /// Watching costs more than there is, or than is allowed.
    #[error("{what}")]
    Unpaid {
        /// What is missing.
        what: String,
        /// What to do.
        mend: String,
    },
    /// The gateway's answer is not what it should be.
    #[error("the gateway's answer to {request} makes no sense: {reason}")]
    Answer {
        /// What was asked.
        request: String,
        /// What is wrong with the answer.
        reason: String,
    },
    /// Nobody answers.
    #[error("no connection to {to}: {reason}")]
    Connect {
        /// Where.
        to: String,
        /// Why.
        reason: String,
    },
    /// Ctrl-C before anything had to be cleared up.
    #[error("interrupted")]
    Interrupted,
}

/// What went wrong with a file.
pub fn file(verb: &str, path: &Path, error: impl fmt::Display) -> CliError {
    CliError::failed(
        format!("cannot {verb} {}: {error}", path.display()),
        "Check that the path is right and that you may use it.",
    )
}

impl CliError {
    /// Something on this machine, with what would mend it.
    pub fn failed(what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self::Failed { what: what.into(), mend: mend.into() }
    }

    /// Money that is missing, with what would mend it.
    pub fn unpaid(what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self::Unpaid { what: what.into(), mend: mend.into() }
    }

    /// What a node's own methods failed with.
    pub fn rpc(node: &str, error: ClientError) -> Self {
        match error {
            ClientError::Call(refusal) => Self::Rows(format!("the node refused: {}", refusal.message())),
            other => Self::Connect { to: format!("the node at {node}"), reason: other.to_string() },
        }
    }

    /// What the process ends with.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Usage(_) => Exit::Usage,
            Self::Failed { .. } => Exit::Failed,
            Self::Chain(error) => chain_exit(error),
            Self::Rows(_) => Exit::RefusedByChain,
            Self::Gateway(_) | Self::Unpaid { .. } | Self::Answer { .. } => Exit::RefusedByGateway,
            Self::Connect { .. } => Exit::CannotConnect,
            Self::Interrupted => Exit::Interrupted,
        }
    }

    /// A short name, for programs.
    pub fn code(&self) -> String {
        match self {
            Self::Usage(_) => "usage".into(),
            Self::Failed { .. } => "failed".into(),
            Self::Chain(error) => error.dispatch().map_or_else(|| "chain".into(), |(_, name)| name.to_owned()),
            Self::Rows(_) => "rows-refused".into(),
            Self::Gateway(problem) => problem.code.clone(),
            Self::Unpaid { .. } => "payment-required".into(),
            Self::Answer { .. } => "gateway-answer".into(),
            Self::Connect { .. } => "cannot-connect".into(),
            Self::Interrupted => "interrupted".into(),
        }
    }

    /// What to do.
    pub fn mend(&self) -> Option<String> {
        match self {
            Self::Failed { mend, .. } | Self::Unpaid { mend, .. } => Some(mend.clone()),
            Self::Chain(error) => error.dispatch().and_then(|(_, name)| chain_words::mend(name)).map(str::to_owned),
            Self::Gateway(problem) => problem.mend.clone(),
            Self::Answer { .. } => Some("Check that --gateway is a Vilokanam gateway of this version.".into()),
            Self::Connect { .. } => Some("Check that it runs, and the address (--node, --gateway).".into()),
            Self::Usage(_) => Some("See --help.".into()),
            Self::Rows(_) | Self::Interrupted => None,
        }
    }

    /// As the one JSON document.
    pub fn to_json(&self) -> Value {
        let exit = self.exit() as u8;
        json!({ "error": { "code": self.code(), "message": self.to_string(), "mend": self.mend(), "exit": exit } })
    }
}

fn chain_exit(error: &ChainError) -> Exit {
    match error {
        ChainError::Connect { .. } | ChainError::Rpc { .. } => Exit::CannotConnect,
        ChainError::Key(_) => Exit::Failed,
        _ => Exit::RefusedByChain,
    }
}

fn problem_words(problem: &Problem) -> String {
    let request = problem.request_id.as_ref().map(|id| format!(" (request {id})")).unwrap_or_default();
    format!("the gateway refused: {}{request}", problem.detail)
}

#[cfg(test)]
mod tests;
