//! What users can do about an error.

use vilokanam_viewer::{
    gateway::GatewayError,
    terms::{MoneySource, TermsError},
};

/// Hint for a file that cannot be used.
pub const FILE: &str = "Check that the path is right and that you may use it.";
/// Hint for a server that does not answer.
pub const CONNECT: &str = "Check that it runs and that its address is right (--node, --gateway).";
/// Hint for an answer that this program does not understand.
pub const VERSION: &str = "Check that --gateway is a Vilokanam gateway of this version.";

/// Returns the hint for an error of the gateway's client.
pub fn of_gateway_error(error: &GatewayError) -> Option<String> {
    match error {
        GatewayError::Refused { problem, .. } => problem.hint.clone(),
        GatewayError::Unreachable { .. } => Some(CONNECT.into()),
        GatewayError::InvalidAnswer { .. } => Some(VERSION.into()),
        GatewayError::Client(_) => Some("Check the TLS certificates of this machine (ca-certificates).".into()),
        GatewayError::Path { .. } => Some("Check --gateway.".into()),
    }
}

/// Returns the hint for terms of a session that the viewer cannot meet.
pub fn of_terms_error(error: &TermsError) -> &'static str {
    match error {
        TermsError::NoDeposit => "Make a deposit with `vilokanam deposit`.",
        TermsError::NoSessionKey => "Add the session key of this machine with `vilokanam keys add`.",
        TermsError::SessionKeyExpired { .. } => "Extend it with `vilokanam keys update this --expires-in`.",
        TermsError::OutOfScope { .. } => "Use another key, or widen its scope with `vilokanam keys update`.",
        TermsError::TooManySessions { .. } => {
            "End another session, or raise the number with `vilokanam keys update this --sessions`."
        }
        TermsError::AboveSessionKeyLimit { .. } => "Raise its limit with `vilokanam keys update this --max-price`.",
        TermsError::AbovePriceLimit { .. } => "Raise --max-price, or watch another stream.",
        TermsError::NotEnoughMoney { limited_by: MoneySource::Deposit, .. } => "Deposit more with `vilokanam deposit`.",
        TermsError::NotEnoughMoney { limited_by: MoneySource::Allowance, .. } => {
            "Raise the allowance with `vilokanam keys update this --allowance`."
        }
        TermsError::NotEnoughMoney { limited_by: MoneySource::Budget, .. } => "Raise --max-spend.",
    }
}

/// Returns the hint for a call that failed with this error of a pallet; `None` for a name that is not known here.
pub fn of_pallet_error(name: &str) -> Option<&'static str> {
    let found = money(name).or_else(|| keys(name)).or_else(|| streams_and_gateways(name)).or_else(|| sessions(name));
    found.or_else(|| governance(name))
}

fn money(name: &str) -> Option<&'static str> {
    Some(match name {
        "DepositTooSmall" => "The first deposit must reach the chain's minimum; deposit more.",
        "DepositUnknown" => "The account has no deposit; make one with `vilokanam deposit`.",
        "FundsTooLow" | "FundsUnavailable" | "InsufficientBalance" => {
            "The free amount is smaller; see `vilokanam account`, and ask for less or deposit more."
        }
        "DepositInUse" | "DepositActive" => {
            "The deposit is in use; try again when it has been empty and without activity for an hour."
        }
        "AmountZero" => "Give an amount above zero.",
        "NothingEarned" => "There are no earnings to pay out yet; watched seconds count once they are settled.",
        "Token(FundsUnavailable)" | "Token(NotExpendable)" => {
            "The balance of the account is too low for it; fund the account first."
        }
        _ => return None,
    })
}

fn keys(name: &str) -> Option<&'static str> {
    Some(match name {
        "KeyExists" => "The key is authorised already; change its limits with `vilokanam keys update`.",
        "KeyUnknown" => "The key is not authorised; add it with `vilokanam keys add`.",
        "KeyIsViewer" => "A session key must be another key than the wallet's.",
        "KeyIsZero" => "Anyone can sign for a key of zeros; create a key for the device.",
        "TooManyKeys" => "The deposit has the maximum number of session keys; remove one with `vilokanam keys remove`.",
        "KeyExpired" => "The session key has expired; extend it with `vilokanam keys update --expires-in`.",
        "KeySessionsInvalid" => "Give a number of sessions from 1 to 16.",
        "RenewalInvalid" => "Give a budget above zero and a time of at least one second.",
        "KeyOutOfScope" => "The session key is limited to another gateway, creator or stream; use another key.",
        "TooManyKeySessions" => "The session key has as many sessions open as it may; close one first.",
        "AllowanceTooLow" => {
            "The session key's allowance is used up; raise it with `vilokanam keys update --allowance`."
        }
        _ => return None,
    })
}

