//! `vilokanam deposit`: money that pays for watching.

use crate::{
    commands::{account::delegation_json, delegate},
    context::Context,
};
use clap::Args;
use serde_json::json;
use tick_stream_primitives::{BlockNumber, Delegation};
use vilokanam_chain::{Call, Chain, Signer};
use vilokanam_terminal::{
    answer::{facts, Answer},
    CommandError,
};
use vilokanam_viewer::amount::Vlk;
use vilokanam_wire::Planck;

/// Put money into the deposit that pays for watching, and authorise a session key of this machine.
#[derive(Clone, Debug, Args)]
pub struct Deposit {
    /// Amount in VLK
    pub amount: Vlk,
    /// Total amount that the session key may reserve, in VLK; by default, a key that is authorised for the first time may
    /// reserve what is deposited now
    #[arg(long, value_name = "VLK", conflicts_with = "no_session_key")]
    pub session_key_allowance: Option<Vlk>,
    #[command(flatten)]
    pub terms: delegate::Terms,
    /// Authorise no session key: for a deposit whose session key is on another machine
    #[arg(long)]
    pub no_session_key: bool,
}

/// Makes the deposit.
pub async fn run(context: &Context, args: Deposit) -> Result<Answer, CommandError> {
    let signer = context.signer()?;
    let chain = context.chain().await?;
    let delegation = delegation(context, &chain, &signer, &args).await?;
    let sent = context.send(&chain, &Call::deposit(args.amount.0, delegation.as_ref()), &signer).await?;
    let after = chain.now().deposit(&signer.account()).await?.map(|deposit| deposit.free).unwrap_or_default();
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

/// Returns the delegation that goes with the deposit. `None` when it is not wanted, or when this machine's session key is
/// authorised already and no allowance is given.
async fn delegation(
    context: &Context,
    chain: &Chain,
    wallet: &Signer,
    args: &Deposit,
) -> Result<Option<Delegation>, CommandError> {
    if args.no_session_key {
        return Ok(None);
    }
    if args.session_key_allowance.is_none() && is_authorised(context, chain, wallet).await? {
        return Ok(None);
    }
    let allowance = args.session_key_allowance.unwrap_or(args.amount);
    delegate::prepare(context, chain, wallet, &args.terms, allowance, false).await.map(Some)
}

async fn is_authorised(context: &Context, chain: &Chain, wallet: &Signer) -> Result<bool, CommandError> {
    let stored = context.data.session_key(&chain.genesis_hash(), &wallet.account())?;
    let delegation = chain.now().deposit(&wallet.account()).await?.and_then(|deposit| deposit.delegation);
    let (Some(stored), Some(delegation)) = (stored, delegation) else { return Ok(false) };
    let now: BlockNumber = chain.best().await?.number;
    Ok(stored.session_key.0 == delegation.session_key && delegation.expires_at > now)
}
