//! Errors of commands: a sentence for people, a code for programs, and the exit code of the process.

use crate::hints;
use jsonrpsee::core::ClientError;
use serde_json::{json, Value};
use std::{fmt::Display, path::Path};
use vilokanam_chain::ChainError;
use vilokanam_viewer::{
    crypt::DecryptError, files::FileError, gateway::GatewayError, key_provider::KeyError, playback::PlaybackError,
    playlist::PlaylistError, session_opener::OpenError, session_store::SessionStoreError, terms::TermsError,
};

/// Exit code of a process. The help of both programs and `docs/src/reference/command-line.md` list them: keep all alike.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exit {
    /// The command was carried out.
    Done = 0,
    /// It failed on this machine: a file, a program, a key.
    Failed = 1,
    /// The command line is not valid.
    Usage = 2,
    /// The chain refused.
    RefusedByChain = 3,
    /// The gateway refused, or payment is required.
    RefusedByGateway = 4,
    /// The node or the gateway does not answer.
    CannotConnect = 5,
    /// Ctrl-C.
    Interrupted = 130,
}

/// Reason why a command was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The command line is not valid, or does not fit the state of things.
    #[error("{0}")]
    Usage(String),
    /// Something on this machine failed.
    #[error("{what}")]
    Failed {
        /// What went wrong.
        what: String,
        /// What the user can do.
        hint: String,
    },
    /// A file cannot be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// The chain refused, or cannot be reached.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The chain would refuse rows of a batch, or a node refused them.
    #[error("{0}")]
    Rows(String),
    /// A server cannot be reached, other than by the clients of chain and gateway.
    #[error("{0}")]
    Unreachable(String),
    /// The gateway refused, or cannot be reached.
    #[error(transparent)]
    Gateway(#[from] GatewayError),
    /// The gateway serves something that this program cannot use.
    #[error("{0}")]
    Media(String),
    /// Watching costs more than there is money for, or more than is allowed.
    #[error(transparent)]
    Terms(#[from] TermsError),
    /// Money is missing for something else than watching.
    #[error("{what}")]
    Unpaid {
        /// What is missing.
        what: String,
        /// What the user can do.
        hint: String,
    },
    /// Ctrl-C, before anything had to be undone.
    #[error("interrupted")]
    Interrupted,
}

impl CommandError {
    /// Creates an error of this machine, with a hint for the user.
    pub fn failed(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Failed { what: what.into(), hint: hint.into() }
    }

    /// Creates an error of missing money, with a hint for the user.
    pub fn unpaid(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Unpaid { what: what.into(), hint: hint.into() }
    }

    /// Creates the error that `path` cannot be read, written, or otherwise used.
    pub fn path(verb: &str, path: &Path, error: impl Display) -> Self {
        Self::failed(format!("cannot {verb} {}: {error}", path.display()), hints::FILE)
    }

    /// Converts the error of one of a node's JSON-RPC methods.
    pub fn rpc(node: &str, error: ClientError) -> Self {
        match error {
            ClientError::Call(refusal) => Self::Rows(format!("the node refused: {}", refusal.message())),
            other => Self::Unreachable(format!("cannot connect to the node at {node}: {other}")),
        }
    }

    /// Returns the exit code.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Usage(_) => Exit::Usage,
            Self::Failed { .. } | Self::File(_) => Exit::Failed,
            Self::Chain(error) => exit_of_chain(error),
            Self::Rows(_) => Exit::RefusedByChain,
            Self::Unreachable(_) => Exit::CannotConnect,
            Self::Gateway(error) => exit_of_gateway(error),
            Self::Media(_) | Self::Terms(_) | Self::Unpaid { .. } => Exit::RefusedByGateway,
            Self::Interrupted => Exit::Interrupted,
        }
    }

    /// Returns a short name for programs.
    pub fn code(&self) -> String {
        match self {
            Self::Usage(_) => "usage".into(),
            Self::Failed { .. } | Self::File(_) => "failed".into(),
            Self::Chain(error) => error.dispatch().map_or_else(|| "chain".into(), |(_, name)| name.to_owned()),
            Self::Rows(_) => "rows-refused".into(),
            Self::Unreachable(_) => "cannot-connect".into(),
            Self::Gateway(GatewayError::Refused { problem, .. }) => problem.code.clone(),
            Self::Gateway(GatewayError::Unreachable { .. }) => "cannot-connect".into(),
            Self::Gateway(GatewayError::InvalidAnswer { .. }) | Self::Media(_) => "gateway-answer".into(),
            Self::Gateway(GatewayError::Path { .. }) => "usage".into(),
            Self::Gateway(GatewayError::Client(_)) => "failed".into(),
            Self::Terms(_) | Self::Unpaid { .. } => "payment-required".into(),
            Self::Interrupted => "interrupted".into(),
        }
    }

    /// Returns what the user can do.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Failed { hint, .. } | Self::Unpaid { hint, .. } => Some(hint.clone()),
            Self::File(_) => Some(hints::FILE.into()),
            Self::Chain(error) => {
                error.dispatch().and_then(|(_, name)| hints::of_pallet_error(name)).map(str::to_owned)
            }
            Self::Unreachable(_) => Some(hints::CONNECT.into()),
            Self::Gateway(error) => hints::of_gateway_error(error),
            Self::Media(_) => Some(hints::VERSION.into()),
            Self::Terms(error) => Some(hints::of_terms_error(error).into()),
            Self::Usage(_) => Some("See --help.".into()),
            Self::Rows(_) | Self::Interrupted => None,
        }
    }

    /// Returns the error as a JSON document.
    pub fn to_json(&self) -> Value {
        let exit = self.exit() as u8;
        json!({ "error": { "code": self.code(), "message": self.to_string(), "hint": self.hint(), "exit": exit } })
    }
}

