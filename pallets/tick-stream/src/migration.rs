//! Migrations of the pallet's storage.
//!
//! | from | to | change |
//! | --- | --- | --- |
//! | 1 | 2 | [`v2`]: several session keys per deposit in place of one delegation |

pub mod v2;
