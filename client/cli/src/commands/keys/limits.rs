//! Limits of a session key on the command line.

use clap::Args;
use std::time::Duration;
use tick_stream_primitives::{
    limits::{MAX_LABEL, MAX_SESSIONS_PER_KEY},
    Balance, BlockNumber, KeyLimits, Label, Renewal, Scope, SessionKey,
};
use vilokanam_terminal::{duration::parse_duration, CommandError};
use vilokanam_viewer::amount::Vlk;
use vilokanam_wire::{Account, StreamRef};

/// Time between two blocks in seconds.
const BLOCK_TIME_S: u64 = 1;
/// Renewals that have a name, in days.
const DAY_S: u64 = 24 * 60 * 60;
const WEEK_DAYS: u64 = 7;
const MONTH_DAYS: u64 = 30;
/// Maximum price of a new key, in planck: 0.01 VLK.
const DEFAULT_MAX_PRICE: Balance = 10_000_000_000;
/// Number of sessions of a new key.
const DEFAULT_SESSIONS: u32 = 2;
/// Validity of a new key.
const DEFAULT_LIFETIME: Duration = Duration::from_secs(MONTH_DAYS * DAY_S);
/// Label of a new key.
const DEFAULT_LABEL: &str = "command line";

/// Limits of a session key. What is not named has a default, or stays as it is.
#[derive(Clone, Debug, Default, Args)]
pub struct Limits {
    /// Name of the key, for its owner: at most 32 bytes; `command line` for a new key
    #[arg(long, value_name = "TEXT", value_parser = label)]
    pub label: Option<Label>,
    /// Maximum price of a second that the key may agree to, in VLK; 0.01 for a new key
    #[arg(long, value_name = "VLK")]
    pub max_price: Option<Vlk>,
    /// Amount that the key may spend, in VLK, until it is renewed if it is
    #[arg(long, value_name = "VLK")]
    pub allowance: Option<Vlk>,
    #[command(flatten)]
    pub budget: Budget,
    /// Number of sessions that the key may have open at the same time, from 1 to 16; 2 for a new key
    #[arg(long, value_name = "NUMBER", value_parser = sessions)]
    pub sessions: Option<u32>,
    #[command(flatten)]
    pub scope: ScopeArgs,
    /// Validity of the key, such as `30d` or `12h`; 30 days for a new key
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub expires_in: Option<Duration>,
}

/// Budget that is renewed at regular intervals.
#[derive(Clone, Debug, Default, Args)]
pub struct Budget {
    /// Amount that the key may spend each day, in VLK
    #[arg(long, value_name = "VLK", group = "renewal")]
    pub daily: Option<Vlk>,
    /// Amount that the key may spend each week, in VLK
    #[arg(long, value_name = "VLK", group = "renewal")]
    pub weekly: Option<Vlk>,
    /// Amount that the key may spend every 30 days, in VLK
    #[arg(long, value_name = "VLK", group = "renewal")]
    pub monthly: Option<Vlk>,
    /// Time from one renewal of the budget to the next
    #[arg(long, value_name = "TIME", value_parser = parse_duration, group = "renewal", requires = "budget")]
    pub every: Option<Duration>,
    /// Amount that the key may spend in the time of --every, in VLK
    #[arg(long, value_name = "VLK", requires = "every")]
    pub budget: Option<Vlk>,
}

/// What a session key may be used for.
#[derive(Clone, Debug, Default, Args)]
pub struct ScopeArgs {
    /// Use the key only at the gateway with this account
    #[arg(long, value_name = "ACCOUNT", group = "scope")]
    pub only_gateway: Option<Account>,
    /// Use the key only for streams of this creator
    #[arg(long, value_name = "ACCOUNT", group = "scope")]
    pub only_creator: Option<Account>,
    /// Use the key only for this stream
    #[arg(long, value_name = "STREAM", group = "scope")]
    pub only_stream: Option<StreamRef>,
}

/// Changes of a session key's limits.
#[derive(Clone, Debug, Default, Args)]
pub struct Changes {
    #[command(flatten)]
    pub limits: Limits,
    /// End the renewal of the budget
    #[arg(long, group = "renewal")]
    pub no_renewal: bool,
    /// Allow any stream at any gateway
    #[arg(long, group = "scope")]
    pub any_scope: bool,
}

/// Parses the label of a key.
pub fn label(text: &str) -> Result<Label, String> {
    let bytes = text.len();
    if text.chars().any(char::is_control) {
        return Err("it must not contain control characters".into());
    }
    let label = text.as_bytes().to_vec().try_into();
    label.map_err(|_| format!("it is {bytes} bytes long; the maximum is {MAX_LABEL}"))
}

