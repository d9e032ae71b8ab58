//! `vilokanam chain`: the chain itself, and the accounts that write its blocks.

use crate::context::Context;
use clap::Subcommand;
use vilokanam_terminal::{Answer, CommandError};

mod validators;

/// Show the validators of the chain, become one, or stop being one.
#[derive(Clone, Debug, Subcommand)]
pub enum Chain {
    /// List the validators and candidates, or change the wallet's own entry
    Validators(validators::Validators),
}

/// Shows or changes validators.
pub async fn run(context: &Context, chain: Chain) -> Result<Answer, CommandError> {
    match chain {
        Chain::Validators(args) => validators::run(context, args).await,
    }
}