fn governance(name: &str) -> Option<&'static str> {
    Some(match name {
        "NotMember" => "Only a member may do this; `vilokanam gov status` lists the members.",
        "NotOngoing" => "The referendum has ended; see `vilokanam gov list --all`.",
        "NotVoter" => "The account has not voted on it.",
        "MaxVotesReached" => "Take back votes on other referenda with `vilokanam gov unvote`.",
        "InvalidProof" => "The proof does not belong to these keys and this account; make both with --rotate.",
        "DuplicatedKey" => "Another validator has one of these session keys; make new ones with --rotate.",
        "NoKeys" | "NoAssociatedValidatorId" | "ValidatorNotRegistered" => {
            "Register session keys first, with `vilokanam chain validators set-keys`."
        }
        "TooManyCandidates" => "All places are taken; take that of a lower bond with --in-place-of.",
        "DepositTooLow" | "InsufficientBond" => "Give a higher bond; see `vilokanam chain validators`.",
        "TooFewEligibleCollators" => "The chain would have too few validators; leave when there are others.",
        "NothingToRelease" => "The bond is still at stake, or returned already; try again some sessions later.",
        "NothingAuthorized" => "No upgrade is authorised; see `vilokanam gov status`.",
        "Unauthorized" => "The code is not the one that was authorised.",
        _ => return None,
    })
}

fn streams_and_gateways(name: &str) -> Option<&'static str> {
    Some(match name {
        "PriceTooLow" => "The price is below the chain's minimum; raise it.",
        "PreviewTooLong" => "A preview may last 600 s at most.",
        "SplitsAboveWhole" => "The splits add up to more than 100 %; lower them.",
        "SplitsInvalid" => "Name each account once, with a share above zero.",
        "SplitAccountUnknown" => {
            "Each account of a split must exist: send it the smallest balance that an account may have."
        }
        "StreamNotSuspended" => "The stream is not suspended; there is nothing to resume.",
        "StreamUnknown" => "Check the stream's number with `vilokanam stream list`.",
        "NotCreator" => "Only the stream's creator may do this; use the creator's key (--key-file).",
        "StreamNotOpen" | "StreamEnded" => "The stream has ended or is suspended; create another.",
        "SessionsOpen" => {
            "The stream has ended; repeat the command when its sessions are closed, to get its deposit back."
        }
        "StatusNotSettable" => "Only live and offline can be set; end the stream with `vilokanam stream end`.",
        "GatewayExists" => "The account is a gateway already; change it with `vilokanam gateway update`.",
        "GatewayUnknown" => "The account is not a gateway; register it with `vilokanam gateway register`.",
        "GatewayInactive" => "The gateway is leaving already; its bond is returned when its sessions are closed.",
        "EndpointInvalid" => "Give a URL that begins with http:// or https://.",
        _ => return None,
    })
}

fn sessions(name: &str) -> Option<&'static str> {
    Some(match name {
        "BatchTooLarge" | "BatchEmpty" => "The batch is empty or too large; submit fewer claims at a time.",
        "NotYourTicket" | "NotYourSession" => "It belongs to another account; use that account's key (--key-file).",
        "TicketGatewayInvalid" => "The gateway is not registered or takes no sessions; choose another.",
        "PriceTooHigh" => "The price is above your limit; raise the session key's limit or --max-price.",
        "TooManySessions" => "The account has the maximum number of open sessions; close one first.",
        "SessionUnknown" => "The session was never opened or is closed; there is nothing left to do.",
        "AlreadySettled" => "These seconds are settled already; there is nothing left to do.",
        "TooFast" => "More seconds are claimed than have passed; try again in a minute.",
        "FromAhead" => "A lower claim of the session must be settled first.",
        "ProofInvalid" => "The proof does not belong to this session and second; check its source.",
        _ => return None,
    })
}
