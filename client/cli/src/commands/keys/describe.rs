//! Session keys as text and as JSON.

use super::spending::OpenSpending;
use serde_json::{json, Value};
use tick_stream_primitives::{AccountId, Balance, BlockNumber, KeyLimits, Renewal, Scope, SessionKey};
use vilokanam_terminal::{answer::facts, duration::in_words};
use vilokanam_viewer::amount::{PerSecond, Vlk};
use vilokanam_wire::{Account, Planck};

/// Session key of a deposit, as the chain has it.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Account of the key.
    pub account: AccountId,
    /// Limits and use of the key.
    pub key: SessionKey,
}

impl From<(AccountId, SessionKey)> for Listed {
    fn from((account, key): (AccountId, SessionKey)) -> Self {
        Self { account, key }
    }
}

/// Returns a label as text.
fn label_text(label: &[u8]) -> String {
    String::from_utf8_lossy(label).into_owned()
}

/// Returns a scope as text.
pub fn scope_text(scope: &Scope) -> String {
    let account = |account: &AccountId| Account(account.clone());
    match scope {
        Scope::Any => "any stream at any gateway".into(),
        Scope::Gateway(gateway) => format!("the gateway {}", account(gateway)),
        Scope::Creator(creator) => format!("streams of {}", account(creator)),
        Scope::Stream(stream) => format!("stream {stream}"),
    }
}

fn scope_json(scope: &Scope) -> Value {
    match scope {
        Scope::Any => json!("any"),
        Scope::Gateway(gateway) => json!({ "gateway": Account(gateway.clone()) }),
        Scope::Creator(creator) => json!({ "creator": Account(creator.clone()) }),
        Scope::Stream(stream) => json!({ "stream": stream.to_string() }),
    }
}

fn renewal_text(renewal: &Renewal) -> String {
    format!("{} every {}", Vlk(renewal.amount), in_words(renewal.every_blocks.into()))
}

fn renewal_json(renewal: Option<&Renewal>) -> Value {
    json!(renewal.map(|renewal| json!({ "every_blocks": renewal.every_blocks, "amount": Planck(renewal.amount) })))
}

/// Returns the limits of a key as JSON.
pub fn limits_json(limits: &KeyLimits) -> Value {
    json!({
        "label": label_text(&limits.label),
        "max_price_per_tick": Planck(limits.max_price_per_tick),
        "allowance": Planck(limits.allowance),
        "renewal": renewal_json(limits.renewal.as_ref()),
        "max_sessions": limits.max_sessions,
        "scope": scope_json(&limits.scope),
        "expires_at": limits.expires_at,
    })
}

/// Returns the limits of a key as lines of text.
pub fn limits_lines(limits: &KeyLimits) -> Vec<(&'static str, String)> {
    let mut lines = vec![
        ("label", label_text(&limits.label)),
        ("maximum price", price_text(limits.max_price_per_tick, limits.max_sessions)),
        ("allowance", Vlk(limits.allowance).to_string()),
    ];
    lines.extend(limits.renewal.as_ref().map(|renewal| ("renewed to", renewal_text(renewal))));
    lines.push(("for", scope_text(&limits.scope)));
    lines.push(("valid until block", limits.expires_at.to_string()));
    lines
}

/// Returns the maximum price of a key, and the most that all its sessions can cost.
fn price_text(price: Balance, max_sessions: u32) -> String {
    let one = PerSecond(price);
    if max_sessions == 1 {
        return format!("{one}, one session at a time");
    }
    let all = PerSecond(price.saturating_mul(max_sessions.into()));
    format!("{one} in each of {max_sessions} sessions, {all} in all")
}

/// Returns in how much time, or how long ago, a block was or will be.
fn relative(block: BlockNumber, now: BlockNumber) -> String {
    match block.checked_sub(now) {
        Some(0) => "now".into(),
        Some(blocks) => format!("in {}", in_words(blocks.into())),
        None => format!("{} ago", in_words((now - block).into())),
    }
}

impl Listed {
    /// Returns the label.
    pub fn label(&self) -> String {
        label_text(&self.key.label)
    }

    /// Returns the key as JSON, as of block `now`. `own` is the key of this machine, `open` what keys have spent in open
    /// sessions if that is known.
    pub fn to_json(&self, now: BlockNumber, own: Option<&AccountId>, open: Option<&OpenSpending>) -> Value {
        let key = &self.key;
        json!({
            "session_key": Account(self.account.clone()),
            "label": self.label(),
            "is_of_this_machine": own == Some(&self.account),
            "max_price_per_tick": Planck(key.max_price_per_tick),
            "allowance_left": Planck(key.allowance.left_at(now)),
            "renewal": renewal_json(key.allowance.renewal.as_ref()),
            "renewed_at": key.allowance.renewed_at,
            "max_sessions": key.max_sessions,
            "open_sessions": key.open_sessions,
            "scope": scope_json(&key.scope),
            "expires_at": key.expires_at,
            "spent": Planck(key.spent),
            "spent_in_open_sessions": open.map(|open| Planck(open.by(&self.account))),
            "used_at": key.used_at,
            "most_to_spend": Planck(key.most_to_spend(now)),
            "bond": Planck(key.bond),
        })
    }

