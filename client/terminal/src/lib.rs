//! What the command-line programs share, so that `vilokanam` and `vilokanam-load` look alike to their users.
//!
//! | module | contents |
//! | --- | --- |
//! | [`options`] | options that every command has, and the connections they describe |
//! | [`wallet`] | sources of the wallet's phrase |
//! | [`answer`] | answers as JSON and as text |
//! | [`error`], [`hints`] | errors with exit codes, and what users can do about them |
//! | [`report`] | printing answers and errors |
//! | [`status_line`] | one line on stderr that is updated in place |
//! | [`duration`] | time spans on the command line |

#![deny(missing_docs)]

pub mod answer;
pub mod duration;
pub mod error;
pub mod hints;
pub mod options;
pub mod report;
pub mod status_line;
pub mod wallet;

pub use answer::Answer;
pub use error::{CommandError, Exit};
pub use options::Options;
pub use status_line::StatusLine;
