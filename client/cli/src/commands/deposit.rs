//! `vilokanam deposit`: money that pays for watching.

use crate::{
    commands::keys::{
        describe::{limits_json, limits_lines},
        limits::Limits,
        stored,
    },
    context::Context,
};
use clap::Args;
use serde_json::json;
use tick_stream_primitives::{AccountId, KeyLimits};
use vilokanam_chain::{Call, Chain, Signer};
use vilokanam_terminal::{
    answer::{facts, Answer},
    CommandError,
};
use vilokanam_viewer::amount::Vlk;
use vilokanam_wire::{Account, Planck};

/// Put money into the deposit that pays for watching, and authorise a session key of this machine.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
A key that is authorised for the first time may spend what is deposited now, unless an option says otherwise. The chain
keeps a small bond for the deposit and for each key, and returns it when they are removed. Examples:
  vilokanam deposit 5
  vilokanam deposit 20 --weekly 2 --sessions 1 --label laptop
  vilokanam deposit 5 --no-session-key")]
pub struct Deposit {
    /// Amount in VLK
    pub amount: Vlk,
    #[command(flatten)]
    pub limits: Limits,
    /// Authorise no session key: for a deposit whose session keys are on other devices
    #[arg(long)]
    pub no_session_key: bool,
}

/// Makes the deposit.
pub async fn run(context: &Context, args: Deposit) -> Result<Answer, CommandError> {
    let signer = context.signer()?;
    let chain = context.chain().await?;
    let key = key(context, &chain, &signer, &args).await?;
    let call = Call::deposit(args.amount.0, key.as_ref().map(|(account, limits)| (account, limits)));
    let sent = context.send(&chain, &call, &signer).await?;
    let after = chain.now().deposit(&signer.account()).await?.map(|deposit| deposit.free).unwrap_or_default();
    let mut lines = vec![
        ("deposited", args.amount.to_string()),
        ("free now", Vlk(after).to_string()),
        ("in block", sent.block().to_string()),
    ];
    if let Some((account, limits)) = &key {
        lines.push(("session key", Account(account.clone()).to_string()));
        lines.extend(limits_lines(limits));
    }
    let json = json!({
        "sent": sent.to_json(),
        "deposited": Planck(args.amount.0),
        "free": Planck(after),
        "session_key": key.as_ref().map(|(account, _)| Account(account.clone())),
        "limits": key.as_ref().map(|(_, limits)| limits_json(limits)),
    });
    Ok(Answer::new(json, facts(&lines)))
}

/// Returns the key that is added with the deposit. `None` when it is not wanted, or when this machine's key is authorised
/// already.
async fn key(
    context: &Context,
    chain: &Chain,
    wallet: &Signer,
    args: &Deposit,
) -> Result<Option<(AccountId, KeyLimits)>, CommandError> {
    if args.no_session_key {
        return match args.limits.is_empty() {
            true => Ok(None),
            false => Err(CommandError::Usage("--no-session-key leaves no key for the limits".into())),
        };
    }
    let viewer = wallet.account();
    if let Some(stored) = context.data.session_key(&chain.genesis_hash(), &viewer)? {
        if chain.now().key(&viewer, &stored.session_key.0).await?.is_some() {
            if !args.limits.is_empty() {
                return Err(CommandError::failed(
                    "the session key of this machine is authorised already",
                    "Change its limits with `vilokanam keys update this`, and deposit without options.",
                ));
            }
            return Ok(None);
        }
    }
    let limits = args.limits.to_key_limits(chain.best().await?.number, Some(args.amount.0))?;
    let (session_key, path) = stored::own_or_new(context, chain, wallet, false)?;
    if let Some(path) = path {
        context.note(format!("Created a session key and saved it in {}.", path.display()));
    }
    Ok(Some((session_key, limits)))
}
