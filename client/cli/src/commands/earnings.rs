//! `vilokanam earnings`: earnings of an account over time.

use crate::context::Context;
use clap::{Args, ValueEnum};
use jiff::{SignedDuration, Timestamp};
use vilokanam_terminal::{
    answer::{facts, table, Answer},
    CommandError,
};
use vilokanam_viewer::amount::Vlk;
use vilokanam_wire::{money, Account};

/// Show the earnings of an account over time.
#[derive(Clone, Debug, Args)]
pub struct Earnings {
    /// Account; the wallet's own by default
    pub account: Option<Account>,
    /// Length of a step
    #[arg(long, value_enum, default_value = "day")]
    pub by: Step,
    /// Beginning, such as 2026-01-31T00:00:00Z; by default an hour, two days or thirty days ago, depending on the step
    #[arg(long, value_name = "TIME")]
    pub from: Option<Timestamp>,
    /// End; now by default
    #[arg(long, value_name = "TIME")]
    pub to: Option<Timestamp>,
}

/// Length of a step.
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
    fn name(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
        }
    }

    /// Returns the default length of the whole period.
    fn period(self) -> SignedDuration {
        SignedDuration::from_hours(match self {
            Self::Minute => 1,
            Self::Hour => 48,
            Self::Day => 30 * 24,
        })
    }
}

/// Shows the earnings.
pub async fn run(context: &Context, args: Earnings) -> Result<Answer, CommandError> {
    let account = match args.account.clone() {
        Some(account) => account,
        None => Account(context.signer()?.account()),
    };
    let query = query(&args, Timestamp::now());
    let path = format!("/v1/creators/{account}/earnings");
    let earnings: money::Earnings = context.gateway()?.get(&path, &query).await?;
    let text = text(&earnings);
    Ok(Answer::new(&earnings, text))
}

/// Returns the query of the gateway, with times in milliseconds since 1970.
fn query(args: &Earnings, now: Timestamp) -> [(&'static str, String); 3] {
    let to = args.to.unwrap_or(now);
    let from = args.from.unwrap_or_else(|| to.saturating_sub(args.by.period()).unwrap_or(Timestamp::UNIX_EPOCH));
    let millis = |time: Timestamp| time.as_millisecond().max(0).to_string();
    [("by", args.by.name().to_owned()), ("from", millis(from)), ("to", millis(to))]
}

fn text(earnings: &money::Earnings) -> String {
    let sums = facts(&[
        ("account", earnings.account.to_string()),
        ("can be paid out", Vlk(earnings.withdrawable.0).to_string()),
        ("settled in total", Vlk(earnings.settled.0).to_string()),
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
    fn period_has_a_default_and_can_be_set() {
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
