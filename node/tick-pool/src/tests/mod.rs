//! The pool against a chain that really holds sessions.

mod admission;
mod bench;
mod budget;
mod chain;
mod lifecycle;
mod limits;
mod offers;
mod persistence;
mod property;
mod refusals;
mod upkeep;
