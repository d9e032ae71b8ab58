//! `vilokanam delegate`: authorising a session key of this machine to spend the deposit.

use crate::{commands::account::delegation_json, context::Context, store::StoredSessionKey};
use clap::Args;
use rand::RngCore;
use serde_json::json;
use std::time::Duration;
use tick_stream_primitives::{BlockNumber, Delegation, GenesisHash};
use vilokanam_chain::{Call, Chain, Signer};
use vilokanam_terminal::{
    answer::{facts, Answer},
    duration::parse_duration,
    CommandError,
};
use vilokanam_viewer::amount::{PerSecond, Vlk};
use vilokanam_wire::{
    scalars::{bytes_from_hex, bytes_to_hex},
    Account,
};

/// Time between two blocks in seconds.
const BLOCK_TIME_S: u64 = 1;

/// Limits of a session key.
#[derive(Clone, Debug, Args)]
pub struct Terms {
    /// Maximum price of a second that the session key may agree to, in VLK
    #[arg(long, value_name = "VLK", default_value = "0.01")]
    pub max_price: Vlk,
    /// Validity of the session key, such as `30d` or `12h`
    #[arg(long, value_name = "TIME", default_value = "720h", value_parser = parse_duration)]
    pub key_lifetime: Duration,
}

/// Authorise a session key of this machine, or change what it may spend.
#[derive(Clone, Debug, Args)]
pub struct Delegate {
    /// Total amount that the session key may reserve, in VLK
    pub allowance: Vlk,
    #[command(flatten)]
    pub terms: Terms,
    /// Create a new key even if this machine has one
    #[arg(long)]
    pub new_key: bool,
}

/// Authorises the session key.
pub async fn run(context: &Context, args: Delegate) -> Result<Answer, CommandError> {
    let signer = context.signer()?;
    let chain = context.chain().await?;
    let delegation = prepare(context, &chain, &signer, &args.terms, args.allowance, args.new_key).await?;
    let sent = context.send(&chain, &Call::delegate(&delegation), &signer).await?;
    let json = json!({ "sent": sent.to_json(), "delegation": delegation_json(&delegation) });
    let mut lines = lines(&delegation);
    lines.push(("in block", sent.block().to_string()));
    Ok(Answer::new(json, facts(&lines)))
}

/// Creates a delegation to the session key of this machine. A new key is saved before it is sent anywhere.
pub async fn prepare(
    context: &Context,
    chain: &Chain,
    wallet: &Signer,
    terms: &Terms,
    allowance: Vlk,
    wants_new_key: bool,
) -> Result<Delegation, CommandError> {
    let genesis = chain.genesis_hash();
    let stored = context.data.session_key(&genesis, &wallet.account())?.filter(|_| !wants_new_key);
    let session_key = match stored {
        Some(stored) => session_signer(&stored)?,
        None => create_key(context, &genesis, wallet)?,
    };
    Ok(Delegation {
        session_key: session_key.account(),
        max_price_per_tick: terms.max_price.0,
        allowance: allowance.0,
        expires_at: block_after(chain.best().await?.number, terms.key_lifetime),
    })
}

/// Returns a delegation as lines of text.
pub fn lines(delegation: &Delegation) -> Vec<(&'static str, String)> {
    vec![
        ("session key", Account(delegation.session_key.clone()).to_string()),
        ("maximum price", PerSecond(delegation.max_price_per_tick).to_string()),
        ("allowance", Vlk(delegation.allowance).to_string()),
        ("valid until block", delegation.expires_at.to_string()),
    ]
}

/// Returns the signer of a stored session key.
pub fn session_signer(stored: &StoredSessionKey) -> Result<Signer, CommandError> {
    let seed = bytes_from_hex::<32>(&stored.seed).map_err(|_| {
        CommandError::failed(
            format!("the stored session key of {} is damaged", stored.viewer),
            "Create another with `vilokanam delegate --new-key`.",
        )
    })?;
    Ok(Signer::from_seed(seed)?)
}

fn create_key(context: &Context, genesis: &GenesisHash, wallet: &Signer) -> Result<Signer, CommandError> {
    let mut seed = [0; 32];
    rand::rngs::OsRng.fill_bytes(&mut seed);
    let session_key = Signer::from_seed(seed)?;
    let stored = StoredSessionKey {
        viewer: Account(wallet.account()),
        session_key: Account(session_key.account()),
        seed: bytes_to_hex(seed),
    };
    let path = context.data.put_session_key(genesis, &stored)?;
    context.note(format!("Created a session key and saved it in {}.", path.display()));
    Ok(session_key)
}

/// Returns the number of the block after this time, or the highest number that there is.
fn block_after(now: BlockNumber, time: Duration) -> BlockNumber {
    let blocks = time.as_secs() / BLOCK_TIME_S;
    now.saturating_add(BlockNumber::try_from(blocks).unwrap_or(BlockNumber::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn block_after_a_time_does_not_overflow() {
        assert_eq!(block_after(100, Duration::from_secs(60)), 160);
        assert_eq!(block_after(100, Duration::from_secs(u64::MAX)), BlockNumber::MAX);
    }
}
