//! What commands of governance read and check in the same way.

use crate::context::Sent;
use serde_json::{json, Value};
use vilokanam_chain::{
    governance::{Ending, Hash, Ongoing, ReferendumIndex, ReferendumState},
    Chain, Signer,
};
use vilokanam_terminal::{
    answer::{facts, Answer},
    CommandError,
};
use vilokanam_viewer::amount::Vlk;
use vilokanam_wire::scalars::bytes_from_hex;

/// Hash in hex.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HashArg(pub Hash);

/// Parses a hash.
pub fn hash(text: &str) -> Result<HashArg, String> {
    bytes_from_hex(text).map(HashArg).map_err(|error| error.to_string())
}

/// Returns how a referendum has ended.
pub fn ending_name(ending: Ending) -> &'static str {
    match ending {
        Ending::Approved => "approved",
        Ending::Rejected => "rejected",
        Ending::Cancelled => "cancelled",
        Ending::TimedOut => "not decided in time",
        Ending::Killed => "killed",
    }
}

/// Reads a referendum that is not decided yet.
pub async fn ongoing(chain: &Chain, index: ReferendumIndex) -> Result<Box<Ongoing>, CommandError> {
    let hint = "`vilokanam gov list` shows those that are not decided yet.";
    let found = chain.now().referendum(index).await?;
    let found = found.ok_or_else(|| CommandError::failed(format!("there is no referendum {index}"), hint))?;
    match found.state {
        ReferendumState::Ongoing(ongoing) => Ok(ongoing),
        ReferendumState::Ended(ending, block) => {
            let what = format!("referendum {index} was {} in block {block}", ending_name(ending));
            Err(CommandError::failed(what, hint))
        }
    }
}

/// Answer of a command that has sent one call about a referendum.
pub fn done(sent: Sent, index: ReferendumIndex, what: &'static str, more: Value) -> Answer {
    let lines = [("referendum", index.to_string()), ("done", what.to_owned()), ("in block", sent.block().to_string())];
    Answer::new(json!({ "sent": sent.to_json(), "referendum": index, "details": more }), facts(&lines))
}

/// Fails unless the account can hold `needed` planck for `purpose`.
pub async fn check_balance(chain: &Chain, signer: &Signer, needed: u128, purpose: &str) -> Result<(), CommandError> {
    let free = chain.now().account(&signer.account()).await?.free;
    match free < needed {
        true => Err(CommandError::unpaid(
            format!("{purpose} takes {}, and the account has {}", Vlk(needed), Vlk(free)),
            "Fund the account first.",
        )),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_has_32_bytes_in_hex() {
        assert_eq!(hash(&format!("0x{}", "01".repeat(32))), Ok(HashArg([1; 32])));
        for text in ["", "0x01", &"01".repeat(32)] {
            assert!(hash(text).is_err(), "{text}");
        }
    }
}
