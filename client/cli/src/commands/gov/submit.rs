//! `vilokanam gov submit`

use super::{
    checks::{self, check_balance, HashArg},
    code::Code,
    committee::upgrade_hash,
};
use crate::context::Context;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;
use std::{path::PathBuf, time::Duration};
use vilokanam_chain::{
    governance::{hash_of, treasury_account, Origin, Track, MAX_INLINE_BYTES},
    Call, Chain, Signer,
};
use vilokanam_terminal::{
    answer::{facts, Answer},
    duration::parse_duration,
    CommandError,
};
use vilokanam_viewer::amount::Vlk;
use vilokanam_wire::{scalars::bytes_to_hex, Account, Planck};

/// Maximum length of a proposed call in bytes.
const MAX_CALL_BYTES: usize = 1024 * 1024;

/// Submit a referendum. Its deposit returns when it is approved or cancelled.
#[derive(Clone, Debug, Subcommand)]
pub enum Submit {
    /// Spend from the treasury
    Spend {
        /// Account that is paid
        beneficiary: Account,
        /// Amount in VLK
        amount: Vlk,
        #[command(flatten)]
        terms: Terms,
    },
    /// Appoint a moderator, who may suspend streams
    AddModerator {
        /// Account of the moderator
        account: Account,
        #[command(flatten)]
        terms: Terms,
    },
    /// Dismiss a moderator
    RemoveModerator {
        /// Account of the moderator
        account: Account,
        #[command(flatten)]
        terms: Terms,
    },
    /// Upgrade the runtime. On the track of whitelisted calls, the technical committee has to agree first
    Upgrade {
        /// File with the new runtime, compressed or not
        file: PathBuf,
        /// Use the track of root, which takes longer and needs no committee
        #[arg(long)]
        root: bool,
        #[command(flatten)]
        terms: Terms,
    },
    /// Carry out any call, for example one that another program has encoded
    Call {
        /// Encoded call in hex
        #[arg(value_name = "HEX", value_parser = encoded)]
        call: Encoded,
        /// Authority with which it is carried out
        #[arg(long, value_enum, default_value = "root")]
        origin: OriginArg,
        /// Hash that the call must have, as a check
        #[arg(long, value_name = "HASH", value_parser = checks::hash)]
        hash: Option<HashArg>,
        #[command(flatten)]
        terms: Terms,
    },
}

/// Terms of a referendum.
#[derive(Clone, Debug, Args)]
pub struct Terms {
    /// Time from the approval to the enactment, such as `1h`; the track may ask for more
    #[arg(long, value_name = "TIME", default_value = "1s", value_parser = parse_duration)]
    pub delay: Duration,
    /// Place the decision deposit as well, so that the decision can begin
    #[arg(long)]
    pub deposit: bool,
}

/// Authority on the command line.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum OriginArg {
    /// Everything
    Root,
    /// Calls on the whitelist
    WhitelistedCaller,
    /// Spending from the treasury
    Treasurer,
    /// Appointment of moderators
    Moderation,
}

/// Encoded call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Encoded(Vec<u8>);

fn encoded(text: &str) -> Result<Encoded, String> {
    let bytes =
        hex::decode(text.strip_prefix("0x").unwrap_or(text)).map_err(|error| format!("it is not hex: {error}"))?;
    match bytes.len() {
        2..=MAX_CALL_BYTES => Ok(Encoded(bytes)),
        length => Err(format!("it has {length} bytes, and must have from 2 to {MAX_CALL_BYTES}")),
    }
}

impl From<OriginArg> for Origin {
    fn from(origin: OriginArg) -> Self {
        match origin {
            OriginArg::Root => Self::Root,
            OriginArg::WhitelistedCaller => Self::WhitelistedCaller,
            OriginArg::Treasurer => Self::Treasurer,
            OriginArg::Moderation => Self::Moderation,
        }
    }
}

/// Returns the number of the track that decides on calls of this authority.
fn track_of(origin: Origin) -> u16 {
    match origin {
        Origin::Root => 0,
        Origin::WhitelistedCaller => 1,
        Origin::Treasurer => 2,
        Origin::Moderation => 3,
    }
}

/// Submits the referendum.
pub async fn run(context: &Context, args: Submit) -> Result<Answer, CommandError> {
    // What does not need the chain is checked before the phrase is asked for.
    let code = match &args {
        Submit::Upgrade { file, .. } => Some(Code::read(file)?),
        Submit::Call { call, hash: Some(HashArg(expected)), .. } => {
            check_hash(&call.0, expected)?;
            None
        }
        _ => None,
    };
    let signer = context.signer()?;
    let chain = context.chain().await?;
    let (origin, call, terms) = match args {
        Submit::Spend { beneficiary, amount, terms } => {
            let call = spend(context, &chain, &beneficiary, amount).await?;
            (Origin::Treasurer, chain.encode_call(&call).await?, terms)
        }
        Submit::AddModerator { account, terms } => {
            check_moderator(&chain, &account, false).await?;
            (Origin::Moderation, chain.encode_call(&Call::add_moderator(&account.0)).await?, terms)
        }
        Submit::RemoveModerator { account, terms } => {
            check_moderator(&chain, &account, true).await?;
            (Origin::Moderation, chain.encode_call(&Call::remove_moderator(&account.0)).await?, terms)
        }
        Submit::Upgrade { root, terms, .. } => {
            let code = code.ok_or_else(|| CommandError::Usage("name the file of the runtime".into()))?;
            let (origin, call) = upgrade(context, &chain, &code, root).await?;
            (origin, chain.encode_call(&call).await?, terms)
        }
        Submit::Call { call, origin, terms, .. } => (origin.into(), call.0, terms),
    };
    submit(context, &chain, &signer, Proposed { origin, call, terms }).await
}

