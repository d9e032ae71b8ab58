//! Databases to run the tests on, and a small chain that produces blocks.

#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

pub mod database;
pub mod ledger;
pub mod postgres;

pub use database::Database;
pub use ledger::{account, metadata, Ledger};
