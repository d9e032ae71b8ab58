//! Model of sessions and session keys, for a model checker.
//!
//! [`stateright`] visits every state that the model can reach, in every order of its steps, and checks the properties
//! of [`properties`] in each. The steps are rows and calls of two viewers, a gateway and strangers; blocks; and
//! reorganisations, in which the chain falls back to its last final state and rows are submitted again in any order.
//! The model holds the values that the chain stores and changes them only through [`tick_stream_primitives::rules`],
//! which the pallet calls as well: it contains no second version of the rules.
//!
//! | module | contents |
//! | --- | --- |
//! | [`setting`] | the accounts, limits and tickets that take part, and the bounds of the model |
//! | [`rules`] | the rules under test, and rules with a planted fault |
//! | [`chain`] | the state of the chain, and what each row or call does to it |
//! | [`gateway`] | what the gateway holds off chain, and up to where it gives credit |
//! | [`model`] | the steps, for the model checker |
//! | [`properties`] | what must hold in every state |
//!
//! Within the bounds of [`setting::Bounds`], the check is complete. What it leaves out:
//!
//! - Signatures are assumed to be valid. Proofs of ticks are hashed and checked.
//! - All ticks have one price, and the shares of a payment are added up to one amount of earnings.
//! - The chain falls back by a few steps at a time, any number of times.
//! - A viewer who signs none of the tickets sends no calls, since deposits are independent of each other.
//! - Numbers that no rule of the model reads (`active_at`, `used_at`, `last_claim`) are kept at zero, so that states
//!   which differ only in them count once.

#![deny(missing_docs)]

pub mod chain;
pub mod gateway;
pub mod model;
pub mod properties;
pub mod rules;
pub mod setting;
