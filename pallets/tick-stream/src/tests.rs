//! Tests of the pallet, one file per part of the protocol.

mod attacks;
mod batch;
mod claims;
mod closing;
mod fuzz;
mod gateways;
mod genesis;
mod invariants;
mod keys;
mod migration;
mod money;
mod properties;
mod sessions;
mod streams;
mod viewers;
mod views;
mod worker;
