//! `vilokanam gov whitelist` and `second`: the technical committee.

use super::{
    checks::{self, HashArg},
    code::Code,
};
use crate::context::Context;
use clap::Args;
use serde_json::json;
use std::path::PathBuf;
use vilokanam_chain::{
    governance::{hash_of, Committee, Hash},
    Call, Chain, Signer,
};
use vilokanam_terminal::{
    answer::{facts, Answer},
    CommandError,
};
use vilokanam_wire::{scalars::bytes_to_hex, Account};

/// Upper bound of the weight of a proposal: far above that of an entry in the whitelist. What is not used is not paid.
const REF_TIME: u64 = 20_000_000_000;
const PROOF_SIZE: u64 = 200_000;
/// Upper bound of the length of a proposal in bytes.
const MAX_PROPOSAL_BYTES: u32 = 1_024;

/// Propose a call for the whitelist.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Two thirds of the members have to agree. A committee of one member does it at once. Examples:
  vilokanam gov whitelist runtime.wasm
  vilokanam gov whitelist --call-hash 0x…")]
pub struct Whitelist {
    /// File with a new runtime: the upgrade to it is whitelisted
    #[arg(value_name = "FILE", required_unless_present = "call_hash")]
    pub file: Option<PathBuf>,
    /// Hash of any other call
    #[arg(long, value_name = "HASH", value_parser = checks::hash, conflicts_with = "file")]
    pub call_hash: Option<HashArg>,
}

/// Returns the hash of the call that authorises an upgrade, which is what the whitelist contains.
pub async fn upgrade_hash(chain: &Chain, code: &Code) -> Result<Hash, CommandError> {
    let call = chain.encode_call(&Call::authorize_upgrade(&code.hash)).await?;
    Ok(hash_of(&call))
}

/// Returns the number of members that have to agree.
fn threshold(members: usize) -> u32 {
    u32::try_from((members * 2).div_ceil(3)).unwrap_or(u32::MAX).max(1)
}

fn check_member(committee: &Committee, signer: &Signer) -> Result<(), CommandError> {
    if committee.members.contains(&signer.account()) {
        return Ok(());
    }
    let what = format!("{} is not a member of the technical committee", Account(signer.account()));
    Err(CommandError::failed(what, "`vilokanam gov status` lists the members."))
}

/// Proposes a call for the whitelist.
pub async fn whitelist(context: &Context, args: Whitelist) -> Result<Answer, CommandError> {
    let code = args.file.as_deref().map(Code::read).transpose()?;
    let signer = context.signer()?;
    let chain = context.chain().await?;
    let call_hash = match (&code, args.call_hash) {
        (Some(code), _) => {
            code.check_against(&chain.runtime_version().await?)?;
            upgrade_hash(&chain, code).await?
        }
        (None, Some(HashArg(hash))) => hash,
        (None, None) => return Err(CommandError::Usage("name a file or a --call-hash".into())),
    };
    let committee = chain.now().committee().await?;
    check_member(&committee, &signer)?;
    if chain.now().is_whitelisted(&call_hash).await? {
        return Err(CommandError::failed(
            "the call is on the whitelist already",
            "Submit its referendum with `vilokanam gov submit upgrade`.",
        ));
    }
    let proposed = Call::whitelist_call(&call_hash);
    let encoded = chain.encode_call(&proposed).await?;
    let proposal = hash_of(&encoded);
    if committee.votes.iter().any(|vote| vote.hash == proposal) {
        return Err(CommandError::failed(
            format!("the committee votes on it already: proposal {}", bytes_to_hex(proposal)),
            "Agree with `vilokanam gov second`.",
        ));
    }
    let threshold = threshold(committee.members.len());
    let length = u32::try_from(encoded.len()).unwrap_or(u32::MAX);
    let call = Call::committee_propose(threshold, &proposed, length);
    let call = call.ok_or_else(|| CommandError::Usage("the call cannot be proposed".into()))?;
    let sent = context.send(&chain, &call, &signer).await?;
    // The proposal does not count as a vote, unless it is carried out at once.
    let is_done = chain.at(sent.0.block.hash).is_whitelisted(&call_hash).await?;
    let next = match is_done {
        true => "the call is on the whitelist".to_owned(),
        false => format!("{threshold} members have to agree: `vilokanam gov second {}`", bytes_to_hex(proposal)),
    };
    let lines = [
        ("call", bytes_to_hex(call_hash)),
        ("proposal", bytes_to_hex(proposal)),
        ("state", next),
        ("in block", sent.block().to_string()),
    ];
    let json = json!({
        "sent": sent.to_json(),
        "call_hash": bytes_to_hex(call_hash),
        "proposal": bytes_to_hex(proposal),
        "threshold": threshold,
        "is_whitelisted": is_done,
    });
    Ok(Answer::new(json, facts(&lines)))
}

/// Votes for a proposal, and carries it out when it has enough votes.
pub async fn second(context: &Context, proposal: Hash) -> Result<Answer, CommandError> {
    let signer = context.signer()?;
    let chain = context.chain().await?;
    let committee = chain.now().committee().await?;
    check_member(&committee, &signer)?;
    let vote = committee.votes.iter().find(|vote| vote.hash == proposal).ok_or_else(|| {
        let what = format!("the committee does not vote on {}", bytes_to_hex(proposal));
        CommandError::failed(what, "`vilokanam gov status` shows its votes.")
    })?;
    let has_voted = vote.ayes.contains(&signer.account());
    let mut ayes = vote.ayes.len();
    let mut sent = None;
    if !has_voted {
        sent = Some(context.send(&chain, &Call::committee_vote(&proposal, vote.index, true), &signer).await?);
        ayes += 1;
    }
    let is_approved = ayes >= vote.threshold as usize;
    if is_approved {
        let call = Call::committee_close(&proposal, vote.index, REF_TIME, PROOF_SIZE, MAX_PROPOSAL_BYTES);
        sent = Some(context.send(&chain, &call, &signer).await?);
    }
    let sent = sent.ok_or_else(|| {
        CommandError::failed("the account has voted for it already", "Other members have to agree as well.")
    })?;
    let state = match is_approved {
        true => "carried out".to_owned(),
        false => format!("{ayes} of {} votes", vote.threshold),
    };
    let lines = [("proposal", bytes_to_hex(proposal)), ("state", state), ("in block", sent.block().to_string())];
    let json = json!({
        "sent": sent.to_json(),
        "proposal": bytes_to_hex(proposal),
        "ayes": ayes,
        "threshold": vote.threshold,
        "is_carried_out": is_approved,
    });
    Ok(Answer::new(json, facts(&lines)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_thirds_of_the_members_have_to_agree() {
        for (members, needed) in [(0, 1), (1, 1), (2, 2), (3, 2), (4, 3), (7, 5)] {
            assert_eq!(threshold(members), needed, "{members}");
        }
    }
}
