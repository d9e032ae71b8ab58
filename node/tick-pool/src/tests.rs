//! Tests of the pool against a chain that carries out rows by the rules of the protocol.

mod admission;
mod attacks;
mod budget;
mod chain;
mod env;
mod keys;
mod lifecycle;
mod limits;
mod offers;
mod persistence;
mod property;
mod refusals;
mod turns;
mod upkeep;
