//! Tests of the paywall, rule by rule.

mod attacks;
mod chain;
mod claims;
mod crash;
mod env;
mod journal;
mod offer;
mod pay;
mod preview;
mod properties;
