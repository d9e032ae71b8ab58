//! `vilokanam earnings`: what an account has earned, by time.

use crate::{
    amount::Vlk,
    answer::{facts, table, Answer},
    context::Context,
    error::CliError,
};
use clap::{Args, ValueEnum};
use jiff::{SignedDuration, Timestamp};
use vilokanam_wire::{money, Account};

/// Show what an account has earned, by time.
#[derive(Clone, Debug, Args)]
pub struct Earnings {
    /// Whose; the wallet's own if nothing is said
    pub account: Option<Account>,
    /// In steps of what
    #[arg(long, value_enum, default_value = "day")]
    pub by: Step,
    /// From when on, like 2026-01-31T00:00:00Z; if nothing is said, the last hour, two days or thirty days
    #[arg(long, value_name = "TIME")]
    pub from: Option<Timestamp>,
    /// Until when
    #[arg(long, value_name = "TIME")]
    pub to: Option<Timestamp>,
}

/// In steps of what.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Step {
    /// A minute
    Minute,
    /// An hour
    Hour,
    /// A day, in UTC
    Day,
}

impl Step {
    fn word(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
        }
    }
}

impl Step {
    /// How far back is looked when nothing is said.
    fn range(self) -> SignedDuration {
        SignedDuration::from_hours(match self {
            Self::Minute => 1,
            Self::Hour => 48,
            Self::Day => 30 * 24,
        })
    }
}

/// Does it.
pub async fn run(context: &Context, args: Earnings) -> Result<Answer, CliError> {
    let account = match args.account.clone() {
        Some(account) => account,
        None => Account(context.signer()?.account()),
    };
    let query = query(&args, Timestamp::now());
    let path = format!("/v1/creators/{account}/earnings");
    let earnings: money::Earnings = context.gateway()?.get(&path, &query).await?;
    let text = said(&earnings);
    Ok(Answer::new(&earnings, text))
}

/// The gateway takes milliseconds since 1970.
fn query(args: &Earnings, now: Timestamp) -> [(&'static str, String); 3] {
    let to = args.to.unwrap_or(now);
    let from = args.from.unwrap_or_else(|| to.saturating_sub(args.by.range()).unwrap_or(Timestamp::UNIX_EPOCH));
    let millis = |time: Timestamp| time.as_millisecond().max(0).to_string();
    [("by", args.by.word().to_owned()), ("from", millis(from)), ("to", millis(to))]
}

fn said(earnings: &money::Earnings) -> String {
    let sums = facts(&[
        ("account", earnings.account.to_string()),
        ("may be paid out", Vlk(earnings.withdrawable.0).to_string()),
        ("ever settled", Vlk(earnings.settled.0).to_string()),
        ("not settled yet, gross", Vlk(earnings.pending_gross.0).to_string()),
    ]);
    let rows = earnings.buckets.iter().map(|bucket| {
        [
            bucket.from.clone(),
            format!("{} s", bucket.ticks),
            Vlk(bucket.earned.0).to_string(),
            Vlk(bucket.tipped.0).to_string(),
        ]
    });
    format!("{sums}\n{}", table(&["from", "sold", "earned", "tipped"], rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn query_works() {
        let now = Timestamp::from_millisecond(1_800_000_000_000).unwrap();
        let mut args = Earnings { account: None, by: Step::Minute, from: None, to: None };
        let expected = ["minute".to_owned(), "1799996400000".into(), "1800000000000".into()];
        assert_eq!(query(&args, now).map(|(_, value)| value), expected);
        args.from = Some("2026-01-31T00:00:00Z".parse().unwrap());
        args.to = Some("2026-01-31T01:00:00Z".parse().unwrap());
        assert_eq!(query(&args, now)[1], ("from", "1769817600000".into()));
        assert_eq!(query(&args, now)[2], ("to", "1769821200000".into()));
    }
}
