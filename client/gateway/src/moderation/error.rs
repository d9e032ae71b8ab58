//! Refusals of moderation.

use ipnet::IpNet;
use vilokanam_indexer::{GatewayStateError, QueryError};
use vilokanam_wire::{
    admin::MAX_WORD_CHARS,
    codes,
    moderation::{DecisionAction, ReportSubject, MAX_MODERATION_CHARS},
    scalars::ScalarError,
};

/// Shortest prefixes of networks that can be blocked. A shorter one is a mistake as a rule.
pub const MIN_PREFIX_V4: u8 = 8;
pub const MIN_PREFIX_V6: u8 = 16;

/// Why something is not accepted from a person or a network.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ModerationError {
    /// The account is blocked.
    #[error(
        "This gateway has blocked the account: it may watch and pay, and neither write nor publish. If there is a decision about \
         the account, it can appeal; otherwise ask the operator."
    )]
    Blocked,
    /// The text has a blocked word.
    #[error("The text contains a word that this gateway does not accept. Write it without that word.")]
    Word,
    /// The network is blocked.
    #[error("This gateway does not answer requests from your network. Ask its operator if you believe that this is a mistake.")]
    Network,
    /// Only invited accounts may publish.
    #[error("Creators are invited at this gateway. Ask its operator for a code, and enter it under your profile.")]
    NotInvited,
    /// Only listed accounts may publish.
    #[error(
        "Only accounts that its operator has chosen publish at this gateway. Ask the operator, or use another gateway."
    )]
    NotListed,
}

impl ModerationError {
    /// The code of the problem.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Blocked => codes::BLOCKED,
            Self::Word => codes::WORD_REFUSED,
            Self::Network => codes::NETWORK_REFUSED,
            Self::NotInvited | Self::NotListed => codes::NOT_A_CREATOR,
        }
    }
}

/// Why a decision or an appeal is not accepted.
#[derive(Debug, thiserror::Error)]
pub enum DecideError {
    #[error("{action} is not for {subject}: {hint}")]
    NotFor { action: DecisionAction, subject: ReportSubject, hint: &'static str },
    #[error("Say why: whom the decision concerns reads it.")]
    NoteMissing,
    #[error("The text is empty or has more than {MAX_MODERATION_CHARS} characters.")]
    Text,
    #[error("There is no decision {0}, or it concerns someone else.")]
    NoDecision(u64),
    #[error("There is no appeal against decision {0} that waits for an answer.")]
    NoAppeal(u64),
    #[error("There is an appeal against decision {0} already; a decision has one.")]
    AppealKnown(u64),
    #[error("Decision {0} was lifted, so there is nothing to appeal against.")]
    Lifted(u64),
    #[error("The gateway's own account cannot be cut off.")]
    OwnAccount,
    #[error(transparent)]
    Records(#[from] GatewayStateError),
    #[error(transparent)]
    Index(#[from] QueryError),
}

/// Why something cannot be blocked.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BlockError {
    #[error(transparent)]
    Account(#[from] ScalarError),
    #[error("'{0}' is not a network: write an address such as 203.0.113.7, or a range such as 203.0.113.0/24.")]
    Network(String),
    #[error("The range {0} is too large: block at most a /{MIN_PREFIX_V4} of IPv4 or a /{MIN_PREFIX_V6} of IPv6.")]
    TooLarge(IpNet),
    #[error("The range {0} has addresses of this machine, from which the operator administers the gateway.")]
    Loopback(IpNet),
    #[error("A word has 2 to {MAX_WORD_CHARS} characters, letters among them and no control characters.")]
    Word,
    #[error("This gateway's own account cannot be blocked.")]
    OwnAccount,
}

/// Why a list was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    #[error(transparent)]
    Refused(#[from] BlockError),
    #[error(transparent)]
    Records(#[from] GatewayStateError),
}

/// Why an account may not publish, or that is not known.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    #[error(transparent)]
    Refused(#[from] ModerationError),
    #[error(transparent)]
    Records(#[from] GatewayStateError),
}
