//! What the paywall promises, rule by rule.

mod attacks;
mod chain;
mod claims;
mod crash;
mod journal;
mod offer;
mod pay;
mod preview;
mod properties;
mod world;
