//! `vilokanam withdraw`: money out of the deposit.

use crate::context::Context;
use clap::Args;
use serde_json::json;
use std::str::FromStr;
use tick_stream_primitives::Balance;
use vilokanam_chain::{Call, Chain, Signer};
use vilokanam_terminal::{
    answer::{facts, Answer},
    CommandError,
};
use vilokanam_viewer::amount::{NumberError, Vlk};
use vilokanam_wire::Planck;

/// Amount to take out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wanted {
    /// Everything that is free.
    All,
    /// This amount.
    Amount(Vlk),
}

impl FromStr for Wanted {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "all" {
            Ok(Self::All)
        } else {
            text.parse().map(Self::Amount)
        }
    }
}

/// Take money out of the deposit.
#[derive(Clone, Debug, Args)]
pub struct Withdraw {
    /// Amount in VLK, or `all` for everything that is free
    #[arg(value_name = "AMOUNT|all")]
    pub amount: Wanted,
}

/// Withdraws the amount.
pub async fn run(context: &Context, args: Withdraw) -> Result<Answer, CommandError> {
    let signer = context.signer()?;
    let chain = context.chain().await?;
    let amount = match args.amount {
        Wanted::Amount(amount) => amount.0,
        Wanted::All => free(&chain, &signer).await?,
    };
    let sent = context.send(&chain, &Call::withdraw(amount), &signer).await?;
    let left = free(&chain, &signer).await?;
    let lines = [
        ("withdrawn", Vlk(amount).to_string()),
        ("free now", Vlk(left).to_string()),
        ("in block", sent.block().to_string()),
    ];
    let json = json!({ "sent": sent.to_json(), "withdrawn": Planck(amount), "free": Planck(left) });
    Ok(Answer::new(json, facts(&lines)))
}

async fn free(chain: &Chain, signer: &Signer) -> Result<Balance, CommandError> {
    Ok(chain.now().deposit(&signer.account()).await?.map(|deposit| deposit.free).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amount_or_all_is_accepted() {
        assert_eq!("all".parse(), Ok(Wanted::All));
        assert_eq!("1.5".parse(), Ok(Wanted::Amount(Vlk(1_500_000_000_000))));
        assert!("everything".parse::<Wanted>().is_err());
    }
}
