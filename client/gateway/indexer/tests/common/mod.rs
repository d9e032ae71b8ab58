//! What the tests share: databases to run on, and a small chain that makes facts.

#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

pub mod database;
pub mod ledger;
pub mod postgres;

pub use database::Database;
pub use ledger::{account, metadata, Ledger};