impl From<PlaylistError> for CommandError {
    fn from(error: PlaylistError) -> Self {
        match error {
            PlaylistError::NoSuchQuality { .. } => Self::Usage(error.to_string()),
            error => Self::Media(error.to_string()),
        }
    }
}

impl From<DecryptError> for CommandError {
    fn from(error: DecryptError) -> Self {
        Self::Media(error.to_string())
    }
}

impl From<SessionStoreError> for CommandError {
    fn from(error: SessionStoreError) -> Self {
        match error {
            SessionStoreError::File(error) => error.into(),
            SessionStoreError::InUse => Self::failed(error.to_string(), "End that program, or watch there."),
        }
    }
}

impl From<OpenError> for CommandError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Gateway(error) => error.into(),
            OpenError::Chain(error) => error.into(),
            OpenError::Store(error) => error.into(),
            OpenError::Terms(error) => error.into(),
            OpenError::OtherChain => Self::Usage(format!("{error}; correct --gateway or --node")),
            OpenError::OtherSession => Self::Media(error.to_string()),
        }
    }
}

impl From<KeyError> for CommandError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Gateway(error) => error.into(),
            KeyError::Store(error) => error.into(),
        }
    }
}

impl From<PlaybackError> for CommandError {
    fn from(error: PlaybackError) -> Self {
        match error {
            PlaybackError::Gateway(error) => error.into(),
            PlaybackError::Playlist(error) => error.into(),
            PlaybackError::Open(error) => error.into(),
            PlaybackError::Key(error) => error.into(),
            PlaybackError::Decrypt(error) => error.into(),
            PlaybackError::Output(_) => {
                Self::failed(error.to_string(), "Check where the video goes, and that the disk has room.")
            }
        }
    }
}

fn exit_of_chain(error: &ChainError) -> Exit {
    match error {
        ChainError::Connect { .. } | ChainError::Rpc { .. } => Exit::CannotConnect,
        ChainError::Key(_) => Exit::Failed,
        _ => Exit::RefusedByChain,
    }
}

fn exit_of_gateway(error: &GatewayError) -> Exit {
    match error {
        GatewayError::Client(_) => Exit::Failed,
        GatewayError::Path { .. } => Exit::Usage,
        GatewayError::Unreachable { .. } => Exit::CannotConnect,
        GatewayError::Refused { .. } | GatewayError::InvalidAnswer { .. } => Exit::RefusedByGateway,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vilokanam_viewer::terms::MoneySource;
    use vilokanam_wire::Problem;

    fn dispatch(name: &str) -> CommandError {
        ChainError::Dispatch { pallet: "TickStream".into(), error: name.into() }.into()
    }

    fn refused() -> CommandError {
        let problem = Problem {
            kind: "/problems/deposit-spent".into(),
            title: "Payment required".into(),
            status: 402,
            detail: "The session's 60 ticks are spent.".into(),
            hint: Some("Open a new session.".into()),
            code: "deposit-spent".into(),
            request_id: Some("r1".into()),
            required_ticks: None,
        };
        GatewayError::from(problem).into()
    }

    #[test]
    fn exit_codes_are_those_of_the_documentation() {
        let connect = ChainError::Connect { url: "ws://x".into(), source: "refused".into() };
        assert_eq!(CommandError::from(connect).exit() as u8, 5);
        assert_eq!(CommandError::from(ChainError::Key("bad".into())).exit() as u8, 1);
        assert_eq!(dispatch("NotCreator").exit() as u8, 3);
        assert_eq!(refused().exit() as u8, 4);
        assert_eq!(CommandError::Usage("no".into()).exit() as u8, 2);
        assert_eq!(CommandError::Interrupted.exit() as u8, 130);
        let quality = PlaylistError::NoSuchQuality { available: vec!["720p".into()] };
        assert_eq!(CommandError::from(quality).exit() as u8, 2);
    }

    #[test]
    fn refusal_of_the_gateway_is_reported_in_its_words() {
        let error = &refused().to_json()["error"];
        assert_eq!(error["code"], "deposit-spent");
        assert_eq!(error["exit"], 4);
        assert_eq!(error["hint"], "Open a new session.");
        assert_eq!(error["message"], "the gateway refused: The session's 60 ticks are spent. (request r1)");
    }

    #[test]
    fn known_pallet_errors_have_a_hint() {
        assert!(dispatch("NotCreator").hint().is_some());
        assert_eq!(dispatch("NeverHeardOf").hint(), None);
        assert_eq!(dispatch("NeverHeardOf").code(), "NeverHeardOf");
    }

    #[test]
    fn missing_money_says_how_to_get_it() {
        for (source, option) in [
            (MoneySource::Deposit, "vilokanam deposit"),
            (MoneySource::Allowance, "vilokanam keys update"),
            (MoneySource::Budget, "--max-spend"),
        ] {
            let error = TermsError::NotEnoughMoney { limited_by: source, available: 1, price_per_tick: 2, open_fee: 3 };
            let error = CommandError::from(OpenError::from(error));
            assert!(error.hint().is_some_and(|hint| hint.contains(option)), "{error:?}");
            assert_eq!((error.exit() as u8, error.code().as_str()), (4, "payment-required"));
        }
    }
}