fn sessions(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(number @ 1..=MAX_SESSIONS_PER_KEY) => Ok(number),
        _ => Err(format!("it must be a number from 1 to {MAX_SESSIONS_PER_KEY}")),
    }
}

/// Returns the number of blocks in a time, or the highest number that there is.
pub fn blocks_in(time: Duration) -> BlockNumber {
    BlockNumber::try_from(time.as_secs() / BLOCK_TIME_S).unwrap_or(BlockNumber::MAX)
}

impl Budget {
    /// Returns the renewal that is named, if one is.
    fn renewal(&self) -> Result<Option<Renewal>, CommandError> {
        let days = |days: u64| Duration::from_secs(days * DAY_S);
        let named = [(self.daily, 1), (self.weekly, WEEK_DAYS), (self.monthly, MONTH_DAYS)];
        let named = named.into_iter().find_map(|(amount, number)| Some((days(number), amount?)));
        let Some((every, Vlk(amount))) = named.or_else(|| self.every.zip(self.budget)) else { return Ok(None) };
        if amount == 0 {
            return Err(CommandError::Usage("a budget must be above zero".into()));
        }
        Ok(Some(Renewal { every_blocks: blocks_in(every).max(1), amount }))
    }
}

impl ScopeArgs {
    fn scope(&self) -> Option<Scope> {
        let Self { only_gateway, only_creator, only_stream } = self;
        let gateway = only_gateway.as_ref().map(|account| Scope::Gateway(account.0.clone()));
        let creator = only_creator.as_ref().map(|account| Scope::Creator(account.0.clone()));
        gateway.or(creator).or(only_stream.map(|stream| Scope::Stream(stream.0)))
    }
}

impl Limits {
    /// Returns whether no limit is named.
    pub fn is_empty(&self) -> bool {
        let Self { label, max_price, allowance, budget, sessions, scope, expires_in } = self;
        let Budget { daily, weekly, monthly, every, budget } = budget;
        let amounts = [max_price, allowance, daily, weekly, monthly, budget];
        let has_terms = label.is_some() || sessions.is_some() || every.is_some() || expires_in.is_some();
        amounts.iter().all(|amount| amount.is_none()) && !has_terms && scope.scope().is_none()
    }

    /// Returns the limits of a key that is added in block `now`. Without an allowance and a budget, the allowance is
    /// `fallback`.
    pub fn to_key_limits(&self, now: BlockNumber, fallback: Option<Balance>) -> Result<KeyLimits, CommandError> {
        let renewal = self.budget.renewal()?;
        let allowance = self.allowance.map(|amount| amount.0).or(renewal.map(|renewal| renewal.amount)).or(fallback);
        let allowance = allowance.ok_or_else(|| {
            CommandError::Usage(
                "say what the key may spend: --allowance, --daily, --weekly, --monthly or --every".into(),
            )
        })?;
        Ok(KeyLimits {
            label: match &self.label {
                Some(label) => label.clone(),
                None => label(DEFAULT_LABEL).map_err(CommandError::Usage)?,
            },
            max_price_per_tick: self.max_price.map_or(DEFAULT_MAX_PRICE, |price| price.0),
            allowance,
            renewal,
            max_sessions: self.sessions.unwrap_or(DEFAULT_SESSIONS),
            scope: self.scope.scope().unwrap_or(Scope::Any),
            expires_at: now.saturating_add(blocks_in(self.expires_in.unwrap_or(DEFAULT_LIFETIME))),
        })
    }
}

impl Changes {
    /// Returns the limits of `key` with the changes of block `now`.
    pub fn apply(&self, key: &SessionKey, now: BlockNumber) -> Result<KeyLimits, CommandError> {
        let Self { limits, no_renewal, any_scope } = self;
        if limits.is_empty() && !no_renewal && !any_scope {
            return Err(CommandError::Usage("name at least one limit to change".into()));
        }
        let renewed = limits.budget.renewal()?;
        let renewal = if *no_renewal { None } else { renewed.or(key.allowance.renewal) };
        let allowance = limits.allowance.map(|amount| amount.0).or(renewed.map(|renewal| renewal.amount));
        let scope = if *any_scope { Some(Scope::Any) } else { limits.scope.scope() };
        let expires_at = limits.expires_in.map(|time| now.saturating_add(blocks_in(time)));
        Ok(KeyLimits {
            label: limits.label.clone().unwrap_or_else(|| key.label.clone()),
            max_price_per_tick: limits.max_price.map_or(key.max_price_per_tick, |price| price.0),
            allowance: allowance.unwrap_or_else(|| key.allowance.left_at(now)),
            renewal,
            max_sessions: limits.sessions.unwrap_or(key.max_sessions),
            scope: scope.unwrap_or_else(|| key.scope.clone()),
            expires_at: expires_at.unwrap_or(key.expires_at),
        })
    }
}

#[cfg(test)]
mod tests;
