//! What a probe measures, whether its viewers were settled, and what limits the node.

use serde_json::{json, Value};

/// Growth of the pool, as a part of the claims, up to which it counts as level. The pool holds the claims of a few seconds,
/// which wait for finality; in a minute, their number alone makes a slope of a few percent. It is also the precision of the
/// search: a node that is further above its limit grows faster.
const LEVEL_GROWTH: f64 = 0.05;
/// Part of the ticks that has to be settled while they are paid.
const SETTLED_PART: f64 = 0.97;
/// Age in seconds up to which the oldest row of the pool is on time: a gateway settles older ones at its own cost.
const ON_TIME_S: u64 = 30;
/// Seconds by which the claims may be submitted late.
const MAX_LAG_S: f64 = 5.0;
/// Part of a limit from which on it counts as reached.
const REACHED: f64 = 0.9;
/// Seconds between blocks.
const BLOCK_S: f64 = 1.0;

/// Figures of a probe.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// Ticks that the viewers pay a second.
    pub ticks_paid_per_s: f64,
    /// Ticks that were settled a second.
    pub ticks_settled_per_s: f64,
    /// Claims that are due a second.
    pub claims_per_s: f64,
    /// Growth of the pool in claims a second.
    pub growth_per_s: f64,
    /// Greatest age of the pool's oldest row, in seconds.
    pub oldest_s: u64,
    /// Number of claims that the node refused.
    pub refused: u64,
    /// Number of claims that were sent again because the node was busy.
    pub sent_again: u64,
    /// Greatest delay of the claims of a second, in seconds.
    pub lag_s: f64,
    /// Processor cores that the node used, if its process is known.
    pub node_cores: Option<f64>,
    /// Processor cores that this program used.
    pub load_cores: f64,
    /// Mean of the weight of the blocks' ordinary extrinsics, as a part of the limit.
    pub weight_mean: f64,
    /// Greatest such weight.
    pub weight_max: f64,
    /// Greatest length of the extrinsics of a block, as a part of the limit.
    pub length_max: f64,
    /// Mean time between blocks in seconds.
    pub block_s: f64,
}

impl Figures {
    /// Returns whether the node kept up with the viewers.
    pub fn is_settled(&self) -> bool {
        let is_level = self.growth_per_s <= self.claims_per_s * LEVEL_GROWTH + 0.1;
        let all_settled = self.ticks_settled_per_s >= self.ticks_paid_per_s * SETTLED_PART;
        self.refused == 0 && is_level && all_settled && self.oldest_s <= ON_TIME_S && self.lag_s <= MAX_LAG_S
    }

    /// Returns the figures as JSON.
    pub fn to_json(&self) -> Value {
        json!({
            "ticks_paid_per_s": self.ticks_paid_per_s,
            "ticks_settled_per_s": self.ticks_settled_per_s,
            "claims_per_s": self.claims_per_s,
            "pool_growth_per_s": self.growth_per_s,
            "oldest_s": self.oldest_s,
            "refused": self.refused,
            "sent_again": self.sent_again,
            "lag_s": self.lag_s,
            "node_cpu_cores": self.node_cores,
            "load_cpu_cores": self.load_cores,
            "block_weight_mean": self.weight_mean,
            "block_weight_max": self.weight_max,
            "block_length_max": self.length_max,
            "block_interval_s": self.block_s,
        })
    }
}

/// Says what limits a node that did not keep up. `block_share` is the part of a block's weight that its worker may
/// fill, and `cores` the number of processor cores of the machine.
pub fn limited_by(figures: &Figures, block_share: f64, cores: f64) -> String {
    let used_cores = figures.node_cores.unwrap_or_default() + figures.load_cores;
    let percent = |part: f64| part * 100.0;
    if figures.weight_mean >= block_share * REACHED {
        format!(
            "the worker's share of a block's weight: {:.0} %, of which its blocks use {:.0} % on average",
            percent(block_share),
            percent(figures.weight_mean)
        )
    } else if figures.length_max >= REACHED {
        format!("the length of a block: the longest is at {:.0} % of the limit", percent(figures.length_max))
    } else if used_cores >= cores * REACHED {
        format!(
            "the processor: {used_cores:.2} of {cores:.0} cores are in use, {:.2} of them by the load generator",
            figures.load_cores
        )
    } else if figures.block_s > BLOCK_S * 1.2 {
        format!("the production of blocks: one takes {:.2} s", figures.block_s)
    } else if figures.sent_again > 0 {
        format!("the tick pool's budget for checking claims: {} claims had to be sent again", figures.sent_again)
    } else if figures.weight_max >= block_share * REACHED {
        format!(
            "waves: a block is filled up to {:.0} % of its weight, but {:.0} % on average, because the next wave waits \
             until the last one has landed",
            percent(figures.weight_max),
            percent(figures.weight_mean)
        )
    } else {
        "none of weight, length, processor and budget; see the figures of the probes".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settled() -> Figures {
        Figures {
            ticks_paid_per_s: 6_000.0,
            ticks_settled_per_s: 5_990.0,
            claims_per_s: 100.0,
            oldest_s: 5,
            node_cores: Some(0.5),
            load_cores: 0.2,
            weight_mean: 0.1,
            weight_max: 0.2,
            length_max: 0.1,
            block_s: 1.0,
            ..Default::default()
        }
    }

    #[test]
    fn node_that_keeps_up_has_settled_its_viewers() {
        assert!(settled().is_settled());
    }

    #[test]
    fn each_sign_of_falling_behind_is_enough() {
        let behind = [
            Figures { ticks_settled_per_s: 5_700.0, ..settled() },
            Figures { growth_per_s: 6.0, ..settled() },
            Figures { oldest_s: 31, ..settled() },
            Figures { refused: 1, ..settled() },
            Figures { lag_s: 6.0, ..settled() },
        ];
        for figures in behind {
            assert!(!figures.is_settled(), "{figures:?}");
        }
    }

    #[test]
    fn limit_that_is_reached_is_named() {
        let cases = [
            (Figures { weight_mean: 0.58, weight_max: 0.6, ..settled() }, "the worker's share"),
            (Figures { length_max: 0.95, ..settled() }, "the length of a block"),
            (Figures { node_cores: Some(1.4), load_cores: 0.5, ..settled() }, "the processor"),
            (Figures { block_s: 1.5, ..settled() }, "the production of blocks"),
            (Figures { sent_again: 9, ..settled() }, "the tick pool's budget"),
            (Figures { weight_mean: 0.3, weight_max: 0.6, ..settled() }, "waves"),
            (settled(), "none of"),
        ];
        for (figures, start) in cases {
            let text = limited_by(&figures, 0.6, 2.0);
            assert!(text.starts_with(start), "{text}");
        }
    }
}