    /// Returns the key as text, with the same arguments as [`Self::to_json`].
    pub fn to_text(&self, now: BlockNumber, own: Option<&AccountId>, open: Option<&OpenSpending>) -> String {
        let key = &self.key;
        let whose = if own == Some(&self.account) { " (this machine)" } else { "" };
        let allowance = Vlk(key.allowance.left_at(now));
        let renewal = key.allowance.renewal.as_ref().map(|renewal| format!(", renewed to {}", renewal_text(renewal)));
        let end = format!("block {}, {}", key.expires_at, relative(key.expires_at, now));
        let can_spend = match now > key.expires_at {
            true => format!("nothing: it expired with {end}"),
            false => format!("{} until {end}", Vlk(key.most_to_spend(now))),
        };
        let lines = [
            ("  key", Account(self.account.clone()).to_string()),
            ("  for", scope_text(&key.scope)),
            ("  maximum price", price_text(key.max_price_per_tick, key.max_sessions)),
            ("  allowance left", format!("{allowance}{}", renewal.unwrap_or_default())),
            ("  can spend at most", can_spend),
            ("  open sessions", format!("{} of {}", key.open_sessions, key.max_sessions)),
            ("  spent", self.spent_text(open)),
            ("  last used", format!("block {}, {}", key.used_at, relative(key.used_at, now))),
        ];
        format!("{}{whose}\n{}", self.label(), facts(&lines))
    }

    fn spent_text(&self, open: Option<&OpenSpending>) -> String {
        let spent = self.key.spent;
        match open.map(|open| open.by(&self.account)) {
            None => format!("{} in sessions that are closed; what is spent in open ones is not known", Vlk(spent)),
            Some(_) if self.key.open_sessions == 0 => Vlk(spent).to_string(),
            Some(open) => format!("{}, {} of it in open sessions", Vlk(spent.saturating_add(open)), Vlk(open)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Listed {
        let limits = KeyLimits {
            label: b"laptop".to_vec().try_into().unwrap(),
            max_price_per_tick: 2_000_000_000,
            allowance: 500_000_000_000,
            renewal: Some(Renewal { every_blocks: 86_400, amount: 1_000_000_000_000 }),
            max_sessions: 2,
            scope: Scope::Stream(3),
            expires_at: 172_900,
        };
        Listed { account: [1; 32].into(), key: SessionKey::new(limits, 1, 0, 7, 100) }
    }

    #[test]
    fn listed_key_says_what_it_can_spend() {
        let text = key().to_text(160, Some(&[1; 32].into()), None);
        for words in [
            "laptop (this machine)",
            "stream 3",
            "0.002 VLK/s in each of 2 sessions, 0.004 VLK/s in all",
            "0.5 VLK, renewed to 1 VLK every 1d",
            "2.5 VLK until block 172900",
            "0 of 2",
            "1m ago",
        ] {
            assert!(text.contains(words), "{words} is not in:\n{text}");
        }
        assert!(key().to_text(172_901, None, None).contains("nothing: it expired"), "an expired key spends nothing");
    }

    #[test]
    fn json_has_exact_amounts() {
        let json = key().to_json(160, None, None);
        assert_eq!(json["most_to_spend"], "2500000000000");
        assert_eq!(json["scope"]["stream"], "3");
        assert_eq!(json["is_of_this_machine"], false);
    }

    #[test]
    fn spending_of_open_sessions_is_added_where_it_is_known() {
        let mut listed = key();
        listed.key.spent = 200_000_000_000;
        let none = OpenSpending::default();
        assert_eq!(listed.spent_text(Some(&none)), "0.2 VLK");
        listed.key.open_sessions = 1;
        let open = OpenSpending::from([(listed.account.clone(), 50_000_000_000)]);
        assert_eq!(listed.spent_text(Some(&open)), "0.25 VLK, 0.05 VLK of it in open sessions");
        assert_eq!(listed.to_json(160, None, Some(&open))["spent_in_open_sessions"], "50000000000");
        let unknown = listed.spent_text(None);
        assert!(unknown.starts_with("0.2 VLK in sessions that are closed"), "{unknown}");
        assert!(listed.to_json(160, None, None)["spent_in_open_sessions"].is_null());
    }
}
