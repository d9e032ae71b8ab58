//! `vilokanam chain`: the chain itself, the accounts that write its blocks, and what was abandoned in its state.

use crate::context::Context;
use clap::Subcommand;
use vilokanam_terminal::{Answer, CommandError};

mod abandoned;
mod validators;

/// Show the validators of the chain, become one, or stop being one; remove what was abandoned.
#[derive(Clone, Debug, Subcommand)]
pub enum Chain {
    /// List the validators and candidates, or change the wallet's own entry
    Validators(validators::Validators),
    /// Remove abandoned deposits, and earn their storage bonds
    Reap(abandoned::Reap),
    /// Move earnings that cannot be paid out to the treasury
    Sweep(abandoned::Sweep),
}

/// Shows or changes validators, or removes what was abandoned.
pub async fn run(context: &Context, chain: Chain) -> Result<Answer, CommandError> {
    match chain {
        Chain::Validators(args) => validators::run(context, args).await,
        Chain::Reap(args) => abandoned::reap(context, args).await,
        Chain::Sweep(args) => abandoned::sweep(context, args).await,
    }
}
