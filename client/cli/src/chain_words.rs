//! What to do when the chain refuses a call. The chain says only the error's name.

/// What would mend a call that failed with the error `name`; nothing for a name that is not known here.
pub fn mend(name: &str) -> Option<&'static str> {
    money(name).or_else(|| streams_and_gateways(name)).or_else(|| sessions(name))
}

fn money(name: &str) -> Option<&'static str> {
    Some(match name {
        "DepositTooSmall" => "The first deposit must reach the chain's minimum; deposit more.",
        "DepositUnknown" => "The account has no deposit; make one with `vilokanam deposit`.",
        "FundsTooLow" | "FundsUnavailable" | "InsufficientBalance" => {
            "There is not so much free; see `vilokanam account`, and ask for less or put more in."
        }
        "DepositInUse" | "DepositActive" => "The deposit is in use; wait until it has been empty and idle for an hour.",
        "AmountZero" => "Give an amount above zero.",
        "NothingEarned" => "There is nothing to pay out yet; unsettled seconds come with their settlement.",
        "DelegationExpired" => "The session key's time is over; delegate again with `vilokanam delegate`.",
        "DelegationMissing" => "No session key is delegated; do so with `vilokanam delegate`.",
        "AllowanceTooLow" => "The session key's allowance is spent; delegate a larger one with `vilokanam delegate`.",
        "Token(FundsUnavailable)" | "Token(NotExpendable)" => {
            "The account's own balance does not cover it; fund it first."
        }
        _ => return None,
    })
}

fn streams_and_gateways(name: &str) -> Option<&'static str> {
    Some(match name {
        "PriceTooLow" => "The price is below the chain's minimum; ask for more.",
        "PreviewTooLong" => "A preview may be 600 s at most.",
        "SplitsAboveWhole" => "The splits add up to more than 100 %; lower them.",
        "SplitsInvalid" => "Name each account once, with a share above zero.",
        "StreamUnknown" => "Check the stream's number with `vilokanam stream list`.",
        "NotCreator" => "Only the stream's creator may do this; use the creator's key (--key-file).",
        "StreamNotOpen" | "StreamEnded" => "The stream has ended or is suspended; create another.",
        "SessionsOpen" => "The stream has ended; call again when its sessions are closed, to get its deposit back.",
        "StatusNotSettable" => "Only live and offline can be set; use `stream end` to end it.",
        "GatewayExists" => "The account is a gateway already; use `gateway update`.",
        "GatewayUnknown" => "The account is no gateway; use `gateway register`.",
        "GatewayInactive" => "The gateway is leaving already; wait until its sessions are closed.",
        "EndpointInvalid" => "Give a URL that begins with http:// or https://.",
        _ => return None,
    })
}

fn sessions(name: &str) -> Option<&'static str> {
    Some(match name {
        "BatchTooLarge" | "BatchEmpty" => "The batch is empty or too large; hand in fewer claims at a time.",
        "NotYourTicket" | "NotYourSession" => "It belongs to another account; use that account's key (--key-file).",
        "TicketGatewayInvalid" => "The gateway is not registered or takes no sessions; choose another.",
        "PriceTooHigh" => "The price is above what you allowed; raise the session key's limit or --max-price.",
        "TooManySessions" => "As many sessions are open as there may be; close one first.",
        "SessionUnknown" => "The session was never opened or is closed; nothing is left to do.",
        "AlreadySettled" => "These seconds are settled already; nothing is left to do.",
        "TooFast" => "More seconds are claimed than have passed; try again in a minute.",
        "FromAhead" => "A lower claim of the session must come first.",
        "ProofInvalid" => "The proof is not of this session and second; check where it comes from.",
        _ => return None,
    })
}