fn check_hash(call: &[u8], expected: &[u8; 32]) -> Result<(), CommandError> {
    let found = hash_of(call);
    if found == *expected {
        return Ok(());
    }
    let what = format!("the call has the hash {}, not {}", bytes_to_hex(found), bytes_to_hex(expected));
    Err(CommandError::failed(what, "Check that the call was copied in full, or the --hash."))
}

async fn spend(context: &Context, chain: &Chain, beneficiary: &Account, amount: Vlk) -> Result<Call, CommandError> {
    if amount.0 == 0 {
        return Err(CommandError::Usage("spend an amount above zero".into()));
    }
    let treasury = chain.now().account(&treasury_account()).await?.free;
    if treasury < amount.0 {
        context.note(format!("The treasury has {} at present.", Vlk(treasury)));
    }
    Ok(Call::spend_local(amount.0, &beneficiary.0))
}

async fn check_moderator(chain: &Chain, account: &Account, must_be: bool) -> Result<(), CommandError> {
    let is_moderator = chain.now().moderators().await?.contains(&account.0);
    if is_moderator == must_be {
        return Ok(());
    }
    let what = if is_moderator { "is a moderator already" } else { "is not a moderator" };
    Err(CommandError::failed(format!("{account} {what}"), "`vilokanam gov status` lists the moderators."))
}

async fn upgrade(context: &Context, chain: &Chain, code: &Code, root: bool) -> Result<(Origin, Call), CommandError> {
    code.check_against(&chain.runtime_version().await?)?;
    let authorize = Call::authorize_upgrade(&code.hash);
    if root {
        return Ok((Origin::Root, authorize));
    }
    if !chain.now().is_whitelisted(&upgrade_hash(chain, code).await?).await? {
        context.note(
            "The upgrade is not on the whitelist yet: the committee has to agree with `vilokanam gov whitelist`.",
        );
    }
    let call = Call::dispatch_whitelisted(&authorize);
    let call = call.ok_or_else(|| CommandError::Usage("the upgrade cannot be proposed".into()))?;
    Ok((Origin::WhitelistedCaller, call))
}

/// Call that is about to be proposed.
struct Proposed {
    origin: Origin,
    call: Vec<u8>,
    terms: Terms,
}

async fn submit(context: &Context, chain: &Chain, signer: &Signer, proposed: Proposed) -> Result<Answer, CommandError> {
    let Proposed { origin, call, terms } = proposed;
    let description = chain.describe_call(&call).await.map_err(|error| {
        CommandError::failed(
            format!("the bytes are not a call of this chain: {error}"),
            "Encode the call for this chain.",
        )
    })?;
    let state = chain.now();
    let track = track_of(origin);
    let track: Track = state.tracks().await?.into_iter().find(|found| found.id == track).ok_or_else(|| {
        CommandError::failed(format!("the chain has no track {track}"), "Use a program of the chain's version.")
    })?;
    let decision = if terms.deposit { track.decision_deposit } else { 0 };
    let deposits = state.submission_deposit().await?.saturating_add(decision);
    check_balance(chain, signer, deposits, "the referendum").await?;
    if call.len() > MAX_INLINE_BYTES {
        let length = u32::try_from(call.len()).unwrap_or(u32::MAX);
        if state.preimage(&hash_of(&call), length).await?.is_none() {
            context.send(chain, &Call::note_preimage(&call), signer).await?;
        }
    }
    let delay = u32::try_from(terms.delay.as_secs()).unwrap_or(u32::MAX);
    let sent = context.send(chain, &Call::submit_referendum(origin, &call, delay), signer).await?;
    let index = chain.submitted_referendum(&sent.0).await?.ok_or_else(|| {
        CommandError::Rows(format!("block {} does not say which referendum was submitted", sent.block()))
    })?;
    if terms.deposit {
        context.send(chain, &Call::place_decision_deposit(index), signer).await?;
    }
    let hash = bytes_to_hex(hash_of(&call));
    let lines = [
        ("referendum", index.to_string()),
        ("track", track.name.clone()),
        ("call", description.clone()),
        ("hash", hash.clone()),
        ("deposits", Vlk(deposits).to_string()),
        ("in block", sent.block().to_string()),
    ];
    let json = json!({
        "sent": sent.to_json(),
        "referendum": index,
        "track": track.name,
        "call": description,
        "hash": hash,
        "deposits": Planck(deposits),
    });
    Ok(Answer::new(json, facts(&lines)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_call_is_read_from_hex() {
        assert_eq!(encoded("0x0001ff"), Ok(Encoded(vec![0, 1, 255])));
        assert_eq!(encoded("0001"), Ok(Encoded(vec![0, 1])));
        for text in ["", "0x00", "0xzz", "0x001"] {
            assert!(encoded(text).is_err(), "{text}");
        }
    }

    #[test]
    fn call_with_another_hash_is_refused() {
        assert!(check_hash(b"call", &hash_of(b"call")).is_ok());
        let error = check_hash(b"call", &[0; 32]).unwrap_err();
        assert!(error.to_string().contains(&bytes_to_hex(hash_of(b"call"))), "{error}");
    }
}
