//! `vilokanam deposit`: money that pays for watching.

use crate::{
    amount::Vlk,
    answer::{facts, Answer},
    commands::{account::delegation_json, delegate},
    context::Context,
    error::CliError,
};
use clap::Args;
use serde_json::json;
use tick_stream_primitives::{BlockNumber, Delegation};
use vilokanam_chain::{Call, Chain, Signer};
use vilokanam_wire::Planck;

/// Put money into the deposit that pays for watching, and lend a session key to this machine.
#[derive(Clone, Debug, Args)]
pub struct Deposit {
    /// How much, in VLK
    pub amount: Vlk,
    /// What the session key may reserve in all, in VLK; all that is deposited now if it is lent for the first time
    #[arg(long, value_name = "VLK", conflicts_with = "no_session_key")]
    pub session_key_allowance: Option<Vlk>,
    #[command(flatten)]
    pub terms: delegate::Terms,
    /// Lend no session key: for a deposit whose key is elsewhere
    #[arg(long)]
    pub no_session_key: bool,
}

/// Does it.
pub async fn run(context: &Context, args: Deposit) -> Result<Answer, CliError> {
    let signer = context.signer()?;
    let chain = context.chain().await?;
    let delegation = delegation(context, &chain, &signer, &args).await?;
    let sent = context.send(&chain, &Call::deposit(args.amount.0, delegation.as_ref()), &signer).await?;
    let after = chain.now().deposit(&signer.account()).await?.map(|deposit| deposit.free).unwrap_or_default();
    if !context.global.finalized {
        context.note("Gateways see it when its block is final, in a few seconds.");
    }
    let mut lines = vec![
        ("deposited", args.amount.to_string()),
        ("free now", Vlk(after).to_string()),
        ("in block", sent.block().to_string()),
    ];
    lines.extend(delegation.iter().flat_map(delegate::lines));
    let json = json!({
        "sent": sent.to_json(),
        "deposited": Planck(args.amount.0),
        "free": Planck(after),
        "delegation": delegation.as_ref().map(delegation_json),
    });
    Ok(Answer::new(json, facts(&lines)))
}

/// The delegation that goes with the deposit: none when it is not wanted, or when this machine's key is lent already
/// and nothing is said about its allowance.
async fn delegation(
    context: &Context,
    chain: &Chain,
    wallet: &Signer,
    args: &Deposit,
) -> Result<Option<Delegation>, CliError> {
    if args.no_session_key {
        return Ok(None);
    }
    if args.session_key_allowance.is_none() && is_lent(context, chain, wallet).await? {
        return Ok(None);
    }
    let allowance = args.session_key_allowance.unwrap_or(args.amount);
    delegate::prepare(context, chain, wallet, &args.terms, allowance, false).await.map(Some)
}

async fn is_lent(context: &Context, chain: &Chain, wallet: &Signer) -> Result<bool, CliError> {
    let kept = context.data.session_key(&chain.genesis_hash(), &wallet.account())?;
    let lent = chain.now().deposit(&wallet.account()).await?.and_then(|deposit| deposit.delegation);
    let (Some(kept), Some(lent)) = (kept, lent) else { return Ok(false) };
    let now: BlockNumber = chain.best().await?.number;
    Ok(kept.session_key.0 == lent.session_key && lent.expires_at > now)
}
