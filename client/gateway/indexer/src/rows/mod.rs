//! The tables that are built from the chain, row by row, in the protocol's own types.

pub(crate) mod account;
pub(crate) mod chain;
pub(crate) mod earning;
pub(crate) mod gateway;
pub(crate) mod log;
pub(crate) mod session;
pub(crate) mod stream;
