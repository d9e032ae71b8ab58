//! `vilokanam delegate`: lending a session key to this machine.

use crate::{
    amount::{PerSecond, Vlk},
    answer::{facts, Answer},
    commands::account::delegation_json,
    context::Context,
    error::CliError,
    store::StoredSessionKey,
};
use clap::Args;
use jiff::SignedDuration;
use rand::RngCore;
use serde_json::json;
use tick_stream_primitives::{BlockNumber, Delegation, GenesisHash};
use vilokanam_chain::{Call, Chain, Signer};
use vilokanam_wire::{
    scalars::{bytes_from_hex, bytes_to_hex},
    Account,
};

/// Seconds between two blocks.
const BLOCK_TIME_S: u64 = 1;

/// What a session key may do.
#[derive(Clone, Debug, Args)]
pub struct Terms {
    /// The dearest second it may agree to, in VLK
    #[arg(long, value_name = "VLK", default_value = "0.01")]
    pub max_price: Vlk,
    /// How long it may, like `30d` or `12h`
    #[arg(long, value_name = "TIME", default_value = "720h", value_parser = lifetime)]
    pub key_lifetime: SignedDuration,
}

/// Lend a session key to this machine, or change what it may spend.
#[derive(Clone, Debug, Args)]
pub struct Delegate {
    /// What it may reserve in all, in VLK
    pub allowance: Vlk,
    #[command(flatten)]
    pub terms: Terms,
    /// Make a new key even if this machine has one
    #[arg(long)]
    pub new_key: bool,
}

/// Does it.
pub async fn run(context: &Context, args: Delegate) -> Result<Answer, CliError> {
    let signer = context.signer()?;
    let chain = context.chain().await?;
    let delegation = prepare(context, &chain, &signer, &args.terms, args.allowance, args.new_key).await?;
    let sent = context.send(&chain, &Call::delegate(&delegation), &signer).await?;
    let json = json!({ "sent": sent.to_json(), "delegation": delegation_json(&delegation) });
    let mut lines = lines(&delegation);
    lines.push(("in block", sent.block().to_string()));
    Ok(Answer::new(json, facts(&lines)))
}

/// A delegation to this machine's session key. The key is kept before anybody hears of it.
pub async fn prepare(
    context: &Context,
    chain: &Chain,
    wallet: &Signer,
    terms: &Terms,
    allowance: Vlk,
    wants_new_key: bool,
) -> Result<Delegation, CliError> {
    let genesis = chain.genesis_hash();
    let kept = context.data.session_key(&genesis, &wallet.account())?.filter(|_| !wants_new_key);
    let session_key = match kept {
        Some(kept) => session_signer(&kept)?,
        None => make_key(context, &genesis, wallet)?,
    };
    Ok(Delegation {
        session_key: session_key.account(),
        max_price_per_tick: terms.max_price.0,
        allowance: allowance.0,
        expires_at: last_block(chain.best().await?.number, terms.key_lifetime),
    })
}

/// What a delegation says, for people.
pub fn lines(delegation: &Delegation) -> Vec<(&'static str, String)> {
    vec![
        ("session key", Account(delegation.session_key.clone()).to_string()),
        ("pays at most", PerSecond(delegation.max_price_per_tick).to_string()),
        ("allowance", Vlk(delegation.allowance).to_string()),
        ("until block", delegation.expires_at.to_string()),
    ]
}

/// A kept session key, ready to sign.
pub fn session_signer(kept: &StoredSessionKey) -> Result<Signer, CliError> {
    let seed = bytes_from_hex::<32>(&kept.seed).map_err(|_| {
        CliError::failed(
            format!("the session key kept for {} is damaged", kept.viewer),
            "Make another with `vilokanam delegate --new-key`.",
        )
    })?;
    Ok(Signer::from_seed(seed)?)
}

fn make_key(context: &Context, genesis: &GenesisHash, wallet: &Signer) -> Result<Signer, CliError> {
    let mut seed = [0; 32];
    rand::rngs::OsRng.fill_bytes(&mut seed);
    let session_key = Signer::from_seed(seed)?;
    let kept = StoredSessionKey {
        viewer: Account(wallet.account()),
        session_key: Account(session_key.account()),
        seed: bytes_to_hex(seed),
    };
    let path = context.data.put_session_key(genesis, &kept)?;
    context.note(format!("Made a session key and keep it in {}.", path.display()));
    Ok(session_key)
}

/// Reads a time above zero, like `30d`, `12h` or `90s`.
pub fn lifetime(text: &str) -> Result<SignedDuration, String> {
    let days = text.strip_suffix('d').and_then(|days| days.trim().parse::<i64>().ok());
    let read = match days.and_then(|days| days.checked_mul(24)) {
        Some(hours) => SignedDuration::try_from_hours(hours).ok_or_else(|| "it is too long".to_owned()),
        None => text.parse().map_err(|error: jiff::Error| error.to_string()),
    };
    read.and_then(|time| if time.is_positive() { Ok(time) } else { Err("it must be above zero".into()) })
}

/// The block that comes after this time; the last there can be if there is none.
fn last_block(now: BlockNumber, time: SignedDuration) -> BlockNumber {
    let blocks = time.as_secs().unsigned_abs() / BLOCK_TIME_S;
    now.saturating_add(BlockNumber::try_from(blocks).unwrap_or(BlockNumber::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetime_works() {
        for (text, seconds) in [("30d", 2_592_000), ("12h", 43_200), ("90s", 90), ("1h 30m", 5_400), ("2 d", 172_800)] {
            assert_eq!(lifetime(text).map(|time| time.as_secs()), Ok(seconds), "{text}");
        }
    }

    #[test]
    fn lifetime_senseless_fails() {
        for text in ["", "0s", "-5m", "soon", "9223372036854775807d", "5"] {
            assert!(lifetime(text).is_err(), "{text}");
        }
    }

    #[test]
    fn last_block_works() {
        assert_eq!(last_block(100, SignedDuration::from_secs(60)), 160);
        assert_eq!(last_block(100, SignedDuration::from_hours(10_000_000)), BlockNumber::MAX);
    }
}
