//! Connections to addresses that users name: to public ones only, and within limits.
//!
//! A server that fetches what a stranger names can be made to ask machines that only it reaches: its own administration,
//! its neighbours, the metadata service of its cloud. Everything that the gateway fetches for users therefore goes through
//! this crate. What counts is the address that is connected to, not the name: a name is resolved once, its addresses are
//! checked, and the connection goes to one of these. Redirects are followed by the same rules, step by step.
//!
//! | module | contents |
//! | --- | --- |
//! | [`address`] | which addresses are public |
//! | [`names`] | resolving names to addresses that may be connected to |
//! | [`fetch`] | HTTP within limits |
//! | `tls` | TLS for other protocols: [`Addresses::connect_tls`] |
//!
//! ```no_run
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! use vilokanam_outbound::{Ask, Outbound};
//!
//! let outbound = Outbound::new(Vec::new())?;
//! let picture = outbound.get(&"https://example.org/picture.png".parse()?, &Ask::https(10 << 20)).await?;
//! println!("{} bytes of {:?}", picture.bytes.len(), picture.content_type);
//! # Ok(())
//! # }
//! ```

#![deny(missing_docs)]

pub mod address;
pub mod fetch;
pub mod names;
mod tls;

pub use fetch::{Ask, Download, FetchError, Fetched, Outbound, SetupError};
pub use names::{AddressError, Addresses};
