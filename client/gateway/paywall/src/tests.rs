//! Tests of the paywall, rule by rule.

mod attacks;
mod chain;
mod claims;
mod crash;
mod env;
mod journal;
mod offer;
mod params;
mod pay;
mod preview;
mod properties;
mod unserved;
mod version_1;
